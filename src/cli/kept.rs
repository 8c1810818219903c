//! Compiled rulebooks, kept from one run to the next: a month of a few offices is scored in less time than its rulebook
//! takes to compile.
//!
//! One is found again by all that it comes from, the program and the text, so none is ever out of date; it says in its
//! first bytes what the rest must add up to, so none that was damaged is used. Nothing depends on one being there: where
//! the folder cannot be written, every run compiles. A batch that is frozen is computed again from the text.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::plan::Plan;

/// Says where to keep them instead of the user's folder for such things; where it is empty, nothing is kept.
const FOLDER: &str = "ZHUNSHENG_CACHE";

/// An office has one or two rulebooks a year; whoever compares versions has no more in hand than this.
const MOST: usize = 32;

/// As files of kept rulebooks end.
const EXTENSION: &str = "plan";

/// The bytes in front, of what follows them.
const SUM: usize = blake3::OUT_LEN;

/// Where the plan of one text is kept.
pub struct Kept {
    path: PathBuf,
}

impl Kept {
    /// `None` where nothing is to be kept.
    pub fn of(text: &str) -> Option<Kept> {
        let folder = match env::var_os(FOLDER) {
            Some(folder) if folder.is_empty() => return None,
            Some(folder) => PathBuf::from(folder),
            None => dirs::cache_dir()?.join("zhunsheng"),
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(env!("ZHUNSHENG_BUILD").as_bytes()).update(text.as_bytes());
        let name = hasher.finalize().to_hex();
        Some(Kept { path: folder.join(name.as_str()).with_extension(EXTENSION) })
    }

    /// What was kept, whole.
    pub fn plan(&self) -> Option<Plan> {
        let bytes = fs::read(&self.path).ok()?;
        let (sum, plan) = bytes.split_at_checked(SUM)?;
        (blake3::hash(plan).as_bytes() == sum).then(|| Plan::from_bytes(plan).ok())?
    }

    /// Keeps it for the next run; one that cannot be kept is compiled again.
    pub fn keep(&self, plan: &Plan) {
        let _ = self.try_to_keep(plan);
    }

    fn try_to_keep(&self, plan: &Plan) -> io::Result<()> {
        let plan = plan.to_bytes()?;
        let bytes = [blake3::hash(&plan).as_bytes(), plan.as_slice()].concat();
        let folder = self.path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder)?;
        // Under a name of its own first: another run may read at any moment, or keep the same.
        let part = self.path.with_extension(std::process::id().to_string());
        let done = fs::write(&part, bytes).and_then(|()| fs::rename(&part, &self.path));
        if done.is_err() {
            let _ = fs::remove_file(&part);
        }
        done?;
        make_room(folder)
    }
}

/// Drops those that were kept longest ago.
fn make_room(folder: &Path) -> io::Result<()> {
    let mut kept: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            kept.push((entry.metadata()?.modified()?, path));
        }
    }
    kept.sort();
    let too_many = kept.len().saturating_sub(MOST);
    kept.iter().take(too_many).try_for_each(|(_, path)| fs::remove_file(path))
}
