//! The pieces of a rulebook that can change by themselves, each with its meaning and the lines that say it.

use rust_decimal::Decimal;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::book::{Book, Saying, clause_label, is_part};
use super::change::{Facet, Subject};
use crate::calendar::Cycle;
use crate::canonical::{Called, Canonical};
use crate::parse::Context;
use crate::parse::fold::one_width;
use crate::plan::*;

/// One thing that can change by itself.
pub struct Piece {
    pub subject: Subject,
    /// Two pieces with one key are the same thing in two books. Names are the old book's.
    pub key: String,
    /// Its meaning. Names are the old book's where things are matched.
    pub form: String,
    /// Indexes into the block, or into `others`.
    pub lines: Vec<Saying>,
    /// What it is called in sentences.
    pub title: String,
}

/// Everything of a book, named as `called` says.
pub fn pieces(book: &Book<'_>, called: &Called) -> Vec<Piece> {
    let mut gather = Gather { book, called, out: Vec::new() };
    gather.header();
    for index in 0..book.plan.nodes.len() {
        gather.node(NodeId(index as u16));
    }
    gather.closing();
    gather.out
}

struct Gather<'b, 'c> {
    book: &'b Book<'c>,
    called: &'b Called,
    out: Vec<Piece>,
}

impl Gather<'_, '_> {
    fn form<T: Serialize + ?Sized>(&self, piece: &T) -> String {
        Canonical::form(self.book.plan, self.called, piece)
    }

    fn put(&mut self, subject: Subject, key: String, form: String, lines: Vec<Saying>, title: impl Into<String>) {
        self.out.push(Piece { subject, key, form, lines, title: title.into() });
    }

    fn root_lines(&self, words: &[&str]) -> Vec<Saying> {
        let has = |saying: &&Saying| words.iter().any(|word| saying.text.starts_with(word));
        self.book.blocks[0].iter().filter(has).cloned().collect()
    }

    fn other_lines(&self, context: Context, words: &[&str]) -> Vec<Saying> {
        let has = |saying: &&Saying| {
            saying.context == context && (words.is_empty() || words.iter().any(|word| saying.text.contains(word)))
        };
        self.book.others.iter().filter(has).cloned().collect()
    }

    /// The lines of a ranking or grading of that name: of all of them where none says which it is of.
    fn lines_under(&self, context: Context, name: &str) -> Vec<Saying> {
        let lines = self.other_lines(context, &[]);
        let folded = crate::meaning::folded_text(name);
        let (own, others): (Vec<Saying>, Vec<Saying>) =
            lines.into_iter().partition(|saying| saying.under.contains(&folded));
        if own.is_empty() { others } else { own }
    }

    fn header(&mut self) {
        let plan = self.book.plan;
        let term = plan.calendar.period(plan.calendar.term());
        let entries: [(&str, String, &[&str]); 6] = [
            ("方案名称", self.form(&one_width(&plan.title)), &["方案"]),
            ("文号", self.form(&plan.number), &["文号"]),
            ("施行", self.form(&(term.first, term.last, &term.name)), &["施行"]),
            ("考评周期", self.form(&plan.cycle), &["考评周期", "考核周期", "评价周期"]),
            ("考评对象", self.form(&plan.subject), &["考评对象", "考核对象", "评价对象", "被考"]),
            ("分组", self.form(&plan.group), &["分组"]),
        ];
        for (title, form, words) in entries {
            self.put(Subject::Header, format!("header {title}"), form, self.root_lines(words), title);
        }
        let corrections = match plan.corrections {
            Some(Corrections::MonthFound(node)) => self.called.address(plan, node).to_owned(),
            Some(Corrections::Recompute) => "recompute".to_owned(),
            None => String::new(),
        };
        let due = plan.due.unwrap_or(Due { day: crate::form::DUE_DAY, workdays: DayKind::All });
        let due = format!("{due:?}");
        for (subject, key, form, word) in
            [(Subject::Corrections, "corrections", corrections, "更正"), (Subject::Due, "due", due, "报送期限")]
        {
            self.put(subject, key.to_owned(), form, self.root_lines(&[word]), "约定");
        }
        for column in &plan.columns {
            let form = self.form(column);
            let lines = self.root_lines(&["事实列"]);
            self.put(
                Subject::Header,
                format!("column {}", column.name),
                form,
                lines,
                format!("事实列 {}", column.name),
            );
        }
        for column in &plan.attributes {
            let form = self.form(column);
            let lines = self.root_lines(&["单位属性"]);
            let title = format!("单位属性 {}", column.name);
            self.put(Subject::Header, format!("attribute {}", column.name), form, lines, title);
        }
    }

    fn node(&mut self, id: NodeId) {
        let (book, called) = (self.book, self.called);
        let node = &book.plan.nodes[id.index()];
        let address = called.address(book.plan, id).to_owned();
        let title = if node.address.is_empty() { "全体".to_owned() } else { node.address.clone() };
        let block = &book.blocks[id.index()];
        let opening: Vec<Saying> = block.iter().filter(|saying| saying.opening && id.index() > 0).cloned().collect();
        let marks: Option<Saying> = opening.first().and_then(|saying| marks_of(saying, &node.title));
        let steps = |kind: Facet| node.steps.iter().filter(|step| facet_of(step) == kind).collect::<Vec<_>>();
        let facets: Vec<(Facet, String)> = vec![
            (Facet::InForce, self.form(&(is_part(book.plan, id), &during(&node.applies)))),
            (Facet::Cycle, self.form(&(&node.cycle,))),
            (Facet::Landing, self.form(&(&node.landing,))),
            (Facet::Applies, self.form(&undated(&node.applies))),
            (Facet::Start, self.form(&node.start)),
            (Facet::Full, self.form(&node.full)),
            (Facet::Combine, self.form(&node.combine)),
            (Facet::Weight, self.form(&node.weight)),
            (Facet::SameMatter, self.form(&node.same_matter)),
            (Facet::CapDeduction, self.form(&steps(Facet::CapDeduction))),
            (Facet::CapBonus, self.form(&steps(Facet::CapBonus))),
            (Facet::CapPoints, self.form(&steps(Facet::CapPoints))),
            (Facet::Floor, self.form(&steps(Facet::Floor))),
            (Facet::Multiply, self.form(&steps(Facet::Multiply))),
            (Facet::Set, self.form(&steps(Facet::Set))),
            (Facet::MultiplyWhen, self.form(&steps(Facet::MultiplyWhen))),
            (Facet::CapWhen, self.form(&steps(Facet::CapWhen))),
            (Facet::Round, self.form(&steps(Facet::Round))),
            (Facet::Order, node.steps.iter().map(|step| format!("{:?} ", facet_of(step))).collect()),
            (Facet::Citation, self.form(&node.citation.as_deref().map(one_width))),
            (Facet::Department, self.form(&node.department)),
        ];
        for (facet, form) in facets {
            let says = |saying: &&Saying| {
                saying.labels.is_empty()
                    && !saying.opening
                    && !saying.text.starts_with("读法")
                    && facet.words().iter().any(|word| match facet {
                        Facet::Citation | Facet::Department | Facet::Applies => saying.text.starts_with(word),
                        _ => saying.text.contains(word),
                    })
            };
            let lines = match facet {
                Facet::InForce => opening.clone(),
                _ => marks.iter().chain(block).filter(says).cloned().collect(),
            };
            let subject = Subject::Facet { node: id, facet };
            self.put(subject, format!("facet {address} {facet:?}"), form, lines, title.clone());
        }
        self.readings(id, &address, &title);
        self.clauses(id);
    }

    fn readings(&mut self, id: NodeId, address: &str, title: &str) {
        let node = &self.book.plan.nodes[id.index()];
        let plan = self.book.plan;
        let mine = |reading: &&Reading| reading.kind == "读法" && reading.clause == node.address;
        let mut texts: Vec<String> =
            plan.readings.iter().filter(mine).map(|reading| crate::meaning::folded_text(&reading.text)).collect();
        texts.sort_unstable();
        let form = self.form(&texts);
        let block = &self.book.blocks[id.index()];
        let mut lines: Vec<Saying> = block.iter().filter(|saying| saying.text.starts_with("读法")).cloned().collect();
        if id.index() == 0 {
            lines.extend(self.book.others.iter().filter(|saying| saying.text.starts_with("读法")).cloned());
        }
        let subject = Subject::Facet { node: id, facet: Facet::Reading };
        self.put(subject, format!("reading {address}"), form, lines, title.to_owned());
    }

    fn clauses(&mut self, id: NodeId) {
        let plan = self.book.plan;
        let mut labels: Vec<String> = Vec::new();
        let mut seen: FxHashSet<String> = FxHashSet::default();
        let mut note = |label: String| {
            if seen.insert(label.clone()) {
                labels.push(label);
            }
        };
        let node = &plan.nodes[id.index()];
        plan.measures.iter().filter(|it| it.node == id).for_each(|it| note(it.name.clone()));
        plan.inputs.iter().filter(|it| it.node == id).for_each(|it| note(it.label.clone()));
        node.rules.iter().for_each(|rule| note(clause_label(&plan.rules[rule.index()])));
        for label in labels {
            let (named_address, named) = self.called.clause(plan, id, &label);
            let key = format!("clause {named_address} {named}");
            let mut rules: Vec<String> =
                rules_called(plan, id, &label).into_iter().map(|rule| self.form(&plan.rules[rule.index()])).collect();
            rules.sort_unstable();
            let input = plan.inputs.iter().find(|it| it.node == id && it.label == label);
            let measure = plan.measures.iter().find(|it| it.node == id && it.name == label);
            let form = self.form(&(rules, input, measure));
            let of_clause = |saying: &&Saying| saying.labels.contains(&label);
            let lines: Vec<Saying> = self.book.blocks[id.index()].iter().filter(of_clause).cloned().collect();
            // A line that speaks of several (督察等次：优秀得10分；一般得8分) is called as it calls itself.
            let head =
                lines.first().filter(|saying| saying.labels.len() > 1).and_then(|saying| saying.text.split_once(':'));
            let shown = head.map_or(label.as_str(), |(head, _)| head.split('(').next().unwrap_or(head));
            let title = if node.address.is_empty() { shown.to_owned() } else { format!("{} {shown}", node.address) };
            self.put(Subject::Clause { node: id, label }, key, form, lines, title);
        }
    }

    fn closing(&mut self) {
        let plan = self.book.plan;
        for (cycle, total) in &plan.rollups {
            let shorter = ["季度得分=", "半年得分="];
            let speaks = |saying: &&Saying| match cycle {
                Cycle::Quarter => saying.text.starts_with(shorter[0]),
                Cycle::Half => saying.text.starts_with(shorter[1]),
                _ => saying.text.contains("得分=") && !shorter.iter().any(|word| saying.text.starts_with(word)),
            };
            let lines: Vec<Saying> = self.book.blocks[0].iter().filter(speaks).cloned().collect();
            let form = self.form(total);
            let title = format!("{}得分", if *cycle == Cycle::Term { "总" } else { cycle.word() });
            self.put(Subject::RollUp, format!("rollup {cycle:?}"), form, lines, title);
        }
        let mut uncounted: Vec<Cycle> = plan.excluded.iter().flat_map(|line| &line.uncounted).copied().collect();
        uncounted.sort_unstable();
        uncounted.dedup();
        let lines = self.book.blocks[0].iter().filter(|saying| saying.text.starts_with("不参评的")).cloned().collect();
        self.put(Subject::RollUp, "absent".into(), self.form(&uncounted), lines, "不参评的各期");
        let bare = |line: &Exclusion| Exclusion { uncounted: Vec::new(), ..line.clone() };
        let excluded: Vec<String> = plan.excluded.iter().map(|line| self.form(&bare(line))).collect();
        let lines = self.other_lines(Context::Eligibility, &[]);
        let mut sorted = excluded;
        sorted.sort_unstable();
        self.put(Subject::Excluded, "excluded".into(), sorted.join("\n"), lines, "参评");
        for (index, ranking) in plan.rankings.iter().enumerate() {
            let mut lines = self.lines_under(Context::Ranking, &ranking.name);
            lines.retain(|saying| !saying.text.starts_with("读法"));
            let convention = |saying: &&Saying| {
                ["同分", "得分相同", "总分相同", "一票否决"].iter().any(|word| saying.text.starts_with(word))
            };
            lines.extend(self.book.blocks[0].iter().filter(convention).cloned());
            let form = self.form(&(index == 0, ranking));
            let title = match plan.rankings.len() {
                1 => "排名".to_owned(),
                _ => format!("排名 {}", ranking.name),
            };
            self.put(Subject::Ranking(index), format!("ranking {}", ranking.name), form, lines, title);
        }
        for (index, grading) in plan.gradings.iter().enumerate() {
            let mut lines = self.lines_under(Context::Grading, &grading.name);
            lines.retain(|saying| !saying.text.starts_with("读法"));
            let form = self.form(&(index, grading));
            let title = format!("等次 {}", grading.name);
            self.put(Subject::Grading(index), format!("grading {}", grading.name), form, lines, title);
        }
        for (index, award) in plan.awards.iter().enumerate() {
            let form = self.form(award);
            let at_line = |saying: &&Saying| saying.line == award.line as usize;
            let lines: Vec<Saying> = self.book.others.iter().filter(at_line).cloned().collect();
            self.put(Subject::Award(index), format!("award {form}"), form, lines, "奖惩");
        }
    }
}

/// What stands in brackets behind a title: (10分), (权重35%), (最多加15分). Marks alone are full marks.
fn marks_of(opening: &Saying, title: &str) -> Option<Saying> {
    let (head, marks) = opening.text.strip_suffix(')')?.rsplit_once('(')?;
    if crate::meaning::folded_text(title).ends_with(&opening.text[head.len()..]) {
        return None;
    }
    let is_bare = marks.strip_suffix('分').is_some_and(|marks| marks.parse::<Decimal>().is_ok());
    let text = if is_bare { format!("满分{marks}") } else { marks.to_owned() };
    Some(Saying { text, opening: false, ..opening.clone() })
}

/// The months that an amendment inside the term left of a node.
pub fn during(applies: &Condition) -> Option<Months> {
    match applies {
        Condition::During(months) => Some(*months),
        Condition::All(list) => list.iter().find_map(during),
        _ => None,
    }
}

/// What is left of a condition without those months.
fn undated(applies: &Condition) -> Condition {
    match applies {
        Condition::During(_) => Condition::Always,
        Condition::All(list) if list.len() == 2 && matches!(list[0], Condition::During(_)) => list[1].clone(),
        other => other.clone(),
    }
}

pub fn rules_called(plan: &Plan, node: NodeId, label: &str) -> Vec<RuleId> {
    let rules = plan.nodes[node.index()].rules.iter().copied();
    rules.filter(|rule| clause_label(&plan.rules[rule.index()]) == label).collect()
}

pub fn facet_of(step: &Step) -> Facet {
    match step {
        Step::CapDeduction { .. } => Facet::CapDeduction,
        Step::CapBonus { .. } => Facet::CapBonus,
        Step::CapPoints { .. } => Facet::CapPoints,
        Step::Floor { .. } => Facet::Floor,
        Step::Multiply(_) => Facet::Multiply,
        Step::Set { .. } => Facet::Set,
        Step::MultiplyWhen { .. } => Facet::MultiplyWhen,
        Step::CapWhen { .. } => Facet::CapWhen,
        Step::Round { .. } => Facet::Round,
    }
}
