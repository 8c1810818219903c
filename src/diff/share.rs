//! Which change a unit's difference comes from.
//!
//! Every base period is put together again from what the changed lines come to, below the caps, floors and factors of
//! their nodes; what stands beside them in such a node is one sum. Where a change stands under none of them it brings
//! what its own lines differ by. Where changes meet under one, the difference is shared by Shapley's value: what a change
//! brings on average over all orders in which the changes could have been made one after another ([`orders`]).
//! Either way the parts add up to the whole.
//!
//! A total that cannot be put together in this way (the best of several, weights, a veto that sets it to zero) is
//! shared by what the lines differ by; what is left is told as coming from no single change.

use rustc_hash::FxHashMap;

use super::Comparison;
use super::book::{facet_of, rules_called};
use super::change::{Facet, Section, Subject};
use super::impact::Part;
use super::orders::{MOST_EXACT, Player, exact, over_subsets, two_orders};
use crate::analysis::rules_below;
use crate::calendar::{Calendar, PeriodId};
use crate::eval::{Glimpse, Watch};
use crate::outcome::Tally;
use crate::plan::*;
use crate::value::{Number, Rounding};

/// A node of either book or both.
#[derive(Default)]
struct Joint {
    children: Vec<usize>,
    old: Side,
    new: Side,
    /// By property: the change of it.
    players: FxHashMap<Facet, Player>,
    /// Whether a change stands in it or below it.
    is_moved: bool,
}

impl Joint {
    fn whole(&mut self, player: Player) {
        let steps = self.old.steps.iter().chain(&self.new.steps).map(|(facet, _)| *facet);
        let facets: Vec<Facet> = steps.chain([Facet::Start]).collect();
        for facet in facets {
            self.players.entry(facet).or_insert(player);
        }
    }
}

/// What a node of one book does with its points.
#[derive(Clone, Default)]
struct Side {
    exists: bool,
    start: Option<Expr>,
    steps: Vec<(Facet, Step)>,
}

pub struct Sharing<'a> {
    calendar: &'a Calendar,
    joints: Vec<Joint>,
    /// By rule: the joint its entries go to, and the change of its clause.
    old_rules: Vec<(usize, Player)>,
    new_rules: Vec<(usize, Player)>,
    /// By node: its joint.
    old_nodes: Vec<usize>,
    new_nodes: Vec<usize>,
    /// Joints that do something with their points and have a change in or below them, the inner ones first.
    capped: Vec<usize>,
    /// Whether all that changes simply adds up on its way to the total.
    is_sum: bool,
}

/// What is known of a unit under one book: its total, those of its base periods, and what was looked at.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub total: Number,
    pub periods: Vec<Number>,
    pub glimpse: Glimpse,
}

/// How a difference is shared.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    /// They add up to the difference exactly.
    pub parts: Vec<Part>,
    /// What changes bring that meet with none.
    alone: Vec<(Player, Number)>,
    /// What changes that meet bring together.
    meetings: Vec<Meeting>,
}

/// Changes that meet, and what comes of each choice of them: bit by bit those that were made.
#[derive(Clone, Debug)]
struct Meeting {
    players: Vec<Player>,
    values: Vec<Number>,
}

impl Shares {
    /// What the total moves by where some changes were made and others not.
    pub fn moved(&self, made: &dyn Fn(Player) -> bool) -> Number {
        let alone = self.alone.iter().filter(|(player, _)| made(*player));
        let sum = alone.fold(Number::ZERO, |sum, (_, points)| sum.plus(*points).unwrap_or(sum));
        self.meetings.iter().fold(sum, |sum, meeting| {
            let bits = meeting.players.iter().enumerate().filter(|(_, player)| made(**player));
            let points = meeting.values[bits.map(|(at, _)| 1 << at).sum::<usize>()];
            sum.plus(points).unwrap_or(sum)
        })
    }

    fn whole(change: Player, points: Number) -> Shares {
        let parts = if points.is_zero() { Vec::new() } else { vec![Part { change, points }] };
        Shares { parts, alone: vec![(change, points)], meetings: Vec::new() }
    }
}

/// The capped nodes of a unit: the periods in which anything is known, and points under both books.
struct Capped {
    periods: Vec<PeriodId>,
    points: FxHashMap<(usize, PeriodId), [Number; 2]>,
}

/// What a node's lines bring in one period, by the change of their clause: bonus and deduction, old and new.
type Leaves = FxHashMap<(usize, PeriodId), Vec<(Player, [Tally; 2])>>;

impl<'a> Sharing<'a> {
    pub fn new(comparison: &'a Comparison<'_>, new: &'a Plan) -> Sharing<'a> {
        let old = &comparison.old.plan;
        let mut joints: Vec<Joint> = Vec::new();
        let mut of_old: FxHashMap<NodeId, usize> = FxHashMap::default();
        let mut of_new: FxHashMap<NodeId, usize> = FxHashMap::default();
        for index in 0..old.nodes.len() {
            let id = NodeId(index as u16);
            of_old.insert(id, joints.len());
            if let Some(other) = comparison.pairs.nodes.get(&id) {
                of_new.insert(*other, joints.len());
            }
            joints.push(Joint::default());
        }
        for index in 0..new.nodes.len() {
            of_new.entry(NodeId(index as u16)).or_insert_with(|| {
                joints.push(Joint::default());
                joints.len() - 1
            });
        }
        for (plan, places, is_old) in [(old, &of_old, true), (new, &of_new, false)] {
            for (index, node) in plan.nodes.iter().enumerate() {
                let at = places[&NodeId(index as u16)];
                let children: Vec<usize> = node.children.iter().map(|child| places[child]).collect();
                let known: Vec<usize> =
                    children.into_iter().filter(|child| !joints[at].children.contains(child)).collect();
                joints[at].children.extend(known);
                let side = Side {
                    exists: super::book::is_part(plan, NodeId(index as u16)),
                    start: Some(node.start.clone()),
                    steps: node.steps.iter().map(|step| (facet_of(step), step.clone())).collect(),
                };
                *(if is_old { &mut joints[at].old } else { &mut joints[at].new }) = side;
            }
        }
        let mut sharing = Sharing {
            calendar: &old.calendar,
            joints,
            old_rules: old.rules.iter().map(|rule| (of_old[&rule.node], 0)).collect(),
            new_rules: new.rules.iter().map(|rule| (of_new[&rule.node], 0)).collect(),
            old_nodes: (0..old.nodes.len()).map(|index| of_old[&NodeId(index as u16)]).collect(),
            new_nodes: (0..new.nodes.len()).map(|index| of_new[&NodeId(index as u16)]).collect(),
            capped: Vec::new(),
            is_sum: true,
        };
        sharing.players(comparison, new, &of_old, &of_new);
        let places = sharing.old_rules.iter().chain(&sharing.new_rules).filter(|(_, player)| *player != 0);
        let places: Vec<usize> = places.map(|(joint, _)| *joint).collect();
        sharing.mark(0, &places);
        let adds_up = |plan: &Plan, nodes: &[usize]| {
            plan.nodes.iter().zip(nodes).filter(|(_, at)| sharing.joints[**at].is_moved).all(|(node, _)| {
                let cycle = node.parent.map_or(node.cycle, |parent| plan.nodes[parent.index()].cycle);
                node.combine == Combine::Sum && (node.cycle == cycle || node.landing == Landing::Last)
            })
        };
        sharing.is_sum = adds_up(old, &sharing.old_nodes) && adds_up(new, &sharing.new_nodes);
        sharing
    }

    /// Marks what changes stand in, and lists the nodes that do something with their points, from the inside out.
    fn mark(&mut self, at: usize, places: &[usize]) -> bool {
        let children = self.joints[at].children.clone();
        let below = children.into_iter().map(|child| self.mark(child, places)).fold(false, |any, moved| any | moved);
        self.joints[at].is_moved = below || places.contains(&at) || !self.joints[at].players.is_empty();
        if self.joints[at].is_moved && !self.is_plain(at) {
            self.capped.push(at);
        }
        self.joints[at].is_moved
    }

    fn is_plain(&self, at: usize) -> bool {
        let joint = &self.joints[at];
        joint.old.steps.is_empty()
            && joint.new.steps.is_empty()
            && joint.players.keys().all(|facet| !is_step(*facet) && *facet != Facet::Start)
    }

    /// What is to be looked at while a book is evaluated.
    pub fn watch(&self, is_old: bool) -> Watch {
        let (rules, nodes) =
            if is_old { (&self.old_rules, &self.old_nodes) } else { (&self.new_rules, &self.new_nodes) };
        let rules = rules.iter().enumerate().filter(|(_, (_, player))| *player != 0);
        let nodes = nodes.iter().enumerate().filter(|(_, joint)| self.capped.contains(joint));
        Watch {
            rules: rules.map(|(index, _)| RuleId(index as u16)).collect(),
            nodes: nodes.map(|(index, _)| NodeId(index as u16)).collect(),
        }
    }

    /// Whose change each line and property is.
    fn players(
        &mut self,
        comparison: &Comparison<'_>,
        new: &Plan,
        of_old: &FxHashMap<NodeId, usize>,
        of_new: &FxHashMap<NodeId, usize>,
    ) {
        let old = &comparison.old.plan;
        let meant = comparison.changes.iter().filter(|change| {
            !matches!(change.section, Section::Wording | Section::Notes | Section::Moved | Section::Awards)
        });
        let mut later: Vec<(Option<Subject>, bool, Player)> = Vec::new();
        for change in meant {
            let own = (change.about.old.clone(), change.about.new.clone());
            for (a, b) in std::iter::once(&own).chain(&change.about.follows) {
                for (subject, is_old) in [(a, true), (b, false)] {
                    let (plan, places) = if is_old { (old, of_old) } else { (new, of_new) };
                    match subject {
                        Some(Subject::Clause { node, label }) => {
                            for rule in rules_called(plan, *node, label) {
                                self.take(rule, is_old, change.number);
                            }
                            later.push((subject.clone(), is_old, change.number));
                        }
                        Some(Subject::Facet { node, facet }) => {
                            self.joints[places[node]].players.entry(*facet).or_insert(change.number);
                            // With a node come and go the start and the steps of all that is in it.
                            let is_whole = *facet == Facet::Name && (a.is_none() || b.is_none());
                            if is_whole || *facet == Facet::InForce {
                                for inner in super::inside(plan, *node) {
                                    self.joints[places[&inner]].whole(change.number);
                                }
                            }
                            later.push((subject.clone(), is_old, change.number));
                        }
                        _ => {}
                    }
                }
            }
        }
        // What no change of its own explains: a named value or a property that lines below go by.
        for (subject, is_old, player) in later {
            let plan = if is_old { old } else { new };
            let rules = match &subject {
                Some(Subject::Clause { node, label }) => super::witness::readers(plan, *node, label),
                Some(Subject::Facet { node, facet }) if !is_step(*facet) && *facet != Facet::Start => {
                    rules_below(plan, *node)
                }
                _ => Vec::new(),
            };
            rules.into_iter().for_each(|rule| self.take(rule, is_old, player));
        }
    }

    fn take(&mut self, rule: RuleId, is_old: bool, player: Player) {
        let rules = if is_old { &mut self.old_rules } else { &mut self.new_rules };
        if rules[rule.index()].1 == 0 {
            rules[rule.index()].1 = player;
        }
    }

    /// Shares the difference of a unit's totals.
    pub fn share(&self, old: &Known, new: &Known) -> Shares {
        let Ok(difference) = new.total.minus(old.total) else { return Shares::default() };
        let mut leaves = self.leaves(&old.glimpse, &new.glimpse);
        if let Some(shares) = self.modelled(&mut leaves, old, new, difference) {
            return shares;
        }
        let mut shares = Sums::default();
        for (player, [old, new]) in self.leaves(&old.glimpse, &new.glimpse).values().flatten() {
            if let (Some(old), Some(new)) = (points(old), points(new)) {
                let _ = new.minus(old).map(|points| shares.put(*player, points));
            }
        }
        // What rounding of a mean, a veto or another way of adding up leaves is nobody's.
        let sum = shares.alone.values().try_fold(Number::ZERO, |sum, part| sum.plus(*part));
        if let Ok(rest) = sum.and_then(|sum| difference.minus(sum)) {
            shares.put(0, rest);
        }
        // Fractions may grow beyond exact arithmetic: then one part is the whole.
        shares.settled(Number::ONE, difference).unwrap_or_else(|| Shares::whole(0, difference))
    }

    fn leaves(&self, old: &Glimpse, new: &Glimpse) -> Leaves {
        let mut leaves: Leaves = FxHashMap::default();
        for (side, glimpse, rules) in [(0, old, &self.old_rules), (1, new, &self.new_rules)] {
            for (rule, period, tally) in &glimpse.rules {
                let (joint, player) = rules[rule.index()];
                let list = leaves.entry((joint, *period)).or_default();
                let at = match list.iter().position(|(known, _)| *known == player) {
                    Some(at) => at,
                    None => {
                        list.push((player, [Tally::default(); 2]));
                        list.len() - 1
                    }
                };
                let _ = add(&mut list[at].1[side], tally);
            }
        }
        leaves
    }

    /// What stands in the capped nodes beside the changed lines, as a leaf of no change; and the points of these nodes
    /// under both books. `None` where the steps of a node do not make of it what the evaluation came to.
    fn beside(&self, leaves: &mut Leaves, old: &Glimpse, new: &Glimpse) -> Option<Capped> {
        let mut seen: FxHashMap<(usize, PeriodId), [(Tally, Number); 2]> = FxHashMap::default();
        for (side, glimpse, nodes) in [(0, old, &self.old_nodes), (1, new, &self.new_nodes)] {
            for (node, period, raw, points) in &glimpse.nodes {
                seen.entry((nodes[node.index()], *period)).or_default()[side] = (*raw, *points);
            }
        }
        let mut periods: Vec<PeriodId> = leaves.keys().chain(seen.keys()).map(|(_, period)| *period).collect();
        periods.sort_unstable();
        periods.dedup();
        for at in &self.capped {
            for period in &periods {
                let known = seen.get(&(*at, *period)).copied().unwrap_or_default();
                let mut sides = [Tally::default(); 2];
                for (side, (raw, after)) in known.iter().enumerate() {
                    let made = |_: Player| side == 1;
                    sides[side] = less(raw, &self.before_steps(*at, *period, leaves, &made)?)?;
                    let mut tally = *raw;
                    self.steps(*at, *period, &mut tally, &made)?;
                    if points(&tally)? != *after {
                        return None;
                    }
                }
                if sides.iter().any(|side| ![side.base, side.bonus, side.deduction].into_iter().all(Number::is_zero)) {
                    leaves.entry((*at, *period)).or_default().push((0, sides));
                }
            }
        }
        let points = seen.into_iter().map(|(place, [old, new])| (place, [old.1, new.1])).collect();
        Some(Capped { periods, points })
    }

    /// By putting every period together again; `None` where that does not come to the difference.
    fn modelled(&self, leaves: &mut Leaves, old: &Known, new: &Known, difference: Number) -> Option<Shares> {
        if !self.is_sum {
            return None;
        }
        let capped = self.beside(leaves, &old.glimpse, &new.glimpse)?;
        let mut sums = Sums::default();
        for period in &capped.periods {
            self.add_shares(0, *period, leaves, &capped, &mut sums)?;
        }
        // A mean over the periods is a sum, divided.
        let all = |side: &Known| side.periods.iter().try_fold(Number::ZERO, |sum, total| sum.plus(*total)).ok();
        let divisor = match old.periods.len().max(new.periods.len()) {
            0 => Number::ONE,
            count => {
                let (before, after) = (all(old)?, all(new)?);
                let fits = |divisor: &Number| {
                    before.divided_by(*divisor).ok() == Some(old.total)
                        && after.divided_by(*divisor).ok() == Some(new.total)
                };
                [Number::ONE, Number::whole(count as i64)].into_iter().find(fits)?
            }
        };
        sums.settled(divisor, difference)
    }

    /// Adds what each change brings to a node in a period.
    fn add_shares(&self, at: usize, period: PeriodId, leaves: &Leaves, capped: &Capped, sums: &mut Sums) -> Option<()> {
        let joint = &self.joints[at];
        if !joint.is_moved {
            return Some(());
        }
        if self.is_plain(at) {
            for (player, [old, new]) in leaves.get(&(at, period)).into_iter().flatten() {
                sums.put(*player, points(new)?.minus(points(old)?).ok()?);
            }
            let before = start(&joint.old, self.calendar, period)?;
            let after = start(&joint.new, self.calendar, period)?;
            if before != after {
                sums.put(0, after.minus(before).ok()?);
            }
            return joint.children.iter().try_for_each(|child| self.add_shares(*child, period, leaves, capped, sums));
        }
        let mut players = Vec::new();
        self.players_below(at, period, leaves, &mut players);
        players.sort_unstable();
        players.dedup();
        let value =
            |made: &dyn Fn(Player) -> bool| self.value(at, period, leaves, made).and_then(|tally| points(&tally));
        match players.as_slice() {
            [] => {}
            [one] => {
                let [before, after] = capped.points.get(&(at, period)).copied().unwrap_or_default();
                sums.put(*one, after.minus(before).ok()?);
            }
            several if several.len() <= MOST_EXACT => sums.meet(several, over_subsets(several, &value)?)?,
            several => {
                for (player, points) in several.iter().zip(two_orders(several, &value)?) {
                    sums.put(*player, points);
                }
            }
        }
        Some(())
    }

    /// Changes that may make a difference to a node in a period.
    fn players_below(&self, at: usize, period: PeriodId, leaves: &Leaves, players: &mut Vec<Player>) {
        let joint = &self.joints[at];
        for (player, [old, new]) in leaves.get(&(at, period)).into_iter().flatten() {
            let same = old.base == new.base && old.bonus == new.bonus && old.deduction == new.deduction;
            if !same {
                players.push(*player);
            }
        }
        players.extend(
            joint
                .players
                .iter()
                .filter(|(facet, _)| is_step(**facet) || **facet == Facet::Start)
                .map(|(_, player)| *player),
        );
        let moved = joint.children.iter().filter(|child| self.joints[**child].is_moved);
        moved.for_each(|child| self.players_below(*child, period, leaves, players));
    }

    /// What a node has before its steps, of what changes stand in or below and of the sum beside them.
    fn before_steps(
        &self,
        at: usize,
        period: PeriodId,
        leaves: &Leaves,
        made: &dyn Fn(Player) -> bool,
    ) -> Option<Tally> {
        let joint = &self.joints[at];
        let is_new = made(joint.players.get(&Facet::Start).copied().unwrap_or(0));
        let side = if is_new { &joint.new } else { &joint.old };
        let mut tally = Tally { base: start(side, self.calendar, period)?, ..Tally::default() };
        for (player, sides) in leaves.get(&(at, period)).into_iter().flatten() {
            add(&mut tally, &sides[usize::from(made(*player))])?;
        }
        for child in joint.children.iter().filter(|child| self.joints[**child].is_moved) {
            add(&mut tally, &self.value(*child, period, leaves, made)?)?;
        }
        Some(tally)
    }

    /// A node's tally in a base period, where some changes were made and others not.
    fn value(&self, at: usize, period: PeriodId, leaves: &Leaves, made: &dyn Fn(Player) -> bool) -> Option<Tally> {
        let mut tally = self.before_steps(at, period, leaves, made)?;
        self.steps(at, period, &mut tally, made)?;
        Some(tally)
    }

    /// Does to a node's points what its steps say, each as the change of its kind has it.
    fn steps(&self, at: usize, period: PeriodId, tally: &mut Tally, made: &dyn Fn(Player) -> bool) -> Option<()> {
        let joint = &self.joints[at];
        let pick =
            |facet: Facet| if made(joint.players.get(&facet).copied().unwrap_or(0)) { &joint.new } else { &joint.old };
        // In the order of the book that has more steps.
        let order = if joint.new.steps.len() >= joint.old.steps.len() { &joint.new.steps } else { &joint.old.steps };
        let mut done: Vec<Facet> = Vec::new();
        for (facet, _) in order {
            if done.contains(facet) {
                continue;
            }
            done.push(*facet);
            for (_, step) in pick(*facet).steps.iter().filter(|(kind, _)| kind == facet) {
                apply(step, tally, self.calendar, period)?;
            }
        }
        pick_rest(joint, &done, made).into_iter().try_for_each(|step| apply(step, tally, self.calendar, period))
    }
}

/// Steps of kinds that only the shorter list has.
fn pick_rest<'j>(joint: &'j Joint, done: &[Facet], made: &dyn Fn(Player) -> bool) -> Vec<&'j Step> {
    let mut list = Vec::new();
    for (side, is_new) in [(&joint.old, false), (&joint.new, true)] {
        for (facet, step) in side.steps.iter().filter(|(facet, _)| !done.contains(facet)) {
            if made(joint.players.get(facet).copied().unwrap_or(0)) == is_new {
                list.push(step);
            }
        }
    }
    list
}

/// Shares in the making.
#[derive(Default)]
struct Sums {
    alone: FxHashMap<Player, Number>,
    /// By those who meet, in order.
    meetings: FxHashMap<Vec<Player>, Vec<Number>>,
    /// A sum left exact arithmetic.
    is_lost: bool,
}

impl Sums {
    fn put(&mut self, player: Player, points: Number) {
        let sum = self.alone.entry(player).or_default();
        match sum.plus(points) {
            Ok(next) => *sum = next,
            Err(_) => self.is_lost = true,
        }
    }

    /// Adds what comes of each choice of some changes, beyond what comes of none.
    fn meet(&mut self, players: &[Player], values: Vec<Number>) -> Option<()> {
        let none = values[0];
        let sums = self.meetings.entry(players.to_vec()).or_insert_with(|| vec![Number::ZERO; values.len()]);
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = sum.plus(value.minus(none).ok()?).ok()?;
        }
        Some(())
    }

    /// All of it divided; `None` where that is not the difference.
    fn settled(self, divisor: Number, difference: Number) -> Option<Shares> {
        let part = |number: Number| if divisor == Number::ONE { Some(number) } else { number.divided_by(divisor).ok() };
        let mut shares = Shares::default();
        for (player, points) in self.alone.into_iter().filter(|(_, points)| !points.is_zero()) {
            shares.alone.push((player, part(points)?));
        }
        shares.alone.sort_by_key(|(player, _)| *player);
        for (players, values) in self.meetings {
            let values = values.into_iter().map(part).collect::<Option<Vec<Number>>>()?;
            shares.meetings.push(Meeting { players, values });
        }
        shares.meetings.sort_by(|a, b| a.players.cmp(&b.players));
        let mut sums: FxHashMap<Player, Number> = shares.alone.iter().copied().collect();
        for meeting in &shares.meetings {
            for (player, points) in meeting.players.iter().zip(exact(meeting.players.len(), &meeting.values)?) {
                let sum = sums.entry(*player).or_default();
                *sum = sum.plus(points).ok()?;
            }
        }
        let parts = sums.into_iter().filter(|(_, points)| !points.is_zero());
        shares.parts = parts.map(|(change, points)| Part { change, points }).collect();
        shares.parts.sort_by_key(|part| (part.change == 0, part.change));
        let sum = shares.parts.iter().try_fold(Number::ZERO, |sum, part| sum.plus(part.points)).ok()?;
        (!self.is_lost && sum == difference).then_some(shares)
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

fn start(side: &Side, calendar: &Calendar, period: PeriodId) -> Option<Number> {
    match &side.start {
        Some(start) if side.exists => constant(start, calendar, period)?,
        _ => None,
    }
    .or(Some(Number::ZERO))
}

/// A number that needs no facts; `Some(None)` where there is none in this period.
fn constant(expr: &Expr, calendar: &Calendar, period: PeriodId) -> Option<Option<Number>> {
    match expr {
        Expr::Number(number) => Some(Some(*number)),
        Expr::NotAssessed => Some(None),
        Expr::Case { arms, otherwise } => {
            for (condition, then) in arms {
                let Condition::During(months) = condition else { return None };
                if months.hold(calendar.period(period)) {
                    return constant(then, calendar, period);
                }
            }
            constant(otherwise, calendar, period)
        }
        _ => None,
    }
}

/// A step that depends on nothing but the tally. Others are left out: then the sum does not come out, and is not used.
fn apply(step: &Step, tally: &mut Tally, calendar: &Calendar, period: PeriodId) -> Option<()> {
    match step {
        Step::CapDeduction { per, .. } | Step::CapBonus { per, .. } if *per < calendar.period(period).cycle => {
            return None;
        }
        Step::CapDeduction { most, .. } => {
            if let Some(most) = constant(most, calendar, period)? {
                tally.deduction = tally.deduction.min(most);
            }
        }
        Step::CapBonus { most, .. } => {
            if let Some(most) = constant(most, calendar, period)? {
                tally.bonus = tally.bonus.min(most);
            }
        }
        Step::CapPoints { most, .. } => {
            if let Some(most) = constant(most, calendar, period)?
                && points(tally)? > most
            {
                tally.bring_to(most).ok()?;
            }
        }
        Step::Floor { least, .. } => {
            if let Some(least) = constant(least, calendar, period)?
                && points(tally)? < least
            {
                tally.bring_to(least).ok()?;
            }
        }
        Step::Multiply(factor) => {
            let factor = constant(factor, calendar, period)??;
            let scaled = |number: Number| number.times(factor).ok();
            *tally =
                Tally { base: scaled(tally.base)?, bonus: scaled(tally.bonus)?, deduction: scaled(tally.deduction)? };
        }
        Step::Round { places, rounding } => {
            let rounded = rounded(points(tally)?, *places, *rounding)?;
            set(tally, rounded)?;
        }
        Step::Set { .. } | Step::MultiplyWhen { .. } | Step::CapWhen { .. } => {}
    }
    Some(())
}

fn rounded(number: Number, places: u32, rounding: Rounding) -> Option<Number> {
    number.rounded(places, rounding).ok()
}

fn points(tally: &Tally) -> Option<Number> {
    tally.points().ok()
}

/// The difference to the new points goes into the base, as the evaluator has it where it rounds.
fn set(tally: &mut Tally, points: Number) -> Option<()> {
    tally.base = points.minus(tally.bonus).ok()?.plus(tally.deduction).ok()?;
    Some(())
}

fn add(sum: &mut Tally, other: &Tally) -> Option<()> {
    sum.base = sum.base.plus(other.base).ok()?;
    sum.bonus = sum.bonus.plus(other.bonus).ok()?;
    sum.deduction = sum.deduction.plus(other.deduction).ok()?;
    Some(())
}

fn less(whole: &Tally, part: &Tally) -> Option<Tally> {
    Some(Tally {
        base: whole.base.minus(part.base).ok()?,
        bonus: whole.bonus.minus(part.bonus).ok()?,
        deduction: whole.deduction.minus(part.deduction).ok()?,
    })
}
