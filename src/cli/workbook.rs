//! Tables in Excel workbooks: every visible sheet that is not called 说明, its cells as a person sees them.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, SheetVisible, Xlsx};
use rust_decimal::Decimal;
use zip::ZipArchive;

use crate::example::{Cell, Sheet, SheetRow};

/// A small file may unpack to far more than memory holds.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// More cells than a person writes.
const MOST_CELLS: usize = 1_000_000;

/// The sheets of a workbook; or why it cannot be read.
pub fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    require_small(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let visible = book.sheets_metadata().iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
    let titles: Vec<String> =
        visible.map(|sheet| sheet.name.clone()).filter(|name| !name.starts_with("说明")).collect();
    let mut sheets = Vec::new();
    for title in &titles {
        let mut reader = match book.worksheet_cells_reader(title) {
            Ok(reader) => reader,
            // A chart has a sheet of its own, and no cells.
            Err(calamine::XlsxError::WorksheetNotFound(_)) => continue,
            Err(_) => return Err(broken()),
        };
        let mut sheet = Sheet { name: name.to_owned(), rows: Vec::new() };
        if titles.len() > 1 {
            sheet.name = format!("{name}·{title}");
        }
        let mut count = 0;
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|_| broken())? {
            let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let is_percent = format.is_some_and(|format| format.format_code.contains('%'));
            let Some(value) = shown(cell.get_value(), is_percent) else { continue };
            let (row, column) = cell.get_position();
            count += 1;
            if count > MOST_CELLS || column >= 16_384 {
                return Err(format!("工作表“{title}”太大，不像是例"));
            }
            put(&mut sheet, row as usize + 1, column as usize, value);
        }
        sheet.rows.sort_by_key(|row| row.line);
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn broken() -> String {
    "不是能读的Excel工作簿（.xlsx）".to_owned()
}

fn require_small(bytes: &[u8]) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        // What does not unpack is told when it is read.
        let Ok(file) = archive.by_index(index) else { continue };
        left -= io::copy(&mut file.take(left), &mut io::sink()).unwrap_or(0);
        if left == 0 {
            return Err("解开以后太大，不像是例".to_owned());
        }
    }
    Ok(())
}

fn put(sheet: &mut Sheet, line: usize, column: usize, value: Cell) {
    if sheet.rows.last().is_none_or(|row| row.line != line) {
        sheet.rows.push(SheetRow { line, cells: Vec::new() });
    }
    if let Some(row) = sheet.rows.last_mut() {
        let empty = || Cell::Text(String::new());
        row.cells.resize_with(row.cells.len().max(column + 1), empty);
        row.cells[column] = value;
    }
}

/// A cell as it is shown; `None` for an empty one.
fn shown(value: &DataRef<'_>, is_percent: bool) -> Option<Cell> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(true) => Cell::Text("是".to_owned()),
        DataRef::Bool(false) => Cell::Text("否".to_owned()),
        DataRef::Int(number) => Cell::Text(number_text(*number as f64, is_percent)),
        DataRef::Float(number) => Cell::Text(number_text(*number, is_percent)),
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            Cell::Date(format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Date(text.chars().take(10).collect()),
        DataRef::Error(error) => Cell::Text(error.to_string()),
    })
}

/// Fifteen digits are all that a spreadsheet keeps; what the double holds beyond them nobody wrote.
fn number_text(number: f64, is_percent: bool) -> String {
    let Ok(decimal) = Decimal::from_scientific(&format!("{number:.14e}")) else { return number.to_string() };
    match decimal.checked_mul(Decimal::ONE_HUNDRED).filter(|_| is_percent) {
        Some(percent) => format!("{}%", percent.normalize()),
        None => decimal.normalize().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::number_text;

    #[test]
    fn numbers_are_what_was_written() {
        assert_eq!(number_text(0.1 + 0.2, false), "0.3");
        assert_eq!(number_text(-2.5, false), "-2.5");
        assert_eq!(number_text(0.899, true), "89.9%");
    }
}
