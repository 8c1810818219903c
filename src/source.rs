//! A text we were given, and places in it.

use std::ops::Range;

/// A byte range in a source, half-open.
pub type Span = Range<usize>;

/// Where a line of a consolidated text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Index into the documents.
    pub document: usize,
    /// From 1.
    pub line: usize,
    /// What to add to a column of the consolidated line to have the column there.
    pub shift: i32,
}

/// A rulebook's text under the name people know it by.
#[derive(Clone, Debug)]
pub struct Source {
    pub name: String,
    pub text: String,
    line_starts: Vec<usize>,
    /// What a consolidated text was made of, the oldest first; empty where it is a document itself.
    pub documents: Vec<Source>,
    /// By line.
    origins: Vec<Origin>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        let text = text.into();
        let line_starts =
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Source { name: name.into(), text, line_starts, documents: Vec::new(), origins: Vec::new() }
    }

    /// The same text under another name.
    pub fn named(self, name: String) -> Source {
        Source { name, ..self }
    }

    /// A text made of lines of several documents, called like the last of them.
    pub fn consolidated(documents: Vec<Source>, lines: Vec<(String, Origin)>) -> Source {
        let name = documents.last().map(|last| last.name.clone()).unwrap_or_default();
        let (mut text, mut origins) = (String::new(), Vec::with_capacity(lines.len()));
        for (line, origin) in lines {
            text.push_str(&line);
            text.push('\n');
            origins.push(origin);
        }
        Source { documents, origins, ..Source::new(name, text) }
    }

    /// The document that gave a line (from 1), and where in it; `None` where this is a document itself.
    pub fn origin(&self, line: usize) -> Option<(&Source, Origin)> {
        let origin = self.origins.get(line.checked_sub(1)?)?;
        Some((self.documents.get(origin.document)?, *origin))
    }

    /// `第17行`, or `“2023.zs”第17行` where lines are of several documents.
    pub fn line_name(&self, line: usize) -> String {
        match self.origin(line) {
            Some((document, origin)) => format!("“{}”第{}行", document.short_name(), origin.line),
            None => format!("第{line}行"),
        }
    }

    /// The name without its folders.
    pub fn short_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name)
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let column = self.text[start..offset.min(self.text.len())].chars().count() + 1;
        (line, column)
    }

    /// The text of a line (from 1) without its end.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_starts[line - 1];
        let end = self.line_starts.get(line).map_or(self.text.len(), |next| next - 1);
        self.text[start..end].trim_end_matches('\r')
    }

    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}
