//! How often and when, before the colon of a line: 每起, 3次以上, 第1次 and 当 … count only behind it.

use super::scope::{Meaning, Scope};
use crate::diagnostic::Finding;
use crate::parse::Statement;
use crate::plan::{InputKind, NodeId};
use crate::syntax::{Pair, Rule as Token};

const UNITS: &[&str] = &[
    "人次", "项次", "件", "次", "人", "条", "项", "卷", "起", "例", "篇", "场", "天", "个", "名", "户", "家", "份",
    "处", "宗", "台", "辆", "案",
];

/// A label and the words that are no part of it.
#[derive(Debug, PartialEq, Eq)]
struct Said<'n> {
    label: &'n str,
    words: String,
    /// The line counts all the same where 每 stands behind the colon as well.
    each: bool,
}

/// A finding where a label says how often; one in quotes is taken as it is.
pub fn find(
    scope: &Scope<'_>,
    statement: &Statement<'_>,
    node: NodeId,
    (pair, name): (&Pair<'_, Token>, &str),
    body: &Pair<'_, Token>,
) -> Option<Finding> {
    if pair.as_str().trim_start().starts_with('「') {
        return None;
    }
    if let Some(condition) = condition(scope, node, name) {
        let line = scope.original(statement, body);
        let message = format!("“{name}”是条件，写在冒号前面就成了情形的名称，不起作用");
        let finding = scope.at(statement, pair, "condition-as-label", message);
        return Some(finding.help(format!("写成：当 {condition}，{line}；本来就是名称的，加上引号")));
    }
    if let Some(condition) = so_many(scope, node, name) {
        let line = scope.original(statement, body);
        let message = format!("“{name}”是条件，写在冒号前面就成了情形的名称，不起作用");
        let finding = scope.at(statement, pair, "condition-as-label", message);
        return Some(finding.help(format!("写成：当 {condition}，{line}；本来就是名称的，加上引号")));
    }
    if let Some(column) = condition_of_rows(scope, node, name) {
        let line = scope.original(statement, body);
        let message = format!("“{name}”是条件，写在冒号前面就成了情形的名称，不看“{column}”");
        let finding = scope.at(statement, pair, "condition-as-label", message);
        let help = format!(
            "冒号前面写情形的名称，条件写在后面，如：名称：{name}的，{line}；同一种情形分几档的，写在一句里，用分号隔开；本来就是名称的，加上引号"
        );
        return Some(finding.help(help));
    }
    // 合格率100%的：加2分
    if let Some((label, range)) = percentage(name) {
        let line = scope.original(statement, body);
        let message = format!("“{name}”里写了范围，写在冒号前面就成了名称的一部分，不起作用");
        let finding = scope.at(statement, pair, "count-in-label", message);
        return Some(finding.help(format!("写在冒号后面：{label}（%）：{range}的，{line}；本来就是名称的，加上引号")));
    }
    let Said { label, words, each } = said(name).or_else(|| said(name.trim_end_matches(['的', '时'])))?;
    let counts = body.children(Token::phrase).iter().any(|phrase| phrase.has(Token::per) || phrase.has(Token::rate));
    if each && counts {
        return None;
    }
    let line = scope.original(statement, body);
    // 再次迟报：每次扣2分
    let line = if words.ends_with("每次") { line.trim_start_matches("每次") } else { &line };
    let label = if label.is_empty() { "名称" } else { label };
    let message = format!("“{name}”里写了怎样计，写在冒号前面就成了名称的一部分，不起作用");
    let finding = scope.at(statement, pair, "count-in-label", message);
    Some(finding.help(format!("写在冒号后面：{label}：{words}{line}；本来就是名称的，加上引号")))
}

/// 当 投诉率超过10%, and 投诉率超过10%的 of a figure that the item has.
fn condition<'n>(scope: &Scope<'_>, node: NodeId, name: &'n str) -> Option<&'n str> {
    const COMPARES: &[&str] =
        &["不少于", "不低于", "不超过", "不高于", "超过", "高于", "低于", "少于", "多于", "不足", "不满", "达到"];
    let plain = name.trim_end_matches(['的', '时']);
    // Nearly every label ends here.
    if !plain.starts_with('当') && !plain.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(condition) = plain.strip_prefix("当 ") {
        return Some(condition.trim());
    }
    let begins = |(at, _): &(usize, char)| COMPARES.iter().any(|word| plain[*at..].starts_with(word));
    let signs = plain.char_indices().filter(|(_, c)| "不超高低少多达".contains(*c));
    let at = signs.into_iter().find(begins).map(|(at, _)| at).filter(|at| *at > 0)?;
    let is_figure = match scope.find(node, plain[..at].trim()) {
        Ok(Meaning::Measure(_)) => true,
        Ok(Meaning::Input(id)) => scope.plan.inputs[id.index()].kind == InputKind::Indicator,
        _ => false,
    };
    (is_figure && plain[at..].contains(|c: char| c.is_ascii_digit())).then_some(plain)
}

/// 通报3次以上的, 没有通报的, of what another line counts: as a condition.
fn so_many(scope: &Scope<'_>, node: NodeId, name: &str) -> Option<String> {
    let plain = name.strip_suffix(['的', '时'])?;
    let counted = |label: &str| matches!(scope.find(node, label), Ok(Meaning::Input(_)));
    if let Some(label) = ["未发生", "没有发生", "没有", "未被", "无"].iter().find_map(|word| plain.strip_prefix(word))
    {
        return counted(label).then(|| format!("未发生{label}"));
    }
    let said = ends_with_count(plain)?;
    counted(said.label).then(|| plain.to_owned())
}

/// 合格率100%的 as 合格率 and 100%.
fn percentage(name: &str) -> Option<(&str, &str)> {
    let plain = name.strip_suffix('的')?;
    let begin = plain.find(|c: char| c.is_ascii_digit())?;
    let compares = ["不低于", "不高于", "不超过", "低于", "高于", "超过", "达到"];
    let label = compares.iter().find_map(|word| plain[..begin].strip_suffix(word)).unwrap_or(&plain[..begin]);
    let is_share = plain[begin..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').starts_with('%');
    (is_share && label.chars().count() >= 2).then(|| plain.split_at(label.len()))
}

/// 级别为国家级, of a column of the facts that has this value.
fn condition_of_rows<'n>(scope: &Scope<'_>, node: NodeId, name: &'n str) -> Option<&'n str> {
    let (column, value) = name.trim_end_matches('的').split_once('为')?;
    let Ok(Meaning::Column(id)) = scope.find(node, column) else { return None };
    let values = scope.plan.columns[id.index()].values.as_ref()?;
    values.iter().any(|id| scope.plan.symbols.text(*id) == value).then_some(column)
}

fn said(name: &str) -> Option<Said<'_>> {
    begins_with_each(name).or_else(|| ends_with_count(name)).or_else(|| begins_with_time(name))
}

/// 每次迟到, 每人每次迟到; 每缺1项
fn begins_with_each(name: &str) -> Option<Said<'_>> {
    const MISSING: &[&str] =
        &["缺少", "缺", "漏", "少", "多", "逾期", "超期", "超", "低", "高", "迟", "发生", "发现", "出现"];
    let mut rest = name.strip_prefix('每')?;
    if let Some(behind) = MISSING.iter().find_map(|word| rest.strip_prefix(word)) {
        let behind = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '一');
        return UNITS.contains(&behind).then(|| Said { label: "", words: name.to_owned(), each: true });
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
    is_label.then_some(Said { label: rest, words, each: true })
}

/// 一般事故每起, 隐患1条, 缺席一次, 迟到3次以上
fn ends_with_count(name: &str) -> Option<Said<'_>> {
    const BOUNDS: &[&str] = &["及以上", "以上", "及以下", "以下", "以内"];
    let bound = BOUNDS.iter().find(|bound| name.ends_with(**bound)).copied().unwrap_or_default();
    let counted = &name[..name.len() - bound.len()];
    let unit = UNITS.iter().find(|unit| counted.ends_with(**unit))?;
    let before = &counted[..counted.len() - unit.len()];
    if let Some(label) = before.strip_suffix('每').filter(|label| bound.is_empty() && label.chars().count() >= 2) {
        return Some(Said { label, words: format!("每{unit}"), each: true });
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
    Some(Said { label, words, each: number == "1" && bound.is_empty() })
}

/// 首次迟报, 第2次迟报, 累计3次迟报
fn begins_with_time(name: &str) -> Option<Said<'_>> {
    let number = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let end = if name.starts_with("首次") || name.starts_with("再次") {
        "首次".len()
    } else if let Some(rest) = name.strip_prefix('第') {
        let digits = number(rest);
        (digits > 0 && rest[digits..].starts_with('次')).then(|| "第次".len() + digits)?
    } else {
        let at = name.find("累计").filter(|at| name[..*at].chars().count() <= 2)? + "累计".len();
        let digits = number(&name[at..]);
        let unit = UNITS.iter().find(|unit| name[at + digits..].starts_with(**unit)).filter(|_| digits > 0)?;
        at + digits + unit.len()
    };
    let (words, label) = name.split_at(end);
    let words = words.replace("首次", "第1次").replace("再次", "第2次起每次");
    (label.chars().count() >= 2).then_some(Said { label, words, each: false })
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
        ] {
            let found = said(name).map(|said| (said.label, said.words));
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
        ] {
            assert_eq!(said(name), None, "{name}");
        }
    }
}
