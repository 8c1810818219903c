//! 任一项, 每一项, 没有一项: a condition on the parts of what a line stands in, of the sections where it stands in none.

use super::condition::range;
use super::expression::{Site, Typed};
use super::gathered;
use super::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// 任一项得分率低于60%, 每一项得分率不低于60%
pub fn of_parts(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let which = pair.clone().into_inner().next().expect("says of which parts");
    let said = scope.original(site.statement, &which).trim().to_owned();
    let share = pair.child(Token::POINTS_OF).is_some_and(|what| what.as_str().contains("得分率"));
    let range_pair = pair.child(Token::range).expect("compared with what");
    let children = scope.plan.nodes[site.node.index()].children.clone();
    // A part without full marks has no rate.
    let children: Vec<NodeId> =
        children.into_iter().filter(|child| !share || scope.plan.nodes[child.index()].full.is_some()).collect();
    if children.is_empty() {
        let missing = if share { "写了满分的" } else { "" };
        let message = format!("本条没有{missing}下级条目，“{said}”无从谈起");
        let finding =
            scope.at(site.statement, pair, "no-parts", message).help("移到有小项的板块或条目里，或写明是哪一项");
        scope.report(finding);
    }
    if let Some(first) = children.first() {
        gathered::require_how(scope, site, pair, *first, if share { "得分率" } else { "得分" });
    }
    let mut of_each = Vec::new();
    for child in children {
        let value = if share {
            Typed::new(Expr::Divide(Box::new([Expr::Node(child), Expr::Full(child)])), Type::Percent)
        } else {
            Typed::new(Expr::Node(child), Type::Points)
        };
        of_each.push(range(scope, site, &range_pair, &value).condition);
    }
    match which.as_rule() {
        Token::EVERY_PART => Condition::Not(Box::new(Condition::Any(of_each.into_iter().map(failed).collect()))),
        Token::NO_PART => Condition::Not(Box::new(Condition::Any(of_each))),
        Token::ANY_PART if of_each.first().is_some_and(asks_for_more) => {
            ask_how_many(scope, site, pair, &which);
            Condition::Always
        }
        _ => Condition::Any(of_each),
    }
}

/// What a part fails by; one that is not assessed fails nothing.
fn failed(wanted: Condition) -> Condition {
    match wanted {
        Condition::Compare(left, comparison, right) => Condition::Compare(left, comparison.opposite(), right),
        Condition::All(list) => Condition::Any(list.into_iter().map(failed).collect()),
        other => Condition::Not(Box::new(other)),
    }
}

/// 不低于60%: what is asked of whoever is to have something, and no fault that one part may show.
fn asks_for_more(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(_, comparison, _) => {
            matches!(comparison, Comparison::AtLeast | Comparison::Above | Comparison::NotEqual)
        }
        Condition::All(list) => list.first().is_some_and(asks_for_more),
        _ => false,
    }
}

/// 任一项得分率不低于60%: every one of them, or is one enough?
fn ask_how_many(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, which: &Pair<'_, Token>) {
    let points = if pair.has(Token::POINTS_OF) || pair.as_str().contains("分数") { "" } else { "得分" };
    let with = |word: &str| scope.line_with(site.statement, which, &format!("{word}{points}"));
    let message = format!("“{}”说不清是每一项都要，还是有一项就行", scope.original(site.statement, pair).trim());
    let help = format!("改成其中一句：\n{}\n{}", with("每一项"), with("至少一项"));
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
}
