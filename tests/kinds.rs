//! Every kind of finding has a page; its wrong example gives exactly that finding, its right one none.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use zhunsheng::compile::compile_with;
use zhunsheng::diagnostic::{Findings, Style};
use zhunsheng::eval;
use zhunsheng::facts::{self, SourceFile};
use zhunsheng::form;
use zhunsheng::kind::{self, Example};
use zhunsheng::lateness;
use zhunsheng::lint;
use zhunsheng::same_rows;

fn file<'a>(name: &str, text: &'a str) -> SourceFile<'a> {
    SourceFile {
        name: name.to_owned(),
        size: text.len() as u64,
        open: Box::new(move || Ok(Box::new(Cursor::new(text.as_bytes().to_vec())) as Box<dyn Read + Send>)),
    }
}

/// All that is told of an example, up to the scores of March; `None` for what a few lines cannot show.
fn told(example: &Example) -> Option<Findings> {
    let text = example.rulebook()?;
    let mut read = |path: &str| match path {
        "原案.zs" => Ok(kind::BASE.to_owned()),
        _ => Err("没有这个文件".to_owned()),
    };
    let (compiled, mut findings) = compile_with("示例.zs", &text, &mut read);
    if let (Example::Odd(_), Some(compiled)) = (example, &compiled) {
        lint::show_gaps(compiled, &mut findings);
        lint::run(compiled, &mut findings);
    }
    let (Example::Facts(_, files), Some(compiled)) = (example, compiled) else { return Some(findings) };
    let roster = files.iter().find(|(name, _)| *name == "单位.csv").map_or("单位\n甲所", |(_, text)| text);
    let facts: Vec<SourceFile> =
        files.iter().filter(|(name, _)| *name != "单位.csv").map(|(name, text)| file(name, text)).collect();
    let options = facts::Options { keep_entries: true, threads: 1, progress: None };
    let (store, findings) = facts::read(&compiled.plan, Some(&file("单位.csv", roster)), None, &facts, &options);
    if findings.has_errors() {
        return Some(findings);
    }
    let month = if files.iter().any(|(_, text)| text.contains("2024-06,甲所")) { "2024-06" } else { "2024-03" };
    let month = if files.iter().any(|(_, text)| text.contains("2024-07,甲所")) { "2024-07" } else { month };
    let period = compiled.plan.calendar.find(month).expect("a month in force");
    let request = eval::Request { plan: &compiled.plan, store: &store, period, traced: false, threads: 1 };
    let (_, mut after) = eval::evaluate(&request);
    let due = |period| form::due(&compiled.plan, period, store.workdays());
    after.extend(lateness::remind(&compiled.plan, &store, period, 2, &due));
    after.extend(same_rows::remind(&compiled.plan, &store, period, 2));
    after.append(findings);
    Some(after)
}

#[test]
fn wrong_examples_give_exactly_their_finding_and_right_ones_none() {
    let mut wrong = Vec::new();
    for kind in kind::all() {
        if let Some(findings) = told(&kind.wrong) {
            let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
            if codes != [kind.name] {
                wrong.push(format!(
                    "{}: the wrong example gives {codes:?}\n{}",
                    kind.name,
                    findings.render(Style::Human)
                ));
            }
            for finding in findings.iter().filter(|finding| finding.help.is_none() && finding.expected.is_none()) {
                wrong.push(format!("{}: tells no way out: {}", kind.name, finding.message));
            }
        }
        if let Some(findings) = told(&kind.right).filter(|findings| !findings.is_empty()) {
            wrong.push(format!("{}: the right example gives\n{}", kind.name, findings.render(Style::Human)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn pages_are_complete() {
    let mut seen = BTreeSet::new();
    for kind in kind::all() {
        assert!(seen.insert(kind.name), "{} has two pages", kind.name);
        let quoted = format!("\"{}\"", kind.name);
        assert_eq!(names_in(&quoted).next(), Some(kind.name), "not in kebab case");
        assert!(!kind.meaning.is_empty() && kind.why.ends_with('。'), "{}", kind.name);
        assert!(kind.page().starts_with(kind.name));
        assert!(kind::list().contains(kind.name));
    }
    // An archive is files, which no few lines show.
    let of_lines = kind::all().filter(|kind| kind::ARCHIVE.iter().all(|other| other.name != kind.name));
    let shown = of_lines.filter(|kind| matches!(kind.wrong, Example::Said(_))).count();
    assert!(shown * 5 < seen.len() - kind::ARCHIVE.len(), "{shown} of {} pages have no example that runs", seen.len());
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(name.as_str(), "kind" | "tests") {
            sources(&path, found);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

/// The findings whose names are a single word, which other text between quotes may be as well.
const SINGLE_WORDS: &[&str] = &["overshadowed"];

/// What pages say to browsers and what git is asked are shaped like one and are none.
const NO_FINDINGS: &[&str] = &["no-referrer", "cat-file"];

/// Text between quotes that is shaped like the name of a finding.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|part| {
        let words: Vec<&str> = part.split('-').collect();
        (words.len() > 1 || SINGLE_WORDS.contains(part))
            && !NO_FINDINGS.contains(part)
            && part.starts_with(|c: char| c.is_ascii_lowercase())
            && words.iter().all(|word| {
                !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            })
    })
}

/// No finding has a name without a page, and no page is about a finding that nobody makes.
#[test]
fn every_finding_has_a_page() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut used = BTreeSet::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a readable source");
        for name in names_in(&text) {
            assert!(kind::find(name).is_some(), "“{name}” in {} has no page in src/kind", path.display());
            used.insert(name.to_owned());
        }
    }
    for kind in kind::all() {
        assert!(used.contains(kind.name), "nothing reports {}", kind.name);
    }
}
