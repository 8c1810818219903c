//! 奖惩: who gets which award, and from whom it is withheld.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use crate::calendar::PeriodId;
use crate::eval::Ranks;
use crate::eval::expr::Value;
use crate::eval::grading::settled;
use crate::eval::peers::group_of;
use crate::eval::problem::{Problem, ProblemKind, Where};
use crate::eval::run::Run;
use crate::eval::score::Scored;
use crate::eval::unit::{At, Scorer, Settled};
use crate::outcome::{AwardOutcome, Status};
use crate::plan::walk::walk;
use crate::plan::{Award, AwardTo, Condition, Expr, RankingId, Ties, Type};
use crate::value::Number;

/// Units with their places and grades, as awards look at them; all lists are in roster order.
#[derive(Clone, Copy)]
pub(super) struct Placed<'s, 'a> {
    pub period: PeriodId,
    pub units: &'s [Scored<'a>],
    pub ranks: &'s Ranks,
    /// Of each unit, by grading.
    pub grades: &'s [Vec<Option<String>>],
}

impl Placed<'_, '_> {
    fn settled(&self, unit: usize) -> Settled {
        settled(&self.units[unit].outcome, self.period, &self.grades[unit])
    }
}

/// By unit that shares a prize: how many do, and what each of them has.
type Shares = FxHashMap<usize, (usize, Number)>;

/// The places of a prize that is passed down, and by unit why it may not have it.
struct Rung {
    first: u32,
    last: u32,
    barred: Vec<Option<String>>,
}

/// Whether a unit has an award, and why it is withheld.
#[derive(Clone, Debug, PartialEq)]
enum Claim {
    None,
    Withheld(String),
    Given,
}

impl<'a> Run<'a> {
    /// The units that an award is given to, and what it comes to for each; the withheld ones only where traced.
    pub fn award(&mut self, index: u16, placed: Placed<'_, 'a>) -> Vec<(usize, AwardOutcome)> {
        let award: &'a Award = &self.program.plan.awards[index as usize];
        let (claims, money) = self.claimed(index, placed);
        let shares = self.shares(award, placed, &claims, &money);
        let traced = self.program.traced;
        let mut figures = self.figures(award, placed, &claims);
        // Of thousands of units few are given something: of the others nothing is made.
        let outcome = |(unit, claim): (usize, Claim)| {
            let withheld = match claim {
                Claim::None => return None,
                Claim::Withheld(reason) if traced => Some(reason),
                Claim::Withheld(_) => return None,
                Claim::Given => None,
            };
            let (money, share) = (money[unit], shares.get(&unit).copied());
            // 扣发100000元 takes money away; its words say so already.
            let shown = money.map(|money| if money < Number::ZERO { money.negated() } else { money });
            let shown = shown.map(|money| money.to_string()).unwrap_or_default();
            let text = award.text.replace("{}", &shown);
            let (text, money) = match share {
                Some((equals, each)) => (format!("{text}（{equals}个单位并列平分后{each}元）"), Some(each)),
                None => (text, money),
            };
            let figures = figures.get_mut(unit).map(std::mem::take).unwrap_or_default();
            Some((unit, AwardOutcome { award: index, text, money, withheld, figures }))
        };
        claims.into_iter().enumerate().filter_map(outcome).collect()
    }

    /// The money alone that an award brings each unit.
    pub fn paid(&mut self, index: u16, placed: Placed<'_, 'a>) -> Vec<Number> {
        let (claims, mut money) = self.claimed(index, placed);
        let shares = self.shares(&self.program.plan.awards[index as usize], placed, &claims, &money);
        for (unit, (_, each)) in shares {
            money[unit] = Some(each);
        }
        let amount =
            |(claim, money): (Claim, Option<Number>)| money.filter(|_| claim == Claim::Given).unwrap_or_default();
        claims.into_iter().zip(money).map(amount).collect()
    }

    /// 奖金由并列的平分
    fn shares(&self, award: &Award, placed: Placed<'_, 'a>, claims: &[Claim], money: &[Option<Number>]) -> Shares {
        let (Some((digits, rounding)), AwardTo::Places { ranking, .. }) = (award.split, &award.to) else {
            return Shares::default();
        };
        let Some(ranks) = placed.ranks.get(ranking) else { return Shares::default() };
        let grouped = self.program.plan.rankings[ranking.index()].grouped;
        let place = |unit: usize| (if grouped { group_of(&self.program, unit) } else { None }, ranks[unit]);
        let mut equals: FxHashMap<_, usize> = FxHashMap::default();
        // 不予奖励的名次不递补: what is not given to one of them goes to nobody.
        let has_part = |claim: &Claim| match claim {
            Claim::Given => true,
            Claim::Withheld(_) => !award.passed_down,
            Claim::None => false,
        };
        for (unit, _) in claims.iter().enumerate().filter(|(_, claim)| has_part(claim)) {
            *equals.entry(place(unit)).or_default() += 1;
        }
        let part = |(unit, claim): (usize, &Claim)| {
            let equals = equals.get(&place(unit)).copied().filter(|equals| *equals > 1 && *claim == Claim::Given)?;
            let each = money[unit]?.divided_by(Number::whole(equals as i64)).ok()?;
            Some((unit, (equals, each.rounded(digits, rounding).ok()?)))
        };
        claims.iter().enumerate().filter_map(part).collect()
    }

    /// By unit, what its condition was met by and its money worked out from, or what it is withheld for; only where traced,
    /// else empty.
    fn figures(&mut self, award: &'a Award, placed: Placed<'_, 'a>, claims: &[Claim]) -> Vec<Vec<String>> {
        if !self.program.traced || claims.iter().all(|claim| *claim == Claim::None) {
            return Vec::new();
        }
        self.survey(&|scorer, unit| {
            let mut told = Vec::new();
            let at = At::period(placed.period);
            let when = match &claims[unit] {
                Claim::None => return told,
                Claim::Withheld(why) => award.exceptions.iter().find(|(_, reason)| reason == why).map(|(when, _)| when),
                Claim::Given => Some(&award.when),
            };
            scorer.resume(unit, placed.settled(unit));
            let complaints = scorer.problems.len();
            let met = when.map_or(Ok(()), |when| scorer.met(when, at, &mut told));
            if let (Claim::Given, Some(money), Ok(())) = (&claims[unit], &award.money, met) {
                _ = scorer.formula(money, &Type::Money, at, &mut told);
            }
            // What went wrong was told when the award was given.
            scorer.problems.truncate(complaints);
            told
        })
    }

    /// Who has a claim to an award, and to how much.
    fn claimed(&mut self, index: u16, placed: Placed<'_, 'a>) -> (Vec<Claim>, Vec<Option<Number>>) {
        let award: &'a Award = &self.program.plan.awards[index as usize];
        let barred = self.barred(index, placed);
        let ladder = self.ladder(index, placed, &barred);
        let claims = self.claims(award, placed, &barred, &ladder);
        let money = self.money(index, award, placed, &claims);
        (claims, money)
    }

    /// By unit, why it may not have an award; empty where it just does not meet the condition.
    fn barred(&mut self, index: u16, placed: Placed<'_, 'a>) -> Vec<Option<String>> {
        let award: &'a Award = &self.program.plan.awards[index as usize];
        let meets = match &award.rest_of[..] {
            [] => self.meets(index, &award.when, placed),
            places => self.meets_as_passed_down(index, places, placed),
        };
        let mut barred: Vec<Option<String>> =
            placed.units.iter().zip(&meets).map(|(scored, meets)| bar(award, scored, *meets)).collect();
        for (when, reason) in &award.exceptions {
            for (barred, excepted) in barred.iter_mut().zip(self.meets(index, when, placed)) {
                if excepted && barred.is_none() {
                    *barred = Some(reason.clone());
                }
            }
        }
        barred
    }

    /// The prizes for places that are passed down together with one: its own, and those of other places.
    fn ladder(&mut self, index: u16, placed: Placed<'_, 'a>, barred: &[Option<String>]) -> Vec<Rung> {
        let own = &self.program.plan.awards[index as usize];
        let AwardTo::Places { ranking, first, last } = own.to else { return Vec::new() };
        if !own.passed_down {
            return Vec::new();
        }
        let mut ladder = vec![Rung { first, last, barred: barred.to_vec() }];
        ladder.extend(self.rungs(ranking, own, placed, |from, to| to < first || last < from));
        ladder
    }

    /// The prizes for places that are passed down in the period of `own`.
    fn rungs(
        &mut self,
        ranking: RankingId,
        own: &Award,
        placed: Placed<'_, 'a>,
        is_meant: impl Fn(u32, u32) -> bool,
    ) -> Vec<Rung> {
        let mut rungs = Vec::new();
        for (at, award) in self.program.plan.awards.iter().enumerate() {
            let AwardTo::Places { ranking: of, first, last } = award.to else { continue };
            if of == ranking && award.cycle == own.cycle && award.passed_down && is_meant(first, last) {
                rungs.push(Rung { first, last, barred: self.barred(at as u16, placed) });
            }
        }
        rungs
    }

    /// By unit, whether it is among the rest of `places`, which are passed down: it has the place that it moved up to, and
    /// none where it left its own to the next.
    fn meets_as_passed_down(&mut self, index: u16, places: &'a [AwardTo], placed: Placed<'_, 'a>) -> Vec<bool> {
        let award: &'a Award = &self.program.plan.awards[index as usize];
        // INVARIANT: the places of a line are of one ranking, that of its period.
        let found = places.iter().find_map(|to| match to {
            AwardTo::Places { ranking, .. } => Some((*ranking, placed.ranks.get(ranking)?)),
            _ => None,
        });
        let Some((ranking, own)) = found else { return self.meets(index, &award.when, placed) };
        let holds = |to: &AwardTo, place: u32| matches!(to, AwardTo::Places { first, last, .. } if (*first..=*last).contains(&place));
        let is_meant = |place: &u32| places.iter().any(|to| holds(to, *place));
        let rungs = self.rungs(ranking, award, placed, |_, _| true);
        let passed = self.passed_down(ranking, own, &rungs);
        let place =
            |(passed, own): (Option<u32>, &Option<u32>)| passed.filter(is_meant).or(own.filter(|own| !is_meant(own)));
        let moved = passed.into_iter().zip(own).map(place).collect();
        self.board.put_ranks(ranking, placed.period, moved);
        let meets = self.meets(index, &award.when, placed);
        self.board.put_ranks(ranking, placed.period, own.clone());
        meets
    }

    /// By unit, whether a condition of the award holds.
    fn meets(&mut self, index: u16, when: &'a Condition, placed: Placed<'_, 'a>) -> Vec<bool> {
        if *when == Condition::Always {
            return vec![true; placed.units.len()];
        }
        self.survey(&|scorer, unit| {
            if placed.units[unit].outcome.status != Status::Assessed {
                return false;
            }
            scorer.resume(unit, placed.settled(unit));
            scorer.holds(when, At::period(placed.period)).unwrap_or_else(|fault| {
                scorer.problems.push(Problem::arithmetic(unit, Where::Award(index), placed.period, fault));
                false
            })
        })
    }

    /// `barred`: by unit, why it may not have the award; `ladder`: what is passed down with it.
    fn claims(&self, award: &Award, placed: Placed<'_, 'a>, barred: &[Option<String>], ladder: &[Rung]) -> Vec<Claim> {
        let in_reach: Vec<(bool, bool)> = match &award.to {
            AwardTo::Places { ranking, first, last } => self.places(*ranking, placed.ranks, ladder, *first..=*last),
            AwardTo::Bottom { ranking, count } => self.places_from_last(*ranking, placed.ranks, *count),
            AwardTo::Graded { grading, grades } => placed
                .grades
                .iter()
                .map(|known| known.get(*grading as usize).and_then(Option::as_ref))
                .map(|grade| grade.is_some_and(|grade| grades.contains(grade)))
                .map(|is_graded| (is_graded, is_graded))
                .collect(),
            // Who does not meet the condition has no claim that could be withheld.
            AwardTo::Meeting => vec![(true, true); placed.units.len()],
        };
        let claim =
            |((reaches, by_own_rank), (scored, barred)): ((bool, bool), (&Scored, &Option<String>))| match barred {
                _ if scored.outcome.status != Status::Assessed => Claim::None,
                None if reaches => Claim::Given,
                None => Claim::None,
                Some(reason) if by_own_rank && !reason.is_empty() => Claim::Withheld(reason.clone()),
                Some(_) => Claim::None,
            };
        in_reach.into_iter().zip(placed.units.iter().zip(barred)).map(claim).collect()
    }

    /// By unit: whether its place is meant, and whether its own rank alone would be.
    fn places(
        &self,
        ranking: RankingId,
        ranks: &Ranks,
        ladder: &[Rung],
        meant: RangeInclusive<u32>,
    ) -> Vec<(bool, bool)> {
        let Some(ranks) = ranks.get(&ranking) else { return vec![(false, false); self.program.store.roster.len()] };
        let is_meant = |place: &Option<u32>| place.is_some_and(|place| meant.contains(&place));
        let own = ranks.iter().map(is_meant);
        if ladder.is_empty() {
            return own.map(|own| (own, own)).collect();
        }
        self.passed_down(ranking, ranks, ladder).iter().map(is_meant).zip(own).collect()
    }

    /// The places as those behind move up: who may not have the prize of the place that it comes to leaves it to the
    /// next, and who only does not meet its condition keeps it.
    fn passed_down(&self, ranking: RankingId, ranks: &[Option<u32>], ladder: &[Rung]) -> Vec<Option<u32>> {
        let ranking = &self.program.plan.rankings[ranking.index()];
        let mut by_group: FxHashMap<_, Vec<(u32, usize)>> = FxHashMap::default();
        for (unit, rank) in ranks.iter().enumerate() {
            let Some(rank) = *rank else { continue };
            let group = if ranking.grouped { group_of(&self.program, unit) } else { None };
            by_group.entry(group).or_default().push((rank, unit));
        }
        let mut places = vec![None; ranks.len()];
        for units in by_group.values_mut() {
            units.sort_unstable();
            let mut next = 1;
            for equals in units.chunk_by(|one, other| one.0 == other.0) {
                let withheld = |unit: usize| {
                    let reason = |rung: &Rung| rung.barred[unit].as_ref().is_some_and(|reason| !reason.is_empty());
                    ladder.iter().any(|rung| rung.first <= next && next <= rung.last && reason(rung))
                };
                let stay = equals.iter().map(|(_, unit)| *unit).filter(|unit| !withheld(*unit));
                let stay: Vec<usize> = stay.collect();
                stay.iter().for_each(|unit| places[*unit] = Some(next));
                next += match ranking.ties {
                    // 1、2、2、3: however many share a place, the next is one behind it.
                    Ties::SharedWithoutGaps => u32::from(!stay.is_empty()),
                    Ties::SharedLeavingGaps | Ties::RosterOrder => stay.len() as u32,
                };
            }
        }
        places
    }

    /// By unit: whether it is among the last so many; nothing is passed on from there.
    fn places_from_last(&self, ranking: RankingId, ranks: &Ranks, count: u32) -> Vec<(bool, bool)> {
        let Some(ranks) = ranks.get(&ranking) else { return vec![(false, false); self.program.store.roster.len()] };
        let ranking = &self.program.plan.rankings[ranking.index()];
        let group = |unit: usize| if ranking.grouped { group_of(&self.program, unit) } else { None };
        let mut all: FxHashMap<_, Vec<u32>> = FxHashMap::default();
        for (unit, rank) in ranks.iter().enumerate() {
            all.entry(group(unit)).or_default().extend(*rank);
        }
        all.values_mut().for_each(|ranks| ranks.sort_unstable());
        let is_last = |(unit, rank): (usize, &Option<u32>)| {
            let (Some(rank), Some(ranks)) = (*rank, all.get(&group(unit))) else { return false };
            let all_tied = ranks.first().is_none_or(|first| *first == rank);
            let behind = ranks.len() - ranks.partition_point(|other| *other <= rank);
            (ranking.tied_last.unwrap_or(true) || !all_tied) && (behind as u32) < count
        };
        ranks.iter().enumerate().map(is_last).map(|is_last| (is_last, is_last)).collect()
    }

    /// What each claim is worth, the withheld ones too.
    fn money(&mut self, index: u16, award: &'a Award, placed: Placed<'_, 'a>, claims: &[Claim]) -> Vec<Option<Number>> {
        let Some(money) = &award.money else { return vec![None; placed.units.len()] };
        let period = placed.period;
        if let Expr::Number(amount) = money {
            return claims.iter().map(|claim| (*claim != Claim::None).then_some(*amount)).collect();
        }
        self.survey(&|scorer, unit| {
            if claims[unit] == Claim::None {
                return None;
            }
            scorer.resume(unit, placed.settled(unit));
            match scorer.number(money, At::period(period)) {
                // 奖励（得分 - 90）×100元 of 85分 is no reward.
                Ok(Some(amount))
                    if award.takes() && amount > Number::ZERO || !award.takes() && amount < Number::ZERO =>
                {
                    let kind = ProblemKind::TurnedAmount(index, period, amount);
                    scorer.problems.push(Problem { unit: unit as u32, kind });
                    None
                }
                Ok(Some(amount)) => Some(amount),
                // A parameter that nobody reported is told of by itself.
                Ok(None) if scorer.lacks_parameter(unit) => None,
                Ok(None) => {
                    let empty = scorer.empty_attribute(money);
                    let kind = ProblemKind::NoAmount(index, period, empty);
                    scorer.problems.push(Problem { unit: unit as u32, kind });
                    None
                }
                Err(fault) => {
                    scorer.problems.push(Problem::arithmetic(unit, Where::Award(index), period, fault));
                    None
                }
            }
        })
    }
}

impl Scorer<'_, '_> {
    fn lacks_parameter(&self, unit: usize) -> bool {
        let is_missing = |problem: &Problem| matches!(problem.kind, ProblemKind::MissingParameter(..));
        self.problems.iter().any(|problem| problem.unit == unit as u32 && is_missing(problem))
    }

    /// The first attribute an amount is worked out from that the roster leaves empty.
    fn empty_attribute(&self, money: &Expr) -> Option<u16> {
        let mut empty = None;
        walk(money, &mut |expr| {
            if let Expr::Attribute(id) = expr
                && self.roster().attributes.get(id.index()).is_none_or(|cell| Value::from(*cell) == Value::NotAssessed)
            {
                empty = empty.or(Some(id.index() as u16));
            }
            true
        });
        empty
    }
}

/// Why a unit may not have an award; an empty reason where it simply does not meet the condition.
fn bar(award: &Award, scored: &Scored, meets: bool) -> Option<String> {
    let outcome = &scored.outcome;
    if !meets || outcome.status != Status::Assessed {
        return Some(String::new());
    }
    if award.not_if_vetoed && outcome.vetoed {
        return Some("一票否决，不予奖励".to_owned());
    }
    let lost = award.not_if_disqualified.iter().find(|name| outcome.disqualified.contains(name));
    lost.map(|name| format!("取消{name}，不予奖励"))
}
