//! Conditions and what they look at, in the words of the rulebook.

use super::facts::cell;
use super::settle::kind_of;
use crate::plan::*;

/// A condition in the words of a table: 省级、一等.
pub fn describe(plan: &Plan, condition: &Condition) -> String {
    match condition {
        Condition::Is(_, values) => values.iter().map(|value| plan.symbols.text(*value)).collect::<Vec<_>>().join("或"),
        Condition::All(list) => list.iter().map(|part| describe(plan, part)).collect::<Vec<_>>().join("、"),
        Condition::Any(list) => list.iter().map(|part| describe(plan, part)).collect::<Vec<_>>().join("或"),
        Condition::Compare(left, comparison, right) => {
            let word = match comparison {
                Comparison::Below => "低于",
                Comparison::AtMost => "不超过",
                Comparison::Equal => "",
                Comparison::NotEqual => "不等于",
                Comparison::AtLeast => "不低于",
                Comparison::Above => "超过",
            };
            match &**right {
                Expr::Number(number) => format!("{word}{}", cell(*number, &kind_of(plan, left))),
                _ => format!("{word}某数"),
            }
        }
        Condition::Always => "其余".to_owned(),
        _ => "某种情形".to_owned(),
    }
}

/// What an expression is called: an indicator, a measure, a column, an attribute.
pub fn said<'p>(plan: &'p Plan, expr: &Expr) -> Option<&'p str> {
    Some(match expr {
        Expr::Input { input, .. } | Expr::Parameter(input) => &plan.inputs[input.index()].label,
        Expr::Measure(id) => &plan.measures[id.index()].name,
        Expr::Attribute(id) => &plan.attributes[id.index()].name,
        Expr::Row(RowField::Column(id)) => &plan.columns[id.index()].name,
        Expr::Round { expr, .. } | Expr::Assessed { expr, .. } => said(plan, expr)?,
        _ => return None,
    })
}
