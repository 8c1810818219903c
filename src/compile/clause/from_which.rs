//! 30件以上得10分；20件以上不满30件得6分；每多1件加1分: from which of the bands the steps go on.

use super::per::Each;
use super::{Arm, Draft};
use crate::compile::condition::Range;
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
        // 100%得10分，每超1个百分点加0.2分: of the point itself there are no steps.
        let side = if short { "以下" } else { "以上" };
        let is_point = draft.arms.get(at).and_then(end) == Some(End::Point);
        let number = |band: &str| band.rfind(['得', '加', '扣']).filter(|_| is_point && !band.starts_with('第'));
        let open = |band: &str| number(band).map(|at| format!("{}{side}{}", &band[..at], &band[at..]));
        let parts: Vec<String> = bands
            .iter()
            .enumerate()
            .map(|(index, band)| match index == at {
                true => format!("{}，{step}{rest}", open(band).unwrap_or_else(|| (*band).to_owned())),
                false => (*band).to_owned(),
            })
            .collect();
        format!("{head}{}", parts.join("；"))
    };
    // The band that lies furthest out is open, or a point.
    let furthest = |arm: &Arm| {
        let ends = arm.range.as_ref().and_then(Range::ends)?;
        let (near, far) = if short { (ends.high, ends.low) } else { (ends.low, ends.high) };
        let begins = near.or(far).map(|(number, _)| if short { number.negated() } else { number })?;
        Some((far.is_none(), begins))
    };
    let open = (0..draft.arms.len()).max_by_key(|at| furthest(&draft.arms[*at]));
    // 不足90%不得分，每超1个百分点加0.2分: nobody adds to nothing.
    let is_nothing = draft.arms.last().is_some_and(|arm| draft.no_marks.contains(&arm.when));
    let last = (bands.len() - 1..bands.len()).filter(|at| !is_nothing && open != Some(*at));
    let lines: Vec<String> = open.into_iter().chain(last).map(joined).collect();
    let help = "接着哪一档的，用逗号写在那一档后面，各档之间用分号".to_owned();
    let help = if bands.len() == draft.arms.len() { format!("{help}，如：\n{}", lines.join("\n")) } else { help };
    let message = format!("前面分了几档，“{step}”说不清接着哪一档算");
    let finding = scope.at(site.statement, each.pair, "unclear-steps", message).help(help);
    scope.blame(finding);
    true
}
