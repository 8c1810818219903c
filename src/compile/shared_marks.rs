//! 不适用的按其余得分率折算: the marks of what is not assessed are given at the rate of the rest, in a node and below it.

use super::order::DEEPEST_CHAIN;
use super::scope::Scope;
use crate::plan::walk::{each_condition, walk};
use crate::plan::*;
use crate::value::Number;

/// What every such line does to its node, and to all below that do not say so themselves.
pub fn settle(scope: &mut Scope<'_>) {
    let lacking = Lacking::of(&scope.plan);
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
            share_below(scope, &lacking, id, line);
        }
    }
    require_said(scope, &lacking, &reached);
    stop_where_reported(scope, &reached);
    require_lost(scope, &lacking, &said);
}

/// 不适用的计0分 over parts that are assessed for all.
fn require_lost(scope: &mut Scope<'_>, lacking: &Lacking, said: &[(NodeId, usize)]) {
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
            lapses |= lacking.may_lapse(&scope.plan, part) || !lapses_by(&scope.plan, part).is_empty();
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
fn require_said(scope: &mut Scope<'_>, lacking: &Lacking, reached: &[NodeId]) {
    for index in 0..scope.plan.nodes.len() {
        let part = &scope.plan.nodes[index];
        // 上年同期人次（没有的不作考评）: a unit that came last year loses the marks as well.
        let hangs = |id: NodeId| lacking.hangs_on_earlier(&scope.plan, id);
        let has_full = |id: NodeId| scope.plan.nodes[id.index()].full.is_some();
        // Where all around it hangs on earlier figures too, that is asked of the whole, or nothing is left to be shared.
        let is_told_above = |whole: NodeId| hangs(whole) && (whole == NodeId(0) || has_full(whole));
        let own = NodeId(index as u16);
        let lacks_earlier = has_full(own) && hangs(own) && !part.parent.is_some_and(is_told_above);
        // 缺报的，不作考评: all that the item goes by.
        let lapses = has_full(own) && lacking.wants_figures(&scope.plan, own) && !says_what_then(&scope.plan, part);
        let may_lapse = part.applies != Condition::Always || lacks_earlier || lapses;
        let Some(parent) = part.parent.filter(|_| may_lapse) else { continue };
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
                false if lacks_earlier => "没有以前的数的单位不作考评，没有写这一条的满分怎样算",
                false if part.applies == Condition::Always => "缺报的条目不作考评，没有写它的满分怎样算",
                false => "没有写不适用的条目，它的满分怎样算",
            };
            scope.missing_convention(part.line as usize, message, &choices);
        }
    }
}

/// 满意度（%）：低于95%扣1分 of 10 marks, reported as 不适用: with the item its marks are gone, which only the scheme may say.
fn stop_where_reported(scope: &mut Scope<'_>, reached: &[NodeId]) {
    let mut said = vec![false; scope.plan.nodes.len()];
    reached.iter().for_each(|id| said[id.index()] = true);
    for index in 0..scope.plan.nodes.len() {
        let (own, node) = (NodeId(index as u16), &scope.plan.nodes[index]);
        let above = || std::iter::successors(Some(own), |id| scope.plan.nodes[id.index()].parent);
        let is_summed = node.parent.is_some_and(|whole| scope.plan.nodes[whole.index()].combine == Combine::Sum);
        if node.full.is_none() || !is_summed || above().any(|id| said[id.index()]) {
            continue;
        }
        for input in lapses_by(&scope.plan, own) {
            if !scope.inapplicable_said.contains(&input) {
                scope.plan.inputs[input.index()].inapplicable = WhenMissing::Error;
            }
        }
    }
}

/// The indicators each of which, reported as 不适用, leaves nothing of a node assessed.
fn lapses_by(plan: &Plan, id: NodeId) -> Vec<InputId> {
    let node = &plan.nodes[id.index()];
    let mut rules = node.rules.iter().map(|rule| &plan.rules[rule.index()]).peekable();
    if !node.children.is_empty() || node.applies != Condition::Always || says_what_then(plan, node) {
        return Vec::new();
    }
    let Some(first) = rules.next() else { return Vec::new() };
    let hangs = |rule: &Rule| match rule.basis {
        Basis::Period => hangs_on(plan, &rule.points, &mut Vec::new()),
        Basis::Row(_) | Basis::Once(_) => Vec::new(),
    };
    rules.fold(hangs(first), |all, rule| {
        let own = hangs(rule);
        all.into_iter().filter(|input| own.contains(input)).collect()
    })
}

/// 当 满意度未报，本项计10分; …，得10分: what is given of a figure that is not there.
fn says_what_then(plan: &Plan, node: &Node) -> bool {
    let asks = |when: &Condition| {
        let mut found = false;
        each_condition(when, &mut |inner| {
            found |= matches!(inner, Condition::IsAssessed(_));
            !found
        });
        found
    };
    let gives = |(when, value): &(Condition, Expr)| *value != Expr::NotAssessed && asks(when);
    let says = |inner: &Expr| matches!(inner, Expr::Case { arms, .. } if arms.iter().any(gives));
    node.steps.iter().filter_map(Step::when).any(asks)
        || node.rules.iter().any(|rule| plan.rules[rule.index()].points.any(says))
}

/// The indicators without which an expression is not assessed; of measures those not seen yet.
fn hangs_on(plan: &Plan, expr: &Expr, seen: &mut Vec<MeasureId>) -> Vec<InputId> {
    let mut inputs = Vec::new();
    walk(expr, &mut |inner| {
        match inner {
            Expr::Input { input, .. } if plan.inputs[input.index()].kind == InputKind::Indicator => inputs.push(*input),
            Expr::Measure(id) if !seen.contains(id) => {
                seen.push(*id);
                inputs.extend(hangs_on(plan, &plan.measures[id.index()].expr, seen));
            }
            Expr::Case { arms, otherwise } => {
                let gives_nothing = |(_, value): &(Condition, Expr)| *value == Expr::NotAssessed;
                for (when, _) in arms.iter().filter(|arm| gives_nothing(arm)) {
                    // What a line gives of a figure that is not there.
                    if let Condition::Not(assessed) = when
                        && let Condition::IsAssessed(of) = &**assessed
                    {
                        inputs.extend(hangs_on(plan, of, seen));
                    }
                }
                // 除数为0的，不作考评
                if arms.iter().all(gives_nothing) {
                    inputs.extend(hangs_on(plan, otherwise, seen));
                }
            }
            Expr::Of(_, list) => return list.iter().filter(|of| !matches!(of, Expr::Number(_))).count() == 1,
            Expr::Add(_) | Expr::Subtract(_) | Expr::Multiply(_) | Expr::Divide(_) | Expr::Negate(_) => return true,
            Expr::Steps { .. } | Expr::Round { .. } | Expr::Absolute(_) | Expr::Root(_) => return true,
            _ => {}
        }
        false
    });
    inputs
}

/// A part of what the line speaks of, with parts of its own.
fn share_below(scope: &mut Scope<'_>, lacking: &Lacking, id: NodeId, line: usize) {
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
        Some(why) if own.children.iter().any(|child| lacking.is_lost(plan, *child)) => {
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

/// Which measures may say of a unit that something is not assessed, by their ids.
struct Lacking {
    /// For whatever reason.
    any: Vec<bool>,
    /// For want of figures of earlier periods.
    earlier: Vec<bool>,
    /// Because nothing was reported.
    figures: Vec<bool>,
}

impl Lacking {
    fn of(plan: &Plan) -> Lacking {
        let all = |says: &dyn Fn(&Expr, &[bool]) -> bool| {
            let mut found = vec![false; plan.measures.len()];
            // What is read mostly stands before what reads it; longer chains and circles are refused.
            for _ in 0..=DEEPEST_CHAIN {
                let before = found.clone();
                for (index, measure) in plan.measures.iter().enumerate() {
                    found[index] = found[index] || says(&measure.expr, &found);
                }
                if found == before {
                    break;
                }
            }
            found
        };
        let any = all(&|expr, found| may_lack(plan, expr, found));
        let figures = all(&|expr, found| lacks_figures(plan, expr, found));
        Lacking { any, earlier: all(&lacks_earlier), figures }
    }

    /// Whether marks are gone with a part that is not assessed: what only deducts takes nothing then.
    fn is_lost(&self, plan: &Plan, part: NodeId) -> bool {
        plan.nodes[part.index()].full.is_some() && self.may_lapse(plan, part)
    }

    /// Whether a node may not be assessed for some unit.
    fn may_lapse(&self, plan: &Plan, id: NodeId) -> bool {
        let lacks = |expr: &Expr| may_lack(plan, expr, &self.any) || lacks_earlier(expr, &self.earlier);
        let below = |child| self.may_lapse(plan, child);
        plan.nodes[id.index()].applies != Condition::Always || all_lack(plan, id, lacks, below)
    }

    /// Whether an item is not assessed where its figures were not reported.
    fn wants_figures(&self, plan: &Plan, id: NodeId) -> bool {
        all_lack(plan, id, |expr| lacks_figures(plan, expr, &self.figures), |_| false)
    }

    /// Whether a node is not assessed for a unit that has no figures of earlier periods.
    fn hangs_on_earlier(&self, plan: &Plan, id: NodeId) -> bool {
        let lacks = |expr: &Expr| lacks_earlier(expr, &self.earlier);
        all_lack(plan, id, lacks, |child| self.hangs_on_earlier(plan, child))
    }
}

/// Whether there is something in a node, and it all lacks what it goes by.
fn all_lack(plan: &Plan, id: NodeId, lacks: impl Fn(&Expr) -> bool, below: impl Fn(NodeId) -> bool) -> bool {
    let node = &plan.nodes[id.index()];
    let mut rules = node.rules.iter().map(|rule| &plan.rules[rule.index()]);
    let nothing = node.rules.is_empty() && node.children.is_empty();
    !nothing
        && rules.all(|rule| rule.basis == Basis::Period && lacks(&rule.points))
        && node.children.iter().all(|child| below(*child))
}

/// Whether an expression is not assessed where there is no earlier figure; a comparison with one does not hold then.
fn lacks_earlier(expr: &Expr, measures: &[bool]) -> bool {
    let lacks_of = |expr: &Expr| lacks_earlier(expr, measures);
    let says_so = |(when, value): &(Condition, Expr)| match when {
        Condition::Not(assessed) if *value == Expr::NotAssessed => {
            matches!(&**assessed, Condition::IsAssessed(of) if lacks_of(of))
        }
        _ => false,
    };
    let mut lacks = false;
    walk(expr, &mut |inner| {
        match inner {
            Expr::Earlier { otherwise, .. } | Expr::Past { otherwise, .. } => {
                lacks |= otherwise.as_ref().is_some_and(|none| **none == Expr::NotAssessed || lacks_of(none));
            }
            Expr::Measure(id) => lacks |= measures[id.index()],
            Expr::Assessed { expr, otherwise } => lacks |= lacks_of(expr) && lacks_of(otherwise),
            Expr::Case { arms, otherwise } => lacks |= arms.iter().any(says_so) || lacks_of(otherwise),
            Expr::Rows(_) => {}
            _ => return true,
        }
        false
    });
    lacks
}

/// 缺报的，不作考评: whether an expression is not assessed where a figure was not reported.
fn lacks_figures(plan: &Plan, expr: &Expr, measures: &[bool]) -> bool {
    expr.any(|inner| match inner {
        Expr::Input { input, .. } => {
            let input = &plan.inputs[input.index()];
            input.kind == InputKind::Indicator && input.missing == WhenMissing::NotAssessed
        }
        Expr::Measure(id) => measures[id.index()],
        _ => false,
    })
}

/// Whether an expression says of something that it is not assessed.
fn may_lack(plan: &Plan, expr: &Expr, measures: &[bool]) -> bool {
    expr.any(|inner| match inner {
        Expr::Input { input, .. } => {
            let input = &plan.inputs[input.index()];
            input.missing == WhenMissing::NotAssessed || !input.only_months.is_empty()
        }
        Expr::Measure(id) => measures[id.index()],
        // What a line gives of a figure that is not there is said of every line.
        Expr::Case { arms, .. } => arms.iter().any(|(when, value)| {
            *value == Expr::NotAssessed
                && !matches!(when, Condition::Not(inner) if matches!(**inner, Condition::IsAssessed(_)))
        }),
        _ => false,
    })
}
