//! Rows that are scored by days late: what their dates cannot mean, and days that no later month reported again.

use chrono::{Days, NaiveDate};

use crate::calendar::{Month, Period, PeriodId};
use crate::compile::order;
use crate::diagnostic::{Finding, Place};
use crate::facts::{Fact, Store};
use crate::plan::{Basis, Expr, InputId, Plan, RowField, Rule};

/// So many days late are more often a wrong year than a matter left lying.
const LONG: i64 = 300;

/// How a line counts the days of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// All at once.
    Whole,
    /// 按日累计: those of the row's own month.
    ByMonth,
}

/// How a line counts days late; `None` where it does not.
pub fn counting(rule: &Rule) -> Option<Counting> {
    let mut found = None;
    order::walk(&rule.points, &mut |expr| {
        match expr {
            Expr::Row(RowField::DaysLate { .. }) => found = found.or(Some(Counting::Whole)),
            Expr::Row(RowField::DaysLateHere { .. }) => found = Some(Counting::ByMonth),
            _ => {}
        }
        true
    });
    found
}

/// A row with both what it is about and where it stands.
struct Late {
    unit: usize,
    input: InputId,
    counting: Counting,
    month: PeriodId,
    deadline: NaiveDate,
    completed: Option<NaiveDate>,
    place: Place,
}

/// What is odd about the late rows of a period. `due` is the day by which a base period is to be reported.
pub fn remind(plan: &Plan, store: &Store, period: PeriodId, due: impl Fn(PeriodId) -> NaiveDate) -> Vec<Finding> {
    let calendar = &plan.calendar;
    let span = calendar.period(period);
    let inputs = inputs(plan);
    let mut findings = Vec::new();
    for unit in 0..store.roster.len() {
        let rows = rows(store, unit, &inputs);
        for row in &rows {
            let own = calendar.period(row.month);
            if span.contains(own) {
                findings.extend(odd_dates(plan, store, row, own, &due));
            }
            findings.extend(left_off(plan, store, row, own, span, &rows));
        }
    }
    findings
}

/// What is reported with dates, and how its days count.
fn inputs(plan: &Plan) -> Vec<(InputId, Counting)> {
    let late = plan.rules.iter().filter_map(|rule| match rule.basis {
        Basis::Row(input) | Basis::Once(input) => Some((input, counting(rule)?)),
        Basis::Period => None,
    });
    let mut inputs: Vec<(InputId, Counting)> = late.collect();
    inputs.sort_unstable_by_key(|(input, counting)| (*input, *counting == Counting::Whole));
    inputs.dedup_by_key(|(input, _)| *input);
    inputs
}

/// The late rows of one unit.
fn rows(store: &Store, unit: usize, inputs: &[(InputId, Counting)]) -> Vec<Late> {
    if inputs.is_empty() {
        return Vec::new();
    }
    let facts = store.unit_facts(unit);
    let of = |(input, counting): &(InputId, Counting)| {
        let counting = *counting;
        facts.of(*input).filter_map(move |fact| late_row(store, unit, counting, &fact)).collect::<Vec<_>>()
    };
    inputs.iter().flat_map(of).collect()
}

fn late_row(store: &Store, unit: usize, counting: Counting, fact: &Fact) -> Option<Late> {
    let detail = fact.detail.as_ref().filter(|detail| detail.counted)?;
    let origin = fact.origin?;
    let place = Place { file: store.files[origin.file as usize].clone(), line: origin.line as usize, column: 0 };
    let (input, month) = (fact.input, fact.period);
    Some(Late { unit, input, counting, month, deadline: detail.deadline?, completed: detail.completed, place })
}

impl Late {
    /// `古井司法所 社区矫正工作.8 逾期解除`
    fn name(&self, plan: &Plan, store: &Store) -> String {
        format!("{} {}", store.roster[self.unit].name, plan.input_name(self.input))
    }

    fn finding(&self, code: &'static str, message: String) -> Finding {
        Finding::warning(code, self.place.clone(), message)
    }
}

/// Dates that are hardly what was meant.
fn odd_dates(
    plan: &Plan,
    store: &Store,
    row: &Late,
    own: &Period,
    due: &impl Fn(PeriodId) -> NaiveDate,
) -> Option<Finding> {
    let (name, deadline) = (row.name(plan, store), row.deadline);
    let until = row.completed.unwrap_or(own.last.last_day());
    let days = (until - deadline).num_days();
    let label = &plan.inputs[row.input.index()].label;
    let says_late = ["逾期", "迟", "超期", "延误"].iter().any(|word| label.contains(word));
    let base = plan.calendar.around(plan.cycle, own.last).unwrap_or(row.month);
    let odd = |message: String, help: &str| Some(row.finding("odd-date", message).help(help.to_owned()));
    match row.completed {
        Some(completed) if completed > due(base) && days > 0 => odd(
            format!("{name}的完成日期{completed}在{}的报送期限（{}）以后", own.name, due(base)),
            "核对完成日期；还没有完成的，完成以后再写",
        ),
        _ if days >= LONG => odd(
            format!("{name}的截止日期{deadline}到{until}有{days}天"),
            "核对这两个日期的年份；确实逾期这么久的，不用改",
        ),
        Some(completed) if completed < deadline && says_late => odd(
            format!("{name}的完成日期{completed}早于截止日期{deadline}，没有逾期，不计分"),
            "两个日期填反了的，对调；没有逾期的，删去这一行",
        ),
        _ if row.counting == Counting::ByMonth && days > 0 && !overlaps(deadline, until, own) => odd(
            format!("{name}逾期的{deadline}至{until}都不在{}，一天也没有计", own.name),
            "改正月份：哪个月的天数报在哪个月",
        ),
        _ => None,
    }
}

/// Whether some day after the deadline lies in a period.
fn overlaps(deadline: NaiveDate, until: NaiveDate, period: &Period) -> bool {
    let first = deadline.checked_add_days(Days::new(1)).unwrap_or(deadline);
    first <= period.last.last_day() && until >= period.first.first_day()
}

/// Months of the period in which a row counted by the month went on being late, and was not reported again;
/// `rows` are all of its unit.
fn left_off(plan: &Plan, store: &Store, row: &Late, own: &Period, span: &Period, rows: &[Late]) -> Option<Finding> {
    if row.counting != Counting::ByMonth {
        return None;
    }
    // What is still open is asked for in the next month, which says whether it goes on.
    let last = row.completed.map_or(own.last.plus(1), Month::of);
    let length = last.since(own.last).clamp(0, plan.calendar.last().since(own.last).max(0));
    let later = (1..=length).map(|months| own.last.plus(months));
    let within = later.filter(|month| span.first <= *month && *month <= span.last);
    let is_reported = |month: &Month| {
        rows.iter().any(|other| {
            let about = plan.calendar.period(other.month);
            (other.input, other.deadline) == (row.input, row.deadline) && about.first <= *month && *month <= about.last
        })
    };
    let lacking: Vec<String> = within.filter(|month| !is_reported(month)).map(|month| month.to_string()).collect();
    if lacking.is_empty() || (row.completed.is_none() && is_closed(row, rows)) {
        return None;
    }
    let (name, months) = (row.name(plan, store), lacking.join("、"));
    let message = match row.completed {
        Some(completed) => format!("{name}（截止{}）到{completed}才完成，{months}没有再报，那几天没有计", row.deadline),
        None => format!("{name}（截止{}）在{}还没有完成，{months}没有再报", row.deadline, own.name),
    };
    let finding = row.finding("late-days-left-off", message);
    Some(finding.help(format!("在{months}各报一行，截止日期、完成日期照样写；已经完成的，把完成日期写上")))
}

/// Whether another row of the same matter says when it was done.
fn is_closed(row: &Late, rows: &[Late]) -> bool {
    rows.iter().any(|other| (other.input, other.deadline) == (row.input, row.deadline) && other.completed.is_some())
}
