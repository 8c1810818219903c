//! Where things stand on the page: indentation, blank lines, columns, comments.

use unicode_width::UnicodeWidthStr;

use super::line::STOP;
use crate::parse::{Context, Statement};
use crate::syntax::{Pair, Rule as Token};

/// Where the text of the head begins: behind the longest keyword (考评对象) and two spaces.
const HEAD_COLUMN: usize = 10;

/// Where items of each depth stand, and where their lines do: beneath the title, behind `1. `, `1.1 ` and `1.1.1 `.
const ITEMS: &[(usize, usize)] = &[(2, 5), (5, 9), (9, 15)];

/// A line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Of the source, from 1.
    pub number: usize,
    pub kind: Kind,
    indent: usize,
    text: String,
    /// Behind the statement, with its `#`.
    comment: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Blank,
    /// A line that holds nothing but a comment.
    Comment,
    /// A line that does not parse: as it was, to the last space.
    Broken,
    /// A line of the head: keyword and text.
    Head,
    Plain,
    /// Keys and points, in columns.
    Keys,
    /// Cells between bars.
    Bars,
}

impl Row {
    pub fn blank(number: usize) -> Row {
        Row { number, kind: Kind::Blank, indent: 0, text: String::new(), comment: String::new() }
    }

    pub fn broken(number: usize, text: &str) -> Row {
        Row { kind: Kind::Broken, text: text.to_owned(), ..Row::blank(number) }
    }

    pub fn comment(number: usize, text: String) -> Row {
        Row { kind: Kind::Comment, text, ..Row::blank(number) }
    }

    pub fn statement(number: usize, kind: Kind, indent: usize, text: String, comment: String) -> Row {
        Row { number, kind, indent, text, comment }
    }

    fn is_statement(&self) -> bool {
        !matches!(self.kind, Kind::Blank | Kind::Comment | Kind::Broken)
    }
}

/// What a comment looks like: with a narrow `#`, else as it was.
pub fn comment_text(written: &str) -> String {
    let written = written.trim();
    match written.strip_prefix('＃') {
        Some(rest) => format!("#{rest}"),
        None => written.to_owned(),
    }
}

/// Where the lines of the part being written stand.
#[derive(Debug, Default)]
pub struct Depth {
    inside: usize,
}

impl Depth {
    /// The place of a statement, given in order.
    pub fn place(&mut self, statement: &Statement<'_>) -> (Kind, usize) {
        let first = statement.inner();
        let line = statement.line;
        if line.opening {
            let (own, inside) = match first.as_rule() {
                Token::item => ITEMS[item_depth(&first).min(ITEMS.len()) - 1],
                _ => (0, 2),
            };
            self.inside = inside;
            return (Kind::Plain, own);
        }
        match first.as_rule() {
            Token::table_row if first.clone().into_inner().any(|inner| inner.as_rule() == Token::bar_row) => {
                (Kind::Bars, self.inside + 2)
            }
            Token::table_row => (Kind::Keys, self.inside + 2),
            Token::share_row => (Kind::Plain, self.inside + 2),
            _ if line.context == Context::Header => (Kind::Head, 0),
            _ => (Kind::Plain, self.inside),
        }
    }
}

/// `2.1` is two deep.
fn item_depth(item: &Pair<'_, Token>) -> usize {
    let number = item.clone().into_inner().next().map_or("", |number| number.as_str());
    number.split('.').filter(|part| !part.trim().is_empty()).count().max(1)
}

/// The page as text, and the source's line of each of its lines.
pub fn print(mut rows: Vec<Row>) -> (String, Vec<usize>) {
    rows.dedup_by(|next, row| next.kind == Kind::Blank && row.kind == Kind::Blank);
    let begin = rows.iter().position(|row| row.kind != Kind::Blank).unwrap_or(rows.len());
    let end = rows.iter().rposition(|row| row.kind != Kind::Blank).map_or(begin, |last| last + 1);
    let mut rows: Vec<Row> = rows.drain(begin..end).collect();
    place_comments(&mut rows);
    for run in rows.chunk_by_mut(|row, next| row.kind == next.kind) {
        match run[0].kind {
            Kind::Head => run.iter_mut().for_each(align_head),
            Kind::Keys => align_keys(run),
            Kind::Bars => align_bars(run),
            _ => {}
        }
    }
    align_comments(&mut rows);
    let mut text = String::new();
    for row in &rows {
        if row.kind != Kind::Blank {
            text.extend(std::iter::repeat_n(' ', row.indent));
            text.push_str(&row.text);
            text.push_str(&row.comment);
        }
        text.push('\n');
    }
    (text, rows.iter().map(|row| row.number).collect())
}

/// A comment stands where the statement below it does; the last of a block, where the one above it does.
fn place_comments(rows: &mut [Row]) {
    let mut below = None;
    for row in rows.iter_mut().rev() {
        match row.kind {
            Kind::Blank => below = None,
            Kind::Comment => row.indent = below.unwrap_or(usize::MAX),
            Kind::Broken => below = below.or(None),
            _ => below = Some(row.indent),
        }
    }
    let mut above = 0;
    for row in rows {
        match row.kind {
            Kind::Comment if row.indent == usize::MAX => row.indent = above,
            _ if row.is_statement() => above = row.indent,
            _ => {}
        }
    }
}

fn align_head(row: &mut Row) {
    if let Some((keyword, rest)) = row.text.split_once(' ') {
        let fill = HEAD_COLUMN.saturating_sub(keyword.width()).max(1);
        row.text = format!("{keyword}{}{rest}", " ".repeat(fill));
    }
}

/// Points stand two spaces behind the longest keys.
fn align_keys(rows: &mut [Row]) {
    let keys = |row: &Row| row.text.split(STOP).next().unwrap_or_default().width();
    let column = rows.iter().map(keys).max().unwrap_or(0) + 2;
    for row in rows {
        let fill = column - keys(row);
        row.text = row.text.replacen(STOP, &" ".repeat(fill), 1);
    }
}

fn align_bars(rows: &mut [Row]) {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.iter() {
        for (index, cell) in row.text.strip_suffix(STOP).unwrap_or(&row.text).split(STOP).enumerate() {
            match widths.get_mut(index) {
                Some(width) => *width = cell.width().max(*width),
                None => widths.push(cell.width()),
            }
        }
    }
    for row in rows {
        let mut text = String::from("|");
        for (cell, width) in row.text.strip_suffix(STOP).unwrap_or(&row.text).split(STOP).zip(&widths) {
            text.push_str(&format!(" {cell}{} |", " ".repeat(width - cell.width())));
        }
        row.text = text;
    }
}

/// Comments behind statements stand two spaces behind the longest of the lines that have one, line by line below.
fn align_comments(rows: &mut [Row]) {
    for run in rows.chunk_by_mut(|row, next| row.comment.is_empty() == next.comment.is_empty()) {
        if run[0].comment.is_empty() {
            continue;
        }
        let end = |row: &Row| row.indent + row.text.width();
        let column = run.iter().map(end).max().unwrap_or(0) + 2;
        for row in run {
            row.comment = format!("{}{}", " ".repeat(column - end(row)), row.comment);
        }
    }
}
