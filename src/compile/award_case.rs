//! 前2名：奖励3万元；当 类别为二类，前2名：奖励2万元: a condition among what a line awards, where it would hold for nobody.

use super::award_parts::piece;
use super::expression::Site;
use super::scope::{Scope, name_of};
use crate::syntax::{self, Pair, Rule as Token};

/// Told of words that are given and are a condition, with a line for each case; whether they are one.
pub(super) fn begins(scope: &mut Scope<'_>, site: Site<'_, '_>, words: &Pair<'_, Token>) -> bool {
    let Some(condition) = condition(scope, site, words) else { return false };
    let help = match goes_on(site, words) {
        true => format!("每种条件另起一行：\n{}", apart(scope, site).join("\n")),
        false => in_front(scope, site, words, &condition),
    };
    let message = format!("“{}”是条件，写在这里只是一句话，不起作用", scope.original(site.statement, words));
    let finding = scope.at(site.statement, words, "unread-award", message).help(help);
    scope.blame(finding);
    true
}

/// The condition that words are, as it stands behind 当: 当 类别为二类, 类别为二类 before what it is for, 限二类乡镇.
fn condition(scope: &Scope<'_>, site: Site<'_, '_>, words: &Pair<'_, Token>) -> Option<String> {
    const MARK: char = '\u{E000}';
    let text = words.as_str().trim();
    let said = match without_when(text) {
        // 当场表扬, 当选先进
        Some(rest) => rest.starts_with([' ', MARK]),
        // 绩效为零 by itself is what becomes of money.
        None => text.starts_with(MARK) && (goes_on(site, words) || text.ends_with('的')),
    };
    if said && syntax::is(Token::condition_alone, without_when(text).unwrap_or(text).trim()) {
        let written = scope.original(site.statement, words);
        let bare = without_when(&written).unwrap_or(&written);
        return Some(bare.trim().trim_end_matches(['的', '时']).to_owned());
    }
    // 二类的，第1名：奖励1万元
    let bare = name_of(words);
    let listed = bare.strip_suffix('的').filter(|_| goes_on(site, words));
    if let Some(column) = listed.and_then(|value| scope.column_that_lists(value)) {
        return Some(format!("{column}为{}", listed.unwrap_or_default()));
    }
    of_kind(scope, &bare)
}

fn without_when(text: &str) -> Option<&str> {
    ["当", "如果", "凡"].iter().find_map(|when| text.strip_prefix(when))
}

/// 限一类乡镇: a value that an attribute lists.
fn of_kind(scope: &Scope<'_>, text: &str) -> Option<String> {
    let kind = ["仅限", "只限", "限于", "限", "仅给", "只给", "只奖", "仅", "只"]
        .iter()
        .find_map(|word| text.strip_prefix(word))?
        .trim();
    let plan = &scope.plan;
    let values = plan
        .attributes
        .iter()
        .flat_map(|attribute| attribute.values.iter().flatten().map(move |value| (attribute, value)));
    let values = values.map(|(attribute, value)| (attribute, plan.symbols.text(*value)));
    let (attribute, value) =
        values.filter(|(_, value)| kind.starts_with(*value)).max_by_key(|(_, value)| value.len())?;
    // 限一类以外的
    let is_other = ["以外", "之外", "除外"].iter().any(|word| kind[value.len()..].contains(word));
    Some(format!("{}{}{value}", attribute.name, if is_other { "不为" } else { "为" }))
}

/// Whether a comma joins words to what is given behind them.
fn goes_on(site: Site<'_, '_>, words: &Pair<'_, Token>) -> bool {
    site.statement.code.text[words.as_span().end()..].trim_start().starts_with(',')
}

/// The line taken apart where a condition begins.
fn apart(scope: &Scope<'_>, site: Site<'_, '_>) -> Vec<String> {
    let given = site.statement.inner().into_inner().flatten().filter(|inner| inner.as_rule() == Token::text_prize);
    let cases: Vec<_> = given.filter_map(|words| Some((condition(scope, site, &words)?, words.as_span()))).collect();
    let begin = |at: usize| cases.get(at).map_or(site.statement.code.text.len(), |(_, span)| span.start());
    let first = piece(scope, site, 0..begin(0));
    // 第1名：限一类，奖励1万元: whom each of them is for stands before all.
    if let Some(head) = first.trim_end().strip_suffix(['：', ':']) {
        let given = |at: usize, span: usize| piece(scope, site, span..begin(at + 1));
        let cases = cases.iter().enumerate();
        return cases.map(|(at, (when, span))| format!("当 {when}，{head}：{}", given(at, span.end()))).collect();
    }
    let mut lines = vec![first];
    for (at, (condition, span)) in cases.iter().enumerate() {
        let given = piece(scope, site, span.end()..begin(at + 1));
        let is_grade = |name: &str| scope.plan.gradings.iter().any(|grading| grading.has(name));
        lines.push(match given.split_once(['：', ':']).filter(|(head, _)| is_grade(head.trim())) {
            Some((grade, given)) => format!("当 {condition}且等次为{}：{given}", grade.trim()),
            None => format!("当 {condition}，{given}"),
        });
    }
    lines
}

/// 第1名：奖励2万元，限一类乡镇: whose condition stands behind.
fn in_front(scope: &Scope<'_>, site: Site<'_, '_>, words: &Pair<'_, Token>, condition: &str) -> String {
    let span = words.as_span();
    let (given, rest) =
        (piece(scope, site, 0..span.start()), piece(scope, site, span.end()..site.statement.code.text.len()));
    let line = site.statement.inner();
    let of_places = line.as_rule() == Token::award_places && !line.has(Token::condition);
    match of_places && !given.contains(['；', ';']) {
        true => format!("条件写在前面：\n{}", format!("当 {condition}，{given}\n{rest}").trim_end()),
        false => format!("条件写在冒号前面，已有条件的用“且”连起来：当 {condition}且…：…"),
    }
}
