//! Documents for the word processor, set as Chinese offices set theirs (GB/T 9704), in the order that the format
//! (ECMA-376) wants its elements in.

mod look;
mod package;
mod paragraph;
mod table;
mod text;

use std::io;

pub use look::Style;
pub use table::{Align, Column, Table};
pub use text::printable;

use crate::calendar::Month;
use paragraph::Paragraph;

/// A document that is being written, from top to bottom.
#[derive(Default)]
pub struct Document {
    blocks: Vec<Block>,
    /// Whether the pages at hand lie on their side.
    wide: bool,
    /// Whether the next paragraph begins a page.
    breaks: bool,
}

enum Block {
    Paragraph(Paragraph),
    Table(String),
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
        // No signature stands alone on a page.
        if style.is_closing() {
            self.keep_with_next();
        }
        let breaks = std::mem::take(&mut self.breaks);
        self.blocks.push(Block::Paragraph(Paragraph { breaks, ..Paragraph::new(style, lead, text) }));
    }

    /// What was said last is on the page of what follows.
    pub fn keep_with_next(&mut self) {
        if let Some(Block::Paragraph(last)) = self.blocks.last_mut() {
            last.keeps = true;
        }
    }

    /// A table over the whole width of the text.
    pub fn table(&mut self, table: &Table) {
        self.blocks.push(Block::Table(table.xml(look::text_width(self.wide), None)));
    }

    /// A table whose rows are high enough to be written in by hand.
    pub fn table_to_fill(&mut self, table: &Table) {
        self.blocks.push(Block::Table(table.xml(look::text_width(self.wide), Some(look::LINE_BY_HAND))));
    }

    /// What follows begins on a new page.
    pub fn new_page(&mut self) {
        self.breaks = true;
    }

    /// What follows stands on new pages, turned on their side where `wide`.
    pub fn turn(&mut self, wide: bool) {
        // The last paragraph of pages says how they are.
        let end = Paragraph { ends: Some(self.wide), ..Paragraph::new(Style::Remark, "", "") };
        self.blocks.push(Block::Paragraph(end));
        self.wide = wide;
        self.breaks = false;
    }

    /// The document as a file: the same document, the same bytes. `made` is the month that it bears inside.
    pub fn bytes(self, made: Month) -> io::Result<Vec<u8>> {
        let blocks = self.blocks.into_iter().map(|block| match block {
            Block::Paragraph(paragraph) => paragraph.xml(),
            Block::Table(table) => table,
        });
        package::pack(&(blocks.collect::<String>() + &look::page(self.wide)), made)
    }
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
        assert_eq!(sample().bytes(made).unwrap(), sample().bytes(made).unwrap());
    }

    #[test]
    fn the_parts_hold_what_was_said() {
        let bytes = sample().bytes(Month::new(2023, 4).unwrap()).unwrap();
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        let text = io::read_to_string(archive.by_name("word/document.xml").unwrap()).unwrap();
        assert!(text.contains("正文&lt;b&gt;&amp;\u{fffd}</w:t>") && text.contains(">\u{2212}</w:t>"), "{text}");
        assert_eq!(text.matches("<w:tblHeader/>").count(), 1);
        assert_eq!(text.matches("<w:sectPr>").count(), 2);
        assert_eq!(text.matches("w:orient=\"landscape\"").count(), 1);
    }

    /// Children in the order of ECMA-376, of those that a document of ours holds: Word refuses others.
    const ORDER: [(&str, &[&str]); 8] = [
        ("w:pPr", &["pStyle", "keepNext", "pageBreakBefore", "spacing", "ind", "jc", "outlineLvl", "sectPr"]),
        ("w:rPr", &["rFonts", "b", "bCs", "sz", "szCs", "lang"]),
        ("w:sectPr", &["footerReference", "pgSz", "pgMar"]),
        ("w:tblPr", &["tblW", "jc", "tblBorders", "tblLayout", "tblCellMar"]),
        ("w:tblBorders", &["top", "left", "bottom", "right", "insideH", "insideV"]),
        ("w:trPr", &["cantSplit", "trHeight", "tblHeader"]),
        ("w:tcPr", &["tcW", "shd", "vAlign"]),
        ("w:style", &["name", "basedOn", "qFormat", "pPr", "rPr"]),
    ];

    #[test]
    fn elements_stand_in_the_order_of_the_format() {
        use quick_xml::events::Event;
        let mut document = sample();
        document
            .table_to_fill(&Table {
                columns: vec![Column::new("条款", 1, Align::Right)], rows: vec![vec!["".into()]]
            });
        let bytes = document.bytes(Month::new(2023, 4).unwrap()).unwrap();
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        let names: Vec<String> =
            (0..archive.len()).map(|at| archive.by_index(at).unwrap().name().unwrap().into_owned()).collect();
        let mut seen = 0;
        for name in &names {
            let text = io::read_to_string(archive.by_name(name).unwrap()).unwrap();
            // Whatever is referred to is there.
            for target in text.split("Target=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(names.iter().any(|name| name.ends_with(target)), "{name}: {target}");
            }
            let mut reader = quick_xml::Reader::from_str(&text);
            let mut open: Vec<(String, usize)> = Vec::new();
            loop {
                let (element, has_children) = match reader.read_event().unwrap() {
                    Event::Start(element) => (element, true),
                    Event::Empty(element) => (element, false),
                    Event::End(_) => {
                        open.pop();
                        continue;
                    }
                    Event::Eof => break,
                    _ => continue,
                };
                let child = element.name().as_ref().to_owned();
                if let Some((parent, place)) = open.last_mut()
                    && let Some((_, order)) = ORDER.iter().find(|(known, _)| known == parent)
                {
                    let at = order.iter().position(|known| child == format!("w:{known}"));
                    let at = at.unwrap_or_else(|| panic!("{name}: {child} in {parent}"));
                    assert!(at >= *place, "{name}: {child} in {parent}");
                    (*place, seen) = (at, seen + 1);
                }
                if has_children {
                    open.push((child, 0));
                }
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
