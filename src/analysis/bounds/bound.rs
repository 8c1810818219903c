//! Where a node's tally may lie, and what adding, capping and setting do to it.

use crate::analysis::interval::Interval;

/// A node's tally, and its points, which are known better than the parts they are made of.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// What it starts from.
    pub base: Interval,
    /// Points given.
    pub bonus: Interval,
    /// Points taken; not below zero.
    pub deduction: Interval,
    /// base + bonus − deduction, or narrower.
    pub points: Interval,
    /// It may be left out: not applicable, not assessed.
    pub optional: bool,
}

impl Bound {
    pub(super) const NOTHING: Bound = Bound {
        base: Interval::ZERO,
        bonus: Interval::ZERO,
        deduction: Interval::ZERO,
        points: Interval::ZERO,
        optional: false,
    };

    /// The same done to every figure.
    pub(super) fn each(self, change: impl Fn(Interval) -> Interval) -> Bound {
        Bound {
            base: change(self.base),
            bonus: change(self.bonus),
            deduction: change(self.deduction),
            points: change(self.points),
            optional: self.optional,
        }
    }

    /// Two tallies joined figure by figure.
    pub(super) fn with(self, other: Bound, join: impl Fn(Interval, Interval) -> Interval) -> Bound {
        Bound {
            base: join(self.base, other.base),
            bonus: join(self.bonus, other.bonus),
            deduction: join(self.deduction, other.deduction),
            points: join(self.points, other.points),
            optional: self.optional || other.optional,
        }
    }

    /// What it brings where it may also bring nothing.
    pub(super) fn brought(self) -> Bound {
        if self.optional { Bound { optional: false, ..self.each(Interval::or_zero) } } else { self }
    }

    /// The points follow from the tally too.
    pub(super) fn settled(mut self) -> Bound {
        self.points = self.points.and(self.base.plus(self.bonus).minus(self.deduction));
        self
    }

    /// As [`crate::outcome::Tally::bring_to`], where the points are more than `most`.
    pub(super) fn lowered(self, most: Interval) -> Bound {
        let left = most.minus(self.base).plus(self.deduction).max(Interval::ZERO);
        Bound { base: self.base.min(most.plus(self.deduction)), bonus: self.bonus.min(left), ..self }
    }

    /// As [`crate::outcome::Tally::bring_to`], where the points are less than `least`.
    pub(super) fn raised(self, least: Interval) -> Bound {
        let left = self.base.plus(self.bonus).minus(least).max(Interval::ZERO);
        Bound { base: self.base.max(least.minus(self.bonus)), deduction: self.deduction.min(left), ..self }
    }

    /// Brought to `points` from either side.
    pub(super) fn brought_to(self, points: Interval) -> Bound {
        Bound { points, ..self.lowered(points).with(self.raised(points), Interval::or) }
    }

    /// The base takes what brings the points to `points`.
    pub(super) fn put(&mut self, points: Interval) {
        self.points = points;
        self.base = points.minus(self.bonus).plus(self.deduction);
    }
}
