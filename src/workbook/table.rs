//! A sheet as rows of facts: its header found, merged cells shared out, notes left aside, every row at its own number.

use std::collections::BTreeMap;

use super::{Content, Refused, Region, Sheet};
use crate::diagnostic::{Finding, Place, workbook};
use crate::facts::{SPANNING, UNCOMPUTED};
use crate::plan::Role;

/// Rows of text that stand for a sheet, for whoever reads fact files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// `社区矫正.xlsx 事项!`
    pub name: String,
    pub text: String,
}

/// How a sheet is called among the files.
pub fn sheet_name(book: &str, sheet: &str) -> String {
    let plain: String = sheet.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{book} {plain}!")
}

/// The header of a table is one of the first rows that hold anything.
const HEADER_WITHIN: usize = 20;
/// Text of one table, in bytes.
const MOST_TEXT: usize = 64 << 20;
/// Steps that sharing out merged cells may take.
const MOST_STEPS: usize = 20_000_000;

/// Columns whose numbers belong to one row alone.
const NUMBERS: [Role; 6] = [Role::Quantity, Role::Points, Role::Place, Role::People, Role::Coefficient, Role::Scale];

/// How notes below a table begin.
const NOTES: [&str; 17] = [
    "注",
    "备注",
    "说明",
    "附注",
    "填表",
    "填报",
    "制表",
    "报送人",
    "报送单位",
    "审核",
    "审批",
    "负责人",
    "联系",
    "盖章",
    "合计",
    "总计",
    "共计",
];

/// What a table must have for a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Facts,
    /// 单位.xlsx, 历史.xlsx and registers
    Roster,
}

/// The row in which the header of a sheet is; `None` where it has none.
fn header(rows: &BTreeMap<u32, Vec<(u32, &Content)>>, wanted: Wanted) -> Option<u32> {
    let is_header = |cells: &[(u32, &Content)]| {
        let has = |role: Role| cells.iter().any(|(_, content)| plain(content) == role.name());
        match wanted {
            Wanted::Roster => has(Role::Unit) || has(Role::Department),
            // Two of them: one may be written wrong, which is told where the facts are read.
            Wanted::Facts => {
                [Role::Unit, Role::Group, Role::Clause, Role::Label, Role::Month, Role::Period, Role::Quantity]
                    .into_iter()
                    .filter(|role| has(*role))
                    .count()
                    >= 2
            }
        }
    };
    rows.iter().take(HEADER_WITHIN).find(|(_, cells)| is_header(cells)).map(|(row, _)| *row)
}

/// A header as it is compared: without spaces.
fn plain(content: &Content) -> String {
    match content {
        Content::Text(text) => text.split_whitespace().collect(),
        Content::Day(..) | Content::Uncomputed => String::new(),
    }
}

/// A sheet as a table; `None` where it holds none.
pub fn table(book: &str, sheet: &Sheet, wanted: Wanted, findings: &mut Vec<Finding>) -> Result<Option<Table>, Refused> {
    let Some(header) = header(&sheet.rows(), wanted) else { return Ok(None) };
    let name = sheet_name(book, &sheet.name);
    let mut sheet = sheet.clone();
    let columns: BTreeMap<u32, String> =
        sheet.rows()[&header].iter().map(|(column, content)| (*column, plain(content))).collect();
    share_out(&mut sheet, header, &columns)?;
    leave_notes(book, &mut sheet, header, |cells, first| is_note(cells, first, wanted), findings);
    let month = |column: u32| {
        columns.get(&column).is_some_and(|name| ["月份", "期间", "启用月份", "停用月份"].contains(&name.as_str()))
    };
    let width = columns.keys().next_back().copied().unwrap_or(0);
    let mut text = String::new();
    let mut line = 1;
    for (row, cells) in sheet.rows().into_iter().filter(|(row, _)| *row >= header) {
        text.extend(std::iter::repeat_n('\n', (row - line) as usize));
        line = row;
        let cells: BTreeMap<u32, String> = cells
            .into_iter()
            .map(|(column, content)| (column, shown(content, row > header && month(column))))
            .collect();
        let last = cells.keys().next_back().copied().unwrap_or(0).max(width);
        for column in 1..=last {
            if column > 1 {
                text.push(',');
            }
            quote(cells.get(&column).map_or("", String::as_str), &mut text);
        }
        if text.len() > MOST_TEXT {
            return Err(Refused::TooLarge(format!("工作表“{}”的表格太大", sheet.name)));
        }
    }
    text.push('\n');
    Ok(Some(Table { name, text }))
}

/// A cell as a text file would hold it.
pub fn shown(content: &Content, month: bool) -> String {
    match content {
        Content::Text(text) => text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        // A month typed into a spreadsheet becomes its first day.
        Content::Day(day, without_day) if month && (*without_day || day.ends_with("-01")) => {
            day.chars().take("2023-04".len()).collect()
        }
        Content::Day(day, _) => day.clone(),
        Content::Uncomputed => UNCOMPUTED.to_owned(),
    }
}

pub fn quote(cell: &str, out: &mut String) {
    if cell.contains([',', '"']) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

/// Gives every row of merged cells what they show, and takes away what they cover.
fn share_out(sheet: &mut Sheet, header: u32, columns: &BTreeMap<u32, String>) -> Result<(), Refused> {
    let mut steps = MOST_STEPS;
    for Region { rows: (first, last), columns: (left, right) } in std::mem::take(&mut sheet.merged) {
        let mut covered = Vec::new();
        let mut filled = std::collections::BTreeSet::new();
        for (row, column) in sheet.cells.range((first, 0)..=(last, u32::MAX)).map(|(at, _)| *at) {
            let inside = (left..=right).contains(&column);
            if inside && (row, column) != (first, left) {
                covered.push((row, column));
            } else if !inside && row > first {
                filled.insert(row);
            }
            steps = steps.checked_sub(1).ok_or_else(|| Refused::TooLarge("合并的单元格太多".to_owned()))?;
        }
        for at in covered {
            sheet.cells.remove(&at);
        }
        if first <= header || first == last {
            continue;
        }
        let Some(content) = sheet.cells.get(&(first, left)).cloned() else { continue };
        let number = columns.get(&left).is_some_and(|name| NUMBERS.iter().any(|role| role.name() == name));
        let content = if number { Content::Text(SPANNING.to_owned()) } else { content };
        for row in filled {
            sheet.cells.insert((row, left), content.clone());
        }
        if number {
            sheet.cells.insert((first, left), content);
        }
    }
    Ok(())
}

/// Takes away the rows at the end that are no rows of the table, and tells of them: 填表人, 合计, a sentence by itself.
pub fn leave_notes(
    book: &str,
    sheet: &mut Sheet,
    header: u32,
    is_note: impl Fn(&[(u32, &Content)], &str) -> bool,
    findings: &mut Vec<Finding>,
) {
    let rows = sheet.rows();
    let below = rows.range(header + 1..).rev();
    let below = below.take_while(|(_, cells)| {
        let first = cells.first().map(|(_, content)| plain(content)).unwrap_or_default();
        is_note(cells, &first)
    });
    let mut notes = Vec::new();
    for (row, cells) in below {
        let said: Vec<String> = cells.iter().map(|(_, content)| shown(content, false)).collect();
        let column = cells.first().map_or(0, |cell| cell.0 as usize);
        let place = Place { file: sheet_name(book, &sheet.name), line: *row as usize, column };
        let finding = Finding::warning("note-below-table", place, "表格下面的文字没有读").text(said.join(" "));
        findings.push(finding.help("它是说明或合计的，不用改；是事实的，补全这一行"));
        notes.push(*row);
    }
    sheet.cells.retain(|(row, _), _| !notes.contains(row));
}

/// Whether a text begins as notes below a table do.
pub fn begins_a_note(text: &str) -> bool {
    NOTES.iter().any(|note| text.starts_with(note))
}

fn is_note(cells: &[(u32, &Content)], first: &str, wanted: Wanted) -> bool {
    begins_a_note(first) || (wanted == Wanted::Facts && cells.len() == 1 && matches!(cells[0].1, Content::Text(_)))
}

/// The sheets of a workbook as tables; what is left aside is told.
pub fn tables<'s>(
    book: &str,
    sheets: impl IntoIterator<Item = &'s Sheet>,
    wanted: Wanted,
    told: &mut Vec<Finding>,
) -> Result<Vec<Table>, Refused> {
    let mut tables = Vec::new();
    for sheet in sheets.into_iter().filter(|sheet| !sheet.cells.is_empty()) {
        let mut about_it = Vec::new();
        match table(book, sheet, wanted, &mut about_it)? {
            None => told.push(left_aside(book, sheet, "里面没有表头")),
            Some(_) if sheet.hidden => told.push(left_aside(book, sheet, "它是隐藏的")),
            Some(_) if wanted == Wanted::Roster && !tables.is_empty() => {
                told.push(left_aside(book, sheet, "前面已有一张表"));
            }
            Some(table) => {
                tables.push(table);
                told.append(&mut about_it);
            }
        }
    }
    Ok(tables)
}

/// A finding about a sheet that is left aside.
fn left_aside(book: &str, sheet: &Sheet, why: &str) -> Finding {
    let place = Place::of(sheet_name(book, &sheet.name));
    let name = workbook::sheet(&place.file).map_or(place.file.clone(), |(name, _)| name.to_owned());
    Finding::warning("unread-sheet", place, format!("“{name}”没有读：{why}"))
        .help("不是事实的，不用改；是事实的，第一行写表头（月份、单位、条款、情形、数量），工作表不要隐藏")
}
