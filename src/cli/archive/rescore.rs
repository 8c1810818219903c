//! Scoring again from what a batch keeps: the same for who freezes and who verifies.

use std::path::Path;

use super::super::Ended;
use super::super::folder::Folder;
use super::super::load::{Loaded, find_period};
use super::super::rulebook;
use super::super::session::{Session, Status};
use crate::batch::{Archive, Batch, Document, FACTS_FOLDER, RESULTS};
use crate::compile::{self, Compiled};
use crate::correction::Correction;
use crate::outcome::Outcome;
use crate::report;
use crate::scored::Scored;

/// A period scored from the files of a batch.
pub struct Rescored {
    pub loaded: Loaded,
    pub outcome: Outcome,
    /// The bytes of 结果.json and 排名.csv.
    pub results: Vec<u8>,
    pub ranks: Vec<u8>,
}

/// Reads rulebook and facts in a batch's folder and scores the period.
pub fn rescore(folder: &Path, documents: &[Document], period: &str, session: &mut Session) -> Ended<Rescored> {
    rescore_facts(folder, documents, period, &folder.join(FACTS_FOLDER), session)
}

/// The same from the facts of another batch.
fn rescore_facts(
    folder: &Path,
    documents: &[Document],
    period: &str,
    facts: &Path,
    session: &mut Session,
) -> Ended<Rescored> {
    let newest = documents.first().ok_or(Status::Findings)?;
    let text = rulebook::read_text(&folder.join(&newest.path), session)?;
    let mut read = |name: &str| {
        let kept = documents.iter().find(|document| document.name == name);
        let kept = kept.ok_or_else(|| "批次里没有它".to_owned())?;
        rulebook::read_base(&folder.join(&kept.path).display().to_string())
    };
    let compiled = session.settle(compile::compile_to_score(&newest.name, &text, &mut read))?;
    score(compiled, period, facts, session)
}

/// Scores a period from a data folder.
pub fn score(compiled: Compiled, period: &str, data: &Path, session: &mut Session) -> Ended<Rescored> {
    let folder = Folder::find(data, &compiled.plan, session)?;
    score_folder(compiled, period, folder, session)
}

/// The same of a folder that was found already.
pub fn score_folder(compiled: Compiled, period: &str, folder: Folder, session: &mut Session) -> Ended<Rescored> {
    let period = find_period(&compiled.plan, period, session)?;
    let loaded = Loaded::read_from(compiled, folder, period, None, true, session)?;
    let outcome = loaded.score(true, session)?;
    let (mut results, mut ranks) = (Vec::new(), Vec::new());
    let scored = loaded.scored(&outcome);
    let written = report::write_json(&scored, &mut results).and_then(|()| report::write_csv(&scored, 1, &mut ranks));
    written.map_err(|error| session.cannot("写", Path::new(RESULTS), &error))?;
    Ok(Rescored { loaded, outcome, results, ranks })
}

impl Rescored {
    pub fn scored(&self) -> Scored<'_> {
        self.loaded.scored(&self.outcome)
    }

    /// The bytes of 排名.csv as the first batches hold them.
    pub fn ranks_as_first_frozen(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = report::write_csv_as_first_frozen(&self.scored(), &mut bytes);
        written.expect("memory takes what is written to it");
        bytes
    }

    /// What another score of the same rulebook and period changes.
    pub fn correction(&self, new: &Rescored) -> Correction {
        Correction::between(&self.scored(), &new.scored())
    }
}

/// The batch that a batch corrects, scored again; `None` where it is not there, which is told elsewhere, or is no correction.
pub fn corrected<'a>(batch: &Batch, archive: &'a Archive, root: &Path) -> Option<(&'a Batch, Rescored)> {
    let corrects = batch.manifest.corrects.as_ref()?;
    let before = archive.batches.iter().find(|other| other.name == corrects.batch)?;
    // A rulebook that was amended for later months reads the old facts too: both sides are of one rulebook.
    let of_it = if before.manifest.rulebook.hash == batch.manifest.rulebook.hash { before } else { batch };
    let again = rescore_facts(
        &root.join(&of_it.name),
        &of_it.manifest.rulebook.documents,
        &before.manifest.period,
        &root.join(&before.name).join(FACTS_FOLDER),
        &mut Session::quiet(),
    );
    Some((before, again.ok()?))
}

/// The bytes of 更正.json.
pub fn changes(correction: &Correction) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    report::correction::write_json(correction, &mut bytes)?;
    Ok(bytes)
}
