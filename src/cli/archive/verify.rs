//! `zhunsheng verify`: whether an archive is as it was frozen, and comes to the same results.

use std::path::PathBuf;

use clap::Args;

use super::super::Ended;
use super::super::session::{Session, Status, place_of};
use super::super::usage;
use super::rescore::{Rescored, changes, corrected, rescore};
use super::{RealDisk, differing, others, read, told};
use crate::batch::{self, Archive, Batch, CHANGES, RANKS, RESULTS, read_bytes, verify as check};
use crate::diagnostic::{Finding, Findings, Place, Style};

/// 核对存档：每一批都没有动过，重算得出同样的结果
#[derive(Args)]
#[command(
    help_template = usage::TEMPLATE,
    override_usage = "zhunsheng verify <存档> [--batch <批次>]",
    next_help_heading = "选项"
)]
pub struct Verify {
    /// 存档文件夹
    #[arg(value_name = "存档", help_heading = "参数")]
    archive: PathBuf,
    /// 只重算这一批：2 或 0002-2023-04（前后相接的关系总是核对）
    #[arg(long, value_name = "批次")]
    batch: Option<String>,
    /// 公布过的校验码：存档里必须有这一批（防止整个存档被换掉）
    #[arg(long, value_name = "校验码")]
    expect: Option<String>,
}

impl Verify {
    pub fn run(self, session: &mut Session) -> Ended<Status> {
        let disk = RealDisk { root: self.archive.clone() };
        let archive = read(&disk, session)?;
        let mut findings = check::chain(&archive);
        let chosen = self.chosen(&archive, session)?;
        for batch in &chosen {
            let changed = check::files(batch, &disk).map_err(|failed| told(failed, &disk.root, session))?;
            let intact = !changed.has_errors();
            findings.append(changed);
            // What came of other facts says nothing about these.
            if intact {
                findings.extend(self.again(batch, &archive, &disk, session)?);
            }
        }
        if let (Some(expected), Some(last)) = (&self.expect, archive.batches.last())
            && !archive.batches.iter().any(|batch| batch.sha256.eq_ignore_ascii_case(expected.trim()))
        {
            let message = format!("没有一批的校验码是“{expected}”，最后一批“{}”的是{}", last.name, last.sha256);
            let finding = Finding::error("chain-broken", place_of(&self.archive), message);
            findings.push(finding.help("存档换过或改过：找回当时的那一份"));
        }
        if archive.batches.is_empty() && archive.unread.is_empty() {
            let message = format!("“{}”里没有批次", self.archive.display());
            let finding = Finding::error("not-an-archive", place_of(&self.archive), message);
            return Err(session.unable(finding.help("写封存时用的那个文件夹")));
        }
        let failed = findings.has_errors();
        session.findings().append(findings);
        if failed {
            return Ok(Status::Findings);
        }
        session.print(|out| {
            for batch in &chosen {
                let manifest = &batch.manifest;
                let corrected = manifest.corrects.as_ref().map_or(String::new(), |it| format!("，更正{}", it.batch));
                writeln!(out, "{}  {}封存{corrected}  {}", batch.name, manifest.date, batch.sha256)?;
            }
            writeln!(out, "核对{}批，都没有动过，重算的结果一字不差", chosen.len())?;
            let expected = self.expect.as_deref().unwrap_or_default().trim();
            match archive.batches.iter().find(|batch| batch.sha256.eq_ignore_ascii_case(expected)) {
                Some(batch) => writeln!(out, "校验码{expected}是“{}”的", batch.name),
                None => Ok(()),
            }
        })?;
        Ok(Status::Fine)
    }

    fn chosen<'a>(&self, archive: &'a Archive, session: &mut Session) -> Ended<Vec<&'a Batch>> {
        let Some(wanted) = &self.batch else { return Ok(archive.batches.iter().collect()) };
        let is_wanted =
            |batch: &&Batch| batch.name == wanted.trim() || wanted.trim().parse() == Ok(batch.manifest.number);
        match archive.batches.iter().find(is_wanted) {
            Some(batch) => Ok(vec![batch]),
            None => {
                let known: Vec<&str> = archive.batches.iter().map(|batch| batch.name.as_str()).collect();
                let finding = Finding::error("unknown-batch", Place::default(), format!("存档里没有批次“{wanted}”"));
                Err(session.unable(finding.text(wanted).help(format!("可以是：{}", known.join("、")))))
            }
        }
    }

    /// Scores a batch again and puts the bytes side by side.
    fn again(
        &self,
        batch: &Batch,
        archive: &Archive,
        disk: &RealDisk,
        session: &mut Session,
    ) -> Ended<Option<Finding>> {
        let manifest = &batch.manifest;
        let mut quiet = Session::quiet();
        let folder = disk.root.join(&batch.name);
        let Ok(rescored) = rescore(&folder, &manifest.rulebook.documents, &manifest.period, &mut quiet) else {
            let found: Findings = std::mem::take(quiet.findings());
            let place = Place::of(&batch.name);
            let message = format!("“{}”重算不了（封存时的程序是{}）", batch.name, manifest.program);
            let finding = Finding::error("result-differs", place, message).why(found.sorted().render(Style::Short));
            return Ok(Some(finding.help("用封存时的那一版程序再核对")));
        };
        for (name, bytes) in [(RESULTS, &rescored.results), (RANKS, &rescored.ranks)] {
            let stored = read_bytes(disk, &format!("{}/{name}", batch.name));
            let stored = stored.map_err(|failed| told(failed, &disk.root, session))?;
            let finding = check::results(batch, name, env!("CARGO_PKG_VERSION"), &stored, bytes);
            if let Some(finding) = finding
                && !(name == RANKS && stored == rescored.ranks_as_first_frozen())
            {
                return Ok(Some(finding));
            }
        }
        if let Some(finding) = self.changes_again(batch, &rescored, archive, disk, session)? {
            return Ok(Some(finding));
        }
        let hash = rescored.loaded.compiled.plan.hash();
        if hash != manifest.rulebook.hash {
            let place = Place::of(&batch.name);
            let message = format!("“{}”的方案指纹封存时是{}，现在算得{hash}", batch.name, manifest.rulebook.hash);
            let finding = Finding::warning("fingerprint-differs", place, message);
            return Ok(Some(finding.help("结果一字不差，是这一版程序换了指纹的算法")));
        }
        self.left_behind(batch, &rescored, archive, session)
    }

    /// Other periods that the last correction changes as well, and that were frozen before it. A year that is put
    /// together from corrected months is told with them.
    fn left_behind(
        &self,
        batch: &Batch,
        corrected: &Rescored,
        archive: &Archive,
        session: &mut Session,
    ) -> Ended<Option<Finding>> {
        let last = archive.batches.iter().rev().find(|batch| batch.manifest.corrects.is_some());
        if last.is_none_or(|last| last.name != batch.name) {
            return Ok(None);
        }
        let mut others = others(archive, &batch.manifest.period);
        others.retain(|other| other.manifest.number < batch.manifest.number && other.manifest.months.is_empty());
        let differing = differing(&self.archive, &others, &corrected.loaded, batch::standings, session)?;
        let Some(first) = differing.first() else { return Ok(None) };
        let message = format!("照“{}”更正的事实，{}也变了，封存的还是更正以前的", batch.name, differing.join("、"));
        let finding = Finding::warning("others-to-correct", Place::of(&batch.name), message);
        Ok(Some(finding.help(format!("也更正：zhunsheng correct 存档 数据 --period {first}"))))
    }

    /// What a correction says it changed must come out again too.
    fn changes_again(
        &self,
        batch: &Batch,
        new: &Rescored,
        archive: &Archive,
        disk: &RealDisk,
        session: &mut Session,
    ) -> Ended<Option<Finding>> {
        let Some((_, old)) = corrected(batch, archive, &disk.root) else { return Ok(None) };
        let path = format!("{}/{CHANGES}", batch.name);
        let stored = read_bytes(disk, &path).map_err(|failed| told(failed, &disk.root, session))?;
        let bytes = changes(&old.correction(new)).map_err(|error| session.cannot("写", &disk.root, &error))?;
        Ok((stored != bytes).then(|| {
            let place = Place::of(path);
            let message = format!("“{}”写的更正情况与重算的不同", batch.name);
            Finding::error("result-differs", place, message).help("用封存时的那一版程序再核对")
        }))
    }
}
