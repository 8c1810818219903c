//! The top of the page: what was assessed, the figures at a glance, and what the reader can do.

use maud::{Markup, html};

use super::Page;
use super::figure::shown;
use crate::outcome::{Status, UnitOutcome};
use crate::report::letter::Letter;
use crate::value::{Number, Rounding};

/// Title, period, figures.
pub fn head(page: &Page<'_>) -> Markup {
    let (scored, plan) = (&page.scored, page.scored.plan);
    let missing = &scored.outcome.without_facts;
    let missing: Vec<String> = missing.iter().map(|id| plan.calendar.period(*id).spoken()).collect();
    html! {
        header.top {
            h1 { (plan.title) }
            @if let Some(number) = &plan.number { p.document { (number) } }
            p.when { (scored.period().spoken()) "考评结果" }
        }
        dl.figures { @for (name, value, more) in figures(page) { div { dt { (name) } dd { (value) @if !more.is_empty() { small { (more) } } } } } }
        @if !missing.is_empty() { p.notice { "在施行期内但没有事实，未计入：" (missing.join("、")) "。" } }
    }
}

/// A figure's name, the figure, and what is said beside it.
type Figure = (&'static str, String, String);

fn figures(page: &Page<'_>) -> Vec<Figure> {
    let scored = &page.scored;
    let assessed = || page.units().into_iter().filter(|unit| unit.status == Status::Assessed);
    let all = page.units().len();
    let away = all - assessed().count();
    let mut figures =
        vec![("单位", all.to_string(), if away > 0 { format!("{away}个不参评或待定") } else { String::new() })];
    let names = |total: Number| {
        let names: Vec<&str> = assessed().filter(|unit| unit.total == total).map(|unit| scored.name(unit)).collect();
        if names.len() > 2 { format!("{}等{}个", names[0], names.len()) } else { names.join("、") }
    };
    if let (Some(high), Some(low)) = (assessed().map(|unit| unit.total).max(), assessed().map(|unit| unit.total).min())
    {
        figures.push(("最高分", shown(high), names(high)));
        figures.push(("最低分", shown(low), names(low)));
    }
    if let Some(mean) = mean(assessed()) {
        figures.push(("平均分", mean.to_string(), String::new()));
    }
    let vetoed = page.units().iter().filter(|unit| unit.vetoed).count();
    if vetoed > 0 {
        figures.push(("一票否决", vetoed.to_string(), String::new()));
    }
    let disqualified = page.units().iter().filter(|unit| !unit.disqualified.is_empty()).count();
    if disqualified > 0 {
        figures.push(("取消资格", disqualified.to_string(), String::new()));
    }
    let money = page.units().into_iter().filter_map(|unit| scored.money(unit));
    if let Ok(sum) = money.clone().try_fold(Number::ZERO, Number::plus)
        && money.count() > 0
        && !sum.is_zero()
    {
        figures.push(("奖励金额", format!("{}元", shown(sum)), String::new()));
    }
    figures
}

/// To two places; nothing where no unit is assessed.
fn mean<'u>(mut units: impl Iterator<Item = &'u UnitOutcome>) -> Option<Number> {
    let add = |(sum, count): (Number, i64), unit: &UnitOutcome| Some((sum.plus(unit.total).ok()?, count + 1));
    let (sum, count) = units.try_fold((Number::ZERO, 0), add)?;
    sum.divided_by(Number::whole(count)).ok()?.rounded(2, Rounding::HalfUp).ok()
}

/// Where the parts are, the search box and the buttons; the script shows what works only with it.
pub fn controls(page: &Page<'_>) -> Markup {
    html! {
        nav.controls aria-label="本页" {
            span.links {
                a href="#ranking" { "排名" } " " a href="#totals" { "总分" } " "
                @if page.periods.len() > 1 { a href="#periods" { "各期" } " " }
                a href="#lost" { "扣分分布" } " " a href="#units" { "逐单位说明" } " " a href="#annex" { "依据" }
            }
            span.acts hidden {
                label { "查找 " input #search type="search" placeholder="单位名称" autocomplete="off"; }
                output #found aria-live="polite" {}
                button #expand type="button" { "展开全部说明" }
                button #collapse type="button" { "收起" }
                button #print type="button" { "打印" }
            }
        }
    }
}

/// What the figures were worked out from, and with what.
pub fn origin(page: &Page<'_>, letter: &Letter) -> Markup {
    let plan = page.scored.plan;
    html! {
        p { "方案指纹 " code { (plan.hash()) } "；准绳 " (env!("CARGO_PKG_VERSION")) " 版计算。同样的方案和事实，得出的每个字节都一样。" }
        @if let Some(frozen) = &letter.frozen { p { (frozen.words()) } }
        p.screen { "打印时，只印已经展开的说明。" }
    }
}
