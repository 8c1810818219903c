//! A unit that is renamed inside a year, from outside: it is one, by both names, and what was frozen before stays as it was.

mod office_at_work;
mod scratch;

use std::fs;

use office_at_work::{MONTHS, Office, run};
use scratch::{RULEBOOK, Scratch, run_score, score, score_json};
use serde_json::Value;

const OLD: &str = "魏岗司法所";
const NEW: &str = "魏岗镇司法所";

/// Gives the unit its new name on the roster, and in the facts of some months.
fn rename(office: &Office, months: &[&str]) {
    let roster = office.data().join("单位.csv");
    let text = fs::read_to_string(&roster).unwrap();
    let mut lines = text.lines();
    let header = format!("{},原名\n", lines.next().unwrap());
    let line = |line: &str| match line.split(',').next() {
        Some(OLD) => format!("{},{OLD}\n", line.replacen(OLD, NEW, 1)),
        _ => format!("{line},\n"),
    };
    fs::write(&roster, header + &lines.map(line).collect::<String>()).unwrap();
    for month in months {
        let path = office.data().join(format!("{month}.csv"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(OLD, NEW)).unwrap();
    }
}

fn of<'v>(result: &'v Value, name: &str) -> &'v Value {
    let units = result["units"].as_array().unwrap();
    units.iter().find(|unit| unit["unit"] == name).unwrap_or_else(|| panic!("{name} is not there"))
}

#[test]
fn months_frozen_before_hold_and_the_year_binds_to_them() {
    let office = Office::new();
    let year = score_json(&office.data(), "2023");
    MONTHS[..4].iter().for_each(|month| office.froze(month));
    let before = fs::read(office.archive().join("0002-2023-04/结果.json")).unwrap();
    rename(&office, &MONTHS[4..]);
    for month in &MONTHS[4..] {
        let (code, told) = office.freeze(month);
        assert!(code == 0 && !told.contains("month-differs"), "{month}: {told}");
    }
    office.froze("2023");
    assert_eq!(office.verify(&[]), (0, String::new()));
    assert_eq!(fs::read(office.archive().join("0002-2023-04/结果.json")).unwrap(), before);
    let renamed = score_json(&office.data(), "2023");
    assert_eq!(of(&renamed, NEW)["total"], of(&year, OLD)["total"]);
    assert_eq!(of(&renamed, NEW)["former"], OLD);

    // By either name it is found, and told with both.
    let data = office.data();
    for name in [OLD, NEW] {
        let arguments = ["explain", RULEBOOK, data.to_str().unwrap(), "--period", "2023-04", "--unit", name];
        let told = scratch::zhunsheng(arguments).stdout;
        let told = String::from_utf8_lossy(&told);
        assert!(told.starts_with(&format!("{NEW}（原名{OLD}） 2023-04：")), "{told}");
    }
    // The batch of April is of the former name; reports of it are written from what it holds.
    let (out, archive) = (office.scratch.path.join("报告"), office.archive());
    let more = ["--out", out.to_str().unwrap(), "--frozen", archive.to_str().unwrap()];
    let refused = run_score(&data, "2023-04", &more);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && told.contains("用批次里的“方案”和“事实”写"), "{told}");
    score(&archive.join("0002-2023-04/事实"), "2023-04", &more);
}

#[test]
fn objections_and_corrections_know_both_names() {
    let office = Office::new();
    office.froze("2023-04");
    let path = office.data().join("2023-04.csv");
    let text = fs::read_to_string(&path).unwrap();
    let (at, row) =
        text.lines().enumerate().find(|(_, row)| row.contains(OLD) && row.contains("司法部案例库采用")).unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    rename(&office, &[]);
    let header = "编号,期间,单位,条款,情形,事实,理由,提出日期,状态,决定,决定日期,改数量,改分值\n";
    let objection = |name: &str| {
        let (clause, label, line) = (cells[2], cells[3], at + 1);
        let row =
            format!("1,2023-04,{name},{clause},{label},2023-04.csv:{line},不实,2023-05-10,成立,撤销,2023-05-20,,\n");
        fs::write(office.data().join("异议.csv"), format!("{header}{row}")).unwrap();
    };
    let total = |name: &str| of(&score_json(&office.data(), "2023-04"), name)["total"].clone();
    let before = total(NEW);
    objection(OLD);
    let upheld = total(NEW);
    assert_ne!(before, upheld);
    objection(NEW);
    assert_eq!(total(NEW), upheld);

    let book = fs::read_to_string(RULEBOOK).unwrap();
    let at = book.find("  读法").unwrap();
    let line = "  更正已公布月份的，重新计算当月\n";
    office.scratch.write("方案.zs", format!("{}{line}{}", &book[..at], &book[at..]));
    let book = office.scratch.path.join("方案.zs");
    let (archive, data) = (office.archive(), office.data());
    let arguments = ["correct", archive.to_str().unwrap(), data.to_str().unwrap(), "--period", "2023-04"];
    let more = ["--rulebook", book.to_str().unwrap(), "--date", "2024-01-10", "--diagnostics", "short"];
    let (code, told) = run(&[&arguments[..], &more].concat());
    assert_eq!(code, 0, "{told}");
    let changes = fs::read(archive.join("0002-2023-04/更正.json")).unwrap();
    let changes: Value = serde_json::from_slice(&changes).unwrap();
    let moved = changes["moved"].as_array().unwrap();
    let own = moved.iter().find(|unit| unit["unit"] == NEW).unwrap();
    assert_eq!((&own["former"], &own["entries"][0]["objection"]), (&OLD.into(), &"1".into()));
    // Nobody came and nobody went.
    assert!(moved.iter().all(|unit| unit["old"].is_object() && unit["new"].is_object()), "{changes}");
    assert_eq!(office.verify(&[]).0, 0);
}

#[test]
fn what_the_office_publishes_names_both_once() {
    let office = Office::new();
    rename(&office, &[]);
    let out = office.scratch.path.join("报告");
    score(&office.data(), "2023-04", &["--out", out.to_str().unwrap()]);
    let page = fs::read_to_string(out.join("考评结果.html")).unwrap();
    assert!(page.contains(&format!("data-unit=\"{NEW}（原名{OLD}）\"")), "searching for the former name finds nothing");
    if cfg!(feature = "office") && scratch::libreoffice(&["--convert-to", "txt:Text", "通报.docx"], &out) {
        let text = fs::read_to_string(out.join("通报.txt")).unwrap();
        assert_eq!(text.matches(&format!("{NEW}原名{OLD}。")).count(), 1, "{text}");
    }
}

#[test]
fn names_that_stand_for_two_units_are_refused_with_their_cell() {
    let scratch = Scratch::new();
    let told = |roster: &str| {
        scratch.write("单位.csv", roster);
        let output = run_score(&scratch.path, "2023-04", &["--diagnostics", "short"]);
        String::from_utf8_lossy(&output.stderr)
            .lines()
            .find(|line| line.contains("former-name"))
            .unwrap_or_default()
            .to_owned()
    };
    let cases = [
        ("单位,原名\n甲所,\n乙所,甲所\n", "3:4: former-name-unclear: 原名“甲所”是另一行的单位"),
        ("单位,原名\n乙所,甲所\n甲所,\n", "3:1: former-name-unclear: “甲所”也是“乙所”的原名"),
        ("单位,原名\n乙所,甲所\n丙所,甲所\n", "3:4: former-name-unclear: “甲所”也是“乙所”的原名"),
        ("单位,原名\n乙所,甲所、丁所\n", "2:4: former-name-unclear: “乙所”的原名写了不止一个"),
    ];
    for (roster, wanted) in cases {
        let told = told(roster);
        assert!(told.contains(wanted), "{roster}{told}");
    }
    assert_eq!(told("单位,原名\n甲所,甲所\n"), "");
}
