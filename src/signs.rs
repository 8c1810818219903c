//! The sign beside each word of comparison: ≥ beside 以上, > beside 超过, so that nobody wonders about the end itself; and
//! by what 同一… counts.

use std::collections::BTreeMap;

use crate::diagnostic::Findings;
use crate::parse::{self, Names, Statement};
use crate::source::Source;
use crate::syntax::{Pair, Rule as Token};

/// By line (from 1): `≥30件，<95%`, in the order of the words. Lines that do not parse have none.
pub fn by_line(source: &Source) -> BTreeMap<usize, String> {
    let mut scratch = Findings::default();
    let mut lines = parse::lines(source, &mut scratch);
    let names = Names::gather(&lines);
    parse::mark_names(&mut lines, &names);
    let (statements, _) = parse::statements(&lines);
    let mut signs = BTreeMap::new();
    for statement in &statements {
        let mut found: Vec<String> = Vec::new();
        gather(statement, &statement.pair, &mut found);
        found.dedup();
        if !found.is_empty() {
            signs.insert(statement.line.number, found.join("，"));
        }
    }
    signs
}

/// The sign of a word, and whether the figure stands before it.
fn sign(token: Token) -> Option<(&'static str, bool)> {
    Some(match token {
        Token::BELOW => ("<", false),
        Token::AT_LEAST => ("≥", false),
        Token::AT_MOST => ("≤", false),
        Token::ABOVE => (">", false),
        Token::OR_MORE => ("≥", true),
        Token::OR_LESS => ("≤", true),
        Token::OUTSIDE => (">", true),
        _ => return None,
    })
}

fn gather(statement: &Statement<'_>, pair: &Pair<'_, Token>, found: &mut Vec<String>) {
    let children: Vec<Pair<'_, Token>> = pair.clone().into_inner().collect();
    for (index, child) in children.iter().enumerate() {
        let word = match child.as_rule() {
            Token::comparator => child.clone().into_inner().next(),
            _ => Some(child.clone()),
        };
        // 同一学生第2次, 同一隐患第2次
        match child.as_rule() {
            Token::SAME_PERSON => found.push("按人员计次".to_owned()),
            Token::SAME_THING => found.push("按事项计次".to_owned()),
            _ => {}
        }
        if let Some((sign, is_behind)) = word.and_then(|word| sign(word.as_rule())) {
            let figure = if is_behind { index.checked_sub(1) } else { Some(index + 1) };
            let figure = figure.and_then(|index| children.get(index)).map(|figure| written(statement, figure));
            // A sign that stands there already needs no other.
            let is_sign = child.as_str().trim().starts_with(['<', '>', '≤', '≥']);
            found.extend(figure.filter(|_| !is_sign).map(|figure| format!("{sign}{figure}")));
        }
        gather(statement, child, found);
    }
}

/// A figure without the spaces and the words around it.
fn written(statement: &Statement<'_>, pair: &Pair<'_, Token>) -> String {
    let text = &statement.code.text[pair.as_span().start()..pair.as_span().end()];
    let is_mark = |c: char| c.is_whitespace() || ('\u{E000}'..='\u{E005}').contains(&c);
    text.chars().filter(|c| !is_mark(*c)).collect()
}
