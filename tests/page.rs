//! The web page of the results, in a browser: it sorts, finds, unfolds, prints, fits a phone, and runs nothing else.

mod browser;
mod scratch;

use std::fs;
use std::path::{Path, PathBuf};

use browser::Browser;
use scratch::{RULEBOOK, Scratch, beside, score_json, zhunsheng};
use serde_json::{Value, json};

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (360, 740);

/// Writes the reports of a period and gives the page.
#[track_caller]
fn page(rulebook: &str, data: &Path, period: &str, out: &Scratch) -> PathBuf {
    let folder = out.path.join(period);
    let [data, to] = [data, &folder].map(|path| path.to_str().unwrap());
    let output = zhunsheng(["score", rulebook, data, "--period", period, "--out", to]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join("考评结果.html")
}

fn sample_year() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/2023")
}

/// Nothing was complained about, and nothing was asked for but the page itself.
#[track_caller]
fn assert_quiet(browser: &Browser) {
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
    let requests = browser.requests();
    assert!(!requests.is_empty() && requests.iter().all(|url| url.starts_with("file://")), "{requests:?}");
    assert_eq!(requests.len(), 1, "{requests:?}");
}

/// The texts of what a selector finds and is to be seen.
#[track_caller]
fn seen(browser: &mut Browser, selector: &str) -> Vec<String> {
    let script = format!(
        "[...document.querySelectorAll({})].filter(one => one.checkVisibility()).map(one => one.textContent.trim())",
        json!(selector)
    );
    serde_json::from_value(browser.run(&script)).unwrap()
}

#[track_caller]
fn click(browser: &mut Browser, selector: &str) {
    browser.run(&format!("document.querySelector({}).click()", json!(selector)));
}

// ---------------------------------------------------------------- what can be done

#[test]
fn columns_sort_both_ways_and_say_so() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    browser.open(&page(RULEBOOK, &sample_year(), "2023-04", &out), DESK);
    let in_rank_order = seen(&mut browser, "#ranking tbody th");
    assert_eq!(in_rank_order.len(), 25);
    let totals = |browser: &mut Browser| -> Vec<f64> {
        seen(browser, "#ranking td.total").iter().map(|text| text.parse().unwrap()).collect()
    };
    click(&mut browser, "#ranking th.total button");
    let up = totals(&mut browser);
    assert!(up.is_sorted(), "{up:?}");
    assert_eq!(browser.run("document.querySelector('#ranking th.total').ariaSort"), "ascending");
    assert_eq!(browser.run("document.querySelectorAll('#ranking thead th:not([aria-sort=none])').length"), 1);
    click(&mut browser, "#ranking th.total button");
    let down = totals(&mut browser);
    assert!(down.iter().rev().is_sorted(), "{down:?}");
    assert_eq!(browser.run("document.querySelector('#ranking th.total').ariaSort"), "descending");
    // Equals keep the order of the ranks; sorting by rank brings the first order back.
    assert_eq!(seen(&mut browser, "#ranking tbody th"), in_rank_order);
    click(&mut browser, "#ranking th.unit button");
    assert_ne!(seen(&mut browser, "#ranking tbody th"), in_rank_order);
    click(&mut browser, "#ranking th.rank button");
    assert_eq!(seen(&mut browser, "#ranking tbody th"), in_rank_order);
    assert_quiet(&browser);
}

#[test]
fn the_search_box_leaves_the_units_that_are_meant() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    browser.open(&page(RULEBOOK, &sample_year(), "2023", &out), DESK);
    let find = |browser: &mut Browser, text: &str| {
        browser.run(&format!(
            "(box => {{ box.value = {}; box.dispatchEvent(new Event('input')); }})(document.querySelector('#search'))",
            json!(text)
        ));
    };
    find(&mut browser, " 里 司法所");
    for table in
        ["#ranking tbody th", "#periods tbody th", "#lost tbody th", "#totals .bar .name", "details.unit .name"]
    {
        let mut names = seen(&mut browser, table);
        names.sort();
        assert_eq!(names, ["十九里司法所", "十八里司法所"], "{table}");
    }
    assert_eq!(seen(&mut browser, "#found"), ["2个单位"]);
    assert_eq!(browser.run("document.querySelectorAll('.way.picked').length"), 2);
    find(&mut browser, "没有这个所");
    assert!(seen(&mut browser, "#ranking tbody th").is_empty());
    find(&mut browser, "");
    assert_eq!(seen(&mut browser, "#ranking tbody th").len(), 25);
    assert_eq!(seen(&mut browser, "#found"), [""]);
    assert_eq!(browser.run("document.querySelectorAll('.way.picked').length"), 0);
    assert_quiet(&browser);
}

#[test]
fn an_explanation_unfolds_down_to_the_fact() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    let path = page(RULEBOOK, &sample_year(), "2023", &out);
    browser.open(&path, DESK);
    assert!(seen(&mut browser, ".why li").is_empty());
    // A unit's name in the ranking leads to why.
    browser
        .run("[...document.querySelectorAll('#ranking tbody a')].find(one => one.innerText === '古井司法所').click()");
    browser.run("new Promise(done => setTimeout(done, 100))");
    assert_eq!(seen(&mut browser, "details.unit[open] summary .name"), ["古井司法所"]);
    let months = seen(&mut browser, "details.unit[open] .period summary");
    assert_eq!(months.len(), 10);
    assert!(seen(&mut browser, "details.unit[open] .entry").is_empty());
    click(&mut browser, "details.unit[open] .period summary");
    browser.run("document.querySelectorAll('details.unit[open] .period details').forEach(one => one.open = true)");
    let entries = seen(&mut browser, "details.unit[open] .entry");
    assert!(
        entries.iter().any(|entry| entry.contains("2023-04.csv:18：2件") && entry.contains("扣10分")),
        "{entries:?}"
    );
    let sources = seen(&mut browser, "details.unit[open] .source");
    assert!(sources.iter().any(|source| source == "依据：细则·法律援助·3"), "{sources:?}");
    click(&mut browser, "#collapse");
    assert!(seen(&mut browser, "details[open]").is_empty());
    click(&mut browser, "#expand");
    assert_eq!(browser.run("document.querySelectorAll('details:not([open])').length"), 0);
    assert_quiet(&browser);
}

#[test]
fn without_the_script_all_is_there_to_read() {
    let out = Scratch::new();
    let text = fs::read_to_string(page(RULEBOOK, &sample_year(), "2023", &out)).unwrap();
    let script = text.rfind("<script>").unwrap();
    let without = &text[..script];
    assert!(!without.contains("<script"));
    for part in ["id=\"ranking\"", "id=\"totals\"", "id=\"places\"", "id=\"periods\"", "id=\"lost\"", "id=\"annex\""] {
        assert_eq!(without.matches(part).count(), 1, "{part}");
    }
    assert_eq!(without.matches("<details class=\"unit\"").count(), 25);
    // The buttons that need it are not shown.
    assert!(without.contains("<span class=\"acts\" hidden>"));
}

// ---------------------------------------------------------------- what it shows

#[test]
fn the_page_shows_what_the_program_says() {
    let out = Scratch::new();
    let Some(mut browser) = Browser::start() else { return };
    for period in ["2023", "2023-04"] {
        browser.open(&page(RULEBOOK, &sample_year(), period, &out), DESK);
        let result = score_json(&sample_year(), period);
        let rows: Value = browser.run("[...document.querySelectorAll('#ranking tbody tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))");
        for (row, unit) in rows.as_array().unwrap().iter().zip(result["units"].as_array().unwrap()) {
            assert_eq!(row[0].as_str().unwrap(), unit["rank"].to_string());
            assert_eq!((&row[1], &row[2]), (&unit["unit"], &unit["total"]));
            for (at, section) in unit["sections"].as_array().unwrap().iter().enumerate() {
                let shown = row[3 + at].as_str().unwrap().trim_end_matches('*').trim();
                assert!(shown == "—" || shown == section["points"].as_str().unwrap(), "{period}: {row} {section}");
            }
        }
        let readings = result["readings"].as_array().unwrap().len();
        assert_eq!(browser.run("document.querySelectorAll('#annex li').length"), readings);
        assert!(seen(&mut browser, "footer code").contains(&result["rulebook"]["hash"].as_str().unwrap().to_owned()));
        assert_quiet(&browser);
    }
}

#[test]
fn groups_grades_and_awards_are_shown() {
    let Some(mut browser) = Browser::start() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks");
    let books = [("乡镇综合考核", "2024"), ("信用评价", "2024"), ("教师考核", "2023至2024学年"), ("环境考核", "2024")];
    for (book, period) in books {
        let (out, rulebook) = (Scratch::new(), root.join(format!("{book}.zs")));
        let path = page(rulebook.to_str().unwrap(), &root.join("facts").join(book), period, &out);
        browser.open(&path, DESK);
        let heads = seen(&mut browser, "#ranking thead th");
        assert!(heads.contains(&"奖惩".to_owned()), "{book}: {heads:?}");
        assert_eq!(heads.contains(&"分组".to_owned()), book != "信用评价", "{book}: {heads:?}");
        assert_eq!(heads.contains(&"等次".to_owned()), book != "环境考核", "{book}: {heads:?}");
        assert!(!seen(&mut browser, "#lost tbody td").is_empty());
        assert_quiet(&browser);
        browser.open(&path, PHONE);
        assert_eq!(browser.run("document.documentElement.scrollWidth <= innerWidth"), true, "{book}");
    }
}

#[test]
fn further_rankings_have_columns_and_groups_have_charts_of_their_own() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    let rankings = "\
排名 月度
  按 总分 由高到低排名
  分组排名
排名 月度退回
  按 基层工作.1得分 由低到高排名
";
    let head = HEAD.replace("考评周期", "单位属性  类别\n分组      按类别\n考评周期");
    out.write("方案.zs", format!("{head}     退回：每卷扣2分\n{rankings}"));
    out.write("数据/单位.csv", "单位,类别\n甲所,城区\n乙所,乡镇\n丙所,乡镇\n丁所,城区\n");
    for (month, counts) in [("2024-01", [3, 1, 2, 4]), ("2024-02", [1, 3, 2, 4])] {
        let row = |(name, count)| format!("{month},{name},基层工作.1,退回,{count}\n");
        let rows: String = ["甲所", "乙所", "丙所", "丁所"].into_iter().zip(counts).map(row).collect();
        out.write(&format!("数据/{month}.csv"), format!("月份,单位,条款,情形,数量\n{rows}"));
    }
    let (rulebook, data) = (out.path.join("方案.zs"), out.path.join("数据"));
    browser.open(&page(rulebook.to_str().unwrap(), &data, "2024-01", &out), DESK);
    assert_eq!(seen(&mut browser, "#ranking thead th"), ["名次", "单位", "分组", "总分", "月度退回名次", "基层工作"]);
    let rows = seen(&mut browser, "#ranking tbody tr");
    assert_eq!(rows, ["1甲所城区942-6", "2丁所城区921-8", "1乙所乡镇984-2", "2丙所乡镇963-4"]);
    assert_eq!(seen(&mut browser, "#totals h3"), ["城区", "乡镇"]);
    browser.open(&page(rulebook.to_str().unwrap(), &data, "2024", &out), DESK);
    assert_eq!(seen(&mut browser, "#places h3"), ["城区", "乡镇"]);
    let told = browser.run("[...document.querySelectorAll('#places title')].map(one => one.textContent)");
    assert!(told.as_array().unwrap().contains(&json!("乙所：1月第1名，2月第2名")), "{told}");
    assert_quiet(&browser);
}

// ---------------------------------------------------------------- phone and paper

#[test]
fn a_phone_scrolls_tables_and_never_the_page() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    for period in ["2023", "2023-04"] {
        browser.open(&page(RULEBOOK, &sample_year(), period, &out), PHONE);
        let width = "document.documentElement.scrollWidth";
        assert!(browser.run(width).as_u64().unwrap() <= 360, "{period}");
        click(&mut browser, "#expand");
        assert!(browser.run(width).as_u64().unwrap() <= 360, "{period}, unfolded");
        assert_eq!(
            browser.run("(box => box.scrollWidth > box.clientWidth)(document.querySelector('#ranking .wide'))"),
            true
        );
        assert_quiet(&browser);
    }
}

/// The column of units stays in sight, and leaves room for what is beside it.
#[test]
fn a_long_name_leaves_room_on_a_phone() {
    let Some(mut browser) = Browser::start() else { return };
    let (data, out) = (Scratch::new(), Scratch::new());
    for entry in std::fs::read_dir(sample_year()).unwrap().map(Result::unwrap) {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let long = text.replace("古井司法所", "古井经济技术开发区高新技术产业园区（筹）综合管理委员会第1司法所");
        data.write(entry.file_name().to_str().unwrap(), long);
    }
    browser.open(&page(RULEBOOK, &data.path, "2023-04", &out), PHONE);
    let widest = "Math.max(...[...document.querySelectorAll('#ranking th.unit')].map(one => one.offsetWidth))";
    assert!(browser.run(widest).as_u64().unwrap() <= 180, "{}", browser.run(widest));
    assert_quiet(&browser);
}

#[test]
fn paper_repeats_headers_and_leaves_out_what_is_folded() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    let path = page(&many(&out), &out.path.join("数据"), "2024-03", &out);
    browser.open(&path, DESK);
    let Some(pages) = printed(&mut browser, &out) else { return };
    assert!(pages.len() > 3, "{} pages", pages.len());
    let of_ranking: Vec<&String> =
        pages.iter().filter(|page| page.contains("第003所") || page.contains("第079所")).collect();
    assert!(of_ranking.len() >= 2);
    let whole = pages.concat();
    for heading in ["考评结果", "排名", "总分", "扣分分布", "依据和约定"] {
        assert!(whole.contains(heading), "{heading}");
    }
    // The ranking goes over two pages, and both say what the columns are.
    assert!(pages[..2].iter().all(|page| page.contains("名次") && page.contains("总分")), "{:?}", &pages[..2]);
    assert!(!whole.contains("2024-03.csv:") && !whole.contains("展开全部说明"));
    browser.run("document.querySelector('details.unit').open = true");
    let unfolded = printed(&mut browser, &out).unwrap().concat();
    assert!(unfolded.contains("2024-03.csv:"), "{unfolded}");
    assert_quiet(&browser);
}

/// The months of a unit that is unfolded are on paper, folded or not; on the screen they are as they were.
#[test]
fn paper_has_the_months_of_an_unfolded_unit() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    browser.open(&page(RULEBOOK, &sample_year(), "2023", &out), DESK);
    browser.run("document.querySelector('details.unit').open = true");
    let Some(pages) = printed(&mut browser, &out) else { return };
    let whole = pages.concat();
    assert!(whole.contains("2023-04.csv:") && whole.contains("2023-12.csv:"), "{whole}");
    assert!(seen(&mut browser, "details.unit[open] details[open]").is_empty());
    assert_quiet(&browser);
}

#[test]
fn paper_shows_every_column_of_a_wide_ranking() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    browser.open(&page(RULEBOOK, &sample_year(), "2023", &out), DESK);
    let columns = seen(&mut browser, "#ranking thead th").len();
    assert!(columns > 15, "{columns}");
    let Some(pages) = printed(&mut browser, &out) else { return };
    // The money of the year's best, to the right of all.
    let row = |line: &&str| line.contains("颜集司法所") && line.contains(" 192 ");
    let row = pages[0].lines().find(row).unwrap_or_else(|| panic!("{}", pages[0]));
    assert!(row.trim_end().ends_with(" 3000"), "{row}");
    assert_quiet(&browser);
}

/// The printed pages as text, where the program that reads them is.
fn printed(browser: &mut Browser, out: &Scratch) -> Option<Vec<String>> {
    out.write("打印.pdf", browser.print());
    scratch::pages(&out.path.join("打印.pdf"))
}

const HEAD: &str = "\
方案      某某区司法所考评
文号      某司〔2024〕1号
施行      2024年1月至2024年12月
考评周期  每月
约定
  每月基础分 100分
  年终得分 = 各月得分之和
  同分并列，其后名次顺延空出
板块 基层工作
  扣分封顶 每月40分
  1. 调解案卷
";

/// Eighty units with a fact each.
fn many(out: &Scratch) -> String {
    let rulebook = out.path.join("方案.zs");
    out.write("方案.zs", format!("{HEAD}     退回：每卷扣2分\n"));
    let names: Vec<String> = (1..=80).map(|number| format!("第{number:03}所")).collect();
    out.write("数据/单位.csv", format!("单位\n{}\n", names.join("\n")));
    let rows: Vec<String> =
        names.iter().enumerate().map(|(at, name)| format!("2024-03,{name},基层工作.1,退回,{at}\n")).collect();
    out.write("数据/2024-03.csv", format!("月份,单位,条款,情形,数量\n{}", rows.concat()));
    rulebook.to_str().unwrap().to_owned()
}

#[test]
fn a_province_gets_a_page_that_opens_and_says_what_it_leaves_out() {
    let out = Scratch::new();
    out.write("方案.zs", format!("{HEAD}     退回：每卷扣2分\n"));
    let names: Vec<String> = (1..=130).map(|number| format!("第{number:03}所")).collect();
    out.write("数据/单位.csv", format!("单位\n{}\n", names.join("\n")));
    let rows = |(at, name): (usize, &String)| format!("2024-03,{name},基层工作.1,退回,{}\n", at % 20).repeat(160);
    let rows: String = names.iter().enumerate().map(rows).collect();
    out.write("数据/2024-03.csv", format!("月份,单位,条款,情形,数量\n{rows}"));
    let path = page(out.path.join("方案.zs").to_str().unwrap(), &out.path.join("数据"), "2024-03", &out);
    let text = fs::read_to_string(path).unwrap();
    assert!(text.len() < 400_000, "{} bytes", text.len());
    assert!(text.contains("本页不列逐条说明") && !text.contains("<li class=\"entry\">"));
    assert!(text.contains("各分数段的单位数") && text.contains("只列失分最多的120个单位"));
    // Every unit is in the ranking all the same, and its place is explained.
    assert!(names.iter().all(|name| text.matches(&format!(">{name}</a>")).count() == 1));
    assert_eq!(text.matches("按总分从高到低排列").count(), 130);
}

// ---------------------------------------------------------------- hostile names

/// What would run where one template did not escape.
const HOSTILE: [&str; 5] = [
    "<script>window.hit=1</script>",
    "\"><img src=x onerror=window.hit=1>",
    "javascript:alert(1)",
    "</title></style><svg onload=window.hit=1>",
    "' onmouseover='window.hit=1",
];

#[test]
fn names_and_notes_are_text_whatever_they_hold() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    // A colon in a 读法 of an item makes it another line, which is refused.
    let free = || HOSTILE.iter().filter(|text| !text.contains(':'));
    let readings: Vec<String> = free().map(|text| format!("     读法 {text}\n")).collect();
    out.write("方案.zs", format!("{HEAD}{}     退回：每卷扣2分\n     依据 {}\n", readings.concat(), HOSTILE[1]));
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let names: Vec<String> = HOSTILE.iter().map(|text| quoted(text)).collect();
    out.write("数据/单位.csv", format!("单位\n{}\n", names.join("\n")));
    let row = |name: &String| format!("2024-03,{name},基层工作.1,退回,1,{name},{name}\n");
    out.write(
        "数据/2024-03.csv",
        format!("月份,单位,条款,情形,数量,事项,备注\n{}", names.iter().map(row).collect::<String>()),
    );
    let path = page(out.path.join("方案.zs").to_str().unwrap(), &out.path.join("数据"), "2024-03", &out);
    browser.open(&path, DESK);
    click(&mut browser, "#expand");
    browser.run("document.querySelectorAll('#ranking tbody a').forEach(one => one.click())");
    browser.run("document.querySelectorAll('*').forEach(one => one.dispatchEvent(new Event('mouseover')))");
    browser.run("new Promise(done => setTimeout(done, 200))");
    assert_eq!(browser.run("typeof window.hit"), "undefined");
    assert_eq!(browser.run("document.querySelectorAll('script, img, iframe, object').length"), 1);
    assert_eq!(
        browser.run("document.querySelectorAll('[onerror], [onload], [onmouseover], a:not([href^=\"#\"])').length"),
        0
    );
    let mut names = seen(&mut browser, "#ranking tbody th");
    names.sort();
    let mut wanted = HOSTILE.to_vec();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
    let told = seen(&mut browser, "#annex li").concat();
    assert!(free().all(|text| told.contains(text)), "{told}");
    let entries = seen(&mut browser, ".entry");
    assert!(
        HOSTILE.iter().all(|text| entries.iter().any(|entry| entry.contains(&format!("事项“{text}”")))),
        "{entries:?}"
    );
    assert_quiet(&browser);
}

#[test]
fn the_policy_of_the_page_lets_nothing_else_run() {
    let Some(mut browser) = Browser::start() else { return };
    let out = Scratch::new();
    let path = page(RULEBOOK, &sample_year(), "2023-04", &out);
    // As if a template had forgotten to escape: the policy alone must hold.
    let text = fs::read_to_string(&path).unwrap();
    let broken = "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script><p style=\"color:red\" id=\"p\">";
    let spoilt = text.replacen("<header", &format!("{broken}<header"), 1);
    fs::write(&path, spoilt).unwrap();
    browser.open(&path, DESK);
    browser.run("new Promise(done => setTimeout(done, 200))");
    assert_eq!(browser.run("typeof window.hit"), "undefined");
    assert_ne!(browser.run("getComputedStyle(document.querySelector('#p')).color"), "rgb(255, 0, 0)");
    assert!(browser.complaints().len() >= 3, "{:?}", browser.complaints());
}

// ---------------------------------------------------------------- bytes

#[test]
fn the_same_facts_give_the_same_bytes() {
    let out = Scratch::new();
    let year = beside("year/07-whole-year");
    let first = fs::read(page(RULEBOOK, &year, "2023", &out)).unwrap();
    let again = fs::read(page(RULEBOOK, &year, "2023", &out)).unwrap();
    assert!(first == again);
    assert!(!String::from_utf8(first).unwrap().contains(env!("CARGO_MANIFEST_DIR")));
}
