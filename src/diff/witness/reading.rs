//! What reads a clause, also through named values and peers: lines, nodes, and what is decided over all units.

use crate::diff::book::clause_label;
use crate::plan::walk::each_condition;
use crate::plan::*;

/// All that goes by a clause beside its own lines.
#[derive(Default)]
pub struct Readers {
    pub rules: Vec<RuleId>,
    /// Whose start, steps, weight, full marks or 适用 go by it.
    pub nodes: Vec<NodeId>,
    /// Numbers are places in the plan.
    pub rankings: Vec<usize>,
    pub gradings: Vec<usize>,
    pub awards: Vec<usize>,
    /// 年终得分 and the like.
    pub is_rolled_up: bool,
    /// 参评
    pub excludes: bool,
}

impl Readers {
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.nodes.is_empty() && !self.is_decided()
    }

    /// Whether something that is decided over all units, or of the whole term, goes by it.
    pub fn is_decided(&self) -> bool {
        !(self.rankings.is_empty() && self.gradings.is_empty() && self.awards.is_empty())
            || self.is_rolled_up
            || self.excludes
    }
}

/// What reads an input or a measure of this name.
pub fn readers(plan: &Plan, node: NodeId, label: &str) -> Readers {
    let search = Search::new(plan, node, label);
    let all = |count: usize, reads: &dyn Fn(usize) -> bool| (0..count).filter(|index| reads(*index)).collect();
    let rule = |index: usize| {
        let rule = &plan.rules[index];
        let is_own = rule.node == node && clause_label(rule) == label;
        !is_own && search.in_rule(rule)
    };
    Readers {
        rules: (0..plan.rules.len()).filter(|index| rule(*index)).map(|index| RuleId(index as u16)).collect(),
        nodes: (0..plan.nodes.len())
            .filter(|index| search.in_node(&plan.nodes[*index]))
            .map(|index| NodeId(index as u16))
            .collect(),
        rankings: all(plan.rankings.len(), &|index| {
            let ranking = &plan.rankings[index];
            search.in_expr(&ranking.value) || ranking.tiebreakers.iter().any(|(expr, _)| search.in_expr(expr))
        }),
        gradings: all(plan.gradings.len(), &|index| {
            plan.gradings[index].conditions().any(|when| search.in_condition(when))
        }),
        awards: all(plan.awards.len(), &|index| {
            let award = &plan.awards[index];
            award.conditions().any(|when| search.in_condition(when))
                || award.money.iter().any(|money| search.in_expr(money))
        }),
        is_rolled_up: plan.rollups.iter().any(|(_, total)| search.in_expr(total)),
        excludes: plan.excluded.iter().any(|exclusion| search.in_condition(&exclusion.when)),
    }
}

/// Whether an expression goes by an input or a measure of this name.
pub fn reads(plan: &Plan, expr: &Expr, node: NodeId, label: &str) -> bool {
    Search::new(plan, node, label).in_expr(expr)
}

/// The inputs and measures of a name, and the named values and peers that are made of them.
struct Search {
    inputs: Vec<bool>,
    measures: Vec<bool>,
    peers: Vec<bool>,
}

impl Search {
    fn new(plan: &Plan, node: NodeId, label: &str) -> Search {
        let mut search = Search {
            inputs: plan.inputs.iter().map(|input| input.node == node && input.label == label).collect(),
            measures: plan.measures.iter().map(|measure| measure.node == node && measure.name == label).collect(),
            peers: vec![false; plan.peers.len()],
        };
        loop {
            let mut is_more = false;
            for (index, measure) in plan.measures.iter().enumerate() {
                let reads = !search.measures[index] && search.in_expr(&measure.expr);
                search.measures[index] |= reads;
                is_more |= reads;
            }
            for (index, peer) in plan.peers.iter().enumerate() {
                let reads = !search.peers[index] && search.in_expr(&peer.expr);
                search.peers[index] |= reads;
                is_more |= reads;
            }
            if !is_more {
                return search;
            }
        }
    }

    fn is_it(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Input { input, .. } | Expr::Parameter(input) => self.inputs[input.index()],
            Expr::Rows(rows) => self.inputs[rows.input.index()],
            Expr::Measure(id) => self.measures[id.index()],
            Expr::Peer(id) => self.peers[id.index()],
            _ => false,
        }
    }

    fn in_expr(&self, expr: &Expr) -> bool {
        expr.any(|inner| self.is_it(inner))
    }

    fn in_condition(&self, condition: &Condition) -> bool {
        let mut asked = false;
        each_condition(condition, &mut |inner| {
            // 当发生…
            asked |= matches!(inner, Condition::Happened(input) if self.inputs[input.index()]);
            true
        });
        asked || condition.any_expr(|inner| self.is_it(inner))
    }

    fn in_rule(&self, rule: &Rule) -> bool {
        matches!(rule.basis, Basis::Row(input) | Basis::Once(input) if self.inputs[input.index()])
            || rule.values().any(|value| self.in_expr(value))
            || rule.conditions().any(|condition| self.in_condition(condition))
    }

    fn in_node(&self, node: &Node) -> bool {
        node.values().any(|value| self.in_expr(value)) || node.conditions().any(|it| self.in_condition(it))
    }
}
