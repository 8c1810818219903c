//! Compiled rulebooks that are kept between runs: what comes back is what was kept, and no run goes by anything else.

mod scratch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scratch::{RULEBOOK, Scratch, beside, compile, rulebooks};
use zhunsheng::plan::Plan;

const DATA: &str = "year/01-quiet-month";
const PERIOD: &str = "2023-04";

#[test]
fn a_plan_comes_back_as_it_was() {
    let mut seen = 0;
    for path in ["rulebooks", "tests/accepted", "tests/spoken"].iter().flat_map(|folder| rulebooks(folder)) {
        let Some(compiled) = compile(&path).0 else { continue };
        let bytes = compiled.plan.to_bytes().unwrap();
        let back = Plan::from_bytes(&bytes).unwrap();
        assert!(back == compiled.plan, "{}", path.display());
        assert_eq!(back.to_bytes().unwrap(), bytes, "{}", path.display());
        // Half of it is an error, and no panic.
        assert!(Plan::from_bytes(&bytes[..bytes.len() / 2]).is_err(), "{}", path.display());
        seen += 1;
    }
    assert!(seen > 50, "{seen} rulebooks");
}

/// Scores with a folder for what is kept.
fn score(book: &Path, folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhunsheng"));
    command.env("ZHUNSHENG_CACHE", folder).arg("score").arg(book).arg(beside(DATA));
    command.args(["--period", PERIOD, "--format", "json"]).output().unwrap()
}

#[track_caller]
fn scored(book: &Path, folder: &Path) -> Vec<u8> {
    let output = score(book, folder);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn kept(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_second_run_goes_by_what_the_first_kept() {
    let scratch = Scratch::new();
    let (folder, other) = (scratch.path.join("留存"), scratch.path.join("另存"));
    let book = Path::new(RULEBOOK);
    let first = scored(book, &folder);
    assert_eq!(scored(book, &folder), first);
    let [file] = &kept(&folder)[..] else { panic!("one is kept: {:?}", kept(&folder)) };

    // A harder rulebook in its place shows that it is looked at.
    let text = fs::read_to_string(book).unwrap();
    let harder = text.replace("扣分封顶 每月40分", "扣分封顶 每月1分");
    assert_ne!(harder, text);
    scratch.write("严.zs", &harder);
    let strict = scored(&scratch.path.join("严.zs"), &other);
    assert_ne!(strict, first);
    fs::copy(&kept(&other)[0], file).unwrap();
    assert_eq!(scored(book, &folder), strict);

    // A damaged one is not: one bit, its end, nothing left.
    let whole = fs::read(file).unwrap();
    for damaged in [[&whole[..99], &[whole[99] ^ 1], &whole[100..]].concat(), whole[..whole.len() - 1].to_vec(), vec![]]
    {
        fs::write(file, damaged).unwrap();
        assert_eq!(scored(book, &folder), first);
        assert_ne!(fs::read(file).unwrap(), whole, "it is kept anew");
    }

    // Another text is another rulebook, under whatever name.
    scratch.write("改.zs", text.replace("扣分封顶 每月40分", "扣分封顶 每月39分"));
    scored(&scratch.path.join("改.zs"), &folder);
    assert_eq!(kept(&folder).len(), 2);
}

#[test]
fn what_has_more_to_say_is_compiled_each_time() {
    let scratch = Scratch::new();
    let folder = scratch.path.join("留存");
    // It builds on another, whose text may change.
    let amended = Path::new(env!("CARGO_MANIFEST_DIR")).join("rulebooks/2023年7月修订.zs");
    scored(&amended, &folder);
    assert!(!folder.exists());
    // It is wrong, each time.
    scratch.write("错.zs", fs::read_to_string(RULEBOOK).unwrap().replace("缺项：每项扣1分", "缺项：每项扣一百分吧"));
    let wrong = scratch.path.join("错.zs");
    let told = score(&wrong, &folder);
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(score(&wrong, &folder), told);
    assert!(!folder.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_done_without() {
    let scratch = Scratch::new();
    scratch.write("不是文件夹", "");
    let first = scored(Path::new(RULEBOOK), Path::new(""));
    assert_eq!(scored(Path::new(RULEBOOK), &scratch.path.join("不是文件夹")), first);
    assert_eq!(kept(&scratch.path).len(), 1);
}

#[test]
fn old_ones_make_room() {
    let scratch = Scratch::new();
    let folder = scratch.path.join("留存");
    for number in 0..40 {
        scratch.write(&format!("留存/{number}.plan"), "旧");
    }
    scratch.write("留存/别的.txt", "不是我们的");
    scored(Path::new(RULEBOOK), &folder);
    let left = kept(&folder);
    assert_eq!(left.len(), 33, "{left:?}");
    assert!(left.contains(&folder.join("别的.txt")));
    assert!(left.iter().any(|path| path.file_stem().unwrap().len() == 64), "the new one stays");
}
