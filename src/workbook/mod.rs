//! Spreadsheets as an office keeps them: what their cells show, read within bounds.

mod bounds;
mod number;
mod ods;
pub mod table;
mod xls;
mod xlsx;

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

use crate::diagnostic::{Finding, Place};
use bounds::Budget;

/// What a cell shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text and numbers, as a person reads them.
    Text(String),
    /// A date, `2023-04-05`; whether it is shown without its day.
    Day(String, bool),
    /// A formula that nobody has computed.
    Uncomputed,
}

/// Merged cells: first and last row, first and last column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

/// A sheet of a workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub name: String,
    pub hidden: bool,
    /// By row and column, from 1; without the empty ones.
    pub cells: BTreeMap<(u32, u32), Content>,
    pub merged: Vec<Region>,
}

impl Sheet {
    /// The text of a cell without padding.
    pub fn text(&self, row: u32, column: u32) -> &str {
        match self.cells.get(&(row, column)) {
            Some(Content::Text(text) | Content::Day(text, _)) => text.trim(),
            Some(Content::Uncomputed) | None => "",
        }
    }

    /// The rows that hold anything, each with its cells.
    pub fn rows(&self) -> BTreeMap<u32, Vec<(u32, &Content)>> {
        let mut rows: BTreeMap<u32, Vec<(u32, &Content)>> = BTreeMap::new();
        for ((row, column), content) in &self.cells {
            rows.entry(*row).or_default().push((*column, content));
        }
        rows
    }
}

/// Why a workbook is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no workbook, or a damaged one.
    Broken(String),
    TooLarge(String),
    Locked,
}

impl Refused {
    /// The finding for a file of this name.
    pub fn finding(&self, name: &str) -> Finding {
        let place = Place::of(name);
        match self {
            Refused::Broken(why) => Finding::error("broken-workbook", place, format!("“{name}”读不出来：{why}"))
                .help("在表格软件里打开，另存为Excel工作簿（.xlsx），再试"),
            Refused::TooLarge(why) => {
                Finding::error("workbook-too-large", place, format!("“{name}”太大，没有读：{why}"))
                    .help("删去用不着的工作表、图片和空行空列，或另存为CSV")
            }
            Refused::Locked => Finding::error("locked-workbook", place, format!("“{name}”设了打开密码，读不了"))
                .help("在表格软件里取消打开密码，再保存"),
        }
    }
}

fn broken(why: impl ToString) -> Refused {
    Refused::Broken(why.to_string())
}

/// Reads a workbook by what it holds, whatever its name ends in: .xlsx, .xls, .ods.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Refused> {
    let reader: fn(&[u8], &mut Budget) -> Result<Vec<Sheet>, Refused> = match bytes {
        [0xd0, 0xcf, 0x11, 0xe0, ..] => xls::read,
        [b'P', b'K', ..] if ods::is_one(bytes) => ods::read,
        [b'P', b'K', ..] => xlsx::read,
        [] => return Err(broken("文件是空的")),
        [b'<', ..] => return Err(broken("它是网页，只是名字像表格")),
        _ => return Err(broken("它不是表格文件，或已经损坏")),
    };
    bounds::file(bytes)?;
    // The libraries below are not ours: what they do not expect is a broken file, not our end.
    let caught = quietly(|| reader(bytes, &mut Budget::default()));
    caught.unwrap_or_else(|| Err(broken("内容已经损坏")))
}

/// The result, or `None` where the work panicked; nothing is printed of it.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::thread_local!(static QUIET: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.ok()
}
