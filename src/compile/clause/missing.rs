//! 缺1次, 缺2次 of a figure: so many fewer than was asked for, and not a figure of so many.

use super::step::shown_number;
use super::{Draft, Line, Subject, Waiting, Way, subject_value};
use crate::compile::condition::Range;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// Whether a phrase says how much of a figure is missing.
pub(super) fn is_missing(line: &Line<'_, '_, '_>, phrase: &Pair<'_, Token>) -> bool {
    matches!(line.subject, Subject::Value(_)) && phrase.has(Token::range) && begins_so(phrase)
}

/// Whether it is the only one of its line: 缺1次扣2分 by itself is 每缺1次扣2分.
pub(super) fn is_lone(line: &Line<'_, '_, '_>) -> bool {
    said(line).len() == 1
}

fn begins_so(phrase: &Pair<'_, Token>) -> bool {
    phrase.as_str().trim_start().starts_with(['缺', '漏'])
}

/// All such phrases of the line.
fn said<'a>(line: &Line<'_, 'a, '_>) -> Vec<Pair<'a, Token>> {
    let mut phrases = line.site.statement.body().children(Token::phrase);
    phrases.retain(|phrase| is_missing(line, phrase));
    phrases
}

/// 不少于3次，缺1次扣2分，缺2次及以上不得分: 2次, and 1次 or fewer. None where it was asked.
pub(super) fn what_is_left(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    waiting: &mut Waiting,
    pair: &Pair<'_, Token>,
    missing: &Range,
) -> Option<Range> {
    let site = line.site;
    let value = subject_value(scope, line.subject);
    let before = waiting.take().and_then(|(_, range)| range);
    draft.target = before.or(draft.target.take());
    let stepped = draft.arms.last().filter(|arm| arm.steps == Some(Way::Down)).and_then(|arm| arm.range.as_ref());
    let least = |range: &Range| range.low.clone().filter(|(_, holds)| *holds);
    // 不少于4次得10分，缺1次得5分
    let met = draft.arms.iter().filter(|arm| arm.steps.is_none()).filter_map(|arm| arm.range.as_ref()).find_map(least);
    let asked = draft.target.as_ref().and_then(least).or(met);
    let asked = asked.or_else(|| stepped.and_then(|range| range.high.clone()));
    let written = scope.original(site.statement, pair);
    let ask = |scope: &mut Scope<'_>, code, message: String, help: String| {
        let finding = scope.at(site.statement, pair, code, message).help(help);
        scope.blame(finding);
        None
    };
    let (Some((Expr::Number(asked), _)), Some(ends)) = (asked, missing.ends()) else {
        let message = format!("“缺{written}”前面没有写要求做到几");
        return ask(scope, "shortfall-without-target", message, format!("在前面写明要求：不少于几，缺{written}…"));
    };
    let most = ends.high.or(ends.low).map(|(most, _)| most);
    if most.is_some_and(|most| most > asked) {
        let message = format!("要求的是{}，缺不了{written}", shown_number(asked, &value.kind));
        return ask(scope, "impossible-bound", message, "核对要求的数，或删去这一档".to_owned());
    }
    // 缺1次扣2分，缺2次扣5分 of four: to miss three costs no less than to miss two.
    let is_last = said(&line).last().is_some_and(|last| {
        last.as_span().end() >= pair.as_span().end() && last.as_span().start() <= pair.as_span().start()
    });
    if is_last && let Some((most, _)) = ends.high.filter(|(most, _)| *most < asked) {
        let line = scope.line_with(site.statement, pair, &format!("{}及以上", shown_number(most, &value.kind)));
        let message = format!("缺得比{}还多的没有写怎样", shown_number(most, &value.kind));
        return ask(scope, "unfinished-line", message, format!("写成：{line}"));
    }
    let less = |end: Option<(Number, bool)>| {
        let (number, holds) = end?;
        Some((Expr::Number(asked.minus(number).unwrap_or(asked)), holds))
    };
    let (low, high) = (less(ends.high), less(ends.low));
    let compare = |end: &Option<(Expr, bool)>, at: Comparison, beyond: Comparison| {
        let (end, holds) = end.as_ref()?;
        Some(Condition::Compare(Box::new(value.expr.clone()), if *holds { at } else { beyond }, Box::new(end.clone())))
    };
    let condition = match low == high {
        true => compare(&low, Comparison::Equal, Comparison::Equal),
        false => {
            let both = [
                compare(&low, Comparison::AtLeast, Comparison::Above),
                compare(&high, Comparison::AtMost, Comparison::Below),
            ];
            let mut both: Vec<Condition> = both.into_iter().flatten().collect();
            if both.len() == 1 { both.pop() } else { Some(Condition::All(both)) }
        }
    };
    Some(Range { condition: condition?, low, high })
}
