//! What people type, made plain: padding, full-width signs, numbers, months, dates and names of periods.

use std::borrow::Cow;
use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Calendar, Month, PeriodId};

/// Without padding: spaces of every width, and marks that nobody sees.
pub fn trim(text: &str) -> &str {
    &text[trimmed(text)]
}

/// Where the text without padding is.
pub fn trimmed(text: &str) -> Range<usize> {
    // INVARIANT: no padding begins with one of these bytes, but most Chinese characters do, and all of them take three.
    let is_chinese = |byte: &u8| matches!(byte, 0xe4..=0xe9);
    let bytes = text.as_bytes();
    let is_bare = bytes.first().is_none_or(|byte| byte.is_ascii_graphic() || is_chinese(byte))
        && (bytes.last().is_none_or(u8::is_ascii_graphic) || bytes.iter().nth_back(2).is_some_and(is_chinese));
    if is_bare {
        return 0..text.len();
    }
    let is_padding = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}');
    let start = text.len() - text.trim_start_matches(is_padding).len();
    start..start + text[start..].trim_end_matches(is_padding).len()
}

/// Full-width letters, digits and signs as their plain forms.
pub fn fold(text: &str) -> Cow<'_, str> {
    // INVARIANT: all characters folded here begin with one of these bytes, which begin few Chinese characters.
    if !text.bytes().any(|byte| matches!(byte, 0xef | 0xe3 | 0xe2)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(plain).collect())
}

fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '−' | '﹣' => '-',
        '﹪' => '%',
        _ => c,
    }
}

/// Letters and digits as their plain forms, other signs as they are: for texts that are shown again.
pub fn fold_letters(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte == 0xef) {
        return Cow::Borrowed(text);
    }
    let letter = |c: char| if plain(c).is_ascii_alphanumeric() { plain(c) } else { c };
    Cow::Owned(text.chars().map(letter).collect())
}

/// A clause address without spaces and with plain dots: `社区矫正工作。２` is `社区矫正工作.2`.
pub fn address(text: &str) -> Cow<'_, str> {
    // INVARIANT: all characters left out or changed here begin with one of these bytes, which begin few Chinese ones.
    if !text.bytes().any(|byte| matches!(byte, 0..=b' ' | 0x7f | 0xc2 | 0xe1..=0xe3 | 0xef)) {
        return Cow::Borrowed(text);
    }
    let dot = |c: char| if matches!(c, '。' | '·' | '・' | '•' | '｡' | '․') { '.' } else { c };
    text.chars().map(plain).filter(|c| !c.is_whitespace()).map(dot).collect()
}

// ---------------------------------------------------------------- numbers

/// A number as typed, with what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount<'a> {
    /// Already divided by 100 where `percent`.
    pub value: Decimal,
    pub percent: bool,
    /// 件 in `28件`; empty where there is none.
    pub word: &'a str,
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNumber {
    Other,
    Negative,
    Exponent,
    Thousands,
    TooManyDigits,
}

/// The most digits a number may have.
const MOST_DIGITS: usize = 28;

/// Reads a folded, trimmed text.
pub fn amount(text: &str) -> Result<Amount<'_>, NotNumber> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Some(rest) = unsigned.strip_prefix('-') {
        let number = rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        return Err(if number { NotNumber::Negative } else { NotNumber::Other });
    }
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    let mut places = 0;
    if let Some(behind) = rest.strip_prefix('.') {
        places = digits(behind);
        if places == 0 {
            return Err(NotNumber::Other);
        }
        rest = &behind[places..];
    }
    if whole == 0 {
        return Err(NotNumber::Other);
    }
    let next_digit = |text: &str| text.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    if rest.starts_with([',', '，', '\'']) && next_digit(rest) {
        return Err(NotNumber::Thousands);
    }
    if rest.starts_with(['e', 'E']) && rest[1..].starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-') {
        return Err(NotNumber::Exponent);
    }
    if rest.starts_with(|c: char| c.is_ascii() && c != '%' && c != ' ') {
        return Err(NotNumber::Other);
    }
    let written = unsigned[..whole + if places > 0 { places + 1 } else { 0 }].bytes().filter(u8::is_ascii_digit);
    let significant = written.clone().skip_while(|digit| *digit == b'0').count();
    let word = rest.trim_start();
    let percent = word == "%";
    if significant > MOST_DIGITS || places + 2 > MOST_DIGITS {
        return Err(NotNumber::TooManyDigits);
    }
    if word.bytes().any(|byte| byte.is_ascii()) && !percent {
        return Err(NotNumber::Other);
    }
    let mantissa = written.fold(0i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
    let scale = places as u32 + if percent { 2 } else { 0 };
    let value = Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| NotNumber::TooManyDigits)?;
    Ok(Amount { value, percent, word: if percent { "" } else { word } })
}

/// A number for a sentence: without trailing zeros.
pub fn shown(value: Decimal) -> String {
    value.normalize().to_string()
}

// ---------------------------------------------------------------- months and dates

/// Why a text names no month or day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDate {
    /// It is not written like one.
    Form,
    /// It is, but the calendar has none such.
    Impossible,
}

/// `2023-04`, `2023年4月`, `202304`, `2023-4`, `2023/4`, `2023.4`, of a folded, trimmed text.
pub fn month(text: &str) -> Result<Month, NotDate> {
    let (found, count) = parts(text, '月').ok_or(NotDate::Form)?;
    let (year, number) = match found[..count] {
        [(year, 4), (number, 1 | 2)] => (year, number),
        [(digits, 6)] => (digits / 100, digits % 100),
        _ => return Err(NotDate::Form),
    };
    Month::new(year as i32, number).ok_or(NotDate::Impossible)
}

/// `2023-04-10`, `2023/4/10`, `2023年4月10日`, `20230410`, `2023.4.10`, of a folded, trimmed text.
pub fn date(text: &str) -> Result<NaiveDate, NotDate> {
    let (found, count) = parts(text, '日').ok_or(NotDate::Form)?;
    let (year, month, day) = match found[..count] {
        [(year, 4), (month, 1 | 2), (day, 1 | 2)] => (year, month, day),
        [(digits, 8)] => (digits / 10_000, digits / 100 % 100, digits % 100),
        _ => return Err(NotDate::Form),
    };
    let possible = (1900..=2999).contains(&year);
    NaiveDate::from_ymd_opt(year as i32, month, day).filter(|_| possible).ok_or(NotDate::Impossible)
}

/// The numbers of a month or date with how many digits each has; all dividers must be of one kind.
fn parts(text: &str, last: char) -> Option<([(u32, usize); 3], usize)> {
    let in_words = text.contains('年');
    let text = match text.strip_suffix(last) {
        Some(rest) if in_words => rest,
        Some(_) => return None,
        None if in_words => return None,
        None => text,
    };
    let divider = text.chars().find(|c| !c.is_ascii_digit());
    if divider.is_some_and(|c| !matches!(c, '-' | '/' | '.' | '年')) {
        return None;
    }
    let is_divider = |c: char| if in_words { c == '年' || c == '月' } else { Some(c) == divider };
    let mut found = [(0, 0); 3];
    let mut count = 0;
    for part in text.split(is_divider) {
        let part = part.trim();
        if part.is_empty() || part.len() > 8 || count == 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        found[count] = (part.parse().ok()?, part.len());
        count += 1;
    }
    Some((found, count))
}

/// The period a 期间 cell names, of a folded, trimmed text.
pub fn period(calendar: &Calendar, text: &str) -> Option<PeriodId> {
    // A school year is called by either of its years, as in 例: nothing is given by the months that lie in one of them.
    let years = calendar.first().year()..=calendar.last().year();
    let is_school_year = calendar.is_one_year() && !calendar.is_calendar_year();
    let year = || ["全年", "年度", "年"].iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text).trim_end();
    if is_school_year && year().len() == 4 && year().parse().is_ok_and(|year: i32| years.contains(&year)) {
        return Some(calendar.term());
    }
    if let Some(found) = calendar.find(text) {
        return Some(found);
    }
    if let Ok(month) = month(text) {
        return calendar.month(month);
    }
    let year = text.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let rest = text[4..].trim_start_matches(['年', '-', ' ']).trim_start_matches("度").trim_start_matches('第');
    let part = match rest.to_ascii_uppercase().as_str() {
        "" | "全年" => String::new(),
        "一季度" | "1季度" | "Q1" => "-Q1".to_owned(),
        "二季度" | "2季度" | "Q2" => "-Q2".to_owned(),
        "三季度" | "3季度" | "Q3" => "-Q3".to_owned(),
        "四季度" | "4季度" | "Q4" => "-Q4".to_owned(),
        "上半年" | "H1" => "-H1".to_owned(),
        "下半年" | "H2" => "-H2".to_owned(),
        _ => return None,
    };
    calendar.find(&format!("{year}{part}"))
}
