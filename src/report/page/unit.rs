//! Why a unit has its points, folded until it is asked for.

use maud::{Markup, html};

use super::Page;
use super::figure::{marks, total_text, words};
use crate::explain::{Explainer, Kind, Tree};
use crate::outcome::{Status, UnitOutcome};

/// Marks that join a value to its text; beside the text they are not wanted.
const JOINTS: [char; 2] = ['：', '，'];

/// The heading, and what is not on the page where it would be too large.
pub fn heading(whole: bool) -> Markup {
    html! {
        h2 #units { "逐单位说明" }
        @if whole { p.legend { "点开单位，看每一分的来历：条款、依据、封顶、不计的和原因，以及事实在哪个文件的第几行。" } }
        @else { p.notice { "单位和事实很多，本页不列逐条说明，只列名次、奖惩和各期得分；逐条说明见同一文件夹“说明”里各单位的文件。" } }
    }
}

/// One unit, folded. Links lead to what is inside, so that a browser unfolds it by itself.
pub fn details<'a>(
    page: &Page<'a>,
    explainer: &Explainer<'a>,
    index: usize,
    unit: &'a UnitOutcome,
    whole: bool,
) -> Markup {
    let scored = &page.scored;
    let tree = if whole { explainer.unit_alone(unit) } else { explainer.standing(unit) };
    let rank = unit.rankings.first().and_then(|one| one.rank);
    html! {
        details.unit data-unit=(words(scored, unit)) {
            summary {
                span.rank { @match rank { Some(rank) => { "第" (rank) "名" } None => { "—" } } }
                span.name { (scored.full_name(unit)) }
                @for mark in marks(unit) { span.mark { (mark) } }
                span.value { (total_text(unit)) @if unit.status != Status::NotAssessed { "分" } }
            }
            div.why id=(format!("u-{index}")) {
                p.heading { (tree.sentence()) }
                ul { @for branch in &tree.branches { (branch_item(branch)) } }
            }
        }
    }
}

/// INVARIANT: a tree is as deep as the nodes of its rulebook, which the compiler bounds.
fn branch_item(tree: &Tree) -> Markup {
    let class = match tree.kind {
        Kind::Plain => "plain",
        Kind::Period => "period",
        Kind::Node => "node",
        Kind::Line => "line",
        Kind::Entry => "entry",
        Kind::Uncounted => "off",
        Kind::Step => "step",
        Kind::Source => "source",
    };
    let below =
        html! { @if !tree.branches.is_empty() { ul { @for branch in &tree.branches { (branch_item(branch)) } } } };
    html! {
        @if tree.kind == Kind::Period { li.period { details { summary { (sentence(tree)) } (below) } } }
        @else { li class=(class) { (sentence(tree)) (below) } }
    }
}

fn sentence(tree: &Tree) -> Markup {
    let (text, value) = (tree.text.trim_end_matches(JOINTS), tree.value.trim_start_matches(JOINTS));
    html! { @if value.is_empty() { (tree.text) } @else { div.row { span { (text) } " " b { (value) } } } }
}
