//! Facts from workbooks: the same scores as from text files, findings at cells, hostile files refused.
#![cfg(feature = "office")]

mod scratch;

use std::fs;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use scratch::{Chance, HEADER, Scratch, beside, run_score, score, score_json};
use zip::write::SimpleFileOptions;

/// A table as a person types it into a spreadsheet: numbers, percentages and dates, not texts.
fn typed(sheet: &mut Worksheet, text: &str, first_row: u32) {
    let percent = Format::new().set_num_format("0.00%");
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let month = Format::new().set_num_format("yyyy\"年\"m\"月\"");
    for (row, line) in (first_row..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(',').filter(|cell| !cell.contains('"'))) {
            let date = |text: &str| ExcelDateTime::parse_from_str(text);
            if cell.is_empty() {
            } else if let Ok(number) = cell.parse::<f64>() {
                sheet.write_number(row, column, number).unwrap();
            } else if let Some(Ok(number)) = cell.strip_suffix('%').map(str::parse::<f64>) {
                sheet.write_number_with_format(row, column, number / 100.0, &percent).unwrap();
            } else if cell.len() == 10 && cell.as_bytes()[4] == b'-' {
                sheet.write_datetime_with_format(row, column, date(cell).unwrap(), &day).unwrap();
            } else if cell.len() == 7 && cell.as_bytes()[4] == b'-' {
                let first = date(&format!("{cell}-01")).unwrap();
                sheet.write_datetime_with_format(row, column, first, &month).unwrap();
            } else {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
}

fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("事项").unwrap();
    fill(sheet);
    book.save_to_buffer().unwrap()
}

/// What is told of a folder with one workbook, one finding a line.
fn told(book: &[u8]) -> (Option<i32>, String) {
    let scratch = Scratch::new();
    scratch.write("单位.csv", "单位\n古井司法所\n芦庙司法所\n");
    scratch.write("社区矫正.xlsx", book);
    let output = run_score(&scratch.path, "2023-04", &["--diagnostics", "short"]);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_year_of_workbooks_scores_as_the_year_of_text_files() {
    for case in ["02-every-kind", "04-quarter", "06-ties-and-vetoes"] {
        let folder = beside("year").join(case);
        let scratch = Scratch::new();
        let mut months = Vec::new();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            if path.extension().is_some_and(|ending| ending == "csv") {
                let text = fs::read_to_string(&path).unwrap();
                // A title, an empty row, the table, an empty row, and who filled it in.
                let bytes = book(|sheet| {
                    sheet.write_string(0, 0, "谯城区司法局考评事实").unwrap();
                    typed(sheet, &text, 2);
                    if name != "单位" {
                        sheet.write_string(text.lines().count() as u32 + 4, 0, "填表人：张三").unwrap();
                    }
                });
                scratch.write(&format!("{name}.xlsx"), bytes);
                months.extend((name != "单位").then_some(name));
            }
        }
        for month in months.iter().map(String::as_str).filter(|name| name.starts_with("2023-")) {
            let mut from_books = score_json(&scratch.path, month);
            let mut from_text = score_json(&folder, month);
            // All but where the rows are.
            let strip = |value: &mut serde_json::Value| strip_origins(value);
            strip(&mut from_books);
            strip(&mut from_text);
            assert_eq!(from_books["units"], from_text["units"], "{case} {month}");
        }
    }
}

fn strip_origins(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            map.remove("origin");
            map.values_mut().for_each(strip_origins);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(strip_origins),
        serde_json::Value::String(text) if text.contains(".csv:") || text.contains(".xlsx ") => text.clear(),
        _ => {}
    }
}

#[test]
fn findings_name_the_cell() {
    let text =
        format!("{HEADER}2023-04,古井司法所,社区矫正工作.2,缺顶,1\n\n2023-04,古丼司法所,社区矫正工作.2,缺项,1.5\n");
    let bytes = book(|sheet| {
        typed(sheet, &text, 0);
        sheet.write_formula(4, 4, Formula::new("=A1+#REF!").set_result("#REF!")).unwrap();
        for (column, cell) in (0..).zip(["2023-04", "古井司法所", "社区矫正工作.2", "缺项"]) {
            sheet.write_string(4, column, cell).unwrap();
        }
    });
    let (status, told) = told(&bytes);
    assert_eq!(status, Some(1), "{told}");
    for expected in [
        "社区矫正.xlsx 事项!D2: unknown-label",
        "社区矫正.xlsx 事项!B4: unknown-unit",
        "社区矫正.xlsx 事项!E5: unusable-cell: “#REF!”",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(told.lines().all(|line| line.starts_with("社区矫正.xlsx 事项!")), "{told}");
}

#[test]
fn two_rows_about_the_same_are_named_by_their_rows() {
    let text =
        format!("{HEADER}2023-04,古井司法所,基层工作.2,录入件数,30\n2023-04,古井司法所,基层工作.2,录入件数,31\n");
    let (_, told) = told(&book(|sheet| typed(sheet, &text, 0)));
    assert!(told.contains("社区矫正.xlsx 事项!D3: reported-twice"), "{told}");
    assert!(told.contains("见社区矫正.xlsx 事项!2:2和社区矫正.xlsx 事项!3:3"), "{told}");
}

#[test]
fn merged_cells_speak_for_all_their_rows() {
    let plain = Format::new();
    let text = format!("{HEADER}2023-04,古井司法所,社区矫正工作.2,缺项,1\n,,社区矫正工作.2,错误,2\n");
    let scored = |bytes: &[u8]| {
        let scratch = Scratch::new();
        scratch.write("单位.csv", "单位\n古井司法所\n芦庙司法所\n");
        scratch.write("社区矫正.xlsx", bytes);
        run_score(&scratch.path, "2023-04", &["--diagnostics", "short"])
    };
    let merged = book(|sheet| {
        typed(sheet, &text, 0);
        sheet.merge_range(1, 0, 2, 0, "2023年4月", &plain).unwrap();
        sheet.merge_range(1, 1, 2, 1, "古井司法所", &plain).unwrap();
    });
    let told_of = String::from_utf8(scored(&merged).stderr).unwrap();
    // The indicators are missing; nothing is wrong with the rows.
    assert!(!told_of.contains("社区矫正.xlsx"), "{told_of}");
    let number = book(|sheet| {
        typed(sheet, &text, 0);
        sheet.merge_range(1, 0, 2, 0, "2023-04", &plain).unwrap();
        sheet.merge_range(1, 1, 2, 1, "古井司法所", &plain).unwrap();
        sheet.merge_range(1, 4, 2, 4, "3", &plain).unwrap();
    });
    let told_of = String::from_utf8(scored(&number).stderr).unwrap();
    assert!(told_of.contains("社区矫正.xlsx 事项!E2: unusable-cell"), "{told_of}");
    assert!(told_of.contains("社区矫正.xlsx 事项!E3: unusable-cell"), "{told_of}");
}

#[test]
fn sheets_without_facts_and_hidden_ones_are_told() {
    let text = format!("{HEADER}2023-04,古井司法所,社区矫正工作.2,缺项,1\n");
    let mut book = Workbook::new();
    typed(book.add_worksheet().set_name("事项").unwrap(), &text, 0);
    book.add_worksheet().set_name("填报说明").unwrap().write_string(0, 0, "请于5日前报送").unwrap();
    let hidden = book.add_worksheet().set_name("草稿").unwrap();
    typed(hidden, &text, 0);
    hidden.set_hidden(true);
    let (_, told) = told(&book.save_to_buffer().unwrap());
    assert!(told.contains("社区矫正.xlsx 填报说明: unread-sheet"), "{told}");
    assert!(told.contains("社区矫正.xlsx 草稿: unread-sheet"), "{told}");
}

#[test]
fn a_formula_that_nobody_computed_is_told() {
    let text = format!("{HEADER}2023-04,古井司法所,社区矫正工作.2,缺项,1\n");
    let bytes = book(|sheet| typed(sheet, &text, 0));
    // As programs write them that compute nothing.
    let bytes = rewritten(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        let at = xml.find("<c r=\"E2\">").unwrap();
        let end = at + xml[at..].find("</c>").unwrap();
        format!("{}<c r=\"E2\"><f>1+1</f>{}", &xml[..at], &xml[end..])
    });
    let (_, told) = told(&bytes);
    assert!(told.contains("社区矫正.xlsx 事项!E2: unusable-cell"), "{told}");
}

/// A zip file with one part changed.
fn rewritten(bytes: &[u8], part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut entry = from.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = Vec::new();
        std::io::copy(&mut entry, &mut text).unwrap();
        to.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        let text = if name == part { change(&String::from_utf8(text).unwrap()).into_bytes() } else { text };
        to.write_all(&text).unwrap();
    }
    to.finish().unwrap().into_inner()
}

// ---------------------------------------------------------------- other formats

/// `samples` were saved by LibreOffice from the same sheet.
#[test]
fn old_and_open_formats_are_read_alike() {
    let read = |ending: &str| {
        let scratch = Scratch::new();
        scratch.write("单位.csv", "单位\n古井司法所\n芦庙司法所\n");
        scratch.write(&format!("事实.{ending}"), fs::read(beside(&format!("workbooks/事实.{ending}"))).unwrap());
        String::from_utf8(score(&scratch.path, "2023-04", &["--format", "csv"])).unwrap()
    };
    let expected = read("xlsx");
    assert!(expected.contains("古井司法所"), "{expected}");
    assert_eq!(read("ods"), expected);
    assert_eq!(read("xls"), expected);
}

// ---------------------------------------------------------------- hostile files

/// Runs within bounds, and says the code.
#[track_caller]
fn refused(bytes: &[u8], code: &str) {
    let started = Instant::now();
    let (status, told) = told(bytes);
    assert_eq!(status, Some(1), "{told}");
    assert!(told.contains(&format!(": {code}: ")), "{code}: {told}");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

fn sample() -> Vec<u8> {
    book(|sheet| typed(sheet, &format!("{HEADER}2023-04,古井司法所,社区矫正工作.2,缺项,1\n"), 0))
}

#[test]
fn what_is_no_workbook_is_told() {
    refused(b"", "broken-workbook");
    refused("单位,条款\n".as_bytes(), "broken-workbook");
    refused(b"<html><table><tr><td>1</td></tr></table></html>", "broken-workbook");
    refused(&sample()[..2000], "broken-workbook");
    let mut old = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    old.resize(4096, 0);
    refused(&old, "broken-workbook");
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let zeros = vec![b' '; 1 << 20];
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default().large_file(true)).unwrap();
    for _ in 0..300 {
        bomb.write_all(&zeros).unwrap();
    }
    refused(&bomb.finish().unwrap().into_inner(), "workbook-too-large");
}

#[test]
fn empty_cells_cost_nothing() {
    // A formatted cell in the last corner, and a hundred million between: nothing is filled in.
    let far = rewritten(&sample(), "xl/worksheets/sheet1.xml", |xml| {
        xml.replace("</sheetData>", "<row r=\"1048576\"><c r=\"XFD1048576\"/></row></sheetData>")
    });
    let started = Instant::now();
    let (_, told) = told(&far);
    assert!(!told.contains("社区矫正.xlsx"), "{told}");
    assert!(started.elapsed() < Duration::from_secs(20));
    // Written out one by one, they are told to be too many.
    let many = rewritten(&sample(), "xl/worksheets/sheet1.xml", |xml| {
        let row = format!("<row>{}</row>", "<c/>".repeat(16_000));
        xml.replace("</sheetData>", &(row.repeat(4500) + "</sheetData>"))
    });
    refused(&many, "workbook-too-large");
}

#[test]
fn ten_thousand_sheets_are_refused() {
    let sheet: String = (0..10_000)
        .map(|number| format!("<sheet name=\"表{number}\" sheetId=\"{}\" r:id=\"rId1\"/>", number + 1))
        .collect();
    let many = rewritten(&sample(), "xl/workbook.xml", |xml| {
        let (at, end) = (xml.find("<sheets>").unwrap() + "<sheets>".len(), xml.find("</sheets>").unwrap());
        format!("{}{sheet}{}", &xml[..at], &xml[end..])
    });
    refused(&many, "workbook-too-large");
}

#[test]
fn promises_are_not_believed() {
    let lie = rewritten(&sample(), "xl/sharedStrings.xml", |xml| {
        let at = xml.find("uniqueCount=\"").unwrap() + "uniqueCount=\"".len();
        format!("{}99999999999{}", &xml[..at], &xml[at..])
    });
    refused(&lie, "broken-workbook");
}

#[test]
fn open_documents_that_repeat_without_end_are_refused() {
    let document = |table: &str| {
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut part = |name: &str, text: &str| {
            out.start_file(name, SimpleFileOptions::default()).unwrap();
            out.write_all(text.as_bytes()).unwrap();
        };
        part("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
        part("META-INF/manifest.xml", "<manifest:manifest/>");
        part(
            "content.xml",
            &format!(
                "<office:document-content><table:table table:name=\"事项\">{table}</table:table></office:document-content>"
            ),
        );
        out.finish().unwrap().into_inner()
    };
    let cell =
        "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>";
    refused(
        &document(&format!("<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>")),
        "workbook-too-large",
    );
    let empty = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
    refused(
        &document(&format!("<table:table-row table:number-rows-repeated=\"1048576\">{empty}</table:table-row>")),
        "workbook-without-table",
    );
    refused(&document("<table:table-row>"), "broken-workbook");
}

/// Whatever bytes are changed: a result or a finding, never a crash.
#[test]
fn damaged_workbooks_never_crash() {
    let mut chance = Chance::new(5);
    let originals = ["xlsx", "xls", "ods"].map(|ending| fs::read(beside(&format!("workbooks/事实.{ending}"))).unwrap());
    // In this process: a run of the program for each would take minutes.
    for round in 0..400 {
        let mut bytes = originals[round % 3].clone();
        for _ in 0..=chance.below(8) {
            let at = chance.below(bytes.len() as u64) as usize;
            bytes[at] = chance.next() as u8;
        }
        if chance.one_in(4) {
            bytes.truncate(chance.below(bytes.len() as u64) as usize);
        }
        let _ = zhunsheng::workbook::read(&bytes);
    }
    // Behind the checksums: the parts themselves.
    for _ in 0..60 {
        for part in ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"] {
            let seed = chance.next();
            let bytes = rewritten(&originals[0], part, |xml| {
                let mut chance = Chance::new(seed);
                let mut chars: Vec<char> = xml.chars().collect();
                for _ in 0..=chance.below(5) {
                    let at = chance.below(chars.len() as u64) as usize;
                    chars[at] = *chance.pick(&['<', '>', '"', '9', '/', 'A', '&']);
                }
                chars.into_iter().collect()
            });
            let _ = zhunsheng::workbook::read(&bytes);
        }
    }
}

#[test]
fn names_cannot_lead_out_of_a_line() {
    let text = format!("{HEADER}2023-04,=cmd|' /C calc'!A0,社区矫正工作.2,缺项,1\n");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("事!项").unwrap();
    typed(sheet, &text, 0);
    sheet.write_string(1, 1, "../../乙所\n\u{1b}[2J").unwrap();
    let (status, told) = told(&book.save_to_buffer().unwrap());
    assert_eq!(status, Some(1));
    assert!(told.contains("社区矫正.xlsx 事!项!B2: unknown-unit"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told}");
}

/// A table that is not read may hold facts.
#[test]
fn tables_of_other_kinds_are_not_read_over() {
    let scratch = Scratch::new();
    scratch.write("单位.csv", "单位\n古井司法所\n");
    scratch.write("四月/补报.ET", "任意");
    scratch.write("报送.zip", "任意");
    scratch.write("说明.docx", "任意");
    let told = String::from_utf8(run_score(&scratch.path, "2023-04", &["--diagnostics", "short"]).stderr).unwrap();
    assert!(told.contains("四月/补报.ET:0:0: unread-format: “四月/补报.ET”没有读"), "{told}");
    assert!(told.contains("报送.zip:0:0: unread-format") && told.matches("unread-format").count() == 2, "{told}");
    // A workbook with macros is read as any other; they are not run.
    scratch.write("四月/事实.xlsm", fs::read(beside("workbooks/事实.xlsx")).unwrap());
    let told = String::from_utf8(run_score(&scratch.path, "2023-04", &["--diagnostics", "short"]).stderr).unwrap();
    assert!(told.contains("事实.xlsm "), "{told}");
}
