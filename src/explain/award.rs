//! Grades and awards: what is given, what is withheld and why, and how far the next one is.

use super::Tree;
use super::rank::{Standing, Standings};
use crate::outcome::UnitOutcome;
use crate::plan::words::amount_text;
use crate::plan::{Award, AwardTo, Expr, Type};
use crate::scored::Scored;

pub fn explain(scored: &Scored<'_>, standings: &Standings<'_>, unit: &UnitOutcome) -> Tree {
    let mut tree = Tree::new("等次和奖惩");
    for grade in &unit.grades {
        let name = &scored.plan.gradings[usize::from(grade.grading)].name;
        let mut branch = Tree::new(format!("{name}：{}", grade.grade));
        if let Some(before) = &grade.before {
            branch.say(format!("{}是{before}", if grade.is_moved { "单看得分和名次" } else { "不计名额" }));
        }
        for reason in &grade.reasons {
            branch.say(reason.as_str());
        }
        tree.push(branch);
    }
    let mut said = Vec::new();
    for award in &unit.awards {
        let line = &scored.plan.awards[usize::from(award.award)];
        let to = describe(scored, &line.to);
        let line = scored.plan.line_name(line.line);
        let mut branch = Tree::new(match &award.withheld {
            None => format!("{}：{to}（{line}）", award.text),
            Some(reason) => format!("不予{}：{reason}（{line}）", award.text),
        });
        // What a value in several prizes is worked out from is said once.
        let is_of_a_name = |figure: &str| {
            scored.plan.measures.iter().any(|measure| {
                let rest = figure.strip_prefix(measure.name.as_str());
                rest.is_some_and(|rest| rest.starts_with(" = ") || rest.starts_with('：'))
            })
        };
        let is_new = |figure: &&String| !is_of_a_name(figure) || !said.contains(&figure.as_str());
        award.figures.iter().filter(is_new).for_each(|figure| branch.say(figure.as_str()));
        said.extend(award.figures.iter().map(String::as_str));
        tree.push(branch);
    }
    if let Some(next) = next_award(scored, standings, unit) {
        tree.say(next);
    }
    tree
}

fn describe(scored: &Scored<'_>, to: &AwardTo) -> String {
    match to {
        AwardTo::Places { first, last, .. } if first == last => format!("第{first}名"),
        AwardTo::Places { first, last, .. } => format!("第{first}名至第{last}名"),
        AwardTo::Bottom { count, .. } => format!("后{count}名"),
        AwardTo::Graded { grading, grades } => {
            format!("{}为{}", scored.plan.gradings[usize::from(*grading)].name, grades.join("、"))
        }
        AwardTo::Meeting => "符合条件".to_owned(),
    }
}

/// The nearest award by rank that the unit is still below: `距“奖励2000元”（第5名，淝河司法所）差3分`.
fn next_award(scored: &Scored<'_>, standings: &Standings<'_>, unit: &UnitOutcome) -> Option<String> {
    if unit.vetoed {
        return None;
    }
    let cycle = scored.period().cycle;
    let lost = |award: &Award| unit.disqualified.iter().any(|title| award.not_if_disqualified.contains(title));
    let reach = |award: &Award| match &award.to {
        AwardTo::Places { ranking, last, .. } if award.cycle == cycle && !lost(award) => {
            let one = unit.rankings.iter().find(|one| one.ranking == ranking.0)?;
            (one.rank? > *last).then_some((*last, one.ranking))
        }
        AwardTo::Places { .. } | AwardTo::Bottom { .. } | AwardTo::Graded { .. } | AwardTo::Meeting => None,
    };
    let (index, award, (last, ranking)) = (scored.plan.awards.iter().enumerate())
        .filter_map(|(index, award)| Some((index, award, reach(award)?)))
        .max_by_key(|(_, _, (last, _))| *last)?;
    let one = unit.rankings.iter().find(|one| one.ranking == ranking)?;
    let list = standings.beside(one);
    let edge: &Standing<'_> = list[..list.partition_point(|other| other.rank <= last)].last()?;
    let gap = edge.value.minus(one.value).ok()?;
    if gap.is_zero() {
        return None;
    }
    let kind = (scored.plan.rankings[usize::from(ranking)].value == Expr::Total).then_some(Type::Points);
    let gap = amount_text(gap.abs(), kind.as_ref());
    // An amount that is worked out is that of the unit at the edge.
    let given = (scored.outcome.units.iter().filter(|unit| scored.name(unit) == edge.name))
        .flat_map(|unit| &unit.awards)
        .find(|given| usize::from(given.award) == index && given.withheld.is_none());
    let text = given.map_or_else(|| award.text.replace("{}", "若干"), |given| given.text.clone());
    Some(format!("距“{text}”（第{}名，{}）差{gap}", edge.rank, edge.name))
}
