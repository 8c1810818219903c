//! The case folders of `tests/year`: what each must score, however its facts are written.

mod scratch;

use std::fs;
use std::path::PathBuf;

use scratch::{Chance, Scratch, beside, score};
use serde_json::{Value, json};

/// A case folder.
struct Case {
    name: String,
    path: PathBuf,
    expected: Value,
}

fn cases() -> Vec<Case> {
    let folders = fs::read_dir(beside("year")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.join("expected.json").is_file()).collect();
    folders.sort();
    assert!(folders.len() >= 7);
    let case = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected = serde_json::from_slice(&fs::read(path.join("expected.json")).unwrap()).unwrap();
        Case { name, path, expected }
    };
    folders.into_iter().map(case).collect()
}

impl Case {
    /// Every period with what it must come to.
    fn periods(&self) -> Vec<(&str, &[Value])> {
        let months = self.expected["months"].as_object().unwrap();
        let year = self.expected.get("year").map(|units| ("2023", units));
        let all = months.iter().map(|(name, units)| (name.as_str(), units)).chain(year);
        all.map(|(name, units)| (name, units.as_array().unwrap().as_slice())).collect()
    }

    fn roster(&self) -> Table {
        Table::read(&fs::read_to_string(self.path.join("单位.csv")).unwrap())
    }

    /// The fact files by name.
    fn files(&self) -> Vec<(String, Table)> {
        let names = fs::read_dir(&self.path).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.retain(|name| name.ends_with(".csv") && name != "单位.csv");
        names.sort();
        let table = |name: &String| Table::read(&fs::read_to_string(self.path.join(name)).unwrap());
        names.iter().map(|name| (name.clone(), table(name))).collect()
    }

    /// All fact files as one.
    fn rows(&self) -> Table {
        let mut files = self.files().into_iter().map(|(_, table)| table);
        let mut all = files.next().unwrap();
        for table in files {
            assert_eq!(table.header, all.header);
            all.rows.extend(table.rows);
        }
        all
    }
}

/// The cells of a file.
#[derive(Clone)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(text: &str) -> Table {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        Table { header: rows.next().unwrap(), rows: rows.collect() }
    }

    fn with(&self, rows: Vec<Vec<String>>) -> Table {
        Table { header: self.header.clone(), rows }
    }

    fn text(&self) -> String {
        let lines = std::iter::once(&self.header).chain(&self.rows);
        lines.map(|cells| cells.join(",") + "\n").collect()
    }

    /// Every cell of the columns that are named, changed.
    fn map(&self, columns: &[&str], change: impl Fn(&str) -> String) -> Table {
        let at: Vec<bool> = self.header.iter().map(|name| columns.contains(&name.as_str())).collect();
        let cell = |(at, cell): (&bool, &String)| if *at { change(cell) } else { cell.clone() };
        self.with(self.rows.iter().map(|row| at.iter().zip(row).map(cell).collect()).collect())
    }
}

// ---------------------------------------------------------------- comparing

/// Compares the keys that the case names, exactly as they are written.
#[track_caller]
fn require(case: &Case, folder: &std::path::Path, how: &str) {
    for (period, expected) in case.periods() {
        let printed: Value = serde_json::from_slice(&score(folder, period, &["--format", "json"])).unwrap();
        require_period(&format!("{}, {how}, {period}", case.name), &printed, expected);
        if period == "2023" {
            require_months(&case.name, &printed, &case.expected["months"]);
        }
    }
}

#[track_caller]
fn require_period(what: &str, printed: &Value, expected: &[Value]) {
    let units = printed["units"].as_array().unwrap();
    assert_eq!(units.len(), expected.len(), "{what}");
    let ranks: Vec<u64> = units.iter().map(|unit| unit["rank"].as_u64().unwrap()).collect();
    assert!(ranks.is_sorted(), "{what}: {ranks:?}");
    for wanted in expected {
        let unit = units.iter().find(|unit| unit["unit"] == wanted["unit"]).unwrap();
        for key in ["rank", "total", "vetoed", "disqualified", "awards"] {
            if let Some(wanted) = wanted.get(key) {
                assert_eq!(&unit[key], wanted, "{what}, {} {key}", unit["unit"]);
            }
        }
        let sections = unit["sections"].as_array().unwrap();
        assert_eq!(sections.len(), 14, "{what}");
        for section in sections {
            let named = wanted.get("sections").and_then(Value::as_array).into_iter().flatten();
            let wanted = named.clone().find(|wanted| wanted["section"] == section["section"]);
            // Sections that a case does not name hold nothing, where it names any.
            let nothing = json!({"bonus": "0", "deduction_before_cap": "0", "deduction": "0", "points": "0"});
            let is_told = wanted.is_some() || named.clone().next().is_some();
            for key in ["bonus", "deduction_before_cap", "deduction", "points"].iter().filter(|_| is_told) {
                assert_eq!(section[key], wanted.unwrap_or(&nothing)[key], "{what}, {} {section}", unit["unit"]);
            }
        }
    }
}

/// The year carries each unit's months.
#[track_caller]
fn require_months(what: &str, printed: &Value, months: &Value) {
    for unit in printed["units"].as_array().unwrap() {
        let wanted = months.as_object().unwrap().iter().map(|(month, units)| {
            let mut units = units.as_array().unwrap().iter();
            let total = units.find(|wanted| wanted["unit"] == unit["unit"]).unwrap()["total"].clone();
            (month.clone(), total)
        });
        assert_eq!(unit["months"], Value::Object(wanted.collect()), "{what}, {}", unit["unit"]);
    }
}

/// Checks every case after its facts were written anew: given the roster and all rows, what files there are.
#[track_caller]
fn written(how: &str, write: impl Fn(&Table, &Table) -> Vec<(String, Vec<u8>)>) {
    for case in cases() {
        let folder = Scratch::new();
        for (name, bytes) in write(&case.roster(), &case.rows()) {
            folder.write(&name, bytes);
        }
        require(&case, &folder.path, how);
    }
}

/// The roster as it is, and all rows in one file.
fn one_file(roster: &Table, facts: impl Into<Vec<u8>>) -> Vec<(String, Vec<u8>)> {
    vec![("单位.csv".to_owned(), roster.text().into()), ("全部.csv".to_owned(), facts.into())]
}

fn wide(text: &str) -> String {
    let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c };
    text.chars().map(wide).collect()
}

// ---------------------------------------------------------------- the cases

#[test]
fn every_period_of_every_case_is_exact() {
    for case in cases() {
        require(&case, &case.path, "as it is");
    }
}

#[test]
fn all_rows_may_be_in_one_file() {
    written("one file", |roster, rows| one_file(roster, rows.text()));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    for seed in [1, 2, 3] {
        written(&format!("shuffled {seed}"), |roster, rows| {
            let mut rows = rows.clone();
            Chance::new(seed).shuffle(&mut rows.rows);
            one_file(roster, rows.text())
        });
    }
}

#[test]
fn the_order_of_columns_does_not_matter() {
    for seed in [4, 5] {
        written(&format!("columns {seed}"), |roster, rows| {
            let mut order: Vec<usize> = (0..rows.header.len()).collect();
            Chance::new(seed).shuffle(&mut order);
            let turned = |cells: &Vec<String>| order.iter().map(|at| cells[*at].clone()).collect::<Vec<String>>();
            let turned = Table { header: turned(&rows.header), rows: rows.rows.iter().map(turned).collect() };
            one_file(roster, turned.text())
        });
    }
}

#[test]
fn columns_without_anything_in_them_may_be_left_out() {
    written("without empty columns", |roster, rows| {
        let used = |at: &usize| *at < 4 || rows.rows.iter().any(|row| !row[*at].is_empty());
        let kept: Vec<usize> = (0..rows.header.len()).filter(used).collect();
        let cut = |cells: &Vec<String>| kept.iter().map(|at| cells[*at].clone()).collect::<Vec<String>>();
        let cut = Table { header: cut(&rows.header), rows: rows.rows.iter().map(cut).collect() };
        one_file(roster, cut.text())
    });
}

#[test]
fn the_encoding_does_not_matter() {
    let gb18030 = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let both = |roster: &Table, facts: &Table, encode: &dyn Fn(&str) -> Vec<u8>| {
        vec![("单位.csv".to_owned(), encode(&roster.text())), ("全部.csv".to_owned(), encode(&facts.text()))]
    };
    written("GB18030", |roster, rows| both(roster, rows, &gb18030));
    written("BOM and CRLF", |roster, rows| {
        both(roster, rows, &|text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into())
    });
    written("GB18030 and CRLF", |roster, rows| both(roster, rows, &|text| gb18030(&text.replace('\n', "\r\n"))));
    written("without a last line end", |roster, rows| both(roster, rows, &|text| text.trim_end().into()));
}

#[test]
fn the_width_of_signs_does_not_matter() {
    let columns = ["月份", "条款", "情形", "数量", "分值", "事项", "截止日期", "完成日期"];
    written("full width", |roster, rows| one_file(roster, rows.map(&columns, wide).text()));
    written("full width under full-width padding", |roster, rows| {
        one_file(roster, rows.map(&columns, |cell| format!("\u{3000}{}\u{3000}", wide(cell))).text())
    });
    written("other dots", |roster, rows| one_file(roster, rows.map(&["条款"], |cell| cell.replace('.', " · ")).text()));
}

#[test]
fn padding_quotes_and_blank_lines_do_not_matter() {
    let all = ["月份", "单位", "条款", "情形", "数量", "分值", "事项", "截止日期", "完成日期", "依据", "备注"];
    written("padded", |roster, rows| {
        let padded = rows.map(&all, |cell| format!("  {cell}\t "));
        vec![
            ("单位.csv".to_owned(), roster.map(&["单位"], |cell| format!(" {cell}\u{3000}")).text().into()),
            ("全部.csv".to_owned(), padded.text().into()),
        ]
    });
    written("quoted", |roster, rows| one_file(roster, rows.map(&all, |cell| format!("\"{cell}\"")).text()));
    written("quoted, with line ends and commas in the notes", |roster, rows| {
        let noted = rows.map(&all[9..], |cell| format!("\"{cell}一，\"\"二\"\",\n三\""));
        one_file(roster, noted.text())
    });
    written("blank lines", |roster, rows| {
        let blank = |(at, line): (usize, &str)| match at % 3 {
            0 => format!("{line}\n\n"),
            1 => format!("{line}\n,,,,,,,,,,\n"),
            _ => format!("{line}\n \t\n"),
        };
        let lines: String = rows.text().lines().enumerate().map(blank).collect();
        one_file(roster, format!("\n\n{lines}\n\n"))
    });
}

#[test]
fn months_dates_and_quantities_may_be_written_in_other_ways() {
    type Form = fn(&str, &str) -> String;
    let spelled = |form: Form| {
        move |cell: &str| {
            let (year, month) = cell.split_once('-').unwrap();
            form(year, month)
        }
    };
    let forms: [(&str, Form); 4] = [
        ("2023年4月", |year, month| format!("{year}年{}月", month.trim_start_matches('0'))),
        ("202304", |year, month| format!("{year}{month}")),
        ("2023/4", |year, month| format!("{year}/{}", month.trim_start_matches('0'))),
        ("2023年04月", |year, month| format!("{year}年{month}月")),
    ];
    for (name, form) in forms {
        written(name, |roster, rows| one_file(roster, rows.map(&["月份"], spelled(form)).text()));
    }
    written("dates in words", |roster, rows| {
        let in_words = |cell: &str| match cell.splitn(3, '-').collect::<Vec<_>>()[..] {
            [year, month, day] => {
                format!("{year}年{}月{}日", month.trim_start_matches('0'), day.trim_start_matches('0'))
            }
            _ => cell.to_owned(),
        };
        one_file(roster, rows.map(&["截止日期", "完成日期"], in_words).text())
    });
    written("zeros around quantities", |roster, rows| {
        let zeros = |cell: &str| match cell.strip_suffix('%') {
            _ if cell.is_empty() => String::new(),
            Some(percent) if percent.contains('.') => format!("0{percent}0%"),
            Some(percent) => format!("0{percent}.0%"),
            None => format!("+00{cell}.00"),
        };
        one_file(roster, rows.map(&["数量"], zeros).text())
    });
}

#[test]
fn rows_may_be_split_over_files_in_nested_folders() {
    for seed in [6, 7] {
        written(&format!("split {seed}"), |roster, rows| {
            let mut chance = Chance::new(seed);
            let names =
                ["一.csv", "二/单位.csv", "二/三/历史.CSV", "二/三/四 五/六.csv", "2023-04.csv", "z/z/z/z/z/z/z.csv"];
            let mut parts = vec![Vec::new(); names.len()];
            for row in &rows.rows {
                parts[chance.below(names.len() as u64) as usize].push(row.clone());
            }
            let mut files = vec![
                ("单位.csv".to_owned(), roster.text().into()),
                ("说明.txt".to_owned(), b"no facts".to_vec()),
                ("二/空.csv".to_owned(), rows.with(Vec::new()).text().into()),
            ];
            let parts = names.iter().zip(parts);
            files.extend(parts.map(|(name, part)| ((*name).to_owned(), rows.with(part).text().into())));
            files
        });
    }
}

#[test]
fn units_come_in_rank_order_and_ties_in_the_order_of_the_roster() {
    for case in cases() {
        let roster = case.roster();
        let mut turned = roster.clone();
        turned.rows.reverse();
        let folder = Scratch::new();
        folder.write("单位.csv", turned.text());
        for (name, table) in case.files() {
            folder.write(&name, table.text());
        }
        require(&case, &folder.path, "roster turned round");
        for (period, _) in case.periods() {
            for (path, roster) in [(&case.path, &roster), (&folder.path, &turned)] {
                let printed: Value = serde_json::from_slice(&score(path, period, &["--format", "json"])).unwrap();
                let place = |unit: &Value| roster.rows.iter().position(|row| unit["unit"] == row[0].as_str()).unwrap();
                let units = printed["units"].as_array().unwrap();
                let keys: Vec<_> = units.iter().map(|unit| (unit["rank"].as_u64(), place(unit))).collect();
                assert!(keys.is_sorted(), "{} {period}", case.name);
            }
        }
    }
}

/// The JSON without what says where a row was read: `"fact":"a.csv:3"` and lists of such places.
fn without_places(json: &[u8]) -> String {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, _| key != "fact" && key != "facts");
                map.values_mut().for_each(strip);
                // Entries are told in the order of their places.
                if let Some(Value::Array(entries)) = map.get_mut("entries") {
                    entries.sort_by_key(Value::to_string);
                }
                if let Some(Value::Array(effects)) = map.get_mut("effects") {
                    effects.sort_by_key(Value::to_string);
                }
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_slice(json).unwrap();
    strip(&mut value);
    value.to_string()
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    for case in cases() {
        let mut shuffled = case.rows();
        Chance::new(11).shuffle(&mut shuffled.rows);
        let folder = Scratch::new();
        for (name, bytes) in one_file(&case.roster(), shuffled.text()) {
            folder.write(&name, bytes);
        }
        for (period, _) in case.periods() {
            for format in ["json", "csv", "table"] {
                let with = |threads| score(&case.path, period, &["--format", format, "--threads", threads]);
                let one = with("1");
                assert!(with("2") == one && with("3") == one, "{} {period} {format}", case.name);
                let other = score(&folder.path, period, &["--format", format]);
                match format {
                    "json" => assert_eq!(without_places(&other), without_places(&one), "{} {period}", case.name),
                    _ => assert!(other == one, "{} {period} {format}", case.name),
                }
            }
        }
    }
}
