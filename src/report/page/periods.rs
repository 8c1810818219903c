//! Every unit's totals in the periods of a year, as a table.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Page;
use super::figure::{key, period_label, shown, total_cell, words};
use crate::outcome::UnitOutcome;
use crate::scored::Scored;
use crate::value::Number;

/// The table, with the places that the totals gave; nothing for one period alone.
pub fn table(page: &Page<'_>) -> Markup {
    if page.periods.len() < 2 {
        return html! {};
    }
    let places: Vec<BTreeMap<usize, u32>> = page.periods.iter().map(places).collect();
    html! {
        section #periods {
            h2 { "各期得分" small { " 小字是当期名次" } }
            div.wide tabindex="0" role="region" aria-label="各期得分表" {
                table.sortable {
                    caption { "各期得分" }
                    thead {
                        tr {
                            th.unit scope="col" data-kind="text" aria-sort="none" { button type="button" { "单位" } }
                            @for period in &page.periods {
                                th scope="col" data-kind="number" aria-sort="none" { button type="button" { (period_label(period)) } }
                            }
                            th scope="col" data-kind="number" aria-sort="none" { button type="button" { "总分" } }
                        }
                    }
                    tbody { @for unit in page.units() { (row(page, &places, unit)) } }
                }
            }
        }
    }
}

fn places(scored: &Scored<'_>) -> BTreeMap<usize, u32> {
    scored.outcome.units.iter().filter_map(|unit| Some((unit.unit, scored.rank(unit)?))).collect()
}

fn row(page: &Page<'_>, places: &[BTreeMap<usize, u32>], unit: &UnitOutcome) -> Markup {
    let total = |period: &Scored<'_>| -> Option<Number> {
        unit.periods.iter().find(|(id, _)| *id == period.outcome.period).map(|(_, total)| *total)
    };
    html! {
        tr data-unit=(words(&page.scored, unit)) {
            th.unit scope="row" { (page.scored.name(unit)) }
            @for (period, places) in page.periods.iter().zip(places) {
                @match total(period) {
                    Some(total) => {
                        td.number data-key=(key(total)) {
                            (shown(total)) @if let Some(place) = places.get(&unit.unit) { small { " " (place) } }
                        }
                    }
                    None => { td.number data-key="" { "—" } }
                }
            }
            (total_cell(unit))
        }
    }
}
