//! What 奖惩 gives, and to whom: the ranking it is called by, months that are still to come, money that turned round, and
//! units of no group.

mod scratch;

use std::process::Output;

use scratch::{CONVENTIONS, FRAME, Scratch, zhunsheng};
use serde_json::Value;

/// Scores a rulebook of these lines over facts, as JSON.
fn score(lines: &str, roster: &str, facts: &str, period: &str) -> Output {
    let scratch = Scratch::new();
    let attributes = if roster.contains("类别") { "单位属性 类别\n分组 按类别\n" } else { "" };
    scratch.write("方案.zs", format!("{FRAME}{attributes}{CONVENTIONS}{lines}"));
    scratch.write("数据/单位.csv", roster);
    scratch.write("数据/事实.csv", format!("月份,单位,条款,情形,数量\n{facts}"));
    let path = |name: &str| scratch.path.join(name).display().to_string();
    zhunsheng(["score", &path("方案.zs"), &path("数据"), "--period", period, "--format", "json"])
}

/// Who has which awards, by the roster.
#[track_caller]
fn awards(output: &Output) -> Vec<(String, Vec<String>)> {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().map_or_else(|| value["text"].as_str().unwrap().to_owned(), str::to_owned);
    let unit = |unit: &Value| {
        let awards = unit["awards"].as_array().into_iter().flatten().map(text).collect();
        (text(&unit["unit"]), awards)
    };
    let mut units: Vec<(String, Vec<String>)> = result["units"].as_array().unwrap().iter().map(unit).collect();
    units.sort();
    units
}

/// What explain says of a unit of the rulebook and the facts that a scratch folder holds.
fn explained(scratch: &Scratch, unit: &str, period: &str) -> String {
    let path = |name: &str| scratch.path.join(name).display().to_string();
    let output = zhunsheng(["explain", &path("方案.zs"), &path("数据"), "--period", period, "--unit", unit]);
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{told}");
    assert!(words.iter().all(|word| told.contains(word)), "{told}");
}

const ITEM: &str = "板块 工作\n  1. 走访\n     走访：每次加1分\n     缺席：每次扣1分\n";

#[test]
fn places_are_those_of_the_ranking_that_an_award_is_called_by() {
    let lines = format!(
        "{ITEM}排名 年终\n排名 年终进步\n  按 工作.1得分 由低到高\n奖惩 年终\n  第1名：奖励3万元\n奖惩 年终进步\n  第1名：奖励2万元\n"
    );
    let facts = "2025-03,甲所,工作.1,走访,9\n2025-03,乙所,工作.1,走访,1\n";
    let found = awards(&score(&lines, "单位\n甲所\n乙所\n", facts, "2025"));
    let given = |award: &str| vec![award.to_owned()];
    assert_eq!(found, [("乙所".to_owned(), given("奖励2万元")), ("甲所".to_owned(), given("奖励3万元"))]);
}

#[test]
fn a_grade_called_the_others_is_no_rest() {
    let grades = "等次 年终\n  五星：5分以上\n  二星：2分以上\n  其他：其余\n";
    let facts = "2025-03,甲所,工作.1,走访,6\n2025-03,乙所,工作.1,走访,3\n";
    for line in ["五星：奖励2万元；其他：约谈", "五星：奖励2万元\n  其他：约谈"] {
        let lines = format!("{ITEM}{grades}奖惩 年终\n  {line}\n");
        let found = awards(&score(&lines, "单位\n丙所\n乙所\n甲所\n", facts, "2025"));
        let given = |unit: &str, awards: &[&str]| (unit.to_owned(), awards.iter().map(|it| (*it).to_owned()).collect());
        let wanted = [given("丙所", &["约谈"]), given("乙所", &[]), given("甲所", &["奖励2万元"])];
        assert_eq!(found, wanted, "{line}");
    }
}

#[test]
fn a_month_whose_money_cannot_be_settled_stops_the_year_whatever_is_printed() {
    let lines = format!("{ITEM}奖惩 月度\n  末位：奖励 （得分 - 3）× 100元\n");
    refused(&score(&lines, "单位\n甲所\n", "2025-03,甲所,工作.1,走访,1\n", "2025"), &["2025年3月", "负200元"]);
}

#[test]
fn rows_that_lose_a_title_together_are_all_named() {
    let lines = "板块 工作\n  1. 走访\n     缺席：每次扣1分，3次以上取消评先资格\n";
    let facts = "2025-03,甲所,工作.1,缺席,1\n".repeat(3);
    let output = score(lines, "单位\n甲所\n", &facts, "2025-03");
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let effect = &result["units"][0]["effects"][0];
    let rows = [&effect["fact"], &effect["also"][0], &effect["also"][1]];
    assert_eq!(rows.map(|row| row.as_str().unwrap_or_default()), ["事实.csv:2", "事实.csv:3", "事实.csv:4"]);
}

#[test]
fn a_streak_that_is_full_begins_anew() {
    let lines = |line: &str| format!("{ITEM}奖惩 月度\n  {line}\n");
    let facts: String = (1..=7).map(|month| format!("2025-{month:02},甲所,工作.1,走访,1\n")).collect();
    for (line, wanted) in [
        ("当 连续3个月得分不低于1分：奖励2000元", [3, 4, 5, 6, 7].as_slice()),
        ("当 每连续3个月得分不低于1分：奖励2000元", &[3, 6]),
        ("每满连续3个月得分不低于1分的：奖励2000元", &[3, 6]),
        ("当 每连续3个月名次为第1名：奖励2000元", &[3, 6]),
    ] {
        let paid = |month: &i32| {
            let found = awards(&score(&lines(line), "单位\n甲所\n", &facts, &format!("2025-{month:02}")));
            !found[0].1.is_empty()
        };
        let paid: Vec<i32> = (1..=7).filter(paid).collect();
        assert_eq!(paid, wanted, "{line}");
    }
}

#[test]
fn a_streak_of_a_year_scored_midway_asks_for_no_later_month() {
    let lines = "板块 工作\n  1. 完成\n     完成（件）：缺报的，停止计算；不少于10件，每少1件扣1分\n奖惩 年终\n  当 连续3个月得分低于0分：约谈\n";
    let facts = |low: &str| {
        ["01", "02", "03"]
            .map(|month| format!("2025-{month},甲所,工作.1,完成,{low}\n2025-{month},乙所,工作.1,完成,10\n"))
            .concat()
    };
    let found = awards(&score(lines, "单位\n甲所\n乙所\n", &facts("8"), "2025"));
    assert_eq!(found, [("乙所".to_owned(), vec![]), ("甲所".to_owned(), vec!["约谈".to_owned()])]);
}

#[test]
fn money_that_turns_round_stops_the_run() {
    let facts = "2025-03,甲所,工作.1,缺席,5\n";
    let paid =
        |line: &str| score(&format!("{ITEM}奖惩 月度\n  当 得分低于90分：{line}\n"), "单位\n甲所\n", facts, "2025-03");
    refused(&paid("奖励 （得分 + 2） × 100元"), &["amount-below-zero", "负300元"]);
    refused(&paid("扣发 （得分 + 2） × 100元"), &["amount-below-zero"]);
    let found = awards(&paid("奖励 较高者（（得分 + 2） × 100元、0元）"));
    assert_eq!(found, [("甲所".to_owned(), vec!["奖励0元".to_owned()])]);
}

#[test]
fn a_unit_of_no_group_is_not_the_first_of_its_own() {
    let lines = format!("{ITEM}排名 月度\n  分组排名\n奖惩 月度\n  第1名：奖励5000元\n");
    let facts = "2025-03,甲所,工作.1,走访,9\n2025-03,乙所,工作.1,缺席,9\n";
    refused(&score(&lines, "单位,类别\n甲所,街道\n乙所,\n", facts, "2025-03"), &["missing-cell", "“乙所”的“类别”空着"]);
    awards(&score(&lines, "单位,类别\n甲所,街道\n乙所,乡镇\n", facts, "2025-03"));
}

#[test]
fn nobody_asks_a_unit_for_the_figure_of_an_item_that_is_not_its_own() {
    let lines = "板块 工作\n  1. 巩固\n     适用 类别为小学\n     巩固数（件）：缺报的，停止计算；不少于10件，每少1件扣1分\n  2. 走访\n     走访：每次加1分\n奖惩 月度\n  当 巩固数低于10件：约谈\n";
    let roster = "单位,类别\n甲校,小学\n乙校,小学\n丙园,幼儿园\n";
    let facts = |of_all: &str| format!("2025-03,甲校,工作.1,巩固数,9\n2025-03,丙园,工作.2,走访,1\n{of_all}");
    let found = awards(&score(lines, roster, &facts("2025-03,乙校,工作.1,巩固数,10\n"), "2025-03"));
    let given = |award: &[&str]| award.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let expected = [("丙园", given(&[])), ("乙校", given(&[])), ("甲校", given(&["约谈"]))];
    assert_eq!(found, expected.map(|(unit, awards)| (unit.to_owned(), awards)));
    refused(&score(lines, roster, &facts(""), "2025-03"), &["乙校", "没有报送", "巩固数"]);
}

#[test]
fn who_is_among_the_first_and_the_last_is_told() {
    let facts: String = ["甲所", "乙所", "丙所", "丁所", "戊所"]
        .iter()
        .enumerate()
        .map(|(at, unit)| format!("2025-03,{unit},工作.1,缺席,{at}\n"))
        .collect();
    let roster = "单位\n甲所\n乙所\n丙所\n丁所\n戊所\n";
    let lines = |last: &str| {
        format!("{ITEM}排名 月度\n奖惩 月度\n  前3名：奖励1000元\n  后3名：约谈{last}\n  不予奖励的名次不递补\n")
    };
    let told = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let both = score(&lines(""), roster, &facts, "2025-03");
    let words = "丙所在5家里是第3名，也在后3名里：又是“奖励1000元”，又是“约谈”（top-meets-bottom）";
    assert!(told(&both).contains(words), "{}", told(&both));
    let apart = score(&lines("，但名次为前3名的除外"), roster, &facts, "2025-03");
    assert!(!told(&apart).contains("top-meets-bottom"), "{}", told(&apart));
    let third = awards(&apart).into_iter().find(|(unit, _)| unit == "丙所").expect("is on the roster").1;
    assert_eq!(third, ["奖励1000元"]);
    // Six have room between the ends.
    let six = score(&lines(""), &format!("{roster}己所\n"), &format!("{facts}2025-03,己所,工作.1,缺席,9\n"), "2025-03");
    assert!(!told(&six).contains("top-meets-bottom"), "{}", told(&six));
}

#[test]
fn what_told_equals_apart_is_told_with_both_figures() {
    let scratch = Scratch::new();
    let conventions = "约定\n  每月基础分 100分\n  年终得分 = 各月得分平均，保留2位小数，四舍五入\n  未写“每”的，每次都计\n  \
        同分的，依次比较各月工作.1得分平均，仍相同的并列，其后名次顺延空出\n";
    let items = "板块 工作\n  1. 走访\n     缺访：每次扣1分\n  2. 台账\n     缺项：每项扣1分\n";
    scratch.write("方案.zs", format!("{FRAME}{conventions}{items}"));
    scratch.write("数据/单位.csv", "单位,启用月份\n甲所,\n乙所,2025-02\n");
    let facts = "2025-01,甲所,工作.1,缺访,4\n2025-01,甲所,工作.2,缺项,6\n2025-02,甲所,工作.1,缺访,4\n\
        2025-02,甲所,工作.2,缺项,6\n2025-02,乙所,工作.1,缺访,7\n2025-02,乙所,工作.2,缺项,3\n";
    scratch.write("数据/事实.csv", format!("月份,单位,条款,情形,数量\n{facts}"));
    for (unit, said) in [
        ("甲所", "与第2名（乙所）总分相同，比各月工作.1得分平均，本单位-4分，第2名-7分"),
        ("乙所", "与第1名（甲所）总分相同，比各月工作.1得分平均，本单位-7分，第1名-4分"),
    ] {
        let told = explained(&scratch, unit, "2025");
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn a_prize_is_split_among_those_who_share_its_place() {
    let lines = format!(
        "{ITEM}奖惩 月度\n  第1名：奖励1000元\n  第2名：奖励500元\n  第3名：奖励100元\n  奖金由并列的平分，保留2位小数，四舍五入\n"
    );
    let facts = "2025-03,甲所,工作.1,走访,9\n2025-03,乙所,工作.1,走访,9\n2025-03,丙所,工作.1,走访,9\n2025-03,丁所,工作.1,走访,1\n";
    let found = awards(&score(&lines, "单位\n甲所\n乙所\n丙所\n丁所\n", facts, "2025-03"));
    let third = vec!["奖励1000元（3个单位并列平分后333.33元）".to_owned()];
    let first = |name: &str| (name.to_owned(), third.clone());
    assert_eq!(found, [("丁所".to_owned(), vec![]), first("丙所"), first("乙所"), first("甲所")]);
    let facts = "2025-03,甲所,工作.1,走访,9\n2025-03,乙所,工作.1,走访,8\n";
    let found = awards(&score(&lines, "单位\n甲所\n乙所\n", facts, "2025-03"));
    let given = |award: &str| vec![award.to_owned()];
    assert_eq!(found, [("乙所".to_owned(), given("奖励500元")), ("甲所".to_owned(), given("奖励1000元"))]);
}

#[test]
fn prizes_are_explained_by_their_figures() {
    let scratch = Scratch::new();
    let parameter = "参数 基数（元）：统一每年一个，缺报的，按8000元计\n";
    let awards = "奖惩 年终\n  当 月数（得分低于0分）不少于2：发放 基数 × （100 + 得分） ÷ 100，保留整数，四舍五入\n  当 连续2个月得分低于0分：约谈\n";
    scratch.write("方案.zs", format!("{FRAME}{parameter}{CONVENTIONS}{ITEM}{awards}"));
    scratch.write("数据/单位.csv", "单位\n甲所\n");
    scratch.write(
        "数据/事实.csv",
        "月份,单位,条款,情形,数量\n2025-03,甲所,工作.1,缺席,1\n2025-04,甲所,工作.1,缺席,2\n2025-06,甲所,工作.1,缺席,1\n",
    );
    let said = explained(&scratch, "甲所", "2025");
    assert!(said.contains("共3个月：3月、4月、6月"), "{said}");
    assert!(said.contains("连续2个月：3月、4月"), "{said}");
    assert!(said.contains("基数8000元 × （100 + 得分-4分） ÷ 100 = 7680元，保留整数"), "{said}");
}

/// Money by values that have names of their own, and a year's total that is no sum of its months, down to what was reported.
#[test]
fn what_has_a_name_is_worked_out_beneath() {
    let scratch = Scratch::new();
    let parameter = "参数 奖金池（元）：统一每月一个\n";
    let measures = "  点值 = 奖金池 ÷ 全体合计（走访量），保留2位小数，四舍五入，除数为0的，不作考评\n  走访量 = 各条合计（走访） ÷ 1次\n  应发 = 走访量 × 点值\n  实发 = 较高者（应发、上月应发（没有的按应发计） × 80%），保留整数，四舍五入\n  月积分 = （当 名次为第1名，5；其余 2）\n";
    let conventions = CONVENTIONS.replace("各月得分之和\n", &format!("各月月积分之和 × 2\n{measures}"));
    let awards = "排名 月度\n  按 总分 由高到低排名\n奖惩 月度\n  当 得分不低于0分：发放 实发\n";
    let section = "板块 工作\n  1. 下村\n     走访：每次加1分\n";
    scratch.write("方案.zs", format!("{FRAME}{parameter}{conventions}{section}{awards}"));
    scratch.write("数据/单位.csv", "单位\n甲所\n乙所\n");
    let rows = "2025-03,,参数,奖金池,600元\n2025-03,甲所,工作.1,走访,2\n2025-03,乙所,工作.1,走访,1\n2025-04,,参数,奖金池,300元\n2025-04,甲所,工作.1,走访,1\n2025-04,乙所,工作.1,走访,2\n";
    scratch.write("数据/事实.csv", format!("月份,单位,条款,情形,数量\n{rows}"));
    let said = explained(&scratch, "甲所", "2025-04");
    for line in [
        "实发 = 较高者（应发100元、上月应发400元 × 0.8） = 320元，保留整数",
        "应发 = 走访量1 × 点值100元 = 100元",
        "走访量 = 走访各条合计1次",
        "点值 = 奖金池300元 ÷ 全体合计（走访量）3 = 100元，保留2位小数",
    ] {
        assert_eq!(said.matches(line).count(), 1, "{line}\n{said}");
    }
    assert!(!said.contains("上月应发 ="), "{said}");
    let said = explained(&scratch, "甲所", "2025-03");
    assert!(said.contains("实发 = 较高者（应发400元、应发400元 × 0.8） = 400元，保留整数"), "{said}");
    let said = explained(&scratch, "甲所", "2025");
    assert!(said.contains("各月月积分之和7 × 2 = 14分") && said.contains("月积分：3月5、4月2"), "{said}");
}

/// Two items of one title are told apart by the section that each stands in.
#[test]
fn what_met_a_condition_is_told_by_its_address() {
    let scratch = Scratch::new();
    let parts = "板块 甲\n  1. 其他（10分）\n    差错：每次扣1分\n板块 乙\n  1. 其他（10分）\n    漏报：每次扣1分\n";
    let awards = "奖惩 月度\n  当 甲.1得分低于9分且乙.1得分低于9分：约谈\n";
    scratch.write("方案.zs", format!("{FRAME}{CONVENTIONS}{parts}{awards}"));
    scratch.write("数据/单位.csv", "单位\n甲所\n");
    scratch.write("数据/事实.csv", "月份,单位,条款,情形,数量\n2025-03,甲所,甲.1,差错,3\n2025-03,甲所,乙.1,漏报,3\n");
    let said = explained(&scratch, "甲所", "2025-03");
    assert!(said.contains("甲.1得分7分") && said.contains("乙.1得分7分"), "{said}");
}

#[test]
fn a_total_below_zero_keeps_its_sign() {
    let scratch = Scratch::new();
    let conventions = CONVENTIONS.replace("各月得分之和\n", "各月得分之和 ÷ 在册月数 × 24，保留1位小数，四舍五入\n");
    scratch.write("方案.zs", format!("{FRAME}{conventions}{ITEM}"));
    scratch.write("数据/单位.csv", "单位\n甲所\n");
    scratch
        .write("数据/事实.csv", "月份,单位,条款,情形,数量\n2025-03,甲所,工作.1,缺席,2\n2025-04,甲所,工作.1,缺席,4\n");
    let said = explained(&scratch, "甲所", "2025");
    assert!(said.contains("各月得分之和-6分 ÷ 在册月数12个月 × 24 = -12分"), "{said}");
}

/// What a named value comes from is said once; each prize keeps what it was itself worked out from.
#[test]
fn each_prize_has_its_own_figures() {
    let scratch = Scratch::new();
    let section = "板块 工作\n  1. 下村\n     走访：每次加1分\n";
    let awards = "排名 月度\n  按 总分 由高到低排名\n奖惩 月度\n  当 得分不低于0分：奖励 得分 × 100元\n  第1名：奖励 得分 × 100元\n";
    scratch.write("方案.zs", format!("{FRAME}{CONVENTIONS}{section}{awards}"));
    scratch.write("数据/单位.csv", "单位\n甲所\n");
    scratch.write("数据/事实.csv", "月份,单位,条款,情形,数量\n2025-03,甲所,工作.1,走访,2\n");
    let said = explained(&scratch, "甲所", "2025-03");
    assert_eq!(said.matches("得分2分 × 100 = 200元").count(), 2, "{said}");
}
