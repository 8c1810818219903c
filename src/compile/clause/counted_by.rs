//! 按…计: a coefficient of the points before it, points of its own, or something that has to be said otherwise.

use super::outcome::full_of;
use super::{Draft, Outcome, verb_of};
use crate::compile::declare::zero;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::number;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// `always`: no condition stands before it.
pub(super) fn counted_by(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
    always: bool,
) -> Outcome {
    let manifold = pair.child(Token::manifold).and_then(|times| times.child(Token::number));
    if let Some(times) = manifold.and_then(|times| number::decimal(times.as_str().trim())) {
        let factor = Expr::Number(Number::from(times));
        // Of a figure there are no rows to multiply.
        if scope.in_row.is_none() {
            factor_of_a_band(scope, site, draft, pair, &factor);
            return Outcome::Factor(Expr::Number(Number::ONE));
        }
        return Outcome::Factor(factor);
    }
    let inner = pair.child(Token::expression).expect("按 what");
    let value = expression::expression(scope, site, &inner);
    // What its names mean is not known, and told already.
    if value.expr == Expr::NotAssessed {
        return Outcome::Points(zero());
    }
    let is_literal = matches!(value.expr, Expr::Number(_));
    let of_figure = scope.in_row.is_none();
    let has_points = draft.plain.is_some() || !draft.arms.is_empty() && always;
    // 超过10条的部分，按50%计: the part has to say what each gives.
    if draft.beyond && is_literal {
        return Outcome::Factor(value.expr);
    }
    // Of a figure there are no rows: it multiplies what the whole line gives, or nothing.
    let multiplies = !of_figure || always && has_points;
    // 按5分计, 按10次计
    let counts = !matches!(value.kind, Type::Percent | Type::Bare);
    match &value.kind {
        _ if is_literal && (counts || !multiplies) => not_a_coefficient(scope, site, (pair, &inner), &value),
        _ if multiplies => Outcome::Factor(value.expr),
        // 不足100%的，按完成率计分: so much of the full marks.
        Type::Percent => {
            draft.gains = true;
            let full = full_of(scope, site, pair);
            Outcome::Points(Expr::Multiply(Box::new([value.expr, full])))
        }
        // 按办结率×10计分; 低于95%的，按难度系数计 is a coefficient of nothing.
        kind if *kind == Type::Points || is_worked_out(&value.expr) => {
            draft.gains = true;
            Outcome::Points(value.expr)
        }
        _ => not_a_coefficient(scope, site, (pair, &inner), &value),
    }
}

fn is_worked_out(points: &Expr) -> bool {
    matches!(
        points,
        Expr::Add(_) | Expr::Subtract(_) | Expr::Multiply(_) | Expr::Divide(_) | Expr::Of(..) | Expr::Case { .. }
    )
}

/// 级别为国家级的按5分计, 超过10次的按10次计, 低于95%的按80%计分
fn not_a_coefficient(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    (pair, inner): (&Pair<'_, Token>, &Pair<'_, Token>),
    value: &Typed,
) -> Outcome {
    let shown = scope.original(site.statement, inner);
    let written = scope.original(site.statement, pair);
    let label = site.statement.label();
    let outcomes = site.statement.pair.clone().into_inner().flatten();
    let verb = outcomes.filter(|inner| inner.as_rule() == Token::outcome).find_map(|outcome| verb_of(&outcome));
    let verb = match verb {
        Some(Token::DEDUCT) => "扣",
        Some(Token::ADD) => "加",
        _ => "得",
    };
    let (what, help) = match &value.kind {
        Type::Points => {
            let each = site.statement.pair.clone().into_inner().flatten().find(|inner| inner.as_rule() == Token::per);
            let each = each.filter(|_| scope.in_row.is_some()).map(|each| scope.original(site.statement, &each));
            ("没有写是扣是加", format!("写成：{}{verb}{shown}", each.unwrap_or_default()))
        }
        Type::Percent => (
            "没有写是什么的百分之几",
            format!("满分的{shown}写成：得满分的{shown}；这个数的{shown}写成：得 {label}×{shown}"),
        ),
        _ if !matches!(value.expr, Expr::Number(_)) => {
            ("前面没有写分数，没有什么可乘", format!("写成：得 几分×{shown}"))
        }
        _ => (
            "不是系数",
            format!(
                "最多算{shown}的写成：最多计{shown}；至少算{shown}的，先算出来：计分数 = 较高者（{label}、{shown}），再按计分数写"
            ),
        ),
    };
    let finding = scope
        .at(site.statement, pair, "not-a-coefficient", format!("“{written}”{what}，不能乘在分数上"))
        .expected("系数，如 按系数计、按50%计、乘以0.3")
        .help(help);
    scope.blame(finding);
    Outcome::Factor(Expr::Number(Number::ONE))
}

/// 低于95%的减半: of a figure there are no rows to be halved.
pub(super) fn factor_of_a_band(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    outcome: &Pair<'_, Token>,
    factor: &Expr,
) {
    let gives = scope.original(site.statement, outcome);
    let full = draft.arms.iter().any(|arm| matches!(arm.points, Expr::Full(_)));
    let help = match factor {
        Expr::Number(factor) if full => {
            let percent = super::step::percent_text(*factor);
            format!("满分的{percent}写成：得满分的{percent}")
        }
        _ => format!("写明“{gives}”以后是几分，如：得几分"),
    };
    let finding = scope
        .at(site.statement, outcome, "not-a-coefficient", format!("“{gives}”没有写是哪个分数的"))
        .expected("得几分、扣几分")
        .help(help);
    scope.blame(finding);
}
