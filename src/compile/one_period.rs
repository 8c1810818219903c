//! 上半年得分, 第四季度等次: what one of the year's periods came to.

use super::expression::{self, Site, Typed};
use super::number;
use super::ranking;
use super::scope::Scope;
use crate::calendar::Cycle;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// The points of the one period meant; without facts of it there are none, unless the text says what holds then.
pub fn one_period(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let which = pair.child(Token::which_period).expect("says which");
    let (cycle, number) = meant(&which);
    let here = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    if which.has(Token::UPPER_HALF) && here <= Cycle::Half {
        return before(scope, site, pair);
    }
    require_one(scope, site, &which, here);
    let outer = scope.stage.replace(cycle);
    let value = points(scope, site, pair);
    scope.stage = outer;
    ranking::require_totals(scope, site, cycle, ranking::reads_total(&value.expr));
    let over = Expr::Over { cycle, aggregate: Aggregate::Last, expr: Box::new(value.expr), only: Some(number) };
    let expr = match expression::none_before(scope, site, pair) {
        Some(otherwise) => Expr::Assessed { expr: Box::new(over), otherwise },
        None => over,
    };
    Typed::new(expr, value.kind)
}

/// 上半年 of 上半年等次, where it is that of the year. Of what is itself assessed by the half-year it is the half-year before, as
/// 上月 is the month before.
pub fn first_half<'a>(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let here = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    pair.child(Token::EARLIER).filter(|which| which.as_str().trim() == "上半年" && here > Cycle::Half)
}

/// 第四季度等次为较差: what holds in the one period meant; it does not where there is none.
pub fn holds_in(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    which: &Pair<'_, Token>,
    condition: impl FnOnce(&mut Scope<'_>) -> Condition,
) -> Condition {
    let (cycle, number) = meant(which);
    let here = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    if !require_one(scope, site, which, here) {
        return Condition::Always;
    }
    let outer = scope.stage.replace(cycle);
    let when = condition(scope);
    scope.stage = outer;
    ranking::require_totals(scope, site, cycle, ranking::asks_total(&when));
    let truth = |holds: bool| Expr::Number(Number::whole(i64::from(holds)));
    let held = Expr::Case { arms: vec![(when, truth(true))], otherwise: Box::new(truth(false)) };
    let held = Expr::Over { cycle, aggregate: Aggregate::Last, expr: Box::new(held), only: Some(number) };
    Condition::Compare(Box::new(held), Comparison::Equal, Box::new(truth(true)))
}

/// Refuses a period that is not one of those within the one that is spoken of; `false` where it does.
fn require_one(scope: &mut Scope<'_>, site: Site<'_, '_>, which: &Pair<'_, Token>, here: Cycle) -> bool {
    let (cycle, number) = meant(which);
    let written = scope.original(site.statement, which);
    let calendar = &scope.plan.calendar;
    let there = calendar.each(cycle).filter(|id| calendar.period(*id).number() == number).count();
    let refusal = if here <= cycle {
        Some((format!("这里按{}计算，没有“{written}”可用", here.title()), "写在年终的算式、等次、奖惩里"))
    } else if there == 0 {
        Some((format!("施行期里没有{written}"), "去掉它，或改施行的起止"))
    } else if there > 1 {
        Some((
            format!("施行期里有{there}个{written}，说不清是哪一个"),
            "按次序合成的，写各季度得分、各半年得分、各月得分",
        ))
    } else {
        None
    };
    if let Some((message, help)) = refusal {
        let finding = scope.at(site.statement, which, "which-period", message).help(help);
        scope.report(finding);
        return false;
    }
    true
}

fn points(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    match pair.child(Token::node_points) {
        Some(node) => expression::node_points(scope, site, &node),
        None => Typed::new(Expr::Total, Type::Points),
    }
}

/// The half-year before this one.
fn before(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let value = points(scope, site, pair);
    let of = pair.child(Token::node_points).or_else(|| pair.child(Token::total)).expect("of what");
    let earlier = expression::Before { word: "上半年", cycle: Cycle::Half, back: 1 };
    expression::earlier_value(scope, site, pair, earlier, value, &of)
}

/// How long the period is, and which of the year's.
fn meant(which: &Pair<'_, Token>) -> (Cycle, u32) {
    let number = which.child(Token::integer).and_then(|number| number::integer(&number)).unwrap_or(1);
    if which.has(Token::UPPER_HALF) || which.as_rule() == Token::EARLIER {
        (Cycle::Half, 1)
    } else if which.has(Token::LOWER_HALF) {
        (Cycle::Half, 2)
    } else if which.as_str().contains('季') {
        (Cycle::Quarter, number)
    } else {
        (Cycle::Month, number)
    }
}
