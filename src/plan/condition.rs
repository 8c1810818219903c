//! What holds or does not for one unit and one period.

use serde::Serialize;

use super::{Expr, InputId, Months, SymbolId};
use crate::calendar::Cycle;

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
