//! Units that are among the first and among the last: rewarded for the one and called in for the other.

use super::problem::spoken;
use super::program::Program;
use super::score::Scored;
use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Place};
use crate::plan::AwardTo;

/// A reminder where so few units are ranked that 前3名 and 后3名 meet.
pub fn remind(program: &Program<'_>, period: PeriodId, units: &[Scored<'_>]) -> Option<Finding> {
    let plan = program.plan;
    for unit in units.iter().map(|scored| &scored.outcome).filter(|unit| unit.awards.len() > 1) {
        let given = || unit.awards.iter().filter(|given| given.withheld.is_none());
        for bottom in given() {
            let award = &plan.awards[usize::from(bottom.award)];
            let AwardTo::Bottom { ranking, count } = award.to else { continue };
            let top = given().find_map(|top| match plan.awards[usize::from(top.award)].to {
                AwardTo::Places { ranking: of, last, .. } if of == ranking => Some((top, last)),
                _ => None,
            });
            let Some((top, last)) = top.filter(|(top, _)| plan.awards[usize::from(top.award)].rewards()) else {
                continue;
            };
            let place = unit.rankings.iter().find(|one| one.ranking == ranking.0);
            if award.rewards() || place.is_none_or(|place| place.of < 2) {
                continue;
            }
            let (rank, of) = place.map_or((None, 0), |place| (place.rank, place.of));
            let name = program.store.roster.get(unit.unit).map_or("", |unit| unit.name.as_str());
            let period = spoken(&plan.calendar.period(period).name);
            let message = format!(
                "{period}：{name}在{of}家里是第{}名，也在后{count}名里：又是“{}”，又是“{}”",
                rank.unwrap_or_default(),
                top.text,
                bottom.text
            );
            let help =
                format!("得了奖的不算在后几名里的，奖惩里写：后{count}名：{}，但名次为前{last}名的除外", bottom.text);
            return Some(Finding::warning("top-meets-bottom", Place::default(), message).help(help));
        }
    }
    None
}
