//! The keys of a table's row: a text, a place, a number with its unit, a range.

use crate::compile::declare::zero;
use crate::compile::expression::{self, Site, Typed, integer};
use crate::compile::scope::{Scope, name_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub(super) fn key_condition(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    key: &Pair<'_, Token>,
    subject: &Typed,
) -> Condition {
    if let Some(range) = key.child(Token::key_range).filter(|_| subject.kind != Type::Text) {
        return range_key(scope, site, &range, subject);
    }
    let text = name_of(key);
    text_key(scope, site, key, &text, subject)
}

pub(super) fn text_key(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    at: &Pair<'_, Token>,
    text: &str,
    subject: &Typed,
) -> Condition {
    if subject.kind != Type::Text {
        let message = format!("这一项{}，这里写的是“{text}”", crate::compile::units::describe(&subject.kind));
        let finding = scope
            .at(site.statement, at, "wrong-measure-word", message)
            .help("写成范围，如：几件及以上；几件以上不满几件");
        scope.report(finding);
        return Condition::Always;
    }
    let symbol = scope.plan.symbols.intern(text);
    let closed = match &subject.expr {
        Expr::Attribute(id) => scope.plan.attributes[id.index()].values.clone(),
        Expr::Row(RowField::Column(id)) => scope.plan.columns[id.index()].values.clone(),
        _ => None,
    };
    if let Some(values) = closed.filter(|values| !values.contains(&symbol)) {
        let known: Vec<&str> = values.iter().map(|value| scope.plan.symbols.text(*value)).collect();
        let finding =
            scope.at(site.statement, at, "unknown-value", format!("没有“{text}”这个取值")).expected(known.join("、"));
        scope.report(finding);
    }
    Condition::Is(Box::new(subject.expr.clone()), vec![symbol])
}

fn range_key(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, subject: &Typed) -> Condition {
    let compare = |comparison, end: Expr| Condition::Compare(Box::new(subject.expr.clone()), comparison, Box::new(end));
    let value = |scope: &mut Scope<'_>, inner: &Pair<'_, Token>| -> Expr {
        match inner.as_rule() {
            Token::place => {
                let place = inner.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0);
                Expr::Number(Number::whole(i64::from(place)))
            }
            Token::number => Expr::Number(Number::from(expression::number(scope, site, inner))),
            Token::limit => {
                let mut parts = inner.clone().into_inner();
                let mut first = parts.next().expect("a limit is something");
                let below_zero = first.as_rule() == Token::MINUS;
                if below_zero {
                    first = parts.next().expect("below zero by how much");
                }
                let value = match first.as_rule() {
                    Token::place => {
                        let place = first.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0);
                        Expr::Number(Number::whole(i64::from(place)))
                    }
                    Token::number => Expr::Number(Number::from(expression::number(scope, site, &first))),
                    _ => expression::quantity(scope, site, &first).expr,
                };
                if below_zero { expression::negative(value) } else { value }
            }
            _ => expression::quantity(scope, site, inner).expr,
        }
    };
    if let Some(between) = pair.child(Token::between) {
        let limits = between.children(Token::limit);
        let (low, high) = (value(scope, &limits[0]), value(scope, &limits[1]));
        return Condition::All(vec![compare(Comparison::AtLeast, low), compare(Comparison::AtMost, high)]);
    }
    // 1倍以上不满3倍
    if let (Some(low), Some(high)) = (pair.child(Token::limit), pair.child(Token::quantity)) {
        let (low, high) = (value(scope, &low), value(scope, &high));
        let ends = if pair.has(Token::BELOW) { Comparison::Below } else { Comparison::AtMost };
        return Condition::All(vec![compare(Comparison::AtLeast, low), compare(ends, high)]);
    }
    let comparison = pair.clone().into_inner().find_map(|inner| match inner.as_rule() {
        Token::OR_MORE => Some(Comparison::AtLeast),
        Token::OR_LESS => Some(Comparison::AtMost),
        Token::comparator => Some(match inner.into_inner().next().map(|inner| inner.as_rule()) {
            Some(Token::BELOW) => Comparison::Below,
            Some(Token::AT_LEAST) => Comparison::AtLeast,
            Some(Token::AT_MOST) => Comparison::AtMost,
            Some(Token::ABOVE) => Comparison::Above,
            _ => Comparison::Equal,
        }),
        _ => None,
    });
    let end = pair
        .clone()
        .into_inner()
        .find(|inner| matches!(inner.as_rule(), Token::limit | Token::place | Token::quantity))
        .map(|inner| value(scope, &inner))
        .unwrap_or_else(zero);
    let end = if pair.has(Token::MINUS) { expression::negative(end) } else { end };
    compare(comparison.unwrap_or(Comparison::Equal), end)
}
