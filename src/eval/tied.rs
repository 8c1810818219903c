//! Units that all share one place: the first are then also the last, which few schemes mean.

use std::collections::BTreeMap;

use super::peers::group_of;
use super::problem::spoken;
use super::program::Program;
use super::score::Scored;
use crate::calendar::{Cycle, PeriodId};
use crate::diagnostic::{Finding, Place};
use crate::plan::{Award, AwardTo, Expr, Grading, Plan, RankingId};

/// A reminder where somebody is treated as last whom all others share the place with, and the rulebook does not say
/// that they are.
pub fn remind(program: &Program<'_>, period: PeriodId, units: &[Scored<'_>]) -> Option<Finding> {
    let plan = program.plan;
    let cycle = plan.calendar.period(period).cycle;
    let asked = (0..plan.rankings.len()).filter(|id| {
        let ranking = &plan.rankings[*id];
        ranking.cycle == cycle && ranking.tied_last.is_none() && looks_from_last(plan, RankingId(*id as u16), cycle)
    });
    for id in asked {
        let mut groups: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
        for unit in units.iter().map(|scored| &scored.outcome) {
            let rank = unit.rankings.iter().find(|one| usize::from(one.ranking) == id).and_then(|one| one.rank);
            let group = group_of(program, unit.unit).filter(|_| plan.rankings[id].grouped);
            groups.entry(group.map(|group| group.0)).or_default().extend(rank);
        }
        let tied = |ranks: &Vec<u32>| ranks.len() > 1 && ranks.iter().all(|rank| *rank == ranks[0]);
        if groups.values().any(tied) {
            let whose = if plan.rankings[id].grouped { "有一组的单位" } else { "各单位" };
            let period = spoken(&plan.calendar.period(period).name);
            let message = format!("{period}：{whose}全部并列，第1名也就是末位，都按末位算了");
            let help = "在“约定”里写明其中一行：\n全部并列的，没有末位\n全部并列的，都算末位";
            return Some(Finding::warning("all-tied-last", Place::default(), message).help(help));
        }
    }
    None
}

/// Whether an award or a condition of this period counts places of a ranking from the last.
fn looks_from_last(plan: &Plan, ranking: RankingId, cycle: Cycle) -> bool {
    let looks = |expr: &Expr| *expr == Expr::RankFromLast(ranking);
    let mut asked =
        plan.awards.iter().flat_map(Award::conditions).chain(plan.gradings.iter().flat_map(Grading::conditions));
    let by_place = |to: &AwardTo| matches!(to, AwardTo::Bottom { ranking: of, .. } if *of == ranking);
    asked.any(|condition| condition.any_expr(looks))
        || plan.rollups.iter().any(|(_, expr)| expr.any(looks))
        || plan.awards.iter().any(|award| award.cycle == cycle && by_place(&award.to))
}
