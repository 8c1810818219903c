//! Two branches of one rulebook: where both changed the same thing.

use serde::Serialize;

use super::Comparison;
use super::book::{Book, inside};
use super::change::{Change, Facet, Pair, Section, Subject};
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
                same: made.of(a) == made_there.of(b)
                    && (is_meant_by_form(a) && is_meant_by_form(b) || said(a) == said(b)),
            });
        }
    }
    found
}

/// Whether what a change makes of a thing is in what the thing means: a name, the header, who has to agree are not.
fn is_meant_by_form(change: &Change) -> bool {
    let is_named = |subject: &Option<Subject>| {
        matches!(subject, Some(Subject::Header | Subject::RollUp | Subject::Facet { facet: Facet::Name, .. }))
    };
    let about = &change.about;
    !matches!(change.section, Section::Moved | Section::Notes) && !is_named(&about.old) && !is_named(&about.new)
}

/// What a change says, wherever it stands in its branch.
fn said(change: &Change) -> (&str, Vec<&str>) {
    (&change.sentence, change.new.iter().map(|line| line.text.as_str()).collect())
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
    // What only follows is changed by the same line as the rest.
    let all = |change: &Change| match change.follows.is_empty() {
        true => change.all(),
        false => change.all().into_iter().take(1).collect(),
    };
    let things_meet = |x: &Pair, y: &Pair| {
        subjects_meet(&ours.old.plan, x, y)
            || additions_meet(ours, x, theirs, y)
            || is_put_into(x, theirs, y)
            || is_put_into(y, ours, x)
    };
    all(a).iter().any(|x| all(b).iter().any(|y| things_meet(x, y))) || same_award_lines(a, b) || same_entry(a, b)
}

/// The same entry of the header, or the same total.
fn same_entry(a: &Change, b: &Change) -> bool {
    let is_entry = |change: &Change| {
        [&change.about.old, &change.about.new]
            .into_iter()
            .any(|it| matches!(it, Some(Subject::Header | Subject::RollUp)))
    };
    is_entry(a) && is_entry(b) && a.subject == b.subject
}

fn same_award_lines(a: &Change, b: &Change) -> bool {
    a.section == Section::Awards
        && b.section == Section::Awards
        && !a.old.is_empty()
        && a.old.iter().any(|line| b.old.contains(line))
}

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
        // The header's entries, and totals of several periods, are told apart by what they are called.
        (Subject::Header, Subject::Header) | (Subject::RollUp, Subject::RollUp) => false,
        _ => a == b || takes_away(x, b) || takes_away(y, a),
    }
}

/// Whether one branch puts something into what the other takes away.
fn is_put_into(x: &Pair, theirs: &Comparison<'_>, y: &Pair) -> bool {
    let (Some(Subject::Facet { node: gone, facet: Facet::Name }), None) = x else { return false };
    let (None, Some(Subject::Clause { node, .. } | Subject::Facet { node, .. })) = y else { return false };
    let (base, plan) = (&theirs.old.plan, &theirs.new.plan);
    let old = |new: NodeId| theirs.pairs.nodes.iter().find(|(_, other)| **other == new).map(|(old, _)| *old);
    let around = std::iter::successors(Some(*node), |node| plan.nodes[node.index()].parent).find_map(old);
    around.is_some_and(|around| inside(base, *gone).contains(&around))
}

/// Things that both added under one name, or one added where the other put what was there.
fn additions_meet(ours: &Comparison<'_>, x: &Pair, theirs: &Comparison<'_>, y: &Pair) -> bool {
    let is_name = |pair: &Pair| matches!(pair, (Some(_), Some(Subject::Facet { facet: Facet::Name, .. })));
    let (a, b) = match (x, y) {
        ((None, Some(a)), (None, Some(b))) => (a, b),
        ((_, Some(a)), (None, Some(b))) if is_name(x) => (a, b),
        ((None, Some(a)), (_, Some(b))) if is_name(y) => (a, b),
        _ => return false,
    };
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
