//! One run of a command: what it has found, and where its results go.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use crate::diagnostic::{Finding, Findings, Place, Style};

/// How a run ended; the number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Fine = 0,
    Findings = 1,
    Unable = 2,
}

/// Findings are collected and told once, at the end.
pub struct Session {
    style: Style,
    findings: Findings,
}

impl Session {
    pub fn new(style: Style) -> Session {
        Session { style, findings: Findings::default() }
    }

    /// For work on the side: what it finds is asked for, not told.
    pub fn quiet() -> Session {
        Session::new(Style::Short)
    }

    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// What was found so far.
    pub fn findings(&mut self) -> &mut Findings {
        &mut self.findings
    }

    /// Keeps the findings; the result is there only where none of them is an error.
    pub fn settle<T>(&mut self, (result, findings): (Option<T>, Findings)) -> Result<T, Status> {
        let failed = findings.has_errors();
        self.findings.append(findings);
        result.filter(|_| !failed).ok_or(Status::Findings)
    }

    /// Wrong usage, or a file that cannot be read or written.
    pub fn unable(&mut self, finding: Finding) -> Status {
        self.report(finding);
        Status::Unable
    }

    pub fn cannot(&mut self, what: &str, path: &Path, error: &io::Error) -> Status {
        let reason = reason(error);
        self.unable(Finding::error(
            "cannot-access",
            place_of(path),
            format!("{what}不了“{}”：{reason}", path.display()),
        ))
    }

    /// Writes results to stdout. A reader that went away is no failure.
    pub fn print(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Status> {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                // What is left in the buffer has nowhere to go.
                let _ = out.into_parts();
                Ok(())
            }
            Err(error) => Err(self.cannot("写", Path::new("标准输出"), &error)),
        }
    }

    /// A word to the person at the terminal; programs do not get it.
    pub fn note(&self, text: &str) {
        if self.style == Style::Human {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Tells what was found.
    pub fn finish(self) {
        // A program that asked for JSON gets JSON, also where nothing was found.
        if self.findings.is_empty() && self.style != Style::Json {
            return;
        }
        let _ = io::stderr().lock().write_all(self.findings.sorted().render(self.style).as_bytes());
    }
}

/// Why a file cannot be read or written, in Chinese.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "没有这个文件或文件夹".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        io::ErrorKind::IsADirectory => "它是文件夹".to_owned(),
        io::ErrorKind::NotADirectory => "它不是文件夹".to_owned(),
        io::ErrorKind::StorageFull => "磁盘满了".to_owned(),
        io::ErrorKind::AlreadyExists => "已有同名的文件".to_owned(),
        // The system's own words say more than ours could.
        _ => error.to_string(),
    }
}

pub fn place_of(path: &Path) -> Place {
    Place::of(path.display().to_string())
}

/// The width of the terminal that results go to; `None` where they go elsewhere.
pub fn width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    told.or_else(asked).filter(|width| *width > 0)
}
