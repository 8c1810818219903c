//! The cells of a status: for every department and unit each indicator and the events, and whether they are there.

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::{Department, Known, State};
use crate::form::Form;
use crate::plan::InputId;

/// What one department brought of one unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    pub department: String,
    pub unit: String,
    /// The indicator; `None` for its events.
    #[serde(flatten)]
    pub indicator: Option<Asked>,
    pub mark: Mark,
}

/// An indicator, as the rulebook calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub clause: String,
    pub label: String,
}

/// Whether something is there; of several the last is what is told of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Not asked, or events that there were none of.
    Nothing,
    /// The department said that nothing happened.
    Nil,
    Reported,
    /// There, and handed in behind the deadline.
    Late,
    Missing,
}

impl Known<'_> {
    /// The cells of one form, unit by unit; `department` is what is known of the whole.
    pub(super) fn cells(
        &self,
        form: &Form<'_>,
        asked: &[InputId],
        lacking: &FxHashSet<(InputId, usize)>,
        department: &Department,
    ) -> Vec<Cell> {
        let there = if department.received.is_some_and(|day| day > self.due) { Mark::Late } else { Mark::Reported };
        let mut cells = Vec::new();
        for (place, unit) in self.store.roster.iter().enumerate() {
            let cell = |indicator: Option<Asked>, mark: Mark| Cell {
                department: form.department.clone(),
                unit: unit.name.clone(),
                indicator,
                mark,
            };
            for id in asked {
                let (clause, label) = (form.address(*id).to_owned(), self.plan.inputs[id.index()].label.clone());
                let is_lacking = lacking.contains(&(*id, place)) || self.is_lacked(*id);
                let rows = if self.is_for_all(*id) { self.rows(*id) } else { self.rows_of(place, *id) };
                let mark = match (is_lacking, rows) {
                    (true, _) => Mark::Missing,
                    (false, 0) => Mark::Nothing,
                    (false, _) => there,
                };
                cells.push(cell(Some(Asked { clause, label }), mark));
            }
            // Ratings that are asked for stand among the indicators.
            let mut events = form.events.iter().filter(|id| !asked.contains(id)).peekable();
            if events.peek().is_none() {
                continue;
            }
            let mark = match events.any(|id| self.rows_of(place, *id) > 0) {
                true => there,
                false if department.state == State::Nil && there == Mark::Late => Mark::Late,
                false if department.state == State::Nil => Mark::Nil,
                // Who is asked for no indicator and is silent owes a word.
                false if department.state == State::Missing && asked.is_empty() => Mark::Missing,
                false => Mark::Nothing,
            };
            cells.push(cell(None, mark));
        }
        cells
    }
}
