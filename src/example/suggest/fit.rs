//! Facts of a unit that bring its total to a wanted number: what each line brings was tried, sums are tried again.

use std::collections::BTreeSet;

use rust_decimal::prelude::ToPrimitive;

use super::bench::{Bench, Source, Tried};
use super::scene::{Scene, merged};
use crate::analysis::{Part, line_points};
use crate::calendar::{Cycle, PeriodId};
use crate::outcome::{Status, UnitOutcome};
use crate::plan::walk::{each_condition, walk};
use crate::plan::*;
use crate::value::Number;

/// More of one thing nobody would believe.
const MOST_OCCURRENCES: i64 = 200;

/// So many facts are repeated over several periods.
const MOST_AGAIN: usize = 30;

pub(super) struct Fitter<'b> {
    bench: &'b Bench<'b>,
    /// The ends of grades and awards in points, by period.
    ends: Vec<(PeriodId, Vec<Number>)>,
    /// The first lever twice: with it once this tells where units begin.
    twice: Option<Part>,
    /// Units by themselves, for one period or as many as conditions count.
    alone: Vec<Tried>,
}

impl<'b> Fitter<'b> {
    pub fn new(bench: &'b Bench<'b>) -> Fitter<'b> {
        let ends = bench.periods.iter().map(|(cycle, period)| (*period, ends(bench.plan, *cycle))).collect();
        let mut fitter = Fitter { bench, ends, twice: None, alone: Vec::new() };
        let plan = bench.plan;
        if plan.gradings.is_empty() && plan.awards.iter().all(|award| award.when == Condition::Always) {
            return fitter;
        }
        let own = bench.sources.iter().map(|source| source.part.clone());
        let twice = bench.levers().first().and_then(|source| bench.with(source, 2));
        let parts = std::iter::once(Part::default()).chain(own).chain(twice.clone());
        fitter.alone = bench.run(parts.map(|part| bench.alone(part, 1)).collect());
        fitter.twice = twice;
        let whole = fitter.whole().into_iter().map(|part| bench.alone(part, 1)).collect();
        let whole = bench.run(whole);
        let more = fitter.sums(&whole);
        fitter.alone.extend(whole);
        let more = bench.run(more.into_iter().map(|part| bench.alone(part, 1)).collect());
        // What stands at an end comes before what happens to be within.
        fitter.alone.splice(0..0, more);
        fitter.alone.extend(bench.run(fitter.again()));
        fitter
    }

    /// For how many periods facts are repeated: once, and as often as a condition counts.
    pub fn repeats(&self) -> Vec<usize> {
        let plan = self.bench.plan;
        let mut found = BTreeSet::from([1]);
        let mut count = |condition: &Condition| {
            streaks(condition, &mut found);
        };
        plan.gradings.iter().flat_map(|grading| &grading.grades).for_each(|grade| count(&grade.condition));
        plan.awards.iter().for_each(|award| count(&award.when));
        let periods = plan.calendar.each(plan.cycle).len();
        found.into_iter().filter(|count| *count <= periods).collect()
    }

    /// The facts tried so far, as often as conditions count.
    fn again(&self) -> Vec<Scene> {
        let longer = self.repeats().into_iter().filter(|months| *months > 1);
        let scenes = longer.flat_map(|months| {
            let likely = self.alone.iter().take(MOST_AGAIN).chain(self.alone.last());
            likely.map(move |tried| self.bench.alone(tried.scene.parts[0].clone(), months))
        });
        scenes.collect()
    }

    /// Everything that was tried, the simplest first.
    pub fn tried(&self) -> Vec<&Tried> {
        let mut tried: Vec<&Tried> = self.alone.iter().collect();
        tried.sort_by_key(|tried| tried.scene.months.len());
        tried
    }

    fn outcome<'t>(&self, tried: &'t Tried, period: PeriodId) -> Option<&'t UnitOutcome> {
        tried.scene.seen(self.bench.plan, &tried.ran, 0, period)
    }

    fn total(&self, tried: &Tried, period: PeriodId) -> Option<Number> {
        self.outcome(tried, period).map(|outcome| outcome.total)
    }

    /// Facts at the lower end of a grade, then at its upper one; any of it where neither was found.
    pub fn in_grade(&self, period: PeriodId, grading: u16, grade: &str, months: usize) -> Vec<Part> {
        let mut inside = self.of_grade(period, grading, grade, months);
        inside.sort_by_key(|(total, part)| (*total, part.rows.len()));
        let at_end = |total: &Number| {
            let ends = self.ends.iter().filter(|(of, _)| *of == period).flat_map(|(_, ends)| ends);
            ends.into_iter().any(|end| end == total || end.minus(Number::ONE).ok().as_ref() == Some(total))
        };
        let ends: Vec<&(Number, Part)> = inside.iter().filter(|(total, _)| at_end(total)).collect();
        match (ends.first(), ends.last()) {
            (Some(low), Some(high)) if low.0 != high.0 => vec![high.1.clone(), low.1.clone()],
            (Some(only), _) => vec![only.1.clone()],
            _ => inside.into_iter().next().map(|(_, part)| part).into_iter().collect(),
        }
    }

    /// Facts of a grade with different totals, the greatest first.
    pub fn best_of(&self, period: PeriodId, grading: u16, grade: &str, months: usize) -> Vec<Part> {
        let mut inside = self.of_grade(period, grading, grade, months);
        inside.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.rows.len().cmp(&b.1.rows.len())));
        inside.dedup_by_key(|(total, _)| *total);
        inside.into_iter().map(|(_, part)| part).collect()
    }

    /// By the bands alone: a share of one unit is none.
    fn of_grade(&self, period: PeriodId, grading: u16, grade: &str, months: usize) -> Vec<(Number, Part)> {
        let is_in = |outcome: &&UnitOutcome| {
            let given = outcome.grades.iter().find(|given| given.grading == grading);
            let band = given.map(|given| given.before.as_ref().unwrap_or(&given.grade));
            !outcome.vetoed && band.is_some_and(|band| band == grade)
        };
        let tried = self.alone.iter().filter(|tried| tried.scene.months.len() == months);
        let inside = tried.filter_map(|tried| {
            let outcome = self.outcome(tried, period).filter(is_in)?;
            Some((outcome.total, tried.scene.parts[0].clone()))
        });
        inside.collect()
    }

    /// Facts from which units may go down and stay above the ends of awards.
    pub fn anchors(&self, period: PeriodId) -> Vec<Part> {
        let greatest = self.alone.iter().filter_map(|tried| {
            let outcome = self.outcome(tried, period).filter(|outcome| !outcome.vetoed)?;
            Some((outcome.total, &tried.scene.parts[0]))
        });
        greatest.max_by_key(|(total, _)| *total).map(|(_, part)| part.clone()).into_iter().collect()
    }

    /// What a unit has to begin with; where it is not assessed without any facts, by what one more brings.
    fn begins(&self, period: PeriodId) -> Option<Number> {
        let of = |part: &Part| {
            let tried = self.alone.iter().find(|tried| tried.scene.parts[0] == *part)?;
            self.outcome(tried, period).filter(|outcome| outcome.status == Status::Assessed)
        };
        if let Some(outcome) = of(&Part::default()) {
            return Some(outcome.total);
        }
        let (once, twice) = (self.bench.levers().into_iter().next()?, self.twice.as_ref()?);
        let (once, twice) = (of(&once.part)?.total, of(twice)?.total);
        once.minus(twice.minus(once).ok()?).ok()
    }

    /// What each line brings a unit that has nothing else.
    fn brings(&self, period: PeriodId) -> Option<(Number, Vec<(&'b Source, Number)>)> {
        let base = self.begins(period)?;
        let brings = self.bench.sources.iter().filter_map(|source| {
            let is_same = |tried: &&Tried| tried.scene.parts[0] == source.part;
            let total = self.total(self.alone.iter().find(is_same)?, period)?;
            Some((source, total.minus(base).ok()?)).filter(|(_, brings)| !brings.is_zero())
        });
        Some((base, brings.collect()))
    }

    /// What a line gives by itself: where weights are shared out anew its total alone says little. `None` where it
    /// gives nothing, unless it is that only beside others it is assessed at all.
    fn gives(&self, source: &Source, period: PeriodId) -> Option<Number> {
        let tried = self.alone.iter().find(|tried| tried.scene.parts[0] == source.part)?;
        let outcome = self.outcome(tried, period)?;
        let points = line_points(outcome, source.rule);
        (points.is_positive() || outcome.status != Status::Assessed).then_some(points)
    }

    /// All that a unit can be given at once: what each line brings alone does not say what all of them come to.
    fn whole(&self) -> Vec<Part> {
        let mut found = Vec::new();
        for (period, _) in &self.ends {
            let sources = self.bench.sources.iter();
            let mut good: Vec<(Number, &Source)> =
                sources.filter_map(|source| Some((self.gives(source, *period)?, source))).collect();
            good.sort_by_key(|(gives, source)| (std::cmp::Reverse(*gives), source.rule));
            let mut whole = Part::default();
            let mut graded = BTreeSet::new();
            for (_, source) in good {
                // One grade of a group is all that a unit may have.
                let groups = source.part.rows.iter().map(|(input, ..)| &self.bench.plan.inputs[input.index()].kind);
                let group = groups.into_iter().find_map(|kind| match kind {
                    InputKind::Grade { group } => Some(*group),
                    _ => None,
                });
                if let Some(more) = merged(&[&whole, &source.part])
                    && group.is_none_or(|group| graded.insert(group))
                {
                    whole = more;
                }
            }
            if !found.contains(&whole) {
                found.push(whole);
            }
        }
        found
    }

    /// For every end: facts that come to it, and to one point less and more.
    fn sums(&self, whole: &[Tried]) -> Vec<Part> {
        let mut found: Vec<Part> = Vec::new();
        for (period, ends) in &self.ends {
            let Some((base, brings)) = self.brings(*period) else { continue };
            let whole = whole.iter().filter_map(|tried| Some((self.total(tried, *period)?, &tried.scene.parts[0])));
            let nothing = Part::default();
            let bases: Vec<(Number, &Part)> = std::iter::once((base, &nothing)).chain(whole).collect();
            for end in ends {
                for target in [Ok(*end), end.minus(Number::ONE), end.plus(Number::ONE)].into_iter().flatten() {
                    for (total, part) in &bases {
                        let Ok(need) = target.minus(*total) else { continue };
                        for more in self.to_bring(need, &brings) {
                            found.extend(merged(&[part, &more]).filter(|sum| !found.contains(sum)));
                        }
                    }
                }
            }
        }
        found
    }

    /// So many of one line alone; or the greatest lines together, and one line for the rest.
    fn to_bring(&self, need: Number, brings: &[(&Source, Number)]) -> Vec<Part> {
        if need.is_zero() {
            return Vec::new();
        }
        let same_way = |(_, each): &&(&Source, Number)| each.is_negative() == need.is_negative();
        let mut useful: Vec<&(&Source, Number)> = brings.iter().filter(same_way).collect();
        useful.sort_by_key(|(source, each)| (std::cmp::Reverse(each.abs()), source.rule));
        let levers: Vec<&(&Source, Number)> = useful.iter().copied().filter(|(source, _)| source.is_lever).collect();
        let mut found = Vec::new();
        for (source, each) in levers.iter().take(6) {
            found.extend(self.lever(source, need, *each));
        }
        let (mut sum, mut left) = (Part::default(), need);
        let mut used = BTreeSet::new();
        for (source, each) in &useful {
            if each.abs() > left.abs() || used.contains(&source.rule) {
                continue;
            }
            let (Some(more), Ok(rest)) = (merged(&[&sum, &source.part]), left.minus(*each)) else { continue };
            (sum, left) = (more, rest);
            used.insert(source.rule);
            let rests = levers.iter().filter(|(source, _)| !used.contains(&source.rule));
            let whole = rests.filter_map(|(source, each)| merged(&[&sum, &self.lever(source, left, *each)?]));
            found.extend(whole.take(2));
            if left.is_zero() {
                break;
            }
        }
        if !sum.rows.is_empty() {
            found.push(sum);
        }
        found
    }

    fn lever(&self, source: &Source, need: Number, each: Number) -> Option<Part> {
        let count = need.divided_by(each).ok().filter(|count| count.is_whole())?;
        let count = count.decimal()?.to_i64().filter(|count| (0..=MOST_OCCURRENCES).contains(count))?;
        self.bench.with(source, count as usize)
    }
}

/// The points at which a grade or an award of a cycle begins or ends.
fn ends(plan: &Plan, cycle: Cycle) -> Vec<Number> {
    let is_total = |expr: &Expr| matches!(expr, Expr::Total);
    let gradings = plan.gradings.iter().filter(|grading| grading.cycle == cycle);
    let grades = gradings.flat_map(|grading| &grading.grades).map(|grade| &grade.condition);
    let awards = plan.awards.iter().filter(|award| award.cycle == cycle);
    let asked = grades.chain(awards.flat_map(Award::conditions));
    let numbers: BTreeSet<Number> = asked.flat_map(|when| numbers_with(when, &is_total)).collect();
    numbers.into_iter().collect()
}

/// How many periods conditions ask for: 连续3个月, 月数不少于6.
pub(super) fn streaks(condition: &Condition, found: &mut BTreeSet<usize>) {
    each_condition(condition, &mut |inner| {
        match inner {
            Condition::Streak { count, .. } => _ = found.insert(*count as usize),
            Condition::Compare(left, _, right) => {
                if let (Expr::CountPeriods { .. }, Expr::Number(count)) = (&**left, &**right) {
                    found.extend(count.decimal().and_then(|count| count.to_usize()).filter(|count| *count > 0));
                }
            }
            _ => {}
        }
        true
    });
}

/// The numbers that a condition compares such a value with, however deep.
pub(super) fn numbers_with(when: &Condition, is_meant: &dyn Fn(&Expr) -> bool) -> Vec<Number> {
    let mut found = Vec::new();
    each_condition(when, &mut |inner| {
        if let Condition::Compare(left, _, right) = inner {
            if let Expr::Number(number) = **right
                && is_meant(left)
            {
                found.push(number);
            }
            walk(left, &mut |expr| {
                if let Expr::CountPeriods { condition, .. } = expr {
                    found.extend(numbers_with(condition, is_meant));
                }
                true
            });
        }
        true
    });
    found
}
