//! 每低, 每高 behind a band with two ends: away from the band, or within it.

use super::per::Each;
use super::step::shown_number;
use super::{Draft, Line, subject_value, verb_of};
use crate::compile::condition;
use crate::compile::declare::zero;
use crate::compile::number::decimal;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// 85%～93%得10分，每低1个百分点扣0.5分，每高1个百分点扣0.3分: who lies in the band has all there is to have, so that the
/// steps lead away from it, and it becomes what they are told from.
///
/// Of a band that gives less than another (80分以上不满90分得8分，每低1分扣0.5分；90分以上得10分) they may lie within it as
/// well, and do where the next band begins at its end; else it is asked. An error where it was.
pub(super) fn away_from_a_band(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    each: &Each<'_, '_>,
    short: bool,
) -> Result<(), ()> {
    let value = subject_value(scope, line.subject);
    let Some(arm) = draft.arms.last().filter(|arm| arm.steps.is_none()) else { return Ok(()) };
    let Some(range) = arm.range.clone() else { return Ok(()) };
    let (Some((Expr::Number(low), _)), Some((Expr::Number(high), _))) = (&range.low, &range.high) else {
        return Ok(());
    };
    let (low, high) = (*low, *high);
    if low == high || value.kind == Type::Place {
        return Ok(());
    }
    let (verb, given) = (arm.verb, arm.points.clone());
    let gives = verb == Some(Token::GAIN);
    // The next band on that side begins where this one ends: nothing is left for steps away from it.
    let mut others = Vec::new();
    for said in ranges(&line, each.pair) {
        others.extend(condition::range(scope, line.site, &said, &value).ends());
    }
    let is_met = others.iter().any(|other| match short {
        true => other.high.is_some_and(|(end, _)| end == low),
        false => other.low.is_some_and(|(end, _)| end == high),
    });
    if gives && is_met {
        return Ok(());
    }
    let deducts = verb_of(each.outcome) == Some(Token::DEDUCT);
    let is_best = gives && (matches!(given, Expr::Full(_)) || most_given(&line) == Some(given.clone()));
    if deducts && (is_best || given == zero()) {
        draft.target = Some(range);
        return Ok(());
    }
    let (written, points) = each.written(scope, line.site);
    let end = shown_number(if short { low } else { high }, &value.kind);
    let end = if value.kind == Type::Points { format!("{end}分") } else { end };
    let away = if short { format!("低于{end}的，") } else { format!("超过{end}的，") };
    let message = format!("说不清“{written}{points}”从{end}往外算，还是在前面那一档里算");
    let help = format!(
        "从{end}往外算的，写成：{}\n在前面那一档里算的，把{}也写成一档，如：；{away}不得分",
        scope.line_with(line.site.statement, each.pair, &format!("{away}{written}")),
        away.trim_end_matches('，')
    );
    let finding = scope.at(line.site.statement, each.pair, "unclear-steps", message).help(help);
    scope.blame(finding);
    Err(())
}

/// The ranges of a line, other than the one just before the steps.
fn ranges<'a>(line: &Line<'_, 'a, '_>, each: &Pair<'_, Token>) -> Vec<Pair<'a, Token>> {
    let body = line.site.statement.body();
    let mut all: Vec<Pair<'a, Token>> =
        body.children(Token::phrase).iter().filter_map(|phrase| phrase.child(Token::range)).collect();
    if let Some(own) = all.iter().rposition(|range| range.as_span().end() <= each.as_span().start()) {
        all.remove(own);
    }
    all
}

/// The most that a case of the line gives, where all of them are written as numbers.
fn most_given(line: &Line<'_, '_, '_>) -> Option<Expr> {
    let body = line.site.statement.body();
    let mut most: Option<Number> = None;
    for outcome in body.children(Token::phrase).iter().filter_map(|phrase| phrase.child(Token::outcome)) {
        if verb_of(&outcome) != Some(Token::GAIN) {
            continue;
        }
        let amount = outcome.child(Token::amount)?;
        most = most.max(Some(Number::from(decimal(amount.as_str().trim().trim_end_matches('分'))?)));
    }
    most.map(Expr::Number)
}
