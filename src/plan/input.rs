//! What facts may address: each input with what its rows must hold.

use borsh::{BorshDeserialize, BorshSerialize};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{ColumnId, InputId, Months, NodeId, Role, SymbolId, Type};
use crate::calendar::Cycle;
use crate::meaning;
use crate::value::Number;

/// One thing that facts may address: 条款 and 情形 together.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Input {
    /// 条款
    #[serde(skip)]
    pub node: NodeId,
    /// 情形
    #[serde(skip)]
    pub label: String,
    /// What a row of it stands for.
    pub kind: InputKind,
    /// What 数量 counts.
    pub quantity: Type,
    /// Limits on 数量, both ends included; a percentage has 0 and 1 unless the rulebook says otherwise.
    #[serde(serialize_with = "meaning::range")]
    pub range: (Option<Decimal>, Option<Decimal>),
    /// The period one assessment covers; never finer than a month.
    pub cycle: Cycle,
    /// `false`: an event must fall into the last base period of its cycle (季度末月份); an indicator is always
    /// reported for every month of its cycle, or once with 期间.
    pub any_month: bool,
    /// 只在12月: the calendar months (1 to 12) whose facts are allowed; empty for all.
    pub only_months: Vec<u32>,
    /// What a row must or may hold beyond 数量.
    pub needs: Needs,
    /// Declared columns a row must fill.
    pub columns: Vec<ColumnId>,
    /// What holds for an indicator that was not reported (缺报).
    pub missing: WhenMissing,
    /// What holds for an indicator reported as 不适用.
    pub inapplicable: WhenMissing,
    /// Rows of this input may be added up as they are read: nothing but their summed 数量 and their number is asked.
    #[serde(skip)]
    pub additive: bool,
    /// The groups of raters (评分人 or 评价组) that a rating is made of; empty where it does not ask.
    pub raters: Vec<SymbolId>,
    /// What it is under each text that was in force; `None` where there is one text for the whole term.
    /// Months of no version let no facts in; without any the input was stopped (停用).
    pub versions: Option<Vec<Version>>,
}

/// An input as one of several texts has it.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Version {
    /// When the text was in force.
    pub months: Months,
    /// The input by that text; it has no versions itself.
    pub input: Input,
}

/// What a row of an input stands for, and so how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum InputKind {
    /// Something that happened; an empty 数量 means 1.
    Event,
    /// A reported measure: exactly one row per unit and month (or one 期间 row for the cycle), 数量 required.
    Indicator,
    /// One grade (优秀) of a group of grades; at most one grade of the group per unit and period.
    /// `group` is the first input of the group.
    Grade { group: InputId },
    /// A ballot or mark: many rows per unit and period, 数量 required, 评分人 or 评价组 tells whose.
    Rating,
    /// A declared 参数, addressed by 条款 `参数` (or an empty 条款); one row per unit and `cycle`.
    /// Where `global`, 单位 is empty or 全体 and the row serves all units.
    Parameter { global: bool },
    /// 待定: any row is an error; the reason.
    Pending(#[serde(serialize_with = "meaning::nothing")] String),
}

impl InputKind {
    /// Whether it is a declared 参数, of all units or of each.
    pub fn is_parameter(&self) -> bool {
        matches!(self, InputKind::Parameter { .. })
    }
}

/// Cells beyond 数量 that a row of an input needs: an empty one is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Needs {
    /// 分值, with the least and greatest it may be; such a row also needs 备注.
    #[serde(serialize_with = "meaning::limits")]
    pub points: Option<(Decimal, Decimal)>,
    /// 事项
    pub matter: bool,
    /// 截止日期
    pub deadline: bool,
    /// 完成日期; where `false` an empty one means still open.
    pub completed: bool,
    /// 人员
    pub person: bool,
    /// 发生日期
    pub occurred: bool,
    /// 发现日期
    pub found: bool,
    /// 依据
    pub basis: bool,
    /// 备注
    pub note: bool,
    /// 评分人 or 评价组
    pub rater: bool,
    /// 系数
    pub coefficient: bool,
    /// 位次 and 人数
    pub shares: bool,
    /// 佐证
    pub evidence: bool,
    /// 原满分
    pub scale: bool,
}

impl Needs {
    /// The cells that may be needed, each with whether it is.
    pub fn cells(&self) -> [(bool, Role); 15] {
        [
            (self.points.is_some(), Role::Points),
            (self.matter, Role::Matter),
            (self.deadline, Role::Deadline),
            (self.completed, Role::Completed),
            (self.person, Role::Person),
            (self.occurred, Role::Occurred),
            (self.found, Role::Found),
            (self.basis, Role::Basis),
            (self.note, Role::Note),
            (self.rater, Role::Rater),
            (self.coefficient, Role::Coefficient),
            (self.shares, Role::Place),
            (self.shares, Role::People),
            (self.evidence, Role::Evidence),
            (self.scale, Role::Scale),
        ]
    }

    /// Whatever either asks for; the limits on 分值 are the other's only where there are none.
    pub fn join(&mut self, other: &Needs) {
        self.points = self.points.or(other.points);
        self.matter |= other.matter;
        self.deadline |= other.deadline;
        self.completed |= other.completed;
        self.person |= other.person;
        self.occurred |= other.occurred;
        self.found |= other.found;
        self.basis |= other.basis;
        self.note |= other.note;
        self.rater |= other.rater;
        self.coefficient |= other.coefficient;
        self.shares |= other.shares;
        self.evidence |= other.evidence;
        self.scale |= other.scale;
    }
}

/// What holds where nothing was reported (缺报), or 不适用.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum WhenMissing {
    /// An error that names unit, indicator and month.
    Error,
    /// 按0计, or another declared number.
    Value(Number),
    /// 不作考评: what depends on it is not assessed.
    NotAssessed,
}
