//! What a condition says of the values that it compares, and so of what a choice comes to.

use super::Bounds;
use crate::analysis::interval::Interval;
use crate::calendar::Cycle;
use crate::plan::{Comparison, Condition, Expr, InputId, Plan, RowField, Type};

impl<'p> Bounds<'p> {
    /// What a choice comes to: of each arm only what its condition leaves possible.
    pub fn case(
        &mut self,
        arms: &'p [(Condition, Expr)],
        otherwise: &'p Expr,
        cycle: Cycle,
        row: Option<InputId>,
    ) -> Interval {
        let mut hull: Option<Interval> = None;
        // What is not assessed is no number at all.
        for (condition, value) in arms.iter().filter(|(_, value)| *value != Expr::NotAssessed) {
            let Some(narrowed) = self.narrow(condition, cycle, row) else { continue };
            let loose = !matches!(condition, Condition::Compare(..) | Condition::Is(..) | Condition::Always);
            let kept = self.known.len();
            self.known.extend(narrowed);
            let mut value = self.expr(value, cycle, row);
            self.known.truncate(kept);
            value.loose |= loose;
            hull = Some(hull.map_or(value, |hull| hull.or(value)));
            if *condition == Condition::Always {
                return hull.unwrap_or(Interval::ZERO);
            }
        }
        let rest = self.expr(otherwise, cycle, row);
        hull.map_or(rest, |hull| hull.or(rest))
    }

    /// What holds where the condition does; `None` where it never does.
    pub fn narrow(
        &mut self,
        condition: &'p Condition,
        cycle: Cycle,
        row: Option<InputId>,
    ) -> Option<Vec<(&'p Expr, Interval)>> {
        match condition {
            Condition::Compare(left, comparison, right) => {
                let (a, b) = (self.expr(left, cycle, row), self.expr(right, cycle, row));
                if is_dated(self.plan, left) || is_dated(self.plan, right) {
                    return Some(Vec::new());
                }
                let (allowed, turned) = match comparison {
                    Comparison::Below | Comparison::AtMost => (Interval::new(None, b.high), Interval::new(a.low, None)),
                    Comparison::Above | Comparison::AtLeast => {
                        (Interval::new(b.low, None), Interval::new(None, a.high))
                    }
                    Comparison::Equal => (b, a),
                    Comparison::NotEqual => return Some(Vec::new()),
                };
                let is_strict = matches!(comparison, Comparison::Below | Comparison::Above);
                let touches = match comparison {
                    Comparison::Below => a.low.zip(b.high).is_some_and(|(low, high)| low >= high),
                    Comparison::Above => a.high.zip(b.low).is_some_and(|(high, low)| high <= low),
                    _ => false,
                };
                if a.misses(&allowed) || is_strict && touches {
                    return None;
                }
                Some(vec![(&**left, allowed), (&**right, turned)])
            }
            Condition::All(list) => {
                let mut all = Vec::new();
                for inner in list {
                    let narrowed = self.narrow(inner, cycle, row)?;
                    all.extend(narrowed);
                }
                // Two that leave nothing between them.
                for (index, (expr, interval)) in all.iter().enumerate() {
                    if all[..index].iter().any(|(other, apart)| other == expr && apart.misses(interval)) {
                        return None;
                    }
                }
                Some(all)
            }
            Condition::Any(list) => list.iter().any(|inner| self.narrow(inner, cycle, row).is_some()).then(Vec::new),
            _ => Some(Vec::new()),
        }
    }
}

/// Dates are compared too, and are no numbers.
fn is_dated(plan: &Plan, expr: &Expr) -> bool {
    match expr {
        Expr::Date(_) => true,
        Expr::Attribute(id) => plan.attributes[id.index()].kind == Type::Date,
        Expr::Row(RowField::Column(id)) => plan.columns[id.index()].kind == Type::Date,
        Expr::Row(
            RowField::Deadline | RowField::Completed | RowField::Occurred | RowField::Found | RowField::Repaired,
        ) => true,
        Expr::Add(pair) | Expr::Subtract(pair) => pair.iter().any(|inner| is_dated(plan, inner)),
        _ => false,
    }
}
