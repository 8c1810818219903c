//! From a plan and facts to an outcome: every unit scored, ranked, graded and awarded.
//!
//! A unit is scored by asking for its total: [`expr`] asks [`total`], which asks [`node`], which asks [`rule`].
//! Answers are remembered per unit ([`memo`]); values over all units are worked out when first asked for ([`run`]).

mod ahead;
mod award;
mod best;
mod both;
mod both_ends;
mod closing;
mod cohort;
mod condition;
mod effect;
mod expr;
mod figures;
mod glimpse;
mod grading;
mod input;
mod limit;
mod matter;
mod memo;
mod node;
mod peers;
mod plain;
mod problem;
mod program;
mod row;
mod rule;
mod run;
mod score;
mod step;
mod tally;
mod tied;
mod total;
mod touch;
mod trace;
mod unit;
mod unreported;
mod uses;
mod walk;

#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

pub use both::{Both, Sight, evaluate_both};
pub use closing::{Closing, Fate, Places};
pub use glimpse::{Glimpse, Watch};
pub use total::{before_the_term, earlier_names};

use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Findings, Place};
use crate::eval::award::Placed;
use crate::eval::cohort::give_ranks;
use crate::eval::grading::Stage;
use crate::eval::peers::group_of;
use crate::eval::problem::spoken;
use crate::eval::program::{Program, waits_for_reports};
use crate::eval::run::{Active, Run};
use crate::eval::score::Scored;
use crate::facts::Store;
use crate::outcome::{Outcome, UnitOutcome};
use crate::plan::{InputId, Plan, RankingId, WhenMissing};

/// How a period in which nothing happened is told from one that nobody reported.
pub const NO_FACTS_HELP: &str = "真的什么也没有发生的，也要报一行，数量写0（如：缺项 0），这一期才计入";

/// What is to be evaluated.
pub struct Request<'a> {
    /// What is evaluated.
    pub plan: &'a Plan,
    /// Its facts.
    pub store: &'a Store,
    /// A base period, the term, or another period whose cycle has a roll-up.
    pub period: PeriodId,
    /// Whether entries, steps and reasons are wanted.
    pub traced: bool,
    /// At most so many threads; the outcome is the same with any number.
    pub threads: usize,
}

/// The outcome, unless something was wrong; and all that is to be said about it.
pub fn evaluate(request: &Request) -> (Option<Outcome>, Findings) {
    if let Err(findings) = has_roll_up(request) {
        return (None, findings);
    }
    let program = Program::new(request.plan, request.store, request.traced);
    let mut run = Run::new(program, request.threads);
    let rankings = run.program.rankings_of(run.program.cycle(request.period));
    let units: Vec<Scored> = run.survey(&|scorer, unit| scorer.outcome(unit, request.period, &rankings));
    conclude(&mut run, request, &rankings, units)
}

/// Whether the rulebook says how totals of such a period come about.
fn has_roll_up(request: &Request) -> Result<(), Findings> {
    let plan = request.plan;
    let period = plan.calendar.period(request.period);
    if period.cycle == plan.cycle || plan.rollups.iter().any(|(cycle, _)| *cycle == period.cycle) {
        return Ok(());
    }
    let message = format!("规则没有说明{}的总分怎样得出", spoken(&period.name));
    let help = format!("按“{}”评分的期间，例如 {}", plan.cycle.word(), example(plan));
    let mut findings = Findings::default();
    findings.push(Finding::error("no-roll-up", Place::default(), message).help(help));
    Err(findings)
}

/// What comes after every unit was scored by itself.
fn conclude<'a>(
    run: &mut Run<'a>,
    request: &Request<'a>,
    rankings: &[RankingId],
    mut units: Vec<Scored<'a>>,
) -> (Option<Outcome>, Findings) {
    let plan = request.plan;
    let period = plan.calendar.period(request.period);
    let is_base = period.cycle == plan.cycle;
    if !run.has_problems() {
        compare(run, request.period, rankings, &mut units);
    }
    if is_base && run.has_problems() && run.lacks_reports_only() && !run.program.has_facts(request.period) {
        return (None, nothing_reported(&period.name));
    }
    let mut findings = run.findings();
    if findings.has_errors() {
        return (None, findings);
    }
    let all_bases = || run.program.within(request.period, plan.cycle);
    let without_facts: Vec<PeriodId> = all_bases().filter(|base| !run.program.has_facts(*base)).collect();
    if !is_base && !without_facts.is_empty() {
        let names: Vec<&str> = without_facts.iter().map(|base| plan.calendar.period(*base).name.as_str()).collect();
        let message = format!("{}：{}没有事实，未计入", spoken(&period.name), names.join("、"));
        let lasts = plan.rules.iter().any(|rule| rule.valid_months.is_some()) && waits_for_reports(plan);
        let valid = if lasts { "；有效期内的分，也要等那几个月报了指标才计" } else { "" };
        let help = format!("{NO_FACTS_HELP}{valid}");
        findings.push(Finding::warning("period-without-facts", Place::default(), message).help(help));
    }
    // Where all share one place, that is why the first are last too.
    let ends = || both_ends::remind(&run.program, request.period, &units);
    findings.extend(tied::remind(&run.program, request.period, &units).or_else(ends));
    let outcome = Outcome {
        period: request.period,
        scored: if is_base { Vec::new() } else { run.program.scored(request.period) },
        without_facts,
        peers: if request.traced { run.board.shown(&run.program, request.period) } else { Vec::new() },
        uses: run.uses(),
        units: in_order(&run.program, units),
    };
    (Some(outcome), findings)
}

/// What nobody reported, where facts have mistakes and nothing can be scored.
pub fn unreported(request: &Request) -> Findings {
    let plan = request.plan;
    let cycle = plan.calendar.period(request.period).cycle;
    if cycle != plan.cycle && !plan.rollups.iter().any(|(of, _)| *of == cycle) {
        return Findings::default();
    }
    let program = Program::new(plan, request.store, false);
    let mut run = Run::new(program, request.threads);
    if cycle == plan.cycle && !run.program.has_facts(request.period) {
        // The rows with mistakes may be all there are.
        return Findings::default();
    }
    run.survey(&|scorer, unit| scorer.outcome(unit, request.period, &[]));
    run.keep_unreported();
    run.findings()
}

/// What scoring a period asks for and finds no sound row of, also where the rulebook says what holds then (缺报).
pub fn missing(request: &Request) -> Vec<Missing> {
    let mut strict = request.plan.clone();
    for input in &mut strict.inputs {
        input.missing = WhenMissing::Error;
        input.versions.iter_mut().flatten().for_each(|version| version.input.missing = WhenMissing::Error);
    }
    let program = Program::new(&strict, request.store, false);
    let mut run = Run::new(program, request.threads);
    run.survey(&|scorer, unit| scorer.outcome(unit, request.period, &[]));
    run.missing()
}

/// An indicator, a parameter or a rating of a unit and month that nobody reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Index into the roster.
    pub unit: usize,
    /// Which.
    pub input: InputId,
    /// The month, or the longer period that it is reported for.
    pub period: PeriodId,
}

/// One finding for a whole period, instead of one for every unit and indicator.
fn nothing_reported(period: &str) -> Findings {
    let mut findings = Findings::default();
    let finding = Finding::error("no-facts", Place::default(), format!("没有{}的事实，不能计分", spoken(period)));
    findings.push(finding.help("看看期间和数据文件夹对不对；没有发生什么的，指标也要报送"));
    findings
}

/// The stages that put units side by side: ranks, grades, awards.
fn compare<'a>(run: &mut Run<'a>, period: PeriodId, rankings: &[RankingId], units: &mut [Scored<'a>]) {
    let plan = run.program.plan;
    let cycle = plan.calendar.period(period).cycle;
    let (ranks, grades) = rank_and_grade(run, period, rankings, units, &mut Active::new());
    for (index, _) in plan.awards.iter().enumerate().filter(|(_, award)| award.cycle == cycle) {
        for (unit, award) in run.award(index as u16, Placed { period, units, ranks: &ranks, grades: &grades }) {
            units[unit].outcome.awards.push(award);
        }
    }
}

/// By ranking, the place of every unit, in roster order.
type Ranks = FxHashMap<RankingId, Vec<Option<u32>>>;

/// Ranks and grades of a period, by unit and grading; `active` is what is just being worked out.
fn rank_and_grade<'a>(
    run: &mut Run<'a>,
    period: PeriodId,
    rankings: &[RankingId],
    units: &mut [Scored<'a>],
    active: &mut Active,
) -> (Ranks, Vec<Vec<Option<String>>>) {
    let plan = run.program.plan;
    let mut ranks = Ranks::default();
    for (index, id) in rankings.iter().enumerate() {
        let given = give_ranks(&run.program, *id, index, units);
        run.board.put_ranks(*id, period, given.clone());
        ranks.insert(*id, given);
    }
    let mut grades: Vec<Vec<Option<String>>> = match plan.gradings.is_empty() {
        true => vec![Vec::new(); units.len()],
        false => vec![vec![None; plan.gradings.len()]; units.len()],
    };
    for index in run.program.gradings_of(run.program.cycle(period)) {
        let none = vec![None; units.len()];
        let order = ranks.get(&plan.gradings[usize::from(index)].ranking).unwrap_or(&none);
        let given = run.grade(Stage { index, period, units, ranks: order }, &mut grades, active);
        for (scored, grade) in units.iter_mut().zip(given) {
            scored.outcome.grades.extend(grade);
        }
    }
    (ranks, grades)
}

/// By group, then by rank; ties, and units without a rank, in roster order.
fn in_order(program: &Program, mut units: Vec<Scored<'_>>) -> Vec<UnitOutcome> {
    let first = units.first().and_then(|unit| unit.outcome.rankings.first());
    let is_grouped = first.is_some_and(|first| program.plan.rankings[usize::from(first.ranking)].grouped);
    let mut groups = FxHashMap::default();
    if is_grouped {
        for unit in 0..units.len() {
            let next = groups.len();
            groups.entry(group_of(program, unit)).or_insert(next);
        }
    }
    let group = |unit: usize| if is_grouped { groups[&group_of(program, unit)] } else { 0 };
    units.sort_by_cached_key(|scored| {
        let unit = &scored.outcome;
        let rank = unit.rankings.first().and_then(|ranking| ranking.rank);
        (group(unit.unit), rank.unwrap_or(u32::MAX), unit.unit)
    });
    units.into_iter().map(|scored| *scored.outcome).collect()
}

fn example(plan: &Plan) -> String {
    let first = plan.calendar.each(plan.cycle).next();
    first.map(|period| plan.calendar.period(period).name.clone()).unwrap_or_default()
}
