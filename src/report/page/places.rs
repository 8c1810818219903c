//! The places over the periods of a year, as lines from place to place.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Page;
use super::figure::{period_label, words};
use crate::outcome::UnitOutcome;
use crate::scored::Scored;

/// More lines than this cannot be told apart: the first ones are drawn.
const MOST_LINES: usize = 40;
/// Between two places, and between two periods.
const STEP: usize = 24;
const STRIDES: (usize, usize) = (66, 150);
/// As wide as the page shows without scrolling.
const WIDTH: usize = 1120;
/// Room for names at both sides, and for the periods' names above.
const SIDE: usize = 150;
const TOP: usize = 44;

/// A unit's way through the periods.
struct Way<'a> {
    unit: usize,
    name: &'a str,
    words: String,
    /// Its place in each period, where it has one.
    ranks: Vec<Option<u32>>,
}

/// A chart for each group that is ranked by itself; nothing where there are no places to compare.
pub fn chart(page: &Page<'_>) -> Markup {
    let groups = ways(page);
    if groups.is_empty() {
        return html! {};
    }
    html! {
        section #places {
            h2 { "名次变化" }
            @for (group, ways) in &groups {
                figure {
                    @if !group.is_empty() { h3 { (group) } }
                    div.wide tabindex="0" role="region" aria-label="名次变化图" { (draw(page, ways)) }
                    figcaption {
                        "圈里是当期名次，从左到右是各期；蓝色是" (page.scored.period().spoken()) "排在前面的，橙色虚线是排在后面的。"
                        @if ways.len() > MOST_LINES { "只画排在最前的" (MOST_LINES) "个单位。" }
                    }
                }
            }
        }
    }
}

/// By group, groups and units in the order of the whole period.
fn ways<'a>(page: &Page<'a>) -> Vec<(&'a str, Vec<Way<'a>>)> {
    let by_unit = |scored: &Scored<'a>| -> BTreeMap<usize, &'a UnitOutcome> {
        scored.outcome.units.iter().map(|unit| (unit.unit, unit)).collect()
    };
    let periods: Vec<_> = page.periods.iter().map(by_unit).collect();
    let mut groups: Vec<(&str, Vec<Way<'_>>)> = Vec::new();
    for unit in page.units() {
        let ones = periods.iter().map(|units| units.get(&unit.unit).and_then(|unit| unit.rankings.first()));
        let ranks: Vec<Option<u32>> = ones.clone().map(|one| one.and_then(|one| one.rank)).collect();
        if ranks.iter().flatten().count() < 2 {
            continue;
        }
        let group = ones.flatten().find_map(|one| one.group.as_deref()).unwrap_or_default();
        let (name, words) = (page.scored.name(unit), words(&page.scored, unit));
        let way = Way { unit: unit.unit, name, words, ranks };
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, ways)) => ways.push(way),
            None => groups.push((group, vec![way])),
        }
    }
    groups
}

fn draw(page: &Page<'_>, ways: &[Way<'_>]) -> Markup {
    let drawn = &ways[..ways.len().min(MOST_LINES)];
    let across = Across::of(page.periods.len());
    let heights = heights(drawn, page.periods.len());
    let stops: Vec<Vec<Stop>> = drawn.iter().zip(&heights).map(|(way, heights)| stops(way, heights, across)).collect();
    let (width, height) = (across.period(page.periods.len() - 1) + SIDE, TOP + STEP * drawn.len());
    // Those at the head and at the foot of the whole period, a third at most.
    let marked = (drawn.len() / 3).min(3);
    let class = |index: usize| match index {
        _ if index < marked => "first",
        _ if index >= drawn.len() - marked && drawn.len() == ways.len() => "last",
        _ => "other",
    };
    html! {
        svg.places width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) role="img" aria-label="名次变化图" {
            @for (index, period) in page.periods.iter().enumerate() {
                text.head x=(across.period(index)) y="18" text-anchor="middle" { (period_label(period)) }
            }
            // All lines below all places, the marked ones above the others.
            @for wanted in ["other", "last", "first"] {
                @for (index, stops) in stops.iter().enumerate().filter(|(index, _)| class(*index) == wanted) {
                    polyline.(class(index)) points=(points(stops)) {}
                }
            }
            @for (index, (way, stops)) in drawn.iter().zip(&stops).enumerate() { (line(page, way, stops, class(index))) }
        }
    }
}

/// Where the periods stand.
#[derive(Clone, Copy)]
struct Across {
    stride: usize,
}

impl Across {
    fn of(periods: usize) -> Across {
        let stride = (WIDTH - 2 * SIDE) / (periods - 1).max(1);
        Across { stride: stride.clamp(STRIDES.0, STRIDES.1) }
    }

    fn period(self, index: usize) -> usize {
        SIDE + self.stride * index
    }
}

/// Across, down, and the place.
type Stop = (usize, usize, u32);

fn stops(way: &Way<'_>, heights: &[Option<usize>], across: Across) -> Vec<Stop> {
    let places = heights.iter().zip(&way.ranks).enumerate();
    places.filter_map(|(period, (height, rank))| Some((across.period(period), (*height)?, (*rank)?))).collect()
}

fn points(stops: &[Stop]) -> String {
    let points: Vec<String> = stops.iter().map(|(x, y, _)| format!("{x},{y}")).collect();
    points.join(" ")
}

/// Where each way is in each period: equal places one below the other, in the roster's order.
fn heights(ways: &[Way<'_>], periods: usize) -> Vec<Vec<Option<usize>>> {
    let mut heights = vec![Vec::with_capacity(periods); ways.len()];
    for period in 0..periods {
        let ranked = ways.iter().enumerate().filter_map(|(at, way)| Some((way.ranks[period]?, way.unit, at)));
        let mut order: Vec<(u32, usize, usize)> = ranked.collect();
        order.sort_unstable();
        let rows: BTreeMap<usize, usize> = order.iter().enumerate().map(|(row, (_, _, at))| (*at, row)).collect();
        for (at, heights) in heights.iter_mut().enumerate() {
            heights.push(rows.get(&at).map(|row| TOP + STEP * row));
        }
    }
    heights
}

/// What a reader points at: the line is there once more, unseen until then.
fn line(page: &Page<'_>, way: &Way<'_>, stops: &[Stop], class: &str) -> Markup {
    let told = way.ranks.iter().zip(&page.periods).filter_map(|(rank, period)| {
        let rank = (*rank)?;
        Some(format!("{}第{rank}名", period_label(period)))
    });
    let told: Vec<String> = told.collect();
    // A way has at least two stops.
    let (first, last) = (stops[0], stops[stops.len() - 1]);
    let across = Across::of(page.periods.len());
    let is_last = last.0 == across.period(page.periods.len() - 1);
    html! {
        g.way.(class) data-unit=(way.words) {
            title { (way.name) "：" (told.join("，")) }
            polyline points=(points(stops)) {}
            @for (x, y, rank) in stops {
                circle cx=(x) cy=(y) r="9" {}
                text.rank x=(x) y=(y + 4) text-anchor="middle" { (rank) }
            }
            // A name is beside the chart: between the periods it would stand on the places of others.
            @if first.0 == across.period(0) || !is_last { text x=(first.0 - 16) y=(first.1 + 5) text-anchor="end" { (way.name) } }
            @if is_last { text x=(last.0 + 16) y=(last.1 + 5) { (way.name) } }
        }
    }
}
