//! One unit's results in the shape of the contract; what there is nothing to say about is left out.

use serde::{Serialize, Serializer};

use crate::calendar::Calendar;
use crate::objection;
use crate::outcome::{Entry, NodeOutcome, Status, UnitOutcome};
use crate::plan::{Expr, NodeId};
use crate::scored::{Scored, tally_points};
use crate::value::Number;

/// One unit's results.
#[derive(Serialize)]
pub struct Unit<'a> {
    unit: &'a str,
    /// 原名
    #[serde(skip_serializing_if = "Option::is_none")]
    former: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reason: Option<&'a str>,
    rank: Option<u32>,
    total: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Number>,
    vetoed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    disqualified: Option<bool>,
    #[serde(skip_serializing_if = "slice_is_empty")]
    disqualified_from: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    ranks: Option<Pairs<&'a str, Option<u32>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade_before: Option<&'a str>,
    #[serde(skip_serializing_if = "slice_is_empty")]
    grade_reasons: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    grades: Option<Pairs<&'a str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    awards: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<Withheld<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    award_figures: Vec<Figures<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<Pairs<&'a str, Number>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rankings: Vec<Ranked<'a>>,
    sections: Vec<Section<'a>>,
    entries: Vec<EntryLine<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    effects: Vec<Effect<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<Step<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<Node<'a>>,
}

impl<'a> Unit<'a> {
    pub fn of(scored: &Scored<'a>, unit: &'a UnitOutcome) -> Unit<'a> {
        let plan = scored.plan;
        let closing = scored.is_closing();
        let root = scored.node(unit, NodeId(0));
        let base = root.map(|root| root.raw().base).filter(|base| !base.is_zero());
        let grade = unit.grades.first();
        let awards: Vec<&str> = scored.awards(unit).collect();
        let ranking_name = |ranking: u16| plan.rankings[usize::from(ranking)].name.as_str();
        Unit {
            unit: scored.name(unit),
            former: scored.former(unit),
            group: scored.group(unit),
            status: (unit.status != Status::Assessed).then_some(unit.status),
            status_reason: unit.status_reason.as_deref(),
            rank: scored.rank(unit),
            total: unit.total,
            base,
            vetoed: unit.vetoed,
            disqualified: (closing || !unit.disqualified.is_empty()).then_some(!unit.disqualified.is_empty()),
            disqualified_from: &unit.disqualified,
            ranks: (unit.rankings.len() > 1)
                .then(|| Pairs(unit.rankings.iter().map(|one| (ranking_name(one.ranking), one.rank)).collect())),
            grade: grade.map(|grade| grade.grade.as_str()),
            grade_before: grade.and_then(|grade| grade.before.as_deref()),
            grade_reasons: grade.map_or(&[], |grade| grade.reasons.as_slice()),
            grades: (unit.grades.len() > 1).then(|| {
                let name = |grading: u16| plan.gradings[usize::from(grading)].name.as_str();
                Pairs(unit.grades.iter().map(|grade| (name(grade.grading), grade.grade.as_str())).collect())
            }),
            awards: (closing || !awards.is_empty()).then_some(awards),
            withheld: unit
                .awards
                .iter()
                .filter_map(|award| Some(Withheld { award: &award.text, reason: award.withheld.as_deref()? }))
                .collect(),
            award_figures: unit
                .awards
                .iter()
                .filter(|award| !award.figures.is_empty())
                .map(|award| Figures { award: &award.text, figures: &award.figures })
                .collect(),
            money: scored.money(unit),
            months: closing.then(|| {
                Pairs(
                    unit.periods.iter().map(|(id, total)| (plan.calendar.period(*id).name.as_str(), *total)).collect(),
                )
            }),
            rankings: unit
                .rankings
                .iter()
                .map(|one| Ranked {
                    name: ranking_name(one.ranking),
                    group: one.group.as_deref(),
                    rank: one.rank,
                    of: one.of,
                    value: (one.rank.is_some() || plan.rankings[usize::from(one.ranking)].value == Expr::Total)
                        .then_some(one.value),
                })
                .collect(),
            sections: scored.sections().iter().map(|id| Section::of(scored, unit, *id)).collect(),
            entries: unit.entries.iter().map(|entry| EntryLine::of(scored, unit, entry)).collect(),
            effects: unit
                .effects
                .iter()
                .map(|effect| Effect {
                    effect: &effect.effect,
                    clause: &plan.nodes[plan.rules[effect.rule.index()].node.index()].address,
                    fact: effect.fact.as_deref(),
                    also: &effect.also,
                })
                .collect(),
            steps: root.map(Step::of).unwrap_or_default(),
            nodes: scored.sections().iter().filter_map(|id| Node::of(scored, unit, *id)).collect(),
        }
    }
}

#[derive(Serialize)]
struct Withheld<'a> {
    award: &'a str,
    reason: &'a str,
}

/// What an award was worked out from.
#[derive(Serialize)]
struct Figures<'a> {
    award: &'a str,
    figures: &'a [String],
}

#[derive(Serialize)]
struct Ranked<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    rank: Option<u32>,
    of: u32,
    value: Option<Number>,
}

/// A top-level node; zeros where there is nothing in it.
#[derive(Serialize)]
struct Section<'a> {
    section: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Number>,
    bonus: Number,
    deduction_before_cap: Number,
    deduction: Number,
    points: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessed: Option<bool>,
}

impl<'a> Section<'a> {
    fn of(scored: &Scored<'a>, unit: &'a UnitOutcome, id: NodeId) -> Section<'a> {
        let section = scored.plan.nodes[id.index()].address.as_str();
        match scored.node(unit, id) {
            None => Section {
                section,
                base: None,
                bonus: Number::ZERO,
                deduction_before_cap: Number::ZERO,
                deduction: Number::ZERO,
                points: Number::ZERO,
                assessed: None,
            },
            Some(node) => Section {
                section,
                base: Some(node.tally.base).filter(|base| !base.is_zero()),
                bonus: node.tally.bonus,
                deduction_before_cap: node.raw().deduction,
                deduction: node.tally.deduction,
                points: node.points(),
                assessed: (!node.assessed).then_some(false),
            },
        }
    }
}

#[derive(Serialize)]
struct EntryLine<'a> {
    clause: &'a str,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<Number>,
    points: Number,
    /// The first row that it rests on; `facts` lists them where there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<&'a [String]>,
    counted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The number of the objection that is open against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    objection: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    /// `全体平均（成功率） 0.93`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peers: Vec<String>,
}

impl<'a> EntryLine<'a> {
    fn of(scored: &Scored<'a>, unit: &UnitOutcome, entry: &'a Entry) -> EntryLine<'a> {
        let rule = &scored.plan.rules[entry.rule.index()];
        let calendar: &'a Calendar = &scored.plan.calendar;
        EntryLine {
            clause: &scored.plan.nodes[rule.node.index()].address,
            label: &rule.label,
            period: (entry.period != scored.outcome.period).then(|| calendar.period(entry.period).name.as_str()),
            quantity: entry.quantity,
            points: entry.points,
            fact: entry.facts.first().map(String::as_str),
            facts: (entry.facts.len() > 1).then_some(entry.facts.as_slice()),
            counted: entry.counted,
            reason: entry.reason.as_deref(),
            objection: objection::open_against(scored, scored.name(unit), entry).map(|it| it.number.as_str()),
            matter: entry.matter.as_deref(),
            person: entry.person.as_deref(),
            peers: entry.peers.iter().map(|(name, value)| format!("{name} {value}")).collect(),
        }
    }
}

#[derive(Serialize)]
struct Effect<'a> {
    effect: &'a str,
    clause: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    also: &'a [String],
}

#[derive(Serialize)]
struct Node<'a> {
    clause: &'a str,
    raw: Number,
    points: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessed: Option<bool>,
    steps: Vec<Step<'a>>,
    nodes: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    /// INVARIANT: the tree of nodes is as deep as the compiler lets it be, which bounds the recursion.
    fn of(scored: &Scored<'a>, unit: &'a UnitOutcome, id: NodeId) -> Option<Node<'a>> {
        let outcome = scored.node(unit, id)?;
        let node = &scored.plan.nodes[id.index()];
        Some(Node {
            clause: &node.address,
            raw: tally_points(outcome.raw()),
            points: outcome.points(),
            assessed: (!outcome.assessed).then_some(false),
            steps: Step::of(outcome),
            nodes: node.children.iter().filter_map(|child| Node::of(scored, unit, *child)).collect(),
        })
    }
}

#[derive(Serialize)]
struct Step<'a> {
    op: &'a str,
    before: Number,
    after: Number,
}

impl<'a> Step<'a> {
    fn of(node: &'a NodeOutcome) -> Vec<Step<'a>> {
        node.steps.iter().map(|(op, before, after)| Step { op, before: *before, after: *after }).collect()
    }
}

/// A map in the order of its pairs.
struct Pairs<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

fn slice_is_empty<T>(slice: &&[T]) -> bool {
    slice.is_empty()
}
