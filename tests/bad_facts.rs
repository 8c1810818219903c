//! Facts that must be refused: each mistake by itself, then all of them in one folder.
//!
//! What is said is kept in `tests/bad_facts`; `UPDATE_EXPECT=1` writes it anew.

mod scratch;

use std::collections::BTreeSet;
use std::fs;

use scratch::{HEADER, Scratch, beside, otherwise, run_score};
use serde_json::Value;

const ROSTER: &str = "单位\n古井司法所\n芦庙司法所\n华佗司法所\n";

/// One row under the usual header: a claim, the row, and the text that must be pointed at.
const ROWS: &[(&str, &str, &str)] = &[
    // Names.
    ("unknown_unit", "2023-04,古丼司法所,综合事项.2,司法部采用,1,,,,,,", "古丼司法所"),
    ("unit_with_a_space", "2023-04,古井 司法所,综合事项.2,司法部采用,1,,,,,,", "古井 司法所"),
    ("unknown_section", "2023-04,古井司法所,社区娇正工作.2,缺项,1,,,,,,", "社区娇正工作.2"),
    ("unknown_item", "2023-04,古井司法所,社区矫正工作.22,缺项,1,,,,,,", "社区矫正工作.22"),
    ("section_without_item", "2023-04,古井司法所,社区矫正工作,缺项,1,,,,,,", "社区矫正工作"),
    ("unknown_label", "2023-04,古井司法所,社区矫正工作.2,缺顶,1,,,,,,", "缺顶"),
    ("label_of_another_item", "2023-04,古井司法所,社区矫正工作.2,录入件数,1,,,,,,", "录入件数"),
    // Quantities.
    ("negative_quantity", "2023-04,古井司法所,社区矫正工作.2,缺项,-3,,,,,,", "-3"),
    ("full_width_negative_quantity", "2023-04,古井司法所,社区矫正工作.2,缺项,－３,,,,,,", "－３"),
    ("not_a_number", "2023-04,古井司法所,社区矫正工作.2,缺项,三,,,,,,", "三"),
    ("number_with_exponent", "2023-04,古井司法所,社区矫正工作.2,缺项,1e3,,,,,,", "1e3"),
    ("nan", "2023-04,古井司法所,社区矫正工作.2,缺项,NaN,,,,,,", "NaN"),
    ("infinity", "2023-04,古井司法所,社区矫正工作.2,缺项,inf,,,,,,", "inf"),
    ("hexadecimal", "2023-04,古井司法所,社区矫正工作.2,缺项,0x1F,,,,,,", "0x1F"),
    ("thousands_sign", "2023-04,古井司法所,社区矫正工作.2,缺项,\"1,000\",,,,,,", "1,000"),
    (
        "sixty_digits",
        "2023-04,古井司法所,社区矫正工作.2,缺项,999999999999999999999999999999999999999999999999999999999999,,,,,,",
        "999999999999999999999999999999999999999999999999999999999999",
    ),
    ("fractional_people", "2023-04,古井司法所,社区矫正工作.10,缺席,1.5人,,,,,,", "1.5人"),
    ("fractional_indicator", "2023-04,古井司法所,基层工作.2,录入件数,28.5,,,,,,", "28.5"),
    ("another_measure_word", "2023-04,古井司法所,基层工作.2,录入件数,28条,,,,,,", "28条"),
    ("not_applicable_event", "2023-04,古井司法所,社区矫正工作.2,缺项,不适用,,,,,,", "不适用"),
    ("indicator_without_quantity", "2023-04,古井司法所,基层工作.2,录入件数,,,,,,,", ""),
    ("more_than_all", "2023-04,古井司法所,社区矫正工作.1,数据同步率,180%,,,,,,", "180%"),
    ("bare_percentage", "2023-04,古井司法所,社区矫正工作.1,数据同步率,89.9,,,,,,", "89.9"),
    ("percentage_of_a_count", "2023-04,古井司法所,基层工作.2,录入件数,28%,,,,,,", "28%"),
    // Months.
    ("impossible_month", "2023-13,古井司法所,社区矫正工作.2,缺项,1,,,,,,", "2023-13"),
    ("month_before_force", "2023-02,古井司法所,社区矫正工作.2,缺项,1,,,,,,", "2023-02"),
    ("month_of_another_year", "2024-04,古井司法所,社区矫正工作.2,缺项,1,,,,,,", "2024-04"),
    ("not_a_month", "四月,古井司法所,社区矫正工作.2,缺项,1,,,,,,", "四月"),
    ("quarterly_event_in_another_month", "2023-05,古井司法所,基层工作.7,迟报,1,,,,,,", "2023-05"),
    ("grade_in_another_month", "2023-04,古井司法所,法治建设工作.1,优秀,,,,,,,", "2023-04"),
    ("model_village_outside_december", "2023-11,古井司法所,普法宣传工作.5,缺项,1,,,,,,", "2023-11"),
    // Cells that are needed.
    ("no_month", ",古井司法所,社区矫正工作.2,缺项,1,,,,,,", ""),
    ("no_unit", "2023-04,,社区矫正工作.2,缺项,1,,,,,,", ""),
    ("no_clause", "2023-04,古井司法所,,缺项,1,,,,,,", ""),
    ("no_label", "2023-04,古井司法所,社区矫正工作.2,,1,,,,,,", ""),
    ("discretion_without_points", "2023-04,古井司法所,社区矫正工作.5,主动核查对接,,,,,,,理由", ""),
    ("discretion_without_reason", "2023-04,古井司法所,社区矫正工作.5,主动核查对接,,1.5,,,,,", ""),
    ("discretion_out_of_range", "2023-04,古井司法所,社区矫正工作.5,主动核查对接,,2.5,,,,,理由", "2.5"),
    ("discretion_below_zero", "2023-04,古井司法所,社区矫正工作.5,主动核查对接,,-1,,,,,理由", "-1"),
    ("discretion_of_several", "2023-04,古井司法所,法治建设工作.2,积极配合,2件,3,,,,,理由", "2件"),
    ("points_nobody_asked_for", "2023-04,古井司法所,社区矫正工作.2,缺项,1,3,,,,,", "3"),
    ("matter_missing", "2023-04,古井司法所,加分事项.1,市级,1,,,,,,", ""),
    // Dates.
    ("no_deadline", "2023-04,古井司法所,社区矫正工作.8,逾期解除,,,,,2023-04-09,,", ""),
    ("delay_without_end", "2023-04,古井司法所,社区矫正工作.3,迟报,,,,2023-04-09,,,", ""),
    ("impossible_date", "2023-04,古井司法所,社区矫正工作.8,逾期解除,,,,2023-02-30,2023-04-09,,", "2023-02-30"),
    ("not_a_date", "2023-04,古井司法所,社区矫正工作.8,逾期解除,,,,月底,,,", "月底"),
    // Lines that are not settled.
    ("pending_clause", "2023-04,古井司法所,社区矫正工作.15,司法部采用,1,,,,,,", "司法部采用"),
    ("pending_indicator", "2023-04,古井司法所,基层工作.2,书面卷不足,2件,,,,,,", "书面卷不足"),
    // The form of rows.
    ("short_row", "2023-04,古井司法所,社区矫正工作.2,缺项", ""),
    ("long_row", "2023-04,古井司法所,社区矫正工作.2,缺项,1,,,,,,,多出来的", "多出来的"),
    ("text_behind_a_quote", "2023-04,古井司法所,社区矫正工作.2,缺项,1,,,,,,\"他说\"好", "他说"),
    ("unclosed_quote", "2023-04,古井司法所,社区矫正工作.2,缺项,1,,,,,,\"没有完", "\""),
];

/// Several rows, or another header.
const FILES: &[(&str, &str)] = &[
    (
        "grades_twice",
        "月份,单位,条款,情形\n2023-06,古井司法所,法治建设工作.1,优秀\n2023-06,古井司法所,法治建设工作.1,一般\n",
    ),
    (
        "same_grade_twice",
        "月份,单位,条款,情形\n2023-09,古井司法所,法治建设工作.1,优秀\n2023-09,古井司法所,法治建设工作.1,优秀\n",
    ),
    (
        "reported_twice",
        "月份,单位,条款,情形,数量\n2023-07,芦庙司法所,基层工作.2,录入件数,30\n2023-07,芦庙司法所,基层工作.2,录入件数,30\n",
    ),
    ("missing_column", "月份,条款,情形,数量\n2023-04,社区矫正工作.2,缺项,1\n"),
    ("misspelled_header", "月份,单位,条款,情形,完成日斯\n2023-04,古井司法所,社区矫正工作.2,缺项,\n"),
    ("misspelled_required_header", "月分,单位,条款,情形\n2023-04,古井司法所,社区矫正工作.2,缺项\n"),
    ("column_twice", "月份,单位,条款,情形,数量,数量\n2023-04,古井司法所,社区矫正工作.2,缺项,1,1\n"),
    ("nothing_but_mistakes", "单位,条款,情形,数量,心情\n古丼司法所,社区矫正工作.2,缺项,1,好\n"),
    ("several_mistakes_in_a_row", "月份,单位,条款,情形,数量\n2023-13,古丼司法所,社区娇正工作.2,缺项,-1\n"),
];

/// What one run says, in each style.
struct Told {
    short: String,
    human: String,
    findings: Vec<Value>,
}

#[track_caller]
fn refused(folder: &Scratch, period: &str, code: i32) -> Told {
    let told = |style: &str| {
        let output = run_score(&folder.path, period, &["--format", "json", "--diagnostics", style]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(output.stdout.is_empty(), "{text}");
        assert!(!text.contains("panicked"), "{text}");
        // Where the test ran is no part of what is said.
        text.replace(folder.path.to_str().unwrap(), "资料")
    };
    let findings = serde_json::from_str(&told("json")).unwrap();
    Told { short: told("short"), human: told("human"), findings }
}

/// Compares with the file of the claim.
#[track_caller]
fn expect(claim: &str, told: &Told) {
    let path = beside("bad_facts").join(format!("{claim}.txt"));
    let found = format!("{}\n{}", told.short, told.human);
    let changed = otherwise(&path, &found);
    assert!(changed.is_none(), "{}", changed.unwrap());
}

/// A folder in which only the given file is wrong.
fn folder_with(claim: &str, text: &str) -> Scratch {
    let folder = Scratch::new();
    folder.write("单位.csv", ROSTER);
    folder.write(&format!("{claim}.csv"), text);
    folder
}

fn all_files() -> impl Iterator<Item = (&'static str, String)> {
    let rows = ROWS.iter().map(|(claim, row, _)| (*claim, format!("{HEADER}{row}\n")));
    rows.chain(FILES.iter().map(|(claim, text)| (*claim, (*text).to_owned())))
}

// ---------------------------------------------------------------- one by one

#[test]
fn every_wrong_row_is_refused_at_its_place() {
    for (claim, row, wrong) in ROWS {
        let told = refused(&folder_with(claim, &format!("{HEADER}{row}\n")), "2023-04", 1);
        expect(claim, &told);
        let [finding] = told.findings.as_slice() else { panic!("{claim}: {}", told.short) };
        assert_eq!(finding["file"], format!("{claim}.csv"));
        assert_eq!(finding["line"], 2, "{claim}");
        assert_eq!(finding["severity"], "error");
        let text = finding.get("text").and_then(Value::as_str).unwrap_or_default();
        // `short_row` points at the first cell.
        assert!(text == *wrong || *claim == "short_row", "{claim}: {text}");
        let column = finding["column"].as_u64().unwrap() as usize;
        let line: Vec<char> = row.chars().collect();
        let behind: String = line[column - 1..].iter().collect();
        assert!(behind.trim_start_matches('"').starts_with(text.trim_start_matches('"')), "{claim}: {column} {behind}");
        assert!(finding.get("help").is_some() || finding.get("expected").is_some(), "{claim}: no way out is told");
    }
}

#[test]
fn every_wrong_file_is_refused() {
    for (claim, text) in FILES {
        let told = refused(&folder_with(claim, text), "2023-04", 1);
        expect(claim, &told);
        assert!(told.findings.iter().any(|finding| finding["severity"] == "error"), "{claim}");
    }
}

#[test]
fn codes_are_kebab_case_and_messages_speak_chinese() {
    for (claim, text) in all_files() {
        for finding in refused(&folder_with(claim, &text), "2023-04", 1).findings {
            let code = finding["code"].as_str().unwrap();
            assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{code}");
            for key in ["message", "help", "expected"] {
                let Some(text) = finding.get(key).and_then(Value::as_str) else { continue };
                let han = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert!(han || key == "expected", "{claim}: {text}");
                assert!(!text.ends_with('。') && !text.contains("\n\n"), "{claim}: {text}");
            }
        }
    }
}

#[test]
fn an_indicator_that_nobody_reported_is_no_zero() {
    let case = beside("year/01-quiet-month/2023-04.csv");
    let all = fs::read_to_string(case).unwrap();
    let left: Vec<&str> = all.lines().filter(|line| !line.contains("芦庙司法所,社区矫正工作.1,数据同步率")).collect();
    let folder = folder_with("indicator_missing", &left.join("\n"));
    let told = refused(&folder, "2023-04", 1);
    expect("indicator_missing", &told);
    assert_eq!(told.findings[0]["code"], "missing-indicator");
    // A quarter needs every one of its months.
    let quarter = all.replace("2023-04", "2023-06");
    let told = refused(&folder_with("quarter_missing", &quarter), "2023-06", 1);
    expect("quarter_missing", &told);
    assert_eq!(told.findings.len(), 5 * 3, "five quarterly indicators, three units; two months told together");
}

#[test]
fn broken_encodings_are_refused() {
    let rows = "2023-04,古井司法所,社区矫正工作.2,缺项,1,,,,,,\n2023-04,古井司法所,社区矫正工作.2,缺项,1,,,,,,";
    let folder = folder_with("broken_encoding", "");
    let text = [HEADER.as_bytes(), rows.as_bytes(), b"\xff\xfe\xe4\n"].concat();
    folder.write("broken_encoding.csv", text);
    let told = refused(&folder, "2023-04", 1);
    expect("broken_encoding", &told);
    assert_eq!(told.findings[0]["line"], 3);
    let utf16: Vec<u8> = format!("\u{feff}{HEADER}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    folder.write("broken_encoding.csv", utf16);
    expect("utf16", &refused(&folder, "2023-04", 1));
    let nul = [HEADER.as_bytes(), b"2023-04,\0\0,\0,\0,,,,,,,\n"].concat();
    folder.write("broken_encoding.csv", nul);
    let told = refused(&folder, "2023-04", 1);
    expect("nul_bytes", &told);
}

#[test]
fn wrong_rosters_are_refused() {
    let rosters = [
        ("unit_twice", "单位\n古井司法所\n芦庙司法所\n古井司法所\n"),
        ("unit_without_a_name", "单位,分组\n古井司法所,甲\n,乙\n"),
        ("no_unit_column", "名称\n古井司法所\n"),
        ("empty_roster", "单位\n"),
        ("roster_with_a_wrong_month", "单位,启用月份\n古井司法所,2023-15\n"),
        ("nothing_in_the_roster", ""),
    ];
    for (claim, roster) in rosters {
        let folder = Scratch::new();
        folder.write("单位.csv", roster);
        folder.write("事实.csv", HEADER);
        expect(claim, &refused(&folder, "2023-04", 1));
    }
    let folder = Scratch::new();
    folder.write("四月/单位.csv", ROSTER);
    folder.write("事实.csv", HEADER);
    let told = refused(&folder, "2023-04", 1);
    expect("no_roster", &told);
    expect("empty_folder", &refused(&Scratch::new(), "2023-04", 1));
}

#[test]
fn what_is_no_fact_file_is_refused() {
    let folder = Scratch::new();
    folder.write("单位.csv", ROSTER);
    folder.write("x.csv/说明.txt", "a folder that is called like a file");
    let told = refused(&folder, "2023-04", 1);
    expect("folder_called_like_a_file", &told);
    let gone = Scratch::new();
    fs::remove_dir(&gone.path).unwrap();
    expect("no_folder", &refused(&gone, "2023-04", 2));
    fs::write(&gone.path, "单位\n").unwrap();
    expect("file_for_a_folder", &refused(&gone, "2023-04", 2));
    fs::remove_file(&gone.path).unwrap();
}

#[test]
fn a_month_without_any_facts_is_told_once() {
    let folder = Scratch::new();
    folder.write("单位.csv", ROSTER);
    folder.write("事实.csv", HEADER);
    expect("month_without_facts", &refused(&folder, "2023-04", 1));
}

// ---------------------------------------------------------------- all at once

#[test]
fn all_mistakes_are_told_in_one_run() {
    let folder = Scratch::new();
    folder.write("单位.csv", ROSTER.to_owned() + "古井司法所\n");
    let mut wanted = BTreeSet::new();
    wanted.extend(refused(&folder, "2023-04", 1).short.lines().map(str::to_owned));
    for (claim, text) in all_files() {
        let told = refused(&folder_with(claim, &text), "2023-04", 1);
        wanted.extend(told.short.lines().map(str::to_owned));
        folder.write(&format!("{claim}.csv"), text);
    }
    let told = refused(&folder, "2023-04", 1);
    expect("all_at_once", &told);
    let found: BTreeSet<String> = told.short.lines().map(str::to_owned).collect();
    assert_eq!(wanted.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new());
    // The same with rows of every kind in one file, where lines still stand for themselves.
    let rows = ROWS.iter().filter(|(claim, ..)| *claim != "unclosed_quote");
    let rows: String = rows.map(|(_, row, _)| format!("{row}\n")).collect();
    let folder = folder_with("rows", &format!("{HEADER}{rows}"));
    let told = refused(&folder, "2023-04", 1);
    let lines: BTreeSet<u64> = told.findings.iter().map(|finding| finding["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, (2..ROWS.len() as u64 + 1).collect());
}

#[test]
fn what_nobody_reported_is_told_beside_wrong_rows() {
    let all = fs::read_to_string(beside("year/01-quiet-month/2023-04.csv")).unwrap();
    let left: Vec<&str> = all.lines().filter(|line| !line.contains("芦庙司法所,社区矫正工作.1,数据同步率")).collect();
    let wrong = all.replace("古井司法所,基层工作.2,录入件数,30", "古井司法所,基层工作.2,录入件数,三十");
    let wrong = wrong.lines().find(|line| line.contains("三十")).unwrap();
    let left = left.join("\n").replace("2023-04,古井司法所,基层工作.2,录入件数,30,,,,,,", wrong);
    let folder = folder_with("missing_and_wrong", &(left + "\n2023-04,古丼司法所,综合事项.3,无故缺席,1,,,,,,\n"));
    // A number that was reported wrong is not missing as well.
    let told = refused(&folder, "2023-04", 1);
    expect("missing_and_wrong", &told);
    let codes: BTreeSet<&str> = told.findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!(codes, BTreeSet::from(["missing-indicator", "not-a-number", "unknown-unit"]));
    assert_eq!(told.findings.len(), 3);
    // Where a file could not be read to its end, nobody knows what it would have reported.
    folder.write("unread.csv", format!("{HEADER}2023-04,古井司法所,综合事项.3,无故缺席,1,,,,,,\"\n"));
    let told = refused(&folder, "2023-04", 1);
    assert!(!told.short.contains("missing-indicator") && told.short.contains("unclosed-quote"), "{}", told.short);
}

/// What was copied or pasted counts twice: of a whole file that is a mistake, of rows it is told.
#[test]
fn what_is_there_twice_is_told() {
    let told = |files: &[(&str, &str)]| {
        let scratch = Scratch::new();
        scratch.write("单位.csv", "单位\n古井司法所\n芦庙司法所\n");
        for (name, rows) in files {
            scratch.write(name, format!("{HEADER}{rows}"));
        }
        String::from_utf8(run_score(&scratch.path, "2023-04", &["--diagnostics", "short"]).stderr).unwrap()
    };
    let one = "2023-04,古井司法所,社区矫正工作.2,缺项,2,,,,,,\n";
    let other = "2023-04,芦庙司法所,社区矫正工作.2,错误,1,,,,,,\n";
    let noted = "2023-04,芦庙司法所,社区矫正工作.2,错误,1,,,,,,三月台账\n";
    let both = format!("{one}{other}");
    let copied = told(&[("甲.csv", &both), ("乙/甲 - 副本.csv", &both)]);
    assert!(copied.contains("甲.csv:0:0: copied-file: “甲.csv”与“乙/甲 - 副本.csv”一字不差"), "{copied}");
    assert!(!told(&[("甲.csv", ""), ("乙.csv", ""), ("丙.csv", &both)]).contains("copied-file"));
    let pasted = told(&[("甲.csv", &format!("{both}{noted}{both}"))]);
    assert!(pasted.contains("甲.csv:5:0: rows-pasted-twice: 第5行至第6行与第2行至第3行一模一样"), "{pasted}");
    // One row is told where it says more than how often; two things that happened may well look alike without.
    let pasted = told(&[("甲.csv", &format!("{noted}{one}{noted}{other}{one}"))]);
    assert!(pasted.contains("rows-pasted-twice: 第4行与第2行一模一样"), "{pasted}");
    assert_eq!(pasted.matches("rows-pasted-twice").count(), 1, "{pasted}");
    // Rows of another month are told when that is scored.
    let may = format!("{both}{both}").replace("2023-04", "2023-05");
    assert!(!told(&[("甲.csv", &may), ("乙.csv", &both)]).contains("rows-pasted-twice"));
}

/// What is likely meant by something that is no date, and by a percentage that nobody else comes near.
#[test]
fn dates_and_percentages_that_are_hardly_meant_are_told_with_what_is() {
    let told = |rows: &str| {
        let scratch = Scratch::new();
        scratch.write("单位.csv", ROSTER);
        scratch.write("甲.csv", format!("{HEADER}{rows}"));
        String::from_utf8(run_score(&scratch.path, "2023-04", &[]).stderr).unwrap()
    };
    let late = |date: &str| told(&format!("2023-04,古井司法所,社区矫正工作.3,迟报,1,,,{date},2023-04-20,,\n"));
    for (date, help) in [
        ("4月12日", "改法：写上年份：2023-04-12"),
        ("4.12", "改法：写上年份：2023-04-12"),
        ("2023年4月12号", "改法：写成2023-04-12"),
        ("45028", "改法：单元格不是日期格式：把格式改为日期，显示2023-04-12"),
        ("四月", "改法：改为日历上有的日期"),
    ] {
        assert!(late(date).contains(help), "{date}: {}", late(date));
    }
    let rate = |unit: &str, rate: &str| format!("2023-04,{unit}司法所,社区矫正工作.1,数据同步率,{rate},,,,,,\n");
    let odd = told(&(rate("古井", "0.955%") + &rate("芦庙", "94%") + &rate("华佗", "96%")));
    assert!(
        odd.contains("古井司法所 2023-04的“社区矫正工作.1 数据同步率”是0.955%") && odd.contains("改为95.5%"),
        "{odd}"
    );
    let usual = told(&(rate("古井", "0.5%") + &rate("芦庙", "0.4%") + &rate("华佗", "96%")));
    assert!(!usual.contains("odd-percentage"), "{usual}");
}
