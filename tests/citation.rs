//! A rulebook held against the text of its scheme: `check --source`.

mod scratch;

use scratch::{RULEBOOK, Scratch, zhunsheng};

/// As such texts come out of a word processor: numbers in three fashions, a table that a page break cuts in the middle
/// of a group's name, spaces inside words, a last cell that is cut off.
const TEXT: &str = "某区司法局考评方案

一、总则

本方案自 2024 年 1 月起施行，联系电话 12348。

二、考评内容

（一）按时参加会议。无故缺席 1 人次扣 2 分。

（二）做好宣传。被采用的，分别加 10 分和 5 分。

（三）考核加分。

加分项目：（一）受到表彰的，加 8 分；（二）创建成功的，加 6 分。

三、奖惩

前 3 名各奖励 3000 元。

某区司法局考评细则

事 项\t序 号\t内容\t时间\t扣分标准
基 层\t1\t录入案卷每月不少于 30 件\t下月 5 日前\t少一件扣 1 分；成功率低于 95%扣 5 分

工 作\t2\t报送台账\t月底前\t迟报一天扣 1-3 分，缺一项扣
备注\t每月最多扣 40 分。
";

const BOOK: &str = "方案 某方案
施行 2024年1月至2024年12月
考评对象 所
考评周期 每月
约定
  每月基础分 0分
  年终得分 = 各月得分之和
  同分并列，其后名次顺延空出
板块 综合
  1. 会议
     依据 正文二（一）
     缺席：每人次扣2分
  2. 宣传
     依据 正文二（二）
     省级采用：每次加10分
     市级采用：每次加5分
  3. 表彰和创建
     依据 正文二（三）加分（一）
     表彰：每次加8分
板块 基层
  依据 细则·备注
  扣分封顶 每月40分
  1. 案卷
     依据 细则·基层工作·1
     录入件数（件）：不少于30件，每少1件扣1分
     成功率（%）：低于95%扣5分
  2. 台账
     依据 细则·基层工作·2
     迟报：每次酌情扣1至3分
     缺项：每项扣4分
     读法 缺项的扣分按会议纪要
";

fn check(book: &str) -> (Option<i32>, String, String) {
    let folder = Scratch::new();
    folder.write("方案.zs", book);
    folder.write("原文.txt", TEXT);
    let path = |name: &str| folder.path.join(name).display().to_string();
    let output = zhunsheng(["check", &path("方案.zs"), "--source", &path("原文.txt"), "--diagnostics", "short"]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&format!("{}/", folder.path.display()), "");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_agrees_and_what_is_explained_is_no_finding() {
    let (code, told, findings) = check(BOOK);
    assert_eq!((code, findings.as_str()), (Some(0), ""), "{told}");
    assert_eq!(
        told,
        "方案.zs：没有发现错误（2个板块，5个条目，8个计分句）
与原文“原文.txt”核对：依据原文6处，数字都对得上
由读法、待定或原文残缺说明的1处：
  第30行的“4分”原文“基层工作·2”未见，原文在此残缺
没有一行依据的原文3处：
  第3行 1：总则本方案自2024年1月起施行,联系电话123…
  第15行 2·3·加分项目·2：创建成功的,加6分。…
  第17行 3：奖惩前3名各奖励3000元。…
"
    );
}

#[test]
fn every_difference_is_told_at_its_line() {
    let differs = [
        (
            "每人次扣2分",
            "每人次扣3分",
            "方案.zs:12:13: figure-not-in-source: “3分”在所依据的“2·1”里没有\n方案.zs:11:9: unused-figure: 原文“2·1”里的“2分”没有用到",
        ),
        ("市级采用：每次加5分\n", "\n", "方案.zs:14:9: unused-figure: 原文“2·2”里的“5分”没有用到"),
        ("正文二（一）", "正文二（七）", "方案.zs:11:9: unknown-citation: 原文里没有“正文二（七）”这一处"),
        ("正文二（二）", "正文二（一）2", "方案.zs:14:9: unknown-citation: 原文里没有“正文二（一）2”这一处"),
        ("细则·基层工作·1", "细则·社区工作·1", "方案.zs:24:9: unknown-citation: 原文里没有“细则·社区工作·1”这一处"),
        ("不少于30件", "不少于20件", "方案.zs:25:17: figure-not-in-source: “20”在所依据的“基层工作·1”里没有"),
        (
            "低于95%",
            "低于90%",
            "方案.zs:26:15: figure-not-in-source: “90%”在所依据的“基层工作·1”里没有\n方案.zs:24:9: unused-figure: 原文“基层工作·1”里的“95%”没有用到",
        ),
    ];
    for (right, wrong, expected) in differs {
        let book = BOOK.replace(right, wrong);
        assert_ne!(book, BOOK, "{right} is in the rulebook");
        let (code, _, findings) = check(&book);
        assert_eq!(code, Some(1), "{wrong}");
        let mut expected: Vec<&str> = expected.lines().collect();
        expected.sort_by_key(|line| line.split(':').nth(1).map(|line| line.parse::<u32>().unwrap()));
        assert_eq!(findings.lines().collect::<Vec<_>>(), expected, "{wrong}");
    }
}

/// A cell that is cut off explains no figure that takes the place of one beside it.
#[test]
fn a_gap_explains_nothing_of_what_stands_whole() {
    let (code, _, findings) = check(&BOOK.replace("酌情扣1至3分", "酌情扣1至7分"));
    assert_eq!(code, Some(1));
    assert_eq!(
        findings.lines().collect::<Vec<_>>(),
        [
            "方案.zs:28:9: unused-figure: 原文“基层工作·2”里的“3分”没有用到",
            "方案.zs:29:16: figure-not-in-source: “7分”在所依据的“基层工作·2”里没有",
        ]
    );
}

/// Articles are counted through all chapters; a section's citation is that of its items that have none of their own.
#[test]
fn articles_are_found_and_sections_cite_for_their_items() {
    let text = "某区政务公开考评方案\n第一章 总则\n第一条　本方案自2024年1月起施行。\n第二章 考评内容\n\
        第二条　信息公开（60分）。（一）每月公开信息不少于20条，每少1条扣1分。（二）错链每处扣0.5分。\n第三条 综合。通报每次扣3分。\n";
    let book = |open: &str, other: &str| {
        let head = BOOK.split("板块").next().unwrap();
        format!(
            "{head}板块 信息公开（60分）\n  依据 第二条\n  1. 公开\n     公开条数（条）：不少于20条，每少1条扣{open}\n  \
             2. 错链\n     依据 方案第二条（二）\n     错链：每处扣0.5分\n板块 综合\n  依据 {other}\n  通报：每次扣3分\n"
        )
    };
    let check = |book: &str| {
        let folder = Scratch::new();
        folder.write("方案.zs", book);
        folder.write("原文.txt", text);
        let path = |name: &str| folder.path.join(name).display().to_string();
        let output = zhunsheng(["check", &path("方案.zs"), "--source", &path("原文.txt"), "--diagnostics", "short"]);
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap().replace(&format!("{}/", folder.path.display()), ""),
        )
    };
    let (code, told) = check(&book("1分", "第三条"));
    assert!(!told.contains("figure") && !told.contains("citation") && code == Some(0), "{told}");
    let (_, told) = check(&book("2分", "第三条"));
    assert!(told.contains("figure-not-in-source: “2分”在所依据的“2·第2条”里没有"), "{told}");
    assert!(told.contains("unused-figure: 原文“2·第2条”里的“1分”没有用到"), "{told}");
    let (_, told) = check(&book("1分", "第四条"));
    assert!(told.contains("unknown-citation: 原文里没有“第四条”这一处"), "{told}");
}

#[test]
fn any_text_is_held_against_without_harm() {
    let folder = Scratch::new();
    let long = "一、甲\n（一）乙（1）丙（2）丁\n甲\t1\t乙\t丙\n".repeat(2_000);
    for text in ["", "\t\t\t\n\t1\t\n", "（（（（一）", "）一、（", "\u{0}\u{1}", "加分：（一）（二）（二）（一", &long]
    {
        folder.write("原文.txt", text);
        let path = folder.path.join("原文.txt");
        let output = zhunsheng(["check", RULEBOOK, "--source", path.to_str().unwrap()]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)) && !told.contains("panicked"), "{told}");
    }
}
