//! A short word that is missing.

use super::{Mend, Patient, shown, written};
use crate::parse::words::{SHORT_WORDS, WORDS};
use crate::parse::{Context, is_figure};
use crate::syntax::{self, Rule as Token};

/// What is said of a comma that is missing.
pub(super) const NO_COMMA: &str = "这里少了逗号";

impl Patient<'_> {
    /// `事实列 状态：的确/或许`: a value that a word of the language would end.
    fn value_in_quotes(&self) -> Option<Mend> {
        let text = self.text();
        if self.line.context != Context::Header || !["事实列", "单位属性"].iter().any(|word| text.starts_with(word))
        {
            return None;
        }
        for value in text.split([':', '/', '、', ',', ';']).skip(1) {
            let value = value.trim();
            let Some(word) = ["的", "时", "且", "或"].into_iter().find(|word| value.contains(word)) else {
                continue;
            };
            let begin = value.as_ptr() as usize - text.as_ptr() as usize;
            let range = begin..begin + value.len();
            if let Some(line) = self.parsed(range.clone(), &format!("「{value}」")) {
                let message = format!("“{value}”里的“{word}”是语言里的词，这个取值要加引号");
                return self.mended("wrong-sign", message, range, line);
            }
        }
        None
    }

    /// A short word that is missing where the line stopped making sense, or behind a name or a number.
    pub(super) fn left_out(&self) -> Option<Mend> {
        const LEFT_OUT: &[&str] = &[
            "%",
            "个月",
            "名",
            "为",
            ",",
            "的,",
            "第",
            "每",
            "每单位",
            "总分",
            "的",
            "5分",
            "扣5分",
            ",扣5分",
            "四舍五入",
            ",四舍五入",
            ",不参评",
            "本项计零",
            ",本项计零",
            "100分",
            "奖励3000元",
            "(件)",
        ];
        /// What nobody leaves out at the end of a line.
        const SLIPS: &[&str] = &["为", "个月", ",", "的,", "第", "总分", "每", "每单位", "的", "名"];
        let text = self.text();
        if let Some(mend) = self.value_in_quotes() {
            return Some(mend);
        }
        let mut places = vec![self.stopped];
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        for pair in chars.windows(2) {
            let ((_, a), (at, b)) = (pair[0], pair[1]);
            if a.is_ascii_digit() && !b.is_ascii_digit() && b != '.' {
                places.push(at);
            }
        }
        for (at, character) in &chars {
            if *character == ' ' {
                places.push(at + 1);
            }
            if let Some(name) = self.names.longest_at(&text[*at..]) {
                places.push(at + name.len());
            }
        }
        // 不得分并一票否决: what follows from it is a phrase of its own.
        places.extend(text.match_indices('并').map(|(at, _)| at));
        places.push(text.len());
        places.sort_unstable();
        places.dedup();
        let end = self.line.plain.text.len();
        for word in LEFT_OUT {
            for at in &places {
                // 前3名且98分以上的：奖励100元 has its prize; 累计3次及以上 lacks no 为.
                let is_name_before = || {
                    let begins =
                        |start: &usize| *start == 0 || text[..*start].ends_with([':', ',', ';', ' ', '且', '或']);
                    let mut starts = text[..*at].char_indices().map(|(start, _)| start).filter(begins);
                    starts.any(|start| self.names.longest_at(&text[start..]).is_some_and(|it| start + it.len() == *at))
                };
                let misses = match *word {
                    "奖励3000元" => *at == end || text[..*at].ends_with(':'),
                    // 当月通报3次以上 names no figure.
                    "(件)" => syntax::find(Token::within, &text[..*at]).is_none(),
                    "为" => is_name_before() || text[..*at].ends_with("等次"),
                    _ => true,
                };
                if !misses {
                    continue;
                }
                // What is missing in the middle is a slip; at the end it is half a sentence.
                // 经研究认定扣5分，酌情加1至3分 is nobody's meaning.
                if *at != end && word.contains("5分") {
                    continue;
                }
                if *at == end && (self.stopped < end && *word != "%" || SLIPS.contains(word)) {
                    continue;
                }
                // 95分以上的: a number and its measure word stay together.
                let in_a_number = text[..*at].ends_with(|c: char| c.is_ascii_digit()) && text[*at..].starts_with('分');
                if word.contains('的') && (in_a_number || text[*at..].starts_with('的')) {
                    continue;
                }
                // 按比例得分 is one word.
                if word.contains(',') && text[..*at].ends_with("按比例") {
                    continue;
                }
                // 个月, 名 and % count; the others do not stand behind a number.
                let counted = text[..*at].ends_with(|c: char| c.is_ascii_digit());
                let compares = ["早", "晚", "低", "高", "不", "超", "大", "小", "在"]
                    .iter()
                    .any(|word| text[*at..].starts_with(word));
                let ordinal = *word == "第" && !text[*at..].starts_with(|c: char| c.is_ascii_digit());
                let prize = word.contains("奖励") != (self.line.context == Context::Awards) && *at == end;
                // Elsewhere 奖 is a verb, and whatever follows it a name.
                let stray = word.contains("奖励") && self.line.context != Context::Awards;
                if ordinal || prize || stray {
                    continue;
                }
                if matches!(*word, "%" | "个月" | "名") != counted && !word.contains(',') || *word == "为" && compares
                {
                    continue;
                }
                // 2025年, 不少于2：两年内不得评优: a number that is whole, and no share.
                let rest = &text[*at..];
                let of_share = rest.starts_with(':') && text[..*at].contains(['率', '比']);
                let is_share = rest.is_empty() || of_share || rest.starts_with(|c| ",;的以及至(),扣加得、".contains(c));
                if *word == "%" && !is_share {
                    continue;
                }
                let Some(line) = self.parsed(*at..*at, word) else { continue };
                // 优秀：90分以上，前3: so many of them, or of a hundred.
                let number = text[..*at].trim_end_matches(is_figure);
                if *word == "%" && number.ends_with(['前', '后']) {
                    let begin = number.char_indices().next_back().map_or(0, |(begin, _)| begin);
                    let line = |unit: &str| written(&format!("{}{unit}{rest}", &text[..*at]));
                    let message = format!("“{}”是几名，还是百分之几，说不清", &text[begin..*at]);
                    let help = format!("写成其中一行：\n{}\n{}", line("名"), line("%"));
                    return self.told("quota-without-unit", message, begin..*at, help);
                }
                if *at == end && *word != "%" {
                    // 情节轻微可免予处理 is no beginning of anything.
                    let last = &text[text.rfind([',', ';', ':']).map_or(0, |sign| sign + 1)..];
                    let begun = last.is_empty() || WORDS.iter().chain(SHORT_WORDS).any(|word| last.contains(word));
                    // 每人只计一次, 有效期一年: a limit is whole as it stands, and no case that costs 5分.
                    let limits = ["只计", "最多", "至多", "最高", "有效期", "封顶", "不重复"];
                    let begins =
                        ["扣", "加", "得", "最多", "至多", "最高", "不超过", "有效期", "封顶", "月", "季度", "全年"];
                    // 省级减半 says all that it gives.
                    if ["加倍", "减半", "除外", "不计", "一票否决"].iter().any(|word| last.trim_end().ends_with(word))
                    {
                        continue;
                    }
                    let whole = !begins.iter().any(|word| last.trim_end().ends_with(word));
                    if !begun || whole && limits.iter().any(|word| last.contains(word)) {
                        continue;
                    }
                    // 取消当年评优: of what it is no title.
                    if let Some(lost) = last.trim().trim_start_matches('并').strip_prefix("取消")
                        && !lost.is_empty()
                        && !lost.ends_with("资格")
                    {
                        let begin = text.len() - last.trim_start().len();
                        let help = format!("写成：{}资格", written(text));
                        return self.told("missing-word", "“取消”后面要写是什么资格", begin..text.len(), help);
                    }
                    if ["不累计", "不重复", "不叠加"].contains(&last.trim()) {
                        let begin = text.len() - last.trim_start().len();
                        let help = "写明什么不累计，如：同一事项不重复扣分（加分的写 不重复加分）；或 每月只计1次";
                        return self.told(
                            "missing-word",
                            format!("“{}”没有写是什么", last.trim()),
                            begin..text.len(),
                            help,
                        );
                    }
                    let from = text.char_indices().next_back().map_or(0, |(at, _)| at);
                    // How many points is for the scheme to say.
                    let word = if *word == "5分" && text.ends_with(':') { "扣5分" } else { word };
                    let blank = word.replace("100分", "几分").replace("5分", "几分").replace("3000元", "多少元");
                    let full = format!("{text}{blank}");
                    return self.told(
                        "unfinished-line",
                        "这一行没有写完",
                        from..end,
                        format!("写全，如：{}", written(&full)),
                    );
                }
                let next = text[*at..].chars().next().map_or(0, char::len_utf8);
                if *word == "总分" {
                    let help = format!("例如：{}", shown(&line).replacen("总分", "某指标", 1));
                    return self.told("missing-word", "没有写是什么在比较", *at..*at + next, help);
                }
                // 15-300（不含）亩扣10分: of a range it is the measure word.
                if *word == "每" && text[..*at].ends_with(|c: char| is_figure(c) || c == ')') {
                    continue;
                }
                let message = match *word {
                    "," => NO_COMMA.to_owned(),
                    word => format!("这里少了“{}”", word.trim_matches(',')),
                };
                return self.mended("missing-word", message, *at..*at + next, line);
            }
        }
        None
    }
}
