//! Marks that the months in force have overtaken: next year's book over one that was amended inside its year.

use super::book::{Book, Text};
use super::edits::Edits;
use crate::calendar::Month;
use crate::parse::InForce;

/// Where the term has moved: lines that ended before it go, marks that begin before it fall.
pub fn settle(lines: Vec<Text>, before: Option<(Month, Month)>) -> Vec<Text> {
    if !lines.iter().any(|line| line.text.trim_start().starts_with('〔')) {
        return lines;
    }
    let book = Book::read(lines);
    let Some((first, _)) = book.term.filter(|term| Some(*term) != before) else { return book.lines };
    let mut edits = Edits::default();
    let has_ended = |in_force: InForce| in_force.last.is_some_and(|last| last < first);
    let settled = |in_force: InForce| InForce { first: in_force.first.filter(|begin| *begin > first), ..in_force };
    for (index, block) in book.blocks.iter().enumerate() {
        if has_ended(block.in_force) {
            edits.remove(book.text_of(book.whole(index)));
            continue;
        }
        if let Some(opening) = block.opening.filter(|_| settled(block.in_force) != block.in_force) {
            edits.mark(opening, settled(block.in_force));
        }
        for entry in &block.entries {
            if has_ended(entry.in_force) {
                edits.remove(entry.from..entry.to);
            } else if settled(entry.in_force) != entry.in_force {
                edits.mark(entry.from, settled(entry.in_force));
            }
        }
    }
    edits.apply(book.lines)
}
