//! The objections of a data folder, done to the facts that they name.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use super::folder::Folder;
use super::rulebook;
use crate::calendar::{Calendar, PeriodId};
use crate::diagnostic::{Finding, Place};
use crate::facts::SourceFile;
use crate::objection::{self, Objection, State};
use crate::plan::Plan;

/// A file that an objection names is far smaller.
const MOST_BYTES: u64 = 64 << 20;

impl Folder {
    /// Reads the register and changes the rows that upheld objections name, as they will be read.
    pub fn hear(&mut self, plan: &Plan) {
        let Some(file) = &self.objections else { return };
        let (objections, findings) = objection::read(plan, file);
        self.findings.append(findings);
        for objection in objections.iter().filter(|it| it.state == State::Upheld && it.fact.is_some()) {
            if let Err(finding) = self.change(objection, &plan.calendar) {
                self.findings.push(*finding);
            }
        }
        self.objected = objections;
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
        let file = file.ok_or_else(|| refused(format!("异议{}的事实“{fact}”：没有这个文件", objection.number)))?;
        let text = text(file).map_err(|error| refused(format!("“{}”读不出来：{error}", file.name)))?;
        let changed = objection::apply(objection, calendar, &text, line)?;
        *file = held(&file.name, changed);
        Ok(())
    }
}

fn text(file: &SourceFile<'_>) -> io::Result<String> {
    let mut bytes = Vec::new();
    (file.open)()?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    rulebook::decode(bytes).ok_or_else(|| io::Error::other("不是文字"))
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
