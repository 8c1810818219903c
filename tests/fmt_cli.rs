//! `zhunsheng fmt` from outside: what it writes, what it leaves alone, and how it ends.

mod scratch;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use scratch::{Scratch, rulebooks, zhunsheng};

const TYPED: &str = "方案 甲县考评\n施行 2024-01至2024-12\n\n\n考评周期 每月\n约定\n每月基础分 0分\n年终得分=各月得分之和\n\
                     同分并列，其后名次顺延空出\n板块 工作\n1、台账\n缺项:每项扣一分   # 注\n";

const CANONICAL: &str = "方案      甲县考评\n施行      2024年1月至2024年12月\n\n考评周期  每月\n约定\n  每月基础分 0分\n  \
                         年终得分 = 各月得分之和\n  同分并列，其后名次顺延空出\n板块 工作\n  1. 台账\n     缺项：每项扣1分  # 注\n";

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("what is printed is UTF-8");
    (output.status.code().expect("it ends by itself"), text(&output.stdout), text(&output.stderr))
}

fn through_stdin(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhunsheng"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command runs");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads");
    child.wait_with_output().expect("it ends")
}

/// Only the file itself is in its folder afterwards.
fn files(folder: &Path) -> usize {
    fs::read_dir(folder).expect("the folder").count()
}

#[test]
fn every_rulebook_here_is_canonical() {
    let arguments = ["fmt".into(), "--check".into()]
        .into_iter()
        .chain(rulebooks("rulebooks").into_iter().map(PathBuf::into_os_string));
    assert_eq!(said(&zhunsheng(arguments)), (0, String::new(), String::new()));
}

#[test]
fn a_file_is_rewritten_once() {
    let scratch = Scratch::new();
    scratch.write("甲.zs", TYPED);
    let path = scratch.path.join("甲.zs");
    let path = path.to_str().expect("a path that is text");
    let (code, out, told) = said(&zhunsheng(["fmt", "--check", path, "--diagnostics", "short"]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(told, format!("{path}:1:1: not-formatted: 不是规范格式：要改9行（第1至2、4至5、7至9、11至12行）\n"));
    assert_eq!(fs::read_to_string(path).expect("the file"), TYPED);
    let (code, out, told) = said(&zhunsheng(["fmt", path]));
    assert_eq!((code, told.as_str()), (0, ""));
    assert_eq!(out, format!("{path}：改写了9行（第1至2、4至5、7至9、11至12行）\n"));
    assert_eq!(fs::read_to_string(path).expect("the file"), CANONICAL);
    assert_eq!(said(&zhunsheng(["fmt", path])), (0, format!("{path}：已经是规范格式\n"), String::new()));
    assert_eq!(said(&zhunsheng(["fmt", "--check", path])), (0, String::new(), String::new()));
    assert_eq!(files(&scratch.path), 1);
}

#[test]
fn whatever_an_office_saves_becomes_plain_utf_8() {
    let scratch = Scratch::new();
    let path = scratch.path.join("甲.zs");
    let windows = format!("\u{feff}{}", CANONICAL.replace('\n', "\r\n"));
    let chinese = encoding_rs::GB18030.encode(CANONICAL).0.into_owned();
    for bytes in [windows.into_bytes(), chinese] {
        fs::write(&path, bytes).expect("the file");
        assert_eq!(zhunsheng(["fmt".as_ref(), "--check".as_ref(), path.as_os_str()]).status.code(), Some(1));
        assert_eq!(zhunsheng(["fmt".as_ref(), path.as_os_str()]).status.code(), Some(0));
        assert_eq!(fs::read_to_string(&path).expect("the file"), CANONICAL);
    }
}

/// What an amendment says is told by documents that are not there: the ends of its lines are made one, and that is said.
#[test]
fn amendments_are_said_to_stay_as_they_are() {
    let scratch = Scratch::new();
    scratch.write("改.zs", "沿用 「甲.zs」\r\n修改   工作.1   缺项:每1项减二分   # 注\r\n   \r\n\r\n");
    let path = scratch.path.join("改.zs");
    let path = path.to_str().expect("a path");
    assert_eq!(zhunsheng(["fmt", "--check", path]).status.code(), Some(1));
    let (code, out, _) = said(&zhunsheng(["fmt", path]));
    assert_eq!(code, 0);
    assert!(out.contains("各行的用词、缩进不改"), "{out}");
    assert_eq!(fs::read_to_string(path).unwrap(), "沿用 「甲.zs」\n修改   工作.1   缺项:每1项减二分   # 注\n");
    let (code, out, _) = said(&zhunsheng(["fmt", path]));
    assert!(code == 0 && out.contains("没有要改的") && !out.contains("规范格式"), "{out}");
}

#[test]
fn editors_speak_through_standard_input() {
    assert_eq!(said(&through_stdin(&["fmt", "-"], TYPED.as_bytes())), (0, CANONICAL.to_owned(), String::new()));
    let (code, out, told) = said(&through_stdin(&["fmt", "--check", "-"], TYPED.as_bytes()));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(told.contains("不是规范格式"), "{told}");
    assert_eq!(said(&through_stdin(&["fmt", "--check", "-"], CANONICAL.as_bytes())), (0, String::new(), String::new()));
    let (code, out, _) = said(&through_stdin(&["fmt", "-"], "方案 甲\n缺项 每项\n".as_bytes()));
    assert_eq!((code, out.as_str()), (1, ""));
}

#[test]
fn what_does_not_parse_is_left_untouched() {
    let scratch = Scratch::new();
    let broken = TYPED.replace("缺项:每项", "缺项 每项");
    scratch.write("坏.zs", &broken);
    scratch.write("好.zs", TYPED);
    let (bad, good) = (scratch.path.join("坏.zs"), scratch.path.join("好.zs"));
    let output =
        zhunsheng(["fmt".as_ref(), "--diagnostics".as_ref(), "short".as_ref(), bad.as_os_str(), good.as_os_str()]);
    let (code, out, told) = said(&output);
    assert_eq!(code, 1);
    assert!(told.contains("坏.zs:12:"), "{told}");
    assert!(out.contains("好.zs：改写了") && !out.contains("坏.zs"), "{out}");
    assert_eq!(fs::read_to_string(&bad).expect("the file"), broken);
    assert_eq!(fs::read_to_string(&good).expect("the file"), CANONICAL);
}

#[test]
fn a_file_that_cannot_be_read_is_no_finding_but_a_failure() {
    assert_eq!(zhunsheng(["fmt", "没有.zs"]).status.code(), Some(2));
    assert_eq!(zhunsheng(["fmt"]).status.code(), Some(2));
    assert_eq!(zhunsheng(["fmt", "src"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = Scratch::new();
    scratch.write("真/甲.zs", TYPED);
    let (file, link) = (scratch.path.join("真/甲.zs"), scratch.path.join("链.zs"));
    symlink(&file, &link).expect("a link");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("its permissions");
    assert_eq!(zhunsheng(["fmt".as_ref(), link.as_os_str()]).status.code(), Some(0));
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(&file).expect("the file"), CANONICAL);
    // A file that may not be written is not replaced behind its owner's back.
    fs::write(&file, TYPED).expect("the file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).expect("its permissions");
    assert_eq!(zhunsheng(["fmt".as_ref(), link.as_os_str()]).status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file).expect("the file"), TYPED);
    assert_eq!(files(&scratch.path.join("真")), 1);
}
