//! The command line from outside: exit codes, and that people are spoken to in Chinese.

use std::process::{Command, Output};

fn zhunsheng(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zhunsheng")).args(arguments).output().unwrap()
}

/// Runs a command line that is wrong: exit 2, nothing on stdout.
fn refused(arguments: &[&str]) -> String {
    let output = zhunsheng(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn wrong_usage_is_told_in_chinese() {
    assert_eq!(
        refused(&["scor"]),
        "用法不对：没有命令“scor”\n是不是：score、correct\n用法：zhunsheng <命令> [选项]\n说明：zhunsheng --help，或 zhunsheng <命令> --help\n"
    );
    assert!(refused(&["score", "a.zs", "d", "--perid", "2023"]).contains("“--perid”\n是不是：--period\n"));
    assert!(refused(&["score", "a.zs", "d"]).starts_with("用法不对：缺少 --period <期间>\n"));
    assert!(refused(&["show", "a.zs", "--format", "xml"]).contains("不能是“xml”\n可以是：text、json\n"));
    assert!(refused(&["check", "a.zs", "--diagnostics"]).contains("后面要写一个值"));
    assert!(refused(&[]).contains("用法：zhunsheng <命令> [选项]"));
}

#[test]
fn a_missing_rulebook_is_no_finding_but_a_failure() {
    let told = refused(&["check", "没有.zs", "--diagnostics", "short"]);
    assert_eq!(told, "没有.zs:0:0: cannot-access: 读不了“没有.zs”：没有这个文件或文件夹\n");
    assert!(refused(&["check", "src", "--diagnostics", "short"]).contains("它是文件夹"));
    let told = refused(&["check", "没有.zs", "--diagnostics", "json"]);
    assert!(told.starts_with("[\n") && told.contains("\"code\": \"cannot-access\""));
}

#[test]
fn help_and_version_are_results() {
    for arguments in [&["--help"][..], &["score", "--help"], &["--version"]] {
        let output = zhunsheng(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty() && !output.stdout.is_empty());
    }
}
