//! What the documents of an office share: who writes when, how periods and points are said, how they are signed.

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Calendar, Cycle, Period, PeriodId};
use crate::outcome::{Status, UnitOutcome};
use crate::plan::words::amount_text;
use crate::value::Number;

/// What only the office knows; what is not given is left blank, to be written in by hand.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// 印发单位, for 落款.
    pub issuer: Option<String>,
    /// 文号 of the notice.
    pub number: Option<String>,
    /// 成文日期
    pub date: Option<NaiveDate>,
    /// Within how long an objection may be raised: `5个工作日`.
    pub objections: Option<String>,
    /// What the results were frozen as, where they were.
    pub frozen: Option<Frozen>,
}

/// A frozen batch, by which anybody can show later that a report is the one of then.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// `0002-2023-04`
    pub batch: String,
    /// Of its manifest.
    pub sha256: String,
}

impl Frozen {
    pub fn words(&self) -> String {
        format!("封存批次 {}，校验码 {}", self.batch, self.sha256)
    }
}

impl Letter {
    /// `谯司〔2023〕5号`
    pub fn number(&self) -> &str {
        self.number.as_deref().unwrap_or("　　〔　　　〕　　号")
    }

    /// `5个工作日`
    pub fn objections(&self) -> &str {
        self.objections.as_deref().unwrap_or("　　个工作日")
    }

    /// `2023年5月8日`
    pub fn date(&self) -> String {
        match self.date {
            Some(date) => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
            None => "　　　　年　　月　　日".to_owned(),
        }
    }

    /// Whom to turn to: `谯城区司法局`.
    pub fn office(&self) -> &str {
        self.issuer.as_deref().unwrap_or("考评办公室")
    }
}

/// `2023年4月`, `2023年第二季度`, `2023年度`; a name of its own as it is.
pub fn period_words(period: &Period) -> String {
    let year = period.first.year();
    let is_plain = period.name.len() == 4 && period.name.bytes().all(|byte| byte.is_ascii_digit());
    match period.cycle {
        Cycle::Month | Cycle::Quarter | Cycle::Half => format!("{}年{}", year, period.in_year()),
        Cycle::Year | Cycle::Term if is_plain => format!("{}年度", period.name),
        Cycle::Year | Cycle::Term => period.name.clone(),
    }
}

/// `2月至4月、6月`: periods in the order of the calendar; of more than one year by their names.
pub fn months(calendar: &Calendar, periods: &[PeriodId]) -> String {
    let spans: Vec<&Period> = periods.iter().map(|id| calendar.period(*id)).collect();
    let within_year = calendar.first().year() == calendar.last().year();
    if !within_year {
        return spans.iter().map(|period| period.name.as_str()).collect::<Vec<_>>().join("、");
    }
    if spans.iter().any(|period| period.cycle != Cycle::Month) {
        return spans.iter().map(|period| period.in_year()).collect::<Vec<_>>().join("、");
    }
    let mut numbers: Vec<u32> = spans.iter().map(|period| period.first.number()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let runs = numbers.chunk_by(|one, next| one + 1 == *next).map(|run| match run {
        [one] => format!("{one}月"),
        [one, two] => format!("{one}月、{two}月"),
        [first, .., last] => format!("{first}月至{last}月"),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join("、")
}

/// The words of a period behind a title that says the year already: 4月, 年度.
pub fn within_title<'w>(title: &str, words: &'w str) -> &'w str {
    let year: usize = words.chars().take_while(char::is_ascii_digit).count();
    let (year, rest) = words.split_at(year);
    match rest.strip_prefix('年') {
        Some(rest_of_year) if year.len() == 4 && title.contains(&format!("{year}年")) => match rest_of_year {
            "度" | "" => rest,
            month => month,
        },
        _ => words,
    }
}

/// `+5`, `-2`, `0`
pub fn signed(points: Number) -> String {
    let text = amount_text(points, None);
    if points.is_positive() { format!("+{text}") } else { text }
}

/// 一票否决、取消评先资格、不参评, with the reason.
pub fn marks(unit: &UnitOutcome) -> String {
    let status = match unit.status {
        Status::Assessed => None,
        Status::NotAssessed => Some("不参评"),
    };
    let reason = unit.status_reason.as_ref().map(|reason| format!("（{reason}）")).unwrap_or_default();
    let status = status.map(|status| format!("{status}{reason}"));
    let vetoed = unit.vetoed.then(|| "一票否决".to_owned());
    let lost = unit.disqualified.iter().map(|title| format!("取消{title}"));
    status.into_iter().chain(vetoed).chain(lost).collect::<Vec<_>>().join("；")
}

/// `3`, or a dash where the unit has no place.
pub fn place(rank: Option<u32>) -> String {
    rank.map_or_else(|| "—".to_owned(), |rank| rank.to_string())
}

/// The total, or why there is none.
pub fn total(unit: &UnitOutcome) -> String {
    match unit.status {
        Status::Assessed => amount_text(unit.total, None),
        Status::NotAssessed => "—".to_owned(),
    }
}

/// Grades with a semicolon between them.
pub fn grades(unit: &UnitOutcome) -> String {
    unit.grades.iter().map(|grade| grade.grade.as_str()).collect::<Vec<_>>().join("；")
}
