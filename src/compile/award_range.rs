//! Ranges of a score in 奖惩 that overlap: 96分以上 and 99分以上 both pay somebody who has 99.

use super::scope::Scope;
use crate::plan::*;

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
            .find(|other| other.line != award.line && stretch(other).is_some_and(|other| own.meets(&other)));
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
    award.when.stretch().filter(|_| award.to == AwardTo::Meeting)
}
