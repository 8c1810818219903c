//! For every change the smallest facts for which the books differ, scored by both; or why there are none.
//!
//! Candidates come from the limits of both lines and of what is around them. They are scored side by side over the part
//! of each book that they are about; what differs there is scored once more by the whole books, alone, before it is
//! shown.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::book::{clause_label, rules_called};
use super::change::{Change, Facet, Section, Subject};
use super::guess;
use super::trial::{Result, Row, Side, Translate, Trial, Unit};
use super::{Comparison, Matched};
use crate::analysis::{Bounds, rules_below};
use crate::calendar::{Cycle, Month};
use crate::compile::order::walk;
use crate::plan::*;
use crate::scored::amount_text;
use crate::value::Number;

/// What facts make of a change.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Facts for which the books come to different results.
    Shown(Witness),
    /// There are none.
    None { reason: String },
    /// None were found: there may be some.
    NotFound { tried: usize, reason: String },
}

impl Default for Effect {
    fn default() -> Effect {
        Effect::NotFound { tried: 0, reason: String::new() }
    }
}

/// Facts, and what each book makes of them.
#[derive(Clone, Debug, Serialize)]
pub struct Witness {
    /// `3项：旧 -3，新 -6`
    pub brief: String,
    /// As either office would report them.
    pub old_facts: String,
    pub new_facts: String,
    /// What comes out that is not the same: `社区矫正工作.1 -3分`.
    pub old: String,
    pub new: String,
    /// The facts themselves, so that they can be scored again.
    #[serde(skip)]
    pub trial: Trial,
    #[serde(skip)]
    pub month: u32,
    #[serde(skip)]
    pub term: bool,
    /// The points that are told, where points are what differs.
    #[serde(skip)]
    pub points: Option<(Number, Number)>,
}

/// Candidates scored for one change at most.
const MOST_TRIALS: usize = 220;
/// Candidates that differ in a part and are scored by the whole books.
const MOST_CONFIRMED: usize = 6;
/// Lines whose facts are put together to reach a total.
const MOST_LEVERS: usize = 80;

/// Gives every change its effect.
pub fn find(comparison: &mut Comparison<'_>) {
    let (old, new) = (&comparison.old.plan, &comparison.new.plan);
    let mut search = Search {
        old: Side::new(old, true),
        new: Side::new(new, false),
        matched: &comparison.pairs,
        back: comparison.pairs.inputs.iter().map(|(old, new)| (*new, *old)).collect(),
        touched: FxHashMap::default(),
    };
    // By input of either book, the change of its clause.
    let mut touched: FxHashMap<(bool, InputId), usize> = FxHashMap::default();
    for change in comparison
        .changes
        .iter()
        .filter(|change| !matches!(change.section, Section::Wording | Section::Notes | Section::Moved))
    {
        let own = (change.about.old.clone(), change.about.new.clone());
        for (a, b) in std::iter::once(&own).chain(&change.about.follows) {
            for (subject, plan, is_old) in [(a, old, true), (b, new, false)] {
                let Some(Subject::Clause { node, label }) = subject else { continue };
                let input = plan.inputs.iter().position(|it| it.node == *node && it.label == *label);
                touched.extend(input.map(|at| ((is_old, InputId(at as u16)), change.number)));
            }
        }
    }
    search.touched = touched;
    for change in &mut comparison.changes {
        change.effect = search.effect(change);
    }
}

/// Scores a witness once more: whether the books still differ.
pub fn confirm(comparison: &Comparison<'_>, witness: &Witness) -> bool {
    let (mut old, mut new) = (Side::new(&comparison.old.plan, true), Side::new(&comparison.new.plan, false));
    let a = old.whole_result(&witness.trial, old.month(witness.month), witness.term);
    let b = new.whole_result(&witness.trial, new.month(witness.month), witness.term);
    match (a, b) {
        (Some(a), Some(b)) => a
            .iter()
            .zip(&b)
            .any(|(a, b)| a.differs_alone(b) || a.ranks != b.ranks || a.grades != b.grades || a.awards != b.awards),
        _ => false,
    }
}

struct Search<'p, 'm> {
    old: Side<'p>,
    new: Side<'p>,
    matched: &'m Matched,
    back: FxHashMap<InputId, InputId>,
    /// By input of either book (true: of the old one), the number of the change of its clause.
    touched: FxHashMap<(bool, InputId), usize>,
}

/// The place of an award, ranking or grading in the old plan and in the new.
type Places = (Option<usize>, Option<usize>);

/// What a change is about in either book.
#[derive(Default)]
struct Scope {
    old_rules: Vec<RuleId>,
    new_rules: Vec<RuleId>,
    old_nodes: Vec<NodeId>,
    new_nodes: Vec<NodeId>,
    /// Awards, rankings and gradings that changed.
    awards: Vec<Places>,
    rankings: Vec<Places>,
    gradings: Vec<Places>,
    values: Vec<Number>,
    /// Totals that grades begin at.
    limits: Vec<Number>,
    /// Nodes whose own properties changed.
    facets: Vec<(NodeId, NodeId, Facet)>,
    /// Whether units have to be put side by side.
    cohort: bool,
    /// Whether it lies in what is decided at the end of the term.
    closing: bool,
}

impl<'p> Search<'p, '_> {
    fn effect(&mut self, change: &Change) -> Effect {
        let none = |reason: &str| Effect::None { reason: reason.to_owned() };
        match change.section {
            Section::Wording => return none("只是文字不同，意思没有变"),
            Section::Notes => return none("只是说明，不影响计分"),
            _ => {}
        }
        let all: Vec<(Option<Subject>, Option<Subject>)> =
            std::iter::once((change.about.old.clone(), change.about.new.clone()))
                .chain(change.about.follows.clone())
                .collect();
        if let [(Some(Subject::Header), _) | (_, Some(Subject::Header))] = all.as_slice() {
            return none(match change.subject.as_str() {
                "施行" => "同一个月的事实得分不变，只是施行的月份不同",
                "方案名称" | "文号" | "考评对象" => "只影响名称，不影响计分",
                _ => "只影响事实怎样填写，不影响已有各句的计分",
            });
        }
        if change.section == Section::Moved {
            return none("得分不变；事实里的条款或情形要按新方案的写");
        }
        let scope = self.scope(&all);
        let (mut trials, months) = (self.trials(&scope), self.months(&scope));
        // Facts of clauses that changed too would show their change.
        trials.retain(|trial| {
            let rows = || trial.units.iter().flat_map(|(_, rows)| rows);
            let others = |key: Option<(bool, InputId)>| {
                key.and_then(|key| self.touched.get(&key)).is_some_and(|number| *number != change.number)
            };
            !rows().any(|row| others(row.old.map(|id| (true, id))) || others(row.new.map(|id| (false, id))))
        });
        let mut tried = 0;
        let mut hidden: Option<(Trial, Month, Month)> = None;
        if !scope.cohort {
            let filled = self.filled(&trials);
            for month in &months {
                for list in [&trials, &filled] {
                    if let Some(witness) = self.alone(&scope, list, *month, false, &mut hidden, &mut tried) {
                        return Effect::Shown(witness);
                    }
                }
            }
            // A term in which one of the books knows of no facts at all has no total.
            let (by_both, _): (Vec<Trial>, Vec<Trial>) = trials.iter().cloned().partition(is_known_to_both);
            for list in [&by_both, &filled, &self.boosted(&scope, &trials)] {
                for term in [false, true] {
                    if let Some(witness) = self.alone(&scope, list, months[0], term, &mut hidden, &mut tried) {
                        return Effect::Shown(witness);
                    }
                }
            }
        }
        for month in months.iter().take(2) {
            if let Some(witness) = self.cohorts(&scope, &trials, *month, &mut tried) {
                return Effect::Shown(witness);
            }
        }
        if let Some(reason) = self.no_effect(&scope, hidden.as_ref()) {
            return Effect::None { reason };
        }
        Effect::NotFound { tried, reason: format!("试了{tried}组事实，两本方案的结果都一样") }
    }

    /// Trials that only one of the books takes facts from, with a row beside them that both know and that counts
    /// nothing: else the other would have no facts to score.
    fn filled(&self, trials: &[Trial]) -> Vec<Trial> {
        let Some((row, _)) = self.step(false).or_else(|| self.step(true)) else { return Vec::new() };
        let filler: Unit = (Vec::new(), vec![Row { quantity: Number::ZERO, ..row }]);
        let lacking = trials.iter().filter(|trial| !is_known_to_both(trial) || trial.units[0].1.is_empty());
        lacking.filter_map(|trial| joined(&trial.units[0], &filler)).take(60).collect()
    }

    /// The smallest trials with something beside them that lifts what is around: a bonus has to be there before it can be
    /// taken, a total has to be over zero.
    fn boosted(&self, scope: &Scope, trials: &[Trial]) -> Vec<Trial> {
        let mut around = Vec::new();
        for (nodes, plan, is_old) in [(&scope.old_nodes, self.old.plan, true), (&scope.new_nodes, self.new.plan, false)]
        {
            let Some(parent) = nodes.first().and_then(|node| plan.nodes[node.index()].parent) else { continue };
            let rules = rules_below(plan, parent);
            for rule in rules.iter().take(12) {
                let mut own = Vec::new();
                let values = guess::near(&guess::constants_of_rule(plan, &plan.rules[rule.index()]));
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

    fn scope(&self, all: &[(Option<Subject>, Option<Subject>)]) -> Scope {
        let mut scope = Scope::default();
        let (left, right) = (self.old.plan, self.new.plan);
        for (old, new) in all {
            for (subject, plan, is_old) in [(old, left, true), (new, right, false)] {
                let Some(subject) = subject else { continue };
                let (rules, nodes) = match is_old {
                    true => (&mut scope.old_rules, &mut scope.old_nodes),
                    false => (&mut scope.new_rules, &mut scope.new_nodes),
                };
                match subject {
                    Subject::Clause { node, label } => {
                        nodes.push(*node);
                        let mine = rules_called(plan, *node, label);
                        rules.extend(&mine);
                        let readers = readers(plan, *node, label);
                        nodes.extend(readers.iter().map(|rule| plan.rules[rule.index()].node));
                        rules.extend(readers.into_iter().take(6));
                        if let Some(measure) = plan.measures.iter().find(|it| it.node == *node && it.name == *label) {
                            guess::constants(&measure.expr, &mut scope.values);
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
                        guess::constants(&plan.rankings[*index].value, &mut scope.values);
                    }
                    Subject::Grading(index) => {
                        scope.cohort = true;
                        grade_limits(plan, *index, &mut scope.limits);
                    }
                    Subject::Excluded => {
                        for exclusion in &plan.excluded {
                            guess::constants_of_condition(&exclusion.when, &mut scope.values);
                        }
                        nodes.push(NodeId(0));
                    }
                    Subject::RollUp | Subject::Header => nodes.push(NodeId(0)),
                }
            }
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
                scope.values.extend(guess::constants_of_rule(plan, &plan.rules[rule.index()]));
            }
        }
        for list in [&mut scope.old_rules, &mut scope.new_rules] {
            let mut seen = FxHashSet::default();
            list.retain(|rule| seen.insert(*rule));
        }
        scope
    }

    /// Candidates, the smallest first.
    fn trials(&self, scope: &Scope) -> Vec<Trial> {
        let mut out = Vec::new();
        let (left, right) = (self.say(true), self.say(false));
        let mut limits = scope.values.clone();
        for (a, b, _) in &scope.facets {
            for (node, plan) in [(a, self.old.plan), (b, self.new.plan)] {
                let node = &plan.nodes[node.index()];
                guess::constants(&node.start, &mut limits);
                node.full.iter().for_each(|full| guess::constants(full, &mut limits));
                node.steps.iter().for_each(|step| step_constants(step, &mut limits));
            }
        }
        let values = guess::near(&limits);
        guess::of_rules(&left, &scope.old_rules[..scope.old_rules.len().min(12)], &values, &mut out);
        guess::of_rules(&right, &scope.new_rules[..scope.new_rules.len().min(12)], &values, &mut out);
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
        out.sort_by_cached_key(Trial::size);
        // Each book is asked in its own names.
        for (say, nodes, plan) in [(&left, &scope.old_nodes, self.old.plan), (&right, &scope.new_nodes, self.new.plan)]
        {
            let mut conditions: Vec<&Condition> = Vec::new();
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

    fn say(&self, is_old: bool) -> Translate<'_, 'p> {
        let plan = if is_old { self.old.plan } else { self.new.plan };
        Translate { plan, is_old, matched: self.matched, back: &self.back }
    }

    /// Months to try by their number: the last of the old term, those around which a line comes or goes, the first.
    fn months(&self, scope: &Scope) -> Vec<u32> {
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

    /// Trials of one unit, side by side.
    fn alone(
        &mut self,
        scope: &Scope,
        trials: &[Trial],
        month: u32,
        term: bool,
        hidden: &mut Option<(Trial, Month, Month)>,
        tried: &mut usize,
    ) -> Option<Witness> {
        if trials.is_empty() {
            return None;
        }
        let (old_nodes, new_nodes) = self.both(scope);
        let old_part = self.old.part(&with_below(self.old.plan, &old_nodes));
        let new_part = self.new.part(&with_below(self.new.plan, &new_nodes));
        let (before, after) = (self.old.month(month), self.new.month(month));
        let mut confirmed = 0;
        // The small ones first: most changes show with the first few.
        for chunk in [&trials[..trials.len().min(24)], &trials[trials.len().min(24)..]] {
            if chunk.is_empty() {
                continue;
            }
            let list: Vec<&Trial> = chunk.iter().collect();
            *tried += list.len();
            let a = self.old.together(&old_part, &list, before, term);
            let b = self.new.together(&new_part, &list, after, term);
            // Whether a part is assessed may hang on what was left out of it: what differs in points comes first.
            let mut order: Vec<usize> = (0..list.len()).collect();
            order.sort_by_key(|at| match (&a[*at], &b[*at]) {
                (Some(a), Some(b)) => a.assessed != b.assessed,
                _ => true,
            });
            for (trial, a, b) in order.iter().map(|at| (&list[*at], &a[*at], &b[*at])) {
                let (Some(a), Some(b)) = (a, b) else { continue };
                let node_differs = self.nodes_differ(scope, a, b);
                if !a.differs_alone(b) && !node_differs {
                    continue;
                }
                if confirmed == MOST_CONFIRMED {
                    break;
                }
                confirmed += 1;
                let (Some(x), Some(y)) =
                    (self.old.whole_result(trial, before, term), self.new.whole_result(trial, after, term))
                else {
                    continue;
                };
                if let Some(told) = self.told_alone(scope, &x[0], &y[0]) {
                    return Some(self.witness(trial, month, term, 0, told));
                }
                if node_differs && hidden.is_none() {
                    *hidden = Some(((*trial).clone(), before, after));
                }
            }
        }
        None
    }

    fn nodes_differ(&self, scope: &Scope, a: &Result, b: &Result) -> bool {
        self.node_pairs(scope).into_iter().any(|(old, new)| match (old, new) {
            (Some(old), Some(new)) => a.nodes.get(&old) != b.nodes.get(&new),
            _ => false,
        })
    }

    /// The same parts of both books: where one lacks a node, what is around it there.
    fn both(&self, scope: &Scope) -> (Vec<NodeId>, Vec<NodeId>) {
        let (mut left, mut right) = (scope.old_nodes.clone(), scope.new_nodes.clone());
        for (nodes, plan, is_old) in [(&scope.old_nodes, self.old.plan, true), (&scope.new_nodes, self.new.plan, false)]
        {
            for node in nodes {
                let mut at = Some(*node);
                let other = std::iter::from_fn(|| {
                    let node = at?;
                    at = plan.nodes[node.index()].parent;
                    Some(node)
                })
                .find_map(|node| match is_old {
                    true => self.matched.nodes.get(&node).copied(),
                    false => self.matched.nodes.iter().find(|(_, new)| **new == node).map(|(old, _)| *old),
                });
                let list = if is_old { &mut right } else { &mut left };
                list.extend(other.filter(|node| node.index() > 0 && !list.contains(node)));
            }
        }
        (left, right)
    }

    /// Nodes that the change is in, as either book has them.
    fn node_pairs(&self, scope: &Scope) -> Vec<(Option<NodeId>, Option<NodeId>)> {
        let mut pairs: Vec<_> =
            scope.old_nodes.iter().map(|old| (Some(*old), self.matched.nodes.get(old).copied())).collect();
        for new in &scope.new_nodes {
            let old = self.matched.nodes.iter().find(|(_, other)| *other == new).map(|(old, _)| *old);
            if !pairs.contains(&(old, Some(*new))) {
                pairs.push((old, Some(*new)));
            }
        }
        pairs
    }

    /// Several units whose places, grades and awards may differ.
    fn cohorts(&mut self, scope: &Scope, trials: &[Trial], month: u32, tried: &mut usize) -> Option<Witness> {
        let mut list: Vec<Trial> = Vec::new();
        let beside = |trial: &Trial, others: Vec<Vec<Row>>| {
            let mut trial = trial.clone();
            trial.units.extend(others.into_iter().map(|rows| (Vec::new(), rows)));
            trial
        };
        let (fault, veto) = (self.fault(), self.veto());
        let steps = |count: usize, each: &dyn Fn(usize) -> i64| -> Vec<Vec<Row>> {
            let Some(fault) = &fault else { return vec![Vec::new(); count] };
            let rows = |faults: i64| match faults {
                0 => Vec::new(),
                faults => vec![Row { quantity: Number::whole(faults), ..fault.clone() }],
            };
            (0..count).map(|unit| rows(each(unit))).collect()
        };
        // The change's own facts beside others.
        if !scope.cohort {
            for trial in trials.iter().take(6) {
                list.push(beside(trial, steps(1, &|_| 1)));
                list.push(beside(trial, steps(3, &|unit| unit as i64)));
            }
        }
        for count in [1, 2, 3, 4, 6, 8, 12] {
            let empty = Trial::default();
            list.push(beside(&empty, steps(count, &|unit| unit as i64)));
            list.push(beside(&empty, steps(count, &|unit| unit as i64 / 2)));
            list.push(beside(&empty, steps(count, &|_| 0)));
            if let Some(veto) = &veto {
                let mut units = steps(count, &|unit| unit as i64);
                units[0].push(veto.clone());
                list.push(beside(&empty, units));
                let mut units = steps(count, &|unit| unit as i64);
                units[0].push(veto.clone());
                let last = units.len() - 1;
                if last > 0 {
                    units[last].push(veto.clone());
                }
                list.push(beside(&empty, units));
            }
            if let Some(title) = self.title() {
                let mut units = steps(count, &|unit| unit as i64);
                units[0].push(title);
                list.push(beside(&empty, units));
            }
        }
        if let Some(attribute) = self.groups() {
            let more: Vec<Trial> = list
                .iter()
                .filter(|trial| trial.units.len() > 1)
                .cloned()
                .map(|mut trial| {
                    for (index, (asked, _)) in trial.units.iter_mut().enumerate() {
                        asked.push((
                            super::trial::Named::Attribute(attribute.0.clone()),
                            attribute.1[index % attribute.1.len()].clone(),
                        ));
                    }
                    trial
                })
                .collect();
            list.extend(more);
        }
        list.sort_by_key(|trial| (trial.units.len(), trial.size()));
        for term in [false, true] {
            let (before, after) = (self.old.month(month), self.new.month(month));
            let is_same = |side: &Side<'_>, month: Month| side.period(month, true) == side.period(month, false);
            if term && is_same(&self.old, before) && is_same(&self.new, after) {
                continue;
            }
            // What is given at another time shows nothing.
            if !self.is_decided(scope, term) {
                continue;
            }
            let mut found = None;
            for measured in [false, true] {
                if found.is_none() {
                    let reaching = self.totals(scope, month, term, measured);
                    found = self.first(scope, &reaching, month, term, tried);
                }
            }
            // Where totals decide, places seldom do.
            let most = if scope.limits.is_empty() { list.len() } else { list.len().min(24) };
            found = found.or_else(|| self.first(scope, &list[..most], month, term, tried));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The first of several trials that shows the change.
    fn first(&mut self, scope: &Scope, list: &[Trial], month: u32, term: bool, tried: &mut usize) -> Option<Witness> {
        let (before, after) = (self.old.month(month), self.new.month(month));
        for trial in list {
            *tried += 1;
            let a = self.old.whole_result(trial, before, term);
            let b = self.new.whole_result(trial, after, term);
            let (Some(a), Some(b)) = (a, b) else { continue };
            let told = a.iter().zip(&b).enumerate().find_map(|(unit, (a, b))| Some((unit, self.told(scope, a, b)?)));
            if let Some((unit, told)) = told {
                return Some(self.witness(trial, month, term, unit, told));
            }
        }
        None
    }

    /// Whether what changed is decided in such a period: at the end of the term, or in each base period.
    fn is_decided(&self, scope: &Scope, term: bool) -> bool {
        if !scope.cohort {
            return true;
        }
        let is_here = |plan: &Plan, cycle: Cycle| {
            if term { cycle >= Cycle::Year || cycle != plan.cycle } else { cycle == plan.cycle }
        };
        let in_book = |plan: &Plan, pick: fn(&Places) -> Option<usize>| {
            scope.awards.iter().filter_map(pick).any(|at| is_here(plan, plan.awards[at].cycle))
                || scope.rankings.iter().filter_map(pick).any(|at| is_here(plan, plan.rankings[at].cycle))
                || scope.gradings.iter().filter_map(pick).any(|at| is_here(plan, plan.gradings[at].cycle))
        };
        in_book(self.old.plan, |pair| pair.0) || in_book(self.new.plan, |pair| pair.1)
    }

    /// Units whose totals are at and between the limits that grades speak of, alone and before others that did nothing.
    ///
    /// What single facts add to a total is tried out; then facts are put together, always the one that comes nearest.
    /// `measured`: where facts do not simply add up, what comes of each step is scored before the next.
    fn totals(&mut self, scope: &Scope, month: u32, term: bool, measured: bool) -> Vec<Trial> {
        if scope.limits.is_empty() {
            return Vec::new();
        }
        let left = self.say(true);
        let mut singles: Vec<Trial> = Vec::new();
        for (index, rule) in self.old.plan.rules.iter().enumerate().take(MOST_LEVERS) {
            let mut own = Vec::new();
            let values = guess::near(&guess::constants_of_rule(self.old.plan, rule));
            guess::of_rules(&left, &[RuleId(index as u16)], &values, &mut own);
            own.retain(|trial| {
                let rows = || trial.units.iter().flat_map(|(_, rows)| rows);
                let is_free = |row: &Row| {
                    row.old.is_some_and(|id| !self.touched.contains_key(&(true, id)))
                        && row.new.is_some_and(|id| !self.touched.contains_key(&(false, id)))
                };
                rows().count() > 0 && rows().all(is_free)
            });
            own.sort_by_cached_key(Trial::size);
            let most = (600 / self.old.plan.rules.len().min(MOST_LEVERS)).clamp(8, 60);
            let every = own.len().div_ceil(most).max(1);
            singles.extend(own.into_iter().step_by(every));
        }
        singles.push(Trial::one(Vec::new(), Vec::new()));
        let list: Vec<&Trial> = singles.iter().collect();
        let whole = crate::analysis::relaxed(self.old.plan.clone());
        let before = self.old.month(month);
        let results = self.old.together(&whole, &list, before, term);
        let start = results.last().and_then(|result| result.as_ref()).map_or(Number::ZERO, |result| result.total);
        let mut levers: Vec<(Number, &Trial)> = singles
            .iter()
            .zip(&results)
            .filter_map(|(trial, result)| {
                let result = result.as_ref().filter(|result| !result.vetoed && result.disqualified.is_empty())?;
                Some((result.total.minus(start).ok()?, trial))
            })
            .filter(|(gain, _)| !gain.is_zero())
            .collect();
        levers.sort_by_cached_key(|(gain, trial)| (*gain, trial.size()));
        levers.dedup_by(|(a, x), (b, y)| {
            a == b && x.units[0].1.iter().map(|row| row.old).eq(y.units[0].1.iter().map(|row| row.old))
        });
        let mut limits = scope.limits.clone();
        limits.sort_unstable();
        limits.dedup();
        let mut aims = limits.clone();
        for pair in limits.windows(2) {
            aims.extend(pair[0].plus(pair[1]).ok().and_then(|sum| sum.divided_by(Number::whole(2)).ok()));
        }
        aims.extend(limits.iter().filter_map(|limit| limit.plus(Number::ONE).ok()));
        // What lies between two limits is met most easily.
        aims.rotate_left(limits.len());
        aims.truncate(if measured { 6 } else { 16 });
        let mut combined = Vec::new();
        for aim in aims {
            let unit = match measured {
                true => self.climb(aim, start, &levers, &whole, before, term),
                false => towards(aim, start, &levers),
            };
            let Some(unit) = unit else { continue };
            for idle in [0, 5, 9] {
                let mut trial = unit.clone();
                trial.units.extend((0..idle).map(|_| (unit.units[0].0.clone(), Vec::new())));
                combined.push(trial);
            }
        }
        combined
    }

    /// Adds the fact that brings the total nearest, as it comes out, again and again.
    fn climb(
        &self,
        aim: Number,
        start: Number,
        levers: &[(Number, &Trial)],
        whole: &Plan,
        month: Month,
        term: bool,
    ) -> Option<Trial> {
        let mut rest = aim.minus(start).ok()?;
        let mut unit = Trial::one(Vec::new(), Vec::new());
        for _ in 0..8 {
            let grown: Vec<Trial> =
                levers.iter().filter_map(|(_, lever)| joined(&unit.units[0], &lever.units[0])).take(160).collect();
            let list: Vec<&Trial> = grown.iter().collect();
            let results = self.old.together(whole, &list, month, term);
            let nearest = grown
                .iter()
                .zip(results)
                .filter_map(|(trial, result)| {
                    let result = result.filter(|result| !result.vetoed)?;
                    Some((aim.minus(result.total).ok()?, trial))
                })
                .min_by_key(|(left, _)| left.abs());
            let Some((left, trial)) = nearest.filter(|(left, _)| left.abs() < rest.abs()) else { break };
            (rest, unit) = (left, trial.clone());
            if rest.is_zero() {
                break;
            }
        }
        Some(unit)
    }

    /// A row that both books count in the same way, once for each of its quantity.
    fn step(&self, gains: bool) -> Option<(Row, Number)> {
        let (left, right) = (self.old.plan, self.new.plan);
        let each = |rule: &Rule| match (&rule.basis, &rule.points) {
            (Basis::Row(input), Expr::Multiply(pair)) if rule.limits.is_empty() && rule.in_force.is_none() => {
                match (&pair[0], &pair[1]) {
                    (Expr::Number(each), Expr::Row(RowField::Quantity)) if each.is_positive() == gains => {
                        Some((*input, each.abs()))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let in_new: FxHashMap<InputId, Number> = right.rules.iter().filter_map(each).collect();
        let mut best: Option<(Row, Number)> = None;
        for (input, points) in left.rules.iter().filter_map(each) {
            let Some(other) = self.matched.inputs.get(&input) else { continue };
            let of = &left.inputs[input.index()];
            if self.touched.contains_key(&(true, input)) {
                continue;
            }
            let is_plain = of.only_months.is_empty()
                && of.cycle == Cycle::Month.max(left.cycle.min(of.cycle))
                && of.cycle <= left.cycle;
            if in_new.get(other) != Some(&points) || !is_plain || left.is_year_end(of.node) {
                continue;
            }
            // The smallest step makes the finest differences.
            if best.as_ref().is_none_or(|(_, known)| points < *known) {
                best = Some((
                    Row { old: Some(input), new: Some(*other), quantity: Number::ONE, given: Vec::new() },
                    points,
                ));
            }
        }
        best
    }

    fn fault(&self) -> Option<Row> {
        self.step(false).or_else(|| self.step(true)).map(|(row, _)| row)
    }

    fn event_with(&self, is_wanted: &dyn Fn(&crate::plan::Effect) -> bool) -> Option<Row> {
        let left = self.old.plan;
        left.rules.iter().find_map(|rule| {
            let (Basis::Row(input) | Basis::Once(input)) = rule.basis else { return None };
            let other = *self.matched.inputs.get(&input)?;
            let fits = rule.effects.iter().any(|effect| is_wanted(&effect.effect));
            fits.then(|| Row { old: Some(input), new: Some(other), quantity: Number::ONE, given: Vec::new() })
        })
    }

    fn veto(&self) -> Option<Row> {
        self.event_with(&|effect| matches!(effect, crate::plan::Effect::Veto { period: true, .. }))
            .or_else(|| self.event_with(&|effect| matches!(effect, crate::plan::Effect::Veto { .. })))
    }

    fn title(&self) -> Option<Row> {
        self.event_with(&|effect| matches!(effect, crate::plan::Effect::Disqualify(_)))
    }

    /// The attribute that units are grouped by, and its values.
    fn groups(&self) -> Option<(String, Vec<String>)> {
        let plan = [self.old.plan, self.new.plan]
            .into_iter()
            .find(|plan| matches!(plan.group, Some(Grouping::Attribute(_))))?;
        let Some(Grouping::Attribute(id)) = plan.group else { return None };
        let column = &plan.attributes[id.index()];
        let values: Vec<String> =
            column.values.iter().flatten().map(|value| plan.symbols.text(*value).to_owned()).collect();
        (!values.is_empty()).then(|| (column.name.clone(), values))
    }

    /// Why no facts make a difference.
    fn no_effect(&mut self, scope: &Scope, hidden: Option<&(Trial, Month, Month)>) -> Option<String> {
        let (left, right) = (self.old.plan, self.new.plan);
        for (a, b, facet) in &scope.facets {
            let limit = |plan: &Plan, node: NodeId| -> Option<Option<Number>> {
                let mut steps =
                    plan.nodes[node.index()].steps.iter().filter(|step| super::book::facet_of(step) == *facet);
                match (steps.next(), steps.next()) {
                    (None, _) => Some(None),
                    (
                        Some(
                            Step::CapDeduction { most: Expr::Number(most), .. }
                            | Step::CapBonus { most: Expr::Number(most), .. }
                            | Step::CapPoints { most: Expr::Number(most), .. },
                        ),
                        None,
                    ) => Some(Some(*most)),
                    _ => None,
                }
            };
            let (Some(x), Some(y)) = (limit(left, *a), limit(right, *b)) else { continue };
            let reach = |plan: &Plan, node: NodeId| {
                let mut bounds = Bounds::new(plan);
                let (before, _) = bounds.node_both(node);
                match facet {
                    Facet::CapDeduction => before.deduction.high,
                    Facet::CapBonus => before.bonus.high,
                    _ => before.points.high,
                }
            };
            let (most_old, most_new) = (reach(left, *a), reach(right, *b));
            if let (Some(p), Some(q)) = (most_old, most_new)
                && x.is_none_or(|x| p <= x)
                && y.is_none_or(|y| q <= y)
            {
                let most = p.max(q);
                return Some(format!("够不着：这里最多只能到{most}分，限额不起作用"));
            }
        }
        let only_inputs = scope.facets.is_empty() && !scope.cohort && {
            let forms = |plan: &Plan, rules: &[RuleId]| -> Vec<String> {
                let none = crate::canonical::Called::default();
                rules
                    .iter()
                    .map(|rule| crate::canonical::Canonical::form(plan, &none, &plan.rules[rule.index()]))
                    .collect()
            };
            forms(left, &scope.old_rules) == forms(right, &scope.new_rules)
        };
        if scope.old_rules.is_empty() && scope.new_rules.is_empty() && only_inputs {
            return Some("没有计分句用到它，不影响计分".to_owned());
        }
        if let Some((trial, before, after)) = hidden {
            // From the inside out: the first node that comes to the same in both.
            let (Some(a), Some(b)) =
                (self.old.whole_result(trial, *before, false), self.new.whole_result(trial, *after, false))
            else {
                return None;
            };
            let mut at = scope.old_nodes.first().copied();
            while let Some(node) = at {
                let new = self.matched.nodes.get(&node);
                if new.is_some_and(|new| a[0].nodes.get(&node) == b[0].nodes.get(new)) {
                    let name = if node.index() == 0 { "总分" } else { left.nodes[node.index()].address.as_str() };
                    return Some(format!("被盖住：这一处的分数变了，到“{name}”就一样了（封顶、保底或取最高等）"));
                }
                at = left.nodes[node.index()].parent;
            }
        }
        if only_inputs {
            return Some("得分不变，只是事实怎样填报不同".to_owned());
        }
        None
    }

    fn witness(&self, trial: &Trial, month: u32, term: bool, unit: usize, told: Told) -> Witness {
        let (before, after) = (self.old.month(month), self.new.month(month));
        let Told { old, new, points } = told;
        let facts = |side: &Side<'_>, month: Month| {
            let facts = side.facts(&[trial], month).told();
            match (facts.is_empty(), term) {
                (true, _) => "没有这条事实".to_owned(),
                (false, _) => facts,
            }
        };
        let named = match (trial.units.len(), trial.units.first().map(|(_, rows)| rows.as_slice())) {
            (1, Some([row])) => {
                let kind = match (row.old, row.new) {
                    (_, Some(id)) => &self.new.plan.inputs[id.index()].quantity,
                    (Some(id), None) => &self.old.plan.inputs[id.index()].quantity,
                    (None, None) => &Type::Bare,
                };
                let more: String = row
                    .given
                    .iter()
                    .map(|(named, text)| match named {
                        super::trial::Named::Points => format!("，分值{text}"),
                        _ => format!("，{text}"),
                    })
                    .collect();
                format!("{}{more}", amount_text(row.quantity, Some(kind)))
            }
            (1, Some([])) => "没有事实".to_owned(),
            (1, Some(rows)) => format!("{}条事实", rows.len()),
            (count, _) => format!("{count}个单位，其中{}", self.unit_name(unit)),
        };
        Witness {
            brief: format!("{named}：旧 {old}，新 {new}"),
            old_facts: facts(&self.old, before),
            new_facts: facts(&self.new, after),
            old,
            new,
            trial: trial.clone(),
            month,
            term,
            points,
        }
    }

    fn unit_name(&self, unit: usize) -> String {
        const NAMES: &[&str] = &["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑"];
        let subject =
            if self.old.plan.subject.chars().count() <= 4 { self.old.plan.subject.as_str() } else { "单位" };
        NAMES.get(unit).map_or_else(|| format!("第{}个{subject}", unit + 1), |name| format!("{name}{subject}"))
    }

    /// What differs for a unit by itself, if the change can be what makes it differ.
    fn told_alone(&self, scope: &Scope, x: &Result, y: &Result) -> Option<Told> {
        let yes = |is: bool, word: &str| if is { word.to_owned() } else { format!("没有{word}") };
        if x.total != y.total {
            // The node itself shows it best, if it differs as the total does.
            let gap = y.total.minus(x.total).ok();
            let node = self.node_pairs(scope).into_iter().find_map(|(old, new)| {
                let points = |result: &Result, node: Option<NodeId>| {
                    node.and_then(|node| result.nodes.get(&node).copied()).unwrap_or_default()
                };
                let (a, b) = (points(x, old), points(y, new));
                let is_root = old.or(new).is_none_or(|node| node.index() == 0);
                (!is_root && a != b && b.minus(a).ok() == gap).then_some((a, b))
            });
            let (a, b) = node.unwrap_or((x.total, y.total));
            return Some(Told { old: a.to_string(), new: b.to_string(), points: Some((a, b)) });
        }
        let said = |old: String, new: String| Some(Told { old, new, points: None });
        if x.assessed != y.assessed {
            return said(yes(x.assessed, "参评"), yes(y.assessed, "参评"));
        }
        if x.vetoed != y.vetoed {
            return said(yes(x.vetoed, "一票否决"), yes(y.vetoed, "一票否决"));
        }
        if x.disqualified != y.disqualified {
            let shown = |list: &[String]| match list {
                [] => "不取消资格".to_owned(),
                list => format!("取消{}", list.join("、")),
            };
            return said(shown(&x.disqualified), shown(&y.disqualified));
        }
        None
    }

    /// What differs among units side by side: of the award, ranking or grading that changed; else what a clause does.
    fn told(&self, scope: &Scope, x: &Result, y: &Result) -> Option<Told> {
        let said = |old: String, new: String| Some(Told { old, new, points: None });
        if !scope.cohort {
            if let Some(told) = self.told_alone(scope, x, y) {
                return Some(told);
            }
            // A clause that sets a grade, or a place at the end, does so whatever else changed; where the rules of places
            // and prizes changed too they may be what makes the difference.
            let grades = |result: &Result| result.grades.iter().map(|(_, grade)| grade.clone()).collect::<Vec<_>>();
            if scope.closing && grades(x) != grades(y) {
                return said(grades(x).join("、"), grades(y).join("、"));
            }
            return None;
        }
        for (a, b) in &scope.rankings {
            let rank = |result: &Result, at: &Option<usize>| {
                at.and_then(|at| result.ranks.iter().find(|(ranking, _)| *ranking == at)).map(|(_, rank)| *rank)
            };
            let (p, q) = (rank(x, a), rank(y, b));
            if p != q && (p.is_some() || q.is_some()) {
                let shown = |rank: Option<Option<u32>>| match rank.flatten() {
                    Some(rank) => format!("第{rank}名"),
                    None => "没有名次".to_owned(),
                };
                return said(shown(p), shown(q));
            }
        }
        for (a, b) in &scope.gradings {
            let grade = |result: &Result, at: &Option<usize>| {
                let found = at.and_then(|at| result.grades.iter().find(|(grading, _)| *grading == at));
                found.map_or_else(|| "没有等次".to_owned(), |(_, grade)| grade.clone())
            };
            let (p, q) = (grade(x, a), grade(y, b));
            if p != q {
                return said(p, q);
            }
        }
        // An award shows where places are the same: else it may be the ranking that changed.
        let places = |result: &Result| result.ranks.iter().map(|(_, rank)| *rank).collect::<Vec<_>>();
        if places(x) == places(y) {
            for (a, b) in &scope.awards {
                let awards = |result: &Result, at: &Option<usize>| -> Vec<(String, Option<Number>)> {
                    let mine = result.awards.iter().filter(|(award, ..)| Some(*award) == *at);
                    mine.map(|(_, text, money)| (text.clone(), *money)).collect()
                };
                let (p, q) = (awards(x, a), awards(y, b));
                if p != q {
                    let shown = |awards: &[(String, Option<Number>)], result: &Result| {
                        let place = match result.ranks.first().and_then(|(_, rank)| *rank) {
                            Some(rank) => format!("第{rank}名"),
                            None => String::new(),
                        };
                        match awards {
                            [] => format!("{place}没有这一条奖惩"),
                            list => format!(
                                "{place}{}",
                                list.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>().join("、")
                            ),
                        }
                    };
                    return said(shown(&p, x), shown(&q, y));
                }
            }
        }
        None
    }
}

/// Facts that together come nearest to a total, as if each added what it adds alone. Of the ways to come near so far
/// the best few are followed up: the nearest step is not always the right one.
fn towards(aim: Number, start: Number, levers: &[(Number, &Trial)]) -> Option<Trial> {
    const WAYS: usize = 24;
    let mut best = (aim.minus(start).ok()?, Trial::one(Vec::new(), Vec::new()));
    let mut ways = vec![best.clone()];
    for _ in 0..6 {
        let mut next: Vec<(Number, usize, usize)> = Vec::new();
        for (way, (rest, _)) in ways.iter().enumerate() {
            for (at, (gain, _)) in levers.iter().enumerate() {
                next.extend(rest.minus(*gain).ok().map(|left| (left, way, at)));
            }
        }
        next.sort_by_key(|(left, way, at)| (left.abs(), *way, *at));
        let mut grown: Vec<(Number, Trial)> = Vec::new();
        for (left, way, at) in next {
            if grown.len() == WAYS {
                break;
            }
            if grown.iter().any(|(known, _)| *known == left) {
                continue;
            }
            if let Some(trial) = joined(&ways[way].1.units[0], &levers[at].1.units[0]) {
                grown.push((left, trial));
            }
        }
        if let Some(first) = grown.first().filter(|(left, _)| left.abs() < best.0.abs()) {
            best = first.clone();
        }
        if best.0.is_zero() || grown.is_empty() {
            break;
        }
        ways = grown;
    }
    Some(best.1)
}

/// The facts of two units as those of one; `None` where both say something of the same.
fn joined(unit: &Unit, more: &Unit) -> Option<Trial> {
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

/// What differs between the books, in words.
struct Told {
    old: String,
    new: String,
    points: Option<(Number, Number)>,
}

fn is_known_to_both(trial: &Trial) -> bool {
    trial.units.iter().flat_map(|(_, rows)| rows).all(|row| row.old.is_some() && row.new.is_some())
}

/// Nodes and all that is in them.
fn with_below(plan: &Plan, nodes: &[NodeId]) -> Vec<NodeId> {
    let mut list = nodes.to_vec();
    for node in nodes {
        list.extend(rules_below(plan, *node).into_iter().map(|rule| plan.rules[rule.index()].node));
    }
    list
}

/// Rules that read an input or a measure of this name.
pub fn readers(plan: &Plan, node: NodeId, label: &str) -> Vec<RuleId> {
    let is_input = |id: &InputId| plan.inputs[id.index()].node == node && plan.inputs[id.index()].label == label;
    let is_measure = |id: &MeasureId| plan.measures[id.index()].node == node && plan.measures[id.index()].name == label;
    // Measures that are made of it, also through others.
    let mut measures: Vec<bool> = vec![false; plan.measures.len()];
    let reads = |expr: &Expr, measures: &[bool]| {
        let mut found = false;
        walk(expr, &mut |inner| {
            found |= match inner {
                Expr::Input { input, .. } | Expr::Parameter(input) => is_input(input),
                Expr::Rows(rows) => is_input(&rows.input),
                Expr::Measure(id) => is_measure(id) || measures[id.index()],
                _ => false,
            };
            true
        });
        found
    };
    for _ in 0..4 {
        for index in 0..plan.measures.len() {
            measures[index] |= reads(&plan.measures[index].expr, &measures);
        }
    }
    let rules = plan.rules.iter().enumerate().filter(|(_, rule)| {
        let own = rule.node == node && clause_label(rule) == label;
        let by_row = matches!(&rule.basis, Basis::Row(input) | Basis::Once(input) if is_input(input));
        !own && (by_row || reads(&rule.points, &measures))
    });
    rules.map(|(index, _)| RuleId(index as u16)).collect()
}

/// The totals that a grading's bands and rules speak of.
fn grade_limits(plan: &Plan, grading: usize, out: &mut Vec<Number>) {
    let Some(grading) = plan.gradings.get(grading) else { return };
    grading.grades.iter().for_each(|grade| guess::constants_of_condition(&grade.condition, out));
    grading.rules.iter().for_each(|rule| guess::constants_of_condition(&rule.when, out));
}

fn award_values(award: &Award) -> Vec<Number> {
    let mut values = Vec::new();
    guess::constants_of_condition(&award.when, &mut values);
    award.exceptions.iter().for_each(|(when, _)| guess::constants_of_condition(when, &mut values));
    values
}

fn step_constants(step: &Step, out: &mut Vec<Number>) {
    match step {
        Step::CapDeduction { most: expr, .. }
        | Step::CapBonus { most: expr, .. }
        | Step::CapPoints { most: expr, .. }
        | Step::Floor { least: expr, .. }
        | Step::Multiply(expr) => guess::constants(expr, out),
        Step::Set { when, points: expr }
        | Step::MultiplyWhen { when, factor: expr }
        | Step::CapWhen { when, most: expr } => {
            guess::constants_of_condition(when, out);
            guess::constants(expr, out);
        }
        Step::Round { .. } => {}
    }
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
