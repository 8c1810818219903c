//! `top-meets-bottom` 首尾重叠
//!
//! *Finds* a reward for the first places and something else for the last ones that in a small roster go to one unit.
//! *Why*: 前3名奖励, 后3名约谈: of five units the third is rewarded and called in.
//! *Example*: `前3名：奖励1000元`, `后3名：约谈`.
//! *Instead*: `但名次为前3名的除外`; where there are more units it is accepted. What scoring comes upon is told there
//! (`eval/both_ends`), however many units there are.

use crate::analysis::{Look, Suspicion, meaning};
use crate::lint::places_uncovered::in_order;
use crate::outcome::UnitOutcome;
use crate::plan::*;

/// So many units may well be all there are; where it takes more to keep first and last apart there hardly are fewer.
const SMALL: u32 = 6;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    let mut seen: Vec<RankingId> = Vec::new();
    for (index, bottom) in plan.awards.iter().enumerate() {
        let AwardTo::Bottom { ranking, count } = bottom.to else { continue };
        if count < 2 || bottom.rewards() || bottom.when != Condition::Always || seen.contains(&ranking) {
            continue;
        }
        let tops = plan.awards.iter().enumerate().filter_map(|(at, award)| match award.to {
            AwardTo::Places { ranking: of, last, .. } if of == ranking && award.rewards() => Some((last, at)),
            _ => None,
        });
        let Some((last, top)) = tops.filter(|(last, _)| *last >= 2).max_by_key(|(last, _)| *last) else { continue };
        let units = last + count - 1;
        if units > SMALL {
            continue;
        }
        seen.push(ranking);
        let check = move |units: &[&UnitOutcome]| {
            let has = |award: usize| {
                let given = units[last as usize - 1].awards.iter();
                given.filter(|it| it.withheld.is_none()).any(|it| usize::from(it.award) == award)
            };
            has(top) && has(index)
        };
        let Some(claim) = in_order(look, ranking, units, Box::new(check)) else { continue };
        let (first, second) = (plan.awards[top].said(), bottom.said());
        let message = format!("只有{units}家时，第{last}名也在后{count}名里，又是“{first}”，又是“{second}”");
        look.found.push(Suspicion {
            code: "top-meets-bottom",
            line: bottom.line as usize,
            text: String::new(),
            message,
            brief: format!("{}的第{last}名", plan.rankings[ranking.index()].name),
            help: format!(
                "得了奖的不算在后几名里的，写明：后{count}名：{}，但名次为前{last}名的除外；参加排名的总有{}家以上的，照下面认可",
                bottom.said(),
                units + 1
            ),
            shows: format!("共{units}家，第{last}名两样都有"),
            meaning: meaning(plan, &(ranking, last, count)),
            claim,
            alone: true,
        });
    }
}
