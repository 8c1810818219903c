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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_xml_forbids() {
        assert_eq!(printable("a\u{0}b\nc\u{1b}d\u{ffff}<&>"), "a\u{fffd}b c\u{fffd}d\u{fffd}<&>");
    }
}
