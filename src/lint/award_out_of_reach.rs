//! `award-out-of-reach` 奖惩够不着
//!
//! *Finds* an award or a penalty for totals that no facts lead to.
//! *Why*: it is promised, or threatened, and never comes.
//! *Example*: totals between 95 and 100 and `得分低于50分的：约谈`.
//! *Instead*: a line within reach; `show --limits` tells what is.

use crate::analysis::{Claim, Look, Suspicion, meaning};
use crate::lint::extreme::{Way, end_of, push_to};
use crate::lint::grade_out_of_reach::{missed, with_a_fact};
use crate::plan::*;

/// Facts for more lines than this are not made up.
const MOST_LINES: usize = 300;

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    if plan.rules.len() > MOST_LINES {
        return;
    }
    for (index, award) in plan.awards.iter().enumerate() {
        let Some(way) = missed(look, &award.when, award.cycle) else { continue };
        let Some(end) = end_of(look.bounds.total(award.cycle), way) else { continue };
        let check = move |units: &[&crate::outcome::UnitOutcome]| {
            let given = units[0].awards.iter().filter(|given| given.withheld.is_none());
            given.map(|given| usize::from(given.award)).all(|given| given != index)
        };
        let month = plan.calendar.last();
        let mut claim = Some(Claim::new(plan, month, Box::new(check)));
        for rule in 0..plan.rules.len() {
            claim = claim.and_then(|claim| push_to(look, claim, RuleId(rule as u16), way));
        }
        let Some(mut claim) = claim.map(|claim| with_a_fact(plan, claim)) else { continue };
        claim.period = plan.calendar.around(award.cycle, month).unwrap_or(claim.period);
        let word = if way == Way::Up { "最高" } else { "最低" };
        let text = award.text.replace("{}", "…");
        look.found.push(Suspicion {
            code: "award-out-of-reach",
            line: award.line as usize,
            text: String::new(),
            message: format!("总分{word}只能到{end}分，“{text}”轮不到谁"),
            brief: format!("“{text}”"),
            help: "核对分数；总分最低、最高能到几分，看 zhunsheng show 方案文件 --limits".to_owned(),
            shows: format!("没有“{text}”"),
            meaning: meaning(plan, &(&award.text, &award.when, end)),
            claim,
            alone: true,
        });
    }
}
