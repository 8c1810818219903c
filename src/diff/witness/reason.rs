//! Why no facts make a difference, where that can be proven; and what was seen of those that were tried.

use super::Search;
use super::scope::Scope;
use crate::analysis::{Bounds, everything};
use crate::calendar::Month;
use crate::canonical::{Called, Canonical};
use crate::diff::change::{Facet, Pair, Subject};
use crate::diff::pieces::{facet_of, rules_called};
use crate::diff::trial::Trial;
use crate::plan::*;
use crate::value::Number;

impl Search<'_> {
    /// Why no facts at all make a difference.
    pub(super) fn no_effect(&self, scope: &Scope, all: &[Pair]) -> Option<String> {
        if scope.cohort {
            return None;
        }
        match self.out_of_reach(scope, all) {
            Some(Some(most)) => return Some(format!("够不着：这里最多只能到{most}分，限额不起作用")),
            Some(None) => return Some("满分只是写明，没有计分句用到它，也没有哪里以它为限".to_owned()),
            None => {}
        }
        if !scope.is_clause {
            return None;
        }
        if scope.old_rules.is_empty() && scope.new_rules.is_empty() && !scope.is_read {
            return Some("没有计分句用到它，不影响计分".to_owned());
        }
        let is_filled_in_otherwise = all.iter().all(|pair| self.is_filled_in_otherwise(pair));
        is_filled_in_otherwise.then(|| "得分不变，只是事实怎样填报不同".to_owned())
    }

    /// The most points at limits that changed, where they stay within them in both books, and nothing else changed;
    /// nothing inside where it is of full marks alone, which nothing goes by.
    fn out_of_reach(&self, scope: &Scope, all: &[Pair]) -> Option<Option<Number>> {
        let is_limit = |facet: &Facet| matches!(facet, Facet::CapDeduction | Facet::CapBonus | Facet::CapPoints);
        let is_facet = |pair: &Pair| matches!(pair, (Some(Subject::Facet { .. }), Some(Subject::Facet { .. })));
        let is_idle = |(a, b, facet): &(NodeId, NodeId, Facet)| match facet {
            // The order of steps changes as one comes or goes.
            Facet::Order => true,
            Facet::Full => !reads_full(self.old.plan, *a) && !reads_full(self.new.plan, *b),
            _ => false,
        };
        let mut rest = scope.facets.iter().filter(|facet| !is_idle(facet));
        if scope.facets.is_empty() || !all.iter().all(is_facet) || !rest.clone().all(|(.., facet)| is_limit(facet)) {
            return None;
        }
        let limit = |plan: &Plan, node: NodeId, facet: Facet| -> Option<Option<Number>> {
            let mut steps = plan.nodes[node.index()].steps.iter().filter(|step| facet_of(step) == facet);
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
        let reach = |plan: &Plan, node: NodeId, facet: Facet| -> Option<Number> {
            let (before, _) = Bounds::new(plan).node_both(node);
            match facet {
                Facet::CapDeduction => before.deduction.high,
                Facet::CapBonus => before.bonus.high,
                _ => before.points.high,
            }
        };
        rest.try_fold(None, |known: Option<Number>, (a, b, facet)| {
            // What either book has must stay within the limits of both: the lower one may bite what the other book has.
            let most = reach(self.old.plan, *a, *facet)?.max(reach(self.new.plan, *b, *facet)?);
            let limits = [limit(self.old.plan, *a, *facet)?, limit(self.new.plan, *b, *facet)?];
            let is_within = limits.into_iter().flatten().all(|limit| most <= limit);
            is_within.then(|| Some(known.map_or(most, |known| known.max(most))))
        })
    }

    /// Whether a clause comes to the same in both books, and only what its rows must hold differs; the same points may be
    /// chosen.
    fn is_filled_in_otherwise(&self, pair: &Pair) -> bool {
        // Other rows are refused, or must say more: those that are taken count alike.
        self.is_alike(pair, &|input| Input {
            range: (None, None),
            any_month: true,
            only_months: Vec::new(),
            needs: Needs { points: input.needs.points, ..Needs::default() },
            columns: Vec::new(),
            ..input
        })
    }

    /// Whether one of the books stops where an indicator is not reported, and the other goes on; nothing else.
    pub(super) fn differs_in_missing(&self, pair: &Pair) -> bool {
        let (Some(Subject::Clause { node: a, label: from }), Some(Subject::Clause { node: b, label: to })) = pair
        else {
            return false;
        };
        let stops = |plan: &Plan, node: NodeId, label: &str| {
            let input = plan.inputs.iter().find(|it| it.node == node && it.label == label);
            input.map(|input| input.missing == WhenMissing::Error)
        };
        let differs = stops(self.old.plan, *a, from).zip(stops(self.new.plan, *b, to)).is_some_and(|(a, b)| a != b);
        differs && self.is_alike(pair, &|input| Input { missing: WhenMissing::NotAssessed, ..input })
    }

    /// Whether a parameter is set once for all in one of the books, and for each unit in the other; nothing else.
    pub(super) fn differs_in_whose(&self, pair: &Pair) -> bool {
        let (Some(Subject::Clause { node: a, label: from }), Some(Subject::Clause { node: b, label: to })) = pair
        else {
            return false;
        };
        let whose = |plan: &Plan, node: NodeId, label: &str| {
            let input = plan.inputs.iter().find(|it| it.node == node && it.label == label);
            input.and_then(|input| match input.kind {
                InputKind::Parameter { global } => Some(global),
                _ => None,
            })
        };
        let differs = whose(self.old.plan, *a, from).zip(whose(self.new.plan, *b, to)).is_some_and(|(a, b)| a != b);
        differs && self.is_alike(pair, &|input| Input { kind: InputKind::Parameter { global: false }, ..input })
    }

    /// Whether a clause is the same in both books but for what is made alike of its input.
    fn is_alike(&self, (old, new): &Pair, made: &dyn Fn(Input) -> Input) -> bool {
        let (Some(Subject::Clause { node: a, label: from }), Some(Subject::Clause { node: b, label: to })) = (old, new)
        else {
            return false;
        };
        let none = Called::default();
        let form = |plan: &Plan, node: NodeId, label: &str| {
            let rules = rules_called(plan, node, label);
            let rules: Vec<String> =
                rules.iter().map(|rule| Canonical::form(plan, &none, &plan.rules[rule.index()])).collect();
            let measure = plan.measures.iter().find(|it| it.node == node && it.name == label);
            let input = plan.inputs.iter().find(|it| it.node == node && it.label == label).map(|input| {
                let taken = |input: &Input| made(Input { versions: None, ..input.clone() });
                let versions = input.versions.iter().flatten();
                let versions: Vec<Version> =
                    versions.map(|it| Version { months: it.months, input: taken(&it.input) }).collect();
                (taken(input), versions)
            });
            Canonical::form(plan, &none, &(rules, measure, input))
        };
        form(self.old.plan, *a, from) == form(self.new.plan, *b, to)
    }

    /// What hid the difference in the facts that were tried.
    pub(super) fn hidden_by(&self, scope: &Scope, (trial, before, after): &(Trial, Month, Month)) -> Option<String> {
        // From the inside out: the first node that comes to the same in both.
        let a = self.old.whole_result(trial, *before, false)?;
        let b = self.new.whole_result(trial, *after, false)?;
        let own = scope.old_nodes.first().copied();
        let mut at = own;
        while let Some(node) = at {
            let new = self.shared.comparison.pairs.nodes.get(&node);
            if new.is_some_and(|new| a[0].nodes.get(&node) == b[0].nodes.get(new)) {
                if at == own {
                    return None;
                }
                let name =
                    if node.index() == 0 { "总分" } else { self.old.plan.nodes[node.index()].address.as_str() };
                return Some(format!("这一处的分数变了，到“{name}”就一样了（封顶、保底或取最高等）"));
            }
            at = self.old.plan.nodes[node.index()].parent;
        }
        None
    }
}

/// Whether anything asks for a node's full marks.
fn reads_full(plan: &Plan, node: NodeId) -> bool {
    let mut found = false;
    everything(plan, &mut |expr| found |= matches!(expr, Expr::Full(id) if *id == node), &mut |_| {});
    found
}
