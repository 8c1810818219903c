//! The nodes of both books side by side, and the change that each of their lines and properties comes with.

use rustc_hash::FxHashMap;

use super::super::Comparison;
use super::super::book::{inside, is_part};
use super::super::change::{Facet, Section, Subject};
use super::super::orders::Player;
use super::super::pieces::{facet_of, rules_called};
use super::super::witness;
use super::steps::constant;
use crate::analysis::rules_below;
use crate::calendar::{Calendar, PeriodId};
use crate::plan::*;
use crate::value::Number;

/// A node of either book or both.
#[derive(Default)]
pub struct Joint {
    /// Once all are marked, those with a change in or below them.
    pub children: Vec<usize>,
    old: Side,
    new: Side,
    /// By property: the change of it.
    players: FxHashMap<Facet, Player>,
    /// Whether a change stands in it or below it.
    pub is_moved: bool,
    /// Whether points go through it as they are, under both books and all between them.
    pub is_plain: bool,
    /// What it does with its points, in order.
    pub turns: Vec<Turn>,
    /// Those in it (and it) that do something with their points and have a change in or below them, the inner ones first.
    pub capped: Vec<usize>,
    /// Whether a change is of the start or the steps of a node in it, or of its own.
    pub is_decided: bool,
}

/// What a node of one book does with its points.
#[derive(Clone, Default)]
struct Side {
    exists: bool,
    start: Option<Expr>,
    steps: Vec<(Facet, Step)>,
}

/// Steps of one kind: the old book's until its change is made, then the new one's.
pub struct Turn {
    pub player: Player,
    pub old: Vec<Step>,
    pub new: Vec<Step>,
}

/// Where the lines and nodes of one book are among the joints.
pub struct Own {
    /// By rule: the joint its entries go to, and the change of its clause.
    pub rules: Vec<(usize, Player)>,
    /// By node: its joint.
    pub nodes: Vec<usize>,
}

pub struct Joints {
    pub list: Vec<Joint>,
    pub old: Own,
    pub new: Own,
    /// Whether all that changes simply adds up on its way to the total.
    pub is_sum: bool,
}

impl Joint {
    fn whole(&mut self, player: Player) {
        let steps = self.old.steps.iter().chain(&self.new.steps).map(|(facet, _)| *facet);
        let facets: Vec<Facet> = steps.chain([Facet::Start]).collect();
        for facet in facets {
            self.players.entry(facet).or_insert(player);
        }
    }

    fn player(&self, facet: Facet) -> Player {
        self.players.get(&facet).copied().unwrap_or(0)
    }

    /// The change of the points before any line; 0 where there is none.
    pub fn starter(&self) -> Player {
        self.player(Facet::Start)
    }

    /// The points before any line under the old and the new book; `None` where they need facts.
    pub fn starts(&self, calendar: &Calendar, period: PeriodId) -> Option<[Number; 2]> {
        Some([self.old.starts(calendar, period)?, self.new.starts(calendar, period)?])
    }

    /// Changes of what it does with its points.
    pub fn deciders(&self) -> impl Iterator<Item = Player> {
        let facets = self.players.iter().filter(|(facet, _)| is_step(**facet) || **facet == Facet::Start);
        facets.map(|(_, player)| *player)
    }

    /// Lays the steps out in the order of the book that has more of them; then those of kinds that only the other has.
    fn take_turns(&mut self) {
        let is_new_longer = self.new.steps.len() >= self.old.steps.len();
        let (longer, shorter) = if is_new_longer { (&self.new, &self.old) } else { (&self.old, &self.new) };
        let mut done: Vec<Facet> = Vec::new();
        let of = |side: &Side, facet: Facet| -> Vec<Step> {
            side.steps.iter().filter(|(kind, _)| *kind == facet).map(|(_, step)| step.clone()).collect()
        };
        let mut turns = Vec::new();
        for (facet, _) in &longer.steps {
            if !done.contains(facet) {
                done.push(*facet);
                let (old, new) = (of(&self.old, *facet), of(&self.new, *facet));
                turns.push(Turn { player: self.player(*facet), old, new });
            }
        }
        for (facet, step) in shorter.steps.iter().filter(|(facet, _)| !done.contains(facet)) {
            let (mut old, mut new) = (Vec::new(), Vec::new());
            (if is_new_longer { &mut old } else { &mut new }).push(step.clone());
            turns.push(Turn { player: self.player(*facet), old, new });
        }
        self.turns = turns;
    }
}

impl Side {
    fn of(plan: &Plan, id: NodeId) -> Side {
        let node = &plan.nodes[id.index()];
        Side {
            exists: is_part(plan, id),
            start: Some(node.start.clone()),
            steps: node.steps.iter().map(|step| (facet_of(step), step.clone())).collect(),
        }
    }

    fn starts(&self, calendar: &Calendar, period: PeriodId) -> Option<Number> {
        match &self.start {
            Some(start) if self.exists => Some(constant(start, calendar, period)?.unwrap_or_default()),
            _ => Some(Number::ZERO),
        }
    }
}

impl Joints {
    pub fn new(comparison: &Comparison<'_>, new: &Plan) -> Joints {
        let old = &comparison.old.plan;
        let mut list: Vec<Joint> = old.nodes.iter().map(|_| Joint::default()).collect();
        let back: FxHashMap<NodeId, NodeId> = comparison.pairs.nodes.iter().map(|(a, b)| (*b, *a)).collect();
        let old_nodes: Vec<usize> = (0..old.nodes.len()).collect();
        let new_nodes: Vec<usize> = (0..new.nodes.len())
            .map(|index| match back.get(&NodeId(index as u16)) {
                Some(own) => own.index(),
                None => {
                    list.push(Joint::default());
                    list.len() - 1
                }
            })
            .collect();
        let mut is_child = vec![false; list.len()];
        for (plan, places, is_old) in [(old, &old_nodes, true), (new, &new_nodes, false)] {
            for (index, node) in plan.nodes.iter().enumerate() {
                let joint = &mut list[places[index]];
                for child in node.children.iter().map(|child| places[child.index()]) {
                    // What went elsewhere is counted where it was.
                    if !std::mem::replace(&mut is_child[child], true) {
                        joint.children.push(child);
                    }
                }
                let side = Side::of(plan, NodeId(index as u16));
                *(if is_old { &mut joint.old } else { &mut joint.new }) = side;
            }
        }
        let rules =
            |plan: &Plan, nodes: &[usize]| plan.rules.iter().map(|rule| (nodes[rule.node.index()], 0)).collect();
        let mut joints = Joints {
            list,
            old: Own { rules: rules(old, &old_nodes), nodes: old_nodes },
            new: Own { rules: rules(new, &new_nodes), nodes: new_nodes },
            is_sum: true,
        };
        joints.give(comparison, new);
        let places = joints.old.rules.iter().chain(&joints.new.rules).filter(|(_, player)| *player != 0);
        let places: Vec<usize> = places.map(|(joint, _)| *joint).collect();
        joints.mark(0, &places);
        joints.list.iter_mut().for_each(Joint::take_turns);
        joints.is_sum = joints.add_up(old, &joints.old) && joints.add_up(new, &joints.new);
        joints
    }

    /// Gives each line and property the change that it comes with.
    fn give(&mut self, comparison: &Comparison<'_>, new: &Plan) {
        let old = &comparison.old.plan;
        let meant = comparison.changes.iter().filter(|change| {
            !matches!(change.section, Section::Wording | Section::Notes | Section::Moved | Section::Awards)
        });
        let mut later: Vec<(&Subject, bool, Player)> = Vec::new();
        for change in meant {
            let own = (&change.about.old, &change.about.new);
            for (a, b) in std::iter::once(own).chain(change.about.follows.iter().map(|(a, b)| (a, b))) {
                for (subject, is_old) in [(a, true), (b, false)] {
                    let plan = if is_old { old } else { new };
                    match subject {
                        Some(subject @ Subject::Clause { node, label }) => {
                            for rule in rules_called(plan, *node, label) {
                                self.take(rule, is_old, change.number);
                            }
                            later.push((subject, is_old, change.number));
                        }
                        Some(subject @ Subject::Facet { node, facet }) => {
                            let at = self.own(is_old).nodes[node.index()];
                            self.list[at].players.entry(*facet).or_insert(change.number);
                            // With a node come and go the start and the steps of all that is in it.
                            let is_whole = *facet == Facet::Name && (a.is_none() || b.is_none());
                            if is_whole || *facet == Facet::InForce {
                                for inner in inside(plan, *node) {
                                    let at = self.own(is_old).nodes[inner.index()];
                                    self.list[at].whole(change.number);
                                }
                            }
                            later.push((subject, is_old, change.number));
                        }
                        _ => {}
                    }
                }
            }
        }
        // What no change of its own explains: a named value or a property that lines below go by.
        for (subject, is_old, player) in later {
            let plan = if is_old { old } else { new };
            let rules = match subject {
                Subject::Clause { node, label } => witness::readers(plan, *node, label).rules,
                Subject::Facet { node, facet } if !is_step(*facet) && *facet != Facet::Start => {
                    rules_below(plan, *node)
                }
                _ => Vec::new(),
            };
            rules.into_iter().for_each(|rule| self.take(rule, is_old, player));
        }
    }

    fn own(&self, is_old: bool) -> &Own {
        if is_old { &self.old } else { &self.new }
    }

    fn take(&mut self, rule: RuleId, is_old: bool, player: Player) {
        let rules = if is_old { &mut self.old.rules } else { &mut self.new.rules };
        if rules[rule.index()].1 == 0 {
            rules[rule.index()].1 = player;
        }
    }

    /// Marks what changes stand in, and lists the nodes that do something with their points, from the inside out.
    fn mark(&mut self, at: usize, places: &[usize]) {
        let children = self.list[at].children.clone();
        children.iter().for_each(|child| self.mark(*child, places));
        let below = || children.iter().map(|child| &self.list[*child]);
        let mut capped: Vec<usize> = below().flat_map(|child| child.capped.iter().copied()).collect();
        let is_moved = below().any(|child| child.is_moved);
        let is_decided = below().any(|child| child.is_decided);
        let joint = &mut self.list[at];
        joint.is_moved = is_moved || places.contains(&at) || !joint.players.is_empty();
        joint.is_decided = is_decided || joint.deciders().next().is_some();
        let mut facets = joint.players.keys();
        let is_same = facets.all(|facet| !is_step(*facet) && *facet != Facet::Start);
        joint.is_plain = joint.old.steps.is_empty() && joint.new.steps.is_empty() && is_same;
        if joint.is_moved && !joint.is_plain {
            capped.push(at);
        }
        joint.capped = capped;
        let moved = children.into_iter().filter(|child| self.list[*child].is_moved).collect();
        self.list[at].children = moved;
    }

    fn add_up(&self, plan: &Plan, own: &Own) -> bool {
        plan.nodes.iter().zip(&own.nodes).filter(|(_, at)| self.list[**at].is_moved).all(|(node, _)| {
            let cycle = node.parent.map_or(node.cycle, |parent| plan.nodes[parent.index()].cycle);
            node.combine == Combine::Sum && (node.cycle == cycle || node.landing == Landing::Last)
        })
    }
}

fn is_step(facet: Facet) -> bool {
    matches!(
        facet,
        Facet::CapDeduction
            | Facet::CapBonus
            | Facet::CapPoints
            | Facet::Floor
            | Facet::Multiply
            | Facet::Set
            | Facet::MultiplyWhen
            | Facet::CapWhen
            | Facet::Round
    )
}
