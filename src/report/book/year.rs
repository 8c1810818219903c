//! The rows of one unit over several base periods: the roll-up, each section's sum, and the months they come from.

use super::amount::{Amount, Sum};
use super::rollup::Cells;
use super::row::{BY_PROGRAM, FIGURES, Kind, Row};
use super::tree::{Place, Tree};
use super::unit::{Month, Unit, month, settle, status};
use crate::outcome::{Status, UnitOutcome};
use crate::plan::NodeId;
use crate::scored::Scored;

/// A unit's results of the base periods.
pub type Months<'a> = [(Scored<'a>, &'a UnitOutcome)];

/// What stands below the sums.
struct Below<'a> {
    /// The number of its first row.
    first: u32,
    rows: Vec<Row<'a>>,
    /// Sections that count at the year's end alone.
    year_end: Vec<Place>,
    periods: Vec<Month>,
}

impl<'a> Below<'a> {
    fn new(scored: Scored<'a>, outcome: &'a UnitOutcome, months: &Months<'a>, first: u32) -> Below<'a> {
        let mut tree = Tree::new(scored, outcome, first);
        for id in scored.sections().iter().filter(|id| scored.plan.is_year_end(**id)) {
            tree.node(*id, 1);
        }
        let (mut rows, year_end, mut periods) = (tree.rows, tree.places, Vec::new());
        for (period, result) in months {
            let total = first + rows.len() as u32;
            let (mut own, nodes) = month(*period, result, &period.period().name, total);
            periods.push(Month { period: period.outcome.period, total, nodes });
            rows.append(&mut own);
        }
        Below { first, rows, year_end, periods }
    }

    /// The rows that a section has here, with their numbers.
    fn of(&self, id: NodeId) -> Vec<(u32, &Row<'a>)> {
        let months = self.periods.iter().flat_map(|month| &month.nodes);
        let places = self.year_end.iter().chain(months).filter(|place| place.node == id);
        places.map(|place| (place.row, &self.rows[(place.row - self.first) as usize])).collect()
    }
}

/// The rows from `first` on. Where not `detailed` the months have their totals, and no entries.
pub fn unit<'a>(
    scored: Scored<'a>,
    outcome: &'a UnitOutcome,
    months: &Months<'a>,
    first: u32,
    detailed: bool,
) -> Unit<'a> {
    let sections = scored.sections();
    // Above the months: the total, each month's total, each section's sum.
    let start = first + 1 + months.len() as u32 + sections.len() as u32;
    let mut below = Below::new(scored, outcome, if detailed { months } else { &[] }, start);
    let mut rows = vec![Row::new(Kind::Heading, 0, scored.name(outcome), "总分")];
    let mut cells = Cells { scored, periods: Vec::new(), nodes: Vec::new() };
    for (index, (period, result)) in months.iter().enumerate() {
        let here = first + rows.len() as u32;
        let mut row = Row::new(Kind::Start, 1, "", period.period().name.as_str());
        row.remark = status(result);
        if result.status == Status::Assessed {
            let formula = below.periods.get(index).filter(|_| detailed).map(|own| format!("G{}", own.total));
            row.figures[3] = Some(Amount { value: result.total, formula });
            cells.periods.push((period.outcome.period, Amount::found(result.total, format!("G{here}"))));
        }
        if !detailed {
            below.periods.push(Month { period: period.outcome.period, total: here, nodes: Vec::new() });
        }
        rows.push(row);
    }
    let mut nodes = Vec::new();
    for id in sections {
        let here = first + rows.len() as u32;
        let node = &scored.plan.nodes[id.index()];
        let mut row = Row::new(Kind::Node, 1, &node.address, node.title.as_str());
        sum_section(&mut row, scored, outcome, *id, &below.of(*id));
        if let Some(points) = &row.figures[3] {
            cells.nodes.push((*id, Amount::found(points.value, format!("G{here}"))));
        }
        nodes.push(Place { node: *id, row: here, raw: here });
        rows.push(row);
    }
    settle(&mut rows[0], outcome, cells.total(scored.outcome.period, outcome.total));
    rows.append(&mut below.rows);
    Unit { outcome, first, rows, total: first, nodes, periods: below.periods }
}

/// A section over the year: the sum of its months, where that is what the program has.
fn sum_section(row: &mut Row<'_>, scored: Scored<'_>, outcome: &UnitOutcome, id: NodeId, parts: &[(u32, &Row<'_>)]) {
    let Some(node) = scored.node(outcome, id) else { return };
    if !node.assessed {
        row.remark = "不作考评".to_owned();
        return;
    }
    let tally = &node.tally;
    let values = [tally.base, tally.bonus, tally.deduction, node.points()];
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
