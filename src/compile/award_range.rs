//! Ranges of a score in 奖惩 that overlap: 96分以上 and 99分以上 both pay somebody who has 99.

use super::scope::Scope;
use crate::plan::*;
use crate::value::Number;

/// An end and whether it is included; `None` where open.
type End = Option<(Number, bool)>;

/// The values of one expression that a condition asks for.
struct Stretch<'p> {
    of: &'p Expr,
    low: End,
    high: End,
}

/// A finding for each award, from `begin`, whose range of a score has numbers in common with that of an earlier line
/// that gives the same kind of thing: all money is one kind.
pub fn require_apart(scope: &mut Scope<'_>, begin: usize) {
    let awards = &scope.plan.awards[begin..];
    let mut found: Vec<(u32, u32)> = Vec::new();
    for (index, award) in awards.iter().enumerate() {
        let Some(own) = stretch(award) else { continue };
        let same = |other: &&Award| match (&award.money, &other.money) {
            (Some(_), Some(_)) => award.takes() == other.takes(),
            (None, None) => award.text == other.text,
            _ => false,
        };
        let other = awards[..index]
            .iter()
            .filter(same)
            .find(|other| other.line != award.line && stretch(other).is_some_and(|other| meet(&own, &other)));
        if let Some(other) = other.filter(|_| found.last().is_none_or(|(line, _)| *line != award.line)) {
            found.push((award.line, other.line));
        }
    }
    for (line, other) in found {
        let other = scope.source.line_name(other as usize);
        let finding = scope
            .at_line(line as usize, "overlapping-awards", format!("与{other}的分数范围重叠，同一得分会得两份"))
            .help("只得高的一份的，把范围写成首尾相接，如：得分不低于96分且低于99分的：奖励500元\n两份都得的，也写成首尾相接，高的一档写合计");
        scope.report(finding);
    }
}

/// The range of one score that alone decides.
fn stretch(award: &Award) -> Option<Stretch<'_>> {
    if award.to != AwardTo::Meeting {
        return None;
    }
    let parts = match &award.when {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut all: Option<Stretch<'_>> = None;
    for part in parts {
        let Condition::Compare(of, comparison, end) = part else { return None };
        let Expr::Number(end) = **end else { return None };
        let all = all.get_or_insert(Stretch { of, low: None, high: None });
        if all.of != &**of {
            return None;
        }
        match comparison {
            Comparison::AtLeast => all.low = Some((end, true)),
            Comparison::Above => all.low = Some((end, false)),
            Comparison::AtMost => all.high = Some((end, true)),
            Comparison::Below => all.high = Some((end, false)),
            Comparison::Equal => (all.low, all.high) = (Some((end, true)), Some((end, true))),
            Comparison::NotEqual => return None,
        }
    }
    all
}

/// Whether two ranges of the same score have a number in common.
fn meet(one: &Stretch<'_>, other: &Stretch<'_>) -> bool {
    let below = |high: &End, low: &End| match (high, low) {
        (Some((high, a)), Some((low, b))) => high < low || high == low && !(*a && *b),
        _ => false,
    };
    one.of == other.of && !below(&one.high, &other.low) && !below(&other.high, &one.low)
}
