//! `place-without-award` 名次空档
//!
//! *Finds* money for places with a place in the middle that gets none.
//! *Why*: 第1名至第3名, 第5名至第8名: nobody meant the fourth to get nothing while the fifth is paid.
//! *Example*: `第1名至第2名：奖励3000元`, `第4名：奖励1000元`.
//! *Instead*: ranges that meet.

use crate::analysis::{Claim, Look, Suspicion, meaning, month_for};
use crate::plan::*;
use crate::value::Number;

/// More units than this are not made up for one finding.
const MOST: u32 = 20;

/// First and last place, and the line that says so.
type Places = (u32, u32, u32);

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let mut blocks: Vec<(RankingId, Vec<Places>)> = Vec::new();
    for award in plan.awards.iter().filter(|award| award.money.is_some() && award.when == Condition::Always) {
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
            if first > reached + 1 && first <= MOST {
                let suspicion = suspect(look, ranking, reached + 1, first, line);
                look.found.extend(suspicion);
            }
            reached = reached.max(last);
        }
    }
}

/// Units with different totals, so that each has a place of its own; the first in the gap gets nothing.
fn suspect(look: &Look<'_>, ranking: RankingId, place: u32, next: u32, line: u32) -> Option<Suspicion> {
    let plan = look.plan;
    let month = plan.calendar.last();
    let (event, negative) = plan.rules.iter().find_map(|rule| match (&rule.basis, &rule.points) {
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
    })?;
    let units = next;
    let check = move |units: &[&crate::outcome::UnitOutcome]| {
        let paid = |at: u32| units[at as usize - 1].awards.iter().any(|it| it.withheld.is_none() && it.money.is_some());
        !paid(place) && paid(next)
    };
    let mut claim = Claim::new(plan, month, Box::new(check));
    for place in 1..=units {
        let count = if negative { place } else { units + 1 - place };
        claim = claim.row(event, Number::whole(count.into()));
        if place < units {
            claim = claim.another();
        }
    }
    claim.period = plan.calendar.around(plan.rankings[ranking.index()].cycle, month)?;
    let last = next - 1;
    let gap = if last == place { format!("第{place}名") } else { format!("第{place}名至第{last}名") };
    Some(Suspicion {
        code: "place-without-award",
        line: line as usize,
        text: String::new(),
        message: format!("{gap}没有奖金，后面的第{next}名却有"),
        brief: format!("{}的{gap}", plan.rankings[ranking.index()].name),
        help: "把名次写成首尾相接，如：第1名至第3名；第4名至第5名".to_owned(),
        shows: format!("第{place}名没有奖金，第{next}名有"),
        meaning: meaning(plan, &(ranking, place, next)),
        claim,
        alone: true,
    })
}
