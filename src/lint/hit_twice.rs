//! `hit-twice` 一事两计
//!
//! *Finds* two lines that may speak of one event: a label that holds the other's in the same item, or two items of
//! the same title with events of the same sign.
//! *Why*: what is reported under both counts twice, and two offices may each report it.
//! *Example*: `迟报：扣2分` and `材料迟报：扣1分` in one item; 通报批评 as an item of two sections.
//! *Instead*: tell them apart by name, or `同一事项…不重复扣分` over both.

use rustc_hash::FxHashMap;

use crate::analysis::{Claim, Look, Suspicion, line_points, meaning, month_for};
use crate::plan::*;
use crate::value::Number;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let mut titles: FxHashMap<&str, NodeId> = FxHashMap::default();
    for (index, node) in plan.nodes.iter().enumerate().skip(1) {
        let id = NodeId(index as u16);
        // Labels of one item: few, so every pair is looked at.
        let own: Vec<RuleId> = node.rules.iter().copied().filter(|rule| is_event(plan, *rule)).take(60).collect();
        for (at, rule) in own.iter().enumerate() {
            for other in &own[..at] {
                let (a, b) = (&plan.rules[rule.index()].label, &plan.rules[other.index()].label);
                if holds_label(a, b) || holds_label(b, a) {
                    suspect(look, *other, *rule);
                }
            }
        }
        if own.is_empty() {
            continue;
        }
        match titles.get(node.title.as_str()).copied() {
            None => _ = titles.insert(&node.title, id),
            Some(first) if node.title.chars().count() >= 3 => {
                let mine = own.iter().flat_map(|rule| plan.nodes[first.index()].rules.iter().map(|it| (*it, *rule)));
                let pair =
                    mine.into_iter().find(|(other, rule)| is_event(plan, *other) && same_sign(look, *other, *rule));
                if let Some((other, rule)) = pair {
                    suspect(look, other, rule);
                }
            }
            Some(_) => {}
        }
    }
}

/// 迟报 in 材料迟报; a longer word that only begins alike (一般案例, 一般案例讲解) is another thing.
fn holds_label(long: &str, short: &str) -> bool {
    const NEGATIONS: &[&str] = &["未", "不", "非", "无", "没有"];
    let is_inside = long.len() > short.len() && short.chars().count() >= 2 && long.ends_with(short);
    // 投诉查实 is a 投诉.
    const FOUND_TRUE: &[&str] = &["查实", "属实", "经查实", "经查属实", "被查实"];
    if long.strip_prefix(short).is_some_and(|rest| FOUND_TRUE.contains(&rest)) && short.chars().count() >= 2 {
        return true;
    }
    is_inside && !NEGATIONS.iter().any(|word| long[..long.len() - short.len()].ends_with(word))
}

fn is_event(plan: &Plan, id: RuleId) -> bool {
    match plan.rules[id.index()].basis {
        Basis::Row(input) | Basis::Once(input) => plan.inputs[input.index()].kind == InputKind::Event,
        Basis::Period => false,
    }
}

fn same_sign(look: &mut Look<'_>, one: RuleId, other: RuleId) -> bool {
    let (a, b) = (look.bounds.rule(one).points, look.bounds.rule(other).points);
    a.may_be_negative() && b.may_be_negative() || a.may_be_positive() && b.may_be_positive()
}

/// Whether 同一事项 already keeps both from counting.
fn is_guarded(plan: &Plan, one: NodeId, other: NodeId) -> bool {
    let up = |node: NodeId| std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent);
    up(one).any(|id| plan.nodes[id.index()].same_matter.is_some() && up(other).any(|it| it == id))
}

fn suspect(look: &mut Look<'_>, one: RuleId, other: RuleId) {
    let plan = look.plan;
    let (a, b) = (&plan.rules[one.index()], &plan.rules[other.index()]);
    if !same_sign(look, one, other) || is_guarded(plan, a.node, b.node) {
        return;
    }
    let (Basis::Row(first) | Basis::Once(first), Basis::Row(second) | Basis::Once(second)) = (&a.basis, &b.basis)
    else {
        return;
    };
    let month = month_for(plan, *second);
    if month_for(plan, *first) != month {
        return;
    }
    let counts = move |units: &[&crate::outcome::UnitOutcome]| {
        [one, other].iter().all(|rule| !line_points(units[0], *rule).is_zero())
    };
    let claim = Claim::new(plan, month, Box::new(counts)).row(*first, Number::ONE).row(*second, Number::ONE);
    let (called, with) = (look.called(one), look.called(other));
    look.found.push(Suspicion {
        code: "hit-twice",
        line: b.line as usize,
        text: b.label.clone(),
        message: format!("“{called}”和“{with}”可能说的是同一件事，两处都报就计两次"),
        brief: format!("{called}与{with}"),
        help: "名称写得能分清；同一件事只计一次的，写上：同一事项…不重复扣分（加分）".to_owned(),
        shows: "两处都计了分".to_owned(),
        meaning: meaning(plan, &(&called, &a.points, &with, &b.points)),
        claim,
        alone: false,
    });
}
