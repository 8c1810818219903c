//! No word of a rulebook is skipped: an unknown word put anywhere into an accepted line is refused, or it changes what
//! the line means.
//!
//! The lines are those of the rulebooks, the cases, the accepted spellings and the manual. A line that still means the
//! same with 甲乙 in it has a place where a word is read over, and a scheme loses what it says there.

mod blocks;
mod scratch;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use blocks::{blocks, whole};
use zhunsheng::compile::{Compiled, compile_text};
use zhunsheng::diagnostic::{Findings, Severity};
use zhunsheng::parse;
use zhunsheng::source::Source;

/// A rulebook in order, and what its lines mean.
type Accepted = (Compiled, BTreeSet<String>);

/// No rulebook declares it, and no word of the language holds it.
const UNKNOWN: &str = "甲乙";

/// Lines whose text is kept or shown as it stands, and lines of other texts.
const FREE: &[&str] = &[
    "方案",
    "文号",
    "考评对象",
    "考核对象",
    "评价对象",
    "依据",
    "读法",
    "部门",
    "责任股室",
    "责任部门",
    "责任单位",
    "认可",
    "板块",
    "例",
    "则",
    "单位",
    "#",
    "沿用",
    "奖惩",
    "等次 ",
    "排名 ",
];

/// Longer rulebooks are tried by parts alone.
const LONGEST: usize = 3000;

/// Every rulebook there is that stands alone.
fn rulebooks() -> Vec<String> {
    let mut list = Vec::new();
    for folder in ["rulebooks", "tests/cases", "tests/accepted"] {
        let mut paths = scratch::rulebooks(folder);
        paths.retain(|path| folder != "tests/cases" || path.ends_with("rulebook.zs"));
        list.extend(paths.iter().map(|path| fs::read_to_string(path).expect("a readable rulebook")));
    }
    let manual = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/手册.md")).expect("the manual");
    let shown = blocks(&manual).into_iter().filter(|block| block.info == ["准绳"]);
    list.extend(shown.map(|block| whole(&block.text)));
    // The smallest first: a phrase is tried where it is compiled fastest.
    list.sort_by_key(String::len);
    list
}

/// The head and the conventions of a rulebook with the part that a line is in: a few lines compile fast.
fn excerpt(text: &str, index: usize) -> Option<(String, usize)> {
    const PARTS: &[&str] = &["板块", "排名", "等次", "奖惩", "参评", "例"];
    let lines: Vec<&str> = text.lines().collect();
    let opens = |line: &str| {
        PARTS
            .iter()
            .any(|word| line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '　']) || rest.is_empty()))
    };
    let first = lines.iter().position(|line| opens(line))?;
    let from = (first..=index).rev().find(|at| opens(lines[*at])).unwrap_or(first);
    let to = (from + 1..lines.len()).find(|at| opens(lines[*at])).unwrap_or(lines.len());
    let kept: Vec<usize> = (0..first).chain(from..to).filter(|at| !lines[*at].trim().is_empty()).collect();
    let at = kept.iter().position(|known| *known == index)?;
    Some((kept.iter().map(|at| lines[*at]).collect::<Vec<_>>().join("\n"), at))
}

fn compiled(text: &str) -> Option<(Compiled, BTreeSet<String>)> {
    let (compiled, findings) = compile_text("方案.zs", text);
    let told = findings.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect();
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
    compiled.filter(|_| !wrong).map(|compiled| (compiled, told))
}

/// Whether every line parses: most lines with a word too many do not, and need no look for the likely mend.
fn parses(text: &str) -> bool {
    let source = Source::new("方案.zs", text);
    let mut findings = Findings::default();
    let mut lines = parse::lines(&source, &mut findings);
    let names = parse::Names::gather(&lines);
    parse::mark_names(&mut lines, &names);
    parse::statements(&lines).1.is_empty()
}

/// Where a word may be put into a line: between any two characters of what is read, outside quotes.
fn places(line: &str) -> Vec<usize> {
    let code = line.split(['#', '＃']).next().unwrap_or_default();
    let trimmed = code.trim_start();
    let indent = code.len() - trimmed.len();
    let is_free = FREE.iter().any(|word| trimmed.starts_with(word));
    if is_free || trimmed.is_empty() {
        return Vec::new();
    }
    // A label is a name; so is what an indicator or a measure is called.
    let start =
        code.find(['：', ':', '＝', '=']).map_or(indent, |at| at + code[at..].chars().next().map_or(0, char::len_utf8));
    if code[start..].trim_start().starts_with("待定") {
        return Vec::new();
    }
    // What a matter is called, and a caption over the keys of a table, are names; so is whoever decides.
    let after = |word: &str| code.find(word).map_or(usize::MAX, |at| at + word.len());
    let (matter, decider) = (after("同一"), after("经"));
    let decided = code.find("研究").unwrap_or(0);
    let is_name = |at: usize| matter <= at && at <= matter.saturating_add(9) || decider <= at && at <= decided;
    if code.contains('|') && !code.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    // The corner of a grid is a caption too.
    let is_heading = code.trim_start().starts_with('|') && !code.contains('分');
    let start = if is_heading { code.match_indices('|').nth(1).map_or(start, |(at, _)| at + 1) } else { start };
    let mut quoted = false;
    let mut list = Vec::new();
    for (at, character) in code.char_indices().filter(|(at, _)| *at >= start) {
        if !quoted && !is_name(at) {
            list.push(at);
        }
        match character {
            '“' | '「' | '『' => quoted = true,
            '”' | '」' | '』' => quoted = false,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    list.push(code.trim_end().len());
    list
}

/// What is read of a line, whatever its numbers: each shape is tried once.
fn shape(line: &str) -> String {
    let body = line.split('#').next().unwrap_or_default().trim();
    let body = body.find(['：', ':']).map_or(body, |at| &body[at..]);
    let mut shape = String::new();
    for character in body.chars() {
        let character = if character.is_ascii_digit() { '0' } else { character };
        if !(character == '0' && shape.ends_with('0')) {
            shape.push(character);
        }
    }
    shape
}

#[test]
fn no_word_is_read_over() {
    let mut seen = BTreeSet::new();
    let mut tasks: Vec<(String, usize)> = Vec::new();
    for text in rulebooks() {
        for (index, line) in text.lines().enumerate() {
            if !places(line).is_empty() && seen.insert(shape(line)) {
                let short = excerpt(&text, index).filter(|(short, _)| compiled(short).is_some());
                let whole = (text.len() < LONGEST).then(|| (text.clone(), index));
                tasks.extend(short.or(whole));
            }
        }
    }
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let parts: Vec<Vec<(String, usize)>> =
        (0..workers).map(|worker| tasks.iter().skip(worker).step_by(workers).cloned().collect()).collect();
    let found: Vec<(usize, BTreeMap<String, Vec<String>>)> = std::thread::scope(|threads| {
        let running: Vec<_> = parts.iter().map(|part| threads.spawn(move || try_lines(part))).collect();
        running.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    });
    let tried: usize = found.iter().map(|(tried, _)| tried).sum();
    let skipped: BTreeMap<String, Vec<String>> = found.into_iter().flat_map(|(_, skipped)| skipped).collect();
    let shown: Vec<String> = skipped
        .iter()
        .map(|(line, with)| format!("{line}\n{}", with.iter().map(|with| format!("    {with}\n")).collect::<String>()))
        .collect();
    assert!(skipped.is_empty(), "{} lines mean the same with a word more:\n{}", skipped.len(), shown.join(""));
    assert!(tried >= 5000, "only {tried} words were tried");
}

/// How many words were put in, and the lines that mean the same with one.
fn try_lines(tasks: &[(String, usize)]) -> (usize, BTreeMap<String, Vec<String>>) {
    let mut tried = 0;
    let mut skipped: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut last: Option<(&str, Option<Accepted>)> = None;
    for (text, index) in tasks {
        if last.as_ref().is_none_or(|(known, _)| known != text) {
            last = Some((text, compiled(text)));
        }
        let Some((_, Some((original, told)))) = &last else { continue };
        let lines: Vec<&str> = text.lines().collect();
        for at in places(lines[*index]) {
            let changed = format!("{}{UNKNOWN}{}", &lines[*index][..at], &lines[*index][at..]);
            let mut with = lines.clone();
            with[*index] = &changed;
            tried += 1;
            let with = with.join("\n");
            if !parses(&with) {
                continue;
            }
            if let Some((other, also_told)) = compiled(&with)
                && original.is_same(&other)
                && *told == also_told
            {
                skipped.entry(lines[*index].trim().to_owned()).or_default().push(changed.trim().to_owned());
            }
        }
    }
    (tried, skipped)
}
