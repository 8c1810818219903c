//! The base periods of one unit put together again, as if some changes were made and others not.

use rustc_hash::FxHashMap;

use super::joint::{Joints, Turn};
use super::steps::{apply, is_idle};
use super::sums::Sums;
use crate::calendar::{Calendar, PeriodId};
use crate::diff::orders::{MOST_EXACT, Player, over_subsets, two_orders};
use crate::eval::Glimpse;
use crate::outcome::Tally;
use crate::value::Number;

/// What a node's lines bring in one period, by the change of their clause: under the old and the new book.
type Leaf = (Player, [Tally; 2]);
type Leaves = FxHashMap<(usize, PeriodId), Vec<Leaf>>;

/// What the changed lines of a unit come to, and the nodes around them.
pub struct Model<'s> {
    joints: &'s Joints,
    calendar: &'s Calendar,
    leaves: Leaves,
    /// The capped nodes: before their steps, and their points, under either book.
    seen: FxHashMap<(usize, PeriodId), [(Tally, Number); 2]>,
    /// In which anything is known.
    periods: Vec<PeriodId>,
}

impl<'s> Model<'s> {
    pub fn new(joints: &'s Joints, calendar: &'s Calendar, old: &Glimpse, new: &Glimpse) -> Model<'s> {
        let mut leaves: Leaves = FxHashMap::default();
        let mut seen: FxHashMap<(usize, PeriodId), [(Tally, Number); 2]> = FxHashMap::default();
        for (side, glimpse, own) in [(0, old, &joints.old), (1, new, &joints.new)] {
            for (rule, period, tally) in &glimpse.rules {
                let (joint, player) = own.rules[rule.index()];
                let list = leaves.entry((joint, *period)).or_default();
                let at = list.iter().position(|(known, _)| *known == player).unwrap_or_else(|| {
                    list.push((player, [Tally::NOTHING; 2]));
                    list.len() - 1
                });
                let _ = list[at].1[side].add(tally);
            }
            for (node, period, raw, points) in &glimpse.nodes {
                seen.entry((own.nodes[node.index()], *period)).or_default()[side] = (*raw, *points);
            }
        }
        let mut periods: Vec<PeriodId> = leaves.keys().chain(seen.keys()).map(|(_, period)| *period).collect();
        periods.sort_unstable();
        periods.dedup();
        Model { joints, calendar, leaves, seen, periods }
    }

    /// What each change brings through its own lines, whatever becomes of it above them.
    pub fn by_lines(&self, sums: &mut Sums) {
        for (player, [old, new]) in self.leaves.values().flatten() {
            if let Some(points) = difference(old, new) {
                sums.put(*player, points);
            }
        }
    }

    /// What each change brings to the total of all periods; `None` where what is put together is not what was scored.
    pub fn by_changes(mut self) -> Option<Sums> {
        let mut sums = Sums::default();
        for period in std::mem::take(&mut self.periods) {
            self.add_shares(0, period, &mut sums)?;
        }
        Some(sums)
    }

    fn leaves_of(&self, at: usize, period: PeriodId) -> &[Leaf] {
        self.leaves.get(&(at, period)).map_or(&[], Vec::as_slice)
    }

    /// Before a capped node's steps and its points after them, under the old and the new book.
    fn seen_of(&self, at: usize, period: PeriodId) -> [(Tally, Number); 2] {
        self.seen.get(&(at, period)).copied().unwrap_or_default()
    }

    /// Adds what each change brings to a node in a period, and gives what that comes to.
    fn add_shares(&mut self, at: usize, period: PeriodId, sums: &mut Sums) -> Option<Number> {
        let joints = self.joints;
        let joint = &joints.list[at];
        if !joint.is_moved {
            return Some(Number::ZERO);
        }
        if !joint.is_plain() && self.most_more(at, period)?.is_none() {
            return self.meet(at, period, sums);
        }
        let mut sum = Number::ZERO;
        for (player, [old, new]) in self.leaves_of(at, period) {
            let points = difference(old, new)?;
            sums.put(*player, points);
            sum = sum.plus(points).ok()?;
        }
        let [before, after] = joint.starts(self.calendar, period)?;
        if before != after {
            let points = after.minus(before).ok()?;
            sums.put(joint.starter(), points);
            sum = sum.plus(points).ok()?;
        }
        for child in &joint.children {
            sum = sum.plus(self.add_shares(*child, period, sums)?).ok()?;
        }
        if joint.is_plain() {
            return Some(sum);
        }
        let [(_, before), (_, after)] = self.seen_of(at, period);
        let all = after.minus(before).ok()?;
        // What stands beside the changed lines differs too.
        sums.put(0, all.minus(sum).ok()?);
        Some(all)
    }

    /// How much more bonus and deduction a node may have at most, whatever changes are made, than under the old book;
    /// nothing inside where a step in or below it may then have something to do. `None` where a node's points are not
    /// what its steps make of them.
    fn most_more(&self, at: usize, period: PeriodId) -> Option<Option<Tally>> {
        let joint = &self.joints.list[at];
        let mut more = Tally::NOTHING;
        for (_, [old, new]) in self.leaves_of(at, period).iter().filter(|(_, [old, new])| !is_same(old, new)) {
            more.bonus = more.bonus.plus(new.bonus.minus(old.bonus).ok()?.max(Number::ZERO)).ok()?;
            more.deduction = more.deduction.plus(new.deduction.minus(old.deduction).ok()?.max(Number::ZERO)).ok()?;
        }
        for child in joint.children.iter().filter(|child| self.joints.list[**child].is_moved) {
            let Some(below) = self.most_more(*child, period)? else { return Some(None) };
            more.add(&below).ok()?;
        }
        if joint.is_plain() {
            return Some(Some(more));
        }
        let seen = self.seen_of(at, period);
        if !joint.is_decided && is_nothing(&more) && is_same(&seen[0].0, &seen[1].0) && seen[0].1 == seen[1].1 {
            // Nothing differs, whatever the steps do.
            return Some(Some(more));
        }
        let [old, new] = [&seen[0].0, &seen[1].0];
        let mut most =
            Tally { base: Number::ZERO, bonus: old.bonus.max(new.bonus), deduction: old.deduction.max(new.deduction) };
        most.add(&more).ok()?;
        let mut steps = joint.turns.iter().flat_map(|turn| turn.old.iter().chain(&turn.new));
        if !steps.all(|step| is_idle(step, &most, self.calendar, period)) {
            return Some(None);
        }
        let is_whole = seen.iter().all(|(raw, after)| raw.points().ok() == Some(*after));
        is_whole.then_some(Some(more))
    }

    /// Shares the difference of a node in which changes meet under a step.
    fn meet(&mut self, at: usize, period: PeriodId, sums: &mut Sums) -> Option<Number> {
        self.put_beside(at, period)?;
        let mut players = Vec::new();
        self.players_below(at, period, &mut players);
        players.sort_unstable();
        players.dedup();
        let value = |made: &dyn Fn(Player) -> bool| self.value(at, period, made).and_then(|tally| tally.points().ok());
        let [(_, before), (_, after)] = self.seen_of(at, period);
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
    fn put_beside(&mut self, at: usize, period: PeriodId) -> Option<()> {
        let joints = self.joints;
        for at in &joints.list[at].capped {
            let known = self.seen_of(*at, period);
            let mut sides = [Tally::NOTHING; 2];
            for (side, (raw, after)) in known.iter().enumerate() {
                let made = |_: Player| side == 1;
                sides[side] = less(raw, &self.before_steps(*at, period, &made)?)?;
                let mut tally = *raw;
                self.take_steps(*at, period, &mut tally, &made)?;
                if tally.points().ok()? != *after {
                    return None;
                }
            }
            if !sides.iter().all(is_nothing) {
                self.leaves.entry((*at, period)).or_default().push((0, sides));
            }
        }
        Some(())
    }

    /// Changes that may make a difference to a node in a period.
    fn players_below(&self, at: usize, period: PeriodId, players: &mut Vec<Player>) {
        let joint = &self.joints.list[at];
        let differing = self.leaves_of(at, period).iter().filter(|(_, [old, new])| !is_same(old, new));
        players.extend(differing.map(|(player, _)| *player));
        players.extend(joint.deciders());
        let moved = joint.children.iter().filter(|child| self.joints.list[**child].is_moved);
        moved.for_each(|child| self.players_below(*child, period, players));
    }

    /// What a node has before its steps, of what changes stand in or below and of the sum beside them.
    fn before_steps(&self, at: usize, period: PeriodId, made: &dyn Fn(Player) -> bool) -> Option<Tally> {
        let joint = &self.joints.list[at];
        let starts = joint.starts(self.calendar, period)?;
        let mut tally = Tally { base: starts[usize::from(made(joint.starter()))], ..Tally::NOTHING };
        for (player, sides) in self.leaves_of(at, period) {
            tally.add(&sides[usize::from(made(*player))]).ok()?;
        }
        for child in joint.children.iter().filter(|child| self.joints.list[**child].is_moved) {
            tally.add(&self.value(*child, period, made)?).ok()?;
        }
        Some(tally)
    }

    /// A node's tally in a base period, where some changes were made and others not.
    fn value(&self, at: usize, period: PeriodId, made: &dyn Fn(Player) -> bool) -> Option<Tally> {
        let mut tally = self.before_steps(at, period, made)?;
        self.take_steps(at, period, &mut tally, made)?;
        Some(tally)
    }

    /// Does to a node's points what its steps say, each as the change of its kind has it.
    fn take_steps(&self, at: usize, period: PeriodId, tally: &mut Tally, made: &dyn Fn(Player) -> bool) -> Option<()> {
        let taken = |turn: &'s Turn| if made(turn.player) { &turn.new } else { &turn.old };
        let mut steps = self.joints.list[at].turns.iter().flat_map(taken);
        steps.try_for_each(|step| apply(step, tally, self.calendar, period))
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
