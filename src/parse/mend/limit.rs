//! How much at most, of a whole item: `每月加分不超过5分，全年不超过30分`, `加扣分均不超过3分`, `扣分以2分为限`.

use super::{Line, Mend, Patient, shown, written};
use crate::parse::numeral::is_figure;
use crate::parse::{Context, top_colon};
use crate::syntax::{self, Rule as Token};

/// What a limit is of, as schemes say it, and the lines that limit it; the longest words first.
const OF: &[(&str, &[&str])] = &[
    ("加分和扣分", BOTH),
    ("扣分和加分", BOTH),
    ("加分、扣分", BOTH),
    ("扣分、加分", BOTH),
    ("加扣分", BOTH),
    ("扣加分", BOTH),
    ("加、扣分", BOTH),
    ("扣、加分", BOTH),
    ("扣分", &["扣分封顶"]),
    ("加分", &["加分封顶"]),
    ("得分", &["得分封顶"]),
];
const BOTH: &[&str] = &["扣分封顶", "加分封顶"];
/// Each alone: 扣 of 最多扣3分, and the line that limits it.
const EACH: [(char, &[&str]); 3] = [('扣', &["扣分封顶"]), ('加', &["加分封顶"]), ('得', &["得分封顶"])];
/// Words of a limit that change nothing of it.
const FILLERS: &[&str] = &["累计", "合计", "总计", "总共", "单项", "均", "都", "各"];
const MOST: &[&str] =
    &["最高不超过", "最多不超过", "不得超过", "不能超过", "不超过", "最多", "最高", "至多", "上限为", "上限", "封顶"];
/// 扣完2分为止 speaks of one side and of its end in one.
const UP_TO: &[(&str, &str)] =
    &[("扣分以", "扣分封顶"), ("扣完", "扣分封顶"), ("扣满", "扣分封顶"), ("加分以", "加分封顶"), ("加满", "加分封顶")];

/// The period that a limit begins with, as lines that limit have it, and what stands behind it.
fn cycle_said(text: &str) -> Option<(&str, &str)> {
    let within = [(Token::WITHIN_YEAR, "全年"), (Token::WITHIN_QUARTER, "当季"), (Token::WITHIN_MONTH, "当月")];
    let within = within.into_iter().find_map(|(rule, cycle)| Some((syntax::begin(rule, text)?, cycle)));
    // 年内 and 月内 limit nothing in those words.
    if let Some((said, cycle)) = within.filter(|(said, _)| said.ends_with('内')) {
        return Some((cycle, &text[said.len()..]));
    }
    let said = syntax::begin(Token::cycle, text)?;
    Some((said, &text[said.len()..]))
}

/// 全年扣分不超过30分
struct Limit<'t> {
    cycle: &'t str,
    /// The lines that limit what it is of; `None` where it does not say of what.
    of: Option<&'static [&'static str]>,
    most: &'t str,
}

impl<'t> Limit<'t> {
    fn of(part: &'t str) -> Option<Limit<'t>> {
        let (mut cycle, mut of, mut limits) = ("", None, false);
        let mut rest = part.trim().trim_end_matches('。');
        loop {
            rest = rest.trim_start();
            if rest.starts_with(|c: char| c.is_ascii_digit()) {
                break;
            }
            let said = cycle_said(rest).filter(|_| cycle.is_empty());
            rest = if let Some((said, rest)) = said {
                cycle = said;
                rest
            } else if let Some((word, lines)) = OF.iter().find(|(word, _)| of.is_none() && rest.starts_with(*word)) {
                of = Some(*lines);
                &rest[word.len()..]
            } else if let Some(word) = MOST.iter().find(|word| rest.starts_with(**word)) {
                limits = true;
                &rest[word.len()..]
            } else if let Some((_, cap)) = EACH.iter().find(|(verb, _)| limits && rest.starts_with(*verb)) {
                // 最多扣3分
                of = of.or(Some(cap));
                &rest['扣'.len_utf8()..]
            } else {
                rest.strip_prefix(FILLERS.iter().find(|word| rest.starts_with(**word))?)?
            };
        }
        let most = rest.strip_suffix('分').filter(|most| limits && most.chars().all(is_figure))?;
        Some(Limit { cycle, of, most })
    }

    /// The lines that say so of what it is of, or of `other`.
    fn lines(&self, of: &[&str]) -> Vec<String> {
        of.iter().map(|cap| format!("{cap} {}{}分", self.cycle, self.most)).collect()
    }
}

/// 最多2分, of a limit of what is taken and of what is added: 加扣分不超过2分.
pub(super) fn most_of_both(part: &str) -> Option<String> {
    let limit = Limit::of(part).filter(|limit| limit.of == Some(BOTH))?;
    Some(format!("{}最多{}分", limit.cycle, limit.most))
}

impl Patient<'_> {
    /// Limits in a line by themselves: each is a line, and where it does not say of what, it is asked.
    pub(super) fn limits_of_an_item(&self) -> Option<Mend> {
        let text = self.text().trim_end_matches('。');
        if !matches!(self.line.context, Context::Node | Context::Conventions) || self.line.opening {
            return None;
        }
        let limits = text.split([',', ';']).map(Limit::of).collect::<Option<Vec<Limit<'_>>>>()?;
        let write = |of: Option<&[&str]>| -> Option<Vec<Line>> {
            let mut of = of;
            let mut lines = Vec::new();
            for limit in &limits {
                // 每月加分不超过5分，全年不超过30分: of the same.
                of = limit.of.or(of);
                lines.extend(limit.lines(of?));
            }
            lines.iter().map(|line| self.written_as(line)).collect()
        };
        let all = |lines: &[Line]| lines.iter().map(shown).collect::<Vec<String>>();
        if let Some(lines) = write(None) {
            return match &lines[..] {
                [_] => self.mended("other-words", "限额单写一行", 0..text.len(), lines.into_iter().next()?),
                _ => {
                    let help = format!("分成{}行：\n{}", in_words(lines.len()), all(&lines).join("\n"));
                    self.split("other-words", "一个限额写一行", 0..text.len(), (lines, help))
                }
            };
        }
        let asked = EACH.map(|(verb, cap)| Some(format!("限的是{verb}分的：{}", all(&write(Some(cap))?).join("\n"))));
        let asked = asked.into_iter().collect::<Option<Vec<String>>>()?;
        let message = format!("“{}”没有写限的是扣分、加分还是得分", written(text));
        self.told("unclear-limit", message, 0..text.len(), asked.join("\n"))
    }

    /// `扣分以2分为限`
    pub(super) fn up_to_so_many(&self) -> Option<Mend> {
        let text = self.text();
        let (said, cap) = UP_TO.iter().find(|(said, _)| text.starts_with(said))?;
        let (most, end) = text[said.len()..].trim_end_matches('。').split_once('分')?;
        // Whatever else it says is not left out.
        (most.chars().all(is_figure) && matches!(end, "" | "为限" | "为止")).then_some(())?;
        let line = self.written_as(&format!("{cap} {most}分"))?;
        self.mended("other-words", "限额单写一行", 0..text.len(), line)
    }

    /// `每少1起扣0.5分，每多1起加0.5分，加扣分均不超过3分`: each side has its own.
    pub(super) fn both_limited(&self) -> Option<Mend> {
        let text = self.text();
        let colon = top_colon(text).filter(|_| self.line.context == Context::Node)?;
        let parts: Vec<&str> = text[colon + 1..].trim_end_matches('。').split_inclusive([',', ';']).collect();
        let limits = parts.iter().map(|part| Limit::of(part.trim_end_matches([',', ';'])));
        let (at, limit) =
            limits.enumerate().find_map(|(at, limit)| Some((at, limit.filter(|limit| limit.of == Some(BOTH))?)))?;
        let begin = parts[at].as_ptr() as usize - text.as_ptr() as usize;
        let range = begin..begin + parts[at].trim_end_matches([',', ';']).len();
        let message = "扣分的限额和加分的限额各写一个";
        let gives = |verb: char| {
            let gives =
                |part: &&str| part.split(verb).skip(1).any(|behind| behind.starts_with(|c: char| c.is_ascii_digit()));
            let mut of = parts.iter().enumerate().filter(|(_, part)| gives(part)).map(|(index, _)| index);
            (of.next(), of.next())
        };
        // A limit behind what one side gives is of that side.
        if let ((Some(takes), None), (Some(adds), None)) = (gives('扣'), gives('加'))
            && takes != adds
        {
            let mut line = String::from(&text[..=colon]);
            for (index, part) in parts.iter().enumerate().filter(|(index, _)| *index != at) {
                let (said, sign) = part.split_at(part.trim_end_matches([',', ';']).len());
                let verb = [(takes, '扣'), (adds, '加')].iter().find(|(of, _)| *of == index).map(|(_, verb)| *verb);
                let most = verb.map(|verb| format!(",{}最多{verb}{}分", limit.cycle, limit.most)).unwrap_or_default();
                line += &format!("{said}{most}{sign}");
            }
            let line = self.written_as(line.trim_end_matches([',', ';']))?;
            let help = format!("写成：{}", shown(&line));
            let code = "other-words";
            return Some(Mend { code, message: message.to_owned(), range, lines: vec![line], help: Some(help) });
        }
        let rest: String = parts.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, part)| *part).collect();
        let own = self.written_as(&format!("{}{}", &text[..=colon], rest.trim_end_matches([',', ';'])))?;
        let caps: Option<Vec<Line>> = limit.lines(BOTH).iter().map(|line| self.written_as(line)).collect();
        let lines = [vec![own], caps?].concat();
        let shown: Vec<String> = lines.iter().map(shown).collect();
        let help = format!("分成三行（后两行限的是整条的扣分、加分，只限这一句的，另写一条）：\n{}", shown.join("\n"));
        self.split("other-words", message, range, (lines, help))
    }
}

fn in_words(lines: usize) -> String {
    ["零", "一", "两", "三", "四"].get(lines).map_or(lines.to_string(), |word| (*word).to_owned())
}
