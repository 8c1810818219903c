//! 同一事项 and 最多计N次: rows that give way to other rows, in this period or an earlier one.

use std::cmp::Reverse;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::calendar::PeriodId;
use crate::eval::rule::Draft;
use crate::eval::unit::{At, Scorer};
use crate::outcome::Use;
use crate::plan::{Basis, Condition, Expr, LaterHigher, NodeId, RowField, Rule, RuleId, SameMatter, SymbolId, Type};
use crate::value::{Inexact, Number};

/// A matter, its day where each day has its own, and whether its points are below zero.
type Side = (SymbolId, Option<NaiveDate>, bool);

impl<'a> Scorer<'_, 'a> {
    /// A line's rows after its own 同一事项 rule and those of `scopes − 1` nodes above it; `u8::MAX` for all of them.
    pub fn drafts_after(&mut self, id: RuleId, period: PeriodId, scopes: u8) -> Result<Vec<Draft>, Inexact> {
        let table = &self.program.rules[id.index()];
        if !table.looks_back {
            return self.raw_drafts(id, period);
        }
        let scopes = scopes.min(table.scopes.len() as u8 + 1);
        let key = (id, scopes, period);
        if let Some(known) = self.matters.get(&key) {
            return Ok(known.clone());
        }
        let drafts = if scopes == 0 {
            self.raw_drafts(id, period)?
        } else {
            let mut drafts = self.drafts_after(id, period, scopes - 1)?;
            let (matter, node) = match scopes {
                1 => (self.program.rule(id).same_matter, None),
                _ => {
                    let node = table.scopes[scopes as usize - 2];
                    (self.program.node(node).same_matter, Some(node))
                }
            };
            if let Some(matter) = matter
                && drafts.iter().any(|draft| draft.counted && self.side(matter, draft).is_some())
            {
                self.settle_matters(matter, node, id, scopes - 1, period, &mut drafts)?;
            }
            drafts
        };
        self.matters.insert(key, drafts.clone());
        Ok(drafts)
    }

    fn side(&self, same: SameMatter, draft: &Draft) -> Option<Side> {
        let detail = draft.fact.and_then(|row| self.detail(row))?;
        Some((detail.matter?, detail.occurred.filter(|_| same.by_day), draft.points.is_negative()))
    }

    /// Compares each matter with all rows of the scope up to the end of the period.
    fn settle_matters(
        &mut self,
        matter: SameMatter,
        scope: Option<NodeId>,
        id: RuleId,
        scopes_before: u8,
        period: PeriodId,
        drafts: &mut [Draft],
    ) -> Result<(), Inexact> {
        let program = self.program;
        let calendar = &program.plan.calendar;
        let own = [id];
        let rules = match scope {
            None => &own[..],
            Some(node) => &program.nodes[node.index()].rules_below[..],
        };
        let end = calendar.period(period).last;
        let window = program.around(period, matter.per.max(program.cycle(period)));
        let begin = calendar.period(window).first;
        let mut before: FxHashMap<Side, Number> = FxHashMap::default();
        // The best of this period, and which draft of which line has it.
        let mut now: FxHashMap<Side, (Number, RuleId, usize)> = FxHashMap::default();
        for rule in rules.iter().copied() {
            let (Basis::Row(input) | Basis::Once(input)) = program.rule(rule).basis else { continue };
            if !self.has_rows(input) {
                continue;
            }
            let is_valid_longer = program.rule(rule).valid_months.is_some();
            let periods: Vec<PeriodId> = calendar
                .each(program.rule(rule).cycle)
                .filter(|other| {
                    let other = calendar.period(*other);
                    other.last == end || (!is_valid_longer && begin <= other.first && other.last < end)
                })
                .collect();
            for other in periods {
                if !is_valid_longer && self.is_empty(input, other) {
                    continue;
                }
                if rule != id && !self.applies_here(program.rule(rule).node, other)? {
                    continue;
                }
                let scopes = if rule == id { scopes_before } else { self.scopes_within(rule, scope) };
                let is_before = calendar.period(other).last < end;
                let within = if is_before { self.within_most_times(rule, other)? } else { None };
                for (index, draft) in self.drafts_after(rule, other, scopes)?.iter().enumerate() {
                    let counted = draft.counted && within.as_ref().is_none_or(|within| within[index]);
                    let Some(side) = self.side(matter, draft).filter(|_| counted) else { continue };
                    let size = draft.points.abs();
                    if is_before {
                        let best = before.entry(side).or_insert(size);
                        *best = size.max(*best);
                    } else {
                        let best = now.entry(side).or_insert((size, rule, index));
                        if size > best.0 {
                            *best = (size, rule, index);
                        }
                    }
                }
            }
        }
        for (index, draft) in drafts.iter_mut().enumerate() {
            let Some(side) = self.side(matter, draft).filter(|_| draft.counted) else { continue };
            let wins = now.get(&side).is_some_and(|(_, rule, best)| (*rule, *best) == (id, index));
            give_way(draft, matter, before.get(&side).copied(), wins, program.traced)?;
        }
        Ok(())
    }

    /// Which drafts of an earlier period still count after 最多计N次; what never counted takes nothing from its matter.
    fn within_most_times(&mut self, id: RuleId, period: PeriodId) -> Result<Option<Vec<bool>>, Inexact> {
        let rule = self.program.rule(id);
        if rule.most_times.is_none() {
            return Ok(None);
        }
        let mut drafts = self.drafts_after(id, period, u8::MAX)?;
        self.count_most_times(id, rule, &mut drafts, period)?;
        Ok(Some(drafts.iter().map(|draft| draft.counted).collect()))
    }

    /// How many of a line's scopes lie within `scope`, itself left out.
    fn scopes_within(&self, rule: RuleId, scope: Option<NodeId>) -> u8 {
        let scopes = &self.program.rules[rule.index()].scopes;
        scopes.iter().position(|node| Some(*node) == scope).unwrap_or(scopes.len()) as u8 + 1
    }

    /// Whether a node and all above it are there for the unit.
    pub fn applies_here(&mut self, node: NodeId, period: PeriodId) -> Result<bool, Inexact> {
        let mut above = Some(node);
        while let Some(id) = above {
            let node = self.program.node(id);
            if node.applies != Condition::Always && !self.holds(&node.applies, At::period(period))? {
                return Ok(false);
            }
            above = node.parent;
        }
        Ok(true)
    }

    /// 最多计N次: the earliest occurrences of the cycle count; a row may count in part.
    pub fn count_most_times(
        &mut self,
        id: RuleId,
        rule: &'a Rule,
        drafts: &mut [Draft],
        period: PeriodId,
    ) -> Result<(), Inexact> {
        let Some((most, cycle)) = rule.most_times else { return Ok(()) };
        let most_times = Number::whole(most.into());
        // 每月最多计2次 of a year: so many of each month.
        let part = |scorer: &Self, draft: &Draft| match draft.fact.filter(|_| cycle < rule.cycle) {
            Some(row) => scorer.program.around(scorer.fact(row).period(), cycle),
            None => period,
        };
        let mut before = most_times;
        for earlier in self.earlier_in(cycle, period) {
            for draft in self.drafts_after(id, earlier, u8::MAX)?.iter().filter(|draft| draft.counted) {
                before = before.minus(self.occurrences(id, draft, earlier)?)?.max(Number::ZERO);
            }
        }
        let times = drafts.iter().map(|draft| self.occurrences(id, draft, period)).collect::<Result<Vec<_>, _>>()?;
        let mut left_of: FxHashMap<PeriodId, Number> = FxHashMap::default();
        let mut order: Vec<usize> = (0..drafts.len()).filter(|index| drafts[*index].counted).collect();
        // On the same day what weighs most each time comes first, so that neither the order of rows nor how many things a
        // row speaks of changes the sum.
        let each = drafts.iter().zip(&times).map(|(draft, times)| match draft.counted {
            true => draft.points.abs().divided_by(*times),
            false => Ok(Number::ZERO),
        });
        let each = each.collect::<Result<Vec<_>, _>>()?;
        order.sort_by_key(|index| {
            let (day, row) = drafts[*index].fact.map(|row| self.occurrence_key(row)).unwrap_or_default();
            (day, Reverse(each[*index]), Reverse(times[*index]), row)
        });
        for index in order {
            let times = times[index];
            let part = part(self, &drafts[index]);
            let left = left_of.get(&part).copied().unwrap_or(before);
            left_of.insert(part, left.minus(times)?.max(Number::ZERO));
            let fact = drafts[index].fact.filter(|_| times > left && !left.is_zero());
            let share = fact.map(|row| self.share_of(id, row, (left, times), period)).transpose()?;
            let draft = &mut drafts[index];
            let reason = || format!("{}最多计{most}次", cycle.every());
            if left < times {
                self.see(|| Use::MostTimes(id));
            }
            if left.is_zero() {
                draft.counted = false;
                draft.points = Number::ZERO;
                draft.explain(self.program.traced, reason);
            } else if let Some(share) = share {
                draft.points = draft.points.times(share)?;
                draft.explain(self.program.traced, || format!("{}，本行计{left}次", reason()));
            }
        }
        Ok(())
    }

    /// The part of a row's points that so many of its things have: 每次扣1分，另扣5分, two of three are 7 of 8.
    fn share_of(
        &mut self,
        id: RuleId,
        row: u32,
        (left, times): (Number, Number),
        period: PeriodId,
    ) -> Result<Number, Inexact> {
        let at = At { period, row: Some(row), rule: Some(id) };
        let whole = self.points_of_row(id, row, at)?;
        self.taken_as = Some((row, left));
        let part = self.points_of_row(id, row, at);
        self.taken_as = None;
        let part = part?;
        if whole.is_zero() { left.divided_by(times) } else { part.divided_by(whole) }
    }

    /// What a row gives within its own limit.
    fn points_of_row(&mut self, id: RuleId, row: u32, at: At) -> Result<Number, Inexact> {
        let rule = self.program.rule(id);
        let points = self.number(&rule.points, at)?.unwrap_or_default();
        Ok(self.draft(rule, Some(row), points, at)?.points)
    }

    /// Whole things that have points each count one by one, anything else row by row.
    fn occurrences(&mut self, id: RuleId, draft: &Draft, period: PeriodId) -> Result<Number, Inexact> {
        // Of one matter only one counts, however many a row speaks of.
        let Some(row) = draft.fact.filter(|row| !self.is_taken_once(id, *row)) else { return Ok(Number::ONE) };
        let at = At { period, row: Some(row), rule: Some(id) };
        let points = &self.program.rule(id).points;
        let fact = self.fact(row);
        let rows = Number::whole(fact.rows().into());
        match (&self.program.plan.inputs[fact.input().index()].quantity, fact.quantity()) {
            (Type::Count(_), Some(quantity)) if self.is_by_piece(points, at)? => Ok(quantity.into()),
            _ => Ok(rows),
        }
    }

    /// 每次加1分，级别为国家级的加5分: whether what holds for the row is of each piece of its quantity.
    fn is_by_piece(&mut self, points: &'a Expr, at: At) -> Result<bool, Inexact> {
        Ok(match points {
            Expr::Row(field) => *field == RowField::Quantity,
            Expr::Case { arms, otherwise } => {
                for (when, points) in arms {
                    if self.holds(when, at)? {
                        return self.is_by_piece(points, at);
                    }
                }
                self.is_by_piece(otherwise, at)?
            }
            Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
                self.is_by_piece(&pair[0], at)? || self.is_by_piece(&pair[1], at)?
            }
            Expr::Negate(inner) | Expr::Round { expr: inner, .. } => self.is_by_piece(inner, at)?,
            _ => false,
        })
    }
}

fn give_way(
    draft: &mut Draft,
    matter: SameMatter,
    before: Option<Number>,
    wins: bool,
    traced: bool,
) -> Result<(), Inexact> {
    let size = draft.points.abs();
    let taken = before.unwrap_or_default();
    let (granted, reason) = match matter.later {
        LaterHigher::FirstStands if before.is_some() => (Number::ZERO, "同一事项已计分，不再计"),
        LaterHigher::TopUp if wins && before.is_some() && size > taken => {
            (size.minus(taken)?, "同一事项已计分的，补足差额")
        }
        LaterHigher::TopUp if wins && before.is_none() => return Ok(()),
        LaterHigher::FirstStands if wins => return Ok(()),
        LaterHigher::TopUp | LaterHigher::FirstStands if matter.by_day => (Number::ZERO, "同一事项同一天只计最高一次"),
        LaterHigher::TopUp | LaterHigher::FirstStands => (Number::ZERO, "同一事项只计最高一次"),
    };
    draft.counted = !granted.is_zero();
    draft.points = if draft.points.is_negative() { granted.negated() } else { granted };
    draft.explain(traced, || reason.to_owned());
    Ok(())
}
