//! The totals as bars from zero, in the order of the ranks; of very many units how many are in each range.

use maud::{Markup, html};
use rust_decimal::Decimal;

use super::Page;
use super::figure::{per_mille, percent, shown, words};
use crate::outcome::{Status, UnitOutcome};
use crate::value::Number;

/// More bars than this are no picture any more.
const MOST_BARS: usize = 120;
/// At most so many ranges.
const MOST_RANGES: i64 = 24;

/// The chart; nothing where no unit is assessed.
pub fn chart(page: &Page<'_>) -> Markup {
    let units: Vec<&UnitOutcome> = page.units().into_iter().filter(|unit| unit.status == Status::Assessed).collect();
    if units.is_empty() {
        return html! {};
    }
    let scored = &page.scored;
    // Where the ranks are those of groups, so is the order of the bars.
    let grouped = units.iter().any(|unit| unit.rankings.first().is_some_and(|one| one.group.is_some()));
    let bars = if units.len() > MOST_BARS {
        ranges(&units)
    } else {
        let bar = |unit: &&UnitOutcome| Bar {
            name: scored.name(unit).to_owned(),
            group: scored.group(unit).filter(|_| grouped),
            words: words(scored, unit),
            value: unit.total,
            text: shown(unit.total),
            vetoed: unit.vetoed,
        };
        units.iter().map(bar).collect()
    };
    let scale = Scale::of(&bars);
    html! {
        section #totals {
            h2 { "总分" @if units.len() > MOST_BARS { small { " 各分数段的单位数" } } }
            figure.bars aria-label="总分图" {
                @for (index, bar) in bars.iter().enumerate() {
                    @if let Some(group) = bar.group.filter(|_| index == 0 || bars[index - 1].group != bar.group) { h3 { (group) } }
                    (draw(bar, &scale))
                }
                @if units.len() > MOST_BARS { figcaption { "每段含下限，不含上限。" } }
                @if bars.iter().any(|bar| bar.vetoed) { figcaption { "浅色虚线框的是一票否决的单位。" } }
            }
        }
    }
}

/// One line of the chart.
struct Bar<'a> {
    name: String,
    group: Option<&'a str>,
    /// What the search box finds it by; a range is found by nothing.
    words: String,
    value: Number,
    text: String,
    vetoed: bool,
}

/// From the least value or zero to the greatest or zero.
struct Scale {
    low: Number,
    span: Number,
}

impl Scale {
    fn of(bars: &[Bar<'_>]) -> Scale {
        let low = bars.iter().map(|bar| bar.value).fold(Number::ZERO, Ord::min);
        let high = bars.iter().map(|bar| bar.value).fold(Number::ZERO, Ord::max);
        let span = high.minus(low).unwrap_or_default();
        Scale { low, span: if span.is_zero() { Number::ONE } else { span } }
    }

    fn place(&self, value: Number) -> i64 {
        value.minus(self.low).map_or(0, |above| per_mille(above, self.span))
    }
}

/// A row of its own for each bar, so that names keep their size on a phone while the bars shrink.
fn draw(bar: &Bar<'_>, scale: &Scale) -> Markup {
    let (zero, end) = (scale.place(Number::ZERO), scale.place(bar.value));
    let (left, width) = (zero.min(end), (zero - end).abs());
    let class = if bar.value.is_negative() { "below" } else { "above" };
    html! {
        div.bar.vetoed[bar.vetoed] data-unit=[(!bar.words.is_empty()).then_some(&bar.words)] {
            span.name { (bar.name) }
            svg aria-hidden="true" {
                rect.(class) x=(percent(left)) y="15%" width=(percent(width)) height="70%" {}
                line x1=(percent(zero)) x2=(percent(zero)) y1="0" y2="100%" {}
            }
            span.value { (bar.text) }
        }
    }
}

/// How many units are in each of a few equally wide ranges.
fn ranges(units: &[&UnitOutcome]) -> Vec<Bar<'static>> {
    let totals = || units.iter().map(|unit| unit.total);
    let (Some(low), Some(high)) = (totals().min(), totals().max()) else { return Vec::new() };
    let step = step(low, high);
    let bin = |total: Number| total.divided_by(step).and_then(Number::floor).unwrap_or_default();
    let mut counts = std::collections::BTreeMap::new();
    for total in totals() {
        *counts.entry(bin(total)).or_insert(0) += 1;
    }
    // Ranges that nobody is in are part of the picture.
    let (mut at, last) = (bin(low), bin(high));
    let mut bars = Vec::new();
    while at <= last {
        let edge = |bin: Decimal| Number::from(bin).times(step).unwrap_or_default();
        let count = counts.get(&at).copied().unwrap_or(0);
        let name = format!("{}至{}", edge(at), edge(at + Decimal::ONE));
        let text = format!("{count}个");
        bars.push(Bar { name, group: None, words: String::new(), value: Number::whole(count), text, vetoed: false });
        at += Decimal::ONE;
    }
    bars.reverse();
    bars
}

/// 1, 2 or 5 times a power of ten: the least that needs no more than the ranges we have.
fn step(low: Number, high: Number) -> Number {
    let span = high.minus(low).unwrap_or_default();
    let steps = (0..=20).flat_map(|power| [1, 2, 5].map(|digit| (digit, power)));
    let mut steps = steps.map(|(digit, power): (i64, u32)| {
        let scale = Decimal::new(1, 3) * Decimal::from(10_i64.saturating_pow(power.min(18)));
        Number::from(Decimal::from(digit) * scale)
    });
    let fits = |step: &Number| step.times(Number::whole(MOST_RANGES)).is_ok_and(|most| most >= span);
    steps.find(fits).unwrap_or(if span.is_zero() { Number::ONE } else { span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_round_and_few() {
        let number = |text: &str| Number::from(text.parse::<Decimal>().unwrap());
        assert_eq!(step(number("0"), number("100")), number("5"));
        assert_eq!(step(number("-236.5"), number("192")), number("20"));
        assert_eq!(step(number("99.1"), number("99.3")), number("0.01"));
        assert_eq!(step(number("7"), number("7")), number("0.001"));
    }
}
