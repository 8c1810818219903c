//! 评分: the mean of ballots, by groups of raters.

use super::grade::add_rule;
use super::step::percent_text;
use crate::compile::body;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::number;
use crate::compile::rows;
use crate::compile::scope::{Meaning, Scope, name_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub(super) fn own_input(scope: &Scope<'_>, node: NodeId, name: &str) -> Option<InputId> {
    match scope.declared_here(node, name) {
        Some(Meaning::Input(id)) => Some(id),
        _ => None,
    }
}

/// 评分，领导组占60%，科室组占40%，去掉最高最低各1个
pub(super) fn rating(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str, pair: &Pair<'_, Token>) {
    let Some(input) = own_input(scope, site.node, name) else { return };
    scope.given.insert(input);
    let mut weights: Vec<(SymbolId, Number)> = Vec::new();
    let mut trim = 0;
    let mut trims: Vec<(SymbolId, u32)> = Vec::new();
    let (mut from, mut to, mut keep) = (None, None, None);
    for option in pair.children(Token::rating_option) {
        let inner = option.into_inner().next().expect("an option");
        match inner.as_rule() {
            Token::trim => trim = rows::trim_of(scope, site, &inner),
            Token::rater_trim => {
                // 互评去掉最高最低各1个: of that group alone.
                let rater = name_of(&inner.child(Token::rater).expect("whose ballots"));
                let rater = scope.plan.symbols.intern(&rater);
                let trim = rows::trim_of(scope, site, &inner.child(Token::trim).expect("how many"));
                trims.push((rater, trim));
            }
            Token::scale_from => {
                from = Some(number::number(scope, site, &inner.child(Token::number).expect("of how many")))
            }
            Token::scale_to => {
                to = Some(number::number(scope, site, &inner.child(Token::number).expect("to how many")))
            }
            Token::rater_weight => {
                let more = weights_of(scope, site, &inner);
                let again = more.iter().find(|(rater, _)| weights.iter().any(|(known, _)| known == rater));
                if let Some((rater, _)) = again {
                    let message = format!("“{}”占多少写了两次", scope.plan.symbols.text(*rater));
                    let finding = scope
                        .at(site.statement, &inner, "said-twice", message)
                        .help("一组只写一次；是两组人的，各写各的组名");
                    scope.blame(finding);
                }
                weights.extend(more);
            }
            Token::full_of_what => {
                let number = inner.child(Token::number).expect("of how many").as_str().trim().to_owned();
                let message = format!("“满分{number}分”说不清是打分就打到{number}分，还是按100分打、折成{number}分");
                let finding = scope
                    .at(site.statement, &inner, "missing-convention", message)
                    .help(format!("改成其中一句：\n0至{number}分\n0至100分，折为{number}分"));
                scope.report(finding);
            }
            Token::between_points => {
                let numbers = inner.children(Token::number);
                let low = number::number(scope, site, &numbers[0]);
                let high = number::number(scope, site, &numbers[1]);
                if low > high {
                    let finding = scope
                        .at(site.statement, &inner, "range-upside-down", "打分的下限大于上限")
                        .help("把两个数对调");
                    scope.report(finding);
                }
                scope.plan.inputs[input.index()].range = (Some(low), Some(high));
            }
            Token::missing_rule => {
                let (_, value) = body::missing_rule(scope, site.statement, &inner, site.node, &Type::Points);
                scope.plan.inputs[input.index()].missing = value;
            }
            Token::keep => keep = Some(inner),
            _ => {}
        }
    }
    if let Some((rater, _)) = trims.iter().find(|(rater, _)| weights.iter().all(|(known, _)| known != rater)) {
        let message = format!("没有写“{}”占多少", scope.plan.symbols.text(*rater));
        let finding =
            scope.at(site.statement, pair, "unknown-rater-group", message).help("写成：评分，甲组占60%，乙组占40%");
        scope.report(finding);
    }
    let mean = |filter: Option<Condition>, trim: u32| {
        Expr::Rows(Box::new(RowsExpr {
            input,
            aggregate: Aggregate::Mean,
            value: Expr::Row(RowField::Quantity),
            filter,
            weight: None,
            trim,
        }))
    };
    let mut points = if weights.is_empty() {
        mean(None, trim)
    } else {
        scope.plan.inputs[input.index()].needs.rater = true;
        scope.plan.inputs[input.index()].raters = weights.iter().map(|(rater, _)| *rater).collect();
        let total = weights.iter().try_fold(Number::ZERO, |sum, (_, share)| sum.plus(*share));
        if total != Ok(Number::ONE) {
            let shown = total.map(percent_text).unwrap_or_default();
            let finding = scope
                .at(site.statement, pair, "weights-not-100", format!("各组所占比例加起来是{shown}"))
                .expected("加起来是100%");
            scope.report(finding);
        }
        let mut sum: Option<Expr> = None;
        for (rater, share) in weights {
            let is_rater = Condition::Is(Box::new(Expr::Row(RowField::Rater)), vec![rater]);
            let own = trims.iter().find(|(known, _)| *known == rater).map_or(trim, |(_, own)| *own);
            let part = Expr::Multiply(Box::new([mean(Some(is_rater), own), Expr::Number(share)]));
            sum = Some(match sum {
                None => part,
                Some(sum) => Expr::Add(Box::new([sum, part])),
            });
        }
        sum.expect("there are weights")
    };
    let most = from.or(scope.plan.inputs[input.index()].range.1);
    match (most, to) {
        (Some(most), Some(to)) => {
            scope.plan.inputs[input.index()].range.1 = Some(most);
            let scaled = Expr::Multiply(Box::new([points, Expr::Number(Number::from(to))]));
            points = Expr::Divide(Box::new([scaled, Expr::Number(Number::from(most))]));
        }
        (None, Some(to)) => {
            let finding = scope
                .at(site.statement, pair, "missing-convention", format!("没有写从满分多少折为{to}分"))
                .help("在后面加上：，0至100分；或 ，原满分100分");
            scope.report(finding);
        }
        (_, None) => {}
    }
    match keep {
        Some(keep) => points = expression::keep_digits(scope, site, &keep, Typed::new(points, Type::Points)).expr,
        None => {
            let finding = scope
                .at(site.statement, pair, "missing-convention", "平均分可能除不尽，没有写保留几位小数")
                .help("在后面加上：，保留2位小数，四舍五入");
            scope.report(finding);
        }
    }
    let id = add_rule(scope, site, name, Basis::Period, points);
    scope.gains.insert(id);
}

/// 领导组占60%; 甲组、乙组各占50%; 甲组、乙组分别占60%、40%; 甲组、乙组按6:4
fn weights_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Vec<(SymbolId, Number)> {
    let raters: Vec<SymbolId> =
        pair.children(Token::rater).iter().map(|rater| scope.plan.symbols.intern(&name_of(rater))).collect();
    let mut percents = Vec::new();
    for percent in pair.children(Token::percent) {
        match number::percent_of(scope, site, &percent).expr {
            Expr::Number(share) => percents.push(share),
            _ => return Vec::new(),
        }
    }
    if let [share] = percents[..] {
        return raters.into_iter().map(|rater| (rater, share)).collect();
    }
    let parts: Vec<Number> =
        pair.children(Token::number).iter().map(|part| Number::from(number::number(scope, site, part))).collect();
    let whole = parts.iter().try_fold(Number::ZERO, |sum, part| sum.plus(*part));
    let shares: Option<Vec<Number>> = match percents.is_empty() {
        true => whole.ok().and_then(|whole| parts.iter().map(|part| part.divided_by(whole).ok()).collect()),
        false => Some(percents),
    };
    match shares {
        Some(shares) if shares.len() == raters.len() => raters.into_iter().zip(shares).collect(),
        _ => {
            let written = scope.original(site.statement, pair);
            let count = shares.map_or(parts.len(), |shares| shares.len());
            let message = format!("“{written}”：{}个组，{count}个比例，对不上", raters.len());
            let finding = scope
                .at(site.statement, pair, "weights-not-100", message)
                .help("有几组写几个数，如：甲组、乙组按6:4；或写：甲组占60%，乙组占40%");
            scope.blame(finding);
            Vec::new()
        }
    }
}
