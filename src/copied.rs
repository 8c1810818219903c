//! Facts that are there twice by mistake: a file that is the copy of another, and rows pasted a second time below.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::io::{self, Read};

use rustc_hash::{FxBuildHasher, FxHashMap};

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
            let place = Place::of(&file.name);
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

/// Rows of a file about a period that say what earlier ones say: several in a row, or one with more than its quantity.
///
/// Rows that take points at discretion are told one by one (`same_rows`), a figure reported twice is an error anyway, and
/// ballots may be alike.
pub fn rows(plan: &Plan, period: PeriodId, name: &str, bytes: &[u8]) -> Vec<Finding> {
    let lines = lines(bytes);
    let again = again(&plan.calendar, period, &lines);
    if again.is_empty() {
        return Vec::new();
    }
    // By label, whether no one judges it.
    let events = plan.inputs.iter().filter(|input| input.kind == InputKind::Event && !input.needs.rater);
    let mut labels: FxHashMap<&str, bool> = FxHashMap::default();
    for input in events {
        *labels.entry(&input.label).or_default() |= input.needs.points.is_none();
    }
    let label_of = |line: &str| line.split(',').find_map(|cell| labels.get(cell.trim()).copied());
    let is_full = |line: &str| line.split(',').filter(|cell| !cell.trim().is_empty()).count() > BARE;
    let mut findings = Vec::new();
    let mut done = 0;
    for (at, earlier) in again {
        let text = decoded(lines[at].0);
        let Some(not_judged) = label_of(&text).filter(|_| at >= done) else { continue };
        // The longest stretch that begins at an earlier row like this one.
        let stretch = |first: usize| {
            let pairs = lines[first..at].iter().zip(&lines[at..]);
            pairs.take_while(|(old, new)| old.0 == new.0).count()
        };
        let longest = earlier.iter().map(|first| (stretch(*first), *first));
        let Some((length, first)) = longest.max_by_key(|(length, first)| (*length, usize::MAX - first)) else {
            continue;
        };
        done = at + length;
        let (old, new) = (&lines[first..first + length], &lines[at..done]);
        let differs = |(line, _): &Line<'_>| *line != lines[at].0 && label_of(&decoded(line)).is_some();
        let told = new.iter().any(differs) || (not_judged && is_full(&text));
        if told && is_within(&plan.calendar, period, &text) {
            findings.push(twice(name, old, new));
        }
    }
    findings
}

/// A line without the blanks around it, and its number.
type Line<'b> = (&'b [u8], usize);

fn lines(bytes: &[u8]) -> Vec<Line<'_>> {
    let (mut rest, mut lines) = (bytes, Vec::new());
    loop {
        let end = memchr::memchr(b'\n', rest);
        lines.push((rest[..end.unwrap_or(rest.len())].trim_ascii(), lines.len() + 1));
        let Some(end) = end else { return lines };
        rest = &rest[end + 1..];
    }
}

/// The lines that may be about a period and stand further up as well, each with the first places where they do.
fn again(calendar: &Calendar, period: PeriodId, lines: &[Line<'_>]) -> Vec<(usize, Vec<usize>)> {
    // Most tables begin with the month, and few months stand in a file.
    let mut months: FxHashMap<&[u8], bool> = FxHashMap::default();
    let mut last: (&[u8], bool) = (b"", false);
    let mut first_of: FxHashMap<u64, usize> = FxHashMap::with_capacity_and_hasher(lines.len(), FxBuildHasher);
    let mut places: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    let mut again = Vec::new();
    for (at, (line, _)) in lines.iter().enumerate().filter(|(_, (line, _))| !line.is_empty()) {
        let is_as_before = line.strip_prefix(last.0).is_some_and(|rest| rest.first() == Some(&b','));
        if !is_as_before {
            let month = &line[..memchr::memchr(b',', line).unwrap_or(line.len())];
            let meant = || may_be_within(calendar, period, &decoded(month));
            last = (month, *months.entry(month).or_insert_with(meant));
        }
        if !last.1 {
            continue;
        }
        let sum = FxBuildHasher.hash_one(line);
        let first = *first_of.entry(sum).or_insert(at);
        if first < at {
            let places = places.entry(sum).or_insert_with(|| vec![first]);
            // Equal sums are nearly always of equal lines.
            let earlier: Vec<usize> = places.iter().copied().filter(|first| lines[*first].0 == *line).collect();
            if places.len() < MOST_EARLIER {
                places.push(at);
            }
            if !earlier.is_empty() {
                again.push((at, earlier));
            }
        }
    }
    again
}

fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0,
    }
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

fn twice(name: &str, first: &[Line<'_>], second: &[Line<'_>]) -> Finding {
    let lines = |rows: &[Line<'_>]| match rows {
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
