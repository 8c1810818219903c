//! Entries of a unit, before and after: what came, what went, what is not the same.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Decided;
use crate::calendar::PeriodId;
use crate::outcome::{Entry, UnitOutcome};
use crate::plan::RuleId;
use crate::plan::words::amount_text;
use crate::scored::Scored;
use crate::value::Number;

/// One entry that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryChange {
    pub change: Change,
    pub clause: String,
    pub label: String,
    /// The month, where the correction is of a longer period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The same as it is said within the year.
    #[serde(skip)]
    pub(super) when: Option<String>,
    /// The number of the upheld objection that led to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Side>,
}

impl EntryChange {
    /// Whether an objection is against it.
    pub fn is_about(&self, objection: &Decided) -> bool {
        let has = |fact: &String| [&self.old, &self.new].into_iter().flatten().any(|side| side.facts.contains(fact));
        self.clause == objection.clause && self.label == objection.label && objection.fact.as_ref().is_none_or(has)
    }

    /// Takes note of the upheld objection that led to it; that is why a row struck out does not count, rather than 未认定.
    pub(super) fn decide(&mut self, objection: &Decided) {
        self.objection = Some(objection.number.clone());
        if let Some(new) = self.new.as_mut().filter(|new| objection.strikes_out && !new.counted) {
            new.reason = None;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Came,
    Went,
    Changed,
}

/// An entry as it was or is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Number>,
    /// 28件, as people write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    pub points: Number,
    pub counted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<String>,
    /// Where its facts were read.
    pub facts: Vec<String>,
}

impl Side {
    fn of(scored: &Scored<'_>, entry: &Entry) -> Side {
        let kind = scored.quantity_type(&scored.plan.rules[entry.rule.index()]);
        Side {
            quantity: entry.quantity,
            amount: entry.quantity.map(|quantity| amount_text(quantity, kind)),
            points: entry.points,
            counted: entry.counted,
            reason: entry.reason.clone(),
            matter: entry.matter.clone(),
            person: entry.person.clone(),
            peers: entry.peers.iter().map(|(name, value)| format!("{name} {value}")).collect(),
            facts: entry.facts.clone(),
        }
    }

    /// The same but for where it was read: a row that moved down did not change.
    fn is_same(&self, other: &Side) -> bool {
        *self == Side { facts: self.facts.clone(), ..other.clone() }
    }

    fn is_about_the_same(&self, other: &Side) -> bool {
        self.matter == other.matter && self.person == other.person
    }
}

/// By line and month: both units' entries.
type Lines = BTreeMap<(RuleId, PeriodId), [Vec<Side>; 2]>;

pub fn changes(
    old: &Scored<'_>,
    before: Option<&UnitOutcome>,
    new: &Scored<'_>,
    after: Option<&UnitOutcome>,
) -> Vec<EntryChange> {
    let mut lines = Lines::new();
    for (at, (scored, unit)) in [(old, before), (new, after)].into_iter().enumerate() {
        for entry in unit.into_iter().flat_map(|unit| &unit.entries) {
            lines.entry((entry.rule, entry.period)).or_default()[at].push(Side::of(scored, entry));
        }
    }
    let mut changes = Vec::new();
    for ((rule, period), [mut was, mut is]) in lines {
        take_pairs(&mut was, &mut is, Side::is_same);
        let mut pairs = take_pairs(&mut was, &mut is, Side::is_about_the_same);
        pairs.extend(take_pairs(&mut was, &mut is, |_, _| true));
        let rule = &new.plan.rules[rule.index()];
        let calendar = &new.plan.calendar;
        let its_own = (period != new.outcome.period).then(|| calendar.period(period));
        let is_one_year = calendar.first().year() == calendar.last().year();
        let mut tell = |change, old, new_side| {
            changes.push(EntryChange {
                change,
                clause: new.plan.nodes[rule.node.index()].address.clone(),
                label: rule.label.clone(),
                period: its_own.map(|period| period.name.clone()),
                when: its_own.map(|period| if is_one_year { period.in_year() } else { period.name.clone() }),
                objection: None,
                old,
                new: new_side,
            });
        };
        pairs.into_iter().for_each(|(was, is)| tell(Change::Changed, Some(was), Some(is)));
        was.into_iter().for_each(|was| tell(Change::Went, Some(was), None));
        is.into_iter().for_each(|is| tell(Change::Came, None, Some(is)));
    }
    changes
}

/// Takes out what fits together, the first with the first.
fn take_pairs(was: &mut Vec<Side>, is: &mut Vec<Side>, fits: impl Fn(&Side, &Side) -> bool) -> Vec<(Side, Side)> {
    let mut pairs = Vec::new();
    let mut left = Vec::new();
    for old in was.drain(..) {
        match is.iter().position(|new| fits(&old, new)) {
            Some(at) => pairs.push((old, is.remove(at))),
            None => left.push(old),
        }
    }
    *was = left;
    pairs
}
