//! A rulebook as its lines say it: every statement with its place in the text and the clauses it names.

use rustc_hash::FxHashMap;

use super::change::SourceLine;
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
    /// What stands over it, where it is of 排名, 等次 or 奖惩: 等次年终.
    pub under: String,
}

/// A compiled rulebook and where each of its lines belongs.
pub struct Book<'c> {
    /// In its normal form.
    pub plan: &'c Plan,
    pub compiled: &'c Compiled,
    /// By node: the lines of its block. The root's are the header and 约定.
    pub blocks: Vec<Vec<Saying>>,
    /// The lines of 排名, 等次, 参评 and 奖惩.
    pub others: Vec<Saying>,
}

impl<'c> Book<'c> {
    pub fn new(compiled: &'c Compiled, plan: &'c Plan) -> Book<'c> {
        let lines = parse::lines(&compiled.source, &mut Findings::default());
        let mut blocks: Vec<Vec<Saying>> = vec![Vec::new(); plan.nodes.len()];
        let mut others = Vec::new();
        let openings: FxHashMap<usize, usize> =
            plan.nodes.iter().enumerate().skip(1).map(|(index, node)| (node.line as usize, index)).collect();
        let (mut node, mut under) = (0, String::new());
        for line in &lines {
            let text: String = line.plain.text.chars().filter(|c| !c.is_whitespace()).collect();
            if line.opening {
                under = String::clone(&text);
            }
            let saying = Saying {
                line: line.number,
                context: line.context,
                opening: line.opening,
                in_force: line.in_force,
                text,
                labels: Vec::new(),
                under: under.clone(),
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
                    let head =
                        ["指标", "参数"].iter().find_map(|word| saying.text.strip_prefix(word)).unwrap_or(&saying.text);
                    let head = head.split([':', '(']).next().unwrap_or(head);
                    let named = inputs[node].iter().find(|label| folded(label) == head.trim_matches(['「', '」']));
                    named.map(|label| vec![(*label).to_owned()])
                });
                let is_row = saying.text.starts_with('|') || !is_directive(&saying.text) && !has_colon(&saying.text);
                let is_share = saying.text.contains('%') && !is_directive(&saying.text);
                match own {
                    // A parameter is one line: no table stands below it.
                    Some(labels) if saying.text.starts_with("参数") => {
                        saying.labels = labels;
                        current.clear();
                        continue;
                    }
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

pub fn inside(plan: &Plan, top: NodeId) -> Vec<NodeId> {
    let mut list = vec![top];
    for (index, node) in plan.nodes.iter().enumerate() {
        if node.parent.is_some_and(|parent| list.contains(&parent)) {
            list.push(NodeId(index as u16));
        }
    }
    list
}
