//! Lines of 奖惩 and 等次 as schemes write them: a score without 得分, a condition behind a place, an address without quotes.

use super::{Mend, Patient, shown};
use crate::parse::numeral::is_figure;
use crate::parse::{Context, top_colon};

impl Patient<'_> {
    /// What such a line is here, where it can be only one.
    pub(super) fn awarded(&self) -> Option<Mend> {
        if self.line.opening {
            return None;
        }
        match self.line.context {
            Context::Awards => self
                .place_and_score()
                .or_else(|| self.bare_score())
                .or_else(|| self.streak_without_when())
                .or_else(|| self.without_colon())
                .or_else(|| self.by_the_point())
                .or_else(|| self.bare_address()),
            Context::Grading => self.bare_address(),
            Context::Eligibility => self.bare_address().or_else(|| self.taking_part()),
            _ => None,
        }
    }

    /// `身份为试用的人员不参加年度考核`, `当年在册不满6个月的不参评`, `试用期人员不参加考核`
    fn taking_part(&self) -> Option<Mend> {
        let text = self.text();
        for people in ["的人员", "的工作人员", "的同志", "的单位"] {
            if let Some(at) = text.find(people)
                && let Some(line) = self.parsed(at + "的".len()..at + people.len(), ",")
            {
                let message = format!("“{}”不写", &people["的".len()..]);
                return self.mended("other-words", message, at..at + people.len(), line);
            }
        }
        // 当年在册不满6个月的
        for said in ["当年在册时间", "当年在册", "年内在册", "在册时间", "在册"] {
            if let Some(at) = text.find(said).filter(|at| !text[*at..].starts_with("在册月数"))
                && let Some(line) = self.parsed(at..at + said.len(), "在册月数")
            {
                let message = format!("“{said}”在这里写作“在册月数”");
                return self.mended("other-words", message, at..at + said.len(), line);
            }
        }
        // 试用期人员不参加考核
        let end = ["人员不参", "同志不参", "单位不参", "的不参", "不参"].iter().find_map(|word| text.find(word))?;
        let who = text[..end].trim().trim_start_matches('当').trim();
        let is_word = who.chars().count() >= 2 && who.chars().all(char::is_alphabetic);
        let is_it = |value: &str| who.strip_prefix(value).is_some_and(|rest| ["", "期", "期间", "类"].contains(&rest));
        let listed = self.names.values().find(|(value, _)| is_it(value));
        let help = match listed {
            Some((value, column)) => format!("写成：{column}为{value}的，不参评"),
            None => format!(
                "是哪一类，写在名册里，先在开头声明，如：单位属性 身份：{who}/其他；再写：身份为{who}的，不参评"
            ),
        };
        is_word.then(|| self.told("unknown-condition", format!("看不出哪些是“{who}”"), 0..end, help))?
    }

    /// `前3名且98分以上的：奖励100元`
    fn place_and_score(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        let (place, condition) = text[..colon].split_once('且')?;
        // 得分90分以上且前2名
        let is_place =
            |part: &str| ["前", "第", "后", "末", "最后", "倒数"].iter().any(|word| part.trim().starts_with(word));
        let (place, condition) =
            if is_place(condition) && !is_place(place) { (condition, place) } else { (place, condition) };
        let condition = condition.trim().trim_end_matches('的');
        let line = ["", "得分"].iter().find_map(|of| {
            self.parsed(0..colon, &format!("当 {of}{condition},{}", place.trim().trim_end_matches('的')))
        })?;
        self.mended("wrong-order", "另有条件的，条件写在名次前面", 0..colon, line)
    }

    /// `连续两个月得分低于60分：约谈`
    fn streak_without_when(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        let streak = ["连续", "累计"].iter().any(|word| text.starts_with(word));
        let line = streak.then(|| self.parsed(0..0, "当 ")).flatten()?;
        self.mended("missing-word", "条件前面少了“当”", 0..colon, line)
    }

    /// `等次为好的每人奖励1000元`
    fn without_colon(&self) -> Option<Mend> {
        const GIVES: &[&str] = &["奖励", "发放", "扣发", "约谈", "通报", "授予", "给予"];
        let text = self.text();
        let (who, given) = text.split_once('的').filter(|_| top_colon(text).is_none())?;
        let each = given.strip_prefix("每人").or(given.strip_prefix("各"));
        let gives = each.unwrap_or(given);
        if !GIVES.iter().any(|word| gives.starts_with(word)) {
            return None;
        }
        let begin = who.len() + "的".len();
        let line = self.parsed(begin..begin + given.len() - gives.len(), ":")?;
        if given.starts_with("每人") {
            let help = format!(
                "一个单位一共这么多的，写成：{}\n每人都有的，写成算式，如：奖励 1000元 × 人数；先在开头声明：参数 人数（人）：每单位每年一个",
                shown(&line)
            );
            return self.told("missing-colon", "少了冒号；奖给单位，不按人头", begin..text.len(), help);
        }
        self.mended("missing-colon", "少了冒号", begin..text.len(), line)
    }

    /// `每低1分扣发绩效100元`: from where on is not said.
    fn by_the_point(&self) -> Option<Mend> {
        let text = self.text();
        let each = ["每低", "每少", "每高", "每超"].iter().find(|word| text.starts_with(**word))?;
        let (points, money) = text[each.len()..].split_once("分")?;
        let number = |part: &str| part.trim_matches(|c: char| !c.is_ascii_digit() && c != '.').to_owned();
        let verb = ["扣发", "奖励", "发放"].iter().find(|verb| money.contains(**verb))?;
        let (points, money) = (number(points), number(money));
        let (when, difference) = if matches!(*each, "每低" | "每少") {
            ("低于", "（A－得分）")
        } else {
            ("高于", "（得分－A）")
        };
        let divided = if points == "1" { String::new() } else { format!("÷{points}") };
        let help = format!("写明从多少分算起，A换成这个分数：当 得分{when}A分：{verb} {difference}{divided}×{money}");
        self.told("missing-word", "没有写从多少分算起", 0..text.len(), help)
    }

    /// `90分以上：奖励500元`
    fn bare_score(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        let score = text[..colon].trim();
        if !score.contains('分') || score.contains(['排', '当']) {
            return None;
        }
        // 得分60分以下的单位
        let score = ["单位", "人员", "个人", "部门"].iter().find_map(|who| score.strip_suffix(who)).unwrap_or(score);
        let ended = score.trim_end_matches('的');
        // 得分90分以上：奖励1000元
        if let Some(of) = ["得分", "总分"].iter().find(|of| score.starts_with(**of)) {
            let line = self.parsed(0..colon, &format!("{ended}的"))?;
            let message = format!("“{of}”是条件，冒号前面少了“的”");
            return self.mended("missing-word", message, 0..colon, line);
        }
        if score.contains('得') {
            return None;
        }
        let line = self.parsed(0..colon, &format!("得分{ended}的"))?;
        self.mended("missing-word", "没有写是什么分", 0..colon, line)
    }

    /// `当 平时考核.3得分低于18分，…`
    fn bare_address(&self) -> Option<Mend> {
        let text = self.text();
        for (at, _) in text.match_indices("得分") {
            let digits = text[..at].trim_end_matches(is_figure);
            if !text[digits.len()..at].starts_with('.') {
                continue;
            }
            let begin = digits
                .rfind([' ', ',', '且', '或', '(', '当'])
                .map_or(0, |sign| sign + digits[sign..].chars().next().map_or(0, char::len_utf8));
            if let Some(line) = self.parsed(begin..at, &format!("「{}」", &text[begin..at])) {
                return self.mended("wrong-sign", "条目的地址要加引号", begin..at, line);
            }
        }
        None
    }
}
