//! `hit-twice` 一事两计
//!
//! *Finds* two lines that may speak of one event: a label that holds the other's in the same item, or two items of
//! the same title with events of the same sign; and two lines of an item by the same figure, where one holds whenever
//! the other does.
//! *Why*: what is reported under both counts twice, and two offices may each report it.
//! *Example*: `迟报：扣2分` and `材料迟报：扣1分` in one item; 通报批评 as an item of two sections; `当 件数不低于10件，得10分` above
//! `当 件数不低于20件，得20分`.
//! *Instead*: tell them apart by name, or `同一事项…不重复扣分` over both; bands of one line.

use rustc_hash::FxHashMap;

use crate::analysis::{Claim, Look, Suspicion, line_points, meaning, month_for, settle};
use crate::plan::words::{cell, condition_text, kind_of, points_text, said};
use crate::plan::*;
use crate::value::Number;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let mut titles: FxHashMap<&str, NodeId> = FxHashMap::default();
    for (index, node) in plan.nodes.iter().enumerate().skip(1) {
        let id = NodeId(index as u16);
        // Labels of one item: few, so every pair is looked at.
        let own: Vec<RuleId> = node.rules.iter().copied().filter(|rule| is_event(plan, *rule)).take(60).collect();
        for (at, rule) in own.iter().enumerate() {
            for other in &own[..at] {
                let (a, b) = (&plan.rules[rule.index()].label, &plan.rules[other.index()].label);
                if holds_label(a, b) || holds_label(b, a) {
                    suspect(look, *other, *rule);
                }
            }
        }
        let whens: Vec<(RuleId, Step<'_>)> =
            node.rules.iter().filter_map(|rule| Some((*rule, step(&plan.rules[rule.index()])?))).take(60).collect();
        for (at, later) in whens.iter().enumerate() {
            let of_figure = whens.iter().filter(|(_, step)| step.figure == later.1.figure).count();
            look.found.extend(whens[..at].iter().find_map(|earlier| nested(look, earlier, later, of_figure > 2)));
        }
        if own.is_empty() {
            continue;
        }
        match titles.get(node.title.as_str()).copied() {
            None => _ = titles.insert(&node.title, id),
            Some(first) if node.title.chars().count() >= 3 => {
                let mine = own.iter().flat_map(|rule| plan.nodes[first.index()].rules.iter().map(|it| (*it, *rule)));
                let pair =
                    mine.into_iter().find(|(other, rule)| is_event(plan, *other) && same_sign(look, *other, *rule));
                if let Some((other, rule)) = pair {
                    suspect(look, other, rule);
                }
            }
            Some(_) => {}
        }
    }
}

/// 当 件数不低于20件，得20分: fixed points by how one figure stands to a number.
struct Step<'p> {
    when: &'p Condition,
    figure: &'p Expr,
    comparison: Comparison,
    end: Number,
    points: Number,
}

fn step(rule: &Rule) -> Option<Step<'_>> {
    let Expr::Case { arms, otherwise } = &rule.points else { return None };
    let ([(when, Expr::Number(points))], Expr::Number(rest)) = (&arms[..], &**otherwise) else { return None };
    let Condition::Compare(figure, comparison, end) = when else { return None };
    let Expr::Number(end) = **end else { return None };
    let is_step = rule.basis == Basis::Period && rest.is_zero() && !points.is_zero();
    is_step.then_some(Step { when, figure, comparison: *comparison, end, points: *points })
}

/// Two steps that both count where the narrower one holds.
fn nested(look: &Look<'_>, one: &(RuleId, Step<'_>), other: &(RuleId, Step<'_>), has_more: bool) -> Option<Suspicion> {
    let plan = look.plan;
    if one.1.points.is_negative() != other.1.points.is_negative() {
        return None;
    }
    let (narrow, wide) = match () {
        _ if other.1.when.implies(one.1.when) => (other, one),
        _ if one.1.when.implies(other.1.when) => (one, other),
        _ => return None,
    };
    // 当 件数不低于20件，加2分 below 当 件数不低于10件，加10分 comes on top of the ten.
    if narrow.1.points.abs() < wide.1.points.abs() {
        return None;
    }
    let settings = settle(plan, [narrow.1.when])?;
    let month = month_for(plan, settings.rows.first()?.0);
    let rules = [one.0, other.0];
    let counts =
        move |units: &[&crate::outcome::UnitOutcome]| rules.iter().all(|rule| !line_points(units[0], *rule).is_zero());
    let mut claim = Claim::new(plan, month, Box::new(counts)).with(settings.given);
    for (input, value) in settings.rows {
        claim = claim.row(input, value);
    }
    let rule = &plan.rules[other.0.index()];
    let name = said(plan, narrow.1.figure)?;
    let gives = |(id, step): &(RuleId, Step<'_>)| match (step.points.is_negative(), &plan.rules[id.index()].text) {
        (true, _) => format!("扣{}", points_text(step.points.abs())),
        (false, text) if text.contains('得') => format!("得{}", points_text(step.points)),
        (false, _) => format!("加{}", points_text(step.points)),
    };
    // 超过9件 and 不低于10件 of things that are counted are the same.
    let is_one = narrow.1.when == wide.1.when || narrow.1.comparison != wide.1.comparison;
    let help = match is_one {
        true if narrow.1.when == wide.1.when => "只计一样的，去掉一行".to_owned(),
        _ if is_one || has_more => format!("只计一样的，几行并成一行，写在“{name}：”后面，分成首尾相接的几档"),
        _ => {
            let (first, second) = bands(plan, &narrow.1, &wide.1)?;
            format!("只计一样的，并成一行：{name}：{first}{}；{second}{}", gives(narrow), gives(wide))
        }
    };
    let (narrow, wide) = (condition_text(plan, narrow.1.when), condition_text(plan, wide.1.when));
    Some(Suspicion {
        code: "hit-twice",
        line: rule.line as usize,
        text: rule.text.clone(),
        message: format!("“{name}”{narrow}的也{wide}，两行都计"),
        brief: format!("{name}{narrow}和{wide}"),
        help,
        shows: "两行都计了分".to_owned(),
        meaning: meaning(plan, &(&plan.rules[one.0.index()].points, &plan.rules[other.0.index()].points)),
        claim,
        alone: false,
    })
}

/// The narrower step as a band, and what is left of the wider one: 20件以上, 10件以上不满20件.
fn bands(plan: &Plan, narrow: &Step<'_>, wide: &Step<'_>) -> Option<(String, String)> {
    let cell = |step: &Step<'_>| cell(step.end, &kind_of(plan, step.figure));
    let low = |step: &Step<'_>, included: bool| match included {
        true => format!("{}以上", cell(step)),
        false => format!("超过{}", cell(step)),
    };
    let high = |step: &Step<'_>, included: bool| match included {
        true => format!("不超过{}", cell(step)),
        false => format!("不满{}", cell(step)),
    };
    let is_included = |step: &Step<'_>| matches!(step.comparison, Comparison::AtLeast | Comparison::AtMost);
    match (narrow.comparison, wide.comparison) {
        (Comparison::AtLeast | Comparison::Above, Comparison::AtLeast | Comparison::Above) => {
            Some((low(narrow, is_included(narrow)), low(wide, is_included(wide)) + &high(narrow, !is_included(narrow))))
        }
        (Comparison::AtMost | Comparison::Below, Comparison::AtMost | Comparison::Below) => Some((
            high(narrow, is_included(narrow)),
            low(narrow, !is_included(narrow)) + &high(wide, is_included(wide)),
        )),
        _ => None,
    }
}

/// 迟报 in 材料迟报; a longer word that only begins alike (一般案例, 一般案例讲解) is another thing.
fn holds_label(long: &str, short: &str) -> bool {
    const NEGATIONS: &[&str] = &["未", "不", "非", "无", "没有"];
    let is_inside = long.len() > short.len() && short.chars().count() >= 2 && long.ends_with(short);
    // 投诉查实 is a 投诉.
    const FOUND_TRUE: &[&str] = &["查实", "属实", "经查实", "经查属实", "被查实"];
    if long.strip_prefix(short).is_some_and(|rest| FOUND_TRUE.contains(&rest)) && short.chars().count() >= 2 {
        return true;
    }
    is_inside && !NEGATIONS.iter().any(|word| long[..long.len() - short.len()].ends_with(word))
}

fn is_event(plan: &Plan, id: RuleId) -> bool {
    match plan.rules[id.index()].basis {
        Basis::Row(input) | Basis::Once(input) => plan.inputs[input.index()].kind == InputKind::Event,
        Basis::Period => false,
    }
}

fn same_sign(look: &mut Look<'_>, one: RuleId, other: RuleId) -> bool {
    let (a, b) = (look.bounds.rule(one).points, look.bounds.rule(other).points);
    a.may_be_negative() && b.may_be_negative() || a.may_be_positive() && b.may_be_positive()
}

/// Whether 同一事项 already keeps both from counting.
fn is_guarded(plan: &Plan, one: NodeId, other: NodeId) -> bool {
    let up = |node: NodeId| std::iter::successors(Some(node), |id| plan.nodes[id.index()].parent);
    up(one).any(|id| plan.nodes[id.index()].same_matter.is_some() && up(other).any(|it| it == id))
}

fn suspect(look: &mut Look<'_>, one: RuleId, other: RuleId) {
    let plan = look.plan;
    let (a, b) = (&plan.rules[one.index()], &plan.rules[other.index()]);
    if !same_sign(look, one, other) || is_guarded(plan, a.node, b.node) {
        return;
    }
    let (Basis::Row(first) | Basis::Once(first), Basis::Row(second) | Basis::Once(second)) = (&a.basis, &b.basis)
    else {
        return;
    };
    let month = month_for(plan, *second);
    if month_for(plan, *first) != month {
        return;
    }
    let counts = move |units: &[&crate::outcome::UnitOutcome]| {
        [one, other].iter().all(|rule| !line_points(units[0], *rule).is_zero())
    };
    let claim = Claim::new(plan, month, Box::new(counts)).row(*first, Number::ONE).row(*second, Number::ONE);
    let (called, with) = (look.called(one), look.called(other));
    look.found.push(Suspicion {
        code: "hit-twice",
        line: b.line as usize,
        text: b.label.clone(),
        message: format!("“{called}”和“{with}”可能说的是同一件事，两处都报就计两次"),
        brief: format!("{called}与{with}"),
        help: "名称写得能分清；同一件事只计一次的，写上：同一事项…不重复扣分（加分）".to_owned(),
        shows: "两处都计了分".to_owned(),
        meaning: meaning(plan, &(&called, &a.points, &with, &b.points)),
        claim,
        alone: false,
    });
}
