//! One statement in its canonical words: a walk over the pairs of its line.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::sign;
use super::words;
use crate::compile::whole;
use crate::parse::{Names, Statement};
use crate::syntax::{Pair, Rule as Token};

/// How far a line is changed: a step further back each time that it would not read back as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Care {
    /// Everything canonical.
    Full,
    /// Quotes stay where they were written.
    KeepQuotes,
    /// The words stay as written, only their place changes.
    AsWritten,
}

/// A column of a table ends here; the page turns it into spaces.
pub const STOP: char = '\t';

/// A statement in canonical words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    /// Of the words and what they are to the grammar: the same where a line reads back as it was.
    pub shape: u64,
    pub care: Care,
}

/// Writes a statement.
pub fn write(source: &str, statement: &Statement<'_>, names: &Names, care: Care) -> Written {
    let code = statement.code;
    if care == Care::AsWritten {
        let text = source[code.span(0..code.text.len())].trim().to_owned();
        return Written { text, shape: 0, care };
    }
    let mut writer = Writer {
        source,
        statement,
        names,
        care,
        unit: None,
        text: String::new(),
        gap: Gap::None,
        shape: FxHasher::default(),
    };
    writer.line();
    Written { shape: writer.shape.finish(), text: writer.text, care }
}

pub struct Writer<'a, 'b> {
    pub(super) source: &'a str,
    pub(super) statement: &'b Statement<'a>,
    pub(super) names: &'b Names,
    pub(super) care: Care,
    /// The measure word of the indicator the line is about.
    pub(super) unit: Option<String>,
    pub(super) text: String,
    pub(super) gap: Gap,
    pub(super) shape: FxHasher,
}

/// What stands before the next word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    #[default]
    None,
    /// A space, unless a sign is there: wide signs bring their own.
    BetweenWords,
    /// A space in any case, as around ÷.
    Always,
}

impl<'a> Writer<'a, '_> {
    // ------------------------------------------------------------ output

    pub(super) fn push(&mut self, text: &str) {
        let Some(first) = text.chars().next() else { return };
        let is_sign = |c: char| "：，；、（）".contains(c);
        let last = self.text.chars().next_back().filter(|last| !matches!(*last, ' ' | STOP));
        let due = match std::mem::take(&mut self.gap) {
            Gap::None => false,
            Gap::BetweenWords => last.is_some_and(|last| !is_sign(last) && !is_sign(first)),
            Gap::Always => last.is_some(),
        };
        if due {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    /// A word that the grammar knows by name.
    pub(super) fn word(&mut self, token: Token, text: &str) {
        (token as u32, text).hash(&mut self.shape);
        self.push(text);
    }

    pub(super) fn space(&mut self) {
        self.gap = self.gap.max(Gap::BetweenWords);
    }

    pub(super) fn operator(&mut self, token: Token, text: &str) {
        self.gap = Gap::Always;
        self.word(token, text);
        self.gap = Gap::Always;
    }

    /// The source of a pair, as the author wrote it.
    pub(super) fn original(&self, pair: &Pair<'a, Token>) -> &'a str {
        self.source[self.statement.span(pair)].trim()
    }

    // ------------------------------------------------------------ walking

    fn line(&mut self) {
        let first = self.statement.inner();
        match first.as_rule() {
            Token::head => {
                let name = first.child(Token::head_name).expect("a head has a name");
                self.name_leaf(&name);
                if let Some(unit) = first.child(Token::head_unit) {
                    self.unit = Some(unit.as_str().trim().to_owned());
                    self.in_parentheses(&unit);
                }
                self.push("：");
                let body = self.statement.pair.child(Token::body).expect("a scoring line has a body");
                self.children(&body);
            }
            Token::share_row => {
                match first.child(Token::OTHERWISE) {
                    Some(_) => self.word(Token::OTHERWISE, "其余"),
                    None => {
                        self.some(&first, Token::number);
                        self.push("人");
                        self.some(&first, Token::OR_MORE);
                        self.some(&first, Token::OR_LESS);
                    }
                }
                self.push("：");
                self.list(&first.children(Token::percent), "、");
            }
            _ => self.pair(&first, Token::EOI),
        }
    }

    pub(super) fn in_parentheses(&mut self, pair: &Pair<'a, Token>) {
        self.push("（");
        self.pair(pair, Token::head);
        self.push("）");
    }

    pub(super) fn some(&mut self, pair: &Pair<'a, Token>, kind: Token) {
        if let Some(inner) = pair.child(kind) {
            self.pair(&inner, pair.as_rule());
        }
    }

    pub(super) fn list(&mut self, pairs: &[Pair<'a, Token>], separator: &str) {
        for (index, pair) in pairs.iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            self.pair(pair, Token::EOI);
        }
    }

    /// Children and what stands between them.
    pub(super) fn children(&mut self, pair: &Pair<'a, Token>) {
        let kind = pair.as_rule();
        let mut at = pair.as_span().start();
        for inner in pair.clone().into_inner() {
            self.between(at..inner.as_span().start(), kind);
            at = inner.as_span().end();
            self.pair(&inner, kind);
        }
        self.between(at..pair.as_span().end(), kind);
    }

    /// Signs and words that are no rule of their own.
    pub(super) fn between(&mut self, range: std::ops::Range<usize>, parent: Token) {
        let mut text: String =
            self.statement.code.text[range].chars().filter(|c| !sign::is_invisible(*c)).map(sign::full).collect();
        if text.is_empty() {
            return;
        }
        for (from, to) in words::literals(parent) {
            text = text.replace(from, to);
        }
        let text = text.as_str();
        if let Some(before) = text.strip_suffix('=') {
            self.push(before);
            return self.operator(Token::measure, "=");
        }
        self.push(text);
        // 排名末位 opens nothing.
        if words::OPENERS.contains(&text) && parent != Token::ranked {
            self.space();
        }
    }

    pub(super) fn pair(&mut self, pair: &Pair<'a, Token>, parent: Token) {
        let kind = pair.as_rule();
        match kind {
            Token::EOI => return,
            Token::rest | Token::text_prize | Token::example_title => {
                let text = self.original(pair);
                return self.human(kind, text);
            }
            // `板块 名称`, `排名 名称`: a title; after a date the unit's name.
            Token::heading => {
                self.space();
                let text = self.original(pair);
                return self.human(kind, text);
            }
            Token::number | Token::integer => return self.number(pair, parent),
            Token::marked
            | Token::quoted
            | Token::bare
            | Token::bare_value
            | Token::bare_upto
            | Token::bare_further
            | Token::head_name
            | Token::head_name_short
            | Token::measure_name
            | Token::key_word
            | Token::grading_name
            | Token::grading_said
            | Token::grading_term
            | Token::title => return self.name_leaf(pair),
            // A measure word may be marked as a name: 完成课时（课时） where an item is called 课时.
            Token::unit | Token::head_unit => {
                let unit: String = pair.as_str().chars().filter(|c| !sign::is_invisible(*c)).collect();
                return self.word(kind, words::variant(kind, &unit).unwrap_or(&unit));
            }
            _ => {}
        }
        if self.special(pair, parent) {
            return;
        }
        let mut inner = pair.clone().into_inner();
        if inner.next().is_none() || words::word(kind).is_some() {
            return self.leaf(pair, parent);
        }
        // Wrappers that come and go with the wording say nothing of the shape.
        if !matches!(
            kind,
            Token::amount
                | Token::expression
                | Token::term
                | Token::factor
                | Token::limit
                | Token::quantity
                | Token::values
        ) {
            (kind as u32).hash(&mut self.shape);
        }
        self.children(pair);
    }

    pub(super) fn leaf(&mut self, pair: &Pair<'a, Token>, parent: Token) {
        let kind = pair.as_rule();
        let written: String = pair.as_str().chars().filter(|c| !sign::is_invisible(*c)).map(sign::full).collect();
        let word = match (kind, parent) {
            (Token::YEARLY, _) => written.as_str(),
            _ => words::word(kind).or_else(|| words::variant(kind, &written)).unwrap_or(&written),
        };
        // -200%至500%: a sign of the number, and nothing to calculate.
        let is_sign = kind == Token::MINUS && matches!(parent, Token::limit | Token::key_range);
        if matches!(kind, Token::PLUS | Token::MINUS | Token::TIMES | Token::DIVIDED) && !is_sign {
            return self.operator(kind, word);
        }
        self.word(kind, word);
        if words::is_keyword(kind) {
            self.space();
        }
    }

    /// Text for people, as it was written.
    pub(super) fn human(&mut self, kind: Token, text: &str) {
        (kind as u32).hash(&mut self.shape);
        crate::parse::fold::fold_name(text).hash(&mut self.shape);
        // Signs of its own do not take the place of the space before it.
        if self.gap == Gap::BetweenWords {
            self.gap = Gap::Always;
        }
        self.push(text);
    }

    pub(super) fn number(&mut self, pair: &Pair<'a, Token>, parent: Token) {
        let written = pair.as_str().trim();
        let text = match whole(written) {
            Some(value) if !written.starts_with(|c: char| c.is_ascii_digit()) => value.to_string(),
            _ => written.to_owned(),
        };
        // 计一次, 只计一次: the phrase, as everyone writes it.
        let once = text == "1" && matches!(parent, Token::once_rule | Token::same_matter_rule);
        self.word(pair.as_rule(), if once { "一" } else { &text });
    }

    /// A name, in quotes only where it needs them.
    pub(super) fn name_leaf(&mut self, pair: &Pair<'a, Token>) {
        let written = self.original(pair);
        let quoted = pair.as_str().starts_with('「') && pair.as_str().trim_end().ends_with('」');
        let bare = if quoted {
            let mut characters = written.chars();
            characters.next();
            characters.next_back();
            characters.as_str().trim()
        } else {
            written
        };
        let name = sign::name(bare);
        // The shape does not tell marked, quoted and bare names apart: they mean the same.
        (Token::name as u32, &name).hash(&mut self.shape);
        if quoted && (self.care == Care::KeepQuotes || !self.stands_alone(&name)) {
            self.push(&format!("「{name}」"));
        } else {
            self.push(&name);
        }
    }

    /// Whether a quoted name would be read as one without its quotes. What this lets through is tried afterwards.
    pub(super) fn stands_alone(&self, name: &str) -> bool {
        let plain = name.chars().all(char::is_alphanumeric);
        plain && name.chars().count() > 1 && !words::WORDS.contains(&name) && self.names.longest_at(name) == Some(name)
    }
}
