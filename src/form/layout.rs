//! Where things stand in a form.

/// Sheets of a form.
pub const INDICATORS: &str = "指标";
pub const EVENTS: &str = "事项";
pub const CLAUSES: &str = "条款";
pub const LISTS: &str = "名单";
pub const MARK: &str = "准绳";

/// Row from 0 in which the clauses of the indicators are, in the next one their labels.
pub const INDICATOR_HEADER: u32 = 3;
/// Row from 0 above the clauses with the period of what is not asked for the form's own.
pub const INDICATOR_PERIOD: u32 = INDICATOR_HEADER - 1;
/// First row of units below, from 0.
pub const FIRST_UNIT: u32 = INDICATOR_HEADER + 3;
/// First row of the clauses, from 0.
pub const FIRST_CLAUSE: u32 = 3;
/// First column of the lists with what declared columns may hold, from 0.
pub const FIRST_LIST: u16 = 9;
/// Row from 0 of the events' header.
pub const EVENT_HEADER: u32 = 4;
/// Where 有 or 无 stands, from 0.
pub const ANY_EVENTS: (u32, u16) = (2, 2);
/// Among the units of the lists: whom a number for all of them is about.
pub const EVERY_UNIT: &str = "全体";
/// Rows for events that are drawn beforehand, about a page. Those below take events as well, and print where they hold any.
pub const EVENT_ROWS: u32 = 30;
/// The last row of a sheet, from 0: events may be written as far down.
pub const LAST_ROW: u32 = 1_048_575;
