//! Facts of one unit that a step of an item cuts or changes: one line often enough, or all lines together.

use std::collections::BTreeMap;

use super::claims::{bare, bare_row, filled, with_row, with_settings};
use super::line::{of_band, of_rows};
use super::points::{beyond, cases, constant, each_points};
use super::scene::merged;
use crate::analysis::{Asked, Claim, Settings, applying, rules_below, settle};
use crate::plan::{Basis, Condition, InputId, InputKind, NodeId, Plan, RowField, RuleId, Step};
use crate::value::Number;

/// Facts that a cap or floor of a node cuts.
pub(super) fn of_step(plan: &Plan, id: NodeId, index: usize) -> Vec<(NodeId, Claim)> {
    let node = &plan.nodes[id.index()];
    let Some(step) = node.steps.get(index) else { return Vec::new() };
    let start = constant(&node.start).unwrap_or_default();
    let (is_down, most) = match step {
        Step::CapDeduction { most, .. } => (true, constant(most)),
        Step::CapBonus { most, .. } => (false, constant(most)),
        Step::CapPoints { most, .. } => (false, constant(most).and_then(|most| most.minus(start).ok())),
        Step::Floor { least, .. } => (true, constant(least).and_then(|least| start.minus(least).ok())),
        Step::Set { when, .. } | Step::MultiplyWhen { when, .. } | Step::CapWhen { when, .. } => {
            return of_condition(plan, id, when);
        }
        Step::Multiply(_) | Step::Round { .. } => return Vec::new(),
    };
    let rules = rules_below(plan, id);
    let is_meant = |rule: &&RuleId| {
        let rule = &plan.rules[rule.index()];
        each_points(rule).is_none_or(|each| each.is_negative() == is_down) && rule.basis != Basis::Period
    };
    // A line of which any number may occur reaches a cap by itself; otherwise all lines together.
    let mut found: Vec<(NodeId, Claim)> = Vec::new();
    let endless = rules.iter().filter(is_meant).filter(|rule| {
        let rule = &plan.rules[rule.index()];
        matches!(rule.basis, Basis::Row(_)) && rule.limits.is_empty() && rule.most_times.is_none()
    });
    let mut endless: Vec<&RuleId> = endless.filter(|rule| each_points(&plan.rules[rule.index()]).is_some()).collect();
    // A cap in between would stop it.
    let is_capped = |node: NodeId| {
        let between = std::iter::successors(Some(node), |at| plan.nodes[at.index()].parent).take_while(|at| *at != id);
        let mut steps = between.flat_map(|at| &plan.nodes[at.index()].steps);
        steps.any(|step| {
            matches!(
                step,
                Step::CapDeduction { .. } | Step::CapBonus { .. } | Step::CapPoints { .. } | Step::Floor { .. }
            )
        })
    };
    endless.sort_by_key(|rule| is_capped(plan.rules[rule.index()].node));
    for rule in endless.into_iter().take(3) {
        let each = each_points(&plan.rules[rule.index()]).unwrap_or_default();
        let settings = settle(plan, applying(plan, plan.rules[rule.index()].node)).unwrap_or_default();
        let quantity = most.and_then(|most| beyond(most, each)).unwrap_or(Number::whole(1000));
        found.extend(with_row(plan, *rule, quantity, &settings).map(|claim| (id, claim)));
    }
    found.extend(all_together(plan, id, &rules, &|_| is_down, 100));
    found.extend(
        rules.iter().filter(is_meant).take(3).flat_map(|rule| of_rows(plan, *rule, most)).map(|claim| (id, claim)),
    );
    found.extend(rules.iter().flat_map(|rule| {
        let cases = cases(&plan.rules[rule.index()]);
        let arms: Vec<Claim> = cases
            .iter()
            .flatten()
            .flat_map(|(when, _)| of_band(plan, *rule, Some(when)))
            .map(|(_, claim)| claim)
            .collect();
        arms.into_iter().map(|claim| (id, claim)).collect::<Vec<_>>()
    }));
    found
}

/// Every line as strongly as it goes, in the month that most of them may be reported in.
fn all_together(
    plan: &Plan,
    id: NodeId,
    rules: &[RuleId],
    is_down: &dyn Fn(RuleId) -> bool,
    quantity: i64,
) -> Option<(NodeId, Claim)> {
    let mut strongest: Vec<(Claim, InputId, Number)> = Vec::new();
    // What strikes the whole would hide the points.
    let plain = rules.iter().filter(|rule| plan.rules[rule.index()].effects.is_empty());
    for rule in plain.take(40) {
        let Some((settings, points)) = strongest_of(plan, *rule, is_down(*rule)) else { continue };
        let claim = match plan.rules[rule.index()].basis {
            Basis::Row(_) => bare_row(plan, *rule, settings.quantity.unwrap_or(Number::whole(quantity)), &settings),
            Basis::Once(_) | Basis::Period => bare(plan, *rule, &settings),
        };
        let input = claim.as_ref().and_then(|claim| claim.units[0].rows.last()).map(|(input, ..)| *input);
        strongest.extend(claim.zip(input).map(|(claim, input)| (claim, input, points)));
    }
    // One grade of a group; a hundred of what is marked by grades is one all the same.
    let group = |input: InputId| match plan.inputs[input.index()].kind {
        InputKind::Grade { group } => Some(group),
        _ => None,
    };
    let mut best: BTreeMap<InputId, Number> = BTreeMap::new();
    for (_, input, points) in &strongest {
        if let Some(group) = group(*input) {
            let known = best.entry(group).or_insert(*points);
            if points.abs() > known.abs() {
                *known = *points;
            }
        }
    }
    strongest.retain(|(_, input, points)| group(*input).is_none_or(|group| best[&group] == *points));
    let mut months = BTreeMap::new();
    strongest.iter().for_each(|(claim, ..)| *months.entry(claim.month).or_insert(0) += 1);
    let (month, _) = months.into_iter().max_by_key(|(_, count)| *count)?;
    let mut whole = Claim::new(plan, month, Box::new(|_| true));
    for (claim, input, _) in strongest.into_iter().filter(|(claim, ..)| claim.month == month) {
        let Some(part) = merged(&[&whole.units[0], &claim.units[0]]) else { continue };
        whole.units[0] = part;
        // Of each matter the best counts: several matters come to more.
        if plan.inputs[input.index()].needs.matter {
            let (_, quantity, given) = whole.units[0].rows.last().cloned()?;
            for matter in ["另一事", "又一事"] {
                let mut given = given.clone();
                given.push((Asked::Field(RowField::Matter), matter.to_owned()));
                whole = whole.row_with(input, quantity, given);
            }
        }
    }
    (!whole.units[0].rows.is_empty()).then(|| (id, filled(plan, id, whole)))
}

/// Facts of a line's band that gives or takes the most, where it is a number; `None` where it goes the other way.
pub(super) fn strongest_of(plan: &Plan, id: RuleId, is_down: bool) -> Option<(Settings, Number)> {
    let rule = &plan.rules[id.index()];
    let base = settle(plan, applying(plan, rule.node)).unwrap_or_default();
    if let Some(each) = each_points(rule) {
        return (each.is_negative() == is_down).then_some((base, each));
    }
    let cases = cases(rule);
    let arms = cases.iter().flatten().filter_map(|(when, points)| {
        let points = constant(points).filter(|points| !points.is_zero() && points.is_negative() == is_down)?;
        Some((settle(plan, applying(plan, rule.node).chain([when]))?, points))
    });
    let best = arms.max_by_key(|(_, points)| points.abs());
    let is_other_way = cases.iter().flatten().any(|(_, points)| constant(points).is_some_and(|it| !it.is_zero()));
    best.or_else(|| (rule.basis != Basis::Period && !is_other_way).then_some((base, Number::ZERO)))
}

/// Facts under which a condition of a node holds, and something below it has points.
fn of_condition(plan: &Plan, id: NodeId, when: &Condition) -> Vec<(NodeId, Claim)> {
    let mut found = Vec::new();
    // One part weak and the others strong: 任一项得分率低于60%的，本项不超过80分.
    let rules = rules_below(plan, id);
    for child in &plan.nodes[id.index()].children {
        let weak = rules_below(plan, *child);
        for quantity in [2, 5, 13, 100] {
            found.extend(all_together(plan, id, &rules, &|rule| weak.contains(&rule), quantity));
        }
    }
    for rule in rules_below(plan, id).into_iter().take(4) {
        let node = plan.rules[rule.index()].node;
        if let Some(settings) = settle(plan, applying(plan, node).chain([when])) {
            found.extend(with_settings(plan, rule, &settings).map(|claim| (id, claim)));
        }
    }
    found
}
