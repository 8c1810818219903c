//! Who a line of 等次 or 奖惩 is for, in words that count periods or look at a whole year: 有两个季度低于60分的, 三年都是五星的,
//! 年内三次末位的, 全年无漏报的, 得分在全体平均分以上的.

use super::awarded::{is_grade, place_said};
use super::{Mend, Patient, is_of_all_units, is_of_group, shown};
use crate::parse::numeral::is_numeral;
use crate::parse::{Context, top_colon, whole};
use crate::syntax::{self, Rule as Token};

/// How periods are called, and what counts them.
const UNITS: &[(&str, &str)] = &[
    ("个季度", "季度数"),
    ("季度", "季度数"),
    ("个月份", "月数"),
    ("月份", "月数"),
    ("个月", "月数"),
    ("月", "月数"),
    ("个年度", "年数"),
    ("年度", "年数"),
    ("年", "年数"),
];
const ALL: &[&str] = &["全部都", "全部", "全都", "均", "都", "皆"];

/// A line about how often something was so, as one that counts it; `is_event`: what lines count by a name, `is_listed`:
/// what a grade is called.
pub fn counted_in_periods(
    text: &str,
    is_event: impl Fn(&str) -> bool,
    is_listed: impl Fn(&str) -> bool,
) -> Option<String> {
    let end = top_colon(text)
        .or_else(|| text.find(','))
        .or_else(|| text.find("不得").filter(|at| ["的", "单位"].iter().any(|word| text[..*at].ends_with(word))))?;
    let (who, then) = text.split_at(end);
    let then = then.trim_start_matches(',').trim_start_matches("一律");
    let who = who.trim_end_matches("单位").trim_end_matches(['的', '时']);
    let within = |who| syntax::strip(Token::WITHIN_YEAR, who).or(who.strip_prefix("任期内"));
    // 当年 is no 当.
    let said = within(who).unwrap_or_else(|| {
        let who = behind(who, &["当 ", "当", "凡"]).unwrap_or(who).trim();
        within(who).unwrap_or(who)
    });
    let condition = in_a_row(said, &is_listed)
        .or_else(|| of_all_periods(said, &is_listed))
        .or_else(|| of_some_periods(said, &is_listed))
        .or_else(|| of_times(said, &is_listed))
        .or_else(|| of_event(said, &is_event))
        .or_else(|| of_mean(said))?;
    let sign = if then.starts_with(':') { "" } else { "," };
    Some(format!("当 {condition}{sign}{then}"))
}

/// The text behind the first of these words that it begins with.
fn behind<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}

/// A number in front, and what stands behind it.
fn number_first(text: &str) -> Option<(u32, &str)> {
    let rest = text.trim_start_matches(is_numeral);
    Some((whole(&text[..text.len() - rest.len()])?, rest))
}

/// 3月, 二季度, 2023年 name a period; 3个月, 两季度, 三年 say how many.
fn names_a_period(said: &str) -> bool {
    let rest = said.trim_start_matches(is_numeral);
    let number = &said[..said.len() - rest.len()];
    number != "两" && (rest.starts_with('月') || rest.starts_with("季度"))
        || rest.starts_with('年') && whole(number).is_some_and(|year| year >= 100)
}

fn unit_first(text: &str) -> Option<(&'static str, &str)> {
    UNITS.iter().find_map(|(unit, count)| Some((*count, text.strip_prefix(unit)?)))
}

/// What was so in each of them, as a condition: 低于60分, 不称职, 为五星, 末位.
fn was_so(said: &str, is_listed: &impl Fn(&str) -> bool) -> Option<String> {
    const COMPARED: &[&str] = &["低于", "高于", "不足", "不满", "超过", "不低于", "不高于", "不超过", "达到"];
    const GRADED: &[&str] = &["等次为", "被评定为", "被评为", "评定为", "评为", "考核为", "为", "是", "被定为", "定为"];
    let of = behind(said, &["得分", "总分"]).unwrap_or(said);
    let points = behind(of, COMPARED).and_then(|points| points.strip_suffix('分'));
    if points.is_some_and(|points| !points.is_empty() && points.chars().all(is_numeral)) {
        return Some(format!("得分{of}"));
    }
    let grade = behind(said, GRADED);
    if let Some(name) = grade.or(Some(said)).filter(|name| is_listed(name) || is_grade(name)) {
        return Some(format!("等次为{name}"));
    }
    if matches!(said, "一票否决" | "被一票否决") {
        return Some("被一票否决".to_owned());
    }
    let place = behind(said, &["排名", "名次"]).unwrap_or(said);
    let place = behind(place, &["排在", "列在", "为", "在", "排", "列"]).unwrap_or(place);
    let place =
        if place == "末位" { "末位".to_owned() } else { place_said(place).unwrap_or_else(|| place.to_owned()) };
    let is_place = place == "末位"
        || ["前", "后", "第", "倒数"].iter().any(|word| place.starts_with(word)) && place.ends_with('名');
    is_place.then(|| format!("排名{place}"))
}

/// 连续三个月低于60分, 连续3个月排在末位, 连续两年无星
fn in_a_row(said: &str, is_listed: &impl Fn(&str) -> bool) -> Option<String> {
    let (number, rest) = number_first(said.strip_prefix("连续")?)?;
    let unit = UNITS.iter().map(|(unit, _)| *unit).find(|unit| rest.starts_with(unit))?;
    let was = &rest[unit.len()..];
    Some(format!("连续{number}{unit}{}", was_so(behind(was, ALL).unwrap_or(was), is_listed)?))
}

/// 四个季度全部为优秀, 三年都是五星, 各月得分均在90分以上
fn of_all_periods(said: &str, is_listed: &impl Fn(&str) -> bool) -> Option<String> {
    if let Some(rest) = behind(said, &["各", "每"]) {
        let (count, rest) = unit_first(rest.strip_prefix('个').unwrap_or(rest))?;
        let rest = behind(rest, &["得分", "总分"]).unwrap_or(rest);
        let rest = behind(rest, ALL)?;
        let rest = rest.strip_prefix('在').unwrap_or(rest);
        let least = rest.strip_suffix("以上").or(rest.strip_prefix("不低于"))?;
        let figure = least.strip_suffix('分')?;
        figure.chars().all(is_numeral).then_some(())?;
        return Some(format!("{count}(得分低于{least})等于0"));
    }
    if names_a_period(said) {
        return None;
    }
    let (number, rest) = number_first(said)?;
    let (count, rest) = unit_first(rest)?;
    let was = was_so(behind(rest, ALL)?, is_listed)?;
    Some(format!("{count}({was})等于{number}"))
}

/// 有两个季度低于60分, 累计三个季度为基本称职, 任一季度不称职
fn of_some_periods(said: &str, is_listed: &impl Fn(&str) -> bool) -> Option<String> {
    let rest = said.trim_start_matches("累计");
    let rest = behind(rest, &["至少有", "至少", "有"]).unwrap_or(rest);
    let rest = rest.trim_start_matches("任意").trim_start_matches("任何").trim_start_matches('任');
    if rest.len() == said.len() && names_a_period(rest) {
        return None;
    }
    let (number, rest) = number_first(rest)?;
    let (count, rest) = unit_first(rest)?;
    let rest = behind(rest, &["及以上", "以上"]).unwrap_or(rest);
    // 三年 of nothing else is how long.
    let was = was_so(rest.trim_start_matches("的"), is_listed)?;
    Some(format!("{count}({was})不少于{number}"))
}

/// 三次排名末位, 两次不称职: in the scheme's own periods.
fn of_times(said: &str, is_listed: &impl Fn(&str) -> bool) -> Option<String> {
    let rest = said.trim_start_matches("累计");
    let (number, rest) = number_first(behind(rest, &["有", "获"]).unwrap_or(rest))?;
    let rest = rest.strip_prefix('次')?;
    let rest = behind(rest, &["及以上", "以上"]).unwrap_or(rest);
    Some(format!("累计{number}次{}", was_so(rest, is_listed)?))
}

/// 无漏报, 有漏报的, 漏报累计超过3次, 累计漏报3次及以上
fn of_event(said: &str, is_event: &impl Fn(&str) -> bool) -> Option<String> {
    const NONE: &[&str] = &["未发生过", "未发生", "没有发生", "没有", "未出现", "无", "未"];
    const SOME: &[&str] = &["发生过", "发生", "出现", "存在", "有过", "有"];
    if let Some(name) = behind(said, NONE).filter(|name| is_event(name)) {
        return Some(format!("未发生{name}"));
    }
    if let Some(name) = behind(said, SOME).or(Some(said)).filter(|name| is_event(name)) {
        return Some(format!("发生{name}"));
    }
    let rest = said.trim_start_matches("累计");
    let at = rest.char_indices().map(|(at, _)| at).find(|at| *at > 0 && is_event(&rest[..*at]))?;
    let (name, rest) = rest.split_at(at);
    let rest = rest.trim_start_matches("累计");
    if rest.starts_with("超过") && rest.ends_with('次') {
        return Some(format!("{name}{rest}"));
    }
    let (number, rest) = number_first(rest)?;
    matches!(rest, "次以上" | "次及以上").then(|| format!("{name}不少于{number}次"))
}

/// 得分在全体平均分以上
fn of_mean(said: &str) -> Option<String> {
    let rest = behind(said, &["得分", "总分"])?;
    let rest = rest.strip_prefix('在').unwrap_or(rest);
    let whose = rest.strip_suffix("以上")?;
    let whose = ["平均得分", "平均分", "平均"].iter().find_map(|word| whose.strip_suffix(word))?;
    let whose = match is_of_group(whose) {
        true => "同组平均",
        false => (whose == "全体" || is_of_all_units(whose)).then_some("全体平均")?,
    };
    Some(format!("得分不低于{whose}(得分)"))
}

impl Patient<'_> {
    /// The same of a line that no rule of the grammar reads.
    pub(super) fn so_many(&self) -> Option<Mend> {
        if self.line.opening || !matches!(self.line.context, Context::Grading | Context::Awards) {
            return None;
        }
        let text = self.text();
        let is_star = |grade: &str| grade.ends_with('星') && grade.chars().count() <= 3;
        let meant = counted_in_periods(text, |what| self.names.longest_at(what) == Some(what), is_star)?;
        let line = self.written_as(&meant)?;
        let message = "有几期这样的写成比较";
        // 各月都: in none was it otherwise, which is a number that the line has not.
        match meant.contains(")等于0") {
            true => self.told("other-words", message, 0..text.len(), format!("写成：{}", shown(&line))),
            false => self.mended("other-words", message, 0..text.len(), line),
        }
    }
}
