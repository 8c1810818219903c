//! Facts that are there twice by mistake: a file that is the copy of another, and rows pasted a second time below.

use std::io::{self, Read};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::calendar::{Calendar, PeriodId};
use crate::diagnostic::{Finding, Place, workbook};
use crate::facts::{self, SourceFile};
use crate::parse::fold::fold_name;
use crate::plan::{InputKind, Plan};

/// So many of the cells of a row are month, unit, clause, label and quantity: two rows with no more may well be two things.
const BARE: usize = 5;

/// So many earlier rows of one kind are looked at: a file of one line alone must not take for ever.
const MOST_EARLIER: usize = 8;

/// Files that hold byte by byte what an earlier one holds, and more than a header: everything in them would count twice.
pub fn files(facts: &[SourceFile<'_>]) -> Vec<Finding> {
    let mut by_size: FxHashMap<u64, Vec<&SourceFile<'_>>> = FxHashMap::default();
    let mut findings = Vec::new();
    for file in facts {
        let alike = by_size.entry(file.size).or_default();
        // What cannot be read is told where it is read.
        if let Some(first) = alike.iter().find(|first| is_copy(first, file).unwrap_or(false)) {
            let (name, first) = (file.name.trim_end_matches('!'), first.name.trim_end_matches('!'));
            let place = Place { file: file.name.clone(), line: 0, column: 0 };
            let message = format!("“{name}”与“{first}”一字不差，里面的事实要计两次");
            let finding = Finding::error("copied-file", place, message);
            findings.push(finding.help("只留一份，另一份移到数据文件夹以外"));
        } else {
            alike.push(file);
        }
    }
    findings
}

fn is_copy(first: &SourceFile<'_>, second: &SourceFile<'_>) -> io::Result<bool> {
    const PIECE: usize = 64 * 1024;
    let (mut first, mut second) = ((first.open)()?, (second.open)()?);
    let mut lines = 0;
    loop {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        first.by_ref().take(PIECE as u64).read_to_end(&mut left)?;
        second.by_ref().take(PIECE as u64).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(lines > 1);
        }
        lines += left.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    }
}

/// Whether a line that may be about the period stands twice in a file, which in nearly every one none does: for that its
/// bytes need not be made a text.
pub fn may_be_twice(calendar: &Calendar, period: PeriodId, bytes: &[u8]) -> bool {
    // Most tables begin with the month, and few months stand in a file.
    let mut months: FxHashMap<&[u8], bool> = FxHashMap::default();
    let mut known: FxHashSet<&[u8]> = FxHashSet::default();
    bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).any(|line| {
        let end = memchr::memchr(b',', line).unwrap_or(line.len());
        let first = &line[..end];
        let mut is_meant =
            || *months.entry(first).or_insert_with(|| may_be_within(calendar, period, &String::from_utf8_lossy(first)));
        !line.is_empty() && is_meant() && !known.insert(line)
    })
}

/// Rows of a file about a period that say what earlier ones say: several in a row, or one with more than its quantity.
///
/// Rows that take points at discretion are told one by one (`same_rows`), a figure reported twice is an error anyway, and
/// ballots may be alike.
pub fn rows(plan: &Plan, period: PeriodId, name: &str, text: &str) -> Vec<Finding> {
    // By label, whether no one judges it.
    let events = plan.inputs.iter().filter(|input| input.kind == InputKind::Event && !input.needs.rater);
    let mut labels: FxHashMap<&str, bool> = FxHashMap::default();
    for input in events {
        *labels.entry(&input.label).or_default() |= input.needs.points.is_none();
    }
    let label_of = |line: &str| line.split(',').find_map(|cell| labels.get(cell.trim()).copied());
    let lines = text.lines().zip(1usize..).map(|(line, number)| (line.trim(), number));
    let rows: Vec<(&str, usize)> = lines.filter(|(line, _)| label_of(line).is_some()).collect();
    let is_full = |line: &str| line.split(',').filter(|cell| !cell.trim().is_empty()).count() > BARE;
    let mut seen: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    let mut findings = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let (line, _) = rows[at];
        // The longest stretch that begins at an earlier row like this one.
        let stretch = |first: &usize| {
            (0..at - first).take_while(|on| rows.get(at + on).map(|it| it.0) == Some(rows[first + on].0)).count()
        };
        let longest = seen
            .get(line)
            .into_iter()
            .flatten()
            .take(MOST_EARLIER)
            .map(|first| (stretch(first), *first))
            .max_by_key(|(length, first)| (*length, usize::MAX - first));
        let (length, first) = longest.unwrap_or((0, 0));
        let differ = rows[first..first + length].iter().any(|row| row.0 != line);
        let one = length > 0 && !differ && is_full(line) && label_of(line) == Some(true);
        if (differ || one) && is_within(&plan.calendar, period, line) {
            findings.push(twice(name, &rows[first..first + length], &rows[at..at + length]));
        }
        let done = length.max(1);
        for (on, row) in rows[at..at + done].iter().enumerate() {
            seen.entry(row.0).or_default().push(at + on);
        }
        at += done;
    }
    findings
}

/// Whether a cell names no period, or one within.
fn may_be_within(calendar: &Calendar, period: PeriodId, cell: &str) -> bool {
    let named = facts::period_named(calendar, &fold_name(cell));
    named.is_none_or(|named| calendar.period(period).contains(calendar.period(named)))
}

fn is_within(calendar: &Calendar, period: PeriodId, line: &str) -> bool {
    let own = calendar.period(period);
    let named = line.split(',').find_map(|cell| facts::period_named(calendar, &fold_name(cell)));
    named.is_some_and(|named| own.contains(calendar.period(named)))
}

fn twice(name: &str, first: &[(&str, usize)], second: &[(&str, usize)]) -> Finding {
    let lines = |rows: &[(&str, usize)]| match rows {
        [(_, only)] => format!("第{only}行"),
        [(_, first), .., (_, last)] => format!("第{first}行至第{last}行"),
        [] => String::new(),
    };
    let message = format!("{}与{}一模一样，都计", lines(second), lines(first));
    let line = second.first().map_or(0, |row| row.1);
    let place = Place { file: name.to_owned(), line, column: usize::from(workbook::sheet(name).is_some()) };
    let finding = Finding::warning("rows-pasted-twice", place, message);
    finding.help("粘了两遍的，删去一遍；确是另外的事的，备注、事项或发生日期写得分开")
}
