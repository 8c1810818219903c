//! Arithmetic on tallies: base, bonus and deduction, kept so that they always add up to the points.

use crate::eval::expr::sum;
use crate::outcome::Tally;
use crate::plan::{Aggregate, Node};
use crate::value::{Inexact, Number, Rounding};

impl Tally {
    /// base + bonus − deduction
    pub fn points(&self) -> Result<Number, Inexact> {
        plus(self.base, self.bonus)?.minus(self.deduction)
    }

    /// Adds each part to its own.
    pub fn add(&mut self, other: &Tally) -> Result<(), Inexact> {
        // Most tallies are nearly empty, and copying numbers is what costs.
        for (sum, part) in
            [(&mut self.base, &other.base), (&mut self.bonus, &other.bonus), (&mut self.deduction, &other.deduction)]
        {
            if !part.is_zero() {
                *sum = plus(*sum, *part)?;
            }
        }
        Ok(())
    }

    /// Points below zero are a deduction, others a bonus.
    pub(super) fn add_points(&mut self, points: Number) -> Result<(), Inexact> {
        if points.is_negative() {
            self.deduction = self.deduction.minus(points)?;
        } else {
            self.bonus = plus(self.bonus, points)?;
        }
        Ok(())
    }

    /// Each part times a factor; below zero the net alone, as base.
    pub fn scaled(&self, factor: Number) -> Result<Tally, Inexact> {
        if factor.is_negative() {
            // A bonus below zero would be a deduction: only the net keeps its meaning.
            return Ok(Tally { base: self.points()?.times(factor)?, ..Tally::default() });
        }
        Ok(Tally {
            base: self.base.times(factor)?,
            bonus: self.bonus.times(factor)?,
            deduction: self.deduction.times(factor)?,
        })
    }

    /// Brings the points to a bound. What is too much was bonus that does not count, what is too little was deduction:
    /// a cap above it sees only what really counted. The base takes what is left.
    pub fn bring_to(&mut self, points: Number) -> Result<(), Inexact> {
        let now = self.points()?;
        if points < now {
            self.bonus = points.minus(self.base)?.plus(self.deduction)?.max(Number::ZERO).min(self.bonus);
        } else if points > now {
            self.deduction = plus(self.base, self.bonus)?.minus(points)?.max(Number::ZERO).min(self.deduction);
        }
        self.set_points(points)
    }

    /// Rounds each part as well: a cap above it, and the sum of a year, see what is left of it. The base takes what is
    /// left of the points.
    pub fn round(&mut self, places: u32, rounding: Rounding) -> Result<(), Inexact> {
        let points = self.points()?.rounded(places, rounding)?;
        self.bonus = self.bonus.rounded(places, rounding)?;
        self.deduction = self.deduction.rounded(places, rounding)?;
        self.set_points(points)
    }

    /// The difference to the new points goes into the base.
    pub fn set_points(&mut self, points: Number) -> Result<(), Inexact> {
        self.base = points.minus(self.bonus)?.plus(self.deduction)?;
        Ok(())
    }
}

fn plus(left: Number, right: Number) -> Result<Number, Inexact> {
    if right.is_zero() {
        Ok(left)
    } else if left.is_zero() {
        Ok(right)
    } else {
        left.plus(right)
    }
}

/// What a node of shorter cycles brings to a longer one; a mean is kept to as many places as the points of each of them.
pub(super) fn brought_up(node: &Node, tallies: &[Tally]) -> Result<Option<Tally>, Inexact> {
    let mut tally = roll_up(node.landing.aggregate(), tallies)?;
    if let (Some(mean), Some((places, rounding))) = (&mut tally, node.kept_places()) {
        mean.round(places, rounding)?;
    }
    Ok(tally)
}

/// Brings the tallies of sub-periods to one; `None` where there is nothing to choose from.
pub(super) fn roll_up(aggregate: Aggregate, tallies: &[Tally]) -> Result<Option<Tally>, Inexact> {
    let total = || -> Result<Tally, Inexact> {
        let column = |pick: fn(&Tally) -> Number| sum(&tallies.iter().map(pick).collect::<Vec<_>>());
        Ok(Tally {
            base: column(|tally| tally.base)?,
            bonus: column(|tally| tally.bonus)?,
            deduction: column(|tally| tally.deduction)?,
        })
    };
    if tallies.is_empty() {
        return Ok(None);
    }
    let count = Number::whole(tallies.len() as i64);
    Ok(match aggregate {
        Aggregate::Sum => Some(total()?),
        Aggregate::Mean => {
            let total = total()?;
            Some(Tally {
                base: total.base.divided_by(count)?,
                bonus: total.bonus.divided_by(count)?,
                deduction: total.deduction.divided_by(count)?,
            })
        }
        Aggregate::Last => tallies.last().copied(),
        Aggregate::Greatest | Aggregate::Least => {
            let mut best: Option<(Number, Tally)> = None;
            for tally in tallies {
                let points = tally.points()?;
                let is_better = best.is_none_or(|(best, _)| match aggregate {
                    Aggregate::Greatest => points > best,
                    _ => points < best,
                });
                if is_better {
                    best = Some((points, *tally));
                }
            }
            best.map(|(_, tally)| tally)
        }
        Aggregate::Count | Aggregate::People | Aggregate::Matters => Some(Tally { base: count, ..Tally::default() }),
    })
}
