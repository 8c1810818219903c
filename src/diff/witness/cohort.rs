//! Units side by side, for what is decided over all of them: places, grades, awards.

use rust_decimal::prelude::ToPrimitive;

use super::scope::{Places, Scope};
use super::staged::MOST_UNITS;
use super::{Search, Witness};
use crate::calendar::{Cycle, Month};
use crate::diff::trial::{Named, Row, Side, Trial};
use crate::plan::*;
use crate::value::Number;

/// Trials of one unit that are scored for what is decided over all.
const MOST_BASES: usize = 40;

impl Search<'_> {
    /// Several units whose places, grades and awards may differ.
    pub(super) fn cohorts(&mut self, scope: &Scope, trials: &[Trial], month: u32) -> Option<Witness> {
        let mut list: Vec<Trial> = Vec::new();
        let beside = |trial: &Trial, others: Vec<Vec<Row>>| {
            let mut trial = trial.clone();
            trial.units.extend(others.into_iter().map(|rows| (Vec::new(), rows)));
            trial
        };
        let (fault, veto) = (self.fault(), self.veto());
        let steps = |count: usize, each: &dyn Fn(usize) -> i64| -> Vec<Vec<Row>> {
            let Some(fault) = &fault else { return vec![Vec::new(); count] };
            let rows = |faults: i64| match faults {
                0 => Vec::new(),
                faults => vec![Row { quantity: Number::whole(faults), ..fault.clone() }],
            };
            (0..count).map(|unit| rows(each(unit))).collect()
        };
        // The change's own facts beside others.
        if !scope.cohort {
            for trial in trials.iter().take(6) {
                list.push(beside(trial, steps(1, &|_| 1)));
                list.push(beside(trial, steps(3, &|unit| unit as i64)));
            }
            // Peers are held against each other by what all of them reported.
            let reported: Vec<Trial> = trials
                .iter()
                .filter(|trial| trial.units[0].1.iter().any(|row| !row.quantity.is_zero()))
                .cloned()
                .collect();
            // A place that a line speaks of takes as many units, and one more.
            let counts: Vec<usize> = [2, 3, 6].into_iter().chain(places(scope)).collect();
            for trial in reported.iter().take(12) {
                list.extend(counts.iter().map(|count| self.spread(&trial.units[0], *count)));
            }
            let past = self.with_past(scope, &reported);
            list.extend(past.iter().take(36).map(|trial| self.spread(&trial.units[0], 2)));
        }
        // Others alone show what is decided over all.
        let counts: &[usize] = if scope.cohort || scope.closing { &[1, 2, 3, 4, 6, 8, 12] } else { &[] };
        for count in counts.iter().copied() {
            let empty = Trial::default();
            list.push(beside(&empty, steps(count, &|unit| unit as i64)));
            list.push(beside(&empty, steps(count, &|unit| unit as i64 / 2)));
            list.push(beside(&empty, steps(count, &|_| 0)));
            if let Some(veto) = &veto {
                let mut units = steps(count, &|unit| unit as i64);
                units[0].push(veto.clone());
                list.push(beside(&empty, units));
                let mut units = steps(count, &|unit| unit as i64);
                units[0].push(veto.clone());
                let last = units.len() - 1;
                if last > 0 {
                    units[last].push(veto.clone());
                }
                list.push(beside(&empty, units));
            }
            if let Some(title) = self.title() {
                let mut units = steps(count, &|unit| unit as i64);
                units[0].push(title);
                list.push(beside(&empty, units));
            }
        }
        let units = self.complete(month);
        list = self.supplied(list, &units);
        list.extend(self.grouped(&list));
        list.sort_by_key(|trial| (trial.units.len(), trial.size()));
        for term in [false, true] {
            let (before, after) = (self.old.month(month), self.new.month(month));
            let is_same = |side: &Side<'_>, month: Month| side.period(month, true) == side.period(month, false);
            if term && is_same(&self.old, before) && is_same(&self.new, after) {
                continue;
            }
            // What is given at another time shows nothing.
            if !self.is_decided(scope, term) {
                continue;
            }
            let reaching = self.totals(scope, month, term, false);
            let mut found = self.first(scope, &reaching, month, term);
            let mut bases: Vec<Trial> = reaching.into_iter().filter(|trial| trial.units.len() == 1).collect();
            // Where totals decide, places seldom do.
            let most = if scope.limits.is_empty() { list.len() } else { list.len().min(24) };
            found = found.or_else(|| self.first(scope, &list[..most], month, term));
            // What other changes have a part in too is better than a longer search.
            if found.is_some() || self.mixed.is_some() {
                return found;
            }
            if scope.cohort {
                self.old.scored.set(0);
                let counted = self.counted(scope, month);
                for list in [self.lined_up(scope, &counted, month, term), counted] {
                    let list = self.supplied(list, &units);
                    found = found.or_else(|| self.first(scope, &list, month, term));
                }
            }
            if found.is_none() && self.mixed.is_none() {
                let reaching = self.totals(scope, month, term, true);
                found = self.first(scope, &reaching, month, term);
                bases.extend(reaching.into_iter().filter(|trial| trial.units.len() == 1));
            }
            if let Some(witness) = found {
                return Some(witness);
            }
            if self.mixed.is_some() {
                return None;
            }
            // What a line about places and parts goes by, alone, in several months, and beside what comes to the same.
            if scope.cohort {
                let mut telling = self.telling(scope, trials, month, term);
                telling.truncate(MOST_BASES);
                let lasting = self.lasting(bases.iter().take(MOST_BASES / 4).chain(&telling));
                let past = self.with_past(scope, &telling);
                let by_parts = match scope.rankings.is_empty() {
                    true => Vec::new(),
                    false => self.level_by_parts(scope, month, term),
                };
                let level = self.level(scope, month, term);
                let levelled = self.levelled(&self.deciding(scope), month, term);
                for list in [telling, by_parts, level, levelled, lasting, past] {
                    let list = self.supplied(list, &units);
                    if let Some(witness) = self.first(scope, &list, month, term) {
                        return Some(witness);
                    }
                }
            }
            let complete = self.complete(month);
            let full: Vec<Trial> =
                [2, 3, 6].iter().flat_map(|count| complete.iter().map(|unit| self.spread(unit, *count))).collect();
            let grouped = self.grouped(&full);
            for list in [full, grouped] {
                if let Some(witness) = self.first(scope, &list, month, term) {
                    return Some(witness);
                }
            }
        }
        None
    }

    /// The same with each unit in another group than the one before.
    fn grouped(&self, list: &[Trial]) -> Vec<Trial> {
        let Some((attribute, values)) = self.groups() else { return Vec::new() };
        let several = list.iter().filter(|trial| trial.units.len() > 1).cloned();
        let grouped = several.map(|mut trial| {
            for (index, (asked, _)) in trial.units.iter_mut().enumerate() {
                let named = Named::Attribute(attribute.clone());
                asked.retain(|(known, _)| *known != named);
                asked.push((named, values[index % values.len()].clone()));
            }
            trial
        });
        grouped.collect()
    }

    /// The first of several trials that shows the change.
    fn first(&mut self, scope: &Scope, list: &[Trial], month: u32, term: bool) -> Option<Witness> {
        for trial in list {
            if self.is_spent(scope) {
                break;
            }
            self.tried += 1;
            if let Some(witness) = self.show(scope, trial, month, term) {
                return Some(witness);
            }
        }
        None
    }

    /// Whether what changed is decided in such a period: at the end of the term, or in each base period.
    fn is_decided(&self, scope: &Scope, term: bool) -> bool {
        if !scope.cohort {
            return true;
        }
        let is_here = |plan: &Plan, cycle: Cycle| {
            if term { cycle >= Cycle::Year || cycle != plan.cycle } else { cycle == plan.cycle }
        };
        let in_book = |plan: &Plan, pick: fn(&Places) -> Option<usize>| {
            scope.awards.iter().filter_map(pick).any(|at| is_here(plan, plan.awards[at].cycle))
                || scope.rankings.iter().filter_map(pick).any(|at| is_here(plan, plan.rankings[at].cycle))
                || scope.gradings.iter().filter_map(pick).any(|at| is_here(plan, plan.gradings[at].cycle))
        };
        in_book(self.old.plan, |pair| pair.0) || in_book(self.new.plan, |pair| pair.1)
    }
}

/// The places that changed lines may speak of, beyond those that few units have.
fn places(scope: &Scope) -> Vec<usize> {
    let whole = |value: &Number| value.decimal().filter(|_| value.is_whole()).and_then(|value| value.to_usize());
    let mut places: Vec<usize> = scope.values.iter().filter_map(whole).collect();
    places.extend(places.clone().iter().map(|place| place + 1));
    places.retain(|place| (4..=MOST_UNITS).contains(place) && *place != 6);
    places.sort_unstable();
    places.dedup();
    places.truncate(4);
    places
}
