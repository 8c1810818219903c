//! The command line from outside: exit codes, and that people are spoken to in Chinese.

mod scratch;

use scratch::{RULEBOOK, beside, zhunsheng};

/// Runs a command line that is wrong: exit 2, nothing on stdout.
fn refused(arguments: &[&str]) -> String {
    let output = zhunsheng(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn wrong_usage_is_told_in_chinese() {
    assert_eq!(
        refused(&["scor"]),
        "用法不对：没有命令“scor”\n是不是：score、correct\n用法：zhunsheng <命令> [选项]\n说明：zhunsheng --help，或 zhunsheng <命令> --help\n"
    );
    assert!(refused(&["score", "a.zs", "d", "--perid", "2023"]).contains("“--perid”\n是不是：--period\n"));
    assert!(refused(&["score", "a.zs", "d"]).starts_with("用法不对：缺少 --period <期间>\n"));
    assert!(refused(&["show", "a.zs", "--format", "xml"]).contains("不能是“xml”\n可以是：text、json\n"));
    assert!(refused(&["check", "a.zs", "--diagnostics"]).contains("后面要写一个值"));
    // What a value should have been is told.
    let told = refused(&["test", "a.zs", "--require-coverage", "0.9"]);
    assert!(told.contains("不能是“0.9”\n应为：90%这样的百分比\n"), "{told}");
    let told = refused(&["status", "a.zs", "d", "--period", "2023-04", "--date", "五月八日"]);
    assert!(told.contains("应为：2023-05-06、2023年5月6日这样的日期\n"), "{told}");
    let told = refused(&["test", "a.zs", "--require-coverage", "九成"]);
    assert!(told.contains("应为：90%"), "{told}");
    assert!(refused(&[]).contains("用法：zhunsheng <命令> [选项]"));
}

/// Points that somebody chose want their reason beside them, wherever they are explained.
#[test]
fn explain_says_why_so_many_points_were_chosen() {
    let data = beside("../samples/2023");
    let unit = ["--period", "2023-04", "--unit", "华佗司法所", "--clause", "社区矫正工作.17"];
    let output = zhunsheng([&["explain", RULEBOOK, data.to_str().unwrap()][..], &unit].concat());
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("2023-04.csv:63：1次，扣5分\n") && told.contains("理由：见检查记录\n"), "{told}");
}

#[test]
fn a_missing_rulebook_is_no_finding_but_a_failure() {
    let told = refused(&["check", "没有.zs", "--diagnostics", "short"]);
    assert_eq!(told, "没有.zs:0:0: cannot-access: 读不了“没有.zs”：没有这个文件或文件夹\n");
    assert!(refused(&["check", "src", "--diagnostics", "short"]).contains("它是文件夹"));
    let told = refused(&["check", "没有.zs", "--diagnostics", "json"]);
    assert!(told.starts_with("[\n") && told.contains("\"code\": \"cannot-access\""));
}

#[test]
fn help_and_version_are_results() {
    for arguments in [&["--help"][..], &["score", "--help"], &["--version"]] {
        let output = zhunsheng(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty() && !output.stdout.is_empty());
    }
}

/// A rulebook with a roster and facts, in a folder of its own.
fn office(name: &str, body: &str, roster: &str, facts: &str) -> (String, String) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let data = folder.join("数据");
    std::fs::create_dir_all(&data).unwrap();
    let head = "方案 示例\n施行 2024年1月至2024年12月\n考评对象 单位\n考评周期 每月\n";
    let conventions = "约定\n  每月基础分 0分\n  年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n";
    let (attributes, body) = body.split_once("板块").unwrap();
    std::fs::write(folder.join("方案.zs"), format!("{head}{attributes}{conventions}板块{body}\n")).unwrap();
    std::fs::write(data.join("单位.csv"), roster).unwrap();
    std::fs::write(data.join("事实.csv"), facts).unwrap();
    let shown = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    (shown(folder.join("方案.zs")), shown(data))
}

#[test]
fn the_row_that_says_what_was_repaired_is_shown() {
    let (rulebook, data) = office(
        "repaired",
        "板块 工作\n  填报不实：每项扣1分，30日内整改的，返还80%",
        "单位\n甲所\n",
        "月份,单位,条款,情形,数量,发现日期,编号,针对编号,整改日期\n2024-03,甲所,工作,填报不实,1,2024-03-02,A1,,\n2024-03,甲所,工作,填报不实,1,2024-03-02,A2,,\n2024-03,甲所,工作,填报不实,,,,A1,2024-03-20\n2024-03,甲所,工作,填报不实,,,,A2,2024-05-20\n",
    );
    let output = zhunsheng(["explain", &rulebook, &data, "--period", "2024-03", "--unit", "甲所"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("事实.csv:2：1项，扣0.2分（2024-03-20已整改（事实.csv:4），返还0.8分）"), "{told}");
    assert!(told.contains("事实.csv:3：1项，扣1分（2024-05-20才整改（事实.csv:5），超过30日，不返还）"), "{told}");
}

#[test]
fn months_of_a_yearly_indicator_are_missed_together() {
    let (rulebook, data) = office(
        "yearly",
        "板块 工作\n  1. 课时\n    考评周期 每年，计入最后一个月\n    课时（节）：低于12节扣1分",
        "单位\n甲所\n",
        "月份,单位,条款,情形,数量\n2024-12,甲所,工作.1,课时,14\n",
    );
    let output = zhunsheng(["score", &rulebook, &data, "--period", "2024"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("甲所 2024年1月至11月没有报送“工作.1 课时”"), "{told}");
    assert!(
        told.contains("2024年只报一个数的，只留一行，“期间”一栏写2024，代替月份") && told.contains("共1处错误"),
        "{told}"
    );
}

#[test]
fn a_year_stops_where_a_month_of_it_cannot_be_settled() {
    let (rulebook, data) = office(
        "unsettled",
        "参数 服务费（元）：每单位每月一个\n板块 工作\n  投诉：每件扣1分\n奖惩 月度\n  得分不满100分的：扣发 服务费 × 20%，保留2位小数，四舍五入",
        "单位\n甲所\n",
        "月份,单位,条款,情形,数量\n2024-01,甲所,工作,投诉,2\n2024-01,甲所,参数,服务费,1000\n2024-02,甲所,工作,投诉,1\n",
    );
    for command in [&["score"][..], &["explain", "--unit", "甲所"]] {
        let output = zhunsheng([command, &[&rulebook, &data, "--period", "2024"]].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("甲所 2024年2月没有参数“服务费”"), "{told}");
    }
}

#[test]
fn what_is_explained_is_what_was_reported() {
    let (rulebook, data) = office(
        "called",
        "板块 经济\n  1. 生产总值（15分）\n    指标 增速（%），取期末数\n    完成分 = （当 增速不低于6%，9；其余 0）\n    增速：得 完成分 + 6\n  2. 投资（10分）\n    指标 投资（%），取期末数\n    投资：不低于全体平均（投资）得10分；其余得5分\n  3. 招商\n    项目（个）：每个加1分\n排名 月度招商\n  按 项目 由高到低排名\n排名 月度\n  按 总分 由高到低排名",
        "单位\n甲所\n乙所\n",
        "月份,单位,条款,情形,数量\n2024-03,甲所,经济.1,增速,6.5%\n2024-03,乙所,经济.1,增速,5%\n2024-03,甲所,经济.2,投资,3%\n2024-03,乙所,经济.2,投资,8%\n2024-03,甲所,经济.3,项目,0\n2024-03,乙所,经济.3,项目,2\n",
    );
    let output = zhunsheng(["explain", &rulebook, &data, "--period", "2024-03", "--unit", "甲所"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("甲所 2024-03：总分20分，第1名"), "{told}");
    assert!(!told.contains("增速 900%"), "{told}");
    assert!(told.contains("所比：全体平均（投资） 5.5%"), "{told}");
}

#[test]
fn who_has_no_total_is_told_what_it_lacks() {
    let (rulebook, data) = office(
        "lacking",
        "板块 工作\n  差错：每处扣1分\n板块 测评\n  考评周期 每年，计入年终\n  民主测评：评分，0至100分，保留2位小数，四舍五入，缺报的，不作考评",
        "单位\n甲所\n",
        "月份,单位,条款,情形,数量\n2024-03,甲所,工作,差错,2\n",
    );
    let text = std::fs::read_to_string(&rulebook).unwrap();
    let year = "年终得分 = 各月得分平均 × 60% + 测评得分 × 40%，保留2位小数，四舍五入";
    std::fs::write(&rulebook, text.replace("年终得分 = 各月得分之和", year)).unwrap();
    let output = zhunsheng(["explain", &rulebook, &data, "--period", "2024", "--unit", "甲所"]);
    let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("不参评（“测评”不作考评，总分算不出）"), "{told}");
    assert!(!told.contains("总分0分"), "{told}");
}

#[test]
fn history_that_no_line_looks_at_is_told() {
    let (rulebook, data) = office(
        "history",
        "板块 工作\n  1. 警情\n    警情（起）：不少于0起加0分\n    降幅 = 上月警情（没有的，不作考评） - 警情\n    降幅：超过0的加2分",
        "单位\n甲所\n",
        "月份,单位,条款,情形,数量\n2024-01,甲所,工作.1,警情,5\n",
    );
    let told = |history: &str| {
        std::fs::write(std::path::Path::new(&data).join("历史.csv"), history).unwrap();
        let output = zhunsheng(["score", &rulebook, &data, "--period", "2024-01"]);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    let used = "期间,单位,名称,数值\n2023-12,甲所,警情,9\n";
    assert!(!told(used).contains("unused-history"), "{}", told(used));
    let another_name = told("期间,单位,名称,数值\n2023-12,甲所,警情数,9\n");
    assert!(another_name.contains("“警情数”没有一句用到") && another_name.contains("看的是：警情"), "{another_name}");
    let another_period = told("期间,单位,名称,数值\n2022-12,甲所,警情,9\n");
    assert!(another_period.contains("“警情”没有一行用得上：期间写的是2022-12，要看的是"), "{another_period}");
}
