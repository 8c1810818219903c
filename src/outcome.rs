//! What evaluation yields for one period: totals, ranks, grades and awards, and how each of them came about.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::calendar::PeriodId;
use crate::plan::words::first_of;
use crate::plan::{InputId, NodeId, RuleId};
use crate::value::Number;

/// The result of one period, units in rank order (ties in roster order).
#[derive(Clone, Debug)]
pub struct Outcome {
    pub period: PeriodId,
    /// The base periods that were scored, for a term or other roll-up; empty for a base period.
    pub scored: Vec<PeriodId>,
    /// Base periods in force that no fact is about.
    pub without_facts: Vec<PeriodId>,
    pub units: Vec<UnitOutcome>,
    /// Peer values used: (name, group or empty, value), for explanations; filled where traced.
    pub peers: Vec<(String, String, Number)>,
    /// The parts of lines and nodes that took effect for any unit; filled where traced.
    pub uses: BTreeSet<Use>,
}

/// A part of the plan that took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// An arm of a case within a line's points: cases as a walk meets them, their arms as written, 其余 behind them.
    Arm { rule: RuleId, case: u16, arm: u16 },
    /// One of a line's row rules held for a row.
    RowRule { rule: RuleId, index: u16 },
    /// One of a line's limits cut something off.
    Limit { rule: RuleId, index: u16 },
    /// The limit of a single case of a line cut something off: limits as a walk of the points meets them.
    Bound { rule: RuleId, index: u16 },
    /// 最多计N次 left occurrences out.
    MostTimes(RuleId),
    /// A step of a node changed its points.
    Step { node: NodeId, index: u16 },
}

/// Whether a unit takes part in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has a total.
    Assessed,
    /// It is not on the roster, or 不参评, or nothing of it is assessed.
    NotAssessed,
}

/// What one unit comes to in the period.
#[derive(Clone, Debug)]
pub struct UnitOutcome {
    /// Index into the roster.
    pub unit: usize,
    pub status: Status,
    /// Why it is not assessed.
    pub status_reason: Option<String>,
    /// It takes part and is not assessed all the same: parts of its total are there, and others are not.
    pub lacks_parts: bool,
    /// Zero where it is not assessed.
    pub total: Number,
    /// What the total of a roll-up was worked out from: `各月月积分之和45 ÷ 在册月数11个月 × 12 = 49.09分`. Filled where traced.
    pub total_figures: Vec<String>,
    /// Base periods and their totals, for a roll-up.
    pub periods: Vec<(PeriodId, Number)>,
    /// Base periods in which it is not assessed and which therefore do not count here.
    pub left_out: Vec<PeriodId>,
    /// 一票否决, in this period or one that it holds.
    pub vetoed: bool,
    /// Its veto moves its place, as the ranking says.
    pub demoted: bool,
    /// Titles lost (评先资格).
    pub disqualified: Vec<String>,
    /// One per ranking made for this period, in the rulebook's order; the first is *the* rank.
    pub rankings: Vec<RankOutcome>,
    /// One per grading of the period that gives it a grade, in the rulebook's order.
    pub grades: Vec<GradeOutcome>,
    /// In the rulebook's order.
    pub awards: Vec<AwardOutcome>,
    /// One tally per node of the plan, by `NodeId` (the root first). For a roll-up: the sum over the base periods.
    /// Without a trace only the root and its children are kept.
    pub nodes: Vec<NodeOutcome>,
    /// Filled where traced.
    pub entries: Vec<Entry>,
    /// What struck it beside points.
    pub effects: Vec<EffectOutcome>,
}

impl UnitOutcome {
    /// A total, and nothing that follows from it.
    pub fn bare(unit: usize, status: Status, total: Number) -> UnitOutcome {
        UnitOutcome {
            unit,
            status,
            status_reason: None,
            lacks_parts: false,
            total,
            total_figures: Vec::new(),
            periods: Vec::new(),
            left_out: Vec::new(),
            vetoed: false,
            demoted: false,
            disqualified: Vec::new(),
            rankings: Vec::new(),
            grades: Vec::new(),
            awards: Vec::new(),
            nodes: Vec::new(),
            entries: Vec::new(),
            effects: Vec::new(),
        }
    }
}

/// A unit's place in one ranking.
#[derive(Clone, Debug)]
pub struct RankOutcome {
    /// Index into `Plan::rankings`.
    pub ranking: u16,
    /// Whom it is ranked among; `None` for all.
    pub group: Option<String>,
    /// `None` where the unit has no place.
    pub rank: Option<u32>,
    /// How many units are ranked beside it.
    pub of: u32,
    pub value: Number,
    /// What decides among equals, in the ranking's order.
    pub tiebreakers: Vec<Option<Number>>,
}

/// A unit's grade in one grading.
#[derive(Clone, Debug)]
pub struct GradeOutcome {
    /// Index into `Plan::gradings`.
    pub grading: u16,
    /// By name: 优秀.
    pub grade: String,
    /// By the bands alone, where quotas moved it; by both, where a line did.
    pub before: Option<String>,
    /// Whether a line raised, lowered or set it.
    pub is_moved: bool,
    /// What moved it, in the rulebook's words.
    pub reasons: Vec<String>,
}

/// An award that a unit is given, or would be.
#[derive(Clone, Debug)]
pub struct AwardOutcome {
    /// Index into `Plan::awards`.
    pub award: u16,
    /// As results show it, the money put in.
    pub text: String,
    /// 元; below zero where money is taken.
    pub money: Option<Number>,
    /// Why it was withheld; `None` for an award that is given. Withheld ones are kept only where traced.
    pub withheld: Option<String>,
    /// What it was worked out from, where traced: `8000 × 得分92.5分 ÷ 100 = 7400元`, `共3个月：3月、5月、9月`.
    pub figures: Vec<String>,
}

/// What points are made of: base + bonus − deduction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What a node starts from.
    pub base: Number,
    /// Points given.
    pub bonus: Number,
    /// Not below zero.
    pub deduction: Number,
}

impl Tally {
    /// Neither given nor taken.
    pub const NOTHING: Tally = Tally { base: Number::ZERO, bonus: Number::ZERO, deduction: Number::ZERO };
}

/// What a node comes to.
#[derive(Clone, Debug)]
pub struct NodeOutcome {
    pub node: NodeId,
    /// False where 适用 leaves the node out or nothing in it is assessed.
    pub assessed: bool,
    /// Before the node's steps, where they changed something.
    pub before: Option<Box<Tally>>,
    /// That has too many digits to be added up over the periods.
    pub before_is_lost: bool,
    /// After them.
    pub tally: Tally,
    /// Steps that changed something: operation in Chinese, points before and after. Filled where traced.
    pub steps: Vec<(String, Number, Number)>,
}

impl NodeOutcome {
    /// Before the node's steps.
    pub fn raw(&self) -> &Tally {
        self.before.as_deref().unwrap_or(&self.tally)
    }

    /// Those of `tally`, which were added up once already, so that the sum is in range.
    pub fn points(&self) -> Number {
        self.tally.points().unwrap_or_default()
    }
}

/// One contribution of a fact row or of a period's measure.
#[derive(Clone, Debug)]
pub struct Entry {
    pub rule: RuleId,
    pub period: PeriodId,
    /// The row's 数量, or the measure's value.
    pub quantity: Option<Number>,
    /// Before node caps, after line limits and 补差.
    pub points: Number,
    /// Whether its points are in the line's.
    pub counted: bool,
    /// Why it did not count, or counted for less, in Chinese.
    pub reason: Option<String>,
    /// Where each fact was read: `2023-04.csv:41`. A measure lists all the rows it read.
    pub facts: Vec<String>,
    /// 事项 of its row.
    pub matter: Option<String>,
    /// 人员 of its row.
    pub person: Option<String>,
    /// Its dates, where the line counts days late.
    pub late: Option<Late>,
    /// 依据 of its row.
    pub basis: Option<String>,
    /// 备注 of its row.
    pub note: Option<String>,
    /// Peer values that it used: 全体平均（成功率）, 0.93.
    pub peers: Vec<(String, Number)>,
}

/// Of the facts of an entry at most so many are listed.
const MOST_PLACES: usize = 6;

impl Entry {
    /// Where its facts are; of many, the first.
    pub fn places(&self) -> String {
        first_of(&self.facts, MOST_PLACES, "行")
    }

    /// The same, a line each; how many they are stands below the first of many.
    pub fn places_by_line(&self) -> String {
        match self.facts.len() {
            count if count > MOST_PLACES => format!("{}\n等{count}行", self.facts[..MOST_PLACES].join("\n")),
            _ => self.facts.join("\n"),
        }
    }
}

/// How late what a row is about was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// 截止日期
    pub deadline: NaiveDate,
    /// 完成日期; `None` for what is still open.
    pub completed: Option<NaiveDate>,
    /// How many days in all.
    pub days: i64,
    /// How many of them count in the row's own period, where the line counts by it.
    pub here: Option<i64>,
    /// Whether they are working days.
    pub workdays: bool,
}

impl Late {
    /// `截止2023-04-26，完成2023-05-03，逾期7天，本期计4天`
    pub fn sentence(&self) -> String {
        let word = if self.workdays { "个工作日" } else { "天" };
        let completed = self.completed.map_or("还没有完成".to_owned(), |day| format!("完成{day}"));
        let here = self.here.filter(|here| *here != self.days || self.completed.is_none());
        let here = here.map_or(String::new(), |here| format!("，本期计{here}{word}"));
        let days = if self.days > 0 { format!("逾期{}{word}", self.days) } else { "没有逾期".to_owned() };
        format!("截止{}，{completed}，{days}{here}", self.deadline)
    }
}

/// A veto, a lost title, a zeroed item…
#[derive(Clone, Debug)]
pub struct EffectOutcome {
    pub rule: RuleId,
    /// What its facts address; `None` for a line that looks at measures.
    pub input: Option<InputId>,
    pub period: PeriodId,
    /// In Chinese: 一票否决、取消评先资格…
    pub effect: String,
    /// The row that struck, as `facts` of an entry has it.
    pub fact: Option<String>,
    /// The other rows, where the number of all of them struck: 3次以上取消评先资格.
    pub also: Vec<String>,
}
