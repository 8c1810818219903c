//! What the rulebook says otherwise than when a form went out: the form's own clauses held against those of now.

use std::collections::BTreeMap;

use super::Form;
use super::layout::{CLAUSES, FIRST_CLAUSE};
use crate::workbook::Sheet;

/// So many changes are told one by one.
const MOST: usize = 5;

/// Each change in a sentence; nothing where the form does not say its clauses.
pub fn changes(form: &Form<'_>, sheets: &[Sheet]) -> Vec<String> {
    let Some(sheet) = sheets.iter().find(|sheet| sheet.name == CLAUSES) else { return Vec::new() };
    let last = sheet.cells.keys().map(|(row, _)| *row).max().unwrap_or(0);
    let rows = (FIRST_CLAUSE + 1..=last).filter(|row| !sheet.text(*row, 1).is_empty());
    let mut before: BTreeMap<(String, String), [String; 2]> = BTreeMap::new();
    for row in rows {
        let text = |column: u32| plain(sheet.text(row, column));
        before.insert((text(1), text(3)), [text(4), text(5)]);
    }
    if before.is_empty() {
        return Vec::new();
    }
    let mut told = Vec::new();
    for [address, _, label, line, asks] in form.clause_rows() {
        let name = format!("{address} {label}");
        match before.remove(&(plain(&address), plain(&label))) {
            None => told.push(format!("{name}：原来没有")),
            Some([old, _]) if old != plain(&line) => {
                told.push(format!("{name}：原来是“{old}”，现在是“{}”", plain(&line)))
            }
            Some([_, old]) if old != plain(&asks) => {
                told.push(format!("{name}：原来要填“{old}”，现在要填“{}”", plain(&asks)));
            }
            Some(_) => {}
        }
    }
    told.extend(before.into_keys().map(|(address, label)| format!("{address} {label}：现在没有")));
    if told.len() > MOST {
        let more = told.len() - MOST;
        told.truncate(MOST);
        told.push(format!("另有{more}处"));
    }
    told
}

/// In one line, as sentences quote it.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
