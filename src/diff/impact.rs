//! What a new rulebook would have made of real facts: whose total, place, grade, awards and money change, and which
//! changes that comes from.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Comparison;
use super::adapt::{Adapted, adapt};
use super::between;
use super::deciding::Deciding;
use super::misfits::Misfits;
use super::places::{self, MoneyPart, PlacePart};
use super::share::{Shares, Sharing};
use super::witness::{self, Effect, Movers, Witness};
use crate::calendar::{Cycle, PeriodId};
use crate::diagnostic::Findings;
use crate::eval::{self, Both, Request, Sight};
use crate::facts::{self, Options, Reading, SourceFile, Store};
use crate::meaning::prize_text;
use crate::outcome::UnitOutcome;
use crate::plan::Plan;
use crate::scored::Scored;
use crate::value::Number;
use crate::workdays::Workdays;

/// The facts of an office, not yet read.
pub struct Data<'d> {
    pub roster: Option<&'d SourceFile<'d>>,
    pub history: Option<&'d SourceFile<'d>>,
    pub facts: &'d [SourceFile<'d>],
    /// The office's own calendar, where it keeps one.
    pub workdays: Option<Workdays>,
    pub threads: usize,
}

impl Data<'_> {
    fn read(&self, plan: &Plan) -> (Store, Findings) {
        self.read_by(&Reading::new(plan, false), plan)
    }

    fn read_by(&self, reading: &Reading, plan: &Plan) -> (Store, Findings) {
        let options = Options { keep_entries: false, threads: self.threads, progress: None };
        let (mut store, findings) = facts::read_by(reading, plan, self.roster, self.history, self.facts, &options);
        store.workdays = self.workdays.clone();
        (store, findings)
    }

    /// Reads for the new book alone; what it wants in each row the old facts need not hold.
    pub(super) fn read_adapted(&self, comparison: &Comparison<'_>, adapted: &mut Adapted) -> Result<Store, Findings> {
        let (store, found) = self.read(&adapted.plan);
        if !found.has_errors() {
            return Ok(store);
        }
        *adapted = adapt(comparison, false);
        let (store, found) = self.read(&adapted.plan);
        if found.has_errors() { Err(found) } else { Ok(store) }
    }
}

/// What a unit comes to under one book.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    pub total: Number,
    pub rank: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<String>,
    pub awards: Vec<String>,
    pub money: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl Standing {
    /// Without regard to how an award says its money.
    fn told(&self) -> Standing {
        Standing { awards: self.awards.iter().map(|text| prize_text(text)).collect(), ..self.clone() }
    }
}

/// A part of the difference of a total.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The number of the change; 0 for what comes from no single one.
    pub change: usize,
    pub points: Number,
}

/// A unit under both books.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    pub unit: String,
    pub old: Standing,
    pub new: Standing,
    pub difference: Number,
    /// They add up to the difference exactly; so do those of the way between the places, and of the money.
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub place_parts: Vec<PlacePart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub money_parts: Vec<MoneyPart>,
    /// Where nothing of it is counted (who takes part, a grade, what is given by it): the changes without which it
    /// would not be so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<usize>,
}

impl Moved {
    /// Whether some of it comes from no single change.
    fn is_unexplained(&self) -> bool {
        self.parts.iter().any(|part| part.change == 0)
            || self.place_parts.iter().any(|part| part.change == 0)
            || self.money_parts.iter().any(|part| part.change == 0)
    }

    pub fn has_changed(&self) -> bool {
        self.old.told() != self.new.told()
    }

    /// Whether it changed and no part says by what.
    pub(super) fn is_untold(&self) -> bool {
        let is_told = !(self.parts.is_empty() && self.place_parts.is_empty() && self.money_parts.is_empty());
        self.has_changed() && !is_told
    }
}

/// A shorter period in which prizes or grades are given, and whose are not the same.
#[derive(Clone, Debug, Serialize)]
pub struct Shorter {
    pub period: String,
    pub units: Vec<Regraded>,
}

/// A unit in such a period.
#[derive(Clone, Debug, Serialize)]
pub struct Regraded {
    pub unit: String,
    pub old: Standing,
    pub new: Standing,
}

/// Both books over the same facts.
#[derive(Clone, Debug, Serialize)]
pub struct Impact {
    pub period: String,
    /// In the order of the old places.
    pub units: Vec<Moved>,
    /// What each change comes to over all units.
    pub totals: Vec<Part>,
    /// Months and the like with prizes or grades of their own, where those of anyone change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shorter: Vec<Shorter>,
    #[serde(flatten)]
    pub misfits: Misfits,
    /// Witnesses of changes that no made-up facts showed, by the number of the change.
    #[serde(skip)]
    pub shown: Vec<(usize, Witness)>,
}

/// Scores a period under both books. `period` is a name; the whole term where it is empty.
pub fn impact(comparison: &Comparison<'_>, data: &Data<'_>, period: Option<PeriodId>) -> (Option<Impact>, Findings) {
    let old = &comparison.old.plan;
    let period = period.unwrap_or(old.calendar.term());
    let mut adapted = adapt(comparison, true);
    let both = Reading::of_both(old, &adapted.plan);
    let (before, mut findings) = match &both {
        Some((reading, _)) => data.read_by(reading, old),
        None => data.read(old),
    };
    if findings.has_errors() {
        return (None, findings);
    }
    let after = match both {
        Some((_, view)) => Ok(before.seen_by(&adapted.plan, view)),
        None => data.read_adapted(comparison, &mut adapted),
    };
    let after = match after {
        Ok(after) => after,
        Err(found) => return (None, found),
    };
    adapted.settle(&after, old);
    adapted.count_unknown(&after, old, &comparison.new.plan);
    let new = &adapted.plan;
    let sharing = Sharing::new(comparison, new);
    let request = |plan, store| Request { plan, store, period, traced: false, threads: data.threads };
    let (olds, news) = (request(old, &before), request(new, &after));
    let only = comparison.only();
    let shared = |[old, new]: [Sight<'_>; 2]| {
        let (total, total_anew) = (old.outcome.total, new.outcome.total);
        let shares = match only {
            Some(change) => Shares::whole(change, total_anew.minus(total).unwrap_or_default()),
            None => sharing.share(&old, &new),
        };
        (total, shares)
    };
    let watches = [true, false].map(|is_old| sharing.watch(is_old));
    let (both, odd) = match eval::evaluate_both([&olds, &news], watches.each_ref(), &shared) {
        Ok(both) => both,
        Err(wrong) => {
            findings.append(wrong);
            return (None, findings);
        }
    };
    findings.append(odd);
    let Both { outcomes: [x, y], closings: [closed, closed_anew], taken } = both;
    let (totals, shares): (Vec<Number>, Vec<Shares>) = taken.into_iter().unzip();
    let left = Scored { plan: old, store: &before, outcome: &x };
    let right = Scored { plan: new, store: &after, outcome: &y };
    let mut by_unit: Vec<Option<&UnitOutcome>> = vec![None; y.units.len()];
    y.units.iter().for_each(|unit| by_unit[unit.unit] = Some(unit));
    let mut units: Vec<(usize, Moved)> = Vec::with_capacity(x.units.len());
    for unit in &x.units {
        let Some(other) = by_unit.get(unit.unit).copied().flatten() else { continue };
        let (old, new) = (standing(&left, unit), standing(&right, other));
        let difference = new.total.minus(old.total).unwrap_or_default();
        let parts = shares[unit.unit].parts.clone();
        let name = left.name(unit).to_owned();
        let (place_parts, money_parts, because) = (Vec::new(), Vec::new(), Vec::new());
        let moved = Moved { unit: name, old, new, difference, parts, place_parts, money_parts, because };
        units.push((unit.unit, moved));
    }
    let mut stood = vec![((None, Number::ZERO), (None, Number::ZERO)); totals.len()];
    for (at, moved) in &units {
        let stands = |standing: &Standing| (standing.rank, standing.money.unwrap_or_default());
        stood[*at] = (stands(&moved.old), stands(&moved.new));
    }
    let cycle = old.calendar.period(period).cycle;
    let mut decided = match only {
        Some(change) => places::whole(change, &stood),
        None => {
            places::share(Deciding::new(comparison, (closed, closed_anew), (old, new), cycle, totals, &shares), &stood)
        }
    };
    for (at, moved) in &mut units {
        (moved.place_parts, moved.money_parts) = std::mem::take(&mut decided[*at]);
    }
    let (places, mut units): (Vec<usize>, Vec<Moved>) = units.into_iter().unzip();
    if units.iter().any(Moved::is_unexplained) {
        between::share(comparison, data, &before, period, &mut units);
    }
    match only {
        Some(change) => units.iter_mut().filter(|unit| unit.is_untold()).for_each(|unit| unit.because = vec![change]),
        None if units.iter().any(Moved::is_untold) => between::blame(comparison, data, &before, period, &mut units),
        None => {}
    }
    let shown = witness::in_facts(comparison, &before, period, &movers(comparison, &places, &units));
    let mut sums: FxHashMap<usize, Number> = FxHashMap::default();
    for moved in &units {
        for part in &moved.parts {
            let sum = sums.entry(part.change).or_default();
            *sum = sum.plus(part.points).unwrap_or(*sum);
        }
    }
    let mut sums: Vec<Part> = sums.into_iter().map(|(change, points)| Part { change, points }).collect();
    sums.sort_by_key(|part| part.change);
    let name = left.period().name.clone();
    let shorter = shorter(&Sides { plans: [old, new], stores: [&before, &after], threads: data.threads }, period);
    let impact = Impact { period: name, units, totals: sums, shorter, misfits: adapted.misfits.clone(), shown };
    (Some(impact), findings)
}

/// Whom each change moves, by places on the roster.
fn movers(comparison: &Comparison<'_>, places: &[usize], units: &[Moved]) -> Movers {
    let moves = |moved: &Moved, number: usize| {
        moved.parts.iter().any(|part| part.change == number && !part.points.is_zero())
            || moved.place_parts.iter().any(|part| part.change == number)
            || moved.money_parts.iter().any(|part| part.change == number)
            || moved.because.contains(&number)
    };
    let of = |number: usize| -> Vec<usize> {
        let moved = places.iter().zip(units).filter(|(_, moved)| moved.has_changed() && moves(moved, number));
        moved.map(|(place, _)| *place).collect()
    };
    let open = comparison.meant().filter(|change| matches!(change.effect, Effect::NotFound { .. }));
    open.map(|change| (change.number, of(change.number))).filter(|(_, units)| !units.is_empty()).collect()
}

/// Both books, and the facts as each sees them.
struct Sides<'s> {
    plans: [&'s Plan; 2],
    stores: [&'s Store; 2],
    threads: usize,
}

/// Whose prizes and grades of shorter periods than this change.
fn shorter(sides: &Sides<'_>, period: PeriodId) -> Vec<Shorter> {
    let calendar = &sides.plans[0].calendar;
    let all = calendar.period(period);
    let given = |cycle: Cycle| {
        let in_plan = |plan: &&Plan| {
            let grades = plan.gradings.iter().any(|grading| grading.cycle == cycle);
            grades || plan.awards.iter().any(|award| award.cycle == cycle)
        };
        sides.plans.iter().any(in_plan)
    };
    let cycles = [Cycle::Month, Cycle::Quarter, Cycle::Half, Cycle::Year];
    let periods = cycles.into_iter().filter(|cycle| *cycle < all.cycle && given(*cycle)).flat_map(|cycle| {
        let within = calendar.each(cycle).map(|id| (id, calendar.period(id)));
        within.filter(|(_, own)| all.first <= own.first && own.last <= all.last).map(|(id, _)| id).collect::<Vec<_>>()
    });
    let standings = |side: usize, period: PeriodId| -> Option<Vec<(usize, Standing)>> {
        let (plan, store) = (sides.plans[side], sides.stores[side]);
        let (outcome, _) = eval::evaluate(&Request { plan, store, period, traced: false, threads: sides.threads });
        let outcome = outcome?;
        let scored = Scored { plan, store, outcome: &outcome };
        let mut all: Vec<_> = outcome.units.iter().map(|unit| (unit.unit, standing(&scored, unit))).collect();
        all.sort_by_key(|(unit, _)| *unit);
        Some(all)
    };
    let told = |period: PeriodId| -> Option<Shorter> {
        let (old, new) = (standings(0, period)?, standings(1, period)?);
        let given = |standing: &Standing| {
            let Standing { grades, awards, money, .. } = standing.told();
            (grades, awards, money)
        };
        let differing = old.into_iter().zip(new).filter(|((_, a), (_, b))| given(a) != given(b));
        let units = differing.map(|((unit, old), (_, new))| Regraded {
            unit: sides.stores[0].roster[unit].name.to_string(),
            old,
            new,
        });
        let units: Vec<Regraded> = units.collect();
        (!units.is_empty()).then(|| Shorter { period: calendar.period(period).name.clone(), units })
    };
    periods.filter_map(told).collect()
}

/// What a unit comes to.
pub fn standing(scored: &Scored<'_>, unit: &UnitOutcome) -> Standing {
    Standing {
        total: unit.total,
        rank: scored.rank(unit),
        grades: unit.grades.iter().map(|grade| grade.grade.clone()).collect(),
        awards: scored.awards(unit).map(str::to_owned).collect(),
        money: scored.money(unit),
        group: scored.group(unit).map(str::to_owned),
    }
}
