//! Where all units stand where some changes were made and others not: the last stages of both books, mixed by what each
//! change is about.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Comparison;
use super::change::{Change, Section, Subject};
use super::orders::Player;
use super::pieces::rules_called;
use super::share::Shares;
use crate::calendar::Cycle;
use crate::eval::{Closing, Fate, Places};
use crate::plan::{Condition, Expr, Plan};
use crate::value::Number;

/// Where a unit stands: its place and its money.
pub type Stands = (Option<u32>, Number);

/// Both last stages and what there is to decide with.
pub struct Deciding<'d, 'a> {
    old: Closing<'a>,
    new: Closing<'a>,
    fates: [Vec<Fate>; 2],
    /// By unit, in roster order.
    totals: Vec<Number>,
    shares: &'d [Shares],
    cast: Cast,
    /// By award of either book that gives money in this cycle: the change of it.
    old_awards: Vec<(usize, Option<Player>)>,
    new_awards: Vec<(usize, Player)>,
    /// Changes that move places, and with them money.
    pub movers: Vec<Player>,
    /// What was decided last, and which of the movers were made then: nothing more is decided anew than differs.
    last: Option<(Vec<bool>, Last)>,
}

/// Which change each thing comes with that is decided over all units; 0 for what comes with none of its own.
#[derive(Default)]
struct Cast {
    /// 参评
    part: Player,
    /// Vetoes and lost titles.
    deeds: Player,
    /// By name, in either book.
    rankings: FxHashMap<String, Player>,
    gradings: FxHashMap<String, Player>,
}

/// Places, and by award of the old or the new book the money at them.
#[derive(Default)]
struct Last {
    places: Places,
    lead: Option<String>,
    money: FxHashMap<(bool, usize), Vec<Number>>,
}

impl Cast {
    fn of(of: &FxHashMap<String, Player>, name: &str) -> Player {
        of.get(name).copied().unwrap_or(0)
    }
}

impl<'d, 'a> Deciding<'d, 'a> {
    pub fn new(
        comparison: &Comparison<'_>,
        (old, new): (Closing<'a>, Closing<'a>),
        (old_plan, new_plan): (&Plan, &Plan),
        cycle: Cycle,
        totals: Vec<Number>,
        shares: &'d [Shares],
    ) -> Deciding<'d, 'a> {
        let (mut by_old, mut by_new) = (FxHashMap::default(), FxHashMap::default());
        let mut cast = Cast::default();
        let beyond = beyond(comparison, old_plan, new_plan);
        let player = |change: &Change| if beyond.contains(&change.number) { 0 } else { change.number };
        let (mut excluded, mut effects) = (BTreeSet::new(), BTreeSet::new());
        each_subject(comparison, &mut |change, subject, is_old| {
            let plan = if is_old { old_plan } else { new_plan };
            match subject {
                Subject::Award(index) => {
                    let awards = if is_old { &mut by_old } else { &mut by_new };
                    awards.entry(*index).or_insert(player(change));
                }
                Subject::Ranking(index) => {
                    cast.rankings.entry(plan.rankings[*index].name.clone()).or_insert(player(change));
                }
                Subject::Grading(index) => {
                    cast.gradings.entry(plan.gradings[*index].name.clone()).or_insert(player(change));
                }
                Subject::Excluded => _ = excluded.insert(change.number),
                Subject::Clause { node, label } => {
                    let mut rules = rules_called(plan, *node, label).into_iter();
                    if rules.any(|rule| !plan.rules[rule.index()].effects.is_empty()) {
                        effects.insert(change.number);
                    }
                }
                _ => {}
            }
        });
        let only = |list: &BTreeSet<Player>| if list.len() == 1 { list.first().copied() } else { None };
        (cast.part, cast.deeds) = (only(&excluded).unwrap_or(0), only(&effects).unwrap_or(0));
        let pays = |plan: &Plan, index: usize| plan.awards[index].money.is_some() && plan.awards[index].cycle == cycle;
        let old_awards = (0..old_plan.awards.len()).filter(|index| pays(old_plan, *index));
        let new_awards = (0..new_plan.awards.len()).filter(|index| pays(new_plan, *index));
        let old_awards: Vec<_> = old_awards.map(|index| (index, by_old.get(&index).copied())).collect();
        let new_awards: Vec<_> =
            new_awards.filter_map(|index| by_new.get(&index).map(|player| (index, *player))).collect();
        let mut movers: BTreeSet<Player> =
            shares.iter().flat_map(|shares| shares.parts.iter().map(|part| part.change)).collect();
        let fates = [old.fates(), new.fates()];
        let mut both = fates[0].iter().zip(&fates[1]);
        if both.clone().any(|(old, new)| old.status != new.status) {
            movers.insert(cast.part);
        }
        if both.any(|(old, new)| (old.vetoed, &old.disqualified) != (new.vetoed, &new.disqualified)) {
            movers.insert(cast.deeds);
        }
        // Of a ranking or grading of another period nothing is decided here.
        let names = || old.rankings().chain(new.rankings());
        movers.extend(names().filter_map(|name| cast.rankings.get(name)));
        movers.extend(old.gradings().into_iter().chain(new.gradings()).filter_map(|name| cast.gradings.get(name)));
        if names().any(|name| !cast.rankings.contains_key(name) && !old.breaks_ties_as(&new, name)) {
            movers.insert(0);
        }
        let movers = movers.into_iter().collect();
        Deciding { old, new, fates, totals, shares, cast, old_awards, new_awards, movers, last: None }
    }

    pub fn units(&self) -> usize {
        self.totals.len()
    }

    /// All changes that may move anything, by number.
    pub fn players(&self) -> Vec<Player> {
        let mut players: BTreeSet<Player> = self.movers.iter().copied().collect();
        players.extend(self.old_awards.iter().filter_map(|(_, player)| *player));
        players.extend(self.new_awards.iter().map(|(_, player)| *player));
        players.into_iter().collect()
    }

    /// Where all units stand where some changes were made and others not.
    pub fn decide(&mut self, made: &dyn Fn(Player) -> bool) -> Vec<Stands> {
        let moved: Vec<bool> = self.movers.iter().map(|player| made(*player)).collect();
        let known = self.last.take().filter(|(known, _)| *known == moved);
        let mut last = known.map_or_else(|| self.placed(made), |(_, last)| last);
        let given = self.given(made);
        for (is_old, awards) in [(true, &given[0]), (false, &given[1])] {
            let closing = if is_old { &mut self.old } else { &mut self.new };
            let open: Vec<usize> =
                awards.iter().copied().filter(|award| !last.money.contains_key(&(is_old, *award))).collect();
            let paid = closing.money(&open, &last.places);
            last.money.extend(open.into_iter().map(|award| (is_old, award)).zip(paid));
        }
        let none = Vec::new();
        let lead = last.lead.as_ref().and_then(|lead| last.places.ranks.get(lead)).unwrap_or(&none);
        let mut stands: Vec<Stands> =
            (0..self.totals.len()).map(|unit| (lead.get(unit).copied().flatten(), Number::ZERO)).collect();
        let [before, after] = given;
        let all = before.into_iter().map(|award| (true, award)).chain(after.into_iter().map(|award| (false, award)));
        for paid in all.filter_map(|award| last.money.get(&award)) {
            for ((_, sum), money) in stands.iter_mut().zip(paid).filter(|(_, money)| !money.is_zero()) {
                *sum = sum.plus(*money).unwrap_or(*sum);
            }
        }
        self.last = Some((moved, last));
        stands
    }

    /// The awards of the old and of the new book that are given where some changes were made.
    fn given(&self, made: &dyn Fn(Player) -> bool) -> [Vec<usize>; 2] {
        let old = self.old_awards.iter().filter(|(_, player)| player.is_none_or(|player| !made(player)));
        let new = self.new_awards.iter().filter(|(_, player)| made(*player));
        [old.map(|(award, _)| *award).collect(), new.map(|(award, _)| *award).collect()]
    }

    /// Puts all units in order and grades them.
    fn placed(&mut self, made: &dyn Fn(Player) -> bool) -> Last {
        let moved = |(total, shares): (&Number, &Shares)| total.plus(shares.moved(made)).unwrap_or(*total);
        let totals: Vec<Number> = self.totals.iter().zip(self.shares).map(moved).collect();
        let (part, deeds) =
            (&self.fates[usize::from(made(self.cast.part))], &self.fates[usize::from(made(self.cast.deeds))]);
        self.old.at(&totals, part.iter().zip(deeds));
        self.new.at(&totals, part.iter().zip(deeds));
        let mut places = Places::default();
        let mut names: Vec<&str> = self.new.rankings().collect();
        names.extend(self.old.rankings().filter(|name| !self.new.rankings().any(|other| other == *name)));
        for name in names {
            let is_new = made(Cast::of(&self.cast.rankings, name));
            (if is_new { &self.new } else { &self.old }).put_in_order(name, &mut places);
        }
        let mut names = self.new.gradings();
        names.extend(self.old.gradings().into_iter().filter(|name| !self.new.gradings().contains(name)));
        for name in names {
            let is_new = made(Cast::of(&self.cast.gradings, name));
            (if is_new { &mut self.new } else { &mut self.old }).grade(name, &mut places);
        }
        let first = self.new.rankings().next().filter(|name| made(Cast::of(&self.cast.rankings, name)));
        let lead = first.or_else(|| self.old.rankings().next()).map(str::to_owned);
        Last { places, lead, money: FxHashMap::default() }
    }
}

/// Changes of what is decided over all units by more than totals, places and grades (parts, figures, several months),
/// where others change such: each book has its own, and none is known with one change and without the other.
fn beyond(comparison: &Comparison<'_>, old: &Plan, new: &Plan) -> BTreeSet<Player> {
    let (mut beyond, mut others) = (BTreeSet::new(), false);
    each_subject(comparison, &mut |change, subject, is_old| {
        let plan = if is_old { old } else { new };
        let is_known = match subject {
            Subject::Award(index) => {
                let award = &plan.awards[*index];
                award.conditions().all(is_met_by_place) && award.money.iter().all(is_of_place)
            }
            Subject::Ranking(index) => {
                let ranking = &plan.rankings[*index];
                is_of_place(&ranking.value) && ranking.tiebreakers.iter().all(|(breaker, _)| is_of_place(breaker))
            }
            Subject::Grading(index) => plan.gradings[*index].conditions().all(is_met_by_place),
            _ => {
                others = true;
                true
            }
        };
        if !is_known {
            beyond.insert(change.number);
        }
    });
    if others { beyond } else { BTreeSet::new() }
}

/// Whether a figure is made of totals and places.
fn is_of_place(expr: &Expr) -> bool {
    !expr.any(|inner| match inner {
        Expr::Number(_)
        | Expr::Total
        | Expr::Rank(_)
        | Expr::RankFromLast(_)
        | Expr::Attribute(_)
        | Expr::Text(_)
        | Expr::Date(_)
        | Expr::Add(_)
        | Expr::Subtract(_)
        | Expr::Multiply(_)
        | Expr::Divide(_)
        | Expr::Negate(_)
        | Expr::Of(..)
        | Expr::Absolute(_)
        | Expr::Round { .. }
        | Expr::Steps { .. } => false,
        Expr::Case { arms, .. } => !arms.iter().all(|(when, _)| is_met_by_place(when)),
        _ => true,
    })
}

/// Whether a condition asks for totals, places, grades and vetoes alone.
fn is_met_by_place(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(left, _, right) => is_of_place(left) && is_of_place(right),
        Condition::Is(inner, _) | Condition::IsAssessed(inner) => is_of_place(inner),
        Condition::Not(inner) => is_met_by_place(inner),
        Condition::All(list) | Condition::Any(list) => list.iter().all(is_met_by_place),
        Condition::Always
        | Condition::Vetoed
        | Condition::Disqualified(_)
        | Condition::Graded(..)
        | Condition::During(_) => true,
        Condition::Happened(_) | Condition::Streak { .. } => false,
    }
}

/// Everything that a change of meaning is about, in the order of the changes.
fn each_subject(comparison: &Comparison<'_>, see: &mut dyn FnMut(&Change, &Subject, bool)) {
    let quiet = [Section::Wording, Section::Notes, Section::Moved];
    for change in comparison.changes.iter().filter(|change| !quiet.contains(&change.section)) {
        let own = (&change.about.old, &change.about.new);
        for (a, b) in std::iter::once(own).chain(change.about.follows.iter().map(|(a, b)| (a, b))) {
            a.iter().for_each(|subject| see(change, subject, true));
            b.iter().for_each(|subject| see(change, subject, false));
        }
    }
}
