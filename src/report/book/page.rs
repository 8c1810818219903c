//! The rows of units on a sheet: one unit a sheet, or one below the other where there are too many.

use rust_xlsxwriter::{ConditionalFormatFormula, Worksheet, XlsxError};

use super::looks::{self, Looks, text};
use super::row::{BY_PROGRAM, COUNTED, Kind, NO, Row, YES};
use super::unit::Unit;

/// What stands over the columns, and how wide they are.
const COLUMNS: [(&str, f64); 12] = [
    ("条款", 16.0),
    ("板块、条目、情形", 28.0),
    ("数量", 9.0),
    ("基础分", 8.0),
    ("加分", 8.0),
    ("扣分", 8.0),
    ("得分", 9.0),
    ("计否", 6.0),
    ("计分句", 30.0),
    ("说明", 24.0),
    ("事实所在", 18.0),
    ("依据、备注", 22.0),
];

/// Columns by their places, as in [`super::row`].
const LINE: u16 = 8;
const REMARK: u16 = 9;
const FACTS: u16 = 10;
const PAPERS: u16 = 11;

/// The row of the header, counted from 0; rows of units come below it.
pub const HEADER: u32 = 2;

/// Title, header and what is the same for the whole sheet.
pub fn begin(sheet: &mut Worksheet, title: &str, looks: &Looks) -> Result<(), XlsxError> {
    text(sheet, 0, 0, title, &looks.title)?;
    let hint = "得分 = 基础分 + 加分 - 扣分，上级各数由下级各行按公式得来；把“计”改为“不计”，得分随之改变。斜体蓝字取自程序，没有公式。";
    text(sheet, 1, 0, hint, &looks.hint)?;
    for (column, (name, width)) in (0u16..).zip(COLUMNS) {
        text(sheet, HEADER, column, name, &looks.header)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_row_height(0, 26)?;
    looks::page(sheet, HEADER, 2)
}

/// Greys what does not count, also after somebody has changed it.
pub fn end(sheet: &mut Worksheet, last: u32, looks: &Looks) -> Result<(), XlsxError> {
    let first = HEADER + 2;
    let rule = ConditionalFormatFormula::new().set_rule(format!("=${COUNTED}{first}=\"{NO}\"").as_str());
    sheet.add_conditional_format(HEADER + 1, 0, last.max(HEADER + 1), PAPERS, &rule.set_format(&looks.quiet))?;
    Ok(())
}

/// Writes rows from the row `first` (counted from 1) on.
pub fn rows(sheet: &mut Worksheet, first: u32, rows: &[Row<'_>], looks: &Looks) -> Result<(), XlsxError> {
    for (row, content) in (first - 1..).zip(rows) {
        one(sheet, row, content, looks)?;
    }
    Ok(())
}

/// Folds the rows of every month under its total: a year is long, and the sums above are what most look for.
pub fn fold(sheet: &mut Worksheet, unit: &Unit<'_>) -> Result<(), XlsxError> {
    let ends = unit.periods.iter().skip(1).map(|month| month.total).chain([unit.next_row()]);
    for (month, end) in unit.periods.iter().zip(ends) {
        // Without entries the months are no more than a line each.
        if !month.nodes.is_empty() && end > month.total + 1 {
            sheet.group_symbols_above(true).group_rows_collapsed(month.total, end - 2)?;
        }
    }
    Ok(())
}

fn one(sheet: &mut Worksheet, row: u32, content: &Row<'_>, looks: &Looks) -> Result<(), XlsxError> {
    let plain = looks.row_text(content, 0);
    text(sheet, row, 0, content.clause, &plain)?;
    text(sheet, row, 1, &content.text, &looks.row_text(content, content.depth))?;
    match &content.quantity {
        Some((quantity, kind)) => {
            let amount = super::amount::Amount::known(*quantity);
            amount.write(sheet, row, 2, &looks.quantity(content, *kind))?;
        }
        None => text(sheet, row, 2, "", &plain)?,
    }
    for (column, figure) in (3u16..).zip(&content.figures) {
        match figure {
            Some(amount) => {
                let by_program =
                    amount.formula.is_none() && content.remark.contains(BY_PROGRAM) && content.kind != Kind::Entry;
                let look = match column {
                    6 => looks.row_number(content, by_program),
                    _ => looks.row_part(content, by_program),
                };
                amount.write(sheet, row, column, &look)?;
            }
            None => text(sheet, row, column, "", &plain)?,
        }
    }
    let counted = content.counted.map_or("", |counted| if counted { YES } else { NO });
    text(sheet, row, 7, counted, &looks.row_centred(content))?;
    text(sheet, row, LINE, content.line, &plain)?;
    text(sheet, row, REMARK, &content.remark, &plain)?;
    text(sheet, row, FACTS, &content.facts, &plain)?;
    text(sheet, row, PAPERS, &content.papers, &plain)?;
    let wrapped = [
        (0, content.clause),
        (1, content.text.as_str()),
        (LINE, content.line),
        (REMARK, content.remark.as_str()),
        (FACTS, content.facts.as_str()),
        (PAPERS, content.papers.as_str()),
    ];
    looks::make_room(sheet, row, &wrapped.map(|(column, text)| (text, COLUMNS[usize::from(column)].1)))
}
