//! The last sheet: how to read the workbook, and what the numbers rest on beyond the scheme's text.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::looks::{self, Looks, text};
use crate::report::letter::Letter;
use crate::scored::Scored;

const HEADER: u32 = 13;

const WORDS: [&str; 10] = [
    "这本表由程序生成，供复核用。改动数字不会改变程序的结果；要更正，改事实后重新计分。",
    "各单位的表从上到下：总分、板块、条目、每一笔事实、封顶等步骤。每一级的数都是下级各行的公式。",
    "全年的表，各月的逐条逐笔收在月份的下面：点左边的加号展开，点左上角的“2”全部展开。",
    "一笔事实有三种情形：计；不计（说明栏写明原因）；计了但被封顶截去（见“扣分封顶”一行）。",
    "把一笔的“计”改为“不计”，或改它的加分、扣分，板块、总分和排名表里的总分随之重算。",
    "名次、等次、奖惩、与其他单位比较得出的数，取自程序，不随表重算。",
    "标“取自程序”的斜体蓝字没有公式：它要用到表外的数（如跨月累计的限额、其他单位的数）。",
    "基础分含起评分，也含得分封顶、保底、四舍五入带来的调整，所以：得分 = 基础分 + 加分 - 扣分。",
    "“事实所在”写文件和行号，或工作簿的表和格子。",
    "表格软件按15位有效数字计算，程序按分数精确计算；除不尽的数，末位可能看起来不同。",
];

/// 说明
pub fn sheet(scored: Scored<'_>, letter: &Letter, looks: &Looks) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    text(&mut sheet, 0, 0, "说明和约定、读法、待定", &looks.title)?;
    for (row, words) in (1..).zip(WORDS) {
        text(&mut sheet, row, 0, words, &looks.hint)?;
    }
    let mark = format!("方案指纹 {}；期间 {}", scored.plan.hash(), scored.period().name);
    text(&mut sheet, 11, 0, &mark, &looks.hint)?;
    if let Some(frozen) = &letter.frozen {
        text(&mut sheet, 12, 0, &frozen.words(), &looks.hint)?;
    }
    for (column, (name, width)) in (0u16..).zip([("种类", 9.0), ("条款", 24.0), ("内容", 100.0)]) {
        text(&mut sheet, HEADER, column, name, &looks.header)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, reading) in (HEADER + 1..).zip(&scored.plan.readings) {
        text(&mut sheet, row, 0, reading.kind, &looks.centred)?;
        text(&mut sheet, row, 1, &reading.clause, &looks.text)?;
        text(&mut sheet, row, 2, &reading.text, &looks.text)?;
        looks::make_room(&mut sheet, row, &[(&reading.clause, 24.0), (&reading.text, 100.0)])?;
    }
    sheet.set_row_height(0, 26)?;
    looks::page(&mut sheet, HEADER, 0)?;
    Ok(sheet)
}
