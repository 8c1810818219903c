//! What an upheld objection does to the row that it names: 认定 becomes 驳回, or a number becomes another.
//!
//! The row is changed as it is read; the file stays as the office received it. Lines keep their numbers.

use csv::{ByteRecord, ReaderBuilder, Terminator, WriterBuilder};

use super::Objection;
use crate::diagnostic::Finding;
use crate::facts::{Role, address};
use crate::parse::fold::fold_name;

/// A record of the file and the bytes that it takes, without the end of the line.
struct Record {
    cells: Vec<String>,
    line: usize,
    bytes: std::ops::Range<usize>,
}

/// The text of a fact file with the row at `line` changed.
pub fn apply(objection: &Objection, text: &str, line: usize) -> Result<String, Box<Finding>> {
    let records = records(text);
    let wrong = |message: String| {
        let finding = Finding::error("objection-fact-differs", objection.place.clone(), message);
        Box::new(finding.help("事实写结果里的出处；事实文件改动过的，按现在的行号改"))
    };
    let Some(header) = records.first() else { return Err(wrong("文件是空的".to_owned())) };
    let place = objection.fact.as_deref().unwrap_or_default();
    let Some(row) = records.iter().skip(1).find(|record| record.line == line) else {
        return Err(wrong(format!("异议{}指的“{place}”没有这一行", objection.number)));
    };
    let at = |role: Role| header.cells.iter().position(|title| fold_name(title).replace(' ', "") == role.name());
    let cell = |role: Role| at(role).and_then(|at| row.cells.get(at)).map_or("", |cell| cell.trim());
    let is_it = cell(Role::Unit) == objection.unit
        && address(cell(Role::Clause)) == objection.clause
        && cell(Role::Label) == objection.label;
    if !is_it {
        let found = format!("{} {} {}", cell(Role::Unit), cell(Role::Clause), cell(Role::Label));
        let message =
            format!("异议{}指的“{place}”是“{found}”，不是“{} {}”", objection.number, objection.unit, objection.name());
        return Err(wrong(message));
    }
    let changes: Vec<(Role, &str)> = match (&objection.quantity, &objection.points) {
        (None, None) => vec![(Role::Standing, "驳回")],
        (quantity, points) => {
            let quantity = quantity.as_deref().map(|value| (Role::Quantity, value));
            quantity.into_iter().chain(points.as_deref().map(|value| (Role::Points, value))).collect()
        }
    };
    let (mut titles, mut cells) = (header.cells.clone(), row.cells.clone());
    for (role, value) in changes {
        let at = at(role).unwrap_or_else(|| {
            titles.push(role.name().to_owned());
            titles.len() - 1
        });
        cells.resize(cells.len().max(at + 1), String::new());
        cells[at] = value.to_owned();
    }
    // A column more is one for every row.
    let more = ",".repeat(titles.len() - header.cells.len());
    cells.resize(cells.len().max(titles.len()), String::new());
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for (index, record) in records.iter().enumerate() {
        out.push_str(&text[done..record.bytes.start]);
        match (index, record.line == line) {
            (0, _) => out.push_str(&written(&titles)),
            (_, true) => out.push_str(&written(&cells)),
            (_, false) => {
                out.push_str(&text[record.bytes.clone()]);
                out.push_str(&more);
            }
        }
        done = record.bytes.end;
    }
    out.push_str(&text[done..]);
    Ok(out)
}

fn records(text: &str) -> Vec<Record> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut records = Vec::new();
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let Some(position) = record.position() else { break };
        // Blank lines before a record are counted to it.
        let behind = reader.position().byte() as usize;
        let whole = &text[position.byte() as usize..behind.min(text.len())];
        let blank = whole.len() - whole.trim_start_matches(['\r', '\n']).len();
        let start = position.byte() as usize + blank;
        let end = start + whole[blank..].trim_end_matches(['\r', '\n']).len();
        let skipped = whole[..blank].matches('\n').count();
        records.push(Record {
            cells: record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect(),
            line: position.line() as usize + skipped,
            bytes: start..end,
        });
    }
    // Lines without any cell are no header.
    let first = records.iter().position(|record| record.cells.iter().any(|cell| !cell.trim().is_empty()));
    records.split_off(first.unwrap_or(records.len()))
}

fn written(cells: &[String]) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    let text = writer.write_record(cells).ok().and_then(|()| writer.into_inner().ok());
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    text.trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::PeriodId;
    use crate::diagnostic::Place;
    use crate::objection::State;

    fn objection(quantity: Option<&str>) -> Objection {
        Objection {
            number: "3".to_owned(),
            period: PeriodId(0),
            unit: "甲所".to_owned(),
            clause: "工作.1".to_owned(),
            label: "迟报".to_owned(),
            fact: Some("事实.csv:5".to_owned()),
            reason: String::new(),
            filed: None,
            state: State::Upheld,
            decision: String::new(),
            decided: None,
            quantity: quantity.map(str::to_owned),
            points: None,
            place: Place::default(),
        }
    }

    const TEXT: &str = "\n月份,单位,条款,情形,数量,备注\r\n\r\n2023-04,乙所,工作.1,迟报,1,\"两\n行\"\n2023-04,甲所,工作.1,迟报,2,\n2023-04,甲所,工作.1,迟报,3,";

    #[test]
    fn the_row_changes_and_its_column_is_there_for_all() {
        let changed = apply(&objection(None), TEXT, 6).unwrap();
        let expected = TEXT.replace("数量,备注", "数量,备注,认定").replace("迟报,2,", "迟报,2,,驳回");
        assert_eq!(changed, expected.replace("行\"", "行\",").replace("迟报,3,", "迟报,3,,"));
        let changed = apply(&objection(Some("1")), TEXT, 7).unwrap();
        assert_eq!(changed, TEXT.replace("迟报,3,", "迟报,1,"));
    }

    #[test]
    fn another_row_is_refused() {
        assert_eq!(apply(&objection(None), TEXT, 4).unwrap_err().code, "objection-fact-differs");
        assert_eq!(apply(&objection(None), TEXT, 9).unwrap_err().code, "objection-fact-differs");
        assert_eq!(apply(&objection(None), "", 1).unwrap_err().code, "objection-fact-differs");
    }
}
