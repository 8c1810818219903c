//! Lines that are in force for some months only, by the mark before them: 〔自2023年7月起〕, 〔停用〕.

use rust_decimal::Decimal;

use super::scope::{Meaning, Scope, name_of};
use crate::amend;
use crate::calendar::{Calendar, Cycle};
use crate::diagnostic::{Finding, Severity};
use crate::parse::{Context, InForce, Statement};
use crate::plan::*;
use crate::syntax::Rule as Token;

/// Where something that is assessed as a whole was amended inside it: which text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Midway {
    /// 按期初的规定考评
    Start,
    /// 按期末的规定考评
    End,
}

/// Drops what was stopped and leaves no trace: all but lines of nodes, whose labels facts may still name.
pub fn without_stopped<'a>(statements: Vec<Statement<'a>>) -> Vec<Statement<'a>> {
    let mut stopped = false;
    let keep = |statement: &Statement<'_>| {
        let line = statement.line;
        if line.opening {
            stopped = line.context != Context::Node && line.in_force.stopped;
        }
        !stopped && (line.context == Context::Node || !line.in_force.stopped)
    };
    let mut kept = statements;
    kept.retain(keep);
    kept
}

/// Lines that no amendment changes by themselves, and that may yet come and go.
fn goes_with_others(kind: Token) -> bool {
    matches!(kind, Token::department | Token::unlimited | Token::table_row | Token::share_row)
}

/// Refuses marks where a line cannot come and go.
pub fn check_places(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    for statement in statements.iter().filter(|statement| statement.line.in_force != InForce::ALWAYS) {
        let line = statement.line;
        let kind = statement.inner().as_rule();
        let fits = match line.context {
            _ if line.opening => line.context == Context::Node,
            Context::Node if line.in_force.stopped || goes_with_others(kind) => true,
            Context::Node | Context::Conventions => amend::may_vary(line.context, kind),
            _ => false,
        };
        if !fits {
            let finding = scope
                .at_line(line.number, "mark-out-of-place", "这一句不能只在几个月里施行")
                .help("去掉前面的方括号；计分句、条目、封顶、系数、基础分才能从年中某月起改");
            scope.report(finding);
        }
    }
}

/// 〔自2025年8月起〕 of a book of 2024: a month that the book does not have.
fn never_in_term(scope: &Scope<'_>, mark: InForce) -> Option<String> {
    let (first, last) = (scope.plan.calendar.first(), scope.plan.calendar.last());
    let outside = mark.first.is_some_and(|since| since > last) || mark.last.is_some_and(|until| until < first);
    (outside && !mark.stopped).then(|| format!("施行期是{first}至{last}；年月写错的改过来，不再要的删去这一句"))
}

/// When each node and each statement is in force, once all cycles are known.
pub fn gather(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut nodes = vec![InForce::ALWAYS; scope.plan.nodes.len()];
    let mut marks = Vec::with_capacity(statements.len());
    for (index, statement) in statements.iter().enumerate() {
        let (line, node) = (statement.line, scope.nodes_of[index]);
        if let Some(help) = never_in_term(scope, line.in_force) {
            let message = format!("{}在施行期以外，这一句永远不计", line.in_force);
            let finding = scope.at_line(line.number, "since-out-of-force", message).help(help);
            scope.report(finding);
        }
        let own = aligned(scope, line.in_force, node, line.number);
        let is_late = own.first.is_some_and(|first| first > scope.plan.calendar.last());
        if is_late && line.in_force.first.is_some_and(|first| first <= scope.plan.calendar.last()) {
            let message = format!("按期初的规定考评，{}的这一句在施行期内不起作用", line.in_force);
            let help = "今年就按新的考评的，约定“中途修改的，按期末的规定考评”；明年才改的，写进明年的方案";
            let finding = scope.at_line(line.number, "amendment-without-change", message).help(help);
            scope.report(Finding { severity: Severity::Warning, ..finding });
        }
        let mark = match line.context {
            Context::Node if line.opening => {
                let parent = scope.plan.nodes[node.index()].parent;
                let around = parent.map_or(InForce::ALWAYS, |parent| nodes[parent.index()]);
                nodes[node.index()] = own.and(around);
                nodes[node.index()]
            }
            Context::Node => own.and(nodes[node.index()]),
            _ => own,
        };
        marks.push(clipped(&scope.plan.calendar, mark));
    }
    scope.in_force = marks;
    for (index, mark) in nodes.iter().enumerate() {
        if is_never(&scope.plan.calendar, *mark) {
            let node = NodeId(index as u16);
            scope.stopped.insert(node);
            // What does not count is no part of anything.
            if let Some(parent) = scope.plan.nodes[index].parent {
                scope.plan.nodes[parent.index()].children.retain(|child| *child != node);
            }
        } else if let Some(months) = months_of(&scope.plan.calendar, clipped(&scope.plan.calendar, *mark)) {
            scope.plan.nodes[index].applies = Condition::During(months);
        }
    }
}

/// When a line of 约定 is in force.
pub fn of_line(scope: &mut Scope<'_>, statement: &Statement<'_>) -> InForce {
    let mark = aligned(scope, statement.line.in_force, NodeId(0), statement.line.number);
    clipped(&scope.plan.calendar, mark)
}

/// What 约定 say of amendments inside the term.
pub fn conventions(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    for statement in statements.iter().filter(|s| s.line.context == Context::Conventions && !s.line.opening) {
        let pair = statement.inner();
        match pair.as_rule() {
            Token::midway_rule if pair.has(Token::BY_END) => scope.conventions.midway = Some(Midway::End),
            Token::midway_rule => scope.conventions.midway = Some(Midway::Start),
            Token::apart_rule => scope.conventions.apart = true,
            _ => {}
        }
    }
}

/// Moves the ends of a mark out of the middle of what is assessed as a whole.
fn aligned(scope: &mut Scope<'_>, mark: InForce, node: NodeId, line: usize) -> InForce {
    let cycle = scope.plan.nodes[node.index()].cycle;
    if cycle == Cycle::Month || mark.stopped {
        return mark;
    }
    let mut straddles = false;
    let midway = scope.conventions.midway;
    let calendar = &scope.plan.calendar;
    let mut begin = |month: crate::calendar::Month| {
        let Some(around) = calendar.around(cycle, month) else { return month };
        let period = calendar.period(around);
        match midway {
            _ if period.first == month => month,
            Some(Midway::End) => period.first,
            Some(Midway::Start) => period.last.plus(1),
            None => {
                straddles = true;
                month
            }
        }
    };
    let first = mark.first.map(&mut begin);
    let last = mark.last.map(|last| begin(last.plus(1)).plus(-1));
    if straddles {
        scope.unsettled.push(Unsettled { kind: Kind::Midway, old: mark.first.is_none(), line });
    }
    InForce { first, last, ..mark }
}

fn clipped(calendar: &Calendar, mark: InForce) -> InForce {
    InForce {
        first: mark.first.filter(|first| *first > calendar.first()),
        last: mark.last.filter(|last| *last < calendar.last()),
        ..mark
    }
}

/// Whether there is no month of the term in which it is in force.
pub fn is_never(calendar: &Calendar, mark: InForce) -> bool {
    mark.is_never()
        || mark.first.is_some_and(|first| first > calendar.last())
        || mark.last.is_some_and(|last| last < calendar.first())
}

/// The months of a mark; `None` where it is in force for the whole term.
pub fn months_of(calendar: &Calendar, mark: InForce) -> Option<Months> {
    let is_limited = mark.first.is_some() || mark.last.is_some();
    is_limited
        .then(|| Months { first: mark.first.unwrap_or(calendar.first()), last: mark.last.unwrap_or(calendar.last()) })
}

// ---------------------------------------------------------------- inputs

/// The versions of a new input that is declared under the current mark.
pub fn versions_of(scope: &Scope<'_>, input: &Input) -> Option<Vec<Version>> {
    if is_never(&scope.plan.calendar, scope.mark) {
        return Some(Vec::new());
    }
    months_of(&scope.plan.calendar, scope.mark).map(|months| vec![Version { months, input: input.clone() }])
}

/// A label that is declared again under another mark is the same thing under another text.
/// `None` where it is simply written twice.
pub fn declare_again(scope: &mut Scope<'_>, known: InputId, input: &Input) -> Option<Again> {
    let calendar = &scope.plan.calendar;
    let (never, months) = (is_never(calendar, scope.mark), months_of(calendar, scope.mark));
    let old = &mut scope.plan.inputs[known.index()];
    let is_pending = |input: &Input| matches!(input.kind, InputKind::Pending(_));
    let (was_pending, old_kind, old_quantity) = (is_pending(old), old.kind.clone(), old.quantity.clone());
    let Some(versions) = &mut old.versions else { return never.then_some(Again::Same) };
    if never {
        return Some(Again::Same);
    }
    if versions.is_empty() {
        // Stopped before, and written anew.
        let versions = months.map(|months| vec![Version { months, input: input.clone() }]);
        *old = Input { versions, ..input.clone() };
        return Some(Again::Same);
    }
    let months = months?;
    let overlaps = |version: &Version| version.months.first <= months.last && months.first <= version.months.last;
    if versions.iter().any(overlaps) {
        return None;
    }
    let same_kind = std::mem::discriminant(&old_kind) == std::mem::discriminant(&input.kind);
    let may_settle = was_pending || is_pending(input);
    if !same_kind && !may_settle || same_kind && old_quantity != input.quantity {
        return Some(Again::Other);
    }
    // A grade keeps the group it was first in.
    let kind = if matches!(old_kind, InputKind::Grade { .. }) && same_kind { old_kind } else { input.kind.clone() };
    let version = Input { kind, ..input.clone() };
    if was_pending {
        let versions = std::mem::take(versions);
        *old = Input { versions: Some(versions), ..version.clone() };
    }
    old.additive &= input.additive;
    old.versions.get_or_insert_default().push(Version { months, input: version });
    Some(Again::Same)
}

/// What a label that is declared again is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    Same,
    /// Another kind of thing, or another measure word.
    Other,
}

/// Whether a measure that is known may be defined again, by another text.
pub fn define_again(scope: &mut Scope<'_>, known: MeasureId) -> bool {
    let Some(months) = months_of(&scope.plan.calendar, scope.mark) else { return false };
    let Some(texts) = scope.measured.get_mut(&known) else { return false };
    let is_free = texts.iter().all(|other| months.last < other.first || other.last < months.first);
    texts.push(months);
    is_free
}

/// A measure that is defined under the current mark.
pub fn note_measure(scope: &mut Scope<'_>, measure: MeasureId) {
    if let Some(months) = months_of(&scope.plan.calendar, scope.mark) {
        scope.measured.insert(measure, vec![months]);
    }
}

/// Whether the current mark ends before the first text of an input: what stood there was no text of it.
pub fn is_before(scope: &Scope<'_>, known: InputId) -> bool {
    let months = months_of(&scope.plan.calendar, scope.mark);
    let versions = scope.plan.inputs[known.index()].versions.iter().flatten();
    let first = versions.map(|version| version.months.first).min();
    months.zip(first).is_some_and(|(months, first)| months.last < first)
}

/// A line about a known indicator keeps it in force.
pub fn extend(scope: &mut Scope<'_>, known: InputId) {
    let Some(months) = months_of(&scope.plan.calendar, scope.mark) else { return };
    let input = &mut scope.plan.inputs[known.index()];
    let plain = Input { versions: None, ..input.clone() };
    if let Some(versions) = &mut input.versions
        && !versions.is_empty()
        && !versions.iter().any(|version| version.months == months)
    {
        let input = versions.first().map_or(plain, |version| version.input.clone());
        versions.push(Version { months, input });
    }
}

// ---------------------------------------------------------------- lines

/// Compiles a line of a node; what it brings is in force when the line is.
pub fn under<T>(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    node: NodeId,
    compile: impl FnOnce(&mut Scope<'_>) -> T,
) -> T {
    let Some(months) = months_of(&scope.plan.calendar, scope.mark) else { return compile(scope) };
    let own = statement.line.in_force != InForce::ALWAYS;
    let here = &scope.plan.nodes[node.index()];
    let (rules, steps, start, cycle) = (scope.plan.rules.len(), here.steps.len(), here.start.clone(), here.cycle);
    let named = named_here(scope, statement, node);
    let measures: Vec<(MeasureId, Expr)> = named
        .iter()
        .filter_map(|meaning| if let Meaning::Measure(id) = meaning { Some(*id) } else { None })
        .map(|id| (id, scope.plan.measures[id.index()].expr.clone()))
        .collect();
    let inputs = enter(scope, &named, months);
    let result = compile(scope);
    leave(scope, inputs, months);
    let mut runs_on = false;
    for rule in &mut scope.plan.rules[rules..] {
        rule.in_force = Some(months);
        runs_on |= own && counts_longer(rule);
    }
    if own {
        for (id, old) in measures {
            let expr = scope.plan.measures[id.index()].expr.clone();
            if expr != old {
                let free = take_months(scope, statement, Meaning::Measure(id), months);
                scope.plan.measures[id.index()].expr = if free { during(months, expr, old) } else { old };
            }
        }
        let new = scope.plan.nodes[node.index()].start.clone();
        if new != start {
            let free = take_months(scope, statement, Meaning::Node(node), months);
            scope.plan.nodes[node.index()].start = if free { during(months, new, start) } else { start };
        }
        for step in &mut scope.plan.nodes[node.index()].steps[steps..] {
            runs_on |= limit(step, months, cycle);
        }
    }
    if runs_on && !scope.conventions.apart {
        let old = statement.line.in_force.first.is_none();
        scope.unsettled.push(Unsettled { kind: Kind::Apart, old, line: statement.line.number });
    }
    result
}

/// What the names in a line mean in its own node.
fn named_here(scope: &Scope<'_>, statement: &Statement<'_>, node: NodeId) -> Vec<Meaning> {
    let names = [Token::head_name, Token::head_name_short, Token::measure_name, Token::name];
    let mut named: Vec<Meaning> = Vec::new();
    let pairs = std::iter::once(statement.pair.clone()).chain(statement.pair.clone().into_inner().flatten());
    for pair in pairs.filter(|pair| names.contains(&pair.as_rule())) {
        named.extend(scope.declared_here(node, &name_of(&pair)).filter(|meaning| !named.contains(meaning)));
    }
    named
}

/// Notes that a text of something holds in these months; `false`, with a finding, where another does.
// INVARIANT: no two texts share a month, so that what is nested by texts is never deeper than the term has months.
fn take_months(scope: &mut Scope<'_>, statement: &Statement<'_>, what: Meaning, months: Months) -> bool {
    let taken = scope.taken.entry(what).or_default();
    let is_free = taken.iter().all(|other| months.last < other.first || other.last < months.first);
    if is_free {
        taken.push(months);
    } else if !scope.findings.iter().any(|finding| finding.place.line == statement.line.number) {
        let finding = scope.at_line(statement.line.number, "duplicate-line", "这几个月里已经有一句说同一件事");
        scope.report(finding.help("只留一句，或改前面方括号里的月份"));
    }
    is_free
}

fn during(months: Months, then: Expr, otherwise: Expr) -> Expr {
    Expr::Case { arms: vec![(Condition::During(months), then)], otherwise: Box::new(otherwise) }
}

/// The inputs that a line names as the text in force in these months has them; gives what they were.
fn enter(scope: &mut Scope<'_>, named: &[Meaning], months: Months) -> Vec<(InputId, Input)> {
    let mut saved = Vec::new();
    for meaning in named {
        let Meaning::Input(id) = meaning else { continue };
        let input = &mut scope.plan.inputs[id.index()];
        let Some(versions) = &mut input.versions else { continue };
        let Some(version) = versions.iter().find(|version| version.months == months) else { continue };
        let (then, kind) = (version.input.clone(), input.kind.clone());
        let versions = std::mem::take(versions);
        let then = Input { kind, versions: Some(versions), ..then };
        saved.push((*id, std::mem::replace(input, then)));
    }
    saved
}

/// Keeps what the line learnt of its inputs in their version, and puts back what they were.
fn leave(scope: &mut Scope<'_>, saved: Vec<(InputId, Input)>, months: Months) {
    for (id, was) in saved {
        let input = &mut scope.plan.inputs[id.index()];
        let mut versions = input.versions.take().unwrap_or_default();
        let learnt = std::mem::replace(input, was);
        if let Some(version) = versions.iter_mut().find(|version| version.months == months) {
            let kind = version.input.kind.clone();
            version.input = Input { kind, versions: None, ..learnt.clone() };
        }
        // Lines of the whole term speak of whatever one of its texts lets in.
        let wider = |a: Option<Decimal>, b: Option<Decimal>, pick: fn(Decimal, Decimal) -> Decimal| {
            a.zip(b).map(|(a, b)| pick(a, b))
        };
        let ranges: Vec<_> = versions.iter().map(|version| version.input.range).collect();
        let joined = ranges.into_iter().reduce(|a, b| (wider(a.0, b.0, Decimal::min), wider(a.1, b.1, Decimal::max)));
        input.range = joined.unwrap_or(input.range);
        input.additive &= learnt.additive;
        input.versions = Some(versions);
    }
}

/// A convention that an amendment calls for: asked once, at the new text rather than at the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsettled {
    kind: Kind,
    old: bool,
    line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Midway,
    Apart,
}

fn ask(scope: &mut Scope<'_>) {
    for kind in [Kind::Midway, Kind::Apart] {
        let Some(first) = scope.unsettled.iter().filter(|unsettled| unsettled.kind == kind).min() else { continue };
        let (message, choices): (_, &[&str]) = match kind {
            Kind::Midway => (
                "改动落在季度（年）的中间，没有写这一季（年）按哪一种规定考评",
                &["中途修改的，按期末的规定考评", "中途修改的，按期初的规定考评"],
            ),
            Kind::Apart => {
                ("这一句按全年（跨期）累计，年中改了，没有写修改前后怎样累计", &["跨期累计的，修改前后各自累计"])
            }
        };
        scope.missing_convention(first.line, message, choices);
    }
}

/// What lines of the whole term ask of a label, each of its texts asks too.
pub fn settle(scope: &mut Scope<'_>) {
    ask(scope);
    for input in &mut scope.plan.inputs {
        let (needs, columns) = (input.needs.clone(), input.columns.clone());
        for version in input.versions.iter_mut().flatten() {
            version.input.needs.join(&needs);
            let new = columns.iter().filter(|column| !version.input.columns.contains(column));
            let new: Vec<ColumnId> = new.copied().collect();
            version.input.columns.extend(new);
        }
    }
}

/// Whether what a line counts in one period depends on earlier ones.
fn counts_longer(rule: &Rule) -> bool {
    let longer = |per: Cycle| per > rule.cycle;
    let limits = rule.limits.iter().any(|limit| matches!(limit.per, LimitPer::Cycle(per) if longer(per)));
    let escalates = matches!(&rule.points, Expr::Escalation { per, .. } if longer(*per));
    limits
        || escalates
        || rule.most_times.is_some_and(|(_, per)| longer(per))
        || rule.same_matter.is_some_and(|matter| longer(matter.per))
}

/// Limits a step to some months; tells whether it runs over several periods.
fn limit(step: &mut Step, months: Months, cycle: Cycle) -> bool {
    let only = |expr: &mut Expr| {
        let inner = std::mem::replace(expr, Expr::NotAssessed);
        *expr = during(months, inner, Expr::NotAssessed);
    };
    let also = |when: &mut Condition| {
        let inner = std::mem::replace(when, Condition::Always);
        *when = Condition::All(vec![Condition::During(months), inner]);
    };
    match step {
        Step::CapDeduction { most, per } | Step::CapBonus { most, per } | Step::CapPoints { most, per } => {
            only(most);
            *per > cycle
        }
        Step::Floor { least, per } => {
            only(least);
            *per > cycle
        }
        Step::Multiply(factor) => {
            let factor = std::mem::replace(factor, Expr::NotAssessed);
            *step = Step::MultiplyWhen { when: Condition::During(months), factor };
            false
        }
        Step::Set { when, .. } | Step::MultiplyWhen { when, .. } | Step::CapWhen { when, .. } => {
            also(when);
            false
        }
        // 保留 is refused with a mark of its own.
        Step::Round { .. } => false,
    }
}

impl Scope<'_> {
    /// Whether what a name stands for was stopped.
    pub fn is_stopped(&self, meaning: Meaning) -> bool {
        match meaning {
            Meaning::Input(id) => self.plan.inputs[id.index()].versions.as_ref().is_some_and(Vec::is_empty),
            Meaning::Node(id) => self.stopped.contains(&id),
            Meaning::Measure(_) | Meaning::Attribute(_) | Meaning::Column(_) => false,
        }
    }
}
