//! Who has reported, as a table for people and as JSON for programs.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::json;
use super::table::{Column, write_table, write_tables};
use crate::plan::words::first_of;
use crate::status::{Asked, Cell, Department, Mark, State, Status};

/// So many units are named for an indicator.
const MOST_UNITS: usize = 20;
const MOST_IN_A_CELL: usize = 4;

/// Writes the table, and below it what is missing.
pub fn write(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    write_title(status, out)?;
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
        let asked = department.indicators.len();
        if asked > 1 && department.indicators.iter().all(|it| it.reported == 0 && !it.missing.is_empty()) {
            writeln!(out, "{}的{asked}个指标全部没有报", department.department)?;
            continue;
        }
        for indicator in department.indicators.iter().filter(|it| !it.missing.is_empty()) {
            let name = format!("{} {}", indicator.clause, indicator.label);
            let missing: Vec<&str> = indicator.missing.iter().map(String::as_str).collect();
            writeln!(out, "{}缺 {}：{}", department.department, name.trim(), first_of(&missing, MOST_UNITS, "个"))?;
        }
    }
    write_end(status, out)
}

/// Writes a table of units × departments.
pub fn write_by_unit(status: &Status, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    write_title(status, out)?;
    let mut units: Vec<&str> = Vec::new();
    let mut columns: Vec<(&str, Vec<Vec<Mark>>)> = Vec::new();
    for cell in &status.cells {
        if columns.last().is_none_or(|(department, _)| *department != cell.department) {
            columns.push((&cell.department, Vec::new()));
        }
        let first = columns.len() == 1;
        let (_, marks) = columns.last_mut().expect("there is one now");
        // The units of every department stand in the order of the roster.
        if marks.is_empty() || units[marks.len() - 1] != cell.unit {
            if first {
                units.push(&cell.unit);
            }
            marks.push(Vec::new());
        }
        marks.last_mut().expect("there is one now").push(cell.mark);
    }
    let names = [Column::new("单位", false, units.iter().map(|unit| (*unit).to_owned()))];
    let columns: Vec<Column> =
        columns.iter().map(|(name, marks)| Column::new(name, false, marks.iter().map(|marks| sign(marks)))).collect();
    write_tables(&names, &columns.iter().collect::<Vec<_>>(), width.unwrap_or(usize::MAX), out)?;
    let marks = status.cells.iter().map(|cell| cell.mark).collect();
    write_legend(status, &marks, true, out)?;
    write_end(status, out)
}

/// Writes a line for each indicator of each department, and one for its events.
pub fn write_by_indicator(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    write_title(status, out)?;
    let mut rows: Vec<(&Cell, Vec<&Cell>)> = Vec::new();
    for cell in &status.cells {
        match rows
            .iter_mut()
            .find(|(first, _)| (&first.department, &first.indicator) == (&cell.department, &cell.indicator))
        {
            Some((_, cells)) => cells.push(cell),
            None => rows.push((cell, vec![cell])),
        }
    }
    let count = |cells: &[&Cell], wanted: &[Mark]| cells.iter().filter(|cell| wanted.contains(&cell.mark)).count();
    let there = |cells: &[&Cell]| {
        let there = count(cells, &[Mark::Reported, Mark::Late]);
        let asked = there + count(cells, &[Mark::Missing]);
        // Of events nobody knows how many there are to be.
        if cells.iter().all(|cell| cell.indicator.is_none()) { there.to_string() } else { format!("{there}/{asked}") }
    };
    let missing = |cells: &[&Cell]| {
        let missing = cells.iter().filter(|cell| cell.mark == Mark::Missing).map(|cell| cell.unit.as_str());
        first_of(&missing.collect::<Vec<_>>(), MOST_IN_A_CELL, "个")
    };
    let of = |pick: &dyn Fn(&Asked) -> String, events: &str| -> Vec<String> {
        rows.iter().map(|(cell, _)| cell.indicator.as_ref().map_or_else(|| events.to_owned(), pick)).collect()
    };
    let worst = |cells: &[&Cell]| cells.iter().map(|cell| cell.mark).max().unwrap_or(Mark::Nothing);
    let columns = [
        Column::new("部门", false, rows.iter().map(|(cell, _)| cell.department.clone())),
        Column::new("条款", false, of(&|it| it.clause.clone(), "").into_iter()),
        Column::new("指标", false, of(&|it| it.label.clone(), "（事项）").into_iter()),
        Column::new("情况", false, rows.iter().map(|(_, cells)| word_of(worst(cells)).to_owned())),
        Column::new("已报", true, rows.iter().map(|(_, cells)| there(cells))),
        Column::new("缺的单位", false, rows.iter().map(|(_, cells)| missing(cells))),
    ];
    write_table(&columns.iter().collect::<Vec<_>>(), usize::MAX, out)?;
    let marks = rows.iter().map(|(_, cells)| worst(cells)).collect();
    write_legend(status, &marks, false, out)?;
    write_end(status, out)
}

fn write_title(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}报送情况（期限{}，今天{}）", status.period, status.due, status.today)
}

/// A cell of a unit and a department: `缺2` where two indicators are missing.
fn sign(marks: &[Mark]) -> String {
    let worst = marks.iter().max().copied().unwrap_or(Mark::Nothing);
    match (worst, marks.iter().filter(|mark| **mark == Mark::Missing).count()) {
        (Mark::Missing, count) if count > 1 => format!("缺{count}"),
        _ => word_of(worst).to_owned(),
    }
}

fn word_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Nothing => "·",
        Mark::Nil => "零报告",
        Mark::Reported => "已报",
        Mark::Late => "迟",
        Mark::Missing => "缺",
    }
}

/// What the marks mean; only those that are there.
fn write_legend(status: &Status, marks: &BTreeSet<Mark>, counted: bool, out: &mut dyn Write) -> io::Result<()> {
    let is_past = status.today > status.due;
    let meaning = |mark: Mark| match mark {
        Mark::Missing if is_past => "没有报，已逾期",
        Mark::Missing => "还没有报",
        Mark::Late => "报了，过了期限",
        Mark::Reported => "按期报了",
        Mark::Nil => "部门报了没有事项",
        Mark::Nothing => "不用报，或没有事项",
    };
    let mut legend = Vec::new();
    for mark in [Mark::Missing, Mark::Late, Mark::Reported, Mark::Nil, Mark::Nothing] {
        if marks.contains(&mark) {
            let number = if mark == Mark::Missing && counted { "（后面的数是缺几项）" } else { "" };
            legend.push(format!("{} {}{number}", word_of(mark), meaning(mark)));
        }
    }
    if legend.is_empty() { Ok(()) } else { writeln!(out, "{}", legend.join("；")) }
}

/// Objections that wait, and how many departments have reported.
fn write_end(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    let all = || status.departments.iter();
    for objection in &status.objections {
        let name = format!("{} {}", objection.clause, objection.label);
        let (unit, name) = (&objection.unit, name.trim_end());
        let period = objection.period.as_ref().map_or(String::new(), |period| format!("{period}的"));
        writeln!(out, "异议{}待处理：{unit}，{period}{name}，{}", objection.number, objection.reason)?;
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
