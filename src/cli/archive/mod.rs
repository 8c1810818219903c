//! Archives of frozen batches, as the commands use them.

mod correct;
mod day;
mod disk;
mod freeze;
mod rescore;
mod verify;

use std::fs;
use std::path::Path;

pub use correct::Correct;
pub use day::{Day, today};
pub use disk::{Lock, RealDisk, lock};
pub use freeze::{Freezing, documents};
pub use verify::Verify;

use super::Ended;
use super::session::{Session, Status, place_of};
use crate::batch::{Archive, Failed, verify as check};
use crate::diagnostic::Finding;

/// An archive that is open for one more batch.
pub struct Open {
    pub disk: RealDisk,
    pub archive: Archive,
    _lock: Lock,
}

impl Open {
    /// Opens an archive to write in it; makes the folder where it is new. One that is not sound takes nothing more.
    pub fn to_write(root: &Path, session: &mut Session) -> Ended<Open> {
        let disk = RealDisk { root: root.to_owned() };
        if root.exists() {
            require_archive(&read(&disk, session)?, root, session)?;
        }
        fs::create_dir_all(root).map_err(|error| session.cannot("建", root, &error))?;
        let lock = disk::lock(root).map_err(|error| session.cannot("写", root, &error))?;
        let Some(lock) = lock else {
            let message = format!("存档“{}”正在被另一个程序写", root.display());
            let finding = Finding::error("archive-in-use", place_of(root), message);
            return Err(session.unable(finding.help("等它写完，再做一次")));
        };
        let archive = read(&disk, session)?;
        let findings = check::chain(&archive);
        // What only wants to be looked at is told by who verifies: it may be what is just being done.
        if findings.has_errors() {
            session.findings().append(findings);
            return Err(Status::Findings);
        }
        Ok(Open { disk, archive, _lock: lock })
    }
}

/// A folder with other things in it is left alone.
fn require_archive(archive: &Archive, root: &Path, session: &mut Session) -> Ended<()> {
    if !archive.batches.is_empty() || !archive.unread.is_empty() || archive.others.is_empty() {
        return Ok(());
    }
    let message = format!("“{}”里有“{}”，不是存档", root.display(), archive.others.join("”、“"));
    let finding = Finding::error("not-an-archive", place_of(root), message);
    Err(session.unable(finding.help("存档是单独的一个文件夹；第一次封存时写一个还没有的名字")))
}

/// What is in an archive.
pub fn read(disk: &RealDisk, session: &mut Session) -> Ended<Archive> {
    Archive::read(disk).map_err(|failed| told(failed, &disk.root, session))
}

/// Tells an operation that failed.
pub fn told(failed: Failed, root: &Path, session: &mut Session) -> Status {
    let path = if failed.path.is_empty() { root.to_owned() } else { root.join(&failed.path) };
    session.cannot(failed.what, &path, &failed.error)
}
