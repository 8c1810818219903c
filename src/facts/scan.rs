//! One thread's reading: rows of the usual form are judged as bytes, all others cell by cell in `judge`.

use std::sync::Mutex;

use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::calendar::PeriodId;
use crate::plan::{InputId, Plan, Role};

use super::blocks::{Block, row_end};
use super::cells::{MOST_MANTISSA, MOST_SCALE, Packing, Record, UNITS};
use super::gate::{Gate, Gates};
use super::header::{Columns, Meaning};
use super::misnamed::Misnamed;
use super::names::Names;
use super::report::Reports;
use super::roster::Roster;
use super::row::{LONGEST_CELL, Pieces};
use super::shard::{Shard, Waiting};
use super::sheet::Title;
use super::words::Words;
use super::{Detail, Origin, text};

/// What all threads read by.
pub struct Shared<'a> {
    pub plan: &'a Plan,
    pub names: &'a Names,
    pub gates: &'a Gates,
    pub packing: Packing,
    pub roster: Roster,
    pub words: Words,
    pub shards: Vec<Mutex<Shard>>,
    pub keep_entries: bool,
}

/// A fact file whose header is read.
pub struct Sheet<'a> {
    pub title: Title<'a>,
    /// Its place among the files.
    pub file: u32,
    pub columns: Columns,
    /// What follows 数量 in a row that holds nothing more: commas and the line end.
    pub tail: Vec<u8>,
}

/// What a row is about: unit (`u32::MAX` for all), input and period.
pub type Key = (u32, InputId, PeriodId);

/// Rows that a second reading looks for.
#[derive(Default)]
pub struct Watch {
    pub keys: FxHashSet<Key>,
    pub origins: FxHashSet<Origin>,
}

/// A row that a second reading found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub key: Key,
    pub origin: Origin,
    pub column: usize,
    pub text: String,
    pub line_text: String,
}

/// A row about all units.
pub struct GlobalRow {
    pub input: InputId,
    pub period: PeriodId,
    pub origin: Origin,
    pub quantity: Option<Decimal>,
    pub detail: Option<Detail>,
}

/// What a thread found beside the facts themselves.
#[derive(Default)]
pub struct Found {
    pub reports: Reports,
    pub globals: Vec<GlobalRow>,
    /// 编号 of rows.
    pub numbers: Vec<(Box<str>, Origin)>,
    /// 针对编号 with 整改日期, and where.
    pub repairs: Vec<(Box<str>, chrono::NaiveDate, Origin)>,
    pub hits: Vec<Hit>,
    /// By input and period: whether a row is about it.
    pub reported: Vec<bool>,
    /// What rows with mistakes were about: it was reported, if wrongly.
    pub lost: FxHashSet<Key>,
    /// The same under names that the roster does not have.
    pub misnamed: Misnamed,
    /// What periods the rows of each file name, sound or not.
    pub named: FxHashSet<(u32, PeriodId)>,
}

/// One thread.
pub struct Scan<'s, 'a> {
    pub shared: &'s Shared<'a>,
    pub watch: Option<&'s Watch>,
    pub found: Found,
    pub pieces: Pieces,
    pub scratch: Vec<u8>,
    /// Nothing was wrong with the row so far.
    pub sound: bool,
    /// Months as files write them.
    months: FxHashMap<Box<[u8]>, PeriodId>,
    /// Facts of one shard that are not handed over yet.
    waiting: Waiting,
    shard: usize,
    last: Last,
    /// What was put into `named` last.
    last_named: Option<(u32, PeriodId)>,
    /// Which pair followed each pair last time: rows come in the same order unit by unit.
    next_pair: Vec<u32>,
    pair: usize,
}

/// Month and unit of the row before.
#[derive(Default)]
struct Last {
    /// `2023-04,古井司法所,`
    bytes: Vec<u8>,
    month_length: usize,
    unit: u32,
    period: PeriodId0,
}

/// A period id with a default for the time before the first row.
#[derive(Clone, Copy)]
struct PeriodId0(PeriodId);

impl Default for PeriodId0 {
    fn default() -> PeriodId0 {
        PeriodId0(PeriodId(0))
    }
}

impl<'s, 'a> Scan<'s, 'a> {
    pub fn new(shared: &'s Shared<'a>, watch: Option<&'s Watch>) -> Scan<'s, 'a> {
        let plan = shared.plan;
        let reported = vec![false; plan.inputs.len() * plan.calendar.len()];
        let mut found = Found { reported, ..Found::default() };
        found.reports.muted = watch.is_some();
        Scan {
            shared,
            watch,
            found,
            pieces: Pieces::default(),
            scratch: Vec::new(),
            sound: true,
            months: FxHashMap::default(),
            waiting: Waiting::default(),
            shard: 0,
            last: Last::default(),
            last_named: None,
            next_pair: (1..=shared.names.pairs.len() as u32).collect(),
            pair: 0,
        }
    }

    /// Reads the rows of a block.
    pub fn block(&mut self, sheet: &Sheet<'_>, block: &Block, bytes: &[u8]) {
        let usual = sheet.columns.usual && !self.shared.keep_entries && self.watch.is_none();
        let (mut at, mut line) = (0, block.line);
        // Which periods a file names is noted where month or unit change.
        self.last.bytes.clear();
        while at < bytes.len() {
            let rest = &bytes[at..];
            if usual && let Some(length) = self.plain_row(sheet, rest) {
                at += length;
                line = line.saturating_add(1);
                continue;
            }
            let length = match block.quotes {
                true => row_end(rest),
                false => memchr::memchr(b'\n', rest).map(|end| end + 1),
            };
            let length = length.unwrap_or(rest.len());
            self.row(sheet, &rest[..length], line);
            let lines = if block.quotes { memchr::memchr_iter(b'\n', &rest[..length]).count() as u32 } else { 1 };
            line = line.saturating_add(lines);
            at += length;
        }
    }

    /// Takes a row in which everything is as it should be and nothing is unusual; `None` leaves it to `row`.
    #[inline]
    fn plain_row(&mut self, sheet: &Sheet<'_>, rest: &[u8]) -> Option<usize> {
        if self.last.bytes.is_empty() || !begins_with(rest, &self.last.bytes) {
            self.turn_to_unit(sheet.file, rest)?;
        }
        let mut at = self.last.bytes.len();
        let shared = self.shared;
        let pairs = &shared.names.pairs;
        let expected = *self.next_pair.get(self.pair)? as usize;
        let pair = match pairs.get(expected) {
            Some(pair) if begins_with(&rest[at..], &pair.bytes) => expected,
            _ => {
                let behind = &rest[at..];
                let first = memchr::memchr(b',', behind)?;
                let second = first + 1 + memchr::memchr(b',', &behind[first + 1..])?;
                let pair = shared.names.exact(&behind[..second])?;
                // A parameter has two spellings of 条款 and one entry: its bytes may differ.
                if pairs[pair].bytes.len() != second + 1 {
                    return None;
                }
                self.next_pair[self.pair] = pair as u32;
                pair
            }
        };
        self.pair = pair;
        at += pairs[pair].bytes.len();
        let input = pairs[pair].input;
        let gate = shared.gates.gate(input);
        let period = self.last.period.0;
        if !gate.plain || !shared.gates.open(input, period) {
            return None;
        }
        let (mantissa, scale, length) = plain_number(&rest[at..], gate)?;
        at += length;
        let behind = &rest[at..];
        at += if begins_with(behind, &sheet.tail) { sheet.tail.len() } else { free_text(sheet, behind)? };
        let unit = self.last.unit as usize;
        let key = shared.packing.key(unit % UNITS, input, period);
        self.touch(input, period);
        self.push(unit / UNITS, shared.packing.number(key, mantissa, scale));
        Some(at)
    }

    /// Reads month and unit where they are not those of the row before.
    fn turn_to_unit(&mut self, file: u32, rest: &[u8]) -> Option<()> {
        let month_length = memchr::memchr(b',', rest)?;
        let unit_end = month_length + 1 + memchr::memchr(b',', &rest[month_length + 1..])?;
        let month = &rest[..month_length];
        let period = if self.last.month_length == month_length && self.last.bytes.starts_with(month) && month_length > 0
        {
            self.last.period.0
        } else {
            self.month(std::str::from_utf8(month).ok()?).ok()?
        };
        let name = &rest[month_length + 1..unit_end];
        let roster = &self.shared.roster;
        let next = self.last.unit + 1;
        let unit = match roster.units.get(next as usize) {
            Some(unit) if unit.name.as_bytes() == name => next,
            _ => roster.find(std::str::from_utf8(name).ok()?)?,
        };
        if !roster.active(unit, period, self.shared.gates) {
            return None;
        }
        self.note_named(file, period);
        self.last.bytes.clear();
        self.last.bytes.extend_from_slice(&rest[..=unit_end]);
        self.last.month_length = month_length;
        self.last.unit = unit;
        self.last.period = PeriodId0(period);
        Some(())
    }

    /// The month of a trimmed cell.
    pub fn month(&mut self, written: &str) -> Result<PeriodId, WrongMonth> {
        const MOST_SPELLINGS: usize = 10_000;
        if let Some(period) = self.months.get(written.as_bytes()) {
            return Ok(*period);
        }
        let month = text::month(&text::fold(written)).map_err(WrongMonth::Unreadable)?;
        let period = self.shared.plan.calendar.month(month).ok_or(WrongMonth::OutOfForce)?;
        if self.months.len() < MOST_SPELLINGS {
            self.months.insert(written.as_bytes().into(), period);
        }
        Ok(period)
    }

    /// Notes that a row of a file names a period.
    pub fn note_named(&mut self, file: u32, period: PeriodId) {
        if self.last_named.replace((file, period)) != Some((file, period)) {
            self.found.named.insert((file, period));
        }
    }

    /// Notes that a row is about a period.
    #[inline]
    pub fn touch(&mut self, input: InputId, period: PeriodId) {
        self.found.reported[input.index() * self.shared.plan.calendar.len() + usize::from(period.0)] = true;
    }

    /// Keeps a fact that fits in a cell.
    #[inline]
    pub fn push(&mut self, shard: usize, cell: u64) {
        self.turn_to_shard(shard);
        self.waiting.cells.push(cell);
    }

    pub fn push_record(&mut self, shard: usize, key: u64, record: &Record) {
        self.turn_to_shard(shard);
        self.waiting.push_record(key, record, self.shared.packing);
    }

    #[inline]
    fn turn_to_shard(&mut self, shard: usize) {
        if shard != self.shard || self.waiting.full() {
            self.flush();
            self.shard = shard;
        }
    }

    /// Hands over everything that waits.
    pub fn flush(&mut self) {
        if self.waiting.cells.is_empty() {
            return;
        }
        let shared = self.shared;
        let mut shard = shared.shards[self.shard].lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        shard.take(&mut self.waiting, shared.packing, shared.gates);
    }
}

/// The same as `starts_with`, without a call: done three times a row, over a few words each.
#[inline(always)]
fn begins_with(bytes: &[u8], begin: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..begin.len()) else { return false };
    if begin.len() < 8 {
        // Two halves that may overlap are the whole from four bytes on.
        return bytes.first_chunk::<4>() == begin.first_chunk::<4>()
            && bytes.last_chunk::<4>() == begin.last_chunk::<4>()
            && (begin.len() >= 4 || bytes == begin);
    }
    let (words, _) = bytes.as_chunks::<8>();
    let (begin_words, _) = begin.as_chunks::<8>();
    words.iter().zip(begin_words).all(|(word, other)| word == other)
        && bytes.last_chunk::<8>() == begin.last_chunk::<8>()
}

/// Why a 月份 cell is no month in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongMonth {
    Unreadable(text::NotDate),
    OutOfForce,
}

/// Mantissa, scale and length of a plain 数量 that suits its input and ends its cell.
#[inline]
fn plain_number(bytes: &[u8], gate: &Gate) -> Option<(u32, u32, usize)> {
    let (mut at, mut mantissa, mut scale) = (0, 0u32, 0);
    let mut point = None;
    loop {
        match bytes.get(at)? {
            digit @ b'0'..=b'9' if at < 9 => mantissa = mantissa * 10 + u32::from(digit - b'0'),
            b'.' if point.is_none() && at > 0 => point = Some(at),
            _ => break,
        }
        at += 1;
    }
    if let Some(point) = point {
        scale = (at - point - 1) as u32;
        if scale == 0 || gate.whole {
            return None;
        }
    }
    if at == 0 {
        if !gate.one_if_empty {
            return None;
        }
        mantissa = 1;
    }
    if (bytes[at] == b'%') != gate.percent {
        return None;
    }
    if gate.percent {
        at += 1;
        scale += 2;
    }
    let ended = matches!(bytes.get(at)?, b',' | b'\n' | b'\r');
    let fits = ended && mantissa < MOST_MANTISSA && scale < MOST_SCALE && gate.admits(mantissa, scale);
    fits.then_some((mantissa, scale, at))
}

/// The length of a row's rest that holds nothing but texts which nobody asks for.
fn free_text(sheet: &Sheet<'_>, behind: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b'\n', behind)?;
    let rest = behind[..end].strip_suffix(b"\r").unwrap_or(&behind[..end]);
    if memchr::memchr(b'"', rest).is_some() || std::str::from_utf8(rest).is_err() {
        return None;
    }
    const QUANTITY: usize = 4;
    let mut cells = rest.split(|byte| *byte == b',');
    // Nothing stands between 数量 and the first comma.
    cells.next();
    let mut count = QUANTITY + 1;
    for cell in cells {
        let free = [Role::Department, Role::Basis, Role::Note, Role::Matter].map(Meaning::Role);
        let meaning = sheet.columns.meanings.get(count)?;
        if !cell.is_empty() && (!free.contains(meaning) || cell.len() > LONGEST_CELL) {
            return None;
        }
        count += 1;
    }
    (count == sheet.columns.meanings.len()).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::begins_with;

    #[test]
    fn begins_with_is_starts_with() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..=text.len() {
            for changed in 0..length {
                let mut begin = text[..length].to_vec();
                assert!(begins_with(&text, &begin), "{length}");
                begin[changed] ^= 1;
                assert!(!begins_with(&text, &begin), "{length} {changed}");
            }
            assert!(!begins_with(&text[..length], &text) || length == text.len(), "{length}");
        }
    }
}
