//! The ranking: every unit with its sections, total, marks, grades and awards.

use maud::{Markup, html};

use super::Page;
use super::figure::{are_long, key, marks, shown, total_cell, words};
use crate::outcome::{NodeOutcome, RankOutcome, UnitOutcome};
use crate::plan::NodeId;
use crate::report::table::{adds_up, is_capped};
use crate::scored::Scored;

/// Which columns have something to say.
struct Columns<'a> {
    group: bool,
    /// Further rankings, by place in a unit's list.
    rankings: Vec<(usize, &'a str)>,
    sections: Vec<NodeId>,
    marks: bool,
    grades: bool,
    awards: bool,
    money: bool,
}

impl<'a> Columns<'a> {
    fn of(page: &Page<'a>) -> Columns<'a> {
        let (scored, units) = (&page.scored, page.units());
        let most = units.iter().map(|unit| unit.rankings.len()).max().unwrap_or(0);
        let name = |index: usize| {
            let one = units.iter().find_map(|unit| unit.rankings.get(index))?;
            Some((index, scored.plan.rankings[usize::from(one.ranking)].name.as_str()))
        };
        Columns {
            group: units.iter().any(|unit| scored.group(unit).is_some()),
            rankings: (1..most).filter_map(name).collect(),
            sections: scored.sections_that_count(),
            marks: units.iter().any(|unit| !marks(unit).is_empty()),
            grades: units.iter().any(|unit| !unit.grades.is_empty()),
            awards: units.iter().any(|unit| scored.awards(unit).next().is_some()),
            money: units.iter().any(|unit| scored.money(unit).is_some_and(|money| !money.is_zero())),
        }
    }
}

/// The table; units in rank order, each a link to its explanation.
pub fn table(page: &Page<'_>) -> Markup {
    let columns = Columns::of(page);
    let many = are_long(page.scored.plan, &columns.sections);
    html! {
        section #ranking {
            h2 { "排名" }
            div.wide tabindex="0" role="region" aria-label="排名表" {
                table.ranking.sortable.many[many] {
                    caption { (page.scored.period().spoken()) "排名" }
                    thead { (header(page, &columns)) }
                    tbody { @for (index, unit) in page.units().iter().enumerate() { (row(&page.scored, &columns, index, unit)) } }
                }
            }
            (legend(page, &columns))
        }
    }
}

fn header(page: &Page<'_>, columns: &Columns<'_>) -> Markup {
    // Ranks by group do not run down the table, so no column orders it.
    let ordered = page.units().iter().all(|unit| unit.rankings.first().is_none_or(|one| one.group.is_none()));
    html! {
        tr {
            (head("名次", "rank", true, if ordered { "ascending" } else { "none" }))
            (head("单位", "unit", false, "none"))
            @if columns.group { (head("分组", "", false, "none")) }
            (head("总分", "total", true, "none"))
            @for (_, name) in &columns.rankings { (head(&format!("{name}名次"), "", true, "none")) }
            @for id in &columns.sections { (head(&page.scored.plan.nodes[id.index()].title, "section", true, "none")) }
            @if columns.marks { (head("标记", "", false, "none")) }
            @if columns.grades { (head("等次", "", false, "none")) }
            @if columns.awards { (head("奖惩", "", false, "none")) }
            @if columns.money { (head("奖励金额（元）", "money", true, "none")) }
        }
    }
}

fn head(title: &str, class: &str, number: bool, sorted: &str) -> Markup {
    let kind = if number { "number" } else { "text" };
    html! { th scope="col" class=(class) data-kind=(kind) aria-sort=(sorted) { button type="button" { span { (title) } } } }
}

fn row(scored: &Scored<'_>, columns: &Columns<'_>, index: usize, unit: &UnitOutcome) -> Markup {
    let grades: Vec<&str> = unit.grades.iter().map(|grade| grade.grade.as_str()).collect();
    html! {
        tr data-unit=(words(scored, unit)) {
            (place(unit.rankings.first()))
            th.unit scope="row" { a href=(format!("#u-{index}")) { (scored.name(unit)) } }
            @if columns.group { td { (scored.group(unit).unwrap_or("—")) } }
            (total_cell(unit))
            @for (index, _) in &columns.rankings { (place(unit.rankings.get(*index))) }
            @for id in &columns.sections { (section(scored, scored.node(unit, *id))) }
            @if columns.marks { td.marks { @for mark in marks(unit) { span.mark { (mark) } " " } } }
            @if columns.grades { td { (grades.join("；")) } }
            @if columns.awards { td.awards { @for award in scored.awards(unit) { span { (award) } " " } } }
            @if columns.money {
                @let money = scored.money(unit).unwrap_or_default();
                td.number.money data-key=(key(money)) { @if !money.is_zero() { (shown(money)) } }
            }
        }
    }
}

fn place(one: Option<&RankOutcome>) -> Markup {
    match one.and_then(|one| one.rank) {
        Some(rank) => html! { td.number.rank data-key=(rank) { (rank) } },
        None => html! { td.number.rank data-key="" { "—" } },
    }
}

fn section(scored: &Scored<'_>, node: Option<&NodeOutcome>) -> Markup {
    match node {
        Some(node) if !node.assessed => html! { td.number.section data-key="" { "—" } },
        Some(node) => html! {
            td.number.section.zero[node.points().is_zero()].minus[node.points().is_negative()] data-key=(key(node.points())) {
                (shown(node.points())) @if is_capped(scored.plan, node) { span.capped { "*" } }
            }
        },
        None => html! { td.number.section.zero data-key="0" { "0" } },
    }
}

/// What the marks in the table mean; only those that are there.
fn legend(page: &Page<'_>, columns: &Columns<'_>) -> Markup {
    let (scored, units) = (&page.scored, page.units());
    let mut nodes = units.iter().flat_map(|unit| columns.sections.iter().filter_map(|id| scored.node(unit, *id)));
    let unranked = units.iter().any(|unit| scored.rank(unit).is_none());
    let mut notes = Vec::new();
    if nodes.clone().any(|node| is_capped(scored.plan, node)) {
        notes.push("* 到了封顶，超出的没有计");
    }
    if unranked || nodes.any(|node| !node.assessed) {
        notes.push("— 不作考评或不排名");
    }
    if units.iter().any(|unit| !adds_up(scored, unit)) {
        notes.push("各板块是各期得分之和；总分按方案的算式从各期得来，不是各板块相加");
    }
    html! { @if !notes.is_empty() { p.legend { (notes.join("；")) "。" } } }
}
