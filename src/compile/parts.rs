//! 任一项, 每一项, 没有一项: a condition on the parts of what a line stands in, of the sections where it stands in none.

use super::condition::range;
use super::expression::{Site, Typed};
use super::gathered;
use super::scope::Scope;
use crate::analysis::Bounds;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

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
    let children = match share {
        true => children,
        false => of_marks(scope, site, (&which, &range_pair), children),
    };
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

/// How sections are called that only come on top of the others, or off them.
const EXTRA: &[&str] = &["加分", "减分", "扣分", "加减", "附加", "奖励"];

/// 任一板块得分低于60分: 加分项 and 减分项 never come so far, and are not what is meant.
fn of_marks(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    (which, range_pair): (&Pair<'_, Token>, &Pair<'_, Token>),
    children: Vec<NodeId>,
) -> Vec<NodeId> {
    let Some(first) = children.first() else { return children };
    let range = range(scope, site, range_pair, &Typed::new(Expr::Node(*first), Type::Points));
    let ends = range.ends().and_then(|ends| ends.low.or(ends.high));
    let Some(bound) = ends.map(|(bound, _)| bound) else { return children };
    let nodes = &scope.plan.nodes;
    let has_marks = |child: &NodeId| {
        let node = &nodes[child.index()];
        let is_extra = EXTRA.iter().any(|word| node.title.contains(word));
        node.full.is_some() || node.start != Expr::Number(Number::ZERO) || !is_extra
    };
    if !bound.is_positive() || !children.iter().any(has_marks) {
        return children;
    }
    let (children, left_out): (Vec<NodeId>, Vec<NodeId>) = children.into_iter().partition(has_marks);
    let short = children.iter().find_map(|child| match &nodes[child.index()].full {
        Some(Expr::Number(full)) if *full < bound => Some((nodes[child.index()].address.clone(), *full)),
        _ => None,
    });
    for child in left_out {
        let address = nodes[child.index()].address.clone();
        let said = scope.original(site.statement, which);
        let message = format!("“{address}”能得{bound}分以上，没有写“{said}”算不算它");
        let help = format!("算的，在“{address}”里写明满分\n不算的，“{said}”换成要看的几个板块，一个一个写明");
        let finding = scope.at(site.statement, which, "missing-convention", message).help(help);
        scope.left_out.push((child, bound, finding));
    }
    // 没有一项得分超过60分 is spoiled by none that cannot.
    let is_spoiled = asks_for_more(&range.condition) == (which.as_rule() == Token::EVERY_PART);
    if let Some((address, full)) = short.filter(|_| is_spoiled) {
        let message = format!("“{address}”满分只有{full}分，总够不着{bound}分");
        let finding = scope.at(site.statement, range_pair, "impossible-bound", message).help(format!(
            "按各自的满分看的，“得分”改成“得分率”，“{bound}分”改成“{bound}%”；只看几个的，一个一个写明，用“或”连起来"
        ));
        scope.report(finding);
    }
    children
}

/// Asks about those whose names say so, and whose points come so far all the same: 奖励资金管理, of 70分 at most.
pub(super) fn settle(scope: &mut Scope<'_>) {
    let left_out = std::mem::take(&mut scope.left_out);
    if left_out.is_empty() || !scope.is_sound() {
        return;
    }
    let mut bounds = Bounds::new(&scope.plan);
    let most: Vec<Option<Number>> = left_out.iter().map(|(node, ..)| bounds.node(*node).points.high).collect();
    for ((_, bound, finding), most) in left_out.into_iter().zip(most) {
        if most.is_some_and(|most| most >= bound) {
            scope.report(finding);
        }
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
