//! Expressions side by side: the sign of the new less the old.

use super::held::{Held, Range, each};
use super::{At, Sides, Sign};
use crate::analysis::Interval;
use crate::canonical::{Called, Canonical};
use crate::plan::*;
use crate::value::Number;

impl<'p> Sides<'p> {
    pub(super) fn expr(&mut self, old: &'p Expr, new: &'p Expr, at: At, depth: u32) -> Sign {
        if self.same(old, new) {
            return Sign::ZERO;
        }
        if depth > 40 {
            return Sign::ANY;
        }
        let deeper = depth + 1;
        match (old, new) {
            (Expr::Number(a), Expr::Number(b)) => b.minus(*a).map_or(Sign::ANY, Sign::of),
            (Expr::Case { .. }, _) | (_, Expr::Case { .. }) => self.cases(old, new, at, deeper),
            // A number against an expression: by its bounds.
            (Expr::Number(number), other) => {
                let interval = self.new_bounds.expr(other, at.new.0, at.new.1);
                self.against(*number, (other, true), interval, at)
            }
            (other, Expr::Number(number)) => {
                let interval = self.old_bounds.expr(other, at.old.0, at.old.1);
                self.against(*number, (other, false), interval, at).reversed()
            }
            (Expr::Add(a), Expr::Add(b)) => self.expr(&a[0], &b[0], at, deeper).or(self.expr(&a[1], &b[1], at, deeper)),
            (Expr::Subtract(a), Expr::Subtract(b)) => {
                self.expr(&a[0], &b[0], at, deeper).or(self.expr(&a[1], &b[1], at, deeper).reversed())
            }
            (Expr::Negate(a), Expr::Negate(b)) => self.expr(a, b, at, deeper).reversed(),
            (Expr::Multiply(a), Expr::Multiply(b)) => {
                // ab − cd = (a − c)b + c(b − d)
                let first = self.expr(&a[0], &b[0], at, deeper);
                let second = self.expr(&a[1], &b[1], at, deeper);
                let by_new = self.scaled(first, &b[1], at, true);
                let by_old = self.scaled(second, &a[0], at, false);
                by_new.or(by_old)
            }
            (Expr::Divide(a), Expr::Divide(b)) if self.same(&a[1], &b[1]) => {
                let first = self.expr(&a[0], &b[0], at, deeper);
                self.scaled(first, &b[1], at, true)
            }
            (Expr::Of(x, a), Expr::Of(y, b)) if x == y && a.len() == b.len() => match x {
                Aggregate::Greatest | Aggregate::Least | Aggregate::Mean | Aggregate::Sum => {
                    a.iter().zip(b).fold(Sign::ZERO, |sign, (a, b)| sign.or(self.expr(a, b, at, deeper)))
                }
                _ => Sign::ANY,
            },
            // 最多, 以…为限 and the like: the least of several is none of them above, the greatest none below.
            (whole, Expr::Of(of @ (Aggregate::Greatest | Aggregate::Least), list)) if is_bounded(list) => {
                let signs: Vec<Sign> = list.iter().map(|one| self.expr(whole, one, at, deeper)).collect();
                among(*of, &signs)
            }
            (Expr::Of(of @ (Aggregate::Greatest | Aggregate::Least), list), whole) if is_bounded(list) => {
                let signs: Vec<Sign> = list.iter().map(|one| self.expr(one, whole, at, deeper).reversed()).collect();
                among(*of, &signs).reversed()
            }
            (Expr::Round { expr: a, places: p, rounding: r }, Expr::Round { expr: b, places: q, rounding: s })
                if p == q && r == s =>
            {
                self.expr(a, b, at, deeper)
            }
            (Expr::Steps { amount: a, step: s, part: p }, Expr::Steps { amount: b, step: t, part: q }) => {
                let amounts = self.expr(a, b, at, deeper);
                // More of a part is counted from 不足不计 over 按比例 to 按一步.
                let rank = |part: &Part| match part {
                    Part::Ignored => 0,
                    Part::Proportional => 1,
                    Part::Whole => 2,
                };
                let parts = Sign { below: rank(q) < rank(p), above: rank(q) > rank(p) };
                let steps = match (self.same(s, t), &**s, &**t) {
                    (true, ..) => Sign::ZERO,
                    (false, Expr::Number(s), Expr::Number(t)) if s.is_positive() && t.is_positive() => {
                        t.minus(*s).map_or(Sign::ANY, Sign::of).reversed()
                    }
                    _ => Sign::ANY,
                };
                amounts.or(parts).or(steps)
            }
            (Expr::Assessed { expr: a, otherwise: x }, Expr::Assessed { expr: b, otherwise: y }) => {
                self.expr(a, b, at, deeper).or(self.expr(x, y, at, deeper))
            }
            (Expr::Escalation { tiers: a, per: p, by: x }, Expr::Escalation { tiers: b, per: q, by: y })
                if p == q && x == y =>
            {
                escalations(a, b)
            }
            _ => Sign::ANY,
        }
    }

    /// A difference, multiplied by something of known sign.
    fn scaled(&mut self, sign: Sign, by: &'p Expr, at: At, is_new: bool) -> Sign {
        if sign == Sign::ZERO {
            return sign;
        }
        let bounds = match is_new {
            true => self.new_bounds.expr(by, at.new.0, at.new.1),
            false => self.old_bounds.expr(by, at.old.0, at.old.1),
        };
        match (bounds.may_be_negative(), bounds.may_be_positive()) {
            (false, _) => sign,
            (true, false) => sign.reversed(),
            (true, true) => Sign::ANY,
        }
    }

    /// Every pair of choices that may hold together.
    fn cases(&mut self, old: &'p Expr, new: &'p Expr, at: At, depth: u32) -> Sign {
        let (left, right) = (choices(old), choices(new));
        let mut sign = Sign::ZERO;
        for (when_old, a) in &left {
            for (when_new, b) in &right {
                if !self.may_meet(when_old, when_new) {
                    continue;
                }
                let one = match (a, b) {
                    (Expr::NotAssessed, Expr::NotAssessed) => Sign::ZERO,
                    (Expr::NotAssessed, _) | (_, Expr::NotAssessed) if !at.stands => Sign::ANY,
                    // An expression that is no choice on either side would come back here for ever.
                    (Expr::Case { .. }, _) | (_, Expr::Case { .. })
                        if std::ptr::eq(*a, old) && std::ptr::eq(*b, new) =>
                    {
                        Sign::ANY
                    }
                    _ => {
                        let kept = self.assessed.len();
                        let (by_old, by_new) =
                            (compared(when_old, self.old, &self.none), compared(when_new, self.new, self.called));
                        self.assessed.extend(by_old.into_iter().map(|form| (false, form)));
                        self.assessed.extend(by_new.into_iter().map(|form| (true, form)));
                        let one = self.expr(a, b, at, depth + 1);
                        self.assessed.truncate(kept);
                        one
                    }
                };
                sign = sign.or(one);
                if sign == Sign::ANY {
                    return sign;
                }
            }
        }
        sign
    }

    /// An expression less a number: by its bounds, and by nothing where it is not assessed.
    fn against(&self, number: Number, (other, is_new): (&Expr, bool), interval: Interval, at: At) -> Sign {
        let is_sure = |expr: &Expr| {
            matches!(
                expr,
                Expr::Number(_)
                    | Expr::Row(_)
                    | Expr::Add(_)
                    | Expr::Subtract(_)
                    | Expr::Multiply(_)
                    | Expr::Negate(_)
                    | Expr::Steps { .. }
                    | Expr::Of(..)
                    | Expr::Round { .. }
                    | Expr::Escalation { .. }
            )
        };
        let (plan, called) = if is_new { (self.new, self.called) } else { (self.old, &self.none) };
        let is_compared = |expr: &Expr| self.assessed.contains(&(is_new, Canonical::form(plan, called, expr)));
        let may_be_absent = other.any(|inner| !is_sure(inner) && !is_compared(inner));
        if may_be_absent && !at.stands {
            return Sign::ANY;
        }
        let interval = if may_be_absent { interval.or_zero() } else { interval };
        let gap = interval.minus(Interval::exactly(number));
        Sign { below: gap.may_be_negative(), above: gap.may_be_positive() }
    }

    /// Whether conditions of the old and of the new book can hold for the same facts.
    fn may_meet(&self, old: &[Held<'p>], new: &[Held<'p>]) -> bool {
        // A value that is not assessed meets no comparison, and not its opposite either: what does not hold says
        // something only of a subject that is known to be assessed.
        let mut known: Vec<(String, Seen)> = Vec::new();
        let sides = [(old, self.old, &self.none), (new, self.new, self.called)];
        for (list, plan, called) in sides {
            for held in list {
                if let Some((subject, assessed)) = held.assessed(plan, called) {
                    let seen = Seen::of(&mut known, subject);
                    *(if assessed { &mut seen.assessed } else { &mut seen.absent }) = true;
                }
                if let Some((subject, number)) = held.apart(plan, called) {
                    Seen::of(&mut known, subject).apart.push(number);
                }
                let Some((subject, range)) = held.range(plan, called) else { continue };
                let seen = Seen::of(&mut known, subject);
                seen.assessed |= matches!(held, Held::Yes(_));
                seen.range = Some(match seen.range.take() {
                    Some(all) => all.and(&range),
                    None => range,
                });
            }
        }
        known.iter().all(|(_, seen)| {
            let is_empty = seen.range.as_ref().is_some_and(|range| range.is_empty() || range.is_one_of(&seen.apart));
            !(seen.assessed && (seen.absent || is_empty))
        })
    }
}

/// What is assessed where these hold: a comparison with what is not never does.
fn compared(list: &[Held<'_>], plan: &Plan, called: &Called) -> Vec<String> {
    let mut forms = Vec::new();
    for held in list {
        match held {
            Held::Yes(Condition::Compare(left, _, right)) => {
                forms.extend([left, right].map(|side| Canonical::form(plan, called, &**side)));
            }
            Held::Yes(Condition::Is(subject, _) | Condition::IsAssessed(subject)) => {
                forms.push(Canonical::form(plan, called, &**subject));
            }
            _ => {}
        }
    }
    forms
}

/// Whether a list is one value and numbers that limit it: it is assessed where that is.
fn is_bounded(list: &[Expr]) -> bool {
    list.iter().filter(|one| !matches!(one, Expr::Number(_))).count() <= 1
}

/// The sign of the greatest, or least, of several by the signs of each.
fn among(of: Aggregate, signs: &[Sign]) -> Sign {
    let (below, above) = (|sign: &Sign| sign.below, |sign: &Sign| sign.above);
    match of {
        Aggregate::Greatest => Sign { below: signs.iter().all(below), above: signs.iter().any(above) },
        _ => Sign { below: signs.iter().any(below), above: signs.iter().all(above) },
    }
}

/// Points of each occurrence, tier by tier.
fn escalations(old: &[(u32, Number)], new: &[(u32, Number)]) -> Sign {
    let points = |tiers: &[(u32, Number)], ordinal: u32| {
        tiers.iter().rev().find(|(from, _)| *from <= ordinal).map_or(Number::ZERO, |(_, points)| *points)
    };
    let ordinals = old.iter().chain(new).map(|(from, _)| *from);
    ordinals.fold(Sign::ZERO, |sign, ordinal| {
        let difference = points(new, ordinal).minus(points(old, ordinal));
        sign.or(difference.map_or(Sign::ANY, Sign::of))
    })
}

/// What an expression may come to, each with what holds then.
fn choices(expr: &Expr) -> Vec<(Vec<Held<'_>>, &Expr)> {
    let Expr::Case { arms, otherwise } = expr else { return vec![(Vec::new(), expr)] };
    let mut list = Vec::new();
    let mut before: Vec<Held<'_>> = Vec::new();
    for (condition, value) in arms {
        let mut held = before.clone();
        each(condition, &mut |part| held.push(Held::Yes(part)));
        list.push((held, value));
        // Only a single condition has an opposite that says something.
        if !matches!(condition, Condition::All(_) | Condition::Any(_)) {
            before.push(Held::No(condition));
        }
    }
    list.push((before, &**otherwise));
    list
}

/// What conditions say of a subject.
#[derive(Default)]
struct Seen {
    assessed: bool,
    absent: bool,
    range: Option<Range>,
    /// Numbers that it is not.
    apart: Vec<Number>,
}

impl Seen {
    fn of(known: &mut Vec<(String, Seen)>, subject: String) -> &mut Seen {
        let at = match known.iter().position(|(other, _)| *other == subject) {
            Some(at) => at,
            None => {
                known.push((subject, Seen::default()));
                known.len() - 1
            }
        };
        &mut known[at].1
    }
}
