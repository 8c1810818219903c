//! `zhunsheng show`: the rulebook, or how it is read.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use unicode_width::UnicodeWidthStr;

use super::Ended;
use super::git;
use super::rulebook;
use super::session::{Session, Status};
use super::usage;
use crate::analysis::limits;
use crate::plan::Plan;
use crate::report;
use crate::signs;
use crate::source::Source;

/// 显示方案；加 --readings 列出读法、约定和待定，加 --limits 列出各项的最低分和最高分，加 --hash 只给含义的指纹
#[derive(Args)]
#[command(help_template = usage::TEMPLATE, override_usage = "zhunsheng show <方案文件> [--readings | --limits | --hash]", next_help_heading = "选项")]
pub struct Show {
    /// 方案文件
    #[arg(value_name = "方案文件", help_heading = "参数")]
    rulebook: PathBuf,
    /// 只列读法、约定和待定
    #[arg(long)]
    readings: bool,
    /// 只列各板块、各条目和总分最低、最高能到几分
    #[arg(long, conflicts_with = "readings")]
    limits: bool,
    /// 只给含义的指纹：含义一样的方案指纹一样
    #[arg(long, conflicts_with_all = ["readings", "limits"])]
    hash: bool,
    /// 给git逐行比较用：规范格式，不带注释和空行（diff.zhunsheng.textconv）
    #[arg(long, conflicts_with_all = ["readings", "limits", "hash"])]
    textconv: bool,
    /// 格式：text 或 json（默认 text）
    #[arg(long, value_name = "格式", default_value = "text", hide_default_value = true, hide_possible_values = true)]
    format: TextFormat,
}

/// Sentences for people, or JSON.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TextFormat {
    Text,
    Json,
}

impl Show {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        if self.textconv {
            return git::write_text(&self.rulebook, session);
        }
        let compiled = rulebook::load(&self.rulebook, session)?;
        if self.hash {
            session.print(|out| match self.format {
                TextFormat::Json => writeln!(out, "{}", serde_json::json!({ "hash": compiled.plan.hash() })),
                TextFormat::Text => writeln!(out, "{}", compiled.plan.hash()),
            })?;
            return Ok(Status::Fine);
        }
        if self.limits {
            let limits = limits::limits(&compiled.plan);
            session.print(|out| match self.format {
                TextFormat::Json => report::write_limits_json(&compiled.plan, &limits, out),
                TextFormat::Text => report::write_limits(&compiled.plan, &limits, out),
            })?;
            return Ok(Status::Fine);
        }
        let text = &consolidated(&compiled.source);
        session.print(|out| match (self.format, self.readings) {
            (TextFormat::Json, readings) => {
                report::write_rulebook(&compiled.plan, (!readings).then_some(text.as_str()), out)
            }
            (TextFormat::Text, true) => write_readings(&compiled.plan, out),
            (TextFormat::Text, false) => {
                out.write_all(text.as_bytes())?;
                if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") }
            }
        })?;
        Ok(Status::Fine)
    }
}

/// The text of a rulebook; behind a line, in a comment, the signs of its words of comparison and, where several
/// documents made the text, which of them the line is of.
fn consolidated(source: &Source) -> String {
    let signs = signs::by_line(source);
    let mut text = String::new();
    for number in 1..=source.line_count() {
        let line = source.line(number);
        text.push_str(line);
        let is_statement = !line.trim().is_empty() && !line.trim_start().starts_with(['#', '＃']);
        let origin = source.origin(number).filter(|_| is_statement);
        let origin = origin.map(|(document, origin)| format!("{}:{}", document.short_name(), origin.line));
        let told: Vec<String> = origin.into_iter().chain(signs.get(&number).cloned()).collect();
        if !told.is_empty() {
            text.push_str(&" ".repeat(COLUMN.saturating_sub(line.width()).max(2)));
            text.push_str(&format!("# {}", told.join("  ")));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// Where this is told, in terminal cells, behind lines that are not longer.
const COLUMN: usize = 60;

fn write_readings(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    for kind in ["约定", "读法", "待定"] {
        let readings: Vec<_> = plan.readings.iter().filter(|reading| reading.kind == kind).collect();
        writeln!(out, "{kind}（{}条）", readings.len())?;
        for reading in readings {
            match reading.clause.as_str() {
                "" => writeln!(out, "  {}", reading.text)?,
                clause => writeln!(out, "  {clause}：{}", reading.text)?,
            }
        }
    }
    Ok(())
}
