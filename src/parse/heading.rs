//! The heading of a section without its word: 社区矫正工作 alone on a line, and items below it that begin anew.

use super::{Context, entry_rule};
use crate::syntax;

/// Headings are no longer.
const LONGEST: usize = 20;
/// So many lines below a heading the first item is looked for: 依据, 责任股室 and caps stand between.
const MOST_BETWEEN: usize = 12;

/// How far in the section around stands, and its items.
#[derive(Default)]
pub struct Layout {
    section: Option<usize>,
    item: Option<usize>,
}

impl Layout {
    /// Notes an opening, as written.
    pub fn opened(&mut self, context: Context, text: &str, written: &str) {
        match context {
            Context::Node if text.starts_with("板块") => {
                *self = Layout { section: Some(indent(written)), item: None }
            }
            Context::Node => self.item = Some(indent(written)),
            _ => *self = Layout::default(),
        }
    }

    /// Whether a line that opens nothing was to open a section; `below` is what follows it.
    pub fn lacks_word(&self, context: Context, text: &str, written: &str, below: &str) -> bool {
        let (Context::Node, Some(section), Some(item)) = (context, self.section, self.item) else { return false };
        let title = text.split('(').next().unwrap_or_default();
        let is_bare = title.chars().all(|c| c >= '\u{4E00}') && (2..=LONGEST).contains(&title.chars().count());
        is_bare
            && (item <= section || indent(written) <= section)
            && begins_anew(below)
            && !syntax::is(entry_rule(context, text), text)
    }
}

fn indent(written: &str) -> usize {
    written.len() - written.trim_start().len()
}

/// Whether the first item below is the first of its section.
fn begins_anew(below: &str) -> bool {
    let number = |line: &str| line.starts_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十(（".contains(c));
    let first = below.split('\n').take(MOST_BETWEEN).map(str::trim_start).find(|line| number(line));
    first.is_some_and(|line| {
        let is_first = |mark: &str| line.strip_prefix(mark).is_some_and(|rest| !rest.starts_with(char::is_numeric));
        ["1.", "1、", "1．", "一、", "（一）", "(一)"].iter().any(|mark| is_first(mark))
    })
}
