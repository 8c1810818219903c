//! The rows of one unit: a tree for a base period; for a year the roll-up, and the trees of its months below.

use super::amount::{Amount, Sum};
use super::rollup::Cells;
use super::tree::{BY_PROGRAM, FIGURES, Kind, Place, Row, Tree};
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
    /// The rows from `first` on; `months` are the unit's results of the base periods, where there are any.
    pub fn new(
        scored: Scored<'a>,
        outcome: &'a UnitOutcome,
        months: &[(Scored<'a>, &'a UnitOutcome)],
        first: u32,
    ) -> Unit<'a> {
        if scored.outcome.scored.is_empty() {
            Unit::of_one(scored, outcome, first)
        } else {
            Unit::of_several(scored, outcome, months, first)
        }
    }

    fn of_one(scored: Scored<'a>, outcome: &'a UnitOutcome, first: u32) -> Unit<'a> {
        let (rows, nodes) = month(scored, outcome, "总分", first);
        Unit { outcome, first, rows, total: first, nodes, periods: Vec::new() }
    }

    fn of_several(
        scored: Scored<'a>,
        outcome: &'a UnitOutcome,
        months: &[(Scored<'a>, &'a UnitOutcome)],
        first: u32,
    ) -> Unit<'a> {
        let sections = scored.sections();
        // Above the months: the total, each month's total, each section's sum.
        let start = first + 1 + months.len() as u32 + sections.len() as u32;
        let mut next = start;
        let mut below = Vec::new();
        let mut periods = Vec::new();
        let mut year_end = Tree::new(scored, outcome, next);
        for id in sections.iter().filter(|id| scored.plan.is_year_end(**id)) {
            year_end.node(*id, 1);
        }
        next = year_end.next_row();
        let year_end_places = std::mem::take(&mut year_end.places);
        below.append(&mut year_end.rows);
        for (period, result) in months {
            let (mut rows, nodes) = month(*period, result, &period.period().name, next);
            periods.push(Month { period: period.outcome.period, total: next, nodes });
            next += rows.len() as u32;
            below.append(&mut rows);
        }
        let mut rows = vec![Row::new(Kind::Heading, 0, scored.name(outcome), "总分")];
        let mut cells = Cells { scored, periods: Vec::new(), nodes: Vec::new() };
        for (own, (period, result)) in periods.iter().zip(months) {
            let here = first + rows.len() as u32;
            let mut row = Row::new(Kind::Start, 1, "", period.period().name.as_str());
            row.remark = status(result);
            if result.status == Status::Assessed {
                row.figures[3] = Some(Amount::found(result.total, format!("G{}", own.total)));
                cells.periods.push((own.period, Amount::found(result.total, format!("G{here}"))));
            }
            rows.push(row);
        }
        let mut nodes = Vec::new();
        for id in sections {
            let here = first + rows.len() as u32;
            let node = &scored.plan.nodes[id.index()];
            let mut row = Row::new(Kind::Node, 1, &node.address, node.title.as_str());
            let in_year_end = year_end_places.iter().filter(|place| place.node == *id);
            let in_months = periods.iter().flat_map(|month| month.nodes.iter().filter(|place| place.node == *id));
            let parts: Vec<(u32, &Row<'_>)> =
                in_year_end.chain(in_months).map(|place| (place.row, &below[(place.row - start) as usize])).collect();
            sum_section(&mut row, scored, outcome, *id, &parts);
            if let Some(points) = &row.figures[3] {
                cells.nodes.push((*id, Amount::found(points.value, format!("G{here}"))));
            }
            nodes.push(Place { node: *id, row: here, raw: here });
            rows.push(row);
        }
        let total = cells.total(scored.outcome.period, outcome.total);
        settle(&mut rows[0], outcome, total);
        rows.append(&mut below);
        Unit { outcome, first, rows, total: first, nodes, periods }
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
fn month<'a>(scored: Scored<'a>, outcome: &'a UnitOutcome, title: &str, first: u32) -> (Vec<Row<'a>>, Vec<Place>) {
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
fn settle(row: &mut Row<'_>, outcome: &UnitOutcome, total: Option<Amount>) {
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
fn status(outcome: &UnitOutcome) -> String {
    let mut marks = Vec::new();
    match outcome.status {
        Status::Assessed => {}
        Status::NotAssessed => marks.push("不参评".to_owned()),
        Status::Pending => marks.push("待定".to_owned()),
    }
    marks.extend(outcome.status_reason.clone());
    if outcome.vetoed {
        marks.push("一票否决".to_owned());
    }
    marks.extend(outcome.disqualified.iter().map(|title| format!("取消{title}")));
    marks.join("；")
}

/// A section over the year: the sum of its months, where that is what the program has.
fn sum_section(row: &mut Row<'_>, scored: Scored<'_>, outcome: &UnitOutcome, id: NodeId, parts: &[(u32, &Row<'_>)]) {
    let Some(node) = scored.node(outcome, id) else { return };
    if !node.assessed {
        row.remark = "不作考评".to_owned();
        return;
    }
    let tally = &node.tally;
    let values = [tally.base, tally.bonus, tally.deduction, node.points];
    for (at, value) in values.into_iter().enumerate() {
        let mut sum = Sum::default();
        for (place, part) in parts {
            if let Some(amount) = &part.figures[at] {
                // A sum too large for the program is none that it has.
                let _ = sum.add(amount.value, format!("{}{place}", FIGURES[at]));
            }
        }
        let found = sum.amount().filter(|amount| amount.value == value);
        if found.is_none() {
            row.remark = BY_PROGRAM.to_owned();
        }
        row.figures[at] = Some(found.unwrap_or(Amount::known(value)));
    }
}
