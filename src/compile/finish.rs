//! What can only be settled or asked once every line has been read.

use super::above_zero;
use super::below_zero;
use super::endless;
use super::full_marks;
use super::matters;
use super::node;
use super::order;
use super::parts;
use super::roll_up;
use super::scope::Scope;
use super::several;
use super::shorter;
use super::whole_limit;
use super::zeroed;
use crate::calendar::Cycle;
use crate::plan::walk::{each_expr, walk};
use crate::plan::*;
use crate::value::Number;

/// Full marks become starting points and limits, matters and cycles are checked, peers are put in order.
pub fn finish(scope: &mut Scope<'_>) {
    shorter::settle(scope);
    several::settle(scope);
    full_marks::settle(scope);
    matters::settle(scope);
    roll_up::settle(scope);
    roll_up::require_between(scope);
    roll_up::refuse_before_the_end(scope);
    order::zero_by_itself(scope);
    vetoes_of_the_whole(&mut scope.plan);
    order::last_by_itself(scope);
    order::left_out_by_itself(scope);
    order::circles(scope);
    unused(scope);
    endless::require_digits(scope);
    marks_over_full(scope);
    above_zero::settle(scope);
    parts::settle(scope);
    zeroed::require_loss(scope);
    below_zero::refuse_taken_away(scope);
    whole_limit::refuse_outdone(scope);
}

/// 年终排名末位 where several years have but one total and one ranking.
fn vetoes_of_the_whole(plan: &mut Plan) {
    if plan.cycle == Cycle::Year || plan.rollups.iter().any(|(cycle, _)| *cycle == Cycle::Year) {
        return;
    }
    for effect in plan.rules.iter_mut().flat_map(|rule| &mut rule.effects) {
        if let Effect::Veto { cycles, .. } = &mut effect.effect {
            cycles.iter_mut().filter(|cycle| **cycle == Cycle::Year).for_each(|cycle| *cycle = Cycle::Term);
            cycles.dedup();
        }
    }
}

/// A measure that nothing reads gives no points: 系数 = 0.8 was meant as a line of its own.
fn unused(scope: &mut Scope<'_>) {
    let mut used = vec![false; scope.plan.measures.len()];
    each_expr(&mut scope.plan, &mut |expr| {
        if let Expr::Measure(id) = expr {
            used[id.index()] = true;
        }
    });
    if !scope.is_sound() {
        return;
    }
    for at in (0..used.len()).filter(|at| !used[*at]) {
        let measure = &scope.plan.measures[at];
        let (name, line) = (&measure.name, measure.line as usize);
        let finding = if is_of_the_whole(measure) {
            let (message, help) = node::instead_of_a_total(scope, name);
            scope.at_line(line, "total-by-formula", message).help(help)
        } else {
            scope
                .at_line(line, "unused-measure", format!("“{name}”算出来以后没有用到，不影响得分"))
                .help(format!("再写一行用它计分，如：{name}：低于90%扣5分；要它作系数的，写：系数 …"))
                .noted()
        };
        scope.report(finding);
    }
}

/// 年度综合考核得分 = 年度目标得分 × 60% + 党建得分 × 40%, of all sections, which nothing goes by.
fn is_of_the_whole(measure: &Measure) -> bool {
    let mut parts = Vec::new();
    walk(&measure.expr, &mut |inner| {
        if let Expr::Node(id) = inner
            && !parts.contains(id)
        {
            parts.push(*id);
        }
        true
    });
    let is_total = ["得分", "总分", "成绩", "分数", "评分"].iter().any(|word| measure.name.ends_with(word));
    measure.node == NodeId(0) && is_total && parts.len() >= 2
}

/// A rating out of 100 in an item of 10 marks would be cut off unseen. One that formulas read too is theirs to scale.
fn marks_over_full(scope: &mut Scope<'_>) {
    if scope.findings.has_errors() {
        return;
    }
    let mut read_by = vec![0u32; scope.plan.inputs.len()];
    let mut count = |expr: &Expr| {
        walk(expr, &mut |inner| {
            if let Expr::Rows(rows) = inner {
                read_by[rows.input.index()] += 1;
            }
            true
        })
    };
    scope.plan.measures.iter().for_each(|measure| count(&measure.expr));
    scope.plan.rules.iter().for_each(|rule| count(&rule.points));
    let mut found = Vec::new();
    for rule in scope.plan.rules.iter().filter(|rule| rule.basis == Basis::Period) {
        // A mean over all marks, as it is.
        let points = if let Expr::Round { expr, .. } = &rule.points { expr } else { &rule.points };
        let Expr::Rows(rows) = points else { continue };
        let input = &scope.plan.inputs[rows.input.index()];
        let most = input.range.1.filter(|_| input.kind == InputKind::Rating && read_by[rows.input.index()] == 1);
        if let (Some(most), Some(Expr::Number(full))) = (most, &scope.plan.nodes[rule.node.index()].full)
            && Number::from(most) > *full
        {
            found.push((rule.line as usize, most, *full));
        }
    }
    for (line, most, full) in found {
        let message = format!("最多得{most}分，本条满分只有{full}分，超出的会被封掉");
        let finding = scope.at_line(line, "marks-over-full", message).help(format!("在后面加上：，折为{full}分"));
        scope.report(finding);
    }
}
