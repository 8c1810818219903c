//! Books between the two, with some changes made and others not, scored over the same facts: what each change brings
//! where a result cannot be put together from its lines (means, weights, the best of several, groups, vetoes).
//!
//! Every such book is read and scored anew, so this is for few changes and few units.

use super::change::Change;
use super::impact::{Data, Moved, Part, Standing, standing};
use super::orders::{Player, exact};
use super::pairs::pair;
use super::places::{MoneyPart, PlacePart};
use super::single::Alignment;
use super::{Comparison, adapt::adapt, book::Book, matched};
use crate::calendar::PeriodId;
use crate::compile::Compiled;
use crate::eval::{self, Request};
use crate::facts::{Reading, Store};
use crate::scored::Scored;
use crate::value::Number;

/// So many changes at most: each order of them takes as many books.
const MOST_CHANGES: usize = 12;
/// With so many changes all choices of them are scored: 2⁴ books.
const MOST_EXACT: usize = 4;
/// Units times books scored at most.
const MOST_SCORED: usize = 4_000;

/// Total, place and money of each unit, in the order of `units`.
type Stood = Vec<[Number; 3]>;

/// Puts what each change brings in the place of parts that belong to none. Leaves all as it is where the books between
/// cannot be read or scored.
pub fn share(comparison: &Comparison<'_>, data: &Data<'_>, before: &Store, period: PeriodId, units: &mut [Moved]) {
    let players: Vec<&Change> = comparison.meant().filter(|change| super::may_move(change)).collect();
    let books = if players.len() <= MOST_EXACT { 1 << players.len() } else { 2 * players.len() };
    if players.len() < 2 || players.len() > MOST_CHANGES || units.len() * books > MOST_SCORED {
        return;
    }
    let Some(alignment) = Alignment::new(comparison) else { return };
    let between = Between { comparison, data, before, period, alignment, players, units };
    let Some(brought) = between.shares() else { return };
    let numbers: Vec<Player> = between.players.iter().map(|change| change.number).collect();
    for (unit, brought) in units.iter_mut().zip(brought) {
        let told = |of: &[Number]| -> Vec<(Player, Number)> {
            let all = numbers.iter().copied().zip(of.iter().copied());
            all.filter(|(_, part)| !part.is_zero()).collect()
        };
        let [points, places, money] = brought;
        unit.parts = told(&points).into_iter().map(|(change, points)| Part { change, points }).collect();
        unit.place_parts = match (unit.old.rank, unit.new.rank) {
            (Some(a), Some(b)) if a != b => {
                told(&places).into_iter().map(|(change, places)| PlacePart { change, places }).collect()
            }
            _ => Vec::new(),
        };
        unit.money_parts = match unit.old.money.unwrap_or_default() == unit.new.money.unwrap_or_default() {
            true => Vec::new(),
            false => told(&money).into_iter().map(|(change, money)| MoneyPart { change, money }).collect(),
        };
    }
}

/// Says of units of which nothing is counted which changes make the difference: without which it would not be so, or
/// where each of several is enough, which by themselves.
pub fn blame(comparison: &Comparison<'_>, data: &Data<'_>, before: &Store, period: PeriodId, units: &mut [Moved]) {
    let players: Vec<&Change> = comparison.meant().filter(|change| super::may_move(change)).collect();
    if players.len() > MOST_CHANGES || units.len() * 2 * players.len() > MOST_SCORED {
        return;
    }
    let Some(alignment) = Alignment::new(comparison) else { return };
    let untold: Vec<usize> = (0..units.len()).filter(|at| units[*at].is_untold()).collect();
    let between = Between { comparison, data, before, period, alignment, players, units };
    let all = (1usize << between.players.len()) - 1;
    let mut because: Vec<Vec<Player>> = vec![Vec::new(); untold.len()];
    for alone in [false, true] {
        let open: Vec<usize> = (0..untold.len()).filter(|at| because[*at].is_empty()).collect();
        if open.is_empty() {
            break;
        }
        for (at, change) in between.players.iter().enumerate() {
            let made = if alone { 1 << at } else { all & !(1 << at) };
            let Some(standings) = between.book(made).and_then(|book| between.scored(&book)) else { continue };
            for at in &open {
                let unit = &between.units[untold[*at]];
                let known = if alone { &unit.old } else { &unit.new };
                if standings.iter().any(|(name, stands)| *name == unit.unit && stands != known) {
                    because[*at].push(change.number);
                }
            }
        }
    }
    for (unit, because) in untold.into_iter().zip(because) {
        units[unit].because = because;
    }
}

struct Between<'b> {
    comparison: &'b Comparison<'b>,
    data: &'b Data<'b>,
    before: &'b Store,
    period: PeriodId,
    alignment: Alignment,
    players: Vec<&'b Change>,
    units: &'b [Moved],
}

impl Between<'_> {
    /// By unit, what each change brings to its total, place and money.
    fn shares(&self) -> Option<Vec<[Vec<Number>; 3]>> {
        let count = self.players.len();
        let all = (1usize << count) - 1;
        // The whole way must lead where the new book is: else lines were told that do not make the change.
        let last = self.stood(all)?;
        let known = |pick: &dyn Fn(&Moved) -> &Standing| -> Stood {
            self.units.iter().map(|unit| figures(pick(unit), self.units.len())).collect()
        };
        let (first, new) = (known(&|unit| &unit.old), known(&|unit| &unit.new));
        if last != new {
            return None;
        }
        if count <= MOST_EXACT {
            let mut stood = vec![first];
            for made in 1..all {
                stood.push(self.stood(made)?);
            }
            stood.push(new);
            let of = |unit: usize, what: usize| {
                let values: Vec<Number> = stood.iter().map(|stood| stood[unit][what]).collect();
                exact(count, &values)
            };
            return (0..self.units.len()).map(|unit| Some([of(unit, 0)?, of(unit, 1)?, of(unit, 2)?])).collect();
        }
        let mut sums = vec![[(); 3].map(|_| vec![Number::ZERO; count]); self.units.len()];
        for reversed in [false, true] {
            let (mut made, mut here) = (0, first.clone());
            for step in 0..count {
                let at = if reversed { count - 1 - step } else { step };
                made |= 1 << at;
                let next = if made == all { new.clone() } else { self.stood(made)? };
                for (sums, (a, b)) in sums.iter_mut().zip(here.iter().zip(&next)) {
                    for (what, sum) in sums.iter_mut().enumerate() {
                        sum[at] = sum[at].plus(b[what].minus(a[what]).ok()?).ok()?;
                    }
                }
                here = next;
            }
        }
        for sum in sums.iter_mut().flatten().flatten() {
            *sum = sum.divided_by(Number::whole(2)).ok()?;
        }
        Some(sums)
    }

    /// What units come to under the book with these changes made, bit by bit.
    fn stood(&self, made: usize) -> Option<Stood> {
        let standings = self.scored(&self.book(made)?)?;
        let of = |unit: &Moved| standings.iter().find(|(name, _)| *name == unit.unit).map(|(_, standing)| standing);
        self.units.iter().map(|unit| Some(figures(of(unit)?, self.units.len()))).collect()
    }

    /// The old book with these changes made, bit by bit.
    fn book(&self, made: usize) -> Option<Compiled> {
        let is_made = |number: Player| {
            self.players.iter().position(|change| change.number == number).is_some_and(|at| made & 1 << at != 0)
        };
        self.alignment.with(self.comparison, &is_made)
    }

    fn scored(&self, book: &Compiled) -> Option<Vec<(String, Standing)>> {
        let old = self.comparison.old;
        let (left, right) = (Book::new(old, &old.plan), Book::new(book, &book.plan));
        let pairs = matched(&old.plan, &book.plan, &pair(&left, &right));
        let step = Comparison { old, new: book, changes: Vec::new(), pairs };
        let mut adapted = adapt(&step, true);
        let store = match Reading::of_both(&old.plan, &adapted.plan) {
            Some((_, view)) => self.before.seen_by(&adapted.plan, view),
            None => self.data.read_adapted(&step, &mut adapted).ok()?,
        };
        adapted.settle(&store, &old.plan);
        let request = Request {
            plan: &adapted.plan,
            store: &store,
            period: self.period,
            traced: false,
            threads: self.data.threads,
        };
        let (outcome, _) = eval::evaluate(&request);
        let outcome = outcome?;
        let scored = Scored { plan: &adapted.plan, store: &store, outcome: &outcome };
        Some(outcome.units.iter().map(|unit| (scored.name(unit).to_owned(), standing(&scored, unit))).collect())
    }
}

/// Who has no place stands behind all others.
fn figures(standing: &Standing, units: usize) -> [Number; 3] {
    let place = standing.rank.map_or(units as i64 + 1, i64::from);
    [standing.total, Number::whole(place), standing.money.unwrap_or_default()]
}
