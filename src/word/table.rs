//! Tables: framed, over the whole width of the text, the header repeated on every page.

use docx_rs::{
    AlignmentType, HeightRule, Paragraph, Run, Shading, TableAlignmentType, TableCell, TableCellMargins,
    TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::look::{SIZE_5, SONG, run};
use super::text::{printable, unbroken};

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

/// The shade of a header.
const SHADE: &str = "EDF1F5";

impl Table {
    /// `width` and the least `height` of a row in twips.
    pub(super) fn lay(&self, width: usize, height: Option<f32>, id: &mut dyn FnMut() -> String) -> docx_rs::Table {
        let all: u32 = self.columns.iter().map(|column| column.width.max(1)).sum();
        let widths: Vec<usize> =
            self.columns.iter().map(|column| width * column.width.max(1) as usize / all.max(1) as usize).collect();
        let mut rows = Vec::new();
        let titles = self.columns.iter().zip(&widths).map(|(column, width)| {
            let shade = Shading::new().fill(SHADE).color("auto");
            title(&column.title, *width, id()).shading(shade)
        });
        // `package` lets the first row be repeated on every page.
        rows.push(TableRow::new(titles.collect()).cant_split());
        for row in &self.rows {
            let cells = self.columns.iter().zip(row).zip(&widths);
            let cells = cells.map(|((column, text), width)| {
                let paragraph = paragraph(column.align, id()).add_run(letters(text));
                cell(paragraph, *width)
            });
            let row = TableRow::new(cells.collect()).cant_split();
            rows.push(match height {
                Some(height) => row.row_height(height).height_rule(HeightRule::AtLeast),
                None => row,
            });
        }
        docx_rs::Table::new(rows)
            .set_grid(widths)
            .width(width, WidthType::Dxa)
            .align(TableAlignmentType::Center)
            .layout(TableLayoutType::Fixed)
            .margins(TableCellMargins::new().margin(40, 60, 40, 60))
    }
}

/// A cell of the header, which is not left alone at the end of a page.
fn title(text: &str, width: usize, id: String) -> TableCell {
    cell(paragraph(Align::Centre, id).keep_next(true).add_run(letters(text).bold()), width)
}

fn paragraph(align: Align, id: String) -> Paragraph {
    Paragraph::new().id(id).align(match align {
        Align::Left => AlignmentType::Left,
        Align::Centre => AlignmentType::Center,
        Align::Right => AlignmentType::Right,
    })
}

fn letters(text: &str) -> Run {
    run(SONG, SIZE_5).add_text(unbroken(&printable(text)))
}

fn cell(paragraph: Paragraph, width: usize) -> TableCell {
    TableCell::new().add_paragraph(paragraph).vertical_align(VAlignType::Center).width(width, WidthType::Dxa)
}
