//! `overshadowed` 总轮不到
//!
//! *Finds* a band, branch or row of a table that no fact reaches: an earlier one takes all of its cases, or its
//! condition never holds within what may be reported.
//! *Why*: the figures in it look like law and are never applied.
//! *Example*: `省级、其他 6分` above `省级、一等 8分`: the first that fits decides.
//! *Instead*: the narrower row first; a band within what can be reported.

use crate::analysis::{Claim, Look, Settings, Suspicion, line_points, meaning, month_for, reach, settle};
use crate::plan::words::{cell, condition_text, kind_of};
use crate::plan::*;
use crate::value::Number;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    for (index, rule) in plan.rules.iter().enumerate() {
        let Some(arms) = branches(&rule.points) else { continue };
        let row = match rule.basis {
            Basis::Row(input) | Basis::Once(input) => Some(input),
            Basis::Period => None,
        };
        let id = RuleId(index as u16);
        for (at, (condition, points)) in arms.iter().enumerate() {
            let number = if let Expr::Number(points) = points { Some(*points) } else { None };
            let found = if look.bounds.narrow(condition, rule.cycle, row).is_none() {
                unreachable(look, id, condition, number)
            } else {
                let Some(points) = &number else { continue };
                let earlier = arms[..at].iter().position(|(other, _)| condition.implies(other));
                earlier.and_then(|earlier| hidden(look, id, &arms[earlier], condition, *points, row))
            };
            look.found.extend(found);
        }
    }
}

/// The branches that decide a line's points.
fn branches(points: &Expr) -> Option<&[(Condition, Expr)]> {
    match points {
        Expr::Case { arms, .. } if arms.len() <= 400 => Some(arms),
        Expr::Round { expr, .. } | Expr::Negate(expr) => branches(expr),
        Expr::Multiply(pair) => branches(&pair[0]).or_else(|| branches(&pair[1])),
        _ => None,
    }
}

/// Facts that meet the later branch are scored by the earlier one.
fn hidden(
    look: &Look<'_>,
    id: RuleId,
    (earlier, taken): &(Condition, Expr),
    condition: &Condition,
    points: Number,
    row: Option<InputId>,
) -> Option<Suspicion> {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    let Expr::Number(taken) = *taken else { return None };
    if taken == points {
        return None;
    }
    let settings = settle(plan, [condition, earlier])?;
    let said = condition_text(plan, condition);
    let claim = claim_of(look, id, settings, row, move |actual| actual == taken && actual != points)?;
    Some(suspicion(
        look,
        rule,
        claim,
        Odd {
            message: format!("“{}”里“{said}”总轮不到：前面的“{}”先合上了", rule.label, condition_text(plan, earlier)),
            help: "把范围窄的写在前面".to_owned(),
            shows: format!("计{taken}分，不是{points}分"),
            said,
            condition,
        },
    ))
}

/// The ends of what may be reported do not reach the branch.
fn unreachable(look: &mut Look<'_>, id: RuleId, condition: &Condition, points: Option<Number>) -> Option<Suspicion> {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    let Condition::Compare(subject, comparison, _) = first_comparison(condition)? else { return None };
    let ends = look.bounds.expr(subject_of(rule, subject)?, rule.cycle, None);
    let end = match comparison {
        Comparison::Above | Comparison::AtLeast => ends.high?,
        Comparison::Below | Comparison::AtMost => ends.low?,
        Comparison::Equal | Comparison::NotEqual => ends.high.or(ends.low)?,
    };
    // 12% of 20 things are none that are counted: then nothing of them.
    let (settings, is_end) = [end, Number::ZERO].into_iter().find_map(|value| {
        let mut settings = Settings::default();
        reach(plan, subject, value, &mut settings, 0)?;
        Some((settings, value == end))
    })?;
    let said = condition_text(plan, condition);
    let claim = claim_of(look, id, settings, None, move |actual| Some(actual) != points)?;
    let shown = cell(end, &kind_of(plan, subject));
    Some(suspicion(
        look,
        rule,
        claim,
        Odd {
            message: format!("“{}”里“{said}”到不了：最多（最少）只能报到{shown}", rule.label),
            help: "核对这一档的界限，或改指标的范围".to_owned(),
            shows: match points {
                _ if !is_end => "不在这一档".to_owned(),
                Some(points) => format!("报到头也不计{points}分"),
                None => "报到头也够不上".to_owned(),
            },
            said,
            condition,
        },
    ))
}

/// The same expression as it stands in the rule, so that it lives as long as the plan.
fn subject_of<'p>(rule: &'p Rule, subject: &Expr) -> Option<&'p Expr> {
    branches(&rule.points)?.iter().find_map(|(condition, _)| match first_comparison(condition)? {
        Condition::Compare(left, ..) if **left == *subject => Some(&**left),
        _ => None,
    })
}

fn first_comparison(condition: &Condition) -> Option<&Condition> {
    match condition {
        Condition::Compare(..) => Some(condition),
        Condition::All(list) => list.iter().find_map(first_comparison),
        _ => None,
    }
}

fn claim_of(
    look: &Look<'_>,
    id: RuleId,
    settings: Settings,
    row: Option<InputId>,
    check: impl Fn(Number) -> bool + Send + Sync + 'static,
) -> Option<Claim> {
    let plan = look.plan;
    let input = row.or(settings.rows.first().map(|(input, _)| *input))?;
    let month = month_for(plan, input);
    let counted = move |units: &[&crate::outcome::UnitOutcome]| {
        units[0].entries.iter().any(|entry| entry.rule == id && entry.counted) && check(line_points(units[0], id))
    };
    let mut claim = Claim::new(plan, month, Box::new(counted)).with(settings.given.clone());
    if let Some(row) = row {
        claim = claim.row_with(row, settings.quantity.unwrap_or(Number::ONE), settings.given);
    }
    for (input, value) in settings.rows {
        claim = claim.row(input, value);
    }
    Some(claim)
}

struct Odd<'c> {
    message: String,
    help: String,
    shows: String,
    said: String,
    condition: &'c Condition,
}

fn suspicion(look: &Look<'_>, rule: &Rule, claim: Claim, odd: Odd<'_>) -> Suspicion {
    let plan = look.plan;
    let address = &plan.nodes[rule.node.index()].address;
    Suspicion {
        code: "overshadowed",
        line: rule.line as usize,
        text: String::new(),
        message: odd.message,
        brief: format!("{address} {}的“{}”", rule.label, odd.said),
        help: odd.help,
        shows: odd.shows,
        meaning: meaning(plan, &(address, &rule.label, odd.condition, &rule.points)),
        claim,
        alone: false,
    }
}
