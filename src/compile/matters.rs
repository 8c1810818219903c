//! 同一事项…计一次 over an item: its lines have to look at rows one by one, for what is added up has no matter.

use super::scope::{Meaning, Scope};
use crate::plan::*;

/// 差错：1次扣1分，3次以上扣5分 below 同一事项按最高级别计一次 would not take part.
pub(super) fn require_rows(scope: &mut Scope<'_>) {
    let plan = &scope.plan;
    let is_event = |rule: &&Rule| match scope.declared_here(rule.node, &rule.label) {
        Some(Meaning::Input(id)) => plan.inputs[id.index()].kind == InputKind::Event,
        _ => false,
    };
    let chooses = |rule: &&Rule| above(plan, rule.node).any(|node| plan.nodes[node.index()].same_matter.is_some());
    let by_total = plan.rules.iter().filter(|rule| rule.basis == Basis::Period).filter(chooses).filter(is_event);
    let lines: Vec<(usize, String)> = by_total.map(|rule| (rule.line as usize, rule.label.clone())).collect();
    for (line, label) in lines {
        let message = format!("“{label}”按合计的次数算，分不出事项，上面的“同一事项”管不到它");
        let finding = scope
            .at_line(line, "rows-and-total", message)
            .help("一次一次地算的，写成：每次扣几分（每次加几分）；要按合计的次数算的，移到“同一事项”管不到的条目里");
        scope.report(finding);
    }
}

/// Below a node with a same-matter rule every row must name its matter.
pub(super) fn settle(scope: &mut Scope<'_>) {
    for index in 0..scope.plan.nodes.len() {
        let Some(same) = scope.plan.nodes[index].same_matter else { continue };
        let rules = scope.rules_within(NodeId(index as u16));
        for rule in rules {
            if let Basis::Row(input) | Basis::Once(input) = scope.plan.rules[rule.index()].basis {
                let input = &mut scope.plan.inputs[input.index()];
                input.needs.matter = true;
                input.needs.occurred |= same.by_day;
                input.additive = false;
            }
        }
    }
}

/// A node and all above it.
fn above(plan: &Plan, node: NodeId) -> impl Iterator<Item = NodeId> {
    std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent)
}
