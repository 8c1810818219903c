//! Documents for the word processor, set as Chinese offices set theirs (GB/T 9704): a small vocabulary over docx-rs.

mod look;
mod package;
mod table;
mod text;

use std::io;

use docx_rs::{Docx, Paragraph, Run};

pub use look::Style;
pub use table::{Align, Column, Table};
pub use text::printable;
use text::unbroken;

use crate::calendar::Month;

/// A document that is being written, from top to bottom.
#[derive(Default)]
pub struct Document {
    blocks: Vec<Block>,
    /// Whether the pages at hand lie on their side.
    wide: bool,
    /// Whether the next paragraph begins a page.
    breaks: bool,
    paragraphs: u32,
}

enum Block {
    Paragraph(Box<Paragraph>),
    Table(Box<docx_rs::Table>),
}

impl Document {
    /// An empty document, A4 upright.
    pub fn new() -> Document {
        Document::default()
    }

    /// A paragraph.
    pub fn say(&mut self, style: Style, text: &str) {
        self.say_led(style, "", text);
    }

    /// A paragraph that begins with some words in bold: `结果：……`.
    pub fn say_led(&mut self, style: Style, lead: &str, text: &str) {
        let mut paragraph = style.paragraph().id(self.next_id()).page_break_before(std::mem::take(&mut self.breaks));
        if !lead.is_empty() {
            paragraph = paragraph.add_run(run(style, lead).bold());
        }
        if !text.is_empty() {
            paragraph = paragraph.add_run(run(style, text));
        }
        // No signature stands alone on a page.
        if style.is_closing() {
            self.keep_with_next();
        }
        self.blocks.push(Block::Paragraph(Box::new(paragraph)));
    }

    /// What was said last is on the page of what follows.
    pub fn keep_with_next(&mut self) {
        if let Some(Block::Paragraph(last)) = self.blocks.last_mut() {
            **last = std::mem::take(&mut **last).keep_next(true);
        }
    }

    /// A table over the whole width of the text.
    pub fn table(&mut self, table: &Table) {
        self.lay(table, None);
    }

    /// A table whose rows are high enough to be written in by hand.
    pub fn table_to_fill(&mut self, table: &Table) {
        self.lay(table, Some(look::LINE_BY_HAND));
    }

    fn lay(&mut self, table: &Table, height: Option<f32>) {
        let width = look::text_width(self.wide);
        let laid = table.lay(width, height, &mut || self.next_id());
        self.blocks.push(Block::Table(Box::new(laid)));
    }

    /// What follows begins on a new page.
    pub fn new_page(&mut self) {
        self.breaks = true;
    }

    /// What follows stands on new pages, turned on their side where `wide`.
    pub fn turn(&mut self, wide: bool) {
        // The last paragraph of pages says how they are.
        let end = Style::Remark.paragraph().id(self.next_id()).section_property(look::page(self.wide));
        self.blocks.push(Block::Paragraph(Box::new(end)));
        self.wide = wide;
        self.breaks = false;
    }

    /// The document as a file: the same document, the same bytes. `made` is the month that it bears inside.
    pub fn bytes(self, made: Month) -> io::Result<Vec<u8>> {
        let mut docx = self.blocks.into_iter().fold(Docx::new(), |docx, block| match block {
            Block::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
            Block::Table(table) => docx.add_table(*table),
        });
        docx = docx.footer(look::footer());
        docx.document.section_property = look::page(self.wide);
        package::pack(docx, made)
    }

    /// docx-rs numbers paragraphs by thread; numbers of our own keep the bytes the same whatever was written before.
    fn next_id(&mut self) -> String {
        self.paragraphs += 1;
        format!("{:08X}", 0x1000_0000 + self.paragraphs)
    }
}

fn run(style: Style, text: &str) -> Run {
    style.run().add_text(unbroken(&printable(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Document {
        let mut document = Document::new();
        document.say(Style::Title, "关于4月综合考评结果的通报");
        document.say(Style::Centred, "谯司〔2023〕1号");
        document.say(Style::Flush, "各司法所：");
        document.say_led(Style::Body, "结果。", "正文<b>&\u{1}-5分");
        document.table(&Table {
            columns: vec![Column::new("名次", 1, Align::Centre), Column::new("单位", 4, Align::Left)],
            rows: vec![vec!["1".into(), "=古井司法所".into()]],
        });
        document.turn(true);
        document.say(Style::Annex, "附件1");
        document.say(Style::Point(1), "说明");
        document.say(Style::Signed, "2023年5月8日");
        document
    }

    #[test]
    fn the_same_document_is_the_same_bytes() {
        let made = Month::new(2023, 4).unwrap();
        let first = sample().bytes(made).unwrap();
        let _ = Paragraph::new();
        assert_eq!(first, sample().bytes(made).unwrap());
        let later = std::thread::spawn(move || sample().bytes(made).unwrap()).join().unwrap();
        assert_eq!(first, later);
    }

    #[test]
    fn the_parts_hold_what_was_said() {
        let bytes = sample().bytes(Month::new(2023, 4).unwrap()).unwrap();
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        let text = io::read_to_string(archive.by_name("word/document.xml").unwrap()).unwrap();
        assert!(
            text.contains("正文&lt;b&gt;&amp;\u{fffd}</w:t><w:noBreakHyphen/><w:t xml:space=\"preserve\">5分</w:t>"),
            "{text}"
        );
        assert_eq!(text.matches("<w:tblHeader />").count(), 1);
        assert_eq!(text.matches("<w:sectPr>").count(), 2);
        assert_eq!(text.matches("w:orient=\"landscape\"").count(), 1);
    }
}
