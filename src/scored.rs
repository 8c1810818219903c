//! A plan, its facts and an outcome side by side: what reports and explanations look things up in.

use crate::calendar::{Cycle, Period};
use crate::facts::{Cell, Store};
use crate::outcome::{NodeOutcome, Outcome, Tally, UnitOutcome};
use crate::plan::{Grouping, NodeId, Plan, Rule, Type};
use crate::value::Number;

/// One scored period.
#[derive(Clone, Copy)]
pub struct Scored<'a> {
    pub plan: &'a Plan,
    pub store: &'a Store,
    pub outcome: &'a Outcome,
}

impl<'a> Scored<'a> {
    pub fn period(&self) -> &'a Period {
        self.plan.calendar.period(self.outcome.period)
    }

    /// Whether the period is where titles and awards are decided: a year, or any roll-up of base periods.
    pub fn is_closing(&self) -> bool {
        let cycle = self.period().cycle;
        cycle >= Cycle::Year || cycle != self.plan.cycle
    }

    pub fn name(&self, unit: &UnitOutcome) -> &'a str {
        &self.store.roster[unit.unit].name
    }

    /// What the unit was called before it was renamed.
    pub fn former(&self, unit: &UnitOutcome) -> Option<&'a str> {
        self.store.roster[unit.unit].former.as_deref()
    }

    /// `新所（原名旧所）`: where whoever knows it by its former name would look for it.
    pub fn full_name(&self, unit: &UnitOutcome) -> String {
        full_name(self.name(unit), self.former(unit))
    }

    /// The unit's group, where the rulebook has groups.
    pub fn group(&self, unit: &UnitOutcome) -> Option<&'a str> {
        let member = &self.store.roster[unit.unit];
        match self.plan.group? {
            Grouping::Roster => member.group.map(|id| self.store.symbol(id)),
            Grouping::Attribute(id) => match member.attributes.get(id.index()) {
                Some(Cell::Text(text)) => Some(self.store.symbol(*text)),
                Some(Cell::Empty | Cell::Number(_) | Cell::Date(_)) | None => None,
            },
        }
    }

    /// The top-level nodes, in the order of the text.
    pub fn sections(&self) -> &'a [NodeId] {
        self.plan.nodes.first().map_or(&[], |root| root.children.as_slice())
    }

    /// The same without those that count at the year's end alone and have nothing in the period.
    pub fn sections_that_count(&self) -> Vec<NodeId> {
        let counts =
            |id: NodeId| self.outcome.units.iter().any(|unit| self.node(unit, id).is_some_and(|it| it.assessed));
        self.sections().iter().copied().filter(|id| !self.plan.is_year_end(*id) || counts(*id)).collect()
    }

    /// A node's result, where it was kept: all nodes are where traced, else the root and its children.
    pub fn node<'u>(&self, unit: &'u UnitOutcome, id: NodeId) -> Option<&'u NodeOutcome> {
        match unit.nodes.get(id.index()) {
            Some(found) if found.node == id => Some(found),
            _ => unit.nodes.iter().find(|node| node.node == id),
        }
    }

    /// Nothing happened at or below the node, and it has no points.
    pub fn is_quiet(&self, unit: &UnitOutcome, id: NodeId) -> bool {
        let silent = self.node(unit, id).is_none_or(|outcome| {
            let raw = &outcome.raw();
            outcome.assessed && outcome.points().is_zero() && raw.bonus.is_zero() && raw.deduction.is_zero()
        });
        silent && !unit.entries.iter().any(|entry| self.lies_within(self.plan.rules[entry.rule.index()].node, id))
    }

    /// Whether a node is another or somewhere below it.
    pub fn lies_within(&self, node: NodeId, outer: NodeId) -> bool {
        std::iter::successors(Some(node), |id| self.plan.nodes[id.index()].parent).any(|id| id == outer)
    }

    /// *The* rank: the first ranking's.
    pub fn rank(&self, unit: &UnitOutcome) -> Option<u32> {
        unit.rankings.first().and_then(|ranking| ranking.rank)
    }

    /// Whether the unit is on the roster in any month of the period.
    pub fn is_on_roster(&self, unit: &UnitOutcome) -> bool {
        self.store.roster[unit.unit].is_there_in(self.period())
    }

    /// The units but for those that are on the roster in other periods alone.
    pub fn units_on_roster(&self) -> Vec<&'a UnitOutcome> {
        self.outcome.units.iter().filter(|unit| self.is_on_roster(unit)).collect()
    }

    /// The texts of the awards that are given.
    pub fn awards(&self, unit: &'a UnitOutcome) -> impl Iterator<Item = &'a str> {
        unit.awards.iter().filter(|award| award.withheld.is_none()).map(|award| award.text.as_str())
    }

    /// The sum of the money awards; `None` where the rulebook gives no money in this cycle.
    pub fn money(&self, unit: &UnitOutcome) -> Option<Number> {
        let cycle = self.period().cycle;
        if !self.plan.awards.iter().any(|award| award.money.is_some() && award.cycle == cycle) {
            return None;
        }
        let given = unit.awards.iter().filter(|award| award.withheld.is_none()).filter_map(|award| award.money);
        Some(given.fold(Number::ZERO, |sum, money| sum.plus(money).unwrap_or(sum)))
    }

    /// What the quantity of a rule's entries is measured in.
    pub fn quantity_type(&self, rule: &Rule) -> Option<&'a Type> {
        let measure = self.plan.measures.iter().find(|measure| measure.node == rule.node && measure.name == rule.label);
        let input = || self.plan.inputs.iter().find(|input| input.node == rule.node && input.label == rule.label);
        measure.map(|measure| &measure.kind).or_else(|| input().map(|input| &input.quantity))
    }
}

/// `新所（原名旧所）`
pub fn full_name(name: &str, former: Option<&str>) -> String {
    former.map_or_else(|| name.to_owned(), |former| format!("{name}（原名{former}）"))
}

/// Base plus bonus less deduction. The evaluator added them up before, so the sum is in range.
pub fn tally_points(tally: &Tally) -> Number {
    let gained = tally.base.plus(tally.bonus);
    gained.and_then(|gained| gained.minus(tally.deduction)).unwrap_or_default()
}
