//! What stands in a title and is no name: points, marks and shares that would be lost in it.

use super::scope::Scope;
use crate::parse::{Statement, is_figure};
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
        Some(Mark::Rule(said)) => {
            let message = format!("“{said}”写在标题里就成了名称的一部分，不起作用");
            scope
                .at(statement, heading, "unreadable-mark", message)
                .help("只考其中几类的，另写一行：适用 街道（或 适用 类别不为乡镇的）；考评周期不同的，另写一行：考评周期 每季度")
        }
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

/// What the title of 排名, 等次 or 奖惩 says of how it is done, or of whom: all of that stands in lines of its own.
pub fn check_stage(scope: &mut Scope<'_>, statement: &Statement<'_>) {
    const RULES: &[(&str, &str)] = &[
        ("分组", "分组排名"),
        ("按组", "名额按组计算"),
        ("由低到高", "按 得分 由低到高排名"),
        ("低者在前", "按 得分 由低到高排名"),
        ("由高到低", "按 得分 由高到低排名"),
        ("高者在前", "按 得分 由高到低排名"),
    ];
    let heading = statement.inner().child(Token::heading).expect("a stage has a heading");
    if heading.as_str().trim_start().starts_with('「') {
        return;
    }
    let title = super::scope::name_of(&heading);
    // 排名 每提升1位加1分
    if let Some(at) = points_in(&title) {
        let message = format!("标题里写了“{}”，在这里不计分", &title[at..]);
        let finding = scope
            .at(statement, &heading, "points-in-title", message)
            .help("是计分句的，前面写情形的名称，如：全县排名：…；“排名”“等次”“奖惩”的标题只写期间和名称");
        return scope.blame(finding);
    }
    if let Some((word, line)) = RULES.iter().find(|(word, _)| title.contains(word)) {
        let finding = scope
            .at(statement, &heading, "unreadable-mark", format!("“{word}”写在标题里就成了名称的一部分，不起作用"))
            .help(format!("标题只写期间和名称，另起一行写：{line}\n本来就是名称的，整个加上引号"));
        return scope.blame(finding);
    }
    if let Some((said, kind)) = one_period(&title) {
        let message = format!("“{said}”写在标题里，也是每{kind}都算");
        let whole = if kind == "月" { "月度" } else { kind };
        let help = format!("各{kind}都一样的，标题写“{whole}”；只管一期的，标题里说不了，逐行写明条件，或另写一份规则");
        let finding = scope.at(statement, &heading, "unreadable-mark", message).help(help);
        return scope.blame(finding);
    }
    // 奖惩 年终（街道）: the prizes would be those of all.
    let plan = &scope.plan;
    let mut listed = plan.attributes.iter().flat_map(|attribute| {
        attribute.values.iter().flatten().map(move |value| (attribute.name.as_str(), plan.symbols.text(*value)))
    });
    let whose = listed.find(|(_, value)| value.chars().count() > 1 && title.contains(value));
    if let Some((attribute, value)) = whose {
        let message = format!("“{value}”写在标题里就成了名称的一部分，不起作用：这里说的是所有单位");
        let finding = scope.at(statement, &heading, "unreadable-mark", message);
        let help = format!(
            "只管{value}的，逐行写成条件，如：当 {attribute}为{value}且…：…；各类分开排名次的，先写：分组 按{attribute}，再在排名里写：分组排名\n本来就是名称的，整个加上引号"
        );
        scope.blame(finding.help(help));
    }
}

/// 上半年, 第四季度, 12月: a single period of its kind, and what that kind is called.
pub fn one_period(text: &str) -> Option<(String, &'static str)> {
    if let Some(half) = ["上半年", "下半年"].iter().find(|half| text.contains(**half)) {
        return Some(((*half).to_owned(), "半年"));
    }
    let numbered = |word: &str, digits: &str, longest: usize| {
        let before = &text[..text.find(word)?];
        let number: String = before.chars().rev().take_while(|c| digits.contains(*c)).take(longest).collect();
        let number: String = number.chars().rev().collect();
        (!number.is_empty()).then(|| format!("{number}{word}"))
    };
    let quarter = numbered("季度", "一二三四1234", 1).map(|said| (said, "季度"));
    quarter.or_else(|| numbered("月", "0123456789一二三四五六七八九十", 2).map(|said| (said, "月")))
}

enum Mark {
    /// （5分封顶）, （20分）甲项, （20）
    Bracket,
    /// （乡镇不考核）, （按季度考评）: whom and how, in a line of its own.
    Rule(String),
    /// 台账20分, 学习 权重30%
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
        if speaks_of_rules(inner.trim()) {
            return Some(Mark::Rule(inner.trim().to_owned()));
        }
        rest = behind;
    }
    // 学习「10分」
    if let Some((_, inner)) = title.strip_suffix('」').and_then(|title| title.split_once('「'))
        && speaks_of_marks(inner.trim())
    {
        return Some(Mark::Bracket);
    }
    // 学习 权重30%
    if let Some((_, share)) = title.rsplit_once(' ')
        && let Some(share) = share.strip_suffix('%')
        && share.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<f64>().is_ok()
        && ["权重", "占"].iter().any(|word| share.starts_with(word))
    {
        return Some(Mark::Bare(format!("{share}%")));
    }
    let points = title.strip_suffix('分')?;
    let begin = points.trim_end_matches(is_figure).len();
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
            let figure = before.trim_end_matches(['分', '%']).trim_end_matches(is_figure);
            let begin = before.rfind(' ').map_or(figure.len(), |space| space + 1);
            (before[..begin].trim(), &before[begin..])
        }
    };
    let is_mark = !name.is_empty() && (OPEN.contains(&bracket) || behind.is_empty()) && speaks_of_marks(mark);
    Some(Mark::Half { name: name.to_owned(), mark: is_mark.then(|| mark.to_owned()) })
}

/// 乡镇不考核, 只考核街道, 每季度考评; not 考核办法.
fn speaks_of_rules(inner: &str) -> bool {
    const WHOM: &[&str] = &["不考核", "不考评", "不参评", "只考核", "只考评", "仅考核", "仅考评"];
    const WHEN: &[&str] = &["每月", "每季", "每半年", "每年", "按月", "按季", "按半年", "按年", "逐月", "逐季"];
    let assesses = inner.ends_with("考核") || inner.ends_with("考评") || inner.ends_with("评价");
    WHOM.iter().any(|word| inner.contains(word)) || assesses && WHEN.iter().any(|word| inner.starts_with(word))
}

/// 20分, 权重0.3, 5分封顶, 20; not 每天30分钟, 2023, 一.
fn speaks_of_marks(inner: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(is_figure);
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
        let rest = behind.trim_start_matches(is_figure);
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
