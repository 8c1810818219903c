//! `award-out-of-reach` 奖惩够不着
//!
//! *Finds* an award or a penalty for totals, or points of an item, that no facts lead to.
//! *Why*: it is promised, or threatened, and never comes.
//! *Example*: totals between 95 and 100 and `得分低于50分的：约谈`.
//! *Instead*: a line within reach; `show --limits` tells what is.

use crate::analysis::{Look, Suspicion, meaning};
use crate::lint::grade_out_of_reach::{MOST_LINES, missed};

pub fn find(look: &mut Look<'_>) {
    let plan = look.plan;
    if plan.rules.len() > MOST_LINES {
        return;
    }
    for (index, award) in plan.awards.iter().enumerate() {
        let Some(missed) = missed(look, &award.when, award.cycle) else { continue };
        let not_given = move |unit: &crate::outcome::UnitOutcome| {
            let given = unit.awards.iter().filter(|given| given.withheld.is_none());
            given.map(|given| usize::from(given.award)).all(|given| given != index)
        };
        let (claim, _) = missed.claim(look, award.cycle, || Box::new(not_given));
        let text = award.said();
        let (what, word, end) = (missed.said(plan), missed.word(), missed.end);
        look.found.push(Suspicion {
            code: "award-out-of-reach",
            line: award.line as usize,
            text: String::new(),
            message: format!("{what}{word}只能到{end}分，“{text}”轮不到谁"),
            brief: format!("“{text}”"),
            help: "核对分数；各项最低、最高能到几分，看 zhunsheng show 方案文件 --limits".to_owned(),
            shows: format!("没有“{text}”"),
            meaning: meaning(plan, &(&award.text, &award.when, end)),
            claim,
            alone: true,
        });
    }
}
