//! Random facts that fit a plan.

use zhunsheng::analysis::{Asked, Facts};
use zhunsheng::calendar::{Cycle, Month};
use zhunsheng::plan::*;
use zhunsheng::value::Number;

use super::Chance;

/// A term of random facts about three units.
pub fn facts(plan: &Plan, chance: &mut Chance) -> Facts {
    let mut facts = Facts::default();
    let units: Vec<String> = (0..3).map(|at| format!("单位{at}")).collect();
    for unit in &units {
        let mut given = Vec::new();
        for (index, attribute) in plan.attributes.iter().enumerate() {
            let text = match (&attribute.kind, &attribute.values) {
                (_, Some(values)) => plan.symbols.text(*chance.pick(values)).to_owned(),
                (Type::Date, _) => "2020-01-01".to_owned(),
                (Type::Text, _) => "某".to_owned(),
                _ => (1 + chance.below(600)).to_string(),
            };
            given.push((Asked::Attribute(AttributeId(index as u16)), text));
        }
        facts.unit(plan, unit, &given);
    }
    let months: Vec<Month> = plan.calendar.each(Cycle::Month).map(|id| plan.calendar.period(id).last).collect();
    for month in &months {
        if *month == plan.calendar.last() || chance.one_in(3) {
            month_of_facts(plan, &mut facts, &units, *month, chance);
        }
    }
    facts
}

/// A month of every unit's life: indicators always, events now and then, one grade of a group at most.
fn month_of_facts(plan: &Plan, facts: &mut Facts, units: &[String], month: Month, chance: &mut Chance) {
    let this = plan.calendar.around(Cycle::Month, month).expect("a month of the term");
    for unit in units {
        let mut graded = Vec::new();
        for id in (0..plan.inputs.len()).map(|index| InputId(index as u16)) {
            // What is not in force cannot be reported.
            let Some(input) = plan.input_in(id, plan.calendar.period(this)) else { continue };
            let ends =
                plan.calendar.around(input.cycle, month).is_some_and(|id| plan.calendar.period(id).last == month);
            let open = input.only_months.is_empty() || input.only_months.contains(&month.number());
            let wanted = match &input.kind {
                InputKind::Pending(_) => 0,
                InputKind::Indicator => u64::from(ends && !chance.one_in(12)),
                InputKind::Parameter { global: false } => u64::from(ends),
                // One row serves all units.
                InputKind::Parameter { global: true } => u64::from(ends && *unit == units[0]),
                InputKind::Grade { group } => {
                    let free = ends && !graded.contains(group) && chance.one_in(3);
                    if free {
                        graded.push(*group);
                    }
                    u64::from(free)
                }
                // Three ballots of every group, since the best and the worst may be dropped.
                InputKind::Rating if chance.one_in(4) => 0,
                InputKind::Rating => 3 * input.raters.len().max(1) as u64,
                InputKind::Event => {
                    if chance.one_in(4) {
                        1 + chance.below(3)
                    } else {
                        0
                    }
                }
            };
            if !open || !(ends || input.any_month) {
                continue;
            }
            for at in 0..wanted as usize {
                row(plan, facts, id, unit, month, chance);
                let rater = facts.rows.last_mut().unwrap().iter_mut().find(|(column, _)| column == "评分人");
                if let (Some((_, cell)), false) = (rater, input.raters.is_empty()) {
                    *cell = plan.symbols.text(input.raters[at % input.raters.len()]).to_owned();
                }
            }
        }
    }
}

fn row(plan: &Plan, facts: &mut Facts, id: InputId, unit: &str, month: Month, chance: &mut Chance) {
    let input = &plan.inputs[id.index()];
    let (low, high) = input.range;
    let most = high.map_or(*chance.pick(&[3, 12, 150, 5000]), |high| {
        if high < rust_decimal::Decimal::ONE { 0 } else { high.try_into().unwrap_or(100) }
    });
    let whole = Number::whole(chance.below(most as u64 + 1) as i64);
    let quantity = match input.quantity {
        Type::Percent => Number::from(rust_decimal::Decimal::new(chance.below(10_001) as i64, 4)),
        _ => low.map_or(whole, |low| whole.max(low.into())),
    };
    let mut given = Vec::new();
    for column in &input.columns {
        if let Some(values) = &plan.columns[column.index()].values {
            given.push((Asked::Column(*column), plan.symbols.text(*chance.pick(values)).to_owned()));
        }
    }
    if let Some((least, most)) = input.needs.points {
        given.push((Asked::Points, if chance.one_in(2) { least } else { most }.normalize().to_string()));
    }
    facts.row(plan, unit, month, &(id, quantity, given));
    let Some(cells) = facts.rows.last_mut() else { return };
    for (column, cell) in cells.iter_mut() {
        match column.as_str() {
            "系数" => *cell = ["0", "0.5", "1"][chance.below(3) as usize].to_owned(),
            "事项" | "人员" => *cell = format!("{cell}{}", chance.below(3)),
            _ => {}
        }
    }
    if chance.one_in(3) && input.kind == InputKind::Event && input.needs.found {
        cells.push(("整改日期".to_owned(), month.last_day().to_string()));
    }
}
