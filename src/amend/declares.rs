//! 事实列 and 单位属性 that several columns share a line of: one line each, so that one column can be amended alone.

use super::book::Text;
use crate::parse::fold;

const WORDS: &[&str] = &["事实列", "单位属性"];

/// Whether a statement speaks of a declared column.
pub fn is_about(text: &str) -> bool {
    WORDS.iter().any(|word| text.starts_with(word))
}

/// Every declaration on a line of its own.
pub fn apart(lines: Vec<Text>) -> Vec<Text> {
    lines.into_iter().flat_map(one_each).collect()
}

fn one_each(line: Text) -> Vec<Text> {
    let folded = fold::fold(&line.text, 0);
    let Some(word) = WORDS.iter().find(|word| folded.text.starts_with(*word)) else { return vec![line] };
    let mut pieces = Vec::new();
    let (mut begin, mut depth, mut quoted) = (word.len(), 0i32, false);
    for (at, character) in folded.text.char_indices() {
        match character {
            '「' => quoted = true,
            '」' => quoted = false,
            '(' => depth += 1,
            ')' => depth -= 1,
            '、' | ';' if depth <= 0 && !quoted => {
                pieces.push(begin..at);
                begin = at + character.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(begin..folded.text.len());
    if pieces.len() == 1 {
        return vec![line];
    }
    let one = |piece: std::ops::Range<usize>| {
        let span = folded.span(piece);
        let written = line.text[span.clone()].trim();
        let from = line.text[..span.start].chars().count() as i32;
        let mut origin = line.origin;
        origin.shift += from - word.chars().count() as i32 - 1;
        Text { text: format!("{word} {written}"), origin }
    };
    pieces.into_iter().map(one).collect()
}
