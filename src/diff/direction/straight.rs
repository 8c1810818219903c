//! Whether fewer points of a clause can never come to more of a total: only then its direction is that of the total.

use crate::calendar::Cycle;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;

/// Where points are asked for on their way to the total, or counted otherwise than by adding up.
pub(super) struct Bends {
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
            plan.measures.iter().for_each(|measure| walk(&measure.expr, &mut see));
            plan.peers.iter().for_each(|peer| walk(&peer.expr, &mut see));
            for node in &plan.nodes {
                node.values().for_each(|value| walk(value, &mut see));
                node.conditions().for_each(|condition| walk_condition(condition, &mut see));
            }
            for rule in &plan.rules {
                rule.values().for_each(|value| walk(value, &mut see));
                rule.conditions().for_each(|condition| walk_condition(condition, &mut see));
            }
        }
        bends.asked[0] |= asks_total;
        bends.is_bent = !plan.rollups.iter().all(|(_, total)| grows(total));
        bends
    }

    /// Whether the points of a node, or of a clause in it, only add up on their way to the total.
    pub fn is_straight(&self, plan: &Plan, node: NodeId) -> bool {
        let around = || std::iter::successors(Some(node), |node| plan.nodes[node.index()].parent);
        let is_longer = |per: Cycle| per > plan.cycle;
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
                !self.asked[id.index()] && node.same_matter.is_none() && !over_periods
            })
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
