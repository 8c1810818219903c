//! A correction in words and cells, whatever they are written into.

use std::io::{self, Write};

use super::super::difference::{awards_told, from_to, place, shown, signed};
use super::super::letter::period_words;
use crate::correction::{Correction, Moved, why};
use crate::plan::Plan;
use crate::value::Number;

/// A table: its header and rows.
pub struct Cells {
    pub header: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// `25个单位：得分变了的2个，名次变了的3个`
pub fn summary(correction: &Correction) -> String {
    let count = |pick: &dyn Fn(&Moved) -> bool| correction.moved.iter().filter(|moved| pick(moved)).count();
    let totals = count(&|it| !it.difference.is_zero());
    let rank = |it: &Option<crate::correction::Result>| it.as_ref().and_then(|it| it.standing.rank);
    let ranks = count(&|it| rank(&it.old) != rank(&it.new));
    let mut told = format!("{}个单位中，得分变了的{totals}个，名次变了的{ranks}个", correction.units);
    let awards = |it: &Option<crate::correction::Result>| it.as_ref().map(|it| it.standing.awards.clone());
    for (number, what) in
        [(count(&|it| grades(it).0 != grades(it).1), "等次"), (count(&|it| awards(&it.old) != awards(&it.new)), "奖惩")]
    {
        if number > 0 {
            told.push_str(&format!("，{what}变了的{number}个"));
        }
    }
    if correction.results().next().is_none() {
        told = format!("{}个单位的得分、名次、奖惩都不变", correction.units);
    }
    told
}

fn grades(moved: &Moved) -> (String, String) {
    let told = |result: &Option<crate::correction::Result>| {
        result.as_ref().map_or(String::new(), |it| it.standing.grades.join("、"))
    };
    (told(&moved.old), told(&moved.new))
}

fn awards(moved: &Moved) -> String {
    match (&moved.old, &moved.new) {
        (Some(old), Some(new)) => awards_told(&old.standing, &new.standing),
        (_, new) => new.as_ref().map_or(String::new(), |new| new.standing.awards.join("、")),
    }
}

/// Everyone whose result is not the same.
pub fn table(correction: &Correction) -> Cells {
    let any = |pick: &dyn Fn(&crate::correction::Result) -> bool| {
        correction.results().flat_map(|it| [&it.old, &it.new]).flatten().any(pick)
    };
    let has_grades = any(&|it| !it.standing.grades.is_empty());
    let has_awards = any(&|it| !it.standing.awards.is_empty());
    let mut header = vec!["单位", "原得分", "现得分", "增减", "名次"];
    header.extend(has_grades.then_some("等次"));
    header.extend(has_awards.then_some("奖惩"));
    let rows = correction.results().map(|moved| {
        let total = |it: &Option<crate::correction::Result>| {
            it.as_ref().map_or("—".to_owned(), |it| shown(it.standing.total))
        };
        let rank =
            |it: &Option<crate::correction::Result>| it.as_ref().map_or("—".to_owned(), |it| place(it.standing.rank));
        let mut row = vec![
            moved.name(),
            total(&moved.old),
            total(&moved.new),
            signed(moved.difference),
            from_to(&rank(&moved.old), &rank(&moved.new)),
        ];
        if has_grades {
            let (old, new) = grades(moved);
            row.push(from_to(&old, &new));
        }
        if has_awards {
            row.push(awards(moved));
        }
        row
    });
    Cells { header, rows: rows.collect() }
}

/// Names and their reasons: first the units whose own entries or points changed, then the others by what moved them.
pub fn reasons(correction: &Correction) -> Vec<(String, &[String])> {
    let is_own = |moved: &&Moved| !moved.entries.is_empty() || !moved.difference.is_zero();
    let own = correction.moved.iter().filter(is_own).map(|moved| (moved.name(), moved.why.as_slice()));
    let mut told: Vec<(String, &[String])> = own.collect();
    let first = told.len();
    for moved in correction.moved.iter().filter(|moved| !is_own(moved)) {
        match told[first..].iter_mut().find(|(_, why)| *why == moved.why.as_slice()) {
            Some((names, _)) => *names = format!("{names}、{}", moved.name()),
            None => told.push((moved.name(), &moved.why)),
        }
    }
    told
}

/// `全体平均（成功率）：0.93→0.92`, of those that are no unit's reason and so told already.
pub fn peers(correction: &Correction) -> Vec<String> {
    let value = |value: Option<Number>| value.map_or("没有".to_owned(), shown);
    let is_told = |said: &String| correction.moved.iter().any(|moved| moved.why.contains(said));
    let told = correction
        .peers
        .iter()
        .filter(|peer| !is_told(&why::peer(peer)))
        .map(|peer| format!("{}{}：{}", peer.group, peer.name, from_to(&value(peer.old), &value(peer.new))));
    told.collect()
}

/// The corrected period, as notices say it: 2023年4月, 2023年度.
pub fn period(plan: &Plan, correction: &Correction) -> String {
    let known = plan.calendar.find(&correction.period);
    known.map_or_else(|| correction.period.clone(), |id| period_words(plan.calendar.period(id)))
}

/// For the terminal, where the period stays as it is: what counts in the month of discovery.
pub fn write_carried(
    correction: &Correction,
    due: &[(&Moved, Number)],
    month: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}的结果不变，计入{month}的差额：", correction.period)?;
    for (moved, points) in due.iter().filter(|(_, points)| !points.is_zero()) {
        writeln!(out, "{}：{}分", moved.name(), signed(*points))?;
        moved.own().iter().try_for_each(|why| writeln!(out, "  {why}"))?;
    }
    Ok(())
}

/// For the terminal.
pub fn write(correction: &Correction, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} {}", correction.period, summary(correction))?;
    correction.objections.iter().try_for_each(|objection| writeln!(out, "{}", objection.sentence))?;
    for moved in &correction.moved {
        let result = |it: &Option<crate::correction::Result>| match it {
            Some(it) => format!("{}分{}", shown(it.standing.total), place(it.standing.rank)),
            None => "没有".to_owned(),
        };
        let mut told = vec![from_to(&result(&moved.old), &result(&moved.new))];
        let (old, new) = grades(moved);
        told.extend((old != new).then(|| format!("等次{}", from_to(&old, &new))));
        let standing = |it: &Option<crate::correction::Result>| it.as_ref().map(|it| it.standing.awards.clone());
        let has_moved = standing(&moved.old) != standing(&moved.new);
        told.extend(has_moved.then(|| awards(moved)));
        writeln!(out, "{}：{}", moved.name(), told.join("，"))?;
        moved.why.iter().try_for_each(|why| writeln!(out, "  {why}"))?;
    }
    peers(correction).iter().try_for_each(|peer| writeln!(out, "{peer}"))
}
