//! Who has reported, from outside: missing, nil, late by the calendar and by working days.

mod scratch;

#[cfg(feature = "office")]
use std::fs;
use std::process::Output;

use scratch::{RULEBOOK, Scratch, beside, zhunsheng};
use serde_json::Value;

const BOOK: &str = "方案 示例\n施行 2023年3月至2023年12月\n考评对象 司法所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
    年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n\
    板块 矫正\n  责任股室 矫正股\n  1. 台账\n     迟报：每次扣5分\n\
    板块 基层\n  责任股室 基层股\n  1. 案卷\n     录入件数（件）：不少于30件，每少1件扣1分\n\
    板块 街道\n  责任股室 街道股\n  适用 类别为街道的\n  1. 宣传\n     场次（场）：不少于1场，每少1场扣1分\n";

struct Office {
    scratch: Scratch,
}

impl Office {
    fn new(book: &str) -> Office {
        let office = Office { scratch: Scratch::new() };
        let book = book.replacen("考评周期 每月\n", "考评周期 每月\n单位属性 类别：街道/乡镇\n", 1);
        office.scratch.write("方案.zs", book);
        office.scratch.write("数据/单位.csv", "单位,类别\n甲所,街道\n乙所,乡镇\n");
        office
    }

    fn report(&self, rows: &str) {
        self.scratch.write("数据/事实.csv", format!("月份,单位,条款,情形,数量\n{rows}"));
    }

    fn receive(&self, rows: &str) {
        self.scratch.write("数据/报送.csv", format!("期间,报送部门,收到日期,情况\n{rows}"));
    }

    fn run(&self, command: &str, more: &[&str]) -> Output {
        let paths = [self.scratch.path.join("方案.zs"), self.scratch.path.join("数据")];
        let paths = paths.each_ref().map(|path| path.to_str().unwrap());
        zhunsheng([&[command, paths[0], paths[1], "--period", "2023-04"], more].concat())
    }

    fn status(&self, date: &str) -> (i32, Value, String) {
        let output = self.run("status", &["--date", date, "--format", "json", "--diagnostics", "short"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default(), told)
    }
}

#[track_caller]
fn of<'s>(status: &'s Value, department: &str) -> &'s Value {
    let all = status["departments"].as_array().unwrap_or_else(|| panic!("{status}"));
    all.iter().find(|it| it["department"] == department).unwrap_or_else(|| panic!("{department} is not in {status}"))
}

#[test]
fn missing_nil_and_reported() {
    let office = Office::new(BOOK);
    let (code, status, _) = office.status("2023-05-05");
    assert_eq!((code, of(&status, "基层股")["state"].as_str()), (1, Some("missing")));
    assert_eq!(of(&status, "基层股")["indicators"][0]["missing"], serde_json::json!(["甲所", "乙所"]));
    // What does not apply to a unit is not asked of it.
    assert_eq!(of(&status, "街道股")["indicators"][0]["missing"], serde_json::json!(["甲所"]));
    // Silence is no report, not even where nothing is asked of every unit.
    assert_eq!(of(&status, "矫正股")["state"], "missing");
    assert_eq!(of(&status, "矫正股")["late"], false);

    office.report("2023-04,甲所,基层.1,录入件数,0\n2023-04,甲所,街道.1,场次,1\n");
    let (code, status, _) = office.status("2023-05-06");
    assert_eq!((code, of(&status, "基层股")["state"].as_str()), (1, Some("partial")));
    assert_eq!(of(&status, "基层股")["late"], true);
    assert_eq!(of(&status, "街道股")["state"], "reported");

    // Zero is a report, and so is a department's word that nothing happened.
    office.report("2023-04,甲所,基层.1,录入件数,0\n2023-04,乙所,基层.1,录入件数,0\n2023-04,甲所,街道.1,场次,1\n");
    office.receive("2023-04,矫正股,2023-05-04,零报送\n2023年4月,基层股,2023/5/6,\n");
    let (code, status, told) = office.status("2023-05-20");
    assert_eq!((code, told.as_str()), (0, ""));
    assert_eq!(
        (of(&status, "矫正股")["state"].as_str(), &of(&status, "矫正股")["late"]),
        (Some("nil"), &Value::Bool(false))
    );
    assert_eq!(
        (of(&status, "基层股")["state"].as_str(), &of(&status, "基层股")["late"]),
        (Some("reported"), &Value::Bool(true))
    );
    assert_eq!(of(&status, "街道股").get("received"), None);
    let table = office.run("status", &["--date", "2023-05-20"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("3个部门：报齐3个（其中迟报1个），没有报齐0个，没有报0个"), "{table}");
}

/// What a quarter will be assessed by is owed in each of its months, and not only when the quarter ends.
#[test]
fn indicators_of_a_longer_cycle_are_owed_every_month() {
    let book = BOOK.replacen("  1. 案卷\n", "  1. 案卷\n     考评周期 每季度\n", 1);
    let book = book.replacen(
        "  同分并列",
        "  按季度考评的，计入最后一个月\n  不足一季的季度，按施行的月份考评\n  同分并列",
        1,
    );
    let office = Office::new(&book);
    office.report("2023-04,甲所,街道.1,场次,1\n2023-04,甲所,基层.1,录入件数,30\n");
    let (code, status, told) = office.status("2023-05-05");
    assert_eq!((code, of(&status, "基层股")["state"].as_str()), (1, Some("partial")), "{told}");
    assert_eq!(of(&status, "基层股")["indicators"][0]["missing"], serde_json::json!(["乙所"]));
    office.report("2023-04,甲所,街道.1,场次,1\n2023-04,甲所,基层.1,录入件数,30\n2023-04,乙所,基层.1,录入件数,0\n");
    office.receive("2023-04,矫正股,2023-05-04,零报送\n");
    let (code, status, told) = office.status("2023-05-05");
    assert_eq!((code, of(&status, "基层股")["state"].as_str()), (0, Some("reported")), "{told}");
}

/// A target of the year stays owed after the month in which it was asked for, and a unit is named once.
#[test]
fn what_scoring_lacks_is_owed_whenever_it_was_asked_for() {
    let book = BOOK.replacen("约定\n", "参数 目标（件）：每单位每年一个\n约定\n", 1);
    let book = book.replacen("不少于30件，每少1件扣1分", "不少于目标，每少1件扣1分", 1);
    let office = Office::new(&book);
    office.report("2023-04,甲所,街道.1,场次,1\n2023-04,甲所,基层.1,录入件数,30\n2023-04,乙所,基层.1,录入件数,0\n");
    office.receive("2023-04,矫正股,2023-05-04,零报送\n");
    let (code, status, told) = office.status("2023-05-05");
    assert_eq!(code, 1, "{status} {told}");
    let owed: Vec<&Value> = status["departments"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|it| it["indicators"].as_array().unwrap())
        .filter(|it| it["label"] == "目标")
        .collect();
    assert_eq!(owed.len(), 1, "{status} {told}");
    assert_eq!(owed[0]["missing"].as_array().unwrap().len(), 2, "{status}");
    // Reported for the whole year, it is there in whatever month.
    let rows = "期间,单位,条款,情形,数量\n2023,甲所,参数,目标,30\n2023,乙所,参数,目标,30\n";
    office.scratch.write("数据/目标.csv", rows);
    let (_, status, told) = office.status("2023-05-05");
    assert!(status["departments"].as_array().unwrap().iter().all(|it| it["state"] != "missing"), "{status} {told}");
}

/// One number for all is a report like any other, for whatever longer period it is, and owed by name.
#[test]
fn a_number_for_all_is_reported_or_owed() {
    let book =
        BOOK.replacen("约定\n", "参数 资金池（元）：统一每季度一个\n约定\n", 1).replace("2023年3月", "2023年4月");
    let office = Office::new(&book);
    let facts = "2023-04,甲所,街道.1,场次,1\n2023-04,甲所,基层.1,录入件数,30\n2023-04,乙所,基层.1,录入件数,30\n";
    office.report(facts);
    office.receive("2023-04,矫正股,2023-05-04,零报送\n");
    let (code, status, told) = office.status("2023-05-05");
    let owed = &of(&status, "考评办公室")["indicators"][0];
    assert_eq!((code, &owed["clause"], &owed["label"]), (1, &"参数".into(), &"资金池".into()), "{status} {told}");
    assert_eq!(owed["missing"], serde_json::json!(["全体"]), "{status}");
    let by_indicator = office.run("status", &["--date", "2023-05-05", "--by", "indicator"]);
    let by_indicator = String::from_utf8(by_indicator.stdout).unwrap();
    assert!(by_indicator.contains("资金池   ┆ 缺 "), "{by_indicator}");
    office.scratch.write("数据/资金.csv", "期间,单位,条款,情形,数量\n2023-Q2,全体,参数,资金池,10001\n");
    let (code, status, told) = office.status("2023-05-05");
    assert_eq!((code, of(&status, "考评办公室")["state"].as_str()), (0, Some("reported")), "{status} {told}");
}

#[test]
fn the_rulebook_says_by_when() {
    let line = |line: &str| BOOK.replacen("  每月基础分", &format!("  {line}\n  每月基础分"), 1);
    for (written, due) in [
        ("报送期限 次月5日", "2023-05-05"),
        ("报送期限：次月10号前", "2023-05-10"),
        // The first three days of May 2023 were off, and Saturday the sixth was worked.
        ("报送期限 次月第3个工作日", "2023-05-06"),
        ("报送期限为次月5个工作日之前", "2023-05-09"),
    ] {
        let office = Office::new(&line(written));
        let (_, status, told) = office.status("2023-05-05");
        assert_eq!(status["due"], due, "{written}: {told}");
    }
    // The office's own calendar goes before the program's.
    let office = Office::new(&line("报送期限 次月第3个工作日"));
    office.scratch.write("数据/节假日.csv", "日期,类别\n2023-05-01,休\n");
    assert_eq!(office.status("2023-05-05").1["due"], "2023-05-04");
    office.scratch.write("数据/节假日.csv", "日期,类别\n2023-05-01,放假\n");
    let (code, _, told) = office.status("2023-05-05");
    assert!(code == 1 && told.contains("节假日.csv:2:12: unknown-choice"), "{told}");
}

#[test]
fn the_register_is_read_with_care() {
    let office = Office::new(BOOK);
    office.receive("2023-04,矫正,2023-05-04,\n2024-04,矫正股,2023-05-04,\n2023-04,矫正股,2023-02-30,\n2023-04,基层股,2023-05-04,没有\n");
    let (code, _, told) = office.status("2023-05-05");
    assert_eq!(code, 1);
    for wanted in [
        "报送.csv:2:9: unknown-department: 方案里没有部门“矫正”",
        "报送.csv:3:1: unknown-period: 方案没有期间“2024-04”",
        "报送.csv:4:13: impossible-date",
        "报送.csv:5:24: unknown-choice: 情况不能写“没有”",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
    office.scratch.write("数据/报送.csv", "期间,报送部们,收到日期\n2023-04,矫正股,2023-05-04\n");
    assert!(office.status("2023-05-05").2.contains("misspelled-column"));
    // It is no fact file: scoring takes no notice of it.
    office.receive("2023-04,矫正股,2023-05-04,\n");
    office.report("2023-04,甲所,基层.1,录入件数,30\n2023-04,乙所,基层.1,录入件数,30\n2023-04,甲所,街道.1,场次,1\n");
    let scored = office.run("score", &[]);
    assert!(scored.status.success(), "{}", String::from_utf8_lossy(&scored.stderr));
}

/// A register that lies deeper is told to be one, and what it can hardly say is told.
#[test]
fn what_a_register_can_hardly_say_is_told() {
    let office = Office::new(BOOK);
    office.report("2023-04,甲所,基层.1,录入件数,30\n2023-04,乙所,基层.1,录入件数,30\n2023-04,甲所,街道.1,场次,1\n2023-04,甲所,矫正.1,迟报,2\n");
    office.receive("2023-04,矫正股,2022-05-04,零报送\n2023-04,基层股,2033-05-04,\n2023-04,街道股,2023-05-04,\n");
    let (code, status, told) = office.status("2023-05-09");
    assert_eq!((code, of(&status, "矫正股")["events"].as_u64()), (0, Some(1)), "{told}");
    for wanted in [
        "报送.csv:2:0: odd-receipt: 矫正股2023-04的收到日期2022-05-04在这一期以前",
        "报送.csv:2:0: nil-return-with-events: 矫正股2023-04登记了零报送，事实里却有1件事项",
        "报送.csv:3:0: odd-receipt: 基层股2023-04的收到日期2033-05-04还没有到（今天2023-05-09）",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
    assert_eq!(told.matches(".csv:").count(), 3, "{told}");
    office.scratch.write("数据/登记/报送.csv", "期间,报送部门,收到日期\n2023-04,矫正股,2023-05-04\n");
    let (code, _, told) = office.status("2023-05-09");
    assert_eq!((code, told.matches("登记/报送.csv").count()), (1, 1), "{told}");
    assert!(told.contains("登记/报送.csv:1:0: register-in-subfolder"), "{told}");
}

/// A form that comes back says itself that nothing happened.
#[test]
#[cfg(feature = "office")]
fn forms_are_reports() {
    let office = Office::new(BOOK);
    let out = office.scratch.path.join("数据/表");
    let made = office.run("form", &["--out", out.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    // Sent back as it went out: it is there, but it says nothing.
    let (code, status, _) = office.status("2023-05-05");
    assert_eq!(code, 1);
    let form = of(&status, "矫正股");
    assert_eq!((form["state"].as_str(), form["form"].as_str()), (Some("missing"), Some("表/2023-04 矫正股.xlsx")));
}

#[test]
fn a_whole_office_has_reported() {
    let data = beside("../samples/2023");
    for month in ["2023-03", "2023-06", "2023-12"] {
        let output = zhunsheng(["status", RULEBOOK, data.to_str().unwrap(), "--period", month, "--date", "2024-01-05"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let output = zhunsheng(["status", RULEBOOK, data.to_str().unwrap(), "--period", "2023", "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("报送按月看，“2023”不是"));
}

#[test]
fn scoring_counts_working_days_by_the_calendar_and_never_guesses() {
    let scratch = Scratch::new();
    let book = "方案 示例\n施行 2031年1月至2031年12月\n考评对象 司法所\n考评周期 每月\n约定\n  每月基础分 100分\n  \
        年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n  工作日按法定节假日安排\n\
        板块 整改\n  1. 台账\n     整改逾期：每逾期1个工作日扣1分\n";
    scratch.write("方案.zs", book);
    scratch.write("数据/单位.csv", "单位\n甲所\n");
    let facts = "月份,单位,条款,情形,数量,截止日期,完成日期\n2031-05,甲所,整改.1,整改逾期,1,2031-04-30,2031-05-06\n";
    scratch.write("数据/事实.csv", facts);
    let paths = [scratch.path.join("方案.zs"), scratch.path.join("数据")];
    let [book, data] = paths.each_ref().map(|path| path.to_str().unwrap());
    let score = || {
        let output =
            zhunsheng(["score", book, data, "--period", "2031-05", "--format", "json", "--diagnostics", "short"]);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), json["units"][0]["total"].clone(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, _, told) = score();
    assert!(code == Some(1) && told.contains("holidays-unknown") && told.contains("2031年"), "{told}");
    // Thursday, Friday and Monday are off, and Saturday is worked instead: Saturday and Tuesday are late.
    let holidays = "日期,类别\n2031-05-01,休\n2031-05-02,休\n2031-05-05,休\n2031-05-03,班\n";
    scratch.write("数据/节假日.csv", holidays);
    assert_eq!(score(), (Some(0), Value::from("98"), String::new()));
    // What is not known is told only where it is needed: nothing was late in that year.
    scratch.write("数据/节假日.csv", "日期,类别\n2030-05-01,休\n");
    scratch.write("数据/事实.csv", facts.replace("2031-05-06", "2031-04-30"));
    assert_eq!(score(), (Some(0), Value::from("100"), String::new()));
}

#[test]
fn every_unit_and_indicator_has_a_mark() {
    let office = Office::new(BOOK);
    office.report("2023-04,甲所,基层.1,录入件数,0\n2023-04,甲所,街道.1,场次,1\n");
    office.receive("2023-04,矫正股,2023-05-04,零报送\n2023-04,街道股,2023-05-09,\n");
    let run = |by: &str| {
        let output = office.run("status", &["--date", "2023-05-06", "--by", by]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap()
    };
    let by_unit = run("单位");
    let cells = |row: &str| -> Vec<String> {
        let line = by_unit.lines().find(|line| line.contains(row)).unwrap_or_else(|| panic!("{by_unit}"));
        line.trim_matches('│').split('┆').map(|cell| cell.trim().to_owned()).collect()
    };
    assert_eq!(cells("单位"), ["单位", "基层股", "街道股", "矫正股"]);
    assert_eq!(cells("甲所"), ["甲所", "已报", "迟", "零报告"]);
    assert_eq!(cells("乙所"), ["乙所", "缺", "·", "零报告"]);
    for words in ["缺 没有报，已逾期", "迟 报了，过了期限", "零报告 部门报了没有事项", "· 不用报，或没有事项"]
    {
        assert!(by_unit.contains(words), "{words}\n{by_unit}");
    }
    assert_eq!(run("unit"), by_unit);
    let by_indicator = run("指标");
    assert!(by_indicator.lines().any(|line| line.replace(' ', "").contains("录入件数┆缺┆1/2┆乙所")), "{by_indicator}");
    assert_eq!(run("indicator"), by_indicator);
    // Programs get every cell, and only where they ask.
    let output = office.run("status", &["--date", "2023-05-06", "--by", "单位", "--format", "json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cell = |department: &str, unit: &str| {
        let cells = json["cells"].as_array().unwrap();
        let found = cells.iter().find(|cell| cell["department"] == department && cell["unit"] == unit);
        found.map(|cell| (cell["label"].clone(), cell["mark"].clone())).unwrap()
    };
    assert_eq!(json["cells"].as_array().unwrap().len(), 6);
    assert_eq!(cell("基层股", "乙所"), (Value::from("录入件数"), Value::from("missing")));
    assert_eq!(cell("街道股", "甲所"), (Value::from("场次"), Value::from("late")));
    assert_eq!(cell("街道股", "乙所"), (Value::from("场次"), Value::from("nothing")));
    assert_eq!(cell("矫正股", "甲所"), (Value::Null, Value::from("nil")));
    assert_eq!(office.status("2023-05-06").1.get("cells"), None);
}

/// Days late: their dates are told with every row, and what they cannot mean or no later month reports again.
#[test]
fn days_late_are_told_with_their_dates() {
    let book = BOOK.replacen(
        "     迟报：每次扣5分\n",
        "     逾期解除：每逾期1天扣1分，按日累计，至完成之日止\n     材料迟报：每逾期1天扣1分\n",
        1,
    );
    let book = book.replacen("  同分并列", "  逾期按自然日计算，截止当日不计\n  同分并列", 1);
    let office = Office::new(&book);
    let run = |row: &str, command: &str, period: &str, more: &[&str]| {
        office.scratch.write(
            "数据/事实.csv",
            format!("月份,单位,条款,情形,数量,截止日期,完成日期\n2023-05,甲所,街道.1,场次,1,,\n2023-04,甲所,街道.1,场次,1,,\n\
                2023-04,甲所,基层.1,录入件数,30,,\n2023-04,乙所,基层.1,录入件数,30,,\n\
                2023-05,甲所,基层.1,录入件数,30,,\n2023-05,乙所,基层.1,录入件数,30,,\n{row}\n"),
        );
        let paths = [office.scratch.path.join("方案.zs"), office.scratch.path.join("数据")];
        let paths = paths.each_ref().map(|path| path.to_str().unwrap());
        let output = zhunsheng([&[command, paths[0], paths[1], "--period", period], more].concat());
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let late = "2023-04,甲所,矫正.1,逾期解除,1,2023-04-26,2023-05-03";
    let told = run(late, "explain", "2023-04", &["--unit", "甲所"]);
    assert!(told.contains("截止2023-04-26，完成2023-05-03，逾期7天，本期计4天"), "{told}");
    assert!(!told.contains("late-days-left-off") && !told.contains("odd-date"), "{told}");
    for (command, period) in [("score", "2023-05"), ("status", "2023-05"), ("score", "2023")] {
        let told = run(late, command, period, &[]);
        assert!(told.contains("late-days-left-off") && told.contains("2023-05没有再报"), "{command} {period}: {told}");
    }
    let told = run(&format!("{late}\n2023-05,甲所,矫正.1,逾期解除,1,2023-04-26,2023-05-03"), "score", "2023-05", &[]);
    assert!(!told.contains("late-days-left-off"), "{told}");
    // What is still open is asked for month after month, and once by the month that said so last.
    let open = "2023-04,甲所,矫正.1,逾期解除,1,2023-04-26,";
    for period in ["2023-05", "2023-06"] {
        let told = run(open, "status", period, &[]);
        assert!(told.contains(&format!("在2023-04还没有完成，{period}没有再报")), "{told}");
    }
    let told = run(&format!("{open}\n2023-05,甲所,矫正.1,逾期解除,1,2023-04-26,"), "status", "2023-06", &[]);
    assert_eq!(told.matches("没有再报").count(), 1, "{told}");
    assert!(told.contains("在2023-05还没有完成，2023-06没有再报"), "{told}");
    for (row, said) in [
        ("材料迟报,1,2023-04-14,2033-04-17", "完成日期2033-04-17在2023-04的报送期限（2023-05-05）以后"),
        ("材料迟报,1,2022-04-14,2023-04-17", "截止日期2022-04-14到2023-04-17有368天"),
        ("材料迟报,1,2023-04-17,2023-04-14", "完成日期2023-04-14早于截止日期2023-04-17"),
        ("逾期解除,1,2023-05-14,2023-05-17", "完成日期2023-05-17在2023-04的报送期限"),
        ("逾期解除,1,2023-05-01,2023-05-04", "逾期的2023-05-01至2023-05-04都不在2023-04"),
    ] {
        let told = run(&format!("2023-04,甲所,矫正.1,{row}"), "score", "2023-04", &[]);
        assert!(told.contains("odd-date") && told.contains(said), "{said}: {told}");
    }
}

/// 按日累计 by the quarter: its last month tells of all of it, and a later quarter is asked for where it went on.
#[test]
fn a_row_of_a_quarter_tells_of_all_its_days() {
    let lines = "     考评周期 每季度，计入最后一个月\n     逾期解除：每逾期1天扣1分，按日累计，至完成之日止\n";
    let book = BOOK.replacen("     迟报：每次扣5分\n", lines, 1);
    let conventions = "  逾期按自然日计算，截止当日不计\n  不足一季的季度，按施行的月份考评\n  同分并列";
    let office = Office::new(&book.replacen("  同分并列", conventions, 1));
    let told = |row: &str, period: &str| {
        let header = "月份,单位,条款,情形,数量,截止日期,完成日期";
        office.scratch.write("数据/事实.csv", format!("{header}\n2023-06,甲所,矫正.1,逾期解除,1,{row}\n"));
        let paths = [office.scratch.path.join("方案.zs"), office.scratch.path.join("数据")];
        let paths = paths.each_ref().map(|path| path.to_str().unwrap());
        let output = zhunsheng(["status", paths[0], paths[1], "--period", period, "--date", "2023-12-01"]);
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let within = told("2023-04-20,2023-05-03", "2023-06");
    assert!(!within.contains("late-days-left-off") && !within.contains("odd-date"), "{within}");
    let before = told("2023-02-20,2023-03-03", "2023-06");
    assert!(before.contains("都不在2023-Q2，一天也没有计"), "{before}");
    let after = told("2023-06-20,2023-07-03", "2023-09");
    assert!(after.contains("late-days-left-off") && after.contains("2023-09没有再报"), "{after}");
}

#[test]
fn a_unit_that_leaves_is_asked_for_what_its_last_month_counts() {
    let book = BOOK.replacen("录入件数（件）", "考评周期 每季度，计入最后一个月\n     录入件数（件）", 1).replacen(
        "  同分并列",
        "  不足一季的季度，按施行的月份考评\n  同分并列",
        1,
    );
    let office = Office::new(&book);
    office.scratch.write("数据/单位.csv", "单位,类别,停用月份\n甲所,街道,2023-05\n乙所,乡镇,\n");
    office.report("2023-04,乙所,基层.1,录入件数,30\n2023-04,甲所,街道.1,场次,1");
    let (_, status, _) = office.status("2023-05-03");
    assert_eq!(of(&status, "基层股")["indicators"][0]["missing"], serde_json::json!(["甲所"]), "{status}");
}
