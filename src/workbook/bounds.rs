//! What a workbook may hold: far more than an office writes, far less than a machine can hold.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::{Content, Refused, Region, Sheet, broken};

/// Of the file itself.
const MOST_BYTES: usize = 32 << 20;
/// Of all its parts, unpacked.
const MOST_UNPACKED: u64 = 256 << 20;
/// Of a part other than a sheet, unpacked: what is made of it takes more memory than the part.
const MOST_OF_A_PART: u64 = 64 << 20;
const MOST_OF_STYLES: u64 = 8 << 20;
const MOST_PARTS: usize = 5000;
pub const MOST_SHEETS: usize = 200;
/// Cells that hold something, of all sheets.
const MOST_CELLS: usize = 2_000_000;
/// Characters in all cells, in bytes.
const MOST_TEXT: usize = 128 << 20;
const MOST_MERGED: usize = 20_000;
/// Rows and columns of any spreadsheet program.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;

pub fn file(bytes: &[u8]) -> Result<(), Refused> {
    if bytes.len() > MOST_BYTES {
        return Err(Refused::TooLarge(format!("文件超过{}MiB", MOST_BYTES >> 20)));
    }
    Ok(())
}

pub fn sheets(count: usize) -> Result<(), Refused> {
    if count > MOST_SHEETS {
        return Err(Refused::TooLarge(format!("有{count}张工作表，最多{MOST_SHEETS}张")));
    }
    Ok(())
}

/// Unpacks every part once to see how much there is: what a zip file says of itself may be a lie.
pub fn parts(bytes: &[u8]) -> Result<(), Refused> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken("压缩包已经损坏"))?;
    if archive.len() > MOST_PARTS {
        return Err(Refused::TooLarge(format!("里面有{}个部件，最多{MOST_PARTS}个", archive.len())));
    }
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| broken("压缩包已经损坏"))?;
        let name = part.name().map_err(|_| broken("压缩包已经损坏"))?.to_ascii_lowercase();
        let most = match () {
            () if name.ends_with("styles.xml") => MOST_OF_STYLES,
            () if name.contains("sheets/") || name.ends_with("content.xml") => left,
            () => MOST_OF_A_PART,
        };
        let most = most.min(left);
        let mut limited = part.take(most + 1);
        let unpacked = if name.ends_with("sharedstrings.xml") {
            let mut text = Vec::new();
            limited.read_to_end(&mut text).map_err(|_| broken("压缩包已经损坏"))?;
            promised(&text)?;
            text.len() as u64
        } else {
            std::io::copy(&mut limited, &mut std::io::sink()).map_err(|_| broken("压缩包已经损坏"))?
        };
        if unpacked > most {
            return Err(Refused::TooLarge(format!("解压以后超过{}MiB", most >> 20)));
        }
        left -= unpacked;
    }
    Ok(())
}

/// The table of texts says how many there are, and room is made for them: no more than could be there.
fn promised(text: &[u8]) -> Result<(), Refused> {
    let mut reader = Reader::from_reader(text);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                let counts = element
                    .attributes()
                    .flatten()
                    .filter(|attribute| attribute.key.local_name().as_ref().eq_ignore_ascii_case("uniqueCount"));
                for count in counts {
                    let digits = count.value.trim().to_owned();
                    // `<si/>` is the shortest text.
                    if digits.parse::<u64>().is_ok_and(|count| count > text.len() as u64 / 5 + 1) {
                        return Err(broken("里面说的文字个数与实有的不符"));
                    }
                }
                return Ok(());
            }
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// What may still be taken from a workbook.
pub struct Budget {
    cells: usize,
    text: usize,
    merged: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { cells: MOST_CELLS, text: MOST_TEXT, merged: MOST_MERGED }
    }
}

impl Budget {
    /// Puts what a cell shows into a sheet; rows and columns from 0.
    pub fn put(&mut self, sheet: &mut Sheet, row: u32, column: u32, content: Content) -> Result<(), Refused> {
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(broken("有超出表格范围的单元格"));
        }
        let length = match &content {
            Content::Text(text) | Content::Day(text, _) => text.len(),
            Content::Uncomputed => 0,
        };
        self.cells = self
            .cells
            .checked_sub(1)
            .ok_or_else(|| Refused::TooLarge(format!("有内容的单元格超过{}万个", MOST_CELLS / 10_000)))?;
        self.text = self
            .text
            .checked_sub(length)
            .ok_or_else(|| Refused::TooLarge(format!("文字超过{}MiB", MOST_TEXT >> 20)))?;
        sheet.cells.insert((row + 1, column + 1), content);
        Ok(())
    }

    /// Notes merged cells; rows and columns from 0.
    pub fn merge(&mut self, sheet: &mut Sheet, start: (u32, u32), end: (u32, u32)) -> Result<(), Refused> {
        let count = self.merged.checked_sub(1);
        self.merged = count.ok_or_else(|| Refused::TooLarge(format!("合并的单元格超过{MOST_MERGED}处")))?;
        if end.0 < start.0 || end.1 < start.1 || end.0 >= MOST_ROWS || end.1 >= MOST_COLUMNS {
            return Err(broken("有超出表格范围的合并单元格"));
        }
        sheet.merged.push(Region { rows: (start.0 + 1, end.0 + 1), columns: (start.1 + 1, end.1 + 1) });
        Ok(())
    }
}
