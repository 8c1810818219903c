//! 第一名：奖励10万元；第二名：奖励5万元；被一票否决的，不予奖励: of which of the parts of its line it holds.

use super::expression::Site;
use super::scope::Scope;
use crate::syntax::{Pair, Rule as Token};

/// Asks where one line awards several and then withholds, unless a comma joins it to the last while semicolons part them.
pub(super) fn of_which(scope: &mut Scope<'_>, site: Site<'_, '_>, line: &Pair<'_, Token>) {
    let text = &site.statement.code.text;
    let parts: Vec<Pair<'_, Token>> =
        line.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::prizes).collect();
    let [.., last] = &parts[..] else { return };
    let excepts = |prize: &Pair<'_, Token>| prize.has(Token::exception);
    let Some(withheld) = last.children(Token::prize).into_iter().find(excepts).filter(|_| parts.len() > 1) else {
        return;
    };
    // What stands between two ends: of the parts before it, and of what it is joined to.
    let sign_before = |at: usize| text[..at].trim_end().chars().next_back().unwrap_or(';');
    let begin = withheld.as_span().start();
    let heads = line.clone().into_inner().flatten();
    let heads = heads.filter(|inner| matches!(inner.as_rule(), Token::place_prizes | Token::further_award));
    let mut begins = heads.map(|head| head.as_span().start()).filter(|at| !text[..*at].trim().is_empty());
    let by_semicolon = begins.all(|at| sign_before(at) == ';');
    if by_semicolon && sign_before(begin) == ',' {
        return;
    }
    let written = scope.original(site.statement, &withheld);
    let span = |from: usize, to: usize| scope.source.text[site.statement.code.span(from..to)].trim().to_owned();
    let separator = |c: char| [',', ';', ' '].contains(&c);
    let before = &text[..begin].trim_end_matches(separator);
    let who = written.trim_start_matches('但').trim_end_matches('。');
    let who = ["除外", "不予奖励", "不得奖励", "不奖励"].iter().find_map(|end| who.strip_suffix(end)).unwrap_or(who);
    let who = who.trim_end_matches(['，', ',', ' ', '的', '时']);
    let apart = format!("{}\n{who}的，不予奖励", span(0, before.len()));
    let from = parts.iter().rev().nth(1).map_or(0, |part| part.as_span().end());
    let earlier = span(0, text[..from].trim_end_matches(separator).len());
    let begin_of_last = from + text[from..].len() - text[from..].trim_start_matches(separator).len();
    let alone = format!("{earlier}\n{}，但{who}的除外", span(begin_of_last, before.len()));
    let finding = scope
        .at(site.statement, &withheld, "consequence-of-which", format!("前面分了几段，说不清“{written}”管哪几段"))
        .help(format!(
            "都管的，另起一行（这一段奖惩的各行都管）：\n{apart}\n只管最后一段的，那一段另起一行：\n{alone}"
        ));
    scope.blame(finding);
}
