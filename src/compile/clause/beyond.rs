//! 部分: what lies beyond the band before, whose own points still count.

use super::step::times;
use super::{Arm, Draft, Outcome, Way};
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// What the line gives at `end`, where steps begin that go on from there: 3件以内每件扣1分，超过3件的部分每件扣2分;
/// 90%以上不满95%的，每低1个百分点扣0.5分；低于90%的，每低1个百分点扣1分.
///
/// `each` is how often points without 每 count: 扣1分，超过3次的部分每次扣2分, where every time does.
pub(super) fn points_at(
    draft: &Draft,
    way: Way,
    verb: Option<Token>,
    (value, each): (&Expr, bool),
    end: &Expr,
) -> Option<Expr> {
    let band = draft.arms.iter().rev().find(|arm| {
        let far = arm
            .range
            .as_ref()
            .and_then(|range| if way == Way::Down { range.low.as_ref() } else { range.high.as_ref() });
        far.is_some_and(|(at, _)| at == end)
    });
    match band {
        Some(band) if band.verb == verb => moved(&band.points, value, end),
        Some(_) => None,
        // 每次扣1分；超过3次的，每多1次扣2分
        None if way == Way::Up && draft.plain_verb == verb && draft.plain.is_some() => match draft.plain.as_ref()? {
            flat @ Expr::Number(_) if each => Some(times(flat.clone(), end.clone())),
            plain => moved(plain, value, end),
        },
        // 每2次扣1分，超过3次的部分，每次扣2分
        None => {
            let always = draft.arms.iter().find(|arm| arm.when == Condition::Always && arm.verb == verb)?;
            moved(&always.points, value, end).filter(|_| way == Way::Up)
        }
    }
}

/// Steps that went on without end go as far as `end`, where what is beyond has a price of its own.
pub(super) fn end_before(
    draft: &mut Draft,
    way: Way,
    verb: Option<Token>,
    value: &Expr,
    (end, holds): (&Expr, Comparison),
) {
    let Some(last) = draft.arms.last_mut().filter(|arm| arm.steps == Some(way) && arm.verb == verb) else { return };
    let Some(range) = last.range.as_mut() else { return };
    let (near, far) = match way {
        Way::Down => (&range.high, &mut range.low),
        Way::Up => (&range.low, &mut range.high),
    };
    let is_further = match (near, end) {
        (Some((Expr::Number(from), _)), Expr::Number(end)) if way == Way::Down => end < from,
        (Some((Expr::Number(from), _)), Expr::Number(end)) => end > from,
        _ => false,
    };
    if far.is_some() || !is_further {
        return;
    }
    *far = Some((end.clone(), true));
    let reaches = Condition::Compare(Box::new(value.clone()), holds, Box::new(end.clone()));
    range.condition = Condition::All(vec![range.condition.clone(), reaches.clone()]);
    last.when = Condition::All(vec![last.when.clone(), reaches]);
}

/// Points with another figure in place of the one they are of; `None` where they cannot be followed.
pub(super) fn moved(points: &Expr, value: &Expr, to: &Expr) -> Option<Expr> {
    let both = |pair: &[Expr; 2]| Some(Box::new([moved(&pair[0], value, to)?, moved(&pair[1], value, to)?]));
    Some(match points {
        figure if figure == value || *figure == Expr::Row(RowField::Quantity) => to.clone(),
        Expr::Number(_) | Expr::Full(_) | Expr::Attribute(_) | Expr::Parameter(_) | Expr::Input { .. } => {
            points.clone()
        }
        Expr::Add(pair) => Expr::Add(both(pair)?),
        Expr::Subtract(pair) => Expr::Subtract(both(pair)?),
        Expr::Multiply(pair) => Expr::Multiply(both(pair)?),
        Expr::Divide(pair) => Expr::Divide(both(pair)?),
        Expr::Negate(inner) => Expr::Negate(Box::new(moved(inner, value, to)?)),
        Expr::Of(aggregate, list) => {
            Expr::Of(*aggregate, list.iter().map(|one| moved(one, value, to)).collect::<Option<_>>()?)
        }
        Expr::Steps { amount, step, part } => {
            Expr::Steps { amount: Box::new(moved(amount, value, to)?), step: step.clone(), part: *part }
        }
        _ => return None,
    })
}

/// 超过3次不超过10次的部分，每次加0.2分, and nothing said of more: all of that part counts, and no more.
pub(super) fn left_whole(draft: &mut Draft, value: &Expr) {
    for (most, included, points) in std::mem::take(&mut draft.parts) {
        let goes_on = draft.arms.iter().any(|arm| {
            let low = arm.range.as_ref().and_then(|range| range.low.as_ref());
            matches!((low, &most), (Some((Expr::Number(low), _)), Expr::Number(most)) if low >= most)
        });
        if goes_on || draft.otherwise.is_some() {
            continue;
        }
        let beyond = if included { Comparison::Above } else { Comparison::AtLeast };
        let when = Condition::Compare(Box::new(value.clone()), beyond, Box::new(most));
        draft.arms.push(Arm::flat(when, points, None));
    }
}

/// 超过10次的部分，不加分; 超过3次的部分，加倍: what each of them gives has to be said.
pub(super) fn without_each(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    outcome: &Pair<'_, Token>,
    given: &Outcome,
) {
    let body = site.statement.body();
    let phrases = body.children(Token::phrase);
    let of_part = |phrase: &&Pair<'_, Token>| phrase.has(Token::BEYOND);
    let part = phrases.iter().find(of_part).expect("a part was spoken of").clone();
    let range = part.child(Token::range).unwrap_or(part);
    let shown = scope.original(site.statement, &range);
    let each = phrases.iter().find_map(|phrase| Some((phrase.child(Token::per)?, phrase.child(Token::outcome)?)));
    let count = range.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::quantity);
    let count = count.map(|count| scope.original(site.statement, &count)).unwrap_or_default();
    let price = |factor: &Number| {
        let (per, gives) = each.as_ref()?;
        let verb = gives.child(Token::verb)?.as_str().trim().to_owned();
        let points =
            gives.child(Token::amount)?.child(Token::expression)?.as_str().trim().trim_end_matches('分').parse();
        let points = Number::from(points.ok().filter(|_: &rust_decimal::Decimal| draft.plain.is_some())?);
        let one = scope.original(site.statement, per);
        Some(format!("{shown}的部分，{one}{verb}{}分", points.times(*factor).ok()?))
    };
    let help = match given {
        Outcome::Points(points) if *points == Expr::Number(Number::ZERO) => Some(format!("写成：最多计{count}")),
        Outcome::NoMarks | Outcome::NotCounted => Some(format!("写成：最多计{count}")),
        Outcome::Factor(Expr::Number(factor)) => price(factor).map(|line| format!("写成：{line}")),
        Outcome::Points(_) => {
            let gives = scope.original(site.statement, outcome);
            Some(format!("改成其中一句：\n{shown}的部分，每次{gives}\n{shown}的，{gives}"))
        }
        _ => None,
    };
    let finding = scope
        .at(site.statement, outcome, "unclear-limit", "前面说的是超过的部分，没有写这一部分每次、每件几分")
        .help(help.unwrap_or_else(|| format!("写成：{shown}的部分，每次几分；超过的不再计，写：最多计{count}")));
    scope.blame(finding);
}

/// 超过3次的部分，每次扣2分，每次扣1分: what is not beyond is said behind it, and would count as if it were all.
pub(super) fn said_behind(scope: &mut Scope<'_>, site: Site<'_, '_>, phrases: &[Pair<'_, Token>]) {
    let Some(part) = phrases.iter().position(|phrase| phrase.has(Token::BEYOND)) else { return };
    let gives = |phrase: &Pair<'_, Token>| phrase.has(Token::outcome) || phrase.has(Token::rate);
    let end = if phrases[part].has(Token::per) { part + 1 } else { part + 2 };
    let is_first = !phrases[..part].iter().any(gives);
    let waits = |phrase: &Pair<'_, Token>| phrase.has(Token::BEYOND) || phrase.has(Token::range) && !gives(phrase);
    let whole = |at: &usize| {
        let phrase = &phrases[*at];
        let own = phrase.has(Token::per) && !phrase.has(Token::range) && !phrase.has(Token::late_range);
        let is_part = phrase.has(Token::BEYOND) || waits(&phrases[at - 1]);
        !is_part && (own || phrase.has(Token::otherwise) || phrase.has(Token::range) && gives(phrase))
    };
    let Some(behind) = (end..phrases.len()).find(whole).filter(|_| is_first) else { return };
    let behind = &phrases[behind];
    let said = |phrase: &Pair<'_, Token>| scope.original(site.statement, phrase);
    let message = format!("“{}”说的是全部，写在“{}”后面，说不清前面的还计不计", said(behind), said(&phrases[part]));
    let begin: Vec<String> = phrases[part..end.min(phrases.len())].iter().map(said).collect();
    let help =
        format!("先写全部的，再写超过的部分，如：{}；{}", said(behind).trim_start_matches("其余"), begin.join("，"));
    let finding = scope.at(site.statement, behind, "unclear-steps", message).help(help);
    scope.blame(finding);
}
