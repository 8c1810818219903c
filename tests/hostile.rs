//! Input of ill will: nothing panics, hangs or takes the machine's memory, whatever is in a file.

mod scratch;

use std::fs;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use scratch::{CONVENTIONS, Chance, FRAME, HEADER, RULEBOOK, Scratch, beside, run_score, zhunsheng};
use zhunsheng::calendar::PeriodId;
use zhunsheng::compile::compile_text;
use zhunsheng::diagnostic::Style;
use zhunsheng::eval::{Request, evaluate};
use zhunsheng::facts::{Options, SourceFile, read};
use zhunsheng::plan::Plan;

/// How long random attempts of one kind may go on.
const PATIENCE: Duration = Duration::from_secs(4);

/// Nothing takes so long unless it hangs: the tests run unoptimized, several at a time.
const HANGING: Duration = Duration::from_secs(60);

/// Compiles, renders all that is said, and tells by name what brought it down.
fn compile(what: &str, text: &str) -> usize {
    let begin = Instant::now();
    let done = catch_unwind(AssertUnwindSafe(|| {
        let (_, findings) = compile_text("方案.zs", text);
        findings.sorted().render(Style::Human).len()
    }));
    if begin.elapsed() > Duration::from_secs(1) {
        println!("{:>8.1?} {what}", begin.elapsed());
    }
    let Ok(length) = done else {
        let kept = std::env::temp_dir().join("zhunsheng-hostile.zs");
        fs::write(&kept, text).unwrap();
        panic!("{what} brings the compiler down: {}", kept.display());
    };
    assert!(begin.elapsed() < HANGING, "{what} takes {:?}", begin.elapsed());
    length
}

/// Attempts until patience ends, at least one and at most `most`.
fn attempts(most: u64, mut attempt: impl FnMut(&mut Chance)) {
    let begin = Instant::now();
    for seed in 0..most {
        attempt(&mut Chance::new(seed));
        if begin.elapsed() > PATIENCE {
            break;
        }
    }
}

/// Pieces of the language and of trouble.
const PIECES: [&str; 48] = [
    "：",
    "，",
    "；",
    "。",
    "（",
    "）",
    "%",
    "每",
    "扣",
    "加",
    "分",
    "1",
    "0",
    "99999999999999999999999999999",
    "0.5",
    "件",
    "至",
    "低于",
    "不少于",
    "一票否决",
    "待定",
    "板块",
    "考评周期",
    "施行",
    "2023年3月",
    "约定",
    "奖惩",
    "例",
    "÷",
    "×",
    "−",
    "「",
    "」",
    "“",
    "\"",
    "#",
    "\n",
    "\t",
    "\u{3000}",
    "\u{feff}",
    "\u{202e}",
    "\u{e000}",
    "\0",
    "\u{10ffff}",
    "当",
    "取最高3项",
    "满分",
    "同一事项全年按最高级别计一次",
];

fn mutated(text: &str, chance: &mut Chance) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..1 + chance.below(6) {
        let at = chance.below(chars.len() as u64 + 1) as usize;
        let end = (at + chance.below(12) as usize).min(chars.len());
        match chance.below(5) {
            0 => drop(chars.drain(at..end)),
            1 => drop(chars.splice(at..end, chance.pick(&PIECES).chars())),
            2 => drop(chars.splice(at..at, chance.pick(&PIECES).chars())),
            3 => {
                let copied: Vec<char> = chars[at..end].to_vec();
                let to = chance.below(chars.len() as u64 + 1) as usize;
                drop(chars.splice(to..to, copied));
            }
            _ => chars[at..end].reverse(),
        }
    }
    chars.into_iter().collect()
}

// ---------------------------------------------------------------- rulebooks

#[test]
fn random_rulebooks_do_no_harm() {
    attempts(20_000, |chance| {
        let pieces = (0..chance.below(60)).map(|_| *chance.pick(&PIECES)).collect::<String>();
        compile("a rulebook of pieces", &pieces);
        let bytes: Vec<u8> = (0..chance.below(300)).map(|_| chance.next() as u8).collect();
        compile("random text", &String::from_utf8_lossy(&bytes));
    });
}

#[test]
fn mutated_rulebooks_do_no_harm() {
    let whole = fs::read_to_string(RULEBOOK).unwrap();
    // Short books go faster: the head and a few sections.
    let head: String =
        whole.lines().take_while(|line| !line.starts_with("板块")).map(|line| format!("{line}\n")).collect();
    let sections: Vec<&str> =
        whole.split_inclusive("\n\n").filter(|part| part.trim_start().starts_with(['1', '2', '3'])).collect();
    attempts(20_000, |chance| {
        let parts: String = (0..3).map(|_| *chance.pick(&sections)).collect();
        let award = whole.find("奖惩").unwrap();
        let book = format!("{head}\n板块 某板块\n  扣分封顶 每月40分\n\n{parts}\n{}", &whole[award..]);
        compile("a mutated rulebook", &mutated(&book, chance));
    });
}

/// The worst that fits in so many bytes.
/// Phrases that people write, each by itself: of the rulebooks, and of the sentences that are to be mended.
fn phrases() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = vec![fs::read_to_string(root.join("tests/mends/said.txt")).unwrap()];
    for folder in ["rulebooks", "tests/broken", "tests/spoken"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "zs") {
                texts.extend(fs::read_to_string(path));
            }
        }
    }
    let lines = texts.iter().flat_map(|text| text.split(['\n', '\\'])).filter(|line| !line.starts_with('#'));
    let bodies = lines.filter_map(|line| line.split_once('：')).map(|(_, body)| body);
    let mut phrases: Vec<String> = bodies.flat_map(|body| body.split(['，', '；'])).map(str::to_owned).collect();
    phrases.sort_unstable();
    phrases.dedup();
    phrases
}

#[test]
fn phrases_put_together_anew_do_no_harm() {
    let phrases = phrases();
    assert!(phrases.len() > 1000, "{}", phrases.len());
    let longest = phrases.iter().filter(|phrase| phrase.chars().count() > 60).count();
    assert!(longest * 20 < phrases.len(), "these are no phrases");
    attempts(400, |chance| {
        let columns = "事实列 情节：一般/严重、级别：国家级/省级/市级\n";
        let mut text = format!("{FRAME}{columns}{CONVENTIONS}板块 一\n1. 甲（10分）\n");
        for number in 0..12 {
            let label = if chance.one_in(3) { "（件）" } else { "" };
            text.push_str(&format!("情形{number}{label}："));
            for at in 0..1 + chance.below(4) {
                const BETWEEN: [&str; 5] = ["，", "，", "；", "的，", "、"];
                let between = *chance.pick(&BETWEEN);
                text.push_str(if at == 0 { "" } else { between });
                text.push_str(chance.pick(&phrases).as_str());
            }
            text.push('\n');
        }
        compile("phrases put together anew", &text);
    });
}

fn hostile_rulebooks(size: usize) -> Vec<(&'static str, String)> {
    let head = "方案 某方案\n施行 2023年3月至2023年12月\n考评对象 所\n考评周期 每月\n板块 一\n1. 甲\n";
    let fill = |piece: &str| format!("{head}{}", piece.repeat(size / piece.len()));
    let within =
        |open: &str, piece: &str, close: &str| format!("{head}{open}{}{close}\n", piece.repeat(size / piece.len()));
    let phrases: String = (0..300).map(|number| format!("每件扣{number}分；")).collect();
    let when: String = (0..300).map(|number| format!("当数{number}低于{number}时扣1分，")).collect();
    vec![
        ("deep parentheses", within("得分 = ", "（", "1")),
        ("deep closed parentheses", {
            let depth = size / 6;
            format!("{head}率 = {}1{}\n", "（".repeat(depth), "）".repeat(depth))
        }),
        ("parentheses in a points line", within("缺项：扣", "(", "")),
        ("one giant line", within("缺项：", "扣1分", "")),
        ("one giant name", within("", "缺", "：扣1分")),
        ("one giant number", within("缺项：扣", "9", "分")),
        ("one giant fraction", within("缺项：扣0.", "9", "分")),
        ("giant Chinese numerals", within("缺项：扣", "亿", "分")),
        ("a long sum", within("率 = 1", " + 1", "")),
        ("a long quotient", within("率 = 1", "÷2", "")),
        ("a million separators", within("缺项：", "，", "")),
        ("semicolons", within("缺项：", "；", "")),
        ("commas and colons", within("", "，：", "")),
        ("dots", within("", "1.", "")),
        ("quotes", within("", "\"", "")),
        ("open quotes", within("", "「", "")),
        ("quotes of all kinds", within("", "“「『\"", "")),
        ("PUA characters", fill("\u{e000}\u{f8ff}\n")),
        ("NULs", fill("\0")),
        ("combining marks", within("缺", "\u{301}", "：扣1分")),
        ("right-to-left marks", fill("\u{202e}缺项：扣1分\n")),
        ("blank lines", fill("\n")),
        ("spaces", within("缺项：", " ", "扣1分")),
        ("comments", fill("#\n")),
        ("carriage returns", fill("\r")),
        ("many phrases on many lines", fill(&format!("缺项：{phrases}\n"))),
        ("many conditions on many lines", fill(&format!("缺项：{when}\n"))),
        (
            "many items",
            (1..).map(|n| format!("{n}. 甲\n")).take(size / 12).fold(head.to_owned(), |all, item| all + &item),
        ),
        ("many sections", fill("板块 一\n1. 甲\n")),
        ("many different sections", (0..size / 16).fold(head.to_owned(), |all, n| all + &format!("板块 第{n}\n"))),
        ("many same labels", fill("缺项：扣1分\n")),
        (
            "many different labels",
            (0..size / 24).fold(head.to_owned(), |all, n| all + &format!("缺项{n}：每项扣1分\n")),
        ),
        ("many unknown statements", fill("这一行什么也不是\n")),
        ("measures of measures", {
            (1..size / 32)
                .fold(format!("{head}率0 = 1\n"), |all, n| all + &format!("率{n} = 率{} + 率{}\n", n - 1, n - 1))
        }),
        ("a year of measures of measures", {
            let year = head.replace("板块 一", "约定\n年终得分 = 各月率60之和\n板块 一");
            (1..61).fold(format!("{year}指标 率0（件），取合计\n"), |all, n| {
                all + &format!("率{n} = 率{} + 率{}\n", n - 1, n - 1)
            })
        }),
        ("a year of a circle", {
            let year = head.replace("板块 一", "约定\n年终得分 = 各月甲之和\n板块 一");
            format!("{year}指标 件数（件），取合计\n甲 = 乙 + 件数\n乙 = 甲 + 件数\n")
        }),
        ("grades by measures of measures", {
            let line = |n: usize| format!("量{n} = （当 类别为甲，量{}；其余 量{}）\n", n - 1, n - 1);
            let measures: String = (1..60).map(line).collect();
            let head = head.replace("板块 一", "单位属性 类别：甲/乙\n板块 一");
            format!(
                "{head}量0 = （当 类别为甲，总分；其余 总分）\n{measures}排名 年终\n按 量59 由高到低排名\n等次 年终\n优秀：90分以上\n合格：其余\n"
            )
        }),
        ("a circle of measures", format!("{head}甲 = 乙\n乙 = 丙\n丙 = 甲\n{}", "丁 = 丁\n".repeat(size / 10))),
        ("many bands", {
            let bands: String = (0..size / 32).map(|n| format!("{n}条加{n}分；")).collect();
            format!("{head}条数（条）：{bands}\n")
        }),
        ("many awards", format!("{head}奖惩 年终\n{}", "第1名至第3名：奖励3000元\n".repeat(size / 36))),
        ("many examples", format!("{head}{}", "例 甲\n2023年4月 所\n一.1 缺项 1件\n则 一 -2分\n".repeat(size / 64))),
        ("deep numbering", within("", "1.1.", " 甲")),
        ("deeper and deeper items", {
            let mut number = "1".to_owned();
            let mut all = head.to_owned();
            while all.len() < size.min(200_000) {
                number.push_str(".1");
                all.push_str(&format!("{number} 甲\n"));
            }
            all
        }),
    ]
}

#[test]
fn large_hostile_rulebooks_are_refused_in_time() {
    let slowest = std::thread::scope(|scope| {
        let books = hostile_rulebooks(1 << 18);
        let half = books.len() / 2;
        let (left, right) = books.split_at(half);
        let run = |books: &[(&'static str, String)]| {
            let timed = books.iter().map(|(what, text)| {
                let begin = Instant::now();
                compile(what, text);
                (begin.elapsed(), *what)
            });
            timed.collect::<Vec<_>>()
        };
        let left = left.to_vec();
        // A stack as small as threads usually have.
        let other = std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, move || run(&left)).unwrap();
        let mut all = run(right);
        all.extend(other.join().unwrap());
        all.sort();
        all.reverse();
        all
    });
    for (took, what) in slowest.iter().take(8) {
        println!("{took:>8.1?} {what}");
    }
}

#[test]
fn hostile_rulebooks_from_the_command_line_exit_as_they_should() {
    let folder = Scratch::new();
    let path = folder.path.join("方案.zs");
    for (what, text) in hostile_rulebooks(1 << 14) {
        fs::write(&path, text).unwrap();
        for command in ["check", "show", "test"] {
            let output = zhunsheng([command, path.to_str().unwrap(), "--diagnostics", "short"]);
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(0..=2)), "{what} {command}: {told}");
            assert!(!told.contains("panicked"), "{what} {command}: {told}");
        }
    }
    fs::write(&path, vec![b'#'; 5 << 20]).unwrap();
    assert_eq!(zhunsheng(["check", path.to_str().unwrap()]).status.code(), Some(1));
    assert_eq!(zhunsheng(["check", "/dev/zero"]).status.code(), Some(1), "at most a few mebibytes are read");
}

// ---------------------------------------------------------------- facts

fn plan() -> Plan {
    let (compiled, findings) = compile_text("2023.zs", &fs::read_to_string(RULEBOOK).unwrap());
    compiled.unwrap_or_else(|| panic!("{}", findings.render(Style::Human))).plan
}

fn file(name: &str, bytes: Vec<u8>) -> SourceFile<'static> {
    let size = bytes.len() as u64;
    let open = move || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Read + Send>);
    SourceFile { name: name.to_owned(), size, open: Box::new(open) }
}

/// Reads, and scores what is sound.
fn read_and_score(plan: &Plan, roster: Vec<u8>, facts: Vec<u8>, keep_entries: bool) {
    let begin = Instant::now();
    let kept = facts.clone();
    let done = catch_unwind(AssertUnwindSafe(|| {
        let options = Options { keep_entries, threads: 2, progress: None };
        let (store, findings) = read(plan, Some(&file("单位.csv", roster)), None, &[file("事实.csv", facts)], &options);
        findings.render(Style::Human);
        let request = Request { plan, store: &store, period: PeriodId(1), traced: keep_entries, threads: 2 };
        if !findings.has_errors() {
            evaluate(&request);
        } else {
            zhunsheng::eval::unreported(&request);
        }
    }));
    if done.is_err() {
        let path = std::env::temp_dir().join("zhunsheng-hostile.csv");
        fs::write(&path, kept).unwrap();
        panic!("facts bring the reader down: {}", path.display());
    }
    assert!(begin.elapsed() < HANGING, "facts take {:?}", begin.elapsed());
}

#[test]
fn mutated_facts_do_no_harm() {
    let plan = plan();
    let sound = fs::read(beside("year/02-every-kind/2023-04.csv")).unwrap();
    let roster = fs::read(beside("year/02-every-kind/单位.csv")).unwrap();
    let pieces: [&[u8]; 20] = [
        b",",
        b"\n",
        b"\r",
        b"\"",
        b"\"\"",
        b"%",
        b"-",
        b"9999999999999",
        b"\xff",
        b"\x00",
        b"\xef\xbb\xbf",
        "不适用".as_bytes(),
        "２".as_bytes(),
        b"2023-12",
        b"2023-03-31",
        "酌情".as_bytes(),
        b"0",
        b"",
        b"1e9",
        b"\xe4\xb8",
    ];
    attempts(20_000, |chance| {
        let mut bytes = sound.clone();
        for _ in 0..1 + chance.below(4) {
            let at = chance.below(bytes.len() as u64) as usize;
            let end = (at + chance.below(6) as usize).min(bytes.len());
            let piece = chance.pick(&pieces).iter().copied();
            match chance.below(4) {
                0 => drop(bytes.splice(at..end, piece)),
                1 => drop(bytes.splice(at..at, piece)),
                2 => bytes.truncate(bytes.len() - chance.below(3) as usize),
                _ => bytes[at] = chance.next() as u8,
            }
        }
        let roster = if chance.one_in(8) { bytes.clone() } else { roster.clone() };
        read_and_score(&plan, roster, bytes, chance.one_in(2));
    });
}

#[test]
fn random_facts_do_no_harm() {
    let plan = plan();
    attempts(20_000, |chance| {
        let mut junk: Vec<u8> = (0..chance.below(400)).map(|_| chance.next() as u8).collect();
        if chance.one_in(2) {
            junk.splice(0..0, HEADER.bytes());
        }
        read_and_score(&plan, "单位\n甲\n".into(), junk, chance.one_in(2));
    });
}

#[test]
fn big_junk_facts_are_refused_in_time() {
    let plan = plan();
    let size = 1 << 20;
    let row = "2023-04,甲,社区矫正工作.1,缺项,1,,,,,,\n";
    let fill = |piece: &str| piece.repeat(size / piece.len());
    let junk: [(&str, String); 16] = [
        ("commas", fill(",")),
        ("quotes", fill("\"")),
        ("pairs of quotes", fill("\"\",")),
        ("an open quote and many lines", format!("\"{}", fill("甲,乙\n"))),
        ("open quotes on every line", fill("2023-04,\"甲,\n")),
        ("one line", fill("甲")),
        ("empty lines", fill("\n")),
        ("carriage returns", fill("\r")),
        ("NULs", fill("\0")),
        ("digits", fill("9")),
        (
            "unknown units",
            (0..size / 64).map(|n| format!("2023-04,没有的所{n},社区矫正工作.1,缺项,1,,,,,,\n")).collect(),
        ),
        ("unknown labels", (0..size / 64).map(|n| format!("2023-04,甲,社区矫正工作.1,缺{n},1,,,,,,\n")).collect()),
        ("the same indicator again and again", fill("2023-04,甲,基层工作.2,录入件数,30,,,,,,\n")),
        ("the same event again and again", fill(row)),
        ("matters", (0..size / 64).map(|n| format!("2023-04,甲,加分事项.1,市级,1,,事{n},,,,\n")).collect()),
        ("a wide row", format!("2023-04{}\n", fill(",1"))),
    ];
    for (what, text) in junk {
        let begin = Instant::now();
        for keep in [false, true] {
            read_and_score(&plan, "单位\n甲\n".into(), format!("{HEADER}{text}").into(), keep);
            read_and_score(&plan, "单位\n甲\n".into(), text.clone().into(), keep);
        }
        read_and_score(&plan, text.clone().into(), format!("{HEADER}{row}").into(), true);
        println!("{:>8.1?} {what}", begin.elapsed());
    }
}

#[test]
fn wide_headers_and_huge_values_are_refused_in_time() {
    let plan = plan();
    let header: String = (0..70_000).map(|n| format!(",列{n}")).collect();
    read_and_score(&plan, "单位\n甲\n".into(), format!("月份,单位,条款,情形{header}\n").into(), true);
    read_and_score(&plan, format!("单位{header}\n甲\n").into(), HEADER.into(), true);
    let huge = "9".repeat(28);
    let rows = format!("2023-04,甲,社区矫正工作.1,缺项,{huge},,,,,,\n").repeat(3);
    read_and_score(&plan, "单位\n甲\n".into(), format!("{HEADER}{rows}").into(), true);
    read_and_score(&plan, "单位\n甲\n".into(), format!("{HEADER}{rows}").into(), false);
}

/// Sums that no exact number holds are told, not rounded.
#[test]
fn sums_beyond_all_digits_are_findings() {
    let case = beside("year/01-quiet-month");
    let facts = fs::read_to_string(case.join("2023-04.csv")).unwrap();
    let row = format!("2023-04,古井司法所,社区矫正工作.1,缺项,{},,,,,,\n", "9".repeat(28)).repeat(10);
    let folder = Scratch::new();
    folder.write("单位.csv", fs::read(case.join("单位.csv")).unwrap());
    folder.write("事实.csv", facts + &row);
    for format in ["json", "csv"] {
        let output = run_score(&folder.path, "2023-04", &["--format", format, "--diagnostics", "short"]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked"), "{told}");
        match output.status.code() {
            Some(0) => assert!(String::from_utf8_lossy(&output.stdout).contains("-40")),
            code => assert!(code == Some(1) && told.contains("number-overflow") && output.stdout.is_empty(), "{told}"),
        }
    }
}

// ---------------------------------------------------------------- pipes

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_failure() {
    let case = beside("year/07-whole-year");
    for format in ["json", "csv", "table"] {
        let arguments = ["score", RULEBOOK, case.to_str().unwrap(), "--period", "2023", "--format", format];
        let mut child = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        // The pipe is closed here, with most of the output unread.
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{format}: {told}");
        assert!(!told.contains("panicked") && !told.contains("Broken pipe"), "{told}");
    }
    // Nobody listens to findings either.
    let mut child = Command::new(env!("CARGO_BIN_EXE_zhunsheng"))
        .args(["check", "没有.zs"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}
