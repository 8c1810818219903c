//! Lines as levers: what each of them is known to bring, so that units can be put where they are wanted.

use std::collections::{BTreeMap, BTreeSet};

use super::claims::occurrences;
use super::line::parts;
use super::points::each_points;
use super::scene::Scene;
use super::trial;
use crate::analysis::{Asked, Part, month_for};
use crate::calendar::{Cycle, Month, PeriodId};
use crate::compile::Compiled;
use crate::example::coverage::Touch;
use crate::example::run::Ran;
use crate::plan::{Basis, Grouping, InputId, Needs, Plan, RuleId};
use crate::value::Number;

/// So many lines are tried for what they bring a unit to.
const MOST_LINES: usize = 80;
/// So many lines are tried for putting units in an order.
const MOST_LEVERS: usize = 6;
/// So many units stand side by side.
pub(super) const MOST_UNITS: usize = 14;

/// A scene that was scored.
pub(super) struct Tried {
    pub scene: Scene,
    pub ran: Ran,
}

/// Facts of one line.
pub(super) struct Source {
    pub rule: RuleId,
    pub part: Part,
    /// Any number of it may occur, each with the same points.
    pub is_lever: bool,
    /// Some of it may occur, up to a limit.
    pub is_limited: bool,
}

/// A plan with what its lines bring, and the periods in which units are compared.
pub(super) struct Bench<'c> {
    compiled: &'c Compiled,
    pub plan: &'c Plan,
    /// That most facts may be reported in.
    pub month: Month,
    /// Of each cycle that units are compared in, the one that holds the month.
    pub periods: Vec<(Cycle, PeriodId)>,
    /// Those that are tried first come first.
    pub sources: Vec<Source>,
    /// The stages that no example shows, each with its spot.
    pub wanted: BTreeMap<Touch, usize>,
}

impl<'c> Bench<'c> {
    /// Sources are gathered, and nothing is scored yet.
    pub fn new(compiled: &'c Compiled, wanted: BTreeMap<Touch, usize>) -> Bench<'c> {
        let plan = &compiled.plan;
        let mut months: BTreeMap<Month, usize> = BTreeMap::new();
        (0..plan.inputs.len()).for_each(|at| *months.entry(month_for(plan, InputId(at as u16))).or_default() += 1);
        let month = months.into_iter().max_by_key(|(_, count)| *count).map_or(plan.calendar.last(), |(month, _)| month);
        let cycles = plan.rankings.iter().map(|ranking| ranking.cycle);
        let cycles = cycles.chain(plan.gradings.iter().map(|grading| grading.cycle));
        let cycles: BTreeSet<Cycle> = cycles.chain(plan.awards.iter().map(|award| award.cycle)).collect();
        let periods = cycles.into_iter().filter_map(|cycle| Some((cycle, plan.calendar.around(cycle, month)?)));
        let periods = periods.collect();
        let mut bench = Bench { compiled, plan, month, periods, sources: Vec::new(), wanted };
        bench.sources = bench.sources();
        bench
    }

    /// The first facts of each line, then the second of each: all lines have their turn.
    fn sources(&self) -> Vec<Source> {
        let mut turns: Vec<Vec<Source>> = Vec::new();
        for (index, rule) in self.plan.rules.iter().enumerate() {
            let id = RuleId(index as u16);
            let is_counted =
                matches!(rule.basis, Basis::Row(_)) && each_points(rule).is_some_and(|each| !each.is_zero());
            let is_lever = is_counted && rule.limits.is_empty() && rule.most_times.is_none();
            let found = parts(self.plan, id).into_iter().filter(|claim| claim.month == self.month);
            for (turn, claim) in found.take(4).enumerate() {
                let part = claim.units.into_iter().next().unwrap_or_default();
                if turns.len() <= turn {
                    turns.push(Vec::new());
                }
                turns[turn].push(Source { rule: id, part, is_lever, is_limited: is_counted && !is_lever });
            }
        }
        turns.into_iter().flatten().take(MOST_LINES).collect()
    }

    /// Those that could be scored.
    pub fn run(&self, scenes: Vec<Scene>) -> Vec<Tried> {
        self.run_each(scenes).into_iter().flatten().collect()
    }

    /// Each of the scenes, where it could be scored.
    pub fn run_each(&self, scenes: Vec<Scene>) -> Vec<Option<Tried>> {
        let texts: Vec<String> = scenes.iter().map(|scene| scene.question(self.plan)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let ran = trial::run(self.compiled, &texts);
        let tried = scenes.into_iter().zip(ran).map(|(scene, ran)| Some(Tried { scene, ran: ran? }));
        tried.map(|tried| tried.filter(|tried| !tried.ran.seen.is_empty())).collect()
    }

    /// The base periods' last months, so many up to the month of the facts.
    pub fn months(&self, count: usize) -> Vec<Month> {
        let ends = self.plan.calendar.each(self.plan.cycle).map(|id| self.plan.calendar.period(id).last);
        let mut ends: Vec<Month> = ends.filter(|end| *end < self.month).collect();
        ends.drain(..ends.len().saturating_sub(count.saturating_sub(1)));
        ends.push(self.month);
        ends
    }

    /// One unit by itself, its facts repeated over so many periods.
    pub fn alone(&self, part: Part, months: usize) -> Scene {
        let periods = self.periods.iter().map(|(_, period)| *period).collect();
        let months = self.months(months);
        Scene { title: String::new(), parts: vec![part], months, told: vec![0], periods, ..Scene::default() }
    }

    /// The period of a cycle that holds the month.
    pub fn period(&self, cycle: Cycle) -> Option<PeriodId> {
        self.periods.iter().find(|(of, _)| *of == cycle).map(|(_, period)| *period)
    }

    /// Lines by which units can be put in an order, those that need nothing else said first.
    pub fn levers(&self) -> Vec<&Source> {
        let mut levers: Vec<&Source> =
            self.sources.iter().filter(|source| source.is_lever || source.is_limited).collect();
        levers.dedup_by_key(|source| source.rule);
        let said = |source: &Source| {
            let input = source.part.rows.last().map(|(input, ..)| &self.plan.inputs[input.index()]);
            input.map_or(0, |input| input.columns.len() + usize::from(input.needs != Needs::default()))
        };
        levers.sort_by_key(|source| (source.is_limited, source.part.rows.len(), said(source), source.rule));
        // As many that give as that take.
        let gives =
            |source: &&&Source| each_points(&self.plan.rules[source.rule.index()]).is_some_and(Number::is_positive);
        let up: Vec<&Source> = levers.iter().filter(gives).take(MOST_LEVERS / 2).copied().collect();
        let down = levers.iter().filter(|source| !gives(source)).take(MOST_LEVERS / 2).copied();
        up.into_iter().chain(down).collect()
    }

    /// A unit with so many occurrences of a line; nothing happened where there are none.
    pub fn with(&self, source: &Source, quantity: usize) -> Option<Part> {
        if quantity == 0 {
            return Some(Part::default());
        }
        let claim = occurrences(self.plan, source.rule, Number::whole(quantity as i64))?;
        claim.units.into_iter().next()
    }

    /// In one group, so that units have places among themselves.
    fn alike(&self, mut parts: Vec<Part>) -> Vec<Part> {
        let is_grouped = self.plan.rankings.iter().any(|ranking| ranking.grouped)
            || self.plan.gradings.iter().any(|grading| grading.per_group);
        let Some(Grouping::Attribute(id)) = self.plan.group.filter(|_| is_grouped) else { return parts };
        let asked = Asked::Attribute(id);
        let known =
            parts.iter().flat_map(|part| &part.asked).find(|(of, _)| *of == asked).map(|(_, text)| text.clone());
        let first = self.plan.attributes[id.index()].values.as_ref().and_then(|values| values.first());
        let Some(text) = known.or_else(|| first.map(|value| self.plan.symbols.text(*value).to_owned())) else {
            return parts;
        };
        for part in &mut parts {
            part.asked.retain(|(of, _)| *of != asked);
            part.asked.push((asked, text.clone()));
        }
        parts
    }

    /// Units of one group side by side, whose results in the period of `cycle` are told for those in `told`.
    pub fn scene(&self, title: String, parts: Vec<Part>, cycle: Cycle, months: usize, told: Vec<usize>) -> Scene {
        let periods = self.period(cycle).into_iter().collect();
        Scene { title, parts: self.alike(parts), months: self.months(months), told, periods, ..Scene::default() }
    }
}
