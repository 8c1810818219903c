//! The rows of one unit in a base period, and where other sheets find what in them.

use super::amount::Amount;
use super::row::{BY_PROGRAM, Kind, Row};
use super::tree::{Place, Tree};
use crate::calendar::PeriodId;
use crate::outcome::{Status, UnitOutcome};
use crate::plan::NodeId;
use crate::scored::Scored;

/// A unit's rows, and where in them other sheets find what.
pub struct Unit<'a> {
    pub outcome: &'a UnitOutcome,
    /// The number of its first row, counted from 1.
    pub first: u32,
    pub rows: Vec<Row<'a>>,
    /// The row of the total.
    pub total: u32,
    /// The rows of all nodes over the whole period; of sections alone where it is a roll-up.
    pub nodes: Vec<Place>,
    /// For a roll-up: base periods, the rows of their totals and of their sections.
    pub periods: Vec<Month>,
}

/// Where a base period of a roll-up stands.
pub struct Month {
    pub period: PeriodId,
    pub total: u32,
    pub nodes: Vec<Place>,
}

impl<'a> Unit<'a> {
    /// The rows of a base period, from `first` on.
    pub fn of_one(scored: Scored<'a>, outcome: &'a UnitOutcome, first: u32) -> Unit<'a> {
        let (rows, nodes) = month(scored, outcome, "总分", first);
        Unit { outcome, first, rows, total: first, nodes, periods: Vec::new() }
    }

    /// The row of a node's result.
    pub fn node(&self, id: NodeId) -> Option<u32> {
        self.nodes.iter().find(|place| place.node == id).map(|place| place.row)
    }

    /// The row of a node before its steps.
    pub fn raw(&self, id: NodeId) -> Option<u32> {
        self.nodes.iter().find(|place| place.node == id).map(|place| place.raw)
    }

    /// A row by its number on the sheet.
    pub fn row(&self, number: u32) -> &Row<'a> {
        &self.rows[(number - self.first) as usize]
    }

    /// The number of the first row below.
    pub fn next_row(&self) -> u32 {
        self.first + self.rows.len() as u32
    }
}

/// A heading with the total, and the tree below it.
pub fn month<'a>(scored: Scored<'a>, outcome: &'a UnitOutcome, title: &str, first: u32) -> (Vec<Row<'a>>, Vec<Place>) {
    let mut tree = Tree::new(scored, outcome, first + 1);
    let root = tree.node(NodeId(0), 0);
    let mut rows = vec![Row::new(Kind::Heading, 0, scored.name(outcome), title)];
    let points = tree.rows[0].figures[3].as_ref().filter(|points| points.value == outcome.total);
    let total = points.map(|points| Amount::found(points.value, format!("G{root}")));
    settle(&mut rows[0], outcome, total);
    rows.append(&mut tree.rows);
    (rows, tree.places)
}

/// Puts the total into its row.
pub fn settle(row: &mut Row<'_>, outcome: &UnitOutcome, total: Option<Amount>) {
    row.remark = status(outcome);
    if outcome.status != Status::Assessed {
        return;
    }
    if total.is_none() {
        let marks = [row.remark.as_str(), BY_PROGRAM];
        row.remark = marks.into_iter().filter(|mark| !mark.is_empty()).collect::<Vec<_>>().join("；");
    }
    row.figures[3] = Some(total.unwrap_or(Amount::known(outcome.total)));
}

/// What there is to say about a total.
pub fn status(outcome: &UnitOutcome) -> String {
    let mut marks = Vec::new();
    match outcome.status {
        Status::Assessed => {}
        Status::NotAssessed => marks.push("不参评".to_owned()),
    }
    marks.extend(outcome.status_reason.clone());
    if outcome.vetoed {
        marks.push("一票否决".to_owned());
    }
    marks.extend(outcome.disqualified.iter().map(|title| format!("取消{title}")));
    marks.join("；")
}
