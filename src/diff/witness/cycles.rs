//! Facts of several months, for a cap that is counted over another cycle.

use super::Search;
use super::candidates::{is_known_to_both, step_constants};
use super::scope::Scope;
use crate::calendar::Cycle;
use crate::diff::change::Facet;
use crate::diff::guess;
use crate::diff::pieces::facet_of;
use crate::diff::trial::Trial;
use crate::plan::*;

impl Search<'_> {
    /// What fills a cap whose cycle changed, in two and in three months in a row.
    pub(super) fn over_cycles(&self, scope: &Scope) -> Vec<Trial> {
        let mut fillers: Vec<Trial> = Vec::new();
        for (a, b, facet) in &scope.facets {
            let (old, new) = (&self.old.plan.nodes[a.index()], &self.new.plan.nodes[b.index()]);
            if cycles(old, *facet) == cycles(new, *facet) {
                continue;
            }
            let mut limits = Vec::new();
            old.steps.iter().chain(&new.steps).for_each(|step| step_constants(step, &mut limits));
            limits.sort_unstable();
            limits.dedup();
            guess::of_node(&self.say(true), *a, &limits, &mut fillers);
            guess::of_node(&self.say(false), *b, &limits, &mut fillers);
        }
        fillers.retain(|trial| is_known_to_both(trial) && !trial.units[0].1.is_empty());
        fillers.sort_by_cached_key(Trial::size);
        let step = super::months(self.old.plan.cycle);
        let again = |trial: &Trial, times: u32| {
            let (asked, rows) = &trial.units[0];
            let before = (1..times).rev().flat_map(|back| self.earlier(rows, back * step));
            Trial::one(asked.clone(), before.chain(rows.iter().cloned()).collect())
        };
        [2, 3].iter().flat_map(|times| fillers.iter().map(|trial| again(trial, *times))).collect()
    }
}

/// Over which cycles a node's limits of a kind are counted.
fn cycles(node: &Node, facet: Facet) -> Vec<Cycle> {
    let of_step = |step: &Step| match step {
        Step::CapDeduction { per, .. }
        | Step::CapBonus { per, .. }
        | Step::CapPoints { per, .. }
        | Step::Floor { per, .. } => Some(*per),
        _ => None,
    };
    node.steps.iter().filter(|step| facet_of(step) == facet).filter_map(of_step).collect()
}
