//! The base periods of one unit put together again, as if some changes were made and others not.

use super::joint::{Joints, Turn};
use super::steps::{apply, is_idle};
use super::sums::Sums;
use crate::calendar::{Calendar, PeriodId};
use crate::diff::orders::{MOST_EXACT, Player, over_subsets, two_orders};
use crate::eval::Glimpse;
use crate::outcome::Tally;
use crate::value::Number;

/// What lines of one change bring a joint in the period at hand: under the old and the new book.
type Leaf = (usize, Player, [Tally; 2]);

/// What the changed lines of a unit come to, and the nodes around them, one base period after another.
pub struct Model<'s> {
    joints: &'s Joints,
    calendar: &'s Calendar,
    glimpses: [&'s Glimpse; 2],
    period: PeriodId,
    /// By joint and change.
    leaves: Vec<Leaf>,
    /// The capped joints: before their steps, and their points, under either book.
    seen: Vec<(usize, [(Tally, Number); 2])>,
}

impl<'s> Model<'s> {
    pub fn new(joints: &'s Joints, calendar: &'s Calendar, old: &'s Glimpse, new: &'s Glimpse) -> Model<'s> {
        let (leaves, seen) = (Vec::new(), Vec::new());
        Model { joints, calendar, glimpses: [old, new], period: PeriodId(0), leaves, seen }
    }

    /// Turns to what is known of the next period; `None` after the last.
    /// INVARIANT: what was looked at is in the order of the base periods.
    fn turn(&mut self, places: &mut [[usize; 2]; 2]) -> Option<()> {
        let next = |glimpse: &Glimpse, [rule, node]: [usize; 2]| {
            let rule = glimpse.rules.get(rule).map(|(_, period, _)| *period);
            rule.into_iter().chain(glimpse.nodes.get(node).map(|(_, period, ..)| *period)).min()
        };
        let both = self.glimpses.iter().zip(places.iter());
        self.period = both.filter_map(|(glimpse, places)| next(glimpse, *places)).min()?;
        self.leaves.clear();
        self.seen.clear();
        for (side, own) in [&self.joints.old, &self.joints.new].into_iter().enumerate() {
            let (glimpse, [rule_at, node_at]) = (self.glimpses[side], &mut places[side]);
            while let Some((rule, _, tally)) =
                glimpse.rules.get(*rule_at).filter(|(_, period, _)| *period == self.period)
            {
                *rule_at += 1;
                let (joint, player) = own.rules[rule.index()];
                let _ = self.leaf(joint, player)[side].add(tally);
            }
            while let Some((node, _, raw, points)) = glimpse.nodes.get(*node_at).filter(|it| it.1 == self.period) {
                *node_at += 1;
                let joint = own.nodes[node.index()];
                let at = self.seen.iter().position(|(known, _)| *known == joint).unwrap_or_else(|| {
                    self.seen.push((joint, Default::default()));
                    self.seen.len() - 1
                });
                self.seen[at].1[side] = (*raw, *points);
            }
        }
        Some(())
    }

    /// What a change brings a joint, to be added to.
    fn leaf(&mut self, joint: usize, player: Player) -> &mut [Tally; 2] {
        let at = self.leaves.partition_point(|(known, its, _)| (*known, *its) < (joint, player));
        if self.leaves.get(at).is_none_or(|(known, its, _)| (*known, *its) != (joint, player)) {
            self.leaves.insert(at, (joint, player, [Tally::NOTHING; 2]));
        }
        &mut self.leaves[at].2
    }

    /// What each change brings through its own lines, whatever becomes of it above them.
    pub fn by_lines(mut self, sums: &mut Sums) {
        let mut places = [[0; 2]; 2];
        while self.turn(&mut places).is_some() {
            for (_, player, [old, new]) in &self.leaves {
                if let Some(points) = difference(old, new) {
                    sums.put(*player, points);
                }
            }
        }
    }

    /// What each change brings to the total of all periods; `None` where what is put together is not what was scored.
    pub fn by_changes(mut self) -> Option<Sums> {
        let (mut sums, mut places) = (Sums::default(), [[0; 2]; 2]);
        while self.turn(&mut places).is_some() {
            self.add_shares(0, &mut sums)?;
        }
        Some(sums)
    }

    fn leaves_of(&self, at: usize) -> &[Leaf] {
        let from = &self.leaves[self.leaves.partition_point(|(joint, ..)| *joint < at)..];
        &from[..from.partition_point(|(joint, ..)| *joint == at)]
    }

    /// Before a capped node's steps and its points after them, under the old and the new book.
    fn seen_of(&self, at: usize) -> [(Tally, Number); 2] {
        self.seen.iter().find(|(joint, _)| *joint == at).map(|(_, seen)| *seen).unwrap_or_default()
    }

    /// Adds what each change brings to a node in a period, and gives what that comes to.
    fn add_shares(&mut self, at: usize, sums: &mut Sums) -> Option<Number> {
        let joints = self.joints;
        let joint = &joints.list[at];
        if !joint.is_moved {
            return Some(Number::ZERO);
        }
        if !joint.is_plain && self.most_more(at)?.is_none() {
            return self.meet(at, sums);
        }
        let mut sum = Number::ZERO;
        for (_, player, [old, new]) in self.leaves_of(at) {
            let points = difference(old, new)?;
            sums.put(*player, points);
            sum = sum.plus(points).ok()?;
        }
        let [before, after] = joint.starts(self.calendar, self.period)?;
        if before != after {
            let points = after.minus(before).ok()?;
            sums.put(joint.starter(), points);
            sum = sum.plus(points).ok()?;
        }
        for child in &joint.children {
            sum = sum.plus(self.add_shares(*child, sums)?).ok()?;
        }
        if joint.is_plain {
            return Some(sum);
        }
        let [(_, before), (_, after)] = self.seen_of(at);
        let all = after.minus(before).ok()?;
        // What stands beside the changed lines differs too.
        sums.put(0, all.minus(sum).ok()?);
        Some(all)
    }

    /// How much more bonus and deduction a node may have at most, whatever changes are made, than under the old book;
    /// nothing inside where a step in or below it may then have something to do. `None` where a node's points are not
    /// what its steps make of them.
    fn most_more(&self, at: usize) -> Option<Option<Tally>> {
        let joint = &self.joints.list[at];
        let mut more = Tally::NOTHING;
        for (.., [old, new]) in self.leaves_of(at).iter().filter(|(.., [old, new])| !is_same(old, new)) {
            more.bonus = more.bonus.plus(new.bonus.minus(old.bonus).ok()?.max(Number::ZERO)).ok()?;
            more.deduction = more.deduction.plus(new.deduction.minus(old.deduction).ok()?.max(Number::ZERO)).ok()?;
        }
        for child in &joint.children {
            let Some(below) = self.most_more(*child)? else { return Some(None) };
            more.add(&below).ok()?;
        }
        if joint.is_plain {
            return Some(Some(more));
        }
        let seen = self.seen_of(at);
        if !joint.is_decided && is_nothing(&more) && is_same(&seen[0].0, &seen[1].0) && seen[0].1 == seen[1].1 {
            // Nothing differs, whatever the steps do.
            return Some(Some(more));
        }
        let [old, new] = [&seen[0].0, &seen[1].0];
        let mut most =
            Tally { base: Number::ZERO, bonus: old.bonus.max(new.bonus), deduction: old.deduction.max(new.deduction) };
        most.add(&more).ok()?;
        let mut steps = joint.turns.iter().flat_map(|turn| turn.old.iter().chain(&turn.new));
        if !steps.all(|step| is_idle(step, &most, self.calendar, self.period)) {
            return Some(None);
        }
        let is_whole = seen.iter().all(|(raw, after)| raw.points().ok() == Some(*after));
        is_whole.then_some(Some(more))
    }

    /// Shares the difference of a node in which changes meet under a step.
    fn meet(&mut self, at: usize, sums: &mut Sums) -> Option<Number> {
        self.put_beside(at)?;
        let mut players = Vec::new();
        self.players_below(at, &mut players);
        players.sort_unstable();
        players.dedup();
        let value = |made: &dyn Fn(Player) -> bool| self.value(at, made).and_then(|tally| tally.points().ok());
        let [(_, before), (_, after)] = self.seen_of(at);
        let all = after.minus(before).ok()?;
        match players.as_slice() {
            [] => {}
            [one] => sums.put(*one, all),
            several if several.len() <= MOST_EXACT => sums.meet(several, over_subsets(several, &value)?)?,
            several => {
                for (player, points) in several.iter().zip(two_orders(several, &value)?) {
                    sums.put(*player, points);
                }
            }
        }
        Some(all)
    }

    /// Adds what stands beside the changed lines in the capped nodes in and below one, as a leaf of no change. `None`
    /// where the steps of a node do not make of it what the evaluation came to.
    fn put_beside(&mut self, at: usize) -> Option<()> {
        let joints = self.joints;
        for at in &joints.list[at].capped {
            let known = self.seen_of(*at);
            let mut sides = [Tally::NOTHING; 2];
            for (side, (raw, after)) in known.iter().enumerate() {
                let made = |_: Player| side == 1;
                sides[side] = less(raw, &self.before_steps(*at, &made)?)?;
                let mut tally = *raw;
                self.take_steps(*at, &mut tally, &made)?;
                if tally.points().ok()? != *after {
                    return None;
                }
            }
            if !sides.iter().all(is_nothing) {
                *self.leaf(*at, 0) = sides;
            }
        }
        Some(())
    }

    /// Changes that may make a difference to a node in a period.
    fn players_below(&self, at: usize, players: &mut Vec<Player>) {
        let joint = &self.joints.list[at];
        let differing = self.leaves_of(at).iter().filter(|(.., [old, new])| !is_same(old, new));
        players.extend(differing.map(|(_, player, _)| *player));
        players.extend(joint.deciders());
        joint.children.iter().for_each(|child| self.players_below(*child, players));
    }

    /// What a node has before its steps, of what changes stand in or below and of the sum beside them.
    fn before_steps(&self, at: usize, made: &dyn Fn(Player) -> bool) -> Option<Tally> {
        let joint = &self.joints.list[at];
        let starts = joint.starts(self.calendar, self.period)?;
        let mut tally = Tally { base: starts[usize::from(made(joint.starter()))], ..Tally::NOTHING };
        for (_, player, sides) in self.leaves_of(at) {
            tally.add(&sides[usize::from(made(*player))]).ok()?;
        }
        for child in &joint.children {
            tally.add(&self.value(*child, made)?).ok()?;
        }
        Some(tally)
    }

    /// A node's tally in a base period, where some changes were made and others not.
    fn value(&self, at: usize, made: &dyn Fn(Player) -> bool) -> Option<Tally> {
        let mut tally = self.before_steps(at, made)?;
        self.take_steps(at, &mut tally, made)?;
        Some(tally)
    }

    /// Does to a node's points what its steps say, each as the change of its kind has it.
    fn take_steps(&self, at: usize, tally: &mut Tally, made: &dyn Fn(Player) -> bool) -> Option<()> {
        let taken = |turn: &'s Turn| if made(turn.player) { &turn.new } else { &turn.old };
        let mut steps = self.joints.list[at].turns.iter().flat_map(taken);
        steps.try_for_each(|step| apply(step, tally, self.calendar, self.period))
    }
}

fn difference(old: &Tally, new: &Tally) -> Option<Number> {
    new.points().ok()?.minus(old.points().ok()?).ok()
}

fn less(whole: &Tally, part: &Tally) -> Option<Tally> {
    Some(Tally {
        base: whole.base.minus(part.base).ok()?,
        bonus: whole.bonus.minus(part.bonus).ok()?,
        deduction: whole.deduction.minus(part.deduction).ok()?,
    })
}

fn is_nothing(tally: &Tally) -> bool {
    [tally.base, tally.bonus, tally.deduction].into_iter().all(Number::is_zero)
}

fn is_same(old: &Tally, new: &Tally) -> bool {
    old.base == new.base && old.bonus == new.bonus && old.deduction == new.deduction
}
