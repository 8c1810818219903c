//! A unit's total in a base period or a roll-up, its vetoes and lost titles, and figures of earlier periods.

use crate::calendar::{Cycle, Month, PeriodId};
use crate::eval::expr::{Evaluated, Value, collect};
use crate::eval::memo::Known;
use crate::eval::node::State;
use crate::eval::problem::ProblemKind;
use crate::eval::tally::brought_up;
use crate::eval::unit::{At, Fired, Scorer};
use crate::plan::{Aggregate, Basis, Effect, Expr, NodeId, Rule, RuleId};
use crate::value::{Inexact, Number};

impl<'p, 'a> Scorer<'p, 'a> {
    /// The sub-periods of a cycle that have facts, and in which the unit is on the roster and is not left out.
    pub fn sub_periods(&mut self, period: PeriodId, cycle: Cycle) -> Vec<PeriodId> {
        let program = self.program;
        let all = program.within(period, cycle);
        all.filter(|inner| program.has_facts(*inner) && self.is_counted(*inner)).collect()
    }

    /// Whether a period counts in longer ones: the unit is on the roster, and nothing leaves it out.
    pub fn is_counted(&mut self, period: PeriodId) -> bool {
        self.is_on_roster(period) && !self.is_left_out(period)
    }

    /// 不参评的月份不计入年终: whether the unit is not assessed in a period, which therefore counts in no longer one.
    pub fn is_left_out(&mut self, period: PeriodId) -> bool {
        let program = self.program;
        let cycle = program.cycle(period);
        let mut lines = program.plan.excluded.iter().filter(|line| line.uncounted.contains(&cycle)).peekable();
        if lines.peek().is_none() {
            return false;
        }
        match self.left_out.ask(period.0 as usize) {
            Known::Done(is_out) => return is_out,
            // 连续3个月…，不参评: while that is found out, the period is one of those it looks at.
            Known::Busy => return false,
            Known::New => {}
        }
        // Mistakes are told where the period itself is scored.
        let is_out = lines.any(|line| self.holds(&line.when, At::period(period)).unwrap_or_default());
        self.left_out.set(period.0 as usize, is_out);
        is_out
    }

    /// Earlier periods of the same cycle in the `window` around `period` that use up what it allows.
    pub fn earlier_in(&mut self, window: Cycle, period: PeriodId) -> Vec<PeriodId> {
        let mut earlier = self.program.earlier_in(window, period);
        earlier.retain(|other| !self.is_left_out(*other));
        earlier
    }

    /// Whether a longer period has base periods, and the unit is left out of every one.
    pub fn is_all_left_out(&mut self, period: PeriodId) -> bool {
        let mut bases = self.program.scored(period);
        bases.retain(|base| self.is_on_roster(*base));
        !bases.is_empty() && bases.into_iter().all(|base| self.is_left_out(base))
    }

    /// What 月数（…） counts over: the sub-periods, or those of the year up to this one where it has none or is `tallied`;
    /// years, and what is tallied over a whole term, from the beginning of the term.
    pub fn counted_periods(&mut self, period: PeriodId, cycle: Cycle, tallied: bool) -> Vec<PeriodId> {
        let program = self.program;
        if program.cycle(period) > cycle && !tallied {
            return self.sub_periods(period, cycle);
        }
        let calendar = &program.plan.calendar;
        let is_longer = |id: PeriodId| calendar.period(id).months() > 12;
        let year = match is_longer(calendar.term()) && !is_longer(period) && cycle < Cycle::Year {
            true => program.around(period, Cycle::Year),
            false => calendar.term(),
        };
        let last = calendar.period(period).last;
        let mut all = self.sub_periods(year, cycle);
        all.retain(|inner| calendar.period(*inner).last <= last);
        all
    }

    pub fn total(&mut self, period: PeriodId) -> Evaluated {
        let program = self.program;
        let slot = period.0 as usize;
        match self.totals.ask(slot) {
            Known::Done(value) => return Ok(value),
            Known::Busy => {
                self.complain(ProblemKind::Circular("总分".to_owned()));
                return Ok(Value::NotAssessed);
            }
            Known::New => {}
        }
        let total = match program.cycle(period) == program.plan.cycle {
            true => self.base_total(period),
            false => self.rolled_total(period),
        };
        match total {
            Ok(value) => _ = self.totals.set(slot, value),
            Err(_) => self.totals.forget(slot),
        }
        total
    }

    fn base_total(&mut self, period: PeriodId) -> Evaluated {
        if !self.is_on_roster(period) {
            return Ok(Value::NotAssessed);
        }
        let root = *self.node(NodeId(0), period);
        if root.state != State::Assessed {
            return Ok(Value::NotAssessed);
        }
        Ok(Value::Number(if self.is_zeroed_by_veto(period) { Number::ZERO } else { root.tally.points()? }))
    }

    fn rolled_total(&mut self, period: PeriodId) -> Evaluated {
        let program = self.program;
        let cycle = program.cycle(period);
        let Some((_, expr)) = program.plan.rollups.iter().find(|(of, _)| *of == cycle) else {
            return Ok(Value::NotAssessed);
        };
        let total = match self.is_all_left_out(period) {
            true => Value::NotAssessed,
            false => self.eval(expr, At::period(period))?,
        };
        self.finish(period)?;
        let is_zero = total.is_assessed() && (self.is_zeroed_by_veto(period) || self.is_whole_zeroed(period));
        Ok(if is_zero { Value::Number(Number::ZERO) } else { total })
    }

    /// Scores everything that counts in a period, so that all effects are known.
    pub fn finish(&mut self, period: PeriodId) -> Result<(), Inexact> {
        let program = self.program;
        if program.cycle(period) == program.plan.cycle {
            self.base_total_if_free(period)?;
            return self.draw_effects(|_| true);
        }
        for base in program.scored(period) {
            self.base_total_if_free(base)?;
        }
        for (index, node) in program.plan.nodes.iter().enumerate() {
            let is_topmost = node.parent.is_none_or(|parent| !program.nodes[parent.index()].year_end);
            if program.nodes[index].year_end && is_topmost {
                for own in self.sub_periods(period, node.cycle) {
                    self.node(NodeId(index as u16), own);
                }
            }
        }
        self.draw_effects(|_| true)
    }

    /// The total, unless it is just being worked out: then what is known so far has to do.
    fn base_total_if_free(&mut self, period: PeriodId) -> Result<(), Inexact> {
        match self.totals.ask(period.0 as usize) {
            Known::New => {
                self.totals.forget(period.0 as usize);
                self.total(period).map(|_| ())
            }
            Known::Busy | Known::Done(_) => Ok(()),
        }
    }

    // ------------------------------------------------------------ effects

    /// Whether what happened in the rule's period counts in `period`.
    pub fn counts_in(&self, fired: &Fired, period: PeriodId) -> bool {
        let program = self.program;
        let calendar = &program.plan.calendar;
        let is_year_end = program.nodes[program.rule(fired.rule).node.index()].year_end;
        if program.cycle(period) == program.plan.cycle {
            return !is_year_end && self.landing(fired.period) == period;
        }
        let counted = if is_year_end { fired.period } else { self.landing(fired.period) };
        calendar.period(period).contains(calendar.period(counted))
    }

    pub fn is_zeroed_by_veto(&self, period: PeriodId) -> bool {
        self.has_veto(period, |effect| matches!(effect, Effect::Veto { zero_total: true, .. }))
    }

    /// 全年总分计零
    fn is_whole_zeroed(&self, period: PeriodId) -> bool {
        let cycle = self.program.cycle(period);
        let zeroes = |effect: &Effect| *effect == Effect::ZeroTotal(cycle);
        self.fired.iter().any(|fired| zeroes(fired.effect) && self.counts_in(fired, period))
    }

    /// Looks at those of these lines alone that have such an effect, so that a ranking may be read by lines that come
    /// after it: 累计3次排名末位，取消评优资格 beside a veto that moves the last place.
    fn strike(
        &mut self,
        rules: &'p [RuleId],
        period: PeriodId,
        is_asked: impl Fn(&Effect) -> bool,
    ) -> Result<(), Inexact> {
        let program = self.program;
        let is_meant = |rule: &Rule| rule.effects.iter().any(|effect| is_asked(&effect.effect));
        if rules.is_empty() {
            return Ok(());
        }
        self.load();
        let is_base = program.cycle(period) == program.plan.cycle;
        let bases = if is_base { vec![period] } else { program.scored(period) };
        for id in rules {
            let rule = program.rule(*id);
            if !is_meant(rule) {
                continue;
            }
            if let Basis::Row(input) | Basis::Once(input) = rule.basis
                && !self.has_rows(input)
            {
                continue;
            }
            let periods: Vec<PeriodId> = match program.nodes[rule.node.index()].year_end {
                true if is_base => Vec::new(),
                true => program.within(period, rule.cycle).filter(|own| program.has_facts(*own)).collect(),
                false => bases.iter().flat_map(|base| self.landing_in(*base, rule.cycle)).collect(),
            };
            for own in periods {
                if self.is_on_roster(own) && self.applies_here(rule.node, own)? {
                    self.rule(*id, own);
                }
            }
        }
        self.draw_effects(is_meant)
    }

    pub fn is_vetoed(&mut self, period: PeriodId) -> Result<bool, Inexact> {
        if let Some(settled) = self.settled.as_ref().filter(|settled| settled.period == period) {
            return Ok(settled.vetoed);
        }
        let cycle = self.program.cycle(period);
        self.strike(&self.program.vetoing, period, |effect| effect.vetoes_in(cycle))?;
        Ok(self.has_veto(period, |_| true))
    }

    /// Whether a veto moves the unit's place in a ranking of the period.
    pub fn is_demoted(&mut self, period: PeriodId) -> Result<bool, Inexact> {
        if let Some(settled) = self.settled.as_ref().filter(|settled| settled.period == period) {
            return Ok(settled.demoted);
        }
        let moves = |effect: &Effect| matches!(effect, Effect::Veto { moves: true, .. });
        let cycle = self.program.cycle(period);
        self.strike(&self.program.vetoing, period, |effect| moves(effect) && effect.vetoes_in(cycle))?;
        Ok(self.has_veto(period, moves))
    }

    fn has_veto(&self, period: PeriodId, is_wanted: fn(&Effect) -> bool) -> bool {
        let cycle = self.program.cycle(period);
        let is_meant = |fired: &Fired| fired.effect.vetoes_in(cycle) && is_wanted(fired.effect);
        self.fired.iter().any(|fired| is_meant(fired) && self.counts_in(fired, period))
    }

    pub fn is_disqualified(&mut self, name: &str, period: PeriodId) -> Result<bool, Inexact> {
        if let Some(settled) = self.settled.as_ref().filter(|settled| settled.period == period) {
            return Ok(settled.disqualified.iter().any(|lost| lost == name));
        }
        let loses = |effect: &Effect| matches!(effect, Effect::Disqualify(lost) if lost == name);
        self.strike(&self.program.disqualifying, period, loses)?;
        Ok(self.fired.iter().any(|fired| match fired.effect {
            Effect::Disqualify(lost) => lost == name && self.counts_in(fired, period),
            _ => false,
        }))
    }

    // ------------------------------------------------------------ nodes in other periods

    /// A node's points in any period: its own, the one it lands in, or added up over a longer one.
    pub fn points_of(&mut self, id: NodeId, period: PeriodId) -> Evaluated {
        let program = self.program;
        let node = program.node(id);
        let cycle = program.cycle(period);
        if node.cycle == cycle {
            let is_there = cycle <= program.plan.cycle || self.is_there(id, period);
            return if is_there { self.own_points(id, period) } else { Ok(Value::NotAssessed) };
        }
        if node.cycle > cycle {
            if program.nodes[id.index()].year_end {
                return Ok(Value::NotAssessed);
            }
            let own = program.around(period, node.cycle);
            if !self.lands(own, period) {
                return Ok(Value::Number(Number::ZERO));
            }
            return self.own_points(id, own);
        }
        let mut tallies = Vec::new();
        for own in self.sub_periods(period, node.cycle) {
            if !self.is_there(id, own) {
                continue;
            }
            let score = self.node(id, own);
            if score.state == State::Assessed {
                tallies.push(score.tally);
            }
        }
        Ok(match brought_up(node, &tallies)? {
            Some(tally) => Value::Number(tally.points()?),
            None => Value::NotAssessed,
        })
    }

    fn own_points(&mut self, id: NodeId, period: PeriodId) -> Evaluated {
        let score = self.node(id, period);
        Ok(match score.state {
            State::Assessed => Value::Number(score.tally.points()?),
            State::NotAssessed | State::Absent => Value::NotAssessed,
        })
    }

    /// Whether a node's points in a period of its own are there for longer ones: what would land in a base period that is
    /// not scored, or that the unit is left out of, is not.
    fn is_there(&mut self, id: NodeId, period: PeriodId) -> bool {
        let program = self.program;
        let landing = self.landing(period);
        program.nodes[id.index()].year_end || program.has_facts(landing) && !self.is_left_out(landing)
    }

    // ------------------------------------------------------------ earlier periods

    pub fn earlier(
        &mut self,
        back: u32,
        cycle: Cycle,
        expr: &'a Expr,
        name: &str,
        otherwise: Option<&'a Expr>,
        at: At,
    ) -> Evaluated {
        let program = self.program;
        let all: Vec<PeriodId> = program.plan.calendar.each(cycle).collect();
        let current = program.around(at.period, cycle.max(program.cycle(at.period)));
        let current = program.around(current, cycle);
        let index = all.iter().position(|period| *period == current).unwrap_or_default();
        let period_name = match index.checked_sub(back as usize) {
            Some(earlier) => {
                let earlier = all[earlier];
                if program.has_facts(earlier) && self.is_on_roster(earlier) {
                    let value = self.eval(expr, at.moved(earlier))?;
                    if value.is_assessed() {
                        return Ok(value);
                    }
                }
                program.plan.calendar.period(earlier).name.clone()
            }
            None => name_before(program.plan.calendar.first(), cycle, back - index as u32, &program.plan.calendar),
        };
        if let Some(value) = program.store.history(self.unit, name, &period_name) {
            return Ok(Value::Number(value.into()));
        }
        match otherwise {
            Some(otherwise) => self.eval(otherwise, at),
            None => {
                self.complain(ProblemKind::MissingHistory(name.to_owned(), period_name));
                Ok(Value::NotAssessed)
            }
        }
    }

    pub fn past(
        &mut self,
        name: &'a str,
        cycle: Cycle,
        aggregate: Aggregate,
        otherwise: Option<&'a Expr>,
        at: At,
    ) -> Evaluated {
        let program = self.program;
        let calendar = &program.plan.calendar;
        let current = &calendar.period(program.around(at.period, cycle)).name;
        let mut figures: Vec<(&str, Number)> = program
            .store
            .past(self.unit, name)
            .filter(|(period, _)| cycle.is_name(period) && *period < current.as_str())
            .map(|(period, value)| (period, Number::from(value)))
            .collect();
        figures.sort_by(|a, b| a.0.cmp(b.0));
        if figures.is_empty() {
            return match otherwise {
                Some(otherwise) => self.eval(otherwise, at),
                None => {
                    self.complain(ProblemKind::MissingHistory(name.to_owned(), "历年".to_owned()));
                    Ok(Value::NotAssessed)
                }
            };
        }
        collect(aggregate, figures.into_iter().map(|(_, value)| value))
    }
}

/// What the period so many periods before the one around a month is called; `None` where the rulebook is in force in it.
pub fn before_the_term(calendar: &crate::calendar::Calendar, cycle: Cycle, back: u32, month: Month) -> Option<String> {
    let current = calendar.around(cycle, month)?;
    let index = calendar.each(cycle).position(|period| period == current)? as u32;
    (index < back).then(|| name_before(calendar.first(), cycle, back - index, calendar))
}

/// What every period is called that lies so many periods before one that may be scored.
pub fn earlier_names(calendar: &crate::calendar::Calendar, cycle: Cycle, back: u32) -> Vec<String> {
    let all: Vec<PeriodId> = calendar.each(cycle).collect();
    let name = |index: usize| match index.checked_sub(back as usize) {
        Some(earlier) => calendar.period(all[earlier]).name.clone(),
        None => name_before(calendar.first(), cycle, back - index as u32, calendar),
    };
    (0..all.len()).map(name).collect()
}

/// What the period `back` periods before the first one in force is called.
fn name_before(first: Month, cycle: Cycle, back: u32, calendar: &crate::calendar::Calendar) -> String {
    let length = match cycle {
        Cycle::Month => 1,
        Cycle::Quarter => 3,
        Cycle::Half => 6,
        Cycle::Year => 12,
        // The term before is as many whole years earlier, and named alike: 2023至2024学年 follows 2022至2023学年.
        Cycle::Term => {
            let years = (calendar.last().since(first) + 1 + 11).div_euclid(12);
            return years_earlier(&calendar.period(calendar.term()).name, i64::from(years) * i64::from(back));
        }
    };
    let months = i64::from(length) * i64::from(back);
    let moved = i64::from(first.year()) * 12 + i64::from(first.number()) - 1 - months;
    let (year, month) = (moved.div_euclid(12), moved.rem_euclid(12) + 1);
    match cycle {
        Cycle::Month => format!("{year:04}-{month:02}"),
        Cycle::Quarter => format!("{year}-Q{}", (month - 1) / 3 + 1),
        Cycle::Half => format!("{year}-H{}", (month - 1) / 6 + 1),
        Cycle::Year | Cycle::Term => year.to_string(),
    }
}

/// A name with every year in it moved back.
fn years_earlier(name: &str, years: i64) -> String {
    let mut moved = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[at..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - at);
        moved.push_str(&rest[..at]);
        match rest[at..at + length].parse::<i64>() {
            Ok(year) if length == 4 => moved.push_str(&(year - years).to_string()),
            _ => moved.push_str(&rest[at..at + length]),
        }
        rest = &rest[at + length..];
    }
    moved + rest
}
