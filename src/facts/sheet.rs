//! Small files (单位.csv, 历史.csv) read row by row, and what all files share when they cannot be read.

use crate::diagnostic::{Finding, Place, workbook};

use super::blocks::{Block, Blocks, LONGEST_ROW, Stop, row_end};
use super::report::{Reports, Spot, first_line};
use super::row::{Cells, LONGEST_CELL, Pieces};
use super::{SourceFile, text};

/// A file's name and its place in the order of names.
#[derive(Clone, Copy)]
pub struct Title<'a> {
    pub name: &'a str,
    pub rank: u32,
}

impl<'a> Title<'a> {
    pub fn place(self, line: u32) -> Place {
        Place { file: self.name.to_owned(), line: line as usize, column: 0 }
    }

    pub fn open(self, file: &SourceFile<'a>, reports: &mut Reports) -> Option<Blocks<'static>> {
        let opened = (file.open)().map_err(Stop::Io).and_then(|reader| Blocks::new(reader, file.size));
        opened.map_err(|stop| self.report_stop(&stop, reports)).ok()
    }

    /// Says why the rest of a file cannot be read.
    pub fn report_stop(self, stop: &Stop, reports: &mut Reports) {
        reports.unread = true;
        let finding = match stop {
            Stop::Io(error) => Finding::error("unreadable-file", self.place(0), format!("文件“{}”读不出来", self.name))
                .help(format!("检查文件是否完整、是否有权限读取（系统说：{error}）")),
            Stop::Utf16 => {
                Finding::error("broken-encoding", self.place(1), format!("文件“{}”是UTF-16编码，不能读", self.name))
                    .expected("UTF-8或GB18030编码")
                    .help("在表格软件里另存为“CSV UTF-8（逗号分隔）”")
            }
            Stop::TooLong(line) => {
                Finding::error("row-too-long", self.place(*line), "这一行超过1 MiB，其后的内容没有读".to_owned())
                    .help("检查这一行是否缺少换行")
            }
            Stop::Unclosed(line, start) => {
                let row = String::from_utf8_lossy(start);
                let row = first_line(&row);
                let before = row.find('"').unwrap_or(0);
                let mut place = self.place(*line);
                place.column = row[..before].chars().count() + 1;
                Finding::error("unclosed-quote", place, "这一行的引号没有配对，其后的内容没有读")
                    .line_text(row)
                    .text("\"")
                    .help("补上缺少的引号；单元格里本来有引号的，写成两个引号并把整个单元格用引号括起来")
            }
        };
        reports.push(self.rank, finding);
    }

    /// The row as text; `None`, reported, where it cannot be.
    pub fn decode<'r>(self, bytes: &'r [u8], line: u32, reports: &mut Reports) -> Option<&'r str> {
        if bytes.len() > LONGEST_ROW {
            self.report_stop(&Stop::TooLong(line), reports);
            return None;
        }
        match std::str::from_utf8(bytes) {
            Ok(row) => Some(row),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = line + before.iter().filter(|byte| **byte == b'\n').count() as u32;
                let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let mut place = self.place(line);
                place.column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
                let shown = first_line(&String::from_utf8_lossy(&bytes[start..]));
                if place.column > shown.chars().count() {
                    place.column = 0;
                }
                let finding = Finding::error("broken-encoding", place, "这里的字节既不是UTF-8也不是GB18030文字")
                    .line_text(shown)
                    .text("\u{fffd}")
                    .expected("整个文件用同一种编码：UTF-8或GB18030")
                    .help("在表格软件里另存为“CSV UTF-8（逗号分隔）”");
                reports.push(self.rank, finding);
                None
            }
        }
    }
}

/// What a cell of a workbook shows that has no value: the text, what it is, and the way out.
const UNUSABLE: [(&str, &str, &str); 11] = [
    ("#REF!", REFERENCE, MEND),
    ("#N/A", "公式没有查到", MEND),
    ("#DIV/0!", "公式的除数是0", MEND),
    ("#VALUE!", "公式算的不是数", MEND),
    ("#NAME?", "公式里的名称没有定义", MEND),
    ("#NUM!", "公式算不出数", MEND),
    ("#NULL!", "公式引用的区域不相交", MEND),
    ("#SPILL!", "公式的结果放不下", MEND),
    ("#CALC!", "公式算不出来", MEND),
    (UNCOMPUTED, "公式还没有算出结果", "在表格软件里打开，重新计算，再保存"),
    (SPANNING, "数写在合并的单元格里，分不清每行是多少", "取消合并，每行各写各的数"),
];
const REFERENCE: &str = "公式引用的单元格已经删去";
const MEND: &str = "改好公式，或直接填写数值";

/// Stands in a cell whose formula has no result.
pub const UNCOMPUTED: &str = "#公式未计算";
/// Stands in a cell of numbers that is merged over several rows.
pub const SPANNING: &str = "#合并的数";

/// Checks of the form of a row that hold for every file; `false` where its cells cannot be trusted.
pub fn well_formed(spot: &Spot<'_>, named: usize, behind_quote: Option<usize>, reports: &mut Reports) -> bool {
    let cells = spot.cells;
    let mut sound = true;
    if let Some(cell) = behind_quote {
        let finding = spot.error("text-behind-quote", cell, "引号后面还有文字，分不清单元格到哪里为止");
        reports.push(spot.rank, finding.help("单元格里的引号写成两个引号，并把整个单元格用引号括起来"));
        sound = false;
    }
    // They all begin with #, which few rows hold.
    if cells.row.contains('#')
        && workbook::sheet(spot.file).is_some()
        && let Some((cell, (_, what, help))) = (0..cells.len())
            .find_map(|cell| UNUSABLE.iter().find(|(text, ..)| *text == cells.get(cell)).map(|found| (cell, found)))
    {
        // What stands for something is not what the cell shows.
        let written = cells.get(cell);
        let finding = match [UNCOMPUTED, SPANNING].contains(&written) {
            true => spot.error("unusable-cell", cell, *what).text(""),
            false => spot.error("unusable-cell", cell, format!("“{written}”：{what}")),
        };
        reports.push(spot.rank, finding.help(*help));
        // What the row was to say is not known: nothing may be told as missing for it.
        reports.unread = true;
        sound = false;
    }
    if cells.len() < named {
        let message = format!("这一行只有{}格，表头有{named}列", cells.len());
        let finding = spot.error("short-row", 0, message).help("补足逗号；行可能在复制时被截断");
        reports.push(spot.rank, finding);
        sound = false;
    }
    if let Some(cell) = (named..cells.len()).find(|cell| !cells.get(*cell).is_empty()) {
        let message = format!("这一行有{}格，表头只有{named}列", cells.len());
        let finding = spot.error("too-many-cells", cell, message);
        reports.push(spot.rank, finding.help("单元格里有逗号的，把整个单元格用英文双引号括起来"));
        sound = false;
    }
    let is_long = |cell: &usize| cells.get(*cell).len() > LONGEST_CELL;
    if let Some(cell) = (0..cells.len()).find(is_long).filter(|_| cells.row.len() > LONGEST_CELL) {
        let mut finding = spot.error("cell-too-long", cell, "这个单元格超过64 KiB");
        finding.text.clear();
        reports.push(spot.rank, finding.help("检查是否缺少引号或换行"));
        sound = false;
    }
    sound
}

/// Without its line end.
pub fn without_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// Calls `each` with every row that holds anything, in order.
pub fn rows(
    title: Title<'_>,
    mut blocks: Blocks<'_>,
    reports: &mut Reports,
    mut each: impl FnMut(&Spot<'_>, Option<usize>, &mut Reports),
) {
    let mut buffer = Vec::new();
    let mut pieces = Pieces::default();
    while let Some(Block { mut line, length, stop, .. }) = blocks.next(&mut buffer) {
        let mut rest = &buffer[..length];
        while let Some(end) = row_end(rest) {
            let bytes = without_end(&rest[..end]);
            if let Some(row) = title.decode(bytes, line, reports) {
                let behind_quote = pieces.split(row).err().map(|wrong| wrong.cell);
                let cells = Cells::new(row, &pieces);
                if !cells.blank() {
                    each(&Spot { file: title.name, rank: title.rank, line, cells }, behind_quote, reports);
                }
            }
            line = line.saturating_add(rest[..end].iter().filter(|byte| **byte == b'\n').count() as u32);
            rest = &rest[end..];
        }
        if let Some(stop) = stop {
            title.report_stop(&stop, reports);
        }
    }
}

/// A number in 单位.csv or 历史.csv, which may be below zero.
pub fn signed(text: &str) -> Result<text::Amount<'_>, text::NotNumber> {
    match text.strip_prefix('-') {
        Some(rest) => text::amount(rest.trim_start()).map(|amount| text::Amount { value: -amount.value, ..amount }),
        None => text::amount(text),
    }
}
