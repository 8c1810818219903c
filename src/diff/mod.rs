//! What changed in meaning between two rulebooks, clause by clause, with facts that show it.
//!
//! Both books are taken apart into pieces ([`book`]), matched ([`pairs`]) and held against each other by canonical
//! meaning; the sentences come from the lines that say it ([`sentence`]). Whether a change makes points fewer or more
//! is proven from the plans ([`direction`]); facts for which the books differ are tried out by the interpreter
//! ([`witness`]); real facts are scored under both ([`impact`]).

mod adapt;
mod book;
mod change;
mod deciding;
mod direction;
mod guess;
mod impact;
mod orders;
mod pairs;
mod places;
mod sentence;
mod share;
mod single;
mod three;
mod trial;
mod witness;

use rustc_hash::{FxHashMap, FxHashSet};

pub use adapt::{Misfits, Unknown};
pub use book::without_comment;
pub use change::{About, Change, Direction, Facet, Section, SourceLine, Subject};
pub use impact::{Data, Impact, Moved, Part, Standing, impact, standing};
pub use places::{MoneyPart, PlacePart};
pub use three::{Clash, clashes};
pub use witness::{Effect, Witness, confirm};

use crate::canonical::Called;
use crate::compile::Compiled;
use crate::parse::Context;
use crate::plan::*;
use book::{Book, Piece, Saying, pieces};
use pairs::{Pairs, pair};
use sentence::{Told, tell};

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

impl Comparison<'_> {
    /// Whether both mean the same: what they compute, and what else they lay down (更正, 报送期限).
    pub fn is_same(&self) -> bool {
        let beside = |change: &Change| matches!(change.about.old, Some(Subject::Corrections | Subject::Due));
        self.old.plan.hash() == self.new.plan.hash() && !self.changes.iter().any(beside)
    }

    /// Changes of meaning.
    pub fn meant(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.section != Section::Wording)
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

    pub fn of(&self, section: Section) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.section == section)
    }
}

/// Compares two rulebooks.
pub fn compare<'c>(old: &'c Compiled, new: &'c Compiled) -> Comparison<'c> {
    compare_on(old, new, 1)
}

/// The same on at most so many threads; what comes out does not depend on them.
pub fn compare_on<'c>(old: &'c Compiled, new: &'c Compiled, threads: usize) -> Comparison<'c> {
    let (left, right) = (Book::new(old), Book::new(new));
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
    let drafts = work.run();
    let matched = matched(&old.plan, &new.plan, &pairs);
    let mut changes: Vec<Change> = drafts.into_iter().map(|draft| draft.change).collect();
    direction::settle(&old.plan, &new.plan, &pairs, &mut changes);
    changes.sort_by_key(|change| change.section);
    for (index, change) in changes.iter_mut().enumerate() {
        change.number = index + 1;
        change.print = print(change);
    }
    let mut comparison = Comparison { old, new, changes, pairs: matched };
    witness::find(&mut comparison, threads);
    comparison
}

/// Eight letters and digits that stay while the change does, wherever its lines stand.
fn print(change: &Change) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{:?}", change.section).as_bytes()).update(change.sentence.as_bytes());
    for line in change.old.iter().chain(&change.new) {
        hasher.update(b"\0").update(line.text.as_bytes());
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

/// A change, and where in the text it stands.
struct Draft {
    change: Change,
    line: (usize, usize),
}

struct Work<'w, 'c> {
    old: &'w Book<'c>,
    new: &'w Book<'c>,
    pairs: &'w Pairs,
    before: Vec<Piece>,
    after: Vec<Piece>,
    drafts: Vec<Draft>,
}

impl<'w, 'c> Work<'w, 'c> {
    fn run(mut self) -> Vec<Draft> {
        let (before, after) = (std::mem::take(&mut self.before), std::mem::take(&mut self.after));
        let mut by_key: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (index, piece) in after.iter().enumerate().rev() {
            by_key.entry(&piece.key).or_default().push(index);
        }
        let mut used = vec![false; after.len()];
        let (mut gone, mut silent) = (Vec::new(), Vec::new());
        for piece in &before {
            let Some(at) = by_key.get_mut(piece.key.as_str()).and_then(Vec::pop) else {
                gone.push(piece);
                continue;
            };
            used[at] = true;
            let other = &after[at];
            let labels = (label_of(&piece.subject), label_of(&other.subject));
            let told = tell(&piece.lines, &other.lines, labels);
            match (piece.form == other.form, told) {
                (true, None) => {}
                (true, Some(told)) => self.wording(piece, other, told),
                (false, Some(told)) => self.changed(piece, other, told),
                (false, None) => silent.push((piece.subject.clone(), other.subject.clone(), piece.title.clone())),
            }
        }
        let come: Vec<&Piece> = after.iter().zip(&used).filter(|(_, used)| !**used).map(|(piece, _)| piece).collect();
        self.moves();
        self.whole_nodes(&gone, &come);
        silent.extend(self.awards(&gone, &come));
        self.single(&gone, &come);
        self.settle(&silent);
        self.unexplained();
        self.told_once();
        self.drafts.sort_by_key(|draft| draft.line);
        self.drafts
    }

    fn draft(&mut self, section: Section, subject: String, said: &str, told: (&[Saying], &[Saying]), about: About) {
        let (old, new): (Vec<SourceLine>, Vec<SourceLine>) = (
            told.0.iter().map(|saying| self.old.shown(saying)).collect(),
            told.1.iter().map(|saying| self.new.shown(saying)).collect(),
        );
        let place = |lines: &[Saying]| lines.first().map_or(usize::MAX, |saying| saying.line);
        let sentence = if said.is_empty() { subject.clone() } else { format!("{subject}：{said}") };
        let change = Change {
            number: 0,
            section,
            subject,
            sentence,
            old,
            new,
            direction: Direction::Unknown,
            effect: Effect::default(),
            follows: Vec::new(),
            print: String::new(),
            acknowledged: None,
            about,
            at: (told.0.iter().map(|saying| saying.line).collect(), told.1.iter().map(|saying| saying.line).collect()),
        };
        let line = (place(told.0), place(told.1));
        let line = if line.0 == usize::MAX { (line.1, 0) } else { line };
        self.drafts.push(Draft { change, line });
    }

    fn changed(&mut self, old: &Piece, new: &Piece, told: Told) {
        let section = section_of(&old.subject);
        let about = About { old: Some(old.subject.clone()), new: Some(new.subject.clone()), follows: Vec::new() };
        // Several facets may be said by the same lines: 满分 20分 is a start and a limit.
        if let Some(known) = self.same_lines(&told, section) {
            self.drafts[known].change.about.follows.push((about.old, about.new));
            return;
        }
        let subject = subject_text(old);
        // The title says the first word of a line of the header already.
        let said = match &old.subject {
            Subject::Header => {
                let keys = ["方案", "文号", "施行", "考评对象", "考评周期", "分组"];
                let rest = keys.iter().find_map(|key| told.text.strip_prefix(key)).unwrap_or(&told.text);
                rest.to_owned()
            }
            _ => told.text.clone(),
        };
        self.draft(section, subject, &said, (&told.old, &told.new), about);
    }

    /// A change that is told by the very same lines.
    fn same_lines(&self, told: &Told, section: Section) -> Option<usize> {
        let old: Vec<SourceLine> = told.old.iter().map(|saying| self.old.shown(saying)).collect();
        let new: Vec<SourceLine> = told.new.iter().map(|saying| self.new.shown(saying)).collect();
        self.drafts.iter().position(|draft| {
            let same_kind = (draft.change.section == Section::Notes) == (section == Section::Notes);
            draft.change.section != Section::Wording && same_kind && draft.change.old == old && draft.change.new == new
        })
    }

    fn wording(&mut self, old: &Piece, new: &Piece, told: Told) {
        let about = About { old: Some(old.subject.clone()), new: Some(new.subject.clone()), follows: Vec::new() };
        let old_lines: Vec<SourceLine> = told.old.iter().map(|saying| self.old.shown(saying)).collect();
        let known = self.drafts.iter().any(|draft| draft.change.old == old_lines && !old_lines.is_empty());
        if !known {
            self.draft(Section::Wording, subject_text(old), &told.text, (&told.old, &told.new), about);
        }
    }

    /// Nodes and clauses that go by another number, name or place.
    fn moves(&mut self) {
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
            self.draft(Section::Moved, subject, &parts.join("，"), (&told.0, &told.1), about);
        }
        for (old, from, new, to) in self.pairs.renamed.clone() {
            let stays = self.pairs.new_of.get(&old) == Some(&new);
            let said = match (stays, from == to) {
                (true, _) => format!("名称由“{from}”改为“{to}”"),
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
                new: Some(Subject::Clause { node: new, label: to }),
                follows: Vec::new(),
            };
            let subject = format!("{} {from}", self.old.address(old));
            self.draft(Section::Moved, subject, &said, (&told.0, &told.1), about);
        }
    }

    /// A node that came or went is one change, with all that is in it.
    fn whole_nodes(&mut self, gone: &[&Piece], come: &[&Piece]) {
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
                let said: Vec<String> = lines
                    .iter()
                    .filter(|saying| {
                        !saying.opening
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
                let said = format!("{mark}{word}：{said_text}");
                let none: Vec<Saying> = Vec::new();
                let told = if is_old { (&lines, &none) } else { (&none, &lines) };
                self.draft(section, named, said.trim_end_matches('：'), (told.0, told.1), about);
            }
        }
    }

    ///
    /// Returns those whose own line is as it was.
    fn awards(&mut self, gone: &[&Piece], come: &[&Piece]) -> Vec<(Subject, Subject, String)> {
        // What one line says of several places comes and goes together.
        let grouped = |list: &[&Piece]| {
            let mut groups: Vec<(Vec<Saying>, Subject)> = Vec::new();
            for piece in list.iter().filter(|piece| matches!(piece.subject, Subject::Award(_))) {
                let same = |lines: &[Saying]| lines.first().map(|it| it.line) == piece.lines.first().map(|it| it.line);
                if !groups.iter().any(|(lines, _)| same(lines)) {
                    groups.push((piece.lines.clone(), piece.subject.clone()));
                }
            }
            groups
        };
        let (mut left, mut right) = (grouped(gone), grouped(come));
        let text = |lines: &[Saying]| lines.first().map(|it| it.text.clone()).unwrap_or_default();
        // Equal lines mean something else because of another line: 不予奖励, 递补, a grade.
        let mut follows = Vec::new();
        left.retain(|(lines, subject)| {
            let Some(at) = right.iter().position(|(other, _)| text(other) == text(lines)) else { return true };
            let (_, other) = right.remove(at);
            follows.push((subject.clone(), other, "奖惩".to_owned()));
            false
        });
        let mut all: Vec<(u64, usize, usize)> = Vec::new();
        for (i, (a, _)) in left.iter().enumerate() {
            for (j, (b, _)) in right.iter().enumerate() {
                let (a, b) = (text(a), text(b));
                let prize = |text: &str| text.split_once(':').map(|(_, prize)| prize.to_owned());
                let same_prize = prize(&a).is_some() && prize(&a) == prize(&b);
                let places = |text: &str| text.split(':').next().map(str::to_owned);
                let likeness = strsim::normalized_levenshtein(&a, &b) + if same_prize { 0.5 } else { 0.0 };
                // Other places and another prize are another award.
                if same_prize || places(&a) == places(&b) || likeness >= 0.8 {
                    all.push(((likeness * 1e6) as u64, i, j));
                }
            }
        }
        all.sort_unstable_by_key(|(likeness, i, j)| (std::cmp::Reverse(*likeness), *i, *j));
        let (mut used_left, mut used_right) = (FxHashSet::default(), FxHashSet::default());
        for (_, i, j) in all {
            if used_left.contains(&i) || used_right.contains(&j) {
                continue;
            }
            used_left.insert(i);
            used_right.insert(j);
            let ((a, old), (b, new)) = (&left[i], &right[j]);
            let about = About { old: Some(old.clone()), new: Some(new.clone()), follows: Vec::new() };
            self.draft(Section::Awards, "奖惩".to_owned(), &sentence::becomes(&text(a), &text(b)), (a, b), about);
        }
        for (_, (lines, subject)) in left.iter().enumerate().filter(|(at, _)| !used_left.contains(at)) {
            let about = About { old: Some(subject.clone()), ..About::default() };
            let said = format!("取消“{}”", sentence::wide(&text(lines)));
            self.draft(Section::Awards, "奖惩".to_owned(), &said, (lines, &[]), about);
        }
        for (_, (lines, subject)) in right.iter().enumerate().filter(|(at, _)| !used_right.contains(at)) {
            let about = About { new: Some(subject.clone()), ..About::default() };
            let said = format!("增加“{}”", sentence::wide(&text(lines)));
            self.draft(Section::Awards, "奖惩".to_owned(), &said, (&[], lines), about);
        }
        follows
    }

    /// Clauses and declarations that came or went by themselves.
    fn single(&mut self, gone: &[&Piece], come: &[&Piece]) {
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

    /// What says the same as before and means something else does so because of another line: of its node, of one
    /// around it, or of 约定 and the header.
    fn settle(&mut self, silent: &[(Subject, Subject, String)]) {
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
            match cause {
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
                    self.follow(last, entry);
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

    /// Other words for the same are no news where a change of meaning shows the same lines.
    fn told_once(&mut self) {
        let (wording, meant): (Vec<Draft>, Vec<Draft>) =
            std::mem::take(&mut self.drafts).into_iter().partition(|it| it.change.section == Section::Wording);
        self.drafts = meant;
        let meant = self.drafts.len();
        for draft in wording {
            let change = &draft.change;
            let in_meant = |line: &SourceLine, pick: fn(&Change) -> &Vec<SourceLine>| {
                self.drafts[..meant].iter().any(|known| pick(&known.change).contains(line))
            };
            let told = change.old.iter().all(|line| in_meant(line, |it| &it.old))
                && change.new.iter().all(|line| in_meant(line, |it| &it.new));
            let again = self.drafts[meant..]
                .iter()
                .any(|known| known.change.old == change.old && known.change.new == change.new);
            if !told && !again {
                self.drafts.push(draft);
            }
        }
    }

    /// A difference of meaning that no line told is told all the same.
    fn unexplained(&mut self) {
        let meant = self.drafts.iter().any(|draft| draft.change.section != Section::Wording);
        if self.old.plan.hash() != self.new.plan.hash() && !meant {
            let said = "两本方案的意思不同，没有找出是哪一句";
            self.draft(Section::Changed, "全体".to_owned(), said, (&[], &[]), About::default());
        }
    }
}

/// A line without its label.
fn saying_without<'s>(saying: &'s Saying, label: Option<&str>) -> &'s str {
    sentence::without_label(&saying.text, label)
}

fn inside(plan: &Plan, top: NodeId) -> Vec<NodeId> {
    let mut list = vec![top];
    for (index, node) in plan.nodes.iter().enumerate() {
        if node.parent.is_some_and(|parent| list.contains(&parent)) {
            list.push(NodeId(index as u16));
        }
    }
    list
}

fn label_of(subject: &Subject) -> Option<&str> {
    match subject {
        Subject::Clause { label, .. } => Some(label),
        _ => None,
    }
}

fn subject_text(piece: &Piece) -> String {
    match &piece.subject {
        Subject::Facet { node, facet: Facet::Reading | Facet::Citation | Facet::Department } if node.index() == 0 => {
            "全体".to_owned()
        }
        Subject::Facet { node, .. } if node.index() == 0 => "约定".to_owned(),
        _ => piece.title.clone(),
    }
}

/// Where a change of a thing stands before its direction is known.
fn section_of(subject: &Subject) -> Section {
    match subject {
        Subject::Clause { .. } => Section::Changed,
        Subject::Facet { facet: Facet::Citation | Facet::Department | Facet::Reading, .. } => Section::Notes,
        Subject::Facet { node, .. } if node.index() == 0 => Section::Conventions,
        Subject::Facet { .. } => Section::Changed,
        Subject::Award(_) => Section::Awards,
        Subject::Ranking(_)
        | Subject::Grading(_)
        | Subject::Excluded
        | Subject::RollUp
        | Subject::Header
        | Subject::Corrections
        | Subject::Due => Section::Conventions,
    }
}
