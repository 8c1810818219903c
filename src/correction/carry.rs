//! 更正计入发现的月份: the differences of a published month as rows of facts for the month in which they were found.

use std::collections::BTreeMap;

use crate::calendar::PeriodId;
use crate::correction::Moved;
use crate::facts::Store;
use crate::plan::{Input, InputId, NodeId, Plan};
use crate::value::Number;

/// The rows, and what could not be made one.
pub struct Carried {
    /// A fact file.
    pub text: String,
    pub rows: usize,
}

/// The labels of the item's lines for points more and points less; `None` where it has not both.
fn lines(plan: &Plan, node: NodeId) -> Option<(&str, &str)> {
    let judged = |word: &str| {
        let rules = plan.nodes[node.index()].rules.iter().map(|id| &plan.rules[id.index()]);
        rules.into_iter().find(|rule| rule.text.contains(word)).map(|rule| rule.label.as_str())
    };
    Some((judged("酌情加")?, judged("酌情扣")?))
}

/// What of a unit was carried before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    /// All rows together, in points of the total.
    pub points: Number,
    /// The changes that they name, each as often as any one row does: a later correction names the earlier changes too.
    pub changes: BTreeMap<String, usize>,
}

/// Rows of the item, with whose they are, their period, and their points in the total.
fn rows<'p>(
    plan: &'p Plan,
    node: NodeId,
    store: &'p Store,
) -> impl Iterator<Item = (&'p str, PeriodId, Number, Box<str>)> {
    let judged = lines(plan, node).map_or(Vec::new(), |(more, less)| vec![(more, false), (less, true)]);
    store.roster.iter().enumerate().flat_map(move |(index, unit)| {
        let of_unit = judged.iter().flat_map(|(label, less)| {
            let is_it = |input: &Input| input.node == node && input.label == *label;
            let ids = (0..plan.inputs.len()).map(|index| InputId(index as u16));
            let ids: Vec<InputId> = ids.filter(|id| is_it(&plan.inputs[id.index()])).collect();
            let facts = ids.into_iter().flat_map(|id| store.unit_facts(index).of(id).collect::<Vec<_>>());
            facts.filter_map(|fact| {
                let detail = fact.detail?;
                let points = Number::from(detail.points.unwrap_or_default());
                let points = if *less { points.negated() } else { points };
                Some((unit.name.as_str(), fact.period, points, detail.note.clone()?))
            })
        });
        of_unit.collect::<Vec<_>>()
    })
}

/// What was carried before, by unit: rows of the item whose 备注 names the batch.
pub fn carried(plan: &Plan, node: NodeId, store: &Store, batch: &str) -> BTreeMap<String, Before> {
    let mut before: BTreeMap<String, Before> = BTreeMap::new();
    for (unit, _, points, note) in rows(plan, node, store).filter(|(_, _, _, note)| note.contains(batch)) {
        let known = before.entry(unit.to_owned()).or_default();
        known.points = known.points.plus(points).unwrap_or(known.points);
        // Behind the period, and each behind the last.
        let named = note.split_once('：').map_or(&*note, |(_, rest)| rest);
        for (change, times) in counted(named.split('；')) {
            let most = known.changes.entry(change).or_default();
            *most = times.max(*most);
        }
    }
    before
}

/// The period of a row of the item that takes in what an objection changed, where there is one: its 备注 says so.
pub fn carried_by(plan: &Plan, node: NodeId, store: &Store, unit: &str, says: &str) -> Option<PeriodId> {
    let mut of_unit = rows(plan, node, store).filter(|(name, _, _, note)| *name == unit && note.contains(says));
    of_unit.next().map(|(_, period, _, _)| period)
}

/// Changes among sentences, by what they are of: `新增 综合事项.5 环境脏乱差`.
fn counted<'s>(sentences: impl Iterator<Item = &'s str>) -> BTreeMap<String, usize> {
    let mut changes: BTreeMap<String, usize> = BTreeMap::new();
    for sentence in sentences {
        let mut words = sentence.split_whitespace();
        let (Some(what), Some(clause), Some(label)) = (words.next(), words.next(), words.next()) else { continue };
        if ["新增", "撤去", "改动"].contains(&what) {
            let label = label.split(['（', '：']).next().unwrap_or(label);
            *changes.entry(format!("{what} {clause} {label}")).or_default() += 1;
        }
    }
    changes
}

/// What is still to be carried of a unit, whose earlier differences are to be taken off.
pub enum Still {
    /// So many points.
    Points(Number),
    /// Nothing: the data still hold what was carried, and no more.
    Nothing,
    /// The data hold something else than what was carried: what both come to together, nobody can tell.
    Unclear,
}

/// What is still to be carried of a unit.
pub fn still(moved: &Moved, before: Option<&Before>) -> Still {
    let Some(before) = before else { return Still::Points(moved.difference) };
    let now = counted(moved.own().iter().map(String::as_str));
    let holds = before.changes.iter().all(|(change, times)| now.get(change).is_some_and(|now| now >= times));
    match (holds, now == before.changes) {
        (true, true) if moved.difference == before.points => Still::Nothing,
        (true, false) => Still::Points(moved.difference.minus(before.points).unwrap_or(moved.difference)),
        _ => Still::Unclear,
    }
}

/// The first difference that is more than a line of the item takes: the unit, its line, and the most that it takes.
pub fn beyond<'c>(
    plan: &'c Plan,
    node: NodeId,
    due: &'c [(&'c Moved, Number)],
) -> Option<(&'c Moved, Number, &'c str, rust_decimal::Decimal)> {
    let (more, less) = lines(plan, node)?;
    due.iter().find_map(|(moved, points)| {
        let label = if points.is_negative() { less } else { more };
        let input = plan.inputs.iter().find(|input| input.node == node && input.label == label)?;
        let (_, most) = input.needs.points?;
        let beyond = Number::from(most);
        (*points > beyond || points.negated() > beyond).then_some((*moved, *points, label, most))
    })
}

/// One row for every unit to which points are due; `because` goes into 备注.
pub fn carry(
    plan: &Plan,
    node: NodeId,
    period: &str,
    due: &[(&Moved, Number)],
    month: &str,
    because: &str,
) -> Option<Carried> {
    let (more, less) = lines(plan, node)?;
    let address = &plan.nodes[node.index()].address;
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut rows = 0;
    out.write_record(["月份", "单位", "条款", "情形", "数量", "分值", "备注"]).ok()?;
    for (moved, points) in due.iter().filter(|(_, points)| !points.is_zero()) {
        let label = if points.is_negative() { less } else { more };
        let note = format!("更正{period}：{}（{because}）", moved.own().join("；"));
        let points = points.negated().max(*points);
        out.write_record([month, &moved.unit, address, label, "", &points.to_string(), &note]).ok()?;
        rows += 1;
    }
    let text = String::from_utf8(out.into_inner().ok()?).ok()?;
    Some(Carried { text, rows })
}
