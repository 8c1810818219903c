//! Units side by side, for what is decided over all of them: places, grades, awards.

use super::scope::{Places, Scope};
use super::{Search, Witness};
use crate::calendar::{Cycle, Month};
use crate::diff::trial::{Named, Row, Side, Trial};
use crate::plan::*;
use crate::value::Number;

impl Search<'_> {
    /// Several units whose places, grades and awards may differ.
    pub(super) fn cohorts(
        &mut self,
        scope: &Scope,
        trials: &[Trial],
        month: u32,
        tried: &mut usize,
    ) -> Option<Witness> {
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
        }
        for count in [1, 2, 3, 4, 6, 8, 12] {
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
        if let Some(attribute) = self.groups() {
            let more: Vec<Trial> = list
                .iter()
                .filter(|trial| trial.units.len() > 1)
                .cloned()
                .map(|mut trial| {
                    for (index, (asked, _)) in trial.units.iter_mut().enumerate() {
                        asked.push((
                            Named::Attribute(attribute.0.clone()),
                            attribute.1[index % attribute.1.len()].clone(),
                        ));
                    }
                    trial
                })
                .collect();
            list.extend(more);
        }
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
            let mut found = None;
            for measured in [false, true] {
                if found.is_none() {
                    let reaching = self.totals(scope, month, term, measured);
                    found = self.first(scope, &reaching, month, term, tried);
                }
            }
            // Where totals decide, places seldom do.
            let most = if scope.limits.is_empty() { list.len() } else { list.len().min(24) };
            found = found.or_else(|| self.first(scope, &list[..most], month, term, tried));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The first of several trials that shows the change.
    fn first(&mut self, scope: &Scope, list: &[Trial], month: u32, term: bool, tried: &mut usize) -> Option<Witness> {
        let (before, after) = (self.old.month(month), self.new.month(month));
        for trial in list {
            *tried += 1;
            let a = self.old.whole_result(trial, before, term);
            let b = self.new.whole_result(trial, after, term);
            let (Some(a), Some(b)) = (a, b) else { continue };
            let told = a.iter().zip(&b).enumerate().find_map(|(unit, (a, b))| Some((unit, self.told(scope, a, b)?)));
            if let Some((unit, told)) = told {
                let witness = self.witness(trial, month, term, unit, told);
                if let Some(witness) = self.settled(witness) {
                    return Some(witness);
                }
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
