//! What nodes may come to: their start, lines and parts put together, then their steps.

use rustc_hash::FxHashMap;

use super::bound::Bound;
use super::{Bounds, DEEPEST, Known, whole_up_to};
use crate::analysis::interval::Interval;
use crate::analysis::uses;
use crate::calendar::{Cycle, Month};
use crate::plan::{Aggregate, Basis, Combine, Condition, Expr, InputId, InputKind, Landing, Node, NodeId, RuleId};
use crate::value::Number;

impl<'p> Bounds<'p> {
    /// A node in a period of its own cycle, after its steps.
    pub fn node(&mut self, id: NodeId) -> Bound {
        self.node_both(id).1
    }

    /// Before its steps, and after them.
    pub fn node_both(&mut self, id: NodeId) -> (Bound, Bound) {
        let any = Bound {
            base: Interval::ANY,
            bonus: Interval::at_least(Number::ZERO).loosened(),
            deduction: Interval::at_least(Number::ZERO).loosened(),
            points: Interval::ANY,
            optional: true,
        };
        match &self.nodes[id.index()] {
            Some(Known::Done(known)) => return **known,
            Some(Known::Busy) => return (any, any),
            None => {}
        }
        if self.depth > DEEPEST {
            return (any, any);
        }
        self.nodes[id.index()] = Some(Known::Busy);
        self.depth += 1;
        let kept = std::mem::take(&mut self.known);
        let before = self.gathered(id);
        let mut after = before;
        for step in &self.plan.nodes[id.index()].steps {
            after = self.stepped(id, step, after);
        }
        if self.zeroed.contains(&id) {
            after = Bound { optional: after.optional, ..after.each(Interval::or_zero) };
        }
        self.known = kept;
        self.depth -= 1;
        self.nodes[id.index()] = Some(Known::Done(Box::new((before, after))));
        (before, after)
    }

    /// A node as the step of this place finds it.
    pub fn before_step(&mut self, id: NodeId, at: usize) -> Bound {
        let (mut bound, _) = self.node_both(id);
        for step in &self.plan.nodes[id.index()].steps[..at] {
            bound = self.stepped(id, step, bound);
        }
        bound
    }

    /// A node before its steps.
    fn gathered(&mut self, id: NodeId) -> Bound {
        let plan = self.plan;
        let node = &plan.nodes[id.index()];
        let start = self.expr(&node.start, node.cycle, None);
        let mut sum = Bound { base: start, points: start, ..Bound::NOTHING };
        let mut optional = node.applies != Condition::Always || !matches!(node.start, Expr::Number(_));
        if !matches!(node.combine, Combine::Best { .. }) {
            let lines = self.lines(id);
            sum = sum.with(lines, Interval::plus);
        }
        match &node.combine {
            Combine::Sum => {
                for child in &node.children {
                    let part = self.part(*child, node.cycle).brought();
                    sum = sum.with(part, Interval::plus);
                }
            }
            Combine::Mean => {
                let parts: Vec<Bound> = node.children.iter().map(|child| self.part(*child, node.cycle)).collect();
                if let Some(hull) = parts.into_iter().reduce(|a, b| a.with(b, Interval::or)) {
                    sum = sum.with(Bound { optional: true, ..hull }.brought(), Interval::plus);
                }
            }
            Combine::Weighted { renormalize } => {
                let weighted = self.weighted(node, *renormalize);
                sum = sum.with(weighted, Interval::plus);
            }
            Combine::Best { most, minus_joins, each_entry, .. } => {
                let best = self.best(id, *most, *minus_joins, each_entry);
                sum = sum.with(best, Interval::plus);
            }
        }
        // A node of which nothing is assessed is left out.
        let only_measures = |rule: &RuleId| plan.rules[rule.index()].basis == Basis::Period;
        optional |= node.rules.iter().all(only_measures) && (!node.rules.is_empty() || !node.children.is_empty());
        Bound { optional, ..sum.settled() }
    }

    /// A node's own lines, of those months that give most and least: the old text and the new one never count together.
    fn lines(&mut self, id: NodeId) -> Bound {
        let plan = self.plan;
        let cycle = plan.nodes[id.index()].cycle;
        let rules = || plan.nodes[id.index()].rules.iter().map(|rule| &plan.rules[rule.index()]);
        if rules().any(|rule| rule.cycle < cycle) {
            return self.lines_in(id, None);
        }
        let (first, last) = (plan.calendar.first(), plan.calendar.last());
        let changes = rules().filter_map(|rule| rule.in_force).flat_map(|months| [months.first, months.last.plus(1)]);
        let mut begins: Vec<Month> = changes.filter(|begin| first < *begin && *begin <= last).collect();
        if begins.is_empty() {
            return self.lines_in(id, None);
        }
        begins.push(first);
        begins.sort_unstable();
        begins.dedup();
        let parts = begins.into_iter().map(|begin| self.lines_in(id, Some(begin)));
        parts.reduce(|a, b| a.with(b, Interval::or)).unwrap_or(Bound::NOTHING)
    }

    /// The lines of a node that are in force in a month, or all; of the grades of one group only one is given.
    fn lines_in(&mut self, id: NodeId, month: Option<Month>) -> Bound {
        let plan = self.plan;
        let cycle = plan.nodes[id.index()].cycle;
        let mut sum = Bound::NOTHING;
        let mut groups: FxHashMap<InputId, Bound> = FxHashMap::default();
        for rule in &plan.nodes[id.index()].rules {
            let months = plan.rules[rule.index()].in_force;
            if month.zip(months).is_some_and(|(month, months)| month < months.first || months.last < month) {
                continue;
            }
            let own = plan.rules[rule.index()].cycle;
            let count = self.count(own, cycle);
            let bound = self.rule(*rule).each(|interval| {
                if count > 1 {
                    self.added_up(interval, count)
                } else if own > cycle {
                    interval.or_zero()
                } else {
                    interval
                }
            });
            let group = match plan.rules[rule.index()].basis {
                Basis::Row(input) | Basis::Once(input) => match &plan.inputs[input.index()].kind {
                    InputKind::Grade { group } if plan.inputs[input.index()].cycle >= cycle => Some(*group),
                    _ => None,
                },
                Basis::Period => None,
            };
            match group {
                Some(group) => {
                    let joined = groups.get(&group).map_or(bound, |known| known.with(bound, Interval::or));
                    groups.insert(group, joined);
                }
                None => sum = sum.with(bound, Interval::plus),
            }
        }
        groups.into_values().fold(sum, |sum, bound| sum.with(bound, Interval::plus))
    }

    /// What a child brings to a period of its parent's cycle.
    fn part(&mut self, id: NodeId, cycle: Cycle) -> Bound {
        let node = &self.plan.nodes[id.index()];
        let bound = self.node(id);
        if node.cycle == cycle {
            return bound;
        }
        if node.cycle > cycle {
            return match node.landing {
                Landing::YearEnd => Bound::NOTHING,
                Landing::Last | Landing::RolledUp(_) => Bound { optional: true, ..bound },
            };
        }
        let aggregate = node.landing.aggregate();
        let count = self.count(node.cycle, cycle);
        match aggregate {
            Aggregate::Sum => Bound { optional: false, ..bound.each(|interval| self.added_up(interval, count)) },
            Aggregate::Mean | Aggregate::Last | Aggregate::Greatest | Aggregate::Least => {
                Bound { optional: true, ..bound }
            }
            Aggregate::Count | Aggregate::People | Aggregate::Matters => {
                Bound { base: whole_up_to(count), points: whole_up_to(count), ..Bound::NOTHING }
            }
        }
    }

    /// 加权: the parts by their weights.
    fn weighted(&mut self, node: &'p Node, renormalize: bool) -> Bound {
        let mut parts = Vec::new();
        for child in &node.children {
            let weight = match &self.plan.nodes[child.index()].weight {
                Some(weight) => self.expr(weight, node.cycle, None),
                None => Interval::exactly(Number::ONE),
            };
            let part = self.part(*child, node.cycle);
            parts.push((weight, part));
        }
        let scaled = |part: Bound, weight: Interval| {
            if weight.may_be_negative() {
                return Bound { base: part.points.times(weight), ..Bound::NOTHING }.settled();
            }
            Bound { optional: part.optional, ..part.each(|interval| interval.times(weight)) }
        };
        let any_optional = parts.iter().any(|(_, part)| part.optional);
        let plain = parts
            .iter()
            .map(|(weight, part)| scaled(*part, *weight).brought())
            .fold(Bound::NOTHING, |sum, part| sum.with(part, Interval::plus));
        if !renormalize || !any_optional {
            return plain;
        }
        // What is left shares the whole weight: somewhere between the parts.
        let all = parts.iter().map(|(weight, _)| *weight).fold(Interval::ZERO, Interval::plus);
        let hull = parts.iter().map(|(_, part)| *part).reduce(|a, b| a.with(b, Interval::or)).unwrap_or(Bound::NOTHING);
        let shared = scaled(Bound { optional: false, ..hull }, all);
        let joined = plain.with(shared, Interval::or);
        Bound { optional: false, ..joined.each(Interval::or_zero) }
    }

    /// The N best parts: no more than N times the best of them.
    fn best(&mut self, id: NodeId, most: u32, minus_joins: bool, each_entry: &'p [NodeId]) -> Bound {
        let plan = self.plan;
        let node = &plan.nodes[id.index()];
        let mut parts: Vec<Bound> = Vec::new();
        let mut outside = Interval::ZERO;
        let mut entries: Vec<RuleId> = node.rules.clone();
        let mut has_entries = !entries.is_empty();
        for child in &node.children {
            if each_entry.contains(child) {
                has_entries = true;
                entries.extend(uses::rules_below(plan, *child));
                continue;
            }
            let mut part = self.part(*child, node.cycle).brought();
            if !minus_joins {
                outside = outside.plus(part.deduction.or_zero());
                part.deduction = Interval::ZERO;
                part.points = part.base.plus(part.bonus);
            }
            parts.push(part.each(Interval::or_zero));
        }
        for rule in entries {
            // Limits only take from an entry.
            let entry = self.entry(rule).or_zero();
            let mut bound = Bound {
                base: Interval::ZERO,
                bonus: entry.max(Interval::ZERO),
                deduction: entry.negated().max(Interval::ZERO),
                points: entry,
                optional: false,
            };
            if !minus_joins {
                // Any number of deductions stand beside what is chosen.
                outside = outside.plus(bound.deduction.up_to(None));
                bound.deduction = Interval::ZERO;
                bound.points = bound.bonus;
            }
            parts.push(bound);
        }
        let hull = parts.iter().copied().reduce(|a, b| a.with(b, Interval::or)).unwrap_or(Bound::NOTHING);
        let mut chosen = hull.each(|interval| interval.up_to(Some(most)).loosened());
        if !has_entries {
            let mut highs: Vec<Option<Number>> = parts.iter().map(|part| part.points.high).collect();
            highs.sort_by(|a, b| b.is_none().cmp(&a.is_none()).then(b.cmp(a)));
            let top = highs.into_iter().take(most as usize).map(|high| Interval::new(Some(Number::ZERO), high));
            let top = top.fold(Interval::ZERO, Interval::plus);
            chosen.points.high = chosen.points.and(Interval::new(None, top.high)).high;
        }
        let outside = outside.loosened();
        Bound { deduction: chosen.deduction.plus(outside), points: chosen.points.minus(outside), ..chosen }
    }

    /// A node's points as expressions of another cycle see them.
    pub(super) fn points_of(&mut self, id: NodeId, cycle: Cycle) -> Interval {
        let node = &self.plan.nodes[id.index()];
        let points = self.node(id).points;
        match node.cycle.cmp(&cycle) {
            std::cmp::Ordering::Equal => points,
            std::cmp::Ordering::Greater => points.or_zero(),
            std::cmp::Ordering::Less => match &node.landing {
                Landing::RolledUp(Aggregate::Sum) | Landing::Last | Landing::YearEnd => {
                    self.added_up(points, self.count(node.cycle, cycle))
                }
                Landing::RolledUp(Aggregate::Count | Aggregate::People | Aggregate::Matters) => {
                    whole_up_to(self.count(node.cycle, cycle))
                }
                Landing::RolledUp(_) => points,
            },
        }
    }
}
