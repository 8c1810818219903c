//! How many lines a text takes in a column of a sheet: programs do not all make rows as high as their texts by themselves.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Chinese characters are two wide and may be broken between any two; what is written without spaces in between is moved
/// to the next line whole, where it fits in one.
pub fn lines(text: &str, wide: f64) -> usize {
    // Cells keep a little to themselves on both sides.
    let wide = (wide - 1.0).max(2.0) as usize;
    text.split('\n').map(|line| lines_of(line, wide)).sum()
}

fn lines_of(line: &str, wide: usize) -> usize {
    let (mut lines, mut used) = (1, 0);
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = match is_broken_after(first) {
            true => first.len_utf8(),
            false => rest.find(is_broken_after).unwrap_or(rest.len()),
        };
        let (piece, behind) = rest.split_at(end);
        let width = piece.width();
        if used > 0 && used + width > wide {
            lines += 1;
            used = 0;
        }
        used += width;
        // Longer than a line by itself.
        while used > wide {
            lines += 1;
            used -= wide;
        }
        rest = behind;
    }
    lines
}

fn is_broken_after(c: char) -> bool {
    c == ' ' || c.width().unwrap_or(0) > 1
}

#[test]
fn what_cannot_be_broken_is_moved_whole() {
    assert_eq!(lines("", 18.0), 1);
    assert_eq!(lines("古井司法所", 18.0), 1);
    assert_eq!(lines("十八里经济技术开发区高新技术产业园区", 19.0), 2);
    // Two of them fit in the width, and not side by side.
    assert_eq!(lines("2023-04.csv:102、2023-04.csv:103", 18.0), 2);
    assert_eq!(lines("一\n二", 18.0), 2);
    assert_eq!(lines(&"1".repeat(40), 18.0), 3);
}
