//! Freezing a period: rulebook and facts are copied into a new batch, and scored from there.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::super::Ended;
use super::super::load::{Loaded, holds};
use super::super::reports::file_name;
use super::super::rulebook;
use super::super::session::{self, Session, Status, place_of};
use super::rescore::{Rescored, changes, rescore};
use super::{Day, Open, differing, others, today, told};
use crate::amend;
use crate::batch::{
    self, Batch, CHANGES, Document, Draft, FACTS_FOLDER, FORMAT, Manifest, Missing, RANKS, RESULTS, RULEBOOK_FOLDER,
    Reading, Rulebook, Totals,
};
use crate::calendar::{Cycle, PeriodId};
use crate::correction::Correction;
use crate::diagnostic::Finding;
use crate::objection::State;

/// What is to be frozen.
pub struct Freezing<'a> {
    pub rulebook: Vec<Kept>,
    pub data: &'a Path,
    /// The data folder's files by name, as they were read.
    pub files: &'a [(String, PathBuf)],
    pub period: &'a str,
    pub date: Day,
    pub corrects: Option<Correcting<'a>>,
    pub reason: Option<String>,
}

/// The batch that is corrected, and what it comes to.
pub struct Correcting<'a> {
    pub batch: &'a Batch,
    pub old: &'a Rescored,
}

/// A batch that was written, and what it changed.
pub struct Frozen {
    pub batch: Batch,
    /// What it comes to.
    pub rescored: Rescored,
    pub correction: Option<Correction>,
}

/// What was put into a batch that is being written.
struct Filled {
    manifest: Manifest,
    rescored: Rescored,
    correction: Option<Correction>,
}

/// A document of the rulebook and its bytes.
pub struct Kept {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The documents of a rulebook, the newest first, called as they are seen from it.
pub fn documents(path: &Path, session: &mut Session) -> Ended<Vec<Kept>> {
    let read = |path: &Path| File::open(path).and_then(rulebook::read_bytes);
    let bytes = read(path).map_err(|error| session.cannot("读", path, &error))?;
    let text = rulebook::text_of(bytes.clone(), path, session)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut kept = vec![Kept { name: name.clone(), bytes }];
    let (_, findings) = amend::gather(&name, &text, &mut |name: &str| {
        let bytes = read(&folder.join(name)).map_err(|error| session::reason(&error))?;
        let text = rulebook::decode(bytes.clone()).ok_or_else(|| "不是文字".to_owned())?;
        kept.push(Kept { name: name.to_owned(), bytes });
        Ok(text)
    });
    session.settle((Some(kept), findings))
}

impl Freezing<'_> {
    /// Refuses a period that has a batch already; `now` is what it comes to.
    pub fn require_new(&self, open: &Open, now: &[u8], session: &mut Session) -> Ended<()> {
        let Some(known) = open.archive.latest(self.period) else { return Ok(()) };
        let (root, data) = (&open.disk.root, self.data.display());
        let message = format!("{}已经封存为“{}”，封存的不能改", self.period, known.name);
        let finding = Finding::error("already-frozen", place_of(root), message);
        let is_same = fs::read(root.join(&known.name).join(RESULTS)).is_ok_and(|frozen| frozen == now);
        session.report(finding.help(match is_same {
            true => format!(
                "现在算的与封存的一字不差，不用再封存；要写报告的，去掉 --freeze：--out 报告 --frozen {}",
                root.display()
            ),
            false => format!(
                "事实有错的，改好数据再更正：zhunsheng correct {} {data} --period {}",
                root.display(),
                self.period
            ),
        }));
        Err(Status::Findings)
    }

    /// Refuses a day that is not yet: what is frozen keeps its date.
    pub fn require_passed(&self, session: &mut Session) -> Ended<()> {
        if self.date <= today() {
            return Ok(());
        }
        let message = format!("封存的日期{}还没有到，今天是{}", self.date, today());
        let finding = Finding::error("frozen-out-of-order", Default::default(), message);
        Err(session.unable(finding.help("核对 --date 的年、月；电脑的日期不对的，先改好")))
    }

    /// What is odd about freezing it now: a period that goes on, a day before the last batch, earlier months that are
    /// open still, or that the facts no longer come to.
    pub fn remind(&self, open: &Open, loaded: &Loaded, session: &mut Session) -> Ended<()> {
        let (root, archive) = (&open.disk.root, &open.archive);
        let plan = &loaded.compiled.plan;
        let own = plan.calendar.period(loaded.period);
        let mut odd = |code: &'static str, message: String, help: String| {
            session.report(Finding::warning(code, place_of(root), message).help(help));
        };
        if self.date.0 <= own.last.last_day() {
            let message = format!("封存的日期{}时，{}还没有过完（{}）", self.date, own.name, own.last.last_day());
            odd("frozen-before-end", message, "日期写错的，重新封存到另一个存档；封存以后又有事实的，更正".to_owned());
        }
        if let Some(last) =
            archive.batches.last().filter(|last| last.manifest.date.as_str() > self.date.to_string().as_str())
        {
            let message = format!("封存的日期{}早于前一批“{}”的{}", self.date, last.name, last.manifest.date);
            odd("frozen-out-of-order", message, "核对 --date 的年、月".to_owned());
        }
        let open_ones = loaded.store.objections.iter().filter(|it| it.state == State::Open);
        let within = open_ones.filter(|it| own.contains(plan.calendar.period(it.period)));
        let numbers: Vec<&str> = within.map(|it| it.number.as_str()).collect();
        if !numbers.is_empty() {
            let message = format!("异议{}还没有处理，{}照现在的封存", numbers.join("、"), own.name);
            odd("objection-pending", message, "处理以后再封存；封存以后成立的，更正".to_owned());
        }
        // A longer period is bound to its months, and held against them there.
        if own.cycle != plan.cycle {
            return Ok(());
        }
        let earlier = plan.calendar.each(plan.cycle).filter(|id| plan.calendar.period(*id).last < own.first);
        let has_facts = |id: &PeriodId| {
            let mut months = plan.calendar.within(*id, Cycle::Month);
            months.any(|month| loaded.store.has_facts(month))
        };
        let skipped: Vec<&str> = (earlier.filter(has_facts))
            .map(|id| plan.calendar.period(id).name.as_str())
            .filter(|name| archive.latest(name).is_none())
            .collect();
        if let [first, ..] = skipped[..] {
            let message = format!("{}有事实，还没有封存", skipped.join("、"));
            odd("month-not-frozen", message, format!("也封存：zhunsheng score … --period {first} --freeze …"));
        }
        let others = others(archive, &own.name);
        let differing = differing(root, &others, loaded, batch::totals, session)?;
        if let [first, ..] = &differing[..] {
            let message = format!("{}按现在的事实算，与封存的不同", differing.join("、"));
            let finding = Finding::warning("month-differs", place_of(root), message);
            let help = format!("事实改对了的，更正：zhunsheng correct … --period {first}；不该改的，改回去");
            session.report(finding.help(help));
        }
        Ok(())
    }

    /// An archive inside the data folder would be read as facts.
    pub fn require_apart(&self, root: &Path, session: &mut Session) -> Ended<()> {
        if !holds(self.data, root) {
            return Ok(());
        }
        let message = format!("存档“{}”在数据文件夹里面，里面的副本会被当作事实", root.display());
        let finding = Finding::error("archive-among-facts", place_of(root), message);
        Err(session.unable(finding.help("把存档放到数据文件夹以外")))
    }

    /// Writes the batch. `expected` is what the period came to a moment ago: what changes meanwhile is not frozen.
    pub fn freeze(self, mut open: Open, expected: Option<&[u8]>, session: &mut Session) -> Ended<Frozen> {
        let root = open.disk.root.clone();
        let Open { disk, archive, .. } = &mut open;
        let failed = |failed, session: &mut Session| told(failed, &root, session);
        let mut draft = Draft::begin(archive, self.period, disk).map_err(|it| failed(it, session))?;
        let filled = self.fill(&mut draft, &root, expected, session);
        let bound = filled.and_then(|filled| self.bind(filled, archive, &root, session));
        let filled = match bound {
            Ok(filled) => filled,
            Err(status) => {
                draft.abandon().map_err(|it| failed(it, session))?;
                return Err(status);
            }
        };
        let batch = draft.finish(archive, filled.manifest).map_err(|it| failed(it, session))?;
        Ok(Frozen { batch, rescored: filled.rescored, correction: filled.correction })
    }

    /// Copies what the score comes from, and scores the copy.
    fn fill(
        &self,
        draft: &mut Draft<'_>,
        root: &Path,
        expected: Option<&[u8]>,
        session: &mut Session,
    ) -> Ended<Filled> {
        let mut documents = Vec::new();
        for (index, kept) in self.rulebook.iter().enumerate() {
            let short = kept.name.rsplit(['/', '\\']).next().unwrap_or(&kept.name);
            // Two folders may hold a file of the same name.
            let mark = if index == 0 { String::new() } else { format!("沿用{index}-") };
            let path = format!("{RULEBOOK_FOLDER}/{mark}{}", file_name(short));
            draft.put(&path, &mut &kept.bytes[..]).map_err(|failed| told(failed, root, session))?;
            documents.push(Document { name: kept.name.clone(), path });
        }
        for (name, path) in self.files {
            let mut file = File::open(path).map_err(|error| session.cannot("读", path, &error))?;
            let copied = draft.put(&format!("{FACTS_FOLDER}/{name}"), &mut file);
            copied.map_err(|failed| told(failed, root, session))?;
        }
        let folder = root.join(&draft.folder);
        // What it warns of was told when the original was scored.
        let mut quiet = Session::quiet();
        let rescored = match rescore(&folder, &documents, self.period, &mut quiet) {
            Ok(rescored) if expected.is_none_or(|expected| expected == rescored.results) => rescored,
            Ok(_) => return Err(changed_meanwhile(self.data, session)),
            Err(status) => {
                session.findings().append(std::mem::take(quiet.findings()));
                return Err(status);
            }
        };
        draft.put(RESULTS, &mut &rescored.results[..]).map_err(|failed| told(failed, root, session))?;
        draft.put(RANKS, &mut &rescored.ranks[..]).map_err(|failed| told(failed, root, session))?;
        let correction = self.corrects.as_ref().map(|correcting| correcting.old.correction(&rescored));
        if let Some(correction) = &correction {
            let bytes = changes(correction).map_err(|error| session.cannot("写", root, &error))?;
            draft.put(CHANGES, &mut &bytes[..]).map_err(|failed| told(failed, root, session))?;
        }
        Ok(Filled { manifest: self.manifest(documents, &rescored), rescored, correction })
    }

    /// Binds a longer period to the batches of its months.
    fn bind(&self, mut filled: Filled, archive: &batch::Archive, root: &Path, session: &mut Session) -> Ended<Filled> {
        let scored = filled.rescored.scored();
        let mut frozen =
            |name: &str| -> io::Result<Totals> { Ok(batch::totals(&fs::read(root.join(name).join(RESULTS))?)) };
        let (months, findings) =
            batch::months(&scored, archive, &mut frozen).map_err(|error| session.cannot("读", root, &error))?;
        filled.manifest.months = session.settle((Some(months), findings))?;
        if let (Some(correcting), Some(correction)) = (&self.corrects, &filled.correction)
            && correction.is_empty()
            && correcting.batch.manifest.months == filled.manifest.months
        {
            let message = format!("改好的数据算出来与“{}”一样，没有要更正的", correcting.batch.name);
            let finding = Finding::error("nothing-to-correct", place_of(self.data), message);
            // What was reported here may count elsewhere: the progress of the next month.
            let others = others(archive, self.period);
            let differing = differing(root, &others, &filled.rescored.loaded, batch::standings, session)?;
            session.report(finding.help(match &differing[..] {
                [] => "看看数据文件夹对不对，改动保存了没有".to_owned(),
                [first, ..] => {
                    format!("变的是{}，更正它：zhunsheng correct … --period {first}", differing.join("、"))
                }
            }));
            return Err(Status::Findings);
        }
        // A notice would say that it was upheld, and nothing be as it says.
        let unchanged: Vec<Finding> =
            filled.correction.iter().flat_map(|correction| upheld_in_vain(correction, self.data)).collect();
        if !unchanged.is_empty() {
            session.findings().extend(unchanged);
            return Err(Status::Findings);
        }
        Ok(filled)
    }

    fn manifest(&self, documents: Vec<Document>, rescored: &Rescored) -> Manifest {
        let plan = &rescored.loaded.compiled.plan;
        let reading = |reading: &crate::plan::Reading| Reading {
            kind: reading.kind.to_owned(),
            clause: reading.clause.clone(),
            text: reading.text.clone(),
        };
        let missing = rescored.loaded.missing().into_iter().map(|it| {
            let input = &plan.inputs[it.input.index()];
            Missing {
                department: crate::form::department(plan, input.node).to_owned(),
                clause: plan.nodes[input.node.index()].address.clone(),
                label: input.label.clone(),
                unit: rescored.loaded.store.roster[it.unit].name.clone(),
            }
        });
        Manifest {
            format: FORMAT.to_owned(),
            number: 0,
            period: String::new(),
            date: self.date.to_string(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            previous: None,
            corrects: self.corrects.as_ref().map(|correcting| correcting.batch.reference()),
            reason: self.reason.clone(),
            months: Vec::new(),
            rulebook: Rulebook { title: plan.title.clone(), number: plan.number.clone(), hash: plan.hash(), documents },
            readings: plan.readings.iter().map(reading).collect(),
            missing: missing.collect(),
            files: Vec::new(),
        }
    }
}

/// Objections that were upheld, and changed nothing.
pub fn upheld_in_vain(correction: &Correction, data: &Path) -> Vec<Finding> {
    let told = correction.without_change().map(|it| {
        let message = format!("{}，更正里却没有相应的改动", it.sentence);
        let finding = Finding::error("objection-without-change", place_of(data), message);
        finding.help("在异议的“事实”一列指明哪个文件哪一行，或在事实里改好那一行，再更正一次")
    });
    told.collect()
}

fn changed_meanwhile(data: &Path, session: &mut Session) -> Status {
    let finding = Finding::error("changed-meanwhile", place_of(data), "封存的时候方案或数据变了，没有封存");
    session.unable(finding.help("等别人改完，再封存一次"))
}
