//! 例: examples that say what facts must come to, run through the same facts and evaluation as the office's.
//!
//! They are sentences of the rulebook or of a file beside it ([`read`]), or rows of a table ([`sheet`]).

mod beside;
mod coverage;
mod read;
mod result;
mod run;
mod sheet;
mod suggest;

use std::sync::Arc;

use crate::plan::NodeId;
use crate::value::Number;

pub use beside::{is_examples, join};
pub use coverage::{Coverage, Part, Spot};
pub use read::collect;
pub use result::{CaseResult, Difference, Report};
pub use run::{check, run, run_with};
pub use sheet::{Cell, Sheet, SheetRow, read_sheet};
pub use suggest::{Suggestion, suggest};

/// Facts of some units, and what they must come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    pub name: String,
    /// The line it begins on: of the rulebook, or of its table.
    pub line: usize,
    /// The table it is rows of; `None` where it is sentences.
    sheet: Option<Arc<Sheet>>,
    units: Vec<ExampleUnit>,
    rows: Vec<Row>,
    expectations: Vec<Expectation>,
    /// Nodes that its facts name: only their lines are scored.
    named: Vec<NodeId>,
}

#[derive(Clone, Debug, PartialEq)]
struct ExampleUnit {
    name: String,
    /// Roster columns and their cells.
    cells: Vec<(String, String)>,
}

/// A fact row: its cells by column, and the line it was written on.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    cells: Vec<(String, String)>,
    line: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Expectation {
    line: usize,
    /// The cell of a table's row, from 1; 0 for a sentence.
    column: usize,
    text: String,
    /// As periods are named: 2023-04.
    period: String,
    unit: String,
    what: Expected,
}

#[derive(Clone, Debug, PartialEq)]
enum Expected {
    Total(Number),
    Node(NodeId, Number),
    Rank(u32),
    Grade(String),
    Vetoed,
    Disqualified(String),
    Award(String),
    NoAward,
    NotAssessed,
}

impl Example {
    /// The same without what only says where it was written, and how.
    pub fn without_lines(&self) -> Example {
        let mut example = self.clone();
        example.line = 0;
        example.rows.iter_mut().for_each(|row| row.line = 0);
        for expectation in &mut example.expectations {
            expectation.line = 0;
            expectation.text.clear();
        }
        example
    }

    fn add_unit(&mut self, name: &str, cells: Vec<(String, String)>) {
        match self.units.iter_mut().find(|unit| unit.name == name) {
            Some(unit) => unit.cells.extend(cells),
            None => self.units.push(ExampleUnit { name: name.to_owned(), cells }),
        }
    }

    fn name_node(&mut self, node: NodeId) {
        if !self.named.contains(&node) {
            self.named.push(node);
        }
    }
}
