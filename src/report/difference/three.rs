//! Where two branches changed the same thing, as text, Markdown, a page or JSON.

use std::io::{self, Write};

use maud::{DOCTYPE, html};
use serde::Serialize;

use super::markdown::plain;
use crate::diff::Clash;
use crate::report::json;

pub fn write(clashes: &[Clash], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", summary(clashes))?;
    for clash in clashes {
        writeln!(out, "  {}{}", clash.subject, if clash.same { "（两边改得一样）" } else { "" })?;
        writeln!(out, "     一边 {}", clash.ours)?;
        writeln!(out, "     另一边 {}", clash.theirs)?;
    }
    Ok(())
}

pub fn write_markdown(clashes: &[Clash], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## 两边的改动\n\n{}", summary(clashes))?;
    if clashes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| 条款 | 一边 | 另一边 |\n| --- | --- | --- |")?;
    for clash in clashes {
        let same = if clash.same { "（两边改得一样）" } else { "" };
        writeln!(out, "| {}{same} | {} | {} |", plain(&clash.subject), plain(&clash.ours), plain(&clash.theirs))?;
    }
    Ok(())
}

pub fn write_page(clashes: &[Clash], out: &mut dyn Write) -> io::Result<()> {
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="UTF-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'";
                title { "两边的改动" }
            }
            body {
                h1 { "两边的改动" }
                p { (summary(clashes)) }
                @for clash in clashes {
                    h2 { (clash.subject) @if clash.same { "（两边改得一样）" } }
                    p { "一边：" (clash.ours) }
                    p { "另一边：" (clash.theirs) }
                }
            }
        }
    };
    writeln!(out, "{}", page.into_string())
}

pub fn write_json(clashes: &[Clash], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        clashes: &'a [Clash],
    }
    json::write_document(out, &Document { clashes })
}

fn summary(clashes: &[Clash]) -> String {
    let same = clashes.iter().filter(|clash| clash.same).count();
    match (clashes.len(), clashes.len() - same) {
        (0, _) => "两边没有改到同一处。".to_owned(),
        (all, 0) => format!("两边有{all}处改到一起，改得都一样。"),
        (all, differ) => format!("两边有{all}处改到一起，其中{differ}处改得不一样。"),
    }
}
