//! Two branches of one rulebook: where both changed the same thing.

use serde::Serialize;

use super::Comparison;
use super::book::{Book, inside};
use super::change::{Change, Facet, Section, Subject};
use super::pairs::pair;
use super::pieces::pieces;
use crate::plan::*;

/// A thing that both branches changed.
#[derive(Clone, Debug, Serialize)]
pub struct Clash {
    /// `社区矫正工作.1 缺项`
    pub subject: String,
    pub ours: String,
    pub theirs: String,
    /// Both made the same of it.
    pub same: bool,
}

/// Holds two comparisons with one base against each other.
pub fn clashes(ours: &Comparison<'_>, theirs: &Comparison<'_>) -> Vec<Clash> {
    let mut found = Vec::new();
    let (made, made_there) = (Made::new(ours), Made::new(theirs));
    for a in ours.meant() {
        for b in theirs.meant() {
            if !meet(ours, a, theirs, b) {
                continue;
            }
            found.push(Clash {
                subject: a.subject.clone(),
                ours: a.sentence.clone(),
                theirs: b.sentence.clone(),
                same: made.of(a) == made_there.of(b),
            });
        }
    }
    found
}

/// What a branch made of the base.
struct Made {
    /// By thing: its meaning in the base's names.
    forms: Vec<(Subject, String)>,
}

impl Made {
    fn new(comparison: &Comparison<'_>) -> Made {
        let (old, new) =
            (Book::new(comparison.old, &comparison.old.plan), Book::new(comparison.new, &comparison.new.plan));
        let pairs = pair(&old, &new);
        Made { forms: pieces(&new, &pairs.called).into_iter().map(|piece| (piece.subject, piece.form)).collect() }
    }

    /// The meanings of all that a change made; nothing where it only took away.
    fn of(&self, change: &Change) -> Vec<&str> {
        let follows = change.about.follows.iter().filter_map(|(_, new)| new.as_ref());
        let subjects = change.about.new.iter().chain(follows);
        // What the header says is told by its entry.
        let is_it = |subject: &Subject, known: &Subject| known == subject && *known != Subject::Header;
        let form = |subject: &Subject| self.forms.iter().find(|(known, _)| is_it(subject, known));
        let mut forms: Vec<&str> = subjects.filter_map(form).map(|(_, form)| form.as_str()).collect();
        forms.sort_unstable();
        forms
    }
}

/// Whether two changes are of one thing, or one takes away what the other changes.
fn meet(ours: &Comparison<'_>, a: &Change, theirs: &Comparison<'_>, b: &Change) -> bool {
    let all = |change: &Change| -> Vec<(Option<Subject>, Option<Subject>)> {
        let own = (change.about.old.clone(), change.about.new.clone());
        // What only follows is changed by the same line as the rest.
        if change.follows.is_empty() {
            std::iter::once(own).chain(change.about.follows.clone()).collect()
        } else {
            vec![own]
        }
    };
    all(a)
        .iter()
        .any(|x| all(b).iter().any(|y| subjects_meet(&ours.old.plan, x, y) || additions_meet(ours, x, theirs, y)))
        || same_award_lines(a, b)
}

fn same_award_lines(a: &Change, b: &Change) -> bool {
    a.section == Section::Awards
        && b.section == Section::Awards
        && !a.old.is_empty()
        && a.old.iter().any(|line| b.old.contains(line))
}

type Pair = (Option<Subject>, Option<Subject>);

/// Things of the base.
fn subjects_meet(base: &Plan, x: &Pair, y: &Pair) -> bool {
    let (Some(a), Some(b)) = (&x.0, &y.0) else { return false };
    let node = |subject: &Subject| match subject {
        Subject::Clause { node, .. } | Subject::Facet { node, .. } => Some(*node),
        _ => None,
    };
    let takes_away = |pair: &Pair, other: &Subject| match pair {
        (Some(Subject::Facet { node: gone, facet: Facet::Name }), None) => {
            node(other).is_some_and(|node| inside(base, *gone).contains(&node))
        }
        _ => false,
    };
    match (a, b) {
        // The header's entries are told apart by their own lines.
        (Subject::Header, Subject::Header) => false,
        _ => a == b || takes_away(x, b) || takes_away(y, a),
    }
}

/// Things that both added under one name.
fn additions_meet(ours: &Comparison<'_>, x: &Pair, theirs: &Comparison<'_>, y: &Pair) -> bool {
    let ((None, Some(a)), (None, Some(b))) = (x, y) else { return false };
    let name = |comparison: &Comparison<'_>, subject: &Subject| {
        let plan = &comparison.new.plan;
        match subject {
            Subject::Clause { node, label } => Some((plan.nodes[node.index()].address.clone(), label.clone())),
            Subject::Facet { node, facet: Facet::Name } => {
                Some((plan.nodes[node.index()].address.clone(), String::new()))
            }
            _ => None,
        }
    };
    name(ours, a).is_some() && name(ours, a) == name(theirs, b)
}
