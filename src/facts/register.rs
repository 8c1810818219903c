//! Small tables that an office keeps beside its facts (报送.csv, 异议.csv, 节假日.csv), read with the same care.

use chrono::NaiveDate;

use super::SourceFile;
use super::header::{header_names, missing_column};
use super::report::{Reports, Spot, short};
use super::sheet::{Title, rows, well_formed};
use super::text::{NotDate, date, fold};
use crate::diagnostic::{Finding, Findings, Place};

/// Files at the top of the data folder that are no fact files.
pub const BESIDE_FACTS: [&str; 5] = ["单位", "历史", "报送", "异议", "节假日"];

/// What such a file is told that lies deeper, and is read as one of facts.
pub fn misplaced(file: &str) -> Option<Finding> {
    let (_, name) = file.rsplit_once('/')?;
    let (stem, ending) = name.split_once('.')?;
    let is_one = BESIDE_FACTS.contains(&stem);
    is_one.then(|| {
        let ending = ending.split(' ').next().unwrap_or_default();
        let place = Place { file: file.to_owned(), line: 1, column: 0 };
        let message = format!("“{stem}.{ending}”不在数据文件夹的最上一层，当作事实读，又没有事实的列");
        let finding = Finding::error("register-in-subfolder", place, message);
        finding.help(format!("移到数据文件夹最上一层，与事实文件夹并列；是事实的，换一个名字，不要叫“{stem}”"))
    })
}

/// What a register's header may hold.
pub struct Columns {
    pub names: &'static [&'static str],
    /// So many of them, from the first, must be there.
    pub required: usize,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it stands.
    pub place: Place,
    text: String,
    /// By column as the register names them: the cell, and where it begins.
    cells: Vec<(String, usize)>,
}

impl Line {
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |(text, _)| text)
    }

    pub fn error(&self, column: usize, code: &'static str, message: impl Into<String>) -> Finding {
        let at = self.cells.get(column).map_or(0, |(_, at)| *at);
        let place = Place { column: at, ..self.place.clone() };
        Finding::error(code, place, message).text(short(self.cell(column))).line_text(self.text.clone())
    }

    /// A date, or nothing; what is neither is told.
    pub fn date(&self, column: usize, name: &str, findings: &mut Findings) -> Option<NaiveDate> {
        let written = self.cell(column);
        if written.is_empty() {
            return None;
        }
        let (code, message) = match date(&fold(written)) {
            Ok(date) => return Some(date),
            Err(NotDate::Form) => ("bad-date", format!("“{name}”的“{}”不是日期", short(written))),
            Err(NotDate::Impossible) => ("impossible-date", format!("“{name}”的{}不存在", short(written))),
        };
        let finding = self.error(column, code, message).expected("“年-月-日”这样的日期");
        findings.push(finding.help("改为日历上有的日期"));
        None
    }
}

/// The rows of a register, and what is wrong with it.
pub fn read(file: &SourceFile<'_>, columns: &Columns) -> (Vec<Line>, Findings) {
    let title = Title { name: &file.name, rank: 0 };
    let mut reports = Reports::default();
    let mut lines = Vec::new();
    let Some(blocks) = title.open(file, &mut reports) else { return (lines, reports.findings()) };
    let mut header: Option<Option<(usize, Vec<Option<usize>>)>> = None;
    rows(title, blocks, &mut reports, |spot, behind_quote, reports| match &header {
        None => header = Some(read_header(spot, columns, reports)),
        Some(None) => {}
        Some(Some((named, places))) => {
            if well_formed(spot, *named, behind_quote, reports) {
                lines.push(line(spot, places));
            }
        }
    });
    (lines, reports.findings())
}

/// Where each column stands; `None` where a required one is missing.
fn read_header(spot: &Spot<'_>, columns: &Columns, reports: &mut Reports) -> Option<(usize, Vec<Option<usize>>)> {
    let names = header_names(spot, columns.names, reports);
    let at = |known: usize| names.names.iter().position(|name| *name == Some(known));
    let places: Vec<Option<usize>> = (0..columns.names.len()).map(at).collect();
    let mut complete = names.sound;
    for (place, name) in places.iter().zip(columns.names).take(columns.required) {
        if place.is_none() && !names.missed.contains(name) {
            missing_column(spot, [*name].into_iter(), reports);
        }
        complete &= place.is_some();
    }
    complete.then_some((names.named, places))
}

fn line(spot: &Spot<'_>, places: &[Option<usize>]) -> Line {
    let mut text = String::new();
    let cell = |place: &Option<usize>| match place {
        Some(at) => {
            let (column, line) = spot.shown(*at);
            text = line;
            (spot.cells.get(*at).trim().to_owned(), column)
        }
        None => (String::new(), 0),
    };
    let cells = places.iter().map(cell).collect();
    Line { place: Place { file: spot.file.to_owned(), line: spot.line as usize, column: 0 }, text, cells }
}
