//! Lines of 奖惩 and 等次 as schemes write them: a score without 得分, a condition behind a place, an address without quotes.

use super::mean::OF_ALL;
use super::unsayable::ONE_PRIZE;
use super::whole::OF_GROUP;
use super::{Mend, Patient, shown};
use crate::parse::numeral::{is_figure, is_numeral};
use crate::parse::{Context, Line, earlier, top_colon, whole};
use crate::syntax::{self, Rule as Token};

impl Patient<'_> {
    /// What such a line is here, where it can be only one.
    pub(super) fn awarded(&self) -> Option<Mend> {
        if self.line.opening {
            return None;
        }
        match self.line.context {
            Context::Awards => self
                .place_and_score()
                .or_else(|| self.moved_place())
                .or_else(|| self.limit_of_all())
                .or_else(|| self.highest_alone())
                .or_else(|| self.numbered_prizes())
                .or_else(|| self.grade_and_comma())
                .or_else(|| self.several_grades())
                .or_else(|| self.moved_since())
                .or_else(|| self.placed_so_often())
                .or_else(|| self.not_in_a_place())
                .or_else(|| self.graded_so_often())
                .or_else(|| self.so_far_below())
                .or_else(|| self.time_of_a_place())
                .or_else(|| self.spared())
                .or_else(|| self.so_many_of())
                .or_else(|| self.period_of_places())
                .or_else(|| self.every_one())
                .or_else(|| self.place_in_words())
                .or_else(|| self.bare_score())
                .or_else(|| self.streak_without_when())
                .or_else(|| self.without_colon())
                .or_else(|| self.by_the_point())
                .or_else(|| self.bare_address()),
            Context::Grading => self
                .happened_so_often()
                .or_else(|| self.so_many_of())
                .or_else(|| self.least_of_a_quota())
                .or_else(|| self.all_but())
                .or_else(|| self.moved_place())
                .or_else(|| self.moved_since())
                .or_else(|| self.every_one())
                .or_else(|| self.bare_address()),
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
        // 当年在册不满6个月的, 新设立不足半年的企业
        if let Some((range, months)) = months_on_roster(text) {
            let behind = &text[range.end..];
            let who = behind.find("不").filter(|at| *at > 0 && behind.starts_with('的')).unwrap_or_default();
            let line = [who, 0].iter().find_map(|who| match who {
                0 => self.parsed(range.clone(), &months),
                who => self.parsed(range.start..range.end + who, &format!("{months}的,")),
            });
            if let Some(line) = line {
                let message = format!("“{}”在这里写作“{months}”", &text[range.clone()]);
                // 一年 is twelve months: another number.
                return match text[range.clone()].contains("个月") {
                    true => self.mended("other-words", message, range, line),
                    false => self.told("other-words", message, range, format!("写成：{}", shown(&line))),
                };
            }
        }
        // 试用期人员不参加考核
        let end = ["人员不参", "同志不参", "单位不参", "的不参", "不参"].iter().find_map(|word| text.find(word))?;
        let who = text[..end].trim().trim_start_matches('当').trim();
        let is_word = who.chars().count() >= 2 && who.chars().all(char::is_alphabetic);
        let is_it = |value: &str| who.strip_prefix(value).is_some_and(|rest| ["", "期", "期间", "类"].contains(&rest));
        let listed = self.names.values().find(|(value, _)| is_it(value));
        // 启用后前三个月, 停考的月份: of a time, where what the roster says holds for all of it.
        let is_time = ["月", "月份", "季度", "年度", "期间"].iter().any(|time| who.ends_with(time));
        if is_word && listed.is_none() && is_time {
            let help = "那一期不参评的，逐期报，先在开头声明：参数 不考（项）：每单位每月一个，缺报的，按0项计\n再写：每月，当 不考不少于1项，不参评\n（写在名册里的，整个施行期都不参评）";
            return self.told("unknown-condition", format!("看不出哪些是“{who}”"), 0..end, help.to_owned());
        }
        let help = match listed {
            Some((value, column)) => format!("写成：{column}为{value}的，不参评"),
            None => format!(
                "是哪一类，写在名册里，先在开头声明，如：单位属性 身份：{who}/其他；再写：身份为{who}的，不参评"
            ),
        };
        is_word.then(|| self.told("unknown-condition", format!("看不出哪些是“{who}”"), 0..end, help))?
    }

    /// `排名较上年提升3位以上的：奖励1万元`
    fn moved_place(&self) -> Option<Mend> {
        const UP: &[&str] = &["提升", "上升", "前进", "进步", "提高", "前移", "进"];
        const DOWN: &[&str] = &["后退", "下降", "退步", "下滑", "降低", "后移", "退"];
        let text = self.text();
        let of = text.trim_start_matches('当').trim_start();
        let begin = text.len() - of.len();
        let of = ["得分排名", "总分排名", "年度排名", "排名", "名次"].iter().find_map(|word| of.strip_prefix(word))?;
        let of = of.strip_prefix('较').or(of.strip_prefix('比'))?;
        let (said, earlier) = earlier(of)?;
        let moved = of[said.len()..].trim_start_matches("名次").trim_start_matches("排名");
        let verb = UP.iter().chain(DOWN).find(|word| moved.starts_with(**word))?;
        let by = &moved[verb.len()..];
        let number = &by[..by.len() - by.trim_start_matches(is_numeral).len()];
        let behind = by[number.len()..].trim_start_matches("个位次").trim_start_matches("个名次");
        let behind = behind.strip_prefix(['位', '名']).unwrap_or(behind);
        let behind = ["及以上", "以上"].iter().find_map(|word| behind.strip_prefix(word)).unwrap_or(behind);
        let end = behind.trim_start_matches(['的', '时']);
        let rest = end.trim_start_matches([',', ':']);
        let sign = if self.line.context == Context::Awards { ':' } else { ',' };
        let before = format!("{earlier}名次(没有的不作考评)");
        let by = if number.is_empty() { "1" } else { number };
        let difference = if UP.contains(verb) { format!("{before} - 名次") } else { format!("名次 - {before}") };
        let line = self.written_as(&format!("当 {difference}不少于{by}{sign}{rest}"))?;
        let message = "名次进了、退了几名，写成两期的名次相减";
        self.mended("other-words", message, begin..text.len() - rest.len(), line)
    }

    /// `每年只取最高一项`, `就高不重复`
    fn highest_alone(&self) -> Option<Mend> {
        let text = self.text();
        let says = ["就高", "最高一项", "最高的一项", "最高项", "最高一档"].iter().any(|word| text.contains(word));
        let is_line = says && top_colon(text).is_none();
        is_line.then(|| self.told("other-words", ONE_PRIZE.0, 0..text.len(), ONE_PRIZE.1))?
    }

    /// `奖励总额不超过10万元`
    fn limit_of_all(&self) -> Option<Mend> {
        let text = self.text();
        let is_of_all = ["总额", "总量", "总金额"].iter().any(|word| text.contains(word));
        let is_limit = ["不超过", "控制在", "以内", "为限", "封顶"].iter().any(|word| text.contains(word));
        let help = "一共发多少、按份分的，写成算式，如：当 得分不低于0分：奖励 奖金总额 × 总分 ÷ 全体合计（总分），保留整数，只舍不入（“奖金总额”在开头声明：参数 奖金总额（元）：统一每年一个）";
        let is_line = is_of_all && is_limit && top_colon(text).is_none();
        is_line.then(|| self.told("unread-award", "所有单位合起来发多少，不能另外限定", 0..text.len(), help))?
    }

    /// `一等奖1名奖励3万元；二等奖2名奖励2万元`
    fn numbered_prizes(&self) -> Option<Mend> {
        let text = self.text();
        let mut grades = Vec::new();
        let mut prizes = Vec::new();
        for part in text.split([';', ',']) {
            let at = part.find("等奖").filter(|at| *at > 0)? + "等奖".len();
            let (name, rest) = part.split_at(at);
            let rest = rest.trim_start_matches(':');
            let number = &rest[..rest.len() - rest.trim_start_matches(is_numeral).len()];
            let given = rest[number.len()..].strip_prefix(['名', '个', '家'])?;
            let given = given.trim_start_matches([':', '的', '每', '各', '名', '家']);
            if number.is_empty() || given.is_empty() {
                return None;
            }
            let given = if given.starts_with('奖') { given.to_owned() } else { format!("奖励{given}") };
            grades.push(format!("{name}：前{number}名"));
            prizes.push(format!("{name}：{given}"));
        }
        let help = format!(
            "几等奖各几名，先在等次里写：\n{}\n不获奖：其余\n名额各等次分别计算\n这里写：\n{}",
            grades.join("\n"),
            prizes.join("\n")
        );
        self.told("other-words", "几等奖是等次，奖惩里只写给什么", 0..text.len(), help)
    }

    /// `优秀等次的，奖励5万元`
    fn grade_and_comma(&self) -> Option<Mend> {
        let text = self.text();
        let (who, given) = text.split_once(',').filter(|_| top_colon(text).is_none())?;
        let bare = who.trim_end_matches(['的', '者']);
        let bare = ["单位", "对象", "企业", "人员"].iter().find_map(|word| bare.strip_suffix(word)).unwrap_or(bare);
        let bare = bare.trim_end_matches('的');
        let bare = ["等次", "等级"].iter().find_map(|word| bare.strip_suffix(word))?;
        let bare = ["被评定为", "评定为", "被评为", "评为", "获得"]
            .iter()
            .find_map(|word| bare.strip_prefix(word))
            .unwrap_or(bare);
        let line = self.parsed(0..who.len() + 1, &format!("{bare}:")).filter(|_| !given.is_empty())?;
        let message = format!("给某一等的，冒号前面只写它的名称“{bare}”");
        self.mended("other-words", message, 0..who.len(), line)
    }

    /// `优秀、良好：发放500元`
    fn several_grades(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text).filter(|colon| text[..*colon].contains('、'))?;
        let who = text[..colon].trim().trim_end_matches('的');
        let is_words =
            who.chars().all(|c| c.is_alphabetic() || c == '、') && !who.starts_with(['当', '第', '前', '后']);
        let line = self.parsed(0..colon, &format!("当 等次为{who}")).filter(|_| is_words)?;
        self.mended("missing-word", "几等在一起的，写成条件", 0..colon, line)
    }

    /// `约谈3次以上的，定为不合格`, `年度内两次约谈的不得评优`: how often something happened.
    fn happened_so_often(&self) -> Option<Mend> {
        let text = self.text();
        let within = syntax::strip(Token::WITHIN_YEAR, text);
        let rest = within.unwrap_or(text);
        let end = rest.find('的')?;
        let (case, then) = (&rest[..end], rest[end + '的'.len_utf8()..].trim_start_matches([',', ' ']));
        let at = case.find('次')?;
        let before = case[..at].trim_end_matches(|c: char| c.is_ascii_digit() || whole(&c.to_string()).is_some());
        let number = whole(&case[before.len()..at])?;
        let behind = &case[at + '次'.len_utf8()..];
        let label = match behind {
            "" | "以上" | "及以上" | "(含)以上" => before.trim_start_matches("累计").trim_start_matches("被"),
            // 两次不称职 is of a grade.
            label if before.is_empty() && !is_grade(label) => label,
            _ => return None,
        };
        let then = then.replace("不得评优", "不得评为优秀");
        // 季度被一票否决两次以上的: in how many quarters.
        let of_a_period = [("季度", "季度数"), ("月度", "月数")];
        if let Some((count, of)) =
            of_a_period.iter().find_map(|(word, count)| Some((*count, before.strip_prefix(word)?)))
        {
            let line = self.written_as(&format!("当 {count}({of})不少于{number},{then}"))?;
            return self.mended("other-words", "几次写成有几个月、几个季度", 0..text.len() - then.len(), line);
        }
        // 约谈, which 奖惩 give.
        if label == "约谈" && self.names.longest_at(label) != Some(label) {
            let line = self.written_as(&format!("当 月数(排名末位)不少于{number},{then}"))?;
            let help = format!(
                "等次看的是得分、名次、等次，不看得了什么奖惩：写成凭什么约谈的，如：{}；是事实里报来的，先写成一种情形",
                shown(&line)
            );
            return self.told("unknown-name", format!("没有名为“{label}”的情形"), 0..text.len() - then.len(), help);
        }
        let line = self.written_as(&format!("当 {label}不少于{number}次,{then}"))?;
        let said = "几次写成比较";
        match within {
            _ if label.chars().count() < 2 => None,
            Some(_) => {
                let help = format!("写成：{}\n数的是这个等次的一期；要数全年的，写在“等次 年终”里", shown(&line));
                self.split("other-words", said, 0..text.len(), (vec![line], help))
            }
            None => self.mended("other-words", said, 0..text.len(), line),
        }
    }

    /// `除类别为一类外，不得评为优秀`
    fn all_but(&self) -> Option<Mend> {
        let text = self.text();
        let (whose, then) = text.strip_prefix('除')?.split_once('外')?;
        let whose = whose.trim_end_matches(['以', '之']).trim_end_matches('的');
        let then = then.trim_start_matches(['的', ',', ' ']);
        let line = self.written_as(&format!("{}的,{then}", whose.replacen('为', "不为", 1)))?;
        let said = whose.contains('为') && !whose.contains("不为");
        said.then(|| self.mended("other-words", "“除…外”写成“不为…的”", 0..text.len() - then.len(), line))?
    }

    /// `优秀名额不足1名的，按1名计`: behind the share that it is the least of.
    fn least_of_a_quota(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.find("不足1名").filter(|at| *at > 0)?;
        let grade = ["等次名额", "等次", "名额", "等级"].iter().find_map(|word| text[..at].strip_suffix(word));
        let grade = grade.unwrap_or(&text[..at]);
        if grade.is_empty() || !grade.chars().all(char::is_alphabetic) {
            return None;
        }
        let help = format!("接在“{grade}”那一等的名额后面，如：{grade}：不超过百分之几，不足1名的按1名计");
        self.told("other-words", "名额的下限写在那一等里", 0..text.len(), help)
    }

    /// `前3名且98分以上的：奖励100元`
    fn place_and_score(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        let (place, condition) = text[..colon].split_once('且')?;
        // 得分90分以上且前2名
        let is_place = |part: &str| {
            let part = part.trim_start_matches('当').trim_start();
            ["前", "第", "后", "末", "最后", "倒数"].iter().any(|word| part.starts_with(word))
        };
        let (place, condition) =
            if is_place(condition) && !is_place(place) { (condition, place) } else { (place, condition) };
        let bare = |part: &'_ str| part.trim().trim_end_matches('的').trim_start_matches('当').trim_start().to_owned();
        let (place, condition) = (bare(place), bare(condition));
        let line = ["", "得分"].iter().find_map(|of| self.parsed(0..colon, &format!("当 {of}{condition},{place}")))?;
        self.mended("wrong-order", "另有条件的，条件写在名次前面", 0..colon, line)
    }

    /// `当 得分较上月下降5分以上：提醒`
    fn moved_since(&self) -> Option<Mend> {
        const FALLS: &[&str] = &["下降", "降低", "下滑", "减少", "低"];
        const RISES: &[&str] = &["上升", "提高", "增加", "提升", "高"];
        let text = self.text();
        let said = text.strip_prefix('当').unwrap_or(text).trim_start();
        let of = ["得分", "总分"].iter().find_map(|of| said.strip_prefix(of))?;
        let than = of.strip_prefix(['较', '比'])?;
        let (word, before) = earlier(than)?;
        let than = &than[word.len()..];
        let way = |words: &[&str]| words.iter().find_map(|word| than.strip_prefix(word));
        let (rest, is_down) = match (way(FALLS), way(RISES)) {
            (Some(rest), _) => (rest, true),
            (_, Some(rest)) => (rest, false),
            _ => return None,
        };
        let (over, rest) = match rest.strip_prefix("超过") {
            Some(rest) => ("超过", rest),
            None => ("不低于", rest),
        };
        let (number, then) = rest.split_once('分')?;
        let then = if over == "超过" { then } else { then.strip_prefix("以上")? };
        let then = then.strip_prefix('的').unwrap_or(then);
        let then = then.strip_prefix([':', ','])?;
        let was = format!("{before}总分(没有的按总分计)");
        let apart = if is_down { format!("{was} - 总分") } else { format!("总分 - {was}") };
        let sign = if self.line.context == Context::Awards { ':' } else { ',' };
        let line = self.written_as(&format!("当 {apart}{over}{number}分{sign}{then}"))?;
        self.mended("other-words", "比上一期多多少、少多少，写成算式", 0..text.len() - then.len(), line)
    }

    /// `年内获得3次以上月度第一名：奖励5000元`
    fn placed_so_often(&self) -> Option<Mend> {
        let text = self.text();
        // 年内三次以上名次为第1名的，奖励5000元
        let colon = top_colon(text).or_else(|| text.find("的,").map(|at| at + "的".len()))?;
        let condition = places_so_often(&text[..colon])?.replace('（', "(").replace('）', ")");
        let line = self.written_as(&format!("当 {condition}:{}", &text[colon + 1..]))?;
        if !["月", "季"].iter().any(|cycle| text[..colon].contains(cycle)) {
            let help = format!("按月考评的，写成：{}\n按季考评的，“月数”写作“季度数”", shown(&line));
            return self.told("other-words", "几次得了名次，写成有几个月、几个季度", 0..colon, help);
        }
        self.mended("other-words", "几次得了名次，写成有几个月、几个季度", 0..colon, line)
    }

    /// `得分95分以上的末位不约谈`: who does not get what another line gives.
    fn spared(&self) -> Option<Mend> {
        let text = self.text();
        let (at, word) = ["不约谈", "不扣发", "不通报"].iter().find_map(|word| Some((text.find(word)?, *word)))?;
        let (condition, who) = text[..at].split_once('的')?;
        let given = &text[at + '不'.len_utf8()..];
        let line = self.written_as(&format!("{who}:{given},但{condition}的除外")).filter(|_| !who.is_empty())?;
        self.mended("other-words", format!("“{word}”写在给的那一行后面"), at..at + word.len(), line)
    }

    /// `年内3次以上被评为红旗的：授予标兵窗口`: in how many periods.
    fn graded_so_often(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        let who = text[..colon].trim_start_matches("当 ").trim().trim_end_matches('的');
        let said = syntax::strip(Token::WITHIN_YEAR, who).or(who.strip_prefix("年度"))?;
        let (number, rest) = said.trim_start_matches("累计").split_once('次')?;
        let number = whole(number.trim_start_matches(['获', '得', '有']))?;
        let rest = ["及以上", "以上"].iter().find_map(|word| rest.strip_prefix(word))?;
        let grade = ["被评定为", "被评为", "评定为", "评为", "获得", "等次为"]
            .iter()
            .find_map(|word| rest.strip_prefix(word))?;
        let line = self.written_as(&format!("当 季度数(等次为{grade})不少于{number}:{}", &text[colon + 1..]))?;
        let help = format!("按季评的，写成：{}\n按月评的，“季度数”写作“月数”", shown(&line));
        self.told("other-words", "几次评上，写成有几个季度、几个月", 0..colon, help)
    }

    /// `名次不为第1名`, `上季度第1名本季度不是第1名的`: whether a unit has a place now, and had it before.
    fn not_in_a_place(&self) -> Option<Mend> {
        let text = self.text();
        for word in ["不为第", "不是第"] {
            let Some(at) = text.find(word) else { continue };
            let number = &text[at + word.len()..];
            let digits = number.len() - number.trim_start_matches(is_numeral).len();
            let place = whole(&number[..digits])?;
            let behind = number[digits..].strip_prefix('名')?;
            let before = &text[..at];
            if let Some(before) = before.strip_suffix("名次") {
                let range = before.len()..text.len() - behind.len();
                let line = self.parsed(range.clone(), &format!("名次不等于{place}"))?;
                return self.mended("other-words", format!("不是第{place}名，写成“名次不等于{place}”"), range, line);
            }
            let (was, _) = ["本季度", "本季", "本月", "本期"].iter().find_map(|now| before.split_once(*now))?;
            let (period, was) = was.trim_start_matches("当 ").split_once('第')?;
            let was = whole(was.trim_end_matches(['的', '，', ',']).strip_suffix('名')?)?;
            let then = behind.trim_start_matches('的');
            let said = format!("当 {period}名次(没有的不作考评)等于{was}且名次不等于{place}{then}");
            let line = self.written_as(&said)?;
            return self.mended("other-words", "名次换了，写成比较", 0..text.len() - then.len(), line);
        }
        None
    }

    /// `旷工3天以上的，绩效补贴不予发放`: so many of what is declared, as a comparison.
    fn so_many_of(&self) -> Option<Mend> {
        let text = self.text();
        let begin = ["发生", "出现"].iter().find(|word| text.starts_with(**word)).map_or(0, |word| word.len());
        let begin = begin + self.names.longest_at(&text[begin..])?.len();
        let behind = &text[begin..];
        let unit = behind.trim_start_matches(is_figure);
        let (bound, word) =
            ["及以上", "以上", "及以下", "以下"].iter().find_map(|word| Some((unit.find(word)?, *word)))?;
        if unit.len() == behind.len() || unit[..bound].chars().count() > 2 {
            return None;
        }
        let compared = if word.ends_with('上') { "不少于" } else { "不超过" };
        let end = text.len() - unit.len() + bound;
        let number = behind.len() - unit.len();
        // 事故2起, where facts count by times: a case is counted without its measure word.
        let line = [&behind[..number + bound], &behind[..number]].iter().find_map(|said| {
            let of = text[..begin].trim_start_matches("发生").trim_start_matches("出现");
            self.parsed(0..end + word.len(), &format!("{of}{compared}{said}"))
        })?;
        let message = format!("“{}”写成比较", super::written(&text[..end + word.len()]));
        self.mended("other-words", message, 0..end + word.len(), line)
    }

    /// `得分低于全体平均10分以上的：通报批评`: by how much below the mean.
    fn so_far_below(&self) -> Option<Mend> {
        let text = self.text();
        let said = text.trim_start_matches("当 ");
        let (of, rest) = ["得分", "总分"].iter().find_map(|of| Some((*of, said.strip_prefix(of)?)))?;
        let (said_how, rest) =
            ["低于", "不足", "高于"].iter().find_map(|word| Some((*word, rest.strip_prefix(word)?)))?;
        let is_below = said_how != "高于";
        let (whose, rest) = whose_mean(rest)?;
        let rest = ["得分", "分数", "分"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        let whole = format!("{whose}({of})");
        let finish = |line: Line, message: &str, range| match whose {
            // The 1 of 第1名 is said in words.
            "全体最高" => self.told("other-words", message, range, format!("写成：{}", shown(&line))),
            _ => self.mended("other-words", message, range, line),
        };
        let share = rest.trim_start_matches('的');
        if let Some((number, then)) = share.split_once('%')
            && !number.is_empty()
            && number.chars().all(is_figure)
        {
            const MESSAGE: &str = "几成写成算式";
            let range = 0..text.len() - then.len();
            let line = |compared: &str, share: &str, then: &str| {
                self.written_as(&format!("当 {of}{compared}{whole} × {share}%{}", then.trim_start_matches('的')))
            };
            let word = if is_below { "低于" } else { "高于" };
            // 得分低于平均分的90%
            if rest.starts_with('的') || said_how == "不足" {
                return finish(line(word, number, then)?, MESSAGE, range);
            }
            // 得分低于平均分10%: by as much, or below as much of it.
            let away: rust_decimal::Decimal = number.parse().ok()?;
            let hundred = rust_decimal::Decimal::ONE_HUNDRED;
            let away = if is_below { hundred.checked_sub(away)? } else { hundred.checked_add(away)? };
            let away = Some(away.normalize().to_string()).filter(|_| away > rust_decimal::Decimal::ZERO);
            if let Some(then) = then.strip_prefix("以上") {
                let line = line(if is_below { "不高于" } else { "不低于" }, &away?, then)?;
                return self.told("other-words", MESSAGE, range, format!("写成：{}", shown(&line)));
            }
            let share = line(word, number, then)?;
            let Some(away) = away.and_then(|away| line(word, &away, then)) else {
                return finish(share, MESSAGE, range);
            };
            let (by, of_it) = if is_below { ("低", "不到") } else { ("高", "超过") };
            let help =
                format!("比它{by}{number}%的，写成：{}\n{of_it}它的{number}%的，写成：{}", shown(&away), shown(&share));
            return self.told("other-words", MESSAGE, range, help);
        }
        let (number, then) = rest.split_once("分以上")?;
        let then = then.trim_start_matches('的');
        let apart = if is_below { format!("{whole} - {of}") } else { format!("{of} - {whole}") };
        let line = self.written_as(&format!("当 {apart}不低于{number}分{then}"))?;
        finish(line, "相差多少分，写成算式", 0..text.len() - then.len())
    }

    /// `首次末位：提醒；再次末位：约谈`: the first, the second time.
    fn time_of_a_place(&self) -> Option<Mend> {
        let text = self.text();
        let line = |part: &str| {
            let said = time_of_a_place(part)?.replace('（', "(").replace('）', ")").replace('：', ":");
            self.written_as(&said)
        };
        let lines: Vec<Line> = text.split(';').map(line).collect::<Option<_>>()?;
        let help = times_of_places(&lines.iter().map(shown).collect::<Vec<_>>());
        self.told("other-words", "第几次末位，写成有几个月", 0..text.len(), help)
    }

    /// `月度前3名：授予流动红旗`: the block says of which period its places are.
    fn period_of_places(&self) -> Option<Mend> {
        let text = self.text();
        let cycle = ["月度", "季度", "半年", "年度", "年终"].iter().find(|cycle| text.starts_with(**cycle))?;
        let rest = &text[cycle.len()..];
        ["第", "前", "后"].iter().any(|word| rest.starts_with(word)).then_some(())?;
        let line = shown(&self.parsed(0..cycle.len(), "")?);
        let help = format!("写在“奖惩 {cycle}”里，这一行写成：{line}");
        self.told("other-words", format!("“{cycle}”由“奖惩”的标题说，这一行里不写"), 0..cycle.len(), help)
    }

    /// `第8名及以后：约谈`, `排名1-3位的：奖励1000元`
    fn place_in_words(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        let place = place_said(text[..colon].trim())?;
        let line = self.parsed(0..colon, &place)?;
        self.mended("other-words", format!("名次在这里写作“{place}”"), 0..colon, line)
    }

    /// `连续3个月得分均低于70分的：主要领导约谈`
    fn every_one(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.find('均').or_else(|| text.find('都'))?;
        let is_streak = ["连续", "累计"].iter().any(|word| text[..at].contains(word));
        let line = is_streak.then(|| self.parsed(at..at + '均'.len_utf8(), "")).flatten()?;
        self.mended("other-words", "“均”“都”在这里不写", at..at + '均'.len_utf8(), line)
    }

    /// `连续两个月得分低于60分：约谈`
    fn streak_without_when(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text)?;
        const BEGIN: &[&str] =
            &["每连续", "每累计", "每满", "年内累计", "月数", "季度数", "年数", "上年", "上期", "上季度"];
        const MESSAGE: &str = "条件前面少了“当”";
        match streak_said(text[..colon].trim()) {
            Some(Ok(condition)) => {
                let line = self.parsed(0..colon, &format!("当 {condition}"))?;
                self.mended("missing-word", MESSAGE, 0..colon, line)
            }
            Some(Err(help)) => self.told("unknown-condition", NO_STREAK, 0..colon, help),
            None => {
                let begins = BEGIN.iter().any(|word| text.starts_with(word));
                let line = begins.then(|| self.parsed(0..0, "当 ")).flatten()?;
                self.mended("missing-word", MESSAGE, 0..colon, line)
            }
        }
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

    /// `每低1分扣发绩效100元`: from where on is not said; `每高于90分1分奖励200元`: it is.
    fn by_the_point(&self) -> Option<Mend> {
        let text = self.text();
        let each = ["每低", "每少", "每高", "每超"].iter().find(|word| text.starts_with(**word))?;
        let rest = text[each.len()..].trim_start_matches(['于', '出', '过']);
        let is_from = rest.len() < text.len() - each.len();
        let (first, money) = rest.split_once('分')?;
        let number = |part: &str| part.trim_matches(|c: char| !c.is_ascii_digit() && c != '.').to_owned();
        let verb = ["扣发", "奖励", "发放"].iter().find(|verb| money.contains(**verb))?;
        // 于90分1分
        let said = money.split_once('分').filter(|_| is_from && !number(first).is_empty());
        let (from, points, money) = match said {
            Some((points, money)) => (Some(number(first)), number(points), money),
            None => (None, number(first), money),
        };
        // 每低于全县平均分1分: from another total.
        if points.is_empty() {
            return None;
        }
        let money = number(money);
        let is_said = from.is_some();
        let from = from.unwrap_or_else(|| "几".to_owned());
        let (when, difference) = match matches!(*each, "每低" | "每少") {
            true => ("低于", format!("{from}分 - 得分")),
            false => ("高于", format!("得分 - {from}分")),
        };
        let line = |part: &str| {
            format!(
                "当 得分{when}{from}分：{verb} 步数（{difference}，每{points}分，不足{points}分的{part}） × {money}元"
            )
        };
        let help = format!("写成其中一行：\n{}\n{}", line("不计"), line("按比例计"));
        match is_said {
            true => self.told("other-words", "每几分多少元的，写成步数", 0..text.len(), help),
            false => {
                let help = format!("写明从多少分算起，“几”换成这个分数，{help}");
                self.told("missing-word", "没有写从多少分算起", 0..text.len(), help)
            }
        }
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

/// 开业不足6个月, 成立不满一年: where it stands, and what it is by the roster.
pub fn months_on_roster(text: &str) -> Option<(std::ops::Range<usize>, String)> {
    const SAID: &[&str] = &[
        "当年在册时间",
        "当年在册",
        "年内在册",
        "在册时间",
        "在册",
        "新设立",
        "新设",
        "新成立",
        "新组建",
        "新开业",
        "新办",
        "开业",
        "成立",
        "设立",
        "组建",
        "开办",
        "营业",
        "运营",
        "入职",
        "任职",
        "在岗",
        "到岗",
    ];
    const SINCE: &[&str] = &["时间", "至今", "以来"];
    const UNDER: &[&str] = &["不足", "不满", "未满", "不到"];
    // The first word that a time follows.
    let (at, time) = SAID.iter().find_map(|said| {
        let at = text.find(said)?;
        let behind = &text[at + said.len()..];
        let behind = SINCE.iter().find_map(|word| behind.strip_prefix(word)).unwrap_or(behind);
        Some((at, UNDER.iter().find_map(|word| behind.strip_prefix(word))?))
    })?;
    let digits = time.len() - time.trim_start_matches(is_numeral).len();
    let number = whole(&time[..digits]);
    let (length, months) = match (&time[digits..], number) {
        (rest, Some(number)) if rest.starts_with("个月") => (digits + "个月".len(), number),
        (rest, Some(number)) if rest.starts_with('年') => (digits + "年".len(), number.checked_mul(12)?),
        (rest, None) if rest.starts_with("半年") => ("半年".len(), 6),
        _ => return None,
    };
    let end = text.len() - time.len() + length;
    (months <= 12).then(|| (at..end, format!("在册月数不足{months}个月")))
}

/// What a streak of something that is given is told with.
pub const NO_STREAK: &str = "连续几期看的是得分、名次、等次或某一条，不看得了什么奖";

/// 连续两个月得分低于70分, for 连续两个月低于70分: what a streak is of, where it is not said; as a help, where it is of
/// something that is given. `None` of any other words.
pub fn streak_said(who: &str) -> Option<Result<String, String>> {
    const COMPARED: &[&str] = &["低于", "高于", "不足", "不满", "超过", "不低于", "不高于", "不超过", "达到", "在"];
    const UNITS: &[&str] = &["个月", "个季度", "个年度", "次考评", "月", "季度", "年", "次"];
    let streak = ["连续", "累计"].iter().find_map(|word| who.strip_prefix(word))?;
    let Some((number, unit)) = UNITS.iter().find_map(|unit| Some((streak.split_once(unit)?.0, *unit))) else {
        return Some(Ok(who.to_owned()));
    };
    let (begin, of) = who.split_at(who.len() - streak.len() + number.len() + unit.len());
    // 连续两个月均低于70分 is of each of them anyway.
    let of = of.strip_prefix(['均', '都']).unwrap_or(of);
    let begins = |words: &[&str]| words.iter().any(|word| of.starts_with(word));
    let bare = of.trim_end_matches('的');
    if begins(&["获", "得到", "被授予", "取得"]) {
        let help = format!("写出凭什么得的，如：当 {begin}名次为第1名，当 {begin}等次为优秀，当 {begin}得分不低于几分");
        return Some(Err(help));
    }
    let is_place = begins(&["第", "前"]) && bare.ends_with('名');
    let is_score = || bare.split_once('分').is_some_and(|(figure, _)| figure.ends_with(is_numeral));
    Some(Ok(match (begins(COMPARED) && is_score(), is_place, bare) {
        (true, ..) => format!("{begin}得分{of}"),
        (_, true, _) => format!("{begin}名次为{of}"),
        (.., "末位" | "末名") => format!("{begin}排名{of}"),
        // 连续三个月排名前三的
        _ => match place_said(bare).filter(|place| !place.starts_with('当')) {
            Some(place) => format!("{begin}排名{place}"),
            None if is_grade(bare) => format!("{begin}等次为{of}"),
            None => format!("{begin}{of}"),
        },
    }))
}

/// What grades are called: A级, 优秀.
pub(super) fn is_grade(said: &str) -> bool {
    let is_usual = ["优秀", "良好", "合格", "不合格", "基本合格", "称职", "不称职", "优等", "差等"].contains(&said);
    is_usual || said.ends_with('级') && said.chars().count() <= 3
}

/// Of whom a mean is, or the best: 全县平均, 本组平均, 第1名; and what is said behind.
fn whose_mean(said: &str) -> Option<(&'static str, &str)> {
    if let Some(rest) = ["第1名", "第一名", "最高"].iter().find_map(|first| said.strip_prefix(first)) {
        return Some(("全体最高", rest));
    }
    let (whose, rest) = said.split_once("平均")?;
    let whose = whose.trim_end_matches('的');
    let is_of = |words: &[&str]| words.contains(&whose);
    if is_of(OF_GROUP) {
        return Some(("同组平均", rest));
    }
    (whose.is_empty() || is_of(OF_ALL)).then_some(("全体平均", rest))
}

/// 第1名, for 排名第一的 and 得分最高的; 前3名, for 排名前三的; 当 名次为第8名及以后, for 第8名起.
pub fn place_said(who: &str) -> Option<String> {
    const OF: &[&str] = &["得分排名", "总分排名", "综合排名", "排名", "名次", "得分", "总分"];
    let said = who.trim_start_matches("当 ").trim().trim_end_matches("单位").trim_end_matches('的');
    let place = OF.iter().find_map(|of| said.strip_prefix(of)).unwrap_or(said);
    let place = ["位列", "位居", "位于", "列", "居", "在", "为"]
        .iter()
        .find_map(|word| place.strip_prefix(word))
        .unwrap_or(place);
    let bare = place.trim_end_matches(['名', '位']);
    let number = |words: &[&str]| words.iter().find_map(|word| whole(bare.strip_prefix(word)?));
    let from = ["及以后", "及其后", "及之后", "起"].iter().find_map(|word| place.strip_suffix(word));
    let meant = match place {
        "最高" | "首位" | "榜首" => "第1名".to_owned(),
        "最低" | "最后" | "末尾" | "最末" | "末位" | "末名" | "最后一名" | "最后1名" | "垫底" => {
            "末位".to_owned()
        }
        _ if let Some(from) = from => {
            let from = whole(from.strip_prefix('第')?.trim_end_matches(['名', '位']))?;
            format!("当 名次为第{from}名及以后")
        }
        // 得分80至90 is of points.
        _ if let Some((first, last)) = bare.split_once(['-', '至']) => {
            if !said.contains(['第', '名', '位']) {
                return None;
            }
            let place = |said: &str| whole(said.trim_start_matches('第').trim_end_matches(['名', '位']));
            format!("第{}名至第{}名", place(first)?, place(last)?)
        }
        _ => match (number(&["倒数第"]), number(&["第"]), number(&["前"]), number(&["最后", "后", "末"])) {
            (Some(last), ..) => format!("倒数第{last}名"),
            (_, Some(place), ..) => format!("第{place}名"),
            (_, _, Some(first), _) => format!("前{first}名"),
            (.., Some(last)) => format!("后{last}名"),
            _ => return None,
        },
    };
    (meant != who).then_some(meant)
}

/// 当 月数（排名末位）等于2且排名末位：约谈, for 再次末位：约谈.
pub fn time_of_a_place(said: &str) -> Option<String> {
    const TIMES: &[(&str, u32)] = &[
        ("首次", 1),
        ("第一次", 1),
        ("第1次", 1),
        ("再次", 2),
        ("第二次", 2),
        ("第2次", 2),
        ("第三次", 3),
        ("第3次", 3),
    ];
    let said = said.trim().trim_start_matches("当 ");
    let said = syntax::strip(Token::WITHIN_YEAR, said).unwrap_or(said);
    let (who, then) = said.split_once([':', '：'])?;
    let (time, who) = TIMES.iter().find_map(|(word, time)| Some((*time, who.strip_prefix(word)?)))?;
    let place = who.trim_start_matches("被评为").trim_start_matches("排名").trim_end_matches('的');
    let is_last = ["末位", "最后一名", "倒数第1名"].contains(&place);
    is_last.then(|| format!("当 月数（排名{place}）等于{time}且排名{place}：{}", then.trim()))
}

/// What is told of lines for the first and the second time.
pub fn times_of_places(lines: &[String]) -> String {
    let lines = lines.join("\n");
    format!("写在按期的一套奖惩里，数到这一期为止，写成：\n{lines}\n按季考评的，“月数”写作“季度数”")
}

/// 月数（名次为第一名）不少于3, for 年内获得3次以上月度第一名.
pub fn places_so_often(who: &str) -> Option<String> {
    let said = who.trim_end_matches('的').trim_start_matches("当 ");
    let strip = |said: &'_ str, words: &[&str]| -> String {
        words.iter().find_map(|word| said.strip_prefix(word)).unwrap_or(said).to_owned()
    };
    let said = syntax::strip(Token::WITHIN_YEAR, said).or(said.strip_prefix("年度")).unwrap_or(said);
    // 月度前三名累计5次以上, 季度第1名三次以上
    let of = [("月度", "月数"), ("季度", "季度数")];
    if let Some((count, place)) = of.iter().find_map(|(word, count)| Some((*count, said.strip_prefix(word)?))) {
        let (place, often) = place.split_at(place.find('名')? + '名'.len_utf8());
        let often = often.strip_prefix("累计").unwrap_or(often);
        let number = ["次及以上", "次以上"].iter().find_map(|word| often.strip_suffix(word)).and_then(whole)?;
        let place = place.strip_prefix("排名").unwrap_or(place);
        place.strip_prefix(['第', '前'])?.strip_suffix('名')?;
        return Some(format!("{count}（名次为{place}）不少于{number}"));
    }
    let said = strip(&strip(said, &["累计"]), &["获得", "取得", "获", "得", "有"]);
    let (number, rest) = said.split_once('次')?;
    let number = whole(number)?;
    let rest = ["及以上", "(含)以上", "以上"].iter().find_map(|word| rest.strip_prefix(word))?;
    let counts = [("月度", "月数"), ("季度", "季度数"), ("", "月数")];
    let (count, place) = counts.iter().find_map(|(word, count)| Some((*count, rest.strip_prefix(word)?)))?;
    let place = ["排名为", "名次为", "排名"].iter().find_map(|word| place.strip_prefix(word)).unwrap_or(place);
    place.strip_prefix(['第', '前'])?.strip_suffix('名')?;
    Some(format!("{count}（名次为{place}）不少于{number}"))
}
