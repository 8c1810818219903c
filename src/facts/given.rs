//! Facts given in tests as they are held, without files.

use rust_decimal::Decimal;

use crate::calendar::{Cycle, PeriodId};
use crate::plan::{InputId, Plan, SymbolId};

use super::cells::{Packing, Record, UNITS};
use super::gate::Gates;
use super::history::History;
use super::shard::{Shard, Waiting};
use super::store::{Global, Store};
use super::{Detail, Origin, Unit};

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Index into the roster; `None` for a parameter of all units.
    pub unit: Option<usize>,
    pub input: InputId,
    pub period: PeriodId,
    pub quantity: Option<Decimal>,
    pub detail: Option<Detail>,
    pub origin: Origin,
}

/// A figure of 历史.csv: unit, name, period and value.
pub type Figure = (usize, String, String, Decimal);

/// Holds what is given as if it had been read from one file.
pub fn store(plan: &Plan, roster: Vec<Unit>, rows: &[Row], figures: &[Figure]) -> Store {
    let (packing, gates) = (Packing::new(plan), Gates::new(plan, true));
    let mut history = History::default();
    for (unit, name, period, value) in figures {
        history.put(*unit as u32, name, period, *value);
    }
    let mut waiting: Vec<Waiting> = (0..roster.len().div_ceil(UNITS)).map(|_| Waiting::default()).collect();
    let mut globals = Vec::new();
    let mut touched = vec![false; plan.calendar.len()];
    for row in rows {
        let Row { unit, input, period, quantity, detail, origin } = row.clone();
        let Some(unit) = unit else {
            globals.push(Global { input, period, quantity, detail, origin });
            continue;
        };
        let month = plan.calendar.within(period, Cycle::Month).last().expect("every period has a month");
        touched[usize::from(month.0)] = true;
        let record = Record { origin: Some(origin), rows: 1, quantity, detail };
        waiting[unit / UNITS].push_record(packing.key(unit % UNITS, input, period), &record, packing);
    }
    let shard = |mut waiting: Waiting| {
        let mut shard = Shard::default();
        shard.take(&mut waiting, packing, &gates);
        shard.compact(packing, &gates, &mut Vec::new());
        shard
    };
    let texts: Vec<Box<str>> =
        (0..plan.symbols.len() as u32).map(|id| plan.symbols.text(SymbolId(id)).into()).collect();
    Store {
        roster,
        objections: Vec::new(),
        blanks: Default::default(),
        workdays: None,
        files: vec!["facts.csv".to_owned()],
        packing,
        shards: std::sync::Arc::new(waiting.into_iter().map(shard).collect()),
        symbols: (0..texts.len() as u32).collect(),
        texts,
        columns: plan.columns.len(),
        repaired: Default::default(),
        globals,
        history: history.into(),
        touched,
        reported: Default::default(),
        lost: Default::default(),
        named: Default::default(),
        unread: false,
        view: None,
    }
}
