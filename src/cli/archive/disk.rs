//! The real disk, and the lock that one writer at a time holds.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::batch::{Disk, Listed, Shape};

/// The file that is locked; it holds nothing.
const LOCK: &str = ".锁";

/// A folder of batches, or the one that a folder of reports is in.
pub struct RealDisk {
    pub root: PathBuf,
}

impl RealDisk {
    pub fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }
}

impl Disk for RealDisk {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let mut listed = Vec::new();
        for entry in fs::read_dir(self.path(folder))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let shape = match kind.is_dir() {
                true => Shape::Folder,
                false if kind.is_file() => Shape::File,
                false => Shape::Other,
            };
            listed.push(Listed { name: entry.file_name().to_string_lossy().into_owned(), shape });
        }
        Ok(listed)
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(self.path(path))?))
    }

    fn make_folder(&mut self, path: &str) -> io::Result<()> {
        match fs::create_dir(self.path(path)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && self.path(path).is_dir() => Ok(()),
            made => made,
        }
    }

    fn write(&mut self, path: &str, from: &mut dyn Read) -> io::Result<()> {
        let mut file = File::create_new(self.path(path))?;
        io::copy(from, &mut file)?;
        file.sync_all()
    }

    #[cfg(unix)]
    fn sync_folder(&mut self, path: &str) -> io::Result<()> {
        File::open(self.path(path))?.sync_all()
    }

    /// Elsewhere a folder cannot be opened, and its names are written with the files.
    #[cfg(not(unix))]
    fn sync_folder(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn swap(&mut self, one: &str, other: &str) -> io::Result<bool> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, self.path(one), CWD, self.path(other), RenameFlags::EXCHANGE) {
            Ok(()) => Ok(true),
            // Kernels and file systems that never learned it.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        if fs::symlink_metadata(&path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
    }
}

/// Held while something is written; another process that wants it is told to wait.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Ends it where nothing of it is to stay.
    pub fn remove(self, root: &Path) -> io::Result<()> {
        drop(self);
        fs::remove_file(root.join(LOCK))
    }
}

/// Takes the lock; `None` where somebody else has it.
pub fn lock(root: &Path) -> io::Result<Option<Lock>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(root.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
