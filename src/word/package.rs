//! A document as the bytes of a file: the same document, the same bytes, and small.

use std::io::{self, Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::look::{Style, fonts, styles};
use super::paragraph::{paragraph, run};
use crate::calendar::Month;

const BEGIN: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const SPACES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OF_OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const OF_PACKAGES: &str = "http://schemas.openxmlformats.org/package/2006/relationships/metadata";

/// How Chinese text is set: as the word processor of today does it.
const SETTINGS: &str = r#"<w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>"#;

/// The parts of a document beside its text: name within `word`, element, what it is called in lists, what it holds.
fn parts() -> [(&'static str, &'static str, &'static str, String); 4] {
    let number = r#"<w:fldSimple w:instr="PAGE">"#.to_owned() + &run("1", false) + "</w:fldSimple>";
    let number = paragraph(Style::Footer, "", &(run("— ", false) + &number + &run(" —", false)));
    [
        ("styles", "styles", "styles", styles()),
        ("fontTable", "fonts", "fontTable", fonts()),
        ("settings", "settings", "settings", SETTINGS.to_owned()),
        ("footer", "ftr", "footer", number),
    ]
}

/// The file of a document with this body; `made` is the month that it bears inside.
pub fn pack(body: &str, made: Month) -> io::Result<Vec<u8>> {
    let part = |element: &str, content: &str| format!("{BEGIN}<w:{element} {SPACES}>{content}</w:{element}>");
    let parts = parts();
    let kind = |name: &str| format!("application/vnd.openxmlformats-officedocument.wordprocessingml.{name}+xml");
    let listed = |path: &str, kind: &str| format!(r#"<Override PartName="{path}" ContentType="{kind}"/>"#);
    let mut types = format!(
        r#"{BEGIN}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>"#
    );
    types += &listed("/word/document.xml", &kind("document.main"));
    types += &listed("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
    types.extend(parts.iter().map(|(name, _, called, _)| listed(&format!("/word/{name}.xml"), &kind(called))));
    types += "</Types>";
    let relation = |id: &str, kind: &str, to: &str| format!(r#"<Relationship Id="{id}" Type="{kind}" Target="{to}"/>"#);
    let relations = |all: String| format!(r#"{BEGIN}<Relationships xmlns="{RELATIONS}">{all}</Relationships>"#);
    let outer = relation("document", &format!("{OF_OFFICE}/officeDocument"), "word/document.xml")
        + &relation("core", &format!("{OF_PACKAGES}/core-properties"), "docProps/core.xml");
    let inner = parts
        .iter()
        .map(|(name, _, called, _)| relation(name, &format!("{OF_OFFICE}/{called}"), &format!("{name}.xml")));
    let inner = inner.collect();
    let date = format!("{:04}-{:02}-01T00:00:00Z", made.year(), made.number());
    let core = format!(
        r#"{BEGIN}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dcterms:created xsi:type="dcterms:W3CDTF">{date}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{date}</dcterms:modified></cp:coreProperties>"#
    );
    let mut files = vec![
        ("[Content_Types].xml".to_owned(), types),
        ("_rels/.rels".to_owned(), relations(outer)),
        ("docProps/core.xml".to_owned(), core),
        ("word/document.xml".to_owned(), part("document", &format!("<w:body>{body}</w:body>"))),
        ("word/_rels/document.xml.rels".to_owned(), relations(inner)),
    ];
    files.extend(parts.iter().map(|(name, element, _, content)| (format!("word/{name}.xml"), part(element, content))));
    compress(&files)
}

fn compress(files: &[(String, String)]) -> io::Result<Vec<u8>> {
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT);
    for (name, content) in files {
        packed.start_file(name.as_str(), options)?;
        packed.write_all(content.as_bytes())?;
    }
    Ok(packed.finish()?.into_inner())
}
