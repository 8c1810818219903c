//! `tests/mends/said.txt`: sentences of schemes that may not be read. What is told of them brings in no number, and a
//! line that is shown to be copied has every number of the sentence and goes through in its place.

mod scratch;

use std::fs;
use std::path::Path;

use scratch::{CONVENTIONS, FRAME};
use zhunsheng::compile::compile_text;
use zhunsheng::diagnostic::{Finding, Severity, Style};

/// What stands before every sentence.
fn head() -> String {
    format!("{FRAME}事实列 情节：一般/严重\n{CONVENTIONS}")
}

/// What is asked and not mended, and what shows how lines of a kind are written in general: no line to copy has to keep
/// the numbers of this one.
const GENERAL: &[&str] = &[
    "missing-convention",
    "grade-without-rest",
    "unreadable-line",
    "empty-table",
    "stray-words",
    "unknown-need",
    "unknown-grade",
    "not-a-coefficient",
];

/// A sentence and the rulebook it stands in, with its first line.
struct Said {
    text: String,
    before: String,
    after: &'static str,
}

impl Said {
    fn rulebook(&self, text: &str) -> String {
        let lines: Vec<String> =
            text.split("\\n").flat_map(|line| line.split('\n')).map(|line| format!("    {line}")).collect();
        format!("{}{}\n{}", self.before, lines.join("\n"), self.after)
    }

    fn findings(&self, text: &str) -> Vec<Finding> {
        let (_, findings) = compile_text("said.zs", &self.rulebook(text));
        findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect()
    }
}

fn said() -> Vec<Said> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mends/said.txt");
    let text = fs::read_to_string(path).expect("the sentences can be read");
    let mut before = String::new();
    let mut list = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let part = line.strip_prefix('【').and_then(|line| line.strip_suffix('】'));
        before = match part {
            Some("条目（10分）") => format!("{}板块 示例\n  1. 事项（10分）\n", head()),
            Some("条目") => format!("{}板块 示例\n  1. 事项\n", head()),
            Some(part @ ("等次" | "奖惩")) => format!("{}板块 示例\n  缺项：每项扣1分\n{part} 年度\n", head()),
            Some(other) => panic!("no part is called {other}"),
            None => {
                list.push(Said { text: line.to_owned(), before: before.clone(), after: "" });
                continue;
            }
        };
    }
    assert!(list.len() > 300, "there are only {} sentences", list.len());
    list
}

/// The numbers of a text, those in Chinese numerals too.
fn numbers(text: &str) -> Vec<String> {
    let numeral = |c: char| "一二三四五六七八九十".chars().position(|known| known == c).map(|at| (at + 1).to_string());
    let mut found = Vec::new();
    let mut digits = String::new();
    for character in text.chars().chain([' ']) {
        if character.is_ascii_digit() || character == '.' && !digits.is_empty() {
            digits.push(character);
            continue;
        }
        if !digits.is_empty() {
            found.push(std::mem::take(&mut digits).trim_end_matches('.').to_owned());
        }
        found.extend(numeral(character).or((character == '两').then(|| "2".to_owned())));
    }
    found
}

/// The numbers of a text in digits.
fn in_digits(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|part| part.trim_matches('.'));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Numbers that words of the sentence mean: none, all that was asked, the next one.
fn meant(text: &str, number: &str) -> bool {
    let next = number.parse::<u32>().ok().filter(|number| *number > 1).map(|number| (number - 1).to_string());
    // 没有的按0计, 超过0%的
    number == "0"
        || number == "100" && text.contains("超额")
        || next.is_some_and(|before| {
            numbers(text).contains(&before) && ["以后", "前", "再次"].iter().any(|word| text.contains(word))
        })
}

/// The whole lines that a finding shows to be copied.
fn proposed<'f>(finding: &'f Finding, label: &str) -> Vec<&'f str> {
    let help = finding.help.as_deref().unwrap_or_default();
    let lines = help.lines().filter_map(|line| line.split_once("写成：").filter(|(before, _)| !before.ends_with('先')));
    lines.map(|(_, line)| line).filter(|line| line.starts_with(label) && line.contains(['：', ':'])).collect()
}

#[test]
fn no_help_brings_in_a_number() {
    let mut wrong = Vec::new();
    for said in said() {
        for finding in said.findings(&said.text) {
            // （10分） of the item is the writer's own too.
            let item = said.before.lines().last().unwrap_or_default();
            let had = [numbers(&said.text), numbers(item)].concat();
            let help = finding.help.as_deref().unwrap_or_default();
            // How lines are written in general.
            if help.starts_with("计分句如") {
                continue;
            }
            // 1.1 begins a numbered item, and 第1次 or 每1次 is how such lines begin.
            let ones = |number: &String| number == "1" || number == "1.1" || number == "1.1.1";
            let put: Vec<String> = in_digits(help)
                .into_iter()
                .filter(|number| !had.contains(number) && !meant(&said.text, number) && !ones(number))
                .collect();
            if !put.is_empty() {
                wrong.push(format!("{}: {}\n  {}: {help}", said.text, put.join(" "), finding.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{} helps bring in numbers:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_line_to_copy_keeps_every_number() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for said in said() {
        let last = said.text.rsplit("\\n").next().unwrap_or_default();
        let label = last.split(['：', ':', '（', '(']).next().unwrap_or_default();
        for finding in said.findings(&said.text).iter().filter(|finding| !GENERAL.contains(&finding.code)) {
            // One line for each case, or a table: together they say what the sentence says.
            let help = finding.help.as_deref().unwrap_or_default();
            let several =
                ["一行（", "写成表"].iter().chain(HEADS).any(|word| help.contains(word.trim_end_matches('：')));
            let lines = if several { vec![help] } else { proposed(finding, label) };
            for line in lines {
                seen += 1;
                let has = numbers(line);
                // 未开展 in place of what was asked, 1次 said as 每次.
                let lost: Vec<String> = numbers(last)
                    .into_iter()
                    .filter(|number| !(has.contains(number) || number == "1" && line.contains('每')))
                    .collect();
                if !lost.is_empty() && finding.code != "unread-word" {
                    wrong.push(format!("{last}: {} is lost in {line} ({})", lost.join(" "), finding.code));
                }
            }
        }
    }
    assert!(seen >= 70, "only {seen} lines to copy");
    assert!(wrong.is_empty(), "{} lines lose numbers:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_line_to_copy_goes_through_in_its_place() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for said in said() {
        let (first, last) =
            said.text.rsplit_once("\\n").map_or(("", said.text.as_str()), |(first, last)| (first, last));
        let label = last.split(['：', ':', '（', '(']).next().unwrap_or_default();
        let findings = said.findings(&said.text);
        // What else is wrong with the line is told beside it.
        let [finding] = &findings[..] else { continue };
        for line in proposed(finding, label) {
            seen += 1;
            let text = if first.is_empty() { line.to_owned() } else { format!("{first}\\n{line}") };
            let left: Vec<Finding> =
                said.findings(&text).into_iter().filter(|finding| finding.code != "missing-convention").collect();
            if let [left, ..] = &left[..] {
                let mut findings = zhunsheng::diagnostic::Findings::default();
                findings.push(left.clone());
                wrong.push(format!("{last}\n→ {line}\n{}", findings.render(Style::Human)));
            }
        }
    }
    assert!(seen >= 30, "only {seen} lines to copy");
    assert!(wrong.is_empty(), "{} lines to copy are refused:\n{}", wrong.len(), wrong.join("\n"));
}

/// What the lines stand behind that a help shows together.
const HEADS: &[&str] = &[
    "情形一行：",
    "条件另起一行：",
    "分成两行：",
    "分成两行写：",
    "分成三行",
    "各写一行：",
    "再按它计分：",
    "先算出来再分档：",
];

/// The lines that a help shows together to be copied: those that stand behind its first line, without what it says of
/// them.
fn proposed_together(help: &str) -> Vec<&str> {
    const REMARKS: &[&str] = &["“", "没有写", "事实里", "别处", "扣分的", "另是", "几种", "要"];
    let mut lines = help.lines().skip_while(|line| !HEADS.iter().any(|head| line.contains(head)));
    let Some(head) = lines.next() else { return Vec::new() };
    if !head.ends_with('：') {
        return Vec::new();
    }
    lines.take_while(|line| !REMARKS.iter().any(|remark| line.starts_with(remark))).collect()
}

#[test]
fn lines_to_copy_go_through_together() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for said in said().into_iter().filter(|said| said.before.contains("板块")) {
        let (first, last) =
            said.text.rsplit_once("\\n").map_or(("", said.text.as_str()), |(first, last)| (first, last));
        let findings = said.findings(&said.text);
        let [finding] = &findings[..] else { continue };
        let lines = proposed_together(finding.help.as_deref().unwrap_or_default());
        if lines.is_empty() || lines.iter().any(|line| line.contains('几')) {
            continue;
        }
        seen += 1;
        let lines = lines.join("\\n");
        let text = if first.is_empty() { lines.clone() } else { format!("{first}\\n{lines}") };
        let left = said.findings(&text).into_iter().find(|finding| finding.code != "missing-convention");
        if let Some(left) = left {
            let mut findings = zhunsheng::diagnostic::Findings::default();
            findings.push(left);
            wrong.push(format!("{last}\n→ {lines}\n{}", findings.render(Style::Human)));
        }
    }
    assert!(seen >= 10, "only {seen} sentences");
    assert!(wrong.is_empty(), "the lines of {} sentences are refused:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a sentence says of some rows, and what else follows, is in the line to copy as well: 级别为国家级的, 年终排名末位.
#[test]
fn a_line_to_copy_keeps_every_condition() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for said in said() {
        let last = said.text.rsplit("\\n").next().unwrap_or_default();
        let Some((label, body)) = last.split_once(['：', ':']) else { continue };
        let parts: Vec<&str> = body.split(['，', '；', ',', ';']).collect();
        let kept = parts.iter().filter(|part| part.starts_with("情节为") || part.ends_with("排名末位"));
        for finding in said.findings(&said.text).iter().filter(|finding| finding.code == "unknown-condition") {
            let help = finding.help.as_deref().unwrap_or_default();
            let Some((_, line)) = help.split_once(&format!("再写：{label}：")) else { continue };
            seen += 1;
            let lost: Vec<&&str> = kept.clone().filter(|part| !line.contains(**part)).collect();
            if !lost.is_empty() {
                wrong.push(format!("{last}: {lost:?} is lost in {line}"));
            }
        }
    }
    assert!(seen >= 4, "only {seen} lines to copy");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
