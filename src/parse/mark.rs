//! Puts declared names and units between marks, so that the grammar need not guess where a name ends.

use super::fold::Folded;
use super::{COMMON_UNITS, Context, Line, Names, top_colon, top_level};
use crate::syntax::{self, Rule as Token};

/// Words of the language that hold or begin what may be a declared name (年终, 同期浓度).
///
/// INVARIANT: [`mark`] asks for them where one of their first characters stands.
const WORDS: &[&str] = &[
    "上年同期",
    "去年同期",
    "年终得分",
    "年度得分",
    "学年得分",
    "全年得分",
    "任期得分",
    "季度得分",
    "半年得分",
    "总得分",
    "总分",
];

/// The line with its declared names marked, from where names may stand.
pub fn mark(line: &Line, names: &Names) -> Folded {
    let text = line.plain.text.as_str();
    let from = if line.opening || matches!(line.context, Context::Header | Context::Example) {
        return line.plain.clone();
    } else if let Some(equals) =
        top_level(text, '=').filter(|equals| top_colon(text).is_none_or(|colon| *equals < colon))
    {
        equals + 1
    } else if let Some(colon) = top_colon(text) {
        // What stands before the colon is a label, or a condition of 奖惩 (`当 …：奖励…`).
        if line.context == Context::Awards { 0 } else { colon + 1 }
    } else if matches!(line.context, Context::Grading | Context::Eligibility) {
        // 约谈3次以上的，定为不合格
        0
    } else {
        // The first word of a line is its keyword.
        text.chars().next().map_or(0, char::len_utf8)
    };
    let mut out = Folded::open(text.len() + 12);
    let mut at = 0;
    // From where on the line was not copied yet.
    let mut rest_from = 0;
    let mut quoted = false;
    let grades = ranked_grades(text);
    while at < text.len() {
        let rest = &text[at..];
        let character = rest.chars().next().expect("not at the end");
        match character {
            // 「三会一课」制度 is a name that begins with a quote.
            '「' if at < from || quoted || names.longest_at(rest).is_none() => quoted = true,
            '」' => quoted = false,
            _ if quoted || at < from => {}
            _ => {
                let grade = grades.iter().find(|grade| grade.as_ptr() == rest.as_ptr());
                if let Some(grade) = grade {
                    put_marked(&mut out, line, (rest_from, at), grade.len(), ('\u{E000}', '\u{E001}'));
                    at += grade.len();
                    rest_from = at;
                    continue;
                }
                let word = match character {
                    '上' | '去' | '年' | '全' | '学' | '任' | '季' | '半' | '总' => {
                        WORDS.iter().find(|word| rest.starts_with(**word)).map_or(0, |word| word.len())
                    }
                    _ => 0,
                };
                // 40课时 where an event is called 课时: what a number counts.
                let counted = text[..at].ends_with(|c: char| c.is_ascii_digit());
                let common = || COMMON_UNITS.iter().copied().find(|unit| rest.starts_with(unit));
                let counted = counted.then(|| names.unit_at(rest).or_else(common)).flatten();
                let name = names
                    .longest_at(rest)
                    .filter(|name| counted.is_none_or(|unit| unit.len() < name.len()))
                    .filter(|name| {
                        name.len() > word
                            && !says_what_it_says((&text[..at], &rest[name.len()..]), name)
                            && !is_of_the_stage(line.context, name)
                    });
                if word > 0 && name.is_none() {
                    at += word;
                    continue;
                }
                if let Some(name) = name {
                    let marks = match own_label(text, at, name) {
                        true => ('\u{E004}', '\u{E005}'),
                        false => ('\u{E000}', '\u{E001}'),
                    };
                    put_marked(&mut out, line, (rest_from, at), name.len(), marks);
                    at += name.len();
                    rest_from = at;
                    continue;
                }
                if let Some(value) = numbered_value(&text[..at], rest, names) {
                    put_marked(&mut out, line, (rest_from, at), value.len(), ('\u{E000}', '\u{E001}'));
                    at += value.len();
                    rest_from = at;
                    continue;
                }
                if names.has_units()
                    && counts_before(&text[..at])
                    && let Some(unit) = names.unit_at(rest)
                {
                    put_marked(&mut out, line, (rest_from, at), unit.len(), ('\u{E002}', '\u{E003}'));
                    at += unit.len();
                    rest_from = at;
                    continue;
                }
            }
        }
        at += character.len_utf8();
    }
    out.put_part(&line.plain, rest_from..at);
    out.close(line.plain.map[at]);
    out
}

/// 迟到：迟到一次扣1分: the label said again before a number says nothing new, while a name would make a condition of it.
fn own_label(text: &str, at: usize, name: &str) -> bool {
    let Some(colon) = top_colon(text).filter(|colon| *colon < at && label(&text[..*colon]) == name) else {
        return false;
    };
    let before = text[colon..at].trim_end();
    let after = text[at + name.len()..].trim_start();
    let digits = after.trim_start_matches(|c: char| c.is_ascii_digit() || "零〇一二两三四五六七八九十百千".contains(c));
    // 失火一票否决
    let is_number = digits.len() < after.len() && !["票否决", "律", "并"].iter().any(|word| digits.starts_with(word));
    before.ends_with([':', ',', ';']) && (is_number || syntax::is(Token::comparator, after))
}

/// A section may be called 一票否决 or 加分 and takes nothing from what the words say in a line: 被一票否决, 查表加分.
/// Nor does a ranking called 季度: of it only 季度名次 speaks, and 上季度 is the one before.
fn says_what_it_says((before, after): (&str, &str), name: &str) -> bool {
    match name {
        "一票否决" => true,
        "外部" => after.starts_with("得分"),
        "月度" | "季度" | "半年" | "半年度" | "年度" | "年终" | "全年" | "学年" | "任期" => {
            !after.trim_start().starts_with("名次")
        }
        "加分" | "扣分" | "得分" => {
            ["查表", "查下表", "按下表"].iter().any(|word| before.trim_end().ends_with(word))
        }
        _ => false,
    }
}

/// 得分 of 约定, 排名, 等次 and 奖惩 is that of the unit, and 奖励 of 奖惩 gives money, whatever else is called so.
fn is_of_the_stage(context: Context, name: &str) -> bool {
    match name {
        "得分" => !matches!(context, Context::Node | Context::Header | Context::Example),
        // 奖励3000元, where an item is called 奖励.
        "奖励" | "发放" | "扣发" => context == Context::Awards,
        _ => false,
    }
}

/// 走访 of 走访(次).
fn label(head: &str) -> &str {
    let head = head.split('(').next().unwrap_or_default();
    super::fold::without_quotes(head.trim())
}

/// What stands before a name or unit, and it between its marks.
fn put_marked(out: &mut Folded, line: &Line, (from, at): (usize, usize), length: usize, (open, close): (char, char)) {
    let end = at + length;
    out.put_part(&line.plain, from..at);
    out.put(open, line.plain.map[at]);
    out.put_part(&line.plain, at..end);
    out.put(close, line.plain.map[end]);
}

/// 一类 of 类别为一类, where 类别 lists it: a value, though 类 counts as well.
fn numbered_value<'t>(before: &str, rest: &'t str, names: &Names) -> Option<&'t str> {
    if !rest.starts_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c)) {
        return None;
    }
    let before =
        ["不属于", "属于", "不为", "不是", "为", "是"].iter().find_map(|is| before.trim_end().strip_suffix(is))?;
    let listed =
        names.values().filter(|(value, column)| rest.starts_with(value) && before.trim_end().ends_with(column));
    listed.map(|(value, _)| &rest[..value.len()]).max_by_key(|value| value.len())
}

/// A unit follows a number or 每, 少, 多…
fn counts_before(before: &str) -> bool {
    before
        .trim_end()
        .chars()
        .next_back()
        .is_some_and(|c| c.is_ascii_digit() || "每少多低高满超足一二三四五六七八九十百千".contains(c))
}

/// 一类 and 二类 of 台账评定：一类得5分，二类得3分: grades, though 类, 批 and 期 count as well. An indicator counts.
fn ranked_grades(text: &str) -> Vec<&str> {
    const NUMERALS: &[&str] = &["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    const GIVEN: &[char] = &['得', '计', '记', '给', '赋', '扣', '减', '加', '奖', '不'];
    let Some(colon) = top_colon(text).filter(|colon| !text[..*colon].contains('(')) else { return Vec::new() };
    let mut grades: Vec<&str> = Vec::new();
    for phrase in text[colon + 1..].split([',', ';']) {
        let phrase = phrase.trim_start();
        let counted = ["类", "批", "期"].into_iter().find(|unit| {
            let word = grades.first().map_or("", |first| &first[first.len() - unit.len()..]);
            phrase.get(3..6) == Some(unit) && (grades.is_empty() || word == *unit)
        });
        let is_next = NUMERALS.get(grades.len()).is_some_and(|numeral| phrase.starts_with(numeral));
        if counted.is_none() || !is_next || !phrase[6..].starts_with(GIVEN) {
            break;
        }
        grades.push(&phrase[..6]);
    }
    if grades.len() < 2 { Vec::new() } else { grades }
}
