//! What says the same as before and means something else, and the change that it follows from.

use super::{Work, section_of};
use crate::diff::book::{Book, Saying};
use crate::diff::change::{About, Facet, Section, Subject};
use crate::diff::pieces::rules_called;
use crate::diff::sentence::{Told, tell};
use crate::diff::witness::{readers, reads};
use crate::plan::NodeId;

impl<'w, 'c> Work<'w, 'c> {
    /// What says the same as before and means something else does so because of another line: of its node, of one
    /// around it, or of 约定 and the header.
    pub(super) fn settle(&mut self, silent: &[(Subject, Subject, String)]) {
        let mut waiting: Vec<&(Subject, Subject, String)> = Vec::new();
        for entry in silent {
            let chain = self.chain(&entry.0);
            let cause = chain.iter().find_map(|node| {
                self.drafts.iter().position(|draft| {
                    let is_facet = matches!(&draft.change.about.old, Some(Subject::Facet { node: of, facet })
                        if of == node && !matches!(facet, Facet::Name | Facet::Citation | Facet::Department | Facet::Reading));
                    is_facet && !matches!(draft.change.section, Section::Wording | Section::Moved)
                })
            });
            match cause.or_else(|| self.read_by(&entry.0)) {
                Some(cause) => self.follow(cause, entry),
                None => waiting.push(entry),
            }
        }
        // By the lines that no change has told yet; what hangs on a line of 约定 follows the change that tells it.
        let mut by_convention: Option<usize> = None;
        for entry in waiting {
            let mut told = None;
            for node in self.chain(&entry.0) {
                let Some(new) = self.pairs.new_of.get(&node) else { continue };
                let loose = |book: &Book<'_>, node: NodeId| -> Vec<Saying> {
                    let is_loose = |saying: &&Saying| {
                        saying.labels.is_empty()
                            && !saying.opening
                            && !saying.text.starts_with("读法")
                            && !saying.text.starts_with("依据")
                    };
                    book.blocks[node.index()].iter().filter(is_loose).cloned().collect()
                };
                let (mut a, mut b) = (loose(self.old, node), loose(self.new, *new));
                if node.index() == 0 {
                    a.extend(self.old.others.iter().filter(|it| !it.text.starts_with("读法")).cloned());
                    b.extend(self.new.others.iter().filter(|it| !it.text.starts_with("读法")).cloned());
                }
                if let Some(found) = self.untold(&a, &b) {
                    told = Some((node, found));
                    break;
                }
            }
            let known = self.drafts.iter().position(|draft| {
                draft.change.section == Section::Conventions
                    && told.is_none()
                    && matches!(
                        draft.change.about.old,
                        Some(Subject::Header | Subject::RollUp | Subject::Facet { .. }) | None
                    )
            });
            match (told, known) {
                (Some((node, told)), _) => {
                    let is_award = matches!(entry.0, Subject::Award(_));
                    let section = match node.index() {
                        0 if is_award => Section::Awards,
                        0 => Section::Conventions,
                        _ => Section::Changed,
                    };
                    let title = match node.index() {
                        0 if is_award => "奖惩".to_owned(),
                        0 => "约定".to_owned(),
                        _ => self.old.address(node).to_owned(),
                    };
                    let about = About { old: Some(entry.0.clone()), new: Some(entry.1.clone()), follows: Vec::new() };
                    self.draft(section, title, &told.text, (&told.old, &told.new), about);
                    let last = self.drafts.len() - 1;
                    if matches!(entry.0, Subject::Clause { .. }) {
                        self.drafts[last].change.follows.push(entry.2.clone());
                    }
                    if node.index() == 0 && !is_award {
                        by_convention = by_convention.or(Some(last));
                    }
                }
                (None, Some(known)) => self.follow(known, entry),
                (None, None) if by_convention.is_some() => {
                    by_convention.iter().for_each(|known| self.follow(*known, entry));
                }
                (None, None) => {
                    // By a change that was told before: the first that is not mere wording.
                    let cause = self.drafts.iter().position(|draft| {
                        !matches!(draft.change.section, Section::Wording | Section::Notes)
                            && draft.change.section == section_of(&entry.0)
                    });
                    match cause {
                        Some(cause) => self.follow(cause, entry),
                        None => {
                            let about =
                                About { old: Some(entry.0.clone()), new: Some(entry.1.clone()), follows: Vec::new() };
                            let section = section_of(&entry.0);
                            self.draft(section, entry.2.clone(), "原文没有变，意思随别处的改动而变", (&[], &[]), about);
                        }
                    }
                }
            }
        }
    }

    /// The change of a clause that another one reads.
    fn read_by(&self, silent: &Subject) -> Option<usize> {
        let Subject::Clause { node, label } = silent else { return None };
        let plan = self.old.plan;
        let own = rules_called(plan, *node, label);
        let measure = plan.measures.iter().find(|it| it.node == *node && it.name == *label);
        self.drafts.iter().position(|draft| {
            let Some(Subject::Clause { node, label }) = &draft.change.about.old else { return false };
            let is_told = !matches!(draft.change.section, Section::Wording | Section::Moved | Section::Notes);
            let is_read = || {
                let by_rules = readers(plan, *node, label).rules.iter().any(|rule| own.contains(rule));
                by_rules || measure.is_some_and(|measure| reads(plan, &measure.expr, *node, label))
            };
            is_told && is_read()
        })
    }

    /// Lines that differ and that no change shows yet.
    fn untold(&self, old: &[Saying], new: &[Saying]) -> Option<Told> {
        let free = |book: &Book<'_>, lines: &[Saying], is_old: bool| -> Vec<Saying> {
            let shown = |saying: &Saying| {
                let line = book.shown(saying);
                self.drafts.iter().any(|draft| {
                    let lines = if is_old { &draft.change.old } else { &draft.change.new };
                    draft.change.section != Section::Wording && lines.contains(&line)
                })
            };
            lines.iter().filter(|saying| !shown(saying)).cloned().collect()
        };
        tell(&free(self.old, old, true), &free(self.new, new, false), (None, None))
    }

    /// A node of the old book and those around it; the root for all else.
    fn chain(&self, subject: &Subject) -> Vec<NodeId> {
        let mut at = match subject {
            Subject::Clause { node, .. } | Subject::Facet { node, .. } => Some(*node),
            _ => Some(NodeId(0)),
        };
        let mut chain = Vec::new();
        while let Some(node) = at {
            chain.push(node);
            at = self.old.plan.nodes[node.index()].parent;
        }
        chain
    }

    fn follow(&mut self, cause: usize, entry: &(Subject, Subject, String)) {
        let change = &mut self.drafts[cause].change;
        let pair = (Some(entry.0.clone()), Some(entry.1.clone()));
        if change.about.old.as_ref() == Some(&entry.0) {
            return;
        }
        // What is not in force has no properties of its own.
        let is_time = matches!(change.about.old, Some(Subject::Facet { facet: Facet::InForce, .. }));
        if is_time && matches!(entry.0, Subject::Facet { .. }) {
            return;
        }
        if matches!(entry.0, Subject::Clause { .. }) {
            change.follows.push(entry.2.clone());
        }
        change.about.follows.push(pair);
    }
}
