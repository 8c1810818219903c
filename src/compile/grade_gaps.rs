//! 等次 by points: what lies between two grades, or above the best, falls to the rest unseen.

use rust_decimal::Decimal;

use super::scope::Scope;
use crate::calendar::Cycle;
use crate::plan::*;
use crate::value::Number;

/// Totals that no grade of a grading speaks of, though its lines have both ends.
pub struct Gap {
    /// The place of the grade below them.
    pub below: usize,
    /// From the upper end of that grade.
    pub low: (Number, bool),
    /// To the lower end of the next; `None` above the best.
    pub high: Option<(Number, bool)>,
    /// Who falls into it, falls where.
    pub message: String,
}

/// What lies between the bands of a grading by points, and above the best.
pub fn gaps(grading: &Grading) -> Vec<Gap> {
    // 优秀：前20%: whoever is among them has a grade, whatever the points.
    let takes_any = |grade: &Grade| grade.condition == Condition::Always && !grade.quotas.is_empty();
    if grading.grades.iter().any(takes_any) {
        return Vec::new();
    }
    let rest = grading.grades.iter().find(|grade| grade.condition == Condition::Always);
    let rest = rest.map(|grade| format!("落到“{}”", grade.name)).unwrap_or("评不上等次".to_owned());
    let banded = grading.grades.iter().enumerate().filter(|(_, grade)| grade.condition != Condition::Always);
    let bands = banded.map(|(at, grade)| Some((at, band(grade)?))).collect::<Option<Vec<_>>>();
    let mut bands = bands.unwrap_or_default();
    bands.sort_by_key(|(_, band)| band.low.map(|(end, _)| end));
    let mut found = Vec::new();
    // The band that reaches furthest so far: one within another leaves nothing behind it.
    let mut reached = bands.first().cloned();
    for (at, band) in bands.iter().skip(1) {
        let Some((below, before)) = reached else { continue };
        if let (Some(from), Some(to)) = (before.high, band.low)
            && (from.0 < to.0 || from.0 == to.0 && !from.1 && !to.1)
        {
            let message = format!("{}分与{}分之间没有写，{rest}", from.0, to.0);
            found.push(Gap { below, low: from, high: Some(to), message });
        }
        let further = match (before.high, band.high) {
            (Some(known), Some(high)) => known < high,
            (known, _) => known.is_some(),
        };
        reached = Some(if further { (*at, *band) } else { (below, before) });
    }
    if let Some((below, Ends { low: Some(_), high: Some((high, true)) })) = reached {
        let message = format!("超过{high}分的没有写，也{rest}");
        found.push(Gap { below, low: (high, true), high: None, message });
    }
    found
}

/// Notes points that no line of a grading speaks of; `lines` are those of its grades.
pub fn note(scope: &mut Scope<'_>, index: usize, lines: &[usize]) {
    if scope.plan.gradings[index].grades.len() != lines.len() || out_of_order(scope, index, lines) {
        return;
    }
    let grading = &scope.plan.gradings[index];
    let step = step_of_totals(scope, grading.cycle);
    let mut found = Vec::new();
    for Gap { below, low: (from, from_in), high, message } in gaps(grading) {
        let grade = &grading.grades[below];
        let low = band(grade).and_then(|band| band.low).map(|(low, _)| format!("{low}分以上")).unwrap_or_default();
        let name = &grade.name;
        match high {
            Some((to, to_in)) => {
                // 80至89 and 90至100 leave nothing out where points are whole.
                let next = |step: Number| if from_in { from.plus(step).unwrap_or(from) } else { from };
                if to_in && step.is_some_and(|step| next(step) >= to) {
                    continue;
                }
                let end = if to_in { "不满" } else { "不超过" };
                let help = match grade.quotas.is_empty() {
                    true => format!("写成：{name}：{low}{end}{to}分"),
                    false => format!("“{name}”的上限改成：{end}{to}分"),
                };
                found.push((lines[below], message, help));
            }
            None if is_bounded(scope, grading.cycle, from) => {}
            None if grade.quotas.is_empty() => found.push((lines[below], message, format!("写成：{name}：{low}"))),
            None => found.push((lines[below], message, format!("“{name}”不写上限：{low}"))),
        }
    }
    for (line, message, help) in found {
        let finding = scope.at_line(line, "gap-between-grades", message).help(help).noted();
        scope.report(finding);
    }
}

/// 优秀：90分以上；不合格：60分以下；合格：其余: what the rest takes lies above a grade that is written before it, and
/// who falls a grade would fall to that one. Whether it is told.
fn out_of_order(scope: &mut Scope<'_>, index: usize, lines: &[usize]) -> bool {
    let grading = &scope.plan.gradings[index];
    let Some(rest) = grading.grades.iter().position(|grade| grade.condition == Condition::Always) else { return false };
    let is_lowest = |gap: &Gap| band(&grading.grades[gap.below]).is_some_and(|band| band.low.is_none());
    // Where fewer points are better the lowest stands first.
    let is_between = |gap: &Gap| 0 < gap.below && gap.below < rest && gap.high.is_some() && is_lowest(gap);
    let between = gaps(grading).into_iter().find(is_between);
    let Some(Gap { below, low: (from, is_below), .. }) = between else { return false };
    let (upper, lower) = (&grading.grades[rest].name, &grading.grades[below].name);
    let begins = if is_below { format!("超过{from}分") } else { format!("{from}分以上") };
    let message = format!("“{upper}”比“{lower}”好，却写在它后面");
    let help = format!("从最好的写起，这两等写成：\n{upper}：{begins}\n{lower}：其余");
    let finding = scope.at_line(lines[rest], "grades-out-of-order", message).help(help);
    scope.report(finding);
    true
}

/// The ends of a grade's range; nothing where more than a range of totals decides.
fn band(grade: &Grade) -> Option<Ends> {
    grade.condition.stretch().filter(|band| *band.of == Expr::Total).map(|band| band.ends)
}

/// How far apart two totals are at least, where they are kept to so many places.
pub fn step_of_totals(scope: &Scope<'_>, cycle: Cycle) -> Option<Number> {
    let own = || {
        let scales = |step: &&Step| !matches!(step, Step::Multiply(_) | Step::MultiplyWhen { .. });
        let last = scope.plan.nodes[0].steps.iter().rev().take_while(scales);
        last.filter_map(|step| if let Step::Round { places, .. } = step { Some(*places) } else { None }).next()
    };
    let rollup = scope.plan.rollups.iter().find(|(of, _)| *of == cycle && cycle != scope.plan.cycle);
    let places = match rollup.map(|(_, expr)| expr) {
        None => own(),
        Some(Expr::Round { places, .. }) => Some(*places),
        Some(Expr::Over { aggregate: Aggregate::Sum | Aggregate::Greatest | Aggregate::Least, expr, .. }) => {
            own().filter(|_| **expr == Expr::Total)
        }
        Some(_) => None,
    };
    places.map(|places| Number::from(Decimal::new(1, places)))
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
