//! 逾期: points by days late, and bands of them.

use super::case::{arm, both, consequence};
use super::days::days_meant;
use super::lone::{Lone, lone_band, number_in, the_exact};
use super::per::{Each, per, push_row};
use super::phrase::LeftOpen;
use super::step::{steps, times};
use super::{Draft, Line, Subject, verb_of};
use crate::compile::condition::{self, Range};
use crate::compile::declare::zero;
use crate::compile::expression::{Site, Typed};
use crate::compile::scope::{Scope, name_of};
use crate::parse::steps_of;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

pub(super) fn day_kind(scope: &Scope<'_>, body: &Pair<'_, Token>) -> Option<bool> {
    let said = body
        .children(Token::phrase)
        .iter()
        .find_map(|phrase| phrase.child(Token::day_kind))
        .map(|kind| kind.has(Token::WORKDAYS));
    let unit =
        body.children(Token::phrase).iter().filter_map(|phrase| phrase.child(Token::per)?.child(Token::unit)).find_map(
            |unit| {
                let word = name_of(&unit);
                if word.contains("工作日") {
                    Some(true)
                } else if word.contains("自然日") {
                    Some(false)
                } else {
                    None
                }
            },
        );
    // 超过3个工作日的扣2分，3个工作日以内扣1分: every one of them says so.
    let ranges: Vec<bool> = body
        .children(Token::phrase)
        .iter()
        .filter_map(|phrase| {
            let late = phrase.child(Token::late_range).and_then(|late| late.child(Token::range));
            let each = phrase.child(Token::per).filter(|per| per.as_str().contains(['天', '日']));
            late.or_else(|| phrase.child(Token::range)).filter(speaks_of_days).or(each)
        })
        .map(|range| range.as_str().contains("工作日"))
        .collect();
    let unit = unit.or((!ranges.is_empty() && ranges.iter().all(|workdays| *workdays)).then_some(true));
    said.or(unit).or(scope.conventions.days.map(|days| days.workdays))
}

/// The one 逾期 of a line that says exactly so many days and what they give (`逾期1天扣1分`), else `None`; beside one day
/// there may be more days that cost otherwise (`逾期5天以上扣5分`).
pub(super) fn lone_days<'a>(body: &Pair<'a, Token>) -> Option<Lone<'a>> {
    let phrases = body.children(Token::phrase);
    let late = |phrase: &Pair<'a, Token>| phrase.child(Token::late_range)?.child(Token::range);
    if phrases.iter().any(|phrase| phrase.has(Token::otherwise)) || !phrases.iter().any(|phrase| late(phrase).is_some())
    {
        return None;
    }
    let range = |phrase: &Pair<'a, Token>| late(phrase).or_else(|| phrase.child(Token::range));
    let ranges: Vec<(usize, Pair<'a, Token>)> =
        phrases.iter().enumerate().filter_map(|(at, phrase)| Some((at, range(phrase)?))).collect();
    let lone = the_exact(&phrases, &ranges).filter(|lone| !lone.apart)?;
    let is_late = phrases.iter().any(|phrase| late(phrase).is_some_and(|range| lone.is_in(&range)));
    let of_days = ranges.iter().all(|(_, range)| speaks_of_days(range));
    (is_late && of_days && (ranges.len() == 1 || number_in(&lone.quantity) == Some(1))).then_some(lone)
}

pub(super) fn speaks_of_days(range: &Pair<'_, Token>) -> bool {
    range.as_str().contains(['天', '日'])
}

/// 每逾期1天, 每滞后1个百分点 of a figure: days are of a row, and behind the plan is less than it.
pub(super) fn late_figure(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let said = scope.original(site.statement, pair);
    let help = match ["滞后", "推迟"].iter().find(|word| said.contains(**word) && !speaks_of_days(pair)) {
        Some(word) => {
            format!("比要求低多少的，写成：{}", scope.line_text(site.statement).trim().replacen(word, "低", 1))
        }
        None if site.statement.inner().child(Token::head_unit).is_some() => "去掉名称后面的（量词）".to_owned(),
        None => "逾期另写成一种情形，如：逾期未报：每逾期1天扣几分".to_owned(),
    };
    let finding = scope.at(site.statement, pair, "late-without-event", "逾期要写在情形上，不能写在指标上").help(help);
    scope.report(finding);
}

/// How late a row is, which asks for its dates.
pub(super) fn days_late(scope: &mut Scope<'_>, line: Line<'_, '_, '_>, pair: &Pair<'_, Token>) -> Option<Typed> {
    let Line { site, subject, workdays, running, .. } = line;
    let Subject::Event(input) = subject else {
        late_figure(scope, site, pair);
        return None;
    };
    if workdays.is_none() {
        scope.missing_convention(
            site.statement.line.number,
            "没有写逾期按自然日还是按工作日计算",
            &["逾期按自然日计算，截止当日不计", "逾期按工作日计算，截止当日不计"],
        );
    }
    let workdays = counted(scope, line, workdays);
    let input = &mut scope.plan.inputs[input.index()];
    input.needs.deadline = true;
    input.needs.completed = !running;
    input.additive = false;
    let days = if running { RowField::DaysLateHere { workdays } } else { RowField::DaysLate { workdays } };
    Some(Typed::new(Expr::Row(days), Type::Days))
}

/// Which days a line counts.
fn counted(scope: &mut Scope<'_>, line: Line<'_, '_, '_>, workdays: Option<bool>) -> DayKind {
    match workdays {
        Some(true) => scope.working_days(line.site.statement.line.number),
        Some(false) | None => DayKind::All,
    }
}

/// 逾期1至3天扣1分
fn late_band(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    open: &mut LeftOpen<'_>,
    (range, days): (&Pair<'_, Token>, &Typed),
    outcome: Option<Pair<'_, Token>>,
) {
    let in_workdays = |expr: &Expr| match expr {
        Expr::Row(RowField::DaysLate { workdays } | RowField::DaysLateHere { workdays }) => *workdays != DayKind::All,
        _ => false,
    };
    if range.as_str().contains("工作日") && !in_workdays(&days.expr) {
        let finding = scope
            .at(site.statement, range, "said-twice", "这一句里有的按工作日、有的按自然日数，不知道照哪一个")
            .help("都按工作日的，每处都写“个工作日”，或在句末加：，按工作日计算；不一样的，分成几句写");
        scope.report(finding);
    }
    let band = condition::range(scope, site, range, days);
    let band = match open.topmost.as_ref().filter(|top| top.is_in(range)) {
        Some(top) => top.and_more(scope, site, band, days),
        None => band,
    };
    let band = match &outcome {
        Some(outcome) => on_time_too(in_fact(band, days), Some(days), outcome),
        None => in_fact(band, days),
    };
    let condition = both(open.waiting.take(), band.condition.clone());
    match outcome {
        Some(outcome) => flat_band(scope, site, draft, (condition, band), &outcome, range),
        None => {
            open.waiting = Some((condition, None));
            open.late_range = Some((band, range.as_span().start()));
        }
    }
}

/// 逾期3天以内: what is in time is not late by so many days either.
fn in_fact(band: Range, days: &Typed) -> Range {
    if band.low.is_some() {
        return band;
    }
    let late = Condition::Compare(Box::new(days.expr.clone()), Comparison::Above, Box::new(zero()));
    Range { condition: Condition::All(vec![late, band.condition]), low: Some((zero(), false)), ..band }
}

/// 逾期3天以内得5分: what is in time is no worse.
pub(super) fn on_time_too(band: Range, days: Option<&Typed>, outcome: &Pair<'_, Token>) -> Range {
    let gives = matches!(verb_of(outcome), Some(Token::ADD | Token::GAIN));
    let early = matches!(days, Some(Typed { expr: Expr::Row(RowField::DaysEarly { .. }), .. }));
    match (band.low, band.condition) {
        (Some((low, false)), Condition::All(parts)) if gives && !early && low == zero() && parts.len() == 2 => {
            let condition = parts.into_iter().next_back().expect("asked by the guard");
            Range { condition, low: None, high: band.high }
        }
        (low, condition) => Range { condition, low, high: band.high },
    }
}

/// 逾期1至3天扣1分, 逾期1至3天的，扣1分
pub(super) fn flat_band(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    (condition, band): (Condition, Range),
    outcome: &Pair<'_, Token>,
    at: &Pair<'_, Token>,
) {
    let before = draft.arms.len();
    arm(scope, site, draft, (condition, None), outcome, at);
    if draft.arms.len() > before {
        match draft.arms.last_mut().filter(|_| !outcome.has(Token::NOT_ASSESSED)) {
            Some(last) => last.days = Some(band),
            None => draft.ranges.push(band),
        }
    }
}

/// 每逾期1天扣1分
pub(super) fn by_days(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    each: Each<'_, '_>,
    kind: Token,
    condition: Option<Condition>,
) {
    let early = kind == Token::EARLY;
    if each.step.kind != Type::Days {
        return not_in_days(scope, line.site, &each, early);
    }
    let Some(days) = days_late(scope, line, each.pair) else {
        draft.plain = Some(zero());
        return;
    };
    // 每逾期1天扣1分，超过3天的扣5分: the days that the line goes on to speak of are days late.
    let days = match early {
        true => Expr::Row(RowField::DaysEarly { workdays: counted(scope, line, line.workdays) }),
        false => days.expr,
    };
    // 每逾期1天扣1分；超过3天的，另扣5分: the days are still those.
    draft.late_days = Some(Typed::new(days.clone(), Type::Days));
    let amount = steps(scope, line.site, each.pair, days, &Type::Days, &each.step, line.part);
    // Two papers late by four days are eight days late.
    let points = times(times(each.points, amount), Expr::Row(RowField::Quantity));
    push_row(scope, line.site, draft, condition, points, each.outcome);
}

/// 每逾期1个月扣1分
fn not_in_days(scope: &mut Scope<'_>, site: Site<'_, '_>, each: &Each<'_, '_>, early: bool) {
    let pair = each.pair;
    let unit = pair.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
    let (written, gives) = each.written(scope, site);
    let each = if early { "每提前" } else { "每逾期" };
    let months = number_in(pair).unwrap_or(1).saturating_mul(30);
    let help = match unit.as_str() {
        "个月" => format!(
            "截止日期、完成日期算到天。改成其中一句：\n{each}{months}天{gives}，不足{months}天的不计\n{each}{months}天{gives}，不足{months}天的按{months}天计"
        ),
        "周" => {
            let days = number_in(pair).unwrap_or(1).saturating_mul(7);
            format!(
                "截止日期、完成日期算到天。改成其中一句：\n{each}{days}天{gives}，不足{days}天的不计\n{each}{days}天{gives}，不足{days}天的按{days}天计"
            )
        }
        // 每超时1小时扣0.1分: of no dates.
        "小时" | "分钟" => {
            let number = number_in(pair).unwrap_or(1);
            let column = format!("{}{unit}数", if early { "提前" } else { "超时" });
            let line = |part: &str| {
                let steps = steps_of(&column, &format!("每{number}{unit}{gives}，不足{number}{unit}的{part}"))?;
                Some(scope.line_text(site.statement).replacen(&written, "", 1).replacen(&gives, &steps, 1))
            };
            let lines: Option<Vec<String>> = ["不计".to_owned(), format!("按{number}{unit}计"), "按比例计".to_owned()]
                .iter()
                .map(|part| line(part))
                .collect();
            match lines {
                Some(lines) => format!(
                    "截止日期、完成日期只算到天。几{unit}报成一列，先在开头声明：\n事实列 {column}（{unit}）\n再写成其中一句（零头不同）：\n{}",
                    lines.join("\n")
                ),
                None => format!("截止日期、完成日期只算到天。几{unit}报成一列，在开头声明：事实列 {column}（{unit}）"),
            }
        }
        "" | "天" | "日" => format!("截止日期、完成日期算到天，写：{each}1天{gives}"),
        "月" | "季度" | "季" | "年" | "半年" => {
            format!("截止日期、完成日期算到天，写明几天算一{unit}：{each}几天{gives}（“几”换成天数）")
        }
        // 每迟报1例: so many of them, however late.
        _ => format!("不论几天都计一次的，写：每{unit}{gives}；按天数计的，写：{each}1天{gives}"),
    };
    let finding = scope
        .at(site.statement, pair, "late-not-in-days", format!("“{written}”：逾期和提前按天算，不按“{unit}”"))
        .expected("天、工作日")
        .help(help);
    scope.blame(finding);
}

/// 逾期1至3天扣1分, 逾期1天扣1分, 逾期超过3天的部分
pub(super) fn late_phrase(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    open: &mut LeftOpen<'_>,
    phrase: &Pair<'_, Token>,
    first: &Pair<'_, Token>,
) {
    let is_lone = |lone: &Lone<'_>| !phrase.has(Token::BEYOND) && lone.is_in(first);
    if let Some(Lone { quantity, outcome, .. }) = open.lone_late.clone().filter(is_lone) {
        // 逾期1天扣1分: one for each day, as 每逾期1天扣1分 is.
        if number_in(&quantity) == Some(1) {
            per(scope, line, draft, (&quantity, Some(Token::LATE)), &outcome, open.waiting.take());
        } else {
            lone_band(scope, line.site, first, &outcome);
        }
        return;
    }
    let range = first.child(Token::range).expect("逾期 has a range");
    later_days(scope, line, draft, open, phrase, &range);
}

/// 超过3天的扣5分, 超过3天的部分 and 3天以内 of a line that speaks of days late.
pub(super) fn later_days(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    open: &mut LeftOpen<'_>,
    phrase: &Pair<'_, Token>,
    range: &Pair<'_, Token>,
) {
    let Some(days) = days_meant(scope, line, draft, range) else { return };
    if phrase.has(Token::BEYOND) {
        open.beyond_days = Some(condition::range(scope, line.site, range, &days));
        return;
    }
    let outcome = phrase.child(Token::outcome).filter(|_| !phrase.has(Token::per));
    late_band(scope, line.site, draft, open, (range, &days), outcome);
    // 每逾期1天扣0.5分，超过5天的本项计零
    if let Some(then) = phrase.child(Token::consequence) {
        consequence(scope, line.site, draft, line.subject, &then, &mut open.waiting);
    }
}
