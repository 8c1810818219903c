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
use super::load::Loaded;
use super::session::{Session, Status, place_of};
use crate::batch::{self, Archive, Batch, Failed, RESULTS, Totals, read_bytes, verify as check};
use crate::diagnostic::Finding;
use crate::report::{self, letter::Frozen};
use crate::scored::Scored;

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

/// The batch that holds what was scored: reports that are written after it was frozen bear it.
pub fn holding(root: &Path, scored: &Scored<'_>, session: &mut Session) -> Ended<Frozen> {
    let disk = RealDisk { root: root.to_owned() };
    let archive = read(&disk, session)?;
    let findings = check::chain(&archive);
    if findings.has_errors() {
        session.findings().append(findings);
        return Err(Status::Findings);
    }
    let period = &scored.period().name;
    let Some(batch) = archive.latest(period) else {
        let message = format!("存档“{}”里没有{period}的批次", root.display());
        let finding = Finding::error("not-frozen", place_of(root), message);
        return Err(session.unable(finding.help("还没有封存的，用 --freeze 封存；报告上就印着批次")));
    };
    let stored = read_bytes(&disk, &format!("{}/{RESULTS}", batch.name));
    let stored = stored.map_err(|failed| told(failed, root, session))?;
    let mut now = Vec::new();
    report::write_json(scored, &mut now).map_err(|error| session.cannot("写", root, &error))?;
    if now != stored {
        let message = format!("{period}按现在的方案和事实算，与封存的“{}”不同，报告不能印它的批次", batch.name);
        let finding = Finding::error("month-differs", place_of(root), message);
        let renamed = match scored.store.renamed().is_empty() {
            true => "",
            false => "\n封存以后有单位改了名的，那一期的报告用批次里的“方案”和“事实”写",
        };
        session.report(finding.help(format!("用封存时的方案和事实；事实有错的，先更正：zhunsheng correct{renamed}")));
        return Err(Status::Findings);
    }
    Ok(Frozen { batch: batch.name.clone(), sha256: batch.sha256.clone() })
}

/// The batches that hold for periods other than one.
fn others(archive: &Archive, own: &str) -> Vec<Batch> {
    let latest = |batch: &&Batch| archive.latest(&batch.manifest.period).is_some_and(|it| it.name == batch.name);
    archive.batches.iter().filter(latest).filter(|batch| batch.manifest.period != own).cloned().collect()
}

/// The periods of other frozen batches that the facts at hand no longer come to; `what` of their results is looked at.
fn differing(
    root: &Path,
    others: &[Batch],
    loaded: &Loaded,
    what: fn(&[u8]) -> Totals,
    session: &mut Session,
) -> Ended<Vec<String>> {
    let plan = &loaded.compiled.plan;
    let hash = plan.hash();
    let mut differing = Vec::new();
    for batch in others {
        let path = root.join(&batch.name).join(RESULTS);
        let frozen = fs::read(&path).map_err(|error| session.cannot("读", &path, &error))?;
        let period = &batch.manifest.period;
        let Some(id) = plan.calendar.find(period).filter(|id| *id != loaded.period) else { continue };
        let Some(outcome) = loaded.other(id) else { continue };
        // Another rulebook has other places, grades and awards; a total is one under both, or the facts are others.
        let what = if hash == batch.manifest.rulebook.hash { what } else { batch::totals };
        let called_now = |told: Totals| batch::called_now(told, &loaded.store);
        let (mut before, totals) = (called_now(what(&frozen)), called_now(batch::totals(&frozen)));
        let scored = loaded.scored(&outcome);
        let mut results = Vec::new();
        report::write_json(&scored, &mut results).expect("a Vec takes everything");
        let mut now = what(&results);
        for unit in outcome.units.iter().filter(|unit| !scored.is_on_roster(unit)) {
            let name = scored.name(unit);
            now.remove(name);
            // Whoever comes later, or has left, was nothing then.
            if totals.get(name).is_some_and(|total| total == "0") {
                before.remove(name);
            }
        }
        if now != before {
            differing.push(period.clone());
        }
    }
    Ok(differing)
}

/// Tells an operation that failed.
pub fn told(failed: Failed, root: &Path, session: &mut Session) -> Status {
    let path = if failed.path.is_empty() { root.to_owned() } else { root.join(&failed.path) };
    session.cannot(failed.what, &path, &failed.error)
}
