//! `fmt`: whatever there is to format reads back as what it was, comes out the same again, and loses nothing.

mod blocks;
mod scratch;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use scratch::{Chance, otherwise, rulebooks};
use zhunsheng::compile::compile_text;
use zhunsheng::fmt::format;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text of the language in this repository, under a name that finds it.
fn texts() -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = [rulebooks("rulebooks"), rulebooks("tests/cases")]
        .iter()
        .flatten()
        .map(|path| (path.display().to_string(), fs::read_to_string(path).expect("a readable rulebook")))
        .collect();
    for document in ["docs/手册.md", "README.md", "README.zh-CN.md"] {
        let text = fs::read_to_string(root().join(document)).expect("the document is there");
        for block in blocks::blocks(&text).iter().filter(|block| block.info.first().is_some_and(|word| word == "准绳"))
        {
            texts.push((format!("{document}:{}", block.line), blocks::whole(&block.text)));
        }
    }
    texts
}

/// What is wrong with how a text is formatted, if anything.
fn judge(name: &str, text: &str) -> Option<String> {
    let (once, findings) = format(name, text);
    let Some(once) = once else {
        return Some(format!("{name}: {:?}", findings.iter().map(|finding| finding.code).collect::<Vec<_>>()));
    };
    if let (Some(twice), _) = format(name, &once.text)
        && twice.text != once.text
    {
        let first = once.text.lines().zip(twice.text.lines()).find(|(once, twice)| once != twice);
        return Some(format!("{name} is not stable: {first:?}"));
    }
    let (before, after) = (compile_text(name, text), compile_text(name, &once.text));
    match (&before.0, &after.0) {
        (Some(before), Some(after)) if !before.is_same(after) => Some(format!("{name} means something else")),
        (Some(_), Some(_)) if !once.held_back.is_empty() => {
            let lines: Vec<&str> = once.held_back.iter().filter_map(|line| text.lines().nth(line - 1)).collect();
            Some(format!("{name}: could not be formatted: {lines:#?}"))
        }
        (Some(_), Some(_)) => None,
        (None, None) => (before.1.len() != after.1.len()).then(|| format!("{name} has other findings")),
        _ => Some(format!("{name} is in order only before or only after")),
    }
}

#[test]
fn every_text_keeps_its_meaning_and_comes_out_the_same_again() {
    let wrong: Vec<String> = texts().iter().filter_map(|(name, text)| judge(name, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What may be written instead of the canonical words, where these stand.
const OTHERWISE: &[(&str, &[&str])] = &[
    ("扣1分", &["扣 １ 分", "扣一分", "扣减1分", "减1分"]),
    ("每次加5分", &["每次加五分", "每次 奖5分", "每1次加 5分"]),
    ("：不少于1次", &["：不小于一次", "：至少 1次", "：≥1次", "：不低于1 次"]),
    ("：不足1次", &["：低于1次", "：少于 一次", "：<１次", "：不到1次"]),
    ("：低于9", &["：不满9", "：小于 9", "：不足9", "：＜9"]),
    ("且低于", &["低于", "但不满", "、小于"]),
    ("；超过", &["；大于", "；高于", "；＞"]),
    ("90%", &["百分之九十", "９０％", "90 %", "百分之90"]),
    ("分及以上", &["分以上", " 分 及以上"]),
    ("每逾期1天", &["每迟1天", "每延迟 一天", "每超期1天"]),
    ("最多扣", &["最高扣", "至多 扣"]),
    ("最多加", &["至多加", "加分最多"]),
    ("第1名", &["第一名", "第 １ 名"]),
    ("至第3名", &["到第3名", "－三名", "~第3名", "至 3名"]),
    ("后3名：", &["末位3名:", "倒数三名："]),
    ("当 连续", &["如果连续", "凡 连续", "当连续"]),
    ("其余 ", &["其他", "否则 ", "其余"]),
    ("除数为0的，", &["分母为0时 ", "除数为０的", "除数为0时,"]),
    ("各月得分平均", &["各月得分的平均", "各月 得分 平均值"]),
    ("按日累计", &["逐日累计"]),
    ("至完成之日止", &["直至完成"]),
    ("：每项扣", &["：一项扣", "：每1项扣", "：每一项 扣"]),
    ("每少1件", &["每低1件", "每差一件", "每下降 1件"]),
    ("每少1次", &["每少次", "每少一次"]),
    ("每低1个百分点", &["每降低一个百分点", "每少 1 百分点"]),
    (" ÷ ", &["÷", "/", "／", "除以", "  ÷"]),
    (" × ", &["*", "×", " 乘以 "]),
    (" = ", &["=", "＝", " ＝"]),
    ("考评周期 每季度", &["考评周期每季", "考评周期　当季"]),
    ("扣分封顶 每月", &["累计扣分不超过每个月", "扣分最多 各月"]),
    ("未写“每”的，", &["未写「每」的,", "未写\"每\"的，"]),
    ("整改的，", &["整改的", "整改到位的,"]),
    ("酌情扣", &["视情扣", "视情况 扣"]),
    ("缺报的，", &["未报的,", "没有报送的"]),
    ("，不参评", &[",不参评"]),
    ("的，不予奖励", &["的不予奖励", "的 ,不予奖励"]),
    ("2位小数，", &["2位，", "两位小数，", "二位小数,"]),
];

/// Lines whose text is for people.
const FOR_PEOPLE: &[&str] =
    &["方案", "文号", "考评对象", "依据", "读法", "责任", "板块", "排名 ", "等次 ", "奖惩 ", "例 "];

fn one_of<'a>(chance: &mut Chance, words: &'a [&'a str]) -> &'a str {
    let word: &&str = chance.pick(words);
    word
}

/// Phrases with a comma inside, which the grammar knows as one word: no space may stand in them.
const WITH_COMMAS: &[&str] = &["，相互间", "，其后名次", "，另扣"];

/// The same rulebook as a hurried person might have typed it.
fn retyped(text: &str, chance: &mut Chance) -> String {
    let mut out = String::new();
    let (mut in_example, mut in_awards) = (false, false);
    for line in text.lines() {
        let (code, comment) = line.split_once('#').map_or((line, ""), |(code, _)| (code, &line[code.len()..]));
        let code = code.trim();
        if code.is_empty() {
            out.push_str(comment);
            (0..1 + chance.below(3)).for_each(|_| out.push('\n'));
            // Two comments do not become one.
            if !comment.is_empty() {
                out.truncate(out.trim_end().len() + 1);
            }
            continue;
        }
        in_awards = code.starts_with("奖惩") || in_awards && !code.is_empty() && !code.starts_with("例 ");
        in_example = code.starts_with("例 ") || in_example && !code.starts_with("板块");
        let for_people = FOR_PEOPLE.iter().any(|word| code.starts_with(word)) || code.contains("：待定");
        let is_item = code.starts_with(|c: char| c.is_ascii_digit()) && !in_example;
        let mut code = code.to_owned();
        if !for_people && !is_item && !in_example {
            for (canonical, others) in OTHERWISE {
                if code.contains(canonical) && chance.one_in(2) {
                    code = code.replacen(canonical, one_of(chance, others), 1);
                }
            }
        }
        // What an award says is shown as it was written.
        if !for_people && !is_item && !in_awards && !WITH_COMMAS.iter().any(|phrase| code.contains(phrase)) {
            code = respaced(&code, chance, in_example);
        }
        out.push_str(one_of(chance, &["", "  ", "　", "\t ", "       "]));
        out.push_str(&code);
        out.push_str(one_of(chance, &["", " ", "　", "\t"]));
        out.push_str(comment);
        out.push_str(one_of(chance, &["\n", "\r\n"]));
    }
    out
}

/// Narrow and wide signs and figures, spaces at signs.
fn respaced(code: &str, chance: &mut Chance, in_example: bool) -> String {
    let mut out = String::new();
    for character in code.chars() {
        let narrow = match character {
            '：' => ':',
            '，' => ',',
            '；' => ';',
            '（' => '(',
            '）' => ')',
            '%' => '％',
            '0'..='9' => char::from_u32(character as u32 + 0xFEE0).unwrap_or(character),
            other => other,
        };
        let sign = "：，；".contains(character);
        if sign && chance.one_in(4) {
            out.push_str(one_of(chance, &[" ", "　", "  "]));
        }
        out.push(if chance.one_in(3) { narrow } else { character });
        if (sign || "（）".contains(character) && !in_example) && chance.one_in(4) {
            out.push_str(one_of(chance, &[" ", "\t", "　"]));
        }
    }
    out
}

#[test]
fn however_it_was_typed_it_comes_out_the_same() {
    let mut chance = Chance::new(20231125);
    for path in rulebooks("rulebooks") {
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).expect("a readable rulebook");
        // What builds on others is left as it is.
        if text.lines().any(|line| line.starts_with("沿用 ")) {
            continue;
        }
        let canonical = format(&name, &text).0.expect("a rulebook can be formatted").text;
        for _ in 0..ROUNDS {
            let typed = retyped(&canonical, &mut chance);
            let (formatted, findings) = format(&name, &typed);
            let formatted = formatted.unwrap_or_else(|| panic!("{findings:?}"));
            let differs = canonical.lines().zip(formatted.text.lines()).find(|(wanted, is)| wanted != is);
            assert!(formatted.text == canonical, "{name}: {differs:?}\n{typed}");
        }
    }
}

/// How often each rulebook is typed anew: each time is two compilations.
const ROUNDS: usize = 2;

/// The text with some characters taken out, put in or moved.
fn damaged(text: &str, chance: &mut Chance) -> String {
    const STRANGE: &[char] = &[
        '「', '」', '"', '：', ':', '，', '（', ')', '#', '＃', '\n', '\t', '\r', '　', '扣', '每', '一', '9', '%',
        '=', '-', '×', '|', '。', '\u{E000}', '\u{0}', '😀', '\u{feff}', '例', '板',
    ];
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..1 + chance.below(40) {
        let at = chance.below(characters.len() as u64) as usize;
        match chance.below(4) {
            0 => {
                characters.remove(at);
            }
            1 => characters.insert(at, *chance.pick(STRANGE)),
            2 => characters[at] = *chance.pick(STRANGE),
            _ => {
                let other = chance.below(characters.len() as u64) as usize;
                characters.swap(at, other);
            }
        }
    }
    characters.into_iter().collect()
}

/// What formatting must keep of any text whatever.
fn require_nothing_lost(text: &str) {
    let (formatted, findings) = format("试", text);
    let formatted = formatted.unwrap_or_else(|| panic!("{:?}\n{text}", findings.iter().collect::<Vec<_>>()));
    let out: BTreeSet<&str> = formatted.text.lines().collect();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.split('\n').enumerate() {
        let line = line.trim_end_matches('\r');
        if formatted.broken.contains(&(index + 1)) {
            assert!(formatted.text.split('\n').any(|kept| kept == line), "lost the broken line {line:?}\n{text}");
        } else if let Some(comment) = line.trim().strip_prefix(['#', '＃']) {
            let kept = out.iter().any(|kept| kept.trim().strip_prefix(['#', '＃']) == Some(comment.trim_end()));
            assert!(kept, "lost the comment {line:?}\n{text}");
        }
    }
    let again = format("试", &formatted.text).0.expect("what was formatted can be formatted");
    let differs = formatted.text.lines().zip(again.text.lines()).find(|(once, twice)| once != twice);
    assert!(again.text == formatted.text, "not stable: {differs:?}\n{text}");
}

#[test]
fn whatever_is_broken_is_kept_and_nothing_is_lost() {
    let mut chance = Chance::new(7);
    let texts: Vec<(String, String)> = texts().into_iter().filter(|(_, text)| text.len() < 6000).collect();
    for _ in 0..50 {
        let (_, text) = chance.pick(&texts);
        require_nothing_lost(&damaged(text, &mut chance));
    }
    for text in
        ["", "\n", "\n\n\n", "\u{feff}", "#", "# 一\r\n\r\n\r\n# 二", "「", "板块", "板块 \t\n", "  \u{feff}方案 甲"]
    {
        require_nothing_lost(text);
    }
    require_nothing_lost(&"例 ".repeat(5000));
    require_nothing_lost(&std::format!("方案 甲\n{}", "（".repeat(400)));
}

/// A case that holds `formatted.zs` comes out as that.
#[test]
fn cases_come_out_as_written_down() {
    let mut wrong = Vec::new();
    for path in rulebooks("tests/cases").iter().filter(|path| path.ends_with("rulebook.zs")) {
        let expected = path.with_file_name("formatted.zs");
        let is_about_form = path.parent().and_then(Path::parent).is_some_and(|page| page.ends_with("fmt"));
        if !expected.exists() && !is_about_form {
            continue;
        }
        let text = fs::read_to_string(path).expect("a readable rulebook");
        let formatted = format("rulebook.zs", &text).0.expect("a case can be formatted").text;
        wrong.extend(otherwise(&expected, &formatted));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In the documents a block marked 规范 is what `fmt` makes of the block before it.
#[test]
fn documents_show_what_comes_out() {
    let text = fs::read_to_string(root().join("docs/手册.md")).expect("the manual is there");
    let blocks = blocks::blocks(&text);
    let mut shown = 0;
    for pair in blocks.windows(2).filter(|pair| pair[1].info.get(1).is_some_and(|word| word == "规范")) {
        let formatted = format("手册", &pair[0].text).0.expect("the block can be formatted").text;
        assert_eq!(formatted, pair[1].text, "docs/手册.md:{}", pair[1].line);
        shown += 1;
    }
    assert!(shown > 0, "the manual shows none");
}

/// Where a line stands, what it comes out as, and what else may be written: the manual's table of spellings.
const SPELLINGS: &[(&str, &str, &[&str])] = &[
    (
        ITEM,
        "比率：低于90%扣5分",
        &[
            "比率：不足90%扣5分",
            "比率：小于90%扣5分",
            "比率：少于90%扣5分",
            "比率：不满90%扣5分",
            "比率：不到90%扣5分",
            "比率：<90%扣5分",
        ],
    ),
    (ITEM, "件数（件）：不足3件扣5分", &["件数（件）：低于3件扣5分", "件数（件）：＜ 三件 扣5分"]),
    (
        ITEM,
        "件数（件）：不少于3件加5分",
        &["件数（件）：不低于3件加5分", "件数（件）：≥3件加5分", "件数（件）：达到3件加5分", "件数（件）：满3件加5分"],
    ),
    (
        ITEM,
        "比率：不低于90%加5分",
        &["比率：至少90%加5分", "比率：达90%加5分", "比率：不小于 90% 奖5分", "比率：>=90%加5分"],
    ),
    (
        ITEM,
        "比率：不超过90%加5分",
        &["比率：不高于90%加5分", "比率：不大于90%加5分", "比率：至多90%加5分", "比率：≤90%加5分"],
    ),
    (
        ITEM,
        "比率：超过90%加5分",
        &["比率：高于90%加5分", "比率：大于90%加5分", "比率：多于90%加5分", "比率：＞90%加5分"],
    ),
    (
        ITEM,
        "当 成立日期早于2020年1月1日，本项计零",
        &["如果成立日期低于2020年1月1日,本项计零分", "凡 成立日期<2020年一月一日,本项不得分"],
    ),
    (ITEM, "比率：90%及以上加5分", &["比率：90%以上加5分", "比率：90%（含）以上加5分", "比率：百分之九十以上加5分"]),
    (ITEM, "比率：80%及以上且低于90%加5分", &["比率：80%以上不满90%加5分", "比率：80%以上但低于90%加5分"]),
    (ITEM, "位次：第8名及以后加1分", &["位次：第八名及其后奖一分"]),
    (ITEM, "位次：第3名以内加1分", &[]),
    (ITEM, "天数：3天以内加1分", &["天数：三天以内加1分"]),
    (ITEM, "当 类别为街道、乡镇，本项计5分", &["当类别是街道或乡镇，本项得5分", "如果 类别属于街道、乡镇，本项计5分"]),
    (ITEM, "当 类别不为街道，本项不超过5分", &["当类别不是街道，本项封顶5分", "当 类别不属于街道，本项得分不超过 5分"]),
    (
        ITEM,
        "当 发生漏报且未发生错报，本项乘以 0.5",
        &["当 出现漏报并且没有错报，本项乘以0.5", "当 漏报发生,且没有发生错报，本项乘以 0.5"],
    ),
    (ITEM, "漏报：每项扣1分", &["漏报：一项扣1分", "漏报：每1项扣减一分", "漏报：每一项，减1分"]),
    (
        ITEM,
        "迟报：每逾期1天扣1分",
        &[
            "迟报：每迟1天扣1分",
            "迟报：每迟报1天扣1分",
            "迟报：每晚1天扣1分",
            "迟报：每延迟1天扣1分",
            "迟报：每超期1天扣1分",
            "迟报：每逾期天扣1分",
        ],
    ),
    (
        ITEM,
        "比率：低于90%，每低1个百分点扣1分",
        &["比率：低于90%,每下降一个百分点扣1分", "比率：小于90%，每差1百分点，扣1分"],
    ),
    (
        ITEM,
        "比率：超过90%，每高1个百分点加1分",
        &["比率：超过90%，每增长1个百分点加1分", "比率：超过90%，每超1个百分点加1分"],
    ),
    (
        ITEM,
        "核查：每件酌情扣1分至3分",
        &["核查：每件视情扣1至3分", "核查：每件视情节扣1分~3分", "核查：每件视情况扣 １－３分"],
    ),
    (
        ITEM,
        "慰问：每次加1分，最多加3分",
        &["慰问：每次加1分，最高加3分", "慰问：每次加1分，至多加3分", "慰问：每次加1分，加分不超过3分"],
    ),
    (
        ITEM,
        "慰问：每次加1分，累计不超过3分",
        &["慰问：每次加1分，封顶3分", "慰问：每次加1分，最多3分", "慰问：每次加1分，累计最多 3 分"],
    ),
    (ITEM, "慰问：每次加1分，每次最多加3分", &["慰问：每次加1分，单次最高加3分"]),
    (ITEM, "慰问：每次加1分，全年只计一次", &["慰问：每次加1分，全年只计1次", "慰问：每次加1分，每年只计一次"]),
    (ITEM, "漏报：第1次至第3次不扣分，第4次起每次扣1分", &["漏报：第一次至3次不扣，第四次及以后每次扣1分"]),
    (
        ITEM,
        "填报：每项扣2分，30日内整改的，返还该条扣分的80%",
        &["填报：每项扣2分，三十天内整改到位的返还扣分的百分之八十"],
    ),
    (ITEM, "填报：每项扣2分，整改的，减半", &["填报：每项扣2分，整改的减半扣分"]),
    (ITEM, "件数（件）：不少于5件，每少1件扣1分，缺报的，按0计", &["件数（件）：不少于5件，每少1件扣1分，未报的按0计"]),
    (ITEM, "错误：每2处扣1分，不足2处的不计", &["错误：每两处扣1分，不足2处舍去"]),
    (ITEM, "错误：每2处扣1分，不足2处的按2处计", &["错误：每二处扣1分，不足二处的，按二处计"]),
    (ITEM, "获奖：按 级别、等第 查表加分", &["获奖：按级别、等第查表奖分"]),
    (ITEM, "泄密：一票否决，当月和年终排名末位，并扣20分", &["泄密：一票否决,当月、年终排名末位,另扣20分"]),
    (ITEM, "泄密：等次定为D级", &["泄密：等级直接评为D级", "泄密：等次确定为Ｄ级"]),
    (ITEM, "泄密：等次降1档", &["泄密：等次下调一级", "泄密：等级降低1等"]),
    (
        ITEM,
        "市级考核：外部得分，原满分120分，折为40分",
        &["市级考核：外部得分，原满分120，折算为40分", "市级考核:外部得分,原满分１２０分，折合40分"],
    ),
    (
        ITEM,
        "率 = 甲（件） ÷ 乙（件），除数为0的，按100%计",
        &["率=甲(件)/乙(件)，分母为0时按百分之百计", "率＝甲（件）除以乙（件），除数为0时，按100%计"],
    ),
    (ITEM, "差 = 甲 - 上月甲（没有的按0计）", &["差=甲－上个月甲（无则按0）"]),
    (ITEM, "均值 = 各月得分平均", &["均值 = 各月得分的平均", "均值=各月得分平均值"]),
    (ITEM, "档次 = （当 甲超过10，3；其余 1）", &["档次=(如果甲大于10,3;否则,1)"]),
    (ITEM, "考评周期 每季度，计入最后一个月", &["考评周期当季,计入最后一个月"]),
    (ITEM, "扣分封顶 每月40分", &["累计扣分不超过每个月40分", "扣分最多：各月40分"]),
    (ITEM, "加分封顶：当 人口低于3万人，5分；其余 4分", &["加分最多 当 人口不足3万人，得5分;其他得4分"]),
    (ITEM, "满分 20分，加分可超过满分", &["满分20分,加分可突破满分"]),
    (ITEM, "基础分 60分", &["起评60分", "起评分：60 分"]),
    (ITEM, "各项取最高2项，扣分不参选，另扣", &["汇总取最高两项；扣分不参选", "合成取最高2项,另扣"]),
    (ITEM, "保留2位小数，只舍不入", &["保留2位,舍去"]),
    (ITEM, "同一事项全年按最高级别计一次，已计分的补足差额", &["同一事项每年按最高级别计1次,补足差额"]),
    ("奖惩 年终\n", "第1名至第3名：奖励3000元；表扬", &["第一名到三名:奖励3000元，表扬", "第1至3名：奖励3000元；表扬"]),
    ("奖惩 年终\n", "后3名：约谈", &["末位3名：约谈", "倒数三名：约谈"]),
    ("奖惩 年终\n", "等次为优秀、良好的：通报表扬", &["等级优秀或良好:通报表扬"]),
    (
        "等次 年终\n",
        "优秀：90分及以上，不超过2名",
        &["优秀：90分以上，名额不超过2名", "优秀：90分（含）以上，至多2个", "优秀：90分以上，最多两家"],
    ),
    ("等次 年终\n", "空出的名额依次递补", &["名额空出的,递补"]),
    ("参评\n", "当 在册月数不足6个月，不参评", &["在册月数不到六个月，不参评"]),
    ("排名 年终\n", "按 总分 由高到低排名", &["依据总分排序", "按 总分 从高到低", "按总分高者在前"]),
    (
        "约定\n",
        "同分的，依次比较甲得分、乙得分，仍相同的并列，其后名次不空",
        &["同分的依次比较 甲得分、乙得分，相同并列,其后名次不空"],
    ),
    ("约定\n", "逾期按工作日计算，截止当日不计", &["逾期 工作日计，截止当日不计"]),
    (
        "约定\n",
        "工作日按法定节假日安排",
        &["工作日按国家法定节假日安排", "工作日除去法定节假日", "工作日按国务院公布的法定节假日和调休安排"],
    ),
    ("约定\n", "工作日只除去周六、周日", &["工作日只除去周末", "工作日只除周六、周日"]),
    (
        ITEM,
        "未办：酌情扣1分至3分",
        &["未办：视情节轻重扣1-3分", "未办：根据情节轻重，扣1至3分", "未办：视情节轻重酌情扣1分至3分"],
    ),
    // The sign of a number is none of a sum, however it is spaced.
    (
        ITEM,
        "指标 增长率（%），取期末数，-200%至500%",
        &[
            "指标 增长率（%），取期末数， - 200%至500%",
            "指标 增长率（%），取期末数，－200% 至 500%",
            "指标 增长率（%），取期末数，-  200%-500%",
        ],
    ),
    (ITEM, "指标 增长率（%），-5%至-1%", &["指标 增长率（%）， - 5% 至 - 1%"]),
    (ITEM, "增长率（%）：-200%至500%；-5%至-1%扣5分", &["增长率（%）： - 200%至 500%； - 5% 至 - 1%扣5分"]),
    (ITEM, "增长率（%）：-200%至500%；低于-5%扣5分", &["增长率（%）：-200%至500%；低于 - 5% 扣5分"]),
    ("约定\n", "不足1个百分点的按比例计", &["不足1个百分点按比例"]),
];

const ITEM: &str =
    "单位属性 类别：街道/乡镇、人口（万人）\n事实列 级别、等第\n板块 工作\n1. 一\n漏报：每次扣1分\n错报：每次扣1分\n";

#[test]
fn every_spelling_comes_out_as_the_manual_says() {
    let mut wrong = Vec::new();
    for (before, canonical, others) in SPELLINGS {
        for written in [canonical].into_iter().chain(*others) {
            let (formatted, findings) = format("用词", &std::format!("{before}{written}\n"));
            let text = formatted.expect("it can be formatted").text;
            let line = text.lines().last().unwrap_or_default().trim();
            if line != *canonical || !findings.is_empty() {
                wrong.push(std::format!("{written}\n  is {line}\n  not {canonical}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
