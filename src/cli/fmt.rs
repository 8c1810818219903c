//! `zhunsheng fmt`: write rulebooks in the one canonical form.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Ended;
use super::rulebook;
use super::session::{Session, Status};
use super::usage;
use crate::diagnostic::{Finding, Place};
use crate::fmt::{self, Formatted};

/// 把方案改写成规范格式，意思不变；- 从标准输入读，写到标准输出
#[derive(Args)]
#[command(help_template = usage::TEMPLATE, override_usage = "zhunsheng fmt [--check] <方案文件>…", next_help_heading = "选项")]
pub struct Fmt {
    /// 方案文件，可以有多个；- 是标准输入
    #[arg(value_name = "方案文件", help_heading = "参数", required = true)]
    rulebooks: Vec<PathBuf>,
    /// 只检查是不是规范格式，不改写
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let mut status = Status::Fine;
        let mut told = String::new();
        for path in &self.rulebooks {
            let (Ok(ended) | Err(ended)) = self.one(path, &mut told, session);
            status = status.max(ended);
        }
        session.print(|out| out.write_all(told.as_bytes()))?;
        Ok(status)
    }

    fn one(&self, path: &Path, told: &mut String, session: &mut Session) -> Ended<Status> {
        let from_stdin = path == Path::new("-");
        let path = if from_stdin { Path::new("标准输入") } else { path };
        let bytes = if from_stdin {
            rulebook::read_bytes(io::stdin().lock())
        } else {
            File::open(path).and_then(rulebook::read_bytes)
        };
        let bytes = bytes.map_err(|error| session.cannot("读", path, &error))?;
        let text = rulebook::text_of(bytes.clone(), path, session)?;
        let formatted = session.settle(fmt::format(&path.display().to_string(), &text))?;
        let is_canonical = formatted.text.as_bytes() == bytes;
        if self.check {
            if is_canonical {
                return Ok(Status::Fine);
            }
            session.report(not_formatted(path, &text, &formatted));
            return Ok(Status::Findings);
        }
        if from_stdin {
            told.push_str(&formatted.text);
        } else if is_canonical && formatted.is_amending {
            told.push_str(&format!("{}：{ONLY_ENDS}，没有要改的\n", path.display()));
        } else if is_canonical {
            told.push_str(&format!("{}：已经是规范格式\n", path.display()));
        } else {
            replace(path, &formatted.text).map_err(|error| session.cannot("写", path, &error))?;
            told.push_str(&format!("{}：{}\n", path.display(), summary(&formatted, "改写了")));
            if formatted.is_amending {
                told.push_str(&format!("{}：{ONLY_ENDS}\n", path.display()));
            }
        }
        Ok(Status::Fine)
    }
}

/// What is said of a document of amendments.
const ONLY_ENDS: &str = "沿用别的方案，各行的用词、缩进不改，只统一编码、换行和行末空格";

/// One finding a file: its first line that would change, and which others.
fn not_formatted(path: &Path, text: &str, formatted: &Formatted) -> Finding {
    let first = formatted.changes.first();
    let line = first.map_or(0, |change| change.line);
    let place = Place { file: path.display().to_string(), line, column: usize::from(line > 0) };
    let message = format!("不是规范格式：{}", summary(formatted, "要改"));
    let mut finding = Finding::error("not-formatted", place, message);
    if let Some(change) = first {
        let written = text.lines().nth(change.line - 1).unwrap_or_default();
        finding = finding.text(written.trim()).line_text(written);
        finding = match &change.becomes {
            Some(becomes) => finding.expected(becomes.trim().to_owned()),
            None => finding.expected("没有这个空行"),
        };
    }
    finding.help(format!("运行：zhunsheng fmt {}", path.display()))
}

/// `要改3行（第4、9至10行）`
fn summary(formatted: &Formatted, verb: &str) -> String {
    /// Stretches of lines that are named.
    const SHOWN: usize = 8;
    let lines: Vec<usize> = formatted.changes.iter().map(|change| change.line).collect();
    if lines.is_empty() {
        return format!("{verb}文件的编码或换行");
    }
    let stretches: Vec<String> = lines
        .chunk_by(|line, next| line + 1 == *next)
        .map(|stretch| match stretch {
            [line] => line.to_string(),
            [first, .., last] => format!("{first}至{last}"),
            [] => String::new(),
        })
        .collect();
    let more = if stretches.len() > SHOWN { "等" } else { "" };
    format!("{verb}{}行（第{}行{more}）", lines.len(), stretches[..stretches.len().min(SHOWN)].join("、"))
}

/// Puts a new text in a file's place, or leaves the file as it is: there is no moment at which half of it is there.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link.
    let path = path.canonicalize()?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = write_new(&beside, text, permissions).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // What is left of the attempt is of no use; that it cannot be removed is not the news.
        let _ = fs::remove_file(&beside);
        return written;
    }
    // The rename itself is to last; where folders cannot be synced it lasts as well as it can.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn write_new(path: &Path, text: &str, permissions: fs::Permissions) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(permissions)?;
    file.sync_all()
}
