//! Facts that both books count in the same way: what is put beside a trial to move a total, a place or a title.

use rustc_hash::FxHashMap;

use super::Search;
use crate::calendar::Cycle;
use crate::diff::trial::Row;
use crate::plan::*;
use crate::value::Number;

impl Search<'_> {
    /// A row that both books count in the same way, once for each of its quantity.
    pub(super) fn step(&self, gains: bool) -> Option<(Row, Number)> {
        let (left, right) = (self.old.plan, self.new.plan);
        let each = |rule: &Rule| match (&rule.basis, &rule.points) {
            (Basis::Row(input), Expr::Multiply(pair)) if rule.limits.is_empty() && rule.in_force.is_none() => {
                match (&pair[0], &pair[1]) {
                    (Expr::Number(each), Expr::Row(RowField::Quantity)) if each.is_positive() == gains => {
                        Some((*input, each.abs()))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let in_new: FxHashMap<InputId, Number> = right.rules.iter().filter_map(each).collect();
        let mut best: Option<(Row, Number)> = None;
        for (input, points) in left.rules.iter().filter_map(each) {
            let Some(other) = self.shared.comparison.pairs.inputs.get(&input) else { continue };
            let of = &left.inputs[input.index()];
            if self.shared.touched.contains_key(&(true, input)) {
                continue;
            }
            let is_plain = of.only_months.is_empty()
                && of.cycle == Cycle::Month.max(left.cycle.min(of.cycle))
                && of.cycle <= left.cycle;
            if in_new.get(other) != Some(&points) || !is_plain || left.is_year_end(of.node) {
                continue;
            }
            // The smallest step makes the finest differences.
            if best.as_ref().is_none_or(|(_, known)| points < *known) {
                best = Some((
                    Row {
                        old: Some(input),
                        new: Some(*other),
                        quantity: Number::ONE,
                        given: Vec::new(),
                        back: 0,
                        is_owed: false,
                    },
                    points,
                ));
            }
        }
        best
    }

    pub(super) fn fault(&self) -> Option<Row> {
        self.step(false).or_else(|| self.step(true)).map(|(row, _)| row)
    }

    fn event_with(&self, is_wanted: &dyn Fn(&crate::plan::Effect) -> bool) -> Option<Row> {
        let left = self.old.plan;
        left.rules.iter().find_map(|rule| {
            let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { return None };
            let other = *self.shared.comparison.pairs.inputs.get(&input)?;
            let fits = rule.effects.iter().any(|effect| is_wanted(&effect.effect));
            fits.then(|| Row {
                old: Some(input),
                new: Some(other),
                quantity: Number::ONE,
                given: Vec::new(),
                back: 0,
                is_owed: false,
            })
        })
    }

    pub(super) fn veto(&self) -> Option<Row> {
        let cycle = self.old.plan.cycle;
        self.event_with(&|effect| effect.vetoes_in(cycle))
            .or_else(|| self.event_with(&|effect| matches!(effect, crate::plan::Effect::Veto { .. })))
    }

    pub(super) fn title(&self) -> Option<Row> {
        self.event_with(&|effect| matches!(effect, crate::plan::Effect::Disqualify(_)))
    }

    /// The attribute that units are grouped by, and its values.
    pub(super) fn groups(&self) -> Option<(String, Vec<String>)> {
        let plan = [self.old.plan, self.new.plan]
            .into_iter()
            .find(|plan| matches!(plan.group, Some(Grouping::Attribute(_))))?;
        let Some(Grouping::Attribute(id)) = plan.group else { return None };
        let column = &plan.attributes[id.index()];
        let values: Vec<String> =
            column.values.iter().flatten().map(|value| plan.symbols.text(*value).to_owned()).collect();
        (!values.is_empty()).then(|| (column.name.clone(), values))
    }
}
