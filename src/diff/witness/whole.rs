//! Facts of units of which everything is reported, for what shows only there.

use super::Search;
use super::beyond::various;
use super::candidates::joined;
use crate::diff::guess;
use crate::diff::trial::{Named, Row, Trial, Unit};
use crate::plan::words::cell;
use crate::plan::*;
use crate::value::Number;

/// Candidates that are tried beside everything else.
const MOST: usize = 12;

impl Search<'_> {
    /// Units of which all is reported that no change is about: what is best for the total, then nothing, something and
    /// much of everything.
    pub(super) fn complete(&mut self, month: u32) -> Vec<Unit> {
        if self.full.as_ref().is_none_or(|(known, _)| *known != month) {
            self.full = Some((month, self.made_complete(month)));
        }
        self.full.as_ref().map_or_else(Vec::new, |(_, units)| units.clone())
    }

    fn made_complete(&self, month: u32) -> Vec<Unit> {
        let left = self.old.plan;
        let is_free = |old, new| [(true, old), (false, new)].iter().all(|key| !self.shared.touched.contains_key(key));
        // Without what is set beforehand nothing comes out, whichever change it is of, where nothing stands in for it.
        let is_set =
            |input: &Input| matches!(input.kind, InputKind::Parameter { .. }) && input.missing == WhenMissing::Error;
        let attribute = |column: &Column, size: i64| -> Option<String> {
            let value = column.values.iter().flatten().next();
            match (value, &column.kind) {
                (Some(value), _) => Some(left.symbols.text(*value).to_owned()),
                (None, Type::Text) => None,
                (None, Type::Date) => Some("2000-01-01".to_owned()),
                (None, kind) => Some(cell(Number::whole(size.max(10)), kind)),
            }
        };
        let unit = |size: i64| -> Unit {
            let known = left
                .attributes
                .iter()
                .filter(|column| self.new.plan.attributes.iter().any(|other| other.name == column.name));
            let asked =
                known.filter_map(|column| Some((Named::Attribute(column.name.clone()), attribute(column, size)?)));
            let rows = left.inputs.iter().enumerate().filter_map(|(at, input)| {
                let old = InputId(at as u16);
                let new = *self.shared.comparison.pairs.inputs.get(&old)?;
                let is_asked =
                    matches!(input.kind, InputKind::Indicator | InputKind::Parameter { .. } | InputKind::Rating);
                let quantity = guess::sized(left, old, size);
                (is_asked && (is_set(input) || is_free(old, new))).then(|| Row {
                    old: Some(old),
                    new: Some(new),
                    quantity,
                    given: Vec::new(),
                    back: 0,
                    is_owed: false,
                })
            });
            (asked.chain(self.owed()).collect(), rows.collect())
        };
        let mut units: Vec<Unit> = [100, 10, 0].map(unit).into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
        units.splice(0..0, self.best_of(&units, month));
        units
    }

    /// For every row the size that adds most, as far as each adds by itself.
    fn best_of(&self, units: &[Unit], month: u32) -> Option<Unit> {
        let (asked, rows) = units.get(1)?;
        let mut trials = Vec::new();
        for (at, _) in rows.iter().enumerate() {
            for (_, other) in units {
                let mut rows = rows.clone();
                rows[at] = other[at].clone();
                trials.push(Trial::one(asked.clone(), rows));
            }
        }
        let list: Vec<&Trial> = trials.iter().collect();
        let results = self.old.together(self.old.whole(), &list, self.old.month(month), false);
        let best = results.chunks(units.len()).enumerate().map(|(at, results)| {
            let total = |size: &usize| results[*size].as_ref().map(|result| result.total);
            let size = (0..units.len()).rev().max_by_key(total).unwrap_or(0);
            units[size].1[at].clone()
        });
        Some((asked.clone(), best.collect()))
    }

    /// The smallest trials with everything else reported beside them.
    pub(super) fn completed(&self, trials: &[Trial], units: &[Unit]) -> Vec<Trial> {
        let mut list: Vec<Trial> = units.iter().map(|unit| Trial { units: vec![unit.clone()] }).collect();
        for trial in various(trials.iter(), MOST) {
            let own = &trial.units[0].1;
            for (asked, rows) in units {
                let others = rows.iter().filter(|row| !own.iter().any(|it| it.old == row.old && it.new == row.new));
                let said = |named: &Named| trial.units[0].0.iter().any(|(known, _)| known == named);
                let asked = asked.iter().filter(|(named, _)| !said(named)).cloned().collect();
                list.extend(joined(&trial.units[0], &(asked, others.cloned().collect())));
            }
        }
        list
    }

    /// So many units with the same rows, each with more of everything than the one before.
    pub(super) fn spread(&self, (asked, rows): &Unit, count: usize) -> Trial {
        let unit = |at: usize| {
            let grown = |row: &Row| {
                let plans = (row.old.map(|id| (self.old.plan, id))).or(row.new.map(|id| (self.new.plan, id)));
                let is_share = plans.is_some_and(|(plan, id)| plan.inputs[id.index()].quantity == Type::Percent);
                let share =
                    || row.quantity.times(Number::whole(at as i64 + 1))?.divided_by(Number::whole(count as i64));
                let quantity = if is_share { share() } else { row.quantity.plus(Number::whole(at as i64)) };
                Row { quantity: quantity.unwrap_or(row.quantity), ..row.clone() }
            };
            // What one of the books asks once for all is the same for each.
            let is_for_all = |plan: &Plan, id: Option<InputId>| {
                id.is_some_and(|id| plan.inputs[id.index()].kind == InputKind::Parameter { global: true })
            };
            let own = |row: &Row| match is_for_all(self.old.plan, row.old) || is_for_all(self.new.plan, row.new) {
                true => row.clone(),
                false => grown(row),
            };
            (asked.clone(), rows.iter().map(own).collect())
        };
        Trial { units: (0..count).map(unit).collect() }
    }
}
