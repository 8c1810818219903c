//! Findings while reading: all are counted, the first ones in the order of places are kept.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Finding, Findings, Place, Severity, workbook};

use super::row::Cells;
use super::typed::is_old_workbook;

/// How many findings of one run are shown.
pub const MOST: usize = 1000;

/// The longest line that is shown with a finding, in characters.
const LONGEST_LINE: usize = 300;

/// Where a row is, for findings about it.
#[derive(Clone, Copy)]
pub struct Spot<'r> {
    pub file: &'r str,
    /// The file's place in the order of names.
    pub rank: u32,
    pub line: u32,
    pub cells: Cells<'r>,
}

impl Spot<'_> {
    /// An error about a cell of the row.
    pub fn error(&self, code: &'static str, cell: usize, message: impl Into<String>) -> Finding {
        let (column, line) = self.shown(cell);
        let column = if column > LONGEST_LINE { 0 } else { column };
        let place = Place { file: self.file.to_owned(), line: self.line as usize, column };
        Finding::error(code, place, message).text(short(self.cells.get(cell))).line_text(line)
    }

    /// The column of a cell and the line it is shown in: a sheet has cells and no line.
    pub fn shown(&self, cell: usize) -> (usize, String) {
        match workbook::sheet(self.file) {
            Some(_) => (cell.saturating_add(1), String::new()),
            None => (self.cells.column(cell), first_line(self.cells.row)),
        }
    }

    pub fn warning(&self, code: &'static str, cell: usize, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..self.error(code, cell, message) }
    }
}

/// The first line of a row, cut where it is long.
pub fn first_line(row: &str) -> String {
    let line = row.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    line.chars().take(LONGEST_LINE).collect()
}

/// A text for a sentence, cut where it is long.
pub fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// From so many cells on a mistake is told at the first of them alone.
const MANY: usize = 5;

/// One mistake that is made in many cells is told once: a unit that the roster does not have, and an old workbook,
/// which has no percentages.
fn each_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mistake = |finding: &Finding| match finding.code {
        "unknown-unit" => Some(finding.text.clone()),
        "bare-percentage" if is_old_workbook(&finding.place.file) => Some(finding.place.file.clone()),
        _ => None,
    };
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    findings.iter().filter_map(mistake).for_each(|same| *counts.entry(same).or_default() += 1);
    let once = findings.into_iter().filter_map(|finding| {
        let count = mistake(&finding).and_then(|same| counts.get_mut(&same));
        match count {
            // What was told is not told again.
            Some(0) => None,
            Some(count) if *count >= MANY => {
                let count = std::mem::take(count);
                let message = format!("{}（这样的有{count}处）", finding.message);
                let help = match finding.code {
                    // So many rows are seldom all wrong: the roster lost the unit, or gave it another name.
                    "unknown-unit" => {
                        finding.help.map(|help| format!("单位.csv里漏了它、给它改了名的，改回来\n{help}"))
                    }
                    _ => finding.help,
                };
                Some(Finding { message, help, ..finding })
            }
            _ => Some(finding),
        }
    });
    once.collect()
}

/// The findings of one thread.
#[derive(Default)]
pub struct Reports {
    kept: Vec<(u32, Finding)>,
    total: usize,
    errors: usize,
    /// Places behind this one are only counted.
    bound: Option<(u32, usize)>,
    /// Nothing is wanted: a second reading.
    pub muted: bool,
    /// A file, or the rest of one, could not be read.
    pub unread: bool,
}

impl Reports {
    /// Counts a finding at a place, and says whether it is to be written down.
    pub fn wants(&mut self, rank: u32, line: u32, severity: Severity) -> bool {
        if self.muted {
            return false;
        }
        self.total += 1;
        self.errors += usize::from(severity == Severity::Error);
        self.bound.is_none_or(|bound| (rank, line as usize) <= bound)
    }

    /// Keeps a finding that was wanted.
    pub fn keep(&mut self, rank: u32, finding: Finding) {
        self.kept.push((rank, finding));
        if self.kept.len() >= 2 * MOST {
            self.cut();
        }
    }

    /// An error that is written down only where it is wanted.
    pub fn error(&mut self, spot: &Spot<'_>, finding: impl FnOnce() -> Finding) {
        if self.wants(spot.rank, spot.line, Severity::Error) {
            self.keep(spot.rank, finding());
        }
    }

    pub fn push(&mut self, rank: u32, finding: Finding) {
        if self.wants(rank, finding.place.line as u32, finding.severity) {
            self.keep(rank, finding);
        }
    }

    pub fn total(&self) -> usize {
        self.total
    }

    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Counts findings that nobody wrote down.
    pub fn count(&mut self, errors: usize) {
        self.total += errors;
        self.errors += errors;
    }

    pub fn append(&mut self, other: Reports) {
        self.total += other.total;
        self.errors += other.errors;
        self.unread |= other.unread;
        self.kept.extend(other.kept);
        self.cut();
    }

    fn cut(&mut self) {
        self.kept.sort_by(|(a_rank, a), (b_rank, b)| {
            (a_rank, &a.place, a.severity, a.code, &a.text, &a.message)
                .cmp(&(b_rank, &b.place, b.severity, b.code, &b.text, &b.message))
        });
        if self.kept.len() > MOST {
            self.kept.truncate(MOST);
            self.bound = self.kept.last().map(|(rank, finding)| (*rank, finding.place.line));
        }
    }

    /// All that was kept, and how much more there is.
    pub fn findings(mut self) -> Findings {
        self.cut();
        let omitted = self.total - self.kept.len();
        let kept_errors = self.kept.iter().filter(|(_, finding)| finding.severity == Severity::Error).count();
        let mut findings = Findings::default();
        for finding in each_once(self.kept.into_iter().map(|(_, finding)| finding).collect()) {
            findings.push(finding);
        }
        if omitted > 0 {
            let message = format!("还有{omitted}处问题没有列出");
            let place = Place::default();
            let more = if self.errors > kept_errors {
                Finding::error("more-findings", place, message)
            } else {
                Finding::warning("more-findings", place, message)
            };
            findings.push(more.help("先改好列出的问题，再检查一遍"));
        }
        findings
    }
}
