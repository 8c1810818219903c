//! The new book as the old book's facts see it: old addresses and labels, the old term, and a place for every fact
//! that it no longer knows. What it newly asks for is listed and not asked.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Comparison;
use super::misfits::Misfits;
use crate::calendar::{Calendar, Month};
use crate::canonical::{Called, Canonical};
use crate::plan::walk::each_expr;
use crate::plan::*;

/// A plan that reads the old book's facts and scores by the new one.
pub struct Adapted {
    pub plan: Plan,
    /// Inputs of the plan that only take in what nobody reads, and the old input they stand for.
    pub dead: Vec<(InputId, InputId)>,
    /// Inputs of the plan that are stopped in these months, and the old input.
    pub stopped: Vec<(InputId, InputId, Vec<Month>)>,
    /// Inputs that only the new book asks for.
    pub unreported: Vec<InputId>,
    /// Columns that only the new book wants filled.
    pub cells: Vec<(InputId, ColumnId)>,
    /// What is known to fit badly before the facts are read.
    pub misfits: Misfits,
}

/// The new book as the old one's facts see it. `strict`: what rows must hold beyond the old book's demands is still asked for.
pub fn adapt(comparison: &Comparison<'_>, strict: bool) -> Adapted {
    let (old, new) = (&comparison.old.plan, &comparison.new.plan);
    let mut adapter = Adapter {
        old,
        plan: new.clone(),
        misfits: Misfits::default(),
        dead: Vec::new(),
        stopped: Vec::new(),
        unreported: Vec::new(),
        cells: Vec::new(),
        places: FxHashMap::default(),
    };
    adapter.term();
    adapter.columns();
    adapter.names(comparison);
    adapter.matched(comparison, strict);
    adapter.required(comparison);
    adapter.unknown(comparison);
    let Adapter { plan, dead, stopped, unreported, cells, mut misfits, .. } = adapter;
    let mut told = FxHashSet::default();
    misfits.required.retain(|said| told.insert(said.clone()));
    Adapted { plan, dead, stopped, unreported, cells, misfits }
}

struct Adapter<'p> {
    old: &'p Plan,
    plan: Plan,
    misfits: Misfits,
    dead: Vec<(InputId, InputId)>,
    stopped: Vec<(InputId, InputId, Vec<Month>)>,
    unreported: Vec<InputId>,
    cells: Vec<(InputId, ColumnId)>,
    /// Where facts of an old node are found that are read in that new one, or in none, and not in its counterpart.
    places: FxHashMap<(NodeId, Option<NodeId>), NodeId>,
}

impl Adapter<'_> {
    fn term(&mut self) {
        let (was, now) = (&self.old.calendar, &self.plan.calendar);
        let told = |calendar: &Calendar| {
            let month = |month: Month| format!("{}年{}月", month.year(), month.number());
            format!("{}至{}", month(calendar.first()), month(calendar.last()))
        };
        if (was.first(), was.last()) == (now.first(), now.last()) {
            // 2023至2024学年 may be called otherwise: facts say it as the old book does.
            self.plan.calendar = was.clone();
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

    /// The old book's columns stay readable; attributes that only the new one asks of units may be missing.
    fn columns(&mut self) {
        for own in &mut self.plan.attributes {
            own.optional = !self.old.attributes.iter().any(|was| was.name == own.name);
        }
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
        // Also of items that are no more: their facts stand under their old address.
        let taken: FxHashSet<&str> = self.old.nodes.iter().map(|node| node.address.as_str()).collect();
        for (old, new) in &comparison.pairs.nodes {
            self.plan.nodes[new.index()].address = self.old.nodes[old.index()].address.clone();
        }
        let back: FxHashSet<NodeId> = comparison.pairs.nodes.values().copied().collect();
        for (index, node) in self.plan.nodes.iter_mut().enumerate() {
            if !back.contains(&NodeId(index as u16)) && taken.contains(node.address.as_str()) {
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
            let (mut required, mut cells) = (Vec::new(), Vec::new());
            let is_asked_of_others = self.applies(new, false) != self.applies(old, true);
            // Facts stand under the item that it was in.
            let (was_in, is_in) = (self.old.inputs[old.index()].node, self.plan.inputs[new.index()].node);
            if comparison.pairs.nodes.get(&was_in) != Some(&is_in) {
                self.plan.inputs[new.index()].node = self.place(was_in, Some(is_in));
            }
            let input = &mut self.plan.inputs[new.index()];
            let mut fit = |input: &mut Input, required: &mut Vec<String>| {
                if input.cycle != was.cycle {
                    input.any_month = true;
                }
                if let (InputKind::Parameter { global }, InputKind::Parameter { global: as_before }) =
                    (&mut input.kind, &was.kind)
                    && global != as_before
                {
                    let how = if *as_before { "统一一个" } else { "每单位一个" };
                    required.push(format!("参数 {}：报法改了，按旧事实的{how}试算", was.label));
                    *global = *as_before;
                }
                let was_open = matches!(was.kind, InputKind::Pending(_));
                if input.missing == WhenMissing::Error
                    && input.kind == InputKind::Indicator
                    && (was_open || is_asked_of_others || input.cycle != was.cycle)
                {
                    let why = if was_open {
                        "定下来了，旧事实里没有"
                    } else {
                        "要报的单位、期间改了，旧事实里没有的"
                    };
                    required.push(format!("{called}：{why}，不作考评"));
                    input.missing = WhenMissing::NotAssessed;
                }
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
                    let news = input.columns.iter().filter(|column| !columns.contains(column));
                    news.for_each(|column| cells.push((new, *column)));
                    for name in more(&input.needs, &was.needs) {
                        required.push(format!("{called}：新要求填写“{name}”，旧事实里没有填的按空着试算"));
                    }
                    if let (Some((least, most)), Some((low, high))) = (input.needs.points, was.needs.points)
                        && (low < least || most < high)
                    {
                        let told = format!("{}至{}分", least.normalize(), most.normalize());
                        required.push(format!("{called}：新方案只许可{told}，旧事实里在这以外的按原来填的分值试算"));
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
                if !open.is_empty() {
                    self.stopped.push((new, old, open.clone()));
                }
                for month in open {
                    versions.push(Version { months: Months { first: month, last: month }, input: blank.clone() });
                }
            }
            required.dedup();
            self.misfits.required.extend(required);
            cells.dedup();
            self.cells.extend(cells);
        }
    }

    /// To whom an input applies, in words that both books share.
    fn applies(&self, id: InputId, is_old: bool) -> Vec<String> {
        let plan = if is_old { self.old } else { &self.plan };
        let around = std::iter::successors(Some(plan.inputs[id.index()].node), |id| plan.nodes[id.index()].parent);
        let conditions = around.map(|node| &plan.nodes[node.index()].applies).filter(|it| **it != Condition::Always);
        conditions.map(|condition| Canonical::form(plan, &Called::default(), condition)).collect()
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
                self.unreported.push(InputId(index as u16));
                let address = &self.plan.nodes[input.node.index()].address;
                let parameter = matches!(input.kind, InputKind::Parameter { .. });
                let called = format!("{}{}", if parameter { "参数 " } else { "" }, input.label);
                self.misfits
                    .required
                    .push(format!("{address} {called}：新要求报送，旧事实里没有，不作考评").trim().to_owned());
            }
        }
    }

    /// Places for the facts that the new book does not know.
    fn unknown(&mut self, comparison: &Comparison<'_>) {
        let lost: Vec<InputId> = (0..self.old.inputs.len() as u16)
            .map(InputId)
            .filter(|id| !comparison.pairs.inputs.contains_key(id))
            .collect();
        for id in lost {
            let node = self.old.inputs[id.index()].node;
            let place = comparison.pairs.nodes.get(&node).copied().unwrap_or_else(|| self.place(node, None));
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

    /// A node by an old one's address that nothing is counted in: of the units that `read_in` is of, where facts are
    /// read there.
    fn place(&mut self, node: NodeId, read_in: Option<NodeId>) -> NodeId {
        if let Some(known) = self.places.get(&(node, read_in)) {
            return *known;
        }
        let around = std::iter::successors(read_in, |id| self.plan.nodes[id.index()].parent);
        let applies = around.map(|node| &self.plan.nodes[node.index()].applies).filter(|it| **it != Condition::Always);
        let applies: Vec<Condition> = applies.cloned().collect();
        let was = &self.old.nodes[node.index()];
        let place = NodeId(self.plan.nodes.len() as u16);
        self.plan.nodes.push(Node {
            department: was.department.clone(),
            citation: was.citation.clone(),
            landing: was.landing.clone(),
            applies: if applies.is_empty() { Condition::Always } else { Condition::All(applies) },
            ..Node::empty(Some(NodeId(0)), &was.address, &was.title, was.cycle, was.line)
        });
        self.places.insert((node, read_in), place);
        place
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

/// The cells that rows must hold now and had not to before.
fn more(new: &Needs, old: &Needs) -> Vec<&'static str> {
    let newly = new.cells().into_iter().zip(old.cells()).filter(|((new, _), (old, _))| *new && !old);
    // 人数 goes with 位次.
    newly.map(|((_, role), _)| role).filter(|role| *role != Role::People).map(Role::name).collect()
}
