//! The least and the greatest points that each item, section and unit can reach.

use super::bounds::Bounds;
use super::interval::Interval;
use crate::calendar::Cycle;
use crate::plan::{NodeId, Plan};
use crate::value::Number;

/// Where a figure may lie; `None` is no end (不封顶).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub least: Option<Number>,
    pub greatest: Option<Number>,
    /// The ends are never passed, but perhaps never reached either.
    pub loose: bool,
}

impl From<Interval> for Range {
    fn from(interval: Interval) -> Range {
        Range { least: interval.low, greatest: interval.high, loose: interval.loose }
    }
}

/// Limits of one rulebook.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Totals: of each base period, then of what is rolled up from them.
    pub totals: Vec<(Cycle, Range)>,
    /// Sections and items in the order of the text.
    pub nodes: Vec<(NodeId, Range)>,
}

/// Works out all limits of a plan.
pub fn limits(plan: &Plan) -> Limits {
    let mut bounds = Bounds::new(plan);
    let mut nodes = Vec::with_capacity(plan.nodes.len());
    let mut stack: Vec<NodeId> = plan.nodes[0].children.iter().rev().copied().collect();
    while let Some(id) = stack.pop() {
        nodes.push((id, bounds.node(id).points.into()));
        stack.extend(plan.nodes[id.index()].children.iter().rev());
    }
    let mut cycles = vec![plan.cycle];
    cycles.extend(plan.rollups.iter().map(|(cycle, _)| *cycle).filter(|cycle| *cycle != plan.cycle));
    cycles.sort_unstable();
    let totals = cycles.into_iter().map(|cycle| (cycle, bounds.total(cycle).into())).collect();
    Limits { totals, nodes }
}
