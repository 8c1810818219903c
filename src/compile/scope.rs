//! What names may mean, and everything that the two walks learn.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::absent::Absent;
use super::in_force::{Midway, Unsettled};
use super::several::Held;
use crate::calendar::{Calendar, Cycle, Month};
use crate::diagnostic::{Finding, Findings, Place, Severity};
use crate::parse::fold::fold_name;
pub use crate::parse::name_of;
use crate::parse::{InForce, Statement};
use crate::plan::*;
use crate::source::Source;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// How many findings are listed; nobody reads more, and a hostile text must not cost more.
const MOST_FINDINGS: usize = 5000;

/// Mistakes that another one in the same line may have caused.
const FOLLOWS: &[&str] = &["line-without-points", "unfinished-line", "two-outcomes"];

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    Input(InputId),
    Measure(MeasureId),
    Node(NodeId),
    Attribute(AttributeId),
    Column(ColumnId),
}

/// How days are counted, where the rulebook says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRule {
    pub workdays: bool,
}

/// What the rulebook's 约定 settle; `None` is not said.
#[derive(Debug, Default)]
pub struct Conventions {
    pub base_points: bool,
    pub flat_every_time: Option<bool>,
    pub short_period: bool,
    /// By the cycle that a line speaks of: 按季度考评的, 按年考评的.
    pub landings: Vec<(Cycle, Landing)>,
    pub ties: Option<(Ties, Vec<(Expr, LowFirst)>)>,
    pub vetoed: Option<Vetoed>,
    pub passed_down: Option<bool>,
    pub tied_last: Option<bool>,
    /// 不参评的月份不计入年终
    pub absent: Vec<Absent>,
    pub missing: Option<WhenMissing>,
    pub inapplicable: Option<WhenMissing>,
    pub zero_divisor: Option<Expr>,
    pub part: Option<Part>,
    pub days: Option<DayRule>,
    /// 工作日按法定节假日安排
    pub workdays: Option<DayKind>,
    pub count_scope: Option<Cycle>,
    /// 中途修改的，按期末的规定考评
    pub midway: Option<Midway>,
    /// 跨期累计的，修改前后各自累计
    pub apart: bool,
}

/// Everything known while compiling.
pub struct Scope<'s> {
    pub source: &'s Source,
    /// The lines that did not parse: what is missing may be on one of them.
    pub broken: BTreeSet<usize>,
    /// Whether the line of a section did not parse, so that its items seem to stand elsewhere.
    pub is_astray: bool,
    /// The empty lines, ascending: blocks end there at the latest.
    blank: Vec<usize>,
    /// The lines whose one mistake is told: whatever else seems wrong with them follows from it.
    pub blamed: rustc_hash::FxHashSet<usize>,
    /// What is missing in a block, by block, message and choices, with the lines that need it.
    asked: FxHashMap<(String, String, String), Vec<usize>>,
    /// Broken lines whose likely form is refused, too.
    pub refused_guesses: BTreeSet<usize>,
    /// What stands before `=` or a bracket in the lines that did not parse.
    broken_heads: rustc_hash::FxHashSet<String>,
    /// Whether an item stood before the first section, so that its lines do too.
    pub item_outside: bool,
    pub findings: Findings,
    /// By line, its findings' codes and texts.
    told: FxHashMap<usize, Vec<(&'static str, String)>>,
    /// Findings beyond [`MOST_FINDINGS`].
    untold: usize,
    pub plan: Plan,
    pub conventions: Conventions,
    /// Where the lines of 参评 are written.
    pub excluded_lines: Vec<usize>,
    /// Nodes by their address.
    addresses: FxHashMap<String, NodeId>,
    /// By node: the names declared there.
    pub local: Vec<FxHashMap<String, Meaning>>,
    /// Every meaning of a name in the whole rulebook.
    pub everywhere: FxHashMap<String, Vec<Meaning>>,
    /// The node of each statement, by its index.
    pub nodes_of: Vec<NodeId>,
    /// Whether names of the fact row may be used (inside a line about rows).
    pub in_row: Option<InputId>,
    /// Nodes whose 满分 leaves room for bonuses: said, not said.
    pub over_full: FxHashMap<NodeId, bool>,
    /// 不适用的按其余得分率折算, and on which line.
    pub shared_marks: Vec<(NodeId, usize)>,
    /// 各月…之和 in quantities with a name, told of where something by the month reads them.
    pub held: Vec<Held>,
    /// 不适用的计0分, and on which line.
    pub marks_lost: Vec<(NodeId, usize)>,
    /// 不适用的，…: said of these indicators.
    pub inapplicable_said: BTreeSet<InputId>,
    /// 各项加权，不适用的计0分: said of these nodes.
    pub counted_zero: rustc_hash::FxHashSet<NodeId>,
    /// 加分不超过 5分: of which node, and on which line.
    pub bonus_caps: Vec<(NodeId, usize)>,
    /// The same of 扣分封顶.
    pub deduction_caps: Vec<(NodeId, usize)>,
    /// 加分封顶 每月3分 in an item by the year: of which node, on which line, by which cycle.
    pub shorter_caps: Vec<(NodeId, usize, Cycle)>,
    pub term_given: bool,
    /// Rules that give points and take off (扣) or add to (加) what they give.
    pub nets: Vec<(RuleId, Token)>,
    /// Rules that give points (得), and that add them (加).
    pub gains: rustc_hash::FxHashSet<RuleId>,
    pub adds: rustc_hash::FxHashSet<RuleId>,
    /// 评分 and 外部得分: what is reported is points as it is.
    pub given: rustc_hash::FxHashSet<InputId>,
    /// 只在12月考评: of which node, in which months of a year.
    pub only_months: Vec<(NodeId, Vec<u32>)>,
    /// Nodes whose 满分 is earned from zero, said so.
    pub from_zero: rustc_hash::FxHashSet<NodeId>,
    /// Nodes whose full marks stand in their heading, and were not said again.
    pub headed_full: rustc_hash::FxHashSet<NodeId>,
    /// Nodes with a line that speaks of taking points.
    pub deducting: rustc_hash::FxHashSet<NodeId>,
    /// Nodes that say how their parts go together.
    pub combined: rustc_hash::FxHashSet<NodeId>,
    /// How an indicator's monthly values make one, where its line says so.
    pub collect: FxHashMap<InputId, Aggregate>,
    /// Lines that are their own measure: `得分率得分：得 甲 ÷ 乙 × 满分`.
    pub computed: rustc_hash::FxHashSet<MeasureId>,
    /// Measures whose own line has a mistake.
    pub mistaken: rustc_hash::FxHashSet<MeasureId>,
    /// Grades of this cycle and of longer ones cannot be read yet: 等次 come after scores and ranks of their period.
    pub grades_below: Option<Cycle>,
    /// The line of 基础分 among the conventions.
    pub base_line: usize,
    /// 当季总分计零, 当季排名末位: the lines that need a total of several periods, which must then be worked out, and
    /// whether they put it to zero.
    pub totals_needed: Vec<(usize, Cycle, bool)>,
    /// 减分项得分超过5分: the nodes that are compared with a number above zero, and what to tell where they never are.
    pub above_zero: Vec<(NodeId, Finding)>,
    /// 任一板块得分低于60分: sections that are called as if they never came so far, and what to tell where they do.
    pub left_out: Vec<(NodeId, Number, Finding)>,
    /// 一票否决，年终排名末位: the lines that say so, with what they say.
    pub moved_last: Vec<(usize, String)>,
    /// The lines that say how totals of longer periods come about.
    pub roll_up_lines: Vec<(Cycle, usize)>,
    /// All money is in 元: what is written or reported in 万元 is brought to it.
    pub in_yuan: bool,
    /// Whether any money stood in what was compiled since this was last cleared.
    pub saw_yuan: bool,
    /// The period that the stage being compiled is made for: the ranking, grading or awards of a month, of the year.
    pub stage: Option<Cycle>,
    /// The title of the 等次 or 奖惩 that is being read: the ranking of this name is meant where there are several.
    pub stage_title: Option<String>,
    /// When each statement is in force, by its index, within the openings around it.
    pub in_force: Vec<InForce>,
    /// Of the line that is being declared or compiled.
    pub mark: InForce,
    /// The months of each text of a measure that is not defined for the whole term at once.
    pub measured: FxHashMap<MeasureId, Vec<Months>>,
    /// The months of the texts of a measure, or of a node's start.
    pub taken: FxHashMap<Meaning, Vec<Months>>,
    /// Conventions that amendments inside the term call for.
    pub unsettled: Vec<Unsettled>,
    /// Lines whose label cannot be what they make of it: told, and not compiled.
    pub refused: rustc_hash::FxHashSet<usize>,
    /// Nodes that do not count: 停用.
    pub stopped: rustc_hash::FxHashSet<NodeId>,
}

impl<'s> Scope<'s> {
    pub fn new(source: &'s Source, broken: BTreeSet<usize>) -> Scope<'s> {
        let is_astray = broken.iter().any(|line| source.line(*line).trim_start().starts_with("板块"));
        let blank = (1..=source.line_count()).filter(|line| source.line(*line).trim().is_empty()).collect();
        let january = Month::new(2000, 1).expect("a month of a known year");
        let mut plan = Plan::empty(Calendar::new(january, january.plus(11), None));
        plan.nodes.push(Node::empty(None, "", "", Cycle::Month, 0));
        Scope {
            source,
            broken_heads: broken.iter().filter_map(|line| head_of(source.line(*line))).collect(),
            refused_guesses: BTreeSet::new(),
            item_outside: false,
            blamed: broken.iter().copied().collect(),
            broken,
            is_astray,
            blank,
            findings: Findings::default(),
            told: FxHashMap::default(),
            asked: FxHashMap::default(),
            untold: 0,
            plan,
            conventions: Conventions::default(),
            excluded_lines: Vec::new(),
            addresses: FxHashMap::default(),
            local: vec![FxHashMap::default()],
            everywhere: FxHashMap::default(),
            nodes_of: Vec::new(),
            in_row: None,
            over_full: FxHashMap::default(),
            shared_marks: Vec::new(),
            held: Vec::new(),
            marks_lost: Vec::new(),
            inapplicable_said: BTreeSet::new(),
            counted_zero: Default::default(),
            bonus_caps: Vec::new(),
            deduction_caps: Vec::new(),
            nets: Vec::new(),
            shorter_caps: Vec::new(),
            term_given: false,
            from_zero: Default::default(),
            given: Default::default(),
            only_months: Vec::new(),
            headed_full: Default::default(),
            combined: Default::default(),
            deducting: Default::default(),
            gains: Default::default(),
            adds: Default::default(),
            collect: FxHashMap::default(),
            computed: Default::default(),
            mistaken: Default::default(),
            base_line: 1,
            totals_needed: Vec::new(),
            above_zero: Vec::new(),
            left_out: Vec::new(),
            moved_last: Vec::new(),
            stage: None,
            stage_title: None,
            in_force: Vec::new(),
            mark: InForce::ALWAYS,
            measured: FxHashMap::default(),
            taken: FxHashMap::default(),
            unsettled: Vec::new(),
            refused: Default::default(),
            stopped: Default::default(),
            grades_below: Some(Cycle::Month),
            roll_up_lines: Vec::new(),
            in_yuan: false,
            saw_yuan: false,
        }
    }

    pub fn into_plan(mut self) -> (Plan, Findings) {
        self.tell_also_asked();
        if self.untold > 0 {
            let message = format!("问题太多，另有{}处没有列出", self.untold);
            self.findings.push(self.at_line(0, "too-many-findings", message).help("先改好列出的这些，再检查一次"));
        }
        (self.plan, self.findings)
    }

    // ------------------------------------------------------------ findings

    /// A finding at a pair of a statement.
    pub fn at(
        &self,
        statement: &Statement<'_>,
        pair: &Pair<'_, Token>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Finding {
        let span = statement.span(pair);
        let (line, column) = self.source.place(span.start);
        let text = self.source.text[span].trim_end().to_owned();
        let place = Place { file: self.source.name.clone(), line, column };
        Finding::error(code, place, message).text(text).line_text(self.source.line(line))
    }

    /// A finding at a whole line, or at the file where `line` is 0.
    pub fn at_line(&self, line: usize, code: &'static str, message: impl Into<String>) -> Finding {
        match line {
            0 => Finding::error(code, Place::of(&self.source.name), message),
            _ => Finding::at_line(self.source, line, code, message),
        }
    }

    /// Notes a finding; the same mistake in the same line is told once.
    pub fn report(&mut self, finding: Finding) {
        // A broken line was told already; what is read in its place is only a guess.
        if self.blamed.contains(&finding.place.line) {
            if finding.severity == Severity::Error && finding.code != "missing-convention" {
                self.refused_guesses.insert(finding.place.line);
            }
            return;
        }
        if finding.place.line > 0 {
            let told = self.told.entry(finding.place.line).or_default();
            // What follows from a mistake in the same line is no mistake of its own.
            let follows = FOLLOWS.contains(&finding.code) && told.iter().any(|(code, _)| *code != finding.code);
            // Several conventions may be missing at one line, and several bands left out; all are told in one run.
            let text = match finding.code {
                "missing-convention" | "gap-between-bands" => finding.message.clone(),
                _ => finding.text.clone(),
            };
            if follows || told.iter().any(|(code, known)| *code == finding.code && *known == text) {
                return;
            }
            told.push((finding.code, text));
        }
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.untold += 1;
        }
    }

    /// Whether a line of the block that begins at `line` did not parse: blocks end at the next empty line at the latest.
    pub fn is_broken_below(&self, line: usize) -> bool {
        let end = self.blank.get(self.blank.partition_point(|blank| *blank < line));
        self.broken.range(line + 1..).next().is_some_and(|broken| end.is_none_or(|end| broken < end))
    }

    /// Whether every line was read and none is wrong, so that how far points go can be worked out.
    pub fn is_sound(&self) -> bool {
        self.broken.is_empty() && !self.findings.has_errors()
    }

    /// Whether a line that did not parse was to say how the year's total comes about.
    pub fn has_broken_total(&self) -> bool {
        const TOTALS: &[&str] = &["年终得分", "年度得分", "学年得分", "全年得分", "总得分", "任期得分"];
        self.broken.iter().any(|line| TOTALS.iter().any(|word| self.source.line(*line).trim_start().starts_with(word)))
    }

    /// Whether a line that did not parse speaks of this name, and may well have declared it.
    fn may_be_broken(&self, name: &str) -> bool {
        self.broken.iter().any(|line| self.source.line(*line).contains(name))
    }

    /// Whether a line that did not parse was to say what this name stands for: `完成率 = …`, `指标 件数…`.
    pub fn is_declared_in_broken(&self, name: &str) -> bool {
        self.broken_heads.contains(name)
    }

    /// 扣5分, and whether it is for each time.
    pub fn missing_each(&mut self, line: usize) {
        let period = self.plan.cycle.current();
        let once = format!("未写“每”的，{period}只计一次");
        let message = "没有写“每”，说不清是只计一次还是每次都计";
        self.missing_convention(line, message, &[&once, "未写“每”的，每次都计"]);
    }

    /// A convention is missing that matters at `line`: the choices, each as the line to add.
    pub fn missing_convention(&mut self, line: usize, message: &str, choices: &[&str]) {
        self.missing_in("约定", line, message, choices);
    }

    /// What 工作日 are: asked for once, where a line counts them.
    pub fn working_days(&mut self, line: usize) -> DayKind {
        if let Some(kind) = self.conventions.workdays {
            return kind;
        }
        self.missing_convention(
            line,
            "没有写工作日除不除去法定节假日",
            &["工作日按法定节假日安排", "工作日只除去周六、周日"],
        );
        *self.conventions.workdays.insert(DayKind::Weekdays)
    }

    /// The same of a line that belongs in another block.
    pub fn missing_in(&mut self, block: &str, line: usize, message: &str, choices: &[&str]) {
        if self.may_be_said_in_broken(block, choices) {
            return;
        }
        // One line of 约定 is missing, however many lines need it.
        let known = (block.to_owned(), message.to_owned(), choices.concat());
        if let Some(lines) = self.asked.get_mut(&known).filter(|_| !self.blamed.contains(&line)) {
            if !lines.contains(&line) {
                lines.push(line);
            }
            return;
        }
        if !self.blamed.contains(&line) {
            self.asked.insert(known, vec![line]);
        }
        let finding = self
            .at_line(line, "missing-convention", message)
            .expected(format!("在“{block}”里写明"))
            .help(format!("加上其中一行：\n{}", choices.join("\n")));
        self.report(finding);
    }

    /// Says of what is missing in a block which other lines need it.
    fn tell_also_asked(&mut self) {
        /// Lines that are named.
        const SHOWN: usize = 8;
        let asked = std::mem::take(&mut self.asked);
        let source = self.source;
        self.findings.retain(|finding| {
            let lines = asked.iter().find(|((_, message, _), lines)| {
                finding.code == "missing-convention" && finding.message == *message && lines[0] == finding.place.line
            });
            if let Some((_, [_, more @ ..])) = lines.map(|(known, lines)| (known, &lines[..]))
                && !more.is_empty()
                && let Some(help) = &mut finding.help
            {
                let named: Vec<String> = more.iter().take(SHOWN).map(|line| source.line_name(*line)).collect();
                let rest = if more.len() > SHOWN { format!("等{}处", more.len()) } else { String::new() };
                help.push_str(&format!("\n（{}{rest}也是这样）", named.join("、")));
            }
            true
        });
    }

    /// Whether a line that did not parse may be what is missing in a block.
    fn may_be_said_in_broken(&self, block: &str, choices: &[&str]) -> bool {
        if self.broken.is_empty() || block != "约定" {
            return !self.broken.is_empty();
        }
        // Up to the first section: what stands there may be a convention, or the heading of them all.
        let end = self.plan.nodes.get(1).map_or(usize::MAX, |node| node.line as usize);
        // What the first words of the choices say, and 满分, which says where an item begins.
        let says = |line: &usize| {
            let text = self.source.line(*line);
            let begins = |choice: &&str| text.contains(choice.chars().take(2).collect::<String>().as_str());
            choices.iter().any(begins) || text.contains("满分") || text.contains("基础分")
        };
        self.broken.range(..end).next().is_some() || self.broken.iter().any(says)
    }

    /// Notes a finding that explains everything else that may be wrong in its line.
    pub fn blame(&mut self, finding: Finding) {
        let line = finding.place.line;
        self.report(finding);
        self.blamed.insert(line);
    }

    // ------------------------------------------------------------ periods

    /// The line that says how totals of a cycle come about.
    pub fn roll_up_line(&self, cycle: Cycle) -> usize {
        self.roll_up_lines.iter().find(|(of, _)| *of == cycle).map_or(1, |(_, line)| *line)
    }

    /// The cycle that a word names: a year's results are the term's, where the term is no longer.
    pub fn cycle_said(&self, pair: &Pair<'_, Token>) -> Cycle {
        match super::header::cycle_of(pair) {
            Cycle::Year
                if self.plan.cycle != Cycle::Year
                    && !self.plan.rollups.iter().any(|(cycle, _)| *cycle == Cycle::Year) =>
            {
                Cycle::Term
            }
            cycle => cycle.max(if self.plan.cycle == Cycle::Term { Cycle::Term } else { Cycle::Month }),
        }
    }

    /// A ranking by its name, or by that of its period.
    pub fn find_ranking(&self, name: &str) -> Option<RankingId> {
        let rankings = &self.plan.rankings;
        let named = rankings.iter().position(|ranking| ranking.name == name);
        let by_period = || rankings.iter().position(|ranking| ranking.cycle.title() == name);
        named.or_else(by_period).map(|index| RankingId(index as u16))
    }

    /// The ranking of a cycle that is called as the block is, or just by its period, or else the first.
    pub fn ranking_of_cycle(&self, cycle: Cycle) -> Option<RankingId> {
        let of_cycle = |ranking: &Ranking| ranking.cycle == cycle;
        let named = |ranking: &Ranking| of_cycle(ranking) && self.stage_title.as_ref() == Some(&ranking.name);
        let rankings = &self.plan.rankings;
        let plain = |ranking: &Ranking| of_cycle(ranking) && cycle.title() == ranking.name;
        let named = rankings.iter().position(named).or_else(|| rankings.iter().position(plain));
        let found = named.or_else(|| rankings.iter().position(of_cycle));
        found.map(|index| RankingId(index as u16))
    }

    // ------------------------------------------------------------ text

    /// A pair's text as the author wrote it.
    pub fn original(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> String {
        self.source.text[statement.span(pair)].trim().to_owned()
    }

    /// The whole line as written, without its comment.
    pub fn line_text(&self, statement: &Statement<'_>) -> String {
        let code = statement.code;
        self.source.text[code.span(0..code.text.len())].trim().to_owned()
    }

    /// The line as written with other words for a part of it.
    pub fn line_with(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, with: &str) -> String {
        let line = statement.code.span(0..statement.code.text.len());
        let part = statement.span(pair);
        let end = part.start + self.source.text[part.clone()].trim_end().len();
        let (before, after) = (&self.source.text[line.start..part.start], &self.source.text[end..line.end.max(end)]);
        format!("{before}{with}{after}").trim().to_owned()
    }

    /// The only column or attribute that lists a value.
    pub fn column_that_lists(&self, value: &str) -> Option<&str> {
        let plan = &self.plan;
        let lists =
            |values: &Option<Vec<SymbolId>>| values.iter().flatten().any(|listed| plan.symbols.text(*listed) == value);
        let columns = plan.columns.iter().filter(|column| lists(&column.values)).map(|column| column.name.as_str());
        let attributes = plan.attributes.iter().filter(|it| lists(&it.values)).map(|it| it.name.as_str());
        let mut found = columns.chain(attributes);
        found.next().filter(|_| found.next().is_none())
    }

    /// 路段 of 同一路段, where that is a declared column.
    pub fn column_of_thing(&self, thing: &str) -> Option<ColumnId> {
        let thing = thing.trim().strip_prefix("同一")?.trim_matches(|c: char| ('\u{E000}'..='\u{E005}').contains(&c));
        let at = self.plan.columns.iter().position(|column| column.name == thing)?;
        Some(ColumnId(at as u16))
    }

    /// The line of a figure as one of an event: its label without the measure word.
    pub fn line_of_event(&self, statement: &Statement<'_>) -> String {
        let text = self.line_text(statement);
        let label = statement.label();
        let body = text.split_once(['：', ':']).map_or("", |(_, body)| body);
        format!("{label}：{}", body.trim())
    }

    /// Whether anything was told of a line.
    pub fn has_told(&self, line: usize) -> bool {
        self.told.get(&line).is_some_and(|told| !told.is_empty())
    }

    /// Whether a line was refused.
    pub fn has_error_at(&self, line: usize) -> bool {
        self.findings.iter().any(|finding| finding.place.line == line && finding.severity == Severity::Error)
    }

    // ------------------------------------------------------------ names

    pub fn declare(&mut self, node: NodeId, name: &str, meaning: Meaning) {
        self.local[node.index()].insert(name.to_owned(), meaning);
        self.everywhere.entry(name.to_owned()).or_default().push(meaning);
    }

    pub fn declared_here(&self, node: NodeId, name: &str) -> Option<Meaning> {
        self.local[node.index()].get(name).copied()
    }

    /// The meaning of a name used in `node`: there, in the nodes around it, else the only one there is.
    pub fn find(&self, node: NodeId, name: &str) -> Result<Meaning, Unknown> {
        let mut at = Some(node);
        while let Some(id) = at {
            if let Some(meaning) = self.local[id.index()].get(name) {
                return Ok(*meaning);
            }
            at = self.plan.nodes[id.index()].parent;
        }
        if let Some(node) = self.find_address(name) {
            return Ok(Meaning::Node(node));
        }
        // 「基层工作.2 录入件数」 names an input by its place.
        if let Some((address, label)) = name.rsplit_once(' ')
            && let Some(meaning) = self.find_address(address.trim()).and_then(|node| self.declared_here(node, label))
        {
            return Ok(meaning);
        }
        match self.everywhere.get(name).map(Vec::as_slice) {
            Some([meaning]) => Ok(*meaning),
            Some(several) => Err(Unknown::Ambiguous(several.iter().map(|meaning| self.where_is(*meaning)).collect())),
            None => {
                // 2.1 inside its own section.
                let section = self.section_of(node);
                let address = format!("{}.{name}", self.plan.nodes[section.index()].address);
                match self.find_address(&address) {
                    Some(node) => Ok(Meaning::Node(node)),
                    None => Err(Unknown::Nowhere),
                }
            }
        }
    }

    /// The one figure of this name that a line of another item may speak of: reported there, or worked out.
    pub fn figure_elsewhere(&self, name: &str) -> Option<Meaning> {
        let is_heading = |meaning: &&Meaning| matches!(meaning, Meaning::Node(_));
        let mut all = self.everywhere.get(name)?.iter().filter(|meaning| !is_heading(meaning));
        let (only, None) = (*all.next()?, all.next()) else { return None };
        let is_figure = match only {
            Meaning::Measure(_) | Meaning::Attribute(_) => true,
            Meaning::Input(id) => self.plan.inputs[id.index()].kind == InputKind::Indicator,
            _ => false,
        };
        is_figure.then_some(only)
    }

    /// 处分：按 处分 查表: of a row the name that its own label shares with a column means the cell.
    pub fn cell_of_row(&self, meaning: Meaning) -> Meaning {
        let Meaning::Input(id) = meaning else { return meaning };
        if self.in_row != Some(id) {
            return meaning;
        }
        let label = &self.plan.inputs[id.index()].label;
        let column = self.plan.columns.iter().position(|column| column.name == *label && column.kind == Type::Text);
        column.map_or(meaning, |column| Meaning::Column(ColumnId(column as u16)))
    }

    pub fn find_address(&self, address: &str) -> Option<NodeId> {
        self.addresses.get(address).copied()
    }

    /// Adds a node; of several with one address the first keeps it.
    pub fn add_node(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.plan.nodes.len() as u16);
        self.addresses.entry(node.address.clone()).or_insert(id);
        if let Some(parent) = node.parent {
            self.plan.nodes[parent.index()].children.push(id);
        }
        self.plan.nodes.push(node);
        self.local.push(FxHashMap::default());
        id
    }

    pub fn section_of(&self, mut node: NodeId) -> NodeId {
        while let Some(parent) = self.plan.nodes[node.index()].parent {
            if parent == NodeId(0) {
                return node;
            }
            node = parent;
        }
        node
    }

    /// The rules of a node and of all below it.
    pub fn rules_within(&self, node: NodeId) -> Vec<RuleId> {
        let node = &self.plan.nodes[node.index()];
        let below = node.children.iter().flat_map(|child| self.rules_within(*child));
        node.rules.iter().copied().chain(below).collect()
    }

    /// The address of what a name means.
    pub fn where_is(&self, meaning: Meaning) -> String {
        let node = match meaning {
            Meaning::Input(id) => self.plan.inputs[id.index()].node,
            Meaning::Measure(id) => self.plan.measures[id.index()].node,
            Meaning::Node(id) => id,
            Meaning::Attribute(_) | Meaning::Column(_) => NodeId(0),
        };
        self.plan.nodes[node.index()].address.clone()
    }

    /// `扣分`, `扣O.5分`, `扣半分`: points were meant, and no number stands there.
    fn unreadable_number(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>, name: &str) -> Option<Finding> {
        let digits = name.strip_suffix('分')?;
        if digits.is_empty() {
            let finding = self.at(statement, pair, "missing-number", "没有写几分");
            return Some(finding.expected("几分，如 5分").help("分数写成数字：扣1分"));
        }
        let meant: String = digits
            .chars()
            .map(|c| match c {
                'O' | 'o' => '0',
                'l' | 'I' | 'i' => '1',
                other => other,
            })
            .collect();
        // 贰分
        let capital = "壹贰叁肆伍陆柒捌玖".chars().position(|capital| meant == capital.to_string());
        let meant = capital.map_or(meant, |at| (at + 1).to_string());
        let meant = if digits == "半" { "0.5".to_owned() } else { meant };
        let is_number = meant.parse::<rust_decimal::Decimal>().is_ok();
        (is_number || !digits.chars().any(char::is_alphabetic)).then(|| {
            let finding = self.at(statement, pair, "unreadable-number", format!("“{digits}”不是数"));
            let finding = finding.expected("阿拉伯数字，如 0.5分");
            if !is_number {
                return finding;
            }
            finding.help(format!("写成：{}", self.line_with(statement, pair, &format!("{meant}分"))))
        })
    }

    fn is_said_to_happen(&self, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> bool {
        let before = self.source.text[..statement.span(pair).start].trim_end();
        ["发生", "出现"].iter().any(|word| before.ends_with(word))
    }

    /// The meaning of a name, or a finding.
    pub fn require_name(&mut self, statement: &Statement<'_>, pair: &Pair<'_, Token>, node: NodeId) -> Option<Meaning> {
        let name = name_of(pair);
        match self.find(node, &name) {
            Ok(meaning) if self.is_stopped(meaning) => {
                let finding = self
                    .at(statement, pair, "stopped-name", format!("“{name}”已停用，这里不能再用"))
                    .help("把用到它的这一句也停用、删除或修改");
                self.report(finding);
                None
            }
            Ok(meaning) => Some(meaning),
            Err(Unknown::Ambiguous(places)) => {
                let finding = self
                    .at(statement, pair, "ambiguous-name", format!("有{}处叫“{name}”", places.len()))
                    .help(format!("写明是哪一条的，如「{} {name}」", places[0]));
                self.report(finding);
                None
            }
            Err(Unknown::Nowhere) if self.may_be_broken(&name) => None,
            Err(Unknown::Nowhere) => {
                if let Some(finding) = self.unreadable_number(statement, pair, &name) {
                    self.report(finding);
                    return None;
                }
                // 分别不少于7个 of one figure: each of several is what its own line says.
                if name == "分别" {
                    let help = format!("去掉它：{}", self.line_with(statement, pair, ""));
                    let message = "“分别”没有读懂，不能当作没有写";
                    self.blame(self.at(statement, pair, "unread-word", message).help(help));
                    return None;
                }
                let nearest = self.nearest(statement, pair, &name);
                let mut finding = self
                    .at(statement, pair, "unknown-name", format!("没有名为“{name}”的指标、事实列、单位属性或条目"))
                    .expected("前面声明过的名称");
                finding = match (self.in_other_words(statement, pair, (&name, node)), nearest) {
                    // What to write instead is the whole of the line.
                    (Some(help), _) => {
                        self.blame(finding.help(help));
                        return None;
                    }
                    // 发生重特大舆情: a case, and no figure.
                    (None, None) if self.is_said_to_happen(statement, pair) => {
                        finding.help(format!("先在板块里写上这种情形，如：{name}：每次扣几分（不扣分的写 扣0分）"))
                    }
                    (None, Some(nearest)) => finding.help(format!("是不是“{nearest}”？")),
                    // 奖励 奖金池 × 得分 ÷ 全体合计（得分）: money is nobody's figure.
                    (None, None) if self.in_yuan && name.starts_with("人均") && name.ends_with('元') => {
                        let each = &name["人均".len()..];
                        let line = self.line_with(statement, pair, &format!("{each} × 人数"));
                        finding.help(format!("写成：{line}\n人数要有：在开头声明，如：单位属性 人数（人）"))
                    }
                    (None, None) if self.in_yuan => finding.help(format!(
                        "先声明它：全体一共这么多钱的，写：参数 {name}（元）：统一每年一个；各单位各有多少的，写：参数 {name}（元）：每单位每年一个"
                    )),
                    (None, None) => {
                        let unit = self.unit_beside(statement, pair).unwrap_or_else(|| "件".to_owned());
                        finding.help(format!(
                            "先声明它：每月报的数写“指标 {name}（{unit}）”；名册里的写“单位属性 {name}”，事实表里的写“事实列 {name}”"
                        ))
                    }
                };
                self.report(finding);
                None
            }
        }
    }
}

/// The name that `完成率 = …` or `指标 件数（件）` declares.
fn head_of(line: &str) -> Option<String> {
    let text = line.trim();
    let text = text.strip_prefix("指标").unwrap_or(text);
    let end = text.find(['=', '＝', '(', '（'])?;
    Some(fold_name(&text[..end]))
}

/// Why a name has no meaning.
pub enum Unknown {
    Nowhere,
    Ambiguous(Vec<String>),
}
