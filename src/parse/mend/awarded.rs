//! Lines of 奖惩 and 等次 as schemes write them: a score without 得分, a condition behind a place, an address without quotes.

use super::{Mend, Patient, shown};
use crate::parse::numeral::is_figure;
use crate::parse::{Context, top_colon, whole};

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
            Context::Grading => {
                self.quota_of_its_own().or_else(|| self.happened_so_often()).or_else(|| self.bare_address())
            }
            Context::Eligibility => self.bare_address().or_else(|| self.taking_part()),
            _ => None,
        }
    }

    /// `优秀等次不超过总数的20%`: how many may have a grade stands behind its band.
    fn quota_of_its_own(&self) -> Option<Mend> {
        let text = self.text();
        let at = ["不超过", "控制在", "不得超过", "至多", "最多"].iter().find_map(|word| text.find(word))?;
        let of = text[..at].trim_end_matches(['的', '为']);
        let of = ["比例", "名额", "数量", "人数", "单位", "等次", "等级", "档次"]
            .iter()
            .fold(of, |of, word| of.strip_suffix(word).unwrap_or(of).trim_end_matches('的'));
        let is_name = (2..=6).contains(&of.chars().count()) && of.chars().all(char::is_alphabetic);
        if !is_name || top_colon(text).is_some() || of.len() == at {
            return None;
        }
        let quota = text[at..].trim_start_matches("不得").replace("控制在", "不超过");
        let quota = quota.replace("以内", "");
        let help = format!(
            "写在“{of}”那一行的后面，如：{of}：几分以上，{}（“几”是那一行原来的分数），去掉这一行",
            super::written(if quota.starts_with("超过") { text[at..].trim_start() } else { &quota })
        );
        self.told("wrong-order", "名额写在那一等次的后面", 0..text.len(), help)
    }

    /// `约谈3次以上的，定为不合格`, `年度内两次约谈的不得评优`: how often something happened.
    fn happened_so_often(&self) -> Option<Mend> {
        let text = self.text();
        let rest = ["年度内", "年内", "一年内", "全年", "当年"]
            .iter()
            .find_map(|word| text.strip_prefix(word))
            .unwrap_or(text);
        let end = rest.find('的')?;
        let (case, then) = (&rest[..end], rest[end + '的'.len_utf8()..].trim_start_matches([',', ' ']));
        let at = case.find('次')?;
        let before = case[..at].trim_end_matches(|c: char| c.is_ascii_digit() || whole(&c.to_string()).is_some());
        let number = whole(&case[before.len()..at])?;
        let behind = &case[at + '次'.len_utf8()..];
        let label = match behind {
            "" | "以上" | "及以上" | "(含)以上" => before.trim_start_matches("被"),
            label if before.is_empty() => label,
            _ => return None,
        };
        let then = then.replace("不得评优", "不得评为优秀");
        let line = self.written_as(&format!("当 {label}不少于{number}次,{then}"))?;
        (label.chars().count() >= 2).then(|| self.mended("other-words", "几次写成比较", 0..text.len(), line))?
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
        // 成立不满一年的企业不参评
        if let Some((at, word)) = ["不满", "不足", "未满"].iter().find_map(|word| Some((text.find(word)?, *word)))
        {
            let behind = &text[at + word.len()..];
            let year = behind.find('年').filter(|year| whole(&behind[..*year]).is_some());
            let months = match (behind.starts_with("半年"), year, behind.split_once("个月")) {
                (true, ..) => Some(6),
                (_, Some(year), _) => whole(&behind[..year]).and_then(|years| years.checked_mul(12)),
                (_, _, Some((months, _))) => whole(months.trim()),
                _ => None,
            };
            let of_time =
                ["成立", "设立", "开业", "运营", "组建", "入职", "在岗"].iter().any(|word| text[..at].contains(word));
            if let Some(months) = months.filter(|_| of_time) {
                let help = format!("按名册上在册的月数的，写成：当 在册月数不足{months}个月，不参评");
                return self.told("unknown-condition", "多久以前成立的，看在册的月数", 0..text.len(), help);
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
        // 优秀等次的，奖励5万元
        let grade = ["等次", "等级", "档次"].iter().find_map(|word| who.strip_suffix(word));
        if let (Some(grade), Some(gives)) = (grade, given.strip_prefix(','))
            && GIVES.iter().any(|word| gives.starts_with(word))
            && let Some(line) = self.written_as(&format!("{grade}:{gives}"))
        {
            return self.mended("missing-colon", "少了冒号", 0..text.len(), line);
        }
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
