//! What lines may give in a period.

use super::bound::Bound;
use super::{Bounds, is_sure};
use crate::analysis::interval::Interval;
use crate::analysis::uses;
use crate::plan::{Basis, CountedBy, Expr, InputId, LimitPer, Plan, RowField, Rule, RuleId, Type};
use crate::value::Number;

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
            points = limited(self.plan, points, most, &limit.most);
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
        if let Basis::Row(input) | Basis::Once(input) = rule.basis
            && rule.valid_months.is_none()
        {
            if let Some((times, per)) = rule.most_times
                && let Some(one) = self.occurrence(id, input, entry)
            {
                sum = sum.and(one.up_to(Some(times.saturating_mul(self.count(per, rule.cycle)))));
            }
            if let Some(all) = self.all_tiers(rule) {
                sum = sum.and(all);
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
            sum = limited(self.plan, sum, most, &limit.most);
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

impl<'p> Bounds<'p> {
    /// What some points of a line come to where they count: of what is counted there is at least one.
    pub fn row_that_counts(&mut self, rule: &Rule, points: &'p Expr) -> Interval {
        let row = match rule.basis {
            Basis::Row(input) | Basis::Once(input) => Some(input),
            Basis::Period => None,
        };
        let is_count = row.is_some_and(|input| matches!(self.plan.inputs[input.index()].quantity, Type::Count(_)));
        if let Some(quantity) = quantity_in(points).filter(|_| is_count) {
            self.known.push((quantity, Interval::at_least(Number::ONE)));
        }
        let interval = self.expr(points, rule.cycle, row);
        self.known.clear();
        interval
    }

    /// What 最多计N次 counts one by one: each piece of a row's quantity where that is what the points are of, else the
    /// whole row.
    fn occurrence(&mut self, id: RuleId, input: InputId, entry: Interval) -> Option<Interval> {
        let plan = self.plan;
        let (rule, of) = (&plan.rules[id.index()], &plan.inputs[input.index()]);
        let factors = rule.row_rules.iter().filter_map(|row_rule| row_rule.factor.as_ref());
        if matches!(of.quantity, Type::Count(_))
            && by_piece(&rule.points) == Some(true)
            && !factors.clone().any(|factor| factor.any(is_quantity))
        {
            self.known.push((quantity_in(&rule.points)?, Interval::exactly(Number::ONE)));
            let one = self.entry(id);
            self.known.clear();
            return Some(one);
        }
        // Rows are counted: a row of many counts whole.
        (!of.additive).then_some(entry)
    }

    /// 第1次扣2分，第2次起不扣: all there is to be had, where nothing comes of further times.
    fn all_tiers(&mut self, rule: &'p Rule) -> Option<Interval> {
        let Expr::Escalation { tiers, per, by: CountedBy::Unit } = &rule.points else { return None };
        let (last, nothing) = tiers.last()?;
        let skips = rule.row_rules.iter().all(|row_rule| row_rule.factor.is_none());
        if !nothing.is_zero() || !skips {
            return None;
        }
        let ends = tiers.iter().skip(1).map(|(from, _)| *from).chain([*last]);
        let all = tiers.iter().zip(ends).fold(Interval::ZERO, |all, ((from, points), end)| {
            all.plus(Interval::exactly(*points).up_to(Some(end.saturating_sub(*from))))
        });
        Some(all.times(self.parts(*per, rule.cycle)))
    }
}

/// Whether points grow with a row's quantity, so much for each piece, or do not look at it (`Some(false)`).
fn by_piece(points: &Expr) -> Option<bool> {
    match points {
        Expr::Row(RowField::Quantity) => Some(true),
        Expr::Multiply(pair) => match (by_piece(&pair[0])?, by_piece(&pair[1])?) {
            (true, true) => None,
            (left, right) => Some(left || right),
        },
        Expr::Divide(pair) => by_piece(&pair[0]).filter(|_| !pair[1].any(is_quantity)),
        Expr::Negate(inner) => by_piece(inner),
        Expr::Case { arms, otherwise } => {
            let mut all = by_piece(otherwise)?;
            for (when, points) in arms {
                all |= by_piece(points).filter(|_| !when.any_expr(is_quantity))?;
            }
            Some(all)
        }
        other => (!other.any(is_quantity)).then_some(false),
    }
}

fn is_quantity(expr: &Expr) -> bool {
    matches!(expr, Expr::Row(RowField::Quantity) | Expr::Escalation { .. })
}

/// Where in the points the quantity stands.
fn quantity_in(points: &Expr) -> Option<&Expr> {
    match points {
        Expr::Row(RowField::Quantity) => Some(points),
        Expr::Multiply(pair) | Expr::Divide(pair) => pair.iter().find_map(quantity_in),
        Expr::Negate(inner) => quantity_in(inner),
        Expr::Case { arms, otherwise } => {
            arms.iter().map(|(_, points)| points).chain([&**otherwise]).find_map(quantity_in)
        }
        _ => None,
    }
}

/// Points within `most` on either side of zero; `expr` is where that comes from.
fn limited(plan: &Plan, points: Interval, most: Interval, expr: &Expr) -> Interval {
    let within = points.within(most);
    if is_sure(plan, expr) { within } else { within.or(points) }
}
