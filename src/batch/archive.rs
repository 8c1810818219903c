//! A folder of batches: what is in it, and how a new batch comes in whole or not at all.

use std::collections::BTreeSet;
use std::io::{self, Read};

use super::disk::{Disk, Failed, Listed, Scale, Shape, Tried, Weighed};
use super::ledger::{self, LEDGER};
use super::manifest::{File, MANIFEST, Manifest, Reference, batch_name, number_of};

/// What is being written is called so until it is whole.
pub const UNFINISHED: &str = ".未完成-";

/// What makes an archive fit for git: bytes are left alone, since a changed line end would be a changed batch.
const FOR_GIT: [(&str, &str); 2] = [(".gitattributes", "* -text\n"), (".gitignore", ".锁\n.未完成-*\n")];

/// A manifest or a ledger is far smaller.
const MOST_BYTES: u64 = 256 << 20;

/// A batch of an archive, by its manifest; whether its files are as it says is another question.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The folder.
    pub name: String,
    /// Of 批次.json.
    pub sha256: String,
    pub manifest: Manifest,
}

impl Batch {
    /// The folder as it was frozen.
    pub fn own_name(&self) -> String {
        self.manifest.batch()
    }

    pub fn reference(&self) -> Reference {
        Reference { batch: self.name.clone(), sha256: self.sha256.clone() }
    }
}

/// A folder that has the name of a batch and no manifest that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub name: String,
    pub why: String,
}

/// What is in the folder of an archive.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// In the order of their numbers.
    pub batches: Vec<Batch>,
    pub unread: Vec<Unread>,
    /// Batches in folders that have no number.
    pub renamed: Vec<Batch>,
    /// Folders that hold a batch which is there under its own name: copies of it, or what another computer froze.
    pub doubles: Vec<Batch>,
    /// What a crash left behind.
    pub leftovers: Vec<String>,
    /// Whatever else is there, without hidden files.
    pub others: Vec<String>,
    /// The ledger's text; `None` where there is none.
    pub ledger: Option<String>,
}

impl Archive {
    /// Reads manifests and ledger; an empty folder is an archive without batches.
    pub fn read(disk: &dyn Disk) -> Result<Archive, Failed> {
        let mut archive = Archive::default();
        let mut listed = disk.list("").tried("读", "")?;
        listed.sort_by_key(|entry| (number_of(&entry.name), entry.name.clone()));
        for Listed { name, shape } in listed {
            if name.starts_with(UNFINISHED) {
                archive.leftovers.push(name);
            } else if name == LEDGER && shape == Shape::File {
                let bytes = read_bytes(disk, &name)?;
                archive.ledger = Some(String::from_utf8_lossy(&bytes).into_owned());
            } else if number_of(&name).is_some() {
                match batch(disk, &name, shape)? {
                    Ok(batch) => archive.batches.push(batch),
                    Err(why) => archive.unread.push(Unread { name, why }),
                }
            } else if !name.starts_with('.') {
                match shape == Shape::Folder {
                    true => match batch(disk, &name, shape)? {
                        Ok(batch) => archive.renamed.push(batch),
                        Err(_) => archive.others.push(name),
                    },
                    false => archive.others.push(name),
                }
            }
        }
        archive.part_doubles();
        Ok(archive)
    }

    fn part_doubles(&mut self) {
        let own: BTreeSet<String> =
            self.batches.iter().map(Batch::own_name).filter(|name| self.batch(name).is_some()).collect();
        let is_double = |batch: &mut Batch| batch.name != batch.own_name() && own.contains(&batch.own_name());
        self.doubles.extend(self.batches.extract_if(.., is_double));
        self.doubles.extend(self.renamed.extract_if(.., is_double));
    }

    /// A batch that is in the folder of its own name.
    pub fn batch(&self, name: &str) -> Option<&Batch> {
        self.batches.iter().find(|batch| batch.name == name && batch.own_name() == name)
    }

    /// The batch that holds for a period: the last one about it.
    pub fn latest(&self, period: &str) -> Option<&Batch> {
        self.batches.iter().rev().find(|batch| batch.manifest.period == period)
    }
}

/// A batch by its folder, or why it is none.
fn batch(disk: &dyn Disk, name: &str, shape: Shape) -> Result<Result<Batch, String>, Failed> {
    if shape != Shape::Folder {
        return Ok(Err("它不是文件夹".to_owned()));
    }
    let path = format!("{name}/{MANIFEST}");
    let bytes = match read_bytes(disk, &path) {
        Ok(bytes) => bytes,
        Err(failed) if failed.error.kind() == io::ErrorKind::NotFound => {
            return Ok(Err(format!("里面没有“{MANIFEST}”")));
        }
        Err(failed) => return Err(failed),
    };
    let mut scale = Scale::new(&bytes[..]);
    let weighed = io::copy(&mut scale, &mut io::sink()).map(|_| scale.weighed()).tried("读", &path)?;
    Ok(Manifest::parse(&bytes)
        .map(|manifest| Batch { name: name.to_owned(), sha256: weighed.sha256, manifest })
        .map_err(|why| format!("“{MANIFEST}”{why}")))
}

pub fn read_bytes(disk: &dyn Disk, path: &str) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let read = disk.open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    read.tried("读", path)?;
    Ok(bytes)
}

/// A batch that is being written, under a name that nobody takes for one.
pub struct Draft<'d> {
    disk: &'d mut dyn Disk,
    /// The folder, for who works on what was put there.
    pub folder: String,
    number: u32,
    period: String,
    folders: BTreeSet<String>,
    files: Vec<File>,
}

impl<'d> Draft<'d> {
    /// Clears what crashes left, completes the ledger and makes a folder for the next batch.
    ///
    /// INVARIANT: the chain was found sound, and nobody else writes in the archive; the command line holds its lock.
    pub fn begin(archive: &Archive, period: &str, disk: &'d mut dyn Disk) -> Result<Draft<'d>, Failed> {
        for name in &archive.leftovers {
            disk.remove(name).tried("删", name)?;
        }
        if archive.batches.is_empty() {
            for (name, text) in FOR_GIT {
                write_whole(disk, name, text.as_bytes())?;
            }
        }
        if archive.ledger.as_deref().unwrap_or_default() != ledger::write(archive.batches.iter()) {
            // Before there is another batch: only the last one may be ahead of the ledger.
            enter(archive.batches.iter(), disk)?;
        }
        let number = archive.batches.last().map_or(1, |last| last.manifest.number.saturating_add(1));
        let folder = format!("{UNFINISHED}{}", batch_name(number, period));
        let mut draft =
            Draft { disk, folder, number, period: period.to_owned(), folders: BTreeSet::new(), files: Vec::new() };
        draft.make(String::new())?;
        Ok(draft)
    }

    /// Writes a file of the batch.
    pub fn put(&mut self, path: &str, from: &mut dyn Read) -> Result<(), Failed> {
        for (at, _) in path.match_indices('/') {
            self.make(path[..at].to_owned())?;
        }
        let Weighed { bytes, sha256 } = self.write(path, from)?;
        self.files.push(File { path: path.to_owned(), bytes, sha256 });
        Ok(())
    }

    /// Writes the manifest, gives the folder its name, and enters it in the ledger.
    ///
    /// What the manifest says of number, period and files is filled in here.
    pub fn finish(mut self, archive: &Archive, mut manifest: Manifest) -> Result<Batch, Failed> {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        manifest.number = self.number;
        manifest.period = std::mem::take(&mut self.period);
        manifest.previous = archive.batches.last().map(Batch::reference);
        manifest.files = std::mem::take(&mut self.files);
        let bytes = manifest.to_bytes();
        let Weighed { sha256, .. } = self.write(MANIFEST, &mut &bytes[..])?;
        // The innermost first: a folder's name is on the disk after what is in it.
        for folder in self.folders.iter().rev() {
            let path = within(&self.folder, folder);
            self.disk.sync_folder(&path).tried("写", &path)?;
        }
        let name = manifest.batch();
        self.disk.rename(&self.folder, &name).tried("写", &name)?;
        self.disk.sync_folder("").tried("写", "")?;
        let batch = Batch { name, sha256, manifest };
        enter(archive.batches.iter().chain([&batch]), self.disk)?;
        Ok(batch)
    }

    /// Leaves nothing behind.
    pub fn abandon(self) -> Result<(), Failed> {
        self.disk.remove(&self.folder).tried("删", &self.folder)
    }

    fn make(&mut self, folder: String) -> Result<(), Failed> {
        if !self.folders.contains(&folder) {
            let path = within(&self.folder, &folder);
            self.disk.make_folder(&path).tried("建", &path)?;
            self.folders.insert(folder);
        }
        Ok(())
    }

    fn write(&mut self, path: &str, from: &mut dyn Read) -> Result<Weighed, Failed> {
        let path = within(&self.folder, path);
        let mut scale = Scale::new(from);
        self.disk.write(&path, &mut scale).tried("写", &path)?;
        Ok(scale.weighed())
    }
}

/// Writes the ledger anew.
fn enter<'b>(batches: impl Iterator<Item = &'b Batch>, disk: &mut dyn Disk) -> Result<(), Failed> {
    write_whole(disk, LEDGER, ledger::write(batches).as_bytes())
}

/// A file that is there as it was or as it is to be, never in part.
fn write_whole(disk: &mut dyn Disk, name: &str, bytes: &[u8]) -> Result<(), Failed> {
    let beside = format!("{UNFINISHED}{name}");
    // A crash may have left one.
    match disk.remove(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).tried("删", &beside),
        _ => {}
    }
    disk.write(&beside, &mut &bytes[..]).tried("写", name)?;
    disk.rename(&beside, name).tried("写", name)?;
    disk.sync_folder("").tried("写", "")
}

fn within(folder: &str, path: &str) -> String {
    if path.is_empty() { folder.to_owned() } else { format!("{folder}/{path}") }
}
