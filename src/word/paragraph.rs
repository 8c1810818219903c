//! Paragraphs, and the letters in them.

use super::look::{Style, page};
use super::text::{MINUS, printable, unbroken};

/// A paragraph that is being written.
pub struct Paragraph {
    pub style: Style,
    /// In bold, before the text.
    pub lead: String,
    pub text: String,
    /// Whether it begins a page.
    pub breaks: bool,
    /// Whether it is on the page of what follows.
    pub keeps: bool,
    /// The pages that it ends: whether they lie on their side.
    pub ends: Option<bool>,
}

impl Paragraph {
    pub fn new(style: Style, lead: &str, text: &str) -> Paragraph {
        Paragraph { style, lead: lead.to_owned(), text: text.to_owned(), breaks: false, keeps: false, ends: None }
    }

    /// As the document holds it; what is told of a paragraph has an order, which word processors insist on.
    pub fn xml(&self) -> String {
        let keeps = if self.keeps { "<w:keepNext/>" } else { "" };
        let breaks = if self.breaks { "<w:pageBreakBefore/>" } else { "" };
        let end = self.ends.map(page).unwrap_or_default();
        let more = format!("{keeps}{breaks}{}{end}", self.style.indent());
        paragraph(self.style, &more, &(run(&self.lead, true) + &run(&self.text, false)))
    }
}

/// A paragraph of a style, with what else is told of it.
pub fn paragraph(style: Style, more: &str, runs: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{}"/>{more}</w:pPr>{runs}</w:p>"#, style.id())
}

/// Letters; the hint keeps “” and — in the font for Chinese, whose lines may end anywhere. A minus sign is left to the
/// font of its number.
pub fn run(text: &str, bold: bool) -> String {
    let bold = if bold { "<w:b/><w:bCs/>" } else { "" };
    let piece = |hint: &str, text: &str| {
        format!(r#"<w:r><w:rPr>{hint}{bold}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>"#)
    };
    let text = unbroken(&printable(text)).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let pieces = text.split_inclusive(MINUS).flat_map(|text| match text.strip_suffix(MINUS) {
        Some(before) => [before, "\u{2212}"],
        None => [text, ""],
    });
    let pieces = pieces.filter(|text| !text.is_empty()).map(|text| match text.starts_with(MINUS) {
        true => piece("", text),
        false => piece(r#"<w:rFonts w:hint="eastAsia"/>"#, text),
    });
    pieces.collect()
}
