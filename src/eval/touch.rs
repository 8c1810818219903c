//! Which nodes a row may move: all others are worth nothing in the period, and nobody looks at them.

use crate::calendar::{Cycle, Month, PeriodId};
use crate::eval::program::Program;
use crate::eval::unit::Scorer;
use crate::plan::{Basis, InputId, NodeId, Plan};

/// A node that rows of an input move: in periods of this cycle, for so many months.
type Move = (NodeId, Cycle, u32);

/// By input: the nodes and validity of the lines that its rows move.
pub(super) fn moved_by_inputs(plan: &Plan) -> Vec<Vec<Move>> {
    let mut moved = vec![Vec::new(); plan.inputs.len()];
    for rule in &plan.rules {
        if let Basis::Row(input) | Basis::Once(input) = rule.basis {
            let entry = (rule.node, rule.cycle, rule.valid_months.unwrap_or(1));
            if !moved[input.index()].contains(&entry) {
                moved[input.index()].push(entry);
            }
        }
    }
    moved
}

impl Program<'_> {
    /// The slots (node × periods + period) of all nodes up to the root that rows of this input in this period may move.
    /// What is of a longer period counts at its end, or when the unit leaves.
    fn touched_by(&self, input: InputId, period: PeriodId, leaves: Option<Month>) -> Box<[u32]> {
        let calendar = &self.plan.calendar;
        let mut slots = Vec::new();
        for (node, cycle, months) in &self.moved[input.index()] {
            for later in 0..*months {
                let month = calendar.period(period).last.plus(later as i32);
                let Some(month) = calendar.month(month) else { break };
                let mut at = self.around(month, *cycle);
                let mut above = Some(*node);
                while let Some(id) = above {
                    let last = calendar.period(at).last;
                    let counts = leaves.filter(|leaves| *leaves < last).and_then(|leaves| calendar.month(leaves));
                    at = self.around(counts.unwrap_or(at), self.node(id).cycle);
                    slots.push((id.index() * self.periods + usize::from(at.0)) as u32);
                    above = self.node(id).parent;
                }
            }
        }
        slots.sort_unstable();
        slots.dedup();
        slots.into()
    }
}

impl Scorer<'_, '_> {
    /// Marks the nodes that rows of this input in this period may move.
    pub fn touch(&mut self, input: InputId, period: PeriodId) {
        let (program, slot) = (self.program, self.slot(input.index(), period));
        if let Some(leaves) = self.roster().last.filter(|leaves| *leaves < program.plan.calendar.last()) {
            for node in program.touched_by(input, period, Some(leaves)) {
                self.touched.set(node as usize);
            }
            return;
        }
        let nodes = self.touching[slot].get_or_insert_with(|| program.touched_by(input, period, None));
        for node in nodes {
            self.touched.set(*node as usize);
        }
    }
}
