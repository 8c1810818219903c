//! The numbers that lines speak of, and those at and beside them: where facts may tell two books apart.

use rust_decimal::Decimal;

use crate::analysis::inputs_of;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::{Condition, Expr, Plan, Rule};
use crate::value::Number;

/// So many constants of a line are looked at.
const MOST_CONSTANTS: usize = 10;

/// The numbers that a line speaks of, each once, the smallest first.
pub fn constants_of_rule(plan: &Plan, rule: &Rule) -> Vec<Number> {
    let mut list = Vec::new();
    rule.values().for_each(|value| constants(value, &mut list));
    rule.conditions().for_each(|condition| constants_of_condition(condition, &mut list));
    for input in inputs_of(plan, &rule.points) {
        let (low, high) = plan.inputs[input.index()].range;
        list.extend(low.into_iter().chain(high).map(Number::from));
    }
    walk(&rule.points, &mut |expr| {
        if let Expr::Measure(id) = expr {
            constants(&plan.measures[id.index()].expr, &mut list);
        }
        true
    });
    list.sort_unstable();
    list.dedup();
    list.truncate(MOST_CONSTANTS * 2);
    list
}

/// The numbers of an expression, without their signs; of 第N次 where each tier begins.
pub fn constants(expr: &Expr, out: &mut Vec<Number>) {
    walk(expr, &mut |inner| {
        match inner {
            Expr::Number(number) => out.push(number.abs()),
            Expr::Escalation { tiers, .. } => {
                out.extend(tiers.iter().map(|(from, _)| Number::whole(i64::from(*from))));
            }
            _ => {}
        }
        true
    });
}

/// The numbers of a condition, without their signs.
pub fn constants_of_condition(condition: &Condition, out: &mut Vec<Number>) {
    walk_condition(condition, &mut |inner| {
        if let Expr::Number(number) = inner {
            out.push(number.abs());
        }
        true
    });
}

/// Numbers at and beside limits, their quotients, and a few small ones; none below zero, each once, in order.
pub fn near(limits: &[Number]) -> Vec<Number> {
    let mut values: Vec<Number> = [0, 1, 2, 3, 5, 10, 20, 50, 100].map(Number::whole).to_vec();
    let mut limits: Vec<Number> = limits.iter().map(|limit| limit.abs()).collect();
    limits.sort_unstable();
    limits.dedup();
    limits.truncate(MOST_CONSTANTS);
    let (one, small) = (Number::ONE, Number::from(Decimal::new(1, 2)));
    let around = |value: Number, values: &mut Vec<Number>| {
        values.push(value);
        for step in [one, small] {
            values.extend(value.plus(step).ok());
            values.extend(value.minus(step).ok());
        }
    };
    let half = Number::from(Decimal::new(5, 3));
    for (index, limit) in limits.iter().enumerate() {
        around(*limit, &mut values);
        // Of percentages the half of a point, too: a part of a step may count or not.
        if *limit <= one {
            values.extend([limit.minus(half), limit.plus(half)].into_iter().flatten());
        }
        for other in &limits {
            let quotient = limit.divided_by(*other).ok();
            for end in
                [quotient.and_then(|it| it.floor().ok()), quotient.and_then(|it| it.ceil().ok())].into_iter().flatten()
            {
                values.push(Number::from(end));
                values.extend(Number::from(end).plus(one).ok());
            }
            values.extend(limit.plus(*other).ok());
        }
        if let Some(next) = limits.get(index + 1) {
            values.extend(limit.plus(*next).ok().and_then(|sum| sum.divided_by(Number::whole(2)).ok()));
        }
    }
    values.retain(|value| !value.is_negative());
    values.sort_unstable();
    values.dedup();
    values
}
