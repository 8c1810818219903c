//! Values of fact rows: cells, days late, aggregates over rows, escalation on repetition.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use crate::calendar::{Cycle, days_late_within};
use crate::eval::expr::{Evaluated, Value, collect, sum};
use crate::eval::problem::ProblemKind;
use crate::eval::unit::{At, Scorer};
use crate::plan::{
    Aggregate, Condition, CountedBy, DayKind, Expr, InputKind, RowField, RowsExpr, SymbolId, WhenMissing,
};
use crate::value::{Inexact, Number};
use crate::workdays::weekdays;

impl<'a> Scorer<'_, 'a> {
    /// A cell of the current row; not assessed where it is empty or there is no row.
    pub fn row_field(&self, field: RowField, at: At) -> Value {
        let Some(row) = at.row else { return Value::NotAssessed };
        let fact = self.fact(row);
        if field == RowField::Quantity {
            let taken = self.taken_as.filter(|(taken, _)| *taken == row).map(|(_, quantity)| quantity);
            return taken.or_else(|| fact.quantity().map(Number::from)).into();
        }
        let Some(detail) = self.detail(row) else { return Value::NotAssessed };
        let number = |value: Option<Decimal>| Value::from(value.map(Number::from));
        let text = |value: Option<SymbolId>| value.map_or(Value::NotAssessed, Value::Text);
        let date = |value: Option<NaiveDate>| value.map_or(Value::NotAssessed, Value::Date);
        let days = |value: Option<i64>| Value::from(value.map(Number::whole));
        let months = self.program.plan.calendar.period(fact.period());
        let last = months.last.last_day();
        match field {
            RowField::Quantity => unreachable!("answered above"),
            RowField::Points => number(detail.points),
            RowField::Column(id) => detail.columns.get(id.index()).map_or(Value::NotAssessed, |cell| (*cell).into()),
            RowField::Coefficient => number(detail.coefficient),
            RowField::Place => number(detail.place),
            RowField::People => number(detail.people),
            RowField::Scale => number(detail.scale),
            RowField::Rater => text(detail.rater),
            RowField::Evidence => text(detail.evidence),
            RowField::Person => text(detail.person),
            RowField::Matter => text(detail.matter),
            RowField::Deadline => date(detail.deadline),
            RowField::Completed => date(detail.completed),
            RowField::Occurred => date(detail.occurred),
            RowField::Found => date(detail.found),
            RowField::Repaired => date(detail.repaired),
            RowField::DaysLate { workdays } => days(detail.deadline.map(|deadline| {
                let until = detail.completed.unwrap_or(last);
                self.days_between(deadline, until, (NaiveDate::MIN, NaiveDate::MAX), workdays)
            })),
            RowField::DaysLateHere { workdays } => days(detail.deadline.map(|deadline| {
                let until = detail.completed.unwrap_or(last);
                self.days_between(deadline, until, (self.running_since(row, deadline), last), workdays)
            })),
            RowField::DaysEarly { workdays } => {
                days(detail.deadline.zip(detail.completed).map(|(deadline, completed)| {
                    self.days_between(completed, deadline, (NaiveDate::MIN, NaiveDate::MAX), workdays)
                }))
            }
            RowField::DaysToRepair => days(self.days_to_repair(row, DayKind::All)),
        }
    }

    /// From which day on a row of 按日累计 counts: a month of a line by the quarter speaks for the quarter up to then,
    /// but not for what an earlier month of it has told of the same matter.
    fn running_since(&self, row: u32, deadline: NaiveDate) -> NaiveDate {
        let (fact, calendar) = (self.fact(row), &self.program.plan.calendar);
        let own = calendar.period(fact.period());
        let cycle = self.program.plan.inputs[fact.input().index()].cycle;
        if cycle <= own.cycle {
            return own.first.first_day();
        }
        let whole = self.program.around(fact.period(), cycle);
        let told_until = |other: u32| {
            let last = calendar.period(self.fact(other).period()).last;
            let detail = self.detail(other).filter(|detail| detail.counted && detail.deadline == Some(deadline))?;
            let is_open = detail.completed.is_none_or(|completed| completed > last.last_day());
            (is_open && last < own.last).then_some(last)
        };
        let told = self.within(fact.input(), whole).into_iter().filter_map(told_until).max();
        told.map_or(calendar.period(whole).first, |last| last.plus(1)).first_day()
    }

    pub fn days_to_repair(&self, row: u32, kind: DayKind) -> Option<i64> {
        let detail = self.detail(row)?;
        let (found, repaired) = (detail.found.or(detail.occurred)?, detail.repaired?);
        // Repaired before it was found is a slip, and in no time.
        if kind == DayKind::All || repaired < found {
            return Some((repaired - found).num_days());
        }
        Some(self.days_between(found, repaired, (NaiveDate::MIN, NaiveDate::MAX), kind))
    }

    /// Days after `after` up to `until` within `[from, to]`, of those that are counted.
    fn days_between(
        &self,
        after: NaiveDate,
        until: NaiveDate,
        (from, to): (NaiveDate, NaiveDate),
        kind: DayKind,
    ) -> i64 {
        let days = days_late_within(after, until, from, to);
        let first = after.succ_opt().unwrap_or(after).max(from);
        let last = until.min(to);
        match kind {
            _ if days == 0 => 0,
            DayKind::All => days,
            DayKind::Weekdays => weekdays(first, last),
            DayKind::Statutory => {
                let workdays = self.program.store.workdays();
                let unknown = (first.year()..=last.year()).find(|year| !workdays.knows(*year));
                self.unknown_year.set(self.unknown_year.get().or(unknown));
                workdays.count(first, last)
            }
        }
    }

    pub fn rows(&mut self, rows: &'a RowsExpr, at: At) -> Evaluated {
        self.load();
        let mut kept = Vec::new();
        let is_event = self.program.plan.inputs[rows.input.index()].kind == InputKind::Event;
        let tallies = is_event && matches!(rows.aggregate, Aggregate::Count | Aggregate::People | Aggregate::Matters);
        for row in self.within(rows.input, at.period) {
            let here = At { row: Some(row), ..at };
            let counted = self.detail(row).is_none_or(|detail| detail.counted);
            // 罚款 0次 is reported as nothing, and is none of them.
            let none = tallies && self.fact(row).quantity().is_some_and(|quantity| quantity.is_zero());
            if !counted || none || self.fact(row).quantity().is_none() {
                continue;
            }
            if rows.filter.as_ref().map_or(Ok(true), |filter| self.holds(filter, here))? {
                kept.push(row);
            }
        }
        if matches!(rows.aggregate, Aggregate::Count | Aggregate::People | Aggregate::Matters) {
            return self.count_rows(rows.aggregate, &kept);
        }
        let mut values = Vec::with_capacity(kept.len());
        for row in kept {
            let here = At { row: Some(row), ..at };
            let weight = match &rows.weight {
                Some(weight) => self.number(weight, here)?,
                None => Some(Number::ONE),
            };
            if let (Some(value), Some(weight)) = (self.number(&rows.value, here)?, weight) {
                values.push((value, weight));
            }
        }
        let input = &self.program.plan.inputs[rows.input.index()];
        if input.kind == InputKind::Rating && rows.aggregate == Aggregate::Mean {
            if values.is_empty() {
                return Ok(self.no_ballots(rows, at));
            }
            if values.len() <= 2 * rows.trim as usize {
                let kind =
                    ProblemKind::TooFewBallots(rows.input, group_of(rows), at.period, values.len() as u32, rows.trim);
                self.complain(kind);
                return Ok(Value::NotAssessed);
            }
        }
        if rows.trim > 0 {
            // Where too few are left to drop from both ends, nothing is left.
            values.sort();
            let trim = (rows.trim as usize).min(values.len());
            values.drain(..trim);
            values.truncate(values.len().saturating_sub(rows.trim as usize));
        }
        if rows.aggregate == Aggregate::Mean && rows.weight.is_some() {
            return weighted_mean(&values);
        }
        collect(rows.aggregate, values.into_iter().map(|(value, _)| value))
    }

    /// Nobody (of the group) has given a mark: what holds then is what holds for an indicator that nobody reported.
    fn no_ballots(&mut self, rows: &RowsExpr, at: At) -> Value {
        match self.program.plan.inputs[rows.input.index()].missing {
            WhenMissing::Value(value) => Value::Number(value),
            WhenMissing::NotAssessed => Value::NotAssessed,
            WhenMissing::Error => {
                self.complain(ProblemKind::NoBallots(rows.input, group_of(rows), at.period));
                Value::NotAssessed
            }
        }
    }

    pub fn count_rows(&self, aggregate: Aggregate, rows: &[u32]) -> Evaluated {
        let details = rows.iter().filter_map(|row| self.detail(*row));
        let different = |list: &mut dyn Iterator<Item = Option<SymbolId>>| {
            list.flatten().collect::<FxHashSet<SymbolId>>().len() as i64
        };
        let count = match aggregate {
            Aggregate::People => different(&mut details.map(|detail| detail.person)),
            Aggregate::Matters => different(&mut details.map(|detail| detail.matter)),
            _ => rows.iter().map(|row| i64::from(self.fact(*row).rows())).sum(),
        };
        Ok(Value::Number(Number::whole(count)))
    }

    /// The occurrences of this row come after those of earlier rows within `per`; each has its tier's points.
    pub fn escalation(&mut self, tiers: &'a [(u32, Number)], per: Cycle, by: CountedBy, at: At) -> Evaluated {
        let Some(row) = at.row else { return Ok(Value::NotAssessed) };
        let program = self.program;
        let (input, period, quantity) = {
            let fact = self.fact(row);
            (fact.input(), fact.period(), fact.quantity())
        };
        let key = |row: u32| match by {
            CountedBy::Unit => Value::NotAssessed,
            CountedBy::Field(field) => self.row_field(field, At { row: Some(row), ..at }),
        };
        let window = program.around(period, per.max(program.cycle(period)));
        let mine = self.occurrence_key(row);
        let others: Vec<u32> = self
            .within(input, window)
            .into_iter()
            .filter(|other| self.counts(*other) && self.occurrence_key(*other) < mine)
            .filter(|other| key(*other) == key(row))
            .collect();
        let mut before = Vec::new();
        for other in others {
            let stays = match at.rule {
                Some(rule) => self.stays(rule, At { row: Some(other), ..at })?,
                None => true,
            };
            if stays {
                before.extend(self.fact(other).quantity().map(Number::from));
            }
        }
        let before = sum(&before)?;
        let Some(quantity) = quantity.map(Number::from) else { return Ok(Value::NotAssessed) };
        Ok(Value::Number(tiered(tiers, before, before.plus(quantity)?)?))
    }

    /// 发生日期, else the first day of the row's period; then its place in the files.
    pub fn occurrence_key(&self, row: u32) -> (NaiveDate, u32) {
        let fact = self.fact(row);
        let occurred = self.detail(row).and_then(|detail| detail.occurred);
        (occurred.unwrap_or_else(|| self.program.plan.calendar.period(fact.period()).first.first_day()), row)
    }
}

/// The group of raters that rows are asked of.
fn group_of(rows: &RowsExpr) -> Option<SymbolId> {
    match &rows.filter {
        Some(Condition::Is(expr, symbols)) if **expr == Expr::Row(RowField::Rater) => symbols.first().copied(),
        _ => None,
    }
}

/// Points of the occurrences after `from` up to `to`.
fn tiered(tiers: &[(u32, Number)], from: Number, to: Number) -> Result<Number, Inexact> {
    let mut total = Number::ZERO;
    for (index, (first, points)) in tiers.iter().enumerate() {
        let begin = Number::whole(i64::from(*first) - 1).max(from);
        let end = match tiers.get(index + 1) {
            Some((next, _)) => Number::whole(i64::from(*next) - 1).min(to),
            None => to,
        };
        if begin < end {
            total = total.plus(end.minus(begin)?.times(*points)?)?;
        }
    }
    Ok(total)
}

fn weighted_mean(values: &[(Number, Number)]) -> Evaluated {
    let (mut total, mut weights) = (Number::ZERO, Number::ZERO);
    for (value, weight) in values {
        total = total.plus(value.times(*weight)?)?;
        weights = weights.plus(*weight)?;
    }
    Ok(if values.is_empty() { Value::NotAssessed } else { Value::Number(total.divided_by(weights)?) })
}
