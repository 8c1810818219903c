//! Why no facts make a difference.

use super::Search;
use super::scope::Scope;
use crate::analysis::Bounds;
use crate::calendar::Month;
use crate::diff::change::Facet;
use crate::diff::trial::Trial;
use crate::plan::*;
use crate::value::Number;

impl Search<'_> {
    /// Why no facts make a difference.
    pub(super) fn no_effect(&mut self, scope: &Scope, hidden: Option<&(Trial, Month, Month)>) -> Option<String> {
        let (left, right) = (self.old.plan, self.new.plan);
        for (a, b, facet) in &scope.facets {
            let limit = |plan: &Plan, node: NodeId| -> Option<Option<Number>> {
                let mut steps =
                    plan.nodes[node.index()].steps.iter().filter(|step| crate::diff::pieces::facet_of(step) == *facet);
                match (steps.next(), steps.next()) {
                    (None, _) => Some(None),
                    (
                        Some(
                            Step::CapDeduction { most: Expr::Number(most), .. }
                            | Step::CapBonus { most: Expr::Number(most), .. }
                            | Step::CapPoints { most: Expr::Number(most), .. },
                        ),
                        None,
                    ) => Some(Some(*most)),
                    _ => None,
                }
            };
            let (Some(x), Some(y)) = (limit(left, *a), limit(right, *b)) else { continue };
            // Neither book has such a limit: what changed is something else. Full marks bound the points themselves.
            if x.is_none() && y.is_none() && *facet != Facet::Full {
                continue;
            }
            let reach = |plan: &Plan, node: NodeId| {
                let mut bounds = Bounds::new(plan);
                let (before, _) = bounds.node_both(node);
                match facet {
                    Facet::CapDeduction => before.deduction.high,
                    Facet::CapBonus => before.bonus.high,
                    _ => before.points.high,
                }
            };
            let (most_old, most_new) = (reach(left, *a), reach(right, *b));
            if let (Some(p), Some(q)) = (most_old, most_new)
                && x.is_none_or(|x| p <= x)
                && y.is_none_or(|y| q <= y)
            {
                let most = p.max(q);
                return Some(format!("够不着：这里最多只能到{most}分，限额不起作用"));
            }
        }
        let only_inputs = scope.facets.is_empty() && !scope.cohort && {
            let forms = |plan: &Plan, rules: &[RuleId]| -> Vec<String> {
                let none = crate::canonical::Called::default();
                rules
                    .iter()
                    .map(|rule| crate::canonical::Canonical::form(plan, &none, &plan.rules[rule.index()]))
                    .collect()
            };
            forms(left, &scope.old_rules) == forms(right, &scope.new_rules)
        };
        if scope.old_rules.is_empty() && scope.new_rules.is_empty() && only_inputs {
            return Some("没有计分句用到它，不影响计分".to_owned());
        }
        if let Some((trial, before, after)) = hidden {
            // From the inside out: the first node that comes to the same in both.
            let (Some(a), Some(b)) =
                (self.old.whole_result(trial, *before, false), self.new.whole_result(trial, *after, false))
            else {
                return None;
            };
            let mut at = scope.old_nodes.first().copied();
            while let Some(node) = at {
                let new = self.shared.comparison.pairs.nodes.get(&node);
                if new.is_some_and(|new| a[0].nodes.get(&node) == b[0].nodes.get(new)) {
                    let name = if node.index() == 0 { "总分" } else { left.nodes[node.index()].address.as_str() };
                    return Some(format!("被盖住：这一处的分数变了，到“{name}”就一样了（封顶、保底或取最高等）"));
                }
                at = left.nodes[node.index()].parent;
            }
        }
        if only_inputs {
            return Some("得分不变，只是事实怎样填报不同".to_owned());
        }
        None
    }
}
