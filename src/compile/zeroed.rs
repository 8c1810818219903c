//! 本项计零 and 总分计零 where there is nothing above zero: what was to take all would give back all that was deducted.

use super::scope::Scope;
use crate::analysis::Bounds;
use crate::analysis::Interval;
use crate::plan::*;
use crate::value::Number;

/// Refuses lines that put an item or the total to zero which never comes above it.
pub fn require_loss(scope: &mut Scope<'_>) {
    if !scope.is_sound() {
        return;
    }
    let plan = &scope.plan;
    let mut bounds = Bounds::new(plan);
    let mut found: Vec<(u32, Option<NodeId>)> = Vec::new();
    for rule in &plan.rules {
        // 一票否决，总分计零，当月排名末位: last, whatever the points.
        if rule.effects.iter().any(|effect| matches!(effect.effect, Effect::Veto { moves: true, .. })) {
            continue;
        }
        for effect in &rule.effects {
            let (of, points) = match effect.effect {
                Effect::ZeroNode(NodeId(0)) => (None, bounds.node(NodeId(0)).points),
                Effect::ZeroNode(id) => (Some(id), bounds.node(id).points),
                Effect::ZeroTotal(cycle) => (None, bounds.total(cycle)),
                Effect::Veto { zero_total: true, .. } => (None, bounds.node(NodeId(0)).points),
                _ => continue,
            };
            if only_loses(points) {
                found.push((rule.line, of));
            }
        }
    }
    for (index, node) in plan.nodes.iter().enumerate() {
        for (at, step) in node.steps.iter().enumerate() {
            let id = NodeId(index as u16);
            if let Step::Set { points: Expr::Number(points), .. } = step
                && points.is_zero()
                && only_loses(bounds.before_step(id, at).points)
            {
                found.push((node.step_lines[at], Some(id)));
            }
        }
    }
    found.dedup();
    for (line, of) in found {
        let (message, help) = match of {
            Some(id) => {
                let nodes = &scope.plan.nodes;
                let address = &nodes[id.index()].address;
                // 有偿补课：本项计零 under 师德师风（20分）: the twenty may be meant.
                let parent = |id: &NodeId| nodes[id.index()].parent;
                let above = std::iter::successors(parent(&id), parent).find_map(|id| match &nodes[id.index()].full {
                    Some(Expr::Number(full)) => Some((&nodes[id.index()].title, full)),
                    _ => None,
                });
                let above = above.map(|(title, full)| format!("\n“{title}”整个不得分的，这一句写：扣{full}分"));
                (
                    format!("“{address}”只有扣分，没有满分，最多是0分：计零、不得分反而把扣的分都免了"),
                    format!(
                        "有满分的，在“{address}”里加一行：满分 几分\n只扣分的，这一句写明扣几分{}",
                        above.unwrap_or_default()
                    ),
                )
            }
            None => (
                "总分从0分起只有扣分，最多是0分：总分计零反而把扣的分都免了".to_owned(),
                "总分从多少分扣起的，在约定里写：基础分 100分\n倒扣的，这一句写明扣几分".to_owned(),
            ),
        };
        let finding = scope.at_line(line as usize, "no-marks-of-what", message).help(help);
        scope.report(finding);
    }
}

/// Whether points can fall below zero and never rise above it.
pub(super) fn only_loses(points: Interval) -> bool {
    points.high.is_some_and(|high| high <= Number::ZERO) && points.low.is_none_or(|low| low < Number::ZERO)
}
