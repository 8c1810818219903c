//! The last stage by itself: places, grades and awards of all units as they would be with other totals, or where what
//! is decided about them is partly another rulebook's.

use rustc_hash::FxHashMap;

use crate::calendar::PeriodId;
use crate::eval::Ranks;
use crate::eval::award::Placed;
use crate::eval::cohort::{RankKey, rank};
use crate::eval::grading::Stage;
use crate::eval::run::{Active, Run};
use crate::eval::score::Scored;
use crate::outcome::{Status, UnitOutcome};
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

/// What a unit is beside its total.
#[derive(Clone, Debug, PartialEq)]
pub struct Fate {
    /// Whether it takes part.
    pub status: Status,
    /// 一票否决
    pub vetoed: bool,
    /// Its veto moves its place, as the ranking says.
    pub demoted: bool,
    /// Titles lost (评先资格).
    pub disqualified: Vec<String>,
}

/// Who stands where, by the name of the ranking or grading, in roster order.
#[derive(Clone, Default)]
pub struct Places {
    /// `None` where a unit has no place.
    pub ranks: FxHashMap<String, Vec<Option<u32>>>,
    /// `None` where a unit has no grade.
    pub grades: FxHashMap<String, Vec<Option<String>>>,
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
            demoted: outcome.demoted,
            disqualified: outcome.disqualified.clone(),
            ..UnitOutcome::bare(outcome.unit, outcome.status, outcome.total)
        };
        Scored { outcome: Box::new(outcome), keys: scored.keys.clone(), effects: scored.effects.clone() }
    }

    /// What the units are beside their totals, in roster order.
    pub fn fates(&self) -> Vec<Fate> {
        let fate = |scored: &Scored<'_>| Fate {
            status: scored.outcome.status,
            vetoed: scored.outcome.vetoed,
            demoted: scored.outcome.demoted,
            disqualified: scored.outcome.disqualified.clone(),
        };
        self.units.iter().map(fate).collect()
    }

    /// The rankings of the period, the first being the one that counts.
    pub fn rankings(&self) -> impl Iterator<Item = &'a str> {
        let plan = self.run.program.plan;
        self.rankings.iter().map(|id| plan.rankings[id.index()].name.as_str())
    }

    /// The gradings of the period, in order.
    pub fn gradings(&self) -> Vec<&'a str> {
        let program = &self.run.program;
        let all = program.gradings_of(program.cycle(self.period)).into_iter();
        all.map(|index| program.plan.gradings[usize::from(index)].name.as_str()).collect()
    }

    /// Whether units at the same total come apart in one ranking by other figures than in another's.
    pub fn breaks_ties_as(&self, other: &Closing<'_>, name: &str) -> bool {
        let figures = |key: &Option<RankKey>| key.as_ref().map(|key| key.tiebreakers.clone());
        let (Some(own), Some(its)) = (self.place(name), other.place(name)) else { return true };
        let mut both = self.units.iter().zip(&other.units);
        both.all(|(left, right)| match (figures(&left.keys[own]), figures(&right.keys[its])) {
            (Some(left), Some(right)) => left == right,
            // Who takes part in but one of them is another matter.
            _ => true,
        })
    }

    fn place(&self, ranking: &str) -> Option<usize> {
        self.rankings().position(|name| name == ranking)
    }

    /// Gives units these totals and fates, in roster order: whether they take part, and what lines did to them.
    pub fn at<'f>(&mut self, totals: &[Number], fates: impl Iterator<Item = (&'f Fate, &'f Fate)>) {
        let plan = self.run.program.plan;
        for ((scored, total), (part, deeds)) in self.units.iter_mut().zip(totals).zip(fates) {
            scored.outcome.total = *total;
            scored.outcome.status = part.status;
            scored.outcome.vetoed = deeds.vetoed;
            scored.outcome.demoted = deeds.demoted;
            if scored.outcome.disqualified != deeds.disqualified {
                scored.outcome.disqualified.clone_from(&deeds.disqualified);
            }
            for (key, id) in scored.keys.iter_mut().zip(&self.rankings) {
                let ranking = &plan.rankings[id.index()];
                // Who was left out where this book was scored has no figures but the total.
                if key.is_none() && part.status == Status::Assessed {
                    let tiebreakers = vec![None; ranking.tiebreakers.len()];
                    let value = (ranking.value == Expr::Total).then_some(*total);
                    *key = Some(RankKey { value, tiebreakers, demoted: deeds.demoted });
                }
                let Some(key) = key else { continue };
                key.demoted = deeds.demoted;
                if ranking.value == Expr::Total && key.value.is_some() {
                    key.value = Some(*total);
                }
            }
        }
    }

    /// Puts all units in order by one ranking.
    pub fn put_in_order(&self, name: &str, places: &mut Places) {
        let Some(at) = self.place(name) else { return };
        let keys = self.units.iter().map(|scored| match scored.outcome.status {
            Status::Assessed => scored.keys[at].as_ref(),
            Status::NotAssessed => None,
        });
        let ranking = &self.run.program.plan.rankings[self.rankings[at].index()];
        let placed = rank(&self.run.program, ranking, &keys.collect::<Vec<_>>());
        places.ranks.insert(name.to_owned(), placed.into_iter().map(|placed| placed.rank).collect());
    }

    /// Grades all units by one grading at these places.
    pub fn grade(&mut self, name: &str, places: &mut Places) {
        let plan = self.run.program.plan;
        let gradings = self.run.program.gradings_of(self.run.program.cycle(self.period));
        let Some(index) = gradings.into_iter().find(|index| plan.gradings[usize::from(*index)].name == name) else {
            return;
        };
        let (ranks, mut known) = (self.own_ranks(places), self.own_grades(places));
        for (id, ranks) in &ranks {
            self.run.board.put_ranks(*id, self.period, ranks.clone());
        }
        let none = vec![None; self.units.len()];
        let order = ranks.get(&plan.gradings[usize::from(index)].ranking).unwrap_or(&none);
        let stage = Stage { index, period: self.period, units: &self.units, ranks: order };
        self.run.grade(stage, &mut known, &mut Active::new());
        let given = known.into_iter().map(|mut grades| grades[usize::from(index)].take());
        places.grades.insert(name.to_owned(), given.collect());
    }

    /// The money that each unit is given by some awards at these places.
    pub fn money(&mut self, awards: &[usize], places: &Places) -> Vec<Vec<Number>> {
        if awards.is_empty() {
            return Vec::new();
        }
        let (ranks, known) = (self.own_ranks(places), self.own_grades(places));
        for (id, ranks) in &ranks {
            self.run.board.put_ranks(*id, self.period, ranks.clone());
        }
        let placed = Placed { period: self.period, units: &self.units, ranks: &ranks, grades: &known };
        awards.iter().map(|award| self.run.paid(*award as u16, placed)).collect()
    }

    fn own_ranks(&self, places: &Places) -> Ranks {
        let named = self.rankings.iter().zip(self.rankings());
        named.filter_map(|(id, name)| Some((*id, places.ranks.get(name)?.clone()))).collect()
    }

    fn own_grades(&self, places: &Places) -> Vec<Vec<Option<String>>> {
        let program = &self.run.program;
        let mut known = vec![vec![None; program.plan.gradings.len()]; self.units.len()];
        for index in program.gradings_of(program.cycle(self.period)) {
            let Some(grades) = places.grades.get(&program.plan.gradings[usize::from(index)].name) else { continue };
            for (known, grade) in known.iter_mut().zip(grades) {
                known[usize::from(index)].clone_from(grade);
            }
        }
        known
    }
}
