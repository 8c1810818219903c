//! Rows under a name that the roster does not have: the unit that was meant reported what they are about, if wrongly.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::Roster;
use super::scan::Key;
use crate::calendar::PeriodId;
use crate::plan::InputId;

/// So many wrong names are looked for among the right ones.
const MOST: usize = 200;

/// A name that is longer is none.
const LONGEST: usize = 200;

/// What rows under wrong names are about. Of too many names the first of the alphabet are kept: whichever thread reads
/// which rows, they are the same.
#[derive(Default)]
pub struct Misnamed(BTreeMap<Box<str>, BTreeSet<(InputId, PeriodId)>>);

impl Misnamed {
    pub fn note(&mut self, name: &str, input: InputId, period: PeriodId) {
        if let Some(about) = self.0.get_mut(name) {
            about.insert((input, period));
            return;
        }
        let last = self.0.last_key_value().filter(|_| self.0.len() == MOST).map(|(last, _)| &**last);
        if name.len() <= LONGEST && last.is_none_or(|last| name < last) {
            self.0.insert(name.into(), BTreeSet::from([(input, period)]));
            self.cut();
        }
    }

    pub fn append(&mut self, other: Misnamed) {
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

    /// The same under the names that were meant.
    pub fn meant(self, roster: &Roster) -> impl Iterator<Item = Key> + '_ {
        self.0.into_iter().flat_map(|(name, about)| {
            let unit = roster.nearest(&name).and_then(|meant| roster.find(&meant));
            unit.into_iter()
                .flat_map(move |unit| about.clone().into_iter().map(move |(input, period)| (unit, input, period)))
        })
    }
}
