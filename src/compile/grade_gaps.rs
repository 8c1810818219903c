//! 等次 by points: what lies between two grades, or above the best, falls to the rest unseen.

use super::scope::Scope;
use crate::calendar::Cycle;
use crate::diagnostic::Severity;
use crate::plan::*;
use crate::value::Number;

/// An end of a band and whether it is included; `None` where open.
type End = Option<(Number, bool)>;

/// A grade that a range of points alone decides.
struct Band {
    name: String,
    low: End,
    high: End,
    line: usize,
}

/// Notes points that no line of a grading speaks of, though its lines have both ends; `lines` are those of its grades.
pub fn note(scope: &mut Scope<'_>, index: usize, lines: &[usize]) {
    let grading = &scope.plan.gradings[index];
    if grading.grades.len() != lines.len() {
        return;
    }
    let (cycle, rest) = (grading.cycle, grading.grades.iter().find(|grade| grade.condition == Condition::Always));
    let rest = rest.map(|grade| format!("落到“{}”", grade.name)).unwrap_or("评不上等次".to_owned());
    let banded = grading.grades.iter().zip(lines).filter(|(grade, _)| grade.condition != Condition::Always);
    let bands = banded.map(|(grade, line)| band(grade, *line)).collect::<Option<Vec<Band>>>();
    let Some(mut bands) = bands.filter(|bands| !bands.is_empty()) else { return };
    bands.sort_by_key(|band| band.low.map(|(end, _)| end));
    let whole = in_whole_points(scope, cycle);
    for pair in bands.windows(2) {
        let (Some((high, high_in)), Some((low, low_in))) = (pair[0].high, pair[1].low) else { continue };
        let meets = high > low || high == low && (high_in || low_in);
        // 80至89 and 90至100 leave nothing out where points are whole.
        let next = if high_in { high.plus(Number::ONE).unwrap_or(high) } else { high };
        if meets || whole && low_in && next >= low {
            continue;
        }
        let message = format!("{high}分与{low}分之间没有写，{rest}");
        let from = pair[0].low.map(|(from, _)| format!("{from}分以上")).unwrap_or_default();
        let end = if low_in { "不满" } else { "不超过" };
        tell(scope, pair[0].line, message, format!("写成：{}：{from}{end}{low}分", pair[0].name));
    }
    let Some(Band { name, low: Some((low, _)), high: Some((high, true)), line }) = bands.last() else { return };
    if !is_bounded(scope, cycle, *high) {
        let (message, help) = (format!("超过{high}分的没有写，也{rest}"), format!("写成：{name}：{low}分以上"));
        tell(scope, *line, message, help);
    }
}

fn tell(scope: &mut Scope<'_>, line: usize, message: String, help: String) {
    let mut finding = scope.at_line(line, "gap-between-grades", message).help(help);
    finding.severity = Severity::Warning;
    scope.report(finding);
}

/// The ends of a grade's range; nothing where more than a range decides.
fn band(grade: &Grade, line: usize) -> Option<Band> {
    let mut band = Band { name: grade.name.clone(), low: None, high: None, line };
    let parts = match &grade.condition {
        Condition::All(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    for part in parts {
        let Condition::Compare(value, comparison, end) = part else { return None };
        let (Expr::Total, Expr::Number(end)) = (&**value, &**end) else { return None };
        match comparison {
            Comparison::AtLeast => band.low = Some((*end, true)),
            Comparison::Above => band.low = Some((*end, false)),
            Comparison::AtMost => band.high = Some((*end, true)),
            Comparison::Below => band.high = Some((*end, false)),
            Comparison::Equal | Comparison::NotEqual => return None,
        }
    }
    grade.quotas.is_empty().then_some(band)
}

/// Whether totals are kept to whole points.
fn in_whole_points(scope: &Scope<'_>, cycle: Cycle) -> bool {
    let is_whole = |expr: &Expr| matches!(expr, Expr::Round { places: 0, .. });
    let rollup = scope.plan.rollups.iter().find(|(of, _)| *of == cycle).map(|(_, expr)| is_whole(expr));
    rollup.unwrap_or(false)
        || scope.plan.nodes[0].steps.iter().any(|step| matches!(step, Step::Round { places: 0, .. }))
}

/// Whether no total comes above the end: full marks or a cap say so, or those of the sections and no bonus.
fn is_bounded(scope: &Scope<'_>, cycle: Cycle, end: Number) -> bool {
    let root = &scope.plan.nodes[0];
    let within = |most: &Expr| matches!(most, Expr::Number(most) if *most <= end);
    if cycle != scope.plan.cycle {
        // 年终得分 of any formula: the months say little of it.
        return scope.plan.rollups.iter().any(|(of, expr)| *of == cycle && is_mean(expr))
            && is_bounded(scope, scope.plan.cycle, end);
    }
    let capped = root.steps.iter().any(|step| matches!(step, Step::CapPoints { most, .. } if within(most)));
    if capped || root.full.as_ref().is_some_and(within) && scope.over_full.get(&NodeId(0)) != Some(&true) {
        return true;
    }
    let start = match root.start {
        Expr::Number(start) => start,
        _ => return false,
    };
    let sections = root.children.iter().map(|child| (&scope.plan.nodes[child.index()], scope.over_full.get(child)));
    let mut marks = sections.map(|(section, over)| match (&section.full, over) {
        (Some(Expr::Number(full)), over) if over != Some(&true) => Some(*full),
        _ => None,
    });
    let all = marks.try_fold(start, |sum, full| sum.plus(full?).ok());
    let gives = scope.plan.rules.iter().enumerate().any(|(at, _)| {
        let id = RuleId(at as u16);
        scope.adds.contains(&id) || scope.gains.contains(&id)
    });
    all.is_some_and(|all| all <= end)
        || !gives && start <= end && root.children.iter().all(|child| scope.plan.nodes[child.index()].full.is_none())
}

/// 各月得分平均 stays where the months' totals are.
fn is_mean(expr: &Expr) -> bool {
    match expr {
        Expr::Round { expr, .. } => is_mean(expr),
        Expr::Over { aggregate: Aggregate::Mean | Aggregate::Greatest | Aggregate::Least, expr, .. } => {
            **expr == Expr::Total
        }
        _ => false,
    }
}
