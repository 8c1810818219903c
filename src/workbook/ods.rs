//! .ods, read as a stream: the common library fills in every cell that is repeated, and tells neither merged cells nor
//! percentages.

use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};
use zip::ZipArchive;

use super::bounds::{self, Budget};
use super::number::{self, Shape};
use super::{Content, Refused, Sheet, broken, xlsx};

/// Rows and cells are repeated in the file to the edge of the sheet; what holds nothing is only counted.
const MOST_REPEATED: u32 = 1 << 20;

/// Whether a zip file is an OpenDocument file.
pub fn is_one(bytes: &[u8]) -> bool {
    let mut kind = String::new();
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return false };
    let read = archive.by_name("mimetype").map(|part| part.take(100).read_to_string(&mut kind));
    matches!(read, Ok(Ok(_))) && kind.contains("opendocument")
}

pub fn read(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Sheet>, Refused> {
    bounds::parts(bytes)?;
    let damaged = || broken("压缩包已经损坏");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if let Ok(mut manifest) = archive.by_name("META-INF/manifest.xml") {
        let mut text = String::new();
        if manifest.read_to_string(&mut text).is_ok() && text.contains("manifest:encryption-data") {
            return Err(Refused::Locked);
        }
    }
    let content = archive.by_name("content.xml").map_err(|_| broken("里面没有表格"))?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    reader.config_mut().expand_empty_elements = true;
    Walk { reader, buffer: Vec::new(), budget, hidden: BTreeMap::new() }.sheets()
}

/// A date or a moment as ISO 8601 writes it.
pub fn date(text: &str) -> Content {
    let day = text.split('T').next().unwrap_or_default();
    Content::Day(day.to_owned(), false)
}

struct Walk<'w, R: std::io::BufRead> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    budget: &'w mut Budget,
    /// Styles of tables that are not shown.
    hidden: BTreeMap<String, bool>,
}

impl<R: std::io::BufRead> Walk<'_, R> {
    fn next(&mut self) -> Result<Event<'static>, Refused> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|_| broken("内容已经损坏"))?;
        Ok(event.into_owned())
    }

    fn sheets(mut self) -> Result<Vec<Sheet>, Refused> {
        let mut sheets = Vec::new();
        let mut style = String::new();
        loop {
            match self.next()? {
                Event::Start(element) => match element.name().as_ref() {
                    "style:style" => style = attribute(&element, "style:name").unwrap_or_default(),
                    "style:table-properties" => {
                        let hidden = attribute(&element, "table:display").is_some_and(|shown| shown == "false");
                        self.hidden.insert(style.clone(), hidden);
                    }
                    "table:table" => {
                        bounds::sheets(sheets.len() + 1)?;
                        let name = attribute(&element, "table:name").unwrap_or_default();
                        let style = attribute(&element, "table:style-name").unwrap_or_default();
                        let hidden = self.hidden.get(&style).copied().unwrap_or(false);
                        sheets.push(self.sheet(Sheet { name, hidden, ..Sheet::default() })?);
                    }
                    _ => {}
                },
                Event::Eof => return Ok(sheets),
                _ => {}
            }
        }
    }

    fn sheet(&mut self, mut sheet: Sheet) -> Result<Sheet, Refused> {
        let mut row = 0u32;
        // Tables may stand in what is drawn on a table.
        let mut depth = 0;
        loop {
            match self.next()? {
                Event::Start(element) => match element.name().as_ref() {
                    "table:table" => depth += 1,
                    "table:table-row" if depth == 0 => {
                        let repeated = repeated(&element, "table:number-rows-repeated");
                        self.row(&mut sheet, row, repeated)?;
                        row = row.saturating_add(repeated);
                    }
                    _ => {}
                },
                Event::End(element) if element.name().as_ref() == "table:table" => match depth {
                    0 => return Ok(sheet),
                    _ => depth -= 1,
                },
                Event::Eof => return Err(broken("内容不完整")),
                _ => {}
            }
        }
    }

    fn row(&mut self, sheet: &mut Sheet, row: u32, rows: u32) -> Result<(), Refused> {
        let mut column = 0u32;
        loop {
            match self.next()? {
                Event::Start(element) => {
                    let covered = element.name().as_ref() == "table:covered-table-cell";
                    if !covered && element.name().as_ref() != "table:table-cell" {
                        continue;
                    }
                    let repeated = repeated(&element, "table:number-columns-repeated");
                    let content = self.cell(&element)?;
                    // What merged cells cover is not shown.
                    if let Some(content) = content.filter(|_| !covered) {
                        for (down, right) in (0..rows).flat_map(|down| (0..repeated).map(move |right| (down, right))) {
                            let (row, column) = (row.saturating_add(down), column.saturating_add(right));
                            self.budget.put(sheet, row, column, content.clone())?;
                        }
                    }
                    let spans = ["table:number-rows-spanned", "table:number-columns-spanned"];
                    let [down, right] = spans.map(|name| self::repeated(&element, name));
                    if !covered && (down > 1 || right > 1) {
                        let end = (row.saturating_add(down - 1), column.saturating_add(right - 1));
                        self.budget.merge(sheet, (row, column), end)?;
                    }
                    column = column.saturating_add(repeated);
                }
                Event::End(element) if element.name().as_ref() == "table:table-row" => return Ok(()),
                Event::Eof => return Err(broken("内容不完整")),
                _ => {}
            }
        }
    }

    /// Reads a cell to its end.
    fn cell(&mut self, element: &BytesStart<'_>) -> Result<Option<Content>, Refused> {
        let name = element.name().as_ref().to_owned();
        let text = self.paragraphs(&name)?;
        let number = || attribute(element, "office:value").and_then(|value| value.parse::<f64>().ok());
        let error = attribute(element, "calcext:value-type").is_some_and(|kind| kind == "error");
        let kind = attribute(element, "office:value-type").unwrap_or_default();
        let content = match kind.as_str() {
            _ if error => Content::Text(text),
            "float" | "currency" => {
                number().map_or(Content::Text(text), |value| number::content(value, Shape::Plain, false))
            }
            "percentage" => number().map_or(Content::Text(text), |value| number::content(value, Shape::Percent, false)),
            "date" => match attribute(element, "office:date-value") {
                Some(value) => match date(&value) {
                    // The text shows whether the day is part of what is meant.
                    Content::Day(day, _) => Content::Day(day, !shows_day(&text)),
                    other => other,
                },
                None => Content::Text(text),
            },
            "boolean" => Content::Text(xlsx::truth(
                attribute(element, "office:boolean-value").is_some_and(|value| value == "true"),
            )),
            _ if text.is_empty() && attribute(element, "table:formula").is_some() => Content::Uncomputed,
            _ => Content::Text(
                attribute(element, "office:string-value").filter(|value| !value.is_empty()).unwrap_or(text),
            ),
        };
        Ok(match content {
            Content::Text(text) if text.trim().is_empty() => None,
            content => Some(content),
        })
    }

    /// The text of a cell without its notes, to the end of the element.
    fn paragraphs(&mut self, name: &str) -> Result<String, Refused> {
        let mut text = String::new();
        // What is within a note or a drawing on the cell is not its text; both may hold tables of their own.
        let mut aside = 0u32;
        let mut same = 0u32;
        loop {
            match self.next()? {
                Event::Start(element) => {
                    let at = element.name().as_ref().to_owned();
                    if aside > 0 || at == "office:annotation" || at.starts_with("draw:") || at.starts_with("table:") {
                        aside += 1;
                    }
                    same += u32::from(at == name);
                    if aside == 0 && at == "text:p" && !text.is_empty() {
                        text.push('\n');
                    }
                    if aside == 0 && at == "text:s" {
                        let spaces = attribute(&element, "text:c").and_then(|count| count.parse::<usize>().ok());
                        text.extend(std::iter::repeat_n(' ', spaces.unwrap_or(1).min(100)));
                    }
                }
                Event::End(element) => {
                    if element.name().as_ref() == name && same == 0 {
                        return Ok(text);
                    }
                    same -= u32::from(element.name().as_ref() == name);
                    aside = aside.saturating_sub(1);
                }
                Event::Text(piece) if aside == 0 => {
                    text.push_str(&piece);
                }
                Event::GeneralRef(reference) if aside == 0 => {
                    let reference = format!("&{};", &*reference);
                    text.push_str(&escape::unescape(&reference).map_err(|_| broken("内容已经损坏"))?);
                }
                Event::Eof => return Err(broken("内容不完整")),
                _ => {}
            }
        }
    }
}

/// `2023年4月` shows no day, `4月5日` and `2023-04-05` do.
fn shows_day(text: &str) -> bool {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).count();
    numbers > 2 || text.contains('日')
}

fn repeated(element: &BytesStart<'_>, name: &str) -> u32 {
    let count = attribute(element, name).and_then(|count| count.parse::<u32>().ok());
    count.unwrap_or(1).clamp(1, MOST_REPEATED)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    let value = attribute.value.into_owned();
    Some(escape::unescape(&value).map_or(value.clone(), |value| value.into_owned()))
}
