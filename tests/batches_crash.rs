//! Power is lost at every operation of freezing: old batches stay, no half batch is seen, and the next run works.

mod scratch;

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use scratch::Chance;
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
        Fragile { nodes: vec![root], left: usize::MAX }
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
