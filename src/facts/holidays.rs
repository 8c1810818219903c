//! 节假日.csv: the office's own days off, and weekends that it works.

use std::collections::BTreeMap;

use super::SourceFile;
use super::register::{self, Columns};
use crate::diagnostic::Findings;
use crate::workdays::Workdays;

const COLUMNS: Columns = Columns { names: &["日期", "类别"], required: 2 };

/// The statutory calendar with what the office says of its days.
pub fn workdays(file: &SourceFile<'_>) -> (Workdays, Findings) {
    let (lines, mut findings) = register::read(file, &COLUMNS);
    let mut own = BTreeMap::new();
    for line in &lines {
        let worked = match line.cell(1) {
            "班" => true,
            "休" => false,
            other => {
                let finding = line.error(1, "unknown-choice", format!("类别不能写“{other}”"));
                findings.push(finding.expected("休（放假）或 班（调休上班）"));
                continue;
            }
        };
        if let Some(day) = line.date(0, COLUMNS.names[0], &mut findings) {
            own.insert(day, worked);
        }
    }
    (Workdays::statutory().with(own), findings)
}
