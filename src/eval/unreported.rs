//! An indicator of a quarter or a year that some of its months lack: one finding for all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::problem::{Problem, ProblemKind, spoken};
use crate::calendar::{Cycle, Month, Period, PeriodId};
use crate::diagnostic::{Finding, Findings, Place};
use crate::eval::program::Program;
use crate::plan::InputId;

/// Whether two problems are months of one unit's indicator, within one period of the indicator's own cycle.
pub(super) fn go_together(program: &Program, left: &Problem, right: &Problem) -> bool {
    match (&left.kind, &right.kind) {
        (ProblemKind::Missing(input, month), ProblemKind::Missing(other, later)) => {
            left.unit == right.unit
                && input == other
                && whole(program, *input, *month) == whole(program, *input, *later)
        }
        _ => false,
    }
}

/// From so many units on, which are most of all, what they all lack is told once: a column of a form was left empty, or
/// the form of another month came back.
const MANY: usize = 5;

/// Tells of a figure of a month that most units lack, and takes those problems away; `more` where not all were kept.
pub(super) fn of_most_units(program: &Program, problems: &mut Vec<Problem>, more: bool, findings: &mut Findings) {
    let mut units: BTreeMap<(InputId, PeriodId), usize> = BTreeMap::new();
    let figure = |problem: &Problem| match problem.kind {
        ProblemKind::Missing(input, month) if program.plan.inputs[input.index()].cycle == Cycle::Month => {
            Some((input, month))
        }
        _ => None,
    };
    problems.iter().filter_map(figure).for_each(|figure| *units.entry(figure).or_default() += 1);
    units.retain(|_, count| *count >= MANY && *count * 2 > program.store.roster.len());
    let mut told = BTreeSet::new();
    problems.retain(|problem| {
        let Some((figure, count)) = figure(problem).and_then(|figure| Some((figure, units.get(&figure)?))) else {
            return true;
        };
        if told.insert(figure) {
            let one = problem.finding(program);
            let first = program.store.roster.get(problem.unit as usize).map_or("", |unit| unit.name.as_str());
            let count = if more { "许多".to_owned() } else { format!("{count}个") };
            let message = one.message.replacen(first, &format!("{first}等{count}单位"), 1);
            findings.push(Finding { message, ..one });
        }
        false
    });
}

/// The period of the indicator's cycle around a month.
fn whole(program: &Program, input: InputId, month: PeriodId) -> Option<PeriodId> {
    let calendar = &program.plan.calendar;
    calendar.around(program.plan.inputs[input.index()].cycle, calendar.period(month).last)
}

/// One finding for problems that go together.
pub(super) fn finding(program: &Program, problems: &[Problem]) -> Finding {
    let ProblemKind::Missing(input, month) = problems[0].kind else { return problems[0].finding(program) };
    let calendar = &program.plan.calendar;
    let period = whole(program, input, month).map(|id| calendar.period(id));
    let Some(period) = period.filter(|period| period.cycle > Cycle::Month) else {
        return problems[0].finding(program);
    };
    let months: Vec<Month> = problems
        .iter()
        .filter_map(|problem| match problem.kind {
            ProblemKind::Missing(_, month) => Some(calendar.period(month).first),
            _ => None,
        })
        .collect();
    let unit = program.store.roster.get(problems[0].unit as usize).map_or("", |unit| unit.name.as_str());
    let name = program.plan.input_name(input);
    let whole = spoken(&period.name);
    if program.plan.is_year_end(program.plan.inputs[input.index()].node) {
        let message = format!("{unit} {whole}没有报送“{name}”");
        return Finding::error("missing-indicator", Place::default(), message).help(format!(
            "一{}只报一个数：填在最后一个月的报送表里，期末以前撤销的单位也在里面；或另写一行，“期间”一栏写{}，代替月份",
            cycle_word(period),
            period.name
        ));
    }
    let message = format!("{unit} {}没有报送“{name}”", spoken_months(&months));
    Finding::error("missing-indicator", Place::default(), message).help(format!(
        "本条一{}考评一次，各月都要报：补报数量，没有发生的填0，不适用的填“不适用”\n{whole}只报一个数的，只留一行，“期间”一栏写{}，代替月份",
        cycle_word(period),
        period.name
    ))
}

/// 一季度, 一个半年, 一年; 一期 of a term that is no calendar year.
fn cycle_word(period: &Period) -> &'static str {
    match period.cycle {
        Cycle::Half => "个半年",
        Cycle::Term if period.name.parse::<u16>().is_ok() => Cycle::Year.word(),
        Cycle::Term => "期",
        other => other.word(),
    }
}

/// `2023年4月、6月至9月`
fn spoken_months(months: &[Month]) -> String {
    let mut text = String::new();
    let mut year = None;
    let mut say = |month: Month, text: &mut String| {
        if year.replace(month.year()) != Some(month.year()) {
            text.push_str(&format!("{}年", month.year()));
        }
        text.push_str(&format!("{}月", month.number()));
    };
    for stretch in months.chunk_by(|before, after| after.since(*before) == 1) {
        if !text.is_empty() {
            text.push('、');
        }
        say(stretch[0], &mut text);
        if let [_, .., last] = stretch {
            text.push('至');
            say(*last, &mut text);
        }
    }
    text
}
