//! A data folder: its roster, its history, and every fact file at any depth.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::Ended;
use super::memory;
use super::objected;
use super::session::{Session, place_of};
#[cfg(feature = "office")]
use super::tables;
use crate::calendar::PeriodId;
use crate::copied;
use crate::diagnostic::{Finding, Findings, Place, Severity, order, workbook};
use crate::facts::register::BESIDE_FACTS;
use crate::facts::{self, Options, SourceFile, Store};
use crate::form::Kept;
use crate::objection::Objection;
use crate::plan::{InputId, Plan};
use crate::status::{self, Receipt};
use crate::threads;
#[cfg(feature = "office")]
use crate::workbook::table::Wanted;
use crate::workdays::Workdays;

/// Larger files are written by programs, which paste nothing twice.
const MOST_TYPED: u64 = 4 << 20;

/// The files of a data folder, not yet opened.
#[derive(Default)]
pub struct Folder {
    pub roster: Option<SourceFile<'static>>,
    pub history: Option<SourceFile<'static>>,
    /// 报送.csv, 异议.csv and 节假日.csv, which are no facts.
    pub receipts: Option<SourceFile<'static>>,
    pub objections: Option<SourceFile<'static>>,
    pub holidays: Option<SourceFile<'static>>,
    pub facts: Vec<SourceFile<'static>>,
    /// Every file that is read, by its name within the folder.
    pub files: Vec<(String, PathBuf)>,
    /// The forms among them.
    pub forms: Vec<Kept>,
    /// Every form among the files, taken or not, with the period that it says it is of.
    pub marked: Vec<(String, PeriodId)>,
    /// Files that were refused whole: nothing may be told as missing that may be in them.
    pub unread: Vec<String>,
    /// What 异议.csv holds; upheld ones are done to the facts already.
    pub objected: Vec<Objection>,
    /// What looks like a fact file and is none.
    pub findings: Findings,
}

impl Folder {
    /// Finds the files, in the order of their names.
    pub fn find(path: &Path, plan: &Plan, session: &mut Session) -> Ended<Folder> {
        let metadata = fs::metadata(path).map_err(|error| {
            let missing = error.kind() == io::ErrorKind::NotFound;
            let finding =
                Finding::error("no-data-folder", place_of(path), format!("没有数据文件夹“{}”", path.display()));
            if missing { session.unable(finding) } else { session.cannot("读", path, &error) }
        })?;
        if !metadata.is_dir() {
            let message = format!("“{}”不是文件夹", path.display());
            let finding = Finding::error("not-a-folder", place_of(path), message);
            return Err(session.unable(finding.help("写放着“单位.csv”和事实文件的那个文件夹")));
        }
        let mut folder = Folder::default();
        let mut walk = Walk { folder: &mut folder, plan, session, visited: BTreeSet::new(), renamed: None };
        walk.directory(path, "")?;
        folder.hear(plan);
        memory::expect(folder.size());
        Ok(folder)
    }

    /// The facts against the plan. A form of a later period that somebody is still filling in changes nothing of the
    /// one that is scored: where it has mistakes it is left out, and that is told.
    pub fn read(&mut self, plan: &Plan, period: PeriodId, options: &Options<'_>) -> (Store, Findings) {
        let read = |folder: &Folder| {
            facts::read(plan, folder.roster.as_ref(), folder.history.as_ref(), &folder.facts, options)
        };
        let span = plan.calendar.period(period);
        let is_later = |form: &(String, PeriodId)| plan.calendar.period(form.1).first > span.last;
        let mut later: Vec<(String, PeriodId)> = self.marked.iter().filter(|form| is_later(form)).cloned().collect();
        let (mut store, mut findings) = read(self);
        // Again without those that are wrong: of the rest all is told then.
        while self.leave_out(&mut later, &findings, plan, &span.name) {
            (store, findings) = read(self);
        }
        if !self.unread.is_empty() {
            store.leave_unread();
        }
        (store, findings)
    }

    /// Leaves out those of the forms in which something is wrong, and tells of each; whether there was one.
    fn leave_out(&mut self, forms: &mut Vec<(String, PeriodId)>, found: &Findings, plan: &Plan, period: &str) -> bool {
        let known = forms.len();
        forms.retain(|(name, own)| {
            let is_in =
                |file: &str| file.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
            let is_wrong = |finding: &Finding| finding.severity == Severity::Error && is_in(&finding.place.file);
            let wrong = self.findings.iter().chain(found.iter()).filter(|finding| is_wrong(finding)).count();
            if wrong == 0 {
                return true;
            }
            self.findings.retain(|finding| !is_wrong(finding));
            self.unread.retain(|file| file != name);
            self.facts.retain(|file| !is_in(&file.name));
            let own = &plan.calendar.period(*own).name;
            let message = format!("“{name}”是{own}的报送表，还有{wrong}处错误，这次没有读");
            let finding = Finding::warning("later-form-unfinished", Place::of(name), message);
            let help = format!("不影响{period}；要看是哪几处：zhunsheng status … --period {own}");
            self.findings.push(finding.help(help));
            false
        });
        forms.len() < known
    }

    /// The office's own calendar, where it keeps one.
    pub fn workdays(&self) -> (Option<Workdays>, Findings) {
        match self.holidays.as_ref().map(facts::workdays) {
            Some((workdays, findings)) => (Some(workdays), findings),
            None => (None, Findings::default()),
        }
    }

    /// 报送.csv, and what is wrong with it.
    pub fn receipts(&self, plan: &Plan) -> (Vec<Receipt>, Findings) {
        match &self.receipts {
            Some(file) => status::read_receipts(plan, &status::departments(plan), file),
            None => Default::default(),
        }
    }

    /// What the forms of a period leave open.
    pub fn owed(&self, plan: &Plan, period: PeriodId) -> Vec<Finding> {
        match self.forms.iter().any(|form| form.owed.is_some()) {
            true => status::owed(plan, period, &self.forms, &self.receipts(plan).0),
            false => Vec::new(),
        }
    }

    /// The empty cells of forms, by unit of the roster.
    pub fn blanks(&self, store: &Store) -> FxHashMap<(u32, InputId, PeriodId), Place> {
        let named = |(unit, at)| {
            let unit: &facts::Unit = unit;
            [Some(unit.name.as_str()), unit.former.as_deref()].into_iter().flatten().map(move |name| (name, at))
        };
        let units: FxHashMap<&str, u32> = store.roster.iter().zip(0u32..).flat_map(named).collect();
        let blanks = self.forms.iter().flat_map(|form| &form.blanks);
        let known = blanks
            .filter_map(|(unit, id, period, place)| Some(((*units.get(unit.as_str())?, *id, *period), place.clone())));
        known.collect()
    }

    /// What seems to be there twice: of a whole file it is certain. Rows are looked at only in the files that name the
    /// period; `store` is what was read of them.
    pub fn copied(&self, plan: &Plan, store: &Store, period: PeriodId, threads: usize) -> Vec<Finding> {
        let rows = |file: &SourceFile<'_>| match objected::bytes(file) {
            Ok(bytes) => copied::rows(plan, period, &file.name, &bytes),
            // What cannot be read is told where it is read.
            Err(_) => Vec::new(),
        };
        let about = store.files_about(&plan.calendar, period);
        let about = self.facts.iter().zip(about).filter(|(_, is_about)| *is_about);
        let typed: Vec<_> = about.map(|(file, _)| file).filter(|file| file.size <= MOST_TYPED).collect();
        let in_files = |part: Range<usize>| typed[part].iter().flat_map(|file| rows(file)).collect::<Vec<Finding>>();
        let mut findings = copied::files(&self.facts);
        findings.extend(threads::in_parts(typed.len(), threads, in_files).concat());
        findings
    }

    /// In bytes, all files together.
    pub fn size(&self) -> u64 {
        self.roster.iter().chain(&self.history).chain(&self.facts).map(|file| file.size).sum()
    }
}

struct Walk<'a> {
    folder: &'a mut Folder,
    #[cfg_attr(not(feature = "office"), expect(dead_code, reason = "only forms are held against it"))]
    plan: &'a Plan,
    session: &'a mut Session,
    /// Real paths: a folder that is linked into itself, or twice, is read once.
    visited: BTreeSet<PathBuf>,
    /// Former names of units, each with the one that took its place, once a workbook asked.
    #[cfg_attr(not(feature = "office"), expect(dead_code, reason = "only forms are held against it"))]
    renamed: Option<BTreeMap<String, String>>,
}

impl Walk<'_> {
    /// `prefix` is the path within the data folder, with a `/` at its end where it is not empty.
    ///
    /// Folders still to be walked wait in a list: a deep tree costs no stack.
    /// Links wait until the last, so that a folder goes by its own name where it is in the data folder itself.
    fn directory(&mut self, path: &Path, prefix: &str) -> Ended<()> {
        let mut waiting = vec![(path.to_owned(), prefix.to_owned())];
        let mut links = VecDeque::new();
        while let Some((path, prefix)) = waiting.pop().or_else(|| links.pop_front()) {
            let real = fs::canonicalize(&path).map_err(|error| self.session.cannot("读", &path, &error))?;
            if !self.visited.insert(real) {
                continue;
            }
            let mut below = Vec::new();
            for (name, path) in self.list(&path)? {
                let metadata = fs::metadata(&path).map_err(|error| self.session.cannot("读", &path, &error))?;
                if metadata.is_dir() && is_fact_file(&name) {
                    let place = Place::of(format!("{prefix}{name}"));
                    let finding = Finding::error("not-a-file", place, format!("“{name}”是文件夹，不是文件"));
                    self.folder
                        .findings
                        .push(finding.help(format!("给文件夹换个名字，名字末尾不要“{}”", ending(&name))));
                }
                if metadata.is_dir() && path.is_symlink() {
                    links.push_back((path, format!("{prefix}{name}/")));
                } else if metadata.is_dir() {
                    below.push((path, format!("{prefix}{name}/")));
                } else if let Some(help) = unread(&name).filter(|_| metadata.is_file()) {
                    let place = Place::of(format!("{prefix}{name}"));
                    let message = format!("“{prefix}{name}”没有读：不读{}", ending(&name));
                    self.folder.findings.push(Finding::error("unread-format", place, message).help(help));
                    self.folder.unread.push(format!("{prefix}{name}"));
                } else if is_fact_file(&name) {
                    if !metadata.is_file() {
                        let message = format!("“{}”不是普通文件", path.display());
                        return Err(self.session.unable(Finding::error("not-a-file", place_of(&path), message)));
                    }
                    self.file(&prefix, &name, path, metadata.len())?;
                }
            }
            waiting.extend(below.into_iter().rev());
        }
        self.folder.facts.sort_by(|a, b| a.name.cmp(&b.name));
        self.folder.files.sort();
        Ok(())
    }

    /// What is in a folder, by name, without hidden files and the lock files of office programs.
    fn list(&mut self, path: &Path) -> Ended<Vec<(String, PathBuf)>> {
        let entries: io::Result<Vec<_>> = fs::read_dir(path).and_then(Iterator::collect);
        let entries = entries.map_err(|error| self.session.cannot("读", path, &error))?;
        let named = entries.iter().map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
        let mut listed: Vec<_> = named.filter(|(name, _)| !name.starts_with('.') && !name.starts_with("~$")).collect();
        // The roster comes first: forms are held against it.
        listed.sort_by(|a, b| order(&a.0).cmp(&order(&b.0)));
        Ok(listed)
    }

    fn file(&mut self, prefix: &str, name: &str, path: PathBuf, size: u64) -> Ended<()> {
        let full = format!("{prefix}{name}");
        self.folder.files.push((full.clone(), path.clone()));
        // Only the top-level 单位.csv is the roster; the same for what else is no fact file.
        let special = prefix.is_empty() && BESIDE_FACTS.contains(&stem(name));
        let files = if ending(name).eq_ignore_ascii_case(".csv") {
            let open = move || File::open(&path).map(|file| Box::new(file) as Box<dyn Read + Send>);
            vec![SourceFile { name: full, size, open: Box::new(open) }]
        } else {
            self.tables(&full, &path, special)?
        };
        for file in files {
            let slot = match stem(name) {
                "单位" if special => &mut self.folder.roster,
                "历史" if special => &mut self.folder.history,
                "报送" if special => &mut self.folder.receipts,
                "异议" if special => &mut self.folder.objections,
                "节假日" if special => &mut self.folder.holidays,
                _ => {
                    self.folder.facts.push(file);
                    continue;
                }
            };
            match slot {
                None => *slot = Some(file),
                Some(first) => {
                    let place = Place::of(file.name);
                    let message = format!("“{}”有两份：“{}”和“{name}”", stem(name), first.name.trim_end_matches('!'));
                    let finding = Finding::error("two-rosters", place, message);
                    self.folder.findings.push(finding.help("只留一份"));
                }
            }
        }
        Ok(())
    }

    #[cfg(feature = "office")]
    fn tables(&mut self, name: &str, path: &Path, special: bool) -> Ended<Vec<SourceFile<'static>>> {
        let wanted = if special { Wanted::Roster } else { Wanted::Facts };
        let Folder { findings, forms, marked, unread, roster, .. } = &mut *self.folder;
        let renamed = || roster.as_ref().map(facts::renamed).unwrap_or_default();
        let renamed = match wanted {
            Wanted::Facts => self.renamed.get_or_insert_with(renamed),
            Wanted::Roster => &BTreeMap::new(),
        };
        let mut reading = tables::Reading { plan: self.plan, renamed, findings, forms, marked, unread };
        reading.read(path, name, wanted, self.session)
    }

    #[cfg(not(feature = "office"))]
    fn tables(&mut self, name: &str, _: &Path, _: bool) -> Ended<Vec<SourceFile<'static>>> {
        let place = Place::of(name);
        let finding = Finding::error("broken-workbook", place, format!("这一版程序不读表格文件“{name}”"));
        self.folder.findings.push(finding.help("另存为CSV，或换用带表格功能的程序"));
        Ok(Vec::new())
    }
}

/// Whether a name is that of a fact file: a text file or a workbook.
fn is_fact_file(name: &str) -> bool {
    let ending = ending(name).to_ascii_lowercase();
    ending == ".csv" || workbook::ENDINGS.contains(&ending.as_str())
}

/// What to do with a file that may hold facts in a form that is not read; `None` where it holds none, or is read.
fn unread(name: &str) -> Option<&'static str> {
    match ending(name).to_ascii_lowercase().as_str() {
        ".et" | ".ett" | ".xlsb" | ".xltx" | ".xlt" | ".numbers" | ".fods" | ".uos" | ".tsv" => {
            Some("是事实的，在表格软件里打开，另存为Excel工作簿（.xlsx），放回来代替它；不是的，移到数据文件夹以外")
        }
        ".zip" | ".rar" | ".7z" => {
            Some("里面有事实、报送表的，解压到数据文件夹，移走压缩包；没有的，移到数据文件夹以外")
        }
        _ => None,
    }
}

fn ending(name: &str) -> &str {
    name.rfind('.').map_or("", |at| &name[at..])
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Style;

    /// A folder of its own for one test, gone afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn with(files: &[&str]) -> Scratch {
            let root = std::env::temp_dir().join(format!("zhunsheng-folder-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            for file in files {
                let path = root.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "单位\n").unwrap();
            }
            Scratch(root)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    #[cfg(unix)]
    fn every_fact_file_is_found_once() {
        let files =
            ["单位.csv", "历史.CSV", "2023-04.csv", "子/单位.csv", "子/深/五月.CSV", ".隐.csv", "~$锁.csv", "说明.txt"];
        let scratch = Scratch::with(&files);
        std::os::unix::fs::symlink("..", scratch.0.join("子/loop")).unwrap();
        std::os::unix::fs::symlink("子", scratch.0.join("again")).unwrap();
        let text = include_str!("../../rulebooks/2023.zs");
        let plan = crate::compile::compile_text("2023.zs", text).0.unwrap().plan;
        let folder = Folder::find(&scratch.0, &plan, &mut Session::new(Style::Short)).ok().unwrap();
        let names: Vec<&str> = folder.facts.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["2023-04.csv", "子/单位.csv", "子/深/五月.CSV"]);
        assert_eq!(folder.roster.unwrap().name, "单位.csv");
        assert_eq!(folder.history.unwrap().name, "历史.CSV");
    }
}
