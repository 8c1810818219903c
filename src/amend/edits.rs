//! What amendments do to the lines of a text: lines taken out, put in, and marked.

use std::collections::BTreeMap;

use super::book::Text;
use crate::parse::InForce;

/// Where lines are put in: behind so many lines of the old text, lines of a block before new items, items by number.
pub type Slot = (usize, u8, Vec<u32>);

/// Changes to a text, all by the line numbers (from 0) of the old one.
#[derive(Default)]
pub struct Edits {
    gone: Vec<bool>,
    marks: BTreeMap<usize, InForce>,
    new: BTreeMap<Slot, Vec<Text>>,
}

impl Edits {
    pub fn remove(&mut self, lines: std::ops::Range<usize>) {
        if self.gone.len() < lines.end {
            self.gone.resize(lines.end, false);
        }
        self.gone[lines].fill(true);
    }

    /// Whether a line was taken out.
    pub fn is_gone(&self, line: usize) -> bool {
        self.gone.get(line).copied().unwrap_or(false)
    }

    /// The line's mark from now on.
    pub fn mark(&mut self, line: usize, in_force: InForce) {
        self.marks.insert(line, in_force);
    }

    pub fn insert(&mut self, slot: Slot, lines: impl IntoIterator<Item = Text>) {
        self.new.entry(slot).or_default().extend(lines);
    }

    /// The new text.
    pub fn apply(mut self, old: Vec<Text>) -> Vec<Text> {
        let mut lines: Vec<Text> = Vec::with_capacity(old.len());
        let mut new = std::mem::take(&mut self.new).into_iter().peekable();
        for (index, mut line) in old.into_iter().enumerate() {
            while new.peek().is_some_and(|(slot, _)| slot.0 <= index) {
                lines.extend(new.next().into_iter().flat_map(|(_, texts)| texts));
            }
            if self.gone.get(index).copied().unwrap_or(false) {
                continue;
            }
            if let Some(in_force) = self.marks.get(&index) {
                mark(&mut line, *in_force);
            }
            lines.push(line);
        }
        lines.extend(new.flat_map(|(_, texts)| texts));
        lines
    }
}

/// Puts a mark before a line, instead of the one it has.
pub fn mark(line: &mut Text, in_force: InForce) {
    let indent = line.text.len() - line.text.trim_start().len();
    let rest = &line.text[indent..];
    let bare = match rest.split_once('〕') {
        Some((_, bare)) if rest.starts_with('〔') => bare.trim_start(),
        _ => rest,
    };
    let new = in_force.to_string();
    let moved = rest[..rest.len() - bare.len()].chars().count() as i32 - new.chars().count() as i32;
    line.text = format!("{}{new}{bare}", &line.text[..indent]);
    line.origin.shift += moved;
}
