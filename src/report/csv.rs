//! A table for spreadsheets: one row per unit, UTF-8 with BOM, RFC 4180.

use std::io::{self, Write};

use crate::outcome::{Status, UnitOutcome};
use crate::scored::Scored;

/// Writes the period's results; who is not assessed has no total, which is not 0.
pub fn write(scored: &Scored<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(scored, "", out)
}

/// The same as the first batches hold it: with 0 for a total that there is not.
pub fn write_as_first_frozen(scored: &Scored<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(scored, "0", out)
}

fn write_table(scored: &Scored<'_>, no_total: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut header = vec!["名次".to_owned(), "单位".to_owned(), "分组".to_owned(), "总分".to_owned()];
    header.extend(scored.sections().iter().map(|id| text(&scored.plan.nodes[id.index()].address)));
    header.extend(["一票否决", "取消资格", "等次", "奖惩", "奖金"].map(str::to_owned));
    out.write_all("\u{feff}".as_bytes())?;
    write_row(out, &header)?;
    for unit in &scored.outcome.units {
        write_row(out, &row(scored, unit, no_total))?;
    }
    Ok(())
}

fn row(scored: &Scored<'_>, unit: &UnitOutcome, no_total: &str) -> Vec<String> {
    let grades: Vec<&str> = unit.grades.iter().map(|grade| grade.grade.as_str()).collect();
    let awards: Vec<&str> = scored.awards(unit).collect();
    let mut cells = vec![
        scored.rank(unit).map(|rank| rank.to_string()).unwrap_or_default(),
        text(scored.name(unit)),
        text(scored.group(unit).unwrap_or_default()),
        match unit.status {
            Status::Assessed => unit.total.to_string(),
            Status::NotAssessed => no_total.to_owned(),
        },
    ];
    cells.extend(scored.sections().iter().map(|id| match scored.node(unit, *id) {
        Some(node) if node.assessed => node.points.to_string(),
        Some(_) => "不作考评".to_owned(),
        None => "0".to_owned(),
    }));
    cells.push(if unit.vetoed { "是" } else { "否" }.to_owned());
    cells.push(text(&unit.disqualified.join("；")));
    cells.push(text(&grades.join("；")));
    cells.push(text(&awards.join("；")));
    cells.push(scored.money(unit).map(|money| money.to_string()).unwrap_or_default());
    cells
}

/// A text that a spreadsheet would take for a formula is kept from it by a leading apostrophe.
fn text(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn write_row(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, expect};

    #[test]
    fn one_row_per_unit_with_formulas_neutralised() {
        let sample = sample::year();
        let mut out = Vec::new();
        write(&sample.scored(), &mut out).unwrap();
        expect("year.csv", &String::from_utf8(out).unwrap());
    }
}
