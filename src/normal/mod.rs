//! A plan as it would be if what means the same were always written in the same way: 不足1场扣5分 and 每少1场扣5分 of
//! whole things that are fewer than one, 招商目标 ÷ 2 and 招商目标 × 50%, bands in any order and divided anyhow.
//!
//! Only equality is asked of it, by the fingerprint and by `diff`; nothing is scored by it. What it takes for the same
//! comes to the same for all facts, those not assessed among them.

mod case;
mod condition;
mod grade;
mod product;

use crate::canonical::{Called, Canonical};
use crate::plan::walk::{Inside, each_part, parts_of};
use crate::plan::*;
use crate::value::Number;

/// The plan in its normal form; all ids stay.
pub fn normal(plan: &Plan) -> Plan {
    let (normal, mut new) = (Normal { plan, called: Called::default() }, plan.clone());
    each_part(&mut new, &mut |part| normal.part(part));
    for rule in &mut new.rules {
        let rows = std::mem::take(&mut rule.row_rules);
        rule.row_rules = normal.ordered(rows, |row| &row.when);
    }
    for node in &mut new.nodes {
        order_caps(&mut node.steps);
    }
    for (index, grading) in new.gradings.iter_mut().enumerate() {
        normal.order_rules(grading, index as u16);
        if !plan.rankings[grading.ranking.index()].low_first {
            condition::open_above(&mut grading.grades);
        }
    }
    new
}

/// Caps on what is taken and on what is added do not see one another.
fn order_caps(steps: &mut [Step]) {
    let is_bonus = |step: &Step| matches!(step, Step::CapBonus { .. });
    let is_deduction = |step: &Step| matches!(step, Step::CapDeduction { .. });
    for end in (1..steps.len()).rev() {
        for at in 0..end {
            if is_bonus(&steps[at]) && is_deduction(&steps[at + 1]) {
                steps.swap(at, at + 1);
            }
        }
    }
}

/// Writes parts of a plan anew, from the inside out.
struct Normal<'p> {
    plan: &'p Plan,
    called: Called,
}

impl Normal<'_> {
    fn part(&self, part: Inside<'_>) {
        match part {
            Inside::Expr(expr) => self.expr(expr),
            Inside::Condition(condition) => self.condition(condition),
        }
    }

    fn expr(&self, expr: &mut Expr) {
        parts_of(expr, &mut |part| self.part(part));
        match expr {
            Expr::Full(node) => {
                if let Some(Expr::Number(full)) = self.plan.nodes[node.index()].full {
                    *expr = Expr::Number(full);
                }
            }
            Expr::Multiply(_) | Expr::Divide(_) | Expr::Negate(_) => self.product(expr),
            Expr::Add(pair) => match number(&pair[0]).zip(number(&pair[1])) {
                Some((left, right)) => put(expr, left.plus(right).ok()),
                None => pair.sort_by_cached_key(|part| self.form(part)),
            },
            Expr::Subtract(pair) => {
                let numbers = number(&pair[0]).zip(number(&pair[1]));
                put(expr, numbers.and_then(|(left, right)| left.minus(right).ok()));
            }
            Expr::Of(aggregate @ (Aggregate::Least | Aggregate::Greatest), list) => {
                let numbers: Option<Vec<Number>> = list.iter().map(number).collect();
                match (numbers, aggregate) {
                    (Some(numbers), Aggregate::Least) => put(expr, numbers.into_iter().min()),
                    (Some(numbers), _) => put(expr, numbers.into_iter().max()),
                    (None, _) => list.sort_by_cached_key(|part| self.form(part)),
                }
            }
            Expr::Absolute(inner) => {
                let absolute = number(inner).map(Number::abs);
                put(expr, absolute);
            }
            Expr::Round { expr: inner, places, rounding } => {
                let rounded = number(inner).and_then(|number| number.rounded(*places, *rounding).ok());
                put(expr, rounded);
            }
            Expr::Steps { amount, step, part } => {
                let steps = number(amount).zip(number(step)).and_then(|(amount, step)| part.steps(amount, step).ok());
                put(expr, steps);
            }
            Expr::Case { .. } => self.case(expr),
            _ => {}
        }
    }

    /// How a part is written, whatever its ids.
    fn form<T: serde::Serialize>(&self, part: &T) -> String {
        Canonical::form(self.plan, &self.called, part)
    }
}

fn number(expr: &Expr) -> Option<Number> {
    match expr {
        Expr::Number(number) => Some(*number),
        _ => None,
    }
}

fn put(expr: &mut Expr, number: Option<Number>) {
    if let Some(number) = number {
        *expr = Expr::Number(number);
    }
}
