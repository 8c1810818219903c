//! One reading for two plans: where both would take the same rows alike, facts are read and judged once, and the second
//! plan sees them under its own ids.

use std::sync::Arc;

use crate::plan::{Column, ColumnId, Input, InputId, InputKind, Needs, Plan, SymbolId};

use super::read::{Reading, touched_periods};
use super::store::{Global, Store};
use super::words::Words;
use super::{Cell, Detail, Unit};

/// How another plan calls what was read.
#[derive(Clone)]
pub struct View {
    /// By input that was read by.
    pub inputs: Vec<InputId>,
    /// By input of the other plan: what stands for it.
    pub back: Vec<Option<InputId>>,
    /// By column of the other plan.
    columns: Vec<usize>,
    attributes: Vec<usize>,
    /// Whether facts that are sorted by the one are sorted by the other.
    pub in_order: bool,
}

impl View {
    /// The cells of declared columns in the other plan's order.
    pub fn arrange(&self, detail: &mut Detail) {
        detail.columns = self.columns.iter().map(|column| detail.columns[*column]).collect();
    }
}

impl Reading {
    /// What it takes to read by `plan` so that `other` finds all that it asks for; `None` where it would refuse rows
    /// that `plan` takes, or take them otherwise.
    pub fn of_both(plan: &Plan, other: &Plan) -> Option<(Reading, View)> {
        if plan.calendar != other.calendar || plan.cycle != other.cycle {
            return None;
        }
        let columns = found_in((plan, &plan.columns), (other, &other.columns))?;
        let attributes = found_in((plan, &plan.attributes), (other, &other.attributes))?;
        let (mut reading, its) = (Reading::new(plan, false), Reading::new(other, false));
        let mut inputs: Vec<Option<InputId>> = vec![None; plan.inputs.len()];
        for pair in &reading.names.pairs {
            let known = its.names.exact(&pair.bytes[..pair.bytes.len() - 1])?;
            inputs[pair.input.index()] = Some(its.names.pairs[known].input);
        }
        let mut back = vec![None; other.inputs.len()];
        for (at, own) in inputs.iter().enumerate() {
            let Some(own) = own else { continue };
            back[own.index()] = Some(InputId(at as u16));
            let (a, b) = (&plan.inputs[at], &other.inputs[own.index()]);
            let versions = b.versions.iter().flatten().map(|version| &version.input);
            let is_alike = std::iter::once(b).chain(versions).all(|b| takes_alike((plan, a), (other, b), &inputs));
            if !is_alike || a.versions.is_some() && a.versions != b.versions {
                return None;
            }
            reading.gates.join(InputId(at as u16), its.gates.gate(*own));
        }
        // One that shares its name with another has no rows of its own.
        let inputs: Vec<InputId> = inputs.into_iter().map(|own| own.unwrap_or(InputId(u16::MAX))).collect();
        let in_order = inputs.iter().filter(|own| own.0 != u16::MAX).is_sorted();
        Some((reading, View { inputs, back, columns, attributes, in_order }))
    }
}

/// The place of each column of the other plan in one that reads all that it does.
fn found_in((plan, own): (&Plan, &[Column]), (other, its): (&Plan, &[Column])) -> Option<Vec<usize>> {
    let place = |column: &Column| {
        let at = own.iter().position(|known| known.name == column.name && known.kind == column.kind)?;
        let takes_all = match (&own[at].values, &column.values) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(list), Some(taken)) => {
                list.iter().all(|value| taken.iter().any(|it| other.symbols.text(*it) == plan.symbols.text(*value)))
            }
        };
        takes_all.then_some(at)
    };
    its.iter().map(place).collect()
}

/// Whether rows that one input takes are taken by another to mean the same.
fn takes_alike((plan, a): (&Plan, &Input), (other, b): (&Plan, &Input), inputs: &[Option<InputId>]) -> bool {
    if matches!(a.kind, InputKind::Pending(_)) && a.versions.is_none() {
        // It takes no row at all.
        return true;
    }
    let same_kind = match (&a.kind, &b.kind) {
        (InputKind::Grade { group: a }, InputKind::Grade { group: b }) => inputs[a.index()] == Some(*b),
        // What the other plan has no use for it takes as it comes.
        (InputKind::Grade { .. }, InputKind::Event) => true,
        (a, b) => a == b,
    };
    let ((least, most), (low, high)) = (a.range, b.range);
    let reaches = low.is_none_or(|low| least.is_some_and(|least| low <= least))
        && high.is_none_or(|high| most.is_some_and(|most| most <= high))
        && least.is_none_or(|it| it.is_sign_negative()) == low.is_none_or(|it| it.is_sign_negative());
    let column = |id: &ColumnId| &other.columns[id.index()].name;
    let has_column = |id: &ColumnId| a.columns.iter().any(|own| plan.columns[own.index()].name == *column(id));
    let texts = |plan: &Plan, list: &[SymbolId]| -> Vec<String> {
        list.iter().map(|id| plan.symbols.text(*id).to_owned()).collect()
    };
    same_kind
        && reaches
        && a.quantity == b.quantity
        && (a.cycle, a.any_month, &a.only_months) == (b.cycle, b.any_month, &b.only_months)
        && asks_no_more(&a.needs, &b.needs)
        && b.columns.iter().all(has_column)
        && texts(plan, &a.raters) == texts(other, &b.raters)
}

fn asks_no_more(own: &Needs, its: &Needs) -> bool {
    let mut both = own.clone();
    both.join(its);
    both == *own && own.points == its.points
}

impl Store {
    /// What was read, as the other plan sees it.
    pub fn seen_by(&self, plan: &Plan, view: View) -> Store {
        let words = Words::new(plan);
        let given: Vec<SymbolId> = self.texts.iter().map(|text| words.id(text)).collect();
        let (texts, order) = words.settle();
        let of_text = |id: SymbolId| SymbolId(order[given[id.index()].index()]);
        let of_cell = |cell: &Cell| match cell {
            Cell::Text(id) => Cell::Text(of_text(*id)),
            Cell::Empty | Cell::Number(_) | Cell::Date(_) => *cell,
        };
        let unit = |unit: &Unit| Unit {
            group: unit.group.map(of_text),
            attributes: view.attributes.iter().map(|at| of_cell(&unit.attributes[*at])).collect(),
            ..unit.clone()
        };
        let global = |row: &Global| {
            let detail = row.detail.clone().map(|mut detail| {
                view.arrange(&mut detail);
                detail.columns.iter_mut().for_each(|cell| *cell = of_cell(cell));
                for id in [&mut detail.matter, &mut detail.person, &mut detail.rater, &mut detail.evidence] {
                    *id = id.map(of_text);
                }
                detail
            });
            Global { input: view.inputs[row.input.index()], detail, ..*row }
        };
        Store {
            roster: self.roster.iter().map(unit).collect(),
            objections: self.objections.clone(),
            blanks: Default::default(),
            workdays: self.workdays.clone(),
            files: self.files.clone(),
            packing: self.packing,
            shards: Arc::clone(&self.shards),
            symbols: self.symbols.iter().map(|id| of_text(SymbolId(*id)).0).collect(),
            texts,
            columns: self.columns,
            repaired: self.repaired.clone(),
            globals: self.globals.iter().map(global).collect(),
            history: Arc::clone(&self.history),
            touched: touched_periods(plan, &self.reported, &|input| view.inputs[input.index()]),
            reported: Arc::clone(&self.reported),
            lost: self.lost.clone(),
            named: self.named.clone(),
            unread: self.unread,
            view: Some(view),
        }
    }
}
