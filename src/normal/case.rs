//! Choices: bands of one value as they lie side by side, others in one order as far as none can hold with the next.

use super::Normal;
use super::condition::exclude;
use crate::plan::walk::{Inside, parts_of};
use crate::plan::*;
use crate::value::Number;

/// Beyond so many arms their order is left as it is: what hangs on it is asked of each two.
const MOST_ARMS: usize = 200;

type Arm = (Condition, Expr);

impl Normal<'_> {
    pub(super) fn case(&self, expr: &mut Expr) {
        let Expr::Case { arms, otherwise } = expr else { return };
        let (mut arms, mut otherwise) = (std::mem::take(arms), std::mem::replace(&mut **otherwise, Expr::NotAssessed));
        if let Some(at) = arms.iter().position(|(when, _)| *when == Condition::Always) {
            arms.truncate(at + 1);
            otherwise = arms.pop().map_or(Expr::NotAssessed, |(_, value)| value);
        }
        if let Expr::Case { arms: more, otherwise: last } = otherwise {
            arms.extend(more);
            otherwise = *last;
        }
        let is_guard =
            |(when, _): &Arm| matches!(when, Condition::Not(inner) if matches!(**inner, Condition::IsAssessed(_)));
        let rest = arms.split_off(arms.iter().take_while(|arm| is_guard(arm)).count());
        let mut guards = arms;
        let (rest, otherwise) = match self.bands(&guards, &rest, &otherwise) {
            Some(bands) => bands,
            None => (self.in_order(rest, &otherwise), otherwise),
        };
        guards.extend(rest);
        *expr = match guards.is_empty() {
            true => otherwise,
            false => Expr::Case { arms: guards, otherwise: Box::new(otherwise) },
        };
    }

    /// Arms in one order, without those that come to what holds otherwise.
    fn in_order(&self, arms: Vec<Arm>, otherwise: &Expr) -> Vec<Arm> {
        let mut kept: Vec<Arm> = Vec::new();
        for arm in arms.into_iter().rev() {
            let is_idle = arm.1 == *otherwise && kept.iter().all(|(when, _)| exclude(when, &arm.0));
            if !is_idle {
                kept.push(arm);
            }
        }
        kept.reverse();
        self.ordered(kept, |(when, _)| when)
    }

    /// The first of all that may stand first, again and again: whatever holds alone may go before what holds alone.
    pub(super) fn ordered<T: serde::Serialize>(&self, list: Vec<T>, when: impl Fn(&T) -> &Condition) -> Vec<T> {
        if list.len() > MOST_ARMS || list.len() < 2 {
            return list;
        }
        let list: Vec<(String, T)> = list.into_iter().map(|arm| (self.form(&arm), arm)).collect();
        // How many stand before each that it may not pass.
        let meet = |a: usize, b: usize| !exclude(when(&list[a].1), when(&list[b].1));
        let meets: Vec<Vec<bool>> =
            (0..list.len()).map(|at| (0..at).map(|before| meet(before, at)).collect()).collect();
        let mut before: Vec<usize> = meets.iter().map(|row| row.iter().filter(|meets| **meets).count()).collect();
        let mut left: Vec<Option<(String, T)>> = list.into_iter().map(Some).collect();
        let mut ordered = Vec::with_capacity(left.len());
        for _ in 0..left.len() {
            let free = (0..left.len()).filter(|at| before[*at] == 0);
            let next = free.filter_map(|at| Some((&left[at].as_ref()?.0, at))).min().map(|(_, at)| at);
            let Some((at, (_, arm))) = next.and_then(|at| Some((at, left[at].take()?))) else { break };
            for later in at + 1..left.len() {
                before[later] -= usize::from(meets[later][at]);
            }
            ordered.push(arm);
        }
        ordered
    }

    /// Arms that are ranges of one value, as they lie side by side, and what holds besides.
    fn bands(&self, guards: &[Arm], arms: &[Arm], otherwise: &Expr) -> Option<(Vec<Arm>, Expr)> {
        let (of, _) = self.stretch(&arms.first()?.0)?;
        let ranges: Option<Vec<(Ends, &Expr)>> = arms
            .iter()
            .map(|(when, value)| {
                let (own, range) = self.stretch(when)?;
                (own == of).then_some((range, value))
            })
            .collect();
        let ranges = ranges?;
        let (is_whole, least) = (self.is_whole(of), self.least(of));
        let mut bands: Vec<(Ends, Expr)> = Vec::new();
        for cell in cells(&ranges, is_whole, least)? {
            let held = ranges.iter().find(|(range, _)| range.and(cell) == cell);
            let value = held.map_or(otherwise, |(_, value)| value).clone();
            self.join(&mut bands, of, cell, value);
        }
        // What is known to be assessed lies in one of the bands; else what holds besides is of what is not.
        let is_guarded = guards.iter().any(|(when, _)| {
            matches!(when, Condition::Not(inner) if matches!(&**inner, Condition::IsAssessed(own) if **own == *of))
        });
        let otherwise = match bands.last() {
            Some((_, value)) if is_guarded => value.clone(),
            _ => otherwise.clone(),
        };
        bands.retain(|(_, value)| *value != otherwise);
        let arms = bands.into_iter().map(|(range, value)| {
            let mut conditions = range.conditions(of);
            let when = match conditions.len() {
                0 => Condition::Always,
                1 => conditions.remove(0),
                _ => {
                    let mut all = Condition::All(conditions);
                    self.condition(&mut all);
                    all
                }
            };
            (when, value)
        });
        Some((arms.collect(), otherwise))
    }

    /// A band behind the others, joined to the last where both come to the same.
    fn join(&self, bands: &mut Vec<(Ends, Expr)>, of: &Expr, cell: Ends, value: Expr) {
        let point = |range: Ends| match (range.low, range.high) {
            (Some((low, true)), Some((high, true))) if low == high => Some(low),
            _ => None,
        };
        let at = |value: &Expr, number: Number| {
            let mut value = value.clone();
            self.replace(&mut value, of, number);
            value
        };
        let value = match point(cell) {
            Some(number) => at(&value, number),
            None => value,
        };
        if let Some((range, last)) = bands.last_mut() {
            let joined = Ends { low: range.low, high: cell.high };
            if *last == value || point(cell).is_some_and(|number| at(last, number) == value) {
                *range = joined;
                return;
            }
            if point(*range).is_some_and(|number| *last == at(&value, number)) {
                (*range, *last) = (joined, value);
                return;
            }
        }
        bands.push((cell, value));
    }

    /// Puts a number wherever an expression stands.
    fn replace(&self, value: &mut Expr, of: &Expr, number: Number) {
        fn put(value: &mut Expr, of: &Expr, number: Number) {
            if *value == *of {
                *value = Expr::Number(number);
                return;
            }
            match value {
                // What these hold is of other rows, periods or units.
                Expr::Rows(_) | Expr::Earlier { .. } | Expr::Over { .. } | Expr::CountPeriods { .. } => {}
                _ => parts_of(value, &mut |part| {
                    if let Inside::Expr(part) = part {
                        put(part, of, number);
                    }
                }),
            }
        }
        put(value, of, number);
        self.expr(value);
    }
}

/// The values of an expression cut wherever one of the ranges ends, from below; `None` where digits do not allow.
fn cells(ranges: &[(Ends, &Expr)], is_whole: bool, least: End) -> Option<Vec<Ends>> {
    // Where a cell begins: at a number, or behind it.
    let mut starts: Vec<(Number, bool)> = Vec::new();
    for (range, _) in ranges {
        starts.extend(range.low.map(|(low, is_in)| (low, !is_in)));
        starts.extend(range.high);
    }
    if is_whole {
        for (number, is_behind) in &mut starts {
            if *is_behind {
                (*number, *is_behind) = (number.plus(Number::ONE).ok()?, false);
            }
        }
    }
    if let Some((least, _)) = least {
        starts.retain(|(number, _)| *number > least);
    }
    starts.sort_unstable();
    starts.dedup();
    let mut cells = Vec::with_capacity(starts.len() + 1);
    let mut low: End = least;
    for (number, is_behind) in starts {
        let high = match is_whole {
            true => (number.minus(Number::ONE).ok()?, true),
            false => (number, is_behind),
        };
        let cell = Ends { low, high: Some(high) };
        if !cell.is_empty() {
            cells.push(cell);
        }
        low = Some((number, !is_behind));
    }
    cells.push(Ends { low, high: None });
    Some(cells)
}
