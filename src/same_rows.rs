//! Discretionary rows that say the same as another: more often one row pasted twice than two things that happened.

use std::ops::Range;

use crate::calendar::PeriodId;
use crate::diagnostic::Finding;
use crate::facts::{Fact, Store};
use crate::plan::{InputId, Plan};
use crate::threads;

/// Of so many rows of one unit and line each is held against the others.
const MOST: usize = 500;

/// Every row of a period that is in all its cells like an earlier one; both count.
pub fn remind(plan: &Plan, store: &Store, period: PeriodId, threads: usize) -> Vec<Finding> {
    let inputs = (0..plan.inputs.len()).map(|index| InputId(index as u16));
    let inputs: Vec<InputId> = inputs.filter(|id| plan.inputs[id.index()].needs.points.is_some()).collect();
    if inputs.is_empty() {
        return Vec::new();
    }
    let of_units = |units: Range<usize>| of_units(plan, store, period, &inputs, units);
    threads::in_parts(store.roster.len(), threads, of_units).concat()
}

fn of_units(plan: &Plan, store: &Store, period: PeriodId, inputs: &[InputId], units: Range<usize>) -> Vec<Finding> {
    let span = plan.calendar.period(period);
    let mut findings = Vec::new();
    for unit in units {
        let facts = store.unit_facts(unit);
        for input in inputs {
            let counted =
                |fact: &Fact| fact.detail.as_ref().is_some_and(|detail| detail.counted && detail.points.is_some());
            let within = |fact: &Fact| span.contains(plan.calendar.period(fact.period));
            let mut rows: Vec<Fact> =
                facts.of(*input).filter(|fact| counted(fact) && within(fact)).take(MOST).collect();
            rows.sort_by_key(|fact| fact.origin);
            for (at, row) in rows.iter().enumerate() {
                let is_like = |other: &&Fact| {
                    (other.period, other.quantity, &other.detail) == (row.period, row.quantity, &row.detail)
                };
                let (Some(first), Some(origin)) = (rows[..at].iter().find(is_like), row.origin) else { continue };
                let Some(first) = first.origin else { continue };
                let (name, first) = (plan.input_name(*input), store.origin_text(first));
                let message = format!("{} {name}与{first}的一行一模一样，两行都计", store.roster[unit].name);
                let finding = Finding::warning("same-row-twice", store.place(origin), message);
                findings.push(finding.help("粘了两遍的，删去一行；确是两件事的，备注、事项或发生日期写得分开"));
            }
        }
    }
    findings
}
