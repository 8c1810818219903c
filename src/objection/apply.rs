//! What an upheld objection does to the row that it names: 认定 becomes 驳回, or a number becomes another.
//!
//! The row is changed as it is read; the file stays as the office received it. Lines keep their numbers.

use csv::{ByteRecord, ReaderBuilder, Terminator, WriterBuilder};

use super::Objection;
use crate::calendar::Calendar;
use crate::diagnostic::Finding;
use crate::facts::{self, address};
use crate::parse::fold::fold_name;
use crate::plan::Role;

/// A record of the file and the bytes that it takes, without the end of the line.
struct Record {
    cells: Vec<String>,
    line: usize,
    bytes: std::ops::Range<usize>,
}

/// The text of a fact file with the row at `line` changed.
pub fn apply(objection: &Objection, calendar: &Calendar, text: &str, line: usize) -> Result<String, Box<Finding>> {
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
    let is_about = |record: &&Record| {
        let cell = |role: Role| at(role).and_then(|at| record.cells.get(at)).map_or("", |cell| cell.trim());
        objection.is_of(cell(Role::Unit))
            && address(cell(Role::Clause)) == objection.clause
            && cell(Role::Label) == objection.label
    };
    if let Some(mark) = &objection.mark
        && mark_of(row) != *mark
    {
        let number = &objection.number;
        let finding = wrong(format!("异议{number}指的“{place}”现在是另一行（校验码{}，不是{mark}）", mark_of(row)));
        let moved = records.iter().filter(|record| mark_of(record) == *mark).find(is_about);
        return Err(match moved {
            Some(now) => {
                let now = now.line;
                Box::new(finding.help(format!("那一行移到了第{now}行，事实写：{}@{mark}", at_line(place, now))))
            }
            None => Box::new(finding.help("那一行改过或删了：核对事实文件，事实照现在的结果写")),
        });
    }
    if !is_about(&row) {
        let found = format!("{} {} {}", cell(Role::Unit), cell(Role::Clause), cell(Role::Label));
        let message =
            format!("异议{}指的“{place}”是“{found}”，不是“{} {}”", objection.number, objection.unit, objection.name());
        let finding = wrong(message);
        let mut meant = records.iter().skip(1).filter(is_about);
        return Err(match (meant.next(), meant.next()) {
            (Some(only), None) => {
                let help =
                    format!("这个单位的这个情形在第{}行，就是它的，事实写：{}", only.line, at_line(place, only.line));
                Box::new(finding.help(help))
            }
            _ => finding,
        });
    }
    // The row may be of the wrong month under the right name: it would be taken from a result that nobody objects to.
    let month = [Role::Month, Role::Period].map(cell).into_iter().find(|cell| !cell.is_empty()).unwrap_or_default();
    if let Some(of_row) = facts::period_named(calendar, &fold_name(month)) {
        let (row, own) = (calendar.period(of_row), calendar.period(objection.period));
        if !row.contains(own) && !own.contains(row) {
            let (number, place) = (&objection.number, objection.place.clone());
            let message = format!("异议{number}的期间是{}，事实写的那一行却是{}的", own.name, row.name);
            let finding = Finding::error("objection-fact-differs", place, message);
            let help = format!("期间写错了的，改为{}；事实写错了的，照{}结果里的出处写", row.name, own.name);
            return Err(Box::new(finding.text(&own.name).help(help)));
        }
    }
    // Where rows are alike but for what they hold, a line that moves would be taken for another.
    let like: Vec<&Record> = records.iter().skip(1).filter(is_about).collect();
    if objection.mark.is_none() && like.iter().any(|record| mark_of(record) != mark_of(row)) {
        let lines: Vec<String> = like.iter().map(|record| record.line.to_string()).collect();
        let message = format!(
            "异议{}指的“{place}”：同一单位、条款、情形的有{}行（第{}行），行号一动就认错",
            objection.number,
            like.len(),
            lines.join("、")
        );
        let finding = Finding::error("objection-fact-unclear", objection.place.clone(), message);
        let held: Vec<&str> = row.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        let help = format!("核对第{line}行是不是这一行：{}\n是的，事实写：{place}@{}", held.join("，"), mark_of(row));
        return Err(Box::new(finding.text(place).help(help)));
    }
    let (mut titles, mut cells) = (header.cells.clone(), row.cells.clone());
    for (role, value) in objection.changes() {
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

/// The place of another row of the same file: `2023-04.csv:41`, or `社区矫正.xlsx 事项!41:41` in a sheet.
fn at_line(place: &str, line: usize) -> String {
    let file = place.trim_end_matches(|c: char| c.is_ascii_digit());
    match file.strip_suffix(':').and_then(|file| file.rsplit_once('!')) {
        Some((sheet, row)) if !row.is_empty() && row.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{sheet}!{line}:{line}")
        }
        _ => format!("{file}{line}"),
    }
}

/// A short sum of what a row holds, by which it is known again wherever it stands.
fn mark_of(record: &Record) -> String {
    let mut hasher = blake3::Hasher::new();
    let filled = record.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    for cell in &record.cells[..filled] {
        hasher.update(cell.trim().as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..8].to_owned()
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
    use crate::calendar::{Month, PeriodId};
    use crate::diagnostic::Place;
    use crate::objection::State;

    fn objection(quantity: Option<&str>) -> Objection {
        Objection {
            number: "3".to_owned(),
            period: calendar().find("2023-04").unwrap_or(PeriodId(0)),
            unit: "甲所".to_owned(),
            former: None,
            clause: "工作.1".to_owned(),
            label: "迟报".to_owned(),
            fact: Some("事实.csv:5".to_owned()),
            mark: None,
            reason: String::new(),
            filed: None,
            state: State::Upheld,
            decision: String::new(),
            decided: None,
            quantity: quantity.map(str::to_owned),
            points: None,
            carried: None,
            place: Place::default(),
        }
    }

    fn calendar() -> Calendar {
        Calendar::new(Month::new(2023, 4).unwrap(), Month::new(2023, 12).unwrap(), None)
    }

    const TEXT: &str = "\n月份,单位,条款,情形,数量,备注\r\n\r\n2023-04,乙所,工作.1,迟报,1,\"两\n行\"\n2023-04,甲所,工作.1,迟报,2,\n2023-04,甲所,工作.1,迟报,3,";

    #[test]
    fn the_row_changes_and_its_column_is_there_for_all() {
        let marked = |quantity, mark: &str| Objection { mark: Some(mark.to_owned()), ..objection(quantity) };
        let marks: Vec<String> = records(TEXT).iter().map(mark_of).collect();
        let changed = apply(&marked(None, &marks[2]), &calendar(), TEXT, 6).unwrap();
        let expected = TEXT.replace("数量,备注", "数量,备注,认定").replace("迟报,2,", "迟报,2,,驳回");
        assert_eq!(changed, expected.replace("行\"", "行\",").replace("迟报,3,", "迟报,3,,"));
        let changed = apply(&marked(Some("1"), &marks[3]), &calendar(), TEXT, 7).unwrap();
        assert_eq!(changed, TEXT.replace("迟报,3,", "迟报,1,"));
    }

    #[test]
    fn a_row_among_others_like_it_goes_by_its_mark() {
        let unclear = apply(&objection(None), &calendar(), TEXT, 6).unwrap_err();
        let mark = mark_of(&records(TEXT)[2]);
        assert_eq!(unclear.code, "objection-fact-unclear");
        let help = unclear.help.unwrap();
        assert!(
            help.contains("2023-04，甲所，工作.1，迟报，2") && help.ends_with(&format!("事实.csv:5@{mark}")),
            "{help}"
        );
        // A line was added above: the row that now stands there is no longer taken for it.
        let moved = TEXT.replacen("2023-04,乙所", "2023-04,丙所,工作.1,迟报,1,\n2023-04,乙所", 1);
        let moved = moved.replacen("迟报,3,", "迟报,2,补", 1);
        let objection =
            Objection { mark: Some(mark.clone()), fact: Some("事实.csv:8".to_owned()), ..objection(None) };
        let differs = apply(&objection, &calendar(), &moved, 8).unwrap_err();
        assert_eq!(differs.code, "objection-fact-differs");
        assert!(differs.help.unwrap().ends_with(&format!("移到了第7行，事实写：事实.csv:7@{mark}")));
        // Rows that hold the same are the same to an objection.
        let same = TEXT.replacen("迟报,3,", "迟报,2,", 1);
        assert!(apply(&Objection { mark: None, ..objection }, &calendar(), &same, 7).is_ok());
    }

    #[test]
    fn a_row_of_another_month_is_refused() {
        let text = TEXT.replace("2023-04,甲所", "2023年5月,甲所").replacen("迟报,3,", "迟报,2,", 1);
        let differs = apply(&objection(None), &calendar(), &text, 6).unwrap_err();
        assert_eq!(differs.message, "异议3的期间是2023-04，事实写的那一行却是2023-05的");
        // Against the result of the whole year.
        let of_the_year = Objection { period: calendar().term(), ..objection(None) };
        assert!(apply(&of_the_year, &calendar(), &text, 6).is_ok());
    }

    #[test]
    fn the_only_row_that_is_meant_is_named() {
        let text = TEXT.replacen("2023-04,甲所,工作.1,迟报,3,", "", 1);
        let help = |fact: &str| {
            let objection = Objection { fact: Some(fact.to_owned()), ..objection(None) };
            apply(&objection, &calendar(), &text, 4).unwrap_err().help.unwrap()
        };
        assert!(help("事实.csv:4").ends_with("在第6行，就是它的，事实写：事实.csv:6"), "{}", help("事实.csv:4"));
        assert!(help("表/四月.xlsx 事项!4:4").ends_with("事实写：表/四月.xlsx 事项!6:6"));
        // Of several nobody knows which.
        assert!(!apply(&objection(None), &calendar(), TEXT, 4).unwrap_err().help.unwrap().contains("就是它的"));
    }

    #[test]
    fn another_row_is_refused() {
        assert_eq!(apply(&objection(None), &calendar(), TEXT, 4).unwrap_err().code, "objection-fact-differs");
        assert_eq!(apply(&objection(None), &calendar(), TEXT, 9).unwrap_err().code, "objection-fact-differs");
        assert_eq!(apply(&objection(None), &calendar(), "", 1).unwrap_err().code, "objection-fact-differs");
    }
}
