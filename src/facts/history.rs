//! 历史.csv: frozen results and figures of earlier periods.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::plan::{Grading, Plan};

use super::SourceFile;
use super::header::{header_names, missing_column};
use super::report::{Reports, Spot, short};
use super::roster::Roster;
use super::sheet::{Title, rows, signed, well_formed};
use super::text::{fold, month};
use super::typed::bad_number;

const COLUMNS: [&str; 4] = ["期间", "单位", "名称", "数值"];

/// Values of one unit under one name, by period, in the order of the periods.
type Series = Vec<(Box<str>, Decimal)>;

/// The values of all units.
#[derive(Default)]
pub struct History {
    series: FxHashMap<Box<str>, FxHashMap<u32, Series>>,
}

impl History {
    pub fn series(&self, unit: usize, name: &str) -> &[(Box<str>, Decimal)] {
        let by_unit = self.series.get(&*fold(name));
        by_unit.and_then(|by_unit| by_unit.get(&(unit as u32))).map_or(&[], Vec::as_slice)
    }

    /// Every name with the periods that it has values of, in order.
    pub fn names(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let series = self.series.iter();
        series
            .map(|(name, by_unit)| (&**name, by_unit.values().flatten().map(|(period, _)| &**period).collect()))
            .collect()
    }

    #[cfg(test)]
    pub fn put(&mut self, unit: u32, name: &str, period: &str, value: Decimal) {
        let by_unit = self.series.entry(fold(name).into()).or_default();
        by_unit.entry(unit).or_default().push((period.into(), value));
    }

    pub fn read(
        plan: &Plan,
        roster: &Roster,
        file: &SourceFile<'_>,
        title: Title<'_>,
        reports: &mut Reports,
    ) -> History {
        let mut history = History::default();
        let Some(blocks) = title.open(file, reports) else { return history };
        let mut header: Option<Option<(usize, [usize; 4])>> = None;
        rows(title, blocks, reports, |spot, behind_quote, reports| match header {
            None => header = Some(read_header(spot, reports)),
            Some(None) => {}
            Some(Some((named, columns))) => {
                if well_formed(spot, named, behind_quote, reports) {
                    history.row(plan, roster, spot, columns, reports);
                }
            }
        });
        for series in history.series.values_mut().flat_map(|by_unit| by_unit.values_mut()) {
            series.sort();
        }
        history
    }

    fn row(&mut self, plan: &Plan, roster: &Roster, spot: &Spot<'_>, columns: [usize; 4], reports: &mut Reports) {
        let [period, unit, name, value] = columns.map(|cell| spot.cells.get(cell));
        for (cell, title) in columns.into_iter().zip(COLUMNS) {
            if spot.cells.get(cell).is_empty() {
                let finding = spot.error("missing-cell", cell, format!("这一行没有写{title}"));
                reports.push(spot.rank, finding.help(format!("补上{title}")));
                return;
            }
        }
        let Some(unit_at) = roster.find(unit) else {
            reports.error(spot, || {
                let finding = unknown_unit(spot, columns[1], roster, &plan.subject);
                let help = finding.help.as_deref().unwrap_or_default();
                let help = format!("{help}\n已经撤销、今年不考评的，删去它的行");
                finding.help(help)
            });
            return;
        };
        let period = period_name(period);
        let value = match grade_place(plan, &fold(name), &period, &fold(value)) {
            Some(Ok(place)) => place,
            Some(Err(known)) => {
                let finding = spot.error("unknown-grade", columns[3], format!("没有名为“{}”的等次", short(value)));
                reports.push(spot.rank, finding.help(format!("列出的等次是：{known}")));
                return;
            }
            None => match signed(&fold(value)) {
                Ok(amount) if amount.word.is_empty() || amount.word == "分" || amount.word == "元" => amount.value,
                Ok(amount) => {
                    let message = format!("“{}”的数值不能用“{}”", short(name), short(amount.word));
                    let finding = spot.error("wrong-measure-word", columns[3], message);
                    reports.push(spot.rank, finding.help("只写数，不写单位"));
                    return;
                }
                Err(wrong) => {
                    reports.push(spot.rank, bad_number(spot, columns[3], name, wrong));
                    return;
                }
            },
        };
        let series = self.series.entry(fold(name).into()).or_default().entry(unit_at).or_default();
        if series.iter().any(|(known, _)| **known == *period) {
            let message = format!("“{}”{period}的“{}”写了两次", short(unit), short(name));
            reports.push(spot.rank, spot.error("reported-twice", columns[2], message).help("只留一行"));
            return;
        }
        series.push((period.into(), value));
    }
}

/// The place of a grade that is said by name, 五星 under 等次; or the names of those that there are.
fn grade_place(plan: &Plan, name: &str, period: &str, value: &str) -> Option<Result<Decimal, String>> {
    let of = name.strip_suffix("等次")?;
    let is_meant = |grading: &&Grading| (of.is_empty() || grading.name == of) && grading.cycle.is_name(period);
    let grading = plan.gradings.iter().find(is_meant)?;
    let place = grading.grades.iter().position(|grade| fold(&grade.name) == value);
    let names = || grading.grades.iter().map(|grade| grade.name.as_str()).collect::<Vec<_>>().join("、");
    Some(place.map(|place| Decimal::from(place + 1)).ok_or_else(names))
}

/// Months as the calendar writes them, anything else as it stands.
fn period_name(text: &str) -> String {
    let plain = fold(text);
    if let Ok(month) = month(&plain) {
        return month.to_string();
    }
    plain.strip_suffix("年").filter(|year| year.len() == 4).unwrap_or(&plain).to_owned()
}

fn read_header(spot: &Spot<'_>, reports: &mut Reports) -> Option<(usize, [usize; 4])> {
    let names = header_names(spot, &COLUMNS, reports);
    let at = |known: usize| names.names.iter().position(|name| *name == Some(known));
    for (known, name) in COLUMNS.into_iter().enumerate() {
        if at(known).is_none() && !names.missed.contains(&name) {
            missing_column(spot, [name].into_iter(), reports);
        }
    }
    Some((names.named, [at(0)?, at(1)?, at(2)?, at(3)?]))
}

/// A finding for a unit that the roster does not have.
pub fn unknown_unit(spot: &Spot<'_>, cell: usize, roster: &Roster, subject: &str) -> crate::diagnostic::Finding {
    let (name, file) = (spot.cells.get(cell), &roster.file);
    let (message, help) = match roster.nearest(name) {
        Some(meant) => (
            format!("{file}里没有“{}”，是不是“{meant}”？", short(name)),
            format!("改为“{meant}”；确是另一个{subject}的，先加进{file}"),
        ),
        None => (
            format!("{file}里没有“{}”", short(name)),
            format!("改正名称，或先加进{file}；是改名以前的名称的，写进{file}的“原名”一列"),
        ),
    };
    spot.error("unknown-unit", cell, message).help(help)
}
