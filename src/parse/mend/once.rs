//! What counts but once, of what and in what time: `当日不重复扣分`, `同一人当月只计一次`, `同一天不重复扣分`.

use super::{Mend, Patient, shown, written};
use crate::parse::Context;
use crate::syntax::{self, Rule as Token};

/// Where what is said of what counts but once ends.
const HOW: &[&str] = &["不重复", "不累计", "只计", "最多计", "就高"];

/// Of what, and in what time: 同一人当月, 同一天.
pub struct Once {
    /// 事项; `None` where it is a person.
    matter: Option<String>,
    /// 当日, 全年; nothing where it is the time of the item.
    time: String,
}

impl Once {
    /// Reads what stands before 不重复 or 只计.
    pub fn of(said: &str) -> Option<Once> {
        let said = said.trim();
        let mut begins = said.char_indices().map(|(at, _)| at).chain([said.len()]);
        let (what, time) = begins.find_map(|at| Some((&said[..at], in_time(&said[at..])?)))?;
        let matter = match what.trim().strip_suffix('在').unwrap_or(what.trim()) {
            "" => Some("事项".to_owned()),
            "每人" | "单人" => None,
            who if syntax::is(Token::person_line, who) => None,
            matter => Some(matter.strip_prefix("同一")?.to_owned()),
        };
        let once = Once { matter, time };
        let phrase = once.phrase("不重复扣分");
        phrase.is_none_or(|phrase| syntax::is_all(Token::same_matter_rule, &phrase)).then_some(once)
    }

    /// 同一事项当日不重复扣分; `None` of a person.
    pub fn phrase(&self, how: &str) -> Option<String> {
        Some(format!("同一{}{}{how}", self.matter.as_ref()?, self.time))
    }

    /// What to write for it in a line that gives `gives` and nothing else, or whatever it gives.
    pub fn help(&self, label: &str, gives: Option<&str>, times: u32, verb: &str) -> String {
        if let Some(phrase) = self.phrase(&format!("不重复{verb}")) {
            let columns = if self.time == "当日" { "“事项”“发生日期”" } else { "“事项”" };
            let highest = self.phrase("按最高级别计一次").unwrap_or_default();
            return format!("写成：{phrase}；或 {highest}（事实里写{columns}）");
        }
        // A person's day is the matter of that day.
        if self.time == "当日" {
            return format!("写成：同一事项当日不重复{verb}（事实的“事项”写人的姓名，并写“发生日期”）");
        }
        let given = gives.map(|gives| {
            ["每人次", "每次", "每人"]
                .iter()
                .find_map(|each| gives.strip_prefix(each))
                .unwrap_or(gives)
                .trim()
                .to_owned()
        });
        let begin = given.as_ref().map(|_| format!("{label}：")).unwrap_or_default();
        let nothing = format!("不{}", verb.trim_end_matches('分'));
        let given = given.unwrap_or(format!("{}几分", verb.trim_end_matches('分')));
        let first =
            if times == 1 { format!("第1次{given}") } else { format!("第1次至第{times}次每次{given}") };
        let line = |how: &str| format!("{begin}{first}，第{}次起{nothing}，按人员计次，{how}", times + 1);
        let how = match self.time.as_str() {
            "" => None,
            time if time.contains('月') => Some("每月重新计次"),
            time if time.contains('季') => Some("每季度重新计次"),
            time if time.contains('半') => Some("每半年重新计次"),
            time if syntax::is_all(Token::WHOLE_TERM, time) => Some("任期内连续计次"),
            _ => Some("全年连续计次"),
        };
        let blank = if gives.is_some() { "" } else { "（“几”换成原文的数）" };
        match how {
            Some(how) => format!("写成{blank}：{}", line(how)),
            None => format!(
                "全年数下来的，写成{blank}：{}\n每月从头数的，写成{blank}：{}",
                line("全年连续计次"),
                line("每月重新计次")
            ),
        }
    }
}

/// Times by which nothing is counted, nor once; longer words before those that they end with.
pub const OTHER_TIMES: &[&str] = &[
    "一周",
    "两周",
    "当周",
    "本周",
    "同周",
    "每周",
    "周内",
    "上午",
    "下午",
    "每次检查",
    "单次检查",
    "日内",
    "天内",
    "小时内",
    "学期",
    "整改后",
    "处理后",
    "当日",
    "当天",
    "同日",
    "每日",
    "每天",
    "期间",
    "时间段",
    "时段",
    "本轮",
    "当轮",
    "夜间",
    "白天",
    "晚上",
    "凌晨",
];

/// A time that the language counts by, in its own word for it; nothing is the time of the item.
fn in_time(said: &str) -> Option<String> {
    const SAID: &[(&[&str], &str)] = &[
        (&["一天内", "一日内", "同一天内", "同一日内"], "当日"),
        (&["同一月份", "同一月", "同一个月", "同月"], "每月"),
        (&["同一季度", "同一个季度", "同季度"], "每季度"),
        (&["同一年度", "同一年", "同年度"], "全年"),
    ];
    if let Some((_, time)) = SAID.iter().find(|(words, _)| words.contains(&said)) {
        return Some((*time).to_owned());
    }
    if syntax::is_all(Token::ONE_DAY, said) {
        return Some("当日".to_owned());
    }
    (said.is_empty() || [Token::within, Token::cycle].iter().any(|rule| syntax::is_all(*rule, said)))
        .then(|| said.to_owned())
}

impl Patient<'_> {
    /// `同一天不重复扣分`, in a line or by itself.
    pub(super) fn once_a_day(&self) -> Option<Mend> {
        let text = self.text();
        if self.line.context != Context::Node || self.line.opening {
            return None;
        }
        let colon = crate::parse::top_colon(text);
        text[colon.map_or(0, |colon| colon + 1)..].split([',', ';', '。']).find_map(|part| {
            let part = part.trim();
            let begin = part.as_ptr() as usize - text.as_ptr() as usize;
            let how = HOW.iter().filter_map(|how| part.find(how)).min()?;
            let (said, how) = part.split_at(how);
            let once = Once::of(said).filter(|_| !said.trim().is_empty())?;
            // 同一年度只计一次 says of no matter that it is counted once.
            let is_of_time = in_time(said.trim()).is_some() && once.time != "当日" && how.contains("计");
            let time = is_of_time.then(|| format!("{}{how}", once.time)).filter(|_| !how.starts_with('不'));
            let Some(phrase) = time.or_else(|| once.phrase(how)) else {
                // 同一人当月不重复扣分, by itself: how persons are counted stands in each line.
                let verb = if how.contains('加') { "加分" } else { "扣分" };
                let message = format!("“{}”写在每一句里，按人员计次", written(part));
                let help = || once.help("", None, 1, verb);
                return colon
                    .is_none()
                    .then(|| self.told("other-words", message, begin..begin + part.len(), help()))?;
            };
            let line = self.parsed(begin..begin + part.len(), &phrase).filter(|_| phrase != part)?;
            let message = format!("“{}”写作“{}”", written(part), written(&phrase));
            let help = format!("写成：{}", shown(&line));
            let range = begin..begin + part.len();
            Some(Mend { code: "other-words", message, range, lines: vec![line], help: Some(help) })
        })
    }

    /// `同一稿件被多次采用的，取最高分`, `同一稿件以最高得分计算`: that there are several is said by 同一 already.
    pub(super) fn highest_of_a_matter(&self) -> Option<Mend> {
        const SEVERAL: &[&str] = &["被", "多次", "多家", "多个", "多级", "多项", "先后", "同时", "在多"];
        const HIGHEST: &[&str] = &["只取最高", "取最高", "只计最高", "按最高", "以最高", "就高", "按高", "取高"];
        const OF_IT: &[&str] = &["", "级别", "等级", "得分", "分值", "分", "项", "次", "一次", "者", "的"];
        const COUNTS: &[&str] =
            &["", "计算", "计分", "计一次", "计1次", "计", "加分", "扣分", "不就低", "记分", "为准"];
        let text = self.text();
        if self.line.context != Context::Node || self.line.opening {
            return None;
        }
        let colon = crate::parse::top_colon(text);
        let label = text[..colon.unwrap_or_default()].trim();
        // 同一问题被多次通报且未整改的 says more, and so does a name or a value.
        let says_more = |dropped: &str| {
            const MORE: &[char] = &['且', '未', '不', '没', '后', '逾', '级'];
            let said = SEVERAL.iter().fold(dropped.to_owned(), |said, word| said.replace(word, ""));
            let name = |(at, _)| self.names.longest_at(&said[at..]).is_some_and(|name| name != label);
            said.contains(MORE)
                || said.contains("情节")
                || said.char_indices().any(name)
                || self.names.values().any(|(value, _)| said.contains(value))
        };
        let from = colon.map_or(0, |colon| colon + 1);
        text[from..].match_indices("同一").find_map(|(at, _)| {
            let begin = from + at;
            let before = text[from..begin].trim_end();
            let begins = before.is_empty() || before.ends_with([',', ';', '。']);
            let said = text[begin..].split([';', '。']).next()?;
            // 同一稿件被多次采用的，取最高: its own comma is no end.
            let ends = said.match_indices(',').map(|(at, _)| at).chain([said.len()]);
            begins.then(|| {
                ends.take(2).find_map(|end| {
                    let said = said[..end].trim_end();
                    let several = SEVERAL.iter().filter_map(|word| said.find(word)).min();
                    let how = HIGHEST
                        .iter()
                        .chain(HOW)
                        .filter_map(|word| said.find(word))
                        .filter(|at| several.is_none_or(|begin| begin < *at))
                        .min()?;
                    // 同一事项就高不就低 is told with the words alone.
                    if several.is_none() && said[how..].starts_with("就高") {
                        return None;
                    }
                    if several.is_some_and(|several| says_more(&said[several..how])) {
                        return None;
                    }
                    let (matter, how) = (&said[..several.unwrap_or(how)], &said[how..]);
                    let is_highest = HIGHEST.iter().filter_map(|word| how.strip_prefix(word)).any(|rest| {
                        OF_IT.iter().filter_map(|of| rest.strip_prefix(of)).any(|counts| COUNTS.contains(&counts))
                    });
                    let how = if is_highest { "按最高级别计一次" } else { how };
                    let phrase = format!("{}{how}", matter.trim_end_matches([',', '的']));
                    let is_rule = phrase != said && syntax::is_all(Token::same_matter_rule, &phrase);
                    let line = self.parsed(begin..begin + said.len(), &phrase).filter(|_| is_rule)?;
                    let message = format!("“{}”写作“{}”", written(said), written(&phrase));
                    self.mended("other-words", message, begin..begin + said.len(), line)
                })
            })?
        })
    }

    /// `获奖：每次加5分，每人只计一次`; `每人次扣2分，同一人当月只计一次`
    pub(super) fn once_a_person(&self, colon: usize) -> Option<Mend> {
        let text = self.text();
        let (at, once, times) = text.match_indices(',').filter(|(at, _)| *at > colon).find_map(|(at, _)| {
            let said = text[at + 1..].split([',', ';', '。']).next()?;
            let (of, times) = said.split_once("只计").or_else(|| said.split_once("最多计"))?;
            let once = Once::of(of).filter(|once| once.matter.is_none())?;
            Some((at, once, crate::parse::whole(times.strip_suffix('次')?)?))
        })?;
        let said = text[at + 1..].split([',', ';', '。']).next()?.trim();
        let gives = text[colon + 1..at].trim();
        // What else the line says would be lost.
        let is_all = at + 1 + said.len() >= text.trim_end_matches('。').len() && !gives.contains([',', ';']);
        let gives = written(gives);
        let verb = if gives.contains('加') { "加分" } else { "扣分" };
        let help = once.help(&written(text[..colon].trim()), is_all.then_some(gives.as_str()), times.max(1), verb);
        let message = format!("“{}”在这里写成按人员计次", written(said));
        self.told("other-words", message, at + 1..at + 1 + said.len(), help)
    }
}
