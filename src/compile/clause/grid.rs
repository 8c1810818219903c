//! A table between bars: its first row names the values of the last key.

use rust_decimal::Decimal;

use super::Table;
use super::key::key_condition;
use super::table::{push_arm, signed};
use crate::compile::expression::{Site, Typed};
use crate::compile::number;
use crate::compile::scope::{Scope, name_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// A grid: the first row of bars names the values of the last key, each further row its other keys and points.
pub(super) fn bar_row(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    cells: Vec<Pair<'_, Token>>,
    table: &mut Table,
) {
    // A table whose keys nobody knows has been told of already.
    let Some((last, others)) = table.keys.split_last().map(|(last, others)| (last.clone(), others.to_vec())) else {
        return;
    };
    let Some(columns) = table.columns.clone() else {
        let columns = cells.iter().skip(1).map(|cell| {
            let keys = cell.children(Token::bar_key);
            let any: Vec<Condition> = keys.iter().map(|key| bar_key(scope, site, key, &last)).collect();
            if let [one] = &any[..] { one.clone() } else { Condition::Any(any) }
        });
        table.columns = Some(columns.collect());
        return;
    };
    if cells.len() != columns.len() + 1 {
        let message = format!("表头有{}格，这一行有{}格", columns.len() + 1, cells.len());
        let finding = scope
            .at(site.statement, pair, "wrong-number-of-cells", message)
            .help("每一行的格数与表头相同，没有分的写 0分");
        table.refused = true;
        scope.report(finding);
        return;
    }
    let keys = cells[0].children(Token::bar_key);
    if keys.len() != others.len() {
        let message = format!("第一格要写{}个项目，这里写了{}个", others.len(), keys.len());
        let finding = scope.at(site.statement, pair, "wrong-number-of-keys", message).help("几个项目之间用“、”隔开");
        table.refused = true;
        scope.report(finding);
        return;
    }
    let row: Vec<Condition> =
        keys.iter().zip(&others).map(|(key, subject)| bar_key(scope, site, key, subject)).collect();
    for (cell, column) in cells.iter().skip(1).zip(&columns) {
        let Some(points) = points_of(scope, site, cell) else { continue };
        let all = row.iter().chain([column]).filter(|condition| **condition != Condition::Always).cloned().collect();
        push_arm(scope, site, pair, table, all, signed(Expr::Number(Number::from(points)), table.sign));
    }
}

/// When a row or column holds: for a text, a place, a number with its unit, a range; 其余 always, behind the others.
fn bar_key(scope: &mut Scope<'_>, site: Site<'_, '_>, key: &Pair<'_, Token>, subject: &Typed) -> Condition {
    if key.has(Token::OTHERWISE) {
        return Condition::Always;
    }
    key_condition(scope, site, key, subject)
}

/// What a cell says: 10分, 10, 50% of what the line gives.
fn points_of(scope: &mut Scope<'_>, site: Site<'_, '_>, cell: &Pair<'_, Token>) -> Option<Decimal> {
    let text = name_of(cell);
    let digits = text.trim().trim_end_matches('分');
    let (digits, factor) = match digits.strip_suffix('%') {
        Some(digits) => (digits, Decimal::new(1, 2)),
        None => (digits, Decimal::ONE),
    };
    let points = number::decimal(digits.trim()).map(|points| (points * factor).normalize());
    if points.is_none() {
        let finding = scope
            .at(site.statement, cell, "points-expected", format!("格子里写的是“{}”", text.trim()))
            .expected("分数，如 10分");
        scope.report(finding);
    }
    points
}
