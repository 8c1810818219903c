//! `zhunsheng test`: run the rulebook's own 例.

use std::path::PathBuf;

use clap::Args;

use super::Ended;
use super::rulebook;
use super::session::{Session, Status};
use super::usage;
use crate::example;

/// 试算方案里自带的例
#[derive(Args)]
#[command(help_template = usage::TEMPLATE, override_usage = "zhunsheng test <方案文件>…", next_help_heading = "选项")]
pub struct Test {
    /// 方案文件，可以有多个
    #[arg(value_name = "方案文件", help_heading = "参数", required = true)]
    rulebooks: Vec<PathBuf>,
}

impl Test {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let mut text = String::new();
        let mut status = Status::Fine;
        for path in &self.rulebooks {
            let Ok(compiled) = rulebook::load(path, session).map_err(|failed| status = status.max(failed)) else {
                continue;
            };
            let (report, findings) = example::run(&compiled);
            let (passed, failed) = (report.passed, report.failed);
            text.push_str(&format!("{}{}：{passed}个例通过，{failed}个不通过\n", report.text, path.display()));
            if let Err(found) = session.settle((Some(()), findings)) {
                status = status.max(found);
            }
        }
        session.print(|out| out.write_all(text.as_bytes()))?;
        Ok(status)
    }
}
