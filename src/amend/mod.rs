//! Rulebooks that build on each other: 沿用, then 修改, 增加, 删除, 停用 by clause address, made into one text.

mod apply;
mod blocks;
mod book;
mod chain;
mod declares;
mod edits;
mod key;
mod lines;
mod settle;
mod statement;
mod target;

use crate::calendar::Month;
use crate::diagnostic::Findings;
use crate::source::{Origin, Source};
use book::{Book, Text};
pub use chain::{MOST_DOCUMENTS, Read, follows, gather};
pub use key::may_vary;
use statement::Verb;

/// Whether a document leaves every month up to this one as it was: it amends later ones, adds examples, gives itself
/// another title, or says how published months are corrected.
pub fn begins_after(document: &Source, month: Month) -> bool {
    let statements = statement::read(document, &mut Findings::default());
    statements.iter().all(|one| {
        let text = one.rest.text.trim_start();
        let says = |word: &str| text.starts_with(word);
        match one.verb {
            Verb::Own => says("方案") || says("文号"),
            _ => one.since.is_some_and(|since| since > month) || says("例") || says("约定") && text.contains("更正"),
        }
    })
}

/// The one text that several documents, the oldest first, come to.
///
/// One document is that text itself.
pub fn consolidate(documents: Vec<Source>) -> (Source, Findings) {
    let mut findings = Findings::default();
    if documents.len() < 2 {
        return (documents.into_iter().next().unwrap_or_else(|| Source::new("", "")), findings);
    }
    let (first, amending) = (&documents[0], &documents[1..]);
    let text = |(index, line): (usize, &str)| Text {
        text: line.trim_end_matches('\r').to_owned(),
        origin: Origin { document: 0, line: index + 1, shift: 0 },
    };
    let mut lines: Vec<Text> = first.text.lines().enumerate().map(text).collect();
    let mut removed = Vec::new();
    for (index, document) in amending.iter().enumerate() {
        let statements = statement::read(document, &mut findings);
        if statements.iter().any(|one| declares::is_about(&one.rest.text)) {
            lines = declares::apart(lines);
        }
        let book = Book::read(lines);
        lines = apply::apply(book, index + 1, document, statements, &mut removed, &mut findings);
    }
    let lines = lines.into_iter().map(|line| (line.text, line.origin)).collect();
    (Source::consolidated(documents, lines), findings)
}
