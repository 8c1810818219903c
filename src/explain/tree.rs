//! Sentences under sentences, printed as a tree.

use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

/// A sentence and those that explain it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub text: String,
    /// What it comes to, with the mark that joins it to the text: `：-2分`, `，扣1分`; empty where there is no such thing.
    pub value: String,
    pub kind: Kind,
    pub branches: Vec<Tree>,
}

/// What a sentence is about, for those who show it otherwise than as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Plain,
    /// One period of several.
    Period,
    /// A section or item.
    Node,
    /// A scoring line.
    Line,
    /// What a fact or measure gave.
    Entry,
    /// What gave nothing because it does not count.
    Uncounted,
    /// A cap or another step over the whole of a node.
    Step,
    /// 依据, 责任部门, 读法: what a node rests on.
    Source,
}

impl Tree {
    pub fn new(text: impl Into<String>) -> Tree {
        Tree { text: text.into(), ..Tree::default() }
    }

    pub fn of(kind: Kind, text: impl Into<String>, value: impl Into<String>) -> Tree {
        Tree { text: text.into(), value: value.into(), kind, branches: Vec::new() }
    }

    pub fn sentence(&self) -> String {
        format!("{}{}", self.text, self.value)
    }

    /// Adds a sentence without any below it.
    pub fn say(&mut self, text: impl Into<String>) {
        self.branches.push(Tree::new(text));
    }

    pub fn push(&mut self, branch: Tree) {
        self.branches.push(branch);
    }

    /// Adds a branch where there is something on it.
    pub fn push_filled(&mut self, branch: Tree) {
        if !branch.branches.is_empty() {
            self.push(branch);
        }
    }

    /// Writes the tree; lines longer than `width` terminal cells go on below, indented.
    pub fn write(&self, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
        self.write_at(width, "", "", out)
    }

    /// INVARIANT: a tree is as deep as the nodes of its rulebook, which the compiler bounds.
    fn write_at(&self, width: Option<usize>, first: &str, below: &str, out: &mut dyn Write) -> io::Result<()> {
        let stem = if self.branches.is_empty() { "  " } else { "│ " };
        let room = width.map_or(usize::MAX, |width| width.saturating_sub(cells(first) + 2).max(20));
        for (index, line) in wrap(&self.sentence(), room).iter().enumerate() {
            match index {
                0 => writeln!(out, "{first}{line}")?,
                _ => writeln!(out, "{below}{stem}{line}")?,
            }
        }
        for (index, branch) in self.branches.iter().enumerate() {
            let last = index + 1 == self.branches.len();
            let (knot, line) = if last { ("└ ", "  ") } else { ("├ ", "│ ") };
            branch.write_at(width, &format!("{below}{knot}"), &format!("{below}{line}"), out)?;
        }
        Ok(())
    }
}

fn cells(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Chinese breaks between any two characters, but no mark that closes begins a line, and no number is broken.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for c in text.chars() {
        let c = if c.is_control() { '\u{fffd}' } else { c };
        if cells(&line) + c.width().unwrap_or(0) > room && !"，。；：、）”》〕".contains(c) {
            let tail = line.trim_end_matches(|c: char| c.is_ascii_graphic());
            let kept = if c.is_ascii_graphic() && !tail.is_empty() { tail.len() } else { line.len() };
            let rest = line.split_off(kept);
            lines.push(std::mem::replace(&mut line, rest));
        }
        line.push(c);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_on_under_their_own_stem() {
        let mut tree = Tree::new("总分-12.5分");
        let mut branch = Tree::new("基层工作-12.5分，其中扣分十二点五分，没有加分，也没有封顶");
        branch.say("录入件数28件");
        tree.push(branch);
        tree.say("末位");
        let mut out = Vec::new();
        tree.write(Some(30), &mut out).unwrap();
        let expected = "\
总分-12.5分
├ 基层工作-12.5分，其中扣分
│ │ 十二点五分，没有加分，也没
│ │ 有封顶
│ └ 录入件数28件
└ 末位
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
