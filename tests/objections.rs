//! Objections from outside: the register, what is marked while they are open, and the corrections they lead to.

mod office_at_work;
mod scratch;

use std::fs;

use office_at_work::{Office, run};
use scratch::{RULEBOOK, score_json, zhunsheng};
use serde_json::Value;

const HEADER: &str = "编号,期间,单位,条款,情形,事实,理由,提出日期,状态,决定,决定日期,改数量,改分值\n";

fn register(office: &Office, rows: &str) {
    fs::write(office.data().join("异议.csv"), format!("{HEADER}{rows}")).unwrap();
}

/// The first entry of April that takes points for a label.
fn entry(office: &Office, label: &str) -> (String, Value) {
    let april = score_json(&office.data(), "2023-04");
    for unit in april["units"].as_array().unwrap() {
        let of_label = |entry: &&Value| entry["label"] == label && entry["points"] != "0";
        if let Some(entry) = unit["entries"].as_array().unwrap().iter().find(of_label) {
            return (unit["unit"].as_str().unwrap().to_owned(), entry.clone());
        }
    }
    panic!("nothing of {label} in April");
}

fn of<'v>(result: &'v Value, unit: &str) -> &'v Value {
    result["units"].as_array().unwrap().iter().find(|it| it["unit"] == unit).unwrap()
}

/// An office that has published April, and knows how it corrects.
fn published() -> Office {
    let office = Office::new();
    let text = fs::read_to_string(RULEBOOK).unwrap();
    let at = text.find("  读法").unwrap();
    office.scratch.write("方案.zs", format!("{}  更正已公布月份的，重新计算当月\n{}", &text[..at], &text[at..]));
    office.froze("2023-03");
    office.froze("2023-04");
    office
}

fn correct(office: &Office) -> (i32, String) {
    let paths =
        [office.archive(), office.data(), office.scratch.path.join("方案.zs"), office.scratch.path.join("更正")];
    let [archive, data, book, out] = paths.each_ref().map(|path| path.to_str().unwrap());
    run(&[
        "correct",
        archive,
        data,
        "--period",
        "2023-04",
        "--rulebook",
        book,
        "--out",
        out,
        "--date",
        "2023-05-25",
        "--diagnostics",
        "short",
    ])
}

fn told(arguments: &[&str]) -> String {
    String::from_utf8(scratch::zhunsheng(arguments).stdout).unwrap()
}

#[test]
fn an_open_objection_is_marked_everywhere() {
    let office = published();
    let (unit, entry) = entry(&office, "缺项");
    let place = entry["fact"].as_str().unwrap();
    let before = score_json(&office.data(), "2023-04");
    register(
        &office,
        &format!(
            "1,2023-04,{unit},{},缺项,{place},已经补交,2023-05-10,待处理,,,,\n",
            entry["clause"].as_str().unwrap()
        ),
    );
    let after = score_json(&office.data(), "2023-04");
    let marked = of(&after, &unit)["entries"].as_array().unwrap().iter().filter(|it| it["objection"] == "1");
    assert_eq!(marked.map(|it| it["fact"].as_str()).collect::<Vec<_>>(), [Some(place)]);
    // It changes no points.
    let totals = |result: &Value| -> Vec<Value> {
        result["units"].as_array().unwrap().iter().map(|it| it["total"].clone()).collect()
    };
    assert_eq!(totals(&before), totals(&after));
    let data = office.data();
    let data = data.to_str().unwrap();
    let why = told(&["explain", RULEBOOK, data, "--period", "2023-04", "--unit", &unit]);
    assert!(why.contains("有异议待处理（编号1）：已经补交"), "{why}");
    let status = told(&["status", RULEBOOK, data, "--period", "2023-04", "--date", "2023-05-11"]);
    assert!(status.contains(&format!("异议1待处理：{unit}，")), "{status}");
    // The batch keeps the register with the facts, and its sum.
    assert_eq!(office.verify(&[]).0, 0);
}

#[test]
fn upheld_objections_become_corrections() {
    let office = published();
    let (unit, row) = entry(&office, "缺项");
    let (clause, place) = (row["clause"].as_str().unwrap(), row["fact"].as_str().unwrap());
    let april = fs::read(office.data().join("2023-04.csv")).unwrap();
    register(
        &office,
        &format!(
            "1,2023-04,{unit},{clause},缺项,{place},已经补交,2023-05-10,成立,撤销扣分,2023-05-20,,\n\
             2,2023-04,汤陵司法所,{clause},缺项,,没有这回事,2023-05-10,不成立,有台账为证,2023-05-20,,\n"
        ),
    );
    let (code, told) = correct(&office);
    assert_eq!((code, told.as_str()), (0, ""));
    // The unit that objected reads what was decided, not only that its row does not count.
    let data = office.data();
    let data = data.to_str().unwrap();
    let why = self::told(&["explain", RULEBOOK, data, "--period", "2023-04", "--unit", &unit, "--clause", clause]);
    assert!(why.contains("，不计：异议1成立（2023-05-20）：撤销扣分"), "{why}");
    // So does whoever reads the correction.
    let page = fs::read_to_string(office.scratch.path.join("更正/0003-2023-04 更正.html")).unwrap();
    assert!(page.contains(&format!("，不计（{place}）（异议1成立）")) && !page.contains("未认定"), "{page}");
    // The fact stays as the office received it; the register says that it does not count.
    assert_eq!(fs::read(office.data().join("2023-04.csv")).unwrap(), april);
    let changes: Value =
        serde_json::from_slice(&fs::read(office.archive().join("0003-2023-04/更正.json")).unwrap()).unwrap();
    let numbers = |value: &Value| value.as_array().unwrap().iter().map(|it| it["number"].clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&changes["objections"]), ["1", "2"]);
    let moved = changes["moved"].as_array().unwrap().iter().find(|it| it["unit"] == unit.as_str()).unwrap();
    let changed = &moved["entries"][0];
    assert_eq!((changed["objection"].as_str(), changed["change"].as_str()), (Some("1"), Some("changed")));
    assert_eq!(changed["new"]["counted"], false);
    let why = moved["why"][0].as_str().unwrap();
    assert!(why.ends_with("（异议1成立）"), "{why}");
    let page = fs::read_to_string(office.scratch.path.join("更正/0003-2023-04 更正.html")).unwrap();
    assert!(page.contains("成立：撤销扣分") && page.contains("不成立：有台账为证"), "{page}");
    let (code, told) = office.verify(&[]);
    assert_eq!((code, told.as_str()), (0, ""));
    // Decided once is decided: the pages are written again, and there is no further batch.
    assert_eq!(correct(&office), (0, String::new()));
    assert!(!office.archive().join("0004-2023-04").exists());
    // A register edited by hand is a batch edited by hand.
    let told = office.after(|archive| {
        office_at_work::replace(archive.join("0003-2023-04/事实/异议.csv"), "有台账为证", "无台账为证");
    });
    assert!(told.contains("batch-file-changed: “0003-2023-04/事实/异议.csv”"), "{told}");
}

#[test]
fn upheld_in_part_the_number_is_another() {
    let office = published();
    let april = score_json(&office.data(), "2023-04");
    let several = |entry: &&Value| {
        let quantity = entry["quantity"].as_str().unwrap_or_default();
        entry["label"] == "缺项" && quantity.parse::<u32>().is_ok_and(|it| it > 1)
    };
    let found = april["units"].as_array().unwrap().iter().find_map(|unit| {
        let entry = unit["entries"].as_array().unwrap().iter().find(several)?;
        Some((unit["unit"].as_str().unwrap().to_owned(), entry.clone()))
    });
    let (unit, row) = found.expect("an entry of several");
    let (clause, place) = (row["clause"].as_str().unwrap(), row["fact"].as_str().unwrap());
    register(
        &office,
        &format!("1,2023-04,{unit},{clause},缺项,{place},只有一项,2023-05-10,成立,改为一项,2023-05-20,1,\n"),
    );
    let after = score_json(&office.data(), "2023-04");
    let changed = of(&after, &unit)["entries"].as_array().unwrap().iter().find(|it| it["fact"] == place).unwrap();
    assert_eq!((changed["quantity"].as_str(), changed["counted"].as_bool()), (Some("1"), Some(true)));
    let data = office.data();
    let explain =
        ["explain", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04", "--unit", &unit, "--clause", clause];
    let why = told(&explain);
    assert!(why.contains("（异议1成立（2023-05-20）：改为一项）"), "{why}");
    assert_eq!(correct(&office).0, 0);
    assert_eq!(office.verify(&[]), (0, String::new()));
}

#[test]
fn upheld_without_a_fact_wants_the_facts_corrected() {
    let office = published();
    register(&office, "1,2023-04,古井司法所,社区矫正工作.1,缺项,,漏记,2023-05-10,成立,补记,2023-05-20,,\n");
    assert!(correct(&office).1.contains("nothing-to-correct"));
    let append = |row: &str| {
        let path = office.data().join("2023-04.csv");
        fs::write(&path, fs::read_to_string(&path).unwrap() + row).unwrap();
    };
    append("2023-04,汤陵司法所,社区矫正工作.1,缺项,1,,,,,,\n");
    let (code, told) = correct(&office);
    assert!(
        code == 1 && told.contains("objection-without-change: 异议1（古井司法所，社区矫正工作.1 缺项）成立：补记"),
        "{told}"
    );
    assert!(!office.archive().join("0003-2023-04").exists());
    let data = office.data();
    let why = ["explain", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04", "--unit", "古井司法所"];
    assert!(!self::told(&why).contains("成立（2023-05-20）：补记\n"), "{}", self::told(&why));
    append("2023-04,古井司法所,社区矫正工作.1,缺项,1,,,,,,\n");
    assert_eq!(correct(&office), (0, String::new()));
}

/// What scoring a period says of the register, by code and message.
fn told_by_score(office: &Office, period: &str) -> (i32, String) {
    run(&["score", RULEBOOK, office.data().to_str().unwrap(), "--period", period, "--diagnostics", "short"])
}

#[test]
fn an_objection_of_one_month_takes_nothing_from_another() {
    let office = published();
    let (unit, row) = entry(&office, "缺项");
    let (clause, place) = (row["clause"].as_str().unwrap(), row["fact"].as_str().unwrap());
    register(
        &office,
        &format!("1,2023-05,{unit},{clause},缺项,{place},已经补交,2023-06-10,成立,撤销扣分,2023-06-20,,\n"),
    );
    let (code, told) = told_by_score(&office, "2023-04");
    assert!(
        code == 1 && told.contains("objection-fact-differs: 异议1的期间是2023-05，事实写的那一行却是2023-04的"),
        "{told}"
    );
}

#[test]
fn an_upheld_objection_that_changes_nothing_is_told() {
    let office = published();
    register(&office, "1,2023-04,古井司法所,社区矫正工作.1,缺项,,漏记,2023-05-10,成立,补记,2023-05-20,,\n");
    let (code, told) = told_by_score(&office, "2023-04");
    assert!(code == 0 && told.contains("objection-without-change: 异议1成立，没有写事实，没有改动任何一行"), "{told}");
    assert_eq!(told_by_score(&office, "2023-03"), (0, String::new()));
    // What was left out is named as the row that was added for it.
    let path = office.data().join("2023-04.csv");
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().count() + 1;
    fs::write(&path, text + "2023-04,立德司法所,机关效能和意识形态工作.2,被通报,1,,,,,,\n").unwrap();
    let fact = format!("2023-04.csv:{line}");
    register(
        &office,
        &format!(
            "1,2023-04,立德司法所,机关效能和意识形态工作.2,被通报,{fact},漏记,2023-05-10,成立,补记,2023-05-20,1,\n"
        ),
    );
    assert_eq!(told_by_score(&office, "2023-04"), (0, String::new()));
}

#[test]
fn an_indicator_wants_its_number() {
    let office = published();
    let text = fs::read_to_string(office.data().join("2023-04.csv")).unwrap();
    let (line, row) = text.lines().enumerate().find(|(_, line)| line.contains("基层工作.2,录入件数")).unwrap();
    let unit = row.split(',').nth(1).unwrap();
    let registered = |quantity: &str| {
        let line = line + 1;
        register(
            &office,
            &format!(
                "1,2023-04,{unit},基层工作.2,录入件数,2023-04.csv:{line},报少了,2023-05-10,成立,改,2023-05-20,{quantity},\n"
            ),
        );
    };
    registered("");
    let (code, told) = told_by_score(&office, "2023-04");
    assert!(code == 1 && told.contains("objection-without-number: “录入件数”是指标，每个单位都要有"), "{told}");
    registered("45");
    assert_eq!(told_by_score(&office, "2023-04"), (0, String::new()));
}

#[test]
fn the_register_is_read_with_care() {
    let office = published();
    let rows = [
        (
            "1,2023-04,古井司发所,社区矫正工作.1,缺项,,理由,2023-05-10,待处理,,,,",
            "unknown-unit: 单位名册里没有“古井司发所”",
        ),
        ("1,2024-04,古井司法所,社区矫正工作.1,缺项,,理由,2023-05-10,待处理,,,,", "unknown-period"),
        ("1,2023-04,古井司法所,社区矫正工作.99,缺项,,理由,2023-05-10,待处理,,,,", "unknown-clause"),
        (
            "1,2023-04,古井司法所,社区矫正工作.1,缺像,,理由,2023-05-10,待处理,,,,",
            "unknown-label: 条款“社区矫正工作.1”里没有情形“缺像”",
        ),
        ("1,2023-04,古井司法所,社区矫正工作.1,缺项,,,2023-05-10,待处理,,,,", "missing-cell: 这一行没有写理由"),
        ("1,2023-04,古井司法所,社区矫正工作.1,缺项,,理由,2023-05-10,受理,,,,", "unknown-choice: 状态不能写“受理”"),
        ("1,2023-04,古井司法所,社区矫正工作.1,缺项,,理由,2023-05-10,成立,,,,", "objection-undecided"),
        ("1,2023-04,古井司法所,社区矫正工作.1,缺项,,理由,2023-05-10,待处理,撤销,2023-05-20,,", "objection-decided"),
        (
            "1,2023-04,古井司法所,社区矫正工作.1,缺项,,理由,2023-05-10,成立,撤销,2023-05-01,,",
            "objection-decided: 决定日期早于提出日期",
        ),
        (
            "1,2023-04,古井司法所,社区矫正工作.1,缺项,,理由,2023-05-10,成立,改,2023-05-20,1,",
            "objection-decided: 写了改数量",
        ),
        (
            "1,2023-04,古井司法所,社区矫正工作.1,缺项,2023-04.csv:2,理由,2023-05-10,成立,撤销,2023-05-20,,",
            "objection-fact-differs: 异议1指的“2023-04.csv:2”是“",
        ),
        (
            "1,2023-04,古井司法所,社区矫正工作.1,缺项,2023-44.csv:2,理由,2023-05-10,成立,撤销,2023-05-20,,",
            "objection-fact-differs: 异议1的事实“2023-44.csv:2”：没有这个文件",
        ),
        ("1,2023-04,古井司法所,社区矫正工作.1,缺项,2023-04.csv,理由,2023-05-10,成立,撤销,2023-05-20,,", "没有写行号"),
    ];
    let data = office.data();
    let arguments = ["score", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04", "--diagnostics", "short"];
    for (row, wanted) in rows {
        register(&office, &format!("{row}\n"));
        let (code, told) = run(&arguments);
        assert!(code == 1 && told.contains("异议.csv:2:") && told.contains(wanted), "{row}\n{told}");
    }
    register(&office, "1,2023-04,古井司法所,社区矫正工作,扣分封顶,,理由,2023-05-10,待处理,,,,\n");
    let output = zhunsheng(["score", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("条款写到有计分句的条目：社区矫正工作.1、"), "{told}");
    let row = "1,2023-04,古井司法所,社区矫正工作.1,缺项,,理由,2023-05-10,待处理,,,,\n";
    register(&office, &row.repeat(2));
    assert!(run(&arguments).1.contains("异议.csv:3:1: reported-twice: 编号“1”写了两次，第2行已有"));
    register(&office, row);
    assert_eq!(run(&arguments), (0, String::new()));
}

/// Against a total or a place, which no row is about.
#[test]
fn an_objection_may_be_against_a_place() {
    let office = published();
    register(&office, "1,2023-04,古井司法所,名次,,,应当在前十名,2023-05-10,待处理,,,,\n");
    let (code, told) = told_by_score(&office, "2023-04");
    assert_eq!((code, told.as_str()), (0, ""));
    let data = office.data();
    let status =
        self::told(&["status", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04", "--date", "2023-05-11"]);
    assert!(status.contains("异议1待处理：古井司法所，名次，应当在前十名"), "{status}");
    register(&office, "1,2023-04,古井司法所,总分,,2023-04.csv:41,多扣了,2023-05-10,成立,改,2023-05-20,,\n");
    let (code, told) = told_by_score(&office, "2023-04");
    assert!(code == 1 && told.contains("objection-to-whole: 对总分的异议不写事实"), "{told}");
}

#[test]
fn decisions_about_one_row_must_agree() {
    let office = published();
    let (unit, row) = entry(&office, "缺项");
    let (clause, place) = (row["clause"].as_str().unwrap(), row["fact"].as_str().unwrap());
    let data = office.data();
    let score = || run(&["score", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04", "--diagnostics", "short"]);
    let upheld = |number: u32, place: &str, quantity: &str| {
        format!("{number},2023-04,{unit},{clause},缺项,{place},理由,2023-05-10,成立,改,2023-05-20,{quantity},\n")
    };
    register(&office, &(upheld(1, place, "0") + &upheld(2, place, "")));
    let (code, told) = score();
    assert!(code == 1 && told.contains("异议.csv:3:0: objections-contradict: 异议1和异议2都成立"), "{told}");
    // Twice the same is no contradiction, nor is a colon as Chinese keyboards type it another place.
    register(&office, &(upheld(1, place, "0") + &upheld(2, &place.replace(':', "："), "0")));
    assert_eq!(score(), (0, String::new()));
    // What the register says wrong is wrong in the register: the file says something else.
    register(&office, &upheld(1, place, "1.5"));
    let (code, told) = score();
    assert!(code == 1 && told.contains("异议.csv:2:0: fractional-count: 异议1的“改数量”"), "{told}");
}

/// Against the year's result, and while a period is frozen.
#[test]
fn what_waits_is_told_with_the_last_month_and_when_a_period_is_frozen() {
    let office = published();
    register(
        &office,
        "9,2023,古井司法所,奖惩,,,奖金算错,2024-01-10,待处理,,,,\n8,2023-05,古井司法所,名次,,,并列,2023-06-10,待处理,,,,\n",
    );
    let data = office.data();
    let status =
        |period: &str| told(&["status", RULEBOOK, data.to_str().unwrap(), "--period", period, "--date", "2024-01-13"]);
    assert!(status("2023-12").contains("异议9待处理：古井司法所，2023的奖惩，奖金算错"), "{}", status("2023-12"));
    assert!(!status("2023-04").contains("待处理"), "{}", status("2023-04"));
    let (code, told) = office.freeze("2023-05");
    assert!(code == 0 && told.contains("objection-pending: 异议8还没有处理，2023-05照现在的封存"), "{told}");
}
