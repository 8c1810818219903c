//! `free-beyond-cap` 扣满不再扣
//!
//! *Finds* a cap on deductions that few faults of one line fill: from there on further faults in it cost nothing.
//! *Why*: whoever has filled it has no reason to mind the rest of the section.
//! *Example*: `扣分封顶 20分` over `负面言论：每次扣10分` is full with the second.
//! *Instead*: a higher cap, a lower one of the line itself (`最多扣10分`), or 认可.

use crate::analysis::{Claim, Look, Part, Suspicion, meaning, month_for, node_points, rules_below};
use crate::lint::extreme::of_row;
use crate::plan::*;
use crate::value::Number;

/// A cap that takes more faults than this is seldom filled by them.
const FEW: i64 = 3;

/// More than anyone reads.
const MOST: usize = 200;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let mut list = Vec::new();
    for (index, node) in plan.nodes.iter().enumerate() {
        let Some((most, line)) = node.written_steps().find_map(|(_, step, line)| match step {
            Step::CapDeduction { most: Expr::Number(most), per } if *per == node.cycle => Some((*most, line)),
            _ => None,
        }) else {
            continue;
        };
        let id = NodeId(index as u16);
        // The fewest faults of one line, an earlier line first.
        let best = rules_below(plan, id).into_iter().filter_map(|rule| Some((fills(look, rule, most)?, rule)));
        let Some((count, rule)) = best.min_by_key(|(count, rule)| (*count, rule.index())) else { continue };
        if count <= FEW {
            list.push((count, id, rule, (most, line)));
        }
    }
    list.sort_by_key(|(count, id, _, _)| (*count, id.index()));
    list.truncate(MOST);
    for (count, id, rule, cap) in list {
        let suspicion = suspect(look, id, rule, cap, count);
        look.found.extend(suspicion);
    }
}

/// How many faults of a line alone fill a cap.
fn fills(look: &mut Look<'_>, id: RuleId, most: Number) -> Option<i64> {
    let rule = &look.plan.rules[id.index()];
    if !rule.limits.is_empty() || !rule.effects.is_empty() && rule.effects.len() > 8 {
        return None;
    }
    let each = match (&rule.basis, &rule.points) {
        (Basis::Once(_), Expr::Number(points)) => {
            return (points.is_negative() && points.abs() >= most).then_some(1);
        }
        (Basis::Row(_), Expr::Multiply(pair)) => match (&pair[0], &pair[1]) {
            (Expr::Number(points), Expr::Row(RowField::Quantity)) if points.is_negative() => points.abs(),
            _ => return None,
        },
        _ => return None,
    };
    use rust_decimal::prelude::ToPrimitive;
    most.divided_by(each).ok()?.ceil().ok()?.to_i64()
}

fn suspect(
    look: &Look<'_>,
    id: NodeId,
    rule: RuleId,
    (most, cap_line): (Number, usize),
    count: i64,
) -> Option<Suspicion> {
    let plan = look.plan;
    let line = &plan.rules[rule.index()];
    let (Basis::Row(input) | Basis::Once(input)) = line.basis else { return None };
    let node = &plan.nodes[id.index()];
    let month = month_for(plan, input);
    // A second unit with twice as many faults, and one more line where there is one, is no worse off.
    let other = rules_below(plan, id).into_iter().find_map(|other| {
        let other_line = &plan.rules[other.index()];
        match (&other_line.basis, &other_line.points) {
            _ if other == rule => None,
            (Basis::Row(other), Expr::Multiply(_)) | (Basis::Once(other), Expr::Number(_)) => Some(*other),
            _ => None,
        }
        .filter(|other| is_plain_deduction(look, other_line, *other) && month_for(plan, *other) == month)
    });
    let number = Number::whole(count);
    // As the line has it, without what leaves rows out or gives them more.
    let Part { asked: on_roster, mut rows } = of_row(plan, line, false)?.part(Some((input, number)));
    let (.., cells) = rows.pop()?;
    let mut claim = Claim::new(
        plan,
        month,
        Box::new(move |units| {
            let full = most.negated();
            let raw = |at: usize| units[at].nodes.iter().find(|node| node.node == id).map(|node| node.raw().deduction);
            node_points(units[0], id) == full && node_points(units[1], id) == full && raw(0) < raw(1)
        }),
    )
    .with(on_roster.clone())
    .row_with(input, number, cells.clone())
    .another()
    .with(on_roster)
    .row_with(input, number, cells.clone());
    claim = match other {
        Some(other) => claim.row(other, Number::ONE),
        None if matches!(line.basis, Basis::Row(_)) => {
            claim.units[1].rows.clear();
            claim.row_with(input, Number::whole(count + 1), cells)
        }
        None => return None,
    };
    let name = if node.address.is_empty() { "总分" } else { node.address.as_str() };
    let times = if count == 1 { "一次".to_owned() } else { format!("{count}次") };
    Some(Suspicion {
        code: "free-beyond-cap",
        line: cap_line,
        text: String::new(),
        message: format!("“{}”{times}就扣满{most}分，此后“{name}”里再有什么都不再扣分", line.label),
        brief: format!("{name}满{most}分（{} {times}）", line.label),
        help: "提高封顶的分数，或给这一句单独写上限额（最多扣…分）".to_owned(),
        shows: format!("两个单位{name}都是-{most}分，后一个多出来的不再扣"),
        meaning: meaning(plan, &(&node.address, &node.steps, &line.basis, &line.points)),
        claim,
        alone: false,
    })
}

fn is_plain_deduction(look: &Look<'_>, rule: &Rule, input: InputId) -> bool {
    let plain = rule.limits.is_empty() && rule.row_rules.is_empty();
    let needs = &look.plan.inputs[input.index()].needs;
    let negative = match &rule.points {
        Expr::Number(points) => points.is_negative(),
        Expr::Multiply(pair) => matches!(&pair[0], Expr::Number(points) if points.is_negative()),
        _ => false,
    };
    plain && negative && *needs == Needs::default()
}
