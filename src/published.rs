//! Published results beside computed ones: where they differ, and what would have to be declared.

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::diagnostic::{Finding, Findings, Place};
use crate::outcome::UnitOutcome;
use crate::plan::words::points_text;
use crate::scored::{Scored, tally_points};
use crate::value::{Number, Rounding};

/// A row of a published list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub unit: String,
    pub total: Number,
    pub rank: Option<u32>,
}

/// What a comparison yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Units that are in both lists.
    pub compared: usize,
    pub differences: Vec<Difference>,
    /// Declarations that would make the computed results the published ones.
    pub hints: Vec<String>,
}

/// A unit whose published and computed results differ, or that is in one list only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub unit: String,
    pub published: Option<(Number, Option<u32>)>,
    pub computed: Option<(Number, Option<u32>)>,
}

/// Reads a published list: 单位, 总分 and perhaps 名次, in any order; further columns do not matter.
pub fn read(name: &str, text: &str) -> (Option<Vec<Published>>, Findings) {
    let mut findings = Findings::default();
    let (rows, unclosed) = rows(text);
    let mut rows = rows.into_iter();
    let (_, header) = rows.next().unwrap_or_default();
    let find = |title: &str| header.iter().position(|cell| cell == title);
    let place = |line, column| Place { file: name.to_owned(), line, column };
    if let Some(line) = unclosed {
        let message = "引号没有闭合，其后的行都并到了一格里";
        findings.push(Finding::error("unclosed-quote", place(line, 0), message));
    }
    for title in ["单位", "总分"] {
        if find(title).is_none() {
            let message = format!("公布的结果没有“{title}”这一列");
            findings.push(Finding::error("missing-column", place(1, 0), message).expected("单位、总分，可以有名次"));
        }
    }
    let (Some(unit), Some(total)) = (find("单位"), find("总分")) else {
        return (None, findings);
    };
    let mut list = Vec::new();
    let mut lines = FxHashMap::default();
    for (line, row) in rows {
        let cell = |index: usize| row.get(index).map_or("", String::as_str);
        let Some(value) = decimal(cell(total)) else {
            let message = format!("总分“{}”不是数", cell(total));
            findings.push(Finding::error("not-a-number", place(line, 0), message).text(cell(total)));
            continue;
        };
        let written = find("名次").map(cell).unwrap_or_default();
        let rank = written.trim_start_matches('第').trim_end_matches('名').trim().parse().ok();
        if rank.is_none() && !matches!(written, "" | "-" | "—") {
            let message = format!("名次“{written}”不是名次");
            findings.push(Finding::error("not-a-rank", place(line, 0), message).text(written));
        }
        if let Some(first) = lines.insert(cell(unit).to_owned(), line) {
            let message = format!("单位“{}”写了两次，第{first}行已有", cell(unit));
            findings.push(Finding::error("duplicate-unit", place(line, 0), message).text(cell(unit)));
        }
        list.push(Published { unit: cell(unit).to_owned(), total: Number::from(value), rank });
    }
    (Some(list), findings)
}

fn decimal(text: &str) -> Option<Decimal> {
    text.trim_end_matches('分').trim().replace(['−', '－'], "-").parse().ok()
}

/// Comma-separated rows with the line each begins on; blank ones left out, cells trimmed.
/// Also the line of a row whose quotes are never closed.
fn rows(text: &str) -> (Vec<(usize, Vec<String>)>, Option<usize>) {
    let mut rows = Vec::new();
    let (mut row, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let (mut line, mut begin) = (1, 1);
    let mut chars = text.chars().chain(std::iter::once('\n')).peekable();
    while let Some(c) = chars.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            '\r' if !quoted => {}
            ',' | '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim().to_owned());
                if c == '\n' {
                    let row = std::mem::take(&mut row);
                    if row.iter().any(|cell: &String| !cell.is_empty()) {
                        rows.push((begin, row));
                    }
                    begin = line;
                }
            }
            c => cell.push(c),
        }
    }
    (rows, quoted.then_some(begin))
}

/// Sets the published results beside the computed ones.
pub fn compare<'p>(scored: &Scored<'p>, published: &'p [Published]) -> Comparison {
    let units = &scored.outcome.units;
    let computed: FxHashMap<&str, &UnitOutcome> = units.iter().map(|unit| (scored.name(unit), unit)).collect();
    // A list from before a unit was renamed has it under its former name.
    let renamed = scored.store.renamed();
    let now = |row: &'p Published| renamed.get(row.unit.as_str()).copied().unwrap_or(&row.unit);
    let mut pairs = Vec::new();
    let mut differences = Vec::new();
    for row in published {
        let told = Some((row.total, row.rank));
        match computed.get(now(row)) {
            None => differences.push(Difference { unit: row.unit.clone(), published: told, computed: None }),
            Some(unit) => {
                let rank = scored.rank(unit);
                pairs.push((row, *unit));
                if row.total != unit.total || row.rank.is_some_and(|told| Some(told) != rank) {
                    let computed = Some((unit.total, rank));
                    differences.push(Difference { unit: row.unit.clone(), published: told, computed });
                }
            }
        }
    }
    let listed: FxHashMap<&str, ()> = published.iter().map(|row| (now(row), ())).collect();
    for unit in units.iter().filter(|unit| !listed.contains_key(scored.name(unit))) {
        let computed = Some((unit.total, scored.rank(unit)));
        differences.push(Difference { unit: scored.name(unit).to_owned(), published: None, computed });
    }
    Comparison { compared: pairs.len(), differences, hints: hints(scored, &pairs) }
}

type Pair<'p> = (&'p Published, &'p UnitOutcome);

/// A declaration is named only where it explains every published figure.
fn hints(scored: &Scored<'_>, pairs: &[Pair<'_>]) -> Vec<String> {
    if pairs.iter().any(|(row, unit)| row.total != unit.total) {
        return total_hints(scored, pairs);
    }
    if pairs.iter().any(|(row, unit)| row.rank.is_some_and(|told| Some(told) != scored.rank(unit))) {
        return rank_hints(pairs);
    }
    Vec::new()
}

fn total_hints(scored: &Scored<'_>, pairs: &[Pair<'_>]) -> Vec<String> {
    let mut hints = Vec::new();
    let all = |value: &dyn Fn(&UnitOutcome) -> Option<Number>| {
        pairs.iter().all(|(row, unit)| value(unit).is_some_and(|value| value == row.total))
    };
    let gap = pairs.first().and_then(|(row, unit)| row.total.minus(unit.total).ok());
    if let Some(gap) = gap.filter(|gap| pairs.len() > 1 && all(&|unit| unit.total.plus(*gap).ok())) {
        hints.push(format!("公布的总分都比算得的多{}：约定里可能要写明基础分", points_text(gap)));
    }
    let mean = |unit: &UnitOutcome| {
        let count = Number::whole(unit.periods.len() as i64);
        let sum = unit.periods.iter().try_fold(Number::ZERO, |sum, (_, total)| sum.plus(*total));
        sum.ok()?.divided_by(count).ok()
    };
    for places in 0..=4 {
        let round = |number: Number| number.rounded(places, Rounding::HalfUp).ok();
        if all(&|unit| round(unit.total)) {
            hints.push(format!(
                "公布的总分是算得的总分四舍五入到{places}位小数：总分可能要写“保留{places}位小数，四舍五入”"
            ));
            break;
        }
    }
    for places in [2, 1, 3, 4] {
        if all(&|unit| mean(unit)?.rounded(places, Rounding::HalfUp).ok()) {
            hints.push(format!(
                "公布的总分是各月得分的平均（{places}位小数）：约定里可能要写“年终得分 = 各月得分的平均”"
            ));
            break;
        }
    }
    let uncapped = |unit: &UnitOutcome| {
        let sections = scored.sections().iter().filter_map(|id| scored.node(unit, *id));
        let capped = |sum: Number, node: &crate::outcome::NodeOutcome| {
            sum.plus(tally_points(node.raw())).and_then(|sum| sum.minus(node.points()))
        };
        sections.into_iter().try_fold(unit.total, capped).ok()
    };
    if all(&uncapped) {
        hints.push("公布的总分没有按板块封顶：约定里可能要写明不封顶".to_owned());
    }
    hints
}

type RankOf<'r> = &'r dyn Fn(&UnitOutcome) -> usize;

fn rank_hints(pairs: &[Pair<'_>]) -> Vec<String> {
    let explains = |rank: &dyn Fn(&UnitOutcome) -> usize| {
        pairs.iter().all(|(row, unit)| row.rank.is_none_or(|told| told as usize == rank(unit)))
    };
    let units = || pairs.iter().map(|(_, unit)| *unit);
    let before = |unit: &UnitOutcome| units().filter(|other| other.total > unit.total).count() + 1;
    let dense = |unit: &UnitOutcome| {
        let mut better: Vec<Number> = units().map(|other| other.total).filter(|total| *total > unit.total).collect();
        better.sort();
        better.dedup();
        better.len() + 1
    };
    let vetoed_last = |unit: &UnitOutcome| {
        let is_before = |other: &&UnitOutcome| match (other.demoted, unit.demoted) {
            (false, true) => true,
            (true, false) => false,
            (false, false) | (true, true) => other.total > unit.total,
        };
        units().filter(is_before).count() + 1
    };
    let vetoed_together = |unit: &UnitOutcome| {
        let free = || units().filter(|other| !other.demoted);
        if unit.demoted { free().count() + 1 } else { free().filter(|other| other.total > unit.total).count() + 1 }
    };
    let candidates: [(RankOf<'_>, &str); 4] = [
        (&before, "公布的名次只看总分：约定里可能要写“一票否决不影响名次”，“同分并列，其后名次顺延空出”"),
        (&dense, "公布的名次并列后不空出：约定里可能要写“同分并列，其后名次不空出”"),
        (&vetoed_last, "公布的名次把一票否决的排在末位，相互间按得分：约定里可能要这样写"),
        (&vetoed_together, "公布的名次把一票否决的并列排在末位：约定里可能要这样写"),
    ];
    candidates.into_iter().filter(|(rank, _)| explains(*rank)).map(|(_, hint)| hint.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn published(text: &str) -> Vec<Published> {
        read("公布.csv", text).0.unwrap()
    }

    #[test]
    fn rows_may_be_quoted_and_blank() {
        let (read, unclosed) = rows("a,\"b\"\"\n,\"\r\n\r\nc, d\n");
        let row = |line, cells: [&str; 2]| (line, cells.map(str::to_owned).to_vec());
        assert_eq!(read, [row(1, ["a", "b\"\n,"]), row(4, ["c", "d"])]);
        assert_eq!(unclosed, None);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_refused() {
        let codes = |text| read("公布.csv", text).1.iter().map(|finding| finding.code).collect::<Vec<_>>();
        assert_eq!(codes("单位,名次\n"), ["missing-column"]);
        assert_eq!(codes("单位,总分\n甲,1\n甲,多\n\"乙,2\n"), ["unclosed-quote", "not-a-number"]);
        assert_eq!(codes("单位,总分,名次\n甲,1,首\n甲,1,\n"), ["not-a-rank", "duplicate-unit"]);
    }

    #[test]
    fn a_common_gap_points_to_the_starting_score() {
        let sample = sample::year();
        let list = published("总分,单位,名次\n107.5分,芦庙司法所,1\n60,古井司法所,第2名\n99,没有司法所,\n");
        let comparison = compare(&sample.scored(), &list);
        assert_eq!(comparison.compared, 2);
        assert_eq!(comparison.hints, ["公布的总分都比算得的多100分：约定里可能要写明基础分"]);
        assert_eq!(comparison.differences.len(), 4);
    }

    #[test]
    fn a_veto_that_was_not_applied_is_seen_in_the_ranks() {
        let sample = sample::year();
        let list = published("单位,总分,名次\n芦庙司法所,7.50,1\n古井司法所,-40,3\n\"=华佗,\"\"司法所\"\"\",0,2\n");
        let comparison = compare(&sample.scored(), &list);
        assert_eq!(comparison.differences.len(), 2);
        assert!(comparison.hints[0].contains("一票否决不影响名次"));
    }
}
