//! `missing-citation` 没有依据
//!
//! *Finds* items with scoring lines and no 依据, on them or around them, in a rulebook that gives one for most.
//! *Why*: an explanation cannot lead such points back to the scheme's text.
//! *Example*: one item of ten without `依据 第五条`.
//! *Instead*: `依据 第五条` in the item.

use crate::analysis::{Claim, Look, Suspicion, inputs_of, meaning, month_for};
use crate::plan::*;
use crate::value::Number;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let is_cited = |node: &Node| {
        let around = std::iter::successors(node.parent, |parent| plan.nodes[parent.index()].parent);
        node.citation.is_some() || around.into_iter().any(|parent| plan.nodes[parent.index()].citation.is_some())
    };
    let (cited, bare): (Vec<&Node>, Vec<&Node>) =
        plan.nodes.iter().filter(|node| !node.rules.is_empty()).partition(|node| is_cited(node));
    // A rulebook that hardly cites at all has chosen not to.
    if cited.len() < bare.len() {
        return;
    }
    for node in bare {
        let of_rows = node.rules.iter().find_map(|rule| match plan.rules[rule.index()].basis {
            Basis::Row(input) | Basis::Once(input) => Some((*rule, input)),
            Basis::Period => None,
        });
        // 录入：不少于30件，每少1件扣1分: what is reported of it earns or costs something.
        let of_figures = || {
            node.rules.iter().find_map(|rule| {
                let inputs = inputs_of(plan, &plan.rules[rule.index()].points);
                inputs.first().map(|input| (*rule, *input))
            })
        };
        let scored = of_rows.or_else(of_figures);
        let Some((rule, input)) = scored else { continue };
        let claim = Claim::new(
            plan,
            month_for(plan, input),
            Box::new(move |units| units[0].entries.iter().any(|entry| entry.rule == rule)),
        )
        .row(input, Number::ONE);
        let others = inputs_of(plan, &plan.rules[rule.index()].points);
        let claim = others
            .into_iter()
            .filter(|other| *other != input)
            .fold(claim, |claim, other| claim.row(other, Number::ONE));
        look.found.push(Suspicion {
            code: "missing-citation",
            line: node.line as usize,
            text: String::new(),
            message: format!("“{} {}”没有写依据", node.address, node.title),
            brief: format!("{} {}", node.address, node.title),
            help: "在这一条里加一行：依据 第几条".to_owned(),
            shows: "计了分，说明里却找不到原文出处".to_owned(),
            meaning: meaning(plan, &(&node.address, &node.title)),
            claim,
            alone: false,
        });
    }
}
