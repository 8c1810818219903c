//! Files as the history of a repository has them: at a commit, in the index, or in the working tree.
//!
//! Git tells an external diff the contents of the two sides, not the commits they are of. What a rulebook builds on is
//! read from where its side was found: the index or HEAD, the commit that made the change, or the newest that has it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::rulebook;

/// So many commits of a base document are looked at for another text of it.
const MOST_COMMITS: &str = "200";

/// A place in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// As git takes it; empty for the index.
    revision: String,
    /// Names are seen from the folder in which the program was started (`HEAD:./方案.zs`), not from the topmost.
    is_here: bool,
}

impl At {
    fn revision(revision: impl Into<String>) -> At {
        At { revision: revision.into(), is_here: false }
    }

    /// `HEAD~1:方案.zs`, unless there is a file of that name.
    pub fn named(path: &Path) -> Option<(At, String)> {
        let text = path.to_str()?;
        let (revision, name) = text.split_once(':')?;
        // `C:\方案.zs`, and what git would take for an option.
        let is_drive = revision.len() == 1 && name.starts_with(['\\', '/']);
        if is_drive || name.is_empty() || revision.starts_with('-') || path.exists() {
            return None;
        }
        let is_here = name.starts_with("./") || name.starts_with("../");
        Some((At { revision: revision.to_owned(), is_here }, name.to_owned()))
    }

    fn object(&self, name: &str) -> String {
        let name = name.strip_prefix("./").unwrap_or(name);
        format!("{}:{}{name}", self.revision, if self.is_here { "./" } else { "" })
    }

    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        let object = self.object(name);
        git(&["cat-file", "blob", &object])?.ok_or_else(|| format!("git里没有“{object}”"))
    }

    /// The text of a rulebook there.
    pub fn read(&self, name: &str) -> Result<String, String> {
        rulebook::decode(self.bytes(name)?).ok_or_else(|| "文件不是UTF-8，也不是GB18030文字".to_owned())
    }

    fn told(&self) -> String {
        match self.revision.as_str() {
            "" => "暂存区".to_owned(),
            "HEAD" => "最近一次提交".to_owned(),
            commit => format!("提交{}", commit.get(..8).unwrap_or(commit)),
        }
    }
}

/// A file as git has stored it.
#[derive(Clone, Debug)]
pub struct Blob {
    pub name: String,
    /// Only zeros for a file of the working tree.
    pub hex: String,
}

impl Blob {
    fn is_stored(&self) -> bool {
        self.hex.len() >= 40
            && self.hex.bytes().all(|byte| byte.is_ascii_hexdigit())
            && self.hex.bytes().any(|b| b != b'0')
    }

    fn is_at(&self, at: &At) -> bool {
        ids(&[at.object(&self.name)]).first() == Some(&Some(self.hex.clone()))
    }
}

/// One side of what git shows.
pub struct Shown {
    blob: Blob,
    /// `None` for the working tree.
    at: Option<At>,
    /// Base documents that had another text while the file had this one.
    doubtful: RefCell<BTreeSet<String>>,
}

impl Shown {
    /// Where the two sides of an external diff are of.
    pub fn both(old: Blob, new: Blob) -> (Shown, Shown) {
        let (index, head) = (At::revision(""), At::revision("HEAD"));
        let shown = |blob: Blob, at: Option<At>| Shown { blob, at, doubtful: RefCell::default() };
        match (old.is_stored(), new.is_stored()) {
            (true, true) => {
                // What is staged; a commit that made just this change; else each by itself.
                let (before, after) = if new.is_at(&index) && old.is_at(&head) && !new.is_at(&head) {
                    (Some(head), Some(index))
                } else if let Some((before, after)) = change(&old, &new) {
                    (Some(before), Some(after))
                } else {
                    (found(&old), found(&new))
                };
                (shown(old, before), shown(new, after))
            }
            (true, false) => {
                let at = if old.is_at(&index) { Some(index) } else { found(&old) };
                (shown(old, at), shown(new, None))
            }
            (false, true) => {
                let at = if new.is_at(&index) { Some(index) } else { found(&new) };
                (shown(old, None), shown(new, at))
            }
            (false, false) => (shown(old, None), shown(new, None)),
        }
    }

    /// The text of a document that the file builds on.
    pub fn read(&self, name: &str) -> Result<String, String> {
        let Some(at) = &self.at else { return rulebook::read_base(name) };
        let name = name.strip_prefix("./").unwrap_or(name);
        if self.had_others(at, name) {
            self.doubtful.borrow_mut().insert(name.to_owned());
        }
        at.read(name)
    }

    /// Whether the file stood beside another text of a base document, too.
    fn had_others(&self, at: &At, base: &str) -> bool {
        let log = ["log", "--all", "HEAD", "--format=%H", "-n", MOST_COMMITS, "--", base];
        let commits = git(&log).ok().flatten().unwrap_or_default();
        let commits = String::from_utf8_lossy(&commits);
        let places: Vec<At> = commits.lines().map(At::revision).collect();
        let own = ids(&places.iter().map(|at| at.object(&self.blob.name)).collect::<Vec<_>>());
        let theirs = ids(&places.iter().chain([at]).map(|at| at.object(base)).collect::<Vec<_>>());
        let read = theirs.last().cloned().flatten();
        own.iter()
            .zip(&theirs)
            .any(|(own, base)| own.as_ref() == Some(&self.blob.hex) && base.is_some() && *base != read)
    }

    /// What was read of documents that git did not say the time of.
    pub fn doubts(&self, mark: &str) -> Vec<String> {
        let Some(at) = &self.at else { return Vec::new() };
        let tell = |base: &String| {
            format!(
                "{mark}的一版沿用的“{base}”有过不同的内容，git没有说是哪一次，这里按{}的读；要指定，用 zhunsheng diff 提交:{} 提交:{}",
                at.told(),
                self.blob.name,
                self.blob.name
            )
        };
        self.doubtful.borrow().iter().map(tell).collect()
    }
}

/// The newest commit that made just this change, and the one before it.
fn change(old: &Blob, new: &Blob) -> Option<(At, At)> {
    let commits = touching(new, Some(&old.hex));
    commits.into_iter().find_map(|(commit, parents)| {
        let parents: Vec<At> = parents.into_iter().map(At::revision).collect();
        let parent = parents.into_iter().find(|parent| old.is_at(parent))?;
        Some((parent, At::revision(commit)))
    })
}

/// Where a file has this content: the last commit, or else the newest that brought it.
fn found(blob: &Blob) -> Option<At> {
    let head = At::revision("HEAD");
    if blob.is_at(&head) {
        return Some(head);
    }
    let commits = touching(blob, None);
    commits.into_iter().map(|(commit, _)| At::revision(commit)).next()
}

/// Commits that brought a content of a file, the newest first, each with its parents.
fn touching(blob: &Blob, before: Option<&str>) -> Vec<(String, Vec<String>)> {
    let object = format!("--find-object={}", blob.hex);
    let log = ["log", "--all", "HEAD", "-m", "--raw", "--no-abbrev", "--no-ext-diff", "--format=commit %H %P", &object];
    let told = git(&[&log[..], &["--", &blob.name]].concat()).ok().flatten().unwrap_or_default();
    let mut commits: Vec<(String, Vec<String>)> = Vec::new();
    let mut current: Option<(String, Vec<String>)> = None;
    for line in String::from_utf8_lossy(&told).lines() {
        if let Some(names) = line.strip_prefix("commit ") {
            let mut names = names.split_whitespace().map(str::to_owned);
            current = names.next().map(|commit| (commit, names.collect()));
        } else if let Some(raw) = line.strip_prefix(':') {
            // Modes, contents before and after, and what was done.
            let fields: Vec<&str> = raw.split_whitespace().collect();
            let brings = fields.get(3) == Some(&blob.hex.as_str());
            let from = before.is_none_or(|before| fields.get(2) == Some(&before));
            commits.extend(current.clone().filter(|_| brings && from));
        }
    }
    commits.dedup();
    commits
}

/// The contents of objects like `HEAD:方案.zs`; `None` for what is not there.
fn ids(objects: &[String]) -> Vec<Option<String>> {
    let run = || -> std::io::Result<Vec<u8>> {
        let mut child = Command::new("git")
            .args(["cat-file", "--batch-check=%(objectname)"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut input = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
        let text = objects.join("\n") + "\n";
        let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = child.wait_with_output()?;
        let _ = writer.join();
        Ok(output.stdout)
    };
    let told = run().unwrap_or_default();
    let told = String::from_utf8_lossy(&told);
    let known = |line: &str| line.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| line.to_owned());
    let mut ids: Vec<Option<String>> = told.lines().map(known).collect();
    ids.resize(objects.len(), None);
    ids
}

/// What git prints; `None` where it refuses.
fn git(arguments: &[&str]) -> Result<Option<Vec<u8>>, String> {
    let output = Command::new("git").args(arguments).stderr(Stdio::null()).output();
    let output = output.map_err(|error| format!("git用不了：{}", super::session::reason(&error)))?;
    Ok(output.status.success().then_some(output.stdout))
}
