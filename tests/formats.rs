//! Every file that is written for office programs, from outside: its elements stand in the order that ECMA-376 wants,
//! for strict programs refuse others, and what it refers to is in it.
#![cfg(feature = "office")]

mod office_at_work;
mod scratch;

use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use office_at_work::{Office, run};
use quick_xml::events::Event;
use scratch::{RULEBOOK, Scratch, zhunsheng};

/// Children in the order of the format, by what holds them, `*` for any others in any order; what is not named here is in
/// no file of ours.
const ORDER: [(&str, &str); 31] = [
    // Documents.
    ("w:p", "pPr *"),
    ("w:r", "rPr *"),
    (
        "w:pPr",
        "pStyle keepNext keepLines pageBreakBefore widowControl spacing ind contextualSpacing jc outlineLvl rPr sectPr",
    ),
    ("w:rPr", "rStyle rFonts b bCs color kern sz szCs lang"),
    ("w:sectPr", "footerReference pgSz pgMar docGrid"),
    ("w:tbl", "tblPr tblGrid tr"),
    ("w:tblPr", "tblW jc tblBorders tblLayout tblCellMar"),
    ("w:tblBorders", "top left bottom right insideH insideV"),
    ("w:tblCellMar", "top left bottom right"),
    ("w:tr", "trPr tc"),
    ("w:trPr", "cantSplit trHeight tblHeader"),
    ("w:tc", "tcPr p"),
    ("w:tcPr", "tcW gridSpan shd vAlign"),
    ("w:styles", "docDefaults style"),
    ("w:style", "name basedOn next qFormat pPr rPr tblPr"),
    // Workbooks.
    ("workbook", "fileVersion workbookPr workbookProtection bookViews sheets definedNames calcPr"),
    (
        "worksheet",
        "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetProtection autoFilter mergeCells \
         conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks \
         colBreaks ignoredErrors drawing legacyDrawing tableParts",
    ),
    ("sheetPr", "tabColor outlinePr pageSetUpPr"),
    ("sheetView", "pane selection"),
    ("row", "c"),
    ("c", "f v is"),
    ("dataValidation", "formula1 formula2"),
    ("headerFooter", "oddHeader oddFooter"),
    ("styleSheet", "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors"),
    ("xf", "alignment protection"),
    ("dxf", "font numFmt fill alignment border protection"),
    ("border", "left right top bottom diagonal"),
    ("comments", "authors commentList"),
    ("comment", "text"),
    ("Relationships", "Relationship"),
    ("Types", "Default Override"),
];

/// Looks through a part; how many elements it has whose order is known.
fn ordered(what: &str, text: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut seen = 0;
    loop {
        let (element, has_children) = match reader.read_event().unwrap_or_else(|error| panic!("{what}: {error}")) {
            Event::Start(element) => (element, true),
            Event::Empty(element) => (element, false),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => return seen,
            _ => continue,
        };
        let child = element.name().as_ref().to_owned();
        if let Some((parent, place)) = open.last_mut()
            && let Some((_, order)) = ORDER.iter().find(|(known, _)| known == parent)
        {
            let own = child.strip_prefix("w:").unwrap_or(&child);
            let at = order.split_whitespace().position(|known| known == own || known == "*");
            let at = at.unwrap_or_else(|| panic!("{what}: {child} in {parent}"));
            assert!(at >= *place, "{what}: {child} in {parent} stands behind what follows it");
            (*place, seen) = (at, seen + 1);
        }
        if has_children {
            open.push((child, 0));
        }
    }
}

/// Looks through every workbook and document of a folder; how many there are.
fn look_through(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += look_through(&path);
            continue;
        }
        let name = path.display().to_string();
        if ![".xlsx", ".docx"].iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(&path).unwrap())).unwrap();
        let parts: Vec<String> =
            (0..archive.len()).map(|at| archive.by_index(at).unwrap().name().unwrap().into_owned()).collect();
        let mut seen = 0;
        for part in &parts {
            let text = io::read_to_string(archive.by_name(part).unwrap()).unwrap();
            seen += ordered(&format!("{name} {part}"), &text);
            if part.ends_with(".rels") {
                for target in text.split("<Relationship ").skip(1).filter(|it| !it.contains("TargetMode=\"External\""))
                {
                    let target = target.split("Target=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                    let file = target.trim_start_matches("../").trim_start_matches('/');
                    assert!(parts.iter().any(|part| part.ends_with(file)), "{name} {part}: {target}");
                }
            }
        }
        assert!(seen > 50, "{name}: {seen}");
        files += 1;
    }
    files
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[track_caller]
fn written(command: &str, rulebook: &Path, data: &Path, period: &str, out: &Path) {
    let [rulebook, data, out] = [rulebook, data, out].map(|path| path.to_str().unwrap());
    let output = zhunsheng([command, rulebook, data, "--period", period, "--out", out]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Forms and reports of months, quarters, halves and years.
#[test]
fn forms_and_reports_are_in_order() {
    let scratch = Scratch::new();
    let cases = [
        ("2023", "samples/2023", "2023-04", Some("2023-04")),
        ("2023", "samples/2023", "2023", Some("2023-12")),
        ("乡镇综合考核", "rulebooks/facts/乡镇综合考核", "2024", Some("2024")),
        ("信用评价", "rulebooks/facts/信用评价", "2024-03", Some("2024-03")),
        ("教师考核", "rulebooks/facts/教师考核", "2023至2024学年", Some("2023至2024学年")),
        ("分公司绩效", "tests/reports/分公司绩效", "2024-Q1", Some("2024-03")),
        ("分公司绩效", "tests/reports/分公司绩效", "2024", None),
        ("县乡镇考核", "tests/reports/县乡镇考核", "2024", Some("2024-Q4")),
    ];
    for (at, (rulebook, data, period, of_form)) in cases.into_iter().enumerate() {
        let (rulebook, data) = (here(&format!("rulebooks/{rulebook}.zs")), here(data));
        written("score", &rulebook, &data, period, &scratch.path.join(format!("{at}/报告")));
        if let Some(period) = of_form {
            written("form", &rulebook, &data, period, &scratch.path.join(format!("{at}/报送表")));
        }
        // A workbook, a notice, and a sheet of every unit at least.
        let files = look_through(&scratch.path.join(at.to_string()));
        assert!(files > 3, "{period}: {files}");
    }
}

/// The notice of a correction.
#[test]
fn a_correction_is_in_order() {
    let office = Office::new();
    office.froze("2023-03");
    let text = fs::read_to_string(RULEBOOK).unwrap();
    let at = text.find("  读法").unwrap();
    office.scratch.write("方案.zs", format!("{}  更正已公布月份的，重新计算当月\n{}", &text[..at], &text[at..]));
    let facts = office.data().join("2023-03.csv");
    let more = "2023-03,古井司法所,社区矫正工作.1,缺项,2,,,,,,\n";
    fs::write(&facts, fs::read_to_string(&facts).unwrap() + more).unwrap();
    let paths =
        [office.archive(), office.data(), office.scratch.path.join("方案.zs"), office.scratch.path.join("更正")];
    let [archive, data, book, out] = paths.each_ref().map(|path| path.to_str().unwrap());
    let more = ["--rulebook", book, "--out", out, "--issuer", "某某局", "--number", "某司〔2023〕3号"];
    let (code, told) = run(&[&["correct", archive, data, "--period", "2023-03"], &more[..]].concat());
    assert_eq!(code, 0, "{told}");
    assert_eq!(look_through(&office.scratch.path.join("更正")), 1);
}
