//! What all units have together, as formulas of schemes say it: 奖金池 ÷ 有效点数之和, 各科室有效点数的合计.

use super::{Mend, Patient, shown};

/// How a sum is called behind what is added up.
const SUMS: &[&str] = &["之和", "的和", "的合计", "的总和", "的总计", "的总数", "总和", "合计", "总计"];
/// Of how many units a word that begins so speaks; of the periods and the items of one it does not.
const ALL: &[&str] = &["全", "各", "所有"];
const NOT_UNITS: &[&str] = &["全年", "全期", "全体", "各月", "各季", "各年", "各半年", "各期", "各项", "各条", "各学"];

/// 各科室, 全院: whether a text begins with words that say that all units are meant.
pub fn is_of_all_units(text: &str) -> bool {
    ALL.iter().any(|word| text.starts_with(word)) && !NOT_UNITS.iter().any(|word| text.starts_with(word))
}

/// Who is meant by 同组 and its like.
pub(super) const OF_GROUP: &[&str] =
    &["同组", "本组", "组内", "各组", "每组", "全组", "所在组", "同类单位", "同类", "本类"];

/// 本组, 同类单位: whether a text begins with words that say that those of one group are meant.
pub fn is_of_group(text: &str) -> bool {
    OF_GROUP.iter().any(|word| text.starts_with(word))
}

impl Patient<'_> {
    /// `点值 = 奖金池 ÷ 各科室有效点数之和`
    pub(super) fn of_all_units(&self) -> Option<Mend> {
        let text = self.text();
        let equals = crate::parse::top_level(text, '=')?;
        let begins = text.char_indices().map(|(at, _)| at).filter(|at| *at > equals);
        let (at, name) =
            begins.filter_map(|at| Some((at, self.names.longest_at(&text[at..])?))).find(|(at, name)| {
                let behind = &text[at + name.len()..];
                SUMS.iter().any(|word| behind.starts_with(word)) || text[..*at].ends_with('的')
            })?;
        let is_sum = SUMS.iter().any(|word| text[at + name.len()..].starts_with(word));
        let end = at + name.len();
        let end = end + SUMS.iter().find(|word| text[end..].starts_with(**word)).map_or(0, |word| word.len());
        let sign = text[..at].rfind(|c: char| "=+-×÷*/( ,".contains(c)).map_or(0, |sign| sign + 1);
        let sign = (sign..=at).find(|at| text.is_char_boundary(*at))?;
        let whose = text[sign..at].trim();
        let is_whose = is_of_all_units(whose) && whose.chars().count() <= 6 && whose.chars().all(char::is_alphabetic);
        if !whose.is_empty() && !is_whose || whose.contains(['均', '最']) {
            return None;
        }
        // 各科室的有效点数 × 2 is each one's own; what is shared out is shared among all.
        if !is_sum && !text[..sign].trim_end().ends_with(['÷', '/']) {
            return None;
        }
        let begin = sign + (text[sign..].len() - text[sign..].trim_start().len());
        let line = self.parsed(begin..end, &format!("全体合计({name})"))?;
        let message = "各单位合起来的，写成全体合计";
        let own = match whose.is_empty() && !text[..begin].trim_end().ends_with(['÷', '/']) {
            true => format!("\n本单位几个月合起来的，写成：各月{name}之和"),
            false => String::new(),
        };
        let help = format!("各单位合起来的，写成：{}\n同组各单位的，“全体”改成“同组”{own}", shown(&line));
        self.told("other-words", message, begin..end, help)
    }
}
