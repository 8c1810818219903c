//! Numbers and quantities: 5, 80%, 2万元, 3∶2.

use rust_decimal::Decimal;

use super::expression::{Site, Typed};
use super::scope::{Scope, name_of};
use super::units::type_of_unit;
use crate::parse::{Statement, is_numeral, whole};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// A number in digits or plain Chinese numerals.
pub fn decimal(text: &str) -> Option<Decimal> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return (text.len() <= 30).then(|| text.parse().ok()).flatten();
    }
    // 半天
    (text == "半").then(|| Decimal::new(5, 1)).or_else(|| whole(text).map(Decimal::from))
}

pub fn integer(pair: &Pair<'_, Token>) -> Option<u32> {
    whole(pair.as_str().trim())
}

/// Refuses 第二百五名 and 第99999999999名: whole numbers that are none, wherever they stand.
pub fn require_whole(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    for statement in statements {
        // Of one numeral alone, and of few digits, all are read.
        if !statement.code.text.split(|c| !is_numeral(c)).any(|run| run.len() >= 6) {
            continue;
        }
        let mut numbers = statement.pair.clone().into_inner().flatten();
        let unread = numbers.find(|inner| inner.as_rule() == Token::integer && integer(inner).is_none());
        if let Some(number) = unread {
            let written = number.as_str().trim();
            let finding = match written.bytes().all(|byte| byte.is_ascii_digit()) {
                true => scope
                    .at(statement, &number, "ambiguous-number", "这个数太大")
                    .help(format!("核对位数，最多写到{}", u32::MAX)),
                false => scope.at(statement, &number, "ambiguous-number", "这个数读不准").expected(readings(written)),
            };
            scope.blame(finding);
        }
    }
}

/// A number pair, or a finding.
pub fn number(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Decimal {
    match decimal(pair.as_str().trim()) {
        // 扣05分: a point was left out, or a nought is too much.
        Some(value) if is_nought_before(pair.as_str().trim()) => {
            let written = pair.as_str().trim();
            let finding = scope
                .at(site.statement, pair, "ambiguous-number", format!("“{written}”像是漏了小数点"))
                .expected(format!("0.{}或{}", &written[1..], value.normalize()));
            scope.report(finding);
            value
        }
        Some(value) => value,
        None => {
            let finding = scope
                .at(site.statement, pair, "ambiguous-number", "这个数读不准")
                .expected(readings(pair.as_str().trim()));
            scope.report(finding);
            Decimal::ZERO
        }
    }
}

/// 05, and not 0, 0.5 or 05 of a date.
fn is_nought_before(written: &str) -> bool {
    written.len() > 1 && written.starts_with('0') && written.bytes().all(|byte| byte.is_ascii_digit())
}

/// The two numbers that a colloquial one may be: 二百五 is 250 or 205.
fn readings(text: &str) -> String {
    let unit = text.char_indices().rev().find(|(_, c)| "百千".contains(*c));
    if let Some((at, unit)) = unit {
        let last = &text[at + unit.len_utf8()..];
        let smaller = if unit == '千' { "百" } else { "十" };
        let head = &text[..at + unit.len_utf8()];
        if let (Some(more), Some(less)) = (whole(&format!("{head}{last}{smaller}")), whole(&format!("{head}零{last}")))
        {
            return format!("{more}或{less}，用阿拉伯数字写明");
        }
    }
    "阿拉伯数字，或完整的中文数字（二百零五、二百五十）".to_owned()
}

/// `30件`, `90%`, `1个百分点`
pub fn quantity(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    if let Some(percent) = pair.child(Token::percent) {
        return percent_of(scope, site, &percent);
    }
    if let Some(ratio) = pair.child(Token::ratio) {
        return ratio_of(scope, site, &ratio);
    }
    let digits = pair.child(Token::number).expect("a quantity has a number");
    let value = number(scope, site, &digits);
    let Some(unit) = pair.child(Token::unit) else {
        return Typed::new(Expr::Number(Number::from(value)), Type::Bare);
    };
    let kind = type_of_unit(&name_of(&unit));
    let value = if kind == Type::Percent { hundredth(value) } else { value };
    in_yuan(scope, Typed::new(Expr::Number(Number::from(value)), kind))
}

/// Where all money is in 元, what is in 万元 or 亿元 is brought to it.
pub fn in_yuan(scope: &mut Scope<'_>, value: Typed) -> Typed {
    let value = brought_to_yuan(scope, value);
    scope.saw_yuan |= value.kind == Type::Money;
    value
}

pub fn brought_to_yuan(scope: &Scope<'_>, value: Typed) -> Typed {
    let scale = match &value.kind {
        Type::Quantity(unit) if scope.in_yuan && unit == "万元" => 10_000,
        Type::Quantity(unit) if scope.in_yuan && unit == "亿元" => 100_000_000,
        _ => return value,
    };
    let expr = match value.expr {
        Expr::Number(number) => match number.times(Number::whole(scale)) {
            Ok(number) => Expr::Number(number),
            Err(_) => Expr::Multiply(Box::new([Expr::Number(number), Expr::Number(Number::whole(scale))])),
        },
        other => Expr::Multiply(Box::new([other, Expr::Number(Number::whole(scale))])),
    };
    Typed::new(expr, Type::Money)
}

/// How many 元 one of a money's measure word is.
fn yuan_of(kind: &Type) -> Option<i64> {
    match kind {
        Type::Money => Some(1),
        Type::Quantity(unit) => match unit.as_str() {
            "万元" => Some(10_000),
            "亿元" => Some(100_000_000),
            _ => None,
        },
        _ => None,
    }
}

/// An amount of money in the measure word of what it meets: 50万元 beside 元 is 500000元. Anything else as it is.
pub fn in_money_of(value: Typed, kind: &Type) -> Typed {
    let (Some(own), Some(other)) = (yuan_of(&value.kind), yuan_of(kind)) else { return value };
    let Ok(scale) = Number::whole(own).divided_by(Number::whole(other)) else { return value };
    if scale == Number::ONE {
        return value;
    }
    let expr = match value.expr {
        Expr::Number(number) if number.times(scale).is_ok() => Expr::Number(number.times(scale).unwrap_or(number)),
        other => Expr::Multiply(Box::new([other, Expr::Number(scale)])),
    };
    Typed::new(expr, kind.clone())
}

/// 1:200
pub fn ratio_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let parts: Vec<Number> =
        pair.children(Token::integer).iter().map(|part| Number::whole(integer(part).unwrap_or(0).into())).collect();
    let value = match parts[..] {
        [one, other] => one.divided_by(other).ok(),
        _ => None,
    };
    let value = value.unwrap_or_else(|| {
        let finding = scope.at(site.statement, pair, "impossible-ratio", "比的后一个数不能是0").help("写成：1:200");
        scope.report(finding);
        Number::ONE
    });
    Typed::new(Expr::Number(value), Type::Bare)
}

pub fn percent_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let digits = pair.child(Token::number).expect("a percentage has a number");
    let value = hundredth(number(scope, site, &digits));
    Typed::new(Expr::Number(Number::from(value)), Type::Percent)
}

pub fn hundredth(value: Decimal) -> Decimal {
    (value * Decimal::new(1, 2)).normalize()
}

/// How many a quantity or a unit speaks of: a unit alone is one.
pub fn number_of(pair: &Pair<'_, Token>) -> Option<Decimal> {
    let number = pair.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::number);
    number.map_or(Some(Decimal::ONE), |number| decimal(number.as_str().trim()))
}
