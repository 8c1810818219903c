//! `zhunsheng diff`: what changed in meaning between two rulebooks, and whom it moves.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Ended;
use super::folder::Folder;
use super::load::{FEW_BYTES, find_period};
use super::rulebook;
use super::session::{Session, Status};
use super::usage;
use crate::diff::{Comparison, Data, Impact, compare, impact};
use crate::report::difference;

/// 比较两本方案：哪些意思改了，各举一个例子；加 --facts 看影响到谁
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng diff <旧方案> <新方案> [选项]",
    next_help_heading = "选项"
)]
pub struct Diff {
    /// 旧方案
    #[arg(value_name = "旧方案", help_heading = "参数")]
    old: PathBuf,
    /// 新方案
    #[arg(value_name = "新方案", help_heading = "参数")]
    new: PathBuf,
    /// 格式：human、markdown、html 或 json（默认 human）
    #[arg(long, value_name = "格式", default_value = "human", hide_default_value = true, hide_possible_values = true)]
    format: Format,
    /// 用这个文件夹里的事实，两本方案各算一遍，看谁的得分、名次、等次、奖惩变了
    #[arg(long, value_name = "数据文件夹")]
    facts: Option<PathBuf>,
    /// 试算哪一期（默认旧方案的整个施行期）
    #[arg(long, value_name = "期间", requires = "facts")]
    period: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Markdown,
    Html,
    Json,
}

impl Diff {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let old = rulebook::load(&self.old, session)?;
        let new = rulebook::load(&self.new, session)?;
        let comparison = compare(&old, &new);
        let impact = self.impact(&comparison, session)?;
        session.print(|out| match self.format {
            Format::Human => difference::write(&comparison, impact.as_ref(), out),
            Format::Markdown => difference::write_markdown(&comparison, impact.as_ref(), out),
            Format::Html => difference::write_page(&comparison, impact.as_ref(), out),
            Format::Json => difference::write_json(&comparison, impact.as_ref(), out),
        })?;
        Ok(if comparison.is_same() { Status::Fine } else { Status::Findings })
    }

    fn impact(&self, comparison: &Comparison<'_>, session: &mut Session) -> Ended<Option<Impact>> {
        let Some(path) = &self.facts else { return Ok(None) };
        let plan = &comparison.old.plan;
        let period = match &self.period {
            Some(name) => Some(find_period(plan, name, session)?),
            None => None,
        };
        let folder = Folder::find(path, session)?;
        let threads = match folder.size() < FEW_BYTES {
            true => 1,
            false => std::thread::available_parallelism().map_or(1, usize::from),
        };
        let data = Data {
            roster: folder.roster.as_ref(),
            history: folder.history.as_ref(),
            facts: &folder.facts,
            threads,
        };
        let (impact, mut findings) = impact(comparison, &data, period);
        findings.append(folder.findings);
        session.settle((impact, findings)).map(Some)
    }
}
