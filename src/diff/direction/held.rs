//! Conditions that hold or do not, and the values that they leave a subject.

use crate::canonical::{Called, Canonical};
use crate::plan::*;
use crate::value::Number;

/// A condition that holds, or does not.
#[derive(Clone, Copy)]
pub enum Held<'p> {
    Yes(&'p Condition),
    No(&'p Condition),
}

/// The values a subject may have.
pub enum Range {
    Numbers { low: Option<(Number, bool)>, high: Option<(Number, bool)> },
    Texts(Vec<String>),
    NotTexts(Vec<String>),
    Nothing,
}

impl Range {
    pub fn and(&self, other: &Range) -> Range {
        match (self, other) {
            (Range::Numbers { low: a, high: x }, Range::Numbers { low: b, high: y }) => {
                // The end that leaves less: further in, or without its own value.
                let low = match (a, b) {
                    (Some(a), Some(b)) if a.0 == b.0 => Some((a.0, a.1 && b.1)),
                    (Some(a), Some(b)) => Some(if a.0 > b.0 { *a } else { *b }),
                    (a, b) => a.or(*b),
                };
                let high = match (x, y) {
                    (Some(a), Some(b)) if a.0 == b.0 => Some((a.0, a.1 && b.1)),
                    (Some(a), Some(b)) => Some(if a.0 < b.0 { *a } else { *b }),
                    (a, b) => a.or(*b),
                };
                Range::Numbers { low, high }
            }
            (Range::Texts(a), Range::Texts(b)) => Range::Texts(a.iter().filter(|it| b.contains(it)).cloned().collect()),
            (Range::Texts(a), Range::NotTexts(b)) | (Range::NotTexts(b), Range::Texts(a)) => {
                Range::Texts(a.iter().filter(|it| !b.contains(it)).cloned().collect())
            }
            (Range::NotTexts(a), Range::NotTexts(b)) => Range::NotTexts(a.iter().chain(b).cloned().collect()),
            _ => Range::Nothing,
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Range::Numbers { low: Some((low, with_low)), high: Some((high, with_high)) } => {
                low > high || low == high && !(*with_low && *with_high)
            }
            Range::Texts(list) => list.is_empty(),
            Range::Numbers { .. } | Range::NotTexts(_) => false,
            // Texts beside numbers: nothing is known.
            Range::Nothing => false,
        }
    }
}

impl Held<'_> {
    /// A subject that is, or is not, assessed.
    pub fn assessed(self, plan: &Plan, called: &Called) -> Option<(String, bool)> {
        let (mut condition, mut holds) = match self {
            Held::Yes(condition) => (condition, true),
            Held::No(condition) => (condition, false),
        };
        while let Condition::Not(inner) = condition {
            (condition, holds) = (inner, !holds);
        }
        match condition {
            Condition::IsAssessed(subject) => Some((Canonical::form(plan, called, &**subject), holds)),
            _ => None,
        }
    }

    pub fn range(self, plan: &Plan, called: &Called) -> Option<(String, Range)> {
        let (condition, holds) = match self {
            Held::Yes(condition) => (condition, true),
            Held::No(condition) => (condition, false),
        };
        match condition {
            Condition::Compare(subject, comparison, number) => {
                let Expr::Number(number) = **number else { return None };
                let name = Canonical::form(plan, called, &**subject);
                let comparison = if holds { *comparison } else { comparison.opposite() };
                let range = match comparison {
                    Comparison::Below => Range::Numbers { low: None, high: Some((number, false)) },
                    Comparison::AtMost => Range::Numbers { low: None, high: Some((number, true)) },
                    Comparison::Equal => Range::Numbers { low: Some((number, true)), high: Some((number, true)) },
                    Comparison::AtLeast => Range::Numbers { low: Some((number, true)), high: None },
                    Comparison::Above => Range::Numbers { low: Some((number, false)), high: None },
                    Comparison::NotEqual => return None,
                };
                Some((name, range))
            }
            Condition::Is(subject, values) => {
                let name = Canonical::form(plan, called, &**subject);
                let texts: Vec<String> = values.iter().map(|value| plan.symbols.text(*value).to_owned()).collect();
                Some((name, if holds { Range::Texts(texts) } else { Range::NotTexts(texts) }))
            }
            _ => None,
        }
    }
}

pub fn each<'p>(condition: &'p Condition, put: &mut impl FnMut(&'p Condition)) {
    match condition {
        Condition::All(list) => list.iter().for_each(|part| each(part, put)),
        other => put(other),
    }
}
