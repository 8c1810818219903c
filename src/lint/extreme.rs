//! Facts that bring a line as far down or up as it goes.

use crate::analysis::{Check, Claim, Interval, Look, Part, Settings, applying, estimate, month_for, reach, settle};
use crate::calendar::Month;
use crate::plan::*;
use crate::value::Number;

/// Which way points are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Down,
    Up,
}

/// Where there is no end: so many fill what holds a line.
const MANY: i64 = 1000;
/// What an arm is without the others.
const NOTHING: &Expr = &Expr::Number(Number::ZERO);

/// Adds to a unit's facts those that bring the line to its end; `None`, and nothing added, where they are not easy to
/// find.
pub fn push_to(look: &mut Look<'_>, month: Month, unit: &mut Part, id: RuleId, way: Way) -> Option<()> {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    let wanted = end_of(look.bounds.rule(id).points, way);
    if wanted == Some(Number::ZERO) {
        return left_alone(look.plan, month, unit, rule);
    }
    if rule.in_force.is_some_and(|months| !(months.first..=months.last).contains(&month)) {
        return None;
    }
    let (settings, row) = match rule.basis {
        Basis::Once(input) | Basis::Row(input) => {
            if matches!(plan.inputs[input.index()].kind, InputKind::Grade { .. }) {
                return None;
            }
            // As many as it takes to fill the line's own limit.
            let quantity = match (&rule.basis, &rule.points) {
                (Basis::Once(_), Expr::Number(_)) => Number::ONE,
                (Basis::Row(_), _) => Number::whole(MANY),
                _ => return None,
            };
            let settings = of_row(plan, rule, true)?;
            let quantity = settings.quantity.unwrap_or(quantity);
            (settings, Some((input, quantity)))
        }
        Basis::Period => (at_end(look, rule, way, wanted)?, None),
    };
    join_here(plan, month, unit, settings.part(row))
}

/// Adds facts of the month to a unit's.
fn join_here(plan: &Plan, month: Month, unit: &mut Part, facts: Part) -> Option<()> {
    let is_here = |(input, ..): &(InputId, Number, _)| {
        plan.inputs[input.index()].kind.is_parameter() || month_for(plan, *input) == month
    };
    if facts.rows.iter().all(is_here) { unit.join(facts) } else { None }
}

/// Left alone a line gives nothing; a figure has to be reported all the same, or nothing is assessed: as one that none of
/// its bands holds, or one that gives nothing.
fn left_alone(plan: &Plan, month: Month, unit: &mut Part, rule: &Rule) -> Option<()> {
    let is_over = rule.in_force.is_some_and(|months| !(months.first..=months.last).contains(&month));
    let (Basis::Period, Expr::Case { arms, otherwise }, false) = (&rule.basis, &rule.points, is_over) else {
        return Some(());
    };
    let around = || applying(plan, rule.node);
    let given = arms.iter().filter(|(_, points)| *points != Expr::NotAssessed);
    let outside: Vec<Condition> = given.map(|(condition, _)| Condition::Not(Box::new(condition.clone()))).collect();
    let beside = (**otherwise == *NOTHING).then(|| settle(plan, around().chain(&outside))).flatten();
    let worthless = || arms.iter().filter(|(_, points)| points == NOTHING);
    let settings = beside.or_else(|| worthless().find_map(|(condition, _)| settle(plan, around().chain([condition]))));
    match settings {
        Some(settings) => join_here(plan, month, unit, settings.part(None)),
        None => Some(()),
    }
}

/// A claim with facts that bring each of the lines to its end; `None` where they are not easy to find for all.
pub fn all_pushed(look: &mut Look<'_>, rules: Vec<RuleId>, way: Way, check: Check) -> Option<Claim> {
    let month = look.plan.calendar.last();
    let mut claim = Claim::new(look.plan, month, check);
    for rule in rules {
        push_to(look, month, &mut claim.units[0], rule, way)?;
    }
    Some(claim)
}

/// What a row of a line must say to count: as it stands, or with the greatest of the line's factors.
pub fn of_row(plan: &Plan, rule: &Rule, most: bool) -> Option<Settings> {
    let factors = rule.row_rules.iter().filter_map(|row_rule| match row_rule.factor {
        Some(Expr::Number(factor)) if factor > Number::ONE => Some((factor, &row_rule.when)),
        _ => None,
    });
    let strongest = factors.filter(|_| most).max_by_key(|(factor, _)| *factor).map(|(_, when)| when);
    let with = strongest.and_then(|when| settle(plan, applying(plan, rule.node).chain([when])));
    with.or_else(|| {
        let none = rule.row_rules.iter().map(|row_rule| Condition::Not(Box::new(row_rule.when.clone())));
        let none: Vec<Condition> = none.collect();
        settle(plan, applying(plan, rule.node).chain(&none))
    })
}

/// Facts under which a line of measures goes as far: one of its branches, at an end of what it looks at where the
/// points go by that.
fn at_end<'p>(look: &mut Look<'p>, rule: &'p Rule, way: Way, wanted: Option<Number>) -> Option<Settings> {
    let plan = look.plan;
    let Expr::Case { arms, .. } = &rule.points else { return None };
    let is_there = |end: Option<Number>| match (end, wanted) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(end), Some(wanted)) => {
            if way == Way::Down {
                end <= wanted
            } else {
                end >= wanted
            }
        }
    };
    let at = (0..arms.len()).find(|at| {
        let points = look.bounds.case(&arms[*at..=*at], NOTHING, rule.cycle, None);
        is_there(end_of(points, way))
    })?;
    let (condition, points) = &arms[at];
    let compared = match condition {
        Condition::Compare(subject, comparison, end) if !matches!(points, Expr::Number(_)) => {
            (subject, comparison, end)
        }
        _ => return settle(plan, applying(plan, rule.node).chain([condition])),
    };
    // 不少于30件，每少1件扣1分: the least there can be; 不超过目标，每多1件: many more.
    let (subject, comparison, end) = compared;
    let mut settings = settle(plan, applying(plan, rule.node))?;
    let most = |input: &Input| {
        let most = if input.quantity == Type::Percent { Number::ONE } else { Number::whole(MANY) };
        input.range.1.map_or(most, |high| most.min(Number::from(high)))
    };
    let is_below = matches!(comparison, Comparison::Below | Comparison::AtMost);
    if let (Expr::Parameter(id), true) = (&**end, is_below) {
        settings.rows.push((*id, most(&plan.inputs[id.index()])));
    }
    let end = estimate(plan, end, &mut settings, 0)?;
    let range = look.bounds.expr(subject, rule.cycle, None);
    let value = match is_below {
        true => range.low.unwrap_or(Number::ZERO),
        false => range.high.or(end.plus(Number::whole(MANY)).ok())?,
    };
    reach(plan, subject, value, &mut settings, 0)?;
    Some(settings)
}

/// The end of an interval on the way.
pub fn end_of(interval: Interval, way: Way) -> Option<Number> {
    match way {
        Way::Down => interval.low,
        Way::Up => interval.high,
    }
}
