//! Comparing rulebooks: edits of every kind are found, named and shown; what means the same is not told as a change.

mod scratch;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use scratch::edits::{Edit, Kind, edits, is_plain_clause};
use scratch::{CONVENTIONS, Chance, FRAME, beside};
use zhunsheng::compile::{Compiled, compile_with};
use zhunsheng::diff::{Change, Comparison, Direction, Effect, Section, compare, confirm};
use zhunsheng::fmt;

fn rulebooks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks")
}

fn try_compile(text: &str) -> Option<Compiled> {
    let name = rulebooks().join("试.zs").display().to_string();
    let mut read = |name: &str| fs::read_to_string(name).map_err(|error| error.to_string());
    compile_with(&name, text, &mut read).0
}

#[track_caller]
fn compiled(text: &str) -> Compiled {
    try_compile(text).unwrap_or_else(|| {
        let (_, findings) = zhunsheng::compile::compile_text("试.zs", text);
        panic!("{}\n{text}", findings.sorted().render(zhunsheng::diagnostic::Style::Short))
    })
}

fn small() -> Vec<String> {
    ["diff/small.zs", "diff/graded.zs"].map(|name| fs::read_to_string(beside(name)).unwrap()).to_vec()
}

fn large() -> Vec<String> {
    ["2023.zs", "教师考核.zs", "信用评价.zs", "乡镇综合考核.zs", "环境考核.zs"]
        .map(|name| fs::read_to_string(rulebooks().join(name)).unwrap())
        .to_vec()
}

// ---------------------------------------------------------------- the same meaning

fn reordered(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at + 1 < lines.len() {
        if is_plain_clause(lines[at]) && is_plain_clause(lines[at + 1]) {
            lines.swap(at, at + 1);
            at += 1;
        }
        at += 1;
    }
    lines.join("\n") + "\n"
}

fn commented(text: &str) -> String {
    text.lines().flat_map(|line| [line.to_owned() + "  # 随手一注\n", "# 又一行\n\n".to_owned()]).collect()
}

#[test]
fn what_means_the_same_is_no_change() {
    let mut moved = 0;
    for text in small().into_iter().chain(large()) {
        let before = compiled(&text);
        let formatted = fmt::format("试.zs", &text).0.unwrap().text;
        // A 读法 is free text: what it says is not read as figures.
        let rewritten = |line: &str| match line.trim_start().starts_with("读法") {
            true => format!("{line}\n"),
            false => line.replace("扣5分", "扣5.00分").replace("：", ":") + "\n",
        };
        let decimals: String = text.lines().map(rewritten).collect();
        for other in [text.clone(), formatted, reordered(&text), commented(&text), decimals] {
            let after = compiled(&other);
            let comparison = compare(&before, &after);
            assert!(comparison.is_same(), "{other}");
            let told: Vec<&Change> = comparison.meant().collect();
            assert!(told.is_empty(), "{told:#?}");
        }
        moved += usize::from(reordered(&text) != text);
    }
    assert!(moved > 3, "{moved} rulebooks have lines that changed places");
}

/// The same function in other words: no change, and one fingerprint.
#[test]
fn other_words_for_the_same_are_no_change() {
    let edits = [
        // Of whole things fewer than one is none.
        ("2023.zs", "宣讲场次（场）：不足1场扣5分", "宣讲场次（场）：不少于1场，每少1场扣5分"),
        ("2023.zs", "奖励3000元", "奖励0.3万元"),
        ("县乡镇考核.zs", "第2名：奖励8万元", "第2名：奖励80000.00元"),
        ("分公司绩效.zs", "奖励10000元；优先推荐评优", "奖励1万元；优先推荐评优"),
        ("乡镇综合考核.zs", "完成率：得 完成率 × 满分", "完成率：得 完成率 × 40"),
        ("乡镇综合考核.zs", "不低于 招商目标 ÷ 2 得满分", "不低于 招商目标 × 50% 得满分"),
        ("乡镇综合考核.zs", "加分封顶 全年5分\n  扣分封顶 全年10分", "扣分封顶 全年10分\n  加分封顶 全年5分"),
        // Whoever is too good for a grade is good enough for it.
        ("县乡镇考核.zs", "良好：80分及以上且低于90分", "良好：80分及以上"),
        ("分公司绩效.zs", "当 月数（等次为A）不低于3且总分不低于85分", "当 总分不低于85分且月数（等次为A）不低于3"),
        // Bands that lie side by side, however divided and in whatever order.
        ("分公司绩效.zs", "80%（含）至90%（不含）扣3分", "85%（含）至90%（不含）扣3分；80%（含）至85%（不含）扣3分"),
        ("分公司绩效.zs", "；0%至10%不加不扣", ""),
        (
            "环境考核.zs",
            "低于优良目标，每低1个百分点扣2分；超过优良目标，每高1个百分点加1分，最多加5分",
            "超过优良目标，每高1个百分点加1分，最多加5分；低于优良目标，每低1个百分点扣2分",
        ),
        (
            "教师考核.zs",
            "       国家级、一等、教材  14分\n       国家级、二等、其他  10分",
            "       国家级、二等、其他  10分\n       国家级、一等、教材  14分",
        ),
        ("信用评价.zs", "情节为严重的加倍，情节为轻微的减半", "情节为轻微的减半，情节为严重的加倍"),
        // Whatever is set to the last grade is there before and after a limit.
        (
            "信用评价.zs",
            "  当 被一票否决，等次定为D级\n  当 月数（得分低于60分）不少于3个月，等次不得高于C级",
            "  当 月数（得分低于60分）不少于3个月，等次不得高于C级\n  当 被一票否决，等次定为D级",
        ),
    ];
    for (book, from, to) in edits {
        let before = fs::read_to_string(rulebooks().join(book)).unwrap();
        let after = before.replacen(from, to, 1);
        assert_ne!(before, after, "{from}");
        let (old, new) = (compiled(&before), compiled(&after));
        assert_eq!(old.plan.hash(), new.plan.hash(), "{to}");
        let comparison = compare(&old, &new);
        assert!(comparison.is_same() && comparison.meant().next().is_none(), "{to}");
    }
}

/// How an indicator's months become one stands in what reads it, and is told of the line that says it.
#[test]
fn what_becomes_of_an_indicators_months_is_a_change() {
    let before = fs::read_to_string(rulebooks().join("乡镇综合考核.zs")).unwrap();
    let (old, new) = (compiled(&before), compiled(&before.replace("床位数（张），取期末数", "床位数（张），取平均")));
    let comparison = compare(&old, &new);
    let told: Vec<&Change> = comparison.changes.iter().collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].section, Section::Changed);
    assert_eq!(told[0].sentence, "目标考核.3.1 床位数：由取期末数改为取平均");
    assert_eq!(told[0].follows, ["目标考核.3.1 每万人床位"]);
}

/// What looks much the same and is not.
#[test]
fn what_only_looks_the_same_is_a_change() {
    let edits = [
        ("乡镇综合考核.zs", "不低于 招商目标 ÷ 2 得满分", "超过 招商目标 ÷ 2 得满分"),
        // Half of a point is less than one, and more than none.
        ("乡镇综合考核.zs", "投资增幅（%）：取期末数；低于10%，", "投资增幅（%）：取期末数；低于9%，"),
        ("2023.zs", "宣讲场次（场）：不足1场扣5分", "宣讲场次（场）：不少于2场，每少1场扣5分"),
        ("县乡镇考核.zs", "良好：80分及以上且低于90分", "良好：80分及以上且低于88分"),
        ("2023.zs", "奖励3000元", "奖励0.31万元"),
        // At the best grade it is not the same to go up first.
        (
            "信用评价.zs",
            "  当 连续3个月得分不低于85分，等次升1档\n  当 发生停业整顿，等次降1档",
            "  当 发生停业整顿，等次降1档\n  当 连续3个月得分不低于85分，等次升1档",
        ),
    ];
    for (book, from, to) in edits {
        let before = fs::read_to_string(rulebooks().join(book)).unwrap();
        let after = before.replacen(from, to, 1);
        let (old, new) = (compiled(&before), compiled(&after));
        assert_ne!(old.plan.hash(), new.plan.hash(), "{to}");
        assert!(compare(&old, &new).meant().next().is_some(), "{to}");
    }
}

// ---------------------------------------------------------------- random edits

/// What a comparison comes to, in a form that can be turned round: sections, lines, directions, and the facts that show
/// each change, with what comes of them.
fn shape(comparison: &Comparison<'_>, turn: bool) -> Vec<String> {
    let texts = |lines: &[zhunsheng::diff::SourceLine]| lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
    let mut list: Vec<String> = comparison
        .meant()
        .map(|change| {
            let (mut sides, mut section, mut direction) =
                ((texts(&change.old), texts(&change.new)), change.section, change.direction);
            let mut shown = match &change.effect {
                Effect::Shown(it) => Some(((&it.old_facts, &it.old), (&it.new_facts, &it.new), it.points)),
                _ => None,
            };
            if turn {
                sides = (sides.1, sides.0);
                (section, direction) = (section.turned(), direction.reversed());
                shown = shown.map(|(old, new, points)| (new, old, points.map(|(a, b)| (b, a))));
            }
            format!("{section:?} {sides:?} {direction:?} {shown:?}")
        })
        .collect();
    list.sort();
    list
}

/// What is wrong with how an edit is told; `None` where it does not compile.
fn judge(before: &Compiled, edit: &Edit, turn: bool) -> Option<Result<bool, String>> {
    let after = try_compile(&edit.text)?;
    let comparison = compare(before, &after);
    let complain = |what: &str| {
        let told: Vec<String> = comparison
            .meant()
            .map(|change| format!("  {:?} {} {:?}", change.section, change.sentence, change.effect))
            .collect();
        Some(Err(format!("{:?} {}: {what}\n{}", edit.kind, edit.says, told.join("\n"))))
    };
    if comparison.is_same() {
        return complain("is not found");
    }
    let fits = |change: &&Change| edit.sections.contains(&change.section) && change.sentence.contains(&edit.says);
    let Some(change) = comparison.meant().find(fits) else { return complain("is not told as it should be") };
    // One edit is one change, or as many as it says itself.
    if comparison.meant().count() > 3 {
        return complain("is told as too many changes");
    }
    let shown = match &change.effect {
        Effect::Shown(witness) => {
            if !confirm(&comparison, witness) {
                return complain("has a witness that does not hold");
            }
            if witness.is_against(change.direction) {
                return complain("has a witness against its direction");
            }
            true
        }
        Effect::None { reason } if reason.is_empty() => return complain("has no effect and no reason"),
        Effect::None { .. } => false,
        Effect::NotFound { .. } => return complain("has no witness"),
    };
    if turn {
        let back = compare(&after, before);
        if shape(&comparison, true) != shape(&back, false) {
            return complain(&format!("is told otherwise backwards:\n{:#?}", shape(&back, false)));
        }
    }
    Some(Ok(shown))
}

/// Judges edits on two threads; gives the number that compiled and, of these, that have a witness.
fn judge_all(jobs: Vec<(usize, Edit)>, books: &[Compiled], turn_every: usize) -> (usize, usize) {
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let results: Mutex<Vec<(Kind, Result<bool, String>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((index, (book, edit))) = queue.lock().unwrap().next() else { break };
                    if let Some(verdict) = judge(&books[book], &edit, index % turn_every == 0) {
                        results.lock().unwrap().push((edit.kind, verdict));
                    }
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    let wrong: Vec<&String> = results.iter().filter_map(|(_, verdict)| verdict.as_ref().err()).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        results.len(),
        wrong.iter().take(12).map(|it| it.as_str()).collect::<Vec<_>>().join("\n")
    );
    let mut kinds: std::collections::BTreeMap<Kind, (usize, usize)> = std::collections::BTreeMap::new();
    for (kind, verdict) in &results {
        let counts = kinds.entry(*kind).or_default();
        counts.0 += 1;
        counts.1 += usize::from(*verdict == Ok(true));
    }
    println!("{kinds:?}");
    (results.len(), results.iter().filter(|(_, verdict)| *verdict == Ok(true)).count())
}

#[test]
fn every_edit_of_a_small_book_is_found_named_and_shown() {
    let texts = small();
    let books: Vec<Compiled> = texts.iter().map(|text| compiled(text)).collect();
    // Some edits have no figure that may be another: those come once. EDIT_ROUNDS=400 tries more where someone has time.
    let (mut jobs, mut known) = (Vec::new(), HashSet::new());
    let rounds = std::env::var("EDIT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40u64);
    for round in 0..rounds {
        for (index, text) in texts.iter().enumerate() {
            let list = edits(text, &mut Chance::new(round * 7919 + 17)).into_iter();
            jobs.extend(list.filter(|edit| known.insert(edit.text.clone())).map(|edit| (index, edit)));
        }
    }
    let asked = jobs.len();
    println!("{asked} edits");
    let (judged, shown) = judge_all(jobs, &books, 10);
    assert!(judged * 10 > asked * 8, "{judged} of {asked} compile");
    assert!(shown * 10 > judged * 5, "{shown} of {judged} have a witness");
}

#[test]
fn edits_of_real_books_are_found_named_and_shown() {
    let texts = large();
    let books: Vec<Compiled> = texts.iter().map(|text| compiled(text)).collect();
    let mut chance = Chance::new(41);
    let mut jobs = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let mut list = edits(text, &mut chance);
        let most = if index == 0 { 6 } else { 4 };
        while list.len() > most {
            let at = chance.below(list.len() as u64) as usize;
            list.swap_remove(at);
        }
        jobs.extend(list.into_iter().map(|edit| (index, edit)));
    }
    judge_all(jobs, &books, 6);
}

// ---------------------------------------------------------------- each change by itself

/// Several changes at once: what is shown for one differs for the book with that change alone, too.
#[test]
fn a_witness_shows_its_change_without_the_others() {
    let edits = [
        ("扣分封顶 每月40分", "扣分封顶 每月30分"),
        ("缺项：每项扣1分", "缺项：每项扣2分"),
        ("错项：每项扣0.5分，最多扣5分", "错项：每项扣0.5分，最多扣4分"),
        ("未建台账：扣3分", "未建台账：扣4分"),
        ("不少于30件，每少1件扣1分", "不少于33件，每少1件扣1分"),
        ("信息采用：每篇加2分", "信息采用：每篇加3分"),
        ("加分封顶 每月20分", "加分封顶 每月25分"),
        ("后2名：约谈", "后3名：约谈"),
        ("同分并列，其后名次顺延空出", "同分并列，其后名次不空"),
    ];
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let all = edits.iter().fold(base.clone(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let (old, new) = (compiled(&base), compiled(&all));
    let comparison = compare(&old, &new);
    assert_eq!(comparison.meant().count(), edits.len());
    for change in comparison.meant() {
        let Effect::Shown(witness) = &change.effect else { panic!("{} {:?}", change.sentence, change.effect) };
        assert_eq!(witness.alone, Some(true), "{}", change.sentence);
        let (from, to) = edits.iter().find(|(_, to)| change.new.iter().any(|line| line.text.contains(to))).unwrap();
        let single = compiled(&base.replace(from, to));
        assert!(confirm(&compare(&old, &single), witness), "{}", change.sentence);
    }
}

/// What only two changes together make is said to be so.
#[test]
fn a_witness_of_two_changes_says_so() {
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let old = base.replace("  1. 事故\n", "  1. 事故\n     扣分封顶 每月3分\n     瞒报：扣3分\n");
    let new = old.replace("扣分封顶 每月3分", "扣分封顶 每月5分").replace("瞒报：扣3分", "瞒报：扣5分");
    let (old, new) = (compiled(&old), compiled(&new));
    let comparison = compare(&old, &new);
    let told: Vec<_> = comparison.meant().map(|change| (&change.sentence, &change.effect)).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    for (sentence, effect) in told {
        let Effect::Shown(witness) = effect else { panic!("{sentence} {effect:?}") };
        assert_eq!(witness.alone, Some(false), "{sentence}");
    }
}

// ---------------------------------------------------------------- what must not be said

/// One change of a made-up or real book: the text before, and one after the other with a piece put in its place.
fn after<'t>(before: &str, edits: impl IntoIterator<Item = (&'t str, &'t str)>) -> String {
    edits.into_iter().fold(before.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// Who has looked at one change has not looked at another of the same line or the same words.
#[test]
fn other_changes_have_other_fingerprints() {
    let before = fs::read_to_string(rulebooks().join("乡镇综合考核.zs")).unwrap();
    let print = |before: &str, edit: (&str, &str)| -> String {
        let (old, new) = (compiled(before), compiled(&after(before, [edit])));
        let comparison = compare(&old, &new);
        let prints: Vec<&str> = comparison.meant().map(|change| change.print.as_str()).collect();
        assert_eq!(prints.len(), 1, "{edit:?}");
        prints[0].to_owned()
    };
    let mean = print(&before, ("床位数（张），取期末数", "床位数（张），取平均"));
    let sum = print(&before, ("床位数（张），取期末数", "床位数（张），取合计"));
    assert_ne!(mean, sum);
    let two = "方案 试\n施行 2025年\n考评对象 所\n考评周期 每月\n单位属性 类别：甲类/乙类\n分组 按类别\n约定\n  每月基础分 0分\n  年终得分 = 各月得分之和\n  同分并列，其后名次不空\n板块 日常\n  缺席：每次扣1分\n排名 月度\n  按 得分 由高到低排名\n  分组排名\n排名 年终\n  按 年终得分 由高到低排名\n  分组排名\n";
    let monthly = print(two, ("由高到低排名\n  分组排名\n排名 年终", "由高到低排名\n排名 年终"));
    let yearly = print(two, ("  按 年终得分 由高到低排名\n  分组排名\n", "  按 年终得分 由高到低排名\n"));
    assert_ne!(monthly, yearly);
}

/// Fewer points may come to more where someone with too few does not take part, or a factor is below zero.
#[test]
fn no_direction_where_fewer_points_may_come_to_more() {
    let before = "方案 试\n施行 2025年\n考评对象 所\n考评周期 每月\n约定\n  每月基础分 100分\n  年终得分 = 各月得分平均，保留2位小数，四舍五入\n  不参评的月份不计入年终\n  同分并列，其后名次不空\n板块 日常\n  缺席：每次扣1分\n  早退：每次扣1分\n";
    let direction = |text: &str| {
        let (old, new) = (compiled(text), compiled(&after(text, [("缺席：每次扣1分", "缺席：每次扣2分")])));
        compare(&old, &new).meant().next().unwrap().direction
    };
    assert_eq!(direction(before), Direction::NeverMore);
    assert_eq!(direction(&format!("{before}参评\n  每月，当 日常得分低于-10分，不参评\n")), Direction::Unknown);
    assert_eq!(direction(&before.replace("板块 日常\n", "板块 日常\n  系数 0 - 1\n")), Direction::Unknown);
    // Of what is permitted somebody may choose less than before.
    let judged = |range: &str| compiled(&after(before, [("缺席：每次扣1分", range)]));
    let (old, new) = (judged("缺席：酌情扣1分至5分"), judged("缺席：酌情扣3分至5分"));
    assert_eq!(compare(&old, &new).meant().next().unwrap().direction, Direction::Unknown);
}

/// An item takes its full marks with it, and whoever is assessed by nothing else loses all there is.
#[test]
fn what_comes_and_goes_is_all_that_it_brings() {
    let head = "方案 试\n施行 2025年\n考评对象 所\n考评周期 每月\n约定\n  每月基础分 100分\n  年终得分 = 各月得分之和\n  同分并列，其后名次不空\n  除数为0的，不作考评\n  不适用的计0分\n板块 甲\n";
    let marks = "  1. 一\n     满分 10分，扣完为止\n     缺席：每次扣1分\n";
    let plain = "  1. 一\n     缺席：每次扣1分\n";
    let other = "  2. 二\n     早退：每次扣1分\n";
    let rate = "  2. 二\n     成功率 = 成功件数（件） ÷ 件数（件）\n     成功率：低于95%扣5分\n";
    let cases = [
        (marks, other, "", Direction::NeverMore),
        (plain, other, "", Direction::NeverFewer),
        // Of a mean the others make more where the least of them goes.
        (marks, other, "  各项平均\n", Direction::Unknown),
        // With nothing but the rate, which may be of nothing, there may be nothing left to assess.
        (plain, rate, "", Direction::Unknown),
        (marks, rate, "", Direction::Unknown),
    ];
    for (gone, stays, line, direction) in cases {
        let (with, without) = (format!("{head}{line}{gone}{stays}"), format!("{head}{line}{stays}"));
        let (with, without) = (compiled(&with), compiled(&without));
        let told = |old, new| compare(old, new).meant().map(|change| change.direction).collect::<Vec<_>>();
        assert_eq!(told(&with, &without), [direction], "{line}{gone}{stays}");
        assert_eq!(told(&without, &with), [direction.reversed()], "{line}{gone}{stays}");
    }
}

/// Under a cap of the same size it is other points that it limits.
#[test]
fn moving_under_another_cap_of_the_same_size_is_a_change() {
    let before = "方案 试\n施行 2025年\n考评对象 所\n考评周期 每月\n约定\n  每月基础分 0分\n  年终得分 = 各月得分之和\n  同分并列，其后名次不空\n板块 甲\n  扣分封顶 每月4分\n  1. 一\n     缺席：每次扣1分\n     早退：每次扣1分\n板块 乙\n  扣分封顶 每月4分\n  1. 二\n     迟报：每次扣1分\n";
    let moved = before.replace("     缺席：每次扣1分\n", "").replace("     迟报", "     缺席：每次扣1分\n     迟报");
    let told = |before: &str, moved: &str| {
        let (old, new) = (compiled(before), compiled(moved));
        compare(&old, &new).meant().map(|change| change.section).collect::<Vec<_>>()
    };
    assert_eq!(told(before, &moved), [Section::Changed]);
    let (free, moved) = (before.replace("  扣分封顶 每月4分\n", ""), moved.replace("  扣分封顶 每月4分\n", ""));
    assert_eq!(told(&free, &moved), [Section::Moved]);
}

/// Branches that give one thing two names, or put something into what the other takes away, do not agree.
#[test]
fn branches_that_do_not_agree_are_told() {
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let clash = |ours: &str, theirs: &str| {
        let (base, ours, theirs) = (compiled(&base), compiled(ours), compiled(theirs));
        let found = zhunsheng::diff::clashes(&compare(&base, &ours), &compare(&base, &theirs));
        found.iter().map(|clash| clash.same).collect::<Vec<_>>()
    };
    let renamed = |name: &str| after(&base, [("未建台账：", name)]);
    assert_eq!(clash(&renamed("没有台账："), &renamed("台账没建：")), [false]);
    assert_eq!(clash(&renamed("没有台账："), &renamed("没有台账：")), [true]);
    let titled = |title: &str| after(&base, [("方案", title)]);
    assert_eq!(clash(&titled("方案 甲"), &titled("方案 乙")), [false]);
    let item = base.find("  1. 事故\n").expect("an item");
    let end = base[item + 1..].find("\n板块").map_or(base.len(), |at| item + 1 + at);
    let without = format!("{}{}", &base[..item], &base[end..]);
    let within = after(&base, [("  1. 事故\n", "  1. 事故\n     瞒报：每次扣1分\n")]);
    if try_compile(&without).is_some() {
        assert_eq!(clash(&without, &within), [false]);
    }
}

/// Of several prizes in a line the one that changed is named.
#[test]
fn the_prize_that_changed_is_named() {
    let before = fs::read_to_string(rulebooks().join("县乡镇考核.zs")).unwrap();
    let (old, new) = (compiled(&before), compiled(&after(&before, [("第3名：奖励5万元", "第3名：奖励6万元")])));
    let comparison = compare(&old, &new);
    let told: Vec<&str> = comparison.meant().map(|change| change.sentence.as_str()).collect();
    assert_eq!(told, ["奖惩 第3名：由奖励5万元改为奖励6万元"]);
}

/// What shows a change from one book to the other shows it from the other to the one.
#[test]
fn books_that_change_places_say_the_same() {
    let read = |name: &str| fs::read_to_string(rulebooks().join(name)).unwrap();
    let town = read("乡镇综合考核.zs");
    let pairs = [
        (read("2023.zs"), read("2024.zs")),
        (town.clone(), after(&town, [("信访控制数（件）：统一每年一个", "信访控制数（件）：每单位每年一个")])),
    ];
    for (old, new) in pairs {
        let (old, new) = (compiled(&old), compiled(&new));
        let (forth, back) = (compare(&old, &new), compare(&new, &old));
        assert_eq!(shape(&forth, true), shape(&back, false));
    }
}

/// A veto more, or one of more periods, is stricter; a title, a grade likewise.
#[test]
fn vetoes_have_a_direction() {
    let edits = [
        ("2023.zs", "泄密：一票否决，年终排名末位", "泄密：一票否决，当月和年终排名末位", Section::Stricter),
        (
            "2023.zs",
            "违规使用车辆：一票否决，当月和年终排名末位",
            "违规使用车辆：一票否决，当月排名末位",
            Section::Looser,
        ),
        ("乡镇综合考核.zs", "一般事故：每起扣10分", "一般事故：每起扣10分，取消评先资格", Section::Changed),
        ("2023.zs", "个人原因：扣20分", "个人原因：扣20分，取消评先资格", Section::Stricter),
    ];
    for (book, from, to, section) in edits {
        let before = fs::read_to_string(rulebooks().join(book)).unwrap();
        let (old, new) = (compiled(&before), compiled(&after(&before, [(from, to)])));
        let told: Vec<Section> = compare(&old, &new).meant().map(|change| change.section).collect();
        assert_eq!(told, [section], "{to}");
    }
}

/// What is decided over all units, and over several months, is shown all the same.
#[test]
fn quotas_and_counted_months_have_a_witness() {
    let edits = [
        ("乡镇综合考核.zs", "空出的名额依次递补", "空出的名额不递补"),
        ("乡镇综合考核.zs", "90分及以上，不超过30%", "90分及以上，不超过25%"),
        ("信用评价.zs", "月数（得分低于60分）不少于3个月", "月数（得分低于60分）不少于2个月"),
        ("分公司绩效.zs", "年度内累计3次等次为D", "年度内累计2次等次为D"),
        ("分公司绩效.zs", "按人员计次，全年连续计次\n板块", "全年连续计次\n板块"),
        ("乡镇综合考核.zs", "各季度平均", "各季度最低"),
        ("乡镇综合考核.zs", "依次比较经济发展得分、社会治理得分", "依次比较社会治理得分、经济发展得分"),
        (
            "环境考核.zs",
            "依次比较各月空气质量得分平均、各月水环境得分平均",
            "依次比较各月水环境得分平均、各月空气质量得分平均",
        ),
        ("环境考核.zs", "当 连续3个月名次在第6名及以后", "当 连续2个月名次在第6名及以后"),
        ("环境考核.zs", "第4名至第7名加1分", "第4名至第6名加1分"),
        ("分公司绩效.zs", "月数（等次为A）不低于3", "月数（等次为A）不低于2"),
        ("分公司绩效.zs", "总分不低于85分，不超过20%", "总分不低于85分，不超过15%"),
        ("分公司绩效.zs", "当 年度内累计3次等次为D", "当 连续3个月等次为D"),
        ("信用评价.zs", "当 连续3个月等次为D级", "当 每累计3个月等次为D级"),
        ("信用评价.zs", "当 连续3个月等次为D级", "当 月数（等次为D级）不少于3"),
        ("信用评价.zs", "A级：110分及以上，前20%", "A级：110分及以上，前10%"),
        (
            "信用评价.zs",
            "  当 连续3个月得分不低于85分，等次升1档\n  当 发生停业整顿，等次降1档",
            "  当 发生停业整顿，等次降1档\n  当 连续3个月得分不低于85分，等次升1档",
        ),
    ];
    for (book, from, to) in edits {
        let before = fs::read_to_string(rulebooks().join(book)).unwrap();
        let (old, new) = (compiled(&before), compiled(&after(&before, [(from, to)])));
        let comparison = compare(&old, &new);
        let change = comparison.meant().next().unwrap();
        let Effect::Shown(witness) = &change.effect else { panic!("{} {:?}", change.sentence, change.effect) };
        assert!(confirm(&comparison, witness), "{}", change.sentence);
    }
}

/// A named value that goes on from its own month before is looked into once.
#[test]
fn a_running_sum_has_a_witness() {
    let book = |most: u32| {
        let line = format!("累计投诉：超过{most}件，扣2分");
        let item = "累计投诉 = 投诉 + 上月累计投诉（没有的按 0 计）";
        compiled(&format!("{FRAME}{CONVENTIONS}板块 信访\n  1. 投诉\n     指标 投诉（件）\n     {item}\n     {line}\n"))
    };
    let (old, new) = (book(10), book(12));
    let comparison = compare(&old, &new);
    assert_eq!(comparison.meant().count(), 1);
    for change in comparison.meant() {
        assert!(matches!(change.effect, Effect::Shown(_)), "{} {:?}", change.sentence, change.effect);
    }
}

/// A line of several prizes is held against the line that gives one of them, and what another line does to a prize is not
/// told of its own; lines whose places are put together are one change.
#[test]
fn prizes_are_told_by_what_their_lines_say() {
    let divided = ("第1名至第3名：奖励3000元\n  第4名至第5名：奖励2000元", "第1名至第5名：奖励2500元");
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: [Case<'_>; 4] = [
        (
            "乡镇综合考核.zs",
            &[("第1名：授予红旗单位", "前2名：授予红旗单位；其余：约谈")],
            &["奖惩：由“第1名：授予红旗单位”改为“前2名：授予红旗单位；其余：约谈”"],
        ),
        (
            "2023.zs",
            &[
                ("不予奖励的名次不递补", "不予奖励的名次依次递补"),
                ("第4名至第5名：奖励2000元", "第4名至第5名：奖励2000元；其余：约谈"),
            ],
            &["奖惩：增加“其余：约谈”", "奖惩：由不予奖励的名次不递补改为不予奖励的名次依次递补"],
        ),
        (
            "2023.zs",
            &[divided],
            &["奖惩：“第1名至第3名：奖励3000元”“第4名至第5名：奖励2000元”并为“第1名至第5名：奖励2500元”"],
        ),
        (
            "2023.zs",
            &[(divided.0, "第1名：奖励5000元\n  第2名至第3名：奖励2500元\n  第4名至第5名：奖励2000元")],
            &["奖惩：“第1名至第3名：奖励3000元”分为“第1名：奖励5000元”“第2名至第3名：奖励2500元”"],
        ),
    ];
    for (book, edits, told) in cases {
        let before = fs::read_to_string(rulebooks().join(book)).unwrap();
        let (old, new) = (compiled(&before), compiled(&after(&before, edits.iter().copied())));
        let comparison = compare(&old, &new);
        let sentences: Vec<&str> = comparison.meant().map(|change| change.sentence.as_str()).collect();
        assert_eq!(sentences, told);
        for change in comparison.meant() {
            let Effect::Shown(witness) = &change.effect else { panic!("{} {:?}", change.sentence, change.effect) };
            assert!(!(witness.old.contains("奖励") && change.sentence.contains("其余：约谈")), "{}", witness.brief);
        }
    }
}

/// A witness holds nothing that it does not take, and of what comes again only how often.
#[test]
fn a_witness_is_as_small_as_it_can_be() {
    let edits = [
        ("2023.zs", "扣分封顶 每月10分", "扣分封顶 每月15分", "2条事实：旧 -10，新 -13"),
        (
            "分公司绩效.zs",
            "专利：每项加2分，角色为参与的减半，全年最多加10分",
            "专利：每项加2分，角色为参与的减半，全年最多加8分",
            "2条事实：旧 10，新 8",
        ),
        ("信用评价.zs", "当 资料为缺一类，93分；", "", "没有事实：旧 93，新 90"),
        (
            "教师考核.zs",
            "师德师风得分低于12分，等次定为不合格",
            "师德师风得分低于15分，等次定为不合格",
            "2条事实：旧 基本合格，新 不合格",
        ),
        (
            "2023.zs",
            "年终得分 = 各月得分之和",
            "年终得分 = 各月得分平均，保留2位小数，四舍五入",
            "2条事实：旧 20，新 10",
        ),
        // What one book permits and the other does not is given as near to it as that permits.
        (
            "2023.zs",
            "影响全区名次靠后：酌情扣5分至15分",
            "影响全区名次靠后：酌情扣10分至15分",
            "1次，分值按旧方案填5、按新方案填10：旧 -5，新 -10",
        ),
    ];
    for (book, from, to, brief) in edits {
        let before = fs::read_to_string(rulebooks().join(book)).unwrap();
        let (old, new) = (compiled(&before), compiled(&after(&before, [(from, to)])));
        let comparison = compare(&old, &new);
        let change = comparison.meant().next().unwrap();
        let Effect::Shown(witness) = &change.effect else { panic!("{} {:?}", change.sentence, change.effect) };
        assert_eq!(witness.brief, brief, "{}", change.sentence);
    }
}

/// What alone bears its name is the same where it stands elsewhere and says something else.
#[test]
fn what_moves_and_changes_is_not_taken_away() {
    let before = "方案 试\n施行 2025年\n考评对象 所\n考评周期 每月\n约定\n  每月基础分 100分\n  年终得分 = 各月得分之和\n  同分并列，其后名次不空\n板块 日常\n  1. 会议\n     缺席：每次扣1分\n     迟报：每次扣1分\n  2. 材料\n     缺项：每项扣1分\n";
    let moved = after(
        before,
        [("     缺席：每次扣1分\n", ""), ("缺项：每项扣1分\n", "缺项：每项扣1分\n     缺席：每次扣3分，最多扣6分\n")],
    );
    let (old, new) = (compiled(before), compiled(&moved));
    let comparison = compare(&old, &new);
    let told: Vec<&str> = comparison.meant().map(|change| change.sentence.as_str()).collect();
    assert!(told.iter().any(|sentence| sentence.contains("移到“日常.2”")), "{told:?}");
    assert!(!told.iter().any(|sentence| sentence.contains("新增") || sentence.contains("取消")), "{told:?}");
}

/// Who sets a figure moves nobody for whom it is the same.
#[test]
fn a_parameter_for_all_or_for_each_is_no_other_figure() {
    let before = fs::read_to_string(rulebooks().join("乡镇综合考核.zs")).unwrap();
    let edit = ("信访控制数（件）：统一每年一个", "信访控制数（件）：每单位每年一个");
    let (old, new) = (compiled(&before), compiled(&after(&before, [edit])));
    for (old, new) in [(&old, &new), (&new, &old)] {
        let comparison = compare(old, new);
        let told: Vec<_> = comparison.meant().map(|change| &change.effect).collect();
        assert!(matches!(told[..], [Effect::None { .. }]), "{told:?}");
    }
}
