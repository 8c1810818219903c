//! … - 减分项得分: what only deducts is below zero already, and taken away it is added.

use super::declare::zero;
use super::scope::Scope;
use super::zeroed::only_loses;
use crate::analysis::Bounds;
use crate::plan::walk::walk;
use crate::plan::*;

/// Refuses totals and figures that take away the points of a part which never come above zero.
pub fn refuse_taken_away(scope: &mut Scope<'_>) {
    if !scope.is_sound() {
        return;
    }
    let plan = &scope.plan;
    let mut bounds = Bounds::new(plan);
    let mut found = Vec::new();
    let totals = plan.rollups.iter().map(|(cycle, total)| (scope.roll_up_line(*cycle), total, true));
    let measures = plan.measures.iter().map(|measure| (measure.line as usize, &measure.expr, false));
    for (line, expr, is_total) in totals.chain(measures) {
        walk(expr, &mut |inner| {
            let Expr::Subtract(pair) = inner else { return true };
            let mut loses = |part: &Expr| points_of(part).filter(|id| only_loses(bounds.node(*id).points));
            if let Some(id) = loses(&pair[1]) {
                // A figure may turn them round, 0 - 减分项得分, or tell how much more the other lost.
                let is_figure = !is_total && (pair[0] == zero() || loses(&pair[0]).is_some());
                found.extend((!is_figure).then_some((line, id)));
            }
            true
        });
    }
    for (line, id) in found {
        let address = scope.plan.nodes[id.index()].address.clone();
        let mended = with_plus(scope.source.line(line), &address);
        let message = format!("“{address}”只有扣分，得分是负数或0，减去它，扣的分反而加了上去");
        let finding = scope.at_line(line, "wrong-sign", message);
        scope.report(match mended {
            Some(line) => finding.help(format!("写成：{line}")),
            None => finding.help(format!("“{address}”的得分前面用加号")),
        });
    }
}

/// 减分项得分, 各月扣分项得分之和 × 10%
fn points_of(expr: &Expr) -> Option<NodeId> {
    match expr {
        Expr::Node(id) => Some(*id),
        Expr::Over { expr, aggregate, .. } if *aggregate != Aggregate::Count => points_of(expr),
        Expr::Multiply(pair) => points_of(&pair[0]).or_else(|| points_of(&pair[1])),
        Expr::Round { expr, .. } | Expr::Assessed { expr, .. } | Expr::Earlier { expr, .. } => points_of(expr),
        _ => None,
    }
}

/// The line with a plus before the part that it takes away.
fn with_plus(line: &str, address: &str) -> Option<String> {
    let line = line.split(['#', '＃']).next()?.trim();
    let taken = line.match_indices(address).find_map(|(at, _)| {
        let before = line[..at].trim_end_matches(['「', '各', '月', '季', '度', '年', '的', '（', '(', ' ']);
        let sign = before.chars().next_back().filter(|sign| "-－−—–".contains(*sign))?;
        Some(before.len() - sign.len_utf8()..before.len())
    })?;
    Some(format!("{}+{}", &line[..taken.start], &line[taken.end..]))
}
