//! A comparison as one web page that needs nothing else: no script, no font, no picture from elsewhere.

use std::io::{self, Write};

use maud::{Markup, html};

use super::impact;
use super::slope;
use super::text::{MOST_LINES, summary, together};
use crate::diff::{Change, Comparison, Effect, Impact, Section, SourceLine};
use crate::report::web::Shell;

/// Writes the page. Everything from rulebooks and facts is escaped by the template.
pub fn write(comparison: &Comparison<'_>, impact: Option<&Impact>, out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (&comparison.old, &comparison.new);
    let shell = Shell { title: format!("方案比较：{}", new.plan.title), style: STYLE, script: "" };
    let content = html! {
        h1 { "方案比较" }
        dl.books {
            dt { "旧" } dd { (old.plan.title) " " small { (old.source.short_name()) " " (old.plan.hash()) } }
            dt { "新" } dd { (new.plan.title) " " small { (new.source.short_name()) " " (new.plan.hash()) } }
        }
        p { (summary(comparison)) }
        @if let Some(impact) = impact { (impact_part(comparison, impact)) }
        @for section in Section::ALL { (section_part(comparison, section)) }
    };
    shell.open(out)?;
    out.write_all(content.into_string().as_bytes())?;
    shell.close(out)
}

fn section_part(comparison: &Comparison<'_>, section: Section) -> Markup {
    let changes: Vec<&Change> = comparison.of(section).collect();
    html! {
        @if !changes.is_empty() {
            h2 { (section.title()) small { " " (changes.len()) "处" } }
            @for change in changes { (change_part(change)) }
        }
    }
}

fn change_part(change: &Change) -> Markup {
    html! {
        section id=(format!("change-{}", change.number)) {
            h3 {
                (change.number) ". " (change.sentence)
                @if change.section != Section::Wording { small { " " (change.print) } }
            }
            @if !change.old.is_empty() || !change.new.is_empty() {
                div.lines {
                    (lines("旧", &change.old))
                    (lines("新", &change.new))
                }
            }
            @if !change.follows.is_empty() { p { "随之改变：" (change.follows.join("、")) } }
            @if let Some(word) = change.direction.word() { p { "方向：" (word) "。" } }
            @match &change.effect {
                Effect::Shown(witness) => {
                    p { "例证 " strong { (witness.brief) } (together(witness)) }
                    @if witness.old_facts == witness.new_facts && witness.new_facts.is_empty() {
                    } @else if witness.old_facts == witness.new_facts {
                        pre { (witness.new_facts) }
                    } @else {
                        div.lines { pre { "旧：" (witness.old_facts) } pre { "新：" (witness.new_facts) } }
                    }
                }
                Effect::None { reason } => {
                    @if !matches!(change.section, Section::Wording | Section::Notes) { p { "不影响结果：" (reason) "。" } }
                }
                Effect::NotFound { reason, .. } => { p { "没有找到例证：" (reason) "。" } }
            }
        }
    }
}

fn lines(mark: &str, lines: &[SourceLine]) -> Markup {
    html! {
        div {
            @if lines.is_empty() { span.none { (mark) "：没有" } }
            @for line in lines.iter().take(MOST_LINES) {
                div.line { (line.text) small { " " (mark) " " (line.file) "第" (line.line) "行" } }
            }
            @if lines.len() > MOST_LINES { small { "以下" (lines.len() - MOST_LINES) "行略" } }
        }
    }
}

fn impact_part(comparison: &Comparison<'_>, impact: &Impact) -> Markup {
    let table = impact::table(impact);
    html! {
        h2 { "影响到谁" small { " " (impact.period) } }
        p { (impact::summary(impact)) "。" }
        (slope::chart(impact))
        @if !table.rows.is_empty() {
            div.wide {
                table {
                    thead { tr { @for head in &table.header { th { (head) } } } }
                    tbody {
                        @for row in &table.rows {
                            tr {
                                @for (index, (cell, head)) in row.iter().zip(&table.header).enumerate() {
                                    @let number = (1..4).contains(&index).then_some("number");
                                    td class=[number] data-head=(head) { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
        @let causes = impact::causes(comparison, impact);
        @if !causes.is_empty() { ul { @for cause in &causes { li { (cause) } } } }
        @let shorter = impact::shorter(impact);
        @if !shorter.is_empty() {
            h3 { "其中各期的等次、奖惩" }
            ul { @for line in &shorter { li { (line) } } }
        }
        @let misfits = impact::misfits(impact);
        @if !misfits.is_empty() {
            h3 { "事实与新方案对不上的" }
            ul { @for misfit in &misfits { li { (misfit) } } }
        }
        p.foot { (impact::SHARING) }
    }
}

const STYLE: &str = "
:root { color-scheme: light dark; --rose: #1a7f37; --fell: #c6421f; }
dl.books { display: grid; grid-template-columns: 2rem 1fr; } dl.books dd { margin: 0; }
.lines { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; } .lines > * { background: var(--soft); padding: .3rem .7rem; margin: 0; overflow-x: auto; }
.none { opacity: .5; } pre { font: inherit; font-size: .88rem; background: var(--soft); padding: .3rem .7rem; white-space: pre-wrap; }
section p { margin: .3rem 0; }
td:first-child, td:nth-child(5) { white-space: nowrap; }
svg { width: 100%; max-width: 760px; height: auto; } svg text { font-size: 13px; fill: currentColor; } svg .head { font-weight: bold; }
svg line { stroke-width: 1.6; } svg .rose line, svg .rose circle { stroke: var(--rose); fill: var(--rose); } svg .fell line, svg .fell circle { stroke: var(--fell); fill: var(--fell); } svg .fell line { stroke-dasharray: 5 3; } svg .stayed line, svg .stayed circle { stroke: #888; fill: #888; }
figcaption .rose { color: var(--rose); } figcaption .fell { color: var(--fell); } figcaption .stayed { color: #888; }
@media screen and (max-width: 40rem) { .lines { grid-template-columns: 1fr; }
.wide table, .wide tbody, .wide tr, .wide td { display: block; width: auto; } .wide thead { display: none; }
.wide tr { border-top: 2px solid var(--line); padding: .3rem 0; } .wide td, .wide td.number, .wide td:nth-child(5) { border: 0; text-align: left; white-space: normal; padding: .1rem 0; position: static; }
.wide td:first-child { font-weight: bold; } .wide td:not(:first-child)::before { content: attr(data-head) '　'; opacity: .65; } .wide td:empty { display: none; }
figure { overflow-x: auto; margin-inline: 0; } svg { min-width: 36rem; } }
@media print { section { break-inside: avoid; } }
";
