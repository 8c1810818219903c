//! Facts of one unit from settings: the row or the indicators of a line, and all else that an example has to report.

use std::collections::BTreeSet;

use rust_decimal::prelude::ToPrimitive;

use crate::analysis::{Asked, Claim, Settings, applying, inputs_of, month_of, rules_below, settle, usual};
use crate::plan::{Award, Basis, Expr, Grading, InputId, InputKind, NodeId, Plan, RuleId, Step, WhenMissing};
use crate::value::Number;

/// So many rows of one thing.
const MOST_ROWS: usize = 20;

/// With every other indicator that an example about the line has to report.
pub(super) fn with_settings(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    bare(plan, id, settings).map(|claim| filled(plan, plan.rules[id.index()].node, claim))
}

/// What a line looks at, and nothing else.
pub(super) fn bare(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    match plan.rules[id.index()].basis {
        Basis::Row(_) | Basis::Once(_) => bare_row(plan, id, settings.quantity.unwrap_or(Number::ONE), settings),
        Basis::Period => bare_measures(plan, id, settings),
    }
}

/// So many occurrences of a line.
pub(super) fn occurrences(plan: &Plan, id: RuleId, quantity: Number) -> Option<Claim> {
    let settings = settle(plan, applying(plan, plan.rules[id.index()].node))?;
    bare_row(plan, id, quantity, &settings)
}

/// So many occurrences under these settings, with every other indicator that has to be reported.
pub(super) fn with_row(plan: &Plan, id: RuleId, quantity: Number, settings: &Settings) -> Option<Claim> {
    bare_row(plan, id, quantity, settings).map(|claim| filled(plan, plan.rules[id.index()].node, claim))
}

/// A row of the line's own input.
pub(super) fn bare_row(plan: &Plan, id: RuleId, quantity: Number, settings: &Settings) -> Option<Claim> {
    let rule = &plan.rules[id.index()];
    let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { return None };
    let month = month_of(plan, id, input);
    let (columns, attributes): (Vec<_>, Vec<_>) =
        settings.given.iter().cloned().partition(|(asked, _)| !matches!(asked, Asked::Attribute(_)));
    let mut claim = Claim::new(plan, month, Box::new(|_| true)).with(attributes);
    for (other, value) in &settings.rows {
        claim = claim.row(*other, *value);
    }
    // What is judged each time is a row each time.
    let rows = match (plan.inputs[input.index()].needs.points, quantity.decimal().and_then(|count| count.to_usize())) {
        (Some(_), Some(count)) if count > 1 => count.min(MOST_ROWS),
        _ => return Some(claim.row_with(input, quantity, columns)),
    };
    Some((0..rows).fold(claim, |claim, _| claim.row_with(input, Number::ONE, columns.clone())))
}

/// The indicators of a line, with every other one that has to be reported.
pub(super) fn with_measures(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    bare_measures(plan, id, settings).map(|claim| filled(plan, plan.rules[id.index()].node, claim))
}

/// The indicators that a line looks at.
fn bare_measures(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    let rule = &plan.rules[id.index()];
    let inputs = inputs_of(plan, &rule.points);
    let first = settings.rows.first().map(|(input, _)| *input).or_else(|| inputs.first().copied());
    // What is known of the unit alone may be asked in any month.
    let month = first.map_or(plan.calendar.last(), |input| month_of(plan, id, input));
    let attributes = settings.given.iter().filter(|(asked, _)| matches!(asked, Asked::Attribute(_))).cloned().collect();
    let mut claim = Claim::new(plan, month, Box::new(|_| true)).with(attributes);
    for (input, value) in &settings.rows {
        claim = claim.row(*input, *value);
    }
    for input in inputs {
        if !settings.rows.iter().any(|(known, _)| *known == input) {
            claim = claim.row(input, usual(plan, input));
        }
    }
    Some(claim)
}

/// With every other indicator that an example about the node has to report.
pub(super) fn filled(plan: &Plan, node: NodeId, mut claim: Claim) -> Claim {
    let given: BTreeSet<InputId> = claim.units[0].rows.iter().map(|(input, ..)| *input).collect();
    let nodes = about(plan, given.iter().copied()).chain([node]).collect();
    for input in demanded(plan, &nodes) {
        if !given.contains(&input) {
            claim = claim.row(input, usual(plan, input));
        }
    }
    claim
}

/// The items that rows are about; a parameter is about none.
pub(super) fn about(plan: &Plan, inputs: impl Iterator<Item = InputId>) -> impl Iterator<Item = NodeId> {
    let inputs = inputs.map(|input| &plan.inputs[input.index()]);
    inputs.filter(|input| !matches!(input.kind, InputKind::Parameter { .. })).map(|input| input.node)
}

/// The indicators and parameters that an example has to report whose facts are about these nodes.
pub(super) fn demanded(plan: &Plan, nodes: &BTreeSet<NodeId>) -> Vec<InputId> {
    let above = nodes
        .iter()
        .flat_map(|node| std::iter::successors(plan.nodes[node.index()].parent, |id| plan.nodes[id.index()].parent));
    let own = above.flat_map(|id| plan.nodes[id.index()].rules.iter().copied());
    let rules: BTreeSet<RuleId> = nodes.iter().flat_map(|node| rules_below(plan, *node)).chain(own).collect();
    let measured = rules.iter().map(|id| &plan.rules[id.index()]).filter(|rule| rule.basis == Basis::Period);
    let mut found = Vec::new();
    for input in measured.flat_map(|rule| inputs_of(plan, &rule.points)).chain(always_asked(plan)) {
        let declared = &plan.inputs[input.index()];
        let is_asked = declared.missing == WhenMissing::Error
            && matches!(declared.kind, InputKind::Indicator | InputKind::Rating | InputKind::Parameter { .. });
        if is_asked && !found.contains(&input) {
            found.push(input);
        }
    }
    found
}

/// What is asked of every unit, whatever an example is about: by it units are compared and rewarded, and the steps of
/// items decide by it.
fn always_asked(plan: &Plan) -> Vec<InputId> {
    let ranked = plan.rankings.iter().flat_map(|ranking| {
        std::iter::once(&ranking.value).chain(ranking.tiebreakers.iter().map(|(breaker, _)| breaker))
    });
    let amounts = plan.awards.iter().filter_map(|award| award.money.as_ref());
    let totals = plan.rollups.iter().map(|(_, total)| total);
    let mut found: Vec<InputId> = ranked.chain(amounts).chain(totals).flat_map(|expr| inputs_of(plan, expr)).collect();
    let graded = plan.gradings.iter().flat_map(Grading::conditions);
    let steps = plan.nodes.iter().flat_map(|node| &node.steps).filter_map(Step::when);
    for when in graded.chain(plan.awards.iter().flat_map(Award::conditions)).chain(steps) {
        let asked =
            Expr::Case { arms: vec![(when.clone(), Expr::NotAssessed)], otherwise: Box::new(Expr::NotAssessed) };
        found.extend(inputs_of(plan, &asked));
    }
    found
}
