//! Scores one line of the rulebook for one unit in one period, entry by entry.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::expr::Value;
use crate::eval::memo::Known;
use crate::eval::problem::{Problem, ProblemKind, Where};
use crate::eval::unit::{At, Fired, Scorer};
use crate::outcome::Use;
use crate::plan::{
    Basis, Condition, DayKind, Effect, Expr, InputId, Limit, LimitPer, RowField, Rule, RuleEffect, RuleId, SymbolId,
    Type,
};
use crate::value::{Inexact, Number};

/// An entry in the making.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// The row, for a line that scores rows.
    pub fact: Option<u32>,
    pub points: Number,
    pub counted: bool,
    /// The line itself let the row count, whatever same matter and most times say later: effects look at this.
    pub struck: bool,
    /// Written only where traced.
    pub reason: Option<Box<str>>,
}

/// What a line comes to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RuleScore {
    /// From where to where in the unit's drafts.
    pub drafts: (u32, u32),
    pub bonus: Number,
    /// Not below zero.
    pub deduction: Number,
    pub assessed: bool,
}

/// What is counted one by one, whatever is said of it.
const PIECES: &[&str] =
    &["次", "件", "起", "例", "宗", "篇", "份", "部", "本", "册", "幅", "首", "门", "届", "块", "台", "场"];
/// Prizes where they earn points, and how great a fault is where they cost some: 加5分 for each 项, 扣1分 for each 项.
const THINGS: &[&str] = &["项", "条", "个"];

/// Whether points of so much a piece are earned.
fn adds(points: &Expr) -> bool {
    match points {
        Expr::Number(number) => *number > Number::ZERO,
        Expr::Multiply(pair) => adds(&pair[0]),
        _ => false,
    }
}

impl Draft {
    pub fn explain(&mut self, traced: bool, reason: impl FnOnce() -> String) {
        if traced {
            let reason = reason();
            self.reason = Some(match self.reason.take() {
                Some(before) => format!("{before}；{reason}").into(),
                None => reason.into(),
            });
        }
    }

    fn drop(&mut self, traced: bool, reason: impl FnOnce() -> String) {
        self.counted = false;
        self.points = Number::ZERO;
        self.explain(traced, reason);
    }
}

impl<'a> Scorer<'_, 'a> {
    /// The line in a period of its own cycle. Mistakes are told and leave it not assessed.
    pub fn rule(&mut self, id: RuleId, period: PeriodId) -> RuleScore {
        let rule = self.program.rule(id);
        if !self.program.is_in_force(rule, period) {
            return RuleScore::default();
        }
        if let Basis::Row(input) | Basis::Once(input) = rule.basis
            && !self.has_rows(input)
        {
            return RuleScore { assessed: true, ..RuleScore::default() };
        }
        let slot = self.slot(id.index(), period);
        match self.rules.ask(slot) {
            Known::Done(score) => return score,
            Known::Busy => {
                self.complain(ProblemKind::Circular(rule.text.clone()));
                return RuleScore::default();
            }
            Known::New => {}
        }
        let score = self.score_rule(id, rule, period).unwrap_or_else(|fault| {
            self.problems.push(Problem::arithmetic(self.unit, Where::Rule(id), period, fault));
            RuleScore::default()
        });
        self.rules.set(slot, score);
        score
    }

    fn score_rule(&mut self, id: RuleId, rule: &'a Rule, period: PeriodId) -> Result<RuleScore, Inexact> {
        let mut drafts = self.drafts_after(id, period, u8::MAX)?;
        if drafts.is_empty() && rule.basis != Basis::Period {
            return Ok(RuleScore { assessed: true, ..RuleScore::default() });
        }
        let at = At { period, row: None, rule: Some(id) };
        self.count_most_times(id, rule, &mut drafts, period)?;
        if let Basis::Once(_) = rule.basis {
            self.count_once(rule, &mut drafts);
        }
        self.limit(id, rule, &mut drafts, at)?;
        let assessed = rule.basis != Basis::Period || !drafts.is_empty();
        let mut score = RuleScore { assessed, ..RuleScore::default() };
        for draft in drafts.iter().filter(|draft| draft.counted) {
            if draft.points.is_negative() {
                score.deduction = score.deduction.minus(draft.points)?;
            } else if !draft.points.is_zero() {
                score.bonus = score.bonus.plus(draft.points)?;
            }
        }
        if may_wait(rule) {
            self.waiting.push((id, period));
        } else if !rule.effects.is_empty() {
            self.fire(id, rule, &drafts, at)?;
        }
        if !self.program.traced {
            drafts.retain(|draft| draft.counted);
        }
        let begin = self.drafts.len() as u32;
        self.drafts.append(&mut drafts);
        score.drafts = (begin, self.drafts.len() as u32);
        Ok(score)
    }

    /// What each row gives by itself: points, row rules, the limit per row, and what was given back for a repair.
    pub fn raw_drafts(&mut self, id: RuleId, period: PeriodId) -> Result<Vec<Draft>, Inexact> {
        let (program, rule) = (self.program, self.program.rule(id));
        let at = At { period, row: None, rule: Some(id) };
        if !program.is_in_force(rule, period) {
            return Ok(Vec::new());
        }
        match rule.basis {
            Basis::Period => {
                self.demand(id, period);
                let mut drafts = Vec::new();
                if let Value::Number(points) = self.eval(&rule.points, at)? {
                    // A line that gives nothing still shows that it was assessed.
                    drafts.push(self.draft(rule, None, points, at)?);
                }
                Ok(drafts)
            }
            Basis::Row(input) | Basis::Once(input) => {
                let rows = match rule.valid_months {
                    Some(months) => self.valid_rows(input, months, period),
                    None => self.within(input, period),
                };
                if !rows.is_empty() {
                    self.demand(id, period);
                }
                let mut drafts = Vec::with_capacity(rows.len());
                for row in rows {
                    let here = At { row: Some(row), ..at };
                    if self.counts(row) {
                        self.taken_once = self.is_taken_once(id, row).then_some(row);
                        let points = self.eval(&rule.points, here);
                        let draft = match points {
                            Ok(Value::Number(points)) => self.draft(rule, Some(row), points, here).map(Some),
                            Ok(_) => Ok(None),
                            Err(fault) => Err(fault),
                        };
                        let is_once = self.taken_once.take().is_some();
                        match draft? {
                            Some(mut draft) => {
                                if is_once {
                                    draft.explain(program.traced, || "同一事项只计一次".to_owned());
                                }
                                drafts.push(draft);
                            }
                            None => drafts.push(refused(row, program.traced, "不作考评")),
                        }
                    } else if self.detail(row).is_some_and(|detail| !detail.counted) {
                        drafts.push(refused(row, program.traced, "未认定"));
                    } else {
                        let is_zero = self.fact(row).quantity().is_some();
                        drafts.push(refused(row, program.traced, if is_zero { "数量为0" } else { "不适用" }));
                    }
                }
                // Before it is chosen which of several rows counts: what was repaired weighs less.
                self.give_back(rule, &mut drafts)?;
                Ok(drafts)
            }
        }
    }

    /// 每件扣5分 and 同一事项计一次: 2件 of one matter in a row are no more than 1件 in each of two rows. What tells how
    /// great a matter is (3人, 5处) stays what it is.
    pub fn is_taken_once(&self, id: RuleId, row: u32) -> bool {
        if !self.program.rules[id.index()].looks_back {
            return false;
        }
        let fact = self.fact(row);
        let counted = &self.program.plan.inputs[fact.input().index()].quantity;
        let has_matter = self.detail(row).is_some_and(|detail| detail.matter.is_some());
        let is_many = fact.quantity().is_some_and(|quantity| quantity > Decimal::ONE);
        let points = &self.program.rule(id).points;
        let is_piece = |word: &str| PIECES.contains(&word) || THINGS.contains(&word) && adds(points);
        has_matter && is_many && matches!(counted, Type::Count(word) if is_piece(word))
    }

    pub fn demand(&mut self, id: RuleId, period: PeriodId) {
        for input in &self.program.rules[id.index()].hidden {
            self.require(*input, period);
        }
    }

    /// Rows of this and the months before that are still valid.
    fn valid_rows(&self, input: InputId, months: u32, period: PeriodId) -> Vec<u32> {
        let calendar = &self.program.plan.calendar;
        let span = calendar.period(period);
        let mut rows = Vec::new();
        for back in (0..months as i32 + span.months() - 1).rev() {
            if let Some(month) = calendar.month(span.last.plus(-back)) {
                rows.extend(self.exactly(input, month));
            }
        }
        rows
    }

    fn draft(&mut self, rule: &'a Rule, fact: Option<u32>, points: Number, at: At) -> Result<Draft, Inexact> {
        let traced = self.program.traced;
        let mut draft = Draft { fact, points, counted: true, struck: fact.is_some(), reason: None };
        for (index, row_rule) in rule.row_rules.iter().enumerate() {
            if self.holds(&row_rule.when, at)? {
                if let Some(rule) = at.rule {
                    self.see(|| Use::RowRule { rule, index: index as u16 });
                }
                match &row_rule.factor {
                    None => {
                        draft.drop(traced, || row_rule.reason.clone());
                        draft.struck = false;
                    }
                    Some(factor) => {
                        if let Some(factor) = self.number(factor, at)? {
                            draft.points = draft.points.times(factor)?;
                            draft.explain(traced, || row_rule.reason.clone());
                        }
                    }
                }
                break;
            }
        }
        for (index, limit) in rule.limits.iter().enumerate().filter(|(_, limit)| limit.per == LimitPer::Row) {
            let Some(most) = self.number(&limit.most, at)? else { continue };
            if draft.points.abs() > most {
                if let Some(rule) = at.rule {
                    self.see(|| Use::Limit { rule, index: index as u16 });
                }
                let sign = if draft.points.is_negative() { "扣" } else { "加" };
                draft.points = within(draft.points, most);
                let pieces = match &limit.most {
                    Expr::Multiply(pair) if pair[1] == Expr::Row(RowField::Quantity) => self.number(&pair[1], at)?,
                    _ => None,
                };
                draft.explain(traced, || match pieces.filter(|pieces| *pieces != Number::ONE) {
                    Some(pieces) => {
                        format!("{}{}最多{sign}{}分", pieces.spoken(), self.counted_in(rule), most.spoken())
                    }
                    None => format!("每次最多{sign}{}分", most.spoken()),
                });
            }
        }
        Ok(draft)
    }

    /// The measure word of what the rows of a line count.
    fn counted_in(&self, rule: &Rule) -> &str {
        let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { return "" };
        match &self.program.plan.inputs[input.index()].quantity {
            Type::Count(unit) | Type::Quantity(unit) => unit,
            _ => "",
        }
    }

    /// Whether the row rules of a line let a row count.
    pub fn stays(&mut self, rule: RuleId, at: At) -> Result<bool, Inexact> {
        for row_rule in &self.program.rule(rule).row_rules {
            if self.holds(&row_rule.when, at)? {
                return Ok(row_rule.factor.is_some());
            }
        }
        Ok(true)
    }

    /// The weightiest row counts, the first read among equals: so the order of rows does not change the sum.
    fn count_once(&self, rule: &Rule, drafts: &mut [Draft]) {
        let traced = self.program.traced;
        let counted = drafts.iter().enumerate().filter(|(_, draft)| draft.counted);
        let best = counted.max_by_key(|(index, draft)| (draft.points.abs(), Reverse(*index))).map(|(index, _)| index);
        for (index, draft) in drafts.iter_mut().enumerate() {
            if draft.counted && Some(index) != best {
                draft.drop(traced, || format!("当{}只计一次", short(rule.cycle)));
            }
        }
    }

    fn give_back(&self, rule: &Rule, drafts: &mut [Draft]) -> Result<(), Inexact> {
        let Some(refund) = &rule.refund else { return Ok(()) };
        for draft in drafts.iter_mut().filter(|draft| draft.counted && draft.points.is_negative()) {
            let Some(row) = draft.fact else { continue };
            let Some(repaired) = self.detail(row).and_then(|detail| detail.repaired) else { continue };
            let in_time = match refund.within_days {
                None => true,
                Some(most) => {
                    self.days_to_repair(row, refund.workdays).is_some_and(|days| (0..=i64::from(most)).contains(&days))
                }
            };
            let store = self.program.store;
            // 针对编号: a row that only says so has no line of its own.
            let said = || {
                let origin = self.fact(row).origin().and_then(|origin| store.repair_of(origin));
                origin.map(|origin| format!("（{}）", store.origin_text(origin))).unwrap_or_default()
            };
            if in_time {
                let back = draft.points.abs().times(refund.share)?;
                draft.points = draft.points.plus(back)?;
                draft.explain(self.program.traced, || format!("{repaired}已整改{}，返还{}分", said(), back.spoken()));
            } else {
                let days = if refund.workdays == DayKind::All { "日" } else { "个工作日" };
                let within = refund.within_days.map(|most| format!("{most}{days}")).unwrap_or_default();
                draft.explain(self.program.traced, || format!("{repaired}才整改{}，超过{within}，不返还", said()));
            }
        }
        Ok(())
    }

    /// Limits per cycle, in the order written; the last entries give way.
    fn limit(&mut self, id: RuleId, rule: &'a Rule, drafts: &mut [Draft], at: At) -> Result<(), Inexact> {
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
                for earlier in self.program.earlier_in(per, at.period) {
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
        let every = every(cycle);
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

    /// Draws the effects that waited for points; those of a period whose total is being worked out wait on.
    pub fn draw_effects(&mut self) -> Result<(), Inexact> {
        for (id, period) in std::mem::take(&mut self.waiting) {
            match self.totals.ask(period.0 as usize) {
                Known::Busy => {
                    self.waiting.push((id, period));
                    continue;
                }
                Known::New => self.totals.forget(period.0 as usize),
                Known::Done(_) => {}
            }
            let at = At { period, row: None, rule: Some(id) };
            self.fire(id, self.program.rule(id), &[], at)?;
        }
        Ok(())
    }

    fn fire(&mut self, id: RuleId, rule: &'a Rule, drafts: &[Draft], at: At) -> Result<(), Inexact> {
        for effect in &rule.effects {
            let mut strike = None;
            match (&rule.basis, &effect.when) {
                (Basis::Period, Condition::Always) if !sum_of(drafts)?.is_zero() => strike = Some(None),
                (Basis::Period, Condition::Always) => {}
                (Basis::Period, when) if self.holds(when, at)? => strike = Some(None),
                (Basis::Period, _) => {}
                (Basis::Row(_) | Basis::Once(_), when) => {
                    for row in drafts.iter().filter(|draft| draft.struck).filter_map(|draft| draft.fact) {
                        if self.holds(when, At { row: Some(row), ..at })? {
                            strike = Some(Some(row));
                            break;
                        }
                    }
                }
            }
            if let Some(fact) = strike {
                self.fired.push(Fired { rule: id, effect: &effect.effect, period: at.period, fact });
            }
        }
        Ok(())
    }
}

/// Whether all that a line does is to take titles, or to veto, on a condition: what zeroes points cannot wait for them.
fn may_wait(rule: &Rule) -> bool {
    let waits = |effect: &RuleEffect| {
        let zeroes = matches!(effect.effect, Effect::ZeroNode(_) | Effect::Veto { zero_total: true, .. });
        effect.when != Condition::Always && !zeroes
    };
    rule.basis == Basis::Period && !rule.effects.is_empty() && rule.effects.iter().all(waits)
}

/// A row that does not count.
fn refused(row: u32, traced: bool, reason: &str) -> Draft {
    let reason = traced.then(|| reason.into());
    Draft { fact: Some(row), points: Number::ZERO, counted: false, struck: false, reason }
}

pub(super) fn sum_of(drafts: &[Draft]) -> Result<Number, Inexact> {
    drafts.iter().filter(|draft| draft.counted).try_fold(Number::ZERO, |sum, draft| sum.plus(draft.points))
}

/// The number, but not further from zero than `most`.
fn within(number: Number, most: Number) -> Number {
    if number.abs() <= most {
        number
    } else if number.is_negative() {
        most.negated()
    } else {
        most
    }
}

/// 月、季、年: as in 当月.
pub(super) fn short(cycle: crate::calendar::Cycle) -> &'static str {
    use crate::calendar::Cycle;
    match cycle {
        Cycle::Quarter => "季",
        Cycle::Month | Cycle::Half | Cycle::Year => cycle.word(),
        Cycle::Term => "期",
    }
}

/// 每月、每季度、全期
pub(super) fn every(cycle: crate::calendar::Cycle) -> String {
    use crate::calendar::Cycle;
    match cycle {
        Cycle::Term => cycle.word().to_owned(),
        Cycle::Month | Cycle::Quarter | Cycle::Half | Cycle::Year => format!("每{}", cycle.word()),
    }
}
