//! What lines may give in a period.

use super::bound::Bound;
use super::{Bounds, is_sure};
use crate::analysis::interval::Interval;
use crate::analysis::uses;
use crate::plan::{Basis, Expr, LimitPer, RuleId};

impl<'p> Bounds<'p> {
    /// What one row gives by itself, or the period's measures.
    pub(super) fn entry(&mut self, id: RuleId) -> Interval {
        let rule = &self.plan.rules[id.index()];
        let row = match rule.basis {
            Basis::Row(input) | Basis::Once(input) => Some(input),
            Basis::Period => None,
        };
        let mut points = self.expr(&rule.points, rule.cycle, row);
        let plain = points;
        for row_rule in &rule.row_rules {
            points = match &row_rule.factor {
                None => points.or_zero(),
                Some(factor) => points.or(plain.times(self.expr(factor, rule.cycle, row))),
            };
        }
        for limit in rule.limits.iter().filter(|limit| limit.per == LimitPer::Row) {
            let most = self.expr(&limit.most, rule.cycle, row);
            points = limited(points, most, &limit.most);
        }
        points
    }

    /// A line in a period of its own cycle.
    pub fn rule(&mut self, id: RuleId) -> Bound {
        if let Some(known) = self.rules[id.index()] {
            return known;
        }
        let rule = &self.plan.rules[id.index()];
        let kept = std::mem::take(&mut self.known);
        let entry = self.entry(id);
        let mut sum = match rule.basis {
            Basis::Row(_) => entry.up_to(None),
            Basis::Once(_) | Basis::Period => entry.or_zero(),
        };
        if let (Basis::Row(input), Some((times, per))) = (&rule.basis, rule.most_times) {
            // Rows are counted: a row of many counts whole.
            if per >= rule.cycle && rule.valid_months.is_none() && !self.plan.inputs[input.index()].additive {
                sum = sum.and(entry.up_to(Some(times)));
            }
        }
        let one_sided = !(sum.may_be_negative() && sum.may_be_positive());
        let (mut bonus, mut deduction) = (sum.max(Interval::ZERO), sum.negated().max(Interval::ZERO));
        for limit in &rule.limits {
            let LimitPer::Cycle(per) = limit.per else { continue };
            let most = self.expr(&limit.most, rule.cycle, None).times(self.parts(per, rule.cycle));
            let runs = per > rule.cycle;
            if runs && !one_sided {
                continue;
            }
            sum = limited(sum, most, &limit.most);
            if one_sided {
                bonus = bonus.and(sum.max(Interval::ZERO));
                deduction = deduction.and(sum.negated().max(Interval::ZERO));
            }
        }
        let shared = match rule.basis {
            Basis::Row(input) | Basis::Once(input) => self.readers[input.index()] > 1,
            Basis::Period => uses::inputs_of(self.plan, &rule.points).iter().any(|id| self.readers[id.index()] > 1),
        };
        let loosen = |interval: Interval| if shared { interval.loosened() } else { interval };
        let bound = Bound {
            base: Interval::ZERO,
            bonus: loosen(bonus),
            deduction: loosen(deduction),
            points: loosen(sum),
            optional: false,
        };
        self.known = kept;
        self.rules[id.index()] = Some(bound);
        bound
    }
}

/// Points within `most` on either side of zero; `expr` is where that comes from.
fn limited(points: Interval, most: Interval, expr: &Expr) -> Interval {
    let within = points.within(most);
    if is_sure(expr) { within } else { within.or(points) }
}
