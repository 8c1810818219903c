//! A comparison as plain text.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::impact;
use crate::diff::{Change, Comparison, Effect, Impact, Section, SourceLine, Witness};

/// Writes every change under its section, with its lines and its witness.
pub fn write(comparison: &Comparison<'_>, impact: Option<&Impact>, out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (&comparison.old, &comparison.new);
    writeln!(out, "旧：{}（{}，{}）", old.plan.title, old.source.short_name(), old.plan.hash())?;
    writeln!(out, "新：{}（{}，{}）", new.plan.title, new.source.short_name(), new.plan.hash())?;
    writeln!(out, "{}", summary(comparison))?;
    for section in Section::ALL {
        let changes: Vec<&Change> = comparison.of(section).collect();
        if changes.is_empty() {
            continue;
        }
        writeln!(out, "\n{}（{}处）", section.title(), changes.len())?;
        for change in changes {
            write_change(change, out)?;
        }
    }
    match impact {
        Some(impact) => write_impact(comparison, impact, out),
        None => Ok(()),
    }
}

fn write_impact(comparison: &Comparison<'_>, impact: &Impact, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n影响到谁（{}）", impact.period)?;
    writeln!(out, "  {}。", impact::summary(impact))?;
    let table = impact::table(impact);
    if !table.rows.is_empty() {
        let header: Vec<String> = table.header.iter().map(|head| (*head).to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&header).chain(&table.rows).collect();
        let widths: Vec<usize> =
            (0..header.len()).map(|column| lines.iter().map(|line| line[column].width()).max().unwrap_or(0)).collect();
        for line in lines {
            let mut text = String::new();
            for ((index, cell), width) in line.iter().enumerate().zip(&widths) {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                // Figures stand below one another by their last digit.
                text.push_str(&if (1..4).contains(&index) {
                    format!("{gap}{cell}  ")
                } else {
                    format!("{cell}{gap}  ")
                });
            }
            writeln!(out, "  {}", text.trim_end())?;
        }
    }
    let causes = impact::causes(comparison, impact);
    for cause in &causes {
        writeln!(out, "  {cause}")?;
    }
    let shorter = impact::shorter(impact);
    if !shorter.is_empty() {
        writeln!(out, "  其中各期的等次、奖惩：")?;
    }
    for line in shorter {
        writeln!(out, "    {line}")?;
    }
    for misfit in impact::misfits(impact) {
        writeln!(out, "  注意 {misfit}")?;
    }
    if !causes.is_empty() {
        writeln!(out, "  {}", impact::SHARING)?;
    }
    Ok(())
}

/// One line that says how much changed.
pub fn summary(comparison: &Comparison<'_>) -> String {
    let meant = comparison.meant().count();
    let wording = comparison.of(Section::Wording).count();
    match (comparison.is_same(), wording) {
        (true, 0) => "两本方案的意思相同。".to_owned(),
        (true, count) => format!("两本方案的意思相同，{count}处只是文字不同。"),
        (false, _) => format!("意思有{meant}处改动。"),
    }
}

fn write_change(change: &Change, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {}. {}", change.number, change.sentence)?;
    match change.acknowledged {
        Some(true) => writeln!(out, "     已确认 {}", change.print)?,
        Some(false) => writeln!(out, "     还没有确认 {}", change.print)?,
        None => {}
    }
    for (mark, lines) in [("旧", &change.old), ("新", &change.new)] {
        for line in lines.iter().take(MOST_LINES) {
            writeln!(out, "     {mark} {}", place(line))?;
        }
        if lines.len() > MOST_LINES {
            writeln!(out, "     {mark} （以下{}行略）", lines.len() - MOST_LINES)?;
        }
    }
    if !change.follows.is_empty() {
        let shown: Vec<&str> = change.follows.iter().take(6).map(String::as_str).collect();
        let more = if change.follows.len() > 6 { format!("等{}句", change.follows.len()) } else { String::new() };
        writeln!(out, "     随之改变：{}{more}", shown.join("、"))?;
    }
    if let Some(word) = change.direction.word() {
        writeln!(out, "     方向 {word}")?;
    }
    match &change.effect {
        Effect::Shown(witness) => {
            writeln!(out, "     例证 {}{}", witness.brief, together(witness))?;
            if witness.old_facts == witness.new_facts {
                return write_facts(&witness.new_facts, "", out);
            }
            write_facts(&witness.old_facts, "旧：", out)?;
            write_facts(&witness.new_facts, "新：", out)
        }
        Effect::None { reason } if change.section == Section::Wording || change.section == Section::Notes => {
            let _ = reason;
            Ok(())
        }
        Effect::None { reason } => writeln!(out, "     不影响结果 {reason}"),
        Effect::NotFound { reason, .. } => writeln!(out, "     没有找到例证 {reason}"),
    }
}

/// What is said of a witness that more than its change makes.
pub fn together(witness: &Witness) -> String {
    match (witness.alone, witness.single) {
        (Some(false), _) => "（与别处的改动合在一起才有差别，只改这一处的，没有找到）".to_owned(),
        (Some(true), Some(single)) if witness.mixed => {
            format!("（只改这一处是{single}，其余来自别处的改动）")
        }
        (Some(true), None) if witness.mixed => "（只改这一处也有差别；其余来自别处的改动）".to_owned(),
        (None, _) => "（没有能单独试这一处）".to_owned(),
        (Some(true), _) => String::new(),
    }
}

/// Of a large block the beginning says enough.
pub const MOST_LINES: usize = 8;
/// Facts are to be copied: seldom are some left out.
const MOST_FACTS: usize = 40;

fn write_facts(facts: &str, mark: &str, out: &mut dyn Write) -> io::Result<()> {
    let lines: Vec<&str> = facts.lines().collect();
    for (index, line) in lines.iter().take(MOST_FACTS).enumerate() {
        writeln!(out, "       {}{line}", if index == 0 { mark } else { "" })?;
    }
    if lines.len() > MOST_FACTS {
        writeln!(out, "       （以下{}行略）", lines.len() - MOST_FACTS)?;
    }
    Ok(())
}

/// `2024.zs第8行  缺项：每项扣2分`
pub fn place(line: &SourceLine) -> String {
    format!("{}第{}行  {}", line.file, line.line, line.text)
}
