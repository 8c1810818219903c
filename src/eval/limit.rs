//! 最多: what limits leave of a line's entries, per person, per part of its cycle, and over longer cycles.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::rule::{Draft, sum_of};
use crate::eval::unit::{At, Scorer};
use crate::outcome::Use;
use crate::plan::{Limit, LimitPer, Rule, RuleId, SymbolId};
use crate::value::{Inexact, Number};

impl<'a> Scorer<'_, 'a> {
    /// Limits per cycle, in the order written; the last entries give way.
    pub fn limit(&mut self, id: RuleId, rule: &'a Rule, drafts: &mut [Draft], at: At) -> Result<(), Inexact> {
        for (index, limit) in rule.limits.iter().enumerate() {
            if limit.per == LimitPer::Person {
                self.limit_each_person((id, index as u16), limit, drafts, at)?;
            }
            let LimitPer::Cycle(per) = limit.per else { continue };
            if per < rule.cycle {
                self.limit_each_part((id, index as u16), limit, per, drafts, at)?;
                continue;
            }
            let sum = sum_of(drafts)?;
            let key = |period| (id, index as u8, period);
            let mut before = Number::ZERO;
            if per > rule.cycle {
                self.before_limit.insert(key(at.period), sum);
                for earlier in self.earlier_in(per, at.period) {
                    self.rule(id, earlier);
                    before = before.plus(self.before_limit.get(&key(earlier)).copied().unwrap_or_default())?;
                }
            }
            let Some(most) = self.number(&limit.most, at)? else { continue };
            let granted = within(before.plus(sum)?, most).minus(within(before, most))?;
            if granted != sum {
                self.see(|| Use::Limit { rule: id, index: index as u16 });
                self.reduce(rule, limit, drafts, sum.minus(granted)?, most)?;
            }
        }
        Ok(())
    }

    /// 每月最多扣3分 of a year: what the rows of one month give together is within the limit.
    fn limit_each_part(
        &mut self,
        (id, index): (RuleId, u16),
        limit: &'a Limit,
        per: Cycle,
        drafts: &mut [Draft],
        at: At,
    ) -> Result<(), Inexact> {
        let Some(most) = self.number(&limit.most, at)? else { return Ok(()) };
        let rule = self.program.rule(id);
        let mut parts: BTreeMap<PeriodId, Vec<usize>> = BTreeMap::new();
        for (place, draft) in drafts.iter().enumerate() {
            if let Some(row) = draft.fact {
                parts.entry(self.program.around(self.fact(row).period(), per)).or_default().push(place);
            }
        }
        for places in parts.into_values() {
            let mut part: Vec<Draft> = places.iter().map(|place| drafts[*place].clone()).collect();
            let sum = sum_of(&part)?;
            let granted = within(sum, most);
            if granted != sum {
                self.see(|| Use::Limit { rule: id, index });
                self.reduce(rule, limit, &mut part, sum.minus(granted)?, most)?;
                for (place, draft) in places.into_iter().zip(part) {
                    drafts[place] = draft;
                }
            }
        }
        Ok(())
    }

    /// What the rows of one person give together is within the limit.
    fn limit_each_person(
        &mut self,
        (rule, index): (RuleId, u16),
        limit: &'a Limit,
        drafts: &mut [Draft],
        at: At,
    ) -> Result<(), Inexact> {
        let Some(most) = self.number(&limit.most, at)? else { return Ok(()) };
        let traced = self.program.traced;
        let mut so_far: FxHashMap<Option<SymbolId>, Number> = FxHashMap::default();
        for draft in drafts.iter_mut().filter(|draft| draft.counted) {
            let person = draft.fact.and_then(|row| self.detail(row)).and_then(|detail| detail.person);
            let before = so_far.entry(person).or_default();
            let sum = before.plus(draft.points)?;
            let granted = within(sum, most).minus(within(*before, most))?;
            *before = sum;
            if granted != draft.points {
                self.see(|| Use::Limit { rule, index });
                let verb = if draft.points.is_negative() { "扣" } else { "加" };
                draft.points = granted;
                draft.explain(traced, || format!("每人最多{verb}{}分", most.spoken()));
            }
        }
        Ok(())
    }

    /// Takes `excess` away from the last entries of its sign.
    fn reduce(
        &self,
        rule: &Rule,
        limit: &Limit,
        drafts: &mut [Draft],
        mut excess: Number,
        most: Number,
    ) -> Result<(), Inexact> {
        let cycle = match limit.per {
            LimitPer::Cycle(cycle) => cycle,
            LimitPer::Row | LimitPer::Person => rule.cycle,
        };
        let every = cycle.every();
        for draft in drafts.iter_mut().rev().filter(|draft| draft.counted) {
            if excess.is_zero() {
                break;
            }
            if draft.points.is_negative() != excess.is_negative() || draft.points.is_zero() {
                continue;
            }
            let verb = if excess.is_negative() { "扣" } else { "加" };
            let taken = if draft.points.abs() < excess.abs() { draft.points } else { excess };
            draft.points = draft.points.minus(taken)?;
            excess = excess.minus(taken)?;
            draft.explain(self.program.traced, || format!("本条{every}累计最多{verb}{}分", most.spoken()));
        }
        Ok(())
    }
}

/// The number, but not further from zero than `most`.
pub(super) fn within(number: Number, most: Number) -> Number {
    if number.abs() <= most {
        number
    } else if number.is_negative() {
        most.negated()
    } else {
        most
    }
}
