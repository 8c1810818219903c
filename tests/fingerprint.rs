//! The fingerprint of meaning: equal where two rulebooks mean the same, and the same from release to release.

use std::fs;
use std::path::Path;

use zhunsheng::compile::compile_with;
use zhunsheng::fmt;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join("rulebooks").join(name)).unwrap()
}

fn hash(name: &str, text: &str) -> String {
    let mut read = |name: &str| fs::read_to_string(name).map_err(|error| error.to_string());
    let path = root().join("rulebooks").join(name).display().to_string();
    let (compiled, findings) = compile_with(&path, text, &mut read);
    compiled.unwrap_or_else(|| panic!("{:?}", findings.sorted())).plan.hash()
}

/// Whoever changes one of these changes the fingerprint in every result: then count `VERSION` in `meaning.rs` up.
#[test]
fn fingerprints_are_the_same_from_release_to_release() {
    let known = [
        ("2023.zs", "58ab6ec5090f2fc3"),
        ("2024.zs", "e62f9ed47189d430"),
        ("2023年7月修订.zs", "41b05d3b0afd39e4"),
        ("教师考核.zs", "e5bb03a67dc80048"),
        ("信用评价.zs", "118580bb90f7a8a8"),
    ];
    for (name, known) in known {
        assert_eq!(hash(name, &text(name)), known, "{name}");
    }
}

#[test]
fn wording_layout_and_order_leave_no_trace() {
    let before = text("教师考核.zs");
    let expected = hash("教师考核.zs", &before);
    let same = [
        before.replace("扣10分", "扣10.00分"),
        before.replace("；", ";").replace("，", ","),
        before.replace(
            "     有偿补课：扣20分，取消评优资格\n     体罚学生：一票否决，总分计零\n",
            "     体罚学生：一票否决，总分计零\n     有偿补课：扣20分，取消评优资格\n",
        ),
        before.replace("\n\n", "\n# 一句话\n\n"),
        before.lines().map(|line| line.trim_start().to_owned() + "  \r\n").collect(),
        before.replace("国家级、特等、论文  15分", "国家级、特等、论文 15.0 分"),
    ];
    for (index, text) in same.iter().enumerate() {
        assert_ne!(*text, before, "{index} changes nothing");
        assert_eq!(hash("教师考核.zs", text), expected, "{index}");
    }
    for name in ["2023.zs", "教师考核.zs", "信用评价.zs", "乡镇综合考核.zs", "环境考核.zs"] {
        let (formatted, _) = fmt::format(name, &text(name));
        assert_eq!(hash(name, &formatted.unwrap().text), hash(name, &text(name)), "{name}");
    }
}

/// 谯城区２０２３年 is the same title, and 正文二(一) the same citation.
#[test]
fn the_width_of_titles_and_citations_leaves_no_trace() {
    let before = text("2023.zs");
    let wide = before.replacen("区2023年", "区２０２３年", 1);
    let narrow = before.replace("正文二（一）", "正文二(一)");
    for after in [wide, narrow] {
        assert_ne!(after, before);
        assert_eq!(hash("2023.zs", &after), hash("2023.zs", &before));
    }
}

#[test]
fn which_days_are_worked_is_meaning() {
    let before = text("乡镇综合考核.zs");
    let after = before.replacen("工作日按法定节假日安排", "工作日只除去周六、周日", 1);
    // Before there were holidays it was the same but for 每次最多, which is for each piece of a row now, and for figures that
    // are 不适用, which stop the run where marks would be gone.
    assert_eq!(hash("乡镇综合考核.zs", &after), "98b1e16e736077f0");
    assert_ne!(hash("乡镇综合考核.zs", &before), hash("乡镇综合考核.zs", &after));
}

#[test]
fn every_change_of_meaning_leaves_one() {
    let before = text("教师考核.zs");
    let mut seen = vec![hash("教师考核.zs", &before)];
    for (old, new) in [
        ("抄袭查实：每次扣10分", "抄袭查实：每次扣11分"),
        ("满分 20分，扣完为止", "满分 21分，扣完为止"),
        ("其后名次不空", "其后名次顺延空出"),
        ("优秀：85分及以上", "优秀：86分及以上"),
        ("奖励3000元", "奖励3001元"),
        ("国家级、特等、论文  15分", "国家级、特等、论文  16分"),
        ("缺报的，按8计", "缺报的，按9计"),
        ("青禾学校教师学年考核办法", "青禾学校教师考核办法"),
        ("学期中调入的按在册月数折算", "学期中调入的不折算"),
        ("学段：小学/初中/高中", "学段：小学/初中/高中/大学"),
    ] {
        let after = before.replacen(old, new, 1);
        assert_ne!(after, before, "{old}");
        seen.push(hash("教师考核.zs", &after));
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count);
}
