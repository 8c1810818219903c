//! A comparison for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::diff::{Change, Comparison, Impact};
use crate::report::json;

#[derive(Serialize)]
struct Document<'a> {
    old: Book<'a>,
    new: Book<'a>,
    same: bool,
    changes: &'a [Change],
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<&'a Impact>,
}

#[derive(Serialize)]
struct Book<'a> {
    title: &'a str,
    hash: &'a str,
    file: &'a str,
}

/// Writes all changes as JSON.
pub fn write(comparison: &Comparison<'_>, impact: Option<&Impact>, out: &mut dyn Write) -> io::Result<()> {
    let book = |compiled: &'_ crate::compile::Compiled| -> (String, String, String) {
        (compiled.plan.title.clone(), compiled.plan.hash(), compiled.source.short_name().to_owned())
    };
    let (old, new) = (book(comparison.old), book(comparison.new));
    let document = Document {
        old: Book { title: &old.0, hash: &old.1, file: &old.2 },
        new: Book { title: &new.0, hash: &new.1, file: &new.2 },
        same: comparison.is_same(),
        changes: &comparison.changes,
        impact,
    };
    json::write_document(out, &document)
}
