//! What chosen lines and nodes come to in each base period, noted while a unit is scored: for those who share a
//! difference between two rulebooks without a trace of everything.

use crate::calendar::PeriodId;
use crate::eval::Program;
use crate::eval::node::State;
use crate::eval::plain::Gathering;
use crate::eval::problem::{Problem, Where};
use crate::eval::unit::Scorer;
use crate::outcome::Tally;
use crate::plan::{Condition, Expr, NodeId, RuleId};
use crate::value::{Inexact, Number};

/// The lines and nodes to look at.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// Lines.
    pub rules: Vec<RuleId>,
    /// Nodes.
    pub nodes: Vec<NodeId>,
}

/// What they come to for one unit, by the base period they land in; what is nothing is left out.
#[derive(Clone, Debug, Default)]
pub struct Glimpse {
    /// What lines give.
    pub rules: Vec<(RuleId, PeriodId, Tally)>,
    /// Before the node's steps, and its points after them.
    pub nodes: Vec<(NodeId, PeriodId, Tally, Number)>,
}

impl Glimpse {
    fn clear(&mut self) {
        self.rules.clear();
        self.nodes.clear();
    }
}

/// A line to look at, and what decides how that is done.
pub(super) struct Line {
    id: RuleId,
    /// Nodes around it that may leave units out.
    gates: Vec<NodeId>,
    /// Whether it is summed up without drafts.
    is_plain: bool,
}

impl Line {
    pub fn of(id: RuleId, program: &Program<'_>) -> Line {
        let rule = program.rule(id);
        let around = std::iter::successors(Some(rule.node), |node| program.node(*node).parent);
        let may_leave_out = |id: &NodeId| {
            let node = program.node(*id);
            node.applies != Condition::Always || !matches!(node.start, Expr::Number(_))
        };
        let is_plain = program.rules[id.index()].is_plain && rule.cycle == program.plan.cycle;
        Line { id, gates: around.filter(may_leave_out).collect(), is_plain }
    }
}

impl Scorer<'_, '_> {
    /// Looks at the unit that was just scored.
    pub fn glimpse(&mut self, period: PeriodId, lines: &[Line], nodes: &[NodeId], glimpse: &mut Glimpse) {
        glimpse.clear();
        if let Err(fault) = self.try_glimpse(period, lines, nodes, glimpse) {
            self.problems.push(Problem::arithmetic(self.unit, Where::Total, period, fault));
            glimpse.clear();
        }
    }

    fn try_glimpse(
        &mut self,
        period: PeriodId,
        lines: &[Line],
        nodes: &[NodeId],
        glimpse: &mut Glimpse,
    ) -> Result<(), Inexact> {
        let program = self.program;
        let bases = match program.cycle(period) == program.plan.cycle {
            true => vec![period],
            false => program.scored(period).into_iter().filter(|base| !self.is_left_out(*base)).collect(),
        };
        for base in bases.into_iter().filter(|base| self.is_on_roster(*base)).collect::<Vec<_>>() {
            for line in lines {
                let tally = self.brought(line, base)?;
                if !tally.bonus.is_zero() || !tally.deduction.is_zero() {
                    glimpse.rules.push((line.id, base, tally));
                }
            }
            for id in nodes {
                let score = match id.index() {
                    0 => *self.node(*id, base),
                    _ => *self.part(*id, base)?,
                };
                let points = score.tally.points()?;
                if !points.is_zero() || !score.raw.points()?.is_zero() || !score.raw.deduction.is_zero() {
                    glimpse.nodes.push((*id, base, score.raw, points));
                }
            }
        }
        Ok(())
    }

    /// What a line brings to a base period.
    fn brought(&mut self, line: &Line, base: PeriodId) -> Result<Tally, Inexact> {
        let mut sum = Gathering::new(Number::ZERO);
        if line.is_plain {
            if self.counts_there(line, base) {
                self.add_plain(line.id, base, &mut sum);
            }
            sum.settle()?;
            return Ok(sum.tally);
        }
        for own in self.landing_in(base, self.program.rule(line.id).cycle) {
            if self.counts_there(line, own) {
                let score = self.rule(line.id, own);
                sum.tally.add(&Tally { base: Number::ZERO, bonus: score.bonus, deduction: score.deduction })?;
            }
        }
        Ok(sum.tally)
    }

    /// Whether all around a line is about the unit.
    fn counts_there(&mut self, line: &Line, own: PeriodId) -> bool {
        line.gates.iter().all(|id| {
            let period = self.program.around(own, self.program.node(*id).cycle);
            self.node(*id, period).state == State::Assessed
        })
    }
}
