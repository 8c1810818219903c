//! `zhunsheng check`: read and check rulebooks, all findings at once; `--explain` tells what a finding means.

use std::path::PathBuf;

use clap::Args;

use super::Ended;
use super::rulebook;
use super::session::{Session, Status};
use super::usage;
use crate::citation::{self, Comparison};
use crate::diagnostic::{Finding, Findings, Place};
use crate::kind;
use crate::lint;
use crate::plan::{InputKind, NodeId, Plan};
use crate::source::Source;

/// 检查方案，一次列出所有问题
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng check <方案文件>…\n      zhunsheng check --explain [名称]",
    next_help_heading = "选项"
)]
pub struct Check {
    /// 方案文件，可以有多个
    #[arg(value_name = "方案文件", help_heading = "参数", required_unless_present = "explain")]
    rulebooks: Vec<PathBuf>,

    /// 方案原文的文本文件：核对每个“依据”和其中的数
    #[arg(long, value_name = "文本文件")]
    source: Option<PathBuf>,
    /// 说明一种问题，附错的和对的例子；不写名称的，列出全部名称
    #[arg(long, value_name = "名称", num_args = 0..=1, default_missing_value = "", hide_default_value = true)]
    explain: Option<String>,
}

impl Check {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        if let Some(name) = &self.explain {
            return explain(name.trim(), session);
        }
        let mut lines = Vec::new();
        let mut status = Status::Fine;
        let text = match &self.source {
            Some(path) => Some(Source::new(path.display().to_string(), rulebook::read_text(path, session)?)),
            None => None,
        };
        for path in &self.rulebooks {
            let compiled = match rulebook::load(path, session) {
                Ok(compiled) => compiled,
                Err(failed) => {
                    status = status.max(failed);
                    continue;
                }
            };
            // Held against its text, a rulebook is to be told the differences alone.
            if text.is_none() {
                lint::show_gaps(&compiled, session.findings());
                let mut found = Findings::default();
                lint::run(&compiled, &mut found);
                session.findings().append(found.at_origins(&compiled.source));
            }
            lines.push(format!("{}：没有发现错误（{}）", path.display(), counts(&compiled.plan)));
            if let Some(text) = &text {
                let comparison = citation::compare(&compiled.source, text);
                describe(&comparison, &text.name, &mut lines);
                if session.settle((Some(()), comparison.findings)).is_err() {
                    status = status.max(Status::Findings);
                }
            }
        }
        if status == Status::Fine || text.is_some() {
            session.print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
        }
        Ok(status)
    }
}

/// What was held against the scheme's text, beside the findings.
fn describe(comparison: &Comparison, name: &str, lines: &mut Vec<String>) {
    let count = comparison.findings.len();
    let said = if count == 0 { "数字都对得上".to_owned() } else { format!("有{count}处对不上") };
    lines.push(format!("与原文“{name}”核对：依据原文{}处，{said}", comparison.cited));
    let mut list = |title: String, entries: &mut dyn Iterator<Item = String>| {
        let mut entries = entries.peekable();
        if entries.peek().is_some() {
            lines.push(title);
            lines.extend(entries.map(|entry| format!("  {entry}")));
        }
    };
    list(
        format!("由读法、待定或原文残缺说明的{}处：", comparison.explained.len()),
        &mut comparison.explained.iter().cloned(),
    );
    list(
        format!("没有一行依据的原文{}处：", comparison.uncited.len()),
        &mut comparison.uncited.iter().map(|(line, title, begins)| format!("第{line}行 {title}：{begins}…")),
    );
}

/// The page of one kind of finding, or all names.
fn explain(name: &str, session: &mut Session) -> Ended<Status> {
    if let Some(kind) = kind::find(name) {
        session.print(|out| out.write_all(kind.page().as_bytes()))?;
        return Ok(Status::Fine);
    }
    session.print(|out| out.write_all(kind::list().as_bytes()))?;
    if name.is_empty() {
        return Ok(Status::Fine);
    }
    let finding = Finding::error("unknown-kind", Place::default(), format!("没有叫“{name}”的问题")).text(name);
    let help = match kind::nearest(name) {
        Some(nearest) => format!("是不是“{nearest}”？"),
        None => "名称在问题后面的括号里，全部名称列在上面".to_owned(),
    };
    Err(session.unable(finding.help(help)))
}

fn counts(plan: &Plan) -> String {
    let sections = plan.nodes.first().map_or(0, |root| root.children.len());
    let items = plan.nodes.iter().filter(|node| node.parent.is_some_and(|parent| parent != NodeId(0))).count();
    let pending = plan.inputs.iter().filter(|input| matches!(input.kind, InputKind::Pending(_))).count();
    let mut text = format!("{sections}个板块，{items}个条目，{}个计分句", plan.rules.len());
    if pending > 0 {
        text.push_str(&format!("，{pending}处待定"));
    }
    text
}
