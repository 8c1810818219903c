//! The tree of items: how the points of lines and parts come together, and what happens to the sum.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::{Aggregate, Condition, Expr, NodeId, RuleId, SameMatter};
use crate::calendar::Cycle;
use crate::meaning;
use crate::value::{Number, Rounding};

/// The recursive node: the root, 板块, 条目 and sub-items.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Node {
    /// `None` for the root alone.
    #[serde(skip)]
    pub parent: Option<NodeId>,
    /// In the order written.
    #[serde(skip)]
    pub children: Vec<NodeId>,
    /// Its own lines, without those of its children.
    #[serde(skip)]
    pub rules: Vec<RuleId>,
    /// `社区矫正工作`, `社区矫正工作.2.1`; the root's is empty.
    #[serde(skip)]
    pub address: String,
    /// 标题
    pub title: String,
    /// 责任股室
    pub department: Option<String>,
    /// 依据
    #[serde(serialize_with = "meaning::citation")]
    pub citation: Option<String>,
    /// 适用: the node is there only for units that meet it.
    pub applies: Condition,
    /// The period that it is scored for.
    pub cycle: Cycle,
    /// Where points of a cycle coarser than the parent's land, and how a finer one comes up.
    pub landing: Landing,
    /// Points before any line: 基础分, 起评分, or 满分 where deductions are made from it. Zero otherwise.
    pub start: Expr,
    /// 满分
    pub full: Option<Expr>,
    /// How its lines and parts come together.
    pub combine: Combine,
    /// The weight in a parent that combines by 加权.
    pub weight: Option<Expr>,
    /// 同一事项 over all lines at or below this node.
    pub same_matter: Option<SameMatter>,
    /// In the order written.
    pub steps: Vec<Step>,
    /// Where each step is written; 0 for those that come with 满分.
    #[serde(skip)]
    pub step_lines: Vec<u32>,
    /// Where it begins, from 1.
    #[serde(skip)]
    pub line: u32,
}

impl Node {
    /// One that says nothing but where it is.
    pub fn empty(parent: Option<NodeId>, address: &str, title: &str, cycle: Cycle, line: u32) -> Node {
        Node {
            parent,
            children: Vec::new(),
            rules: Vec::new(),
            address: address.to_owned(),
            title: title.to_owned(),
            department: None,
            citation: None,
            applies: Condition::Always,
            cycle,
            landing: Landing::Last,
            start: Expr::Number(Number::ZERO),
            full: None,
            combine: Combine::Sum,
            weight: None,
            same_matter: None,
            steps: Vec::new(),
            step_lines: Vec::new(),
            line,
        }
    }

    /// A further step; `line` is 0 where no line says it.
    pub fn push_step(&mut self, step: Step, line: usize) {
        self.steps.push(step);
        self.step_lines.push(line as u32);
    }

    /// 保留2位小数, with no step behind it: to how many places its points are kept.
    pub fn kept_places(&self) -> Option<(u32, Rounding)> {
        match self.steps.last() {
            Some(Step::Round { places, rounding }) => Some((*places, *rounding)),
            _ => None,
        }
    }

    /// The steps that a line says, with their place among all and the line.
    pub fn written_steps(&self) -> impl Iterator<Item = (usize, &Step, usize)> {
        let steps = self.steps.iter().enumerate().zip(&self.step_lines).filter(|(_, line)| **line > 0);
        steps.map(|((at, step), line)| (at, step, *line as usize))
    }
}

/// Where the points of a part land in the periods of what it is in.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Landing {
    /// The same cycle as the parent, or coarser: the points land in the last base period of the cycle.
    Last,
    /// Coarser: in no base period; the term's roll-up names them (or adds them).
    YearEnd,
    /// Finer than the parent: the parent sees this aggregate over the sub-periods.
    RolledUp(Aggregate),
}

impl Landing {
    /// How the points of shorter cycles come up.
    pub fn aggregate(&self) -> Aggregate {
        match self {
            Landing::RolledUp(aggregate) => *aggregate,
            Landing::Last | Landing::YearEnd => Aggregate::Sum,
        }
    }
}

/// How the lines and parts of a node come together.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Combine {
    /// 合计
    Sum,
    /// The lines, and the mean of the parts.
    Mean,
    /// Weight × points, summed; weights of parts that are not applicable or not assessed are shared out over the
    /// others in proportion where `renormalize`, else they count 0.
    Weighted { renormalize: bool },
    /// The N greatest (or least) of the parts. Parts are child nodes, and own lines entry by entry; so are the lines
    /// below the children in `each_entry`. Deductions are chosen among where `minus_joins`, else all of them count.
    Best { most: u32, lowest: bool, each_entry: Vec<NodeId>, minus_joins: bool },
}

/// What happens to a node's points, in the order written.
///
/// A node's tally is (base, bonus, deduction), its points base + bonus − deduction.
/// `Cap*` and `Floor` with a cycle longer than the node's run on: what earlier periods used up is gone.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Step {
    /// 扣分最多
    CapDeduction { most: Expr, per: Cycle },
    /// 加分最多
    CapBonus { most: Expr, per: Cycle },
    /// 得分最多
    CapPoints { most: Expr, per: Cycle },
    /// 不低于
    Floor { least: Expr, per: Cycle },
    /// 系数
    Multiply(Expr),
    /// Points become this where the condition holds: 本项计零, 只得基本分.
    Set { when: Condition, points: Expr },
    /// Points are multiplied where the condition holds.
    MultiplyWhen { when: Condition, factor: Expr },
    /// Points are no more than this where the condition holds.
    CapWhen { when: Condition, most: Expr },
    /// 保留N位小数
    Round { places: u32, rounding: Rounding },
}

impl Step {
    /// The figure it goes by.
    pub fn value(&self) -> Option<&Expr> {
        match self {
            Step::CapDeduction { most: value, .. }
            | Step::CapBonus { most: value, .. }
            | Step::CapPoints { most: value, .. }
            | Step::Floor { least: value, .. }
            | Step::Multiply(value)
            | Step::Set { points: value, .. }
            | Step::MultiplyWhen { factor: value, .. }
            | Step::CapWhen { most: value, .. } => Some(value),
            Step::Round { .. } => None,
        }
    }

    /// The condition under which alone it does anything.
    pub fn when(&self) -> Option<&Condition> {
        match self {
            Step::Set { when, .. } | Step::MultiplyWhen { when, .. } | Step::CapWhen { when, .. } => Some(when),
            _ => None,
        }
    }
}

impl Node {
    /// All figures that it goes by.
    pub fn values(&self) -> impl Iterator<Item = &Expr> {
        let own = std::iter::once(&self.start).chain(&self.full).chain(&self.weight);
        own.chain(self.steps.iter().filter_map(Step::value))
    }

    /// All conditions that it goes by.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        std::iter::once(&self.applies).chain(self.steps.iter().filter_map(Step::when))
    }
}
