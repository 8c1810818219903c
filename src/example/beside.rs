//! Examples in a file of their own beside the rulebook, written as the same sentences.

use crate::diagnostic::{Finding, Findings};
use crate::parse::{self, Context};
use crate::source::{Origin, Source};

/// Whether a text begins as a file of examples does: with 例 and its name.
pub fn is_examples(text: &str) -> bool {
    let lines = text.lines().filter(|line| line.len() <= parse::LONGEST_LINE);
    let first = lines.map(|line| parse::fold::fold(line, 0).text).find(|line| !line.is_empty());
    first.is_some_and(|line| line == "例" || line.starts_with("例 "))
}

/// The rulebook's text with the examples of the files behind it; each line still knows where it was written.
///
/// A file that holds anything else is left out, with a finding: it would change the rulebook.
pub fn join(source: Source, files: Vec<Source>) -> (Source, Findings) {
    let mut findings = Findings::default();
    let mut documents = Vec::new();
    let mut lines: Vec<(String, Origin)> = Vec::new();
    for line in 1..=source.line_count() {
        let origin = source.origin(line).map(|(_, origin)| origin);
        lines.push((source.line(line).to_owned(), origin.unwrap_or(Origin { document: 0, line, shift: 0 })));
    }
    if source.documents.is_empty() {
        documents.push(source.clone());
    } else {
        documents.extend(source.documents.iter().cloned());
    }
    let own = documents.len();
    for file in files {
        let strange = strange_line(&file);
        if let Some(finding) = strange {
            findings.push(finding);
            continue;
        }
        for line in 1..=file.line_count() {
            let origin = Origin { document: documents.len(), line, shift: 0 };
            lines.push((file.line(line).to_owned(), origin));
        }
        documents.push(file);
    }
    if documents.len() == own {
        return (source, findings);
    }
    (Source::consolidated(documents, lines).named(source.name), findings)
}

/// The first line that is of no example.
fn strange_line(file: &Source) -> Option<Finding> {
    // What is wrong with a line of an example is told when it is read.
    let mut scratch = Findings::default();
    let lines = parse::lines(file, &mut scratch);
    let strange = lines.iter().find(|line| line.context != Context::Example)?;
    Some(
        Finding::at_line(file, strange.number, "not-an-example", "例的文件里只能写例")
            .expected("第一行是“例 名称”，其后是例的事实和“则 …”")
            .help("把这一行写到规则书里去"),
    )
}
