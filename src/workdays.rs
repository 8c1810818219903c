//! Working days of the statutory calendar: which days are off, and which weekends are worked instead.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::diagnostic::Findings;
use crate::facts::register::{self, Columns};
use crate::facts::{SourceFile, parsed_date};

/// As the State Council's office announced them, year by year; from 2020 to 2026.
const STATUTORY: &str = include_str!("../data/节假日.csv");

const COLUMNS: Columns = Columns { names: &["日期", "类别"], required: 2 };

/// Days that are not what their day of the week says.
#[derive(Clone, Debug, Default)]
pub struct Workdays {
    /// Whether it is worked.
    changed: BTreeMap<NaiveDate, bool>,
}

impl Workdays {
    /// What the program knows.
    pub fn statutory() -> Workdays {
        let rows = STATUTORY.lines().filter_map(|line| line.split_once(','));
        let changed = rows.filter_map(|(day, kind)| Some((parsed_date(day)?, kind.trim() == "班")));
        Workdays { changed: changed.collect() }
    }

    /// The same with the office's own 节假日.csv: a year that it has a day of goes by it alone.
    pub fn with(mut self, file: &SourceFile<'_>) -> (Workdays, Findings) {
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
        let years: Vec<i32> = own.keys().map(|day| day.year()).collect();
        self.changed.retain(|day, _| !years.contains(&day.year()));
        self.changed.extend(own);
        (self, findings)
    }

    /// Whether holidays of the year are known; else only weekends are off.
    pub fn knows(&self, year: i32) -> bool {
        self.changed.keys().any(|day| day.year() == year)
    }

    pub fn is_worked(&self, day: NaiveDate) -> bool {
        let usual = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.changed.get(&day).copied().unwrap_or(usual)
    }

    /// The n-th working day from a day on, that day included.
    pub fn nth_from(&self, day: NaiveDate, n: u32) -> NaiveDate {
        let days = day.iter_days().filter(|day| self.is_worked(*day));
        days.take(n.max(1) as usize).last().unwrap_or(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2023, month, day).unwrap()
    }

    #[test]
    fn holidays_and_worked_weekends_are_known() {
        let workdays = Workdays::statutory();
        // The first of May 2023 was off until the third; the sixth, a Saturday, was worked.
        assert!(!workdays.is_worked(day(5, 3)) && workdays.is_worked(day(5, 4)));
        assert!(workdays.is_worked(day(5, 6)) && !workdays.is_worked(day(5, 7)));
        assert_eq!(workdays.nth_from(day(5, 1), 3), day(5, 6));
        assert_eq!(workdays.nth_from(day(6, 1), 3), day(6, 5));
        assert!(workdays.knows(2026) && !workdays.knows(2031));
    }
}
