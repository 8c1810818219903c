//! One unit's outcome in the requested period, before units are compared.

use crate::calendar::{Cycle, PeriodId};
use crate::eval::cohort::RankKey;
use crate::eval::node::{NodeScore, State};
use crate::eval::problem::{Problem, Where};
use crate::eval::unit::{At, Scorer};
use crate::outcome::{NodeOutcome, Status, UnitOutcome};
use crate::plan::{Aggregate, Comparison, Condition, Effect, Expr, NodeId, RankingId, Type};
use crate::value::{Inexact, Number};

/// A unit's outcome so far, and what the later stages need of it.
pub(super) struct Scored<'a> {
    /// Boxed, for all units are put together and in order once they are known.
    pub outcome: Box<UnitOutcome>,
    /// By the rankings asked for.
    pub keys: Vec<Option<RankKey>>,
    /// Effects on grades.
    pub effects: Vec<&'a Effect>,
}

/// Why a unit is not assessed.
struct Exemption {
    reason: String,
    because: Because,
}

#[derive(PartialEq)]
enum Because {
    /// It is not on the roster or does not take part, so that nothing need be reported for it.
    Outsider,
    NothingAssessed,
    /// Parts of its total are there, and others are not.
    LacksParts,
}

impl<'a> Scorer<'_, 'a> {
    /// Why the unit is not assessed in a period; `None` where it is.
    fn exemption(&mut self, period: PeriodId) -> Result<Option<Exemption>, Inexact> {
        let program = self.program;
        let outsider = |reason: &str| Ok(Some(Exemption { reason: reason.to_owned(), because: Because::Outsider }));
        let scored = match program.cycle(period) == program.plan.cycle {
            true => Vec::new(),
            false => program.scored(period),
        };
        let is_there = if scored.is_empty() {
            self.is_on_roster(period)
        } else {
            scored.iter().any(|base| self.is_on_roster(*base))
        };
        if !is_there {
            let is_later = self.roster().first.is_some_and(|first| {
                let last = scored.last().unwrap_or(&period);
                first > program.plan.calendar.period(*last).last
            });
            return outsider(if is_later { "未启用" } else { "已停用" });
        }
        let cycle = program.cycle(period);
        for exclusion in program.plan.excluded.iter().filter(|exclusion| exclusion.speaks_of(cycle)) {
            if self.holds(&exclusion.when, At::period(period))? {
                return outsider(&exclusion.text);
            }
        }
        if self.takes_part_in_none(&scored) {
            return outsider(&format!("{}都不参评", program.plan.cycle.each()));
        }
        let has_total = self.total(period)?.is_assessed();
        let none_of = |scorer: &mut Self| {
            let mut bases = scored.clone();
            bases.retain(|base| scorer.is_counted(*base));
            bases.retain(|base| matches!(scorer.total(*base), Ok(total) if total.is_assessed()));
            bases.is_empty()
        };
        if !has_total || (!scored.is_empty() && none_of(self)) {
            let lacking = if scored.is_empty() { Vec::new() } else { self.lacking(period)? };
            return Ok(Some(match lacking.is_empty() {
                true => Exemption { reason: "没有可考评的内容".to_owned(), because: Because::NothingAssessed },
                false => {
                    let reason = format!("{}，总分算不出", lacking.join("，"));
                    Exemption { reason, because: Because::LacksParts }
                }
            }));
        }
        Ok(None)
    }

    /// What the total of a longer period is worked out from and is not assessed, where other parts of it are.
    fn lacking(&mut self, period: PeriodId) -> Result<Vec<String>, Inexact> {
        let plan = self.program.plan;
        let cycle = self.program.cycle(period);
        let Some((_, rollup)) = plan.rollups.iter().find(|(of, _)| *of == cycle) else { return Ok(Vec::new()) };
        let mut parts = Vec::new();
        terms(rollup, &mut parts);
        let (mut unassessed, mut absent, mut is_some) = (Vec::new(), Vec::new(), false);
        for part in parts {
            if self.eval(part, At::period(period))?.is_assessed() {
                is_some |= !matches!(part, Expr::Number(_));
                continue;
            }
            let mut part = part;
            while let Expr::Assessed { expr, .. } = part {
                part = expr;
            }
            match part {
                Expr::Node(id) => unassessed.push(plan.nodes[id.index()].title.clone()),
                Expr::Measure(id) => unassessed.push(plan.measures[id.index()].name.clone()),
                Expr::Case { arms, .. }
                    if let Some(least) = arms.first().and_then(|(when, _)| periods_wanted(when)) =>
                {
                    return Ok(vec![format!("不足{least}期，去掉要去掉的以后没有剩的")]);
                }
                part => absent.extend(one_period(part)),
            }
        }
        let mut lacking = Vec::new();
        if !unassessed.is_empty() {
            lacking.push(format!("“{}”不作考评", unassessed.join("”“")));
        }
        if !absent.is_empty() {
            lacking.push(format!("没有{}得分", absent.join("、")));
        }
        Ok(if is_some { lacking } else { Vec::new() })
    }

    /// Whether there are periods that the unit was on the roster in, and it took part in none of them.
    fn takes_part_in_none(&mut self, scored: &[PeriodId]) -> bool {
        let program = self.program;
        if !program.plan.excluded.iter().any(|exclusion| exclusion.speaks_of(program.plan.cycle)) {
            return false;
        }
        let there: Vec<PeriodId> = scored.iter().copied().filter(|base| self.is_on_roster(*base)).collect();
        !there.is_empty() && !there.into_iter().any(|base| self.takes_part(base))
    }

    /// Whether a cohort of the period has this unit in it. Mistakes are told where its total is asked for.
    pub fn takes_part(&mut self, period: PeriodId) -> bool {
        let program = self.program;
        let at = At::period(period);
        let cycle = program.cycle(period);
        let mut excluded = program.plan.excluded.iter().filter(|exclusion| exclusion.speaks_of(cycle));
        self.is_on_roster(period) && !excluded.any(|exclusion| self.holds(&exclusion.when, at).unwrap_or_default())
    }

    pub fn outcome(&mut self, unit: usize, period: PeriodId, rankings: &[RankingId]) -> Scored<'a> {
        self.begin(unit);
        self.load();
        let exemption = self.exemption(period).unwrap_or_else(|fault| {
            self.problems.push(Problem::arithmetic(unit, Where::Excluded, period, fault));
            None
        });
        let status = if exemption.is_some() { Status::NotAssessed } else { Status::Assessed };
        let total = self.total(period).ok().and_then(|total| total.number()).unwrap_or_default();
        let scored = self.try_outcome(period, status, total, rankings);
        let mut scored = scored.unwrap_or_else(|fault| {
            self.problems.push(Problem::arithmetic(unit, Where::Total, period, fault));
            Scored {
                outcome: Box::new(UnitOutcome::bare(self.unit, status, total)),
                keys: vec![None; rankings.len()],
                effects: Vec::new(),
            }
        });
        if let Some(Exemption { reason, because }) = exemption {
            scored.outcome.status_reason = Some(reason);
            scored.outcome.lacks_parts = because == Because::LacksParts;
            if because == Because::Outsider {
                // Nobody has to report for a unit that is not assessed; other mistakes still tell.
                self.problems.retain(|problem| !problem.is_about_reporting());
            }
        }
        scored
    }

    fn try_outcome(
        &mut self,
        period: PeriodId,
        status: Status,
        total: Number,
        rankings: &[RankingId],
    ) -> Result<Scored<'a>, Inexact> {
        let program = self.program;
        let is_base = program.cycle(period) == program.plan.cycle;
        let mut outcome = Box::new(UnitOutcome::bare(self.unit, status, total));
        let mut bases = if is_base { vec![period] } else { program.scored(period) };
        if !is_base {
            bases.retain(|base| {
                let is_out = self.is_left_out(*base);
                outcome.left_out.extend(is_out.then_some(*base));
                !is_out
            });
            outcome.periods.reserve_exact(bases.len());
            for base in &bases {
                if self.is_on_roster(*base) {
                    outcome.periods.push((*base, self.total(*base)?.number().unwrap_or_default()));
                }
            }
        }
        self.finish(period)?;
        outcome.vetoed = self.is_vetoed(period)?;
        outcome.demoted = self.is_demoted(period)?;
        let mut effects = Vec::new();
        for fired in self.fired.iter().filter(|fired| self.counts_in(fired, period)) {
            match fired.effect {
                Effect::Disqualify(name) => {
                    if !outcome.disqualified.contains(name) {
                        outcome.disqualified.push(name.clone());
                    }
                }
                Effect::SetGrade { .. } | Effect::GradeAtMost { .. } | Effect::LowerGrade { .. } => {
                    effects.push((fired.rule, fired.period, fired.effect));
                }
                Effect::Veto { .. } | Effect::ZeroNode(_) | Effect::ZeroTotal(_) => {}
            }
        }
        outcome.disqualified.sort();
        effects.sort_by_key(|(rule, period, _)| (*period, *rule));
        let keys = rankings
            .iter()
            .map(|id| if status == Status::Assessed { self.rank_key(*id, period) } else { None })
            .collect();
        outcome.nodes = self.node_outcomes(period, &bases)?;
        outcome.effects = self.effect_outcomes(period);
        if program.traced {
            outcome.entries = self.entry_outcomes(period, &bases)?;
            self.total_formula(period, &mut outcome)?;
        }
        Ok(Scored { outcome, keys, effects: effects.into_iter().map(|(_, _, effect)| effect).collect() })
    }

    /// What the total of a longer period was worked out from, unless a veto or the like put it aside.
    fn total_formula(&mut self, period: PeriodId, outcome: &mut UnitOutcome) -> Result<(), Inexact> {
        let (plan, cycle) = (self.program.plan, self.program.cycle(period));
        let rollup = plan.rollups.iter().find(|(of, _)| *of == cycle).filter(|_| outcome.status == Status::Assessed);
        let Some((_, expr)) = rollup else { return Ok(()) };
        if self.number(expr, At::period(period))? == Some(outcome.total) {
            self.formula(expr, &Type::Points, At::period(period), &mut outcome.total_figures)?;
        }
        Ok(())
    }

    /// Tallies of the root and its children (of all nodes, where traced), added up over the base periods.
    fn node_outcomes(&mut self, period: PeriodId, bases: &[PeriodId]) -> Result<Vec<NodeOutcome>, Inexact> {
        let program = self.program;
        let root = program.node(NodeId(0));
        let ids: Vec<NodeId> = match program.traced {
            true => (0..program.plan.nodes.len() as u16).map(NodeId).collect(),
            false => std::iter::once(NodeId(0)).chain(root.children.iter().copied()).collect(),
        };
        let mut nodes: Vec<NodeOutcome> = ids.into_iter().map(NodeOutcome::empty).collect();
        for base in bases.iter().filter(|base| self.is_on_roster(**base)).copied().collect::<Vec<_>>() {
            nodes[0].add(self.node(NodeId(0), base))?;
            self.take_steps(NodeId(0), base, period, &mut nodes[0]);
            if program.traced {
                self.add_below(NodeId(0), base, period, &mut nodes)?;
            } else {
                for (index, child) in root.children.iter().enumerate() {
                    nodes[index + 1].add(self.part(*child, base)?)?;
                }
            }
        }
        if program.cycle(period) != program.plan.cycle {
            self.add_year_ends(period, &mut nodes)?;
        }
        // What is too long to add up is told now.
        nodes.iter().try_for_each(|node| node.tally.points().map(drop))?;
        let is_base = program.cycle(period) == program.plan.cycle;
        if is_base && self.is_zeroed_by_veto(period) && !nodes[0].points().is_zero() {
            let before = nodes[0].points();
            nodes[0].before = Some(Box::new(*nodes[0].raw()));
            nodes[0].tally = crate::outcome::Tally::default();
            if program.traced {
                nodes[0].steps.push(("一票否决，总分计零".to_owned(), before, Number::ZERO));
            }
        }
        Ok(nodes)
    }

    fn add_below(
        &mut self,
        id: NodeId,
        own: PeriodId,
        requested: PeriodId,
        nodes: &mut [NodeOutcome],
    ) -> Result<(), Inexact> {
        let program = self.program;
        if self.node(id, own).state == State::NotAssessed {
            return Ok(());
        }
        for child in &program.node(id).children {
            nodes[child.index()].add(self.part(*child, own)?)?;
            for period in self.part_periods(*child, own) {
                self.take_steps(*child, period, requested, &mut nodes[child.index()]);
                if !self.is_silent(*child, period) {
                    self.add_below(*child, period, requested, nodes)?;
                } else {
                    mark_assessed(program.plan, *child, nodes);
                }
            }
        }
        Ok(())
    }

    /// Nodes that land in no base period are shown by themselves.
    fn add_year_ends(&mut self, period: PeriodId, nodes: &mut [NodeOutcome]) -> Result<(), Inexact> {
        let program = self.program;
        for index in 0..nodes.len() {
            let id = nodes[index].node;
            let node = program.node(id);
            let is_topmost = node.parent.is_none_or(|parent| !program.nodes[parent.index()].year_end);
            if !program.nodes[id.index()].year_end || !is_topmost {
                continue;
            }
            for own in self.sub_periods(period, node.cycle) {
                nodes[index].add(self.node(id, own))?;
                self.take_steps(id, own, period, &mut nodes[index]);
                if program.traced {
                    self.add_below(id, own, period, nodes)?;
                }
            }
        }
        Ok(())
    }

    fn take_steps(&self, id: NodeId, own: PeriodId, requested: PeriodId, node: &mut NodeOutcome) {
        let Some(steps) = self.steps.get(&(id, own)) else { return };
        for (name, before, after) in steps {
            let name = match own == requested {
                true => name.clone(),
                false => format!("{} {name}", self.program.plan.calendar.period(own).name),
            };
            node.steps.push((name, *before, *after));
        }
    }
}

/// Nothing happened at or below a node, so nothing was left out either.
fn mark_assessed(plan: &crate::plan::Plan, id: NodeId, nodes: &mut [NodeOutcome]) {
    nodes[id.index()].assessed = true;
    for child in &plan.nodes[id.index()].children {
        if plan.nodes[child.index()].cycle == plan.nodes[id.index()].cycle {
            mark_assessed(plan, *child, nodes);
        }
    }
}

impl NodeOutcome {
    fn empty(node: NodeId) -> NodeOutcome {
        let tally = crate::outcome::Tally::default();
        NodeOutcome { node, assessed: false, before: None, before_is_lost: false, tally, steps: Vec::new() }
    }

    fn add(&mut self, score: &NodeScore) -> Result<(), Inexact> {
        self.assessed |= score.state == State::Assessed;
        let is_changed = score.is_stepped && score.raw != score.tally;
        if is_changed && self.before.is_none() && !self.before_is_lost {
            self.before = Some(Box::new(self.tally));
        }
        // Months that are rounded add up; what they were before may have too many digits.
        if let Some(before) = &mut self.before
            && before.add(&score.raw).and_then(|()| before.points()).is_err()
        {
            self.before_is_lost = true;
            self.before = None;
        }
        self.tally.add(&score.tally)
    }
}

/// What a sum or a product is worked out from.
/// INVARIANT: an expression is as deep as the parser lets it be, which bounds the recursion.
fn terms<'a>(expr: &'a Expr, found: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
            pair.iter().for_each(|side| terms(side, found));
        }
        Expr::Negate(inner) | Expr::Round { expr: inner, .. } => terms(inner, found),
        other => found.push(other),
    }
}

/// How many periods there must be for one to be left, where so many are dropped: 各月得分去掉一个最低分后平均.
fn periods_wanted(when: &Condition) -> Option<Number> {
    let Condition::Compare(left, Comparison::Above, right) = when else { return None };
    match (&**left, &**right) {
        (Expr::Over { aggregate: Aggregate::Count, .. }, Expr::Number(dropped)) => dropped.plus(Number::ONE).ok(),
        _ => None,
    }
}

/// 第一季度 of 第一季度得分, 上半年: which of the year's periods a part of the total is of.
fn one_period(part: &Expr) -> Option<String> {
    const NUMERALS: &[&str] = &["一", "二", "三", "四"];
    match part {
        Expr::Over { cycle, only: Some(number), .. } => Some(match cycle {
            Cycle::Quarter => format!("第{}季度", NUMERALS[(*number as usize - 1).min(3)]),
            Cycle::Half => if *number == 1 { "上半年" } else { "下半年" }.to_owned(),
            _ => format!("{number}月"),
        }),
        _ => None,
    }
}
