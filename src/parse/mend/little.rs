//! One sign or short word that is wrong, and no doubt which: 三0件, 不少30件, 每低1个点, 扣2分最多扣6分.

use super::{Mend, Patient, written};
use crate::parse::Context;

impl Patient<'_> {
    pub(super) fn little(&self) -> Option<Mend> {
        let of_a_clause = self.line.context == Context::Node && !self.line.opening;
        let found = self.mixed_digits().or_else(|| self.little_word().filter(|_| of_a_clause));
        found.or_else(|| self.end_of_title()).or_else(|| self.those_without())
    }

    /// 三0件, 3〇件
    fn mixed_digits(&self) -> Option<Mend> {
        let text = self.text();
        for (at, character) in text.char_indices() {
            let Some(digit) = "〇一二三四五六七八九".chars().position(|c| c == character) else { continue };
            let end = at + character.len_utf8();
            let beside = text[..at].ends_with(|c: char| c.is_ascii_digit())
                || text[end..].starts_with(|c: char| c.is_ascii_digit());
            if !beside {
                continue;
            }
            if let Some(line) = self.parsed(at..end, &digit.to_string()) {
                return self.mended("unreadable-number", "一个数里夹写了两种数字", at..end, line);
            }
        }
        None
    }

    fn little_word(&self) -> Option<Mend> {
        let text = self.text();
        // 不少30件
        for word in ["不少", "不多", "不低", "不高"] {
            for (at, _) in text.match_indices(word) {
                let end = at + word.len();
                if text[end..].starts_with(|c: char| c.is_ascii_digit())
                    && let Some(line) = self.parsed(end..end, "于")
                {
                    return self.mended("missing-word", format!("“{word}”后面少了“于”"), at..end, line);
                }
            }
        }
        // 每低1个点
        if let Some(at) = text.find("个点").filter(|_| text.contains('%'))
            && let Some(line) = self.written_as(&text.replace("个点", "个百分点"))
        {
            return self.mended("other-words", "“个点”写作“个百分点”", at..at + "个点".len(), line);
        }
        // 一票否决并扣20分
        if let Some(at) = text.find("一票否决并").map(|at| at + "一票否决".len())
            && let Some(line) = self.parsed(at..at, ",")
        {
            return self.mended("other-words", "“一票否决”后面写逗号", at..at + "并".len(), line);
        }
        // 每件加2分最多加6分
        for word in ["最多", "至多", "最高", "每月最多", "全年最多", "累计"] {
            if let Some(at) = text.find(&format!("分{word}")).map(|at| at + "分".len())
                && let Some(line) = self.parsed(at..at, ",")
            {
                return self.mended("missing-word", "这里少了逗号", at..at + word.len(), line);
            }
        }
        // 违规：同一责任人违规第2次起每次扣2分
        if let Some(colon) = crate::parse::top_colon(text)
            && let Some(at) = text.find(&format!("{}第", text[..colon].trim())).filter(|at| *at > colon)
            && let Some(line) = self.parsed(at..at + text[..colon].trim().len(), "")
        {
            let label = text[..colon].trim();
            return self.mended("other-words", format!("“{label}”前面说过了"), at..at + label.len(), line);
        }
        // 第3次一票否决
        if let Some(mend) = self.consequence_of_a_time() {
            return Some(mend);
        }
        // 按日累计，至完成之日
        let end = text.strip_suffix("至完成之日").map(|_| text.len())?;
        let line = self.parsed(end..end, "止")?;
        self.mended("missing-word", "“至完成之日”后面少了“止”", end - "至完成之日".len()..end, line)
    }

    /// `第1次扣5分，第3次一票否决`: what a time brings stands behind its points.
    fn consequence_of_a_time(&self) -> Option<Mend> {
        let text = self.text();
        for (at, ordinal) in text.match_indices('第') {
            let digits =
                text[at + ordinal.len()..].trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五".contains(c));
            let Some(rest) = digits.strip_prefix('次').filter(|rest| rest.len() < text.len() - at - "第次".len())
            else {
                continue;
            };
            let then = ["起", "及以上", "以上"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
            let then = then.trim_start_matches('的').trim_start_matches(',');
            if !["一票否决", "取消", "本项", "等次"].iter().any(|word| then.starts_with(word)) {
                continue;
            }
            let time = &text[at..text.len() - rest.len()];
            let (before, then) = (written(&text[..at]), written(then));
            let help = format!(
                "扣分的写在后果前面（“几”换成原文的数）：{before}{time}起每次扣几分，{then}\n不另扣分的，写成：{before}{time}起不扣分，{then}"
            );
            return self.told("unfinished-line", format!("“{time}”没有写扣几分"), at..text.len(), help);
        }
        None
    }

    /// 取消评先资恪; 取消企业资质 is another thing.
    fn end_of_title(&self) -> Option<Mend> {
        let text = self.text();
        let from = text.find("取消")?;
        let at = from + text[from..].find('资')?;
        let wrong = text[at + '资'.len_utf8()..].chars().next().filter(|c| !"格质产金助源".contains(*c))?;
        let range = at..at + '资'.len_utf8() + wrong.len_utf8();
        if !text[range.end..].is_empty() && !text[range.end..].starts_with([',', ';', '、', '的']) {
            return None;
        }
        let line = self.parsed(range.clone(), "资格")?;
        let message = format!("“{}”应当写作“资格”", &text[range.clone()]);
        self.mended("misspelled-word", message, range, line)
    }

    /// 一票否决、取消评先资格，不予奖励
    fn those_without(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.strip_suffix(",不予奖励").filter(|_| self.line.context == Context::Awards)?.len();
        let line = self.parsed(at..at, "的")?;
        self.mended("missing-word", "这里少了“的”", at..at + ",".len(), line)
    }
}
