//! What a line says against itself.

use super::{Arm, Draft};
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::Site;
use crate::compile::scope::{Scope, name_of};
use crate::plan::*;
use crate::syntax::Rule as Token;

/// 酌情扣1至3分，情节为严重的扣5分: each row would have to bring points that are not used.
pub(super) fn judged_and_fixed(scope: &mut Scope<'_>, line: usize, draft: &Draft) {
    let is_judged = |points: &Expr| {
        let points = if let Expr::Negate(inner) = points { inner } else { points };
        *points == Expr::Row(RowField::Points)
    };
    let given = draft.arms.iter().map(|arm| &arm.points).chain(&draft.plain).chain(&draft.otherwise);
    let fixed = given.filter(|points| !is_judged(points) && **points != zero()).count() > 0;
    if draft.judged.is_some() && (fixed || draft.table.is_some()) {
        let finding = scope
            .at_line(line, "judged-and-fixed", "这一行有的酌情、有的分数已定，说不清哪几行要填分值")
            .help("分成两行写，各用一个情形：\n一般差错：每次扣1分\n严重差错：酌情扣3至5分");
        scope.report(finding);
    }
}

/// Whether a limit of the rule itself keeps it within the item's full marks.
pub(super) fn within_full(scope: &Scope<'_>, rule: RuleId) -> bool {
    let rule = &scope.plan.rules[rule.index()];
    let Some(Expr::Number(full)) = &scope.plan.nodes[rule.node.index()].full else { return false };
    rule.limits.iter().any(|limit| matches!(&limit.most, Expr::Number(most) if most <= full))
}

/// 录入件数：不少于30件，扣5分: five off for having done what was asked?
pub(super) fn met_and_deducted(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let [Arm { range: Some(Range { low: Some((Expr::Number(low), true)), high: None, .. }), verb, steps, .. }] =
        &draft.arms[..]
    else {
        return;
    };
    if steps.is_some() || *verb != Some(Token::DEDUCT) || draft.gains || draft.plain.is_some() {
        return;
    }
    let body = site.statement.pair.child(Token::body).expect("a scoring line has a body");
    let bounds = body.into_inner().flatten().filter(|inner| inner.as_rule() == Token::AT_LEAST);
    let Some(bound) = bounds.into_iter().find(|bound| bound.as_str().starts_with('不') || bound.as_str() == "至少")
    else {
        return;
    };
    let word = bound.as_str().trim().to_owned();
    let finding = scope
        .at(site.statement, &bound, "step-the-wrong-way", format!("“{word}{low}”是达到了要求，反而扣分"))
        .help(format!("没有达到才扣的，把“{word}”改成“低于”；达到了就扣的，改成“达到”"));
    scope.report(finding);
}

/// 本项计零，扣5分: what is taken off an item of which nothing is left is lost.
pub(super) fn swallowed(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let zeroes = |effect: &RuleEffect| effect.effect == Effect::ZeroNode(site.node);
    let gives = |points: &Expr| *points != zero();
    let plain = draft.plain.as_ref().is_some_and(gives);
    let lost = draft.effects.iter().filter(|effect| zeroes(effect)).any(|effect| match &effect.when {
        Condition::Always => plain || draft.arms.iter().any(|arm| gives(&arm.points)) || !draft.extras.is_empty(),
        when => {
            draft.arms.iter().any(|arm| arm.when == *when && gives(&arm.points))
                || draft.extras.iter().any(|(extra, _)| extra == when)
        }
    });
    let line = site.statement.line.number;
    // A condition that was not understood seems to hold always.
    if lost && !scope.has_told(line) {
        let label = site.statement.inner().child(Token::head_name).map(|head| name_of(&head)).unwrap_or_default();
        let finding = scope
            .at_line(line, "points-after-zero", "本项计零以后，同一句里的扣分、加分就不起作用了")
            .expected("只写本项计零，或只写扣几分")
            .help(format!(
                "还要倒扣的，扣分写在别的条目里；倒扣的分数固定的，单写一行，“几”换成分数：当 发生{label}，本项计-几分"
            ));
        scope.report(finding);
    }
}
