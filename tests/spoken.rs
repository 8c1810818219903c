//! `tests/spoken`: sentences as people say them, each with what a clerk would count, worked out by hand in its 例; and
//! in `refused.txt` those that are not read, with what is told instead.

mod scratch;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use scratch::{CONVENTIONS, FRAME, rulebooks, zhunsheng};
use zhunsheng::compile::compile_text;
use zhunsheng::diagnostic::Severity;

#[test]
fn sentences_count_as_a_clerk_reads_them() {
    for book in rulebooks("tests/spoken") {
        let output = zhunsheng(["test".as_ref(), book.as_os_str()]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}:\n{said}", book.display());
    }
}

/// What sentences may look at.
const COLUMNS: &str =
    "事实列 情节：一般/严重、级别：国家级/省级/市级、影响：一般/重大、后果：一般/严重、角色：主持/参与\n";

/// What is told of a sentence in its part of a rulebook, as it stands below the sentence in `refused.txt`.
fn told(part: &str, sentence: &str) -> String {
    let lines: String = sentence.split("\\n").map(|line| format!("    {line}\n")).collect();
    let head = format!("{FRAME}{COLUMNS}{CONVENTIONS}");
    let best = if sentence.starts_with("优秀：") { "" } else { "    优秀：90分以上\n" };
    let grades = "等次 年终\n    优秀：90分以上\n    D级：其余\n";
    let text = match part {
        "条目" => format!("{head}板块 示例\n  1. 事项\n{lines}"),
        "条目（20分）" => format!("{head}板块 示例\n  1. 事项（20分）\n{lines}"),
        "等次" => {
            format!("{head}板块 示例\n  缺项：每项扣1分\n  通报：每次扣1分\n等次 年终\n{lines}    合格：其余\n")
        }
        "奖惩" => format!("{head}板块 示例\n  缺项：每项扣1分\n  事故：扣1分\n{grades}奖惩 年终\n{lines}"),
        // Of a year, with marks, what is added and what is taken off.
        "几个板块的等次" | "几个板块的奖惩" => {
            let stage = if part.ends_with("等次") {
                format!("等次 年终\n{best}{lines}    合格：其余\n")
            } else {
                format!("{grades}奖惩 年终\n{lines}")
            };
            let sections = "板块 党建（100分）\n  缺项：每项扣1分\n板块 加分项\n  表彰：每次加1分\n板块 减分项\n  处分：每人扣4分，级别为省级的每人扣5分\n  通报：每次减1分\n板块 经营\n  指标 利润总额（万元），-1000至1000\n";
            let convention = CONVENTIONS.replace("每月基础分", "基础分").replace("  年终得分 = 各月得分之和\n", "");
            format!("{}{COLUMNS}{convention}{sections}{stage}", FRAME.replace("每月", "每年"))
        }
        "算式" => format!(
            "{FRAME}参数 奖金池（元）：统一每月一个\n分组 按名册\n{CONVENTIONS}{lines}板块 工作量\n  指标 门诊（人次）\n  指标 手术（台）\n  指标 工作量点数（点）\n  有效点数 = 工作量点数 × 2\n  有效点数：每100点得1分，不足100点的不计\n  申报：每次加1分\n"
        ),
        "季度的等次" | "季度的奖惩" | "季度的参评" => {
            let stage = match part {
                "季度的等次" => format!("等次 年终\n{best}{lines}    合格：其余\n"),
                "季度的奖惩" => format!("{grades}奖惩 年终\n{lines}"),
                _ => format!("参评\n{lines}"),
            };
            let convention = CONVENTIONS.replace("每月", "每季度").replace("各月", "各季度");
            format!(
                "{}{COLUMNS}{convention}板块 示例\n  缺项：每项扣1分\n  医疗事故：每次扣1分\n{stage}",
                FRAME.replace("每月", "每季度")
            )
        }
        "参评" => format!("{head}板块 示例\n  缺项：每项扣1分\n参评\n{lines}"),
        "约定" => {
            let total = if sentence.contains("得分 =") { "" } else { "  年终得分 = 各月得分之和\n" };
            let ties = if sentence.contains("相同") { "" } else { "  同分并列，其后名次顺延空出\n" };
            let year_end = "板块 年终\n  考核周期 每年，计入年终\n  考核分（分）：得 考核分\n";
            let year_end =
                if sentence.contains("年终考核") || sentence.contains("年终得分×") { year_end } else { "" };
            let head =
                format!("{FRAME}约定\n  每月基础分 0分\n  一票否决的排在末位，相互间按得分高低排序\n{total}{ties}");
            format!("{head}{lines}板块 示例\n  缺项：每项扣1分\n  泄密：一票否决，当月排名末位\n{year_end}")
        }
        other => panic!("no part is called {other}"),
    };
    let (_, findings) = compile_text("说法.zs", &text);
    let mut told = String::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        let _ = writeln!(told, "  {}：{}", finding.code, finding.message);
        for line in finding.help.iter().flat_map(|help| help.lines()) {
            let _ = writeln!(told, "    {line}");
        }
    }
    told
}

#[test]
fn what_is_not_read_is_told_as_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spoken/refused.txt");
    let recorded = fs::read_to_string(&path).unwrap();
    let (mut part, mut now, mut read) = (String::new(), String::new(), Vec::new());
    for line in recorded.lines().filter(|line| !line.starts_with("  ")) {
        let _ = writeln!(now, "{line}");
        if let Some(name) = line.strip_prefix('【').and_then(|line| line.strip_suffix('】')) {
            part = name.to_owned();
        } else if !line.is_empty() && !line.starts_with('#') {
            let told = told(&part, line);
            if told.is_empty() {
                read.push(line);
            }
            now.push_str(&told);
        }
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &now).unwrap();
    }
    assert!(read.is_empty(), "these are read, and belong among those with an 例:\n{}", read.join("\n"));
    let recorded = fs::read_to_string(&path).unwrap();
    for (was, is) in recorded.lines().zip(now.lines()) {
        assert_eq!(was, is);
    }
    assert_eq!(recorded, now);
}
