//! What an archive or a folder of reports does to files: a handful of operations, each of which may be the last before a crash.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// A folder of batches. Paths are within it, with `/`; the empty one is the folder itself.
///
/// The command line has it on a real disk; tests have one that loses power after any operation.
pub trait Disk {
    /// What is in a folder, in any order.
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>>;

    fn open(&self, path: &str) -> io::Result<Box<dyn Read>>;

    /// Makes one folder; it is no error where it is there.
    fn make_folder(&mut self, path: &str) -> io::Result<()>;

    /// Writes a new file and has its bytes on the disk before it returns.
    fn write(&mut self, path: &str, from: &mut dyn Read) -> io::Result<()>;

    /// Has the names in a folder on the disk.
    fn sync_folder(&mut self, path: &str) -> io::Result<()>;

    /// Gives another name in the same folder, in place of what had it where both are files.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;

    /// Gives two folders each other's name at once; `false` where the system cannot.
    fn swap(&mut self, _: &str, _: &str) -> io::Result<bool> {
        Ok(false)
    }

    /// Removes a file, or a folder with all that is in it.
    fn remove(&mut self, path: &str) -> io::Result<()>;
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    pub name: String,
    pub shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    File,
    Folder,
    /// A link, a device: nothing that belongs into an archive.
    Other,
}

/// An operation that did not succeed.
#[derive(Debug)]
pub struct Failed {
    /// In Chinese: 读, 写, 建, 删…
    pub what: &'static str,
    /// Within the archive.
    pub path: String,
    pub error: io::Error,
}

/// Says what was tried where an operation fails.
pub trait Tried<T> {
    fn tried(self, what: &'static str, path: &str) -> Result<T, Failed>;
}

impl<T> Tried<T> for io::Result<T> {
    fn tried(self, what: &'static str, path: &str) -> Result<T, Failed> {
        self.map_err(|error| Failed { what, path: path.to_owned(), error })
    }
}

/// How long something is, and its SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    pub bytes: u64,
    pub sha256: String,
}

/// Passes on what is read and weighs it.
pub struct Scale<R> {
    from: R,
    bytes: u64,
    hasher: Sha256,
}

impl<R: Read> Scale<R> {
    pub fn new(from: R) -> Scale<R> {
        Scale { from, bytes: 0, hasher: Sha256::new() }
    }

    pub fn weighed(self) -> Weighed {
        let sha256 = self.hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Weighed { bytes: self.bytes, sha256 }
    }
}

impl<R: Read> Read for Scale<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.bytes += read as u64;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

/// Weighs all that can be read.
pub fn weigh(from: impl Read) -> io::Result<Weighed> {
    let mut scale = Scale::new(from);
    io::copy(&mut scale, &mut io::sink())?;
    Ok(scale.weighed())
}

#[cfg(test)]
mod tests {
    #[test]
    fn sums_are_those_of_sha256sum() {
        let weighed = super::weigh(&b"abc"[..]).unwrap();
        assert_eq!(weighed.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(weighed.bytes, 3);
    }
}
