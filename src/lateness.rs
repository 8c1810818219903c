//! Rows that are scored by days late: what their dates cannot mean, and days that no later month reported again.

use std::ops::Range;

use chrono::{Days, NaiveDate};

use crate::calendar::{Cycle, Month, Period, PeriodId};
use crate::diagnostic::Finding;
use crate::facts::{Fact, Origin, Store};
use crate::plan::walk::days_late;
use crate::plan::{Basis, InputId, Plan, RowField};
use crate::threads;

/// So many days late are more often a wrong year than a matter left lying.
const LONG: i64 = 300;

/// A row with both what it is about and where it stands.
struct Late {
    unit: usize,
    input: InputId,
    /// 按日累计: the days of its own month count.
    by_month: bool,
    month: PeriodId,
    deadline: NaiveDate,
    completed: Option<NaiveDate>,
    origin: Origin,
}

/// What is odd about the late rows of a period. `due` is the day by which a base period is to be reported.
pub fn remind(
    plan: &Plan,
    store: &Store,
    period: PeriodId,
    threads: usize,
    due: &(dyn Fn(PeriodId) -> NaiveDate + Sync),
) -> Vec<Finding> {
    let calendar = &plan.calendar;
    let span = calendar.period(period);
    let inputs = inputs(plan);
    if inputs.is_empty() {
        return Vec::new();
    }
    let of_units = |units: Range<usize>| {
        let mut findings = Vec::new();
        for unit in units {
            let rows = rows(store, unit, &inputs);
            for row in &rows {
                let own = calendar.period(row.month);
                if span.contains(own) {
                    findings.extend(odd_dates(plan, store, row, own, due));
                }
                findings.extend(left_off(plan, store, row, own, span, &rows));
            }
        }
        findings
    };
    threads::in_parts(store.roster.len(), threads, of_units).concat()
}

/// What is reported with dates, and whether its days are those of its own month.
fn inputs(plan: &Plan) -> Vec<(InputId, bool)> {
    let late = plan.rules.iter().filter_map(|rule| match rule.basis {
        Basis::Row(input) | Basis::Once(input) => {
            Some((input, matches!(days_late(&rule.points)?, RowField::DaysLateHere { .. })))
        }
        Basis::Period => None,
    });
    let mut inputs: Vec<(InputId, bool)> = late.collect();
    inputs.sort_unstable_by_key(|(input, by_month)| (*input, !by_month));
    inputs.dedup_by_key(|(input, _)| *input);
    inputs
}

/// The late rows of one unit.
fn rows(store: &Store, unit: usize, inputs: &[(InputId, bool)]) -> Vec<Late> {
    let facts = store.unit_facts(unit);
    let mut rows = Vec::new();
    for (input, by_month) in inputs {
        rows.extend(facts.of(*input).filter_map(|fact| late_row(unit, *by_month, &fact)));
    }
    rows
}

fn late_row(unit: usize, by_month: bool, fact: &Fact) -> Option<Late> {
    let detail = fact.detail.as_ref().filter(|detail| detail.counted)?;
    let (deadline, completed, origin) = (detail.deadline?, detail.completed, fact.origin?);
    Some(Late { unit, input: fact.input, by_month, month: fact.period, deadline, completed, origin })
}

impl Late {
    /// `古井司法所 社区矫正工作.8 逾期解除`
    fn name(&self, plan: &Plan, store: &Store) -> String {
        format!("{} {}", store.roster[self.unit].name, plan.input_name(self.input))
    }

    fn finding(&self, store: &Store, code: &'static str, message: String) -> Finding {
        Finding::warning(code, store.place(self.origin), message)
    }
}

/// Dates that are hardly what was meant.
fn odd_dates(
    plan: &Plan,
    store: &Store,
    row: &Late,
    own: &Period,
    due: &dyn Fn(PeriodId) -> NaiveDate,
) -> Option<Finding> {
    let deadline = row.deadline;
    let until = row.completed.unwrap_or(own.last.last_day());
    let days = (until - deadline).num_days();
    let label = &plan.inputs[row.input.index()].label;
    let says_late = ["逾期", "迟", "超期", "延误"].iter().any(|word| label.contains(word));
    let base = plan.calendar.around(plan.cycle, own.last).unwrap_or(row.month);
    let odd = |message: String, help: &str| {
        Some(row.finding(store, "odd-date", format!("{}{message}", row.name(plan, store))).help(help.to_owned()))
    };
    match row.completed {
        Some(completed) if completed > due(base) && days > 0 => odd(
            format!("的完成日期{completed}在{}的报送期限（{}）以后", own.name, due(base)),
            "核对完成日期；还没有完成的，完成以后再写",
        ),
        _ if days >= LONG => {
            odd(format!("的截止日期{deadline}到{until}有{days}天"), "核对这两个日期的年份；确实逾期这么久的，不用改")
        }
        Some(completed) if completed < deadline && says_late => odd(
            format!("的完成日期{completed}早于截止日期{deadline}，没有逾期，不计分"),
            "两个日期填反了的，对调；没有逾期的，删去这一行",
        ),
        _ if row.by_month && days > 0 && !overlaps(deadline, until, cycle_up_to(plan, row, own)) => odd(
            format!("逾期的{deadline}至{until}都不在{}，一天也没有计", name_of_cycle(plan, row, own)),
            "改正月份：哪个月的天数报在哪个月",
        ),
        _ => None,
    }
}

/// Whether some day after the deadline lies within months.
fn overlaps(deadline: NaiveDate, until: NaiveDate, (from, to): (Month, Month)) -> bool {
    let first = deadline.checked_add_days(Days::new(1)).unwrap_or(deadline);
    first <= to.last_day() && until >= from.first_day()
}

/// The months a row speaks of: those of its line's cycle up to its own.
fn cycle_up_to(plan: &Plan, row: &Late, own: &Period) -> (Month, Month) {
    let whole = plan.calendar.around(plan.inputs[row.input.index()].cycle, own.last);
    (whole.map_or(own.first, |whole| plan.calendar.period(whole).first.min(own.first)), own.last)
}

/// The month of a row, or the quarter that it speaks of.
fn name_of_cycle<'p>(plan: &'p Plan, row: &Late, own: &'p Period) -> &'p str {
    let cycle = plan.inputs[row.input.index()].cycle;
    let whole = plan.calendar.around(cycle, own.last).filter(|_| cycle > own.cycle);
    whole.map_or(&own.name, |whole| &plan.calendar.period(whole).name)
}

/// Months of the period in which a row counted by the month went on being late, and was not reported again;
/// `rows` are all of its unit.
fn left_off(plan: &Plan, store: &Store, row: &Late, own: &Period, span: &Period, rows: &[Late]) -> Option<Finding> {
    if !row.by_month {
        return None;
    }
    // What is still open is asked for in every month, until one says again whether it goes on.
    let last = row.completed.map_or(span.last, Month::of);
    let length = last.since(own.last).clamp(0, plan.calendar.last().since(own.last).max(0));
    let later = (1..=length).map(|months| own.last.plus(months));
    let is_reported = |month: &Month| {
        rows.iter().any(|other| {
            let (from, to) = cycle_up_to(plan, other, plan.calendar.period(other.month));
            (other.input, other.deadline) == (row.input, row.deadline) && from <= *month && *month <= to
        })
    };
    let again = later.clone().position(|month| is_reported(&month)).filter(|_| row.completed.is_none());
    let later = later.take(again.unwrap_or(usize::MAX));
    let lacking = later.filter(|month| !is_reported(month));
    // One row tells of a whole quarter, be it only that a quarter is asked of its last month.
    let cycle = plan.inputs[row.input.index()].cycle;
    let told_by = |month: Month| match plan.calendar.around(cycle, month) {
        Some(whole) if cycle > Cycle::Month => plan.calendar.period(whole).last,
        _ => month,
    };
    let within = lacking.map(told_by).filter(|month| span.first <= *month && *month <= span.last);
    let mut lacking: Vec<Month> = within.collect();
    lacking.dedup();
    let lacking: Vec<String> = lacking.iter().map(Month::to_string).collect();
    if lacking.is_empty() || (row.completed.is_none() && is_closed(row, rows)) {
        return None;
    }
    let (name, months) = (row.name(plan, store), lacking.join("、"));
    let message = match row.completed {
        Some(completed) => format!("{name}（截止{}）到{completed}才完成，{months}没有再报，那几天没有计", row.deadline),
        None => format!("{name}（截止{}）在{}还没有完成，{months}没有再报", row.deadline, own.name),
    };
    let finding = row.finding(store, "late-days-left-off", message);
    Some(finding.help(format!("在{months}各报一行，截止日期、完成日期照样写；已经完成的，把完成日期写上")))
}

/// Whether another row of the same matter says when it was done.
fn is_closed(row: &Late, rows: &[Late]) -> bool {
    rows.iter().any(|other| (other.input, other.deadline) == (row.input, row.deadline) && other.completed.is_some())
}
