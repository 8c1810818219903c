//! Numbers as the page shows, sorts and draws them.

use maud::{Markup, html};
use rust_decimal::prelude::ToPrimitive;

use crate::outcome::{Status, UnitOutcome};
use crate::plan::words::amount_text;
use crate::plan::{NodeId, Plan};
use crate::scored::Scored;
use crate::value::{Number, Rounding};

/// Characters of titles that fit beside the other columns of a table.
const ONE_LINE: usize = 40;

/// A number as people read it.
pub fn shown(number: Number) -> String {
    amount_text(number, None)
}

/// A number as the script sorts it.
pub fn key(number: Number) -> String {
    number.rounded(6, Rounding::HalfUp).unwrap_or(number).to_string()
}

/// A unit's total, or a dash where it has none.
pub fn total_text(unit: &UnitOutcome) -> String {
    match unit.status {
        Status::NotAssessed => "—".to_owned(),
        Status::Assessed => shown(unit.total),
    }
}

/// The same as a cell that the script sorts.
pub fn total_cell(unit: &UnitOutcome) -> Markup {
    let sorted = if unit.status == Status::NotAssessed { String::new() } else { key(unit.total) };
    html! { td.number.total data-key=(sorted) { (total_text(unit)) } }
}

/// `part ÷ whole` in tenths of a percent, between none and all. Only pictures are drawn with it.
pub fn per_mille(part: Number, whole: Number) -> i64 {
    let share = part.times(Number::whole(1000)).and_then(|part| part.divided_by(whole));
    let rounded = share.and_then(|share| share.rounded(0, Rounding::HalfUp));
    let whole = rounded.ok().and_then(Number::decimal).and_then(|decimal| decimal.to_i64());
    whole.unwrap_or(0).clamp(0, 1000)
}

/// `37.5%`
pub fn percent(per_mille: i64) -> String {
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

/// `4月`; what is no month of a year keeps its name.
pub fn period_label(period: &Scored<'_>) -> String {
    let spoken = period.period().spoken();
    match spoken.split_once('年') {
        Some((_, rest)) if !rest.is_empty() => rest.to_owned(),
        _ => spoken,
    }
}

/// What the search box finds a unit by.
pub fn words(scored: &Scored<'_>, unit: &UnitOutcome) -> String {
    let name = scored.full_name(unit).to_lowercase();
    match scored.group(unit) {
        Some(group) => format!("{name} {}", group.to_lowercase()),
        None => name,
    }
}

/// Whether so many or so long titles stand at the head of columns that they are written downwards.
pub fn are_long(plan: &Plan, columns: &[NodeId]) -> bool {
    columns.iter().map(|id| plan.nodes[id.index()].title.chars().count()).sum::<usize>() > ONE_LINE
}

/// `一票否决`, `取消评先资格`, why it is not assessed.
pub fn marks(unit: &UnitOutcome) -> Vec<String> {
    let vetoed = unit.vetoed.then(|| "一票否决".to_owned());
    let lost = unit.disqualified.iter().map(|title| format!("取消{title}"));
    let status = match unit.status {
        Status::Assessed => None,
        Status::NotAssessed => Some("不参评".to_owned()),
    };
    vetoed.into_iter().chain(lost).chain(status).collect()
}
