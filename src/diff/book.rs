//! A rulebook taken apart into pieces that can change by themselves, each with its meaning and the lines that say it.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::change::{Facet, SourceLine, Subject};
use crate::calendar::Cycle;
use crate::canonical::{Called, Canonical};
use crate::compile::Compiled;
use crate::diagnostic::Findings;
use crate::meaning::rule_label;
use crate::parse::{self, Context, InForce};
use crate::plan::*;

/// A line that holds a statement.
#[derive(Clone, Debug)]
pub struct Saying {
    /// Of the consolidated text, from 1.
    pub line: usize,
    pub context: Context,
    pub opening: bool,
    pub in_force: InForce,
    /// Without comment, mark and spaces, all signs in one width.
    pub text: String,
    /// The clauses of its node that it says something of.
    pub labels: Vec<String>,
}

/// A compiled rulebook and where each of its lines belongs.
pub struct Book<'c> {
    pub plan: &'c Plan,
    pub compiled: &'c Compiled,
    /// By node: the lines of its block. The root's are the header and 约定.
    pub blocks: Vec<Vec<Saying>>,
    /// The lines of 排名, 等次, 参评 and 奖惩.
    pub others: Vec<Saying>,
}

impl<'c> Book<'c> {
    pub fn new(compiled: &'c Compiled) -> Book<'c> {
        let plan = &compiled.plan;
        let lines = parse::lines(&compiled.source, &mut Findings::default());
        let mut blocks: Vec<Vec<Saying>> = vec![Vec::new(); plan.nodes.len()];
        let mut others = Vec::new();
        let openings: FxHashMap<usize, usize> =
            plan.nodes.iter().enumerate().skip(1).map(|(index, node)| (node.line as usize, index)).collect();
        let mut node = 0;
        for line in &lines {
            let text = line.plain.text.chars().filter(|c| !c.is_whitespace()).collect();
            let saying = Saying {
                line: line.number,
                context: line.context,
                opening: line.opening,
                in_force: line.in_force,
                text,
                labels: Vec::new(),
            };
            match line.context {
                Context::Node => {
                    if line.opening {
                        // A stopped or unknown block has no node: its lines are nobody's.
                        node = openings.get(&line.number).copied().unwrap_or(usize::MAX);
                    }
                    if let Some(block) = blocks.get_mut(node) {
                        block.push(saying);
                    }
                }
                Context::Header | Context::Conventions => blocks[0].push(saying),
                Context::Ranking | Context::Grading | Context::Awards | Context::Eligibility => others.push(saying),
                Context::Example => {}
            }
        }
        let mut book = Book { plan, compiled, blocks, others };
        book.label_lines();
        book
    }

    /// Says of each line of a node whose clause it is: of a rule, a measure or an input, or a row of the table above.
    fn label_lines(&mut self) {
        let plan = self.plan;
        let mut starts: FxHashMap<usize, Vec<String>> = FxHashMap::default();
        let mut inputs: Vec<Vec<&str>> = vec![Vec::new(); plan.nodes.len()];
        for input in &plan.inputs {
            inputs[input.node.index()].push(&input.label);
        }
        for measure in &plan.measures {
            starts.entry(measure.line as usize).or_default().push(measure.name.clone());
        }
        for rule in &plan.rules {
            let labels = starts.entry(rule.line as usize).or_default();
            let label = clause_label(rule);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        for (node, block) in self.blocks.iter_mut().enumerate() {
            let mut current: Vec<String> = Vec::new();
            for saying in block.iter_mut().filter(|saying| !saying.opening) {
                let folded = |text: &str| crate::meaning::folded_text(text);
                let own = starts.get(&saying.line).cloned().or_else(|| {
                    let head = saying.text.strip_prefix("指标").unwrap_or(&saying.text);
                    let head = head.split([':', '(']).next().unwrap_or(head);
                    let named = inputs[node].iter().find(|label| folded(label) == head.trim_matches(['「', '」']));
                    named.map(|label| vec![(*label).to_owned()])
                });
                let is_row = saying.text.starts_with('|') || !is_directive(&saying.text) && !has_colon(&saying.text);
                let is_share = saying.text.contains('%') && !is_directive(&saying.text);
                match own {
                    Some(labels) => current = labels,
                    None if is_row || is_share && !current.is_empty() => {}
                    None => current.clear(),
                }
                saying.labels = current.clone();
            }
        }
    }

    /// A line as people find it.
    pub fn shown(&self, saying: &Saying) -> SourceLine {
        let source = &self.compiled.source;
        let raw = source.line(saying.line.clamp(1, source.line_count()));
        let text = without_comment(raw).trim().to_owned();
        match source.origin(saying.line) {
            Some((document, origin)) => SourceLine { file: document.short_name().to_owned(), line: origin.line, text },
            None => SourceLine { file: source.short_name().to_owned(), line: saying.line, text },
        }
    }

    pub fn address(&self, node: NodeId) -> &'c str {
        &self.plan.nodes[node.index()].address
    }
}

/// A node that was stopped stays in the plan, as nobody's child.
pub fn is_part(plan: &Plan, node: NodeId) -> bool {
    let parent = plan.nodes[node.index()].parent;
    parent.is_none_or(|parent| plan.nodes[parent.index()].children.contains(&node))
}

/// What a rule is called among the clauses of its node; one without a label goes by its condition.
pub fn clause_label(rule: &Rule) -> String {
    match rule_label(rule) {
        "" => {
            let text = crate::meaning::folded_text(&rule.text);
            text.split([',', ':']).next().unwrap_or(&text).to_owned()
        }
        label => label.to_owned(),
    }
}

fn is_directive(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "依据",
        "读法",
        "责任",
        "部门",
        "考评周期",
        "只在",
        "满分",
        "起评",
        "基础分",
        "扣分",
        "加分",
        "得分",
        "封顶",
        "不封顶",
        "权重",
        "适用",
        "系数",
        "同一",
        "各项",
        "取最",
        "保留",
        "当",
        "认可",
        "指标",
        "不低于",
        "除",
        "累计",
        "本项",
        "最低",
    ];
    WORDS.iter().any(|word| text.starts_with(word))
}

fn has_colon(text: &str) -> bool {
    parse::top_colon(text).is_some() || text.contains('=')
}

/// A line up to its comment.
pub fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '「' | '“' | '『' | '‘' => quoted = true,
            '」' | '”' | '』' | '’' => quoted = false,
            '#' | '＃' if !quoted => return &line[..at],
            _ => {}
        }
    }
    line
}

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

    fn header(&mut self) {
        let plan = self.book.plan;
        let term = plan.calendar.period(plan.calendar.term());
        let entries: [(&str, String, &[&str]); 6] = [
            ("方案名称", self.form(&plan.title), &["方案"]),
            ("文号", self.form(&plan.number), &["文号"]),
            ("施行", self.form(&(term.first, term.last, &term.name)), &["施行"]),
            ("考评周期", self.form(&plan.cycle), &["考评周期"]),
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
            (Facet::Citation, self.form(&node.citation)),
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
                _ => block.iter().filter(says).cloned().collect(),
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
        let excluded: Vec<String> = plan.excluded.iter().map(|exclusion| self.form(exclusion)).collect();
        let lines = self.other_lines(Context::Eligibility, &[]);
        let mut sorted = excluded;
        sorted.sort_unstable();
        self.put(Subject::Excluded, "excluded".into(), sorted.join("\n"), lines, "参评");
        for (index, ranking) in plan.rankings.iter().enumerate() {
            let mut lines = self.other_lines(Context::Ranking, &[]);
            lines.retain(|saying| !saying.text.starts_with("读法"));
            let convention = |saying: &&Saying| {
                ["同分", "得分相同", "总分相同", "一票否决"].iter().any(|word| saying.text.starts_with(word))
            };
            lines.extend(self.book.blocks[0].iter().filter(convention).cloned());
            let form = self.form(&(index == 0, ranking));
            self.put(Subject::Ranking(index), format!("ranking {}", ranking.name), form, lines, "排名");
        }
        for (index, grading) in plan.gradings.iter().enumerate() {
            let mut lines = self.other_lines(Context::Grading, &[]);
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

/// The months that an amendment inside the term left of a node.
fn during(applies: &Condition) -> Option<Months> {
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
