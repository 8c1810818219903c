//! Limits of a line that cannot both be meant: less than one time brings, or for a month more than the year leaves.

use super::Table;
use super::limit::most_of_each;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::value::Number;

/// 每份扣1分，最多扣0.5分; 每月最多扣5分，全年最多扣3分.
pub(super) fn limits(scope: &mut Scope<'_>, rule: RuleId) {
    let plan = &scope.plan;
    let rule = &plan.rules[rule.index()];
    let line = rule.line as usize;
    if rule.limits.is_empty() || scope.has_told(line) {
        return;
    }
    let fixed = |limit: &Limit| match limit.most {
        Expr::Number(most) => Some((most, limit.per)),
        _ => None,
    };
    let limits: Vec<(Number, LimitPer)> = rule.limits.iter().filter_map(fixed).collect();
    let each = points_of_one(plan, rule);
    let word = if rule.text.contains('扣') { "扣" } else { "加" };
    let least = limits.iter().map(|(most, _)| *most).min();
    let (message, help) = match (each, least) {
        (Some(each), Some(least)) if least < each.abs() => {
            let each = each.abs();
            (
                format!("一次就{word}{each}分，限的却是最多{word}{least}分"),
                format!("核对这两个数；一次只{word}{least}分的，前面的“{each}分”改成“{least}分”"),
            )
        }
        _ => {
            let shorter = limits.iter().find_map(|(most, per)| {
                let LimitPer::Cycle(per) = *per else { return None };
                let of_longer = |(other, of): &&(Number, LimitPer)| {
                    matches!(of, LimitPer::Cycle(longer) if *longer > per) && other < most
                };
                let (other, LimitPer::Cycle(longer)) = limits.iter().find(of_longer)? else { return None };
                Some(((*most, per), (*other, *longer)))
            });
            let Some(((most, per), (other, longer))) = shorter else { return };
            (
                format!("{}最多{word}{most}分，比{}最多{word}的{other}分还多", per.every(), longer.this()),
                "核对这两个数；只限较长一期的，去掉较短一期的限额".to_owned(),
            )
        }
    };
    let finding = scope.at_line(line, "limits-at-odds", message).help(help);
    scope.report(finding);
}

/// 查表加分，每次最多加3分 over a row of 10分.
pub(super) fn rows_above_limits(scope: &mut Scope<'_>, table: &Table) {
    let rule = &scope.plan.rules[table.rule.index()];
    let line = rule.line as usize;
    let changes = rule.row_rules.iter().any(|row_rule| row_rule.factor.is_some());
    let least = rule.limits.iter().filter_map(|limit| most_of_each(&limit.most)).min().filter(|_| !changes);
    let most = table.arms.iter().filter_map(|(_, points)| most_of_each(points)).max();
    let (Some(least), Some(most)) = (least, most) else { return };
    if table.sign == 0 || most <= least || scope.has_told(line) {
        return;
    }
    let word = if table.sign < 0 { "扣" } else { "加" };
    let finding = scope
        .at_line(line, "limits-at-odds", format!("表里一次就{word}{most}分，限的却是最多{word}{least}分"))
        .help("核对这两个数；表里不会有更多的分的，改表；限额写错的，改限额");
    scope.report(finding);
}

/// What one time brings, where that is the same each time and nothing makes less of it.
fn points_of_one(plan: &Plan, rule: &Rule) -> Option<Number> {
    if rule.row_rules.iter().any(|row_rule| row_rule.factor.is_some()) {
        return None;
    }
    let whole = |input: InputId| matches!(plan.inputs[input.index()].quantity, Type::Count(_));
    match (&rule.basis, &rule.points) {
        (Basis::Once(_), Expr::Number(points)) => Some(*points),
        (Basis::Row(input), Expr::Row(RowField::Quantity)) if whole(*input) => Some(Number::ONE),
        (Basis::Row(input), Expr::Multiply(pair)) if whole(*input) => match &**pair {
            [Expr::Number(each), Expr::Row(RowField::Quantity)] => Some(*each),
            _ => None,
        },
        _ => None,
    }
}
