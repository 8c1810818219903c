//! 合格率：低于90%扣5分；完好率低于90%扣3分: two figures in one line, of which only the first to fall short would count.

use super::Draft;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// Refuses points for another figure than the bands before them speak of, unless these are made of it; whether they were.
pub(super) fn another_figure(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &Draft,
    (condition, verb): (&Condition, Option<Token>),
    (at, outcome): (&Pair<'_, Token>, &Pair<'_, Token>),
) -> bool {
    let Some(first) = draft.arms.iter().find(|arm| arm.range.is_some()) else { return false };
    let (known, said) = (figures(scope, &first.when), figures(scope, condition));
    // 完成率：低于90%扣5分；目标数为0，扣1分 speaks of what the rate is made of; of 街道 nothing is reported.
    let is_other = !said.is_empty() && said.iter().all(|figure| !known.contains(figure));
    if verb.is_none() || first.verb != verb || !is_other || holds_streak(condition) {
        return false;
    }
    let text = &site.statement.code.text;
    let separator = |c: char| [',', ';', ' '].contains(&c);
    let gives = outcome.as_span().start();
    // 当 完好率低于90%，扣3分: the condition is a part of its own.
    let begin = match at.as_span().start() {
        begin if begin < gives => begin,
        _ => text[..gives].trim_end_matches(separator).rfind([',', ';', ':']).map_or(0, |sign| sign + 1),
    };
    let original = |from: usize, to: usize| scope.source.text[site.statement.code.span(from..to)].trim().to_owned();
    let written = original(begin, gives);
    let when = written.trim_start_matches(['当', ' ']).trim_end_matches(['的', '时', '，', ',', '：', ' ']);
    let lines = match text[gives..].contains(';') {
        true => "各算各的，分成几行".to_owned(),
        false => format!(
            "各算各的，分成两行：\n{}\n当 {when}，{}",
            original(0, text[..begin].trim_end_matches(separator).len()),
            original(gives, text.len())
        ),
    };
    let message = format!("“{when}”是另一个数，和前面的会都合上，没有写是都算，还是只算一样");
    let finding = scope
        .at(site.statement, at, "two-outcomes", message)
        .help(format!("{lines}\n只算一样的，后面的条件里写明前面的没有合，如：…不低于90%且{when}"));
    scope.blame(finding);
    true
}

/// What is reported, happens or is worked out that a condition looks at, with what that is made of.
fn figures(scope: &Scope<'_>, condition: &Condition) -> Vec<Expr> {
    let reported = |input: InputId| Expr::Input { input, collect: Aggregate::Sum };
    let (mut found, mut measures) = (Vec::new(), Vec::new());
    happening(condition, &mut |input| found.push(reported(input)));
    walk_condition(condition, &mut |expr| {
        match expr {
            Expr::Input { input, .. } => found.push(reported(*input)),
            Expr::Measure(id) => measures.push(*id),
            _ => {}
        }
        true
    });
    let mut at = 0;
    while let Some(id) = measures.get(at).copied() {
        at += 1;
        found.push(Expr::Measure(id));
        walk(&scope.plan.measures[id.index()].expr, &mut |expr| {
            match expr {
                Expr::Input { input, .. } => found.push(reported(*input)),
                Expr::Measure(inner) if !measures.contains(inner) => measures.push(*inner),
                _ => {}
            }
            true
        });
    }
    found
}

/// Visits what has to happen.
fn happening(condition: &Condition, visit: &mut dyn FnMut(InputId)) {
    match condition {
        Condition::Happened(input) => visit(*input),
        Condition::Not(inner) => happening(inner, visit),
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|inner| happening(inner, visit)),
        _ => {}
    }
}

fn holds_streak(condition: &Condition) -> bool {
    match condition {
        Condition::Streak { .. } => true,
        Condition::Not(inner) => holds_streak(inner),
        Condition::All(list) | Condition::Any(list) => list.iter().any(holds_streak),
        _ => false,
    }
}
