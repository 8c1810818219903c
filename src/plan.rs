//! What a checked rulebook means: a small closed set of operations on facts, nodes, units and cohorts.
//!
//! Everything after `compile` (facts, evaluation, explanation) knows only this file, never the surface syntax.
//! All cross-references are ids into the vectors of [`Plan`].
//!
//! What a field holds is meaning, and part of the fingerprint (`meaning.rs`), unless `serde` is told to skip it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::calendar::{Calendar, Cycle, Month, Period};
use crate::meaning;
use crate::value::{Number, Rounding};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub struct $name(pub $inner);

        impl $name {
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
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub title: String,
    /// 文号
    pub number: Option<String>,
    pub calendar: Calendar,
    /// The cycle that totals are made for: 考评周期 of the whole.
    pub cycle: Cycle,
    /// What a unit is called: 司法所.
    pub subject: String,
    /// The texts that the rulebook itself compares with; facts may bring more (see `facts`).
    pub symbols: Symbols,
    pub columns: Vec<Column>,
    pub attributes: Vec<Column>,
    pub nodes: Vec<Node>,
    pub inputs: Vec<Input>,
    pub rules: Vec<Rule>,
    pub measures: Vec<Measure>,
    /// In an order in which each reads only earlier ones.
    pub peers: Vec<Peer>,
    /// How totals of a coarser cycle come from the base cycle: (年, 各月得分之和). Always holds [`Cycle::Term`].
    pub rollups: Vec<(Cycle, Expr)>,
    /// Who is not assessed (不参评).
    pub excluded: Vec<Exclusion>,
    pub rankings: Vec<Ranking>,
    pub gradings: Vec<Grading>,
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

/// A day of the month behind a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// From 1: 次月5日, 次月第3个工作日.
    pub day: u32,
    pub workdays: bool,
}

/// How published months are corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrections {
    /// 更正已公布月份的，重新计算当月
    Recompute,
    /// 更正计入发现的月份，记入…: the item whose judged lines take the difference.
    MonthFound(NodeId),
}

impl Plan {
    /// A fingerprint of the rulebook's meaning, worked out at each call; see `meaning`.
    pub fn hash(&self) -> String {
        crate::meaning::fingerprint(self)
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

    /// `方案第17行`, or `2024.zs第8行` where the rulebook is several documents.
    pub fn line_name(&self, line: u32) -> String {
        match self.lines.get((line as usize).wrapping_sub(1)) {
            Some(name) => name.clone(),
            None => format!("方案第{line}行"),
        }
    }
}

/// The months in which a line that was amended inside the term is in force, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Months {
    pub first: Month,
    pub last: Month,
}

impl Months {
    /// A period goes by its last month; the compiler lets nothing begin inside what is assessed as a whole.
    pub fn hold(&self, period: &Period) -> bool {
        (self.first..=self.last).contains(&period.last)
    }
}

impl Plan {
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
}

/// What puts units side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Grouping {
    /// The roster's own 分组 column.
    Roster,
    Attribute(AttributeId),
}

/// A line that says how the text is read, for the annex of every report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// 读法、约定 or 待定
    pub kind: &'static str,
    /// Where: a clause address, or empty for the whole.
    pub clause: String,
    pub text: String,
}

/// Interned texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Symbols {
    texts: Vec<String>,
    ids: FxHashMap<String, SymbolId>,
}

impl Symbols {
    pub fn intern(&mut self, text: &str) -> SymbolId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = SymbolId(self.texts.len() as u32);
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }

    pub fn find(&self, text: &str) -> Option<SymbolId> {
        self.ids.get(text).copied()
    }

    pub fn text(&self, id: SymbolId) -> &str {
        &self.texts[id.index()]
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// What a value is, and so how facts write it and what may be compared with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
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
    Date,
    Text,
}

/// A declared 事实列 or 单位属性.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    pub name: String,
    pub kind: Type,
    /// For texts: the values the rulebook names, where it says the list is closed (`级别：国家级、省级、市级`).
    pub values: Option<Vec<SymbolId>>,
}

// ---------------------------------------------------------------- facts

/// One thing that facts may address: 条款 and 情形 together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    #[serde(skip)]
    pub node: NodeId,
    /// 情形
    #[serde(skip)]
    pub label: String,
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
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Version {
    pub months: Months,
    pub input: Input,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// Cells beyond 数量 that a row of an input needs: an empty one is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Needs {
    /// 分值, with the least and greatest it may be; such a row also needs 备注.
    #[serde(serialize_with = "meaning::limits")]
    pub points: Option<(Decimal, Decimal)>,
    pub matter: bool,
    /// 截止日期
    pub deadline: bool,
    /// 完成日期; where `false` an empty one means still open.
    pub completed: bool,
    pub person: bool,
    pub occurred: bool,
    pub found: bool,
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

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum WhenMissing {
    /// An error that names unit, indicator and month.
    Error,
    /// 按0计, or another declared number.
    Value(Number),
    /// 不作考评: what depends on it is not assessed.
    NotAssessed,
}

// ---------------------------------------------------------------- expressions

/// A number, date or text computed for one unit and one period (and, inside [`Basis::Row`], one fact row).
///
/// Any operand that is "not assessed" makes the whole not assessed, except in [`Expr::Assessed`], sums over nodes,
/// and aggregates, which pass over it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Expr {
    Number(Number),
    Date(#[serde(serialize_with = "meaning::date")] NaiveDate),
    Text(SymbolId),
    /// An indicator's value: the sum over the months of the input's cycle around the current period (the mean or the
    /// last, where `collect` says so), or its only 期间 row. For an event: the summed 数量 of counted rows.
    Input {
        input: InputId,
        collect: Aggregate,
    },
    /// Something over the counted rows of an input in the current period.
    Rows(Box<RowsExpr>),
    /// A cell of the current row.
    Row(RowField),
    Attribute(AttributeId),
    /// The value of a parameter whose period holds the current one.
    Parameter(InputId),
    Measure(MeasureId),
    /// A node's points in the current period.
    Node(NodeId),
    /// A node's full marks.
    Full(NodeId),
    /// The total of the current period: of the base cycle, or by its roll-up.
    Total,
    Add(Box<[Expr; 2]>),
    Subtract(Box<[Expr; 2]>),
    Multiply(Box<[Expr; 2]>),
    /// A zero divisor is a finding that names the rule, unless a condition before it took care.
    Divide(Box<[Expr; 2]>),
    Negate(Box<Expr>),
    /// 较低者, 较高者, 平均
    Of(Aggregate, Vec<Expr>),
    Absolute(Box<Expr>),
    Root(Box<Expr>),
    Round {
        expr: Box<Expr>,
        places: u32,
        rounding: Rounding,
    },
    /// How many steps of `step` fit in `amount` (0 where it is not positive).
    Steps {
        amount: Box<Expr>,
        step: Box<Expr>,
        part: Part,
    },
    /// The first arm whose condition holds; `otherwise` if none does.
    Case {
        arms: Vec<(Condition, Expr)>,
        otherwise: Box<Expr>,
    },
    /// `otherwise` where `expr` is not assessed.
    Assessed {
        expr: Box<Expr>,
        otherwise: Box<Expr>,
    },
    /// 第1次扣1分，第2次起每次扣2分: the points of this row's occurrences, each by its ordinal within `per`.
    /// `tiers` are (from ordinal, points), ascending, the first from 1.
    Escalation {
        tiers: Vec<(u32, Number)>,
        per: Cycle,
        #[serde(rename = "by_person")]
        by: CountedBy,
    },
    /// Something over a cohort; see [`Peer`].
    Peer(PeerId),
    /// This unit's rank in a ranking for the current period (an earlier stage's).
    Rank(RankingId),
    /// The same place counted from the bottom: 1 is the last (末位、后2名).
    RankFromLast(RankingId),
    /// `expr` in the period `back` periods of its cycle earlier; frozen results in 历史.csv under `name` before the
    /// term; `otherwise` where there is none (a finding where that is not declared).
    Earlier {
        back: u32,
        cycle: Cycle,
        expr: Box<Expr>,
        name: String,
        otherwise: Option<Box<Expr>>,
    },
    /// `name` in 历史.csv over all earlier `cycle`s that have it: 历年最低 and the like.
    Past {
        name: String,
        cycle: Cycle,
        aggregate: Aggregate,
        otherwise: Option<Box<Expr>>,
    },
    /// Over the sub-periods of `cycle` within the current period that have facts and in which the unit is assessed.
    Over {
        cycle: Cycle,
        aggregate: Aggregate,
        expr: Box<Expr>,
        /// 第一季度: of those alone that are the so-manieth of their calendar year.
        #[serde(skip_serializing_if = "Option::is_none")]
        only: Option<u32>,
    },
    /// How many such sub-periods meet the condition; in a period no longer than they are, how many of the year (or of
    /// the term, where that is no longer than a year) up to it do.
    CountPeriods {
        cycle: Cycle,
        condition: Box<Condition>,
    },
    /// Months of the current period in which the unit is on the roster (在册月数) or the rulebook in force (施行月数).
    Months {
        on_roster: bool,
    },
    /// 不作考评
    NotAssessed,
}

/// Over the counted rows of an input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowsExpr {
    pub input: InputId,
    pub aggregate: Aggregate,
    /// Evaluated per row; the row's 数量 where nothing else is said.
    pub value: Expr,
    pub filter: Option<Condition>,
    /// 以学分为权: weights of a mean, per row.
    pub weight: Option<Expr>,
    /// Drop this many greatest and this many least before aggregating.
    pub trim: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Aggregate {
    Sum,
    Mean,
    Greatest,
    Least,
    Last,
    Count,
    /// How many different 人员.
    People,
    /// How many different 事项.
    Matters,
}

/// A cell of a fact row, or what is computed from its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum RowField {
    /// 数量
    Quantity,
    /// 分值
    Points,
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
    Matter,
    Deadline,
    Completed,
    Occurred,
    Found,
    Repaired,
    /// Days from 截止日期 to 完成日期, or to `until_month_end` of the row's month while open.
    DaysLate {
        workdays: bool,
    },
    /// The part of those days that falls into the row's own period (running days split over months).
    DaysLateHere {
        workdays: bool,
    },
    /// Days from 完成日期 to 截止日期: 每提前1天.
    DaysEarly {
        workdays: bool,
    },
    /// Days from 发现日期, else 发生日期, to 整改日期 (of the row, or of the row whose 针对编号 is this row's 编号);
    /// not assessed where there is none.
    DaysToRepair,
}

/// What happens to a part of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Part {
    /// 不足一步的不计
    Ignored,
    /// 按比例计
    Proportional,
    /// 按一步计
    Whole,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Condition {
    Always,
    /// Not met where either side is not assessed.
    Compare(Box<Expr>, Comparison, Box<Expr>),
    /// A text is one of these.
    Is(Box<Expr>, Vec<SymbolId>),
    /// Any counted row of the input in the current period.
    Happened(InputId),
    /// The expression can be computed: reported and applicable.
    IsAssessed(Box<Expr>),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// Met in this period of `cycle` and in the `count − 1` before it; not where the rulebook was not yet in force.
    Streak {
        count: u32,
        cycle: Cycle,
        condition: Box<Condition>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Comparison {
    Below,
    AtMost,
    Equal,
    NotEqual,
    AtLeast,
    Above,
}

/// A named value: `成功率 = 成功件数 ÷ 录入件数`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    #[serde(skip)]
    pub node: NodeId,
    #[serde(skip)]
    pub name: String,
    pub kind: Type,
    /// Its condition to be assessed is in the expression.
    pub expr: Expr,
    /// The cycle it is computed for.
    pub cycle: Cycle,
    #[serde(skip)]
    pub line: u32,
}

/// A value over all assessed units (or those of one's own group) in the current period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Peer {
    pub expr: Expr,
    pub same_group: bool,
    pub kind: PeerKind,
    /// In the rulebook's words, for explanations: 全体最高（录入件数）.
    #[serde(skip)]
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PeerKind {
    Greatest,
    Least,
    Mean,
    Sum,
    /// How many units have a value.
    Count,
    Median,
    /// The population's standard deviation (rounded to 20 significant digits).
    Deviation,
    /// This unit's rank, equals sharing a place and leaving the next free; the best first.
    Rank {
        low_first: bool,
    },
    /// The mean of the best `n`.
    MeanOfBest(u32),
}

// ---------------------------------------------------------------- rules and nodes

/// A scoring line (计分句).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    #[serde(skip)]
    pub node: NodeId,
    /// As facts and results call it: the input's label, or the measure's name.
    #[serde(skip)]
    pub label: String,
    /// The line of the rulebook, as written, and its number.
    #[serde(skip)]
    pub text: String,
    #[serde(skip)]
    pub line: u32,
    pub cycle: Cycle,
    pub basis: Basis,
    /// Points with their sign: below zero for 扣. Not assessed gives no entry.
    pub points: Expr,
    pub row_rules: Vec<RowRule>,
    /// In the order written. Least absolute points win: `最多扣5分`.
    pub limits: Vec<Limit>,
    /// 最多计N次 in a cycle: how many occurrences count, the earliest read first by 发生日期, then by place.
    pub most_times: Option<(u32, Cycle)>,
    /// 同一事项 within this line alone; see [`SameMatter`].
    pub same_matter: Option<SameMatter>,
    /// 整改到位的返还.
    pub refund: Option<Refund>,
    /// 有效期N个月: the row counts in this and the following base periods, each time in full.
    pub valid_months: Option<u32>,
    /// What else the line does when it takes effect (a counted row, or points ≠ 0, or its own condition).
    pub effects: Vec<RuleEffect>,
    /// `None`: for the whole term.
    pub in_force: Option<Months>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Basis {
    /// Each counted row of the input gives `points`.
    Row(InputId),
    /// Any counted row of the input gives `points`, once in the cycle; further rows do not count, with that reason.
    Once(InputId),
    /// The measures of the period give `points`; no rows are needed.
    Period,
}

/// `非本所原因的，不计`; `情节严重的，加倍`: the first that holds decides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowRule {
    pub when: Condition,
    /// `None`: the row does not count.
    pub factor: Option<Expr>,
    /// In the rulebook's words.
    #[serde(skip)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// Absolute points.
    pub most: Expr,
    pub per: LimitPer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LimitPer {
    Row,
    /// The rows of one person within the rule's own cycle.
    Person,
    /// Running within the cycle where it is longer than the rule's own: a later period gets what is left.
    Cycle(Cycle),
}

/// Rows with the same 事项 count once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SameMatter {
    pub per: Cycle,
    pub later: LaterHigher,
}

/// What a higher row in a later period gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LaterHigher {
    /// 已计分的补足差额
    TopUp,
    /// 已计分的不再计
    FirstStands,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refund {
    /// Days within which the repair must be, both ends included; `None` for any time.
    pub within_days: Option<u32>,
    /// Monday to Friday only.
    pub workdays: bool,
    /// The part of the points given back: 0 to 1.
    pub share: Number,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleEffect {
    pub when: Condition,
    pub effect: Effect,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Effect {
    /// 一票否决: in the base period's ranks, in the year's, and whether the total itself becomes 0.
    Veto { period: bool, year: bool, zero_total: bool },
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

/// The recursive node: the root, 板块, 条目 and sub-items.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    #[serde(skip)]
    pub parent: Option<NodeId>,
    #[serde(skip)]
    pub children: Vec<NodeId>,
    #[serde(skip)]
    pub rules: Vec<RuleId>,
    /// `社区矫正工作`, `社区矫正工作.2.1`; the root's is empty.
    #[serde(skip)]
    pub address: String,
    pub title: String,
    /// 责任股室
    pub department: Option<String>,
    /// 依据
    pub citation: Option<String>,
    /// 适用: the node is there only for units that meet it.
    pub applies: Condition,
    pub cycle: Cycle,
    /// Where points of a cycle coarser than the parent's land, and how a finer one comes up.
    pub landing: Landing,
    /// Points before any line: 基础分, 起评分, or 满分 where deductions are made from it. Zero otherwise.
    pub start: Expr,
    pub full: Option<Expr>,
    pub combine: Combine,
    /// The weight in a parent that combines by 加权.
    pub weight: Option<Expr>,
    /// 同一事项 over all lines at or below this node.
    pub same_matter: Option<SameMatter>,
    /// In the order written.
    pub steps: Vec<Step>,
    #[serde(skip)]
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Landing {
    /// The same cycle as the parent, or coarser: the points land in the last base period of the cycle.
    Last,
    /// Coarser: in no base period; the term's roll-up names them (or adds them).
    YearEnd,
    /// Finer than the parent: the parent sees this aggregate over the sub-periods.
    RolledUp(Aggregate),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Combine {
    Sum,
    Mean,
    /// Weight × points, summed; weights of parts that are not applicable or not assessed are shared out over the
    /// others in proportion where `renormalize`, else they count 0.
    Weighted {
        renormalize: bool,
    },
    /// The N greatest (or least) of the parts. Parts are child nodes, and own lines entry by entry.
    Best {
        most: u32,
        lowest: bool,
        each_entry: Vec<NodeId>,
        minus_joins: bool,
    },
}

/// What happens to a node's points, in the order written.
///
/// A node's tally is (base, bonus, deduction), its points base + bonus − deduction.
/// `Cap*` and `Floor` with a cycle longer than the node's run on: what earlier periods used up is gone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Step {
    CapDeduction {
        most: Expr,
        per: Cycle,
    },
    CapBonus {
        most: Expr,
        per: Cycle,
    },
    CapPoints {
        most: Expr,
        per: Cycle,
    },
    Floor {
        least: Expr,
        per: Cycle,
    },
    Multiply(Expr),
    /// Points become this where the condition holds: 本项计零, 只得基本分.
    Set {
        when: Condition,
        points: Expr,
    },
    /// Points are multiplied where the condition holds.
    MultiplyWhen {
        when: Condition,
        factor: Expr,
    },
    CapWhen {
        when: Condition,
        most: Expr,
    },
    Round {
        places: u32,
        rounding: Rounding,
    },
}

// ---------------------------------------------------------------- cohorts

/// Who is not assessed (不参评), in which periods, and why in the rulebook's words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exclusion {
    pub when: Condition,
    #[serde(skip)]
    pub text: String,
    /// The shortest and the longest cycle whose periods are meant.
    pub cycles: (Cycle, Cycle),
}

impl Exclusion {
    pub fn speaks_of(&self, cycle: Cycle) -> bool {
        self.cycles.0 <= cycle && cycle <= self.cycles.1
    }
}

/// A ranking of the assessed units (within their group, where it has one).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// 月度、年终, or a name of its own.
    pub name: String,
    /// The period it is made for: the base cycle, or the term.
    pub cycle: Cycle,
    pub value: Expr,
    pub low_first: bool,
    pub grouped: bool,
    pub ties: Ties,
    pub tiebreakers: Vec<(Expr, LowFirst)>,
    pub vetoed: Vetoed,
    /// Whether all are last where all share one place, where the rulebook says so; else they are, and it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tied_last: Option<bool>,
}

pub type LowFirst = bool;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Ties {
    /// 1、2、2、4
    SharedLeavingGaps,
    /// 1、2、2、3
    SharedWithoutGaps,
    /// 1、2、3、4 in roster order: only where declared.
    RosterOrder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Vetoed {
    /// After all others, among themselves by value.
    LastByValue,
    /// After all others, all sharing the one place.
    LastTogether,
    /// Not ranked.
    Unranked,
    /// A veto does not move the rank.
    InPlace,
}

/// 等次: bands and quotas over a ranking.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grading {
    pub name: String,
    pub cycle: Cycle,
    pub ranking: RankingId,
    /// The best first; the last takes the rest where its condition is `Always`.
    pub grades: Vec<Grade>,
    /// In the order written, after the bands.
    pub rules: Vec<GradeRule>,
    /// 名额空出的，依次递补: quotas are filled after `rules`, from those who are left; otherwise before them.
    pub refill: bool,
    pub quota_rounding: Rounding,
    /// Quotas are a share of each group rather than of all.
    pub per_group: bool,
    /// Quotas count from the top: 前50% holds those of 前20% too.
    pub cumulative: bool,
}

impl Grading {
    pub fn has(&self, name: &str) -> bool {
        self.grades.iter().any(|grade| grade.name == name)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grade {
    pub name: String,
    pub condition: Condition,
    /// The smallest of them holds: 不超过20%，且不超过3名.
    pub quotas: Vec<Quota>,
}

/// Whose occurrences 第几次 counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
            CountedBy::Field(field) => field.serialize(serializer),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Quota {
    /// Of the assessed units.
    Share(Number),
    Count(u32),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradeRule {
    pub when: Condition,
    pub change: GradeChange,
    /// In the rulebook's words.
    #[serde(skip)]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum GradeChange {
    Set(String),
    AtMost(String),
    Up(u32),
    Down(u32),
}

/// A line of 奖惩.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Award {
    pub cycle: Cycle,
    pub to: AwardTo,
    /// A further condition, `Always` where there is none.
    pub when: Condition,
    /// As results show it: 奖励3000元. Where `money` is computed the amount is put in place of `{}`.
    #[serde(serialize_with = "meaning::folded")]
    pub text: String,
    pub money: Option<Expr>,
    /// Not given to vetoed units, and to those who lost one of these titles.
    pub not_if_vetoed: bool,
    pub not_if_disqualified: Vec<String>,
    /// Not given where one of these holds, for the reason in the rulebook's words.
    #[serde(serialize_with = "meaning::conditions")]
    pub exceptions: Vec<(Condition, String)>,
    /// 递补: the places are counted over those who may have the award.
    pub passed_down: bool,
    #[serde(skip)]
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum AwardTo {
    /// 第1名至第3名, by rank.
    Places { ranking: RankingId, first: u32, last: u32 },
    /// 后3名, counted from the bottom as ranks are from the top.
    Bottom { ranking: RankingId, count: u32 },
    /// Everyone in a grade.
    Graded { grading: u16, grades: Vec<String> },
    /// Everyone who meets the condition.
    Meeting,
}
