//! Facts that bring a line as far down or up as it goes.

use crate::analysis::{Claim, Interval, Look, Settings, is_whole, kind_of, month_for, reach, settle};
use crate::plan::*;
use crate::value::Number;

/// Which way points are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Down,
    Up,
}

/// The claim with facts that bring the line to its end; `None` where they are not easy to find.
pub fn push_to(look: &mut Look<'_>, mut claim: Claim, id: RuleId, way: Way) -> Option<Claim> {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    let points = look.bounds.rule(id).points;
    let wanted = end_of(points, way);
    if wanted == Some(Number::ZERO) {
        // Left alone it gives nothing.
        return Some(claim);
    }
    if !rule.row_rules.is_empty() {
        return None;
    }
    match rule.basis {
        Basis::Once(input) | Basis::Row(input) => {
            if month_for(plan, input) != claim.month
                || matches!(plan.inputs[input.index()].kind, InputKind::Grade { .. })
            {
                return None;
            }
            // As many as it takes to fill the line's own limit.
            let quantity = match (&rule.basis, &rule.points) {
                (Basis::Once(_), Expr::Number(_)) => Number::ONE,
                (Basis::Row(_), _) => Number::whole(1000),
                _ => return None,
            };
            claim = claim.row(input, quantity);
        }
        Basis::Period => {
            let settings = at_end(look, rule, wanted?)?;
            for (input, value) in settings.rows {
                if month_for(plan, input) != claim.month {
                    return None;
                }
                claim = claim.row(input, value);
            }
        }
    }
    Some(claim)
}

/// Facts under which a line of measures gives exactly so much: one of its branches, or an end of what it looks at.
fn at_end(look: &mut Look<'_>, rule: &Rule, wanted: Number) -> Option<Settings> {
    let plan = look.plan;
    if let Expr::Case { arms, .. } = &rule.points {
        if let Some((condition, _)) = arms.iter().find(|(_, points)| *points == Expr::Number(wanted)) {
            return settle(plan, [condition]);
        }
        // 不少于30件，每少1件扣1分: the least there can be.
        let compared = arms.iter().find_map(|(condition, _)| match condition {
            Condition::Compare(subject, ..) => Some(subject),
            _ => None,
        });
        if let Some(subject) = compared {
            let kind = kind_of(plan, subject);
            if matches!(**subject, Expr::Input { .. }) && is_whole(&kind) {
                let mut settings = Settings::default();
                reach(plan, subject, Number::ZERO, &mut settings, 0)?;
                return Some(settings);
            }
        }
    }
    None
}

/// The end of an interval on the way.
pub fn end_of(interval: Interval, way: Way) -> Option<Number> {
    match way {
        Way::Down => interval.low,
        Way::Up => interval.high,
    }
}
