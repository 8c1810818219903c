//! Sentences on days late, limits and pieces, as a clerk reads them: what one reading has comes to the points worked
//! out by hand, what has two is asked with the lines to write, and each of those lines is accepted.

#[allow(dead_code, reason = "only tests of the documents read blocks")]
mod blocks;

use blocks::whole;
use zhunsheng::compile::compile_text;
use zhunsheng::diagnostic::Severity;
use zhunsheng::example;

/// What goes before the sentences: every convention they may need, and full marks.
const CONVENTIONS: &str = "\
事实列 级别：国家级/省级
约定
  未写“每”的，每次都计
  每月基础分 0分
板块 示例
1. 事项
";

fn rulebook(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("   {line}\n")).collect();
    whole(&format!("{CONVENTIONS}{lines}"))
}

/// What is told, as `code: message` with its help, of errors alone.
fn told(text: &str) -> Vec<(String, String)> {
    let (_, findings) = compile_text("方案.zs", text);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| (finding.code.to_owned(), finding.help.clone().unwrap_or_default())).collect()
}

/// What is wrong with the example, if anything.
fn comes_to(lines: &str, example: &str) -> Option<String> {
    let text = format!("{}例 手算\n{example}", rulebook(lines));
    let (compiled, findings) = compile_text("方案.zs", &text);
    let Some(compiled) = compiled else {
        let shown: Vec<String> = findings
            .iter()
            .map(|finding| format!("{} {} {}", finding.code, finding.message, finding.help.as_deref().unwrap_or("")))
            .collect();
        return Some(format!("{lines}\n  is refused: {}", shown.join("\n  ")));
    };
    let (_, differences) = example::run(&compiled);
    let messages: Vec<String> = differences.iter().map(|finding| finding.message.clone()).collect();
    (!messages.is_empty()).then(|| format!("{lines}\n{example}  {}", messages.join("；")))
}

fn all_right(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// One piece so many days late.
fn days_late(lines: &str, days: u32, points: &str) -> Option<String> {
    let label = lines.split('：').next().unwrap_or_default();
    let done = format!("2024-03-{:02}", 5 + days);
    let fact = format!("  2024年3月 甲所\n  示例.1 {label}，截止日期 2024-03-05，完成日期 {done}\n");
    comes_to(lines, &format!("{fact}  则 示例.1 {points}分\n"))
}

#[test]
fn days_are_days_late_wherever_the_line_speaks_of_lateness() {
    let table: &[(&str, &[(u32, &str)])] = &[
        // The label alone says it.
        ("迟报：每天扣1分", &[(0, "0"), (5, "-5")]),
        ("逾期：每天扣1分", &[(5, "-5")]),
        ("逾期报送：每日扣1分", &[(5, "-5")]),
        ("迟报：一天扣1分", &[(5, "-5")]),
        ("迟报：扣1分/天", &[(5, "-5")]),
        ("迟报：1天扣1分", &[(5, "-5")]),
        ("迟报：3天以内扣1分，超过3天扣2分", &[(3, "-1"), (5, "-2")]),
        // The word before 每天.
        ("材料：逾期每天扣1分", &[(5, "-5")]),
        ("材料：逾期的，每天扣1分", &[(5, "-5")]),
        ("材料：逾期的每日扣1分", &[(5, "-5")]),
        ("材料：逾期每2天扣1分，不足2天的不计", &[(5, "-2")]),
        ("材料：逾期未报的，每天扣1分", &[(5, "-5")]),
        ("整改：逾期未完成的，每天扣1分", &[(5, "-5")]),
        // A band, and its days.
        ("逾期：1天扣1分，2天扣3分，3天以上扣5分", &[(1, "-1"), (2, "-3"), (5, "-5")]),
        ("材料：逾期1至3天的，扣1分；4天以上的，扣5分", &[(3, "-1"), (5, "-5")]),
        (
            "报表：每逾期1天扣1分；超过3天且不超过6天的部分，每天扣2分；7天以上的，扣20分",
            &[(3, "-3"), (6, "-9"), (7, "-20")],
        ),
        ("材料：每逾期2天扣1分，不足2天的不计，超过4天的部分，每天扣2分", &[(3, "-1"), (5, "-4")]),
        ("总结：逾期3天以内的每天扣1分，超过3天的部分每天扣2分", &[(2, "-2"), (3, "-3"), (5, "-7")]),
        ("总结：逾期3天以内每天扣1分；超过3天的部分，每天扣2分", &[(3, "-3"), (4, "-5")]),
        ("台账：3天以内每逾期1天扣1分，超过3天的部分每逾期1天扣2分", &[(3, "-3"), (5, "-7")]),
        ("材料：逾期5天以内每天扣1分，超过5天扣10分", &[(5, "-5"), (6, "-10")]),
        ("材料：逾期3天以内的，每天扣1分；超过3天的，不扣", &[(3, "-3"), (5, "0")]),
        ("材料：逾期1至3天每次扣1分，4天以上每次扣2分", &[(3, "-1"), (5, "-2")]),
        // What is beyond.
        ("报表：每逾期1天扣1分，超过3天的部分，每天扣2分", &[(3, "-3"), (5, "-7")]),
        ("报表：每逾期1天扣1分，超过3天的，全部每天扣2分", &[(3, "-3"), (5, "-10")]),
        (
            "报表：每逾期1天扣1分，超过3天的部分，每天扣2分，超过5天的部分，每天扣3分",
            &[(3, "-3"), (5, "-7"), (7, "-13")],
        ),
        ("材料：逾期超过3天的部分，每天扣2分", &[(3, "0"), (5, "-4")]),
        ("材料：逾期1至3天扣1分，超过3天的部分，每天扣2分", &[(2, "-1"), (5, "-5")]),
        // On top.
        ("计划：每逾期1天扣1分，超过3天的部分每天另扣1分", &[(3, "-3"), (5, "-7")]),
        ("计划：每逾期1天扣1分，超过3天的部分，每天再扣1分", &[(3, "-3"), (5, "-7")]),
        ("计划：每逾期1天扣1分，超过3天的，全部每天另扣1分", &[(3, "-3"), (5, "-10")]),
        ("计划：每逾期1天扣1分；超过3天的，另扣5分", &[(3, "-3"), (5, "-10")]),
        // A limit ends it.
        ("材料：每逾期1天扣1分，最多扣3分", &[(5, "-3")]),
    ];
    let mut wrong = Vec::new();
    for (line, cases) in table {
        wrong.extend(cases.iter().filter_map(|(days, points)| days_late(line, *days, points)));
    }
    // Two papers late by five days are two times seven.
    wrong.extend(comes_to(
        "报表：每逾期1天扣1分，超过3天的部分，每天扣2分",
        "  2024年3月 甲所\n  示例.1 报表 2次，截止日期 2024-03-05，完成日期 2024-03-10\n  则 示例.1 -14分\n",
    ));
    // 提前 counts the days the other way.
    wrong.extend(comes_to(
        "信息：每提前1天加1分，超过3天的部分，每天加2分",
        "  2024年3月 甲所\n  示例.1 信息，截止日期 2024-03-10，完成日期 2024-03-05\n  则 示例.1 7分\n",
    ));
    // 其余 of what a condition picks.
    wrong.extend(comes_to(
        "材料：级别为国家级的，每逾期1天扣3分；其余每天扣1分",
        "  2024年3月 甲所\n  示例.1 材料，级别 省级，截止日期 2024-03-05，完成日期 2024-03-10\n  则 示例.1 -5分\n",
    ));
    // What is no lateness counts what was reported.
    wrong.extend(comes_to("旷工：每天扣2分", "  2024年3月 甲所\n  示例.1 旷工 3天\n  则 示例.1 -6分\n"));
    wrong.extend(comes_to("迟到：每次扣1分", "  2024年3月 甲所\n  示例.1 迟到 3次\n  则 示例.1 -3分\n"));
    all_right(wrong);
}

/// Sentences with two readings, and the lines that are offered for them, each with an example of it.
#[test]
fn what_has_two_readings_is_asked_with_lines_that_are_accepted() {
    let all_or_part = |first: &str| {
        vec![(format!("{first}超过3天的部分，每天扣2分"), "-7"), (format!("{first}超过3天的，全部每天扣2分"), "-10")]
    };
    let asked: Vec<(&str, Vec<(String, &str)>)> = vec![
        ("报表：每逾期1天扣1分，超过3天的，每天扣2分", all_or_part("报表：每逾期1天扣1分，")),
        ("材料：每逾期1天扣1分；超过3天的，每逾期1天扣2分", all_or_part("材料：每逾期1天扣1分；")),
        ("信息：逾期3天以内的，每天扣1分；超过3天的，每天扣2分", all_or_part("信息：逾期3天以内的，每天扣1分；")),
        (
            "材料：逾期1至3天每天扣1分，4天以上每天扣2分",
            vec![
                ("材料：逾期1至3天每天扣1分，超过3天的部分，每天扣2分".to_owned(), "-7"),
                ("材料：逾期1至3天每天扣1分，4天以上的，全部每天扣2分".to_owned(), "-10"),
            ],
        ),
        (
            "材料：逾期3天以上的，每天扣2分",
            vec![
                ("材料：逾期超过2天的部分，每天扣2分".to_owned(), "-6"),
                ("材料：逾期3天以上的，全部每天扣2分".to_owned(), "-10"),
            ],
        ),
        (
            "计划：每逾期1天扣1分；超过3天的，每天另扣1分",
            vec![
                ("计划：每逾期1天扣1分；超过3天的部分，每天另扣1分".to_owned(), "-7"),
                ("计划：每逾期1天扣1分；超过3天的，全部每天另扣1分".to_owned(), "-10"),
            ],
        ),
        (
            "材料：逾期3天以内扣1分，其余每天扣2分",
            vec![
                ("材料：逾期3天以内扣1分，超过3天的部分，每天扣2分".to_owned(), "-5"),
                ("材料：逾期3天以内扣1分，超过3天的，全部每天扣2分".to_owned(), "-10"),
            ],
        ),
        (
            "材料：3天以内每逾期1天扣1分",
            vec![
                ("材料：3天以内每逾期1天扣1分，超过3天的部分，不扣".to_owned(), "-3"),
                ("材料：3天以内每逾期1天扣1分，超过3天的，不扣".to_owned(), "0"),
            ],
        ),
        (
            "材料：逾期3天以内的，每天扣1分",
            vec![
                ("材料：逾期3天以内的，每天扣1分，超过3天的部分，不扣".to_owned(), "-3"),
                ("材料：逾期3天以内的，每天扣1分，超过3天的，不扣".to_owned(), "0"),
            ],
        ),
    ];
    let mut wrong = Vec::new();
    let told_of_doubling = told(&rulebook("材料：每逾期1天扣1分，级别为国家级的加倍，超过3天的部分，每天扣2分"));
    if !matches!(&told_of_doubling[..], [(code, help)] if code == "missing-convention" && help.contains("移到句末"))
    {
        wrong.push(format!("加倍 before the days beyond: {told_of_doubling:?}"));
    }
    wrong.extend(comes_to(
        "材料：每逾期1天扣1分，超过3天的部分，每天扣2分，级别为国家级的加倍",
        "  2024年3月 甲所\n  示例.1 材料，级别 国家级，截止日期 2024-03-05，完成日期 2024-03-10\n  则 示例.1 -14分\n",
    ));
    for (line, offered) in asked {
        let told = told(&rulebook(line));
        let [(code, help)] = &told[..] else {
            wrong.push(format!("{line}\n  is not asked once: {told:?}"));
            continue;
        };
        if code != "missing-convention" {
            wrong.push(format!("{line}\n  is {code}: {help}"));
        }
        for (mend, points) in offered {
            if !help.lines().any(|line| line.trim() == mend) {
                wrong.push(format!("{line}\n  does not offer “{mend}”: {help}"));
            }
            wrong.extend(days_late(&mend, 5, points));
        }
    }
    all_right(wrong);
}

/// 每件最多: for each piece of the row's quantity, so that one row and two rows come to the same.
#[test]
fn a_limit_for_each_piece_holds_for_each_piece_of_a_row() {
    let late = "截止日期 2024-03-05，完成日期 2024-03-15";
    let table = [
        ("表彰：每件加5分，级别为国家级的加倍，每件最多加8分", "表彰 2件，级别 国家级".to_owned(), "16"),
        ("报表：每逾期1天扣1分，单件最高扣3分", format!("报表 2次，{late}"), "-6"),
        ("报表：每逾期1天扣1分，每次最多扣3分", format!("报表 1次，{late}"), "-3"),
        ("慰问：每次加2分，每次最多加1分", "慰问 3次".to_owned(), "3"),
        // 处 are no 次: a row is one inspection.
        ("检查：每处扣1分，每次最多扣2分", "检查 5处".to_owned(), "-2"),
        ("缺项：每项扣2分，每项最多扣1分", "缺项 3项".to_owned(), "-3"),
        ("会议：每次扣1分，单项最多扣5分", "会议 8次".to_owned(), "-5"),
    ];
    let wrong = table.iter().filter_map(|(line, fact, points)| {
        comes_to(line, &format!("  2024年3月 甲所\n  示例.1 {fact}\n  则 示例.1 {points}分\n"))
    });
    let mut wrong: Vec<String> = wrong.collect();
    // 单项 is this item: all its rows together.
    wrong.extend(comes_to(
        "会议：每次扣1分，单项最多扣5分",
        "  2024年3月 甲所\n  示例.1 会议 4次\n  示例.1 会议 4次\n  则 示例.1 -5分\n",
    ));
    let asked = told(&rulebook("会议：每次扣1分，每项最多扣5分"));
    if !matches!(&asked[..], [(code, help)] if code == "missing-convention" && help.contains("每次最多扣5分") && help.contains("，最多扣5分"))
    {
        wrong.push(format!("每项最多: {asked:?}"));
    }
    all_right(wrong);
}

/// Of two limits the one of the shorter period comes first, in whatever order they stand.
#[test]
fn limits_of_shorter_periods_come_first() {
    let months = |rows: [(u32, &str); 3], points: [i32; 3]| {
        let rows = rows.iter().zip(points);
        rows.map(|((month, fact), points)| format!("  2024年{month}月 甲所\n  示例.1 {fact}\n  则 示例.1 {points}分\n"))
            .collect::<String>()
    };
    let three = |fact: &'static str| [(1, fact), (2, fact), (3, fact)];
    let mut wrong = Vec::new();
    for line in ["抢险：每次加5分，全年最多加12分，每月最多加6分", "抢险：每次加5分，每月最多加6分，全年最多加12分"]
    {
        wrong.extend(comes_to(line, &months(three("抢险 2次"), [6, 6, 0])));
    }
    let line = "抢险：每次加5分，全年最多加12分，每季度最多加8分";
    wrong.extend(comes_to(line, &months([(1, "抢险 2次"), (4, "抢险 2次"), (7, "抢险 2次")], [8, 4, 0])));
    for caps in ["加分封顶 全年12分\n加分封顶 每月6分", "加分封顶 每月6分\n加分封顶 全年12分"]
    {
        let lines = format!("{caps}\n抢险：每次加5分");
        wrong.extend(comes_to(&lines, &months(three("抢险 2次"), [6, 6, 0])));
    }
    // Full marks bound what the year sees.
    let lines = "满分 5分，从零计起，加分不超过满分\n加分封顶 全年12分\n抢险：每次加4分";
    wrong.extend(comes_to(lines, &months(three("抢险 2次"), [5, 5, 2])));
    // When the year is used up, what is deducted still goes no further than nothing.
    let lines = "满分 5分，从零计起，加分不超过满分\n加分封顶 全年12分\n抢险：每次加4分\n迟到：每次扣1分";
    wrong.extend(comes_to(lines, &months(three("抢险 2次，迟到 3次"), [5, 1, 0])));
    // A factor between two caps keeps them where they are: 3, 3 of 6 halved.
    let lines = "加分封顶 全年12分\n系数 0.5\n加分封顶 每月4分\n抢险：每次加5分";
    wrong.extend(comes_to(lines, &months(three("抢险 2次"), [4, 1, 0])));
    all_right(wrong);
}

/// A row that is still valid is what its later months are scored for.
#[test]
fn months_in_which_a_row_is_still_valid_count() {
    let line = "表彰：每次加6分，有效期3个月，全年最多加10分";
    let example = "\
  2024年3月 甲所
  示例.1 表彰 1次
  则 示例.1 6分
  2024年4月 甲所
  则 示例.1 4分
  2024年5月 甲所
  则 示例.1 0分
  2024年6月 甲所
  则 示例.1 0分
  2024年 甲所
  则 总分 10分
";
    all_right(comes_to(line, example).into_iter().collect());
}

#[test]
fn words_that_are_no_measure_words_and_no_numbers() {
    let mut wrong = Vec::new();
    // 一类, 二类 are grades.
    wrong.extend(comes_to(
        "台账评定：一类得5分，二类得3分，三类得1分",
        "  2024年3月 甲所\n  示例.1 二类\n  则 示例.1 3分\n",
    ));
    wrong.extend(comes_to("批次：一批得5分；二批得3分", "  2024年3月 甲所\n  示例.1 一批\n  则 示例.1 5分\n"));
    // Of an indicator they are numbers.
    wrong.extend(comes_to(
        "发明（类）：1类得5分；2类得6分；3类及以上得8分",
        "  2024年3月 甲所\n  示例.1 发明 2类\n  则 示例.1 6分\n",
    ));
    let refused: &[(&str, &str, &[&str])] = &[
        ("差错：一次性扣5分", "missing-convention", &["差错：每次扣5分", "差错：扣5分，每月只计1次"]),
        ("投诉（件）：扣1分", "missing-convention", &["投诉（件）：每件扣1分", "投诉：扣1分"]),
        ("材料：未按时报送的，每天扣1分", "unknown-condition", &["材料：每逾期1天扣1分"]),
        ("逾期未整改：每项每天扣1分", "unread-word", &["逾期未整改：每逾期1天扣1分"]),
        ("投诉（每件）：扣1分", "not-a-measure-word", &["投诉：每件扣1分"]),
        ("投诉（有效）：每件扣1分", "not-a-measure-word", &["有效投诉：每件扣1分", "投诉：每件扣1分"]),
        ("投诉（有效）：扣1分", "not-a-measure-word", &["有效投诉：扣1分"]),
        ("迟到（含早退）：每次扣1分", "not-a-measure-word", &["读法 迟到含早退", "迟到：每次扣1分"]),
        ("台账：一类扣5分，二类扣3分", "unknown-condition", &[]),
    ];
    for (line, code, offered) in refused {
        let told = told(&rulebook(line));
        match &told[..] {
            [(found, help)] if found == code => {
                let missing = offered.iter().filter(|line| !help.contains(**line));
                wrong.extend(missing.map(|missing| format!("{line}\n  does not offer {missing}: {help}")));
                wrong.extend(offered.iter().filter_map(|offered| {
                    let told = self::told(&rulebook(offered));
                    let is_reading = offered.starts_with("读法");
                    (!told.is_empty() && !is_reading).then(|| format!("{offered}\n  is refused: {told:?}"))
                }));
            }
            _ => wrong.push(format!("{line}\n  is told otherwise: {told:?}")),
        }
    }
    all_right(wrong);
}

/// 30日内: the day it was found is not counted, the thirtieth day after it is.
#[test]
fn a_term_of_days_does_not_count_the_day_of_finding() {
    let line = "仪容：每人次扣1分，3日内整改的，不扣";
    let example = |day: u32, points: i32| {
        format!(
            "  2024年3月 甲所\n  示例.1 仪容，发现日期 2024-03-10，整改日期 2024-03-{day}\n  则 示例.1 {points}分\n"
        )
    };
    let cases = [(10, 0), (13, 0), (14, -1)];
    all_right(cases.iter().filter_map(|(day, points)| comes_to(line, &example(*day, *points))).collect());
}
