//! Signs as clerks write them: full-width punctuation, half-width letters and figures.

use crate::parse::fold::{Folded, fold_character};

/// Spaces and the marks around declared names: neither is a sign of the text.
pub fn is_invisible(character: char) -> bool {
    character == ' ' || ('\u{E000}'..='\u{E005}').contains(&character)
}

/// Any of the quotes that people put around a name.
pub fn is_quote(character: char) -> bool {
    "「」『』“”‘’\"＂".contains(character)
}

/// The full-width form of a folded sign; figures and % stay narrow.
pub fn full(character: char) -> char {
    match character {
        ':' => '：',
        ',' => '，',
        ';' => '；',
        '(' => '（',
        ')' => '）',
        other => other,
    }
}

/// A name as it is written: letters and figures narrow, signs wide, all else left alone.
pub fn name(written: &str) -> String {
    let narrow = |c: char| if fold_character(c).is_ascii_alphanumeric() { fold_character(c) } else { c };
    written.chars().map(narrow).map(full).collect()
}

/// Facts of an 例: `条款 情形 数量，列名 值`. Figures are narrow, one space stands between words and none at a sign.
pub fn facts(source: &str, code: &Folded) -> String {
    let folded: Vec<char> = code.text.chars().collect();
    let written =
        code.text.char_indices().map(|(at, _)| source[code.map[at] as usize..].chars().next().unwrap_or_default());
    let mut text = String::with_capacity(code.text.len());
    for (index, (character, written)) in folded.iter().copied().zip(written).enumerate() {
        let beside_figure = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
        let in_figure = beside_figure(folded.get(index + 1)) || index > 0 && beside_figure(folded.get(index - 1));
        let last = text.chars().next_back();
        match character {
            ' ' if last.is_none_or(|last| last == ' ' || "：，；".contains(last)) => {}
            ' ' => text.push(' '),
            ':' | ',' | ';' => {
                text.truncate(text.trim_end().len());
                text.push(full(character));
            }
            '(' | ')' => text.push(full(character)),
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '%' | '+' | '-' | '/') && in_figure => text.push(c),
            _ => text.push(written),
        }
    }
    text.trim_end_matches(['。', ' ']).to_owned()
}
