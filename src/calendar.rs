//! Months, the periods a rulebook is in force for, and days between dates.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use chrono::{Datelike, NaiveDate};

/// A calendar month, counted from year 0: `year × 12 + month − 1`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, BorshSerialize, BorshDeserialize,
)]
pub struct Month(i32);

impl Month {
    /// `month` is 1 to 12 and `year` 1900 to 2999; `None` outside.
    pub fn new(year: i32, month: u32) -> Option<Month> {
        ((1..=12).contains(&month) && (1900..=2999).contains(&year)).then(|| Month(year * 12 + month as i32 - 1))
    }

    /// The month that holds a day.
    pub fn of(date: NaiveDate) -> Month {
        Month(date.year() * 12 + date.month0() as i32)
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// So many months later; earlier where `months` is below zero.
    pub fn plus(self, months: i32) -> Month {
        Month(self.0 + months)
    }

    /// Months from `earlier` to this one.
    pub fn since(self, earlier: Month) -> i32 {
        self.0 - earlier.0
    }

    /// The 1st.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number(), 1).expect("a month has a first day")
    }

    /// The 28th to 31st.
    pub fn last_day(self) -> NaiveDate {
        self.plus(1).first_day().pred_opt().expect("the day before a first day exists")
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.year(), self.number())
    }
}

/// How long a 考评周期 is, from short to long.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, BorshSerialize, BorshDeserialize,
)]
pub enum Cycle {
    /// 每月
    Month,
    /// 每季度
    Quarter,
    /// 每半年
    Half,
    /// 每年: the calendar year
    Year,
    /// 全期: all the time the rulebook is in force (a year, a school year, a term of office)
    Term,
}

impl Cycle {
    /// From short to long.
    pub const ALL: [Cycle; 5] = [Cycle::Month, Cycle::Quarter, Cycle::Half, Cycle::Year, Cycle::Term];

    /// 月、季度、半年、年、全期
    pub fn word(self) -> &'static str {
        match self {
            Cycle::Month => "月",
            Cycle::Quarter => "季度",
            Cycle::Half => "半年",
            Cycle::Year => "年",
            Cycle::Term => "全期",
        }
    }

    /// 个月、个季度、个半年: behind how many of them.
    pub fn counted(self) -> &'static str {
        match self {
            Cycle::Month => "个月",
            Cycle::Quarter => "个季度",
            Cycle::Half => "个半年",
            Cycle::Year => "年",
            Cycle::Term => "次考评",
        }
    }

    /// 月数、季度数、年数, which tell in how many of them something was so; the language has none for the others.
    pub fn counter(self) -> Option<&'static str> {
        match self {
            Cycle::Month => Some("月数"),
            Cycle::Quarter => Some("季度数"),
            Cycle::Year => Some("年数"),
            Cycle::Half | Cycle::Term => None,
        }
    }

    /// 各月、各季度、各半年、各年
    pub fn each(self) -> &'static str {
        match self {
            Cycle::Month => "各月",
            Cycle::Quarter => "各季度",
            Cycle::Half => "各半年",
            Cycle::Year | Cycle::Term => "各年",
        }
    }

    /// As headings call it: 月度、季度、半年、年终
    pub fn title(self) -> &'static str {
        match self {
            Cycle::Month => "月度",
            Cycle::Quarter => "季度",
            Cycle::Half => "半年",
            Cycle::Year | Cycle::Term => "年终",
        }
    }

    /// 当月、当季、半年、全年
    pub fn this(self) -> &'static str {
        match self {
            Cycle::Month => "当月",
            Cycle::Quarter => "当季",
            Cycle::Half => "半年",
            Cycle::Year | Cycle::Term => "全年",
        }
    }

    /// 上月, 上年同月: the one so many before.
    pub fn before(self, back: u32) -> &'static str {
        match (self, back) {
            (Cycle::Month, 12) => "上年同月",
            (Cycle::Quarter, 4) => "上年同季",
            (Cycle::Half, 2) => "上年同期",
            (Cycle::Month, _) => "上月",
            (Cycle::Quarter, _) => "上季度",
            (Cycle::Year, _) => "上年",
            (Cycle::Half | Cycle::Term, _) => "上期",
        }
    }

    /// Whether 历史.csv names a period of this cycle so.
    pub fn is_name(self, name: &str) -> bool {
        let rest = name.split_once('-').map(|(_, rest)| rest);
        match (self, rest) {
            (Cycle::Month, Some(rest)) => rest.bytes().all(|byte| byte.is_ascii_digit()),
            (Cycle::Quarter, Some(rest)) => rest.starts_with('Q'),
            (Cycle::Half, Some(rest)) => rest.starts_with('H'),
            (Cycle::Year | Cycle::Term, None) => true,
            _ => false,
        }
    }

    /// 当月、当季、当期: the one that facts are of
    pub fn current(self) -> &'static str {
        match self {
            Cycle::Month => "当月",
            Cycle::Quarter => "当季",
            Cycle::Half | Cycle::Year | Cycle::Term => "当期",
        }
    }

    /// 每月、每季度、每半年、每年、全期
    pub fn every(self) -> String {
        match self {
            Cycle::Term => self.word().to_owned(),
            Cycle::Month | Cycle::Quarter | Cycle::Half | Cycle::Year => format!("每{}", self.word()),
        }
    }
}

/// A row of [`Calendar::periods`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodId(pub u16);

/// A stretch of whole months, cut to the months in force.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Period {
    /// How long it is when nothing is cut off.
    pub cycle: Cycle,
    /// Its first month.
    pub first: Month,
    /// Its last month, itself included.
    pub last: Month,
    /// As facts and results write it: `2023-04`, `2023-Q2`, `2023-H1`, `2023`.
    pub name: String,
}

impl Period {
    /// Which of its calendar year's periods of that length it is: 2 of `2023-Q2`.
    pub fn number(&self) -> u32 {
        match self.cycle {
            Cycle::Month => self.last.number(),
            Cycle::Quarter => self.last.number().div_ceil(3),
            Cycle::Half => self.last.number().div_ceil(6),
            Cycle::Year | Cycle::Term => 1,
        }
    }

    /// Whether no month of the other is outside.
    pub fn contains(&self, other: &Period) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// As people say it: `2023年4月`, `2023年第2季度`, `2023年上半年`, `2023年`.
    pub fn spoken(&self) -> String {
        let year = self.first.year();
        match self.cycle {
            Cycle::Month => format!("{year}年{}月", self.first.number()),
            Cycle::Quarter => format!("{year}年第{}季度", self.first.number().div_ceil(3)),
            Cycle::Half => format!("{year}年{}半年", if self.first.number() <= 6 { "上" } else { "下" }),
            Cycle::Year => format!("{year}年"),
            // The whole of one year is called by the year alone; any other has a name of its own.
            Cycle::Term if self.name == year.to_string() => format!("{year}年"),
            Cycle::Term => self.name.clone(),
        }
    }

    /// The same where the year is known: `4月`, `第二季度`, `上半年`.
    pub fn in_year(&self) -> String {
        let number = self.first.number();
        match self.cycle {
            Cycle::Month => format!("{number}月"),
            Cycle::Quarter => format!("第{}季度", ["一", "二", "三", "四"][(number as usize - 1) / 3]),
            Cycle::Half => if number <= 6 { "上半年" } else { "下半年" }.to_owned(),
            Cycle::Year | Cycle::Term => self.spoken(),
        }
    }

    /// How many months it has.
    pub fn months(&self) -> i32 {
        self.last.since(self.first) + 1
    }
}

/// Every period that a rulebook in force from one month to another knows.
///
/// The months come first, so that a month's id is its distance from the first month in force.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Calendar {
    periods: Vec<Period>,
    first: Month,
    last: Month,
    /// Where each cycle's periods begin and end, by `Cycle as usize`.
    ranges: [(u16, u16); 5],
}

impl Calendar {
    /// At most 50 years are in force.
    pub const MOST_MONTHS: i32 = 600;

    /// INVARIANT: `first <= last` and at most `MOST_MONTHS`; `check` refuses the rest.
    /// `term_name` is what facts call the whole, where it is not a calendar year (`2023至2024学年`).
    pub fn new(first: Month, last: Month, term_name: Option<&str>) -> Calendar {
        let mut periods = Vec::new();
        let mut ranges = [(0, 0); 5];
        for cycle in Cycle::ALL {
            let begin = periods.len() as u16;
            let mut month = first;
            while month <= last {
                let (start, length) = match cycle {
                    Cycle::Month => (month, 1),
                    Cycle::Quarter => (Month(month.0 - month.0.rem_euclid(3)), 3),
                    Cycle::Half => (Month(month.0 - month.0.rem_euclid(6)), 6),
                    Cycle::Year => (Month(month.0 - month.0.rem_euclid(12)), 12),
                    Cycle::Term => (first, last.since(first) + 1),
                };
                let end = start.plus(length - 1).min(last);
                let (year, number) = (start.year(), start.number());
                let name = match cycle {
                    Cycle::Month => start.to_string(),
                    Cycle::Quarter => format!("{year}-Q{}", (number - 1) / 3 + 1),
                    Cycle::Half => format!("{year}-H{}", (number - 1) / 6 + 1),
                    Cycle::Year => year.to_string(),
                    Cycle::Term => match term_name {
                        Some(name) => name.to_owned(),
                        None if first.year() == last.year() => first.year().to_string(),
                        None => format!("{}至{}", first.year(), last.year()),
                    },
                };
                periods.push(Period { cycle, first: month, last: end, name });
                month = end.plus(1);
            }
            ranges[cycle as usize] = (begin, periods.len() as u16);
        }
        Calendar { periods, first, last, ranges }
    }

    /// The first month in force.
    pub fn first(&self) -> Month {
        self.first
    }

    /// The last month in force.
    pub fn last(&self) -> Month {
        self.last
    }

    /// What an id of this calendar stands for.
    pub fn period(&self, id: PeriodId) -> &Period {
        &self.periods[id.0 as usize]
    }

    /// How many periods there are, of all cycles.
    pub fn len(&self) -> usize {
        self.periods.len()
    }

    /// Whether there is none; there always is one.
    pub fn is_empty(&self) -> bool {
        self.periods.is_empty()
    }

    /// The periods of one cycle, in order.
    pub fn each(&self, cycle: Cycle) -> impl DoubleEndedIterator<Item = PeriodId> + ExactSizeIterator + use<> {
        let (begin, end) = self.ranges[cycle as usize];
        (begin..end).map(PeriodId)
    }

    /// The period that is this month; `None` outside the months in force.
    pub fn month(&self, month: Month) -> Option<PeriodId> {
        (self.first <= month && month <= self.last).then(|| PeriodId(month.since(self.first) as u16))
    }

    /// All of it.
    pub fn term(&self) -> PeriodId {
        PeriodId(self.ranges[Cycle::Term as usize].0)
    }

    /// Whether the term is what everybody calls the year, be it a school year: 全年 is all of it.
    pub fn is_one_year(&self) -> bool {
        self.period(self.term()).months() <= 12
    }

    /// Whether all months in force are of one calendar year.
    pub fn is_calendar_year(&self) -> bool {
        self.first.year() == self.last.year()
    }

    /// The period of `cycle` that holds `month`.
    pub fn around(&self, cycle: Cycle, month: Month) -> Option<PeriodId> {
        self.each(cycle).find(|id| (self.period(*id).first..=self.period(*id).last).contains(&month))
    }

    /// The periods of `cycle` that lie within `outer`, in order.
    pub fn within(&self, outer: PeriodId, cycle: Cycle) -> impl DoubleEndedIterator<Item = PeriodId> + '_ {
        let outer = self.period(outer);
        self.each(cycle).filter(move |id| outer.contains(self.period(*id)))
    }

    /// The period a command or a fact names: `2023-04`, `2023-Q2`, `2023-H1`, `2023`, or the term's own name.
    ///
    /// Where the term is one calendar year, `2023` is the term.
    pub fn find(&self, name: &str) -> Option<PeriodId> {
        let matches = |id: &PeriodId| self.period(*id).name == name;
        [Cycle::Term, Cycle::Year, Cycle::Half, Cycle::Quarter, Cycle::Month]
            .into_iter()
            .find_map(|cycle| self.each(cycle).find(matches))
    }
}

/// Days of `[after, until]` that lie in `[from, to]`: the day `after` itself does not count, `until` does.
pub fn days_late_within(after: NaiveDate, until: NaiveDate, from: NaiveDate, to: NaiveDate) -> i64 {
    let begin = after.succ_opt().unwrap_or(after).max(from);
    let end = until.min(to);
    (end - begin).num_days().saturating_add(1).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_quarter_is_cut_to_the_months_in_force() {
        let calendar = Calendar::new(Month::new(2023, 3).unwrap(), Month::new(2023, 12).unwrap(), None);
        let quarters: Vec<_> = calendar.each(Cycle::Quarter).map(|id| calendar.period(id).clone()).collect();
        assert_eq!(quarters.len(), 4);
        assert_eq!((quarters[0].name.as_str(), quarters[0].months()), ("2023-Q1", 1));
        assert_eq!(calendar.find("2023"), Some(calendar.term()));
        assert_eq!(calendar.find("2023-04"), Some(PeriodId(1)));
    }

    #[test]
    fn the_day_of_the_deadline_is_not_late() {
        let day = |d| NaiveDate::from_ymd_opt(2023, 4, d).unwrap();
        assert_eq!(days_late_within(day(28), day(30), day(1), day(30)), 2);
        assert_eq!(days_late_within(day(28), day(28), day(1), day(30)), 0);
        assert_eq!(days_late_within(day(28), day(20), day(1), day(30)), 0);
    }
}
