//! The share of each part in a total that is worked out from shorter periods: 年终考核得分88分 × 40% = 35.2分.

use super::Explainer;
use crate::outcome::UnitOutcome;
use crate::plan::words::{amount_text, points_text};
use crate::plan::{Aggregate, Expr, NodeId, Type};
use crate::value::{Inexact, Number, Rounding};

/// What is added up, in words, with what it comes to.
struct Part {
    text: String,
    value: Number,
}

/// The parts of a unit's total; none where they are not what the total was made of.
pub fn parts(explainer: &Explainer<'_>, unit: &UnitOutcome) -> Vec<String> {
    let plan = explainer.scored.plan;
    let cycle = explainer.scored.period().cycle;
    let Some((_, expr)) = plan.rollups.iter().find(|(of, _)| *of == cycle) else { return Vec::new() };
    let (sum, last) = apart(expr);
    let mut parts = Vec::new();
    let least = if last.iter().any(|step| matches!(step, Last::Limit(..))) { 1 } else { 2 };
    if !matches!(gather(explainer, unit, sum, false, &mut parts), Ok(true)) || parts.len() < least {
        return Vec::new();
    }
    let sum = parts.iter().try_fold(Number::ZERO, |sum, part| sum.plus(part.value));
    let mut said: Vec<String> = parts.into_iter().map(|part| part.text).collect();
    let total = last.into_iter().rev().fold(sum, |sum, step| step.done_to(sum?, &mut said));
    if total == Ok(unit.total) { said } else { Vec::new() }
}

/// What is done to a total when all of it is added up.
enum Last {
    Round(u32, Rounding),
    /// 年终得分不超过100分, 较高者（…、0分）
    Limit(Aggregate, Number),
}

impl Last {
    /// What it leaves of a sum, said where it takes or adds something.
    fn done_to(self, sum: Number, said: &mut Vec<String>) -> Result<Number, Inexact> {
        let (limited, word) = match self {
            Last::Round(places, rounding) => return sum.rounded(places, rounding),
            Last::Limit(Aggregate::Least, limit) => (sum.min(limit), "最高"),
            Last::Limit(_, limit) => (sum.max(limit), "最低"),
        };
        if limited != sum {
            said.push(format!("合计{}，{word}{}", points_text(sum), points_text(limited)));
        }
        Ok(limited)
    }
}

/// A sum, and what is done to it, the last first.
fn apart(expr: &Expr) -> (&Expr, Vec<Last>) {
    let (mut sum, mut last) = (assessed(expr), Vec::new());
    loop {
        let inner = match sum {
            Expr::Round { expr, places, rounding } => {
                last.push(Last::Round(*places, *rounding));
                expr
            }
            Expr::Of(which @ (Aggregate::Least | Aggregate::Greatest), list) => match &list[..] {
                [inner, Expr::Number(limit)] => {
                    last.push(Last::Limit(*which, *limit));
                    inner
                }
                _ => return (sum, last),
            },
            _ => return (sum, last),
        };
        sum = assessed(inner);
    }
}

/// Takes a sum apart; `false` where some of it cannot be said.
/// INVARIANT: an expression is as deep as the grammar lets it be.
fn gather(
    explainer: &Explainer<'_>,
    unit: &UnitOutcome,
    expr: &Expr,
    taken: bool,
    parts: &mut Vec<Part>,
) -> Result<bool, Inexact> {
    if let Expr::Add(two) | Expr::Subtract(two) = expr {
        let second = taken != matches!(expr, Expr::Subtract(_));
        return Ok(gather(explainer, unit, &two[0], taken, parts)? && gather(explainer, unit, &two[1], second, parts)?);
    }
    let (factor, of) = match expr {
        Expr::Multiply(two) => match (&two[0], &two[1]) {
            (of, Expr::Number(factor)) | (Expr::Number(factor), of) => (Some(*factor), of),
            _ => return Ok(false),
        },
        of => (None, of),
    };
    let Some((name, value)) = named_or_none(explainer, unit, of)? else { return Ok(false) };
    let (text, value) = match factor {
        Some(factor) => {
            let share = value.times(factor)?;
            let by = amount_text(factor, Some(&Type::Percent));
            (format!("{name}{} × {by} = {}", points_text(value), points_text(share)), share)
        }
        None => (format!("{name}{}", points_text(value)), value),
    };
    let (sign, value) = if taken { ("减去", Number::ZERO.minus(value)?) } else { ("", value) };
    parts.push(Part { text: format!("{sign}{text}"), value });
    Ok(true)
}

/// The same of what a unit may not have: 没有季度考核得分，按0分.
fn named_or_none(
    explainer: &Explainer<'_>,
    unit: &UnitOutcome,
    expr: &Expr,
) -> Result<Option<(String, Number)>, Inexact> {
    let Expr::Assessed { expr: inner, otherwise } = expr else { return named(explainer, unit, expr) };
    if let Some(found) = named(explainer, unit, assessed(inner))? {
        return Ok(Some(found));
    }
    let Expr::Node(id) = assessed(inner) else { return Ok(None) };
    let lacking = format!("没有{}得分，按", explainer.scored.plan.nodes[id.index()].address);
    Ok(match &**otherwise {
        Expr::Number(number) => Some((lacking, *number)),
        other => named(explainer, unit, assessed(other))?.map(|(name, value)| (format!("{lacking}{name}"), value)),
    })
}

/// What is weighed, by name, and its points: a total or a section, at the year's end or over the shorter periods.
fn named(explainer: &Explainer<'_>, unit: &UnitOutcome, expr: &Expr) -> Result<Option<(String, Number)>, Inexact> {
    let scored = &explainer.scored;
    let plan = scored.plan;
    match expr {
        Expr::Node(id) => {
            let title = format!("{}得分", plan.nodes[id.index()].address);
            Ok(scored.node(unit, *id).filter(|node| node.assessed).map(|node| (title, node.points())))
        }
        Expr::Over { cycle, aggregate, expr, only: None } if *cycle == plan.cycle => {
            let (name, values) = match assessed(expr) {
                Expr::Total => (String::new(), unit.periods.iter().map(|(_, total)| *total).collect()),
                Expr::Node(id) => (plan.nodes[id.index()].address.clone(), explainer.points_by_period(unit, *id)),
                _ => return Ok(None),
            };
            let Some(value) = aggregated(*aggregate, &values)? else { return Ok(None) };
            let (each, how) = (cycle.each(), how(*aggregate));
            Ok(Some((format!("{each}{name}得分{how}"), value)))
        }
        _ => Ok(None),
    }
}

impl Explainer<'_> {
    /// A section's points in each base period in which it is assessed.
    fn points_by_period(&self, unit: &UnitOutcome, id: NodeId) -> Vec<Number> {
        let of_unit = self.months(unit).filter_map(|(period, month)| period.node(month, id));
        of_unit.filter(|node| node.assessed).map(|node| node.points()).collect()
    }
}

fn aggregated(aggregate: Aggregate, all: &[Number]) -> Result<Option<Number>, Inexact> {
    let Some(first) = all.first() else { return Ok(None) };
    let sum = || all.iter().try_fold(Number::ZERO, |sum, value| sum.plus(*value));
    Ok(match aggregate {
        Aggregate::Sum => Some(sum()?),
        Aggregate::Mean => Some(sum()?.divided_by(Number::whole(all.len() as i64))?),
        Aggregate::Greatest => Some(all.iter().copied().fold(*first, Number::max)),
        Aggregate::Least => Some(all.iter().copied().fold(*first, Number::min)),
        _ => None,
    })
}

fn how(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Mean => "平均",
        Aggregate::Greatest => "最高",
        Aggregate::Least => "最低",
        _ => "之和",
    }
}

fn assessed(expr: &Expr) -> &Expr {
    match expr {
        Expr::Assessed { expr, .. } => assessed(expr),
        expr => expr,
    }
}
