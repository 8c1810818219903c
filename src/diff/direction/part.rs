//! Parts that come and go: what they bring, and whether what is around them is assessed all the same without them.

use super::line::effects_sign;
use super::{Sides, Sign};
use crate::analysis::rules_below;
use crate::diff::book::is_part;
use crate::diff::pieces::during;
use crate::plan::*;

/// What a node is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Line(RuleId),
    Node(NodeId),
}

impl Sides<'_> {
    /// What a node with all that is in it can bring, where it is in force.
    pub(super) fn brought(&mut self, id: NodeId, is_old: bool) -> Sign {
        let (plan, bounds) = match is_old {
            true => (self.old, &mut self.old_bounds),
            false => (self.new, &mut self.new_bounds),
        };
        // What is written down as stopped gives and takes nothing.
        if !is_part(plan, id) {
            return Sign::ZERO;
        }
        let node = &plan.nodes[id.index()];
        let Some(parent) = node.parent else { return Sign::ANY };
        let adds_up = match plan.nodes[parent.index()].combine {
            Combine::Sum | Combine::Weighted { renormalize: false } | Combine::Best { lowest: false, .. } => true,
            Combine::Mean | Combine::Weighted { renormalize: true } | Combine::Best { lowest: true, .. } => false,
        };
        let is_counted =
            matches!(node.landing, Landing::RolledUp(Aggregate::Count | Aggregate::People | Aggregate::Matters));
        if !adds_up || is_counted || !stands(plan, parent, &[Part::Node(id)]) {
            return Sign::ANY;
        }
        let points = bounds.node(id).points;
        let effects = rules_below(plan, id).into_iter().map(|rule| effects_sign(&plan.rules[rule.index()].effects));
        effects.fold(Sign { below: points.may_be_negative(), above: points.may_be_positive() }, Sign::or)
    }

    /// A node that is in force in other months, or not at all: in those of only one book it is what it brings there.
    pub(super) fn in_force(&mut self, old: NodeId, new: NodeId) -> Sign {
        let months = |plan: &Plan, id: NodeId| (is_part(plan, id), during(&plan.nodes[id.index()].applies));
        let ((a_is, a), (b_is, b)) = (months(self.old, old), months(self.new, new));
        let covers = |outer: Option<Months>, inner: Option<Months>| match (outer, inner) {
            (None, _) => true,
            (Some(outer), Some(inner)) => outer.first <= inner.first && inner.last <= outer.last,
            (Some(_), None) => false,
        };
        let mut sign = Sign::ZERO;
        if a_is && !(b_is && covers(b, a)) {
            sign = sign.or(self.brought(old, true).reversed());
        }
        if b_is && !(a_is && covers(a, b)) {
            sign = sign.or(self.brought(new, false));
        }
        sign
    }
}

/// Whether a node is assessed with some parts wherever it is without them, or nothing hangs on it.
pub fn stands(plan: &Plan, node: NodeId, parts: &[Part]) -> bool {
    if !parts.iter().copied().chain(all_parts(plan, node)).any(|part| may_be_absent(plan, part)) {
        return true;
    }
    let (mut at, mut parts) = (node, parts.to_vec());
    loop {
        let node = &plan.nodes[at.index()];
        if all_parts(plan, at).any(|part| !parts.contains(&part) && is_sure(plan, part)) {
            return true;
        }
        // Where it begins with nothing and makes nothing of nothing, it brings the same whether it is assessed or not.
        let Some(parent) = node.parent.filter(|_| is_nothing(node)) else { return false };
        if plan.nodes[parent.index()].combine != Combine::Sum {
            return false;
        }
        (parts, at) = (vec![Part::Node(at)], parent);
    }
}

/// Whether a node without anything in it comes to no points.
fn is_nothing(node: &Node) -> bool {
    let is_cap = |step: &Step| matches!(step, Step::CapDeduction { .. } | Step::CapBonus { .. } | Step::Round { .. });
    is_zero(&node.start) && node.combine == Combine::Sum && node.steps.iter().all(is_cap)
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Number(number) if number.is_zero())
}

fn all_parts(plan: &Plan, id: NodeId) -> impl Iterator<Item = Part> {
    let node = &plan.nodes[id.index()];
    node.rules.iter().copied().map(Part::Line).chain(node.children.iter().copied().map(Part::Node))
}

/// Whether a part is assessed in every period, whatever is reported.
fn is_sure(plan: &Plan, part: Part) -> bool {
    match part {
        Part::Line(id) => {
            let rule = &plan.rules[id.index()];
            let node = &plan.nodes[rule.node.index()];
            // Beside indicators, in a node that begins with nothing, an event counts once it happens.
            let is_measured = |rule: &RuleId| plan.rules[rule.index()].basis == Basis::Period;
            let waits = is_zero(&node.start) && node.rules.iter().any(is_measured);
            rule.basis != Basis::Period && rule.in_force.is_none() && rule.cycle <= node.cycle && !waits
        }
        Part::Node(id) => {
            let node = &plan.nodes[id.index()];
            let around = node.parent.map(|parent| plan.nodes[parent.index()].cycle);
            around == Some(node.cycle) && !may_be_absent(plan, part)
        }
    }
}

/// Whether a part may be not assessed where it lands.
fn may_be_absent(plan: &Plan, part: Part) -> bool {
    match part {
        Part::Line(id) => {
            let rule = &plan.rules[id.index()];
            rule.basis == Basis::Period || rule.in_force.is_some()
        }
        Part::Node(id) => {
            let node = &plan.nodes[id.index()];
            let is_known = |expr: &Expr| matches!(expr, Expr::Number(_));
            let is_plain = node.applies == Condition::Always
                && is_known(&node.start)
                && node.steps.iter().filter_map(Step::value).all(is_known);
            let is_there = || all_parts(plan, id).any(|part| is_sure(plan, part));
            !is_plain || all_parts(plan, id).any(|part| may_be_absent(plan, part)) && !is_there()
        }
    }
}
