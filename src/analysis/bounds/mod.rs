//! Where every value of a plan may lie, before the first fact: expressions, lines, nodes, totals.
//!
//! INVARIANT: no facts lead outside a bound. Where the truth is hard to know, the bound is wider and says so (`loose`).

mod bound;
mod line;
mod narrow;
mod node;
mod step;
mod value;

use rustc_hash::{FxHashMap, FxHashSet};

use self::bound::Bound;
use crate::analysis::interval::Interval;
use crate::analysis::uses;
use crate::calendar::Cycle;
use crate::plan::{Condition, Effect, Expr, LimitPer, MeasureId, Node, NodeId, Plan, Rule, Step};
use crate::value::Number;

/// Bounds of one plan, each worked out once.
pub struct Bounds<'p> {
    plan: &'p Plan,
    rules: Vec<Option<Bound>>,
    nodes: Vec<Option<Known>>,
    /// `None` while it is worked out.
    measures: FxHashMap<(MeasureId, Cycle), Option<Interval>>,
    /// `None` while it is worked out.
    totals: FxHashMap<Cycle, Option<Interval>>,
    /// By outer and inner cycle: how many periods of the one lie in one of the other at most.
    counts: [[u32; 5]; 5],
    /// By input: how many lines look at it.
    readers: Vec<u32>,
    /// Something is limited over more than one of its periods: what each can reach not all of them can.
    runs: bool,
    /// Nodes that some line may put to zero.
    zeroed: FxHashSet<NodeId>,
    /// Values that conditions around the current place have narrowed.
    known: Vec<(&'p Expr, Interval)>,
    /// How many names deep the current place is.
    depth: u32,
}

/// What is known of a node.
#[derive(Clone)]
enum Known {
    /// Just being worked out.
    Busy,
    /// Before its steps, and after them.
    Done(Box<(Bound, Bound)>),
}

/// A chain of names deeper than this is not followed.
const DEEPEST: u32 = 200;

impl<'p> Bounds<'p> {
    /// Nothing is worked out before it is asked for.
    pub fn new(plan: &'p Plan) -> Bounds<'p> {
        let calendar = &plan.calendar;
        let most = |outer: Cycle, inner: Cycle| {
            calendar.each(outer).map(|period| calendar.within(period, inner).count()).max().unwrap_or(1) as u32
        };
        Bounds {
            plan,
            counts: Cycle::ALL.map(|outer| Cycle::ALL.map(|inner| most(outer, inner))),
            rules: vec![None; plan.rules.len()],
            nodes: vec![None; plan.nodes.len()],
            measures: FxHashMap::default(),
            totals: FxHashMap::default(),
            readers: uses::readers(plan),
            runs: runs(plan),
            zeroed: uses::effects(plan)
                .filter_map(|effect| match effect {
                    Effect::ZeroNode(id) => Some(*id),
                    _ => None,
                })
                .collect(),
            known: Vec::new(),
            depth: 0,
        }
    }

    /// How many periods of `inner` lie in one of `outer` at most.
    fn count(&self, inner: Cycle, outer: Cycle) -> u32 {
        if inner >= outer { 1 } else { self.counts[outer as usize][inner as usize] }
    }

    /// So many periods added up, of which not each may reach what one can.
    fn added_up(&self, one: Interval, count: u32) -> Interval {
        let all = one.up_to(Some(count));
        if self.runs && count > 1 && !one.is_zero() { all.loosened() } else { all }
    }

    /// How often a limit holds within a period: each month of a year.
    fn parts(&self, per: Cycle, cycle: Cycle) -> Interval {
        Interval::exactly(Number::whole(self.count(per, cycle).into()))
    }

    /// The total of a unit that is assessed: of the base cycle, or by a roll-up.
    pub fn total(&mut self, cycle: Cycle) -> Interval {
        match self.totals.get(&cycle) {
            Some(Some(known)) => return *known,
            Some(None) => return Interval::ANY,
            None => {}
        }
        self.totals.insert(cycle, None);
        let plan = self.plan;
        let mut total = if cycle == plan.cycle {
            self.node(NodeId(0)).points
        } else {
            match plan.rollups.iter().find(|(of, _)| *of == cycle) {
                Some((_, expr)) => self.expr(expr, cycle, None),
                None => Interval::ANY,
            }
        };
        let zeroes = |effect: &Effect| {
            matches!(effect, Effect::Veto { zero_total: true, .. }) || *effect == Effect::ZeroTotal(cycle)
        };
        if uses::effects(plan).any(zeroes) {
            total = total.or_zero();
        }
        self.totals.insert(cycle, Some(total));
        total
    }
}

/// Whether a limit of some line or node runs over several of its periods.
fn runs(plan: &Plan) -> bool {
    let of_line = |rule: &Rule| {
        let limits = rule.limits.iter().filter_map(|limit| match limit.per {
            LimitPer::Cycle(per) => Some(per),
            LimitPer::Row | LimitPer::Person => None,
        });
        let times = rule.most_times.map(|(_, per)| per);
        let tiers = match &rule.points {
            Expr::Escalation { per, .. } => Some(*per),
            _ => None,
        };
        let matter = rule.same_matter.map(|matter| matter.per);
        limits.chain(times).chain(tiers).chain(matter).any(|per| per > rule.cycle)
    };
    let of_node = |node: &Node| {
        let steps = node.steps.iter().filter_map(|step| match step {
            Step::CapDeduction { per, .. }
            | Step::CapBonus { per, .. }
            | Step::CapPoints { per, .. }
            | Step::Floor { per, .. } => Some(*per),
            _ => None,
        });
        steps.chain(node.same_matter.map(|matter| matter.per)).any(|per| per > node.cycle)
    };
    // Nor do the months before an amendment reach what those after it do.
    let changes = plan.rules.iter().any(|rule| rule.in_force.is_some())
        || plan.nodes.iter().any(|node| matches!(node.applies, Condition::During(_)));
    changes || plan.rules.iter().any(of_line) || plan.nodes.iter().any(of_node)
}

/// A limit that is a number always holds; one that is computed may not be assessed, and then it does not.
fn is_sure(plan: &Plan, limit: &Expr) -> bool {
    match limit {
        Expr::Number(_) => true,
        // 满分×20%
        Expr::Full(id) => matches!(plan.nodes[id.index()].full, Some(Expr::Number(_))),
        Expr::Multiply(pair) => pair.iter().all(|factor| is_sure(plan, factor)),
        _ => false,
    }
}

fn whole_up_to(count: u32) -> Interval {
    Interval::between(Number::ZERO, Number::whole(count.into()))
}
