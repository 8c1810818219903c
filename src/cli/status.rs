//! `zhunsheng status`: who has reported a period, what is missing, and what came late.

use std::path::Path;

use chrono::{Datelike, NaiveDate};
use clap::{Args, ValueEnum};

use super::Ended;
use super::archive::{Day, today};
use super::folder::Folder;
use super::load::Asked;
use super::objected;
use super::rulebook;
use super::session::{self, Session, Status, place_of};
use super::usage;
use crate::calendar::{Cycle, PeriodId};
use crate::diagnostic::Finding;
use crate::eval::{self, Missing, Request};
use crate::facts::{Options, Store};
use crate::form;
use crate::lateness;
use crate::odd_shares;
use crate::plan::{DayKind, InputId, Plan};
use crate::report;
use crate::same_rows;
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
    #[command(flatten)]
    asked: Asked,
    /// 今天是哪天（默认今天，北京时间）
    #[arg(long, value_name = "日期")]
    date: Option<Day>,
    /// 逐格列出：单位（每个单位、每个部门一格）或 指标（每个指标一行，缺的是哪些单位）
    #[arg(long, value_name = "单位或指标", hide_possible_values = true)]
    by: Option<By>,
    /// 格式：table 或 json（默认 table）
    #[arg(long, value_name = "格式", default_value = "table", hide_default_value = true, hide_possible_values = true)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    #[value(name = "单位", alias = "unit")]
    Unit,
    #[value(name = "指标", alias = "indicator")]
    Indicator,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// What the period lacks: what its own scoring asks for, and what of it an item of a longer cycle will ask for later.
fn missing(plan: &Plan, store: &Store, period: PeriodId) -> Vec<Missing> {
    let calendar = &plan.calendar;
    let own = calendar.period(period);
    let around = Cycle::ALL.into_iter().filter(|cycle| *cycle > plan.cycle);
    let ends = around.filter_map(|cycle| calendar.around(cycle, own.last)).map(|id| calendar.period(id).last);
    let mut asking: Vec<PeriodId> = ends.filter_map(|last| calendar.around(plan.cycle, last)).collect();
    // What counts at the year's end is asked for with the last month of its own cycle.
    let is_year_end = |id: InputId| plan.is_year_end(plan.inputs[id.index()].node);
    let inputs = (0..plan.inputs.len()).map(|index| InputId(index as u16));
    let closing = inputs.filter(|id| is_year_end(*id)).filter_map(|id| {
        let whole = calendar.around(plan.inputs[id.index()].cycle, own.last)?;
        (calendar.period(whole).last == own.last).then_some(whole)
    });
    asking.extend(closing);
    // Of a unit that leaves before, it is asked for with its last month.
    let leaving = store.roster.iter().filter_map(|unit| unit.last).filter(|last| own.last <= *last);
    asking.extend(leaving.filter_map(|last| calendar.around(plan.cycle, last)));
    asking.push(period);
    asking.sort_unstable();
    asking.dedup();
    let mut missing = Vec::new();
    for asked in asking {
        let lacking = eval::missing(&Request { plan, store, period: asked, traced: false, threads: 1 });
        let counts =
            |it: &Missing| asked == period || own.contains(calendar.period(it.period)) || is_year_end(it.input);
        missing.extend(lacking.into_iter().filter(counts));
    }
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// A day by which is to be reported, counted in a year whose holidays nobody knows.
pub fn holidays_unknown(plan: &Plan, due: NaiveDate, workdays: &Workdays, data: &Path) -> Option<Finding> {
    let counts = plan.due.is_some_and(|due| due.workdays == DayKind::Statutory);
    (counts && !workdays.knows(due.year())).then(|| {
        let message = format!("不知道{}年的节假日，只除去周六、周日", due.year());
        let finding = Finding::warning("holidays-unknown", place_of(data), message);
        finding.help("在数据文件夹里放一个节假日.csv：日期、类别（休或班）")
    })
}

impl Report {
    pub fn run(self, session: &mut Session) -> Ended<session::Status> {
        let Asked { rulebook, of } = &self.asked;
        let compiled = rulebook::load_to_score(rulebook, session)?;
        let plan = &compiled.plan;
        let period = of.base_period(plan, &format!("报送按{}看", plan.cycle.word()), session)?;
        let mut folder = Folder::find(&of.data, plan, session)?;
        let options = Options { keep_entries: false, threads: 1, progress: None };
        let (mut store, findings) = folder.read(plan, period, &options);
        // Facts with mistakes are told, and who has reported is told all the same.
        let mut found = findings;
        let (own, told) = folder.workdays();
        found.append(told);
        store.workdays = own;
        let workdays = store.workdays();
        let due = form::due(plan, period, workdays);
        found.extend(holidays_unknown(plan, due, workdays, &of.data));
        let (receipts, told) = folder.receipts(plan);
        found.append(told);
        found.extend(status::owed(plan, period, &folder.forms, &receipts));
        let missing = missing(plan, &store, period);
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
        let status = status::status(&known, self.by.is_some());
        found.extend(status::doubts(&known, &status));
        let known = |unit: &str| store.roster.iter().any(|known| known.name == unit);
        found.extend(objected::unknown_units(&folder.objected, known));
        found.extend(objected::without_fact(&folder.objected, &plan.calendar, period));
        let due = |period: PeriodId| form::due(plan, period, workdays);
        found.extend(lateness::remind(plan, &store, period, 1, &due));
        found.extend(same_rows::remind(plan, &store, period, 1));
        found.extend(odd_shares::remind(plan, &store, period, 1));
        found.extend(folder.copied(plan, &store, period, 1));
        found.append(folder.findings);
        let failed = found.has_errors();
        session.findings().append(found);
        session.print(|out| match self.format {
            Format::Table => match self.by {
                None => report::write_status(&status, out),
                Some(By::Unit) => report::write_status_by_unit(&status, session::width(), out),
                Some(By::Indicator) => report::write_status_by_indicator(&status, out),
            },
            Format::Json => report::write_status_json(&status, out),
        })?;
        Ok(if failed || status.lacks() { Status::Findings } else { Status::Fine })
    }
}
