//! `unused-name` 没有用到
//!
//! *Finds* an indicator, parameter, attribute of units or column of facts that no line looks at.
//! *Why*: everybody reports it month by month for nothing, or a line that was meant to use it is missing.
//! *Example*: `单位属性 类别：街道/乡镇`, and nowhere `类别为街道`.
//! *Instead*: the line that uses it, or no declaration.

use rustc_hash::FxHashSet;

use crate::analysis::{Asked, Claim, Look, Suspicion, everything, month_for};
use crate::plan::words::cell;
use crate::plan::*;
use crate::value::Number;

/// So many are looked up in the text.
const MOST: usize = 200;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let (mut inputs, mut attributes, mut columns) = (FxHashSet::default(), FxHashSet::default(), FxHashSet::default());
    let mut happened = FxHashSet::default();
    everything(
        plan,
        &mut |expr| match expr {
            Expr::Input { input, .. } | Expr::Parameter(input) => _ = inputs.insert(*input),
            Expr::Rows(rows) => _ = inputs.insert(rows.input),
            Expr::Attribute(id) => _ = attributes.insert(*id),
            Expr::Row(RowField::Column(id)) => _ = columns.insert(*id),
            Expr::Escalation { by: CountedBy::Field(RowField::Column(id)), .. } => _ = columns.insert(*id),
            _ => {}
        },
        &mut |condition| {
            if let Condition::Happened(input) = condition {
                happened.insert(*input);
            }
        },
    );
    if let Some(Grouping::Attribute(id)) = plan.group {
        attributes.insert(id);
    }
    for (index, input) in plan.inputs.iter().enumerate() {
        let id = InputId(index as u16);
        let reported = matches!(input.kind, InputKind::Indicator | InputKind::Parameter { global: false });
        if reported && !inputs.contains(&id) && !happened.contains(&id) {
            let kind = if input.kind == InputKind::Indicator { "指标" } else { "参数" };
            let month = month_for(plan, id);
            let claim = Claim::new(plan, month, Box::new(same)).row(id, Number::ZERO).another().row(id, Number::ONE);
            push(look, kind, &input.label, plan.nodes[input.node.index()].line as usize, claim);
        }
    }
    let month = plan.calendar.last();
    // Facts of some line, so that there is something to score.
    let event = (0..plan.rules.len()).find_map(|at| match plan.rules[at].basis {
        Basis::Row(input) | Basis::Once(input) if month_for(plan, input) == month => Some(input),
        _ => None,
    });
    let Some(event) = event else { return };
    let two = |plan: &Plan, asked: Asked, column: &Column, is_fact: bool| {
        let texts: Vec<String> = match &column.values {
            Some(values) => values.iter().take(2).map(|value| plan.symbols.text(*value).to_owned()).collect(),
            None => Vec::new(),
        };
        let (first, second) = match texts.as_slice() {
            [first, second] => (first.clone(), second.clone()),
            _ => match column.kind {
                Type::Text => ("甲类".to_owned(), "乙类".to_owned()),
                Type::Date => ("2000-01-01".to_owned(), "2020-01-01".to_owned()),
                _ => (cell(Number::ONE, &column.kind), cell(Number::ZERO, &column.kind)),
            },
        };
        let claim = Claim::new(plan, month, Box::new(same));
        let row = |claim: Claim, text: String| {
            let given = vec![(asked, text)];
            match is_fact {
                true => claim.row_with(event, Number::ONE, given),
                false => claim.with(given).row(event, Number::ONE),
            }
        };
        row(row(claim, first).another(), second)
    };
    for (index, column) in plan.attributes.iter().enumerate() {
        let id = AttributeId(index as u16);
        if !attributes.contains(&id) {
            let claim = two(plan, Asked::Attribute(id), column, false);
            push(look, "单位属性", &column.name, 1, claim);
        }
    }
    for (index, column) in plan.columns.iter().enumerate() {
        let id = ColumnId(index as u16);
        if !columns.contains(&id) {
            let claim = two(plan, Asked::Column(id), column, true);
            push(look, "事实列", &column.name, 1, claim);
        }
    }
}

/// Two units that differ in nothing else come to the same.
fn same(units: &[&crate::outcome::UnitOutcome]) -> bool {
    units[0].total == units[1].total
}

fn push(look: &mut Look<'_>, kind: &str, name: &str, from: usize, claim: Claim) {
    // Looking for the line takes time, and of so many nobody reads all.
    let line = if look.found.len() < MOST { look.line_with(from, &[name]) } else { None }.unwrap_or(from);
    look.found.push(Suspicion {
        code: "unused-name",
        line,
        text: name.to_owned(),
        message: format!("{kind}“{name}”没有一句用到"),
        brief: format!("{kind}“{name}”"),
        help: "补上用它的那一句；用不着的不必要求报送，删去".to_owned(),
        shows: "报得不一样，得分一样".to_owned(),
        meaning: format!("{kind}·{name}"),
        claim,
        alone: false,
    });
}
