//! The workbooks of a data folder as fact files: forms, and plain tables, each by itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use super::Ended;
use super::session::Session;
use crate::calendar::PeriodId;
use crate::diagnostic::{Finding, Findings, Place};
use crate::facts::SourceFile;
use crate::form::{self, Kept};
use crate::plan::Plan;
use crate::workbook::table::{self, Table, Wanted};
use crate::workbook::{self, Refused, Sheet};

/// A workbook that is larger is refused; so much is enough to see it.
const MOST_BYTES: u64 = (32 << 20) + 1;

/// What is read of a data folder's workbooks.
pub struct Reading<'r> {
    pub plan: &'r Plan,
    pub findings: &'r mut Findings,
    /// Former names of units, each with the one that took its place.
    pub renamed: &'r BTreeMap<String, String>,
    /// The forms that were taken so far.
    pub forms: &'r mut Vec<Kept>,
    /// Every form, taken or not, with the period that it says it is of.
    pub marked: &'r mut Vec<(String, PeriodId)>,
    /// What was refused whole: what is in it is not known.
    pub unread: &'r mut Vec<String>,
}

impl Reading<'_> {
    /// The tables of a workbook; what is wrong with it is told.
    pub fn read(
        &mut self,
        path: &Path,
        name: &str,
        wanted: Wanted,
        session: &mut Session,
    ) -> Ended<Vec<SourceFile<'static>>> {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
        read.map_err(|error| session.cannot("读", path, &error))?;
        let mut told = Vec::new();
        let tables = workbook::read(&bytes).and_then(|sheets| match form::find(&sheets) {
            Some(found) => {
                let period = self.plan.calendar.find(&found.period);
                self.marked.extend(period.map(|period| (name.to_owned(), period)));
                let form = form::tables(self.plan, name, &sheets, &found, self.renamed, &mut told)?;
                self.unread.extend(form.is_none().then(|| name.to_owned()));
                Ok(form.map_or(Vec::new(), |(kept, tables)| self.keep(kept, tables, &mut told)))
            }
            None => match form::without_mark(name, &sheets) {
                Some(finding) => {
                    told.push(finding);
                    self.unread.push(name.to_owned());
                    Ok(Vec::new())
                }
                None => tables(name, &sheets, wanted, &mut told),
            },
        });
        self.findings.extend(told);
        Ok(match tables {
            Ok(tables) => tables.into_iter().map(source).collect(),
            Err(refused) => {
                self.unread.push(name.to_owned());
                self.findings.push(refused.finding(name));
                Vec::new()
            }
        })
    }

    /// A department reports a period once.
    fn keep(&mut self, kept: Kept, tables: Vec<Table>, told: &mut Vec<Finding>) -> Vec<Table> {
        let same = |other: &&Kept| other.period == kept.period && other.department == kept.department;
        if let Some(first) = self.forms.iter().find(same) {
            let period = &self.plan.calendar.period(kept.period).name;
            let place = Place::of(&kept.name);
            let message = format!("“{}”{period}的报送表有两份：“{}”和“{}”", kept.department, first.name, kept.name);
            let finding = Finding::error("two-forms", place, message);
            told.push(finding.help("只留一份；是别的月份的，用那个月生成的报送表填"));
            return Vec::new();
        }
        self.forms.push(kept);
        tables
    }
}

fn tables(name: &str, sheets: &[Sheet], wanted: Wanted, told: &mut Vec<Finding>) -> Result<Vec<Table>, Refused> {
    let tables = table::tables(name, sheets, wanted, told)?;
    if tables.is_empty() {
        let place = Place::of(name);
        let finding = Finding::error("workbook-without-table", place, format!("“{name}”里没有能读的表格"));
        told.push(finding.help("在第一张工作表写表头（月份、单位、条款、情形、数量）和事实，或删去这个文件"));
    }
    Ok(tables)
}

fn source(table: Table) -> SourceFile<'static> {
    let bytes: Arc<[u8]> = table.text.into_bytes().into();
    let size = bytes.len() as u64;
    let open = move || Ok(Box::new(Cursor::new(Arc::clone(&bytes))) as Box<dyn Read + Send>);
    SourceFile { name: table.name, size, open: Box::new(open) }
}
