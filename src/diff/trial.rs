//! Made-up facts in terms of both books, and what either book makes of them.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Matched;
use crate::analysis::{Asked, Facts, Settings, base_period, part_of, relaxed};
use crate::calendar::{Cycle, Month, PeriodId};
use crate::eval::before_the_term;
use crate::facts::Reading;
use crate::outcome::{Outcome, Status, UnitOutcome};
use crate::plan::*;
use crate::value::Number;

/// Up to so many lines a book is tried whole.
const SMALL: usize = 60;

/// How trials call their units.
const NAMES: &[&str] = &["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑"];

/// Something a row or unit is to hold, by its name: ids differ between books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Column(String),
    Attribute(String),
    Points,
    /// 位次, 人数, 事项
    Field(RowField),
    /// For its month alone, though a longer period is assessed.
    Month,
    /// On the roster from so many months after the first on.
    Since(i32),
    /// A figure of a period before the term, in 历史.csv.
    Past {
        name: String,
        cycle: Cycle,
        back: u32,
    },
}

/// A row in the terms of whichever book knows it.
#[derive(Clone, Debug)]
pub struct Row {
    pub old: Option<InputId>,
    pub new: Option<InputId>,
    pub quantity: Number,
    pub given: Vec<(Named, String)>,
    /// So many months before the others; below zero, after them.
    pub back: i32,
    /// It shows nothing: its item wants it reported.
    pub is_owed: bool,
}

/// What the roster says of a unit, and its rows.
pub type Unit = (Vec<(Named, String)>, Vec<Row>);

/// Facts about a few units.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    pub units: Vec<Unit>,
}

impl Trial {
    pub fn one(asked: Vec<(Named, String)>, rows: Vec<Row>) -> Trial {
        Trial { units: vec![(asked, rows)] }
    }

    /// What is smaller is easier to check: fewer rows, then shorter and smaller figures.
    pub fn size(&self) -> (usize, usize, Number) {
        let rows = || self.units.iter().flat_map(|(_, rows)| rows);
        let digits = rows().map(|row| row.quantity.to_string().len()).sum();
        let sum = rows().fold(Number::ZERO, |sum, row| sum.plus(row.quantity.abs()).unwrap_or(sum));
        (rows().count() * 2 + self.units.iter().map(|(asked, _)| asked.len()).sum::<usize>(), digits, sum)
    }
}

/// What it takes to try facts by a plan, made where it is first asked for.
#[derive(Default)]
pub struct Prepared {
    whole: OnceCell<Plan>,
    /// Parts of the plan have its names and inputs: they are read alike.
    reading: OnceCell<Reading>,
}

/// One of the books.
pub struct Side<'p> {
    pub plan: &'p Plan,
    pub is_old: bool,
    prepared: Rc<Prepared>,
    /// How many units were scored so far.
    pub scored: Cell<usize>,
    /// What a longer period than the base is: the whole term, or what a roll-up speaks of.
    pub longer: Cell<Cycle>,
}

impl<'p> Side<'p> {
    pub fn new(plan: &'p Plan, is_old: bool) -> Side<'p> {
        Side::prepared(plan, is_old, Rc::default())
    }

    /// A book that is looked at again and again.
    pub fn prepared(plan: &'p Plan, is_old: bool, prepared: Rc<Prepared>) -> Side<'p> {
        Side { plan, is_old, prepared, scored: Cell::new(0), longer: Cell::new(Cycle::Term) }
    }

    /// The whole book as trials see it.
    pub fn whole(&self) -> &Plan {
        self.prepared.whole.get_or_init(|| relaxed(self.plan.clone()))
    }

    fn score(&self, facts: &Facts, part: &Plan, period: PeriodId) -> Option<Outcome> {
        self.scored.set(self.scored.get() + facts.units.len());
        let reading = self.prepared.reading.get_or_init(|| Facts::reading(self.plan));
        facts.score_by(reading, part, period).ok().map(|(_, outcome)| outcome)
    }

    /// The part of the book that nodes belong to, as trials see it.
    pub fn part(&self, nodes: &[NodeId]) -> Plan {
        // Of a small book the whole costs no more, and what stands beside a node may be what makes it count.
        match self.plan.rules.len() <= SMALL {
            true => relaxed(self.plan.clone()),
            false => relaxed(part_of(self.plan, nodes.iter().copied()).plan),
        }
    }

    fn own(&self, row: &Row) -> Option<InputId> {
        if self.is_old { row.old } else { row.new }
    }

    /// The points that someone gives a row by this book: of what it permits the nearest to what they have in mind.
    pub fn points(&self, row: &Row) -> Option<Number> {
        let (least, most) = self.plan.inputs[self.own(row)?.index()].needs.points?;
        let wanted = row.given.iter().find(|(named, _)| *named == Named::Points);
        let wanted = wanted.and_then(|(_, text)| text.parse().ok()).unwrap_or(most);
        Some(Number::from(wanted.clamp(least, most)))
    }

    /// What a row holds, as this book permits it.
    fn held(&self, row: &Row) -> Vec<(Asked, String)> {
        let mut asked = self.asked(&row.given);
        let points = asked.iter_mut().find(|(asked, _)| *asked == Asked::Points);
        if let Some(((_, text), points)) = points.zip(self.points(row)) {
            *text = points.to_string();
        }
        asked
    }

    fn asked(&self, given: &[(Named, String)]) -> Vec<(Asked, String)> {
        let place = |list: &[Column], name: &str| list.iter().position(|column| column.name == name);
        let asked = given.iter().filter_map(|(named, text)| {
            let asked = match named {
                Named::Points => Asked::Points,
                Named::Field(field) => Asked::Field(*field),
                Named::Column(name) => Asked::Column(ColumnId(place(&self.plan.columns, name)? as u16)),
                Named::Attribute(name) => Asked::Attribute(AttributeId(place(&self.plan.attributes, name)? as u16)),
                Named::Month => Asked::Month,
                Named::Past { .. } | Named::Since(_) => return None,
            };
            Some((asked, text.clone()))
        });
        asked.collect()
    }

    /// The last month with this number; the last of all where there is none.
    pub fn month(&self, number: u32) -> Month {
        let calendar = &self.plan.calendar;
        let months = (0..calendar.last().since(calendar.first()) + 1).rev().map(|back| calendar.first().plus(back));
        months.into_iter().find(|month| month.number() == number).unwrap_or(calendar.last())
    }

    /// Whether an input may be reported then.
    fn is_open(&self, input: InputId, month: Month) -> bool {
        let of = &self.plan.inputs[input.index()];
        let period = self.plan.calendar.around(Cycle::Month, month).map(|id| self.plan.calendar.period(id));
        let pending = |input: &Input| matches!(input.kind, InputKind::Pending(_));
        (of.only_months.is_empty() || of.only_months.contains(&month.number()))
            && period.and_then(|period| self.plan.input_in(input, period)).is_some_and(|input| !pending(input))
    }

    /// The facts of trials as this book's office would report them; what it does not know is left out.
    pub fn facts(&self, trials: &[&Trial], month: Month) -> Facts {
        let mut facts = Facts::default();
        for (tag, trial) in trials.iter().enumerate() {
            for (index, (asked, rows)) in trial.units.iter().enumerate() {
                let name = self.name(index, if trials.len() > 1 { Some(tag) } else { None });
                facts.unit(self.plan, &name, &self.asked(asked));
                for (named, value) in asked {
                    match named {
                        Named::Past { name: figure, cycle, back } => {
                            if let Some(period) = before_the_term(&self.plan.calendar, *cycle, *back, month) {
                                facts.past(&name, &period, figure, value);
                            }
                        }
                        Named::Since(months) => facts.since(self.plan.calendar.first().plus(*months)),
                        _ => {}
                    }
                }
                for row in rows {
                    let month = month.plus(-row.back);
                    if month < self.plan.calendar.first() {
                        continue;
                    }
                    if let Some(input) = self.own(row).filter(|input| self.is_open(*input, month)) {
                        facts.row(self.plan, &name, month, &(input, row.quantity, self.held(row)));
                    }
                }
            }
        }
        facts
    }

    fn name(&self, index: usize, tag: Option<usize>) -> String {
        let subject = if self.plan.subject.chars().count() <= 4 { self.plan.subject.as_str() } else { "单位" };
        let name = NAMES.get(index).map_or_else(|| format!("第{}个", index + 1), |name| (*name).to_owned());
        match tag {
            Some(tag) => format!("{name}{subject}{tag}"),
            None => format!("{name}{subject}"),
        }
    }

    pub fn period(&self, month: Month, term: bool) -> PeriodId {
        let longer = self.longer.get();
        match term {
            true if longer == Cycle::Term => self.plan.calendar.term(),
            true => self.plan.calendar.around(longer, month).unwrap_or_else(|| self.plan.calendar.term()),
            false => base_period(self.plan, month),
        }
    }

    /// What the part makes of trials of one unit each, side by side. `None` where it refuses the facts.
    pub fn together(&self, part: &Plan, trials: &[&Trial], month: Month, term: bool) -> Vec<Option<Result>> {
        let period = self.period(month, term);
        if let Some(outcome) = self.score(&self.facts(trials, month), part, period) {
            return (0..trials.len())
                .map(|unit| outcome.units.iter().find(|it| it.unit == unit).map(Result::of))
                .collect();
        }
        // One that is refused spoils all that stand beside it: they are cut apart until it is alone.
        match trials {
            [] | [_] => vec![None; trials.len()],
            _ => {
                let (left, right) = trials.split_at(trials.len() / 2);
                let mut results = self.together(part, left, month, term);
                results.extend(self.together(part, right, month, term));
                results
            }
        }
    }

    /// What the whole book makes of one trial.
    pub fn whole_result(&self, trial: &Trial, month: Month, term: bool) -> Option<Vec<Result>> {
        let (facts, period) = (self.facts(&[trial], month), self.period(month, term));
        let outcome = self.score(&facts, self.whole(), period)?;
        let units = 0..trial.units.len();
        units.map(|unit| outcome.units.iter().find(|it| it.unit == unit).map(Result::of)).collect()
    }
}

/// What came out for a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Result {
    pub assessed: bool,
    pub total: Number,
    pub vetoed: bool,
    pub disqualified: Vec<String>,
    /// By ranking, grading and award of the plan.
    pub ranks: Vec<(usize, Option<u32>)>,
    pub grades: Vec<(usize, String)>,
    pub awards: Vec<(usize, String, Option<Number>)>,
    pub nodes: FxHashMap<NodeId, Number>,
}

impl Result {
    fn of(unit: &UnitOutcome) -> Result {
        let given = unit.awards.iter().filter(|award| award.withheld.is_none());
        let awards =
            given.map(|award| (usize::from(award.award), crate::meaning::prize_text(&award.text), award.money));
        Result {
            assessed: unit.status == Status::Assessed,
            total: unit.total,
            vetoed: unit.vetoed,
            disqualified: unit.disqualified.clone(),
            ranks: unit.rankings.iter().map(|ranking| (usize::from(ranking.ranking), ranking.rank)).collect(),
            grades: unit.grades.iter().map(|grade| (usize::from(grade.grading), grade.grade.clone())).collect(),
            awards: awards.collect(),
            nodes: unit.nodes.iter().filter(|node| node.assessed).map(|node| (node.node, node.points())).collect(),
        }
    }

    /// Of the unit by itself, whatever stands beside it.
    pub fn differs_alone(&self, other: &Result) -> bool {
        self.assessed != other.assessed
            || self.total != other.total
            || self.vetoed != other.vetoed
            || self.disqualified != other.disqualified
    }
}

/// Settings of one book as a trial of both.
pub struct Translate<'m, 'p> {
    pub plan: &'p Plan,
    pub is_old: bool,
    pub matched: &'m Matched,
    pub back: &'m FxHashMap<InputId, InputId>,
}

impl Translate<'_, '_> {
    pub fn named(&self, given: &[(Asked, String)]) -> Vec<(Named, String)> {
        let named = given.iter().map(|(asked, text)| {
            let named = match asked {
                Asked::Column(id) => Named::Column(self.plan.columns[id.index()].name.clone()),
                Asked::Attribute(id) => Named::Attribute(self.plan.attributes[id.index()].name.clone()),
                Asked::Points => Named::Points,
                Asked::Month => Named::Month,
                Asked::Field(field) => Named::Field(*field),
            };
            (named, text.clone())
        });
        named.collect()
    }

    pub fn row(&self, input: InputId, quantity: Number, given: &[(Asked, String)]) -> Row {
        let other = if self.is_old { self.matched.inputs.get(&input) } else { self.back.get(&input) }.copied();
        let (old, new) = if self.is_old { (Some(input), other) } else { (other, Some(input)) };
        Row { old, new, quantity, given: self.named(given), back: 0, is_owed: false }
    }

    /// Rows that settings ask for, and a row of `basis` where a line goes by rows.
    pub fn trial(&self, basis: Option<(InputId, Number)>, settings: &Settings) -> Trial {
        let is_attribute = |asked: &Asked| matches!(asked, Asked::Attribute(_));
        let (asked, given): (Vec<_>, Vec<_>) =
            settings.given.iter().cloned().partition(|(asked, _)| is_attribute(asked));
        let mut rows = Vec::new();
        if let Some((input, quantity)) = basis {
            rows.push(self.row(input, settings.quantity.unwrap_or(quantity), &given));
        }
        rows.extend(settings.rows.iter().map(|(input, quantity)| self.row(*input, *quantity, &[])));
        Trial::one(self.named(&asked), rows)
    }
}
