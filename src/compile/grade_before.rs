//! 上期等次: the grade of the period before, asked for, compared with this one's, and moved from.
//!
//! A grade is its place among those of its grading, the best being 1, so that what is asked of an earlier one is asked
//! of a number as 上月名次 is, and 历史.csv holds those before the term under 等次.

use super::clause::whole_if_one_year;
use super::expression::{Site, period_before};
use super::graded::{graded_names, title_of};
use super::number::integer;
use super::scope::Scope;
use super::streak::in_so_many;
use crate::calendar::Cycle;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// What earlier grades are called in 历史.csv.
pub const NAME: &str = "等次";

/// 上季度等次为五星
pub fn before(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let names = graded_names(pair);
    let Some((index, earlier)) = of_period_before(scope, site, pair, &names) else { return Condition::Always };
    let grades = &scope.plan.gradings[index].grades;
    let place_of = |name: &String| grades.iter().position(|grade| grade.name == *name);
    let places: Vec<usize> = names.iter().filter_map(place_of).collect();
    if let Some(unknown) = names.iter().find(|name| place_of(name).is_none()) {
        let known: Vec<&str> = grades.iter().map(|grade| grade.name.as_str()).collect();
        let finding = scope
            .at(site.statement, pair, "unknown-grade", format!("没有名为“{unknown}”的等次"))
            .help(format!("列出的等次是：{}", known.join("、")));
        scope.report(finding);
        return Condition::Always;
    }
    let compare = |how, place: usize| Condition::Compare(Box::new(earlier.clone()), how, Box::new(number(place)));
    let how = match () {
        _ if pair.has(Token::OR_MORE) => Comparison::AtMost,
        _ if pair.has(Token::OR_LOWER) => Comparison::AtLeast,
        _ if pair.has(Token::IS_NOT) => Comparison::NotEqual,
        _ => Comparison::Equal,
    };
    let mut parts: Vec<Condition> = places.into_iter().map(|place| compare(how, place)).collect();
    match parts.len() {
        1 => parts.swap_remove(0),
        _ if how == Comparison::NotEqual => Condition::All(parts),
        _ => Condition::Any(parts),
    }
}

/// 等次比上期上升, 较上期升一星, 等次与上期相同
pub fn moved(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let Some((index, earlier)) = of_period_before(scope, site, pair, &[]) else { return Condition::Always };
    if scope.grades_below.is_some() || scope.stage.is_none() {
        let finding = scope
            .at(site.statement, pair, "grade-of-another-period", "本期的等次要等得分和名次出来以后才有，这里还用不到")
            .help("写在“奖惩”里，或只看上期的等次，如：当 上期等次为…");
        scope.report(finding);
        return Condition::Always;
    }
    let now = place(&scope.plan, index);
    let is_up = pair.has(Token::MOVED_UP) || pair.has(Token::HIGHER_THAN);
    let is_down = pair.has(Token::MOVED_DOWN) || pair.has(Token::LOWER_THAN);
    let steps = pair.child(Token::integer).and_then(|steps| integer(&steps));
    // The best is the first: whoever rises has a smaller number.
    let (from, to) = if is_up { (earlier, now) } else { (now, earlier) };
    let rise = Expr::Subtract(Box::new([from, to]));
    let (how, than) = match steps {
        Some(steps) if pair.has(Token::OR_MORE) => (Comparison::AtLeast, steps),
        Some(steps) => (Comparison::Equal, steps),
        None if is_up || is_down => (Comparison::Above, 0),
        None => (Comparison::Equal, 0),
    };
    Condition::Compare(Box::new(rise), how, Box::new(Expr::Number(Number::whole(i64::from(than)))))
}

/// `当 …，在上期等次上升1档` as what it sets for each grade that there may have been; of a unit without one, nothing.
pub fn shifted(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    when: &Condition,
    steps: i64,
) -> Vec<GradeRule> {
    let Some((index, earlier)) = of_period_before(scope, site, pair, &[]) else { return Vec::new() };
    let grades = &scope.plan.gradings[index].grades;
    let last = grades.len() as i64 - 1;
    let from = |place: usize| {
        let was = Condition::Compare(Box::new(earlier.clone()), Comparison::Equal, Box::new(number(place)));
        let to = &grades[(place as i64 + steps).clamp(0, last) as usize];
        GradeRule {
            when: Condition::All(vec![when.clone(), was]),
            change: GradeChange::Set(to.name.clone()),
            reason: format!("{}（上期{}）", scope.line_text(site.statement), grades[place].name),
        }
    };
    (0..grades.len()).map(from).collect()
}

/// Whether a condition speaks of an earlier grade.
pub fn speaks_of_it(condition: &Condition) -> bool {
    condition.any_expr(|expr| matches!(expr, Expr::Earlier { name, .. } if name.ends_with(NAME)))
}

/// The grading whose grade of the period before is meant, and that grade's place.
fn of_period_before(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    names: &[String],
) -> Option<(usize, Expr)> {
    let word = pair.child(Token::EARLIER).expect("which period before");
    let said = word.as_str().trim().to_owned();
    let own = scope.stage.unwrap_or(scope.plan.nodes[site.node.index()].cycle);
    let (cycle, back) = period_before(scope, &said, own);
    // A year and a term of one year are the same.
    let within = |stage: Cycle| whole_if_one_year(scope, cycle) < whole_if_one_year(scope, stage);
    if scope.stage.is_some_and(within) {
        let message = match cycle >= Cycle::Year {
            true => format!("这里说的是全期，“{said}”说的是其中一年"),
            false => format!("这里说的是{}，“{said}”说的是{}", own.title(), cycle.title()),
        };
        // 等次较上年下降 names no grade, and asks each year for itself.
        let asked = match names.is_empty() {
            true => scope.original(site.statement, pair),
            false => format!("等次为{}", names.join("、")),
        };
        let counted = format!("写成有几个，如：{}", in_so_many(cycle.min(Cycle::Year), &asked, "1"));
        let last = match cycle {
            Cycle::Month => Some("12月"),
            Cycle::Quarter => Some("第四季度"),
            Cycle::Half => Some("下半年"),
            // No year of a term has a name in a condition.
            Cycle::Year | Cycle::Term => None,
        };
        let last = last.filter(|_| !names.is_empty());
        let last = last.map(|last| format!("只看最后一个的，写成：{}", scope.line_with(site.statement, &word, last)));
        let help: Vec<String> = [Some(counted), last].into_iter().flatten().collect();
        let help = help.join("\n");
        let finding = scope.at(site.statement, &word, "grade-of-another-period", message).help(help);
        scope.report(finding);
        return None;
    }
    let is_of = |grading: &Grading| {
        let years = cycle >= Cycle::Year && grading.cycle >= Cycle::Year && scope.plan.calendar.is_one_year();
        (grading.cycle == cycle || years)
            && names.iter().all(|name| grading.has(name))
            && scope.stage_title.as_ref().is_none_or(|title| grading.cycle != own || *title == grading.name)
    };
    let gradings = &scope.plan.gradings;
    // Of several the one that is just called by the period.
    let is_called = |grading: &Grading| is_of(grading) && grading.name == cycle.title();
    let found = gradings.iter().position(is_called).or_else(|| gradings.iter().position(is_of));
    // What is unknown of the names is told of the first grading of that period.
    let found = found.or_else(|| gradings.iter().position(|grading| grading.cycle == cycle));
    let Some(index) = found else {
        let finding = scope
            .at(
                site.statement,
                pair,
                "unknown-grade",
                format!("没有“等次 {0}”，不知道“{said}”的等次", title_of(scope, cycle)),
            )
            .help(format!("先写“等次 {}”，列出各等次", title_of(scope, cycle)));
        scope.report(finding);
        return None;
    };
    let alone = gradings.iter().filter(|grading| grading.cycle == gradings[index].cycle).count() == 1;
    let name = if alone { NAME.to_owned() } else { format!("{}{NAME}", gradings[index].name) };
    let expr = Box::new(place(&scope.plan, index));
    Some((index, Expr::Earlier { back, cycle, expr, name, otherwise: Some(Box::new(Expr::NotAssessed)) }))
}

/// The place of a unit's grade among those of a grading.
fn place(plan: &Plan, index: usize) -> Expr {
    let graded =
        |(place, grade): (usize, &Grade)| (Condition::Graded(index as u16, vec![grade.name.clone()]), number(place));
    let arms = plan.gradings[index].grades.iter().enumerate().map(graded).collect();
    Expr::Case { arms, otherwise: Box::new(Expr::NotAssessed) }
}

fn number(place: usize) -> Expr {
    Expr::Number(Number::whole(place as i64 + 1))
}
