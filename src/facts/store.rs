//! The facts of all units, checked, and how they are asked for.

use std::rc::Rc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::calendar::PeriodId;
use crate::diagnostic::Place;
use crate::objection::Objection;
use crate::plan::{InputId, SymbolId};

use super::cells::{Content, Packing, UNITS, read_record};
use super::history::History;
use super::scan::Key;
use super::shard::Shard;
use super::{Detail, Fact, Origin, Unit};

/// Everything that was read from a data folder.
pub struct Store {
    /// The units in the order of 单位.csv.
    pub roster: Vec<Unit>,
    /// Objections against entries, where the office keeps a register of them.
    pub objections: Vec<Objection>,
    /// The names of the fact files, as `Origin::file` counts them.
    pub files: Vec<String>,
    pub(super) packing: Packing,
    pub(super) shards: Vec<Shard>,
    pub(super) texts: Vec<Box<str>>,
    /// Ids as records hold them to ids in `texts`.
    pub(super) symbols: Vec<u32>,
    pub(super) columns: usize,
    pub(super) repaired: FxHashMap<Origin, NaiveDate>,
    pub(super) globals: Vec<Global>,
    pub(super) history: History,
    /// By period: some row is about it.
    pub(super) touched: Vec<bool>,
    /// What rows with mistakes were about.
    pub(super) lost: FxHashSet<Key>,
    /// A file, or the rest of one, could not be read.
    pub(super) unread: bool,
}

/// A parameter for all units.
pub(super) struct Global {
    pub input: InputId,
    pub period: PeriodId,
    pub quantity: Option<Decimal>,
    pub detail: Option<Detail>,
    pub origin: Origin,
}

impl Store {
    pub fn symbol(&self, id: SymbolId) -> &str {
        &self.texts[id.index()]
    }

    /// Whether any row is about a month (a row with 期间 is about the last month of it); parameters do not count.
    pub fn has_facts(&self, month: PeriodId) -> bool {
        self.touched.get(usize::from(month.0)).copied().unwrap_or(false)
    }

    /// Whether nothing more can be said than that no sound row is there: it may stand where nothing could be read.
    pub fn may_be_reported(&self, unit: usize, input: InputId, period: PeriodId) -> bool {
        self.unread || self.lost.contains(&(unit as u32, input, period))
    }

    /// The facts of a unit of the roster.
    pub fn unit_facts(&self, unit: usize) -> UnitFacts<'_> {
        let mut facts = UnitFacts { store: self, shard: None, start: 0, end: 0, details: Vec::new() };
        let Some(shard) = self.shards.get(unit / UNITS) else { return facts };
        let key = |unit: usize| self.packing.key(unit, InputId(0), PeriodId(0));
        let inside = unit % UNITS;
        facts.shard = Some(shard);
        facts.start = shard.find(key(inside));
        facts.end = if inside + 1 < UNITS { shard.find(key(inside + 1)) } else { shard.len() };
        if shard.detailed & 1 << inside != 0 {
            facts.details = (facts.start..facts.end)
                .filter_map(|at| self.detail(shard, at))
                .map(|(at, detail)| (at, Rc::new(detail)))
                .collect();
        }
        facts
    }

    fn detail(&self, shard: &Shard, at: usize) -> Option<(usize, Detail)> {
        let Content::Record(place) = self.packing.content(shard.cell(at)) else { return None };
        let record = read_record(&shard.records[place..], &self.symbols, self.columns, true);
        let mut detail = record.detail?;
        if let Some(date) = record.origin.and_then(|origin| self.repaired.get(&origin)) {
            detail.repaired = Some(detail.repaired.map_or(*date, |own| own.min(*date)));
        }
        Some((at, detail))
    }

    /// The rows of a parameter for all units, ordered by period.
    pub fn globals(&self, input: InputId) -> impl Iterator<Item = Fact> {
        self.globals.iter().filter(move |global| global.input == input).map(move |global| Fact {
            input,
            period: global.period,
            quantity: global.quantity,
            rows: 1,
            detail: global.detail.clone().map(Rc::new),
            origin: Some(global.origin),
        })
    }

    /// A value of 历史.csv.
    pub fn history(&self, unit: usize, name: &str, period: &str) -> Option<Decimal> {
        let series = self.history.series(unit, name);
        series.iter().find(|(known, _)| **known == *period).map(|(_, value)| *value)
    }

    /// All values of 历史.csv for a unit under a name, by period.
    pub fn past(&self, unit: usize, name: &str) -> impl Iterator<Item = (&str, Decimal)> {
        self.history.series(unit, name).iter().map(|(period, value)| (&**period, *value))
    }

    /// `2023-04.csv:41`
    pub fn origin_text(&self, origin: Origin) -> String {
        let file = self.files[origin.file as usize].clone();
        Place { file, line: origin.line as usize, column: 0 }.short()
    }
}

/// The facts of one unit.
pub struct UnitFacts<'s> {
    store: &'s Store,
    shard: Option<&'s Shard>,
    start: usize,
    end: usize,
    /// The details of its facts by their cells, ascending.
    details: Vec<(usize, Rc<Detail>)>,
}

impl UnitFacts<'_> {
    /// The facts of an input, ordered by period and place.
    pub fn of(&self, input: InputId) -> impl Iterator<Item = Fact> {
        let packing = self.store.packing;
        let (from, until) = match self.shard {
            Some(shard) if self.start < self.end => {
                let unit = packing.unit(shard.cell(self.start));
                let from = shard.find(packing.key(unit, input, PeriodId(0)));
                (from.clamp(self.start, self.end), self.end)
            }
            _ => (0, 0),
        };
        let cells = (from..until).filter_map(|at| Some((at, self.shard?.cell(at))));
        cells.take_while(move |(_, cell)| packing.input(*cell) == input).map(|(at, cell)| self.fact(at, cell))
    }

    /// The inputs that have facts, ascending.
    pub fn inputs(&self) -> impl Iterator<Item = InputId> {
        let mut last = None;
        (self.start..self.end).filter_map(move |at| {
            let input = self.store.packing.input(self.shard?.cell(at));
            (last.replace(input) != Some(input)).then_some(input)
        })
    }

    fn fact(&self, at: usize, cell: u64) -> Fact {
        let packing = self.store.packing;
        let mut fact = Fact {
            input: packing.input(cell),
            period: packing.period(cell),
            quantity: None,
            rows: 1,
            detail: None,
            origin: None,
        };
        match (packing.content(cell), self.shard) {
            (Content::Number { quantity, rows }, _) => {
                fact.quantity = Some(quantity);
                fact.rows = rows;
            }
            (Content::Record(place), Some(shard)) => {
                let record = read_record(&shard.records[place..], &self.store.symbols, self.store.columns, false);
                fact.quantity = record.quantity;
                fact.rows = record.rows;
                fact.origin = record.origin;
                let detail = self.details.binary_search_by_key(&at, |(cell, _)| *cell);
                fact.detail = detail.ok().map(|found| Rc::clone(&self.details[found].1));
            }
            (Content::Inapplicable, _) | (Content::Record(_), None) => {}
        }
        fact
    }
}
