//! 减分项得分超过5分: points that only ever go down, compared with a number above zero, which none of them reaches.

use super::expression::Site;
use super::scope::Scope;
use crate::analysis::Bounds;
use crate::parse::{is_off, turned};
use crate::plan::{Aggregate, Expr};
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// Keeps what to tell of such a comparison; how far the points go is known when every line has been read.
pub(super) fn note(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    (compared, range): (&Pair<'_, Token>, &Pair<'_, Token>),
    value: &Expr,
) {
    let (node, is_sum) = match value {
        Expr::Node(node) => (node, false),
        // 各月扣分项得分之和
        Expr::Over { expr, aggregate, .. } if *aggregate != Aggregate::Count => match &**expr {
            Expr::Node(node) => (node, true),
            _ => return,
        },
        _ => return,
    };
    let Some((_, below)) = turned(range.as_str().trim()) else { return };
    let left = compared.child(Token::expression).expect("what is compared");
    let left = scope.original(site.statement, &left);
    let of = left.strip_suffix("得分").unwrap_or(&left);
    // 基层工作得分低于60分 holds for whoever has any; only of what is called so the sign was left out.
    let is_less = below.starts_with("超过") || below.starts_with("不低于");
    if is_less && !is_off(of) {
        return;
    }
    let said = scope.original(site.statement, range);
    let message = format!("“{of}”只扣分，得分最高是0分，和“{said}”比不出高低");
    let points = if is_sum { left.clone() } else { format!("{of}得分") };
    let line = scope.line_with(site.statement, compared, &format!("{points}{below}"));
    let help = format!("扣了几分的，得分在0分以下，写成：{line}");
    let finding = scope.at(site.statement, compared, "impossible-bound", message).help(help);
    scope.above_zero.push((*node, finding));
}

/// Tells of those that have no points above zero.
pub(super) fn settle(scope: &mut Scope<'_>) {
    let noted = std::mem::take(&mut scope.above_zero);
    if noted.is_empty() || !scope.is_sound() {
        return;
    }
    let mut bounds = Bounds::new(&scope.plan);
    let found: Vec<Option<Number>> = noted.iter().map(|(node, _)| bounds.node(*node).points.high).collect();
    for ((_, finding), most) in noted.into_iter().zip(found) {
        if most.is_some_and(|most| most <= Number::ZERO) {
            scope.report(finding);
        }
    }
}
