//! What money was worked out from and what met a condition, in words, for whoever asks why.

use crate::calendar::{Cycle, PeriodId};
use crate::eval::expr::Value;
use crate::eval::unit::{At, Scorer};
use crate::plan::words::{amount_text, called, kind_of_result};
use crate::plan::{Aggregate, Condition, Expr, Type};
use crate::value::Inexact;

/// How tightly a formula holds together: a sum inside a product wants parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Sum,
    Product,
    One,
}

/// A part of a formula with its figures.
struct Part {
    text: String,
    tie: Tie,
}

impl Part {
    fn one(text: String) -> Part {
        Part { text, tie: Tie::One }
    }

    fn within(self, tie: Tie) -> String {
        if self.tie < tie { format!("（{}）", self.text) } else { self.text }
    }
}

impl<'a> Scorer<'_, 'a> {
    /// `8000 × 得分92.5分 ÷ 100 = 7400元`; nothing of what is no more than a number.
    pub fn formula(&mut self, expr: &'a Expr, at: At) -> Result<Option<String>, Inexact> {
        // 扣发500元 takes them away, and says so itself.
        let expr = if let Expr::Negate(inner) = expr { inner } else { expr };
        let (inner, keeps) = match expr {
            Expr::Round { expr: inner, places, .. } => (&**inner, Some(places)),
            _ => (expr, None),
        };
        let Value::Number(amount) = self.eval(expr, at)? else { return Ok(None) };
        if matches!(inner, Expr::Number(_)) {
            return Ok(None);
        }
        let Some(part) = self.figured(inner, at)? else { return Ok(None) };
        if part.tie == Tie::One {
            return Ok(Some(part.text));
        }
        let keeps = match keeps {
            Some(0) => "，保留整数".to_owned(),
            Some(places) => format!("，保留{places}位小数"),
            None => String::new(),
        };
        Ok(Some(format!("{} = {}{keeps}", part.text, amount_text(amount.abs(), Some(&Type::Money)))))
    }

    /// INVARIANT: an expression is as deep as the grammar lets it be.
    fn figured(&mut self, expr: &'a Expr, at: At) -> Result<Option<Part>, Inexact> {
        let mut joined = |two: &'a [Expr; 2], sign: &str, tie: Tie, right: Tie| {
            let (Some(one), Some(other)) = (self.figured(&two[0], at)?, self.figured(&two[1], at)?) else {
                return Ok(None);
            };
            let text = format!("{} {sign} {}", one.within(tie), other.within(right));
            Ok(Some(Part { text, tie }))
        };
        match expr {
            Expr::Add(two) => return joined(two, "+", Tie::Sum, Tie::Sum),
            Expr::Subtract(two) => return joined(two, "-", Tie::Sum, Tie::Product),
            Expr::Multiply(two) => return joined(two, "×", Tie::Product, Tie::Product),
            Expr::Divide(two) => return joined(two, "÷", Tie::Product, Tie::One),
            Expr::Round { expr: inner, places, .. } => {
                let part = self.figured(inner, at)?;
                return Ok(part.map(|part| match part.tie {
                    Tie::One => part,
                    _ => Part::one(format!("保留（{}，{places}位小数）", part.text)),
                }));
            }
            Expr::Assessed { expr: inner, otherwise } => {
                let is_there = self.eval(inner, at)?.is_assessed();
                return self.figured(if is_there { inner } else { otherwise }, at);
            }
            Expr::Case { arms, otherwise } => {
                for (when, value) in arms {
                    if self.holds(when, at)? {
                        return self.figured(value, at);
                    }
                }
                return self.figured(otherwise, at);
            }
            Expr::Of(aggregate, list) => {
                let mut parts = Vec::with_capacity(list.len());
                for inner in list {
                    let Some(part) = self.figured(inner, at)? else { return Ok(None) };
                    parts.push(part.text);
                }
                let word = match aggregate {
                    Aggregate::Least => "较低者",
                    Aggregate::Greatest => "较高者",
                    Aggregate::Mean => "平均",
                    _ => return Ok(None),
                };
                return Ok(Some(Part::one(format!("{word}（{}）", parts.join("、")))));
            }
            _ => {}
        }
        let Value::Number(amount) = self.eval(expr, at)? else { return Ok(None) };
        let plan = self.program.plan;
        let figure = amount_text(amount, Some(&kind_of_result(plan, expr)));
        Ok(Some(Part::one(called(plan, expr).unwrap_or_default() + &figure)))
    }

    /// What made a condition hold: the figures that it compares, and the periods that it counts.
    pub fn met(&mut self, condition: &'a Condition, at: At, told: &mut Vec<String>) -> Result<(), Inexact> {
        match condition {
            Condition::All(list) | Condition::Any(list) => {
                for inner in list {
                    if self.holds(inner, at)? {
                        self.met(inner, at, told)?;
                    }
                }
            }
            Condition::Streak { count, cycle, condition, anew } => {
                let full = self.full_streak((*count, *anew), *cycle, condition, at)?;
                if let Some(periods) = full {
                    told.push(format!("连续{}{}：{}", periods.len(), cycle.counted(), self.listed(&periods)));
                }
            }
            Condition::Compare(left, _, right) => {
                if let Some((cycle, condition, tallied)) = periods_counted(left) {
                    let mut holding = Vec::new();
                    for period in self.counted_periods(at.period, cycle, tallied) {
                        if self.holds(condition, at.moved(period))? {
                            holding.push(period);
                        }
                    }
                    if !holding.is_empty() {
                        told.push(format!("共{}{}：{}", holding.len(), cycle.counted(), self.listed(&holding)));
                    }
                    return Ok(());
                }
                for side in [&**left, &**right] {
                    // What has no name is a number of the line, or too long to say.
                    if called(self.program.plan, side).is_some()
                        && let Some(part) = self.figured(side, at)?
                        && !told.contains(&part.text)
                    {
                        told.push(part.text);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// 3月、5月、9月; with their years where there are several.
    fn listed(&self, periods: &[PeriodId]) -> String {
        let calendar = &self.program.plan.calendar;
        let is_one_year = calendar.first().year() == calendar.last().year();
        let name = |id: &PeriodId| {
            let period = calendar.period(*id);
            if is_one_year { period.in_year() } else { period.spoken() }
        };
        periods.iter().map(name).collect::<Vec<_>>().join("、")
    }
}

/// 累计3次, 月数（…）, and 每累计3次, which counts full steps of them.
fn periods_counted(expr: &Expr) -> Option<(Cycle, &Condition, bool)> {
    match expr {
        Expr::CountPeriods { cycle, condition, tallied } => Some((*cycle, condition, *tallied)),
        Expr::Steps { amount, .. } => periods_counted(amount),
        _ => None,
    }
}
