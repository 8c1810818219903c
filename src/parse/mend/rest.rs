//! Something behind a line that is whole without it.

use super::{Mend, Patient, shown, written};
use crate::parse::numeral::is_figure;
use crate::parse::{Context, is_keyword_head, top_colon};

impl Patient<'_> {
    /// Two sentences in one line.
    pub(super) fn two_lines(&self) -> Option<Mend> {
        let text = self.text();
        for (at, sign) in text.char_indices().filter(|(_, c)| matches!(c, '。' | ' ' | ',' | ';')) {
            let (first, second) = (&text[..at], text[at + sign.len_utf8()..].trim());
            if second.is_empty() || !first.contains(':') || !second.contains(':') {
                continue;
            }
            let begin = text.len() - second.len();
            let first_line = self.with_plain(self.line.plain.slice(0..at));
            let second_line = self.with_plain(self.line.plain.slice(begin..text.len()));
            if self.parses(&first_line, false) && self.parses(&second_line, false) {
                let help = format!("分成两行：\n{}\n{}", shown(&first_line), shown(&second_line));
                let range = begin..text.len();
                return self.split("two-lines-in-one", "一行里写了两句", range, (vec![first_line, second_line], help));
            }
        }
        None
    }

    /// Something behind a line that is whole without it: a note, a footnote, a sentence of the scheme.
    pub(super) fn behind(&self) -> Option<Mend> {
        let text = self.text();
        let starts = text.char_indices().filter(|(at, c)| *at > 0 && "([{【…,;。".contains(*c)).map(|(at, _)| at);
        // 起评：资料为齐全100分 is no line that ends in the middle.
        let colon = top_colon(text);
        if colon.is_some_and(|colon| is_keyword_head(&text[..colon])) {
            return None;
        }
        // As much of the line as is whole: what is foreign begins behind it.
        let mut candidates: Vec<usize> = [self.stopped].into_iter().chain(starts).filter(|at| *at > 0).collect();
        candidates.sort_unstable_by(|a, b| b.cmp(a));
        for at in candidates {
            if at >= text.len() {
                continue;
            }
            let line = self.with_plain(self.line.plain.slice(0..at));
            if self.parses(&line, false) {
                if let Some(need) = text[at..].trim_start_matches([',', ';']).strip_prefix("须有") {
                    let begin = text.len() - need.len();
                    let help =
                        "可以写：依据、佐证、事项、人员、发生日期、发现日期、备注、系数、位次；证明材料写“须有佐证”";
                    return self.told("unknown-need", format!("事实表里没有“{need}”这一列"), begin..text.len(), help);
                }
                let rest = text[at..].trim_start_matches([',', ';', '。', ' ']);
                let begin = text.len() - rest.len();
                // 扣5分封顶: the clause that goes on, whole.
                let clause = text[..begin].rfind([',', ';']).map_or(begin, |sign| sign + 1);
                let help = if let Some(help) = self
                    .by_a_column(&text[..at], rest)
                    .or_else(|| self.named_again(rest))
                    .or_else(|| self.counted_in_points(at))
                {
                    help
                } else if self.line.context == Context::Grading && rest.starts_with("名额") {
                    format!(
                        "各等的名额都这样的，分成两行：\n{}\n{}\n各等不一样的，还不能写",
                        shown(&line),
                        written(rest)
                    )
                } else if let Some(next) = rest.strip_prefix('、').filter(|_| text.starts_with("参数")) {
                    format!("一行声明一个参数，分成两行：\n{}\n参数 {}", shown(&line), written(next.trim()))
                } else if counts(rest)
                    || text[..at].contains('=')
                    || rest.starts_with("封顶") && counts(&text[clause..])
                {
                    "它影响得分，不能当作没有写：改成认得的写法；另是一种情形的，另起一行，如：情形：每次扣几分"
                        .to_owned()
                } else {
                    format!("算分的，改成认得的写法；只是说明的，写在 # 后面：{} # {}", shown(&line), written(rest))
                };
                return Some(Mend {
                    code: "stray-words",
                    message: format!("前面已经是完整的一句，“{}”看不懂", written(rest)),
                    range: begin..text.len(),
                    lines: vec![line],
                    help: Some(help),
                });
            }
        }
        None
    }

    /// `门诊人次 × 1点 + 四级手术 × 60点`: what a factor is counted in is not written.
    fn counted_in_points(&self, at: usize) -> Option<String> {
        let text = self.text();
        text[at..].starts_with('点').then_some(())?;
        let mut plain = String::new();
        for c in text.chars() {
            if c != '点' || !plain.ends_with(is_figure) {
                plain.push(c);
            }
        }
        let line = self.written_as(&plain)?;
        Some(format!("乘的数后面不写“点”，写成：{}", shown(&line)))
    }

    /// `零报告：漏报1次扣0.5分，漏报3次及以上扣3分`: in bands the label alone is counted.
    fn named_again(&self, rest: &str) -> Option<String> {
        let text = self.text();
        let colon = top_colon(text)?;
        let word = &rest[..rest.find(|c: char| c.is_ascii_digit())?];
        let is_word = (1..=6).contains(&word.chars().count()) && word.chars().all(char::is_alphabetic);
        if matches!(word, "倒数第" | "倒数") {
            let name = text[..colon].split('(').next().unwrap_or_default().trim();
            let body = &text[colon + 1..];
            // 第1名加3分，倒数第1名扣3分: two orders.
            if body.replace("倒数第", "").contains('第') {
                return None;
            }
            let body = body.replace("倒数第", "第").replace("倒数", "第");
            let line = self.written_as(&format!("{name}倒排:{body}"))?;
            let name = written(name);
            return Some(format!(
                "名次从后面数的，另算一个名次，写成：\n指标 {name}（名）\n{name}倒排 = 名次（{name}，由高到低）\n{}",
                shown(&line)
            ));
        }
        let bare = |part: &str| {
            let behind = part.strip_prefix(word).filter(|behind| behind.starts_with(|c: char| c.is_ascii_digit()));
            behind.unwrap_or(part).to_owned()
        };
        let body = text[colon + 1..].split_inclusive([',', ';']);
        let said = body.clone().filter(|part| bare(part) != **part).count();
        let body: String = body.map(bare).collect();
        let own = self.written_as(&format!("{}:{body}", &text[..colon])).filter(|_| is_word && said > 1)?;
        let other = self.written_as(&format!("{word}:{body}"))?;
        let label = written(text[..colon].trim());
        Some(format!(
            "“{word}”就是“{label}”的，各档只写次数，写成：{}\n情形就叫“{word}”的，写成：{}",
            shown(&own),
            shown(&other)
        ))
    }

    /// 情节严重的直接判D级, where no column is called 情节.
    fn by_a_column(&self, before: &str, rest: &str) -> Option<String> {
        let noun = ["情节", "后果", "影响", "性质"].into_iter().find(|noun| rest.starts_with(noun))?;
        let (value, then) = rest[noun.len()..].split_once('的')?;
        if value.is_empty() || value.chars().count() > 4 || value.contains([',', ';', '为']) {
            return None;
        }
        let line = self.written_as(&format!("{before},{noun}为{value}的{then}"))?;
        Some(format!("先在开头声明一列：事实列 {noun}：{value}/其他；再写：{}", shown(&line)))
    }
}

/// Whether words speak of numbers or of what is given: such are no note. `[1]` and 详见附件1 are.
fn counts(text: &str) -> bool {
    const GIVES: &[&str] = &[
        "扣", "加", "得", "减", "倍", "占", "奖", "否决", "取消", "返还", "百分", "半", "除外", "不计", "封顶", "不再",
        "等次", "等级", "以上", "以下", "以内", "不含", "含", "分", "限", "零", "最", "超", "低于", "高于", "折", "按",
        "就高", "重复", "判", "定为", "评为", "累计", "负分", "为止", "末位", "排名", "名次",
    ];
    let is_reference = text.starts_with('[')
        || ["详见", "见", "参见"].iter().any(|word| text.trim_start_matches('(').starts_with(word));
    !is_reference && (text.contains(|c: char| c.is_ascii_digit()) || GIVES.iter().any(|word| text.contains(word)))
}
