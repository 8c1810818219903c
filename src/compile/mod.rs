//! From statements to the plan: names are declared in one walk, their meaning is checked and compiled in a second.

mod above_zero;
mod absent;
mod award;
mod award_bound;
mod award_case;
mod award_meant;
mod award_misread;
mod award_parts;
mod award_range;
mod award_said;
mod award_withheld;
mod away;
mod below_zero;
mod beyond_full;
mod body;
mod clause;
mod comparable;
mod condition;
mod confirm;
mod convention;
mod declare;
mod endless;
mod excepted;
mod expression;
mod finish;
mod first_places;
mod full_marks;
mod gathered;
mod grade_before;
mod grade_gaps;
mod graded;
mod grading;
mod head_count;
mod header;
mod idle;
mod in_force;
mod matters;
mod node;
mod node_checks;
mod noted;
mod number;
mod one_period;
mod order;
mod parts;
mod places;
mod ranking;
mod roll_up;
mod rows;
mod said;
mod said_of_all;
mod said_of_results;
mod scope;
mod several;
mod shared_marks;
mod shorter;
mod streak;
mod table_cover;
mod title;
mod units;
mod weight;
mod whole_limit;
mod zeroed;

use std::collections::BTreeSet;

use crate::amend;
use crate::analysis::{self, Acceptance};
use crate::diagnostic::{Findings, Severity};
use crate::example::{self, Example};
pub use crate::parse::whole;
use crate::parse::{self, Names, Statement};
use crate::plan::Plan;
use crate::source::{Origin, Source};
pub use clause::limits_every_case;
pub use grade_gaps::{Gap, gaps};
pub use header::{end_of_stretch, month_of};
pub use noted::NOTED;
pub use number::{decimal, integer};
pub use scope::Scope as ExampleScope;

/// A rulebook that was found to be in order.
#[derive(Debug)]
pub struct Compiled {
    pub plan: Plan,
    pub source: Source,
    pub examples: Vec<Example>,
    /// 认可: findings that the author wants as they are.
    pub accepted: Vec<Acceptance>,
}

impl Compiled {
    /// Whether another means the same, down to its 例.
    pub fn is_same(&self, other: &Compiled) -> bool {
        let examples = |compiled: &Compiled| compiled.examples.iter().map(Example::without_lines).collect::<Vec<_>>();
        self.plan.hash() == other.plan.hash() && examples(self) == examples(other)
    }
}

/// Parses, checks and compiles a rulebook that stands alone; every problem is found in one run.
///
/// There is a result only where no finding is an error.
pub fn compile_text(name: &str, text: &str) -> (Option<Compiled>, Findings) {
    compile_with(name, text, &mut |_| Err("没有给出这个文件".to_owned()))
}

/// The same, with those it builds on by 沿用, which `read` gives by name.
pub fn compile_with(name: &str, text: &str, read: &mut amend::Read<'_>) -> (Option<Compiled>, Findings) {
    compile_beside(name, text, &[], read)
}

/// The same, with the 例 of files beside it, each a name and a text.
pub fn compile_beside(
    name: &str,
    text: &str,
    beside: &[(String, String)],
    read: &mut amend::Read<'_>,
) -> (Option<Compiled>, Findings) {
    let (compiled, mut findings) = compile_documents(name, text, beside, read);
    let in_examples = compiled.as_ref().map(|compiled| example::check(compiled).at_origins(&compiled.source));
    match in_examples.filter(|found| !found.is_empty()) {
        None => (compiled, findings),
        Some(found) => {
            findings.append(found);
            (None, findings.sorted())
        }
    }
}

/// The same without a look at the facts of its 例, which no score depends on.
pub fn compile_to_score(name: &str, text: &str, read: &mut amend::Read<'_>) -> (Option<Compiled>, Findings) {
    compile_documents(name, text, &[], read)
}

fn compile_documents(
    name: &str,
    text: &str,
    beside: &[(String, String)],
    read: &mut amend::Read<'_>,
) -> (Option<Compiled>, Findings) {
    if text.len() > parse::MOST_BYTES {
        return (None, too_large(name));
    }
    let (documents, mut findings) = amend::gather(name, text, read);
    if let Some(large) = documents.iter().find(|document| document.text.len() > parse::MOST_BYTES) {
        return (None, too_large(&large.name));
    }
    // Without what it builds on nothing can be said of it.
    if findings.has_errors() {
        return (None, findings);
    }
    let (source, amended) = amend::consolidate(documents);
    findings.append(amended);
    let examples_beside = beside.iter().map(|(name, text)| Source::new(name, text)).collect();
    let (source, strange) = example::join(source, examples_beside);
    findings.append(strange);
    if source.text.len() > parse::MOST_BYTES {
        return (None, too_large(name));
    }
    let (plan, examples, accepted, mut found) = compile_source(&source);
    if beside.is_empty() {
        confirm::lines_to_copy(&source, &mut found);
    }
    findings.append(found.at_origins(&source));
    let findings = findings.sorted();
    let plan = plan.filter(|_| !findings.has_errors());
    (plan.map(|plan| Compiled { plan, source, examples, accepted }), findings)
}

fn too_large(name: &str) -> Findings {
    let mut findings = Findings::default();
    findings.push(crate::diagnostic::Finding::error(
        "file-too-large",
        crate::diagnostic::Place { file: name.to_owned(), line: 1, column: 1 },
        format!("规则文件超过{}MiB", parse::MOST_BYTES / 1024 / 1024),
    ));
    findings
}

/// Compiles the statements of a document that builds on no other, all of whose lines were read; the facts of its 例
/// are not looked at, and it gets no fingerprint.
pub fn compile_statements(source: &Source, statements: &[Statement<'_>]) -> (Option<Compiled>, Findings) {
    let statements = in_force::without_stopped(statements.to_vec());
    let (plan, examples, findings, _) = compile(source, &statements, BTreeSet::new());
    let accepted = analysis::collect(&statements);
    let plan = plan.filter(|_| !findings.has_errors());
    let compiled = plan.map(|plan| Compiled { plan, source: source.clone(), examples, accepted });
    (compiled, findings.sorted())
}

fn compile_source(source: &Source) -> (Option<Plan>, Vec<Example>, Vec<Acceptance>, Findings) {
    let mut findings = Findings::default();
    let mut lines = parse::lines(source, &mut findings);
    let names = Names::gather(&lines);
    parse::mark_names(&mut lines, &names);
    let (mut statements, unread) = parse::statements(&lines);
    let mended = parse::mended(source, &names, &unread, &mut findings);
    parse::read_mended(&mut statements, &mended);
    let statements = in_force::without_stopped(statements);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let broken = errors.map(|finding| finding.place.line).collect();
    let (plan, examples, found, refused) = compile(source, &statements, broken);
    for parse::Mended { line, otherwise } in &mended {
        if let Some((code, finding)) = otherwise.as_ref().filter(|_| refused.contains(&line.number)) {
            findings.replace(line.number, code, finding.clone());
        }
    }
    findings.append(found);
    let accepted = analysis::collect(&statements);
    if let Some(plan) = &plan {
        noted::settle(plan, source, &accepted, &mut findings);
    }
    let lines = match source.documents.is_empty() {
        true => Vec::new(),
        false => (1..=source.line_count()).filter_map(|line| source.origin(line)).map(place_name).collect(),
    };
    (plan.map(|plan| Plan { lines, ..plan }), examples, accepted, findings)
}

/// `2024.zs第8行`
fn place_name((document, origin): (&Source, Origin)) -> String {
    format!("{}第{}行", document.short_name(), origin.line)
}

/// `broken`: the lines that did not parse; what is missing elsewhere may only be missing because of them. Those whose
/// likely form is refused come back.
fn compile(
    source: &Source,
    statements: &[Statement<'_>],
    broken: BTreeSet<usize>,
) -> (Option<Plan>, Vec<Example>, Findings, BTreeSet<usize>) {
    let mut scope = scope::Scope::new(source, broken);
    in_force::check_places(&mut scope, statements);
    number::require_whole(&mut scope, statements);
    header::declare(&mut scope, statements);
    declare::declare(&mut scope, statements);
    grading::declare(&mut scope, statements);
    convention::define(&mut scope, statements);
    header::require_whole_periods(&mut scope, statements);
    ranking::define(&mut scope, statements);
    convention::define_by_rank(&mut scope, statements);
    node::define(&mut scope, statements);
    roll_up::define(&mut scope, statements);
    whole_limit::ask_of_which(&mut scope, statements);
    gathered::require_in_rankings(&mut scope, statements);
    places::require_first(&mut scope, statements);
    grading::define(&mut scope, statements);
    award::eligibility(&mut scope, statements);
    award::define(&mut scope, statements);
    convention::require(&mut scope);
    absent::require(&mut scope);
    roll_up::ask_of_left_out(&mut scope, statements);
    let examples = example::collect(&mut scope, statements);
    noted::require_reasons(&mut scope, statements);
    matters::require_rows(&mut scope);
    finish::finish(&mut scope);
    in_force::settle(&mut scope);
    excepted::leave_out(&mut scope.plan);
    let refused = std::mem::take(&mut scope.refused_guesses);
    let (plan, findings) = scope.into_plan();
    (Some(plan), examples, findings, refused)
}
