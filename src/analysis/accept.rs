//! 认可: findings that the rulebook's author has looked at and wants as they are, with the reason.

use crate::diagnostic::{Finding, Place};
use crate::parse::Statement;
use crate::plan::Plan;
use crate::source::Source;
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

/// How a finding is accepted: among the conventions, or where it is.
pub fn accept_line(plan: &Plan, line: usize, title: &str, print: &str) -> String {
    let is_local = plan.nodes.get(1).is_some_and(|node| line >= node.line as usize);
    let spot = if is_local { "这里" } else { "约定里" };
    format!("就是要这样的，在{spot}加一行：认可 {title}（{print}）：理由")
}

/// An acceptance of what is not found any more, or not in this form; `still` is how it would be accepted now.
pub fn lapsed(source: &Source, acceptance: &Acceptance, title: &str, still: Option<&str>) -> Finding {
    let (message, help) = match still {
        Some(print) => (
            format!("认可“{title}”以后，那一句的意思改了，认可失效"),
            format!("核对改动；仍然认可的，改成：认可 {title}（{print}）：理由"),
        ),
        None => (format!("认可的“{title}”已经没有了，这一行没有用处"), "删去这一行".to_owned()),
    };
    told_at(source, acceptance, message, help)
}

/// A finding at the line of an acceptance.
pub fn told_at(source: &Source, acceptance: &Acceptance, message: String, help: String) -> Finding {
    let line = source.line(acceptance.line.clamp(1, source.line_count()));
    let text = line.trim();
    let column = line.find(text).map_or(1, |at| line[..at].chars().count() + 1);
    let place = Place { file: source.name.clone(), line: acceptance.line, column };
    Finding::warning("lapsed-acceptance", place, message).text(text).line_text(line).help(help)
}
