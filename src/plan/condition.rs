//! What holds or does not for one unit and one period.

use std::cmp::Ordering;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::{Expr, InputId, Months, SymbolId};
use crate::calendar::Cycle;
use crate::value::Number;

/// A yes-or-no question about one unit and one period (and, where rows are scored, one fact row).
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Condition {
    /// Nothing is asked.
    Always,
    /// Not met where either side is not assessed.
    Compare(Box<Expr>, Comparison, Box<Expr>),
    /// A text is one of these.
    Is(Box<Expr>, Vec<SymbolId>),
    /// Any counted row of the input in the current period.
    Happened(InputId),
    /// The expression can be computed: reported and applicable.
    IsAssessed(Box<Expr>),
    /// 不, 除外
    Not(Box<Condition>),
    /// 且
    All(Vec<Condition>),
    /// 或
    Any(Vec<Condition>),
    /// Met in this period of `cycle` and in the `count − 1` before it; not where the rulebook was not yet in force.
    Streak {
        count: u32,
        cycle: Cycle,
        condition: Box<Condition>,
        /// 每连续3个月: only when three more are full, the third, the sixth and so on.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        anew: bool,
    },
    /// Vetoed in the current period.
    Vetoed,
    /// 取消资格 in the current period, by name.
    Disqualified(String),
    /// The grade of a grading (an earlier stage) is one of these.
    Graded(u16, Vec<String>),
    /// The current period is one of these months, or ends with one.
    During(Months),
}

/// How the left side stands to the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Comparison {
    /// 低于
    Below,
    /// 不超过
    AtMost,
    /// 等于
    Equal,
    /// 不等于
    NotEqual,
    /// 不低于
    AtLeast,
    /// 超过
    Above,
}

impl Comparison {
    /// Whether a left side that stands so to the right is meant.
    pub fn allows(self, order: Ordering) -> bool {
        match self {
            Comparison::Below => order.is_lt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::AtLeast => order.is_ge(),
            Comparison::Above => order.is_gt(),
        }
    }

    /// What it says from the right side to the left.
    pub fn mirrored(self) -> Comparison {
        match self {
            Comparison::Below => Comparison::Above,
            Comparison::AtMost => Comparison::AtLeast,
            Comparison::AtLeast => Comparison::AtMost,
            Comparison::Above => Comparison::Below,
            Comparison::Equal | Comparison::NotEqual => self,
        }
    }

    /// What holds where this does not.
    pub fn opposite(self) -> Comparison {
        match self {
            Comparison::Below => Comparison::AtLeast,
            Comparison::AtMost => Comparison::Above,
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
            Comparison::AtLeast => Comparison::Below,
            Comparison::Above => Comparison::AtMost,
        }
    }
}

/// An end of a range and whether it belongs to it; `None` where open.
pub type End = Option<(Number, bool)>;

/// The numbers between two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ends {
    pub low: End,
    pub high: End,
}

impl Ends {
    /// All numbers.
    pub const ALL: Ends = Ends { low: None, high: None };

    /// Those that stand so to a number; `None` where they are no range.
    pub fn of(comparison: Comparison, number: Number) -> Option<Ends> {
        Some(match comparison {
            Comparison::Below => Ends { low: None, high: Some((number, false)) },
            Comparison::AtMost => Ends { low: None, high: Some((number, true)) },
            Comparison::AtLeast => Ends { low: Some((number, true)), high: None },
            Comparison::Above => Ends { low: Some((number, false)), high: None },
            Comparison::Equal => Ends { low: Some((number, true)), high: Some((number, true)) },
            Comparison::NotEqual => return None,
        })
    }

    /// What lies in both: the end that leaves less is further in, or without its own number.
    pub fn and(self, other: Ends) -> Ends {
        let low = match (self.low, other.low) {
            (Some(a), Some(b)) if a.0 == b.0 => Some((a.0, a.1 && b.1)),
            (Some(a), Some(b)) => Some(if a.0 > b.0 { a } else { b }),
            (a, b) => a.or(b),
        };
        let high = match (self.high, other.high) {
            (Some(a), Some(b)) if a.0 == b.0 => Some((a.0, a.1 && b.1)),
            (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
            (a, b) => a.or(b),
        };
        Ends { low, high }
    }

    /// Whether all of it lies before the other begins.
    pub fn is_before(self, other: Ends) -> bool {
        let (Some((high, high_in)), Some((low, low_in))) = (self.high, other.low) else { return false };
        high < low || high == low && !(high_in && low_in)
    }

    /// Whether it ends before it begins.
    pub fn is_empty(self) -> bool {
        self.is_before(self)
    }

    /// Whether all of it lies in another.
    pub fn lies_in(self, other: Ends) -> bool {
        let low = match (self.low, other.low) {
            (_, None) => true,
            (Some((own, own_in)), Some((low, low_in))) => low < own || low == own && (low_in || !own_in),
            (None, Some(_)) => false,
        };
        let high = match (self.high, other.high) {
            (_, None) => true,
            (Some((own, own_in)), Some((high, high_in))) => own < high || high == own && (high_in || !own_in),
            (None, Some(_)) => false,
        };
        low && high
    }

    /// Whether the number lies in it.
    pub fn holds(self, number: Number) -> bool {
        let above = self.low.is_none_or(|(low, is_in)| low < number || is_in && low == number);
        above && self.high.is_none_or(|(high, is_in)| number < high || is_in && high == number)
    }

    /// The comparisons that say it.
    pub fn conditions(self, of: &Expr) -> Vec<Condition> {
        let compare = |how, number| Condition::Compare(Box::new(of.clone()), how, Box::new(Expr::Number(number)));
        if let (Some((low, true)), Some((high, true))) = (self.low, self.high)
            && low == high
        {
            return vec![compare(Comparison::Equal, low)];
        }
        let low =
            self.low.map(|(low, is_in)| compare(if is_in { Comparison::AtLeast } else { Comparison::Above }, low));
        let high =
            self.high.map(|(high, is_in)| compare(if is_in { Comparison::AtMost } else { Comparison::Below }, high));
        low.into_iter().chain(high).collect()
    }
}

/// The values of one expression that a condition asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch<'p> {
    pub of: &'p Expr,
    pub ends: Ends,
}

impl Condition {
    /// The range of one expression that alone decides; `None` where more does.
    pub fn stretch(&self) -> Option<Stretch<'_>> {
        let parts = match self {
            Condition::All(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut all: Option<Stretch<'_>> = None;
        for part in parts {
            let Condition::Compare(of, comparison, end) = part else { return None };
            let Expr::Number(end) = **end else { return None };
            let all = all.get_or_insert(Stretch { of, ends: Ends::ALL });
            if all.of != &**of {
                return None;
            }
            // Of two ends on one side the later stands.
            let Ends { low, high } = Ends::of(*comparison, end)?;
            all.ends = Ends { low: low.or(all.ends.low), high: high.or(all.ends.high) };
        }
        all
    }
}

impl Condition {
    /// Whether it never holds without the other, as far as looking at them tells.
    pub fn implies(&self, other: &Condition) -> bool {
        match (self, other) {
            (_, Condition::Always) => true,
            (_, Condition::All(parts)) => parts.iter().all(|part| self.implies(part)),
            (_, Condition::Any(parts)) if parts.iter().any(|part| self.implies(part)) => true,
            (Condition::All(parts), _) => parts.iter().any(|part| part.implies(other)),
            (Condition::Any(parts), _) => parts.iter().all(|part| part.implies(other)),
            (Condition::Is(a, values), Condition::Is(b, allowed)) => {
                a == b && values.iter().all(|value| allowed.contains(value))
            }
            (Condition::Compare(a, how, x), Condition::Compare(b, wanted, y)) if a == b => match (&**x, &**y) {
                (Expr::Number(x), Expr::Number(y)) => how.implies(*x, *wanted, *y),
                (x, y) => match (of_a_figure(x), of_a_figure(y)) {
                    ((x, x_times, x_plus), (y, y_times, y_plus)) if x == y && x_plus == y_plus => {
                        how.implies(x_times, *wanted, y_times)
                    }
                    ((x, x_times, x_plus), (y, y_times, y_plus)) if x == y && x_times == y_times => {
                        how.implies(x_plus, *wanted, y_plus)
                    }
                    _ => false,
                },
            },
            _ => self == other,
        }
    }

    /// The first of several branches that an earlier one always takes, and that earlier one.
    pub fn hidden_among<'c>(branches: &[&'c Condition]) -> Option<(&'c Condition, &'c Condition)> {
        branches.iter().enumerate().find_map(|(at, later)| {
            let earlier = branches[..at].iter().find(|earlier| later.implies(earlier))?;
            Some((*later, *earlier))
        })
    }
}

/// 目标, 目标 × 80%, 目标 + 5: the figure, how many times it, and how much more. The figure is taken not to be below zero:
/// who refuses something by it asks for that as well, and what is only suspected is confirmed by facts.
fn of_a_figure(end: &Expr) -> (&Expr, Number, Number) {
    match end {
        Expr::Multiply(pair) => match &**pair {
            [of, Expr::Number(times)] | [Expr::Number(times), of] => (of, *times, Number::ZERO),
            _ => (end, Number::ONE, Number::ZERO),
        },
        Expr::Add(pair) => match &**pair {
            [of, Expr::Number(more)] | [Expr::Number(more), of] => (of, Number::ONE, *more),
            _ => (end, Number::ONE, Number::ZERO),
        },
        Expr::Subtract(pair) => match &**pair {
            [of, Expr::Number(less)] => (of, Number::ONE, less.negated()),
            _ => (end, Number::ONE, Number::ZERO),
        },
        _ => (end, Number::ONE, Number::ZERO),
    }
}

impl Comparison {
    /// Whether what stands so to `x` always stands as wanted to `y`.
    pub fn implies(self, x: Number, wanted: Comparison, y: Number) -> bool {
        use Comparison::*;
        match (self, wanted) {
            (Below | AtMost | Equal, AtMost) => x <= y,
            (Below, Below) => x <= y,
            (AtMost | Equal, Below) => x < y,
            (Above | AtLeast | Equal, AtLeast) => x >= y,
            (Above, Above) => x >= y,
            (AtLeast | Equal, Above) => x > y,
            (Equal, Equal) | (NotEqual, NotEqual) => x == y,
            (Equal, NotEqual) => x != y,
            _ => false,
        }
    }
}

impl Stretch<'_> {
    /// Whether two ranges of the same expression have a number in common.
    pub fn meets(&self, other: &Stretch<'_>) -> bool {
        self.of == other.of && !self.ends.is_before(other.ends) && !other.ends.is_before(self.ends)
    }

    /// Whether all of it lies in another range of the same expression.
    pub fn lies_in(&self, other: &Stretch<'_>) -> bool {
        self.of == other.of && self.ends.lies_in(other.ends)
    }
}
