//! Several units side by side, over one or several periods, and what is told of them.

use std::collections::BTreeSet;

use super::claims::{about, demanded};
use super::title;
use crate::analysis::{Claim, Facts, Part, said_period, usual};
use crate::calendar::{Month, PeriodId};
use crate::example::run::{Ran, Seen};
use crate::outcome::{Status, UnitOutcome};
use crate::plan::*;

/// Facts of units, and whose results are told, of which periods.
#[derive(Clone, Default)]
pub(super) struct Scene {
    pub title: String,
    pub parts: Vec<Part>,
    /// The months in which the facts are reported, the same each time.
    pub months: Vec<Month>,
    pub told: Vec<usize>,
    pub periods: Vec<PeriodId>,
    /// Facts of the first months where they are others than those of the last.
    pub before: Vec<Part>,
    /// The item whose points are told; `None` for totals and what follows from them.
    pub node: Option<NodeId>,
}

impl Scene {
    pub fn name(&self, plan: &Plan, unit: usize) -> String {
        Claim::new(plan, plan.calendar.last(), Box::new(|_| true)).name(plan, unit, "")
    }

    /// As an example whose results are yet to be found.
    pub fn question(&self, plan: &Plan) -> String {
        let about = self.node.map_or("总分", |node| plan.nodes[node.index()].address.as_str());
        let about = if about.is_empty() { "总分" } else { about };
        let told: Vec<(usize, PeriodId, String)> = self
            .told
            .iter()
            .flat_map(|unit| self.periods.iter().map(|period| (*unit, *period, format!("{about} 0分"))))
            .collect();
        self.text(plan, &told)
    }

    /// As an example with what came out; `None` where that cannot be said.
    pub fn answered(&self, plan: &Plan, ran: &Ran) -> Option<String> {
        let mut told = Vec::new();
        for unit in &self.told {
            for period in &self.periods {
                let outcome = self.seen(plan, ran, *unit, *period)?;
                let results = match self.node.filter(|node| node.index() > 0) {
                    Some(node) => node_result(plan, outcome, node)?,
                    None => results(outcome),
                };
                if !results.is_empty() {
                    told.push((*unit, *period, results.join("，")));
                }
            }
        }
        (!told.is_empty()).then(|| self.text(plan, &told))
    }

    pub fn seen<'r>(&self, plan: &Plan, ran: &'r Ran, unit: usize, period: PeriodId) -> Option<&'r UnitOutcome> {
        let (name, period) = (self.name(plan, unit), &plan.calendar.period(period).name);
        let is_meant = |seen: &&Seen| seen.unit == name && seen.period == *period;
        ran.seen.iter().find(is_meant).map(|seen| &seen.outcome)
    }

    fn text(&self, plan: &Plan, told: &[(usize, PeriodId, String)]) -> String {
        let facts = self.facts(plan).told();
        let mut text = format!("例 {}\n", title(&self.title));
        facts.lines().for_each(|line| text.push_str(&format!("  {}\n", line.trim_start())));
        for (unit, period, results) in told {
            let period = said_period(plan.calendar.period(*period));
            text.push_str(&format!("  {period} {}\n  则 {results}\n", self.name(plan, *unit)));
        }
        text
    }

    /// Every unit reports what is asked about the items that any of them is about.
    fn facts(&self, plan: &Plan) -> Facts {
        let rows = self.parts.iter().chain(&self.before).flat_map(|part| &part.rows);
        let nodes: BTreeSet<NodeId> = about(plan, rows.map(|(input, ..)| *input)).chain(self.node).collect();
        let demanded = demanded(plan, &nodes);
        let is_global = |input: InputId| plan.inputs[input.index()].kind == InputKind::Parameter { global: true };
        let mut facts = Facts::default();
        let mut reported = BTreeSet::new();
        for (index, part) in self.parts.iter().enumerate() {
            let name = self.name(plan, index);
            facts.unit(plan, &name, &part.asked);
            for (turn, month) in self.months.iter().enumerate() {
                let before = self.before.get(index).filter(|_| turn + 1 < self.months.len());
                let mut rows = before.unwrap_or(part).rows.clone();
                for input in &demanded {
                    if !rows.iter().any(|(known, ..)| known == input) {
                        rows.push((*input, usual(plan, *input), Vec::new()));
                    }
                }
                for (place, row) in rows.iter().enumerate() {
                    let input = row.0;
                    // A season's figure is reported once in it; what happened may happen twice.
                    let (whose, place) = if is_global(input) { (usize::MAX, usize::MAX) } else { (index, place) };
                    let period = plan.calendar.around(plan.inputs[input.index()].cycle, *month);
                    if reported.insert((whose, input, place, period)) {
                        facts.row(plan, &name, *month, row);
                    }
                }
            }
        }
        facts
    }
}

/// Everything about a unit that an 例 can expect.
pub(super) fn results(outcome: &UnitOutcome) -> Vec<String> {
    if outcome.status != Status::Assessed {
        return vec!["不参评".to_owned()];
    }
    let mut told = Vec::new();
    if outcome.total.decimal().is_some() {
        told.push(format!("总分 {}分", outcome.total));
    }
    told.extend(effects(outcome));
    told.extend(outcome.rankings.first().and_then(|ranking| ranking.rank).map(|rank| format!("名次 第{rank}名")));
    told.extend(outcome.grades.iter().map(|grade| format!("等次 {}", grade.grade)));
    let given = outcome.awards.iter().filter(|award| award.withheld.is_none());
    // A sentence is split at its commas.
    let awards: Vec<&str> = given.map(|award| award.text.as_str()).collect();
    told.extend(
        awards.iter().filter(|text| !text.contains(['，', ',', '；', ';', '。'])).map(|text| format!("奖惩 {text}")),
    );
    if awards.is_empty() && !outcome.awards.is_empty() {
        told.push("不予奖励".to_owned());
    }
    told
}

/// What a unit is struck by.
pub(super) fn effects(outcome: &UnitOutcome) -> Vec<String> {
    let veto = outcome.vetoed.then(|| "一票否决".to_owned());
    veto.into_iter().chain(outcome.disqualified.iter().map(|title| format!("取消{title}"))).collect()
}

fn node_result(plan: &Plan, outcome: &UnitOutcome, node: NodeId) -> Option<Vec<String>> {
    let points = outcome.nodes.iter().find(|found| found.node == node).map(|found| found.points())?;
    points.decimal()?;
    Some(vec![format!("{} {points}分", plan.nodes[node.index()].address)])
}

/// Both units' facts in one; `None` where they contradict one another.
pub(super) fn merged(list: &[&Part]) -> Option<Part> {
    let mut whole = Part::default();
    for part in list {
        for (asked, text) in &part.asked {
            match whole.asked.iter().find(|(known, _)| known == asked) {
                Some((_, known)) if known != text => return None,
                Some(_) => {}
                None => whole.asked.push((*asked, text.clone())),
            }
        }
        for row in &part.rows {
            match whole.rows.iter().find(|(known, ..)| *known == row.0) {
                Some(known) if known != row => return None,
                Some(_) => {}
                None => whole.rows.push(row.clone()),
            }
        }
    }
    Some(whole)
}
