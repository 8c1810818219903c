//! The whole reading: roster, history, fact files in parallel, then what can only be seen when all is read.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::calendar::{Cycle, PeriodId};
use crate::diagnostic::{Finding, Findings, order, workbook};
use crate::plan::{InputId, Plan, SymbolId};
use crate::threads;

use super::Cell;
use super::again::{Again, Conflicts, Numbering};
use super::blocks::{Blocks, row_end};
use super::cells::{Packing, UNITS};
use super::gate::Gates;
use super::header::Columns;
use super::history::History;
use super::names::Names;
use super::report::{Reports, Spot};
use super::roster::Roster;
use super::row::{Cells, Pieces};
use super::scan::{Found, GlobalRow, Scan, Shared, Sheet, Watch};
use super::shard::{Conflict, Shard};
use super::sheet::{Title, without_end};
use super::store::{Global, Store};
use super::words::Words;

/// A file to read; the core itself opens nothing.
pub struct SourceFile<'a> {
    /// Its path relative to the data folder, with `/`.
    pub name: String,
    /// In bytes; decides how many threads are worth their start.
    pub size: u64,
    /// May be called again: a second reading explains mistakes between rows.
    pub open: Opener<'a>,
}

/// Opens a file from its beginning.
pub type Opener<'a> = Box<dyn Fn() -> std::io::Result<Box<dyn Read + Send>> + Send + Sync + 'a>;

/// How to read.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Keep every row apart, with its place.
    pub keep_entries: bool,
    pub threads: usize,
    /// Told how many bytes were read since it was last told.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

/// Below this many bytes a thread costs more than it brings.
const WORTH_A_THREAD: u64 = 512 * 1024;

/// What reading by a plan needs to know of it: worth keeping where many small folders are read.
pub struct Reading {
    pub(super) names: Names,
    pub(super) gates: Gates,
    packing: Packing,
    keep_entries: bool,
}

impl Reading {
    pub fn new(plan: &Plan, keep_entries: bool) -> Reading {
        let (names, gates) = (Names::new(plan), Gates::new(plan, keep_entries));
        Reading { names, gates, packing: Packing::new(plan), keep_entries }
    }
}

/// Reads a data folder: `roster` is 单位.csv, `history` 历史.csv, `facts` all other files.
pub fn read(
    plan: &Plan,
    roster: Option<&SourceFile<'_>>,
    history: Option<&SourceFile<'_>>,
    facts: &[SourceFile<'_>],
    options: &Options<'_>,
) -> (Store, Findings) {
    read_by(&Reading::new(plan, options.keep_entries), plan, roster, history, facts, options)
}

/// The same by a plan that was looked at before; of `options`, whether entries are kept was settled then.
pub fn read_by(
    reading: &Reading,
    plan: &Plan,
    roster: Option<&SourceFile<'_>>,
    history: Option<&SourceFile<'_>>,
    facts: &[SourceFile<'_>],
    options: &Options<'_>,
) -> (Store, Findings) {
    let ranks = Ranks::new(roster.into_iter().chain(history).chain(facts));
    let mut reports = Reports::default();
    let words = Words::new(plan);
    let roster = Roster::read(plan, &words, roster.map(|file| (file, ranks.title(file))), &mut reports);
    let history = match history {
        Some(file) => History::read(plan, &roster, file, ranks.title(file), &mut reports),
        None => History::default(),
    };
    let shards = roster.units.len().div_ceil(UNITS);
    let mut shared = Shared {
        plan,
        names: &reading.names,
        gates: &reading.gates,
        packing: reading.packing,
        roster,
        words,
        shards: (0..shards).map(|_| Mutex::default()).collect(),
        keep_entries: reading.keep_entries,
    };
    let titles: Vec<Title<'_>> = facts.iter().map(|file| ranks.title(file)).collect();
    let mut found = scan(&shared, facts, &titles, options, None);
    reports.append(std::mem::take(&mut found.reports));
    let mut conflicts = settle(&shared, threads_for(facts, options), &mut reports);
    global_conflicts(shared.gates, &mut found, &mut conflicts);
    found.lost.extend(std::mem::take(&mut found.misnamed).meant(plan, &shared.roster, shared.names));
    let numbering = Numbering::new(&mut found);
    let mut again = Again { plan, units: &shared.roster.units, titles: &titles, conflicts, numbering };
    if let Some(watch) = again.watch() {
        let quiet = Options { progress: None, ..*options };
        let hits = scan(&shared, facts, &titles, &quiet, Some(&watch)).hits;
        again.report(hits, &mut reports);
    }
    let repaired = std::mem::take(&mut again.numbering.repaired);
    let units = std::mem::take(&mut shared.roster.units);
    let (texts, symbols) = shared.words.settle();
    let mut store = Store {
        roster: units,
        objections: Vec::new(),
        blanks: Default::default(),
        workdays: None,
        files: facts.iter().map(|file| file.name.clone()).collect(),
        packing: shared.packing,
        shards: Arc::new(shared.shards.into_iter().map(|shard| shard.into_inner().unwrap_or_default()).collect()),
        texts,
        symbols,
        columns: plan.columns.len(),
        repaired,
        globals: Vec::new(),
        history: Arc::new(history),
        touched: touched_periods(plan, &found.reported, &|input| input),
        reported: Arc::new(std::mem::take(&mut found.reported)),
        lost: std::mem::take(&mut found.lost),
        named: std::mem::take(&mut found.named),
        unread: reports.unread,
        view: None,
    };
    store.finish(found);
    (store, reports.findings())
}

/// The places of all files in the order in which findings are told.
struct Ranks<'a> {
    names: Vec<&'a str>,
}

impl<'a> Ranks<'a> {
    fn new<'f: 'a>(files: impl Iterator<Item = &'a SourceFile<'f>>) -> Ranks<'a> {
        let mut names: Vec<&str> = files.map(|file| file.name.as_str()).collect();
        names.sort_unstable_by_key(|name| order(name));
        names.dedup();
        Ranks { names }
    }

    fn title<'f>(&self, file: &'f SourceFile<'_>) -> Title<'f> {
        let rank = self.names.partition_point(|name| order(name) < order(&file.name));
        Title { name: &file.name, rank: rank as u32 + 1 }
    }
}

fn threads_for(files: &[SourceFile<'_>], options: &Options<'_>) -> usize {
    let size: u64 = files.iter().map(|file| file.size).sum();
    options.threads.min((size / WORTH_A_THREAD) as usize).max(1)
}

// ---------------------------------------------------------------- the pass over all files

/// A file while threads take blocks from it.
enum Progress<'a> {
    Unopened,
    Open(Blocks<'static>, Arc<Sheet<'a>>),
    Done,
}

struct Pass<'p, 'a> {
    shared: &'p Shared<'a>,
    files: &'p [SourceFile<'p>],
    titles: &'p [Title<'p>],
    progress: Vec<Mutex<Progress<'p>>>,
    next: AtomicUsize,
    options: &'p Options<'p>,
    watch: Option<&'p Watch>,
}

fn scan<'p>(
    shared: &'p Shared<'_>,
    files: &'p [SourceFile<'p>],
    titles: &'p [Title<'p>],
    options: &'p Options<'p>,
    watch: Option<&'p Watch>,
) -> Found {
    let progress = files.iter().map(|_| Mutex::new(Progress::Unopened)).collect();
    let pass = Pass { shared, files, titles, progress, next: AtomicUsize::new(0), options, watch };
    let parts = threads::on_each(threads_for(files, options), |_| pass.run()).into_iter();
    let joined = parts.reduce(|mut all, found| {
        all.append(found);
        all
    });
    joined.unwrap_or_default()
}

impl<'p> Pass<'p, '_> {
    /// One thread: first files that nobody reads, then whatever is not finished.
    fn run(&self) -> Found {
        let mut scan = Scan::new(self.shared, self.watch);
        let mut buffer = Vec::new();
        loop {
            let file = self.next.fetch_add(1, Ordering::Relaxed);
            if file >= self.files.len() {
                break;
            }
            while self.block(file, &mut scan, &mut buffer) {}
        }
        for file in 0..self.files.len() {
            while self.block(file, &mut scan, &mut buffer) {}
        }
        scan.flush();
        scan.found
    }

    /// Reads one block of a file; `false` where there is none left.
    fn block(&self, file: usize, scan: &mut Scan<'_, '_>, buffer: &mut Vec<u8>) -> bool {
        let mut progress = self.progress[file].lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Progress::Unopened = *progress {
            let before = scan.found.reports.errors();
            *progress = self.open(file, scan, buffer);
            let done = matches!(*progress, Progress::Done);
            let reports = &mut scan.found.reports;
            reports.unread |= done && reports.errors() > before;
            return !done;
        }
        let Progress::Open(blocks, sheet) = &mut *progress else { return false };
        let Some(block) = blocks.next(buffer) else {
            *progress = Progress::Done;
            return false;
        };
        let sheet = Arc::clone(sheet);
        drop(progress);
        if let Some(tell) = self.options.progress {
            tell(block.length as u64);
        }
        scan.block(&sheet, &block, &buffer[..block.length]);
        if let Some(stop) = &block.stop {
            sheet.title.report_stop(stop, &mut scan.found.reports);
        }
        true
    }

    /// Opens a file, reads its header and the rest of the first block.
    fn open(&self, file: usize, scan: &mut Scan<'_, '_>, buffer: &mut Vec<u8>) -> Progress<'p> {
        let title = self.titles[file];
        let reports = &mut scan.found.reports;
        let Some(mut blocks) = title.open(&self.files[file], reports) else { return Progress::Done };
        let mut pieces = Pieces::default();
        while let Some(mut block) = blocks.next(buffer) {
            if let Some(tell) = self.options.progress {
                tell(block.length as u64);
            }
            let mut at = 0;
            while at < block.length {
                let Some(length) = row_end(&buffer[at..block.length]) else { break };
                let written = &buffer[at..at + length];
                let line = block.line;
                at += length;
                block.line += written.iter().filter(|byte| **byte == b'\n').count() as u32;
                let Some(row) = title.decode(without_end(written), line, reports) else { return Progress::Done };
                let behind_quote = pieces.split(row).err();
                let cells = Cells::new(row, &pieces);
                if cells.blank() {
                    continue;
                }
                let spot = Spot { file: title.name, rank: title.rank, line, cells };
                if let Some(wrong) = behind_quote {
                    let finding =
                        spot.error("text-behind-quote", wrong.cell, "引号后面还有文字，分不清单元格到哪里为止");
                    reports.push(title.rank, finding.help("改正表头的引号"));
                    return Progress::Done;
                }
                let Some(mut columns) = Columns::read(self.shared.plan, &spot, reports) else { return Progress::Done };
                // Cells of a workbook may hold what no row of a text file does.
                columns.usual &= workbook::sheet(title.name).is_none();
                let mut tail = vec![b','; columns.meanings.len().saturating_sub(5)];
                tail.extend_from_slice(if written.ends_with(b"\r\n") { b"\r\n" } else { b"\n" });
                let sheet = Arc::new(Sheet { title, file: file as u32, columns, tail });
                let stop = block.stop.take();
                scan.block(&sheet, &block, &buffer[at..block.length]);
                if let Some(stop) = &stop {
                    title.report_stop(stop, &mut scan.found.reports);
                }
                return Progress::Open(blocks, sheet);
            }
            if let Some(stop) = &block.stop {
                title.report_stop(stop, reports);
                return Progress::Done;
            }
        }
        let finding = Finding::warning("empty-file", title.place(1), format!("文件“{}”是空的", title.name));
        reports.push(title.rank, finding.help("没有要报的，可以删去这个文件"));
        Progress::Done
    }
}

impl Found {
    fn append(&mut self, other: Found) {
        self.reports.append(other.reports);
        self.globals.extend(other.globals);
        self.numbers.extend(other.numbers);
        self.repairs.extend(other.repairs);
        self.hits.extend(other.hits);
        self.lost.extend(other.lost);
        self.named.extend(other.named);
        self.misnamed.append(other.misnamed);
        for (reported, other) in self.reported.iter_mut().zip(other.reported) {
            *reported |= other;
        }
    }
}

// ---------------------------------------------------------------- when all is read

/// Sorts every shard and finds facts that exclude each other.
fn settle(shared: &Shared<'_>, threads: usize, reports: &mut Reports) -> Conflicts {
    let next = AtomicUsize::new(0);
    let run = |_| {
        let mut conflicts = Conflicts::default();
        let mut gathered = Vec::new();
        let mut overflowed = false;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(shard) = shared.shards.get(at) else { return (conflicts, overflowed) };
            let mut shard = shard.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let first = (at * UNITS) as u32;
            let mut found = |conflict| conflicts.push(conflict);
            Shard::settle(&mut shard, shared.packing, shared.gates, first, &mut gathered, &mut found);
            overflowed |= shard.overflowed;
        }
    };
    let mut all = Conflicts::default();
    let mut overflowed = false;
    for (conflicts, over) in threads::on_each(threads, run) {
        all.append(conflicts);
        overflowed |= over;
    }
    if overflowed {
        let finding = Finding::error("too-many-rows", Default::default(), "同一个单位的行太多，超出了能保存的数量");
        reports.push(0, finding.help("把资料分成几次计算"));
    }
    all
}

/// Parameters for all units that are given twice.
fn global_conflicts(gates: &Gates, found: &mut Found, conflicts: &mut Conflicts) {
    found.globals.sort_by_key(|row| (row.input, row.period, row.origin));
    for (at, row) in found.globals.iter().enumerate() {
        let overlaps = |other: &&GlobalRow| {
            other.input == row.input && (other.period == row.period || gates.overlap(other.period, row.period))
        };
        if let Some(other) = found.globals[..at].iter().rev().take(1000).find(overlaps) {
            conflicts.push(Conflict {
                unit: u32::MAX,
                input: other.input,
                period: other.period,
                other_input: row.input,
                other_period: row.period,
            });
        }
    }
}

/// By period: months that rows are about; a longer period is about its last month, and a row that counts at the year's
/// end alone is about the periods around it that are longer than the base. `own` is what the plan calls an input.
pub(super) fn touched_periods(plan: &Plan, reported: &[bool], own: &dyn Fn(InputId) -> InputId) -> Vec<bool> {
    let calendar = &plan.calendar;
    // By period, whether a row names it that counts with the months, and one that counts at the year's end.
    let (mut monthly, mut yearly) = (vec![false; calendar.len()], vec![false; calendar.len()]);
    for (at, named) in reported.chunks(calendar.len()).enumerate().filter(|(_, named)| named.contains(&true)) {
        let input = own(InputId(at as u16));
        let all = if plan.is_year_end(plan.inputs[input.index()].node) { &mut yearly } else { &mut monthly };
        all.iter_mut().zip(named).for_each(|(all, named)| *all |= named);
    }
    let mut touched = vec![false; calendar.len()];
    let mut touch = |named: &[bool], cycle: Cycle| {
        let last = |at: usize| calendar.period(PeriodId(at as u16)).last;
        let months = (0..named.len()).filter(|at| named[*at]).map(last);
        for period in months.filter_map(|month| calendar.around(cycle, month)) {
            touched[usize::from(period.0)] = true;
        }
    };
    touch(&monthly, Cycle::Month);
    Cycle::ALL.into_iter().filter(|cycle| *cycle > plan.cycle).for_each(|cycle| touch(&yearly, cycle));
    touched
}

impl Store {
    /// Takes over the rows about all units, and gives every text its final id.
    fn finish(&mut self, found: Found) {
        let symbols = &self.symbols;
        let moved = |id: SymbolId| SymbolId(symbols[id.index()]);
        let cell = |cell: &mut Cell| {
            if let Cell::Text(id) = cell {
                *id = moved(*id);
            }
        };
        for unit in &mut self.roster {
            unit.group = unit.group.map(moved);
            unit.attributes.iter_mut().for_each(cell);
        }
        for mut row in found.globals {
            if let Some(detail) = &mut row.detail {
                detail.columns.iter_mut().for_each(cell);
                for id in [&mut detail.matter, &mut detail.person, &mut detail.rater, &mut detail.evidence] {
                    *id = id.map(moved);
                }
            }
            let GlobalRow { input, period, origin, quantity, detail } = row;
            self.globals.push(Global { input, period, quantity, detail, origin });
        }
    }
}
