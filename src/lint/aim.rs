//! Facts that bring a unit's total to where a finding wants it: what each line brings alone, put together.

use rust_decimal::prelude::ToPrimitive;

use crate::analysis::{Claim, Facts, Look, Part, applying, month_for, settle, without_awards};
use crate::calendar::{Cycle, Month, PeriodId};
use crate::lint::extreme::of_row;
use crate::lint::grade_out_of_reach::{nothing_happened, with_a_fact};
use crate::plan::*;
use crate::value::Number;

/// So many lines are tried for what they bring.
const MOST_LEVERS: usize = 40;
/// More of one thing nobody would believe.
const MOST_TIMES: i64 = 200;
/// So many of the greatest lines each have a turn at coming first.
const MOST_TURNS: usize = 8;

/// Facts of one line, and what they bring.
struct Lever {
    part: Part,
    /// Any number of it may occur, each with the same points.
    again: bool,
    brings: Number,
}

/// What the lines of a plan bring the total of a period to.
pub struct Aim {
    month: Month,
    pub period: PeriodId,
    /// The total of a unit to which nothing happened.
    base: Number,
    levers: Vec<Lever>,
}

impl Aim {
    /// Scores each line by itself, all in one evaluation.
    pub fn new(look: &Look<'_>, cycle: Cycle) -> Option<Aim> {
        let plan = look.plan;
        let month = plan.calendar.last();
        let period = plan.calendar.around(cycle, month)?;
        let relaxed = without_awards(plan.clone());
        let mut levers: Vec<Lever> =
            (0..plan.rules.len()).flat_map(|at| levers_of(plan, RuleId(at as u16), month)).take(MOST_LEVERS).collect();
        let nothing = with_a_fact(plan, Claim::new(plan, month, Box::new(|_| true)));
        let mut facts = Facts::default();
        nothing.facts(plan, "", &mut facts);
        for (at, lever) in levers.iter().enumerate() {
            let mut claim = Claim::new(plan, month, Box::new(|_| true));
            claim.units = vec![lever.part.clone()];
            claim.facts(plan, &format!("·{at}"), &mut facts);
        }
        let (_, outcome) = facts.score(&relaxed, period).ok()?;
        let total = |place: usize| outcome.units.iter().find(|unit| unit.unit == place).map(|unit| unit.total);
        let base = total(0)?;
        for (at, lever) in levers.iter_mut().enumerate() {
            lever.brings = total(at + 1)?.minus(base).ok()?;
        }
        levers.retain(|lever| !lever.brings.is_zero());
        levers.sort_by_key(|lever| (std::cmp::Reverse(lever.brings.abs()), lever.part.rows.len()));
        Some(Aim { month, period, base, levers })
    }

    /// Facts of one unit that should come to the total; the interpreter has the last word.
    pub fn at(&self, plan: &Plan, total: Number) -> Option<Part> {
        let need = total.minus(self.base).ok()?;
        if need.is_zero() {
            return Some(Part::default());
        }
        let same_way = self.levers.iter().filter(|lever| lever.brings.is_negative() == need.is_negative());
        let levers: Vec<&Lever> = same_way.collect();
        (0..levers.len().min(MOST_TURNS)).find_map(|turn| {
            let (mut sum, mut left) = (Part::default(), need);
            for lever in &levers[turn..] {
                let times = left.divided_by(lever.brings).ok()?.floor().ok()?.to_i64()?;
                let times = times.min(if lever.again { MOST_TIMES } else { 1 });
                if times == 0 || !joins(plan, &mut sum, lever, times) {
                    continue;
                }
                left = left.minus(lever.brings.times(Number::whole(times)).ok()?).ok()?;
                if left.is_zero() {
                    return Some(sum);
                }
            }
            None
        })
    }

    /// Facts of so many units, each of which should come to less than the one before.
    pub fn falling(&self, plan: &Plan, units: usize) -> Option<Vec<Part>> {
        let climb = |is_down: bool, most: usize| {
            let (mut sum, mut parts) = (Part::default(), Vec::new());
            for lever in self.levers.iter().filter(|lever| lever.brings.is_negative() == is_down) {
                let before = sum.clone();
                for times in 1..=if lever.again { most } else { 1 } {
                    let mut next = before.clone();
                    if parts.len() < most && joins(plan, &mut next, lever, times as i64) {
                        parts.push(next.clone());
                        sum = next;
                    }
                }
            }
            parts
        };
        let mut parts = climb(false, units);
        parts.reverse();
        parts.extend(nothing_happened(plan).map(|row| Part { asked: Vec::new(), rows: vec![row] }));
        parts.extend(climb(true, units));
        parts.truncate(units);
        (parts.len() == units).then_some(parts)
    }

    /// A claim with these facts of one unit.
    pub fn claim(&self, plan: &Plan, part: Part, check: crate::analysis::Check) -> Claim {
        let mut claim = Claim::new(plan, self.month, check);
        (claim.units, claim.period) = (vec![part], self.period);
        with_a_fact(plan, claim)
    }
}

/// The facts of a line that gives for them what they say, and of each branch of one that looks at measures.
fn levers_of(plan: &Plan, id: RuleId, month: Month) -> Vec<Lever> {
    let rule = &plan.rules[id.index()];
    let lever = |part: Part, again: bool| Lever { part, again, brings: Number::ZERO };
    let is_here = |input: InputId| plan.inputs[input.index()].kind.is_parameter() || month_for(plan, input) == month;
    match rule.basis {
        Basis::Row(input) | Basis::Once(input) => {
            let is_event = plan.inputs[input.index()].kind == InputKind::Event;
            if !is_event || month_for(plan, input) != month || !rule.effects.is_empty() {
                return Vec::new();
            }
            let Some(settings) = of_row(plan, rule, false) else { return Vec::new() };
            let each = matches!(&rule.points, Expr::Row(RowField::Quantity))
                || matches!(&rule.points, Expr::Multiply(pair) if matches!(pair[0], Expr::Number(_)));
            let again = matches!(rule.basis, Basis::Row(_))
                && each
                && rule.limits.is_empty()
                && rule.most_times.is_none()
                && settings.quantity.is_none();
            let quantity = settings.quantity.unwrap_or(Number::ONE);
            vec![lever(settings.part(Some((input, quantity))), again)]
        }
        Basis::Period => {
            let Expr::Case { arms, .. } = &rule.points else { return Vec::new() };
            let around = || applying(plan, rule.node);
            let settled = arms.iter().take(3).filter_map(|(condition, _)| settle(plan, around().chain([condition])));
            let settled = settled.filter(|it| it.quantity.is_none() && !it.rows.is_empty());
            let here = settled.filter(|it| it.rows.iter().all(|(input, _)| is_here(*input)));
            here.map(|it| lever(it.part(None), false)).collect()
        }
    }
}

/// Puts a line's facts beside the others; not where both speak of one thing.
fn joins(plan: &Plan, sum: &mut Part, lever: &Lever, times: i64) -> bool {
    let is_known = |input: &InputId| sum.rows.iter().any(|(known, ..)| known == input);
    let mut part = lever.part.clone();
    if part.rows.iter().any(|(input, ..)| is_known(input) && !plan.inputs[input.index()].kind.is_parameter()) {
        return false;
    }
    if let (true, Some((_, quantity, _))) = (lever.again, part.rows.last_mut()) {
        *quantity = Number::whole(times);
    }
    sum.join(part).is_some()
}
