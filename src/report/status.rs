//! Who has reported, as a table for people and as JSON for programs.

use std::io::{self, Write};

use super::json;
use super::table::{Column, write_table};
use crate::status::{Department, State, Status};

/// So many units are named for an indicator.
const MOST_UNITS: usize = 20;

/// Writes the table, and below it what is missing.
pub fn write(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}报送情况（期限{}，今天{}）", status.period, status.due, status.today)?;
    let all = || status.departments.iter();
    let columns = [
        Column::new("部门", false, all().map(|it| it.department.clone())),
        Column::new("情况", false, all().map(|it| word(it, status).to_owned())),
        Column::new("收到日期", false, all().map(|it| it.received.map_or(String::new(), |day| day.to_string()))),
        Column::new("指标", true, all().map(indicators)),
        Column::new("事项", true, all().map(|it| it.events.to_string())),
        Column::new("报送表", false, all().map(|it| it.form.clone().unwrap_or_default())),
    ];
    write_table(&columns.iter().collect::<Vec<_>>(), usize::MAX, out)?;
    for department in all() {
        for indicator in department.indicators.iter().filter(|it| !it.missing.is_empty()) {
            let name = format!("{} {}", indicator.clause, indicator.label);
            let more = match indicator.missing.len() {
                count if count > MOST_UNITS => format!("等{count}个"),
                _ => String::new(),
            };
            let units = indicator.missing[..indicator.missing.len().min(MOST_UNITS)].join("、");
            writeln!(out, "{}缺 {}：{units}{more}", department.department, name.trim())?;
        }
    }
    for objection in &status.objections {
        let (unit, clause, label) = (&objection.unit, &objection.clause, &objection.label);
        writeln!(out, "异议{}待处理：{unit}，{clause} {label}，{}", objection.number, objection.reason)?;
    }
    let count = |pick: &dyn Fn(&Department) -> bool| all().filter(|it| pick(it)).count();
    let missing = count(&|it| it.state == State::Missing);
    let partial = count(&|it| it.state == State::Partial);
    let late = count(&|it| it.late && !matches!(it.state, State::Missing | State::Partial));
    let total = status.departments.len();
    writeln!(
        out,
        "{total}个部门：报齐{}个（其中迟报{late}个），没有报齐{partial}个，没有报{missing}个",
        total - missing - partial
    )
}

fn word(department: &Department, status: &Status) -> &'static str {
    let is_past = status.today > status.due;
    match (department.state, department.late) {
        (State::Reported, false) => "已报",
        (State::Reported, true) => "迟报",
        (State::Nil, false) => "零报送",
        (State::Nil, true) => "零报送（迟报）",
        (State::Partial, _) if is_past => "没有报齐，已逾期",
        (State::Partial, _) => "没有报齐",
        (State::Missing, _) if is_past => "没有报，已逾期",
        (State::Missing, _) => "没有报",
    }
}

/// `48/50`: cells that are there, of those that were asked.
fn indicators(department: &Department) -> String {
    let reported: usize = department.indicators.iter().map(|it| it.reported).sum();
    let missing: usize = department.indicators.iter().map(|it| it.missing.len()).sum();
    if reported + missing == 0 { String::new() } else { format!("{reported}/{}", reported + missing) }
}

/// Writes the whole as JSON.
pub fn write_json(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    json::write_document(out, status)
}
