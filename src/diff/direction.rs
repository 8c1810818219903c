//! Whether a change can only make points fewer, or only more: proven from both plans, never guessed.
//!
//! Two expressions are walked side by side. Where they have one shape the sign of their difference follows from the
//! signs of the differences inside; where they choose by conditions every pair of choices that one value can meet is
//! looked at.

use super::change::{Change, Direction, Facet, Section, Subject};
use super::pairs::Pairs;
use crate::analysis::Bounds;
use crate::canonical::Called;
use crate::canonical::Canonical;
use crate::plan::*;
use crate::value::Number;

/// The sign of new less old: whether it may be below, and above, zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sign {
    below: bool,
    above: bool,
}

impl Sign {
    const ZERO: Sign = Sign { below: false, above: false };
    const ANY: Sign = Sign { below: true, above: true };

    fn of(number: Number) -> Sign {
        Sign { below: number.is_negative(), above: number.is_positive() }
    }

    fn or(self, other: Sign) -> Sign {
        Sign { below: self.below || other.below, above: self.above || other.above }
    }

    fn reversed(self) -> Sign {
        Sign { below: self.above, above: self.below }
    }

    fn direction(self) -> Direction {
        match (self.below, self.above) {
            (true, false) => Direction::NeverMore,
            (false, true) => Direction::NeverFewer,
            (false, false) | (true, true) => Direction::Unknown,
        }
    }
}

/// Gives every change its direction, and where it has one and stood undecided its section.
pub fn settle(old: &Plan, new: &Plan, pairs: &Pairs, changes: &mut [Change]) {
    let mut sides = Sides {
        old,
        new,
        called: &pairs.called,
        none: Called::default(),
        old_bounds: Bounds::new(old),
        new_bounds: Bounds::new(new),
    };
    for change in changes {
        let first = (change.about.old.clone(), change.about.new.clone());
        // Of a whole node its clauses decide.
        let is_whole = matches!(
            &first,
            (Some(Subject::Facet { facet: Facet::Name, .. }), None)
                | (None, Some(Subject::Facet { facet: Facet::Name, .. }))
        );
        let all = std::iter::once(first).filter(|_| !is_whole).chain(change.about.follows.iter().cloned());
        let mut sign = Sign::ZERO;
        for (a, b) in all {
            sign = sign.or(sides.subjects(a.as_ref(), b.as_ref()));
        }
        change.direction = sign.direction();
        if change.section == Section::Changed {
            change.section = match change.direction {
                Direction::NeverMore => Section::Stricter,
                Direction::NeverFewer => Section::Looser,
                Direction::Unknown => Section::Changed,
            };
        }
    }
}

struct Sides<'p> {
    old: &'p Plan,
    new: &'p Plan,
    called: &'p Called,
    none: Called,
    old_bounds: Bounds<'p>,
    new_bounds: Bounds<'p>,
}

/// What an expression is worked out for.
#[derive(Clone, Copy)]
struct At {
    old: (crate::calendar::Cycle, Option<InputId>),
    new: (crate::calendar::Cycle, Option<InputId>),
}

impl<'p> Sides<'p> {
    fn same<T: serde::Serialize>(&self, old: &T, new: &T) -> bool {
        Canonical::form(self.old, &self.none, old) == Canonical::form(self.new, self.called, new)
    }

    fn subjects(&mut self, old: Option<&Subject>, new: Option<&Subject>) -> Sign {
        let (left, right) = (self.old, self.new);
        match (old, new) {
            (Some(Subject::Clause { node: a, label: from }), Some(Subject::Clause { node: b, label: to })) => {
                let (from, to) = (super::book::rules_called(left, *a, from), super::book::rules_called(right, *b, to));
                self.clause(&from, &to)
            }
            (Some(Subject::Clause { node, label }), None) => {
                let rules = super::book::rules_called(left, *node, label);
                self.gone(&rules).reversed()
            }
            (None, Some(Subject::Clause { node, label })) => {
                let rules = super::book::rules_called(right, *node, label);
                self.come(&rules)
            }
            (Some(Subject::Facet { node: a, facet: from }), Some(Subject::Facet { node: b, facet: to }))
                if from == to =>
            {
                self.facet(*from, &left.nodes[a.index()], &right.nodes[b.index()])
            }
            _ => Sign::ANY,
        }
    }

    /// What lines can bring.
    fn come(&mut self, rules: &[RuleId]) -> Sign {
        let plan = self.new;
        rules.iter().fold(Sign::ZERO, |sign, id| {
            let bound = self.new_bounds.rule(*id).points;
            let effects = effects_sign(&plan.rules[id.index()].effects);
            sign.or(Sign { below: bound.may_be_negative(), above: bound.may_be_positive() }).or(effects)
        })
    }

    fn gone(&mut self, rules: &[RuleId]) -> Sign {
        let plan = self.old;
        rules.iter().fold(Sign::ZERO, |sign, id| {
            let bound = self.old_bounds.rule(*id).points;
            let effects = effects_sign(&plan.rules[id.index()].effects);
            sign.or(Sign { below: bound.may_be_negative(), above: bound.may_be_positive() }).or(effects)
        })
    }

    fn clause(&mut self, old: &[RuleId], new: &[RuleId]) -> Sign {
        let (left_plan, right_plan) = (self.old, self.new);
        let (mut left, mut right) = (old.to_vec(), new.to_vec());
        left.retain(|a| {
            let same = right.iter().position(|b| self.same(&left_plan.rules[a.index()], &right_plan.rules[b.index()]));
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
        let limits_sign = self.limits(a, b);
        let same_ways = self.same(&a.basis, &b.basis)
            && a.cycle == b.cycle
            && self.same(&a.row_rules, &b.row_rules)
            && self.same(&a.same_matter, &b.same_matter)
            && self.same(&a.refund, &b.refund)
            && self.same(&a.effects, &b.effects)
            && a.valid_months == b.valid_months
            && a.most_times == b.most_times;
        let Some(limits_sign) = limits_sign.filter(|_| same_ways) else { return Sign::ANY };
        // What is chosen among rows of one matter goes by its points: both may choose otherwise.
        if a.same_matter.is_some() && !self.same(&a.points, &b.points) {
            return Sign::ANY;
        }
        let row = |basis: &Basis| match basis {
            Basis::Row(input) | Basis::Once(input) => Some(*input),
            Basis::Period => None,
        };
        let at = At { old: (a.cycle, row(&a.basis)), new: (b.cycle, row(&b.basis)) };
        self.expr(&a.points, &b.points, at, 0).or(limits_sign)
    }

    /// Limits of a line on the size of its points. `None` where they are not one of a kind.
    fn limits(&mut self, a: &Rule, b: &Rule) -> Option<Sign> {
        if self.same(&a.limits, &b.limits) {
            return Some(Sign::ZERO);
        }
        let minus = {
            let bound =
                self.old_bounds.rule(RuleId(self.old.rules.iter().position(|rule| std::ptr::eq(rule, a))? as u16));
            match (bound.points.may_be_negative(), bound.points.may_be_positive()) {
                (true, false) => true,
                (false, true) => false,
                _ => return None,
            }
        };
        let number = |limits: &[Limit]| match limits {
            [Limit { most: Expr::Number(most), per }] => Some((*most, *per)),
            _ => None,
        };
        let larger = match (a.limits.as_slice(), b.limits.as_slice()) {
            ([], [_]) => Sign { below: true, above: false },
            ([_], []) => Sign { below: false, above: true },
            (old, new) => {
                let ((x, per), (y, other)) = (number(old)?, number(new)?);
                if per != other {
                    return None;
                }
                Sign::of(y.minus(x).ok()?)
            }
        };
        Some(if minus { larger.reversed() } else { larger })
    }

    fn facet(&mut self, facet: Facet, old: &Node, new: &Node) -> Sign {
        let at = At { old: (old.cycle, None), new: (new.cycle, None) };
        let of = |node: &'p Node| -> Vec<&'p Step> {
            node.steps.iter().filter(|step| super::book::facet_of(step) == facet).collect()
        };
        let (old, new): (&'p Node, &'p Node) = (self.find(self.old, old), self.find(self.new, new));
        match facet {
            Facet::CapDeduction | Facet::CapBonus | Facet::CapPoints | Facet::Floor => {
                // A larger cap on deductions takes more, any other gives more.
                let turned = |sign: Sign| if facet == Facet::CapDeduction { sign.reversed() } else { sign };
                let lifted = if facet == Facet::Floor {
                    Sign { below: true, above: false }
                } else {
                    Sign { below: false, above: true }
                };
                match (of(old).as_slice(), of(new).as_slice()) {
                    ([], [_]) => {
                        let sign = lifted.reversed();
                        if facet == Facet::CapDeduction { sign.reversed() } else { sign }
                    }
                    ([_], []) => {
                        if facet == Facet::CapDeduction {
                            lifted.reversed()
                        } else {
                            lifted
                        }
                    }
                    ([a], [b]) => match (limit_of(a), limit_of(b)) {
                        (Some((x, per)), Some((y, other))) if per == other => turned(self.expr(x, y, at, 0)),
                        _ => Sign::ANY,
                    },
                    ([], []) => Sign::ZERO,
                    ([one], several) | (several, [one]) if several.len() > 1 => {
                        let is_old = of(old).len() == 1;
                        let mut sign = Sign::ZERO;
                        for other in several {
                            let (Some((x, per)), Some((y, other_per))) = (limit_of(one), limit_of(other)) else {
                                return Sign::ANY;
                            };
                            let Some(inner) = dated(y).filter(|_| per == other_per) else { return Sign::ANY };
                            let (a, b) = if is_old { (x, inner) } else { (inner, x) };
                            sign = sign.or(turned(self.expr(a, b, at, 0)));
                        }
                        sign
                    }
                    _ => Sign::ANY,
                }
            }
            Facet::Start => self.expr(&old.start, &new.start, at, 0),
            // 满分 of its own only matters to formulas and to the steps, which are facets themselves.
            Facet::Full => match (&old.full, &new.full) {
                (Some(x), Some(y)) => self.expr(x, y, at, 0),
                _ => Sign::ANY,
            },
            Facet::Order => {
                let kinds = |node: &Node| {
                    let mut kinds: Vec<Facet> = node.steps.iter().map(super::book::facet_of).collect();
                    kinds.dedup();
                    kinds
                };
                let (a, b) = (kinds(old), kinds(new));
                // A step that came or went is told by its own facet.
                let is_part = |short: &[Facet], long: &[Facet]| {
                    let mut rest = long.iter();
                    short.iter().all(|kind| rest.any(|other| other == kind))
                };
                if is_part(&a, &b) || is_part(&b, &a) { Sign::ZERO } else { Sign::ANY }
            }
            // When a node is in force is told by what is in it.
            Facet::InForce => Sign::ZERO,
            _ => Sign::ANY,
        }
    }

    fn find(&self, plan: &'p Plan, node: &Node) -> &'p Node {
        plan.nodes.iter().find(|other| other.address == node.address).unwrap_or(&plan.nodes[0])
    }

    fn expr(&mut self, old: &'p Expr, new: &'p Expr, at: At, depth: u32) -> Sign {
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
                // A choice of a number against an expression: by its bounds.
                let one = match (a, b) {
                    (Expr::Number(number), other) if !matches!(other, Expr::Number(_) | Expr::Case { .. }) => {
                        let interval = self.new_bounds.expr(other, at.new.0, at.new.1);
                        let interval = interval.minus(crate::analysis::Interval::exactly(*number));
                        Sign { below: interval.may_be_negative(), above: interval.may_be_positive() }
                    }
                    (other, Expr::Number(number)) if !matches!(other, Expr::Number(_) | Expr::Case { .. }) => {
                        let interval = self.old_bounds.expr(other, at.old.0, at.old.1);
                        let interval = crate::analysis::Interval::exactly(*number).minus(interval);
                        Sign { below: interval.may_be_negative(), above: interval.may_be_positive() }
                    }
                    // An expression that is no choice on either side would come back here for ever.
                    (Expr::Case { .. }, _) | (_, Expr::Case { .. })
                        if std::ptr::eq(*a, old) && std::ptr::eq(*b, new) =>
                    {
                        Sign::ANY
                    }
                    _ => self.expr(a, b, at, depth + 1),
                };
                sign = sign.or(one);
                if sign == Sign::ANY {
                    return sign;
                }
            }
        }
        sign
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
            let is_empty = seen.range.as_ref().is_some_and(Range::is_empty);
            !(seen.assessed && (seen.absent || is_empty))
        })
    }
}

/// What conditions say of a subject.
#[derive(Default)]
struct Seen {
    assessed: bool,
    absent: bool,
    range: Option<Range>,
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

fn limit_of(step: &Step) -> Option<(&Expr, crate::calendar::Cycle)> {
    match step {
        Step::CapDeduction { most: limit, per }
        | Step::CapBonus { most: limit, per }
        | Step::CapPoints { most: limit, per }
        | Step::Floor { least: limit, per } => Some((limit, *per)),
        _ => None,
    }
}

/// A limit that an amendment inside the term left for some months only.
fn dated(limit: &Expr) -> Option<&Expr> {
    match limit {
        Expr::Case { arms, .. } => match arms.as_slice() {
            [(Condition::During(_), inner)] => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// What else a line does only ever hurts.
fn effects_sign(effects: &[RuleEffect]) -> Sign {
    Sign {
        below: !effects.is_empty(),
        above: effects
            .iter()
            .any(|it| matches!(it.effect, Effect::SetGrade { .. } | Effect::ZeroNode(_) | Effect::ZeroTotal(_))),
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

/// A condition that holds, or does not.
#[derive(Clone, Copy)]
enum Held<'p> {
    Yes(&'p Condition),
    No(&'p Condition),
}

/// The values a subject may have.
enum Range {
    Numbers { low: Option<(Number, bool)>, high: Option<(Number, bool)> },
    Texts(Vec<String>),
    NotTexts(Vec<String>),
    Nothing,
}

impl Range {
    fn and(&self, other: &Range) -> Range {
        match (self, other) {
            (Range::Numbers { low: a, high: x }, Range::Numbers { low: b, high: y }) => {
                // The end that leaves less: further in, or without its own value.
                let low = match (a, b) {
                    (Some(a), Some(b)) if a.0 == b.0 => Some((a.0, a.1 && b.1)),
                    (Some(a), Some(b)) => Some(if a.0 > b.0 { *a } else { *b }),
                    (a, b) => a.or(*b),
                };
                let high = match (x, y) {
                    (Some(a), Some(b)) if a.0 == b.0 => Some((a.0, a.1 && b.1)),
                    (Some(a), Some(b)) => Some(if a.0 < b.0 { *a } else { *b }),
                    (a, b) => a.or(*b),
                };
                Range::Numbers { low, high }
            }
            (Range::Texts(a), Range::Texts(b)) => Range::Texts(a.iter().filter(|it| b.contains(it)).cloned().collect()),
            (Range::Texts(a), Range::NotTexts(b)) | (Range::NotTexts(b), Range::Texts(a)) => {
                Range::Texts(a.iter().filter(|it| !b.contains(it)).cloned().collect())
            }
            (Range::NotTexts(a), Range::NotTexts(b)) => Range::NotTexts(a.iter().chain(b).cloned().collect()),
            _ => Range::Nothing,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Range::Numbers { low: Some((low, with_low)), high: Some((high, with_high)) } => {
                low > high || low == high && !(*with_low && *with_high)
            }
            Range::Texts(list) => list.is_empty(),
            Range::Numbers { .. } | Range::NotTexts(_) => false,
            // Texts beside numbers: nothing is known.
            Range::Nothing => false,
        }
    }
}

impl Held<'_> {
    /// A subject that is, or is not, assessed.
    fn assessed(self, plan: &Plan, called: &Called) -> Option<(String, bool)> {
        let (mut condition, mut holds) = match self {
            Held::Yes(condition) => (condition, true),
            Held::No(condition) => (condition, false),
        };
        while let Condition::Not(inner) = condition {
            (condition, holds) = (inner, !holds);
        }
        match condition {
            Condition::IsAssessed(subject) => Some((Canonical::form(plan, called, &**subject), holds)),
            _ => None,
        }
    }

    fn range(self, plan: &Plan, called: &Called) -> Option<(String, Range)> {
        let (condition, holds) = match self {
            Held::Yes(condition) => (condition, true),
            Held::No(condition) => (condition, false),
        };
        match condition {
            Condition::Compare(subject, comparison, number) => {
                let Expr::Number(number) = **number else { return None };
                let name = Canonical::form(plan, called, &**subject);
                let comparison = if holds { *comparison } else { opposite(*comparison) };
                let range = match comparison {
                    Comparison::Below => Range::Numbers { low: None, high: Some((number, false)) },
                    Comparison::AtMost => Range::Numbers { low: None, high: Some((number, true)) },
                    Comparison::Equal => Range::Numbers { low: Some((number, true)), high: Some((number, true)) },
                    Comparison::AtLeast => Range::Numbers { low: Some((number, true)), high: None },
                    Comparison::Above => Range::Numbers { low: Some((number, false)), high: None },
                    Comparison::NotEqual => return None,
                };
                Some((name, range))
            }
            Condition::Is(subject, values) => {
                let name = Canonical::form(plan, called, &**subject);
                let texts: Vec<String> = values.iter().map(|value| plan.symbols.text(*value).to_owned()).collect();
                Some((name, if holds { Range::Texts(texts) } else { Range::NotTexts(texts) }))
            }
            _ => None,
        }
    }
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Below => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Above,
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::AtLeast => Comparison::Below,
        Comparison::Above => Comparison::AtMost,
    }
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

fn each<'p>(condition: &'p Condition, put: &mut impl FnMut(&'p Condition)) {
    match condition {
        Condition::All(list) => list.iter().for_each(|part| each(part, put)),
        other => put(other),
    }
}
