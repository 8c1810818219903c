//! Lines side by side: which way the points of a clause go.

use super::{At, Part, Sides, Sign, stands};
use crate::calendar::Cycle;
use crate::plan::words::is_whole;
use crate::plan::*;
use crate::value::Number;

impl<'p> Sides<'p> {
    pub(super) fn clause(&mut self, old: &[RuleId], new: &[RuleId]) -> Sign {
        let (left_plan, right_plan) = (self.old, self.new);
        let (mut left, mut right) = (old.to_vec(), new.to_vec());
        left.retain(|a| {
            let same = right.iter().position(|b| {
                let is_same = self.same(&left_plan.rules[a.index()], &right_plan.rules[b.index()]);
                is_same && !self.are_given_otherwise(*a, *b)
            });
            same.map(|at| right.remove(at)).is_none()
        });
        match (left.as_slice(), right.as_slice()) {
            ([], []) => Sign::ANY,
            ([], added) => self.come(added),
            (removed, []) => self.gone(removed).reversed(),
            ([a], [b]) => self.rule(*a, *b),
            // 〔至6月止〕 the old text, 〔自7月起〕 another: only what came counts, against what was there.
            ([a], [first, second]) => {
                let later = |rule: &Rule| rule.in_force.map(|months| months.first);
                let (x, y) = (&right_plan.rules[first.index()], &right_plan.rules[second.index()]);
                if x.in_force.is_none() || y.in_force.is_none() || later(x) == later(y) {
                    return Sign::ANY;
                }
                self.at_times(*a, &[*first, *second], true)
            }
            ([first, second], [b]) => {
                let later = |rule: &Rule| rule.in_force.map(|months| months.first);
                let (x, y) = (&left_plan.rules[first.index()], &left_plan.rules[second.index()]);
                if x.in_force.is_none() || y.in_force.is_none() || later(x) == later(y) {
                    return Sign::ANY;
                }
                self.at_times(*b, &[*first, *second], false)
            }
            _ => Sign::ANY,
        }
    }

    /// A line against those that share its time among them.
    fn at_times(&mut self, one: RuleId, several: &[RuleId], one_is_old: bool) -> Sign {
        let mut sign = Sign::ZERO;
        for other in several {
            let (a, b) = if one_is_old { (one, *other) } else { (*other, one) };
            sign = sign.or(self.at_one_time(a, b));
        }
        sign
    }

    /// Two lines in the months in which either is in force.
    fn rule(&mut self, old: RuleId, new: RuleId) -> Sign {
        let (a, b) = (&self.old.rules[old.index()], &self.new.rules[new.index()]);
        // In months in which only one of them is in force it is what it brings that counts.
        let mut apart = Sign::ZERO;
        if a.in_force != b.in_force {
            let covers = |outer: &Rule, inner: &Rule| match (outer.in_force, inner.in_force) {
                (None, _) => true,
                (Some(outer), Some(inner)) => outer.first <= inner.first && inner.last <= outer.last,
                (Some(_), None) => false,
            };
            if !covers(b, a) {
                apart = apart.or(self.gone(&[old]).reversed());
            }
            if !covers(a, b) {
                apart = apart.or(self.come(&[new]));
            }
        }
        self.at_one_time(old, new).or(apart)
    }

    /// Two lines in the months in which both are in force.
    fn at_one_time(&mut self, old: RuleId, new: RuleId) -> Sign {
        let (a, b) = (&self.old.rules[old.index()], &self.new.rules[new.index()]);
        let same_ways = a.cycle == b.cycle
            && self.same(&a.row_rules, &b.row_rules)
            && self.same(&a.same_matter, &b.same_matter)
            && self.same(&a.refund, &b.refund)
            && a.valid_months == b.valid_months;
        let Some(counted) = self.counted(old, new).filter(|_| same_ways) else { return Sign::ANY };
        if self.are_given_otherwise(old, new) {
            return Sign::ANY;
        }
        // What is chosen among rows of one matter goes by its points: both may choose otherwise.
        if a.same_matter.is_some() && !(self.same(&a.points, &b.points) && counted == Sign::ZERO) {
            return Sign::ANY;
        }
        let stands = |plan: &Plan, id: RuleId| stands(plan, plan.rules[id.index()].node, &[Part::Line(id)]);
        let stands = a.basis != Basis::Period || stands(self.old, old) && stands(self.new, new);
        let at = At { old: (a.cycle, a.basis.input()), new: (b.cycle, b.basis.input()), stands };
        let points = match (one_each(a), one_each(b)) {
            (Some(x), Some(y)) => y.minus(*x).map_or(Sign::ANY, Sign::of),
            _ => self.expr(&a.points, &b.points, at, 0),
        };
        points.or(counted).or(self.effects(&a.effects, &b.effects))
    }

    /// What lines do beside their points: a veto that came, or is of more, is never gentler.
    fn effects(&self, old: &[RuleEffect], new: &[RuleEffect]) -> Sign {
        let mut come: Vec<&RuleEffect> = new.iter().collect();
        let mut gone: Vec<&RuleEffect> = old.iter().collect();
        gone.retain(|a| come.iter().position(|b| self.same(a, b)).map(|at| come.remove(at)).is_none());
        let mut sign = Sign::ZERO;
        gone.retain(|a| {
            let of_one_kind =
                |b: &&RuleEffect| self.same(&a.when, &b.when) && self.harder(&a.effect, &b.effect).is_some();
            let Some(at) = come.iter().position(of_one_kind) else { return true };
            let b = come.remove(at);
            sign = sign.or(self.harder(&a.effect, &b.effect).unwrap_or(Sign::ANY));
            false
        });
        let all = |list: Vec<&RuleEffect>| list.into_iter().fold(Sign::ZERO, |sign, it| sign.or(effect_sign(it)));
        sign.or(all(come)).or(all(gone).reversed())
    }

    /// Whether someone chooses the points of two lines within other bounds: they may choose more or less than before.
    fn are_given_otherwise(&self, old: RuleId, new: RuleId) -> bool {
        let permitted = |plan: &Plan, rule: RuleId| {
            let input = plan.rules[rule.index()].basis.input()?;
            plan.inputs[input.index()].needs.points
        };
        permitted(self.old, old) != permitted(self.new, new)
    }

    /// Two effects of one kind side by side; `None` where they are of two.
    fn harder(&self, old: &Effect, new: &Effect) -> Option<Sign> {
        let by = |is_harder: bool, is_gentler: bool| Sign { below: is_harder, above: is_gentler };
        match (old, new) {
            (
                Effect::Veto { cycles: a, moves: x, zero_total: p },
                Effect::Veto { cycles: b, moves: y, zero_total: q },
            ) => {
                let more = |a: &[Cycle], b: &[Cycle]| b.iter().any(|cycle| !a.contains(cycle));
                // A total of zero is more than one below it.
                (p == q).then(|| by(more(a, b) || y > x, more(b, a) || x > y))
            }
            (Effect::LowerGrade { grading: a, steps: x }, Effect::LowerGrade { grading: b, steps: y }) if a == b => {
                Some(by(y > x, x > y))
            }
            (Effect::GradeAtMost { grading: a, grade: x }, Effect::GradeAtMost { grading: b, grade: y }) if a == b => {
                let place = |plan: &Plan, name: &str| {
                    let mut own = plan.gradings.iter().filter(|grading| a.is_empty() || grading.name == *a);
                    own.find_map(|grading| grading.grades.iter().position(|grade| grade.name == name))
                };
                let (x, y) = (place(self.old, x)?, place(self.new, y)?);
                Some(by(y > x, x > y))
            }
            _ => None,
        }
    }

    /// Whether more or less of a line's points counts: every time or once, so many times at most, within which limits.
    /// `None` where that cannot be told.
    fn counted(&mut self, old: RuleId, new: RuleId) -> Option<Sign> {
        let (a, b) = (&self.old.rules[old.index()], &self.new.rules[new.index()]);
        let (more, less) = (Sign { below: false, above: true }, Sign { below: true, above: false });
        let times = match (&a.basis, &b.basis) {
            (x, y) if self.same(x, y) => Sign::ZERO,
            (Basis::Once(x), Basis::Row(y)) if self.same(x, y) && is_pieces(self.new, *y) => {
                one_each(a).and(one_each(b)).map(|_| more)?
            }
            (Basis::Row(x), Basis::Once(y)) if self.same(x, y) && is_pieces(self.old, *x) => {
                one_each(a).and(one_each(b)).map(|_| less)?
            }
            _ => return None,
        };
        let most = match (a.most_times, b.most_times) {
            (x, y) if x == y => Sign::ZERO,
            // Which of several occurrences are left to be the one that counts, and how often, is not told.
            _ if times != Sign::ZERO || matches!(a.basis, Basis::Once(_)) => return None,
            (None, Some(_)) => less,
            (Some(_), None) => more,
            (Some((x, per)), Some((y, other))) if per == other => {
                if y > x {
                    more
                } else {
                    less
                }
            }
            _ => return None,
        };
        let number = |limits: &[Limit]| match limits {
            [Limit { most: Expr::Number(most), per }] => Some((*most, *per)),
            _ => None,
        };
        let within = match (a.limits.as_slice(), b.limits.as_slice()) {
            (x, y) if self.same(&x, &y) => Sign::ZERO,
            ([], [_]) => less,
            ([_], []) => more,
            (x, y) => {
                let ((x, per), (y, other)) = (number(x)?, number(y)?);
                if per != other {
                    return None;
                }
                Sign::of(y.minus(x).ok()?)
            }
        };
        let larger = times.or(most).or(within);
        if larger == Sign::ZERO {
            return Some(larger);
        }
        let points = self.old_bounds.rule(old).points.or(self.new_bounds.rule(new).points);
        match (points.may_be_negative(), points.may_be_positive()) {
            (true, false) => Some(larger.reversed()),
            (false, true) => Some(larger),
            _ => None,
        }
    }
}

/// Whether an input is of things of which there is no part: where any are reported there is one at least.
fn is_pieces(plan: &Plan, input: InputId) -> bool {
    is_whole(&plan.inputs[input.index()].quantity)
}

/// The points of one occurrence, where a line gives them once, or for each there is.
fn one_each(rule: &Rule) -> Option<&Number> {
    match (&rule.basis, &rule.points) {
        (Basis::Once(_), Expr::Number(points)) => Some(points),
        (Basis::Row(_), Expr::Multiply(pair)) => match &**pair {
            [Expr::Number(points), Expr::Row(RowField::Quantity)] => Some(points),
            _ => None,
        },
        _ => None,
    }
}

/// What else a line does only ever hurts.
pub(super) fn effects_sign(effects: &[RuleEffect]) -> Sign {
    effects.iter().fold(Sign::ZERO, |sign, it| sign.or(effect_sign(it)))
}

fn effect_sign(it: &RuleEffect) -> Sign {
    let may_help = match &it.effect {
        Effect::Veto { zero_total, .. } => *zero_total,
        Effect::SetGrade { .. } | Effect::ZeroNode(_) | Effect::ZeroTotal(_) => true,
        Effect::Disqualify(_) | Effect::GradeAtMost { .. } | Effect::LowerGrade { .. } => false,
    };
    Sign { below: true, above: may_help }
}
