//! Rulebooks of several documents from outside: facts on both sides of an amendment, `show`, `new`, the hash.

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use scratch::{Scratch, zhunsheng};
use serde_json::Value;

/// A scheme, its amendment from July on, and facts of June and July.
fn office() -> Scratch {
    let scratch = Scratch::new();
    let case = scratch::beside("cases/since/keeps_the_old_text_until_then");
    scratch.write("base.zs", fs::read(case.join("base.zs")).unwrap());
    scratch.write("七月.zs", "沿用 「base.zs」\n自2023年7月起\n修改 台账工作.1 缺项：每项扣2分\n删除 台账工作.3\n");
    scratch.write("数据/单位.csv", "单位\n甲所\n乙所\n");
    let head = "月份,单位,条款,情形,数量\n";
    let rows = |month: &str| {
        let mut rows = head.to_owned();
        for unit in ["甲所", "乙所"] {
            rows.push_str(&format!("{month},{unit},台账工作.2,录入件数,30\n{month},{unit},季度工作.1,培训次数,1\n"));
        }
        rows + &format!("{month},甲所,台账工作.1,缺项,3\n")
    };
    for month in ["2023-04", "2023-05", "2023-06", "2023-07"] {
        scratch.write(&format!("数据/{month}.csv"), rows(month));
    }
    scratch.write("数据/更多.csv", "月份,单位,条款,情形,数量\n2023-06,甲所,台账工作.3,迟报,1\n");
    scratch
}

fn path(scratch: &Scratch, name: &str) -> String {
    scratch.path.join(name).display().to_string()
}

#[track_caller]
fn fine(arguments: &[&str]) -> String {
    let output = zhunsheng(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn scored(scratch: &Scratch, rulebook: &str, period: &str) -> Value {
    let (rulebook, data) = (path(scratch, rulebook), path(scratch, "数据"));
    serde_json::from_str(&fine(&["score", &rulebook, &data, "--period", period, "--format", "json"])).unwrap()
}

fn total(result: &Value, unit: &str) -> String {
    let units = result["units"].as_array().unwrap();
    units.iter().find(|one| one["unit"] == unit).unwrap()["total"].as_str().unwrap().to_owned()
}

#[test]
fn june_goes_by_the_old_text_and_july_by_the_new_one() {
    let office = office();
    assert_eq!(total(&scored(&office, "七月.zs", "2023-06"), "甲所"), "92");
    assert_eq!(total(&scored(&office, "七月.zs", "2023-07"), "甲所"), "94");
    assert_eq!(total(&scored(&office, "base.zs", "2023-07"), "甲所"), "97");
    // April and May 97 each.
    assert_eq!(total(&scored(&office, "七月.zs", "2023"), "甲所"), "380");
    let (rulebook, data) = (path(&office, "七月.zs"), path(&office, "数据"));
    let why = |period| fine(&["explain", &rulebook, &data, "--period", period, "--unit", "甲所"]);
    assert!(why("2023-06").contains("缺项：每项扣1分（base.zs第"), "{}", why("2023-06"));
    assert!(why("2023-07").contains("缺项：每项扣2分（七月.zs第3行），扣6分"), "{}", why("2023-07"));
}

#[test]
fn a_label_out_of_force_is_an_error_that_says_so() {
    let office = office();
    office.write("数据/错.csv", "月份,单位,条款,情形,数量\n2023-07,甲所,台账工作.3,迟报,1\n");
    let (rulebook, data) = (path(&office, "七月.zs"), path(&office, "数据"));
    let output = zhunsheng(["score", &rulebook, &data, "--period", "2023-07", "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "错.csv:2:1: not-in-force: “台账工作.3”的“迟报”在2023-07不施行\n");
}

#[test]
fn what_is_shown_is_a_rulebook_that_scores_alike() {
    let office = office();
    let shown = fine(&["show", &path(&office, "七月.zs")]);
    assert!(shown.contains("〔自2023年7月起〕缺项：每项扣2分") && shown.contains("# 七月.zs:3"), "{shown}");
    office.write("合并.zs", &shown);
    for period in ["2023-06", "2023-07", "2023"] {
        let (mut alone, mut several) = (scored(&office, "合并.zs", period), scored(&office, "七月.zs", period));
        for result in [&mut alone, &mut several] {
            result["rulebook"]["hash"] = Value::Null;
        }
        assert_eq!(alone, several);
    }
    let readings = fine(&["show", &path(&office, "七月.zs"), "--readings"]);
    assert!(readings.contains("年终得分 = 各月得分之和"));
}

#[test]
fn the_hash_is_of_what_all_documents_mean_together() {
    let office = office();
    let hash = |rulebook| scored(&office, rulebook, "2023-06")["rulebook"]["hash"].clone();
    let (base, before) = (hash("base.zs"), hash("七月.zs"));
    assert_ne!(base, before);
    let text = fs::read_to_string(office.path.join("base.zs")).unwrap();
    office.write("base.zs", text.clone() + "# 后来加的一行\n");
    assert_eq!(hash("七月.zs"), before);
    office.write("base.zs", text.replace("扣0.5分", "扣0.6分"));
    assert_ne!(hash("七月.zs"), before);
}

#[test]
fn a_new_year_begins_in_order_and_overwrites_nothing() {
    let office = office();
    let arguments = ["new", "--from", &path(&office, "base.zs"), "--year", "2024"];
    fine(&arguments);
    let written = fs::read_to_string(office.path.join("2024.zs")).unwrap();
    assert!(written.contains("施行      2024年1月至2024年12月") && written.contains("沿用 「base.zs」"), "{written}");
    fine(&["check", &path(&office, "2024.zs")]);
    assert_eq!(zhunsheng(arguments).status.code(), Some(2));
    assert_eq!(fs::read_to_string(office.path.join("2024.zs")).unwrap(), written);
    let elsewhere = path(&office, "明年/新.zs");
    fs::create_dir_all(office.path.join("明年")).unwrap();
    fine(&["new", "--from", &path(&office, "base.zs"), "--year", "2025", "--out", &elsewhere]);
    assert!(fs::read_to_string(&elsewhere).unwrap().contains("沿用 「../base.zs」"));
    fine(&["check", &elsewhere]);
}

/// A day that a line says is of the year before.
#[test]
fn a_new_year_shows_the_days_that_lines_say() {
    let office = office();
    let text = fs::read_to_string(office.path.join("base.zs")).unwrap();
    let dated = text.replacen("约定\n", "单位属性 成立日期（日期）\n约定\n", 1)
        + "参评\n  当 成立日期晚于2023年6月30日，不参评\n例 六月\n  2023年6月 甲所\n  则 不参评\n";
    let line = dated.lines().position(|line| line.contains("晚于")).unwrap() + 1;
    office.write("有日期.zs", &dated);
    let new = path(&office, "新.zs");
    fine(&["new", "--from", &path(&office, "有日期.zs"), "--year", "2024", "--out", &new]);
    let written = fs::read_to_string(&new).unwrap();
    assert!(written.contains(&format!("#   第{line}行：当 成立日期晚于2023年6月30日，不参评\n")), "{written}");
    assert_eq!(written.matches("#   第").count(), 1, "{written}");
}

/// The new year has its own months, and a number of its own.
#[test]
fn a_new_year_is_amended_inside_its_own_months() {
    let office = office();
    let text = fs::read_to_string(office.path.join("base.zs")).unwrap();
    let number = text.lines().find(|line| line.starts_with("文号")).unwrap();
    office.write("旧.zs", text.replace(number, "文号 某司〔2023〕3号"));
    let written = |name: &str| fs::read_to_string(office.path.join(name)).unwrap();
    let new = path(&office, "新.zs");
    fine(&["new", "--from", &path(&office, "旧.zs"), "--year", "2024", "--out", &new]);
    assert!(!written("新.zs").contains("3号"), "{}", written("新.zs"));
    assert!(!fine(&["show", &new]).contains("文号"), "{}", fine(&["show", &new]));
    let amended = written("新.zs") + "\n自2024年7月起\n修改 台账工作.1 缺项：每项扣2分\n";
    office.write("新.zs", &amended);
    let shown = fine(&["show", &new]);
    assert!(shown.contains("〔自2024年7月起〕缺项：每项扣2分"), "{shown}");
    fine(&["check", &new]);
    let told = |text: String| {
        office.write("新.zs", text);
        String::from_utf8(zhunsheng(["check", &new, "--diagnostics", "short"]).stderr).unwrap()
    };
    let told_late = told(amended.replace("自2024年7月起", "自2025年7月起"));
    assert!(told_late.contains("since-out-of-force"), "{told_late}");
    // A number of its own is kept, and so is the older one where the months are the same.
    office.write(
        "新.zs",
        written("新.zs").replace("沿用 「", "文号 某司〔2024〕9号\n沿用 「").replace("2025年7月", "2024年7月"),
    );
    assert!(fine(&["show", &new]).contains("某司〔2024〕9号"));
    office.write("年中.zs", "沿用 「旧.zs」\n自2023年7月起，修改 台账工作.1 缺项：每项扣2分\n");
    assert!(fine(&["show", &path(&office, "年中.zs")]).contains("某司〔2023〕3号"));
}

#[test]
fn every_rulebook_over_which_nothing_is_amended_is_itself() {
    let rulebooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks");
    let meaning = |name: &str, text: &str| {
        let mut read = |name: &str| fs::read_to_string(name).map_err(|error| error.to_string());
        let (compiled, _) = zhunsheng::compile::compile_with(name, text, &mut read);
        let mut plan = compiled.expect("in order").plan;
        plan.lines.clear();
        format!("{plan:?}")
    };
    let paths = fs::read_dir(&rulebooks).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path: &PathBuf| path.extension().is_some_and(|extension| extension == "zs")) {
        let over = format!("沿用 「{}」\n", path.file_name().unwrap().to_string_lossy());
        let text = fs::read_to_string(&path).unwrap();
        let name = rulebooks.join("新.zs").display().to_string();
        assert!(meaning(&name, &over) == meaning(&path.display().to_string(), &text), "{}", path.display());
    }
}

/// Whatever is thrown at it, it only tells.
#[test]
fn amendments_of_chance_never_panic() {
    let base = fs::read_to_string(scratch::RULEBOOK).unwrap();
    let mut chance = scratch::Chance::new(7);
    let lines: Vec<&str> = base.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let places =
        ["社区矫正工作.1", "社区矫正工作", "约定", "奖惩 年终", "例 录入少两件扣两分", "基层工作.2", "板块 新", ""];
    let since = ["自2023年7月起\n", "自2023年8月起，", "自2029年1月起\n", "〔停用〕"];
    let verbs = ["修改 ", "增加 ", "删除 ", "停用 ", ""];
    for _ in 0..20 {
        let mut text = String::from("沿用 「2023.zs」\n");
        for _ in 0..12 {
            if chance.one_in(4) {
                let said: &&str = chance.pick(&since);
                text.push_str(said);
            }
            let verb = chance.pick(&verbs);
            text.push_str(&format!("{verb}{} {}\n", chance.pick(&places), chance.pick(&lines)));
            if chance.one_in(3) {
                text.push_str(&format!("  {}\n", chance.pick(&lines)));
            }
        }
        let (_, findings) = zhunsheng::compile::compile_with("新.zs", &text, &mut |_| Ok(base.clone()));
        let _ = findings.render(zhunsheng::diagnostic::Style::Human);
    }
}
