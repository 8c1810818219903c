//! Tables of 例 in workbooks: every visible sheet that is not called 说明.

use crate::example::{Cell, Sheet, SheetRow};
use crate::workbook::table::shown;
use crate::workbook::{self, Content, Refused};

/// More cells than a person writes, counting those left empty before others of their row.
const MOST_CELLS: usize = 2_000_000;

/// The sheets of a workbook, or why it is not read.
pub fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Refused> {
    let all = workbook::read(bytes)?;
    let meant: Vec<&workbook::Sheet> =
        all.iter().filter(|sheet| !sheet.hidden && !sheet.name.starts_with("说明")).collect();
    let is_only = meant.len() == 1;
    let called = |sheet: &workbook::Sheet| if is_only { name.to_owned() } else { format!("{name}·{}", sheet.name) };
    meant.into_iter().map(|sheet| Ok(Sheet { name: called(sheet), rows: rows(sheet)? })).collect()
}

fn rows(sheet: &workbook::Sheet) -> Result<Vec<SheetRow>, Refused> {
    let mut left = MOST_CELLS;
    let too_large = || Refused::TooLarge(format!("工作表“{}”不像是例", sheet.name));
    let mut rows = Vec::new();
    for (line, held) in sheet.rows() {
        let width = held.last().map_or(0, |(column, _)| *column as usize);
        left = left.checked_sub(width).ok_or_else(too_large)?;
        let mut cells = vec![Cell::Text(String::new()); width];
        for (column, content) in held {
            cells[column as usize - 1] = match content {
                Content::Day(day, _) => Cell::Date(day.clone()),
                Content::Text(_) | Content::Uncomputed => Cell::Text(shown(content, false)),
            };
        }
        rows.push(SheetRow { line: line as usize, cells });
    }
    Ok(rows)
}
