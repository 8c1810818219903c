//! 上月, 去年同期, 上一年度: the periods before, in the words of rulebooks and of schemes.

use crate::syntax::{self, Rule as Token};

/// What schemes call a period before, and no rulebook; each with a rulebook's word for it.
const OTHERS: &[(&str, &str)] = &[
    ("上年同季度", "上年同季"),
    ("去年同季度", "上年同季"),
    ("去年同季", "上年同季"),
    ("上一年度", "上年"),
    ("上年度", "上年"),
    ("上一年", "上年"),
    ("去年度", "上年"),
];

/// The words for a period before that a text begins with, and the one word of rulebooks for it.
pub fn earlier(text: &str) -> Option<(&str, &str)> {
    // 上年度 begins with 上年.
    if let Some((said, meant)) = OTHERS.iter().find(|(said, _)| text.starts_with(said)) {
        return Some((&text[..said.len()], meant));
    }
    let said = syntax::begin(Token::EARLIER, text)?;
    Some((said, one_word(said).unwrap_or(said)))
}

/// The same where nothing stands behind them.
pub fn whole_earlier(text: &str) -> Option<&str> {
    earlier(text).filter(|(said, _)| *said == text).map(|(_, meant)| meant)
}

/// The word that is written for another of rulebooks; `None` where it is that one.
pub fn one_word(said: &str) -> Option<&'static str> {
    Some(match said {
        "上个月" => "上月",
        "上季" => "上季度",
        "去年" => "上年",
        "去年同期" => "上年同期",
        "去年同月" => "上年同月",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_before_are_known_by_all_their_words() {
        for (text, found) in [
            ("上个月下降5分", Some(("上个月", "上月"))),
            ("上季下降", Some(("上季", "上季度"))),
            ("上半年", Some(("上半年", "上半年"))),
            ("上学年", Some(("上学年", "上学年"))),
            ("去年同期减少", Some(("去年同期", "上年同期"))),
            ("去年同季度减少", Some(("去年同季度", "上年同季"))),
            ("上年度等次", Some(("上年度", "上年"))),
            ("上级通报", None),
            ("年度", None),
        ] {
            assert_eq!(earlier(text), found, "{text}");
        }
        assert_eq!((whole_earlier("上一年度"), whole_earlier("上年信访")), (Some("上年"), None));
    }
}
