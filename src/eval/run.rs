//! Asks every unit the same question, on several threads, until all cohort values that it needs are known.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::diagnostic::{Finding, Findings, Place};
use crate::eval::Missing;
use crate::eval::cohort::{RankKey, rank};
use crate::eval::expr::Value;
use crate::eval::peers::{Board, Column, Demand, column};
use crate::eval::problem::{Problem, ProblemKind, Where};
use crate::eval::program::Program;
use crate::eval::rank_and_grade;
use crate::eval::unit::{At, Scorer};
use crate::eval::unreported;
use crate::eval::uses::Seen;
use crate::outcome::Use;

/// More problems than this are not listed: nobody reads them, and they must not exhaust memory.
const MOST_PROBLEMS: usize = 10_000;
/// Below so many units × periods threads cost more than they save.
const SMALL: usize = 2_000;
/// Each thread takes about so many parts of the units, one after another: none waits long for one that was held up.
const PARTS: usize = 32;
/// Enough for a chain of values that reaches back through every month of 50 years.
const DEEP_STACK: usize = 256 << 20;
const USUAL_STACK: usize = 8 << 20;

/// One evaluation: what is known so far, and what went wrong.
pub(super) struct Run<'a> {
    pub program: Program<'a>,
    pub board: Board,
    threads: usize,
    problems: Vec<Problem>,
    has_more: bool,
    seen: Seen,
}

/// What came up while units were asked.
#[derive(Default)]
pub(super) struct Told {
    problems: Vec<Problem>,
    has_more: bool,
    demands: BTreeSet<Demand>,
    seen: Seen,
}

/// What one unit says to a demand.
enum Answer {
    Value(Value),
    Key(Option<RankKey>),
}

/// The units that no thread has taken yet.
pub(super) struct Queue {
    next: AtomicUsize,
    units: usize,
    at_once: usize,
}

impl Queue {
    pub fn new(units: usize, at_once: usize) -> Queue {
        Queue { next: AtomicUsize::new(0), units, at_once: at_once.max(1) }
    }

    /// Some of them; `None` where all are taken.
    pub fn take(&self) -> Option<Range<usize>> {
        let first = self.next.fetch_add(self.at_once, Ordering::Relaxed);
        (first < self.units).then(|| first..self.units.min(first + self.at_once))
    }
}

/// What a thread made of some of the units, with the first of them.
pub(super) type Parts<P> = Vec<(usize, P)>;

/// Cohort values being worked out, and whether each is the only one asked for at that point.
pub(super) type Active = BTreeMap<Demand, Asked>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Together,
    Alone,
}

impl<'a> Run<'a> {
    pub fn new(program: Program<'a>, threads: usize) -> Run<'a> {
        Run {
            program,
            board: Board::default(),
            threads: threads.max(1),
            problems: Vec::new(),
            has_more: false,
            seen: Seen::default(),
        }
    }

    /// What took effect for any unit, where traced.
    pub fn uses(&self) -> BTreeSet<Use> {
        self.seen.uses(self.program.plan)
    }

    /// The answers of all units, in roster order.
    pub fn survey<T: Send>(&mut self, ask: &(dyn Fn(&mut Scorer<'_, 'a>, usize) -> T + Sync)) -> Vec<T> {
        self.survey_within(ask, &mut BTreeMap::new())
    }

    pub fn survey_within<T: Send>(
        &mut self,
        ask: &(dyn Fn(&mut Scorer<'_, 'a>, usize) -> T + Sync),
        active: &mut Active,
    ) -> Vec<T> {
        let units = self.program.store.roster.len();
        // The first unit usually shows which cohort values are needed, before all are asked.
        let mut probing = self.program.reads_cohorts && units > 1;
        loop {
            let (answers, told) = self.all(if probing { 1 } else { units }, ask);
            if !self.is_met(told, probing, active) {
                continue;
            }
            if !probing {
                return answers;
            }
            probing = false;
        }
    }

    /// Whether all cohort values were known; else they are now. What only probes is asked again, with what it tells.
    pub fn is_met(&mut self, told: Told, probing: bool, active: &mut Active) -> bool {
        self.seen.append(told.seen);
        if !told.demands.is_empty() {
            self.fill(told.demands, active);
            return false;
        }
        if !probing {
            self.tell(told.problems);
            self.has_more |= told.has_more;
        }
        true
    }

    /// Works out cohort values; what they need in turn comes first.
    fn fill(&mut self, demands: BTreeSet<Demand>, active: &mut Active) {
        let mut wanted: Vec<Demand> = Vec::new();
        for demand in demands {
            if self.board.has(&demand) {
                continue;
            }
            match active.get(&demand) {
                // Grades come with the whole stage of their period.
                None if matches!(demand, Demand::Grading(..)) => self.settle_grades(demand, active),
                None => wanted.push(demand),
                // One of the values asked together needs another of them: that one goes first, by itself.
                Some(Asked::Together) => self.ask(vec![demand], active),
                Some(Asked::Alone) => self.break_circle(demand),
            }
        }
        if !wanted.is_empty() {
            self.ask(wanted, active);
        }
    }

    /// Scores, ranks and grades a period whose grades another stage reads.
    fn settle_grades(&mut self, demand: Demand, active: &mut Active) {
        let Demand::Grading(_, period) = demand else { return };
        let cycle = self.program.cycle(period);
        let rankings = self.program.rankings_of(cycle);
        let demands: Vec<Demand> =
            self.program.gradings_of(cycle).into_iter().map(|grading| Demand::Grading(grading, period)).collect();
        active.extend(demands.iter().map(|demand| (*demand, Asked::Alone)));
        let ids = rankings.clone();
        let mut units = self.survey_within(&move |scorer, unit| scorer.outcome(unit, period, &ids), active);
        let (_, grades) = rank_and_grade(self, period, &rankings, &mut units, active);
        for demand in demands {
            active.remove(&demand);
            if let (Demand::Grading(grading, _), false) = (demand, self.board.has(&demand)) {
                let of_all = grades.iter().map(|known| known[usize::from(grading)].clone()).collect();
                self.board.put_grades(grading, period, of_all);
            }
        }
    }

    fn ask(&mut self, wanted: Vec<Demand>, active: &mut Active) {
        let how = if wanted.len() == 1 { Asked::Alone } else { Asked::Together };
        active.extend(wanted.iter().map(|demand| (*demand, how)));
        let questions = wanted.clone();
        let answers = self.survey_within(
            &move |scorer, unit| {
                scorer.begin(unit);
                questions.iter().map(|demand| scorer.answer(*demand)).collect::<Vec<Answer>>()
            },
            active,
        );
        let mut columns: Vec<Vec<Answer>> = wanted.iter().map(|_| Vec::with_capacity(answers.len())).collect();
        for answer in answers {
            for (column, answer) in columns.iter_mut().zip(answer) {
                column.push(answer);
            }
        }
        for (demand, answers) in wanted.into_iter().zip(columns) {
            active.remove(&demand);
            // A circle that was cut keeps its empty answer.
            if !self.board.has(&demand) {
                self.settle(demand, answers);
            }
        }
    }

    fn settle(&mut self, demand: Demand, answers: Vec<Answer>) {
        match demand {
            Demand::Peer(id, period) => {
                let values: Vec<Value> = answers
                    .into_iter()
                    .map(|answer| match answer {
                        Answer::Value(value) => value,
                        Answer::Key(_) => Value::NotAssessed,
                    })
                    .collect();
                let peer = &self.program.plan.peers[id.index()];
                let column = column(&self.program, peer, &values).unwrap_or_else(|fault| {
                    self.tell(vec![Problem::arithmetic(usize::MAX, Where::Peer(id.0), period, fault)]);
                    Column::All(None)
                });
                self.board.put_peer(id, period, column);
            }
            Demand::Ranking(id, period) => {
                let keys: Vec<Option<RankKey>> = answers
                    .into_iter()
                    .map(|answer| match answer {
                        Answer::Key(key) => key,
                        Answer::Value(_) => None,
                    })
                    .collect();
                let keys: Vec<Option<&RankKey>> = keys.iter().map(Option::as_ref).collect();
                let ranks = rank(&self.program, &self.program.plan.rankings[id.index()], &keys);
                self.board.put_ranks(id, period, ranks.into_iter().map(|rank| rank.rank).collect());
            }
            // Whole stages are settled by themselves.
            Demand::Grading(..) => {}
        }
    }

    /// `check` lets no value depend on itself; should one come, nobody has it.
    fn break_circle(&mut self, demand: Demand) {
        let units = self.program.store.roster.len();
        let name = match demand {
            Demand::Peer(id, period) => {
                self.board.put_peer(id, period, Column::All(None));
                self.program.plan.peers[id.index()].name.clone()
            }
            Demand::Ranking(id, period) => {
                self.board.put_ranks(id, period, vec![None; units]);
                format!("{}排名", self.program.plan.rankings[id.index()].name)
            }
            Demand::Grading(id, period) => {
                self.board.put_grades(id, period, vec![None; units]);
                self.program.plan.gradings[usize::from(id)].name.clone()
            }
        };
        self.tell(vec![Problem { unit: u32::MAX, kind: ProblemKind::Circular(name) }]);
    }

    fn all<T: Send>(&self, units: usize, ask: &(dyn Fn(&mut Scorer<'_, 'a>, usize) -> T + Sync)) -> (Vec<T>, Told) {
        let mut all = (Vec::with_capacity(units), Told::default());
        for (answers, told) in self.shared_out(units, &|queue| self.answers(queue, ask)) {
            all.0.extend(answers);
            all.1.append(told);
        }
        all
    }

    /// Work over the first so many units on several threads, each of which takes parts of them; in roster order.
    pub fn shared_out<P: Send>(&self, units: usize, work: &(dyn Fn(&Queue) -> Parts<P> + Sync)) -> Vec<P> {
        let is_small = units * self.program.periods < SMALL;
        let is_deep = self.program.reaches_back && self.program.periods > 40;
        let threads = if is_small { 1 } else { self.threads.min(units.max(1)) };
        if threads == 1 && !is_deep {
            return work(&Queue::new(units, units)).into_iter().map(|(_, part)| part).collect();
        }
        let stack = if is_deep { DEEP_STACK } else { USUAL_STACK };
        let queue = &Queue::new(units, units.div_ceil(threads * PARTS));
        let mut parts: Parts<P> = thread::scope(|scope| {
            let start = || thread::Builder::new().stack_size(stack).spawn_scoped(scope, move || work(queue));
            let started: Vec<_> = (0..threads).map(|_| start()).collect();
            let done = started.into_iter().flat_map(|handle| match handle {
                Ok(handle) => handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // Where no thread is to be had this one does the work.
                Err(_) => work(queue),
            });
            done.collect()
        });
        parts.sort_by_key(|(first, _)| *first);
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// The answers of units from a queue, part by part.
    fn answers<T>(
        &self,
        queue: &Queue,
        ask: &(dyn Fn(&mut Scorer<'_, 'a>, usize) -> T + Sync),
    ) -> Parts<(Vec<T>, Told)> {
        let mut scorer = Scorer::new(&self.program, &self.board);
        let mut parts = Vec::new();
        while let Some(units) = queue.take() {
            let (mut answers, mut told) = (Vec::with_capacity(units.len()), Told::default());
            let first = units.start;
            for unit in units {
                answers.push(ask(&mut scorer, unit));
                told.hear(&mut scorer, unit);
            }
            parts.push((first, (answers, told.with(&mut scorer))));
        }
        parts
    }

    fn tell(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
    }

    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    pub fn lacks_reports_only(&self) -> bool {
        self.problems.iter().all(Problem::is_about_reporting)
    }

    /// Forgets all but indicators that certainly nobody reported.
    pub fn keep_unreported(&mut self) {
        let store = self.program.store;
        self.problems.retain(|problem| match problem.kind {
            ProblemKind::Missing(input, month) => !store.may_be_reported(problem.unit as usize, input, month),
            _ => false,
        });
    }

    /// What was asked for and not reported, in order of units, inputs and months.
    pub fn missing(mut self) -> Vec<Missing> {
        self.problems.sort();
        self.problems.dedup();
        let missing = self.problems.iter().filter_map(|problem| match problem.kind {
            ProblemKind::Missing(input, period)
            | ProblemKind::MissingParameter(input, period)
            | ProblemKind::NoBallots(input, _, period) => Some(Missing { unit: problem.unit as usize, input, period }),
            _ => None,
        });
        missing.collect()
    }

    /// What went wrong, in order of units, inputs and months.
    pub fn findings(&mut self) -> Findings {
        self.problems.sort();
        self.problems.dedup();
        let mut findings = Findings::default();
        unreported::of_most_units(&self.program, &mut self.problems, self.has_more, &mut findings);
        self.has_more |= self.problems.len() > MOST_PROBLEMS;
        self.problems.truncate(MOST_PROBLEMS);
        for problems in self.problems.chunk_by(|left, right| unreported::go_together(&self.program, left, right)) {
            findings.push(unreported::finding(&self.program, problems));
        }
        if self.has_more {
            let message = format!("同类问题太多，只列出前{MOST_PROBLEMS}处");
            findings.push(Finding::error("too-many-findings", Place::default(), message));
        }
        findings
    }
}

impl Told {
    /// What came up with one unit.
    pub fn hear(&mut self, scorer: &mut Scorer<'_, '_>, unit: usize) {
        self.demands.extend(scorer.demands.drain(..));
        if let Some(year) = scorer.unknown_year.take() {
            scorer.problems.push(Problem { unit: unit as u32, kind: ProblemKind::UnknownHolidays(year) });
        }
        if !scorer.problems.is_empty() {
            scorer.problems.sort();
            scorer.problems.dedup();
            self.keep(std::mem::take(&mut scorer.problems));
        }
    }

    /// With what took effect since the part before.
    pub fn with(self, scorer: &mut Scorer<'_, '_>) -> Told {
        Told { seen: std::mem::take(&mut scorer.seen), ..self }
    }

    /// What came up with the units after these.
    pub fn append(&mut self, other: Told) {
        self.demands.extend(other.demands);
        self.has_more |= other.has_more;
        self.seen.append(other.seen);
        self.keep(other.problems);
    }

    /// The first ones in roster order are kept, whatever the number of threads.
    fn keep(&mut self, problems: Vec<Problem>) {
        let room = MOST_PROBLEMS - self.problems.len();
        self.has_more |= problems.len() > room;
        self.problems.extend(problems.into_iter().take(room));
    }
}

impl Scorer<'_, '_> {
    fn answer(&mut self, demand: Demand) -> Answer {
        match demand {
            Demand::Peer(id, period) => {
                let known = self.problems.len();
                let peer = &self.program.plan.peers[id.index()];
                if !self.takes_part(period) {
                    // What an outsider did not report is missed by nobody.
                    self.problems.truncate(known);
                    return Answer::Value(Value::NotAssessed);
                }
                let value = self.eval(&peer.expr, At::period(period)).unwrap_or_else(|fault| {
                    self.problems.push(Problem::arithmetic(self.unit, Where::Peer(id.0), period, fault));
                    Value::NotAssessed
                });
                Answer::Value(value)
            }
            Demand::Ranking(id, period) => Answer::Key(self.rank_key(id, period)),
            Demand::Grading(..) => Answer::Key(None),
        }
    }
}
