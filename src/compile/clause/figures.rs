//! Cases that look at reported figures under a label that nobody reports, and so decide nothing.

use super::finish::is_by_row;
use super::{Draft, Subject};
use crate::compile::expression::Site;
use crate::compile::scope::{Meaning, Scope};
use crate::plan::*;

/// 达标：当 完好率不低于95%，得5分；其余 得2分: nobody reports a 达标, for the figures say whether there is one. Told by
/// `true`.
pub(super) fn under_a_label(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    (name, subject): (&str, &Subject),
    draft: &Draft,
) -> bool {
    let Subject::Event(own) = subject else { return false };
    if draft.on_total || draft.arms.is_empty() || draft.plain.is_some() || draft.once.is_some() || is_by_row(draft) {
        return false;
    }
    let mut figures = Vec::new();
    let alone = |when: &Condition, figures: &mut Vec<Expr>| figures_of(&scope.plan, when, *own, figures);
    if !draft.arms.iter().all(|arm| alone(&arm.when, &mut figures)) {
        return false;
    }
    let body = site.statement.body();
    let body = scope.original(site.statement, &body);
    let (label, meaning) = match &figures[0] {
        Expr::Measure(id) => (scope.plan.measures[id.index()].name.clone(), Meaning::Measure(*id)),
        Expr::Input { input, .. } => (scope.plan.inputs[input.index()].label.clone(), Meaning::Input(*input)),
        _ => return false,
    };
    let line = match scope.find(site.node, &label) {
        Ok(found) if found == meaning => format!("冒号前写其中一个指标的名称：\n{label}：{body}"),
        _ => format!("移到有“{label}”的条目里，冒号前写“{label}”"),
    };
    let message = format!("“{name}”是情形，报了它才计分；几种情况却只看报送的数，没有人报“{name}”，就总是0分");
    let finding = scope.at_line(site.statement.line.number, "label-beside-figures", message).help(format!(
        "不必报“{name}”、每期都按数算的，{line}\n真是一件一件报上来的，每一种情况写“每次”：当 …，每次扣几分"
    ));
    scope.blame(finding);
    true
}

/// Whether a condition asks of reported figures and of nothing else but what the unit is; the figures are noted.
fn figures_of(plan: &Plan, when: &Condition, own: InputId, figures: &mut Vec<Expr>) -> bool {
    match when {
        Condition::All(list) => {
            let before = figures.len();
            let others =
                |inner: &&Condition| !matches!(inner, Condition::Is(expr, _) if matches!(**expr, Expr::Attribute(_)));
            list.iter().filter(others).all(|inner| figures_of(plan, inner, own, figures)) && figures.len() > before
        }
        Condition::Any(list) => list.iter().all(|inner| figures_of(plan, inner, own, figures)),
        Condition::Not(inner) => figures_of(plan, inner, own, figures),
        Condition::Compare(left, _, right) => {
            let is_figure = is_figure(plan, left, own) && matches!(**right, Expr::Number(_) | Expr::Parameter(_));
            if is_figure {
                figures.push((**left).clone());
            }
            is_figure
        }
        _ => false,
    }
}

/// An indicator, or what is worked out from indicators.
fn is_figure(plan: &Plan, expr: &Expr, own: InputId) -> bool {
    let is_other = |expr: &Expr| match expr {
        Expr::Input { input, .. } => *input == own || plan.inputs[input.index()].kind != InputKind::Indicator,
        Expr::Rows(_) | Expr::Row(_) => true,
        _ => false,
    };
    match expr {
        Expr::Input { .. } => !expr.any(is_other),
        Expr::Measure(id) => !plan.measures[id.index()].expr.any(is_other),
        _ => false,
    }
}
