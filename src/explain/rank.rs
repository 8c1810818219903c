//! Why a unit has its rank, who shares it, and how far it is from the next.

use std::collections::BTreeMap;

use super::{Tree, in_group};
use crate::outcome::{RankOutcome, Status, UnitOutcome};
use crate::plan::words::{amount_text, called, first_of, kind_of_result, points_text};
use crate::plan::{Effect, Expr, NodeId, Plan, Ranking, RuleEffect, Ties, Vetoed};
use crate::scored::Scored;
use crate::value::Number;

/// All ranked units, by ranking and group, the first place first.
pub struct Standings<'a> {
    lists: BTreeMap<u16, BTreeMap<&'a str, Vec<Standing<'a>>>>,
}

/// One unit's place in a ranking.
#[derive(Clone, Copy)]
pub struct Standing<'a> {
    pub rank: u32,
    pub value: Number,
    /// A veto moved it.
    pub demoted: bool,
    pub name: &'a str,
    /// What decides among equals.
    pub tiebreakers: &'a [Option<Number>],
}

/// At most so many names are listed.
const MOST_NAMES: usize = 5;

impl<'a> Standings<'a> {
    pub fn of(scored: &Scored<'a>) -> Standings<'a> {
        let mut lists: BTreeMap<u16, BTreeMap<&'a str, Vec<Standing<'a>>>> = BTreeMap::new();
        for unit in &scored.outcome.units {
            for one in &unit.rankings {
                let Some(rank) = one.rank else { continue };
                let (name, tiebreakers) = (scored.name(unit), &one.tiebreakers[..]);
                let standing = Standing { rank, value: one.value, demoted: unit.demoted, name, tiebreakers };
                let group = one.group.as_deref().unwrap_or_default();
                lists.entry(one.ranking).or_default().entry(group).or_default().push(standing);
            }
        }
        for list in lists.values_mut().flat_map(BTreeMap::values_mut) {
            list.sort_by_key(|standing| standing.rank);
        }
        Standings { lists }
    }

    /// Everyone in the same ranking and group.
    pub fn beside(&self, one: &RankOutcome) -> &[Standing<'a>] {
        let group = one.group.as_deref().unwrap_or_default();
        self.lists.get(&one.ranking).and_then(|groups| groups.get(group)).map_or(&[], Vec::as_slice)
    }

    pub fn explain(&self, scored: &Scored<'_>, unit: &UnitOutcome) -> Tree {
        let mut tree = Tree::new("名次");
        for one in &unit.rankings {
            let ranking = &scored.plan.rankings[usize::from(one.ranking)];
            let standing = match one.rank {
                Some(rank) => format!("第{rank}名（{}共{}个单位）", in_group(one.group.as_deref()), one.of),
                None => "不排名".to_owned(),
            };
            let mut branch = Tree::new(format!("{}：{standing}", ranking.name));
            branch.say(order_text(scored.plan, ranking, one, unit.status));
            if let Some(rank) = one.rank {
                self.explain_place(scored, unit, (ranking, one, rank), &mut branch);
            }
            tree.push(branch);
        }
        tree
    }

    fn explain_place(
        &self,
        scored: &Scored<'_>,
        unit: &UnitOutcome,
        (ranking, one, rank): (&Ranking, &RankOutcome, u32),
        branch: &mut Tree,
    ) {
        let list = self.beside(one);
        let start = list.partition_point(|other| other.rank < rank);
        let end = list.partition_point(|other| other.rank <= rank);
        let name = scored.name(unit);
        let equals: Vec<&str> =
            list[start..end].iter().map(|other| other.name).filter(|other| *other != name).collect();
        if !equals.is_empty() {
            branch.say(format!("与{}并列", names(&equals)));
        }
        if unit.demoted && ranking.vetoed != Vetoed::InPlace {
            let better = |other: &&Standing<'_>| !other.demoted && is_better(ranking, other.value, one.value);
            let place = list.iter().filter(better).count() + 1;
            let how = match ranking.vetoed {
                Vetoed::LastByValue => "一票否决的排在其他单位之后，相互间按得分排列",
                Vetoed::LastTogether => "一票否决的并列排在末位",
                Vetoed::Unranked => "一票否决的不排名",
                Vetoed::InPlace => "一票否决不影响名次",
            };
            // With its points put to zero nothing is known of where it would have been.
            match is_zeroed(scored.plan, unit) {
                true => branch.say(how),
                false => branch.say(format!("{how}；若没有一票否决，按得分排第{place}名")),
            }
        } else if let Some(next) = start.checked_sub(1).map(|index| list[index]) {
            branch.say(distance(scored.plan, ranking, one, &next));
        } else if let Some(next) = list.get(end).filter(|next| !next.demoted)
            && let Ok(ahead) = next.value.minus(one.value)
        {
            if ahead.is_zero() {
                return branch.say(distance(scored.plan, ranking, one, next));
            }
            branch.say(format!("比第{}名（{}）领先{}", next.rank, next.name, value_text(ranking, ahead.abs())));
        }
    }
}

/// Whether anything put the unit's total, or that of a period in it, to zero.
fn is_zeroed(plan: &Plan, unit: &UnitOutcome) -> bool {
    let zeroes = |effect: &RuleEffect| {
        matches!(
            effect.effect,
            Effect::Veto { zero_total: true, .. } | Effect::ZeroTotal(_) | Effect::ZeroNode(NodeId(0))
        )
    };
    unit.effects.iter().any(|struck| plan.rules[struck.rule.index()].effects.iter().any(zeroes))
}

/// `距第3名（芦庙司法所）差2.5分`
fn distance(plan: &Plan, ranking: &Ranking, one: &RankOutcome, next: &Standing<'_>) -> String {
    match next.value.minus(one.value) {
        Ok(gap) if gap.is_zero() => {
            let how = decided(plan, ranking, one, next);
            format!("与第{}名（{}）{}相同，{how}", next.rank, next.name, value_word(ranking))
        }
        Ok(gap) => format!("距第{}名（{}）差{}", next.rank, next.name, value_text(ranking, gap.abs())),
        Err(_) => format!("前一名是第{}名（{}）", next.rank, next.name),
    }
}

/// What told two units apart that are level: `比安全得分，本单位-12分，第1名-8分`.
fn decided(plan: &Plan, ranking: &Ranking, one: &RankOutcome, next: &Standing<'_>) -> String {
    let pairs = one.tiebreakers.iter().zip(next.tiebreakers).enumerate();
    let Some((index, (own, other))) = pairs.into_iter().find(|(_, (own, other))| own != other) else {
        return "按单位名册的次序".to_owned();
    };
    let value = &ranking.tiebreakers[index].0;
    let name = called(plan, value).unwrap_or_else(|| format!("第{}项数值", index + 1));
    let kind = kind_of_result(plan, value);
    let shown = |number: &Option<Number>| number.map_or("没有".to_owned(), |number| amount_text(number, Some(&kind)));
    format!("比{name}，本单位{}，第{}名{}", shown(own), next.rank, shown(other))
}

fn is_better(ranking: &Ranking, left: Number, right: Number) -> bool {
    if ranking.low_first { left < right } else { left > right }
}

/// What is ranked: the total has points, another value may be anything.
fn value_text(ranking: &Ranking, value: Number) -> String {
    if ranking.value == Expr::Total { points_text(value) } else { value.spoken() }
}

fn value_word(ranking: &Ranking) -> &'static str {
    if ranking.value == Expr::Total { "总分" } else { "数值" }
}

fn order_text(plan: &Plan, ranking: &Ranking, one: &RankOutcome, status: Status) -> String {
    let what = value_word(ranking);
    // Who is not assessed has nothing to be ranked by, which is not 0.
    let own = match status {
        Status::Assessed => format!("，本单位{}", value_text(ranking, one.value)),
        Status::NotAssessed => String::new(),
    };
    let order = if ranking.low_first { "从低到高" } else { "从高到低" };
    let ties = match ranking.ties {
        Ties::SharedLeavingGaps => "相同的并列，其后名次顺延空出",
        Ties::SharedWithoutGaps => "相同的并列，其后名次不空出",
        Ties::RosterOrder => "相同的按单位名册的次序",
    };
    let breakers = match ranking.tiebreakers.len() {
        0 => String::new(),
        count => {
            let named: Vec<String> = ranking.tiebreakers.iter().filter_map(|(value, _)| called(plan, value)).collect();
            if named.len() == count {
                format!("，先依次比较{}", named.join("、"))
            } else {
                format!("，先以{count}项其他数值比较")
            }
        }
    };
    format!("按{what}{order}排列{own}；{ties}{breakers}")
}

/// The first names, and how many there are.
pub fn names(list: &[&str]) -> String {
    first_of(list, MOST_NAMES, "个单位")
}
