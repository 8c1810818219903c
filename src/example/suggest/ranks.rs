//! 排名: two units that are equal, and one with a veto that would be first by its points.

use super::bench::{Bench, Source, Tried};
use super::points::each_points;
use super::scene::merged;
use super::stage::{About, Candidates};
use crate::analysis::Part;
use crate::calendar::Cycle;
use crate::example::coverage::Touch;
use crate::outcome::UnitOutcome;
use crate::plan::{Basis, Condition, RuleEffect};
use crate::value::Number;

impl Bench<'_> {
    /// Two that are equal, and one with a veto that would be first by its points.
    pub(super) fn rank_scenes(&self) -> Vec<Candidates> {
        let mut found = Vec::new();
        for (index, ranking) in self.plan.rankings.iter().enumerate() {
            if !self.wanted.contains_key(&Touch::Ranked(index as u16)) {
                continue;
            }
            let veto = self.veto(ranking.cycle);
            let mut list = Vec::new();
            for source in self.levers() {
                let gives = each_points(&self.plan.rules[source.rule.index()]).is_some_and(Number::is_positive);
                let quantities = if gives { [3, 2, 2, 1] } else { [0, 1, 1, 2] };
                let Some(mut parts) =
                    quantities.iter().map(|quantity| self.with(source, *quantity)).collect::<Option<Vec<Part>>>()
                else {
                    continue;
                };
                let mut title = format!("排名 {} 同分", ranking.name);
                if let Some(veto) = &veto {
                    parts.extend(merged(&[&parts[0], veto]));
                    title.push_str("、一票否决");
                }
                let told = (0..parts.len()).collect();
                list.push(self.scene(title, parts, ranking.cycle, 1, told));
            }
            found.push(Candidates { about: About::Ranks, list, fits: has_equals });
        }
        found
    }

    /// Facts of a line that vetoes in this cycle.
    fn veto(&self, cycle: Cycle) -> Option<Part> {
        let strikes = |effect: &RuleEffect| effect.when == Condition::Always && effect.effect.vetoes_in(cycle);
        let is_veto = |source: &&Source| {
            let rule = &self.plan.rules[source.rule.index()];
            rule.basis != Basis::Period && rule.effects.iter().any(strikes)
        };
        self.sources.iter().find(is_veto).map(|source| source.part.clone())
    }
}

fn rank(outcome: &UnitOutcome) -> Option<u32> {
    outcome.rankings.first().and_then(|ranking| ranking.rank)
}

fn has_equals(tried: &Tried) -> bool {
    let ranks = tried.ran.seen.iter().map(|seen| rank(&seen.outcome)).take(4);
    let ranks: Option<Vec<u32>> = ranks.collect();
    // In the order of the roster nobody shares a place.
    ranks.is_some_and(|ranks| matches!(ranks[..], [a, b, c, d] if a < b && b <= c && c < d))
}
