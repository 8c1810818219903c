//! 等次: bands, quotas by rank, and what raises or lowers a grade.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::calendar::PeriodId;
use crate::eval::expr::Value;
use crate::eval::peers::group_of;
use crate::eval::problem::{Problem, Where};
use crate::eval::run::{Active, Run};
use crate::eval::score::Scored;
use crate::eval::unit::{At, Scorer, Settled};
use crate::outcome::{GradeOutcome, Status, UnitOutcome};
use crate::plan::{Comparison, Condition, Effect, Expr, GradeChange, Grading, Quota};
use crate::value::Inexact;

/// One grading of a period, and the units it is to grade; all lists are in roster order.
#[derive(Clone, Copy)]
pub(super) struct Stage<'s, 'a> {
    /// Of the grading in the plan.
    pub index: u16,
    pub period: PeriodId,
    pub units: &'s [Scored<'a>],
    /// Their places in the ranking that quotas go by.
    pub ranks: &'s [Option<u32>],
}

/// A unit's grade on its way through quotas and rules.
#[derive(Clone, Debug, Default)]
struct Standing {
    /// By the bands alone; `None` for no grade.
    band: Option<usize>,
    now: Option<usize>,
    /// By bands and quotas, whatever lines do to grades: 等次降1档 goes down from there.
    deserved: Option<usize>,
    /// Set by name: a quota does not move it.
    is_fixed: bool,
    /// 不得高于: nothing lifts it above this grade any more.
    ceiling: usize,
    /// Set, raised or lowered: what raises or lowers it further goes on from there.
    is_stepped: bool,
    /// Raised, lowered or set by a line.
    is_moved: bool,
    /// By grade, where there are quotas: whether the unit is good enough for it.
    worthy: Vec<bool>,
    reasons: Vec<String>,
}

/// What later stages know about a unit.
pub(super) fn settled(unit: &UnitOutcome, period: PeriodId, grades: &[Option<String>]) -> Settled {
    let total = match unit.status {
        Status::Assessed => Value::Number(unit.total),
        Status::NotAssessed => Value::NotAssessed,
    };
    Settled {
        period,
        total,
        vetoed: unit.vetoed,
        demoted: unit.demoted,
        disqualified: unit.disqualified.clone(),
        grades: grades.to_vec(),
    }
}

impl<'a> Run<'a> {
    /// Grades of one grading for every unit; `known` holds those of earlier gradings.
    pub fn grade(
        &mut self,
        stage: Stage<'_, 'a>,
        known: &mut [Vec<Option<String>>],
        active: &mut Active,
    ) -> Vec<Option<GradeOutcome>> {
        let Stage { index, units, ranks, .. } = stage;
        let grading: &'a Grading = &self.program.plan.gradings[index as usize];
        let name_of = |grade: usize| grading.grades[grade].name.clone();
        let mut standings: Vec<Standing> = self
            .bands(stage, known, active)
            .into_iter()
            .map(|(band, worthy)| Standing { band, now: band, worthy, ..Standing::default() })
            .collect();
        if grading.refill {
            let mut deserved = standings.clone();
            self.fill_quotas(grading, units, ranks, &mut deserved);
            standings.iter_mut().zip(deserved).for_each(|(standing, deserved)| standing.deserved = deserved.now);
        } else {
            self.fill_quotas(grading, units, ranks, &mut standings);
            standings.iter_mut().for_each(|standing| standing.deserved = standing.now);
        }
        for (unit, standing) in standings.iter().enumerate() {
            known[unit][index as usize] = standing.now.map(name_of);
        }
        self.apply_rules(stage, known, &mut standings, active);
        if grading.refill {
            self.fill_quotas(grading, units, ranks, &mut standings);
        }
        for (unit, standing) in standings.iter().enumerate() {
            known[unit][index as usize] = standing.now.map(name_of);
        }
        let outcome = |standing: Standing| {
            standing.now.map(|now| GradeOutcome {
                grading: index,
                grade: name_of(now),
                before: if standing.is_moved { standing.deserved } else { standing.band }
                    .filter(|before| *before != now)
                    .map(name_of),
                is_moved: standing.is_moved,
                reasons: standing.reasons,
            })
        };
        standings.into_iter().map(outcome).collect()
    }

    /// Of each unit the grade that its band is of, and, where there are quotas, which grades it is good enough for.
    fn bands(
        &mut self,
        Stage { index, period, units, .. }: Stage<'_, 'a>,
        known: &[Vec<Option<String>>],
        active: &mut Active,
    ) -> Vec<(Option<usize>, Vec<bool>)> {
        let grading: &'a Grading = &self.program.plan.gradings[index as usize];
        let has_quotas = grading.grades.iter().any(|grade| !grade.quotas.is_empty());
        let better = better_end(grading);
        let ask = |scorer: &mut Scorer<'_, 'a>, unit: usize| {
            let outcome = &units[unit].outcome;
            if outcome.status != Status::Assessed {
                return (None, Vec::new());
            }
            scorer.resume(unit, settled(outcome, period, &known[unit]));
            let at = At::period(period);
            let found = (grading.grades.iter())
                .enumerate()
                .find_map(|(grade, band)| match scorer.holds(&band.condition, at) {
                    Ok(holds) => holds.then_some(Ok(grade)),
                    Err(fault) => Some(Err(fault)),
                })
                .transpose();
            let worthy = match has_quotas {
                true => grading.grades.iter().map(|grade| scorer.is_worthy(&grade.condition, better, at)).collect(),
                false => Ok(Vec::new()),
            };
            match found.and_then(|band| Ok((band, worthy?))) {
                Ok(known) => known,
                Err(fault) => {
                    scorer.problems.push(Problem::arithmetic(unit, Where::Grading(index), period, fault));
                    (None, Vec::new())
                }
            }
        };
        self.survey_within(&ask, active)
    }

    /// Those beyond a quota fall to the next grade that they are good enough for, where they stand before those of that
    /// grade if they rank higher.
    fn fill_quotas(&self, grading: &Grading, units: &[Scored<'a>], ranks: &[Option<u32>], standings: &mut [Standing]) {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (unit, scored) in units.iter().enumerate() {
            if scored.outcome.status == Status::Assessed {
                let group = if grading.per_group { group_of(&self.program, unit) } else { None };
                groups.entry(group).or_default().push(unit);
            }
        }
        for members in groups.values() {
            let goes_by_place = members.iter().any(|unit| ranks[*unit].is_some());
            for (grade, band) in grading.grades.iter().enumerate() {
                let places = |quota: &Quota| quota.places(members.len(), grading.quota_rounding);
                let (least, most): (Vec<&Quota>, Vec<&Quota>) =
                    band.quotas.iter().partition(|quota| matches!(quota, Quota::AtLeast { .. }));
                let Some(quota) = most.into_iter().map(places).min() else { continue };
                let quota = least.iter().copied().map(places).fold(quota, usize::max);
                let sure =
                    least.into_iter().filter(|quota| matches!(quota, Quota::AtLeast { lets_equals_in: true, .. }));
                let sure = sure.map(places).max().unwrap_or(0);
                // The last grade has nowhere to fall to.
                if grade + 1 == grading.grades.len() {
                    continue;
                }
                let counts = |unit: &usize| !(grading.set_apart && standings[*unit].is_fixed);
                let better =
                    members.iter().filter(|unit| counts(unit) && standings[**unit].now.is_some_and(|now| now < grade));
                let places = if grading.cumulative { quota.saturating_sub(better.count()) } else { quota };
                let here = members.iter().copied().filter(|unit| counts(unit) && standings[*unit].now == Some(grade));
                // 一票否决的不参加排名: who has no place is none of the first.
                let has_place = |unit: &usize| !goes_by_place || ranks[*unit].is_some() || standings[*unit].is_fixed;
                let (mut here, placeless): (Vec<usize>, Vec<usize>) = here.partition(has_place);
                for unit in placeless {
                    standings[unit].fall(grade, format!("没有名次，不占“{}”的名额", band.name));
                }
                let set = here.iter().filter(|unit| standings[**unit].is_fixed).count();
                let taken = if set > 0 { format!("，直接确定的占了{set}个") } else { String::new() };
                here.sort_by_key(|unit| (!standings[*unit].is_fixed, ranks[*unit].unwrap_or(u32::MAX), *unit));
                for (unit, stays) in within_quota(&here, ranks, standings, (places, sure)) {
                    if !stays {
                        standings[unit].fall(grade, format!("{}名额{places}个{taken}，按名次未进入", band.name));
                    }
                }
            }
        }
    }

    /// What lines did to grades, then the grading's own rules in the order written.
    fn apply_rules(
        &mut self,
        Stage { index, period, units, .. }: Stage<'_, 'a>,
        known: &mut [Vec<Option<String>>],
        standings: &mut [Standing],
        active: &mut Active,
    ) {
        let grading: &'a Grading = &self.program.plan.gradings[index as usize];
        let position = |name: &str| grading.grades.iter().position(|grade| grade.name == name);
        let is_meant = |of: &str| of.is_empty() || of == grading.name;
        for (unit, scored) in units.iter().enumerate() {
            // Who is not assessed has no grade, whatever happened.
            let effects = if scored.outcome.status == Status::Assessed { &scored.effects[..] } else { &[] };
            for effect in effects {
                let standing = &mut standings[unit];
                match effect {
                    Effect::SetGrade { grading: of, grade } if is_meant(of) => {
                        let reason = format!("等次定为{grade}");
                        standing.change(&GradeChange::Set(grade.clone()), position(grade), grading, &reason);
                    }
                    Effect::GradeAtMost { grading: of, grade } if is_meant(of) => {
                        let reason = format!("等次不得高于{grade}");
                        standing.change(&GradeChange::AtMost(grade.clone()), position(grade), grading, &reason);
                    }
                    Effect::LowerGrade { grading: of, steps } if is_meant(of) => {
                        standing.change(&GradeChange::Down(*steps), None, grading, &format!("等次降{steps}档"));
                    }
                    _ => {}
                }
            }
            known[unit][index as usize] = standings[unit].now.map(|grade| grading.grades[grade].name.clone());
        }
        for rule in &grading.rules {
            let view: &[Vec<Option<String>>] = known;
            let ask = |scorer: &mut Scorer<'_, 'a>, unit: usize| {
                let outcome = &units[unit].outcome;
                if outcome.status != Status::Assessed {
                    return None;
                }
                let at = At::period(period);
                scorer.resume(unit, settled(outcome, period, &view[unit]));
                let holds = scorer.holds(&rule.when, at).unwrap_or_else(|fault| {
                    scorer.problems.push(Problem::arithmetic(unit, Where::Grading(index), period, fault));
                    false
                });
                let mut figures = Vec::new();
                if holds && scorer.program.traced {
                    let complaints = scorer.problems.len();
                    _ = scorer.met(&rule.when, at, &mut figures);
                    scorer.problems.truncate(complaints);
                }
                holds.then_some(figures)
            };
            let meets: Vec<Option<Vec<String>>> = self.survey_within(&ask, active);
            for (unit, figures) in meets.into_iter().enumerate() {
                if let Some(figures) = figures {
                    let place = match &rule.change {
                        GradeChange::Set(grade) | GradeChange::AtMost(grade) => position(grade),
                        GradeChange::Up(_) | GradeChange::Down(_) => None,
                    };
                    let reason = match figures.is_empty() {
                        true => rule.reason.clone(),
                        false => format!("{}（{}）", rule.reason, figures.join("；")),
                    };
                    standings[unit].change(&rule.change, place, grading, &reason);
                    known[unit][index as usize] = standings[unit].now.map(|grade| grading.grades[grade].name.clone());
                }
            }
        }
    }
}

/// Which end of a score is the better one, as the first grade that speaks of one has it.
fn better_end(grading: &Grading) -> Ordering {
    fn first(condition: &Condition) -> Option<Ordering> {
        match condition {
            Condition::Compare(left, comparison, _) if !is_place(left) => match comparison {
                Comparison::AtLeast | Comparison::Above => Some(Ordering::Greater),
                Comparison::AtMost | Comparison::Below => Some(Ordering::Less),
                Comparison::Equal | Comparison::NotEqual => None,
            },
            Condition::All(list) => list.iter().find_map(first),
            _ => None,
        }
    }
    grading.grades.iter().find_map(|grade| first(&grade.condition)).unwrap_or(Ordering::Greater)
}

fn is_place(expr: &Expr) -> bool {
    matches!(expr, Expr::Rank(_))
}

impl<'a> Scorer<'_, 'a> {
    /// Whether a unit is good enough for a grade: it meets the condition, or is too good for it.
    fn is_worthy(&mut self, condition: &'a Condition, better: Ordering, at: At) -> Result<bool, Inexact> {
        match condition {
            Condition::Compare(left, comparison, _) => {
                let better = if is_place(left) { Ordering::Less } else { better };
                let bounds_the_better = match comparison {
                    Comparison::AtMost | Comparison::Below => better == Ordering::Greater,
                    Comparison::AtLeast | Comparison::Above => better == Ordering::Less,
                    Comparison::Equal | Comparison::NotEqual => false,
                };
                Ok(bounds_the_better || self.holds(condition, at)?)
            }
            Condition::All(list) => {
                for inner in list {
                    if !self.is_worthy(inner, better, at)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => self.holds(condition, at),
        }
    }
}

impl Standing {
    /// From a grade that it has no place in to the next one that it is good enough for.
    fn fall(&mut self, from: usize, reason: String) {
        let next = (from + 1..self.worthy.len()).find(|next| self.worthy[*next]);
        self.now = Some(next.unwrap_or(from + 1));
        self.reasons.push(reason);
    }

    /// `place` is where the grade named by the change stands.
    fn change(&mut self, change: &GradeChange, place: Option<usize>, grading: &Grading, reason: &str) {
        let last = grading.grades.len().saturating_sub(1);
        let was_fixed = self.is_fixed;
        let from = |now: usize| match self.deserved {
            Some(deserved) if !self.is_stepped => deserved.max(now),
            _ => now,
        };
        let after = match (change, place, self.now) {
            (GradeChange::Set(_), Some(place), _) => {
                (self.is_fixed, self.is_stepped) = (true, true);
                Some(place)
            }
            (GradeChange::AtMost(_), Some(place), _) => {
                self.ceiling = self.ceiling.max(place);
                // 优秀：前15% lets in who has no marks for the grades below it: barred from the first is not lifted to the second.
                let is_worthy = |grade: &usize| self.is_stepped || self.worthy.get(*grade).is_none_or(|worthy| *worthy);
                let below = || (self.ceiling..=last).find(is_worthy).unwrap_or(self.ceiling);
                self.now.map(|now| if now < self.ceiling { below() } else { now })
            }
            (GradeChange::Up(steps), _, Some(now)) => {
                let from = from(now);
                self.is_fixed |= grading.refill;
                self.is_stepped = true;
                Some(from.saturating_sub(*steps as usize))
            }
            // Places that become free are filled afterwards: whoever is lowered leaves the one that it would have had.
            (GradeChange::Down(steps), _, Some(now)) => {
                let from = from(now);
                self.is_stepped = true;
                Some(from.saturating_add(*steps as usize).min(last))
            }
            (_, _, now) => now,
        };
        let (wanted, after) = (after, after.map(|after| after.max(self.ceiling)));
        // What a quota would have taken away again was set all the same.
        let is_kept = !was_fixed && self.is_fixed && self.deserved.is_some() && after != self.deserved;
        if after != self.now || is_kept {
            self.now = after;
            self.is_moved = true;
            self.reasons.push(reason.to_owned());
        } else if wanted != after && !matches!(change, GradeChange::AtMost(_)) {
            self.reasons.push(format!("{reason}，但不得高于{}", grading.grades[self.ceiling].name));
        }
    }
}

/// Units that share a rank stay together: where not all of them have room none of them has, unless there would be
/// fewer than `sure`.
fn within_quota(
    here: &[usize],
    ranks: &[Option<u32>],
    standings: &[Standing],
    (places, sure): (usize, usize),
) -> Vec<(usize, bool)> {
    let level = |unit: usize| (standings[unit].is_fixed, ranks[unit]);
    let mut stays = Vec::with_capacity(here.len());
    for group in here.chunk_by(|a, b| level(*a) == level(*b)) {
        let is_short = stays.len() < sure;
        let fits = standings[group[0]].is_fixed || is_short || stays.len() + group.len() <= places;
        stays.extend(group.iter().map(|unit| (*unit, fits)));
    }
    stays
}
