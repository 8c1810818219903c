//! 等次: a unit at each line between grades and one just below it, and for each 名额 one more than it takes.

use rust_decimal::prelude::ToPrimitive;

use super::bench::{Bench, MOST_UNITS, Tried};
use super::fit::Fitter;
use super::scene::Scene;
use super::stage::{About, Candidates};
use crate::analysis::Part;
use crate::calendar::PeriodId;
use crate::example::coverage::Touch;
use crate::plan::{Grade, Grading, Quota};
use crate::value::Number;

impl Bench<'_> {
    /// A unit at each line between grades and one just below it; and for each 名额 one more than it takes.
    pub(super) fn grade_scenes(&self, fitter: &Fitter<'_>) -> Vec<Candidates> {
        let mut found = Vec::new();
        for (index, grading) in self.plan.gradings.iter().enumerate() {
            let touch = |grade: &Grade| Touch::Graded(index as u16, grade.name.clone());
            if !grading.grades.iter().any(|grade| self.wanted.contains_key(&touch(grade))) {
                continue;
            }
            let Some(period) = self.period(grading.cycle) else { continue };
            let shares = grading.grades.iter().flat_map(|grade| &grade.quotas).filter_map(least_units);
            let least = shares.max().unwrap_or(0).min(MOST_UNITS);
            let title = format!("等次 {} 分数线", grading.name);
            let mut list = Vec::new();
            for months in fitter.repeats() {
                let of = |grade: &Grade| fitter.in_grade(period, index as u16, &grade.name, months);
                let mut parts: Vec<Part> = grading.grades.iter().flat_map(of).collect();
                let Some(lowest) = parts.last().cloned() else { continue };
                let shown = parts.len().max(least);
                parts.resize(shown, lowest);
                list.push(self.scene(title.clone(), parts, grading.cycle, months, (0..shown).collect()));
            }
            found.push(Candidates { about: About::Grades, list, fits: |_| true });
            for grade in grading.grades.iter().filter(|grade| !grade.quotas.is_empty()) {
                let list = self.quota_scenes(fitter, index as u16, grading, grade, period);
                found.push(Candidates { about: About::Grades, list, fits: has_one_moved });
            }
        }
        found
    }

    fn quota_scenes(
        &self,
        fitter: &Fitter<'_>,
        index: u16,
        grading: &Grading,
        grade: &Grade,
        period: PeriodId,
    ) -> Vec<Scene> {
        let count = grade.quotas.iter().filter_map(|quota| match quota {
            Quota::Count(count) => Some(*count as usize),
            Quota::Share(_) | Quota::AtLeast { .. } => None,
        });
        let count = count.min().unwrap_or(1);
        if count >= MOST_UNITS {
            return Vec::new();
        }
        let units = grade.quotas.iter().filter_map(least_units).max().unwrap_or(0).max(count + 1).min(MOST_UNITS);
        let mut found = Vec::new();
        for months in fitter.repeats() {
            let mut parts = fitter.best_of(period, index, &grade.name, months);
            // Of equals none goes in where not all of them do.
            let Some(worst) = parts.last().cloned() else { continue };
            let above = count + 1;
            parts.resize(above, worst);
            let last = grading.grades.last().map_or("", |last| last.name.as_str());
            let below = fitter.in_grade(period, index, last, months).last().cloned().unwrap_or_default();
            parts.resize(units.max(above), below);
            let title = format!("等次 {} {}的名额", grading.name, grade.name);
            found.push(self.scene(title, parts, grading.cycle, months, (0..above).collect()));
        }
        found
    }
}

fn has_one_moved(tried: &Tried) -> bool {
    let grades = tried.ran.seen.iter().flat_map(|seen| &seen.outcome.grades);
    grades.into_iter().any(|grade| grade.before.is_some())
}

/// How many units there must be for a share to be one of them.
fn least_units(quota: &Quota) -> Option<usize> {
    match quota {
        Quota::Share(share) => Number::ONE.divided_by(*share).ok()?.ceil().ok()?.to_usize(),
        Quota::Count(_) | Quota::AtLeast { .. } => None,
    }
}
