//! 每月最多扣3分 in an item assessed by the year: what is counted by a shorter cycle than the item's own.
//!
//! Of what happened each row names its month, so that it can be counted by the month; a figure that is reported for the
//! year cannot.

use super::expression::Site;
use super::scope::Scope;
use crate::calendar::Cycle;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// Refuses a shorter cycle where nothing has months.
pub fn require_months_within(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, said: Cycle) {
    let own = scope.plan.nodes[site.node.index()].cycle;
    if said < own {
        let (message, help) = refusal(scope, own, said);
        let finding = scope.at(site.statement, pair, "cycle-of-another", message).help(help);
        scope.report(finding);
    }
}

/// Counts the rows of a line by a shorter cycle, where it is about rows.
pub fn count_within(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, said: Cycle) {
    match scope.in_row {
        Some(input) => ask_for_months(scope, input, said),
        None => require_months_within(scope, site, pair, said),
    }
}

/// Each row says when it happened, and none may be about more than the cycle it is counted by.
fn ask_for_months(scope: &mut Scope<'_>, input: InputId, said: Cycle) {
    let input = &mut scope.plan.inputs[input.index()];
    input.cycle = input.cycle.min(said);
    input.any_month = true;
}

/// The shortest cycle that a line counts by, where that is shorter than the item's own.
pub fn shorter_cycle(limits: &[Limit], most_times: Option<(u32, Cycle)>, own: Cycle) -> Option<Cycle> {
    let limits = limits.iter().filter_map(|limit| match limit.per {
        LimitPer::Cycle(per) => Some(per),
        LimitPer::Row | LimitPer::Person => None,
    });
    limits.chain(most_times.map(|(_, per)| per)).filter(|per| *per < own).min()
}

/// A line whose points come of the whole year's total has no months: 每满3次扣1分，每月最多扣3分.
pub fn refuse_totals(scope: &mut Scope<'_>, line: usize, own: Cycle, said: Cycle) {
    let (message, help) = refusal(scope, own, said);
    let finding = scope.at_line(line, "cycle-of-another", message).help(help);
    scope.report(finding);
}

/// 加分封顶 每月3分 over an item by the year: every line at or below it must count rows, and nothing between may change
/// what they come to.
pub fn settle(scope: &mut Scope<'_>) {
    for (node, line, said) in std::mem::take(&mut scope.shorter_caps) {
        let own = scope.plan.nodes[node.index()].cycle;
        let mut inputs = Vec::new();
        if rows_below(&scope.plan, node, true, &mut inputs) {
            for input in inputs {
                ask_for_months(scope, input, said);
            }
        } else {
            refuse_totals(scope, line, own, said);
        }
    }
}

/// What the lines at or below a node count; `false` where something is not counted by rows alone.
fn rows_below(plan: &Plan, id: NodeId, is_top: bool, inputs: &mut Vec<InputId>) -> bool {
    let node = &plan.nodes[id.index()];
    let as_it_is = is_top || node.steps.is_empty();
    let counts_rows = |rule: &RuleId| match plan.rules[rule.index()].basis {
        Basis::Row(input) | Basis::Once(input) => Some(input),
        Basis::Period => None,
    };
    let is_event = |input: &InputId| plan.inputs[input.index()].kind == InputKind::Event;
    let own: Option<Vec<InputId>> = node.rules.iter().map(counts_rows).collect();
    let Some(own) = own.filter(|own| own.iter().all(is_event)) else { return false };
    inputs.extend(own);
    let cycle = node.cycle;
    as_it_is
        && node.combine == Combine::Sum
        && node
            .children
            .iter()
            .all(|child| plan.nodes[child.index()].cycle == cycle && rows_below(plan, *child, false, inputs))
}

fn refusal(scope: &Scope<'_>, own: Cycle, said: Cycle) -> (String, String) {
    let is_one_year = own == Cycle::Term && scope.plan.calendar.is_one_year();
    let own = if is_one_year { Cycle::Year } else { own };
    let (own, said, each) = (own.word(), said.word(), said.each());
    (
        format!("这里写的是按{said}算，本条却是按{own}考评的，分不出各{said}"),
        format!("逐{said}算再加起来的，在条目里加一行：考评周期 每{said}，{each}之和；不是的，去掉这几个字"),
    )
}
