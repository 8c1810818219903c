//! 例 in files beside a rulebook and in tables, from outside: what passes, what is told, and what is covered.

mod scratch;

use std::process::{Command, Output};

use scratch::Scratch;
use serde_json::Value;

const RULEBOOK: &str = "\
方案 某区考评
施行 2024年1月至2024年12月
考评对象 司法所
考评周期 每月
单位属性 类别

约定
  每月基础分 100分
  年终得分 = 各月得分之和
  未写“每”的，当月只计一次
  同分并列，其后名次顺延空出

板块 基层工作
  扣分封顶 每月10分
  1. 台账
     缺项：每项扣1分，最多扣6分
     未建立台账：扣5分
     公开率（%）：低于90%扣2分
  2. 案卷
     录入件数（件）：不少于30件，每少1件扣1分
  3. 报道
     上稿条数（条）：1条加2分；2条加4分；3条及以上加5分

奖惩 年终
  第1名：奖励3000元
";

fn test(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhunsheng"));
    command.current_dir(&scratch.path).arg("test").args(arguments).output().unwrap()
}

fn with_rulebook() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("方案.zs", RULEBOOK);
    scratch
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn files_beside_the_rulebook_are_run_by_their_names() {
    let scratch = with_rulebook();
    scratch.write("方案.例.zs", "# 往年的算例\n\n例 缺两项\n  2024年3月 甲所\n  基层工作.1 缺项 2项，公开率 95%\n  则 基层工作.1 -2分，总分 98分\n");
    scratch.write(
        "方案.例·表.csv",
        "例,月份,单位,条款,情形,数量,则 基层工作.2,则 总分\n少两件,2024-03,甲所,基层工作.2,录入件数,28,-2,98分\n正好,2024年4月,甲所,基层工作.2,录入件数,30件,0,100\n",
    );
    scratch.write("别的.例.zs", "例 不是这个方案的\n");
    let output = test(&scratch, &["方案.zs"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()), "{}", out(&output));
    let text = out(&output);
    for line in [
        "通过  “方案.例.zs”第3行 例 缺两项",
        "通过  “方案.例·表.csv”第2行 例 少两件",
        "通过  “方案.例·表.csv”第3行 例 正好",
        "例用到：计分句3/5，分档1/5，封顶0/2，名次等次奖惩0/3；共4/15，26.6%",
        "  “方案.zs”第14行 封顶 基层工作 扣分封顶10分",
        "  “方案.zs”第17行 计分句 基层工作.1 未建立台账",
        "  “方案.zs”第22行 分档 基层工作.3 上稿条数：2条",
        "方案.zs：3个例通过，0个不通过",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_failure_is_told_with_its_place_and_its_reasons() {
    let scratch = with_rulebook();
    scratch.write("往年.zs", "例 甲\n  2024年3月 甲所\n  基层工作.1 缺项 9项，公开率 95%\n  则 基层工作.1 -9分\n");
    scratch.write("往年.csv", "例,月份,单位,基层工作.2 录入件数,则 基层工作.2\n乙,2024-03,乙所,27,-2\n");
    let output = test(&scratch, &["方案.zs", "往年.zs", "往年.csv"]);
    assert_eq!(output.status.code(), Some(1));
    let told = err(&output);
    for line in [
        "错误：例“甲”：甲所 应为“基层工作.1 -9分”，实际是“-6分”（example-differs）\n  位置：往年.zs 第4行",
        "  来历：基层工作.1 台账：-6分\n",
        "本条每月累计最多扣6分",
        "“往年.zs”第3行：9项",
        "错误：E2格：例“乙”：乙所 应为“基层工作.2 -2”，实际是“-3分”（example-differs）\n  位置：往年.csv 第2行",
        "“往年.csv”第2行：录入件数 27件，扣3分",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let output = test(&scratch, &["方案.zs", "往年.csv", "--format", "json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let case = &json["rulebooks"][0]["cases"][0];
    assert_eq!((case["passed"].as_bool(), case["line"].as_u64()), (Some(false), Some(2)));
    let difference = &case["differences"][0];
    assert_eq!((difference["expected"].as_str(), difference["actual"].as_str()), (Some("基层工作.2 -2"), Some("-3分")));
    assert!(difference["why"].as_array().is_some_and(|why| why.len() > 2));
    assert_eq!(json["rulebooks"][0]["coverage"]["total"], 15);
}

#[test]
fn every_mistake_of_a_table_is_told_at_its_cell() {
    let scratch = with_rulebook();
    scratch.write(
        "往年.csv",
        "例,月份,单位,条款,情形,数量,则 总分\n甲,2024-13,甲所,基层工作.1,缺项,1,99\n乙,2024-03,乙所,基层工作.9,缺项,1,99\n丙,2024-03,丙所,基层工作.1,缺顶,1,99\n丁,2024-03,丁所,基层工作.1,缺项,1.5,99\n戊,2024-03,戊所,基层工作.1,缺项,1,九十九\n己,,,基层工作.1,缺项,1,99\n",
    );
    let output = test(&scratch, &["方案.zs", "往年.csv", "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(1));
    let told = err(&output);
    let expected = [
        "往年.csv:2:0: month-out-of-force: B2格：",
        "往年.csv:3:0: unknown-clause: D3格：",
        "往年.csv:4:0: unknown-label: E4格：",
        "往年.csv:5:0: fractional-count: F5格：",
        "往年.csv:6:0: unknown-expectation: G6格：",
        "往年.csv:7:0: example-without-unit: ",
    ];
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{told}");
    for (line, begins) in lines.iter().zip(expected) {
        assert!(line.starts_with(begins), "{line} is not {begins}");
    }
}

#[test]
fn wrong_columns_are_told_before_any_row() {
    let scratch = with_rulebook();
    scratch.write("往年.csv", "例,月分,单位,则 总份\n甲,2024-03,甲所,99\n");
    let told = err(&test(&scratch, &["方案.zs", "往年.csv", "--diagnostics", "short"]));
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("unknown-case-column: B1格：没有叫“月分”的列") && told.contains("unknown-expectation: D1格"));
}

#[test]
fn several_rows_make_one_case_and_empty_cells_repeat_the_row_above() {
    let scratch = with_rulebook();
    scratch.write(
        "往年.csv",
        "例,月份,单位,条款,情形,数量,公开,则,说明\n甲,2024-03,甲所,基层工作.1,缺项,2,,,两项\n,,,,公开率,89%,,,\n,,,基层工作.2,录入件数,30,,\"则 基层工作.1 -4分，总分 96分\",\n".replace(",公开,", ",类别,"),
    );
    let output = test(&scratch, &["方案.zs", "往年.csv"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
    assert!(out(&output).contains("1个例通过，0个不通过"));
}

#[test]
fn a_gb18030_table_is_read() {
    let scratch = with_rulebook();
    let table = "例,月份,单位,基层工作.2 录入件数,则 基层工作.2\n甲,2024-03,甲所,28,-2\n";
    scratch.write("往年.csv", encoding_rs::GB18030.encode(table).0);
    let output = test(&scratch, &["方案.zs", "往年.csv"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
}

#[test]
fn a_file_of_examples_changes_nothing_else() {
    let scratch = with_rulebook();
    scratch.write(
        "方案.例.zs",
        "例 甲\n  2024年3月 甲所\n  基层工作.2 录入件数 28件\n  则 总分 98分\n板块 私货\n  送礼：加5分\n",
    );
    let output = test(&scratch, &["方案.zs", "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(err(&output), "方案.例.zs:5:1: not-an-example: 例的文件里只能写例\n");
}

#[test]
fn too_little_coverage_is_a_finding() {
    let scratch = with_rulebook();
    scratch.write("方案.例.csv", "月份,单位,基层工作.2 录入件数,则 基层工作.2\n2024-03,甲所,28,-2\n");
    assert_eq!(test(&scratch, &["方案.zs", "--require-coverage", "13%"]).status.code(), Some(0));
    let output = test(&scratch, &["方案.zs", "--require-coverage", "14%", "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(1));
    let told = "方案.zs:0:0: too-little-coverage: “某区考评”的例只用到2/15（13.3%），要求至少14%\n";
    assert_eq!(err(&output), told);
    assert_eq!(test(&scratch, &["方案.zs", "--require-coverage", "101%"]).status.code(), Some(2));
    assert_eq!(test(&scratch, &["方案.例.csv"]).status.code(), Some(2));
}

#[test]
#[cfg(feature = "office")]
fn a_workbook_is_read_as_a_person_sees_it() {
    let scratch = with_rulebook();
    scratch.write("方案.例.xlsx", std::fs::read(scratch::beside("examples/往年.xlsx")).unwrap());
    let output = test(&scratch, &["方案.zs", "--diagnostics", "short"]);
    assert_eq!(output.status.code(), Some(1));
    let told = "方案.例.xlsx:4:0: example-differs: H4格：例“写错了”：乙所 应为“总分 98”，实际是“99分”\n";
    assert_eq!(err(&output), told);
    assert!(out(&output).contains("通过  “方案.例.xlsx”第3行 例 少两件"));
    assert!(out(&output).contains("2个例通过，1个不通过"));
    scratch.write("坏.xlsx", "PK不是工作簿");
    let output = test(&scratch, &["方案.zs", "坏.xlsx", "--diagnostics", "short"]);
    assert!(err(&output).contains("坏.xlsx:0:0: broken-workbook: “坏.xlsx”读不出来："));
}

/// How much of each rulebook its own and the proposed 例 use, in tenths of a percent. What is missing:
/// 2023, 2024: a cap that no month's facts reach (`check` says so), of the amendment also a line that ended in June.
/// 分公司绩效: caps that facts do not reach in one month; three months of grade A need what is given once a year.
/// 环境考核, 乡镇综合考核: what is compared with the year before, and an 例 has no earlier years.
const USED_AT_LEAST: &[(&str, usize)] = &[
    ("2023", 993),
    ("2023年7月修订", 982),
    ("2024", 993),
    ("乡镇综合考核", 948),
    ("信用评价", 1000),
    ("分公司绩效", 919),
    ("县乡镇考核", 1000),
    ("教师考核", 1000),
    ("环境考核", 893),
];

/// Every proposed 例 passes where it is pasted, and together they use most of the rulebook.
#[test]
fn what_is_suggested_passes_when_pasted() {
    let entries = std::fs::read_dir("rulebooks").unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "zs")).collect();
    paths.sort();
    std::thread::scope(|scope| {
        paths.iter().for_each(|path| _ = scope.spawn(|| paste(path)));
    });
}

fn paste(path: &std::path::Path) {
    use zhunsheng::compile::{compile_beside, compile_with};
    use zhunsheng::diagnostic::Style;
    use zhunsheng::example;
    let mut read = |name: &str| std::fs::read_to_string(name).map_err(|error| error.to_string());
    let (name, text) = (path.display().to_string(), std::fs::read_to_string(path).unwrap());
    let compiled = compile_with(&name, &text, &mut read).0.unwrap();
    let (before, _) = example::run(&compiled);
    let suggestion = example::suggest(&compiled, &before);
    // As `fmt` would set them.
    assert!(suggestion.examples.iter().all(|example| !example.contains("\n   ")), "{}", suggestion.examples.join("\n"));
    let pasted = [("建议.zs".to_owned(), suggestion.examples.join("\n"))];
    let (joined, findings) = compile_beside(&name, &text, &pasted, &mut read);
    let joined = joined.unwrap_or_else(|| panic!("{name}: {}", findings.render(Style::Short)));
    let (after, findings) = example::run(&joined);
    assert!(findings.is_empty(), "{name}: {}", findings.render(Style::Human));
    assert_eq!(after.passed, before.passed + suggestion.examples.len());
    let (used, all) = after.coverage.count(None);
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let (_, least) = USED_AT_LEAST.iter().find(|(book, _)| *book == stem).unwrap_or(&("", 900));
    assert!(used * 1000 >= least * all, "{name}: {used} of {all}: {:?}", suggestion.without);
    // What none was found for is said, and nothing else.
    let told = |spot: &str| suggestion.without.iter().any(|line| line.ends_with(spot));
    assert!(after.coverage.unused().all(|spot| told(&spot.told())), "{name}: {:?}", suggestion.without);
    assert_eq!(suggestion.without.len(), all - used, "{name}");
}

#[test]
fn suggestions_stand_at_the_ends_of_bands() {
    let scratch = with_rulebook();
    let output = test(&scratch, &["方案.zs", "--suggest"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
    let text = out(&output);
    for lines in [
        "  2024年12月 甲司法所\n  基层工作.1 公开率 89.9%\n  则 基层工作.1 -2分\n",
        "  基层工作.2 录入件数 29件\n  则 基层工作.2 -1分\n",
        "  基层工作.3 上稿条数 3条\n  则 基层工作.3 5分\n",
        "  基层工作.1 缺项 7项\n  基层工作.1 公开率 100%\n  则 基层工作.1 -6分\n",
    ] {
        assert!(text.contains(lines), "{lines}\n{text}");
    }
    scratch.write("方案.例.zs", &text);
    let output = test(&scratch, &["方案.zs"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
    assert!(out(&output).contains("计分句5/5，分档5/5，封顶2/2，名次等次奖惩3/3"), "{}", out(&output));
}

/// Units with equal points and one with a veto; both sides of every line between grades, one more than a 名额 takes;
/// the first and the last place of an award and the one behind.
#[test]
fn suggestions_put_units_side_by_side() {
    let scratch = Scratch::new();
    scratch.write(
        "方案.zs",
        "方案 走访\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n参数 资金（元）：统一每月一个\n\
         约定\n  每月基础分 80分\n  年终得分 = 各月得分平均，保留2位小数，四舍五入\n  同分并列，其后名次顺延空出\n  \
         一票否决的排在末位，相互间按得分高低排序\n\
         板块 工作\n  表扬：每次加1分\n  缺项：每项扣1分\n  泄密：一票否决，当月和年终排名末位\n\
         等次 年终\n  优秀：90分以上，不超过1名\n  合格：60分以上\n  不合格：其余\n  空出的名额不递补\n\
         奖惩 月度\n  第1名至第2名：奖励 资金 ÷ 2\n\
         奖惩 年终\n  第1名至第2名：奖励3000元\n  末位：约谈\n  优秀：通报表扬\n  当 连续3个月得分低于60分：停职\n  \
         一票否决的，不予奖励\n  不予奖励的名次不递补\n",
    );
    let output = test(&scratch, &["方案.zs", "--suggest"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
    let text = out(&output);
    for lines in [
        // Two share a place, and a veto goes behind all.
        "则 总分 83分，名次 第1名",
        "  则 总分 82分，名次 第2名，等次 合格，奖惩 奖励3000元\n  2024年 丙所\n  则 总分 82分，名次 第2名",
        "则 总分 83分，一票否决，名次 第5名",
        // Both sides of the lines.
        "则 总分 90分，名次 第",
        "则 总分 89分，名次 第",
        "则 总分 60分，名次 第",
        "则 总分 59分，名次 第",
        // The second within 90 has no room.
        "例 等次 年终 优秀的名额\n",
        // A month's fund is asked for where nothing else is.
        "  参数 资金 100元\n",
        "名次 第2名，奖惩 奖励50元\n",
    ] {
        assert!(text.contains(lines), "{lines}\n{text}");
    }
    assert!(!text.contains("没有拟出的"), "{text}");
    scratch.write("方案.例.zs", &text);
    let output = test(&scratch, &["方案.zs"]);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
    assert!(out(&output).contains("100%"), "{}", out(&output));
}

#[test]
fn a_table_without_end_is_refused() {
    let scratch = with_rulebook();
    let mut table = String::from("月份,单位,基层工作.2 录入件数,则 基层工作.2\n");
    table.push_str(&"2024-03,甲所,28,-2\n".repeat(30_000));
    scratch.write("往年.csv", table);
    let told = err(&test(&scratch, &["方案.zs", "往年.csv", "--diagnostics", "short"]));
    assert_eq!(told, "往年.csv:20001:0: file-too-large: 表太长，超过20000行\n");
}

/// Two caps of the same words in one item are told apart by their lines, and one that comes with 满分 has none.
#[test]
fn caps_stand_at_their_own_lines() {
    let scratch = Scratch::new();
    scratch.write(
        "方案.zs",
        "方案 封顶\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n\
         约定\n  每月基础分 0分\n  年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n\
         板块 工作\n  扣分封顶 每月5分  # 先按月\n  读法 扣分封顶 每月5分、全年20分\n  扣分封顶 全年20分\n  \
         缺项：每项扣1分\n\
         板块 台账\n  满分 10分，加分可超过满分\n  得分不超过 12分\n  表扬：每次加1分\n  漏登：每次扣1分\n",
    );
    let told = out(&test(&scratch, &["方案.zs", "--suggest"]));
    let caps: Vec<&str> = told.lines().filter(|line| line.contains("封顶")).collect();
    assert_eq!(caps, ["例 工作 扣分封顶5分", "例 台账 得分封顶12分", "# 第12行 封顶 工作 扣分封顶20分"], "{told}");
    scratch.write("方案.例.zs", "例 没有用到的\n  2024年3月 甲所\n  工作 缺项 1项\n  则 工作 -1分\n");
    let unused = out(&test(&scratch, &["方案.zs"]));
    for place in ["第10行 封顶 工作 扣分封顶5分", "第12行 封顶 工作 扣分封顶20分", "第16行 封顶 台账 得分封顶12分"]
    {
        assert!(unused.contains(place), "{place}\n{unused}");
    }
}

/// 最多加3分 behind one case of a line is a spot of its own, and so is what was in force until June.
#[test]
fn limits_of_single_cases_and_older_texts_are_suggested_for() {
    let scratch = Scratch::new();
    scratch.write(
        "方案.zs",
        "方案 年中改过\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n\
         约定\n  每月基础分 0分\n  年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n\
         板块 工作\n  1. 录入\n     录入（件）：不少于30件，每少1件扣1分；超过40件，每多1件加1分，最多加3分\n\
         \u{20} 2. 走访\n     〔至2024年6月止〕走访（次）：低于2次扣1分\n     〔自2024年7月起〕走访（次）：低于3次扣1分\n",
    );
    let told = out(&test(&scratch, &["方案.zs", "--suggest"]));
    assert!(!told.contains("# 第11行") && !told.contains("# 第13行"), "{told}");
    assert!(told.contains("  2024年6月 甲所\n  工作.2 走访 1次\n  则 工作.2 -1分\n"), "{told}");
    scratch.write("方案.例.zs", "例 没有用到的\n  2024年3月 甲所\n  工作.1 录入 42件\n  则 工作.1 2分\n");
    let unused = out(&test(&scratch, &["方案.zs"]));
    assert!(unused.contains("第11行 封顶 工作.1 录入：最多3分"), "{unused}");
    scratch.write("方案.例.zs", "例 用到的\n  2024年3月 甲所\n  工作.1 录入 44件\n  则 工作.1 3分\n");
    let used = out(&test(&scratch, &["方案.zs"]));
    assert!(!used.contains("封顶 工作.1"), "{used}");
}

#[test]
fn marks_that_would_be_gone_with_an_inapplicable_figure_are_asked_for() {
    let head = "方案 试\n施行 2024年1月至2024年12月\n考评对象 所\n考评周期 每月\n约定\n  年终得分 = 各月得分之和\n";
    let items = "  同分并列，其后名次顺延空出\n  保留2位小数，四舍五入\n板块 工作（20分）\n";
    let parts = "  1. 满意（10分）\n     满意度（%）：低于95%扣1分LINE\n  2. 办件（10分）\n     逾期：每件扣1分\n";
    let facts = "例 一\n  2024年3月 甲所\n  工作.1 满意度 不适用\n  工作.2 逾期 1件\n";
    for (convention, line, points) in [
        ("", "", None),
        ("", "，不适用的，不作考评", Some("9分")),
        ("  不适用的计0分\n", "", Some("9分")),
        ("  不适用的按其余得分率折算\n", "", Some("18分")),
        ("", "，不适用的，按95%计", Some("19分")),
        ("", "\n     当 满意度未报，本项计10分", Some("19分")),
    ] {
        let scratch = Scratch::new();
        let parts = parts.replace("LINE", line);
        let comes_to = points.unwrap_or("19分");
        scratch.write("方案.zs", format!("{head}{convention}{items}{parts}{facts}  则 工作 {comes_to}\n"));
        let output = test(&scratch, &["方案.zs"]);
        let told = err(&output);
        assert_eq!(told.contains("inapplicable-indicator"), points.is_none(), "{convention}{line}: {told}");
        assert_eq!(output.status.success(), points.is_some(), "{convention}{line}: {told}");
    }
}
