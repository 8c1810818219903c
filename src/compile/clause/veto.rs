//! 一票否决: which of a line it goes with, and where it counts.

use pest::iterators::Pair;

use super::grade::sets_grade;
use super::{Draft, Waiting};
use crate::calendar::Cycle;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::Rule as Token;

pub(super) fn veto_scope(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let Some(veto) = draft.veto.as_mut() else {
        let finding = scope
            .at(site.statement, pair, "scope-without-veto", "前面没有写一票否决")
            .help("写成：一票否决，当月和年终排名末位");
        scope.report(finding);
        return;
    };
    veto.4 = true;
    // 当季 of a scheme that is assessed by the month is not 当月.
    let said = pair.as_str().trim();
    let of_cycle =
        [("当月", Cycle::Month), ("当季", Cycle::Quarter)].into_iter().find(|(word, _)| said.starts_with(word));
    if let Some((word, _)) = of_cycle.filter(|(_, cycle)| *cycle != scope.plan.cycle) {
        let (own, other) = match scope.plan.cycle {
            Cycle::Month => ("月", said.replacen(word, "当月", 1)),
            Cycle::Quarter => ("季度", said.replacen(word, "当季", 1)),
            _ => ("这一期", said.replacen(word, "当期", 1)),
        };
        let finding = scope
            .at(
                site.statement,
                pair,
                "veto-of-another-cycle",
                format!("本方案按{own}考评，“{said}”说的不是这一期的名次"),
            )
            .help(format!("改成其中一句：{other}，或 年终排名末位"));
        scope.report(finding);
    }
    match pair.clone().into_inner().next().map(|inner| inner.as_rule()) {
        Some(Token::VETO_BOTH) => (veto.1, veto.2) = (true, true),
        Some(Token::VETO_PERIOD) => veto.1 = true,
        Some(Token::VETO_YEAR) => veto.2 = true,
        Some(Token::VETO_ZERO) => veto.3 = true,
        _ => {}
    }
}

/// 1至2人扣3分；3人以上扣6分，一票否决: of those the comma joins it to.
pub(super) fn veto_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    waiting: &mut Waiting,
    pair: &Pair<'_, Token>,
    between: &str,
) {
    let of_last = between.contains(',').then(|| draft.arms.last().map(|arm| arm.when.clone())).flatten();
    let when = waiting.take().map(|(condition, _)| condition).or(of_last);
    if when.is_none() && draft.arms.iter().any(|arm| arm.when != Condition::Always) && between.contains(';') {
        let finding = scope
            .at(site.statement, pair, "veto-of-which", "前面分了几档，说不清哪一档一票否决")
            .help("写在那一档后面，用逗号：1至2人扣3分；3人以上扣6分，一票否决，年终排名末位；\n各档都否决的，另起一行：当 发生死亡，一票否决，年终排名末位");
        scope.blame(finding);
    }
    draft.veto = Some((when.unwrap_or(Condition::Always), false, false, false, false));
}

/// What the veto of a line does, which it has to say.
pub(super) fn veto_effect(scope: &mut Scope<'_>, line: usize, draft: &mut Draft) {
    if let Some((when, period, year, zero_total, said)) = draft.veto.take() {
        // 一票否决，等次定为D级: says what it does to the grade, and moves no rank.
        if !said && !draft.effects.iter().any(|effect| sets_grade(&effect.effect)) {
            let finding = scope
                .at_line(line, "missing-convention", "没有写一票否决影响哪里")
                .help("在后面加上其中一句：\n，当月和年终排名末位\n，当月排名末位\n，年终排名末位\n，总分计零");
            scope.report(finding);
        }
        draft.effects.insert(0, RuleEffect { when, effect: Effect::Veto { period, year, zero_total } });
    }
}
