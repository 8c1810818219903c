//! From an outcome to sentences: why a unit has its total, its rank and its awards.

mod award;
mod clause;
mod closing;
mod rank;
mod tree;

use rustc_hash::FxHashMap;

use crate::calendar::PeriodId;
use crate::outcome::{Outcome, Status, UnitOutcome};
use crate::plan::NodeId;
use crate::plan::words::points_text;
use crate::scored::Scored;
use crate::value::Number;

pub use tree::{Kind, Tree};

use rank::Standings;

/// A part of what a unit came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Total,
    Node(NodeId),
    Rank,
    /// 等次和奖惩
    Awards,
    /// 一票否决、取消资格
    Effects,
}

/// Explains the units of one traced outcome.
pub struct Explainer<'a> {
    scored: Scored<'a>,
    /// The base periods of a roll-up, each with where its units are.
    periods: Vec<(Scored<'a>, FxHashMap<usize, usize>)>,
    standings: Standings<'a>,
}

impl<'a> Explainer<'a> {
    /// `periods` are the traced outcomes of the base periods, where `scored` is a roll-up.
    pub fn new(scored: Scored<'a>, periods: &'a [Outcome]) -> Explainer<'a> {
        let periods = periods.iter().map(|outcome| {
            let places = outcome.units.iter().enumerate().map(|(place, unit)| (unit.unit, place)).collect();
            (Scored { outcome, ..scored }, places)
        });
        Explainer { scored, periods: periods.collect(), standings: Standings::of(&scored) }
    }

    /// Everything about a unit, and what all of it rests on.
    pub fn unit(&self, unit: &'a UnitOutcome) -> Tree {
        let mut tree = self.standing(unit);
        self.explain_points(unit, &mut tree);
        self.annex(&mut tree);
        tree
    }

    /// Everything about a unit alone.
    pub fn unit_alone(&self, unit: &'a UnitOutcome) -> Tree {
        let mut tree = self.standing(unit);
        self.explain_points(unit, &mut tree);
        tree
    }

    /// Rank, effects, grades, awards and the totals of the periods: all that is not told by section.
    pub fn standing(&self, unit: &'a UnitOutcome) -> Tree {
        let scored = &self.scored;
        let mut tree = self.heading(unit);
        tree.push_filled(self.standings.explain(scored, unit));
        tree.push_filled(effects(scored, unit));
        tree.push_filled(award::explain(scored, &self.standings, unit));
        tree.push_filled(self.totals(unit));
        tree
    }

    fn explain_points(&self, unit: &'a UnitOutcome, tree: &mut Tree) {
        clause::explain_sections(&self.scored, unit, self.is_summed(), tree);
        for (period, month) in self.months(unit) {
            let mut branch = period_branch(&period, month);
            branch.push_filled(period_standing(&period, month));
            branch.push_filled(effects(&period, month));
            clause::explain_sections(&period, month, false, &mut branch);
            tree.push(branch);
        }
    }

    /// One section or item of a unit.
    pub fn clause(&self, unit: &'a UnitOutcome, node: NodeId) -> Tree {
        let mut tree = self.heading(unit);
        tree.push(clause::explain(&self.scored, unit, node, self.is_summed()));
        for (period, month) in self.months(unit).filter(|_| !self.scored.plan.is_year_end(node)) {
            let mut branch = Tree::new(period.period().name.clone());
            branch.push(clause::explain(&period, month, node, false));
            tree.push(branch);
        }
        tree
    }

    /// The caps and other steps that changed a unit's points, by base period where there are several.
    pub fn steps(&self, unit: &'a UnitOutcome) -> Tree {
        let mut tree = Tree::new("封顶等");
        if self.is_summed() {
            for (period, month) in self.months(unit) {
                let mut branch = Tree::new(period.period().name.clone());
                clause::explain_all_steps(&period, month, &mut branch);
                tree.push_filled(branch);
            }
        } else {
            clause::explain_all_steps(&self.scored, unit, &mut tree);
        }
        tree
    }

    /// One part alone, without what it rests on.
    pub fn about(&self, unit: &'a UnitOutcome, about: About) -> Vec<Tree> {
        let scored = &self.scored;
        let mut top = Tree::default();
        match about {
            About::Total | About::Effects => {
                top.push_filled(effects(scored, unit));
                if about == About::Total {
                    top.push_filled(self.totals(unit));
                    clause::explain_sections(scored, unit, self.is_summed(), &mut top);
                }
                for (period, month) in self.months(unit) {
                    let mut branch = period_branch(&period, month);
                    branch.push_filled(effects(&period, month));
                    if about == About::Total {
                        clause::explain_sections(&period, month, false, &mut branch);
                    }
                    top.push_filled(branch);
                }
            }
            About::Node(node) => {
                top.push(clause::explain(scored, unit, node, self.is_summed()));
                for (period, month) in self.months(unit).filter(|_| !scored.plan.is_year_end(node)) {
                    let mut branch = Tree::new(period.period().name.clone());
                    branch.push(clause::explain(&period, month, node, false));
                    top.push(branch);
                }
            }
            About::Rank => top.push_filled(self.standings.explain(scored, unit)),
            About::Awards => {
                top.push_filled(award::explain(scored, &self.standings, unit));
                top.push_filled(self.standings.explain(scored, unit));
                top.push_filled(effects(scored, unit));
            }
        }
        if let (Status::NotAssessed, Some(reason)) = (unit.status, &unit.status_reason) {
            top.say(format!("不参评：{reason}"));
        }
        top.branches
    }

    /// Whether details are told by the base periods rather than here.
    fn is_summed(&self) -> bool {
        !self.periods.is_empty()
    }

    /// The base periods in which it is on the roster.
    fn months(&self, unit: &UnitOutcome) -> impl Iterator<Item = (Scored<'a>, &'a UnitOutcome)> {
        self.periods.iter().filter_map(move |(scored, places)| {
            let place = places.get(&unit.unit)?;
            unit.periods.iter().find(|(period, _)| *period == scored.outcome.period)?;
            Some((*scored, &scored.outcome.units[*place]))
        })
    }

    fn heading(&self, unit: &UnitOutcome) -> Tree {
        let scored = &self.scored;
        let mut text = format!("{} {}：", scored.full_name(unit), scored.period().name);
        match unit.status {
            Status::Assessed => text.push_str(&format!("总分{}", points_text(unit.total))),
            Status::NotAssessed => text.push_str("不参评"),
        }
        match (&unit.status_reason, unit.rankings.first()) {
            (Some(reason), _) => text.push_str(&format!("（{reason}）")),
            (None, Some(one)) => match one.rank {
                Some(rank) => {
                    text.push_str(&format!("，第{rank}名（{}共{}个单位）", in_group(one.group.as_deref()), one.of))
                }
                None => text.push_str("，不排名"),
            },
            (None, None) => {}
        }
        Tree::new(text)
    }

    /// By which line of 参评 the unit is not assessed in a base period.
    fn apart(&self, unit: &UnitOutcome, period: PeriodId) -> Option<&str> {
        let (scored, places) = self.periods.iter().find(|(scored, _)| scored.outcome.period == period)?;
        let reason = scored.outcome.units[*places.get(&unit.unit)?].status_reason.as_deref()?;
        scored.plan.excluded.iter().map(|line| line.text.as_str()).find(|line| *line == reason)
    }

    /// The base periods' totals, for a roll-up.
    fn totals(&self, unit: &UnitOutcome) -> Tree {
        let mut tree = Tree::new("各期得分");
        let mut sum = Some(Number::ZERO);
        let name = |period| &self.scored.plan.calendar.period(period).name;
        for (period, total) in &unit.periods {
            let apart = self.apart(unit, *period).map(|why| format!("（不参评：{why}；照样计入）"));
            tree.say(format!("{}：{}{}", name(*period), points_text(*total), apart.unwrap_or_default()));
            sum = sum.and_then(|sum| sum.plus(*total).ok());
        }
        for period in &unit.left_out {
            let why = self.apart(unit, *period).map(|why| format!("：{why}")).unwrap_or_default();
            tree.say(format!("{}：不参评{why}；不计入", name(*period)));
        }
        match sum {
            // Who is not assessed has no total.
            _ if unit.status == Status::NotAssessed => {}
            Some(sum) if sum != unit.total && !unit.periods.is_empty() => {
                let total = points_text(unit.total);
                let mut branch = Tree::new(format!("各期之和{}，按约定的办法得出总分{total}", points_text(sum)));
                let parts = closing::parts(self, unit);
                let parts = if parts.is_empty() { &unit.total_figures } else { &parts };
                parts.iter().for_each(|part| branch.say(part.as_str()));
                tree.push(branch);
            }
            Some(sum) if unit.periods.len() > 1 => tree.say(format!("合计：{}", points_text(sum))),
            _ => {}
        }
        tree
    }

    /// What the numbers rest on beyond the scheme's text.
    fn annex(&self, tree: &mut Tree) {
        let readings = &self.scored.plan.readings;
        let mut conventions = Tree::new("约定");
        for reading in readings.iter().filter(|reading| reading.kind == "约定") {
            conventions.say(with_clause(&reading.clause, &reading.text));
        }
        tree.push_filled(conventions);
        let others = readings.iter().filter(|reading| reading.kind != "约定").count();
        if others > 0 {
            tree.say(format!("读法和待定共{others}条，全文见 zhunsheng show 方案文件 --readings"));
        }
    }
}

/// `综合组内`, or nothing.
fn in_group(group: Option<&str>) -> String {
    group.map_or_else(String::new, |group| format!("{group}内"))
}

fn with_clause(clause: &str, text: &str) -> String {
    if clause.is_empty() { text.to_owned() } else { format!("{clause}：{text}") }
}

/// `扣2分`, `加5分`, `0分`.
fn gain(points: Number) -> String {
    match (points.is_negative(), points.is_zero()) {
        (true, _) => format!("扣{}", points_text(points.abs())),
        (false, true) => "0分".to_owned(),
        (false, false) => format!("加{}", points_text(points)),
    }
}

fn period_branch(scored: &Scored<'_>, unit: &UnitOutcome) -> Tree {
    Tree::of(Kind::Period, scored.period().name.clone(), format!("：{}", points_text(unit.total)))
}

fn period_standing(scored: &Scored<'_>, unit: &UnitOutcome) -> Tree {
    let mut tree = Tree::new("名次");
    for one in &unit.rankings {
        if let Some(rank) = one.rank {
            let name = &scored.plan.rankings[usize::from(one.ranking)].name;
            tree.say(format!("{name}：第{rank}名（{}共{}个单位）", in_group(one.group.as_deref()), one.of));
        }
    }
    tree
}

/// Vetoes, lost titles, zeroed items.
fn effects(scored: &Scored<'_>, unit: &UnitOutcome) -> Tree {
    let mut tree = Tree::new("一票否决、取消资格等");
    for effect in &unit.effects {
        let rule = &scored.plan.rules[effect.rule.index()];
        let address = &scored.plan.nodes[rule.node.index()].address;
        let mut text = format!("{}：{address} {}（{}）", effect.effect, rule.label, scored.plan.line_name(rule.line));
        if effect.period != scored.outcome.period {
            text.push_str(&format!("，{}", scored.plan.calendar.period(effect.period).name));
        }
        if let Some(fact) = &effect.fact {
            let also: String = effect.also.iter().map(|other| format!("、{other}")).collect();
            text.push_str(&format!("，事实见 {fact}{also}"));
        }
        tree.say(text);
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, expect};

    fn explain(name: &str, clause: Option<&str>) -> String {
        let sample = sample::year();
        let scored = sample.scored();
        let explainer = Explainer::new(scored, &[]);
        let unit = scored.outcome.units.iter().find(|unit| scored.name(unit) == name).unwrap();
        let tree = match clause {
            None => explainer.unit(unit),
            Some(clause) => {
                let node = scored.plan.nodes.iter().position(|node| node.address == clause).unwrap();
                explainer.clause(unit, NodeId(node as u16))
            }
        };
        let mut out = Vec::new();
        tree.write(None, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_total_is_explained_down_to_the_row() {
        expect("explain-capped.txt", &explain("古井司法所", None));
    }

    #[test]
    fn one_clause_alone() {
        expect("explain-clause.txt", &explain("古井司法所", Some("社区矫正工作.1")));
    }

    #[test]
    fn a_vetoed_unit_is_told_where_it_would_be() {
        expect("explain-vetoed.txt", &explain("=华佗,\"司法所\"", None));
    }

    #[test]
    fn a_year_is_told_by_its_months() {
        let (year, months) = (sample::year(), sample::months());
        let scored = year.scored();
        let tree = Explainer::new(scored, &months).unit(&scored.outcome.units[1]);
        let mut out = Vec::new();
        tree.write(None, &mut out).unwrap();
        expect("explain-months.txt", &String::from_utf8(out).unwrap());
    }
}
