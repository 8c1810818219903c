//! Facts put together so that a total comes to where grades and awards begin.

use super::Search;
use super::candidates::joined;
use super::scope::Scope;
use crate::calendar::Month;
use crate::diff::trial::{Named, Row, Trial, Unit};
use crate::diff::{guess, numbers};
use crate::plan::*;
use crate::value::Number;

/// Lines whose facts are put together to reach a total.
const MOST_LEVERS: usize = 80;

/// More rows than this move a total no finer than fewer do.
const MOST_ROWS: usize = 3;

/// A total without facts, and what facts add to it by themselves, each differently.
#[derive(Clone, Default)]
pub(super) struct Levers {
    start: Number,
    pub(super) gains: Vec<(Number, Trial)>,
}

impl Search<'_> {
    /// Units whose totals are at and between the limits that grades speak of, alone and beside others that did nothing.
    ///
    /// What single facts add to a total is tried out; then facts are put together, always the one that comes nearest.
    /// `measured`: where facts do not simply add up, what comes of each step is scored before the next.
    pub(super) fn totals(&mut self, scope: &Scope, month: u32, term: bool, measured: bool) -> Vec<Trial> {
        if scope.limits.is_empty() {
            return Vec::new();
        }
        let units = self.complete(month);
        let full = units.first().filter(|_| measured).cloned();
        let Levers { start, gains } = self.levers(month, term);
        let levers: Vec<(Number, &Trial)> = gains.iter().map(|(gain, trial)| (*gain, trial)).collect();
        let before = self.old.month(month);
        let mut limits = scope.limits.clone();
        limits.sort_unstable();
        limits.dedup();
        let mut aims = limits.clone();
        for pair in limits.windows(2) {
            aims.extend(pair[0].plus(pair[1]).ok().and_then(|sum| sum.divided_by(Number::whole(2)).ok()));
        }
        aims.extend(limits.iter().filter_map(|limit| limit.plus(Number::ONE).ok()));
        // What lies between two limits is met most easily.
        aims.rotate_left(limits.len());
        aims.truncate(if measured { 6 } else { 16 });
        let mut combined = Vec::new();
        let mut starts = vec![(start, Trial::one(Vec::new(), Vec::new()))];
        if let Some(unit) = full {
            let trial = Trial { units: vec![unit] };
            let result = self.old.together(self.old.whole(), &[&trial], before, term).pop().flatten();
            starts.extend(result.map(|result| (result.total, trial)));
        }
        let reached = |aim: Number| -> Vec<Trial> {
            match measured {
                true => starts.iter().filter_map(|from| self.climb(aim, from, &levers, &units, before, term)).collect(),
                false => towards(aim, start, &levers).into_iter().collect(),
            }
        };
        for unit in aims.into_iter().flat_map(reached) {
            for idle in [0, 1, 3, 5, 9] {
                let mut trial = unit.clone();
                trial.units.extend((0..idle).map(|_| (unit.units[0].0.clone(), Vec::new())));
                combined.push(trial);
            }
        }
        self.supplied(combined, &units)
    }

    /// What the total is without facts, and what single facts that no change is about add to it by themselves.
    pub(super) fn levers(&mut self, month: u32, term: bool) -> Levers {
        if !self.levers.contains_key(&(month, term)) {
            let made = self.made_levers(month, term);
            self.levers.insert((month, term), made);
        }
        self.levers[&(month, term)].clone()
    }

    fn made_levers(&mut self, month: u32, term: bool) -> Levers {
        let units = self.complete(month);
        let left = self.say(true);
        let mut singles: Vec<Trial> = Vec::new();
        for (index, rule) in self.old.plan.rules.iter().enumerate().take(MOST_LEVERS) {
            let mut own = Vec::new();
            let values = numbers::near(&numbers::constants_of_rule(self.old.plan, rule));
            guess::of_rules(&left, &[RuleId(index as u16)], &values, &mut own);
            own.retain(|trial| {
                let rows = || trial.units.iter().flat_map(|(_, rows)| rows);
                let is_free = |row: &Row| {
                    row.old.is_some_and(|id| !self.shared.touched.contains_key(&(true, id)))
                        && row.new.is_some_and(|id| !self.shared.touched.contains_key(&(false, id)))
                };
                let is_plain =
                    |row: &Row| row.given.iter().all(|(named, _)| *named != Named::Field(RowField::Quantity));
                (1..=MOST_ROWS).contains(&rows().count()) && rows().all(is_free) && rows().all(is_plain)
            });
            own.sort_by_cached_key(Trial::size);
            let most = (1_200 / self.old.plan.rules.len().min(MOST_LEVERS)).clamp(8, 60);
            let every = own.len().div_ceil(most).max(1);
            singles.extend(own.into_iter().step_by(every));
        }
        singles.push(Trial::one(Vec::new(), Vec::new()));
        let supplied = self.supplied(singles.clone(), &units);
        let list: Vec<&Trial> = supplied.iter().collect();
        let before = self.old.month(month);
        let results = self.old.together(self.old.whole(), &list, before, term);
        let start = results.last().and_then(|result| result.as_ref()).map_or(Number::ZERO, |result| result.total);
        let mut levers: Vec<(Number, Trial)> = singles
            .iter()
            .zip(&results)
            .filter_map(|(trial, result)| {
                let result = result.as_ref().filter(|result| !result.vetoed && result.disqualified.is_empty())?;
                Some((result.total.minus(start).ok()?, trial.clone()))
            })
            .filter(|(gain, _)| !gain.is_zero())
            .collect();
        levers.sort_by_cached_key(|(gain, trial)| (*gain, trial.size()));
        levers.dedup_by(|(a, x), (b, y)| {
            a == b && x.units[0].1.iter().map(|row| row.old).eq(y.units[0].1.iter().map(|row| row.old))
        });
        Levers { start, gains: levers }
    }

    /// Adds the fact that brings the total nearest, as it comes out, again and again.
    fn climb(
        &self,
        aim: Number,
        (start, from): &(Number, Trial),
        levers: &[(Number, &Trial)],
        units: &[Unit],
        month: Month,
        term: bool,
    ) -> Option<Trial> {
        let mut rest = aim.minus(*start).ok()?;
        let mut unit = from.clone();
        for _ in 0..5 {
            let grown: Vec<Trial> =
                levers.iter().filter_map(|(_, lever)| joined(&unit.units[0], &lever.units[0])).take(80).collect();
            let supplied = self.supplied(grown.clone(), units);
            let list: Vec<&Trial> = supplied.iter().collect();
            let results = self.old.together(self.old.whole(), &list, month, term);
            let nearest = grown
                .iter()
                .zip(results)
                .filter_map(|(trial, result)| {
                    let result = result.filter(|result| !result.vetoed)?;
                    Some((aim.minus(result.total).ok()?, trial))
                })
                .min_by_key(|(left, _)| left.abs());
            let Some((left, trial)) = nearest.filter(|(left, _)| left.abs() < rest.abs()) else { break };
            (rest, unit) = (left, trial.clone());
            if rest.is_zero() {
                break;
            }
        }
        Some(unit)
    }
}

/// Facts that together come nearest to a total, as if each added what it adds alone. Of the ways to come near so far
/// the best few are followed up: the nearest step is not always the right one.
fn towards(aim: Number, start: Number, levers: &[(Number, &Trial)]) -> Option<Trial> {
    const WAYS: usize = 24;
    let mut best = (aim.minus(start).ok()?, Trial::one(Vec::new(), Vec::new()));
    let mut ways = vec![best.clone()];
    for _ in 0..6 {
        let mut next: Vec<(Number, usize, usize)> = Vec::new();
        for (way, (rest, _)) in ways.iter().enumerate() {
            for (at, (gain, _)) in levers.iter().enumerate() {
                next.extend(rest.minus(*gain).ok().map(|left| (left, way, at)));
            }
        }
        next.sort_by_key(|(left, way, at)| (left.abs(), *way, *at));
        let mut grown: Vec<(Number, Trial)> = Vec::new();
        for (left, way, at) in next {
            if grown.len() == WAYS {
                break;
            }
            if grown.iter().any(|(known, _)| *known == left) {
                continue;
            }
            if let Some(trial) = joined(&ways[way].1.units[0], &levers[at].1.units[0]) {
                grown.push((left, trial));
            }
        }
        if let Some(first) = grown.first().filter(|(left, _)| left.abs() < best.0.abs()) {
            best = first.clone();
        }
        if best.0.is_zero() || grown.is_empty() {
            break;
        }
        ways = grown;
    }
    Some(best.1)
}
