//! Values of inputs: what was reported for an indicator, summed events, parameters.

use crate::calendar::{Cycle, PeriodId};
use crate::eval::expr::{Collector, Evaluated, Value, collect};
use crate::eval::problem::ProblemKind;
use crate::eval::unit::{At, Scorer};
use crate::plan::{Aggregate, InputId, InputKind, NodeId, WhenMissing};
use crate::value::Number;

impl<'a> Scorer<'_, 'a> {
    pub fn input(&mut self, input: InputId, aggregate: Aggregate, at: At) -> Evaluated {
        match &self.program.plan.inputs[input.index()].kind {
            InputKind::Indicator => self.indicator(input, aggregate, at.period),
            InputKind::Parameter { .. } => self.parameter(input, at.period),
            InputKind::Event | InputKind::Grade { .. } | InputKind::Rating | InputKind::Pending(_) => {
                self.load();
                let rows: Vec<u32> =
                    self.within(input, at.period).into_iter().filter(|row| self.counts(*row)).collect();
                match aggregate {
                    Aggregate::Count | Aggregate::People | Aggregate::Matters => self.count_rows(aggregate, &rows),
                    _ => collect(aggregate, rows.iter().filter_map(|row| self.fact(*row).quantity().map(Number::from))),
                }
            }
        }
    }

    /// Reported for each month of the input's cycle (or of the period, where that is longer), or at once by 期间.
    pub fn indicator(&mut self, id: InputId, aggregate: Aggregate, period: PeriodId) -> Evaluated {
        self.load();
        let program = self.program;
        let input = &program.plan.inputs[id.index()];
        if program.cycle(period) == Cycle::Month && input.cycle == Cycle::Month {
            // The usual case: one month, one row.
            if let Some(row) = self.exactly(id, period).next() {
                return Ok(match self.fact(row).quantity() {
                    Some(quantity) => Value::Number(quantity.into()),
                    None => self.inapplicable(id, period),
                });
            }
        }
        let is_longer = program.cycle(period) > input.cycle;
        let span = if is_longer { period } else { program.around(period, input.cycle) };
        let Some((first, last)) = self.months_on_roster(span) else { return Ok(Value::NotAssessed) };
        let calendar = &program.plan.calendar;
        let mut values = Collector::new(aggregate);
        let mut any_missing = false;
        let mut month = first;
        while month <= last {
            let at = calendar.month(month).expect("the months of a period are in force");
            if is_longer && self.is_left_out(program.around(at, program.plan.cycle)) {
                month = month.plus(1);
                continue;
            }
            match self.covering(id, at, span) {
                Some((covered, row)) => {
                    let value = match self.fact(row).quantity() {
                        Some(quantity) => Some(Number::from(quantity)),
                        None => self.inapplicable(id, covered).number(),
                    };
                    if let Some(value) = value {
                        values.push(value)?;
                    }
                    month = calendar.period(covered).last;
                }
                None if program.plan.input_in(id, calendar.period(at)).is_none() => {}
                // 只在12月考评: of the other months nobody asks it.
                None if !input.only_months.is_empty() && !input.only_months.contains(&month.number()) => {}
                // Over a period longer than its own cycle only the months that are scored are asked for.
                None if is_longer && !program.has_facts(at) => {}
                None => match self.missing(id, at).number() {
                    Some(value) => values.push(value)?,
                    None => any_missing = true,
                },
            }
            month = month.plus(1);
        }
        if any_missing || values.is_empty() {
            return Ok(Value::NotAssessed);
        }
        values.finish()
    }

    /// The row that speaks for the month: its own, or that of a longer period within the span.
    fn covering(&self, id: InputId, month: PeriodId, span: PeriodId) -> Option<(PeriodId, u32)> {
        let span_cycle = self.program.cycle(span);
        let cycles = Cycle::ALL.into_iter().take_while(|cycle| *cycle <= span_cycle);
        cycles
            .map(|cycle| self.program.around(month, cycle))
            .find_map(|period| self.exactly(id, period).next().map(|row| (period, row)))
    }

    fn missing(&mut self, id: InputId, month: PeriodId) -> Value {
        let plan = self.program.plan;
        let Some(input) = plan.input_in(id, plan.calendar.period(month)) else { return Value::NotAssessed };
        if !self.is_asked(input.node, month) {
            return Value::NotAssessed;
        }
        match input.missing {
            WhenMissing::Error => {
                self.complain(ProblemKind::Missing(id, month));
                Value::NotAssessed
            }
            WhenMissing::Value(value) => Value::Number(value),
            WhenMissing::NotAssessed => Value::NotAssessed,
        }
    }

    /// 适用 学段为小学: a grade's condition may look at the item's figure; of other units nobody asks it.
    fn is_asked(&mut self, node: NodeId, month: PeriodId) -> bool {
        // The condition itself may read what is reported.
        if std::mem::replace(&mut self.asks_whom, true) {
            return true;
        }
        let period = self.program.around(month, self.program.node(node).cycle);
        let applies = self.applies_here(node, period).unwrap_or(true);
        self.asks_whom = false;
        applies
    }

    fn inapplicable(&mut self, id: InputId, month: PeriodId) -> Value {
        let plan = self.program.plan;
        let Some(input) = plan.input_in(id, plan.calendar.period(month)) else { return Value::NotAssessed };
        if !self.is_asked(input.node, month) {
            return Value::NotAssessed;
        }
        match input.inapplicable {
            WhenMissing::Error => {
                self.complain(ProblemKind::Inapplicable(id, month));
                Value::NotAssessed
            }
            WhenMissing::Value(value) => Value::Number(value),
            WhenMissing::NotAssessed => Value::NotAssessed,
        }
    }

    /// The row whose period holds the current one, the shortest first; else the only one within it.
    pub fn parameter(&mut self, id: InputId, period: PeriodId) -> Evaluated {
        let program = self.program;
        let input = &program.plan.inputs[id.index()];
        let (mut around, mut inside) = (None, Vec::new());
        let calendar = &program.plan.calendar;
        let mut look = |other: PeriodId, quantity| {
            if calendar.period(other).contains(calendar.period(period)) {
                if around.is_none_or(|(best, _)| other < best) {
                    around = Some((other, quantity));
                }
            } else if calendar.period(period).contains(calendar.period(other)) {
                inside.push(quantity);
            }
        };
        if matches!(input.kind, InputKind::Parameter { global: true }) {
            program.store.globals(id).for_each(|fact| look(fact.period, fact.quantity));
        } else {
            self.load();
            if self.has_rows(id) {
                let all = (0..program.periods as u16).map(PeriodId);
                let rows = all.flat_map(|other| self.exactly(id, other)).map(|row| self.fact(row));
                rows.for_each(|fact| look(fact.period(), fact.quantity()));
            }
        }
        let quantity = around.map(|(_, quantity)| quantity).or(match inside[..] {
            [only] => Some(only),
            _ => None,
        });
        Ok(match quantity {
            Some(Some(quantity)) => Value::Number(quantity.into()),
            Some(None) => self.inapplicable(id, period),
            None => match &input.missing {
                WhenMissing::Error => {
                    self.complain(ProblemKind::MissingParameter(id, period));
                    Value::NotAssessed
                }
                WhenMissing::Value(value) => Value::Number(*value),
                WhenMissing::NotAssessed => Value::NotAssessed,
            },
        })
    }

    /// Finds what is missing of an indicator that a condition may keep from being looked at.
    pub fn require(&mut self, id: InputId, period: PeriodId) {
        // Only what it says about missing months is wanted here.
        let _ = self.indicator(id, Aggregate::Count, period);
    }
}
