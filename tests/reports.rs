//! Reports from outside: workbooks that recompute themselves, documents that open, and nothing that a name smuggles in.
#![cfg(feature = "office")]

mod scratch;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use scratch::{RULEBOOK, Scratch, beside, libreoffice, pages, zhunsheng};
use serde_json::Value;
use zhunsheng::calendar::Month;
use zhunsheng::diagnostic::workbook::letters;
use zhunsheng::word::{Align, Column, Document, Style, Table};
use zhunsheng::workbook::{self, Sheet};
use zip::write::SimpleFileOptions;

/// Rulebooks with facts for them, and periods of every kind that they have.
const CASES: [(&str, &str, &str); 12] = [
    ("2023", "samples/2023", "2023-04"),
    ("2023", "samples/2023", "2023"),
    ("2023", "tests/year/06-ties-and-vetoes", "2023"),
    ("乡镇综合考核", "rulebooks/facts/乡镇综合考核", "2024"),
    ("信用评价", "rulebooks/facts/信用评价", "2024-03"),
    ("信用评价", "rulebooks/facts/信用评价", "2024"),
    ("教师考核", "rulebooks/facts/教师考核", "2023至2024学年"),
    ("环境考核", "rulebooks/facts/环境考核", "2024-04"),
    ("环境考核", "rulebooks/facts/环境考核", "2024"),
    ("分公司绩效", "tests/reports/分公司绩效", "2024-Q1"),
    ("分公司绩效", "tests/reports/分公司绩效", "2024"),
    ("县乡镇考核", "tests/reports/县乡镇考核", "2024"),
];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs `score --out` and gives what it wrote as JSON.
#[track_caller]
fn write_reports(rulebook: &Path, data: &Path, period: &str, out: &Path, more: &[&str]) -> Value {
    let [rulebook, data, folder] = [rulebook, data, out].map(|path| path.to_str().unwrap());
    let output = zhunsheng([&["score", rulebook, data, "--period", period, "--out", folder], more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&fs::read(out.join("结果.json")).unwrap()).unwrap()
}

// ---------------------------------------------------------------- workbooks

/// The parts of a packed file, in their order.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.push((part.name().unwrap().into_owned(), text));
    }
    parts
}

fn pack(parts: &[(String, String)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        out.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// Without the value of any formula, so that whoever shows one has calculated it.
fn without_values(sheet: &str) -> String {
    let mut bare = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(end) = rest.find("</f><v>") {
        let value = end + "</f>".len();
        bare.push_str(&rest[..value]);
        let after = rest[value..].find("</v>").unwrap() + "</v>".len();
        rest = &rest[value + after..];
    }
    bare + rest
}

/// The workbook as LibreOffice calculates it, after a change of its sheets.
fn recalculated(files: &[(PathBuf, Vec<u8>)], folder: &Path) -> bool {
    let mut arguments = vec!["--convert-to".to_owned(), "xlsx:Calc MS Excel 2007 XML".to_owned()];
    arguments.extend(["--outdir".to_owned(), folder.join("算").display().to_string()]);
    for (path, bytes) in files {
        fs::write(path, bytes).unwrap();
        arguments.push(path.display().to_string());
    }
    libreoffice(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), folder)
}

/// A cell and a number of the program: the same to the 15 digits that spreadsheets keep.
#[track_caller]
fn same(cell: &str, number: &Value, what: &str) {
    let number = number.as_str().unwrap();
    if cell == number {
        return;
    }
    // What does not end is a fraction here.
    let exact = match number.split_once('/') {
        Some((above, below)) => above.parse::<f64>().unwrap() / below.parse::<f64>().unwrap(),
        None => number.parse().unwrap(),
    };
    let shown: f64 = cell.parse().unwrap_or_else(|_| panic!("{what}: “{cell}” is not {number}"));
    assert!((shown - exact).abs() <= exact.abs().max(1.0) * 1e-14, "{what}: {cell} is not {number}");
    assert!(number.contains('/') || number.len() > 15, "{what}: {cell} is not {number}");
}

/// The columns of a sheet with a row for each unit, by what stands over them.
struct Units<'b> {
    sheet: &'b Sheet,
    columns: BTreeMap<String, u32>,
}

impl<'b> Units<'b> {
    #[track_caller]
    fn of(book: &'b [Sheet], name: &str) -> Units<'b> {
        let sheet = book.iter().find(|sheet| sheet.name == name).unwrap_or_else(|| panic!("no sheet {name}"));
        let mut columns = BTreeMap::new();
        // A section may be called as a figure is: the figures stand to the right.
        for column in 1..100 {
            columns.insert(sheet.text(3, column).to_owned(), column);
        }
        Units { sheet, columns }
    }

    #[track_caller]
    fn cell(&self, row: u32, title: &str) -> &str {
        let column = self.columns.get(title).unwrap_or_else(|| panic!("{}: no column {title}", self.sheet.name));
        self.sheet.text(row, *column)
    }
}

/// Every total, section and item of a workbook against the results; gives how many cells were compared.
#[track_caller]
fn compare(book: &[Sheet], results: &Value, case: &str) -> usize {
    let ranking = Units::of(book, "排名");
    let is_base = !book.iter().any(|sheet| sheet.name == "板块合计");
    let mut count = 0;
    for (row, unit) in (4..).zip(results["units"].as_array().unwrap()) {
        let name = unit["unit"].as_str().unwrap();
        let what = |more: &str| format!("{case} {name} {more}");
        assert_eq!(ranking.sheet.text(row, 2), name, "{case}");
        if unit["status"].as_str().is_some_and(|status| status != "assessed") {
            continue;
        }
        same(ranking.cell(row, "总分"), &unit["total"], &what("总分"));
        count += 1;
        if let Some(months) = unit["months"].as_object().filter(|_| !is_base) {
            for (month, total) in months {
                same(ranking.cell(row, month), total, &what(month));
                count += 1;
            }
        }
        let summary = if is_base { &ranking } else { &Units::of(book, "板块合计") };
        for section in unit["sections"].as_array().unwrap() {
            let title = section["section"].as_str().unwrap();
            if section["assessed"] == false {
                continue;
            }
            same(summary.cell(row, title), &section["points"], &what(title));
            let own = Units::of(book, title);
            for (figure, key) in [("得分", "points"), ("加分", "bonus"), ("扣分", "deduction")] {
                same(own.cell(row, figure), &section[key], &what(&format!("{title} {figure}")));
                count += 1;
            }
            if is_base {
                same(own.cell(row, "封顶前扣分"), &section["deduction_before_cap"], &what("封顶前"));
            }
        }
        if is_base {
            count += compare_nodes(book, name, unit["nodes"].as_array().unwrap(), &what(""));
        }
    }
    count
}

/// The items of a unit on its own sheet.
#[track_caller]
fn compare_nodes(book: &[Sheet], name: &str, nodes: &[Value], what: &str) -> usize {
    let sheet = book.iter().find(|sheet| sheet.name == name).unwrap();
    let mut count = 0;
    for node in nodes {
        let clause = node["clause"].as_str().unwrap();
        // The first row of an item is its own; entries and steps come below it.
        let row = (4..2000).find(|row| sheet.text(*row, 1) == clause && sheet.text(*row, 8).is_empty());
        if let Some(row) = row.filter(|_| node["assessed"] != false) {
            same(sheet.text(row, 7), &node["points"], &format!("{what}{clause}"));
            count += 1;
        }
        count += compare_nodes(book, name, node["nodes"].as_array().unwrap(), what);
    }
    count
}

#[test]
fn a_spreadsheet_program_comes_to_the_same_cell_by_cell() {
    let scratch = Scratch::new();
    let mut files = Vec::new();
    let mut results = Vec::new();
    let mut by_program = Vec::new();
    for (index, (rulebook, data, period)) in CASES.iter().enumerate() {
        let out = scratch.path.join(index.to_string());
        let json = write_reports(&here(&format!("rulebooks/{rulebook}.zs")), &here(data), period, &out, &[]);
        let bytes = fs::read(out.join("核算表.xlsx")).unwrap();
        // Readers that do not calculate see the program's own numbers.
        let case = format!("{rulebook} {period}");
        let book = workbook::read(&bytes).unwrap();
        let compared = compare(&book, &json, &case);
        assert!(compared > 20, "{case}: {compared}");
        by_program.push((case.clone(), rows_by_program(&book)));
        let bare: Vec<(String, String)> =
            parts(&bytes).into_iter().map(|(name, text)| (name, without_values(&text))).collect();
        assert!(bare.iter().any(|(name, text)| name.contains("worksheets") && text.contains("</f></c>")));
        files.push((scratch.path.join(format!("{index}.xlsx")), pack(&bare)));
        results.push((case, json));
    }
    // What no formula gives is rare, and said to be so: 起评 by the facts of the unit, factors and totals by its peers or
    // a veto, an item whose entries are chosen among those of others.
    by_program.retain(|(_, count)| *count > 0);
    let expected =
        [("信用评价 2024-03", 7), ("信用评价 2024", 26), ("教师考核 2023至2024学年", 3), ("环境考核 2024", 7)];
    assert_eq!(by_program, expected.map(|(case, count)| (case.to_owned(), count)));
    if !recalculated(&files, &scratch.path) {
        return;
    }
    let mut compared = 0;
    for ((path, _), (case, json)) in files.iter().zip(&results) {
        let bytes = fs::read(scratch.path.join("算").join(path.file_name().unwrap())).unwrap();
        compared += compare(&workbook::read(&bytes).unwrap(), json, case);
    }
    assert!(compared > 4_000, "{compared}");
}

/// How many rows of a workbook say that no formula gives their points.
fn rows_by_program(book: &[Sheet]) -> usize {
    // Peers are told on the rows of entries, which have 计 or 不计.
    let is_marked =
        |sheet: &Sheet, row: u32| sheet.text(row, 8).is_empty() && sheet.text(row, 10).ends_with("取自程序");
    let sheets = book.iter().filter(|sheet| sheet.text(3, 8) == "计否");
    sheets.map(|sheet| (4..2000).filter(|row| is_marked(sheet, *row)).count()).sum()
}

/// The points of the first entry that gives any, and where it is.
fn first_entry(sheet: &Sheet) -> (u32, f64) {
    let points = |row: u32| {
        let number = |column| sheet.text(row, column).parse::<f64>().unwrap_or_default();
        number(5) - number(6)
    };
    let row = (4..500).find(|row| sheet.text(*row, 8) == "计" && points(*row) != 0.0).unwrap();
    (row, points(row))
}

#[test]
fn an_entry_that_is_struck_out_moves_the_total() {
    let scratch = Scratch::new();
    let unit = "花戏楼司法所";
    write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023-04", &scratch.path, &[]);
    let bytes = fs::read(scratch.path.join("核算表.xlsx")).unwrap();
    let book = workbook::read(&bytes).unwrap();
    let at = book.iter().position(|sheet| sheet.name == unit).unwrap();
    let (row, points) = first_entry(&book[at]);
    let mut changed = parts(&bytes);
    let name = format!("xl/worksheets/sheet{}.xml", at + 1);
    for (part, text) in &mut changed {
        if *part == name {
            let cell = format!("<c r=\"{}{row}\"", letters(8));
            let start = text.find(&cell).unwrap();
            let end = start + text[start..].find("</c>").unwrap() + "</c>".len();
            text.replace_range(start..end, &format!("{cell} t=\"inlineStr\"><is><t>不计</t></is></c>"));
        }
        *text = without_values(text);
    }
    let file = (scratch.path.join("改.xlsx"), pack(&changed));
    if !recalculated(&[file], &scratch.path) {
        return;
    }
    let after = workbook::read(&fs::read(scratch.path.join("算/改.xlsx")).unwrap()).unwrap();
    let total = |book: &[Sheet]| {
        let ranking = Units::of(book, "排名");
        let row = (4..40).find(|row| ranking.sheet.text(*row, 2) == unit).unwrap();
        ranking.cell(row, "总分").parse::<f64>().unwrap()
    };
    assert_eq!(total(&after), total(&book) - points, "{points}");
}

/// The rows of a sheet: number, outline level, whether hidden.
fn outlines(sheet: &str) -> Vec<(u32, u32, bool)> {
    let rows = sheet.split("<row ").skip(1).map(|row| &row[..row.find('>').unwrap()]);
    let value = |row: &str, name: &str| -> Option<String> {
        let (_, rest) = row.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let number = |row: &str, name: &str| value(row, name).and_then(|value| value.parse().ok());
    let is_hidden = |row: &str| value(row, "hidden").is_some_and(|value| value == "1" || value == "true");
    rows.map(|row| (number(row, "r").unwrap(), number(row, "outlineLevel").unwrap_or(0), is_hidden(row))).collect()
}

#[test]
fn a_year_is_folded_by_month() {
    let scratch = Scratch::new();
    write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023", &scratch.path.join("年"), &[]);
    let bytes = fs::read(scratch.path.join("年/核算表.xlsx")).unwrap();
    let check = |bytes: &[u8], what: &str| {
        let book = workbook::read(bytes).unwrap();
        let at = book.iter().position(|sheet| sheet.name == "花戏楼司法所").unwrap();
        let parts = parts(bytes);
        let name = format!("xl/worksheets/sheet{}.xml", at + 1);
        let (_, xml) = parts.iter().find(|(part, _)| *part == name).unwrap();
        let rows = outlines(xml);
        let months = rows.windows(2).filter(|pair| pair[0].1 == 0 && pair[1].1 == 1);
        let headings: Vec<&str> = months.map(|pair| book[at].text(pair[0].0, 2)).collect();
        let expected: Vec<String> = (3..=12).map(|month| format!("2023-{month:02}")).collect();
        assert_eq!(headings, expected, "{what}");
        // Whatever is folded is hidden, and nothing else is.
        assert!(rows.iter().all(|(_, level, hidden)| (*level == 1) == *hidden), "{what}: {rows:?}");
    };
    check(&bytes, "as written");
    let folded = parts(&bytes).into_iter().filter(|(_, text)| text.contains("summaryBelow=\"0\""));
    let views: Vec<String> = folded.map(|(_, text)| text.split_once("</sheetViews>").unwrap().0.to_owned()).collect();
    assert_eq!(views.len(), 25);
    assert!(
        views.iter().all(|view| view.contains("<pane xSplit=\"2\" ySplit=\"3\"") && view.contains("state=\"frozen\""))
    );
    if recalculated(&[(scratch.path.join("年.xlsx"), bytes)], &scratch.path) {
        check(&fs::read(scratch.path.join("算/年.xlsx")).unwrap(), "as LibreOffice has it");
    }
}

// ---------------------------------------------------------------- documents

/// The text of documents as LibreOffice reads them, and whether it makes pages of them.
fn texts(documents: &[PathBuf], folder: &Path) -> Option<Vec<String>> {
    for kind in ["pdf", "txt:Text (encoded):UTF8"] {
        let mut arguments = vec!["--convert-to", kind, "--outdir"];
        let out = folder.join("文").display().to_string();
        arguments.push(&out);
        let paths: Vec<String> = documents.iter().map(|path| path.display().to_string()).collect();
        arguments.extend(paths.iter().map(String::as_str));
        if !libreoffice(&arguments, folder) {
            return None;
        }
    }
    let text = |path: &PathBuf| {
        let made = folder.join("文").join(path.file_stem().unwrap());
        let pages = fs::read(made.with_extension("pdf")).unwrap();
        assert!(pages.starts_with(b"%PDF") && pages.len() > 5_000, "{}", path.display());
        fs::read_to_string(made.with_extension("txt")).unwrap()
    };
    Some(documents.iter().map(text).collect())
}

const HEAD: [&str; 8] =
    ["--issuer", "谯城区司法局", "--number", "谯司〔2023〕12号", "--dated", "2023-05-08", "--objections", "5个工作日"];

#[test]
fn a_month_is_noticed_and_every_unit_told() {
    let scratch = Scratch::new();
    let out = scratch.path.join("四月");
    let json = write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023-04", &out, &HEAD);
    let unit = "沙土司法所";
    let documents = [out.join("通报.docx"), out.join("告知书").join(format!("{unit}.docx"))];
    let Some(texts) = texts(&documents, &scratch.path) else { return };
    let [notice, told] = [&texts[0], &texts[1]];
    for words in [
        "关于谯城区2023年司法所综合考评",
        "4月结果的通报",
        "谯司〔2023〕12号",
        "各司法所：",
        "在本通报印发之日起5个工作日内",
        "附件：1．各板块得分",
        "谯城区司法局\n2023年5月8日",
        "逾期按自然日计算，截止当日不计",
        "方案指纹",
    ] {
        assert!(notice.contains(words), "{words}\n{notice}");
    }
    // The ranking, row by row, in its order.
    let mut rest = notice.as_str();
    for one in json["units"].as_array().unwrap() {
        let cells = [one["rank"].to_string(), text_of(&one["unit"]), text_of(&one["total"])];
        for cell in cells {
            let at = rest.find(&format!("{cell}\n")).unwrap_or_else(|| panic!("{cell} is missing\n{rest}"));
            rest = &rest[at..];
        }
    }
    let own = json["units"].as_array().unwrap().iter().find(|one| one["unit"] == unit).unwrap();
    for entry in own["entries"].as_array().unwrap().iter().filter(|entry| entry["points"] != "0") {
        let clause = format!("{} {}", text_of(&entry["clause"]), text_of(&entry["label"]));
        assert!(told.contains(&clause) && told.contains(&text_of(&entry["fact"])), "{clause}\n{told}");
    }
    for words in ["考评结果告知书", "距第23名", "怎样提出异议", "异议申请表"] {
        assert!(told.contains(words), "{words}\n{told}");
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn a_year_tells_awards_and_blanks_what_the_office_did_not_say() {
    let scratch = Scratch::new();
    let out = scratch.path.join("年");
    let json = write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023", &out, &[]);
    let vetoed = json["units"].as_array().unwrap().iter().find(|unit| unit["vetoed"] == true).unwrap();
    let name = text_of(&vetoed["unit"]);
    let documents = [out.join("通报.docx"), out.join("告知书").join(format!("{name}.docx"))];
    let Some(texts) = texts(&documents, &scratch.path) else { return };
    for words in [
        "年度结果的通报",
        "（印发单位）",
        "一票否决的1个：",
        "奖励3000元：颜集司法所、薛阁司法所、牛集司法所。",
        "奖金合计13000元。",
        "各期得分",
    ] {
        assert!(texts[0].contains(words), "{words}\n{}", texts[0]);
    }
    assert!(texts[1].contains("若没有一票否决，按得分排第"), "{}", texts[1]);
}

/// Wherever on a page it falls, a heading has something under it, a table's header a row, a signature a sentence over it.
#[test]
fn nothing_stands_alone_that_belongs_to_what_follows() {
    let scratch = Scratch::new();
    let mut document = Document::new();
    // A page takes 22 lines; where it is told apart by digits, the reader of pages moves them.
    let marks = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏";
    for (above, mark) in marks.chars().enumerate() {
        let lines = |document: &mut Document| (0..above).for_each(|_| document.say(Style::Body, "正文。"));
        document.say(Style::Flush, "一页");
        lines(&mut document);
        document.say(Style::Heading, &format!("大标题{mark}"));
        document.table(&Table {
            columns: vec![Column::new(&format!("表头{mark}"), 1, Align::Left), Column::new("内容", 1, Align::Left)],
            rows: ["首行", "中行", "末行"].map(|row| vec![format!("{row}{mark}"), "一行".to_owned()]).to_vec(),
        });
        document.new_page();
        document.say(Style::Flush, "又一页");
        lines(&mut document);
        document.say(Style::Heading, &format!("小标题{mark}"));
        document.say(Style::Body, &format!("段落{mark}"));
        document.say(Style::Signed, "");
        document.say(Style::Signed, &format!("落款{mark}"));
        document.new_page();
    }
    let bytes = document.bytes(Month::new(2023, 4).unwrap()).unwrap();
    fs::write(scratch.path.join("长.docx"), bytes).unwrap();
    if !libreoffice(&["--convert-to", "pdf", "长.docx"], &scratch.path) {
        return;
    }
    let Some(pages) = pages(&scratch.path.join("长.pdf")) else { return };
    let page_of = |words: &str, mark: char| {
        let wanted = format!("{words}{mark}");
        pages.iter().position(|page| page.contains(&wanted)).unwrap_or_else(|| panic!("no page has {wanted}"))
    };
    let mut turned = 0;
    for mark in marks.chars() {
        let first = page_of("首行", mark);
        assert_eq!([page_of("大标题", mark), page_of("表头", mark)], [first; 2], "heading, header and row {mark}");
        let last = page_of("落款", mark);
        assert_eq!([page_of("小标题", mark), page_of("段落", mark)], [last; 2], "heading, sentence, signature {mark}");
        turned += usize::from(!pages[first].contains("一页")) + usize::from(!pages[last].contains("一页"));
    }
    assert!(turned >= 4, "{turned}: nothing came to the end of a page");
}

#[test]
fn documents_of_a_frozen_batch_bear_its_number_and_checksum() {
    let scratch = Scratch::new();
    let out = scratch.path.join("四月");
    let archive = scratch.path.join("存档").display().to_string();
    let more = ["--freeze", &archive, "--date", "2023-05-08"];
    write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023-04", &out, &more);
    let batch = scratch.path.join("存档/0001-2023-04/批次.json");
    let sha256 = zhunsheng::batch::weigh(fs::File::open(batch).unwrap()).unwrap().sha256;
    let words = format!("封存批次 0001-2023-04，校验码 {sha256}");
    let page = fs::read_to_string(out.join("考评结果.html")).unwrap();
    assert!(page.contains(&words));
    let book = workbook::read(&fs::read(out.join("核算表.xlsx")).unwrap()).unwrap();
    let notes = book.last().unwrap();
    assert!((1..20).any(|row| notes.text(row, 1) == words), "{}", notes.name);
    for document in ["通报.docx", "告知书/沙土司法所.docx"] {
        let parts = parts(&fs::read(out.join(document)).unwrap());
        assert!(parts.iter().any(|(_, text)| text.contains(&words)), "{document}");
    }
    // Reports that are written once the month is frozen bear it as well, where they are of what was frozen.
    let later = scratch.path.join("后来");
    write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023-04", &later, &["--frozen", &archive]);
    assert_eq!(files(&later), files(&out));
    let (data, out) = (here("samples/2023"), scratch.path.join("五月"));
    let out = out.to_str().unwrap();
    let run = |period: &str, data: &Path, date: &str| {
        let arguments =
            ["score", RULEBOOK, data.to_str().unwrap(), "--period", period, "--out", out, "--frozen", &archive];
        let output = zhunsheng([&arguments[..], &["--dated", date, "--diagnostics", "short"]].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = run("2023-05", &data, "2023年5月20日");
    assert!(
        code == Some(2) && told.contains("not-frozen: ") && told.contains("odd-notice-date: 成文日期2023-05-20时"),
        "{told}"
    );
    let changed = scratch.path.join("改过");
    fs::create_dir(&changed).unwrap();
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, changed.join(path.file_name().unwrap())).unwrap();
    }
    let april = changed.join("2023-04.csv");
    let text = fs::read_to_string(&april).unwrap() + "2023-04,古井司法所,社区矫正工作.1,缺项,1,,,,,,\n";
    fs::write(&april, text).unwrap();
    let (code, told) = run("2023-04", &changed, "2023-05-08");
    assert!(code == Some(1) && told.contains("month-differs: 2023-04按现在的方案和事实算"), "{told}");
    assert!(!Path::new(out).exists());
    // What was not frozen says nothing of a batch.
    write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023-04", &scratch.path.join("又"), &[]);
    assert!(!fs::read_to_string(scratch.path.join("又/考评结果.html")).unwrap().contains("封存批次"));
}

/// Nobody writes 268/15分: what does not end is rounded for people, and exact for programs.
#[test]
fn people_read_no_fractions() {
    let scratch = Scratch::new();
    let mut exact = 0;
    for (index, (rulebook, data, period)) in CASES.iter().enumerate() {
        let (rulebook, data) = (here(&format!("rulebooks/{rulebook}.zs")), here(data));
        let out = scratch.path.join(index.to_string());
        let json = write_reports(&rulebook, &data, period, &out, &[]);
        exact += json.to_string().matches('/').count();
        let [rulebook, data] = [&rulebook, &data].map(|path| path.to_str().unwrap());
        let table = zhunsheng(["score", rulebook, data, "--period", period]);
        require_no_fraction(&String::from_utf8(table.stdout).unwrap(), "table");
        for (name, bytes) in files(&out) {
            match name.extension().and_then(|ending| ending.to_str()) {
                Some("txt") => require_no_fraction(&String::from_utf8(bytes).unwrap(), &name.display().to_string()),
                Some("docx") => {
                    for (part, text) in parts(&bytes).iter().filter(|(part, _)| part == "word/document.xml") {
                        texts_of(text)
                            .for_each(|text| require_no_fraction(text, &format!("{}:{part}", name.display())));
                    }
                }
                Some("html") => {
                    let page = String::from_utf8(bytes).unwrap();
                    let (_, body) = page.split_once("<body>").unwrap();
                    let (body, _) = body.split_once("<script>").unwrap();
                    texts_of(body).for_each(|text| require_no_fraction(text, &name.display().to_string()));
                }
                _ => {}
            }
        }
    }
    assert!(exact > 100, "{exact}");
}

/// What stands between tags.
fn texts_of(marked: &str) -> impl Iterator<Item = &str> {
    marked.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).filter(|text| !text.is_empty())
}

#[track_caller]
fn require_no_fraction(text: &str, what: &str) {
    for (at, _) in text.match_indices('/') {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let (before, after) = (text[..at].chars().next_back(), text[at + 1..].chars().next());
        let line = text[..at].lines().next_back().unwrap_or_default();
        assert!(
            !is_digit(before) || !is_digit(after),
            "{what}: {line}/{}",
            &text[at + 1..].chars().take(9).collect::<String>()
        );
    }
}

// ---------------------------------------------------------------- what names may hold

/// A small scheme whose names, like those of the facts, are none that a program should run.
const HOSTILE: &str = "\
方案 「=HYPERLINK(\"http://x\")<script>」考评
施行 2024年1月至2024年12月
考评对象 单位
考评周期 每月

约定
  每月基础分 10分
  年终得分 = 各月得分之和
  未写“每”的，当月只计一次
  同分并列，其后名次顺延空出

板块 「=1+1|板块/[表]*?」
  扣分封顶 每月5分
  1. 「@SUM(1+1)」
     「+缺项」：每项扣1分，须有备注
";

const UNITS: [&str; 6] = [
    "=HYPERLINK(\"http://x\",\"y\")",
    "+cmd|'/C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "<script>alert(1)</script>&amp;",
    "a/b\\c:d*e?",
];

fn hostile(scratch: &Scratch) {
    scratch.write("方案.zs", HOSTILE);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let roster: String = UNITS.iter().map(|unit| format!("{}\n", quoted(unit))).collect();
    scratch.write("数据/单位.csv", format!("单位\n{roster}"));
    let address = "=1+1|板块/[表]*?.1";
    let row = |unit: &&str| {
        let cells = ["2024-01", unit, address, "+缺项", "2", "=cmd|'/C calc'!A0", "=1+1<script>&"];
        format!("{}\n", cells.map(quoted).join(","))
    };
    let rows: String = UNITS.iter().map(row).collect();
    scratch.write("数据/2024-01.csv", format!("月份,单位,条款,情形,数量,备注,依据\n{rows}"));
}

#[test]
fn no_name_or_note_becomes_a_formula_or_a_tag() {
    let scratch = Scratch::new();
    hostile(&scratch);
    let out = scratch.path.join("出");
    write_reports(&scratch.path.join("方案.zs"), &scratch.path.join("数据"), "2024-01", &out, &["--issuer", "=1+1<b>"]);
    let bytes = fs::read(out.join("核算表.xlsx")).unwrap();
    let mut formulas = 0;
    for (name, text) in parts(&bytes) {
        assert!(!text.contains("<script"), "{name}: {text}");
        for formula in text.split("<f>").skip(1) {
            let formula = &formula[..formula.find("</f>").unwrap()];
            formulas += 1;
            // Names of sheets stand between apostrophes; all else is of the program.
            let outside: String = formula.split('\'').step_by(2).collect();
            for word in ["HYPERLINK", "cmd", "http", "SUM(A", "|", "script", "2+3"] {
                assert!(!outside.contains(word), "{formula}");
            }
        }
        // Links lead inside alone.
        assert!(!text.contains("TargetMode=\"External\""), "{name}");
    }
    assert!(formulas > 50, "{formulas}");
    let book = workbook::read(&bytes).unwrap();
    let ranking = Units::of(&book, "排名");
    let mut shown: Vec<&str> = (4..10).map(|row| ranking.sheet.text(row, 2)).collect();
    shown.sort_unstable();
    let mut units = UNITS;
    units.sort_unstable();
    assert_eq!(shown, units);
    // A spreadsheet that opens the CSV file sees texts too.
    let csv = fs::read_to_string(out.join("排名.csv")).unwrap();
    for cell in csv.lines().flat_map(|line| line.split(',')) {
        let cell = cell.trim_matches(['"', '\u{feff}']);
        let is_number = cell.parse::<f64>().is_ok();
        assert!(is_number || !cell.starts_with(['=', '+', '-', '@']), "{cell}\n{csv}");
    }
    let mut documents: Vec<PathBuf> =
        fs::read_dir(out.join("告知书")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(documents.len(), UNITS.len());
    documents.push(out.join("通报.docx"));
    for document in &documents {
        for (name, text) in parts(&fs::read(document).unwrap()) {
            assert!(!text.contains("<script") && !text.contains("<b>"), "{name}: {text}");
            assert!(!text.contains("w:instrText") || name.contains("footer"), "{name}");
        }
    }
    if let Some(texts) = texts(&documents[UNITS.len()..], &scratch.path) {
        for unit in UNITS {
            assert!(texts[0].contains(unit), "{unit}\n{}", texts[0]);
        }
    }
}

/// XML has no place for most control characters; what holds one must open all the same.
#[test]
fn control_characters_are_shown_and_break_nothing() {
    let scratch = Scratch::new();
    hostile(&scratch);
    let unit = "甲\u{1}所";
    scratch.write("数据/单位.csv", format!("单位\n{unit}\n"));
    let address = "=1+1|板块/[表]*?.1";
    let row = format!("2024-01,{unit},{address},+缺项,2,见\u{2}记\u{1b}录\n");
    scratch.write("数据/2024-01.csv", format!("月份,单位,条款,情形,数量,备注\n{row}"));
    let out = scratch.path.join("出");
    write_reports(&scratch.path.join("方案.zs"), &scratch.path.join("数据"), "2024-01", &out, &[]);
    let book = workbook::read(&fs::read(out.join("核算表.xlsx")).unwrap()).unwrap();
    assert_eq!(Units::of(&book, "排名").sheet.text(4, 2), "甲\u{fffd}所");
    if let Some(texts) = texts(&[out.join("通报.docx"), out.join("告知书/甲_所.docx")], &scratch.path) {
        assert!(texts[0].contains("甲\u{fffd}所") && texts[1].contains("见\u{fffd}记\u{fffd}录"), "{texts:?}");
    }
}

// ---------------------------------------------------------------- files

/// Every file of a folder, by its path within.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => folders.push(entry),
                false => {
                    let bytes = fs::read(&entry).unwrap();
                    found.insert(entry.strip_prefix(folder).unwrap().to_owned(), bytes);
                }
            }
        }
    }
    found
}

#[test]
fn the_same_results_are_the_same_bytes() {
    let scratch = Scratch::new();
    let [first, second] = ["一", "二"].map(|name| scratch.path.join(name));
    for (out, threads) in [(&first, "1"), (&second, "4")] {
        let more = [&HEAD[..], &["--threads", threads]].concat();
        write_reports(Path::new(RULEBOOK), &here("samples/2023"), "2023-06", out, &more);
    }
    let [first, second] = [files(&first), files(&second)];
    // The workbook, the notice, the page, a table, all results and the list; a sheet and an explanation for each unit.
    assert_eq!(first.len(), 6 + 2 * 25);
    assert!(first == second, "{:?}", first.keys().filter(|name| first[*name] != second[*name]).collect::<Vec<_>>());
}

/// Runs `score --out` for a quiet month; gives the exit code and what was told.
fn quiet_month(out: &Path, issuer: &str) -> (Option<i32>, String) {
    let [data, folder] = [beside("year/01-quiet-month"), out.to_owned()].map(|path| path.display().to_string());
    let arguments = ["score", RULEBOOK, &data, "--period", "2023-04", "--out", &folder, "--issuer", issuer];
    let output = zhunsheng([&arguments[..], &["--diagnostics", "short"]].concat());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn reports_take_the_place_of_the_earlier_ones_and_of_nothing_else() {
    let scratch = Scratch::new();
    let out = scratch.path.join("报告/四月");
    assert_eq!(quiet_month(&out, "甲局").0, Some(0));
    let first = files(&out);
    let sums = fs::read_to_string(out.join("清单.sha256")).unwrap();
    assert_eq!(sums.lines().count(), first.len() - 1);
    // The sheet of a unit that is no longer there goes with the others: the folder is new as a whole.
    let gone = out.join("说明/没有的所.txt");
    fs::write(&gone, "旧").unwrap();
    fs::write(
        out.join("清单.sha256"),
        format!("{}  说明/没有的所.txt\n{sums}", zhunsheng::batch::weigh(&b"\xe6\x97\xa7"[..]).unwrap().sha256),
    )
    .unwrap();
    fs::write(out.join("Thumbs.db"), "系统").unwrap();
    assert_eq!(quiet_month(&out, "乙局").0, Some(0));
    let second = files(&out);
    assert!(second.keys().eq(first.keys()) && second != first);
    // A file of somebody else, a folder, and a notice that was worked on: nothing is touched.
    for (path, word) in [
        ("我的.txt", "“我的.txt”不是写报告时写的"),
        ("说明/我的.txt", "“说明/我的.txt”不是"),
        ("空/", "“空”不是"),
        ("通报.docx", "“通报.docx”改过了"),
    ] {
        match path.strip_suffix('/') {
            Some(folder) => fs::create_dir(out.join(folder)).unwrap(),
            None => fs::write(out.join(path), "手改").unwrap(),
        }
        let before = files(&out);
        let (code, told) = quiet_month(&out, "丙局");
        assert!(code == Some(2) && told.contains("not-a-report-folder") && told.contains(word), "{told}");
        assert!(files(&out) == before, "{path}");
        match path.strip_suffix('/') {
            Some(folder) => fs::remove_dir(out.join(folder)).unwrap(),
            None => fs::remove_file(out.join(path)).unwrap(),
        }
    }
    // What was taken away is written again.
    assert_eq!(quiet_month(&out, "丙局").0, Some(0));
    assert!(files(&out).keys().eq(first.keys()));
    // Reports of another month are not lost where --out was left as it was.
    let before = files(&out);
    let [data, folder] = [beside("year/07-whole-year"), out.clone()].map(|path| path.display().to_string());
    let output = zhunsheng(["score", RULEBOOK, &data, "--period", "2023-05", "--out", &folder]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && told.contains("reports-of-another"), "{told}");
    assert!(told.contains("2023-04的报告") && files(&out) == before, "{told}");
    let beside: Vec<_> = fs::read_dir(out.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(beside, ["四月"]);
    // An earlier folder without a list may be anybody's.
    fs::remove_file(out.join("清单.sha256")).unwrap();
    assert_eq!(quiet_month(&out, "丙局").0, Some(2));
}

#[test]
fn a_run_that_is_killed_leaves_all_of_before_or_all_of_after() {
    let scratch = Scratch::new();
    let out = scratch.path.join("四月");
    assert_eq!(quiet_month(&out, "甲局").0, Some(0));
    let before = files(&out);
    let started = std::time::Instant::now();
    assert_eq!(quiet_month(&out, "乙局").0, Some(0));
    let whole = started.elapsed();
    let after = files(&out);
    assert!(before != after);
    assert_eq!(quiet_month(&out, "甲局").0, Some(0));
    let [data, folder] = [beside("year/01-quiet-month"), out.clone()].map(|path| path.display().to_string());
    let arguments = ["score", RULEBOOK, &data, "--period", "2023-04", "--out", &folder, "--issuer", "乙局"];
    let mut interrupted = 0;
    for part in 1..=12 {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_zhunsheng"));
        let quiet = command.args(arguments).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut running = quiet.spawn().unwrap();
        std::thread::sleep(whole * part / 12);
        let _ = running.kill();
        interrupted += usize::from(!running.wait().unwrap().success());
        let now = files(&out);
        assert!(now == before || now == after, "killed after {part}/12: {:?}", now.keys());
    }
    assert!(interrupted > 3, "{interrupted}");
    // What the killed ones left does not stand in the way, and is cleared.
    assert_eq!(quiet_month(&out, "乙局").0, Some(0));
    assert!(files(&out) == after);
    assert_eq!(fs::read_dir(&scratch.path).unwrap().count(), 1);
}

#[test]
fn reports_do_not_go_among_the_facts() {
    let scratch = Scratch::new();
    scratch.write("数据/单位.csv", "单位\n古井司法所\n");
    let [data, out] = ["数据", "数据/报告/四月"].map(|name| scratch.path.join(name).display().to_string());
    let output = zhunsheng(["score", RULEBOOK, &data, "--period", "2023-04", "--out", &out, "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("reports-among-facts"));
    assert!(!scratch.path.join("数据/报告").exists());
}

const PLAIN: &str = "\
方案 某省考评
施行 2024年1月至2024年12月
考评对象 单位
考评周期 每月

约定
  每月基础分 10分
  年终得分 = 各月得分之和
  未写“每”的，当月只计一次
  同分并列，其后名次顺延空出

板块 工作
  扣分封顶 每月5分
  1. 报送
     缺项：每项扣1分，须有备注
";

#[test]
fn a_province_stands_on_one_sheet() {
    let scratch = Scratch::new();
    let names: Vec<String> = (0..320).map(|number| format!("单位{number}")).collect();
    scratch.write("数据/单位.csv", format!("单位\n{}\n", names.join("\n")));
    scratch.write("方案.zs", PLAIN);
    for month in ["2024-01", "2024-02"] {
        let rows: String = names
            .iter()
            .enumerate()
            .map(|(at, name)| format!("{month},{name},工作.1,缺项,{},见记录\n", at % 9 + 1))
            .collect();
        scratch.write(&format!("数据/{month}.csv"), format!("月份,单位,条款,情形,数量,备注\n{rows}"));
    }
    let [rulebook, data] = ["方案.zs", "数据"].map(|name| scratch.path.join(name));
    let mut bare = Vec::new();
    let mut results = Vec::new();
    for period in ["2024-01", "2024"] {
        let out = scratch.path.join(format!("出{period}"));
        let json = write_reports(&rulebook, &data, period, &out, &[]);
        let bytes = fs::read(out.join("核算表.xlsx")).unwrap();
        let book = workbook::read(&bytes).unwrap();
        assert!(book.iter().any(|sheet| sheet.name == "明细") && !book.iter().any(|sheet| sheet.name == "单位0"));
        let parts = parts(&bytes).into_iter().map(|(name, text)| (name, without_values(&text)));
        bare.push((scratch.path.join(format!("{period}.xlsx")), pack(&parts.collect::<Vec<_>>())));
        results.push(json);
    }
    if !recalculated(&bare, &scratch.path) {
        return;
    }
    for ((path, _), json) in bare.iter().zip(&results) {
        let bytes = fs::read(scratch.path.join("算").join(path.file_name().unwrap())).unwrap();
        let book = workbook::read(&bytes).unwrap();
        let ranking = Units::of(&book, "排名");
        for (row, unit) in (4..).zip(json["units"].as_array().unwrap()) {
            same(ranking.cell(row, "总分"), &unit["total"], &path.display().to_string());
        }
    }
}

const STARTING: &str = "方案 某县2024年考核
施行 2024年1月至2024年12月
考评对象 乡镇
考评周期 每月
约定
  每月基础分 100分
  年终得分 = 各月得分平均 × 80% + 年终考核得分 × 20%，保留2位小数，四舍五入
  按季度考评的，计入最后一个月
  未写“每”的，当月只计一次
  同分并列，其后名次顺延空出

板块 工作
  1. 报送
     缺项：每项扣1分
  2. 培训
     考评周期 每季度
     未开展：每次扣2分
板块 年终考核
  考评周期 每年，计入年终
  述职分（分）：取平均；得 述职分，保留2位小数，四舍五入
";

/// A month speaks of those that are there, of what counts in it, and of what everybody starts from.
#[test]
fn a_month_speaks_of_what_is_there() {
    let scratch = Scratch::new();
    scratch.write("方案.zs", STARTING);
    scratch.write("数据/单位.csv", "单位,启用月份,停用月份\n甲镇,,\n乙镇,,\n新设镇,2024-03,\n");
    let facts = "月份,单位,条款,情形,数量\n2024-01,甲镇,工作.1,缺项,2\n2024-03,甲镇,工作.2,未开展,1\n";
    scratch.write("数据/事实.csv", facts);
    let marks = "期间,单位,条款,情形,数量\n2024,甲镇,年终考核,述职分,90\n2024,乙镇,年终考核,述职分,90\n2024,新设镇,年终考核,述职分,90\n";
    scratch.write("数据/年终.csv", marks);
    let [rulebook, data] = ["方案.zs", "数据"].map(|name| scratch.path.join(name));
    let of = |period: &str| {
        let out = scratch.path.join(period);
        write_reports(&rulebook, &data, period, &out, &["--objections", "5个工作日"]);
        out
    };
    let month = of("2024-01");
    let book = workbook::read(&fs::read(month.join("核算表.xlsx")).unwrap()).unwrap();
    assert!(book.iter().all(|sheet| sheet.name != "年终考核" && sheet.name != "新设镇"), "{}", book.len());
    let page = fs::read_to_string(month.join("考评结果.html")).unwrap();
    assert!(!page.contains("年终考核</") && !page.contains("新设镇"), "what is not there");
    let year = of("2024");
    let documents = [month.join("通报.docx"), month.join("告知书/甲镇.docx")];
    let Some(texts_of_month) = texts(&documents, &month) else { return };
    let Some(texts_of_year) = texts(&[year.join("告知书/甲镇.docx")], &year) else { return };
    let ([notice, sheet], [of_year]) = (&texts_of_month[..], &texts_of_year[..]) else { panic!("no texts") };
    assert!(notice.contains("本期共有乡镇2个，参加考评2个。") && !notice.contains("新设镇"), "{notice}");
    assert!(notice.contains("总分另含基础分100分。") && !notice.contains("\n年终考核\n"), "{notice}");
    assert!(
        notice.contains("在本通报印发之日起5个工作日内") && sheet.contains("自通报印发之日起5个工作日内"),
        "{sheet}"
    );
    assert!(sheet.contains("基础分\n100\n0\n0\n0\n100\n"), "{sheet}");
    assert!(of_year.contains("第一季度") && !of_year.contains("2024-Q1"), "{of_year}");
}

/// Two years by months, in which one line counts what many rows say.
const TERM: &str = "\
方案 某县2024至2025年考核
施行 2024年1月至2025年12月
考评对象 乡镇
考评周期 每月
约定
  每月基础分 100分
  每年得分 = 各月得分之和
  总得分 = 各月得分之和
  同分并列，其后名次顺延空出

板块 工作
  差错：每5次扣1分，不足5次的不计
";

/// Months of a term stand one below the other, and of many rows the first, and how many there are.
#[test]
fn what_is_long_is_told_line_by_line() {
    let scratch = Scratch::new();
    scratch.write("方案.zs", TERM);
    scratch.write("数据/单位.csv", "单位\n甲镇\n乙镇\n");
    let rows = (1..=9).map(|day| format!("2024-02,甲镇,工作,差错,2,2024-02-0{day}\n"));
    let months = [2024, 2025].into_iter().flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}")));
    let others = months.clone().map(|month| format!("{month},乙镇,工作,差错,5,{month}-01\n"));
    let rows = rows.chain(others).collect::<String>();
    scratch.write("数据/事实.csv", "月份,单位,条款,情形,数量,发生日期\n".to_owned() + &rows);
    let [rulebook, data] = ["方案.zs", "数据"].map(|name| scratch.path.join(name));
    let told = |period: &str| {
        let out = scratch.path.join(period);
        write_reports(&rulebook, &data, period, &out, &[]);
        let parts = parts(&fs::read(out.join("告知书/甲镇.docx")).unwrap());
        let (_, marked) = parts.into_iter().find(|(part, _)| part == "word/document.xml").unwrap();
        texts_of(&marked).map(str::to_owned).collect::<Vec<_>>()
    };
    let month = told("2024-02");
    let first: Vec<String> = (2..8).map(|line| format!("事实.csv:{line}")).collect();
    let end = month.iter().position(|text| text == "等9行").unwrap_or_else(|| panic!("{month:?}"));
    assert_eq!(month[end - 6..end], first, "{month:?}");
    let term = told("2024至2025");
    let points = |month: &String| if month == "2024-02" { "97" } else { "100" };
    let each = months.flat_map(|month| [month.clone(), points(&month).to_owned()]);
    let table: Vec<String> = ["期间", "得分"].map(str::to_owned).into_iter().chain(each).collect();
    assert!(term.windows(table.len()).any(|texts| texts == table), "{term:?}");
}
