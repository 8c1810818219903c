//! Lines that findings show to be copied, each tried in its place: one that is refused there is said to be a first step.

use super::compile_source;
use crate::diagnostic::{Finding, Findings, Severity};
use crate::source::Source;

/// How many lines are tried: whoever has more mistakes than these looks at the first ones first.
const MOST: usize = 20;
/// Longer rulebooks would take too long to compile once more for every mistake.
const LONGEST: usize = 64 * 1024;
/// What a whole line stands behind.
const TO_COPY: &[&str] = &["写成：", AGAIN];
const AGAIN: &str = "再写：";
/// What is declared first, before the line: a column, on the same line or the next.
const DECLARES: &str = "先在开头声明";
const COLUMN: &str = "事实列 ";

/// Says of each line to copy that is refused in its place that more is wrong with it.
pub(super) fn lines_to_copy(source: &Source, findings: &mut Findings) {
    if source.text.len() > LONGEST || !source.documents.is_empty() {
        return;
    }
    let mut tried = 0;
    findings.retain(|finding| {
        if tried < MOST
            && finding.severity == Severity::Error
            && let Some((range, line)) = to_copy(finding)
        {
            tried += 1;
            let help = finding.help.clone().unwrap_or_default();
            let declares = help.split_once(DECLARES).and_then(|(_, said)| {
                let column = &said[said.find(COLUMN)?..];
                column.split(['；', '，', '\n']).next()
            });
            if refused(source, finding.place.line, line, declares) {
                let (before, after) = (&help[..range.start], &help[range.end..]);
                let rest = &help[range.clone()];
                let first = if rest.starts_with('再') { "" } else { "先" };
                finding.help = Some(format!("{before}{first}{rest}\n改好以后这一行还有别的错，再检查一次{after}"));
            }
        }
        true
    });
}

/// The first whole line that a finding shows to be copied, and where it stands in the help with what it stands behind.
fn to_copy(finding: &Finding) -> Option<(std::ops::Range<usize>, &str)> {
    let help = finding.help.as_deref()?;
    let head = |line: &str| line.trim().split(['：', ':', '（', '(']).next().unwrap_or_default().trim().to_owned();
    let label = head(&finding.line_text);
    let mut from = 0;
    let next = |from: usize| {
        let found = TO_COPY.iter().filter_map(|words| Some((from + help[from..].find(words)?, *words)));
        found.min()
    };
    while let Some((at, words)) = next(from) {
        let mut begin = at + words.len();
        // 再写： and the line below it; what stands below 写成： are several.
        if words == AGAIN && help[begin..].starts_with('\n') {
            begin += 1;
        }
        let line = help[begin..].lines().next().unwrap_or_default();
        if !label.is_empty() && head(line) == label && line.contains(['：', ':']) && !help[..at].ends_with('先') {
            return Some((at..begin + line.len(), line));
        }
        from = begin;
    }
    None
}

/// Whether the rulebook has an error at this line once it says so, other than a question; `declares`: the column that it
/// needs.
fn refused(source: &Source, number: usize, line: &str, declares: Option<&str>) -> bool {
    let lines: Vec<&str> = source.text.split('\n').collect();
    let Some(old) = lines.get(number.wrapping_sub(1)) else { return false };
    let indent: String = old.chars().take_while(|c| c.is_whitespace()).collect();
    let new = format!("{indent}{line}");
    let mut with = lines;
    with[number - 1] = &new;
    let mut number = number;
    // A column is declared with the others: behind the name of the scheme.
    let first = with.iter().position(|line| line.trim_start().starts_with("方案")).filter(|first| *first < number);
    if let (Some(declares), Some(first)) = (declares, first) {
        with.insert(first + 1, declares);
        number += 1;
    }
    let source = Source::new(&source.name, with.join("\n"));
    let (_, _, _, findings) = compile_source(&source);
    findings.iter().any(|finding| {
        finding.severity == Severity::Error && finding.code != "missing-convention" && finding.place.line == number
    })
}
