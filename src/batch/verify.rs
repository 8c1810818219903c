//! Whether an archive is as it was written: its chain, its ledger, its files, and results that come out again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::Value;

use super::archive::{Archive, Batch};
use super::disk::{Disk, Failed, Shape, Tried, weigh};
use super::ledger::{self, LEDGER};
use super::manifest::{MANIFEST, Reference, number_of};
use crate::diagnostic::{Finding, Findings, Place};

/// So many units are named one by one.
const MOST_UNITS: usize = 10;

fn at(file: impl Into<String>) -> Place {
    Place { file: file.into(), line: 0, column: 0 }
}

/// Numbers, names, and what batches say of one another.
pub fn chain(archive: &Archive) -> Findings {
    let mut findings = Findings::default();
    for unread in &archive.unread {
        let message = format!("批次“{}”读不了：{}", unread.name, unread.why);
        let finding = Finding::error("batch-unreadable", at(&unread.name), message);
        findings.push(finding.help("从备份或git里恢复这个文件夹，再核对一遍"));
    }
    findings.extend(archive.doubles.iter().map(|double| doubled(archive, double)));
    findings.extend(archive.renamed.iter().map(renamed));
    let numbers = numbers(archive);
    for missing in (1..).zip(&numbers).find_map(|(due, has)| (due != *has).then_some(due..*has)).into_iter().flatten() {
        let message = format!("没有第{missing}批，它后面的批次还在");
        findings.push(Finding::error("batch-missing", at(format!("{missing:04}-")), message).help(RESTORE));
    }
    for pair in numbers.windows(2).filter(|pair| pair[0] == pair[1]) {
        let message = format!("第{}批有两个文件夹", pair[0]);
        findings
            .push(Finding::error("batch-twice", at(format!("{:04}-", pair[0])), message).help("移走后放进来的那个"));
    }
    let mut before: Option<&Batch> = None;
    for batch in &archive.batches {
        if batch.manifest.batch() != batch.name {
            findings.push(renamed(batch));
        }
        let is_next = before.map(|before| before.manifest.number + 1).unwrap_or(1) == batch.manifest.number;
        if is_next && batch.manifest.previous != before.map(Batch::reference) {
            let told = batch.manifest.previous.as_ref().map_or("没有前一批", |previous| &previous.batch);
            let found = before.map_or("没有前一批".to_owned(), |before| format!("“{}”", before.name));
            let message =
                format!("“{}”接在“{told}”后面，现在前面的是{found}，内容对不上：前一批改过，或次序换过", batch.name);
            findings.push(Finding::error("chain-broken", at(manifest_of(batch)), message).help(RESTORE));
        }
        bindings(archive, batch, &mut findings);
        before = Some(batch);
    }
    ledger_findings(archive, &mut findings);
    for name in &archive.others {
        let finding = Finding::warning("not-in-archive", at(name), format!("“{name}”不是批次，核对时不看它"));
        findings.push(finding.help("别的文件放到存档以外"));
    }
    for name in &archive.leftovers {
        let finding = Finding::warning("unfinished-batch", at(name), format!("“{name}”是写到一半中断的，不算批次"));
        findings.push(finding.help("不用管它，下一次封存时清除"));
    }
    findings
}

const RESTORE: &str = "批次封存后不能改动：从备份或git里恢复，再核对一遍";

fn manifest_of(batch: &Batch) -> String {
    format!("{}/{MANIFEST}", batch.name)
}

fn doubled(archive: &Archive, double: &Batch) -> Finding {
    let (here, own) = (&double.name, double.own_name());
    let is_copy = archive.batch(&own).is_some_and(|own| own.sha256 == double.sha256);
    let (message, help) = match is_copy {
        true => (format!("“{here}”是“{own}”的副本"), format!("移走“{here}”")),
        false => (
            format!("“{here}”里面写的也是“{own}”，与存档里的那一批不同：封存了两次，多半在两台电脑上"),
            format!("留公布了的那一批，叫“{own}”；另一批移到存档以外保存，它的事实不同的，再更正"),
        ),
    };
    Finding::error("batch-twice", at(here), message).help(help)
}

fn renamed(batch: &Batch) -> Finding {
    let name = batch.own_name();
    let message = format!("“{}”里面是批次“{name}”：文件夹改过名字", batch.name);
    Finding::error("batch-renamed", at(&batch.name), message).help(format!("把文件夹改回“{name}”"))
}

/// Of all batches that are there, whatever their folders are called.
fn numbers(archive: &Archive) -> Vec<u32> {
    let named = archive.batches.iter().map(|batch| &batch.name).chain(archive.unread.iter().map(|unread| &unread.name));
    let renamed = archive.renamed.iter().map(|batch| batch.manifest.number);
    let mut numbers: Vec<u32> = named.filter_map(|name| number_of(name)).chain(renamed).collect();
    numbers.sort_unstable();
    numbers
}

/// The batches that a batch names must be there; that a month was corrected since is told.
fn bindings(archive: &Archive, batch: &Batch, findings: &mut Findings) {
    let earlier = |reference: &Reference| {
        archive.batches.iter().take_while(|other| other.name != batch.name).any(|other| other.reference() == *reference)
    };
    let lost = |reference: &Reference, what: &str| {
        let message = format!("“{}”{what}“{}”，存档里没有这样的一批", batch.name, reference.batch);
        Finding::error("chain-broken", at(manifest_of(batch)), message).help(RESTORE)
    };
    if let Some(corrected) = batch.manifest.corrects.as_ref().filter(|corrected| !earlier(corrected)) {
        findings.push(lost(corrected, "更正的是"));
    }
    let holds = archive.latest(&batch.manifest.period).is_some_and(|latest| latest.name == batch.name);
    for month in &batch.manifest.months {
        let reference = Reference { batch: month.batch.clone(), sha256: month.sha256.clone() };
        if !earlier(&reference) {
            findings.push(lost(&reference, "依据的是"));
        } else if let Some(latest) = archive.latest(&month.period).filter(|latest| holds && latest.name != month.batch)
        {
            let message =
                format!("“{}”依据{}的“{}”，后来更正为“{}”", batch.name, month.period, month.batch, latest.name);
            let finding = Finding::warning("months-corrected-since", at(manifest_of(batch)), message);
            findings
                .push(finding.help(format!("更正{}：zhunsheng correct 存档 数据 --period {0}", batch.manifest.period)));
        }
    }
}

/// The ledger says what the batches say; only the last batch may be ahead of it.
fn ledger_findings(archive: &Archive, findings: &mut Findings) {
    let Some(text) = &archive.ledger else {
        if !archive.batches.is_empty() {
            findings.push(behind("没有“总账.sha256”"));
        }
        return;
    };
    let Some(entered) = ledger::read(text) else {
        let finding = Finding::error("ledger-differs", at(LEDGER), "“总账.sha256”有读不懂的行");
        findings.push(finding.help(RESTORE));
        return;
    };
    let known: BTreeSet<&str> = archive
        .batches
        .iter()
        .map(|batch| batch.name.as_str())
        .chain(archive.unread.iter().map(|unread| unread.name.as_str()))
        .collect();
    let renamed: BTreeSet<String> = archive.renamed.iter().map(Batch::own_name).collect();
    let known = |batch: &str| known.contains(batch) || renamed.contains(batch);
    let gone: BTreeSet<&str> = entered.iter().map(|line| line.batch()).filter(|batch| !known(batch)).collect();
    for batch in gone {
        let finding = Finding::error("batch-missing", at(batch), format!("总账里有批次“{batch}”，存档里没有"));
        findings.push(finding.help(RESTORE));
    }
    let sums: BTreeMap<&str, &str> = entered.iter().map(|line| (line.path.as_str(), line.sha256.as_str())).collect();
    let last = archive.batches.last().map(|batch| batch.name.as_str());
    for batch in &archive.batches {
        let due = ledger::lines(batch);
        if !entered.iter().any(|line| line.batch() == batch.name) && Some(batch.name.as_str()) == last {
            findings.push(behind(&format!("总账还没有记上最后一批“{}”", batch.name)));
            continue;
        }
        for line in due.iter().filter(|line| sums.get(line.path.as_str()) != Some(&line.sha256.as_str())) {
            let message = format!("“{}”与总账不符", line.path);
            findings.push(Finding::error("ledger-differs", at(&line.path), message).help(RESTORE));
        }
    }
}

fn behind(message: &str) -> Finding {
    let finding = Finding::warning("ledger-behind", at(LEDGER), format!("{message}：上一次封存在最后一步中断"));
    finding.help("批次是完整的；下一次封存时补上")
}

/// Whether a batch holds the files that it says, and no others.
pub fn files(batch: &Batch, disk: &dyn Disk) -> Result<Findings, Failed> {
    let mut findings = Findings::default();
    let mut found = BTreeMap::new();
    let mut waiting = vec![String::new()];
    while let Some(folder) = waiting.pop() {
        let path = format!("{}/{folder}", batch.name);
        for entry in disk.list(path.trim_end_matches('/')).tried("读", &path)? {
            let inside = format!("{folder}{}", entry.name);
            match entry.shape {
                Shape::Folder => waiting.push(format!("{inside}/")),
                shape => _ = found.insert(inside, shape),
            }
        }
    }
    found.remove(MANIFEST);
    for file in &batch.manifest.files {
        let path = format!("{}/{}", batch.name, file.path);
        let weighed = match found.remove(&file.path) {
            Some(Shape::File) => match disk.open(&path).and_then(weigh) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                weighed => Some(weighed.tried("读", &path)?),
            },
            _ => None,
        };
        let Some(weighed) = weighed else {
            findings.push(Finding::error("batch-file-missing", at(&path), format!("没有“{path}”")).help(RESTORE));
            continue;
        };
        if weighed.sha256 != file.sha256 || weighed.bytes != file.bytes {
            let how = match weighed.bytes.cmp(&file.bytes) {
                std::cmp::Ordering::Less => format!("封存时{}字节，现在{}字节，少了", file.bytes, weighed.bytes),
                std::cmp::Ordering::Greater => format!("封存时{}字节，现在{}字节，多了", file.bytes, weighed.bytes),
                std::cmp::Ordering::Equal => "长短没变，内容变了".to_owned(),
            };
            let finding = Finding::error("batch-file-changed", at(&path), format!("“{path}”改动过：{how}"));
            findings.push(finding.help(RESTORE));
        }
    }
    for (path, _) in found {
        let path = format!("{}/{path}", batch.name);
        let finding = Finding::error("batch-file-extra", at(&path), format!("封存时没有“{path}”"));
        findings.push(finding.help("移走它：批次里不能添东西"));
    }
    Ok(findings)
}

/// What differs where a file of results does not come out again.
pub fn results(batch: &Batch, file: &str, program: &str, stored: &[u8], again: &[u8]) -> Option<Finding> {
    if stored == again {
        return None;
    }
    let path = format!("{}/{file}", batch.name);
    let mut message = format!("“{}”重算的结果与封存的不同", batch.name);
    if batch.manifest.program != program {
        message.push_str(&format!("（封存时的程序是{}，现在是{program}）", batch.manifest.program));
    }
    let finding = Finding::error("result-differs", at(path), message).why(difference(stored, again).join("\n"));
    Some(finding.help("用封存时的那一版程序再核对；仍然不同的，从备份或git里恢复"))
}

/// Units whose results differ, in a sentence each.
fn difference(stored: &[u8], again: &[u8]) -> Vec<String> {
    let line = || {
        let lines = stored.split(|byte| *byte == b'\n').zip(again.split(|byte| *byte == b'\n'));
        let same = lines.take_while(|(a, b)| a == b).count();
        vec![format!("总分、名次、奖惩都相同，明细从第{}行起不同", same + 1)]
    };
    let (Some(old), Some(new)) = (units(stored), units(again)) else { return line() };
    let mut told = Vec::new();
    for (unit, standing) in &old {
        match new.get(unit) {
            None => told.push(format!("{unit}：封存的{standing}，重算没有这个单位")),
            Some(other) if other != standing => told.push(format!("{unit}：封存的{standing}，重算{other}")),
            Some(_) => {}
        }
    }
    told.extend(
        new.iter()
            .filter(|(unit, _)| !old.contains_key(*unit))
            .map(|(unit, it)| format!("{unit}：封存的没有，重算{it}")),
    );
    if told.len() > MOST_UNITS {
        let more = told.len() - MOST_UNITS;
        told.truncate(MOST_UNITS);
        told.push(format!("另有{more}个单位"));
    }
    if told.is_empty() { line() } else { told }
}

/// By unit: total, rank and awards in words.
fn units(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let units = value.get("units")?.as_array()?.iter().map(|unit| {
        let rank =
            unit.get("rank").and_then(Value::as_u64).map_or("没有名次".to_owned(), |rank| format!("第{rank}名"));
        let total = unit.get("total").and_then(Value::as_str).unwrap_or("?");
        let awards = unit.get("awards").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let awards = awards.fold(String::new(), |told, award| told + "，" + award);
        let name = unit.get("unit").and_then(Value::as_str).unwrap_or_default().to_owned();
        (name, format!("{total}分{rank}{awards}"))
    });
    Some(units.collect())
}
