//! A fact in sixteen bytes: a small number is held as it is, whatever says more is kept whole behind it.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::calendar::PeriodId;
use crate::plan::InputId;

use super::cells::{MANTISSA_BITS, MOST_MANTISSA, MOST_SCALE};
use super::{Detail, Fact, Origin};

/// A number of few digits: mantissa below scale, so that whole numbers that follow one another lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Small(pub(super) u32);

impl Small {
    pub const ZERO: Small = Small(0);

    /// `None` where it is below zero or has too many digits; 1 and 1.0 are held apart.
    pub fn of(number: Decimal) -> Option<Small> {
        let mantissa = u32::try_from(number.mantissa()).ok().filter(|mantissa| *mantissa < MOST_MANTISSA)?;
        (number.scale() < MOST_SCALE).then_some(Small(number.scale() << MANTISSA_BITS | mantissa))
    }

    pub fn decimal(self) -> Decimal {
        Decimal::new(i64::from(self.mantissa()), self.0 >> MANTISSA_BITS)
    }

    pub fn mantissa(self) -> u32 {
        self.0 & (MOST_MANTISSA - 1)
    }

    /// Beside so many hundredths, without making a decimal of it.
    pub fn cmp_hundredths(self, hundredths: u32) -> Ordering {
        let places = self.0 >> MANTISSA_BITS;
        (u64::from(self.mantissa()) * 100).cmp(&(u64::from(hundredths) * 10u64.pow(places)))
    }

    pub fn bits(self) -> u32 {
        self.0
    }
}

/// What is known of a fact.
#[derive(Clone, Debug)]
pub enum Held {
    /// 数量 and nothing else, added up of so many rows.
    Small {
        input: InputId,
        period: PeriodId,
        quantity: Small,
        rows: u32,
    },
    Whole(Box<Fact>),
}

impl Held {
    pub fn input(&self) -> InputId {
        match self {
            Held::Small { input, .. } => *input,
            Held::Whole(fact) => fact.input,
        }
    }

    /// The month it is about, or the longer period named by 期间.
    pub fn period(&self) -> PeriodId {
        match self {
            Held::Small { period, .. } => *period,
            Held::Whole(fact) => fact.period,
        }
    }

    /// `None` is 不适用.
    pub fn quantity(&self) -> Option<Decimal> {
        match self {
            Held::Small { quantity, .. } => Some(quantity.decimal()),
            Held::Whole(fact) => fact.quantity,
        }
    }

    /// 数量, where it has few digits.
    pub fn small(&self) -> Option<Small> {
        match self {
            Held::Small { quantity, .. } => Some(*quantity),
            Held::Whole(fact) => fact.quantity.and_then(Small::of),
        }
    }

    /// How many rows were added up.
    pub fn rows(&self) -> u32 {
        match self {
            Held::Small { rows, .. } => *rows,
            Held::Whole(fact) => fact.rows,
        }
    }

    pub fn detail(&self) -> Option<&Detail> {
        match self {
            Held::Small { .. } => None,
            Held::Whole(fact) => fact.detail.as_deref(),
        }
    }

    pub fn origin(&self) -> Option<Origin> {
        match self {
            Held::Small { .. } => None,
            Held::Whole(fact) => fact.origin,
        }
    }

    /// Whether it counts at all: 认定 is not pending or refused, and something happened.
    pub fn counts(&self) -> bool {
        match self {
            Held::Small { quantity, .. } => quantity.mantissa() != 0,
            Held::Whole(fact) => {
                fact.detail.as_ref().is_none_or(|detail| detail.counted)
                    && fact.quantity.is_some_and(|quantity| !quantity.is_zero())
            }
        }
    }
}
