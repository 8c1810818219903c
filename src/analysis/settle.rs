//! Facts under which a condition holds, where they are easy to find.

use rust_decimal::Decimal;

use super::facts::{Asked, cell};
use crate::plan::*;
use crate::value::Number;

/// What a row, its unit and other inputs must say.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub given: Vec<(Asked, String)>,
    /// The row's own 数量.
    pub quantity: Option<Number>,
    pub rows: Vec<(InputId, Number)>,
}

impl Settings {
    fn put(&mut self, asked: Asked, text: String) -> Option<()> {
        match self.given.iter().find(|(other, _)| *other == asked) {
            Some((_, known)) if *known != text => None,
            Some(_) => Some(()),
            None => {
                self.given.push((asked, text));
                Some(())
            }
        }
    }

    fn report(&mut self, input: InputId, value: Number) -> Option<()> {
        match self.rows.iter().find(|(other, _)| *other == input) {
            Some((_, known)) if *known != value => None,
            Some(_) => Some(()),
            None => {
                self.rows.push((input, value));
                Some(())
            }
        }
    }
}

/// Settings under which all of these conditions hold; `None` where that takes more than looking at them.
pub fn settle<'p>(plan: &'p Plan, conditions: impl IntoIterator<Item = &'p Condition>) -> Option<Settings> {
    let mut settings = Settings::default();
    let mut ranges: Vec<(&Expr, Vec<(Comparison, Number)>)> = Vec::new();
    let mut stack: Vec<&Condition> = conditions.into_iter().collect();
    while let Some(condition) = stack.pop() {
        match condition {
            Condition::Always => {}
            Condition::All(list) => stack.extend(list),
            Condition::Any(list) => stack.extend(list.first()),
            Condition::Is(expr, values) => {
                let text = plan.symbols.text(*values.first()?).to_owned();
                match **expr {
                    Expr::Row(RowField::Column(id)) => settings.put(Asked::Column(id), text)?,
                    Expr::Attribute(id) => settings.put(Asked::Attribute(id), text)?,
                    _ => return None,
                }
            }
            Condition::Compare(left, comparison, right) => match (&**left, &**right) {
                (subject, Expr::Number(number)) => match ranges.iter_mut().find(|(known, _)| *known == subject) {
                    Some((_, ends)) => ends.push((*comparison, *number)),
                    None => ranges.push((subject, vec![(*comparison, *number)])),
                },
                _ => return None,
            },
            Condition::Happened(input) => settings.report(*input, Number::ONE)?,
            _ => return None,
        }
    }
    for (subject, ends) in ranges {
        let kind = kind_of(plan, subject);
        let value = within(&ends, &kind)?;
        reach(plan, subject, value, &mut settings, 0)?;
    }
    Some(settings)
}

/// What an expression is measured in.
pub fn kind_of(plan: &Plan, expr: &Expr) -> Type {
    match expr {
        Expr::Input { input, .. } | Expr::Parameter(input) => plan.inputs[input.index()].quantity.clone(),
        Expr::Measure(id) => plan.measures[id.index()].kind.clone(),
        Expr::Attribute(id) => plan.attributes[id.index()].kind.clone(),
        Expr::Row(RowField::Column(id)) => plan.columns[id.index()].kind.clone(),
        _ => Type::Bare,
    }
}

/// Whether only whole numbers are reported.
pub fn is_whole(kind: &Type) -> bool {
    matches!(kind, Type::Count(_) | Type::Place | Type::Days)
}

fn within(ends: &[(Comparison, Number)], kind: &Type) -> Option<Number> {
    let step = match kind {
        Type::Percent => Number::from(Decimal::new(1, 2)),
        _ => Number::ONE,
    };
    let small = if is_whole(kind) { step } else { step.divided_by(Number::whole(10)).ok()? };
    let mut candidates = vec![Number::ZERO, step];
    for (_, number) in ends {
        for shift in [Number::ZERO, step, small] {
            candidates.extend([number.plus(shift).ok()?, number.minus(shift).ok()?]);
        }
    }
    let meets = |value: &Number| {
        ends.iter().all(|(comparison, number)| match comparison {
            Comparison::Below => value < number,
            Comparison::AtMost => value <= number,
            Comparison::Equal => value == number,
            Comparison::NotEqual => value != number,
            Comparison::AtLeast => value >= number,
            Comparison::Above => value > number,
        })
    };
    let fits = |value: &Number| !value.is_negative() && (!is_whole(kind) || value.is_whole());
    candidates.into_iter().rev().find(|value| meets(value) && fits(value))
}

/// Facts that bring an expression to a value.
pub fn reach(plan: &Plan, expr: &Expr, value: Number, settings: &mut Settings, depth: u32) -> Option<()> {
    if depth > 8 {
        return None;
    }
    match expr {
        Expr::Input { input, .. } | Expr::Parameter(input) => {
            let input_of = &plan.inputs[input.index()];
            let (low, high) = input_of.range;
            let fits = !value.is_negative()
                && low.is_none_or(|low| Number::from(low) <= value)
                && high.is_none_or(|high| value <= Number::from(high))
                && (!is_whole(&input_of.quantity) || value.is_whole());
            if fits { settings.report(*input, value) } else { None }
        }
        Expr::Row(RowField::Quantity) => {
            settings.quantity = Some(value);
            Some(())
        }
        Expr::Row(RowField::Column(id)) => settings.put(Asked::Column(*id), cell(value, &kind_of(plan, expr))),
        Expr::Attribute(id) => settings.put(Asked::Attribute(*id), cell(value, &kind_of(plan, expr))),
        Expr::Measure(id) => reach(plan, &plan.measures[id.index()].expr, value, settings, depth + 1),
        Expr::Round { expr, .. } => reach(plan, expr, value, settings, depth + 1),
        // The guard against a zero divisor stands before the quotient.
        Expr::Case { otherwise, .. } => reach(plan, otherwise, value, settings, depth + 1),
        Expr::Of(_, list) => {
            let inner = list.iter().find(|inner| !matches!(inner, Expr::Number(_)))?;
            reach(plan, inner, value, settings, depth + 1)
        }
        Expr::Divide(pair) => {
            let hundred = Number::whole(100);
            reach(plan, &pair[1], hundred, settings, depth + 1)?;
            reach(plan, &pair[0], value.times(hundred).ok()?, settings, depth + 1)
        }
        _ => None,
    }
}
