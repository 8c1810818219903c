//! The last stage by itself: places, grades and awards of all units as they would be with other totals.

use crate::calendar::PeriodId;
use crate::eval::run::{Active, Run};
use crate::eval::score::Scored;
use crate::eval::{Ranks, rank_and_grade};
use crate::outcome::UnitOutcome;
use crate::plan::{Expr, RankingId};
use crate::value::Number;

/// An evaluation that is over, ready to decide its period anew.
pub struct Closing<'a> {
    run: Run<'a>,
    period: PeriodId,
    rankings: Vec<RankingId>,
    /// In roster order, with nothing but what decisions depend on.
    units: Vec<Scored<'a>>,
}

/// Who stands where: by ranking, and by unit and grading.
pub struct Places {
    ranks: Ranks,
    grades: Vec<Vec<Option<String>>>,
}

impl Places {
    /// The place of a unit in the first ranking.
    pub fn rank(&self, closing: &Closing<'_>, unit: usize) -> Option<u32> {
        self.ranks.get(closing.rankings.first()?)?.get(unit).copied().flatten()
    }

    /// The same under the names that another rulebook has for its rankings and grades.
    pub fn as_in(&self, own: &Closing<'_>, other: &Closing<'_>) -> Places {
        let (left, right) = (own.run.program.plan, other.run.program.plan);
        let ranks = other.rankings.iter().filter_map(|id| {
            let name = &right.rankings[id.index()].name;
            let same = own.rankings.iter().find(|known| left.rankings[known.index()].name == *name)?;
            Some((*id, self.ranks.get(same)?.clone()))
        });
        let place = |name: &String| left.gradings.iter().position(|grading| grading.name == *name);
        let places: Vec<Option<usize>> = right.gradings.iter().map(|grading| place(&grading.name)).collect();
        let translated = |grades: &Vec<Option<String>>| {
            places.iter().map(|at| at.and_then(|at| grades.get(at).cloned().flatten())).collect()
        };
        Places { ranks: ranks.collect(), grades: self.grades.iter().map(translated).collect() }
    }
}

impl<'a> Closing<'a> {
    pub(super) fn new(run: Run<'a>, period: PeriodId, rankings: Vec<RankingId>, units: Vec<Scored<'a>>) -> Closing<'a> {
        Closing { run, period, rankings, units }
    }

    /// What decisions depend on.
    pub(super) fn bare(scored: &Scored<'a>) -> Scored<'a> {
        let outcome = &scored.outcome;
        let outcome = UnitOutcome {
            vetoed: outcome.vetoed,
            disqualified: outcome.disqualified.clone(),
            ..UnitOutcome::bare(outcome.unit, outcome.status, outcome.total)
        };
        Scored { outcome, keys: scored.keys.clone(), effects: scored.effects.clone() }
    }

    /// Whether units are decided about differently even at the same totals.
    pub fn differs(&self, other: &Closing<'_>) -> bool {
        let beside = |scored: &Scored<'_>| {
            let keys =
                scored.keys.iter().flatten().map(|key| (key.tiebreakers.clone(), key.vetoed)).collect::<Vec<_>>();
            (scored.outcome.status, scored.outcome.vetoed, scored.outcome.disqualified.clone(), keys)
        };
        self.units.len() != other.units.len()
            || self.units.iter().zip(&other.units).any(|(one, other)| beside(one) != beside(other))
    }

    /// Gives units these totals, in roster order.
    pub fn at(&mut self, totals: &[Number]) {
        let plan = self.run.program.plan;
        for (scored, total) in self.units.iter_mut().zip(totals) {
            scored.outcome.total = *total;
            scored.outcome.rankings.clear();
            scored.outcome.grades.clear();
            for (key, id) in scored.keys.iter_mut().zip(&self.rankings) {
                if let Some(key) = key.as_mut().filter(|_| plan.rankings[id.index()].value == Expr::Total)
                    && key.value.is_some()
                {
                    key.value = Some(*total);
                }
            }
        }
    }

    /// Puts all units in order by their totals.
    pub fn places(&mut self) -> Places {
        let mut active = Active::new();
        let (ranks, grades) = rank_and_grade(&mut self.run, self.period, &self.rankings, &mut self.units, &mut active);
        Places { ranks, grades }
    }

    /// The money that each unit is given by one award at these places.
    pub fn money(&mut self, award: usize, places: &Places) -> Vec<Number> {
        let given = self.run.award(award as u16, self.period, &self.units, &places.ranks, &places.grades);
        let amount = |award: Option<crate::outcome::AwardOutcome>| {
            award.filter(|award| award.withheld.is_none()).and_then(|award| award.money).unwrap_or_default()
        };
        given.into_iter().map(amount).collect()
    }
}
