//! Nodes and clauses that go by another number, name or place.

use super::Work;
use crate::diff::book::{Book, Saying};
use crate::diff::change::{About, Facet, Section, Subject};
use crate::diff::direction::{Part, stands};
use crate::diff::pieces::rules_called;
use crate::plan::{Node, NodeId, Plan};

impl<'w, 'c> Work<'w, 'c> {
    /// Nodes and clauses that go by another number, name or place.
    pub(super) fn moves(&mut self) {
        for (old, new) in self.pairs.nodes.iter().skip(1).copied().collect::<Vec<_>>() {
            let (a, b) = (&self.old.plan.nodes[old.index()], &self.new.plan.nodes[new.index()]);
            let parent_stays = a.parent.and_then(|parent| self.pairs.new_of.get(&parent)) == b.parent.as_ref();
            let number = |node: &Node| node.address.rsplit('.').next().unwrap_or_default().to_owned();
            let is_section = a.parent == Some(NodeId(0)) && b.parent == Some(NodeId(0));
            let mut parts = Vec::new();
            if !parent_stays {
                parts.push(format!("移到“{}”", b.address));
            } else if !is_section && number(a) != number(b) {
                parts.push(format!("编号由{}改为{}", number(a), number(b)));
            }
            if a.title != b.title {
                parts.push(format!("名称由“{}”改为“{}”", a.title, b.title));
            }
            if parts.is_empty() {
                continue;
            }
            let opening = |book: &Book<'_>, node: NodeId| -> Vec<Saying> {
                book.blocks[node.index()].iter().filter(|saying| saying.opening).cloned().collect()
            };
            let told = (opening(self.old, old), opening(self.new, new));
            let about = About {
                old: Some(Subject::Facet { node: old, facet: Facet::Name }),
                new: Some(Subject::Facet { node: new, facet: Facet::Name }),
                follows: Vec::new(),
            };
            let subject =
                if a.title.is_empty() || is_section { a.address.clone() } else { format!("{} {}", a.address, a.title) };
            let section = self.moved_between((a.parent, &[Part::Node(old)]), (b.parent, &[Part::Node(new)]));
            self.draft(section, subject, &parts.join("，"), (&told.0, &told.1), about);
        }
        for (old, from, new, to) in self.pairs.renamed.clone() {
            let stays = self.pairs.new_of.get(&old) == Some(&new);
            let said = match (stays, from == to) {
                (true, _) => format!("名称由“{from}”改为“{to}”"),
                // The item of that number may be another one now.
                (false, true) if self.new.address(new) == self.old.address(old) => {
                    format!("移到“{} {}”", self.new.address(new), self.new.plan.nodes[new.index()].title)
                }
                (false, true) => format!("移到“{}”", self.new.address(new)),
                (false, false) => format!("移到“{}”，名称改为“{to}”", self.new.address(new)),
            };
            let of = |book: &Book<'_>, node: NodeId, label: &str| -> Vec<Saying> {
                let mine = |saying: &&Saying| saying.labels.iter().any(|known| known == label);
                book.blocks[node.index()].iter().filter(mine).cloned().collect()
            };
            let told = (of(self.old, old, &from), of(self.new, new, &to));
            let about = About {
                old: Some(Subject::Clause { node: old, label: from.clone() }),
                new: Some(Subject::Clause { node: new, label: to.clone() }),
                follows: Vec::new(),
            };
            let subject = format!("{} {from}", self.old.address(old));
            let lines = |plan: &Plan, node: NodeId, label: &str| -> Vec<Part> {
                rules_called(plan, node, label).into_iter().map(Part::Line).collect()
            };
            let told_old = lines(self.old.plan, old, &from);
            let section = self.moved_between((Some(old), &told_old), (Some(new), &lines(self.new.plan, new, &to)));
            self.draft(section, subject, &said, (&told.0, &told.1), about);
        }
    }

    /// What goes elsewhere counts as before only where it comes under the like, and is not all that is assessed in either
    /// place.
    fn moved_between(&self, old: (Option<NodeId>, &[Part]), new: (Option<NodeId>, &[Part])) -> Section {
        let stays = old.0.and_then(|old| self.pairs.new_of.get(&old)) == new.0.as_ref();
        let stands =
            |plan: &Plan, (node, parts): (Option<NodeId>, &[Part])| node.is_none_or(|node| stands(plan, node, parts));
        let is_alike = || {
            self.pairs.is_alike_around(self.old.plan, self.new.plan, old.0, new.0)
                && stands(self.old.plan, old)
                && stands(self.new.plan, new)
        };
        if stays || is_alike() { Section::Moved } else { Section::Changed }
    }
}
