//! Facts of one unit that use a scoring line, a band of it, or a cap, at the values where something changes.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::scene::merged;
use crate::analysis::{
    Asked, Claim, Settings, estimate, inputs_of, is_whole, kind_of, month_for, reach, rules_below, settle, usual,
};
use crate::compile::order::walk;
use crate::example::coverage::Touch;
use crate::outcome::Use;
use crate::plan::*;
use crate::value::Number;

/// Facts that may use a spot, the likeliest first.
pub(super) fn claims(plan: &Plan, touch: &Touch) -> Vec<(NodeId, Claim)> {
    match touch {
        Touch::Rule(rule) => {
            let cases = cases(&plan.rules[rule.index()]);
            let arms = cases.iter().flat_map(|arms| arms.iter().map(|(when, _)| when));
            arms.flat_map(|when| of_band(plan, *rule, Some(when))).chain(of_band(plan, *rule, None)).collect()
        }
        Touch::Used(Use::Arm { rule, case, arm }) => {
            let cases = cases(&plan.rules[rule.index()]);
            let Some(arms) = cases.get(usize::from(*case)) else { return Vec::new() };
            match arms.get(usize::from(*arm)) {
                Some((when, _)) => of_band(plan, *rule, Some(when)),
                None => of_rest(plan, *rule, arms),
            }
        }
        Touch::Used(Use::RowRule { rule, index }) => {
            let row_rule = plan.rules[rule.index()].row_rules.get(usize::from(*index));
            row_rule.map(|row_rule| of_band(plan, *rule, Some(&row_rule.when))).unwrap_or_default()
        }
        Touch::Used(Use::Limit { rule, index }) => {
            let limit = plan.rules[rule.index()].limits.get(usize::from(*index));
            let most = limit.and_then(|limit| constant(&limit.most));
            of_rows(plan, *rule, most).into_iter().map(|claim| (plan.rules[rule.index()].node, claim)).collect()
        }
        Touch::Used(Use::MostTimes(rule)) => {
            let most = plan.rules[rule.index()].most_times.map_or(0, |(most, _)| most);
            let quantity = Number::whole(i64::from(most) + 1);
            let claim = with_row(plan, *rule, quantity, &Settings::default());
            claim.into_iter().map(|claim| (plan.rules[rule.index()].node, claim)).collect()
        }
        Touch::Used(Use::Step { node, index }) => of_step(plan, *node, usize::from(*index)),
        Touch::Ranked(_) | Touch::Graded(..) | Touch::Awarded(_) => Vec::new(),
    }
}

/// So many rows of one thing.
const MOST_ROWS: usize = 20;

type Arms = Vec<(Condition, Expr)>;

/// The cases of a line's points, as a walk meets them.
fn cases(rule: &Rule) -> Vec<Arms> {
    let mut found = Vec::new();
    walk(&rule.points, &mut |expr| {
        if let Expr::Case { arms, .. } = expr {
            found.push(arms.clone());
        }
        true
    });
    found
}

fn constant(expr: &Expr) -> Option<Number> {
    match expr {
        Expr::Number(number) => Some(*number),
        _ => None,
    }
}

/// What makes the items around a line apply.
pub(super) fn applying(plan: &Plan, node: NodeId) -> impl Iterator<Item = &Condition> {
    std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent).map(|id| &plan.nodes[id.index()].applies)
}

/// Facts under which a line is asked and, where one is given, a condition of it holds; the edges of the band first.
fn of_band(plan: &Plan, id: RuleId, when: Option<&Condition>) -> Vec<(NodeId, Claim)> {
    let rule = &plan.rules[id.index()];
    let mut found = Vec::new();
    for settings in edges(plan, rule, when).into_iter().flatten() {
        found.extend(with_settings(plan, id, &settings));
    }
    if let Some(settings) = settle(plan, applying(plan, rule.node).chain(when)) {
        found.extend(with_settings(plan, id, &settings));
        found.extend(among_others(&settings).iter().filter_map(|settings| with_settings(plan, id, settings)));
    }
    found.into_iter().map(|claim| (rule.node, claim)).collect()
}

/// The same place among more and more people: 第3位 of 2 is none.
fn among_others(settings: &Settings) -> Vec<Settings> {
    let has = |field| settings.given.iter().any(|(asked, _)| *asked == Asked::Field(field));
    if !has(RowField::Place) || has(RowField::People) {
        return Vec::new();
    }
    let among = |people: u32| {
        let mut settings = settings.clone();
        settings.given.push((Asked::Field(RowField::People), people.to_string()));
        settings
    };
    (2..=6).map(among).collect()
}

/// The values of what a band looks at that lie just inside its ends.
fn edges(plan: &Plan, rule: &Rule, when: Option<&Condition>) -> Vec<Option<Settings>> {
    let parts: Vec<&Condition> = match when {
        Some(Condition::All(list)) => list.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for part in &parts {
        let Condition::Compare(subject, comparison, end) = part else { continue };
        let others: Vec<&Condition> =
            parts.iter().copied().filter(|other| !is_about(other, subject)).chain(applying(plan, rule.node)).collect();
        for step in steps(&kind_of(plan, subject)) {
            found.push(settle(plan, others.iter().copied()).and_then(|mut settings| {
                let end = estimate(plan, end, &mut settings, 0)?;
                let value = match comparison {
                    Comparison::Below => end.minus(step),
                    Comparison::Above | Comparison::NotEqual => end.plus(step),
                    Comparison::AtMost | Comparison::Equal | Comparison::AtLeast => Ok(end),
                };
                reach(plan, subject, value.ok()?, &mut settings, 0)?;
                Some(settings)
            }));
        }
    }
    found
}

fn is_about(condition: &Condition, subject: &Expr) -> bool {
    matches!(condition, Condition::Compare(left, ..) if **left == *subject)
}

/// How far from an end the next value is, the nearest first.
fn steps(kind: &Type) -> Vec<Number> {
    let part = |units, scale| Number::from(Decimal::new(units, scale));
    match kind {
        Type::Percent => vec![part(1, 3), part(1, 2), part(1, 1)],
        kind if is_whole(kind) => vec![Number::ONE],
        _ => vec![part(1, 1), Number::ONE],
    }
}

/// Facts for 其余: a value outside every band.
fn of_rest(plan: &Plan, id: RuleId, arms: &Arms) -> Vec<(NodeId, Claim)> {
    let rule = &plan.rules[id.index()];
    let mut found = Vec::new();
    for (when, _) in arms {
        let parts = match when {
            Condition::All(list) | Condition::Any(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        for part in parts {
            if let Condition::Is(expr, _) = part {
                found.extend(others_of(plan, expr).iter().filter_map(|settings| with_settings(plan, id, settings)));
            }
            let Condition::Compare(subject, _, end) = part else { continue };
            let Some(end) = constant(end) else { continue };
            for step in steps(&kind_of(plan, subject)) {
                for value in [Ok(end), end.plus(step), end.minus(step)].into_iter().flatten() {
                    let Some(mut settings) = settle(plan, applying(plan, rule.node)) else { continue };
                    if reach(plan, subject, value, &mut settings, 0).is_some() {
                        found.extend(with_settings(plan, id, &settings));
                    }
                }
            }
        }
    }
    found.extend(settle(plan, applying(plan, rule.node)).and_then(|settings| with_settings(plan, id, &settings)));
    // The last value of a list is the likeliest that no row names.
    found.dedup_by_key(|claim| claim.units[0].rows.clone());
    found.into_iter().map(|claim| (rule.node, claim)).collect()
}

/// Each value of a list, the last first.
fn others_of(plan: &Plan, expr: &Expr) -> Vec<Settings> {
    let (asked, column) = match expr {
        Expr::Row(RowField::Column(id)) => (Asked::Column(*id), &plan.columns[id.index()]),
        Expr::Attribute(id) => (Asked::Attribute(*id), &plan.attributes[id.index()]),
        _ => return Vec::new(),
    };
    let values = column.values.iter().flatten().rev();
    let texts = values.map(|value| plan.symbols.text(*value).to_owned());
    texts.map(|text| Settings { given: vec![(asked, text)], ..Settings::default() }).collect()
}

/// With every other indicator that an example about the line has to report.
fn with_settings(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    bare(plan, id, settings).map(|claim| filled(plan, plan.rules[id.index()].node, claim))
}

/// What a line looks at, and nothing else.
fn bare(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    match plan.rules[id.index()].basis {
        Basis::Row(_) | Basis::Once(_) => bare_row(plan, id, settings.quantity.unwrap_or(Number::ONE), settings),
        Basis::Period => bare_measures(plan, id, settings),
    }
}

/// The same for whoever puts several units side by side: what makes a line count, its bands first.
pub(super) fn parts(plan: &Plan, id: RuleId) -> Vec<Claim> {
    let rule = &plan.rules[id.index()];
    let cases = cases(rule);
    let arms = cases.iter().flatten().map(|(when, _)| Some(when));
    let settled = arms.chain([None]).filter_map(|when| settle(plan, applying(plan, rule.node).chain(when)));
    let mut found: Vec<Claim> = settled.filter_map(|settings| bare(plan, id, &settings)).collect();
    // As much as a limit lets through.
    let most = rule.limits.iter().filter_map(|limit| constant(&limit.most));
    let full = most.filter_map(|most| occurrences(plan, id, beyond(most, each_points(rule)?)?));
    found.splice(0..0, full);
    // Several of the best that a table has.
    if matches!(rule.basis, Basis::Row(_)) && each_points(rule).is_none() && rule.limits.is_empty() {
        let best = strongest_of(plan, id, false).filter(|(_, points)| points.is_positive());
        let several = best.and_then(|(settings, _)| bare_row(plan, id, Number::whole(3), &settings));
        found.splice(0..0, several);
    }
    found
}

/// So many occurrences of a line.
pub(super) fn occurrences(plan: &Plan, id: RuleId, quantity: Number) -> Option<Claim> {
    let settings = settle(plan, applying(plan, plan.rules[id.index()].node))?;
    bare_row(plan, id, quantity, &settings)
}

fn with_row(plan: &Plan, id: RuleId, quantity: Number, settings: &Settings) -> Option<Claim> {
    bare_row(plan, id, quantity, settings).map(|claim| filled(plan, plan.rules[id.index()].node, claim))
}

/// A row of the line's own input.
fn bare_row(plan: &Plan, id: RuleId, quantity: Number, settings: &Settings) -> Option<Claim> {
    let rule = &plan.rules[id.index()];
    let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { return None };
    let month = month_for(plan, input);
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

fn with_measures(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    bare_measures(plan, id, settings).map(|claim| filled(plan, plan.rules[id.index()].node, claim))
}

/// The indicators that a line looks at.
fn bare_measures(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    let rule = &plan.rules[id.index()];
    let inputs = inputs_of(plan, &rule.points);
    let first = settings.rows.first().map(|(input, _)| *input).or_else(|| inputs.first().copied());
    // What is known of the unit alone may be asked in any month.
    let month = first.map_or(plan.calendar.last(), |input| month_for(plan, input));
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
fn filled(plan: &Plan, node: NodeId, mut claim: Claim) -> Claim {
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
    let graded = plan.gradings.iter().flat_map(|grading| {
        let bands = grading.grades.iter().map(|grade| &grade.condition);
        bands.chain(grading.rules.iter().map(|rule| &rule.when))
    });
    let steps = plan.nodes.iter().flat_map(|node| &node.steps).filter_map(|step| match step {
        Step::Set { when, .. } | Step::MultiplyWhen { when, .. } | Step::CapWhen { when, .. } => Some(when),
        _ => None,
    });
    let awarded = plan
        .awards
        .iter()
        .flat_map(|award| std::iter::once(&award.when).chain(award.exceptions.iter().map(|(when, _)| when)));
    for when in graded.chain(awarded).chain(steps) {
        let asked =
            Expr::Case { arms: vec![(when.clone(), Expr::NotAssessed)], otherwise: Box::new(Expr::NotAssessed) };
        found.extend(inputs_of(plan, &asked));
    }
    found
}

/// As many occurrences as it takes to go beyond `most` points.
fn of_rows(plan: &Plan, id: RuleId, most: Option<Number>) -> Vec<Claim> {
    let rule = &plan.rules[id.index()];
    let settings = settle(plan, applying(plan, rule.node)).unwrap_or_default();
    let mut quantities = Vec::new();
    if let (Some(most), Some(each)) = (most, each_points(rule)) {
        quantities.extend(beyond(most, each));
    }
    quantities.extend([1, 2, 5, 11, 100, 1000].map(Number::whole));
    let mut found: Vec<Claim> =
        quantities.into_iter().filter_map(|quantity| with_row(plan, id, quantity, &settings)).collect();
    if rule.basis == Basis::Period {
        let values = [0, 1, 10, 100, 1_000, 10_000, 100_000].map(Number::whole);
        for input in inputs_of(plan, &rule.points) {
            for value in values {
                let mut settings = settings.clone();
                if reach(plan, &Expr::Input { input, collect: Aggregate::Sum }, value, &mut settings, 0).is_some() {
                    found.extend(with_measures(plan, id, &settings));
                }
            }
        }
    }
    found
}

/// What one occurrence is worth, where it is a number.
pub(super) fn each_points(rule: &Rule) -> Option<Number> {
    match (&rule.basis, &rule.points) {
        (_, Expr::Number(each)) => Some(*each),
        (Basis::Row(_), Expr::Row(RowField::Quantity)) => Some(Number::ONE),
        // From some time on.
        (Basis::Row(_), Expr::Escalation { tiers, .. }) => tiers.last().map(|(_, each)| *each),
        (Basis::Row(_), Expr::Multiply(pair)) => constant(&pair[0]).or_else(|| constant(&pair[1])),
        _ => None,
    }
}

/// The least whole number of occurrences worth more than `most`.
fn beyond(most: Number, each: Number) -> Option<Number> {
    let count = most.divided_by(each.abs()).ok()?.floor().ok()?.to_i64()?;
    Some(Number::whole(count.checked_add(1)?))
}

/// Facts that a cap or floor of a node cuts.
fn of_step(plan: &Plan, id: NodeId, index: usize) -> Vec<(NodeId, Claim)> {
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
fn strongest_of(plan: &Plan, id: RuleId, is_down: bool) -> Option<(Settings, Number)> {
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
