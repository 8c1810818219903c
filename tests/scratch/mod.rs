//! What the tests from outside share: a folder of their own, the binary, chance that repeats itself.
// Every test crate takes what it needs of it.
#![allow(dead_code)]

pub mod edits;
pub mod random;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use zhunsheng::compile::{Compiled, compile_with};
use zhunsheng::diagnostic::Findings;

/// The header that the office's files have.
pub const HEADER: &str = "月份,单位,条款,情形,数量,分值,事项,截止日期,完成日期,依据,备注\n";

/// How a made-up rulebook begins: its columns come next, then `CONVENTIONS`.
pub const FRAME: &str = "方案 试行
施行 2025年
考评对象 所
考评周期 每月
";

/// Every convention that sentences may need.
pub const CONVENTIONS: &str = "约定
  每月基础分 0分
  年终得分 = 各月得分之和
  同分并列，其后名次顺延空出
  未写“每”的，每次都计
  逾期按自然日计算，截止当日不计
  一票否决的名次不变
  缺报的，按0计
";

/// The rulebook of 2023.
pub const RULEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks/2023.zs");

/// A file or folder beside the tests.
pub fn beside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path)
}

/// The rulebooks of a folder of this repository, at any depth; there is one at least.
#[track_caller]
pub fn rulebooks(folder: &str) -> Vec<PathBuf> {
    fn below(folder: &Path, list: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, list);
            } else if path.extension().is_some_and(|extension| extension == "zs") {
                list.push(path);
            }
        }
    }
    let mut list = Vec::new();
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut list);
    assert!(!list.is_empty(), "{folder} holds no rulebook");
    list.sort();
    list
}

/// The folders in a folder.
pub fn folders(path: &Path) -> Vec<PathBuf> {
    let mut list: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    list.retain(|path| path.is_dir());
    list.sort();
    list
}

/// Compiles a file, with those beside it that it builds on.
pub fn compile(path: &Path) -> (Option<Compiled>, Findings) {
    let mut read = |name: &str| fs::read_to_string(name).map_err(|error| error.to_string());
    compile_with(&path.display().to_string(), &fs::read_to_string(path).unwrap(), &mut read)
}

/// How what was found differs from what a file says is expected, if it does; `UPDATE_EXPECT=1` writes the file anew, and
/// nothing is no file.
pub fn otherwise(expected: &Path, found: &str) -> Option<String> {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        match found.is_empty() {
            true => drop(fs::remove_file(expected)),
            false => fs::write(expected, found).unwrap(),
        }
    }
    let wanted = fs::read_to_string(expected).unwrap_or_default();
    (wanted != found).then(|| format!("{}: expected\n{wanted}but found\n{found}", expected.display()))
}

/// A folder of its own for one test, gone afterwards.
pub struct Scratch {
    pub path: PathBuf,
}

impl Scratch {
    pub fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("zhunsheng-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Scratch { path }
    }

    /// Writes a file at any depth.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Runs the binary.
pub fn zhunsheng<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zhunsheng")).args(arguments).output().unwrap()
}

/// What `score` prints about a folder that is in order.
#[track_caller]
pub fn score(folder: &Path, period: &str, more: &[&str]) -> Vec<u8> {
    let output = run_score(folder, period, more);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{} {period}: {told}", folder.display());
    output.stdout
}

pub fn run_score(folder: &Path, period: &str, more: &[&str]) -> Output {
    let folder = folder.to_str().unwrap();
    zhunsheng([&["score", RULEBOOK, folder, "--period", period], more].concat())
}

/// The same as a JSON value.
#[track_caller]
pub fn score_json(folder: &Path, period: &str) -> Value {
    serde_json::from_slice(&score(folder, period, &["--format", "json"])).unwrap()
}

/// LibreOffice, where it is; under `.ci/run` it must be.
pub fn libreoffice(arguments: &[&str], folder: &Path) -> bool {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let mut command = Command::new("soffice");
    let command = command.args([&profile, "--headless"]).args(arguments).current_dir(folder);
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(error) => {
            assert!(std::env::var_os("ZHUNSHENG_CI").is_none(), "LibreOffice is not here: {error}");
            eprintln!("not tested: LibreOffice is not here (apt-get install libreoffice-calc)");
            false
        }
    }
}

/// The pages of a PDF file as text, where the program that reads them is; under `.ci/run` it must be.
pub fn pages(pdf: &Path) -> Option<Vec<String>> {
    match Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).unwrap();
            Some(text.split('\u{c}').filter(|page| !page.trim().is_empty()).map(str::to_owned).collect())
        }
        Err(error) => {
            assert!(std::env::var_os("ZHUNSHENG_CI").is_none(), "pdftotext is not here: {error}");
            eprintln!("not tested: pdftotext is not here (apt-get install poppler-utils)");
            None
        }
    }
}

/// A small generator of repeatable numbers (splitmix64).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}
