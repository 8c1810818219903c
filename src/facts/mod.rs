//! Facts: what happened, read from the office's files, checked against the plan, held per unit.

mod about;
mod again;
mod asked;
mod blocks;
mod cells;
mod gate;
#[cfg(test)]
pub mod given;
mod header;
mod held;
mod history;
mod holidays;
mod judge;
mod made_up;
mod misnamed;
mod names;
mod read;
pub mod register;
mod report;
mod roster;
mod row;
mod scan;
mod shard;
mod sheet;
mod store;
mod suggest;
mod text;
mod typed;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub use held::{Held, Small};
pub use holidays::workdays;
pub use made_up::{in_memory, table};
pub use read::{Options, Reading, SourceFile, read, read_by};
pub use roster::renamed;
pub use sheet::{SPANNING, UNCOMPUTED};
pub use store::{Store, UnitFacts};
pub use text::{address, period as period_named};
pub use view::View;

/// A date as facts write it.
pub fn parsed_date(text: &str) -> Option<NaiveDate> {
    text::date(&text::fold(text)).ok()
}

use std::rc::Rc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Month, Period, PeriodId};
use crate::plan::{InputId, SymbolId};

/// The value of a declared column or attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Number(Decimal),
    Text(SymbolId),
    Date(NaiveDate),
}

/// A unit of the roster (单位.csv).
#[derive(Clone, Debug)]
pub struct Unit {
    pub name: String,
    /// 原名: what it was called before it was renamed; files and batches may call it so.
    pub former: Option<String>,
    /// 分组
    pub group: Option<SymbolId>,
    /// 启用月份 and 停用月份: the months it is on the roster, both ends included.
    pub first: Option<Month>,
    pub last: Option<Month>,
    /// By `AttributeId`.
    pub attributes: Vec<Cell>,
}

impl Unit {
    /// Whether a name is its own, or the one it had before.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.former.as_deref() == Some(name)
    }

    /// Whether it is on the roster in a month of the period.
    pub fn is_there_in(&self, period: &Period) -> bool {
        self.first.is_none_or(|first| first <= period.last) && self.last.is_none_or(|last| period.first <= last)
    }
}

/// One fact row about a unit, or several added up where the input is additive and entries were not asked for.
#[derive(Clone, Debug)]
pub struct Fact {
    pub input: InputId,
    /// The month the row is about, or the longer period named by 期间.
    pub period: PeriodId,
    /// 数量: an empty one is 1 for an event. `None` is 不适用.
    pub quantity: Option<Decimal>,
    /// How many rows were added up.
    pub rows: u32,
    /// What the row holds beyond 数量; `None` where it holds nothing that the rulebook asks for.
    pub detail: Option<Rc<Detail>>,
    /// Where it was read; known only where entries are asked for or the row has a detail.
    pub origin: Option<Origin>,
}

/// File and line (from 1) of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Index into `Store::files`.
    pub file: u32,
    pub line: u32,
}

/// The cells of a row beyond 数量. Rows whose 认定 is 待核 or 驳回 are kept, with `counted: false`.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// 认定 is empty or 认定.
    pub counted: bool,
    pub points: Option<Decimal>,
    pub matter: Option<SymbolId>,
    pub person: Option<SymbolId>,
    /// 评分人, else 评价组
    pub rater: Option<SymbolId>,
    pub evidence: Option<SymbolId>,
    pub deadline: Option<NaiveDate>,
    pub completed: Option<NaiveDate>,
    pub occurred: Option<NaiveDate>,
    pub found: Option<NaiveDate>,
    /// 整改日期 of this row, or of the row whose 针对编号 names it.
    pub repaired: Option<NaiveDate>,
    pub coefficient: Option<Decimal>,
    pub place: Option<Decimal>,
    pub people: Option<Decimal>,
    pub scale: Option<Decimal>,
    /// By `ColumnId`.
    pub columns: Box<[Cell]>,
    /// 备注
    pub note: Option<Box<str>>,
    /// 依据
    pub basis: Option<Box<str>>,
}
