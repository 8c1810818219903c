//! How examples came out.

use std::fmt::Write as _;

use super::coverage::{Coverage, Part};

/// How a rulebook's examples went.
#[derive(Debug, Default)]
pub struct Report {
    pub passed: usize,
    pub failed: usize,
    /// What a person reads: each example, and what none of them uses.
    pub text: String,
    pub cases: Vec<CaseResult>,
    pub coverage: Coverage,
}

/// What became of one example.
#[derive(Debug)]
pub struct CaseResult {
    pub name: String,
    /// Where it begins: `第17行`, `“算例.csv”第2行`.
    pub place: String,
    pub file: String,
    pub line: usize,
    /// Whether all came out as written.
    pub passed: bool,
    pub differences: Vec<Difference>,
}

/// A result that came out otherwise than written.
#[derive(Clone, Debug)]
pub struct Difference {
    pub unit: String,
    pub period: String,
    pub expected: String,
    pub actual: String,
    /// How the actual one came about: sentences under sentences.
    pub why: String,
}

impl Report {
    /// Puts the cases and the coverage into words.
    pub(super) fn tell(&mut self) {
        let mut text = String::new();
        for case in &self.cases {
            let word = if case.passed { "通过" } else { "不通过" };
            let _ = writeln!(text, "{word}  {} 例 {}", case.place, case.name);
        }
        let coverage = &self.coverage;
        let parts = Part::ALL.iter().filter_map(|part| {
            let (used, all) = coverage.count(Some(*part));
            (all > 0).then(|| format!("{}{used}/{all}", part.word()))
        });
        let parts: Vec<String> = parts.collect();
        let (used, all) = coverage.count(None);
        let _ = writeln!(text, "例用到：{}；共{used}/{all}，{}", parts.join("，"), coverage.percent());
        let unused: Vec<_> = coverage.unused().collect();
        if !unused.is_empty() && !self.cases.is_empty() {
            text.push_str("例没有用到的：\n");
            for spot in unused {
                let _ = writeln!(text, "  {} {}", spot.place, spot.told());
            }
        }
        self.text = text;
    }
}
