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
        let (before, bound) = look.bounds.node_both(id);
        let Some(high) = bound.points.high.filter(|high| *high < full) else { continue };
        // 系数 20%: full marks are what is earned before they are weighed.
        let is_weighed = node.steps.iter().any(|step| matches!(step, Step::Multiply(_) | Step::MultiplyWhen { .. }));
        if is_weighed && before.points.high.is_none_or(|high| high >= full) {
            continue;
        }
        let rules = rules_below(plan, id);
        // What counts at the year's end alone is no part of what a month can give.
        if !plan.is_year_end(id) && rules.iter().any(|rule| plan.is_year_end(plan.rules[rule.index()].node)) {
            continue;
        }
        let only_deducts = |rule: &RuleId| look.bounds.rule(*rule).points.high.is_some_and(|high| !high.is_positive());
        let deducting = rules.iter().copied().find(only_deducts);
        // 满分 10分 over 达到90%得8分 alone; 待定 may give the rest, and marks of parts are held against these elsewhere.
        let is_pending = |input: &Input| input.node == id && matches!(input.kind, InputKind::Pending(_));
        if deducting.is_none() && (!node.children.is_empty() || plan.inputs.iter().any(is_pending)) {
            continue;
        }
        let check = move |units: &[&crate::outcome::UnitOutcome]| node_points(units[0], id) == high;
        let Some(claim) = all_pushed(look, rules, Way::Up, Box::new(check)) else { continue };
        told.push(id);
        let name = if node.address.is_empty() { "总分" } else { node.address.as_str() };
        let missing = full.minus(high).unwrap_or_default();
        let (message, help) = match deducting {
            Some(deducting) => (
                format!(
                    "“{name}”满分{full}分，从0分挣起，最多只能得{high}分：“{}”这样只扣分的句子不给分",
                    plan.rules[deducting.index()].label
                ),
                format!("只扣分的那几项，各写上自己的满分（从满分扣起）；或者在“{name}”里加一行：基础分 {missing}分"),
            ),
            None => (format!("“{name}”满分{full}分，做到最好也只得{high}分"), "核对得的分和满分".to_owned()),
        };
        look.found.push(Suspicion {
            code: "full-out-of-reach",
            line: node.line as usize,
            text: String::new(),
            message,
            brief: format!("{name}（满分{full}分，最多{high}分）"),
            help,
            shows: format!("做到最好，也只得{high}分"),
            meaning: meaning(plan, &(&node.address, &node.full, high)),
            claim,
            alone: false,
        });
    }
}
