//! Points of an item that are more than its full marks: nobody can be meant to have, or to lose, so many.

use super::scope::Scope;
use crate::plan::*;
use crate::value::Number;

/// 满分 10分 beside 优秀得20分, 基础分 12分 or 扣分封顶 15分.
pub fn refuse(scope: &mut Scope<'_>) {
    if !scope.broken.is_empty() {
        return;
    }
    let mut wrong: Vec<(usize, String, &str)> = Vec::new();
    for (index, node) in scope.plan.nodes.iter().enumerate() {
        let id = NodeId(index as u16);
        let Some(Expr::Number(full)) = node.full else { continue };
        if scope.over_full.get(&id) == Some(&true) {
            continue;
        }
        let own_line = (node.line as usize).max(1);
        if let Expr::Number(start) = node.start
            && start > full
        {
            let message = format!("从{start}分起算，满分却只有{full}分");
            wrong.push((own_line, message, "核对基础分和满分；可以超过满分的，写：加分可超过满分"));
        }
        for rule in node.rules.iter().filter(|rule| scope.gains.contains(rule)) {
            let rule = &scope.plan.rules[rule.index()];
            if let Some(most) = greatest(&rule.points).filter(|most| *most > full) {
                let message = format!("“{}”写的得{most}分，比满分{full}分还多", rule.label);
                wrong.push((rule.line as usize, message, "核对得的分和满分"));
            }
        }
        let cap = node.written_steps().find_map(|(_, step, line)| match step {
            Step::CapDeduction { most: Expr::Number(most), per } if *per <= node.cycle && *most > full => {
                Some((line, *most))
            }
            _ => None,
        });
        let Some((line, most)) = cap.filter(|_| node.start == Expr::Number(full)) else { continue };
        // Where something is added as well, there is more to take off.
        let rules = scope.rules_within(id);
        if !rules.iter().any(|rule| scope.adds.contains(rule)) {
            let message = format!("满分只有{full}分，扣分封顶却是{most}分");
            wrong.push((line, message, "核对两个数；扣完为止的，不必写扣分封顶"));
        }
    }
    for (line, message, help) in wrong {
        if !scope.has_told(line) {
            let finding = scope.at_line(line, "points-beyond-full", message).help(help);
            scope.report(finding);
        }
    }
}

/// The greatest of the points that are written.
fn greatest(points: &Expr) -> Option<Number> {
    match points {
        Expr::Number(points) => Some(*points),
        Expr::Case { arms, otherwise } => {
            arms.iter().map(|(_, points)| points).chain([&**otherwise]).filter_map(greatest).max()
        }
        _ => None,
    }
}
