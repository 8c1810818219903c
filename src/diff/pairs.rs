//! Which node and which clause of one book is which of the other: by address, then by title, label and citation, then
//! by likeness.

use rustc_hash::{FxHashMap, FxHashSet};

use super::book::{Book, clause_label};
use super::direction::Bends;
use super::pieces::rules_called;
use crate::calendar::Cycle;
use crate::canonical::{Called, Canonical};
use crate::plan::*;

/// What stands for what.
pub struct Pairs {
    /// Old nodes and their new counterparts.
    pub nodes: Vec<(NodeId, NodeId)>,
    pub new_of: FxHashMap<NodeId, NodeId>,
    pub old_of: FxHashMap<NodeId, NodeId>,
    /// Clauses that go by another label or stand elsewhere: (old node, old label, new node, new label).
    pub renamed: Vec<(NodeId, String, NodeId, String)>,
    /// What the new book's things are called in the old one.
    pub called: Called,
}

/// At or above this two nodes or clauses are the same thing under another name.
const ALIKE: f64 = 0.5;
/// What has the same address is the same thing unless it is as unlike as this.
const UNLIKE: f64 = 0.2;
/// More candidates than this are not compared each with each.
const MOST: usize = 400;

pub fn pair(old: &Book<'_>, new: &Book<'_>) -> Pairs {
    let mut pairs = Pairs {
        nodes: Vec::new(),
        new_of: FxHashMap::default(),
        old_of: FxHashMap::default(),
        renamed: Vec::new(),
        called: Called::default(),
    };
    let matcher = Matcher { old: old.plan, new: new.plan };
    matcher.descend(NodeId(0), NodeId(0), &mut pairs);
    matcher.elsewhere(&mut pairs);
    matcher.name(&mut pairs);
    matcher.clauses(&mut pairs);
    pairs
}

impl Pairs {
    /// Whether what is around an old node does to its points what is around the new one does: caps, weights and the
    /// like between either and where both are in the same.
    pub fn is_alike_around(&self, old: &Plan, new: &Plan, a: Option<NodeId>, b: Option<NodeId>) -> bool {
        let around = |plan: &Plan, node: Option<NodeId>| -> Vec<NodeId> {
            std::iter::successors(node, |node| plan.nodes[node.index()].parent).collect()
        };
        let (mut left, mut right) = (around(old, a), around(new, b));
        while let (Some(a), Some(b)) = (left.last(), right.last())
            && self.new_of.get(a) == Some(b)
        {
            left.pop();
            right.pop();
        }
        let forms = |plan: &Plan, nodes: &[NodeId]| -> Vec<(Cycle, Landing)> {
            nodes.iter().map(|id| &plan.nodes[id.index()]).map(|node| (node.cycle, node.landing.clone())).collect()
        };
        if left.is_empty() && right.is_empty() {
            return true;
        }
        // A limit of the same size is one of other points, and so is whatever goes by them.
        let are_bare = |plan: &Plan, nodes: &[NodeId]| {
            let bends = Bends::new(plan);
            nodes.iter().all(|node| bends.is_bare(plan, *node))
        };
        are_bare(old, &left) && are_bare(new, &right) && forms(old, &left) == forms(new, &right)
    }
}

/// Whether an old and a new node are the same.
type Alike<'f> = dyn Fn(&Node, &Node) -> bool + 'f;

struct Matcher<'p> {
    old: &'p Plan,
    new: &'p Plan,
}

/// Nodes below another, also those that were stopped.
fn below(plan: &Plan, parent: NodeId) -> Vec<NodeId> {
    let nodes = plan.nodes.iter().enumerate().filter(|(_, node)| node.parent == Some(parent));
    nodes.map(|(index, _)| NodeId(index as u16)).collect()
}

/// The last part of an address.
fn number(node: &Node) -> &str {
    node.address.rsplit('.').next().unwrap_or(&node.address)
}

impl Matcher<'_> {
    fn descend(&self, old: NodeId, new: NodeId, pairs: &mut Pairs) {
        pairs.nodes.push((old, new));
        pairs.new_of.insert(old, new);
        pairs.old_of.insert(new, old);
        let (mut left, mut right) = (below(self.old, old), below(self.new, new));
        let mut found: Vec<(NodeId, NodeId)> = Vec::new();
        let rounds: [&Alike<'_>; 3] =
            [&|a, b| a.title == b.title && number(a) == number(b), &|a, b| a.title == b.title, &|a, b| {
                a.citation.is_some() && a.citation == b.citation
            }];
        for is_same in rounds {
            self.one_to_one(&mut left, &mut right, &mut found, is_same);
        }
        self.by_likeness(&mut left, &mut right, &mut found, ALIKE);
        let near = |a: &Node, b: &Node| number(a) == number(b) && self.likeness(a, b) >= UNLIKE;
        self.one_to_one(&mut left, &mut right, &mut found, &near);
        found.sort_unstable();
        for (old, new) in found {
            self.descend(old, new, pairs);
        }
    }

    /// Pairs those that have exactly one counterpart.
    fn one_to_one(
        &self,
        left: &mut Vec<NodeId>,
        right: &mut Vec<NodeId>,
        found: &mut Vec<(NodeId, NodeId)>,
        is_same: &Alike<'_>,
    ) {
        let same = |a: NodeId, b: NodeId| is_same(&self.old.nodes[a.index()], &self.new.nodes[b.index()]);
        let mut taken = FxHashSet::default();
        let all = left.clone();
        left.retain(|a| {
            let mut candidates = right.iter().filter(|b| same(*a, **b));
            match (candidates.next(), candidates.next()) {
                (Some(b), None) if all.iter().filter(|other| same(**other, *b)).count() == 1 => {
                    taken.insert(*b);
                    found.push((*a, *b));
                    false
                }
                _ => true,
            }
        });
        right.retain(|b| !taken.contains(b));
    }

    /// The likest first.
    fn by_likeness(
        &self,
        left: &mut Vec<NodeId>,
        right: &mut Vec<NodeId>,
        found: &mut Vec<(NodeId, NodeId)>,
        least: f64,
    ) {
        if left.len() > MOST || right.len() > MOST {
            return;
        }
        let mut all: Vec<(u64, NodeId, NodeId)> = Vec::new();
        for a in left.iter() {
            for b in right.iter() {
                let likeness = self.likeness(&self.old.nodes[a.index()], &self.new.nodes[b.index()]);
                if likeness >= least {
                    all.push(((likeness * 1e6) as u64, *a, *b));
                }
            }
        }
        for (a, b) in likeliest(all) {
            left.retain(|it| *it != a);
            right.retain(|it| *it != b);
            found.push((a, b));
        }
    }

    /// From 0 to 1: how much of title, citation, labels and parts they share.
    fn likeness(&self, old: &Node, new: &Node) -> f64 {
        let title = strsim::normalized_levenshtein(&old.title, &new.title);
        let (left, right) = (words(self.old, old), words(self.new, new));
        let cited = old.citation.is_some() && old.citation == new.citation;
        let bonus = if cited { 0.2 } else { 0.0 };
        if left.is_empty() && right.is_empty() {
            return (title + bonus).min(1.0);
        }
        let shared = left.intersection(&right).count() as f64;
        let all = left.union(&right).count() as f64;
        (0.4 * title + 0.6 * shared / all + bonus).min(1.0)
    }

    /// What has no counterpart under its own parent may have one anywhere.
    fn elsewhere(&self, pairs: &mut Pairs) {
        let free = |plan: &Plan, taken: &FxHashMap<NodeId, NodeId>| -> Vec<NodeId> {
            (1..plan.nodes.len() as u16).map(NodeId).filter(|id| !taken.contains_key(id)).collect()
        };
        let (mut left, mut right) = (free(self.old, &pairs.new_of), free(self.new, &pairs.old_of));
        let mut found = Vec::new();
        let same = |a: &Node, b: &Node| {
            a.title == b.title && (words(self.old, a) == words(self.new, b) || a.citation == b.citation)
        };
        self.one_to_one(&mut left, &mut right, &mut found, &same);
        self.by_likeness(&mut left, &mut right, &mut found, 0.7);
        found.sort_unstable();
        for (old, new) in found {
            if !pairs.new_of.contains_key(&old) && !pairs.old_of.contains_key(&new) {
                self.descend(old, new, pairs);
            }
        }
        pairs.nodes.sort_unstable();
    }

    /// Matched nodes of the new book go by their old addresses, new ones by theirs, unless an old node has that.
    fn name(&self, pairs: &mut Pairs) {
        let taken: FxHashSet<&str> = self.old.nodes.iter().map(|node| node.address.as_str()).collect();
        for (index, node) in self.new.nodes.iter().enumerate() {
            let id = NodeId(index as u16);
            match pairs.old_of.get(&id) {
                Some(old) => {
                    let address = &self.old.nodes[old.index()].address;
                    if *address != node.address {
                        pairs.called.nodes.insert(id, address.clone());
                    }
                }
                None if taken.contains(node.address.as_str()) => {
                    pairs.called.nodes.insert(id, format!("{}（新）", node.address));
                }
                None => {}
            }
        }
    }

    /// Clauses without a counterpart of the same label in the matched node: renamed, or moved to another node.
    fn clauses(&self, pairs: &mut Pairs) {
        let (mut left, mut right) = (Vec::<(NodeId, String)>::new(), Vec::<(NodeId, String)>::new());
        for (old, new) in &pairs.nodes {
            let (a, b) = (labels(self.old, *old), labels(self.new, *new));
            left.extend(a.iter().filter(|label| !b.contains(label)).map(|label| (*old, label.clone())));
            right.extend(b.iter().filter(|label| !a.contains(label)).map(|label| (*new, label.clone())));
        }
        for (index, _) in
            self.old.nodes.iter().enumerate().filter(|(at, _)| !pairs.new_of.contains_key(&NodeId(*at as u16)))
        {
            let id = NodeId(index as u16);
            left.extend(labels(self.old, id).into_iter().map(|label| (id, label)));
        }
        for (index, _) in
            self.new.nodes.iter().enumerate().filter(|(at, _)| !pairs.old_of.contains_key(&NodeId(*at as u16)))
        {
            let id = NodeId(index as u16);
            right.extend(labels(self.new, id).into_iter().map(|label| (id, label)));
        }
        if left.len() > MOST || right.len() > MOST {
            return;
        }
        let plain = Called::default();
        let mut all = Vec::new();
        let left: Vec<_> = left.into_iter().map(|(node, label)| Loose::new(self.old, node, label, &plain)).collect();
        let right: Vec<_> =
            right.into_iter().map(|(node, label)| Loose::new(self.new, node, label, &pairs.called)).collect();
        for (i, a) in left.iter().enumerate() {
            for (j, b) in right.iter().enumerate() {
                let same_node = pairs.new_of.get(&a.node) == Some(&b.node);
                // A clause that went elsewhere has kept its name and its meaning; one that stayed may have lost either.
                let label = strsim::normalized_levenshtein(&a.label, &b.label);
                let same_form = a.form == b.form && !a.form.is_empty();
                let likeness = match (same_node, same_form) {
                    // Another name altogether is another matter, if it costs as much.
                    (true, true) if label > 0.0 => 0.8 + 0.2 * label,
                    (true, false) if label >= 0.5 && a.kind == b.kind => 0.9 * label,
                    (false, true) if a.label == b.label => 0.75,
                    // One that changed as it went must be the only one of its name.
                    (false, false) if a.label == b.label && a.is_alone && b.is_alone && a.kind == b.kind => 0.6,
                    _ => continue,
                };
                all.push(((likeness * 1e6) as u64, i, j));
            }
        }
        for (i, j) in likeliest(all) {
            let (a, b) = (&left[i], &right[j]);
            pairs.renamed.push((a.node, a.label.clone(), b.node, b.label.clone()));
            let address = self.old.nodes[a.node.index()].address.clone();
            pairs.called.labels.insert((b.node, b.label.clone()), (address, a.label.clone()));
        }
        pairs.renamed.sort();
    }
}

/// A clause that looks for its counterpart.
struct Loose {
    node: NodeId,
    label: String,
    /// What its lines do; without what they are about.
    form: String,
    kind: Option<std::mem::Discriminant<InputKind>>,
    /// Whether facts have nothing else of this name in the whole book.
    is_alone: bool,
}

impl Loose {
    fn new(plan: &Plan, node: NodeId, label: String, called: &Called) -> Loose {
        // The label itself stands in the form where a line reads its own input.
        let named = Called {
            nodes: called.nodes.clone(),
            labels: [((node, label.clone()), ("·".to_owned(), "本项".to_owned()))].into_iter().collect(),
        };
        let mut rules: Vec<String> = rules_called(plan, node, &label)
            .into_iter()
            .map(|rule| Canonical::form(plan, &named, &plan.rules[rule.index()]))
            .collect();
        rules.sort_unstable();
        let input = plan.inputs.iter().find(|input| input.node == node && input.label == label);
        let kind = input.map(|input| std::mem::discriminant(&input.kind));
        let is_alone = plan.inputs.iter().filter(|input| input.label == label).count() == 1;
        Loose { form: rules.join("\n"), node, label, kind, is_alone }
    }
}

fn labels(plan: &Plan, node: NodeId) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    let mut put = |label: &str| {
        if !labels.iter().any(|known| known == label) {
            labels.push(label.to_owned());
        }
    };
    plan.inputs.iter().filter(|input| input.node == node).for_each(|input| put(&input.label));
    plan.measures.iter().filter(|measure| measure.node == node).for_each(|measure| put(&measure.name));
    plan.nodes[node.index()].rules.iter().for_each(|rule| put(&clause_label(&plan.rules[rule.index()])));
    labels
}

/// Labels and titles of what is in a node.
fn words<'p>(plan: &'p Plan, node: &'p Node) -> FxHashSet<&'p str> {
    let labels = node.rules.iter().map(|rule| plan.rules[rule.index()].label.as_str());
    let titles = node.children.iter().map(|child| plan.nodes[child.index()].title.as_str());
    labels.chain(titles).collect()
}

/// Pairs by how alike they are, the likeliest first and each side in one pair only.
pub(super) fn likeliest<T: Copy + Ord + std::hash::Hash>(mut all: Vec<(u64, T, T)>) -> Vec<(T, T)> {
    all.sort_unstable_by_key(|(likeness, a, b)| (std::cmp::Reverse(*likeness), *a, *b));
    let (mut left, mut right) = (FxHashSet::default(), FxHashSet::default());
    let free = |(_, a, b): (u64, T, T)| {
        let is_free = !left.contains(&a) && !right.contains(&b);
        (is_free && left.insert(a) && right.insert(b)).then_some((a, b))
    };
    all.into_iter().filter_map(free).collect()
}
