//! 不参评的月份不计入年终: whether a period in which a unit is not assessed counts in longer ones.

use super::clause::whole_if_one_year;
use super::scope::Scope;
use crate::calendar::Cycle;
use crate::parse::Statement;
use crate::plan::walk::walk_condition;
use crate::plan::{Award, Condition, Exclusion, Expr, Grading, InputId, InputKind, Plan};
use crate::syntax::{Pair, Rule as Token};

/// One line of 约定 about it.
#[derive(Clone, Debug)]
pub struct Absent {
    /// Whose periods it speaks of, and in which they count, or do not.
    of: Vec<Cycle>,
    into: Vec<Cycle>,
    is_counted: bool,
    line: usize,
}

/// Reads a line of 约定.
pub fn read(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) {
    let cycle = |part: &Pair<'_, Token>| match part.as_str() {
        "月份" | "月度" => Cycle::Month,
        "季度" => Cycle::Quarter,
        "半年" => Cycle::Half,
        "全期" | "任期" => Cycle::Term,
        _ => Cycle::Year,
    };
    let of: Vec<Cycle> = pair.children(Token::absent_period).iter().map(cycle).collect();
    let into = pair.children(Token::rolled_into);
    let into = into.iter().map(|part| whole_if_one_year(scope, cycle(part))).collect();
    let before = scope.conventions.absent.iter().find(|line| line.of.iter().any(|cycle| of.contains(cycle)));
    if let Some(before) = before {
        let message = format!("这条约定与{}说的是同一件事", scope.source.line_name(before.line));
        let finding = scope.at(statement, pair, "duplicate-convention", message).help("只留一行");
        scope.report(finding);
        return;
    }
    let is_counted = pair.has(Token::ROLLED);
    scope.conventions.absent.push(Absent { of, into, is_counted, line: statement.line.number });
}

/// Asks where it matters, and notes with each line of 参评 what the answer is.
pub fn require(scope: &mut Scope<'_>) {
    if scope.plan.excluded.is_empty() {
        return;
    }
    for cycle in [Cycle::Month, Cycle::Quarter, Cycle::Half, Cycle::Year] {
        let Some((line, longer)) = matters(scope, cycle) else { continue };
        let ways = |counted: bool| {
            let into: Vec<&str> = longer.iter().map(|longer| word_of(scope, *longer)).collect();
            let (last, others) = into.split_last().expect("there is a longer period");
            let into = if others.is_empty() { (*last).to_owned() } else { format!("{}和{last}", others.join("、")) };
            format!("不参评的{}{}{into}", of(cycle), if counted { "照样计入" } else { "不计入" })
        };
        let (out, counted) = (ways(false), ways(true));
        let said = scope.conventions.absent.iter().find(|said| said.of.contains(&cycle)).cloned();
        match said {
            None => {
                let message = format!("没有写不参评的{}计不计入更长的一期", of(cycle));
                scope.missing_convention(line, &message, &[&out, &counted]);
            }
            Some(said) => {
                if let Some(unsaid) = longer.iter().find(|longer| !said.into.contains(longer)) {
                    let message = format!("没有写不参评的{}计不计入{}", of(cycle), word_of(scope, *unsaid));
                    let written = if said.is_counted { counted } else { out };
                    let finding = scope.at_line(said.line, "missing-convention", message);
                    scope.report(finding.help(format!("写成：{written}")));
                }
                if !said.is_counted {
                    let lines = scope.plan.excluded.iter_mut().filter(|line| line.speaks_of(cycle));
                    lines.for_each(|line| line.uncounted.push(cycle));
                }
            }
        }
    }
    note_figures_left_out(scope);
}

/// 请假超过10天的月份不参评, beside 全年请假超过30天的，不得评为优秀: the year does not see what it asks about.
fn note_figures_left_out(scope: &mut Scope<'_>) {
    let plan = &scope.plan;
    let gradings = plan.gradings.iter().filter(|grading| grading.cycle > plan.cycle);
    let awards = plan.awards.iter().filter(|award| award.cycle > plan.cycle);
    let whens = gradings.flat_map(Grading::conditions).chain(awards.flat_map(Award::conditions));
    let mut asked: Vec<InputId> = whens.flat_map(|when| read_by(plan, when)).collect();
    let longer = plan.excluded.iter().filter(|line| line.uncounted.is_empty());
    asked.extend(longer.flat_map(|line| read_by(plan, &line.when)));
    let lines = plan.excluded.iter().zip(&scope.excluded_lines);
    let found = lines.filter(|(line, _)| line.uncounted.contains(&plan.cycle)).find_map(|(line, at)| {
        let input = read_by(plan, &line.when).into_iter().find(|input| asked.contains(input))?;
        Some((plan.inputs[input.index()].label.clone(), *at))
    });
    let Some((label, line)) = found else { return };
    let of = of(scope.plan.cycle);
    let message = format!("不参评的{of}不计入，更长的一期里问到的“{label}”也就不算这几个{of}的");
    let help = format!("连不参评的{of}一起数的，把“{label}”写成一种情形，发生几次（天）报几次：{label}：每次扣0分");
    let finding = scope.at_line(line, "figures-left-out", message).help(help).noted();
    scope.report(finding);
}

/// The figures that a condition compares.
fn read_by(plan: &Plan, condition: &Condition) -> Vec<InputId> {
    let mut inputs = Vec::new();
    walk_condition(condition, &mut |expr| {
        match expr {
            Expr::Input { input, .. } if plan.inputs[input.index()].kind == InputKind::Indicator => inputs.push(*input),
            Expr::Parameter(input) => inputs.push(*input),
            _ => {}
        }
        true
    });
    inputs
}

/// The first line that leaves units out of periods of a cycle which longer ones look at, and which these are.
fn matters(scope: &Scope<'_>, cycle: Cycle) -> Option<(usize, Vec<Cycle>)> {
    let plan = &scope.plan;
    let count = |cycle| plan.calendar.each(cycle).len();
    if cycle < plan.cycle || cycle > plan.cycle && !looks_at(plan, cycle) {
        return None;
    }
    let mut longer: Vec<Cycle> = plan.rollups.iter().map(|(longer, _)| *longer).collect();
    longer.retain(|longer| *longer > cycle && count(*longer) < count(cycle));
    longer.sort_unstable();
    let is_part = |line: &Exclusion| {
        line.speaks_of(cycle) && longer.iter().any(|longer| !line.speaks_of(*longer) || !is_fixed(plan, &line.when))
    };
    let mut lines = plan.excluded.iter().zip(&scope.excluded_lines);
    lines.find(|(line, _)| is_part(line)).map(|(_, at)| (*at, longer.clone()))
}

/// 类别为机关: what holds of a unit in a month holds in the year, which is then left out itself.
fn is_fixed(plan: &Plan, condition: &Condition) -> bool {
    let moves = |expr: &Expr| match expr {
        Expr::Parameter(input) => plan.inputs[input.index()].cycle < Cycle::Year,
        Expr::Number(_) | Expr::Date(_) | Expr::Text(_) | Expr::Attribute(_) => false,
        Expr::Add(_) | Expr::Subtract(_) | Expr::Multiply(_) | Expr::Divide(_) | Expr::Negate(_) => false,
        _ => true,
    };
    is_of_values(condition) && !condition.any_expr(moves)
}

/// Whether a condition compares values, and nothing that happens in a period.
fn is_of_values(condition: &Condition) -> bool {
    match condition {
        Condition::Always | Condition::Compare(..) | Condition::Is(..) | Condition::IsAssessed(_) => true,
        Condition::Not(inner) => is_of_values(inner),
        Condition::All(list) | Condition::Any(list) => list.iter().all(is_of_values),
        _ => false,
    }
}

/// Whether anything that is said of totals looks at periods of a cycle: 各季度得分之和, 季度数（…）, 连续2个季度….
fn looks_at(plan: &Plan, cycle: Cycle) -> bool {
    let looks = |expr: &Expr| matches!(expr, Expr::Over { cycle: of, .. } | Expr::CountPeriods { cycle: of, .. } if *of == cycle);
    plan.stage_values().any(|expr| expr.any(looks))
        || plan.stage_conditions().any(|condition| condition.any_expr(looks) || has_streak(condition, cycle))
}

fn has_streak(condition: &Condition, cycle: Cycle) -> bool {
    match condition {
        Condition::Streak { cycle: of, .. } => *of == cycle,
        Condition::Not(inner) => has_streak(inner, cycle),
        Condition::All(list) | Condition::Any(list) => list.iter().any(|inner| has_streak(inner, cycle)),
        _ => false,
    }
}

/// What the periods of a cycle are called where they are not assessed.
fn of(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Month => "月份",
        Cycle::Quarter => "季度",
        Cycle::Half => "半年",
        Cycle::Year | Cycle::Term => "年度",
    }
}

/// What a longer period is called.
fn word_of(scope: &Scope<'_>, cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Month | Cycle::Quarter => "季度",
        Cycle::Half => "半年",
        Cycle::Year => "年终",
        Cycle::Term if whole_if_one_year(scope, Cycle::Year) == Cycle::Term => "年终",
        Cycle::Term => "全期",
    }
}
