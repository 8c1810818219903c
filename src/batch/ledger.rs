//! 总账.sha256: every file of every batch with its sum, in the form that `sha256sum -c` reads.

use std::fmt::Write as _;

use super::Batch;
use super::manifest::MANIFEST;

/// Its name in the archive.
pub const LEDGER: &str = "总账.sha256";

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Within the archive.
    pub path: String,
    pub sha256: String,
}

impl Line {
    /// The folder of the batch.
    pub fn batch(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }
}

/// The lines that are due to a batch: its manifest, then its files.
pub fn lines(batch: &Batch) -> Vec<Line> {
    let own = Line { path: format!("{}/{MANIFEST}", batch.name), sha256: batch.sha256.clone() };
    let files = batch
        .manifest
        .files
        .iter()
        .map(|file| Line { path: format!("{}/{}", batch.name, file.path), sha256: file.sha256.clone() });
    std::iter::once(own).chain(files).collect()
}

pub fn write<'b>(batches: impl Iterator<Item = &'b Batch>) -> String {
    let mut out = String::new();
    for line in batches.flat_map(lines) {
        // As sha256sum has it: a line with a mark where a name holds what would break it.
        let escaped = line.path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        let mark = if escaped == line.path { "" } else { "\\" };
        let _ = writeln!(out, "{mark}{}  {escaped}", line.sha256);
    }
    out
}

/// The lines of a ledger; `None` where it is none.
pub fn read(text: &str) -> Option<Vec<Line>> {
    text.lines().map(line).collect()
}

fn line(text: &str) -> Option<Line> {
    let (marked, text) = text.strip_prefix('\\').map_or((false, text), |text| (true, text));
    let (sha256, path) = text.split_once("  ")?;
    let is_sum = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = if marked { unescaped(path) } else { path.to_owned() };
    is_sum.then(|| Line { path, sha256: sha256.to_owned() })
}

fn unescaped(path: &str) -> String {
    let mut out = String::new();
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_break_a_line_come_back() {
        let sum = "0".repeat(64);
        let text = format!("{sum}  0001-2023/批次.json\n\\{sum}  0001-2023/事实/a\\nb\\\\c.csv\n");
        let lines = read(&text).unwrap();
        assert_eq!(lines[0].path, "0001-2023/批次.json");
        assert_eq!((lines[1].path.as_str(), lines[1].batch()), ("0001-2023/事实/a\nb\\c.csv", "0001-2023"));
        assert_eq!(read("不是总账"), None);
    }
}
