//! What a finding says of the rulebook, with the facts that show it; the interpreter has the last word.

use crate::calendar::{Month, PeriodId};
use crate::outcome::{Outcome, UnitOutcome};
use crate::plan::*;
use crate::value::Number;

use super::facts::{Asked, Facts, Row, base_period};

/// Facts about a few units, and what must come out for the finding to be true.
pub struct Claim {
    /// Each unit's name and facts.
    pub units: Vec<Part>,
    /// When its facts are reported.
    pub month: Month,
    /// The period that is scored.
    pub period: PeriodId,
    /// Whether what came out is what the finding says.
    pub check: Check,
}

/// One unit's attributes and rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// What the roster says of the unit.
    pub asked: Vec<(Asked, String)>,
    /// Its facts.
    pub rows: Vec<Row>,
}

impl Part {
    /// Puts other facts beside these, what both say once; nothing where they contradict.
    pub fn join(&mut self, other: Part) -> Option<()> {
        let speaks_else = |(of, text): &(Asked, String)| self.asked.iter().any(|(own, said)| own == of && said != text);
        let reports_else = |row: &Row| self.rows.iter().any(|own| own.0 == row.0 && own != row);
        if other.asked.iter().any(speaks_else) || other.rows.iter().any(reports_else) {
            return None;
        }
        for asked in other.asked {
            if !self.asked.contains(&asked) {
                self.asked.push(asked);
            }
        }
        for row in other.rows {
            if !self.rows.contains(&row) {
                self.rows.push(row);
            }
        }
        Some(())
    }
}

/// What must come out, of the claim's units in their order.
pub type Check = Box<dyn Fn(&[&UnitOutcome]) -> bool + Send + Sync>;

/// How a claim calls its units.
const NAMES: &[&str] = &["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

impl Claim {
    /// One unit without facts, in the base period that holds the month.
    pub fn new(plan: &Plan, month: Month, check: Check) -> Claim {
        Claim { units: vec![Part::default()], month, period: base_period(plan, month), check }
    }

    /// A further unit.
    pub fn another(mut self) -> Claim {
        self.units.push(Part::default());
        self
    }

    /// A row about the last unit.
    pub fn row(self, input: InputId, quantity: Number) -> Claim {
        self.row_with(input, quantity, Vec::new())
    }

    /// A row about the last unit, with cells of its own.
    pub fn row_with(mut self, input: InputId, quantity: Number, given: Vec<(Asked, String)>) -> Claim {
        if let Some(unit) = self.units.last_mut() {
            unit.rows.push((input, quantity, given));
        }
        self
    }

    /// Attributes of the last unit.
    pub fn with(mut self, asked: Vec<(Asked, String)>) -> Claim {
        if let Some(unit) = self.units.last_mut() {
            unit.asked.extend(asked);
        }
        self
    }

    /// Everything as facts; `tag` keeps the units of several claims apart.
    pub fn facts(&self, plan: &Plan, tag: &str, facts: &mut Facts) {
        for (index, unit) in self.units.iter().enumerate() {
            let name = self.name(plan, index, tag);
            facts.unit(plan, &name, &unit.asked);
            for row in &unit.rows {
                facts.row(plan, &name, self.month, row);
            }
        }
    }

    /// What its unit of this number is called.
    pub fn name(&self, plan: &Plan, index: usize, tag: &str) -> String {
        let name = NAMES.get(index).map_or_else(|| format!("第{}个", index + 1), |name| (*name).to_owned());
        let subject = if plan.subject.chars().count() <= 4 { plan.subject.as_str() } else { "单位" };
        format!("{name}{subject}{tag}")
    }

    /// The facts in words.
    pub fn told(&self, plan: &Plan) -> String {
        let mut facts = Facts::default();
        self.facts(plan, "", &mut facts);
        facts.told()
    }

    /// Whether it came out so, among the units of all claims: `from` is the place of the first of ours on the roster.
    pub fn holds(&self, outcome: &Outcome, from: usize) -> bool {
        let mine: Vec<&UnitOutcome> = (from..from + self.units.len())
            .filter_map(|place| outcome.units.iter().find(|unit| unit.unit == place))
            .collect();
        mine.len() == self.units.len() && (self.check)(&mine)
    }

    /// The same with these facts alone.
    pub fn holds_alone(&self, plan: &Plan, relaxed: &Plan) -> bool {
        let mut facts = Facts::default();
        self.facts(plan, "", &mut facts);
        facts.score(relaxed, self.period).is_ok_and(|(_, outcome)| self.holds(&outcome, 0))
    }
}

/// What a line came to: the sum of its counted entries.
pub fn line_points(unit: &UnitOutcome, rule: RuleId) -> Number {
    let counted = unit.entries.iter().filter(|entry| entry.rule == rule && entry.counted);
    counted.fold(Number::ZERO, |sum, entry| sum.plus(entry.points).unwrap_or(sum))
}

/// What a node came to.
pub fn node_points(unit: &UnitOutcome, node: NodeId) -> Number {
    unit.nodes.iter().find(|outcome| outcome.node == node).map_or(Number::ZERO, |outcome| outcome.points())
}
