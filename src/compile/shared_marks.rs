//! 不适用的按其余得分率折算: the marks of what is not assessed are given at the rate of the rest, in a node and below it.

use super::scope::Scope;
use crate::plan::*;
use crate::value::Number;

/// What every such line does to its node, and to all below that do not say so themselves.
pub fn settle(scope: &mut Scope<'_>) {
    let said = std::mem::take(&mut scope.shared_marks);
    for (node, line) in &said {
        match unshared(&scope.plan, *node) {
            None => share(scope, *node, *line),
            Some(why) => refuse(scope, *line, why),
        }
    }
    // The nearer line rules.
    let mut reached: Vec<NodeId> = said.iter().chain(&scope.marks_lost).map(|(node, _)| *node).collect();
    for (node, line) in said.iter().copied() {
        let mut below = scope.plan.nodes[node.index()].children.clone();
        while let Some(id) = below.pop() {
            if reached.contains(&id) {
                continue;
            }
            reached.push(id);
            below.extend(&scope.plan.nodes[id.index()].children);
            share_below(scope, id, line);
        }
    }
    require_said(scope, &reached);
    require_lost(scope, &said);
}

/// 不适用的计0分 over parts that are assessed for all.
fn require_lost(scope: &mut Scope<'_>, said: &[(NodeId, usize)]) {
    for (node, line) in std::mem::take(&mut scope.marks_lost) {
        if let Some((_, other)) = said.iter().find(|(shared, _)| *shared == node) {
            let message =
                format!("{}写的是按其余得分率折算，这一行写的是计0分，不知道照哪一个", scope.source.line_name(*other));
            let finding = scope.at_line(line, "said-twice", message).help("只留一行；下一级不一样的，写到那一级里");
            scope.report(finding);
            continue;
        }
        let mut below = scope.plan.nodes[node.index()].children.clone();
        let mut lapses = node == NodeId(0);
        while let Some(part) = below.pop() {
            lapses |= may_lapse(&scope.plan, part);
            below.extend(&scope.plan.nodes[part.index()].children);
        }
        if !lapses {
            let finding = scope
                .at_line(line, "idle-words", "下面没有不适用的条目，这一行不起作用")
                .help("去掉这一行；有的，先在那一条里写：适用 …");
            scope.report(finding);
        }
    }
}

/// A part with marks that does not apply to all: its marks are gone, or given at the rate of the rest?
fn require_said(scope: &mut Scope<'_>, reached: &[NodeId]) {
    for index in 0..scope.plan.nodes.len() {
        let part = &scope.plan.nodes[index];
        let Some(parent) = part.parent.filter(|_| part.applies != Condition::Always) else { continue };
        let whole = &scope.plan.nodes[parent.index()];
        let has_marks = |id: &NodeId| scope.plan.nodes[id.index()].full.is_some();
        // Where nothing has full marks, what does not apply costs nothing.
        if whole.combine != Combine::Sum || !has_marks(&parent) && !whole.children.iter().any(has_marks) {
            continue;
        }
        let above = || std::iter::successors(Some(parent), |id| scope.plan.nodes[id.index()].parent);
        if above().any(|id| reached.contains(&id)) {
            continue;
        }
        let rules = scope.rules_within(NodeId(index as u16));
        let gives = part.full.is_some() || rules.iter().any(|rule| scope.gains.contains(rule));
        if gives {
            let choices = ["不适用的按其余得分率折算", "不适用的计0分"];
            let message = match scope.only_months.iter().any(|(node, _)| node.index() == index) {
                true => "没有写不考评的月份，这一条的满分怎样算",
                false => "没有写不适用的条目，它的满分怎样算",
            };
            scope.missing_convention(part.line as usize, message, &choices);
        }
    }
}

/// A part of what the line speaks of, with parts of its own.
fn share_below(scope: &mut Scope<'_>, id: NodeId, line: usize) {
    let (plan, own) = (&scope.plan, &scope.plan.nodes[id.index()]);
    // The mean and the best are taken of those that are assessed; weights have words of their own.
    let is_meant = match own.combine {
        Combine::Sum => true,
        Combine::Weighted { renormalize } => !renormalize && !scope.counted_zero.contains(&id),
        Combine::Mean | Combine::Best { .. } => false,
    };
    if own.children.len() < 2 || !is_meant {
        return;
    }
    match unshared(plan, id) {
        None => share(scope, id, line),
        Some(why) if own.children.iter().any(|child| is_lost(plan, *child)) => {
            let why = format!("“{}”下面有不适用的，这一行也管它：{why}", own.address);
            refuse(scope, line, why);
        }
        Some(_) => {}
    }
}

/// Why nothing can be shared out in a node; `None` where it can.
fn unshared(plan: &Plan, node: NodeId) -> Option<String> {
    let own = &plan.nodes[node.index()];
    let part = |id: &NodeId| &plan.nodes[id.index()];
    if own.combine != Combine::Sum {
        Some("各项不是相加的，没有其余得分率可以折算".to_owned())
    } else if !own.rules.is_empty() {
        Some("这里自己还有计分句，说不清按哪些分的得分率折算".to_owned())
    } else if own.children.is_empty() {
        Some("下面没有各项，没有其余得分率可以折算".to_owned())
    } else if let Some(bare) = own.children.iter().find(|id| part(id).full.is_none()) {
        Some(format!("“{}”没有写满分，算不出得分率", part(bare).address))
    } else {
        let other = own.children.iter().find(|id| part(id).cycle != own.cycle);
        other.map(|other| format!("“{}”的考评周期不同，合不到一起折算", part(other).address))
    }
}

fn refuse(scope: &mut Scope<'_>, line: usize, message: String) {
    let finding = scope
        .at_line(line, "no-marks-to-share", message)
        .help("这一行写在各下级条目都写了满分的板块、条目或约定里；各项加权的写：各项加权，不适用的权重按比例分摊");
    scope.report(finding);
}

/// What the assessed parts come to, as a share of their marks, holds for the marks of all.
fn share(scope: &mut Scope<'_>, node: NodeId, line: usize) {
    let (plan, own) = (&scope.plan, &scope.plan.nodes[node.index()]);
    let part = |id: &NodeId| &plan.nodes[id.index()];
    let marks: Vec<(NodeId, Expr)> = own.children.iter().filter_map(|id| Some((*id, part(id).full.clone()?))).collect();
    let zero = || Expr::Number(Number::ZERO);
    let all = marks.iter().fold(zero(), |sum, (_, full)| plus(sum, full.clone()));
    let assessed = marks.into_iter().fold(zero(), |sum, (id, full)| {
        let is_assessed = Condition::IsAssessed(Box::new(Expr::Node(id)));
        plus(sum, Expr::Case { arms: vec![(is_assessed, full)], otherwise: Box::new(zero()) })
    });
    let nothing = Condition::Compare(Box::new(assessed.clone()), Comparison::Equal, Box::new(zero()));
    let mut arms = vec![(nothing, Expr::Number(Number::ONE))];
    // 个性指标（40分） of two parts of 40 for one kind of unit each: no unit has more than 40 to lose.
    let all = match (&own.full, &all) {
        (Some(full @ Expr::Number(most)), Expr::Number(sum)) if most < sum => {
            let enough = Condition::Compare(Box::new(assessed.clone()), Comparison::AtLeast, Box::new(full.clone()));
            arms.push((enough, Expr::Number(Number::ONE)));
            full.clone()
        }
        _ => all,
    };
    let share = Expr::Divide(Box::new([all, assessed]));
    let factor = Expr::Case { arms, otherwise: Box::new(share) };
    let own = &mut scope.plan.nodes[node.index()];
    own.step_lines.insert(0, line as u32);
    own.steps.insert(0, Step::Multiply(factor));
}

fn plus(left: Expr, right: Expr) -> Expr {
    match (&left, &right) {
        (Expr::Number(a), Expr::Number(b)) if a.plus(*b).is_ok() => Expr::Number(a.plus(*b).unwrap_or_default()),
        (Expr::Number(a), _) if a.is_zero() => right,
        _ => Expr::Add(Box::new([left, right])),
    }
}

/// Whether marks are gone with a part that is not assessed: what only deducts takes nothing then.
fn is_lost(plan: &Plan, part: NodeId) -> bool {
    plan.nodes[part.index()].full.is_some() && may_lapse(plan, part)
}

/// Whether a node may not be assessed for some unit.
fn may_lapse(plan: &Plan, id: NodeId) -> bool {
    let node = &plan.nodes[id.index()];
    let mut rules = node.rules.iter().map(|rule| &plan.rules[rule.index()]);
    let nothing = node.rules.is_empty() && node.children.is_empty();
    node.applies != Condition::Always
        || !nothing
            && rules.all(|rule| rule.basis == Basis::Period && may_lack(plan, &rule.points))
            && node.children.iter().all(|child| may_lapse(plan, *child))
}

/// Whether an expression says of something that it is not assessed.
fn may_lack(plan: &Plan, expr: &Expr) -> bool {
    expr.any(|inner| match inner {
        Expr::Input { input, .. } => {
            let input = &plan.inputs[input.index()];
            input.missing == WhenMissing::NotAssessed || !input.only_months.is_empty()
        }
        Expr::Measure(id) => may_lack(plan, &plan.measures[id.index()].expr),
        // What a line gives of a figure that is not there is said of every line.
        Expr::Case { arms, .. } => arms.iter().any(|(when, value)| {
            *value == Expr::NotAssessed
                && !matches!(when, Condition::Not(inner) if matches!(**inner, Condition::IsAssessed(_)))
        }),
        _ => false,
    })
}
