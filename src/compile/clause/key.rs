//! The keys of a table's row: a text, a place, a number with its unit, a range.

use crate::compile::condition;
use crate::compile::expression::{Site, Typed};
use crate::compile::scope::{Scope, name_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

pub(super) fn key_condition(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    key: &Pair<'_, Token>,
    subject: &Typed,
) -> Condition {
    if let Some(range) = key.child(Token::key_range).filter(|_| subject.kind != Type::Text) {
        return condition::range(scope, site, &range, subject).condition;
    }
    // A table between bars has all else in its cells.
    let text = name_of(key.child(Token::bar_text).as_ref().unwrap_or(key));
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
