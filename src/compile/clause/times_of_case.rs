//! 第2次起加倍 behind 情节为严重的每次扣3分: what a further time costs would be of the line's first points alone; and
//! 不扣分的 beside them, which may or may not be one of the times.

use super::reach::{Part, factor_number, is_case, parts};
use super::verb_of;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::diagnostic::Finding;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// How points are said.
#[derive(Clone, Copy, PartialEq)]
enum Gives {
    /// 每次扣3分
    Points(Number),
    /// 另扣2分
    More(Number),
    /// 加倍
    Times(Number),
}

/// Asks what a line with further times does not say of its cases; `true` if it has asked.
pub(super) fn ask(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>) -> bool {
    if scope.in_row.is_none() || !body.children(Token::phrase).iter().any(|phrase| phrase.has(Token::ordinal)) {
        return false;
    }
    let parts = parts(scope, site, body);
    let Some(finding) = of_further(scope, site, &parts).or_else(|| of_nothing(scope, site, &parts)) else {
        return false;
    };
    scope.blame(finding);
    true
}

/// Whether the further times are of the case too; both readings are told as lines that have the times first.
fn of_further(scope: &Scope<'_>, site: Site<'_, '_>, parts: &[Part<'_>]) -> Option<Finding> {
    let changes = |part: &Part<'_>| is_case(part).then(|| gives(part)).flatten();
    let first = parts.iter().position(|part| changes(part).is_some())?;
    let times = |part: &Part<'_>| part.phrase.has(Token::ordinal).then(|| gives(part)).flatten();
    let unclear = parts[first..].iter().find_map(|later| {
        let time = times(later)?;
        let case = parts[first..].iter().take_while(|part| part.phrase != later.phrase).find(|case| {
            matches!(
                (changes(case), time),
                (Some(_), Gives::Times(_))
                    | (Some(Gives::Points(_)), Gives::More(_))
                    | (Some(Gives::Times(_)), Gives::Points(_))
            )
        })?;
        Some((case, later, time))
    });
    let (case, later, time) = unclear?;
    let each = parts[..first].iter().rfind(|part| part.phrase.has(Token::per) && !part.phrase.has(Token::ordinal));
    let each = each.and_then(|part| match gives(part)? {
        Gives::Points(points) => Some(points),
        _ => None,
    });
    let head = scope.original(site.statement, &site.statement.inner());
    let line = |of_all: bool| -> Option<String> {
        let said = |part: &Part<'_>| match (is_case(part), part.phrase.has(Token::ordinal)) {
            (_, true) => further(scope, site, part, each),
            (true, _) => of_case(scope, site, part, (each, time), of_all),
            _ => Some(part.text.clone()),
        };
        let (before, behind) = parts.split_at(first);
        let (times, others): (Vec<&Part<'_>>, Vec<&Part<'_>>) =
            behind.iter().partition(|part| part.phrase.has(Token::ordinal));
        let order = before.iter().chain(times).chain(others);
        Some(format!("{head}：{}", order.map(said).collect::<Option<Vec<_>>>()?.join("，")))
    };
    let message = format!("“{}”写在“{}”后面，说不清两样都合的几分", later.text, case.text);
    let apart = "一种单写一行，各立一个情形，各数各的次数：第1次至第几次每次扣几分，第几次起每次扣几分（“几”换成数）";
    let (together, fixed) = (line(true), line(false));
    let help = match (&together, &fixed) {
        (None, None) => format!("几种情形各有几分、合起来数次数的，还不能写在一句里：{apart}"),
        (Some(together), Some(fixed)) if together == fixed => format!("写成：{together}"),
        _ => {
            let said = |line: Option<String>| line.map_or(apart.to_owned(), |line| format!("写成：{line}"));
            let case = &case.text;
            format!("两样合起来算的，{}\n“{case}”不跟着第几次变的，{}", said(together), said(fixed))
        }
    };
    Some(scope.at(site.statement, &later.phrase, "missing-convention", message).help(help))
}

/// 第2次起每次扣2分；属实为否的不扣分: what costs nothing is one of the times all the same, which 除外 would not be.
fn of_nothing(scope: &Scope<'_>, site: Site<'_, '_>, parts: &[Part<'_>]) -> Option<Finding> {
    let is_free = |part: &&Part<'_>| {
        let outcome = part.phrase.child(Token::outcome);
        is_case(part) && outcome.is_some_and(|outcome| outcome.has(Token::NOTHING))
    };
    let free = parts.iter().find(is_free)?;
    let outcome = free.phrase.child(Token::outcome)?;
    let gives = scope.original(site.statement, &outcome);
    let verb = if gives.contains('加') { "加" } else { "扣" };
    let (apart, counted) = (
        scope.line_with(site.statement, &outcome, "除外"),
        scope.line_with(site.statement, &outcome, &format!("每次{verb}0分")),
    );
    let message = format!("“{}”的，没有写占不占“第几次”", free.text);
    // The first that holds decides: behind another case it would not be looked at.
    let is_behind = parts.iter().take_while(|part| part.text != free.text).any(|part| is_case(part));
    let first = if is_behind { "（再把这一段移到句子最前面）" } else { "" };
    let finding = scope.at(site.statement, &free.phrase, "missing-convention", message);
    Some(finding.help(format!("不占的，写成：{apart}\n占的，写成：{counted}{first}")))
}

/// What a part of the line gives, where that is a number.
fn gives(part: &Part<'_>) -> Option<Gives> {
    let outcome = part.phrase.child(Token::outcome)?;
    if let Some(factor) = factor_number(&outcome) {
        return Some(Gives::Times(factor));
    }
    let deducts = verb_of(&outcome)? == Token::DEDUCT;
    let said = outcome.child(Token::amount)?.child(Token::expression)?;
    let points: rust_decimal::Decimal = said.as_str().trim().trim_end_matches('分').parse().ok()?;
    let points = if deducts { Number::from(points).negated() } else { Number::from(points) };
    Some(if outcome.has(Token::ALSO) { Gives::More(points) } else { Gives::Points(points) })
}

/// 第2次起加倍 with what each of them costs.
fn further(scope: &Scope<'_>, site: Site<'_, '_>, part: &Part<'_>, each: Option<Number>) -> Option<String> {
    let Gives::Times(factor) = gives(part)? else { return Some(part.text.clone()) };
    let time = scope.original(site.statement, &part.phrase.child(Token::ordinal)?);
    let time = if time.contains('每') { time } else { format!("{time}每次") };
    Some(format!("{time}{}", points_said(each?.times(factor).ok()?)?))
}

/// A case that is said behind the times: with what it brings on top of each of them, or by itself.
fn of_case(
    scope: &Scope<'_>,
    site: Site<'_, '_>,
    part: &Part<'_>,
    (each, time): (Option<Number>, Gives),
    of_all: bool,
) -> Option<String> {
    let Some(given) = gives(part) else { return Some(part.text.clone()) };
    let outcome = scope.original(site.statement, &part.phrase.child(Token::outcome)?);
    let condition = part.text.strip_suffix(outcome.trim())?;
    let per = part.phrase.child(Token::per).map(|per| scope.original(site.statement, &per)).unwrap_or_default();
    let condition = condition.strip_suffix(per.trim()).unwrap_or(condition);
    let of_points = |sum: Number| {
        let factor = sum.divided_by(each?).ok()?;
        factor.decimal().map(|factor| format!("{condition}乘以 {factor}"))
    };
    match (given, time) {
        (Gives::Times(factor), _) if !of_all => {
            Some(format!("{condition}每次{}", points_said(each?.times(factor).ok()?)?))
        }
        (Gives::Points(points), Gives::Times(_)) if of_all => of_points(points),
        (Gives::More(more), Gives::Times(_)) if of_all => of_points(each?.plus(more).ok()?),
        (Gives::Points(points), Gives::More(_)) if of_all => {
            let more = points.minus(each?).ok()?;
            (more.is_negative() == points.is_negative() && !more.is_zero())
                .then(|| Some(format!("{condition}另{}", points_said(more)?)))?
        }
        _ => Some(part.text.clone()),
    }
}

/// 扣2分
fn points_said(points: Number) -> Option<String> {
    let verb = if points.is_negative() { "扣" } else { "加" };
    Some(format!("{verb}{}分", points.abs().decimal()?.normalize()))
}
