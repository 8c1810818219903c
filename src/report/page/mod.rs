//! Results as one web page that needs nothing else: ranking, charts, and why every unit has its points.

mod annex;
mod figure;
mod head;
mod lost;
mod periods;
mod places;
mod ranking;
mod totals;
mod unit;

use std::io::{self, Write};

use maud::{Markup, html};

use super::letter::Letter;
use super::web::Shell;
use crate::explain::Explainer;
use crate::outcome::{Outcome, UnitOutcome};
use crate::scored::Scored;

/// With more entries than this a page would be too large to open on a phone: it does without the entries and says so.
const MOST_ENTRIES: usize = 20_000;

/// What a page shows.
struct Page<'a> {
    scored: Scored<'a>,
    /// The base periods of a roll-up.
    periods: Vec<Scored<'a>>,
    /// The shorter periods for which grades or awards are given.
    stages: Vec<Scored<'a>>,
}

impl<'a> Page<'a> {
    fn units(&self) -> Vec<&'a UnitOutcome> {
        self.scored.units_on_roster()
    }

    /// How many entries the explanations would list.
    fn entries(&self) -> usize {
        let of = |scored: &Scored<'_>| scored.outcome.units.iter().map(|unit| unit.entries.len()).sum::<usize>();
        if self.periods.is_empty() { of(&self.scored) } else { self.periods.iter().map(of).sum() }
    }
}

/// Writes the page; `periods` as for [`Explainer::new`], `stages` as for [`super::write_stages`]. Of the letter it says
/// only the batch.
/// Everything from rulebooks and facts is escaped by the templates.
pub fn write<'a>(
    scored: &Scored<'a>,
    periods: &'a [Outcome],
    stages: &'a [Outcome],
    letter: &Letter,
    out: &mut dyn Write,
) -> io::Result<()> {
    let beside = |outcome| Scored { outcome, ..*scored };
    let page = Page {
        scored: *scored,
        periods: periods.iter().map(beside).collect(),
        stages: stages.iter().map(beside).collect(),
    };
    let title = format!("{} {}考评结果", scored.plan.title, scored.period().spoken());
    let shell = Shell { title, style: include_str!("page.css"), script: include_str!("page.js") };
    shell.open(out)?;
    let mut put = |part: Markup| writeln!(out, "{}", part.into_string());
    put(head::head(&page))?;
    put(head::controls(&page))?;
    put(ranking::table(&page))?;
    put(totals::chart(&page))?;
    put(places::chart(&page))?;
    put(periods::table(&page))?;
    put(lost::table(&page))?;
    // One unit after another, so that a province's page is never held in memory as a whole.
    let explainer = Explainer::new(*scored, periods);
    let whole = page.entries() <= MOST_ENTRIES;
    put(unit::heading(whole))?;
    for (index, outcome) in page.units().iter().enumerate() {
        put(unit::details(&page, &explainer, index, outcome, whole))?;
    }
    put(annex::annex(&page))?;
    put(html! { footer.foot { (head::origin(&page, letter)) } })?;
    shell.close(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, Sample, expect};

    /// The content alone: how it looks and what it can do are seen in a browser by `tests/page.rs`.
    fn content(sample: &Sample, periods: &[Outcome]) -> String {
        let mut out = Vec::new();
        write(&sample.scored(), periods, &[], &Letter::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let (_, body) = text.split_once("<body>").unwrap();
        let (body, _) = body.split_once("<script>").unwrap();
        body.replace("><", ">\n<")
    }

    #[test]
    fn a_year_by_its_months() {
        expect("page-year.html", &content(&sample::year(), &sample::months()));
    }

    #[test]
    fn a_month_of_units_without_places() {
        expect("page-month.html", &content(&sample::month(), &[]));
    }
}
