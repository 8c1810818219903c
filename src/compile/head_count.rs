//! How often and when, before the colon of a line: 每起, 3次以上, 第1次 and 当 … count only behind it.

use super::scope::{Meaning, Scope};
use crate::diagnostic::Finding;
use crate::parse::{Counted, Statement, counted, ends_with_count};
use crate::plan::{InputKind, NodeId};
use crate::syntax::{self, Pair, Rule as Token};

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
    let bare = name.trim_end_matches(['的', '时']);
    let found = counted(name).or_else(|| if bare == name { None } else { counted(bare) });
    let Counted { label, words, each } = found?;
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
    // 党员每少1学时：每名扣0.1分: of two numbers none is said to be multiplied by the other.
    if words.contains('每') && line.starts_with('每') {
        let help = format!(
            "“{words}”写在冒号后面；一句里只写一个“每”，两样都乘的，先合成一个数再报；本来就是名称的，加上引号"
        );
        return Some(finding.help(help));
    }
    Some(finding.help(format!("写在冒号后面：{label}：{words}{line}；本来就是名称的，加上引号")))
}

/// 当 投诉率超过10%, and 投诉率超过10%的 of a figure that the item has.
fn condition<'n>(scope: &Scope<'_>, node: NodeId, name: &'n str) -> Option<&'n str> {
    let plain = name.trim_end_matches(['的', '时']);
    // Nearly every label ends here.
    if !plain.starts_with('当') && !plain.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(condition) = plain.strip_prefix("当 ") {
        return Some(condition.trim());
    }
    let compares = |at: &usize| *at > 0 && syntax::compares(&plain[*at..]);
    let at = plain.char_indices().map(|(at, _)| at).find(compares)?;
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
    let compares = syntax::end(Token::comparator, &plain[..begin]).unwrap_or_default();
    let label = &plain[..begin - compares.len()];
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
