//! Units that all share one place: the first are then also the last, which few schemes mean.

use std::collections::BTreeMap;

use super::peers::group_of;
use super::problem::spoken;
use super::program::Program;
use crate::calendar::{Cycle, PeriodId};
use crate::diagnostic::{Finding, Place};
use crate::outcome::UnitOutcome;
use crate::plan::walk::{walk, walk_condition};
use crate::plan::{AwardTo, Expr, Plan, RankingId};

/// A reminder where somebody is treated as last whom all others share the place with, and the rulebook does not say
/// that they are.
pub fn remind(program: &Program<'_>, period: PeriodId, units: &[UnitOutcome]) -> Option<Finding> {
    let plan = program.plan;
    let cycle = plan.calendar.period(period).cycle;
    let asked = (0..plan.rankings.len()).filter(|id| {
        let ranking = &plan.rankings[*id];
        ranking.cycle == cycle && ranking.tied_last.is_none() && looks_from_last(plan, RankingId(*id as u16), cycle)
    });
    for id in asked {
        let mut groups: BTreeMap<Option<u32>, Vec<u32>> = BTreeMap::new();
        for unit in units {
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
    let mut looks = false;
    let mut ask = |expr: &Expr| {
        looks |= *expr == Expr::RankFromLast(ranking);
        true
    };
    for award in &plan.awards {
        walk_condition(&award.when, &mut ask);
        award.exceptions.iter().for_each(|(when, _)| walk_condition(when, &mut ask));
    }
    for grading in &plan.gradings {
        grading.grades.iter().for_each(|grade| walk_condition(&grade.condition, &mut ask));
        grading.rules.iter().for_each(|rule| walk_condition(&rule.when, &mut ask));
    }
    plan.rollups.iter().for_each(|(_, expr)| walk(expr, &mut ask));
    let by_place = |to: &AwardTo| matches!(to, AwardTo::Bottom { ranking: of, .. } if *of == ranking);
    looks || plan.awards.iter().any(|award| award.cycle == cycle && by_place(&award.to))
}
