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
    Numbers(Ends),
    Texts(Vec<String>),
    NotTexts(Vec<String>),
    Nothing,
}

impl Range {
    pub fn and(&self, other: &Range) -> Range {
        match (self, other) {
            (Range::Numbers(a), Range::Numbers(b)) => Range::Numbers(a.and(*b)),
            (Range::Texts(a), Range::Texts(b)) => Range::Texts(a.iter().filter(|it| b.contains(it)).cloned().collect()),
            (Range::Texts(a), Range::NotTexts(b)) | (Range::NotTexts(b), Range::Texts(a)) => {
                Range::Texts(a.iter().filter(|it| !b.contains(it)).cloned().collect())
            }
            (Range::NotTexts(a), Range::NotTexts(b)) => Range::NotTexts(a.iter().chain(b).cloned().collect()),
            _ => Range::Nothing,
        }
    }

    /// Whether all that is left is one of these numbers.
    pub fn is_one_of(&self, numbers: &[Number]) -> bool {
        let Range::Numbers(Ends { low: Some((low, true)), high: Some((high, true)) }) = self else { return false };
        low == high && numbers.contains(low)
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Range::Numbers(ends) => ends.is_empty(),
            Range::Texts(list) => list.is_empty(),
            Range::NotTexts(_) => false,
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

    /// A subject and a number that it is not.
    pub fn apart(self, plan: &Plan, called: &Called) -> Option<(String, Number)> {
        let (condition, holds) = match self {
            Held::Yes(condition) => (condition, true),
            Held::No(condition) => (condition, false),
        };
        let Condition::Compare(subject, comparison, number) = condition else { return None };
        let comparison = if holds { *comparison } else { comparison.opposite() };
        match (comparison, &**number) {
            (Comparison::NotEqual, Expr::Number(number)) => Some((Canonical::form(plan, called, &**subject), *number)),
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
                Some((name, Range::Numbers(Ends::of(comparison, number)?)))
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
