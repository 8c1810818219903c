//! Shapley's value: what each of several changes brings on average over all orders in which they could be made.

use crate::value::Number;

/// So many changes that meet are shared exactly: 2⁸ ways to have made some of them.
pub const MOST_EXACT: usize = 8;

/// The number of a change; 0 where none is known.
pub type Player = usize;

/// What comes out where some changes were made and others not.
pub type Value<'f> = dyn Fn(&dyn Fn(Player) -> bool) -> Option<Number> + 'f;

/// What comes out for each choice of some changes: bit by bit those that were made.
pub fn over_subsets(players: &[Player], value: &Value<'_>) -> Option<Vec<Number>> {
    let place = |player: Player| players.iter().position(|other| *other == player);
    let made = 0..1usize << players.len();
    made.map(|made| value(&|player| place(player).is_some_and(|at| made & 1 << at != 0))).collect()
}

/// What each of `count` changes brings on average over all orders, by what comes out for each choice of them.
pub fn exact(count: usize, values: &[Number]) -> Option<Vec<Number>> {
    let factorial = |n: usize| (1..=n as i64).product::<i64>();
    let all = Number::whole(factorial(count));
    let mut brought = vec![Number::ZERO; count];
    for made in 0..1usize << count {
        let before = made.count_ones() as usize;
        for (at, sum) in brought.iter_mut().enumerate().filter(|(at, _)| made & 1 << at == 0) {
            let gain = values[made | 1 << at].minus(values[made]).ok()?;
            if !gain.is_zero() {
                let orders = Number::whole(factorial(before) * factorial(count - before - 1));
                *sum = sum.plus(gain.times(orders).ok()?).ok()?;
            }
        }
    }
    brought.into_iter().map(|sum| sum.divided_by(all).ok()).collect()
}

/// What each brings on average over the order of the text and its reverse.
pub fn two_orders(players: &[Player], value: &Value<'_>) -> Option<Vec<Number>> {
    let mut brought = vec![Number::ZERO; players.len()];
    for reversed in [false, true] {
        let order: Vec<usize> =
            if reversed { (0..players.len()).rev().collect() } else { (0..players.len()).collect() };
        let mut made: Vec<Player> = Vec::new();
        let mut last = value(&|_| false)?;
        for at in order {
            made.push(players[at]);
            let next = value(&|player| made.contains(&player))?;
            brought[at] = brought[at].plus(next.minus(last).ok()?).ok()?;
            last = next;
        }
    }
    brought.into_iter().map(|sum| sum.divided_by(Number::whole(2)).ok()).collect()
}
