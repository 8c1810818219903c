//! `zhunsheng test`: run the 例 of rulebooks, and list what they do not use.

use std::path::PathBuf;

use clap::Args;
use rust_decimal::Decimal;

use super::Ended;
use super::cases::{self, Suite};
use super::rulebook;
use super::session::{Session, Status, place_of};
use super::show::TextFormat;
use super::usage;
use crate::compile::Compiled;
use crate::diagnostic::Finding;
use crate::example::{self, Coverage, Report, Suggestion};
use crate::report;

/// 核对方案的例，列出例没有用到的计分句、分档、封顶、名次等次奖惩
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng test <方案文件> [例的文件]… [选项]",
    next_help_heading = "选项",
    after_help = "方案旁边的 方案名.例.zs、方案名.例.csv、方案名.例.xlsx（“例”后面可以再加字）不用写，一起核对。"
)]
pub struct Test {
    /// 方案文件，可以有多个；每个后面可以写例的文件：以“例”开头的 .zs，或 .csv、.xlsx 表
    #[arg(value_name = "方案文件", help_heading = "参数", required = true)]
    paths: Vec<PathBuf>,
    /// 例至少要用到方案的百分之几，如 90%；不够的退出码为1
    #[arg(long, value_name = "百分比", value_parser = percentage)]
    require_coverage: Option<Decimal>,
    /// 给没有用到的计分句、分档、封顶、名次等次奖惩拟出例，可以照抄
    #[arg(long, conflicts_with = "format")]
    suggest: bool,
    /// 格式：text 或 json（默认 text）
    #[arg(long, value_name = "格式", default_value = "text", hide_default_value = true, hide_possible_values = true)]
    format: TextFormat,
}

impl Test {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let (suites, mut status) = cases::suites(&self.paths, session);
        let mut results = Vec::new();
        let mut astray = Vec::new();
        let mut suggested = String::new();
        for suite in suites {
            match self.one(suite, session) {
                Ok((path, compiled, report, unread, ended)) => {
                    status = status.max(ended);
                    let path = path.display().to_string();
                    if self.suggest {
                        suggested.push_str(&suggestion(&path, &example::suggest(&compiled, &report)));
                    }
                    results.push((path, report));
                    astray.push(unread);
                }
                Err(failed) => status = status.max(failed),
            }
        }
        if self.suggest {
            session.print(|out| out.write_all(suggested.as_bytes()))?;
            return Ok(status);
        }
        session.print(|out| match self.format {
            TextFormat::Json => report::write_cases(&results, out),
            TextFormat::Text => results.iter().zip(&astray).try_for_each(|((path, report), unread)| {
                let Report { text, passed, failed, .. } = report;
                let unread = if *unread { "；表里有没有读懂的例，没有算" } else { "" };
                writeln!(out, "{text}{path}：{passed}个例通过，{failed}个不通过{unread}")
            }),
        })?;
        Ok(status)
    }

    fn one(&self, suite: Suite, session: &mut Session) -> Ended<(PathBuf, Compiled, Report, bool, Status)> {
        let Suite { rulebook: path, texts, sheets } = suite;
        let compiled = rulebook::load_beside(&path, &texts, session)?;
        let mut status = Status::Fine;
        let mut more = Vec::new();
        // Examples of tables that nobody could read, or that say no result.
        let mut unread = false;
        for sheet in sheets {
            let (examples, found) = example::read_sheet(&compiled, sheet);
            more.extend(examples);
            if session.settle((Some(()), found)).is_err() {
                (status, unread) = (Status::Findings, true);
            }
        }
        let (report, findings) = example::run_with(&compiled, &more);
        if session.settle((Some(()), findings)).is_err() {
            status = Status::Findings;
        }
        if let Some(least) = self.require_coverage.filter(|least| !reaches(&report.coverage, *least)) {
            session.report(too_little(&path, &compiled, &report.coverage, least));
            status = Status::Findings;
        }
        Ok((path, compiled, report, unread, status))
    }
}

/// As text that may be pasted: what is no example is a comment.
fn suggestion(path: &str, suggestion: &Suggestion) -> String {
    let mut text = format!(
        "# 为“{path}”拟的例{}个：应得的分是按现在的规则算出来的，照原文核对以后再用\n",
        suggestion.examples.len()
    );
    for example in &suggestion.examples {
        text.push_str(&format!("\n{example}"));
    }
    if !suggestion.without.is_empty() {
        text.push_str("\n# 没有拟出的，要自己写：\n");
        suggestion.without.iter().for_each(|spot| text.push_str(&format!("# {spot}\n")));
    }
    if suggestion.left > 0 {
        text.push_str(&format!("# 还有{}处没有看，补上这些例以后再来一次\n", suggestion.left));
    }
    text
}

/// 90% or 90
fn percentage(text: &str) -> Result<Decimal, String> {
    let written = text.trim();
    let bare = written.trim_end_matches(['%', '％']);
    let number = bare.parse::<Decimal>().ok();
    let fits = number.filter(|number| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(number));
    // 0.9 is nine tenths to some and 0.9% to others.
    let unclear = |number: &Decimal| bare == written && !number.is_zero() && *number <= Decimal::ONE;
    fits.filter(|number| !unclear(number)).ok_or_else(|| "90%这样的百分比".to_owned())
}

fn reaches(coverage: &Coverage, least: Decimal) -> bool {
    let (used, all) = coverage.count(None);
    // INVARIANT: both are far below what a decimal holds.
    Decimal::from(used) * Decimal::ONE_HUNDRED >= least * Decimal::from(all)
}

fn too_little(path: &std::path::Path, compiled: &Compiled, coverage: &Coverage, least: Decimal) -> Finding {
    let (used, all) = coverage.count(None);
    let message = format!(
        "“{}”的例只用到{used}/{all}（{}），要求至少{}%",
        compiled.plan.title,
        coverage.percent(),
        least.normalize()
    );
    Finding::error("too-little-coverage", place_of(path), message)
        .help("没有用到的列在结果里；zhunsheng test --suggest 给出可以照抄的例")
}
