//! What we tell people about their files: collected, sorted by place, rendered in Chinese.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;
use serde::ser::SerializeMap;
use unicode_width::UnicodeWidthStr;

use crate::source::Source;

/// Whether a finding stops the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// Where a finding is: a file, and a line and column in it, from 1; 0 where there is none.
///
/// In a workbook the file is `社区矫正.xlsx 事项!`, the line a row and the column a cell of it; `社区矫正.xlsx 指标!F` is
/// one column of a sheet, read by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    pub line: usize,
    /// In characters.
    pub column: usize,
}

/// Where a file stands among those of a run: the roster comes first, for what is wrong there makes much of the rest.
pub fn order(file: &str) -> (bool, &str) {
    let is_roster = file.strip_prefix("单位").is_some_and(|rest| rest.starts_with('.'));
    (!is_roster, file)
}

impl Place {
    /// A file as a whole.
    pub fn of(file: impl Into<String>) -> Place {
        Place { file: file.into(), line: 0, column: 0 }
    }

    /// `F7`, where the file is a sheet of a workbook.
    pub fn cell(&self) -> Option<String> {
        let (_, fixed) = workbook::sheet(&self.file)?;
        let letters = match (fixed, self.column) {
            ("", 0) => return None,
            ("", column) => workbook::letters(column),
            (fixed, _) => fixed.to_owned(),
        };
        (self.line > 0).then(|| format!("{letters}{}", self.line))
    }

    /// `事实.csv:7`, `社区矫正.xlsx 事项!7:7`, or the cell where it is known.
    pub fn short(&self) -> String {
        let Place { file, line, .. } = self;
        match (self.cell(), workbook::sheet(file)) {
            (Some(cell), Some((name, _))) => format!("{name}!{cell}"),
            (None, Some((name, _))) => format!("{name}!{line}:{line}"),
            (_, None) => format!("{file}:{line}"),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let name = workbook::sheet(&self.file).map_or(self.file.as_str(), |(name, _)| name);
        map.serialize_entry("file", name)?;
        map.serialize_entry("line", &self.line)?;
        let fixed = workbook::sheet(&self.file).and_then(|(_, letters)| workbook::column(letters));
        map.serialize_entry("column", &fixed.unwrap_or(self.column))?;
        if let Some(cell) = self.cell() {
            map.serialize_entry("cell", &cell)?;
        }
        map.end()
    }
}

/// How sheets of workbooks are named among other files.
pub mod workbook {
    /// Endings of workbooks, in small letters.
    pub const ENDINGS: [&str; 4] = [".xlsx", ".xlsm", ".xls", ".ods"];

    /// The name of a sheet and the letters of the only column it is read for; `None` where it is another file.
    pub fn sheet(name: &str) -> Option<(&str, &str)> {
        let (sheet, letters) = name.rsplit_once('!')?;
        let small = sheet.to_ascii_lowercase();
        let inside = ENDINGS.iter().any(|ending| small.contains(&format!("{ending} ")));
        (inside && letters.len() <= 3 && letters.bytes().all(|byte| byte.is_ascii_uppercase()))
            .then_some((sheet, letters))
    }

    /// `F` for 6.
    pub fn letters(mut column: usize) -> String {
        let mut letters = Vec::new();
        while column > 0 {
            column -= 1;
            letters.push(b'A' + (column % 26) as u8);
            column /= 26;
        }
        letters.reverse();
        String::from_utf8_lossy(&letters).into_owned()
    }

    /// 6 for `F`.
    pub fn column(letters: &str) -> Option<usize> {
        let digit = |sum: usize, byte: u8| sum * 26 + usize::from(byte - b'A') + 1;
        (!letters.is_empty()).then(|| letters.bytes().fold(0, digit))
    }

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        for (column, name) in [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")] {
            assert_eq!(letters(column), name);
            assert_eq!(super::workbook::column(name), Some(column));
        }
        assert_eq!(sheet("夏!.csv"), None);
        assert_eq!(sheet("社区矫正.XLSX 事项!F"), Some(("社区矫正.XLSX 事项", "F")));
    }
}

/// One thing we tell people: what is wrong, where, what was expected, and the way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable kebab-case name of the mistake.
    pub code: &'static str,
    pub severity: Severity,
    #[serde(flatten)]
    pub place: Place,
    /// The whole line the place is in, for showing it underlined; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub line_text: String,
    /// The offending text itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The fact, in one line.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// A few facts that show it, confirmed by scoring them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// How a result came about: sentences under sentences.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Finding {
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Finding {
        Finding {
            code,
            severity: Severity::Error,
            place,
            line_text: String::new(),
            text: String::new(),
            message: message.into(),
            expected: None,
            help: None,
            witness: None,
            why: String::new(),
        }
    }

    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(code, place, message) }
    }

    /// The same as a warning: told, and the rulebook holds all the same.
    pub fn noted(self) -> Finding {
        Finding { severity: Severity::Warning, ..self }
    }

    /// An error of a whole line, from where its text begins.
    pub fn at_line(source: &Source, number: usize, code: &'static str, message: impl Into<String>) -> Finding {
        let line = source.line(number);
        let column = line.chars().take_while(|c| c.is_whitespace()).count() + 1;
        let place = Place { file: source.name.clone(), line: number, column };
        Finding::error(code, place, message).text(line.trim()).line_text(line)
    }

    /// The offending text.
    pub fn text(mut self, text: impl Into<String>) -> Finding {
        self.text = text.into();
        self
    }

    /// The line the offending text stands in.
    pub fn line_text(mut self, line: impl Into<String>) -> Finding {
        self.line_text = line.into();
        self
    }

    pub fn expected(mut self, expected: impl Into<String>) -> Finding {
        self.expected = Some(expected.into());
        self
    }

    pub fn witness(mut self, facts: impl Into<String>) -> Finding {
        self.witness = Some(facts.into());
        self
    }

    pub fn why(mut self, why: impl Into<String>) -> Finding {
        self.why = why.into();
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Finding {}

impl miette::Diagnostic for Finding {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Style {
    /// For people, with the line and an underline.
    #[default]
    Human,
    /// One JSON array.
    Json,
    /// `path:line:column: code: message`, one a line.
    Short,
}

/// Rows of one month outside of the term that are shown.
const MOST_OUT_OF_FORCE: usize = 3;

/// So many reminders of one kind are shown to people.
const MOST_ALIKE: usize = 50;

/// The findings of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    pub fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.list.extend(findings);
    }

    pub fn append(&mut self, mut other: Findings) {
        self.list.append(&mut other.list);
    }

    /// Says something else of a line in place of a finding of that code.
    pub fn replace(&mut self, line: usize, code: &str, finding: Finding) {
        if let Some(old) = self.list.iter_mut().find(|old| old.place.line == line && old.code == code) {
            *old = finding;
        }
    }

    /// Forgets what was pushed after the first so many.
    pub fn truncate(&mut self, length: usize) {
        self.list.truncate(length);
    }

    /// Keeps what `keeps` says, which may also change it.
    pub fn retain(&mut self, keeps: impl FnMut(&mut Finding) -> bool) {
        self.list.retain_mut(keeps);
    }

    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Sorted by place, errors before warnings at the same place, what has no place last; the same finding once.
    pub fn sorted(mut self) -> Findings {
        self.list.sort_by(|a, b| {
            let (of_a, of_b) = (order(&a.place.file), order(&b.place.file));
            (a.place.file.is_empty(), of_a, &a.place, a.severity, a.code, &a.text, &a.message).cmp(&(
                b.place.file.is_empty(),
                of_b,
                &b.place,
                b.severity,
                b.code,
                &b.text,
                &b.message,
            ))
        });
        self.list.dedup();
        self
    }

    /// Places in a consolidated text become places in the documents that its lines are of.
    pub fn at_origins(mut self, source: &Source) -> Findings {
        for finding in self.list.iter_mut().filter(|finding| finding.place.file == source.name) {
            let Some((document, origin)) = source.origin(finding.place.line) else { continue };
            finding.place.file.clone_from(&document.name);
            finding.place.line = origin.line;
            if finding.place.column > 0 {
                let column = finding.place.column as i64 + i64::from(origin.shift);
                finding.place.column = column.max(1) as usize;
            }
            if !finding.line_text.is_empty() {
                finding.line_text = document.line(origin.line).to_owned();
            }
        }
        self
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Finding> {
        self.list.iter_mut()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }

    pub fn render(&self, style: Style) -> String {
        match style {
            Style::Human => self.human(),
            Style::Json => {
                let mut json =
                    serde_json::to_string_pretty(&self.list).expect("findings hold only strings and numbers");
                json.push('\n');
                json
            }
            Style::Short => self.list.iter().fold(String::new(), |mut out, finding| {
                let Place { file, line, column } = &finding.place;
                let _ = match workbook::sheet(file) {
                    Some((name, _)) if *line == 0 => write!(out, "{name}"),
                    Some(_) => write!(out, "{}", finding.place.short()),
                    None => write!(out, "{file}:{line}:{column}"),
                };
                let _ = writeln!(out, ": {}: {}", finding.code, finding.message);
                out
            }),
        }
    }

    fn human(&self) -> String {
        let mut out = String::new();
        // A province's rows pasted twice would hide everything else; mistakes are told one by one however many they are.
        let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
        // A file of another year is one mistake, though every row of it says so.
        let mut out_of_force: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &self.list {
            if finding.code == "month-out-of-force" {
                let count = out_of_force.entry(&finding.message).or_default();
                *count += 1;
                if *count > MOST_OUT_OF_FORCE {
                    continue;
                }
            }
            let is_warning = finding.severity == Severity::Warning;
            let count = shown.entry(finding.code).or_default();
            *count += usize::from(is_warning);
            if !is_warning || *count <= MOST_ALIKE {
                render_human(&mut out, finding);
            }
        }
        for (message, count) in out_of_force.into_iter().filter(|(_, count)| *count > MOST_OUT_OF_FORCE) {
            let more = count - MOST_OUT_OF_FORCE;
            let _ =
                writeln!(out, "同样的错误（{message}）还有{more}处，这里不列；全部列出，加上：--diagnostics short\n");
        }
        for (code, count) in shown.into_iter().filter(|(_, count)| *count > MOST_ALIKE) {
            let more = count - MOST_ALIKE;
            let _ = writeln!(out, "同样的提醒（{code}）还有{more}处，这里不列；全部列出，加上：--diagnostics short\n");
        }
        let count = |severity| self.list.iter().filter(|finding| finding.severity == severity).count();
        match (count(Severity::Error), count(Severity::Warning)) {
            (0, 0) => {}
            (errors, 0) => _ = writeln!(out, "共{errors}处错误。"),
            (0, warnings) => _ = writeln!(out, "共{warnings}处提醒。"),
            (errors, warnings) => _ = writeln!(out, "共{errors}处错误、{warnings}处提醒。"),
        }
        out
    }
}

fn render_human(out: &mut String, finding: &Finding) {
    let severity = match finding.severity {
        Severity::Error => "错误",
        Severity::Warning => "提醒",
    };
    let _ = writeln!(out, "{severity}：{}（{}）", finding.message, finding.code);
    let Place { file, line, column } = &finding.place;
    let (file, cell) = match workbook::sheet(file) {
        Some((sheet, _)) => (sheet, finding.place.cell()),
        None => (file.as_str(), None),
    };
    match (*line, *column) {
        (0, _) if file.is_empty() => {}
        _ if cell.is_some() => _ = writeln!(out, "  位置：{file}!{}", cell.unwrap_or_default()),
        (0, _) => _ = writeln!(out, "  位置：{file}"),
        (line, 0) => _ = writeln!(out, "  位置：{file} 第{line}行"),
        (line, column) => _ = writeln!(out, "  位置：{file} 第{line}行第{column}字"),
    }
    if !finding.line_text.is_empty() && *column > 0 {
        let (before, marked) = underline(&finding.line_text, *column, &finding.text);
        let _ = writeln!(out, "  │ {}", printable(&finding.line_text));
        let _ = writeln!(out, "  │ {}{}", " ".repeat(before), "^".repeat(marked));
    } else if !finding.text.is_empty() {
        let _ = writeln!(out, "  原文：{}", printable(&finding.text));
    }
    if let Some(expected) = &finding.expected {
        let _ = writeln!(out, "  应为：{expected}");
    }
    if let Some(witness) = &finding.witness {
        write_under(out, "例证", witness);
    }
    if !finding.why.is_empty() {
        write_under(out, "来历", &finding.why);
    }
    if let Some(help) = &finding.help {
        write_under(out, "改法", help);
    }
    out.push('\n');
}

/// Lines under a heading of two characters.
fn write_under(out: &mut String, heading: &str, text: &str) {
    let mut lines = text.lines();
    let _ = writeln!(out, "  {heading}：{}", lines.next().unwrap_or_default());
    for line in lines {
        let _ = writeln!(out, "        {line}");
    }
}

/// Control characters would move the cursor of a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if c.is_control() {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// The width of what stands before the column, and of the marked text, in terminal cells.
fn underline(line: &str, column: usize, text: &str) -> (usize, usize) {
    let before: String = printable(line).chars().take(column - 1).collect();
    let marked = printable(text.lines().next().unwrap_or_default());
    (before.width(), marked.width().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_reminders_of_one_kind_are_counted_and_mistakes_are_all_told() {
        let at = |line: usize| Place { file: "甲.csv".to_owned(), line, column: 1 };
        let mut findings = Findings::default();
        findings.extend((1..=MOST_ALIKE + 7).map(|line| Finding::warning("odd", at(line), "提醒")));
        findings.extend((1..=MOST_ALIKE + 7).map(|line| Finding::error("odd", at(line), "错误")));
        let findings = findings.sorted();
        let text = findings.render(Style::Human);
        assert_eq!(text.matches("提醒：提醒（odd）").count(), MOST_ALIKE);
        assert_eq!(text.matches("错误：错误（odd）").count(), MOST_ALIKE + 7);
        assert!(text.contains("同样的提醒（odd）还有7处"), "{text}");
        assert_eq!(findings.render(Style::Short).lines().count(), 2 * (MOST_ALIKE + 7));
        let mut findings = Findings::default();
        findings.extend((1..=9).map(|line| Finding::error("month-out-of-force", at(line), "2023-03不在施行期间内")));
        let text = findings.sorted().render(Style::Human);
        assert_eq!(text.matches("错误：2023-03").count(), MOST_OUT_OF_FORCE);
        assert!(text.contains("还有6处") && text.contains("共9处错误"), "{text}");
    }
}
