//! What a change is about in either book: lines, nodes, figures, and what is decided over all units.

use rustc_hash::FxHashSet;

use super::Search;
use super::candidates::step_constants;
use super::reading::readers;
use crate::analysis::rules_below;
use crate::diff::change::{Facet, Pair, Subject};
use crate::diff::numbers;
use crate::diff::pieces::rules_called;
use crate::plan::walk::walk;
use crate::plan::*;
use crate::value::Number;

/// The place of an award, ranking or grading in the old plan and in the new.
pub(super) type Places = (Option<usize>, Option<usize>);

/// What a change is about in either book.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) old_rules: Vec<RuleId>,
    pub(super) new_rules: Vec<RuleId>,
    pub(super) old_nodes: Vec<NodeId>,
    pub(super) new_nodes: Vec<NodeId>,
    /// Awards, rankings and gradings that changed.
    pub(super) awards: Vec<Places>,
    pub(super) rankings: Vec<Places>,
    pub(super) gradings: Vec<Places>,
    pub(super) values: Vec<Number>,
    /// Totals that grades begin at.
    pub(super) limits: Vec<Number>,
    /// Nodes whose own properties changed.
    pub(super) facets: Vec<(NodeId, NodeId, Facet)>,
    /// Whether units have to be put side by side.
    pub(super) cohort: bool,
    /// Whether it lies in what is decided at the end of the term.
    pub(super) closing: bool,
    /// Whether it is about clauses alone.
    pub(super) is_clause: bool,
    /// Limits around where it was or has come to, where it went elsewhere.
    pub(super) around: Vec<Number>,
    /// What it was in and is in now, up to where both are in the same; whether that is of the old book.
    pub(super) limited: Vec<(NodeId, bool)>,
    /// Whether anything reads them beside their own lines.
    pub(super) is_read: bool,
    /// Parts whose points decide what changed.
    pub(super) old_reads: Vec<NodeId>,
    pub(super) new_reads: Vec<NodeId>,
}

impl Search<'_> {
    pub(super) fn scope(&self, all: &[Pair]) -> Scope {
        let mut scope = Scope { is_clause: true, ..Scope::default() };
        let (left, right) = (self.old.plan, self.new.plan);
        for (old, new) in all {
            for (subject, plan, is_old) in [(old, left, true), (new, right, false)] {
                let Some(subject) = subject else { continue };
                scope.is_clause &= matches!(subject, Subject::Clause { .. });
                let (rules, nodes, reads) = match is_old {
                    true => (&mut scope.old_rules, &mut scope.old_nodes, &mut scope.old_reads),
                    false => (&mut scope.new_rules, &mut scope.new_nodes, &mut scope.new_reads),
                };
                match subject {
                    Subject::Clause { node, label } => {
                        nodes.push(*node);
                        let mine = rules_called(plan, *node, label);
                        let mut read = Read::default();
                        mine.iter()
                            .for_each(|rule| plan.rules[rule.index()].values().for_each(|it| read.all(plan, it)));
                        reads.extend(read.nodes);
                        rules.extend(&mine);
                        let readers = readers(plan, *node, label);
                        nodes.extend(readers.rules.iter().map(|rule| plan.rules[rule.index()].node));
                        nodes.extend(&readers.nodes);
                        rules.extend(readers.rules.iter().take(6));
                        scope.is_read |= !readers.is_empty();
                        if let Some(measure) = plan.measures.iter().find(|it| it.node == *node && it.name == *label) {
                            numbers::constants(&measure.expr, &mut scope.values);
                        }
                        if let Some(input) = plan.inputs.iter().find(|it| it.node == *node && it.label == *label) {
                            if let WhenMissing::Value(value) = input.missing {
                                scope.values.push(value);
                            }
                            scope.values.extend(input.range.0.into_iter().chain(input.range.1).map(Number::from));
                        }
                        // What it does besides points shows in grades and awards.
                        scope.closing |= mine.iter().any(|rule| !plan.rules[rule.index()].effects.is_empty());
                    }
                    Subject::Facet { node, .. } => nodes.push(*node),
                    Subject::Award(index) => {
                        scope.cohort = true;
                        let award = &plan.awards[*index];
                        scope.values.extend(award_values(award));
                        let mut read = Read::default();
                        award.conditions().for_each(|when| read.condition(when));
                        award.money.iter().for_each(|money| read.expr(money));
                        read.gradings.iter().for_each(|grading| grade_limits(plan, *grading, &mut scope.limits));
                        reads.extend(read.nodes);
                        match &award.to {
                            AwardTo::Graded { grading, .. } => {
                                grade_limits(plan, usize::from(*grading), &mut scope.limits)
                            }
                            AwardTo::Meeting => scope.limits.extend(award_values(award)),
                            AwardTo::Places { .. } | AwardTo::Bottom { .. } => {}
                        }
                    }
                    Subject::Ranking(index) => {
                        scope.cohort = true;
                        let ranking = &plan.rankings[*index];
                        numbers::constants(&ranking.value, &mut scope.values);
                        let mut read = Read::default();
                        read.expr(&ranking.value);
                        ranking.tiebreakers.iter().for_each(|(breaker, _)| read.expr(breaker));
                        reads.extend(read.nodes);
                    }
                    Subject::Grading(index) => {
                        scope.cohort = true;
                        grade_limits(plan, *index, &mut scope.limits);
                        let mut read = Read::default();
                        plan.gradings[*index].conditions().for_each(|when| read.condition(when));
                        reads.extend(read.nodes);
                    }
                    Subject::Excluded => {
                        for exclusion in &plan.excluded {
                            numbers::constants_of_condition(&exclusion.when, &mut scope.values);
                        }
                        nodes.push(NodeId(0));
                    }
                    Subject::RollUp | Subject::Header => {
                        nodes.push(NodeId(0));
                        let mut read = Read::default();
                        plan.rollups.iter().for_each(|(_, total)| read.expr(total));
                        reads.extend(read.nodes);
                    }
                    Subject::Corrections | Subject::Due => {}
                }
            }
            self.decided_by(old, new, &mut scope);
            self.look_around(old, new, &mut scope);
            let place = |subject: &Option<Subject>| match subject {
                Some(Subject::Award(index) | Subject::Ranking(index) | Subject::Grading(index)) => Some(*index),
                _ => None,
            };
            let pair = (place(old), place(new));
            match old.as_ref().or(new.as_ref()) {
                Some(Subject::Award(_)) => scope.awards.push(pair),
                Some(Subject::Ranking(_)) => scope.rankings.push(pair),
                Some(Subject::Grading(_)) => scope.gradings.push(pair),
                _ => {}
            }
            if let (Some(Subject::Facet { node: a, facet }), Some(Subject::Facet { node: b, .. })) = (old, new) {
                scope.facets.push((*a, *b, *facet));
            }
        }
        for (rules, plan) in [(&scope.old_rules, left), (&scope.new_rules, right)] {
            for rule in rules.iter().take(12) {
                scope.values.extend(numbers::constants_of_rule(plan, &plan.rules[rule.index()]));
            }
        }
        for list in [&mut scope.old_rules, &mut scope.new_rules] {
            let mut seen = FxHashSet::default();
            list.retain(|rule| seen.insert(*rule));
        }
        scope
    }

    /// What limits a thing where it was and where it has come to.
    fn look_around(&self, old: &Option<Subject>, new: &Option<Subject>, scope: &mut Scope) {
        let (left, right) = (self.old.plan, self.new.plan);
        let (a, b) = match (old, new) {
            (Some(Subject::Clause { node: a, .. }), Some(Subject::Clause { node: b, .. })) => (Some(*a), Some(*b)),
            (
                Some(Subject::Facet { node: a, facet: Facet::Name }),
                Some(Subject::Facet { node: b, facet: Facet::Name }),
            ) => (left.nodes[a.index()].parent, right.nodes[b.index()].parent),
            _ => return,
        };
        if a.and_then(|a| self.shared.comparison.pairs.nodes.get(&a)) == b.as_ref() {
            return;
        }
        for (plan, node, is_old) in [(left, a, true), (right, b, false)] {
            for node in std::iter::successors(node, |node| plan.nodes[node.index()].parent) {
                scope.limited.extend((node.index() > 0).then_some((node, is_old)));
                let node = &plan.nodes[node.index()];
                node.steps.iter().for_each(|step| step_constants(step, &mut scope.around));
            }
        }
    }

    /// Other groups show in places and grades.
    pub(super) fn compare_groups(&self, scope: &mut Scope) {
        let (left, right) = (self.old.plan, self.new.plan);
        scope.cohort = true;
        scope.rankings.extend(
            left.rankings
                .iter()
                .enumerate()
                .map(|(at, ranking)| (Some(at), right.rankings.iter().position(|it| it.name == ranking.name))),
        );
        scope.gradings.extend(
            left.gradings
                .iter()
                .enumerate()
                .map(|(at, grading)| (Some(at), right.gradings.iter().position(|it| it.name == grading.name))),
        );
    }

    /// What is decided over all units by a clause that no line goes by.
    fn decided_by(&self, old: &Option<Subject>, new: &Option<Subject>, scope: &mut Scope) {
        let (Some(Subject::Clause { node: a, label: from }), Some(Subject::Clause { node: b, label: to })) = (old, new)
        else {
            return;
        };
        let (left, right) = (self.old.plan, self.new.plan);
        let (before, after) = (readers(left, *a, from), readers(right, *b, to));
        if !before.is_decided() && !after.is_decided() {
            return;
        }
        let named = |name: &str, list: &[Ranking]| list.iter().position(|it| it.name == name);
        for at in before.rankings {
            scope.rankings.push((Some(at), named(&left.rankings[at].name, &right.rankings)));
        }
        for at in before.gradings {
            let name = &left.gradings[at].name;
            scope.gradings.push((Some(at), right.gradings.iter().position(|it| it.name == *name)));
            grade_limits(left, at, &mut scope.limits);
        }
        for at in before.awards {
            let text = crate::meaning::prize_text(&left.awards[at].text);
            let same = |it: &Award| it.to == left.awards[at].to && crate::meaning::prize_text(&it.text) == text;
            scope.awards.push((Some(at), right.awards.iter().position(same)));
            let mut read = Read::default();
            read.condition(&left.awards[at].when);
            scope.values.extend(award_values(&left.awards[at]));
            scope.old_reads.extend(read.nodes);
        }
        scope.cohort |= scope.old_rules.is_empty() && scope.new_rules.is_empty();
    }

    /// The same parts of both books, and what limits them: where one lacks a node, what is around it there.
    pub(super) fn both(&self, scope: &Scope) -> (Vec<NodeId>, Vec<NodeId>) {
        let with_limits = |nodes: &[NodeId], of_old: bool| -> Vec<NodeId> {
            let limited = scope.limited.iter().filter(|(_, is_old)| *is_old == of_old).map(|(node, _)| *node);
            nodes.iter().copied().chain(limited).collect()
        };
        let (old, new) = (with_limits(&scope.old_nodes, true), with_limits(&scope.new_nodes, false));
        let (mut left, mut right) = (old.clone(), new.clone());
        for (nodes, plan, is_old) in [(&old, self.old.plan, true), (&new, self.new.plan, false)] {
            for node in nodes {
                let mut at = Some(*node);
                let other = std::iter::from_fn(|| {
                    let node = at?;
                    at = plan.nodes[node.index()].parent;
                    Some(node)
                })
                .find_map(|node| match is_old {
                    true => self.shared.comparison.pairs.nodes.get(&node).copied(),
                    false => {
                        self.shared.comparison.pairs.nodes.iter().find(|(_, new)| **new == node).map(|(old, _)| *old)
                    }
                });
                let list = if is_old { &mut right } else { &mut left };
                list.extend(other.filter(|node| node.index() > 0 && !list.contains(node)));
            }
        }
        (left, right)
    }

    /// Nodes that the change is in, as either book has them.
    pub(super) fn node_pairs(&self, scope: &Scope) -> Vec<(Option<NodeId>, Option<NodeId>)> {
        let mut pairs: Vec<_> = scope
            .old_nodes
            .iter()
            .map(|old| (Some(*old), self.shared.comparison.pairs.nodes.get(old).copied()))
            .collect();
        for new in &scope.new_nodes {
            let old = self.shared.comparison.pairs.nodes.iter().find(|(_, other)| *other == new).map(|(old, _)| *old);
            if !pairs.contains(&(old, Some(*new))) {
                pairs.push((old, Some(*new)));
            }
        }
        pairs
    }
}

/// Nodes and all that is in them.
pub(super) fn with_below(plan: &Plan, nodes: &[NodeId]) -> Vec<NodeId> {
    let mut list = nodes.to_vec();
    for node in nodes {
        list.extend(rules_below(plan, *node).into_iter().map(|rule| plan.rules[rule.index()].node));
    }
    list
}

/// The parts and gradings that something goes by.
#[derive(Default)]
struct Read {
    nodes: Vec<NodeId>,
    gradings: Vec<usize>,
    /// Named values and peers that were looked into: one may read what it was itself a month before.
    measures: Vec<MeasureId>,
    peers: Vec<PeerId>,
}

impl Read {
    fn expr(&mut self, expr: &Expr) {
        let mut conditions: Vec<Condition> = Vec::new();
        walk(expr, &mut |inner| {
            match inner {
                Expr::Node(node) if !self.nodes.contains(node) => self.nodes.push(*node),
                Expr::CountPeriods { condition, .. } => conditions.push((**condition).clone()),
                _ => {}
            }
            true
        });
        conditions.iter().for_each(|condition| self.condition(condition));
    }

    /// Also through named values and peers.
    fn all(&mut self, plan: &Plan, expr: &Expr) {
        self.expr(expr);
        walk(expr, &mut |inner| {
            match inner {
                Expr::Measure(id) if !self.measures.contains(id) => {
                    self.measures.push(*id);
                    self.all(plan, &plan.measures[id.index()].expr);
                }
                Expr::Peer(id) if !self.peers.contains(id) => {
                    self.peers.push(*id);
                    self.all(plan, &plan.peers[id.index()].expr);
                }
                _ => {}
            }
            true
        });
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Compare(left, _, right) => [left, right].into_iter().for_each(|side| self.expr(side)),
            Condition::Is(inner, _) | Condition::IsAssessed(inner) => self.expr(inner),
            Condition::Not(inner) | Condition::Streak { condition: inner, .. } => self.condition(inner),
            Condition::All(list) | Condition::Any(list) => list.iter().for_each(|inner| self.condition(inner)),
            Condition::Graded(grading, _) => self.gradings.push(usize::from(*grading)),
            _ => {}
        }
    }
}

/// The totals that a grading's bands and rules speak of.
fn grade_limits(plan: &Plan, grading: usize, out: &mut Vec<Number>) {
    let Some(grading) = plan.gradings.get(grading) else { return };
    grading.conditions().for_each(|condition| numbers::constants_of_condition(condition, out));
}

fn award_values(award: &Award) -> Vec<Number> {
    let mut values = Vec::new();
    award.conditions().for_each(|condition| numbers::constants_of_condition(condition, &mut values));
    values
}
