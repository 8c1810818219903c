//! 奖惩 by place: units enough for every place that awards name, and the one behind.

use std::collections::BTreeSet;

use rust_decimal::prelude::ToPrimitive;

use super::bench::{Bench, MOST_UNITS};
use super::fit::{Fitter, numbers_with};
use super::points::each_points;
use super::scene::merged;
use super::stage::{About, Candidates};
use crate::analysis::{Asked, Part, settle};
use crate::calendar::Cycle;
use crate::example::coverage::Touch;
use crate::plan::{Award, AwardTo, Condition, Expr};
use crate::value::Number;

/// Awards of one cycle, and what all of them ask of a unit.
type Together<'a> = (Cycle, Vec<(Asked, String)>, Vec<&'a Award>);

impl Bench<'_> {
    /// Units enough for every place that awards name, and the one behind.
    pub(super) fn place_scenes(&self, fitter: &Fitter<'_>) -> Vec<Candidates> {
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

fn asks_rank(when: &Condition) -> bool {
    when.any_expr(|expr| matches!(expr, Expr::Rank(_) | Expr::RankFromLast(_)))
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
