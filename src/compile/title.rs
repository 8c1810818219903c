//! What stands in a title and is no name: points, marks and shares that would be lost in it.

use super::scope::Scope;
use crate::parse::Statement;
use crate::syntax::{Pair, Rule as Token};

/// Reports a title that holds what was to count; one that is quoted as a whole is taken as it is.
pub fn check(scope: &mut Scope<'_>, statement: &Statement<'_>, heading: &Pair<'_, Token>, title: &str) {
    if heading.as_str().trim_start().starts_with('「') {
        return;
    }
    let number = statement.inner().child(Token::item_number).map_or("板块", |number| number.as_str()).trim().to_owned();
    if let Some(at) = points_in(title) {
        let (name, gives) = (title[..at].trim_end_matches([',', ' ']), &title[at..]);
        let finding = scope
            .at(statement, heading, "points-in-title", format!("标题里写了“{gives}”，在这里不计分"))
            .expected("条目的标题只写名称，计分句另起一行")
            .help(format!("分成两行写：\n{number} {name}\n{name}：{gives}"));
        scope.blame(finding);
        return;
    }
    let finding = match unread_mark(title) {
        None => return,
        Some(Mark::Half { name, mark }) => {
            let finding = scope.at(statement, heading, "unclosed-bracket", "标题里的括号只有一半");
            scope.blame(match mark {
                Some(mark) => finding.help(format!("写成：{number} {name}（{mark}）")),
                None => finding.help("把另一半补上，或删去这一半；本来就是名称的，整个加上引号"),
            });
            return;
        }
        Some(Mark::Bracket) => scope
            .at(statement, heading, "unreadable-mark", "标题里的括号看不懂")
            .help("满分写成（20分）；封顶写明是最多加几分还是最多扣几分；其他的话另写一行：读法 …"),
        Some(Mark::Bare(points)) => {
            let name = title[..title.len() - points.len()].trim_end_matches(['-', '—', '–', ' ', ':', ',']);
            scope
                .at(statement, heading, "unreadable-mark", format!("“{points}”连着名称写，成了名称的一部分"))
                .help(format!("写成：{number} {name}（{points}）"))
        }
    };
    scope.report(
        finding.expected("名称后面写（20分）、（权重30%）、（最多加5分）或（最多扣5分）；本来就是名称的，整个加上引号"),
    );
}

enum Mark {
    /// （5分封顶）, （20分）甲项, （20）
    Bracket,
    /// 台账20分
    Bare(String),
    /// 台账（20分: the name, and what was to stand in the brackets, where that is certain.
    Half { name: String, mark: Option<String> },
}

const OPEN: [char; 4] = ['(', '[', '【', '〔'];
const CLOSE: [char; 4] = [')', ']', '】', '〕'];

/// A mark of a title that was not read as one.
fn unread_mark(title: &str) -> Option<Mark> {
    if let Some(half) = half_bracket(title) {
        return Some(half);
    }
    let mut rest = title;
    while let Some((_, inside)) = rest.split_once(OPEN) {
        let (inner, behind) = inside.split_once(CLOSE)?;
        if speaks_of_marks(inner.trim()) {
            return Some(Mark::Bracket);
        }
        rest = behind;
    }
    // 学习「10分」
    if let Some((_, inner)) = title.strip_suffix('」').and_then(|title| title.split_once('「'))
        && speaks_of_marks(inner.trim())
    {
        return Some(Mark::Bracket);
    }
    let points = title.strip_suffix('分')?;
    let begin = points.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    (begin < points.len()).then(|| Mark::Bare(title[begin..].to_owned()))
}

/// A bracket without its other half.
fn half_bracket(title: &str) -> Option<Mark> {
    let mut open = Vec::new();
    let mut half = None;
    for (at, character) in title.char_indices() {
        if OPEN.contains(&character) {
            open.push((at, character));
        } else if CLOSE.contains(&character) && open.pop().is_none() {
            half = half.or(Some((at, character)));
        }
    }
    let (at, bracket) = half.or(open.pop())?;
    let (before, behind) = (title[..at].trim(), title[at + bracket.len_utf8()..].trim());
    let (name, mark) = match OPEN.contains(&bracket) {
        true => (before, behind),
        // 台账 20分）, 台账20分）
        false => {
            let figure =
                before.trim_end_matches(['分', '%']).trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            let begin = before.rfind(' ').map_or(figure.len(), |space| space + 1);
            (before[..begin].trim(), &before[begin..])
        }
    };
    let is_mark = !name.is_empty() && (OPEN.contains(&bracket) || behind.is_empty()) && speaks_of_marks(mark);
    Some(Mark::Half { name: name.to_owned(), mark: is_mark.then(|| mark.to_owned()) })
}

/// 20分, 权重0.3, 5分封顶, 20; not 每天30分钟, 2023, 一.
fn speaks_of_marks(inner: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    // A year, or the number of a document, has more digits.
    if is_number(inner) {
        return inner.len() <= 3;
    }
    let is_counted = |unit: char| {
        inner.match_indices(unit).any(|(at, _)| {
            let is_longer = ["钟", "之", "类", "项", "散", "公", "局", "所"]
                .iter()
                .any(|word| inner[at..].starts_with(&format!("{unit}{word}")));
            inner[..at].trim_end().ends_with(|c: char| c.is_ascii_digit()) && !is_longer
        })
    };
    // 1O分, 拾分, 10份
    let slip = inner.strip_suffix(['分', '份']).map(str::trim).filter(|figure| !figure.is_empty());
    if slip
        .is_some_and(|figure| figure.chars().all(|c| c.is_ascii_digit() || "OolI.零壹贰叁肆伍陆柒捌玖拾".contains(c)))
    {
        return true;
    }
    let has_digit = inner.contains(|c: char| c.is_ascii_digit());
    let names_one = ["权重", "系数", "占比", "满分", "分值", "封顶"].iter().any(|word| inner.contains(word));
    is_counted('分') || is_counted('%') || has_digit && (names_one || inner.contains("point"))
}

/// Where a title begins to say points: 扣2分 of 未召开例会扣2分.
fn points_in(title: &str) -> Option<usize> {
    const VERBS: [char; 4] = ['扣', '加', '得', '减'];
    let is_points = |at: &usize| {
        let behind = title[*at..].trim_start_matches(VERBS);
        let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        rest.len() < behind.len() && rest.starts_with('分') && !rest.starts_with("分钟")
    };
    let in_brackets = |at: &usize| title[..*at].matches('(').count() > title[..*at].matches(')').count();
    title
        .char_indices()
        .filter(|(_, c)| VERBS.contains(c))
        .map(|(at, _)| at)
        .find(|at| is_points(at) && !in_brackets(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_marks() {
        for name in
            ["学习强国（每天30分钟）", "通报（2023）", "培训（一）", "文号〔2023〕", "党建得分", "满意度（%）", "分析"]
        {
            let name = name.replace('（', "(").replace('）', ")");
            assert!(unread_mark(&name).is_none() && points_in(&name).is_none(), "{name}");
        }
        for marked in [
            "学习(20)",
            "(20分)甲项",
            "甲项(系数0.3)",
            "甲项(20分)扣完为止",
            "台账20分",
            "甲项-20分",
            "甲(20points)",
            "甲(1O分)",
            "甲(拾分)",
            "甲(10份)",
            "甲「10分」",
        ] {
            assert!(unread_mark(marked).is_some(), "{marked}");
        }
        for (half, mark) in
            [("学习(10分", Some("10分")), ("活动 10分)", Some("10分")), ("活动10分)", Some("10分")), ("学习(一", None)]
        {
            let found = unread_mark(half);
            assert!(matches!(&found, Some(Mark::Half { mark: found, .. }) if found.as_deref() == mark), "{half}");
        }
        assert_eq!(points_in("未召开例会扣2分"), Some("未召开例会".len()));
    }
}
