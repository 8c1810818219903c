//! The files of `score --out`: all of them are made before the first is put into its place.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[cfg(feature = "office")]
use chrono::NaiveDate;
#[cfg(feature = "office")]
use clap::Args;

use super::Ended;
use super::session::Session;
use crate::explain::Explainer;
use crate::outcome::Outcome;
use crate::report::{self, letter::Letter};
use crate::scored::Scored;

/// File systems take 255 bytes; the suffix and a number need a few.
const LONGEST_NAME: usize = 200;

/// Files that are being made: their places within the folder, and what they hold.
struct Files {
    made: Vec<(PathBuf, Vec<u8>)>,
}

impl Files {
    fn add(&mut self, name: impl Into<PathBuf>, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        self.made.push((name.into(), bytes));
        Ok(())
    }
}

/// What only the office knows of its documents.
#[cfg(feature = "office")]
#[derive(Args)]
pub struct Letterhead {
    /// 通报和告知书的印发单位，用作落款（没有的留空，印发前填写）
    #[arg(long, value_name = "单位", requires = "out")]
    issuer: Option<String>,
    /// 通报的文号
    #[arg(long, value_name = "文号", requires = "out")]
    number: Option<String>,
    /// 成文日期：2023-05-08
    #[arg(long, value_name = "日期", requires = "out")]
    dated: Option<NaiveDate>,
    /// 提出异议的期限：5个工作日
    #[arg(long, value_name = "期限", requires = "out")]
    objections: Option<String>,
}

#[cfg(feature = "office")]
impl Letterhead {
    pub fn letter(self) -> Letter {
        let Letterhead { issuer, number, dated, objections } = self;
        Letter { issuer, number, date: dated, objections, frozen: None }
    }
}

/// Writes the reports; `months` as for [`Explainer::new`], `stages` as for [`report::write_stages`].
pub fn write(
    scored: &Scored<'_>,
    months: &[Outcome],
    stages: &[Outcome],
    letter: &Letter,
    folder: &Path,
    session: &mut Session,
) -> Ended<()> {
    let files = make(scored, months, stages, letter).map_err(|error| session.cannot("写", folder, &error))?;
    put(folder, &files.made).map_err(|(path, error)| session.cannot("写", &path, &error))
}

fn make(scored: &Scored<'_>, months: &[Outcome], stages: &[Outcome], letter: &Letter) -> io::Result<Files> {
    let mut files = Files { made: Vec::new() };
    files.add("结果.json", |out| report::write_json(scored, out))?;
    files.add("排名.csv", |out| report::write_csv(scored, out))?;
    files.add("考评结果.html", |out| report::write_page(scored, months, stages, letter, out))?;
    #[cfg(feature = "office")]
    files.add("核算表.xlsx", |out| {
        let bytes = report::write_workbook(*scored, months, letter).map_err(io::Error::other)?;
        out.write_all(&bytes)
    })?;
    #[cfg(feature = "office")]
    files.add("通报.docx", |out| out.write_all(&report::write_notice(scored, letter)?))?;
    let explainer = Explainer::new(*scored, months);
    let mut taken = BTreeSet::new();
    for unit in &scored.outcome.units {
        let name = free_name(scored.name(unit), &mut taken);
        let tree = explainer.unit(unit);
        files.add(Path::new("说明").join(format!("{name}.txt")), |out| tree.write(None, out))?;
        #[cfg(feature = "office")]
        files.add(Path::new("告知书").join(format!("{name}.docx")), |out| {
            out.write_all(&report::write_result(scored, &explainer, unit, letter)?)
        })?;
    }
    Ok(files)
}

/// Writes everything beside the folder first, and moves it there when it is whole: nobody sees half a report, and what
/// cannot be written leaves the earlier reports as they were.
pub fn put(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<(), (PathBuf, io::Error)> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    fs::create_dir_all(folder).map_err(at(folder))?;
    let beside = folder.join(format!(".{}.part", std::process::id()));
    let moved = fs::create_dir(&beside).map_err(at(&beside)).and_then(|()| {
        for (index, (name, bytes)) in files.iter().enumerate() {
            write_file(&beside.join(index.to_string()), bytes).map_err(at(&folder.join(name)))?;
        }
        for (index, (name, _)) in files.iter().enumerate() {
            let place = folder.join(name);
            let made = place.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| fs::rename(beside.join(index.to_string()), &place)).map_err(at(&place))?;
        }
        Ok(())
    });
    let _ = fs::remove_dir_all(&beside);
    moved
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A unit's name as a file name on any system, once.
fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = file_name(name);
    let numbered = (2..).map(|number| format!("{plain}（{number}）"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    let free = names.find(|name| taken.insert(name.to_lowercase()));
    free.expect("there is always one number more")
}

pub fn file_name(name: &str) -> String {
    let forbidden = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let mut safe: String = name.chars().map(|c| if forbidden(c) { '_' } else { c }).collect();
    let mut end = safe.len().min(LONGEST_NAME);
    while !safe.is_char_boundary(end) {
        end -= 1;
    }
    safe.truncate(end);
    let trimmed = safe.trim_matches([' ', '.']);
    let device = ["CON", "PRN", "AUX", "NUL"].iter().any(|device| trimmed.eq_ignore_ascii_case(device));
    if trimmed.is_empty() || device { format!("_{trimmed}") } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_unit_writes_outside_the_folder_or_over_another() {
        let mut taken = BTreeSet::new();
        let names = ["../../etc", "a/b", "a\\b", "", "..", "古井司法所", "nul"].map(|name| free_name(name, &mut taken));
        assert_eq!(names, ["_.._etc", "a_b", "a_b（2）", "_", "_（2）", "古井司法所", "_nul"]);
    }
}
