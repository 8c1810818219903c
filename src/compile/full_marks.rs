//! 满分: where a node begins, what bounds it, and whether the marks of its parts add up.

use super::order::own_and_below;
use super::scope::Scope;
use crate::diagnostic::Severity;
use crate::plan::*;
use crate::value::Number;

/// 满分 N: start at N and deduct, unless something below gives points; never above N unless the line says so.
pub fn settle(scope: &mut Scope<'_>) {
    for index in 0..scope.plan.nodes.len() {
        let node = NodeId(index as u16);
        let Some(full) = scope.plan.nodes[index].full.clone() else { continue };
        let mut rules = Vec::new();
        own_and_below(scope, node, &mut rules);
        let gives = rules.iter().any(|rule| scope.gains.contains(rule)) || children_give_points(scope, node);
        // 约定 may say 基础分 0分 and 满分 150分: where the total begins, and what bounds it.
        let has_start =
            scope.plan.nodes[index].start != Expr::Number(Number::ZERO) || index == 0 && scope.conventions.base_points;
        if !gives && !has_start && !scope.from_zero.contains(&node) {
            scope.plan.nodes[index].start = full.clone();
        }
        let over = scope.over_full.get(&node).copied();
        let line = scope.plan.nodes[index].line as usize;
        // 满分20分，加分不超过满分, and nothing but bonuses: it begins full and stays full, whatever happens.
        let deducts = |id: &RuleId| {
            let rule = &scope.plan.rules[id.index()];
            !scope.adds.contains(id) || rule.text.contains(['扣', '减']) || !rule.effects.is_empty()
        };
        if over == Some(false)
            && !gives
            && !has_start
            && !scope.from_zero.contains(&node)
            && !rules.is_empty()
            && !rules.iter().any(deducts)
        {
            let shown = if let Expr::Number(full) = &full { full.to_string() } else { "…".to_owned() };
            let finding = scope
                .at_line(
                    line,
                    "bonus-cannot-count",
                    "这里只有加分：从满分起算又不超过满分，加分永远加不进去，没有加分也得满分",
                )
                .help(format!(
                    "改成其中一行：\n满分 {shown}分，从零计起，加分不超过满分\n满分 {shown}分，加分可超过满分"
                ));
            scope.report(finding);
        }
        full_of_parts(scope, node);
        if over.is_none() && index > 0 && may_exceed(scope, node) {
            let shown = if let Expr::Number(full) = &full { full.to_string() } else { "…".to_owned() };
            if scope.broken.is_empty() {
                let finding = scope
                    .at_line(line, "missing-convention", "有满分也有加分，没有写加分能不能超过满分")
                    .expected("在这一条里写明")
                    .help(format!(
                        "在这一条里写上其中一行：\n满分 {shown}分，加分不超过满分\n满分 {shown}分，加分可超过满分"
                    ));
                scope.report(finding);
            }
        }
        let per = scope.plan.nodes[index].cycle;
        let mut steps = Vec::new();
        if over != Some(true) {
            steps.push(Step::CapPoints { most: full, per });
        }
        steps.push(Step::Floor { least: Expr::Number(Number::ZERO), per });
        let rest = std::mem::take(&mut scope.plan.nodes[index].steps);
        scope.plan.nodes[index].steps = steps.into_iter().chain(rest).collect();
    }
    started_twice(scope);
}

/// The full marks of the parts should add up to those of the whole: what is over would be cut off unseen.
fn full_of_parts(scope: &mut Scope<'_>, node: NodeId) {
    let own = &scope.plan.nodes[node.index()];
    let Some(Expr::Number(full)) = &own.full else { return };
    let is_weighted = matches!(own.combine, Combine::Weighted { .. });
    if !(is_weighted || own.combine == Combine::Sum) || own.children.is_empty() {
        return;
    }
    let parts = own.children.iter().map(|child| &scope.plan.nodes[child.index()]);
    // A part for some units only stands beside another for the rest.
    if parts.clone().any(|part| part.applies != Condition::Always) {
        return;
    }
    let known = parts.clone().map(|part| match (&part.full, &part.weight) {
        (Some(Expr::Number(full)), Some(Expr::Number(weight))) if is_weighted => full.times(*weight).ok(),
        (Some(Expr::Number(full)), _) if !is_weighted => Some(*full),
        _ => None,
    });
    let Ok(sum) = known.flatten().try_fold(Number::ZERO, |sum, full| sum.plus(full)) else { return };
    if sum > *full {
        let (message, help) = match is_weighted {
            true => {
                let scaled = full.divided_by(sum).ok().and_then(|share| share.decimal());
                let factor = scaled.map_or(format!("{full} ÷ {sum}"), |share| share.to_string());
                (
                    format!("满分{full}分，下级各项加权后的满分合计{sum}分，超出的会被封掉"),
                    format!(
                        "加权后仍是{full}分的，下级的满分也写{full}分；加权后再折成{full}分的，满分写{sum}分，加一行：系数 {factor}"
                    ),
                )
            }
            false => (format!("满分{full}分，下级各项的满分合计{sum}分，对不上"), "核对各项的满分".to_owned()),
        };
        let mut finding = scope.at_line(own.line as usize, "full-marks-differ", message).help(help);
        finding.severity = Severity::Warning;
        scope.report(finding);
    }
}

/// 基础分 100分 and sections that each begin with their full marks: the total begins with both.
fn started_twice(scope: &mut Scope<'_>) {
    let root = &scope.plan.nodes[0];
    let Expr::Number(base) = root.start else { return };
    if !scope.conventions.base_points || !base.is_positive() || root.combine != Combine::Sum {
        return;
    }
    let sections = root.children.iter().map(|child| &scope.plan.nodes[child.index()]);
    let full = sections.filter_map(|section| match (&section.start, &section.full) {
        (Expr::Number(start), Some(Expr::Number(full))) if start == full && full.is_positive() => {
            Some((section.title.clone(), *full))
        }
        _ => None,
    });
    let full: Vec<(String, Number)> = full.collect();
    let Ok(all) = full.iter().try_fold(base, |sum, (_, full)| sum.plus(*full)) else { return };
    let Some((first, marks)) = full.first() else { return };
    let more = if full.len() > 1 { format!("等{}个板块", full.len()) } else { String::new() };
    let message = format!("总分从基础分{base}分起算，“{first}”{more}又从满分起算，合起来从{all}分起算");
    let mut finding = scope.at_line(scope.base_line, "started-twice", message).help(format!(
        "各板块的满分合起来就是总分的，约定写：基础分 0分；从零开始挣的板块，写：满分 {marks}分，从零计起"
    ));
    finding.severity = Severity::Warning;
    scope.report(finding);
}

/// Whether bonuses at or below a node may carry it over its full marks: those of a part that stops at its own do not.
fn may_exceed(scope: &Scope<'_>, node: NodeId) -> bool {
    let own = &scope.plan.nodes[node.index()];
    own.rules.iter().any(|rule| scope.adds.contains(rule))
        || own.children.iter().any(|child| {
            let full = scope.plan.nodes[child.index()].full.is_some();
            match (full, scope.over_full.get(child)) {
                (true, Some(true)) => true,
                (true, _) => false,
                (false, _) => may_exceed(scope, *child),
            }
        })
}

fn children_give_points(scope: &Scope<'_>, node: NodeId) -> bool {
    scope.plan.nodes[node.index()].children.iter().any(|child| {
        let child_node = &scope.plan.nodes[child.index()];
        child_node.full.is_some()
            || child_node.start != Expr::Number(Number::ZERO)
            || children_give_points(scope, *child)
    })
}
