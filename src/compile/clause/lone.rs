//! 1次扣1分, 缺1项扣1分: amounts that stand alone are each, among others they are bands.

use pest::iterators::Pair;

use super::case::arm;
use super::{Draft, Line, subject_value};
use crate::compile::condition::Range;
use crate::compile::expression::{Site, integer};
use crate::compile::scope::Scope;
use crate::parse::Children;
use crate::plan::*;
use crate::syntax::Rule as Token;
use crate::value::Number;

/// The one range of a line that says exactly so many and what they give (`1次扣1分`), else `None`: of several ranges
/// each is a band.
pub(super) fn lone_amount<'a>(body: &Pair<'a, Token>) -> Option<Lone<'a>> {
    let phrases = body.children(Token::phrase);
    let others = [Token::otherwise, Token::per, Token::late_range, Token::WHEN, Token::condition];
    if phrases.iter().any(|phrase| others.into_iter().any(|kind| phrase.has(kind))) {
        return None;
    }
    let mut ranges = phrases.iter().filter_map(|phrase| Some((phrase.child(Token::range)?, phrase)));
    let (range, phrase) = ranges.next()?;
    if phrases.iter().any(|phrase| phrase.has(Token::happens)) {
        return None;
    }
    if ranges.next().is_some() {
        return None;
    }
    let mut bounds = range.children(Token::bound);
    let bound = bounds.pop().filter(|bound| bounds.is_empty() && bound.clone().into_inner().count() == 1)?;
    let quantity = bound.child(Token::limit)?.child(Token::quantity)?;
    quantity.child(Token::unit)?;
    if let Some(outcome) = phrase.child(Token::outcome) {
        return Some(Lone { quantity, outcome, apart: false });
    }
    // 缺一项，扣1分
    let next = phrases.iter().skip_while(|other| *other != phrase).nth(1)?;
    let outcome = next.clone().into_inner().next().filter(|first| first.as_rule() == Token::outcome)?;
    Some(Lone { quantity, outcome, apart: true })
}

/// 1次扣1分, and whether a comma stands between the two.
#[derive(Clone)]
pub(super) struct Lone<'a> {
    pub(super) quantity: Pair<'a, Token>,
    pub(super) outcome: Pair<'a, Token>,
    pub(super) apart: bool,
}

/// Whether a line has bands by number: 1条加2分；2条加4分.
pub(super) fn among_bands(body: &Pair<'_, Token>) -> bool {
    let is_number = |range: Pair<'_, Token>| {
        let mut bounds = range.children(Token::bound);
        let bound = bounds.pop().filter(|_| bounds.is_empty());
        bound.is_some_and(|bound| bound.clone().into_inner().count() == 1 && bound.has(Token::limit))
    };
    body.children(Token::phrase).iter().filter_map(|phrase| phrase.child(Token::range)).any(is_number)
}

/// 2次扣1分 by itself: every two, from two on, or exactly two?
pub(super) fn lone_band(scope: &mut Scope<'_>, site: Site<'_, '_>, range: &Pair<'_, Token>, outcome: &Pair<'_, Token>) {
    let (amount, gives) = (scope.original(site.statement, range), scope.original(site.statement, outcome));
    let finding = scope
        .at(site.statement, range, "missing-convention", format!("说不清是每{amount}、达到{amount}，还是正好{amount}"))
        .help(format!("改成其中一句：\n每{amount}{gives}\n达到{amount}{gives}\n等于{amount}{gives}"));
    scope.report(finding);
}

/// 扣至3分为止: at most three off, or off until three are left?
pub(super) fn down_to(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let verb = pair.child(Token::verb).map(|verb| verb.as_str().trim().to_owned()).unwrap_or_default();
    let most = pair.child(Token::number).map(|number| number.as_str().trim().to_owned()).unwrap_or_default();
    let written = scope.original(site.statement, pair);
    let finding = scope
        .at(
            site.statement,
            pair,
            "missing-convention",
            format!("“{written}”说不清是最多{verb}{most}分，还是本项{verb}到只有{most}分"),
        )
        .help(format!(
            "最多{verb}{most}分的，改成：，最多{verb}{most}分；本项不少于{most}分的，另起一行：得分不低于 {most}分"
        ));
    scope.report(finding);
}

pub(super) fn number_in(pair: &Pair<'_, Token>) -> Option<u32> {
    pair.child(Token::number).and_then(|number| integer(&number))
}

/// 缺1项扣1分，缺2项扣3分: exactly one, where the others are so many.
pub(super) fn exactly_one(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    first: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let value = subject_value(scope, line.subject);
    let one = Expr::Number(Number::ONE);
    let condition = Condition::Compare(Box::new(value.expr), Comparison::Equal, Box::new(one.clone()));
    let end = Some((one, true));
    let range = Range { condition: condition.clone(), low: end.clone(), high: end };
    arm(scope, line.site, draft, (condition, Some(range)), outcome, first);
}
