//! Power is lost at every operation of freezing and of writing reports: what was there stays, no half of anything is
//! seen, and the next run works.

mod scratch;

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use scratch::Chance;
use zhunsheng::batch::replace::{self, LIST, Replacement};
use zhunsheng::batch::{Archive, Disk, Draft, FORMAT, Listed, Manifest, Rulebook, Shape, verify};

/// A file or folder; its name is kept by the folder that it is in.
#[derive(Clone)]
enum Node {
    File { written: Vec<u8>, synced: Vec<u8> },
    Folder { now: BTreeMap<String, usize>, synced: BTreeMap<String, usize> },
}

/// A disk that forgets at a crash what was not synced: names by folder, bytes by file.
#[derive(Clone)]
struct Fragile {
    nodes: Vec<Node>,
    /// Operations until the power is lost.
    left: usize,
    /// Whether folders can change places at once.
    swaps: bool,
}

/// What is still there after a crash.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// Only what was synced.
    All,
    /// All names, but only synced bytes.
    Bytes,
    /// Nothing: the process was killed and the system went on.
    Nothing,
    /// Each folder and file at random.
    Some(u64),
}

const LOSSES: [Loss; 7] =
    [Loss::All, Loss::Bytes, Loss::Nothing, Loss::Some(1), Loss::Some(2), Loss::Some(3), Loss::Some(4)];

fn lost() -> io::Error {
    io::Error::other("the power is lost")
}

impl Fragile {
    fn new() -> Fragile {
        let root = Node::Folder { now: BTreeMap::new(), synced: BTreeMap::new() };
        Fragile { nodes: vec![root], left: usize::MAX, swaps: false }
    }

    fn step(&mut self) -> io::Result<()> {
        self.left = self.left.checked_sub(1).ok_or_else(lost)?;
        Ok(())
    }

    fn find(&self, path: &str) -> io::Result<usize> {
        path.split('/').filter(|part| !part.is_empty()).try_fold(0, |at, part| match &self.nodes[at] {
            Node::Folder { now, .. } => now.get(part).copied().ok_or_else(|| io::ErrorKind::NotFound.into()),
            Node::File { .. } => Err(io::ErrorKind::NotADirectory.into()),
        })
    }

    fn names(&mut self, path: &str) -> io::Result<(&mut BTreeMap<String, usize>, String)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let at = self.find(folder)?;
        match &mut self.nodes[at] {
            Node::Folder { now, .. } => Ok((now, name.to_owned())),
            Node::File { .. } => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn add(&mut self, path: &str, node: Node) -> io::Result<usize> {
        let at = self.nodes.len();
        let (names, name) = self.names(path)?;
        assert!(names.insert(name, at).is_none(), "{path} is written twice");
        self.nodes.push(node);
        Ok(at)
    }

    /// The disk as it is found when the power is back.
    fn after(&self, loss: Loss) -> Fragile {
        let mut chance = Chance::new(if let Loss::Some(seed) = loss { seed } else { 0 });
        let mut kept = self.clone();
        kept.left = usize::MAX;
        for node in &mut kept.nodes {
            let forgets = matches!(loss, Loss::Some(_)) && chance.one_in(2);
            match node {
                Node::File { written, synced } => {
                    if forgets || matches!(loss, Loss::All | Loss::Bytes) {
                        *written = synced.clone();
                    }
                    *synced = written.clone();
                }
                Node::Folder { now, synced } => {
                    if forgets || matches!(loss, Loss::All) {
                        *now = synced.clone();
                    }
                    *synced = now.clone();
                }
            }
        }
        kept
    }
}

impl Disk for Fragile {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let Node::Folder { now, .. } = &self.nodes[self.find(folder)?] else { return Err(lost()) };
        let listed = now.iter().map(|(name, at)| Listed {
            name: name.clone(),
            shape: if matches!(self.nodes[*at], Node::File { .. }) { Shape::File } else { Shape::Folder },
        });
        Ok(listed.collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read>> {
        match &self.nodes[self.find(path)?] {
            Node::File { written, .. } => Ok(Box::new(Cursor::new(written.clone()))),
            Node::Folder { .. } => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn make_folder(&mut self, path: &str) -> io::Result<()> {
        self.step()?;
        self.add(path, Node::Folder { now: BTreeMap::new(), synced: BTreeMap::new() }).map(|_| ())
    }

    /// Three operations: the name, half of the bytes, all of them synced.
    fn write(&mut self, path: &str, from: &mut dyn Read) -> io::Result<()> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        self.step()?;
        let at = self.add(path, Node::File { written: Vec::new(), synced: Vec::new() })?;
        for (length, is_synced) in [(bytes.len() / 2, false), (bytes.len(), true)] {
            self.step()?;
            let part = bytes[..length].to_vec();
            self.nodes[at] = Node::File { written: part.clone(), synced: if is_synced { part } else { Vec::new() } };
        }
        Ok(())
    }

    fn sync_folder(&mut self, path: &str) -> io::Result<()> {
        self.step()?;
        let at = self.find(path)?;
        if let Node::Folder { now, synced } = &mut self.nodes[at] {
            *synced = now.clone();
        }
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.step()?;
        let at = self.find(from)?;
        let (names, name) = self.names(from)?;
        names.remove(&name);
        let (names, name) = self.names(to)?;
        names.insert(name, at);
        Ok(())
    }

    fn swap(&mut self, one: &str, other: &str) -> io::Result<bool> {
        if !self.swaps {
            return Ok(false);
        }
        self.step()?;
        let places = [self.find(one)?, self.find(other)?];
        for (path, at) in [one, other].into_iter().zip([places[1], places[0]]) {
            let (names, name) = self.names(path)?;
            names.insert(name, at);
        }
        Ok(true)
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.step()?;
        self.find(path)?;
        let (names, name) = self.names(path)?;
        names.remove(&name);
        Ok(())
    }
}

fn manifest() -> Manifest {
    Manifest {
        format: FORMAT.to_owned(),
        number: 0,
        period: String::new(),
        date: "2023-05-06".to_owned(),
        program: "0.1.0".to_owned(),
        previous: None,
        corrects: None,
        reason: None,
        months: Vec::new(),
        rulebook: Rulebook {
            title: "某区考评".to_owned(), number: None, hash: "0".repeat(16), documents: Vec::new()
        },
        readings: Vec::new(),
        missing: Vec::new(),
        files: Vec::new(),
    }
}

/// Freezes a period as the command does.
fn freeze(disk: &mut Fragile, period: &str) -> Result<(), String> {
    let told = |failed: zhunsheng::batch::Failed| format!("{}不了{}：{}", failed.what, failed.path, failed.error);
    let archive = Archive::read(disk).map_err(told)?;
    assert!(!verify::chain(&archive).has_errors(), "{period}");
    let mut draft = Draft::begin(&archive, period, disk).map_err(told)?;
    for (path, text) in [
        ("方案/方案.zs", "方案 某区考评\n"),
        ("事实/单位.csv", "单位\n甲所\n"),
        ("事实/子/事实.csv", "月份,单位\n"),
        ("结果.json", "{}\n"),
    ] {
        draft.put(path, &mut text.as_bytes()).map_err(told)?;
    }
    draft.finish(&archive, manifest()).map(|_| ()).map_err(told)
}

/// The batches, each whole.
#[track_caller]
fn require_sound(disk: &Fragile, when: &str) -> Vec<String> {
    let archive = Archive::read(disk).unwrap_or_else(|failed| panic!("{when}: {}", failed.error));
    let findings = verify::chain(&archive);
    assert!(!findings.has_errors(), "{when}: {findings:?}");
    for batch in &archive.batches {
        let findings = verify::files(batch, disk).unwrap_or_else(|failed| panic!("{when}: {}", failed.error));
        assert!(findings.is_empty(), "{when}: {findings:?}");
    }
    archive.batches.into_iter().map(|batch| batch.name).collect()
}

#[test]
fn power_may_be_lost_at_any_operation() {
    for already in [0, 1, 3] {
        let mut before = Fragile::new();
        let months = ["2023-03", "2023-04", "2023-05", "2023-06"];
        months[..already].iter().for_each(|month| freeze(&mut before, month).unwrap());
        let old = require_sound(&before, "before");
        let mut operations = 0;
        loop {
            let mut disk = before.clone();
            disk.left = operations;
            let whole = freeze(&mut disk, months[already]).is_ok();
            for loss in LOSSES {
                let when = format!("{already} batches, {operations} operations, {loss:?} lost");
                let mut found = disk.after(loss);
                let names = require_sound(&found, &when);
                assert_eq!(names[..already], old, "{when}");
                assert!(names.len() == already || names.len() == already + 1, "{when}: {names:?}");
                assert!(!whole || names.len() == already + 1, "{when}: a frozen batch is gone");
                if names.len() == already {
                    freeze(&mut found, months[already]).unwrap_or_else(|error| panic!("{when}: {error}"));
                }
                freeze(&mut found, "2023-12").unwrap_or_else(|error| panic!("{when}: {error}"));
                let archive = Archive::read(&found).unwrap_or_else(|failed| panic!("{when}: {}", failed.error));
                assert_eq!(archive.batches.len(), already + 2, "{when}");
                assert!(verify::chain(&archive).is_empty(), "{when}: {:?}", verify::chain(&archive));
                require_sound(&found, &when);
            }
            if whole {
                break;
            }
            operations += 1;
        }
        assert!(operations > 30, "{operations}");
    }
}

/// A crash while what an earlier crash left is cleared away, and again.
#[test]
fn crashes_may_follow_one_another() {
    let mut chance = Chance::new(7);
    for _ in 0..300 {
        let mut disk = Fragile::new();
        let mut frozen = 0;
        for _ in 0..12 {
            disk.left = chance.below(60) as usize;
            let period = format!("2023-{:02}", frozen + 1);
            let whole = freeze(&mut disk, &period).is_ok();
            disk = disk.after(*chance.pick(&LOSSES));
            let now = require_sound(&disk, "after a crash").len();
            assert!(now == frozen + 1 || (!whole && now == frozen), "{now} after {frozen}");
            frozen = now;
        }
    }
}

// ---------------------------------------------------------------- reports

/// Reports of one run: every file says which run it is of.
const RUNS: [&[&str]; 2] =
    [&["结果.json", "说明/甲所.txt", "说明/乙所.txt"], &["结果.json", "说明/甲所.txt", "告知书/丙所.docx"]];

fn write_reports(disk: &mut Fragile, run: usize) -> Result<(), String> {
    let told = |failed: zhunsheng::batch::Failed| format!("{}不了{}：{}", failed.what, failed.path, failed.error);
    replace::recover(disk, "四月").map_err(told)?;
    let found = replace::strangers(disk, "四月").map_err(told)?;
    assert!(found.is_empty(), "{found:?}");
    let mut new = Replacement::begin("四月", disk).map_err(told)?;
    for path in RUNS[run] {
        if let Err(failed) = new.put(path, &mut format!("{run} {path}").as_bytes()) {
            new.abandon();
            return Err(told(failed));
        }
    }
    new.finish().map_err(told)
}

/// The run that the reports are of: all of them, and of no other; `None` where there are none.
#[track_caller]
fn run_of(disk: &Fragile, when: &str) -> Option<usize> {
    let text = |path: &str| {
        let mut text = String::new();
        disk.open(&format!("四月/{path}")).ok()?.read_to_string(&mut text).ok()?;
        Some(text)
    };
    disk.find("四月").ok()?;
    let list = text(LIST).unwrap_or_else(|| panic!("{when}: no list"));
    let run = RUNS.iter().position(|run| list.contains(run[2])).unwrap_or_else(|| panic!("{when}: {list}"));
    for path in RUNS[run] {
        assert_eq!(text(path), Some(format!("{run} {path}")), "{when}: {path}");
    }
    // What is of the other run, or of nobody, is a stranger.
    assert_eq!(replace::strangers(disk, "四月").unwrap(), [], "{when}");
    Some(run)
}

#[test]
fn reports_are_those_of_before_or_those_of_after() {
    for (already, swaps) in [(false, false), (true, false), (true, true)] {
        let mut before = Fragile::new();
        before.swaps = swaps;
        if already {
            write_reports(&mut before, 0).unwrap();
        }
        let mut operations = 0;
        loop {
            let mut disk = before.clone();
            disk.left = operations;
            let whole = write_reports(&mut disk, 1).is_ok();
            for loss in LOSSES {
                let when = format!("earlier {already}, at once {swaps}, {operations} operations, {loss:?} lost");
                let mut found = disk.after(loss);
                // Where folders change places at once, there is no moment without reports.
                if swaps {
                    assert!(run_of(&found, &when).is_some(), "{when}");
                }
                replace::recover(&mut found, "四月").unwrap_or_else(|failed| panic!("{when}: {}", failed.error));
                let run = run_of(&found, &when);
                assert!(run.is_some() || !already, "{when}: the earlier reports are gone");
                assert!(run == Some(1) || !whole, "{when}: the new reports are gone");
                write_reports(&mut found, 1).unwrap_or_else(|error| panic!("{when}: {error}"));
                assert_eq!(run_of(&found, &when), Some(1));
                assert_eq!(found.list("").unwrap().len(), 1, "{when}: something is left behind");
            }
            if whole {
                break;
            }
            operations += 1;
        }
        assert!(operations > 15, "{operations}");
    }
}

/// An operation that fails once, as a full disk or a locked file makes it fail, leaves the earlier reports.
#[test]
fn reports_that_fail_leave_the_earlier_ones() {
    struct Faulty {
        disk: Fragile,
        /// The operation that fails; those after it succeed.
        fails: usize,
    }
    impl Faulty {
        fn step(&mut self) -> io::Result<()> {
            self.fails = self.fails.wrapping_sub(1);
            if self.fails == usize::MAX { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }
    impl Disk for Faulty {
        fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
            self.disk.list(folder)
        }
        fn open(&self, path: &str) -> io::Result<Box<dyn Read>> {
            self.disk.open(path)
        }
        fn make_folder(&mut self, path: &str) -> io::Result<()> {
            self.step()?;
            self.disk.make_folder(path)
        }
        fn write(&mut self, path: &str, from: &mut dyn Read) -> io::Result<()> {
            self.step()?;
            self.disk.write(path, from)
        }
        fn sync_folder(&mut self, path: &str) -> io::Result<()> {
            self.step()?;
            self.disk.sync_folder(path)
        }
        fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
            self.step()?;
            self.disk.rename(from, to)
        }
        fn swap(&mut self, one: &str, other: &str) -> io::Result<bool> {
            self.step()?;
            self.disk.swap(one, other)
        }
        fn remove(&mut self, path: &str) -> io::Result<()> {
            self.step()?;
            self.disk.remove(path)
        }
    }
    for swaps in [false, true] {
        let mut before = Fragile::new();
        before.swaps = swaps;
        write_reports(&mut before, 0).unwrap();
        let mut fails = 0;
        loop {
            let mut faulty = Faulty { disk: before.clone(), fails };
            let mut new = match Replacement::begin("四月", &mut faulty) {
                Ok(new) => new,
                Err(_) => {
                    fails += 1;
                    continue;
                }
            };
            let mut written = Ok(());
            for path in RUNS[1] {
                written = written.and_then(|()| new.put(path, &mut format!("1 {path}").as_bytes()));
            }
            let written = match written {
                Ok(()) => new.finish(),
                Err(failed) => {
                    new.abandon();
                    Err(failed)
                }
            };
            let when = format!("at once {swaps}, operation {fails} fails");
            let run = run_of(&faulty.disk, &when);
            assert!(run.is_some(), "{when}: the reports are gone");
            assert!(run == Some(1) || written.is_err(), "{when}");
            if faulty.fails < usize::MAX / 2 {
                assert_eq!(run, Some(1), "{when}");
                break;
            }
            fails += 1;
        }
        assert!(fails > 8, "{fails}");
    }
}
