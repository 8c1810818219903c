//! What money and a year's total were worked out from and what met a condition, in words, for whoever asks why.

use crate::calendar::{Cycle, PeriodId};
use crate::eval::expr::Value;
use crate::eval::unit::{At, Scorer};
use crate::plan::words::{amount_text, called, kind_of_result};
use crate::plan::{Aggregate, Condition, Expr, Plan, Type};
use crate::value::{Inexact, Number};

/// How tightly a formula holds together: a sum inside a product wants parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Sum,
    Product,
    /// 较高者（…）, which wants none, and comes to something that is not said in it.
    Call,
    One,
}

/// What of a value takes effect.
struct Core<'a> {
    expr: &'a Expr,
    /// `，保留2位小数`
    keeps: String,
    /// By what the arm of its case was chosen.
    because: Vec<String>,
}

/// A part of a formula with its figures.
struct Part {
    text: String,
    tie: Tie,
}

impl Part {
    fn one(text: String) -> Part {
        Part { text, tie: Tie::One }
    }

    fn within(self, tie: Tie) -> String {
        if self.tie < tie { format!("（{}）", self.text) } else { self.text }
    }
}

impl<'a> Scorer<'_, 'a> {
    /// Tells `8000 × 得分92.5分 ÷ 100 = 7400元`, then the same of every value with a name of its own that comes in it, once
    /// each; nothing of what is no more than a number.
    pub fn formula(&mut self, expr: &'a Expr, kind: &Type, at: At, told: &mut Vec<String>) -> Result<(), Inexact> {
        // 扣发500元 takes them away, and says so itself.
        let expr = if let Expr::Negate(inner) = expr { inner } else { expr };
        let Value::Number(amount) = self.eval(expr, at)? else { return Ok(()) };
        let Core { expr: inner, keeps, .. } = self.core(expr, at)?;
        if matches!(inner, Expr::Number(_)) {
            return Ok(());
        }
        let mut named = Vec::new();
        let Some(part) = self.figured(inner, at, &mut named)? else { return Ok(()) };
        told.push(match part.tie {
            Tie::One => part.text,
            // Money that is taken is said to be, and a total below zero is one.
            _ => {
                let amount = if *kind == Type::Money { amount.abs() } else { amount };
                format!("{} = {}{keeps}", part.text, amount_text(amount, Some(kind)))
            }
        });
        let mut next = 0;
        while let Some(expr) = named.get(next).copied() {
            told.extend(self.named_value(expr, at, &mut named)?);
            next += 1;
        }
        Ok(())
    }

    /// `点值 = 奖金池300000元 ÷ 全体合计（有效点数）28105 = 10.6742，保留4位小数`; `月积分：1月4、2月10`.
    fn named_value(&mut self, expr: &'a Expr, at: At, named: &mut Vec<&'a Expr>) -> Result<Option<String>, Inexact> {
        let plan = self.program.plan;
        match expr {
            Expr::Measure(id) => {
                let measure = &plan.measures[id.index()];
                let Value::Number(amount) = self.eval(expr, at)? else { return Ok(None) };
                let Core { expr: inner, keeps, because } = self.core(&measure.expr, at)?;
                let Some(part) = self.figured(inner, at, named)? else { return Ok(None) };
                let text = match part.tie {
                    Tie::One => format!("{} = {}", measure.name, part.text),
                    _ => format!("{} = {} = {}{keeps}", measure.name, part.text, shown(plan, expr, amount)),
                };
                Ok(Some(if because.is_empty() { text } else { format!("{text}（{}）", because.join("、")) }))
            }
            Expr::Over { cycle, aggregate, expr: inner, only } => {
                let Some(name) = called(plan, inner) else { return Ok(None) };
                let mut listed = Vec::new();
                for period in self.gathered_periods(*cycle, *aggregate, inner, *only, at) {
                    if let Value::Number(amount) = self.eval(inner, at.moved(period))? {
                        listed.push(format!("{}{}", self.listed(&[period]), shown(plan, inner, amount)));
                    }
                }
                Ok(Some(format!("{name}：{}", listed.join("、"))))
            }
            _ => Ok(None),
        }
    }

    /// What of a value takes effect: the arm of its case, without the rounding around it.
    fn core(&mut self, expr: &'a Expr, at: At) -> Result<Core<'a>, Inexact> {
        let mut core = Core { expr, keeps: String::new(), because: Vec::new() };
        loop {
            core.expr = match core.expr {
                Expr::Round { expr, places, .. } if core.keeps.is_empty() => {
                    core.keeps =
                        if *places == 0 { "，保留整数".to_owned() } else { format!("，保留{places}位小数") };
                    expr
                }
                Expr::Assessed { expr, otherwise } => {
                    if self.eval(expr, at)?.is_assessed() {
                        expr
                    } else {
                        otherwise
                    }
                }
                Expr::Case { arms, otherwise } => match self.arm(arms, at)? {
                    Some((when, value)) => {
                        self.met(when, at, &mut core.because)?;
                        value
                    }
                    None => &**otherwise,
                },
                _ => return Ok(core),
            };
        }
    }

    /// The first arm whose condition holds.
    fn arm(&mut self, arms: &'a [(Condition, Expr)], at: At) -> Result<Option<&'a (Condition, Expr)>, Inexact> {
        for arm in arms {
            if self.holds(&arm.0, at)? {
                return Ok(Some(arm));
            }
        }
        Ok(None)
    }

    /// INVARIANT: an expression is as deep as the grammar lets it be.
    fn figured(&mut self, expr: &'a Expr, at: At, named: &mut Vec<&'a Expr>) -> Result<Option<Part>, Inexact> {
        let is_share = matches!(expr, Expr::Divide(_)) && called(self.program.plan, expr).is_some();
        let mut joined = |two: &'a [Expr; 2], sign: &str, tie: Tie, right: Tie| {
            let (Some(one), Some(other)) = (self.figured(&two[0], at, named)?, self.figured(&two[1], at, named)?)
            else {
                return Ok(None);
            };
            let text = format!("{} {sign} {}", one.within(tie), other.within(right));
            Ok(Some(Part { text, tie }))
        };
        match expr {
            Expr::Add(two) => return joined(two, "+", Tie::Sum, Tie::Sum),
            Expr::Subtract(two) => return joined(two, "-", Tie::Sum, Tie::Product),
            Expr::Multiply(two) => return joined(two, "×", Tie::Product, Tie::Product),
            // 四级手术 ÷ 1台 only takes the measure word away.
            Expr::Divide(two) if two[1] == Expr::Number(Number::ONE) => return self.figured(&two[0], at, named),
            Expr::Divide(two) if !is_share => {
                return joined(two, "÷", Tie::Product, Tie::Call);
            }
            Expr::Round { expr: inner, places, .. } => {
                let part = self.figured(inner, at, named)?;
                return Ok(part.map(|part| match part.tie {
                    Tie::One => part,
                    _ => Part { text: format!("保留（{}，{places}位小数）", part.text), tie: Tie::Call },
                }));
            }
            Expr::Assessed { expr: inner, otherwise } => {
                let is_there = self.eval(inner, at)?.is_assessed();
                return self.figured(if is_there { inner } else { otherwise }, at, named);
            }
            // What stands for the month before of a newcomer is not that of the month before.
            Expr::Earlier { back, cycle, expr: inner, name, otherwise: Some(otherwise) }
                if !self.earlier(*back, *cycle, inner, name, Some(&Expr::NotAssessed), at)?.is_assessed() =>
            {
                return self.figured(otherwise, at, named);
            }
            Expr::Case { arms, otherwise } => {
                let arm = self.arm(arms, at)?;
                return self.figured(arm.map_or(&**otherwise, |(_, value)| value), at, named);
            }
            Expr::Of(aggregate, list) => {
                let mut parts = Vec::with_capacity(list.len());
                for inner in list {
                    let Some(part) = self.figured(inner, at, named)? else { return Ok(None) };
                    parts.push(part.text);
                }
                let word = match aggregate {
                    Aggregate::Least => "较低者",
                    Aggregate::Greatest => "较高者",
                    Aggregate::Mean => "平均",
                    _ => return Ok(None),
                };
                return Ok(Some(Part { text: format!("{word}（{}）", parts.join("、")), tie: Tie::Call }));
            }
            _ => {}
        }
        let Value::Number(amount) = self.eval(expr, at)? else { return Ok(None) };
        let plan = self.program.plan;
        let is_told_apart = match expr {
            Expr::Measure(_) => true,
            // The totals of the periods, and their sections, are told with the periods.
            Expr::Over { expr: inner, .. } => matches!(**inner, Expr::Measure(_)),
            _ => false,
        };
        if is_told_apart && !named.contains(&expr) {
            named.push(expr);
        }
        Ok(Some(Part::one(called(plan, expr).unwrap_or_default() + &shown(plan, expr, amount))))
    }

    /// What made a condition hold: the figures that it compares, and the periods that it counts.
    pub fn met(&mut self, condition: &'a Condition, at: At, told: &mut Vec<String>) -> Result<(), Inexact> {
        match condition {
            Condition::All(list) | Condition::Any(list) => {
                for inner in list {
                    if self.holds(inner, at)? {
                        self.met(inner, at, told)?;
                    }
                }
            }
            Condition::Streak { count, cycle, condition, anew } => {
                let full = self.full_streak((*count, *anew), *cycle, condition, at)?;
                if let Some(periods) = full {
                    told.push(format!("连续{}{}：{}", periods.len(), cycle.counted(), self.listed(&periods)));
                }
            }
            Condition::Compare(left, _, right) => {
                if let Some((cycle, condition, tallied)) = periods_counted(left) {
                    let mut holding = Vec::new();
                    for period in self.counted_periods(at.period, cycle, tallied) {
                        if self.holds(condition, at.moved(period))? {
                            holding.push(period);
                        }
                    }
                    if !holding.is_empty() {
                        told.push(format!("共{}{}：{}", holding.len(), cycle.counted(), self.listed(&holding)));
                    }
                    return Ok(());
                }
                for side in [&**left, &**right] {
                    // What has no name is a number of the line, or too long to say.
                    if called(self.program.plan, side).is_some()
                        && let Some(part) = self.figured(side, at, &mut Vec::new())?
                        && !told.contains(&part.text)
                    {
                        told.push(part.text);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// 3月、5月、9月; with their years where there are several.
    fn listed(&self, periods: &[PeriodId]) -> String {
        let calendar = &self.program.plan.calendar;
        let is_one_year = calendar.first().year() == calendar.last().year();
        let name = |id: &PeriodId| {
            let period = calendar.period(*id);
            if is_one_year { period.in_year() } else { period.spoken() }
        };
        periods.iter().map(name).collect::<Vec<_>>().join("、")
    }
}

/// A value with its measure word.
fn shown(plan: &Plan, expr: &Expr, amount: Number) -> String {
    let kind = match kind_of_result(plan, expr) {
        Type::Percent if is_bare(plan, expr) => Type::Bare,
        kind => kind,
    };
    amount_text(amount, Some(&kind))
}

/// Whether what counts as a percentage is a count of which only the measure word was taken away: 走访 ÷ 1次.
fn is_bare(plan: &Plan, expr: &Expr) -> bool {
    match expr {
        Expr::Over { expr, .. } | Expr::Earlier { expr, .. } => is_bare(plan, expr),
        Expr::Peer(id) => is_bare(plan, &plan.peers[id.index()].expr),
        Expr::Measure(id) => {
            let own = &plan.measures[id.index()].expr;
            let divides = |by_number: bool| {
                own.any(|part| matches!(part, Expr::Divide(two) if matches!(two[1], Expr::Number(_)) == by_number))
            };
            divides(true) && !divides(false)
        }
        _ => false,
    }
}

/// 累计3次, 月数（…）, and 每累计3次, which counts full steps of them.
fn periods_counted(expr: &Expr) -> Option<(Cycle, &Condition, bool)> {
    match expr {
        Expr::CountPeriods { cycle, condition, tallied } => Some((*cycle, condition, *tallied)),
        Expr::Steps { amount, .. } => periods_counted(amount),
        _ => None,
    }
}
