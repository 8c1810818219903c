//! Reading a rulebook file: bounded, UTF-8 or GB18030.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::Ended;
use super::kept::Kept;
use super::memory;
use super::session::{self, Session, Status, place_of};
use crate::compile::{self, Compiled};
use crate::diagnostic::Finding;
use crate::source::Source;

/// A rulebook is a text that people read: far below this.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What a byte of a rulebook takes while it is compiled and checked.
const ROOM_PER_BYTE: u64 = 16;

/// Reads and compiles a rulebook, with those it builds on.
pub fn load(path: &Path, session: &mut Session) -> Ended<Compiled> {
    load_beside(path, &[], session)
}

/// The same, with the 例 of files beside it, each a name and a text.
pub fn load_beside(path: &Path, beside: &[(String, String)], session: &mut Session) -> Ended<Compiled> {
    let text = read_text(path, session)?;
    session.settle(compile::compile_beside(&path.display().to_string(), &text, beside, &mut read_base))
}

/// The same for those who only score by it: its 例 and 认可 are not looked into, and what an earlier run compiled serves.
pub fn load_to_score(path: &Path, session: &mut Session) -> Ended<Compiled> {
    let text = read_text(path, session)?;
    let name = path.display().to_string();
    let kept = Kept::of(&text);
    if let Some(plan) = kept.as_ref().and_then(Kept::plan) {
        return Ok(Compiled { plan, source: Source::new(name, text), examples: Vec::new(), accepted: Vec::new() });
    }
    let (compiled, findings) = compile::compile_to_score(&name, &text, &mut read_base);
    // Only where the text is all that was read, and all that is to be said is its plan.
    let whole = compiled.as_ref().filter(|compiled| findings.is_empty() && compiled.source.documents.is_empty());
    if let (Some(kept), Some(compiled)) = (kept, whole) {
        kept.keep(&compiled.plan);
    }
    session.settle((compiled, findings))
}

/// The text of a rulebook that another builds on, or why there is none.
pub fn read_base(name: &str) -> Result<String, String> {
    let bytes = File::open(name).and_then(read_bytes).map_err(|error| session::reason(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err("文件超过4MiB，不像是一份方案".to_owned());
    }
    decode(bytes).ok_or_else(|| "文件不是UTF-8，也不是GB18030文字".to_owned())
}

/// A text file as people write them: UTF-8 with or without BOM, or GB18030.
pub fn read_text(path: &Path, session: &mut Session) -> Ended<String> {
    let bytes = File::open(path).and_then(read_bytes).map_err(|error| session.cannot("读", path, &error))?;
    text_of(bytes, path, session)
}

/// The text that the bytes of a file hold.
pub fn text_of(bytes: Vec<u8>, path: &Path, session: &mut Session) -> Ended<String> {
    if bytes.len() as u64 > MOST_BYTES {
        let finding = Finding::error("file-too-large", place_of(path), "文件超过4MiB，不像是一份方案");
        session.report(finding.help("看看是不是写错了文件名"));
        return Err(Status::Findings);
    }
    memory::expect(ROOM_PER_BYTE * bytes.len() as u64);
    decode(bytes).ok_or_else(|| {
        let finding = Finding::error("not-text", place_of(path), "文件不是UTF-8，也不是GB18030文字");
        session.report(finding.help("用编辑器另存为UTF-8，再试"));
        Status::Findings
    })
}

/// At most one byte more than allowed, whatever kind of file it is.
pub fn read_bytes(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub fn decode(bytes: Vec<u8>) -> Option<String> {
    // A UTF-16 file would pass as GB18030, and a file with NUL bytes is no text.
    if bytes.contains(&0) || bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => {
            let bytes = error.as_bytes();
            encoding_rs::GB18030
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(|text| text.into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_offices_save() {
        assert_eq!(decode("\u{feff}方案".into()).as_deref(), Some("方案"));
        assert_eq!(decode(vec![0xb7, 0xbd, 0xb0, 0xb8]).as_deref(), Some("方案"));
        assert_eq!(decode(vec![0xff, 0xfe, 0xb9, 0x65]), None);
        assert_eq!(decode(vec![0xff, 0xff, 0xff]), None);
    }
}
