//! Witnesses and reasons: what a limit is said to hide is hidden, whatever the facts; witnesses stand at limits, and can be
//! put back as an 例.

mod scratch;

use scratch::random::facts;
use scratch::{Chance, FRAME};
use zhunsheng::analysis::{Facts, relaxed};
use zhunsheng::calendar::{Cycle, PeriodId};
use zhunsheng::compile::{Compiled, compile_text};
use zhunsheng::diff::{Effect, compare};
use zhunsheng::plan::Plan;

const HEAD: &str = "事实列 情节：轻微/严重\n约定\n  年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n  未写“每”的，当月只计一次\n  一票否决的排在末位，相互间按得分高低排序\n  按季度考评的，计入最后一个月\n";

/// Lines of items; `N` is a number of points.
const LINES: &[&str] = &[
    "缺席：每次扣N分",
    "迟到：每次扣N分，最多扣N分",
    "失密：扣N分",
    "旷工：扣N分，情节为严重的加倍",
    "早退：每次扣N分，情节为严重的减半",
    "通报：扣N分，一票否决，年终排名末位",
    "漏报：每次扣N分，全年最多扣N分",
    "错报：每次最多扣N分，每次扣N分",
    "多报：第1次扣N分，第2次起每次扣N分",
    "录入（件）：低于3件扣N分；3件至6件扣N分",
    "差错（件）：每件扣N分，最多扣N分",
    "表彰：每次加N分",
    "获奖：加N分",
    "创新：每次加N分，最多加N分",
    "采用：情节为严重的加N分；情节为轻微的加N分",
];

/// What limits an item or a section.
const LIMITS: &[&str] = &[
    "扣分封顶 每月N分",
    "加分封顶 每月N分",
    "扣分封顶 全年N分",
    "加分封顶 每季度N分",
    "得分封顶 N分",
    "得分不低于 0分",
    "得分不低于 -N分",
    "满分 N分，扣完为止",
    "系数 0.5",
    "系数 2",
    "保留整数，四舍五入",
    "同一事项全年按最高级别计一次，已计分的补足差额",
    "考评周期 每季度",
    "当 录入低于2件，本项计零",
];

/// What looks at an item's points beside the total.
const READERS: &[&str] = &[
    "\n板块 乙\n  当 甲.1得分低于-N分，本项计-N分\n  日常：每次扣1分\n",
    "\n板块 乙\n  满分 50分\n  当 甲得分低于-N分，本项计零\n",
    "\n奖惩 年终\n  当 甲得分不低于-N分：奖励100元\n",
];

fn figures(text: &str, from: &[u8], chance: &mut Chance) -> String {
    let mut parts = text.split('N');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + &chance.pick(from).to_string() + part)
}

/// Points are often as many as limits leave.
const POINTS: &[u8] = &[2, 5, 8, 10, 12, 15, 20];
const MOST: &[u8] = &[2, 4, 5, 6, 8, 10, 15];

fn book(chance: &mut Chance) -> String {
    let start = *chance.pick(&[0_u8, 0, 20, 100]);
    let mut text = format!("{FRAME}{HEAD}  每月基础分 {start}分\n板块 甲\n");
    let limit = |text: &mut String, indent: &str, chance: &mut Chance| {
        if !chance.one_in(3) {
            let line = figures(LIMITS[chance.below(LIMITS.len() as u64) as usize], MOST, chance);
            *text += &format!("{indent}{line}\n");
        }
    };
    limit(&mut text, "  ", chance);
    limit(&mut text, "  ", chance);
    let mut at = 0;
    for item in 1..=2 {
        text += &format!("  {item}. 第{item}项\n");
        limit(&mut text, "     ", chance);
        limit(&mut text, "     ", chance);
        for _ in 0..1 + chance.below(2) {
            at += 1 + chance.below(5) as usize;
            text += &format!("     {}\n", figures(LINES[at % LINES.len()], POINTS, chance));
        }
    }
    if chance.one_in(4) {
        text += &figures(READERS[chance.below(READERS.len() as u64) as usize], POINTS, chance);
    }
    text
}

/// The same with one figure of points otherwise.
fn edited(text: &str, chance: &mut Chance) -> Option<String> {
    let at: Vec<usize> =
        text.match_indices(['扣', '加', '月', '年', '过', '分']).map(|(at, word)| at + word.len()).collect();
    let figure = |at: usize| {
        let digits = text[at..].trim_start();
        let from = text.len() - digits.len();
        let end = digits.find(|c: char| !c.is_ascii_digit())?;
        (end > 0 && digits[end..].starts_with('分') && at > text.find("板块")?).then_some(from..from + end)
    };
    let figures: Vec<_> = at.into_iter().filter_map(figure).collect();
    let range = (!figures.is_empty()).then(|| chance.pick(&figures).clone())?;
    let other = *chance.pick(&[1_u8, 4, 7, 10, 11, 14, 18, 25, 30]);
    Some(format!("{}{other}{}", &text[..range.start], &text[range.end..]))
}

/// The totals of all units in a month, at the end of the quarter and in the year.
fn totals(plan: &Plan, given: &Facts) -> Vec<String> {
    let months: Vec<PeriodId> = plan.calendar.each(Cycle::Month).collect();
    let periods = [months[months.len() - 2], months[months.len() - 1], plan.calendar.term()];
    let told = periods.into_iter().map(|period| match given.score(plan, period) {
        Ok((_, outcome)) => {
            let mut units: Vec<_> = outcome.units.iter().collect();
            units.sort_by_key(|unit| unit.unit);
            units.iter().map(|unit| format!("{} {} {:?};", unit.total, unit.vetoed, unit.status)).collect()
        }
        Err(_) => "refused".to_owned(),
    });
    told.collect()
}

/// Facts for which the books come to other totals.
fn telling(old: &Compiled, new: &Compiled, chance: &mut Chance) -> Option<Facts> {
    let (left, right) = (relaxed(old.plan.clone()), relaxed(new.plan.clone()));
    (0..8).map(|_| facts(&old.plan, chance)).find(|given| totals(&left, given) != totals(&right, given))
}

fn compiled(text: &str) -> Option<Compiled> {
    compile_text("试.zs", text).0
}

#[test]
fn what_a_limit_hides_no_facts_show() {
    let rounds = std::env::var("EDIT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(700u64);
    let (mut compared, mut hidden) = (0, 0);
    for round in 0..rounds {
        let chance = &mut Chance::new(round * 6151 + 5);
        let before = book(chance);
        let Some(old) = compiled(&before) else { continue };
        let Some((after, new)) = edited(&before, chance).and_then(|text| Some((text.clone(), compiled(&text)?))) else {
            continue;
        };
        let told = telling(&old, &new, chance);
        // What no facts show is long looked for.
        if told.is_none() && !chance.one_in(3) {
            continue;
        }
        compared += 1;
        let comparison = compare(&old, &new);
        for change in comparison.meant() {
            let Effect::None { reason } = &change.effect else { continue };
            if !reason.contains("遮住") {
                continue;
            }
            hidden += 1;
            let given = told.as_ref().map(Facts::told);
            assert_eq!(given, None, "{}：{reason}\n{before}\n{after}", change.sentence);
        }
    }
    println!("{hidden} of {compared}");
    assert!(compared * 10 > rounds && hidden * 20 > compared, "{hidden} of {compared}, {rounds} rounds");
}

/// The effect of the one change between two made-up books.
fn effect(old: &str, new: &str) -> Effect {
    let book = |items: &str| format!("{FRAME}{HEAD}  每月基础分 100分\n  缺报的，按0计\n板块 甲\n{items}");
    let told = |text: &str| compiled(text).unwrap_or_else(|| panic!("{text}"));
    let (old, new) = (told(&book(old)), told(&book(new)));
    let comparison = compare(&old, &new);
    let mut changes = comparison.meant();
    changes.next().map(|change| change.effect.clone()).expect("a change")
}

#[test]
fn a_limit_that_both_books_reach_hides_the_change() {
    let hidden = [
        ("  扣分封顶 每月10分\n  1. 一\n     失密：扣N分\n", "10", "15", "“甲”扣分封顶10分"),
        ("  扣分封顶 全年10分\n  1. 一\n     缺席：每次扣N分\n", "12", "20", "“甲”扣分封顶全年10分"),
        ("  1. 一\n     满分 10分，扣完为止\n     缺席：扣N分\n", "20", "30", "“甲.1”最低0分"),
        ("  1. 一\n     扣分封顶 每月10分\n     缺席：每次扣1分，最多扣N分\n", "50", "60", "“甲.1”扣分封顶10分"),
        ("  扣分封顶 每月10分\n  1. 一\n     扣分封顶 每月N分\n     缺席：每次扣1分\n", "20", "30", "“甲”扣分封顶10分"),
        ("  加分封顶 每月10分\n  1. 一\n     获奖：加N分\n", "10", "15", "“甲”加分封顶10分"),
        ("  扣分封顶 每月8分\n  1. 一\n     系数 0.5\n     失密：扣N分\n", "16", "20", "“甲”扣分封顶8分"),
    ];
    for (book, from, to, limit) in hidden {
        let (old, new) = (book.replace('N', from), book.replace('N', to));
        for (old, new) in [(&old, &new), (&new, &old)] {
            match effect(old, new) {
                Effect::None { reason } => assert!(reason.starts_with(limit), "{book}{reason}"),
                other => panic!("{book}{other:?}"),
            }
        }
    }
}

#[test]
fn what_comes_past_a_limit_is_not_hidden() {
    let shown = [
        // A bonus is netted before what is left is limited.
        ("  1. 一\n     满分 10分，加分可超过满分\n     缺席：扣N分\n     获奖：每次加5分\n", "20", "30"),
        // Half of it stays below.
        ("  扣分封顶 每月10分\n  1. 一\n     失密：扣N分，情节为严重的减半\n", "12", "18"),
        // Something else goes by the item's points.
        (
            "  扣分封顶 每月10分\n  1. 一\n     失密：扣N分\n板块 乙\n  当 甲.1得分低于-12分，本项计-5分\n  迟到：每次扣1分\n",
            "10",
            "15",
        ),
        // The line's own limit of the year is used up sooner.
        ("  扣分封顶 每月10分\n  1. 一\n     失密：扣N分，全年最多扣12分\n", "10", "12"),
        ("  扣分封顶 每月10分\n  1. 一\n     失密：扣N分\n", "9", "15"),
    ];
    for (book, from, to) in shown {
        let (old, new) = (book.replace('N', from), book.replace('N', to));
        let told = effect(&old, &new);
        assert!(!matches!(&told, Effect::None { .. }), "{book}{told:?}");
    }
}

#[test]
fn a_witness_stands_at_the_limit() {
    let told = |old: &str, new: &str| match effect(&format!("  1. 一\n{old}"), &format!("  1. 一\n{new}")) {
        Effect::Shown(witness) => witness.brief,
        other => panic!("{old}{other:?}"),
    };
    let short = |least: u32| format!("     录入（件）：不少于{least}件，每少1件扣1分\n");
    assert_eq!(told(&short(30), &short(36)), "35件：旧 0，新 -1");
    let cap = |per: &str| format!("     加分封顶 {per}30分\n     配合：每件酌情加1分至3分\n");
    assert!(told(&cap("每月"), &cap("每季度")).contains("条事实"));
}

/// What is printed of a witness, with the points that came of it, is an 例 that passes.
#[test]
fn a_witness_can_be_put_back_as_an_example() {
    let text = std::fs::read_to_string(scratch::RULEBOOK).expect("the rulebook of 2023");
    let book = text.split("\n例 ").next().map(|book| format!("{book}\n")).expect("a book");
    let edits = [
        ("缺项：每项扣1分", "缺项：每项扣2分"),
        ("不准确：每项扣0.5分", "不准确：每项扣1分"),
        ("录入件数（件）：不少于30件，每少1件扣1分", "录入件数（件）：不少于30件，每少1件扣2分"),
        ("成功率：低于95%扣5分", "成功率：低于95%扣6分"),
        ("无故缺席：每人次扣2分", "无故缺席：每人次扣3分"),
    ];
    let old = compiled(&book).expect("it compiles");
    for (from, to) in edits {
        assert!(book.contains(from), "{from}");
        let changed = book.replacen(from, to, 1);
        let new = compiled(&changed).expect("it compiles");
        let comparison = compare(&old, &new);
        let change = comparison.meant().next().expect("a change");
        let Effect::Shown(witness) = &change.effect else { panic!("{} {:?}", change.sentence, change.effect) };
        for (book, facts, points) in
            [(&book, &witness.old_facts, &witness.old), (&changed, &witness.new_facts, &witness.new)]
        {
            let item = facts.lines().find_map(|line| line.strip_prefix("  ")?.split(' ').next()).expect("a row");
            let facts: String = facts.lines().map(|line| format!("  {line}\n")).collect();
            let passes = [item, "总分"].into_iter().any(|what| {
                let with = format!("{book}\n例 试\n{facts}  则 {what} {points}分\n");
                compiled(&with).is_some_and(|with| zhunsheng::example::run(&with).0.failed == 0)
            });
            assert!(passes, "{}\n{facts}{points}", change.sentence);
        }
    }
}
