//! Properties of a node side by side: which way its points go.

use super::{At, Sides, Sign};
use crate::diff::change::Facet;
use crate::diff::pieces::facet_of;
use crate::plan::*;

impl<'p> Sides<'p> {
    pub(super) fn facet(&mut self, facet: Facet, old: &Node, new: &Node) -> Sign {
        let at = At { old: (old.cycle, None), new: (new.cycle, None), stands: false };
        let of =
            |node: &'p Node| -> Vec<&'p Step> { node.steps.iter().filter(|step| facet_of(step) == facet).collect() };
        let (old, new): (&'p Node, &'p Node) = (self.find(self.old, old), self.find(self.new, new));
        match facet {
            Facet::CapDeduction | Facet::CapBonus | Facet::CapPoints | Facet::Floor => {
                // A larger cap on deductions takes more, any other gives more.
                let turned = |sign: Sign| if facet == Facet::CapDeduction { sign.reversed() } else { sign };
                let lifted = if facet == Facet::Floor {
                    Sign { below: true, above: false }
                } else {
                    Sign { below: false, above: true }
                };
                match (of(old).as_slice(), of(new).as_slice()) {
                    ([], [_]) => {
                        let sign = lifted.reversed();
                        if facet == Facet::CapDeduction { sign.reversed() } else { sign }
                    }
                    ([_], []) => {
                        if facet == Facet::CapDeduction {
                            lifted.reversed()
                        } else {
                            lifted
                        }
                    }
                    ([a], [b]) => match (limit_of(a), limit_of(b)) {
                        (Some((x, per)), Some((y, other))) if per == other => turned(self.expr(x, y, at, 0)),
                        _ => Sign::ANY,
                    },
                    ([], []) => Sign::ZERO,
                    ([one], several) | (several, [one]) if several.len() > 1 => {
                        let is_old = of(old).len() == 1;
                        let mut sign = Sign::ZERO;
                        for other in several {
                            let (Some((x, per)), Some((y, other_per))) = (limit_of(one), limit_of(other)) else {
                                return Sign::ANY;
                            };
                            let Some(inner) = dated(y).filter(|_| per == other_per) else { return Sign::ANY };
                            let (a, b) = if is_old { (x, inner) } else { (inner, x) };
                            sign = sign.or(turned(self.expr(a, b, at, 0)));
                        }
                        sign
                    }
                    _ => Sign::ANY,
                }
            }
            Facet::Start => self.expr(&old.start, &new.start, at, 0),
            // 满分 of its own only matters to formulas and to the steps, which are facets themselves.
            Facet::Full => match (&old.full, &new.full) {
                (Some(x), Some(y)) => self.expr(x, y, at, 0),
                _ => Sign::ANY,
            },
            Facet::Order => {
                let kinds = |node: &Node| {
                    let mut kinds: Vec<Facet> = node.steps.iter().map(facet_of).collect();
                    kinds.dedup();
                    kinds
                };
                let (a, b) = (kinds(old), kinds(new));
                // A step that came or went is told by its own facet.
                let is_part = |short: &[Facet], long: &[Facet]| {
                    let mut rest = long.iter();
                    short.iter().all(|kind| rest.any(|other| other == kind))
                };
                if is_part(&a, &b) || is_part(&b, &a) { Sign::ZERO } else { Sign::ANY }
            }
            _ => Sign::ANY,
        }
    }

    fn find(&self, plan: &'p Plan, node: &Node) -> &'p Node {
        plan.nodes.iter().find(|other| other.address == node.address).unwrap_or(&plan.nodes[0])
    }
}

fn limit_of(step: &Step) -> Option<(&Expr, crate::calendar::Cycle)> {
    match step {
        Step::CapDeduction { most: limit, per }
        | Step::CapBonus { most: limit, per }
        | Step::CapPoints { most: limit, per }
        | Step::Floor { least: limit, per } => Some((limit, *per)),
        _ => None,
    }
}

/// A limit that an amendment inside the term left for some months only.
fn dated(limit: &Expr) -> Option<&Expr> {
    match limit {
        Expr::Case { arms, .. } => match arms.as_slice() {
            [(Condition::During(_), inner)] => Some(inner),
            _ => None,
        },
        _ => None,
    }
}
