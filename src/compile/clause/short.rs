//! 每少, 每多: points by steps away from where a range ends.

use super::aside::away_from_a_band;
use super::beyond::{end_before, moved, points_at};
use super::per::Each;
use super::step::{shown_number, steps, times};
use super::unclear_days::days_of_each_matter;
use super::unclear_step::{off_a_target, one_sided, points_or_share, step_from_a_point, without_target, wrong_way};
use super::{Arm, Draft, Line, Subject, Way, from_which, subject_value, verb_of};
use crate::compile::comparable::is_never_below_zero;
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// 不少于30件，每少1件扣1分; 超过3次的部分，每次扣2分.
pub(super) fn by_steps(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    each: Each<'_, '_>,
    kind: Token,
    range: Option<Range>,
) {
    let Line { site, subject, part, .. } = line;
    let value = subject_value(scope, subject);
    let short = kind == Token::SHORT && !off_a_ceiling(draft, range.as_ref(), &each);
    let verb = verb_of(each.outcome);
    let (goes_on, asked) = (range.is_none(), range.is_some());
    let each_on_top = each.outcome.has(Token::ALSO);
    let each_beyond = each.beyond;
    if goes_on && draft.target.is_none() && away_from_a_band(scope, line, draft, &each, short).is_err() {
        return;
    }
    // 30至50件，每少1件扣1分，每多1件扣0.5分: both are told from one target.
    let target = draft.target.clone().filter(|_| goes_on).map(|target| one_sided(target, short));
    if goes_on && target.is_none() && from_which::ask(scope, site, draft, &each, short) {
        return;
    }
    let off_target = target.is_some();
    let Some(range) = range.or(target).or_else(|| band_before(draft, short, each_on_top && !is_whole(&value))) else {
        let before = draft.arms.last().and_then(|arm| arm.range.as_ref());
        return without_target(scope, site, &each, (&value.kind, before), short);
    };
    // 第3名及以后每降1名扣1分, 第3名至第8名，每降1名扣1分: the third is the first step below the second.
    // 2次扣2分，3次以上的每增加1次加扣1分: three times are one more than twice.
    let range = match (&value.kind, &range.low) {
        (kind, Some((Expr::Number(from), true)))
            if !short && asked && (*kind == Type::Place || goes_on_from(draft, kind, verb, *from)) =>
        {
            let before = Expr::Number(from.minus(Number::ONE).unwrap_or(*from));
            Range { low: Some((before, false)), ..range }
        }
        _ => range,
    };
    if asked
        && !short
        && (each_on_top || matches!(subject, Subject::Event(_)))
        && gap_before(scope, site, draft, &each, (&value, &range))
    {
        return;
    }
    if value.kind == Type::Percent && points_or_share(scope, site, &each, (&value, &range), short) {
        return;
    }
    // 目标1000万元，每低1%扣1分: a hundredth of what is asked for.
    let is_share =
        each.step.kind == Type::Percent && matches!(value.kind, Type::Count(_) | Type::Quantity(_) | Type::Money);
    if !is_share && !expression::require_agreement(scope, site, each.pair, &value.kind, &each.step.kind, "一起算") {
        // How a part of a step counts is not asked of other things.
        scope.blamed.insert(site.statement.line.number);
    }
    let range = match each.beyond {
        true => from_the_first(&value, behind_the_last(draft, &value, range)),
        false => range,
    };
    // 移送：超过10日的，每超1日扣0.05分: two of 13 and 12 days are three beyond and two, or 25 days?
    if asked && !short && value.kind == Type::Days && matches!(subject, Subject::Event(_)) {
        let is_alone = draft.plain.is_none() && draft.arms.is_empty() && draft.late_days.is_none();
        if is_alone && !each.beyond && days_of_each_matter(scope, line, &each, &range) {
            return;
        }
    }
    let said = range.clone();
    let Some(range) = off_a_target(scope, site, &each, (range, &value.kind), short) else { return };
    if asked && (range.low.is_none(), range.high.is_none()) != (said.low.is_none(), said.high.is_none()) {
        draft.target = Some(said);
    }
    let is_exact =
        range.low.is_some() && range.low.as_ref().map(|(end, _)| end) == range.high.as_ref().map(|(end, _)| end);
    // Nothing is better than the first place, or less than none.
    let is_first = value.kind == Type::Place
        || !short && matches!(&range.low, Some((end, _)) if *end == zero()) && is_never_below_zero(scope, &value.expr);
    // 达到1起扣5分，每多1起扣3分; 1起扣5分，每增加1起加扣3分: the first costs five, and each further one three.
    let further = goes_on && !short && verb == Some(Token::DEDUCT) && costs_already(draft, &range);
    let on_from_it = is_exact && further && each.outcome.has(Token::ALSO);
    if is_exact && !is_first && !on_from_it {
        return step_from_a_point(scope, site, &each, &range, &value.kind, (short, further));
    }
    if on_from_it && let Some(last) = draft.arms.last_mut().and_then(|arm| arm.range.as_mut()) {
        last.high = None;
    }
    let range = if is_exact { Range { high: None, ..range } } else { range };
    // 第1名加5分，每降1名减1分: off the five, as off what is earned.
    if is_first
        && goes_on
        && verb == Some(Token::DEDUCT)
        && value.kind == Type::Place
        && let Some(last) = draft.arms.last_mut().filter(|arm| arm.steps.is_none() && arm.verb == Some(Token::ADD))
    {
        last.verb = Some(Token::GAIN);
        draft.gains = true;
    }
    let inside = goes_on && !off_target && !is_exact && lies_in_its_band(draft, short);
    // 不超过10件，每减少1件加0.5分，每增加1件扣1分: the fewer the better, on either side of ten.
    let way = if short { Way::Down } else { Way::Up };
    let mirrors = goes_on
        && draft.arms.last().is_some_and(|arm| {
            arm.steps.is_some_and(|other| other != way)
                && (arm.verb == Some(Token::DEDUCT)) != (verb == Some(Token::DEDUCT))
        });
    // 不超过10件得10分，每减少1件扣1分: what is asked for and given costs nothing the further it is met.
    let is_wanted = match (&range.low, &range.high) {
        (None, Some(_)) => short,
        (Some(_), None) => !short,
        _ => false,
    };
    let is_given = draft.arms.len() == 1 && matches!(draft.arms[0].verb, Some(Token::GAIN | Token::ADD));
    let inside = inside && !(is_wanted && is_given && verb == Some(Token::DEDUCT));
    let may_be_wrong = !is_exact && !further && !inside && !mirrors && !says_side(site, each.pair);
    if may_be_wrong && goes_wrong(&range, short, verb, asked) {
        return wrong_way(scope, site, &each, &range, short);
    }
    let (end, wanted) = match (short, &range.low, &range.high) {
        // 不少于30件，每少1件: outside the wanted range. 低于90%，每低1个百分点: inside the bad one.
        (true, Some((low, _)), None) => (low.clone(), Comparison::Below),
        (true, _, Some((high, _))) => (high.clone(), Comparison::Below),
        (false, None, Some((high, _))) => (high.clone(), Comparison::Above),
        (false, Some((low, _)), _) => (low.clone(), Comparison::Above),
        _ => return,
    };
    let both_ends = range.low.is_some() && range.high.is_some();
    let holds = if both_ends {
        range.condition.clone()
    } else {
        Condition::Compare(Box::new(value.expr.clone()), wanted, Box::new(end.clone()))
    };
    let gap = if short { [end.clone(), value.expr.clone()] } else { [value.expr.clone(), end.clone()] };
    let step = match is_share {
        true => match share_of_end(scope, site, &each, (&end, &value.kind), short) {
            Some(step) => step,
            None => return,
        },
        false => each.step,
    };
    let steps = steps(scope, site, each.pair, Expr::Subtract(Box::new(gap)), &value.kind, &step, part);
    let mut points = times(each.points, steps);
    if inside && let Some(band) = draft.arms.pop() {
        draft.arms.push(Arm {
            when: band.when,
            points,
            verb,
            range: band.range,
            days: None,
            steps: Some(if short { Way::Down } else { Way::Up }),
            base: Some(band.points),
        });
        return;
    }
    if goes_on {
        points = on_top(draft, verb, (&value, short), &end, points);
    }
    // 每次扣1分，超过3次的部分每次再扣1分; 每少1件扣1分；少于20件的部分，每少1件再扣1分: on top of what each of them gives.
    let counts_already = |arm: &Arm| arm.steps.is_some() || arm.when == Condition::Always;
    if asked && each_on_top && (draft.plain.is_some() || draft.arms.iter().any(counts_already)) {
        draft.extras.push((holds, points));
        draft.on_total |= matches!(subject, Subject::Event(_));
        return;
    }
    // 不少于30件，每少1件扣1分，少于20件的部分，每件扣2分: the first ten as before.
    if each_beyond {
        let ends = if way == Way::Down { Comparison::AtLeast } else { Comparison::AtMost };
        end_before(draft, way, verb, &value.expr, (&end, ends));
    }
    // 每次扣1分；超过3次的部分，每次扣2分: what is not beyond still counts as before.
    let each_time = matches!(subject, Subject::Event(_)) && scope.conventions.flat_every_time == Some(true);
    if asked && let Some(before) = points_at(draft, way, verb, (&value.expr, each_time), &end) {
        points = Expr::Add(Box::new([before, points]));
    }
    if each_beyond
        && way == Way::Up
        && let (Some(_), Some((most, included))) = (&range.low, &range.high)
        && let Some(whole) = moved(&points, &value.expr, most)
    {
        draft.parts.push((most.clone(), *included, whole));
    }
    let end = Some((end, false));
    let range = match (both_ends, wanted) {
        (true, _) => range,
        (false, Comparison::Below) => Range { condition: holds.clone(), low: None, high: end },
        (false, _) => Range { condition: holds.clone(), low: end, high: None },
    };
    let (range, steps) = (Some(range), Some(way));
    draft.arms.push(Arm { when: holds, points, verb, range, days: None, steps, base: None });
    draft.on_total |= matches!(subject, Subject::Event(_));
}

/// 每低1% of 1000万元 as 10万元; where the amount is not the same for all, a formula says what is divided by it.
fn share_of_end(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    each: &Each<'_, '_>,
    (end, kind): (&Expr, &Type),
    short: bool,
) -> Option<Typed> {
    if let (Expr::Number(end), Expr::Number(share)) = (end, &each.step.expr)
        && !end.is_zero()
        && let Ok(step) = end.abs().times(*share)
    {
        return Some(Typed::new(Expr::Number(step), kind.clone()));
    }
    let label = site.statement.label();
    let (written, gives) = each.written(scope, site);
    let points = written.replacen('%', "个百分点", 1);
    let bound = if short { "低于100%的" } else { "超过100%的" };
    let help = format!(
        "先写出占要求的百分之几（“要求”换成它的名称），再按它计分：\n{label}完成率 = {label} ÷ 要求，除数为0的，不作考评\n{label}完成率：{bound}，{points}{gives}"
    );
    let message = format!("“{written}”是多少的百分之几，要先算出来");
    let finding = scope.at(site.statement, each.pair, "wrong-measure-word", message).help(help);
    scope.blame(finding);
    None
}

/// 达到4次的部分: the fourth is the first of it, where things are whole.
fn from_the_first(value: &Typed, range: Range) -> Range {
    match (&value.kind, &range.low) {
        (Type::Count(_), Some((Expr::Number(first), true))) => {
            let before = Expr::Number(first.minus(Number::ONE).unwrap_or(*first));
            Range { low: Some((before, false)), ..range }
        }
        _ => range,
    }
}

/// 100万元至500万元的部分, behind 100万元以内的部分: a hundred is of the first.
fn behind_the_last(draft: &Draft, value: &Typed, range: Range) -> Range {
    let (Some((low, true)), Some((high, ends))) = (&range.low, &range.high) else { return range };
    let is_before = |arm: &Arm| {
        let end = arm.range.as_ref().and_then(|range| range.high.as_ref());
        end.is_some_and(|(end, holds)| end == low && *holds)
    };
    if !draft.arms.iter().any(is_before) {
        return range;
    }
    let compare =
        |comparison, end: &Expr| Condition::Compare(Box::new(value.expr.clone()), comparison, Box::new(end.clone()));
    let most = if *ends { Comparison::AtMost } else { Comparison::Below };
    let condition = Condition::All(vec![compare(Comparison::Above, low), compare(most, high)]);
    Range { condition, low: Some((low.clone(), false)), high: range.high.clone() }
}

/// 不超过70微克，每差1微克扣0.5分: what is asked for is missed by what is more.
fn off_a_ceiling(draft: &Draft, range: Option<&Range>, each: &Each<'_, '_>) -> bool {
    let kind = each.pair.child(Token::per_kind);
    let is_off = kind.is_some_and(|kind| ["差", "相差"].contains(&kind.as_str().trim()));
    let of = range.or(draft.target.as_ref()).or(draft.arms.last().and_then(|arm| arm.range.as_ref()));
    // 0件得3分，每差1件: of none at all there is nothing to fall short of.
    let is_none = |range: &Range| matches!(&range.high, Some((end, true)) if *end == zero());
    is_off && of.is_some_and(|range| range.low.is_none() && matches!(range.high, Some((_, true))) || is_none(range))
}

/// 达到300得8分，每增加50加0.5分: the band from which the steps go on.
fn band_before(draft: &Draft, short: bool, on_top: bool) -> Option<Range> {
    let arm = draft.arms.last()?;
    let range = arm.range.clone()?;
    match (&range.low, &range.high) {
        (Some(_), _) => Some(range),
        (None, Some(_)) if lies_in_its_band(draft, short) => Some(range),
        // 不超过5%得10分，每超1个百分点扣1分: beyond what earns them.
        (None, Some((_, true)))
            if !short && arm.steps.is_none() && draft.arms.len() == 1 && arm.verb == Some(Token::GAIN) =>
        {
            Some(range)
        }
        // 低于90%扣5分，每低1个百分点再扣1分: on top of the five, from where they begin.
        (None, Some((_, false))) if short && on_top && arm.steps.is_none() => Some(range),
        // 不少于2次，每少1次扣1分，每多1次加0.5分: more than was asked for.
        (None, Some((end, false))) if arm.steps.is_some() && !short => {
            Some(Range { low: Some((end.clone(), true)), high: None, ..range })
        }
        _ => None,
    }
}

/// 低于95%的，得6分，每低1个百分点扣0.5分: the steps begin where the band just said does, and go further into it.
fn lies_in_its_band(draft: &Draft, short: bool) -> bool {
    let Some(arm) = draft.arms.last().filter(|arm| arm.steps.is_none() && arm.verb == Some(Token::GAIN)) else {
        return false;
    };
    match arm.range.as_ref().map(|range| (&range.low, &range.high)) {
        Some((_, Some(_))) if short => true,
        Some((Some(_), Some(_)) | (Some((_, false)), None)) => !short,
        _ => false,
    }
}

/// 达到1起扣5分: to have come so far costs something already.
fn costs_already(draft: &Draft, range: &Range) -> bool {
    matches!(range.low, Some((_, true)))
        && draft.arms.last().is_some_and(|arm| arm.steps.is_none() && arm.verb == Some(Token::DEDUCT))
}

/// 不少于30件，每多1件扣1分; 不少于30件，每少1件加1分: the points go the wrong way; of 90%以下每低1个百分点 the range itself is
/// the bad one.
fn goes_wrong(range: &Range, short: bool, verb: Option<Token>, asked: bool) -> bool {
    let deducts = verb == Some(Token::DEDUCT);
    let adds = matches!(verb, Some(Token::ADD | Token::GAIN));
    match (&range.low, &range.high) {
        (Some((_, true)), None) => {
            if short {
                adds
            } else {
                deducts
            }
        }
        (None, Some((_, true))) => {
            if short {
                deducts
            } else {
                adds
            }
        }
        // 超过10件，每少1件: what is beyond ten is never short of it.
        (Some((_, false)), None) => asked && short,
        (None, Some((_, false))) => asked && !short,
        _ => false,
    }
}

/// 达到1项加5分，每增加1项加2分: what the steps give comes on top of what their band gives.
fn on_top(draft: &mut Draft, verb: Option<Token>, (value, short): (&Typed, bool), end: &Expr, points: Expr) -> Expr {
    // 超过1%的扣1分，每超0.5个百分点加扣0.5分; 低于90%扣5分，每低1个百分点再扣1分: steps and band begin at the same end.
    let begins_there = |arm: &mut Arm| {
        let ends = arm.range.as_ref().map(|range| (&range.low, &range.high));
        let begins = match (short, ends) {
            (false, Some((Some((from, false)), None))) | (true, Some((None, Some((from, false))))) => from == end,
            _ => false,
        };
        // Of whole things the first one beyond is a step already, and the band would never be all.
        begins
            && !is_whole(value)
            && arm.steps.is_none()
            && arm.verb == verb
            && matches!(verb, Some(Token::DEDUCT | Token::ADD))
    };
    if let Some(band) = draft.arms.pop_if(begins_there) {
        return Expr::Add(Box::new([band.points, points]));
    }
    if !short
        && let Some(last) = draft.arms.last_mut()
        && last.steps.is_none()
        && last.verb == verb
        && let Some(Range { low: Some((from, true)), high: None, .. }) = last.range.clone()
        && from == *end
    {
        let points = Expr::Add(Box::new([last.points.clone(), points]));
        let exactly = Condition::Compare(Box::new(value.expr.clone()), Comparison::Equal, Box::new(from.clone()));
        last.when = exactly.clone();
        let ends = Some((from, true));
        last.range = Some(Range { condition: exactly, low: ends.clone(), high: ends });
        return points;
    }
    points
}

fn is_whole(value: &Typed) -> bool {
    matches!(value.kind, Type::Count(_) | Type::Days | Type::Place)
}

/// 1起扣3分，3起以上的，每增加1起加扣2分: of twice nothing is said, and three are one more, or two more?
fn gap_before(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    each: &Each<'_, '_>,
    (value, range): (&Typed, &Range),
) -> bool {
    let next =
        |(number, is_in): (Number, bool)| if is_in { number } else { number.plus(Number::ONE).unwrap_or(number) };
    let from = range.ends().and_then(|ends| ends.low).map(next);
    let before = draft.arms.last().filter(|arm| arm.steps.is_none()).and_then(|arm| arm.range.as_ref()?.ends()?.high);
    let (Some(from), Some((end, is_in)), Type::Count(_) | Type::Days) = (from, before, &value.kind) else {
        return false;
    };
    let first = if is_in { end.plus(Number::ONE).unwrap_or(end) } else { end };
    if from <= first {
        return false;
    }
    let written = scope.original(site.statement, each.pair);
    let last = shown_number(first.minus(Number::ONE).unwrap_or(first), &value.kind);
    let (first, from) = (shown_number(first, &value.kind), shown_number(from, &value.kind));
    let message = format!("{first}没有写，说不清“{written}”从哪里加起");
    let help = format!(
        "接着前一档的，前面写：超过{last}的\n另从{from}算起的，先写{from}扣（加）几分，再写：超过{from}的，{written}…"
    );
    let finding = scope.at(site.statement, each.pair, "unclear-steps", message).help(help);
    scope.blame(finding);
    true
}

/// Whether the band before ends one below where these steps begin, and counts the same way.
fn goes_on_from(draft: &Draft, kind: &Type, verb: Option<Token>, from: Number) -> bool {
    let counts = matches!(kind, Type::Count(_) | Type::Days);
    let before = from.minus(Number::ONE).unwrap_or(from);
    counts
        && draft.arms.last().is_some_and(|arm| {
            let ends = arm.range.as_ref().and_then(|range| range.ends()).and_then(|ends| ends.high);
            let is_next = ends.is_some_and(|(end, is_in)| if is_in { end == before } else { end == from });
            let counts_on = arm.verb == verb || arm.verb == Some(Token::GAIN) && verb == Some(Token::ADD);
            is_next && counts_on && arm.steps.is_none()
        })
}

/// Whether 以下 or 以上 stands before the steps.
fn says_side(site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let before = site.statement.code.text[..pair.as_span().start()].trim_end_matches([',', ' ', '的', '时']);
    before.ends_with("以下") || before.ends_with("以上")
}
