//! Results as JSON, to the letter of the contract with scripts; numbers are decimal strings.

mod lines;
mod unit;

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::explain::Tree;
use crate::outcome::UnitOutcome;
use crate::plan::{Plan, Reading};
use crate::scored::Scored;
use crate::value::Number;

use lines::OneALine;
use unit::Unit;

/// Writes the period's results, one unit a line, without holding more than one unit in memory.
pub fn write(scored: &Scored<'_>, out: &mut dyn Write) -> io::Result<()> {
    let calendar = &scored.plan.calendar;
    write_document(
        out,
        &Document {
            rulebook: Rulebook::of(scored.plan),
            period: &scored.period().name,
            without_facts: scored.outcome.without_facts.iter().map(|id| calendar.period(*id).name.as_str()).collect(),
            units: Units(*scored),
            peers: scored.outcome.peers.iter().map(Peer::of).collect(),
            readings: &scored.plan.readings,
        },
    )
}

/// Writes one unit's results and how they came about.
pub fn write_explanation(scored: &Scored<'_>, unit: &UnitOutcome, tree: &Tree, out: &mut dyn Write) -> io::Result<()> {
    write_document(
        out,
        &Explanation {
            rulebook: Rulebook::of(scored.plan),
            period: &scored.period().name,
            units: [Unit::of(scored, unit)],
            explanation: Branch(tree),
            readings: &scored.plan.readings,
        },
    )
}

/// Writes a rulebook's 读法, 约定 and 待定, and its text where it is wanted.
pub fn write_rulebook(plan: &Plan, text: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    write_document(out, &Readings { rulebook: Rulebook::of(plan), text, readings: &plan.readings })
}

pub(super) fn write_document(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, OneALine::default());
    document.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    rulebook: Rulebook<'a>,
    period: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    without_facts: Vec<&'a str>,
    units: Units<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peers: Vec<Peer<'a>>,
    readings: &'a [Reading],
}

#[derive(Serialize)]
struct Explanation<'a> {
    rulebook: Rulebook<'a>,
    period: &'a str,
    units: [Unit<'a>; 1],
    explanation: Branch<'a>,
    readings: &'a [Reading],
}

#[derive(Serialize)]
struct Readings<'a> {
    rulebook: Rulebook<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    readings: &'a [Reading],
}

#[derive(Serialize)]
pub(super) struct Rulebook<'a> {
    title: &'a str,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
}

impl<'a> Rulebook<'a> {
    pub(super) fn of(plan: &'a Plan) -> Rulebook<'a> {
        Rulebook { title: &plan.title, hash: plan.hash(), number: plan.number.as_deref() }
    }
}

/// A value over a cohort that was used.
#[derive(Serialize)]
struct Peer<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    group: &'a str,
    value: Number,
}

impl<'a> Peer<'a> {
    fn of((name, group, value): &'a (String, String, Number)) -> Peer<'a> {
        Peer { name, group, value: *value }
    }
}

struct Units<'a>(Scored<'a>);

impl Serialize for Units<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.outcome.units.iter().map(|unit| Unit::of(&self.0, unit)))
    }
}

/// A tree of sentences.
struct Branch<'a>(&'a Tree);

impl Serialize for Branch<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Sentence<'a> {
            text: String,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            because: Vec<Branch<'a>>,
        }
        let because = self.0.branches.iter().map(Branch).collect();
        Sentence { text: self.0.sentence(), because }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{self, Sample, expect};

    fn json(sample: &Sample) -> String {
        let mut out = Vec::new();
        write(&sample.scored(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_year_to_the_letter() {
        expect("year.json", &json(&sample::year()));
    }

    #[test]
    fn a_month_has_no_year_keys() {
        expect("month.json", &json(&sample::month()));
    }
}
