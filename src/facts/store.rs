//! The facts of all units, checked, and how they are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::calendar::{Calendar, PeriodId};
use crate::diagnostic::Place;
use crate::objection::Objection;
use crate::plan::{InputId, SymbolId};
use crate::workdays::Workdays;

use super::cells::{Content, Packing, UNITS, read_record};
use super::history::History;
use super::scan::Key;
use super::shard::Shard;
use super::view::View;
use super::{Detail, Fact, Held, Origin, Unit};

/// Everything that was read from a data folder.
pub struct Store {
    /// The units in the order of 单位.csv.
    pub roster: Vec<Unit>,
    /// Objections against entries, where the office keeps a register of them.
    pub objections: Vec<Objection>,
    /// The office's own calendar; `None` for the statutory one as the program knows it.
    pub workdays: Option<Workdays>,
    /// Cells of forms that were left empty: by unit, input and period.
    pub blanks: FxHashMap<(u32, InputId, PeriodId), Place>,
    /// The names of the fact files, as `Origin::file` counts them.
    pub files: Vec<String>,
    pub(super) packing: Packing,
    pub(super) shards: Arc<Vec<Shard>>,
    pub(super) texts: Vec<Box<str>>,
    /// Ids as records hold them to ids in `texts`.
    pub(super) symbols: Vec<u32>,
    pub(super) columns: usize,
    /// When a row was repaired, and the row that says so.
    pub(super) repaired: FxHashMap<Origin, (NaiveDate, Origin)>,
    pub(super) globals: Vec<Global>,
    pub(super) history: Arc<History>,
    /// By period: some row is about it.
    pub(super) touched: Vec<bool>,
    /// By input and period: the same of rows of that input.
    pub(super) reported: Arc<Vec<bool>>,
    /// What rows with mistakes were about.
    pub(super) lost: FxHashSet<Key>,
    /// What periods the rows of each file name, sound or not.
    pub(super) named: FxHashSet<(u32, PeriodId)>,
    /// A file, or the rest of one, could not be read.
    pub(super) unread: bool,
    /// Where another plan read it.
    pub(super) view: Option<View>,
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
    pub fn workdays(&self) -> &Workdays {
        self.workdays.as_ref().unwrap_or(Workdays::statutory())
    }

    /// Former names of units, each with the one that took its place.
    pub fn renamed(&self) -> BTreeMap<&str, &str> {
        let renamed = self.roster.iter().filter_map(|unit| Some((unit.former.as_deref()?, unit.name.as_str())));
        renamed.collect()
    }

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

    /// By place in `files`: whether a row names one of the periods that lie within a longer one, or that itself.
    pub fn files_about(&self, calendar: &Calendar, period: PeriodId) -> Vec<bool> {
        let mut about = vec![false; self.files.len()];
        let own = calendar.period(period);
        for (file, _) in self.named.iter().filter(|(_, named)| own.contains(calendar.period(*named))) {
            about[*file as usize] = true;
        }
        about
    }

    /// Something could not be read before it came to facts.
    pub fn leave_unread(&mut self) {
        self.unread = true;
    }

    /// The facts of a unit of the roster.
    pub fn unit_facts(&self, unit: usize) -> UnitFacts<'_> {
        let Some(shard) = self.shards.get(unit / UNITS) else { return UnitFacts { store: self, cells: None } };
        UnitFacts { store: self, cells: Some((shard, shard.of_unit(unit % UNITS))) }
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

    /// The names of 历史.csv, each with its periods.
    pub fn history_names(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.history.names()
    }

    /// All values of 历史.csv for a unit under a name, by period.
    pub fn past(&self, unit: usize, name: &str) -> impl Iterator<Item = (&str, Decimal)> {
        self.history.series(unit, name).iter().map(|(period, value)| (&**period, *value))
    }

    /// The row of its own that says when this one was repaired.
    pub fn repair_of(&self, origin: Origin) -> Option<Origin> {
        self.repaired.get(&origin).map(|(_, said)| *said)
    }

    /// Where a row is.
    pub fn place(&self, origin: Origin) -> Place {
        Place { file: self.files[origin.file as usize].clone(), line: origin.line as usize, column: 0 }
    }

    /// `2023-04.csv:41`
    pub fn origin_text(&self, origin: Origin) -> String {
        self.place(origin).short()
    }
}

/// The facts of one unit.
pub struct UnitFacts<'s> {
    store: &'s Store,
    cells: Option<(&'s Shard, Range<usize>)>,
}

impl<'s> UnitFacts<'s> {
    /// All facts, ordered by input, period and place as they were read.
    pub fn all(&self) -> impl Iterator<Item = Fact> {
        let store = self.store;
        let cells = self.cells.iter();
        cells.flat_map(move |(shard, range)| shard.cells(range.clone()).map(|cell| store.fact(shard, cell)))
    }

    /// All facts as briefly as they can be held, ordered by input, period and place.
    pub fn each(&self, mut see: impl FnMut(Held)) {
        let Some((shard, range)) = &self.cells else { return };
        let store = self.store;
        let held = |cell: &u64| store.held(shard, *cell);
        let cells = shard.slices(range.clone()).flatten();
        if store.view.as_ref().is_none_or(|view| view.in_order) {
            cells.for_each(|cell| see(held(cell)));
        } else {
            let mut all: Vec<Held> = cells.map(held).collect();
            all.sort_by_key(Held::input);
            all.into_iter().for_each(see);
        }
    }

    /// The facts of an input, ordered by period and place.
    pub fn of(&self, input: InputId) -> impl Iterator<Item = Fact> {
        let store = self.store;
        self.cells_of(input).map(move |(shard, cell)| store.fact(shard, cell))
    }

    /// The same as briefly as they can be held.
    pub fn held_of(&self, input: InputId) -> impl Iterator<Item = Held> {
        let store = self.store;
        self.cells_of(input).map(move |(shard, cell)| store.held(shard, cell))
    }

    fn cells_of(&self, input: InputId) -> impl Iterator<Item = (&'s Shard, u64)> {
        let (store, packing) = (self.store, self.store.packing);
        let input = match &store.view {
            Some(view) => view.back.get(input.index()).copied().flatten(),
            None => Some(input),
        };
        let cells = self.cells.as_ref().filter(|(_, range)| !range.is_empty());
        let found = cells.zip(input).map(|((shard, range), input)| {
            let unit = packing.unit(shard.cell(range.start));
            let from = shard.find(range.clone(), packing.key(unit, input, PeriodId(0)));
            (*shard, input, from..range.end)
        });
        let own = found.as_ref().map_or(0..0, |(_, _, range)| range.clone());
        own.map_while(move |at| {
            let (shard, input, _) = found.as_ref()?;
            let cell = shard.cell(at);
            (packing.input(cell) == *input).then_some((*shard, cell))
        })
    }
}

impl Store {
    /// The input of a cell.
    fn input(&self, cell: u64) -> InputId {
        let read = self.packing.input(cell);
        self.view.as_ref().map_or(read, |view| view.inputs[read.index()])
    }

    fn held(&self, shard: &Shard, cell: u64) -> Held {
        match self.packing.content(cell) {
            Content::Number { quantity, rows } => {
                Held::Small { input: self.input(cell), period: self.packing.period(cell), quantity, rows }
            }
            Content::Record(_) | Content::Inapplicable => Held::Whole(Box::new(self.fact(shard, cell))),
        }
    }

    fn fact(&self, shard: &Shard, cell: u64) -> Fact {
        let packing = self.packing;
        let mut fact = Fact {
            input: self.input(cell),
            period: packing.period(cell),
            quantity: None,
            rows: 1,
            detail: None,
            origin: None,
        };
        match packing.content(cell) {
            Content::Number { quantity, rows } => {
                fact.quantity = Some(quantity.decimal());
                fact.rows = rows;
            }
            Content::Record(place) => self.read_record(&shard.records[place..], &mut fact),
            Content::Inapplicable => {}
        }
        fact
    }

    fn read_record(&self, bytes: &[u8], fact: &mut Fact) {
        let record = read_record(bytes, &self.symbols, self.columns, true);
        fact.quantity = record.quantity;
        fact.rows = record.rows;
        fact.origin = record.origin;
        fact.detail = record.detail.map(|mut detail| {
            if let Some((date, _)) = record.origin.and_then(|origin| self.repaired.get(&origin)) {
                detail.repaired = Some(detail.repaired.map_or(*date, |own| own.min(*date)));
            }
            if let Some(view) = &self.view {
                view.arrange(&mut detail);
            }
            Rc::new(detail)
        });
    }
}
