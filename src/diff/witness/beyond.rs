//! Facts beyond one period and one line: of earlier months that later ones go by, of several months in a row, of earlier
//! terms, of units that come to the same by different parts.

use rustc_hash::FxHashMap;

use super::Search;
use super::candidates::is_known_to_both;
use super::scope::Scope;
use crate::analysis::everything;
use crate::calendar::Cycle;
use crate::diff::change::Facet;
use crate::diff::numbers;
use crate::diff::trial::{Named, Result, Row, Trial, Unit};
use crate::plan::*;
use crate::value::Number;

/// Trials that others are made of.
const MOST_BASES: usize = 24;
/// Pairs of units that come to the same.
const MOST_PAIRS: usize = 60;

impl Search<'_> {
    /// The smallest trials with the same, or something else, reported some months before; and before alone.
    pub(super) fn shifted(&self, scope: &Scope, trials: &[Trial], units: &[Unit]) -> Vec<Trial> {
        let gaps = self.gaps(scope);
        let few = |trial: &&Trial| is_known_to_both(trial) && (1..=3).contains(&trial.units[0].1.len());
        let bases = various(trials.iter().filter(few), MOST_BASES);
        let mut list = Vec::new();
        for trial in &bases {
            let (asked, rows) = &trial.units[0];
            for gap in &gaps {
                let earlier = self.earlier(rows, *gap);
                if !earlier.is_empty() {
                    list.push(Trial::one(asked.clone(), earlier.iter().chain(rows).cloned().collect()));
                    list.push(Trial::one(asked.clone(), earlier));
                }
            }
        }
        // Of one matter a small thing first and a greater one later.
        let mut singles: Vec<&Row> = Vec::new();
        let is_something = |row: &&Row| row.given.is_empty() && !row.quantity.is_zero();
        for row in bases.iter().flat_map(|trial| &trial.units[0].1).filter(is_something) {
            if !singles.iter().any(|known| (known.old, known.new) == (row.old, row.new)) {
                singles.push(row);
            }
        }
        singles.truncate(8);
        for first in &singles {
            for second in singles.iter().filter(|second| second.old != first.old) {
                let earlier = self.earlier(std::slice::from_ref(*first), 1);
                list.push(Trial::one(Vec::new(), earlier.into_iter().chain([(*second).clone()]).collect()));
            }
        }
        // Of one figure something else in another period of its own.
        let around = [self.old.plan, self.new.plan]
            .map(|plan| plan.nodes.iter().map(|node| months(node.cycle)).collect::<Vec<_>>());
        let mut apart: Vec<u32> = around.concat().into_iter().filter(|gap| (2..12).contains(gap)).collect();
        apart.sort_unstable();
        apart.dedup();
        for row in bases.iter().filter(|trial| trial.units[0].1.len() == 1).map(|trial| &trial.units[0].1[0]) {
            let others = bases.iter().map(|trial| &trial.units[0].1[0]);
            for other in others.filter(|other| other.old == row.old && other.quantity != row.quantity).take(4) {
                for gap in &apart {
                    let earlier = self.earlier(std::slice::from_ref(other), *gap);
                    list.push(Trial::one(Vec::new(), earlier.into_iter().chain([row.clone()]).collect()));
                }
            }
        }
        list.extend(self.monthly(&bases));
        // Months of which all is reported, or nothing that counts.
        let idle = self.filled(&[Trial::one(Vec::new(), Vec::new())]);
        let full: Vec<Trial> = units.iter().map(|unit| Trial { units: vec![unit.clone()] }).collect();
        list.extend(self.lasting(idle.iter().chain(&full)));
        list.extend(self.lasting(bases.iter().copied()));
        list
    }

    /// What is reported once for a longer period, month by month: the last otherwise than those before.
    fn monthly(&self, bases: &[&Trial]) -> Vec<Trial> {
        let mut list = Vec::new();
        let single = |trial: &&&Trial| trial.units[0].1.len() == 1;
        for last in bases.iter().filter(single) {
            let row = &last.units[0].1[0];
            let Some(input) = row.old.map(|id| &self.old.plan.inputs[id.index()]) else { continue };
            let count = months(input.cycle);
            if input.kind != InputKind::Indicator || count == 1 {
                continue;
            }
            let others = bases.iter().filter(single).map(|trial| &trial.units[0].1[0]);
            for other in others.filter(|other| other.old == row.old && other.quantity != row.quantity).take(6) {
                let rows = (0..count).rev().map(|back| {
                    let quantity = if back == 0 { row.quantity } else { other.quantity };
                    Row { quantity, back: back as i32, given: vec![(Named::Month, String::new())], ..row.clone() }
                });
                list.push(Trial::one(last.units[0].0.clone(), rows.collect()));
            }
        }
        list
    }

    /// Of these trials the first of each that brings the parts that something goes by to other points.
    pub(super) fn telling(&self, scope: &Scope, trials: &[Trial], month: u32, term: bool) -> Vec<Trial> {
        let list: Vec<&Trial> = trials.iter().filter(|trial| is_known_to_both(trial)).collect();
        let results = self.old.together(self.old.whole(), &list, self.old.month(month), term);
        let mut seen: Vec<Vec<Option<Number>>> = Vec::new();
        let mut telling = Vec::new();
        for (trial, result) in list.into_iter().zip(results) {
            let Some(result) = result else { continue };
            let points: Vec<Option<Number>> = scope
                .old_reads
                .iter()
                .map(|node| result.nodes.get(node).copied())
                .chain([Some(result.total)])
                .collect();
            if !seen.contains(&points) {
                seen.push(points);
                telling.push(trial.clone());
            }
        }
        telling
    }

    /// The same in several months in a row, as many as either book asks for; and in the first of them alone.
    pub(super) fn lasting<'t>(&self, trials: impl Iterator<Item = &'t Trial>) -> Vec<Trial> {
        let runs = self.runs();
        let mut list = Vec::new();
        for trial in trials.take(MOST_BASES) {
            for run in &runs {
                let mut all = trial.clone();
                for (_, rows) in &mut all.units {
                    let before: Vec<Row> = (1..*run).rev().flat_map(|gap| self.again(rows, gap)).collect();
                    rows.splice(0..0, before);
                }
                let mut first = trial.clone();
                first.units.iter_mut().for_each(|(_, rows)| *rows = self.earlier(rows, run - 1));
                list.extend([all, first]);
            }
        }
        list
    }

    /// Rows so many months before; without those that a longer period has only one of.
    pub(super) fn earlier(&self, rows: &[Row], gap: u32) -> Vec<Row> {
        let may_come_again = |row: &&Row| {
            let input = match (row.old, row.new) {
                (Some(id), _) => &self.old.plan.inputs[id.index()],
                (None, Some(id)) => &self.new.plan.inputs[id.index()],
                (None, None) => return false,
            };
            input.kind == InputKind::Event || months(input.cycle) <= gap
        };
        rows.iter().filter(may_come_again).map(|row| Row { back: row.back + gap as i32, ..row.clone() }).collect()
    }

    /// Rows as they come again so many months before, where they come in each period between, too: of each once.
    pub(super) fn again(&self, rows: &[Row], gap: u32) -> Vec<Row> {
        let mut rows = self.earlier(rows, gap);
        rows.retain(|row| {
            let plans = row.old.map(|id| (self.old.plan, id)).or(row.new.map(|id| (self.new.plan, id)));
            plans.is_none_or(|(plan, id)| {
                let input = &plan.inputs[id.index()];
                input.kind == InputKind::Event || gap.is_multiple_of(months(input.cycle))
            })
        });
        rows
    }

    /// The same with the parameters that every month has to have, and the figures of earlier terms without which nothing is
    /// assessed, as units of which all is reported have them.
    pub(super) fn supplied(&self, mut list: Vec<Trial>, units: &[Unit]) -> Vec<Trial> {
        let input = |row: &Row| row.old.map(|id| &self.old.plan.inputs[id.index()]);
        let is_parameter =
            |row: &&Row| input(row).is_some_and(|input| matches!(input.kind, InputKind::Parameter { .. }));
        let parameters: Vec<&Row> = units.iter().take(1).flat_map(|(_, rows)| rows).filter(is_parameter).collect();
        let owed = self.owed();
        for (asked, rows) in list.iter_mut().flat_map(|trial| &mut trial.units) {
            asked.extend(owed.iter().filter(|(figure, _)| !is_said(asked, figure)).cloned().collect::<Vec<_>>());
            let mut backs: Vec<i32> = rows.iter().map(|row| row.back).chain([0]).collect();
            backs.sort_unstable();
            backs.dedup();
            for parameter in &parameters {
                if rows.iter().any(|row| row.old == parameter.old) {
                    continue;
                }
                let each = input(parameter).map_or(0, |input| months(input.cycle));
                let due = backs.iter().filter(|back| **back == 0 || each <= back.unsigned_abs());
                rows.extend(due.map(|back| Row { back: *back, ..(*parameter).clone() }));
            }
        }
        list
    }

    /// Figures of earlier terms for which the scheme has no answer where there are none.
    pub(super) fn owed(&self) -> Vec<(Named, String)> {
        let mut owed = Vec::new();
        for plan in [self.old.plan, self.new.plan] {
            let mut see = |expr: &Expr| {
                let (name, cycle, back) = match expr {
                    Expr::Earlier { back, cycle, name, otherwise: None, .. } => (name, *cycle, *back),
                    Expr::Past { name, cycle, otherwise: None, .. } => (name, *cycle, 1),
                    _ => return,
                };
                let figure = Named::Past { name: name.clone(), cycle, back };
                if !is_said(&owed, &figure) {
                    owed.push((figure, "50".to_owned()));
                }
            };
            everything(plan, &mut see, &mut |_| {});
        }
        owed
    }

    /// The smallest trials with the same in a month that only one of the terms has; and the month that they are of.
    pub(super) fn around_terms(&self, trials: &[Trial], units: &[Unit]) -> Option<(u32, Vec<Trial>)> {
        let ends = [self.old.plan, self.new.plan].map(|plan| (plan.calendar.first(), plan.calendar.last()));
        if ends.iter().any(|(first, last)| first.year() != last.year()) {
            return None;
        }
        let [(a, x), (b, y)] = ends.map(|(first, last)| (first.number() as i32, last.number() as i32));
        let month = x.min(y);
        let begins = [month - a.min(b), month - a.max(b) + 1].into_iter().filter(|_| a != b);
        let ends = [month + 1 - x.max(y), -1].map(|back| back - i32::from(back == 0)).into_iter().filter(|_| x != y);
        let gaps: Vec<i32> = begins.chain(ends).collect();
        let single = |trial: &&Trial| is_known_to_both(trial) && trial.units[0].1.len() == 1;
        let bases = various(trials.iter().filter(single), MOST_BASES / 2);
        let with = |trial: &Trial, gap: i32| {
            let (asked, rows) = &trial.units[0];
            let more = rows.iter().map(|row| Row { back: gap, ..row.clone() });
            Trial::one(asked.clone(), rows.iter().cloned().chain(more).collect())
        };
        let list = gaps.iter().flat_map(|gap| bases.iter().map(move |trial| with(trial, *gap))).collect();
        (month >= a.max(b)).then(|| (month as u32, self.supplied(list, units)))
    }

    /// A part reported otherwise in one of its periods than in another, as far apart as its points can be brought.
    pub(super) fn in_turn(&self, scope: &Scope, trials: &[Trial], units: &[Unit], month: u32) -> Vec<Trial> {
        let landed = scope.facets.iter().filter(|(.., facet)| *facet == Facet::Landing).map(|(node, ..)| *node);
        let small = |trial: &&Trial| is_known_to_both(trial) && (1..=3).contains(&trial.units[0].1.len());
        let mut list = Vec::new();
        for node in landed {
            let gap = months(self.old.plan.nodes[node.index()].cycle);
            let bases: Vec<Trial> = various(trials.iter().filter(small), 4 * MOST_BASES).into_iter().cloned().collect();
            let bases = self.supplied(bases, units);
            let all: Vec<&Trial> = bases.iter().collect();
            let results = self.old.together(self.old.whole(), &all, self.old.month(month), false);
            let points = |result: &Option<Result>| result.as_ref().and_then(|it| it.nodes.get(&node).copied());
            let mut known: Vec<(Number, &Trial)> =
                bases.iter().zip(&results).filter_map(|(trial, result)| Some((points(result)?, trial))).collect();
            known.sort_by_cached_key(|(points, trial)| (*points, trial.size()));
            known.dedup_by_key(|(points, _)| *points);
            let (Some((_, least)), Some((_, most))) = (known.first(), known.last()) else { continue };
            for (now, before) in [(least, most), (most, least)] {
                let (asked, rows) = &now.units[0];
                let earlier = |periods: u32| {
                    let mut rows: Vec<Row> = rows.clone();
                    for back in 1..=periods {
                        let more = self.earlier(&before.units[0].1, gap * back);
                        rows.extend(
                            more.into_iter().filter(|row| !rows.iter().any(|it| is_again(it, row))).collect::<Vec<_>>(),
                        );
                    }
                    Trial::one(asked.clone(), rows)
                };
                list.extend([1, 2].map(earlier));
            }
        }
        list
    }

    /// How many months may lie between facts of which the later goes by the earlier.
    fn gaps(&self, scope: &Scope) -> Vec<u32> {
        let mut gaps = vec![1];
        for (rules, nodes, plan) in
            [(&scope.old_rules, &scope.old_nodes, self.old.plan), (&scope.new_rules, &scope.new_nodes, self.new.plan)]
        {
            for rule in rules.iter().map(|rule| &plan.rules[rule.index()]) {
                gaps.extend(rule.valid_months.iter().flat_map(|valid| [valid.saturating_sub(1), *valid]));
                gaps.push(months(rule.cycle));
            }
            gaps.extend(nodes.iter().map(|node| months(plan.nodes[node.index()].cycle)));
        }
        gaps.retain(|gap| (1..12).contains(gap));
        gaps.sort_unstable();
        gaps.dedup();
        gaps.truncate(6);
        gaps
    }

    /// How many periods in a row, or in all, either book asks for, and one fewer.
    pub(super) fn runs(&self) -> Vec<u32> {
        let mut runs: Vec<u32> = Vec::new();
        for plan in [self.old.plan, self.new.plan] {
            everything(plan, &mut |_| {}, &mut |condition| match condition {
                Condition::Streak { count, .. } => runs.extend([*count, count.saturating_sub(1)]),
                Condition::Compare(left, _, right) if matches!(**left, Expr::CountPeriods { .. }) => {
                    let mut counts = Vec::new();
                    numbers::constants(right, &mut counts);
                    let whole = counts.into_iter().filter_map(|count| count.floor().ok()?.try_into().ok());
                    runs.extend(whole.flat_map(|count: u32| [count, count.saturating_sub(1)]));
                }
                _ => {}
            });
        }
        runs.retain(|run| (2..=12).contains(run));
        runs.sort_unstable();
        runs.dedup();
        runs
    }

    /// Trials with figures of earlier terms beside them, where either book goes by such.
    pub(super) fn with_past(&self, scope: &Scope, trials: &[Trial]) -> Vec<Trial> {
        let mut figures: Vec<Named> = Vec::new();
        for plan in [self.old.plan, self.new.plan] {
            let mut put = |name: &str, cycle: Cycle, back: u32| {
                let figure = Named::Past { name: name.to_owned(), cycle, back };
                if !figures.contains(&figure) {
                    figures.push(figure);
                }
            };
            let mut see = |expr: &Expr| match expr {
                Expr::Earlier { back, cycle, name, .. } => put(name, *cycle, *back),
                Expr::Past { name, cycle, .. } => put(name, *cycle, 1),
                _ => {}
            };
            everything(plan, &mut see, &mut |_| {});
        }
        figures.truncate(4);
        let mut values: Vec<Number> = [50, 100, 1, 10, 90].map(Number::whole).to_vec();
        values.extend(numbers::near(&scope.values).into_iter().filter(|value| value.decimal().is_some()));
        let reported = trials.iter().filter(|trial| is_known_to_both(trial) && !trial.units[0].1.is_empty());
        let mut bases = various(reported, MOST_BASES / 2);
        let empty = Trial::one(Vec::new(), Vec::new());
        bases.push(&empty);
        let mut list = Vec::new();
        for value in values.into_iter().take(MOST_BASES / 2) {
            for figure in &figures {
                for trial in &bases {
                    let mut trial = (*trial).clone();
                    trial.units[0].0.push((figure.clone(), value.to_string()));
                    list.push(trial);
                }
            }
        }
        list
    }

    /// Trials of units that came later, where either book goes by how many months a unit is there.
    pub(super) fn newcomers(&self, trials: &[Trial]) -> Vec<Trial> {
        let mut counts = false;
        for plan in [self.old.plan, self.new.plan] {
            let mut see = |expr: &Expr| counts |= matches!(expr, Expr::Months { on_roster: true });
            everything(plan, &mut see, &mut |_| {});
        }
        let bases = if counts { various(trials.iter(), MOST_BASES / 2) } else { Vec::new() };
        let late = |trial: &Trial, months: i32| {
            let mut trial = trial.clone();
            trial.units[0].0.push((Named::Since(months), String::new()));
            trial
        };
        (1..12).flat_map(|months| bases.iter().map(move |trial| late(trial, months))).collect()
    }

    /// Two units that come to the same, or nearly, by parts of which only one decides their places.
    pub(super) fn level(&mut self, scope: &Scope, month: u32, term: bool) -> Vec<Trial> {
        let plan = self.old.plan;
        if scope.rankings.is_empty() || scope.old_reads.is_empty() && scope.new_reads.is_empty() {
            return Vec::new();
        }
        let decide = self.deciding(scope);
        let part = |id: InputId| part_around(plan, id, &decide);
        let levers = self.levers(month, term).gains;
        let single = levers.iter().filter(|(_, trial)| trial.units[0].1.len() == 1);
        let single: Vec<_> =
            single.map(|(gain, trial)| (*gain, trial, trial.units[0].1[0].old.and_then(part))).collect();
        let mut pairs: Vec<(Number, &Trial, &Trial)> = Vec::new();
        for (gain, one, inside) in single.iter().filter(|(.., inside)| inside.is_some()) {
            // Of two parts that decide each pair once.
            let apart = single.iter().filter(|(.., other)| other != inside && (other.is_none() || other > inside));
            for (other_gain, other, _) in apart {
                pairs.extend(gain.minus(*other_gain).ok().map(|gap| (gap.abs(), *one, *other)));
            }
        }
        pairs.sort_by_cached_key(|(gap, one, other)| (*gap, one.size(), other.size()));
        let (level, rest) = pairs.split_at(pairs.len().min(MOST_PAIRS / 2));
        let every = rest.len().div_ceil(MOST_PAIRS / 2).max(1);
        let two = |(_, one, other): &(Number, &Trial, &Trial)| {
            let units = |a: &Trial, b: &Trial| Trial { units: vec![a.units[0].clone(), b.units[0].clone()] };
            [units(other, one), units(one, other)]
        };
        level.iter().chain(rest.iter().step_by(every)).flat_map(two).collect()
    }

    /// The parts that places go by in either book, as the old one has them.
    pub(super) fn deciding(&self, scope: &Scope) -> Vec<NodeId> {
        let back = |new: &NodeId| {
            let mut pairs = self.shared.comparison.pairs.nodes.iter();
            pairs.find(|(_, other)| *other == new).map(|(old, _)| *old)
        };
        scope.old_reads.iter().copied().chain(scope.new_reads.iter().filter_map(back)).collect()
    }
}

/// Which of these parts an input counts in.
pub(super) fn part_around(plan: &Plan, id: InputId, parts: &[NodeId]) -> Option<NodeId> {
    let mut around = std::iter::successors(Some(plan.inputs[id.index()].node), |id| plan.nodes[id.index()].parent);
    around.find(|node| node.index() > 0 && parts.contains(node))
}

/// Whether something is said of a unit already.
fn is_said(asked: &[(Named, String)], named: &Named) -> bool {
    asked.iter().any(|(known, _)| known == named)
}

/// Whether a row says again what another of the same period says.
fn is_again(row: &Row, other: &Row) -> bool {
    (row.old, row.new, row.back) == (other.old, other.new, other.back) && row.given == other.given
}

/// What rows are of, in the old book and in the new.
type Kinds = Vec<(Option<InputId>, Option<InputId>)>;

/// So many of these trials, of every kind of fact in turn; those that report nothing but zeros last.
pub(super) fn various<'t>(trials: impl Iterator<Item = &'t Trial>, most: usize) -> Vec<&'t Trial> {
    let mut turns: FxHashMap<Kinds, usize> = FxHashMap::default();
    let mut list: Vec<(bool, usize, &Trial)> = Vec::new();
    for trial in trials {
        let rows = &trial.units[0].1;
        let turn = turns.entry(rows.iter().map(|row| (row.old, row.new)).collect()).or_default();
        let is_nothing = rows.iter().all(|row| row.quantity.is_zero());
        list.push((is_nothing, *turn, trial));
        *turn += usize::from(!is_nothing);
    }
    list.sort_by_key(|(is_nothing, turn, _)| (*is_nothing, *turn));
    list.into_iter().map(|(.., trial)| trial).take(most).collect()
}

/// How many months a period of a cycle has.
pub(super) fn months(cycle: Cycle) -> u32 {
    match cycle {
        Cycle::Month => 1,
        Cycle::Quarter => 3,
        Cycle::Half => 6,
        Cycle::Year | Cycle::Term => 12,
    }
}
