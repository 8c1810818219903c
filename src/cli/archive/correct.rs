//! `zhunsheng correct`: a frozen period from corrected facts, as a new batch that names the one it corrects.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::Ended;
use super::super::folder::Folder;
use super::super::load::{Of, base_period, holds};
use super::super::reports;
use super::super::rulebook;
use super::super::session::{Session, Status, place_of};
use super::super::usage;
use super::freeze::{Correcting, Freezing, Kept, documents, upheld_in_vain};
use super::rescore::{Rescored, corrected, rescore, score, score_folder};
use super::{Day, Open, differing, others, today, told};
use crate::amend;
use crate::batch::{self, Archive, Batch, FACTS_FOLDER, Month, RESULTS, Totals, read_bytes, verify as check};
use crate::calendar::PeriodId;
use crate::compile::{self, Compiled};
use crate::correction::{self, Correction, EffectMoved, Moved, Still};
use crate::diagnostic::{Finding, Place, Style};
use crate::objection::State;
use crate::plan::{Corrections, NodeId, Plan};
use crate::report::correction::{self as page, Corrected};
use crate::report::letter::{Frozen, Letter};
use crate::source::Source;
use crate::value::Number;

/// 更正已封存的一期：用改好的事实重算，写成新的一批，列出谁变了、为什么
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng correct <存档> <数据文件夹> --period <期间> [选项]",
    next_help_heading = "选项"
)]
pub struct Correct {
    /// 存档文件夹
    #[arg(value_name = "存档", help_heading = "参数", display_order = 1)]
    archive: PathBuf,
    #[command(flatten)]
    of: Of,
    /// 更正的原因
    #[arg(long, value_name = "原因")]
    reason: Option<String>,
    /// 用这份方案文件（默认用封存的）：意思必须与封存的相同，只可以添上怎样更正的约定
    #[arg(long, value_name = "方案文件")]
    rulebook: Option<PathBuf>,
    /// 更正计入发现的月份时：发现的月份
    #[arg(long, value_name = "月份")]
    found: Option<String>,
    /// 更正情况另写成网页和Word通知，放到这个文件夹
    #[arg(long, value_name = "文件夹")]
    out: Option<PathBuf>,
    /// 更正的日期（默认今天，北京时间）
    #[arg(long, value_name = "日期")]
    date: Option<Day>,
    #[cfg(feature = "office")]
    #[command(flatten)]
    letterhead: reports::Letterhead,
}

impl Correct {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let open = Open::to_write(&self.archive, session)?;
        let batch = self.batch(&open, session)?;
        let frozen = self.frozen(&batch, &open, session)?;
        let kept = self.documents(&batch, session)?;
        let compiled = compiled(&kept, session)?;
        let amended = match compiled.plan.hash() == batch.manifest.rulebook.hash {
            true => None,
            false => Some(self.under_amended(&kept, &batch, &frozen, session)?),
        };
        let old = amended.as_ref().unwrap_or(&frozen);
        match compiled.plan.corrections {
            Some(Corrections::Recompute) => self.correct_anew(open, &batch, &frozen, old, kept, session),
            Some(Corrections::MonthFound(node)) => self.carry(&open.archive, &batch, old, compiled, node, session),
            None => Err(self.undeclared(&batch, session)),
        }
    }

    /// The batch that holds for the period.
    fn batch(&self, open: &Open, session: &mut Session) -> Ended<Batch> {
        let wanted = crate::parse::fold::fold_name(&self.of.period);
        if let Some(batch) = open.archive.latest(wanted.trim()) {
            return Ok(batch.clone());
        }
        let mut periods: Vec<&str> = open.archive.batches.iter().map(|it| it.manifest.period.as_str()).collect();
        periods.sort_unstable();
        periods.dedup();
        let finding =
            Finding::error("not-frozen", place_of(&self.archive), format!("{}还没有封存，不用更正", self.of.period));
        Err(session.unable(finding.help(match periods.is_empty() {
            true => "改好事实，照常计分、封存".to_owned(),
            false => format!("改好事实，照常计分、封存；已经封存的有：{}", periods.join("、")),
        })))
    }

    /// The batch scored again: what it came to then must come out now, or the difference would be another one.
    fn frozen(&self, batch: &Batch, open: &Open, session: &mut Session) -> Ended<Rescored> {
        let mut quiet = Session::quiet();
        let manifest = &batch.manifest;
        let folder = self.archive.join(&batch.name);
        let changed = check::files(batch, &open.disk).map_err(|failed| told(failed, &self.archive, session))?;
        session.settle((Some(()), changed))?;
        let again = rescore(&folder, &manifest.rulebook.documents, &manifest.period, &mut quiet);
        let stored = read_bytes(&open.disk, &format!("{}/{RESULTS}", batch.name));
        let stored = stored.map_err(|failed| told(failed, &self.archive, session))?;
        let version = env!("CARGO_PKG_VERSION");
        let bytes = again.as_ref().map_or(&[][..], |again| &again.results);
        if let Some(finding) = check::results(batch, RESULTS, version, &stored, bytes) {
            session.report(finding);
        }
        again.ok().filter(|again| again.results == stored).ok_or(Status::Findings)
    }

    /// The rulebook: the frozen one, unless another text of it is given.
    fn documents(&self, batch: &Batch, session: &mut Session) -> Ended<Vec<Kept>> {
        if let Some(path) = &self.rulebook {
            return documents(path, session);
        }
        let folder = self.archive.join(&batch.name);
        let mut kept = Vec::new();
        for document in &batch.manifest.rulebook.documents {
            let path = folder.join(&document.path);
            let bytes = fs::read(&path).map_err(|error| session.cannot("读", &path, &error))?;
            kept.push(Kept { name: document.name.clone(), bytes });
        }
        Ok(kept)
    }

    /// The frozen facts under a rulebook that amends the frozen one for later months alone, and must come to the same.
    fn under_amended(&self, kept: &[Kept], batch: &Batch, old: &Rescored, session: &mut Session) -> Ended<Rescored> {
        let last = old.loaded.compiled.plan.calendar.period(old.loaded.period).last;
        let frozen = &batch.manifest.rulebook.hash;
        let mut quiet = Session::quiet();
        let is_frozen = |at: usize, quiet: &mut Session| {
            compiled(&kept[at..], quiet).is_ok_and(|compiled| compiled.plan.hash() == *frozen)
        };
        let base = (1..kept.len()).find(|at| is_frozen(*at, &mut quiet));
        let text = |kept: &Kept| rulebook::decode(kept.bytes.clone()).unwrap_or_default();
        let is_later = |kept: &Kept| amend::begins_after(&Source::new(kept.name.as_str(), text(kept)), last);
        if let Some(base) = base
            && kept[..base].iter().all(is_later)
        {
            let facts = self.archive.join(&batch.name).join(FACTS_FOLDER);
            let new = score(compiled(kept, session)?, &batch.manifest.period, &facts, &mut quiet);
            if new.is_err() {
                // The rulebook is the right one; it is the facts frozen with it that this one does not read.
                let message = format!("“{}”封存的事实，照修订过的方案读不了", batch.name);
                let finding = Finding::error("another-rulebook", place_of(&self.archive), message);
                let why = std::mem::take(quiet.findings()).sorted().render(Style::Short);
                session.report(finding.why(why).help(
                    "封存时文件夹里已有照旧方案报的、修订以后各月的事实，就是这几行；这一期怎样更正，由制定方案的部门定",
                ));
                return Err(Status::Findings);
            }
            if let Ok(new) = new
                && batch::totals(&new.results) == batch::totals(&old.results)
            {
                return Ok(new);
            }
        }
        let hash = compiled(kept, session)?.plan.hash();
        let place = place_of(self.rulebook.as_deref().unwrap_or(Path::new("")));
        let message = format!("方案的意思与封存时不同（指纹{hash}，封存的{frozen}）");
        let finding = Finding::error("another-rulebook", place, message);
        session.report(finding.help(format!(
            "更正只换事实：用封存时的方案，只添上怎样更正的约定；年中修订过的，用沿用它、只改{last}以后各月的那一本；看改了什么用 zhunsheng diff"
        )));
        Err(Status::Findings)
    }

    /// Facts of later months may speak of what an amendment brought: the frozen rulebook does not know it, and they are right.
    fn amended_since(&self, status: Status, session: &mut Session) -> Status {
        if self.rulebook.is_none() {
            let unknown = ["unknown-section", "unknown-item", "unknown-label"];
            for finding in session.findings().iter_mut().filter(|finding| unknown.contains(&finding.code)) {
                let help = finding.help.take().unwrap_or_default();
                finding.help =
                    Some(format!("方案年中修订过、这是照修订本报的：不要改它，更正时加 --rulebook 修订本\n{help}"));
            }
        }
        status
    }

    fn undeclared(&self, batch: &Batch, session: &mut Session) -> Status {
        let place = Place::of(&batch.name);
        let finding = Finding::error("missing-convention", place, "方案没有写已公布的月份怎样更正");
        session.report(finding.help(
            "在方案的约定里加其中一行，再用 --rulebook 方案文件 更正一次：\n\
             更正已公布月份的，重新计算当月\n\
             更正计入发现的月份，记入 「板块.条」    # 有“酌情加”“酌情扣”两句的条目",
        ));
        Status::Findings
    }

    /// A new batch of the same period; `frozen` is the batch by its own rulebook, `old` by the one that corrects.
    fn correct_anew(
        &self,
        open: Open,
        batch: &Batch,
        frozen: &Rescored,
        old: &Rescored,
        kept: Vec<Kept>,
        session: &mut Session,
    ) -> Ended<Status> {
        let plan = &old.loaded.compiled.plan;
        if let Some(out) = self.out.as_deref().filter(|_| self.is_done(&open, batch, old)) {
            return self.write_again(&open, batch, frozen, out, session);
        }
        // What is wrong with the facts is told here; they are scored where the batch keeps them.
        let folder = Folder::find(&self.of.data, plan, session)?;
        let date = self.date.unwrap_or_else(today);
        let freezing = Freezing {
            rulebook: kept,
            data: &self.of.data,
            files: &folder.files,
            period: &batch.manifest.period,
            date,
            corrects: Some(Correcting { batch, old }),
            reason: self.reason.clone(),
        };
        freezing.require_apart(&self.archive, session)?;
        freezing.require_passed(session)?;
        self.require_place(session)?;
        let others = others(&open.archive, &batch.manifest.period);
        let made = freezing.freeze(open, None, session).map_err(|status| self.amended_since(status, session))?;
        session.note(&format!("已更正，新的一批是“{}”，校验码{}", made.batch.name, made.batch.sha256));
        self.tell_others(&others, &made.rescored, batch::standings, "", session)?;
        session.findings().extend(made.rescored.loaded.late_rows());
        let correction = made.correction.unwrap_or_else(|| old.correction(old));
        let corrected = Corrected {
            correction: &correction,
            plan,
            old: &batch.name,
            new: &made.batch.name,
            sha256: &made.batch.sha256,
            date: &date.to_string(),
            reason: self.reason.as_deref(),
        };
        if let Some(out) = &self.out {
            let letter = self.letter(date, &made.batch);
            write_pages(&corrected, &letter, date, out, session)?;
        }
        session.print(|out| page::write(&correction, out))?;
        Ok(Status::Fine)
    }

    /// Whether the batch that holds is a correction, and of these very facts: what is lacking is its pages.
    fn is_done(&self, open: &Open, batch: &Batch, old: &Rescored) -> bool {
        let is_latest = |month: &Month| open.archive.latest(&month.period).is_some_and(|it| it.name == month.batch);
        if batch.manifest.corrects.is_none() || !batch.manifest.months.iter().all(is_latest) {
            return false;
        }
        let mut quiet = Session::quiet();
        let documents = self.documents(batch, &mut quiet);
        let compiled = documents.and_then(|documents| compiled(&documents, &mut quiet));
        let now = compiled.and_then(|plan| score(plan, &batch.manifest.period, &self.of.data, &mut quiet));
        now.is_ok_and(|now| now.results == old.results)
    }

    /// The pages of a correction that is there: whoever was interrupted before they were written has them yet.
    fn write_again(
        &self,
        open: &Open,
        batch: &Batch,
        old: &Rescored,
        out: &Path,
        session: &mut Session,
    ) -> Ended<Status> {
        self.require_place(session)?;
        let Some((before, earlier)) = corrected(batch, &open.archive, &self.archive) else {
            return Err(Status::Findings);
        };
        let correction = earlier.correction(old);
        let (date, reason) = (&batch.manifest.date, batch.manifest.reason.as_deref());
        let corrected = Corrected {
            correction: &correction,
            plan: &old.loaded.compiled.plan,
            old: &before.name,
            new: &batch.name,
            sha256: &batch.sha256,
            date,
            reason,
        };
        let day = date.parse().unwrap_or_else(|_| today());
        write_pages(&corrected, &self.letter(day, batch), day, out, session)?;
        session.note(&format!("“{}”已经是现在的数据：它的更正情况已写入“{}”", batch.name, out.display()));
        session.print(|out| page::write(&correction, out))?;
        Ok(Status::Fine)
    }

    fn letter(&self, date: Day, batch: &Batch) -> Letter {
        #[cfg(feature = "office")]
        let letter = self.letterhead.letter();
        #[cfg(not(feature = "office"))]
        let letter = Letter::default();
        let frozen = Frozen { batch: batch.name.clone(), sha256: batch.sha256.clone() };
        Letter { date: letter.date.or(Some(date.0)), frozen: Some(frozen), ..letter }
    }

    /// The pages go somewhere else than among the facts or the batches; what cannot be written is told before a batch is.
    fn require_place(&self, session: &mut Session) -> Ended<()> {
        let Some(out) = &self.out else { return Ok(()) };
        let among = [(&self.archive, "存档"), (&self.of.data, "数据文件夹")];
        if let Some((_, what)) = among.into_iter().find(|(folder, _)| holds(folder, out)) {
            let message = format!("“{}”在{what}里，更正的通知不能写在那里", out.display());
            let finding = Finding::error("reports-among-facts", place_of(out), message);
            return Err(session.unable(finding.help("换一个文件夹，比如与存档并列的“更正”")));
        }
        reports::put(out, &[]).map_err(|(path, error)| session.cannot("写", &path, &error))
    }

    /// Corrected facts may reach into other frozen months: a quarter's last one, what the same matter got there, or
    /// prizes and grades there that look at places here.
    fn tell_others(
        &self,
        others: &[Batch],
        new: &Rescored,
        what: fn(&[u8]) -> Totals,
        found: &str,
        session: &mut Session,
    ) -> Ended<()> {
        let differing = differing(&self.archive, others, &new.loaded, what, session)?;
        if !differing.is_empty() {
            let message = format!("改好的事实也影响到{}，那里封存的还是更正以前的", differing.join("、"));
            let finding = Finding::warning("others-to-correct", place_of(&self.archive), message);
            session.report(finding.help(format!("也更正：zhunsheng correct … --period {}{found}", differing[0])));
        }
        Ok(())
    }

    /// The difference can only count in a month that is still to come: behind the corrected one, and not frozen.
    fn require_later(
        &self,
        plan: &Plan,
        month: PeriodId,
        batch: &Batch,
        archive: &Archive,
        session: &mut Session,
    ) -> Ended<()> {
        let calendar = &plan.calendar;
        let own = &batch.manifest.period;
        let is_later =
            |id: PeriodId| calendar.find(own).is_none_or(|own| calendar.period(own).last < calendar.period(id).first);
        let name = |id: PeriodId| calendar.period(id).name.as_str();
        let message = match archive.latest(name(month)) {
            _ if !is_later(month) => format!("{}不在{own}以后，差额计不进去", name(month)),
            Some(frozen) => format!("{}已经封存为“{}”，差额计不进去", name(month), frozen.name),
            None => return Ok(()),
        };
        let open: Vec<&str> = calendar
            .each(plan.cycle)
            .filter(|id| is_later(*id) && archive.latest(name(*id)).is_none())
            .map(name)
            .collect();
        let finding = Finding::error("month-found-unfit", Default::default(), message);
        Err(session.unable(finding.text(name(month)).help(match &open[..] {
            [] => format!("{own}以后没有还没封存的月份了，怎样更正由制定方案的部门定"),
            open => format!("写发现差错的、还没有封存的月份：{}", open.join("、")),
        })))
    }

    /// The differences as facts of the month in which they were found; the published month stays as it is.
    fn carry(
        &self,
        archive: &Archive,
        batch: &Batch,
        old: &Rescored,
        compiled: Compiled,
        node: NodeId,
        session: &mut Session,
    ) -> Ended<Status> {
        let calendar = &compiled.plan.calendar;
        let is_base =
            |period: &str| calendar.find(period).is_some_and(|id| calendar.period(id).cycle == compiled.plan.cycle);
        let own = &batch.manifest.period;
        if !is_base(own) {
            let word = compiled.plan.cycle.word();
            let message = format!("{own}由各{word}得出，差额按{word}计入");
            let finding = Finding::error("month-found-unfit", Default::default(), message);
            return Err(session.unable(
                finding.text(own).help(format!("--period 写事实有错的那个{word}；{own}随发现的那个{word}重算")),
            ));
        }
        let mut others = others(archive, own);
        others.retain(|batch| is_base(&batch.manifest.period));
        let (Some(found), Some(out)) = (&self.found, &self.out) else {
            let message = "方案约定更正计入发现的月份：封存的不变，差额报在发现的月份";
            let finding = Finding::error("month-found-unsaid", place_of(&self.archive), message);
            return Err(session.unable(finding.help("加上 --found 发现的月份 --out 文件夹，程序写好要报的事实")));
        };
        let what = format!("差额随发现的那一期计分，按{}计", compiled.plan.cycle.word());
        let month = base_period(&compiled.plan, found, &what, session)?;
        self.require_later(&compiled.plan, month, batch, archive, session)?;
        let mut folder = Folder::find(&self.of.data, &compiled.plan, session)?;
        // What was carried of this period before is taken off again: all that is not as it was published is looked at.
        folder.reopen(&compiled.plan, old.loaded.period);
        let new = score_folder(compiled, &batch.manifest.period, folder, session)
            .map_err(|status| self.amended_since(status, session))?;
        let plan = &new.loaded.compiled.plan;
        let (month, found) = (&plan.calendar.period(month).name, month);
        let correction = old.correction(&new);
        let mut unfit = correction.effects.iter().map(|moved| not_carried(moved, &correction.period, month)).peekable();
        if unfit.peek().is_some() {
            unfit.for_each(|finding| session.report(finding));
            return Err(Status::Findings);
        }
        let in_vain = upheld_in_vain(&correction, &self.of.data);
        if !in_vain.is_empty() {
            session.findings().extend(in_vain);
            return Err(Status::Findings);
        }
        let due = self.due(&correction, &new, node, batch, session)?;
        require_on_roster(&due, &new, found, session)?;
        if let Some(beyond) = correction::beyond(plan, node, &due) {
            session.report(beyond_line(beyond, &plan.nodes[node.index()].address, month, &self.archive));
            return Err(Status::Findings);
        }
        let because = match &self.reason {
            Some(reason) => format!("{}，{}", batch.name, reason),
            None => batch.name.clone(),
        };
        let Some(carried) = correction::carry(plan, node, &correction.period, &due, month, &because) else {
            let address = &plan.nodes[node.index()].address;
            let message = format!("条款“{address}”里没有“酌情加”“酌情扣”两句，差额记不进去");
            let finding = Finding::error("no-line-for-corrections", place_of(&self.archive), message);
            session.report(finding.help("在这一条下面写：\n补加：酌情加0至40分\n补扣：酌情扣0至40分"));
            return Err(Status::Findings);
        };
        // The frozen month keeps its places, and whatever looks at them.
        self.tell_others(&others, &new, batch::totals, &format!(" --found {month}"), session)?;
        let name = free(out, &format!("{month} 更正{}", correction.period));
        let path = out.join(&name);
        put(&[(PathBuf::from(name), carried.text.into_bytes())], out, session)?;
        session.note(&format!(
            "{}行差额已写入“{}”：放进数据文件夹，随{month}计分；{}的事实改回封存时的样子",
            carried.rows,
            path.display(),
            correction.period
        ));
        let upheld = correction.objections.iter().filter(|it| it.state == State::Upheld && it.fact.is_some());
        let numbers: Vec<&str> = upheld.map(|it| it.number.as_str()).collect();
        if !numbers.is_empty() {
            session.note(&format!(
                "异议{}：异议登记的“计入”一列写{month}，{}就照公布的计",
                numbers.join("、"),
                correction.period
            ));
        }
        session.print(|out| page::write_carried(&correction, &due, month, out))?;
        Ok(Status::Fine)
    }

    /// What is still due to each unit, once what was carried before is taken off.
    fn due<'c>(
        &self,
        correction: &'c Correction,
        new: &Rescored,
        node: NodeId,
        batch: &Batch,
        session: &mut Session,
    ) -> Ended<Vec<(&'c Moved, Number)>> {
        let (plan, period) = (&new.loaded.compiled.plan, &correction.period);
        let before = correction::carried(plan, node, &new.loaded.store, &batch.name);
        let named = |moved: &Moved| {
            let changes = before.get(&moved.unit).map_or(Vec::new(), |it| it.changes.keys().cloned().collect());
            format!("{}：{}", batch.name, changes.join("；"))
        };
        let together = "是另外一件的，把上一次的那一笔也留在数据里，另写一行，一起更正：程序减去已经计入的";
        let (mut due, mut again, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
        for moved in &correction.moved {
            match correction::still(moved, before.get(&moved.unit)) {
                Still::Points(points) => due.push((moved, points)),
                Still::Nothing if moved.difference.is_zero() => {}
                Still::Nothing => again.push(moved),
                Still::Unclear => unclear.push(moved),
            }
        }
        for moved in &unclear {
            let message =
                format!("{}的{period}以前计入过差额（备注写着{}），数据里的与它对不上", moved.unit, named(moved));
            let finding = Finding::error("difference-unclear", place_of(&self.of.data), message);
            session.report(
                finding.help(format!("封顶、同一事项要放在一起算。{together}；上一次的写错了的，先删去那一行差额")),
            );
        }
        if !unclear.is_empty() {
            return Err(Status::Findings);
        }
        if let Some(moved) = again.first().filter(|_| due.iter().all(|(_, points)| points.is_zero())) {
            let message =
                format!("{}的差额{}分，数据里已经有一次（备注写着{}）", moved.unit, moved.difference, named(moved));
            let finding = Finding::error("difference-carried", place_of(&self.of.data), message);
            session.report(
                finding.help(format!("就是那一次的，把{period}的事实改回封存时的样子，差额就不会再算\n{together}")),
            );
            return Err(Status::Findings);
        }
        Ok(due)
    }
}

/// A unit that has left before the month of discovery has no points in it.
fn require_on_roster(due: &[(&Moved, Number)], new: &Rescored, found: PeriodId, session: &mut Session) -> Ended<()> {
    let month = new.loaded.compiled.plan.calendar.period(found);
    let is_there = |moved: &Moved| {
        let unit = new.loaded.store.roster.iter().find(|unit| unit.is_called(&moved.unit));
        unit.is_some_and(|unit| unit.is_there_in(month))
    };
    let mut left = due.iter().filter(|(moved, points)| !points.is_zero() && !is_there(moved)).peekable();
    if left.peek().is_none() {
        return Ok(());
    }
    for (moved, points) in left {
        let message = format!("{}{}不在册，差额{points}分计不进去", moved.unit, month.name);
        let finding = Finding::error("month-found-unfit", Default::default(), message).text(&moved.unit);
        session.report(finding.help(
            "计入它还在册的、没有封存的月份；没有这样的月份的，这一件怎样办由制定方案的部门定，把它的事实改回封存时的样子，再更正别的",
        ));
    }
    Err(Status::Findings)
}

/// More than a line of the item takes.
fn beyond_line(
    (moved, points, label, most): (&Moved, Number, &str, rust_decimal::Decimal),
    address: &str,
    month: &str,
    archive: &Path,
) -> Finding {
    let (word, points) = if points.is_negative() { ("扣", points.negated()) } else { ("加", points) };
    let message = format!("{}的差额{points}分，“{address} {label}”一次最多{word}{most}分，放不进去", moved.unit);
    let finding = Finding::error("difference-too-large", place_of(archive), message);
    finding.help(format!(
        "不要改小差额。写一份修订本放宽，再加 --rulebook 修订本 更正：\n自{}起\n修改 {address} {label}：酌情{word}0至{points}分",
        spoken(month)
    ))
}

/// A name that no file of the folder has: what was carried before is not written over.
fn free(folder: &Path, stem: &str) -> String {
    let names = std::iter::once(format!("{stem}.csv")).chain((2..).map(|number| format!("{stem}（{number}）.csv")));
    names.into_iter().find(|name| !folder.join(name).exists()).expect("there is always one number more")
}

/// A veto or a lost title that the correction brings or takes away: the difference is points alone, and would drop it.
fn not_carried(moved: &EffectMoved, period: &str, month: &str) -> Finding {
    let EffectMoved { unit, clause, label, effect, came } = moved;
    let (what, help) = match came {
        true => (
            format!("新增{effect}"),
            format!(
                "把“{clause} {label}”那一行作为{month}的事实报（月份写{month}），{period}的事实里去掉它，再更正其他的差额"
            ),
        ),
        false => (
            format!("撤去{effect}"),
            format!("封存的{period}不动，撤不去它：要撤的，由制定方案的部门改用“更正已公布月份的，重新计算当月”"),
        ),
    };
    let message = format!("{unit}的“{clause} {label}”{what}：差额只有分，记不进{month}");
    Finding::error("effect-not-carried", Place::default(), message).text(effect).help(help)
}

/// `2023-06` as rulebooks write it.
fn spoken(month: &str) -> String {
    match month.split_once('-') {
        Some((year, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{year}年{}月", number.trim_start_matches('0'))
        }
        _ => month.to_owned(),
    }
}

/// Compiles documents as `score` would.
fn compiled(kept: &[Kept], session: &mut Session) -> Ended<Compiled> {
    let Some(newest) = kept.first() else { return Err(Status::Findings) };
    let text = rulebook::text_of(newest.bytes.clone(), Path::new(&newest.name), session)?;
    let mut read = |name: &str| {
        let kept = kept.iter().find(|kept| kept.name == name).ok_or_else(|| "没有它".to_owned())?;
        rulebook::decode(kept.bytes.clone()).ok_or_else(|| "不是文字".to_owned())
    };
    session.settle(compile::compile_to_score(&newest.name, &text, &mut read))
}

fn write_pages(corrected: &Corrected<'_>, letter: &Letter, date: Day, out: &Path, session: &mut Session) -> Ended<()> {
    // Each correction is a batch of its own, and so are its pages: one never takes the place of an earlier one.
    let name = format!("{} 更正", corrected.new);
    let mut html = Vec::new();
    page::write_page(corrected, &mut html).map_err(|error| session.cannot("写", out, &error))?;
    let mut files = vec![(PathBuf::from(format!("{name}.html")), html)];
    if let Some(docx) = notice(corrected, letter, date) {
        let docx = docx.map_err(|error| session.cannot("写", out, &error))?;
        files.push((PathBuf::from(format!("{name}.docx")), docx));
    }
    // What somebody has worked on since is theirs.
    let is_other = |(name, bytes): &&(PathBuf, Vec<u8>)| fs::read(out.join(name)).is_ok_and(|there| there != *bytes);
    if let Some((name, _)) = files.iter().find(is_other) {
        let message = format!("“{}”里已有“{}”，与现在要写的不一样，没有换", out.display(), name.display());
        let finding = Finding::error("not-a-report-folder", place_of(out), message);
        return Err(session.unable(finding.help("改过的通知移到别处再写，或者换一个文件夹")));
    }
    put(&files, out, session)
}

#[cfg(feature = "office")]
fn notice(corrected: &Corrected<'_>, letter: &Letter, date: Day) -> Option<io::Result<Vec<u8>>> {
    Some(page::write_notice(corrected, letter, crate::calendar::Month::of(date.0)))
}

#[cfg(not(feature = "office"))]
fn notice(_: &Corrected<'_>, _: &Letter, _: Day) -> Option<io::Result<Vec<u8>>> {
    None
}

fn put(files: &[(PathBuf, Vec<u8>)], out: &Path, session: &mut Session) -> Ended<()> {
    reports::put(out, files).map_err(|(path, error)| session.cannot("写", &path, &error))
}
