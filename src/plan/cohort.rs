//! Units side by side: who is assessed, ranks, grades and awards.

use borsh::{BorshDeserialize, BorshSerialize};
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::{Condition, Expr, RankingId};
use crate::calendar::Cycle;
use crate::meaning;
use crate::value::{Number, Rounding};

/// Who is not assessed (不参评), in which periods, and why in the rulebook's words.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Exclusion {
    /// Of the unit, in the period.
    pub when: Condition,
    /// The line, as written.
    #[serde(skip)]
    pub text: String,
    /// The shortest and the longest cycle whose periods are meant.
    pub cycles: (Cycle, Cycle),
    /// 不参评的月份不计入年终: the cycles whose periods, where it holds, do not count in longer ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Cycle>,
}

impl Exclusion {
    /// Whether periods of this cycle are meant.
    pub fn speaks_of(&self, cycle: Cycle) -> bool {
        self.cycles.0 <= cycle && cycle <= self.cycles.1
    }
}

/// A ranking of the assessed units (within their group, where it has one).
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Ranking {
    /// 月度、年终, or a name of its own.
    pub name: String,
    /// The period it is made for: the base cycle, or the term.
    pub cycle: Cycle,
    /// What units are ranked by.
    pub value: Expr,
    /// Whether the lowest value is first.
    pub low_first: bool,
    /// Whether each group has its own places.
    pub grouped: bool,
    /// What places equals have.
    pub ties: Ties,
    /// What decides among equals, one after the other, before `ties` does.
    pub tiebreakers: Vec<(Expr, LowFirst)>,
    /// Where the vetoed stand.
    pub vetoed: Vetoed,
    /// Whether all are last where all share one place, where the rulebook says so; else they are, and it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tied_last: Option<bool>,
}

impl Ranking {
    /// All that units are compared by.
    pub fn values(&self) -> impl Iterator<Item = &Expr> {
        std::iter::once(&self.value).chain(self.tiebreakers.iter().map(|(breaker, _)| breaker))
    }
}

/// Whether the lower of two values goes first.
pub type LowFirst = bool;

/// What places equals have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Ties {
    /// 1、2、2、4
    SharedLeavingGaps,
    /// 1、2、2、3
    SharedWithoutGaps,
    /// 1、2、3、4 in roster order: only where declared.
    RosterOrder,
}

/// Where units with a veto stand in a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Grading {
    /// 年度, or a name of its own.
    pub name: String,
    /// The period it is made for.
    pub cycle: Cycle,
    /// Quotas go by its places.
    pub ranking: RankingId,
    /// The best first; the last takes the rest where its condition is `Always`.
    pub grades: Vec<Grade>,
    /// In the order written, after the bands.
    pub rules: Vec<GradeRule>,
    /// 名额空出的，依次递补: quotas are filled after `rules`, from those who are left; otherwise before them.
    pub refill: bool,
    /// 直接确定的不占名额: whom a line set or raised to a grade stands beside its quota. Only where places are refilled.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub set_apart: bool,
    /// How a share of the units becomes a number of them.
    pub quota_rounding: Rounding,
    /// Quotas are a share of each group rather than of all.
    pub per_group: bool,
    /// Quotas count from the top: 前50% holds those of 前20% too.
    pub cumulative: bool,
}

impl Grading {
    /// What its grades and the lines that move them ask for.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.grades.iter().map(|grade| &grade.condition).chain(self.rules.iter().map(|rule| &rule.when))
    }

    /// Whether a grade of it has this name.
    pub fn has(&self, name: &str) -> bool {
        self.grades.iter().any(|grade| grade.name == name)
    }
}

/// One grade: who may have it, and how many.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Grade {
    /// 优秀
    pub name: String,
    /// Its band.
    pub condition: Condition,
    /// The smallest of them holds, and no less than 不少于1名: 不超过20%，且不超过3名.
    pub quotas: Vec<Quota>,
}

/// How many units a grade takes.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum Quota {
    /// Of the assessed units.
    Share(Number),
    /// So many units.
    Count(u32),
    /// No fewer than so many, however few the others come to. 不少于1名 lets equals in together to hold; 不足1名的按1名计
    /// only says what the share comes to.
    AtLeast { count: u32, lets_equals_in: bool },
}

impl Quota {
    /// Of so many units.
    pub fn places(&self, members: usize, rounding: Rounding) -> usize {
        match self {
            Quota::Count(count) | Quota::AtLeast { count, .. } => *count as usize,
            Quota::Share(share) => {
                let places = Number::whole(members as i64).times(*share).and_then(|places| places.rounded(0, rounding));
                places.ok().and_then(Number::decimal).and_then(|places| places.to_usize()).unwrap_or(members)
            }
        }
    }
}

/// A line that moves grades: 有…的，不得评为优秀.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct GradeRule {
    /// Whom it moves.
    pub when: Condition,
    /// Where to.
    pub change: GradeChange,
    /// In the rulebook's words.
    #[serde(skip)]
    pub reason: String,
}

/// How a grade is moved; grades are said by name.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub enum GradeChange {
    /// 等次定为…
    Set(String),
    /// 等次不得高于…
    AtMost(String),
    /// So many grades up, the best at most.
    Up(u32),
    /// So many grades down, the last at most.
    Down(u32),
}

/// A line of 奖惩.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Award {
    /// The period it is given for.
    pub cycle: Cycle,
    /// Who stands to have it.
    pub to: AwardTo,
    /// A further condition, `Always` where there is none.
    pub when: Condition,
    /// As results show it: 奖励3000元. Where `money` is computed the amount is put in place of `{}`.
    #[serde(serialize_with = "meaning::prize")]
    pub text: String,
    /// 元; below zero where money is taken. `None` for an award without money.
    pub money: Option<Expr>,
    /// Not given to vetoed units.
    pub not_if_vetoed: bool,
    /// Not given to those who lost one of these titles.
    pub not_if_disqualified: Vec<String>,
    /// Not given where one of these holds, for the reason in the rulebook's words.
    #[serde(serialize_with = "meaning::conditions")]
    pub exceptions: Vec<(Condition, String)>,
    /// 递补: the places are counted over those who may have the award.
    pub passed_down: bool,
    /// 其余, of a line with places: these places, where they are passed down. Who moves up to one of them is not among the
    /// rest, and who leaves it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rest_of: Vec<AwardTo>,
    /// 奖金由并列的平分: to how many places of 元, and how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<(u32, Rounding)>,
    /// Where it is written, from 1.
    #[serde(skip)]
    pub line: u32,
}

impl Award {
    /// What it asks for, and what keeps units from it.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        std::iter::once(&self.when).chain(self.exceptions.iter().map(|(when, _)| when))
    }
}

/// What money that is taken away is given with: its amounts are below zero.
pub const WITHHOLD: &str = "扣发";

/// How a line that rewards begins.
const REWARDS: &[&str] =
    &["奖", "各奖", "发放", "授予", "颁发", "表彰", "表扬", "通报表扬", "通报表彰", "评为", "优先", "使用"];

impl Award {
    /// Its words, with a sum that is still to be computed left open.
    pub fn said(&self) -> String {
        self.text.replace("{}", "…")
    }

    /// Whether its words give something that one is glad of.
    pub fn rewards(&self) -> bool {
        REWARDS.iter().any(|word| self.text.starts_with(word))
    }

    /// Whether its money is taken away rather than given.
    pub fn takes(&self) -> bool {
        self.text.starts_with(WITHHOLD)
    }
}

/// Who stands to have an award.
#[derive(Clone, Debug, PartialEq, Serialize, BorshSerialize, BorshDeserialize)]
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
