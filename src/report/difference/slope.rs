//! A slope chart of places, old to new, as SVG: one line a unit, those that rose, fell and stayed told apart by colour
//! and by dash.

use maud::{Markup, html};

use crate::diff::{Impact, Moved};

/// More lines than this are no picture any more: the units that moved furthest are drawn.
const MOST: usize = 60;
/// Between two places.
const STEP: f64 = 22.0;
const LEFT: f64 = 230.0;
const RIGHT: f64 = 530.0;
const TOP: f64 = 46.0;

/// Group, place, and place in the other book.
type Order = (Option<String>, u32, u32);

/// A unit and its two heights.
struct Slope<'a> {
    unit: &'a Moved,
    old: f64,
    new: f64,
}

/// The chart; nothing where no unit has places in both.
pub fn chart(impact: &Impact) -> Markup {
    let mut units: Vec<&Moved> =
        impact.units.iter().filter(|unit| unit.old.rank.is_some() && unit.new.rank.is_some()).collect();
    let all = units.len();
    if all > MOST {
        let distance = |unit: &Moved| unit.old.rank.unwrap_or(0).abs_diff(unit.new.rank.unwrap_or(0));
        units.sort_by_key(|unit| std::cmp::Reverse(distance(unit)));
        units.truncate(MOST);
    }
    if units.is_empty() {
        return html! {};
    }
    // Equal places stand below one another, in the same order on both sides as far as they can; each group under its name.
    let heights = |pick: fn(&Moved) -> Order| -> (Vec<f64>, Vec<(String, f64)>) {
        let mut order: Vec<usize> = (0..units.len()).collect();
        order.sort_by_key(|at| (pick(units[*at]), *at));
        let (mut heights, mut heads, mut group, mut row) = (vec![0.0; units.len()], Vec::new(), None, 0.0);
        for at in order {
            let (own, ..) = pick(units[at]);
            if let Some(name) = own.as_ref().filter(|_| own != group) {
                heads.push((name.clone(), TOP + STEP * row));
                row += 1.0;
            }
            group = own;
            heights[at] = TOP + STEP * row;
            row += 1.0;
        }
        (heights, heads)
    };
    let (old, old_heads) =
        heights(|unit| (unit.old.group.clone(), unit.old.rank.unwrap_or(0), unit.new.rank.unwrap_or(0)));
    let (new, new_heads) =
        heights(|unit| (unit.new.group.clone(), unit.new.rank.unwrap_or(0), unit.old.rank.unwrap_or(0)));
    let slopes: Vec<Slope<'_>> =
        units.iter().zip(old).zip(new).map(|((unit, old), new)| Slope { unit, old, new }).collect();
    let height = TOP + STEP * (units.len() + old_heads.len().max(new_heads.len())) as f64 + 8.0;
    html! {
        figure {
            svg viewBox=(format!("0 0 760 {height}")) role="img" aria-label="名次变化图" {
                text x=(LEFT) y="20" class="head" text-anchor="end" { "旧方案的名次" }
                text x=(RIGHT) y="20" class="head" { "新方案的名次" }
                @for (name, at) in &old_heads { text x=(LEFT) y=(at + 5.0) class="head" text-anchor="end" { (name) } }
                @for (name, at) in &new_heads { text x=(RIGHT) y=(at + 5.0) class="head" { (name) } }
                @for slope in &slopes { (line(slope)) }
            }
            figcaption {
                span.rose { "上升" } " " span.fell { "下降（虚线）" } " " span.stayed { "不变" }
                @if all > MOST { (format!("，只画名次变动最大的{MOST}个")) }
            }
        }
    }
}

fn line(slope: &Slope<'_>) -> Markup {
    let (before, after) = (slope.unit.old.rank.unwrap_or(0), slope.unit.new.rank.unwrap_or(0));
    // Places of different groups are not held against each other.
    let after_there = if slope.unit.old.group == slope.unit.new.group { after } else { before };
    let class = match after_there.cmp(&before) {
        std::cmp::Ordering::Less => "rose",
        std::cmp::Ordering::Greater => "fell",
        std::cmp::Ordering::Equal => "stayed",
    };
    let name = &slope.unit.unit;
    html! {
        g class=(class) {
            line x1=(LEFT + 10.0) y1=(slope.old) x2=(RIGHT - 10.0) y2=(slope.new) {}
            circle cx=(LEFT + 10.0) cy=(slope.old) r="3.5" {}
            circle cx=(RIGHT - 10.0) cy=(slope.new) r="3.5" {}
            text x=(LEFT) y=(slope.old + 5.0) text-anchor="end" { (name) " " (before) }
            text x=(RIGHT) y=(slope.new + 5.0) { (after) " " (name) }
        }
    }
}
