//! Slips of the pen: a word twice, a letter for a digit, a look-alike, words in the wrong order.

use super::kept::keeps_meaning;
use super::{Mend, Patient, shown, written};
use crate::parse::Line;
use crate::parse::words::{SHORT_WORDS, WORDS};
use crate::suggest;

impl Patient<'_> {
    /// A word written twice.
    pub(super) fn doubled(&self) -> Option<Mend> {
        let text = self.text();
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for length in 1..=4 {
            for window in places.windows(2 * length + 1) {
                let (first, second) = (&text[window[0]..window[length]], &text[window[length]..window[2 * length]]);
                if first != second || first.chars().any(|c| c.is_ascii_digit() || c == ' ') {
                    continue;
                }
                if let Some(line) = self.parsed(window[length]..window[2 * length], "") {
                    let message = format!("“{first}”写了两次");
                    return self.mended("doubled-word", message, window[length]..window[2 * length], line);
                }
            }
        }
        None
    }

    /// O for 0, l for 1.
    pub(super) fn letters(&self) -> Option<Mend> {
        let text = self.text();
        for (at, letter) in text.char_indices().filter(|(_, c)| "OolI".contains(*c)) {
            let digit = if "Oo".contains(letter) { "0" } else { "1" };
            if let Some(line) = self.parsed(at..at + 1, digit) {
                let message = format!("数字{digit}写成了字母{letter}");
                return self.mended("unreadable-number", message, at..at + 1, line);
            }
        }
        // 1分半
        if let Some(at) = text.find("分半") {
            let digits = text[..at].len() - text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let line = (digits > 0).then(|| self.parsed(at..at + "分半".len(), ".5分")).flatten()?;
            let range = at - digits..at + "分半".len();
            return self.mended("unreadable-number", format!("“{}”不是数", &text[range.clone()]), range, line);
        }
        None
    }

    /// A word of the language with a character that looks or sounds like the right one, or a wrong one in a long word.
    pub(super) fn misspelled(&self) -> Option<Mend> {
        let text = self.text();
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for strict in [true, false] {
            for word in WORDS {
                let length = word.chars().count();
                for window in places.windows(length + 1) {
                    let range = window[0]..window[length];
                    // 年终得分 = 各月平均得分 + 年终加分: what is on the left is not meant again on the right.
                    let again = text[..range.start].contains('=') && text.starts_with(word);
                    if again || !is_misspelled(&text[range.clone()], word, strict) {
                        continue;
                    }
                    // 末写 is 未写; 率低于 is no 不低于.
                    let after = format!("{}{word}{}", &text[..range.start], &text[range.end..]);
                    if !keeps_meaning(text, &after, strict) {
                        continue;
                    }
                    if let Some(line) = self.parsed(range.clone(), word) {
                        let said = written(&text[range.clone()]);
                        // 工分封顶 may be any of 扣分封顶, 加分封顶, 得分封顶.
                        let others: Vec<Line> = (WORDS.iter())
                            .filter(|other| *other != word && is_misspelled(&text[range.clone()], other, strict))
                            .filter_map(|other| self.parsed(range.clone(), other))
                            .collect();
                        if !others.is_empty() {
                            let lines: Vec<String> = std::iter::once(&line).chain(&others).map(shown).collect();
                            let help = format!("写成其中一行：\n{}", lines.join("\n"));
                            let message = format!("“{said}”不是认得的词，相近的有几个");
                            return self.told("misspelled-word", message, range, help);
                        }
                        let message = format!("“{said}”应当写作“{}”", written(word));
                        return self.mended("misspelled-word", message, range, line);
                    }
                }
            }
        }
        for (at, character) in text.char_indices() {
            if at > self.stopped || at + 3 * character.len_utf8() < self.stopped {
                continue;
            }
            let range = at..at + character.len_utf8();
            for word in SHORT_WORDS {
                let right = word.chars().next()?;
                // 的 stands where it should, before words that are not understood.
                // So does 违 of 违章, 违规.
                if character == right || matches!(character, '的' | '违') || suggest::cost(character, right) > 2 {
                    continue;
                }
                if !keeps_meaning(text, &format!("{}{word}{}", &text[..range.start], &text[range.end..]), true) {
                    continue;
                }
                if let Some(line) = self.parsed(range.clone(), word) {
                    let message = format!("“{character}”应当写作“{word}”");
                    return self.mended("misspelled-word", message, range, line);
                }
            }
        }
        if let Some(at) = text.find("未写每的") {
            let range = at + 6..at + 9;
            let line = self.parsed(range.clone(), "「每」")?;
            return self.mended("wrong-sign", "“每”字要加引号", range, line);
        }
        None
    }

    /// `扣每项1分`, `100分每月基础分`.
    pub(super) fn order(&self) -> Option<Mend> {
        let text = self.text();
        for verb in ["扣", "加", "得"] {
            let Some(at) = text.find(&format!("{verb}每")) else { continue };
            let begin = at + verb.len();
            let Some(digits) = text[begin..].find(|c: char| c.is_ascii_digit()) else { continue };
            let with = format!("{}{verb}", &text[begin..begin + digits]);
            if let Some(line) = self.parsed(at..begin + digits, &with) {
                return self.mended("wrong-order", "词序写反了", at..begin + digits, line);
            }
        }
        let end = text.find('分')? + "分".len();
        if text.starts_with(|c: char| c.is_ascii_digit()) && end < text.len() {
            let rest = text[end..].trim();
            // 90分以上:奖励500元 is no 以上:奖励500元 90分.
            let line = WORDS.iter().any(|word| rest.starts_with(word) && !rest.contains(':'));
            let line = line.then(|| self.parsed(0..text.len(), &format!("{rest} {}", &text[..end]))).flatten()?;
            return self.mended("wrong-order", "词序写反了", 0..text.len(), line);
        }
        None
    }

    /// `年终得分 各月得分之和`
    pub(super) fn equals(&self) -> Option<Mend> {
        let text = self.text();
        let operator = |c: char| "+×÷*/".contains(c);
        let before = text[..self.stopped].trim_end();
        if before.ends_with(operator) && text[self.stopped..].starts_with(operator) {
            let begin = before.char_indices().next_back().map_or(0, |(at, _)| at);
            let range = begin..self.stopped + text[self.stopped..].chars().next().map_or(1, char::len_utf8);
            return self.told("wrong-sign", "两个运算号连在一起", range, "删去一个，或补上中间漏写的数");
        }
        let total =
            ["年终得分", "全年得分", "总得分", "任期得分", "季度得分"].iter().find(|word| text.starts_with(**word))?;
        let line = self.parsed(total.len()..total.len(), " =")?;
        self.mended("missing-word", format!("“{total}”后面少了等号"), 0..total.len(), line)
    }
}

/// Whether `written` is `word` with few characters that look or sound alike (strict), or one wrong one in a long word.
fn is_misspelled(written: &str, word: &str, strict: bool) -> bool {
    let length = word.chars().count();
    let wrong = || written.chars().zip(word.chars()).filter(|(a, b)| a != b);
    // Looking characters up is slow: most windows are another word altogether.
    let count = wrong().count();
    let few = if strict { count < length.max(2) && count <= 2 } else { length >= 4 && count == 1 };
    if count == 0 || !few || wrong().any(|(a, b)| a.is_ascii() != b.is_ascii()) {
        return false;
    }
    !strict || wrong().all(|(a, b)| suggest::cost(a, b) <= 2)
}
