//! 名次, 等次 and 奖惩: scenes that may show what no example shows; what they come to the interpreter says.

use std::collections::{BTreeMap, BTreeSet};

use super::bench::{Bench, Tried};
use super::fit::Fitter;
use super::scene::{Scene, results};
use crate::calendar::Cycle;
use crate::compile::Compiled;
use crate::example::coverage::{Spot, Touch};

/// Examples for the stages among the spots; with each the first spot that it is about.
pub(super) fn propose(compiled: &Compiled, spots: &[&Spot]) -> Vec<(usize, String)> {
    let is_stage = |touch: &Touch| matches!(touch, Touch::Ranked(_) | Touch::Graded(..) | Touch::Awarded(_));
    let wanted = spots.iter().enumerate().filter(|(_, spot)| is_stage(&spot.touch));
    let wanted: BTreeMap<Touch, usize> = wanted.map(|(at, spot)| (spot.touch.clone(), at)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    Bench::new(compiled, wanted).propose(spots)
}

/// Scenes that are to show the same, the likeliest first.
pub(super) struct Candidates {
    pub about: About,
    pub list: Vec<Scene>,
    /// Whether one that was scored shows what it is to show.
    pub fits: fn(&Tried) -> bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum About {
    Ranks,
    Grades,
    Awards,
}

impl Bench<'_> {
    fn propose(&self, spots: &[&Spot]) -> Vec<(usize, String)> {
        let mut chosen: Vec<(usize, String)> = Vec::new();
        let mut reached: BTreeSet<Touch> = BTreeSet::new();
        let fitter = Fitter::new(self);
        let scenes = self.rank_scenes().into_iter();
        for Candidates { about, list, fits } in
            scenes.chain(self.grade_scenes(&fitter)).chain(self.place_scenes(&fitter))
        {
            let is_meant = |touch: &Touch| match touch {
                Touch::Ranked(_) => about == About::Ranks,
                Touch::Graded(..) => about == About::Grades,
                Touch::Awarded(_) => about == About::Awards,
                Touch::Rule(_) | Touch::Used(_) => false,
            };
            let mut best: Option<(usize, usize, Tried)> = None;
            for tried in self.run(list) {
                if let (Some(spot), count) = self.hits(&tried, &is_meant)
                    && best.as_ref().is_none_or(|(_, most, _)| count > *most)
                    && fits(&tried)
                {
                    best = Some((spot, count, tried));
                }
            }
            if let Some((spot, _, tried)) = best
                && let Some(text) = tried.scene.answered(self.plan, &tried.ran)
            {
                reached.extend(self.touches(&tried));
                chosen.push((spot, text));
            }
        }
        self.left_over(&fitter, spots, reached, &mut chosen);
        chosen
    }

    /// What no scene of its own reaches may come of facts that were tried for something else.
    fn left_over(
        &self,
        fitter: &Fitter<'_>,
        spots: &[&Spot],
        mut reached: BTreeSet<Touch>,
        chosen: &mut Vec<(usize, String)>,
    ) {
        for tried in fitter.tried() {
            let touched = self.touches(tried);
            let open = touched.iter().find(|touch| self.wanted.contains_key(touch) && !reached.contains(touch));
            let Some(touch) = open else { continue };
            let spot = self.wanted[touch];
            // What a month comes to is not said of the year, and the other way round.
            let period = self.cycle_of(touch).and_then(|cycle| self.period(cycle));
            let scene =
                Scene { title: spots[spot].text.clone(), periods: period.into_iter().collect(), ..tried.scene.clone() };
            if let Some(text) = scene.answered(self.plan, &tried.ran) {
                reached.insert(touch.clone());
                chosen.push((spot, text));
            }
        }
    }

    /// What an answered scene says of the stages.
    fn touches(&self, tried: &Tried) -> BTreeSet<Touch> {
        let mut found = BTreeSet::new();
        for (unit, period) in tried.scene.told.iter().flat_map(|unit| tried.scene.periods.iter().map(|id| (*unit, *id)))
        {
            let Some(outcome) = tried.scene.seen(self.plan, &tried.ran, unit, period) else { continue };
            let said = results(outcome);
            found.extend(
                outcome.rankings.first().filter(|one| one.rank.is_some()).map(|one| Touch::Ranked(one.ranking)),
            );
            found.extend(outcome.grades.iter().map(|grade| Touch::Graded(grade.grading, grade.grade.clone())));
            let none = said.iter().any(|said| said == "不予奖励");
            let awards = outcome.awards.iter().filter(|award| match award.withheld {
                Some(_) => none,
                None => said.contains(&format!("奖惩 {}", award.text)),
            });
            found.extend(awards.map(|award| Touch::Awarded(award.award)));
        }
        found
    }

    /// The first of the wanted spots that a scene touches, and how many of them there are.
    fn hits(&self, tried: &Tried, of: &dyn Fn(&Touch) -> bool) -> (Option<usize>, usize) {
        let touched = self.touches(tried);
        let hit: Vec<usize> =
            touched.iter().filter(|touch| of(touch)).filter_map(|touch| self.wanted.get(touch)).copied().collect();
        (hit.iter().min().copied(), hit.len())
    }

    fn cycle_of(&self, touch: &Touch) -> Option<Cycle> {
        match touch {
            Touch::Ranked(index) => self.plan.rankings.get(usize::from(*index)).map(|ranking| ranking.cycle),
            Touch::Graded(index, _) => self.plan.gradings.get(usize::from(*index)).map(|grading| grading.cycle),
            Touch::Awarded(index) => self.plan.awards.get(usize::from(*index)).map(|award| award.cycle),
            Touch::Rule(_) | Touch::Used(_) => None,
        }
    }
}
