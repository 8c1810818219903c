//! Facts to try for a change, the smallest first, and the months to try them in.

use rustc_hash::FxHashSet;

use super::Search;
use super::scope::Scope;
use crate::analysis::rules_below;
use crate::diff::trial::{Row, Trial, Unit};
use crate::diff::{guess, numbers};
use crate::plan::*;
use crate::value::Number;

/// Candidates scored for one change at most.
const MOST_TRIALS: usize = 320;

impl Search<'_> {
    /// Trials that only one of the books takes facts from, or that make no month count, with a row beside them that both know and that counts
    /// nothing: else the other would have no facts to score.
    pub(super) fn filled(&self, trials: &[Trial]) -> Vec<Trial> {
        let Some((row, _)) = self.step(false).or_else(|| self.step(true)) else { return Vec::new() };
        let filler: Unit = (Vec::new(), vec![Row { quantity: Number::ZERO, ..row }]);
        // What counts at the year's end alone makes no month one that is assessed.
        let plan = self.old.plan;
        let is_at_end = |row: &Row| row.old.is_some_and(|id| plan.is_year_end(plan.inputs[id.index()].node));
        let lacking = trials.iter().filter(|trial| !is_known_to_both(trial) || trial.units[0].1.iter().all(is_at_end));
        lacking.filter_map(|trial| joined(&trial.units[0], &filler)).take(60).collect()
    }

    /// The smallest trials with something beside them that lifts what is around: a bonus has to be there before it can be
    /// taken, a total has to be over zero.
    pub(super) fn boosted(&self, scope: &Scope, trials: &[Trial]) -> Vec<Trial> {
        let mut around = Vec::new();
        for (nodes, plan, is_old) in [(&scope.old_nodes, self.old.plan, true), (&scope.new_nodes, self.new.plan, false)]
        {
            let Some(parent) = nodes.first().and_then(|node| plan.nodes[node.index()].parent) else { continue };
            let rules = rules_below(plan, parent);
            for rule in rules.iter().take(12) {
                let mut own = Vec::new();
                let values = numbers::near(&numbers::constants_of_rule(plan, &plan.rules[rule.index()]));
                guess::of_rules(&self.say(is_old), &[*rule], &values, &mut own);
                own.retain(|trial| is_known_to_both(trial) && !trial.units[0].1.is_empty());
                let every = own.len().div_ceil(4).max(1);
                around.extend(own.into_iter().step_by(every));
            }
        }
        around.truncate(60);
        let mut list = Vec::new();
        for trial in trials.iter().filter(|trial| !trial.units[0].1.is_empty()).take(6) {
            list.extend(around.iter().filter_map(|booster| joined(&trial.units[0], &booster.units[0])));
        }
        list
    }

    /// Of what went elsewhere the smallest trials beside such as fill what limits it where it was or is now; and in the
    /// last of several months in which something else of the kind is done.
    pub(super) fn under_limits(&self, scope: &Scope, trials: &[Trial]) -> Vec<Trial> {
        let bases: Vec<&Trial> = trials.iter().filter(|trial| trial.units[0].1.len() == 1).take(6).collect();
        let mut fillers = Vec::new();
        for (node, is_old) in &scope.limited {
            let mut own = Vec::new();
            guess::of_node(&self.say(*is_old), *node, &scope.around, &mut own);
            own.retain(is_known_to_both);
            own.sort_by_cached_key(Trial::size);
            let every = own.len().div_ceil(40).max(1);
            fillers.extend(own.into_iter().step_by(every));
        }
        let lasting = self.runs().into_iter().take(2).flat_map(|run| {
            let again = |trial: &Trial| {
                let (asked, rows) = &trial.units[0];
                let rows = (0..run).rev().flat_map(|gap| if gap == 0 { rows.clone() } else { self.earlier(rows, gap) });
                Trial::one(asked.clone(), rows.collect())
            };
            fillers.iter().filter(|trial| trial.units[0].1.len() == 1).step_by(4).map(again).collect::<Vec<_>>()
        });
        let all: Vec<Trial> = lasting.collect();
        let beside = fillers.iter().chain(&all);
        beside.flat_map(|filler| bases.iter().filter_map(|base| joined(&base.units[0], &filler.units[0]))).collect()
    }

    /// Candidates, the smallest first.
    pub(super) fn trials(&self, scope: &Scope) -> Vec<Trial> {
        let mut out = Vec::new();
        let (left, right) = (self.say(true), self.say(false));
        let mut limits = scope.values.clone();
        limits.extend(&scope.around);
        for (a, b, _) in &scope.facets {
            for (node, plan) in [(a, self.old.plan), (b, self.new.plan)] {
                let node = &plan.nodes[node.index()];
                numbers::constants(&node.start, &mut limits);
                node.full.iter().for_each(|full| numbers::constants(full, &mut limits));
                node.steps.iter().for_each(|step| step_constants(step, &mut limits));
            }
        }
        let values = numbers::near(&limits);
        guess::of_rules(&left, &scope.old_rules[..scope.old_rules.len().min(12)], &values, &mut out);
        guess::of_rules(&right, &scope.new_rules[..scope.new_rules.len().min(12)], &values, &mut out);
        if !scope.around.is_empty() {
            scope.old_nodes.iter().for_each(|node| guess::of_node(&left, *node, &limits, &mut out));
        }
        let of_facet = |subject: &Scope| !subject.facets.is_empty();
        if of_facet(scope) || scope.old_rules.is_empty() && scope.new_rules.is_empty() {
            for (a, b, _) in &scope.facets {
                guess::of_node(&left, *a, &limits, &mut out);
                guess::of_node(&right, *b, &limits, &mut out);
            }
            if scope.facets.is_empty() {
                guess::of_node(&left, NodeId(0), &limits, &mut out);
                guess::of_node(&right, NodeId(0), &limits, &mut out);
            }
        }
        limits.extend(&scope.limits);
        for (say, reads) in [(&left, &scope.old_reads), (&right, &scope.new_reads)] {
            reads.iter().take(6).for_each(|node| guess::of_node(say, *node, &limits, &mut out));
        }
        out.sort_by_cached_key(Trial::size);
        // Each book is asked in its own names.
        for (say, nodes, plan) in [(&left, &scope.old_nodes, self.old.plan), (&right, &scope.new_nodes, self.new.plan)]
        {
            let mut conditions: Vec<&Condition> = Vec::new();
            let steps = nodes.iter().flat_map(|node| &plan.nodes[node.index()].steps);
            steps.filter_map(Step::value).for_each(|value| guess::cases(value, &mut conditions));
            for node in nodes {
                let mut at = Some(*node);
                while let Some(id) = at {
                    conditions.push(&plan.nodes[id.index()].applies);
                    at = plan.nodes[id.index()].parent;
                }
            }
            conditions.extend(plan.excluded.iter().map(|exclusion| &exclusion.when));
            conditions.retain(|condition| **condition != Condition::Always);
            conditions.truncate(12);
            guess::with_attributes(say, &conditions, &mut out);
        }
        out.sort_by_cached_key(Trial::size);
        let mut seen = FxHashSet::default();
        out.retain(|trial| seen.insert(format!("{:?}", trial.units)));
        if out.len() > MOST_TRIALS {
            // Some of every size: the smallest alone may all be too small.
            let (len, keep) = (out.len(), MOST_TRIALS);
            out = out
                .into_iter()
                .enumerate()
                .filter(|(at, _)| at * keep / len != (at + 1) * keep / len || *at < 40)
                .map(|(_, trial)| trial)
                .collect();
        }
        out
    }

    /// Months to try by their number: the last of the old term, those around which a line comes or goes, the first.
    pub(super) fn months(&self, scope: &Scope) -> Vec<u32> {
        let mut months = Vec::new();
        let mut put = |month: u32| {
            if !months.contains(&month) {
                months.push(month);
            }
        };
        let (left, right) = (&self.old.plan.calendar, &self.new.plan.calendar);
        let only = |rules: &[RuleId], plan: &Plan| -> Vec<u32> {
            let nodes: Vec<NodeId> = rules.iter().map(|rule| plan.rules[rule.index()].node).collect();
            let inputs = plan.inputs.iter().filter(|input| nodes.contains(&input.node));
            inputs.flat_map(|input| input.only_months.clone()).collect()
        };
        let both = left.last().number() == right.last().number();
        if !both {
            put(left.last().number().min(right.last().number()));
        }
        put(left.last().number());
        for (rules, plan) in [(&scope.old_rules, self.old.plan), (&scope.new_rules, self.new.plan)] {
            only(rules, plan).into_iter().for_each(&mut put);
            for rule in rules {
                if let Some(months) = plan.rules[rule.index()].in_force {
                    put(months.first.number());
                    put(months.last.number());
                }
            }
        }
        for (nodes, plan) in [(&scope.old_nodes, self.old.plan), (&scope.new_nodes, self.new.plan)] {
            for node in nodes {
                for input in plan.inputs.iter().filter(|input| input.node == *node) {
                    for version in input.versions.iter().flatten() {
                        put(version.months.first.number());
                    }
                }
                step_months(&plan.nodes[node.index()], &mut put);
            }
        }
        put(left.first().number());
        put(right.last().number());
        months.truncate(6);
        months
    }
}

/// The facts of two units as those of one; `None` where both say something of the same.
pub(super) fn joined(unit: &Unit, more: &Unit) -> Option<Trial> {
    let (mut asked, mut rows) = unit.clone();
    if more.1.iter().any(|row| rows.iter().any(|known| (known.old, known.new) == (row.old, row.new))) {
        return None;
    }
    for (named, text) in &more.0 {
        match asked.iter().find(|(known, _)| known == named) {
            Some((_, other)) if other != text => return None,
            Some(_) => {}
            None => asked.push((named.clone(), text.clone())),
        }
    }
    rows.extend(more.1.iter().cloned());
    Some(Trial::one(asked, rows))
}

pub(super) fn is_known_to_both(trial: &Trial) -> bool {
    trial.units.iter().flat_map(|(_, rows)| rows).all(|row| row.old.is_some() && row.new.is_some())
}

pub(super) fn step_constants(step: &Step, out: &mut Vec<Number>) {
    step.when().into_iter().for_each(|when| numbers::constants_of_condition(when, out));
    step.value().into_iter().for_each(|value| numbers::constants(value, out));
}

/// Months in which a step changes.
fn step_months(node: &Node, put: &mut impl FnMut(u32)) {
    let mut note = |condition: &Condition| {
        if let Condition::During(months) = condition {
            put(months.first.number());
            put(months.last.number());
        }
    };
    note(&node.applies);
    for step in &node.steps {
        if let Step::CapDeduction { most: Expr::Case { arms, .. }, .. } = step {
            arms.iter().for_each(|(condition, _)| note(condition));
        }
    }
}
