//! 90分（含90分）以上, 60分（不含）以下: bounds that say in brackets whether the number is one of them, as the words of
//! the language have it.

use super::fold::Folded;
use crate::parse::numeral::is_figure;

/// The line with each such bracket as the grammar knows it; what stands in quotes is left alone.
pub fn write_out(line: &mut Folded) {
    if !line.text.contains("含") {
        return;
    }
    let brackets: Vec<usize> = line.text.match_indices('(').map(|(at, _)| at).collect();
    for open in brackets.into_iter().rev() {
        if let Some((range, with)) = written(&line.text, open) {
            *line = line.replaced(range, &with);
        }
    }
}

/// 个百分点, 个工作日
const LONGEST_UNIT: usize = 5;

/// What says on which side of a bound, and how it is said where the bound is not one of them.
const SIDES: [(&str, &str); 3] = [("以上", "超过"), ("以下", "低于"), ("以内", "低于")];

/// What to put in place of the bracket at `open`, and of what.
fn written(text: &str, open: usize) -> Option<(std::ops::Range<usize>, String)> {
    let close = open + text[open..].find(')')?;
    let inner = text[open + 1..close].trim();
    let (included, number) = match (inner.strip_prefix("不含"), inner.strip_prefix('含')) {
        (Some(rest), _) => (false, rest.trim()),
        (_, Some(rest)) => (true, rest.trim()),
        _ => return None,
    };
    // 以上（含本数）
    let (number, is_short) = if number == "本数" { ("", false) } else { (number, number.is_empty()) };
    let quoted = text[..open].matches('「').count() != text[..open].matches('」').count();
    if quoted {
        return None;
    }
    let before = text[..open].trim_end();
    // 70%以内（含70%）, 3天以上（不含）
    if let Some((word, beyond)) = SIDES.iter().find(|(word, _)| before.ends_with(word)) {
        let stem = before[..before.len() - word.len()].trim_end();
        let limit = limit_before(stem)?;
        let shown = stem[limit..].trim();
        let says_it = number.is_empty() || number == shown;
        return says_it.then(|| match included {
            true => (open..close + 1, String::new()),
            false => (limit..close + 1, format!("{beyond}{shown}")),
        });
    }
    if number.is_empty()
        && let Some(found) = moved(text, (open, close), included)
    {
        return Some(found);
    }
    let limit = limit_before(before)?;
    // 90分（含80分）以上 is not to be read over.
    if !number.is_empty() && number != text[limit..open].trim() {
        return None;
    }
    // 300(不含)亩: the measure word behind the bracket.
    let behind = &text[close + 1..];
    let unit = super::COMMON_UNITS.iter().find(|unit| before.ends_with(is_figure) && behind.starts_with(**unit));
    let unit = unit.copied().unwrap_or_default();
    let (behind, shown) = (&behind[unit.len()..], format!("{}{unit}", text[limit..open].trim()));
    let end = close + 1 + unit.len();
    for (word, beyond) in SIDES {
        if !behind.starts_with(word) {
            continue;
        }
        return match included {
            false => Some((limit..end + word.len(), format!("{beyond}{shown}"))),
            true if is_short && unit.is_empty() && word != "以内" => None,
            true => Some((open..end, unit.to_owned())),
        };
    }
    // 超过5个（含5个）
    let compares = text[..limit].trim_end();
    if let Some((word, with)) = compared(compares, included) {
        let shown = text[limit..open].trim();
        return Some((compares.len() - word.len()..close + 1, format!("{with}{shown}")));
    }
    let short = if included { "(含)" } else { "(不含)" };
    (!is_short || !unit.is_empty()).then(|| (open..end, format!("{unit}{short}")))
}

/// 超过（含）5个: the bracket says more than the word before it.
fn moved(text: &str, (open, close): (usize, usize), included: bool) -> Option<(std::ops::Range<usize>, String)> {
    let (before, behind) = (text[..open].trim_end(), text[close + 1..].trim_start());
    let digits = behind.len() - behind.trim_start_matches(is_figure).len();
    // 超过（含）5个
    if digits > 0 {
        let (word, with) = compared(before, included)?;
        return Some((before.len() - word.len()..close + 1, with.to_owned()));
    }
    None
}

/// A comparison before a number that a text ends with, and what it comes to with the number and without it.
fn compared(before: &str, included: bool) -> Option<(&'static str, &'static str)> {
    const COMPARES: [(&str, &str, &str); 17] = [
        ("不大于", "不大于", "低于"),
        ("不小于", "不小于", "超过"),
        ("达到", "达到", "超过"),
        ("不超过", "不超过", "低于"),
        ("不高于", "不高于", "低于"),
        ("不多于", "不多于", "少于"),
        ("不低于", "不低于", "超过"),
        ("不少于", "不少于", "超过"),
        ("不足", "不超过", "不足"),
        ("超过", "不低于", "超过"),
        ("超出", "不低于", "超出"),
        ("高于", "不低于", "高于"),
        ("多于", "不少于", "多于"),
        ("大于", "不低于", "大于"),
        ("低于", "不超过", "低于"),
        ("少于", "不超过", "少于"),
        ("小于", "不超过", "小于"),
    ];
    let (word, with, without) = COMPARES.iter().find(|(word, ..)| before.ends_with(word))?;
    // 不得超过5个（含5个）, 每超过5个: the word before it says what the two come to.
    let rest = &before[..before.len() - word.len()];
    if ["不得", "不能", "未", "没有", "每"].iter().any(|other| rest.ends_with(other)) {
        return None;
    }
    Some((word, if included { with } else { without }))
}

/// Where a number with its measure word begins that a text ends with: 90分, 85%.
fn limit_before(text: &str) -> Option<usize> {
    let number =
        text.trim_end_matches(|c: char| !is_figure(c) && !c.is_ascii_punctuation() && !c.is_whitespace() || c == '%');
    let unit = &text[number.len()..];
    if unit.chars().count() > LONGEST_UNIT || unit.chars().any(|c| "至、。；「」≤≥".contains(c)) {
        return None;
    }
    let begin = number.trim_end_matches(is_figure).len();
    (begin < number.len() && !text[..begin].ends_with('第')).then_some(begin)
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;

    #[test]
    fn brackets_become_words() {
        for (said, meant) in [
            ("优秀：90分（含90分）以上", "优秀:90分以上"),
            ("良好：80分（含）以上不满90分", "良好:80分(含)以上不满90分"),
            ("不合格：60分（不含）以下", "不合格:低于60分"),
            ("合格：60分（含60分）以上80分（不含80分）以下", "合格:60分以上低于80分"),
            ("率（%）：90%（不含90%）至100%（含）得5分", "率(%):90%(不含)至100%(含)得5分"),
            ("迟到：每次扣1分，3次（含）以内的不扣", "迟到:每次扣1分,3次以内的不扣"),
            ("缺项（含代管的）：每项扣1分", "缺项(含代管的):每项扣1分"),
            ("人数（含12人）：每人扣1分", "人数(含12人):每人扣1分"),
            ("率（%）：70%以内（含70%）得5分", "率(%):70%以内得5分"),
            ("率（%）：70%以上（含本数）得5分", "率(%):70%以上得5分"),
            ("迟到：3次以上（不含3次）扣5分", "迟到:超过3次扣5分"),
            ("面积（亩）：15-300（不含）亩，扣10分", "面积(亩):15-300亩(不含),扣10分"),
            ("面积（亩）：300（不含）亩以上扣10分", "面积(亩):超过300亩扣10分"),
            ("面积（亩）：3（含）亩以上扣10分", "面积(亩):3亩以上扣10分"),
            ("优秀：90分（含80分）以上", "优秀:90分(含80分)以上"),
            ("办件（件）：100件（含本数）以上加3分", "办件(件):100件以上加3分"),
            ("栏目（个）：超过（含）5个不得分", "栏目(个):不低于5个不得分"),
            ("办件（件）：达到30件（含）得5分", "办件(件):达到30件得5分"),
            ("栏目（个）：超过5个（含5个）的不得分", "栏目(个):不低于5个的不得分"),
            ("栏目（个）：不超过5个（不含）的得5分", "栏目(个):低于5个的得5分"),
            ("差错（件）：3（含）件以上扣15分", "差错(件):3件以上扣15分"),
            ("差错（件）：3（不含）件以上扣15分", "差错(件):超过3件扣15分"),
            ("面积（亩）：15-300（不含）亩扣10分", "面积(亩):15-300亩(不含)扣10分"),
        ] {
            let mut line = fold(said, 0);
            super::write_out(&mut line);
            assert_eq!(line.text, meant);
        }
    }
}
