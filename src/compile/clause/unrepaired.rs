//! 整改天数超过30天的加倍: what is not repaired at all has no such days, and would cost less than what was repaired late.

use super::Draft;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;

/// Asks whether what is not repaired yet is meant too, unless the line speaks of it.
pub(super) fn require_said(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let arms = draft.arms.iter().map(|arm| &arm.when);
    let extras = draft.extras.iter().map(|(when, _)| when);
    let changes = draft.row_rules.iter().map(|rule| &rule.when);
    let (mut is_late, mut is_said) = (false, false);
    arms.chain(extras).chain(changes).for_each(|when| look(when, &mut is_late, &mut is_said));
    if !is_late || is_said {
        return;
    }
    let line = scope.line_text(site.statement);
    let Some(begin) = line.find("整改天数") else { return };
    let rest = &line[begin..];
    let length = rest.find(['的', '，', ',', '；', ';', '且', '或', '）', '时']).unwrap_or(rest.len());
    let said = &rest[..length];
    let joined = line[..begin].ends_with('且') || rest[length..].starts_with('且');
    let (open, close) = if joined { ("（", "）") } else { ("", "") };
    let with = |words: &str| format!("{}{words}{}", &line[..begin], &rest[length..]);
    let lines = [with(&format!("{open}{said}或至今没有整改{close}")), with(&format!("{said}且已经整改"))].join("\n");
    let message = format!("没有写至今没有整改的算不算“{said}”");
    let finding = scope.at_line(site.statement.line.number, "missing-convention", message);
    scope.report(finding.help(format!("写成其中一句：\n{lines}")));
}

/// Whether a condition begins at so many days, and whether it says what is of those without any.
fn look(condition: &Condition, is_late: &mut bool, is_said: &mut bool) {
    let is_days = |expr: &Expr| *expr == Expr::Row(RowField::DaysToRepair);
    match condition {
        Condition::Compare(left, Comparison::Above | Comparison::AtLeast, _) => *is_late |= is_days(left),
        Condition::IsAssessed(expr) => *is_said |= is_days(expr),
        Condition::Not(inner) => look(inner, is_late, is_said),
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|inner| look(inner, is_late, is_said)),
        _ => {}
    }
}
