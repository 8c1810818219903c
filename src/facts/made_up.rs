//! Facts that were made up rather than read from a disk, as files.

use std::fmt::Write as _;

use super::SourceFile;

/// Rows as CSV: the columns of `first`, then any others in the order in which they come.
pub fn table(rows: &[&[(String, String)]], first: &[&str]) -> String {
    let mut header: Vec<String> = first.iter().map(|name| (*name).to_owned()).collect();
    for (column, _) in rows.iter().flat_map(|row| row.iter()) {
        if !header.contains(column) {
            header.push(column.clone());
        }
    }
    let mut out = header.join(",");
    out.push('\n');
    for row in rows {
        for (index, column) in header.iter().enumerate() {
            let cell = row.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value.as_str());
            let _ = write!(out, "{}\"{}\"", if index > 0 { "," } else { "" }, cell.replace('"', "\"\""));
        }
        out.push('\n');
    }
    out
}

/// What the names of made-up files begin with; no roster of an office does.
const MADE_UP: &str = "例";

/// Whether a file was made up: of its units it says no more than what they are made up for.
pub fn is_made_up(name: &str) -> bool {
    name.starts_with(MADE_UP)
}

/// A text as a file of facts; its name begins with 例.
pub fn in_memory<'a>(name: &str, text: &'a str) -> SourceFile<'a> {
    debug_assert!(is_made_up(name), "{name}");
    SourceFile {
        name: name.to_owned(),
        size: text.len() as u64,
        open: Box::new(move || {
            Ok(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())) as Box<dyn std::io::Read + Send>)
        }),
    }
}
