//! Intervals of exact numbers: where a value may lie, whatever the facts are. Always wide enough, never rounded inwards.

use std::cmp::Ordering;

use crate::value::{Inexact, Number, Rounding};

/// All numbers from `low` to `high`, both ends included; `None` is no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The least number in it.
    pub low: Option<Number>,
    /// The greatest number in it.
    pub high: Option<Number>,
    /// An end may be further out than any facts reach.
    pub loose: bool,
}

/// An end that grew beyond exact arithmetic is no end.
fn end(result: Option<Result<Number, Inexact>>) -> Option<Number> {
    result.and_then(Result::ok)
}

impl Interval {
    /// Zero alone.
    pub const ZERO: Interval = Interval { low: Some(Number::ZERO), high: Some(Number::ZERO), loose: false };
    /// Every number.
    pub const ANY: Interval = Interval { low: None, high: None, loose: true };

    /// From one end to the other; `None` is no end.
    pub fn new(low: Option<Number>, high: Option<Number>) -> Interval {
        Interval { low, high, loose: false }
    }

    /// One number alone.
    pub fn exactly(number: Number) -> Interval {
        Interval::new(Some(number), Some(number))
    }

    /// Both ends are known.
    pub fn between(low: Number, high: Number) -> Interval {
        Interval::new(Some(low), Some(high))
    }

    /// No end above.
    pub fn at_least(low: Number) -> Interval {
        Interval::new(Some(low), None)
    }

    /// The same, with ends that may be out of reach.
    pub fn loosened(self) -> Interval {
        Interval { loose: true, ..self }
    }

    /// Whether it is zero alone.
    pub fn is_zero(&self) -> bool {
        self.single().is_some_and(Number::is_zero)
    }

    /// The only number in it.
    pub fn single(&self) -> Option<Number> {
        self.low.filter(|_| self.low == self.high)
    }

    /// Whether a number below zero lies in it.
    pub fn may_be_negative(&self) -> bool {
        self.low.is_none_or(Number::is_negative)
    }

    /// Whether a number above zero lies in it.
    pub fn may_be_positive(&self) -> bool {
        self.high.is_none_or(Number::is_positive)
    }

    /// Whether the number lies in it.
    pub fn holds(&self, number: Number) -> bool {
        self.low.is_none_or(|low| low <= number) && self.high.is_none_or(|high| number <= high)
    }

    /// The smallest interval around both.
    pub fn or(self, other: Interval) -> Interval {
        Interval {
            low: self.low.zip(other.low).map(|(a, b)| a.min(b)),
            high: self.high.zip(other.high).map(|(a, b)| a.max(b)),
            loose: self.loose || other.loose,
        }
    }

    /// The smallest interval around it and zero.
    pub fn or_zero(self) -> Interval {
        self.or(Interval::ZERO)
    }

    /// What both allow; where they contradict each other, the first.
    pub fn and(self, other: Interval) -> Interval {
        let low = greater(self.low, other.low);
        let high = lesser(self.high, other.high);
        if low.zip(high).is_some_and(|(low, high)| low > high) {
            return self;
        }
        Interval { low, high, loose: self.loose && other.loose }
    }

    /// Whether nothing lies in both.
    pub fn misses(&self, other: &Interval) -> bool {
        let apart = |high: Option<Number>, low: Option<Number>| high.zip(low).is_some_and(|(high, low)| high < low);
        apart(self.high, other.low) || apart(other.high, self.low)
    }

    /// Where sums lie.
    pub fn plus(self, other: Interval) -> Interval {
        Interval {
            low: end(self.low.zip(other.low).map(|(a, b)| a.plus(b))),
            high: end(self.high.zip(other.high).map(|(a, b)| a.plus(b))),
            loose: self.loose || other.loose,
        }
    }

    /// Where the opposites lie.
    pub fn negated(self) -> Interval {
        Interval { low: self.high.map(Number::negated), high: self.low.map(Number::negated), loose: self.loose }
    }

    /// Where differences lie.
    pub fn minus(self, other: Interval) -> Interval {
        self.plus(other.negated())
    }

    /// Where products lie.
    pub fn times(self, other: Interval) -> Interval {
        let ends = |interval: Interval| [(interval.low, -1), (interval.high, 1)];
        let corners = ends(self).into_iter().flat_map(|a| ends(other).map(|b| corner(a, b)));
        let (mut low, mut high) = (Corner::Above, Corner::Below);
        for corner in corners {
            low = low.min(corner);
            high = high.max(corner);
        }
        // A corner too far out to be computed still has a sign.
        let low = match low {
            Corner::Below => None,
            Corner::At(low) => Some(low),
            Corner::Above => Some(Number::ZERO),
        };
        let high = match high {
            Corner::Above => None,
            Corner::At(high) => Some(high),
            Corner::Below => Some(Number::ZERO),
        };
        Interval { low, high, loose: self.loose || other.loose }
    }

    /// Where quotients lie; a divisor of zero gives none.
    pub fn divided_by(self, other: Interval) -> Interval {
        if let (Some(low), Some(high)) = (other.low, other.high)
            && (low.is_positive() || high.is_negative())
        {
            let part = |number: Number| Number::ONE.divided_by(number).ok();
            return self.times(Interval { low: part(high), high: part(low), loose: other.loose });
        }
        // The divisor may come as near to zero as it likes: only the sign is known.
        let positive = !other.may_be_negative();
        let negative = !other.may_be_positive();
        let sign = |interval: Interval| {
            let zero = Some(Number::ZERO);
            match (interval.may_be_negative(), interval.may_be_positive()) {
                (false, false) => Interval::ZERO,
                (false, true) => Interval { low: zero, high: None, loose: true },
                (true, false) => Interval { low: None, high: zero, loose: true },
                (true, true) => Interval::ANY,
            }
        };
        match (positive, negative) {
            (true, _) => sign(self),
            (_, true) => sign(self.negated()),
            _ => Interval::ANY,
        }
    }

    /// At most `count` of them added up, none at all being possible.
    pub fn up_to(self, count: Option<u32>) -> Interval {
        match count {
            Some(count) => self.or_zero().times(Interval::exactly(Number::whole(count.into()))),
            None => Interval {
                low: if self.may_be_negative() { None } else { Some(Number::ZERO) },
                high: if self.may_be_positive() { None } else { Some(Number::ZERO) },
                loose: self.loose,
            },
        }
    }

    /// Where the lesser of two lies.
    pub fn min(self, other: Interval) -> Interval {
        Interval {
            low: self.low.zip(other.low).map(|(a, b)| a.min(b)),
            high: lesser(self.high, other.high),
            loose: self.loose || other.loose,
        }
    }

    /// Where the greater of two lies.
    pub fn max(self, other: Interval) -> Interval {
        Interval {
            low: greater(self.low, other.low),
            high: self.high.zip(other.high).map(|(a, b)| a.max(b)),
            loose: self.loose || other.loose,
        }
    }

    /// Where the numbers lie without their sign.
    pub fn absolute(self) -> Interval {
        let zero = Interval::ZERO;
        match (self.may_be_negative(), self.may_be_positive()) {
            (true, true) => {
                let high = self.low.zip(self.high).map(|(low, high)| low.abs().max(high));
                Interval { low: zero.low, high, loose: self.loose }
            }
            (true, false) => self.negated(),
            (false, _) => self,
        }
    }

    /// No further from zero than `most` is.
    pub fn within(self, most: Interval) -> Interval {
        let Some(most) = most.high.map(Number::abs) else { return self };
        self.clamped(most.negated(), most)
    }

    fn clamped(self, low: Number, high: Number) -> Interval {
        let into = |number: Number| number.max(low).min(high);
        Interval { low: Some(self.low.map_or(low, into)), high: Some(self.high.map_or(high, into)), loose: self.loose }
    }

    /// A function that never falls, applied to both ends.
    pub fn map(self, change: impl Fn(Number) -> Result<Number, Inexact>) -> Interval {
        Interval { low: end(self.low.map(&change)), high: end(self.high.map(&change)), loose: self.loose }
    }

    /// Where the rounded numbers lie.
    pub fn rounded(self, places: u32, rounding: Rounding) -> Interval {
        self.map(|number| number.rounded(places, rounding))
    }
}

/// A product of two ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Corner {
    Below,
    At(Number),
    Above,
}

/// The product of two ends, each a number or, where there is none, the way it runs away.
fn corner((a, a_way): (Option<Number>, i8), (b, b_way): (Option<Number>, i8)) -> Corner {
    let sign = |end: Option<Number>, way: i8| match end {
        None => way,
        Some(end) => match end.cmp(&Number::ZERO) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        },
    };
    let product = a.zip(b).and_then(|(a, b)| a.times(b).ok());
    match (sign(a, a_way) * sign(b, b_way), product) {
        (0, _) => Corner::At(Number::ZERO),
        (_, Some(product)) => Corner::At(product),
        (1, None) => Corner::Above,
        (_, None) => Corner::Below,
    }
}

fn lesser(a: Option<Number>, b: Option<Number>) -> Option<Number> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn greater(a: Option<Number>, b: Option<Number>) -> Option<Number> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}
