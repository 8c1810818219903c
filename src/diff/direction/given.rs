//! 酌情: points that someone chooses within what the rulebook permits, where the books permit other ones.

use super::{At, Sides, Sign};
use crate::diff::guess::conditions_of;
use crate::diff::witness::readers;
use crate::plan::*;
use crate::value::Number;

impl Sides<'_> {
    /// Whether two lines may be given other points for the same occurrence.
    pub(super) fn are_given_otherwise(&self, old: RuleId, new: RuleId) -> bool {
        let (a, b) = (&self.old.rules[old.index()], &self.new.rules[new.index()]);
        let (a, b) = (a.basis.input(), b.basis.input());
        a.zip(b).is_some_and(|(a, b)| permitted(self.old, a) != permitted(self.new, b))
    }

    /// Whether the points that are given only go where the line says: no condition looks at them, and nothing else.
    pub(super) fn are_given_straight(&self, old: RuleId, new: RuleId) -> bool {
        [(self.old, old), (self.new, new)].into_iter().all(|(plan, rule)| {
            let rule = &plan.rules[rule.index()];
            let of = rule.basis.input().map(|input| &plan.inputs[input.index()]);
            !conditions_of(rule).iter().any(|when| when.any_expr(is_given))
                && of.is_some_and(|input| readers(plan, input.node, &input.label).is_empty())
        })
    }

    /// The sign of the points that are given: within other bounds somebody may choose more or less than before.
    pub(super) fn given(&self, at: At) -> Sign {
        let permitted = |plan: &Plan, input: Option<InputId>| permitted(plan, input?);
        match permitted(self.old, at.old.1) == permitted(self.new, at.new.1) {
            true => Sign::ZERO,
            false => Sign::ANY,
        }
    }
}

pub(super) fn is_given(expr: &Expr) -> bool {
    *expr == Expr::Row(RowField::Points)
}

/// The least and greatest points that a row may be given.
fn permitted(plan: &Plan, input: InputId) -> Option<(Number, Number)> {
    let (least, most) = plan.inputs[input.index()].needs.points?;
    Some((Number::from(least), Number::from(most)))
}
