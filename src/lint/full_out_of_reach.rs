//! `full-out-of-reach` 满分够不着
//!
//! *Finds* full marks that begin at zero, because something in them gives points, and that what gives points cannot fill.
//! *Why*: beside 得30分 there are lines that only deduct; their marks are given to nobody, and the best has 30 of 100.
//! *Example*: `满分 100分` over `低于5件得30分` and `每次扣5分`.
//! *Instead*: 满分 for each part that only deducts, or a 基础分 for all of them.

use crate::analysis::{Look, Suspicion, meaning, node_points, rules_below};
use crate::lint::extreme::{Way, all_pushed};
use crate::plan::*;
use crate::value::Number;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let mut told: Vec<NodeId> = Vec::new();
    // Parts come behind their whole: the innermost is told, and not what only follows from it.
    for index in (0..plan.nodes.len()).rev() {
        let (id, node) = (NodeId(index as u16), &plan.nodes[index]);
        let Some(Expr::Number(full)) = node.full else { continue };
        if node.start != Expr::Number(Number::ZERO) || node.combine != Combine::Sum || node.cycle != plan.cycle {
            continue;
        }
        let is_below = |inner: &NodeId| {
            std::iter::successors(Some(*inner), |inner| plan.nodes[inner.index()].parent).any(|above| above == id)
        };
        if told.iter().any(is_below) {
            continue;
        }
        let (_, bound) = look.bounds.node_both(id);
        let Some(high) = bound.points.high.filter(|high| *high < full) else { continue };
        let rules = rules_below(plan, id);
        let only_deducts = |rule: &RuleId| look.bounds.rule(*rule).points.high.is_some_and(|high| !high.is_positive());
        let Some(deducting) = rules.iter().copied().find(only_deducts) else { continue };
        let check = move |units: &[&crate::outcome::UnitOutcome]| node_points(units[0], id) == high;
        let Some(claim) = all_pushed(look, rules, Way::Up, Box::new(check)) else { continue };
        told.push(id);
        let name = if node.address.is_empty() { "总分" } else { node.address.as_str() };
        let line = &plan.rules[deducting.index()];
        let missing = full.minus(high).unwrap_or_default();
        look.found.push(Suspicion {
            code: "full-out-of-reach",
            line: node.line as usize,
            text: String::new(),
            message: format!(
                "“{name}”满分{full}分，从0分挣起，最多只能得{high}分：“{}”这样只扣分的句子不给分",
                line.label
            ),
            brief: format!("{name}（满分{full}分，最多{high}分）"),
            help: format!("只扣分的那几项，各写上自己的满分（从满分扣起）；或者在“{name}”里加一行：基础分 {missing}分"),
            shows: format!("做到最好，也只得{high}分"),
            meaning: meaning(plan, &(&node.address, &node.full, high)),
            claim,
            alone: false,
        });
    }
}
