//! `tests/broken`: rulebooks with one mistake each, and the one finding that names it; `tests/accepted`: spellings that
//! are none.
//!
//! The first line of a file says what is wrong. `UPDATE_EXPECT=1 cargo test --test broken` rewrites the `.txt` beside
//! it: read the difference before you commit it.

mod scratch;

use std::fs;
use std::path::Path;

use zhunsheng::compile::compile_text;
use zhunsheng::diagnostic::{Finding, Findings, Style};

use scratch::{otherwise, rulebooks};

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a readable file")
}

fn check(path: &Path) -> (String, Findings) {
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let (_, findings) = compile_text(&name, &read(path));
    (name, findings)
}

#[test]
fn each_mistake_is_one_finding() {
    let rulebooks = rulebooks("tests/broken");
    assert!(rulebooks.len() >= 120, "there are only {} broken rulebooks", rulebooks.len());
    let mut wrong = Vec::new();
    for path in &rulebooks {
        let (name, findings) = check(path);
        let shown = findings.render(Style::Human);
        if findings.len() != 1 {
            wrong.push(format!("{name}: {} findings\n{shown}", findings.len()));
            continue;
        }
        wrong.extend(otherwise(&path.with_extension("txt"), &shown));
    }
    assert!(wrong.is_empty(), "{} of {}:\n\n{}", wrong.len(), rulebooks.len(), wrong.join("\n"));
}

#[test]
fn each_finding_says_where_and_what_to_do() {
    for path in rulebooks("tests/broken") {
        let text = read(&path);
        let (name, findings) = check(&path);
        assert!(text.starts_with("# "), "{name} does not say what is wrong with it");
        for finding in findings.iter() {
            let told = finding.help.is_some() || finding.expected.is_some();
            assert!(told, "{name}: {} tells no way out", finding.code);
            assert!(finding.place.line > 1, "{name}: {} has no place", finding.code);
            let line = text.lines().nth(finding.place.line - 1).unwrap_or_default();
            let from: String = line.chars().skip(finding.place.column - 1).collect();
            assert!(from.starts_with(&finding.text), "{name}: “{}” is not at its place in “{line}”", finding.text);
        }
    }
}

/// The line that a finding proposes in place of the wrong one.
fn proposed(finding: &Finding) -> Option<&str> {
    // 写成：0.5分 proposes a part; a whole line has its sign or its keyword.
    const WHOLE: &[&str] = &[
        "missing-colon",
        "misspelled-word",
        "wrong-sign",
        "doubled-word",
        "wrong-order",
        "missing-word",
        "unclosed-bracket",
        "list-mark",
        "number-with-comma",
        "traditional-characters",
        "wrong-item-number",
        "missing-title",
        "unknown-unit-word",
        "keyword-as-name",
        "indicator-without-unit",
        "missing-judged",
    ];
    let help = finding.help.as_deref()?;
    WHOLE
        .contains(&finding.code)
        .then(|| help.strip_prefix("写成：").or_else(|| help.strip_prefix("删去它，写成：")))
        .flatten()
}

#[test]
fn the_mended_line_mends() {
    let mut mended = 0;
    for path in rulebooks("tests/broken") {
        let (name, findings) = check(&path);
        let finding = findings.iter().next().expect("one finding");
        let Some(line) = proposed(finding) else { continue };
        let text = read(&path);
        let lines: Vec<&str> = text.lines().collect();
        let mut with = lines.clone();
        // It stands as far in as the one it is for.
        let before = lines[finding.place.line - 1];
        let line = format!("{}{line}", &before[..before.len() - before.trim_start().len()]);
        with[finding.place.line - 1] = &line;
        let (_, left) = compile_text(&name, &with.join("\n"));
        assert!(left.is_empty(), "{name}: “{line}” is no mend:\n{}", left.render(Style::Human));
        mended += 1;
    }
    assert!(mended >= 60, "only {mended} findings propose the mended line");
}

#[test]
fn common_spellings_are_accepted() {
    let rulebooks = rulebooks("tests/accepted");
    assert!(rulebooks.len() >= 40, "there are only {} accepted rulebooks", rulebooks.len());
    for path in rulebooks {
        let (name, findings) = check(&path);
        assert!(findings.is_empty(), "{name}:\n{}", findings.render(Style::Human));
    }
}
