//! Values with a name of their own, and values over all units.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::{Expr, NodeId, Type};
use crate::calendar::Cycle;

/// A named value: `成功率 = 成功件数 ÷ 录入件数`.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Measure {
    /// Where it is declared.
    #[serde(skip)]
    pub node: NodeId,
    /// What lines call it.
    #[serde(skip)]
    pub name: String,
    /// What its value is.
    pub kind: Type,
    /// Its condition to be assessed is in the expression.
    pub expr: Expr,
    /// The cycle it is computed for.
    pub cycle: Cycle,
    /// Where it is written, from 1.
    #[serde(skip)]
    pub line: u32,
}

/// A value over all assessed units (or those of one's own group) in the current period.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Peer {
    /// What each unit brings.
    pub expr: Expr,
    /// 同组
    pub same_group: bool,
    /// What becomes of it.
    pub kind: PeerKind,
    /// In the rulebook's words, for explanations: 全体最高（录入件数）.
    #[serde(skip)]
    pub name: String,
}

/// How the values of all units become one that each of them reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum PeerKind {
    /// 最高
    Greatest,
    /// 最低
    Least,
    /// 平均
    Mean,
    /// 合计
    Sum,
    /// How many units have a value.
    Count,
    /// 中位数
    Median,
    /// The population's standard deviation (rounded to 20 significant digits).
    Deviation,
    /// This unit's rank, equals sharing a place and leaving the next free; the best first.
    Rank { low_first: bool },
    /// The mean of the best `n`.
    MeanOfBest(u32),
}
