//! What of a plan took effect, noted while units are scored with a trace.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::eval::expr::Value;
use crate::eval::unit::Scorer;
use crate::outcome::Use;
use crate::plan::walk::{each_bound, walk};
use crate::plan::{Condition, Expr, Plan, RuleId};

/// What was seen so far.
#[derive(Default)]
pub(super) struct Seen {
    uses: FxHashSet<Use>,
    /// Cases by where their arms are: an expression does not know which line it is of.
    arms: FxHashSet<(usize, u16)>,
    /// Limits of single cases, by where they are.
    bounds: FxHashSet<usize>,
}

impl Seen {
    pub fn append(&mut self, other: Seen) {
        self.uses.extend(other.uses);
        self.arms.extend(other.arms);
        self.bounds.extend(other.bounds);
    }

    /// INVARIANT: the plan is the one that was evaluated, so its cases are where they were.
    pub fn uses(&self, plan: &Plan) -> BTreeSet<Use> {
        let mut uses: BTreeSet<Use> = self.uses.iter().copied().collect();
        if self.arms.is_empty() && self.bounds.is_empty() {
            return uses;
        }
        let mut cases = FxHashMap::default();
        for (index, rule) in plan.rules.iter().enumerate() {
            let (id, mut bound) = (RuleId(index as u16), 0);
            each_bound(&rule.points, &mut |list, _| {
                if self.bounds.contains(&(list.as_ptr() as usize)) {
                    uses.insert(Use::Bound { rule: id, index: bound });
                }
                bound += 1;
            });
            let mut case = 0;
            walk(&rule.points, &mut |expr| {
                if let Expr::Case { arms, .. } = expr {
                    cases.insert(address(arms), (RuleId(index as u16), case));
                    case += 1;
                }
                true
            });
        }
        let known = self.arms.iter().filter_map(|(at, arm)| Some((cases.get(at)?, *arm)));
        uses.extend(known.map(|((rule, case), arm)| Use::Arm { rule: *rule, case: *case, arm }));
        uses
    }
}

fn address(arms: &[(Condition, Expr)]) -> usize {
    arms.as_ptr() as usize
}

impl Scorer<'_, '_> {
    pub fn see(&mut self, what: impl FnOnce() -> Use) {
        if self.program.traced {
            self.seen.uses.insert(what());
        }
    }

    /// The limit of a case, where it is less than what the case gives.
    pub fn see_bound(&mut self, list: &[Expr], values: &[Value]) {
        if self.program.traced
            && let ([_, Expr::Number(_)], [Value::Number(points), Value::Number(most)]) = (list, values)
            && points.abs() > most.abs()
        {
            self.seen.bounds.insert(list.as_ptr() as usize);
        }
    }

    pub fn see_arm(&mut self, arms: &[(Condition, Expr)], arm: usize) {
        if self.program.traced && !arms.is_empty() {
            self.seen.arms.insert((address(arms), arm as u16));
        }
    }
}
