//! CSV to the year's ranking, measured as whole processes: rows per second and peak memory for 1,000 to 40,000 offices,
//! beside the time to merely read the same files and, where Python has DuckDB, the same scoring in hand-written SQL.
//! `cargo bench --bench year [-- UNITS…]`; with `-- --impact UNITS…` instead: `diff --facts` beside scoring by each of
//! its two rulebooks, over the sample year and those; with `-- --month` only a month of the sample year, which otherwise goes first.

mod generator;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RULEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks/2023.zs");
const PROGRAM: &str = env!("CARGO_BIN_EXE_zhunsheng");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/year/duckdb.py");
const LINES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/year/clauses.csv");
const RUNS: usize = 5;

fn main() {
    let is_asked = |for_what: &str| std::env::args().any(|argument| argument == for_what);
    if is_asked("--month") {
        return month();
    }
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![25, 1_000, 10_000, 40_000] } else { asked.clone() };
    let text = fs::read_to_string(RULEBOOK).expect("the rulebook of 2023 is in the project");
    let (compiled, findings) = zhunsheng::compile::compile_text(RULEBOOK, &text);
    let plan = compiled.unwrap_or_else(|| panic!("{}", findings.render(Default::default()))).plan;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{cores} cores; median of {RUNS} runs after one warm-up");
    if is_asked("--impact") {
        return impact(&plan, &text, &sizes);
    }
    if asked.is_empty() {
        month();
    }
    let has_duckdb = has_duckdb();
    println!("| units | rows | MB | score s | rows/s | peak MB | csv pass s | read s | DuckDB s | DuckDB peak MB |");
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for units in sizes {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("year-{units}"));
        let written =
            generator::write_year(&plan, &generator::unit_names(units), &folder, 11, 7).expect("room for the facts");
        let (score, peak) = measured(|| zhunsheng(&folder));
        let pass = median(|| csv_pass(&folder));
        let read = median(|| bytes_pass(&folder));
        let duckdb = if has_duckdb {
            assert_eq!(ranking(zhunsheng(&folder)), ranking(duckdb(&folder)), "DuckDB scores {units} units otherwise");
            let (time, peak) = measured(|| duckdb(&folder));
            format!("{:.3} | {}", time.as_secs_f64(), peak / 1024)
        } else {
            "– | –".to_owned()
        };
        println!(
            "| {units} | {} | {} | {:.3} | {:.2} M | {} | {:.3} | {:.3} | {duckdb} |",
            written.rows,
            written.bytes / 1_000_000,
            score.as_secs_f64(),
            written.rows as f64 / score.as_secs_f64() / 1e6,
            peak / 1024,
            pass.as_secs_f64(),
            read.as_secs_f64(),
        );
        fs::remove_dir_all(&folder).expect("our own folder");
    }
}

/// A month of 25 offices as a whole process, beside one that only says its version; in turns, for a machine has moods.
fn month() {
    const RUNS: usize = 40;
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("month-kept");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/2023");
    let score = |folder: &Path| {
        let mut command = Command::new(PROGRAM);
        command.arg("score").arg(RULEBOOK).arg(&data).args(["--period", "2023-04"]).env("ZHUNSHENG_CACHE", folder);
        command
    };
    let version = || {
        let mut command = Command::new(PROGRAM);
        command.arg("--version");
        command
    };
    type Kind<'a> = (&'a str, Vec<Duration>, &'a dyn Fn() -> Command);
    let mut kinds: [Kind<'_>; 3] = [
        ("its version", Vec::new(), &version),
        ("a month, rulebook compiled", Vec::new(), &|| score(Path::new(""))),
        ("a month, rulebook kept", Vec::new(), &|| score(&kept)),
    ];
    for run in 0..=RUNS {
        for (_, times, command) in &mut kinds {
            let start = Instant::now();
            let status = command().stdout(Stdio::null()).status().expect("can be started");
            assert!(status.success(), "scoring failed");
            if run > 0 {
                times.push(start.elapsed());
            }
        }
    }
    println!("| whole process | least ms | median ms |");
    println!("| --- | ---: | ---: |");
    for (what, mut times, _) in kinds {
        times.sort();
        let [least, median] = [times[0], times[RUNS / 2]].map(|time| time.as_secs_f64() * 1e3);
        println!("| {what} | {least:.1} | {median:.1} |");
    }
    fs::remove_dir_all(&kept).expect("our own folder");
}

/// Changes that take the same facts: stricter and looser lines, and some that meet under one cap.
const CHANGES: [(&str, &str); 5] = [
    ("扣分封顶 每月40分", "扣分封顶 每月25分"),
    ("不少于30件，每少1件扣1分", "不少于33件，每少1件扣2分"),
    ("缺席：每人扣1分", "缺席：每人扣3分"),
    ("缺项：每项扣1分", "缺项：每项扣2分"),
    ("第1名至第3名：奖励3000元", "第1名至第3名：奖励4000元"),
];

/// Scoring by the old and by the new rulebook, and what `diff --facts` takes for both and for sharing the difference:
/// over the sample year, then over random ones.
fn impact(plan: &zhunsheng::plan::Plan, text: &str, sizes: &[usize]) {
    println!(
        "| units | rows | new rulebook | score old s | score new s | diff s | diff --facts s | of both | peak MB |"
    );
    println!("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let changed = CHANGES.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let edited = scratch.join("impact-new.zs");
    fs::write(&edited, changed).expect("room for the rulebook");
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let books = [("2024", project.join("rulebooks/2024.zs")), ("five lines edited", edited.clone())];
    books.iter().for_each(|book| impact_row("the sample's | –", book, &project.join("samples/2023")));
    for &units in sizes {
        let folder = scratch.join(format!("impact-{units}"));
        let written =
            generator::write_year(plan, &generator::unit_names(units), &folder, 11, 7).expect("room for the facts");
        books.iter().for_each(|book| impact_row(&format!("{units} | {}", written.rows), book, &folder));
        fs::remove_dir_all(&folder).expect("our own folder");
    }
    fs::remove_file(&edited).expect("our own file");
}

/// Least and median, in turns, for a machine has moods.
fn impact_row(facts: &str, (name, new): &(&str, PathBuf), folder: &Path) {
    let diff = || {
        let mut command = Command::new(PROGRAM);
        command.arg("diff").arg(RULEBOOK).arg(new);
        command
    };
    let kinds: [&dyn Fn() -> Command; 4] = [&|| zhunsheng(folder), &|| score(new, folder), &diff, &|| {
        let mut command = diff();
        command.arg("--facts").arg(folder);
        command
    }];
    let (mut times, mut peak) = ([const { Vec::new() }; 4], 0);
    for run in 0..=RUNS {
        for (times, command) in times.iter_mut().zip(kinds) {
            let start = Instant::now();
            peak = peak.max(watched(command()));
            if run > 0 {
                times.push(start.elapsed().as_secs_f64());
            }
        }
    }
    times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
    let told = times.each_ref().map(|times| format!("{:.3}, {:.3}", times[0], times[RUNS / 2]));
    let of_both = [0, RUNS / 2].map(|at| format!("{:.2}", times[3][at] / (times[0][at] + times[1][at])));
    println!("| {facts} | {name} | {} | {} | {} |", told.join(" | "), of_both.join(", "), peak / 1024);
}

fn median(mut run: impl FnMut()) -> Duration {
    run();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

fn zhunsheng(folder: &Path) -> Command {
    score(Path::new(RULEBOOK), folder)
}

fn score(book: &Path, folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("score").arg(book).arg(folder).args(["--period", "2023", "--format", "csv"]);
    command
}

fn duckdb(folder: &Path) -> Command {
    let mut command = Command::new("python3");
    command.arg(SCRIPT).arg(folder).arg(LINES);
    command
}

fn has_duckdb() -> bool {
    let asked = Command::new("python3").args(["-c", "import duckdb"]).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// Unit, rank and total, in the order they were printed.
fn ranking(mut command: Command) -> Vec<[String; 3]> {
    let output = command.stderr(Stdio::inherit()).output().expect("can be started");
    assert!(output.status.success(), "scoring failed");
    let sheet = output.stdout.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&output.stdout);
    let mut reader = csv::Reader::from_reader(sheet);
    let header = reader.headers().expect("a header").clone();
    let places =
        ["单位", "名次", "总分"].map(|name| header.iter().position(|known| known == name).expect("the column"));
    reader.records().map(|row| places.map(|place| row.as_ref().expect("well formed")[place].to_owned())).collect()
}

/// The whole process, and the most memory it held, in KiB.
fn measured(command: impl Fn() -> Command) -> (Duration, u64) {
    let mut peak = 0;
    let time = median(|| peak = peak.max(watched(command())));
    (time, peak)
}

/// Runs a process to its end; the most memory it held, in KiB.
fn watched(mut command: Command) -> u64 {
    // What is odd about random facts was told when the results were compared.
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("can be started");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Ok(text) = fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let size = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
            peak = peak.max(size.unwrap_or(0));
        }
        match child.try_wait().expect("our own child") {
            Some(ended) => {
                // `diff` ends in 1 where something changed.
                assert!(matches!(ended.code(), Some(0 | 1)), "{ended}");
                return peak;
            }
            None => std::thread::sleep(Duration::from_micros(500)),
        }
    }
}

fn fact_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("our own folder").map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    files
}

/// All fields of all rows, by the csv crate, a thread a core.
fn csv_pass(folder: &Path) {
    let files = fact_files(folder);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for part in 0..cores {
            let files = &files;
            scope.spawn(move || {
                let mut bytes = 0;
                for path in files.iter().skip(part).step_by(cores) {
                    let mut reader =
                        csv::ReaderBuilder::new().buffer_capacity(1 << 20).from_path(path).expect("readable");
                    let mut record = csv::ByteRecord::new();
                    while reader.read_byte_record(&mut record).expect("well formed") {
                        bytes += record.iter().map(<[u8]>::len).sum::<usize>();
                    }
                }
                std::hint::black_box(bytes);
            });
        }
    });
}

fn bytes_pass(folder: &Path) {
    let mut buffer = vec![0; 1 << 20];
    for path in fact_files(folder) {
        let mut file = File::open(path).expect("readable");
        while file.read(&mut buffer).expect("readable") > 0 {}
    }
}
