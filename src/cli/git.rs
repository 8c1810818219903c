//! What git asks for: one file at two times, told by meaning; and a text of a rulebook that git itself can compare.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Ended;
use super::history::{At, Blob, Shown};
use super::rulebook;
use super::session::{Session, Status};
use crate::compile::{self, Compiled};
use crate::diagnostic::{Findings, Style};
use crate::diff::compare;
use crate::fmt;
use crate::report::difference;

/// `path old-file old-hex old-mode new-file new-hex new-mode [new-path]`, as git calls an external diff.
///
/// Git takes anything but 0 for a breakdown, so a rulebook with mistakes is told, and that is all.
pub fn run(path: &Path, old: &Path, more: &[PathBuf], session: &mut Session) -> Ended<Status> {
    let text = |at: usize| more.get(at).map(|text| text.display().to_string());
    let name = path.display().to_string();
    let new_name = text(5).unwrap_or_else(|| name.clone());
    let new = more.get(2).map_or(path, PathBuf::as_path);
    let blob = |name: &str, hex: usize| Blob { name: name.to_owned(), hex: text(hex).unwrap_or_default() };
    let (left, right) = Shown::both(blob(&name, 0), blob(&new_name, 3));
    let (before, after) = (version(&name, old, &left), version(&new_name, new, &right));
    session.print(|out| {
        writeln!(out, "—— {new_name} ——")?;
        match (&before, &after) {
            (Version::Missing, Version::Missing) => Ok(()),
            (Version::Missing, _) => writeln!(out, "新增方案"),
            (_, Version::Missing) => writeln!(out, "删去方案"),
            (Version::Sound(before), Version::Sound(after)) => difference::write(&compare(before, after), None, out),
            (before, after) => {
                before.write_mistakes("旧", out)?;
                after.write_mistakes("新", out)
            }
        }?;
        left.doubts("旧").into_iter().chain(right.doubts("新")).try_for_each(|doubt| writeln!(out, "{doubt}"))
    })?;
    Ok(Status::Fine)
}

/// A rulebook as a commit has it (`HEAD~1:方案.zs`), or else a file; with those it builds on from the same place.
pub fn load(path: &Path, session: &mut Session) -> Ended<Compiled> {
    let Some((at, name)) = At::named(path) else { return rulebook::load(path, session) };
    let bytes = at.bytes(&name).map_err(|error| session.cannot("读", path, &io::Error::other(error)))?;
    let text = rulebook::text_of(bytes, path, session)?;
    session.settle(compile::compile_beside(&name, &text, &[], &mut |name| at.read(name)))
}

/// A rulebook at one time.
enum Version {
    Missing,
    Sound(Box<Compiled>),
    Mistaken(Findings),
    Unread(String),
}

/// What git put into a file of its own is read under the name that it has in the repository, so that what it builds on
/// is found beside it, at the same time.
fn version(name: &str, path: &Path, shown: &Shown) -> Version {
    if path == Path::new("/dev/null") || path == Path::new("nul") {
        return Version::Missing;
    }
    let text = match rulebook::read_base(&path.display().to_string()) {
        Ok(text) => text,
        Err(reason) => return Version::Unread(reason),
    };
    match compile::compile_with(name, &text, &mut |name| shown.read(name)) {
        (Some(compiled), _) => Version::Sound(Box::new(compiled)),
        (None, findings) => Version::Mistaken(findings),
    }
}

impl Version {
    fn write_mistakes(&self, mark: &str, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Version::Mistaken(findings) => {
                writeln!(out, "{mark}的一版有错，不能比较意思：")?;
                out.write_all(findings.clone().sorted().render(Style::Short).as_bytes())
            }
            Version::Unread(reason) => writeln!(out, "{mark}的一版读不了：{reason}"),
            Version::Missing | Version::Sound(_) => Ok(()),
        }
    }
}

/// The text of a rulebook in the one canonical form, without comments and blank lines: what git compares line by line
/// (`textconv`). What is no rulebook in order is given as it is, since git takes a failure for a breakdown.
pub fn write_text(path: &Path, session: &mut Session) -> Ended<Status> {
    let bytes = File::open(path).and_then(rulebook::read_bytes).map_err(|error| session.cannot("读", path, &error))?;
    let text = match rulebook::text_of(bytes.clone(), path, &mut Session::new(Style::Short)) {
        Ok(text) => fmt::format(&path.display().to_string(), &text).0.map_or(text, |formatted| formatted.text),
        Err(_) => {
            session.print(|out| out.write_all(&bytes))?;
            return Ok(Status::Fine);
        }
    };
    session.print(|out| {
        let lines = text.lines().map(|line| crate::diff::without_comment(line).trim_end());
        lines.filter(|line| !line.is_empty()).try_for_each(|line| writeln!(out, "{line}"))
    })?;
    Ok(Status::Fine)
}
