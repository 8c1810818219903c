//! The register, read with the care of a fact file.

use std::collections::BTreeMap;

use super::{Objection, State};
use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Findings};
use crate::facts::register::{self, Columns, Line};
use crate::facts::{self, SourceFile};
use crate::parse::fold::fold_name;
use crate::plan::{Corrections, Input, InputKind, NodeId, Plan, WhenMissing};
use crate::suggest;

const COLUMNS: Columns = Columns {
    names: &[
        "编号",
        "期间",
        "单位",
        "条款",
        "情形",
        "事实",
        "理由",
        "提出日期",
        "状态",
        "决定",
        "决定日期",
        "改数量",
        "改分值",
        "计入",
    ],
    required: 9,
};
const NUMBER: usize = 0;
const PERIOD: usize = 1;
const UNIT: usize = 2;
const CLAUSE: usize = 3;
const LABEL: usize = 4;
const FACT: usize = 5;
const REASON: usize = 6;
const FILED: usize = 7;
const STATE: usize = 8;
const DECISION: usize = 9;
const DECIDED: usize = 10;
const QUANTITY: usize = 11;
const POINTS: usize = 12;
const CARRIED: usize = 13;

/// Reads the register; whether its units are on the roster is asked where the roster is.
pub fn read(plan: &Plan, file: &SourceFile<'_>) -> (Vec<Objection>, Findings) {
    let (lines, mut findings) = register::read(file, &COLUMNS);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut objections = Vec::new();
    for line in &lines {
        if let Some(first) = seen.get(line.cell(NUMBER)) {
            let message = format!("编号“{}”写了两次，第{first}行已有", line.cell(NUMBER));
            findings.push(line.error(NUMBER, "reported-twice", message).help("每条异议一个编号"));
            continue;
        }
        seen.insert(line.cell(NUMBER).to_owned(), line.place.line);
        match objection(plan, line, &mut findings) {
            Ok(objection) => objections.push(objection),
            Err(finding) => findings.push(*finding),
        }
    }
    (objections, findings)
}

fn objection(plan: &Plan, line: &Line, findings: &mut Findings) -> Result<Objection, Box<Finding>> {
    let is_whole = is_of_whole(plan, line.cell(CLAUSE));
    for column in [NUMBER, PERIOD, UNIT, CLAUSE, LABEL, REASON, FILED, STATE] {
        if line.cell(column).is_empty() && !(is_whole && column == LABEL) {
            let name = COLUMNS.names[column];
            let finding = line.error(column, "missing-cell", format!("这一行没有写{name}"));
            return Err(Box::new(finding.help(format!("补上{name}"))));
        }
    }
    let written = line.cell(PERIOD);
    let period = facts::period_named(&plan.calendar, &fold_name(written)).ok_or_else(|| {
        let finding = line.error(PERIOD, "unknown-period", format!("方案没有期间“{written}”"));
        Box::new(finding.expected(format!("{}这样的期间", plan.calendar.first())))
    })?;
    let node = if is_whole { NodeId(0) } else { clause(plan, line)? };
    if is_whole {
        whole(line)?;
    } else {
        label(plan, node, line)?;
    }
    let state = match line.cell(STATE) {
        "待处理" => State::Open,
        "成立" => State::Upheld,
        "不成立" => State::Rejected,
        other => {
            let finding = line.error(STATE, "unknown-choice", format!("状态不能写“{other}”"));
            return Err(Box::new(finding.expected("待处理、成立或不成立")));
        }
    };
    let filed = line.date(FILED, COLUMNS.names[FILED], findings);
    let decided = line.date(DECIDED, COLUMNS.names[DECIDED], findings);
    decisions(line, state, (filed, decided))?;
    number_instead(plan, node, line, state)?;
    let carried = carried(plan, line, state, period)?;
    let (fact, mark) = match line.cell(FACT).rsplit_once(['@', '＠']) {
        Some((fact, mark)) => (fact.trim(), Some(mark.trim().to_ascii_lowercase())),
        None => (line.cell(FACT), None),
    };
    // The colon before the number of the line, as Chinese keyboards type it.
    let fact = match fact.rsplit_once('：') {
        Some((file, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => format!("{file}:{line}"),
        _ => fact.to_owned(),
    };
    let some = |column: usize| (!line.cell(column).is_empty()).then(|| line.cell(column).to_owned());
    Ok(Objection {
        number: line.cell(NUMBER).to_owned(),
        period,
        unit: line.cell(UNIT).to_owned(),
        former: None,
        clause: if is_whole { line.cell(CLAUSE).to_owned() } else { plan.nodes[node.index()].address.clone() },
        label: line.cell(LABEL).to_owned(),
        fact: (!fact.is_empty()).then_some(fact),
        mark,
        reason: line.cell(REASON).to_owned(),
        filed,
        state,
        decision: line.cell(DECISION).to_owned(),
        decided,
        quantity: some(QUANTITY),
        points: some(POINTS),
        carried,
        place: line.place.clone(),
    })
}

/// What an objection may be against in place of a clause.
const WHOLE: [&str; 4] = ["总分", "名次", "等次", "奖惩"];

fn is_of_whole(plan: &Plan, clause: &str) -> bool {
    WHOLE.contains(&clause) && plan.nodes.iter().all(|node| node.address != clause)
}

/// Nothing can be struck out of a total or a place: that is done to a row.
fn whole(line: &Line) -> Result<(), Box<Finding>> {
    let Some(column) = [LABEL, FACT, QUANTITY, POINTS].into_iter().find(|column| !line.cell(*column).is_empty()) else {
        return Ok(());
    };
    let message = format!("对{}的异议不写{}", line.cell(CLAUSE), COLUMNS.names[column]);
    let finding = line.error(column, "objection-to-whole", message);
    Err(Box::new(finding.help("空着；要撤销、改数的，按条款和情形另登记一条")))
}

fn clause(plan: &Plan, line: &Line) -> Result<NodeId, Box<Finding>> {
    let wanted = facts::address(line.cell(CLAUSE));
    let known = || plan.nodes.iter().map(|node| node.address.as_str()).filter(|address| !address.is_empty());
    match plan.nodes.iter().position(|node| node.parent.is_some() && node.address == wanted) {
        Some(index) => Ok(NodeId(index as u16)),
        None => {
            let finding = line.error(CLAUSE, "unknown-clause", format!("方案里没有条款“{}”", line.cell(CLAUSE)));
            Err(Box::new(with_nearest(finding, &wanted, known())))
        }
    }
}

/// The label of a line or of an indicator of the item.
fn label(plan: &Plan, node: NodeId, line: &Line) -> Result<(), Box<Finding>> {
    let rules = plan.nodes[node.index()].rules.iter().map(|id| plan.rules[id.index()].label.as_str());
    let inputs = plan.inputs.iter().filter(|input| input.node == node).map(|input| input.label.as_str());
    // A line that says two things of one label is one label.
    let mut known: Vec<&str> = Vec::new();
    rules.chain(inputs).for_each(|label| {
        if !known.contains(&label) {
            known.push(label);
        }
    });
    if known.contains(&line.cell(LABEL)) {
        return Ok(());
    }
    let message = format!("条款“{}”里没有情形“{}”", line.cell(CLAUSE), line.cell(LABEL));
    let finding = line.error(LABEL, "unknown-label", message);
    if known.is_empty() {
        let below = format!("{}.", plan.nodes[node.index()].address);
        let lines = plan.nodes.iter().filter(|it| it.address.starts_with(&below) && !it.rules.is_empty());
        let items: Vec<&str> = lines.take(8).map(|it| it.address.as_str()).collect();
        return Err(Box::new(finding.help(format!("条款写到有计分句的条目：{}", items.join("、")))));
    }
    Err(Box::new(with_nearest(finding, line.cell(LABEL), known.into_iter())))
}

/// What is decided has a day, and what has a day is decided.
fn decisions(
    line: &Line,
    state: State,
    (filed, decided): (Option<chrono::NaiveDate>, Option<chrono::NaiveDate>),
) -> Result<(), Box<Finding>> {
    if state == State::Open && (decided.is_some() || !line.cell(DECISION).is_empty()) {
        let finding = line.error(STATE, "objection-decided", "状态是待处理，却写了决定");
        return Err(Box::new(finding.help("状态写成立或不成立，或去掉决定")));
    }
    if state != State::Open && (decided.is_none() || line.cell(DECISION).is_empty()) {
        let message = format!("状态是{}，没有写决定和决定日期", state.word());
        let finding = line.error(DECISION, "objection-undecided", message);
        return Err(Box::new(finding.help("补上决定、决定日期")));
    }
    if let (Some(filed), Some(decided)) = (filed, decided)
        && decided < filed
    {
        let finding = line.error(DECIDED, "objection-decided", "决定日期早于提出日期");
        return Err(Box::new(finding.help("核对这两个日期")));
    }
    let changes = [QUANTITY, POINTS].into_iter().find(|column| !line.cell(*column).is_empty());
    if let Some(column) = changes
        && (state != State::Upheld || line.cell(FACT).is_empty())
    {
        let message = format!("写了{}，却不是成立的、指明了事实的异议", COLUMNS.names[column]);
        let finding = line.error(column, "objection-decided", message);
        return Err(Box::new(finding.help("状态写成立，事实写明哪个文件哪一行，或去掉这一格")));
    }
    Ok(())
}

/// The later month in which the difference counts, where corrections count in the month in which they are found.
fn carried(plan: &Plan, line: &Line, state: State, own: PeriodId) -> Result<Option<PeriodId>, Box<Finding>> {
    let written = line.cell(CARRIED);
    if written.is_empty() {
        return Ok(None);
    }
    let refused = |message: String, help: &str| Box::new(line.error(CARRIED, "objection-carried", message).help(help));
    if !matches!(plan.corrections, Some(Corrections::MonthFound(_))) {
        let message = "方案没有约定更正计入发现的月份，不写“计入”".to_owned();
        return Err(refused(message, "空着：成立的异议改的是它自己的月份"));
    }
    if state != State::Upheld || line.cell(FACT).is_empty() {
        return Err(refused(
            "写了“计入”，却不是成立的、指明了事实的异议".to_owned(),
            "空着，或者状态写成立，事实写明哪个文件哪一行",
        ));
    }
    let calendar = &plan.calendar;
    let found = facts::period_named(calendar, &fold_name(written));
    match found.filter(|found| calendar.period(own).last < calendar.period(*found).first) {
        Some(found) => Ok(Some(found)),
        None => Err(refused(
            format!("“计入”写的是“{written}”，不是{}以后的一期", calendar.period(own).name),
            "写差额计入的月份，如2023-06：更正时写的 --found",
        )),
    }
}

/// An indicator is a number of every unit: there is none without one.
fn number_instead(plan: &Plan, node: NodeId, line: &Line, state: State) -> Result<(), Box<Finding>> {
    let is_it = |input: &&Input| input.node == node && input.label == line.cell(LABEL);
    let Some(input) = plan.inputs.iter().find(is_it).filter(|it| it.kind == InputKind::Indicator) else {
        return Ok(());
    };
    if state != State::Upheld || line.cell(FACT).is_empty() || !line.cell(QUANTITY).is_empty() {
        return Ok(());
    }
    let message = format!("“{}”是指标，每个单位都要有，不能整行不计", line.cell(LABEL));
    let finding = line.error(QUANTITY, "objection-without-number", message);
    Err(Box::new(finding.help(match input.inapplicable {
        WhenMissing::Error => "“改数量”写应当是多少",
        _ => "“改数量”写应当是多少；不考评这一项的，写“不适用”",
    })))
}

fn with_nearest<'k>(finding: Finding, wrong: &str, known: impl Iterator<Item = &'k str> + Clone) -> Finding {
    match suggest::nearest(wrong, known.clone()) {
        Some(near) => finding.help(format!("是不是“{near}”")),
        None => {
            let some: Vec<&str> = known.take(8).collect();
            finding.help(format!("可以是：{}", some.join("、")))
        }
    }
}
