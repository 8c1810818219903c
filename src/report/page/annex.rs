//! What the results rest on beyond the scheme's text, and what shorter periods decided.

use maud::{Markup, html};

use super::Page;
use crate::plan::Reading;
use crate::report::stages::decided;

/// 约定, 读法 and 待定, each with its clause.
pub fn annex(page: &Page<'_>) -> Markup {
    let stages: Vec<(String, Vec<String>)> = page
        .stages
        .iter()
        .map(|stage| (stage.period().spoken(), decided(stage)))
        .filter(|(_, decided)| !decided.is_empty())
        .collect();
    html! {
        @if !stages.is_empty() {
            section #stages {
                h2 { "各期的等次和奖惩" }
                dl.stages { @for (period, decided) in &stages { dt { (period) } dd { ul { @for one in decided { li { (one) } } } } } }
            }
        }
        section #annex {
            h2 { "依据和约定" }
            @for (kind, meaning) in KINDS { (part(page, kind, meaning)) }
        }
    }
}

const KINDS: [(&str, &str); 3] = [
    ("约定", "原文没有写明、又影响得分的，按下列约定计算。"),
    ("读法", "原文可以有几种理解的，按下列读法计算。"),
    ("待定", "原文残缺或者尚未确定的，没有计分。"),
];

fn part(page: &Page<'_>, kind: &str, meaning: &str) -> Markup {
    let readings: Vec<&Reading> = page.scored.plan.readings.iter().filter(|reading| reading.kind == kind).collect();
    html! {
        @if !readings.is_empty() {
            h3 { (kind) small { " " (readings.len()) "条。" (meaning) } }
            ol.readings {
                @for reading in readings {
                    li { @if !reading.clause.is_empty() { b { (reading.clause) } "　" } (reading.text) }
                }
            }
        }
    }
}
