//! Tells each difference between the pieces of two books as a change, in the words of the lines that say it.

mod awards;
mod cause;
mod divided;
mod moved;
mod whole;

use rustc_hash::FxHashMap;

use super::book::{Book, Saying, clause_label};
use super::change::{About, Change, Direction, Facet, Section, SourceLine, Subject};
use super::pairs::Pairs;
use super::pieces::Piece;
use super::sentence::{Told, reordered, tell};
use super::witness::Effect;
use crate::analysis::everything;
use crate::plan::{Aggregate, Expr, NodeId, Plan, Rule};

/// A change, and where in the text it stands.
pub struct Draft {
    pub change: Change,
    line: (usize, usize),
}

/// Both books, and what was told so far.
pub struct Work<'w, 'c> {
    pub old: &'w Book<'c>,
    pub new: &'w Book<'c>,
    pub pairs: &'w Pairs,
    pub before: Vec<Piece>,
    pub after: Vec<Piece>,
    pub drafts: Vec<Draft>,
}

impl<'w, 'c> Work<'w, 'c> {
    pub fn run(mut self) -> Vec<Draft> {
        let (before, after) = (std::mem::take(&mut self.before), std::mem::take(&mut self.after));
        let mut by_key: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (index, piece) in after.iter().enumerate().rev() {
            by_key.entry(&piece.key).or_default().push(index);
        }
        let mut used = vec![false; after.len()];
        let (mut gone, mut silent, mut prizes) = (Vec::new(), Vec::new(), Vec::new());
        for piece in &before {
            let Some(at) = by_key.get_mut(piece.key.as_str()).and_then(Vec::pop) else {
                gone.push(piece);
                continue;
            };
            used[at] = true;
            let other = &after[at];
            let labels = (label_of(&piece.subject), label_of(&other.subject));
            let mut told = tell(&piece.lines, &other.lines, labels);
            if told.is_none() && piece.form != other.form {
                // What stands before the colon says it: 缺项 and 缺项（项）; or the order of the lines does.
                told = tell(&piece.lines, &other.lines, (None, None)).or_else(|| reordered(&piece.lines, &other.lines));
            }
            match (piece.form == other.form, told) {
                (true, None) => {}
                (true, Some(_)) if matches!(piece.subject, Subject::Award(_)) => prizes.push((piece, other)),
                (true, Some(told)) if self.is_collected_otherwise(piece, other) => self.changed(piece, other, told),
                (true, Some(told)) => self.wording(piece, other, told),
                (false, Some(told)) => self.changed(piece, other, told),
                (false, None) => silent.push((piece.subject.clone(), other.subject.clone(), piece.title.clone())),
            }
        }
        let come: Vec<&Piece> = after.iter().zip(&used).filter(|(_, used)| !**used).map(|(piece, _)| piece).collect();
        self.on_other_lines(&prizes);
        let (gone, come) = self.divided_otherwise(gone, come);
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
            let (change, subject) = (&mut self.drafts[known].change, subject_text(old));
            // One line of 约定 is of all rankings.
            if change.subject != subject && [&change.subject, &subject].iter().all(|it| it.starts_with("排名 ")) {
                change.sentence = change.sentence.replacen(&change.subject, "排名", 1);
                change.subject = "排名".to_owned();
            }
            change.about.follows.push((about.old, about.new));
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
        if let Some(name) = old.key.strip_prefix("attribute ")
            && let Some(draft) = self.drafts.last_mut()
        {
            draft.change.follows = of_attribute(self.old.plan, self.new.plan, name);
        }
    }

    /// 取期末数 and 取平均: what an indicator comes to over several months stands in what reads it.
    fn is_collected_otherwise(&self, old: &Piece, new: &Piece) -> bool {
        let collected = |plan: &Plan, subject: &Subject| {
            let Subject::Clause { node, label } = subject else { return Vec::new() };
            collected(plan, *node, label)
        };
        let (a, b) = (collected(self.old.plan, &old.subject), collected(self.new.plan, &new.subject));
        !a.is_empty() && !b.is_empty() && a != b
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
            // Who has to agree computes nothing, and is more than words.
            let who = |lines: &[Saying]| {
                let mut who: Vec<&str> = lines.iter().flat_map(|saying| approvals(&saying.text)).collect();
                who.sort_unstable();
                who.into_iter().map(str::to_owned).collect::<Vec<_>>()
            };
            let is_wording = who(&told.old) == who(&told.new);
            let section = if is_wording { Section::Wording } else { Section::Notes };
            self.draft(section, subject_text(old), &told.text, (&told.old, &told.new), about);
        }
    }

    /// Other words for the same are no news where a change of meaning shows the same lines.
    fn told_once(&mut self) {
        let (wording, meant): (Vec<Draft>, Vec<Draft>) =
            std::mem::take(&mut self.drafts).into_iter().partition(|it| it.change.section == Section::Wording);
        self.drafts = meant;
        let meant = self.drafts.len();
        let all: Vec<_> = wording.iter().map(|draft| (draft.change.old.clone(), draft.change.new.clone())).collect();
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
            // What one telling shows beside other lines needs none of its own.
            let within = all.iter().any(|(old, new)| {
                (old.len(), new.len()) != (change.old.len(), change.new.len())
                    && change.old.iter().all(|line| old.contains(line))
                    && change.new.iter().all(|line| new.contains(line))
            });
            if !told && !again && !within {
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

/// The clauses that go by an attribute of units whose measure word is another: what is reported by the old one counts
/// otherwise.
fn of_attribute(old: &Plan, new: &Plan, name: &str) -> Vec<String> {
    let find = |plan: &Plan| plan.attributes.iter().position(|column| column.name == name);
    let (Some(a), Some(b)) = (find(old), find(new)) else { return Vec::new() };
    if old.attributes[a].kind == new.attributes[b].kind {
        return Vec::new();
    }
    let is_it = |expr: &Expr| matches!(expr, Expr::Attribute(id) if id.index() == a);
    let called = |node: NodeId, label: &str| format!("{} {label}", old.nodes[node.index()].address);
    let measures = old.measures.iter().filter(|it| it.expr.any(is_it)).map(|it| called(it.node, &it.name));
    let by_rule =
        |rule: &&Rule| rule.values().any(|value| value.any(is_it)) || rule.conditions().any(|it| it.any_expr(is_it));
    let rules = old.rules.iter().filter(by_rule).map(|rule| called(rule.node, &clause_label(rule)));
    let mut list: Vec<String> = measures.chain(rules).collect();
    list.dedup();
    list
}

/// How an indicator's months are brought to one, wherever it is read.
fn collected(plan: &Plan, node: NodeId, label: &str) -> Vec<Aggregate> {
    let own = plan.inputs.iter().position(|input| input.node == node && input.label == label);
    let mut list = Vec::new();
    let mut see = |expr: &Expr| match expr {
        Expr::Input { input, collect } if Some(input.index()) == own && !list.contains(collect) => list.push(*collect),
        _ => {}
    };
    everything(plan, &mut see, &mut |_| {});
    list
}

/// Who decides, as a line says it: 经领导小组研究认定.
fn approvals(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('经').filter_map(|(at, _)| {
        let phrase = text[at..].split([',', ';', ':']).next()?;
        let end = phrase.find("研究")? + "研究".len();
        let rest =
            ["决定", "确定", "同意", "认定", "审定", "批准"].into_iter().find(|it| phrase[end..].starts_with(it));
        Some(&phrase[..end + rest.map_or(0, str::len)])
    })
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
