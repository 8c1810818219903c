//! A correction as one web page that needs nothing else.

use std::io::{self, Write};

use maud::html;

use super::super::letter::within_title;
use super::super::web::Shell;
use super::Corrected;
use super::words::{self, peers, reasons, summary, table};

/// Writes the page. Everything from rulebooks and facts is escaped by the template.
pub fn write(corrected: &Corrected<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Corrected { correction, plan, old, new, sha256, date, reason } = corrected;
    let cells = table(correction);
    let period = words::period(plan, correction);
    let title = format!("{}{}结果更正", plan.title, within_title(&plan.title, &period));
    let shell = Shell { title, style: STYLE, script: "" };
    let content = html! {
        h1 { (shell.title) }
        p { (date) "，批次" (new) "更正" (old) "。" @if let Some(reason) = reason { "原因：" (reason) "。" } }
        @if !correction.objections.is_empty() {
            ul { @for objection in &correction.objections { li { (objection.sentence) "。" } } }
        }
        p { (summary(correction)) "。" }
        @if !cells.rows.is_empty() {
            div.wide {
                table {
                    thead { tr { @for head in &cells.header { th { (head) } } } }
                    tbody {
                        @for row in &cells.rows {
                            tr {
                                @for (index, cell) in row.iter().enumerate() {
                                    @if (1..4).contains(&index) { td.number { (cell) } } @else { td { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if !correction.moved.is_empty() {
            h2 { "为什么" }
            @for (names, why) in reasons(correction) {
                section {
                    h3 { (names) }
                    ul { @for why in why { li { (why) } } }
                }
            }
        }
        @let peers = peers(correction);
        @if !peers.is_empty() {
            h2 { "全体和同组的数" }
            ul { @for peer in &peers { li { (peer) } } }
        }
        p.frozen { "批次" (new) "的校验码 " code { (sha256) } }
    };
    shell.open(out)?;
    out.write_all(content.into_string().as_bytes())?;
    shell.close(out)
}

const STYLE: &str = "
section ul, h1 + p + ul { margin: .2rem 0; padding-left: 1.4rem; } section h3 { margin: 1.2rem 0 .3rem; }
td.number { text-align: right; white-space: nowrap; } td:first-child, td:nth-child(5) { white-space: nowrap; } td:nth-child(7) { min-width: 12rem; }
p.frozen { color: #555; overflow-wrap: anywhere; }
@media print { section { break-inside: avoid; } }
";
