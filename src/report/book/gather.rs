//! How the points of a node come from its start, its entries and its parts, as formulas over their rows.

use std::collections::BTreeSet;

use super::amount::{Amount, Sum, literal};
use super::row::{BY_PROGRAM, COUNTED, FIGURES, Three, YES};
use super::tree::Tree;
use crate::calendar::PeriodId;
use crate::plan::{Aggregate, Combine, Expr, Landing, Node, NodeId};
use crate::value::{Inexact, Number};

/// What stands below a node.
pub struct Parts {
    /// The row of 起评.
    pub start: Option<u32>,
    /// Its own entries: rows from and to, both included.
    pub entries: Option<(u32, u32)>,
    pub children: Vec<Part>,
}

/// A part that has rows: from its own to the last one below it.
pub struct Part {
    pub node: NodeId,
    pub row: u32,
    pub last: u32,
}

/// Base, bonus and deduction as they are added up.
#[derive(Default)]
struct Sums([Sum; 3]);

impl Sums {
    /// Adds the figures of a row, each times a factor.
    fn add(&mut self, figures: Three, row: u32, factor: Option<&(Number, String)>) -> Result<(), Inexact> {
        for ((sum, value), column) in self.0.iter_mut().zip(figures).zip(FIGURES) {
            match factor {
                Some((factor, text)) => sum.add(value.times(*factor)?, format!("{column}{row}*{text}"))?,
                None => sum.add(value, format!("{column}{row}"))?,
            }
        }
        Ok(())
    }
}

/// Parts with their weights, as numbers and as formulas.
type Weights = Vec<(NodeId, (Number, String))>;

impl Tree<'_> {
    /// Start, entries and parts put together, where that gives what the program has.
    /// `share`: of how many shorter periods it is the mean.
    pub fn gather(
        &mut self,
        id: NodeId,
        wanted: Three,
        parts: &Parts,
        share: u32,
    ) -> Result<Option<[Amount; 3]>, Inexact> {
        let node = &self.scored.plan.nodes[id.index()];
        let mut sums = Sums::default();
        if let Some((first, last)) = parts.entries {
            self.add_entries(first, last, &mut sums)?;
        }
        let children = self.assessed(parts);
        match &node.combine {
            Combine::Sum => children.iter().try_for_each(|(part, figures)| sums.add(*figures, part.row, None))?,
            Combine::Mean => {
                let is_assessed =
                    |child: &&NodeId| self.scored.node(self.unit, **child).is_some_and(|outcome| outcome.assessed);
                let count = Number::whole(node.children.iter().filter(is_assessed).count() as i64);
                for (part, figures) in children {
                    let share = (Number::ONE.divided_by(count)?, format!("1/{count}"));
                    sums.add(figures, part.row, Some(&share))?;
                }
            }
            Combine::Weighted { renormalize } => {
                let Some(weights) = self.weights(node, *renormalize)? else { return Ok(None) };
                for (part, figures) in children {
                    let weight = weights.iter().find(|(of, _)| *of == part.node).map(|(_, weight)| weight);
                    sums.add(figures, part.row, weight)?;
                }
            }
            Combine::Best { .. } => self.add_best(node, parts, &mut sums)?,
        }
        if let Some(row) = parts.start {
            let start = match node.start {
                Expr::Number(start) => start,
                _ => wanted[0].minus(sums.0[0].value())?,
            };
            self.set_start(row, start, matches!(node.start, Expr::Number(_)));
            sums.0[0].add(start, format!("D{row}"))?;
        }
        let count = Number::whole(share.into());
        let [base, bonus, deduction] = sums.0.map(|sum| sum.amount().and_then(|amount| amount.shared(count)));
        let (Some(base), Some(bonus), Some(deduction)) = (base, bonus, deduction) else { return Ok(None) };
        let found = [base, bonus, deduction];
        Ok(found.iter().zip(wanted).all(|(found, wanted)| found.value == wanted).then_some(found))
    }

    /// Where the points of 起评 come from is told beside them.
    fn set_start(&mut self, row: u32, start: Number, is_constant: bool) {
        let at = self.index(row);
        self.rows[at].figures[0] = Some(Amount::known(start));
        if !is_constant {
            self.rows[at].remark = BY_PROGRAM.to_owned();
        }
    }

    /// Of how many shorter periods a node may be the mean: of those with entries, or of all.
    pub fn sub_periods(&self, node: &Node) -> Vec<u32> {
        let Landing::RolledUp(Aggregate::Mean) = node.landing else { return vec![1] };
        let own = self.unit.entries.iter().filter(|entry| node.rules.contains(&entry.rule));
        let own: BTreeSet<PeriodId> = own.map(|entry| entry.period).collect();
        let all = self.scored.plan.calendar.within(self.scored.outcome.period, node.cycle).count();
        vec![own.len().max(1) as u32, all.max(1) as u32]
    }

    /// The parts that are assessed, with their figures.
    fn assessed<'p>(&self, parts: &'p Parts) -> Vec<(&'p Part, Three)> {
        let figures = |part: &'p Part| {
            let outcome = self.scored.node(self.unit, part.node).filter(|outcome| outcome.assessed)?;
            Some((part, [outcome.tally.base, outcome.tally.bonus, outcome.tally.deduction]))
        };
        parts.children.iter().filter_map(figures).collect()
    }

    /// What entries of a range of rows add to bonus and deduction.
    fn add_entries(&self, first: u32, last: u32, sums: &mut Sums) -> Result<(), Inexact> {
        for (figure, sum) in sums.0.iter_mut().enumerate().skip(1) {
            let column = FIGURES[figure];
            let counted = format!("SUMIF({COUNTED}{first}:{COUNTED}{last},\"{YES}\",{column}{first}:{column}{last})");
            sum.add(self.counted(first, last, figure)?, counted)?;
        }
        Ok(())
    }

    /// The sum of a figure over the entries that count.
    fn counted(&self, first: u32, last: u32, figure: usize) -> Result<Number, Inexact> {
        let rows = &self.rows[self.index(first)..=self.index(last)];
        let counted = rows.iter().filter(|row| row.counted == Some(true));
        counted.filter_map(|row| row.figures[figure].as_ref()).try_fold(Number::ZERO, |sum, one| sum.plus(one.value))
    }

    /// The weight of each assessed part, as the program and as a formula has it; `None` where one is no constant.
    fn weights(&self, node: &Node, renormalize: bool) -> Result<Option<Weights>, Inexact> {
        let plan = self.scored.plan;
        let (mut all, mut present, mut weights) = (Number::ZERO, Number::ZERO, Vec::new());
        for child in &node.children {
            let weight = match &plan.nodes[child.index()].weight {
                Some(Expr::Number(weight)) => *weight,
                None => Number::ONE,
                Some(_) => return Ok(None),
            };
            all = all.plus(weight)?;
            if self.scored.node(self.unit, *child).is_some_and(|outcome| outcome.assessed) {
                present = present.plus(weight)?;
                weights.push((*child, weight));
            }
        }
        let shared = |(id, weight): (NodeId, Number)| {
            let text = literal(weight);
            Ok(match renormalize && present != all {
                true => {
                    let part = weight.times(all)?.divided_by(present)?;
                    (id, (part, format!("{text}*{}/{}", literal(all), literal(present))))
                }
                false => (id, (weight, text)),
            })
        };
        weights.into_iter().map(shared).collect::<Result<_, _>>().map(Some)
    }

    /// 取最高N项: the parts that were taken. Entries that were not are marked so already.
    fn add_best(&self, node: &Node, parts: &Parts, sums: &mut Sums) -> Result<(), Inexact> {
        let Combine::Best { most, lowest, each_entry, minus_joins } = &node.combine else { return Ok(()) };
        let taken = |first: u32, last: u32| {
            let rows = self.rows[self.index(first)..=self.index(last)].iter().filter(|row| row.counted == Some(true));
            let gains = |row: &&super::row::Row<'_>| {
                *minus_joins || row.figures[1].as_ref().is_some_and(|bonus| bonus.value.is_positive())
            };
            rows.filter(gains).count()
        };
        let mut room = (*most as usize).saturating_sub(parts.entries.map_or(0, |(first, last)| taken(first, last)));
        let mut candidates = Vec::new();
        for (part, figures) in self.assessed(parts) {
            if each_entry.contains(&part.node) {
                room = room.saturating_sub(taken(part.row, part.last));
                self.add_entries(part.row, part.last, sums)?;
                continue;
            }
            let [base, bonus, deduction] = figures;
            let joins = if *minus_joins { deduction } else { Number::ZERO };
            candidates.push((base.plus(bonus)?.minus(joins)?, part.row, figures));
        }
        candidates.sort_by(|a, b| if *lowest { a.0.cmp(&b.0) } else { b.0.cmp(&a.0) });
        for (place, (_, row, figures)) in candidates.into_iter().enumerate() {
            if place < room {
                sums.add(figures, row, None)?;
            } else if !*minus_joins {
                // What is deducted counts also where the part is not taken.
                sums.0[2].add(figures[2], format!("F{row}"))?;
            }
        }
        Ok(())
    }
}
