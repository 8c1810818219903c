//! Facts under which a condition holds, where they are easy to find.

use rust_decimal::Decimal;

use super::claim::Part;
use super::facts::Asked;
use crate::plan::words::{cell, is_whole, kind_of};
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

    /// As facts of a unit: what is said of it, what else is reported, and the row that all this is asked for.
    pub fn part(self, row: Option<(InputId, Number)>) -> Part {
        let (asked, cells): (Vec<_>, Vec<_>) =
            self.given.into_iter().partition(|(asked, _)| matches!(asked, Asked::Attribute(_)));
        let others = self.rows.into_iter().map(|(input, value)| (input, value, Vec::new()));
        let rows = others.chain(row.map(|(input, quantity)| (input, quantity, cells))).collect();
        Part { asked, rows }
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
    let mut texts: Vec<(&Expr, &Vec<SymbolId>)> = Vec::new();
    let mut others: Vec<(&Expr, &Vec<SymbolId>)> = Vec::new();
    let mut stack: Vec<(&Condition, bool)> = conditions.into_iter().map(|condition| (condition, true)).collect();
    while let Some((condition, wanted)) = stack.pop() {
        match (condition, wanted) {
            (Condition::Always, true) => {}
            (Condition::Not(inner), _) => stack.push((inner, !wanted)),
            (Condition::All(list), true) | (Condition::Any(list), false) => {
                stack.extend(list.iter().map(|part| (part, wanted)));
            }
            (Condition::Any(list), true) | (Condition::All(list), false) => {
                stack.extend(list.first().map(|part| (part, wanted)));
            }
            (Condition::Is(expr, values), true) => texts.push((expr, values)),
            (Condition::Is(expr, values), false) => others.push((expr, values)),
            (Condition::Compare(left, comparison, right), _) => {
                let comparison = &if wanted { *comparison } else { comparison.opposite() };
                match (&**left, &**right) {
                    (subject, Expr::Number(number)) => match ranges.iter_mut().find(|(known, _)| *known == subject) {
                        Some((_, ends)) => ends.push((*comparison, *number)),
                        None => ranges.push((subject, vec![(*comparison, *number)])),
                    },
                    (Expr::Attribute(id), Expr::Date(date)) => {
                        let day = match comparison {
                            Comparison::Above => date.succ_opt()?,
                            Comparison::Below => date.pred_opt()?,
                            Comparison::AtLeast | Comparison::AtMost | Comparison::Equal => *date,
                            Comparison::NotEqual => return None,
                        };
                        settings.put(Asked::Attribute(*id), day.to_string())?;
                    }
                    // 不低于招商目标的一半: what stands on the right is known once its own inputs have a value.
                    (subject, other) => {
                        let number = estimate(plan, other, &mut settings, 0)?;
                        ranges.push((subject, vec![(*comparison, number)]));
                    }
                }
            }
            (Condition::Happened(input), true) => settings.report(*input, Number::ONE)?,
            // In which month the facts are is for whoever asks to choose.
            (Condition::During(_), true) | (Condition::Happened(_), false) => {}
            _ => return None,
        }
    }
    // Of 国家级、省级 and 省级 the narrower leaves no choice.
    texts.sort_by_key(|(_, values)| values.len());
    for (expr, values) in texts {
        let asked = match *expr {
            Expr::Row(RowField::Column(id)) => Asked::Column(id),
            Expr::Attribute(id) => Asked::Attribute(id),
            _ => return None,
        };
        let known = settings.given.iter().find(|(other, _)| *other == asked).map(|(_, text)| text.as_str());
        let value = values.iter().find(|value| known.is_none_or(|known| plan.symbols.text(**value) == known))?;
        settings.put(asked, plan.symbols.text(*value).to_owned())?;
    }
    for (expr, values) in others {
        let (asked, column) = match *expr {
            Expr::Row(RowField::Column(id)) => (Asked::Column(id), &plan.columns[id.index()]),
            Expr::Attribute(id) => (Asked::Attribute(id), &plan.attributes[id.index()]),
            _ => return None,
        };
        let is_meant = |text: &str| values.iter().any(|value| plan.symbols.text(*value) == text);
        match settings.given.iter().find(|(other, _)| *other == asked) {
            Some((_, known)) if is_meant(known) => return None,
            Some(_) => {}
            None => {
                let mut list = column.values.iter().flatten().map(|value| plan.symbols.text(*value));
                let text = list.find(|text| !is_meant(text)).or(column.values.is_none().then_some("某项"))?;
                settings.put(asked, text.to_owned())?;
            }
        }
    }
    for (subject, ends) in ranges {
        let kind = kind_of(plan, subject);
        // 达到100%: no more than 100% can be reported.
        let most = match subject {
            Expr::Input { input, .. } | Expr::Parameter(input) => plan.inputs[input.index()].range.1.map(Number::from),
            _ => None,
        };
        let value = within(&ends, &kind, most)?;
        reach(plan, subject, value, &mut settings, 0)?;
    }
    Some(settings)
}

/// A value that an input may well have.
pub fn usual(plan: &Plan, input: InputId) -> Number {
    let input = &plan.inputs[input.index()];
    let value = if input.quantity == Type::Percent { Number::ONE } else { Number::whole(100) };
    let high = input.range.1.map_or(value, |high| value.min(Number::from(high)));
    input.range.0.map_or(high, |low| high.max(Number::from(low)))
}

/// What an expression comes to where its inputs have the values of `settings`, or else usual ones, then put there.
pub fn estimate(plan: &Plan, expr: &Expr, settings: &mut Settings, depth: u32) -> Option<Number> {
    if depth > 8 {
        return None;
    }
    let mut value = |inner: &Expr| estimate(plan, inner, settings, depth + 1);
    match expr {
        Expr::Number(number) => Some(*number),
        Expr::Input { input, .. } | Expr::Parameter(input) => {
            if let Some((_, known)) = settings.rows.iter().find(|(other, _)| other == input) {
                return Some(*known);
            }
            // Less than all of it: there is to be room on both sides.
            let percent = plan.inputs[input.index()].quantity == Type::Percent;
            let value = if percent { Number::from(Decimal::new(8, 1)) } else { usual(plan, *input) };
            settings.report(*input, value)?;
            Some(value)
        }
        Expr::Measure(id) => value(&plan.measures[id.index()].expr),
        Expr::Full(id) => value(plan.nodes[id.index()].full.as_ref()?),
        Expr::Round { expr, .. } => value(expr),
        Expr::Case { otherwise, .. } => value(otherwise),
        // Nothing is known of earlier years.
        Expr::Earlier { otherwise, .. } | Expr::Past { otherwise, .. } => value(otherwise.as_ref()?),
        Expr::Negate(inner) => Some(value(inner)?.negated()),
        Expr::Add(pair) => value(&pair[0])?.plus(value(&pair[1])?).ok(),
        Expr::Subtract(pair) => value(&pair[0])?.minus(value(&pair[1])?).ok(),
        Expr::Multiply(pair) => value(&pair[0])?.times(value(&pair[1])?).ok(),
        Expr::Divide(pair) => value(&pair[0])?.divided_by(value(&pair[1])?).ok(),
        Expr::Of(aggregate, list) => {
            let values: Option<Vec<Number>> = list.iter().map(value).collect();
            match aggregate {
                Aggregate::Least => values?.into_iter().min(),
                Aggregate::Greatest => values?.into_iter().max(),
                _ => None,
            }
        }
        _ => None,
    }
}

fn within(ends: &[(Comparison, Number)], kind: &Type, most: Option<Number>) -> Option<Number> {
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
    let meets = |value: &Number| ends.iter().all(|(comparison, number)| comparison.allows(value.cmp(number)));
    let is_open = |value: &Number| most.is_none_or(|most| *value <= most);
    let fits = |value: &Number| meets(value) && is_open(value) && (!is_whole(kind) || value.is_whole());
    let usual = candidates.iter().rev().find(|value| !value.is_negative() && fits(value));
    usual.or_else(|| candidates.iter().rev().find(|value| fits(value))).copied()
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
            let fits = low.map_or(!value.is_negative(), |low| Number::from(low) <= value)
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
        Expr::Row(field @ (RowField::Place | RowField::People)) if value.is_whole() && value.is_positive() => {
            settings.put(Asked::Field(*field), value.to_string())
        }
        Expr::Row(field @ RowField::DaysToRepair) if value.is_whole() && !value.is_negative() => {
            settings.put(Asked::Field(*field), value.to_string())
        }
        Expr::Of(_, list) => {
            let inner = list.iter().find(|inner| !matches!(inner, Expr::Number(_)))?;
            reach(plan, inner, value, settings, depth + 1)
        }
        Expr::Negate(inner) => reach(plan, inner, value.negated(), settings, depth + 1),
        Expr::Multiply(pair) => match (&pair[0], &pair[1]) {
            (other, Expr::Number(factor)) | (Expr::Number(factor), other) => {
                reach(plan, other, value.divided_by(*factor).ok()?, settings, depth + 1)
            }
            _ => None,
        },
        Expr::Add(pair) => {
            let other = estimate(plan, &pair[1], settings, depth + 1)?;
            reach(plan, &pair[0], value.minus(other).ok()?, settings, depth + 1)
        }
        Expr::Subtract(pair) => {
            let other = estimate(plan, &pair[1], settings, depth + 1)?;
            reach(plan, &pair[0], value.plus(other).ok()?, settings, depth + 1)
        }
        Expr::Divide(pair) => {
            if let Expr::Number(divisor) = pair[1] {
                return reach(plan, &pair[0], value.times(divisor).ok()?, settings, depth + 1);
            }
            let hundred = Number::whole(100);
            reach(plan, &pair[1], hundred, settings, depth + 1)?;
            reach(plan, &pair[0], value.times(hundred).ok()?, settings, depth + 1)
        }
        _ => None,
    }
}
