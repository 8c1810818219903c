//! What came or went: nodes with all that is in them, clauses and declarations by themselves.

use super::{Work, label_of};
use crate::diff::book::{Saying, inside};
use crate::diff::change::{About, Facet, Section, SourceLine, Subject};
use crate::diff::direction::{Bends, Part, stands};
use crate::diff::pieces::Piece;
use crate::diff::sentence::{self, Told, tell};
use crate::parse::Context;
use crate::plan::{Combine, Expr, NodeId};

impl<'w, 'c> Work<'w, 'c> {
    /// A node that came or went is one change, with all that is in it.
    pub(super) fn whole_nodes(&mut self, gone: &[&Piece], come: &[&Piece]) {
        for (book, list, section) in [(self.old, gone, Section::Removed), (self.new, come, Section::Added)] {
            let is_old = section == Section::Removed;
            let is_free = |node: NodeId| match is_old {
                true => !self.pairs.new_of.contains_key(&node),
                false => !self.pairs.old_of.contains_key(&node),
            };
            let tops: Vec<NodeId> = (1..book.plan.nodes.len() as u16)
                .map(NodeId)
                .filter(|id| is_free(*id) && book.plan.nodes[id.index()].parent.is_none_or(|parent| !is_free(parent)))
                .collect();
            for top in tops {
                let inside = inside(book.plan, top);
                let mut subjects = Vec::new();
                for piece in list {
                    if let Subject::Clause { node, .. } = &piece.subject
                        && inside.contains(node)
                    {
                        subjects.push(piece.subject.clone());
                    }
                }
                let lines: Vec<Saying> = inside.iter().flat_map(|id| book.blocks[id.index()].iter().cloned()).collect();
                let node = &book.plan.nodes[top.index()];
                let is_section = node.parent == Some(NodeId(0));
                let named = if is_section { node.address.clone() } else { format!("{} {}", node.address, node.title) };
                // What went elsewhere, or came from there, is told there.
                let labels: Vec<(NodeId, &str)> = self
                    .pairs
                    .renamed
                    .iter()
                    .map(|(old, from, new, to)| if is_old { (*old, from.as_str()) } else { (*new, to.as_str()) })
                    .filter(|(node, _)| inside.contains(node))
                    .collect();
                let is_elsewhere = |saying: &Saying| {
                    !saying.labels.is_empty()
                        && saying.labels.iter().all(|label| labels.iter().any(|(_, moved)| moved == label))
                };
                let said: Vec<String> = lines
                    .iter()
                    .filter(|saying| {
                        !saying.opening
                            && !is_elsewhere(saying)
                            && !["依据", "读法", "责任", "认可"].iter().any(|it| saying.text.starts_with(it))
                    })
                    .map(|saying| sentence::wide(&saying.text))
                    .collect();
                let mut said_text = said.iter().take(4).cloned().collect::<Vec<_>>().join("；");
                if said.len() > 4 {
                    said_text.push_str(&format!("；等{}句", said.len()));
                }
                let word = match (is_old, is_section) {
                    (true, true) => "取消板块",
                    (true, false) => "取消条目",
                    (false, true) => "新增板块",
                    (false, false) => "新增条目",
                };
                let opening = lines.first().cloned().into_iter().collect::<Vec<_>>();
                let mark = opening.first().map_or(String::new(), |saying| match saying.in_force {
                    it if it == crate::parse::InForce::ALWAYS => String::new(),
                    it => format!("{}，", it.to_string().trim_matches(['〔', '〕'])),
                });
                let whole = Subject::Facet { node: top, facet: Facet::Name };
                let pairs = subjects.into_iter().map(|it| if is_old { (Some(it), None) } else { (None, Some(it)) });
                let mut about = About { old: None, new: None, follows: pairs.collect() };
                *(if is_old { &mut about.old } else { &mut about.new }) = Some(whole);
                // What is written down as stopped gives and takes nothing.
                let said = match opening.first().is_some_and(|saying| saying.in_force.stopped) {
                    true if is_old => format!("不再列出停用的{}：{said_text}", &word["取消".len()..]),
                    true => format!("列出停用的{}：{said_text}", &word["新增".len()..]),
                    false => format!("{mark}{word}：{said_text}"),
                };
                // Of what is nothing but a place for other clauses only these are news.
                let bends = Bends::new(book.plan);
                let is_place = |id: &NodeId| {
                    let start = &book.plan.nodes[id.index()].start;
                    bends.is_bare(book.plan, *id) && matches!(start, Expr::Number(number) if number.is_zero())
                };
                let adds_up = node.parent.is_none_or(|parent| {
                    book.plan.nodes[parent.index()].combine == Combine::Sum
                        && stands(book.plan, parent, &[Part::Node(top)])
                });
                let is_emptied = about.follows.is_empty() && !labels.is_empty();
                let (section, said) = match is_emptied && adds_up && inside.iter().all(is_place) {
                    true => {
                        let names: Vec<&str> = labels.iter().map(|(_, label)| *label).collect();
                        let (whither, names) = (if is_old { "移到别处" } else { "从别处移来" }, names.join("、"));
                        (Section::Moved, format!("{word}，里面的计分句{whither}：{names}"))
                    }
                    false => (section, said),
                };
                let none: Vec<Saying> = Vec::new();
                let told = if is_old { (&lines, &none) } else { (&none, &lines) };
                self.draft(section, named, said.trim_end_matches('：'), (told.0, told.1), about);
            }
        }
    }

    /// Clauses and declarations that came or went by themselves.
    pub(super) fn single(&mut self, gone: &[&Piece], come: &[&Piece]) {
        for (book, list, section) in [(self.old, gone, Section::Removed), (self.new, come, Section::Added)] {
            let is_old = section == Section::Removed;
            for piece in list {
                let node = match &piece.subject {
                    Subject::Clause { node, .. } | Subject::Facet { node, .. } => Some(*node),
                    _ => None,
                };
                let is_whole = node.is_some_and(|node| match is_old {
                    true => !self.pairs.new_of.contains_key(&node),
                    false => !self.pairs.old_of.contains_key(&node),
                });
                if is_whole || matches!(piece.subject, Subject::Award(_)) {
                    continue;
                }
                let lines: Vec<Saying> = piece.lines.clone();
                // A ranking that no line speaks of comes with the total it ranks.
                let is_implied = lines.iter().all(|saying| saying.context == Context::Conventions);
                if matches!(piece.subject, Subject::Ranking(_)) && is_implied {
                    let rollup = self.drafts.iter().position(|draft| {
                        let about = &draft.change.about;
                        *(if is_old { &about.old } else { &about.new }) == Some(Subject::RollUp)
                    });
                    if let Some(known) = rollup {
                        let subject = Some(piece.subject.clone());
                        let pair = if is_old { (subject, None) } else { (None, subject) };
                        self.drafts[known].change.about.follows.push(pair);
                        continue;
                    }
                }
                if let Some(told) = self.beside(piece, &lines, is_old) {
                    let mut about = About::default();
                    *(if is_old { &mut about.old } else { &mut about.new }) = Some(piece.subject.clone());
                    match self.same_lines(&told, Section::Changed) {
                        Some(known) => self.drafts[known].change.about.follows.push((about.old, about.new)),
                        None => {
                            self.draft(Section::Changed, piece.title.clone(), &told.text, (&told.old, &told.new), about)
                        }
                    }
                    continue;
                }
                let text: Vec<String> = lines
                    .iter()
                    .map(|saying| sentence::wide(saying_without(saying, label_of(&piece.subject))))
                    .collect();
                let mark = lines.first().map_or(String::new(), |saying| match saying.in_force {
                    it if it == crate::parse::InForce::ALWAYS => String::new(),
                    it => format!("{}，", it.to_string().trim_matches(['〔', '〕'])),
                });
                let said = format!("{mark}{}{}", if is_old { "取消：" } else { "新增：" }, text.join("；"));
                let mut about = About::default();
                *(if is_old { &mut about.old } else { &mut about.new }) = Some(piece.subject.clone());
                let section = match piece.subject {
                    Subject::Clause { .. } => section,
                    _ => Section::Conventions,
                };
                let known = self.drafts.iter().position(|draft| {
                    let shown: Vec<SourceLine> = lines.iter().map(|saying| book.shown(saying)).collect();
                    let theirs = if is_old { &draft.change.old } else { &draft.change.new };
                    !shown.is_empty() && *theirs == shown && draft.change.section == section
                });
                if let Some(known) = known {
                    let pair = (about.old, about.new);
                    self.drafts[known].change.about.follows.push(pair);
                    continue;
                }
                let told: (&[Saying], &[Saying]) = if is_old { (&lines, &[]) } else { (&[], &lines) };
                self.draft(section, piece.title.clone(), said.trim_end_matches('：'), told, about);
            }
        }
    }
}

impl<'w, 'c> Work<'w, 'c> {
    /// What one line says of several clauses (优秀得10分；一般得8分) changes as a whole where the other book has it of
    /// the others.
    fn beside(&self, piece: &Piece, lines: &[Saying], is_old: bool) -> Option<Told> {
        let Subject::Clause { node, .. } = &piece.subject else { return None };
        let (book, node) = match is_old {
            true => (self.new, self.pairs.new_of.get(node)?),
            false => (self.old, self.pairs.old_of.get(node)?),
        };
        let shared: Vec<&String> =
            lines.iter().filter(|saying| saying.labels.len() > 1).flat_map(|saying| &saying.labels).collect();
        let speaks = |saying: &&Saying| saying.labels.iter().any(|label| shared.contains(&label));
        let others: Vec<Saying> = book.blocks[node.index()].iter().filter(speaks).cloned().collect();
        if others.is_empty() {
            return None;
        }
        let (old, new) = if is_old { (lines, others.as_slice()) } else { (others.as_slice(), lines) };
        tell(old, new, (None, None))
    }
}

/// A line without its label.
fn saying_without<'s>(saying: &'s Saying, label: Option<&str>) -> &'s str {
    sentence::without_label(&saying.text, label)
}
