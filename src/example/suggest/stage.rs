//! 名次, 等次 and 奖惩: units with equal points, at the lines between grades, at the first and last place of each award
//! and the one behind; what they come to the interpreter says.

use std::collections::{BTreeMap, BTreeSet};

use super::fit::Fitter;
use super::line::{each_points, occurrences, parts};
use super::scene::{Scene, merged, results};
use super::trial;
use crate::analysis::{Asked, Part, month_for, settle};
use crate::calendar::{Cycle, Month, PeriodId};
use crate::compile::Compiled;
use crate::compile::order::{walk, walk_condition};
use crate::example::coverage::{Spot, Touch};
use crate::example::run::Ran;
use crate::outcome::UnitOutcome;
use crate::plan::*;
use crate::value::Number;

/// So many lines are tried for what they bring a unit to.
const MOST_LINES: usize = 80;
/// So many units stand side by side.
const MOST_UNITS: usize = 14;
/// So many lines are tried for putting units in an order.
const MOST_LEVERS: usize = 6;

/// A scene that was scored.
pub(super) struct Tried {
    pub scene: Scene,
    pub ran: Ran,
}

/// Facts of one line, and whether any number of it may occur.
pub(super) struct Source {
    pub rule: RuleId,
    pub part: Part,
    pub is_lever: bool,
    /// Some of it may occur, up to a limit.
    pub is_limited: bool,
}

pub(super) struct Bench<'c> {
    compiled: &'c Compiled,
    pub plan: &'c Plan,
    pub month: Month,
    /// Of each cycle that units are compared in, the one that holds the month.
    pub periods: Vec<(Cycle, PeriodId)>,
    pub sources: Vec<Source>,
    wanted: BTreeMap<Touch, usize>,
}

/// Examples for the stages among the spots; with each the first spot that it is about.
pub(super) fn propose(compiled: &Compiled, spots: &[&Spot]) -> Vec<(usize, String)> {
    let is_stage = |touch: &Touch| matches!(touch, Touch::Ranked(_) | Touch::Graded(..) | Touch::Awarded(_));
    let wanted = spots.iter().enumerate().filter(|(_, spot)| is_stage(&spot.touch));
    let wanted: BTreeMap<Touch, usize> = wanted.map(|(at, spot)| (spot.touch.clone(), at)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    Bench::new(compiled, wanted).propose(spots)
}

impl<'c> Bench<'c> {
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

    pub fn alone(&self, part: Part, months: usize) -> Scene {
        let periods = self.periods.iter().map(|(_, period)| *period).collect();
        let months = self.months(months);
        Scene { title: String::new(), parts: vec![part], months, told: vec![0], periods, ..Scene::default() }
    }

    /// What an answered scene says of the stages.
    fn touches(&self, tried: &Tried) -> BTreeSet<Touch> {
        let mut found = BTreeSet::new();
        for (unit, period) in tried.scene.told.iter().flat_map(|unit| tried.scene.periods.iter().map(|id| (*unit, *id)))
        {
            let Some(outcome) = tried.scene.seen(self.plan, &tried.ran, unit, period) else { continue };
            let said = results(outcome);
            found.extend(
                outcome.rankings.first().filter(|one| one.rank.is_some()).map(|one| Touch::Ranked(one.ranking)),
            );
            found.extend(outcome.grades.iter().map(|grade| Touch::Graded(grade.grading, grade.grade.clone())));
            let none = said.iter().any(|said| said == "不予奖励");
            let awards = outcome.awards.iter().filter(|award| match award.withheld {
                Some(_) => none,
                None => said.contains(&format!("奖惩 {}", award.text)),
            });
            found.extend(awards.map(|award| Touch::Awarded(award.award)));
        }
        found
    }

    /// The first of the wanted spots that a scene touches, and how many of them there are.
    fn hits(&self, tried: &Tried, of: &dyn Fn(&Touch) -> bool) -> (Option<usize>, usize) {
        let touched = self.touches(tried);
        let hit: Vec<usize> =
            touched.iter().filter(|touch| of(touch)).filter_map(|touch| self.wanted.get(touch)).copied().collect();
        (hit.iter().min().copied(), hit.len())
    }

    fn propose(&self, spots: &[&Spot]) -> Vec<(usize, String)> {
        let mut chosen: Vec<(usize, String)> = Vec::new();
        let mut reached: BTreeSet<Touch> = BTreeSet::new();
        let fitter = Fitter::new(self);
        let scenes = self.rank_scenes().into_iter();
        for Candidates { about, list, fits } in
            scenes.chain(self.grade_scenes(&fitter)).chain(self.place_scenes(&fitter))
        {
            let is_meant = |touch: &Touch| match touch {
                Touch::Ranked(_) => about == About::Ranks,
                Touch::Graded(..) => about == About::Grades,
                Touch::Awarded(_) => about == About::Awards,
                Touch::Rule(_) | Touch::Used(_) => false,
            };
            let mut best: Option<(usize, usize, Tried)> = None;
            for tried in self.run(list) {
                if let (Some(spot), count) = self.hits(&tried, &is_meant)
                    && best.as_ref().is_none_or(|(_, most, _)| count > *most)
                    && fits(&tried)
                {
                    best = Some((spot, count, tried));
                }
            }
            if let Some((spot, _, tried)) = best
                && let Some(text) = tried.scene.answered(self.plan, &tried.ran)
            {
                reached.extend(self.touches(&tried));
                chosen.push((spot, text));
            }
        }
        self.left_over(&fitter, spots, reached, &mut chosen);
        chosen
    }

    /// What no scene of its own reaches may come of facts that were tried for something else.
    fn left_over(
        &self,
        fitter: &Fitter<'_>,
        spots: &[&Spot],
        mut reached: BTreeSet<Touch>,
        chosen: &mut Vec<(usize, String)>,
    ) {
        for tried in fitter.tried() {
            let touched = self.touches(tried);
            let open = touched.iter().find(|touch| self.wanted.contains_key(touch) && !reached.contains(touch));
            let Some(touch) = open else { continue };
            let spot = self.wanted[touch];
            // What a month comes to is not said of the year, and the other way round.
            let period = self.cycle_of(touch).and_then(|cycle| self.period(cycle));
            let scene =
                Scene { title: spots[spot].text.clone(), periods: period.into_iter().collect(), ..tried.scene.clone() };
            if let Some(text) = scene.answered(self.plan, &tried.ran) {
                reached.insert(touch.clone());
                chosen.push((spot, text));
            }
        }
    }

    fn cycle_of(&self, touch: &Touch) -> Option<Cycle> {
        match touch {
            Touch::Ranked(index) => self.plan.rankings.get(usize::from(*index)).map(|ranking| ranking.cycle),
            Touch::Graded(index, _) => self.plan.gradings.get(usize::from(*index)).map(|grading| grading.cycle),
            Touch::Awarded(index) => self.plan.awards.get(usize::from(*index)).map(|award| award.cycle),
            Touch::Rule(_) | Touch::Used(_) => None,
        }
    }

    fn period(&self, cycle: Cycle) -> Option<PeriodId> {
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

    fn scene(&self, title: String, parts: Vec<Part>, cycle: Cycle, months: usize, told: Vec<usize>) -> Scene {
        let periods = self.period(cycle).into_iter().collect();
        Scene { title, parts: self.alike(parts), months: self.months(months), told, periods, ..Scene::default() }
    }

    // ------------------------------------------------------------ 排名

    /// Two that are equal, and one with a veto that would be first by its points.
    fn rank_scenes(&self) -> Vec<Candidates> {
        let mut found = Vec::new();
        for (index, ranking) in self.plan.rankings.iter().enumerate() {
            if !self.wanted.contains_key(&Touch::Ranked(index as u16)) {
                continue;
            }
            let veto = self.veto(ranking.cycle);
            let mut list = Vec::new();
            for source in self.levers() {
                let gives = each_points(&self.plan.rules[source.rule.index()]).is_some_and(Number::is_positive);
                let quantities = if gives { [3, 2, 2, 1] } else { [0, 1, 1, 2] };
                let Some(mut parts) =
                    quantities.iter().map(|quantity| self.with(source, *quantity)).collect::<Option<Vec<Part>>>()
                else {
                    continue;
                };
                let mut title = format!("排名 {} 同分", ranking.name);
                if let Some(veto) = &veto {
                    parts.extend(merged(&[&parts[0], veto]));
                    title.push_str("、一票否决");
                }
                let told = (0..parts.len()).collect();
                list.push(self.scene(title, parts, ranking.cycle, 1, told));
            }
            found.push(Candidates { about: About::Ranks, list, fits: has_equals });
        }
        found
    }

    /// Facts of a line that vetoes in this cycle.
    fn veto(&self, cycle: Cycle) -> Option<Part> {
        let strikes = |effect: &RuleEffect| match effect.effect {
            Effect::Veto { period, year, .. } => {
                effect.when == Condition::Always && if cycle == self.plan.cycle { period } else { year }
            }
            _ => false,
        };
        let is_veto = |source: &&Source| {
            let rule = &self.plan.rules[source.rule.index()];
            rule.basis != Basis::Period && rule.effects.iter().any(strikes)
        };
        self.sources.iter().find(is_veto).map(|source| source.part.clone())
    }

    // ------------------------------------------------------------ 等次

    /// A unit at each line between grades and one just below it; and for each 名额 one more than it takes.
    fn grade_scenes(&self, fitter: &Fitter<'_>) -> Vec<Candidates> {
        let mut found = Vec::new();
        for (index, grading) in self.plan.gradings.iter().enumerate() {
            let touch = |grade: &Grade| Touch::Graded(index as u16, grade.name.clone());
            if !grading.grades.iter().any(|grade| self.wanted.contains_key(&touch(grade))) {
                continue;
            }
            let Some(period) = self.period(grading.cycle) else { continue };
            let shares = grading.grades.iter().flat_map(|grade| &grade.quotas).filter_map(least_units);
            let least = shares.max().unwrap_or(0).min(MOST_UNITS);
            let title = format!("等次 {} 分数线", grading.name);
            let mut list = Vec::new();
            for months in fitter.repeats() {
                let of = |grade: &Grade| fitter.in_grade(period, index as u16, &grade.name, months);
                let mut parts: Vec<Part> = grading.grades.iter().flat_map(of).collect();
                let Some(lowest) = parts.last().cloned() else { continue };
                let shown = parts.len().max(least);
                parts.resize(shown, lowest);
                list.push(self.scene(title.clone(), parts, grading.cycle, months, (0..shown).collect()));
            }
            found.push(Candidates { about: About::Grades, list, fits: |_| true });
            for grade in grading.grades.iter().filter(|grade| !grade.quotas.is_empty()) {
                let list = self.quota_scenes(fitter, index as u16, grading, grade, period);
                found.push(Candidates { about: About::Grades, list, fits: has_one_moved });
            }
        }
        found
    }

    fn quota_scenes(
        &self,
        fitter: &Fitter<'_>,
        index: u16,
        grading: &Grading,
        grade: &Grade,
        period: PeriodId,
    ) -> Vec<Scene> {
        let count = grade.quotas.iter().filter_map(|quota| match quota {
            Quota::Count(count) => Some(*count as usize),
            Quota::Share(_) => None,
        });
        let count = count.min().unwrap_or(1);
        if count >= MOST_UNITS {
            return Vec::new();
        }
        let units = grade.quotas.iter().filter_map(least_units).max().unwrap_or(0).max(count + 1).min(MOST_UNITS);
        let mut found = Vec::new();
        for months in fitter.repeats() {
            let mut parts = fitter.best_of(period, index, &grade.name, months);
            // Of equals none goes in where not all of them do.
            let Some(worst) = parts.last().cloned() else { continue };
            let above = count + 1;
            parts.resize(above, worst);
            let last = grading.grades.last().map_or("", |last| last.name.as_str());
            let below = fitter.in_grade(period, index, last, months).last().cloned().unwrap_or_default();
            parts.resize(units.max(above), below);
            let title = format!("等次 {} {}的名额", grading.name, grade.name);
            found.push(self.scene(title, parts, grading.cycle, months, (0..above).collect()));
        }
        found
    }

    // ------------------------------------------------------------ 奖惩

    /// Units enough for every place that awards name, and the one behind.
    fn place_scenes(&self, fitter: &Fitter<'_>) -> Vec<Candidates> {
        let mut groups: Vec<Together<'_>> = Vec::new();
        for (index, award) in self.plan.awards.iter().enumerate() {
            let by_place =
                matches!(award.to, AwardTo::Places { .. } | AwardTo::Bottom { .. }) || asks_rank(&award.when);
            if !by_place || !self.wanted.contains_key(&Touch::Awarded(index as u16)) {
                continue;
            }
            let given = settle(self.plan, [&award.when]).map(|settings| settings.given).unwrap_or_default();
            match groups.iter_mut().find(|(cycle, known, _)| *cycle == award.cycle && *known == given) {
                Some((_, _, awards)) => awards.push(award),
                None => groups.push((award.cycle, given, vec![award])),
            }
        }
        let mut found = Vec::new();
        for (cycle, given, awards) in groups {
            let (units, told) = places(&awards);
            let ranking = awards.iter().find_map(|award| match award.to {
                AwardTo::Places { ranking, .. } | AwardTo::Bottom { ranking, .. } => Some(ranking),
                AwardTo::Graded { .. } | AwardTo::Meeting => None,
            });
            let name = ranking.map_or(cycle.word(), |ranking| self.plan.rankings[ranking.index()].name.as_str());
            let mut list = Vec::new();
            let anchors = self.period(cycle).map(|period| fitter.anchors(period)).unwrap_or_default();
            let anchors: Vec<Part> = std::iter::once(Part::default()).chain(anchors).collect();
            for (anchor, source) in
                anchors.iter().flat_map(|anchor| self.levers().into_iter().map(move |it| (anchor, it)))
            {
                let gives = each_points(&self.plan.rules[source.rule.index()]).is_some_and(Number::is_positive);
                let parts = (0..units).map(|at| {
                    let own = self.with(source, if gives { units - 1 - at } else { at })?;
                    let mut part = merged(&[anchor, &own])?;
                    part.asked.extend(given.iter().filter(|(asked, _)| matches!(asked, Asked::Attribute(_))).cloned());
                    Some(part)
                });
                let Some(parts) = parts.collect::<Option<Vec<Part>>>() else { continue };
                for months in fitter.repeats() {
                    let title = format!("奖惩 {name} 按名次");
                    list.push(self.scene(title, parts.clone(), cycle, months, told.clone()));
                }
            }
            list.sort_by_key(|scene| scene.months.len());
            list.truncate(24);
            found.push(Candidates { about: About::Awards, list, fits: |_| true });
        }
        found
    }
}

/// Awards of one cycle, and what all of them ask of a unit.
type Together<'a> = (Cycle, Vec<(Asked, String)>, Vec<&'a Award>);

/// Scenes that are to show the same, the likeliest first.
struct Candidates {
    about: About,
    list: Vec<Scene>,
    fits: fn(&Tried) -> bool,
}

#[derive(Clone, Copy, PartialEq)]
enum About {
    Ranks,
    Grades,
    Awards,
}

fn rank(outcome: &UnitOutcome) -> Option<u32> {
    outcome.rankings.first().and_then(|ranking| ranking.rank)
}

fn has_equals(tried: &Tried) -> bool {
    let ranks = tried.ran.seen.iter().map(|seen| rank(&seen.outcome)).take(4);
    let ranks: Option<Vec<u32>> = ranks.collect();
    // In the order of the roster nobody shares a place.
    ranks.is_some_and(|ranks| matches!(ranks[..], [a, b, c, d] if a < b && b <= c && c < d))
}

fn has_one_moved(tried: &Tried) -> bool {
    let grades = tried.ran.seen.iter().flat_map(|seen| &seen.outcome.grades);
    grades.into_iter().any(|grade| grade.before.is_some())
}

/// How many units there must be for a share to be one of them.
fn least_units(quota: &Quota) -> Option<usize> {
    use rust_decimal::prelude::ToPrimitive;
    match quota {
        Quota::Share(share) => Number::ONE.divided_by(*share).ok()?.ceil().ok()?.to_usize(),
        Quota::Count(_) => None,
    }
}

fn asks_rank(when: &Condition) -> bool {
    let mut found = false;
    walk_condition(when, &mut |expr| {
        found |= matches!(expr, Expr::Rank(_) | Expr::RankFromLast(_));
        true
    });
    found
}

/// How many units awards by place need, and which of them stand at an end of one, from 0.
fn places(awards: &[&Award]) -> (usize, Vec<usize>) {
    let (mut from_top, mut from_bottom) = (1, 0);
    let mut told = BTreeSet::new();
    for award in awards {
        match award.to {
            AwardTo::Places { first, last, .. } => {
                from_top = from_top.max(last as usize + 1);
                told.extend([first as usize - 1, last as usize - 1, last as usize]);
            }
            AwardTo::Bottom { count, .. } => from_bottom = from_bottom.max(count as usize),
            AwardTo::Graded { .. } | AwardTo::Meeting => {}
        }
        for place in numbers_with(&award.when, &|expr| matches!(expr, Expr::Rank(_))) {
            use rust_decimal::prelude::ToPrimitive;
            let place = place.decimal().and_then(|place| place.to_usize()).unwrap_or(0);
            from_top = from_top.max(place + 1);
            told.extend([place.saturating_sub(1), place]);
        }
    }
    let units = (from_top + from_bottom).clamp(3, MOST_UNITS);
    for award in awards {
        if let AwardTo::Bottom { count, .. } = award.to {
            told.extend([units.saturating_sub(count as usize + 1), units.saturating_sub(count as usize), units - 1]);
        }
    }
    let told = told.into_iter().filter(|at| *at < units).collect();
    if units <= 5 { (units, (0..units).collect()) } else { (units, told) }
}

/// The numbers that a condition compares such a value with, however deep.
pub(super) fn numbers_with(when: &Condition, is_meant: &dyn Fn(&Expr) -> bool) -> Vec<Number> {
    let mut found = Vec::new();
    match when {
        Condition::Compare(left, _, right) => {
            if let Expr::Number(number) = **right
                && is_meant(left)
            {
                found.push(number);
            }
            walk(left, &mut |expr| {
                if let Expr::CountPeriods { condition, .. } = expr {
                    found.extend(numbers_with(condition, is_meant));
                }
                true
            });
        }
        Condition::Not(inner) | Condition::Streak { condition: inner, .. } => {
            found.extend(numbers_with(inner, is_meant))
        }
        Condition::All(list) | Condition::Any(list) => {
            list.iter().for_each(|inner| found.extend(numbers_with(inner, is_meant)));
        }
        _ => {}
    }
    found
}
