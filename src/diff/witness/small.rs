//! A witness without whatever it does not take: units, facts, what is said of them, and as few of each as show it.

use rust_decimal::prelude::ToPrimitive;

use super::scope::Scope;
use super::{Search, Witness};
use crate::diff::trial::{Row, Trial};
use crate::plan::*;
use crate::value::Number;

/// Nobody waits for more.
const MOST_TRIED: usize = 200;
/// Witnesses of more facts keep the figures that they were found with.
const MOST_LOWERED: usize = 6;

/// Something that may not be needed.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Unit(usize),
    /// All rows of one thing, whosever they are.
    Kind(Option<InputId>, Option<InputId>),
    Row(usize, usize),
    /// What the roster says of a unit.
    Said(usize, usize),
}

impl Search<'_> {
    pub(super) fn smallest(&mut self, scope: &Scope, mut best: Witness) -> Witness {
        self.smaller = 0;
        self.shed(scope, &mut best, units);
        self.shed(scope, &mut best, kinds);
        // Where there is but one row of each kind they were tried.
        if rows(&best.trial).len() > kinds(&best.trial).len() {
            self.shed(scope, &mut best, rows);
        }
        self.shed(scope, &mut best, said);
        let counted = |trial: &Trial| trial.units.iter().map(|(_, rows)| rows.len()).sum::<usize>();
        for unit in 0..best.trial.units.len() {
            let mut trial = best.trial.clone();
            gather(&mut trial.units[unit].1);
            if counted(&trial) < counted(&best.trial) {
                self.put(scope, &mut best, trial);
            }
        }
        if counted(&best.trial) <= MOST_LOWERED {
            let all = rows(&best.trial);
            for part in all {
                self.lower(scope, &mut best, part);
            }
        }
        best
    }

    /// Takes away what is not needed: many at once where many are idle, then one by one.
    fn shed(&mut self, scope: &Scope, best: &mut Witness, parts: fn(&Trial) -> Vec<Part>) {
        let mut size = parts(&best.trial).len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            loop {
                let list = parts(&best.trial);
                let Some(gone) = list.get(at..(at + size).min(list.len())).filter(|gone| !gone.is_empty()) else {
                    break;
                };
                let trial = without(&best.trial, gone);
                if trial.units.is_empty() || !self.put(scope, best, trial) {
                    at += size;
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }

    /// The least of a whole figure that shows it, as if more always showed it too.
    fn lower(&mut self, scope: &Scope, best: &mut Witness, part: Part) {
        let Part::Row(unit, at) = part else { return };
        // Only what happened can have happened less often; a figure is as good as any other.
        let row = &best.trial.units[unit].1[at];
        let plans = row.old.map(|id| (self.old.plan, id)).or(row.new.map(|id| (self.new.plan, id)));
        if plans.is_none_or(|(plan, id)| plan.inputs[id.index()].kind != InputKind::Event) {
            return;
        }
        let quantity = |witness: &Witness| {
            let quantity = witness.trial.units[unit].1[at].quantity;
            quantity.decimal().filter(|_| quantity.is_whole()).and_then(|it| it.to_i64())
        };
        let (mut low, Some(mut high)) = (0, quantity(best)) else { return };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let mut trial = best.trial.clone();
            trial.units[unit].1[at].quantity = Number::whole(middle);
            match self.put(scope, best, trial) {
                true => high = middle,
                false => low = middle,
            }
        }
    }

    /// Takes other facts for a witness where they show the same kind of difference as surely.
    fn put(&mut self, scope: &Scope, best: &mut Witness, trial: Trial) -> bool {
        if self.smaller == MOST_TRIED {
            return false;
        }
        self.smaller += 1;
        (self.mixed, self.together) = (None, None);
        let mut found = self.show(scope, &trial, best.month, best.term);
        let (mixed, together) = (self.mixed.take(), self.together.take());
        if best.mixed {
            found = found.or(mixed);
        }
        if best.alone == Some(false) {
            found = found.or(together);
        }
        // Points stay points: whether anything is assessed at all says less.
        let found = found.filter(|it| it.points.is_some() == best.points.is_some());
        match found {
            Some(smaller) => *best = smaller,
            None => return false,
        }
        true
    }
}

fn units(trial: &Trial) -> Vec<Part> {
    (0..trial.units.len()).map(Part::Unit).collect()
}

fn kinds(trial: &Trial) -> Vec<Part> {
    let mut list = Vec::new();
    for row in trial.units.iter().flat_map(|(_, rows)| rows) {
        let kind = Part::Kind(row.old, row.new);
        if !list.contains(&kind) {
            list.push(kind);
        }
    }
    list
}

fn rows(trial: &Trial) -> Vec<Part> {
    let each = |(unit, (_, rows)): (usize, &(_, Vec<Row>))| (0..rows.len()).map(move |at| Part::Row(unit, at));
    trial.units.iter().enumerate().flat_map(each).collect()
}

fn said(trial: &Trial) -> Vec<Part> {
    let each = |(unit, (said, _)): (usize, &(Vec<_>, _))| (0..said.len()).map(move |at| Part::Said(unit, at));
    trial.units.iter().enumerate().flat_map(each).collect()
}

fn without(trial: &Trial, gone: &[Part]) -> Trial {
    let stays = |part: Part| !gone.contains(&part);
    let units = trial.units.iter().enumerate().filter(|(unit, _)| stays(Part::Unit(*unit)));
    let units = units.map(|(unit, (said, rows))| {
        let said = said.iter().enumerate().filter(|(at, _)| stays(Part::Said(unit, *at)));
        let rows = rows
            .iter()
            .enumerate()
            .filter(|(at, row)| stays(Part::Row(unit, *at)) && stays(Part::Kind(row.old, row.new)));
        (said.map(|(_, it)| it.clone()).collect(), rows.map(|(_, it)| it.clone()).collect())
    });
    Trial { units: units.collect() }
}

/// Rows that say the same one after another as one row of so many.
fn gather(rows: &mut Vec<Row>) {
    let mut list: Vec<Row> = Vec::new();
    for row in rows.drain(..) {
        let is_same = |known: &&mut Row| {
            (known.old, known.new, known.back) == (row.old, row.new, row.back) && known.given == row.given
        };
        match list.iter_mut().find(is_same) {
            Some(known) => known.quantity = known.quantity.plus(row.quantity).unwrap_or(known.quantity),
            None => list.push(row),
        }
    }
    *rows = list;
}
