//! Facts for the gaps between bands that compiling notes (`gap-between-bands`): a value that falls through.

use crate::analysis::{Claim, Look, Settings, is_whole, kind_of, line_points, month_for, reach, relaxed};
use crate::compile::Compiled;
use crate::diagnostic::{Finding, Findings};
use crate::plan::*;
use crate::value::Number;

/// So many gaps are shown by facts; each takes an evaluation.
const MOST: usize = 4;

pub fn show(compiled: &Compiled, findings: &mut Findings) {
    let plan = &compiled.plan;
    let look = Look::new(plan, &compiled.source);
    let mut relaxed_plan = None;
    // A rulebook of several documents is told at the lines of each.
    let is_at = |finding: &Finding, line: u32| match compiled.source.origin(line as usize) {
        Some((document, origin)) => finding.place.file == document.name && finding.place.line == origin.line,
        None => finding.place.file == compiled.source.name && finding.place.line == line as usize,
    };
    for finding in findings.iter_mut().filter(|finding| finding.code == "gap-between-bands").take(MOST) {
        let Some(rule) = plan.rules.iter().position(|rule| is_at(finding, rule.line)) else { continue };
        let Some((value, claim, subject)) = claim(&look, RuleId(rule as u16)) else { continue };
        let relaxed_plan = relaxed_plan.get_or_insert_with(|| relaxed(plan.clone()));
        if claim.holds_alone(plan, relaxed_plan) {
            let shown = crate::analysis::cell(value, &kind_of(plan, subject));
            let label = &plan.rules[rule].label;
            finding.witness = Some(format!("{}\n“{label}”是{shown}，落在空当里，计0分", claim.told(plan)));
        }
    }
}

/// A value between the bands of a line.
fn claim<'p>(look: &Look<'p>, id: RuleId) -> Option<(Number, Claim, &'p Expr)> {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    let Expr::Case { arms, .. } = &rule.points else { return None };
    let mut subject = None;
    let mut ends = Vec::new();
    let mut tests = Vec::new();
    for (condition, _) in arms.iter().filter(|(_, points)| *points != Expr::NotAssessed) {
        let mut test = Vec::new();
        let list = match condition {
            Condition::All(list) => list.as_slice(),
            other => std::slice::from_ref(other),
        };
        for inner in list {
            let Condition::Compare(left, comparison, right) = inner else { return None };
            let Expr::Number(end) = **right else { return None };
            if **subject.get_or_insert(&**left) != **left {
                return None;
            }
            ends.push(end);
            test.push((*comparison, end));
        }
        tests.push(test);
    }
    let subject = subject?;
    ends.sort();
    let kind = kind_of(plan, subject);
    let holds = |value: Number, comparison: Comparison, end: Number| match comparison {
        Comparison::Below => value < end,
        Comparison::AtMost => value <= end,
        Comparison::Equal => value == end,
        Comparison::NotEqual => value != end,
        Comparison::AtLeast => value >= end,
        Comparison::Above => value > end,
    };
    let falls = |value: &Number| {
        !tests.iter().any(|test| test.iter().all(|(comparison, end)| holds(*value, *comparison, *end)))
    };
    let between = ends.windows(2).flat_map(|pair| {
        let middle = pair[0].plus(pair[1]).and_then(|sum| sum.divided_by(Number::whole(2))).ok();
        let next = pair[0].plus(Number::ONE).ok().filter(|next| *next < pair[1]);
        [next.filter(|_| is_whole(&kind)), middle, Some(pair[0]), Some(pair[1])]
    });
    // 1次扣1分，2次扣3分: beyond the last.
    let beyond = ends.last().and_then(|last| last.plus(Number::ONE).ok());
    let fits = |value: &Number| !is_whole(&kind) || value.is_whole();
    let value = between.flatten().chain(beyond).find(|value| falls(value) && fits(value))?;
    let mut settings = Settings::default();
    reach(plan, subject, value, &mut settings, 0)?;
    let month = settings.rows.first().map(|(input, _)| month_for(plan, *input))?;
    let zero = move |units: &[&crate::outcome::UnitOutcome]| line_points(units[0], id).is_zero();
    let mut claim = Claim::new(plan, month, Box::new(zero)).with(settings.given);
    for (input, value) in settings.rows {
        claim = claim.row(input, value);
    }
    Some((value, claim, subject))
}
