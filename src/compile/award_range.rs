//! Ranges of a score in 奖惩 that overlap: 96分以上 and 99分以上 both pay somebody who has 99.

use super::scope::Scope;
use crate::diagnostic::Severity;
use crate::plan::*;

/// A finding for each award, from `begin`, whose range of a score has numbers in common with that of an earlier line
/// that gives the same kind of thing: all money is one kind.
pub fn require_apart(scope: &mut Scope<'_>, begin: usize) {
    let awards = &scope.plan.awards[begin..];
    let mut found: Vec<(u32, u32, bool)> = Vec::new();
    for (index, award) in awards.iter().enumerate() {
        let Some(own) = stretch(award) else { continue };
        let same = |other: &&Award| match (&award.money, &other.money) {
            // 发放 and 奖励 on the same condition are two things, and both are meant.
            (Some(_), Some(_)) if award.when == other.when && verb(award) != verb(other) => false,
            (Some(_), Some(_)) => award.takes() == other.takes(),
            (None, None) => award.text == other.text,
            _ => false,
        };
        let other = awards[..index]
            .iter()
            .filter(same)
            .find(|other| other.line != award.line && stretch(other).is_some_and(|other| own.meets(&other)));
        if let Some(other) = other.filter(|_| found.last().is_none_or(|(line, ..)| *line != award.line)) {
            found.push((award.line, other.line, award.when == other.when));
        }
    }
    for (line, other, is_same) in found {
        let other = scope.source.line_name(other as usize);
        if is_same {
            let finding = scope
                .at_line(line as usize, "overlapping-awards", format!("与{other}的条件一样，同一单位会得两份"))
                .help("两份都给的，写在一行，用分号隔开；只给一份的，去掉一行");
            scope.report(finding);
            continue;
        }
        let finding = scope
            .at_line(line as usize, "overlapping-awards", format!("与{other}的分数范围重叠，同一得分会得两份"))
            .help("只得高的一份的，把范围写成首尾相接，如：得分不低于96分且低于99分的：奖励500元\n两份都得的，也写成首尾相接，高的一档写合计");
        scope.report(finding);
    }
}

/// Notes scores between two of the awards, from `begin`, that bring nobody the kind of thing that both bring:
/// 90分以上 and 80分至89分 leave 89.5 out.
pub fn note_gaps(scope: &mut Scope<'_>, begin: usize) {
    let awards = &scope.plan.awards[begin..];
    let kind = |award: &Award| (award.money.is_some(), award.takes(), award.rewards());
    let mut kinds: Vec<_> = awards.iter().filter(|award| stretch(award).is_some()).map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut found = Vec::new();
    for own in kinds {
        let bands = awards.iter().filter(|award| kind(award) == own).filter_map(|award| Some((award, stretch(award)?)));
        let mut bands: Vec<(&Award, Stretch<'_>)> = bands.filter(|(_, band)| *band.of == Expr::Total).collect();
        bands.sort_by_key(|(_, band)| band.ends.low.map(|(end, _)| end));
        for pair in bands.windows(2) {
            let [(below, lower), (above, upper)] = pair else { continue };
            let (Some((from, from_in)), Some((to, to_in))) = (lower.ends.high, upper.ends.low) else { continue };
            // 80至89 and 90至100 leave nothing out where points are whole.
            let step = super::grade_gaps::step_of_totals(scope, above.cycle).filter(|_| from_in && to_in);
            let is_next = step.is_some_and(|step| from.plus(step).is_ok_and(|next| next >= to));
            if !is_next && (from < to || from == to && !from_in && !to_in) {
                let end = if to_in { "不满" } else { "不超过" };
                found.push((below.line, from, to, lower.ends.low.map(|(low, _)| low), end));
            }
        }
    }
    for (line, from, to, low, end) in found {
        let range = low.map_or(format!("得分{end}{to}分的"), |low| format!("得分{low}分以上{end}{to}分的"));
        let message = format!("{from}分与{to}分之间没有写，什么也轮不到");
        let help = format!("首尾相接的，这一行的条件写成：{range}");
        let mut finding = scope.at_line(line as usize, "gap-between-awards", message).help(help);
        finding.severity = Severity::Warning;
        scope.report(finding);
    }
}

/// 奖励 of 奖励3000元.
fn verb(award: &Award) -> &str {
    let end = award.text.find(|c: char| c == '{' || c.is_ascii_digit()).unwrap_or(award.text.len());
    award.text[..end].trim()
}

/// The range of one score that alone decides.
fn stretch(award: &Award) -> Option<Stretch<'_>> {
    award.when.stretch().filter(|_| award.to == AwardTo::Meeting)
}
