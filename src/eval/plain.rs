//! Lines of which nothing but the points is to be known: the same sums as `rule`, without drafts.
//!
//! Most lines of most units are such, and most of them depend on one or two quantities alone.
//! What such a line gave for them is remembered, and sums run in whole numbers while they fit.

use rust_decimal::Decimal;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::expr::Value;
use crate::eval::problem::{Problem, Where};
use crate::eval::unit::{At, Scorer};
use crate::facts::Small;
use crate::outcome::Tally;
use crate::plan::{Aggregate, Basis, Condition, Expr, InputId, InputKind, Plan, RowField, Rule, RuleId};
use crate::value::{Inexact, Number};

/// What the points of a line depend on, where that is little enough to remember them by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// One or two indicators of the month.
    Indicators(InputId, Option<InputId>),
    /// 数量 of the row.
    Row,
    /// Nothing at all.
    Constant,
}

impl Source {
    /// What a line's points depend on; `None` where that is more than two indicators of one month or one 数量.
    pub fn of(plan: &Plan, rule: &Rule) -> Option<Source> {
        let mut search = Search { plan, found: Source::Constant, left: 1_000 };
        let is_row = rule.basis != Basis::Period;
        let fits = search.expr(&rule.points)
            && match search.found {
                Source::Indicators(..) => !is_row && rule.cycle == Cycle::Month,
                Source::Row | Source::Constant => is_row,
            };
        fits.then_some(search.found)
    }
}

/// Looks for quantities, and gives up on large expressions.
struct Search<'a> {
    plan: &'a Plan,
    found: Source,
    left: u32,
}

impl Search<'_> {
    /// Whether this quantity too is among what is found, or can be.
    fn join_indicator(&mut self, input: InputId) -> bool {
        match self.found {
            Source::Constant => self.found = Source::Indicators(input, None),
            Source::Indicators(first, None) if first != input => self.found = Source::Indicators(first, Some(input)),
            Source::Indicators(first, second) => return first == input || second == Some(input),
            Source::Row => return false,
        }
        true
    }

    fn join_row(&mut self) -> bool {
        if self.found == Source::Constant {
            self.found = Source::Row;
        }
        self.found == Source::Row
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
                    && self.join_indicator(*input)
            }
            Expr::Row(RowField::Quantity) => self.join_row(),
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
pub(super) struct Gathering {
    pub tally: Tally,
    bonus: i64,
    deduction: i64,
}

/// What a line comes to for a row or a period.
#[derive(Clone, Copy)]
pub(super) enum Given {
    /// In ten-thousandths.
    Scaled(i64),
    Points(Number),
    NotAssessed,
}

/// Points of one line for its quantities, where both are small.
#[derive(Clone, Copy)]
pub(super) struct Remembered {
    /// With the same digits: 1 and 1.0 are held apart, for points may show it.
    quantities: [u32; 2],
    /// In ten-thousandths.
    scaled: i64,
}

const UNKNOWN: Remembered = Remembered { quantities: [u32::MAX; 2], scaled: 0 };

/// So many digits behind the point run in whole numbers.
const SCALE: u32 = 4;
/// Larger points are added as decimals, so that sums of smaller ones never overflow.
const LARGEST: i64 = 1 << 40;
/// Quantities remembered per line, and pairs of them; powers of two.
const REMEMBERED: usize = 32;
const REMEMBERED_PAIRS: usize = 1024;

impl Gathering {
    pub fn new(base: Number) -> Gathering {
        Gathering { tally: Tally { base, ..Tally::NOTHING }, bonus: 0, deduction: 0 }
    }

    /// `false` where nothing is assessed.
    fn add(&mut self, given: Given) -> Result<bool, Inexact> {
        match given {
            Given::Scaled(scaled) if scaled < 0 => self.deduction -= scaled,
            Given::Scaled(scaled) => self.bonus += scaled,
            Given::Points(points) => self.tally.add_points(points)?,
            Given::NotAssessed => return Ok(false),
        }
        self.settle_if_large()?;
        Ok(true)
    }

    /// Adds what was added up in ten-thousandths before, neither of it below zero.
    pub fn add_scaled(&mut self, bonus: i64, deduction: i64) -> Result<(), Inexact> {
        self.bonus += bonus;
        self.deduction += deduction;
        self.settle_if_large()
    }

    fn settle_if_large(&mut self) -> Result<(), Inexact> {
        if self.bonus.max(self.deduction) > i64::MAX / 4 { self.settle() } else { Ok(()) }
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

impl Given {
    fn of(points: Value) -> Given {
        let Value::Number(points) = points else { return Given::NotAssessed };
        scaled(points).map_or(Given::Points(points), Given::Scaled)
    }

    fn number(self) -> Option<Number> {
        match self {
            Given::Scaled(scaled) => Some(unscaled(scaled)),
            Given::Points(points) => Some(points),
            Given::NotAssessed => None,
        }
    }

    /// The weightier of two, the first among equals.
    fn or_weightier(self, other: Given) -> Given {
        let is_weightier = match (self, other) {
            (Given::Scaled(own), Given::Scaled(other)) => other.abs() > own.abs(),
            _ => other.number().map(Number::abs) > self.number().map(Number::abs),
        };
        if is_weightier { other } else { self }
    }
}

/// In ten-thousandths, where that is exact and not large.
fn scaled(number: Number) -> Option<i64> {
    const POWERS: [i64; SCALE as usize + 1] = [10_000, 1_000, 100, 10, 1];
    if number.is_zero() {
        return Some(0);
    }
    let decimal = number.decimal()?;
    let factor = POWERS.get(decimal.scale() as usize)?;
    let scaled = i64::try_from(decimal.mantissa()).ok()?.checked_mul(*factor)?;
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
        let reported = match self.program.rules[id.index()].source {
            Some(Source::Indicators(first, second)) => self.reported(first, second, period),
            Some(Source::Row | Source::Constant) | None => None,
        };
        if let Some(quantities) = reported {
            return sum.add(self.remembered(id, rule, quantities, at)?);
        }
        self.demand(id, period);
        sum.add(Given::of(self.eval(&rule.points, at)?))
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
        let mut best = Given::NotAssessed;
        for inner in program.inside(period) {
            for row in self.exactly(input, *inner) {
                self.demand(id, period);
                if !self.counts(row) {
                    continue;
                }
                let at = At { period, row: Some(row), rule: Some(id) };
                let given = match (program.rules[id.index()].source, self.fact(row).small()) {
                    (Some(_), Some(quantity)) => self.remembered(id, rule, [quantity, Small::ZERO], at)?,
                    _ => Given::of(self.eval(&rule.points, at)?),
                };
                match once {
                    true => best = best.or_weightier(given),
                    false => _ = sum.add(given)?,
                }
            }
        }
        sum.add(best)?;
        Ok(true)
    }

    /// What was reported for one or two indicators, where all of it was, in few digits.
    fn reported(&self, first: InputId, second: Option<InputId>, period: PeriodId) -> Option<[Small; 2]> {
        let quantity = |input| self.fact(self.exactly(input, period).next()?).small();
        Some([quantity(first)?, second.map_or(Some(Small::ZERO), quantity)?])
    }

    /// Points that depend on nothing but these quantities.
    pub fn remembered(&mut self, id: RuleId, rule: &'a Rule, quantities: [Small; 2], at: At) -> Result<Given, Inexact> {
        let quantities = quantities.map(Small::bits);
        let known = &mut self.remembered[id.index()];
        if known.is_empty() {
            let is_pair = matches!(self.program.rules[id.index()].source, Some(Source::Indicators(_, Some(_))));
            known.resize(if is_pair { REMEMBERED_PAIRS } else { REMEMBERED }, UNKNOWN);
        }
        // Whole numbers that follow one another lie side by side.
        let slot = quantities[0].wrapping_add(quantities[1].wrapping_mul(37)) as usize & (known.len() - 1);
        if known[slot].quantities == quantities {
            return Ok(Given::Scaled(known[slot].scaled));
        }
        let given = Given::of(self.eval(&rule.points, at)?);
        if let Given::Scaled(scaled) = given {
            self.remembered[id.index()][slot] = Remembered { quantities, scaled };
        }
        Ok(given)
    }
}
