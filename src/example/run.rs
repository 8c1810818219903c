//! Runs examples: each scored by itself, what came out otherwise than written with the reasons for it.

use std::collections::BTreeSet;

use super::coverage::{Coverage, Touch};
use super::result::{CaseResult, Difference, Report};
use super::sheet::cell_name;
use super::{Example, Expectation, Expected};
use crate::analysis::{inputs_of, rules_below};
use crate::calendar::{Cycle, PeriodId};
use crate::compile::Compiled;
use crate::diagnostic::{Finding, Findings, Place, Severity};
use crate::eval;
use crate::explain::{About, Explainer, Tree};
use crate::facts::{self, Reading, in_memory, table};
use crate::outcome::{Outcome, UnitOutcome};
use crate::plan::walk::reads_reports;
use crate::plan::{Award, Basis, Condition, InputId, InputKind, NodeId, Plan, RuleId, Step, WhenMissing};
use crate::scored::Scored;
use crate::value::Number;

/// Runs every example of a rulebook; what came out otherwise than written is a finding.
pub fn run(compiled: &Compiled) -> (Report, Findings) {
    run_with(compiled, &[])
}

/// The same, with examples from tables.
pub fn run_with(compiled: &Compiled, more: &[Example]) -> (Report, Findings) {
    let mut report = Report { coverage: Coverage::new(compiled), ..Report::default() };
    let mut findings = Findings::default();
    let reading = reading(&compiled.plan);
    for example in compiled.examples.iter().chain(more) {
        let ran = run_one(compiled, &reading, example, true);
        let passed = ran.findings.is_empty();
        *(if passed { &mut report.passed } else { &mut report.failed }) += 1;
        findings.append(ran.findings);
        report.coverage.mark(&ran.touched);
        let (file, line) = example.origin(compiled, example.line);
        report.cases.push(CaseResult {
            name: example.name.clone(),
            place: example.place_name(compiled, example.line),
            file,
            line,
            passed,
            differences: ran.differences,
        });
    }
    report.tell();
    (report, findings.at_origins(&compiled.source).sorted())
}

/// Mistakes in the facts of examples, before any of them is scored.
pub fn check(compiled: &Compiled) -> Findings {
    let mut findings = Findings::default();
    if compiled.examples.is_empty() {
        return findings;
    }
    let reading = reading(&compiled.plan);
    for example in &compiled.examples {
        let (_, found) = store(&compiled.plan, &reading, example);
        findings.append(example.moved(compiled, &found));
    }
    findings
}

/// What became of one example.
#[derive(Default)]
pub(super) struct Ran {
    pub findings: Findings,
    pub differences: Vec<Difference>,
    /// What took effect in it.
    pub touched: BTreeSet<Touch>,
    /// What the units came to of which it expects something, in the order of the periods.
    pub seen: Vec<Seen>,
}

/// What a unit came to in a period.
pub(super) struct Seen {
    /// As the example calls it: 2023-04.
    pub period: String,
    pub unit: String,
    pub outcome: UnitOutcome,
}

/// `reading` is of the same plan; `explained`: whether what differs is to be told with its reasons.
pub(super) fn run_one(compiled: &Compiled, reading: &Reading, example: &Example, explained: bool) -> Ran {
    let (store, found) = store(&compiled.plan, reading, example);
    let mut ran = Ran { findings: example.moved(compiled, &found), ..Ran::default() };
    if found.has_errors() {
        return ran;
    }
    let plan = restricted(&compiled.plan, example);
    let mut periods: Vec<&str> = example.expectations.iter().map(|expectation| expectation.period.as_str()).collect();
    periods.sort_unstable();
    periods.dedup();
    for name in periods {
        let Some(period) = plan.calendar.find(name).and_then(|period| scored_period(&plan, period)) else { continue };
        let evaluate =
            |period| eval::evaluate(&eval::Request { plan: &plan, store: &store, period, traced: true, threads: 1 });
        let (outcome, found) = evaluate(period);
        let Some(outcome) = outcome else {
            ran.findings.append(example.moved(compiled, &found));
            continue;
        };
        ran.touched.extend(outcome.uses.iter().copied().map(Touch::Used));
        for unit in &outcome.units {
            let counted = unit.entries.iter().filter(|entry| entry.counted).map(|entry| entry.rule);
            ran.touched.extend(counted.chain(unit.effects.iter().map(|effect| effect.rule)).map(Touch::Rule));
        }
        if !explained {
            let named = outcome.units.iter().map(|unit| (&store.roster[unit.unit].name, unit));
            let is_meant = |unit: &str| {
                example.expectations.iter().any(|expected| expected.period == name && expected.unit == unit)
            };
            let seen = named.filter(|(unit, _)| is_meant(unit));
            ran.seen.extend(seen.map(|(unit, outcome)| Seen {
                period: name.to_owned(),
                unit: unit.clone(),
                outcome: outcome.clone(),
            }));
        }
        let mut differences = Vec::new();
        for expectation in example.expectations.iter().filter(|expectation| expectation.period == name) {
            ran.touched.extend(touched_by(&store, &outcome, expectation));
            differences.extend(differs(&store, &outcome, expectation).map(|actual| (expectation, actual)));
        }
        if differences.is_empty() {
            continue;
        }
        // What a year came to its months explain.
        let bases = outcome.scored.iter().filter(|_| explained).filter_map(|base| evaluate(*base).0);
        let mut bases: Vec<Outcome> = bases.collect();
        let mut told = outcome;
        std::iter::once(&mut told).chain(&mut bases).for_each(|outcome| example.tell_places(compiled, outcome));
        let explainer = Explainer::new(Scored { plan: &plan, store: &store, outcome: &told }, &bases);
        for (expectation, actual) in differences {
            let unit =
                told.units.iter().filter(|_| explained).find(|unit| store.roster[unit.unit].name == expectation.unit);
            let why = unit.map(|unit| written(&explainer.about(unit, about(expectation)))).unwrap_or_default();
            let difference = Difference {
                unit: expectation.unit.clone(),
                period: expectation.period.clone(),
                expected: expectation.text.clone(),
                actual,
                why,
            };
            ran.findings.push(example.difference(compiled, expectation, &difference));
            ran.differences.push(difference);
        }
    }
    ran
}

/// The part of the explanation that says why it came out otherwise.
fn about(expectation: &Expectation) -> About {
    match &expectation.what {
        Expected::Total(_) | Expected::NotAssessed => About::Total,
        Expected::Node(node, _) => About::Node(*node),
        Expected::Rank(_) => About::Rank,
        Expected::Grade(_) | Expected::Award(_) | Expected::NoAward => About::Awards,
        Expected::Vetoed | Expected::Disqualified(_) => About::Effects,
    }
}

fn written(trees: &[Tree]) -> String {
    let mut out = Vec::new();
    for tree in trees {
        // Writing to memory cannot fail.
        let _ = tree.write(None, &mut out);
    }
    String::from_utf8_lossy(&out).trim_end().to_owned()
}

/// The stages that an expectation is about, where they came out for its unit.
fn touched_by(store: &facts::Store, outcome: &Outcome, expectation: &Expectation) -> Vec<Touch> {
    let Some(unit) = outcome.units.iter().find(|unit| store.roster[unit.unit].name == expectation.unit) else {
        return Vec::new();
    };
    match &expectation.what {
        Expected::Rank(_) => unit.rankings.first().map(|one| Touch::Ranked(one.ranking)).into_iter().collect(),
        Expected::Grade(grade) => {
            let given = unit.grades.iter().filter(|given| given.grade == *grade);
            given.map(|given| Touch::Graded(given.grading, given.grade.clone())).collect()
        }
        Expected::Award(text) => {
            let given = unit.awards.iter().filter(|award| award.withheld.is_none() && award.text == *text);
            given.map(|award| Touch::Awarded(award.award)).collect()
        }
        // 不予奖励 speaks of every award that was withheld.
        Expected::NoAward => {
            let withheld = unit.awards.iter().filter(|award| award.withheld.is_some());
            withheld.map(|award| Touch::Awarded(award.award)).collect()
        }
        Expected::Total(_)
        | Expected::Node(..)
        | Expected::Vetoed
        | Expected::Disqualified(_)
        | Expected::NotAssessed => Vec::new(),
    }
}

impl Example {
    /// The file and line of what it says in a line of its own.
    fn origin(&self, compiled: &Compiled, line: usize) -> (String, usize) {
        match (&self.sheet, compiled.source.origin(line)) {
            (Some(sheet), _) => (sheet.name.clone(), line),
            (None, Some((document, origin))) => (document.name.clone(), origin.line),
            (None, None) => (compiled.source.name.clone(), line),
        }
    }

    /// `第17行`, `“2023.例.zs”第3行`, `“算例.csv”第3行`
    fn place_name(&self, compiled: &Compiled, line: usize) -> String {
        match &self.sheet {
            Some(sheet) => format!("“{}”第{line}行", sheet.name.rsplit(['/', '\\']).next().unwrap_or(&sheet.name)),
            None => compiled.source.line_name(line),
        }
    }

    /// Facts are at the lines that say them, not in the table made for scoring.
    fn tell_places(&self, compiled: &Compiled, outcome: &mut Outcome) {
        let told = |place: &mut String| {
            let row =
                place.strip_prefix(FACTS).and_then(|rest| rest.strip_prefix(':')).and_then(|row| row.parse().ok());
            let line = row.and_then(|row: usize| self.rows.get(row.wrapping_sub(2))).map(|row| row.line);
            if let Some(line) = line {
                *place = self.place_name(compiled, line);
            }
        };
        for unit in &mut outcome.units {
            unit.entries.iter_mut().flat_map(|entry| &mut entry.facts).for_each(told);
            unit.effects.iter_mut().filter_map(|effect| effect.fact.as_mut()).for_each(told);
        }
    }

    /// Errors about its facts, each where the example says the fact.
    fn moved(&self, compiled: &Compiled, found: &Findings) -> Findings {
        let mut findings = Findings::default();
        for finding in found.iter().filter(|finding| finding.severity == Severity::Error) {
            let row = self.rows.get(finding.place.line.wrapping_sub(2)).filter(|_| finding.place.file == FACTS);
            findings.push(self.at(compiled, finding, row.map_or(self.line, |row| row.line)));
        }
        findings
    }

    /// The same finding at a line of the example.
    fn at(&self, compiled: &Compiled, finding: &Finding, line: usize) -> Finding {
        let mut moved = finding.clone();
        if let Some(sheet) = &self.sheet {
            moved.place = Place { file: sheet.name.clone(), line, column: 0 };
            moved.line_text = String::new();
            let cells = sheet.row(line).map_or(&[][..], |row| row.cells.as_slice());
            let cell = cells.iter().position(|cell| !finding.text.is_empty() && cell.text() == finding.text);
            if let Some(cell) = cell {
                moved.message = format!("{}格：{}", cell_name(cell + 1, line), moved.message);
            }
            return moved;
        }
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

    fn difference(&self, compiled: &Compiled, expectation: &Expectation, difference: &Difference) -> Finding {
        let Difference { unit, expected, actual, why, .. } = difference;
        let (file, column) = match &self.sheet {
            Some(sheet) => (sheet.name.clone(), 0),
            None => (compiled.source.name.clone(), 1),
        };
        let cell = match expectation.column {
            0 => String::new(),
            column => format!("{}格：", cell_name(column, expectation.line)),
        };
        Finding::error(
            "example-differs",
            Place { file, line: expectation.line, column },
            format!("{cell}例“{}”：{unit} 应为“{expected}”，实际是“{actual}”", self.name),
        )
        .text(expectation.text.clone())
        .why(why.clone())
        .help("对照来历，改规则或改例")
    }
}

/// The period whose results speak of `period`: itself where totals are made for it, else the shortest around it.
fn scored_period(plan: &Plan, period: PeriodId) -> Option<PeriodId> {
    let inner = plan.calendar.period(period);
    let mut cycles: Vec<Cycle> = plan.rollups.iter().map(|(cycle, _)| *cycle).chain([plan.cycle]).collect();
    cycles.sort_unstable();
    cycles.into_iter().filter(|cycle| *cycle >= inner.cycle).find_map(|cycle| plan.calendar.around(cycle, inner.last))
}

/// The plan with the lines of other items taken out: an example speaks only of what it names.
fn restricted(plan: &Plan, example: &Example) -> Plan {
    let mut plan = plan.clone();
    // An item about which nothing need be reported is named by its result alone: 事故：0起得5分.
    let expected = example.expectations.iter().filter_map(|expectation| match &expectation.what {
        Expected::Node(node, _) if rules_below(&plan, *node).iter().all(|rule| !asks(&plan, *rule)) => Some(*node),
        _ => None,
    });
    let named: Vec<NodeId> = example.named.iter().copied().chain(expected).collect();
    let within = |node: NodeId, outer: NodeId, plan: &Plan| {
        std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent).any(|id| id == outer)
    };
    for index in 0..plan.nodes.len() {
        let node = NodeId(index as u16);
        let is_named = named.iter().any(|named| within(node, *named, &plan) || within(*named, node, &plan));
        if !is_named {
            let own = &mut plan.nodes[index];
            own.rules.clear();
            // 当 提前办结率未报，本项计2分 would ask for what the example does not name.
            let asks = |(step, _): &(Step, u32)| matches!(step, Step::Set { when, .. } if reads_reports(when));
            let steps = own.steps.drain(..).zip(own.step_lines.drain(..));
            (own.steps, own.step_lines) = steps.filter(|step| !asks(step)).unzip();
        }
    }
    // 发放 基数 × 10%: a sum of a figure that the example does not give is nothing it speaks of.
    let is_prize = |what: &Expected| matches!(what, Expected::Award(_) | Expected::NoAward);
    if !example.expectations.iter().any(|expectation| is_prize(&expectation.what)) {
        let is_left_open = |input: &InputId| {
            let input = &plan.inputs[input.index()];
            let is_given = || example.rows.iter().flat_map(|row| &row.cells).any(|(_, cell)| *cell == input.label);
            let is_parameter = matches!(input.kind, InputKind::Parameter { .. });
            is_parameter && input.missing == WhenMissing::Error && !is_given()
        };
        let money = |award: &Award| award.money.as_ref().map(|money| inputs_of(&plan, money)).unwrap_or_default();
        let open: Vec<bool> = plan.awards.iter().map(|award| money(award).iter().any(is_left_open)).collect();
        for (award, _) in plan.awards.iter_mut().zip(open).filter(|(_, is_open)| *is_open) {
            award.when = Condition::Not(Box::new(Condition::Always));
        }
    }
    plan
}

/// Whether a line wants something reported about its own item; what is reported elsewhere names that other item, and of
/// what did not happen nothing is said.
fn asks(plan: &Plan, rule: RuleId) -> bool {
    let rule = &plan.rules[rule.index()];
    let is_asked = |input: &InputId| {
        let input = &plan.inputs[input.index()];
        input.node == rule.node && input.kind != InputKind::Event
    };
    let of_rows = matches!(&rule.basis, Basis::Row(input) | Basis::Once(input) if is_asked(input));
    of_rows || inputs_of(plan, &rule.points).iter().any(is_asked)
}

/// How the table that is made of an example's facts is called.
const FACTS: &str = "例";

/// How the facts of a plan's examples are read.
pub(super) fn reading(plan: &Plan) -> Reading {
    Reading::new(plan, true)
}

/// The facts of an example, read as the office's are.
fn store(plan: &Plan, reading: &Reading, example: &Example) -> (facts::Store, Findings) {
    let (roster, facts) = tables(plan, example);
    let options = facts::Options { keep_entries: true, threads: 1, progress: None };
    let (roster, facts) = (in_memory("例·单位", &roster), [in_memory(FACTS, &facts)]);
    facts::read_by(reading, plan, Some(&roster), None, &facts, &options)
}

/// The roster and the facts as the tables an office would have.
fn tables(plan: &Plan, example: &Example) -> (String, String) {
    let units: Vec<Vec<(String, String)>> = example
        .units
        .iter()
        .map(|unit| std::iter::once(("单位".to_owned(), unit.name.clone())).chain(unit.cells.clone()).collect())
        .collect();
    let units: Vec<&[(String, String)]> = units.iter().map(Vec::as_slice).collect();
    // A judged line wants a reason; an example need not give one.
    let with_reason = |row: &super::Row| {
        let mut cells = row.cells.clone();
        if !cells.iter().any(|(name, _)| name == "备注") {
            cells.push(("备注".to_owned(), "例".to_owned()));
        }
        cells
    };
    let rows: Vec<Vec<(String, String)>> = example.rows.iter().map(with_reason).collect();
    let rows: Vec<&[(String, String)]> = rows.iter().map(Vec::as_slice).collect();
    let attributes = plan.attributes.iter().map(|column| column.name.as_str());
    let roster_header: Vec<&str> = std::iter::once("单位").chain(attributes).collect();
    (table(&units, &roster_header), table(&rows, &["月份", "单位", "条款", "情形", "数量"]))
}

/// What came out instead, in words; `None` where it is as expected.
fn differs(store: &facts::Store, outcome: &Outcome, expectation: &Expectation) -> Option<String> {
    let unit = outcome.units.iter().find(|unit| store.roster[unit.unit].name == expectation.unit)?;
    match &expectation.what {
        Expected::Total(points) => (unit.total != *points).then(|| format!("{}分", unit.total)),
        Expected::Node(node, points) => {
            let actual = unit
                .nodes
                .iter()
                .find(|outcome| outcome.node == *node)
                .map_or(Number::ZERO, |outcome| outcome.points());
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
