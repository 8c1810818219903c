//! Decides whether a condition holds for one unit in one period.

use crate::calendar::{Cycle, PeriodId};
use crate::eval::expr::Value;
use crate::eval::peers::Demand;
use crate::eval::unit::{At, Scorer};
use crate::plan::{Comparison, Condition};
use crate::value::Inexact;

impl<'a> Scorer<'_, 'a> {
    pub fn holds(&mut self, condition: &'a Condition, at: At) -> Result<bool, Inexact> {
        Ok(match condition {
            Condition::Always => true,
            Condition::Compare(left, comparison, right) => {
                let (left, right) = (self.eval(left, at)?, self.eval(right, at)?);
                compare(left, *comparison, right)
            }
            Condition::Is(expr, texts) => match self.eval(expr, at)? {
                Value::Text(text) => texts.contains(&text),
                Value::Number(_) | Value::Date(_) | Value::NotAssessed => false,
            },
            Condition::Happened(input) => {
                self.load();
                self.within(*input, at.period).into_iter().any(|fact| self.counts(fact))
            }
            Condition::IsAssessed(expr) => self.eval(expr, at)?.is_assessed(),
            Condition::Not(inner) => !self.holds(inner, at)?,
            Condition::All(list) => {
                for inner in list {
                    if !self.holds(inner, at)? {
                        return Ok(false);
                    }
                }
                true
            }
            Condition::Any(list) => {
                for inner in list {
                    if self.holds(inner, at)? {
                        return Ok(true);
                    }
                }
                false
            }
            Condition::Streak { count, cycle, condition, anew } => {
                self.full_streak((*count, *anew), *cycle, condition, at)?.is_some()
            }
            Condition::During(months) => months.hold(self.program.plan.calendar.period(at.period)),
            Condition::Vetoed => self.is_vetoed(at.period)?,
            Condition::Disqualified(name) => self.is_disqualified(name, at.period)?,
            Condition::Graded(grading, names) => self.has_grade(*grading, names, at.period),
        })
    }

    /// Whether the unit's grade in the period is one of these: the one being settled, or that of another period.
    fn has_grade(&mut self, grading: u16, names: &[String], period: PeriodId) -> bool {
        let program = self.program;
        let cycle = program.plan.gradings[usize::from(grading)].cycle;
        let period = if program.cycle(period) < cycle { program.around(period, cycle) } else { period };
        let is_named = |grade: &Option<String>| grade.as_ref().is_some_and(|grade| names.contains(grade));
        if let Some(settled) = self.settled.as_ref().filter(|settled| settled.period == period) {
            return settled.grades.get(usize::from(grading)).is_some_and(is_named);
        }
        match self.board.grades(grading, period) {
            Some(grades) => is_named(&grades[self.unit]),
            None => {
                self.demands.push(Demand::Grading(grading, period));
                false
            }
        }
    }

    /// The periods of a streak that is full; in a longer period than its own cycle it may end anywhere within it.
    pub fn full_streak(
        &mut self,
        (count, anew): (u32, bool),
        cycle: Cycle,
        condition: &'a Condition,
        at: At,
    ) -> Result<Option<Vec<PeriodId>>, Inexact> {
        let program = self.program;
        let ends: Vec<PeriodId> = match program.cycle(at.period) > cycle {
            true => program.within(at.period, cycle).collect(),
            false => vec![program.around(at.period, cycle)],
        };
        let all: Vec<PeriodId> = program.plan.calendar.each(cycle).collect();
        let Some(first_end) = ends.first().and_then(|end| all.iter().position(|period| period == end)) else {
            return Ok(None);
        };
        // Counting on from the first period that may matter asks about each period once.
        let begin = if anew { 0 } else { (first_end + 1).saturating_sub(count as usize) };
        let mut length = 0;
        for (index, period) in all.iter().enumerate().take(first_end + ends.len()).skip(begin) {
            // A month that is scored counts without facts too; December of a year that is scored in March does not.
            let is_current = program.cycle(at.period) <= cycle && program.end_together(*period, at.period);
            let is_scored = self.is_counted(*period) && (is_current || program.has_facts(*period));
            length = if is_scored && self.holds(condition, at.moved(*period))? { length + 1 } else { 0 };
            let is_full = if anew { length > 0 && length % count.max(1) == 0 } else { length >= count };
            if index >= first_end && is_full {
                return Ok(Some(all[index + 1 - count.max(1) as usize..=index].to_vec()));
            }
        }
        Ok(None)
    }
}

fn compare(left: Value, comparison: Comparison, right: Value) -> bool {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.cmp(&right),
        (Value::Date(left), Value::Date(right)) => left.cmp(&right),
        (Value::Text(left), Value::Text(right)) => match comparison {
            Comparison::Equal => return left == right,
            Comparison::NotEqual => return left != right,
            Comparison::Below | Comparison::AtMost | Comparison::AtLeast | Comparison::Above => return false,
        },
        _ => return false,
    };
    comparison.allows(order)
}
