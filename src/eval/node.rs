//! Scores a node: its start, its lines and its parts, put together, then its steps.

use crate::calendar::{Cycle, PeriodId};
use crate::eval::memo::Known;
use crate::eval::plain::Gathering;
use crate::eval::problem::{Problem, ProblemKind, Where};
use crate::eval::rule::RuleScore;
use crate::eval::tally::{brought_up, roll_up};
use crate::eval::unit::{At, Scorer};
use crate::outcome::Tally;
use crate::plan::walk::reads_reports;
use crate::plan::{Aggregate, Basis, Combine, Condition, Effect, Expr, Landing, Node, NodeId, RuleId, Step};
use crate::value::{Inexact, Number};

/// A node in a period of its own cycle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NodeScore {
    pub state: State,
    /// Before its steps.
    pub raw: Tally,
    pub tally: Tally,
    /// Whether something stands between the two: without, nobody need compare them.
    pub is_stepped: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    Assessed,
    /// 适用 leaves it out, or nothing in it is assessed.
    NotAssessed,
    /// It does not land in this period: neither here nor there.
    #[default]
    Absent,
}

impl NodeScore {
    /// Nothing happened, and that is known.
    const SILENT: NodeScore = NodeScore::nothing(State::Assessed);
    const NOT_ASSESSED: NodeScore = NodeScore::nothing(State::NotAssessed);
    const ABSENT: NodeScore = NodeScore::nothing(State::Absent);

    const fn nothing(state: State) -> NodeScore {
        NodeScore { state, raw: Tally::NOTHING, tally: Tally::NOTHING, is_stepped: false }
    }
}

/// How many parts were assessed and how many were not.
#[derive(Default)]
pub(super) struct Parts {
    assessed: bool,
    not_assessed: bool,
}

impl Parts {
    pub fn note(&mut self, state: State) {
        match state {
            State::Assessed => self.assessed = true,
            State::NotAssessed => self.not_assessed = true,
            State::Absent => {}
        }
    }

    fn state(&self) -> State {
        if self.not_assessed && !self.assessed { State::NotAssessed } else { State::Assessed }
    }
}

impl<'a> Scorer<'_, 'a> {
    /// A node in a period of its own cycle. Mistakes are told and leave it not assessed.
    pub fn node(&mut self, id: NodeId, period: PeriodId) -> &NodeScore {
        self.load();
        let slot = self.slot(id.index(), period);
        let place = match self.nodes.ask_place(slot) {
            Known::Done(place) => place,
            Known::Busy => {
                self.complain(ProblemKind::Circular(self.program.node(id).title.clone()));
                return &NodeScore::NOT_ASSESSED;
            }
            Known::New => {
                let score = self.score_node(id, self.program.node(id), period).unwrap_or_else(|fault| {
                    self.problems.push(Problem::arithmetic(self.unit, Where::Node(id), period, fault));
                    NodeScore::NOT_ASSESSED
                });
                self.nodes.set(slot, score)
            }
        };
        self.nodes.at(place)
    }

    fn score_node(&mut self, id: NodeId, node: &'a Node, period: PeriodId) -> Result<NodeScore, Inexact> {
        let at = At::period(period);
        let nothing = NodeScore::NOT_ASSESSED;
        if !self.is_on_roster(period) || (node.applies != Condition::Always && !self.holds(&node.applies, at)?) {
            return Ok(nothing);
        }
        let start = match &node.start {
            Expr::Number(start) => *start,
            start => match self.number(start, at)? {
                Some(start) => start,
                None => return Ok(nothing),
            },
        };
        let mut sum = Gathering::new(start);
        let mut parts = Parts::default();
        match &node.combine {
            Combine::Sum => {
                self.add_rules(id, period, &mut sum, &mut parts)?;
                self.add_children(id, period, &mut sum, &mut parts)?;
            }
            Combine::Mean => {
                self.add_rules(id, period, &mut sum, &mut parts)?;
                let tallies = self.assessed_parts(node, period, &mut parts)?;
                if let Some(mean) = roll_up(Aggregate::Mean, &tallies)? {
                    sum.tally.add(&mean)?;
                }
            }
            Combine::Weighted { renormalize } => {
                self.add_rules(id, period, &mut sum, &mut parts)?;
                self.add_weighted(node, period, *renormalize, &mut sum.tally, &mut parts)?;
            }
            Combine::Best { .. } => self.add_best(id, node, period, &mut sum.tally, &mut parts)?,
        }
        sum.settle()?;
        let mut tally = sum.tally;
        if parts.state() == State::NotAssessed && !self.is_settled(node, at)? {
            return Ok(nothing);
        }
        let raw = tally;
        let (mut state, mut is_stepped) = (State::Assessed, false);
        for (index, step) in node.steps.iter().enumerate() {
            if !self.program.traced
                && let Some(is_cut) = simple_step(step, node, &mut tally)
            {
                is_stepped |= is_cut;
                continue;
            }
            is_stepped = true;
            if !self.step(id, index as u8, step, period, &mut tally)? {
                state = State::NotAssessed;
            }
        }
        if state == State::NotAssessed {
            return Ok(nothing);
        }
        if self.is_zeroed(id, period)? {
            is_stepped = true;
            self.trace_step(id, period, || "本项计零".to_owned(), tally.points()?, Number::ZERO);
            tally = Tally::NOTHING;
        }
        Ok(NodeScore { state, raw, tally, is_stepped })
    }

    /// 当 调解件数为0，本项计4分, where the rate of none is not assessed: what was reported says what the item is worth.
    fn is_settled(&mut self, node: &'a Node, at: At) -> Result<bool, Inexact> {
        for step in &node.steps {
            if let Step::Set { when, .. } = step
                && reads_reports(when)
                && self.is_known(when, at)?
                && self.holds(when, at)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether all that a condition compares is assessed, or whether it is what the condition asks.
    fn is_known(&mut self, condition: &'a Condition, at: At) -> Result<bool, Inexact> {
        Ok(match condition {
            Condition::Compare(left, _, right) => {
                self.eval(left, at)?.is_assessed() && self.eval(right, at)?.is_assessed()
            }
            Condition::Is(expr, _) => self.eval(expr, at)?.is_assessed(),
            // 当 提前办结率未报，本项计25分: that nothing is known of it is what the line asks.
            Condition::IsAssessed(_) => true,
            Condition::Not(inner) => self.is_known(inner, at)?,
            Condition::All(list) | Condition::Any(list) => {
                for inner in list {
                    if !self.is_known(inner, at)? {
                        return Ok(false);
                    }
                }
                true
            }
            _ => false,
        })
    }

    /// Parts that simply add up.
    fn add_children(
        &mut self,
        id: NodeId,
        period: PeriodId,
        sum: &mut Gathering,
        parts: &mut Parts,
    ) -> Result<(), Inexact> {
        let program = self.program;
        for child in &program.nodes[id.index()].parts {
            if program.node(*child).cycle == program.cycle(period) && self.is_silent(*child, period) {
                parts.assessed = true;
                continue;
            }
            let part = self.part(*child, period)?;
            parts.note(part.state);
            sum.tally.add(&part.tally)?;
        }
        Ok(())
    }

    /// The node's own lines, and those of transparent nodes below it.
    fn add_rules(
        &mut self,
        id: NodeId,
        period: PeriodId,
        sum: &mut Gathering,
        parts: &mut Parts,
    ) -> Result<(), Inexact> {
        let program = self.program;
        let table = &program.nodes[id.index()];
        let happened = self.is_touched(id, period);
        let events_count = !table.mixed || happened;
        parts.assessed |= table.has_more || table.wakened.iter().any(|node| self.is_touched(*node, period));
        let (mut measures, mut rows) = (&table.measures, &table.rows);
        if let (Some(ahead), Some((bonus, deduction, is_measured))) = (&table.ahead, self.gathered(table, period)) {
            sum.add_scaled(bonus, deduction)?;
            parts.assessed |= is_measured;
            (measures, rows) = (&ahead.measures_asked, &ahead.rows_asked);
        }
        for rule in measures {
            let state = if self.add_plain(*rule, period, sum) { State::Assessed } else { State::NotAssessed };
            parts.note(state);
        }
        // Without a row in the period the node is not touched, and there is nothing to look for.
        if happened {
            let is_month = program.cycle(period) == Cycle::Month;
            for (input, rule) in rows {
                if self.has_rows(*input) && !(is_month && self.exactly(*input, period).is_empty()) {
                    self.add_plain(*rule, period, sum);
                }
            }
        }
        for rule in &table.others {
            let says = events_count || program.rule(*rule).basis == Basis::Period;
            self.each_score(*rule, period, |score| {
                match (score.assessed, says) {
                    (true, true) => parts.note(State::Assessed),
                    (true, false) => {}
                    (false, _) => parts.note(State::NotAssessed),
                }
                sum.tally.add(&Tally { base: Number::ZERO, bonus: score.bonus, deduction: score.deduction })
            })?;
        }
        Ok(())
    }

    /// A line's scores that count in a period of its node.
    pub fn each_score(
        &mut self,
        id: RuleId,
        period: PeriodId,
        mut see: impl FnMut(RuleScore) -> Result<(), Inexact>,
    ) -> Result<(), Inexact> {
        let program = self.program;
        let rule = program.rule(id);
        let is_moved_by = |input| self.has_rows(input);
        match rule.basis {
            // The usual case, and it must cost nothing: no row, no points.
            Basis::Row(input) | Basis::Once(input) if !is_moved_by(input) => {
                return see(RuleScore { assessed: true, ..RuleScore::default() });
            }
            Basis::Row(_) | Basis::Once(_) | Basis::Period => {}
        }
        if rule.cycle == program.cycle(period) {
            return see(self.rule(id, period));
        }
        for own in self.rule_periods(id, period) {
            see(self.rule(id, own))?;
        }
        Ok(())
    }

    /// The periods of a line's own cycle that count in a period of its node.
    pub fn rule_periods(&mut self, id: RuleId, period: PeriodId) -> Vec<PeriodId> {
        let program = self.program;
        let cycle = program.rule(id).cycle;
        let around = program.around(period, cycle);
        match cycle.cmp(&program.cycle(period)) {
            std::cmp::Ordering::Equal => vec![period],
            std::cmp::Ordering::Greater if self.lands(around, period) => vec![around],
            std::cmp::Ordering::Greater => Vec::new(),
            std::cmp::Ordering::Less => self.sub_periods(period, cycle),
        }
    }

    /// The periods of a node's own cycle that count in a period of its parent.
    pub fn part_periods(&mut self, id: NodeId, period: PeriodId) -> Vec<PeriodId> {
        let program = self.program;
        let node = program.node(id);
        let around = program.around(period, node.cycle);
        match node.cycle.cmp(&program.cycle(period)) {
            std::cmp::Ordering::Equal => vec![period],
            std::cmp::Ordering::Greater if node.landing != Landing::YearEnd && self.lands(around, period) => {
                vec![around]
            }
            std::cmp::Ordering::Greater => Vec::new(),
            std::cmp::Ordering::Less => self.sub_periods(period, node.cycle),
        }
    }

    /// What a child brings to a period of its parent.
    pub fn part(&mut self, id: NodeId, period: PeriodId) -> Result<&NodeScore, Inexact> {
        let program = self.program;
        let node = program.node(id);
        if node.cycle == program.cycle(period) {
            if self.is_silent(id, period) && self.is_on_roster(period) {
                return Ok(&NodeScore::SILENT);
            }
            return Ok(self.node(id, period));
        }
        let periods = self.part_periods(id, period);
        if node.cycle > program.cycle(period) {
            return Ok(match periods.first() {
                Some(own) => self.node(id, *own),
                None => &NodeScore::ABSENT,
            });
        }
        let (mut raw, mut tallies, mut parts) = (Vec::new(), Vec::new(), Parts::default());
        let mut is_stepped = false;
        for own in periods {
            let score = self.node(id, own);
            parts.note(score.state);
            is_stepped |= score.is_stepped;
            if score.state == State::Assessed {
                raw.push(score.raw);
                tallies.push(score.tally);
            }
        }
        let (raw, tally) = (roll_up(node.landing.aggregate(), &raw)?, brought_up(node, &tallies)?);
        let score = match (raw, tally) {
            (Some(raw), Some(tally)) => NodeScore { state: State::Assessed, raw, tally, is_stepped },
            _ => NodeScore::nothing(parts.state_of_none()),
        };
        let place = self.nodes.keep(score);
        Ok(self.nodes.at(place))
    }

    fn assessed_parts(&mut self, node: &'a Node, period: PeriodId, parts: &mut Parts) -> Result<Vec<Tally>, Inexact> {
        let mut tallies = Vec::with_capacity(node.children.len());
        for child in &node.children {
            let part = self.part(*child, period)?;
            parts.note(part.state);
            if part.state == State::Assessed {
                tallies.push(part.tally);
            }
        }
        Ok(tallies)
    }

    fn add_weighted(
        &mut self,
        node: &'a Node,
        period: PeriodId,
        renormalize: bool,
        tally: &mut Tally,
        parts: &mut Parts,
    ) -> Result<(), Inexact> {
        let (mut all, mut present, mut weighted) = (Number::ZERO, Number::ZERO, Vec::new());
        for child in &node.children {
            let weight = match &self.program.node(*child).weight {
                Some(weight) => self.number(weight, At::period(period))?.unwrap_or_default(),
                None => Number::ONE,
            };
            let part = self.part(*child, period)?;
            parts.note(part.state);
            all = all.plus(weight)?;
            if part.state == State::Assessed {
                present = present.plus(weight)?;
                weighted.push((weight, part.tally));
            }
        }
        for (weight, part) in weighted {
            let weight = match renormalize && present != all {
                true => weight.times(all)?.divided_by(present)?,
                false => weight,
            };
            tally.add(&part.scaled(weight)?)?;
        }
        Ok(())
    }

    /// Whether a line puts the node to zero in this period.
    fn is_zeroed(&mut self, id: NodeId, period: PeriodId) -> Result<bool, Inexact> {
        let program = self.program;
        for rule in &program.nodes[id.index()].zeroed_by {
            if let Basis::Row(input) | Basis::Once(input) = program.rule(*rule).basis
                && !self.has_rows(input)
            {
                continue;
            }
            for own in self.rule_periods(*rule, period) {
                if !self.applies_here(program.rule(*rule).node, own)? {
                    continue;
                }
                self.rule(*rule, own);
                let zeroes = |effect: &Effect| *effect == Effect::ZeroNode(id);
                if self.fired.iter().any(|fired| fired.rule == *rule && fired.period == own && zeroes(fired.effect)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

impl Parts {
    /// Of nothing to aggregate: not assessed where something was refused, else simply not there.
    fn state_of_none(&self) -> State {
        if self.not_assessed { State::NotAssessed } else { State::Absent }
    }
}

/// The usual step, a fixed cap within the node's own cycle, without ado, and whether it cut anything; `None` for any other.
fn simple_step(step: &Step, node: &Node, tally: &mut Tally) -> Option<bool> {
    let Step::CapDeduction { most: Expr::Number(most), per } = step else { return None };
    if *per != node.cycle {
        return None;
    }
    let is_cut = tally.deduction > *most;
    if is_cut {
        tally.deduction = *most;
    }
    Some(is_cut)
}
