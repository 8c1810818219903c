//! 高于全体平均（破案率）5个百分点以上: how far one figure is from another, which two bounds side by side would not be.

use super::condition::{Range, comparison_of};
use super::expression::Site;
use super::scope::Scope;
use crate::plan::{Comparison, Condition};
use crate::syntax::{Pair, Rule as Token};

/// What a range says of how far away, told with the sum or difference that it means; `None` where it says nothing of it.
pub(super) fn how_far(scope: &mut Scope<'_>, site: Site<'_, '_>, range: &Pair<'_, Token>) -> Option<Range> {
    let bounds: Vec<Pair<'_, Token>> = range.clone().into_inner().collect();
    let [from, by] = &bounds[..] else { return None };
    let text = &site.statement.code.text;
    let joined = text[from.as_span().end()..by.as_span().start()].trim().is_empty();
    let comparison = comparison_of(&from.child(Token::comparator)?);
    let (end, by_end) = (from.child(Token::expression).or(from.child(Token::limit))?, by.child(Token::limit)?);
    let kinds = [Token::OR_MORE, Token::OR_LESS, Token::OUTSIDE];
    let which =
        kinds.into_iter().find(|kind| by.has(*kind)).filter(|_| joined && from.children(Token::OR_MORE).is_empty())?;
    let is_above = match comparison {
        Comparison::Above | Comparison::AtLeast => true,
        Comparison::Below | Comparison::AtMost => false,
        Comparison::Equal | Comparison::NotEqual => return None,
    };
    // 超过60%90%以下 has two ends; 超过50件5件以上 has none but the difference.
    let is_number =
        end.as_str().trim().starts_with(|c: char| c.is_ascii_digit()) && !end.as_str().contains(['×', '÷', '+', '-']);
    let in_points = by_end.as_str().trim_end().ends_with("百分点");
    let same_way = is_above == (which != Token::OR_LESS);
    if is_number && !in_points && !same_way {
        return None;
    }
    let (end, far) = (scope.original(site.statement, &end), scope.original(site.statement, &by_end));
    // 低于第1名10分以上: than the points of the first.
    let before = scope.source.text[..site.statement.span(range).start].trim_end();
    let of = ["得分", "总分"].into_iter().find(|of| before.ends_with(of));
    let end = match of.filter(|_| matches!(end.as_str(), "第1名" | "第一名")) {
        Some(of) => format!("全体最高（{of}）"),
        None => end,
    };
    let sign = if is_above { '+' } else { '-' };
    let away = |far: &str| match (which, is_above) {
        (Token::OR_MORE, true) => format!("不低于{end} {sign} {far}"),
        (Token::OR_MORE, false) => format!("不超过{end} {sign} {far}"),
        (Token::OR_LESS, true) => format!("超过{end}且不超过{end} {sign} {far}"),
        (Token::OR_LESS, false) => format!("低于{end}且不低于{end} {sign} {far}"),
        (_, true) => format!("超过{end} {sign} {far}"),
        (_, false) => format!("低于{end} {sign} {far}"),
    };
    let written = scope.original(site.statement, range);
    let line = |with: &str| scope.line_with(site.statement, range, with);
    let help = match far.strip_suffix('%') {
        Some(percent) => format!(
            "相差{percent}个百分点的，写成：{}\n相差那个数的{far}的，写成：{}",
            line(&away(&format!("{percent}个百分点"))),
            line(&away(&format!("{end} × {far}")))
        ),
        None => format!("写成：{}", line(&away(&far))),
    };
    let message = format!("“{written}”说的是两个数相差多少，要写成加减的算式");
    let finding = scope.at(site.statement, range, "other-words", message).help(help);
    scope.blame(finding);
    Some(Range { condition: Condition::Always, low: None, high: None })
}
