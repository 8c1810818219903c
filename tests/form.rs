//! Forms: what goes out, what comes back, and a whole year through nothing else.
#![cfg(feature = "office")]

mod scratch;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use scratch::{RULEBOOK, Scratch, beside, libreoffice, pages, run_score, score_json, zhunsheng};
use serde_json::Value;
use zhunsheng::workbook::{self, Sheet};
use zip::write::SimpleFileOptions;

// ---------------------------------------------------------------- filling in

/// What a person types.
enum Typed {
    Number(f64),
    Text(String),
}

/// A form that is being filled in: the cells of its parts are written into its XML, as a spreadsheet program would.
struct Filled {
    path: PathBuf,
    parts: Vec<(String, String)>,
    sheets: Vec<Sheet>,
    /// By sheet and cell.
    typed: BTreeMap<(usize, u32, u32), Typed>,
    events: u32,
}

/// The part of the first sheet.
const SHEET: &str = "xl/worksheets/sheet1.xml";
const INDICATORS: &str = "指标";
const EVENTS: &str = "事项";

impl Filled {
    fn open(path: &Path) -> Filled {
        let bytes = fs::read(path).unwrap();
        let sheets = workbook::read(&bytes).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = Vec::new();
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).unwrap();
            let mut text = Vec::new();
            std::io::copy(&mut part, &mut text).unwrap();
            parts.push((part.name().unwrap().into_owned(), String::from_utf8(text).unwrap()));
        }
        Filled { path: path.to_owned(), parts, sheets, typed: BTreeMap::new(), events: 0 }
    }

    fn sheet(&self, name: &str) -> Option<usize> {
        self.sheets.iter().position(|sheet| sheet.name == name)
    }

    /// Types a fact where the form asks for it; `false` where it does not.
    fn fact(&mut self, fact: &BTreeMap<&str, &str>) -> bool {
        self.indicator(fact) || self.event(fact)
    }

    fn indicator(&mut self, fact: &BTreeMap<&str, &str>) -> bool {
        let Some(at) = self.sheet(INDICATORS) else { return false };
        let sheet = &self.sheets[at];
        let column =
            (2..100).find(|column| sheet.text(4, *column) == fact["条款"] && sheet.text(5, *column) == fact["情形"]);
        let row = (7..200).find(|row| sheet.text(*row, 1) == fact["单位"]);
        let (Some(column), Some(row)) = (column, row) else { return false };
        let twice = self.typed.insert((at, row, column), typed(fact["数量"]));
        assert!(twice.is_none(), "{fact:?}");
        true
    }

    /// Whether the cell of a unit and a label on the sheet of indicators may be typed into.
    fn is_open(&self, unit: &str, label: &str) -> bool {
        let at = self.sheet(INDICATORS).unwrap();
        let sheet = &self.sheets[at];
        let column = (2..26).find(|column| sheet.text(5, *column) == label).unwrap();
        let row = (7..200).find(|row| sheet.text(*row, 1) == unit).unwrap();
        let part = |name: &str| &self.parts.iter().find(|(part, _)| part == name).unwrap().1;
        let cell = format!("<c r=\"{}{row}\" s=\"", char::from(b'A' + column as u8 - 1));
        let (_, style) = part(&format!("xl/worksheets/sheet{}.xml", at + 1)).split_once(&cell).unwrap();
        let style: usize = style.split('"').next().unwrap().parse().unwrap();
        let (_, formats) = part("xl/styles.xml").split_once("<cellXfs").unwrap();
        formats.split("<xf ").nth(style + 1).unwrap().contains("locked=\"0\"")
    }

    fn event(&mut self, fact: &BTreeMap<&str, &str>) -> bool {
        let Some(at) = self.sheet(EVENTS) else { return false };
        let list = &self.sheets[self.sheet("名单").unwrap()];
        let pair = format!("{}|{}", fact["条款"], fact["情形"]);
        if !(2..400).any(|row| list.text(row, 5) == pair) {
            return false;
        }
        let row = 6 + self.events;
        self.events += 1;
        for (name, cell) in fact.iter().filter(|(name, cell)| !cell.is_empty() && **name != "月份") {
            let sheet = &self.sheets[at];
            let column = (1..60).find(|column| sheet.text(5, *column) == *name);
            let column = column.unwrap_or_else(|| panic!("{}: no column for {name}: {fact:?}", self.path.display()));
            self.typed.insert((at, row, column), typed(cell));
        }
        true
    }

    fn answer(&mut self, any: bool) {
        if let Some(at) = self.sheet(EVENTS) {
            self.typed.insert((at, 3, 3), Typed::Text(if any { "有" } else { "无" }.to_owned()));
        }
    }

    /// Changes what a part says, as a spreadsheet program would.
    #[track_caller]
    fn say(&mut self, part: &str, old: &str, new: &str) {
        let xml = &mut self.parts.iter_mut().find(|(name, _)| name == part).unwrap().1;
        assert!(xml.contains(old), "{part}: {xml}");
        *xml = xml.replacen(old, new, 1);
    }

    /// Puts another cell, or none, in place of one of the first sheet that holds something.
    #[track_caller]
    fn say_cell(&mut self, cell: &str, new: &str) {
        let xml = &self.parts.iter().find(|(name, _)| name == SHEET).unwrap().1;
        let start = xml.find(&format!("<c r=\"{cell}\"")).unwrap();
        let end = start + xml[start..].find("</c>").map_or(0, |at| at + 4);
        let old = xml[start..end].to_owned();
        self.say(SHEET, &old, new);
    }

    /// Adds a sheet at the end, its rows as text.
    fn add_sheet(&mut self, name: &str, rows: &[&[&str]]) {
        let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let row = |cells: &&[&str]| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
        let rows: String = rows.iter().map(row).collect();
        let space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let xml = format!("<worksheet xmlns=\"{space}\"><sheetData>{rows}</sheetData></worksheet>");
        self.parts.push(("xl/worksheets/sheet99.xml".to_owned(), xml));
        let sheet = format!("<sheet name=\"{name}\" sheetId=\"99\" r:id=\"rId99\"/></sheets>");
        self.say("xl/workbook.xml", "</sheets>", &sheet);
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
        let target = "worksheets/sheet99.xml";
        let relation = format!("<Relationship Id=\"rId99\" Type=\"{kind}\" Target=\"{target}\"/></Relationships>");
        self.say("xl/_rels/workbook.xml.rels", "</Relationships>", &relation);
    }

    fn save(mut self, path: &Path) {
        for ((sheet, row, column), typed) in &self.typed {
            let part = format!("xl/worksheets/sheet{}.xml", sheet + 1);
            let xml = &mut self.parts.iter_mut().find(|(name, _)| *name == part).unwrap().1;
            let address = format!("{}{row}", letters(*column));
            if !xml.contains(&format!("<c r=\"{address}\"")) {
                add_cell(xml, *row, *column);
            }
            let start = xml.find(&format!("<c r=\"{address}\"")).unwrap();
            let end = start + xml[start..].find("/>").unwrap();
            let cell = match typed {
                Typed::Number(number) => format!("{}><v>{number}</v></c>", &xml[start..end]),
                Typed::Text(text) => format!("{} t=\"inlineStr\"><is><t>{text}</t></is></c>", &xml[start..end]),
            };
            xml.replace_range(start..end + 2, &cell);
        }
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in &self.parts {
            out.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            out.write_all(text.as_bytes()).unwrap();
        }
        fs::write(path, out.finish().unwrap().into_inner()).unwrap();
    }
}

/// A cell below what is drawn, as a spreadsheet program adds it: it looks as its column does.
fn add_cell(xml: &mut String, row: u32, column: u32) {
    let look = xml.split("<col ").skip(1).find_map(|col| {
        let of = |name: &str| col.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.parse::<u32>().ok();
        (of("min")? <= column && column <= of("max")?).then(|| of("style"))?
    });
    let look = look.unwrap_or_else(|| panic!("column {column} takes no entry in row {row}"));
    if !xml.contains(&format!("<row r=\"{row}\"")) {
        let end = xml.find("</sheetData>").unwrap();
        xml.insert_str(end, &format!("<row r=\"{row}\"></row>"));
    }
    let start = xml.find(&format!("<row r=\"{row}\"")).unwrap();
    let end = start + xml[start..].find("</row>").unwrap();
    xml.insert_str(end, &format!("<c r=\"{}{row}\" s=\"{look}\"/>", letters(column)));
}

fn letters(column: u32) -> String {
    zhunsheng::diagnostic::workbook::letters(column as usize)
}

/// As a spreadsheet program keeps what is typed: dates and percentages are numbers.
fn typed(cell: &str) -> Typed {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().ok();
    if let Ok(number) = cell.parse::<f64>() {
        return Typed::Number(number);
    }
    if let Some(Ok(number)) = cell.strip_suffix('%').map(str::parse::<f64>) {
        return Typed::Number(number / 100.0);
    }
    match day(cell) {
        Some(day) => Typed::Number((day - chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap()).num_days() as f64),
        None => Typed::Text(cell.to_owned()),
    }
}

/// A table of a text file as a spreadsheet program keeps it.
fn in_a_workbook(text: &str) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// The rows of a fact file, by column.
fn rows(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines.map(|cells| header.iter().copied().zip(cells).collect()).collect()
}

/// Makes the forms of a month beside the data.
#[track_caller]
fn make(data: &Path, period: &str, out: &Path) -> Vec<PathBuf> {
    let [data, out] = [data, out].map(|path| path.to_str().unwrap());
    let output = zhunsheng(["form", RULEBOOK, data, "--period", period, "--out", out]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let mut paths: Vec<PathBuf> = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(period));
    paths.sort();
    paths
}

// ---------------------------------------------------------------- the year

#[test]
fn a_year_through_forms_alone_scores_as_the_year_of_text_files() {
    let year = beside("year/07-whole-year");
    let scratch = Scratch::new();
    scratch.write("单位.xlsx", in_a_workbook(&fs::read_to_string(year.join("单位.csv")).unwrap()));
    let forms = scratch.path.join("报送表");
    let months: Vec<String> = (3..=12).map(|month| format!("2023-{month:02}")).collect();
    for month in &months {
        let text = fs::read_to_string(year.join(format!("{month}.csv"))).unwrap();
        let paths = make(&scratch.path, month, &forms);
        assert_eq!(paths.len(), 3);
        let mut open: Vec<Filled> = paths.iter().map(|path| Filled::open(path)).collect();
        for fact in rows(&text) {
            let taken = open.iter_mut().filter_map(|form| form.fact(&fact).then_some(())).count();
            assert_eq!(taken, 1, "{month}: {fact:?}");
        }
        for (mut form, path) in open.into_iter().zip(&paths) {
            form.answer(form.events > 0);
            form.save(path);
        }
    }
    for period in months.iter().map(String::as_str).chain(["2023"]) {
        let mut from_forms = score_json(&scratch.path, period);
        let mut from_text = score_json(&year, period);
        strip_origins(&mut from_forms);
        strip_origins(&mut from_text);
        for (form, text) in from_forms["units"].as_array().unwrap().iter().zip(from_text["units"].as_array().unwrap()) {
            assert_eq!(form, text, "{period}");
        }
        assert_eq!(from_forms["units"], from_text["units"], "{period}");
    }
    // So does what is published: the notice is the same to the byte.
    let notice = |data: &Path, name: &str| {
        let out = scratch.path.with_extension(name);
        scratch::score(data, "2023", &["--out", out.to_str().unwrap(), "--dated", "2024-01-08"]);
        let bytes = fs::read(out.join("通报.docx")).unwrap();
        fs::remove_dir_all(out).unwrap();
        bytes
    };
    assert!(notice(&scratch.path, "表") == notice(&year, "文"));
}

/// Rows stand elsewhere; all else is the same.
fn strip_origins(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(strip_origins),
        Value::Array(list) => list.iter_mut().for_each(strip_origins),
        Value::String(text) if text.contains(".csv:") || text.contains(".xlsx ") => text.clear(),
        _ => {}
    }
}

// ---------------------------------------------------------------- what a form is

/// A folder with the roster of three and the forms of April.
fn april() -> (Scratch, Vec<PathBuf>) {
    let scratch = Scratch::new();
    scratch.write("单位.csv", "单位\n古井司法所\n芦庙司法所\n华佗司法所\n");
    let paths = make(&scratch.path, "2023-04", &scratch.path.join("四月"));
    (scratch, paths)
}

fn told(scratch: &Scratch, period: &str) -> String {
    String::from_utf8(run_score(&scratch.path, period, &["--diagnostics", "short"]).stderr).unwrap()
}

fn fact<'f>(unit: &'f str, clause: &'f str, label: &'f str, quantity: &'f str) -> BTreeMap<&'f str, &'f str> {
    BTreeMap::from([("单位", unit), ("条款", clause), ("情形", label), ("数量", quantity)])
}

#[test]
fn the_same_form_is_the_same_bytes_and_is_never_overwritten() {
    let (scratch, paths) = april();
    let again = make(&scratch.path, "2023-04", &scratch.path.join("又"));
    for (path, again) in paths.iter().zip(&again) {
        assert!(fs::read(path).unwrap() == fs::read(again).unwrap(), "{}", path.display());
    }
    let before = fs::read(&paths[0]).unwrap();
    let [data, out] = [scratch.path.clone(), scratch.path.join("四月")].map(|path| path.to_str().unwrap().to_owned());
    let output = zhunsheng(["form", RULEBOOK, &data, "--period", "2023-04", "--out", &out, "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr).matches("form-exists").count(), 3);
    assert!(fs::read(&paths[0]).unwrap() == before);
    // One that was deleted is written again, the others stay.
    fs::remove_file(&paths[1]).unwrap();
    fs::write(&paths[0], "填过的").unwrap();
    let output = zhunsheng(["form", RULEBOOK, &data, "--period", "2023-04", "--out", &out, "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr).matches("form-exists").count(), 2);
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("已写好").count(), 1);
    assert!(paths[1].exists() && fs::read(&paths[0]).unwrap() == "填过的".as_bytes());
}

#[test]
fn an_empty_form_is_no_fact() {
    let (scratch, _) = april();
    let told = told(&scratch, "2023-04");
    assert!(told.contains("no-facts"), "{told}");
    assert!(!told.contains(".xlsx"), "{told}");
}

#[test]
fn findings_name_the_cell_of_the_form() {
    let (scratch, paths) = april();
    let mut form = Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap());
    let path = form.path.clone();
    assert!(form.fact(&fact("芦庙司法所", "社区矫正工作.1", "数据同步率", "180%")));
    assert!(form.fact(&fact("古井司法所", "社区矫正工作.2", "缺项", "1.5")));
    form.save(&path);
    let told = told(&scratch, "2023-04");
    assert!(told.contains("四月/2023-04 社区矫正管理局.xlsx 指标!B8: "), "{told}");
    assert!(told.contains("四月/2023-04 社区矫正管理局.xlsx 事项!D6: fractional-count"), "{told}");
}

#[test]
fn a_form_of_another_month_or_rulebook_is_refused() {
    let (scratch, paths) = april();
    // Renamed to another month.
    let form = paths[0].clone();
    fs::rename(&form, form.with_file_name("2023-05 人民参与和促进法治股.xlsx")).unwrap();
    assert!(told(&scratch, "2023-05").contains("form-of-another-period"), "{}", told(&scratch, "2023-05"));
    // As people write months; a day is when something came in.
    let told_as = |name: &str| {
        let (scratch, paths) = april();
        fs::rename(&paths[0], scratch.path.join(name)).unwrap();
        told(&scratch, "2023-04").contains("form-of-another-period")
    };
    for name in [
        "2023年5月 股.xlsx",
        "２０２３－０５　股.xlsx",
        "股202305.xlsx",
        "股 2023.5.xlsx",
        "5月份 股.xlsx",
        "四所5月.xlsx",
    ] {
        assert!(told_as(name), "{name}");
    }
    for name in
        ["2023年4月 股.xlsx", "股202304.xlsx", "4月 股.xlsx", "股 5月4日交.xlsx", "股 2023-05-04.xlsx", "1至5月.xlsx"]
    {
        assert!(!told_as(name), "{name}");
    }
    // Its title says another month.
    let told_of_title = told_of(|form| {
        lacks(form);
        form.say("xl/sharedStrings.xml", "报送表　2023-04", "报送表　2023-05");
    });
    assert!(
        told_of_title.contains("指标!A1: form-of-another-period") && told_of_title.contains("标题写的是2023-05"),
        "{told_of_title}"
    );
    // Copied.
    let (scratch, paths) = april();
    fs::copy(&paths[0], scratch.path.join("又一份.xlsx")).unwrap();
    assert!(told(&scratch, "2023-04").contains("two-forms"), "{}", told(&scratch, "2023-04"));
    // Of another rulebook: the text changed in what this department reports, and in a comment alone.
    let (scratch, _) = april();
    let text = fs::read_to_string(RULEBOOK).unwrap();
    let scored = |text: &str| {
        let book = scratch.path.join("方案.zs");
        fs::write(&book, text).unwrap();
        let [book, data] = [book.to_str().unwrap(), scratch.path.to_str().unwrap()];
        let output = zhunsheng(["score", book, data, "--period", "2023-04", "--diagnostics", "short"]);
        String::from_utf8(output.stderr).unwrap()
    };
    let changed = scored(&text.replace("退回：每次扣2分", "退回：每次扣3分"));
    assert_eq!(changed.matches("form-of-another-rulebook").count(), 1, "{changed}");
    assert!(changed.contains("社区矫正管理局"), "{changed}");
    // It is told which line is another.
    let [book, data] = [scratch.path.join("方案.zs"), scratch.path.clone()];
    let output = zhunsheng(["score", book.to_str().unwrap(), data.to_str().unwrap(), "--period", "2023-04"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("退回：原来是“退回：每次扣2分”，现在是“退回：每次扣3分”"), "{told}");
    let same = scored(&format!("# 另一句说明\n{text}"));
    assert!(!same.contains("form-of-another-rulebook"), "{same}");
}

/// What an amendment leaves as it was stays reported: grades, too, which other lines may move among the inputs.
#[test]
fn forms_of_months_before_an_amendment_are_still_good() {
    let scratch = Scratch::new();
    scratch.write("单位.csv", "单位\n古井司法所\n芦庙司法所\n华佗司法所\n");
    make(&scratch.path, "2023-03", &scratch.path.join("三月"));
    let amended = Path::new(RULEBOOK).with_file_name("2023年7月修订.zs");
    let [book, data] = [amended.to_str().unwrap(), scratch.path.to_str().unwrap()];
    let output = zhunsheng(["score", book, data, "--period", "2023-03", "--diagnostics", "short"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("no-facts") && !told.contains("form-of-another-rulebook"), "{told}");
}

/// The form of March that came back in place of April's.
#[test]
fn a_form_of_the_wrong_month_is_told_where_figures_are_missing() {
    let (scratch, paths) = april();
    let mut form = Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap());
    for unit in ["古井司法所", "芦庙司法所", "华佗司法所"] {
        assert!(form.fact(&fact(unit, "社区矫正工作.1", "数据同步率", "98%")));
    }
    form.answer(false);
    form.save(&scratch.path.join("社区矫正管理局.xlsx"));
    fs::remove_dir_all(scratch.path.join("四月")).unwrap();
    scratch.write("五月.csv", "月份,单位,条款,情形,数量\n2023-05,古井司法所,社区矫正工作.2,缺项,1\n");
    let told = told(&scratch, "2023-05");
    let wanted = "社区矫正管理局.xlsx:0:0: form-of-another-period: 社区矫正管理局2023-05的报送表不在数据文件夹里，\
        有的是“社区矫正管理局.xlsx”，2023-04的";
    assert!(told.contains(wanted), "{told}");
    assert_eq!(told.matches("form-of-another-period").count(), 1, "{told}");
}

#[test]
fn nothing_to_report_and_rows_below_contradict_each_other() {
    let (scratch, paths) = april();
    let mut form = Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap());
    let path = form.path.clone();
    assert!(form.fact(&fact("古井司法所", "社区矫正工作.2", "缺项", "1")));
    form.answer(false);
    form.save(&path);
    let told = told(&scratch, "2023-04");
    assert!(told.contains("社区矫正管理局.xlsx 事项!C3: nil-return-with-events"), "{told}");
}

/// A form of the department with indicators and events, filled in by `fill`, and what scoring April tells of it.
fn told_of(fill: impl FnOnce(&mut Filled)) -> String {
    let (scratch, paths) = april();
    let mut form = Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap());
    let path = form.path.clone();
    for unit in ["古井司法所", "芦庙司法所", "华佗司法所"] {
        assert!(form.fact(&fact(unit, "社区矫正工作.1", "数据同步率", "98%")));
    }
    fill(&mut form);
    form.save(&path);
    let told = told(&scratch, "2023-04");
    told.replace("四月/2023-04 社区矫正管理局.xlsx", "表")
}

fn lacks(form: &mut Filled) {
    assert!(form.fact(&fact("古井司法所", "社区矫正工作.2", "缺项", "3")));
    form.answer(true);
}

#[test]
fn a_sheet_that_is_renamed_hidden_or_added_is_not_lost() {
    let told = told_of(|form| {
        lacks(form);
        form.say("xl/workbook.xml", "name=\"事项\"", "name=\"4月事项\"");
    });
    assert!(told.contains("表 事项: form-without-sheet: 报送表里没有工作表“事项”，多出来的是“4月事项”"), "{told}");
    // What stands in the form is not told as missing.
    assert!(!told.contains("社区矫正工作.1"), "{told}");
    let told = told_of(|form| {
        lacks(form);
        form.say("xl/workbook.xml", "name=\"指标\"", "name=\"指标（4月）\"");
    });
    assert!(told.contains("form-without-sheet: 报送表里没有工作表“指标”，多出来的是“指标（4月）”"), "{told}");
    let told = told_of(|form| {
        lacks(form);
        form.say("xl/workbook.xml", "name=\"事项\"", "state=\"hidden\" name=\"事项\"");
    });
    assert!(told.contains("form-without-sheet: 报送表的工作表“事项”隐藏了，没有读"), "{told}");
    // A sheet of a department's own is a table like any other.
    let header: &[&str] = &["月份", "单位", "条款", "情形", "数量"];
    let told = told_of(|form| {
        lacks(form);
        form.add_sheet("补报", &[header, &["2023-04", "古井司法所", "社区矫正工作.2", "缺顶", "3"]]);
    });
    assert!(told.contains("表 补报!D2: unknown-label"), "{told}");
    let told = told_of(|form| {
        lacks(form);
        form.add_sheet("底稿", &[&["古井司法所", "3"]]);
    });
    assert!(told.contains("表 底稿: unread-sheet"), "{told}");
}

/// Copied into another workbook, a form no longer says what it is of.
#[test]
fn sheets_without_their_mark_are_told_to_be_a_form() {
    let told = told_of(|form| form.say("xl/workbook.xml", "name=\"准绳\"", "name=\"旧\""));
    assert!(told.contains("form-without-mark") && !told.contains("missing-column"), "{told}");
}

/// A sheet that somebody copied would count beside its own; a name that is broken over lines is the same name.
#[test]
fn copies_of_sheets_are_told_and_broken_names_are_read() {
    let told = told_of(|form| {
        lacks(form);
        form.add_sheet(
            "事项 (2)",
            &[&["标题"], &["说明"], &["本期有没有事项（没有的也要选“无”）"], &[], &["单位", "条款"]],
        );
    });
    assert!(told.contains("表 事项 (2): form-sheet-copied: 工作表“事项 (2)”是“事项”的副本"), "{told}");
    assert!(!told.contains("missing-column") && !told.contains("missing-indicator"), "{told}");
    let told = told_of(|form| {
        lacks(form);
        form.say("xl/sharedStrings.xml", "<t>芦庙司法所</t>", "<t>芦庙\n司法所</t>");
        form.say("xl/sharedStrings.xml", "<t>数据同步率</t>", "<t>数据\n同步率</t>");
    });
    assert!(!told.contains("short-row") && !told.contains("form-out-of-place") && !told.contains("unknown"), "{told}");
}

#[test]
fn a_column_that_is_renamed_or_moved_is_not_lost() {
    let strings = "xl/sharedStrings.xml";
    for (name, wanted) in [
        ("数量（项）", "表 事项!D5: form-without-column: 报送表的“事项”没有“数量”列，多出“数量（项）”"),
        ("多少", "表 事项!D5: form-without-column: 报送表的“事项”没有“数量”列，多出“多少”"),
        ("", "form-without-column: 报送表的“事项”没有“数量”列"),
    ] {
        let told = told_of(|form| {
            lacks(form);
            form.say(strings, "<t>数量</t>", &format!("<t>{name}</t>"));
        });
        assert!(told.contains(wanted), "{told}");
    }
    let told = told_of(|form| {
        lacks(form);
        form.say(strings, "<t>指标</t>", "<t>名称</t>");
    });
    assert!(told.contains("表 指标!A4: form-out-of-place: 报送表的“指标”增减了行或列"), "{told}");
}

/// A row of a form is named as results do, and as findings and people do.
#[test]
fn objections_name_rows_of_forms_in_any_way() {
    let (scratch, paths) = april();
    let mut form = Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap());
    let path = form.path.clone();
    assert!(form.fact(&fact("芦庙司法所", "社区矫正工作.1", "数据同步率", "98%")));
    assert!(form.fact(&fact("芦庙司法所", "社区矫正工作.2", "缺项", "3")));
    form.answer(true);
    form.save(&path);
    let told = |fact: &str, label: &str, quantity: &str| {
        let row = format!("1,2023-04,芦庙司法所,{label},{fact},理由,2023-05-10,成立,改,2023-05-20,{quantity},\n");
        let header = "编号,期间,单位,条款,情形,事实,理由,提出日期,状态,决定,决定日期,改数量,改分值\n";
        scratch.write("异议.csv", format!("{header}{row}"));
        String::from_utf8(run_score(&scratch.path, "2023-04", &[]).stderr).unwrap()
    };
    let event = ("社区矫正工作.2,缺项", "1.5");
    let rate = ("社区矫正工作.1,数据同步率", "180%");
    let cases = [
        ("事项!6:6", event),
        ("事项!A6", event),
        ("事项!6", event),
        ("指标!B8", rate),
        ("指标!8", rate),
        ("指标!A8", rate),
    ];
    for (cell, (label, quantity)) in cases {
        let told = told(&format!("四月/2023-04 社区矫正管理局.xlsx {cell}"), label, quantity);
        assert!(told.contains("异议1的“改数量”（四月/2023-04 社区矫正管理局.xlsx "), "{cell}: {told}");
    }
    let told = told("2023-04 社区矫正管理局.xlsx 事项!6:6", event.0, event.1);
    assert!(told.contains("文件夹也要写：四月/2023-04 社区矫正管理局.xlsx 事项!6:6"), "{told}");
}

/// A unit that was renamed since the form went out is the same, whichever name its row has.
#[test]
fn a_form_may_name_a_renamed_unit_by_either_name() {
    for name in ["芦庙司法所", "芦庙镇司法所"] {
        let (scratch, paths) = april();
        let mut form =
            Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap());
        let path = form.path.clone();
        assert!(form.fact(&fact("芦庙司法所", "社区矫正工作.1", "数据同步率", "98%")));
        form.say_cell("A8", &format!("<c r=\"A8\" t=\"inlineStr\"><is><t>{name}</t></is></c>"));
        form.save(&path);
        let renamed = told(&scratch, "2023-04");
        assert_eq!(renamed.contains("form-out-of-place"), name != "芦庙司法所", "{renamed}");
        scratch.write("单位.csv", "单位,原名\n古井司法所,\n芦庙镇司法所,芦庙司法所\n华佗司法所,\n");
        let renamed = told(&scratch, "2023-04");
        assert!(!renamed.contains("form-") && !renamed.contains("unknown-unit"), "{renamed}");
        assert!(!renamed.contains("芦庙镇司法所 2023年4月没有报送“社区矫正工作.1 数据同步率”"), "{renamed}");
    }
}

/// Of what is deleted or merged nothing passes for unreported, whatever the rulebook makes of that.
#[test]
fn rows_and_columns_of_indicators_that_are_gone_are_told() {
    let say = |form: &mut Filled, cell: &str, new: &str| form.say_cell(cell, new);
    let told = told_of(|form| say(form, "A8", ""));
    assert!(told.contains("表 指标!A8: form-out-of-place: 报送表的“指标”少了“芦庙司法所”的一行"), "{told}");
    let told = told_of(|form| say(form, "A8", "<c r=\"A8\" t=\"inlineStr\"><is><t>芦庙所</t></is></c>"));
    assert!(told.contains("表 指标!A8: form-out-of-place: 报送表里“芦庙司法所”写成了“芦庙所”"), "{told}");
    assert!(!told.contains("unknown-unit") && !told.contains("missing-indicator"), "{told}");
    let told = told_of(|form| say(form, "A6", ""));
    assert!(told.contains("form-out-of-place: 报送表的“指标”增减了行或列"), "{told}");
    let told = told_of(|form| say(form, "B5", ""));
    assert!(told.contains("form-out-of-place: 报送表的“指标”少了“社区矫正工作.1 数据同步率”一列"), "{told}");
    let told = told_of(|form| {
        let merged = "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"B7:B8\"/></mergeCells>";
        form.say(SHEET, "</sheetData>", merged);
    });
    assert!(told.contains("表 指标!B7: unusable-cell: 数写在合并的单元格里"), "{told}");
    assert!(told.contains("表 指标!B8: unusable-cell") && !told.contains("missing-indicator"), "{told}");
}

/// What was not reported is told at the empty cell of the form; a column that all left empty is told once.
#[test]
fn what_is_missing_is_told_at_its_cell() {
    let scratch = Scratch::new();
    let units: Vec<String> = (1..=6).map(|number| format!("第{number}司法所")).collect();
    scratch.write("单位.csv", format!("单位\n{}\n", units.join("\n")));
    let paths = make(&scratch.path, "2023-04", &scratch.path.join("四月"));
    let mut form = Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("人民参与")).unwrap());
    let path = form.path.clone();
    units.iter().skip(1).for_each(|unit| assert!(form.fact(&fact(unit, "基层工作.2", "录入件数", "30"))));
    form.answer(false);
    form.save(&path);
    let told = told(&scratch, "2023-04");
    let cell = "四月/2023-04 人民参与和促进法治股.xlsx 指标!";
    assert!(
        told.contains(&format!("{cell}B7: missing-indicator: 第1司法所 2023年4月没有报送“基层工作.2 录入件数”")),
        "{told}"
    );
    assert!(
        told.contains(&format!(
            "{cell}C7: missing-indicator: 第1司法所等6个单位 2023年4月没有报送“基层工作.2 成功件数”"
        )),
        "{told}"
    );
    assert_eq!(told.matches("成功件数").count(), 1, "{told}");
}

#[test]
fn what_stands_beside_and_below_the_indicators_is_told() {
    let told = told_of(|form| {
        lacks(form);
        let column = (2..100).find(|column| form.sheets[0].text(4, *column).is_empty()).unwrap();
        let rows = [(7, column, "平台故障"), (12, 1, "填表人：张三"), (12, 2, "审核人：李四")];
        for (row, column, text) in rows {
            let letter = letters(column);
            let cell = format!("<c r=\"{letter}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
            let part = "xl/worksheets/sheet1.xml";
            let xml = form.parts.iter().find(|(name, _)| name == part).unwrap().1.clone();
            match xml.find(&format!("<row r=\"{row}\"")) {
                Some(start) => {
                    let end = start + xml[start..].find("</row>").unwrap();
                    form.say(part, &xml[start..end + 6], &format!("{}{cell}</row>", &xml[start..end]));
                }
                None => form.say(part, "</sheetData>", &format!("<row r=\"{row}\">{cell}</row></sheetData>")),
            }
        }
    });
    assert!(told.contains("unknown-column: C列不是报送表的，没有读"), "{told}");
    assert!(told.contains("表 指标!A12: note-below-table"), "{told}");
    assert!(!told.contains("unknown-unit"), "{told}");
}

#[test]
fn a_department_reports_its_own_clauses() {
    let told = told_of(|form| {
        lacks(form);
        let at = form.sheet(EVENTS).unwrap();
        form.typed.insert((at, 6, 2), Typed::Text("综合事项.4".to_owned()));
        form.typed.insert((at, 6, 3), Typed::Text("未按时报送".to_owned()));
    });
    assert!(
        told.contains("表 事项!B6: form-of-another-department: “综合事项.4”由考评办公室报，这是社区矫正管理局的报送表"),
        "{told}"
    );
}

#[test]
fn whether_anything_happened_must_be_said() {
    let told = told_of(|_| {});
    assert!(told.contains("表 事项!C3: nil-return-unsaid: “本期有没有事项”没有选，下面也没有事项"), "{told}");
    let told = told_of(|form| form.answer(true));
    assert!(told.contains("表 事项!C3: events-left-out: 选了“有”，下面却没有事项"), "{told}");
    let told = told_of(|form| {
        let at = form.sheet(EVENTS).unwrap();
        form.typed.insert((at, 3, 3), Typed::Text("没有".to_owned()));
    });
    assert!(told.contains("表 事项!C3: unknown-choice: “本期有没有事项”不能写“没有”"), "{told}");
    for any in [true, false] {
        let told = told_of(|form| {
            if any {
                lacks(form);
            }
            form.answer(any);
        });
        assert!(!told.contains("事项!"), "{told}");
    }
}

/// A month that is still being filled in is no mistake of the month that is scored; a note of the office is an answer.
#[test]
fn what_a_form_leaves_open_is_told_with_its_period() {
    let (scratch, paths) = april();
    let mut form = Filled::open(paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap());
    let path = form.path.clone();
    for unit in ["古井司法所", "芦庙司法所", "华佗司法所"] {
        assert!(form.fact(&fact(unit, "社区矫正工作.1", "数据同步率", "98%")));
    }
    form.save(&path);
    assert!(!told(&scratch, "2023-03").contains("nil-return-unsaid"));
    let status = || {
        let data = scratch.path.to_str().unwrap();
        let more = ["--date", "2023-05-04", "--format", "json", "--diagnostics", "short"];
        let output = zhunsheng([&["status", RULEBOOK, data, "--period", "2023-04"][..], &more].concat());
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        let all = value["departments"].as_array().unwrap();
        let of_it = all.iter().find(|it| it["department"] == "社区矫正管理局").unwrap();
        (of_it["state"].as_str().unwrap().to_owned(), String::from_utf8(output.stderr).unwrap())
    };
    let (state, told) = status();
    assert_eq!(state, "partial");
    assert!(told.contains("nil-return-unsaid"), "{told}");
    scratch.write("报送.csv", "期间,报送部门,收到日期,情况\n2023-04,社区矫正管理局,2023-05-04,零报送\n");
    let (state, told) = status();
    assert_eq!((state.as_str(), told.as_str()), ("reported", ""));
}

/// A form of a later month that is still being filled in, or that cannot be taken at all, does not stop this one; nor does
/// it hide what this one lacks.
#[test]
fn a_later_form_with_mistakes_waits_for_its_month() {
    let (scratch, paths) = april();
    let path = paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap();
    scratch.write("三月.csv", "月份,单位,条款,情形,数量\n2023-03,古井司法所,基层工作.2,录入件数,30\n");
    let fine = told(&scratch, "2023-03");
    assert!(fine.contains("missing-indicator"), "{fine}");
    let mut form = Filled::open(path);
    let sheet = form.sheet(INDICATORS).unwrap();
    form.typed.insert((sheet, 7, 2), Typed::Text("待报".to_owned()));
    form.save(path);
    let only_added = || {
        let told = told(&scratch, "2023-03");
        let (added, others): (Vec<&str>, Vec<&str>) =
            told.lines().partition(|line| line.contains("later-form-unfinished"));
        let says = added.iter().all(|line| line.contains("社区矫正管理局.xlsx”是2023-04的报送表，还有"));
        assert!(added.len() == 1 && says && others == fine.lines().collect::<Vec<_>>(), "{told}");
    };
    only_added();
    assert!(told(&scratch, "2023-04").contains("not-a-number: “数据同步率”的“待报”不是数"));
    let mut form = Filled::open(path);
    form.say("xl/workbook.xml", "name=\"指标\"", "name=\"四月\"");
    form.save(path);
    only_added();
    assert!(told(&scratch, "2023-04").contains("form-without-sheet"));
}

/// A department without indicators reports that nothing happened, and `status` takes its word.
#[test]
fn nothing_happened_is_a_report() {
    let scratch = Scratch::new();
    let book = "方案 示例\n施行 2023年3月至2023年12月\n考评对象 司法所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
        年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n板块 矫正\n  责任股室 矫正股\n  1. 台账\n     迟报：每次扣5分\n";
    scratch.write("方案.zs", book);
    scratch.write("数据/单位.csv", "单位\n甲所\n");
    let [book, data, out] =
        ["方案.zs", "数据", "数据/表"].map(|path| scratch.path.join(path).to_str().unwrap().to_owned());
    let made = zhunsheng(["form", &book, &data, "--period", "2023-04", "--out", &out]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let path = PathBuf::from(&out).join("2023-04 矫正股.xlsx");
    for (answer, code, state) in [(None, 1, "missing"), (Some(false), 0, "nil"), (Some(true), 1, "missing")] {
        let mut form = Filled::open(&path);
        if let Some(any) = answer {
            form.answer(any);
            form.save(&path);
        }
        let arguments = ["status", &book, &data, "--period", "2023-04", "--date", "2023-05-05", "--format", "json"];
        let output = zhunsheng(arguments);
        let status: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &status["departments"][0]["state"]), (Some(code), &state.into()));
        fs::remove_file(&path).unwrap();
        assert!(zhunsheng(["form", &book, &data, "--period", "2023-04", "--out", &out]).status.success());
    }
}

// ---------------------------------------------------------------- in a spreadsheet program

// ---------------------------------------------------------------- what is assessed by other periods than the form's

/// A rulebook, its roster and the form of a department for a period.
fn only_form(scratch: &Scratch, book: &str, period: &str, department: &str) -> (PathBuf, Option<PathBuf>) {
    let (path, data) = (scratch.path.join("方案.zs"), scratch.path.join("数据"));
    scratch.write("方案.zs", book);
    scratch.write("数据/单位.csv", "单位\n甲镇\n乙镇\n");
    let out = data.join("表");
    let args = ["form", path.to_str().unwrap(), data.to_str().unwrap(), "--period", period, "--out"];
    let output = zhunsheng([&args[..], &[out.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let form = out.join(format!("{period} {department}.xlsx"));
    (path, form.exists().then_some(form))
}

fn run_on(book: &Path, command: &str, period: &str, more: &[&str]) -> (Option<i32>, String) {
    let data = book.parent().unwrap().join("数据");
    let args = [command, book.to_str().unwrap(), data.to_str().unwrap(), "--period", period];
    let output = zhunsheng([&args[..], more].concat());
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).unwrap())
}

const CLOSING: &str = "方案 某县2025年考核
施行 2025年1月至2025年12月
考评对象 乡镇
考评周期 每月
约定
  每月基础分 0分
  年终得分 = 各月月考核得分平均 × 60% + 年终考核得分 × 40%，保留2位小数，四舍五入
  同分并列，其后名次顺延空出
板块 月考核
  责任股室 督查室
  1. 表扬
     表扬：每次加10分
板块 年终考核
  责任股室 组织部
  考评周期 每年，计入年终
  1. 述职
     述职分（分）：取平均；得 述职分，保留2位小数，四舍五入
  2. 党建
     党员数（人）：不少于10人，每少1人扣1分
";

/// Who leaves during the year is asked for that number with the last month, and for nothing else of it.
#[test]
fn a_unit_that_left_is_asked_for_what_counts_at_the_years_end() {
    let scratch = Scratch::new();
    let book = CLOSING.replacen("责任股室 组织部", "责任股室 督查室", 1);
    let monthly = "     表扬：每次加10分\n  2. 走访\n     走访数（次）：不少于5次，每少1次扣1分\n";
    let book = book.replacen("     表扬：每次加10分\n", monthly, 1);
    let (book, _) = only_form(&scratch, &book, "2025-11", "督查室");
    scratch.write("数据/单位.csv", "单位,停用月份\n甲镇,\n乙镇,2025-05\n");
    let out = scratch.path.join("数据/表");
    let (code, told) = run_on(&book, "form", "2025-12", &["--out", out.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{told}");
    fs::remove_file(out.join("2025-11 督查室.xlsx")).unwrap();
    let form = out.join("2025-12 督查室.xlsx");
    let mut filled = Filled::open(&form);
    let open =
        ["走访数", "述职分", "党员数"].map(|label| (filled.is_open("甲镇", label), filled.is_open("乙镇", label)));
    assert_eq!(open, [(true, false), (true, true), (true, true)]);
    for (unit, label, number) in [
        ("甲镇", "走访数", "5"),
        ("甲镇", "述职分", "90"),
        ("甲镇", "党员数", "12"),
        ("乙镇", "述职分", "85"),
        ("乙镇", "党员数", "12"),
    ] {
        let clause = match label {
            "走访数" => "月考核.2",
            "述职分" => "年终考核.1",
            _ => "年终考核.2",
        };
        assert!(filled.fact(&fact(unit, clause, label, number)), "{unit} {label}");
    }
    filled.answer(false);
    filled.save(&form);
    let months: String = (1..=11)
        .map(|month| {
            let left =
                if month <= 5 { format!("2025-{month:02},乙镇,月考核.2,走访数,5\n") } else { String::new() };
            format!("2025-{month:02},甲镇,月考核.2,走访数,5\n{left}")
        })
        .collect();
    scratch.write("数据/月.csv", format!("月份,单位,条款,情形,数量\n{months}"));
    let (code, told) = run_on(&book, "explain", "2025", &["--unit", "乙镇"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("述职分 85分"), "{told}");
}

/// What counts at the year's end is one number, asked once and read for the year, and told with its share of the total.
#[test]
fn what_counts_at_the_years_end_is_asked_with_the_last_month_and_read_for_the_year() {
    let scratch = Scratch::new();
    for month in 1..=11 {
        let (_, form) = only_form(&scratch, CLOSING, &format!("2025-{month:02}"), "组织部");
        assert_eq!(form, None);
    }
    let (book, form) = only_form(&scratch, CLOSING, "2025-12", "组织部");
    let form = form.unwrap();
    scratch.write("数据/月.csv", "月份,单位,条款,情形,数量\n2025-03,甲镇,月考核.1,表扬,1\n");
    let (_, told) = run_on(&book, "status", "2025-12", &["--date", "2026-01-05"]);
    assert!(told.contains("组织部 ┆ 没有报"), "{told}");
    scratch.write("数据/年终.csv", "期间,单位,条款,情形,数量\n2025,甲镇,年终考核.1,述职分,90\n");
    let (_, told) = run_on(&book, "status", "2025-12", &["--date", "2026-01-05"]);
    assert!(
        told.contains("没有报齐") && told.contains("组织部缺 年终考核.1 述职分：乙镇") && !told.contains("期）"),
        "{told}"
    );
    fs::remove_file(scratch.path.join("数据/年终.csv")).unwrap();
    let mut filled = Filled::open(&form);
    for (unit, label, number) in
        [("甲镇", "述职分", "90"), ("甲镇", "党员数", "8"), ("乙镇", "述职分", "85"), ("乙镇", "党员数", "12")]
    {
        let clause = if label == "述职分" { "年终考核.1" } else { "年终考核.2" };
        assert!(filled.fact(&fact(unit, clause, label, number)));
    }
    filled.save(&form);
    let (_, told) = run_on(&book, "status", "2025-12", &["--date", "2026-01-05"]);
    assert!(told.contains("已报") && told.contains("4/4"), "{told}");
    // 表扬 in one month: 10 × 60% + 88 × 40%.
    let (code, told) = run_on(&book, "explain", "2025", &["--unit", "甲镇"]);
    assert_eq!(code, Some(0), "{told}");
    for said in [
        "总分41.2分",
        "各月月考核得分平均10分 × 60% = 6分",
        "年终考核得分88分 × 40% = 35.2分",
        "述职分 90分",
        "党员数 8人",
        "组织部.xlsx 指标!B7",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert!(!told.contains("不作考评"), "{told}");
    // A limit of the year's total is said where it takes something.
    scratch.write("有上限.zs", CLOSING.replace("  同分并列", "  年终得分不超过 40分\n  同分并列"));
    let limited = scratch.path.join("有上限.zs");
    let (code, told) = run_on(&limited, "explain", "2025", &["--unit", "甲镇"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("总分40分") && told.contains("合计41.2分，最高40分"), "{told}");
    let (_, told) = run_on(&book, "explain", "2025", &["--unit", "甲镇", "--clause", "年终考核.1"]);
    assert!(told.contains("述职分 90分") && !told.contains("2025-03"), "{told}");
    let out = scratch.path.join("报告");
    let (code, told) = run_on(&book, "score", "2025", &["--out", out.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{told}");
    for file in ["考评结果.html", "说明/甲镇.txt"] {
        let text = fs::read_to_string(out.join(file)).unwrap();
        assert!(text.contains("述职分 90分") && text.contains("年终考核得分88分 × 40% = 35.2分"), "{file}: {text}");
    }
}

/// The day is printed and locked: whoever makes the form is told that it may be a holiday.
#[test]
fn a_day_counted_in_a_year_of_unknown_holidays_is_told() {
    let scratch = Scratch::new();
    let line = "  报送期限 次月第3个工作日\n  工作日按法定节假日安排\n  同分并列";
    let book = CLOSING.replace("2025年", "2039年").replacen("  同分并列", line, 1);
    let (path, _) = only_form(&scratch, &book, "2039-03", "督查室");
    let out = scratch.path.join("又").display().to_string();
    let (code, told) = run_on(&path, "form", "2039-03", &["--out", &out, "--diagnostics", "short"]);
    assert!(code == Some(0) && told.contains("holidays-unknown"), "{told}");
}

/// Numbers that are shown or typed as percentages by mistake are told with both readings.
#[test]
fn percentages_by_mistake_are_told_with_what_they_may_mean() {
    let scratch = Scratch::new();
    let line = "     表扬：每次加10分\n     合格率（%）：低于90%扣5分\n";
    let book = CLOSING.replacen("     表扬：每次加10分\n", line, 1);
    let (path, _) = only_form(&scratch, &book, "2025-12", "督查室");
    for (written, help) in [("1", "百分之百的写成100%，百分之一的写成1%"), ("9550%", "是95.5%的，写成95.5%")]
    {
        let rows = format!("月份,单位,条款,情形,数量\n2025-03,甲镇,月考核.1,合格率,{written}\n");
        scratch.write("数据/月.csv", rows);
        let (_, told) = run_on(&path, "score", "2025-03", &[]);
        assert!(told.contains(help), "{told}");
    }
}

const YEARLY: &str = "方案 某县2024年考核
施行 2024年1月至2024年12月
考评对象 乡镇
考评周期 每年
约定
  基础分 0分
  同分并列，其后名次顺延空出
板块 工作
  责任股室 发改局
  1. 招商
     考评周期 每半年，各半年之和
     到位资金（万元）：不少于100万元，每少10万元扣1分，不足10万元的不计
  2. 信访
     考评周期 每季度，各季度平均
     重复信访：每件扣1分
     保留2位小数，四舍五入
  3. 创建
     表彰：每次加1分
";

/// What a declared column may hold is chosen from a list, and belongs to what the form asks.
#[test]
fn listed_values_are_chosen_and_belong_to_the_form() {
    let scratch = Scratch::new();
    let book = YEARLY.replacen("考评周期 ", "事实列 级别：国家级/省级/市级\n考评周期 ", 1);
    let (path, form) = only_form(&scratch, &book, "2024", "发改局");
    let form = form.unwrap();
    let mut filled = Filled::open(&form);
    let events = filled.sheet(EVENTS).unwrap();
    let column = (1..30).find(|column| filled.sheets[events].text(5, *column) == "级别").unwrap();
    let xml =
        &filled.parts.iter().find(|(name, _)| *name == format!("xl/worksheets/sheet{}.xml", events + 1)).unwrap().1;
    assert_eq!(check_on(xml, &format!("{}6", letters(column))), "'名单'!$J$2:$J$4");
    let lists = &filled.sheets[filled.sheet("名单").unwrap()];
    assert_eq!([1, 2, 3, 4, 5].map(|row| lists.text(row, 10)), ["级别", "国家级", "省级", "市级", ""]);
    assert!(xml.contains("填表人：") && xml.contains("负责人（签字、盖章）："));
    assert!(filled.fact(&fact("甲镇", "工作.3", "表彰", "1")));
    filled.answer(true);
    filled.save(&form);
    fs::write(&path, format!("# 说明\n{book}").replace("表彰：每次加1分", "表彰：每次加1分  # 照旧")).unwrap();
    let told = run_on(&path, "score", "2024", &["--diagnostics", "short"]).1;
    assert!(!told.contains("form-of-another-rulebook"), "{told}");
    fs::write(&path, book.replace("省级/市级", "省级/市级/县级")).unwrap();
    let told = run_on(&path, "score", "2024", &["--diagnostics", "short"]).1;
    assert!(told.contains("form-of-another-rulebook"), "{told}");
}

/// A form of the year asks for each half and lets events name their month.
#[test]
fn a_form_of_the_year_asks_for_its_halves_and_quarters() {
    let scratch = Scratch::new();
    let (book, form) = only_form(&scratch, YEARLY, "2024", "发改局");
    let form = form.unwrap();
    let mut filled = Filled::open(&form);
    let at = filled.sheet(INDICATORS).unwrap();
    let sheet = &filled.sheets[at];
    assert_eq!([sheet.text(3, 1), sheet.text(3, 2), sheet.text(3, 3)], ["期间", "2024-H1", "2024-H2"]);
    // Who asks for the form of a half is told which one asks for it.
    let (code, told) = run_on(&book, "form", "2024-H1", &["--out", "表", "--diagnostics", "human"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("“2024-H1”不是") && told.contains("写2024：按半年考评的条目"), "{told}");
    for (row, column, number) in [(7, 2, 100.0), (7, 3, 80.0), (8, 2, 90.0), (8, 3, 100.0)] {
        filled.typed.insert((at, row, column), Typed::Number(number));
    }
    assert!(filled.fact(&fact("甲镇", "工作.3", "表彰", "1")));
    assert!(filled.fact(&fact("乙镇", "工作.2", "重复信访", "4")));
    let events = filled.sheet(EVENTS).unwrap();
    let month = (1..20).find(|column| filled.sheets[events].text(5, *column) == "月份").unwrap();
    filled.typed.insert((events, 7, month), Typed::Text("2024-05".to_owned()));
    filled.answer(true);
    filled.save(&form);
    let (code, told) = run_on(&book, "score", "2024", &["--format", "csv", "--diagnostics", "short"]);
    assert_eq!(code, Some(0), "{told}");
    // The second and the fourth quarter have facts: the mean of 4 and 0.
    assert!(told.contains("甲镇,,-1,") && told.contains("乙镇,,-3,"), "{told}");
    let (code, told) = run_on(&book, "status", "2024", &["--date", "2025-01-05"]);
    assert_eq!(code, Some(0), "{told}");
}

/// The formula of the check on a cell, or of its drop-down.
fn check_on(xml: &str, cell: &str) -> String {
    let checks = xml.split("<dataValidation ").skip(1);
    let mut of_it = checks.filter(|check| check.contains(&format!("sqref=\"{cell}:")));
    let check = of_it.next().unwrap_or_else(|| panic!("no check on {cell}"));
    let start = check.find("<formula1>").unwrap() + "<formula1>".len();
    check[start..check.find("</formula1>").unwrap()].to_owned()
}

/// Every check is computed by LibreOffice, for what is right and what is wrong.
#[test]
fn drop_downs_and_checks_hold_in_a_spreadsheet_program() {
    // Clause, label, and column with what is typed; whether it passes.
    let events = [
        ("社区矫正工作.2", "缺项", "D", "2", true),
        ("社区矫正工作.2", "缺项", "D", "1.5", false),
        ("社区矫正工作.2", "缺项", "D", "-1", false),
        ("社区矫正工作.5", "主动核查对接", "E", "1.25", true),
        ("社区矫正工作.5", "主动核查对接", "E", "2.5", false),
    ];
    let rates = [("95.5%", true), ("180%", false), ("不适用", true), ("也许", false)];
    for (case, (clause, label, column, value, passes)) in events.into_iter().enumerate() {
        let (scratch, paths) = april();
        let name = paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap();
        let mut form = Filled::open(name);
        let named = if column == "D" { "数量" } else { "分值" };
        let mut row = fact("古井司法所", clause, label, "");
        row.insert(named, value);
        assert!(form.fact(&row));
        let (rate, rate_passes) = rates[case % rates.len()];
        assert!(form.fact(&fact("古井司法所", "社区矫正工作.1", "数据同步率", rate)));
        let part = |number: usize| {
            form.parts.iter().position(|(name, _)| *name == format!("xl/worksheets/sheet{number}.xml")).unwrap()
        };
        let (matrix, list) = (part(1), part(2));
        let matrix_check = check_on(&form.parts[matrix].1, "B7");
        let list_check = check_on(&form.parts[list].1, &format!("{column}6"));
        let labels = format!("COUNTA({})", check_on(&form.parts[list].1, "C6"));
        for (at, row, cells) in [(matrix, "7", vec![matrix_check]), (list, "6", vec![list_check, labels])] {
            let xml = &mut form.parts[at].1;
            let start = xml.find(&format!("<row r=\"{row}\"")).unwrap();
            let end = start + xml[start..].find("</row>").unwrap();
            let cells = ["AY", "AZ"].into_iter().zip(cells);
            let cells: String =
                cells.map(|(column, formula)| format!("<c r=\"{column}{row}\"><f>{formula}</f></c>")).collect();
            xml.insert_str(end, &cells);
        }
        // What the form says of a clause is computed anew, as it is when someone types.
        form.parts[list].1 = form.parts[list].1.replace("<v> </v>", "");
        form.save(&scratch.path.join("填.xlsx"));
        let to_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
        if !libreoffice(&["--convert-to", to_csv, "填.xlsx"], &scratch.path) {
            return;
        }
        let line = |sheet: &str, row: usize| {
            let text = fs::read_to_string(scratch.path.join(format!("填-{sheet}.csv"))).unwrap();
            text.lines().nth(row - 1).unwrap().to_owned()
        };
        let truth = |passes: bool| if passes { "TRUE" } else { "FALSE" };
        assert!(line("指标", 7).ends_with(truth(rate_passes)), "{rate}: {}", line("指标", 7));
        let row = line("事项", 6);
        let count = if clause.ends_with('5') { 1 } else { 3 };
        assert!(row.ends_with(&format!("{},{count}", truth(passes))), "{value}: {row}");
        // What the form says of the clause that was chosen.
        assert!(row.contains(label) && row.matches(label).count() >= 2, "{row}");
    }
}

/// A check of a sheet: the cell that it begins at, what it is called, what it says, and when what is typed passes.
struct Check {
    cell: String,
    name: String,
    message: String,
    formula: String,
}

fn checks(xml: &str) -> Vec<Check> {
    let between = |text: &str, from: &str, to: &str| -> Option<String> {
        let (_, rest) = text.split_once(from)?;
        rest.split_once(to).map(|(inner, _)| inner.to_owned())
    };
    let each = xml.split("<dataValidation ").skip(1).map(|check| {
        let of = |name: &str| between(check, &format!("{name}=\""), "\"").unwrap_or_default();
        let range = of("sqref");
        let cell = range.split(':').next().unwrap().to_owned();
        let first = between(check, "<formula1>", "</formula1>").unwrap();
        let formula = match (of("type").as_str(), first.trim_matches('"')) {
            ("custom", _) => first,
            ("list", words) if words != first => {
                let words: Vec<String> = words.split(',').map(|word| format!("{cell}=\"{word}\"")).collect();
                format!("OR({})", words.join(","))
            }
            // Of what is not there no place is found, and of an empty list no list.
            ("list", _) => format!("IFERROR(ISNUMBER(MATCH({cell},{first},0)),FALSE())"),
            ("date", _) => {
                let last = between(check, "<formula2>", "</formula2>").unwrap();
                format!("AND(ISNUMBER({cell}),{cell}&gt;={first},{cell}&lt;={last})")
            }
            ("decimal", _) if of("operator") == "greaterThanOrEqual" => {
                format!("AND(ISNUMBER({cell}),{cell}&gt;={first})")
            }
            (kind, _) => panic!("a check of another kind: {kind}"),
        };
        Check { cell, name: of("errorTitle"), message: of("error"), formula }
    });
    each.collect()
}

/// Every check of every form, as LibreOffice computes it: what is right passes, and what is wrong does not.
#[test]
fn every_check_of_every_form_tells_right_from_wrong() {
    let (scratch, paths) = april();
    let mut tried = BTreeMap::new();
    let mut files = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        for passes in [true, false] {
            let mut form = Filled::open(path);
            let list = &form.sheets[form.sheet("名单").unwrap()];
            // A clause with points in a range, where there is one.
            let event = (2..400).find(|row| !list.text(*row, 8).is_empty()).unwrap_or(2);
            let text = |column: u32| list.text(event, column).to_owned();
            let (clause, label, most) = (text(3), text(4), text(8));
            let mut wanted = Vec::new();
            for (sheet, name) in [(form.sheet(INDICATORS), INDICATORS), (form.sheet(EVENTS), EVENTS)] {
                let Some(sheet) = sheet else { continue };
                let part = format!("xl/worksheets/sheet{}.xml", sheet + 1);
                let at = form.parts.iter().position(|(known, _)| *known == part).unwrap();
                for (number, check) in checks(&form.parts[at].1).into_iter().enumerate() {
                    let (right, wrong) = match (name, check.name.as_str()) {
                        (INDICATORS, _) if check.message.contains('%') => ("95%", "180%"),
                        (INDICATORS, _) => ("2", "1.5"),
                        (_, "单位") => ("古井司法所", "没有的所"),
                        (_, "条款") => (clause.as_str(), "没有的条款"),
                        (_, "情形") => (label.as_str(), "没有的情形"),
                        (_, "有或无") => ("有", "也许"),
                        (_, "数量") => ("2", "-1"),
                        (_, "分值") => (if most.is_empty() { "1" } else { most.as_str() }, "99999"),
                        (_, name) if name.ends_with("日期") => ("2023-04-05", "四月初"),
                        (_, _) => ("1", "-1"),
                    };
                    let letter = check.cell.trim_end_matches(|c: char| c.is_ascii_digit());
                    let row: u32 = check.cell[letter.len()..].parse().unwrap();
                    let column = (1..200).find(|column| letters(*column) == letter).unwrap();
                    form.typed.insert((sheet, row, column), typed(if passes { right } else { wrong }));
                    let xml = &mut form.parts[at].1;
                    let start = xml.find(&format!("<row r=\"{row}\"")).unwrap();
                    let end = start + xml[start..].find("</row>").unwrap();
                    let place = letters(60 + number as u32);
                    xml.insert_str(end, &format!("<c r=\"{place}{row}\"><f>{}</f></c>", check.formula));
                    *tried.entry(format!("{name} {}", check.name)).or_insert(0) += 1;
                    wanted.push((name, row, 59 + number, format!("{} {}", check.name, check.cell)));
                }
            }
            let file = format!("{index}{passes}");
            form.save(&scratch.path.join(format!("{file}.xlsx")));
            files.push((file, passes, wanted));
        }
    }
    for kind in
        ["指标 数不对", "事项 单位", "事项 条款", "事项 情形", "事项 数量", "事项 分值", "事项 发生日期", "事项 有或无"]
    {
        assert!(tried.contains_key(kind), "{kind}: {tried:?}");
    }
    let names: Vec<String> = files.iter().map(|(file, ..)| format!("{file}.xlsx")).collect();
    let to_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
    let arguments: Vec<&str> = ["--convert-to", to_csv].into_iter().chain(names.iter().map(String::as_str)).collect();
    if !libreoffice(&arguments, &scratch.path) {
        return;
    }
    for (file, passes, wanted) in &files {
        for (sheet, row, column, what) in wanted {
            let text = fs::read_to_string(scratch.path.join(format!("{file}-{sheet}.csv"))).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let record = reader.records().nth(*row as usize - 1).unwrap().unwrap();
            let truth = if *passes { "TRUE" } else { "FALSE" };
            assert_eq!(record.get(*column), Some(truth), "{file} {sheet} {what}: {record:?}");
        }
    }
}

/// On paper is what is filled in, however many units there are and however much happened.
#[test]
fn paper_has_what_is_filled_in_and_no_empty_pages() {
    let scratch = Scratch::new();
    let units: Vec<String> = (1..=300).map(|number| format!("第{number}司法所")).collect();
    scratch.write("单位.csv", format!("单位\n{}\n", units.join("\n")));
    let paths = make(&scratch.path, "2023-04", &scratch.path.join("四月"));
    let path = paths.iter().find(|path| path.to_string_lossy().contains("社区矫正管理局")).unwrap();
    fs::copy(path, scratch.path.join("空.xlsx")).unwrap();
    let mut form = Filled::open(path);
    let events = units.iter().take(70);
    events.for_each(|unit| assert!(form.fact(&fact(unit, "社区矫正工作.2", "缺项", "2"))));
    form.answer(true);
    form.save(&scratch.path.join("填.xlsx"));
    if !libreoffice(&["--convert-to", "pdf", "空.xlsx", "填.xlsx"], &scratch.path) {
        return;
    }
    let [Some(empty), Some(filled)] = ["空.pdf", "填.pdf"].map(|name| pages(&scratch.path.join(name))) else {
        return;
    };
    // 300 units upright, the events, the clauses.
    let of = |pages: &[String], what: &str| pages.iter().filter(|page| page.contains(what)).count();
    assert_eq!((of(&empty, "怎样填"), of(&empty, "发生日期"), empty.len()), (6, 1, 8));
    assert_eq!((of(&filled, "怎样填"), of(&filled, "发生日期"), filled.len()), (6, 2, 9));
    assert!(filled.iter().any(|page| page.contains("第70司法所") && page.contains("发生日期")));
}
