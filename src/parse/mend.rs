//! What was probably meant by a line that does not parse: one small change after another, until the line parses.

use super::fold::Folded;
use super::kept::keeps_meaning;
use super::words::{SHORT_WORDS, UNITS, WORDS};
use super::{Context, Line, Names, mark, mistake, parse_line};
use crate::suggest;
use crate::syntax::{self, Rule as Token};

/// Longer lines are not mended: there are too many places to try.
const LONGEST: usize = 400;
/// How many changes are tried on one line.
const MOST_TRIES: usize = 400;

/// A change that makes a line parse, and what it says about the mistake.
pub struct Mend {
    pub code: &'static str,
    pub message: String,
    /// The byte range of the line that is wrong.
    pub range: std::ops::Range<usize>,
    /// The line as it was probably meant; `None` where it is several lines or has no one likely form.
    pub line: Option<Line>,
    /// What to write, where that is not just the mended line.
    pub help: Option<String>,
}

/// One line being mended.
pub(super) struct Patient<'l> {
    pub(super) line: &'l Line,
    pub(super) names: &'l Names,
    /// Where pest stopped.
    stopped: usize,
    tries: std::cell::Cell<usize>,
}

/// The first likely mend, from the surest kind of mistake to the vaguest.
pub fn mend(line: &Line, names: &Names, stopped: usize) -> Option<Mend> {
    // An amendment where there is nothing to amend: no other spelling makes it right.
    if line.plain.text.len() > LONGEST || mistake::is_amendment(&line.plain.text) {
        return None;
    }
    let patient = Patient { line, names, stopped, tries: std::cell::Cell::new(0) };
    // What only mends slips of the pen leaves the meaning as it is.
    let kept =
        |mend: &Mend| mend.line.as_ref().is_none_or(|mended| keeps_meaning(patient.text(), &mended.plain.text, false));
    None.or_else(|| patient.opening())
        .or_else(|| patient.share_of_all())
        .or_else(|| patient.brackets())
        .or_else(|| patient.unsayable())
        .or_else(|| patient.awarded())
        .or_else(|| patient.spoken())
        .or_else(|| patient.signs())
        .or_else(|| patient.doubled())
        .or_else(|| patient.letters())
        .or_else(|| patient.own_labels())
        .or_else(|| patient.misspelled())
        .or_else(|| patient.misplaced())
        .or_else(|| patient.order().filter(kept))
        .or_else(|| patient.equals().filter(kept))
        .or_else(|| patient.dates())
        .or_else(|| patient.colon().filter(kept))
        .or_else(|| patient.judged().filter(kept))
        .or_else(|| patient.title())
        .or_else(|| patient.verb())
        .or_else(|| patient.unit().filter(kept))
        .or_else(|| patient.left_out().filter(kept))
        .or_else(|| patient.two_lines())
        .or_else(|| patient.behind())
}

/// Whether a line of 奖惩 gives words to whoever has a name or meets a condition: almost any line would.
fn is_any_words(line: &Line) -> bool {
    super::parse_line(line)
        .is_ok_and(|statement| matches!(statement.inner().as_rule(), Token::award_named | Token::award_when))
}

impl Patient<'_> {
    pub(super) fn text(&self) -> &str {
        &self.line.plain.text
    }

    /// The line with a change, if it parses as more than a stray row of a table.
    pub(super) fn parsed(&self, range: std::ops::Range<usize>, with: &str) -> Option<Line> {
        let line = self.with_plain(self.line.plain.replaced(range, with));
        self.parses(&line, false).then_some(line)
    }

    pub(super) fn with_plain(&self, plain: Folded) -> Line {
        let mut line = Line { plain, ..self.line.clone() }.reentered();
        line.code = mark::mark(&line, self.names);
        line
    }

    pub(super) fn parses(&self, line: &Line, as_row: bool) -> bool {
        self.tries.set(self.tries.get() + 1);
        if self.tries.get() > MOST_TRIES {
            return false;
        }
        // A mended opening opens what the lines below it were read as.
        if line.opening && super::opening(&line.plain.text) != Some(line.context) {
            return false;
        }
        parse_line(line).is_ok_and(|statement| as_row || statement.inner().as_rule() != Token::table_row)
    }

    pub(super) fn mended(
        &self,
        code: &'static str,
        message: impl Into<String>,
        range: std::ops::Range<usize>,
        line: Line,
    ) -> Option<Mend> {
        Some(Mend { code, message: message.into(), range, line: Some(line), help: None })
    }

    pub(super) fn told(
        &self,
        code: &'static str,
        message: impl Into<String>,
        range: std::ops::Range<usize>,
        help: impl Into<String>,
    ) -> Option<Mend> {
        Some(Mend { code, message: message.into(), range, line: None, help: Some(help.into()) })
    }

    /// `板块：工作`, `排名` without a name, `1 台账`, `① 台账`.
    fn opening(&self) -> Option<Mend> {
        let text = self.text();
        let opens = |plain: Folded, context: Context| {
            let opened = syntax::is(Token::opening_line, &plain.text);
            (opened && super::opening(&plain.text) == Some(context)).then(|| Line {
                opening: true,
                context,
                code: plain.clone(),
                plain,
                entry: Token::opening_line,
                ..self.line.clone()
            })
        };
        for (word, context, example) in [
            ("板块", Context::Node, "基层工作"),
            ("排名", Context::Ranking, "年终"),
            ("等次", Context::Grading, "年终"),
            ("奖惩", Context::Awards, "年终"),
        ] {
            let Some(rest) = text.strip_prefix(word) else { continue };
            if rest.trim().is_empty() {
                let line = opens(self.line.plain.inserted(text.len(), &format!(" {example}")), context)?;
                let message = format!("“{word}”后面没有写名称");
                return self.mended("missing-title", message, 0..text.len(), line);
            }
            if rest.starts_with(':') {
                let line = opens(self.line.plain.replaced(word.len()..word.len() + 1, " "), context)?;
                let message = format!("“{word}”后面不写冒号");
                return self.mended("wrong-sign", message, word.len()..word.len() + 1, line);
            }
        }
        if !matches!(self.line.context, Context::Node | Context::Conventions) {
            return None;
        }
        let first = text.chars().next()?;
        let title = |at: usize| text[at..].trim_start_matches(['.', '、', ' ']);
        let (number, end) = match first {
            '①'..='⑳' => (first as u32 - '①' as u32 + 1, first.len_utf8()),
            'Ⅰ'..='Ⅻ' => (first as u32 - 'Ⅰ' as u32 + 1, first.len_utf8()),
            '1'..='9' => {
                let end = text.find(|c: char| !c.is_ascii_digit())?;
                (text[..end].parse().ok()?, end)
            }
            _ => return None,
        };
        if first.is_ascii_digit() && text[end..].starts_with('.') {
            // `1.` alone
            return title(end).is_empty().then(|| {
                let line = opens(self.line.plain.inserted(text.len(), " 台账"), Context::Node)?;
                self.mended("missing-title", "序号后面没有写条目的名称", 0..text.len(), line)
            })?;
        }
        let heading = title(end);
        if heading.is_empty() || heading.contains(['分', '%']) && first.is_ascii_digit() {
            return None;
        }
        let keep = text.len() - heading.len();
        let line = opens(self.line.plain.replaced(0..keep, &format!("{number}. ")), Context::Node)?;
        self.mended("wrong-item-number", "序号的写法认不得", 0..end, line)
    }

    /// `优秀：占20%`: a quota, or the best of a ranking?
    fn share_of_all(&self) -> Option<Mend> {
        let text = self.text();
        let colon = super::top_colon(text).filter(|_| self.line.context == Context::Grading)?;
        let at = text.find('占').filter(|at| *at > colon)?;
        let percent = text[at + "占".len()..].trim();
        let is_share = percent.strip_suffix('%').is_some_and(|number| number.parse::<f64>().is_ok());
        let grade = written(&text[..colon]);
        let before = written(&text[colon + 1..at]);
        let help = format!(
            "够条件的不超过这个比例的，写：{grade}：{before}不超过{percent}；按名次取前面这些的，写：{grade}：{before}前{percent}"
        );
        is_share.then(|| self.told("other-words", format!("“占{percent}”说不清怎么取"), at..text.len(), help))?
    }

    /// A line of one part of the rulebook that stands in another.
    fn misplaced(&self) -> Option<Mend> {
        if self.line.opening {
            return None;
        }
        const PARTS: &[(Context, &str)] = &[
            (Context::Header, "开头"),
            (Context::Conventions, "约定"),
            (Context::Node, "板块"),
            (Context::Awards, "奖惩"),
            (Context::Ranking, "排名"),
            (Context::Grading, "等次"),
            (Context::Eligibility, "参评"),
        ];
        let whole = 0..self.text().len();
        for (context, part) in PARTS.iter().filter(|(context, _)| *context != self.line.context) {
            let mut line = self.with_plain(self.line.plain.clone());
            line.context = *context;
            line = line.reentered();
            line.code = mark::mark(&line, self.names);
            if !self.parses(&line, false) {
                continue;
            }
            // What may be anything in 奖惩, and what is no scoring line where there can be none.
            let early = matches!(self.line.context, Context::Header | Context::Conventions);
            if *context == Context::Awards && is_any_words(&line) || *context == Context::Node && !early {
                continue;
            }
            if *context == Context::Node && super::top_colon(self.text()).is_some() {
                let help = "在它前面加一行：板块 名称";
                return self.told("line-outside-section", "计分句前面没有板块", whole, help);
            }
            let message = format!("这一行要写在“{part}”里");
            let help = match context {
                Context::Header => "移到开头，第一个“约定”或“板块”的前面".to_owned(),
                Context::Node => "移到某个板块或条目下面".to_owned(),
                _ => format!("移到“{part}”那一行的下面"),
            };
            return Some(Mend { code: "misplaced-line", message, range: whole, line: Some(line), help: Some(help) });
        }
        None
    }

    /// A bracket or quote with only one half.
    fn brackets(&self) -> Option<Mend> {
        let text = self.text();
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
                return Some(Mend { code: "unclosed-bracket", message, range, line: parses.then_some(line), help });
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
            return Some(Mend { code: "unclosed-bracket", message, range, line, help });
        }
        None
    }

    /// One sign for another.
    fn signs(&self) -> Option<Mend> {
        const SIGNS: &[(&str, &str, &str)] = &[
            ("::", ":", "冒号写了两个"),
            (";:", ":", "冒号前多了分号"),
            ("==", "=", "等号写了两个"),
            (";", ":", "这里应当是冒号"),
            (",", ":", "这里应当是冒号"),
            ("=", " ", "这里不写等号"),
            (";", "、", "这里应当是顿号"),
            ("、", "/", "取值之间用“/”隔开"),
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
        if let Some(rest) = text.strip_prefix(':') {
            return self.told(
                "empty-label",
                "冒号前面没有写情形",
                0..1,
                format!("写成：缺项：{}", written(rest.trim())),
            );
        }
        // 每场加4分，最多加20分: how much, and not for what.
        let begins = ["每", "扣", "加", "得", "酌情", "一票否决"].iter().any(|word| text.starts_with(word));
        if begins && !text.contains(':') && self.parsed(0..0, "情形:").is_some() {
            let help = format!("写成：缺项：{}", written(text));
            return self.told("empty-label", "只写了怎么计分，没有写是什么情形", 0..text.len(), help);
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
                    ":" => !keyword && !before.contains([':', ',', ' ']) || wrong.contains(':'),
                    "" => keyword && !before.contains(' '),
                    _ => true,
                };
                if !fits {
                    continue;
                }
                if let Some(line) = self.parsed(at..at + wrong.len(), right) {
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

    /// A word written twice.
    fn doubled(&self) -> Option<Mend> {
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
    fn letters(&self) -> Option<Mend> {
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
    fn misspelled(&self) -> Option<Mend> {
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
                        let message = format!("“{}”应当写作“{}”", written(&text[range.clone()]), written(word));
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
                if character == right || character == '的' || suggest::cost(character, right) > 2 {
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
    fn order(&self) -> Option<Mend> {
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
    fn equals(&self) -> Option<Mend> {
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

    /// `施行 2024年1月至12月`, `施行 2024年1月1日至2024年12月31日`, `早于2024年`, `有效期1年`
    fn dates(&self) -> Option<Mend> {
        let text = self.text();
        let number_before =
            |at: usize| at - (text[..at].len() - text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).len());
        if text.starts_with("施行") {
            if let Some(end) = text.find('年').map(|at| at + "年".len()) {
                let year = &text[number_before(end - "年".len())..end];
                if let Some(line) = self.parsed(self.stopped..self.stopped, year) {
                    return self.mended("missing-word", "止月没有写年", self.stopped..text.len(), line);
                }
            }
            let mut plain = self.line.plain.clone();
            while let Some(day) = plain.text.find('日') {
                let digits =
                    plain.text[..day].len() - plain.text[..day].trim_end_matches(|c: char| c.is_ascii_digit()).len();
                plain = plain.replaced(day - digits..day + "日".len(), "");
            }
            let line = self.with_plain(plain);
            let parses = self.parses(&line, false);
            return parses.then(|| self.mended("stray-words", "施行只写到月", "施行".len()..text.len(), line))?;
        }
        for (at, year) in text.match_indices('年') {
            let from = number_before(at);
            let end = at + year.len();
            if from == at {
                continue;
            }
            if let Some(line) = self.parsed(end..end, "1月1日") {
                let help = format!("写到日，例如：{}", shown(&line));
                return self.told("incomplete-date", "日期没有写到日", from..end, help);
            }
            let months = text[from..at].parse::<u32>().ok().and_then(|years| years.checked_mul(12));
            if text[..from].ends_with("有效期")
                && let Some(months) = months
                && let Some(line) = self.parsed(from..end, &format!("{months}个月"))
            {
                return self.mended("unknown-unit-word", "有效期按月写", from..end, line);
            }
        }
        None
    }

    /// `取消资格`: which one.
    fn title(&self) -> Option<Mend> {
        let text = self.text();
        let at = text.find("取消资格")? + "取消".len();
        let line = self.parsed(at..at, "评先")?;
        let help = format!("例如：{}", shown(&line));
        self.told("missing-title", "没有写取消什么资格", at - "取消".len()..at + "资格".len(), help)
    }

    /// `每项罚1分`, `每项1分`: what is done with the points.
    fn verb(&self) -> Option<Mend> {
        let text = self.text();
        let digit = |c: char| c.is_ascii_digit();
        let told = |begin: usize, end: usize| {
            let (line, other) = (self.parsed(begin..end, "扣")?, self.parsed(begin..end, "加")?);
            let help = format!("扣分的写：{}；加分的写：{}", shown(&line), shown(&other));
            let message = match &text[begin..end] {
                "" => "没有写是扣分还是加分".to_owned(),
                verb => format!("“{verb}”说不清是扣分还是加分"),
            };
            let end = if end == begin { begin + 1 } else { end };
            self.told("missing-verb", message, begin..end, help)
        };
        // Behind a measure word or a sign, since 每项罚扣1分 would make a measure word of 项罚.
        let numbers =
            text.char_indices().filter(|(at, c)| digit(*c) && !text[..*at].ends_with(|c| digit(c) || c == '.'));
        for (number, _) in numbers {
            let rest = text[number..].trim_start_matches(|c| digit(c) || c == '.');
            if !rest.starts_with('分') {
                continue;
            }
            let mut begin = number;
            for _ in 0..=2 {
                let before = &text[..begin];
                if before.ends_with([':', ',']) || before.contains('每') && UNITS.iter().any(|u| before.ends_with(u)) {
                    if let Some(mend) = told(begin, number) {
                        return Some(mend);
                    }
                    break;
                }
                // 其余4分, 每门10分: what is in the way is no verb.
                if before.ends_with(|c: char| "余他每门上下内的名位".contains(c)) {
                    break;
                }
                begin -= before.chars().next_back().map_or(0, char::len_utf8);
            }
        }
        let begin = self.stopped;
        for length in 0..=2 {
            let end = text[begin..].char_indices().nth(length).map(|(at, _)| begin + at)?;
            let behind = text[end..].trim_start_matches(|c| digit(c) || c == '.');
            if !text[end..].starts_with(digit) || text[..begin].ends_with(digit) || !behind.starts_with(['分', '%']) {
                continue;
            }
            if text[begin..end].contains(|c: char| "余他每门上下内的名位".contains(c)) {
                continue;
            }
            if let Some(mend) = told(begin, end) {
                return Some(mend);
            }
        }
        None
    }

    /// `缺项 每项扣1分`, `【缺项】每项扣1分`, `第1名 奖励3000元`.
    fn colon(&self) -> Option<Mend> {
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
        if self.line.context != Context::Header && super::top_colon(text).is_some() {
            return None;
        }
        // 奖励 资金池 × 总分: who gets it is what is missing.
        if self.line.context == Context::Awards && ["奖励", "发放", "扣发"].iter().any(|word| text.starts_with(word))
        {
            return None;
        }
        // 折分 = … is a formula, whatever is wrong behind its sign.
        if super::top_level(text, '=').is_some() {
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
                if let Some(line) = self.parsed(at..at, ":") {
                    return self.mended("missing-colon", message, at..at + word.len(), line);
                }
            }
        }
        None
    }

    /// `扣1至5分`: who chooses is not said.
    fn judged(&self) -> Option<Mend> {
        let text = self.text();
        for verb in ["扣", "加"] {
            for (at, _) in text.match_indices(verb) {
                let line = self.parsed(at..at, "酌情");
                if let Some(line) = line {
                    let end = text[at..].find([',', ';']).map_or(text.len(), |end| at + end);
                    return self.mended("missing-judged", "几分到几分，没有写是酌情", at..end, line);
                }
            }
        }
        None
    }

    /// `每向扣1分`, `每低1%扣1分`.
    fn unit(&self) -> Option<Mend> {
        let text = self.text();
        let verb = |at: usize| text[at..].find(['扣', '加', '得']).map(|end| at + end);
        for (at, _) in text.match_indices('每') {
            let begin = at + "每".len();
            let Some(end) = verb(begin) else { continue };
            let between = &text[begin..end];
            if let Some(percent) = between.find('%') {
                let range = begin + percent..begin + percent + 1;
                if let Some(line) = self.parsed(range.clone(), "个百分点") {
                    return self.mended("wrong-sign", "百分比的差写作百分点", range, line);
                }
            }
            // 每日最多扣2分 is a limit, whatever it is of.
            if let Some(whose) = ["最多", "至多", "最高"].iter().find_map(|word| between.strip_suffix(word)) {
                let message = format!("限额按“每{whose}”还不能写");
                let help = format!(
                    "限额只能按每次（一行事实）、每人、每月、每季度、全年；“{whose}”的事实合成一行报（数量写几次），写：每次最多…"
                );
                if self.parsed(begin..begin + whose.len(), "次").is_some() {
                    return self.told("unread-word", message, at..end, help);
                }
            }
            let unit = between.trim_start_matches(|c: char| c.is_ascii_digit() || "少多低高超满 ".contains(c));
            let range = end - unit.len()..end;
            if unit.is_empty() || unit.chars().count() > 3 {
                continue;
            }
            let near = |known: &&&str| {
                let pair = (unit.chars().next(), known.chars().next());
                unit.chars().count() == 1 && matches!(pair, (Some(a), Some(b)) if suggest::cost(a, b) <= 2)
            };
            let message = format!("“{unit}”不是认得的量词");
            if let Some(known) = UNITS.iter().find(near)
                && let Some(line) = self.parsed(range.clone(), known)
            {
                return self.mended("unknown-unit-word", message, range, line);
            }
            if self.parsed(range.clone(), "次").is_some() {
                let help = "用认得的量词（件、次、人、条、项…）；别的量词先声明：指标 名称（张）";
                return self.told("unknown-unit-word", message, range, help);
            }
        }
        None
    }

    /// A short word that is missing where the line stopped making sense, or behind a name or a number.
    fn left_out(&self) -> Option<Mend> {
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
                let Some(line) = self.parsed(*at..*at, word) else { continue };
                if *at == end && *word != "%" {
                    // 情节轻微可免予处理 is no beginning of anything.
                    let last = &text[text.rfind([',', ';', ':']).map_or(0, |sign| sign + 1)..];
                    let begun = last.is_empty() || WORDS.iter().chain(SHORT_WORDS).any(|word| last.contains(word));
                    // 每人只计一次, 有效期一年: a limit is whole as it stands, and no case that costs 5分.
                    let limits = ["只计", "最多", "至多", "最高", "有效期", "封顶", "不重复"];
                    let begins =
                        ["扣", "加", "得", "最多", "至多", "最高", "不超过", "有效期", "封顶", "月", "季度", "全年"];
                    // 省级减半 says all that it gives.
                    if ["加倍", "减半", "除外", "不计"].iter().any(|word| last.trim_end().ends_with(word)) {
                        continue;
                    }
                    let whole = !begins.iter().any(|word| last.trim_end().ends_with(word));
                    if !begun || whole && limits.iter().any(|word| last.contains(word)) {
                        continue;
                    }
                    let from = text.char_indices().next_back().map_or(0, |(at, _)| at);
                    return self.told(
                        "unfinished-line",
                        "这一行没有写完",
                        from..end,
                        format!("例如：{}", shown(&line)),
                    );
                }
                let next = text[*at..].chars().next().map_or(0, char::len_utf8);
                if *word == "总分" {
                    let help = format!("例如：{}", shown(&line));
                    return self.told("missing-word", "没有写是什么在比较", *at..*at + next, help);
                }
                let message = match *word {
                    "," => "这里少了逗号".to_owned(),
                    word => format!("这里少了“{}”", word.trim_matches(',')),
                };
                return self.mended("missing-word", message, *at..*at + next, line);
            }
        }
        None
    }

    /// Two sentences in one line.
    fn two_lines(&self) -> Option<Mend> {
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
                return Some(Mend {
                    code: "two-lines-in-one",
                    message: "一行里写了两句".to_owned(),
                    range: begin..text.len(),
                    line: Some(first_line),
                    help: Some(help),
                });
            }
        }
        None
    }

    /// Something behind a line that is whole without it: a note, a footnote, a sentence of the scheme.
    fn behind(&self) -> Option<Mend> {
        let text = self.text();
        let starts = text.char_indices().filter(|(at, c)| *at > 0 && "([{【…,;。".contains(*c)).map(|(at, _)| at);
        // 起评：资料为齐全100分 is no line that ends in the middle.
        let colon = super::top_colon(text);
        if colon.is_some_and(|colon| super::is_keyword_head(&text[..colon])) {
            return None;
        }
        let candidates: Vec<usize> = [self.stopped].into_iter().chain(starts).filter(|at| *at > 0).collect();
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
                let help = if counts(rest) || rest.starts_with("封顶") && counts(&text[clause..]) {
                    "它影响得分，不能当作没有写：改成认得的写法；另是一种情形的，另起一行，如：情形：每次扣1分"
                        .to_owned()
                } else {
                    format!("算分的，改成认得的写法；只是说明的，写在 # 后面：{} # {}", shown(&line), written(rest))
                };
                return Some(Mend {
                    code: "stray-words",
                    message: format!("前面已经是完整的一句，“{}”看不懂", written(rest)),
                    range: begin..text.len(),
                    line: Some(line),
                    help: Some(help),
                });
            }
        }
        None
    }
}

/// Whether words speak of numbers or of what is given: such are no note. `[1]` and 详见附件1 are.
fn counts(text: &str) -> bool {
    const GIVES: &[&str] = &[
        "扣", "加", "得", "减", "倍", "占", "奖", "否决", "取消", "返还", "百分", "半", "除外", "不计", "封顶", "不再",
        "等次", "等级", "以上", "以下", "以内", "不含", "含", "分", "限", "零", "最", "超", "低于", "高于", "折", "按",
        "就高", "重复", "累计", "负分", "为止",
    ];
    let is_reference = text.starts_with('[')
        || ["详见", "见", "参见"].iter().any(|word| text.trim_start_matches('(').starts_with(word));
    !is_reference && (text.contains(|c: char| c.is_ascii_digit()) || GIVES.iter().any(|word| text.contains(word)))
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

/// A mended line as people write it.
pub fn shown(line: &Line) -> String {
    written(&line.plain.text)
}

/// Folded text with the signs people write.
pub fn written(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            ':' => '：',
            ',' => '，',
            ';' => '；',
            '(' => '（',
            ')' => '）',
            '「' => '“',
            '」' => '”',
            other => other,
        })
        .collect()
}
