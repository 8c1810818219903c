//! How many may have a grade, as schemes say it: 各组优秀比例不超过本组的30%（四舍五入）, 后10%且低于75分的为较差.

use rust_decimal::Decimal;

use super::whole::OF_GROUP;
use super::{Mend, Patient, written};
use crate::parse::Context;
use crate::parse::numeral::is_figure;
use crate::parse::top_colon;

/// How a part of one is counted, and the line that says so.
const ROUNDED: &[(&str, &str)] = &[
    ("四舍五入", "名额四舍五入取整"),
    ("舍去小数", "名额只取整数"),
    ("只舍不入", "名额只取整数"),
    ("向下取整", "名额只取整数"),
    ("进一", "名额进一取整"),
    ("向上取整", "名额进一取整"),
];
/// What stands between a grade and its share.
const BETWEEN: &[&str] =
    &["等次", "等级", "比例", "名额", "单位", "人数", "不超过", "不高于", "控制在", "至多", "的", "占"];

/// The help for a line with a quota of each group; `None` where it says more.
pub fn quota_of_groups(text: &str) -> Option<String> {
    lines_of(text).map(|(quota, more)| told_of(&quota, &more))
}

fn told_of(quota: &str, more: &[&str]) -> String {
    format!("分成几行（写过的不再写）：\n{}\n{}", written(quota), more.join("\n"))
}

/// The line that such a line comes to, and those that go with it.
fn lines_of(text: &str) -> Option<(String, Vec<&'static str>)> {
    let mut more = Vec::new();
    if OF_GROUP.iter().chain(&["分组"]).any(|word| text.contains(word)) {
        more.push("名额按组计算");
    }
    more.extend(ROUNDED.iter().find(|(word, _)| text.contains(word)).map(|(_, line)| *line));
    if more.is_empty() || text.matches('%').count() != 1 {
        return None;
    }
    let (grade, said) = match top_colon(text) {
        Some(colon) => (&text[..colon], &text[colon + 1..]),
        None => text.split_at(BETWEEN.iter().filter_map(|word| text.find(word)).min()?),
    };
    let mut parts = Vec::new();
    for part in said.split([',', ';']) {
        if let Some(end) = part.find('%') {
            let number = &part[part[..end].trim_end_matches(is_figure).len()..end];
            number.parse::<Decimal>().ok()?;
            let before = &part[..end - number.len()];
            let first = before.trim_end().ends_with('前');
            let limits = ["不超过", "不高于", "控制在", "至多", "不得超过"].iter().any(|word| before.contains(word));
            parts.push(match (first, limits) {
                (true, _) => format!("前{number}%"),
                (_, true) => format!("不超过{number}%"),
                _ => return None,
            });
            continue;
        }
        // 得分须在85分以上
        let words: &[&str] = &["且", "得分", "总分", "应当", "必须", "应", "须", "需", "在", "达到"];
        let mut bound = part.trim();
        while let Some(rest) = words.iter().find_map(|word| bound.strip_prefix(word)) {
            bound = rest;
        }
        let digits = bound.len() - bound.trim_start_matches(is_figure).len();
        let ends = bound[digits..].strip_prefix('分')?;
        (digits > 0 && ["以上", "及以上", "(含)以上"].contains(&ends)).then(|| parts.insert(0, bound.to_owned()))?;
    }
    let grade = grade.trim();
    (!grade.is_empty() && grade.chars().count() <= 6 && grade.chars().all(char::is_alphanumeric)).then_some(())?;
    let sign = if top_colon(text).is_some() { ":" } else { "" };
    Some((format!("{grade}{sign}{}", parts.join(",")), more))
}

impl Patient<'_> {
    /// `优秀等次比例不超过本组单位总数的30%（四舍五入）`
    pub(super) fn quota(&self) -> Option<Mend> {
        let text = self.text();
        if self.line.opening || self.line.context != Context::Grading {
            return None;
        }
        if let Some((quota, more)) = lines_of(text) {
            const MESSAGE: &str = "名额按组、怎样取整，各写一行";
            // The grade is there for the lines that speak of it.
            let lines = self.written_as(&quota).into_iter().collect();
            return self.split("other-words", MESSAGE, 0..text.len(), (lines, told_of(&quota, &more)));
        }
        self.last_below()
    }

    /// `较差：后10%且低于75分`
    fn last_below(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        let grade = text[..colon].trim();
        let said = ["排名最后", "排名后", "最后", "后"].iter().find_map(|word| text[colon + 1..].strip_prefix(word))?;
        let (share, rest) = said.split_once('%')?;
        let share: Decimal = share.parse().ok()?;
        (Decimal::ZERO < share && share < Decimal::ONE_HUNDRED).then_some(())?;
        let rest =
            rest.trim_start_matches(['且', ',', '并', '的']).trim_start_matches("得分").trim_start_matches("总分");
        let bound = ["低于", "不足", "不满", "少于", "未达到"].iter().find_map(|word| rest.strip_prefix(word))?;
        let number = &bound[..bound.len() - bound.trim_start_matches(is_figure).len()];
        (!number.is_empty() && bound[number.len()..].starts_with('分')).then_some(())?;
        let first = Decimal::ONE_HUNDRED - share;
        let help = format!(
            "从最好的写起，这一等写“其余”（“合格”换成它上面一等的名称，“几分”换成再上面一等的分数线）：\n合格：前{first}%\n{grade}：其余\n名额自上而下累计\n当 得分不低于{number}分且得分低于几分，等次定为合格"
        );
        let lines = self.parsed(colon + 1..text.len(), &format!("低于{number}分")).into_iter().collect();
        self.split("other-words", "最后几成里再看分数的，一行写不下", colon + 1..text.len(), (lines, help))
    }
}
