//! Facts for lines that one unit and one month do not use: what others come to, and what was before.

use std::collections::BTreeSet;

use super::bench::{Bench, Source, Tried};
use super::claims::occurrences;
use super::fit::streaks;
use super::line::parts;
use super::scene::{Scene, merged};
use crate::analysis::{Part, inputs_of, rules_below, usual};
use crate::calendar::{Month, PeriodId};
use crate::compile::Compiled;
use crate::example::coverage::{Spot, Touch};
use crate::outcome::Use;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;
use crate::value::Number;

/// So many scenes are tried for one spot.
const MOST_SCENES: usize = 16;
/// How many units stand side by side: few are easy to read, many have all places.
const UNITS: [usize; 2] = [3, 8];

/// Examples for spots that facts of one unit do not use.
pub(super) fn propose(compiled: &Compiled, spots: &[&Spot], reached: &BTreeSet<Touch>) -> Vec<(usize, String)> {
    let is_open = |(_, spot): &(usize, &&Spot)| {
        matches!(spot.touch, Touch::Rule(_) | Touch::Used(_)) && !reached.contains(&spot.touch)
    };
    let open: Vec<(usize, &&Spot)> = spots.iter().enumerate().filter(is_open).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let bench = Bench::new(compiled, Default::default());
    let mut scenes = Vec::new();
    for (at, spot) in open {
        let found = scenes_of(&bench, &spot.touch).into_iter().take(MOST_SCENES);
        scenes.extend(found.map(|scene| (at, Scene { title: spot.text.clone(), ..scene })));
    }
    // The scene that is easiest to read first.
    scenes.sort_by_key(|(_, scene)| (scene.parts.len(), scene.months.len()));
    let (places, scenes): (Vec<usize>, Vec<Scene>) = scenes.into_iter().unzip();
    let mut touched = reached.clone();
    let mut found = Vec::new();
    for (at, tried) in bench.run_each(scenes).into_iter().enumerate() {
        let (spot, Some(Tried { scene, ran })) = (places[at], tried) else { continue };
        let touch = &spots[spot].touch;
        if touched.contains(touch) || !ran.touched.contains(touch) {
            continue;
        }
        if let Some(text) = scene.answered(&compiled.plan, &ran) {
            touched.extend(ran.touched);
            found.push((spot, text));
        }
    }
    found
}

/// What a line or a step looks at, through named measures.
struct Seen {
    node: NodeId,
    /// Its own facts.
    own: Part,
    inputs: Vec<InputId>,
    /// Items whose points it looks at, and others whose points are compared.
    nodes: Vec<NodeId>,
    has_peers: bool,
    has_earlier: bool,
    streak: usize,
}

fn seen(plan: &Plan, touch: &Touch) -> Option<Seen> {
    let (rule, node, when) = match touch {
        Touch::Rule(rule) | Touch::Used(Use::Arm { rule, .. }) => (Some(*rule), plan.rules[rule.index()].node, None),
        Touch::Used(Use::Step { node, index }) => {
            let when = match plan.nodes[node.index()].steps.get(usize::from(*index))? {
                Step::Set { when, .. } | Step::MultiplyWhen { when, .. } | Step::CapWhen { when, .. } => when,
                _ => return None,
            };
            (None, *node, Some(when))
        }
        _ => return None,
    };
    let own =
        rule.and_then(|rule| parts(plan, rule).into_iter().next()).and_then(|claim| claim.units.into_iter().next());
    let mut seen = Seen {
        node,
        own: own.unwrap_or_default(),
        inputs: Vec::new(),
        nodes: Vec::new(),
        has_peers: false,
        has_earlier: false,
        streak: 1,
    };
    let mut measures = BTreeSet::new();
    if let Some(rule) = rule {
        see(plan, &plan.rules[rule.index()].points, &mut seen, &mut measures);
    }
    if let Some(when) = when {
        let mut counts = BTreeSet::new();
        streaks(when, &mut counts);
        seen.streak = counts.into_iter().max().unwrap_or(1);
        walk_condition(when, &mut |expr| {
            see(plan, expr, &mut seen, &mut measures);
            true
        });
    }
    // What is below the items that are looked at makes their points.
    for rule in seen.nodes.clone().iter().flat_map(|node| rules_below(plan, *node)) {
        see(plan, &plan.rules[rule.index()].points, &mut seen, &mut measures);
    }
    Some(seen)
}

fn see(plan: &Plan, expr: &Expr, seen: &mut Seen, measures: &mut BTreeSet<MeasureId>) {
    for input in inputs_of(plan, expr) {
        if !seen.inputs.contains(&input) {
            seen.inputs.push(input);
        }
    }
    let mut more: Vec<&Expr> = Vec::new();
    walk(expr, &mut |inner| {
        match inner {
            Expr::Measure(id) if measures.insert(*id) => more.push(&plan.measures[id.index()].expr),
            Expr::Peer(id) => {
                seen.has_peers = true;
                more.push(&plan.peers[id.index()].expr);
            }
            Expr::Node(id) if !seen.nodes.contains(id) => seen.nodes.push(*id),
            Expr::Earlier { .. } => seen.has_earlier = true,
            _ => {}
        }
        true
    });
    for inner in more {
        see(plan, inner, seen, measures);
    }
}

fn scenes_of(bench: &Bench<'_>, touch: &Touch) -> Vec<Scene> {
    let plan = bench.plan;
    let Some(seen) = seen(plan, touch) else { return Vec::new() };
    let mut found = Vec::new();
    if seen.has_peers {
        for (units, is_rising) in UNITS.into_iter().flat_map(|units| [(units, false), (units, true)]) {
            found.extend(
                [Spread::Even, Spread::Alone, Spread::Crossed]
                    .map(|spread| side_by_side(bench, &seen, units, is_rising, spread)),
            );
        }
    }
    if seen.has_earlier || seen.streak > 1 {
        let months = seen.streak.max(2);
        let mut before: Vec<Part> = vec![Part::default()];
        before
            .extend(bench.levers().iter().flat_map(|source| [bench.with(source, 1), bench.with(source, 20)]).flatten());
        for before in before {
            let scene = Scene {
                parts: vec![seen.own.clone()],
                before: vec![merged(&[&seen.own, &before]).unwrap_or_default()],
                ..of_node(bench, &seen, bench.months(months))
            };
            // In the same months nothing else, or the same again.
            found.push(Scene { parts: scene.before.clone(), ..scene.clone() });
            found.push(scene);
        }
    }
    found
}

fn of_node(bench: &Bench<'_>, seen: &Seen, months: Vec<Month>) -> Scene {
    let plan = bench.plan;
    let term = plan.calendar.term();
    let base = plan.calendar.around(plan.cycle, bench.month).unwrap_or(term);
    let period: PeriodId = if plan.is_year_end(seen.node) { term } else { base };
    Scene { months, told: vec![0], periods: vec![period], node: Some(seen.node), ..Scene::default() }
}

#[derive(Clone, Copy)]
enum Spread {
    /// Each a step from the next.
    Even,
    /// One far from all others.
    Alone,
    /// What is more of one thing is less of the next: 优良天数 and 浓度.
    Crossed,
}

/// Units that differ in everything that the line and its items look at.
fn side_by_side(bench: &Bench<'_>, seen: &Seen, units: usize, is_rising: bool, spread: Spread) -> Scene {
    let plan = bench.plan;
    let lever: Option<&Source> = bench.sources.iter().find(|source| {
        let node = plan.rules[source.rule.index()].node;
        let mut around = std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent);
        source.is_lever && around.any(|id| seen.nodes.contains(&id))
    });
    let part = |at: usize| {
        let place = match spread {
            Spread::Alone if at == 0 => 0,
            Spread::Alone => 7,
            Spread::Even | Spread::Crossed => at,
        };
        let turned = |place: usize| 8 - place.min(8);
        let place = if is_rising { turned(place) } else { place };
        let mut part = Part { asked: seen.own.asked.clone(), rows: Vec::new() };
        for (order, input) in seen.inputs.iter().enumerate() {
            let is_turned = matches!(spread, Spread::Crossed) && order % 2 == 1;
            let place = if is_turned { turned(place) } else { place };
            let kind = &plan.inputs[input.index()].kind;
            if matches!(kind, InputKind::Indicator | InputKind::Parameter { .. } | InputKind::Rating) {
                part.rows.push((*input, value(plan, *input, place), Vec::new()));
            }
        }
        if let Some(lever) = lever
            && part.rows.is_empty()
            && place > 0
            && let Some(claim) = occurrences(plan, lever.rule, Number::whole(place as i64))
        {
            part.rows.extend(claim.units.into_iter().next().map(|unit| unit.rows).unwrap_or_default());
        }
        part
    };
    let parts = (0..units).map(part).collect();
    Scene { parts, told: (0..units).collect(), ..of_node(bench, seen, bench.months(1)) }
}

/// From the usual value down in steps; what is divided by stays.
fn value(plan: &Plan, input: InputId, place: usize) -> Number {
    let most = usual(plan, input);
    let is_fixed = matches!(plan.inputs[input.index()].kind, InputKind::Parameter { .. })
        || plan.measures.iter().any(|measure| is_divisor(&measure.expr, input));
    if is_fixed {
        return most;
    }
    let part = Number::whole(10 - place.min(8) as i64).divided_by(Number::whole(10));
    let value = part.and_then(|part| most.times(part)).unwrap_or(most);
    let low = plan.inputs[input.index()].range.0.map(Number::from);
    low.map_or(value, |low| value.max(low))
}

fn is_divisor(expr: &Expr, input: InputId) -> bool {
    expr.any(|inner| {
        let Expr::Divide(pair) = inner else { return false };
        matches!(&pair[1], Expr::Input { input: divisor, .. } if *divisor == input)
    })
}
