//! What the steps of a node leave of its bound.

use super::bound::Bound;
use super::{Bounds, is_sure};
use crate::analysis::interval::Interval;
use crate::calendar::Cycle;
use crate::plan::{Condition, Expr, Months, NodeId, Step};
use crate::value::Number;

impl<'p> Bounds<'p> {
    /// What one step makes of a node that was `before`.
    pub(super) fn stepped(&mut self, id: NodeId, step: &'p Step, before: Bound) -> Bound {
        let cycle = self.plan.nodes[id.index()].cycle;
        let zero = Number::ZERO;
        let mut after = before;
        match step {
            Step::CapDeduction { most, per } => {
                let limit = self.expr(most, cycle, None).times(self.parts(*per, cycle));
                after.deduction = match self.changing_cap(id, step) {
                    Some(limit) => before.deduction.min(limit.times(self.parts(*per, cycle))),
                    None => capped(before.deduction, limit, *per > cycle, is_sure(self.plan, most)),
                };
                // Less is taken away: the points rise, if anything.
                let raised = before.base.plus(before.bonus).minus(after.deduction);
                after.points = Interval { low: before.points.low, high: None, loose: false }.and(raised);
                if after.deduction == before.deduction {
                    after.points = before.points;
                }
            }
            Step::CapBonus { most, per } => {
                let limit = self.expr(most, cycle, None).times(self.parts(*per, cycle));
                after.bonus = match self.changing_cap(id, step) {
                    Some(limit) => before.bonus.min(limit.times(self.parts(*per, cycle))),
                    None => capped(before.bonus, limit, *per > cycle, is_sure(self.plan, most)),
                };
                let lowered = before.base.plus(after.bonus).minus(before.deduction);
                after.points = Interval { low: None, high: before.points.high, loose: false }.and(lowered);
                if after.bonus == before.bonus {
                    after.points = before.points;
                }
            }
            Step::CapPoints { most, per } => {
                let limit = self.expr(most, cycle, None);
                let runs = *per > cycle;
                let points = match runs {
                    false => before.points.min(limit),
                    true if !before.points.may_be_negative() && !limit.may_be_negative() => {
                        Interval { low: Some(zero), ..before.points.min(limit) }
                    }
                    true => before.points.or_zero(),
                };
                after = if runs { before.brought_to(points) } else { Bound { points, ..before.lowered(limit) } };
                if !is_sure(self.plan, most) {
                    after = after.with(before, Interval::or);
                }
            }
            Step::Floor { least, per } => {
                let limit = self.expr(least, cycle, None);
                after = match *per > cycle {
                    false => Bound { points: before.points.max(limit), ..before.raised(limit) },
                    true => before.brought_to(before.points.or_zero()),
                };
                if !is_sure(self.plan, least) {
                    after = after.with(before, Interval::or);
                }
            }
            Step::Multiply(factor) => {
                let by = self.expr(factor, cycle, None);
                after = multiplied(before, by);
                after.optional |= !is_sure(self.plan, factor);
            }
            Step::MultiplyWhen { factor, .. } => {
                let by = self.expr(factor, cycle, None);
                after = before.with(multiplied(before, by), Interval::or).each(Interval::loosened);
                after.optional |= !is_sure(self.plan, factor);
            }
            Step::Set { points, .. } => {
                let points = self.expr(points, cycle, None).loosened();
                after = before.with(before.brought_to(points), Interval::or);
                if points.holds(zero) {
                    after = Bound { optional: after.optional, ..after.each(Interval::or_zero) };
                }
                after.optional |= !points.holds(zero) || points.single().is_none();
            }
            Step::CapWhen { most, .. } => {
                let limit = self.expr(most, cycle, None);
                let points = before.points.min(limit).loosened();
                after = before.with(Bound { points, ..before.lowered(limit) }, Interval::or);
            }
            Step::Round { places, rounding } => {
                let points = before.points.rounded(*places, *rounding);
                after.put(points);
                after.base = after.base.or(before.base);
            }
        }
        after
    }
}

impl Bounds<'_> {
    /// 〔至2024年6月止〕扣分封顶 每月40分 and 〔自2024年7月起〕扣分封顶 每月20分: the one or the other, where together they hold
    /// all the time.
    fn changing_cap(&self, id: NodeId, step: &Step) -> Option<Interval> {
        let cycle = self.plan.nodes[id.index()].cycle;
        let (kind, _, per) = dated_cap(step).filter(|(.., per)| *per <= cycle)?;
        let same = self.plan.nodes[id.index()].steps.iter().filter_map(dated_cap);
        let mut caps: Vec<(Months, Number)> =
            same.filter(|(other, _, of)| *other == kind && *of == per).map(|(_, cap, _)| cap).collect();
        caps.sort_by_key(|(months, _)| months.first);
        let mut next = self.plan.calendar.first();
        for (months, _) in &caps {
            if months.first > next {
                return None;
            }
            next = next.max(months.last.plus(1));
        }
        if next <= self.plan.calendar.last() {
            return None;
        }
        caps.into_iter().map(|(_, most)| Interval::exactly(most)).reduce(Interval::or)
    }
}

/// Whether it limits what is taken, from when to when at how much, and by which cycle.
fn dated_cap(step: &Step) -> Option<(bool, (Months, Number), Cycle)> {
    let (takes, most, per) = match step {
        Step::CapDeduction { most, per } => (true, most, *per),
        Step::CapBonus { most, per } => (false, most, *per),
        _ => return None,
    };
    let Expr::Case { arms, otherwise } = most else { return None };
    match (&arms[..], &**otherwise) {
        ([(Condition::During(months), Expr::Number(most))], Expr::NotAssessed) => Some((takes, (*months, *most), per)),
        _ => None,
    }
}

/// A figure that is not below zero, cut off at a limit; where the limit runs over several periods, what is left of it.
fn capped(figure: Interval, limit: Interval, runs: bool, is_sure: bool) -> Interval {
    let cut = match (runs, limit.may_be_negative()) {
        (false, _) => figure.min(limit),
        (true, false) => Interval { low: Some(Number::ZERO), ..figure.min(limit) },
        (true, true) => figure.or_zero(),
    };
    if is_sure { cut } else { cut.or(figure) }
}

/// A tally times a factor; below zero it turns into its net.
fn multiplied(bound: Bound, by: Interval) -> Bound {
    let scaled = Bound { optional: bound.optional, ..bound.each(|interval| interval.times(by)) };
    if !by.may_be_negative() {
        return scaled;
    }
    let net = bound.points.times(by);
    let turned = Bound { base: net, points: net, optional: bound.optional, ..Bound::NOTHING };
    scaled.with(turned, Interval::or)
}
