//! Why a section or item has its points: its lines, the rows behind them, and the caps that cut.

use super::{Kind, Tree, gain};
use crate::objection;
use crate::outcome::{Entry, NodeOutcome, UnitOutcome};
use crate::plan::words::{amount_text, first_of, kind_of, points_text};
use crate::plan::{Basis, Expr, Input, NodeId, Peer, PeerKind, Plan, Rule, RuleId, Step, Type};
use crate::scored::{Scored, tally_points};
use crate::value::Number;

/// All sections; those that nothing is about together in one line.
/// Where `summed`, only their points, as the base periods tell the rest: but of what counts at the year's end alone, which
/// no base period knows.
pub fn explain_sections(scored: &Scored<'_>, unit: &UnitOutcome, summed: bool, tree: &mut Tree) {
    if let (Some(root), false) = (scored.node(unit, NodeId(0)), summed) {
        let start = own_start(scored, NodeId(0), root);
        if !start.is_zero() {
            tree.say(format!("基础分{}", points_text(start)));
        }
        explain_lines(scored, unit, NodeId(0), tree);
    }
    let mut quiet = Vec::new();
    for id in scored.sections().iter().filter(|id| summed || !is_of_the_year(scored, **id)) {
        if scored.is_quiet(unit, *id) {
            quiet.push(scored.plan.nodes[id.index()].title.as_str());
        } else {
            tree.push(explain(scored, unit, *id, summed));
        }
    }
    if !quiet.is_empty() {
        tree.say(format!("没有得分、也没有扣分的板块：{}", quiet.join("、")));
    }
    if let (Some(root), false) = (scored.node(unit, NodeId(0)), summed) {
        explain_steps(scored, unit, root, tree);
    }
}

/// One node and all below it.
/// INVARIANT: the tree of nodes is as deep as the compiler lets it be, which bounds the recursion.
pub fn explain(scored: &Scored<'_>, unit: &UnitOutcome, id: NodeId, summed: bool) -> Tree {
    let node = &scored.plan.nodes[id.index()];
    let outcome = scored.node(unit, id);
    let points = match outcome {
        Some(outcome) if !outcome.assessed => "不作考评".to_owned(),
        Some(outcome) => points_text(outcome.points()),
        None => "0分".to_owned(),
    };
    let name = if node.title == node.address || node.title.is_empty() {
        node.address.clone()
    } else {
        format!("{} {}", node.address, node.title)
    };
    let is_year_end = scored.plan.is_year_end(id);
    if summed && !is_year_end {
        let mut tree = Tree::of(Kind::Node, name, format!("：合计{points}"));
        for child in node.children.iter().filter(|child| holds_year_ends(scored.plan, **child)) {
            tree.push(explain(scored, unit, *child, true));
        }
        return tree;
    }
    let mut tree = Tree::of(Kind::Node, name, format!("：{points}"));
    explain_source(scored, id, &mut tree);
    let start = outcome.map(|outcome| own_start(scored, id, outcome)).filter(|start| !start.is_zero());
    if let Some(start) = start {
        tree.say(format!("起评{}", points_text(start)));
    }
    explain_lines(scored, unit, id, &mut tree);
    let told = |child: &&NodeId| !scored.is_quiet(unit, **child) && (is_year_end || !is_of_the_year(scored, **child));
    for child in node.children.iter().filter(told) {
        tree.push(explain(scored, unit, *child, false));
    }
    if scored.is_quiet(unit, id) {
        tree.say("本期没有涉及本条的事实");
    }
    if let Some(outcome) = outcome {
        explain_steps(scored, unit, outcome, &mut tree);
    }
    tree
}

/// Whether a node counts at the year's end alone, and this is a base period.
fn is_of_the_year(scored: &Scored<'_>, id: NodeId) -> bool {
    scored.period().cycle == scored.plan.cycle && scored.plan.is_year_end(id)
}

/// Whether something at or below a node counts at the year's end alone.
/// INVARIANT: the tree of nodes is as deep as the compiler lets it be, which bounds the recursion.
fn holds_year_ends(plan: &Plan, id: NodeId) -> bool {
    plan.is_year_end(id) || plan.nodes[id.index()].children.iter().any(|child| holds_year_ends(plan, *child))
}

/// What the node itself begins with; the base of its tally also holds what the nodes below it begin with.
fn own_start(scored: &Scored<'_>, id: NodeId, outcome: &NodeOutcome) -> Number {
    match &scored.plan.nodes[id.index()].start {
        Expr::Number(start) => *start,
        _ => outcome.raw().base,
    }
}

fn rule_of<'a>(scored: &Scored<'a>, id: RuleId) -> &'a Rule {
    &scored.plan.rules[id.index()]
}

/// 依据, 责任股室 and 读法.
fn explain_source(scored: &Scored<'_>, id: NodeId, tree: &mut Tree) {
    let node = &scored.plan.nodes[id.index()];
    if let Some(department) = &node.department {
        tree.push(Tree::of(Kind::Source, format!("由{department}负责"), ""));
    }
    if let Some(citation) = &node.citation {
        tree.push(Tree::of(Kind::Source, format!("依据：{citation}"), ""));
    }
    for reading in scored.plan.readings.iter().filter(|reading| reading.clause == node.address) {
        tree.push(Tree::of(Kind::Source, format!("{}：{}", reading.kind, reading.text), ""));
    }
}

/// The node's own scoring lines that something is under.
fn explain_lines(scored: &Scored<'_>, unit: &UnitOutcome, id: NodeId, tree: &mut Tree) {
    for rule_id in &scored.plan.nodes[id.index()].rules {
        let rule = rule_of(scored, *rule_id);
        let entries: Vec<&Entry> = unit.entries.iter().filter(|entry| entry.rule == *rule_id).collect();
        if entries.is_empty() {
            continue;
        }
        let counted = entries.iter().filter(|entry| entry.counted);
        let sum = counted.fold(Number::ZERO, |sum, entry| sum.plus(entry.points).unwrap_or(sum));
        let text = format!("{}（{}）", rule.text.trim(), scored.plan.line_name(rule.line));
        let mut branch = Tree::of(Kind::Line, text, format!("，{}", gain(sum)));
        for entry in entries {
            branch.push(explain_entry(scored, unit, rule, entry));
        }
        tree.push(branch);
    }
}

fn explain_entry(scored: &Scored<'_>, unit: &UnitOutcome, rule: &Rule, entry: &Entry) -> Tree {
    let mut parts = Vec::new();
    if entry.period != scored.outcome.period {
        parts.push(scored.plan.calendar.period(entry.period).name.clone());
    }
    if let Some(quantity) = entry.quantity {
        let amount = amount_text(quantity, scored.quantity_type(rule));
        parts.push(match rule.basis {
            Basis::Row(_) | Basis::Once(_) => amount,
            Basis::Period => format!("{} {amount}", rule.label),
        });
    }
    parts.extend(entry.person.iter().map(|person| format!("人员{person}")));
    parts.extend(entry.matter.iter().map(|matter| format!("事项“{matter}”")));
    parts.extend(entry.late.map(|late| late.sentence()));
    let reason = objection::reasons(scored, scored.name(unit), entry).join("；");
    let value = match (entry.counted, reason.as_str()) {
        (true, "") => gain(entry.points),
        (true, reason) => format!("{}（{reason}）", gain(entry.points)),
        (false, "") => "不计".to_owned(),
        (false, reason) => format!("不计：{reason}"),
    };
    let places = match entry.facts.is_empty() {
        true => String::new(),
        false => format!("{}：", entry.places()),
    };
    let kind = if entry.counted { Kind::Entry } else { Kind::Uncounted };
    let comma = if parts.is_empty() { "" } else { "，" };
    let mut tree = Tree::of(kind, format!("{places}{}", parts.join("，")), format!("{comma}{value}"));
    // How many points is somebody's judgement: the reason belongs to it.
    let is_judged =
        |input: &&Input| input.node == rule.node && input.label == rule.label && input.needs.points.is_some();
    if scored.plan.inputs.iter().any(|input| is_judged(&input)) {
        entry.note.iter().for_each(|note| tree.say(format!("理由：{note}")));
    }
    for (peer, value) in &entry.peers {
        tree.say(format!("所比：{peer} {}", peer_text(scored.plan, peer, *value)));
    }
    if let Some(open) = objection::open_against(scored, scored.name(unit), entry) {
        tree.say(format!("有异议待处理（编号{}）：{}", open.number, open.reason));
    }
    tree
}

/// 全体平均（投资增速） of a share is one too.
fn peer_text(plan: &Plan, name: &str, value: Number) -> String {
    let peer = plan.peers.iter().find(|peer| peer.name == name);
    let is_amount = |peer: &&Peer| !matches!(peer.kind, PeerKind::Count | PeerKind::Rank { .. });
    let kind = peer.filter(is_amount).map(|peer| kind_of(plan, &peer.expr));
    match kind {
        Some(kind @ Type::Percent) => amount_text(value, Some(&kind)),
        _ => value.spoken(),
    }
}

/// Every node whose steps changed its points.
pub fn explain_all_steps(scored: &Scored<'_>, unit: &UnitOutcome, tree: &mut Tree) {
    for outcome in &unit.nodes {
        let node = &scored.plan.nodes[outcome.node.index()];
        let name = match node.address.as_str() {
            "" => "总分",
            address if node.title == address || node.title.is_empty() => address,
            address => &format!("{address} {}", node.title),
        };
        let mut branch = Tree::new(name);
        explain_steps(scored, unit, outcome, &mut branch);
        tree.push_filled(branch);
    }
}

/// Caps and other steps that changed the points.
fn explain_steps(scored: &Scored<'_>, unit: &UnitOutcome, outcome: &NodeOutcome, tree: &mut Tree) {
    if outcome.steps.is_empty() {
        return;
    }
    let mut shared = shared_marks(scored, unit, outcome.node);
    tree.push(Tree::of(Kind::Step, format!("以上小计：{}", tally_text(outcome)), ""));
    for (op, before, after) in &outcome.steps {
        // By what a total is multiplied nobody finds in the scheme, where it is the marks of what was not assessed.
        let op = match shared.take().filter(|_| op.starts_with("乘以")) {
            Some(why) => format!("{why}，{op}"),
            None => op.clone(),
        };
        tree.push(Tree::of(Kind::Step, step_text(outcome, &op, *before, *after), ""));
    }
}

/// `示例.1、示例.2不作考评，按其余得分率折算`: why the first step of a node multiplies its points.
fn shared_marks(scored: &Scored<'_>, unit: &UnitOutcome, id: NodeId) -> Option<String> {
    /// So many are named.
    const MOST: usize = 6;
    let node = &scored.plan.nodes[id.index()];
    let Some(Step::Multiply(Expr::Case { otherwise, .. })) = node.steps.first() else { return None };
    matches!(**otherwise, Expr::Divide(_)).then_some(())?;
    let is_left_out = |child: &&NodeId| scored.node(unit, **child).is_some_and(|outcome| !outcome.assessed);
    let address = |child: &NodeId| scored.plan.nodes[child.index()].address.as_str();
    let left_out: Vec<&str> = node.children.iter().filter(is_left_out).map(address).collect();
    (!left_out.is_empty()).then(|| format!("{}不作考评，按其余得分率折算", first_of(&left_out, MOST, "条")))
}

fn tally_text(outcome: &NodeOutcome) -> String {
    let raw = outcome.raw();
    let mut parts = Vec::new();
    if !raw.base.is_zero() {
        parts.push(format!("基础{}", points_text(raw.base)));
    }
    if !raw.bonus.is_zero() {
        parts.push(format!("加{}", points_text(raw.bonus)));
    }
    if !raw.deduction.is_zero() {
        parts.push(format!("扣{}", points_text(raw.deduction)));
    }
    parts.push(format!("得{}", points_text(tally_points(raw))));
    parts.join("，")
}

/// `扣分封顶40分：累计扣62分，截去22分`
fn step_text(outcome: &NodeOutcome, op: &str, before: Number, after: Number) -> String {
    let Ok(change) = after.minus(before) else {
        return format!("{op}：由{}成为{}", points_text(before), points_text(after));
    };
    let cut = points_text(change.abs());
    let raw = outcome.raw();
    if op.starts_with("扣分封顶") && raw.deduction.minus(change.abs()) == Ok(outcome.tally.deduction) {
        format!("{op}：累计扣{}，截去{cut}", points_text(raw.deduction))
    } else if op.starts_with("加分封顶") && raw.bonus.minus(change.abs()) == Ok(outcome.tally.bonus) {
        format!("{op}：累计加{}，截去{cut}", points_text(raw.bonus))
    } else if change.is_negative() {
        format!("{op}：由{}成为{}，减少{cut}", points_text(before), points_text(after))
    } else {
        format!("{op}：由{}成为{}，增加{cut}", points_text(before), points_text(after))
    }
}
