//! .xlsx, cell by cell as the file holds them: an empty sheet costs nothing however far it reaches.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook_from_rs};

use super::bounds::{self, Budget};
use super::number::{self, Shape};
use super::{Content, Refused, Sheet, broken};

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Sheet>, Refused> {
    bounds::parts(bytes)?;
    let mut book: Book<'_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(refused)?;
    let from_1904 = book.has_1904_epoch();
    let listed = book.sheets_metadata().to_vec();
    bounds::sheets(listed.len())?;
    let mut sheets = Vec::new();
    for meta in listed.into_iter().filter(|meta| meta.typ == SheetType::WorkSheet) {
        let hidden = meta.visible != SheetVisible::Visible;
        let mut sheet = Sheet { name: meta.name, hidden, ..Sheet::default() };
        let any_empty = cells(&mut book, &mut sheet, from_1904, budget)?;
        if any_empty {
            uncomputed(&mut book, &mut sheet, budget)?;
        }
        for region in book.merge_cells_by_sheet_name(&sheet.name).map_err(refused)? {
            budget.merge(&mut sheet, region.start, region.end)?;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// What all cells show; whether any has no value.
fn cells(book: &mut Book<'_>, sheet: &mut Sheet, from_1904: bool, budget: &mut Budget) -> Result<bool, Refused> {
    let name = sheet.name.clone();
    let mut reader = book.worksheet_cells_reader(&name).map_err(refused)?;
    let mut any_empty = false;
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(refused)? {
        let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
        let code = format.map_or("", |format| format.format_code.as_str());
        let number = |value: f64| number::content(value, Shape::of(code, false), from_1904);
        let content = match cell.get_value() {
            DataRef::Empty => {
                any_empty = true;
                continue;
            }
            DataRef::Int(value) => number(*value as f64),
            DataRef::Float(value) => number(*value),
            DataRef::DateTime(value) if value.is_duration() => number::content(value.as_f64(), Shape::Plain, from_1904),
            DataRef::DateTime(value) => number::content(value.as_f64(), Shape::of(code, true), from_1904),
            DataRef::DateTimeIso(text) => super::ods::date(text),
            DataRef::Bool(value) => Content::Text(truth(*value)),
            DataRef::Error(error) => Content::Text(error.to_string()),
            DataRef::String(text) | DataRef::DurationIso(text) => Content::Text(text.clone()),
            DataRef::SharedString(text) => Content::Text((*text).to_owned()),
        };
        if matches!(&content, Content::Text(text) if text.trim().is_empty()) {
            continue;
        }
        let (row, column) = cell.get_position();
        budget.put(sheet, row, column, content)?;
    }
    Ok(any_empty)
}

/// Formulas whose result the file does not hold.
fn uncomputed(book: &mut Book<'_>, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), Refused> {
    let name = sheet.name.clone();
    let mut reader = book.worksheet_cells_reader(&name).map_err(refused)?;
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(refused)? {
        let (row, column) = cell.pos;
        if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
            budget.put(sheet, row, column, Content::Uncomputed)?;
        }
    }
    Ok(())
}

/// As a person answers.
pub fn truth(value: bool) -> String {
    if value { "是" } else { "否" }.to_owned()
}

fn refused(error: XlsxError) -> Refused {
    match error {
        XlsxError::Password => Refused::Locked,
        // Their words are English and for programmers.
        _ => broken("内容已经损坏，或不是Excel工作簿"),
    }
}
