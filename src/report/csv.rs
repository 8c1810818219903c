//! A table for spreadsheets: one row per unit, UTF-8 with BOM, RFC 4180.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use crate::outcome::{Status, UnitOutcome};
use crate::scored::Scored;
use crate::threads;

/// The rows of so many units are held before they are written.
const AT_ONCE: usize = 8192;

/// Writes the period's results, put into words by so many threads; who is not assessed has no total, which is not 0.
pub fn write(scored: &Scored<'_>, threads: usize, out: &mut dyn Write) -> io::Result<()> {
    write_table(scored, "", threads, out)
}

/// The same as the first batches hold it: with 0 for a total that there is not.
pub fn write_as_first_frozen(scored: &Scored<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_table(scored, "0", 1, out)
}

fn write_table(scored: &Scored<'_>, no_total: &str, threads: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut header = Rows::default();
    ["名次", "单位", "分组", "总分"].into_iter().for_each(|title| header.text(title));
    scored.sections().iter().for_each(|id| header.text(&scored.plan.nodes[id.index()].address));
    ["一票否决", "取消资格", "等次", "奖惩", "奖金"].into_iter().for_each(|title| header.text(title));
    header.end();
    out.write_all("\u{feff}".as_bytes())?;
    out.write_all(header.text.as_bytes())?;
    for units in scored.outcome.units.chunks(AT_ONCE) {
        let parts = threads::in_parts(units.len(), threads, |part| {
            let mut rows = Rows::default();
            units[part].iter().for_each(|unit| rows.unit(scored, unit, no_total));
            rows.text
        });
        parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))?;
    }
    Ok(())
}

/// Rows as they are written.
#[derive(Default)]
struct Rows {
    text: String,
    /// The last row has cells already.
    begun: bool,
}

impl Rows {
    fn unit(&mut self, scored: &Scored<'_>, unit: &UnitOutcome, no_total: &str) {
        self.value(scored.rank(unit));
        self.text(scored.name(unit));
        self.text(scored.group(unit).unwrap_or_default());
        match unit.status {
            Status::Assessed => self.value(Some(unit.total)),
            Status::NotAssessed => self.text(no_total),
        }
        for id in scored.sections() {
            match scored.node(unit, *id) {
                Some(node) if node.assessed => self.value(Some(node.points())),
                Some(_) => self.text("不作考评"),
                None => self.text("0"),
            }
        }
        self.text(if unit.vetoed { "是" } else { "否" });
        self.list(unit.disqualified.iter().map(String::as_str));
        self.list(unit.grades.iter().map(|grade| grade.grade.as_str()));
        self.list(scored.awards(unit));
        self.value(scored.money(unit));
        self.end();
    }

    /// A number, as it is; an empty cell where there is none.
    fn value(&mut self, value: Option<impl Display>) {
        self.next();
        if let Some(value) = value {
            // A string takes all that is written.
            let _ = write!(self.text, "{value}");
        }
    }

    fn list<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let texts: Vec<&str> = texts.collect();
        self.text(&texts.join("；"));
    }

    /// A text that a spreadsheet would take for a formula is kept from it by a leading apostrophe.
    fn text(&mut self, text: &str) {
        self.next();
        let apostrophe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        if text.contains(['"', ',', '\n', '\r']) {
            let _ = write!(self.text, "\"{apostrophe}{}\"", text.replace('"', "\"\""));
        } else {
            self.text.push_str(apostrophe);
            self.text.push_str(text);
        }
    }

    fn next(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.text.push(',');
        }
    }

    fn end(&mut self) {
        self.text.push_str("\r\n");
        self.begun = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, expect};

    #[test]
    fn one_row_per_unit_with_formulas_neutralised() {
        let sample = sample::year();
        let mut out = Vec::new();
        write(&sample.scored(), 2, &mut out).unwrap();
        expect("year.csv", &String::from_utf8(out).unwrap());
    }
}
