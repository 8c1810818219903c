//! A witness without whatever it does not take: units, facts, what is said of them, and as few of each as show it.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::scope::Scope;
use super::{Search, Witness};
use crate::analysis::inputs_of;
use crate::diff::numbers;
use crate::diff::trial::{Row, Trial};
use crate::plan::words::is_whole;
use crate::plan::*;
use crate::value::Number;

/// Nobody waits for more.
const MOST_TRIED: usize = 200;
/// Witnesses of more facts keep the figures that they were found with.
const MOST_LOWERED: usize = 6;
/// So many limits of so many figures are looked at.
const MOST_LIMITS: usize = 6;
const MOST_FIGURES: usize = 2;

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
            self.bring_near(scope, &mut best);
        }
        best
    }

    /// Figures at the limits that the lines speak of, where they show it by the least points: 35件 of 不少于36件 rather
    /// than none at all.
    fn bring_near(&mut self, scope: &Scope, best: &mut Witness) {
        let [(_, rows)] = best.trial.units.as_slice() else { return };
        let mut figures: Vec<Row> = rows.iter().filter(|row| self.is_figure(row)).cloned().collect();
        if rows.is_empty() {
            figures = self.figures_of(scope);
        }
        figures.truncate(MOST_FIGURES);
        let size = |witness: &Witness| {
            let sum = witness.points.and_then(|(old, new)| old.abs().plus(new.abs()).ok());
            sum.unwrap_or_default()
        };
        if best.points.is_none() || size(best).is_zero() {
            return;
        }
        let limits = self.limits_of(scope);
        for figure in &figures {
            let values: Vec<Number> = limits.iter().flat_map(|limit| self.values_at(figure, *limit)).collect();
            for value in values {
                let mut trial = best.trial.clone();
                let rows = &mut trial.units[0].1;
                match rows.iter_mut().find(|row| (row.old, row.new, row.back) == (figure.old, figure.new, figure.back))
                {
                    Some(row) => row.quantity = value,
                    None => rows.push(Row { quantity: value, ..figure.clone() }),
                }
                let mut nearer = best.clone();
                if self.put(scope, &mut nearer, trial) && size(&nearer) < size(best) {
                    *best = nearer;
                }
            }
        }
    }

    fn input_of(&self, row: &Row) -> Option<&Input> {
        let old = row.old.map(|id| &self.old.plan.inputs[id.index()]);
        old.or(row.new.map(|id| &self.new.plan.inputs[id.index()]))
    }

    /// Whether a row gives a figure that might as well be another.
    fn is_figure(&self, row: &Row) -> bool {
        self.input_of(row).is_some_and(|input| input.kind == InputKind::Indicator) && row.given.is_empty()
    }

    /// The figures that the lines of a change go by.
    fn figures_of(&self, scope: &Scope) -> Vec<Row> {
        let mut figures: Vec<Row> = Vec::new();
        for (rules, plan, is_old) in [(&scope.old_rules, self.old.plan, true), (&scope.new_rules, self.new.plan, false)]
        {
            for id in rules.iter().take(2).flat_map(|rule| inputs_of(plan, &plan.rules[rule.index()].points)) {
                let row = self.say(is_old).row(id, Number::ZERO, &[]);
                if self.is_figure(&row) && !figures.iter().any(|known| (known.old, known.new) == (row.old, row.new)) {
                    figures.push(row);
                }
            }
        }
        figures
    }

    /// A limit, and what lies next to it on either side, as far as it may be reported.
    fn values_at(&self, figure: &Row, limit: Number) -> Vec<Number> {
        let Some(input) = self.input_of(figure) else { return Vec::new() };
        let step = if input.quantity == Type::Percent { Number::from(Decimal::new(1, 2)) } else { Number::ONE };
        let low = input.range.0.map_or(Number::ZERO, Number::from);
        let is_in = |value: &Number| {
            low <= *value
                && input.range.1.is_none_or(|high| *value <= Number::from(high))
                && value.decimal().is_some()
                && (value.is_whole() || !is_whole(&input.quantity))
                && *value != figure.quantity
        };
        [limit.minus(step), Ok(limit), limit.plus(step)].into_iter().flatten().filter(is_in).collect()
    }

    /// The figures that the lines of a change speak of: first those of which only one book does.
    fn limits_of(&self, scope: &Scope) -> Vec<Number> {
        let of = |plan: &Plan, rules: &[RuleId]| -> Vec<Number> {
            let mut list: Vec<Number> = rules
                .iter()
                .take(12)
                .flat_map(|rule| numbers::constants_of_rule(plan, &plan.rules[rule.index()]))
                .collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let (old, new) = (of(self.old.plan, &scope.old_rules), of(self.new.plan, &scope.new_rules));
        let (both, only): (Vec<Number>, Vec<Number>) = old.iter().partition(|limit| new.contains(limit));
        let mut limits: Vec<Number> = only.into_iter().chain(new.into_iter().filter(|it| !old.contains(it))).collect();
        limits.extend(both.into_iter().rev());
        limits.truncate(MOST_LIMITS);
        limits
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
    pub(super) fn put(&mut self, scope: &Scope, best: &mut Witness, trial: Trial) -> bool {
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
