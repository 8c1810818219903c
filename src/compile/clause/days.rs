//! 每天 in a band of days late, and beyond it: what each day costs, and what the line leaves unsaid of further days.

use super::late::{days_late, flat_band};
use super::outcome::outcome_of;
use super::per::per;
use super::phrase::LeftOpen;
use super::step::{step_of, steps, times};
use super::{Arm, Draft, Line, Outcome, Subject, Waiting, verb_of};
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::{Site, Typed};
use crate::compile::scope::{Scope, name_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// The days of the line, which ask for the dates of its rows.
pub(super) fn days_meant(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
) -> Option<Typed> {
    if let Some(days) = &draft.late_days {
        return Some(days.clone());
    }
    let late = days_late(scope, line, pair)?;
    let days = match (line.days, &late.expr) {
        (Some(Token::EARLY), Expr::Row(RowField::DaysLate { workdays })) => {
            Typed::new(Expr::Row(RowField::DaysEarly { workdays: *workdays }), Type::Days)
        }
        _ => late,
    };
    draft.late_days = Some(days.clone());
    Some(days)
}

/// What a 每天 counts in a line that speaks of lateness, whether it says so itself or not.
pub(super) fn with_days(
    line: Line<'_, '_, '_>,
    draft: &Draft,
    pair: &Pair<'_, Token>,
    kind: Option<Token>,
) -> Option<Token> {
    let of_days = || pair.as_str().contains(['天', '日']);
    let early = matches!(&draft.late_days, Some(Typed { expr: Expr::Row(RowField::DaysEarly { .. }), .. }));
    kind.or_else(|| line.days.filter(|_| of_days()).map(|days| if early { Token::EARLY } else { days }))
}

/// 一天扣1分，两天扣3分: exactly one day, where two are a band of their own.
pub(super) fn one_day_late(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    first: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let Some(days) = days_meant(scope, line, draft, first) else { return };
    let one = Expr::Number(Number::ONE);
    let condition = Condition::Compare(Box::new(days.expr), Comparison::Equal, Box::new(one.clone()));
    let end = Some((one, true));
    let band = Range { condition: condition.clone(), low: end.clone(), high: end };
    flat_band(scope, line.site, draft, (condition, band), outcome, first);
}

/// 逾期3天以内的，每天扣1分; of 超过3天的，每天扣2分 it is not known which days are meant.
pub(super) fn each_day_of_a_band(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    (band, begin): (Range, usize),
    (pair, kind): (&Pair<'_, Token>, Token),
    outcome: &Pair<'_, Token>,
    waiting: Waiting,
) {
    if line.running {
        return one_price(scope, line, pair, true);
    }
    let from_the_first = match &band.low {
        None => true,
        Some((Expr::Number(low), included)) => *low <= if *included { Number::ONE } else { Number::ZERO },
        Some(_) => false,
    };
    if !from_the_first && !pair.has(Token::ALL_OF_THEM) {
        return some_or_all(scope, line, (&band, begin), pair, outcome);
    }
    per(scope, line, draft, (pair, Some(kind)), outcome, waiting);
}

/// 每逾期1天扣1分，超过3天的部分，每天扣2分: the first days as before, those beyond at their own price.
pub(super) fn days_beyond(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    range: &Range,
    (pair, outcome): (&Pair<'_, Token>, &Pair<'_, Token>),
) {
    let step = step_of(scope, line.site, pair);
    let each = match outcome_of(scope, line.site, draft, outcome, &Condition::Always) {
        Outcome::Points(each) => each,
        _ => return one_price(scope, line, pair, line.running),
    };
    if line.running || step.kind != Type::Days {
        return one_price(scope, line, pair, line.running);
    }
    // 级别为国家级的加倍，超过3天的部分，每天扣2分: is what is beyond doubled as well?
    if let Some(factor) = draft.row_rules.iter().find(|rule| rule.factor.is_some()) {
        let message = format!("“{}”写在“超过…的部分”前面，说不清管不管超过的部分", factor.reason);
        let help = "超过的部分一起加倍、减半的，把它移到句末；不一起的，分成两行，各用一个情形";
        let finding = scope.at(line.site.statement, pair, "missing-convention", message).help(help);
        return scope.blame(finding);
    }
    let (Some((low, false)), Some(days)) = (&range.low, draft.late_days.clone()) else {
        return one_price(scope, line, pair, false);
    };
    let over = |until: Expr| Expr::Subtract(Box::new([until, low.clone()]));
    let cost = |scope: &mut Scope<'_>, over: Expr| {
        let steps = steps(scope, line.site, pair, over, &Type::Days, &step, line.part);
        times(times(each.clone(), steps), Expr::Row(RowField::Quantity))
    };
    draft.per_row = true;
    // 超过3天的部分，每天另扣1分: on top of all the others.
    if outcome.has(Token::ALSO) {
        let until = match &range.high {
            None => days.expr.clone(),
            Some((high, _)) => Expr::Of(Aggregate::Least, vec![days.expr.clone(), high.clone()]),
        };
        let when = Condition::Compare(Box::new(days.expr.clone()), Comparison::Above, Box::new(low.clone()));
        let points = cost(scope, over(until));
        draft.extras.push((when, points));
        return;
    }
    let Some(first) = up_to(draft, &days.expr, low) else {
        return one_price(scope, line, pair, false);
    };
    let extra = cost(scope, over(days.expr.clone()));
    push_beyond(draft, range, Expr::Add(Box::new([first, extra])), verb_of(outcome));
}

/// 超过3天的部分，不扣: what the first days cost is all.
pub(super) fn nothing_beyond(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    range: &Range,
    outcome: &Pair<'_, Token>,
) {
    let is_nothing = outcome.child(Token::NOTHING).is_some_and(|nothing| !nothing.has(Token::NO_MARKS));
    if let (true, Some((low, false)), Some(days)) = (is_nothing, &range.low, draft.late_days.clone())
        && let Some(first) = up_to(draft, &days.expr, low)
    {
        push_beyond(draft, range, first, None);
        return;
    }
    let written = scope.original(line.site.statement, outcome);
    let message = format!("说不清超过的部分是每天“{written}”，还是一共“{written}”");
    let finding = scope
        .at(line.site.statement, outcome, "unclear-steps", message)
        .help("每天都扣的，写：超过3天的部分，每天扣2分；一共扣一次的，写：超过3天的，另扣2分");
    scope.blame(finding);
}

fn push_beyond(draft: &mut Draft, range: &Range, points: Expr, verb: Option<Token>) {
    draft.arms.push(Arm { days: Some(range.clone()), ..Arm::flat(range.condition.clone(), points, verb) });
}

/// What the line gives for `low` days, by the band that ends there or was open so far; `None` where it says nothing of
/// them, or not of each row alone.
fn up_to(draft: &mut Draft, days: &Expr, low: &Expr) -> Option<Expr> {
    if draft.arms.iter().any(|arm| arm.days.is_none()) {
        return None;
    }
    let ends_here =
        |arm: &Arm| arm.days.as_ref().and_then(|band| band.high.as_ref()).is_some_and(|(high, _)| high == low);
    if let Some(arm) = draft.arms.iter().find(|arm| ends_here(arm)) {
        return Some(with_days_at(&arm.points, days, low));
    }
    let was_open = |arm: &Arm| match arm.days.as_ref().map(|band| (&band.low, &band.high)) {
        Some((Some((Expr::Number(from), _)), None)) => matches!(low, Expr::Number(low) if from < low),
        _ => false,
    };
    if let Some(arm) = draft.arms.iter_mut().find(|arm| was_open(arm)) {
        let ends = Condition::Compare(Box::new(days.clone()), Comparison::AtMost, Box::new(low.clone()));
        arm.when = Condition::All(vec![std::mem::replace(&mut arm.when, Condition::Always), ends]);
        if let Some(band) = &mut arm.days {
            band.high = Some((low.clone(), true));
        }
        return Some(with_days_at(&arm.points, days, low));
    }
    match (&draft.plain, draft.arms.is_empty()) {
        (Some(plain), _) => Some(with_days_at(plain, days, low)),
        (None, true) => Some(zero()),
        (None, false) => None,
    }
}

/// Points of so many days.
pub(super) fn with_days_at(points: &Expr, days: &Expr, at: &Expr) -> Expr {
    let inner = |expr: &Expr| with_days_at(expr, days, at);
    let both = |pair: &[Expr; 2]| Box::new([inner(&pair[0]), inner(&pair[1])]);
    match points {
        expr if expr == days => at.clone(),
        Expr::Add(pair) => Expr::Add(both(pair)),
        Expr::Subtract(pair) => Expr::Subtract(both(pair)),
        Expr::Multiply(pair) => Expr::Multiply(both(pair)),
        Expr::Negate(expr) => Expr::Negate(Box::new(inner(expr))),
        Expr::Of(aggregate, list) => Expr::Of(*aggregate, list.iter().map(inner).collect()),
        Expr::Steps { amount, step, part } => {
            Expr::Steps { amount: Box::new(inner(amount)), step: step.clone(), part: *part }
        }
        other => other.clone(),
    }
}

/// 按日累计 with more than one price, or a price that is none of a day.
fn one_price(scope: &mut Scope<'_>, line: Line<'_, '_, '_>, pair: &Pair<'_, Token>, running: bool) {
    let help = if running {
        "按日累计的，每天只能一个价；去掉“按日累计”，写：每逾期1天扣1分，超过3天的部分，每天扣2分"
    } else {
        "写成：每逾期1天扣1分，超过3天的部分，每天扣2分"
    };
    let finding =
        scope.at(line.site.statement, pair, "unclear-steps", "说不清超过的部分从哪一天起、每天几分").help(help);
    scope.blame(finding);
}

/// 超过3天的，每天扣2分: the days beyond three, or all of them?
fn some_or_all(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    (band, begin): (&Range, usize),
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let statement = line.site.statement;
    let unit = pair.child(Token::unit).map_or("天".to_owned(), |unit| name_of(&unit));
    // 超过3天 of 4天以上: days are whole.
    let before = |end: &(Expr, bool)| match end {
        (Expr::Number(end), true) => end.minus(Number::ONE).ok().map(|end| end.to_string()),
        (Expr::Number(end), false) => Some(end.to_string()),
        _ => None,
    };
    let gives = scope.original(statement, outcome);
    let each = match pair.child(Token::number).filter(|number| !matches!(number.as_str().trim(), "1" | "一")) {
        Some(number) => format!("每{}{unit}", number.as_str().trim()),
        None => format!("每{unit}"),
    };
    let Some(from) = band.low.as_ref().and_then(before) else {
        return one_price(scope, line, pair, false);
    };
    let upper = match &band.high {
        None => String::new(),
        Some((Expr::Number(high), true)) => format!("且不超过{high}{unit}"),
        Some((Expr::Number(high), false)) => format!("且不满{high}{unit}"),
        Some(_) => return one_price(scope, line, pair, false),
    };
    let range = statement.code.span(begin..pair.as_span().start());
    let range = scope.source.text[range].trim_end_matches([' ', ',', '，', '的', '时']).to_owned();
    let some = format!("超过{from}{unit}{upper}的部分，{each}{gives}");
    let all = format!("{range}的，全部{each}{gives}");
    let code = &statement.code;
    let whole = |part: &str| {
        let (start, end) = (code.span(0..begin), code.span(outcome.as_span().end()..code.text.len()));
        let (start, end) = (&scope.source.text[start], &scope.source.text[end]);
        format!("{}{part}{}", start.trim_start(), end.trim_end())
    };
    let message = format!("说不清是超过{from}{unit}{upper}的部分{each}{gives}，还是全部{each}{gives}");
    let help = format!("改成其中一句：\n{}\n{}", whole(&some), whole(&all));
    let finding = scope.at(statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
}

/// 逾期3天以内的，每天扣1分, and nothing of the fourth day; 超过3天的部分, and nothing of what it costs.
pub(super) fn left_above(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    open: &LeftOpen<'_>,
    last: Option<&Pair<'_, Token>>,
) {
    let Line { site, subject: Subject::Event(_), .. } = line else { return };
    if let (Some(_), Some(last)) = (&open.beyond_days, last) {
        let finding = scope
            .at(site.statement, last, "unfinished-line", "写了超过的部分，没有写每天扣几分或加几分")
            .help("在后面加上：，每天扣2分");
        scope.blame(finding);
        return;
    }
    let Some(days) = draft.late_days.clone() else { return };
    let by_days = |points: &Expr| with_days_at(points, &days.expr, &zero()) != *points;
    free_days(scope, site, draft, &by_days);
    let daily: Vec<Range> =
        draft.arms.iter().filter(|arm| by_days(&arm.points)).filter_map(|arm| arm.days.clone()).collect();
    draft.ranges.extend(draft.arms.iter().filter_map(|arm| arm.days.clone()));
    let lows: Vec<Expr> = draft.ranges.iter().filter_map(|range| Some(range.low.as_ref()?.0.clone())).collect();
    let number = |expr: &Expr| if let Expr::Number(number) = expr { Some(*number) } else { None };
    let goes_on = |high: &Expr| match number(high) {
        Some(high) => lows.iter().any(|low| number(low).is_none_or(|low| low >= high)),
        None => lows.contains(high),
    };
    let open_end = daily.iter().find_map(|band| band.high.as_ref().filter(|(high, _)| !goes_on(high)));
    let Some((Expr::Number(high), included)) = open_end.filter(|_| draft.otherwise.is_none()) else { return };
    let number = site.statement.line.number;
    let text = scope.line_text(site.statement);
    let text = text.trim_end_matches(['。', '；', ';', '，', ',']);
    let last = if *included { *high } else { high.minus(Number::ONE).unwrap_or(*high) };
    let nothing = if text.contains('扣') { "不扣" } else { "不加" };
    let finding = scope.at_line(number, "missing-convention", format!("没有写超过{last}天的怎么算")).help(format!(
        "改成其中一句：\n{text}，超过{last}天的部分，{nothing}\n{text}，超过{last}天的，{nothing}\n前一句是最多算{last}天，后一句是超过{last}天的一分也{nothing}；另有价钱的，写：超过{last}天的部分，每天几分"
    ));
    scope.blame(finding);
}

/// 每逾期1天扣0.05分，10天以内的不扣: of the thirteenth day, three days or all thirteen?
fn free_days(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, by_days: &dyn Fn(&Expr) -> bool) {
    let Some(plain) = draft.plain.as_ref().filter(|plain| by_days(plain)) else { return };
    let is_free = |range: &&Range| {
        range.low.is_none() || matches!(&range.low, Some((Expr::Number(low), _)) if *low <= Number::ONE)
    };
    let free =
        draft.arms.iter().filter(|arm| arm.points == zero()).filter_map(|arm| arm.days.as_ref().or(arm.range.as_ref()));
    let Some(Range { high: Some((Expr::Number(high), included)), .. }) = free.clone().find(is_free) else { return };
    let _ = plain;
    let last = if *included { *high } else { high.minus(Number::ONE).unwrap_or(*high) };
    let body = site.statement.body();
    let each = body
        .children(Token::phrase)
        .into_iter()
        .filter(|phrase| !phrase.has(Token::range))
        .find_map(|phrase| phrase.child(Token::per));
    let Some(each) = each else { return };
    let written = scope.original(site.statement, &each);
    let part = scope.line_with(site.statement, &each, &format!("超过{last}天的部分，{written}"));
    let all = scope.line_with(site.statement, &each, &format!("超过{last}天的，全部{written}"));
    let message = format!("超过{last}天的，说不清是只算超过的几天，还是全部的天数都算");
    let finding = scope.at_line(site.statement.line.number, "missing-convention", message);
    scope.blame(finding.help(format!("改成其中一句：\n{part}\n{all}")));
}

/// 逾期3天以内扣1分，其余每天扣2分: the rest of the days, or all of them in the rest of the cases?
pub(super) fn rest_of_days(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &Draft,
    phrase: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let statement = line.site.statement;
    let ends = draft.arms.iter().filter_map(|arm| match arm.days.as_ref()?.high.as_ref()? {
        (Expr::Number(high), true) => Some(*high),
        (Expr::Number(high), false) => high.minus(Number::ONE).ok(),
        _ => None,
    });
    let (written, gives) = (scope.original(statement, phrase), scope.original(statement, outcome));
    let text = scope.line_text(statement);
    let help = match ends.max() {
        Some(end) => {
            let with = |words: String| text.replacen(&written, &words, 1);
            let some = with(format!("超过{end}天的部分，每天{gives}"));
            let all = with(format!("超过{end}天的，全部每天{gives}"));
            format!("改成其中一句：\n{some}\n{all}")
        }
        None => "写明超过几天的：超过3天的部分，每天扣2分；或 超过3天的，全部每天扣2分".to_owned(),
    };
    let message = format!("“{written}”说不清是余下的天数每天{gives}，还是这时全部每天{gives}");
    let finding = scope.at(statement, phrase, "missing-convention", message).help(help);
    scope.blame(finding);
}
