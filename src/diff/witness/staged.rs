//! Facts put together for what stages and limits look at: units of which all is reported, one behind the other; those
//! that a condition or a ceiling holds off; parts brought to the figure that a condition asks for; months of which so many
//! meet it.

use super::candidates::{is_known_to_both, joined};
use super::scope::Scope;
use super::{Search, months};
use crate::analysis::settle;
use crate::calendar::Cycle;
use crate::diff::guess;
use crate::diff::numbers;
use crate::diff::trial::{Named, Result, Row, Trial, Unit};
use crate::plan::*;
use crate::value::Number;

/// Units side by side at most: a quota of a tenth takes some.
pub(super) const MOST_UNITS: usize = 12;
/// Figures that parts are brought to.
const MOST_AIMS: usize = 6;
/// So many faults bring a unit behind one of which something else is worse.
const FAR: i64 = 40;
/// Units that are scored for bringing others to figures.
const MOST_BROUGHT: usize = 6_000;
/// Pairs of conditions that are met at once.
const MOST_HOLDS: usize = 10;
/// Pairs of units that come to the same by different parts.
const MOST_LEVEL: usize = 30;
/// What is tried for one step towards a figure.
const MOST_STEPS: usize = 200;

/// A part, or the total, and the figure that is asked of it.
type Aim = (Option<NodeId>, Number);

/// Periods of which so many meet a condition.
struct Counted {
    cycle: Cycle,
    condition: Condition,
    counts: Vec<u32>,
}

impl Search<'_> {
    /// Units of which all is reported, each with a fault more than the one before; one of them held off, or brought to a
    /// figure.
    pub(super) fn lined_up(&mut self, scope: &Scope, counted: &[Trial], month: u32, term: bool) -> Vec<Trial> {
        let Some(plain) = self.complete(month).into_iter().next() else { return Vec::new() };
        // As good as can be, so that those behind it are good enough for the best grade, too.
        let top = scope.limits.iter().copied().max().and_then(|top| top.plus(Number::whole(1_000)).ok());
        let base = top.and_then(|top| self.brought_to((None, top), &plain, month)).unwrap_or(plain.clone());
        let bests = self.best_graded(scope, &base, counted, month, term);
        let line = |first: Option<&Unit>, count: usize, behind: i64| -> Trial {
            let unit = |at: usize| match first {
                Some(first) if at == 0 => first.clone(),
                _ if behind > 0 => self.with_faults(&plain, behind + at as i64),
                _ => self.with_faults(&base, at as i64),
            };
            Trial { units: (0..count).map(unit).collect() }
        };
        let mut list: Vec<Trial> = (1..=MOST_UNITS).map(|count| line(None, count, 0)).collect();
        let holds = self.holds(scope);
        // Several of whoever is as good as the best grade asks for.
        for best in &bests {
            let same = |count: usize, each: i64, hold: Option<&Unit>| -> Trial {
                let unit = |at: usize| match hold.filter(|_| at == 0) {
                    Some(hold) => held_off(best, hold),
                    None => self.with_faults(best, each * at as i64),
                };
                Trial { units: (0..count).map(unit).collect() }
            };
            // A ceiling may hide a few faults.
            for count in self.counts_apart(scope) {
                list.extend([1, FAR].map(|each| same(count, each, None)));
            }
            list.extend(holds.iter().take(3).flat_map(|hold| [2, 5].map(|count| same(count, 1, Some(hold)))));
        }
        let counts = self.counts_in(scope);
        // So many months in a row at a place that takes as many units.
        let mut places: Vec<usize> = Vec::new();
        for counted in counts.iter().filter(|counted| counted.condition.any_expr(|it| matches!(it, Expr::Rank(_)))) {
            let mut figures = Vec::new();
            numbers::constants_of_condition(&counted.condition, &mut figures);
            let whole = figures.into_iter().filter_map(|figure| figure.floor().ok()?.try_into().ok());
            places.extend(whole.flat_map(|place: usize| [place, place + 1]).filter(|place| *place <= MOST_UNITS));
        }
        let lines: Vec<Trial> = places.into_iter().map(|count| line(None, count, 0)).collect();
        list.extend(self.lasting(lines.iter()));
        for hold in &holds {
            let first = held_off(&base, hold);
            list.extend([2, 3, 4, 5, 8].map(|count| line(Some(&first), count, 0)));
        }
        // Whoever is brought to a figure stands before the others, or behind them.
        let brought = self.brought(&self.aims(scope), &plain, month);
        if !counts.is_empty() {
            let single = brought.iter().chain([&base]).map(|unit| Trial { units: vec![unit.clone()] });
            let single: Vec<Trial> = single.collect();
            for trial in self.lasting(single.iter()) {
                list.extend(holds.iter().take(4).map(|hold| Trial { units: vec![held_off(&trial.units[0], hold)] }));
            }
        }
        for unit in &brought {
            list.extend([(1, 0), (2, FAR), (4, FAR), (4, 0)].map(|(count, behind)| line(Some(unit), count, behind)));
        }
        // What two conditions ask for at once shows which of them comes first.
        let two = holds.iter().enumerate().flat_map(|(at, one)| holds[at + 1..].iter().map(move |other| (one, other)));
        for (one, other) in two.take(MOST_HOLDS) {
            for unit in brought.iter().chain([&base]) {
                list.push(line(Some(&held_off(&held_off(unit, one), other)), 1, 0));
            }
        }
        list
    }

    /// Numbers of units for which quotas that changed come to other numbers of places; else a few and some.
    fn counts_apart(&self, scope: &Scope) -> Vec<usize> {
        let pairs = scope.gradings.iter().filter_map(|(old, new)| Some(((*old)?, (*new)?)));
        let places = |grading: &Grading, count: usize| -> Vec<usize> {
            let quotas = grading.grades.iter().flat_map(|grade| &grade.quotas);
            quotas.map(|quota| quota.places(count, grading.quota_rounding)).collect()
        };
        let mut counts: Vec<usize> = pairs
            .flat_map(|(old, new)| {
                let (old, new) = (&self.old.plan.gradings[old], &self.new.plan.gradings[new]);
                (1..=MOST_UNITS).filter(|count| places(old, *count) != places(new, *count))
            })
            .take(3)
            .collect();
        if counts.is_empty() {
            counts.extend([2, 5]);
        }
        counts
    }

    /// Units that months bring to a better grade than one month brings this one.
    fn best_graded(&mut self, scope: &Scope, base: &Unit, counted: &[Trial], month: u32, term: bool) -> Vec<Unit> {
        let Some(grading) = scope.gradings.iter().find_map(|(old, _)| *old) else { return Vec::new() };
        let units = self.complete(month);
        let mut trials = vec![Trial { units: vec![base.clone()] }];
        let step = months(self.old.plan.cycle);
        if term && step < 12 {
            let before = (1..12 / step).rev().flat_map(|at| self.again(&base.1, at * step));
            trials.push(Trial::one(base.0.clone(), before.chain(base.1.iter().cloned()).collect()));
        }
        trials.extend(counted.iter().cloned());
        let trials = self.supplied(trials, &units);
        let mut unlimited = self.old.whole().clone();
        for grade in unlimited.gradings.iter_mut().flat_map(|grading| &mut grading.grades) {
            grade.quotas.clear();
        }
        let all: Vec<&Trial> = trials.iter().collect();
        let results = self.old.together(&unlimited, &all, self.old.month(month), term);
        let place = |result: &Option<Result>| {
            let (_, name) = result.as_ref()?.grades.iter().find(|(at, _)| *at == grading)?;
            self.old.plan.gradings[grading].grades.iter().position(|grade| grade.name == *name)
        };
        let mut known: Vec<(usize, &Trial)> =
            trials.iter().zip(&results).filter_map(|(trial, result)| Some((place(result)?, trial))).collect();
        let own = place(&results[0]).unwrap_or(usize::MAX);
        known.retain(|(place, _)| *place < own);
        known.sort_by_cached_key(|(place, trial)| (*place, trial.size()));
        known.into_iter().take(1).map(|(_, trial)| trial.units[0].clone()).collect()
    }

    /// The same unit with so many faults that both books count alike.
    fn with_faults(&self, (asked, rows): &Unit, faults: i64) -> Unit {
        let mut unit = (asked.clone(), rows.clone());
        if let Some(fault) = self.fault().filter(|_| faults > 0) {
            let quantity = Number::whole(faults);
            match unit.1.iter_mut().find(|row| row.old == fault.old) {
                Some(row) => row.quantity = row.quantity.plus(quantity).unwrap_or(row.quantity),
                None => unit.1.push(Row { quantity, ..fault }),
            }
        }
        unit
    }

    /// A veto, a title lost, and what each condition of grades and awards asks for: of those that changed first.
    fn holds(&self, scope: &Scope) -> Vec<Unit> {
        let single = |row: Row| (Vec::new(), vec![row]);
        let mut holds: Vec<Unit> = self.title().into_iter().chain(self.veto()).map(single).collect();
        for (say, plan, is_old) in [(self.say(true), self.old.plan, true), (self.say(false), self.new.plan, false)] {
            let changed = scope.gradings.iter().filter_map(|pair| if is_old { pair.0 } else { pair.1 });
            let others = (0..plan.gradings.len()).filter(|at| !changed.clone().any(|own| own == *at));
            let gradings = changed.clone().chain(others).map(|at| &plan.gradings[at]);
            let rules = gradings.flat_map(|grading| grading.rules.iter().map(|rule| &rule.when));
            let bars = plan.awards.iter().flat_map(|award| award.exceptions.iter().map(|(when, _)| when));
            for when in rules.chain(bars).take(8) {
                let mut unit: Unit = (Vec::new(), Vec::new());
                past_of(when, &mut unit.0);
                if let Some(settings) = settle(plan, [when]) {
                    let trial = say.trial(None, &settings);
                    if is_known_to_both(&trial) {
                        unit = trial.units.into_iter().next().unwrap_or_default();
                    }
                }
                let is_empty = unit.0.is_empty() && unit.1.is_empty();
                if !is_empty && !holds.iter().any(|known| is_same(known, &unit)) {
                    holds.push(unit);
                }
            }
        }
        holds
    }

    /// The figures that changed conditions and limits speak of, and what lies between two of them.
    pub(super) fn aims(&self, scope: &Scope) -> Vec<Aim> {
        let mut aims: Vec<Aim> = Vec::new();
        for is_old in [true, false] {
            let plan = if is_old { self.old.plan } else { self.new.plan };
            let at = |pair: &(Option<usize>, Option<usize>)| if is_old { pair.0 } else { pair.1 };
            for grading in scope.gradings.iter().filter_map(at) {
                plan.gradings[grading].conditions().for_each(|when| asked_of(plan, when, &mut aims));
            }
            for award in scope.awards.iter().filter_map(at) {
                plan.awards[award].conditions().for_each(|when| asked_of(plan, when, &mut aims));
            }
            for (a, b, _) in &scope.facets {
                let node = if is_old { *a } else { *b };
                for step in &plan.nodes[node.index()].steps {
                    step.when().into_iter().for_each(|when| asked_of(plan, when, &mut aims));
                    if let Some(Expr::Number(limit)) = step.value() {
                        let own = Some(node).filter(|node| node.index() > 0);
                        aims.extend(limit.plus(Number::ONE).ok().map(|limit| (own, limit)));
                        aims.extend(limit.minus(Number::ONE).ok().map(|limit| (own, limit)));
                    }
                }
            }
            if !is_old {
                // Parts are called as the old book calls them.
                let back = |new: NodeId| self.shared.comparison.pairs.nodes.iter().find(|(_, other)| **other == new);
                for (node, _) in &mut aims {
                    *node = node.and_then(|node| back(node).map(|(old, _)| *old).or(Some(node)));
                }
            }
        }
        aims.sort_unstable_by_key(|(node, figure)| (node.map(NodeId::index), *figure));
        aims.dedup();
        let between = |pair: &[Aim]| {
            let middle = pair[0].1.plus(pair[1].1).ok()?.divided_by(Number::whole(2)).ok()?;
            (pair[0].0 == pair[1].0).then_some((pair[0].0, middle))
        };
        let mut all: Vec<Aim> = aims.windows(2).filter_map(between).collect();
        all.extend(aims);
        all.retain(|(node, _)| node.is_none_or(|node| node.index() < self.old.plan.nodes.len()));
        all.truncate(MOST_AIMS);
        all
    }

    /// The unit with a few things otherwise, so that parts come near the figures, one after the other.
    pub(super) fn brought(&self, aims: &[Aim], base: &Unit, month: u32) -> Vec<Unit> {
        let aims = aims.iter().take_while(|_| self.old.scored.get() < MOST_BROUGHT);
        aims.filter_map(|aim| self.brought_to(*aim, base, month)).collect()
    }

    fn brought_to(&self, (node, aim): Aim, base: &Unit, month: u32) -> Option<Unit> {
        let of = |result: &Result| match node {
            Some(node) => result.nodes.get(&node).copied().unwrap_or_default(),
            None => result.total,
        };
        let month = self.old.month(month);
        let scored = |list: &[Trial]| {
            let list: Vec<&Trial> = list.iter().collect();
            self.old.together(self.old.whole(), &list, month, false)
        };
        let mut best = Trial { units: vec![base.clone()] };
        let start = scored(std::slice::from_ref(&best)).pop().flatten()?;
        let marks = |result: &Result| (result.vetoed, result.disqualified.clone());
        let mut left = aim.minus(of(&start)).ok()?.abs();
        for _ in 0..4 {
            if left.is_zero() {
                break;
            }
            let list = self.otherwise(&best.units[0], node);
            let nearest = list.iter().zip(scored(&list)).filter_map(|(trial, result)| {
                let result = result.filter(|result| marks(result) == marks(&start))?;
                Some((aim.minus(of(&result)).ok()?.abs(), trial))
            });
            match nearest.min_by_key(|(left, _)| *left).filter(|(near, _)| *near < left) {
                Some((near, trial)) => (left, best) = (near, trial.clone()),
                None => break,
            }
        }
        Some(best.units.remove(0))
    }

    /// Two units of which all is reported that come to the same, each with less in another of the parts that decide.
    pub(super) fn level_by_parts(&mut self, scope: &Scope, month: u32, term: bool) -> Vec<Trial> {
        let Some(base) = self.complete(month).into_iter().next() else { return Vec::new() };
        let month = self.old.month(month);
        let total = |list: &[Trial]| -> Vec<Option<Number>> {
            let list: Vec<&Trial> = list.iter().collect();
            let results = self.old.together(self.old.whole(), &list, month, term);
            results.into_iter().map(|result| result.filter(|it| !it.vetoed).map(|it| it.total)).collect()
        };
        let Some(start) = total(&[Trial { units: vec![base.clone()] }]).pop().flatten() else { return Vec::new() };
        let mut parts: Vec<NodeId> = scope.old_reads.iter().copied().filter(|node| node.index() > 0).collect();
        parts.dedup();
        let mut ways: Vec<Vec<(Number, Unit)>> = Vec::new();
        for part in parts.into_iter().take(3) {
            let list = self.otherwise(&base, Some(part));
            let mut own: Vec<(Number, Unit)> = list
                .iter()
                .zip(total(&list))
                .filter_map(|(trial, total)| Some((total?.minus(start).ok()?, trial.units[0].clone())))
                .filter(|(gain, _)| !gain.is_zero())
                .collect();
            own.sort_by_key(|(gain, _)| *gain);
            own.dedup_by_key(|(gain, _)| *gain);
            ways.push(own);
        }
        let mut list = Vec::new();
        for (at, one) in ways.iter().enumerate() {
            for other in ways.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, other)| other) {
                list.extend(one.iter().filter_map(|(gain, unit)| {
                    let level = reached(*gain, other, &base)?;
                    Some(Trial { units: vec![level, unit.clone()] })
                }));
            }
        }
        list.sort_by_cached_key(Trial::size);
        list.truncate(MOST_LEVEL);
        list
    }

    /// The unit with one row more, or one row of another size; inside a part where that is what counts.
    pub(super) fn otherwise(&self, unit: &Unit, node: Option<NodeId>) -> Vec<Trial> {
        let (plan, say) = (self.old.plan, self.say(true));
        let is_inside = |id: InputId| {
            let around = std::iter::successors(Some(plan.inputs[id.index()].node), |id| plan.nodes[id.index()].parent);
            node.is_none_or(|node| around.into_iter().any(|other| other == node))
        };
        let rules = (0..plan.rules.len()).map(|at| RuleId(at as u16));
        let mut list = Vec::new();
        for rule in rules {
            let mut own = Vec::new();
            let values = numbers::near(&numbers::constants_of_rule(plan, &plan.rules[rule.index()]));
            guess::of_rules(&say, &[rule], &values, &mut own);
            let is_plain = |row: &Row| {
                row.given.iter().all(|(named, _)| matches!(named, Named::Column(_)))
                    && row.old.is_some_and(|id| is_inside(id) && !self.shared.touched.contains_key(&(true, id)))
                    && row.new.is_some()
            };
            own.retain(|trial| trial.units[0].1.len() == 1 && trial.units[0].1.iter().all(is_plain));
            let every = own.len().div_ceil(16).max(1);
            list.extend(own.into_iter().step_by(every));
        }
        let every = list.len().div_ceil(MOST_STEPS).max(1);
        let put = |trial: Trial| {
            let mut unit = unit.clone();
            for row in trial.units.into_iter().flat_map(|(_, rows)| rows) {
                match unit.1.iter_mut().find(|known| known.old == row.old) {
                    Some(known) => *known = row,
                    None => unit.1.push(row),
                }
            }
            Trial { units: vec![unit] }
        };
        list.into_iter().step_by(every).map(put).collect()
    }

    /// A unit with so many periods that meet a condition that is counted, and others that do not.
    pub(super) fn counted(&mut self, scope: &Scope, month: u32) -> Vec<Trial> {
        let counted = self.counts_in(scope);
        if counted.is_empty() {
            return Vec::new();
        }
        let complete = self.complete(month);
        let mut cast: Vec<Unit> = complete.clone();
        cast.extend(
            complete.iter().take(1).flat_map(|base| [1, 5, 10, 20, 40].map(|faults| self.with_faults(base, faults))),
        );
        let mut list = Vec::new();
        for Counted { cycle, condition, counts } in counted {
            let mut aims = Vec::new();
            asked_of(self.old.plan, &condition, &mut aims);
            let beyond =
                |(node, figure): &Aim| [-1, 0, 1].map(|by| (*node, figure.plus(Number::whole(by)).unwrap_or(*figure)));
            aims = aims.iter().take(2).flat_map(beyond).collect();
            let empty = (Vec::new(), Vec::new());
            let mut cast = cast.clone();
            for base in complete.iter().take(1).chain([&empty]) {
                cast.extend(self.brought(&aims, base, month));
            }
            cast.extend(self.filled(&[Trial::one(Vec::new(), Vec::new())]).into_iter().flat_map(|trial| trial.units));
            let trials: Vec<Trial> = cast.into_iter().map(|unit| Trial { units: vec![unit] }).collect();
            let all: Vec<&Trial> = trials.iter().collect();
            let results = self.old.together(self.old.whole(), &all, self.old.month(month), false);
            let mut known: Vec<(Number, bool, &Unit)> = trials
                .iter()
                .zip(&results)
                .filter_map(|(trial, result)| {
                    let result = result.as_ref()?;
                    Some((result.total, meets(&condition, result)?, &trial.units[0]))
                })
                .collect();
            known.sort_by_key(|(total, ..)| *total);
            let ends = |wanted: bool| {
                let list: Vec<&Unit> =
                    known.iter().filter(|(_, is, _)| *is == wanted).map(|(.., unit)| *unit).collect();
                let first = list.first().copied();
                list.last().copied().into_iter().chain(first).collect::<Vec<&Unit>>()
            };
            let (meeting, others) = (ends(true), ends(false));
            let step = months(cycle);
            for count in counts {
                // One after the other, and apart.
                for (unit, apart) in meeting.iter().flat_map(|unit| [1, 2, 3].map(|apart| (unit, apart))) {
                    let all = 12 / step;
                    if apart > 1 && (count == 1 || count * apart > all) {
                        continue;
                    }
                    for other in others.iter().map(|other| Some(*other)).chain([None]) {
                        let mut rows: Vec<Row> = Vec::new();
                        for at in (0..all).rev() {
                            let meets = at % apart == 0 && at / apart < count;
                            let own = if meets { Some(*unit) } else { other };
                            let own = own.map(|(_, rows)| rows.as_slice()).unwrap_or_default();
                            rows.extend(match at {
                                0 => own.to_vec(),
                                _ => self.again(own, at * step),
                            });
                        }
                        let trial = Trial::one(unit.0.clone(), rows);
                        list.push(trial.clone());
                        // What counts at the year's end alone stands beside.
                        list.extend(complete.iter().take(2).filter_map(|best| {
                            let is_at_end = |row: &&Row| {
                                row.old
                                    .is_some_and(|id| self.old.plan.is_year_end(self.old.plan.inputs[id.index()].node))
                            };
                            let at_end: Vec<Row> = best.1.iter().filter(is_at_end).cloned().collect();
                            (!at_end.is_empty()).then_some(())?;
                            joined(&trial.units[0], &(Vec::new(), at_end))
                        }));
                    }
                }
            }
        }
        list
    }

    /// The counts of periods that what changed goes by, in either book: each with as many and one fewer.
    fn counts_in(&self, scope: &Scope) -> Vec<Counted> {
        let mut list: Vec<Counted> = Vec::new();
        for is_old in [true, false] {
            let plan = if is_old { self.old.plan } else { self.new.plan };
            let at = |pair: &(Option<usize>, Option<usize>)| if is_old { pair.0 } else { pair.1 };
            let gradings = scope.gradings.iter().filter_map(at).flat_map(|at| plan.gradings[at].conditions());
            let awards = scope.awards.iter().filter_map(at).map(|at| &plan.awards[at].when);
            for when in gradings.chain(awards) {
                each_count(when, &mut |cycle, condition, count| {
                    let known = list.iter_mut().find(|known| known.cycle == cycle && known.condition == *condition);
                    let counts = match known {
                        Some(known) => &mut known.counts,
                        None => {
                            list.push(Counted { cycle, condition: condition.clone(), counts: Vec::new() });
                            &mut list.last_mut().expect("it was just put").counts
                        }
                    };
                    for count in [count, count.saturating_sub(1)] {
                        if (1..=12).contains(&count) && !counts.contains(&count) {
                            counts.push(count);
                        }
                    }
                });
            }
        }
        list.truncate(4);
        list
    }
}

/// A unit that gains just so much, by one of several ways or by two of them.
fn reached(gain: Number, ways: &[(Number, Unit)], base: &Unit) -> Option<Unit> {
    let find = |gain: Number| ways.binary_search_by_key(&gain, |(own, _)| *own).ok().map(|at| &ways[at].1);
    let both = |one: &Unit, other: &Unit| {
        let is_new = |row: &&Row| !base.1.iter().any(|known| (known.old, known.quantity) == (row.old, row.quantity));
        let news: Vec<&Row> = other.1.iter().filter(is_new).collect();
        let own = one.1.iter().filter(|row| !news.iter().any(|other| other.old == row.old));
        (one.0.clone(), own.chain(news.iter().copied()).cloned().collect())
    };
    let by_two = || ways.iter().find_map(|(own, unit)| Some(both(unit, find(gain.minus(*own).ok()?)?)));
    find(gain).cloned().or_else(by_two)
}

/// The unit with what holds it off in place of what it has of the kind.
fn held_off((asked, rows): &Unit, hold: &Unit) -> Unit {
    let asked = asked.iter().filter(|(known, _)| !hold.0.iter().any(|(named, _)| named == known)).chain(&hold.0);
    let rows = rows.iter().filter(|known| !hold.1.iter().any(|row| row.old == known.old)).chain(&hold.1);
    (asked.cloned().collect(), rows.cloned().collect())
}

fn is_same(one: &Unit, other: &Unit) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

/// The figures of earlier terms that a condition asks for.
fn past_of(condition: &Condition, asked: &mut Vec<(Named, String)>) {
    match condition {
        Condition::Compare(left, _, right) => {
            let (figure, number) = match (&**left, &**right) {
                (Expr::Earlier { back, cycle, name, .. }, Expr::Number(number)) => {
                    (Named::Past { name: name.clone(), cycle: *cycle, back: *back }, number)
                }
                (Expr::Past { name, cycle, .. }, Expr::Number(number)) => {
                    (Named::Past { name: name.clone(), cycle: *cycle, back: 1 }, number)
                }
                _ => return,
            };
            asked.push((figure, number.to_string()));
        }
        Condition::All(list) => list.iter().for_each(|inner| past_of(inner, asked)),
        _ => {}
    }
}

/// The periods that a condition counts, and how many it asks for.
fn each_count(condition: &Condition, put: &mut impl FnMut(Cycle, &Condition, u32)) {
    match condition {
        Condition::Compare(left, _, right) => {
            if let (Expr::CountPeriods { cycle, condition, .. }, Expr::Number(count)) = (&**left, &**right)
                && let Some(count) = count.ceil().ok().and_then(|count| count.try_into().ok())
            {
                put(*cycle, condition, count);
            }
        }
        Condition::Streak { count, cycle, condition, .. } => put(*cycle, condition, *count),
        Condition::Not(inner) => each_count(inner, put),
        Condition::All(list) | Condition::Any(list) => {
            for inner in list {
                each_count(inner, put);
            }
        }
        _ => {}
    }
}

/// The figures that a condition asks of parts and of the total.
fn asked_of(plan: &Plan, condition: &Condition, aims: &mut Vec<Aim>) {
    match condition {
        Condition::Compare(left, _, right) => {
            let Expr::Number(figure) = **right else { return };
            match &**left {
                Expr::Total => aims.push((None, figure)),
                Expr::Node(node) => aims.push((Some(*node), figure)),
                Expr::Divide(pair) => {
                    if let (Expr::Node(node), Expr::Full(full)) = (&pair[0], &pair[1])
                        && let Some(Expr::Number(full)) = &plan.nodes[full.index()].full
                    {
                        aims.extend(full.times(figure).ok().map(|figure| (Some(*node), figure)));
                    }
                }
                _ => {}
            }
        }
        Condition::Graded(grading, names) => {
            // Whoever is not good enough for the grade above has it.
            let grades = plan.gradings.get(usize::from(*grading)).map_or(&[][..], |grading| &grading.grades);
            for (at, _) in grades.iter().enumerate().filter(|(_, grade)| names.contains(&grade.name)) {
                for grade in &grades[at.saturating_sub(1)..=at] {
                    asked_of(plan, &grade.condition, aims);
                }
            }
        }
        Condition::Not(inner) | Condition::Streak { condition: inner, .. } => asked_of(plan, inner, aims),
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|inner| asked_of(plan, inner, aims)),
        _ => {}
    }
}

/// Whether what came out in a period meets a condition; `None` where it asks for more than that.
fn meets(condition: &Condition, result: &Result) -> Option<bool> {
    match condition {
        Condition::Always => Some(true),
        Condition::Compare(left, how, right) => {
            let value = match &**left {
                Expr::Total => result.total,
                Expr::Node(node) => *result.nodes.get(node)?,
                _ => return None,
            };
            let Expr::Number(figure) = **right else { return None };
            Some(how.allows(value.cmp(&figure)))
        }
        Condition::Graded(grading, names) => {
            let found = result.grades.iter().find(|(at, _)| *at == usize::from(*grading));
            found.map(|(_, grade)| names.contains(grade))
        }
        Condition::Vetoed => Some(result.vetoed),
        Condition::Not(inner) => meets(inner, result).map(|is| !is),
        Condition::All(list) => list.iter().try_fold(true, |all, part| Some(all && meets(part, result)?)),
        Condition::Any(list) => list.iter().try_fold(false, |any, part| Some(any || meets(part, result)?)),
        _ => None,
    }
}
