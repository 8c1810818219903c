//! `zhunsheng diff`: what changed in meaning between two rulebooks, and whom it moves.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Ended;
use super::folder::Folder;
use super::git;
use super::load::{FEW_BYTES, find_period};
use super::rulebook;
use super::session::{Session, Status};
use super::usage;
use crate::diff::{Comparison, Data, Impact, clashes, compare, compare_on, impact};
use crate::report::difference;
use crate::threads;

/// 比较两本方案：哪些意思改了，各举一个例子；加 --facts 看影响到谁
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng diff <旧方案> <新方案> [选项]\n      zhunsheng diff --base <共同的旧方案> <一边> <另一边>",
    next_help_heading = "选项"
)]
pub struct Diff {
    /// 旧方案；在git里的，可以写 提交:方案.zs
    #[arg(value_name = "旧方案", help_heading = "参数")]
    old: PathBuf,
    /// 新方案，同样
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
    /// 两边都从这本方案改来：看有没有改到同一处
    #[arg(long, value_name = "共同的旧方案", conflicts_with_all = ["facts", "acknowledged", "git"])]
    base: Option<PathBuf>,
    /// 已经确认的改动：每行一个指纹，后面可以写理由；都确认了的，退出码是0
    #[arg(long, value_name = "文件")]
    acknowledged: Option<PathBuf>,
    /// 由git调用（diff.zhunsheng.command），参数由git给
    #[arg(long, conflicts_with_all = ["facts", "acknowledged"])]
    git: bool,
    #[arg(hide = true, requires = "git")]
    more: Vec<PathBuf>,
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
        if self.git {
            return git::run(&self.old, &self.new, &self.more, session);
        }
        if let Some(base) = &self.base {
            return self.three_ways(base, session);
        }
        // The mistakes of both are told at once.
        let (old, new) = (git::load(&self.old, session), git::load(&self.new, session));
        let (old, new) = (old?, new?);
        let mut comparison = compare_on(&old, &new, cores());
        if let Some(path) = &self.acknowledged {
            // Before anyone has read anything there may be no such file.
            let text = match path.try_exists() {
                Ok(false) => {
                    session.note(&format!("还没有确认文件“{}”：当作一处都没有确认", path.display()));
                    String::new()
                }
                _ => rulebook::read_text(path, session)?,
            };
            let unknown = comparison.acknowledge(&text);
            if !unknown.is_empty() {
                session.note(&format!("确认文件里的{}不是这次的改动", unknown.join("、")));
            }
        }
        // Where facts are wrong, what changed is told all the same.
        let (mut impact, wrong) = match self.impact(&comparison, session) {
            Ok(impact) => (impact, false),
            Err(Status::Findings) => (None, true),
            Err(status) => return Err(status),
        };
        impact.iter_mut().for_each(|impact| comparison.learn(impact));
        session.print(|out| match self.format {
            Format::Human => difference::write(&comparison, impact.as_ref(), out),
            Format::Markdown => difference::write_markdown(&comparison, impact.as_ref(), out),
            Format::Html => difference::write_page(&comparison, impact.as_ref(), out),
            Format::Json => difference::write_json(&comparison, impact.as_ref(), out),
        })?;
        if wrong {
            return Ok(Status::Findings);
        }
        let open = comparison.meant().any(|change| change.acknowledged != Some(true));
        Ok(if comparison.is_same() || !open { Status::Fine } else { Status::Findings })
    }

    /// Whether two branches changed the same thing.
    fn three_ways(&self, base: &Path, session: &mut Session) -> Ended<Status> {
        let base = git::load(base, session);
        let (ours, theirs) = (git::load(&self.old, session), git::load(&self.new, session));
        let (base, ours, theirs) = (base?, ours?, theirs?);
        let clashes = clashes(&compare(&base, &ours), &compare(&base, &theirs));
        session.print(|out| match self.format {
            Format::Human => difference::three::write(&clashes, out),
            Format::Markdown => difference::three::write_markdown(&clashes, out),
            Format::Html => difference::three::write_page(&clashes, out),
            Format::Json => difference::three::write_json(&clashes, out),
        })?;
        Ok(if clashes.iter().all(|clash| clash.same) { Status::Fine } else { Status::Findings })
    }

    fn impact(&self, comparison: &Comparison<'_>, session: &mut Session) -> Ended<Option<Impact>> {
        let Some(path) = &self.facts else { return Ok(None) };
        let plan = &comparison.old.plan;
        let period = match &self.period {
            Some(name) => Some(find_period(plan, name, session)?),
            None => None,
        };
        let folder = Folder::find(path, plan, session)?;
        let threads = match folder.size() < FEW_BYTES {
            true => 1,
            false => cores(),
        };
        let (workdays, told) = folder.workdays();
        let (roster, history) = (folder.roster.as_ref(), folder.history.as_ref());
        let data = Data { roster, history, facts: &folder.facts, workdays, threads };
        let (impact, mut findings) = impact(comparison, &data, period);
        findings.append(told);
        findings.append(folder.findings);
        session.settle((impact, findings)).map(Some)
    }
}

fn cores() -> usize {
    threads::available()
}
