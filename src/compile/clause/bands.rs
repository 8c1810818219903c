//! Bands of one line: they must not overlap, and what lies between them is noted.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::combine::narrow;
use super::step::shown_number;
use super::subject_value;
use super::{Arm, Draft, Subject, Way};
use crate::compile::comparable::is_never_below_zero;
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::Typed;
use crate::compile::scope::Scope;
use crate::compile::units::days_with_halves;
use crate::plan::words::said;
use crate::plan::*;
use crate::syntax::Rule as Token;
use crate::value::Number;

/// Bands of one line must not overlap; what they leave unsaid between them is noted.
pub(super) fn check_bands(scope: &mut Scope<'_>, line: usize, draft: &Draft, subject: &Subject) {
    // 逾期1天扣1分，逾期3天扣3分: the bands are of days, whatever the event counts.
    let kind = if draft.late_days.is_some() { Type::Days } else { subject_value(scope, subject).kind };
    // 完成率 = 完成数 ÷ 目标数, compared with 90%: told as it is written.
    let kind = if kind == Type::Bare && draft.share.is_some() { Type::Percent } else { kind };
    at_the_end(scope, line, draft, &kind);
    let counts = matches!(kind, Type::Count(_) | Type::Place | Type::Days) || kind == days_with_halves();
    let one = if kind == days_with_halves() { Number::from(Decimal::new(5, 1)) } else { Number::ONE };
    let bands: Option<Vec<Ends>> = draft.ranges.iter().map(Range::ends).collect();
    let Some(bands) = bands else { return open_alike(scope, line, draft) };
    let mut bands: Vec<(End, End)> = bands.into_iter().map(|ends| (ends.low, ends.high)).collect();
    running_into_bands(scope, line, draft, &kind);
    bands.sort_by(|a, b| match (a.0, b.0) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        (Some(x), Some(y)) => x.0.cmp(&y.0).then(y.1.cmp(&x.1)),
    });
    // 95~100 of a percentage is no band that overlaps another: % is missing.
    if scope.has_error_at(line) {
        return;
    }
    let told = scope.findings.len();
    for pair in bands.windows(2) {
        let show = |number: Number| shown_number(number, &kind);
        let nested = |a: (Number, bool), b: (Number, bool)| match kind {
            Type::Place => between_places(a, b),
            _ => nested(a, b, &show),
        };
        let (Some((high, high_in)), Some((low, low_in))) = (pair[0].1, pair[1].0) else {
            // 80%以上加2分；90%以上加5分: the first was to end where the second begins.
            let help = match (pair[0], pair[1]) {
                ((Some((from, from_in)), None), (Some((next, true)), _)) => {
                    let begins = if from_in { "不低于" } else { "超过" };
                    let (from, next) = (show(from), show(next));
                    format!("从{from}起的一档到{next}为止，写成：{begins}{from}且低于{next}")
                }
                ((None, Some(a)), (None, Some(b))) => nested(a, b),
                _ => "写明每一档的两头，让它们首尾相接".to_owned(),
            };
            let finding = scope.at_line(line, "overlapping-bands", "有两档互相重叠").help(help);
            scope.report(finding);
            continue;
        };
        if low < high || (low == high && low_in && high_in) {
            let message = format!("有两档互相重叠：前一档到{}，后一档从{}起", show(high), show(low));
            // 逾期3日以内扣1分，7日以内扣2分: both begin where lateness does.
            let help = match (pair[0].0 == pair[1].0, pair[1].1) {
                (true, Some(far)) if far.0 != high => nested((high, high_in), far),
                _ => format!("其中一档改用“不满{}”或“超过{}”", show(high), show(low)),
            };
            let finding = scope.at_line(line, "overlapping-bands", message).help(help);
            scope.report(finding);
        } else {
            let adjacent = if counts {
                let next = |value: Number, included: bool| {
                    if included { value.plus(one).unwrap_or(value) } else { value }
                };
                let first = if low_in { low } else { low.plus(one).unwrap_or(low) };
                first <= next(high, high_in)
            } else {
                low == high && (low_in || high_in)
            };
            let is_said = draft.otherwise.is_some() || draft.plain.is_some();
            if !adjacent && !is_said && !has_steps_between(draft, (high, low), counts) {
                let message = if low == high {
                    format!("正好{}没有写，按0分计", show(low))
                } else {
                    format!("{}与{}之间没有写，按0分计", show(high), show(low))
                };
                let help = match (counts, low.minus(high)) {
                    // 1次加1分，3次以上加5分
                    (true, Ok(apart)) if low_in && high_in && apart == Number::whole(2) => {
                        let next = show(high.plus(Number::ONE).unwrap_or(high));
                        let next = if draft.late_days.is_some() { format!("逾期{next}") } else { next };
                        format!("补上一档：{next}…；确实不计的，写：{next}，不加不扣")
                    }
                    _ => "补上这一档，或把相邻的一档接上".to_owned(),
                };
                let finding = scope.at_line(line, "gap-between-bands", message).help(help).noted();
                scope.report(finding);
            }
        }
    }
    if scope.findings.len() == told {
        open_end(scope, line, draft, &bands, &subject_value(scope, subject), &kind);
    }
}

/// 达到目标得15分；达到上年的120%得20分: whatever the bounds are, the one beyond the other lies in both.
fn open_alike(scope: &mut Scope<'_>, line: usize, draft: &Draft) {
    let on_top = |over: &Arm, under: &Arm| {
        let goes_on = over.steps.is_some() && over.base.is_none() && over.verb == Some(Token::ADD);
        draft.gains && goes_on && under.verb == Some(Token::GAIN)
    };
    // 高于平均5个百分点以上的得10分；高于平均的得8分: the narrower one first takes what is its own; what comes behind the
    // wider one is told where it is said that nothing reaches it.
    let is_known = |(earlier, other): (&Arm, &Range), (later, range): (&Arm, &Range)| {
        let is_flat = earlier.steps.is_none() && later.steps.is_none();
        other.condition.implies(&range.condition) || is_flat && range.condition.implies(&other.condition)
    };
    let ranged: Vec<(&Arm, &Range)> = draft.arms.iter().filter_map(|arm| Some((arm, arm.range.as_ref()?))).collect();
    for (at, (later, range)) in ranged.iter().enumerate() {
        let meets = |(earlier, other): &&(&Arm, &Range)| {
            let is_open_alike =
                range.low.is_none() && other.low.is_none() || range.high.is_none() && other.high.is_none();
            let is_on_top = on_top(later, earlier) || on_top(earlier, later);
            is_open_alike && !is_known((earlier, other), (later, range)) && !is_on_top
        };
        let Some((_, other)) = ranged[..at].iter().find(meets) else { continue };
        let message = match range.high.is_none() && other.high.is_none() {
            true => "有两档互相重叠：都没有写到哪里为止，界限低的一档把高的一档也包在里面",
            false => "有两档互相重叠：都没有写从哪里起，界限高的一档把低的一档也包在里面",
        };
        let help = "写明每一档的两头，让它们首尾相接，如：不低于目标且低于目标的120%";
        let finding = scope.at_line(line, "overlapping-bands", message).help(help);
        scope.report(finding);
        return;
    }
}

/// 高于全体平均的得5分，低于全体平均的，每低1个百分点扣0.5分: what is just there has neither, and less than what is below.
/// Of flat bands between numbers the gap is told with the others.
fn at_the_end(scope: &mut Scope<'_>, line: usize, draft: &Draft, kind: &Type) {
    if draft.otherwise.is_some() || draft.plain.is_some() {
        return;
    }
    let ranged = || draft.arms.iter().filter_map(|arm| Some((arm, arm.range.as_ref()?)));
    let is_open_at = |end: &Option<(Expr, bool)>, at: &Expr| matches!(end, Some((end, false)) if end == at);
    let holds = |range: &Range, at: &Expr| {
        let within = |end: &Option<(Expr, bool)>, is_beyond: fn(&Number, &Number) -> bool| match (end, at) {
            (None, _) => true,
            (Some((end, included)), at) if end == at => *included,
            (Some((Expr::Number(end), _)), Expr::Number(at)) => is_beyond(at, end),
            _ => false,
        };
        within(&range.low, Number::gt) && within(&range.high, Number::lt)
    };
    for (upper, above) in ranged() {
        let Some((at, false)) = &above.low else { continue };
        let Some((lower, _)) = ranged().find(|(_, below)| is_open_at(&below.high, at)) else { continue };
        let goes_off = |arm: &Arm| draft.gains && arm.steps.is_some() && arm.verb != Some(Token::GAIN);
        let is_number = matches!(at, Expr::Number(_));
        let is_told = match (upper.steps, lower.steps) {
            (None, None) => is_number || upper.verb != lower.verb,
            // Steps alone come to nothing just where they begin.
            _ => !goes_off(upper) && !goes_off(lower),
        };
        if is_told || ranged().any(|(_, range)| holds(range, at)) {
            continue;
        }
        let shown = match at {
            Expr::Number(number) => shown_number(*number, kind),
            _ => said(&scope.plan, at).map_or("界限".to_owned(), |name| format!("等于{name}的")),
        };
        let text = scope.source.line(line).trim().to_owned();
        let words = ["高于", "超过", "大于", "多于"];
        let help = match words.iter().find(|word| text.matches(**word).count() == 1) {
            Some(word) if words.iter().map(|word| text.matches(word).count()).sum::<usize>() == 1 => {
                format!(
                    "和高的一档一样的，写成：{}\n和低的一档一样的，“低于”改成“不超过”",
                    text.replacen(word, "不低于", 1)
                )
            }
            _ => "和高的一档一样的，那一档写“不低于”；和低的一档一样的，那一档写“不超过”".to_owned(),
        };
        let mut finding = scope.at_line(line, "gap-between-bands", format!("正好{shown}没有写，按0分计")).help(help);
        finding.severity = crate::diagnostic::Severity::Warning;
        scope.report(finding);
    }
}

/// 10件以内扣1分，20件以内扣2分: the second is of what is beyond the first.
fn nested(a: (Number, bool), b: (Number, bool), show: &dyn Fn(Number) -> String) -> String {
    let (near, far) = if a.0 < b.0 { (a, b) } else { (b, a) };
    let begins = if near.1 { "超过" } else { "不低于" };
    let ends = if far.1 { "不超过" } else { "低于" };
    let (near, far) = (show(near.0), show(far.0));
    format!("到{far}的一档从{near}起，写成：{begins}{near}且{ends}{far}")
}

/// 前10名的加5分，前5名的加10分: from behind the first five on.
fn between_places(a: (Number, bool), b: (Number, bool)) -> String {
    let last = |(end, is_in): (Number, bool)| if is_in { end } else { end.minus(Number::ONE).unwrap_or(end) };
    let (near, far) = (last(a).min(last(b)), last(a).max(last(b)));
    let next = near.plus(Number::ONE).unwrap_or(near);
    let places = if next == far { format!("第{far}名") } else { format!("第{next}名至第{far}名") };
    format!("到第{far}名的一档从第{next}名起，写成：{places}")
}

/// 低于95%且不低于85%的，每下降1个百分点扣0.5分: points by steps lie between two bands, one stretch behind another.
fn has_steps_between(draft: &Draft, (high, low): (Number, Number), counts: bool) -> bool {
    // 第2名至第14名，每降1名扣1分，第15名及以后得5分: what is counted goes from one to the next.
    let after = |number: Number| if counts { number.plus(Number::ONE).unwrap_or(number) } else { number };
    let number = |end: &Option<(Expr, bool)>| match end {
        Some((Expr::Number(end), _)) => Some(*end),
        _ => None,
    };
    let stretches: Vec<&Range> =
        draft.arms.iter().filter(|arm| arm.steps.is_some()).filter_map(|arm| arm.range.as_ref()).collect();
    let (mut reached, mut begun) = (high, false);
    loop {
        let beyond = stretches.iter().find_map(|range| {
            let begins = range.low.is_none() || number(&range.low).is_some_and(|from| from <= after(reached));
            let to = if range.high.is_none() { Some(low) } else { number(&range.high) };
            to.filter(|to| begins && (*to > reached || !begun && *to >= low))
        });
        match beyond {
            Some(to) if after(to) >= low => return true,
            Some(to) => (reached, begun) = (to, true),
            None => return false,
        }
    }
}

/// 1次扣1分，2次扣3分; 不满3人扣1分，3人以上不满10人扣2分: three times, ten of them would cost nothing, though fewer cost more
/// the more they are.
fn open_end(scope: &mut Scope<'_>, line: usize, draft: &Draft, bands: &[(End, End)], value: &Typed, kind: &Type) {
    if !matches!(kind, Type::Count(_) | Type::Quantity(_) | Type::Days | Type::Percent) {
        return;
    }
    let others = draft.otherwise.is_some()
        || draft.plain.is_some()
        || draft.table.is_some()
        || draft.target.is_some()
        || !draft.effects.is_empty()
        || !draft.vetoes.is_empty();
    if others {
        return;
    }
    // 不满100%: no more can be reported, or hardly ever is.
    let greatest = match &value.expr {
        Expr::Input { input, .. } => scope.plan.inputs[input.index()].range.1.map(Number::from),
        _ => None,
    };
    let natural = greatest.or((*kind == Type::Percent).then_some(Number::ONE));
    let is_all = |most: Number| natural.is_some_and(|greatest| greatest <= most);
    let [.., (_, Some((most, is_in)))] = bands else { return };
    if bands.len() < 2 || draft.arms.len() != bands.len() || draft.arms.iter().any(|arm| arm.steps.is_some()) {
        return;
    }
    if is_all(*most) {
        return;
    }
    // By where they begin: what each band gives.
    let mut given: Vec<(End, Number)> = Vec::new();
    for arm in &draft.arms {
        let range = arm.range.as_ref().or(arm.days.as_ref());
        let (Some(range), Expr::Number(points)) = (range, &arm.points) else { return };
        given.push((range.ends().and_then(|ends| ends.low), points.abs()));
    }
    given.sort();
    if !given.windows(2).all(|pair| pair[0].1 < pair[1].1) {
        return;
    }
    let most = shown_number(*most, kind);
    let begins = match given.last() {
        Some((Some((low, false)), _)) => format!("超过{}", shown_number(*low, kind)),
        Some((Some((low, true)), _)) => format!("{}及以上", shown_number(*low, kind)),
        _ => return,
    };
    let beyond = if *is_in { format!("超过{most}") } else { format!("达到{most}") };
    let finding = scope
        .at_line(line, "gap-between-bands", format!("{beyond}没有写，按0分计"))
        .help(format!("最后一档写成：{begins}…；确实不计的，加一档：{beyond}的，不加不扣"))
        .noted();
    scope.report(finding);
}

/// Points by steps hold in a range too, which must not run into another band: the first would win unseen.
fn running_into_bands(scope: &mut Scope<'_>, line: usize, draft: &Draft, kind: &Type) {
    for (index, stepped) in draft.arms.iter().enumerate().filter(|(_, arm)| arm.steps.is_some()) {
        let Some(own) = stepped.range.as_ref().and_then(Range::ends) else { continue };
        for (other_index, other) in draft.arms.iter().enumerate() {
            let known = other.steps.is_some() && other_index < index;
            // 超过100%的，每超1个百分点加0.1分 goes on top of 达到100%得满分.
            let gives_more = draft.gains && stepped.verb == Some(Token::ADD) && other.verb == Some(Token::GAIN);
            if index == other_index || known {
                continue;
            }
            let Some(theirs) = other.range.as_ref().and_then(Range::ends) else { continue };
            // 5至10篇得5分，10至20篇每增加1篇加1分: at the ten both give the same.
            let goes_on = begins_at_the_end(stepped, own, theirs) || begins_at_the_end(other, theirs, own);
            let adds =
                draft.gains && [stepped, other].iter().all(|arm| matches!(arm.verb, Some(Token::GAIN | Token::ADD)));
            if gives_more && own.lies_in(theirs) || adds && goes_on {
                continue;
            }
            if own.is_before(theirs) || theirs.is_before(own) {
                continue;
            }
            let show = |end: End, open: &str| match end {
                Some((number, _)) => shown_number(number, kind),
                None => open.to_owned(),
            };
            let message = format!(
                "“每…”的一档（{}至{}）与另一档（{}至{}）重叠",
                show(own.low, "最低"),
                show(own.high, "最高"),
                show(theirs.low, "最低"),
                show(theirs.high, "最高")
            );
            // The steps end where the band begins that lies further out.
            let help = match ((own.low, own.high), (theirs.low, theirs.high)) {
                ((None, Some((high, high_in))), (None, Some((low, low_in)))) if low < high => format!(
                    "“每…”的一档写到另一档为止，它前面写成：{}{}且{}{}的",
                    if low_in { "超过" } else { "不低于" },
                    shown_number(low, kind),
                    if high_in { "不超过" } else { "低于" },
                    shown_number(high, kind)
                ),
                // 每降1名: places are said from which to which.
                ((Some((low, low_in)), None), (Some((high, high_in)), None)) if low < high && *kind == Type::Place => {
                    let (first, last) = (if low_in { low } else { low.plus(Number::ONE).unwrap_or(low) }, high);
                    let last = if high_in { last.minus(Number::ONE).unwrap_or(last) } else { last };
                    format!("“每…”的一档写到另一档为止，它前面写成：第{first}名至第{last}名，")
                }
                ((Some((low, low_in)), None), (Some((high, high_in)), None)) if low < high => format!(
                    "“每…”的一档写到另一档为止，它前面写成：{}{}且{}{}的",
                    if low_in { "不低于" } else { "超过" },
                    shown_number(low, kind),
                    if high_in { "低于" } else { "不超过" },
                    shown_number(high, kind)
                ),
                // 超过3件扣2分，每增加1件加扣1分: four are the first beyond, or one more already?
                ((Some((low, false)), None), (Some((high, false)), None))
                    if low == high && matches!(kind, Type::Count(_)) =>
                {
                    let (end, first) = (shown_number(low, kind), low.plus(Number::ONE).unwrap_or(low));
                    let first = shown_number(first, kind);
                    format!(
                        "{first}只算前一档、再多才加的，“超过{end}”写成“达到{first}”\n{first}两样都算的，也写“达到{first}”，扣（加）的写两样合起来的分"
                    )
                }
                _ => "写明每一档的两头，让它们首尾相接".to_owned(),
            };
            let finding = scope.at_line(line, "overlapping-bands", message).help(help);
            scope.report(finding);
        }
    }
}

/// Whether the steps of an arm begin just where the other range ends.
fn begins_at_the_end(stepped: &Arm, own: Ends, before: Ends) -> bool {
    match stepped.steps {
        Some(Way::Up) => own.low.is_some() && own.low == before.high,
        Some(Way::Down) => own.high.is_some() && own.high == before.low,
        None => false,
    }
}

/// 差错数（件）：不超过2件扣2分；超过2件扣5分: the more the worse, so that none at all costs nothing.
pub(super) fn none_costs_nothing(scope: &Scope<'_>, draft: &mut Draft, subject: &Subject) {
    let Subject::Value(value) = subject else { return };
    let is_amount = matches!(
        value.kind,
        Type::Count(_) | Type::Quantity(_) | Type::Percent | Type::Money | Type::Days | Type::Bare
    );
    // 其余扣9分, 扣2分: what none at all would have instead.
    let has_rest = draft.otherwise.is_some() || draft.plain.is_some();
    if !is_amount || has_rest || !is_never_below_zero(scope, &value.expr) {
        return;
    }
    let cost = |arm: &Arm| match &arm.points {
        Expr::Number(points) if arm.verb == Some(Token::DEDUCT) && arm.steps.is_none() => Some(points.abs()),
        _ => None,
    };
    let first = draft.arms.iter().position(|arm| {
        cost(arm).is_some() && arm.range.as_ref().is_some_and(|range| range.low.is_none() && range.high.is_some())
    });
    let Some(first) = first else { return };
    // 超过2件的，每多1件另扣1分; 超过5件的不得分
    let is_worse = |arm: &Arm| {
        let goes_on = arm.steps == Some(Way::Up) && arm.verb == Some(Token::DEDUCT);
        arm.range.is_some() && (goes_on || draft.no_marks.contains(&arm.when) || cost(arm) > cost(&draft.arms[first]))
    };
    // 湿度低于40%扣1分，高于60%扣2分: what lies between is right, and none at all is wrong.
    let ends = draft.arms[first].range.as_ref().and_then(|range| range.high.clone()).map(|(end, _)| end);
    let goes_on =
        |arm: &Arm| arm.range.as_ref().is_some_and(|range| range.low.as_ref().map(|(low, _)| low) == ends.as_ref());
    let mut others = draft.arms.iter().enumerate().filter(|(index, _)| *index != first);
    if draft.arms.iter().any(goes_on) && others.all(|(_, arm)| is_worse(arm)) {
        let any = Condition::Compare(Box::new(value.expr.clone()), Comparison::Above, Box::new(zero()));
        narrow(&mut draft.arms[first], &mut draft.effects, any);
    }
}

/// The bands as they are for each case of a bound that is not the same for all: 不少于（当 类别为乙类，6件；其余 10件）.
/// None where all are numbers, nor where several such bounds are not told apart by the same conditions.
pub(super) fn by_case(draft: &Draft) -> Vec<Draft> {
    let bounds = |range: &Range| [range.low.clone(), range.high.clone()].into_iter().flatten().map(|(end, _)| end);
    let ranges = || draft.ranges.iter().chain(draft.arms.iter().filter_map(|arm| arm.range.as_ref()));
    let of_cases = |end: &Expr| match end {
        Expr::Case { arms, .. } => Some(arms.iter().map(|(when, _)| when.clone()).collect::<Vec<_>>()),
        _ => None,
    };
    let mut told_by = ranges().flat_map(bounds).filter_map(|end| of_cases(&end));
    let Some(first) = told_by.next() else { return Vec::new() };
    if told_by.any(|other| other != first) {
        return Vec::new();
    }
    let told = |end: &mut Option<(Expr, bool)>, case: usize| {
        if let Some((Expr::Case { arms, otherwise }, is_in)) = end {
            let value = arms.get(case).map_or(&**otherwise, |(_, value)| value).clone();
            *end = Some((value, *is_in));
        }
    };
    let one = |case: usize| {
        let mut draft = draft.clone();
        let arms = draft.arms.iter_mut().filter_map(|arm| arm.range.as_mut());
        for range in draft.ranges.iter_mut().chain(arms) {
            told(&mut range.low, case);
            told(&mut range.high, case);
        }
        // 不少于（当 类别为甲类，3次；其余 5次）且少于5次: nothing, in one of the cases.
        let is_something = |range: &Range| match range.ends() {
            Some(Ends { low: Some((low, low_in)), high: Some((high, high_in)) }) => {
                low < high || low == high && low_in && high_in
            }
            _ => true,
        };
        draft.ranges.retain(is_something);
        draft.arms.retain(|arm| arm.range.as_ref().is_none_or(is_something));
        draft
    };
    (0..=first.len()).map(one).collect()
}
