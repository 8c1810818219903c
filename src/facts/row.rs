//! One row taken apart into cells.

use std::ops::Range;

use super::text::{trim, trimmed};

/// A cell may not be longer.
pub const LONGEST_CELL: usize = 64 * 1024;

/// Where the cells of a row are; kept from row to row so that nothing is allocated.
#[derive(Default)]
pub struct Pieces {
    list: Vec<Piece>,
    /// What quoted cells hold without their quotes.
    unquoted: String,
}

#[derive(Clone, Copy)]
struct Piece {
    /// Where it starts in the row as written.
    at: u32,
    /// What it holds, without padding.
    start: u32,
    end: u32,
    quoted: bool,
}

/// A quoted cell is followed by something else than a comma; the cell and where it is.
pub struct BehindQuote {
    pub cell: usize,
}

impl Pieces {
    /// Splits a row that ends without its line end.
    pub fn split(&mut self, row: &str) -> Result<(), BehindQuote> {
        self.list.clear();
        self.unquoted.clear();
        if memchr::memchr(b'"', row.as_bytes()).is_some() {
            return self.split_quoted(row);
        }
        let mut start = 0;
        let commas = memchr::memchr_iter(b',', row.as_bytes());
        for end in commas.chain([row.len()]) {
            self.push(row, start, start..end);
            start = end + 1;
        }
        Ok(())
    }

    /// A cell without quotes.
    fn push(&mut self, row: &str, at: usize, text: Range<usize>) {
        let held = trimmed(&row[text.clone()]);
        let (start, end) = (text.start + held.start, text.start + held.end);
        self.list.push(Piece { at: at as u32, start: start as u32, end: end as u32, quoted: false });
    }

    fn split_quoted(&mut self, row: &str) -> Result<(), BehindQuote> {
        let bytes = row.as_bytes();
        let mut at = 0;
        let mut wrong = Ok(());
        loop {
            let begin = at;
            let padding = bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if bytes.get(at + padding) == Some(&b'"') {
                at += padding + 1;
                let start = self.unquoted.len();
                loop {
                    let quote = memchr::memchr(b'"', &bytes[at..]).map_or(bytes.len(), |found| at + found);
                    self.unquoted.push_str(&row[at..quote]);
                    at = (quote + 1).min(bytes.len());
                    if bytes.get(at) != Some(&b'"') {
                        break;
                    }
                    self.unquoted.push('"');
                    at += 1;
                }
                let end = memchr::memchr(b',', &bytes[at..]).map_or(bytes.len(), |found| at + found);
                if !trim(&row[at..end]).is_empty() && wrong.is_ok() {
                    wrong = Err(BehindQuote { cell: self.list.len() });
                }
                self.push_quoted(begin, start);
                at = end;
            } else {
                let end = memchr::memchr(b',', &bytes[at..]).map_or(bytes.len(), |found| at + found);
                self.push(row, begin, at..end);
                at = end;
            }
            if at >= bytes.len() {
                return wrong;
            }
            at += 1;
            if at == bytes.len() {
                self.push(row, at, at..at);
                return wrong;
            }
        }
    }

    /// A cell whose text was put behind the others from `start` on.
    fn push_quoted(&mut self, at: usize, start: usize) {
        let held = trimmed(&self.unquoted[start..]);
        let (start, end) = (start + held.start, start + held.end);
        self.list.push(Piece { at: at as u32, start: start as u32, end: end as u32, quoted: true });
    }
}

/// The cells of a row.
#[derive(Clone, Copy)]
pub struct Cells<'r> {
    pub row: &'r str,
    pieces: &'r Pieces,
}

impl<'r> Cells<'r> {
    /// INVARIANT: `pieces` come from splitting `row`.
    pub fn new(row: &'r str, pieces: &'r Pieces) -> Cells<'r> {
        Cells { row, pieces }
    }

    pub fn len(&self) -> usize {
        self.pieces.list.len()
    }

    /// Without padding; empty where the row is too short.
    pub fn get(&self, cell: usize) -> &'r str {
        let Some(piece) = self.pieces.list.get(cell) else { return "" };
        let text = if piece.quoted { self.pieces.unquoted.as_str() } else { self.row };
        &text[piece.start as usize..piece.end as usize]
    }

    pub fn iter(self) -> impl Iterator<Item = &'r str> {
        (0..self.len()).map(move |cell| self.get(cell))
    }

    /// Whether the row holds nothing.
    pub fn blank(self) -> bool {
        self.iter().all(str::is_empty)
    }

    /// The column, in characters from 1, in which a cell's text begins; 0 where it is on a later line.
    pub fn column(&self, cell: usize) -> usize {
        let Some(piece) = self.pieces.list.get(cell) else { return self.row.chars().count() + 1 };
        let before = &self.row[..piece.at as usize];
        if before.contains('\n') {
            return 0;
        }
        let rest = &self.row[piece.at as usize..];
        let padding = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() && c != '\n').len();
        let padding = if self.get(cell).is_empty() { 0 } else { padding };
        before.chars().count() + rest[..padding].chars().count() + 1 + usize::from(piece.quoted)
    }
}
