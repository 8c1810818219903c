//! Which change moves places and money: by Shapley's value over what the last stage decides at the totals that come of
//! some of the changes.
//!
//! With many changes or many units the average is over two orders, that of the text and the reverse; the parts add up
//! to the whole either way.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Comparison;
use super::change::{Section, Subject};
use super::orders::{MOST_EXACT, Player, exact};
use super::share::Shares;
use crate::calendar::Cycle;
use crate::eval::Closing;
use crate::plan::Plan;
use crate::value::Number;

/// So many units, one choice of changes after another, are decided about for exact shares.
const MOST_DECIDED: usize = 1 << 19;

/// A part of the way from one place to another: below zero for a better place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlacePart {
    /// The number of the change; 0 for what comes from no single one.
    pub change: usize,
    pub places: Number,
}

/// A part of the difference in money.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MoneyPart {
    pub change: usize,
    pub money: Number,
}

/// Where a unit stands: its place and its money.
type Stands = (Option<u32>, Number);

/// What there is to decide with.
pub struct Deciding<'d, 'a> {
    old: Closing<'a>,
    new: Closing<'a>,
    /// By unit, in roster order.
    totals: Vec<Number>,
    shares: &'d [Shares],
    /// By award of either book that gives money in this cycle: the change of it.
    old_awards: Vec<(usize, Option<Player>)>,
    new_awards: Vec<(usize, Player)>,
    /// The change that the order of units, grades and vetoes come with.
    order: Player,
    players: Vec<Player>,
}

impl<'d, 'a> Deciding<'d, 'a> {
    pub fn new(
        comparison: &Comparison<'_>,
        (old, new): (Closing<'a>, Closing<'a>),
        (old_plan, new_plan): (&Plan, &Plan),
        cycle: Cycle,
        totals: Vec<Number>,
        shares: &'d [Shares],
    ) -> Deciding<'d, 'a> {
        let (mut by_old, mut by_new) = (FxHashMap::default(), FxHashMap::default());
        let mut ordering: BTreeSet<Player> = BTreeSet::new();
        let quiet = [Section::Wording, Section::Notes, Section::Moved];
        for change in comparison.changes.iter().filter(|change| !quiet.contains(&change.section)) {
            let own = (change.about.old.clone(), change.about.new.clone());
            for (a, b) in std::iter::once(&own).chain(&change.about.follows) {
                for (subject, awards) in [(a, &mut by_old), (b, &mut by_new)] {
                    match subject {
                        Some(Subject::Award(index)) => {
                            awards.entry(*index).or_insert(change.number);
                        }
                        Some(Subject::Ranking(_) | Subject::Grading(_) | Subject::Excluded) => {
                            ordering.insert(change.number);
                        }
                        _ => {}
                    }
                }
            }
        }
        let pays = |plan: &Plan, index: usize| plan.awards[index].money.is_some() && plan.awards[index].cycle == cycle;
        let old_awards = (0..old_plan.awards.len()).filter(|index| pays(old_plan, *index));
        let new_awards = (0..new_plan.awards.len()).filter(|index| pays(new_plan, *index));
        let old_awards: Vec<_> = old_awards.map(|index| (index, by_old.get(&index).copied())).collect();
        let new_awards: Vec<_> =
            new_awards.filter_map(|index| by_new.get(&index).map(|player| (index, *player))).collect();
        // Several changes of the order cannot be told apart here.
        let order = if ordering.len() == 1 { ordering.first().copied().unwrap_or(0) } else { 0 };
        let mut players: BTreeSet<Player> =
            shares.iter().flat_map(|shares| shares.parts.iter().map(|part| part.change)).collect();
        players.extend(old_awards.iter().filter_map(|(_, player)| *player));
        players.extend(new_awards.iter().map(|(_, player)| *player));
        if !ordering.is_empty() || old.differs(&new) {
            players.insert(order);
        }
        let players = players.into_iter().collect();
        Deciding { old, new, totals, shares, old_awards, new_awards, order, players }
    }

    /// Where all units stand where some changes were made and others not.
    fn decide(&mut self, made: &dyn Fn(Player) -> bool) -> Vec<Stands> {
        let moved = |(total, shares): (&Number, &Shares)| total.plus(shares.moved(made)).unwrap_or(*total);
        let totals: Vec<Number> = self.totals.iter().zip(self.shares).map(moved).collect();
        self.old.at(&totals);
        self.new.at(&totals);
        let is_new = made(self.order);
        let places = if is_new { self.new.places() } else { self.old.places() };
        let mut stands: Vec<Stands> = (0..totals.len())
            .map(|unit| (places.rank(if is_new { &self.new } else { &self.old }, unit), Number::ZERO))
            .collect();
        let old_awards = self.old_awards.iter().filter(|(_, player)| player.is_none_or(|player| !made(player)));
        let new_awards = self.new_awards.iter().filter(|(_, player)| made(*player));
        let old_awards: Vec<usize> = old_awards.map(|(award, _)| *award).collect();
        let new_awards: Vec<usize> = new_awards.map(|(award, _)| *award).collect();
        for (is_of_new, awards) in [(false, old_awards), (true, new_awards)] {
            let translated = match awards.is_empty() || is_of_new == is_new {
                true => None,
                false => Some(match is_new {
                    true => places.as_in(&self.new, &self.old),
                    false => places.as_in(&self.old, &self.new),
                }),
            };
            let closing = if is_of_new { &mut self.new } else { &mut self.old };
            for award in awards {
                let given = closing.money(award, translated.as_ref().unwrap_or(&places));
                for ((_, sum), money) in stands.iter_mut().zip(given) {
                    *sum = sum.plus(money).unwrap_or(*sum);
                }
            }
        }
        stands
    }

    /// What each change moves, by unit in roster order, for those whose place or money is not the same.
    pub fn share(mut self, stood: &[(Stands, Stands)]) -> Vec<(Vec<PlacePart>, Vec<MoneyPart>)> {
        let units = stood.len();
        let none = vec![(Vec::new(), Vec::new()); units];
        if stood.iter().all(|(old, new)| old == new) || self.players.is_empty() {
            return none;
        }
        let players = self.players.clone();
        let count = players.len();
        let place = |player: Player| players.iter().position(|other| *other == player);
        let mut brought = vec![[Vec::new(), Vec::new()]; units];
        let of = |stands: &Stands| [Number::whole(stands.0.map_or(units as i64 + 1, i64::from)), stands.1];
        if count <= MOST_EXACT && units << count <= MOST_DECIDED {
            let all: Vec<Vec<Stands>> = (0..1usize << count)
                .map(|made| self.decide(&|player| place(player).is_some_and(|at| made & 1 << at != 0)))
                .collect();
            for (unit, brought) in brought.iter_mut().enumerate().filter(|(unit, _)| stood[*unit].0 != stood[*unit].1) {
                for (what, brought) in brought.iter_mut().enumerate() {
                    let values: Vec<Number> = all.iter().map(|stands| of(&stands[unit])[what]).collect();
                    *brought = exact(count, &values).unwrap_or_default();
                }
            }
        } else {
            brought.iter_mut().for_each(|both| *both = [vec![Number::ZERO; count], vec![Number::ZERO; count]]);
            let (first, end): (Vec<Stands>, Vec<Stands>) = stood.iter().copied().unzip();
            for reversed in [false, true] {
                let mut made: Vec<Player> = Vec::new();
                let mut last = first.clone();
                for step in 0..count {
                    let at = if reversed { count - 1 - step } else { step };
                    made.push(players[at]);
                    let next = match made.len() == count {
                        true => end.clone(),
                        false => self.decide(&|player| made.contains(&player)),
                    };
                    for (unit, brought) in brought.iter_mut().enumerate() {
                        let (before, after) = (of(&last[unit]), of(&next[unit]));
                        for (what, brought) in brought.iter_mut().enumerate() {
                            let half = after[what].minus(before[what]).and_then(|it| it.divided_by(Number::whole(2)));
                            brought[at] = half.and_then(|half| brought[at].plus(half)).unwrap_or(brought[at]);
                        }
                    }
                    last = next;
                }
            }
        }
        let told = stood.iter().zip(brought).map(|((old, new), [places, money])| {
            let has_places = old.0.is_some() && new.0.is_some() && old.0 != new.0;
            let places = match has_places {
                true => settled(&players, places, of(old)[0], of(new)[0]),
                false => Vec::new(),
            };
            let money = if old.1 == new.1 { Vec::new() } else { settled(&players, money, old.1, new.1) };
            let places = places.into_iter().map(|(change, places)| PlacePart { change, places });
            let money = money.into_iter().map(|(change, money)| MoneyPart { change, money });
            (places.collect(), money.collect())
        });
        told.collect()
    }
}

/// The parts that are not nothing; what they lack of the whole comes from no single change.
fn settled(players: &[Player], brought: Vec<Number>, old: Number, new: Number) -> Vec<(usize, Number)> {
    let Ok(difference) = new.minus(old) else { return Vec::new() };
    let mut parts: Vec<(usize, Number)> = players.iter().copied().zip(brought).collect();
    let sum = parts.iter().try_fold(Number::ZERO, |sum, (_, part)| sum.plus(*part));
    let rest = sum.and_then(|sum| difference.minus(sum));
    match (rest, parts.iter_mut().find(|(player, _)| *player == 0)) {
        (Ok(rest), Some((_, own))) => *own = own.plus(rest).unwrap_or(*own),
        (Ok(rest), None) => parts.push((0, rest)),
        (Err(_), _) => parts = vec![(0, difference)],
    }
    parts.retain(|(_, part)| !part.is_zero());
    parts.sort_by_key(|(change, _)| (*change == 0, *change));
    parts
}
