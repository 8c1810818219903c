//! What looks odd, and the interpreter's word on it.

use rustc_hash::FxHashMap;

use super::bounds::Bounds;
use super::claim::Claim;
use super::facts::{Facts, without_amounts, without_awards};
use super::part::{PlanPart, SMALL, part_of};
use crate::calendar::PeriodId;
use crate::plan::*;
use crate::source::Source;

/// Something odd about a rulebook, with the facts that show it.
pub struct Suspicion {
    /// The finding's stable name.
    pub code: &'static str,
    pub line: usize,
    /// What it is about, in the line; empty for all of it.
    pub text: String,
    pub message: String,
    /// The same in a few words, for a list of several.
    pub brief: String,
    pub help: String,
    /// What the facts come to.
    pub shows: String,
    /// Where any of this changes an acceptance lapses.
    pub meaning: String,
    pub claim: Claim,
    /// Its units are ranked: no others may stand beside them.
    pub alone: bool,
}

/// Everything that lints look at.
pub struct Look<'p> {
    pub plan: &'p Plan,
    pub source: &'p Source,
    pub bounds: Bounds<'p>,
    pub found: Vec<Suspicion>,
}

impl<'p> Look<'p> {
    pub fn new(plan: &'p Plan, source: &'p Source) -> Look<'p> {
        Look { plan, source, bounds: Bounds::new(plan), found: Vec::new() }
    }

    /// The line of the source that begins with a word, at or below another.
    pub fn line_with(&self, from: usize, words: &[&str]) -> Option<usize> {
        let has = |line: &usize| words.iter().any(|word| self.source.line(*line).contains(word));
        (from.max(1)..=self.source.line_count()).take(400).find(has)
    }

    /// How an address and a label are said together: 基层工作.4 迟报.
    pub fn called(&self, rule: RuleId) -> String {
        let rule = &self.plan.rules[rule.index()];
        format!("{} {}", self.plan.nodes[rule.node.index()].address, rule.label)
    }
}

/// Which claims the interpreter confirms; `most` of them are tried, the others have no verdict.
pub fn confirm(plan: &Plan, found: &[Suspicion], most: usize) -> Vec<Option<bool>> {
    let mut confirmed = vec![None; found.len()];
    if found.is_empty() {
        return confirmed;
    }
    let (alone, together): (Vec<usize>, Vec<usize>) = in_turn(found, most).into_iter().partition(|at| found[*at].alone);
    // One evaluation for all claims about the same period; each unit is a world of its own.
    let mut periods: Vec<_> = together.iter().map(|at| found[*at].claim.period).collect();
    periods.sort_unstable();
    periods.dedup();
    for period in periods {
        let mine: Vec<usize> = together.iter().copied().filter(|at| found[*at].claim.period == period).collect();
        score_together(plan, found, &mine, period, &mut confirmed);
    }
    if !alone.is_empty() && plan.rules.len() <= MOST_RANKED {
        let relaxed = without_amounts(plan.clone());
        for at in alone {
            confirmed[at] = Some(found[at].claim.holds_alone(plan, &relaxed));
        }
    }
    confirmed
}

/// The first of each kind, then the second of each: no kind takes all the time.
fn in_turn(found: &[Suspicion], most: usize) -> Vec<usize> {
    let mut turns: FxHashMap<&str, usize> = FxHashMap::default();
    let mut order: Vec<(usize, usize)> = Vec::with_capacity(found.len());
    for (at, suspicion) in found.iter().enumerate() {
        let turn = turns.entry(suspicion.code).or_default();
        order.push((*turn, at));
        *turn += 1;
    }
    order.sort_unstable();
    let mut tried: Vec<usize> = order.into_iter().take(most).map(|(_, at)| at).collect();
    tried.sort_unstable();
    tried
}

/// Claims about ranks need the whole rulebook; of a larger one it takes too long.
const MOST_RANKED: usize = 5_000;

fn score_together(plan: &Plan, found: &[Suspicion], mine: &[usize], period: PeriodId, confirmed: &mut [Option<bool>]) {
    let inputs = || mine.iter().flat_map(|at| found[*at].claim.units.iter()).flat_map(|unit| &unit.rows);
    let about = inputs().map(|(input, _, _)| plan.inputs[input.index()].node);
    let mut part = if plan.rules.len() > SMALL { part_of(plan, about) } else { PlanPart::whole(plan) };
    part.plan = without_awards(part.plan);
    let mut facts = Facts::default();
    let mut places = Vec::new();
    for (number, at) in mine.iter().enumerate() {
        places.push(facts.units.len());
        found[*at].claim.facts(plan, &format!("·{number}"), &mut facts);
    }
    match facts.score(&part.plan, period) {
        Ok((_, mut outcome)) => {
            part.translate(&mut outcome);
            for (at, place) in mine.iter().zip(places) {
                confirmed[*at] = Some(found[*at].claim.holds(&outcome, place));
            }
        }
        // Facts of one claim that are refused must not spoil the others.
        Err(_) => {
            for at in mine {
                let mut facts = Facts::default();
                found[*at].claim.facts(plan, "", &mut facts);
                let scored = facts.score(&part.plan, period);
                confirmed[*at] = Some(scored.is_ok_and(|(_, mut outcome)| {
                    part.translate(&mut outcome);
                    found[*at].claim.holds(&outcome, 0)
                }));
            }
        }
    }
}
