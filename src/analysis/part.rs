//! The part of a large plan that a few facts are about: the rest would only cost time.

use rustc_hash::FxHashSet;

use super::uses::rules_below;
use crate::outcome::Outcome;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;

/// A plan cut down, and the whole plan's ids of its lines.
pub struct PlanPart {
    pub plan: Plan,
    pub rules: Vec<RuleId>,
}

/// Up to so many lines a plan is scored whole.
pub const SMALL: usize = 300;

/// Keeps the lines of these nodes and of those that they read, below the steps of everything around them.
///
/// Ranks, grades and awards are left out: only what happens within nodes is true of the part.
pub fn part_of(plan: &Plan, about: impl IntoIterator<Item = NodeId>) -> PlanPart {
    let (mut kept, mut stack): (FxHashSet<NodeId>, Vec<NodeId>) = (FxHashSet::default(), about.into_iter().collect());
    let mut attached: FxHashSet<NodeId> = FxHashSet::default();
    while let Some(id) = stack.pop() {
        if !kept.insert(id) {
            continue;
        }
        let mut nodes = Vec::new();
        let mut seen = FxHashSet::default();
        for rule in &plan.nodes[id.index()].rules {
            rule_reads(plan, &plan.rules[rule.index()], &mut seen, &mut nodes);
        }
        let mut above = Some(id);
        while let Some(node) = above {
            if !attached.insert(node) {
                break;
            }
            for step in &plan.nodes[node.index()].steps {
                step_reads(plan, step, &mut seen, &mut nodes);
            }
            // Where parts are weighed or chosen among, each of them matters.
            if plan.nodes[node.index()].combine != Combine::Sum {
                nodes.extend(&plan.nodes[node.index()].children);
            }
            above = plan.nodes[node.index()].parent;
        }
        for node in nodes {
            stack.push(node);
            stack.extend(rules_below(plan, node).into_iter().map(|rule| plan.rules[rule.index()].node));
        }
    }
    let mut rules = Vec::new();
    let mut nodes = Vec::with_capacity(plan.nodes.len());
    for (index, node) in plan.nodes.iter().enumerate() {
        let id = NodeId(index as u16);
        if !attached.contains(&id) {
            nodes.push(bare(node));
            continue;
        }
        let mut node = node.clone();
        node.children.retain(|child| attached.contains(child));
        let own: Vec<RuleId> = if kept.contains(&id) { std::mem::take(&mut node.rules) } else { Vec::new() };
        node.rules = (rules.len()..rules.len() + own.len()).map(|at| RuleId(at as u16)).collect();
        rules.extend(own);
        nodes.push(node);
    }
    // Not by cloning all and cutting: the lines are what takes time.
    let part = Plan {
        lines: plan.lines.clone(),
        title: String::new(),
        number: None,
        calendar: plan.calendar.clone(),
        cycle: plan.cycle,
        subject: plan.subject.clone(),
        symbols: plan.symbols.clone(),
        columns: plan.columns.clone(),
        attributes: plan.attributes.clone(),
        nodes,
        inputs: plan.inputs.clone(),
        rules: rules.iter().map(|rule| plan.rules[rule.index()].clone()).collect(),
        measures: plan.measures.clone(),
        peers: plan.peers.clone(),
        rollups: plan.rollups.clone(),
        excluded: Vec::new(),
        rankings: plan.rankings.iter().map(|it| Ranking { tiebreakers: Vec::new(), ..it.clone() }).collect(),
        gradings: Vec::new(),
        awards: Vec::new(),
        readings: Vec::new(),
        group: plan.group,
        corrections: None,
        due: None,
    };
    PlanPart { plan: part, rules }
}

impl PlanPart {
    /// The whole, as if it were a part.
    pub fn whole(plan: &Plan) -> PlanPart {
        PlanPart { plan: plan.clone(), rules: (0..plan.rules.len() as u16).map(RuleId).collect() }
    }

    /// The same outcome with the whole plan's ids.
    pub fn translate(&self, outcome: &mut Outcome) {
        for unit in &mut outcome.units {
            unit.entries.iter_mut().for_each(|entry| entry.rule = self.rules[entry.rule.index()]);
            unit.effects.iter_mut().for_each(|effect| effect.rule = self.rules[effect.rule.index()]);
        }
    }
}

/// A node that nothing is left of.
fn bare(node: &Node) -> Node {
    Node {
        landing: node.landing.clone(),
        full: node.full.clone(),
        ..Node::empty(node.parent, &node.address, "", node.cycle, node.line)
    }
}

type Seen = FxHashSet<MeasureId>;

fn reads(plan: &Plan, expr: &Expr, seen: &mut Seen, nodes: &mut Vec<NodeId>) {
    let mut measures = Vec::new();
    walk(expr, &mut |inner| see(inner, seen, nodes, &mut measures));
    follow(plan, measures, seen, nodes);
}

fn condition_reads(plan: &Plan, condition: &Condition, seen: &mut Seen, nodes: &mut Vec<NodeId>) {
    let mut measures = Vec::new();
    walk_condition(condition, &mut |inner| see(inner, seen, nodes, &mut measures));
    follow(plan, measures, seen, nodes);
}

fn see(expr: &Expr, seen: &mut Seen, nodes: &mut Vec<NodeId>, measures: &mut Vec<MeasureId>) -> bool {
    match expr {
        Expr::Node(id) => nodes.push(*id),
        Expr::Measure(id) if seen.insert(*id) => measures.push(*id),
        _ => {}
    }
    true
}

fn follow(plan: &Plan, measures: Vec<MeasureId>, seen: &mut Seen, nodes: &mut Vec<NodeId>) {
    for id in measures {
        reads(plan, &plan.measures[id.index()].expr, seen, nodes);
    }
}

fn rule_reads(plan: &Plan, rule: &Rule, seen: &mut Seen, nodes: &mut Vec<NodeId>) {
    rule.values().for_each(|value| reads(plan, value, seen, nodes));
    rule.conditions().for_each(|condition| condition_reads(plan, condition, seen, nodes));
}

fn step_reads(plan: &Plan, step: &Step, seen: &mut Seen, nodes: &mut Vec<NodeId>) {
    step.value().into_iter().for_each(|value| reads(plan, value, seen, nodes));
    step.when().into_iter().for_each(|condition| condition_reads(plan, condition, seen, nodes));
}
