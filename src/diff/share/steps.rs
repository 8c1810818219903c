//! What a node's start and steps make of its points where they need no facts.

use crate::calendar::{Calendar, PeriodId};
use crate::outcome::Tally;
use crate::plan::{Condition, Expr, Step};
use crate::value::Number;

/// A number that needs no facts; `Some(None)` where there is none in this period.
pub fn constant(expr: &Expr, calendar: &Calendar, period: PeriodId) -> Option<Option<Number>> {
    match expr {
        Expr::Number(number) => Some(Some(*number)),
        Expr::NotAssessed => Some(None),
        Expr::Case { arms, otherwise } => {
            for (condition, then) in arms {
                let Condition::During(months) = condition else { return None };
                if months.hold(calendar.period(period)) {
                    return constant(then, calendar, period);
                }
            }
            constant(otherwise, calendar, period)
        }
        _ => None,
    }
}

/// A step that depends on nothing but the tally. Others are left out: then the sum does not come out, and is not used.
pub fn apply(step: &Step, tally: &mut Tally, calendar: &Calendar, period: PeriodId) -> Option<()> {
    match step {
        // What holds for each part of the period needs the points of the parts.
        Step::CapDeduction { per, .. } | Step::CapBonus { per, .. } if *per < calendar.period(period).cycle => {
            return None;
        }
        Step::CapDeduction { most, .. } => {
            if let Some(most) = constant(most, calendar, period)? {
                tally.deduction = tally.deduction.min(most);
            }
        }
        Step::CapBonus { most, .. } => {
            if let Some(most) = constant(most, calendar, period)? {
                tally.bonus = tally.bonus.min(most);
            }
        }
        Step::CapPoints { most, .. } => {
            if let Some(most) = constant(most, calendar, period)?
                && tally.points().ok()? > most
            {
                tally.bring_to(most).ok()?;
            }
        }
        Step::Floor { least, .. } => {
            if let Some(least) = constant(least, calendar, period)?
                && tally.points().ok()? < least
            {
                tally.bring_to(least).ok()?;
            }
        }
        Step::Multiply(factor) => {
            let factor = constant(factor, calendar, period)??;
            *tally = tally.scaled(factor).ok()?;
        }
        Step::Round { places, rounding } => {
            let points = tally.points().ok()?.rounded(*places, *rounding).ok()?;
            tally.set_points(points).ok()?;
        }
        Step::Set { .. } | Step::MultiplyWhen { .. } | Step::CapWhen { .. } => {}
    }
    Some(())
}

/// Whether a step leaves whatever is within `most` as it is, both bonus and deduction.
pub fn is_idle(step: &Step, most: &Tally, calendar: &Calendar, period: PeriodId) -> bool {
    let within = |amount, limit| match constant(limit, calendar, period) {
        Some(limit) => limit.is_none_or(|limit| amount <= limit),
        None => false,
    };
    match step {
        Step::CapDeduction { most: limit, .. } => within(most.deduction, limit),
        Step::CapBonus { most: limit, .. } => within(most.bonus, limit),
        _ => false,
    }
}
