//! How the total of a year comes from its months, as a formula over their cells.

use super::amount::{Amount, literal};
use super::step::rounded;
use crate::calendar::{Cycle, PeriodId};
use crate::plan::{Aggregate, Expr, NodeId};
use crate::scored::Scored;
use crate::value::{Inexact, Number};

/// The cells that a roll-up may read.
pub struct Cells<'a> {
    pub scored: Scored<'a>,
    /// Base periods with their totals and where these stand.
    pub periods: Vec<(PeriodId, Amount)>,
    /// Sections with their points over the year.
    pub nodes: Vec<(NodeId, Amount)>,
}

impl Cells<'_> {
    /// The total of the period as its roll-up has it; `None` where no formula over these cells gives it.
    pub fn total(&self, period: PeriodId, total: Number) -> Option<Amount> {
        let found = self.rolled(period).ok().flatten()?;
        (found.value == total).then_some(found)
    }

    fn rolled(&self, period: PeriodId) -> Result<Option<Amount>, Inexact> {
        let plan = self.scored.plan;
        let cycle = plan.calendar.period(period).cycle;
        if cycle == plan.cycle {
            return Ok(self.periods.iter().find(|(of, _)| *of == period).map(|(_, amount)| amount.clone()));
        }
        match plan.rollups.iter().find(|(of, _)| *of == cycle) {
            Some((_, expr)) => self.amount(expr, period),
            None => Ok(None),
        }
    }

    /// INVARIANT: an expression is as deep as the grammar lets it be, and periods get shorter with each roll-up.
    fn amount(&self, expr: &Expr, period: PeriodId) -> Result<Option<Amount>, Inexact> {
        let pair = |pair: &[Expr; 2]| -> Result<Option<(Amount, Amount)>, Inexact> {
            Ok(self.amount(&pair[0], period)?.zip(self.amount(&pair[1], period)?))
        };
        let joined =
            |two: Option<(Amount, Amount)>, sign: char, count: fn(Number, Number) -> Result<Number, Inexact>| {
                let Some((left, right)) = two else { return Ok(None) };
                let formula = format!("({}{sign}{})", formula(&left), formula(&right));
                Ok(Some(Amount::found(count(left.value, right.value)?, formula)))
            };
        match expr {
            Expr::Number(number) => Ok(Some(Amount::found(*number, literal(*number)))),
            Expr::Node(id) => Ok(self.nodes.iter().find(|(of, _)| of == id).map(|(_, amount)| amount.clone())),
            Expr::Add(two) => joined(pair(two)?, '+', Number::plus),
            Expr::Subtract(two) => joined(pair(two)?, '-', Number::minus),
            Expr::Multiply(two) => joined(pair(two)?, '*', Number::times),
            Expr::Divide(two) => joined(pair(two)?, '/', Number::divided_by),
            Expr::Round { expr, places, rounding } => {
                let Some(amount) = self.amount(expr, period)? else { return Ok(None) };
                let formula = rounded(&formula(&amount), *places, *rounding);
                Ok(Some(Amount::found(amount.value.rounded(*places, *rounding)?, formula)))
            }
            Expr::Assessed { expr, .. } => self.amount(expr, period),
            Expr::Of(aggregate, list) => {
                let all: Result<Option<Vec<Amount>>, Inexact> =
                    list.iter().map(|one| self.amount(one, period)).collect();
                all?.map_or(Ok(None), |all| aggregated(*aggregate, &all))
            }
            Expr::Over { cycle, aggregate, expr, only } if **expr == Expr::Total => {
                let all = self.sub_periods(period, *cycle, *only)?;
                aggregated(*aggregate, &all)
            }
            _ => Ok(None),
        }
    }

    /// The totals of the shorter periods that have one; of the so-manieth of a year alone, where `only` says so.
    fn sub_periods(&self, period: PeriodId, cycle: Cycle, only: Option<u32>) -> Result<Vec<Amount>, Inexact> {
        let calendar = &self.scored.plan.calendar;
        let has_scores = |own: &PeriodId| {
            let own = calendar.period(*own);
            self.periods.iter().any(|(base, _)| own.contains(calendar.period(*base)))
        };
        let mut all = Vec::new();
        let wanted = |own: &PeriodId| only.is_none_or(|number| calendar.period(*own).number() == number);
        for own in calendar.within(period, cycle).filter(has_scores).filter(wanted) {
            all.extend(self.rolled(own)?);
        }
        Ok(all)
    }
}

fn formula(amount: &Amount) -> String {
    amount.formula.clone().unwrap_or_else(|| literal(amount.value))
}

/// One value of several, by the function that spreadsheets have for it.
fn aggregated(aggregate: Aggregate, all: &[Amount]) -> Result<Option<Amount>, Inexact> {
    let Some(first) = all.first() else { return Ok(None) };
    let values = || all.iter().map(|amount| amount.value);
    let sum = || values().try_fold(Number::ZERO, Number::plus);
    let (name, value) = match aggregate {
        Aggregate::Sum => ("SUM", sum()?),
        Aggregate::Mean => ("AVERAGE", sum()?.divided_by(Number::whole(all.len() as i64))?),
        Aggregate::Greatest => ("MAX", values().fold(first.value, Number::max)),
        Aggregate::Least => ("MIN", values().fold(first.value, Number::min)),
        Aggregate::Count => ("COUNT", Number::whole(all.len() as i64)),
        Aggregate::Last => return Ok(all.last().cloned()),
        Aggregate::People | Aggregate::Matters => return Ok(None),
    };
    let list: Vec<String> = all.iter().map(formula).collect();
    Ok(Some(Amount::found(value, format!("{name}({})", list.join(",")))))
}
