//! `place-without-award` 名次空档
//!
//! *Finds* rewards for places with a place in the middle that gets none: of money, or of any reward at all.
//! *Why*: 第1名至第3名, 第5名至第8名: nobody meant the fourth to get nothing while the fifth is paid.
//! *Example*: `第1名至第2名：奖励3000元`, `第4名：奖励1000元`.
//! *Instead*: ranges that meet.

use crate::analysis::{Check, Claim, Look, Suspicion, meaning, month_for};
use crate::calendar::Month;
use crate::lint::aim::Aim;
use crate::outcome::UnitOutcome;
use crate::plan::*;
use crate::value::Number;

/// More units than this are not made up for one finding.
const MOST: u32 = 20;

/// First and last place, and the line that says so.
type Places = (u32, u32, u32);

/// What a place in a gap does not get, and how it is called.
type Kind = (fn(&Award) -> bool, &'static str);

const KINDS: [Kind; 2] = [(|award| award.money.is_some() && !award.takes(), "奖金"), (Award::rewards, "奖励")];

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    // A gap in the money is told once, though it may be one of all rewards too.
    let mut told: Vec<(RankingId, u32)> = Vec::new();
    for kind in KINDS {
        let mut blocks: Vec<(RankingId, Vec<Places>)> = Vec::new();
        for award in plan.awards.iter().filter(|award| kind.0(award) && award.when == Condition::Always) {
            let AwardTo::Places { ranking, first, last } = award.to else { continue };
            match blocks.iter_mut().find(|(known, _)| *known == ranking) {
                Some((_, places)) => places.push((first, last, award.line)),
                None => blocks.push((ranking, vec![(first, last, award.line)])),
            }
        }
        for (ranking, mut places) in blocks {
            places.sort_unstable();
            let mut reached = places[0].1;
            for (first, last, line) in places {
                if first > reached + 1 && first <= MOST && !told.contains(&(ranking, reached + 1)) {
                    told.push((ranking, reached + 1));
                    let suspicion = suspect(look, ranking, reached + 1, first, line, kind);
                    look.found.extend(suspicion);
                }
                reached = reached.max(last);
            }
        }
    }
}

/// Units with different totals, so that each has a place of its own; the first in the gap gets nothing.
fn suspect(
    look: &Look<'_>,
    ranking: RankingId,
    place: u32,
    next: u32,
    line: u32,
    (is_meant, what): Kind,
) -> Option<Suspicion> {
    let plan = look.plan;
    let meant: Vec<bool> = plan.awards.iter().map(is_meant).collect();
    let check = move |units: &[&UnitOutcome]| {
        let given = |at: u32| {
            units[at as usize - 1].awards.iter().any(|it| it.withheld.is_none() && meant[usize::from(it.award)])
        };
        !given(place) && given(next)
    };
    let claim = in_order(look, ranking, next, Box::new(check))?;
    let last = next - 1;
    let gap = if last == place { format!("第{place}名") } else { format!("第{place}名至第{last}名") };
    Some(Suspicion {
        code: "place-without-award",
        line: line as usize,
        text: String::new(),
        message: format!("{gap}没有{what}，后面的第{next}名却有"),
        brief: format!("{}的{gap}", plan.rankings[ranking.index()].name),
        help: "把名次写成首尾相接，如：第1名至第3名；第4名至第5名".to_owned(),
        shows: format!("第{place}名没有{what}，第{next}名有"),
        meaning: meaning(plan, &(ranking, place, next)),
        claim,
        alone: true,
    })
}

/// So many units that take the places of a ranking one after the other.
pub(super) fn in_order(look: &Look<'_>, ranking: RankingId, units: u32, check: Check) -> Option<Claim> {
    let plan = look.plan;
    let month = plan.calendar.last();
    let mut claim = Claim::new(plan, month, check);
    let cycle = plan.rankings[ranking.index()].cycle;
    claim.period = plan.calendar.around(cycle, month)?;
    let Some((event, negative)) = endless(plan, month) else {
        claim.units = Aim::new(look, cycle)?.falling(plan, units as usize)?;
        if plan.rankings[ranking.index()].low_first {
            claim.units.reverse();
        }
        return Some(claim);
    };
    for place in 1..=units {
        let count = if negative { place } else { units + 1 - place };
        claim = claim.row(event, Number::whole(count.into()));
        if place < units {
            claim = claim.another();
        }
    }
    Some(claim)
}

/// What may happen any number of times, each with the same points, and whether it takes them.
fn endless(plan: &Plan, month: Month) -> Option<(InputId, bool)> {
    plan.rules.iter().find_map(|rule| match (&rule.basis, &rule.points) {
        // 每次加1分 is the quantity itself.
        (Basis::Row(input), Expr::Row(RowField::Quantity))
            if month_for(plan, *input) == month && rule.limits.is_empty() =>
        {
            Some((*input, false))
        }
        (Basis::Row(input), Expr::Multiply(pair)) if month_for(plan, *input) == month && rule.limits.is_empty() => {
            match (&pair[0], &pair[1]) {
                (Expr::Number(each), Expr::Row(RowField::Quantity)) => Some((*input, each.is_negative())),
                _ => None,
            }
        }
        _ => None,
    })
}
