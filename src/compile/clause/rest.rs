//! 其余: what holds for whatever the line has not spoken of before.

use super::case::of_own_total;
use super::days::{days_meant, rest_of_days, with_days};
use super::interpolate;
use super::lone::{exactly, number_in};
use super::outcome::outcome_of;
use super::per::{counted, per_quantity};
use super::step::times;
use super::{Arm, Draft, Line, Outcome, Subject, subject_value, verb_of};
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::parse::says_late;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// 其余每人扣1分
pub(super) fn otherwise(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    phrase: &Pair<'_, Token>,
    first: &Pair<'_, Token>,
) {
    let site = line.site;
    let always = draft.arms.iter().any(|arm| arm.when == Condition::Always);
    if draft.plain.is_some() || draft.otherwise.is_some() || always {
        let message = "“其余”以前已经写了不论什么情形都算的分数";
        let finding = scope
            .at(site.statement, first, "two-outcomes", message)
            .help("前面的分数写明条件，如：当 情节为严重，扣5分；其余 扣1分；或去掉“其余”这一段");
        scope.report(finding);
        return;
    }
    found_one(scope, site, first);
    let outcome = phrase.child(Token::outcome).expect("其余 has an outcome");
    let stepped = phrase.child(Token::per).filter(|per| {
        let step = number_in(per).is_some_and(|number| number != 1);
        let of_days = with_days(line, draft, per, None).is_some();
        let kind = per.child(Token::per_kind);
        let kind = kind.filter(|kind| !(of_days && (kind.has(Token::LATE) || kind.has(Token::EARLY))));
        step || kind.is_some() || per.has(Token::cycle_unit)
    });
    if let Some(per) = stepped {
        let finding = scope
            .at(site.statement, &per, "unread-word", "“其余”后面只能写每次、每件，不能写每多、每少、每几件")
            .help(match subject_value(scope, line.subject).kind {
                Type::Place => "“其余”换成名次：第几名及以后，每降1名扣几分",
                _ => "“其余”换成范围：低于多少的，每少（每低）多少扣几分",
            });
        scope.blame(finding);
    }
    // 其余每天扣1分: days late, where the line speaks of those.
    let by_days = phrase.child(Token::per).filter(|per| with_days(line, draft, per, None).is_some());
    if by_days.is_some() && draft.arms.iter().any(|arm| arm.days.is_some()) {
        rest_of_days(scope, line, draft, phrase, &outcome);
    }
    spoken_of(scope, line, draft);
    let days = by_days.and_then(|per| days_meant(scope, line, draft, &per));
    let given = outcome_of(scope, site, draft, &outcome, &Condition::Always);
    draft.otherwise = match (given, days) {
        (Outcome::Points(points), Some(days)) => {
            draft.per_row = true;
            Some(times(times(points, days.expr), Expr::Row(RowField::Quantity)))
        }
        (given, _) => otherwise_points(scope, line, draft, phrase, (given, &outcome)),
    };
    draft.rest_verb = verb_of(&outcome);
    // 原因为外部的除外；其余每次扣1分: nothing else has points, so that these are the line's.
    if draft.arms.is_empty() && draft.extras.is_empty() {
        draft.plain = draft.otherwise.take();
        draft.plain_verb = draft.rest_verb;
    }
}

/// 发现一次扣1分，其余扣2分: each time it is found, of which no rest is left, or exactly once?
fn found_one(scope: &mut Scope<'_>, site: Site<'_, '_>, rest: &Pair<'_, Token>) {
    const FOUND: &[&str] = &["发现", "发生", "出现"];
    let phrases = site.statement.body().children(Token::phrase);
    let ranged = phrases.iter().filter_map(|phrase| Some((phrase.as_span().start(), phrase.child(Token::range)?)));
    let ranged: Vec<(usize, Pair<'_, Token>)> = ranged.collect();
    let [(begin, range)] = &ranged[..] else { return };
    let code = &site.statement.code;
    let said = scope.source.text[code.span(*begin..range.as_span().end())].trim().to_owned();
    let Some(bare) = FOUND.iter().find_map(|word| said.strip_prefix(word)) else { return };
    let bare = &bare.trim().replacen('一', "1", 1);
    if exactly(range).is_none_or(|quantity| number_in(&quantity) != Some(1)) {
        return;
    }
    let each = bare.trim_start_matches('1');
    let message = format!("“{said}”说不清是每{each}，还是正好{bare}；每{each}都算的，没有其余");
    let finding = scope.at(site.statement, rest, "missing-convention", message).help(format!(
        "正好{bare}的，写成：{}\n每{each}都算的，写“每{each}”，去掉“其余”",
        scope.line_text(site.statement).replacen(&said, bare, 1)
    ));
    scope.blame(finding);
}

/// 影响为重大的取消评先资格；其余扣1分: what has a consequence is not among the rest, and has no points.
fn spoken_of(scope: &Scope<'_>, line: Line<'_, '_, '_>, draft: &mut Draft) {
    let effects = draft.effects.iter().map(|effect| &effect.when);
    let whens: Vec<Condition> = effects.chain(draft.vetoes.iter().map(|(when, _)| when)).cloned().collect();
    for when in whens {
        if when == Condition::Always || draft.arms.iter().any(|arm| arm.when == when) {
            continue;
        }
        draft.on_total |= matches!(line.subject, Subject::Event(_)) && of_own_total(scope, &when);
        let of_days = draft.late_days.as_ref().filter(|days| speaks_of(&when, &days.expr));
        let days = of_days.map(|_| Range { condition: when.clone(), low: None, high: None });
        draft.arms.push(Arm { days, ..Arm::flat(when, zero(), None) });
    }
}

/// What 其余 gives where it counts no days late.
fn otherwise_points(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    phrase: &Pair<'_, Token>,
    (given, outcome): (Outcome, &Pair<'_, Token>),
) -> Option<Expr> {
    let Line { site, subject, .. } = line;
    match given {
        Outcome::Points(points) if phrase.has(Token::per) => {
            draft.per_row |= matches!(subject, Subject::Event(_));
            Some(times(points, counted(scope, subject)))
        }
        Outcome::Points(points) => {
            draft.flat = true;
            Some(points)
        }
        Outcome::Judged(points) => Some(points),
        Outcome::Factor(_) => {
            let written = scope.original(site.statement, outcome);
            let finding = scope
                .at(site.statement, outcome, "part-of-which", format!("“其余”后面的“{written}”说不清是几分的几成"))
                .help("直接写几分，如：其余 扣1分");
            scope.report(finding);
            Some(zero())
        }
        Outcome::NotAssessed => Some(Expr::NotAssessed),
        Outcome::Between(given) => {
            interpolate::note(scope, site, draft, (None, None, given), outcome);
            None
        }
        // 1次扣1分；其余不得分: what is left of full marks, where the line only takes away?
        Outcome::NoMarks if !draft.gains && !draft.adds => {
            let finding = scope
                .at(site.statement, outcome, "no-marks-of-what", "“其余不得分”前面只有扣分，说不清不得的是哪些分")
                .help("写明范围：3次及以上的本项计零（本条要有满分）；或写明扣几分；不扣的写：其余不扣分");
            scope.report(finding);
            Some(zero())
        }
        _ => Some(zero()),
    }
}

/// 3次以上扣5分；其余每次扣1分: of the period's total; where it never happened nothing is taken away.
pub(super) fn rest_of_the_total(draft: &mut Draft, total: &Expr) {
    let Some(rest) = draft.otherwise.take() else { return };
    let rest = per_quantity(&rest, total, total).unwrap_or(rest);
    draft.otherwise = Some(where_any(draft.rest_verb, total, rest));
}

/// 逾期3天以内扣1分，其余扣5分: the rest of those that are late. 办件超时：每件扣1分，超时3天以上的每件扣3分: so is what
/// comes before the bands, where the line is called after lateness.
pub(super) fn rest_of_the_late(draft: &mut Draft, label: &str) {
    let Some(days) = draft.late_days.clone() else { return };
    if draft.arms.iter().any(|arm| arm.days.is_none()) {
        return;
    }
    // What takes too long (超时) is measured in hours elsewhere, and by its dates where the line says so.
    if (says_late(label) || label.contains("超时")) && !draft.arms.is_empty() {
        let plain = draft.plain.take();
        draft.plain = plain.map(|plain| match plain.any(|inner| *inner == days.expr) {
            true => plain,
            false => where_any(draft.plain_verb, &days.expr, plain),
        });
    }
    draft.otherwise = draft.otherwise.take().map(|rest| where_any(draft.rest_verb, &days.expr, rest));
}

fn speaks_of(when: &Condition, figure: &Expr) -> bool {
    when.any_expr(|inner| inner == figure)
}

fn where_any(verb: Option<Token>, figure: &Expr, points: Expr) -> Expr {
    if verb != Some(Token::DEDUCT) || points == zero() {
        return points;
    }
    let any = Condition::Compare(Box::new(figure.clone()), Comparison::Above, Box::new(zero()));
    Expr::Case { arms: vec![(any, points)], otherwise: Box::new(zero()) }
}

pub(super) fn speaks_of_rows(points: &Expr) -> bool {
    points.any(|inner| matches!(inner, Expr::Row(_) | Expr::Escalation { .. }))
}
