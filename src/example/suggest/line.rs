//! Facts of one unit that use a scoring line, a band of it, or a limit, at the values where something changes.

use rust_decimal::Decimal;

use super::claims::{bare, bare_row, occurrences, with_measures, with_row, with_settings};
use super::node::{of_step, strongest_of};
use super::points::{Arms, beyond, cases, constant, each_points};
use crate::analysis::{Asked, Claim, Settings, applying, estimate, inputs_of, reach, settle};
use crate::example::coverage::Touch;
use crate::outcome::Use;
use crate::plan::words::{is_whole, kind_of};
use crate::plan::{Aggregate, Basis, Comparison, Condition, Expr, NodeId, Plan, RowField, Rule, RuleId, Type};
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
        Touch::Used(Use::Bound { rule, .. }) => far_in(plan, *rule),
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

/// Facts under which a line is asked and, where one is given, a condition of it holds; the edges of the band first.
pub(super) fn of_band(plan: &Plan, id: RuleId, when: Option<&Condition>) -> Vec<(NodeId, Claim)> {
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

/// Values far inside the bands of a line, where what they give is more than the limit of one lets through.
fn far_in(plan: &Plan, id: RuleId) -> Vec<(NodeId, Claim)> {
    let rule = &plan.rules[id.index()];
    let cases = cases(rule);
    let mut found = Vec::new();
    // Of a quotient nobody says whether it is a percentage.
    let far = [5, 20, 100].into_iter().flat_map(|far| [Decimal::from(far), Decimal::new(far, 2)]);
    for step in far {
        for (when, _) in cases.iter().flatten() {
            let Condition::Compare(subject, comparison, end) = when else { continue };
            let claim = settle(plan, applying(plan, rule.node)).and_then(|mut settings| {
                let end = estimate(plan, end, &mut settings, 0)?;
                let value = match comparison {
                    Comparison::Below | Comparison::AtMost => end.minus(Number::from(step)),
                    _ => end.plus(Number::from(step)),
                };
                reach(plan, subject, value.ok()?, &mut settings, 0)?;
                with_settings(plan, id, &settings)
            });
            found.extend(claim.map(|claim| (rule.node, claim)));
        }
    }
    found.extend(of_rows(plan, id, None).into_iter().map(|claim| (rule.node, claim)));
    found
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

/// What makes a line count and nothing beside, for whoever puts several units side by side: its bands first.
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

/// As many occurrences as it takes to go beyond `most` points.
pub(super) fn of_rows(plan: &Plan, id: RuleId, most: Option<Number>) -> Vec<Claim> {
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
