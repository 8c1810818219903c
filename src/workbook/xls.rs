//! .xls: the old format is read whole, so its records are looked through first.

use std::io::{Cursor, Read, Write};

use calamine::{Data, DataType, Reader, SheetType, SheetVisible, Xls, XlsError, open_workbook_from_rs};
use cfb::{CompoundFile, Version};

use super::bounds::{self, Budget};
use super::number::{self, Shape};
use super::{Content, Refused, Sheet, broken, xlsx};

/// Rows times columns that a sheet may stretch over: room is made for each.
const MOST_AREA: u64 = 4_000_000;
/// All sheets together.
const MOST_AREAS: u64 = 8_000_000;

pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Sheet>, Refused> {
    let damaged = |_| broken("内容已经损坏");
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.exists("/EncryptedPackage") {
        return Err(Refused::Locked);
    }
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name));
    let name = name.ok_or_else(|| broken("里面没有工作簿"))?;
    let mut stream = Vec::new();
    let opened = file.open_stream(name).map_err(damaged)?;
    opened.take(bytes.len() as u64).read_to_end(&mut stream).map_err(damaged)?;
    look_through(&stream)?;
    // A container of our own: nothing of the old one is left that could lead astray.
    let mut clean = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).map_err(damaged)?;
    clean.create_stream("/Workbook").and_then(|mut out| out.write_all(&stream)).map_err(damaged)?;
    clean.flush().map_err(damaged)?;
    let clean = clean.into_inner().into_inner();
    let mut book: Xls<_> = open_workbook_from_rs(Cursor::new(clean.as_slice())).map_err(refused)?;
    let from_1904 = book.has_1904_epoch();
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec().into_iter().filter(|meta| meta.typ == SheetType::WorkSheet) {
        let hidden = meta.visible != SheetVisible::Visible;
        let mut sheet = Sheet { name: meta.name, hidden, ..Sheet::default() };
        let range = book.worksheet_range(&sheet.name).map_err(refused)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let content = match value {
                Data::Empty => continue,
                Data::DateTime(value) if value.is_datetime() => {
                    number::content(value.as_f64(), Shape::Date { day: true }, from_1904)
                }
                Data::Bool(value) => Content::Text(xlsx::truth(*value)),
                Data::Error(error) => Content::Text(error.to_string()),
                value => match value.get_string() {
                    Some(text) => Content::Text(text.to_owned()),
                    None => number::content(value.as_f64().unwrap_or(f64::NAN), Shape::Plain, from_1904),
                },
            };
            if !matches!(&content, Content::Text(text) if text.trim().is_empty()) {
                budget.put(&mut sheet, first_row + row as u32, first_column + column as u32, content)?;
            }
        }
        for region in book.merge_cells_by_sheet_name(&sheet.name).map_err(refused)? {
            budget.merge(&mut sheet, region.start, region.end)?;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Sees that the sheets are few and do not stretch far.
fn look_through(stream: &[u8]) -> Result<(), Refused> {
    const END: u16 = 0x000a;
    const SHEET: u16 = 0x0085;
    const DIMENSIONS: u16 = 0x0200;
    const CELLS: [u16; 8] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, 0x00bd, 0x0006];
    let short =
        |data: &[u8], at: usize| data.get(at..at + 2).map_or(0, |two| u32::from(two[0]) | u32::from(two[1]) << 8);
    let long = |data: &[u8], at: usize| short(data, at) | short(data, at + 2) << 16;
    let mut starts = Vec::new();
    for (kind, data) in (Records { stream, at: 0 }).take_while(|(kind, _)| *kind != END) {
        if kind == SHEET {
            starts.push(long(data, 0) as usize);
        }
    }
    bounds::sheets(starts.len())?;
    let mut areas = 0;
    for start in starts {
        let (mut rows, mut columns) = ((u32::MAX, 0), (u32::MAX, 0));
        let mut widen = |row: u32, column: u32| {
            rows = (rows.0.min(row), rows.1.max(row));
            columns = (columns.0.min(column), columns.1.max(column));
        };
        for (kind, data) in (Records { stream, at: start }).take_while(|(kind, _)| *kind != END) {
            if CELLS.contains(&kind) {
                widen(short(data, 0), short(data, 2));
                if kind == 0x00bd && data.len() >= 2 {
                    widen(short(data, 0), short(data, data.len() - 2));
                }
            } else if kind == DIMENSIONS {
                // Room is made for what is promised, too.
                let promised = u64::from(long(data, 4)).saturating_mul(u64::from(short(data, 10)));
                areas += promised / 8;
            }
        }
        if rows.0 <= rows.1 && columns.0 <= columns.1 {
            let area = u64::from(rows.1 - rows.0 + 1) * u64::from(columns.1 - columns.0 + 1);
            areas += if area > MOST_AREA { MOST_AREAS } else { area };
        }
    }
    if areas >= MOST_AREAS {
        return Err(Refused::TooLarge("单元格的范围太大".to_owned()));
    }
    Ok(())
}

/// The records of a stream: kind and data.
struct Records<'s> {
    stream: &'s [u8],
    at: usize,
}

impl<'s> Iterator for Records<'s> {
    type Item = (u16, &'s [u8]);

    fn next(&mut self) -> Option<(u16, &'s [u8])> {
        let head = self.stream.get(self.at..)?.get(..4)?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let data = self.stream.get(self.at + 4..)?;
        self.at += 4 + length;
        Some((u16::from_le_bytes([head[0], head[1]]), &data[..length.min(data.len())]))
    }
}

fn refused(error: XlsError) -> Refused {
    match error {
        XlsError::Password => Refused::Locked,
        _ => broken("内容已经损坏，或版本太旧"),
    }
}
