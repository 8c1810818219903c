//! A unit's points in a period as rows of a sheet: sections, items, entries and steps, each recomputed by formulas.

use super::amount::{Amount, Sum, literal};
use super::step;
use crate::outcome::{Entry, NodeOutcome, UnitOutcome};
use crate::plan::{Combine, Expr, NodeId, Rule, Type};
use crate::scored::{Scored, tally_points};
use crate::value::{Inexact, Number};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A unit or a month.
    Heading,
    /// The whole, a section or an item.
    Node,
    /// 起评
    Start,
    /// One counted fact, or one that does not count.
    Entry,
    /// 小计, before the steps.
    Raw,
    /// A cap, a factor, a rounding.
    Step,
}

/// Base, bonus, deduction.
pub type Three = [Number; 3];

/// The columns of [`Row::figures`]: base, bonus, deduction, points.
pub const FIGURES: [char; 4] = ['D', 'E', 'F', 'G'];
/// 计否
pub const COUNTED: char = 'H';
/// As they stand in that column.
pub const YES: &str = "计";
pub const NO: &str = "不计";
/// Stands beside what no formula gives.
pub const BY_PROGRAM: &str = "取自程序";

/// A row of a sheet.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    pub kind: Kind,
    /// How far in.
    pub depth: u8,
    pub clause: &'a str,
    /// The title, the label, the step.
    pub text: String,
    pub quantity: Option<(Number, Option<&'a Type>)>,
    /// 基础分, 加分, 扣分, 得分
    pub figures: [Option<Amount>; 4],
    pub counted: Option<bool>,
    /// The scoring line as the rulebook has it.
    pub line: &'a str,
    pub remark: String,
    /// Where the facts are.
    pub facts: String,
    /// 依据 and 备注
    pub papers: String,
}

impl<'a> Row<'a> {
    pub fn new(kind: Kind, depth: u8, clause: &'a str, text: impl Into<String>) -> Row<'a> {
        Row {
            kind,
            depth,
            clause,
            text: text.into(),
            quantity: None,
            figures: [const { None }; 4],
            counted: None,
            line: "",
            remark: String::new(),
            facts: String::new(),
            papers: String::new(),
        }
    }
}

/// The rows of one unit, from the row `first` (counted from 1) of its sheet on.
pub struct Tree<'a> {
    scored: Scored<'a>,
    unit: &'a UnitOutcome,
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

/// At most so many places of facts are listed for one entry.
const MOST_FACTS: usize = 6;

impl<'a> Tree<'a> {
    pub fn new(scored: Scored<'a>, unit: &'a UnitOutcome, first: u32) -> Tree<'a> {
        Tree { scored, unit, first, rows: Vec::new(), places: Vec::new() }
    }

    pub fn next_row(&self) -> u32 {
        self.first + self.rows.len() as u32
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
        let start = outcome.filter(|_| node.start != Expr::Number(Number::ZERO)).map(|_| {
            let start = self.next_row();
            self.rows.push(Row::new(Kind::Start, depth + 1, "", "起评"));
            start
        });
        let entries = self.entries(id, depth + 1);
        let mut children = Vec::new();
        for child in &node.children {
            // Sections are always shown, so that every sheet tells of the same ones.
            if id == NodeId(0) || self.says_something(*child) {
                let row = self.node(*child, depth + 1);
                children.push((*child, row, self.next_row() - 1));
            }
        }
        if outcome.is_some() && scored.is_quiet(self.unit, id) {
            self.rows[at].figures = [const { Some(Amount::known(Number::ZERO)) }; 4];
            return place;
        }
        let Some(outcome) = outcome else {
            self.rows[at].remark = "不作考评".to_owned();
            return place;
        };
        let parts = Parts { start, entries, children };
        let figures = self.figures(id, outcome, &parts, depth).unwrap_or_else(|| {
            self.rows[at].remark = BY_PROGRAM.to_owned();
            if let Some(start) = parts.start {
                self.rows[(start - self.first) as usize].remark = "见上行基础分".to_owned();
            }
            let tally = &outcome.tally;
            [tally.base, tally.bonus, tally.deduction].map(Amount::known)
        });
        self.rows[at].figures = with_points(figures, outcome.points, place);
        place
    }

    /// Whether a part has points or facts. What is assessed over a longer cycle and not due yet has neither.
    fn says_something(&self, id: NodeId) -> bool {
        let scored = &self.scored;
        let is_due = scored.node(self.unit, id).is_some_and(|outcome| outcome.assessed)
            || scored.plan.nodes[id.index()].cycle <= scored.period().cycle;
        let mut rules = self.unit.entries.iter().map(|entry| scored.plan.rules[entry.rule.index()].node);
        !scored.is_quiet(self.unit, id) && (is_due || rules.any(|node| scored.lies_within(node, id)))
    }

    /// How a spreadsheet finds base, bonus and deduction of a node; `None` where no formula gives what the program has.
    fn figures(&mut self, id: NodeId, outcome: &NodeOutcome, parts: &Parts, depth: u8) -> Option<[Amount; 3]> {
        let node = &self.scored.plan.nodes[id.index()];
        let raw = self.gather(id, outcome, parts).ok().flatten()?;
        let steps: Vec<_> = outcome.steps.iter().filter(|(op, _, _)| !op.starts_with('取')).collect();
        if node.steps.is_empty() && steps.is_empty() {
            return Some(raw);
        }
        let (length, here) = (self.rows.len(), self.next_row());
        let mut row = Row::new(Kind::Raw, depth + 1, "", "小计");
        row.figures = with_points(raw, tally_points(&outcome.raw), here);
        self.rows.push(row);
        self.places.iter_mut().filter(|place| place.node == id).for_each(|place| place.raw = here);
        let mut chain = step::Chain::new(self.scored.plan, outcome, here, steps);
        for step in &node.steps {
            if let Some((text, remark, figures)) = chain.step(step, node.cycle).ok()? {
                let (points, here) = (chain.points().ok()?, self.next_row());
                let mut row = Row::new(Kind::Step, depth + 1, "", text);
                row.remark = remark;
                row.figures = with_points(figures, points, here);
                self.rows.push(row);
                chain.stands_at(here);
            }
        }
        if let Some(figures) = chain.zeroed() {
            let here = self.next_row();
            let mut row = Row::new(Kind::Step, depth + 1, "", "本项计零");
            row.figures = with_points(figures, Number::ZERO, here);
            self.rows.push(row);
            chain.stands_at(here);
        }
        if !chain.is_at(&outcome.tally) {
            self.rows.truncate(length);
            self.places.iter_mut().filter(|place| place.node == id).for_each(|place| place.raw = place.row);
            return None;
        }
        Some(chain.figures())
    }

    /// Start, entries and parts put together, where that gives what the program has.
    fn gather(&mut self, id: NodeId, outcome: &NodeOutcome, parts: &Parts) -> Result<Option<[Amount; 3]>, Inexact> {
        let node = &self.scored.plan.nodes[id.index()];
        let raw = [outcome.raw.base, outcome.raw.bonus, outcome.raw.deduction];
        let mut sums: [Sum; 3] = Default::default();
        let mut known = self.add_entries(parts.entries, &mut sums)?;
        let mut add = |figures: Three, row: u32, factor: Option<(Number, String)>| -> Result<(), Inexact> {
            for ((sum, known), (value, column)) in sums.iter_mut().zip(&mut known).zip(figures.into_iter().zip(FIGURES))
            {
                let (value, term) = match &factor {
                    Some((factor, text)) => (value.times(*factor)?, format!("{column}{row}*{text}")),
                    None => (value, format!("{column}{row}")),
                };
                *known = known.plus(value)?;
                sum.add(value, term)?;
            }
            Ok(())
        };
        let children = self.tallies(parts);
        match &node.combine {
            Combine::Sum => {
                for (figures, row) in children {
                    add(figures, row, None)?;
                }
            }
            Combine::Mean => {
                let count = Number::whole(children.len() as i64);
                for (figures, row) in &children {
                    let share = Number::ONE.divided_by(count)?;
                    add(*figures, *row, Some((share, format!("1/{count}"))))?;
                }
            }
            Combine::Weighted { renormalize } => {
                let Some(weights) = self.weights(id, *renormalize)? else { return Ok(None) };
                for (figures, row) in children {
                    let child = parts.children.iter().find(|(_, place, _)| *place == row);
                    let weight = child.and_then(|(id, _, _)| weights.iter().find(|(of, _, _)| of == id));
                    let Some((_, weight, text)) = weight else { return Ok(None) };
                    add(figures, row, Some((*weight, text.clone())))?;
                }
            }
            Combine::Best { .. } => {
                let chosen = self.best(id, parts)?;
                for (figures, terms) in chosen {
                    for (index, (value, term)) in figures.into_iter().zip(terms).enumerate() {
                        known[index] = known[index].plus(value)?;
                        sums[index].add(value, term)?;
                    }
                }
            }
        }
        if let Some(row) = parts.start {
            let start = match node.start {
                Expr::Number(start) => start,
                _ => raw[0].minus(known[0])?,
            };
            let at = (row - self.first) as usize;
            self.rows[at].figures[0] = Some(Amount::known(start));
            if !matches!(node.start, Expr::Number(_)) {
                self.rows[at].remark = BY_PROGRAM.to_owned();
            }
            known[0] = known[0].plus(start)?;
            sums[0].add(start, format!("D{row}"))?;
        }
        let [base, bonus, deduction] = sums.map(Sum::amount);
        Ok(match (known == raw, base, bonus, deduction) {
            (true, Some(base), Some(bonus), Some(deduction)) => Some([base, bonus, deduction]),
            _ => None,
        })
    }

    /// The children that are assessed, with their rows.
    fn tallies(&self, parts: &Parts) -> Vec<(Three, u32)> {
        let tally = |(id, row, _): &(NodeId, u32, u32)| {
            let outcome = self.scored.node(self.unit, *id).filter(|outcome| outcome.assessed)?;
            Some(([outcome.tally.base, outcome.tally.bonus, outcome.tally.deduction], *row))
        };
        parts.children.iter().filter_map(tally).collect()
    }

    /// What entries of a range of rows add to bonus and deduction.
    fn add_entries(&self, range: Option<(u32, u32)>, sums: &mut [Sum; 3]) -> Result<Three, Inexact> {
        let mut known = Three::default();
        let Some((first, last)) = range else { return Ok(known) };
        for (index, sum) in [1, 2].into_iter().zip(&mut sums[1..]) {
            let value = self.counted(first, last, index)?;
            known[index] = value;
            sum.add(value, sum_if(FIGURES[index], first, last))?;
        }
        Ok(known)
    }

    /// The sum of a figure over the entries that count.
    fn counted(&self, first: u32, last: u32, figure: usize) -> Result<Number, Inexact> {
        let rows = &self.rows[(first - self.first) as usize..=(last - self.first) as usize];
        let counted = rows.iter().filter(|row| row.counted == Some(true));
        counted.filter_map(|row| row.figures[figure].as_ref()).try_fold(Number::ZERO, |sum, one| sum.plus(one.value))
    }

    /// The weight of each assessed part, as the program and as a formula has it; `None` where one is no constant.
    fn weights(&self, id: NodeId, renormalize: bool) -> Result<Option<Vec<(NodeId, Number, String)>>, Inexact> {
        let plan = self.scored.plan;
        let (mut all, mut present, mut weights) = (Number::ZERO, Number::ZERO, Vec::new());
        for child in &plan.nodes[id.index()].children {
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
        let shared = |(id, weight): (NodeId, Number)| match renormalize && present != all {
            true => Ok((
                id,
                weight.times(all)?.divided_by(present)?,
                format!("{}*{}/{}", literal(weight), literal(all), literal(present)),
            )),
            false => Ok((id, weight, literal(weight))),
        };
        weights.into_iter().map(shared).collect::<Result<_, _>>().map(Some)
    }

    /// 取最高N项: the parts that were taken, and what each gives; entries that were not are marked so already.
    fn best(&self, id: NodeId, parts: &Parts) -> Result<Vec<(Three, [String; 3])>, Inexact> {
        let Combine::Best { most, lowest, each_entry, minus_joins } = &self.scored.plan.nodes[id.index()].combine
        else {
            return Ok(Vec::new());
        };
        let joins = |value: &Amount, figure: usize| figure == 1 && value.value.is_positive() || *minus_joins;
        let taken = |first: u32, last: u32| {
            let rows = &self.rows[(first - self.first) as usize..=(last - self.first) as usize];
            let counted = rows.iter().filter(|row| row.counted == Some(true));
            counted.filter(|row| (1..3).any(|at| row.figures[at].as_ref().is_some_and(|one| joins(one, at)))).count()
        };
        let mut room = *most as usize;
        let mut chosen = Vec::new();
        room = room.saturating_sub(parts.entries.map_or(0, |(first, last)| taken(first, last)));
        let mut candidates = Vec::new();
        for (child, row, last) in &parts.children {
            let outcome = self.scored.node(self.unit, *child).filter(|outcome| outcome.assessed);
            let Some(outcome) = outcome else { continue };
            if each_entry.contains(child) {
                room = room.saturating_sub(taken(*row, *last));
                let sum = |figure: usize| self.counted(*row, *last, figure);
                let terms = [1, 2].map(|figure| sum_if(FIGURES[figure], *row, *last));
                let [bonus, deduction] = terms;
                chosen.push(([Number::ZERO, sum(1)?, sum(2)?], ["0".to_owned(), bonus, deduction]));
                continue;
            }
            let tally = &outcome.tally;
            let deduction = if *minus_joins { tally.deduction } else { Number::ZERO };
            let points = tally.base.plus(tally.bonus)?.minus(deduction)?;
            candidates.push((points, [tally.base, tally.bonus, tally.deduction], *row));
        }
        candidates.sort_by(|a, b| if *lowest { a.0.cmp(&b.0) } else { b.0.cmp(&a.0) });
        for (place, (_, figures, row)) in candidates.into_iter().enumerate() {
            let [base, bonus, deduction] =
                FIGURES.map(|column| format!("{column}{row}"))[..3].to_vec().try_into().unwrap_or_default();
            match (place < room, *minus_joins) {
                (true, _) => chosen.push((figures, [base, bonus, deduction])),
                (false, true) => {}
                (false, false) => {
                    let zero = || "0".to_owned();
                    chosen.push(([Number::ZERO, Number::ZERO, figures[2]], [zero(), zero(), deduction]));
                }
            }
        }
        Ok(chosen)
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
        remarks.extend(entry.reason.clone());
        remarks.extend(entry.person.iter().map(|person| format!("人员：{person}")));
        remarks.extend(entry.matter.iter().map(|matter| format!("事项：{matter}")));
        remarks.extend(entry.peers.iter().map(|peer| format!("所比：{peer}（{BY_PROGRAM}）")));
        row.remark = remarks.join("；");
        row.facts = match entry.facts.len() {
            0..=MOST_FACTS => entry.facts.join("、"),
            count => format!("{}等{count}行", entry.facts[..MOST_FACTS].join("、")),
        };
        let basis = entry.basis.iter().map(|basis| format!("依据：{basis}"));
        let note = entry.note.iter().map(|note| format!("备注：{note}"));
        row.papers = basis.chain(note).collect::<Vec<_>>().join("；");
        row
    }
}

/// What stands below a node: rows from and to, both included.
struct Parts {
    start: Option<u32>,
    entries: Option<(u32, u32)>,
    /// With the last row of each.
    children: Vec<(NodeId, u32, u32)>,
}

fn sum_if(column: char, first: u32, last: u32) -> String {
    format!("SUMIF({COUNTED}{first}:{COUNTED}{last},\"{YES}\",{column}{first}:{column}{last})")
}

/// Base, bonus, deduction and what they come to, all in one row.
fn with_points(figures: [Amount; 3], points: Number, row: u32) -> [Option<Amount>; 4] {
    let [base, bonus, deduction] = figures;
    let points = Amount::found(points, format!("D{row}+E{row}-F{row}"));
    [Some(base), Some(bonus), Some(deduction), Some(points)]
}
