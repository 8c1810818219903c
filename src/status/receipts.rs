//! 报送.csv: when the office received what, kept by whoever receives it; facts themselves bear no such date.

use chrono::NaiveDate;

use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Findings, Place};
use crate::facts::register::{self, Columns};
use crate::facts::{self, SourceFile};
use crate::plan::Plan;
use crate::suggest;

const COLUMNS: Columns =
    Columns { names: &["期间", "报送部门", "收到日期", "情况", "备注"], required: 3 };

/// A department has handed in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub period: PeriodId,
    pub department: String,
    /// `None` where the register does not say.
    pub received: Option<NaiveDate>,
    /// 零报送: nothing happened.
    pub nil: bool,
    /// Where it is written.
    pub place: Place,
}

/// Reads the register; `departments` are those that the rulebook names.
pub fn read(plan: &Plan, departments: &[&str], file: &SourceFile<'_>) -> (Vec<Receipt>, Findings) {
    let (lines, mut findings) = register::read(file, &COLUMNS);
    let mut receipts: Vec<Receipt> = Vec::new();
    for line in &lines {
        let period = line.cell(0);
        let Some(period) = facts::period_named(&plan.calendar, &crate::parse::fold::fold_name(period)) else {
            let finding = line.error(0, "unknown-period", format!("方案没有期间“{period}”"));
            findings.push(finding.expected(format!("{}这样的期间", plan.calendar.first())));
            continue;
        };
        let department = line.cell(1);
        if !departments.contains(&department) {
            let mut finding = line.error(1, "unknown-department", format!("方案里没有部门“{department}”"));
            finding = match suggest::nearest(department, departments.iter().copied()) {
                Some(meant) => finding.help(format!("是不是“{meant}”")),
                None => finding.help(format!("可以是：{}", departments.join("、"))),
            };
            findings.push(finding);
            continue;
        }
        let nil = match line.cell(3) {
            "零报送" => true,
            "" | "有事项" => false,
            other => {
                let finding = line.error(3, "unknown-choice", format!("情况不能写“{other}”"));
                findings.push(finding.expected("零报送、有事项或空着"));
                continue;
            }
        };
        let received = line.date(2, COLUMNS.names[2], &mut findings);
        // Handed in again: the first time counts for the deadline.
        match receipts.iter_mut().find(|known| known.period == period && known.department == department) {
            Some(known) => {
                known.received = known.received.into_iter().chain(received).min();
                if known.nil != nil {
                    findings.push(both(line, known));
                }
            }
            None => receipts.push(Receipt {
                period,
                department: department.to_owned(),
                received,
                nil,
                place: line.place.clone(),
            }),
        }
    }
    (receipts, findings)
}

fn both(line: &register::Line, known: &Receipt) -> Finding {
    let message = format!("“{}”这一期写了零报送，又写了有事项，第{}行", known.department, known.place.line);
    line.error(3, "reported-twice", message).help("只留一种")
}
