//! Steps: how large one is, and how many there are.

use rust_decimal::Decimal;

use crate::compile::declare::zero;
use crate::compile::expression::{Site, Typed};
use crate::compile::number;
use crate::compile::scope::{Scope, name_of};
use crate::compile::units::days_with_halves;
use crate::plan::walk::walk;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// `1件`, `件`, `2个百分点`
pub(super) fn step_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let number = match pair.child(Token::number) {
        Some(number) => number::number(scope, site, &number),
        None => Decimal::ONE,
    };
    let kind = crate::compile::declare::unit_of_each(pair).unwrap_or(Type::Bare);
    let value = if kind == Type::Percent { (number * Decimal::new(1, 2)).normalize() } else { number };
    if value.is_zero() {
        let finding = scope.at(site.statement, pair, "zero-step", "每0个算不出次数").help("写成每1个");
        scope.report(finding);
    }
    Typed::new(Expr::Number(Number::from(value)), kind)
}

/// How many steps, asking what a part of one is where there can be one.
pub(super) fn steps(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    amount: Expr,
    kind: &Type,
    step: &Typed,
    part: Option<Part>,
) -> Expr {
    let whole = matches!(kind, Type::Count(_) | Type::Days | Type::Place) && step.expr == Expr::Number(Number::ONE);
    if whole && !may_be_broken(&scope.plan, &amount) {
        return match amount {
            Expr::Row(_) => amount,
            other => Expr::Of(Aggregate::Greatest, vec![other, zero()]),
        };
    }
    // Days that may be a half have no part of one left.
    let halves = *kind == days_with_halves() && step.expr == Expr::Number(Number::from(Decimal::new(5, 1)));
    let part = part.or(halves.then_some(Part::Ignored)).unwrap_or_else(|| {
        let number = pair.child(Token::number).map_or("1".to_owned(), |number| number.as_str().trim().to_owned());
        let one = pair.child(Token::unit).map_or(number.clone(), |unit| format!("{number}{}", name_of(&unit)));
        let one = match pair.has(Token::PERCENT_SIGN) {
            true if *kind == Type::Percent => format!("{number}个百分点"),
            true => format!("{number}%"),
            false => one,
        };
        let finding = scope
            .at(site.statement, pair, "missing-convention", "没有写不足一步的部分怎么算")
            .help(format!("在后面加上其中一句：\n，不足{one}的不计\n，不足{one}的按比例计\n，不足{one}的按{one}计"));
        scope.report(finding);
        Part::Ignored
    });
    Expr::Steps { amount: Box::new(amount), step: Box::new(step.expr.clone()), part }
}

/// 每0.1天 of days, which are reported as whole ones: nobody can report a step of it. Half days are.
pub(super) fn too_fine(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    step: &Typed,
    of: &Expr,
) -> bool {
    let Expr::Number(size) = &step.expr else { return false };
    let is_half = step.kind == Type::Days && size.times(Number::whole(2)).is_ok_and(Number::is_whole);
    let counts = matches!(step.kind, Type::Count(_) | Type::Days);
    if !counts || size.is_whole() || is_half || may_be_broken(&scope.plan, of) {
        return false;
    }
    let unit = pair.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
    let written = scope.original(site.statement, pair);
    let line = scope.line_text(site.statement);
    let head = site.statement.inner();
    let is_figure = head.child(Token::head).unwrap_or(head).has(Token::head_unit);
    let whole = format!("报的是整数的，写成每1{unit}扣几分、加几分");
    let help = match is_figure && step.kind == Type::Days {
        true => {
            let mut other = line.replacen(&format!("（{unit}）"), "（日均）", 1);
            for digit in '0'..='9' {
                other = other.replace(&format!("{digit}{unit}"), &format!("{digit}日均"));
            }
            format!("报得出小数的（如平均数），量词另用一个，写成：{other}\n{whole}")
        }
        false => format!("报得出小数的，量词另用一个；{whole}"),
    };
    let message = format!("“{unit}”报的是整数，“{written}”的一步谁也报不出");
    let finding = scope.at(site.statement, pair, "impossible-bound", message).help(help);
    scope.blame(finding);
    true
}

/// Whether figures of whole things come to a part of one: 不少于目标 ÷ 12, 目标 × 80%, 全体平均（件数）.
fn may_be_broken(plan: &Plan, amount: &Expr) -> bool {
    let (mut broken, mut left) = (false, vec![amount.clone()]);
    let mut seen = Vec::new();
    while let Some(expr) = left.pop() {
        walk(&expr, &mut |inner| {
            let of_parts = |kind: &Type| matches!(kind, Type::Percent | Type::Quantity(_));
            broken |= match inner {
                Expr::Divide(_) | Expr::Root(_) => true,
                Expr::Number(number) => !number.is_whole(),
                Expr::Of(aggregate, _) | Expr::Over { aggregate, .. } => *aggregate == Aggregate::Mean,
                Expr::Input { input, collect } => {
                    *collect == Aggregate::Mean || of_parts(&plan.inputs[input.index()].quantity)
                }
                Expr::Parameter(input) => of_parts(&plan.inputs[input.index()].quantity),
                Expr::Attribute(id) => of_parts(&plan.attributes[id.index()].kind),
                Expr::Peer(id) => {
                    let peer = &plan.peers[id.index()];
                    // A place and a number of units are whole, whatever they are of.
                    if !matches!(peer.kind, PeerKind::Rank { .. } | PeerKind::Count) {
                        left.push(peer.expr.clone());
                    }
                    matches!(
                        peer.kind,
                        PeerKind::Mean | PeerKind::MeanOfBest(_) | PeerKind::Median | PeerKind::Deviation
                    )
                }
                Expr::Measure(id) if !seen.contains(id) => {
                    seen.push(*id);
                    left.push(plan.measures[id.index()].expr.clone());
                    false
                }
                _ => false,
            };
            // What is rounded to whole things is whole again.
            !matches!(inner, Expr::Round { places: 0, .. })
        });
    }
    broken
}

/// Points for each of the things that a row's 数量 counts; a formula that reads 数量 says itself how it counts.
pub(super) fn by_quantity(points: Expr) -> Expr {
    let quantity = Expr::Row(RowField::Quantity);
    if points.any(|inner| *inner == quantity) { points } else { times(points, quantity) }
}

pub(super) fn times(points: Expr, amount: Expr) -> Expr {
    match (&points, &amount) {
        (Expr::Number(number), _) if *number == Number::ONE => amount,
        _ => Expr::Multiply(Box::new([points, amount])),
    }
}

/// A number with the measure word of its kind.
pub(super) fn shown_number(number: Number, kind: &Type) -> String {
    match kind {
        Type::Percent => percent_text(number),
        Type::Count(unit) | Type::Quantity(unit) => format!("{number}{unit}"),
        Type::Days => format!("{number}天"),
        _ => number.to_string(),
    }
}

pub fn percent_text(number: Number) -> String {
    match number.times(Number::whole(100)) {
        Ok(percent) => format!("{percent}%"),
        Err(_) => number.to_string(),
    }
}
