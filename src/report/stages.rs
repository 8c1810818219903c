//! What shorter periods of a year decided: a line for each quarter or month that gave grades or awards.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::outcome::{AwardOutcome, Outcome, UnitOutcome};
use crate::scored::Scored;

/// Writes the grades and awards of shorter periods, each with the units that have it.
pub fn write(year: &Scored<'_>, stages: &[Outcome], out: &mut dyn Write) -> io::Result<()> {
    for outcome in stages {
        let scored = Scored { outcome, ..*year };
        let parts = decided(&scored);
        if !parts.is_empty() {
            writeln!(out, "{}  {}", scored.period().name, parts.join("；"))?;
        }
    }
    Ok(())
}

/// What one period decided: `优秀：古井司法所、华佗司法所`.
pub(super) fn decided(scored: &Scored<'_>) -> Vec<String> {
    let outcome = scored.outcome;
    let mut parts = Vec::new();
    for grading in scored.plan.gradings.iter().filter(|grading| grading.cycle == scored.period().cycle) {
        for (index, grade) in grading.grades.iter().enumerate() {
            let has = |unit: &UnitOutcome| unit.grades.iter().any(|one| one.grade == grade.name);
            // The last grade is often that of nearly all: then only how many they are.
            let is_last = index + 1 == grading.grades.len();
            let count = outcome.units.iter().filter(|unit| has(unit)).count();
            if count > 0 && count == outcome.units.len() {
                parts.push(format!("{}：全部{count}个", grade.name));
            } else if is_last && count * 2 > outcome.units.len() {
                parts.push(format!("{}：其余{count}个", grade.name));
            } else {
                parts.extend(listed(scored, &grade.name, has));
            }
        }
    }
    let given = outcome.units.iter().flat_map(|unit| &unit.awards).filter(|award| award.withheld.is_none());
    let given: BTreeSet<(u16, &str)> = given.map(|award| (award.award, award.text.as_str())).collect();
    for (award, text) in given {
        let is_it = |one: &AwardOutcome| one.withheld.is_none() && one.award == award && one.text == text;
        parts.extend(listed(scored, text, |unit| unit.awards.iter().any(is_it)));
    }
    parts
}

fn listed(scored: &Scored<'_>, what: &str, has: impl Fn(&UnitOutcome) -> bool) -> Option<String> {
    let names: Vec<&str> = scored.outcome.units.iter().filter(|unit| has(unit)).map(|unit| scored.name(unit)).collect();
    (!names.is_empty()).then(|| format!("{what}：{}", names.join("、")))
}
