//! The files of `score --out`: a folder that takes the place of the earlier one when it is whole.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

#[cfg(feature = "office")]
use clap::Args;
use serde::Deserialize;

use super::Ended;
#[cfg(feature = "office")]
use super::archive::Day;
use super::archive::{self, RealDisk, told};
use super::session::{Session, place_of};
use crate::batch::replace::{self, Replacement};
use crate::batch::{Failed, Tried};
#[cfg(feature = "office")]
use crate::calendar::Period;
use crate::calendar::PeriodId;
use crate::diagnostic::Finding;
use crate::explain::Explainer;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::report::{self, letter::Letter};
use crate::scored::Scored;

/// File systems take 255 bytes; the suffix and a number need a few.
const LONGEST_NAME: usize = 200;

/// Where reports are to be written.
pub struct Place {
    /// As the user calls it.
    folder: PathBuf,
    /// The folder that it is in.
    disk: RealDisk,
    name: String,
}

/// The results for other programs, which say what the reports are of.
const RESULTS: &str = "结果.json";

/// What earlier reports are of.
#[derive(Deserialize)]
struct Earlier {
    rulebook: Titled,
    period: String,
}

#[derive(Deserialize)]
struct Titled {
    title: String,
}

/// So many files that are not ours are named.
const MOST_NAMED: usize = 5;

impl Place {
    /// Looks whether reports can be written there, before the work is done: nothing of others may be in the folder.
    pub fn find(folder: &Path, session: &mut Session) -> Ended<Place> {
        let path = match folder.canonicalize() {
            Ok(path) => path,
            Err(_) => std::path::absolute(folder).map_err(|error| session.cannot("写", folder, &error))?,
        };
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        if path.exists() && !path.is_dir() {
            let finding = Finding::error("not-a-folder", place_of(folder), format!("“{}”不是文件夹", folder.display()));
            return Err(session.unable(finding.help("换一个名字")));
        }
        let named = path.parent().zip(path.file_name().and_then(|name| name.to_str()));
        let Some((parent, name)) = named.filter(|_| !here.is_ok_and(|here| here.starts_with(&path))) else {
            let message = format!("“{}”是当前文件夹，或者当前文件夹在它里面，不能整个换掉", folder.display());
            let finding = Finding::error("not-a-report-folder", place_of(folder), message);
            return Err(session.unable(finding.help("报告写在单独的一个文件夹里：--out 报告/2023-04")));
        };
        fs::create_dir_all(parent).map_err(|error| session.cannot("建", parent, &error))?;
        let place =
            Place { folder: folder.to_owned(), disk: RealDisk { root: parent.to_owned() }, name: name.to_owned() };
        place.require_ours(session)?;
        Ok(place)
    }

    /// Looks whether the reports that are there are of the same rulebook and period: others are not to be lost by a slip.
    pub fn require_same(&self, plan: &Plan, period: PeriodId, session: &mut Session) -> Ended<()> {
        let Ok(file) = File::open(self.folder.join(RESULTS)) else { return Ok(()) };
        let Ok(earlier) = serde_json::from_reader::<_, Earlier>(BufReader::new(file)) else { return Ok(()) };
        let now = &plan.calendar.period(period).name;
        if (&earlier.rulebook.title, &earlier.period) == (&plan.title, now) {
            return Ok(());
        }
        let (folder, title) = (self.folder.display(), &earlier.rulebook.title);
        let message = format!("“{folder}”里是{title}{}的报告，这次是{}{now}的，没有写", earlier.period, plan.title);
        let finding = Finding::error("reports-of-another", place_of(&self.folder), message);
        Err(session.unable(finding.help("--out 换一个文件夹；那些报告确实不要了的，先移走")))
    }

    fn require_ours(&self, session: &mut Session) -> Ended<()> {
        let strangers = replace::strangers(&self.disk, &self.name);
        let strangers = strangers.map_err(|failed| told(failed, &self.disk.root, session))?;
        if strangers.is_empty() {
            return Ok(());
        }
        let named = strangers.iter().take(MOST_NAMED).map(|it| {
            let what = if it.changed { "改过了" } else { "不是写报告时写的" };
            format!("“{}”{what}", it.path)
        });
        let more = if strangers.len() > MOST_NAMED { format!("等{}个", strangers.len()) } else { String::new() };
        let list = named.collect::<Vec<_>>().join("，");
        let message = format!("“{}”里的{list}{more}；报告要整个换掉这个文件夹，没有写", self.folder.display());
        let finding = Finding::error("not-a-report-folder", place_of(&self.folder), message);
        Err(session.unable(finding.help("把这些文件移到别处（开着的先关掉），再写一次；或者换一个文件夹")))
    }
}

/// Reports that are being written.
struct Files<'d> {
    new: Replacement<'d>,
}

impl Files<'_> {
    /// One file at a time is held in memory.
    fn add(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<(), Failed> {
        let mut bytes = Vec::new();
        write(&mut bytes).tried("写", name)?;
        self.new.put(name, &mut &bytes[..])
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
    dated: Option<Day>,
    /// 提出异议的期限：5个工作日
    #[arg(long, value_name = "期限", requires = "out", value_parser = within)]
    objections: Option<String>,
}

#[cfg(feature = "office")]
impl Letterhead {
    pub fn letter(&self) -> Letter {
        let Letterhead { issuer, number, dated, objections } = self;
        let (issuer, number, objections) = (issuer.clone(), number.clone(), objections.clone());
        Letter { issuer, number, date: dated.map(|day| day.0), objections, frozen: None }
    }

    /// A notice is not of a day on which the period was still going on.
    pub fn doubt(&self, period: &Period) -> Option<Finding> {
        let day = self.dated.map(|day| day.0).filter(|day| *day <= period.last.last_day())?;
        let message = format!("成文日期{day}时，{}还没有过完", period.name);
        Some(Finding::warning("odd-notice-date", place_of(Path::new("")), message).help("核对 --dated 的年、月"))
    }
}

/// A length of time; the documents say 内 behind it.
#[cfg(feature = "office")]
fn within(text: &str) -> Result<String, String> {
    let within = text.trim().trim_end_matches(['内', '之']);
    let is_time = within.chars().count() > 1 && within.ends_with(['日', '天', '周', '月']);
    if is_time { Ok(within.to_owned()) } else { Err("5个工作日这样的期限".to_owned()) }
}

/// Writes the reports beside the folder, and gives them its name when they are whole: nobody sees half of them, and
/// what cannot be written leaves the earlier ones as they were. `months` as for [`Explainer::new`], `stages` as for
/// [`report::write_stages`].
pub fn write(
    scored: &Scored<'_>,
    months: &[Outcome],
    stages: &[Outcome],
    letter: &Letter,
    mut place: Place,
    session: &mut Session,
) -> Ended<()> {
    let root = place.disk.root.clone();
    let beside = root.join(replace::unfinished(&place.name));
    let in_use = |session: &mut Session| {
        let message = format!("“{}”正在被另一个程序写", place.folder.display());
        let finding = Finding::error("reports-in-use", place_of(&place.folder), message);
        session.unable(finding.help("等它写完，再做一次"))
    };
    // Who still holds the lock of what is not finished is at work; else it was left by a crash.
    if beside.is_dir() && archive::lock(&beside).is_ok_and(|lock| lock.is_none()) {
        return Err(in_use(session));
    }
    replace::recover(&mut place.disk, &place.name).map_err(|failed| told(failed, &root, session))?;
    place.require_ours(session)?;
    let new = Replacement::begin(&place.name, &mut place.disk).map_err(|failed| told(failed, &root, session))?;
    let lock = archive::lock(&beside).map_err(|error| session.cannot("写", &place.folder, &error))?;
    let Some(lock) = lock else { return Err(in_use(session)) };
    let mut files = Files { new };
    let made = make(scored, months, stages, letter, &mut files).and_then(|()| lock.remove(&beside).tried("删", ""));
    let finished = match made {
        Ok(()) => files.new.finish(),
        Err(failed) => {
            files.new.abandon();
            Err(failed)
        }
    };
    finished.map_err(|failed| told(failed, &root, session))
}

fn make(
    scored: &Scored<'_>,
    months: &[Outcome],
    stages: &[Outcome],
    letter: &Letter,
    files: &mut Files<'_>,
) -> Result<(), Failed> {
    files.add(RESULTS, |out| report::write_json(scored, out))?;
    files.add("排名.csv", |out| report::write_csv(scored, 1, out))?;
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
        files.add(&format!("说明/{name}.txt"), |out| tree.write(None, out))?;
        // Nobody is told of a result that there cannot be yet, or any more.
        #[cfg(feature = "office")]
        if scored.is_on_roster(unit) {
            files.add(&format!("告知书/{name}.docx"), |out| {
                out.write_all(&report::write_result(scored, &explainer, unit, letter)?)
            })?;
        }
    }
    Ok(())
}

/// Puts a few files among others: each is written beside them first, and moved there when all are whole.
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
    #[cfg(feature = "office")]
    #[test]
    fn a_time_for_objections_is_not_said_twice_to_be_within() {
        for said in ["五个工作日", "五个工作日内", "五个工作日之内"] {
            assert_eq!(within(said).as_deref(), Ok("五个工作日"));
        }
        assert!(within("五个").is_err() && within("内").is_err());
    }
}
