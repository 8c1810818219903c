//! What scoring and explaining share: the rulebook, the facts, the period.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ended;
use super::folder::Folder;
use super::objected;
use super::rulebook;
use super::session::{Session, Status, place_of};
use crate::calendar::{Cycle, PeriodId};
use crate::compile::Compiled;
use crate::diagnostic::{Finding, Findings, Place};
use crate::eval::{self, Missing, Request};
use crate::facts::{self, Options, Store};
use crate::form::{self, Kept};
use crate::lateness;
use crate::odd_shares;
use crate::outcome::Outcome;
use crate::plan::{Award, Corrections, Expr, Plan};
use crate::same_rows;
use crate::scored::Scored;
use crate::threads;
use crate::unused_history;

/// Below this many bytes of facts one thread is done before others have started.
pub const FEW_BYTES: u64 = 1 << 20;

/// From this many bytes on a person wants to see progress.
const MANY_BYTES: u64 = 16 << 20;

/// The arguments that say what is to be scored.
#[derive(Args)]
pub struct Subject {
    #[command(flatten)]
    asked: Asked,
    /// 用几个线程（默认按机器；结果都一样）
    #[arg(long, value_name = "个数", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// The arguments that say by which rulebook, of which facts.
#[derive(Args)]
pub struct Asked {
    /// 方案文件
    #[arg(value_name = "方案文件", help_heading = "参数", display_order = 1)]
    pub rulebook: PathBuf,
    #[command(flatten)]
    pub of: Of,
}

/// The arguments that say which facts of which period.
#[derive(Args)]
pub struct Of {
    /// 数据文件夹：单位.csv 和事实文件；可以有历史、报送、异议、节假日
    #[arg(value_name = "数据文件夹", help_heading = "参数", display_order = 2)]
    pub data: PathBuf,
    /// 期间：2023-04、2023-Q2、2023
    #[arg(long, value_name = "期间")]
    pub period: String,
}

impl Of {
    /// The period, which must be one that is reported for; `what` is done by such periods.
    pub fn base_period(&self, plan: &Plan, what: &str, session: &mut Session) -> Ended<PeriodId> {
        base_period(plan, &self.period, what, session)
    }
}

/// A period by its name that must be one that is reported for; `what` is done by such periods.
pub fn base_period(plan: &Plan, name: &str, what: &str, session: &mut Session) -> Ended<PeriodId> {
    let calendar = &plan.calendar;
    let shorter = facts::period_named(calendar, &crate::parse::fold::fold_name(name))
        .map(|id| calendar.period(id))
        .filter(|period| period.cycle < plan.cycle);
    if let Some((shorter, whole)) = shorter.and_then(|it| Some((it, calendar.around(plan.cycle, it.last)?))) {
        let message = format!("{what}，“{}”不是", shorter.name);
        let finding = Finding::error("unknown-period", Default::default(), message).text(name);
        let whole = &calendar.period(whole).name;
        let help = format!("写{whole}：按{}考评的条目，{whole}的报送表里每一期各有一列", shorter.cycle.word());
        return Err(session.unable(finding.help(help)));
    }
    let period = find_period(plan, name, session)?;
    let span = calendar.period(period);
    if span.cycle == plan.cycle {
        return Ok(period);
    }
    let message = format!("{what}，“{}”不是", span.name);
    let bases = plan.calendar.within(period, plan.cycle).map(|id| plan.calendar.period(id).name.as_str());
    let finding = Finding::error("unknown-period", Default::default(), message).text(name);
    Err(session.unable(finding.help(format!("可以是：{}", bases.collect::<Vec<_>>().join("、")))))
}

/// A rulebook and facts that fit it.
pub struct Loaded {
    pub compiled: Compiled,
    pub store: Store,
    pub period: PeriodId,
    /// The files of the data folder, by name.
    pub files: Vec<(String, PathBuf)>,
    /// The forms among them.
    forms: Vec<Kept>,
    threads: usize,
}

impl Subject {
    pub fn rulebook(&self) -> &Path {
        &self.asked.rulebook
    }

    pub fn data(&self) -> &Path {
        &self.asked.of.data
    }

    /// Whether a folder, which need not be there yet, lies within the facts.
    pub fn holds(&self, folder: &Path) -> bool {
        holds(self.data(), folder)
    }

    /// Reads everything; `traced` keeps what explanations need.
    pub fn load(&self, traced: bool, session: &mut Session) -> Ended<Loaded> {
        let compiled = rulebook::load_to_score(self.rulebook(), session)?;
        let period = find_period(&compiled.plan, &self.asked.of.period, session)?;
        Loaded::read(compiled, self.data(), period, self.threads, traced, session)
    }

    /// Scores the period, and warns about months in force that no fact is about.
    pub fn evaluate(&self, loaded: &Loaded, traced: bool, session: &mut Session) -> Ended<Outcome> {
        let outcome = loaded.score(traced, session)?;
        let calendar = &loaded.compiled.plan.calendar;
        let missing: Vec<&str> = outcome.without_facts.iter().map(|id| calendar.period(*id).name.as_str()).collect();
        // Of a longer period the evaluation tells it.
        let is_base = calendar.period(loaded.period).cycle == loaded.compiled.plan.cycle;
        if is_base && !missing.is_empty() {
            let message = format!("在施行期内但没有事实，未计入：{}", missing.join("、"));
            session.report(
                Finding::warning("period-without-facts", place_of(self.data()), message).help(eval::NO_FACTS_HELP),
            );
        }
        Ok(outcome)
    }
}

impl Loaded {
    /// Reads a data folder against a rulebook.
    pub fn read(
        compiled: Compiled,
        data: &Path,
        period: PeriodId,
        threads: Option<u16>,
        traced: bool,
        session: &mut Session,
    ) -> Ended<Loaded> {
        let folder = Folder::find(data, &compiled.plan, session)?;
        Loaded::read_from(compiled, folder, period, threads, traced, session)
    }

    /// The same of a folder that was found already.
    pub fn read_from(
        compiled: Compiled,
        mut folder: Folder,
        period: PeriodId,
        threads: Option<u16>,
        traced: bool,
        session: &mut Session,
    ) -> Ended<Loaded> {
        let threads = match threads {
            Some(threads) => usize::from(threads),
            None if folder.size() < FEW_BYTES => 1,
            None => threads::available(),
        };
        let bar = progress_bar(folder.size());
        let tick = |bytes: u64| {
            if let Some(bar) = &bar {
                bar.inc(bytes);
            }
        };
        // What was carried into a later month says so in its 备注.
        let may_be_carried = matches!(compiled.plan.corrections, Some(Corrections::MonthFound(_)));
        let options = Options {
            keep_entries: traced || (may_be_carried && !folder.objected.is_empty()),
            threads,
            progress: bar.is_some().then_some(&tick as &(dyn Fn(u64) + Sync)),
        };
        let (mut store, findings) = folder.read(&compiled.plan, period, &options);
        if let Some(bar) = &bar {
            bar.finish_and_clear();
        }
        let mut findings = findings;
        objected::at_the_register(&folder.objected, &mut findings);
        let (workdays, told) = folder.workdays();
        store.workdays = workdays;
        store.blanks = folder.blanks(&store);
        findings.append(told);
        findings.extend(folder.owed(&compiled.plan, period));
        findings.extend(folder.copied(&compiled.plan, &store, period, threads));
        findings.append(folder.findings);
        let known = |unit: &str| store.roster.iter().any(|known| known.name == unit);
        findings.extend(objected::unknown_units(&folder.objected, known));
        findings.extend(objected::without_fact(&folder.objected, &compiled.plan.calendar, period));
        findings.extend(objected::counted_twice(&folder.objected, &compiled.plan, &store, period));
        store.objections = folder.objected;
        findings.extend(late_rows(&compiled.plan, &store, period, threads));
        findings.extend(same_rows::remind(&compiled.plan, &store, period, threads));
        findings.extend(odd_shares::remind(&compiled.plan, &store, period, threads));
        findings.extend(unused_history::remind(&compiled.plan, &store));
        let loaded = Loaded { compiled, store, period, threads, files: folder.files, forms: folder.forms };
        if findings.has_errors() {
            findings.append(eval::unreported(&loaded.request(period, false)));
        }
        loaded.tell_wrong_forms(&mut findings);
        session.settle((Some(()), findings))?;
        Ok(loaded)
    }

    /// What is odd about its late rows, which reading tells already.
    pub fn late_rows(&self) -> Vec<Finding> {
        late_rows(&self.compiled.plan, &self.store, self.period, self.threads)
    }

    /// How many threads its work is shared out among.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Scores the period.
    pub fn score(&self, traced: bool, session: &mut Session) -> Ended<Outcome> {
        let (outcome, mut findings) = self.evaluate(self.period, traced);
        self.tell_wrong_forms(&mut findings);
        session.settle((outcome, findings))
    }

    /// Another period from the same facts; `None` where it cannot be scored.
    pub fn other(&self, period: PeriodId) -> Option<Outcome> {
        self.evaluate(period, false).0
    }

    pub fn scored<'a>(&'a self, outcome: &'a Outcome) -> Scored<'a> {
        Scored { plan: &self.compiled.plan, store: &self.store, outcome }
    }

    /// What the period asks for and nobody reported.
    pub fn missing(&self) -> Vec<Missing> {
        eval::missing(&self.request(self.period, false))
    }

    fn evaluate(&self, period: PeriodId, traced: bool) -> (Option<Outcome>, Findings) {
        eval::evaluate(&self.request(period, traced))
    }

    fn request(&self, period: PeriodId, traced: bool) -> Request<'_> {
        Request { plan: &self.compiled.plan, store: &self.store, period, traced, threads: self.threads }
    }

    /// Where figures are missing: departments that owe them and whose form is of an earlier period, which may have come
    /// back in place of the right one.
    fn tell_wrong_forms(&self, findings: &mut Findings) {
        let plan = &self.compiled.plan;
        let own = plan.calendar.period(self.period);
        let lacks = || findings.iter().any(|finding| finding.code == "missing-indicator");
        if self.forms.is_empty() || own.cycle > plan.cycle || !lacks() {
            return;
        }
        let of = |form: &Kept| plan.calendar.period(form.period);
        let owing = self.missing().into_iter().map(|it| form::department(plan, plan.inputs[it.input.index()].node));
        for department in owing.collect::<BTreeSet<&str>>() {
            let until = self.forms.iter().filter(|form| form.department == department && of(form).last <= own.last);
            let latest = until.max_by_key(|form| of(form).last).filter(|form| form.period != self.period);
            let Some(latest) = latest else { continue };
            let (period, its_own) = (&own.name, &of(latest).name);
            let message = format!("{department}{period}的报送表不在数据文件夹里，有的是“{}”，{its_own}的", latest.name);
            let finding = Finding::warning("form-of-another-period", Place::of(&latest.name), message);
            findings.push(finding.help(format!("拿错了月份的，用{period}的报送表填；填好了的，放进数据文件夹")));
        }
    }

    /// The shorter periods of a roll-up for which grades or awards are given; one that cannot be settled stops the whole,
    /// whether it `is_shown` or not.
    pub fn stages(&self, outcome: &Outcome, is_shown: bool, session: &mut Session) -> Ended<Vec<Outcome>> {
        let plan = &self.compiled.plan;
        let own = plan.calendar.period(outcome.period).cycle;
        let graded = plan.gradings.iter().filter(|_| is_shown).map(|grading| grading.cycle);
        // Of all that is given only computed money may come to what cannot be: the rest need not be known to be sure.
        let may_stop = |award: &&Award| is_shown || !matches!(award.money, None | Some(Expr::Number(_)));
        let given = graded.chain(plan.awards.iter().filter(may_stop).map(|award| award.cycle));
        let cycles: BTreeSet<Cycle> = given.filter(|cycle| *cycle < own).collect();
        let periods = cycles.into_iter().flat_map(|cycle| plan.calendar.within(outcome.period, cycle));
        let has_scores = |period: &PeriodId| {
            let period = plan.calendar.period(*period);
            outcome.scored.iter().any(|base| period.contains(plan.calendar.period(*base)))
        };
        self.all_of(periods.filter(has_scores), false, session)
    }

    /// Several periods, or what is wrong with any of them.
    fn all_of(
        &self,
        periods: impl Iterator<Item = PeriodId>,
        traced: bool,
        session: &mut Session,
    ) -> Ended<Vec<Outcome>> {
        let (mut outcomes, mut wrong) = (Vec::new(), Findings::default());
        for period in periods {
            match self.evaluate(period, traced) {
                (Some(outcome), _) => outcomes.push(outcome),
                (None, found) => wrong.append(found),
            }
        }
        session.settle((Some(outcomes), wrong))
    }

    /// The base periods of a roll-up, for explanations.
    pub fn base_periods(&self, outcome: &Outcome, session: &mut Session) -> Ended<Vec<Outcome>> {
        self.all_of(outcome.scored.iter().copied(), true, session)
    }
}

fn late_rows(plan: &Plan, store: &Store, period: PeriodId, threads: usize) -> Vec<Finding> {
    lateness::remind(plan, store, period, threads, &|period| form::due(plan, period, store.workdays()))
}

/// Whether a folder, which need not be there yet, lies within another.
pub fn holds(data: &Path, folder: &Path) -> bool {
    let Ok(data) = data.canonicalize() else { return false };
    let there = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let known = there.ancestors().find_map(|outer| outer.canonicalize().ok());
    known.is_some_and(|known| known.starts_with(&data))
}

/// A period of a plan by its name; what cannot be is told.
pub fn find_period(plan: &Plan, name: &str, session: &mut Session) -> Ended<PeriodId> {
    let calendar = &plan.calendar;
    // As in a 期间 cell: 2024-03, 2024年3月, 2024年第一季度.
    let found = facts::period_named(calendar, &crate::parse::fold::fold_name(name));
    if let Some(id) = found.filter(|id| calendar.period(*id).cycle >= plan.cycle) {
        return Ok(id);
    }
    let message = match found {
        Some(_) => format!("方案按{}考评，没有“{name}”的结果", plan.cycle.word()),
        None => format!("方案没有期间“{name}”"),
    };
    let bases = calendar.each(plan.cycle).map(|id| calendar.period(id).name.as_str());
    let mut known: Vec<&str> = bases.collect();
    if known.len() > 3 {
        known = vec![known[0], "…", known[known.len() - 1]];
    }
    let term = &calendar.period(calendar.term()).name;
    if !known.contains(&term.as_str()) {
        known.push(term);
    }
    let finding = Finding::error("unknown-period", Default::default(), message);
    session.report(finding.text(name).help(format!("可以是：{}", known.join("、"))));
    Err(Status::Unable)
}

fn progress_bar(bytes: u64) -> Option<ProgressBar> {
    if bytes < MANY_BYTES || !std::io::stderr().is_terminal() {
        return None;
    }
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("读取事实 {bar:30} {percent}%") {
        bar.set_style(style);
    }
    Some(bar)
}
