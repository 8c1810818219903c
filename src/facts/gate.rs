//! What each input lets in, prepared so that most rows are judged by a few table look-ups.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::calendar::{Cycle, PeriodId};
use crate::plan::{Input, InputId, InputKind, Needs, Plan, Type};

use super::cells::{MOST_MANTISSA, MOST_SCALE};

/// What one input lets in.
pub struct Gate {
    /// A row needs nothing beyond 数量, and nothing beyond it is kept.
    pub plain: bool,
    pub additive: bool,
    /// At most one row per unit and period.
    pub single: bool,
    pub group: Option<InputId>,
    pub percent: bool,
    /// Only whole numbers.
    pub whole: bool,
    /// An empty 数量 means 1.
    pub one_if_empty: bool,
    /// The limits of 数量 as mantissas of each scale, both ends included.
    limits: [(u32, u32); MOST_SCALE as usize],
}

/// Why a row's period does not suit its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// The input is assessed in the last month of its cycle alone.
    NotLastMonth,
    /// 只在12月
    NotInThisMonth,
    /// 期间 is longer than what the input is assessed for.
    TooLong,
    /// No text with it was in force then.
    NotInForce,
}

/// The gates of all inputs.
pub struct Gates {
    gates: Vec<Gate>,
    /// By input and period: whether a plain row may be about it.
    open: Vec<bool>,
    periods: usize,
    /// First and last month of each period, counted from the first month in force.
    pub spans: Vec<(i32, i32)>,
    months: u16,
    /// By input's cycle and period: the period of that cycle which ends with it.
    wholes: Vec<[PeriodId; 5]>,
    cycles: Vec<Cycle>,
}

impl Gates {
    pub fn new(plan: &Plan, keep_entries: bool) -> Gates {
        let calendar = &plan.calendar;
        let periods: Vec<PeriodId> = (0..calendar.len() as u16).map(PeriodId).collect();
        let span = |id: &PeriodId| {
            let period = calendar.period(*id);
            (period.first.since(calendar.first()), period.last.since(calendar.first()))
        };
        let around =
            |id: &PeriodId| Cycle::ALL.map(|cycle| calendar.around(cycle, calendar.period(*id).last).unwrap_or(*id));
        let mut open = Vec::with_capacity(plan.inputs.len() * periods.len());
        // Most inputs are assessed alike: what they let in is looked up once.
        let mut alike: Vec<(&Input, usize)> = Vec::new();
        for (index, input) in plan.inputs.iter().enumerate() {
            match alike.iter().find(|(other, _)| is_placed_alike(input, other)) {
                Some((_, first)) => open.extend_from_within(first * periods.len()..(first + 1) * periods.len()),
                None => {
                    alike.push((input, index));
                    open.extend(
                        periods.iter().map(|period| place(plan, InputId(index as u16), *period) == Ok(*period)),
                    );
                }
            }
        }
        Gates {
            gates: plan.inputs.iter().map(|input| Gate::new(input, keep_entries)).collect(),
            open,
            periods: periods.len(),
            spans: periods.iter().map(span).collect(),
            months: calendar.each(Cycle::Month).len() as u16,
            wholes: periods.iter().map(around).collect(),
            cycles: plan.inputs.iter().map(|input| input.cycle).collect(),
        }
    }

    pub fn gate(&self, input: InputId) -> &Gate {
        &self.gates[input.index()]
    }

    /// Lets no more be added up or left out than another gate does.
    pub fn join(&mut self, input: InputId, other: &Gate) {
        let own = &mut self.gates[input.index()];
        own.plain &= other.plain;
        own.additive &= other.additive;
    }

    pub fn additive(&self, input: InputId) -> bool {
        self.gates[input.index()].additive
    }

    /// Whether a plain row of this input may be about this period.
    pub fn open(&self, input: InputId, period: PeriodId) -> bool {
        self.open[input.index() * self.periods + usize::from(period.0)]
    }

    pub fn is_month(&self, period: PeriodId) -> bool {
        period.0 < self.months
    }

    pub fn overlap(&self, left: PeriodId, right: PeriodId) -> bool {
        let (left, right) = (self.spans[usize::from(left.0)], self.spans[usize::from(right.0)]);
        left.0 <= right.1 && right.0 <= left.1
    }

    /// The period of the input's own cycle in which `period` ends.
    pub fn whole(&self, input: InputId, period: PeriodId) -> PeriodId {
        self.wholes[usize::from(period.0)][self.cycles[input.index()] as usize]
    }
}

impl Gate {
    fn new(input: &Input, keep_entries: bool) -> Gate {
        let indicator = matches!(input.kind, InputKind::Indicator | InputKind::Parameter { .. });
        let group = match input.kind {
            InputKind::Grade { group } => Some(group),
            _ => None,
        };
        let event = matches!(input.kind, InputKind::Event | InputKind::Grade { .. });
        let simple = input.needs == Needs::default() && input.columns.is_empty() && input.versions.is_none();
        let known = !matches!(input.kind, InputKind::Pending(_) | InputKind::Parameter { global: true });
        let additive = input.additive && input.kind == InputKind::Event && !keep_entries;
        Gate {
            plain: simple && known && !keep_entries && (indicator || additive),
            additive,
            single: indicator || group.is_some(),
            group,
            percent: input.quantity == Type::Percent,
            whole: matches!(input.quantity, Type::Count(_) | Type::Place | Type::Days),
            one_if_empty: event,
            limits: std::array::from_fn(|scale| limits(input.range, scale as u32)),
        }
    }

    /// Whether a number of the usual size is within the limits.
    pub fn admits(&self, mantissa: u32, scale: u32) -> bool {
        let (least, most) = self.limits[scale as usize];
        (least..=most).contains(&mantissa)
    }
}

/// The least and greatest mantissa of a scale within the range; none where nothing fits.
fn limits((least, most): (Option<Decimal>, Option<Decimal>), scale: u32) -> (u32, u32) {
    // Nearly all inputs: what a file holds in the usual form is not below zero.
    if most.is_none() && least.is_none_or(|least| least <= Decimal::ZERO) {
        return (0, MOST_MANTISSA);
    }
    let factor = Decimal::from(10u64.pow(scale));
    let least = least.map_or(Some(0), |least| (least.max(Decimal::ZERO)).checked_mul(factor)?.ceil().to_u32());
    let most = match most {
        Some(most) if most.is_sign_negative() && !most.is_zero() => None,
        Some(most) => Some(most.checked_mul(factor).and_then(|most| most.floor().to_u32()).unwrap_or(u32::MAX)),
        None => Some(MOST_MANTISSA),
    };
    match (least, most) {
        (Some(least), Some(most)) => (least, most),
        _ => (1, 0),
    }
}

/// Whether [`place`] says the same of both.
fn is_placed_alike(one: &Input, other: &Input) -> bool {
    let key = |input: &Input| {
        let is_parameter = matches!(input.kind, InputKind::Parameter { .. });
        (is_parameter, input.any_month || input.kind == InputKind::Indicator, input.cycle)
    };
    let has_versions = one.versions.is_some() || other.versions.is_some();
    !has_versions && key(one) == key(other) && one.only_months == other.only_months
}

/// The period under which a row is kept, or why it may not be about it.
pub fn place(plan: &Plan, input: InputId, given: PeriodId) -> Result<PeriodId, Misplaced> {
    let calendar = &plan.calendar;
    let period = calendar.period(given);
    if plan.input_in(input, period).is_none() {
        return Err(Misplaced::NotInForce);
    }
    let input = &plan.inputs[input.index()];
    if let InputKind::Parameter { .. } = input.kind {
        // One row serves the whole cycle, whichever of its months it names.
        let whole = calendar.around(input.cycle, period.last).filter(|_| period.cycle < input.cycle);
        return Ok(whole.unwrap_or(given));
    }
    if !input.only_months.is_empty() && !input.only_months.contains(&period.last.number()) {
        return Err(Misplaced::NotInThisMonth);
    }
    if period.cycle == Cycle::Month {
        let ends = calendar.around(input.cycle, period.last).is_some_and(|id| calendar.period(id).last == period.last);
        let free = input.any_month || input.kind == InputKind::Indicator;
        return if free || ends { Ok(given) } else { Err(Misplaced::NotLastMonth) };
    }
    if period.cycle <= input.cycle {
        return Ok(given);
    }
    // `2023` names the term; for what is assessed by the year it is that year.
    let same = |id: &PeriodId| {
        let other = calendar.period(*id);
        (other.first, other.last) == (period.first, period.last)
    };
    calendar.each(input.cycle).find(same).ok_or(Misplaced::TooLong)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::compile::compile_with;

    #[test]
    fn inputs_that_are_taken_for_alike_let_in_the_same() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks");
        let mut looked_at = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "zs") {
                continue;
            }
            let name = path.display().to_string();
            let mut read = |name: &str| fs::read_to_string(name).map_err(|error| error.to_string());
            let (compiled, _) = compile_with(&name, &fs::read_to_string(&path).unwrap(), &mut read);
            let plan = compiled.expect("a rulebook in order").plan;
            let gates = Gates::new(&plan, false);
            for index in 0..plan.inputs.len() {
                for period in (0..plan.calendar.len() as u16).map(PeriodId) {
                    let input = InputId(index as u16);
                    let is_open = place(&plan, input, period) == Ok(period);
                    assert_eq!(gates.open(input, period), is_open, "{name} {}", plan.inputs[index].label);
                    looked_at += 1;
                }
            }
        }
        assert!(looked_at > 1000, "{looked_at}");
    }
}
