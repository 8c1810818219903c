//! An office for tests from outside: its data folder, its archive, and what it does with them.
// Every test crate takes what it needs of it.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::scratch::{RULEBOOK, Scratch, beside, zhunsheng};

pub const MONTHS: [&str; 10] =
    ["2023-03", "2023-04", "2023-05", "2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12"];

/// An office: its facts and its archive.
pub struct Office {
    pub scratch: Scratch,
}

impl Office {
    /// With the facts of a whole year.
    pub fn new() -> Office {
        let office = Office { scratch: Scratch::new() };
        copy(&beside("../samples/2023"), &office.data());
        office
    }

    pub fn data(&self) -> PathBuf {
        self.scratch.path.join("数据")
    }

    pub fn archive(&self) -> PathBuf {
        self.scratch.path.join("存档")
    }

    pub fn freeze(&self, period: &str) -> (i32, String) {
        let (data, archive) = (self.data(), self.archive());
        let arguments = ["score", RULEBOOK, data.to_str().unwrap(), "--period", period, "--format", "json", "--freeze"];
        run(&[&arguments[..], &[archive.to_str().unwrap(), "--date", "2024-01-06", "--diagnostics", "short"]].concat())
    }

    #[track_caller]
    pub fn froze(&self, period: &str) {
        let (code, told) = self.freeze(period);
        assert_eq!(code, 0, "{period}: {told}");
    }

    pub fn verify(&self, more: &[&str]) -> (i32, String) {
        let archive = self.archive();
        run(&[&["verify", archive.to_str().unwrap(), "--diagnostics", "short"], more].concat())
    }

    /// What is found once somebody has laid hands on a copy of the archive.
    #[track_caller]
    pub fn after(&self, change: impl FnOnce(&Path)) -> String {
        let kept = self.scratch.path.join("原样");
        copy(&self.archive(), &kept);
        change(&self.archive());
        let (code, told) = self.verify(&[]);
        fs::remove_dir_all(self.archive()).unwrap();
        fs::rename(&kept, self.archive()).unwrap();
        assert_eq!(code, 1, "{told}");
        told
    }
}

pub fn run(arguments: &[&str]) -> (i32, String) {
    let output = zhunsheng(arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap(), told)
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() { copy(&path, &target) } else { _ = fs::copy(&path, &target).unwrap() }
    }
}

pub fn replace(path: PathBuf, from: &str, to: &str) {
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{} holds no {from}", path.display());
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
}

pub fn manifest(archive: &Path, batch: &str) -> Value {
    serde_json::from_slice(&fs::read(archive.join(batch).join("批次.json")).unwrap()).unwrap()
}
