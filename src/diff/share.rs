//! Which change a unit's difference comes from.
//!
//! Every base period is put together again from the lines' entries, below the caps, floors and factors of its nodes.
//! Where a change stands under none of them it brings what its own entries differ by. Where changes meet under one, the
//! difference is shared by Shapley's value: what a change brings on average over all orders in which the changes could
//! have been made one after another. With more than [`MOST_EXACT`] of them in one place and period the average is over
//! two orders, that of the text and the reverse. Either way the parts add up to the whole.
//!
//! A total that cannot be put together in this way (the best of several, weights, a veto that sets it to zero) is
//! shared by what the entries differ by; what is left is told as coming from no single change.

use rustc_hash::FxHashMap;

use super::Comparison;
use super::book::{facet_of, rules_called};
use super::change::{Facet, Section, Subject};
use super::impact::Part;
use crate::analysis::rules_below;
use crate::calendar::{Calendar, PeriodId};
use crate::outcome::{Outcome, Tally, UnitOutcome};
use crate::plan::*;
use crate::value::{Number, Rounding};

/// So many changes that meet are shared exactly: 2⁸ ways to have made some of them.
const MOST_EXACT: usize = 8;

/// The number of a change; 0 where none is known.
type Player = usize;

/// A node of either book or both.
#[derive(Default)]
struct Joint {
    children: Vec<usize>,
    old: Side,
    new: Side,
    /// By property: the change of it.
    players: FxHashMap<Facet, Player>,
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
    /// The base periods that were scored.
    periods: Vec<PeriodId>,
}

/// What a node's lines bring in one period, by the change of their clause: bonus and deduction, old and new.
type Leaves = FxHashMap<(usize, PeriodId), Vec<(Player, [Tally; 2])>>;

impl<'a> Sharing<'a> {
    pub fn new(comparison: &'a Comparison<'_>, new: &'a Plan, x: &Outcome, y: &Outcome) -> Sharing<'a> {
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
            periods: if x.scored.is_empty() {
                vec![x.period]
            } else {
                x.scored.iter().chain(&y.scored).copied().collect()
            },
        };
        sharing.periods.sort_unstable();
        sharing.periods.dedup();
        sharing.players(comparison, new, &of_old, &of_new);
        sharing
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
    pub fn parts(&self, old: &UnitOutcome, new: &UnitOutcome, difference: Number) -> Vec<Part> {
        let leaves = self.leaves(old, new);
        let shares = self.modelled(&leaves, old, new).unwrap_or_else(|| plain(&leaves));
        // What rounding of a mean, a veto or another way of adding up leaves is nobody's.
        let sum = shares.values().try_fold(Number::ZERO, |sum, part| sum.plus(*part));
        let mut parts: Vec<Part> = match sum.and_then(|sum| difference.minus(sum)) {
            Ok(rest) => {
                let mut shares = shares;
                if !rest.is_zero() {
                    let own = shares.entry(0).or_default();
                    *own = own.plus(rest).unwrap_or(rest);
                }
                shares.into_iter().map(|(change, points)| Part { change, points }).collect()
            }
            Err(_) => vec![Part { change: 0, points: difference }],
        };
        parts.retain(|part| !part.points.is_zero());
        parts.sort_by_key(|part| (part.change == 0, part.change));
        // Fractions may grow beyond exact arithmetic: then one part is the whole.
        let sum = parts.iter().try_fold(Number::ZERO, |sum, part| sum.plus(part.points));
        match sum {
            Ok(sum) if sum == difference => parts,
            _ => vec![Part { change: 0, points: difference }],
        }
    }

    fn leaves(&self, old: &UnitOutcome, new: &UnitOutcome) -> Leaves {
        let mut leaves: Leaves = FxHashMap::default();
        for (side, unit, rules) in [(0, old, &self.old_rules), (1, new, &self.new_rules)] {
            for entry in unit.entries.iter().filter(|entry| entry.counted && !entry.points.is_zero()) {
                let (joint, player) = rules[entry.rule.index()];
                let list = leaves.entry((joint, self.landing(entry.period))).or_default();
                let at = match list.iter().position(|(known, _)| *known == player) {
                    Some(at) => at,
                    None => {
                        list.push((player, [Tally::default(); 2]));
                        list.len() - 1
                    }
                };
                add_points(&mut list[at].1[side], entry.points);
            }
        }
        leaves
    }

    /// The base period in which a longer one counts.
    fn landing(&self, period: PeriodId) -> PeriodId {
        let last = self.calendar.period(period).last;
        let holds = |base: &&PeriodId| {
            let base = self.calendar.period(**base);
            (base.first..=base.last).contains(&last)
        };
        self.periods.iter().find(holds).copied().unwrap_or(period)
    }

    /// By putting every period together again; `None` where that does not come to the totals that were scored.
    fn modelled(&self, leaves: &Leaves, old: &UnitOutcome, new: &UnitOutcome) -> Option<FxHashMap<Player, Number>> {
        let sum_of = |all: bool| {
            self.periods.iter().try_fold(Number::ZERO, |sum, period| {
                let root = self.value(0, *period, leaves, &|_| all)?;
                sum.plus(points(&root)?).ok()
            })
        };
        let (before, after) = (sum_of(false)?, sum_of(true)?);
        // A mean over the periods is a sum, divided.
        let count = Number::whole(self.periods.len().max(1) as i64);
        let divisor = [Number::ONE, count].into_iter().find(|divisor| {
            before.divided_by(*divisor).ok() == Some(old.total) && after.divided_by(*divisor).ok() == Some(new.total)
        })?;
        let mut shares: FxHashMap<Player, Number> = FxHashMap::default();
        for period in &self.periods {
            self.share(0, *period, leaves, &mut shares)?;
        }
        for part in shares.values_mut() {
            *part = part.divided_by(divisor).ok()?;
        }
        Some(shares)
    }

    /// Adds what each change brings to a node in a period.
    fn share(
        &self,
        at: usize,
        period: PeriodId,
        leaves: &Leaves,
        shares: &mut FxHashMap<Player, Number>,
    ) -> Option<()> {
        let joint = &self.joints[at];
        let is_plain = joint.old.steps.is_empty()
            && joint.new.steps.is_empty()
            && joint.players.keys().all(|facet| !is_step(*facet) && *facet != Facet::Start);
        if is_plain {
            let mut put = |player: Player, points: Number| -> Option<()> {
                let sum = shares.entry(player).or_default();
                *sum = sum.plus(points).ok()?;
                Some(())
            };
            for (player, [old, new]) in leaves.get(&(at, period)).into_iter().flatten() {
                put(*player, points(new)?.minus(points(old)?).ok()?)?;
            }
            let whole = Joint {
                children: Vec::new(),
                old: joint.old.clone(),
                new: joint.new.clone(),
                players: FxHashMap::default(),
            };
            let (before, after) =
                (start(&whole.old, self.calendar, period)?, start(&whole.new, self.calendar, period)?);
            if before != after {
                put(0, after.minus(before).ok()?)?;
            }
            return joint.children.iter().try_for_each(|child| self.share(*child, period, leaves, shares));
        }
        let mut players = Vec::new();
        self.players_below(at, period, leaves, &mut players);
        players.sort_unstable();
        players.dedup();
        let value =
            |made: &dyn Fn(Player) -> bool| self.value(at, period, leaves, made).and_then(|tally| points(&tally));
        let brought = match players.len() {
            0 => return Some(()),
            1 => vec![value(&|_| true)?.minus(value(&|_| false)?).ok()?],
            count if count <= MOST_EXACT => shapley(&players, &value)?,
            _ => two_orders(&players, &value)?,
        };
        for (player, points) in players.iter().zip(brought) {
            let sum = shares.entry(*player).or_default();
            *sum = sum.plus(points).ok()?;
        }
        Some(())
    }

    /// Changes that may make a difference to a node in a period.
    fn players_below(&self, at: usize, period: PeriodId, leaves: &Leaves, players: &mut Vec<Player>) {
        let joint = &self.joints[at];
        for (player, [old, new]) in leaves.get(&(at, period)).into_iter().flatten() {
            let same = old.bonus == new.bonus && old.deduction == new.deduction;
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
        joint.children.iter().for_each(|child| self.players_below(*child, period, leaves, players));
    }

    /// A node's tally in a base period, where some changes were made and others not.
    fn value(&self, at: usize, period: PeriodId, leaves: &Leaves, made: &dyn Fn(Player) -> bool) -> Option<Tally> {
        let joint = &self.joints[at];
        let pick =
            |facet: Facet| if made(joint.players.get(&facet).copied().unwrap_or(0)) { &joint.new } else { &joint.old };
        let mut tally = Tally { base: start(pick(Facet::Start), self.calendar, period)?, ..Tally::default() };
        for (player, sides) in leaves.get(&(at, period)).into_iter().flatten() {
            add(&mut tally, &sides[usize::from(made(*player))])?;
        }
        for child in &joint.children {
            add(&mut tally, &self.value(*child, period, leaves, made)?)?;
        }
        // In the order of the book that has more steps; each as the change of its kind has it.
        let order = if joint.new.steps.len() >= joint.old.steps.len() { &joint.new.steps } else { &joint.old.steps };
        let mut done: Vec<Facet> = Vec::new();
        for (facet, _) in order {
            if done.contains(facet) {
                continue;
            }
            done.push(*facet);
            for (_, step) in pick(*facet).steps.iter().filter(|(kind, _)| kind == facet) {
                apply(step, &mut tally, self.calendar, period)?;
            }
        }
        for (facet, step) in pick_rest(joint, &done, made) {
            let _ = facet;
            apply(step, &mut tally, self.calendar, period)?;
        }
        Some(tally)
    }
}

/// Steps of kinds that only the shorter list has.
fn pick_rest<'j>(joint: &'j Joint, done: &[Facet], made: &dyn Fn(Player) -> bool) -> Vec<(Facet, &'j Step)> {
    let mut list = Vec::new();
    for (side, is_new) in [(&joint.old, false), (&joint.new, true)] {
        for (facet, step) in side.steps.iter().filter(|(facet, _)| !done.contains(facet)) {
            if made(joint.players.get(facet).copied().unwrap_or(0)) == is_new {
                list.push((*facet, step));
            }
        }
    }
    list
}

/// What entries alone differ by.
fn plain(leaves: &Leaves) -> FxHashMap<Player, Number> {
    let mut shares: FxHashMap<Player, Number> = FxHashMap::default();
    for (player, [old, new]) in leaves.values().flatten() {
        if let (Some(old), Some(new)) = (points(old), points(new))
            && let Ok(difference) = new.minus(old)
        {
            let sum = shares.entry(*player).or_default();
            *sum = sum.plus(difference).unwrap_or(*sum);
        }
    }
    shares
}

/// What comes out where some changes were made and others not.
type Value<'f> = dyn Fn(&dyn Fn(Player) -> bool) -> Option<Number> + 'f;

/// What each brings on average over all orders.
fn shapley(players: &[Player], value: &Value<'_>) -> Option<Vec<Number>> {
    let count = players.len();
    let place = |player: Player| players.iter().position(|other| *other == player);
    let mut values = Vec::with_capacity(1 << count);
    for made in 0..1usize << count {
        values.push(value(&|player| place(player).is_some_and(|at| made & 1 << at != 0))?);
    }
    let factorial = |n: usize| (1..=n as i64).product::<i64>();
    let all = Number::whole(factorial(count));
    let mut brought = vec![Number::ZERO; count];
    for made in 0..1usize << count {
        let before = made.count_ones() as usize;
        for (at, sum) in brought.iter_mut().enumerate().filter(|(at, _)| made & 1 << at == 0) {
            let gain = values[made | 1 << at].minus(values[made]).ok()?;
            if !gain.is_zero() {
                let orders = Number::whole(factorial(before) * factorial(count - before - 1));
                *sum = sum.plus(gain.times(orders).ok()?).ok()?;
            }
        }
    }
    brought.into_iter().map(|sum| sum.divided_by(all).ok()).collect()
}

/// What each brings on average over the order of the text and its reverse.
fn two_orders(players: &[Player], value: &Value<'_>) -> Option<Vec<Number>> {
    let mut brought = vec![Number::ZERO; players.len()];
    for reversed in [false, true] {
        let order: Vec<usize> =
            if reversed { (0..players.len()).rev().collect() } else { (0..players.len()).collect() };
        let mut made: Vec<Player> = Vec::new();
        let mut last = value(&|_| false)?;
        for at in order {
            made.push(players[at]);
            let next = value(&|player| made.contains(&player))?;
            brought[at] = brought[at].plus(next.minus(last).ok()?).ok()?;
            last = next;
        }
    }
    brought.into_iter().map(|sum| sum.divided_by(Number::whole(2)).ok()).collect()
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

fn add_points(tally: &mut Tally, points: Number) {
    if points.is_negative() {
        tally.deduction = tally.deduction.minus(points).unwrap_or(tally.deduction);
    } else {
        tally.bonus = tally.bonus.plus(points).unwrap_or(tally.bonus);
    }
}
