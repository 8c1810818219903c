//! Figures in running text: 扣 5 分, 低于95%, 3000元, and the plain counts beside them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::compile::decimal;

/// A number with what it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure {
    pub value: Decimal,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Points,
    Percent,
    Money,
    /// Any other thing, or nothing said.
    Count,
}

impl Figure {
    pub fn shown(&self) -> String {
        let unit = match self.kind {
            Kind::Points => "分",
            Kind::Percent => "%",
            Kind::Money => "元",
            Kind::Count => "",
        };
        format!("{}{unit}", self.value.normalize())
    }

    /// Whether it decides what is scored: points, rates and money; a count may be a date or a telephone number.
    pub fn is_weighty(&self) -> bool {
        self.kind != Kind::Count
    }
}

/// The figures of a text, folded and without spaces.
pub fn figures(text: &str) -> BTreeSet<Figure> {
    let mut found = BTreeSet::new();
    // Numbers of a range whose unit stands behind its end: 1-2分.
    let mut waiting: Vec<Decimal> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = number_length(rest);
        if length == 0 {
            let character = rest.chars().next().expect("not at the end");
            if !matches!(character, '-' | '~' | '至' | '到') {
                waiting.clear();
            }
            at += character.len_utf8();
            continue;
        }
        at += length;
        let Some(value) = decimal(&rest[..length]).map(|value| value.normalize()) else { continue };
        // 九成 is 90%.
        let (value, kind) = match text[at..].strip_prefix('成') {
            Some(behind)
                if value < Decimal::TEN && !behind.starts_with(['功', '立', '绩', '果', '员', '效', '本', '品']) =>
            {
                ((value * Decimal::TEN).normalize(), Kind::Percent)
            }
            _ => (value, kind_of(&text[at..])),
        };
        if kind == Kind::Count && is_range_sign(&text[at..]) {
            waiting.push(value);
        }
        found.insert(Figure { value, kind });
        if kind != Kind::Count {
            found.extend(waiting.drain(..).map(|value| Figure { value, kind }));
        }
    }
    found
}

fn number_length(text: &str) -> usize {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        let fraction = text[digits..]
            .strip_prefix('.')
            .map_or(0, |rest| rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        return if fraction > 0 { digits + 1 + fraction } else { digits };
    }
    text.find(|c: char| !"零一二两三四五六七八九十百千".contains(c)).unwrap_or(text.len())
}

fn kind_of(after: &str) -> Kind {
    if after.starts_with('分') && !after.starts_with("分钟") && !after.starts_with("分之") {
        Kind::Points
    } else if after.starts_with('%') {
        Kind::Percent
    } else if after.starts_with('元') {
        Kind::Money
    } else {
        Kind::Count
    }
}

fn is_range_sign(after: &str) -> bool {
    after.starts_with(['-', '~', '至', '到'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_their_kinds() {
        let shown: Vec<String> =
            figures("酌情扣1-2分,低于95%扣5.5分,两条加4分,各3000元,12348").iter().map(Figure::shown).collect();
        assert_eq!(shown, ["1分", "1", "2分", "2", "4分", "5.5分", "95%", "3000元", "12348"]);
        let tenths: Vec<String> = figures("低于九成的,成功5件,3成立").iter().map(Figure::shown).collect();
        assert_eq!(tenths, ["3", "5", "90%"]);
    }
}
