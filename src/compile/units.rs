//! Measure words as types.

use crate::plan::Type;

/// Measure words that count whole things.
const COUNTS: &[&str] = &[
    "株", "棵", "件", "次", "人", "人次", "批次", "条", "项", "项次", "卷", "起", "例", "篇", "场", "个", "户", "家",
    "所", "份", "期", "宗", "案", "处", "台", "辆", "村", "部", "本", "册", "门", "幅", "批", "轮", "类", "种", "票",
];

/// What a unit in parentheses, or behind a number, says of a value.
pub fn type_of_unit(unit: &str) -> Type {
    match unit.trim() {
        "%" | "个百分点" | "百分点" => Type::Percent,
        "分" => Type::Points,
        "元" => Type::Money,
        "名" => Type::Place,
        "天" | "日" | "个自然日" | "自然日" | "个工作日" | "工作日" => Type::Days,
        "日期" => Type::Date,
        "文字" => Type::Text,
        "" | "数" => Type::Bare,
        unit if COUNTS.contains(&unit) => Type::Count(unit.to_owned()),
        unit => Type::Quantity(unit.to_owned()),
    }
}

/// What stands in parentheses behind a name of this type.
pub fn word_of(kind: &Type) -> &str {
    match kind {
        Type::Count(unit) | Type::Quantity(unit) => unit,
        Type::Percent => "%",
        Type::Points => "分",
        Type::Money => "元",
        Type::Place => "名",
        Type::Days => "天",
        Type::Bare => "数",
        Type::Date => "日期",
        Type::Text => "文字",
    }
}

/// Days that may be a half, where the line that declares them speaks of 半天: no whole things, and days all the same.
pub fn days_with_halves() -> Type {
    Type::Quantity("天".to_owned())
}

/// How a type is called in a finding: 以“件”计.
pub fn describe(kind: &Type) -> String {
    match kind {
        Type::Count(unit) | Type::Quantity(unit) => format!("以“{unit}”计"),
        Type::Percent => "是百分比".to_owned(),
        Type::Points => "以“分”计".to_owned(),
        Type::Money => "以“元”计".to_owned(),
        Type::Place => "是名次".to_owned(),
        Type::Days => "以“天”计".to_owned(),
        Type::Bare => "是数".to_owned(),
        Type::Date => "是日期".to_owned(),
        Type::Text => "是文字".to_owned(),
    }
}

/// Whether values of two types may be added or compared.
pub fn agree(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::Date, other) | (other, Type::Date) => *other == Type::Date,
        (Type::Text, other) | (other, Type::Text) => *other == Type::Text,
        (Type::Bare, _) | (_, Type::Bare) => true,
        (Type::Days, other) | (other, Type::Days) => *other == Type::Days || *other == days_with_halves(),
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_measure_words_do_not_agree() {
        assert!(!agree(&type_of_unit("件"), &type_of_unit("条")));
        assert!(agree(&type_of_unit("天"), &type_of_unit("日")));
        assert!(agree(&Type::Bare, &Type::Percent));
    }
}
