//! Examples for what no example uses, at the values where something changes; the interpreter says what they come to.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Example;
use super::coverage::{Part, Spot, Touch};
use super::result::Report;
use super::run::{Ran, run_one};
use crate::analysis::{Asked, Claim, Settings, inputs_of, is_whole, kind_of, month_for, reach, rules_below, settle};
use crate::compile::order::walk;
use crate::compile::{Compiled, compile_beside};
use crate::outcome::Use;
use crate::plan::*;
use crate::value::Number;

/// Examples to paste, and what none was found for.
#[derive(Debug, Default)]
pub struct Suggestion {
    /// Each an 例 with its lines.
    pub examples: Vec<String>,
    /// `第17行 分档 …`
    pub without: Vec<String>,
    /// How many spots there was no time to look at.
    pub left: usize,
}

/// So many spots are looked at in one run: more nobody reads, and each takes evaluations.
const MOST_SPOTS: usize = 300;
/// So many sets of facts are tried for one spot.
const MOST_TRIES: usize = 8;
/// How the made-up file of examples is called.
const FILE: &str = "建议";

/// Facts that may use a spot, and the node whose points tell it.
struct Try {
    spot: usize,
    node: NodeId,
    /// The lines of the example without its name and result.
    lines: String,
}

/// Proposes examples for what `report` says is unused; every one of them passes.
pub fn suggest(compiled: &Compiled, report: &Report) -> Suggestion {
    let mut suggestion = Suggestion::default();
    let unused: Vec<&Spot> = report.coverage.unused().filter(|spot| can_be_reached(&spot.touch)).collect();
    suggestion.left = unused.len().saturating_sub(MOST_SPOTS);
    let spots = &unused[..unused.len().min(MOST_SPOTS)];
    let mut tries = Vec::new();
    for (index, spot) in spots.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for (node, claim) in claims(&compiled.plan, &spot.touch) {
            let lines = told(&compiled.plan, &claim);
            if seen.len() < MOST_TRIES && seen.insert(lines.clone()) {
                tries.push(Try { spot: index, node, lines });
            }
        }
    }
    // A band's own ends say more of it than facts that reach a cap; a line with bands is used by those of its bands.
    tries.sort_by_key(|attempt: &Try| match (spots[attempt.spot].part, &spots[attempt.spot].touch) {
        (Part::Band, _) => 0,
        (Part::Line, _) => 1,
        (Part::Cap | Part::Stage, Touch::Used(Use::Step { .. })) => 3,
        (Part::Cap | Part::Stage, _) => 2,
    });
    let (ran, mut tries) = run_tries(compiled, spots, tries);
    let mut touched: BTreeSet<Touch> = BTreeSet::new();
    let mut chosen: Vec<(usize, String)> = Vec::new();
    for (attempt, ran) in tries.drain(..).zip(&ran) {
        let spot = spots[attempt.spot];
        if touched.contains(&spot.touch) || !ran.touched.contains(&spot.touch) {
            continue;
        }
        let points = ran.points.iter().find(|(node, _)| *node == attempt.node).map(|(_, points)| *points);
        let Some(points) = points.filter(|points| points.decimal().is_some()) else { continue };
        touched.extend(ran.touched.iter().cloned());
        chosen.push((attempt.spot, block(compiled, spot, &attempt, points)));
    }
    chosen.sort_by_key(|(spot, _)| *spot);
    // What is handed out was run as it stands.
    let texts: Vec<&str> = chosen.iter().map(|(_, text)| text.as_str()).collect();
    let passing = passing(compiled, &texts);
    let mut reached: BTreeSet<Touch> = BTreeSet::new();
    for ((_, text), ran) in chosen.iter().zip(passing) {
        if let Some(ran) = ran.filter(|ran| ran.findings.is_empty()) {
            reached.extend(ran.touched);
            suggestion.examples.push(text.clone());
        }
    }
    let without = spots.iter().filter(|spot| !reached.contains(&spot.touch));
    suggestion.without = without.map(|spot| format!("{} {}", spot.place, spot.told())).collect();
    suggestion
}

/// Places and awards depend on who else there is: a person writes those.
fn can_be_reached(touch: &Touch) -> bool {
    matches!(touch, Touch::Rule(_) | Touch::Used(_))
}

/// The example in words, with its result.
fn block(compiled: &Compiled, spot: &Spot, attempt: &Try, points: Number) -> String {
    let name: String = spot.text.chars().map(|c| if matches!(c, '：' | ':' | '#' | '＃') { ' ' } else { c }).collect();
    let address = &compiled.plan.nodes[attempt.node.index()].address;
    let address = if address.is_empty() { "总分" } else { address.as_str() };
    format!("例 {name}\n{}  则 {address} {points}分\n", attempt.lines)
}

fn told(plan: &Plan, claim: &Claim) -> String {
    let mut told: String = claim.told(plan).lines().map(|line| format!("  {line}\n")).collect();
    if claim.units[0].rows.is_empty() {
        let month = claim.month;
        told.push_str(&format!("  {}年{}月 {}\n", month.year(), month.number(), claim.name(plan, 0, "")));
    }
    told
}

// ---------------------------------------------------------------- trying

/// What became of each; those whose facts do not fit are left out.
fn run_tries(compiled: &Compiled, spots: &[&Spot], mut tries: Vec<Try>) -> (Vec<Ran>, Vec<Try>) {
    let text = |attempt: &Try| block(compiled, spots[attempt.spot], attempt, Number::ZERO);
    let texts: Vec<String> = tries.iter().map(text).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut found = passing(compiled, &texts).into_iter();
    let mut ran = Vec::new();
    tries.retain(|_| match found.next().flatten() {
        Some(one) => {
            ran.push(one);
            true
        }
        None => false,
    });
    (ran, tries)
}

/// Each text compiled behind the rulebook and run; `None` where it does not compile.
fn passing(compiled: &Compiled, texts: &[&str]) -> Vec<Option<Ran>> {
    let mut ran: Vec<Option<Ran>> = texts.iter().map(|_| None).collect();
    let mut kept: Vec<usize> = (0..texts.len()).collect();
    // Each round leaves out what was refused; what is refused once the rest is gone is not tried again.
    for _ in 0..4 {
        if kept.is_empty() {
            return ran;
        }
        let (mut file, mut starts) = (String::new(), Vec::new());
        for index in &kept {
            starts.push(file.lines().count() + 1);
            file.push_str(texts[*index]);
            file.push('\n');
        }
        let beside = [(FILE.to_owned(), file)];
        let source = &compiled.source;
        let alone = compile_beside(&source.name, &source.text, &beside, &mut |_| Err("没有这个文件".to_owned()));
        if let (Some(joined), _) = alone {
            let mine = joined.examples.iter().filter(|example| is_ours(&joined, example));
            for (index, example) in kept.iter().zip(mine) {
                ran[*index] = Some(run_one(&joined, example, false));
            }
            return ran;
        }
        let errors = alone.1.iter().filter(|finding| finding.place.file == FILE).map(|finding| finding.place.line);
        let refused: BTreeSet<usize> =
            errors.map(|line| starts.partition_point(|start| *start <= line).saturating_sub(1)).collect();
        if refused.is_empty() {
            return ran;
        }
        let mut at = 0;
        kept.retain(|_| {
            at += 1;
            !refused.contains(&(at - 1))
        });
    }
    ran
}

fn is_ours(joined: &Compiled, example: &Example) -> bool {
    joined.source.origin(example.line).is_some_and(|(document, _)| document.name == FILE)
}

// ---------------------------------------------------------------- facts

/// Facts that may use a spot, the likeliest first.
fn claims(plan: &Plan, touch: &Touch) -> Vec<(NodeId, Claim)> {
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
fn applying(plan: &Plan, node: NodeId) -> impl Iterator<Item = &Condition> {
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
    }
    found.into_iter().map(|claim| (rule.node, claim)).collect()
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
        let Some(end) = constant(end) else { continue };
        let others: Vec<&Condition> =
            parts.iter().copied().filter(|other| !is_about(other, subject)).chain(applying(plan, rule.node)).collect();
        for step in steps(&kind_of(plan, subject)) {
            let value = match comparison {
                Comparison::Below => end.minus(step),
                Comparison::Above | Comparison::NotEqual => end.plus(step),
                Comparison::AtMost | Comparison::Equal | Comparison::AtLeast => Ok(end),
            };
            let Ok(value) = value else { continue };
            found.push(settle(plan, others.iter().copied()).and_then(|mut settings| {
                reach(plan, subject, value, &mut settings, 0)?;
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
    found.into_iter().map(|claim| (rule.node, claim)).collect()
}

fn with_settings(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
    let rule = &plan.rules[id.index()];
    match rule.basis {
        Basis::Row(_) | Basis::Once(_) => with_row(plan, id, settings.quantity.unwrap_or(Number::ONE), settings),
        Basis::Period => with_measures(plan, id, settings),
    }
}

/// A row of the line's own input.
fn with_row(plan: &Plan, id: RuleId, quantity: Number, settings: &Settings) -> Option<Claim> {
    let rule = &plan.rules[id.index()];
    let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { return None };
    let month = month_for(plan, input);
    let (columns, attributes): (Vec<_>, Vec<_>) =
        settings.given.iter().cloned().partition(|(asked, _)| !matches!(asked, Asked::Attribute(_)));
    let mut claim = Claim::new(plan, month, Box::new(|_| true)).with(attributes);
    for (other, value) in &settings.rows {
        claim = claim.row(*other, *value);
    }
    Some(filled(plan, rule.node, claim.row_with(input, quantity, columns)))
}

/// The indicators that a line looks at.
fn with_measures(plan: &Plan, id: RuleId, settings: &Settings) -> Option<Claim> {
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
    Some(filled(plan, rule.node, claim))
}

/// With every other indicator that an example about the node has to report.
fn filled(plan: &Plan, node: NodeId, mut claim: Claim) -> Claim {
    let mut nodes: BTreeSet<NodeId> = BTreeSet::new();
    let given = |claim: &Claim| -> Vec<InputId> { claim.units[0].rows.iter().map(|(input, ..)| *input).collect() };
    nodes.insert(node);
    nodes.extend(given(&claim).iter().map(|input| plan.inputs[input.index()].node));
    let above = nodes
        .iter()
        .flat_map(|node| std::iter::successors(plan.nodes[node.index()].parent, |id| plan.nodes[id.index()].parent));
    let own = above.flat_map(|id| plan.nodes[id.index()].rules.iter().copied());
    let rules: BTreeSet<RuleId> = nodes.iter().flat_map(|node| rules_below(plan, *node)).chain(own).collect();
    for rule in rules.iter().map(|id| &plan.rules[id.index()]).filter(|rule| rule.basis == Basis::Period) {
        for input in inputs_of(plan, &rule.points) {
            let declared = &plan.inputs[input.index()];
            let is_asked = declared.missing == WhenMissing::Error
                && matches!(declared.kind, InputKind::Indicator | InputKind::Parameter { .. });
            if is_asked && !given(&claim).contains(&input) {
                claim = claim.row(input, usual(plan, input));
            }
        }
    }
    for input in always_asked(plan) {
        if plan.inputs[input.index()].missing == WhenMissing::Error && !given(&claim).contains(&input) {
            claim = claim.row(input, usual(plan, input));
        }
    }
    claim
}

/// The indicators that are asked of every unit, whatever an example is about: by them units are compared, and the
/// steps of items decide by them.
fn always_asked(plan: &Plan) -> Vec<InputId> {
    let ranked = plan.rankings.iter().flat_map(|ranking| {
        std::iter::once(&ranking.value).chain(ranking.tiebreakers.iter().map(|(breaker, _)| breaker))
    });
    let mut found: Vec<InputId> = ranked.flat_map(|expr| inputs_of(plan, expr)).collect();
    let graded = plan.gradings.iter().flat_map(|grading| {
        let bands = grading.grades.iter().map(|grade| &grade.condition);
        bands.chain(grading.rules.iter().map(|rule| &rule.when))
    });
    let steps = plan.nodes.iter().flat_map(|node| &node.steps).filter_map(|step| match step {
        Step::Set { when, .. } | Step::MultiplyWhen { when, .. } | Step::CapWhen { when, .. } => Some(when),
        _ => None,
    });
    for when in graded.chain(plan.awards.iter().map(|award| &award.when)).chain(steps) {
        let asked =
            Expr::Case { arms: vec![(when.clone(), Expr::NotAssessed)], otherwise: Box::new(Expr::NotAssessed) };
        found.extend(inputs_of(plan, &asked));
    }
    let is_indicator = |input: &InputId| plan.inputs[input.index()].kind == InputKind::Indicator;
    found.retain(is_indicator);
    found.sort_unstable();
    found.dedup();
    found
}

/// A value that an indicator may well have.
fn usual(plan: &Plan, input: InputId) -> Number {
    let input = &plan.inputs[input.index()];
    let value = if input.quantity == Type::Percent { Number::ONE } else { Number::whole(100) };
    let high = input.range.1.map_or(value, |high| value.min(Number::from(high)));
    input.range.0.map_or(high, |low| high.max(Number::from(low)))
}

/// As many occurrences as it takes to go beyond `most` points.
fn of_rows(plan: &Plan, id: RuleId, most: Option<Number>) -> Vec<Claim> {
    let rule = &plan.rules[id.index()];
    let settings = settle(plan, applying(plan, rule.node)).unwrap_or_default();
    let mut quantities = Vec::new();
    if let (Some(most), Some(each)) = (most, each_points(rule)) {
        quantities.extend(beyond(most, each));
    }
    quantities.extend([1, 2, 5, 10, 100, 1000].map(Number::whole));
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
fn each_points(rule: &Rule) -> Option<Number> {
    match (&rule.basis, &rule.points) {
        (_, Expr::Number(each)) => Some(*each),
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
    for rule in endless.filter(|rule| each_points(&plan.rules[rule.index()]).is_some()).take(3) {
        let each = each_points(&plan.rules[rule.index()]).unwrap_or_default();
        let settings = settle(plan, applying(plan, plan.rules[rule.index()].node)).unwrap_or_default();
        let quantity = most.and_then(|most| beyond(most, each)).unwrap_or(Number::whole(1000));
        found.extend(with_row(plan, *rule, quantity, &settings).map(|claim| (id, claim)));
    }
    found.extend(all_together(plan, id, rules.iter().filter(is_meant).copied()));
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

/// Every line once, in the month that most of them may be reported in.
fn all_together(plan: &Plan, id: NodeId, rules: impl Iterator<Item = RuleId>) -> Option<(NodeId, Claim)> {
    let inputs: Vec<InputId> = rules
        .filter_map(|rule| match plan.rules[rule.index()].basis {
            Basis::Row(input) | Basis::Once(input) => Some(input),
            Basis::Period => None,
        })
        .take(20)
        .collect();
    let mut months = BTreeMap::new();
    inputs.iter().for_each(|input| *months.entry(month_for(plan, *input)).or_insert(0) += 1);
    let (month, _) = months.into_iter().max_by_key(|(_, count)| *count)?;
    let mut claim = Claim::new(plan, month, Box::new(|_| true));
    for input in inputs.into_iter().filter(|input| month_for(plan, *input) == month) {
        if !matches!(plan.inputs[input.index()].kind, InputKind::Grade { .. }) {
            claim = claim.row(input, Number::whole(100));
        }
    }
    Some((id, filled(plan, id, claim)))
}

/// Facts under which a condition of a node holds, and something below it has points.
fn of_condition(plan: &Plan, id: NodeId, when: &Condition) -> Vec<(NodeId, Claim)> {
    let mut found = Vec::new();
    for rule in rules_below(plan, id).into_iter().take(4) {
        let node = plan.rules[rule.index()].node;
        if let Some(settings) = settle(plan, applying(plan, node).chain([when])) {
            found.extend(with_settings(plan, rule, &settings).map(|claim| (id, claim)));
        }
    }
    found
}
