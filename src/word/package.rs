//! A document as the bytes of a file: the same document, the same bytes, and small.

use std::io::{self, Cursor, Write};

use docx_rs::Docx;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime, ZipArchive};

use super::look::{LATIN, SIZE_5, SONG, SUBSTITUTES};
use super::text::NO_BREAK;
use crate::calendar::Month;

/// What docx-rs writes into a row that must not be split over two pages, as no row of ours is.
const UNSPLIT: &str = "<w:cantSplit />";
const HEADER: &str = "<w:cantSplit /><w:tblHeader />";
const ROWS: &str = "</w:tblGrid>";

/// Builds the parts and packs them. docx-rs packs too, but without compression, and knows neither headers that are
/// repeated nor substitutes for fonts nor that the text is Chinese.
pub fn pack(docx: Docx, made: Month) -> io::Result<Vec<u8>> {
    let date = format!("{:04}-{:02}-01T00:00:00Z", made.year(), made.number());
    let mut parts = docx.created_at(&date).updated_at(&date).build();
    parts.document = with_hyphens(&with_headers(&String::from_utf8_lossy(&parts.document))).into_bytes();
    parts.font_table = font_table().into_bytes();
    parts.styles = styles().into_bytes();
    let mut loose = Cursor::new(Vec::new());
    parts.pack(&mut loose).map_err(io::Error::other)?;
    compress(loose)
}

/// The first row of every table is repeated where the table goes on.
fn with_headers(document: &str) -> String {
    let mut pieces = document.split(ROWS);
    let mut marked = pieces.next().unwrap_or_default().to_owned();
    for rows in pieces {
        marked.push_str(ROWS);
        marked.push_str(&rows.replacen(UNSPLIT, HEADER, 1));
    }
    marked
}

/// Fonts for Chinese seldom have the hyphen at which no line ends; word processors have an element for it.
fn with_hyphens(document: &str) -> String {
    document.replace(NO_BREAK, r#"</w:t><w:noBreakHyphen/><w:t xml:space="preserve">"#)
}

fn compress(loose: Cursor<Vec<u8>>) -> io::Result<Vec<u8>> {
    let mut archive = ZipArchive::new(loose)?;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT);
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?;
        if part.is_file() {
            let name = part.name()?.into_owned();
            packed.start_file(name, options)?;
            io::copy(&mut part, &mut packed)?;
        }
    }
    let mut packed = packed.finish()?;
    packed.flush()?;
    Ok(packed.into_inner())
}

const BEGIN: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const SPACE: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;

fn font_table() -> String {
    let fonts = SUBSTITUTES.iter().map(|(name, substitute)| {
        format!(r#"<w:font w:name="{name}"><w:altName w:val="{substitute}"/><w:charset w:val="86"/></w:font>"#)
    });
    let fonts: String = fonts.collect();
    format!("{BEGIN}<w:fonts {SPACE}>{fonts}</w:fonts>")
}

/// Every paragraph says itself how it looks; here is what holds where one is added by hand.
fn styles() -> String {
    let fonts = format!(r#"<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{SONG}"/>"#);
    let letters =
        format!(r#"<w:rPr>{fonts}<w:sz w:val="{SIZE_5}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>"#);
    let defaults = format!("<w:docDefaults><w:rPrDefault>{letters}</w:rPrDefault><w:pPrDefault/></w:docDefaults>");
    let normal = r#"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>"#;
    format!("{BEGIN}<w:styles {SPACE}>{defaults}{normal}</w:styles>")
}
