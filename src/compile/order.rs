//! The order of evaluation: what reads what, refused where it goes in a circle.

use rustc_hash::FxHashMap;

use super::scope::Scope;
use crate::calendar::Cycle;
use crate::plan::walk::{each_expr, walk, walk_condition, walk_grades};
use crate::plan::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Thing {
    Node(NodeId),
    Measure(MeasureId),
    Peer(PeerId),
    Total,
}

/// 当 年终得分低于60分，全年总分计零: whether the total is zero cannot depend on that total.
pub fn zero_by_itself(scope: &mut Scope<'_>) {
    let zeroes = |rule: &Rule, effect: &Effect| match effect {
        Effect::ZeroTotal(cycle) => *cycle == rule.cycle,
        Effect::ZeroNode(node) => *node == NodeId(0),
        Effect::Veto { zero_total, .. } => *zero_total,
        _ => false,
    };
    let reads_total = |when: &Condition| when.any_expr(|expr| *expr == Expr::Total);
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

/// 当 排名末位，一票否决，当月排名末位: whose place the veto moves cannot depend on that place.
pub fn last_by_itself(scope: &mut Scope<'_>) {
    let plan = &scope.plan;
    let reads_rank = |when: &Condition, cycles: &[Cycle]| {
        let mut found = false;
        walk_condition(when, &mut |expr| {
            if let Expr::Rank(id) | Expr::RankFromLast(id) = expr {
                found |= cycles.contains(&plan.rankings[id.index()].cycle);
            }
            !matches!(expr, Expr::Earlier { .. })
        });
        found
    };
    let moves = |effect: &&RuleEffect| match &effect.effect {
        Effect::Veto { cycles, moves: true, .. } => reads_rank(&effect.when, cycles),
        _ => false,
    };
    let rules = plan.rules.iter().filter(|rule| rule.effects.iter().any(|effect| moves(&effect)));
    let found: Vec<usize> = rules.map(|rule| rule.line as usize).collect();
    for line in found {
        let finding = scope
            .at_line(line, "circular-stages", "一票否决改动一期的名次，又要看同一期的名次")
            .help("只管年终的，写成：一票否决，年终排名末位；按名次约谈、不予奖励的，写在奖惩里：末位：约谈");
        scope.report(finding);
    }
}

/// 当 名次为第1名，不参评: who takes part cannot depend on the places and grades of those who do.
pub fn left_out_by_itself(scope: &mut Scope<'_>) {
    let plan = &scope.plan;
    let reads_itself = |line: &Exclusion| {
        let mut found = false;
        let mut measures = Vec::new();
        let mut reads = |expr: &Expr, measures: &mut Vec<MeasureId>| {
            match expr {
                Expr::Rank(id) | Expr::RankFromLast(id) => found |= line.speaks_of(plan.rankings[id.index()].cycle),
                Expr::Measure(id) if !measures.contains(id) => measures.push(*id),
                _ => {}
            }
            !matches!(expr, Expr::Earlier { .. })
        };
        walk_condition(&line.when, &mut |expr| reads(expr, &mut measures));
        // 位 = 名次, and 当 位为第1名: what a named value is made of, once each.
        let mut next = 0;
        while let Some(id) = measures.get(next).copied() {
            walk(&plan.measures[id.index()].expr, &mut |expr| reads(expr, &mut measures));
            next += 1;
        }
        walk_grades(&line.when, &mut |grading| found |= line.speaks_of(plan.gradings[usize::from(grading)].cycle));
        found
    };
    let lines = plan.excluded.iter().zip(&scope.excluded_lines);
    let found: Vec<usize> = lines.filter(|(line, _)| reads_itself(line)).map(|(_, at)| *at).collect();
    for line in found {
        let finding = scope.at_line(line, "circular-stages", "参不参评，又要看参评以后才有的名次、等次").help(
            "看前一期的，写成：上月名次（没有的不作考评）为…、上年等次为…；只是不评优、不奖励的，写在“等次”“奖惩”里",
        );
        scope.report(finding);
    }
}

/// Depth first through what reads what; peers come out in an order in which each reads only earlier ones.
pub fn circles(scope: &mut Scope<'_>) {
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
pub const DEEPEST_CHAIN: u32 = 100;

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
