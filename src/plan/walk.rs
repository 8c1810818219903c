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

impl Expr {
    /// Whether it or anything in it is so.
    pub fn any(&self, mut is: impl FnMut(&Expr) -> bool) -> bool {
        let mut found = false;
        walk(self, &mut |expr| {
            found = found || is(expr);
            !found
        });
        found
    }
}

impl Condition {
    /// Whether any expression in it is so.
    pub fn any_expr(&self, mut is: impl FnMut(&Expr) -> bool) -> bool {
        let mut found = false;
        walk_condition(self, &mut |expr| {
            found = found || is(expr);
            !found
        });
        found
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

/// Visits a condition and every condition that it joins, turns or counts; where `visit` says no, not what is inside.
pub fn each_condition(condition: &Condition, visit: &mut dyn FnMut(&Condition) -> bool) {
    if !visit(condition) {
        return;
    }
    match condition {
        Condition::Not(inner) | Condition::Streak { condition: inner, .. } => each_condition(inner, visit),
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|inner| each_condition(inner, visit)),
        _ => {}
    }
}

/// Whether a condition is about what was reported of the unit, rather than what it is.
pub fn reads_reports(condition: &Condition) -> bool {
    condition.any_expr(|expr| matches!(expr, Expr::Input { .. } | Expr::Measure(_) | Expr::Rows(_)))
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
    each_part(plan, &mut |part| change_part(part, change));
}

fn change_part(part: Inside<'_>, change: &mut dyn FnMut(&mut Expr)) {
    match part {
        Inside::Expr(expr) => {
            change(expr);
            parts_of(expr, &mut |part| change_part(part, change));
        }
        Inside::Condition(condition) => parts_of_condition(condition, &mut |part| change_part(part, change)),
    }
}

/// What a plan, an expression or a condition is made of.
pub enum Inside<'p> {
    Expr(&'p mut Expr),
    Condition(&'p mut Condition),
}

/// Visits every expression and condition of a plan, and not what is inside.
pub fn each_part(plan: &mut Plan, visit: &mut dyn FnMut(Inside<'_>)) {
    for measure in &mut plan.measures {
        visit(Inside::Expr(&mut measure.expr));
    }
    for peer in &mut plan.peers {
        visit(Inside::Expr(&mut peer.expr));
    }
    for (_, expr) in &mut plan.rollups {
        visit(Inside::Expr(expr));
    }
    for exclusion in &mut plan.excluded {
        visit(Inside::Condition(&mut exclusion.when));
    }
    for ranking in &mut plan.rankings {
        visit(Inside::Expr(&mut ranking.value));
        ranking.tiebreakers.iter_mut().for_each(|(expr, _)| visit(Inside::Expr(expr)));
    }
    for grading in &mut plan.gradings {
        grading.grades.iter_mut().for_each(|grade| visit(Inside::Condition(&mut grade.condition)));
        grading.rules.iter_mut().for_each(|rule| visit(Inside::Condition(&mut rule.when)));
    }
    for award in &mut plan.awards {
        visit(Inside::Condition(&mut award.when));
        award.exceptions.iter_mut().for_each(|(when, _)| visit(Inside::Condition(when)));
        award.money.iter_mut().for_each(|money| visit(Inside::Expr(money)));
    }
    for node in &mut plan.nodes {
        visit(Inside::Expr(&mut node.start));
        node.full.iter_mut().chain(&mut node.weight).for_each(|expr| visit(Inside::Expr(expr)));
        visit(Inside::Condition(&mut node.applies));
        for step in &mut node.steps {
            match step {
                Step::CapDeduction { most: expr, .. }
                | Step::CapBonus { most: expr, .. }
                | Step::CapPoints { most: expr, .. }
                | Step::Floor { least: expr, .. }
                | Step::Multiply(expr) => visit(Inside::Expr(expr)),
                Step::Set { when, points: expr }
                | Step::MultiplyWhen { when, factor: expr }
                | Step::CapWhen { when, most: expr } => {
                    visit(Inside::Condition(when));
                    visit(Inside::Expr(expr));
                }
                Step::Round { .. } => {}
            }
        }
    }
    for rule in &mut plan.rules {
        visit(Inside::Expr(&mut rule.points));
        rule.limits.iter_mut().for_each(|limit| visit(Inside::Expr(&mut limit.most)));
        rule.effects.iter_mut().for_each(|effect| visit(Inside::Condition(&mut effect.when)));
        for row in &mut rule.row_rules {
            visit(Inside::Condition(&mut row.when));
            row.factor.iter_mut().for_each(|factor| visit(Inside::Expr(factor)));
        }
    }
}

/// Visits what an expression is made of.
pub fn parts_of(expr: &mut Expr, visit: &mut dyn FnMut(Inside<'_>)) {
    match expr {
        Expr::Rows(rows) => {
            visit(Inside::Expr(&mut rows.value));
            rows.filter.iter_mut().for_each(|filter| visit(Inside::Condition(filter)));
            rows.weight.iter_mut().for_each(|weight| visit(Inside::Expr(weight)));
        }
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
            pair.iter_mut().for_each(|inner| visit(Inside::Expr(inner)));
        }
        Expr::Negate(inner) | Expr::Absolute(inner) | Expr::Root(inner) => visit(Inside::Expr(inner)),
        Expr::Of(_, list) => list.iter_mut().for_each(|inner| visit(Inside::Expr(inner))),
        Expr::Round { expr, .. } | Expr::Over { expr, .. } => visit(Inside::Expr(expr)),
        Expr::Steps { amount, step, .. } => {
            visit(Inside::Expr(amount));
            visit(Inside::Expr(step));
        }
        Expr::Case { arms, otherwise } => {
            for (condition, value) in arms {
                visit(Inside::Condition(condition));
                visit(Inside::Expr(value));
            }
            visit(Inside::Expr(otherwise));
        }
        Expr::Assessed { expr, otherwise } => {
            visit(Inside::Expr(expr));
            visit(Inside::Expr(otherwise));
        }
        Expr::Earlier { expr, otherwise, .. } => {
            visit(Inside::Expr(expr));
            otherwise.iter_mut().for_each(|otherwise| visit(Inside::Expr(otherwise)));
        }
        Expr::Past { otherwise, .. } => otherwise.iter_mut().for_each(|otherwise| visit(Inside::Expr(otherwise))),
        Expr::CountPeriods { condition, .. } => visit(Inside::Condition(condition)),
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
        | Expr::Months { .. }
        | Expr::NotAssessed => {}
    }
}

/// Visits what a condition is made of.
pub fn parts_of_condition(condition: &mut Condition, visit: &mut dyn FnMut(Inside<'_>)) {
    match condition {
        Condition::Compare(left, _, right) => {
            visit(Inside::Expr(left));
            visit(Inside::Expr(right));
        }
        Condition::Is(expr, _) | Condition::IsAssessed(expr) => visit(Inside::Expr(expr)),
        Condition::Not(inner) => visit(Inside::Condition(inner)),
        Condition::All(list) | Condition::Any(list) => {
            list.iter_mut().for_each(|inner| visit(Inside::Condition(inner)))
        }
        Condition::Streak { condition, .. } => visit(Inside::Condition(condition)),
        Condition::Always
        | Condition::During(_)
        | Condition::Happened(_)
        | Condition::Vetoed
        | Condition::Disqualified(_)
        | Condition::Graded(..) => {}
    }
}
