//! A folder of files that takes the place of an earlier one: the old is there whole, or the new, and nothing of others is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use super::archive::read_bytes;
use super::disk::{Disk, Failed, Scale, Shape, Tried, weigh};

/// Names and sums of what we wrote, as `sha256sum -c` reads them.
pub const LIST: &str = "清单.sha256";

/// The new folder is called so until it is whole, and the old one while it makes way.
const NEW: &str = ".未完成-";
const OLD: &str = ".换下-";

/// What systems put into any folder; nobody misses it.
const LITTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// Something in a folder that is not as we wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Within the folder.
    pub path: String,
    /// Ours, but somebody has worked on it since.
    pub changed: bool,
}

/// Ends what a crash interrupted: an old folder that was to make way comes back, unless the new one is there.
pub fn recover(disk: &mut dyn Disk, name: &str) -> Result<(), Failed> {
    let (new, old) = (format!("{NEW}{name}"), format!("{OLD}{name}"));
    let there: BTreeSet<String> = disk.list("").tried("读", "")?.into_iter().map(|entry| entry.name).collect();
    if there.contains(&old) {
        match there.contains(name) {
            true => disk.remove(&old).tried("删", &old)?,
            false => {
                disk.rename(&old, name).tried("写", name)?;
                disk.sync_folder("").tried("写", "")?;
            }
        }
    }
    if there.contains(&new) { disk.remove(&new).tried("删", &new) } else { Ok(()) }
}

/// Where a folder is written until it is whole.
pub fn unfinished(name: &str) -> String {
    format!("{NEW}{name}")
}

/// What is in a folder and not as we wrote it; nothing where there is no such folder.
pub fn strangers(disk: &dyn Disk, name: &str) -> Result<Vec<Stranger>, Failed> {
    let ours = match read_bytes(disk, &format!("{name}/{LIST}")) {
        Ok(bytes) => listed(&String::from_utf8_lossy(&bytes)),
        Err(failed) if failed.error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
        Err(failed) => return Err(failed),
    };
    let mut strangers = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let within = |path: &str| if path.is_empty() { name.to_owned() } else { format!("{name}/{path}") };
        let entries = match disk.list(&within(&folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.tried("读", &within(&folder))?,
        };
        for entry in entries {
            let path = if folder.is_empty() { entry.name.clone() } else { format!("{folder}/{}", entry.name) };
            let inside = format!("{path}/");
            match (entry.shape, ours.get(&path)) {
                (Shape::File, _) if path == LIST || LITTER.contains(&entry.name.as_str()) => {}
                (Shape::File, Some(sum)) => {
                    let file = disk.open(&within(&path)).tried("读", &within(&path))?;
                    if weigh(file).tried("读", &within(&path))?.sha256 != *sum {
                        strangers.push(Stranger { path, changed: true });
                    }
                }
                (Shape::Folder, _)
                    if ours.range(inside.clone()..).next().is_some_and(|(one, _)| one.starts_with(&inside)) =>
                {
                    folders.push(path);
                }
                _ => strangers.push(Stranger { path, changed: false }),
            }
        }
    }
    strangers.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(strangers)
}

/// Sums by path.
fn listed(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    lines.map(|(sum, path)| (path.to_owned(), sum.to_owned())).collect()
}

/// A folder that is being written, under a name that nobody takes for it.
pub struct Replacement<'d> {
    disk: &'d mut dyn Disk,
    name: String,
    folders: BTreeSet<String>,
    /// Sums by path.
    files: BTreeMap<String, String>,
}

impl<'d> Replacement<'d> {
    /// Begins a folder of that name. INVARIANT: what a crash left was recovered, and nobody else writes this one.
    pub fn begin(name: &str, disk: &'d mut dyn Disk) -> Result<Replacement<'d>, Failed> {
        let mut new = Replacement { disk, name: name.to_owned(), folders: BTreeSet::new(), files: BTreeMap::new() };
        new.make(String::new())?;
        Ok(new)
    }

    /// Writes a file; it is on the disk when this returns.
    pub fn put(&mut self, path: &str, from: &mut dyn Read) -> Result<(), Failed> {
        for (at, _) in path.match_indices('/') {
            self.make(path[..at].to_owned())?;
        }
        let mut scale = Scale::new(from);
        self.disk.write(&self.within(path), &mut scale).tried("写", &format!("{}/{path}", self.name))?;
        self.files.insert(path.to_owned(), scale.weighed().sha256);
        Ok(())
    }

    /// Gives the folder its name, and removes the one that had it.
    pub fn finish(mut self) -> Result<(), Failed> {
        let list: String = self.files.iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect();
        self.put(LIST, &mut list.as_bytes())?;
        // The innermost first: a folder's name is on the disk after what is in it.
        for folder in self.folders.iter().rev() {
            self.disk.sync_folder(&self.within(folder)).tried("写", &self.name)?;
        }
        let (new, old) = (self.within(""), format!("{OLD}{}", self.name));
        let Replacement { disk, name, .. } = self;
        let is_there = disk.list("").tried("读", "")?.iter().any(|entry| entry.name == name);
        if !is_there {
            disk.rename(&new, &name).tried("写", &name)?;
            return disk.sync_folder("").tried("写", &name);
        }
        if disk.swap(&new, &name).tried("写", &name)? {
            disk.sync_folder("").tried("写", &name)?;
            // The new one is in its place; what cannot be removed now is removed the next time.
            let _ = disk.remove(&new);
            return Ok(());
        }
        disk.rename(&name, &old).tried("写", &name)?;
        let placed = disk.sync_folder("").and_then(|()| disk.rename(&new, &name)).and_then(|()| disk.sync_folder(""));
        if let Err(error) = placed {
            // Where this fails too, the next run brings it back.
            let _ = disk.rename(&old, &name);
            return Err(error).tried("写", &name);
        }
        let _ = disk.remove(&old);
        Ok(())
    }

    /// Leaves nothing behind but what was there.
    pub fn abandon(self) {
        let _ = self.disk.remove(&unfinished(&self.name));
    }

    fn make(&mut self, folder: String) -> Result<(), Failed> {
        if !self.folders.contains(&folder) {
            self.disk.make_folder(&self.within(&folder)).tried("建", &self.name)?;
            self.folders.insert(folder);
        }
        Ok(())
    }

    fn within(&self, path: &str) -> String {
        if path.is_empty() { unfinished(&self.name) } else { format!("{NEW}{}/{path}", self.name) }
    }
}
