//! What is taken off, compared as a number of its own: 减分超过5分, 党建扣分10分以上. Points that are taken off lie below zero.

use super::{Mend, Patient, written};
use crate::parse::Context;
use crate::parse::numeral::is_figure;

/// How schemes call what is taken off.
const OFF: &[&str] = &["扣减分", "扣分", "减分", "失分", "丢分", "扣减", "扣", "减"];
/// What may stand around it.
const BEFORE: &[&str] = &["累计", "全年", "年度", "当年", "合计", "因"];
const BEHIND: &[&str] = &["项目", "合计", "总和", "总计", "总数", "累计", "为", "在"];
/// A comparison of what is taken off, and the one of points below zero.
const TURNED: &[(&str, &str)] = &[
    ("不超过", "不低于"),
    ("不高于", "不低于"),
    ("不大于", "不低于"),
    ("不低于", "不高于"),
    ("不少于", "不高于"),
    ("不小于", "不高于"),
    ("超过", "低于"),
    ("高于", "低于"),
    ("大于", "低于"),
    ("多于", "低于"),
    ("达到", "不高于"),
    ("达", "不高于"),
    ("低于", "超过"),
    ("少于", "超过"),
    ("小于", "超过"),
    ("不足", "超过"),
    ("不满", "超过"),
    ("≥", "不高于"),
    ("≤", "不低于"),
    (">", "低于"),
    ("<", "超过"),
];
/// How sections of what is added are usually called.
const BONUSES: &[&str] = &["加分项", "加分", "加分事项", "加分项目", "奖励加分", "奖励项"];

/// 减分项, 处罚扣分: whether it is called as what only takes off.
pub fn is_off(title: &str) -> bool {
    // 节能减排, 负责人考核 are called so for something else.
    const OFF: &[&str] = &["扣", "减分", "减项", "负分", "负面", "负向"];
    OFF.iter().any(|word| title.contains(word)) && !title.contains(['加', '奖'])
}

/// So much that is taken off, in a condition.
pub struct Off {
    range: std::ops::Range<usize>,
    /// Of what, where that is said.
    of: Option<String>,
    /// 超过5分
    bound: String,
    /// 低于-5分
    below: String,
}

/// The first comparison of what is taken off; `longest`: the declared name that a text begins with.
pub fn taken_off<'t>(text: &'t str, longest: impl Fn(&'t str) -> Option<&'t str>) -> Option<Off> {
    let begins = text.char_indices().filter(|(_, c)| ",;:且或 ".contains(*c)).map(|(at, c)| at + c.len_utf8());
    [0].into_iter().chain(begins).find_map(|begin| {
        let begin = begins_behind(text, begin, &["当"]);
        let begin = text.len() - text[begin..].trim_start().len();
        let start = text[begins_behind(text, begin, BEFORE)..].trim_start();
        let of = longest(start).filter(|name| !OFF.contains(name));
        let said = start[of.map_or(0, str::len)..].trim_start_matches(['的', '被']).trim_start_matches("累计");
        let behind = OFF.iter().find_map(|word| said.strip_prefix(word))?;
        let bound = &behind[begins_behind(behind, 0, BEHIND)..];
        let (length, below) = turned(bound)?;
        let end = text.len() - bound.len() + length;
        Some(Off { range: begin..end, of: of.map(str::to_owned), bound: bound[..length].to_owned(), below })
    })
}

/// Where a text goes on behind any of these words.
fn begins_behind(text: &str, from: usize, words: &[&str]) -> usize {
    let mut at = from;
    while let Some(rest) = words.iter().find_map(|word| text[at..].trim_start().strip_prefix(word)) {
        at = text.len() - rest.len();
    }
    at
}

/// How long bounds of what is taken off are, and the same of points below zero: 低于-5分 for 超过5分, 不高于-10分且超过-20分
/// for 10分以上不足20分.
pub fn turned(bound: &str) -> Option<(usize, String)> {
    let (length, first) = turned_once(bound)?;
    let rest = bound[length..].strip_prefix(['且', '、']).unwrap_or(&bound[length..]);
    let is_bound =
        rest.starts_with(|c: char| c.is_ascii_digit()) || TURNED.iter().any(|(word, _)| rest.starts_with(word));
    if !is_bound {
        return Some((length, first));
    }
    let (more, second) = turned_once(rest)?;
    Some((bound.len() - rest.len() + more, format!("{first}且{second}")))
}

fn turned_once(bound: &str) -> Option<(usize, String)> {
    let (compared, rest) = TURNED
        .iter()
        .find_map(|(word, turned)| Some((Some(*turned), bound.strip_prefix(word)?)))
        .unwrap_or((None, bound));
    let number = &rest[..rest.len() - rest.trim_start_matches(is_figure).len()];
    let behind = rest[number.len()..].strip_prefix('分')?;
    number.parse::<rust_decimal::Decimal>().ok().filter(|number| !number.is_zero())?;
    let ends = |words: &[&str]| words.iter().find_map(|word| behind.strip_prefix(word));
    let (compared, behind) = match (compared, ends(&["(含)以上", "及以上", "以上"])) {
        (compared, Some(behind)) => (compared.or(Some("不高于")), behind),
        (None, None) => (Some("不低于"), ends(&["(含)以下", "及以下", "以下", "以内"])?),
        (compared, None) => (compared, behind),
    };
    Some((bound.len() - behind.len(), format!("{}-{number}分", compared?)))
}

impl Off {
    /// Whether it is this name that says so.
    pub fn is_said_in(&self, name: &str, text: &str) -> bool {
        text.match_indices(name).any(|(at, _)| self.range.start <= at + name.len() && at < self.range.end)
    }

    /// Lines that compare points instead; `sections`: those of which all is taken off.
    pub fn help(&self, text: &str, sections: &[&str]) -> String {
        let line = |condition: String| {
            written(&format!("{}{condition}{}", &text[..self.range.start], &text[self.range.end..])).trim().to_owned()
        };
        let below = |of: &str| line(format!("{of}得分{}", self.below));
        match (&self.of, sections) {
            (Some(of), _) if is_off(of) => format!("写成：{}", below(of)),
            (Some(of), _) => format!(
                "“{of}”写了满分、只扣分的，写成：{}\n没有写满分、只扣分的，写成：{}",
                line(format!("{of}满分 - {of}得分{}", self.bound)),
                below(of)
            ),
            (None, []) => format!(
                "写是哪个板块、哪一条的得分，扣的分是负数，如：某板块得分{}（“某板块”里只扣分，换成它的名称）",
                self.below
            ),
            (None, [section]) => format!("写成：{}", below(section)),
            (None, sections) => {
                let lines: Vec<String> = sections.iter().map(|section| below(section)).collect();
                format!("是哪一个的，写成其中一行：\n{}", lines.join("\n"))
            }
        }
    }
}

impl Patient<'_> {
    /// `扣分超过5分的，不得评为优秀`, `加分超过5分的：奖励500元`
    pub(super) fn taken_off(&self) -> Option<Mend> {
        if !matches!(self.line.context, Context::Grading | Context::Awards | Context::Eligibility) {
            return None;
        }
        let bonus = BONUSES.iter().find(|name| self.names.longest_at(name) == Some(**name));
        if let (Some(begin), Some(bonus)) = (self.text().find("加分"), bonus)
            && turned(&self.text()[begin + "加分".len()..]).is_some()
        {
            let end = begin + "加分".len();
            let line = self.parsed(begin..end, &format!("{bonus}得分"))?;
            return self.mended("unknown-condition", "加了几分，看的是哪个板块的得分", begin..end, line);
        }
        let off = taken_off(self.text(), |text| self.names.longest_at(text))?;
        let sections: Vec<&str> = self.names.sections().filter(|title| is_off(title)).collect();
        const MESSAGE: &str = "扣了几分的，得分在0分以下，写成得分的比较";
        let only = match (&off.of, &sections[..]) {
            (Some(of), _) => Some(of.as_str()).filter(|of| is_off(of)),
            (None, sections) => sections.first().copied().filter(|_| sections.len() == 1),
        };
        if let Some(of) = only {
            let line = self.parsed(off.range.clone(), &format!("{of}得分{}", off.below))?;
            return self.mended("unknown-condition", MESSAGE, off.range, line);
        }
        let help = off.help(self.text(), &sections);
        self.told("unknown-condition", MESSAGE, off.range, help)
    }
}
