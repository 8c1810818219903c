//! Proof that a limit further out hides a change: wherever the books take, or give, differently, both reach it.
//!
//! INVARIANT: two figures go together *from so much on* where they are the same or neither is below it. Adding the same,
//! limits and factors keep that; a limit of no more than so much makes them the same. What does not keep it, or cannot be
//! known to, ends the proof. The clause of either book is put into both, so that other changes do not matter.

use super::Search;
use crate::analysis::{Bounds, everything};
use crate::calendar::Cycle;
use crate::canonical::{Called, Canonical};
use crate::diff::change::{Facet, Pair, Subject};
use crate::diff::pieces::{facet_of, rules_called};
use crate::plan::*;
use crate::value::Number;

/// Which figure of a tally differs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Taken,
    Given,
}

/// A figure that goes together in both books from so much on.
#[derive(Clone, Copy, Debug)]
struct Apart {
    side: Side,
    least: Number,
}

/// What becomes of such a figure at a step.
enum Met {
    /// It is the same in both.
    Hidden,
    Kept,
    Lost,
}

impl<'c> Search<'c> {
    /// Which limit hides a change, whatever the facts.
    pub(super) fn hidden_by_limit(&self, all: &[Pair]) -> Option<String> {
        let is_order = |pair: &&Pair| matches!(pair, (Some(Subject::Facet { facet: Facet::Order, .. }), _));
        let mut rest = all.iter().filter(|pair| !is_order(pair));
        let (Some(pair), None) = (rest.next(), rest.next()) else { return None };
        let mut books = [Bounds::new(self.old.plan), Bounds::new(self.new.plan)];
        let (apart, ways) = match pair {
            (Some(Subject::Clause { node: a, label: from }), Some(Subject::Clause { node: b, label: to })) => {
                let is_there = self.shared.comparison.pairs.nodes.get(a) == Some(b);
                let apart = self.lines_apart(&mut books, (*a, from), (*b, to)).filter(|_| is_there)?;
                (apart, [(*a, 0), (*b, 0)])
            }
            (Some(Subject::Facet { node: a, facet }), Some(Subject::Facet { node: b, .. })) => {
                let (apart, at) = self.caps_apart((*a, *b), *facet)?;
                (apart, [(*a, at[0]), (*b, at[1])])
            }
            _ => return None,
        };
        let [old, new] = &mut books;
        let (node, at, found) = Way::new(self.old.plan, ways[0].0)?.hiding(old, ways[0], apart)?;
        Way::new(self.new.plan, ways[1].0)?.hiding(new, ways[1], apart)?;
        Some(told(self.old.plan, node, at, found))
    }

    /// From where on the lines of a clause go together, where they differ in points and limits alone.
    fn lines_apart(&self, books: &mut [Bounds<'c>; 2], old: (NodeId, &str), new: (NodeId, &str)) -> Option<Apart> {
        let (left, right) = (self.old.plan, self.new.plan);
        let blank = |rule: &Rule| Rule { points: Expr::Number(Number::ZERO), limits: Vec::new(), ..rule.clone() };
        let form = |plan: &Plan, (node, label): (NodeId, &str)| {
            let rules: Vec<Rule> =
                rules_called(plan, node, label).iter().map(|rule| blank(&plan.rules[rule.index()])).collect();
            let measure = plan.measures.iter().find(|it| it.node == node && it.name == label);
            let input = plan.inputs.iter().find(|it| it.node == node && it.label == label);
            Canonical::form(plan, &Called::default(), &(rules, measure, input))
        };
        if form(left, old) != form(right, new) {
            return None;
        }
        let rules = rules_called(left, old.0, old.1).into_iter().zip(rules_called(right, new.0, new.1));
        let mut known: Option<Apart> = None;
        for (a, b) in rules {
            let (a, b) = (&left.rules[a.index()], &right.rules[b.index()]);
            if is_same((left, &a.points), (right, &b.points)) && is_same((left, &a.limits), (right, &b.limits)) {
                continue;
            }
            let is_of_its_period =
                a.cycle == left.nodes[a.node.index()].cycle && b.cycle == right.nodes[b.node.index()].cycle;
            let looks_elsewhere =
                a.refund.is_some() || a.most_times.is_some() || a.valid_months.is_some() || a.same_matter.is_some();
            if !is_of_its_period || looks_elsewhere {
                return None;
            }
            let apart = line_apart(books, (left, a), (right, b))?;
            known = Some(match known {
                Some(known) if known.side != apart.side => return None,
                Some(known) => Apart { least: known.least.min(apart.least), ..apart },
                None => apart,
            });
        }
        known
    }

    /// From where on what is taken or given goes together behind a cap that changed, came or went, where no other step
    /// of its node changed; and which step comes next in either book.
    fn caps_apart(&self, (a, b): (NodeId, NodeId), facet: Facet) -> Option<(Apart, [usize; 2])> {
        let side = match facet {
            Facet::CapDeduction => Side::Taken,
            Facet::CapBonus => Side::Given,
            _ => return None,
        };
        let (old, new) = (&self.old.plan.nodes[a.index()], &self.new.plan.nodes[b.index()]);
        let others =
            |node: &Node| node.steps.iter().filter(|step| facet_of(step) != facet).cloned().collect::<Vec<_>>();
        if !is_same((self.old.plan, &others(old)), (self.new.plan, &others(new))) {
            return None;
        }
        // Where it stands, and how much it is; `None` inside where there is none.
        let cap = |node: &Node| -> Option<Option<(usize, Number)>> {
            let mut caps = node.steps.iter().enumerate().filter(|(_, step)| facet_of(step) == facet);
            match (caps.next(), caps.next()) {
                (None, _) => Some(None),
                (Some((at, Step::CapDeduction { most, per } | Step::CapBonus { most, per })), None)
                    if *per == node.cycle =>
                {
                    match most {
                        Expr::Number(most) => Some(Some((at, *most))),
                        _ => None,
                    }
                }
                _ => None,
            }
        };
        let (least, at) = match (cap(old)?, cap(new)?) {
            (Some((x, a)), Some((y, b))) if x == y => (a.min(b), [x + 1, y + 1]),
            (Some((at, most)), None) => (most, [at + 1, at]),
            (None, Some((at, most))) => (most, [at, at + 1]),
            _ => return None,
        };
        least.is_positive().then_some((Apart { side, least }, at))
    }
}

/// Whether pieces of both books say the same.
fn is_same<T: serde::Serialize>((left, a): (&Plan, &T), (right, b): (&Plan, &T)) -> bool {
    let none = Called::default();
    Canonical::form(left, &none, a) == Canonical::form(right, &none, b)
}

/// From where on two lines go together that differ in points or limits.
fn line_apart<'p>(
    [left, right]: &mut [Bounds<'p>; 2],
    (old, a): (&'p Plan, &'p Rule),
    (new, b): (&'p Plan, &'p Rule),
) -> Option<Apart> {
    let (x, y) = (left.row_that_counts(a, &a.points), right.row_that_counts(b, &b.points));
    let side = match (x.may_be_positive() || y.may_be_positive(), x.may_be_negative() || y.may_be_negative()) {
        (false, true) => Side::Taken,
        (true, false) => Side::Given,
        _ => return None,
    };
    let mut least = points_apart([left, right], (old, a, &a.points), (new, b, &b.points), side)?;
    // 减半, 加倍: the same in both books.
    for factor in a.row_rules.iter().filter_map(|row| row.factor.as_ref()) {
        let Expr::Number(factor) = factor else { return None };
        least = match least {
            Some(all) if factor.is_positive() => Some(all.min(all.times(*factor).ok()?)),
            Some(_) => return None,
            None => None,
        };
    }
    let is_within =
        |rule: &Rule| rule.limits.iter().all(|limit| !matches!(limit.per, LimitPer::Cycle(per) if per > rule.cycle));
    if !is_within(a) || !is_within(b) {
        return None;
    }
    if !is_same((old, &a.limits), (new, &b.limits)) {
        for limit in a.limits.iter().chain(&b.limits) {
            let Expr::Number(most) = limit.most else { return None };
            least = Some(least.map_or(most, |least| least.min(most)));
        }
    }
    least.filter(|least| least.is_positive()).map(|least| Apart { side, least })
}

/// From where on the points of two lines go together; nothing inside where they are the same.
fn points_apart<'p>(
    books: [&mut Bounds<'p>; 2],
    (old, a, x): (&'p Plan, &'p Rule, &'p Expr),
    (new, b, y): (&'p Plan, &'p Rule, &'p Expr),
    side: Side,
) -> Option<Option<Number>> {
    if is_same((old, x), (new, y)) {
        return Some(None);
    }
    let [left, right] = books;
    if let (Expr::Case { arms, otherwise }, Expr::Case { arms: others, otherwise: other }) = (x, y) {
        if arms.len() != others.len() {
            return None;
        }
        let mut least = points_apart([left, right], (old, a, otherwise), (new, b, other), side)?;
        for ((when, x), (condition, y)) in arms.iter().zip(others) {
            if !is_same((old, when), (new, condition)) {
                return None;
            }
            let of_arm = points_apart([left, right], (old, a, x), (new, b, y), side)?;
            least = least.into_iter().chain(of_arm).min();
        }
        return Some(least);
    }
    if !is_always_known(x) || !is_always_known(y) {
        return None;
    }
    let (x, y) = (left.row_that_counts(a, x), right.row_that_counts(b, y));
    let least = match side {
        Side::Taken => x.high.zip(y.high).map(|(x, y)| x.max(y).negated()),
        Side::Given => x.low.zip(y.low).map(|(x, y)| x.min(y)),
    };
    least.filter(|least| least.is_positive()).map(Some)
}

/// So many points, or so many for each: whatever is reported, there is a figure.
fn is_always_known(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Row(RowField::Quantity) => true,
        Expr::Negate(inner) => is_always_known(inner),
        Expr::Add(pair) | Expr::Multiply(pair) => pair.iter().all(is_always_known),
        _ => false,
    }
}

/// The items that a figure comes through on its way to the total.
struct Way<'p> {
    plan: &'p Plan,
    nodes: Vec<NodeId>,
    /// Those whose points something else asks for.
    asked: Vec<NodeId>,
}

impl<'p> Way<'p> {
    /// `None` where rows are looked at past the limits on the way: 同一事项, what of an item counts by its months, the
    /// best entries.
    fn new(plan: &'p Plan, from: NodeId) -> Option<Way<'p>> {
        let nodes: Vec<NodeId> = std::iter::successors(Some(from), |node| plan.nodes[node.index()].parent).collect();
        let by_rows = |id: &NodeId| {
            let node = &plan.nodes[id.index()];
            node.same_matter.is_some() || node.steps.iter().any(|step| per(step).is_some_and(|per| per < node.cycle))
        };
        let by_entries = |node: &Node| match &node.combine {
            Combine::Best { each_entry, .. } => each_entry.iter().any(|part| nodes.contains(part)),
            Combine::Sum | Combine::Mean | Combine::Weighted { .. } => false,
        };
        if nodes.iter().any(by_rows) || plan.nodes.iter().any(by_entries) {
            return None;
        }
        let mut asked = Vec::new();
        let mut see = |expr: &Expr| {
            if let Expr::Node(id) = expr {
                asked.push(*id);
            }
        };
        everything(plan, &mut see, &mut |_| {});
        Some(Way { plan, nodes, asked })
    }

    /// The step that makes a figure the same in both books, and the figure as it finds it; from a step of the first node
    /// on.
    fn hiding(
        &self,
        bounds: &mut Bounds<'p>,
        (_, from): (NodeId, usize),
        mut apart: Apart,
    ) -> Option<(NodeId, usize, Apart)> {
        for (place, id) in self.nodes.iter().enumerate() {
            let node = &self.plan.nodes[id.index()];
            if node.combine != Combine::Sum {
                return None;
            }
            let (gathered, _) = bounds.node_both(*id);
            // What the other figures come to at most, in the sense of this one.
            let mut rest = match apart.side {
                Side::Taken => gathered.base.plus(gathered.bonus).high,
                Side::Given => gathered.base.minus(gathered.deduction).low.map(Number::negated),
            };
            for (at, step) in node.steps.iter().enumerate() {
                if place == 0 && at < from {
                    let mut before = Apart { least: Number::ZERO, ..apart };
                    self.step(node, step, &mut before, &mut rest);
                    continue;
                }
                match self.step(node, step, &mut apart, &mut rest) {
                    Met::Hidden => return Some((*id, at, apart)),
                    Met::Kept => {}
                    Met::Lost => return None,
                }
            }
            let parent = &self.plan.nodes[node.parent?.index()];
            let comes_whole = node.cycle == parent.cycle || node.cycle > parent.cycle && node.landing == Landing::Last;
            if self.asked.contains(id) || !comes_whole {
                return None;
            }
        }
        None
    }

    fn step(&self, node: &Node, step: &Step, apart: &mut Apart, rest: &mut Option<Number>) -> Met {
        let own = per(step).is_none_or(|per| per == node.cycle);
        let out_of_reach = |end: Number, rest: Option<Number>| {
            rest.is_some_and(|rest| rest.minus(apart.least).is_ok_and(|it| it <= end))
        };
        match (step, apart.side) {
            (Step::CapDeduction { most, per }, Side::Taken) | (Step::CapBonus { most, per }, Side::Given) => {
                match self.fixed(most) {
                    Some(most) if most <= apart.least && *per >= node.cycle => Met::Hidden,
                    _ if own => Met::Kept,
                    _ => Met::Lost,
                }
            }
            (Step::CapDeduction { .. } | Step::CapBonus { .. }, _) => Met::Kept,
            // What the points end at from the side that the figure moves them to.
            (Step::Floor { least: end, .. }, Side::Taken) | (Step::CapPoints { most: end, .. }, Side::Given) if own => {
                let end = self.fixed(end).map(|end| if apart.side == Side::Taken { end } else { end.negated() });
                let is_hidden = end.is_some_and(|end| out_of_reach(end, *rest));
                *rest = rest.zip(end).map(|(rest, end)| rest.max(end));
                if is_hidden { Met::Hidden } else { Met::Kept }
            }
            // And from the other side, which only holds where the figure keeps the points away from it.
            (Step::CapPoints { most: end, .. }, Side::Taken) | (Step::Floor { least: end, .. }, Side::Given) if own => {
                let end = self.fixed(end).map(|end| if apart.side == Side::Taken { end } else { end.negated() });
                if end.is_some_and(|end| out_of_reach(end, *rest)) { Met::Kept } else { Met::Lost }
            }
            (Step::Multiply(Expr::Number(factor)), _) if factor.is_positive() => {
                let Ok(least) = apart.least.times(*factor) else { return Met::Lost };
                apart.least = least;
                *rest = rest.and_then(|rest| rest.times(*factor).ok());
                Met::Kept
            }
            _ => {
                *rest = None;
                Met::Lost
            }
        }
    }

    /// A limit that is the same number always: 40分, 满分×20%.
    fn fixed(&self, limit: &Expr) -> Option<Number> {
        match limit {
            Expr::Number(number) => Some(*number),
            Expr::Full(id) => match self.plan.nodes[id.index()].full {
                Some(Expr::Number(full)) => Some(full),
                _ => None,
            },
            Expr::Multiply(pair) => self.fixed(&pair[0])?.times(self.fixed(&pair[1])?).ok(),
            _ => None,
        }
    }
}

/// What a limit of a node is counted over.
fn per(step: &Step) -> Option<Cycle> {
    match step {
        Step::CapDeduction { per, .. }
        | Step::CapBonus { per, .. }
        | Step::CapPoints { per, .. }
        | Step::Floor { per, .. } => Some(*per),
        Step::Multiply(_)
        | Step::Set { .. }
        | Step::MultiplyWhen { .. }
        | Step::CapWhen { .. }
        | Step::Round { .. } => None,
    }
}

/// `“扫黑除恶工作”扣分封顶10分，遮住了这处改动：两本方案不同的地方，都至少扣10分`
fn told(plan: &Plan, id: NodeId, at: usize, apart: Apart) -> String {
    let node = &plan.nodes[id.index()];
    let step = &node.steps[at];
    let name = if id.index() == 0 { "总分" } else { node.address.as_str() };
    let figure = match step.value() {
        Some(Expr::Number(number)) => format!("{number}分"),
        _ => String::new(),
    };
    let every = per(step).filter(|per| *per != node.cycle).map(|per| match per {
        Cycle::Term if plan.calendar.is_one_year() => "全年".to_owned(),
        per => per.every(),
    });
    let every = every.unwrap_or_default();
    let limit = match step {
        Step::CapDeduction { .. } => format!("扣分封顶{every}{figure}"),
        Step::CapBonus { .. } => format!("加分封顶{every}{figure}"),
        Step::Floor { .. } => format!("最低{figure}"),
        _ => format!("最高{figure}"),
    };
    let verb = if apart.side == Side::Taken { "扣" } else { "加" };
    format!("“{name}”{limit}，遮住了这处改动：两本方案不同的地方，都至少{verb}{}分，已经到限", apart.least)
}
