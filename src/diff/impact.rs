//! What a new rulebook would have made of real facts: whose total, place, grade, awards and money change, and which
//! changes that comes from.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Comparison;
use super::adapt::{Adapted, Misfits, adapt};
use super::share::Sharing;
use crate::calendar::PeriodId;
use crate::diagnostic::Findings;
use crate::eval::{self, Request};
use crate::facts::{self, Options, SourceFile, Store};
use crate::outcome::{Outcome, UnitOutcome};
use crate::plan::Plan;
use crate::scored::Scored;
use crate::value::Number;
use crate::workdays::Workdays;

/// The facts of an office, not yet read.
pub struct Data<'d> {
    pub roster: Option<&'d SourceFile<'d>>,
    pub history: Option<&'d SourceFile<'d>>,
    pub facts: &'d [SourceFile<'d>],
    /// The office's own calendar, where it keeps one.
    pub workdays: Option<Workdays>,
    pub threads: usize,
}

/// What a unit comes to under one book.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    pub total: Number,
    pub rank: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<String>,
    pub awards: Vec<String>,
    pub money: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// A part of the difference of a total.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The number of the change; 0 for what comes from no single one.
    pub change: usize,
    pub points: Number,
}

/// A unit under both books.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    pub unit: String,
    pub old: Standing,
    pub new: Standing,
    pub difference: Number,
    /// They add up to the difference exactly.
    pub parts: Vec<Part>,
}

impl Moved {
    pub fn has_changed(&self) -> bool {
        self.old != self.new
    }
}

/// Both books over the same facts.
#[derive(Clone, Debug, Serialize)]
pub struct Impact {
    pub period: String,
    /// In the order of the old places.
    pub units: Vec<Moved>,
    /// What each change comes to over all units.
    pub totals: Vec<Part>,
    #[serde(flatten)]
    pub misfits: Misfits,
}

/// Scores a period under both books. `period` is a name; the whole term where it is empty.
pub fn impact(comparison: &Comparison<'_>, data: &Data<'_>, period: Option<PeriodId>) -> (Option<Impact>, Findings) {
    let old = &comparison.old.plan;
    let period = period.unwrap_or(old.calendar.term());
    let options = Options { keep_entries: true, threads: data.threads, progress: None };
    let read = |plan: &Plan| {
        let (mut store, findings) = facts::read(plan, data.roster, data.history, data.facts, &options);
        store.workdays = data.workdays.clone();
        (store, findings)
    };
    let (before, mut findings) = read(old);
    if findings.has_errors() {
        return (None, findings);
    }
    let mut adapted = adapt(comparison, true);
    let (mut after, mut found) = read(&adapted.plan);
    if found.has_errors() {
        // What the new book wants in each row the old facts need not hold.
        adapted = adapt(comparison, false);
        (after, found) = read(&adapted.plan);
    }
    if found.has_errors() {
        return (None, found);
    }
    adapted.count_unknown(&after, old);
    let score = |plan: &Plan, store: &Store| {
        eval::evaluate(&Request { plan, store, period, traced: true, threads: data.threads })
    };
    let (x, warned) = score(old, &before);
    findings.append(warned);
    let (y, warned) = score(&adapted.plan, &after);
    if warned.has_errors() {
        findings.append(warned);
    }
    let (Some(x), Some(y)) = (x, y) else { return (None, findings) };
    (Some(both(comparison, &adapted, (&before, &x), (&after, &y))), findings)
}

fn both(
    comparison: &Comparison<'_>,
    adapted: &Adapted,
    (before, x): (&Store, &Outcome),
    (after, y): (&Store, &Outcome),
) -> Impact {
    let (old, new) = (&comparison.old.plan, &adapted.plan);
    let left = Scored { plan: old, store: before, outcome: x };
    let right = Scored { plan: new, store: after, outcome: y };
    let by_name: FxHashMap<&str, &UnitOutcome> = y.units.iter().map(|unit| (right.name(unit), unit)).collect();
    let sharing = Sharing::new(comparison, new, x, y);
    let mut totals: FxHashMap<usize, Number> = FxHashMap::default();
    let mut units = Vec::with_capacity(x.units.len());
    for unit in &x.units {
        let Some(other) = by_name.get(left.name(unit)) else { continue };
        let (old, new) = (standing(&left, unit), standing(&right, other));
        let difference = new.total.minus(old.total).unwrap_or_default();
        let parts = sharing.parts(unit, other, difference);
        for part in &parts {
            let sum = totals.entry(part.change).or_default();
            *sum = sum.plus(part.points).unwrap_or(*sum);
        }
        units.push(Moved { unit: left.name(unit).to_owned(), old, new, difference, parts });
    }
    let mut totals: Vec<Part> = totals.into_iter().map(|(change, points)| Part { change, points }).collect();
    totals.sort_by_key(|part| part.change);
    Impact { period: left.period().name.clone(), units, totals, misfits: adapted.misfits.clone() }
}

/// What a unit comes to.
pub fn standing(scored: &Scored<'_>, unit: &UnitOutcome) -> Standing {
    Standing {
        total: unit.total,
        rank: scored.rank(unit),
        grades: unit.grades.iter().map(|grade| grade.grade.clone()).collect(),
        awards: scored.awards(unit).map(str::to_owned).collect(),
        money: scored.money(unit),
        group: scored.group(unit).map(str::to_owned),
    }
}
