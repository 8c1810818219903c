//! One unit: its facts by input and period, and everything already worked out about it.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use crate::calendar::{Cycle, Month, PeriodId};
use crate::eval::ahead::Ahead;
use crate::eval::expr::Value;
use crate::eval::memo::{Marks, Memo, Runs};
use crate::eval::node::NodeScore;
use crate::eval::peers::{Board, Demand};
use crate::eval::plain::Remembered;
use crate::eval::problem::{Problem, ProblemKind};
use crate::eval::program::Program;
use crate::eval::rule::{Draft, RuleScore};
use crate::eval::uses::Seen;
use crate::facts::{Detail, Held, Unit};
use crate::outcome::Tally;
use crate::plan::{Effect, InputId, NodeId, RuleId};
use crate::value::Number;

/// Where an expression is evaluated: in a period, and for a row of a rule where there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub period: PeriodId,
    /// Index into the unit's facts.
    pub row: Option<u32>,
    pub rule: Option<RuleId>,
}

impl At {
    pub fn period(period: PeriodId) -> At {
        At { period, row: None, rule: None }
    }

    /// The same question about another period.
    pub fn moved(self, period: PeriodId) -> At {
        At { period, row: None, ..self }
    }
}

/// An effect that a line had.
#[derive(Clone, Debug)]
pub(super) struct Fired<'a> {
    pub rule: RuleId,
    pub effect: &'a Effect,
    /// The rule's period.
    pub period: PeriodId,
    pub fact: Option<u32>,
    /// The other rows, where the number of all of them struck.
    pub also: Vec<u32>,
}

/// A step of a node that changed something: in words, before and after.
pub(super) type StepTrace = (String, Number, Number);

/// Scores one unit after another; what it learned of the last one is forgotten at the next.
pub(super) struct Scorer<'p, 'a> {
    pub program: &'p Program<'a>,
    pub board: &'p Board,
    pub unit: usize,
    loaded: bool,
    facts: Vec<Held>,
    /// By input × period: from where to where in `facts`.
    ranges: Runs,
    /// By input: whether there are facts.
    present: Marks,
    /// By node × period: whether a row moves it.
    pub touched: Marks,
    /// By input × period: the nodes that its rows move; outlives the unit, for it depends on the plan alone.
    pub touching: Vec<Option<Box<[u32]>>>,
    /// What lines came to that were added up as the facts were read.
    pub ahead: Ahead,
    pub nodes: Memo<NodeScore>,
    pub rules: Memo<RuleScore>,
    pub measures: Memo<Value>,
    pub totals: Memo<Value>,
    /// By period: whether it is left out of longer ones.
    pub left_out: Memo<bool>,
    pub drafts: Vec<Draft>,
    /// By line and quantities: outlives the unit, for it depends on nothing else.
    pub remembered: Vec<Vec<Remembered>>,
    /// The row that is taken as if it spoke of another number of things, and that number.
    pub taken_as: Option<(u32, Number)>,
    /// Lines under a 同一事项 rule: their rows after so many of the scopes.
    pub matters: FxHashMap<(RuleId, u8, PeriodId), Vec<Draft>>,
    /// Tallies before a running step: (node, step, period).
    pub before_step: FxHashMap<(NodeId, u8, PeriodId), Tally>,
    /// Sums of a line before each of its limits.
    pub before_limit: FxHashMap<(RuleId, u8, PeriodId), Number>,
    pub steps: FxHashMap<(NodeId, PeriodId), Vec<StepTrace>>,
    pub fired: Vec<Fired<'a>>,
    /// Lines of a period whose effects are drawn once its points are known, for they may depend on them.
    pub waiting: Vec<(RuleId, PeriodId)>,
    /// What later stages already know about this unit in the requested period.
    pub settled: Option<Settled>,
    pub problems: Vec<Problem>,
    /// A year whose working days were counted and whose holidays nobody knows.
    pub unknown_year: Cell<Option<i32>>,
    /// Whether it is being found out if an item applies.
    pub asks_whom: bool,
    pub demands: Vec<Demand>,
    /// What took effect for any unit, where traced.
    pub seen: Seen,
}

/// Results of the requested period that later stages read without working them out again.
#[derive(Clone)]
pub(super) struct Settled {
    pub period: PeriodId,
    pub total: Value,
    pub vetoed: bool,
    pub demoted: bool,
    pub disqualified: Vec<String>,
    /// By grading.
    pub grades: Vec<Option<String>>,
}

impl<'p, 'a> Scorer<'p, 'a> {
    pub fn new(program: &'p Program<'a>, board: &'p Board) -> Scorer<'p, 'a> {
        let (plan, periods) = (program.plan, program.periods);
        Scorer {
            program,
            board,
            unit: 0,
            loaded: false,
            facts: Vec::new(),
            ranges: Runs::new(plan.inputs.len() * periods),
            present: Marks::new(plan.inputs.len()),
            touched: Marks::new(plan.nodes.len() * periods),
            touching: vec![None; plan.inputs.len() * periods],
            ahead: Ahead::new(program),
            nodes: Memo::new(plan.nodes.len() * periods),
            rules: Memo::new(plan.rules.len() * periods),
            measures: Memo::new(plan.measures.len() * periods),
            totals: Memo::new(periods),
            left_out: Memo::new(periods),
            drafts: Vec::new(),
            remembered: vec![Vec::new(); plan.rules.len()],
            taken_as: None,
            matters: FxHashMap::default(),
            before_step: FxHashMap::default(),
            before_limit: FxHashMap::default(),
            steps: FxHashMap::default(),
            fired: Vec::new(),
            waiting: Vec::new(),
            settled: None,
            problems: Vec::new(),
            unknown_year: Cell::new(None),
            asks_whom: false,
            demands: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Turns to another unit.
    pub fn begin(&mut self, unit: usize) {
        self.unit = unit;
        self.loaded = false;
        self.facts.clear();
        self.ranges.clear();
        self.present.clear();
        self.touched.clear();
        self.ahead.clear();
        self.nodes.clear();
        self.rules.clear();
        self.measures.clear();
        self.totals.clear();
        self.left_out.clear();
        self.drafts.clear();
        self.matters.clear();
        self.before_step.clear();
        self.before_limit.clear();
        self.steps.clear();
        self.fired.clear();
        self.waiting.clear();
        self.settled = None;
    }

    /// Looks a unit up that later stages know already; its facts are read only if they are asked for.
    pub fn resume(&mut self, unit: usize, settled: Settled) {
        self.begin(unit);
        self.totals.set(settled.period.0 as usize, settled.total);
        self.settled = Some(settled);
    }

    pub fn roster(&self) -> &'a Unit {
        &self.program.store.roster[self.unit]
    }

    pub fn slot(&self, index: usize, period: PeriodId) -> usize {
        index * self.program.periods + period.0 as usize
    }

    pub fn complain(&mut self, kind: ProblemKind) {
        self.problems.push(Problem { unit: self.unit as u32, kind });
    }

    // ------------------------------------------------------------ facts

    pub fn fact(&self, index: u32) -> &Held {
        &self.facts[index as usize]
    }

    pub fn detail(&self, index: u32) -> Option<&Detail> {
        self.fact(index).detail()
    }

    /// Reads the unit's facts once.
    pub fn load(&mut self) {
        if self.loaded {
            return;
        }
        self.loaded = true;
        // The run of rows about the same input and period that is being read.
        let mut open: Option<(InputId, PeriodId, u32)> = None;
        self.program.store.unit_facts(self.unit).each(|fact| {
            let (input, period) = (fact.input(), fact.period());
            if open.is_none_or(|(open, about, _)| (open, about) != (input, period)) {
                self.close(open);
                open = Some((input, period, self.facts.len() as u32));
                self.present.set(input.index());
                self.touch(input, period);
            }
            self.facts.push(fact);
        });
        self.close(open);
    }

    fn close(&mut self, open: Option<(InputId, PeriodId, u32)>) {
        if let Some((input, period, begin)) = open {
            let end = self.facts.len() as u32;
            self.ranges.set(self.slot(input.index(), period), begin, end);
            self.note_run(input, period, begin, end);
        }
    }

    /// Whether the node is worth nothing in the period, because nothing is said about it.
    pub fn is_silent(&self, node: NodeId, period: PeriodId) -> bool {
        self.program.nodes[node.index()].quiet && !self.is_touched(node, period)
    }

    /// Whether a row may move the node in the period.
    pub fn is_touched(&self, node: NodeId, period: PeriodId) -> bool {
        self.touched.has(self.slot(node.index(), period))
    }

    pub fn has_rows(&self, input: InputId) -> bool {
        self.present.has(input.index())
    }

    /// The facts of one input about exactly one period.
    pub fn exactly(&self, input: InputId, period: PeriodId) -> std::ops::Range<u32> {
        self.ranges.get(self.slot(input.index(), period))
    }

    /// The facts of one input about anything within the period.
    pub fn within(&self, input: InputId, period: PeriodId) -> Vec<u32> {
        if !self.has_rows(input) {
            return Vec::new();
        }
        let inside = self.program.inside(period).iter();
        inside.flat_map(|inner| self.exactly(input, *inner)).collect()
    }

    /// Whether there are no facts of the input about anything within the period.
    pub fn is_empty(&self, input: InputId, period: PeriodId) -> bool {
        self.program.inside(period).iter().all(|inner| self.exactly(input, *inner).is_empty())
    }

    /// Whether a row counts at all: 认定 is not pending or refused, and something happened.
    pub fn counts(&self, fact: u32) -> bool {
        self.fact(fact).counts()
    }

    // ------------------------------------------------------------ the roster

    pub fn is_on_roster(&self, period: PeriodId) -> bool {
        self.roster().is_there_in(self.program.plan.calendar.period(period))
    }

    /// Whether what the unit has in a period counts in a shorter one: the one with its last month on the roster, which
    /// is the last of all unless the unit leaves before.
    pub fn lands(&self, own: PeriodId, shorter: PeriodId) -> bool {
        let shorter = self.program.plan.calendar.period(shorter);
        self.months_on_roster(own).is_some_and(|(_, last)| (shorter.first..=shorter.last).contains(&last))
    }

    /// The base period in which something of `period` counts.
    pub fn landing(&self, period: PeriodId) -> PeriodId {
        let calendar = &self.program.plan.calendar;
        let month = self.months_on_roster(period).and_then(|(_, last)| calendar.month(last));
        self.program.around(month.unwrap_or(period), self.program.plan.cycle)
    }

    /// The periods of a cycle that count in a base period.
    pub fn landing_in(&self, base: PeriodId, cycle: Cycle) -> Vec<PeriodId> {
        if cycle <= self.program.plan.cycle {
            return self.program.within(base, cycle).collect();
        }
        let own = self.program.around(base, cycle);
        if self.lands(own, base) { vec![own] } else { Vec::new() }
    }

    /// The months in force of a period in which the unit is on the roster: the first and the last.
    pub fn months_on_roster(&self, period: PeriodId) -> Option<(Month, Month)> {
        let (unit, period) = (self.roster(), self.program.plan.calendar.period(period));
        let first = unit.first.map_or(period.first, |first| first.max(period.first));
        let last = unit.last.map_or(period.last, |last| last.min(period.last));
        (first <= last).then_some((first, last))
    }
}
