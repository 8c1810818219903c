//! The mark before a line that is not always in force: 〔自2023年7月起〕, 〔至2023年6月止〕, 〔停用〕.

use std::fmt;

use super::fold::Folded;
use crate::calendar::Month;
use crate::diagnostic::{Finding, Findings, Place};
use crate::source::Source;
use crate::syntax::{self, Pair, Rule as Token};

/// When a line is in force, by whole months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    pub first: Option<Month>,
    pub last: Option<Month>,
    /// 停用: the line is shown and does not count.
    pub stopped: bool,
}

impl InForce {
    pub const ALWAYS: InForce = InForce { first: None, last: None, stopped: false };

    pub fn since(month: Month) -> InForce {
        InForce { first: Some(month), ..InForce::ALWAYS }
    }

    pub fn before(month: Month) -> InForce {
        InForce { last: Some(month.plus(-1)), ..InForce::ALWAYS }
    }

    /// In force under both.
    pub fn and(self, other: InForce) -> InForce {
        InForce {
            first: self.first.max(other.first),
            last: match (self.last, other.last) {
                (Some(left), Some(right)) => Some(left.min(right)),
                (left, right) => left.or(right),
            },
            stopped: self.stopped || other.stopped,
        }
    }

    /// Whether there is no month that it could be in force.
    pub fn is_never(self) -> bool {
        self.stopped || matches!((self.first, self.last), (Some(first), Some(last)) if first > last)
    }
}

/// As it is written before a line; nothing where it is always in force.
impl fmt::Display for InForce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = |month: Month| format!("{}年{}月", month.year(), month.number());
        match (self.stopped, self.first, self.last) {
            (true, _, _) => formatter.write_str("〔停用〕"),
            (false, None, None) => Ok(()),
            (false, Some(first), None) => write!(formatter, "〔自{}起〕", month(first)),
            (false, None, Some(last)) => write!(formatter, "〔至{}止〕", month(last)),
            (false, Some(first), Some(last)) => write!(formatter, "〔{}至{}〕", month(first), month(last)),
        }
    }
}

/// A mark with nothing behind it, or an unreadable one.
pub fn alone(source: &Source, number: usize) -> Finding {
    let line = source.line(number);
    let column = line.chars().take_while(|c| c.is_whitespace()).count() + 1;
    let place = Place { file: source.name.clone(), line: number, column };
    let mark = line.split(['#', '＃']).next().unwrap_or(line).trim();
    let next = (number + 1..=source.line_count()).map(|next| source.line(next).trim());
    let next = next.into_iter().find(|next| !next.is_empty() && !next.starts_with(['#', '＃', '〔']));
    let finding =
        Finding::error("mark-out-of-place", place, "方括号单独占一行，不知道管哪一句").text(mark).line_text(line);
    match next {
        Some(next) => finding.help(format!("与它管的那一句写在同一行：{mark}{next}\n管几句的，每句前面都写")),
        None => finding.help("与它管的那一句写在同一行"),
    }
}

/// Takes the mark off a line; 自2023年7月起 without brackets is told, and taken as the mark it was to be.
pub fn take_mark(source: &Source, number: usize, line: Folded, findings: &mut Findings) -> (InForce, Folded) {
    if !line.text.starts_with('〔') {
        return take_bare(source, number, line, findings);
    }
    let end = line.text.find('〕').map_or(line.text.len(), |at| at + '〕'.len_utf8());
    let parsed = syntax::parse(Token::in_force_line, &line.text[..end]).ok();
    let in_force = parsed.and_then(|pair| read(&pair));
    if in_force.is_none() {
        let (_, column) = source.place(line.map[0] as usize);
        let place = Place { file: source.name.clone(), line: number, column };
        let finding = Finding::error("unreadable-mark", place, "方括号里写的不是从何时到何时施行");
        findings.push(
            finding
                .text(&source.text[line.span(0..end)])
                .line_text(source.line(number))
                .expected("〔自2023年7月起〕、〔至2023年6月止〕、〔2023年7月至2023年9月〕、〔停用〕"),
        );
    }
    let begin = end + line.text[end..].len() - line.text[end..].trim_start().len();
    (in_force.unwrap_or(InForce::ALWAYS), line.slice(begin..line.text.len()))
}

/// 自2023年7月起，缺项：每项扣1分
fn take_bare(source: &Source, number: usize, line: Folded, findings: &mut Findings) -> (InForce, Folded) {
    let bare = line.text.starts_with('自').then(|| syntax::parse(Token::since, &line.text).ok()).flatten();
    let month = bare.as_ref().and_then(|since| month_of(&since.child(Token::year_month)?));
    let (Some(since), Some(month)) = (bare, month) else { return (InForce::ALWAYS, line) };
    let end = since.as_span().end();
    let rest = line.text[end..].trim_start_matches([',', ' ']);
    // Alone, or a label that goes on: 自2023年7月起累计.
    if rest.is_empty() || !line.text[end..].starts_with([',', ' ']) {
        return (InForce::ALWAYS, line);
    }
    let begin = line.text.len() - rest.len();
    let in_force = InForce::since(month);
    let written = &source.text[line.span(0..end)];
    let (_, column) = source.place(line.map[0] as usize);
    let place = Place { file: source.name.clone(), line: number, column };
    let finding = Finding::error("mark-out-of-place", place, format!("“{}”要加方括号，写在这一句前面", written.trim()))
        .text(written)
        .line_text(source.line(number));
    findings.push(finding.help(format!("写成：{in_force}{}", source.text[line.span(begin..line.text.len())].trim())));
    (in_force, line.slice(begin..line.text.len()))
}

fn read(pair: &Pair<'_, Token>) -> Option<InForce> {
    if pair.has(Token::STOPPED) {
        return Some(InForce { stopped: true, ..InForce::ALWAYS });
    }
    let mut months = Vec::new();
    for month in pair.children(Token::year_month) {
        months.push(month_of(&month)?);
    }
    match months[..] {
        [month] if pair.has(Token::SINCE) => Some(InForce::since(month)),
        [month] => Some(InForce::before(month.plus(1))),
        [first, last] if first <= last => Some(InForce { first: Some(first), last: Some(last), stopped: false }),
        _ => None,
    }
}

/// 2023年3月 or 2023-3
pub fn month_of(pair: &Pair<'_, Token>) -> Option<Month> {
    let parts = pair.children(Token::integer);
    let number = |at: usize| parts.get(at).and_then(|part| super::whole(part.as_str().trim()));
    Month::new(i32::try_from(number(0)?).ok()?, number(1)?)
}

/// The first and the last month of a term, each where it is written; `None` for a month there is not.
pub fn ends_of_term<'a>(pair: &Pair<'a, Token>) -> Vec<(Pair<'a, Token>, Option<Month>)> {
    let number = |pair: &Pair<'_, Token>| super::whole(pair.as_str().trim());
    if let Some(whole) = pair.child(Token::whole_year) {
        let year = whole.child(Token::integer).and_then(|year| number(&year)).and_then(|year| i32::try_from(year).ok());
        let month = |month| year.and_then(|year| Month::new(year, month));
        return vec![(whole.clone(), month(1)), (whole, month(12))];
    }
    let (Some(start), Some(end)) = (pair.child(Token::term_start), pair.child(Token::term_end)) else {
        return Vec::new();
    };
    let first = month_of(&start);
    vec![(start, first), (end.clone(), end_of_stretch(&end, first))]
}

/// The last month of 2024年1-12月: its year is that of the first month where it names none.
pub fn end_of_stretch(end: &Pair<'_, Token>, first: Option<Month>) -> Option<Month> {
    match &end.children(Token::integer)[..] {
        [month] => first.and_then(|first| Month::new(first.year(), super::whole(month.as_str().trim())?)),
        _ => month_of(end),
    }
}
