//! Every expression of a plan, of a condition and inside one another: visited, or changed in place.

use super::{Aggregate, Condition, Expr, Plan, RowField, Step};
use crate::value::Number;

/// Visits an expression and everything in it; where `visit` says no, not what is inside.
pub fn walk(expr: &Expr, visit: &mut dyn FnMut(&Expr) -> bool) {
    if !visit(expr) {
        return;
    }
    match expr {
        Expr::Rows(rows) => {
            walk(&rows.value, visit);
            if let Some(filter) = &rows.filter {
                walk_condition(filter, visit);
            }
            if let Some(weight) = &rows.weight {
                walk(weight, visit);
            }
        }
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
            walk(&pair[0], visit);
            walk(&pair[1], visit);
        }
        Expr::Negate(inner) | Expr::Absolute(inner) | Expr::Root(inner) => walk(inner, visit),
        Expr::Of(_, list) => list.iter().for_each(|inner| walk(inner, visit)),
        Expr::Round { expr, .. } => walk(expr, visit),
        Expr::Steps { amount, step, .. } => {
            walk(amount, visit);
            walk(step, visit);
        }
        Expr::Case { arms, otherwise } => {
            for (condition, value) in arms {
                walk_condition(condition, visit);
                walk(value, visit);
            }
            walk(otherwise, visit);
        }
        Expr::Assessed { expr, otherwise } => {
            walk(expr, visit);
            walk(otherwise, visit);
        }
        Expr::Earlier { expr, otherwise, .. } => {
            walk(expr, visit);
            if let Some(otherwise) = otherwise {
                walk(otherwise, visit);
            }
        }
        Expr::Past { otherwise: Some(otherwise), .. } => walk(otherwise, visit),
        Expr::Over { expr, .. } => walk(expr, visit),
        Expr::CountPeriods { condition, .. } => walk_condition(condition, visit),
        Expr::Number(_)
        | Expr::Date(_)
        | Expr::Text(_)
        | Expr::Input { .. }
        | Expr::Row(_)
        | Expr::Attribute(_)
        | Expr::Parameter(_)
        | Expr::Measure(_)
        | Expr::Node(_)
        | Expr::Full(_)
        | Expr::Total
        | Expr::Escalation { .. }
        | Expr::Peer(_)
        | Expr::Rank(_)
        | Expr::RankFromLast(_)
        | Expr::Past { otherwise: None, .. }
        | Expr::Months { .. }
        | Expr::NotAssessed => {}
    }
}

/// How a line counts days late, all at once or those of a row's own month; `None` where it does not.
pub fn days_late(points: &Expr) -> Option<RowField> {
    let mut found = None;
    walk(points, &mut |expr| {
        match expr {
            Expr::Row(field @ RowField::DaysLate { .. }) => found = found.or(Some(*field)),
            Expr::Row(field @ RowField::DaysLateHere { .. }) => found = Some(*field),
            _ => {}
        }
        true
    });
    found
}

/// The limits of single cases of a line, in the order of a walk: what gives the points, and how many at most.
pub fn each_bound(points: &Expr, visit: &mut dyn FnMut(&[Expr], Number)) {
    let mut bound = |points: &Expr| {
        // 达到1项加5分，每增加1项加2分，最多加3分: of what comes on top.
        let points = if let Expr::Add(pair) = points { &pair[1] } else { points };
        if let Expr::Of(Aggregate::Least | Aggregate::Greatest, list) = points
            && let [_, Expr::Number(most)] = list.as_slice()
        {
            visit(list, *most);
        }
    };
    walk(points, &mut |expr| {
        if let Expr::Case { arms, otherwise } = expr {
            arms.iter().map(|(_, points)| points).chain([&**otherwise]).for_each(&mut bound);
        }
        true
    });
}

/// Visits every expression in a condition.
pub fn walk_condition(condition: &Condition, visit: &mut dyn FnMut(&Expr) -> bool) {
    match condition {
        Condition::Compare(left, _, right) => {
            walk(left, visit);
            walk(right, visit);
        }
        Condition::Is(expr, _) | Condition::IsAssessed(expr) => walk(expr, visit),
        Condition::Not(inner) => walk_condition(inner, visit),
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|inner| walk_condition(inner, visit)),
        Condition::Streak { condition, .. } => walk_condition(condition, visit),
        Condition::Always
        | Condition::During(_)
        | Condition::Happened(_)
        | Condition::Vetoed
        | Condition::Disqualified(_)
        | Condition::Graded(..) => {}
    }
}

/// Visits every grading that a condition asks for a grade of, whatever the period.
pub fn walk_grades(condition: &Condition, visit: &mut dyn FnMut(u16)) {
    match condition {
        Condition::Graded(grading, _) => visit(*grading),
        Condition::Not(inner) | Condition::Streak { condition: inner, .. } => walk_grades(inner, visit),
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|inner| walk_grades(inner, visit)),
        _ => walk_condition(condition, &mut |expr| {
            if let Expr::CountPeriods { condition, .. } = expr {
                walk_grades(condition, visit);
            }
            true
        }),
    }
}

/// Changes every expression of a plan in place.
pub fn each_expr(plan: &mut Plan, change: &mut dyn FnMut(&mut Expr)) {
    for measure in &mut plan.measures {
        change_expr(&mut measure.expr, change);
    }
    for peer in &mut plan.peers {
        change_expr(&mut peer.expr, change);
    }
    for (_, expr) in &mut plan.rollups {
        change_expr(expr, change);
    }
    for exclusion in &mut plan.excluded {
        change_condition(&mut exclusion.when, change);
    }
    for ranking in &mut plan.rankings {
        change_expr(&mut ranking.value, change);
        ranking.tiebreakers.iter_mut().for_each(|(expr, _)| change_expr(expr, change));
    }
    for grading in &mut plan.gradings {
        grading.grades.iter_mut().for_each(|grade| change_condition(&mut grade.condition, change));
        grading.rules.iter_mut().for_each(|rule| change_condition(&mut rule.when, change));
    }
    for award in &mut plan.awards {
        change_condition(&mut award.when, change);
        award.exceptions.iter_mut().for_each(|(when, _)| change_condition(when, change));
        award.money.iter_mut().for_each(|money| change_expr(money, change));
    }
    for node in &mut plan.nodes {
        change_expr(&mut node.start, change);
        node.full.iter_mut().chain(&mut node.weight).for_each(|expr| change_expr(expr, change));
        change_condition(&mut node.applies, change);
        for step in &mut node.steps {
            match step {
                Step::CapDeduction { most: expr, .. }
                | Step::CapBonus { most: expr, .. }
                | Step::CapPoints { most: expr, .. }
                | Step::Floor { least: expr, .. }
                | Step::Multiply(expr) => change_expr(expr, change),
                Step::Set { when, points: expr }
                | Step::MultiplyWhen { when, factor: expr }
                | Step::CapWhen { when, most: expr } => {
                    change_condition(when, change);
                    change_expr(expr, change);
                }
                Step::Round { .. } => {}
            }
        }
    }
    for rule in &mut plan.rules {
        change_expr(&mut rule.points, change);
        rule.limits.iter_mut().for_each(|limit| change_expr(&mut limit.most, change));
        rule.effects.iter_mut().for_each(|effect| change_condition(&mut effect.when, change));
        for row in &mut rule.row_rules {
            change_condition(&mut row.when, change);
            row.factor.iter_mut().for_each(|factor| change_expr(factor, change));
        }
    }
}

fn change_expr(expr: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    change(expr);
    match expr {
        Expr::Rows(rows) => {
            change_expr(&mut rows.value, change);
            rows.filter.iter_mut().for_each(|filter| change_condition(filter, change));
            rows.weight.iter_mut().for_each(|weight| change_expr(weight, change));
        }
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
            pair.iter_mut().for_each(|inner| change_expr(inner, change));
        }
        Expr::Negate(inner) | Expr::Absolute(inner) | Expr::Root(inner) => change_expr(inner, change),
        Expr::Of(_, list) => list.iter_mut().for_each(|inner| change_expr(inner, change)),
        Expr::Round { expr, .. } | Expr::Over { expr, .. } => change_expr(expr, change),
        Expr::Steps { amount, step, .. } => {
            change_expr(amount, change);
            change_expr(step, change);
        }
        Expr::Case { arms, otherwise } => {
            for (condition, value) in arms {
                change_condition(condition, change);
                change_expr(value, change);
            }
            change_expr(otherwise, change);
        }
        Expr::Assessed { expr, otherwise } => {
            change_expr(expr, change);
            change_expr(otherwise, change);
        }
        Expr::Earlier { expr, otherwise, .. } => {
            change_expr(expr, change);
            otherwise.iter_mut().for_each(|otherwise| change_expr(otherwise, change));
        }
        Expr::Past { otherwise, .. } => otherwise.iter_mut().for_each(|otherwise| change_expr(otherwise, change)),
        Expr::CountPeriods { condition, .. } => change_condition(condition, change),
        _ => {}
    }
}

fn change_condition(condition: &mut Condition, change: &mut dyn FnMut(&mut Expr)) {
    match condition {
        Condition::Compare(left, _, right) => {
            change_expr(left, change);
            change_expr(right, change);
        }
        Condition::Is(expr, _) | Condition::IsAssessed(expr) => change_expr(expr, change),
        Condition::Not(inner) => change_condition(inner, change),
        Condition::All(list) | Condition::Any(list) => {
            list.iter_mut().for_each(|inner| change_condition(inner, change))
        }
        Condition::Streak { condition, .. } => change_condition(condition, change),
        _ => {}
    }
}
