//! The objections of a data folder, done to the facts that they name.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use super::folder::Folder;
use super::rulebook;
use crate::calendar::{Calendar, PeriodId};
use crate::correction;
use crate::diagnostic::{Finding, Findings, Place, workbook};
use crate::facts::{self, SourceFile, Store};
use crate::objection::{self, Objection, State};
use crate::plan::{Corrections, Plan, Role};

/// A file that an objection names is far smaller.
const MOST_BYTES: u64 = 64 << 20;

impl Folder {
    /// Reads the register and changes the rows that upheld objections name, as they will be read.
    pub fn hear(&mut self, plan: &Plan) {
        let Some(file) = &self.objections else { return };
        let (mut objections, findings) = objection::read(plan, file);
        self.findings.append(findings);
        let renamed = self.roster.as_ref().map(facts::renamed).unwrap_or_default();
        for objection in &mut objections {
            // By either name: it is told of, and looked for, under the one that holds now.
            let is_it = |(former, name): &(&String, &String)| [*former, *name].contains(&&objection.unit);
            if let Some((former, name)) = renamed.iter().find(is_it) {
                objection.former = Some(former.clone());
                objection.unit = name.clone();
            }
        }
        for objection in &mut objections {
            if let Some(place) = self.as_results_write(objection, &plan.calendar) {
                objection.fact = Some(place);
            }
        }
        self.change_rows(&objections, plan, |objection| objection.carried.is_none());
        self.objected = objections;
    }

    /// The fact of an objection as results write it, where it says a cell or a row of a sheet in another way: 事项!A6 and
    /// 事项!6 for 事项!6:6, 指标!7 for 指标!B7.
    fn as_results_write(&self, objection: &Objection, calendar: &Calendar) -> Option<String> {
        let (sheet, cell) = objection.fact.as_deref()?.rsplit_once(['!', '！'])?;
        let line = cell[cell.trim_end_matches(|c: char| c.is_ascii_digit()).len()..].parse().ok()?;
        let of_sheet =
            self.facts.iter().filter(|file| workbook::sheet(&file.name).is_some_and(|(name, _)| name == sheet));
        let rows: Vec<(&SourceFile<'_>, String)> =
            of_sheet.map(|file| (file, Place { file: file.name.clone(), line, column: 0 }.short())).collect();
        // Each column of the indicators is a file: the one that its clause and label stand above is meant.
        let is_meant = |(file, place): &&(&SourceFile<'_>, String)| {
            let as_written = Objection { fact: Some(place.clone()), ..objection.clone() };
            rows.len() == 1 || text(file).is_ok_and(|text| objection::apply(&as_written, calendar, &text, line).is_ok())
        };
        rows.iter().find(is_meant).map(|(_, place)| place.clone())
    }

    /// Changes the rows of a period whose objections count in a later month as well, to see what they come to.
    pub fn reopen(&mut self, plan: &Plan, period: PeriodId) {
        let objections = std::mem::take(&mut self.objected);
        self.change_rows(&objections, plan, |it| it.carried.is_some() && it.period == period);
        self.objected = objections;
    }

    fn change_rows(&mut self, objections: &[Objection], plan: &Plan, now: impl Fn(&Objection) -> bool) {
        let upheld: Vec<&Objection> =
            objections.iter().filter(|it| it.state == State::Upheld && it.fact.is_some()).collect();
        for (at, objection) in upheld.iter().enumerate() {
            let same_row = upheld[..at].iter().find(|other| other.fact == objection.fact);
            if !now(objection) {
                continue;
            }
            let changed = match same_row {
                Some(first) if first.changes() != objection.changes() => Err(contradicted(first, objection)),
                // What is done is done.
                Some(_) => Ok(()),
                None => self.change(objection, &plan.calendar),
            };
            if let Err(finding) = changed {
                self.findings.push(*finding);
            }
        }
    }

    fn change(&mut self, objection: &Objection, calendar: &Calendar) -> Result<(), Box<Finding>> {
        let fact = objection.fact.as_deref().unwrap_or_default();
        let refused = |message: String| {
            let finding = Finding::error("objection-fact-differs", objection.place.clone(), message);
            Box::new(finding.text(fact).help("事实写结果里的出处，哪个文件哪一行"))
        };
        let digits = fact.len() - fact.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let line: usize = fact[fact.len() - digits..]
            .parse()
            .map_err(|_| refused(format!("异议{}的事实“{fact}”没有写行号", objection.number)))?;
        let is_there = |file: &&mut SourceFile<'_>| Place { file: file.name.clone(), line, column: 0 }.short() == fact;
        let file = self.facts.iter_mut().find(is_there);
        let Some(file) = file else {
            let mut finding = refused(format!("异议{}的事实“{fact}”：没有这个文件", objection.number));
            if let Some(near) = self.facts.iter().find(|file| is_called(&file.name, fact)) {
                let place = Place { file: near.name.clone(), line, column: 0 }.short();
                finding.help = Some(format!("文件夹也要写：{place}"));
            }
            return Err(finding);
        };
        let text = text(file).map_err(|error| refused(format!("“{}”读不出来：{error}", file.name)))?;
        let changed = objection::apply(objection, calendar, &text, line)?;
        *file = held(&file.name, changed);
        Ok(())
    }
}

/// Whether a fact names a file, or a sheet of one, without the folder that it is in.
fn is_called(file: &str, fact: &str) -> bool {
    let own = file.rsplit('/').next().unwrap_or(file);
    let own = workbook::sheet(own).map_or(own, |(sheet, _)| sheet);
    fact.strip_prefix(own).is_some_and(|rest| rest.starts_with([':', '!']))
}

/// Two decisions about one row: which of them holds is not for the order of the register to say.
fn contradicted(first: &Objection, second: &Objection) -> Box<Finding> {
    let fact = second.fact.as_deref().unwrap_or_default();
    let message = format!("异议{}和异议{}都成立，指的是同一行“{fact}”，改的不一样", first.number, second.number);
    let finding = Finding::error("objections-contradict", second.place.clone(), message).text(fact);
    Box::new(finding.help("只留一条成立的；后一次决定推翻前一次的，前一条的状态改为不成立，“决定”写明由哪一条改正"))
}

/// What is wrong with a row as an upheld objection changed it is wrong in the register: the file says something else.
pub fn at_the_register(objections: &[Objection], findings: &mut Findings) {
    for finding in findings.iter_mut() {
        let row = Place { column: 0, ..finding.place.clone() }.short();
        let changes = |it: &&Objection| {
            let values = it.changes().into_iter().map(|(_, value)| value);
            it.state == State::Upheld
                && it.fact.as_deref() == Some(&row)
                && values.into_iter().any(|it| it == finding.text)
        };
        let Some(objection) = objections.iter().find(changes) else { continue };
        let changed = objection.changes().into_iter().find(|(_, value)| *value == finding.text);
        let column = changed.map_or("", |(role, _)| if role == Role::Points { "改分值" } else { "改数量" });
        finding.message = format!("异议{}的“{column}”（{row}）：{}", objection.number, finding.message);
        finding.place = objection.place.clone();
        finding.line_text.clear();
        finding.help = finding.help.take().map(|help| format!("{help}（在异议登记的“{column}”里改）"));
    }
}

/// A file as text, whatever its encoding.
pub fn text(file: &SourceFile<'_>) -> io::Result<String> {
    rulebook::decode(bytes(file)?).ok_or_else(|| io::Error::other("不是文字"))
}

/// What a file holds.
pub fn bytes(file: &SourceFile<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(file.size.min(MOST_BYTES) as usize + 1);
    (file.open)()?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file that is held in memory.
fn held(name: &str, text: String) -> SourceFile<'static> {
    let bytes: Arc<[u8]> = text.into_bytes().into();
    let size = bytes.len() as u64;
    let open = move || Ok(Box::new(Cursor::new(Arc::clone(&bytes))) as Box<dyn Read + Send>);
    SourceFile { name: name.to_owned(), size, open: Box::new(open) }
}

/// Objections of a period that were upheld and name no fact: by themselves they change nothing.
pub fn without_fact<'o>(
    objections: &'o [Objection],
    calendar: &'o Calendar,
    period: PeriodId,
) -> impl Iterator<Item = Finding> + 'o {
    let span = calendar.period(period);
    let of_it = objections.iter().filter(move |it| {
        let own = calendar.period(it.period);
        it.state == State::Upheld && it.fact.is_none() && (span.contains(own) || own.contains(span))
    });
    of_it.map(|it| {
        let message = format!("异议{}成立，没有写事实，没有改动任何一行", it.number);
        let finding = Finding::warning("objection-without-change", it.place.clone(), message).text(&it.decision);
        finding.help(
            "撤销、改数的，“事实”写结果里的出处，哪个文件哪一行\n漏记了的，在事实文件里补上，“事实”写补上的那一行，“改数量”“改分值”照那一行写",
        )
    })
}

/// Objections whose difference counts in a later month already, and that change their own month all the same.
pub fn counted_twice(objections: &[Objection], plan: &Plan, store: &Store, period: PeriodId) -> Vec<Finding> {
    let Some(Corrections::MonthFound(node)) = plan.corrections else { return Vec::new() };
    let (calendar, span) = (&plan.calendar, plan.calendar.period(period));
    let upheld = objections.iter().filter(|it| {
        it.state == State::Upheld
            && it.carried.is_none()
            && it.fact.is_some()
            && span.contains(calendar.period(it.period))
    });
    let told = upheld.filter_map(|it| {
        let row = correction::carried_by(plan, node, store, &it.unit, &format!("（异议{}成立）", it.number))?;
        let (own, found) = (&calendar.period(it.period).name, &calendar.period(row).name);
        let message = format!("异议{}的差额已经计入{found}，{own}又照它改了一次", it.number);
        let finding = Finding::error("objection-carried", it.place.clone(), message);
        Some(finding.help(format!("异议登记的“计入”一列写{found}：{own}就照公布的计")))
    });
    told.collect()
}

/// Units that nobody knows, once the roster was read.
pub fn unknown_units<'o>(
    objections: &'o [Objection],
    known: impl Fn(&str) -> bool + 'o,
) -> impl Iterator<Item = Finding> + 'o {
    objections.iter().filter(move |it| !known(&it.unit)).map(|it| {
        let message = format!("单位名册里没有“{}”", it.unit);
        let finding = Finding::error("unknown-unit", it.place.clone(), message).text(&it.unit);
        finding.help("与单位名册写得一样")
    })
}
