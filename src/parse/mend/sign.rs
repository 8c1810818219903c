//! Brackets, colons and other signs.

use super::{Mend, Patient, shown, written};
use crate::parse::words::WORDS;
use crate::parse::{Context, gives_points, top_colon, top_level};

impl Patient<'_> {
    /// A bracket or quote with only one half.
    pub(super) fn brackets(&self) -> Option<Mend> {
        let text = self.text();
        if let Some(mend) = self.two_units() {
            return Some(mend);
        }
        let count = |sign: char| text.chars().filter(|c| *c == sign).count();
        for (open, close) in [('「', '」'), ('(', ')')] {
            if count(open) == count(close) {
                continue;
            }
            if open == '「' {
                // What stands behind a quote that is never closed was taken as it is.
                let at = text.find(open)?;
                let plain = self.line.plain.replaced(at..at + open.len_utf8(), "").refolded();
                let line = self.with_plain(plain);
                let parses = self.parses(&line, false);
                let help = (!parses).then(|| "把另一半补上".to_owned());
                let range = at..at + open.len_utf8();
                let message = "引号只有一半".to_owned();
                return Some(Mend {
                    code: "unclosed-bracket",
                    message,
                    range,
                    lines: parses.then_some(line).into_iter().collect(),
                    help,
                });
            }
            let few = if count(open) > count(close) { close } else { open };
            let at = text.rfind(if few == close { open } else { close })?;
            let message = "括号只有一半".to_owned();
            let ends = text.char_indices().filter(|(_, c)| ":,;、×÷ ".contains(*c)).map(|(at, _)| at);
            let line = ends.chain([text.len()]).filter(|end| few == open || *end > at).find_map(|end| {
                let mut with = [0; 4];
                self.parsed(end..end, few.encode_utf8(&mut with))
            });
            let help = line.is_none().then(|| "把另一半补上".to_owned());
            let range = at..at + text[at..].chars().next().map_or(1, char::len_utf8);
            return Some(Mend { code: "unclosed-bracket", message, range, lines: line.into_iter().collect(), help });
        }
        None
    }

    /// `每件（套）扣2分`, `每辆（台）次扣1分`: one measure word behind 每.
    fn two_units(&self) -> Option<Mend> {
        let text = self.text();
        let (each, _) = text.match_indices('每').find(|(at, each)| {
            let unit = &text[at + each.len()..];
            unit.find('(').is_some_and(|open| unit[..open].chars().count() == 1)
        })?;
        let open = each + text[each..].find('(')?;
        let close = open + text[open..].find(')')?;
        let other = &text[open + 1..close];
        let is_unit = (1..=2).contains(&other.chars().count()) && other.chars().all(char::is_alphabetic);
        let line = self.parsed(open..close + 1, "").filter(|_| is_unit)?;
        let message = format!("“每”后面只写一个量词，不写“{}”", written(&text[open..close + 1]));
        self.mended("other-words", message, open..close + 1, line)
    }

    /// One sign for another.
    pub(super) fn signs(&self) -> Option<Mend> {
        const SIGNS: &[(&str, &str, &str)] = &[
            ("::", ":", "冒号写了两个"),
            (";:", ":", "冒号前多了分号"),
            ("==", "=", "等号写了两个"),
            (";", ":", "这里应当是冒号"),
            (",", ":", "这里应当是冒号"),
            ("=", " ", "这里不写等号"),
            (";", "、", "这里应当是顿号"),
            ("、", "/", "取值之间用“/”隔开"),
            ("、", ":", "这里应当是冒号"),
            ("、", ",", "这里应当是逗号"),
            (",", "/", "取值之间用“/”隔开"),
            ("。", ".", "小数点写成了句号"),
            ("·", ".", "小数点写成了间隔号"),
            (",,", ",", "逗号写了两个"),
            (";;", ";", "分号写了两个"),
            (" x ", " × ", "乘号写成了字母x"),
            (" X ", " × ", "乘号写成了字母X"),
            (":", "", "这里不写冒号"),
        ];
        let text = self.text();
        // 第1名加3分、第2名加2分、第3名加1分, 1条加2分、2条加4分: all of them, or the line still has one.
        if self.line.context == Context::Node && text.contains("分、") {
            let from = text.find("分、").map_or(0, |at| at + "分".len());
            let rest = text[from..].replace("分、", "分;");
            let next = rest["、".len()..].split(['扣', '加', '得']).next().unwrap_or_default();
            let is_band = next.starts_with(|c: char| c.is_ascii_digit() || c == '第') || next.contains('为');
            if is_band && let Some(line) = self.parsed(from..text.len(), &format!(";{}", &rest["、".len()..])) {
                return self.mended("wrong-sign", "各档之间用分号", from..from + "、".len(), line);
            }
        }
        if let Some(rest) = text.strip_prefix(':') {
            return self.told(
                "empty-label",
                "冒号前面没有写情形",
                0..1,
                format!("写成：缺项：{}", written(rest.trim())),
            );
        }
        // Before what has no label, as 每月累计… seems to.
        if let Some(mend) = self.limits_of_an_item() {
            return Some(mend);
        }
        // 每场加4分，最多加20分: how much, and not for what.
        let begins = ["每", "扣", "加", "得", "酌情", "一票否决"].iter().any(|word| text.starts_with(word));
        let of_a_clause = self.line.context != Context::Awards;
        if begins && of_a_clause && !text.contains(':') && self.parsed(0..0, "情形:").is_some() {
            if let Some(mend) = self.up_to_so_many() {
                return Some(mend);
            }
            let help = format!("前面写上是什么情形（“某事”换成它的名称）：某事：{}", written(text));
            return self.told("empty-label", "只写了怎么计分，没有写是什么情形", 0..text.len(), help);
        }
        // 第一至三名得10分: a band, and not of what.
        if self.line.context == Context::Node && !self.line.opening && !text.contains(':') {
            let figure = if text.contains('名') { "名次(名):" } else { "完成率(%):" };
            let band = text.starts_with(|c: char| "第前低超不达".contains(c) || c.is_ascii_digit());
            if band && let Some(line) = self.parsed(0..0, figure) {
                let help = format!("前面写上是什么：{}", shown(&line));
                return self.told("empty-label", "只写了一档得几分，没有写是什么的", 0..text.len(), help);
            }
        }
        for (wrong, right, message) in SIGNS {
            for (at, _) in text.match_indices(wrong) {
                let in_number = |sign: &str| {
                    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                    sign != "."
                        || digit(text[..at].chars().next_back()) && digit(text[at + wrong.len()..].chars().next())
                };
                // Only a plain label takes a colon, and only a word of the language is written without one.
                let before = &text[..at];
                let keyword = WORDS.iter().any(|word| before.starts_with(word)) || before.starts_with(['当', '凡']);
                let fits = match *right {
                    "." => in_number(right),
                    "、" => before.contains('('),
                    "/" => self.line.context == Context::Header,
                    ":" => !keyword && is_label(before) || wrong.contains(':'),
                    // 部门情况：推诿的，每次扣2分 only begins as a line of the language does.
                    "" => {
                        let is_longer = !WORDS.contains(&before.trim()) && !matches!(before.trim(), "当" | "凡");
                        let behind = &text[at + wrong.len()..];
                        let scores = self.line.context == Context::Node && gives_points(behind);
                        keyword && !before.contains(' ') && !(is_longer && scores)
                    }
                    "," if *wrong == "、" => before.contains(':'),
                    // <= is one sign.
                    " " => !before.ends_with(['<', '>']),
                    _ => true,
                };
                if !fits {
                    continue;
                }
                // 迟到的，扣1分: 的 is no part of the label.
                let begin = if *right == ":" { before.trim_end_matches('的').len() } else { at };
                if let Some(line) = self.parsed(begin..at + wrong.len(), right) {
                    return self.mended("wrong-sign", *message, at..at + wrong.len(), line);
                }
            }
        }
        // The keys of a row in a table: `国家级，一等 15分`.
        let comma = text.find(',').filter(|_| self.line.context == Context::Node && !text.contains(':'))?;
        let line = self.with_plain(self.line.plain.replaced(comma..comma + 1, "、"));
        let is_row = self.parses(&line, true);
        is_row.then(|| self.mended("wrong-sign", "表里各个项目之间用顿号", comma..comma + 1, line))?
    }

    /// `缺项 每项扣1分`, `【缺项】每项扣1分`, `第1名 奖励3000元`.
    pub(super) fn colon(&self) -> Option<Mend> {
        let text = self.text();
        if !matches!(self.line.context, Context::Node | Context::Grading | Context::Awards | Context::Header) {
            return None;
        }
        let message = "少了冒号";
        for (open, close) in [('【', '】'), ('[', ']')] {
            let Some(rest) = text.strip_prefix(open) else { continue };
            let Some((label, body)) = rest.split_once(close) else { continue };
            let with = format!("{label}:{}", body.trim().trim_start_matches(':'));
            if let Some(line) = self.parsed(0..text.len(), &with) {
                let end = open.len_utf8() + label.len() + close.len_utf8();
                return self.mended("missing-colon", "情形不用加括号，后面写冒号", 0..end, line);
            }
        }
        if self.line.context != Context::Header && top_colon(text).is_some() {
            return None;
        }
        // 奖励 资金池 × 总分: who gets it is what is missing.
        if self.line.context == Context::Awards && ["奖励", "发放", "扣发"].iter().any(|word| text.starts_with(word))
        {
            return None;
        }
        // 折分 = … is a formula, whatever is wrong behind its sign.
        if top_level(text, '=').is_some() {
            return None;
        }
        // A line that begins with a word of the language is no scoring line.
        let keyword = WORDS.iter().any(|word| text.starts_with(word)) || text.starts_with(['当', '凡']);
        if keyword && matches!(self.line.context, Context::Node | Context::Grading) {
            return None;
        }
        const POINTS: &[&str] = &[
            "扣",
            "加",
            "得",
            "奖",
            "否决",
            "取消",
            "待定",
            "评分",
            "约谈",
            "其余",
            "以上",
            "以下",
            "超过",
            "低于",
            "每单位",
            "统一",
        ];
        if !POINTS.iter().any(|word| text.contains(word)) {
            return None;
        }
        if let Some(space) = text.find(' ')
            && let Some(line) = self.parsed(space..space + 1, ":")
        {
            return self.mended("missing-colon", message, space..space + 1, line);
        }
        const BEGINS: &[&str] = &[
            "每",
            "一票否决",
            "酌情",
            "不少于",
            "不低于",
            "不超过",
            "低于",
            "超过",
            "评分",
            "外部得分",
            "待定",
            "取消",
            "不得分",
            "不扣",
            "不加",
            "扣",
            "加",
            "得",
            "奖励",
            "其余",
            "统一",
            "全体",
        ];
        for word in BEGINS {
            for (at, _) in text.match_indices(word).filter(|(at, _)| *at > 0) {
                // 亏损的不得分: whose it is, without its 的.
                if self.line.context == Context::Node && !is_label(&text[..at]) {
                    continue;
                }
                let label = text[..at].strip_suffix('的').filter(|_| self.line.context == Context::Node);
                let begin = label.map_or(at, str::len);
                if let Some(line) = self.parsed(begin..at, ":") {
                    return self.mended("missing-colon", message, at..at + word.len(), line);
                }
            }
        }
        None
    }
}

/// Whether words may be a case, and are no condition of one: 通报3次以上的, 没有通报的, 被通报的本项.
fn is_label(words: &str) -> bool {
    let of_the_item = ["本项", "此项", "该项", "本条"].iter().any(|word| words.trim_end().ends_with(word));
    let plain = words.trim_end().trim_end_matches(['的', '时']);
    let bound = ["以上", "以下", "以内", "超过", "低于", "不足"].iter().any(|word| plain.contains(word));
    let counts = bound && plain.contains(|c: char| c.is_ascii_digit());
    !words.contains([':', ',', ' ']) && !of_the_item && !counts
}
