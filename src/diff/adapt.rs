//! The new book as the old book's facts see it: old addresses and labels, the old term, and a place for every fact
//! that it no longer knows. What it newly asks for is listed and not asked.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::Comparison;
use crate::calendar::{Calendar, Month};
use crate::compile::order::each_expr;
use crate::facts::Store;
use crate::plan::*;

/// What does not fit between facts and the new book.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Misfits {
    /// The terms differ: both books were applied to the old one.
    pub term: Option<String>,
    /// Facts that the new book does not know, with their number.
    pub unknown: Vec<Unknown>,
    /// Indicators and cells that only the new book asks for.
    pub required: Vec<String>,
}

/// Facts of one label that the new book has no use for.
#[derive(Clone, Debug, Serialize)]
pub struct Unknown {
    pub clause: String,
    pub label: String,
    pub rows: u64,
}

/// A plan that reads the old book's facts and scores by the new one.
pub struct Adapted {
    pub plan: Plan,
    /// Inputs of the plan that only take in what nobody reads, and the old input they stand for.
    dead: Vec<(InputId, InputId)>,
    pub misfits: Misfits,
}

/// `strict`: what rows must hold beyond the old book's demands is still asked for.
pub fn adapt(comparison: &Comparison<'_>, strict: bool) -> Adapted {
    let (old, new) = (&comparison.old.plan, &comparison.new.plan);
    let mut adapter = Adapter { old, plan: new.clone(), misfits: Misfits::default(), dead: Vec::new() };
    adapter.term();
    adapter.columns();
    adapter.names(comparison);
    adapter.matched(comparison, strict);
    adapter.required(comparison);
    adapter.unknown(comparison);
    Adapted { plan: adapter.plan, dead: adapter.dead, misfits: adapter.misfits }
}

impl Adapted {
    /// Counts the facts that nobody reads.
    pub fn count_unknown(&mut self, store: &Store, old: &Plan) {
        let mut rows: FxHashMap<InputId, u64> = FxHashMap::default();
        for unit in 0..store.roster.len() {
            let facts = store.unit_facts(unit);
            for (input, _) in &self.dead {
                let count: u64 = facts.of(*input).map(|fact| u64::from(fact.rows)).sum();
                *rows.entry(*input).or_default() += count;
            }
        }
        for (input, was) in &self.dead {
            let count = rows.get(input).copied().unwrap_or(0) + store.globals(*input).count() as u64;
            if count > 0 {
                let input = &old.inputs[was.index()];
                let clause = old.nodes[input.node.index()].address.clone();
                self.misfits.unknown.push(Unknown { clause, label: input.label.clone(), rows: count });
            }
        }
    }
}

struct Adapter<'p> {
    old: &'p Plan,
    plan: Plan,
    misfits: Misfits,
    dead: Vec<(InputId, InputId)>,
}

impl Adapter<'_> {
    fn term(&mut self) {
        let (was, now) = (&self.old.calendar, &self.plan.calendar);
        let told = |calendar: &Calendar| {
            let month = |month: Month| format!("{}年{}月", month.year(), month.number());
            format!("{}至{}", month(calendar.first()), month(calendar.last()))
        };
        if (was.first(), was.last()) == (now.first(), now.last()) {
            return;
        }
        self.misfits.term = Some(format!("新方案施行{}，这里按旧方案的{}试算", told(now), told(was)));
        // By whole years: a line of July stays one of July.
        let years = was.last().year() - now.last().year();
        let calendar = was.clone();
        let shift = |months: &mut Months| {
            months.first = months.first.plus(years * 12);
            months.last = months.last.plus(years * 12);
        };
        for rule in &mut self.plan.rules {
            rule.in_force.iter_mut().for_each(&shift);
        }
        for input in &mut self.plan.inputs {
            input.versions.iter_mut().flatten().for_each(|version| shift(&mut version.months));
        }
        let dated = |condition: &mut Condition| shift_condition(condition, &shift);
        for node in &mut self.plan.nodes {
            dated(&mut node.applies);
            for step in &mut node.steps {
                if let Step::Set { when, .. } | Step::MultiplyWhen { when, .. } | Step::CapWhen { when, .. } = step {
                    dated(when);
                }
            }
        }
        each_expr(&mut self.plan, &mut |expr| {
            if let Expr::Case { arms, .. } = expr {
                arms.iter_mut().for_each(|(condition, _)| shift_condition(condition, &shift));
            }
        });
        self.plan.calendar = calendar;
    }

    /// The old book's columns stay readable.
    fn columns(&mut self) {
        let pairs = [(&self.old.columns, true), (&self.old.attributes, false)];
        for (list, is_column) in pairs {
            for column in list {
                let values = column.values.as_ref().map(|values| {
                    values
                        .iter()
                        .map(|value| self.plan.symbols.intern(self.old.symbols.text(*value)))
                        .collect::<Vec<_>>()
                });
                let own = if is_column { &mut self.plan.columns } else { &mut self.plan.attributes };
                match own.iter_mut().find(|own| own.name == column.name) {
                    // A value that only one book names is read by both.
                    Some(own) => match (&mut own.values, values) {
                        (Some(known), Some(values)) => {
                            known.extend(values.into_iter().filter(|value| !known.contains(value)).collect::<Vec<_>>());
                        }
                        (known, None) => *known = None,
                        (None, Some(_)) => {}
                    },
                    None => own.push(Column { values, ..column.clone() }),
                }
            }
        }
    }

    fn names(&mut self, comparison: &Comparison<'_>) {
        let mut taken: FxHashSet<String> = FxHashSet::default();
        for (old, new) in &comparison.pairs.nodes {
            let address = self.old.nodes[old.index()].address.clone();
            self.plan.nodes[new.index()].address = address.clone();
            taken.insert(address);
        }
        let back: FxHashSet<NodeId> = comparison.pairs.nodes.values().copied().collect();
        for (index, node) in self.plan.nodes.iter_mut().enumerate() {
            if !back.contains(&NodeId(index as u16)) && taken.contains(&node.address) {
                node.address = format!("{}（新）", node.address);
            }
        }
        for (old, new) in &comparison.pairs.inputs {
            self.plan.inputs[new.index()].label = self.old.inputs[old.index()].label.clone();
        }
    }

    /// What both books know is read as the old one reads it.
    fn matched(&mut self, comparison: &Comparison<'_>, strict: bool) {
        let mut pairs: Vec<(InputId, InputId)> = comparison.pairs.inputs.iter().map(|(a, b)| (*a, *b)).collect();
        pairs.sort_unstable();
        for (old, new) in pairs {
            let was = self.translated(old);
            let called = format!("{} {}", self.old.nodes[self.old.inputs[old.index()].node.index()].address, was.label);
            let calendar = self.plan.calendar.clone();
            let mut required = Vec::new();
            let input = &mut self.plan.inputs[new.index()];
            let fit = |input: &mut Input, required: &mut Vec<String>| {
                if matches!(input.kind, InputKind::Pending(_)) {
                    input.kind = was.kind.clone();
                }
                if std::mem::discriminant(&input.quantity) == std::mem::discriminant(&was.quantity) {
                    input.quantity = was.quantity.clone();
                }
                input.range = (least(input.range.0, was.range.0), most(input.range.1, was.range.1));
                if input.missing == WhenMissing::Error && was.missing != WhenMissing::Error {
                    required.push(format!("{called}：不再允许缺报"));
                    input.missing = was.missing.clone();
                }
                if !strict {
                    let columns: Vec<ColumnId> =
                        input.columns.iter().copied().filter(|column| was.columns.contains(column)).collect();
                    if columns.len() != input.columns.len() || more(&input.needs, &was.needs) {
                        required.push(format!("{called}：要求填写的列多了"));
                    }
                    input.columns = columns;
                    input.needs = was.needs.clone();
                }
            };
            fit(input, &mut required);
            if let Some(versions) = &mut input.versions {
                versions.iter_mut().for_each(|version| fit(&mut version.input, &mut required));
                // Months in which the new book does not know it any more.
                let covered = |month: Month, versions: &[Version]| {
                    versions.iter().any(|version| (version.months.first..=version.months.last).contains(&month))
                };
                let all = (0..=calendar.last().since(calendar.first())).map(|at| calendar.first().plus(at));
                let open: Vec<Month> = all.filter(|month| !covered(*month, versions)).collect();
                let blank =
                    Input { node: input.node, versions: None, missing: WhenMissing::NotAssessed, ..was.clone() };
                for month in open {
                    versions.push(Version { months: Months { first: month, last: month }, input: blank.clone() });
                }
            }
            required.dedup();
            self.misfits.required.extend(required);
        }
    }

    /// What the new book alone wants to know: nobody reported it.
    fn required(&mut self, comparison: &Comparison<'_>) {
        let known: FxHashSet<InputId> = comparison.pairs.inputs.values().copied().collect();
        for (index, input) in self.plan.inputs.iter_mut().enumerate() {
            if known.contains(&InputId(index as u16)) {
                continue;
            }
            let relax = |input: &mut Input| {
                let is_required = input.missing == WhenMissing::Error
                    && matches!(input.kind, InputKind::Indicator | InputKind::Parameter { .. });
                if input.missing == WhenMissing::Error {
                    input.missing = WhenMissing::NotAssessed;
                }
                is_required
            };
            let mut is_required = relax(input);
            for version in input.versions.iter_mut().flatten() {
                is_required |= relax(&mut version.input);
            }
            if is_required {
                let address = &self.plan.nodes[input.node.index()].address;
                self.misfits
                    .required
                    .push(format!("{address} {}：新要求报送，旧事实里没有，不作考评", input.label).trim().to_owned());
            }
        }
    }

    /// Places for the facts that the new book does not know.
    fn unknown(&mut self, comparison: &Comparison<'_>) {
        let lost: Vec<InputId> = (0..self.old.inputs.len() as u16)
            .map(InputId)
            .filter(|id| !comparison.pairs.inputs.contains_key(id))
            .collect();
        let mut places: FxHashMap<NodeId, NodeId> = comparison.pairs.nodes.clone();
        for id in lost {
            let node = self.old.inputs[id.index()].node;
            let place = *places.entry(node).or_insert_with(|| {
                let was = &self.old.nodes[node.index()];
                let place = NodeId(self.plan.nodes.len() as u16);
                self.plan.nodes.push(Node {
                    parent: Some(NodeId(0)),
                    children: Vec::new(),
                    rules: Vec::new(),
                    applies: Condition::Always,
                    start: Expr::Number(crate::value::Number::ZERO),
                    full: None,
                    combine: Combine::Sum,
                    weight: None,
                    same_matter: None,
                    steps: Vec::new(),
                    step_lines: Vec::new(),
                    ..was.clone()
                });
                place
            });
            let mut input = self.translated(id);
            input.node = place;
            input.missing = WhenMissing::NotAssessed;
            let own = InputId(self.plan.inputs.len() as u16);
            if let InputKind::Grade { .. } = input.kind {
                // Which grades belong together no longer matters.
                input.kind = InputKind::Event;
            }
            self.plan.inputs.push(input);
            self.dead.push((own, id));
        }
    }

    /// An input of the old book with this plan's columns and texts.
    fn translated(&mut self, id: InputId) -> Input {
        let mut input = self.old.inputs[id.index()].clone();
        let columns: Vec<ColumnId> = input
            .columns
            .iter()
            .filter_map(|column| {
                let name = &self.old.columns[column.index()].name;
                self.plan.columns.iter().position(|own| own.name == *name).map(|at| ColumnId(at as u16))
            })
            .collect();
        input.columns = columns;
        input.raters =
            input.raters.iter().map(|rater| self.plan.symbols.intern(self.old.symbols.text(*rater))).collect();
        if input.versions.is_some() {
            input.versions = None;
            input.missing = WhenMissing::NotAssessed;
        }
        input
    }
}

fn shift_condition(condition: &mut Condition, shift: &dyn Fn(&mut Months)) {
    match condition {
        Condition::During(months) => shift(months),
        Condition::Not(inner) | Condition::Streak { condition: inner, .. } => shift_condition(inner, shift),
        Condition::All(list) | Condition::Any(list) => list.iter_mut().for_each(|inner| shift_condition(inner, shift)),
        _ => {}
    }
}

fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.zip(b).map(|(a, b)| a.min(b))
}

fn most<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.zip(b).map(|(a, b)| a.max(b))
}

/// Whether rows must hold more than before.
fn more(new: &Needs, old: &Needs) -> bool {
    let mut both = old.clone();
    both.join(new);
    both != *old
}
