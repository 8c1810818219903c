//! Scoring lines: what they score, how much it gives, where that ends, and what else they do.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::{Condition, DayKind, Expr, InputId, Months, NodeId};
use crate::calendar::Cycle;
use crate::value::Number;

/// A scoring line (计分句).
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Rule {
    /// The item it stands in.
    #[serde(skip)]
    pub node: NodeId,
    /// As facts and results call it: the input's label, or the measure's name.
    #[serde(skip)]
    pub label: String,
    /// The line of the rulebook, as written.
    #[serde(skip)]
    pub text: String,
    /// Where it is written, from 1.
    #[serde(skip)]
    pub line: u32,
    /// The period that it is scored for.
    pub cycle: Cycle,
    /// What it scores.
    pub basis: Basis,
    /// Points with their sign: below zero for 扣. Not assessed gives no entry.
    pub points: Expr,
    /// Exceptions and coefficients of single rows, in the order written.
    pub row_rules: Vec<RowRule>,
    /// In the order written. Least absolute points win: `最多扣5分`.
    pub limits: Vec<Limit>,
    /// 最多计N次 in a cycle: how many occurrences count, the earliest read first by 发生日期, then by place.
    pub most_times: Option<(u32, Cycle)>,
    /// 同一事项 within this line alone; see [`SameMatter`].
    pub same_matter: Option<SameMatter>,
    /// 整改到位的返还.
    pub refund: Option<Refund>,
    /// 有效期N个月: the row counts in its own period and the following ones, each time in full, for so many months from the
    /// first of its own period on.
    pub valid_months: Option<u32>,
    /// What else the line does when it takes effect (a counted row, or points ≠ 0, or its own condition).
    pub effects: Vec<RuleEffect>,
    /// `None`: for the whole term.
    pub in_force: Option<Months>,
}

impl Rule {
    /// All figures that it goes by.
    pub fn values(&self) -> impl Iterator<Item = &Expr> {
        let limits = self.limits.iter().map(|limit| &limit.most);
        std::iter::once(&self.points).chain(limits).chain(self.row_rules.iter().flat_map(|row| &row.factor))
    }

    /// All conditions that it goes by, of rows and of effects.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.row_rules.iter().map(|row| &row.when).chain(self.effects.iter().map(|effect| &effect.when))
    }
}

/// What a line scores.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Basis {
    /// Each counted row of the input gives `points`.
    Row(InputId),
    /// Any counted row of the input gives `points`, once in the cycle; further rows do not count, with that reason.
    Once(InputId),
    /// The measures of the period give `points`; no rows are needed.
    Period,
}

impl Basis {
    /// What a row of the line is a row of.
    pub fn input(&self) -> Option<InputId> {
        match self {
            Basis::Row(input) | Basis::Once(input) => Some(*input),
            Basis::Period => None,
        }
    }
}

/// `非本所原因的，不计`; `情节严重的，加倍`: the first that holds decides.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct RowRule {
    /// Of the row.
    pub when: Condition,
    /// What the row's points are multiplied by; `None`: the row does not count.
    pub factor: Option<Expr>,
    /// In the rulebook's words.
    #[serde(skip)]
    pub reason: String,
}

/// 最多扣N分, 最多加N分
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Limit {
    /// Absolute points; where it is not assessed there is no limit.
    pub most: Expr,
    /// What it holds for.
    pub per: LimitPer,
}

/// What a limit holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum LimitPer {
    /// Each row by itself.
    Row,
    /// The rows of one person within the rule's own cycle.
    Person,
    /// Running within the cycle where it is longer than the rule's own: a later period gets what is left.
    Cycle(Cycle),
}

/// Rows with the same 事项 count once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct SameMatter {
    /// Within which period.
    pub per: Cycle,
    /// 同一点位当日只计一次: only rows of the same 发生日期 are of one matter.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_day: bool,
    /// What becomes of a higher row that comes later.
    pub later: LaterHigher,
}

/// What a higher row in a later period gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum LaterHigher {
    /// 已计分的补足差额
    TopUp,
    /// 已计分的不再计
    FirstStands,
}

/// Points given back for what was repaired.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Refund {
    /// Days within which the repair must be, both ends included; `None` for any time.
    pub within_days: Option<u32>,
    /// Which days are counted.
    pub workdays: DayKind,
    /// The part of the points given back: 0 to 1.
    pub share: Number,
}

/// What a line does beside its points.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct RuleEffect {
    /// `Always`: whenever the line takes effect.
    pub when: Condition,
    /// What happens then.
    pub effect: Effect,
}

/// What becomes of a unit, its totals and its grades.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Effect {
    /// 一票否决, in periods of these cycles: whether it moves places as the ranking says (not where 名次不变), and
    /// whether the total itself becomes 0.
    Veto { cycles: Vec<Cycle>, moves: bool, zero_total: bool },
    /// 取消资格 for the whole term, by name: 评先资格.
    Disqualify(String),
    /// 本项计零; of the root, 当月总分计零 (the base period's).
    ZeroNode(NodeId),
    /// 全年总分计零: the total of the longer period in which it fell.
    ZeroTotal(Cycle),
    /// 等次定为…, in the grading of this name (all where empty).
    SetGrade { grading: String, grade: String },
    /// 等次不得高于…
    GradeAtMost { grading: String, grade: String },
    /// 等次降N档
    LowerGrade { grading: String, steps: u32 },
}

impl Effect {
    /// The name of the grading in which it sets a grade, empty where it is all of them; `None` where it sets none.
    pub fn grading(&self) -> Option<&str> {
        match self {
            Effect::SetGrade { grading, .. }
            | Effect::GradeAtMost { grading, .. }
            | Effect::LowerGrade { grading, .. } => Some(grading),
            Effect::Veto { .. } | Effect::Disqualify(_) | Effect::ZeroNode(_) | Effect::ZeroTotal(_) => None,
        }
    }

    /// Whether it is a veto that counts in periods of a cycle.
    pub fn vetoes_in(&self, cycle: Cycle) -> bool {
        matches!(self, Effect::Veto { cycles, .. } if cycles.contains(&cycle))
    }
}
