//! 原因为外部的除外: rows that their own line leaves out are seen by nothing that counts rows elsewhere.

use rustc_hash::FxHashMap;

use crate::plan::walk::{Inside, each_part, parts_of, parts_of_condition};
use crate::plan::*;
use crate::value::Number;

/// 条数（停水）, 停水超过3次: of the rows that 停水 counts.
pub(super) fn leave_out(plan: &mut Plan) {
    let excepted = excepted(plan);
    if excepted.is_empty() {
        return;
    }
    each_part(plan, &mut |part| without(part, &excepted));
}

/// Of the rows that stay.
fn without(part: Inside<'_>, excepted: &FxHashMap<InputId, Condition>) {
    match part {
        Inside::Expr(expr) => {
            of_those_that_stay(expr, excepted);
            parts_of(expr, &mut |part| without(part, excepted));
        }
        // 未发生停水: of those that count none.
        Inside::Condition(when @ Condition::Happened(_)) => {
            let Condition::Happened(input) = *when else { return };
            if excepted.contains_key(&input) {
                let mut many = Expr::Input { input, collect: Aggregate::Sum };
                of_those_that_stay(&mut many, excepted);
                let none = Expr::Number(Number::ZERO);
                *when = Condition::Compare(Box::new(many), Comparison::Above, Box::new(none));
            }
        }
        Inside::Condition(when) => parts_of_condition(when, &mut |part| without(part, excepted)),
    }
}

fn of_those_that_stay(expr: &mut Expr, excepted: &FxHashMap<InputId, Condition>) {
    let input = match expr {
        Expr::Rows(rows) => rows.input,
        Expr::Input { input, .. } => *input,
        _ => return,
    };
    let Some(when) = excepted.get(&input) else { return };
    let counted = Condition::Not(Box::new(when.clone()));
    match expr {
        Expr::Rows(rows) => {
            rows.filter = Some(match rows.filter.take() {
                Some(filter) => Condition::All(vec![filter, counted]),
                None => counted,
            });
        }
        Expr::Input { input, collect } => {
            *expr = Expr::Rows(Box::new(RowsExpr {
                input: *input,
                aggregate: *collect,
                value: Expr::Row(RowField::Quantity),
                filter: Some(counted),
                weight: None,
                trim: 0,
            }));
        }
        _ => {}
    }
}

/// What the lines of each event leave out; not where that itself asks how many there are.
fn excepted(plan: &Plan) -> FxHashMap<InputId, Condition> {
    let mut found: FxHashMap<InputId, Vec<Condition>> = FxHashMap::default();
    for rule in &plan.rules {
        let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { continue };
        for row_rule in rule.row_rules.iter().filter(|row_rule| row_rule.factor.is_none()) {
            let when = row_rule.when.clone();
            found.entry(input).or_default().push(match rule.in_force {
                Some(months) => Condition::All(vec![Condition::During(months), when]),
                None => when,
            });
        }
    }
    found
        .into_iter()
        .map(|(input, mut whens)| (input, if whens.len() == 1 { whens.swap_remove(0) } else { Condition::Any(whens) }))
        .filter(|(_, when)| {
            !when.any_expr(|expr| matches!(expr, Expr::Rows(_) | Expr::Input { .. } | Expr::Measure(_)))
        })
        .collect()
}
