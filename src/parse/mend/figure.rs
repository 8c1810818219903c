//! Figures as schemes put them: named behind the colon, of every week, held of something, in hours.

use super::{Mend, Patient, shown, written};
use crate::parse::numeral::is_figure;
use crate::parse::words::UNITS;
use crate::syntax::{self, Rule as Token};

/// Between the name of a figure and its bound.
const BOUNDS: &[&str] = &[
    "不低于",
    "不少于",
    "不高于",
    "不超过",
    "不足",
    "不满",
    "低于",
    "少于",
    "高于",
    "超过",
    "大于",
    "小于",
    "未达到",
    "达到",
    "未达",
    "达",
    "在",
    "为",
];
/// What begins a time, a step or a place, and no figure.
const NO_FIGURE: &[&str] = &[
    "每",
    "逾期",
    "超",
    "缺",
    "漏",
    "少",
    "多",
    "迟",
    "低",
    "高",
    "连续",
    "累计",
    "全年",
    "年内",
    "年度内",
    "一年内",
    "当",
    "本",
    "上",
    "同比",
    "较",
    "比",
    "前",
    "后",
    "进入",
    "居",
    "获",
    "发生",
    "发现",
    "出现",
    "近",
    "其余",
    "其他",
];
/// What is done for an activity to be counted.
const HELD: &[&str] = &["举办", "开展", "组织", "召开", "举行", "进行", "实施", "报送", "上报", "完成"];
/// So often, where the number that is reported is of such a time.
const OFTEN: &[&str] = &["每周", "每日", "每天"];

/// The figure that is named behind the colon, and the line that names it before it: 优良率（%）：90%以上得20分，80%以上不满90%得15分
/// of 评分：优良率90%以上得20分，80%以上不满90%得15分.
pub fn figure_behind(text: &str) -> Option<(String, String)> {
    let (label, body) = text.split_once([':', '：'])?;
    let (label, body) = (label.trim(), body.trim_start());
    let number = body.find(|c: char| c.is_ascii_digit())?;
    let said = &body[..number];
    let bound = BOUNDS.iter().find(|word| said.ends_with(**word)).map_or("", |word| *word);
    let name = said[..said.len() - bound.len()].trim();
    let name = ["年内", "月内", "当月", "当年"].iter().find_map(|when| name.strip_prefix(when)).unwrap_or(name);
    let is_name = (2..=12).contains(&name.chars().count())
        && name.chars().all(char::is_alphabetic)
        && !name.ends_with(['第', '前', '后', '满', '足', '扣', '加', '得'])
        && !NO_FIGURE.iter().any(|word| name.starts_with(word));
    if !is_name || label.ends_with([')', '）']) || crate::parse::is_keyword_head(label) {
        return None;
    }
    let counted = body[number..].trim_start_matches(is_figure);
    // 迟到3次以上 is how often it happened.
    let is_each = |unit: &&&str| bound.is_empty() && matches!(**unit, "次" | "起" | "例" | "天" | "日");
    let unit = ["%"].iter().chain(UNITS).filter(|unit| !is_each(unit) && counted.starts_with(**unit));
    let unit = unit.max_by_key(|unit| unit.len())?;
    let ends = ["以上", "以下", "及以上", "及以下", "以内", "至", "(含)", "（含）"];
    let is_bound = !bound.is_empty() || ends.iter().any(|end| counted[unit.len()..].starts_with(end));
    // 拖欠 alone does not say of what.
    let whole = if name.chars().count() == 2 { format!("{label}{name}") } else { name.to_owned() };
    let rest = &body[said.len() - bound.len()..];
    is_bound.then(|| (name.to_owned(), format!("{whole}（{unit}）：{rest}")))
}

/// Before the first places, the longer words first.
const FIRST_PLACES: &[&str] = &["位居前", "位列前", "进入前", "排名前", "居前", "列前", "排前"];

/// How many places a text says that counts them from the back: 后三名, 末两位, 最后一名, 末位.
fn last_of(place: &str) -> Option<u32> {
    if ["末位", "末名", "最末"].contains(&place) {
        return Some(1);
    }
    let said = place.strip_suffix(['名', '位'])?;
    let number = ["倒数", "最后", "末", "后"].iter().find_map(|word| said.strip_prefix(word))?;
    crate::parse::whole(number).filter(|last| *last > 0)
}

/// 后三名扣2分 of a figure that is a place: a ranking of its own, from the back, beside what else the line gives.
pub fn from_the_back((label, unit): (&str, Option<&str>), place: &str, points: &str, others: &str) -> Option<String> {
    let from_back = match last_of(place)? {
        1 => "第1名".to_owned(),
        last => format!("前{last}名"),
    };
    let first = match (unit, others) {
        (Some(unit), "") => format!("指标 {label}（{unit}）\n"),
        (Some(unit), others) => format!("{label}（{unit}）：{others}\n"),
        (None, "") => String::new(),
        (None, others) => format!("{label}：{others}\n"),
    };
    Some(format!(
        "名次从后面数的，另算一个名次，写成：\n{first}{label}倒排 = 名次（{label}，由高到低）\n{label}倒排：{from_back}{points}"
    ))
}

impl Patient<'_> {
    pub(super) fn figure(&self) -> Option<Mend> {
        let text = self.text();
        let of_a_node = self.line.context == crate::parse::Context::Node;
        if let Some(mend) = self.of_the_year().filter(|_| of_a_node) {
            return Some(mend);
        }
        let colon = crate::parse::top_colon(text).filter(|_| of_a_node)?;
        if self.line.opening || crate::parse::is_keyword_head(&text[..colon]) {
            return None;
        }
        None.or_else(|| self.range_before(colon))
            .or_else(|| self.named_figure(colon))
            .or_else(|| self.of_each_week(colon))
            .or_else(|| self.held(colon))
            .or_else(|| self.last_places(colon))
            .or_else(|| self.places(colon))
            .or_else(|| self.kind_of_figure(colon))
            .or_else(|| self.within_hours(colon))
    }

    /// `当 全年命案3起以上，一票否决` in an item: from which time of the year on.
    fn of_the_year(&self) -> Option<Mend> {
        let text = self.text();
        let said = text.strip_prefix("当")?.trim_start();
        let rest = syntax::strip(Token::WITHIN_YEAR, said)?;
        let rest = rest.trim_start_matches("发生");
        let name = self.names.longest_at(rest)?;
        let number = &rest[name.len()..];
        let digits = number.len() - number.trim_start_matches(crate::parse::numeral::is_numeral).len();
        let count = crate::parse::whole(&number[..digits]).filter(|count| *count > 1)?;
        let behind = &number[digits..];
        let unit = UNITS.iter().find(|unit| behind.starts_with(**unit)).map_or("", |unit| unit);
        let bound = behind[unit.len()..].trim_start_matches('及');
        let then = bound.strip_prefix("以上")?.trim_start_matches(['的', ',', ' ']);
        if then.contains(';') || then.contains(crate::parse::numeral::is_numeral) {
            return None;
        }
        let before = if count == 2 { "第1次".to_owned() } else { format!("第1次至第{}次每次", count - 1) };
        let help = format!(
            "本条的次数只数一期；全年数下来的，写在“{name}”那一句里（“几”换成原文的数）：{name}：{before}扣几分，第{count}次起每次扣几分，{}，全年连续计次",
            written(then)
        );
        self.told("other-words", "全年的次数写成第几次", 0..text.len(), help)
    }

    /// `净资产收益率（%），-100%至100%，取期末数：不低于5%得30分`: what may be reported is declared.
    fn range_before(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let end = text[..colon].find("),")? + 1;
        let (name, said) = (text[..end].trim(), text[end + 1..colon].trim());
        let (range, how) = said.split_once(',').unwrap_or((said, ""));
        let (low, high) = range.split_once('至')?;
        let is_number = |bound: &str| bound.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
        if !is_number(low.trim()) || !is_number(high.trim()) {
            return None;
        }
        let how = if how.is_empty() { String::new() } else { format!("{},", how.trim()) };
        let line = self.written_as(&format!("{name}:{how}{}", text[colon + 1..].trim()))?;
        let help = format!(
            "先在条目里声明，另起一行：指标 {}，{}\n再写：{}",
            written(name),
            written(range.trim()),
            shown(&line)
        );
        self.told("other-words", "报得出的范围写在指标的声明里", end + 1..end + 1 + range.len(), help)
    }

    /// `评分：优良率90%以上得20分`
    fn named_figure(&self, colon: usize) -> Option<Mend> {
        const WAYS: &[(&[&str], &[char])] =
            &[(&["下降", "降低", "减少"], &['降', '减']), (&["上升", "提高", "增长", "增加"], &['升', '提', '增'])];
        let (name, line) = figure_behind(self.text())?;
        // 降幅：下降5%以上得10分, where 指标 降幅 is declared: the figure has its name.
        let label = self.text()[..colon].trim();
        let is_said = |(words, of): &(&[&str], &[char])| words.contains(&name.as_str()) && label.contains(*of);
        if WAYS.iter().any(is_said) && self.names.figure(label).is_some() {
            let begin = colon + 1 + self.text()[colon + 1..].find(&name)?;
            let line = self.parsed(begin..begin + name.len(), "")?;
            let message = format!("“{name}”就是“{label}”说的，不写");
            return self.mended("other-words", message, begin..begin + name.len(), line);
        }
        let line = self.written_as(&line.replace('（', "(").replace('）', ")").replace('：', ":"))?;
        let begin = colon + 1 + self.text()[colon + 1..].find(&name)?;
        let message = format!("“{}”是每期报的数，写在冒号前面", written(&name));
        self.mended("other-words", message, begin..begin + name.len(), line)
    }

    /// `开放（小时）：每周56小时以上得20分`
    fn of_each_week(&self, colon: usize) -> Option<Mend> {
        let (text, label) = (self.text(), self.text()[..colon].trim());
        let body = text[colon + 1..].trim_start();
        let often = OFTEN.iter().find(|word| body.starts_with(**word)).filter(|_| label.ends_with(')'))?;
        let rest = &body[often.len()..];
        let line = self
            .written_as(&format!("{often}{label}:{rest}"))
            .filter(|_| rest.starts_with(|c: char| c.is_ascii_digit()))?;
        let begin = text.len() - body.len();
        let message = format!("“{often}”说的是报来的数，写在名称里");
        self.mended("other-words", message, begin..begin + often.len(), line)
    }

    /// `活动（场）：每年举办24场以上得20分`
    fn held(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let digit = |at: usize| text[at..].starts_with(|c: char| c.is_ascii_digit());
        // 研究信访工作（次）：研究4次以上得10分
        let begin = text.len() - text[colon + 1..].trim_start().len();
        let said = text[begin..].find(|c: char| c.is_ascii_digit()).map_or("", |end| &text[begin..begin + end]);
        if said.chars().count() > 1
            && text[..colon].starts_with(said)
            && let Some(line) = self.parsed(begin..begin + said.len(), "")
        {
            return self.mended("other-words", format!("“{said}”前面说过了，不写"), begin..begin + said.len(), line);
        }
        HELD.iter().find_map(|word| {
            let (at, _) = text.match_indices(word).find(|(at, _)| *at > colon && digit(at + word.len()))?;
            let line = self.parsed(at..at + word.len(), "")?;
            self.mended("other-words", format!("“{word}”不影响计分，不写"), at..at + word.len(), line)
        })
    }

    /// `位次（名）：前3名加3分，居后3名的扣3分`: counted from the back.
    fn last_places(&self, colon: usize) -> Option<Mend> {
        const AT: &[&str] = &["排名", "名次", "位居", "位列", "居", "列", "排", "在"];
        let (text, label) = (self.text(), self.text()[..colon].trim());
        let (name, unit) = label.strip_suffix(')').and_then(|head| head.rsplit_once('(')).unwrap_or((label, ""));
        let is_place = match unit {
            "" => ["名次", "排名", "位次"].iter().any(|word| name.contains(word)) && self.names.figure(name).is_some(),
            unit => matches!(unit, "名" | "位"),
        };
        let body = &text[colon + 1..];
        let (at, place, gives) = body.split([',', ';']).find_map(|part| {
            let at = part.as_ptr() as usize - body.as_ptr() as usize;
            let said = AT.iter().fold(part.trim_start(), |said, word| said.strip_prefix(word).unwrap_or(said));
            let end = said.find('的')?;
            // 后三名的，扣2分
            let gives = match &said[end + "的".len()..] {
                "" => body[at + part.len()..].get(1..)?.split([',', ';']).next()?,
                gives => gives,
            };
            last_of(&said[..end])?;
            Some((at, &said[..end], gives.trim_end_matches('。')))
        })?;
        let end = gives.as_ptr() as usize - body.as_ptr() as usize + gives.len();
        let others = format!("{}{}", &body[..at], body[end..].trim_start_matches([',', ';']));
        let others = others.trim_matches([',', ';', ' ', '。']);
        let others = FIRST_PLACES.iter().fold(written(others), |others, word| others.replace(word, "前"));
        let unit = Some(unit).filter(|unit| !unit.is_empty());
        let help = from_the_back((name, unit), place, &written(gives), &others).filter(|_| is_place)?;
        let begin = place.as_ptr() as usize - text.as_ptr() as usize;
        let message = format!("“{place}”从后面数，报来的名次从前面数");
        self.told("other-words", message, begin..begin + place.len(), help)
    }

    /// `位次（名）：进入前3名的加3分`
    fn places(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let label = text[..colon].trim();
        if !["(名)", "(位)"].iter().any(|unit| label.ends_with(unit)) {
            return None;
        }
        let mut plain = text.to_owned();
        for word in FIRST_PLACES {
            plain = plain.replace(&format!(":{word}"), ":前").replace(&format!(",{word}"), ",前");
        }
        let line = self.written_as(&plain).filter(|_| plain != text)?;
        self.mended("other-words", "第几名前面的话不写", colon + 1..text.len(), line)
    }

    /// `问题（个）：未整改的每个扣0.5分`
    fn kind_of_figure(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let (label, body) = (text[..colon].trim(), text[colon + 1..].trim());
        let (kind, gives) = body.split_once("的每").filter(|_| label.ends_with(')'))?;
        let is_kind = (2..=8).contains(&kind.chars().count()) && kind.chars().all(char::is_alphabetic);
        let line = self.written_as(&format!("{kind}{label}:每{gives}")).filter(|_| is_kind)?;
        let begin = text.len() - text[colon + 1..].trim_start().len();
        let message = format!("报的数只有一个，“{kind}”写在它的名称里");
        self.mended("other-words", message, begin..begin + kind.len(), line)
    }

    /// `舆情：2小时内未处置的扣1分，24小时内未处置的扣5分`: facts have dates, and no hours.
    fn within_hours(&self, colon: usize) -> Option<Mend> {
        let (text, label) = (self.text(), self.text()[..colon].trim());
        let mut done = None;
        let mut cases = Vec::new();
        for part in text[colon + 1..].split([',', ';']).map(str::trim) {
            // 24小时内未上报的，扣2分
            if let (Some((_, _, gives)), true) = (cases.last_mut(), part.starts_with(['扣', '每', '加', '不', '本']))
            {
                *gives = format!("{gives}{part}");
                continue;
            }
            let (hours, rest) = part.split_once("小时内未")?;
            let hours: u32 = hours.trim_start_matches(['在', '于']).parse().ok()?;
            let (deed, gives) = rest.split_once('的')?;
            if *done.get_or_insert(deed) != deed {
                return None;
            }
            cases.push((hours, part, gives.to_owned()));
        }
        let deed = done.filter(|_| cases.iter().all(|(.., gives)| !gives.is_empty()))?;
        let first = cases.first()?.1;
        let begin = first.as_ptr() as usize - text.as_ptr() as usize;
        let range = begin..begin + first.len();
        // The longest first: of several the first that holds is taken.
        cases.sort_by_key(|(hours, ..)| std::cmp::Reverse(*hours));
        let deed = ["第一时间", "及时", "按时"].iter().find_map(|word| deed.strip_prefix(word)).unwrap_or(deed);
        let column = format!("{deed}用时");
        let said: Vec<String> =
            cases.iter().map(|(hours, _, gives)| format!("{column}超过{hours}小时的{gives}")).collect();
        let help = format!(
            "事实里的日期只到天，几小时另立一列，写明实际用了几小时：\n先在开头声明：事实列 {column}（小时）\n再写：{}：{}",
            written(label),
            written(&said.join(";"))
        );
        self.told("other-words", "几小时内没有做到的，要有实际用了几小时", range, help)
    }
}
