//! Every example of the manual and the READMEs is compiled, and what it claims is computed.
//!
//! A block opens with ```` ```准绳 ```` and holds a rulebook, or a part of one that is put into the smallest rulebook
//! around it. ```` ```准绳 错误 code ```` must be refused with that code. Its 例 must come out as written.
//! ```` ```准绳 2024.zs ```` is a whole document that later blocks of the same page may build on by 沿用.
//! ```` ```例表 方案.例.csv ```` is a table of 例 beside it, ```` ```核对 ```` is what `test` then prints.
//! ```` ```事实 name.csv ```` blocks after it are files, ```` ```结果 2024-03 ```` is what `score` then prints.

mod blocks;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use blocks::{Block, blocks, whole};
use zhunsheng::compile::compile_with;
use zhunsheng::diagnostic::{Findings, Severity};
use zhunsheng::example;

/// A document, and the fewest blocks of the language it has: fewer, and the reading of it has gone wrong.
const DOCUMENTS: &[(&str, usize)] = &[("docs/手册.md", 60), ("README.md", 1), ("README.zh-CN.md", 1)];

fn told(findings: &Findings) -> String {
    let lines = findings.iter().map(|finding| {
        let help = finding.help.as_deref().unwrap_or_default();
        format!("    {}行 {}：{}（{help}）", finding.place.line, finding.code, finding.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn numbered(text: &str) -> String {
    text.lines().enumerate().map(|(index, line)| format!("{:>4} {line}\n", index + 1)).collect()
}

/// What is wrong with a block of the language, if anything.
fn try_rulebook(block: &Block, documents: &BTreeMap<String, String>) -> Result<(), String> {
    let text = whole(&block.text);
    let mut read = |name: &str| documents.get(name).cloned().ok_or_else(|| "没有这个文件".to_owned());
    let (compiled, findings) = compile_with("手册", &text, &mut read);
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if block.info.get(1).is_some_and(|word| word == "错误") {
        let codes: BTreeSet<&str> = errors.iter().map(|finding| finding.code).collect();
        return match block.info.get(2) {
            Some(code) if codes.contains(code.as_str()) => Ok(()),
            None if !codes.is_empty() => Ok(()),
            _ => Err(format!("is not refused as it says:\n{}\n{}", told(&findings), numbered(&text))),
        };
    }
    let Some(compiled) = compiled else {
        return Err(format!("is refused:\n{}\n{}", told(&findings), numbered(&text)));
    };
    let (_, differences) = example::run(&compiled);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("comes out otherwise:\n{}\n{}", told(&differences), numbered(&text)))
}

/// Runs the command on the files before a result.
fn run(rulebook: &str, files: &[&Block], arguments: &[&str], name: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("数据")).expect("a folder for the test");
    fs::write(folder.join("方案.zs"), rulebook).expect("a rulebook for the test");
    for file in files {
        let own = if file.info[0] == "例表" { folder.clone() } else { folder.join("数据") };
        fs::write(own.join(&file.info[1]), &file.text).expect("a file for the test");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhunsheng"));
    command.current_dir(&folder).args([arguments[0], "方案.zs"]).env("COLUMNS", "100");
    // Examples have their facts with them.
    if arguments[0] != "test" {
        command.arg("数据");
    }
    command.args(&arguments[1..]);
    let output = command.output().expect("the command runs");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()
}

#[test]
fn every_block_of_the_documents_is_true() {
    let mut wrong = Vec::new();
    for (document, fewest) in DOCUMENTS {
        let text = fs::read_to_string(document).expect("the document is there");
        let (tried, found) = try_document(document, &text);
        wrong.extend(found);
        assert!(tried >= *fewest, "only {tried} blocks in {document}");
    }
    assert!(wrong.is_empty(), "{}\n{} blocks are wrong", wrong.join("\n"), wrong.len());
}

/// How many blocks of the language a document has, and what is wrong with its blocks.
fn try_document(document: &str, text: &str) -> (usize, Vec<String>) {
    let mut wrong = Vec::new();
    let mut tried = 0;
    let mut rulebook = String::new();
    let mut files: Vec<&Block> = Vec::new();
    let mut documents = BTreeMap::new();
    let blocks = blocks(text);
    for block in &blocks {
        let kind = block.info.first().map_or("", String::as_str);
        let result = match kind {
            "准绳" => {
                rulebook = whole(&block.text);
                files.clear();
                tried += 1;
                let result = try_rulebook(block, &documents);
                if let Some(name) = block.info.get(1).filter(|name| name.ends_with(".zs")) {
                    documents.insert(name.clone(), block.text.clone());
                }
                result
            }
            "事实" | "例表" => {
                files.push(block);
                Ok(())
            }
            "结果" | "说明" => {
                let mut arguments = vec![if kind == "结果" { "score" } else { "explain" }, "--period", &block.info[1]];
                if kind == "说明" {
                    arguments.extend(["--unit", &block.info[2]]);
                }
                let name = format!("{}-{}", document.replace(['/', '.'], "-"), block.line);
                let actual = run(&rulebook, &files, &arguments, &name);
                let same = lines(&actual) == lines(&block.text);
                if same { Ok(()) } else { Err(format!("prints otherwise:\n{actual}")) }
            }
            "核对" => {
                let name = format!("{}-{}", document.replace(['/', '.'], "-"), block.line);
                let actual = run(&rulebook, &files, &["test"], &name);
                let same = lines(&actual) == lines(&block.text);
                if same { Ok(()) } else { Err(format!("prints otherwise:\n{actual}")) }
            }
            _ => Ok(()),
        };
        if let Err(why) = result {
            wrong.push(format!("{document}:{}: this block {why}", block.line));
        }
    }
    (tried, wrong)
}
