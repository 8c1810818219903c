//! `check` and `fmt` of rulebooks of 2,000 and 50,000 lines: the whole process, and its parts inside.
//! `cargo bench --bench rulebook [-- LINES…]`

mod generator;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use zhunsheng::compile::compile_text;
use zhunsheng::diagnostic::{Findings, Style};
use zhunsheng::fmt;
use zhunsheng::lint;
use zhunsheng::parse::{self, Names};
use zhunsheng::source::Source;

const PROGRAM: &str = env!("CARGO_BIN_EXE_zhunsheng");
const RUNS: usize = 7;

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![2_000, 50_000] } else { asked };
    println!("{RUNS} runs after one warm-up, in milliseconds");
    println!("| lines | what | min | median | max |");
    println!("| ---: | --- | ---: | ---: | ---: |");
    for lines in sizes {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("rulebook-{lines}"));
        fs::create_dir_all(&folder).expect("room for the rulebooks");
        let text = generator::rulebook(lines);
        let typed = generator::as_typed(&text);
        let (compiled, findings) = compile_text("生成.zs", &text);
        let compiled = compiled.unwrap_or_else(|| panic!("{}", findings.render(Style::Short)));
        let canonical = fmt::format("生成.zs", &text).0.expect("a form of it").text;
        assert_eq!(
            fmt::format("生成.zs", &typed).0.expect("a form of it").text.lines().count(),
            canonical.lines().count()
        );
        let (plain, other) = (folder.join("规范.zs"), folder.join("随手.zs"));
        fs::write(&plain, &canonical).expect("our own folder");
        fs::write(&other, &typed).expect("our own folder");
        let count = text.lines().count();
        let row = |what: &str, times: [Duration; 3]| {
            let [min, median, max] = times.map(|time| time.as_secs_f64() * 1e3);
            println!("| {count} | {what} | {min:.1} | {median:.1} | {max:.1} |");
        };
        row("check, whole process", timed(|| process(&["check"], &plain)));
        row("parse", timed(|| parse_all(&text)));
        row("compile", timed(|| assert!(compile_text("生成.zs", &text).0.is_some())));
        row("lints", timed(|| lint::run(&compiled, &mut Findings::default())));
        row("fmt --check of the canonical form, whole process", timed(|| process(&["fmt", "--check"], &plain)));
        row("fmt of the canonical form", timed(|| assert!(fmt::format("生成.zs", &canonical).0.is_some())));
        row("fmt as typed", timed(|| assert!(fmt::format("生成.zs", &typed).0.is_some())));
        fs::remove_dir_all(&folder).expect("our own folder");
    }
}

/// The least, the median and the greatest time.
fn timed(mut run: impl FnMut()) -> [Duration; 3] {
    run();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    [times[0], times[RUNS / 2], times[RUNS - 1]]
}

fn process(arguments: &[&str], path: &Path) {
    let mut command = Command::new(PROGRAM);
    let status = command.args(arguments).arg(path).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.expect("can be started").success(), "{arguments:?} failed");
}

/// Lines, names and statements, without what they mean.
fn parse_all(text: &str) {
    let source = Source::new("生成.zs", text);
    let mut findings = Findings::default();
    let mut lines = parse::lines(&source, &mut findings);
    let names = Names::gather(&lines);
    parse::mark_names(&mut lines, &names);
    let (statements, broken) = parse::statements(&lines);
    assert!(broken.is_empty() && !statements.is_empty());
}
