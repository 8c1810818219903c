//! 更正计入发现的月份: the differences of a published month as rows of facts for the month in which they were found.

use std::collections::BTreeMap;

use crate::correction::{Correction, Moved};
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

/// What was carried before, by unit: rows of the item whose 备注 names the batch.
pub fn carried(plan: &Plan, node: NodeId, store: &Store, batch: &str) -> BTreeMap<String, Number> {
    let mut sums: BTreeMap<String, Number> = BTreeMap::new();
    let Some((more, less)) = lines(plan, node) else { return sums };
    let inputs = (0..plan.inputs.len()).map(|index| InputId(index as u16));
    let judged = |input: &Input| input.node == node && [more, less].contains(&input.label.as_str());
    let inputs: Vec<InputId> = inputs.filter(|id| judged(&plan.inputs[id.index()])).collect();
    for (index, unit) in store.roster.iter().enumerate() {
        for id in &inputs {
            let label = &plan.inputs[id.index()].label;
            for fact in store.unit_facts(index).of(*id) {
                let Some(detail) = fact.detail.filter(|it| it.note.as_ref().is_some_and(|it| it.contains(batch)))
                else {
                    continue;
                };
                let points = Number::from(detail.points.unwrap_or_default());
                let sum = sums.entry(unit.name.clone()).or_default();
                *sum = sum.plus(if label == less { points.negated() } else { points }).unwrap_or(*sum);
            }
        }
    }
    sums
}

/// The first difference that is more than a line of the item takes: the unit, its line, and the most that it takes.
pub fn beyond<'c>(
    plan: &'c Plan,
    node: NodeId,
    correction: &'c Correction,
) -> Option<(&'c Moved, &'c str, rust_decimal::Decimal)> {
    let (more, less) = lines(plan, node)?;
    correction.moved.iter().find_map(|moved| {
        let label = if moved.difference.is_negative() { less } else { more };
        let input = plan.inputs.iter().find(|input| input.node == node && input.label == label)?;
        let (_, most) = input.needs.points?;
        let beyond = Number::from(most);
        let is_beyond = moved.difference > beyond || moved.difference.negated() > beyond;
        is_beyond.then_some((moved, label, most))
    })
}

/// One row for every unit whose total is not the same; `because` goes into 备注.
pub fn carry(plan: &Plan, node: NodeId, correction: &Correction, month: &str, because: &str) -> Option<Carried> {
    let (more, less) = lines(plan, node)?;
    let address = &plan.nodes[node.index()].address;
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut rows = 0;
    out.write_record(["月份", "单位", "条款", "情形", "数量", "分值", "备注"]).ok()?;
    for moved in correction.moved.iter().filter(|moved| !moved.difference.is_zero()) {
        let label = if moved.difference.is_negative() { less } else { more };
        let points = Number::ZERO.minus(moved.difference).map_or(moved.difference, |it| it.max(moved.difference));
        let note = format!("更正{}：{}（{because}）", correction.period, moved.why.join("；"));
        out.write_record([month, &moved.unit, address, label, "", &points.to_string(), &note]).ok()?;
        rows += 1;
    }
    let text = String::from_utf8(out.into_inner().ok()?).ok()?;
    Some(Carried { text, rows })
}
