//! Lines of which nothing but the points is to be known: the same sums as `rule`, without drafts.
//!
//! Most lines of most units are such, and most of them depend on one quantity alone.
//! What such a line gave for a quantity is remembered, and sums run in whole numbers while they fit.

use rust_decimal::Decimal;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::expr::Value;
use crate::eval::problem::{Problem, Where};
use crate::eval::unit::{At, Scorer};
use crate::outcome::Tally;
use crate::plan::{Aggregate, Basis, Condition, Expr, InputId, InputKind, Plan, RowField, Rule, RuleId};
use crate::value::{Inexact, Number};

/// What the points of a line depend on, where it is one quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Single {
    /// An indicator of the month.
    Indicator(InputId),
    /// 数量 of the row.
    Row,
    /// Nothing at all.
    Constant,
}

impl Single {
    /// What a line's points depend on; `None` where that is more than one quantity of one month.
    pub fn of(plan: &Plan, rule: &Rule) -> Option<Single> {
        let mut search = Search { plan, found: Single::Constant, left: 1_000 };
        let is_row = rule.basis != Basis::Period;
        let fits = search.expr(&rule.points)
            && match search.found {
                Single::Indicator(_) => !is_row && rule.cycle == Cycle::Month,
                Single::Row | Single::Constant => is_row,
            };
        fits.then_some(search.found)
    }
}

/// Looks for a second quantity, and gives up on large expressions.
struct Search<'a> {
    plan: &'a Plan,
    found: Single,
    left: u32,
}

impl Search<'_> {
    fn join(&mut self, other: Single) -> bool {
        if self.found == Single::Constant {
            self.found = other;
        }
        self.found == other
    }

    fn expr(&mut self, expr: &Expr) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        match expr {
            Expr::Number(_) | Expr::NotAssessed => true,
            Expr::Input { input, collect } => {
                let declared = &self.plan.inputs[input.index()];
                declared.kind == InputKind::Indicator
                    && declared.cycle == Cycle::Month
                    && !matches!(collect, Aggregate::Count | Aggregate::People | Aggregate::Matters)
                    && self.join(Single::Indicator(*input))
            }
            Expr::Row(RowField::Quantity) => self.join(Single::Row),
            Expr::Measure(id) => {
                let measure = &self.plan.measures[id.index()];
                measure.cycle == Cycle::Month && self.expr(&measure.expr)
            }
            Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
                pair.iter().all(|side| self.expr(side))
            }
            Expr::Negate(inner) | Expr::Absolute(inner) | Expr::Round { expr: inner, .. } => self.expr(inner),
            Expr::Of(_, list) => list.iter().all(|inner| self.expr(inner)),
            Expr::Steps { amount, step, .. } => self.expr(amount) && self.expr(step),
            Expr::Case { arms, otherwise } => {
                self.expr(otherwise)
                    && arms.iter().all(|(condition, value)| self.condition(condition) && self.expr(value))
            }
            Expr::Assessed { expr, otherwise } => self.expr(expr) && self.expr(otherwise),
            _ => false,
        }
    }

    fn condition(&mut self, condition: &Condition) -> bool {
        match condition {
            Condition::Always => true,
            Condition::Compare(left, _, right) => self.expr(left) && self.expr(right),
            Condition::IsAssessed(expr) => self.expr(expr),
            Condition::Not(inner) => self.condition(inner),
            Condition::All(list) | Condition::Any(list) => list.iter().all(|inner| self.condition(inner)),
            _ => false,
        }
    }
}

/// A sum of points that runs in whole ten-thousandths while they fit.
#[derive(Default)]
pub(super) struct Gathering {
    pub tally: Tally,
    bonus: i64,
    deduction: i64,
}

/// Points of one line for one quantity.
#[derive(Clone, Copy)]
pub(super) struct Remembered {
    quantity: Decimal,
    points: Value,
    /// In ten-thousandths, where that is exact.
    scaled: Option<i64>,
}

/// So many digits behind the point run in whole numbers.
const SCALE: u32 = 4;
/// Larger points are added as decimals, so that sums of smaller ones never overflow.
const LARGEST: i64 = 1 << 40;
/// Quantities remembered per line: a power of two.
const REMEMBERED: usize = 32;

impl Gathering {
    pub fn new(base: Number) -> Gathering {
        Gathering { tally: Tally { base, ..Tally::default() }, bonus: 0, deduction: 0 }
    }

    fn add(&mut self, points: Number, scaled: Option<i64>) -> Result<(), Inexact> {
        match scaled {
            Some(scaled) if scaled < 0 => self.deduction -= scaled,
            Some(scaled) => self.bonus += scaled,
            None => return self.tally.add_points(points),
        }
        if self.bonus.max(self.deduction) > i64::MAX / 4 {
            self.settle()?;
        }
        Ok(())
    }

    /// Adds all of this to another.
    fn pour(self, into: &mut Gathering) -> Result<(), Inexact> {
        into.tally.add(&self.tally)?;
        into.bonus += self.bonus;
        into.deduction += self.deduction;
        if into.bonus.max(into.deduction) > i64::MAX / 4 {
            into.settle()?;
        }
        Ok(())
    }

    /// Brings everything into the tally.
    pub fn settle(&mut self) -> Result<(), Inexact> {
        let (bonus, deduction) = (std::mem::take(&mut self.bonus), std::mem::take(&mut self.deduction));
        if bonus != 0 || deduction != 0 {
            self.tally.add(&Tally { base: Number::ZERO, bonus: unscaled(bonus), deduction: unscaled(deduction) })?;
        }
        Ok(())
    }
}

fn scaled(points: Value) -> Option<i64> {
    let decimal = points.number()?.decimal()?;
    let factor = 10i64.pow(SCALE.checked_sub(decimal.scale())?);
    let scaled = i64::try_from(decimal.mantissa()).ok()?.checked_mul(factor)?;
    (scaled.abs() <= LARGEST).then_some(scaled)
}

fn unscaled(scaled: i64) -> Number {
    let whole = 10i64.pow(SCALE);
    match scaled % whole {
        0 => Number::whole(scaled / whole),
        _ => Number::from(Decimal::new(scaled, SCALE).normalize()),
    }
}

impl<'a> Scorer<'_, 'a> {
    /// Adds a plain line; `false` where it is not assessed.
    pub fn add_plain(&mut self, id: RuleId, period: PeriodId, sum: &mut Gathering) -> bool {
        let rule = self.program.rule(id);
        if !self.program.is_in_force(rule, period) {
            return false;
        }
        let added = match &rule.basis {
            Basis::Period => self.add_plain_measure(id, rule, period, sum),
            Basis::Row(input) | Basis::Once(input) => self.add_plain_rows(id, rule, *input, period, sum),
        };
        added.unwrap_or_else(|fault| {
            self.problems.push(Problem::arithmetic(self.unit, Where::Rule(id), period, fault));
            false
        })
    }

    fn add_plain_measure(
        &mut self,
        id: RuleId,
        rule: &'a Rule,
        period: PeriodId,
        sum: &mut Gathering,
    ) -> Result<bool, Inexact> {
        let at = At { period, row: None, rule: Some(id) };
        let reported = match self.program.rules[id.index()].single {
            Some(Single::Indicator(input)) => self.exactly(input, period).next(),
            Some(Single::Row | Single::Constant) | None => None,
        };
        let quantity = reported.and_then(|row| self.fact(row).quantity);
        let (points, scaled) = match quantity {
            Some(quantity) => self.remembered(id, rule, quantity, at)?,
            None => {
                self.demand(id, period);
                (self.eval(&rule.points, at)?, None)
            }
        };
        match points {
            Value::Number(points) => sum.add(points, scaled).map(|()| true),
            Value::Date(_) | Value::Text(_) | Value::NotAssessed => Ok(false),
        }
    }

    fn add_plain_rows(
        &mut self,
        id: RuleId,
        rule: &'a Rule,
        input: InputId,
        period: PeriodId,
        sum: &mut Gathering,
    ) -> Result<bool, Inexact> {
        let program = self.program;
        let once = matches!(rule.basis, Basis::Once(_));
        let mut best: Option<(Number, Option<i64>)> = None;
        let mut own = Gathering::default();
        for inner in program.inside(period) {
            for row in self.exactly(input, *inner) {
                self.demand(id, period);
                if !self.counts(row) {
                    continue;
                }
                let at = At { period, row: Some(row), rule: Some(id) };
                let (points, scaled) = match (program.rules[id.index()].single, self.fact(row).quantity) {
                    (Some(_), Some(quantity)) => self.remembered(id, rule, quantity, at)?,
                    _ => (self.eval(&rule.points, at)?, None),
                };
                let Value::Number(points) = points else { continue };
                if !once {
                    own.add(points, scaled)?;
                } else if best.is_none_or(|(best, _)| points.abs() > best.abs()) {
                    best = Some((points, scaled));
                }
            }
        }
        if let Some((points, scaled)) = best {
            own.add(points, scaled)?;
        }
        own.pour(sum)?;
        Ok(true)
    }

    /// Points that depend on nothing but this quantity.
    fn remembered(
        &mut self,
        id: RuleId,
        rule: &'a Rule,
        quantity: Decimal,
        at: At,
    ) -> Result<(Value, Option<i64>), Inexact> {
        let slot = quantity.mantissa() as usize % REMEMBERED + id.index() * REMEMBERED;
        if let Some(known) = &self.remembered[slot] {
            // The same digits: 1 and 1.0 are held apart, for points may show it.
            if known.quantity.scale() == quantity.scale() && known.quantity.mantissa() == quantity.mantissa() {
                return Ok((known.points, known.scaled));
            }
        }
        let points = self.eval(&rule.points, at)?;
        let scaled = scaled(points);
        self.remembered[slot] = Some(Remembered { quantity, points, scaled });
        Ok((points, scaled))
    }

    pub fn memory(rules: usize) -> Vec<Option<Remembered>> {
        vec![None; rules * REMEMBERED]
    }
}
