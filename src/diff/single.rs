//! The old rulebook with one change of the new one made in its text, to see what that change does by itself.

use super::Comparison;
use super::change::Change;
use super::trial::{Row, Trial};
use crate::compile::{self, Compiled};
use crate::plan::{Input, InputId, Plan};
use crate::source::Source;

/// Beyond so many lines, one text after another, nobody waits for them to be compiled.
const MOST_LINES: usize = 40_000;
/// Beyond so many pairs of lines texts are not aligned.
const MOST_PAIRS: usize = 16_000_000;

/// Both texts side by side.
pub struct Alignment {
    runs: Vec<Run>,
}

/// Lines of the old text and those that stand in their place, from 0.
struct Run {
    same: bool,
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

impl Alignment {
    /// `None` where it would take too long, or where there is nothing to tell apart.
    pub fn new(comparison: &Comparison<'_>) -> Option<Alignment> {
        let (old, new) = (lines(&comparison.old.source), lines(&comparison.new.source));
        let changes = comparison.meant().count();
        let is_small = old.len() * changes <= MOST_LINES && old.len() * new.len() <= MOST_PAIRS;
        (changes > 1 && is_small).then(|| Alignment { runs: runs(&old, &new) })
    }

    /// The old rulebook with this change alone; `None` where its lines cannot be made to say so.
    pub fn with_only(&self, comparison: &Comparison<'_>, change: &Change) -> Option<Compiled> {
        let (old, new) = (lines(&comparison.old.source), lines(&comparison.new.source));
        let (gone, come) = &change.at;
        let mut text: Vec<&str> = Vec::with_capacity(old.len() + come.len());
        for run in &self.runs {
            let mut added = Some(run.new.clone().filter(|at| come.contains(&(at + 1))).map(|at| new[at]));
            if run.same {
                added = None;
            }
            for at in run.old.clone() {
                if run.same || !gone.contains(&(at + 1)) {
                    text.push(old[at]);
                } else {
                    // What comes stands where the first line of what goes stood.
                    text.extend(added.take().into_iter().flatten());
                }
            }
            text.extend(added.into_iter().flatten());
        }
        let name = &comparison.old.source.name;
        let read = &mut |_: &str| Err(String::new());
        let (compiled, _) = compile::compile_to_score(name, &text.join("\n"), read);
        compiled.filter(|compiled| compiled.plan.hash() != comparison.old.plan.hash())
    }
}

fn lines(source: &Source) -> Vec<&str> {
    (1..=source.line_count()).map(|number| source.line(number)).collect()
}

/// The longest common lines, and what differs between them.
fn runs(old: &[&str], new: &[&str]) -> Vec<Run> {
    // By suffix: how many lines the rests have in common.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            common[a * width + b] = match old[a].trim() == new[b].trim() {
                true => common[(a + 1) * width + b + 1] + 1,
                false => common[(a + 1) * width + b].max(common[a * width + b + 1]),
            };
        }
    }
    let mut runs: Vec<Run> = Vec::new();
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        let same = a < old.len() && b < new.len() && old[a].trim() == new[b].trim();
        let from = (a, b);
        if same {
            (a, b) = (a + 1, b + 1);
        } else if b == new.len() || a < old.len() && common[(a + 1) * width + b] >= common[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
        match runs.last_mut().filter(|run| run.same == same) {
            Some(run) => (run.old.end, run.new.end) = (a, b),
            None => runs.push(Run { same, old: from.0..a, new: from.1..b }),
        }
    }
    runs
}

/// The same facts for a plan that has the new one's place.
pub fn translated(trial: &Trial, (old, new): (&Plan, &Plan), single: &Plan) -> Trial {
    let named = |plan: &Plan, input: &Input| {
        let address = &plan.nodes[input.node.index()].address;
        let is_it = |it: &Input| it.label == input.label && single.nodes[it.node.index()].address == *address;
        single.inputs.iter().position(is_it).map(|at| InputId(at as u16))
    };
    let mut trial = trial.clone();
    for row in trial.units.iter_mut().flat_map(|(_, rows)| rows) {
        let Row { old: before, new: after, .. } = row;
        let by_new = after.and_then(|id| named(new, &new.inputs[id.index()]));
        let by_old = before.and_then(|id| named(old, &old.inputs[id.index()]));
        // A fact that this change alone does not make known stays unknown; one that it does not make unknown, known.
        *after = by_new.or(by_old);
    }
    trial
}
