//! Files of 例: beside a rulebook by their names, or given on the command line.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::Ended;
use super::rulebook::{read_bytes, read_text, text_of};
use super::session::{Session, Status, place_of};
use crate::diagnostic::{Finding, workbook};
use crate::example::{Cell, Sheet, SheetRow, is_examples};

/// A rulebook and the files of its examples.
pub struct Suite {
    pub rulebook: PathBuf,
    /// Written as sentences: name and text.
    pub texts: Vec<(String, String)>,
    pub sheets: Vec<Sheet>,
}

/// Sorts what the command line names into rulebooks and the files of examples behind each, and adds those beside it.
///
/// What cannot be read is told, and left out.
pub fn suites(paths: &[PathBuf], session: &mut Session) -> (Vec<Suite>, Status) {
    let mut suites: Vec<Suite> = Vec::new();
    let mut files: Vec<Vec<PathBuf>> = Vec::new();
    let mut status = Status::Fine;
    for path in paths {
        match (is_cases(path), files.last_mut()) {
            (false, _) => {
                suites.push(Suite { rulebook: path.clone(), texts: Vec::new(), sheets: Vec::new() });
                files.push(beside(path));
            }
            (true, Some(files)) => {
                if !files.iter().any(|known| same(known, path)) {
                    files.push(path.clone());
                }
            }
            (true, None) => {
                let message = format!("“{}”是例，前面没有写它属于哪个方案", path.display());
                let finding = Finding::error("cases-without-rulebook", place_of(path), message);
                status = session.unable(finding.help("方案文件写在前面：zhunsheng test 方案.zs 例.csv"));
            }
        }
    }
    for (suite, files) in suites.iter_mut().zip(files) {
        for path in files {
            let (Ok(()) | Err(())) = read(&path, suite, session).map_err(|failed| status = status.max(failed));
        }
    }
    (suites, status)
}

fn same(left: &Path, right: &Path) -> bool {
    left == right || fs::canonicalize(left).is_ok_and(|left| fs::canonicalize(right).is_ok_and(|right| left == right))
}

fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Whether a file holds examples and no rulebook: a table, or a text that begins with 例.
fn is_cases(path: &Path) -> bool {
    match extension(path).as_str() {
        "csv" => true,
        ending if is_workbook(ending) => true,
        _ => {
            // What cannot be read is a rulebook that cannot be read, and told as such.
            let bytes = File::open(path).and_then(read_bytes).unwrap_or_default();
            super::rulebook::decode(bytes).is_some_and(|text| is_examples(&text))
        }
    }
}

fn is_workbook(extension: &str) -> bool {
    workbook::ENDINGS.iter().any(|ending| ending.trim_start_matches('.') == extension)
}

/// `2023.例.zs`, `2023.例.csv`, `2023.例·古井.xlsx` beside `2023.zs`, by name.
pub fn beside(rulebook: &Path) -> Vec<PathBuf> {
    let Some(stem) = rulebook.file_stem().map(|stem| format!("{}.例", stem.to_string_lossy())) else {
        return Vec::new();
    };
    let folder = rulebook.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let has_ending = |ending: &str| matches!(ending, "zs" | "csv") || is_workbook(ending);
    let is_meant = |name: &str| name.starts_with(&stem) && has_ending(&extension(Path::new(name)));
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| is_meant(name));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.into_iter().map(|name| rulebook.with_file_name(name)).collect()
}

fn read(path: &Path, suite: &mut Suite, session: &mut Session) -> Ended<()> {
    let name = path.display().to_string();
    match extension(path).as_str() {
        ending if is_workbook(ending) => {
            let bytes = File::open(path).and_then(read_bytes).map_err(|error| session.cannot("读", path, &error))?;
            suite.sheets.extend(book_sheets(&name, bytes, session)?);
        }
        "csv" => {
            let bytes = File::open(path).and_then(read_bytes).map_err(|error| session.cannot("读", path, &error))?;
            let text = text_of(bytes, path, session)?;
            suite.sheets.push(csv_sheet(&name, &text).map_err(|line| {
                let finding =
                    Finding::error("unreadable-table", place_of(path), format!("第{line}行起不是能读的CSV表"));
                session.report(finding.help("用表格软件打开，另存为CSV，再试"));
                Status::Findings
            })?);
        }
        _ => suite.texts.push((name, read_text(path, session)?)),
    }
    Ok(())
}

/// A table of the given text; or the line at which it is none.
pub fn csv_sheet(name: &str, text: &str) -> Result<Sheet, u64> {
    let mut sheet = Sheet { name: name.to_owned(), rows: Vec::new() };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|error| error.position().map_or(1, csv::Position::line))?;
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let cells = record.iter().map(|cell| Cell::Text(cell.to_owned())).collect();
        sheet.rows.push(SheetRow { line, cells });
    }
    Ok(sheet)
}

#[cfg(feature = "office")]
fn book_sheets(name: &str, bytes: Vec<u8>, session: &mut Session) -> Ended<Vec<Sheet>> {
    super::example_book::sheets(name, &bytes).map_err(|refused| {
        session.report(refused.finding(name));
        Status::Findings
    })
}

#[cfg(not(feature = "office"))]
fn book_sheets(name: &str, _: Vec<u8>, session: &mut Session) -> Ended<Vec<Sheet>> {
    let place = place_of(Path::new(name));
    let finding = Finding::error("broken-workbook", place, format!("这一版程序不读表格文件“{name}”"));
    session.report(finding.help("另存为CSV，再试"));
    Err(Status::Findings)
}
