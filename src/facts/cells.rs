//! Facts in eight bytes each: how they are packed, and the records of those that need more.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::calendar::PeriodId;
use crate::plan::{InputId, Plan, SymbolId};

use super::{Cell, Detail, Origin, Small};

/// Units whose facts are kept together.
pub const UNITS: usize = 1 << UNIT_BITS;
const UNIT_BITS: u32 = 5;
const TAG_BITS: u32 = 2;
const SCALE_BITS: u32 = 3;
pub const MANTISSA_BITS: u32 = 26;

/// A mantissa of a packed fact is below this.
pub const MOST_MANTISSA: u32 = 1 << MANTISSA_BITS;
/// A scale of a packed fact is below this.
pub const MOST_SCALE: u32 = 1 << SCALE_BITS;

const NUMBER: u64 = 0;
const INAPPLICABLE: u64 = 1;
const RECORD: u64 = 2;

/// How a plan's facts are packed into 64 bits: unit, input, period, tag, rows, scale, mantissa.
///
/// The order of the numbers is the order of the facts.
#[derive(Clone, Copy, Debug)]
pub struct Packing {
    input_at: u32,
    period_at: u32,
    tag_at: u32,
    rows_bits: u32,
}

/// A packed fact taken apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content {
    Number {
        quantity: Small,
        rows: u32,
    },
    Inapplicable,
    /// At this byte of the shard's records.
    Record(usize),
}

impl Packing {
    pub fn new(plan: &Plan) -> Packing {
        let bits = |count: usize| usize::BITS - count.max(2).saturating_sub(1).leading_zeros();
        let input_at = 64 - UNIT_BITS - bits(plan.inputs.len());
        let period_at = input_at - bits(plan.calendar.len());
        let tag_at = period_at - TAG_BITS;
        Packing { input_at, period_at, tag_at, rows_bits: tag_at - SCALE_BITS - MANTISSA_BITS }
    }

    pub fn key(self, unit: usize, input: InputId, period: PeriodId) -> u64 {
        (unit as u64) << (64 - UNIT_BITS) | u64::from(input.0) << self.input_at | u64::from(period.0) << self.period_at
    }

    /// What two facts share that are about the same thing.
    pub fn key_of(self, cell: u64) -> u64 {
        cell >> self.period_at << self.period_at
    }

    /// The upper bits of a cell, which are its key.
    pub fn key_bits(self) -> u32 {
        64 - self.period_at
    }

    /// INVARIANT: `mantissa` is below [`MOST_MANTISSA`] and `scale` below [`MOST_SCALE`].
    pub fn number(self, key: u64, mantissa: u32, scale: u32) -> u64 {
        key | u64::from(scale) << MANTISSA_BITS | u64::from(mantissa)
    }

    pub fn inapplicable(self, key: u64) -> u64 {
        key | INAPPLICABLE << self.tag_at
    }

    pub fn record(self, key: u64, at: usize) -> u64 {
        key | RECORD << self.tag_at | at as u64
    }

    /// The cell for the same record behind `before` other bytes; other cells stay as they are.
    pub fn moved(self, cell: u64, before: usize) -> u64 {
        match self.content(cell) {
            Content::Record(_) => cell + before as u64,
            Content::Number { .. } | Content::Inapplicable => cell,
        }
    }

    /// Records behind this byte cannot be pointed to.
    pub fn most_records(self) -> usize {
        (1usize << self.tag_at.min(40)) - 1
    }

    /// Several rows in one, where there is room.
    pub fn summed(self, key: u64, quantity: Decimal, rows: u32) -> Option<u64> {
        let quantity = Small::of(quantity)?;
        let fits = u64::from(rows - 1) < 1 << self.rows_bits;
        let rows = u64::from(rows - 1) << (SCALE_BITS + MANTISSA_BITS);
        fits.then(|| key | u64::from(quantity.bits()) | rows)
    }

    pub fn unit(self, cell: u64) -> usize {
        (cell >> (64 - UNIT_BITS)) as usize
    }

    pub fn input(self, cell: u64) -> InputId {
        InputId((cell << UNIT_BITS >> UNIT_BITS >> self.input_at) as u16)
    }

    pub fn period(self, cell: u64) -> PeriodId {
        let bits = self.input_at - self.period_at;
        PeriodId((cell >> self.period_at & ((1 << bits) - 1)) as u16)
    }

    pub fn content(self, cell: u64) -> Content {
        match cell >> self.tag_at & ((1 << TAG_BITS) - 1) {
            NUMBER => {
                let quantity = Small((cell & ((1 << (MANTISSA_BITS + SCALE_BITS)) - 1)) as u32);
                let rows = cell >> (MANTISSA_BITS + SCALE_BITS) & ((1 << self.rows_bits) - 1);
                Content::Number { quantity, rows: rows as u32 + 1 }
            }
            INAPPLICABLE => Content::Inapplicable,
            _ => Content::Record((cell & ((1 << self.tag_at) - 1)) as usize),
        }
    }
}

// ---------------------------------------------------------------- records

/// A fact that does not fit in eight bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub origin: Option<Origin>,
    pub rows: u32,
    pub quantity: Option<Decimal>,
    pub detail: Option<Detail>,
}

/// What is known of a record without reading all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordHead {
    pub origin: Option<Origin>,
    pub counted: bool,
    pub detailed: bool,
}

const COUNTED: u8 = 1;
const DETAILED: u8 = 2;
const PLACED: u8 = 4;

/// Writes a record behind the others.
pub fn write_record(out: &mut Vec<u8>, record: &Record) {
    let detail = record.detail.as_ref();
    let counted = detail.is_none_or(|detail| detail.counted);
    let flag = |on: bool, flag: u8| if on { flag } else { 0 };
    out.push(flag(counted, COUNTED) | flag(detail.is_some(), DETAILED) | flag(record.origin.is_some(), PLACED));
    if let Some(origin) = record.origin {
        out.extend_from_slice(&origin.file.to_le_bytes());
        out.extend_from_slice(&origin.line.to_le_bytes());
    }
    out.extend_from_slice(&record.rows.to_le_bytes());
    put_decimal(out, record.quantity);
    let Some(detail) = detail else { return };
    let mask_at = out.len();
    out.extend_from_slice(&[0; 4]);
    let mut mask = 0u32;
    let decimals = [detail.points, detail.coefficient, detail.place, detail.people, detail.scale];
    for (bit, value) in decimals.into_iter().enumerate() {
        if value.is_some() {
            mask |= 1 << bit;
            put_decimal(out, value);
        }
    }
    let symbols = [detail.matter, detail.person, detail.rater, detail.evidence];
    for (bit, value) in symbols.into_iter().enumerate() {
        if let Some(value) = value {
            mask |= 1 << (5 + bit);
            out.extend_from_slice(&value.0.to_le_bytes());
        }
    }
    let dates = [detail.deadline, detail.completed, detail.occurred, detail.found, detail.repaired];
    for (bit, value) in dates.into_iter().enumerate() {
        if let Some(value) = value {
            mask |= 1 << (9 + bit);
            out.extend_from_slice(&value.num_days_from_ce().to_le_bytes());
        }
    }
    for (bit, value) in [&detail.note, &detail.basis].into_iter().enumerate() {
        if let Some(value) = value {
            mask |= 1 << (14 + bit);
            out.extend_from_slice(&(value.len() as u32).to_le_bytes());
            out.extend_from_slice(value.as_bytes());
        }
    }
    for (column, cell) in detail.columns.iter().enumerate() {
        if *cell != Cell::Empty {
            mask |= 1 << 16;
            out.extend_from_slice(&(column as u16).to_le_bytes());
            put_cell(out, *cell);
        }
    }
    if mask & 1 << 16 != 0 {
        out.extend_from_slice(&u16::MAX.to_le_bytes());
    }
    out[mask_at..mask_at + 4].copy_from_slice(&mask.to_le_bytes());
}

/// Beside the scale, which is 28 at most.
const BELOW_ZERO: u8 = 0x40;

fn put_decimal(out: &mut Vec<u8>, value: Option<Decimal>) {
    let Some(value) = value else { return out.push(u8::MAX) };
    let sign = if value.is_sign_negative() && !value.is_zero() { BELOW_ZERO } else { 0 };
    let bytes = value.mantissa().unsigned_abs().to_le_bytes();
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    out.extend_from_slice(&[value.scale() as u8 | sign, length as u8]);
    out.extend_from_slice(&bytes[..length]);
}

fn put_cell(out: &mut Vec<u8>, cell: Cell) {
    match cell {
        Cell::Empty => out.push(0),
        Cell::Number(value) => {
            out.push(1);
            put_decimal(out, Some(value));
        }
        Cell::Text(value) => {
            out.push(2);
            out.extend_from_slice(&value.0.to_le_bytes());
        }
        Cell::Date(value) => {
            out.push(3);
            out.extend_from_slice(&value.num_days_from_ce().to_le_bytes());
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// Ids as they were given while reading to ids in the order of the texts.
    symbols: &'a [u32],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.bytes.split_first_chunk().expect("records are read as they were written");
        self.bytes = rest;
        *taken
    }

    fn number(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn symbol(&mut self) -> SymbolId {
        let given = self.number();
        SymbolId(self.symbols.get(given as usize).copied().unwrap_or(given))
    }

    fn date(&mut self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(i32::from_le_bytes(self.take()))
    }

    fn decimal(&mut self) -> Option<Decimal> {
        let [scale] = self.take();
        if scale == u8::MAX {
            return None;
        }
        let [length] = self.take();
        let mut mantissa = [0; 16];
        let (taken, rest) = self.bytes.split_at(usize::from(length));
        mantissa[..taken.len()].copy_from_slice(taken);
        self.bytes = rest;
        let mantissa = i128::from_le_bytes(mantissa);
        let mantissa = if scale & BELOW_ZERO != 0 { -mantissa } else { mantissa };
        Decimal::try_from_i128_with_scale(mantissa, u32::from(scale & !BELOW_ZERO)).ok()
    }

    fn text(&mut self) -> Box<str> {
        let length = self.number() as usize;
        let (taken, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        String::from_utf8_lossy(taken).into()
    }

    fn cell(&mut self) -> Cell {
        match self.take() {
            [1] => self.decimal().map_or(Cell::Empty, Cell::Number),
            [2] => Cell::Text(self.symbol()),
            [3] => self.date().map_or(Cell::Empty, Cell::Date),
            _ => Cell::Empty,
        }
    }

    fn origin(&mut self, flags: u8) -> Option<Origin> {
        (flags & PLACED != 0).then(|| Origin { file: self.number(), line: self.number() })
    }
}

/// Reads the head of a record.
pub fn read_head(bytes: &[u8]) -> RecordHead {
    let mut reader = Reader { bytes, symbols: &[] };
    let [flags] = reader.take();
    RecordHead { origin: reader.origin(flags), counted: flags & COUNTED != 0, detailed: flags & DETAILED != 0 }
}

/// Reads a record; without its detail where that is not wanted.
pub fn read_record(bytes: &[u8], symbols: &[u32], columns: usize, with_detail: bool) -> Record {
    let mut reader = Reader { bytes, symbols };
    let [flags] = reader.take();
    let origin = reader.origin(flags);
    let (rows, quantity) = (reader.number(), reader.decimal());
    let detail =
        (with_detail && flags & DETAILED != 0).then(|| read_detail(&mut reader, flags & COUNTED != 0, columns));
    Record { origin, rows, quantity, detail }
}

fn read_detail(reader: &mut Reader<'_>, counted: bool, columns: usize) -> Detail {
    let mask = reader.number();
    let has = |bit: u32| mask & 1 << bit != 0;
    let mut detail = Detail { counted, ..Detail::empty(columns) };
    let decimals =
        [&mut detail.points, &mut detail.coefficient, &mut detail.place, &mut detail.people, &mut detail.scale];
    for (_, field) in (0..).zip(decimals).filter(|(bit, _)| has(*bit)) {
        *field = reader.decimal();
    }
    let symbols = [&mut detail.matter, &mut detail.person, &mut detail.rater, &mut detail.evidence];
    for (_, field) in (5..).zip(symbols).filter(|(bit, _)| has(*bit)) {
        *field = Some(reader.symbol());
    }
    let dates =
        [&mut detail.deadline, &mut detail.completed, &mut detail.occurred, &mut detail.found, &mut detail.repaired];
    for (_, field) in (9..).zip(dates).filter(|(bit, _)| has(*bit)) {
        *field = reader.date();
    }
    for (_, field) in (14..).zip([&mut detail.note, &mut detail.basis]).filter(|(bit, _)| has(*bit)) {
        *field = Some(reader.text());
    }
    while has(16) {
        let column = u16::from_le_bytes(reader.take());
        if column == u16::MAX {
            break;
        }
        detail.columns[usize::from(column)] = reader.cell();
    }
    detail
}
