//! What a line's points say by themselves: its bands, what one occurrence is worth, how many go beyond a number.

use rust_decimal::prelude::ToPrimitive;

use crate::plan::walk::walk;
use crate::plan::{Basis, Condition, Expr, RowField, Rule};
use crate::value::Number;

/// The arms of a case without what holds otherwise.
pub(super) type Arms = Vec<(Condition, Expr)>;

/// The cases of a line's points, as a walk meets them.
pub(super) fn cases(rule: &Rule) -> Vec<Arms> {
    let mut found = Vec::new();
    walk(&rule.points, &mut |expr| {
        if let Expr::Case { arms, .. } = expr {
            found.push(arms.clone());
        }
        true
    });
    found
}

/// A number that is written, not worked out.
pub(super) fn constant(expr: &Expr) -> Option<Number> {
    match expr {
        Expr::Number(number) => Some(*number),
        _ => None,
    }
}

/// What one occurrence is worth, where it is a number.
pub(super) fn each_points(rule: &Rule) -> Option<Number> {
    match (&rule.basis, &rule.points) {
        (_, Expr::Number(each)) => Some(*each),
        (Basis::Row(_), Expr::Row(RowField::Quantity)) => Some(Number::ONE),
        // From some time on.
        (Basis::Row(_), Expr::Escalation { tiers, .. }) => tiers.last().map(|(_, each)| *each),
        (Basis::Row(_), Expr::Multiply(pair)) => constant(&pair[0]).or_else(|| constant(&pair[1])),
        _ => None,
    }
}

/// The least whole number of occurrences worth more than `most`.
pub(super) fn beyond(most: Number, each: Number) -> Option<Number> {
    let count = most.divided_by(each.abs()).ok()?.floor().ok()?.to_i64()?;
    Some(Number::whole(count.checked_add(1)?))
}
