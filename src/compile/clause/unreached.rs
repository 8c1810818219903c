//! 单件最高扣3分；超期10天以上的每件扣5分: a limit of the whole line that is less than one of its cases brings by itself.

use super::limit::{self, Limited, gives, most_of_each};
use super::{Arm, Draft, Subject, verb_of};
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// Asks whether such a limit is of the case before it alone: what it is less than would never be taken off or given.
pub(super) fn ask(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, subject: &Subject) {
    for (most, limited, at) in &draft.bounds {
        let Some(found) = above(scope, site, draft, *limited, *most) else { continue };
        let Some(pair) = limit_at(site, *at) else { continue };
        return tell(scope, site, draft, matches!(subject, Subject::Event(_)), &pair, (*most, found));
    }
    two_limits(scope, site, draft);
}

/// The same of a limit behind the last of several bands, none of which goes by steps; whether it was asked.
pub(super) fn among_bands(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    pair: &Pair<'_, Token>,
    (limited, most): (Limited, Number),
) -> bool {
    let Some(found) = above(scope, site, draft, Some(limited), most) else { return false };
    let written = scope.original(site.statement, pair);
    let (word, points) = found;
    let message = format!("“{written}”比句里写的{word}{points}分还少，总有一个数对不上");
    let help = format!("核对“{points}分”和“{most}分”；各档都是定数的，不必再写限额");
    let finding = scope.at(site.statement, pair, "unclear-limit", message).help(help);
    scope.blame(finding);
    true
}

fn tell(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    is_event: bool,
    pair: &Pair<'_, Token>,
    (most, (word, points)): (Number, (&str, Number)),
) {
    let written = scope.original(site.statement, pair);
    let message = format!("“{written}”管整句，句里写的{word}{points}分就永远{word}不到");
    let all = format!("整句都管的，核对“{points}分”和“{most}分”，总有一个数对不上");
    let help = match (is_event, of_the_band_before(site, draft, pair)) {
        (true, _) => format!("只管一种的，把这一种单写一行，另立一个情形，后面写：，{written}\n{all}"),
        (false, Some(word)) => {
            let line = scope.line_with(site.statement, pair, &format!("{word}{most}分"));
            format!("只管前面一档的，写成：{line}\n{all}")
        }
        (false, None) => format!("只管一档的，写在这一档后面，用逗号\n{all}"),
    };
    let finding = scope.at(site.statement, pair, "unclear-limit", message).help(help);
    scope.blame(finding);
}

/// 3天以内每逾期1天扣1分，最多扣2分，超过3天的部分每天扣2分，最多扣6分: the greater of two limits for the same time does nothing.
fn two_limits(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let limits = draft.limits.iter().filter(|limit| matches!(limit.most, Expr::Number(_)));
    let pers: Vec<LimitPer> = limits.map(|limit| limit.per).collect();
    // Each of these limits has its bound, in the same order.
    let again = (0..pers.len()).find(|at| pers[..*at].contains(&pers[*at]));
    let bound = again.and_then(|at| draft.bounds.get(at));
    let Some(pair) = bound.and_then(|(.., at)| limit_at(site, *at)) else { return };
    let written = scope.original(site.statement, &pair);
    let finding = scope
        .at(site.statement, &pair, "bound-of-one-case", format!("“{written}”前面已有一个限额，两个都管整句，只有小的起作用"))
        .help(format!("管整句的，只留一个，放到句末，前面用分号：；{written}\n各管一种的，一种单写一行，各立一个情形，后面各写各的限额"));
    scope.blame(finding);
}

/// What the line brings for once that is more than the limit, of the points that it is of.
fn above(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    limited: Option<Limited>,
    most: Number,
) -> Option<(&'static str, Number)> {
    let wanted = match limited {
        Some(Limited::Taken) => Some(Token::DEDUCT),
        Some(Limited::Added) => Some(Token::ADD),
        Some(Limited::Given) => Some(Token::GAIN),
        None => gives(site).then_some(Token::GAIN),
    };
    let of = |verb: Option<Token>, points: &Expr| match points {
        _ if wanted.is_some() && verb.is_some() && verb != wanted => None,
        Expr::Full(node) => match &scope.plan.nodes[node.index()].full {
            Some(Expr::Number(full)) => Some((verb, *full)),
            _ => None,
        },
        points => most_of_each(points).map(|points| (verb, points)),
    };
    let arms = draft.arms.iter().filter_map(|arm: &Arm| match &arm.base {
        Some(base) if wanted == Some(Token::GAIN) => of(wanted, base),
        _ => of(arm.verb, &arm.points),
    });
    let rest = draft.otherwise.iter().filter_map(|points| of(draft.rest_verb, points));
    let plain = draft.plain.iter().filter_map(|points| of(draft.plain_verb, points));
    let extras = draft.extras.iter().filter_map(|(_, points)| of(None, points));
    let tiers = draft.tiers.iter().map(|(_, points)| (None, points.abs()));
    let all: Vec<(Option<Token>, Number)> = arms.chain(rest).chain(plain).chain(extras).chain(tiers).collect();
    // 每份扣1分，最多扣0.5分 is told of as limits at odds.
    let alone = draft.arms.is_empty() && draft.otherwise.is_none() && draft.extras.is_empty() && draft.tiers.is_empty();
    let (verb, points) = all.into_iter().filter(|_| !alone).max_by_key(|(_, points)| *points)?;
    let word = match verb.or(wanted) {
        Some(Token::ADD) => "加",
        Some(Token::GAIN) => "得",
        _ if points.is_positive() && scope.line_text(site.statement).contains('扣') => "扣",
        _ => "加",
    };
    (points > most).then_some((word, points))
}

/// 最高得, 最多扣 of the band before the limit alone, where the line has nothing but bands, this one has no fixed points, and
/// the limit does not say of which points it is.
fn of_the_band_before(site: Site<'_, '_>, draft: &Draft, limit: &Pair<'_, Token>) -> Option<&'static str> {
    let bounds = draft.arms.last().is_some_and(|arm| arm.steps.is_some() || most_of_each(&arm.points).is_none());
    let only_bands = draft.plain.is_none() && draft.extras.is_empty() && draft.otherwise.is_none() && bounds;
    if limit.has(Token::verb_noun) || limit::stands_apart(site, limit) {
        return None;
    }
    let body = site.statement.body();
    let before =
        body.children(Token::phrase).into_iter().filter(|phrase| phrase.as_span().end() <= limit.as_span().start());
    let last = before.filter_map(|phrase| verb_of(&phrase.child(Token::outcome)?)).last().filter(|_| only_bands)?;
    Some(match last {
        Token::DEDUCT => "最多扣",
        Token::ADD => "最多加",
        _ => "最高得",
    })
}

/// The limit that is written there.
fn limit_at<'a>(site: Site<'a, '_>, at: usize) -> Option<Pair<'a, Token>> {
    let phrases = site.statement.body().children(Token::phrase).into_iter();
    phrases.filter_map(|phrase| phrase.child(Token::limit_rule)).find(|limit| limit.as_span().start() == at)
}
