//! In how many months or quarters something was so, as schemes say it: 任一季度排名末位的, 累计获3次红旗的, 参加考核不足两个季度的.

use super::awarded::is_grade;
use super::{Mend, Patient, written};
use crate::parse::numeral::is_numeral;
use crate::parse::{Context, whole};
use crate::syntax::{self, Rule as Token};

/// How periods are called, and what counts them.
const UNITS: &[(&str, &str)] =
    &[("个季度", "季度数"), ("季度", "季度数"), ("个月份", "月数"), ("月份", "月数"), ("个月", "月数"), ("月", "月数")];
const ANY: &[&str] = &["任意一", "任何一", "任一", "任意", "任何", "有一", "某一", "某"];

/// What to tell of a line of 等次 or 奖惩 about several periods: the message, and the line that counts them.
pub fn in_periods(text: &str, is_declared: impl Fn(&str) -> bool) -> Option<(String, String)> {
    in_any_period(text).or_else(|| so_often(text, is_declared))
}

/// The text behind the first of these words that it begins with.
fn behind<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}

/// `任一季度排名末位的，不得评为优秀`
fn in_any_period(text: &str) -> Option<(String, String)> {
    let rest = behind(text.trim_start_matches('当').trim_start(), ANY)?;
    let (count, rest) = UNITS.iter().find_map(|(unit, count)| Some((*count, rest.strip_prefix(unit)?)))?;
    let (was, then) = rest.split_at(rest.find([',', ':'])?);
    let was = match was.trim_end_matches(['的', '时']) {
        "末位" | "最后一名" | "倒数第一" | "排末位" | "排名最后" => "排名末位".to_owned(),
        "一票否决" => "被一票否决".to_owned(),
        was if was.starts_with(['前', '后']) && was.ends_with('名') => format!("排名{was}"),
        was if ["排名", "名次", "被一票否决", "等次"].iter().any(|word| was.starts_with(word)) => {
            was.to_owned()
        }
        _ => return None,
    };
    Some((
        "有一期这样的，写成有几期".to_owned(),
        format!("写成：当 {}", written(&format!("{count}({was})不少于1{then}"))),
    ))
}

/// `年度累计获3次红旗的：奖励5万元`: what was given is read by what it was given for; what is declared is counted.
fn so_often(text: &str, is_declared: impl Fn(&str) -> bool) -> Option<(String, String)> {
    const GOT: &[&str] = &["被授予", "获得", "授予", "受到", "获", "得", "被"];
    let colon = crate::parse::top_colon(text)?;
    let said = text[..colon].trim_start_matches('当').trim().trim_end_matches('的');
    let said = &said[said.find("累计")? + "累计".len()..];
    let got = behind(said, GOT);
    let said = got.unwrap_or(said);
    let (number, what) = said.split_at(said.len() - said.trim_start_matches(is_numeral).len());
    let number = whole(number)?;
    let what = what.strip_prefix('次')?;
    let what = behind(what, &["及以上", "以上"]).unwrap_or(what);
    let got_behind = behind(what, GOT);
    let what = got_behind.unwrap_or(what);
    if is_declared(what) {
        let line = written(&format!("当 {what}不少于{number}次{}", &text[colon..]));
        return Some(("几次写成比较，数的就是这一套等次、奖惩的一期".to_owned(), format!("写成：{line}")));
    }
    // 三次被评为优秀, 三次获得优秀 are of a grade, 三次前3名 of places.
    let is_thing = (2..=8).contains(&what.chars().count()) && what.chars().all(char::is_alphabetic);
    if !is_thing
        || got.or(got_behind).is_none()
        || is_grade(what)
        || ["评为", "评定", "等次", "名", "否决", "末位"].iter().any(|word| what.contains(word))
    {
        return None;
    }
    let line = |count: &str| written(&format!("当 {count}(排名前3名)不少于{number}{}", &text[colon..]));
    let help = format!(
        "写成凭什么给的有几期（“排名前3名”换成给“{what}”的条件）\n按季给的，写成：{}\n按月给的，写成：{}",
        line("季度数"),
        line("月数")
    );
    Some((format!("奖惩看的是得分、名次、等次，不看得过几次“{what}”"), help))
}

impl Patient<'_> {
    pub(super) fn in_periods(&self) -> Option<Mend> {
        let text = self.text();
        match self.line.context {
            _ if self.line.opening => None,
            Context::Grading | Context::Awards => {
                match in_periods(text, |what| self.names.longest_at(what) == Some(what)) {
                    Some((message, help)) => self.told("other-words", message, 0..text.len(), help),
                    None => self.within(),
                }
            }
            Context::Eligibility => self.taken_part_in(),
            _ => None,
        }
    }

    /// `当 年度内发生医疗事故，等次定为其他`
    fn within(&self) -> Option<Mend> {
        let text = self.text();
        let said = text.trim_start_matches('当').trim_start();
        // 年度内 before what happened: which period that is, the set of grades says.
        let rest = syntax::strip(Token::WITHIN_YEAR, said)
            .filter(|rest| ["发生", "被一票否决"].iter().any(|word| rest.starts_with(word)))?;
        let range = text.len() - said.len()..text.len() - rest.len();
        let line = self.parsed(range.clone(), "")?;
        let message = format!("“{}”不写：看的就是这一套等次、奖惩的一期", &text[range.clone()]);
        self.mended("other-words", message, range, line)
    }

    /// `参加考核不足两个季度的，不参加年度排名`
    fn taken_part_in(&self) -> Option<Mend> {
        let text = self.text();
        let said = behind(text.trim_start_matches('当').trim_start(), &["参加", "参与"])?;
        let said = behind(said, &["季度考核", "月度考核", "考核", "考评"]).unwrap_or(said);
        let said = behind(said, &["不足", "不满", "少于", "未满", "不到"])?;
        let (number, rest) = said.split_at(said.len() - said.trim_start_matches(is_numeral).len());
        let (count, rest) = UNITS.iter().find_map(|(unit, count)| Some((*count, rest.strip_prefix(unit)?)))?;
        let (number, end) = (whole(number)?, text.len() - rest.len());
        rest.trim_start_matches(['的', ',']).starts_with("不参").then_some(())?;
        let help =
            format!("写成：当 {count}（得分不低于0分）少于{number}，年终不参评\n得分会是负数的，0分写成更低的分数");
        self.told("other-words", "参加了几期，写成得分有几期", 0..end, help)
    }
}
