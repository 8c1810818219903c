//! Percentages far below everybody else's: a cell that looks like one takes 0.955 for 0.955%, where 95.5% was meant.

use rust_decimal::Decimal;

use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Place};
use crate::facts::{Fact, Store};
use crate::plan::{InputId, InputKind, Plan, Type};
use crate::value::Number;

/// Below this share it is looked at what the others have.
const LITTLE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Where most others have more than this, a little is odd.
const MUCH: Decimal = Decimal::from_parts(20, 0, 0, false, 2);
/// Fewer units are no crowd to differ from.
const FEWEST: usize = 3;

/// Every indicator of a unit that is less than 1% where most others have more than 20%.
pub fn remind(plan: &Plan, store: &Store, period: PeriodId) -> Vec<Finding> {
    let is_share = |input: &crate::plan::Input| input.kind == InputKind::Indicator && input.quantity == Type::Percent;
    let inputs = (0..plan.inputs.len()).map(|index| InputId(index as u16));
    inputs.filter(|id| is_share(&plan.inputs[id.index()])).flat_map(|id| of_input(plan, store, period, id)).collect()
}

fn of_input(plan: &Plan, store: &Store, period: PeriodId, id: InputId) -> Vec<Finding> {
    let span = plan.calendar.period(period);
    let within = |fact: &Fact| span.contains(plan.calendar.period(fact.period));
    let mut shares: Vec<(usize, Fact, Decimal)> = Vec::new();
    for unit in 0..store.roster.len() {
        let facts = store.unit_facts(unit);
        shares.extend(facts.of(id).filter(within).filter_map(|fact| fact.quantity.map(|share| (unit, fact, share))));
    }
    let much = shares.iter().filter(|(_, _, share)| *share > MUCH).count();
    if shares.len() < FEWEST || much * 2 < shares.len() {
        return Vec::new();
    }
    let little = shares.iter().filter(|(_, _, share)| *share > Decimal::ZERO && *share < LITTLE);
    let told = little.map(|(unit, fact, share)| {
        let place = fact.origin.map_or(Place::default(), |origin| Place {
            file: store.files[origin.file as usize].clone(),
            line: origin.line as usize,
            column: 0,
        });
        let percent = |share: Decimal| Number::from(share * Decimal::ONE_HUNDRED);
        let (name, when) = (&store.roster[*unit].name, &plan.calendar.period(fact.period).name);
        let message = format!("{name} {when}的“{}”是{}%，别的单位多在20%以上", plan.input_name(id), percent(*share));
        let meant = percent(*share * Decimal::ONE_HUNDRED);
        let finding = Finding::warning("odd-percentage", place, message);
        finding.help(format!("百分比格式的格子里写0.955，就是0.955%：是{meant}%的，改为{meant}%；确是这么低的，不用改"))
    });
    told.collect()
}
