//! A table between bars: its first row names the values of the last key.

use rust_decimal::Decimal;

use super::Table;
use super::key::text_key;
use super::table::{push_arm, signed};
use crate::compile::expression::{self, Site, Typed};
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// A grid: the first row of bars names the values of the last key, each further row its other keys and points.
pub(super) fn bar_row(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    cells: Vec<String>,
    table: &mut Table,
) {
    if table.refused && table.keys.is_empty() {
        return;
    }
    let Some(header) = table.header.clone() else {
        if let Some(last) = table.keys.last().cloned() {
            for column in cells.iter().skip(1) {
                cell_condition(scope, site, pair, column, &last);
            }
        }
        table.header = Some(cells);
        return;
    };
    if cells.len() != header.len() {
        let message = format!("表头有{}格，这一行有{}格", header.len(), cells.len());
        let finding = scope
            .at(site.statement, pair, "wrong-number-of-cells", message)
            .help("每一行的格数与表头相同，没有分的写 0分");
        table.refused = true;
        scope.report(finding);
        return;
    }
    // A table whose keys nobody knows has been told of already.
    let Some((last, others)) = table.keys.split_last().map(|(last, others)| (last.clone(), others.to_vec())) else {
        return;
    };
    let names: Vec<&str> = cells[0].split('、').map(str::trim).collect();
    if names.len() != others.len() {
        let message = format!("第一格要写{}个项目，这里写了{}个", others.len(), names.len());
        let finding = scope.at(site.statement, pair, "wrong-number-of-keys", message).help("几个项目之间用“、”隔开");
        scope.report(finding);
        return;
    }
    for (cell, column) in cells.iter().zip(&header).skip(1) {
        let digits = cell.trim().trim_end_matches('分');
        let (digits, percent) = match digits.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (digits, false),
        };
        let Some(points) = expression::decimal(digits.trim()) else {
            let finding = scope
                .at(site.statement, pair, "points-expected", format!("格子里写的是“{cell}”"))
                .expected("分数，如 10分");
            scope.report(finding);
            continue;
        };
        let points = if percent { points * Decimal::new(1, 2) } else { points };
        let mut all: Vec<Condition> = Vec::new();
        for (name, subject) in names.iter().zip(&others) {
            all.push(cell_condition(scope, site, pair, name, subject));
        }
        // What is wrong with the header was told there.
        let told = scope.findings.len();
        all.push(cell_condition(scope, site, pair, column, &last));
        scope.findings.truncate(told);
        let points = signed(Expr::Number(Number::from(points.normalize())), table.sign);
        push_arm(scope, site, pair, table, all, points);
    }
}

/// A key written in a cell: a text, `第1名`, a number with its unit, `80至90`.
fn cell_condition(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    text: &str,
    subject: &Typed,
) -> Condition {
    if subject.kind == Type::Text {
        return text_key(scope, site, pair, text, subject);
    }
    let digits =
        |part: &str| {
            let cleaned: String = part.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            let value = expression::decimal(&cleaned);
            value.map(|value| {
                if part.contains('%') || subject.kind == Type::Percent { value * Decimal::new(1, 2) } else { value }
            })
        };
    let ends: Vec<Option<Decimal>> = text.split(['至', '-', '~']).map(digits).collect();
    let compare = |comparison, end: Decimal| {
        Condition::Compare(
            Box::new(subject.expr.clone()),
            comparison,
            Box::new(Expr::Number(Number::from(end.normalize()))),
        )
    };
    match ends[..] {
        [Some(low), Some(high)] => {
            Condition::All(vec![compare(Comparison::AtLeast, low), compare(Comparison::AtMost, high)])
        }
        [Some(value)] if text.contains("以上") => compare(Comparison::AtLeast, value),
        [Some(value)] if text.contains("以下") || text.contains("以内") => compare(Comparison::AtMost, value),
        [Some(value)] => compare(Comparison::Equal, value),
        _ => {
            let finding = scope
                .at(site.statement, pair, "number-expected", format!("表头“{text}”不是数"))
                .help("写成数或范围，如：80分以上");
            scope.report(finding);
            Condition::Always
        }
    }
}
