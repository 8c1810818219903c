//! The facts of a few neighboring units: collected by all threads, then sorted and checked against each other.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::calendar::PeriodId;
use crate::plan::InputId;

use super::cells::{Content, Packing, Record, UNITS, read_head, read_record, write_record};
use super::gate::Gates;

/// Cells are kept in blocks of this many, so that growing copies nothing.
const BLOCK: usize = 512;

/// Keys are sorted by digits of at most so many bits, so that a table by digit stays in the nearest cache.
const MOST_DIGIT_BITS: u32 = 11;

/// Rows are first added up when a shard holds this many cells.
const FIRST_LIMIT: usize = 16 * 1024;

/// The facts of [`super::cells::UNITS`] units.
pub struct Shard {
    blocks: Vec<Box<[u64; BLOCK]>>,
    length: usize,
    limit: usize,
    /// By unit, where its cells begin, and where the last one's end; known from the last sorting on.
    begins: [u32; UNITS + 1],
    pub records: Vec<u8>,
    /// Facts had to be left out because no record could point to them.
    pub overflowed: bool,
}

/// Facts of one shard that a thread has not handed over yet.
#[derive(Default)]
pub struct Waiting {
    pub cells: Vec<u64>,
    records: Vec<u8>,
}

impl Waiting {
    pub fn push_record(&mut self, key: u64, record: &Record, packing: Packing) {
        self.cells.push(packing.record(key, self.records.len()));
        write_record(&mut self.records, record);
    }

    /// Whether it is time to hand over.
    pub fn full(&self) -> bool {
        self.cells.len() >= 4096 || self.records.len() >= 1 << 20
    }
}

/// Two facts that exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    pub unit: u32,
    pub input: InputId,
    pub period: PeriodId,
    pub other_input: InputId,
    pub other_period: PeriodId,
}

impl Default for Shard {
    fn default() -> Shard {
        let (blocks, records) = (Vec::new(), Vec::new());
        Shard { blocks, length: 0, limit: FIRST_LIMIT, begins: [0; UNITS + 1], records, overflowed: false }
    }
}

impl Shard {
    /// INVARIANT: `at` is below the length.
    pub fn cell(&self, at: usize) -> u64 {
        self.blocks[at / BLOCK][at % BLOCK]
    }

    /// The cells of a range.
    pub fn cells(&self, range: Range<usize>) -> impl Iterator<Item = u64> {
        self.slices(range).flatten().copied()
    }

    /// The cells of a range, block by block.
    pub fn slices(&self, range: Range<usize>) -> impl Iterator<Item = &[u64]> {
        let blocks = range.start / BLOCK..range.end.div_ceil(BLOCK);
        blocks.map(move |block| {
            let from = range.start.saturating_sub(block * BLOCK);
            let until = BLOCK.min(range.end - block * BLOCK);
            &self.blocks[block][from..until]
        })
    }

    /// The cells of one of the shard's units.
    ///
    /// INVARIANT: everything is taken and sorted.
    pub fn of_unit(&self, unit: usize) -> Range<usize> {
        self.begins[unit] as usize..self.begins[unit + 1] as usize
    }

    /// The first cell of a range that is not below `key`, else the range's end.
    pub fn find(&self, range: Range<usize>, key: u64) -> usize {
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = (low + high) / 2;
            if self.cell(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn extend(&mut self, mut cells: &[u64], packing: Packing, gates: &Gates) {
        while !cells.is_empty() {
            let at = self.length % BLOCK;
            if self.length / BLOCK == self.blocks.len() {
                self.blocks.push(Box::new([0; BLOCK]));
            }
            let count = cells.len().min(BLOCK - at);
            self.blocks[self.length / BLOCK][at..at + count].copy_from_slice(&cells[..count]);
            self.length += count;
            cells = &cells[count..];
        }
        if self.length >= self.limit {
            let mut gathered = Vec::with_capacity(self.length);
            self.compact(packing, gates, &mut gathered);
            self.limit = FIRST_LIMIT.max(2 * self.length);
        }
    }

    /// Takes what a thread collected; its cells count records from the start of `waiting.records`.
    pub fn take(&mut self, waiting: &mut Waiting, packing: Packing, gates: &Gates) {
        if !waiting.records.is_empty() {
            let before = self.records.len();
            if before + waiting.records.len() > packing.most_records() {
                self.overflowed = true;
                waiting.cells.clear();
            }
            for cell in &mut waiting.cells {
                *cell = packing.moved(*cell, before);
            }
            self.records.extend_from_slice(&waiting.records);
        }
        self.extend(&waiting.cells, packing, gates);
        waiting.cells.clear();
        waiting.records.clear();
    }

    /// Sorts all cells and adds up what may be added; `gathered` is room to work in.
    pub fn compact(&mut self, packing: Packing, gates: &Gates, gathered: &mut Vec<u64>) {
        gathered.clear();
        for block in &self.blocks {
            gathered.extend_from_slice(&block[..BLOCK.min(self.length - gathered.len())]);
        }
        sort(packing, gathered);
        self.add_up(packing, gates, gathered);
        self.order_by_origin(packing, gathered);
        self.length = gathered.len();
        self.blocks.truncate(self.length.div_ceil(BLOCK));
        for (block, cells) in self.blocks.iter_mut().zip(gathered.chunks(BLOCK)) {
            block[..cells.len()].copy_from_slice(cells);
        }
        let mut at = 0;
        for unit in 0..UNITS {
            at = self.find(at..self.length, packing.key(unit, InputId(0), PeriodId(0)));
            self.begins[unit] = at as u32;
        }
        self.begins[UNITS] = self.length as u32;
    }

    fn add_up(&mut self, packing: Packing, gates: &Gates, cells: &mut Vec<u64>) {
        let mut kept = 0;
        let mut at = 0;
        while at < cells.len() {
            let key = packing.key_of(cells[at]);
            let mut end = at + 1;
            while end < cells.len() && packing.key_of(cells[end]) == key {
                end += 1;
            }
            if end - at > 1 && gates.additive(packing.input(key)) {
                kept = self.add_run(packing, cells, (at, end), kept);
            } else {
                if kept < at {
                    cells.copy_within(at..end, kept);
                }
                kept += end - at;
            }
            at = end;
        }
        cells.truncate(kept);
    }

    /// Adds up one run of cells about the same thing, writing what is left from `kept` on.
    fn add_run(&mut self, packing: Packing, cells: &mut [u64], run: (usize, usize), mut kept: usize) -> usize {
        let key = packing.key_of(cells[run.0]);
        let mut sum: Option<(Decimal, u32)> = None;
        for at in run.0..run.1 {
            let cell = cells[at];
            let part = match packing.content(cell) {
                Content::Number { quantity, rows } => Some((quantity.decimal(), rows)),
                Content::Record(place) if !read_head(&self.records[place..]).detailed => {
                    let record = read_record(&self.records[place..], &[], 0, false);
                    record.quantity.filter(|_| record.origin.is_none()).map(|quantity| (quantity, record.rows))
                }
                Content::Record(_) | Content::Inapplicable => None,
            };
            let added = part.and_then(|(quantity, rows)| match sum {
                None => Some((quantity, rows)),
                Some((so_far, count)) => Some((exact_sum(so_far, quantity)?, count.checked_add(rows)?)),
            });
            match added {
                Some(added) => sum = Some(added),
                None => {
                    cells[kept] = cell;
                    kept += 1;
                }
            }
        }
        if let Some((quantity, rows)) = sum {
            let cell = packing.summed(key, quantity, rows).unwrap_or_else(|| {
                let at = self.records.len();
                let record = Record { origin: None, rows, quantity: Some(quantity), detail: None };
                self.overflowed |= at > packing.most_records();
                write_record(&mut self.records, &record);
                packing.record(key, at.min(packing.most_records()))
            });
            cells[kept] = cell;
            kept += 1;
        }
        kept
    }

    /// Puts the records of each run in the order of their places: they were numbered as they came.
    fn order_by_origin(&self, packing: Packing, cells: &mut [u64]) {
        let records = cells.iter().filter(|cell| matches!(packing.content(**cell), Content::Record(_))).count();
        if records < 2 {
            return;
        }
        for run in cells.chunk_by_mut(|left, right| packing.key_of(*left) == packing.key_of(*right)) {
            if run.len() > 1 {
                run.sort_by_cached_key(|cell| match packing.content(*cell) {
                    Content::Number { .. } | Content::Inapplicable => (None, *cell),
                    Content::Record(at) => (Some(read_head(&self.records[at..])), 0),
                });
            }
        }
    }

    /// Compacts for the last time and looks for facts that exclude each other, each named by the earlier and the
    /// later key.
    pub fn settle(
        &mut self,
        packing: Packing,
        gates: &Gates,
        first_unit: u32,
        gathered: &mut Vec<u64>,
        found: &mut dyn FnMut(Conflict),
    ) {
        self.compact(packing, gates, gathered);
        self.records.shrink_to_fit();
        let mut grades: Vec<(InputId, PeriodId, u64)> = Vec::new();
        let mut unit = usize::MAX;
        let mut run: Vec<u64> = Vec::new();
        for cell in gathered.iter().copied() {
            let input = packing.input(cell);
            let gate = gates.gate(input);
            if !gate.single || !self.counted(packing, cell) {
                continue;
            }
            let mut conflict = |earlier: u64| {
                found(Conflict {
                    unit: first_unit + packing.unit(cell) as u32,
                    input: packing.input(earlier),
                    period: packing.period(earlier),
                    other_input: input,
                    other_period: packing.period(cell),
                });
            };
            if let Some(group) = gate.group {
                if unit != packing.unit(cell) {
                    unit = packing.unit(cell);
                    grades.clear();
                }
                let whole = gates.whole(input, packing.period(cell));
                match grades.iter().find(|(other, period, _)| (*other, *period) == (group, whole)) {
                    Some((_, _, earlier)) => conflict(*earlier),
                    None => grades.push((group, whole, cell)),
                }
                continue;
            }
            let same = |other: &u64| {
                packing.unit(*other) == packing.unit(cell) && packing.input(*other) == packing.input(cell)
            };
            if !run.first().is_some_and(same) {
                run.clear();
            }
            // Months come first and overlap only where they are equal; longer periods are few.
            let period = packing.period(cell);
            let clash = if gates.is_month(period) {
                run.last().filter(|other| packing.period(**other) == period)
            } else {
                run.iter().find(|other| gates.overlap(packing.period(**other), period))
            };
            match clash.copied() {
                Some(earlier) => conflict(earlier),
                None => run.push(cell),
            }
        }
    }

    fn counted(&self, packing: Packing, cell: u64) -> bool {
        match packing.content(cell) {
            Content::Record(at) => read_head(&self.records[at..]).counted,
            Content::Number { .. } | Content::Inapplicable => true,
        }
    }
}

/// Sorts cells as numbers: by the digits of their keys, of which there are few, then within each key.
fn sort(packing: Packing, cells: &mut Vec<u64>) {
    let key_bits = packing.key_bits();
    let digit_bits = key_bits.div_ceil(2).min(MOST_DIGIT_BITS);
    if cells.len() < 1 << digit_bits {
        cells.sort_unstable();
        return;
    }
    let mut sorted = vec![0; cells.len()];
    let mut from = 64 - key_bits;
    while from < 64 {
        let digit = |cell: u64| (cell >> from) as usize & ((1 << digit_bits) - 1);
        let mut next = vec![0usize; 1 << digit_bits];
        for cell in cells.iter() {
            next[digit(*cell)] += 1;
        }
        let mut before = 0;
        for place in &mut next {
            before += std::mem::replace(place, before);
        }
        for cell in cells.iter() {
            let place = &mut next[digit(*cell)];
            sorted[*place] = *cell;
            *place += 1;
        }
        std::mem::swap(cells, &mut sorted);
        from += digit_bits;
    }
    for run in cells.chunk_by_mut(|left, right| packing.key_of(*left) == packing.key_of(*right)) {
        if run.len() > 1 {
            run.sort_unstable();
        }
    }
}

/// The sum where it has no more digits than a decimal holds.
fn exact_sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let scale = left.scale().max(right.scale());
    let whole = |value: Decimal| value.mantissa().checked_mul(10i128.checked_pow(scale - value.scale())?);
    Decimal::try_from_i128_with_scale(whole(left)?.checked_add(whole(right)?)?, scale).ok()
}
