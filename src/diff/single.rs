//! The old rulebook with one change of the new one made in its text, and the new one with that change taken back, to
//! see what the change does by itself.

use rustc_hash::FxHashSet;

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
        let is_it = |at: &[usize], line: usize| at.contains(&(line + 1));
        let (gone, come) = &change.at;
        let text = self.mixed(comparison, &|line| is_it(gone, line), &|line| is_it(come, line));
        compiled(&comparison.old.source.name, &text, comparison.old)
    }

    /// The old rulebook with these changes, by number; `None` where their lines cannot be made to say so.
    pub fn with(&self, comparison: &Comparison<'_>, made: &dyn Fn(usize) -> bool) -> Option<Compiled> {
        let (mut gone, mut come) = (FxHashSet::default(), FxHashSet::default());
        for change in comparison.changes.iter().filter(|change| made(change.number)) {
            gone.extend(change.at.0.iter().map(|line| line - 1));
            come.extend(change.at.1.iter().map(|line| line - 1));
        }
        let text = self.mixed(comparison, &|line| gone.contains(&line), &|line| come.contains(&line));
        let read = &mut |_: &str| Err(String::new());
        compile::compile_to_score(&comparison.old.source.name, &text, read).0
    }

    /// The new rulebook with all but this change.
    pub fn without(&self, comparison: &Comparison<'_>, change: &Change) -> Option<Compiled> {
        let is_it = |at: &[usize], line: usize| at.contains(&(line + 1));
        let (gone, come) = &change.at;
        let text = self.mixed(comparison, &|line| !is_it(gone, line), &|line| !is_it(come, line));
        compiled(&comparison.new.source.name, &text, comparison.new)
    }

    /// The old text with those lines gone and those come that are chosen, from 0; what both have stays.
    fn mixed(
        &self,
        comparison: &Comparison<'_>,
        goes: &dyn Fn(usize) -> bool,
        comes: &dyn Fn(usize) -> bool,
    ) -> String {
        let (old, new) = (lines(&comparison.old.source), lines(&comparison.new.source));
        let mut text: Vec<&str> = Vec::with_capacity(old.len().max(new.len()));
        for run in &self.runs {
            if run.same {
                text.extend(run.old.clone().map(|at| old[at]));
                continue;
            }
            let mut added = Some(run.new.clone().filter(|at| comes(*at)).map(|at| new[at]));
            for at in run.old.clone() {
                if goes(at) {
                    // What comes stands where the first line of what goes stood.
                    text.extend(added.take().into_iter().flatten());
                } else {
                    text.push(old[at]);
                }
            }
            text.extend(added.into_iter().flatten());
        }
        text.join("\n")
    }
}

/// A text by itself; `None` where it cannot be read, or says the same as one that is known.
fn compiled(name: &str, text: &str, known: &Compiled) -> Option<Compiled> {
    let read = &mut |_: &str| Err(String::new());
    let (compiled, _) = compile::compile_to_score(name, text, read);
    compiled.filter(|compiled| compiled.plan.hash() != known.plan.hash())
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
