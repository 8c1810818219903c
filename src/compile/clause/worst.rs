//! 1起扣10分，2起以上一票否决: of the case that has only a consequence, beside cases that have points, it is asked whether it
//! has some too.

use super::governed::has_points;
use super::{Arm, Draft, Line};
use crate::compile::condition::Range;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// Where a phrase says that more than points follows.
pub(super) fn consequence_at(phrase: &Pair<'_, Token>) -> Option<usize> {
    let kinds = [Token::consequence, Token::veto, Token::disqualify, Token::grade_effect];
    kinds.iter().find_map(|kind| phrase.child(*kind)).map(|said| said.as_span().start())
}

/// Where all other cases take points off, or all add some, one with none is hardly meant to have none.
pub(super) fn points_of_worst(scope: &mut Scope<'_>, line: Line<'_, '_, '_>, draft: &Draft) {
    let has_more =
        draft.plain.is_some() || draft.otherwise.is_some() || draft.table.is_some() || draft.judged.is_some();
    if has_more || !draft.tiers.is_empty() || draft.arms.is_empty() || scope.has_told(line.site.statement.line.number) {
        return;
    }
    let kinds = [Token::DEDUCT, Token::ADD];
    let Some(kind) = draft.arms[0].verb.filter(|kind| kinds.contains(kind)) else { return };
    if draft.arms.iter().any(|arm| arm.verb != Some(kind)) {
        return;
    }
    let is_settled = |when: &Condition| {
        let zero = |effect: &RuleEffect| {
            effect.when == *when && matches!(effect.effect, Effect::ZeroNode(_) | Effect::ZeroTotal { .. })
        };
        has_points(draft, when)
            || draft.no_marks.contains(when)
            || draft.effects.iter().any(zero)
            || draft.vetoes.iter().any(|(vetoed, veto)| vetoed == when && veto.leaves_nothing())
    };
    let open = draft
        .followed
        .iter()
        .find(|(when, range, _)| !is_settled(when) && draft.arms.iter().all(|arm| is_apart(arm, when, range.as_ref())));
    let Some((_, _, at)) = open else { return };
    let statement = line.site.statement;
    let text = |from: usize, to: usize| scope.source.text[statement.code.span(from..to)].trim().to_owned();
    let (before, after) = (text(0, *at), text(*at, statement.code.text.len()));
    let before = before.trim_end_matches(['，', ',', ' ', '　']);
    let pause = if before.ends_with(['的', '时']) { "，" } else { "" };
    let word = if kind == Token::DEDUCT { "扣" } else { "加" };
    let with = |gives: &str| format!("{before}{pause}{gives}，{after}");
    let fixed = draft.arms.iter().filter_map(|arm| match &arm.points {
        Expr::Number(points) => Some(points.abs()),
        _ => None,
    });
    let also = match fixed.max() {
        Some(most) => format!("也{word}分的，写明{word}几分，如：\n{}", with(&format!("{word}{most}分"))),
        None => format!("也{word}分的，在“{}”前面写明{word}几分", after.split(['，', ',']).next().unwrap_or_default()),
    };
    let message = format!("别的几档{word}分，这一档只写了后果，说不清还{word}不{word}分");
    let finding = scope
        .at_line(statement.line.number, "missing-convention", message)
        .help(format!("{also}\n不{word}分的，写成：\n{}", with(&format!("不{word}分"))));
    scope.blame(finding);
}

/// Whether a case with points surely does not hold where another does, and does not stand between.
fn is_apart(arm: &Arm, when: &Condition, range: Option<&Range>) -> bool {
    match (&arm.when, when) {
        (Condition::Is(one, first), Condition::Is(other, second)) => {
            one == other && !first.iter().any(|value| second.contains(value))
        }
        _ => arm
            .range
            .as_ref()
            .or(arm.days.as_ref())
            .zip(range)
            .is_some_and(|(one, other)| ends_before(one, other) || ends_before(other, one)),
    }
}

/// Whether one range ends where, or before, the other begins.
fn ends_before(one: &Range, other: &Range) -> bool {
    let end = |end: &Option<(Expr, bool)>| match end {
        Some((Expr::Number(number), included)) => Some((*number, *included)),
        _ => None,
    };
    let (Some((high, high_in)), Some((low, low_in))): (Option<(Number, bool)>, _) = (end(&one.high), end(&other.low))
    else {
        return false;
    };
    high < low || high == low && !(high_in && low_in)
}
