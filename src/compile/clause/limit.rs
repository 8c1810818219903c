//! 最多扣5分: of the phrase before it, of a row, a person or a cycle.

use super::modifier::whole_if_one_year;
use super::{Draft, verbs_of};
use crate::compile::body;
use crate::compile::declare::{counted_unit, label_of};
use crate::compile::expression::{self, Site};
use crate::compile::header::cycle_of;
use crate::compile::scope::Scope;
use crate::compile::shorter::count_within;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub(super) fn limit(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let most = match (pair.child(Token::amount), pair.child(Token::number)) {
        (Some(amount), _) => body::amount(scope, site, &amount),
        // 封顶5分, 最多5分
        (None, Some(number)) => Expr::Number(Number::from(expression::number(scope, site, &number))),
        (None, None) => return,
    };
    body::require_positive(scope, site, pair, &most);
    if let Some(noun) = pair.child(Token::verb_noun) {
        let verbs = verbs_of(&site.statement.pair);
        let deducts = noun.has(Token::NOUN_DEDUCT);
        if !verbs.is_empty() && !verbs.iter().any(|said| (*said == Token::DEDUCT) == deducts) {
            let (said, meant) = if deducts { ("扣", "加") } else { ("加", "扣") };
            let message = format!("这一句没有{said}分，限的却是最多{said}几分");
            let finding = scope.at(site.statement, pair, "limit-of-other-kind", message);
            scope.report(finding.help(format!("写成：最多{meant}…分")));
            return;
        }
    }
    let scope_pair = pair.child(Token::limit_scope);
    // 超过10%，每高1个百分点加0.5分，最多加3分: of what stands before it, not of the other arms of the line.
    if let (None, Some(noun), Some(arm)) = (&scope_pair, pair.child(Token::verb_noun), draft.arms.last_mut())
        && (scope.in_row.is_none() || draft.on_total)
        // 达到300得8分，每增加50加0.5分，最高得10分: of all that the line gives.
        && !(arm.verb == Some(Token::ADD) && noun.as_str().contains('得'))
    {
        let points = std::mem::replace(&mut arm.points, Expr::NotAssessed);
        arm.points = if noun.has(Token::NOUN_DEDUCT) {
            Expr::Of(Aggregate::Greatest, vec![points, expression::negative(most)])
        } else {
            Expr::Of(Aggregate::Least, vec![points, most])
        };
        return;
    }
    let per = match &scope_pair {
        Some(inner) if inner.has(Token::PER_ROW) => match whose(scope, site, inner, pair) {
            Some(Whose::Piece) => {
                draft.by_piece_limit = true;
                LimitPer::Row
            }
            Some(Whose::Row) => LimitPer::Row,
            Some(Whose::Item) => LimitPer::Cycle(scope.plan.nodes[site.node.index()].cycle),
            None => return,
        },
        Some(inner) if inner.has(Token::PER_PERSON) => {
            let Some(input) = scope.in_row else {
                let finding = scope
                    .at(site.statement, inner, "limit-per-person", "指标是一个单位一个数，分不出每个人")
                    .help(format!(
                        "每人限几分的，写成情形，名称后面不写量词，一行事实写一个“人员”：{}",
                        scope.line_of_event(site.statement)
                    ));
                scope.report(finding);
                return;
            };
            scope.plan.inputs[input.index()].needs.person = true;
            scope.plan.inputs[input.index()].additive = false;
            draft.by_row_limit = true;
            LimitPer::Person
        }
        Some(inner) if inner.has(Token::cycle) => {
            let cycle = cycle_of(&inner.child(Token::cycle).expect("asked for"));
            let cycle = whole_if_one_year(scope, cycle);
            count_within(scope, site, inner, cycle);
            LimitPer::Cycle(cycle)
        }
        _ => LimitPer::Cycle(scope.plan.nodes[site.node.index()].cycle),
    };
    if per == LimitPer::Row
        && let Some(input) = scope.in_row
    {
        scope.plan.inputs[input.index()].additive = false;
    }
    draft.limits.push(Limit { most, per });
}

/// What 每件最多, 每次最多, 单项最多 bound.
enum Whose {
    /// Each of the things that a row's quantity counts.
    Piece,
    /// A row, whatever its quantity counts: 每处扣1分，每次最多扣2分.
    Row,
    /// The item, all its rows together.
    Item,
}

/// 每件最多扣3分 of a line that counts 件, or whatever is reported; `None` where 每项 can be each row or the item.
fn whose(scope: &mut Scope<'_>, site: Site<'_, '_>, said: &Pair<'_, Token>, limit: &Pair<'_, Token>) -> Option<Whose> {
    let words = said.as_str().trim();
    let (single, unit) = (words.starts_with('单'), words.trim_start_matches(['每', '单', '一']));
    let body = site.statement.pair.child(Token::body).expect("a scoring line has a body");
    let counted = counted_unit(&label_of(site.statement), &body);
    let is_counted = counted.as_ref().is_none_or(|kind| *kind == Type::Count(unit.to_owned()));
    if unit != "项" {
        return Some(if is_counted { Whose::Piece } else { Whose::Row });
    }
    let by_items = counted == Some(Type::Count(unit.to_owned()));
    match (single, by_items) {
        (false, true) => Some(Whose::Piece),
        (true, false) => Some(Whose::Item),
        (true, true) | (false, false) => {
            let text = scope.line_text(site.statement);
            let written = scope.original(site.statement, limit);
            let most = written.trim_start_matches(words);
            let each = if by_items { "每项" } else { "每次" };
            let (row, item) = (format!("{each}{most}"), most.to_owned());
            let finding = scope
                .at(site.statement, said, "missing-convention", format!("“{words}”说不清是{each}，还是这一项一共"))
                .help(format!(
                    "改成其中一句：\n{}\n{}",
                    text.replacen(&written, &row, 1),
                    text.replacen(&written, &item, 1)
                ));
            scope.blame(finding);
            None
        }
    }
}
