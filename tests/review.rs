//! What a careful reader of a comparison must be able to rely on: claims that facts cannot refute, every change told with
//! its own lines, and parts that belong to the change that made them.

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use scratch::{Scratch, zhunsheng};
use serde_json::Value;
use zhunsheng::compile::{Compiled, compile_with};
use zhunsheng::diff::{Change, Comparison, Direction, Effect, Section, clashes, compare, confirm};

fn rulebooks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks")
}

fn text(book: &str) -> String {
    fs::read_to_string(rulebooks().join(book)).unwrap()
}

#[track_caller]
fn compiled(text: &str) -> Compiled {
    let name = rulebooks().join("试.zs").display().to_string();
    let mut read = |name: &str| fs::read_to_string(name).map_err(|error| error.to_string());
    compile_with(&name, text, &mut read).0.expect("a rulebook")
}

/// A rulebook with what follows `after` replaced once.
#[track_caller]
fn edited(text: &str, after: &str, from: &str, to: &str) -> String {
    let at = text.find(after).unwrap_or_else(|| panic!("{after}"));
    let (head, tail) = text.split_at(at);
    assert!(tail.contains(from), "{from}");
    format!("{head}{}", tail.replacen(from, to, 1))
}

#[track_caller]
fn compared(old: &str, new: &str, see: impl FnOnce(&Comparison<'_>)) {
    let (old, new) = (compiled(old), compiled(new));
    see(&compare(&old, &new));
}

/// The only change of meaning.
#[track_caller]
fn only<'c>(comparison: &'c Comparison<'_>) -> &'c Change {
    let meant: Vec<&Change> = comparison.meant().collect();
    let told: Vec<&String> = meant.iter().map(|change| &change.sentence).collect();
    assert_eq!(meant.len(), 1, "{told:?}");
    assert_eq!(comparison.of(Section::Wording).count(), 0, "{told:?}");
    meant[0]
}

#[test]
fn what_moves_someone_is_never_said_to_have_no_effect() {
    let edits = [
        ("乡镇综合考核.zs", "办结率 =", "除数为0的，按100%计", "除数为0的，不作考评"),
        ("乡镇综合考核.zs", "参评", "成立日期晚于2024年6月30日", "成立日期晚于2024年3月31日"),
        ("乡镇综合考核.zs", "2. 社会治理", "满分 100分", "满分 90分"),
        ("乡镇综合考核.zs", "分组", "按类别", "按名册"),
        ("环境考核.zs", "高于平均 =", "同组平均（空气质量得分）", "全体平均（空气质量得分）"),
        ("分公司绩效.zs", "季度得分 =", "各月得分平均，保留1位小数，四舍五入", "各月得分之和"),
    ];
    for (book, after, from, to) in edits {
        let old = text(book);
        compared(&old, &edited(&old, after, from, to), |comparison| {
            let shown = comparison.meant().any(|change| matches!(change.effect, Effect::Shown(_)));
            let told: Vec<_> = comparison.meant().map(|change| (&change.sentence, &change.effect)).collect();
            assert!(shown, "{from} → {to}: {told:?}");
        });
    }
}

/// Facts of more than one row and one period: what was repaired, what counts on, what an earlier term left, what units
/// come to in several months, ties, parts that decide a prize.
#[test]
fn changes_of_every_kind_have_facts_that_show_them() {
    let edits = [
        ("2023.zs", "表彰奖励", "已计分的补足差额", "已计分的不再计"),
        ("2023.zs", "同分并列", "同分并列，", "同分的，依次比较基层工作得分、社区矫正工作得分，仍相同的并列，"),
        ("乡镇综合考核.zs", "1.3 招商", "各半年之和", "各半年平均"),
        (
            "乡镇综合考核.zs",
            "满意率（%）",
            "不低于95%得满分；不低于90%且低于95%得25分",
            "超过95%得满分；不低于90%且不超过95%得25分",
        ),
        ("信用评价.zs", "填报不实", "80%", "50%"),
        ("信用评价.zs", "罚款", "10日内整改", "30日内整改"),
        ("信用评价.zs", "消防设施损坏", "7日内整改的，不扣", "7日内整改的，减半"),
        ("信用评价.zs", "国家级表彰", "有效期12个月", "有效期6个月"),
        ("信用评价.zs", "上月结转", "- 100分", "- 90分"),
        ("教师考核.zs", "系数：", "兼任，0.8", "兼任，0.9"),
        ("教师考核.zs", "获奖奖金", "按500元计", "按600元计"),
        ("教师考核.zs", "进步得分", "、3）", "、2）"),
        ("教师考核.zs", "折算额定课时 =", "额定课时 × 在册月数 ÷ 施行月数", "额定课时"),
        ("乡镇综合考核.zs", "参评", "在册月数不足6个月", "在册月数不足9个月"),
        ("分公司绩效.zs", "年终得分", "× 70% + 年度考核得分 × 30%", "× 60% + 年度考核得分 × 40%"),
        ("县乡镇考核.zs", "年度得分", "年终加减分得分", "年终加减分得分 × 2"),
        ("环境考核.zs", "改善名次 =", "改善率名次", "名次（改善率，由低到高）"),
        ("分公司绩效.zs", "利润增长率", "取期末数", "取平均"),
    ];
    for (book, after, from, to) in edits {
        let old = text(book);
        compared(&old, &edited(&old, after, from, to), |comparison| {
            let effects: Vec<_> = comparison.meant().map(|change| (&change.sentence, &change.effect)).collect();
            for (sentence, effect) in effects {
                let Effect::Shown(witness) = effect else { panic!("{from} → {to}: {sentence}: {effect:?}") };
                assert!(confirm(comparison, witness), "{from} → {to}: {}", witness.new_facts);
            }
        });
    }
}

#[test]
fn a_limit_that_only_another_change_reaches_is_shown_with_it() {
    let old = text("2023.zs");
    let section = "板块 扫黑除恶工作";
    let new = edited(&old, section, "每月10分", "每月18分");
    let new = edited(&new, section, "涉黑涉恶重新犯罪：扣10分", "涉黑涉恶重新犯罪：扣8分");
    compared(&old, &new, |comparison| {
        let shown = |change: &&Change| matches!(change.effect, Effect::Shown(_));
        let told: Vec<_> = comparison.meant().map(|change| (&change.sentence, &change.effect)).collect();
        assert_eq!(comparison.meant().filter(shown).count(), 2, "{told:?}");
    });
}

#[test]
fn prizes_that_are_divided_among_lines_otherwise_are_wording() {
    let old = text("2023.zs");
    let county = text("县乡镇考核.zs");
    let line = "第1名：奖励10万元；第2名：奖励8万元；第3名：奖励5万元";
    let apart = line.replace('；', "\n  ");
    for (old, new, said) in [
        (
            &old,
            edited(&old, "奖惩", "第1名至第3名：奖励3000元", "第1名：奖励3000元；第2名：奖励3000元；第3名：奖励3000元"),
            "由“第1名至第3名",
        ),
        (
            &old,
            edited(&old, "奖惩", "第1名至第3名：奖励3000元", "第1名至第2名：奖励3000元\n  第3名：奖励3000元"),
            "由1行改为2行",
        ),
        (&county, edited(&county, "奖惩", line, &apart), "由1行改为3行"),
    ] {
        compared(old, &new, |comparison| {
            assert_eq!(comparison.old.plan.hash(), comparison.new.plan.hash());
            assert!(comparison.is_same());
            let told: Vec<&str> = comparison.changes.iter().map(|change| change.sentence.as_str()).collect();
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(comparison.changes[0].section == Section::Wording && told[0].contains(said), "{told:?}");
        });
    }
    // One of them by itself is a change of that one.
    let new = edited(&old, "奖惩", "第1名至第3名：奖励3000元", "第1名至第2名：奖励3000元；第3名：奖励2500元");
    compared(&old, &new, |comparison| assert!(!comparison.is_same()));
}

#[test]
fn who_has_to_agree_is_no_mere_wording() {
    let old = text("县乡镇考核.zs");
    let new = edited(&old, "改革创新", "经县委改革办研究认定，酌情", "酌情");
    compared(&old, &new, |comparison| {
        let change = only(comparison);
        assert_eq!(change.section, Section::Notes);
        assert!(change.sentence.contains("删去“经县委改革办研究认定”"), "{}", change.sentence);
        assert!(
            matches!(&change.effect, Effect::None { reason } if reason.contains("得分不变")),
            "{:?}",
            change.effect
        );
        assert!(!comparison.is_same());
    });
}

#[test]
fn other_words_for_the_same_are_told_once() {
    let old = text("2023.zs");
    for (after, from, to, said) in [
        ("板块 基层工作", "每月40分", "当月40分", "由扣分封顶每月40分改为扣分封顶当月40分"),
        ("考评周期", "考评周期  每月", "考核周期  月度", "由考评周期每月改为考核周期月度"),
    ] {
        compared(&old, &edited(&old, after, from, to), |comparison| {
            let told: Vec<&str> = comparison.changes.iter().map(|change| change.sentence.as_str()).collect();
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(comparison.is_same() && told[0].contains(said), "{told:?}");
        });
    }
}

#[test]
fn stricter_and_looser_are_said_of_totals_alone() {
    // More marks lower a rate that another line asks for; fewer faults move a mean that others are held against.
    let rate = text("乡镇综合考核.zs");
    let mean = text("环境考核.zs");
    // A total that takes a section away.
    let less = edited(&text("县乡镇考核.zs"), "年度得分", "+ 年终加减分得分", "- 年终加减分得分");
    for (old, after, from, to) in [
        (&rate, "2.3", "满分 30分", "满分 36分"),
        (&mean, "返黑返臭", "每处扣3分", "每处扣1分"),
        (&less, "通报批评", "每次扣2分", "每次扣3分"),
    ] {
        compared(old, &edited(old, after, from, to), |comparison| {
            for change in comparison.meant() {
                assert_eq!(change.direction, Direction::Unknown, "{}", change.sentence);
            }
        });
    }
    // Where points only add up it is still said.
    let plain = text("2023.zs");
    compared(
        &plain,
        &edited(&plain, "社区矫正工作", "缺项：每项扣1分", "缺项：每项扣2分"),
        |comparison| {
            assert_eq!(only(comparison).direction, Direction::NeverMore);
        },
    );
}

#[test]
fn marks_in_titles_are_changes_of_their_own() {
    let old = text("县乡镇考核.zs");
    let one = edited(&old, "1. 组织生活", "（10分）", "（12分）");
    let new = edited(&one, "2. 党风廉政", "（10分）", "（8分）");
    let other = edited(&one, "2. 党风廉政", "（10分）", "（2分）");
    let prints = |new: &str| {
        let mut prints = Vec::new();
        compared(&old, new, |comparison| {
            assert_eq!(comparison.of(Section::Wording).count(), 0);
            prints.extend(comparison.meant().map(|change| (change.sentence.clone(), change.print.clone())));
        });
        prints.sort();
        prints
    };
    let (told, again) = (prints(&new), prints(&other));
    let sentences: Vec<&str> = told.iter().map(|(sentence, _)| sentence.as_str()).collect();
    assert_eq!(sentences, ["党的建设.1：满分由10分改为12分", "党的建设.2：满分由10分改为8分"]);
    // Who has agreed to one figure has not agreed to another.
    assert_eq!(told[0].1, again[0].1);
    assert_ne!(told[1].1, again[1].1);
}

#[test]
fn one_more_case_in_a_line_is_one_change_of_that_line() {
    let old = text("2023.zs");
    for (after, from, to, said) in [
        ("法治建设", "优秀得10分；一般得8分", "优秀得10分；良好得9分；一般得8分", "增加“良好得9分”"),
        ("奖惩", "使用车辆1年", "使用车辆1年；授予先进", "增加“授予先进”"),
    ] {
        compared(&old, &edited(&old, after, from, to), |comparison| {
            let change = only(comparison);
            assert!(change.sentence.contains(said), "{}", change.sentence);
            assert_eq!((change.old.len(), change.new.len()), (1, 1), "{}", change.sentence);
        });
    }
    // Lines that are tried one after another change places: both are shown.
    let old = text("教师考核.zs");
    let lines: Vec<&str> = old.lines().collect();
    let first = lines.iter().position(|line| line.contains("等次升1档")).unwrap();
    let mut turned = lines.clone();
    turned.swap(first, first + 1);
    compared(&old, &turned.join("\n"), |comparison| {
        let change = only(comparison);
        assert_eq!((change.old.len(), change.new.len()), (2, 2), "{}", change.sentence);
    });
}

#[test]
fn what_moves_under_another_cap_counts_otherwise() {
    let old = text("2023.zs");
    let block = "  3. 监督管理\n     依据 细则·公共法律服务·3\n     上访投诉：每起扣10分\n";
    assert!(old.contains(block));
    let head = "板块 扫黑除恶工作\n";
    let section = &old[old.find(head).unwrap() + head.len()..];
    let end = section.find("板块 ").unwrap();
    let moved = block.replacen("3.", "2.", 1);
    let new = format!("{}{}\n{}", &old[..old.len() - section.len() + end], moved, &section[end..]).replace(block, "");
    compared(&old, &new, |comparison| {
        let change = only(comparison);
        assert_eq!(change.section, Section::Changed, "{}", change.sentence);
        assert!(matches!(&change.effect, Effect::Shown(witness) if witness.points.is_some()), "{:?}", change.effect);
    });
}

#[test]
fn branches_that_mean_the_same_do_not_clash() {
    let base = text("2023.zs");
    let ours = edited(&base, "司法部采用", "每篇加10分", "每篇加12分");
    let theirs = edited(&base, "司法部采用", "每篇加10分", "一篇奖12分");
    let (base, ours, theirs) = (compiled(&base), compiled(&ours), compiled(&theirs));
    let found = clashes(&compare(&base, &ours), &compare(&base, &theirs));
    assert_eq!(found.len(), 1);
    assert!(found[0].same, "{found:?}");
}

// ---------------------------------------------------------------- over real facts

/// What `diff --facts` says of a book and the same with an edit.
#[track_caller]
fn impact(book: &str, new: &str, facts: &Path) -> Value {
    let scratch = Scratch::new();
    scratch.write("新.zs", new);
    let path = scratch.path.join("新.zs").display().to_string();
    let old = rulebooks().join(book).display().to_string();
    let output = zhunsheng(["diff", &old, &path, "--facts", &facts.display().to_string(), "--format", "json"]);
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    told["impact"].clone()
}

#[test]
fn prizes_of_a_month_are_seen_in_a_year_and_acknowledged_by_themselves() {
    let base = text("环境考核.zs");
    let old = edited(&base, "奖惩 年终", "第1名至第2名：授予生态环境保护先进县区", "第1名：奖励200000元");
    let month = edited(&old, "奖惩 月度", "第1名：奖励200000元", "第1名：奖励250000元");
    let both = edited(&month, "奖惩 年终", "第1名：奖励200000元", "第1名：奖励250000元");
    compared(&old, &both, |comparison| {
        let prints: Vec<&String> = comparison.meant().map(|change| &change.print).collect();
        assert_eq!(prints.len(), 2);
        assert_ne!(prints[0], prints[1]);
    });
    let month = edited(&base, "奖惩 月度", "第1名：奖励200000元", "第1名：奖励250000元");
    let told = impact("环境考核.zs", &month, &rulebooks().join("facts/环境考核"));
    let months = told["shorter"].as_array().expect("months");
    assert!(months.len() > 3, "{told}");
    let unit = &months[0]["units"][0];
    let money = |side: &str| unit[side]["money"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap();
    assert_eq!(money("new") - money("old"), rust_decimal::Decimal::from(50_000), "{unit}");
}

#[test]
fn every_part_belongs_to_a_change_also_where_nothing_adds_up() {
    let old = text("环境考核.zs");
    let one = edited(&old, "发生重大污染事件", "当月和年终排名末位", "当月排名末位");
    let two = edited(&one, "监测数据造假", "，总分计零", "");
    let weights = edited(&text("乡镇综合考核.zs"), "2. 社会治理", "满分 100分", "满分 90分");
    for (book, new) in [("环境考核.zs", two), ("乡镇综合考核.zs", weights)] {
        let facts = rulebooks().join("facts").join(book.trim_end_matches(".zs"));
        let told = impact(book, &new, &facts);
        let units = told["units"].as_array().unwrap();
        let parts: Vec<&Value> = units
            .iter()
            .flat_map(|unit| ["parts", "place_parts", "money_parts"].map(|kind| &unit[kind]))
            .filter_map(Value::as_array)
            .flatten()
            .collect();
        assert!(!parts.is_empty(), "{book}: {told}");
        assert!(parts.iter().all(|part| part["change"] != 0), "{book}: {told}");
    }
}

#[test]
fn facts_of_a_stopped_item_are_listed() {
    let old = text("2023.zs");
    let new = edited(&old, "11. 反有组织犯罪宣传", "11.", "〔停用〕11.");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/2023");
    let told = impact("2023.zs", &new, &samples);
    let unknown = told["unknown"].as_array().unwrap();
    assert_eq!(unknown.len(), 1, "{told}");
    assert_eq!((unknown[0]["label"].as_str(), unknown[0]["rows"].as_u64()), (Some("开展次数"), Some(250)));
}

#[test]
fn a_comparison_reads_as_a_clerk_would_write_it() {
    let told = |book: &str, after: &str, from: &str, to: &str| {
        let old = text(book);
        let mut told = Vec::new();
        compared(&old, &edited(&old, after, from, to), |comparison| {
            told.extend(comparison.changes.iter().map(|change| change.sentence.clone()));
        });
        told
    };
    assert_eq!(told("教师考核.zs", "系数：", "兼任，0.8", "兼任，0.9"), ["指导学生：当岗位为兼任，由0.8改为0.9"]);
    assert_eq!(told("教师考核.zs", "获奖奖金", "按500元计", "按600元计"), ["获奖奖金：由按500元计改为按600元计"]);
    assert_eq!(
        told("环境考核.zs", "奖惩 年终", "× 50000元", "× 60000元"),
        [
            "奖惩 年终 当月数（总分不低于80分）不少于6个月：由“奖励月数（总分不低于80分）×50000元”改为“奖励月数（总分不低于80分）×60000元”"
        ]
    );
    // What else a line does is shown, though points differ too; another name says nothing of points.
    let old = text("2023.zs");
    let vetoed = edited(&old, "平安建设工作", "出现：每例扣10分", "出现：一票否决，年终排名末位，并扣10分");
    compared(&old, &vetoed, |comparison| {
        let Effect::Shown(witness) = &only(comparison).effect else { panic!() };
        assert!(witness.old.contains("没有一票否决") && witness.new.contains("年终一票否决"), "{}", witness.brief);
    });
    let named = edited(&old, "社区矫正工作", "缺项：每项扣1分", "缺少项目：每项扣2分");
    compared(&old, &named, |comparison| {
        let renamed = comparison.of(Section::Moved).next().unwrap();
        assert_eq!(renamed.direction, Direction::Unknown);
        assert!(matches!(&renamed.effect, Effect::None { reason } if reason.contains("第1处")), "{:?}", renamed.effect);
    });
}

#[test]
fn mistakes_of_both_books_are_told_at_once_and_wrong_facts_hide_no_change() {
    let scratch = Scratch::new();
    let path = |name: &str| scratch.path.join(name).display().to_string();
    let book = text("教师考核.zs");
    for name in ["旧.zs", "新.zs"] {
        scratch.write(name, format!("{book}\n坏行{name}\n"));
    }
    let output = zhunsheng(["diff".to_owned(), path("旧.zs"), path("新.zs")]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("坏行旧") && told.contains("坏行新"), "{told}");

    scratch.write("一.zs", &book);
    scratch.write("二.zs", book.replace("每次扣10分", "每次扣12分"));
    scratch.write("数据/单位.csv", "单位,学段,职称,岗位,入职日期\n李一鸣,小学,一级,专任,2020-09-01\n");
    scratch.write("数据/事实.csv", "月份,单位,条款,情形,数量\n2024-03,没有的人,科研工作.3,抄袭查实,1\n");
    let output = zhunsheng(["diff".to_owned(), path("一.zs"), path("二.zs"), "--facts".to_owned(), path("数据")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("每次由扣10分改为扣12分"));
    assert!(String::from_utf8(output.stderr).unwrap().contains("没有的人"));
}
