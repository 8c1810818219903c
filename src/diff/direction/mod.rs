//! Whether a change can only make points fewer, or only more: proven from both plans, never guessed.
//!
//! Two expressions are walked side by side. Where they have one shape the sign of their difference follows from the
//! signs of the differences inside; where they choose by conditions every pair of choices that one value can meet is
//! looked at.

mod expr;
mod facet;
mod held;
mod line;
mod part;
mod straight;

use super::book::inside;
use super::change::{Change, Direction, Facet, Pair, Section, Subject};
use super::pairs::Pairs;
use super::pieces::rules_called;
use crate::analysis::Bounds;
use crate::canonical::Called;
use crate::canonical::Canonical;
use crate::plan::*;
use crate::value::Number;
use line::effects_sign;
pub use part::{Part, stands};
pub use straight::Bends;

/// The sign of new less old: whether it may be below, and above, zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sign {
    below: bool,
    above: bool,
}

impl Sign {
    const ZERO: Sign = Sign { below: false, above: false };
    const ANY: Sign = Sign { below: true, above: true };

    fn of(number: Number) -> Sign {
        Sign { below: number.is_negative(), above: number.is_positive() }
    }

    fn or(self, other: Sign) -> Sign {
        Sign { below: self.below || other.below, above: self.above || other.above }
    }

    fn reversed(self) -> Sign {
        Sign { below: self.above, above: self.below }
    }

    fn direction(self) -> Direction {
        match (self.below, self.above) {
            (true, false) => Direction::NeverMore,
            (false, true) => Direction::NeverFewer,
            (false, false) | (true, true) => Direction::Unknown,
        }
    }
}

/// Gives every change that has none its direction, and where it has one and stood undecided its section.
pub fn settle(old: &Plan, new: &Plan, pairs: &Pairs, changes: &mut [Change]) {
    let mut sides = Sides {
        old,
        new,
        called: &pairs.called,
        none: Called::default(),
        old_bounds: Bounds::new(old),
        new_bounds: Bounds::new(new),
        assessed: Vec::new(),
    };
    let bends = (Bends::new(old), Bends::new(new));
    // Another name by itself gives and takes nothing.
    let is_open = |change: &&mut Change| change.section != Section::Moved && change.direction == Direction::Unknown;
    for change in changes.iter_mut().filter(is_open) {
        let all = change.all();
        let first = &all[0];
        // What is in a node comes and goes with it.
        let is_inside = |(a, b): &Pair| match (&first.0, &first.1) {
            (Some(Subject::Facet { facet: Facet::Name, .. }), None)
            | (None, Some(Subject::Facet { facet: Facet::Name, .. })) => a.is_none() || b.is_none(),
            (Some(Subject::Facet { node, facet: Facet::InForce }), _) => match a {
                Some(Subject::Clause { node: of, .. } | Subject::Facet { node: of, .. }) => {
                    inside(old, *node).contains(of)
                }
                _ => false,
            },
            _ => false,
        };
        let follows = all[1..].iter().filter(|pair| !is_inside(pair));
        let mut sign = Sign::ZERO;
        for (a, b) in std::iter::once(first).chain(follows) {
            sign = sign.or(sides.subjects(a.as_ref(), b.as_ref()));
        }
        change.direction = match is_straight(change, old, &bends.0, true) && is_straight(change, new, &bends.1, false) {
            true => sign.direction(),
            false => Direction::Unknown,
        };
        if change.section == Section::Changed {
            change.section = match change.direction {
                Direction::NeverMore => Section::Stricter,
                Direction::NeverFewer => Section::Looser,
                Direction::Unknown => Section::Changed,
            };
        }
    }
}

/// Whether all that a change is of in a book goes straight to the total.
fn is_straight(change: &Change, plan: &Plan, bends: &Bends, is_old: bool) -> bool {
    change.all().into_iter().filter_map(|(old, new)| if is_old { old } else { new }).all(|subject| match subject {
        Subject::Clause { node, label } => {
            let rules = rules_called(plan, node, &label);
            bends.is_straight(plan, node) && rules.iter().all(|rule| Bends::is_plain(plan, &plan.rules[rule.index()]))
        }
        Subject::Facet { node, .. } => bends.is_straight(plan, node),
        _ => true,
    })
}

struct Sides<'p> {
    old: &'p Plan,
    new: &'p Plan,
    called: &'p Called,
    none: Called,
    old_bounds: Bounds<'p>,
    new_bounds: Bounds<'p>,
    /// What comparisons that hold where we are say is assessed, and whether in the new book.
    assessed: Vec<(bool, String)>,
}

/// What an expression is worked out for.
#[derive(Clone, Copy)]
struct At {
    old: (crate::calendar::Cycle, Option<InputId>),
    new: (crate::calendar::Cycle, Option<InputId>),
    /// Whether it may be not assessed in one book alone, and what is around it is assessed all the same.
    stands: bool,
}

impl<'p> Sides<'p> {
    fn same<T: serde::Serialize>(&self, old: &T, new: &T) -> bool {
        Canonical::form(self.old, &self.none, old) == Canonical::form(self.new, self.called, new)
    }

    fn subjects(&mut self, old: Option<&Subject>, new: Option<&Subject>) -> Sign {
        let (left, right) = (self.old, self.new);
        match (old, new) {
            (Some(Subject::Clause { node: a, label: from }), Some(Subject::Clause { node: b, label: to })) => {
                let (from, to) = (rules_called(left, *a, from), rules_called(right, *b, to));
                self.clause(&from, &to)
            }
            (Some(Subject::Clause { node, label }), None) => {
                let rules = rules_called(left, *node, label);
                self.gone(&rules).reversed()
            }
            (None, Some(Subject::Clause { node, label })) => {
                let rules = rules_called(right, *node, label);
                self.come(&rules)
            }
            (Some(Subject::Facet { node, facet: Facet::Name }), None) => self.brought(*node, true).reversed(),
            (None, Some(Subject::Facet { node, facet: Facet::Name })) => self.brought(*node, false),
            (
                Some(Subject::Facet { node: a, facet: Facet::InForce }),
                Some(Subject::Facet { node: b, facet: Facet::InForce }),
            ) => self.in_force(*a, *b),
            (Some(Subject::Facet { node: a, facet: from }), Some(Subject::Facet { node: b, facet: to }))
                if from == to =>
            {
                self.facet(*from, &left.nodes[a.index()], &right.nodes[b.index()])
            }
            _ => Sign::ANY,
        }
    }

    /// What lines of one node can bring.
    fn come(&mut self, rules: &[RuleId]) -> Sign {
        brought_by(self.new, &mut self.new_bounds, rules)
    }

    /// What they could bring that are gone.
    fn gone(&mut self, rules: &[RuleId]) -> Sign {
        brought_by(self.old, &mut self.old_bounds, rules)
    }
}

fn brought_by(plan: &Plan, bounds: &mut Bounds<'_>, rules: &[RuleId]) -> Sign {
    let Some(node) = rules.first().map(|id| plan.rules[id.index()].node) else { return Sign::ZERO };
    let parts: Vec<Part> = rules.iter().copied().map(Part::Line).collect();
    let is_of_least = |node: NodeId| matches!(plan.nodes[node.index()].combine, Combine::Best { lowest: true, .. });
    let mut around = std::iter::successors(Some(node), |node| plan.nodes[node.index()].parent);
    if around.any(is_of_least) || !stands(plan, node, &parts) {
        return Sign::ANY;
    }
    rules.iter().fold(Sign::ZERO, |sign, id| {
        let points = bounds.rule(*id).points;
        let effects = effects_sign(&plan.rules[id.index()].effects);
        sign.or(Sign { below: points.may_be_negative(), above: points.may_be_positive() }).or(effects)
    })
}
