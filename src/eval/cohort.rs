//! Puts units in order: ranks within groups, ties, tie-breakers and vetoes.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::calendar::PeriodId;
use crate::eval::peers::{group_of, group_text};
use crate::eval::problem::{Problem, Where};
use crate::eval::program::Program;
use crate::eval::score::Scored;
use crate::eval::unit::{At, Scorer};
use crate::outcome::RankOutcome;
use crate::plan::{Ranking, RankingId, Ties, Vetoed};
use crate::value::Number;

/// What a unit's place in a ranking depends on.
#[derive(Clone, Debug)]
pub(super) struct RankKey {
    /// `None` is not ranked.
    pub value: Option<Number>,
    pub tiebreakers: Vec<Option<Number>>,
    /// A veto moves it, as the ranking says.
    pub demoted: bool,
}

/// A place, and among how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Placed {
    pub rank: Option<u32>,
    pub of: u32,
}

impl<'a> Scorer<'_, 'a> {
    /// `None` where the unit is not assessed in the period.
    pub fn rank_key(&mut self, id: RankingId, period: PeriodId) -> Option<RankKey> {
        if !self.takes_part(period) {
            return None;
        }
        let ranking: &'a Ranking = &self.program.plan.rankings[id.index()];
        let at = At::period(period);
        let mut value_of = |expr| match self.number(expr, at) {
            Ok(number) => number,
            Err(fault) => {
                self.problems.push(Problem::arithmetic(self.unit, Where::Ranking(id.0), period, fault));
                None
            }
        };
        let value = value_of(&ranking.value);
        let tiebreakers = ranking.tiebreakers.iter().map(|(expr, _)| value_of(expr)).collect();
        let demoted = self.is_demoted(period).unwrap_or_default();
        Some(RankKey { value, tiebreakers, demoted })
    }
}

/// The place of every unit; keys are in roster order.
pub(super) fn rank(program: &Program, ranking: &Ranking, keys: &[Option<&RankKey>]) -> Vec<Placed> {
    let mut placed = vec![Placed::default(); keys.len()];
    let mut groups: FxHashMap<_, Vec<(usize, &RankKey)>> = FxHashMap::default();
    for (unit, key) in keys.iter().enumerate() {
        let Some(key) = key.filter(|key| key.value.is_some()) else { continue };
        if key.demoted && ranking.vetoed == Vetoed::Unranked {
            continue;
        }
        let group = if ranking.grouped { group_of(program, unit) } else { None };
        groups.entry(group).or_default().push((unit, key));
    }
    for members in groups.values_mut() {
        members.sort_by(|a, b| order(ranking, a.1, b.1).then(a.0.cmp(&b.0)));
        let of = members.len() as u32;
        let (mut rank, mut dense) = (0, 0);
        for place in 0..members.len() {
            let (unit, key) = members[place];
            let is_level = place > 0 && order(ranking, members[place - 1].1, key) == Ordering::Equal;
            if !is_level {
                dense += 1;
                rank = place as u32 + 1;
            }
            let rank = match ranking.ties {
                Ties::SharedLeavingGaps => rank,
                Ties::SharedWithoutGaps => dense,
                // 一票否决的并列末位 holds whatever is said of those with the same points.
                Ties::RosterOrder if key.demoted && ranking.vetoed == Vetoed::LastTogether => rank,
                Ties::RosterOrder => place as u32 + 1,
            };
            placed[unit] = Placed { rank: Some(rank), of };
        }
    }
    placed
}

/// The better one first.
fn order(ranking: &Ranking, left: &RankKey, right: &RankKey) -> Ordering {
    let last = matches!(ranking.vetoed, Vetoed::LastByValue | Vetoed::LastTogether);
    if last && left.demoted != right.demoted {
        return left.demoted.cmp(&right.demoted);
    }
    if last && left.demoted && ranking.vetoed == Vetoed::LastTogether {
        return Ordering::Equal;
    }
    let directed = |left: Option<Number>, right: Option<Number>, low_first: bool| match (left, right) {
        (Some(left), Some(right)) if low_first => left.cmp(&right),
        (Some(left), Some(right)) => right.cmp(&left),
        // Who has no figure comes after those who have one.
        (left, right) => right.is_some().cmp(&left.is_some()),
    };
    let mut order = directed(left.value, right.value, ranking.low_first);
    for (index, (_, low_first)) in ranking.tiebreakers.iter().enumerate() {
        order = order.then_with(|| directed(left.tiebreakers[index], right.tiebreakers[index], *low_first));
    }
    order
}

/// Gives every unit its place in one ranking of the requested period; `index` is where its keys are.
pub(super) fn give_ranks(program: &Program, id: RankingId, index: usize, units: &mut [Scored]) -> Vec<Option<u32>> {
    let ranking = &program.plan.rankings[id.index()];
    let keys: Vec<Option<&RankKey>> = units.iter().map(|scored| scored.keys[index].as_ref()).collect();
    let placed = rank(program, ranking, &keys);
    for (unit, scored) in units.iter_mut().enumerate() {
        let key = scored.keys[index].as_ref();
        let value = key.and_then(|key| key.value);
        let tiebreakers = key.map(|key| key.tiebreakers.clone()).unwrap_or_default();
        scored.outcome.rankings.reserve_exact(1);
        scored.outcome.rankings.push(RankOutcome {
            ranking: id.0,
            group: ranking.grouped.then(|| group_text(program, group_of(program, unit))),
            rank: placed[unit].rank,
            of: placed[unit].of,
            value: value.unwrap_or(scored.outcome.total),
            tiebreakers,
        });
    }
    placed.into_iter().map(|placed| placed.rank).collect()
}
