//! Which change moves places and money: by Shapley's value over what the last stage decides at the totals that come of
//! some of the changes ([`super::deciding`]).
//!
//! With many changes or many units the average is over two orders, that of the text and the reverse; the parts add up
//! to the whole either way.

use serde::Serialize;

use super::deciding::{Deciding, Stands};
use super::orders::{MOST_EXACT, Player, exact};
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

/// By place and by money, what each change brings.
type Brought = [Vec<Number>; 2];

/// What each change moves, by unit in roster order, for those whose place or money is not the same.
pub fn share(mut deciding: Deciding<'_, '_>, stood: &[(Stands, Stands)]) -> Vec<(Vec<PlacePart>, Vec<MoneyPart>)> {
    let mut told = vec![(Vec::new(), Vec::new()); stood.len()];
    let mut players = deciding.players();
    let moved: Vec<usize> = (0..stood.len()).filter(|unit| stood[*unit].0 != stood[*unit].1).collect();
    if moved.is_empty() {
        return told;
    }
    if players.is_empty() {
        return whole(0, stood);
    }
    let brought = if players.len() <= MOST_EXACT && stood.len() << players.len() <= MOST_DECIDED {
        // Those that move no places come first: what they leave as it was is not decided again.
        players.sort_by_key(|player| deciding.movers.contains(player));
        over_all_orders(&mut deciding, &players, &moved)
    } else {
        over_two_orders(&mut deciding, &players, &moved, stood)
    };
    for (unit, [places, money]) in moved.into_iter().zip(brought) {
        let (old, new) = stood[unit];
        if let (Some(_), Some(_), true) = (old.0, new.0, old.0 != new.0) {
            let parts = settled(&players, places, figures(&old, stood.len())[0], figures(&new, stood.len())[0]);
            told[unit].0 = parts.into_iter().map(|(change, places)| PlacePart { change, places }).collect();
        }
        if old.1 != new.1 {
            let parts = settled(&players, money, old.1, new.1);
            told[unit].1 = parts.into_iter().map(|(change, money)| MoneyPart { change, money }).collect();
        }
    }
    told
}

/// All of it from one change.
pub fn whole(change: Player, stood: &[(Stands, Stands)]) -> Vec<(Vec<PlacePart>, Vec<MoneyPart>)> {
    let told = |(old, new): &(Stands, Stands)| {
        let gap = |pick: usize| {
            let (before, after) = (figures(old, stood.len()), figures(new, stood.len()));
            after[pick].minus(before[pick]).ok().filter(|gap| !gap.is_zero())
        };
        let places = gap(0).filter(|_| old.0.is_some() && new.0.is_some());
        let places = places.map(|places| PlacePart { change, places });
        (Vec::from_iter(places), Vec::from_iter(gap(1).map(|money| MoneyPart { change, money })))
    };
    stood.iter().map(told).collect()
}

/// Place and money as numbers; who has no place stands behind all others.
fn figures(stands: &Stands, units: usize) -> [Number; 2] {
    [Number::whole(stands.0.map_or(units as i64 + 1, i64::from)), stands.1]
}

fn over_all_orders(deciding: &mut Deciding<'_, '_>, players: &[Player], moved: &[usize]) -> Vec<Brought> {
    let place = |player: Player| players.iter().position(|other| *other == player);
    let all: Vec<Vec<Stands>> = (0..1usize << players.len())
        .map(|made| {
            let stands = deciding.decide(&|player| place(player).is_some_and(|at| made & 1 << at != 0));
            moved.iter().map(|unit| stands[*unit]).collect()
        })
        .collect();
    let units = deciding.units();
    let brought = |unit: usize| {
        [0, 1].map(|what| {
            let values: Vec<Number> = all.iter().map(|stands| figures(&stands[unit], units)[what]).collect();
            exact(players.len(), &values).unwrap_or_default()
        })
    };
    (0..moved.len()).map(brought).collect()
}

fn over_two_orders(
    deciding: &mut Deciding<'_, '_>,
    players: &[Player],
    moved: &[usize],
    stood: &[(Stands, Stands)],
) -> Vec<Brought> {
    let count = players.len();
    let mut twice: Vec<Brought> = vec![[vec![Number::ZERO; count], vec![Number::ZERO; count]]; moved.len()];
    for reversed in [false, true] {
        let mut made: Vec<Player> = Vec::new();
        let mut last: Vec<Stands> = moved.iter().map(|unit| stood[*unit].0).collect();
        for step in 0..count {
            let at = if reversed { count - 1 - step } else { step };
            made.push(players[at]);
            let next: Vec<Stands> = match made.len() == count {
                true => moved.iter().map(|unit| stood[*unit].1).collect(),
                false => {
                    let stands = deciding.decide(&|player| made.contains(&player));
                    moved.iter().map(|unit| stands[*unit]).collect()
                }
            };
            for (unit, brought) in twice.iter_mut().enumerate().filter(|(unit, _)| last[*unit] != next[*unit]) {
                let (before, after) = (figures(&last[unit], stood.len()), figures(&next[unit], stood.len()));
                for (what, brought) in brought.iter_mut().enumerate() {
                    let gain = after[what].minus(before[what]).and_then(|gain| brought[at].plus(gain));
                    brought[at] = gain.unwrap_or(brought[at]);
                }
            }
            last = next;
        }
    }
    let half = |sum: &mut Number| *sum = sum.divided_by(Number::whole(2)).unwrap_or_default();
    twice.iter_mut().flatten().flatten().for_each(half);
    twice
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
