//! The tree of a parsed line: every pair once, in the order of the text, in as few bytes as it takes.
//!
//! The parser's own tokens are several times as large, and they count a pair's children each time these are asked for.

use std::rc::Rc;

use pest::RuleType;
use pest::Token;

/// One pair of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node<R> {
    rule: R,
    /// In bytes of the text.
    start: u32,
    end: u32,
    /// The node after the last one inside.
    after: u32,
}

impl<R> Node<R> {
    /// In bytes of the text.
    pub fn end(&self) -> usize {
        self.end as usize
    }
}

/// The tree of a line that was parsed in two pieces: the roots of both become one, of `rule`.
pub(super) fn joined<R: RuleType>(rule: R, head: Vec<Node<R>>, tail: &[Node<R>]) -> Vec<Node<R>> {
    let (offset, before) = (head[0].end, head.len() as u32 - 1);
    let mut nodes = head;
    nodes.extend(tail[1..].iter().map(|node| Node {
        start: node.start + offset,
        end: node.end + offset,
        after: node.after + before,
        ..*node
    }));
    nodes[0] = Node { rule, start: 0, end: offset + tail[0].end, after: nodes.len() as u32 };
    nodes
}

/// The nodes of what the parser found.
///
/// INVARIANT: it is at most [`crate::parse::LONGEST_LINE`] and its marks long, so that 32 bits hold every place.
pub(super) fn nodes<R: RuleType>(pairs: pest::iterators::Pairs<'_, R>) -> Vec<Node<R>> {
    // Most lines have fewer.
    let mut nodes = Vec::with_capacity(32);
    let mut open = Vec::with_capacity(16);
    for token in pairs.tokens() {
        match token {
            Token::Start { rule, pos } => {
                open.push(nodes.len());
                nodes.push(Node { rule, start: pos.pos() as u32, end: 0, after: 0 });
            }
            Token::End { pos, .. } => {
                let (end, after) = (pos.pos() as u32, nodes.len() as u32);
                let begun = open.pop().expect("a pair ends after it began");
                (nodes[begun].end, nodes[begun].after) = (end, after);
            }
        }
    }
    nodes
}

/// What a rule matched, and the pairs inside it.
#[derive(Clone)]
pub struct Pair<'a, R> {
    text: &'a str,
    nodes: Rc<[Node<R>]>,
    at: usize,
}

/// A range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    pub fn start(self) -> usize {
        self.start
    }

    pub fn end(self) -> usize {
        self.end
    }
}

impl<'a, R: RuleType> Pair<'a, R> {
    /// The pair that all others are in.
    pub fn root(text: &'a str, nodes: Vec<Node<R>>) -> Pair<'a, R> {
        Pair { text, nodes: nodes.into(), at: 0 }
    }

    fn node(&self) -> &Node<R> {
        &self.nodes[self.at]
    }

    pub fn as_rule(&self) -> R {
        self.node().rule
    }

    pub fn as_str(&self) -> &'a str {
        let Node { start, end, .. } = *self.node();
        &self.text[start as usize..end as usize]
    }

    pub fn as_span(&self) -> Span {
        let Node { start, end, .. } = *self.node();
        Span { start: start as usize, end: end as usize }
    }

    /// The pairs right inside this one.
    pub fn into_inner(self) -> Pairs<'a, R> {
        let end = self.node().after as usize;
        Pairs { text: self.text, at: self.at + 1, end, nodes: self.nodes }
    }

    /// Where the pairs right inside this one are that `wanted` picks.
    fn inside(&self, wanted: impl Fn(R) -> bool) -> impl Iterator<Item = usize> {
        let end = self.node().after as usize;
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < end {
                let here = at;
                at = self.nodes[here].after as usize;
                if wanted(self.nodes[here].rule) {
                    return Some(here);
                }
            }
            None
        })
    }

    fn other(&self, at: usize) -> Pair<'a, R> {
        Pair { text: self.text, nodes: self.nodes.clone(), at }
    }

    /// The first child of a kind: others may stand between any two.
    pub fn child(&self, kind: R) -> Option<Pair<'a, R>> {
        self.inside(|rule| rule == kind).next().map(|at| self.other(at))
    }

    pub fn has(&self, kind: R) -> bool {
        self.inside(|rule| rule == kind).next().is_some()
    }

    /// The children of a kind.
    pub fn children(&self, kind: R) -> Vec<Pair<'a, R>> {
        self.inside(|rule| rule == kind).map(|at| self.other(at)).collect()
    }
}

/// The same pair of the same tree.
impl<R> PartialEq for Pair<'_, R> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.nodes, &other.nodes) && self.at == other.at
    }
}

impl<R: RuleType> std::fmt::Debug for Pair<'_, R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} {:?}", self.as_rule(), self.as_str())
    }
}

/// The pairs right inside a pair, one after another.
#[derive(Clone)]
pub struct Pairs<'a, R> {
    text: &'a str,
    nodes: Rc<[Node<R>]>,
    at: usize,
    end: usize,
}

impl<'a, R: RuleType> Pairs<'a, R> {
    /// All pairs below, each before what is inside it.
    pub fn flatten(self) -> impl Iterator<Item = Pair<'a, R>> {
        let Pairs { text, nodes, at, end } = self;
        (at..end).map(move |at| Pair { text, nodes: nodes.clone(), at })
    }
}

impl<'a, R: RuleType> Iterator for Pairs<'a, R> {
    type Item = Pair<'a, R>;

    fn next(&mut self) -> Option<Pair<'a, R>> {
        let node = self.nodes[..self.end].get(self.at)?;
        let pair = Pair { text: self.text, nodes: self.nodes.clone(), at: self.at };
        self.at = node.after as usize;
        Some(pair)
    }
}
