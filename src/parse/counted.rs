//! How often and when, in what stands before a colon: 每起, 缺一份, 3次以上, 第1次; they count only behind it.

use crate::syntax;

const UNITS: &[&str] = &[
    "人次", "项次", "件", "次", "人", "条", "项", "卷", "起", "例", "篇", "场", "天", "个", "名", "户", "家", "份",
    "处", "宗", "台", "辆", "案",
];

/// A label and the words that are no part of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Counted<'n> {
    pub label: &'n str,
    pub words: String,
    /// The line counts all the same where 每 stands behind the colon as well.
    pub each: bool,
}

/// What a thing is short of, beyond, or behind by.
const LACKING: &[&str] = &[
    "缺少", "缺", "漏", "少", "多", "逾期", "超期", "延期", "超时", "超", "低", "高", "迟", "增加", "减少", "下降",
    "增", "降", "发生", "发现", "出现",
];

/// How often a label says, and what is left of it; `None` for a name.
pub fn counted(name: &str) -> Option<Counted<'_>> {
    begins_with_each(name)
        .or_else(|| each_within(name))
        .or_else(|| ends_with_count(name))
        .or_else(|| lacks_so_many(name))
        .or_else(|| begins_with_time(name))
}

/// 每次迟到, 每人每次迟到; 每缺1项
fn begins_with_each(name: &str) -> Option<Counted<'_>> {
    let mut rest = name.strip_prefix('每')?;
    if let Some(behind) = LACKING.iter().find_map(|word| rest.strip_prefix(word)) {
        let behind = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '一');
        return UNITS.contains(&behind).then(|| Counted { label: "", words: name.to_owned(), each: true });
    }
    loop {
        let unit = UNITS.iter().find(|unit| **unit != "天" && rest.starts_with(**unit))?;
        rest = &rest[unit.len()..];
        match rest.strip_prefix('每') {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    let words = name[..name.len() - rest.len()].to_owned();
    let is_label = rest.is_empty() || rest.chars().count() >= 2;
    is_label.then_some(Counted { label: rest, words, each: true })
}

/// 一般事故每起, 隐患1条, 缺席一次, 迟到3次以上
pub fn ends_with_count(name: &str) -> Option<Counted<'_>> {
    const BOUNDS: &[&str] = &["及以上", "以上", "及以下", "以下", "以内"];
    let bound = BOUNDS.iter().find(|bound| name.ends_with(**bound)).copied().unwrap_or_default();
    let counted = &name[..name.len() - bound.len()];
    let unit = UNITS.iter().find(|unit| counted.ends_with(**unit))?;
    let before = &counted[..counted.len() - unit.len()];
    if let Some(label) = before.strip_suffix('每').filter(|label| bound.is_empty() && label.chars().count() >= 2) {
        return Some(Counted { label, words: format!("每{unit}"), each: true });
    }
    let label = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &before[label.len()..];
    let (label, number) = match (number, before.strip_suffix('一')) {
        ("", Some(label)) if bound.is_empty() => (label, "1"),
        ("", _) => return None,
        _ => (label, number),
    };
    // 第2次, 前3名: which of them, no number of them.
    if label.chars().count() < 2 || label.ends_with(['第', '前', '后', '.', '年', '月']) {
        return None;
    }
    let words = match (number, bound) {
        ("1", "") => format!("每{unit}"),
        _ => format!("{number}{unit}{bound}"),
    };
    Some(Counted { label, words, each: number == "1" && bound.is_empty() })
}

/// 每逾期1个月, 党员每少1学时, 每月: what is counted, or how often, of something else.
fn each_within(name: &str) -> Option<Counted<'_>> {
    const PERIODS: &[&str] = &["月", "季度", "季", "半年", "年", "周", "天", "日", "年度", "学期"];
    let at = name.find('每')?;
    let behind = &name[at + '每'.len_utf8()..];
    if at == 0 && PERIODS.contains(&behind) {
        return Some(Counted { label: "", words: name.to_owned(), each: false });
    }
    let rest = LACKING.iter().find_map(|word| behind.strip_prefix(word)).unwrap_or(behind);
    // 每少一学时, 每10万元; 每一件 and 每日一练 are what something is called.
    let numbered = rest.starts_with(|c: char| c.is_ascii_digit());
    let counts = numbered || rest.len() < behind.len() && rest.starts_with('一');
    counts.then(|| Counted { label: &name[..at], words: name[at..].to_owned(), each: false })
}

/// 缺一份, 少2次, 超3件: how many too few or too many, of what the line counts.
fn lacks_so_many(name: &str) -> Option<Counted<'_>> {
    let rest = LACKING.iter().chain(&["欠", "错", "晚", "早", "差"]).find_map(|word| name.strip_prefix(word))?;
    let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一两二三四五六七八九十".contains(c));
    let is_unit = UNITS.contains(&unit.trim_end_matches("及以上").trim_end_matches("以上"));
    (unit.len() < rest.len() && is_unit).then(|| Counted { label: "", words: name.to_owned(), each: false })
}

/// 首次迟报, 第2次迟报, 累计3次迟报, 两次不合格, 年内三次以上
fn begins_with_time(name: &str) -> Option<Counted<'_>> {
    let number = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let end = if name.starts_with("首次") || name.starts_with("再次") {
        "首次".len()
    } else if let Some(rest) = name.strip_prefix('第') {
        let digits = number(rest);
        match digits > 0 && rest[digits..].starts_with('次') {
            true => "第次".len() + digits,
            false => return None,
        }
    } else if let Some(at) = name.find("累计").filter(|at| name[..*at].chars().count() <= 2) {
        let at = at + "累计".len();
        let digits = number(&name[at..]);
        let unit = UNITS.iter().find(|unit| name[at + digits..].starts_with(**unit)).filter(|_| digits > 0)?;
        at + digits + unit.len()
    } else {
        return so_many_times(name);
    };
    let (words, label) = name.split_at(end);
    let words = words.replace("首次", "第1次").replace("再次", "第2次起每次");
    (label.chars().count() >= 2).then_some(Counted { label, words, each: false })
}

/// 两次不合格, 连续两次, 年内2次以上; 三项以上未完成: so many of them, and no name.
fn so_many_times(name: &str) -> Option<Counted<'_>> {
    // 一次性, 一次办成, 三次产业
    const NAMES: &[&str] = &["性", "办", "通过", "告知", "供", "产业", "分配", "创业", "能源", "成"];
    let rest = syntax::strip_within(name).or(name.strip_prefix("连续")).unwrap_or(name);
    let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一两二三四五六七八九十".contains(c));
    if unit.len() == rest.len() {
        return None;
    }
    let word = UNITS.iter().find(|word| unit.starts_with(**word))?;
    let behind = &unit[word.len()..];
    let label = ["及以上", "以上"].iter().find_map(|bound| behind.strip_prefix(bound)).unwrap_or(behind);
    let is_bound = label.len() < behind.len() || rest.len() < name.len();
    let is_times = *word == "次" && !rest.starts_with('二') && !NAMES.iter().any(|word| behind.starts_with(word));
    let words = name[..name.len() - label.len()].to_owned();
    ((is_bound || is_times) && label.chars().count() != 1).then_some(Counted { label, words, each: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_told_from_names() {
        for (name, label, words) in [
            ("一般事故每起", "一般事故", "每起"),
            ("隐患1条", "隐患", "每条"),
            ("缺席一次", "缺席", "每次"),
            ("每缺1项", "", "每缺1项"),
            ("每次迟到", "迟到", "每次"),
            ("每人每次迟到", "迟到", "每人每次"),
            ("每逾期1天", "", "每逾期1天"),
            ("迟到3次以上", "迟到", "3次以上"),
            ("首次迟报", "迟报", "第1次"),
            ("第2次迟报", "迟报", "第2次"),
            ("全年累计3次迟报", "迟报", "全年累计3次"),
            ("每月", "", "每月"),
            ("每逾期一个月", "", "每逾期一个月"),
            ("党员每少1学时", "党员", "每少1学时"),
            ("缺一份", "", "缺一份"),
            ("少2次", "", "少2次"),
            ("两次不合格", "不合格", "两次"),
            ("年内两次", "", "年内两次"),
            ("连续两次通报", "通报", "连续两次"),
            ("三项以上", "", "三项以上"),
        ] {
            let found = counted(name).map(|found| (found.label, found.words));
            assert_eq!(found, Some((label, words.to_owned())), "{name}");
        }
        for name in [
            "迟报",
            "每日一练未完成",
            "每天打卡",
            "国家级奖项",
            "前3名",
            "第一书记",
            "党建引领",
            "两案",
            "12345工单",
            "三会一课缺项",
            "一案",
            "二次供水",
            "一次性补助未发",
            "三项制度未落实",
            "两个责任未压实",
            "每一件未办结",
        ] {
            assert_eq!(counted(name), None, "{name}");
        }
    }
}
