//! Pieces that several kinds of line share: amounts, choices, and what holds where nothing was reported.

use super::condition;
use super::expression::{self, Site, Typed};
use super::scope::Scope;
use super::units::{agree, describe};
use crate::parse::Statement;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// `5分`, `实绩 ÷ 目标 × 满分`: an expression that must be points (or a bare number).
pub fn amount(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Expr {
    let inner = pair.child(Token::expression).expect("an amount is an expression");
    let value = expression::expression(scope, site, &inner);
    require_points(scope, site, &inner, &value);
    value.expr
}

pub fn require_points(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, value: &Typed) {
    if !expression::require_number(scope, site, pair, &value.kind) {
        return;
    }
    if let Expr::Number(_) = value.expr
        && value.kind == Type::Percent
    {
        let percent = pair.as_str().trim();
        let finding = scope
            .at(site.statement, pair, "points-expected", format!("这里应当写分数，写的是百分比“{percent}”"))
            .expected("几分，如 5分")
            .help(format!("按满分的比例的，写：满分的{percent}"));
        scope.report(finding);
        return;
    }
    // 扣1-5分 would be worked out: 1 minus 5.
    if let Expr::Subtract(ends) = &value.expr
        && let [Expr::Number(low), Expr::Number(high)] = &**ends
        && low < high
    {
        let finding = scope
            .at(site.statement, pair, "missing-judged", "几分到几分，没有写是酌情；照算式读是相减")
            .help(format!("由人酌定的，写：酌情扣{low}至{high}分"));
        scope.report(finding);
        return;
    }
    if agree(&Type::Points, &value.kind) || value.kind == Type::Percent {
        return;
    }
    // A formula may turn any measure into points; a plain quantity with another unit is a slip.
    if matches!(value.expr, Expr::Number(_)) {
        let message = format!("这里应当写分数，写的{}", describe(&value.kind));
        let mut finding = scope.at(site.statement, pair, "points-expected", message).expected("几分，如 5分");
        // 最多加2项: two points, or two of them?
        let (written, line) = (scope.original(site.statement, pair), scope.line_text(site.statement));
        let limit = ["最多加", "最多扣", "最多得"].iter().find(|limit| line.contains(&format!("{limit}{written}")));
        if let (Some(limit), Type::Count(_)) = (limit, &value.kind) {
            let counted = line.replacen(&format!("{limit}{written}"), &format!("最多计{written}"), 1);
            finding = finding.help(format!("限几分的，写：{limit}几分；限次数的，写：{counted}"));
        }
        scope.report(finding);
    }
}

/// `当 类别为街道，100分；其余90分`: conditions and points; nothing meets none of them is a finding unless 其余 is said.
pub fn choices(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, subject: Option<&Typed>) -> Expr {
    choices_of(scope, site, pair, subject, amount)
}

/// `系数：当 类别为街道，20%；其余 25%`: conditions and what to multiply by.
pub fn factors(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Expr {
    choices_of(scope, site, pair, None, |scope, site, pair| {
        let inner = pair.child(Token::expression).expect("an amount is an expression");
        let value = expression::expression(scope, site, &inner);
        if value.kind != Type::Percent {
            require_points(scope, site, &inner, &value);
        }
        value.expr
    })
}

fn choices_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    subject: Option<&Typed>,
    amount: fn(&mut Scope<'_>, Site<'_, '_>, &Pair<'_, Token>) -> Expr,
) -> Expr {
    let mut arms = Vec::new();
    let mut otherwise = None;
    for choice in pair.children(Token::choice) {
        let points = amount(scope, site, &choice.child(Token::amount).expect("a choice has an amount"));
        if choice.has(Token::OTHERWISE) {
            otherwise = Some(points);
        } else if let Some(condition) = choice.child(Token::condition) {
            arms.push((condition::condition(scope, site, &condition), points));
        } else if let Some(range) = choice.child(Token::range) {
            match subject {
                Some(subject) => arms.push((condition::range(scope, site, &range, subject).condition, points)),
                None => {
                    let finding = scope
                        .at(site.statement, &range, "range-without-subject", "没有写是什么在这个范围里")
                        .help("写成：当 某指标低于90%，4分");
                    scope.report(finding);
                }
            }
        }
    }
    if otherwise.is_none() && !arms.is_empty() {
        let finding =
            scope.at(site.statement, pair, "missing-otherwise", "没有写其余情形是多少").help("在最后加上：；其余 0分");
        scope.report(finding);
    }
    let branches: Vec<&Condition> = arms.iter().map(|(when, _)| when).collect();
    condition::require_reached(scope, site, &branches);
    let otherwise = Box::new(otherwise.unwrap_or(Expr::Number(Number::ZERO)));
    if arms.is_empty() { *otherwise } else { Expr::Case { arms, otherwise } }
}

/// A cap of nothing, or less: whatever is done counts for nothing.
pub fn require_positive(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, most: &Expr) {
    if let Expr::Number(number) = most
        && *number <= Number::ZERO
    {
        let finding = scope
            .at(site.statement, pair, "cap-not-positive", format!("最多{number}分，等于一分也不计"))
            .expected("大于0的分数");
        scope.report(finding);
    }
}

/// `得分不超过110分，最低0分`: each bound has a line.
fn two_bounds(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let line = scope.line_text(site.statement);
    let Some((most, least)) = line.split_once(['，', ',']) else { return false };
    let words = ["得分最低", "总分最低", "得分不低于", "总分不低于", "不低于", "最低", "最少"];
    let Some(least) = words.iter().find_map(|word| least.trim().strip_prefix(word)) else { return false };
    let help = format!("分成两行：\n{}\n得分不低于 {}", most.trim(), least.trim().trim_end_matches('。'));
    let finding = scope.at(site.statement, pair, "two-lines-in-one", "一行里写了两句").help(help);
    scope.blame(finding);
    true
}

/// The amount or the choices of a line such as `扣分封顶 每月40分`.
pub fn amount_or_choices(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Expr {
    match (pair.child(Token::amount), pair.child(Token::choices)) {
        (Some(inner), _) => amount(scope, site, &inner),
        (_, Some(inner)) if two_bounds(scope, site, &inner) => Expr::Number(Number::ONE),
        (_, Some(inner)) => choices(scope, site, &inner, None),
        _ => Expr::Number(Number::ZERO),
    }
}

/// `缺报的，按0计`: which case it is about, and what holds.
pub fn missing_rule(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
    node: NodeId,
    of: &Type,
) -> (Token, WhenMissing) {
    let when = if pair.has(Token::WHEN_MISSING) { Token::WHEN_MISSING } else { Token::WHEN_INAPPLICABLE };
    let site = Site { statement, node };
    let value = if pair.has(Token::STOP_RUN) {
        WhenMissing::Error
    } else if pair.has(Token::NOT_ASSESSED) {
        WhenMissing::NotAssessed
    } else if pair.has(Token::FULL_MARKS) {
        let (finding, label) = (scope.at(statement, pair, "no-full-marks", "这里说不清满分是多少"), statement.label());
        let help = match &scope.plan.nodes[node.index()].full {
            Some(Expr::Number(full)) if !label.is_empty() => {
                format!(
                    "照给满分的，去掉这几个字，另起一行：当 {label}未报，本项计{full}分；当作报了多少的，写：不适用的，按90%计"
                )
            }
            _ => "写成“按多少计”，如：不适用的，按90%计".to_owned(),
        };
        scope.report(finding.help(help));
        WhenMissing::Error
    } else {
        let inner = pair.child(Token::expression).expect("按…计 has an expression");
        let value = expression::expression(scope, site, &inner);
        require_as_reported(scope, site, pair, (&inner, &value), of);
        match value.expr {
            Expr::Number(number) => WhenMissing::Value(number),
            _ => {
                let finding = scope
                    .at(statement, &inner, "number-expected", "这里只能写一个数")
                    .help("要用算式的，写成一个量：名称 = （当 指标未报，…；其余 指标）");
                scope.report(finding);
                WhenMissing::Error
            }
        }
    };
    (when, value)
}

/// Lets such a rule hold for an input.
pub fn stand_in(scope: &mut Scope<'_>, id: InputId, (when, value): (Token, WhenMissing)) {
    let input = &mut scope.plan.inputs[id.index()];
    if when == Token::WHEN_MISSING {
        input.missing = value;
    } else {
        input.inapplicable = value;
        scope.inapplicable_said.insert(id);
    }
}

/// 不适用的，按25分计 of what is reported in per cent: the figure would be 2500%, and not the points 25.
pub fn require_as_reported(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (said, value): (&Pair<'_, Token>, &Typed),
    of: &Type,
) {
    let Expr::Number(number) = value.expr else { return };
    let bare_share = *of == Type::Percent && value.kind == Type::Bare && number > Number::ONE;
    if agree(of, &value.kind) && !bare_share {
        return;
    }
    let written = scope.original(site.statement, said);
    let message = format!("“按{written}计”是把这个数当成{written}，这个数{}", describe(of));
    let finding = scope.at(site.statement, said, "wrong-measure-word", message);
    let body = site.statement.pair.child(Token::body);
    let label = site.statement.inner().child(Token::head_name);
    let help = match (body, label) {
        (Some(_), Some(label)) if value.kind == Type::Points => {
            let label = scope.original(site.statement, &label);
            let points = format!("当 {label}未报，得{written}");
            format!("得{written}的，写成：{}", scope.line_with(site.statement, pair, &points))
        }
        _ if value.kind == Type::Points => {
            let name = site.statement.inner().child(Token::measure_name);
            let name = name.map_or("…".to_owned(), |name| scope.original(site.statement, &name));
            format!("得{written}的，这里写“不作考评”，再在用它计分的那一句里写：当 {name}未报，得{written}")
        }
        _ if bare_share => format!("写成：{}", scope.line_with(site.statement, said, &format!("{written}%"))),
        _ => "写成和这个数一样的量词".to_owned(),
    };
    scope.blame(finding.help(help));
}
