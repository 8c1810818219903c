//! What does not fit between facts and the new book: what it asks and nobody reported, and what it has no use for.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::adapt::Adapted;
use crate::facts::{Cell, Fact, Store, Unit};
use crate::plan::walk::walk;
use crate::plan::words::first_of;
use crate::plan::{AttributeId, Expr, Grouping, InputId, Plan};

/// What does not fit between facts and the new book.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Misfits {
    /// The terms differ: both books were applied to the old one.
    pub term: Option<String>,
    /// Facts that the new book does not know, with their number.
    pub unknown: Vec<Unknown>,
    /// Indicators and cells that only the new book asks for.
    pub required: Vec<String>,
}

/// Facts of one label that the new book has no use for.
#[derive(Clone, Debug, Serialize)]
pub struct Unknown {
    /// 条款; 单位属性 for a column of the roster.
    pub clause: String,
    /// 情形, or the attribute.
    pub label: String,
    /// How many rows say it; of an attribute, how many units.
    pub rows: u64,
}

impl Adapted {
    /// What nobody was asked for by the old book: who lacks it, and which sums of money cannot be told.
    pub fn settle(&mut self, store: &Store, old: &Plan) {
        for (input, column) in &self.cells {
            let (mut units, mut rows) = (0, 0);
            for unit in 0..store.roster.len() {
                let is_empty = |fact: &Fact| {
                    let cell = fact.detail.as_ref().and_then(|detail| detail.columns.get(column.index()).copied());
                    cell.is_none_or(|cell| cell == Cell::Empty)
                };
                let lacking: u64 =
                    store.unit_facts(unit).of(*input).filter(is_empty).map(|fact| u64::from(fact.rows)).sum();
                rows += lacking;
                units += u64::from(lacking > 0);
            }
            if rows > 0 {
                let (called, name) = (self.plan.input_name(*input), &self.plan.columns[column.index()].name);
                self.misfits
                    .required
                    .push(format!("{called}：新要求填写“{name}”，{units}个单位的{rows}条事实没有填，按空着试算"));
            }
        }
        let mut absent: Vec<AttributeId> = Vec::new();
        for (index, attribute) in self.plan.attributes.iter().enumerate().filter(|(_, it)| it.optional) {
            let is_empty = |unit: &&Unit| unit.attributes.get(index).is_none_or(|cell| *cell == Cell::Empty);
            if let Some(who) = those(&store.roster, &is_empty, "名册里没有这一列") {
                absent.push(AttributeId(index as u16));
                self.misfits.required.push(format!("单位属性 {}：新要求填写，{who}，按空着试算", attribute.name));
            }
        }
        match self.plan.group {
            Some(Grouping::Roster) if old.group != Some(Grouping::Roster) => {
                if let Some(who) = those(&store.roster, &|unit: &&Unit| unit.group.is_none(), "名册里没有填") {
                    self.misfits
                        .required
                        .push(format!("分组：新要求按名册的“分组”一列分组，{who}，没有分组的排在一起"));
                }
            }
            Some(Grouping::Attribute(id)) if absent.contains(&id) => {
                let name = &self.plan.attributes[id.index()].name;
                self.misfits.required.push(format!("分组：新要求按“{name}”分组，空着的排在一起"));
            }
            _ => {}
        }
        let awards = 0..self.plan.awards.len();
        let unknown = awards.filter(|award| {
            let money = self.plan.awards[*award].money.as_ref();
            money.is_some_and(|money| reads_any(&self.plan, money, &absent, &self.unreported))
        });
        for award in unknown.collect::<Vec<_>>() {
            let award = &mut self.plan.awards[award];
            award.money = None;
            award.text = award.text.replace("{}", "若干");
            self.misfits
                .required
                .push(format!("奖惩 {}：算金额要用的，旧事实里没有，没有计算，合计里按0元", award.text));
        }
    }

    /// Counts the facts that nobody reads.
    pub fn count_unknown(&mut self, store: &Store, old: &Plan, new: &Plan) {
        let mut rows: FxHashMap<InputId, u64> = FxHashMap::default();
        for unit in 0..store.roster.len() {
            let facts = store.unit_facts(unit);
            for (input, _) in &self.dead {
                let count: u64 = facts.of(*input).map(|fact| u64::from(fact.rows)).sum();
                *rows.entry(*input).or_default() += count;
            }
        }
        let unused = |name: &str| !new.attributes.iter().any(|known| known.name == name);
        for (index, attribute) in self.plan.attributes.iter().enumerate().filter(|(_, it)| unused(&it.name)) {
            let filled = |unit: &&Unit| unit.attributes.get(index).is_some_and(|cell| *cell != Cell::Empty);
            let count = store.roster.iter().filter(filled).count() as u64;
            if count > 0 {
                let (clause, label) = ("单位属性".to_owned(), attribute.name.clone());
                self.misfits.unknown.push(Unknown { clause, label, rows: count });
            }
        }
        for (input, was, months) in &self.stopped {
            let is_stopped = |fact: &&Fact| {
                let period = old.calendar.period(fact.period);
                months.iter().any(|month| (period.first..=period.last).contains(month))
            };
            let of_unit = |unit: usize| -> u64 {
                let facts = store.unit_facts(unit);
                facts.of(*input).filter(|fact| is_stopped(&fact)).map(|fact| u64::from(fact.rows)).sum()
            };
            let count: u64 = (0..store.roster.len()).map(of_unit).sum();
            if count > 0 {
                let clause = old.nodes[old.inputs[was.index()].node.index()].address.clone();
                let label = old.inputs[was.index()].label.clone();
                self.misfits.unknown.push(Unknown { clause, label, rows: count });
            }
        }
        for (input, was) in &self.dead {
            let count = rows.get(input).copied().unwrap_or(0) + store.globals(*input).count() as u64;
            if count > 0 {
                let input = &old.inputs[was.index()];
                let clause = old.nodes[input.node.index()].address.clone();
                self.misfits.unknown.push(Unknown { clause, label: input.label.clone(), rows: count });
            }
        }
    }
}

/// The units that lack something, in words: by name where they are few.
fn those(roster: &[Unit], lacks: &dyn Fn(&&Unit) -> bool, nowhere: &str) -> Option<String> {
    const FEW: usize = 10;
    let lacking: Vec<&str> = roster.iter().filter(lacks).map(|unit| unit.name.as_str()).collect();
    match lacking.len() {
        0 => None,
        count if count == roster.len() => Some(format!("{nowhere}，{count}个单位都空着")),
        _ => Some(format!("{}空着", first_of(&lacking, FEW, "个单位"))),
    }
}

/// Whether an expression needs one of these, also through named values and cohorts, of which one may read what it was
/// itself a month before.
fn reads_any(plan: &Plan, expr: &Expr, attributes: &[AttributeId], inputs: &[InputId]) -> bool {
    let mut found = false;
    let (mut measures, mut peers) = (Vec::new(), Vec::new());
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        walk(expr, &mut |part| {
            match part {
                Expr::Attribute(id) => found |= attributes.contains(id),
                Expr::Parameter(id) | Expr::Input { input: id, .. } => found |= inputs.contains(id),
                Expr::Measure(id) if !measures.contains(id) => {
                    measures.push(*id);
                    open.push(&plan.measures[id.index()].expr);
                }
                Expr::Peer(id) if !peers.contains(id) => {
                    peers.push(*id);
                    open.push(&plan.peers[id.index()].expr);
                }
                _ => {}
            }
            true
        });
    }
    found
}
