//! 外部得分: points from elsewhere, brought to our scale.

use super::grade::add_rule;
use super::rating::own_input;
use crate::calendar::Cycle;
use crate::compile::body;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::number;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// 外部得分，原满分120分，折为20分
pub(super) fn imported(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str, pair: &Pair<'_, Token>) {
    let Some(input) = own_input(scope, site.node, name) else { return };
    scope.given.insert(input);
    let (mut from, mut to, mut keep, mut collect) = (None, None, None, None);
    for option in pair.children(Token::imported_option) {
        let inner = option.into_inner().next().expect("an option");
        match inner.as_rule() {
            Token::scale_from => {
                from = Some(number::number(scope, site, &inner.child(Token::number).expect("of how many")))
            }
            Token::scale_to => {
                to = Some(number::number(scope, site, &inner.child(Token::number).expect("to how many")))
            }
            Token::keep => keep = Some(inner),
            Token::collect => collect = Some(crate::compile::declare::collect_of(&inner)),
            Token::missing_rule => {
                let rule = body::missing_rule(scope, site.statement, &inner, site.node, &Type::Points);
                body::stand_in(scope, input, rule);
            }
            _ => {}
        }
    }
    if from.is_some_and(|from| from.is_zero()) {
        let finding = scope.at(site.statement, pair, "zero-scale", "原满分是0分，没法折算").expected("大于0的分数");
        scope.report(finding);
        return;
    }
    if collect.is_none()
        && matches!(scope.plan.nodes[site.node.index()].cycle, Cycle::Quarter | Cycle::Half)
        && !(from.is_none() && to.is_some())
    {
        let finding = scope
            .at(
                site.statement,
                pair,
                "missing-convention",
                format!(
                    "本条按{}考评，没有写各月报来的分怎样合成一个",
                    scope.plan.nodes[site.node.index()].cycle.word()
                ),
            )
            .help("在后面加上其中一句（一期只报一行的，也选一句）：\n，取平均\n，取期末数\n，取合计");
        scope.report(finding);
    }
    let value = Expr::Input { input, collect: collect.unwrap_or(Aggregate::Sum) };
    let mut points = match (from, to) {
        (Some(from), Some(to)) => {
            scope.plan.inputs[input.index()].range.1 = Some(from);
            let scaled = Expr::Multiply(Box::new([value, Expr::Number(Number::from(to))]));
            Expr::Divide(Box::new([scaled, Expr::Number(Number::from(from))]))
        }
        (None, Some(to)) => {
            // Each row brings its own 原满分.
            let target = &mut scope.plan.inputs[input.index()];
            target.needs.scale = true;
            let share = Expr::Divide(Box::new([Expr::Row(RowField::Quantity), Expr::Row(RowField::Scale)]));
            let scaled = Expr::Multiply(Box::new([share, Expr::Number(Number::from(to))]));
            Expr::Rows(Box::new(RowsExpr {
                input,
                aggregate: Aggregate::Sum,
                value: scaled,
                filter: None,
                weight: None,
                trim: 0,
            }))
        }
        _ => value,
    };
    if let Some(keep) = keep {
        points = expression::keep_digits(scope, site, &keep, Typed::new(points, Type::Points)).expr;
    }
    let id = add_rule(scope, site, name, Basis::Period, points);
    scope.gains.insert(id);
}
