//! Rows of tables, whose columns the page sets, and the lines of an 例.

use std::hash::Hash;

use super::line::{Gap, STOP, Writer};
use super::sign;
use crate::syntax::{Pair, Rule as Token};

impl<'a> Writer<'a, '_> {
    /// `国家级、一等  15分`
    pub(super) fn table_row(&mut self, pair: &Pair<'a, Token>) {
        if let Some(row) = pair.child(Token::bar_row) {
            return self.bar_row(&row);
        }
        let keys = pair.child(Token::table_keys).expect("a table row has keys").children(Token::table_key);
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                self.push("、");
            }
            match key.child(Token::OTHERWISE) {
                Some(_) if keys.len() > 1 => self.word(Token::OTHERWISE, "其他"),
                Some(_) => self.word(Token::OTHERWISE, "其余"),
                None => self.children(key),
            }
        }
        self.gap = Gap::None;
        self.text.push(STOP);
        self.some(pair, Token::verb);
        self.some(pair, Token::amount);
    }

    pub(super) fn bar_row(&mut self, pair: &Pair<'a, Token>) {
        for cell in pair.children(Token::bar_cell) {
            let text = sign::name(self.original(&cell));
            // What is behind the last bar is no cell.
            if cell.as_span().end() == pair.as_str().len() + pair.as_span().start() && text.is_empty() {
                continue;
            }
            (Token::bar_cell as u32, &text).hash(&mut self.shape);
            self.text.push_str(&text);
            self.text.push(STOP);
        }
    }

    /// Lines of an 例: figures and signs as everywhere, all else as written.
    pub(super) fn example(&mut self, pair: &Pair<'a, Token>) {
        let (keyword, rest) = match pair.as_rule() {
            Token::example_expect => ("则", pair.child(Token::rest)),
            Token::example_roster => ("单位", pair.child(Token::rest)),
            _ => ("", pair.child(Token::rest)),
        };
        self.push(keyword);
        self.some(pair, Token::heading);
        if let Some(rest) = rest {
            if pair.has(Token::heading) {
                self.push("：");
            }
            let range = rest.as_span().start()..rest.as_span().end();
            let text = sign::facts(self.source, &self.statement.code.slice(range));
            self.space();
            self.word(Token::rest, &text);
        }
    }
}
