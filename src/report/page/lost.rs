//! Where points are lost: sections or items against units, the darker the more.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Page;
use super::figure::{are_long, key, shown, words};
use crate::outcome::{NodeOutcome, UnitOutcome};
use crate::plan::{Expr, NodeId, Plan};
use crate::scored::Scored;
use crate::value::{Number, Rounding};

/// A scheme of few sections is shown by its items, as long as they are no more than this.
const MOST_COLUMNS: usize = 16;
/// More rows than this are no picture any more: those that lost most are shown.
const MOST_ROWS: usize = 120;
/// Shades, from nearly white to nearly black.
const SHADES: i64 = 6;

/// A unit and what it lost in each column; `None` where it was not assessed.
struct Row<'a> {
    unit: &'a UnitOutcome,
    lost: Vec<Option<Number>>,
    sum: Number,
}

/// The table; a sentence where nothing was lost.
pub fn table(page: &Page<'_>) -> Markup {
    let plan = page.scored.plan;
    let (columns, idle) = with_losses(page, columns(plan));
    let mut rows = rows(page, &columns);
    let all = rows.len();
    if all > MOST_ROWS {
        rows.sort_by_key(|row| std::cmp::Reverse(row.sum));
        rows.truncate(MOST_ROWS);
    }
    let most = rows.iter().flat_map(|row| row.lost.iter().flatten()).copied().fold(Number::ZERO, Ord::max);
    html! {
        section #lost {
            h2 { "扣分分布" }
            @if most.is_zero() { p.legend { "没有扣分，也没有失分。" } }
            @else {
                div.wide tabindex="0" role="region" aria-label="扣分分布表" {
                    table.lost.sortable.many[are_long(plan, &columns)] {
                        caption { "各单位在各处扣失的分" }
                        thead { (header(plan, &columns)) }
                        tbody { @for row in &rows { (line(&page.scored, row, most)) } }
                    }
                }
                p.legend {
                    "数字是扣掉的分（封顶以后），有满分的是离满分差的分；颜色越深，失分越多；— 不作考评。"
                    @if all > MOST_ROWS { "只列失分最多的" (MOST_ROWS) "个单位。" }
                    @if !idle.is_empty() { "没有失分、没有列出的：" (idle.join("、")) "。" }
                }
            }
        }
    }
}

/// The sections, or what is below them where that is not too much to look at.
fn columns(plan: &Plan) -> Vec<NodeId> {
    let sections = plan.nodes.first().map_or(&[][..], |root| root.children.as_slice());
    let below = |id: &NodeId| -> Vec<NodeId> {
        let children = &plan.nodes[id.index()].children;
        if children.is_empty() { vec![*id] } else { children.clone() }
    };
    let items: Vec<NodeId> = sections.iter().flat_map(below).collect();
    if items.len() <= MOST_COLUMNS { items } else { sections.to_vec() }
}

/// The columns where anything was lost, and the titles of those where nothing was.
fn with_losses<'a>(page: &Page<'a>, columns: Vec<NodeId>) -> (Vec<NodeId>, Vec<&'a str>) {
    let rows = rows(page, &columns);
    let is_lost = |at: usize| rows.iter().any(|row| row.lost[at].is_some_and(|lost| !lost.is_zero()));
    let (lost, idle): (Vec<_>, Vec<_>) = columns.into_iter().enumerate().partition(|(at, _)| is_lost(*at));
    let title = |id: NodeId| page.scored.plan.nodes[id.index()].title.as_str();
    (lost.into_iter().map(|(_, id)| id).collect(), idle.into_iter().map(|(_, id)| title(id)).collect())
}

fn rows<'a>(page: &Page<'a>, columns: &[NodeId]) -> Vec<Row<'a>> {
    // What counts at the year's end alone is no part of a base period.
    let (year_end, of_periods): (Vec<NodeId>, Vec<NodeId>) = match page.periods.is_empty() {
        true => (columns.to_vec(), Vec::new()),
        false => columns.iter().partition(|id| page.scored.plan.is_year_end(**id)),
    };
    let mut sums: BTreeMap<(usize, NodeId), Number> = BTreeMap::new();
    let mut add = |scored: &Scored<'a>, ids: &[NodeId]| {
        for unit in &scored.outcome.units {
            for id in ids {
                let Some(lost) = scored.node(unit, *id).and_then(|node| lost(scored.plan, *id, node)) else { continue };
                let sum = sums.entry((unit.unit, *id)).or_default();
                *sum = sum.plus(lost).unwrap_or(*sum);
            }
        }
    };
    add(&page.scored, &year_end);
    page.periods.iter().for_each(|period| add(period, &of_periods));
    let row = |unit: &'a UnitOutcome| {
        let lost: Vec<Option<Number>> = columns.iter().map(|id| sums.get(&(unit.unit, *id)).copied()).collect();
        let sum = lost.iter().flatten().try_fold(Number::ZERO, |sum, lost| sum.plus(*lost)).unwrap_or_default();
        Row { unit, lost, sum }
    };
    page.units().into_iter().map(row).collect()
}

/// What a node fell short of its full marks, or had deducted after its caps; nothing where it is not assessed.
fn lost(plan: &Plan, id: NodeId, node: &NodeOutcome) -> Option<Number> {
    if !node.assessed {
        return None;
    }
    match plan.nodes[id.index()].full {
        Some(Expr::Number(full)) => full.minus(node.points()).ok().map(|lost| lost.max(Number::ZERO)),
        Some(_) | None => Some(node.tally.deduction),
    }
}

fn header(plan: &Plan, columns: &[NodeId]) -> Markup {
    html! {
        tr {
            th.unit scope="col" data-kind="text" aria-sort="none" { button type="button" { span { "单位" } } }
            @for id in columns {
                th.section scope="col" data-kind="number" aria-sort="none" { button type="button" { span { (plan.nodes[id.index()].title) } } }
            }
            th scope="col" data-kind="number" aria-sort="none" { button type="button" { span { "合计" } } }
        }
    }
}

fn line(scored: &Scored<'_>, row: &Row<'_>, most: Number) -> Markup {
    html! {
        tr data-unit=(words(scored, row.unit)) {
            th.unit scope="row" { (scored.name(row.unit)) }
            @for lost in &row.lost {
                @match lost {
                    None => { td data-key="" { "—" } }
                    Some(lost) => { td class=(format!("shade-{}", shade(*lost, most))) data-key=(key(*lost)) { (shown(*lost)) } }
                }
            }
            td.number.total data-key=(key(row.sum)) { (shown(row.sum)) }
        }
    }
}

/// 0 for nothing, then evenly up to the greatest loss.
fn shade(lost: Number, most: Number) -> i64 {
    let share = lost.times(Number::whole(SHADES)).and_then(|part| part.divided_by(most));
    let shade = share.and_then(|share| share.rounded(0, Rounding::Up)).unwrap_or_default();
    (0..SHADES).find(|at| Number::whole(*at) >= shade).unwrap_or(SHADES)
}
