//! What a checked rulebook means: a small closed set of operations on facts, nodes, units and cohorts.
//!
//! Everything after `compile` (facts, evaluation, explanation) knows only this module, never the surface syntax.
//! All cross-references are ids into the vectors of [`Plan`].
//!
//! What a field holds is meaning, and part of the fingerprint (`meaning.rs`), unless `serde` is told to skip it.

mod cohort;
mod condition;
mod expr;
mod input;
mod kept;
mod measure;
mod node;
mod role;
mod rule;
mod symbol;
pub mod walk;
pub mod words;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

pub use self::cohort::{
    Award, AwardTo, Exclusion, Grade, GradeChange, GradeRule, Grading, LowFirst, Quota, Ranking, Ties, Vetoed, WITHHOLD,
};
pub use self::condition::{Comparison, Condition, End, Ends, Stretch};
pub use self::expr::{Aggregate, CountedBy, DayKind, Expr, Part, RowField, RowsExpr};
pub use self::input::{Input, InputKind, Needs, Version, WhenMissing};
pub use self::measure::{Measure, Peer, PeerKind};
pub use self::node::{Combine, Landing, Node, Step};
pub use self::role::Role;
pub use self::rule::{Basis, Effect, LaterHigher, Limit, LimitPer, Refund, RowRule, Rule, RuleEffect, SameMatter};
pub use self::symbol::Symbols;

use crate::calendar::{Calendar, Cycle, Month, Period};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, BorshSerialize, BorshDeserialize)]
        pub struct $name(pub $inner);

        impl $name {
            /// The place in the vector that it is an id of.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A row of [`Plan::nodes`]; 0 is the root.
    NodeId(u16);
    /// A row of [`Plan::inputs`].
    InputId(u16);
    /// A row of [`Plan::rules`].
    RuleId(u16);
    /// A row of [`Plan::measures`].
    MeasureId(u16);
    /// A row of [`Plan::peers`].
    PeerId(u16);
    /// A row of [`Plan::rankings`].
    RankingId(u16);
    /// A row of [`Plan::columns`].
    ColumnId(u16);
    /// A row of [`Plan::attributes`].
    AttributeId(u16);
    /// An interned text: a value of a column or attribute, a matter, a person.
    SymbolId(u32);
}

/// A whole rulebook, ready to evaluate.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Plan {
    /// The name behind 方案.
    pub title: String,
    /// 文号
    pub number: Option<String>,
    /// The term (施行), its months and periods.
    pub calendar: Calendar,
    /// The cycle that totals are made for: 考评周期 of the whole.
    pub cycle: Cycle,
    /// What a unit is called: 司法所.
    pub subject: String,
    /// The texts that the rulebook itself compares with; facts may bring more (see `facts`).
    pub symbols: Symbols,
    /// 事实列
    pub columns: Vec<Column>,
    /// 单位属性
    pub attributes: Vec<Column>,
    /// The root first; a stopped one stays, as nobody's child.
    pub nodes: Vec<Node>,
    /// What facts may address.
    pub inputs: Vec<Input>,
    /// 计分句
    pub rules: Vec<Rule>,
    /// Named values.
    pub measures: Vec<Measure>,
    /// Values over all units, in an order in which each reads only earlier ones.
    pub peers: Vec<Peer>,
    /// How totals of a coarser cycle come from the base cycle: (年, 各月得分之和). Always holds [`Cycle::Term`].
    pub rollups: Vec<(Cycle, Expr)>,
    /// Who is not assessed (不参评).
    pub excluded: Vec<Exclusion>,
    /// 排名
    pub rankings: Vec<Ranking>,
    /// 等次, in the order written.
    pub gradings: Vec<Grading>,
    /// 奖惩
    pub awards: Vec<Award>,
    /// What becomes of a mistake that is found in a published month (更正…); no result of its own depends on it.
    pub corrections: Option<Corrections>,
    /// By when a period is to be reported, where the rulebook says so (报送期限); no result depends on it.
    pub due: Option<Due>,
    /// Every 读法, 约定 and 待定, in the order of the text.
    pub readings: Vec<Reading>,
    /// The attribute that `同组` means, where the rulebook says 分组.
    pub group: Option<Grouping>,
    /// How the lines of a rulebook of several documents are called; empty where there is one.
    pub lines: Vec<String>,
}

impl Plan {
    /// Whether a value is one for all units, whoever reads it: 统一的参数, 全体合计.
    pub fn is_of_all(&self, expr: &Expr) -> bool {
        let (mut left, mut seen, mut is_of_all) = (vec![expr], Vec::new(), false);
        while let Some(expr) = left.pop() {
            match expr {
                Expr::Number(_) => {}
                Expr::Parameter(id) if self.inputs[id.index()].kind == (InputKind::Parameter { global: true }) => {
                    is_of_all = true;
                }
                Expr::Peer(id) => {
                    let peer = &self.peers[id.index()];
                    if peer.same_group || matches!(peer.kind, PeerKind::Rank { .. }) {
                        return false;
                    }
                    is_of_all = true;
                }
                Expr::Measure(id) if seen.contains(id) => {}
                Expr::Measure(id) => {
                    seen.push(*id);
                    left.push(&self.measures[id.index()].expr);
                }
                Expr::Round { expr, .. } => left.push(expr),
                Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
                    left.extend(pair.iter());
                }
                _ => return false,
            }
        }
        is_of_all
    }

    /// One that says nothing but for when, and has no node yet.
    pub fn empty(calendar: Calendar) -> Plan {
        Plan {
            title: String::new(),
            number: None,
            calendar,
            cycle: Cycle::Month,
            subject: String::new(),
            symbols: Symbols::default(),
            columns: Vec::new(),
            attributes: Vec::new(),
            nodes: Vec::new(),
            inputs: Vec::new(),
            rules: Vec::new(),
            measures: Vec::new(),
            peers: Vec::new(),
            rollups: Vec::new(),
            excluded: Vec::new(),
            rankings: Vec::new(),
            gradings: Vec::new(),
            awards: Vec::new(),
            corrections: None,
            due: None,
            readings: Vec::new(),
            group: None,
            lines: Vec::new(),
        }
    }

    /// A fingerprint of the rulebook's meaning, worked out at each call; see `meaning`.
    pub fn hash(&self) -> String {
        crate::meaning::fingerprint(self)
    }

    /// Every figure that anything goes by, and not what is inside.
    pub fn values(&self) -> impl Iterator<Item = &Expr> {
        self.named_values().chain(self.stage_values()).chain(self.scored_values())
    }

    /// Every condition that anything goes by, and not what is inside.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.stage_conditions().chain(self.scored_conditions())
    }

    /// What measures and values over all units are.
    pub fn named_values(&self) -> impl Iterator<Item = &Expr> {
        self.measures.iter().map(|measure| &measure.expr).chain(self.peers.iter().map(|peer| &peer.expr))
    }

    /// What items and lines calculate with.
    pub fn scored_values(&self) -> impl Iterator<Item = &Expr> {
        self.nodes.iter().flat_map(Node::values).chain(self.rules.iter().flat_map(Rule::values))
    }

    /// What items and lines ask for.
    pub fn scored_conditions(&self) -> impl Iterator<Item = &Condition> {
        self.nodes.iter().flat_map(Node::conditions).chain(self.rules.iter().flat_map(Rule::conditions))
    }

    /// What totals, rankings and prizes calculate with.
    pub fn stage_values(&self) -> impl Iterator<Item = &Expr> {
        let totals = self.rollups.iter().map(|(_, total)| total);
        let ranked = self.rankings.iter().flat_map(Ranking::values);
        totals.chain(ranked).chain(self.awards.iter().flat_map(|award| &award.money))
    }

    /// What 参评, grades and prizes ask for.
    pub fn stage_conditions(&self) -> impl Iterator<Item = &Condition> {
        let excluded = self.excluded.iter().map(|exclusion| &exclusion.when);
        let graded = self.gradings.iter().flat_map(Grading::conditions);
        excluded.chain(graded).chain(self.awards.iter().flat_map(Award::conditions))
    }

    /// An input as messages call it: its node's address and its label.
    pub fn input_name(&self, id: InputId) -> String {
        let input = &self.inputs[id.index()];
        format!("{} {}", self.nodes[input.node.index()].address, input.label).trim().to_owned()
    }

    /// An input as it is asked for in a period; `None` where it is not in force then.
    pub fn input_in(&self, id: InputId, period: &Period) -> Option<&Input> {
        let input = &self.inputs[id.index()];
        match &input.versions {
            None => Some(input),
            Some(versions) => versions.iter().find(|version| version.months.hold(period)).map(|version| &version.input),
        }
    }

    /// Whether what a node yields counts in no base period, but at the year's end alone.
    pub fn is_year_end(&self, node: NodeId) -> bool {
        let mut at = Some(node);
        while let Some(node) = at.and_then(|id| self.nodes.get(id.index())) {
            if node.landing == Landing::YearEnd && node.cycle > self.cycle {
                return true;
            }
            at = node.parent;
        }
        false
    }

    /// `方案第17行`, or `2024.zs第8行` where the rulebook is several documents.
    pub fn line_name(&self, line: u32) -> String {
        match self.lines.get((line as usize).wrapping_sub(1)) {
            Some(name) => name.clone(),
            None => format!("方案第{line}行"),
        }
    }
}

/// A day of the month behind a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Due {
    /// From 1: 次月5日, 次月第3个工作日.
    pub day: u32,
    /// Which days are counted up to it.
    pub workdays: DayKind,
}

/// How published months are corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Corrections {
    /// 更正已公布月份的，重新计算当月
    Recompute,
    /// 更正计入发现的月份，记入…: the item whose judged lines take the difference.
    MonthFound(NodeId),
}

/// The months in which a line that was amended inside the term is in force, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Months {
    /// The first month.
    pub first: Month,
    /// The last month, itself included.
    pub last: Month,
}

impl Months {
    /// Whether it is in force in a period, which goes by its last month; the compiler lets nothing begin inside what
    /// is assessed as a whole.
    pub fn hold(&self, period: &Period) -> bool {
        (self.first..=self.last).contains(&period.last)
    }
}

/// What puts units side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Grouping {
    /// The roster's own 分组 column.
    Roster,
    /// 分组按…: the value of an attribute.
    Attribute(AttributeId),
}

/// A line that says how the text is read, for the annex of every report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Reading {
    /// One of [`Reading::KINDS`].
    #[borsh(deserialize_with = "kept::read_kind")]
    pub kind: &'static str,
    /// Where: a clause address, or empty for the whole.
    pub clause: String,
    /// What it says, as written.
    pub text: String,
}

impl Reading {
    /// How such lines begin in a rulebook.
    pub const KINDS: [&'static str; 3] = ["读法", "约定", "待定"];
}

/// What a value is, and so how facts write it and what may be compared with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Type {
    /// Whole things with their measure word: 件、次、人…
    Count(String),
    /// Any other measured number with its unit: 公里、万元、分钟…
    Quantity(String),
    /// A ratio, written as a percentage; 90% is held as 0.9.
    Percent,
    /// 分
    Points,
    /// 元
    Money,
    /// A place in an order: 名
    Place,
    /// 天
    Days,
    /// A bare number.
    Bare,
    /// 日期
    Date,
    /// 文字
    Text,
}

/// A declared 事实列 or 单位属性.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Column {
    /// As the head of its column in facts or roster says it.
    pub name: String,
    /// What its cells hold.
    pub kind: Type,
    /// For texts: the values the rulebook names, where it says the list is closed (`级别：国家级、省级、市级`).
    pub values: Option<Vec<SymbolId>>,
    /// An attribute that 单位.csv need not have: nobody has it then. No rulebook says so; facts of another one do (`diff`).
    #[serde(skip)]
    pub optional: bool,
}
