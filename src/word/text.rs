//! Texts of rulebooks and facts as the formats of offices can hold them.

/// A text on one line, without what XML forbids: a document that holds it opens everywhere.
pub fn printable(text: &str) -> String {
    let held = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
        c => c,
    };
    text.chars().map(held).collect()
}

/// The minus sign, at which no line ends as one does at a hyphen.
pub const MINUS: char = '\u{2212}';

/// A text whose minus signs stay with their numbers, which would read as positive on the next line. A number alone is
/// left as it is: whoever copies it from a table wants to go on with it.
pub fn unbroken(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) {
        return text.to_owned();
    }
    let is_number = |rest: &str| {
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        behind.len() < rest.len() && !behind.starts_with(|c: char| c.is_ascii())
    };
    let mut before = None;
    let mut unbroken = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let stands_alone = before.is_none_or(|before: char| !before.is_ascii());
        let is_sign = c == '-' && stands_alone && is_number(&text[at + 1..]);
        unbroken.push(if is_sign { MINUS } else { c });
        before = Some(c);
    }
    unbroken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_stays_with_its_number() {
        assert_eq!(unbroken("平均-211.24分，8月：-25分"), "平均\u{2212}211.24分，8月：\u{2212}25分");
        assert_eq!(unbroken("2023-04.csv:41，A-1，第-条，-2+3"), "2023-04.csv:41，A-1，第-条，-2+3");
        assert_eq!(unbroken("-25"), "-25");
    }

    #[test]
    fn nothing_is_left_that_xml_forbids() {
        assert_eq!(printable("a\u{0}b\nc\u{1b}d\u{ffff}<&>"), "a\u{fffd}b c\u{fffd}d\u{fffd}<&>");
    }
}
