//! What two rulebooks must share to mean the same: the plan without its wording, and its fingerprint.
//!
//! This is the one place that says what is wording. Everything a [`Plan`] holds counts as meaning unless it is taken
//! out here, so that a field added later is compared without being remembered.

use std::fmt::{self, Write};

use crate::compile::Compiled;
use crate::example::Example;
use crate::parse::fold::fold_character;
use crate::plan::{Plan, Symbols};

/// The plan without line numbers and without the author's wording.
///
/// What stays of the text is what results show or facts address: titles, labels, names of grades, texts of awards,
/// and every 读法.
pub fn normalized(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.hash.clear();
    plan.nodes.iter_mut().for_each(|node| node.line = 0);
    for rule in &mut plan.rules {
        rule.line = 0;
        // `当 件数低于10件，扣5分` has no label but its own words, and no fact speaks of it.
        if rule.text.starts_with('当') {
            rule.label.clear();
        }
        rule.text.clear();
        rule.row_rules.iter_mut().for_each(|row_rule| row_rule.reason.clear());
    }
    plan.measures.iter_mut().for_each(|measure| measure.line = 0);
    plan.peers.iter_mut().for_each(|peer| peer.name.clear());
    plan.excluded.iter_mut().for_each(|exclusion| exclusion.text.clear());
    plan.gradings.iter_mut().flat_map(|grading| &mut grading.rules).for_each(|rule| rule.reason.clear());
    for award in &mut plan.awards {
        award.line = 0;
        award.exceptions.iter_mut().for_each(|(_, reason)| reason.clear());
        award.text = award.text.chars().map(fold_character).filter(|c| !c.is_whitespace()).collect();
    }
    // 约定 and 待定 are lines of the rulebook, already in the plan; a 读法 is nothing but its text.
    plan.readings.iter_mut().filter(|reading| reading.kind != "读法").for_each(|reading| reading.text.clear());
    plan
}

/// A fingerprint that two rulebooks share exactly where they mean the same.
pub fn fingerprint(plan: &Plan) -> String {
    let mut plan = normalized(plan);
    let mut hasher = Hasher(blake3::Hasher::new());
    let symbols = std::mem::take(&mut plan.symbols);
    hasher.symbols(&symbols);
    hasher.debug(&plan);
    hasher.0.finalize().to_hex()[..16].to_owned()
}

/// Whether two compiled rulebooks mean the same, down to their 例.
pub fn is_same(left: &Compiled, right: &Compiled) -> bool {
    let examples = |compiled: &Compiled| compiled.examples.iter().map(Example::without_lines).collect::<Vec<_>>();
    normalized(&left.plan) == normalized(&right.plan) && examples(left) == examples(right)
}

/// Takes in what is written to it, so that no text of the whole plan is ever made.
struct Hasher(blake3::Hasher);

impl Hasher {
    fn debug(&mut self, value: &dyn fmt::Debug) {
        writeln!(self, "{value:?}").expect("hashing does not fail");
    }

    /// In order: ids are places in this list. The index back to the ids has no order of its own.
    fn symbols(&mut self, symbols: &Symbols) {
        for index in 0..symbols.len() {
            self.debug(&symbols.text(crate::plan::SymbolId(index as u32)));
        }
    }
}

impl Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
