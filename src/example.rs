//! 例: a rulebook's own examples, written as sentences and run through the same facts and evaluation as the office's.

use std::fmt::Write as _;

use pest::iterators::Pair;

use crate::calendar::{Cycle, PeriodId};
use crate::compile::{Compiled, ExampleScope};
use crate::diagnostic::{Finding, Findings, Place};
use crate::eval;
use crate::facts::{self, SourceFile};
use crate::outcome::{Outcome, UnitOutcome};
use crate::parse::fold::fold_name;
use crate::parse::{Children, Context, Statement};
use crate::plan::{InputKind, NodeId, Plan, Rule, RuleId};
use crate::suggest;
use crate::syntax::Rule as Token;
use crate::value::Number;

/// Facts of some units, and what they must come to.
#[derive(Clone, Debug, Default)]
pub struct Example {
    pub name: String,
    /// The line of the rulebook it begins on.
    pub line: usize,
    units: Vec<ExampleUnit>,
    rows: Vec<Row>,
    expectations: Vec<Expectation>,
    /// Nodes that its facts name: only their lines are scored.
    named: Vec<NodeId>,
}

#[derive(Clone, Debug)]
struct ExampleUnit {
    name: String,
    /// Roster columns and their cells.
    cells: Vec<(String, String)>,
}

/// A fact row: its cells by column, and the line it was written on.
#[derive(Clone, Debug)]
struct Row {
    cells: Vec<(String, String)>,
    line: usize,
}

#[derive(Clone, Debug)]
struct Expectation {
    line: usize,
    text: String,
    /// As periods are named: 2023-04.
    period: String,
    unit: String,
    what: Expected,
}

#[derive(Clone, Debug)]
enum Expected {
    Total(Number),
    Node(NodeId, Number),
    Rank(u32),
    Grade(String),
    Vetoed,
    Disqualified(String),
    Award(String),
    NoAward,
    NotAssessed,
}

/// What became of one example.
#[derive(Debug)]
struct ExampleResult {
    name: String,
    line: usize,
    /// Empty where all came out as written.
    findings: Findings,
    /// Rules that took effect in it.
    touched: Vec<RuleId>,
}

impl Example {
    /// The same without what only says where it was written, and how.
    pub fn without_lines(&self) -> Example {
        let mut example = self.clone();
        example.line = 0;
        example.rows.iter_mut().for_each(|row| row.line = 0);
        for expectation in &mut example.expectations {
            expectation.line = 0;
            expectation.text.clear();
        }
        example
    }
}

// ---------------------------------------------------------------- reading

/// Gathers the examples of a rulebook.
pub fn collect(scope: &mut ExampleScope<'_>, statements: &[Statement<'_>]) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut at: Option<(String, String)> = None;
    // The line of the first mistake in the example: what is wrong after it may follow from it.
    let mut told = scope.findings.len();
    let mut mistaken = Vec::new();
    for statement in statements.iter().filter(|s| s.line.context == Context::Example) {
        let line = statement.line.number;
        let pair = statement.inner();
        if statement.line.opening {
            let name =
                pair.child(Token::example_title).map(|heading| scope.original(statement, &heading)).unwrap_or_default();
            examples.push(Example { name, line, ..Example::default() });
            told = scope.findings.len();
            at = None;
            continue;
        }
        let Some(example) = examples.last_mut() else { continue };
        if scope.findings.len() > told {
            mistaken.push(example.line);
            continue;
        }
        match pair.as_rule() {
            Token::example_roster => roster(scope, statement, example),
            Token::example_when => at = when(scope, statement, example),
            Token::example_expect => expect(scope, statement, example, at.as_ref()),
            _ => facts(scope, statement, example, at.as_ref()),
        }
    }
    if scope.findings.len() > told {
        mistaken.extend(examples.last().map(|example| example.line));
    }
    for example in &examples {
        if example.expectations.is_empty() && !mistaken.contains(&example.line) {
            let finding = scope
                .at_line(example.line, "example-without-expectation", "这个例没有写结果")
                .help("在最后加一行：则 总分 -2分");
            scope.report(finding);
        }
    }
    examples
}

/// `单位 甲镇：类别 乡镇，人口 3万`
fn roster(scope: &mut ExampleScope<'_>, statement: &Statement<'_>, example: &mut Example) {
    let text = statement.code.text.strip_prefix("单位").unwrap_or_default().trim().to_owned();
    let (name, attributes) = text.split_once(':').unwrap_or((&text, ""));
    let mut cells = Vec::new();
    for part in attributes.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let known =
            scope.plan.attributes.iter().map(|column| column.name.as_str()).chain(["分组", "启用月份", "停用月份"]);
        let column = known.filter(|name| part.starts_with(name)).max_by_key(|name| name.len()).map(str::to_owned);
        match column {
            Some(column) => {
                let value = part[column.len()..].trim_start_matches([' ', ':', '=', '为']).trim().to_owned();
                cells.push((column, value));
            }
            None => {
                let finding = scope
                    .at_line(statement.line.number, "unknown-attribute", format!("“{part}”开头不是单位属性"))
                    .help("单位属性在开头声明：单位属性 类别");
                scope.report(finding);
            }
        }
    }
    add_unit(example, name.trim(), cells);
}

fn add_unit(example: &mut Example, name: &str, cells: Vec<(String, String)>) {
    match example.units.iter_mut().find(|unit| unit.name == name) {
        Some(unit) => unit.cells.extend(cells),
        None => example.units.push(ExampleUnit { name: name.to_owned(), cells }),
    }
}

/// `2023年4月 古井司法所`, `2023年 古井司法所`
fn when(scope: &mut ExampleScope<'_>, statement: &Statement<'_>, example: &mut Example) -> Option<(String, String)> {
    let pair = statement.inner();
    let unit = fold_name(pair.child(Token::heading).expect("a unit").as_str());
    if !scope.term_given {
        // The head of the rulebook has a mistake of its own, told there.
        return None;
    }
    let calendar = &scope.plan.calendar;
    let period = period_of(scope, &pair.child(Token::example_period).expect("when"));
    let Some(period) = period.filter(|_| !unit.starts_with(|c: char| c.is_ascii_digit())) else {
        let (first, last) = (calendar.first(), calendar.last());
        let finding = scope
            .at_line(
                statement.line.number,
                "month-out-of-force",
                "例里的期间不在施行期内，或不是一个月、一个季度、半年、一年",
            )
            .expected(format!("{first}至{last}间的月份，或 2024年第二季度、2024年上半年、2024年"));
        scope.report(finding);
        return None;
    };
    let name = calendar.period(period).name.clone();
    add_unit(example, &unit, Vec::new());
    Some((name, unit))
}

/// 2024年4月, 2024年第二季度, 2024年4月至6月, 2024年上半年, 2024年
fn period_of(scope: &ExampleScope<'_>, pair: &Pair<'_, Token>) -> Option<PeriodId> {
    let calendar = &scope.plan.calendar;
    if let Some(month) = pair.child(Token::year_month) {
        return calendar.month(crate::compile::month_of(&month)?);
    }
    if let Some(start) = pair.child(Token::term_start) {
        let first = crate::compile::month_of(&start);
        let last = crate::compile::end_of_stretch(&pair.child(Token::term_end)?, first)?;
        let is_meant =
            |id: &PeriodId| (calendar.period(*id).first, calendar.period(*id).last) == (first.unwrap_or(last), last);
        let periods = Cycle::ALL.into_iter().rev().flat_map(|cycle| calendar.each(cycle));
        return periods.into_iter().find(is_meant);
    }
    let year = pair.child(Token::year_of)?.child(Token::integer)?;
    let number = |pair: &Pair<'_, Token>| crate::compile::integer(pair);
    let named = |part: String| calendar.find(&format!("{}-{part}", number(&year)?));
    if let Some(quarter) = pair.child(Token::integer) {
        return named(format!("Q{}", number(&quarter)?));
    }
    if pair.has(Token::FIRST_HALF) || pair.has(Token::SECOND_HALF) {
        return named(if pair.has(Token::FIRST_HALF) { "H1" } else { "H2" }.to_owned());
    }
    // 2023年 of a school year that begins in it means the whole, unless years have totals of their own.
    let has_total = |id: &PeriodId| {
        let cycle = calendar.period(*id).cycle;
        cycle == scope.plan.cycle || scope.plan.rollups.iter().any(|(of, _)| *of == cycle)
    };
    let year = i32::try_from(number(&year)?).ok()?;
    let in_force = (calendar.first().year()..=calendar.last().year()).contains(&year);
    let term = in_force.then(|| calendar.term());
    calendar.find(&year.to_string()).filter(has_total).or(term)
}

const FACT_COLUMNS: &[&str] = &[
    "分值",
    "事项",
    "截止日期",
    "完成日期",
    "依据",
    "备注",
    "评分人",
    "人员",
    "发生日期",
    "发现日期",
    "认定",
    "评价组",
    "评价人",
    "位次",
    "人数",
    "系数",
    "编号",
    "针对编号",
    "整改日期",
    "原满分",
    "佐证",
];

/// `基层工作.2 录入件数 28件，成功件数 28件，截止日期 2023-04-28`
fn facts(
    scope: &mut ExampleScope<'_>,
    statement: &Statement<'_>,
    example: &mut Example,
    at: Option<&(String, String)>,
) {
    let line = statement.line.number;
    let Some((period, unit)) = at else {
        let finding = scope
            .at_line(line, "example-without-unit", "前面没有写哪个月、哪个单位")
            .help("先写一行：2023年4月 单位名称");
        scope.report(finding);
        return;
    };
    let text = statement.code.text.trim().trim_end_matches('。').to_owned();
    let mut clause: Option<(String, NodeId)> = None;
    for part in text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let columns = FACT_COLUMNS
            .iter()
            .copied()
            .map(str::to_owned)
            .chain(scope.plan.columns.iter().map(|column| column.name.clone()));
        let column = columns.filter(|name| part.starts_with(name.as_str())).max_by_key(String::len);
        if let (Some(column), Some(row), Some(_)) =
            (&column, example.rows.last_mut().filter(|row| row.line == line), &clause)
        {
            let value = part[column.len()..].trim_start_matches([' ', ':', '=', '为']).trim().to_owned();
            row.cells.push((column.clone(), value));
            continue;
        }
        let mut rest = part;
        if let Some((first, others)) = part.split_once(' ') {
            if first == "参数" {
                clause = Some(("参数".to_owned(), NodeId(0)));
                rest = others.trim();
            } else if let Some(node) = scope.find_address(first) {
                clause = Some((first.to_owned(), node));
                rest = others.trim();
            }
        }
        let Some((address, node)) = &clause else {
            let nearest = suggest::nearest(
                part.split(' ').next().unwrap_or_default(),
                scope.plan.nodes.iter().map(|node| node.address.as_str()).filter(|address| !address.is_empty()),
            );
            let help = nearest
                .map_or("写成：板块.序号 情形 数量".to_owned(), |nearest| format!("是不是“{nearest}”？"));
            let finding = match part.split_once(' ') {
                Some((word, rest)) if word.chars().count() == 1 && expected(scope, rest.trim()).is_some() => scope
                    .at_line(line, "misspelled-word", format!("“{word}”应当写作“则”"))
                    .help(format!("写成：则 {}", rest.trim())),
                _ => scope.at_line(line, "unknown-clause", format!("“{part}”开头不是条款")).help(help),
            };
            scope.report(finding);
            return;
        };
        let labels = scope.plan.inputs.iter().filter(|input| input.node == *node).map(|input| input.label.clone());
        let label = labels.filter(|label| rest.starts_with(label.as_str())).max_by_key(String::len);
        let (label, quantity) = match label {
            Some(label) => (label.clone(), rest[label.len()..].trim().to_owned()),
            None => match rest.split_once(' ') {
                Some((label, quantity)) => (label.trim().to_owned(), quantity.trim().to_owned()),
                None => (rest.to_owned(), String::new()),
            },
        };
        if !example.named.contains(node) && address != "参数" {
            example.named.push(*node);
        }
        let global = address == "参数"
            && scope
                .plan
                .inputs
                .iter()
                .any(|input| input.label == label && matches!(input.kind, InputKind::Parameter { global: true }));
        let monthly = period.len() == 7 && period.as_bytes()[4] == b'-' && !period.contains(['Q', 'H']);
        let cells = vec![
            (if monthly { "月份" } else { "期间" }.to_owned(), period.clone()),
            ("单位".to_owned(), if global { String::new() } else { unit.clone() }),
            ("条款".to_owned(), address.clone()),
            ("情形".to_owned(), label),
            ("数量".to_owned(), quantity),
        ];
        example.rows.push(Row { cells, line });
    }
}

/// `则 基层工作 -2分`
fn expect(
    scope: &mut ExampleScope<'_>,
    statement: &Statement<'_>,
    example: &mut Example,
    at: Option<&(String, String)>,
) {
    let line = statement.line.number;
    let Some((period, unit)) = at else {
        let finding = scope
            .at_line(line, "example-without-unit", "前面没有写哪个月、哪个单位")
            .help("先写一行：2023年4月 单位名称");
        scope.report(finding);
        return;
    };
    let text = statement.code.text.strip_prefix("则").unwrap_or_default().trim().trim_end_matches('。').to_owned();
    for part in text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        match expected(scope, part) {
            Some(what) => example.expectations.push(Expectation {
                line,
                text: part.to_owned(),
                period: period.clone(),
                unit: unit.clone(),
                what,
            }),
            None => {
                let finding = scope
                    .at_line(line, "unknown-expectation", format!("“{part}”不是能对照的结果"))
                    .expected("总分 85分、基层工作 -2分、名次 第2名、等次 优秀、一票否决、取消评先资格、奖惩 奖励3000元、不予奖励、不参评");
                scope.report(finding);
            }
        }
    }
}

fn expected(scope: &ExampleScope<'_>, part: &str) -> Option<Expected> {
    match part {
        "一票否决" => return Some(Expected::Vetoed),
        "不予奖励" => return Some(Expected::NoAward),
        "不参评" => return Some(Expected::NotAssessed),
        _ => {}
    }
    if let Some(title) = part.strip_prefix("取消") {
        return Some(Expected::Disqualified(title.trim().to_owned()));
    }
    if let Some(award) = part.strip_prefix("奖惩") {
        return Some(Expected::Award(award.trim().to_owned()));
    }
    if let Some(grade) = part.strip_prefix("等次") {
        return Some(Expected::Grade(grade.trim_start_matches([' ', '为']).trim().to_owned()));
    }
    if let Some(rank) = part.strip_prefix("名次") {
        let digits: String = rank.chars().filter(char::is_ascii_digit).collect();
        return digits.parse().ok().map(Expected::Rank);
    }
    let points = |text: &str| {
        let text = text.trim().trim_end_matches('分').trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        text.parse::<rust_decimal::Decimal>().ok().map(Number::from)
    };
    for word in ["总分", "得分", "年终得分", "总得分"] {
        if let Some(rest) = part.strip_prefix(word) {
            return points(rest).map(Expected::Total);
        }
    }
    let start = part.rfind(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '分')))?;
    let split = start + part[start..].chars().next().map_or(1, char::len_utf8);
    let node = scope.find_address(part[..split].trim().trim_end_matches("得分").trim())?;
    points(&part[split..]).map(|points| Expected::Node(node, points))
}

// ---------------------------------------------------------------- running

/// How a rulebook's examples went.
#[derive(Debug, Default)]
pub struct Report {
    pub passed: usize,
    pub failed: usize,
    /// What a person reads: each example, and the scoring lines that none of them uses.
    pub text: String,
}

/// Runs every example of a rulebook; what came out otherwise than written is a finding.
pub fn run(compiled: &Compiled) -> (Report, Findings) {
    let mut report = Report::default();
    let mut findings = Findings::default();
    let mut touched = vec![false; compiled.plan.rules.len()];
    for example in &compiled.examples {
        let result = run_one(compiled, example);
        let passed = result.findings.is_empty();
        let word = if passed { "通过" } else { "不通过" };
        let place = compiled.source.line_name(result.line);
        let _ = writeln!(report.text, "{word}  {place} 例 {}", result.name);
        if passed {
            report.passed += 1
        } else {
            report.failed += 1
        }
        findings.append(result.findings);
        result.touched.iter().for_each(|rule| touched[rule.index()] = true);
    }
    let used = touched.iter().filter(|touched| **touched).count();
    let _ = writeln!(report.text, "计分句共{}行，例用到{used}行。", touched.len());
    let unused: Vec<&Rule> =
        compiled.plan.rules.iter().zip(&touched).filter(|(_, touched)| !**touched).map(|(rule, _)| rule).collect();
    if !unused.is_empty() && !compiled.examples.is_empty() {
        report.text.push_str("例没有用到的：\n");
        for rule in unused {
            let address = &compiled.plan.nodes[rule.node.index()].address;
            let place = compiled.source.line_name(rule.line as usize);
            let _ = writeln!(report.text, "  {place} {address} {}", rule.label);
        }
    }
    (report, findings.at_origins(&compiled.source).sorted())
}

/// Mistakes in the facts of examples, before any of them is scored.
pub fn check(compiled: &Compiled) -> Findings {
    let mut findings = Findings::default();
    for example in &compiled.examples {
        let plan = restricted(&compiled.plan, example);
        let (roster, facts, lines) = tables(&plan, example);
        let options = facts::Options { keep_entries: true, threads: 1, progress: None };
        let (roster, facts) = (in_memory("例·单位", &roster), [in_memory("例", &facts)]);
        let (_, found) = facts::read(&plan, Some(&roster), None, &facts, &options);
        for finding in found.iter().filter(|finding| finding.severity == crate::diagnostic::Severity::Error) {
            let line = lines.get(finding.place.line.wrapping_sub(2)).copied().filter(|_| finding.place.file == "例");
            findings.push(moved(compiled, finding, line.unwrap_or(example.line)));
        }
    }
    findings
}

fn run_one(compiled: &Compiled, example: &Example) -> ExampleResult {
    let plan = restricted(&compiled.plan, example);
    let (roster, facts, lines) = tables(&plan, example);
    let roster = in_memory("例·单位", &roster);
    let facts = [in_memory("例", &facts)];
    let options = facts::Options { keep_entries: true, threads: 1, progress: None };
    let (store, found) = facts::read(&plan, Some(&roster), None, &facts, &options);
    let mut result = ExampleResult {
        name: example.name.clone(),
        line: example.line,
        findings: Findings::default(),
        touched: Vec::new(),
    };
    let report = |result: &mut ExampleResult, found: &Findings| {
        for finding in found.iter().filter(|finding| finding.severity == crate::diagnostic::Severity::Error) {
            let line = lines.get(finding.place.line.wrapping_sub(2)).copied().filter(|_| finding.place.file == "例");
            result.findings.push(moved(compiled, finding, line.unwrap_or(example.line)));
        }
    };
    if found.has_errors() {
        report(&mut result, &found);
        return result;
    }
    let mut periods: Vec<&str> = example.expectations.iter().map(|expectation| expectation.period.as_str()).collect();
    periods.sort_unstable();
    periods.dedup();
    for name in periods {
        let Some(period) = plan.calendar.find(name).and_then(|period| scored_period(&plan, period)) else { continue };
        let request = eval::Request { plan: &plan, store: &store, period, traced: true, threads: 1 };
        let (outcome, found) = eval::evaluate(&request);
        let Some(outcome) = outcome else {
            report(&mut result, &found);
            continue;
        };
        for unit in &outcome.units {
            result.touched.extend(unit.entries.iter().filter(|entry| entry.counted).map(|entry| entry.rule));
            result.touched.extend(unit.effects.iter().map(|effect| effect.rule));
        }
        for expectation in example.expectations.iter().filter(|expectation| expectation.period == name) {
            if let Some(actual) = differs(&store, &outcome, expectation) {
                let finding = Finding::error(
                    "example-differs",
                    Place { file: compiled.source.name.clone(), line: expectation.line, column: 1 },
                    format!("例“{}”：{} 应为“{}”，实际是“{actual}”", example.name, expectation.unit, expectation.text),
                )
                .text(expectation.text.clone())
                .help("检查规则或例；用 explain 看每一分的来历");
                result.findings.push(finding);
            }
        }
    }
    result.touched.sort_unstable();
    result.touched.dedup();
    result
}

/// The period whose results speak of `period`: itself where totals are made for it, else the shortest around it.
fn scored_period(plan: &Plan, period: PeriodId) -> Option<PeriodId> {
    let inner = plan.calendar.period(period);
    let mut cycles: Vec<Cycle> = plan.rollups.iter().map(|(cycle, _)| *cycle).chain([plan.cycle]).collect();
    cycles.sort_unstable();
    cycles.into_iter().filter(|cycle| *cycle >= inner.cycle).find_map(|cycle| plan.calendar.around(cycle, inner.last))
}

/// The same finding at the line of the rulebook where the example says it.
fn moved(compiled: &Compiled, finding: &Finding, line: usize) -> Finding {
    let mut moved = finding.clone();
    let text = compiled.source.line(line);
    // A cell may be written with its own signs; then the whole line is meant.
    let at = text.find(&finding.text).filter(|_| !finding.text.is_empty());
    let indent = text.len() - text.trim_start().len();
    let column = text[..at.unwrap_or(indent)].chars().count() + 1;
    moved.place = Place { file: compiled.source.name.clone(), line, column };
    if at.is_none() {
        moved.text = text.trim().to_owned();
    }
    moved.line_text = text.to_owned();
    moved
}

/// The plan with the lines of other items taken out: an example speaks only of what it names.
fn restricted(plan: &Plan, example: &Example) -> Plan {
    let mut plan = plan.clone();
    let named = |mut node: NodeId, plan: &Plan| loop {
        if example.named.contains(&node) {
            return true;
        }
        match plan.nodes[node.index()].parent {
            Some(parent) => node = parent,
            None => return false,
        }
    };
    for index in 0..plan.nodes.len() {
        let node = NodeId(index as u16);
        let holds_named = example.named.iter().any(|inner| {
            let mut at = Some(*inner);
            while let Some(id) = at {
                if id == node {
                    return true;
                }
                at = plan.nodes[id.index()].parent;
            }
            false
        });
        if !named(node, &plan) && !holds_named {
            plan.nodes[index].rules.clear();
        }
    }
    plan
}

/// The roster and the facts as the tables an office would have, and the rulebook's line of each fact row.
fn tables(plan: &Plan, example: &Example) -> (String, String, Vec<usize>) {
    let units: Vec<Vec<(String, String)>> = example
        .units
        .iter()
        .map(|unit| std::iter::once(("单位".to_owned(), unit.name.clone())).chain(unit.cells.clone()).collect())
        .collect();
    let units: Vec<&[(String, String)]> = units.iter().map(Vec::as_slice).collect();
    let rows: Vec<&[(String, String)]> = example.rows.iter().map(|row| row.cells.as_slice()).collect();
    let lines = example.rows.iter().map(|row| row.line).collect();
    // A judged line wants a reason; an example need not give one.
    let rows: Vec<Vec<(String, String)>> = rows
        .iter()
        .map(|row| {
            let mut row = row.to_vec();
            if !row.iter().any(|(name, _)| name == "备注") {
                row.push(("备注".to_owned(), "例".to_owned()));
            }
            row
        })
        .collect();
    let rows: Vec<&[(String, String)]> = rows.iter().map(Vec::as_slice).collect();
    let attributes = plan.attributes.iter().map(|column| column.name.as_str());
    let roster_header: Vec<&str> = std::iter::once("单位").chain(attributes).collect();
    (table(&units, &roster_header), table(&rows, &["月份", "单位", "条款", "情形", "数量"]), lines)
}

/// Rows as CSV: the columns of `first`, then any others in the order in which they come.
pub(crate) fn table(rows: &[&[(String, String)]], first: &[&str]) -> String {
    let mut header: Vec<String> = first.iter().map(|name| (*name).to_owned()).collect();
    for (column, _) in rows.iter().flat_map(|row| row.iter()) {
        if !header.contains(column) {
            header.push(column.clone());
        }
    }
    let mut out = header.join(",");
    out.push('\n');
    for row in rows {
        for (index, column) in header.iter().enumerate() {
            let cell = row.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value.as_str());
            let _ = write!(out, "{}\"{}\"", if index > 0 { "," } else { "" }, cell.replace('"', "\"\""));
        }
        out.push('\n');
    }
    out
}

/// A text as a file of facts.
pub(crate) fn in_memory<'a>(name: &str, text: &'a str) -> SourceFile<'a> {
    SourceFile {
        name: name.to_owned(),
        size: text.len() as u64,
        open: Box::new(move || {
            Ok(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())) as Box<dyn std::io::Read + Send>)
        }),
    }
}

/// What came out instead, in words; `None` where it is as expected.
fn differs(store: &facts::Store, outcome: &Outcome, expectation: &Expectation) -> Option<String> {
    let unit = outcome.units.iter().find(|unit| store.roster[unit.unit].name == expectation.unit)?;
    match &expectation.what {
        Expected::Total(points) => (unit.total != *points).then(|| format!("{}分", unit.total)),
        Expected::Node(node, points) => {
            let actual =
                unit.nodes.iter().find(|outcome| outcome.node == *node).map_or(Number::ZERO, |outcome| outcome.points);
            (actual != *points).then(|| format!("{}分", actual))
        }
        Expected::Rank(rank) => {
            let actual = unit.rankings.first().and_then(|ranking| ranking.rank);
            (actual != Some(*rank)).then(|| actual.map_or("不排名".to_owned(), |rank| format!("第{rank}名")))
        }
        Expected::Grade(grade) => {
            let actual: Vec<&str> = unit.grades.iter().map(|outcome| outcome.grade.as_str()).collect();
            (!actual.contains(&grade.as_str())).then(|| actual.join("、"))
        }
        Expected::Vetoed => (!unit.vetoed).then(|| "没有一票否决".to_owned()),
        Expected::Disqualified(title) => (!unit.disqualified.contains(title)).then(|| format!("没有取消{title}")),
        Expected::Award(award) => {
            let actual = awards(unit);
            (!actual.contains(&award.as_str()))
                .then(|| if actual.is_empty() { "没有奖惩".to_owned() } else { actual.join("、") })
        }
        Expected::NoAward => {
            let actual = awards(unit);
            (!actual.is_empty()).then(|| actual.join("、"))
        }
        Expected::NotAssessed => {
            (unit.status == crate::outcome::Status::Assessed).then(|| format!("参评，{}分", unit.total))
        }
    }
}

fn awards(unit: &UnitOutcome) -> Vec<&str> {
    unit.awards.iter().filter(|award| award.withheld.is_none()).map(|award| award.text.as_str()).collect()
}
