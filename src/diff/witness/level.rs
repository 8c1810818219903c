//! Two units brought to the same total, one ahead in one part that decides among equals, the other in another.

use super::Search;
use super::beyond::{part_around, various};
use super::candidates::joined;
use super::reach::Levers;
use crate::calendar::Month;
use crate::diff::trial::{Result, Row, Trial};
use crate::plan::*;
use crate::value::Number;

/// Facts that are tried for bringing a part up or down.
const MOST_WAYS: usize = 5;
/// Pairs of units that are brought level.
const MOST_PAIRS: usize = 12;
/// More of one thing than this is not reported to bring a unit down.
const MOST_AT_ONCE: i64 = 60;

impl Search<'_> {
    /// Pairs of units that come to the same though each is ahead in another of the parts that decide; as they come to it
    /// side by side, where each may count for the other.
    pub(super) fn levelled(&mut self, decide: &[NodeId], month: u32, term: bool) -> Vec<Trial> {
        let mut parts: Vec<NodeId> = decide.iter().copied().filter(|node| node.index() > 0).collect();
        parts.sort_unstable_by_key(|node| node.index());
        parts.dedup();
        let (Some(one), Some(other)) = (parts.first().copied(), parts.get(1).copied()) else { return Vec::new() };
        let units = self.complete(month);
        let at = self.old.month(month);
        let nothing = Trial::one(Vec::new(), Vec::new());
        let ways = |part: NodeId| -> Vec<Trial> {
            let all = self.otherwise(&(Vec::new(), Vec::new()), Some(part));
            various(all.iter(), MOST_WAYS).into_iter().chain([&nothing]).cloned().collect()
        };
        let (of_one, of_other) = (ways(one), ways(other));
        let with = |a: &Trial, b: &Trial| joined(&a.units[0], &b.units[0]).map(|trial| trial.units[0].clone());
        let mut pairs = Vec::new();
        for (more, less) in of_one.iter().flat_map(|more| of_one.iter().map(move |less| (more, less))) {
            for (little, much) in of_other.iter().flat_map(|little| of_other.iter().map(move |much| (little, much))) {
                pairs.extend(with(more, little).zip(with(less, much)).map(|(a, b)| Trial { units: vec![a, b] }));
            }
        }
        let pairs = self.supplied(pairs, &units);
        let crossed = |results: &[Result]| {
            let points = |result: &Result, part: NodeId| result.nodes.get(&part).copied();
            let ahead = |part: NodeId| points(&results[0], part).cmp(&points(&results[1], part));
            ahead(one).is_gt() && ahead(other).is_lt()
        };
        let mut near: Vec<(Number, Trial)> = Vec::new();
        for pair in pairs {
            let Some(results) = self.old.whole_result(&pair, at, false) else { continue };
            if crossed(&results)
                && let Ok(gap) = results[0].total.minus(results[1].total)
            {
                near.push((gap.abs(), pair));
            }
        }
        near.sort_by_cached_key(|(gap, pair)| (*gap, pair.size()));
        near.truncate(MOST_PAIRS);
        let Levers { gains, .. } = self.levers(month, term);
        let outside = |trial: &Trial| {
            let rows = &trial.units[0].1;
            rows.len() == 1 && rows[0].old.is_some_and(|id| part_around(self.old.plan, id, &parts).is_none())
        };
        let takes = gains.iter().filter(|(gain, trial)| gain.is_negative() && outside(trial));
        // The finest.
        let take = takes.min_by_key(|(gain, trial)| (gain.abs(), trial.size())).map(|(gain, trial)| {
            let row = trial.units[0].1[0].clone();
            (row, gain.abs())
        });
        near.into_iter().filter_map(|(_, pair)| self.made_level(pair, take.as_ref(), at)).collect()
    }

    /// The pair with something more for whoever is ahead, or with figures that bring both together.
    fn made_level(&self, mut pair: Trial, take: Option<&(Row, Number)>, at: Month) -> Option<Trial> {
        let gap = |pair: &Trial| {
            let results = self.old.whole_result(pair, at, false)?;
            results[0].total.minus(results[1].total).ok()
        };
        let mut left = gap(&pair)?;
        for _ in 0..3 {
            if left.is_zero() {
                return Some(pair);
            }
            let mut tries = Vec::new();
            if let Some((row, each)) = take
                && let Ok(more) = left.abs().divided_by(*each).and_then(|times| times.times(row.quantity))
                && let Some(more) = more.floor().ok().map(Number::from).filter(|more| more.is_positive())
            {
                let mut trial = pair.clone();
                let more = more.min(Number::whole(MOST_AT_ONCE));
                trial.units[usize::from(left.is_negative())].1.push(Row { quantity: more, ..row.clone() });
                tries.push(trial);
            }
            for unit in 0..2 {
                for row in 0..pair.units[unit].1.len() {
                    tries.extend(self.drawn(&pair, (unit, row), left, &gap));
                }
            }
            let nearest = tries.into_iter().filter_map(|trial| Some((gap(&trial)?, trial)));
            let (now, trial) = nearest.min_by_key(|(gap, _)| gap.abs()).filter(|(now, _)| now.abs() < left.abs())?;
            (left, pair) = (now, trial);
        }
        left.is_zero().then_some(pair)
    }

    /// The pair with one figure moved by as much as closes the gap, if it goes on as it begins.
    fn drawn(
        &self,
        pair: &Trial,
        (unit, row): (usize, usize),
        left: Number,
        gap: &dyn Fn(&Trial) -> Option<Number>,
    ) -> Option<Trial> {
        let input = &self.old.plan.inputs[pair.units[unit].1[row].old?.index()];
        if input.kind != InputKind::Indicator {
            return None;
        }
        let moved = |by: Number| {
            let mut trial = pair.clone();
            let quantity = &mut trial.units[unit].1[row].quantity;
            *quantity = quantity.plus(by).ok().filter(|it| !it.is_negative() && it.decimal().is_some())?;
            Some(trial)
        };
        let step = match input.quantity {
            Type::Percent => Number::ONE.divided_by(Number::whole(100)).ok()?,
            _ => Number::ONE,
        };
        let (step, trial) = [step, Number::ZERO.minus(step).ok()?].into_iter().find_map(|by| Some((by, moved(by)?)))?;
        let change = gap(&trial)?.minus(left).ok()?;
        let by = Number::ZERO.minus(left).ok()?.divided_by(change).ok()?.times(step).ok()?;
        moved(by)
    }
}
