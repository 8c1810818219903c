//! A year is put together from its months: the batches that hold for them, and whether they say what the year computes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::archive::Archive;
use super::manifest::Month;
use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Findings, Place};
use crate::facts::Store;
use crate::outcome::Status;
use crate::plan::Corrections;
use crate::scored::Scored;

/// By unit, the total of a frozen period, or all that it came to.
pub type Totals = BTreeMap<String, String>;

/// The totals in the bytes of a 结果.json.
pub fn totals(results: &[u8]) -> Totals {
    let value: Value = serde_json::from_slice(results).unwrap_or_default();
    let units = value.get("units").and_then(Value::as_array).into_iter().flatten();
    let text = |unit: &Value, key: &str| unit.get(key).and_then(Value::as_str).map(str::to_owned);
    units.filter_map(|unit| Some((text(unit, "unit")?, text(unit, "total")?))).collect()
}

/// All that units came to in the bytes of a 结果.json: what looks at other periods may move a place, a grade or an award
/// where no total moves.
pub fn standings(results: &[u8]) -> Totals {
    const TOLD: [&str; 7] = ["total", "rank", "ranks", "grade", "grades", "awards", "money"];
    let value: Value = serde_json::from_slice(results).unwrap_or_default();
    let units = value.get("units").and_then(Value::as_array).into_iter().flatten();
    let told = |unit: &Value| TOLD.map(|key| unit.get(key).map(Value::to_string).unwrap_or_default()).join(" ");
    units.filter_map(|unit| Some((unit.get("unit")?.as_str()?.to_owned(), told(unit)))).collect()
}

/// Totals under the names that their units have now.
pub fn called_now(totals: Totals, store: &Store) -> Totals {
    let renamed = store.renamed();
    let now = |name: String| renamed.get(name.as_str()).map_or(name, |now| (*now).to_owned());
    totals.into_iter().map(|(name, total)| (now(name), total)).collect()
}

/// The months of a roll-up as they are frozen; nothing for a base period.
///
/// `frozen` gives the totals of a batch that is known by its name.
pub fn months<E>(
    scored: &Scored<'_>,
    archive: &Archive,
    frozen: &mut dyn FnMut(&str) -> Result<Totals, E>,
) -> Result<(Vec<Month>, Findings), E> {
    let mut findings = Findings::default();
    let mut months = Vec::new();
    let mut open = Vec::new();
    for id in &scored.outcome.scored {
        let period = &scored.plan.calendar.period(*id).name;
        let Some(batch) = archive.latest(period) else {
            open.push(period.as_str());
            continue;
        };
        months.push(Month { period: period.clone(), batch: batch.name.clone(), sha256: batch.sha256.clone() });
        let told = differing(scored, *id, &called_now(frozen(&batch.name)?, scored.store));
        if !told.is_empty() {
            let message = format!("{period}按现在的事实算，与封存的“{}”不同", batch.name);
            let finding = Finding::error("month-differs", Place::default(), message).why(told.join("\n"));
            let correct = format!("zhunsheng correct 存档 数据 --period {period}");
            findings.push(finding.help(match scored.plan.corrections {
                // The difference counts elsewhere: corrected here as well, it would count twice.
                Some(Corrections::MonthFound(_)) => format!(
                    "差额已经计入发现的月份的，把{period}的事实改回封存时的样子\n\
                     还没有计入的：{correct} --found 发现的月份 --out 文件夹，再改回去"
                ),
                Some(Corrections::Recompute) | None => format!("先更正这一期：{correct}"),
            }));
        }
    }
    if let [first, ..] = open[..] {
        let finding =
            Finding::error("month-not-frozen", Place::default(), format!("{}有事实，还没有封存", open.join("、")));
        findings.push(finding.help(format!("先封存：zhunsheng score 方案 数据 --period {first} --freeze 存档")));
    }
    Ok((months, findings))
}

fn differing(scored: &Scored<'_>, period: PeriodId, frozen: &Totals) -> Vec<String> {
    let mut told = Vec::new();
    for unit in scored.outcome.units.iter().filter(|unit| unit.status == Status::Assessed) {
        let Some((_, total)) = unit.periods.iter().find(|(id, _)| *id == period) else { continue };
        let (name, total) = (scored.name(unit), total.to_string());
        match frozen.get(name) {
            Some(known) if *known == total => {}
            Some(known) => told.push(format!("{name}：封存的{known}分，现在{total}分")),
            None => told.push(format!("{name}：封存的没有（改了名的，在单位.csv写“原名”），现在{total}分")),
        }
    }
    told
}
