//! Rows under a unit's name that the roster does not have, or under a clause and label that the plan does not: what was
//! meant was reported, if wrongly.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::roster::Roster;
use super::scan::Key;
use crate::calendar::PeriodId;
use crate::plan::{InputId, Plan};

/// So many wrong names are looked for among the right ones.
const MOST: usize = 200;

/// A name that is longer is none.
const LONGEST: usize = 200;

/// What rows under wrong names are about.
#[derive(Default)]
pub struct Misnamed {
    pub units: Wrong<(InputId, PeriodId)>,
    /// By 条款 and 情形; the period is the one that the row names.
    pub labels: Wrong<(u32, PeriodId)>,
}

impl Misnamed {
    pub fn append(&mut self, other: Misnamed) {
        self.units.append(other.units);
        self.labels.append(other.labels);
    }

    /// The same under the names that were meant.
    pub fn meant(self, plan: &Plan, roster: &Roster, names: &Names) -> Vec<Key> {
        let mut meant = Vec::new();
        for ([name, _], about) in self.units.0 {
            let unit = roster.nearest(&name).and_then(|meant| roster.find(&meant));
            let unit = unit.into_iter();
            meant.extend(unit.flat_map(|unit| about.iter().map(move |(input, period)| (unit, *input, *period))));
        }
        for ([clause, label], about) in self.labels.0 {
            let Some(input) = names.meant(&clause, &label) else { continue };
            let placed = |(unit, given)| Some((unit, input, super::gate::place(plan, input, given).ok()?));
            meant.extend(about.into_iter().filter_map(placed));
        }
        meant
    }
}

/// By a wrong name. Of too many the first of the alphabet are kept: whichever thread reads which rows, they are the same.
pub struct Wrong<T>(BTreeMap<[Box<str>; 2], BTreeSet<T>>);

impl<T> Default for Wrong<T> {
    fn default() -> Wrong<T> {
        Wrong(BTreeMap::new())
    }
}

impl<T: Ord> Wrong<T> {
    pub fn note(&mut self, name: [&str; 2], about: impl IntoIterator<Item = T>) {
        if name.iter().any(|part| part.len() > LONGEST) {
            return;
        }
        self.0.entry(name.map(Box::from)).or_default().extend(about);
        self.cut();
    }

    fn append(&mut self, other: Wrong<T>) {
        for (name, about) in other.0 {
            self.0.entry(name).or_default().extend(about);
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.0.len() > MOST {
            self.0.pop_last();
        }
    }
}
