//! Percentages far below everybody else's: a cell that looks like one takes 0.955 for 0.955%, where 95.5% was meant.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::calendar::PeriodId;
use crate::diagnostic::Finding;
use crate::facts::{Origin, Store};
use crate::plan::{Input, InputId, InputKind, Plan, Type};
use crate::threads;
use crate::value::Number;

/// Below so many percent it is looked at what the others have.
const LITTLE: u32 = 1;
/// Where most others have more percent than this, a little is odd.
const MUCH: u32 = 20;
/// Fewer units are no crowd to differ from.
const FEWEST: usize = 3;

/// How many percentages there are, how many of them are much, and those that are little.
#[derive(Default)]
struct Shares {
    all: usize,
    much: usize,
    little: Vec<Share>,
}

/// A percentage of a unit.
struct Share {
    unit: usize,
    period: PeriodId,
    share: Decimal,
    origin: Option<Origin>,
}

/// Every indicator of a unit that is less than 1% where most others have more than 20%.
pub fn remind(plan: &Plan, store: &Store, period: PeriodId, threads: usize) -> Vec<Finding> {
    let is_share = |input: &Input| input.kind == InputKind::Indicator && input.quantity == Type::Percent;
    let inputs = (0..plan.inputs.len()).map(|index| InputId(index as u16));
    let inputs: Vec<InputId> = inputs.filter(|id| is_share(&plan.inputs[id.index()])).collect();
    if inputs.is_empty() {
        return Vec::new();
    }
    // A unit's facts lie together, so all its shares are looked at before the next unit's.
    let parts = threads::in_parts(store.roster.len(), threads, |units| of_units(plan, store, period, &inputs, units));
    let of_inputs = parts.into_iter().reduce(|mut all, part| {
        all.iter_mut().zip(part).for_each(|(shares, more)| shares.append(more));
        all
    });
    let of_inputs = inputs.iter().zip(of_inputs.unwrap_or_default());
    of_inputs.flat_map(|(id, shares)| told(plan, store, *id, shares)).collect()
}

/// By input.
fn of_units(plan: &Plan, store: &Store, period: PeriodId, inputs: &[InputId], units: Range<usize>) -> Vec<Shares> {
    let span = plan.calendar.period(period);
    let mut of_inputs: Vec<Shares> = inputs.iter().map(|_| Shares::default()).collect();
    for unit in units {
        let facts = store.unit_facts(unit);
        for (id, shares) in inputs.iter().zip(&mut of_inputs) {
            for fact in facts.held_of(*id).filter(|fact| span.contains(plan.calendar.period(fact.period()))) {
                let Some(share) = fact.quantity() else { continue };
                // A number of many digits is beside them as its decimal is.
                let beside = |percent: u32| match fact.small() {
                    Some(share) => share.cmp_hundredths(percent),
                    None => share.cmp(&Decimal::new(i64::from(percent), 2)),
                };
                shares.all += 1;
                shares.much += usize::from(beside(MUCH).is_gt());
                if beside(LITTLE).is_lt() && share > Decimal::ZERO {
                    shares.little.push(Share { unit, period: fact.period(), share, origin: fact.origin() });
                }
            }
        }
    }
    of_inputs
}

impl Shares {
    /// What the units after these have.
    fn append(&mut self, more: Shares) {
        self.all += more.all;
        self.much += more.much;
        self.little.extend(more.little);
    }
}

/// The odd ones among all units' shares of one indicator.
fn told(plan: &Plan, store: &Store, id: InputId, shares: Shares) -> Vec<Finding> {
    if shares.all < FEWEST || shares.much * 2 < shares.all {
        return Vec::new();
    }
    let told = shares.little.into_iter().map(|Share { unit, period, share, origin }| {
        let place = origin.map(|origin| store.place(origin)).unwrap_or_default();
        let percent = |share: Decimal| Number::from(share * Decimal::ONE_HUNDRED);
        let (name, when) = (&store.roster[unit].name, &plan.calendar.period(period).name);
        let message = format!("{name} {when}的“{}”是{}%，别的单位多在20%以上", plan.input_name(id), percent(share));
        let meant = percent(share * Decimal::ONE_HUNDRED);
        let finding = Finding::warning("odd-percentage", place, message);
        finding.help(format!("百分比格式的格子里写0.955，就是0.955%：是{meant}%的，改为{meant}%；确是这么低的，不用改"))
    });
    told.collect()
}
