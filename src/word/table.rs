//! Tables: framed, over the whole width of the text, the header repeated on every page.

use super::look::Style;
use super::paragraph::{paragraph, run};

/// Rows under a header.
pub struct Table {
    /// From left to right.
    pub columns: Vec<Column>,
    /// As many cells as there are columns.
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
        let margins: String = [("top", 40), ("left", 60), ("bottom", 40), ("right", 60)].map(margin).concat();
        let grid: String = widths.iter().map(|width| format!(r#"<w:gridCol w:w="{width}"/>"#)).collect();
        let titles = self.columns.iter().zip(&widths).map(|(column, width)| {
            // The header is not left alone at the end of a page.
            let more = format!("<w:keepNext/>{}", Align::Centre.xml());
            cell(*width, SHADE, &paragraph(Style::Cell, &more, &run(&column.title, true)))
        });
        let header = row("<w:tblHeader/>", titles.collect());
        let height =
            height.map_or_else(String::new, |least| format!(r#"<w:trHeight w:val="{least}" w:hRule="atLeast"/>"#));
        let rows = self.rows.iter().map(|cells| {
            let cells = self.columns.iter().zip(cells).zip(&widths);
            let cells = cells.map(|((column, text), width)| {
                cell(*width, "", &paragraph(Style::Cell, column.align.xml(), &run(text, false)))
            });
            row(&height, cells.collect())
        });
        let rows: String = rows.collect();
        format!(
            r#"<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{header}{rows}</w:tbl>"#
        )
    }
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
