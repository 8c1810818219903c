//! Numbers and dates as a person sees them: a spreadsheet keeps both as binary fractions.

use chrono::{Days, NaiveDate};

use super::Content;

/// How a number is to be read, from its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Plain,
    Percent,
    /// Whether the day is shown.
    Date {
        day: bool,
    },
}

impl Shape {
    /// The shape that a format code asks for, given whether it shows a date.
    pub fn of(code: &str, date: bool) -> Shape {
        let letters = signs(code);
        match date {
            true => Shape::Date { day: letters.contains('d') || !letters.contains('m') },
            false if letters.contains('%') => Shape::Percent,
            false => Shape::Plain,
        }
    }
}

/// A format code without what it quotes, in small letters.
fn signs(code: &str) -> String {
    let mut out = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => _ = chars.by_ref().find(|c| *c == '"'),
            '[' => _ = chars.by_ref().find(|c| *c == ']'),
            '\\' | '_' | '*' => _ = chars.next(),
            // Only what is shown of positive numbers.
            ';' => return out,
            c => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

/// What a cell with this number shows.
pub fn content(value: f64, shape: Shape, from_1904: bool) -> Content {
    match shape {
        Shape::Plain => Content::Text(plain(value, 0)),
        Shape::Percent => Content::Text(plain(value, 2) + "%"),
        Shape::Date { day } => match date(value, from_1904) {
            Some(date) => Content::Day(date, !day),
            None => Content::Text(plain(value, 0)),
        },
    }
}

/// The 15 digits that spreadsheets show, with the point moved to the right.
fn plain(value: f64, moved: i32) -> String {
    /// Beyond this many zeros a number is no longer written out.
    const LONGEST: i32 = 20;
    if !value.is_finite() {
        return "#NUM!".to_owned();
    }
    let written = format!("{value:.14e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |mantissa| ("-", mantissa));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    // INVARIANT: the number is 0.digits × 10^point.
    let point = exponent.parse::<i32>().unwrap_or(0) + 1 + moved;
    let length = digits.len() as i32;
    let text = match point {
        point if !(-LONGEST..=LONGEST).contains(&point) => {
            let (first, rest) = digits.split_at(1);
            let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
            format!("{first}{rest}E{:+}", point - 1)
        }
        point if point <= 0 => format!("0.{}{digits}", "0".repeat(-point as usize)),
        point if point >= length => format!("{digits}{}", "0".repeat((point - length) as usize)),
        point => format!("{}.{}", &digits[..point as usize], &digits[point as usize..]),
    };
    format!("{sign}{text}")
}

/// The day of a serial number; the time of day is not asked for.
fn date(serial: f64, from_1904: bool) -> Option<String> {
    let days = serial.floor();
    if !((1.0..3_000_000.0).contains(&days) || from_1904 && days == 0.0) {
        return None;
    }
    let days = days as u64;
    // The first of these programs took 1900 for a leap year, and all others followed.
    let start = match (from_1904, days) {
        (true, _) => NaiveDate::from_ymd_opt(1904, 1, 1),
        (false, 60) => return Some("1900-02-29".to_owned()),
        (false, ..60) => NaiveDate::from_ymd_opt(1899, 12, 31),
        (false, _) => NaiveDate::from_ymd_opt(1899, 12, 30),
    };
    let date = start?.checked_add_days(Days::new(days))?;
    Some(date.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_a_person_sees() {
        let cases = [
            (0.1 + 0.2, "0.3"),
            (7.000000000000001, "7"),
            (1.0 / 3.0, "0.333333333333333"),
            (-2.5, "-2.5"),
            (-0.0, "0"),
            (1e15, "1000000000000000"),
            (20230401.0, "20230401"),
            (0.000123, "0.000123"),
            (1e300, "1E+300"),
            (1.5e-30, "1.5E-30"),
            (999999999999999.9, "1000000000000000"),
        ];
        for (value, text) in cases {
            assert_eq!(plain(value, 0), text);
        }
        assert_eq!(content(0.955, Shape::Percent, false), Content::Text("95.5%".into()));
        assert_eq!(content(0.07, Shape::Percent, false), Content::Text("7%".into()));
        assert_eq!(content(1.0, Shape::Percent, false), Content::Text("100%".into()));
    }

    #[test]
    fn dates_of_both_systems() {
        let day = |serial: f64, from_1904: bool| date(serial, from_1904).unwrap();
        assert_eq!(day(45021.0, false), "2023-04-05");
        assert_eq!(day(45021.75, false), "2023-04-05");
        assert_eq!(day(43559.0, true), "2023-04-05");
        assert_eq!(day(1.0, false), "1900-01-01");
        assert_eq!(day(59.0, false), "1900-02-28");
        assert_eq!(day(60.0, false), "1900-02-29");
        assert_eq!(day(61.0, false), "1900-03-01");
        assert_eq!(day(0.0, true), "1904-01-01");
        assert_eq!(date(0.5, false), None);
        assert_eq!(date(-3.0, true), None);
        assert_eq!(date(f64::NAN, false), None);
    }

    #[test]
    fn formats_say_what_is_shown() {
        assert_eq!(Shape::of("0.00%", false), Shape::Percent);
        assert_eq!(Shape::of("0\"%\"", false), Shape::Plain);
        assert_eq!(Shape::of("yyyy\"年\"m\"月\"", true), Shape::Date { day: false });
        assert_eq!(Shape::of("[$-804]yyyy-mm-dd;@", true), Shape::Date { day: true });
        assert_eq!(Shape::of("General", true), Shape::Date { day: true });
    }
}
