//! `limit-out-of-reach` 限额够不着
//!
//! *Finds* a cap, floor or limit that never bites, because the lines under it cannot reach it.
//! *Why*: either a figure is wrong, or the reader is led to fear (or hope for) what cannot happen.
//! *Example*: `扣分封顶 40分` over two lines that deduct 5 each.
//! *Instead*: the right figure, or no cap.

use crate::analysis::{Interval, Look, Suspicion, line_points, meaning, node_points, rules_below};
use crate::lint::extreme::{Way, all_pushed, end_of};
use crate::lint::grade_out_of_reach::{MOST_LINES, with_a_fact};
use crate::plan::*;
use crate::value::Number;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    for (index, node) in plan.nodes.iter().enumerate() {
        let id = NodeId(index as u16);
        if node.full.is_some() || node.combine != Combine::Sum {
            continue;
        }
        // The limits that come with 满分 are not written, and so cannot be wrong. What scales may bring points up to a
        // later cap.
        let scales = |step: &Step| {
            matches!(step, Step::Multiply(_) | Step::MultiplyWhen { .. } | Step::Set { .. } | Step::Round { .. })
        };
        for (_, step, line) in node.written_steps().take_while(|(_, step, _)| !scales(step)) {
            let (way, word, most) = match step {
                Step::CapDeduction { most: Expr::Number(most), .. } => (Way::Down, "扣", *most),
                Step::CapBonus { most: Expr::Number(most), .. } => (Way::Up, "加", *most),
                _ => continue,
            };
            if has_endless(plan, id, way) {
                continue;
            }
            let (before, _) = look.bounds.node_both(id);
            let figure = if way == Way::Down { before.deduction } else { before.bonus };
            let Some(end) = out_of_reach(figure, most) else { continue };
            let suspicion = suspect(look, id, line, way, end, word, most);
            look.found.extend(suspicion);
        }
    }
    // Facts for more lines are not made up.
    if plan.rules.len() <= MOST_LINES {
        (0..plan.nodes.len()).for_each(|index| of_points(look, NodeId(index as u16)));
    }
    for index in 0..plan.rules.len() {
        let suspicion = of_line(look, RuleId(index as u16));
        look.found.extend(suspicion);
    }
}

/// `得分不低于 60分` where the sections' own caps leave 70, `得分封顶 150分` where nobody comes above 120. An end that is
/// just reached is where the scheme ends by design.
fn of_points(look: &mut Look<'_>, id: NodeId) {
    let plan = look.plan;
    let node = &plan.nodes[id.index()];
    for (at, step, line) in node.written_steps() {
        let (way, limit) = match step {
            Step::Floor { least: Expr::Number(least), per } if *per == node.cycle => (Way::Down, *least),
            Step::CapPoints { most: Expr::Number(most), per } if *per == node.cycle => (Way::Up, *most),
            _ => continue,
        };
        // 满分 says so already that nothing falls below zero.
        if node.full.is_some() && (way == Way::Up || !limit.is_positive()) {
            continue;
        }
        let points = look.bounds.before_step(id, at).points;
        // 得分不低于 30分 where nobody comes above 24: it is what everybody has.
        let most = end_of(points, Way::Up).filter(|most| way == Way::Down && *most < limit && !points.loose);
        if let Some(most) = most {
            let found = always_raised(look, id, (at, line), (most, limit));
            look.found.extend(found);
            continue;
        }
        let is_beyond = |end: &Number| if way == Way::Down { *end > limit } else { *end < limit };
        let Some(end) = end_of(points, way).filter(|end| is_beyond(end) && !points.loose) else { continue };
        let check = move |units: &[&crate::outcome::UnitOutcome]| node_points(units[0], id) == end;
        let Some(claim) = all_pushed(look, rules_below(plan, id), way, Box::new(check)) else { continue };
        let claim = with_a_fact(plan, claim);
        let name = if node.address.is_empty() { "总分" } else { node.address.as_str() };
        let (word, said) = if way == Way::Down { ("最低", "不低于") } else { ("最高", "封顶") };
        look.found.push(Suspicion {
            code: "limit-out-of-reach",
            line,
            text: String::new(),
            message: format!("“{name}”{word}也是{end}分，到不了写的{limit}分"),
            brief: format!("{name}（{word}{end}分，{said}{limit}分）"),
            help: format!("核对分数；用不着的“{said}”可以删去"),
            shows: format!("{word}也是{end}分"),
            meaning: meaning(plan, &(&node.address, &node.steps, end)),
            claim,
            alone: false,
        });
    }
}

/// A floor that the best stays below.
fn always_raised(
    look: &mut Look<'_>,
    id: NodeId,
    (at, line): (usize, usize),
    (most, limit): (Number, Number),
) -> Option<Suspicion> {
    let plan = look.plan;
    let node = &plan.nodes[id.index()];
    // What changes the points again is not looked through.
    let is_last = node.steps[at + 1..].iter().all(|step| matches!(step, Step::Floor { .. } | Step::CapPoints { .. }));
    let check = move |units: &[&crate::outcome::UnitOutcome]| node_points(units[0], id) == limit;
    let claim = all_pushed(look, rules_below(plan, id), Way::Up, Box::new(check)).filter(|_| is_last)?;
    let name = if node.address.is_empty() { "总分" } else { node.address.as_str() };
    Some(Suspicion {
        code: "limit-out-of-reach",
        line,
        text: String::new(),
        message: format!("“{name}”最高也只有{most}分，写了不低于{limit}分，怎样都是{limit}分"),
        brief: format!("{name}（最高{most}分，不低于{limit}分）"),
        help: "核对分数".to_owned(),
        shows: format!("做到最好，也是补到的{limit}分"),
        meaning: meaning(plan, &(&node.address, &node.steps, most)),
        claim: with_a_fact(plan, claim),
        alone: false,
    })
}

/// `迟报：扣5分，最多扣10分`
fn of_line(look: &mut Look<'_>, id: RuleId) -> Option<Suspicion> {
    let plan = look.plan;
    let rule = &plan.rules[id.index()];
    let most = rule.limits.iter().find_map(|limit| match (&limit.most, limit.per) {
        (Expr::Number(most), LimitPer::Row | LimitPer::Cycle(_)) => Some(*most),
        _ => None,
    })?;
    // What may occur any number of times fills every limit.
    if !matches!(rule.basis, Basis::Once(_) | Basis::Period) {
        return None;
    }
    let points = look.bounds.rule(id).points;
    let (low, high) = (points.low?, points.high?);
    let (way, end, word) = match (low.is_negative(), high.is_positive()) {
        (true, false) => (Way::Down, low.abs(), "扣"),
        (false, true) => (Way::Up, high, "加"),
        _ => return None,
    };
    if points.loose || end >= most {
        return None;
    }
    let check = move |units: &[&crate::outcome::UnitOutcome]| line_points(units[0], id).abs() == end;
    let claim = all_pushed(look, vec![id], way, Box::new(check))?;
    let label = &rule.label;
    Some(Suspicion {
        code: "limit-out-of-reach",
        line: rule.line as usize,
        text: String::new(),
        message: format!("“{label}”最多只能{word}{end}分，到不了写的最多{most}分"),
        brief: format!("{label}（最多{end}分，限额{most}分）"),
        help: "核对分数；用不着的限额可以删去".to_owned(),
        shows: format!("最多也只{word}{end}分"),
        meaning: meaning(plan, &(&plan.nodes[rule.node.index()].address, label, &rule.points, end, most)),
        claim,
        alone: false,
    })
}

/// Whether some line is given for each of any number of rows: then every limit is reached, and nothing need be computed.
fn has_endless(plan: &Plan, id: NodeId, way: Way) -> bool {
    let endless = |rule: &Rule| match (&rule.basis, &rule.points) {
        (Basis::Row(_), Expr::Multiply(pair)) if rule.limits.is_empty() && rule.most_times.is_none() => {
            matches!(pair[0], Expr::Number(each) if each.is_negative() == (way == Way::Down))
        }
        (Basis::Row(_), Expr::Row(RowField::Quantity)) => way == Way::Up && rule.limits.is_empty(),
        _ => false,
    };
    let rules = rules_below(plan, id);
    rules.iter().any(|rule| endless(&plan.rules[rule.index()]))
}

/// The greatest the figure can be, where that is less than the limit: one that is just reached is so by design.
fn out_of_reach(figure: Interval, most: Number) -> Option<Number> {
    figure.high.filter(|high| *high < most && high.is_positive() && !figure.loose)
}

fn suspect(
    look: &mut Look<'_>,
    id: NodeId,
    line: usize,
    way: Way,
    end: Number,
    word: &str,
    most: Number,
) -> Option<Suspicion> {
    let plan = look.plan;
    let node = &plan.nodes[id.index()];
    let check = move |units: &[&crate::outcome::UnitOutcome]| {
        let Some(outcome) = units[0].nodes.iter().find(|outcome| outcome.node == id) else { return false };
        let (raw, kept) = match way {
            Way::Down => (outcome.raw().deduction, outcome.tally.deduction),
            Way::Up => (outcome.raw().bonus, outcome.tally.bonus),
        };
        raw == end && kept == end
    };
    let claim = all_pushed(look, rules_below(plan, id), way, Box::new(check))?;
    let name = if node.address.is_empty() { "总分" } else { node.address.as_str() };
    Some(Suspicion {
        code: "limit-out-of-reach",
        line,
        text: String::new(),
        message: format!("“{name}”最多只能{word}{end}分，到不了封顶的{most}分"),
        brief: format!("{name}（最多{end}分，封顶{most}分）"),
        help: "核对分数；用不着的封顶可以删去".to_owned(),
        shows: format!("全都发生，也只{word}{end}分"),
        meaning: meaning(plan, &(&node.address, &node.steps, end)),
        claim,
        alone: false,
    })
}
