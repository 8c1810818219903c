//! 30件以上得10分；20件以上不满30件得6分；每多1件加1分: from which of the bands the steps go on.

use super::per::Each;
use super::{Arm, Draft};
use crate::compile::expression::Site;
use crate::compile::scope::Scope;

/// Where a band ends in the way that the steps go.
#[derive(PartialEq)]
enum End {
    Open,
    There,
    /// 第1名: the next step is no part of it.
    Point,
}

/// Asks where the last band ends before the steps do, unless a comma joins them to it while semicolons part the bands.
pub(super) fn ask(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, each: &Each<'_, '_>, short: bool) -> bool {
    let end = |arm: &Arm| {
        let range = arm.range.as_ref()?;
        let is_point = range.low.as_ref().map(|(end, _)| end) == range.high.as_ref().map(|(end, _)| end);
        Some(match (if short { &range.low } else { &range.high }, is_point) {
            (_, true) => End::Point,
            (Some(_), false) => End::There,
            (None, false) => End::Open,
        })
    };
    let flat = draft.arms.iter().filter(|arm| arm.steps.is_none() && arm.range.is_some()).count();
    if flat < 2 || flat < draft.arms.len() || draft.arms.last().and_then(end) != Some(End::There) {
        return false;
    }
    let (begin, behind) = (each.pair.as_span().start(), each.outcome.as_span().end());
    let body = site.statement.body().as_span().start();
    let before = site.statement.code.text[body..begin].trim_end();
    let by_semicolon = before.trim_end_matches(';').contains(';');
    if by_semicolon && before.ends_with(',') {
        return false;
    }
    let text = |from: usize, to: usize| scope.source.text[site.statement.code.span(from..to)].trim().to_owned();
    let step = text(begin, behind);
    let separator = if by_semicolon || !before.contains(',') { [';', '；'] } else { [',', '，'] };
    let shown = text(body, body + before.len());
    let shown = shown.trim_end_matches([',', '，', ';', '；']);
    let bands: Vec<&str> = shown.split(separator).collect();
    let (head, rest) = (text(0, body), text(behind, site.statement.code.text.len()));
    let joined = |at: usize| {
        let parts: Vec<String> = bands
            .iter()
            .enumerate()
            .map(|(index, band)| if index == at { format!("{band}，{step}{rest}") } else { (*band).to_owned() })
            .collect();
        format!("{head}{}", parts.join("；"))
    };
    let open = draft.arms.iter().position(|arm| end(arm) == Some(End::Open));
    let lines: Vec<String> = open.into_iter().chain([bands.len() - 1]).map(joined).collect();
    let help = "接着哪一档的，用逗号写在那一档后面，各档之间用分号".to_owned();
    let help = if bands.len() == draft.arms.len() { format!("{help}，如：\n{}", lines.join("\n")) } else { help };
    let message = format!("前面分了几档，“{step}”说不清接着哪一档算");
    let finding = scope.at(site.statement, each.pair, "unclear-steps", message).help(help);
    scope.blame(finding);
    true
}
