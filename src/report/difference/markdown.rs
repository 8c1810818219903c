//! A comparison as Markdown, for the comment of a review.

use std::io::{self, Write};

use super::impact;
use super::text::{MOST_LINES, summary, together};
use crate::diff::{Change, Comparison, Effect, Impact, Section, SourceLine};

/// Writes every change under its section, then the impact.
pub fn write(comparison: &Comparison<'_>, impact: Option<&Impact>, out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (&comparison.old, &comparison.new);
    writeln!(out, "## 方案比较\n")?;
    writeln!(out, "旧：{}（{}）  ", plain(&old.plan.title), plain(old.source.short_name()))?;
    writeln!(out, "新：{}（{}）\n", plain(&new.plan.title), plain(new.source.short_name()))?;
    writeln!(out, "{}", summary(comparison))?;
    for section in Section::ALL {
        let changes: Vec<&Change> = comparison.of(section).collect();
        if changes.is_empty() {
            continue;
        }
        writeln!(out, "\n### {}（{}处）", section.title(), changes.len())?;
        for change in changes {
            write_change(change, out)?;
        }
    }
    match impact {
        Some(impact) => write_impact(comparison, impact, out),
        None => Ok(()),
    }
}

fn write_change(change: &Change, out: &mut dyn Write) -> io::Result<()> {
    let acknowledged = match change.acknowledged {
        Some(true) => " ✅ 已确认",
        Some(false) => " ❗ 还没有确认",
        None => "",
    };
    writeln!(out, "\n**{}. {}** `{}`{acknowledged}\n", change.number, plain(&change.sentence), change.print)?;
    let rows = change.old.len().max(change.new.len()).min(MOST_LINES);
    if rows > 0 {
        writeln!(out, "| 旧 | 新 |\n| --- | --- |")?;
    }
    let cell = |line: Option<&SourceLine>| match line {
        Some(line) => format!("{}<br>{}第{}行", plain(&line.text), plain(&line.file), line.line),
        None => String::new(),
    };
    for row in 0..rows {
        writeln!(out, "| {} | {} |", cell(change.old.get(row)), cell(change.new.get(row)))?;
    }
    if rows > 0 {
        writeln!(out)?;
    }
    if !change.follows.is_empty() {
        writeln!(out, "- 随之改变：{}", plain(&change.follows.join("、")))?;
    }
    if let Some(word) = change.direction.word() {
        writeln!(out, "- 方向：{word}")?;
    }
    match &change.effect {
        Effect::Shown(witness) => {
            writeln!(out, "- 例证：{}{}", plain(&witness.brief), together(witness))?;
            let told = |facts: &str| facts.lines().map(|line| plain(line.trim())).collect::<Vec<_>>().join("<br>");
            match witness.old_facts == witness.new_facts {
                true if witness.new_facts.is_empty() => Ok(()),
                true => writeln!(out, "  - {}", told(&witness.new_facts)),
                false => writeln!(out, "  - 旧：{}\n  - 新：{}", told(&witness.old_facts), told(&witness.new_facts)),
            }
        }
        Effect::None { .. } if matches!(change.section, Section::Wording | Section::Notes) => Ok(()),
        Effect::None { reason } => writeln!(out, "- 不影响结果：{}", plain(reason)),
        Effect::NotFound { reason, .. } => writeln!(out, "- 没有找到例证：{}", plain(reason)),
    }
}

fn write_impact(comparison: &Comparison<'_>, impact: &Impact, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## 影响到谁（{}）\n", plain(&impact.period))?;
    writeln!(out, "{}。\n", impact::summary(impact))?;
    let table = impact::table(impact);
    if !table.rows.is_empty() {
        writeln!(out, "| {} |", table.header.join(" | "))?;
        writeln!(out, "|{}", " --- |".repeat(table.header.len()))?;
        for row in &table.rows {
            writeln!(out, "| {} |", row.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join(" | "))?;
        }
        writeln!(out)?;
    }
    for cause in impact::causes(comparison, impact) {
        writeln!(out, "- {}", plain(&cause))?;
    }
    for line in impact::shorter(impact) {
        writeln!(out, "- 其中 {}", plain(&line))?;
    }
    for misfit in impact::misfits(impact) {
        writeln!(out, "- 注意：{}", plain(&misfit))?;
    }
    writeln!(out, "\n{}", impact::SHARING)
}

/// Signs that Markdown or HTML would take for its own.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' | '@' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
