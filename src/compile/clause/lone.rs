//! 1次扣1分, 缺1项扣1分: amounts that stand alone are each, among others they are bands.

use super::case::arm;
use super::{Draft, Line, subject_value, verb_of};
use crate::compile::condition::Range;
use crate::compile::expression::Site;
use crate::compile::number::integer;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// The one range of a line that says exactly so many and what they give (`1次扣1分`), else `None`: of several ranges
/// each is a band. Beside a single one there may be what comes on top of it or begins further on
/// (`发现一次扣1分，超过两次的加扣4分`).
pub(super) fn lone_amount<'a>(body: &Pair<'a, Token>) -> Option<Lone<'a>> {
    let phrases = body.children(Token::phrase);
    if phrases.iter().any(|phrase| phrase.has(Token::happens)) {
        return None;
    }
    let ranges: Vec<(usize, Pair<'a, Token>)> =
        phrases.iter().enumerate().filter_map(|(at, phrase)| Some((at, phrase.child(Token::range)?))).collect();
    let lone = the_exact(&phrases, &ranges)?;
    let is_one = number_in(&lone.quantity) == Some(1);
    let mut others = vec![Token::otherwise, Token::late_range];
    if !is_one {
        others.extend([Token::WHEN, Token::condition]);
    }
    if phrases.iter().any(|phrase| others.iter().any(|kind| phrase.has(*kind))) {
        return None;
    }
    // 每次扣1分 by itself; 超过2次的部分每次扣2分, 超过2次的，每次扣2分 belong to their range.
    let is_of_range = |at: usize| {
        let before = at.checked_sub(1).map(|before| &phrases[before]);
        before
            .is_some_and(|before| before.has(Token::BEYOND) || before.has(Token::range) && !before.has(Token::outcome))
    };
    let own_each = |at: usize| phrases[at].has(Token::per) && !phrases[at].has(Token::range) && !is_of_range(at);
    if (0..phrases.len()).any(own_each) || ranges.len() > 1 && !is_one || goes_on_from_one(&phrases) {
        return None;
    }
    Some(lone)
}

/// 发生1起扣3分，超过1起的，每增加1起加扣2分: the one is what the steps go on from, as in 1起扣3分，每增加1起加扣2分; and what
/// 3起以上的，每增加1起加扣2分 comes on top of is asked.
fn goes_on_from_one(phrases: &[Pair<'_, Token>]) -> bool {
    let touches_one = |phrase: &Pair<'_, Token>| {
        let range = phrase.child(Token::range).filter(|range| exactly(range).is_none())?;
        let first = range.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::number)?;
        let is_beyond = range.into_inner().flatten().any(|inner| inner.as_rule() == Token::ABOVE);
        Some(integer(&first)? <= if is_beyond { 1 } else { 2 })
    };
    // Whether further ones are counted, and on top.
    let further = |phrase: &Pair<'_, Token>| {
        let kind = phrase.child(Token::per)?.child(Token::per_kind)?;
        kind.has(Token::OVER).then(|| phrase.child(Token::outcome).is_some_and(|outcome| outcome.has(Token::ALSO)))
    };
    (0..phrases.len()).any(|at| {
        let behind = further(&phrases[at]).or_else(|| further(phrases.get(at + 1)?));
        let on_top = |also: bool| also && !phrases[at].has(Token::BEYOND);
        matches!((touches_one(&phrases[at]), behind), (Some(touches), Some(also)) if touches || on_top(also))
    })
}

/// The only range that says exactly so many, with what it gives, where all others go further.
pub(super) fn the_exact<'a>(phrases: &[Pair<'a, Token>], ranges: &[(usize, Pair<'a, Token>)]) -> Option<Lone<'a>> {
    // 0处得10分，发现1处扣1分: none at all is beside all that is counted.
    let (none, some): (Vec<_>, Vec<_>) = ranges.iter().partition(|(_, range)| is_none(range));
    let mut exact = some.iter().filter_map(|(at, range)| Some((*at, exactly(range)?)));
    let ((at, quantity), None) = (exact.next()?, exact.next()) else { return None };
    let lone = match phrases[at].child(Token::outcome) {
        Some(outcome) => Lone { quantity, outcome, apart: false },
        // 缺一项，扣1分
        None => {
            let next = phrases.get(at + 1)?.clone().into_inner().next();
            let outcome = next.filter(|first| first.as_rule() == Token::outcome)?;
            Lone { quantity, outcome, apart: true }
        }
    };
    let deducts = verb_of(&lone.outcome) == Some(Token::DEDUCT);
    let mut others = some.iter().filter(|(other, _)| *other != at);
    let is_counted = none.is_empty() || deducts;
    (is_counted && others.all(|(other, range)| goes_further(phrases, *other, range, deducts))).then_some(lone)
}

/// 0处, 零起
fn is_none(range: &Pair<'_, Token>) -> bool {
    let said = range.as_str().trim();
    said.starts_with(['0', '零']) && !said.starts_with("0.")
}

/// 超过两次的加扣4分, 超过2次的部分, and after what is deducted for each 3次以上扣5分: twice is no band of its own there.
fn goes_further(phrases: &[Pair<'_, Token>], at: usize, range: &Pair<'_, Token>, deducts: bool) -> bool {
    let outcome = phrases[at].child(Token::outcome).or_else(|| phrases.get(at + 1)?.child(Token::outcome));
    if phrases[at].has(Token::BEYOND) || outcome.is_some_and(|outcome| outcome.has(Token::ALSO)) {
        return true;
    }
    let bounds = range.children(Token::bound);
    let [bound] = &bounds[..] else { return false };
    let number = bound.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::number);
    let Some(number) = number.and_then(|number| integer(&number)) else { return false };
    let comparator = bound.child(Token::comparator);
    let says = |kind: Token| comparator.as_ref().is_some_and(|word| word.has(kind)) || bound.has(kind);
    deducts && (says(Token::ABOVE) && number >= 2 || (says(Token::AT_LEAST) || says(Token::OR_MORE)) && number >= 3)
}

/// 1次, and nothing beside it.
pub(super) fn exactly<'a>(range: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let mut bounds = range.children(Token::bound);
    let bound = bounds.pop().filter(|bound| bounds.is_empty() && bound.clone().into_inner().count() == 1)?;
    let quantity = bound.child(Token::limit)?.child(Token::quantity)?;
    quantity.has(Token::unit).then_some(quantity)
}

/// 1次扣1分, and whether a comma stands between the two.
#[derive(Clone)]
pub(super) struct Lone<'a> {
    pub(super) quantity: Pair<'a, Token>,
    pub(super) outcome: Pair<'a, Token>,
    pub(super) apart: bool,
}

impl Lone<'_> {
    /// Whether this range, or this 逾期, is the one.
    pub(super) fn is_in(&self, pair: &Pair<'_, Token>) -> bool {
        let (own, around) = (self.quantity.as_span(), pair.as_span());
        around.start() <= own.start() && own.end() <= around.end()
    }
}

/// 一次扣1分 rather than 每次扣1分.
pub(super) fn says_one(per: &Pair<'_, Token>) -> bool {
    let plain = ![Token::per_kind, Token::PER_EVENT, Token::deed, Token::number].iter().any(|kind| per.has(*kind));
    plain && per.as_str().starts_with('一')
}

/// Whether a line has bands by number: 1条加2分；2条加4分; or what makes a band of 一次扣1分, as of 1次扣1分: 每增加一次扣2分.
pub(super) fn among_bands(body: &Pair<'_, Token>) -> bool {
    let is_number = |range: Pair<'_, Token>| {
        if is_none(&range) {
            return false;
        }
        let mut bounds = range.children(Token::bound);
        let bound = bounds.pop().filter(|_| bounds.is_empty());
        bound.is_some_and(|bound| bound.clone().into_inner().count() == 1 && bound.has(Token::limit))
    };
    let phrases = body.children(Token::phrase);
    let is_further = |phrase: &Pair<'_, Token>| {
        let kind = phrase.child(Token::per).and_then(|per| per.child(Token::per_kind));
        !phrase.has(Token::range) && kind.is_some_and(|kind| kind.has(Token::OVER))
    };
    phrases.iter().filter_map(|phrase| phrase.child(Token::range)).any(is_number)
        || phrases.windows(2).any(|pair| !pair[0].has(Token::range) && is_further(&pair[1]))
        || goes_on_from_one(&phrases)
}

/// 2次扣1分 by itself: every two, from two on, or exactly two?
pub(super) fn lone_band(scope: &mut Scope<'_>, site: Site<'_, '_>, range: &Pair<'_, Token>, outcome: &Pair<'_, Token>) {
    let (amount, gives) = (scope.original(site.statement, range), scope.original(site.statement, outcome));
    // 0次加5分: none is neither each nor at least.
    let said = range.as_str().trim();
    if said.starts_with(['0', '零']) && !said.starts_with("0.") {
        let finding = scope
            .at(site.statement, range, "missing-convention", format!("“{amount}”前面没有写是正好"))
            .help(format!("写成：等于{amount}{gives}"));
        return scope.report(finding);
    }
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
    // 得10分，每多1件加0.5分，加到15分为止: fifteen in all, or so many on top.
    let mut given = site
        .statement
        .body()
        .into_inner()
        .flatten()
        .filter(|inner| inner.as_rule() == Token::outcome && inner.as_span().end() <= pair.as_span().start());
    if verb == "加" && given.any(|outcome| verb_of(&outcome) == Some(Token::GAIN)) {
        let message = format!("“{written}”说不清是一共到{most}分，还是再加{most}分");
        let help = format!("一共的，改成：，最高{most}分\n只管加的分的，改成：，最多加{most}分");
        let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
        return scope.report(finding);
    }
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
