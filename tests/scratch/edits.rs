//! Edits of every kind to the text of a rulebook, and what a comparison must say of each.

use zhunsheng::diff::Section;

use super::Chance;

/// What an edit must be told as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Points,
    Threshold,
    Cap,
    Removed,
    Added,
    Renamed,
    Retitled,
    Renumbered,
    ItemAdded,
    ItemRemoved,
    Award,
    Convention,
    Grade,
    Table,
    Start,
    Citation,
}

pub struct Edit {
    pub kind: Kind,
    pub text: String,
    /// A piece of the sentence that has to be told, and the sections it may stand in.
    pub says: String,
    pub sections: Vec<Section>,
}

/// The figure behind a word, its byte range.
fn figure(line: &str, word: &str) -> Option<(std::ops::Range<usize>, u64)> {
    let start = line.find(word)? + word.len();
    let end = start + line[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len() - start);
    let rest = &line[end..];
    // Not the whole part of a decimal.
    (!rest.starts_with('.')).then(|| line[start..end].parse().ok().map(|number| (start..end, number)))?
}

pub fn edits(text: &str, chance: &mut Chance) -> Vec<Edit> {
    let lines: Vec<&str> = text.lines().collect();
    let with = |at: usize, line: String| {
        let mut list: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        list[at] = line;
        list.join("\n") + "\n"
    };
    let without = |from: usize, to: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| !(from..to).contains(at));
        kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    let mut list = Vec::new();
    let mut put = |kind: Kind, text: String, says: &str, sections: &[Section]| {
        list.push(Edit { kind, text, says: says.to_owned(), sections: sections.to_vec() });
    };
    let (mut section, mut awards, mut grades, mut conventions) = (String::new(), false, false, false);
    use Section::{Added, Awards, Changed, Conventions, Looser, Moved, Notes, Removed, Stricter};
    for (at, line) in lines.iter().enumerate() {
        let trimmed = line.trim();
        if !line.starts_with(' ') {
            section = trimmed.strip_prefix("板块 ").unwrap_or("").to_owned();
            awards = trimmed.starts_with("奖惩");
            grades = trimmed.starts_with("等次");
            conventions = trimmed == "约定";
        }
        let changed = |range: std::ops::Range<usize>, number: u64| {
            let mut line = (*line).to_owned();
            line.replace_range(range, &number.to_string());
            line
        };
        let label = trimmed.split(['：', '（']).next().unwrap_or(trimmed);
        if !section.is_empty() && trimmed.contains('：') && !trimmed.starts_with("当") {
            for word in ["扣", "加", "得"] {
                if let Some((range, number)) = figure(line, word).filter(|(_, number)| *number > 0) {
                    // More off is stricter, more on is looser.
                    let (more, fewer): (&[Section], &[Section]) = match word {
                        "扣" => (&[Stricter, Changed], &[Looser, Changed]),
                        _ => (&[Looser, Changed], &[Stricter, Changed]),
                    };
                    put(Kind::Points, with(at, changed(range.clone(), number + 1 + chance.below(12))), label, more);
                    if number > 1 {
                        put(Kind::Points, with(at, changed(range, 1 + chance.below(number - 1))), label, fewer);
                    }
                }
            }
            for word in ["不少于", "低于", "不足", "不低于"] {
                if let Some((range, number)) = figure(line, word) {
                    let other = if number > 3 { number - 1 - chance.below(number.min(10) - 2) } else { number + 1 };
                    put(Kind::Threshold, with(at, changed(range, other)), label, &[Stricter, Looser, Changed]);
                }
            }
            if is_plain_clause(line) {
                put(Kind::Removed, without(at, at + 1), label, &[Removed]);
                put(Kind::Renamed, with(at, line.replacen(label, &format!("{label}甲"), 1)), label, &[Moved]);
                let indent = &line[..line.len() - line.trim_start().len()];
                let points = 1 + chance.below(30);
                let (word, sign) = if chance.below(2) == 0 { ("每次扣", "扣") } else { ("每次加", "加") };
                let most = if chance.one_in(3) { format!("，最多{sign}{}分", 2 * points) } else { String::new() };
                let new = format!("{line}\n{indent}新情形{sign}：{word}{points}分{most}");
                put(Kind::Added, with(at, new), "新情形", &[Added]);
            }
        }
        if let Some((range, number)) = figure(line, "封顶 每月").filter(|_| !section.is_empty()) {
            put(Kind::Cap, with(at, changed(range, number + 1 + chance.below(30))), &section, &[Stricter, Looser]);
        }
        if let Some((range, number)) = figure(line, "满分 ").filter(|_| !section.is_empty()) {
            put(
                Kind::Cap,
                with(at, changed(range, number + 1 + chance.below(9))),
                &section,
                &[Looser, Changed, Stricter],
            );
        }
        let is_item = trimmed.split_once(". ").is_some_and(|(number, _)| number.parse::<u64>().is_ok());
        if is_item && !section.is_empty() {
            let (number, title) = trimmed.split_once(". ").unwrap();
            put(Kind::Retitled, with(at, format!("{line}修订")), title, &[Moved]);
            put(Kind::Renumbered, with(at, line.replacen(number, "77", 1)), title, &[Moved]);
            let new = format!("  88. 新条目\n     新事由：每次扣{}分\n\n{line}", 1 + chance.below(50));
            put(Kind::ItemAdded, with(at, new), "新条目", &[Added]);
            let end = (at + 1..lines.len())
                .find(|next| {
                    let next = lines[*next];
                    !next.starts_with(' ') && !next.is_empty()
                        || next.trim().split_once(". ").is_some_and(|(it, _)| it.parse::<u64>().is_ok())
                })
                .unwrap_or(lines.len());
            put(Kind::ItemRemoved, without(at, end), title, &[Removed]);
        }
        if awards && let Some((range, number)) = figure(line, "奖励") {
            put(Kind::Award, with(at, changed(range, number + 100 * (1 + chance.below(40)))), "奖励", &[Awards]);
        }
        if grades && let Some((range, number)) = figure(line, "：").filter(|(_, number)| *number > 0) {
            put(Kind::Grade, with(at, changed(range, number - 1 - chance.below(3))), "", &[Conventions]);
        }
        if conventions {
            for (from, to) in [("其后名次顺延空出", "其后名次不空"), ("其后名次不空", "其后名次顺延空出")]
            {
                if trimmed.contains(from) {
                    put(Kind::Convention, with(at, line.replace(from, to)), "名次", &[Conventions]);
                }
            }
            if let Some((range, number)) = figure(line, "基础分 ") {
                put(Kind::Start, with(at, changed(range, number + 1 + chance.below(20))), "基础分", &[Conventions]);
            }
        }
        if !section.is_empty() && !trimmed.contains('：') {
            if let Some(text) = trimmed.strip_suffix('分').filter(|text| text.starts_with(['国', '省', '市'])) {
                let digits = text
                    .rfind(|c: char| !c.is_ascii_digit())
                    .map_or(0, |at| at + text[at..].chars().next().unwrap().len_utf8());
                if let Ok(number) = text[digits..].parse::<u64>() {
                    let line = format!("       {}{}分", &text[..digits], number + 1 + chance.below(9));
                    put(Kind::Table, with(at, line), "", &[Looser]);
                }
            }
            if trimmed.starts_with("依据") {
                put(Kind::Citation, with(at, format!("{line}（新）")), "依据", &[Notes]);
            }
        }
    }
    list
}

/// A line of a clause that stands by itself: its neighbors of the same kind may change places with it.
pub fn is_plain_clause(line: &str) -> bool {
    let line = line.trim();
    let plain = [
        "：扣",
        "：加",
        "：每次扣",
        "：每次加",
        "：每项扣",
        "：每件加",
        "：每件扣",
        "：每篇加",
        "：每人扣",
        "：每卷扣",
    ];
    plain.iter().any(|word| line.contains(word)) && !line.starts_with("第") && !line.starts_with('#')
}
