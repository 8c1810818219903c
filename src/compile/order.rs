//! The order of evaluation: what reads what, refused where it goes in a circle.

use rustc_hash::FxHashMap;

use super::full_marks;
use super::scope::Scope;
use super::shorter;
use crate::calendar::Cycle;
use crate::plan::walk::{each_expr, walk, walk_condition};
use crate::plan::*;
use crate::value::Number;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Thing {
    Node(NodeId),
    Measure(MeasureId),
    Peer(PeerId),
    Total,
}

/// Full marks become starting points and limits, matters and cycles are checked, peers are put in order.
pub fn finish(scope: &mut Scope<'_>) {
    shorter::settle(scope);
    full_marks::settle(scope);
    matters(scope);
    rollup(scope);
    rollups_between(scope);
    zero_by_itself(scope);
    vetoes_of_the_whole(&mut scope.plan);
    circles(scope);
    unused(scope);
    endless(scope);
    marks_over_full(scope);
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

/// 当 年终得分低于60分，全年总分计零: whether the total is zero cannot depend on that total.
fn zero_by_itself(scope: &mut Scope<'_>) {
    let zeroes = |rule: &Rule, effect: &Effect| match effect {
        Effect::ZeroTotal(cycle) => *cycle == rule.cycle,
        Effect::ZeroNode(node) => *node == NodeId(0),
        Effect::Veto { zero_total, .. } => *zero_total,
        _ => false,
    };
    let reads_total = |when: &Condition| {
        let mut found = false;
        walk_condition(when, &mut |expr| {
            found |= *expr == Expr::Total;
            true
        });
        found
    };
    let rules = scope.plan.rules.iter();
    let found: Vec<usize> = rules
        .filter(|rule| rule.effects.iter().any(|it| zeroes(rule, &it.effect) && reads_total(&it.when)))
        .map(|rule| rule.line as usize)
        .collect();
    for line in found {
        let finding = scope
            .at_line(line, "circular-stages", "总分计不计零，又要看同一个总分")
            .help("改看别的量，如某个板块、条目的得分；总分不足多少不能评先的，写在奖惩里：得分低于60分的，不予奖励");
        scope.report(finding);
    }
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

/// Points that may not come out even, and no 保留 on their way to the total: a fraction nobody would publish.
fn endless(scope: &mut Scope<'_>) {
    if !scope.broken.is_empty() || scope.findings.has_errors() {
        return;
    }
    let rounds = |node: &Node| node.steps.iter().any(|step| matches!(step, Step::Round { .. }));
    let is_rounded = |mut node: NodeId| loop {
        let here = &scope.plan.nodes[node.index()];
        if rounds(here) {
            return true;
        }
        match here.parent {
            Some(parent) => node = parent,
            None => return false,
        }
    };
    let mut known = FxHashMap::default();
    let mut inside: Vec<usize> = scope
        .plan
        .rules
        .iter()
        .filter(|rule| may_not_end(&scope.plan, &rule.points, &mut known) && !is_rounded(rule.node))
        .map(|rule| rule.line as usize)
        .collect();
    let mut alone: Vec<usize> = Vec::new();
    for (cycle, expr) in &scope.plan.rollups {
        if may_not_end(&scope.plan, expr, &mut known) {
            alone.extend(scope.roll_up_lines.iter().filter(|(of, _)| of == cycle).map(|(_, line)| *line));
        }
    }
    let mut shared = Vec::new();
    // Shares of weights, a mean of parts, a factor that is a quotient: nothing of it shows in a line's own points.
    for (index, node) in scope.plan.nodes.iter().enumerate() {
        let may_not_come_out_even = may_share_unevenly(&scope.plan, node)
            || node.steps.iter().any(|step| match step {
                Step::Multiply(factor) | Step::MultiplyWhen { factor, .. } => {
                    may_not_end(&scope.plan, factor, &mut known)
                }
                _ => false,
            });
        if may_not_come_out_even && !is_rounded(NodeId(index as u16)) {
            shared.push(node.line.max(1) as usize);
        }
    }
    for award in &scope.plan.awards {
        if award.money.as_ref().is_some_and(|money| may_not_end(&scope.plan, money, &mut known)) {
            alone.push(award.line as usize);
        }
    }
    inside.sort_unstable();
    inside.dedup();
    alone.dedup();
    let here = "在后面加上：，保留2位小数，四舍五入";
    let around = format!("{here}；或在所在的条目、板块里加一行：保留2位小数，四舍五入");
    let lines =
        inside.into_iter().map(|line| (line, around.as_str())).chain(alone.into_iter().map(|line| (line, here)));
    for (line, help) in lines {
        let finding = scope.at_line(line, "missing-convention", "这里可能除不尽，没有写保留几位小数").help(help);
        scope.report(finding);
    }
    for line in shared {
        let finding = scope
            .at_line(line, "missing-convention", "各部分合成时可能除不尽，没有写保留几位小数")
            .help("在它下面加一行：保留2位小数，四舍五入");
        scope.report(finding);
    }
}

/// Whether the shares that a node's parts have of it may be fractions without end, whichever of them are not assessed.
fn may_share_unevenly(plan: &Plan, node: &Node) -> bool {
    let is_even = |part: Number, whole: Number| {
        whole.is_zero() || part.divided_by(whole).is_ok_and(|share| share.decimal().is_some())
    };
    let (doubtful, certain): (Vec<NodeId>, Vec<NodeId>) =
        node.children.iter().copied().partition(|child| !is_always_assessed(plan, *child));
    match node.combine {
        Combine::Sum | Combine::Best { .. } | Combine::Weighted { renormalize: false } => false,
        Combine::Mean => {
            (certain.len().max(1)..=node.children.len()).any(|count| !is_even(Number::ONE, Number::whole(count as i64)))
        }
        Combine::Weighted { renormalize: true } => {
            let weight = |child: &NodeId| match &plan.nodes[child.index()].weight {
                Some(Expr::Number(weight)) => Some(*weight),
                _ => None,
            };
            let weights = |parts: &[NodeId]| parts.iter().map(weight).collect::<Option<Vec<Number>>>();
            let (Some(doubtful), Some(certain)) = (weights(&doubtful), weights(&certain)) else { return true };
            // Each part in doubt is there or not; of many, some sum is uneven anyway.
            doubtful.len() > 8
                || (0..1usize << doubtful.len()).any(|chosen| {
                    let there =
                        doubtful.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, part)| part);
                    let parts: Vec<Number> = certain.iter().chain(there).copied().collect();
                    let whole = parts.iter().try_fold(Number::ZERO, |sum, part| sum.plus(*part));
                    whole.is_ok_and(|whole| parts.iter().any(|part| !is_even(*part, whole)))
                })
        }
    }
}

/// Whether a node is assessed whatever is reported: it holds for every unit, and nothing in it can be not applicable.
fn is_always_assessed(plan: &Plan, id: NodeId) -> bool {
    let node = &plan.nodes[id.index()];
    node.applies == Condition::Always
        && node.rules.iter().all(|rule| plan.rules[rule.index()].basis != Basis::Period)
        && node.children.iter().all(|child| is_always_assessed(plan, *child))
}

/// Whether a value may be a fraction without end: a quotient or a mean that nothing rounds. `known` remembers measures.
fn may_not_end(plan: &Plan, expr: &Expr, known: &mut FxHashMap<MeasureId, bool>) -> bool {
    if let Expr::Measure(id) = expr {
        // A measure of measures ends somewhere: circles were refused before.
        if let Some(known) = known.get(id) {
            return *known;
        }
        let endless = may_not_end(plan, &plan.measures[id.index()].expr, known);
        known.insert(*id, endless);
        return endless;
    }
    let mut again = |inner: &Expr| may_not_end(plan, inner, known);
    match expr {
        Expr::Divide(pair) => match &pair[1] {
            Expr::Number(number) => {
                Number::ONE.divided_by(*number).is_ok_and(|part| part.decimal().is_none()) || again(&pair[0])
            }
            _ => true,
        },
        Expr::Over { aggregate, expr, .. } => *aggregate == Aggregate::Mean || again(expr),
        Expr::Rows(rows) => rows.aggregate == Aggregate::Mean || again(&rows.value),
        Expr::Of(aggregate, list) => *aggregate == Aggregate::Mean || list.iter().any(&mut again),
        Expr::Input { collect, .. } => *collect == Aggregate::Mean,
        Expr::Peer(id) => match plan.peers[id.index()].kind {
            PeerKind::Mean | PeerKind::Median | PeerKind::MeanOfBest(_) | PeerKind::Deviation => true,
            PeerKind::Rank { .. } | PeerKind::Count => false,
            PeerKind::Greatest | PeerKind::Least | PeerKind::Sum => again(&plan.peers[id.index()].expr),
        },
        Expr::Add(pair) | Expr::Subtract(pair) | Expr::Multiply(pair) => again(&pair[0]) || again(&pair[1]),
        Expr::Negate(inner) | Expr::Absolute(inner) => again(inner),
        Expr::Root(_) => true,
        Expr::Case { arms, otherwise } => arms.iter().any(|(_, value)| again(value)) || again(otherwise),
        Expr::Assessed { expr, otherwise } => again(expr) || again(otherwise),
        Expr::Steps { amount, step, part } => {
            *part == Part::Proportional
                && (again(amount)
                    || match &**step {
                        Expr::Number(step) => Number::ONE.divided_by(*step).is_ok_and(|part| part.decimal().is_none()),
                        _ => true,
                    })
        }
        _ => false,
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
    if !scope.broken.is_empty() || scope.findings.has_errors() {
        return;
    }
    let measures: Vec<(String, usize)> = (0..used.len())
        .filter(|at| !used[*at])
        .map(|at| (scope.plan.measures[at].name.clone(), scope.plan.measures[at].line as usize))
        .collect();
    for (name, line) in measures {
        let mut finding = scope
            .at_line(line, "unused-measure", format!("“{name}”算出来以后没有用到，不影响得分"))
            .help(format!("再写一行用它计分，如：{name}：低于90%扣5分；要它作系数的，写：系数 …"));
        finding.severity = crate::diagnostic::Severity::Warning;
        scope.report(finding);
    }
}

pub(super) fn own_and_below(scope: &Scope<'_>, node: NodeId, rules: &mut Vec<RuleId>) {
    rules.extend(&scope.plan.nodes[node.index()].rules);
    for child in &scope.plan.nodes[node.index()].children {
        own_and_below(scope, *child, rules);
    }
}

/// Below a node with a same-matter rule every row must name its matter.
fn matters(scope: &mut Scope<'_>) {
    for index in 0..scope.plan.nodes.len() {
        if scope.plan.nodes[index].same_matter.is_none() {
            continue;
        }
        let mut rules = Vec::new();
        own_and_below(scope, NodeId(index as u16), &mut rules);
        for rule in rules {
            if let Basis::Row(input) | Basis::Once(input) = scope.plan.rules[rule.index()].basis {
                let input = &mut scope.plan.inputs[input.index()];
                input.needs.matter = true;
                input.additive = false;
            }
        }
    }
}

/// 年终得分 = 各季度得分之和 needs to know what a quarter's total is.
fn rollups_between(scope: &mut Scope<'_>) {
    let mut asked: Vec<Cycle> = Vec::new();
    for (_, expr) in &scope.plan.rollups {
        walk(expr, &mut |inner| {
            if let Expr::Over { cycle, expr, .. } = inner
                && **expr == Expr::Total
            {
                asked.push(*cycle);
            }
            true
        });
    }
    let is_known =
        |cycle: &Cycle| *cycle == scope.plan.cycle || scope.plan.rollups.iter().any(|(known, _)| known == cycle);
    let longer = |cycle: &&Cycle| **cycle > scope.plan.cycle && matches!(cycle, Cycle::Quarter | Cycle::Half);
    let unsaid = asked.iter().filter(longer).find(|cycle| !is_known(cycle)).copied();
    if let Some(cycle) = unsaid {
        let line = scope.roll_up_line(Cycle::Term);
        let (whole, part) = (cycle.word(), scope.plan.cycle.word());
        scope.missing_convention(
            line,
            &format!("没有写{whole}得分怎样得出"),
            &[
                &format!("{whole}得分 = 各{part}得分之和"),
                &format!("{whole}得分 = 各{part}得分平均，保留2位小数，四舍五入"),
            ],
        );
    } else if let Some(cycle) = asked.iter().find(|cycle| !is_known(cycle)) {
        let message = format!("本方案按{}考评，没有各{}的得分", scope.plan.cycle.word(), cycle.word());
        let finding = scope
            .at_line(scope.roll_up_line(Cycle::Term), "no-such-total", message)
            .help(format!("写成：年终得分 = 各{}得分之和", scope.plan.cycle.word()));
        scope.report(finding);
    }
}

/// The term's total, where nothing else is said, and every node that only counts there.
fn rollup(scope: &mut Scope<'_>) {
    if scope.plan.cycle == Cycle::Term && !scope.plan.rollups.iter().any(|(cycle, _)| *cycle == Cycle::Term) {
        scope.plan.rollups.push((Cycle::Term, Expr::Total));
    }
    let Some((_, expr)) = scope.plan.rollups.iter().find(|(cycle, _)| *cycle == Cycle::Term) else { return };
    let mut named = Vec::new();
    walk(expr, &mut |inner| {
        if let Expr::Node(id) = inner {
            named.push(*id);
        }
        true
    });
    let line = scope.roll_up_line(Cycle::Term);
    let written = match scope.source.line_count() >= line && line > 1 {
        true => scope.source.line(line).trim().trim_end_matches('。').to_owned(),
        false => "年终得分 = 各月得分之和".to_owned(),
    };
    let missing: Vec<(usize, String)> = scope
        .plan
        .nodes
        .iter()
        .enumerate()
        .filter(|(index, node)| node.landing == Landing::YearEnd && !named.contains(&NodeId(*index as u16)))
        .map(|(_, node)| (node.line as usize, node.address.clone()))
        .collect();
    for (line, address) in missing {
        let finding = scope
            .at_line(line, "missing-in-rollup", format!("“{address}”计入年终，年终得分的算式里却没有它"))
            .help(format!("写成：{}", with_term(&written, &address)));
        scope.report(finding);
    }
}

/// `年终得分 = 各月得分平均，保留2位小数` with the points of one more part.
fn with_term(line: &str, address: &str) -> String {
    let line = line.split(['#', '＃']).next().unwrap_or(line).trim();
    let end = ["，保留", ",保留"].iter().filter_map(|keep| line.find(keep)).min().unwrap_or(line.len());
    format!("{} + 「{address}」得分{}", &line[..end], &line[end..])
}

/// Depth first through what reads what; peers come out in an order in which each reads only earlier ones.
fn circles(scope: &mut Scope<'_>) {
    let plan = &scope.plan;
    let peers = (0..plan.peers.len()).map(|index| Thing::Peer(PeerId(index as u16)));
    let measures = (0..plan.measures.len()).map(|index| Thing::Measure(MeasureId(index as u16)));
    let nodes = (0..plan.nodes.len()).map(|index| Thing::Node(NodeId(index as u16)));
    let mut walk = Walk { plan, heights: FxHashMap::default(), order: Vec::new(), stopped: None };
    for thing in peers.chain(measures).chain([Thing::Total]).chain(nodes) {
        walk.visit(thing, 0);
    }
    let Walk { order, stopped, .. } = walk;
    if let Some((thing, why)) = stopped {
        let (line, name) = match thing {
            Thing::Node(id) => {
                (scope.plan.nodes[id.index()].line as usize, scope.plan.nodes[id.index()].address.clone())
            }
            Thing::Measure(id) => {
                let measure = &scope.plan.measures[id.index()];
                (measure.line as usize, measure.name.clone())
            }
            Thing::Peer(id) => (1, scope.plan.peers[id.index()].name.clone()),
            Thing::Total => (1, "得分".to_owned()),
        };
        let finding = match why {
            Stop::Circle => scope
                .at_line(line, "circular-stages", format!("“{name}”的计算又用到它自己"))
                .help("让它只用到先算出来的量；要用前一期的，写上月、上年"),
            Stop::TooDeep => scope
                .at_line(line, "too-deep", format!("“{name}”一层套一层，超过{DEEPEST_CHAIN}层"))
                .help("把算式合并几步"),
        };
        scope.report(finding);
        return;
    }
    let mut new_ids = vec![0u16; scope.plan.peers.len()];
    for (new, old) in order.iter().enumerate() {
        new_ids[old.index()] = new as u16;
    }
    if new_ids.iter().enumerate().any(|(old, new)| old != usize::from(*new)) {
        renumber(&mut scope.plan, &order, &new_ids);
    }
}

/// How many things may read one another in a row: what walks them keeps its place on the stack.
const DEEPEST_CHAIN: u32 = 100;

/// Why a walk along what reads what cannot go on.
#[derive(Clone, Copy)]
enum Stop {
    Circle,
    TooDeep,
}

/// A walk along what reads what, depth first.
struct Walk<'p> {
    plan: &'p Plan,
    /// How high a thing stands above what reads nothing; `None` where its visit has only begun.
    heights: FxHashMap<Thing, Option<u32>>,
    /// Peers by their old ids, readers last.
    order: Vec<PeerId>,
    stopped: Option<(Thing, Stop)>,
}

impl Walk<'_> {
    /// The height of a thing, `depth` things below where the walk began; 0 where it has stopped.
    fn visit(&mut self, thing: Thing, depth: u32) -> u32 {
        let known = self.heights.get(&thing);
        if let Some(Some(height)) = known {
            return *height;
        }
        let stop = match known {
            Some(_) => Some(Stop::Circle),
            None => (depth > DEEPEST_CHAIN).then_some(Stop::TooDeep),
        };
        if let Some(stop) = stop {
            self.stopped.get_or_insert((thing, stop));
        }
        if self.stopped.is_some() {
            return 0;
        }
        self.heights.insert(thing, None);
        let mut height = 0;
        for next in reads(self.plan, thing) {
            height = height.max(1 + self.visit(next, depth + 1));
        }
        if height > DEEPEST_CHAIN {
            self.stopped.get_or_insert((thing, Stop::TooDeep));
        }
        self.heights.insert(thing, Some(height));
        if let Thing::Peer(id) = thing {
            self.order.push(id);
        }
        height
    }
}

/// What a thing reads in the same period.
fn reads(plan: &Plan, thing: Thing) -> Vec<Thing> {
    let mut found = Vec::new();
    let of_expr = |expr: &Expr, found: &mut Vec<Thing>| collect(expr, found);
    match thing {
        Thing::Measure(id) => of_expr(&plan.measures[id.index()].expr, &mut found),
        Thing::Peer(id) => of_expr(&plan.peers[id.index()].expr, &mut found),
        Thing::Total => {
            found.push(Thing::Node(NodeId(0)));
        }
        Thing::Node(id) => {
            let node = &plan.nodes[id.index()];
            found.extend(node.children.iter().map(|child| Thing::Node(*child)));
            node.values().for_each(|value| of_expr(value, &mut found));
            node.conditions().for_each(|condition| collect_condition(condition, &mut found));
            for rule in &node.rules {
                let rule = &plan.rules[rule.index()];
                rule.values().for_each(|value| of_expr(value, &mut found));
                rule.row_rules.iter().for_each(|row| collect_condition(&row.when, &mut found));
                // Effects are drawn after points: they may read the node itself.
            }
        }
    }
    found
}

fn collect(expr: &Expr, found: &mut Vec<Thing>) {
    walk(expr, &mut |inner| read_now(inner, found));
}

fn collect_condition(condition: &Condition, found: &mut Vec<Thing>) {
    walk_condition(condition, &mut |inner| read_now(inner, found));
}

/// What an expression reads of the same period; what it asks of an earlier one is no circle.
fn read_now(expr: &Expr, found: &mut Vec<Thing>) -> bool {
    match expr {
        Expr::Measure(id) => found.push(Thing::Measure(*id)),
        Expr::Node(id) => found.push(Thing::Node(*id)),
        Expr::Peer(id) => found.push(Thing::Peer(*id)),
        Expr::Total | Expr::Rank(_) | Expr::RankFromLast(_) => found.push(Thing::Total),
        Expr::Earlier { otherwise, .. } => {
            otherwise.iter().for_each(|otherwise| collect(otherwise, found));
            return false;
        }
        _ => {}
    }
    true
}

fn renumber(plan: &mut Plan, order: &[PeerId], new_ids: &[u16]) {
    let old: Vec<Peer> = std::mem::take(&mut plan.peers);
    plan.peers = order.iter().map(|id| old[id.index()].clone()).collect();
    each_expr(plan, &mut |expr| {
        if let Expr::Peer(id) = expr {
            id.0 = new_ids[id.index()];
        }
    });
}
