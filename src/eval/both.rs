//! Two rulebooks over the same units at once: what a unit comes to under both is looked at while it is known, so that
//! nothing of it has to be kept.

use crate::diagnostic::Findings;
use crate::eval::closing::Closing;
use crate::eval::glimpse::{Glimpse, Line, Watch};
use crate::eval::program::Program;
use crate::eval::run::{Active, Parts, Queue, Run, Told};
use crate::eval::score::Scored;
use crate::eval::unit::Scorer;
use crate::eval::{Request, conclude, has_roll_up};
use crate::outcome::{Outcome, UnitOutcome};
use crate::plan::RankingId;

/// What a unit comes to under one book, and what was looked at on the way.
pub struct Sight<'s> {
    /// Its own results, before units are put side by side.
    pub outcome: &'s UnitOutcome,
    /// The lines and nodes looked at.
    pub glimpse: &'s Glimpse,
}

/// A period under two books.
pub struct Both<'a, T> {
    /// Without a trace.
    pub outcomes: [Outcome; 2],
    /// The last stage of each, to be done again with other totals.
    pub closings: [Closing<'a>; 2],
    /// What was made of each unit, in roster order.
    pub taken: Vec<T>,
}

/// One of the books, ready to score units.
struct Side<'s, 'a> {
    request: &'s Request<'a>,
    watch: &'s Watch,
    lines: Vec<Line>,
    run: Run<'a>,
    rankings: Vec<RankingId>,
}

/// Units of one book, one after another.
struct Scoring<'s, 'a> {
    side: &'s Side<'s, 'a>,
    scorer: Scorer<'s, 'a>,
    glimpse: Glimpse,
    scored: Vec<Scored<'a>>,
    told: Told,
}

/// Evaluates a period by two books and makes something of what each unit comes to under them. Where that cannot be, what
/// is wrong with the first book or else with the second; of what is only odd, that of the first is told.
/// INVARIANT: both stores are of one roster, in one order.
pub fn evaluate_both<'a, T: Send>(
    requests: [&Request<'a>; 2],
    watches: [&Watch; 2],
    take: &(dyn Fn([Sight<'_>; 2]) -> T + Sync),
) -> Result<(Both<'a, T>, Findings), Findings> {
    for request in requests {
        has_roll_up(request)?;
    }
    let mut sides = [0, 1].map(|at| Side::new(requests[at], watches[at]));
    let (taken, [old, new]) = survey(&mut sides, take);
    let [before, after] = sides;
    let (old, findings) = before.conclude(old);
    let Some((old, closing)) = old else { return Err(findings) };
    let (new, wrong) = after.conclude(new);
    let Some((new, closing_anew)) = new else { return Err(wrong) };
    Ok((Both { outcomes: [old, new], closings: [closing, closing_anew], taken }, findings))
}

/// All units under both books, in roster order.
fn survey<'a, T: Send>(
    sides: &mut [Side<'_, 'a>; 2],
    take: &(dyn Fn([Sight<'_>; 2]) -> T + Sync),
) -> (Vec<T>, [Vec<Scored<'a>>; 2]) {
    let units = sides[0].run.program.store.roster.len();
    // Whoever looks back over many periods needs the deep stack, and both books are scored on it.
    let lead = sides.iter().position(|side| side.run.program.reaches_back).unwrap_or(0);
    // The first unit usually shows which cohort values are needed, before all are asked.
    let mut probing = units > 1 && sides.iter().any(|side| side.run.program.reads_cohorts);
    loop {
        let work = |queue: &Queue| parts([&sides[0], &sides[1]], queue, take);
        let parts = sides[lead].run.shared_out(if probing { 1 } else { units }, &work);
        let mut all = (Vec::with_capacity(units), [(); 2].map(|()| Vec::with_capacity(units)));
        let mut told = [(); 2].map(|()| Told::default());
        for (taken, scored, heard) in parts {
            all.0.extend(taken);
            all.1.iter_mut().zip(scored).for_each(|(all, scored)| all.extend(scored));
            told.iter_mut().zip(heard).for_each(|(all, told)| all.append(told));
        }
        let mut is_met = true;
        for (side, told) in sides.iter_mut().zip(told) {
            is_met &= side.run.is_met(told, probing, &mut Active::new());
        }
        if is_met && !probing {
            return all;
        }
        probing &= !is_met;
    }
}

/// Units from a queue under both books: what was made of them, what they scored, and what came up.
type Part<'a, T> = (Vec<T>, [Vec<Scored<'a>>; 2], [Told; 2]);

fn parts<'s, 'a, T>(
    sides: [&'s Side<'s, 'a>; 2],
    queue: &Queue,
    take: &(dyn Fn([Sight<'_>; 2]) -> T + Sync),
) -> Parts<Part<'a, T>> {
    let mut scorings = sides.map(Scoring::new);
    let mut parts = Vec::new();
    while let Some(units) = queue.take() {
        let first = units.start;
        let mut taken = Vec::with_capacity(units.len());
        for unit in units {
            scorings.iter_mut().for_each(|scoring| scoring.score(unit));
            taken.push(take(scorings.each_ref().map(Scoring::sight)));
        }
        let [old, new] = scorings.each_mut().map(Scoring::part);
        parts.push((first, (taken, [old.0, new.0], [old.1, new.1])));
    }
    parts
}

impl<'s, 'a> Side<'s, 'a> {
    fn new(request: &'s Request<'a>, watch: &'s Watch) -> Side<'s, 'a> {
        let run = Run::new(Program::new(request.plan, request.store, false), request.threads);
        let rankings = run.program.rankings_of(run.program.cycle(request.period));
        let lines = watch.rules.iter().map(|id| Line::of(*id, &run.program)).collect();
        Side { request, watch, lines, run, rankings }
    }

    fn conclude(mut self, units: Vec<Scored<'a>>) -> (Option<(Outcome, Closing<'a>)>, Findings) {
        let bare = units.iter().map(Closing::bare).collect();
        let (outcome, findings) = conclude(&mut self.run, self.request, &self.rankings, units);
        let closing = Closing::new(self.run, self.request.period, self.rankings, bare);
        (outcome.map(|outcome| (outcome, closing)), findings)
    }
}

impl<'s, 'a> Scoring<'s, 'a> {
    fn new(side: &'s Side<'s, 'a>) -> Scoring<'s, 'a> {
        let scorer = Scorer::new(&side.run.program, &side.run.board);
        Scoring { side, scorer, glimpse: Glimpse::default(), scored: Vec::new(), told: Told::default() }
    }

    /// What the units since the part before came to.
    fn part(&mut self) -> (Vec<Scored<'a>>, Told) {
        let told = std::mem::take(&mut self.told).with(&mut self.scorer);
        (std::mem::take(&mut self.scored), told)
    }

    fn score(&mut self, unit: usize) {
        let period = self.side.request.period;
        self.scored.push(self.scorer.outcome(unit, period, &self.side.rankings));
        self.scorer.glimpse(period, &self.side.lines, &self.side.watch.nodes, &mut self.glimpse);
        self.told.hear(&mut self.scorer, unit);
    }

    /// Of the last unit.
    fn sight(&self) -> Sight<'_> {
        let last = self.scored.last().expect("a unit was scored just now");
        Sight { outcome: &last.outcome, glimpse: &self.glimpse }
    }
}
