//! Examples for what no example uses, at the values where something changes; the interpreter says what they come to.

mod bench;
mod claims;
mod cohort;
mod fit;
mod grades;
mod line;
mod node;
mod places;
mod points;
mod ranks;
mod scene;
mod stage;
mod trial;

use std::collections::BTreeSet;

use super::coverage::{Part, Spot, Touch};
use super::result::Report;
use super::run::Ran;
use crate::analysis::{Claim, said_period};
use crate::compile::Compiled;
use crate::outcome::{UnitOutcome, Use};
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
/// So many sets of facts are tried for one spot; more where several parts of an item must fit together.
const MOST_TRIES: usize = 8;
const MOST_FOR_A_STEP: usize = 20;

/// Facts of one unit that may use a spot, and the node whose points tell it.
struct Try {
    spot: usize,
    node: NodeId,
    /// The lines of the example without its name and result.
    lines: String,
}

/// Proposes examples for what `report` says is unused; every one of them passes.
pub fn suggest(compiled: &Compiled, report: &Report) -> Suggestion {
    let mut suggestion = Suggestion::default();
    let unused: Vec<&Spot> = report.coverage.unused().collect();
    suggestion.left = unused.len().saturating_sub(MOST_SPOTS);
    let spots = &unused[..unused.len().min(MOST_SPOTS)];
    let (mut chosen, touched) = of_lines(compiled, spots);
    chosen.extend(cohort::propose(compiled, spots, &touched));
    chosen.extend(stage::propose(compiled, spots));
    chosen.sort_by_key(|(spot, _)| *spot);
    // What is handed out was run as it stands.
    let texts: Vec<&str> = chosen.iter().map(|(_, text)| text.as_str()).collect();
    let passing = trial::run(compiled, &texts);
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

/// For lines, their bands and caps: facts of one unit each.
fn of_lines(compiled: &Compiled, spots: &[&Spot]) -> (Vec<(usize, String)>, BTreeSet<Touch>) {
    let mut tries = Vec::new();
    for (index, spot) in spots.iter().enumerate() {
        let mut seen = BTreeSet::new();
        let most = match spot.touch {
            Touch::Used(Use::Step { .. }) => MOST_FOR_A_STEP,
            _ => MOST_TRIES,
        };
        for (node, claim) in line::claims(&compiled.plan, &spot.touch) {
            let lines = told(&compiled.plan, node, &claim);
            if seen.len() < most && seen.insert(lines.clone()) {
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
    let texts: Vec<String> =
        tries.iter().map(|attempt| block(compiled, spots[attempt.spot], attempt, Number::ZERO, &[])).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut touched: BTreeSet<Touch> = BTreeSet::new();
    let mut chosen: Vec<(usize, String)> = Vec::new();
    for (attempt, ran) in tries.iter().zip(trial::run(compiled, &texts)) {
        let spot = spots[attempt.spot];
        let Some(ran) = ran.filter(|ran| !touched.contains(&spot.touch) && ran.touched.contains(&spot.touch)) else {
            continue;
        };
        let Some(outcome) = ran.seen.last().map(|seen| &seen.outcome) else { continue };
        let node = outcome.nodes.iter().find(|node| node.node == attempt.node);
        let Some(points) = node.map(|node| node.points()).filter(|points| points.decimal().is_some()) else { continue };
        touched.extend(ran.touched.iter().cloned());
        chosen.push((attempt.spot, block(compiled, spot, attempt, points, &effects(&ran))));
    }
    (chosen, touched)
}

/// What a unit is struck by, as an 例 expects it.
fn effects(ran: &Ran) -> Vec<String> {
    let outcome: Option<&UnitOutcome> = ran.seen.last().map(|seen| &seen.outcome);
    outcome.map(scene::effects).unwrap_or_default()
}

/// The example in words, with its result.
fn block(compiled: &Compiled, spot: &Spot, attempt: &Try, points: Number, effects: &[String]) -> String {
    let address = &compiled.plan.nodes[attempt.node.index()].address;
    let address = if address.is_empty() { "总分" } else { address.as_str() };
    let results: Vec<String> =
        std::iter::once(format!("{address} {points}分")).chain(effects.iter().cloned()).collect();
    format!("例 {}\n{}  则 {}\n", title(&spot.text), attempt.lines, results.join("，"))
}

/// A name that an 例 can have.
fn title(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '：' | ':' | '#' | '＃') { ' ' } else { c }).collect()
}

fn told(plan: &Plan, node: NodeId, claim: &Claim) -> String {
    let mut told: String = claim.told(plan).lines().map(|line| format!("  {}\n", line.trim_start())).collect();
    let name = claim.name(plan, 0, "");
    if plan.is_year_end(node) {
        told.push_str(&format!("  {} {name}\n", said_period(plan.calendar.period(plan.calendar.term()))));
    } else if claim.units[0].rows.is_empty() {
        let month = claim.month;
        told.push_str(&format!("  {}年{}月 {name}\n", month.year(), month.number()));
    }
    told
}
