//! The impact of a new rulebook on real facts: parts that add up, what does not fit, and the pages that show it.

mod scratch;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use scratch::{Scratch, beside, otherwise, zhunsheng};
use serde_json::Value;

fn rulebook(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks").join(name).display().to_string()
}

fn samples() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/2023").display().to_string()
}

fn text(output: Output) -> String {
    String::from_utf8(output.stdout).unwrap()
}

/// Whether a page is as it is kept; `UPDATE_EXPECT=1` writes it anew.
#[track_caller]
fn is_kept(name: &str, actual: &str) {
    let changed = otherwise(&beside("diff").join(name), actual);
    assert!(changed.is_none(), "{}", changed.unwrap());
}

#[test]
fn the_pages_of_2024_and_of_july_are_as_kept() {
    let facts = samples();
    for (new, kept) in [("2024.zs", "2023-2024"), ("2023年7月修订.zs", "2023-七月")] {
        let arguments = ["diff", &rulebook("2023.zs"), &rulebook(new), "--facts", &facts];
        let output = zhunsheng(arguments);
        assert_eq!(output.status.code(), Some(1));
        is_kept(&format!("{kept}.txt"), &text(output));
        is_kept(&format!("{kept}.md"), &text(zhunsheng([&arguments[..], &["--format", "markdown"]].concat())));
    }
}

#[test]
fn an_item_that_goes_into_its_neighbor_keeps_its_facts() {
    let scratch = Scratch::new();
    let base = fs::read_to_string(rulebook("2023.zs")).unwrap();
    let merged = base.replacen("  3. 会议活动\n", "", 1);
    assert_ne!(merged, base);
    scratch.write("并.zs", &merged);
    let merged = scratch.path.join("并.zs").display().to_string();
    let output = zhunsheng(["diff", &rulebook("2023.zs"), &merged, "--facts", &samples(), "--format", "json"]);
    let told: Value = serde_json::from_str(&text(output)).unwrap();
    let units = told["impact"]["units"].as_array().unwrap();
    assert_eq!(units.len(), 25);
    for unit in units {
        assert_eq!(unit["old"], unit["new"], "{}", unit["unit"]);
    }
    assert!(told["impact"]["unknown"].as_array().unwrap().is_empty());
}

/// A decimal string in ten-thousandths. The samples have nothing finer.
fn exact(value: &Value) -> i64 {
    let text = value.as_str().unwrap();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    whole.parse::<i64>().unwrap() * 10_000 + sign * format!("{part:0<4}").parse::<i64>().unwrap()
}

/// A decimal or a fraction, as JSON has numbers.
fn fraction(value: &Value) -> (i128, i128) {
    let text = value.as_str().unwrap();
    let whole = |text: &str| -> (i128, i128) {
        let (number, part) = text.split_once('.').unwrap_or((text, ""));
        let digits: i128 = format!("{}{part}", number.trim_start_matches('-')).parse().unwrap();
        (if number.starts_with('-') { -digits } else { digits }, 10_i128.pow(part.len() as u32))
    };
    match text.split_once(['/', '÷']) {
        Some((over, under)) => {
            let ((a, b), (c, d)) = (whole(over.trim()), whole(under.trim()));
            (a * d, b * c)
        }
        None => whole(text),
    }
}

fn plus(one: (i128, i128), other: (i128, i128)) -> (i128, i128) {
    (one.0 * other.1 + other.0 * one.1, one.1 * other.1)
}

fn same(one: (i128, i128), other: (i128, i128)) -> bool {
    one.0 * other.1 == other.0 * one.1
}

#[test]
fn the_parts_of_every_difference_add_up_and_totals_are_those_of_score() {
    let facts = samples();
    let scratch = Scratch::new();
    // Changes that meet under one cap, and a cap that changes with them.
    let base = fs::read_to_string(rulebook("2023.zs")).unwrap();
    let edited = base
        .replace("扣分封顶 每月40分", "扣分封顶 每月25分")
        .replace("不少于30件，每少1件扣1分", "不少于33件，每少1件扣2分")
        .replace("缺席：每人扣1分", "缺席：每人扣3分")
        .replace("每月基础分 0分", "每月基础分 10分");
    scratch.write("改.zs", &edited);
    let edited = scratch.path.join("改.zs").display().to_string();
    for new in [rulebook("2024.zs"), rulebook("2023年7月修订.zs"), edited] {
        for period in ["2023", "2023-04", "2023-09"] {
            let arguments =
                ["diff", &rulebook("2023.zs"), &new, "--facts", &facts, "--period", period, "--format", "json"];
            let told: Value = serde_json::from_str(&text(zhunsheng(arguments))).unwrap();
            let units = told["impact"]["units"].as_array().unwrap();
            assert_eq!(units.len(), 25);
            let (mut several, mut placed) = (0, 0);
            for unit in units {
                let parts: Vec<i64> =
                    unit["parts"].as_array().unwrap().iter().map(|part| exact(&part["points"])).collect();
                let difference = exact(&unit["difference"]);
                assert_eq!(parts.iter().sum::<i64>(), difference, "{unit}");
                assert_eq!(exact(&unit["new"]["total"]) - exact(&unit["old"]["total"]), difference, "{unit}");
                several += usize::from(parts.len() > 1);
                // So do those of the way from place to place, and of the money.
                let sum = |list: &str, of: &str| {
                    let list = unit[list].as_array().into_iter().flatten();
                    list.map(|part| fraction(&part[of])).fold((0, 1), plus)
                };
                let number = |value: &Value| value.as_i64().unwrap_or(0);
                let moved = number(&unit["new"]["rank"]) - number(&unit["old"]["rank"]);
                assert!(same(sum("place_parts", "places"), (moved.into(), 1)), "{unit}");
                let money = |side: &str| if unit[side]["money"].is_null() { 0 } else { exact(&unit[side]["money"]) };
                let paid = money("new") - money("old");
                assert!(same(sum("money_parts", "money"), (paid.into(), 10_000)), "{unit}");
                placed += usize::from(moved != 0 && paid != 0);
                // Every part of these books comes from a change.
                assert!(unit["parts"].as_array().unwrap().iter().all(|part| part["change"] != 0), "{new} {unit}");
            }
            assert!(several > 0 || period != "2023", "{new}");
            assert!(placed > 0 || period != "2023" || !new.ends_with("2024.zs"), "{new}");
            // Both sides are what `score` comes to.
            for (side, book) in [("old", rulebook("2023.zs")), ("new", new.clone())] {
                if book.ends_with("2024.zs") || book.contains("七月") || book.contains("7月") {
                    continue;
                }
                let scored = text(zhunsheng(["score", &book, &facts, "--period", period, "--format", "json"]));
                let scored: Value = serde_json::from_str(&scored).unwrap();
                for unit in scored["units"].as_array().unwrap() {
                    let found = units.iter().find(|it| it["unit"] == unit["unit"]).unwrap();
                    assert_eq!(found[side]["total"], unit["total"]);
                    assert_eq!(found[side]["rank"], unit["rank"]);
                    assert_eq!(
                        found[side]["awards"].as_array().map_or(0, Vec::len),
                        unit["awards"].as_array().map_or(0, Vec::len)
                    );
                }
            }
        }
    }
}

/// Everything that a new book may ask for and that nobody was asked for before.
#[test]
fn what_the_new_book_newly_requires_is_listed_and_the_rest_is_computed() {
    let scratch = Scratch::new();
    let path = |name: &str| scratch.path.join(name).display().to_string();
    let (old, new) = (beside("diff/required/旧.zs"), beside("diff/required/新.zs"));
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    let mut facts = String::from("月份,单位,条款,情形,数量\n2023-01,甲,日常.1,缺项,2\n2023-01,乙,日常.1,获奖,1\n");
    for month in 1..=3 {
        for unit in ["甲", "乙", "丙"] {
            facts.push_str(&format!("2023-0{month},{unit},日常.1,办件数,{month}\n"));
        }
    }
    scratch.write("数据/a.csv", &facts);
    scratch.write("数据/单位.csv", "单位\n甲\n乙\n丙\n");
    let told = |format: &str| text(zhunsheng(["diff", old, new, "--facts", &path("数据"), "--format", format]));
    let listed = [
        "日常.1 获奖：新要求填写“级别”，1个单位的1条事实没有填，按空着试算",
        "参数 目标：新要求报送，旧事实里没有，不作考评",
        "日常.2 巡查次数：新要求报送，旧事实里没有，不作考评",
        "单位属性 类别：新要求填写，名册里没有这一列，3个单位都空着，按空着试算",
        "单位属性 人口：新要求填写，名册里没有这一列，3个单位都空着，按空着试算",
        "分组：新要求按“类别”分组，空着的排在一起",
        "奖惩 奖励若干元：算金额要用的，旧事实里没有，没有计算，合计里按0元",
    ];
    for format in ["human", "markdown", "json", "html"] {
        let told = told(format);
        listed.iter().for_each(|line| assert!(told.contains(line), "{format}: {line}\n{told}"));
    }
    // What can be computed is: 缺项 and 获奖 are all that change.
    let value: Value = serde_json::from_str(&told("json")).unwrap();
    let differences = |unit: &str| {
        let units = value["impact"]["units"].as_array().unwrap();
        units.iter().find(|it| it["unit"] == unit).unwrap()["difference"].as_str().unwrap().to_owned()
    };
    assert_eq!(["甲", "乙", "丙"].map(differences), ["-2", "-2", "0"]);

    // Who alone has nothing in a column is told by name.
    scratch.write("数据/单位.csv", "单位,类别,人口\n甲,街道,100\n乙,,200\n丙,乡镇,300\n");
    let partly = told("human");
    assert!(partly.contains("单位属性 类别：新要求填写，乙空着，按空着试算"), "{partly}");
    assert!(!partly.contains("单位属性 人口") && !partly.contains("没有计算"), "{partly}");
    assert!(partly.contains("得到奖励200元") || partly.contains("得到奖励400元"), "{partly}");

    // The other way round the attributes, the parameter and the clauses are no longer known.
    scratch.write("数据/单位.csv", "单位,类别,人口\n甲,街道,100\n乙,街道,200\n丙,乡镇,300\n");
    let more: String = ["甲", "乙"]
        .map(|unit| {
            let months = ["2023-01", "2023-02", "2023-03"];
            months.map(|month| format!("{month},{unit},日常.2,巡查次数,1,\n")).concat()
        })
        .concat();
    let with_level = |line: &str| match line {
        line if line.ends_with("数量") => format!("{line},级别\n"),
        line if line.contains("获奖") => format!("{line},省级\n"),
        line => format!("{line},\n"),
    };
    let facts: String = facts.lines().map(with_level).collect();
    let parameters = "2023-01,甲,参数,目标,5,\n2023-01,乙,参数,目标,5,\n2023-01,丙,参数,目标,5,\n";
    scratch.write("数据/a.csv", format!("{facts}{more}{parameters}"));
    let back = text(zhunsheng(["diff", new, old, "--facts", &path("数据")]));
    for line in [
        "新方案不再有“单位属性 类别”，3条事实没有计入",
        "新方案不再有“单位属性 人口”，3条事实没有计入",
        "新方案不再有“日常.2 巡查次数”，6条事实没有计入",
        "新方案不再有“目标”，3条事实没有计入",
    ] {
        assert!(back.contains(line), "{line}\n{back}");
    }
}

#[test]
fn a_page_needs_nothing_else_and_lets_nothing_in() {
    let scratch = Scratch::new();
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let nasty = base.replace("方案 小考评", "方案 小<script>alert(1)</script>&考评").replace("扣3分", "扣4分");
    scratch.write("旧.zs", &base);
    scratch.write("新.zs", &nasty);
    scratch.write("数据/单位.csv", "单位,类别\n\"<img src=x onerror=alert(2)>\",街道\n乙,乡镇\n");
    scratch.write(
        "数据/a.csv",
        "月份,单位,条款,情形,数量\n2023-04,\"<img src=x onerror=alert(2)>\",日常.1,未建台账,1\n\
         2023-04,\"<img src=x onerror=alert(2)>\",日常.2,录入件数,30\n2023-04,\"<img src=x onerror=alert(2)>\",日常.2,成功件数,30\n\
         2023-04,\"<img src=x onerror=alert(2)>\",加分.2,上稿条数,0\n2023-04,乙,日常.2,录入件数,30\n2023-04,乙,日常.2,成功件数,30\n2023-04,乙,加分.2,上稿条数,0\n",
    );
    let path = |name: &str| scratch.path.join(name).display().to_string();
    let all = ["diff", &path("旧.zs"), &path("新.zs"), "--facts", &path("数据"), "--period", "2023-04", "--format"];
    let output = zhunsheng([&all[..], &["html"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let page = text(output);
    for word in ["<script", "<img", "http://", "https://", "src=\"", "href=", "@import", "url("] {
        assert!(!page.contains(word), "{word}: {page}");
    }
    assert!(page.contains("&lt;script&gt;") && page.contains("&lt;img src=x"), "{page}");
    assert!(page.contains("<svg") && page.contains("</html>"));
    let markdown = text(zhunsheng([&all[..], &["markdown"]].concat()));
    assert!(!markdown.contains("<script") && !markdown.contains("<img"), "{markdown}");
}

#[test]
fn two_branches_and_acknowledged_changes() {
    let scratch = Scratch::new();
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let path = |name: &str| scratch.path.join(name).display().to_string();
    scratch.write("旧.zs", &base);
    scratch.write("甲.zs", base.replace("缺项：每项扣1分", "缺项：每项扣2分"));
    scratch.write("乙.zs", base.replace("未建台账：扣3分", "未建台账：扣4分"));
    scratch.write("丙.zs", base.replace("缺项：每项扣1分", "缺项：每项扣3分"));
    let three = |ours: &str, theirs: &str| zhunsheng(["diff", "--base", &path("旧.zs"), &path(ours), &path(theirs)]);
    assert_eq!(three("甲.zs", "乙.zs").status.code(), Some(0));
    assert_eq!(three("甲.zs", "甲.zs").status.code(), Some(0));
    let output = three("甲.zs", "丙.zs");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(output).contains("日常.1 缺项：每项由扣1分改为扣3分"));

    let two = |more: &[&str]| zhunsheng([&["diff", &path("旧.zs"), &path("甲.zs")], more].concat());
    let told: Value = serde_json::from_str(&text(two(&["--format", "json"]))).unwrap();
    let print = told["changes"][0]["print"].as_str().unwrap();
    scratch.write("确认.txt", "# 没有\n");
    let file = path("确认.txt");
    let open = two(&["--acknowledged", &file, "--format", "markdown"]);
    assert_eq!(open.status.code(), Some(1));
    assert!(text(open).contains("还没有确认"));
    scratch.write("确认.txt", format!("{print} 局长办公会同意\n"));
    let fine = two(&["--acknowledged", &file, "--format", "markdown"]);
    assert_eq!(fine.status.code(), Some(0));
    assert!(text(fine).contains("已确认"));
    // The same book, and wrong usage.
    assert_eq!(zhunsheng(["diff", &path("旧.zs"), &path("旧.zs")]).status.code(), Some(0));
    assert_eq!(zhunsheng(["diff", &path("旧.zs")]).status.code(), Some(2));
    assert_eq!(zhunsheng(["diff", &path("旧.zs"), &path("没有.zs")]).status.code(), Some(2));
}

#[test]
fn git_tells_the_meaning() {
    let scratch = Scratch::new();
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .current_dir(&scratch.path)
            .args(["-c", "user.name=某人", "-c", "user.email=a@b.c", "-c", "core.quotepath=off"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let program = env!("CARGO_BIN_EXE_zhunsheng");
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    git(&["init", "-q"]);
    git(&["config", "diff.zhunsheng.command", &format!("{program} diff --git")]);
    git(&["config", "diff.zhunsheng.textconv", &format!("{program} show --textconv")]);
    scratch.write(".gitattributes", "*.zs diff=zhunsheng\n");
    scratch.write("方案.zs", &base);
    scratch.write("七月.zs", "沿用 「方案.zs」\n自2023年7月起\n修改 日常.1 缺项：每项扣2分\n");
    git(&["add", "."]);
    git(&["commit", "-qm", "一"]);
    scratch.write("方案.zs", base.replace("未建台账：扣3分", "未建台账： 扣 4 分   # 提高"));
    scratch.write("七月.zs", "沿用 「方案.zs」\n自2023年7月起\n修改 日常.1 缺项：每项扣5分\n");
    let told = git(&["diff"]);
    assert!(told.contains("日常.1 未建台账：由扣3分改为扣4分"), "{told}");
    assert!(told.contains("日常.1 缺项：每项由扣2分改为扣5分"), "{told}");
    git(&["commit", "-qam", "二"]);
    // Layout and comments alone are no lines of a textconv.
    let now = fs::read_to_string(scratch.path.join("方案.zs")).unwrap();
    scratch.write("方案.zs", now.replace("缺项：", "缺项:  ") + "\n# 完\n");
    git(&["commit", "-qam", "三"]);
    let log = git(&["log", "-p", "--no-ext-diff", "--format=%s"]);
    let (third, rest) = log.split_once("\n二\n").unwrap();
    assert!(!third.contains("缺项") && rest.contains("+     未建台账：扣4分"), "{log}");
    let log = git(&["log", "-p", "--ext-diff", "-1", "--format=%s"]);
    assert!(log.contains("两本方案的意思相同"), "{log}");
    // A version with mistakes breaks nothing.
    scratch.write("方案.zs", "方案 坏的\n不知所云\n");
    let told = git(&["diff"]);
    assert!(told.contains("新的一版有错，不能比较意思"), "{told}");
}

/// Git does not tell an external diff of which commits its two files are: what they build on is read from there all
/// the same.
#[test]
fn git_tells_the_meaning_by_the_bases_of_the_commits_compared() {
    let scratch = Scratch::new();
    let command = |program: &str, arguments: &[&str]| {
        Command::new(program)
            .current_dir(&scratch.path)
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .expect("it is there")
    };
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=某人", "-c", "user.email=a@b.c", "-c", "core.quotepath=off"];
        let output = command("git", &[&who[..], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        text(output)
    };
    let program = env!("CARGO_BIN_EXE_zhunsheng");
    let base = fs::read_to_string(beside("diff/small.zs")).unwrap();
    let july = |points: u32| format!("沿用 「../方案.zs」\n自2023年7月起\n修改 日常.1 缺项：每项扣{points}分\n");
    git(&["init", "-q", "-b", "main"]);
    git(&["config", "diff.zhunsheng.command", &format!("{program} diff --git")]);
    scratch.write(".gitattributes", "*.zs diff=zhunsheng\n");
    scratch.write("方案.zs", &base);
    scratch.write("改/七月.zs", july(2));
    git(&["add", "."]);
    git(&["commit", "-qm", "一"]);
    // Both documents change in one commit: the difference of the later one is that of both.
    scratch.write("方案.zs", base.replace("未建台账：扣3分", "未建台账：扣4分"));
    scratch.write("改/七月.zs", july(3));
    git(&["commit", "-qam", "二"]);
    let both = |told: &str| {
        assert!(told.contains("日常.1 未建台账：由扣3分改为扣4分"), "{told}");
        assert!(told.contains("自2023年7月起") && told.contains("每项由扣2分改为扣3分"), "{told}");
    };
    let of_july = |told: &str| told.split("—— 改/七月.zs ——").nth(1).unwrap_or_default().to_owned();
    both(&of_july(&git(&["log", "-p", "--ext-diff", "-1"])));
    both(&of_july(&git(&["diff", "HEAD~1", "HEAD"])));
    // The working tree goes on: what was committed is compared as it was.
    scratch.write("方案.zs", base.replace("未建台账：扣3分", "未建台账：扣9分"));
    both(&of_july(&git(&["log", "-p", "--ext-diff", "-1"])));
    scratch.write("改/七月.zs", july(5));
    let told = of_july(&git(&["diff"]));
    assert!(told.contains("由扣4分改为扣9分") && told.contains("由扣3分改为扣5分"), "{told}");
    // Staged, and the working tree further on.
    git(&["add", "."]);
    scratch.write("方案.zs", base.replace("未建台账：扣3分", "未建台账：扣11分"));
    let told = of_july(&git(&["diff", "--cached"]));
    assert!(told.contains("由扣4分改为扣9分") && told.contains("由扣3分改为扣5分"), "{told}");
    git(&["commit", "-qam", "三"]);
    git(&["log", "-p", "--ext-diff", "-1"]);
    // A file that stayed while its base changed: git does not say which is meant, and that is said.
    scratch.write("方案.zs", base.replace("未建台账：扣3分", "未建台账：扣12分"));
    git(&["commit", "-qam", "四"]);
    scratch.write("改/七月.zs", july(6));
    let told = of_july(&git(&["diff"]));
    assert!(told.contains("旧的一版沿用的“方案.zs”有过不同的内容"), "{told}");

    // By hand either side may be named as git names it.
    let diff = |arguments: &[&str]| command(program, &[&["diff"], arguments].concat());
    let output = diff(&["HEAD~3:改/七月.zs", "HEAD~2:改/七月.zs"]);
    assert_eq!(output.status.code(), Some(1));
    both(&text(output));
    let output = diff(&["HEAD:改/七月.zs", "改/七月.zs"]);
    let told = text(output);
    assert!(told.contains("由扣5分改为扣6分") && !told.contains("未建台账"), "{told}");
    assert_eq!(diff(&["HEAD:./改/七月.zs", "HEAD:改/七月.zs"]).status.code(), Some(0));
    let output = diff(&["--base", "HEAD~3:改/七月.zs", "HEAD~2:改/七月.zs", "HEAD:改/七月.zs"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(output));
    let output = diff(&["HEAD:没有.zs", "方案.zs"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("git里没有“HEAD:没有.zs”"));
    // A file with a colon in its name is a file.
    scratch.write("main:甲.zs", &base);
    assert_eq!(diff(&["main:甲.zs", "main:甲.zs"]).status.code(), Some(0));
}

/// A ranking, a grading and who takes part may all change at once: each moves places and money by its own.
#[test]
fn what_is_decided_over_all_units_has_a_part_for_each_change() {
    let scratch = Scratch::new();
    let old = "方案 小考评\n施行 2024年1月至2024年12月\n考评对象 单位\n考评周期 每年\n单位属性 类别：街道/机关\n\n\
        约定\n  同分并列，其后名次不空\n  一票否决的不参加排名\n  未写“每”的，每期只计一次\n\n\
        板块 管理\n  满分 100分，扣完为止\n  1. 制度\n     缺制度：每项扣5分\n\n\
        等次 年度\n  优秀：90分及以上\n  合格：其余\n\n\
        奖惩 年度\n  第1名至第3名：奖励1000元\n  等次为优秀的：奖励500元\n";
    let new = old
        .replace("其后名次不空", "其后名次顺延空出")
        .replace("每项扣5分", "每项扣6分")
        .replace("优秀：90分及以上", "优秀：85分及以上")
        .replace("等次 年度", "参评\n  类别为机关的，不参评\n\n等次 年度");
    scratch.write("旧.zs", old);
    scratch.write("新.zs", &new);
    scratch.write("数据/单位.csv", "单位,类别\n甲,街道\n乙,街道\n丙,街道\n丁,街道\n戊,街道\n己,机关\n");
    scratch.write(
        "数据/a.csv",
        "月份,单位,条款,情形,数量\n2024-06,乙,管理.1,缺制度,1\n2024-06,丙,管理.1,缺制度,1\n\
         2024-06,丁,管理.1,缺制度,2\n2024-06,戊,管理.1,缺制度,3\n",
    );
    let path = |name: &str| scratch.path.join(name).display().to_string();
    let output = zhunsheng(["diff", &path("旧.zs"), &path("新.zs"), "--facts", &path("数据"), "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_str(&text(output)).unwrap();
    let number = |word: &str| {
        let all = told["changes"].as_array().unwrap();
        let one = all.iter().find(|change| change["sentence"].as_str().unwrap().contains(word));
        one.unwrap_or_else(|| panic!("{word}: {all:#?}"))["number"].as_u64().unwrap()
    };
    let (ties, grade, part, line) = (number("名次"), number("85分"), number("不参评"), number("每项"));
    let units = told["impact"]["units"].as_array().unwrap();
    let of = |unit: &str| units.iter().find(|it| it["unit"] == unit).unwrap();
    let parts = |unit: &str, list: &str, of_what: &str| -> Vec<(u64, String)> {
        let list = of(unit)[list].as_array().into_iter().flatten();
        let told = |part: &Value| (part["change"].as_u64().unwrap(), part[of_what].as_str().unwrap().to_owned());
        let mut parts: Vec<_> = list.map(told).collect();
        parts.sort();
        parts
    };
    let sorted = |mut list: Vec<(u64, String)>| {
        list.sort();
        list
    };
    let owned = |change: u64, figure: &str| (change, figure.to_owned());
    // With 己 at the first place beside 甲 the gaps are one wider.
    assert_eq!(parts("丁", "place_parts", "places"), sorted(vec![owned(ties, "1.5"), owned(part, "-0.5")]));
    // Out of the first three for the gaps; 88 points are excellent by the new grades alone.
    let money = vec![owned(ties, "-1000"), owned(line, "-250"), owned(grade, "250")];
    assert_eq!(parts("丁", "money_parts", "money"), sorted(money));
    // Who no longer takes part loses all for that, whatever else has changed.
    assert_eq!(of("己")["new"]["rank"], Value::Null);
    assert_eq!(parts("己", "money_parts", "money"), [owned(part, "-1500")]);
}

/// What `--facts` says of two made-up books over a few rows, as JSON.
fn impact_of(old: &str, new: &str, roster: &str, facts: &str) -> Value {
    let scratch = Scratch::new();
    scratch.write("旧.zs", old);
    scratch.write("新.zs", new);
    scratch.write("数据/单位.csv", roster);
    scratch.write("数据/a.csv", facts);
    let path = |name: &str| scratch.path.join(name).display().to_string();
    let output = zhunsheng(["diff", &path("旧.zs"), &path("新.zs"), "--facts", &path("数据"), "--format", "json"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_str::<Value>(&text(output)).unwrap_or_else(|error| panic!("{error}\n{said}"))["impact"].clone()
}

/// Money that goes by points is of the change of the points, though the line that pays it changed too.
#[test]
fn money_by_points_comes_from_the_change_of_the_points() {
    let old = format!(
        "{}{}板块 科研\n  论文：每篇加2分\n奖惩 年终\n  当 科研得分不低于2分：发放 科研得分 × 100元，保留整数，四舍五入\n",
        scratch::FRAME,
        scratch::CONVENTIONS
    );
    let new = old.replace("每篇加2分", "每篇加3分").replace("四舍五入", "只舍不入");
    let impact = impact_of(&old, &new, "单位\n甲\n乙\n", "月份,单位,条款,情形,数量\n2025-03,甲,科研,论文,2\n");
    let unit = &impact["units"][0];
    assert_eq!(unit["unit"], "甲");
    let parts = unit["money_parts"].as_array().unwrap();
    assert_eq!(parts.len(), 1, "{unit}");
    assert_eq!((&parts[0]["change"], &parts[0]["money"]), (&Value::from(1), &Value::from("200")), "{unit}");
}

/// Who takes part, and what is given by it, is of a change though no points move.
#[test]
fn who_takes_part_and_what_comes_of_it_is_of_its_change() {
    let old = format!(
        "{}单位属性 成立日期（日期）\n{}板块 日常\n  缺席：每次扣1分\n  早退：每次扣1分\n参评\n  当 成立日期晚于2025年6月30日，不参评\n排名 年终\n  按 得分 由高到低排名\n奖惩 年终\n  后1名：作表态发言\n",
        scratch::FRAME,
        scratch::CONVENTIONS
    );
    let one = old.replace("2025年6月30日", "2025年9月30日");
    let two = one.replace("早退：每次扣1分", "早退：每次扣2分");
    for (new, change) in [(one, 1), (two, 2)] {
        let roster = "单位,成立日期\n甲,2020-01-01\n乙,2025-08-01\n";
        let facts = "月份,单位,条款,情形,数量\n2025-03,乙,日常,缺席,2\n";
        let impact = impact_of(&old, &new, roster, facts);
        let because: Vec<_> = impact["units"].as_array().unwrap().iter().map(|unit| &unit["because"]).collect();
        assert_eq!(because.len(), 2, "{impact}");
        assert!(because.iter().all(|because| **because == serde_json::json!([change])), "{impact}");
    }
}

/// Facts as the old book wants them are scored though the new one wants them elsewhere, otherwise, or more of them.
#[test]
fn facts_that_the_new_book_wants_otherwise_are_scored_and_told() {
    let old = format!(
        "{}{}板块 日常\n  1. 考勤\n     缺席：每次扣1分\n     早退：每次扣1分\n  2. 台账\n     错项：每项扣1分\n     案卷（件）：待定，原文残缺\n",
        scratch::FRAME,
        scratch::CONVENTIONS.replace("  缺报的，按0计\n", "")
    );
    let facts = "月份,单位,条款,情形,数量\n2025-03,甲,日常.1,缺席,2\n2025-03,甲,日常.2,错项,1\n";
    let moved = old.replace("     缺席：每次扣1分\n", "").replace("     错项", "     缺席：每次扣1分\n     错项");
    let impact = impact_of(&old, &moved, "单位\n甲\n", facts);
    assert_eq!(impact["units"][0]["new"]["total"], "-3", "{impact}");
    let settled = old.replace("待定，原文残缺", "每件扣1分");
    let impact = impact_of(&old, &settled, "单位\n甲\n", facts);
    assert_eq!(impact["units"][0]["new"]["total"], "-3", "{impact}");
    assert_eq!(impact["required"], serde_json::json!(["日常.2 案卷：定下来了，旧事实里没有，不作考评"]));
}
