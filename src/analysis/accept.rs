//! 认可: findings that the rulebook's author has looked at and wants as they are, with the reason.

use crate::parse::{Children, Statement};
use crate::syntax::Rule as Token;

/// `认可 封顶后不再扣（3f2a）：原文如此`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    pub line: usize,
    /// The finding: its Chinese or its kebab-case name.
    pub name: String,
    /// A fingerprint of the clause as it was then.
    pub print: String,
}

/// The acceptances of a rulebook.
pub fn collect(statements: &[Statement<'_>]) -> Vec<Acceptance> {
    let accepted = statements.iter().filter_map(|statement| {
        let pair = statement.inner();
        let (name, print) = (pair.child(Token::accepted_name)?, pair.child(Token::accepted_print)?);
        // Names that the rulebook declares may be marked inside the finding's own.
        let name = name.as_str().trim().chars().filter(|c| !('\u{E000}'..='\u{E005}').contains(c)).collect();
        Some(Acceptance { line: statement.line.number, name, print: print.as_str().to_ascii_lowercase() })
    });
    accepted.collect()
}

/// Four letters and digits that change when the meaning does.
pub fn fingerprint(code: &str, meaning: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(code.as_bytes()).update(b"\0").update(meaning.as_bytes());
    hasher.finalize().to_hex()[..4].to_owned()
}
