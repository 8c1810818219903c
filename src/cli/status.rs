//! `zhunsheng status`: who has reported a period, what is missing, and what came late.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Ended;
use super::archive::{Day, today};
use super::folder::Folder;
use super::load::find_period;
use super::objected;
use super::rulebook;
use super::session::{self, Session, Status, place_of};
use super::usage;
use crate::diagnostic::Finding;
use crate::eval::{self, Request};
use crate::facts::{self, Options};
use crate::report;
use crate::status::{self, Known};
use crate::workdays::Workdays;

/// 一期报送得怎样：谁报了，谁没有报，缺什么，谁迟了
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng status <方案文件> <数据文件夹> --period <期间> [--date <日期>]",
    next_help_heading = "选项"
)]
pub struct Report {
    /// 方案文件
    #[arg(value_name = "方案文件", help_heading = "参数", display_order = 1)]
    rulebook: PathBuf,
    /// 数据文件夹：单位名册、收到的事实；有“报送.csv”的，用它登记的收到日期和零报送
    #[arg(value_name = "数据文件夹", help_heading = "参数", display_order = 2)]
    data: PathBuf,
    /// 期间：2023-04
    #[arg(long, value_name = "期间")]
    period: String,
    /// 今天是哪天（默认今天，北京时间）
    #[arg(long, value_name = "日期")]
    date: Option<Day>,
    /// 格式：table 或 json（默认 table）
    #[arg(long, value_name = "格式", default_value = "table", hide_default_value = true, hide_possible_values = true)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

impl Report {
    pub fn run(self, session: &mut Session) -> Ended<session::Status> {
        let compiled = rulebook::load_to_score(&self.rulebook, session)?;
        let plan = &compiled.plan;
        let period = find_period(plan, &self.period, session)?;
        let span = plan.calendar.period(period);
        if span.cycle != plan.cycle {
            let message = format!("报送按{}看，“{}”不是", plan.cycle.word(), span.name);
            let finding = Finding::error("unknown-period", Default::default(), message).text(&self.period);
            let bases = plan.calendar.within(period, plan.cycle).map(|id| plan.calendar.period(id).name.as_str());
            return Err(session.unable(finding.help(format!("可以是：{}", bases.collect::<Vec<_>>().join("、")))));
        }
        let folder = Folder::find(&self.data, plan, session)?;
        let options = Options { keep_entries: false, threads: 1, progress: None };
        let (store, findings) =
            facts::read(plan, folder.roster.as_ref(), folder.history.as_ref(), &folder.facts, &options);
        // Facts with mistakes are told, and who has reported is told all the same.
        let mut found = findings;
        let mut workdays = Workdays::statutory();
        if let Some(file) = &folder.holidays {
            let (own, told) = workdays.with(file);
            workdays = own;
            found.append(told);
        }
        let due = status::due(plan, period, &workdays);
        if plan.due.is_some_and(|due| due.workdays) && !workdays.knows(chrono::Datelike::year(&due)) {
            let message = format!("不知道{}年的节假日，只除去周六、周日", chrono::Datelike::year(&due));
            let finding = Finding::warning("holidays-unknown", place_of(&self.data), message);
            found.push(finding.help("在数据文件夹里放一个节假日.csv：日期、类别（休或班）"));
        }
        let receipts = match &folder.receipts {
            Some(file) => {
                let (receipts, told) = status::read_receipts(plan, &status::departments(plan), file);
                found.append(told);
                receipts
            }
            None => Vec::new(),
        };
        let missing = eval::missing(&Request { plan, store: &store, period, traced: false, threads: 1 });
        let today = self.date.unwrap_or_else(today).0;
        let known = Known {
            plan,
            store: &store,
            period,
            missing: &missing,
            forms: &folder.forms,
            receipts: &receipts,
            objections: &folder.objected,
            due,
            today,
        };
        let status = status::status(&known);
        let known = |unit: &str| store.roster.iter().any(|known| known.name == unit);
        found.extend(objected::unknown_units(&folder.objected, known));
        found.append(folder.findings);
        let failed = found.has_errors();
        session.findings().append(found);
        session.print(|out| match self.format {
            Format::Table => report::write_status(&status, out),
            Format::Json => report::write_status_json(&status, out),
        })?;
        Ok(if failed || status.lacks() { Status::Findings } else { Status::Fine })
    }
}
