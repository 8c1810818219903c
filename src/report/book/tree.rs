//! A unit's points in a period as rows of a sheet: sections, items, entries and steps, each recomputed by formulas.

use super::amount::Amount;
use super::gather::{Part, Parts};
use super::row::{BY_PROGRAM, Kind, Row};
use super::step::Chain;
use crate::objection;
use crate::outcome::{Entry, NodeOutcome, Tally, UnitOutcome};
use crate::plan::{Expr, Node, NodeId, Rule};
use crate::scored::{Scored, tally_points};
use crate::value::Number;

/// The rows of one unit, from the row `first` (counted from 1) of its sheet on.
pub struct Tree<'a> {
    pub(super) scored: Scored<'a>,
    pub(super) unit: &'a UnitOutcome,
    first: u32,
    pub rows: Vec<Row<'a>>,
    /// Where nodes stand.
    pub places: Vec<Place>,
}

/// Where a node stands: the row of its result, and of what it was before its steps.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub node: NodeId,
    pub row: u32,
    pub raw: u32,
}

impl<'a> Tree<'a> {
    pub fn new(scored: Scored<'a>, unit: &'a UnitOutcome, first: u32) -> Tree<'a> {
        Tree { scored, unit, first, rows: Vec::new(), places: Vec::new() }
    }

    pub fn next_row(&self) -> u32 {
        self.first + self.rows.len() as u32
    }

    /// Where in `rows` the row of this number is.
    pub(super) fn index(&self, row: u32) -> usize {
        (row - self.first) as usize
    }

    /// Adds a node and all below it; gives its row.
    /// INVARIANT: the tree of nodes is as deep as the compiler lets it be, which bounds the recursion.
    pub fn node(&mut self, id: NodeId, depth: u8) -> u32 {
        let scored = self.scored;
        let node = &scored.plan.nodes[id.index()];
        let (place, at) = (self.next_row(), self.rows.len());
        let title = if id == NodeId(0) { "合计" } else { node.title.as_str() };
        self.rows.push(Row::new(Kind::Node, depth, &node.address, title));
        self.places.push(Place { node: id, row: place, raw: place });
        let outcome = scored.node(self.unit, id).filter(|outcome| outcome.assessed);
        let has_start = outcome.is_some() && node.start != Expr::Number(Number::ZERO);
        let start = has_start.then(|| self.push(Row::new(Kind::Start, depth + 1, "", "起评")));
        let entries = self.entries(id, depth + 1);
        let mut children = Vec::new();
        for child in &node.children {
            // Sections are always shown, so that every sheet tells of the same ones.
            if id == NodeId(0) || self.says_something(*child) {
                let row = self.node(*child, depth + 1);
                children.push(Part { node: *child, row, last: self.next_row() - 1 });
            }
        }
        match outcome {
            None => self.rows[at].remark = "不作考评".to_owned(),
            Some(_) if scored.is_quiet(self.unit, id) => {
                self.rows[at].figures = [const { Some(Amount::known(Number::ZERO)) }; 4];
            }
            Some(outcome) => {
                let parts = Parts { start, entries, children };
                let found = self.figures(id, outcome, &parts, depth);
                let figures = found.unwrap_or_else(|| self.by_program(at, &parts, &outcome.tally));
                self.rows[at].figures = with_points(figures, outcome.points(), place);
            }
        }
        place
    }

    /// Adds a row; gives its number.
    fn push(&mut self, row: Row<'a>) -> u32 {
        self.rows.push(row);
        self.next_row() - 1
    }

    /// What no formula gives is written down, and said to be.
    fn by_program(&mut self, at: usize, parts: &Parts, tally: &Tally) -> [Amount; 3] {
        self.rows[at].remark = BY_PROGRAM.to_owned();
        if let Some(start) = parts.start {
            let start = self.index(start);
            self.rows[start].remark = "见上行基础分".to_owned();
        }
        [tally.base, tally.bonus, tally.deduction].map(Amount::known)
    }

    /// How a spreadsheet finds base, bonus and deduction of a node; `None` where no formula gives what the program has.
    fn figures(&mut self, id: NodeId, outcome: &NodeOutcome, parts: &Parts, depth: u8) -> Option<[Amount; 3]> {
        let node = &self.scored.plan.nodes[id.index()];
        let three = |tally: &Tally| [tally.base, tally.bonus, tally.deduction];
        if node.cycle < self.scored.period().cycle {
            // It was put together, and had its steps, in each shorter period; here is what these came to.
            let mut counts = self.sub_periods(node).into_iter();
            return counts.find_map(|count| self.gather(id, three(&outcome.tally), parts, count).ok().flatten());
        }
        let raw = self.gather(id, three(outcome.raw()), parts, 1).ok().flatten()?;
        let recorded: Vec<_> = outcome.steps.iter().filter(|(op, _, _)| !op.starts_with('取')).collect();
        if node.steps.is_empty() && recorded.is_empty() {
            return Some(raw);
        }
        let (length, here) = (self.rows.len(), self.next_row());
        let mut row = Row::new(Kind::Raw, depth + 1, "", "小计");
        row.figures = with_points(raw, tally_points(outcome.raw()), here);
        self.push(row);
        let mut chain = Chain::new(self.scored.plan, outcome, here, recorded);
        if self.follow(&mut chain, node, depth).is_none() || !chain.is_at(&outcome.tally) {
            self.rows.truncate(length);
            return None;
        }
        self.places.iter_mut().filter(|place| place.node == id).for_each(|place| place.raw = here);
        Some(chain.figures())
    }

    /// A row for each step; `None` where a number is too large.
    fn follow(&mut self, chain: &mut Chain<'_>, node: &Node, depth: u8) -> Option<()> {
        for step in &node.steps {
            if let Some((text, remark, figures)) = chain.step(step, node.cycle).ok()? {
                let mut row = Row::new(Kind::Step, depth + 1, "", text);
                row.remark = remark;
                row.figures = with_points(figures, chain.points().ok()?, self.next_row());
                let here = self.push(row);
                chain.stands_at(here);
            }
        }
        if let Some(figures) = chain.zeroed() {
            let mut row = Row::new(Kind::Step, depth + 1, "", "本项计零");
            row.figures = with_points(figures, Number::ZERO, self.next_row());
            let here = self.push(row);
            chain.stands_at(here);
        }
        Some(())
    }

    /// Whether a part has points or facts. What is assessed over a longer cycle and not due yet has neither.
    fn says_something(&self, id: NodeId) -> bool {
        let scored = &self.scored;
        let is_due = scored.node(self.unit, id).is_some_and(|outcome| outcome.assessed)
            || scored.plan.nodes[id.index()].cycle <= scored.period().cycle;
        let mut rules = self.unit.entries.iter().map(|entry| scored.plan.rules[entry.rule.index()].node);
        !scored.is_quiet(self.unit, id) && (is_due || rules.any(|node| scored.lies_within(node, id)))
    }

    /// The node's own entries, line by line; gives their rows.
    fn entries(&mut self, id: NodeId, depth: u8) -> Option<(u32, u32)> {
        let (scored, unit, first) = (self.scored, self.unit, self.next_row());
        for rule_id in &scored.plan.nodes[id.index()].rules {
            let rule = &scored.plan.rules[rule_id.index()];
            for entry in unit.entries.iter().filter(|entry| entry.rule == *rule_id) {
                let row = self.entry(rule, entry, depth);
                self.rows.push(row);
            }
        }
        (self.next_row() > first).then(|| (first, self.next_row() - 1))
    }

    fn entry(&self, rule: &'a Rule, entry: &Entry, depth: u8) -> Row<'a> {
        let scored = &self.scored;
        let mut row = Row::new(Kind::Entry, depth, &scored.plan.nodes[rule.node.index()].address, rule.label.as_str());
        row.quantity = entry.quantity.map(|quantity| (quantity, scored.quantity_type(rule)));
        let figure = if entry.points.is_negative() { 2 } else { 1 };
        row.figures[figure] = Some(Amount::known(entry.points.abs()));
        row.counted = Some(entry.counted);
        row.line = rule.text.trim();
        let mut remarks = Vec::new();
        if entry.period != scored.outcome.period {
            remarks.push(scored.plan.calendar.period(entry.period).name.clone());
        }
        remarks.extend(objection::reasons(scored, scored.name(self.unit), entry));
        remarks.extend(entry.person.iter().map(|person| format!("人员：{person}")));
        remarks.extend(entry.matter.iter().map(|matter| format!("事项：{matter}")));
        remarks.extend(entry.late.map(|late| late.sentence()));
        remarks
            .extend(entry.peers.iter().map(|(peer, value)| format!("所比：{peer} {}（{BY_PROGRAM}）", value.spoken())));
        row.remark = remarks.join("；");
        row.facts = entry.places();
        let basis = entry.basis.iter().map(|basis| format!("依据：{basis}"));
        let note = entry.note.iter().map(|note| format!("备注：{note}"));
        row.papers = basis.chain(note).collect::<Vec<_>>().join("；");
        row
    }
}

/// Base, bonus, deduction and what they come to, all in one row.
fn with_points(figures: [Amount; 3], points: Number, row: u32) -> [Option<Amount>; 4] {
    let [base, bonus, deduction] = figures;
    let points = Amount::found(points, format!("D{row}+E{row}-F{row}"));
    [Some(base), Some(bonus), Some(deduction), Some(points)]
}
