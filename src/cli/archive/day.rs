//! The day that something is dated: given by the caller, or today's in Beijing.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{Days, NaiveDate};

use crate::facts;

/// A day on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub NaiveDate);

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Day, String> {
        let date = facts::parsed_date(text.trim());
        date.map(Day).ok_or_else(|| "2023-05-06、2023年5月6日这样的日期".to_owned())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Offices that use this all keep Beijing time, eight hours ahead and without summer time.
pub fn today() -> Day {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let days = (seconds + 8 * 3600) / 86_400;
    Day(NaiveDate::default().checked_add_days(Days::new(days)).unwrap_or_default())
}
