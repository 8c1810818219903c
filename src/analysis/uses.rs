//! Who looks at what: the inputs, names and lines that a plan's lines refer to.

use crate::plan::walk::{each_condition, walk, walk_condition};
use crate::plan::*;

/// All effects of all lines.
pub fn effects(plan: &Plan) -> impl Iterator<Item = &Effect> {
    plan.rules.iter().flat_map(|rule| &rule.effects).map(|effect| &effect.effect)
}

/// The inputs that an expression is made of, through measures and values over all units; few, and each once.
pub fn inputs_of(plan: &Plan, expr: &Expr) -> Vec<InputId> {
    let (mut found, mut named, mut next) = (Vec::new(), Vec::new(), 0);
    gather(expr, &mut named, &mut found);
    while let Some(name) = named.get(next).copied() {
        next += 1;
        let expr = match name {
            Name::Measure(id) => &plan.measures[id.index()].expr,
            Name::Peer(id) => &plan.peers[id.index()].expr,
        };
        gather(expr, &mut named, &mut found);
    }
    found
}

/// What an expression may refer to instead of saying it.
#[derive(Clone, Copy, PartialEq)]
enum Name {
    Measure(MeasureId),
    Peer(PeerId),
}

fn gather(expr: &Expr, named: &mut Vec<Name>, found: &mut Vec<InputId>) {
    let mut put = |input: InputId| {
        if !found.contains(&input) {
            found.push(input);
        }
    };
    walk(expr, &mut |inner| {
        let name = match inner {
            Expr::Input { input, .. } | Expr::Parameter(input) => {
                put(*input);
                return true;
            }
            Expr::Rows(rows) => {
                put(rows.input);
                return true;
            }
            Expr::Measure(id) => Name::Measure(*id),
            Expr::Peer(id) => Name::Peer(*id),
            _ => return true,
        };
        if !named.contains(&name) {
            named.push(name);
        }
        true
    });
}

/// By input: how many lines look at it.
pub fn readers(plan: &Plan) -> Vec<u32> {
    let mut readers = vec![0; plan.inputs.len()];
    for rule in &plan.rules {
        if let Basis::Row(input) | Basis::Once(input) = rule.basis {
            readers[input.index()] += 1;
        }
        for input in inputs_of(plan, &rule.points) {
            readers[input.index()] += 1;
        }
    }
    readers
}

/// What makes the items around a line apply.
pub fn applying(plan: &Plan, node: NodeId) -> impl Iterator<Item = &Condition> {
    std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent).map(|id| &plan.nodes[id.index()].applies)
}

/// Lines at or below a node.
pub fn rules_below(plan: &Plan, node: NodeId) -> Vec<RuleId> {
    let mut rules = Vec::new();
    let mut stack = vec![node];
    while let Some(id) = stack.pop() {
        let node = &plan.nodes[id.index()];
        rules.extend(&node.rules);
        stack.extend(node.children.iter().rev());
    }
    rules
}

/// Every expression of a plan, and every condition but those inside expressions (当…, 月数（…）, rows that meet one).
pub fn everything(plan: &Plan, see: &mut dyn FnMut(&Expr), met: &mut dyn FnMut(&Condition)) {
    let mut see = |expr: &Expr| {
        see(expr);
        true
    };
    plan.values().for_each(|value| walk(value, &mut see));
    for condition in plan.conditions() {
        walk_condition(condition, &mut see);
        each_condition(condition, &mut |inner| {
            met(inner);
            true
        });
    }
}
