//! What word processors and habit leave in a line that would otherwise be read as something else.

use super::fold::Folded;
use super::{Context, mend, words};
use crate::diagnostic::{Finding, Place};
use crate::source::Source;

/// A line as it is read on, and what is told of it.
pub struct Pasted {
    pub line: Folded,
    pub finding: Finding,
}

/// Signs that begin a paragraph of a list.
const BULLETS: &str = "●■◆◇□○◎▲△▼★☆•▪►※☑✓✔◦‣∙*";

/// The first such thing in a line: a bullet, traditional characters, a comma or a doubled word behind a number.
pub fn find(source: &Source, number: usize, context: Context, line: &Folded) -> Option<Pasted> {
    let told = |code, message: String, range: std::ops::Range<usize>| {
        let span = line.span(range);
        let (_, column) = source.place(span.start);
        let place = Place { file: source.name.clone(), line: number, column };
        Finding::error(code, place, message).text(source.text[span].to_owned()).line_text(source.line(number))
    };
    if let Some(bullet) = line.text.chars().next().filter(|c| BULLETS.contains(*c)) {
        let rest = line.text[bullet.len_utf8()..].trim_start();
        let mended = line.slice(line.text.len() - rest.len()..line.text.len());
        let finding = told("list-mark", format!("行首的“{bullet}”不属于规则"), 0..bullet.len_utf8());
        let finding = finding.help(format!("删去它，写成：{}", mend::written(&mended.text)));
        return Some(Pasted { line: mended, finding });
    }
    let slip = numbers(line).filter(|_| !is_text(context, &line.text));
    slip.map(|(code, message, range, with)| {
        let mended = line.replaced(range.clone(), with);
        let finding = told(code, message.to_owned(), range).help(format!("写成：{}", mend::written(&mended.text)));
        Pasted { line: mended, finding }
    })
}

/// Traditional characters are read as simplified ones, and noted.
pub fn traditional(source: &Source, number: usize, line: &Folded) -> Option<Finding> {
    let original = |at: usize| source.text[line.map[at] as usize..].chars().next();
    let is_same =
        |at: usize| source.text.as_bytes()[line.map[at] as usize..].starts_with(&line.text.as_bytes()[at..at + 3]);
    let is_read = |at: usize, read: char| original(at).is_some_and(|c| c != read && words::simplified(c) == Some(read));
    let all: Vec<(usize, char)> =
        line.text.char_indices().filter(|(at, c)| *c >= '\u{4E00}' && !is_same(*at) && is_read(*at, *c)).collect();
    let (first, _) = *all.first()?;
    let (_, column) = source.place(line.map[first] as usize);
    let text: String = all.iter().filter_map(|(at, _)| original(*at)).collect();
    let read: String = all.iter().map(|(_, read)| read).collect();
    let place = Place { file: source.name.clone(), line: number, column };
    let message = format!("繁体字“{text}”按简体“{read}”读");
    let finding = Finding::warning("traditional-characters", place, message);
    let shown = original(first).map(String::from).unwrap_or_default();
    Some(finding.text(shown).line_text(source.line(number)).help(format!("写成：{}", mend::written(&line.text))))
}

/// Lines whose text is free: what stands in them is no number of ours.
fn is_text(context: Context, text: &str) -> bool {
    const FREE: &[&str] = &["依据", "读法", "责任", "部门", "待定"];
    matches!(context, Context::Header | Context::Example) || FREE.iter().any(|word| text.contains(word))
}

type Slip = (&'static str, &'static str, std::ops::Range<usize>, &'static str);

/// `10,000`, `0,5`, `1分分`
fn numbers(line: &Folded) -> Option<Slip> {
    let text = line.text.as_bytes();
    let (mut quoted, mut depth) = (false, 0usize);
    for (at, character) in line.text.char_indices() {
        match character {
            '「' => quoted = true,
            '」' => quoted = false,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            // In parentheses a comma parts two numbers: （当 甲超过10，3；其余 1）.
            ',' if !quoted && depth == 0 && at > 0 && text[at - 1].is_ascii_digit() => {
                let digits = text[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let number =
                    line.text[..at].len() - line.text[..at].trim_end_matches(|c: char| c.is_ascii_digit()).len();
                // 等于0，100分以上: no number in thousands begins with a nought.
                if line.text[at - number..].starts_with('0') && digits == 3 {
                    continue;
                }
                // ÷ 3，1位小数 and 超过10，3；其余1 are two phrases: a number goes on to a unit, behind a verb.
                let before = line.text[..at].trim_end_matches(|c: char| c.is_ascii_digit());
                let is_amount = before.trim_end().ends_with(['扣', '加', '得', '奖', '励', '计', '减', '放']);
                let after = line.text[at + 1 + digits..].chars().next();
                let has_unit = after.is_some_and(|c| c == '%' || !c.is_ascii() && !"位，；、）".contains(c));
                match digits {
                    _ if !has_unit || digits != 3 && !is_amount => {}
                    0 => {}
                    3 => return Some(("number-with-comma", "数里面不写千分位的逗号", at..at + 1, "")),
                    _ => return Some(("number-with-comma", "数里面夹了逗号，小数点写作“.”", at..at + 1, ".")),
                }
            }
            '分' if !quoted && at > 0 && text[at - 1].is_ascii_digit() => {
                let second = at + '分'.len_utf8();
                if line.text[second..].starts_with('分') {
                    return Some(("doubled-word", "“分”写了两次", second..second + '分'.len_utf8(), ""));
                }
            }
            _ => {}
        }
    }
    None
}
