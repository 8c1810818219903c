//! Plain lines that one input of the month moves: added up run by run of the unit's facts, all at once when the first node
//! asks.
//!
//! Asked line by line and month by month, most lines only find out that nothing happened.
//! What is not as simple as it looked is asked after all: a figure that nobody reported, a number of many digits.

use crate::calendar::{Cycle, PeriodId};
use crate::eval::plain::{Given, Source};
use crate::eval::program::{NodeTable, Program};
use crate::eval::unit::{At, Scorer};
use crate::facts::Small;
use crate::plan::{Basis, InputId, NodeId, RuleId};

/// A line that rows of an input move.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    rule: RuleId,
    /// Which of the nodes that gather ahead adds it.
    gatherer: u16,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The one figure of the month.
    Measure,
    /// Every row.
    Rows,
    /// The weightiest row.
    Once,
}

/// What a node has of its lines in a month.
#[derive(Clone, Copy, Default)]
struct Gathered {
    /// The unit it is of.
    generation: u32,
    /// How many figures were there.
    measures: u32,
    /// In ten-thousandths.
    bonus: i64,
    deduction: i64,
    /// Some row has to be looked at more closely.
    is_spoiled: bool,
}

/// By gathering node and period.
#[derive(Default)]
pub(super) struct Ahead {
    slots: Vec<Gathered>,
    generation: u32,
    /// The runs of facts that move such lines and are not added up yet.
    runs: Vec<(InputId, PeriodId, u32, u32)>,
}

/// Sums beyond this are left to decimals.
const MOST: i64 = i64::MAX / 4;

impl Ahead {
    pub fn new(program: &Program<'_>) -> Ahead {
        Ahead { slots: vec![Gathered::default(); program.gatherers * program.periods], ..Ahead::default() }
    }

    /// Forgets the unit.
    pub fn clear(&mut self) {
        self.runs.clear();
        match self.generation.checked_add(1) {
            Some(next) => self.generation = next,
            None => {
                self.slots.fill(Gathered::default());
                self.generation = 1;
            }
        }
    }

    fn at(&mut self, slot: usize) -> &mut Gathered {
        let generation = self.generation;
        let gathered = &mut self.slots[slot];
        if gathered.generation != generation {
            *gathered = Gathered { generation, ..Gathered::default() };
        }
        gathered
    }
}

impl Gathered {
    fn add(&mut self, scaled: i64) {
        if scaled < 0 {
            self.deduction -= scaled;
        } else {
            self.bonus += scaled;
        }
        self.is_spoiled |= self.bonus.max(self.deduction) > MOST;
    }
}

impl Program<'_> {
    /// Finds the lines that can be added up ahead, and leaves the others to be asked.
    pub fn find_streams(&mut self) {
        self.streams = vec![Vec::new(); self.plan.inputs.len()];
        for index in 0..self.nodes.len() {
            let table = &self.nodes[index];
            if table.transparent || self.node(NodeId(index as u16)).cycle != Cycle::Month {
                continue;
            }
            let gatherer = self.gatherers as u16;
            let stream = |rule: RuleId, kind: Kind| Stream { rule, gatherer, kind };
            let (mut found, mut asked) = (Vec::new(), (Vec::new(), Vec::new()));
            for rule in &table.measures {
                match self.rules[rule.index()].source {
                    Some(Source::Indicators(input, None)) if self.is_simple(*rule) => {
                        found.push((input, stream(*rule, Kind::Measure)));
                    }
                    _ => asked.0.push(*rule),
                }
            }
            let measures = found.len() as u32;
            for (input, rule) in &table.rows {
                let once = matches!(self.rule(*rule).basis, Basis::Once(_));
                match self.rules[rule.index()].source {
                    Some(Source::Row | Source::Constant) if self.is_simple(*rule) => {
                        found.push((*input, stream(*rule, if once { Kind::Once } else { Kind::Rows })));
                    }
                    _ => asked.1.push((*input, *rule)),
                }
            }
            if found.is_empty() {
                continue;
            }
            self.gatherers += 1;
            for (input, stream) in found {
                self.streams[input.index()].push(stream);
            }
            let (measures_asked, rows_asked) = asked;
            self.nodes[index].ahead = Some(GatheredAhead { gatherer, measures, measures_asked, rows_asked });
        }
    }

    /// In force all the time, of months, and nothing hides behind its conditions.
    fn is_simple(&self, id: RuleId) -> bool {
        let rule = self.rule(id);
        let hides = rule.basis != Basis::Period && !self.rules[id.index()].hidden.is_empty();
        rule.in_force.is_none() && rule.cycle == Cycle::Month && !hides
    }
}

/// What a node adds up ahead, and what has to be asked all the same.
pub(super) struct GatheredAhead {
    gatherer: u16,
    /// How many lines by figures it has among them, all of which must be answered.
    measures: u32,
    pub measures_asked: Vec<RuleId>,
    pub rows_asked: Vec<(InputId, RuleId)>,
}

impl<'a> Scorer<'_, 'a> {
    /// Notes a run of facts about one input and period.
    pub fn note_run(&mut self, input: InputId, period: PeriodId, begin: u32, end: u32) {
        if !self.program.streams[input.index()].is_empty() && self.program.cycle(period) == Cycle::Month {
            self.ahead.runs.push((input, period, begin, end));
        }
    }

    /// Adds up what the noted runs come to, once, when a node first asks.
    fn gather_ahead(&mut self) {
        if self.ahead.runs.is_empty() {
            return;
        }
        let program = self.program;
        let mut runs = std::mem::take(&mut self.ahead.runs);
        for (input, period, begin, end) in runs.drain(..) {
            for stream in &program.streams[input.index()] {
                let slot = usize::from(stream.gatherer) * program.periods + usize::from(period.0);
                match stream.kind {
                    Kind::Measure => {
                        if let Some(scaled) = self.scaled_points(stream.rule, begin, At::period(period)) {
                            let gathered = self.ahead.at(slot);
                            gathered.measures += 1;
                            gathered.add(scaled);
                        }
                    }
                    Kind::Rows | Kind::Once => self.gather_rows(*stream, slot, period, begin..end),
                }
            }
        }
        self.ahead.runs = runs;
    }

    fn gather_rows(&mut self, stream: Stream, slot: usize, period: PeriodId, rows: std::ops::Range<u32>) {
        let mut weightiest = 0i64;
        for row in rows {
            if !self.counts(row) {
                continue;
            }
            let at = At { period, row: Some(row), rule: None };
            let Some(scaled) = self.scaled_points(stream.rule, row, at) else {
                self.ahead.at(slot).is_spoiled = true;
                return;
            };
            if stream.kind == Kind::Rows {
                self.ahead.at(slot).add(scaled);
            } else if scaled.abs() > weightiest.abs() {
                weightiest = scaled;
            }
        }
        if weightiest != 0 {
            self.ahead.at(slot).add(weightiest);
        }
    }

    /// The points of a line for the quantity of a row, where both are small and nothing is to be said about it.
    fn scaled_points(&mut self, id: RuleId, row: u32, at: At) -> Option<i64> {
        let quantity = self.fact(row).small()?;
        let (problems, demands) = (self.problems.len(), self.demands.len());
        let at = At { rule: Some(id), ..at };
        let given = self.remembered(id, self.program.rule(id), [quantity, Small::ZERO], at);
        if (self.problems.len(), self.demands.len()) != (problems, demands) {
            // It will be said when the line is asked.
            self.problems.truncate(problems);
            self.demands.truncate(demands);
            return None;
        }
        match given {
            Ok(Given::Scaled(scaled)) => Some(scaled),
            Ok(Given::Points(_) | Given::NotAssessed) | Err(_) => None,
        }
    }

    /// What a node's lines came to ahead in a month: bonus and deduction in ten-thousandths, and whether figures are among
    /// them. `None` where all of them have to be asked.
    pub fn gathered(&mut self, table: &NodeTable, period: PeriodId) -> Option<(i64, i64, bool)> {
        let ahead = table.ahead.as_ref()?;
        self.gather_ahead();
        let slot = usize::from(ahead.gatherer) * self.program.periods + usize::from(period.0);
        let known = self.ahead.slots[slot];
        let known = if known.generation == self.ahead.generation { known } else { Gathered::default() };
        let is_whole = !known.is_spoiled && known.measures == ahead.measures;
        is_whole.then_some((known.bonus, known.deduction, ahead.measures > 0))
    }
}
