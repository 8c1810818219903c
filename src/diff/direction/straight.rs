//! Whether fewer points of a clause can never come to more of a total: only then its direction is that of the total.

use crate::analysis::Bounds;
use crate::calendar::Cycle;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;

/// Where points are asked for on their way to the total, or counted otherwise than by adding up.
pub struct Bends {
    /// By node: something else goes by its points, or by those of a node around it.
    asked: Vec<bool>,
    /// A total that does not grow with what it is made of.
    is_bent: bool,
}

impl Bends {
    pub fn new(plan: &Plan) -> Bends {
        let mut bends = Bends { asked: vec![false; plan.nodes.len()], is_bent: false };
        let mut asks_total = false;
        {
            let asked = &mut bends.asked;
            let mut see = |expr: &Expr| {
                match expr {
                    Expr::Node(id) | Expr::Full(id) => asked[id.index()] = true,
                    Expr::Total | Expr::Rank(_) | Expr::RankFromLast(_) => asks_total = true,
                    _ => {}
                }
                true
            };
            plan.named_values().chain(plan.scored_values()).for_each(|value| walk(value, &mut see));
            plan.scored_conditions().for_each(|condition| walk_condition(condition, &mut see));
            // Whoever comes to so little does not take part: a mean without that month may be more.
            plan.excluded.iter().for_each(|exclusion| walk_condition(&exclusion.when, &mut see));
        }
        bends.asked[0] |= asks_total;
        bends.is_bent = !plan.rollups.iter().all(|(_, total)| grows(total));
        bends
    }

    /// Whether the points of a node, or of a clause in it, only add up on their way to the total.
    pub fn is_straight(&self, plan: &Plan, node: NodeId) -> bool {
        let around = || std::iter::successors(Some(node), |node| plan.nodes[node.index()].parent);
        let is_longer = |per: Cycle| per > plan.cycle;
        let mut bounds = Bounds::new(plan);
        !self.is_bent
            && around().all(|id| {
                let node = &plan.nodes[id.index()];
                // What a year's cap leaves of a month is less where the months before took more of it.
                let over_periods = node.steps.iter().any(|step| match step {
                    Step::CapDeduction { per, .. }
                    | Step::CapBonus { per, .. }
                    | Step::CapPoints { per, .. }
                    | Step::Floor { per, .. } => is_longer(*per) && node.cycle < *per,
                    _ => false,
                });
                // 系数 below zero, or a weight, makes more of less.
                let factors = node.steps.iter().filter_map(|step| match step {
                    Step::Multiply(factor) | Step::MultiplyWhen { factor, .. } => Some(factor),
                    _ => None,
                });
                let is_turned =
                    factors.chain(&node.weight).any(|factor| bounds.expr(factor, node.cycle, None).may_be_negative());
                !self.asked[id.index()] && node.same_matter.is_none() && !over_periods && !is_turned
            })
    }

    /// Whether a node only adds up what is in it, and nobody asks for its points: it may stand anywhere.
    pub fn is_bare(&self, plan: &Plan, id: NodeId) -> bool {
        let node = &plan.nodes[id.index()];
        let zeroed = |rule: &Rule| {
            rule.effects.iter().any(|effect| matches!(effect.effect, Effect::ZeroNode(zeroed) if zeroed == id))
        };
        node.combine == Combine::Sum
            && node.steps.is_empty()
            && node.weight.is_none()
            && node.same_matter.is_none()
            && node.applies == Condition::Always
            && !self.asked[id.index()]
            && !plan.rules.iter().any(zeroed)
    }

    /// Whether a line's own limits run over several periods of its kind, or it shares its matters with others.
    pub fn is_plain(plan: &Plan, rule: &Rule) -> bool {
        let over_periods = rule.limits.iter().any(|limit| match limit.per {
            LimitPer::Row | LimitPer::Person => false,
            LimitPer::Cycle(per) => per > plan.cycle && per > rule.cycle,
        });
        rule.same_matter.is_none() && !over_periods
    }
}

/// Whether a roll-up never falls where what it is made of rises.
fn grows(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Total | Expr::Node(_) | Expr::Measure(_) | Expr::Input { .. } => true,
        Expr::Add(pair) => pair.iter().all(grows),
        Expr::Multiply(pair) => match &**pair {
            [Expr::Number(factor), inner] | [inner, Expr::Number(factor)] => !factor.is_negative() && grows(inner),
            _ => false,
        },
        Expr::Divide(pair) => matches!(&pair[1], Expr::Number(by) if by.is_positive()) && grows(&pair[0]),
        Expr::Subtract(pair) => grows(&pair[0]) && matches!(pair[1], Expr::Number(_)),
        Expr::Round { expr, .. } | Expr::Over { expr, .. } => grows(expr),
        Expr::Of(_, list) => list.iter().all(grows),
        _ => false,
    }
}
