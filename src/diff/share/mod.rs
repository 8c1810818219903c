//! Which change a unit's difference comes from.
//!
//! Every base period is put together again from what the changed lines come to, below the caps, floors and factors of
//! their nodes ([`joint`]); what stands beside them in such a node is one sum. Where a change stands under none of them,
//! or where they have nothing to do whatever is made, it brings what its own lines differ by, and nothing needs to be put
//! together: so it is for most units in most periods. Where changes meet under one, the difference is shared by Shapley's
//! value ([`model`]): what a change brings on average over all orders in which the changes could have been made one after
//! another. Either way the parts add up to the whole ([`sums`]).
//!
//! A total that cannot be put together in this way (the best of several, weights, a veto that sets it to zero) is
//! shared by what the lines differ by; what is left is told as coming from no single change.

mod joint;
mod model;
mod steps;
mod sums;

use super::Comparison;
use crate::calendar::Calendar;
use crate::eval::{Sight, Watch};
use crate::outcome::UnitOutcome;
use crate::plan::{NodeId, Plan, RuleId};
use crate::value::Number;
use joint::Joints;
use model::Model;
pub use sums::Shares;
use sums::Sums;

/// What it takes to share differences between two books.
pub struct Sharing<'a> {
    calendar: &'a Calendar,
    joints: Joints,
}

impl<'a> Sharing<'a> {
    pub fn new(comparison: &'a Comparison<'_>, new: &'a Plan) -> Sharing<'a> {
        Sharing { calendar: &comparison.old.plan.calendar, joints: Joints::new(comparison, new) }
    }

    /// What is to be looked at while a book is evaluated.
    pub fn watch(&self, is_old: bool) -> Watch {
        let own = if is_old { &self.joints.old } else { &self.joints.new };
        let rules = own.rules.iter().enumerate().filter(|(_, (_, player))| *player != 0);
        let nodes = own.nodes.iter().enumerate().filter(|(_, joint)| self.joints.list[0].capped.contains(joint));
        Watch {
            rules: rules.map(|(index, _)| RuleId(index as u16)).collect(),
            nodes: nodes.map(|(index, _)| NodeId(index as u16)).collect(),
        }
    }

    /// Shares the difference of a unit's totals.
    pub fn share(&self, old: &Sight<'_>, new: &Sight<'_>) -> Shares {
        let Ok(difference) = new.outcome.total.minus(old.outcome.total) else { return Shares::default() };
        let model = || Model::new(&self.joints, self.calendar, old.glimpse, new.glimpse);
        if self.joints.is_sum
            && let Some(sums) = model().by_changes()
            && let Some(divisor) = divisor(old.outcome, new.outcome)
            && let Some(shares) = sums.settled(divisor, difference)
        {
            return shares;
        }
        let mut sums = Sums::default();
        model().by_lines(&mut sums);
        // What rounding of a mean, a veto or another way of adding up leaves is nobody's.
        if let Some(rest) = sums.rest(difference) {
            sums.put(0, rest);
        }
        // Fractions may grow beyond exact arithmetic: then one part is the whole.
        sums.settled(Number::ONE, difference).unwrap_or_else(|| Shares::whole(0, difference))
    }
}

/// What sums over the base periods are divided by to be the totals: a mean over the periods is a sum, divided.
fn divisor(old: &UnitOutcome, new: &UnitOutcome) -> Option<Number> {
    let all = |side: &UnitOutcome| side.periods.iter().try_fold(Number::ZERO, |sum, (_, total)| sum.plus(*total)).ok();
    match old.periods.len().max(new.periods.len()) {
        0 => Some(Number::ONE),
        count => {
            let (before, after) = (all(old)?, all(new)?);
            let fits = |divisor: &Number| {
                before.divided_by(*divisor).ok() == Some(old.total)
                    && after.divided_by(*divisor).ok() == Some(new.total)
            };
            [Number::ONE, Number::whole(count as i64)].into_iter().find(fits)
        }
    }
}
