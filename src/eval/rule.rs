//! Scores one line of the rulebook for one unit in one period, entry by entry.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use crate::calendar::{Cycle, PeriodId};
use crate::eval::effect::may_wait;
use crate::eval::expr::Value;
use crate::eval::limit::within;
use crate::eval::memo::Known;
use crate::eval::problem::{Problem, ProblemKind, Where};
use crate::eval::unit::{At, Scorer};
use crate::outcome::Use;
use crate::plan::{Basis, DayKind, Expr, InputId, LimitPer, RowField, Rule, RuleId, Type};
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

/// Whether points are earned: what is taken off is written below zero.
fn adds(points: &Expr) -> bool {
    match points {
        Expr::Number(number) => number.is_positive(),
        // 每项加1分 is the quantity itself.
        Expr::Row(_) => true,
        Expr::Add(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => adds(&pair[0]),
        Expr::Case { arms, otherwise } => arms.iter().any(|(_, points)| adds(points)) || adds(otherwise),
        Expr::Of(_, list) => list.iter().all(adds),
        Expr::Round { expr, .. } => adds(expr),
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
                        self.taken_as = self.is_taken_once(id, row).then_some((row, Number::ONE));
                        let points = self.eval(&rule.points, here);
                        let draft = match points {
                            Ok(Value::Number(points)) => self.draft(rule, Some(row), points, here).map(Some),
                            Ok(_) => Ok(None),
                            Err(fault) => Err(fault),
                        };
                        let is_once = self.taken_as.take().is_some();
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

    /// Rows of this period and those before that are still valid: a row counts from the first month of its own period.
    fn valid_rows(&self, input: InputId, months: u32, period: PeriodId) -> Vec<u32> {
        let calendar = &self.program.plan.calendar;
        let span = calendar.period(period);
        let mut rows = Vec::new();
        for back in (0..(months as i32).max(span.months())).rev() {
            if let Some(month) = calendar.month(span.last.plus(-back)) {
                rows.extend(self.exactly(input, month));
            }
        }
        rows
    }

    pub fn draft(&mut self, rule: &'a Rule, fact: Option<u32>, points: Number, at: At) -> Result<Draft, Inexact> {
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
}

/// A row that does not count.
fn refused(row: u32, traced: bool, reason: &str) -> Draft {
    let reason = traced.then(|| reason.into());
    Draft { fact: Some(row), points: Number::ZERO, counted: false, struck: false, reason }
}

/// What the entries that count come to.
pub(super) fn sum_of(drafts: &[Draft]) -> Result<Number, Inexact> {
    drafts.iter().filter(|draft| draft.counted).try_fold(Number::ZERO, |sum, draft| sum.plus(draft.points))
}

/// 月、季、年: as in 当月.
fn short(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Quarter => "季",
        Cycle::Month | Cycle::Half | Cycle::Year => cycle.word(),
        Cycle::Term => "期",
    }
}
