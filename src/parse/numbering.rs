//! Numbers of items as schemes nest them, 一、 （一） 1. （1） 1） ①: those that begin anew below another are its parts.

use super::fold::Folded;
use super::numeral::item_path;
use crate::syntax::{self, Rule as Token};

/// How deep a kind of number stands where a scheme uses several; `1.1` says so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// 一、
    Han,
    /// （一）
    HanInBrackets,
    /// 1.
    Digits,
    /// 1.1
    Dotted,
    /// （1）
    DigitsInBrackets,
    /// 1）
    DigitsBracketed,
    /// ①
    Circled,
}

/// The items that a line may be a part of, from the outermost, as far as the lines were read.
#[derive(Default)]
pub struct Numbering {
    open: Vec<(Kind, Vec<u32>)>,
    /// Which kind has parts of which: 1. 2. below （一） go on below （二） with 3.
    nests: Vec<(Kind, Kind)>,
}

impl Numbering {
    /// An opening line of a section or an item; a number that nests by its kind alone is written out: 1.1.
    pub fn write_out(&mut self, folded: &mut Folded) {
        let Some((kind, length)) = number_of(&folded.text) else {
            self.open.clear();
            return;
        };
        let path = item_path(&folded.text[..length]);
        if kind == Kind::Dotted {
            self.open.retain(|(_, outer)| path.starts_with(outer) && path.len() > outer.len());
            self.open.push((kind, path));
            return;
        }
        let [number] = path[..] else { return };
        let nested = self.nested(kind, number);
        if nested.len() > 1 {
            let dotted: Vec<String> = nested.iter().map(u32::to_string).collect();
            *folded = folded.replaced(0..length, &format!("{} ", dotted.join(".")));
        }
        self.open.push((kind, nested));
    }

    /// After 1. comes 2.; a kind that is not open and begins with 1, or was a part of its like before, is a part of what
    /// stands above it.
    fn nested(&mut self, kind: Kind, number: u32) -> Vec<u32> {
        if let Some(at) = self.open.iter().position(|(known, _)| *known == kind) {
            let mut path = self.open[at].1.clone();
            self.open.truncate(at);
            *path.last_mut().expect("a path has a number") = number;
            return path;
        }
        match self.open.last() {
            Some((outer, path)) if *outer < kind && (number == 1 || self.nests.contains(&(*outer, kind))) => {
                self.nests.push((*outer, kind));
                [path.as_slice(), &[number]].concat()
            }
            _ => {
                self.open.clear();
                vec![number]
            }
        }
    }
}

/// The kind of number that a line begins with, and its length.
fn number_of(text: &str) -> Option<(Kind, usize)> {
    let number = syntax::parse(Token::item_number, text).ok()?;
    let written = number.as_str();
    let is_digit = written.contains(|c: char| c.is_ascii_digit());
    let kind = match (written.starts_with('('), is_digit) {
        (false, true) if written.ends_with(')') => Kind::DigitsBracketed,
        (false, false) if written.starts_with(|c| ('①'..='⑳').contains(&c)) => Kind::Circled,
        (true, true) => Kind::DigitsInBrackets,
        (true, false) => Kind::HanInBrackets,
        (false, false) => Kind::Han,
        (false, true) if item_path(written).len() > 1 => Kind::Dotted,
        (false, true) => Kind::Digits,
    };
    Some((kind, written.len()))
}
