//! 异议.csv: objections against entries, what was decided on them, and what an upheld one does to the fact it names.

mod apply;
mod read;

use chrono::NaiveDate;

pub use apply::apply;
pub use read::read;

use crate::calendar::PeriodId;
use crate::diagnostic::Place;
use crate::outcome::Entry;
use crate::plan::Role;
use crate::scored::Scored;

/// An objection against an entry of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// 编号, once in the register.
    pub number: String,
    pub period: PeriodId,
    /// As it is called now.
    pub unit: String,
    /// What it was called before: the row may be from then.
    pub former: Option<String>,
    /// 条款 and 情形, as results call them; 总分, 名次, 等次 or 奖惩 without a 情形.
    pub clause: String,
    pub label: String,
    /// 事实: the place of the row, as results print it: `2023-04.csv:41`.
    pub fact: Option<String>,
    /// The mark of that row, written behind the place: `2023-04.csv:41@8a3f12c0`.
    pub mark: Option<String>,
    /// 理由
    pub reason: String,
    pub filed: Option<NaiveDate>,
    pub state: State,
    /// 决定, in words, and its day.
    pub decision: String,
    pub decided: Option<NaiveDate>,
    /// What the row says instead, where it is upheld in part: 改数量, 改分值.
    pub quantity: Option<String>,
    pub points: Option<String>,
    /// 计入: the later month in which what it changes counts; its own stays as it was published.
    pub carried: Option<PeriodId>,
    /// Where it is written.
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 待处理
    Open,
    /// 成立
    Upheld,
    /// 不成立
    Rejected,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "待处理",
            State::Upheld => "成立",
            State::Rejected => "不成立",
        }
    }
}

impl Objection {
    /// `异议3（古井司法所，社区矫正工作.1 缺项）成立：原件已补交`
    pub fn sentence(&self) -> String {
        let decision = if self.decision.is_empty() { &self.reason } else { &self.decision };
        let decision = if decision.is_empty() { String::new() } else { format!("：{decision}") };
        format!("异议{}（{}，{}）{}{decision}", self.number, self.unit, self.name(), self.state.word())
    }

    /// `异议3成立（2023-05-20）：撤销扣分`
    fn decision(&self) -> String {
        let day = self.decided.map_or(String::new(), |day| format!("（{day}）"));
        let nothing = if self.state == State::Upheld && self.fact.is_none() {
            "（没有写事实，没有改动）"
        } else {
            ""
        };
        format!("异议{}{}{day}：{}{nothing}", self.number, self.state.word(), self.decision)
    }

    /// `社区矫正工作.1 缺项`
    pub fn name(&self) -> String {
        format!("{} {}", self.clause, self.label).trim_end().to_owned()
    }

    /// What the row that it names says instead, where it is upheld; 驳回 where nothing is left of it.
    pub fn changes(&self) -> Vec<(Role, &str)> {
        let quantity = self.quantity.as_deref().map(|value| (Role::Quantity, value));
        let points = self.points.as_deref().map(|value| (Role::Points, value));
        let changes: Vec<_> = quantity.into_iter().chain(points).collect();
        if changes.is_empty() { vec![(Role::Standing, "驳回")] } else { changes }
    }

    /// Whether a name is that of its unit.
    pub fn is_of(&self, unit: &str) -> bool {
        self.unit == unit || self.former.as_deref() == Some(unit)
    }

    /// Whether it is against an entry of its unit.
    pub fn is_against(&self, clause: &str, label: &str, facts: &[String]) -> bool {
        self.clause == clause && self.label == label && self.fact.as_ref().is_none_or(|fact| facts.contains(fact))
    }
}

/// Objections of a scored period that are not decided, in the order of the register.
pub fn open_within<'a>(scored: &Scored<'a>) -> impl Iterator<Item = &'a Objection> {
    let (calendar, own) = (&scored.plan.calendar, scored.period());
    let open = scored.store.objections.iter().filter(|it| it.state == State::Open);
    open.filter(move |it| own.contains(calendar.period(it.period)))
}

/// The open objection against an entry.
pub fn open_against<'a>(scored: &Scored<'a>, unit: &str, entry: &Entry) -> Option<&'a Objection> {
    against(scored, unit, entry).find(|it| it.state == State::Open)
}

/// Why an entry is as it is: what the objections against it that were upheld say, in place of the reason that the row
/// now gives (未认定), and those that were not.
pub fn reasons(scored: &Scored<'_>, unit: &str, entry: &Entry) -> Vec<String> {
    let decided: Vec<&Objection> = against(scored, unit, entry).filter(|it| it.state != State::Open).collect();
    let struck_out = decided.iter().any(|it| it.state == State::Upheld && it.fact.is_some());
    let own = entry.reason.iter().filter(|_| entry.counted || !struck_out).cloned();
    own.chain(decided.into_iter().map(Objection::decision)).collect()
}

fn against<'a: 's, 's>(
    scored: &'s Scored<'a>,
    unit: &'s str,
    entry: &'s Entry,
) -> impl Iterator<Item = &'a Objection> + 's {
    let rule = &scored.plan.rules[entry.rule.index()];
    let clause = &scored.plan.nodes[rule.node.index()].address;
    let of_it = scored.store.objections.iter().filter(move |it| it.period == entry.period && it.unit == unit);
    of_it.filter(move |it| it.is_against(clause, &rule.label, &entry.facts))
}
