//! What changes bring, alone and where they meet, and the shares of a difference that come of it.

use rustc_hash::FxHashMap;

use crate::diff::impact::Part;
use crate::diff::orders::{Player, exact};
use crate::value::Number;

/// How a difference is shared.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    /// They add up to the difference exactly.
    pub parts: Vec<Part>,
    /// What changes bring that meet with none.
    alone: Vec<(Player, Number)>,
    /// What changes that meet bring together.
    meetings: Vec<Meeting>,
}

/// Changes that meet, and what comes of each choice of them: bit by bit those that were made.
#[derive(Clone, Debug)]
struct Meeting {
    players: Vec<Player>,
    values: Vec<Number>,
}

impl Shares {
    /// What the total moves by where some changes were made and others not.
    pub fn moved(&self, made: &dyn Fn(Player) -> bool) -> Number {
        let alone = self.alone.iter().filter(|(player, _)| made(*player));
        let sum = alone.fold(Number::ZERO, |sum, (_, points)| sum.plus(*points).unwrap_or(sum));
        self.meetings.iter().fold(sum, |sum, meeting| {
            let bits = meeting.players.iter().enumerate().filter(|(_, player)| made(**player));
            let points = meeting.values[bits.map(|(at, _)| 1 << at).sum::<usize>()];
            sum.plus(points).unwrap_or(sum)
        })
    }

    /// All of it from one change.
    pub fn whole(change: Player, points: Number) -> Shares {
        let parts = if points.is_zero() { Vec::new() } else { vec![Part { change, points }] };
        Shares { parts, alone: vec![(change, points)], meetings: Vec::new() }
    }
}

/// Shares in the making.
#[derive(Default)]
pub struct Sums {
    alone: FxHashMap<Player, Number>,
    /// By those who meet, in order.
    meetings: FxHashMap<Vec<Player>, Vec<Number>>,
    /// A sum left exact arithmetic.
    is_lost: bool,
}

impl Sums {
    pub fn put(&mut self, player: Player, points: Number) {
        if points.is_zero() {
            return;
        }
        let sum = self.alone.entry(player).or_default();
        match sum.plus(points) {
            Ok(next) => *sum = next,
            Err(_) => self.is_lost = true,
        }
    }

    /// What is left of a difference once all that was put alone is taken from it.
    pub fn rest(&self, difference: Number) -> Option<Number> {
        let sum = self.alone.values().try_fold(Number::ZERO, |sum, part| sum.plus(*part));
        difference.minus(sum.ok()?).ok()
    }

    /// Adds what comes of each choice of some changes, beyond what comes of none.
    pub fn meet(&mut self, players: &[Player], values: Vec<Number>) -> Option<()> {
        let none = values[0];
        let sums = self.meetings.entry(players.to_vec()).or_insert_with(|| vec![Number::ZERO; values.len()]);
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = sum.plus(value.minus(none).ok()?).ok()?;
        }
        Some(())
    }

    /// All of it divided; `None` where that is not the difference.
    pub fn settled(self, divisor: Number, difference: Number) -> Option<Shares> {
        let part = |number: Number| if divisor == Number::ONE { Some(number) } else { number.divided_by(divisor).ok() };
        let mut shares = Shares::default();
        for (player, points) in self.alone.into_iter().filter(|(_, points)| !points.is_zero()) {
            shares.alone.push((player, part(points)?));
        }
        shares.alone.sort_by_key(|(player, _)| *player);
        for (players, values) in self.meetings {
            let values = values.into_iter().map(part).collect::<Option<Vec<Number>>>()?;
            shares.meetings.push(Meeting { players, values });
        }
        shares.meetings.sort_by(|a, b| a.players.cmp(&b.players));
        let mut sums: FxHashMap<Player, Number> = shares.alone.iter().copied().collect();
        for meeting in &shares.meetings {
            for (player, points) in meeting.players.iter().zip(exact(meeting.players.len(), &meeting.values)?) {
                let sum = sums.entry(*player).or_default();
                *sum = sum.plus(points).ok()?;
            }
        }
        let parts = sums.into_iter().filter(|(_, points)| !points.is_zero());
        shares.parts = parts.map(|(change, points)| Part { change, points }).collect();
        shares.parts.sort_by_key(|part| (part.change == 0, part.change));
        let sum = shares.parts.iter().try_fold(Number::ZERO, |sum, part| sum.plus(part.points)).ok()?;
        (!self.is_lost && sum == difference).then_some(shares)
    }
}
