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
    let totals = plan.rollups.iter().map(|(cycle, total)| (scope.roll_up_line(*cycle), total));
    let measures = plan.measures.iter().map(|measure| (measure.line as usize, &measure.expr));
    for (line, expr) in totals.chain(measures) {
        walk(expr, &mut |inner| {
            // 0 - 减分项得分 turns it round, and the month before less this one tells how much more there is.
            let is_measured = |part: &Expr| *part == zero() || points_of(part).is_some();
            if let Expr::Subtract(pair) = inner
                && let Some(id) = points_of(&pair[1])
                && only_loses(bounds.node(id).points)
                && (!is_measured(&pair[0]) || points_of(&pair[0]).is_some_and(|of| !only_loses(bounds.node(of).points)))
            {
                found.push((line, id));
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
