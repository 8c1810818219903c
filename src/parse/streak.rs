//! 任务（件）：连续3个月低于3件的，扣5分: what a streak is of, where the line leaves that to its label.

use super::fold::Folded;
use super::{top_colon, whole};

const UNITS: &[&str] = &["个月", "个季度", "季度", "次考评"];
const COMPARES: &[&str] = &["不低于", "不少于", "低于", "不足", "少于", "不超过", "超过", "高于", "达到"];

/// The line of an item with its label between 连续3个月 and the bound.
pub fn write_out(line: &mut Folded) {
    if let Some((range, label)) = left_out(&line.text) {
        *line = line.replaced(range, &label);
    }
}

fn left_out(text: &str) -> Option<(std::ops::Range<usize>, String)> {
    let at = text.find("连续")?;
    let colon = top_colon(text).filter(|colon| *colon < at)?;
    let (label, _) = text[..colon].split_once('(')?;
    if !text[..at].trim_end().ends_with([':', ',', ';']) {
        return None;
    }
    let (unit, word) = UNITS.iter().find_map(|word| Some((at + text[at..].find(word)?, *word)))?;
    whole(text[at + "连续".len()..unit].trim())?;
    let end = unit + word.len();
    let rest = text[end..].trim_start_matches(['均', '都']);
    let bound = COMPARES.iter().find_map(|word| rest.strip_prefix(word))?;
    let says_number = bound.trim_start().starts_with(|c: char| c.is_ascii_digit());
    (says_number && !label.trim().is_empty()).then(|| (end..text.len() - rest.len(), label.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;

    #[test]
    fn a_streak_is_of_the_label() {
        for (said, meant) in [
            ("任务（件）：连续3个月均低于3件的，扣5分", "任务(件):连续3个月任务低于3件的,扣5分"),
            ("任务（件）：连续3个月任务低于3件的，扣5分", "任务(件):连续3个月任务低于3件的,扣5分"),
            ("当 连续3个月低于3件，扣5分", "当 连续3个月低于3件,扣5分"),
        ] {
            let mut line = fold(said, 0);
            super::write_out(&mut line);
            assert_eq!(line.text, meant);
        }
    }
}
