//! What changed in meaning between two rulebooks, clause by clause, with facts that show it.
//!
//! Both books in their normal form are taken apart into pieces ([`pieces`]), matched ([`pairs`]) and held against each other by canonical
//! meaning ([`drafts`]); the sentences come from the lines that say it ([`sentence`]). Whether a change makes points fewer or more
//! is proven from the plans ([`direction`]); facts for which the books differ are tried out by the interpreter
//! ([`witness`]); real facts are scored under both ([`impact`]).

mod adapt;
mod between;
mod book;
mod change;
mod deciding;
mod direction;
mod drafts;
mod guess;
mod impact;
mod misfits;
mod numbers;
mod orders;
mod pairs;
mod pieces;
mod places;
mod sentence;
mod share;
mod single;
mod three;
mod trial;
mod witness;

use rustc_hash::FxHashMap;

pub use book::without_comment;
pub use change::{About, Change, Direction, Facet, Section, SourceLine, Subject};
pub use impact::{Data, Impact, Moved, Part, Regraded, Shorter, Standing, impact, standing};
pub use misfits::{Misfits, Unknown};
pub use places::{MoneyPart, PlacePart};
pub use three::{Clash, clashes};
pub use witness::{Effect, Witness, confirm};

use crate::canonical::Called;
use crate::compile::Compiled;
use crate::normal::normal;
use crate::plan::*;
use book::Book;
use drafts::Work;
use pairs::{Pairs, pair};
use pieces::pieces;

/// Two rulebooks held against each other.
pub struct Comparison<'c> {
    pub old: &'c Compiled,
    pub new: &'c Compiled,
    /// In the order of their sections, then of the text.
    pub changes: Vec<Change>,
    pub pairs: Matched,
}

/// Which things of the plans are the same.
pub struct Matched {
    /// New node by old node.
    pub nodes: FxHashMap<NodeId, NodeId>,
    /// New input by old input.
    pub inputs: FxHashMap<InputId, InputId>,
}

impl<'c> Comparison<'c> {
    /// The same changes with the books in each other's place.
    fn turned(&self) -> Comparison<'c> {
        let back = |(old, new): (&NodeId, &NodeId)| (*new, *old);
        let inputs = self.pairs.inputs.iter().map(|(old, new)| (*new, *old)).collect();
        let pairs = Matched { nodes: self.pairs.nodes.iter().map(back).collect(), inputs };
        Comparison { old: self.new, new: self.old, changes: self.changes.iter().map(Change::turned).collect(), pairs }
    }

    /// Whether both mean the same: what they compute, and what else they lay down (更正, 报送期限, who has to agree).
    pub fn is_same(&self) -> bool {
        let beside = |change: &Change| {
            matches!(change.about.old, Some(Subject::Corrections | Subject::Due)) || change.section == Section::Notes
        };
        self.old.plan.hash() == self.new.plan.hash() && !self.changes.iter().any(beside)
    }

    /// Changes of meaning.
    pub fn meant(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.section != Section::Wording)
    }

    /// The one change that can move anything, where there is only one.
    pub fn only(&self) -> Option<usize> {
        let mut moving = self.meant().filter(|change| may_move(change));
        let first = moving.next()?.number;
        moving.next().is_none().then_some(first)
    }

    /// Marks what a list of fingerprints acknowledges (`1a2b3c4d 理由`, one a line); gives those that name no change.
    pub fn acknowledge(&mut self, text: &str) -> Vec<String> {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let named: Vec<String> =
            lines.filter_map(|line| line.split_whitespace().next()).map(str::to_ascii_lowercase).collect();
        for change in self.changes.iter_mut().filter(|change| change.section != Section::Wording) {
            change.acknowledged = Some(named.contains(&change.print));
        }
        let is_known = |print: &String| self.changes.iter().any(|change| change.print == *print);
        named.iter().filter(|print| !is_known(print)).cloned().collect()
    }

    /// What real facts show of changes of which no made-up ones were found to show anything.
    pub fn learn(&mut self, impact: &mut Impact) {
        for (number, witness) in impact.shown.drain(..) {
            let change = self.changes.iter_mut().find(|change| change.number == number);
            change.into_iter().for_each(|change| change.effect = Effect::Shown(Box::new(witness.clone())));
        }
    }

    /// Puts the changes in order and numbers them.
    fn number(&mut self, forms: &Forms) {
        self.changes.sort_by_key(|change| change.section);
        for (index, change) in self.changes.iter_mut().enumerate() {
            change.number = index + 1;
            change.print = print(change, forms);
        }
    }

    /// Takes back every direction that a witness goes against; whether there was any.
    fn withdraw(&mut self) -> bool {
        let mut is_any = false;
        for change in &mut self.changes {
            if let Effect::Shown(witness) = &change.effect
                && witness.is_against(change.direction)
            {
                change.direction = Direction::Unknown;
                if matches!(change.section, Section::Stricter | Section::Looser) {
                    change.section = Section::Changed;
                }
                is_any = true;
            }
        }
        is_any
    }

    pub fn of(&self, section: Section) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.section == section)
    }
}

/// Whether a change can move anyone's result: facts are scored over the old book's months, and names move nobody.
fn may_move(change: &Change) -> bool {
    let is_of_facts = matches!(change.section, Section::Notes | Section::Moved)
        || matches!(change.about.old, Some(Subject::Corrections | Subject::Due));
    let is_header = |subject: &Option<Subject>| matches!(subject, Some(Subject::Header));
    let is_name = change.about.follows.is_empty()
        && (is_header(&change.about.old) || is_header(&change.about.new))
        && !["分组", "考评周期"].contains(&change.subject.as_str());
    !is_of_facts && !is_name
}

/// Compares two rulebooks.
pub fn compare<'c>(old: &'c Compiled, new: &'c Compiled) -> Comparison<'c> {
    compare_on(old, new, 1)
}

/// The same on at most so many threads; what comes out does not depend on them.
pub fn compare_on<'c>(old: &'c Compiled, new: &'c Compiled, threads: usize) -> Comparison<'c> {
    let plans = (normal(&old.plan), normal(&new.plan));
    let (left, right) = (Book::new(old, &plans.0), Book::new(new, &plans.1));
    let pairs = pair(&left, &right);
    let none = Called::default();
    let work = Work {
        old: &left,
        new: &right,
        pairs: &pairs,
        before: pieces(&left, &none),
        after: pieces(&right, &pairs.called),
        drafts: Vec::new(),
    };
    let forms: Forms = [&work.before, &work.after]
        .map(|pieces| pieces.iter().map(|piece| (piece.subject.clone(), piece.form.clone())).collect());
    let drafts = work.run();
    let matched = matched(&old.plan, &new.plan, &pairs);
    let mut changes: Vec<Change> = drafts.into_iter().map(|draft| draft.change).collect();
    // Bands as they are written are held against each other more easily, bands of one form more surely.
    direction::settle(&old.plan, &new.plan, &pairs, &mut changes);
    direction::settle(&plans.0, &plans.1, &pairs, &mut changes);
    let mut comparison = Comparison { old, new, changes, pairs: matched };
    loop {
        comparison.number(&forms);
        witness::find(&mut comparison, threads);
        // INVARIANT: no witness goes against a direction: what facts speak against is not claimed.
        if !comparison.withdraw() {
            return comparison;
        }
    }
}

/// The meaning of every piece of either book.
type Forms = [Vec<(Subject, String)>; 2];

/// Eight letters and digits that stay while the change does, wherever its lines stand: of what the lines say, and of
/// what it is about means in either book.
fn print(change: &Change, [before, after]: &Forms) -> String {
    let meant = |forms: &[(Subject, String)], subject: &Option<Subject>| {
        let known = subject.as_ref().and_then(|subject| forms.iter().find(|(known, _)| known == subject));
        known.filter(|(subject, _)| *subject != Subject::Header).map(|(_, form)| form.clone()).unwrap_or_default()
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{:?}", change.section).as_bytes()).update(change.sentence.as_bytes());
    for line in change.old.iter().chain(&change.new) {
        hasher.update(b"\0").update(line.text.as_bytes());
    }
    let own = (change.about.old.clone(), change.about.new.clone());
    for (old, new) in std::iter::once(&own).chain(&change.about.follows) {
        for form in [meant(before, old), meant(after, new)] {
            hasher.update(b"\0").update(form.as_bytes());
        }
    }
    hasher.finalize().to_hex()[..8].to_owned()
}

fn matched(old: &Plan, new: &Plan, pairs: &Pairs) -> Matched {
    let moved: FxHashMap<(NodeId, &str), (NodeId, &str)> =
        pairs.renamed.iter().map(|(a, from, b, to)| ((*a, from.as_str()), (*b, to.as_str()))).collect();
    let by_name: FxHashMap<(NodeId, &str), InputId> = new
        .inputs
        .iter()
        .enumerate()
        .map(|(index, input)| ((input.node, input.label.as_str()), InputId(index as u16)))
        .collect();
    let inputs = old.inputs.iter().enumerate().filter_map(|(index, input)| {
        let key = (input.node, input.label.as_str());
        let there = moved.get(&key).copied().or_else(|| Some((*pairs.new_of.get(&input.node)?, key.1)))?;
        Some((InputId(index as u16), *by_name.get(&there)?))
    });
    Matched { nodes: pairs.new_of.clone(), inputs: inputs.collect() }
}
