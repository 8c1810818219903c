//! `zhunsheng diff`: what changed in meaning between two rulebooks.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Ended;
use super::rulebook;
use super::session::{Session, Status};
use super::usage;
use crate::diff::compare;
use crate::report;

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
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

impl Diff {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let old = rulebook::load(&self.old, session)?;
        let new = rulebook::load(&self.new, session)?;
        let comparison = compare(&old, &new);
        session.print(|out| match self.format {
            Format::Human => report::difference::write(&comparison, out),
            Format::Json => report::difference::write_json(&comparison, out),
        })?;
        Ok(if comparison.is_same() { Status::Fine } else { Status::Findings })
    }
}
