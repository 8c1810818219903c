//! `zhunsheng score`: totals, ranks and awards of a period.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Ended;
use super::archive::{self, Day, Freezing, Open};
use super::load::{Loaded, Subject};
use super::reports;
use super::rulebook;
use super::session::{self, Session, Status, place_of};
use super::usage;
use crate::diagnostic::Finding;
use crate::published;
use crate::report;
use crate::report::letter::{Frozen, Letter};
use crate::scored::Scored;

/// 按期间计分、排名、定奖惩
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng score <方案文件> <数据文件夹> --period <期间> [选项]",
    next_help_heading = "选项"
)]
pub struct Score {
    #[command(flatten)]
    subject: Subject,
    /// 格式：table、json 或 csv（默认 table）
    #[arg(long, value_name = "格式", default_value = "table", hide_default_value = true, hide_possible_values = true)]
    format: Format,
    /// 另写核算表、通报、每个单位的告知书和说明、网页，以及结果.json、排名.csv 到这个文件夹
    #[arg(long, value_name = "文件夹")]
    out: Option<PathBuf>,
    #[cfg(feature = "office")]
    #[command(flatten)]
    letterhead: reports::Letterhead,
    /// 与公布的结果比对：csv，有单位、总分两列，可以有名次
    #[arg(long, value_name = "文件")]
    against: Option<PathBuf>,
    /// 封存：把这一期的方案、事实和结果写成存档里的一批，以后不能改动
    #[arg(long, value_name = "存档", conflicts_with = "against")]
    freeze: Option<PathBuf>,
    /// 已经封存的：与这个存档里的一字不差，报告上才印批次和校验码
    #[arg(long, value_name = "存档", requires = "out", conflicts_with_all = ["freeze", "against"])]
    frozen: Option<PathBuf>,
    /// 封存的日期（默认今天，北京时间）
    #[arg(long, value_name = "日期", requires = "freeze")]
    date: Option<Day>,
}

/// How results are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

impl Score {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let traced =
            self.out.is_some() || self.freeze.is_some() || (self.format == Format::Json && self.against.is_none());
        if let Some(folder) = self.out.as_deref().filter(|folder| self.subject.holds(folder)) {
            let message = format!("“{}”在数据文件夹里，报告写在那里，下次会被当作事实", folder.display());
            let finding = Finding::error("reports-among-facts", place_of(folder), message);
            return Err(session.unable(finding.help("换一个文件夹，比如与数据文件夹并列的“报告”")));
        }
        let place = match &self.out {
            Some(folder) => Some(reports::Place::find(folder, session)?),
            None => None,
        };
        let loaded = self.subject.load(traced, session)?;
        if let Some(place) = &place {
            place.require_same(&loaded.compiled.plan, loaded.period, session)?;
        }
        #[cfg(feature = "office")]
        if let Some(doubt) = self.letterhead.doubt(loaded.compiled.plan.calendar.period(loaded.period)) {
            session.report(doubt);
        }
        let published = match &self.against {
            Some(path) => {
                let text = rulebook::read_text(path, session)?;
                Some(session.settle(published::read(&path.display().to_string(), &text))?)
            }
            None => None,
        };
        let outcome = self.subject.evaluate(&loaded, traced, session)?;
        // Nothing of it is given back: the process ends sooner than it would be taken apart.
        let (loaded, outcome) = (ManuallyDrop::new(loaded), ManuallyDrop::new(outcome));
        let scored = Scored { plan: &loaded.compiled.plan, store: &loaded.store, outcome: &outcome };
        let is_shown = place.is_some() || published.is_none() && self.format == Format::Table;
        let stages = loaded.stages(&outcome, is_shown, session)?;
        let frozen = match (&self.freeze, &self.frozen) {
            (Some(archive), _) => Some(self.freeze(archive, &scored, &loaded, session)?),
            (None, Some(archive)) => Some(archive::holding(archive, &scored, session)?),
            (None, None) => None,
        };
        if let (Some(folder), Some(place)) = (&self.out, place) {
            #[cfg(feature = "office")]
            let letter = self.letterhead.letter();
            #[cfg(not(feature = "office"))]
            let letter = Letter::default();
            let letter = Letter { frozen, ..letter };
            let months = loaded.base_periods(&outcome, session)?;
            reports::write(&scored, &months, &stages, &letter, place, session)?;
            session.note(&format!("已写入“{}”", folder.display()));
        }
        if let Some(published) = &published {
            let comparison = published::compare(&scored, published);
            session.print(|out| match self.format {
                Format::Json => report::write_comparison_json(&scored, &comparison, out),
                Format::Table | Format::Csv => report::write_comparison(&scored, &comparison, out),
            })?;
            return Ok(if comparison.differences.is_empty() { Status::Fine } else { Status::Findings });
        }
        session.print(|out| match self.format {
            Format::Table => {
                report::write_table(&scored, session::width(), out)?;
                report::write_stages(&scored, &stages, out)
            }
            Format::Json => report::write_json(&scored, out),
            Format::Csv => report::write_csv(&scored, loaded.threads(), out),
        })?;
        Ok(Status::Fine)
    }

    /// Freezes what was scored.
    fn freeze(&self, root: &Path, scored: &Scored<'_>, loaded: &Loaded, session: &mut Session) -> Ended<Frozen> {
        let freezing = Freezing {
            rulebook: archive::documents(self.subject.rulebook(), session)?,
            data: self.subject.data(),
            files: &loaded.files,
            period: &scored.period().name,
            date: self.date.unwrap_or_else(archive::today),
            corrects: None,
            reason: None,
        };
        freezing.require_apart(root, session)?;
        freezing.require_passed(session)?;
        let mut expected = Vec::new();
        report::write_json(scored, &mut expected).map_err(|error| session.cannot("写", root, &error))?;
        let open = Open::to_write(root, session)?;
        freezing.require_new(&open, &expected, session)?;
        freezing.remind(&open, loaded, session)?;
        let frozen = freezing.freeze(open, Some(&expected), session)?;
        session.note(&format!("已封存为“{}”，校验码{}", frozen.batch.name, frozen.batch.sha256));
        Ok(Frozen { batch: frozen.batch.name, sha256: frozen.batch.sha256 })
    }
}
