//! A form as it comes back: whether it is one, whether it is the right one, and its facts.

use super::layout::{ANY_EVENTS, EVENT_HEADER, EVENTS, FIRST_UNIT, INDICATOR_HEADER, INDICATORS, MARK};
use super::{Kept, forms};
use crate::calendar::PeriodId;
use crate::diagnostic::workbook::letters;
use crate::diagnostic::{Finding, Place};
use crate::facts::Role;
use crate::plan::Plan;
use crate::workbook::table::{self, Table, Wanted};
use crate::workbook::{Content, Refused, Sheet};

/// What the hidden sheet of a form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// 方案
    pub title: String,
    /// 方案指纹: the meaning of the rulebook that it was made by.
    pub hash: String,
    /// 表格指纹: what is asked.
    pub fingerprint: String,
    /// 期间, by name.
    pub period: String,
    /// 部门
    pub department: String,
}

/// What kind of form a workbook is, where it is one.
pub fn find(sheets: &[Sheet]) -> Option<Found> {
    let mark = sheets.iter().find(|sheet| sheet.name == MARK && sheet.text(1, 1) == "报送表")?;
    let value = |name: &str| {
        let row = (1..=20).find(|row| mark.text(*row, 1) == name);
        row.map_or(String::new(), |row| mark.text(row, 2).to_owned())
    };
    let [title, hash, fingerprint, period, department] = ["方案", "方案指纹", "表格指纹", "期间", "部门"].map(value);
    Some(Found { title, hash, fingerprint, period, department })
}

/// The tables of a form, or why it is refused.
pub fn tables(
    plan: &Plan,
    name: &str,
    sheets: &[Sheet],
    found: &Found,
    findings: &mut Vec<Finding>,
) -> Result<Option<(Kept, Vec<Table>)>, Refused> {
    let Some(period) = right_one(plan, name, found, findings) else { return Ok(None) };
    let mut kept =
        Kept { name: name.to_owned(), period, department: found.department.clone(), events: 0, any_events: None };
    let mut tables = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.hidden) {
        match sheet.name.as_str() {
            INDICATORS => tables.extend(indicators(name, sheet, plan, period)),
            EVENTS => {
                kept.any_events = match sheet.text(ANY_EVENTS.0 + 1, u32::from(ANY_EVENTS.1) + 1) {
                    "有" => Some(true),
                    "无" => Some(false),
                    _ => None,
                };
                if let Some(table) = events(name, sheet, plan, period, &mut kept, findings)? {
                    tables.push(table);
                }
            }
            _ => {}
        }
    }
    Ok(Some((kept, tables)))
}

/// The period of a form, where the form is for this rulebook and for the month that its name says.
fn right_one(plan: &Plan, name: &str, found: &Found, findings: &mut Vec<Finding>) -> Option<PeriodId> {
    let place = || Place { file: name.to_owned(), line: 0, column: 0 };
    let other_book = |message: String| {
        let finding = Finding::error("form-of-another-rulebook", place(), message).text(found.title.clone());
        finding.help("用zhunsheng form按现在的方案重新生成报送表，把数填到新表里")
    };
    let Some(period) = plan.calendar.find(&found.period) else {
        findings.push(other_book(format!("“{name}”是{}的报送表，方案没有这一期", found.period)));
        return None;
    };
    if found.hash != plan.hash() {
        // An amendment may leave what this department reports as it was.
        let same = forms(plan, period)
            .iter()
            .any(|form| form.department == found.department && form.fingerprint() == found.fingerprint);
        if !same {
            findings.push(other_book(format!("“{name}”不是按这份方案生成的报送表：它的方案是“{}”", found.title)));
            return None;
        }
    }
    let own = &plan.calendar.period(period).name;
    let named = months_in(name);
    if !named.is_empty() && !named.contains(own) {
        let message = format!("“{name}”里面是{own}的报送表，名称写的是{}", named.join("、"));
        let finding = Finding::error("form-of-another-period", place(), message).text(own.clone());
        findings.push(finding.help("看看是不是拿错了月份的表：每个月用当月生成的报送表"));
        return None;
    }
    Some(period)
}

/// `2023-04` wherever a path says so.
fn months_in(path: &str) -> Vec<String> {
    let chars: Vec<char> = path.chars().collect();
    let digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
    let starts = (0..chars.len().saturating_sub(6)).filter(|at| {
        let (at, window) = (*at, &chars[*at..*at + 7]);
        let alone = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_none_or(|c| !c.is_ascii_digit());
        digits(&window[..4])
            && window[4] == '-'
            && digits(&window[5..])
            && alone(at.checked_sub(1))
            && alone(Some(at + 7))
    });
    starts.map(|at| chars[at..at + 7].iter().collect()).collect()
}

/// 月份 for a month, 期间 for what is longer.
fn when(plan: &Plan, period: PeriodId) -> Role {
    if plan.calendar.period(period).months() > 1 { Role::Period } else { Role::Month }
}

/// Every filled column of the matrix as a table of its own, so that its rows are the rows of the sheet.
fn indicators(name: &str, sheet: &Sheet, plan: &Plan, period: PeriodId) -> Vec<Table> {
    let (clauses, labels, first) = (INDICATOR_HEADER + 1, INDICATOR_HEADER + 2, FIRST_UNIT + 1);
    let last_column = sheet.cells.keys().map(|(_, column)| *column).max().unwrap_or(0);
    let last_row = sheet.cells.keys().map(|(row, _)| *row).max().unwrap_or(0);
    let when_name = when(plan, period).name();
    let when = &plan.calendar.period(period).name;
    let mut tables = Vec::new();
    for column in 2..=last_column {
        let (clause, label) = (sheet.text(clauses, column), sheet.text(labels, column));
        let filled = (first..=last_row).any(|row| sheet.cells.contains_key(&(row, column)));
        if !filled || clause.is_empty() {
            continue;
        }
        let mut text = "\n".repeat(first as usize - 2);
        text.push_str(&format!("{when_name},单位,条款,情形,数量\n"));
        for row in first..=last_row {
            let value = sheet.cells.get(&(row, column));
            if let Some(value) = value {
                for cell in [when.as_str(), sheet.text(row, 1), clause, label] {
                    table::quote(cell, &mut text);
                    text.push(',');
                }
                table::quote(&table::shown(value, false), &mut text);
            }
            text.push('\n');
        }
        tables.push(Table { name: table::sheet_name(name, &sheet.name) + &letters(column as usize), text });
    }
    tables
}

/// The events with their month, each at its row.
fn events(
    name: &str,
    sheet: &Sheet,
    plan: &Plan,
    period: PeriodId,
    kept: &mut Kept,
    findings: &mut Vec<Finding>,
) -> Result<Option<Table>, Refused> {
    let header = EVENT_HEADER + 1;
    let mut sheet = sheet.clone();
    // What stands above the header, and what the form itself says behind the last column.
    let said =
        sheet.cells.iter().find(|((row, _), content)| *row == header && **content == Content::Text("本条".into()));
    let said = said.map(|((_, column), _)| *column);
    sheet.cells.retain(|(row, column), _| *row >= header && Some(*column) != said);
    let rows: Vec<u32> = sheet.rows().into_keys().filter(|row| *row > header).collect();
    kept.events = rows.len();
    if kept.any_events == Some(false) && !rows.is_empty() {
        let place = Place {
            file: table::sheet_name(name, &sheet.name),
            line: ANY_EVENTS.0 as usize + 1,
            column: usize::from(ANY_EVENTS.1) + 1,
        };
        let finding =
            Finding::error("nil-return-with-events", place, format!("选了“无”，下面却有{}行事项", rows.len()));
        findings.push(finding.text("无").help("改选“有”，或删去下面的事项"));
        return Ok(None);
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let column = said.unwrap_or_else(|| sheet.cells.keys().map(|(_, column)| *column).max().unwrap_or(0) + 1);
    let when_name = when(plan, period).name().to_owned();
    sheet.cells.insert((header, column), Content::Text(when_name));
    for row in rows {
        sheet.cells.insert((row, column), Content::Text(plan.calendar.period(period).name.clone()));
    }
    table::table(name, &sheet, Wanted::Facts, findings)
}
