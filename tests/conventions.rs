//! Every convention of the manual: another choice of it is a change that `diff` tells, with facts that show it or the
//! reason why there are none.

mod scratch;

use std::fs;
use std::path::Path;

use scratch::{Scratch, beside, zhunsheng};
use zhunsheng::compile::{Compiled, compile_with};
use zhunsheng::diagnostic::Style;
use zhunsheng::diff::{Effect, Section, compare};
use zhunsheng::plan::Landing;

/// A convention by its row in the manual, what a small rulebook needs so that it matters, and two choices.
struct Case {
    row: &'static str,
    edits: &'static [(&'static str, &'static str)],
    old: &'static str,
    new: &'static str,
}

const fn case(
    row: &'static str,
    edits: &'static [(&'static str, &'static str)],
    old: &'static str,
    new: &'static str,
) -> Case {
    Case { row, edits, old, new }
}

const CASES: &[Case] = &[
    case("起算分", &[("  每月基础分 100分\n", "")], "每月基础分 100分", "每月基础分 90分"),
    case(
        "年终得分（年度得分、学年得分）",
        &[("  年终得分 = 各月得分之和\n", "")],
        "年终得分 = 各月得分之和",
        "年终得分 = 各月得分的平均，保留2位小数，四舍五入",
    ),
    case("季度得分、半年得分", &[], "季度得分 = 各月得分之和", "季度得分 = 各月得分的最高"),
    case("季度得分、半年得分", &[], "", "半年得分 = 各月得分之和"),
    case("没写“每”", &[("  未写“每”的，当月只计一次\n", "")], "未写“每”的，当月只计一次", "未写“每”的，每次都计"),
    case("同分", &[("  同分并列，其后名次顺延空出\n", "")], "同分并列，其后名次顺延空出", "同分并列，其后名次不空"),
    case("同分", &[("  同分并列，其后名次顺延空出\n", "")], "同分并列，其后名次顺延空出", "同分的，按名册先后排列"),
    case(
        "一票否决",
        &[("  一票否决的排在末位，相互间按得分高低排序\n", "")],
        "一票否决的排在末位，相互间按得分高低排序",
        "一票否决的不参加排名",
    ),
    case(
        "不参评的各期",
        &[("奖惩 年终\n", "参评\n  每月，当 录入件数低于10件，不参评\n奖惩 年终\n")],
        "不参评的月份不计入年终",
        "不参评的月份照样计入年终",
    ),
    case("全部并列", &[], "全部并列的，没有末位", "全部并列的，都算末位"),
    case("递补", &[("  不予奖励的名次不递补\n", "")], "不予奖励的名次不递补", "不予奖励的名次依次递补"),
    case(
        "逾期",
        &[("  逾期按自然日计算，截止当日不计\n", ""), ("约定\n", "约定\n  工作日只除去周六、周日\n")],
        "逾期按自然日计算，截止当日不计",
        "逾期按工作日计算，截止当日不计",
    ),
    case(
        "工作日",
        &[("  逾期按自然日计算，截止当日不计\n", "  逾期按工作日计算，截止当日不计\n")],
        "工作日按法定节假日安排",
        "工作日只除去周六、周日",
    ),
    case("除数为0", &[("  除数为0的，不作考评\n", "")], "除数为0的，不作考评", "除数为0的，按90%计"),
    case(
        "零头",
        &[
            ("     录入件数（件）：不少于30件，每少1件扣1分\n", ""),
            ("     成功率 = 成功件数（件） ÷ 录入件数\n", ""),
            ("成功率：低于95%扣5分", "成功率（%）：低于95%，每低1个百分点扣1分"),
        ],
        "不足1个百分点的不计",
        "不足1个百分点的按1个百分点计",
    ),
    case(
        "季度、年考评的落点",
        &[
            ("  按季度考评的，计入最后一个月\n", ""),
            ("考评周期 每季度", "考评周期 每年"),
            ("年终得分 = 各月得分之和", "年终得分 = 各月得分之和 + 「加分.3」得分"),
        ],
        "按年考评的，计入最后一个月",
        "按年考评的，计入年终",
    ),
    case("计次", &[("，全年连续计次", "")], "全年连续计次", "每月重新计次"),
    case("缺报", &[], "缺报的，按0计", "缺报的，不作考评"),
    case("缺报", &[], "", "缺报的，不作考评"),
    case("不适用", &[], "不适用的，不作考评", "不适用的，按0计"),
    case("小数", &[("扣0.5分", "扣0.555分")], "保留2位小数，四舍五入", "保留1位小数，四舍五入"),
    case("总分的上下限", &[], "得分封顶 110分", "得分封顶 105分"),
    case("总分的上下限", &[], "", "得分不低于 80分"),
    case("总分的上下限", &[], "扣分封顶 30分", "扣分封顶 20分"),
    case("总分的上下限", &[], "加分封顶 15分", "加分封顶 10分"),
    case(
        "总分的上下限",
        &[("  每月基础分 100分\n", ""), ("督察等次：优秀得10分；一般得8分；较差得5分", "督察：每次加2分")],
        "满分 100分",
        "满分 90分",
    ),
    case("整体的同一事项", &[], "同一事项全年按最高级别计一次，已计分的补足差额", "同一事项每月按最高级别计一次"),
    case(
        "各板块怎样合成",
        &[
            ("约定\n", "约定\n  保留2位小数，四舍五入\n"),
            ("板块 日常\n", "板块 日常\n  权重 40%\n"),
            ("板块 加分\n", "板块 加分\n  权重 30%\n"),
            ("板块 安全\n", "板块 安全\n  权重 30%\n"),
            ("较大事故：", "适用 类别为街道\n     较大事故："),
        ],
        "各项加权，不适用的计0分",
        "各项加权，不适用的权重按比例分摊",
    ),
    case("报送期限", &[], "报送期限 次月5日", "报送期限 次月8日"),
    case("报送期限", &[], "", "报送期限 次月第3个工作日"),
    case("更正", &[], "更正已公布月份的，重新计算当月", "更正计入发现的月份，记入 日常.3"),
    case("更正", &[], "", "更正已公布月份的，重新计算当月"),
    case("读法", &[], "读法 原文未写迟到，按当天计", "读法 原文未写迟到，按次日计"),
    case("条件", &[], "当 台账得分低于-3分，本项不超过80分", "当 台账得分低于-3分，本项不超过70分"),
];

/// Conventions about amendments inside the term: the later document brings them.
const AMENDED: &[(&str, &str, &str)] = &[
    ("中途修改", "中途修改的，按期末的规定考评", "中途修改的，按期初的规定考评"),
    // There is one choice; without it the rulebook is refused.
    ("修改前后的累计", "", ""),
    ("不足一季", "", ""),
];

fn compiled(name: &str, text: &str) -> Result<Compiled, String> {
    let mut read = |name: &str| fs::read_to_string(name).map_err(|error| error.to_string());
    let (compiled, findings) = compile_with(name, text, &mut read);
    compiled.ok_or_else(|| findings.sorted().render(Style::Short))
}

/// The rows of the manual's table of conventions.
fn rows() -> Vec<String> {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/手册.md");
    let manual = fs::read_to_string(manual).unwrap();
    let (_, chapter) = manual.split_once("\n## 四、约定\n").expect("the chapter");
    let table = chapter.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.map(|line| line.split('|').nth(1).unwrap().trim().to_owned()).collect()
}

#[test]
fn another_choice_of_any_convention_is_told() {
    let rows = rows();
    assert!(rows.len() > 20, "{rows:?}");
    for row in &rows {
        let known = CASES.iter().map(|case| case.row).chain(AMENDED.iter().map(|case| case.0));
        assert!(known.into_iter().any(|known| known == row), "no case for the convention {row}");
    }
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let mut wrong = Vec::new();
    for case in CASES {
        let body = case.edits.iter().fold(base.clone(), |text, (from, to)| {
            assert!(text.contains(from), "{}: {from}", case.row);
            text.replace(from, to)
        });
        let book = |choice: &str| compiled("小.zs", &body.replace("约定\n", &format!("约定\n  {choice}\n")));
        if let Some(told) = judge(case.row, book(case.old), book(case.new)) {
            wrong.push(format!("{}\n   → {}: {told}", case.old, case.new));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with the comparison, if anything: one change that names the convention, and says what comes of it.
fn judge(row: &str, old: Result<Compiled, String>, new: Result<Compiled, String>) -> Option<String> {
    let (old, new) = match (old, new) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(told), _) | (_, Err(told)) => return Some(told),
    };
    let comparison = compare(&old, &new);
    let told = || comparison.changes.iter().map(|it| format!("{:?} {}", it.section, it.sentence)).collect::<Vec<_>>();
    if comparison.is_same() {
        return Some(format!("the same: {:?}", told()));
    }
    let meant: Vec<_> = comparison.meant().collect();
    let [change] = meant.as_slice() else { return Some(format!("{:?}", told())) };
    let section = match row {
        "读法" => Section::Notes,
        "递补" => Section::Awards,
        _ => Section::Conventions,
    };
    match &change.effect {
        _ if change.section != section => Some(format!("{:?}", told())),
        Effect::Shown(_) => None,
        Effect::None { reason } if !reason.is_empty() => None,
        other => Some(format!("{:?} {other:?}", told())),
    }
}

#[test]
fn conventions_that_move_nothing_fail_the_step_all_the_same() {
    let scratch = Scratch::new();
    let path = |name: &str| scratch.path.join(name).display().to_string();
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    scratch.write("旧.zs", base.replace("约定\n", "约定\n  更正已公布月份的，重新计算当月\n"));
    scratch.write("新.zs", base.replace("约定\n", "约定\n  更正计入发现的月份，记入 日常.3\n"));
    let output = zhunsheng(["diff", &path("旧.zs"), &path("新.zs")]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("约定、排名和等次（1处）"), "{told}");
    assert!(told.contains("只在更正已公布的月份时用到，不影响各期的计分"), "{told}");
    // What the rulebook would have said anyway is other words for the same.
    scratch.write("旧.zs", &base);
    scratch.write("新.zs", base.replace("约定\n", "约定\n  报送期限 次月5日\n"));
    let output = zhunsheng(["diff", &path("旧.zs"), &path("新.zs")]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn another_choice_about_amendments_inside_the_term_is_told() {
    let scratch = Scratch::new();
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    scratch.write("小.zs", &base);
    let name = scratch.path.join("改.zs").display().to_string();
    for (row, old, new) in AMENDED.iter().filter(|(_, old, _)| !old.is_empty()) {
        let book = |choice: &str| {
            let amended = "自2023年5月起\n修改 加分.3 督察等次：优秀得9分；一般得8分；较差得5分\n";
            compiled(&name, &format!("沿用 「小.zs」\n增加 约定 {choice}\n{amended}"))
        };
        let told = judge(row, book(old), book(new));
        assert!(told.is_none(), "{row}: {told:?}");
    }
}

/// A line about quarters says nothing of years, and the other way round.
#[test]
fn each_cycle_lands_by_its_own_line() {
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let both = base
        .replace("按季度考评的，计入最后一个月", "按季度考评的，计入最后一个月\n  按年考评的，计入年终")
        .replace("年终得分 = 各月得分之和", "年终得分 = 各月得分之和 + 「安全.1」得分")
        .replace("  1. 事故\n", "  1. 事故\n     考评周期 每年\n");
    let book = compiled("小.zs", &both).unwrap();
    let landing = |address: &str| {
        let node = book.plan.nodes.iter().find(|node| node.address == address).unwrap();
        node.landing.clone()
    };
    assert_eq!(landing("加分.3"), Landing::Last);
    assert_eq!(landing("安全.1"), Landing::YearEnd);
    let twice = both.replace("按年考评的，计入年终", "按年考评的，计入年终\n  按季度、年考评的，计入年终");
    assert!(compiled("小.zs", &twice).unwrap_err().contains("duplicate-convention"));
    let unsaid = both.replace("\n  按年考评的，计入年终", "");
    assert!(compiled("小.zs", &unsaid).unwrap_err().contains("missing-convention"));
}
