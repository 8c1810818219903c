//! One spelling for every sign: full width to half width, all dashes to one, every pair of quotes to 「」.

use crate::source::Span;

/// A line of code ready for the grammar, with the way back to the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    pub text: String,
    /// For each byte that begins a character of `text`, and its end, the byte of the source.
    pub map: Vec<u32>,
}

impl Folded {
    /// Begins empty, with room for so many bytes: to be filled with [`Folded::put`], then closed.
    pub(super) fn open(capacity: usize) -> Folded {
        Folded { text: String::with_capacity(capacity), map: Vec::with_capacity(capacity + 1) }
    }

    /// The place in the source of a range of `text`.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.map[range.start] as usize..self.map[range.end] as usize
    }

    /// Part of the line, with its way back.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Folded {
        Folded { text: self.text[range.clone()].to_owned(), map: self.map[range.start..=range.end].to_vec() }
    }

    /// A character that stands at a byte of the source.
    pub(super) fn put(&mut self, character: char, source: u32) {
        self.text.push(character);
        for _ in 0..character.len_utf8() {
            self.map.push(source);
        }
    }

    /// Part of a line that begins at `start` in the source.
    fn put_as_is(&mut self, line: &str, part: std::ops::Range<usize>, start: usize) {
        self.text.push_str(&line[part.clone()]);
        self.map.extend((start + part.start) as u32..(start + part.end) as u32);
    }

    /// Part of another line.
    pub(super) fn put_part(&mut self, line: &Folded, part: std::ops::Range<usize>) {
        self.text.push_str(&line.text[part.clone()]);
        self.map.extend_from_slice(&line.map[part]);
    }

    /// Tells where in the source the text ends.
    pub(super) fn close(&mut self, end: u32) {
        self.map.push(end);
    }

    /// Drops the space around it.
    fn trim(&mut self) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.map.truncate(end + 1);
        let begin = end - self.text.trim_start().len();
        self.text.drain(..begin);
        self.map.drain(..begin);
    }
}

/// Folds one line that begins at `start` in the source, and drops its comment and the space around it.
pub fn fold(line: &str, start: usize) -> Folded {
    let mut out = Folded::open(line.len());
    let mut quoted = false;
    let mut end = start + line.len();
    // From where on the line stands as it is and has not been taken over.
    let mut as_is = 0;
    for (at, character) in line.char_indices() {
        let source = (start + at) as u32;
        // What has no width cannot be seen, and means nothing: it comes along from a word processor.
        if matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' | '\u{202A}'..='\u{202E}') {
            out.put_as_is(line, as_is..at, start);
            as_is = at + character.len_utf8();
            continue;
        }
        let next = match (character, quoted) {
            (plain, false) if plain.is_ascii_alphanumeric() => continue,
            ('“' | '「' | '『' | '‘', false) => {
                quoted = true;
                '「'
            }
            ('”' | '」' | '』' | '’', true) => {
                quoted = false;
                '」'
            }
            ('"' | '＂', _) => {
                quoted = !quoted;
                if quoted { '「' } else { '」' }
            }
            (character, true) => character,
            ('#' | '＃', false) => {
                end = start + at;
                break;
            }
            (character, false) => super::words::simplified(character).unwrap_or_else(|| fold_character(character)),
        };
        // Marks of our own must not come in from outside.
        let next = if ('\u{E000}'..='\u{E005}').contains(&next) { '\u{FFFD}' } else { next };
        if next != character {
            out.put_as_is(line, as_is..at, start);
            out.put(next, source);
            as_is = at + character.len_utf8();
        }
    }
    out.put_as_is(line, as_is..end - start, start);
    out.close(end as u32);
    out.trim();
    out
}

/// The half-width form of a character; itself where there is none.
pub fn fold_character(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => match char::from_u32(character as u32 - 0xFEE0) {
            Some(folded) => folded,
            None => character,
        },
        '\t' | '\u{3000}' | '\u{A0}' | '\u{2002}'..='\u{200A}' => ' ',
        '—' | '–' | '―' | '−' | '‐' | '‑' | '─' => '-',
        '〜' | '∼' => '~',
        '∶' | '︰' => ':',
        '︐' => ',',
        '｡' => '。',
        '､' => '、',
        '•' | '・' | '‧' => '·',
        '≦' => '≤',
        '≧' => '≥',
        '﹪' => '%',
        _ => character,
    }
}

/// Whether folding and unmarking leave a text as it is: most names hold only Chinese characters, letters and digits.
pub fn is_plain(text: &str) -> bool {
    // INVARIANT: all that is folded, and all marks, begin with one of these bytes; few Chinese characters do.
    !text.bytes().any(|byte| matches!(byte, b'\t' | b'"' | 0xc2 | 0xe2 | 0xe3 | 0xee | 0xef))
}

/// A title or a citation whatever the width of its letters, digits and parentheses; all else as it is.
pub fn one_width(text: &str) -> String {
    let one = |c: char| match c {
        '(' => '（',
        ')' => '）',
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    };
    text.chars().map(one).collect()
}

/// A name as it is compared: folded, whatever its quotes, without those around the whole of it and without space at
/// its ends.
pub fn fold_name(name: &str) -> String {
    if is_plain(name) {
        return name.trim().to_owned();
    }
    without_quotes(fold_quotes(name).trim()).to_owned()
}

/// Folded, with every kind of quotes as 「」.
pub fn fold_quotes(name: &str) -> String {
    let mut opens = false;
    let quotes = |character| match character {
        '“' | '「' | '『' | '‘' => '「',
        '”' | '」' | '』' | '’' => '」',
        '"' | '＂' => {
            opens = !opens;
            if opens { '「' } else { '」' }
        }
        other => fold_character(other),
    };
    name.trim().chars().map(quotes).collect()
}

/// 「三会一课」 is 三会一课; of 「三会一课」和「四议两公开」 the quotes are part.
pub fn without_quotes(name: &str) -> &str {
    let inner = name.strip_prefix('「').and_then(|rest| rest.strip_suffix('」'));
    inner.filter(|inner| !inner.contains(['「', '」'])).map_or(name, str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_the_way_back() {
        let folded = fold("  缺项：每项扣１分 # 说明", 0);
        assert_eq!(folded.text, "缺项:每项扣1分");
        let at = folded.text.find('1').unwrap();
        assert_eq!(&"  缺项：每项扣１分 # 说明"[folded.span(at..at + 1)], "１");
    }

    #[test]
    fn a_name_is_the_same_in_whatever_quotes() {
        for name in ["落实“第一议题”制度", "落实『第一议题』制度", "落实\"第一议题\"制度", "落实「第一议题」制度"]
        {
            assert_eq!(fold_name(name), "落实「第一议题」制度");
        }
        assert_eq!(fold_name("“三会一课”"), "三会一课");
        assert_eq!(fold_name("“三会一课”和“四议两公开”"), "「三会一课」和「四议两公开」");
    }

    #[test]
    fn what_is_plain_is_not_folded() {
        for character in (0..=0x2_FFFF).filter_map(char::from_u32) {
            let text = character.to_string();
            assert!(!is_plain(&text) || fold_character(character) == character, "{character:?}");
        }
    }

    #[test]
    fn quoted_text_is_left_alone() {
        assert_eq!(fold("未写“每＃”的", 0).text, "未写「每＃」的");
    }
}
