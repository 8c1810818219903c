//! 权重: what a part counts for, and whether the parts make up the whole.

use super::body;
use super::clause::percent_text;
use super::expression::Site;
use super::number;
use super::scope::Scope;
use crate::calendar::PeriodId;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// `权重 30%`; `权重：当 类别为街道，40%；其余 30%`
pub fn define(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let weight = if let Some(choices) = pair.child(Token::choices) {
        let factors = body::factors(scope, site, &choices);
        // What is left out is told already, and may not be told as a sum that is too small.
        match choices.children(Token::choice).iter().any(|choice| choice.has(Token::OTHERWISE)) {
            true => factors,
            false => Expr::NotAssessed,
        }
    } else if let Some(percent) = pair.child(Token::percent) {
        number::percent_of(scope, site, &percent).expr
    } else {
        let number = pair.child(Token::number).expect("权重 has a number");
        Expr::Number(Number::from(number::number(scope, site, &number)))
    };
    let shares: Vec<Number> = match &weight {
        Expr::Number(share) => vec![*share],
        Expr::Case { arms, otherwise } => {
            let values = arms.iter().map(|(_, value)| value).chain([&**otherwise]);
            values.filter_map(|value| if let Expr::Number(share) = value { Some(*share) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    if let Some(share) = shares.into_iter().find(|share| *share > Number::ONE) {
        let finding = scope.at(site.statement, pair, "percent-expected", format!("权重是百分比，这里写的是“{share}”"));
        let help = match pair.child(Token::number) {
            Some(number) => format!("写成：{}", scope.line_with(site.statement, &number, &format!("{share}%"))),
            None => format!("写成：{share}%"),
        };
        scope.report(finding.help(help));
        scope.plan.nodes[site.node.index()].weight = Some(Expr::NotAssessed);
        return;
    }
    scope.plan.nodes[site.node.index()].weight = Some(weight);
}

/// Weights under one 加权 add up to 1, for each kind of unit, and every part has one.
pub fn check(scope: &mut Scope<'_>) {
    for index in 0..scope.plan.nodes.len() {
        let node = &scope.plan.nodes[index];
        if !matches!(node.combine, Combine::Weighted { .. }) {
            unused(scope, NodeId(index as u16));
            continue;
        }
        let node = &scope.plan.nodes[index];
        let line = node.line as usize;
        let children = node.children.iter().map(|child| &scope.plan.nodes[child.index()]);
        let bare = children.clone().filter(|child| child.weight.is_none());
        let bare: Vec<(usize, String)> = bare.map(|child| (child.line as usize, child.address.clone())).collect();
        let weights: Vec<Expr> = children.filter_map(|child| child.weight.clone()).collect();
        let total = sum_for(&weights, None);
        for (line, address) in &bare {
            // 各项加权 of boards that make up 100% already, and 加分 beside them.
            let help = match total {
                Some(total) if total >= Number::ONE => format!(
                    "其余各项的权重已有100%，重新分配；“{address}”是另外加减的，把加权的几项改成一个板块的条目，“各项加权”写在那个板块里"
                ),
                Some(total) if bare.len() == 1 => {
                    let left = Number::ONE.minus(total).map(percent_text).unwrap_or_default();
                    format!("在这一条里加一行：权重 {left}")
                }
                _ => "在这一条里加一行：权重 30%".to_owned(),
            };
            let finding = scope.at_line(*line, "missing-weight", format!("“{address}”没有写权重")).help(help);
            scope.report(finding);
        }
        if !bare.is_empty() || weights.is_empty() {
            continue;
        }
        let is_said = matches!(scope.plan.nodes[index].combine, Combine::Weighted { renormalize: true })
            || scope.counted_zero.contains(&NodeId(index as u16));
        let Some(odd) = odd_weights(&scope.plan, NodeId(index as u16), is_said) else { continue };
        let whose = match odd.kind {
            Some((_, value)) => format!("{}的，", scope.plan.symbols.text(value)),
            None if !kinds_in(&weights).is_empty() => "其余的，".to_owned(),
            None => String::new(),
        };
        let when = odd.period.map(|id| format!("{}，", scope.plan.calendar.period(id).name)).unwrap_or_default();
        let message = format!("{when}{whose}各项权重加起来是{}", percent_text(odd.total));
        let finding = match odd.is_less {
            true => scope
                .at_line(line.max(1), "missing-convention", format!("{message}，没有写不考评的那一项的权重怎样算"))
                .help(
                    "从那时起重新分配权重；或改成其中一句：\n各项加权，不适用的权重按比例分摊\n各项加权，不适用的计0分",
                ),
            false => scope.at_line(line.max(1), "weights-not-100", message).expected("加起来是100%"),
        };
        scope.report(finding);
    }
}

/// 年终考核, of the year, beside sections that are weighted by the quarter, and one that only vetoes: no part of any
/// quarter's points.
pub fn leave_out(scope: &mut Scope<'_>) {
    for index in 0..scope.plan.nodes.len() {
        let node = &scope.plan.nodes[index];
        if !matches!(node.combine, Combine::Weighted { .. }) {
            continue;
        }
        let cycle = node.cycle;
        for child in node.children.clone() {
            let rules = scope.rules_within(child);
            let vetoes = |rule: &RuleId| {
                let rule = &scope.plan.rules[rule.index()];
                rule.points == Expr::Number(Number::ZERO) && !rule.effects.is_empty()
            };
            let only_vetoes = !rules.is_empty() && rules.iter().all(vetoes);
            let child = &mut scope.plan.nodes[child.index()];
            let is_apart =
                child.landing == Landing::YearEnd && child.cycle > cycle || only_vetoes && child.full.is_none();
            if is_apart && child.weight.is_none() {
                child.weight = Some(Expr::Number(Number::ZERO));
            }
        }
    }
}

/// Weights that are not the whole: for whom, and in which period where parts come and go.
struct Odd {
    kind: Option<(AttributeId, SymbolId)>,
    period: Option<PeriodId>,
    total: Number,
    /// Less than the whole, and a part is not there.
    is_less: bool,
}

/// The first of them; where it `is_said` what becomes of the weight of a part that is not there, less is in order.
fn odd_weights(plan: &Plan, id: NodeId, is_said: bool) -> Option<Odd> {
    let node = &plan.nodes[id.index()];
    let children = node.children.iter().map(|child| &plan.nodes[child.index()]);
    let parts: Vec<(Option<Months>, &Expr)> =
        children.filter_map(|child| Some((months_in(&child.applies), child.weight.as_ref()?))).collect();
    let changes = parts.iter().any(|(months, _)| months.is_some());
    plan.calendar.each(node.cycle).take(if changes { usize::MAX } else { 1 }).find_map(|id| {
        let is_there = |months: &Option<Months>| months.is_none_or(|months| months.hold(plan.calendar.period(id)));
        let there = parts.iter().filter(|(months, _)| is_there(months));
        let weights: Vec<Expr> = there.map(|(_, weight)| (*weight).clone()).collect();
        if weights.is_empty() {
            return None;
        }
        let lacks = weights.len() < parts.len();
        kinds_in(&weights).into_iter().map(Some).chain([None]).find_map(|kind| {
            let total = sum_for(&weights, kind).filter(|total| *total != Number::ONE)?;
            let is_less = lacks && total < Number::ONE;
            (!is_less || !is_said).then_some(Odd { kind, period: changes.then_some(id), total, is_less })
        })
    })
}

/// 自2024年7月起
fn months_in(applies: &Condition) -> Option<Months> {
    match applies {
        Condition::During(months) => Some(*months),
        Condition::All(list) => list.iter().find_map(months_in),
        _ => None,
    }
}

fn unused(scope: &mut Scope<'_>, id: NodeId) {
    let node = &scope.plan.nodes[id.index()];
    let weighted = node.children.iter().find(|child| scope.plan.nodes[child.index()].weight.is_some());
    let is_said = scope.combined.contains(&id);
    if let Some(child) = weighted.filter(|_| !is_said && scope.broken.is_empty()) {
        let line = scope.plan.nodes[child.index()].line as usize;
        let place = if id.index() == 0 { "约定" } else { "上一级" };
        let finding = scope
            .at_line(line, "unused-weight", format!("写了权重，但{place}没有写各项加权，权重不起作用"))
            .help(format!("在{place}加一行：各项加权；只作说明的，加一行：各项相加"));
        scope.report(finding);
    }
}

/// The values of the attributes that weights are chosen by.
fn kinds_in(weights: &[Expr]) -> Vec<(AttributeId, SymbolId)> {
    let mut kinds = Vec::new();
    for weight in weights {
        let Expr::Case { arms, .. } = weight else { continue };
        for (condition, _) in arms {
            if let Condition::Is(of, values) = condition
                && let Expr::Attribute(attribute) = **of
            {
                kinds.extend(values.iter().map(|value| (attribute, *value)));
            }
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What the weights come to for a unit of a kind, or of none that is named; `None` where that depends on more.
fn sum_for(weights: &[Expr], kind: Option<(AttributeId, SymbolId)>) -> Option<Number> {
    let mut sum = Number::ZERO;
    for weight in weights {
        let share = match weight {
            Expr::Case { arms, otherwise } => {
                let mut share = &**otherwise;
                for (condition, value) in arms.iter().rev() {
                    let Condition::Is(of, values) = condition else { return None };
                    let Expr::Attribute(attribute) = **of else { return None };
                    match kind {
                        Some((other, _)) if other != attribute => return None,
                        Some((_, own)) if values.contains(&own) => share = value,
                        _ => {}
                    }
                }
                share
            }
            other => other,
        };
        let Expr::Number(share) = share else { return None };
        sum = sum.plus(*share).ok()?;
    }
    Some(sum)
}
