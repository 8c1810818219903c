//! Lines of 奖惩 and 等次 as schemes write them: a score without 得分, a condition behind a place, an address without quotes.

use super::Context;
use super::mend::{Mend, Patient};

impl Patient<'_> {
    /// What such a line is here, where it can be only one.
    pub(super) fn awarded(&self) -> Option<Mend> {
        if self.line.opening {
            return None;
        }
        match self.line.context {
            Context::Awards => self.place_and_score().or_else(|| self.bare_score()).or_else(|| self.bare_address()),
            Context::Grading | Context::Eligibility => self.bare_address(),
            _ => None,
        }
    }

    /// `前3名且98分以上的：奖励100元`
    fn place_and_score(&self) -> Option<Mend> {
        let text = self.text();
        let colon = super::top_colon(text)?;
        let (place, condition) = text[..colon].split_once('且')?;
        let condition = condition.trim().trim_end_matches('的');
        let line = ["", "得分"].iter().find_map(|of| {
            self.parsed(0..colon, &format!("当 {of}{condition},{}", place.trim().trim_end_matches('的')))
        })?;
        self.mended("wrong-order", "另有条件的，条件写在名次前面", 0..colon, line)
    }

    /// `90分以上：奖励500元`
    fn bare_score(&self) -> Option<Mend> {
        let text = self.text();
        let colon = super::top_colon(text)?;
        let score = text[..colon].trim();
        if !score.contains('分') || score.contains(['得', '排', '当']) {
            return None;
        }
        let line = self.parsed(0..colon, &format!("得分{}的", score.trim_end_matches('的')))?;
        self.mended("missing-word", "没有写是什么分", 0..colon, line)
    }

    /// `当 平时考核.3得分低于18分，…`
    fn bare_address(&self) -> Option<Mend> {
        let text = self.text();
        for (at, _) in text.match_indices("得分") {
            let digits = text[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            if !text[digits.len()..at].starts_with('.') {
                continue;
            }
            let begin = digits
                .rfind([' ', ',', '且', '或', '(', '当'])
                .map_or(0, |sign| sign + digits[sign..].chars().next().map_or(0, char::len_utf8));
            if let Some(line) = self.parsed(begin..at, &format!("「{}」", &text[begin..at])) {
                return self.mended("wrong-sign", "条目的地址要加引号", begin..at, line);
            }
        }
        None
    }
}
