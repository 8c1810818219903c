//! Working days of the statutory calendar: which days are off, and which weekends are worked instead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, Weekday};

/// As the State Council's office announced them, year by year; from 2020 to 2026.
const STATUTORY: &str = include_str!("../data/节假日.csv");

/// Days that are not what their day of the week says.
#[derive(Clone, Debug, Default)]
pub struct Workdays {
    /// Whether it is worked.
    changed: BTreeMap<NaiveDate, bool>,
    /// Years whose holidays are known.
    years: BTreeSet<i32>,
    /// Whether the other years pass for years without holidays.
    supposes: bool,
}

impl Workdays {
    fn of(changed: BTreeMap<NaiveDate, bool>) -> Workdays {
        let years = changed.keys().map(|day| day.year()).collect();
        Workdays { changed, years, supposes: false }
    }

    /// What the program knows.
    pub fn statutory() -> &'static Workdays {
        static KNOWN: LazyLock<Workdays> = LazyLock::new(|| {
            let rows = STATUTORY.lines().filter_map(|line| line.split_once(','));
            let changed = rows.filter_map(|(day, kind)| Some((day.parse().ok()?, kind.trim() == "班")));
            Workdays::of(changed.collect())
        });
        &KNOWN
    }

    /// The same where facts are made up and no year is out of reach: what is not known has no holidays.
    pub fn supposing(&self) -> Workdays {
        Workdays { supposes: true, ..self.clone() }
    }

    /// The same with days of the office's own, by whether they are worked: a year of which it has one goes by it alone.
    pub fn with(&self, own: BTreeMap<NaiveDate, bool>) -> Workdays {
        let own = Workdays::of(own);
        let mut all = self.clone();
        all.changed.retain(|day, _| !own.years.contains(&day.year()));
        all.changed.extend(own.changed);
        all.years.extend(own.years);
        all
    }

    /// Whether holidays of the year are known; else only weekends are off.
    pub fn knows(&self, year: i32) -> bool {
        self.supposes || self.years.contains(&year)
    }

    pub fn is_worked(&self, day: NaiveDate) -> bool {
        self.changed.get(&day).copied().unwrap_or(!is_weekend(day))
    }

    /// How many of the days from one to another, both included, are worked.
    pub fn count(&self, first: NaiveDate, last: NaiveDate) -> i64 {
        if last < first {
            return 0;
        }
        let changes = self.changed.range(first..=last).map(|(day, worked)| match (is_weekend(*day), worked) {
            (true, true) => 1,
            (false, false) => -1,
            _ => 0,
        });
        weekdays(first, last) + changes.sum::<i64>()
    }

    /// The n-th working day from a day on, that day included.
    pub fn nth_from(&self, day: NaiveDate, n: u32) -> NaiveDate {
        let days = day.iter_days().filter(|day| self.is_worked(*day));
        days.take(n.max(1) as usize).last().unwrap_or(day)
    }
}

/// How many of the days from one to another, both included, are Mondays to Fridays.
pub fn weekdays(first: NaiveDate, last: NaiveDate) -> i64 {
    let days = (last - first).num_days() + 1;
    if days <= 0 {
        return 0;
    }
    let begin = i64::from(first.weekday().num_days_from_monday());
    let rest = (0..days % 7).filter(|day| (begin + day) % 7 < 5).count() as i64;
    days / 7 * 5 + rest
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
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

    #[test]
    fn days_are_counted_as_one_by_one() {
        let workdays = Workdays::statutory();
        for first in day(1, 1).iter_days().take(400).step_by(7) {
            for last in first.pred_opt().unwrap().iter_days().take(60) {
                let days = || first.iter_days().take_while(|day| *day <= last);
                assert_eq!(workdays.count(first, last), days().filter(|day| workdays.is_worked(*day)).count() as i64);
                assert_eq!(weekdays(first, last), days().filter(|day| !is_weekend(*day)).count() as i64);
            }
        }
    }
}
