//! The files of `score --out`, each written whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::Ended;
use super::session::Session;
use crate::explain::Explainer;
use crate::outcome::Outcome;
use crate::report;
use crate::scored::Scored;

/// File systems take 255 bytes; the suffix and a number need a few.
const LONGEST_NAME: usize = 200;

/// Writes 结果.json, 排名.csv, 考评结果.html and 说明/<单位>.txt; `months` as for [`Explainer::new`], `stages` as for
/// [`report::write_stages`].
pub fn write(
    scored: &Scored<'_>,
    months: &[Outcome],
    stages: &[Outcome],
    folder: &Path,
    session: &mut Session,
) -> Ended<()> {
    let notes = folder.join("说明");
    fs::create_dir_all(&notes).map_err(|error| session.cannot("建", &notes, &error))?;
    write_file(&folder.join("结果.json"), session, |out| report::write_json(scored, out))?;
    write_file(&folder.join("排名.csv"), session, |out| report::write_csv(scored, out))?;
    write_file(&folder.join("考评结果.html"), session, |out| report::write_page(scored, months, stages, out))?;
    let explainer = Explainer::new(*scored, months);
    let mut taken = BTreeSet::new();
    for unit in &scored.outcome.units {
        let name = free_name(scored.name(unit), &mut taken);
        let tree = explainer.unit(unit);
        write_file(&notes.join(format!("{name}.txt")), session, |out| tree.write(None, out))?;
    }
    Ok(())
}

/// Writes beside the place and then moves there, so that nobody sees half a file.
fn write_file(path: &Path, session: &mut Session, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Ended<()> {
    let beside = path.with_file_name(format!(".{}.part", std::process::id()));
    let written = File::create(&beside).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    });
    written.and_then(|()| fs::rename(&beside, path)).map_err(|error| {
        let _ = fs::remove_file(&beside);
        session.cannot("写", path, &error)
    })
}

/// A unit's name as a file name on any system, once.
fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = file_name(name);
    let numbered = (2..).map(|number| format!("{plain}（{number}）"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    let free = names.find(|name| taken.insert(name.to_lowercase()));
    free.expect("there is always one number more")
}

pub fn file_name(name: &str) -> String {
    let forbidden = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let mut safe: String = name.chars().map(|c| if forbidden(c) { '_' } else { c }).collect();
    let mut end = safe.len().min(LONGEST_NAME);
    while !safe.is_char_boundary(end) {
        end -= 1;
    }
    safe.truncate(end);
    let trimmed = safe.trim_matches([' ', '.']);
    let device = ["CON", "PRN", "AUX", "NUL"].iter().any(|device| trimmed.eq_ignore_ascii_case(device));
    if trimmed.is_empty() || device { format!("_{trimmed}") } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_unit_writes_outside_the_folder_or_over_another() {
        let mut taken = BTreeSet::new();
        let names = ["../../etc", "a/b", "a\\b", "", "..", "古井司法所", "nul"].map(|name| free_name(name, &mut taken));
        assert_eq!(names, ["_.._etc", "a_b", "a_b（2）", "_", "_（2）", "古井司法所", "_nul"]);
    }
}
