//! Tables: framed, over the whole width of the text, the header repeated on every page.

use super::look::Style;
use super::paragraph::{paragraph, run};

/// Rows under a header.
pub struct Table {
    /// From left to right.
    pub columns: Vec<Column>,
    /// As many cells as there are columns; a cell may have several lines.
    pub rows: Vec<Vec<String>>,
}

/// One column of a table.
pub struct Column {
    /// What stands over it.
    pub title: String,
    /// How wide, as against the other columns.
    pub width: u32,
    /// Where its cells stand.
    pub align: Align,
}

/// Where the text of a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
}

impl Column {
    pub fn new(title: &str, width: u32, align: Align) -> Column {
        Column { title: title.to_owned(), width, align }
    }
}

impl Align {
    fn xml(self) -> &'static str {
        match self {
            Align::Left => "",
            Align::Centre => r#"<w:jc w:val="center"/>"#,
            Align::Right => r#"<w:jc w:val="right"/>"#,
        }
    }
}

/// Between a line and the text of a cell, in twips.
const SIDE: u32 = 60;

/// The shade of a header.
const SHADE: &str = r#"<w:shd w:val="clear" w:color="auto" w:fill="EDF1F5"/>"#;

impl Table {
    /// `width` and the least `height` of a row in twips.
    pub(super) fn xml(&self, width: u32, height: Option<u32>) -> String {
        let all: u32 = self.columns.iter().map(|column| column.width.max(1)).sum();
        let widths: Vec<u32> = self.columns.iter().map(|column| width * column.width.max(1) / all.max(1)).collect();
        let line = |side: &&str| format!(r#"<w:{side} w:val="single" w:sz="2" w:space="0" w:color="000000"/>"#);
        let lines: String = ["top", "left", "bottom", "right", "insideH", "insideV"].iter().map(line).collect();
        let margin = |(side, width)| format!(r#"<w:{side} w:w="{width}" w:type="dxa"/>"#);
        let margins: String = [("top", 40), ("left", SIDE), ("bottom", 40), ("right", SIDE)].map(margin).concat();
        let grid: String = widths.iter().map(|width| format!(r#"<w:gridCol w:w="{width}"/>"#)).collect();
        let titles = self.columns.iter().zip(&widths).map(|(column, width)| {
            // The header is not left alone at the end of a page.
            let more = format!("<w:keepNext/>{}", Align::Centre.xml());
            let lines = balanced(&column.title, *width);
            let lines = lines.iter().map(|line| paragraph(Style::Cell, &more, &run(line, true)));
            cell(*width, SHADE, &lines.collect::<String>())
        });
        let header = row("<w:tblHeader/>", titles.collect());
        let height =
            height.map_or_else(String::new, |least| format!(r#"<w:trHeight w:val="{least}" w:hRule="atLeast"/>"#));
        let rows = self.rows.iter().map(|cells| {
            let cells = self.columns.iter().zip(cells).zip(&widths);
            let cells = cells.map(|((column, text), width)| {
                let lines = text.split('\n').map(|line| paragraph(Style::Cell, column.align.xml(), &run(line, false)));
                cell(*width, "", &lines.collect::<String>())
            });
            row(&height, cells.collect())
        });
        let rows: String = rows.collect();
        format!(
            r#"<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{header}{rows}</w:tbl>"#
        )
    }
}

/// A Chinese title over a column of so many twips, in lines of about the same length where it takes several: 综合 and 事项,
/// not 综合事 and 项.
fn balanced(title: &str, width: u32) -> Vec<String> {
    let letters: Vec<char> = title.chars().collect();
    let fits = (width.saturating_sub(2 * SIDE) / Style::Cell.character()).max(1) as usize;
    if letters.len() <= fits || letters.iter().any(|letter| letter.is_ascii() || !letter.is_alphabetic()) {
        return vec![title.to_owned()];
    }
    let lines = letters.len().div_ceil(fits);
    let mut rest = &letters[..];
    let line = |left: usize| {
        let (line, behind) = rest.split_at(rest.len().div_ceil(left));
        rest = behind;
        line.iter().collect()
    };
    (1..=lines).rev().map(line).collect()
}

/// A row that is not split over two pages.
fn row(more: &str, cells: String) -> String {
    format!("<w:tr><w:trPr><w:cantSplit/>{more}</w:trPr>{cells}</w:tr>")
}

fn cell(width: u32, shade: &str, paragraph: &str) -> String {
    format!(
        r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>{paragraph}</w:tc>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_break_into_lines_of_the_same_length() {
        let width = |letters: u32| 2 * SIDE + letters * Style::Cell.character();
        let told = |title: &str, letters: u32| balanced(title, width(letters)).join("/");
        assert_eq!(told("综合事项", 3), "综合/事项");
        assert_eq!(told("公共法律服务工作", 3), "公共法/律服务/工作");
        assert_eq!(told("总分", 3), "总分");
        assert_eq!(told("奖金（元）", 3), "奖金（元）");
    }
}
