//! Facts of an office as a witness: where no made-up facts show a change, and real ones do.

use super::scope::Scope;
use super::{Effect, Search, Shared, Witness};
use crate::analysis::everything;
use crate::calendar::{Cycle, Month, PeriodId};
use crate::diff::Comparison;
use crate::diff::change::Change;
use crate::diff::trial::{Named, Row, Trial, Unit};
use crate::eval::before_the_term;
use crate::facts::{Cell, Detail, Fact, Store};
use crate::plan::*;
use crate::value::Number;

/// Units that are looked at for one change, those with the fewest facts first.
const MOST_UNITS: usize = 3;
/// So many units side by side at most, and so many facts of all of them.
const MOST_BESIDE: usize = 24;
const MOST_ROWS: usize = 1_500;
/// So far back goes what is read of all earlier years.
const MOST_PAST: u32 = 5;
/// So many changes are looked for: nobody waits longer.
const MOST_CHANGES: usize = 12;

/// The units that each change moves, by their places on the roster.
pub type Movers = Vec<(usize, Vec<usize>)>;

/// Witnesses among real facts for changes of which none were found: the number of the change, and what shows it.
pub fn in_facts(
    comparison: &Comparison<'_>,
    store: &Store,
    period: PeriodId,
    movers: &Movers,
) -> Vec<(usize, Witness)> {
    let open = |number: &usize| {
        let change = comparison.changes.iter().find(|change| change.number == *number);
        change.filter(|change| matches!(change.effect, Effect::NotFound { .. }))
    };
    let sought: Vec<(&Change, &Vec<usize>)> =
        movers.iter().filter_map(|(number, units)| Some((open(number)?, units))).take(MOST_CHANGES).collect();
    if sought.is_empty() {
        return Vec::new();
    }
    let shared = Shared::new(comparison);
    let mut search = Search::new(&shared);
    let shown = sought.into_iter().filter_map(|(change, units)| {
        let witness = search.in_facts(change, store, period, units)?;
        (!witness.is_against(change.direction)).then_some((change.number, witness))
    });
    shown.collect()
}

impl<'c> Search<'c> {
    fn in_facts(&mut self, change: &'c Change, store: &Store, period: PeriodId, moved: &[usize]) -> Option<Witness> {
        self.look_at(change);
        let scope = self.scope_of(change);
        let calendar = &self.old.plan.calendar;
        let all = calendar.period(period).clone();
        if all.cycle != Cycle::Term && all.cycle > self.old.plan.cycle {
            self.old.longer.set(all.cycle);
            self.new.longer.set(all.cycle);
        }
        let mut units: Vec<(usize, Unit)> =
            moved.iter().map(|unit| (*unit, self.unit_of(store, *unit, all.last))).collect();
        units.sort_by_key(|(at, (_, rows))| (rows.len(), *at));
        // Each by itself: in the first month that shows it, then over the whole.
        let mut trials: Vec<(Trial, Month, bool)> = Vec::new();
        for (at, unit) in units.iter().take(MOST_UNITS).filter(|_| !scope.cohort) {
            let one = Trial { units: vec![unit.clone()] };
            trials.extend(self.by_periods(&one, (store, &[*at]), (all.first, all.last)));
        }
        let others = (0..store.roster.len()).filter(|at| !moved.contains(at));
        let beside: Vec<usize> = moved.iter().copied().chain(others).collect();
        if beside.len() <= MOST_BESIDE {
            let every = Trial { units: beside.iter().map(|at| self.unit_of(store, *at, all.last)).collect() };
            if every.units.iter().map(|(_, rows)| rows.len()).sum::<usize>() <= MOST_ROWS {
                trials.extend(self.by_periods(&every, (store, &beside), (all.first, all.last)));
            }
        }
        let witness = trials.iter().find_map(|(trial, month, term)| self.real(&scope, trial, *month, *term))?;
        let small = self.smallest(&scope, witness);
        let mut witness = self.with_owed(&scope, small);
        witness.alone = witness.alone.or(self.shared.is_only.then_some(true));
        Some(witness)
    }

    /// What facts show of a change, others beside it or not.
    fn real(&mut self, scope: &Scope, trial: &Trial, month: Month, term: bool) -> Option<Witness> {
        let found = self.show(scope, trial, month.number(), term);
        let (mixed, together) = (self.mixed.take(), self.together.take());
        found.or(mixed).or(together)
    }

    /// Facts up to each base period in turn, as seen from it; then all of them over the longer period.
    fn by_periods(
        &self,
        trial: &Trial,
        (store, places): (&Store, &[usize]),
        (first, last): (Month, Month),
    ) -> Vec<(Trial, Month, bool)> {
        let plan = self.old.plan;
        let periods = plan.calendar.each(plan.cycle).map(|id| plan.calendar.period(id).last);
        let mut list: Vec<(Trial, Month, bool)> = Vec::new();
        for month in periods.filter(|month| (first..=last).contains(month)) {
            let later = last.since(month);
            let up_to = |(asked, rows): &Unit| {
                let rows = rows.iter().filter(|row| row.back >= later);
                (asked.clone(), rows.map(|row| Row { back: row.back - later, ..row.clone() }).collect())
            };
            list.push((Trial { units: trial.units.iter().map(up_to).collect() }, month, false));
        }
        list.push((trial.clone(), last, true));
        for (trial, month, _) in &mut list {
            for (at, (asked, _)) in places.iter().zip(&mut trial.units) {
                asked.extend(self.past_of(store, *at, *month));
            }
        }
        list
    }

    /// The figures of earlier terms that either book goes by, as 历史.csv has them.
    fn past_of(&self, store: &Store, at: usize, month: Month) -> Vec<(Named, String)> {
        let mut figures: Vec<(String, Cycle, u32)> = Vec::new();
        let mut see = |expr: &Expr| match expr {
            Expr::Earlier { back, cycle, name, .. } => figures.push((name.clone(), *cycle, *back)),
            Expr::Past { name, cycle, .. } => figures.extend((1..=MOST_PAST).map(|back| (name.clone(), *cycle, back))),
            _ => {}
        };
        [self.old.plan, self.new.plan].into_iter().for_each(|plan| everything(plan, &mut see, &mut |_| {}));
        let mut said: Vec<(Named, String)> = Vec::new();
        for (name, cycle, back) in figures {
            let period = before_the_term(&self.old.plan.calendar, cycle, back, month);
            let value = period.and_then(|period| store.history(at, &name, &period));
            let named = Named::Past { name, cycle, back };
            if let Some(value) = value.filter(|_| !said.iter().any(|(known, _)| *known == named)) {
                said.push((named, value.normalize().to_string()));
            }
        }
        said
    }

    /// A unit of the roster as a trial has it, its months counted back from the last.
    fn unit_of(&self, store: &Store, at: usize, last: Month) -> Unit {
        let plan = self.old.plan;
        let unit = &store.roster[at];
        let mut asked: Vec<(Named, String)> = Vec::new();
        for (attribute, cell) in plan.attributes.iter().zip(&unit.attributes) {
            asked.extend(cell_text(store, *cell).map(|text| (Named::Attribute(attribute.name.clone()), text)));
        }
        let since = unit.first.map(|first| first.since(plan.calendar.first())).filter(|months| *months > 0);
        asked.extend(since.map(|months| (Named::Since(months), String::new())));
        let globals = (0..plan.inputs.len()).flat_map(|at| store.globals(InputId(at as u16)));
        let facts = store.unit_facts(at);
        (asked, globals.chain(facts.all()).filter_map(|fact| self.row_of(store, &fact, last)).collect())
    }

    /// `None` for what does not count.
    fn row_of(&self, store: &Store, fact: &Fact, last: Month) -> Option<Row> {
        let plan = self.old.plan;
        let period = plan.calendar.period(fact.period);
        let mut row = self.say(true).row(fact.input, fact.quantity.map_or(Number::ONE, Number::from), &[]);
        row.back = last.since(period.last);
        if fact.quantity.is_none() {
            row.given.push((Named::Field(RowField::Quantity), "不适用".to_owned()));
        }
        if period.cycle == Cycle::Month && plan.inputs[fact.input.index()].cycle != Cycle::Month {
            row.given.push((Named::Month, String::new()));
        }
        let Some(detail) = fact.detail.as_deref() else { return Some(row) };
        if let (Some(due), Some(done)) = (detail.deadline, detail.completed) {
            row.quantity = Number::whole((done - due).num_days().max(0));
        }
        row.given.extend(said_in(plan, store, detail));
        detail.counted.then_some(row)
    }
}

/// What a row says beside its figure.
fn said_in(plan: &Plan, store: &Store, detail: &Detail) -> Vec<(Named, String)> {
    let text = |symbol: Option<SymbolId>| symbol.map(|id| store.symbol(id).to_owned());
    let number = |number: Option<rust_decimal::Decimal>| number.map(|it| it.normalize().to_string());
    let days = detail.found.zip(detail.repaired).map(|(found, repaired)| (repaired - found).num_days().to_string());
    let cells = plan.columns.iter().zip(&detail.columns);
    let columns = cells.map(|(column, cell)| (Named::Column(column.name.clone()), cell_text(store, *cell)));
    let said = [
        (Named::Points, number(detail.points)),
        (Named::Field(RowField::Matter), text(detail.matter)),
        (Named::Field(RowField::Person), text(detail.person)),
        (Named::Field(RowField::Rater), text(detail.rater)),
        (Named::Field(RowField::Coefficient), number(detail.coefficient)),
        (Named::Field(RowField::Place), number(detail.place)),
        (Named::Field(RowField::People), number(detail.people)),
        (Named::Field(RowField::DaysToRepair), days),
    ];
    said.into_iter().chain(columns).filter_map(|(named, text)| Some((named, text?))).collect()
}

fn cell_text(store: &Store, cell: Cell) -> Option<String> {
    match cell {
        Cell::Empty => None,
        Cell::Number(number) => Some(number.normalize().to_string()),
        Cell::Text(symbol) => Some(store.symbol(symbol).to_owned()),
        Cell::Date(date) => Some(date.to_string()),
    }
}
