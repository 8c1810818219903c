//! What else a witness has to say: the figures that the items it names want reported, so that it can be scored as it
//! stands, as an 例.

use super::scope::Scope;
use super::{Search, Witness, months};
use crate::analysis::inputs_of;
use crate::diff::guess;
use crate::diff::trial::{Row, Trial, Unit};
use crate::plan::*;

/// A witness with more of them says what it was found with.
const MOST_OWED: usize = 40;

impl Search<'_> {
    /// The same with whatever else has to be reported, where that shows the change as well.
    pub(super) fn with_owed(&mut self, scope: &Scope, small: Witness) -> Witness {
        let owed: Vec<Vec<Row>> = small.trial.units.iter().map(|unit| self.owed_by(unit, small.term)).collect();
        if !(1..=MOST_OWED).contains(&owed.iter().map(Vec::len).sum()) {
            return small;
        }
        self.smaller = 0;
        let mut other = None;
        // Best what comes to the same points: full marks, or none.
        for size in [100, 10, 1, 0] {
            let sized = |row: &Row| {
                let quantity = match (row.old, row.new) {
                    (Some(id), _) => guess::sized(self.old.plan, id, size),
                    (None, Some(id)) => guess::sized(self.new.plan, id, size),
                    (None, None) => row.quantity,
                };
                Row { quantity, ..row.clone() }
            };
            let mut trial: Trial = small.trial.clone();
            for ((_, rows), more) in trial.units.iter_mut().zip(&owed) {
                rows.extend(more.iter().map(sized));
            }
            let mut whole = small.clone();
            if self.put(scope, &mut whole, trial) {
                if (&whole.old, &whole.new) == (&small.old, &small.new) {
                    return whole;
                }
                other = other.or(Some(whole));
            }
        }
        other.unwrap_or(small)
    }

    /// The figures that the items of a unit's rows ask for, and that it does not have.
    fn owed_by(&self, (_, rows): &Unit, term: bool) -> Vec<Row> {
        let mut backs: Vec<i32> = rows.iter().map(|row| row.back).filter(|back| term && *back > 0).collect();
        backs.push(0);
        backs.sort_unstable();
        backs.dedup();
        let mut owed: Vec<Row> = Vec::new();
        for is_old in [true, false] {
            let plan = if is_old { self.old.plan } else { self.new.plan };
            let own = |row: &Row| if is_old { row.old } else { row.new };
            let named: Vec<NodeId> = rows.iter().filter_map(own).map(|id| plan.inputs[id.index()].node).collect();
            for id in asked_by(plan, &named) {
                let is_said = |row: &Row| own(row) == Some(id);
                if rows.iter().any(is_said) || owed.iter().any(is_said) {
                    continue;
                }
                let row = self.say(is_old).row(id, crate::value::Number::ZERO, &[]);
                let each = months(plan.inputs[id.index()].cycle);
                let due = backs.iter().filter(|back| **back == 0 || each <= back.unsigned_abs());
                owed.extend(due.map(|back| Row { back: *back, is_owed: true, ..row.clone() }));
            }
        }
        owed
    }
}

/// What has to be reported where these items are named: of themselves, of what is in them and around them.
fn asked_by(plan: &Plan, named: &[NodeId]) -> Vec<InputId> {
    let is_within = |node: NodeId, outer: NodeId| {
        std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent).any(|id| id == outer)
    };
    let is_named = |node: NodeId| named.iter().any(|named| is_within(node, *named) || is_within(*named, node));
    let mut asked = Vec::new();
    let of_lines = plan.rules.iter().filter(|rule| is_named(rule.node)).map(|rule| &rule.points);
    let nodes = (0..plan.nodes.len()).map(|at| NodeId(at as u16)).filter(|node| is_named(*node));
    for value in of_lines.chain(nodes.flat_map(|node| plan.nodes[node.index()].values())) {
        for id in inputs_of(plan, value) {
            let input = &plan.inputs[id.index()];
            let is_figure =
                matches!(input.kind, InputKind::Indicator | InputKind::Parameter { .. } | InputKind::Rating);
            if is_figure && input.missing == WhenMissing::Error && !asked.contains(&id) {
                asked.push(id);
            }
        }
    }
    asked
}
