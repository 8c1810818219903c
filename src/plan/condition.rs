//! What holds or does not for one unit and one period.

use serde::Serialize;

use super::{Expr, InputId, Months, SymbolId};
use crate::calendar::Cycle;
use crate::value::Number;

/// A yes-or-no question about one unit and one period (and, where rows are scored, one fact row).
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    Streak { count: u32, cycle: Cycle, condition: Box<Condition> },
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
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

/// An end of a range and whether it belongs to it; `None` where open.
pub type End = Option<(Number, bool)>;

/// The values of one expression that a condition asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch<'p> {
    pub of: &'p Expr,
    pub low: End,
    pub high: End,
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
            let all = all.get_or_insert(Stretch { of, low: None, high: None });
            if all.of != &**of {
                return None;
            }
            match comparison {
                Comparison::AtLeast => all.low = Some((end, true)),
                Comparison::Above => all.low = Some((end, false)),
                Comparison::AtMost => all.high = Some((end, true)),
                Comparison::Below => all.high = Some((end, false)),
                Comparison::Equal => (all.low, all.high) = (Some((end, true)), Some((end, true))),
                Comparison::NotEqual => return None,
            }
        }
        all
    }
}

impl Stretch<'_> {
    /// Whether two ranges of the same expression have a number in common.
    pub fn meets(&self, other: &Stretch<'_>) -> bool {
        let below = |high: &End, low: &End| match (high, low) {
            (Some((high, a)), Some((low, b))) => high < low || high == low && !(*a && *b),
            _ => false,
        };
        self.of == other.of && !below(&self.high, &other.low) && !below(&other.high, &self.low)
    }

    /// Whether the number lies in it.
    pub fn holds(&self, number: Number) -> bool {
        let above = self.low.is_none_or(|(low, is_in)| low < number || is_in && low == number);
        above && self.high.is_none_or(|(high, is_in)| number < high || is_in && high == number)
    }
}
