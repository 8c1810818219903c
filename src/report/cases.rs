//! How the 例 of rulebooks came out, as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::json::write_document;
use crate::example::{Coverage, Part, Report};

#[derive(Serialize)]
struct Document<'a> {
    rulebooks: Vec<Rulebook<'a>>,
}

#[derive(Serialize)]
struct Rulebook<'a> {
    file: &'a str,
    passed: usize,
    failed: usize,
    cases: Vec<Case<'a>>,
    coverage: Covered<'a>,
}

#[derive(Serialize)]
struct Case<'a> {
    name: &'a str,
    file: &'a str,
    line: usize,
    passed: bool,
    differences: Vec<Difference<'a>>,
}

#[derive(Serialize)]
struct Difference<'a> {
    unit: &'a str,
    period: &'a str,
    expected: &'a str,
    actual: &'a str,
    why: Vec<&'a str>,
}

#[derive(Serialize)]
struct Covered<'a> {
    used: usize,
    total: usize,
    /// Rounded down to a tenth: `97.5%`.
    percent: String,
    parts: Vec<PartCovered>,
    unused: Vec<Unused<'a>>,
}

#[derive(Serialize)]
struct PartCovered {
    part: &'static str,
    used: usize,
    total: usize,
}

#[derive(Serialize)]
struct Unused<'a> {
    part: &'static str,
    place: &'a str,
    text: &'a str,
}

/// Writes the results of several rulebooks, each with its file.
pub fn write(results: &[(String, Report)], out: &mut dyn Write) -> io::Result<()> {
    let rulebooks = results.iter().map(|(file, report)| Rulebook {
        file,
        passed: report.passed,
        failed: report.failed,
        cases: report.cases.iter().map(case).collect(),
        coverage: covered(&report.coverage),
    });
    write_document(out, &Document { rulebooks: rulebooks.collect() })
}

fn case(case: &crate::example::CaseResult) -> Case<'_> {
    Case {
        name: &case.name,
        file: &case.file,
        line: case.line,
        passed: case.passed,
        differences: case.differences.iter().map(difference).collect(),
    }
}

fn difference(difference: &crate::example::Difference) -> Difference<'_> {
    Difference {
        unit: &difference.unit,
        period: &difference.period,
        expected: &difference.expected,
        actual: &difference.actual,
        why: difference.why.lines().collect(),
    }
}

fn covered(coverage: &Coverage) -> Covered<'_> {
    let (used, total) = coverage.count(None);
    let of_part = |part: &Part| {
        let (used, total) = coverage.count(Some(*part));
        PartCovered { part: part.key(), used, total }
    };
    let unused = coverage.unused().map(|spot| Unused { part: spot.part.key(), place: &spot.place, text: &spot.text });
    Covered {
        used,
        total,
        percent: coverage.percent(),
        parts: Part::ALL.iter().map(of_part).collect(),
        unused: unused.collect(),
    }
}
