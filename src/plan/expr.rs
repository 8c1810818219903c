//! Values computed for one unit and one period: numbers, dates and texts.

use borsh::{BorshDeserialize, BorshSerialize};
use chrono::NaiveDate;
use serde::Serialize;

use super::{AttributeId, ColumnId, Condition, InputId, MeasureId, NodeId, PeerId, RankingId, SymbolId, kept};
use crate::calendar::Cycle;
use crate::meaning;
use crate::value::{Inexact, Number, Rounding};

/// A number, date or text computed for one unit and one period (and, inside [`Basis::Row`](super::Basis::Row), one fact row).
///
/// Any operand that is "not assessed" makes the whole not assessed, except in [`Expr::Assessed`], sums over nodes,
/// and aggregates, which pass over it.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Expr {
    /// A number of the rulebook.
    Number(Number),
    /// A date of the rulebook.
    Date(
        #[serde(serialize_with = "meaning::date")]
        #[borsh(serialize_with = "kept::write_date", deserialize_with = "kept::read_date")]
        NaiveDate,
    ),
    /// A text of the rulebook.
    Text(SymbolId),
    /// An indicator's value: the sum over the months of the input's cycle around the current period (the mean or the
    /// last, where `collect` says so), or its only 期间 row. For an event: the summed 数量 of counted rows.
    Input { input: InputId, collect: Aggregate },
    /// Something over the counted rows of an input in the current period.
    Rows(Box<RowsExpr>),
    /// A cell of the current row.
    Row(RowField),
    /// What the roster says of the unit.
    Attribute(AttributeId),
    /// The value of a parameter whose period holds the current one.
    Parameter(InputId),
    /// A named value.
    Measure(MeasureId),
    /// A node's points in the current period.
    Node(NodeId),
    /// A node's full marks.
    Full(NodeId),
    /// The total of the current period: of the base cycle, or by its roll-up.
    Total,
    /// The first and the second.
    Add(Box<[Expr; 2]>),
    /// The first without the second.
    Subtract(Box<[Expr; 2]>),
    /// The first so many times as the second says.
    Multiply(Box<[Expr; 2]>),
    /// A zero divisor is a finding that names the rule, unless a condition before it took care.
    Divide(Box<[Expr; 2]>),
    /// With the other sign: what a line takes.
    Negate(Box<Expr>),
    /// 较低者, 较高者, 平均
    Of(Aggregate, Vec<Expr>),
    /// 绝对值
    Absolute(Box<Expr>),
    /// 平方根
    Root(Box<Expr>),
    /// 保留N位小数
    Round { expr: Box<Expr>, places: u32, rounding: Rounding },
    /// How many steps of `step` fit in `amount` (0 where it is not positive).
    Steps { amount: Box<Expr>, step: Box<Expr>, part: Part },
    /// The first arm whose condition holds; `otherwise` if none does.
    Case { arms: Vec<(Condition, Expr)>, otherwise: Box<Expr> },
    /// `otherwise` where `expr` is not assessed.
    Assessed { expr: Box<Expr>, otherwise: Box<Expr> },
    /// 第1次扣1分，第2次起每次扣2分: the points of this row's occurrences, each by its ordinal within `per`.
    /// `tiers` are (from ordinal, points), ascending, the first from 1.
    Escalation {
        tiers: Vec<(u32, Number)>,
        per: Cycle,
        #[serde(rename = "by_person")]
        by: CountedBy,
    },
    /// Something over a cohort; see [`Peer`](super::Peer).
    Peer(PeerId),
    /// This unit's rank in a ranking for the current period (an earlier stage's).
    Rank(RankingId),
    /// The same place counted from the bottom: 1 is the last (末位、后2名).
    RankFromLast(RankingId),
    /// `expr` in the period `back` periods of its cycle earlier; frozen results in 历史.csv under `name` before the
    /// term; `otherwise` where there is none (a finding where that is not declared).
    Earlier { back: u32, cycle: Cycle, expr: Box<Expr>, name: String, otherwise: Option<Box<Expr>> },
    /// `name` in 历史.csv over all earlier `cycle`s that have it: 历年最低 and the like.
    Past { name: String, cycle: Cycle, aggregate: Aggregate, otherwise: Option<Box<Expr>> },
    /// Over the sub-periods of `cycle` within the current period that have facts and in which the unit is assessed.
    Over {
        cycle: Cycle,
        aggregate: Aggregate,
        expr: Box<Expr>,
        /// 第一季度: of those alone that are the so-manieth of their calendar year.
        #[serde(skip_serializing_if = "Option::is_none")]
        only: Option<u32>,
    },
    /// How many such sub-periods meet the condition; in a period no longer than they are, and in any where `tallied`
    /// (年内累计3个月), how many of the year (or of the term, where that is no longer than a year) up to it do. Years are
    /// counted from the beginning of the term, and so is what is tallied over all of it.
    CountPeriods {
        cycle: Cycle,
        condition: Box<Condition>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        tallied: bool,
    },
    /// Months of the current period in which the unit is on the roster (在册月数) or the rulebook in force (施行月数).
    Months { on_roster: bool },
    /// 不作考评
    NotAssessed,
}

/// Over the counted rows of an input.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct RowsExpr {
    /// Whose rows.
    pub input: InputId,
    /// How their values become one.
    pub aggregate: Aggregate,
    /// Evaluated per row; the row's 数量 where nothing else is said.
    pub value: Expr,
    /// Of those rows alone that meet it.
    pub filter: Option<Condition>,
    /// 以学分为权: weights of a mean, per row.
    pub weight: Option<Expr>,
    /// Drop this many greatest and this many least before aggregating.
    pub trim: u32,
}

/// How several values become one; those that are not assessed are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Aggregate {
    /// 合计
    Sum,
    /// 平均
    Mean,
    /// 最高
    Greatest,
    /// 最低
    Least,
    /// That of the latest period.
    Last,
    /// How many there are.
    Count,
    /// How many different 人员.
    People,
    /// How many different 事项.
    Matters,
}

/// Which days are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum DayKind {
    /// 自然日
    #[default]
    All,
    /// 工作日, Monday to Friday.
    Weekdays,
    /// 工作日 of the statutory calendar: without holidays, and with the weekends that are worked instead.
    Statutory,
}

/// As it was when there were no holidays: the fingerprint of a rulebook without them stays what it was.
impl Serialize for DayKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            DayKind::All => serializer.serialize_bool(false),
            DayKind::Weekdays => serializer.serialize_bool(true),
            DayKind::Statutory => serializer.serialize_unit_variant("DayKind", 2, "Statutory"),
        }
    }
}

/// A cell of a fact row, or what is computed from its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub enum RowField {
    /// 数量
    Quantity,
    /// 分值
    Points,
    /// A declared 事实列
    Column(ColumnId),
    /// 系数
    Coefficient,
    /// 位次
    Place,
    /// 人数
    People,
    /// 原满分
    Scale,
    /// 评分人, else 评价组
    Rater,
    /// 佐证
    Evidence,
    /// 人员
    Person,
    /// 事项
    Matter,
    /// 截止日期
    Deadline,
    /// 完成日期
    Completed,
    /// 发生日期
    Occurred,
    /// 发现日期
    Found,
    /// 整改日期
    Repaired,
    /// Days from 截止日期 to 完成日期, or to the end of the row's own period while open.
    DaysLate { workdays: DayKind },
    /// The part of those days that falls into the row's own period (running days split over months).
    DaysLateHere { workdays: DayKind },
    /// Days from 完成日期 to 截止日期: 每提前1天.
    DaysEarly { workdays: DayKind },
    /// Days from 发现日期, else 发生日期, to 整改日期 (of the row, or of the row whose 针对编号 is this row's 编号);
    /// not assessed where there is none.
    DaysToRepair,
}

/// Whose occurrences 第几次 counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum CountedBy {
    /// The unit's.
    #[default]
    Unit,
    /// 按人员计次, 按事项计次, 按班组计次: those of the unit that say the same there.
    Field(RowField),
}

/// As it was when there were units and persons alone, so that fingerprints stay.
impl Serialize for CountedBy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            CountedBy::Unit => serializer.serialize_bool(false),
            CountedBy::Field(RowField::Person) => serializer.serialize_bool(true),
            CountedBy::Field(field) => Serialize::serialize(field, serializer),
        }
    }
}

/// What happens to a part of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Part {
    /// 不足一步的不计
    Ignored,
    /// 按比例计
    Proportional,
    /// 按一步计
    Whole,
}

impl Part {
    /// How many steps an amount comes to; none where it is not above zero.
    pub fn steps(self, amount: Number, step: Number) -> Result<Number, Inexact> {
        if !amount.is_positive() {
            return Ok(Number::ZERO);
        }
        let steps = amount.divided_by(step)?;
        Ok(match self {
            Part::Ignored => steps.floor()?.into(),
            Part::Proportional => steps,
            Part::Whole => steps.ceil()?.into(),
        })
    }
}
