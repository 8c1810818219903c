//! Facts whose points do not come out even, where the books round otherwise.

use rust_decimal::Decimal;

use super::Search;
use crate::analysis::everything;
use crate::canonical::{Called, Canonical};
use crate::diff::trial::{Trial, Unit};
use crate::plan::words::is_whole;
use crate::plan::*;
use crate::value::Number;

/// Parts and multiples of them seldom end after a few places.
const ODD: [i64; 4] = [7, 13, 29, 97];
/// So many facts of a unit are tried with them.
const MOST_ROWS: usize = 24;

impl Search<'_> {
    /// Units of which all is reported, one of its figures an odd one.
    pub(super) fn uneven(&self, units: &[Unit]) -> Vec<Trial> {
        if roundings(self.old.plan) == roundings(self.new.plan) {
            return Vec::new();
        }
        let mut list = Vec::new();
        for (asked, rows) in units.iter().take(3) {
            for (at, row) in rows.iter().enumerate().take(MOST_ROWS) {
                let Some(input) = row.old.map(|id| &self.old.plan.inputs[id.index()]) else { continue };
                let fits = |value: &Number| {
                    input.range.0.is_none_or(|low| Number::from(low) <= *value)
                        && input.range.1.is_none_or(|high| *value <= Number::from(high))
                };
                for odd in ODD {
                    // 13, 13.37 or 13.37%
                    let value = match &input.quantity {
                        kind if is_whole(kind) => Number::whole(odd),
                        Type::Percent => Number::from(Decimal::new(odd * 100 + 37, 4)),
                        _ => Number::from(Decimal::new(odd * 100 + 37, 2)),
                    };
                    if fits(&value) {
                        let mut rows = rows.clone();
                        rows[at].quantity = value;
                        list.push(Trial::one(asked.clone(), rows));
                    }
                }
            }
        }
        list
    }
}

/// How and where a book rounds, each as often as it does.
fn roundings(plan: &Plan) -> Vec<String> {
    let form = |rounding: &(u32, crate::value::Rounding)| Canonical::form(plan, &Called::default(), rounding);
    let mut list: Vec<String> = Vec::new();
    let mut see = |expr: &Expr| {
        if let Expr::Round { places, rounding, .. } = expr {
            list.push(form(&(*places, *rounding)));
        }
    };
    everything(plan, &mut see, &mut |_| {});
    for step in plan.nodes.iter().flat_map(|node| &node.steps) {
        if let Step::Round { places, rounding } = step {
            list.push(form(&(*places, *rounding)));
        }
    }
    list.sort_unstable();
    list
}
