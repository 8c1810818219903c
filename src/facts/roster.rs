//! 单位.csv: who is assessed, when, in which group, and with which attributes.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use rustc_hash::FxHashMap;

use crate::calendar::{Month, PeriodId};
use crate::diagnostic::{Finding, Place, workbook};
use crate::plan::{Grouping, Plan, SymbolId};

use super::gate::Gates;
use super::header::{header_names, missing_column};
use super::made_up::is_made_up;
use super::register;
use super::report::{Reports, Spot, short};
use super::sheet::{Title, rows, well_formed};
use super::suggest::Crowd;
use super::text::{fold, month};
use super::typed::typed_cell;
use super::words::Words;
use super::{SourceFile, Unit};

/// No more units than this.
const MOST_UNITS: usize = 1 << 24;

/// The units and how to find them.
#[derive(Default)]
pub struct Roster {
    /// As the office calls it: 单位.csv, 单位.xlsx.
    pub file: String,
    pub units: Vec<Unit>,
    /// By the names that units have and had.
    by_name: FxHashMap<Box<str>, u32>,
    /// First and last month on the roster, counted from the first month in force.
    active: Vec<(i32, i32)>,
    pub groups: FxHashMap<SymbolId, Vec<u32>>,
    crowd: OnceLock<Crowd>,
    /// Suggestions that were made already: a wrong name seldom stands in one row alone.
    suggested: Mutex<FxHashMap<Box<str>, Option<Box<str>>>>,
}

impl Roster {
    /// The unit of a trimmed cell.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).or_else(|| self.by_name.get(&*fold(name))).copied()
    }

    /// Whether a unit is on the roster in any month of a period.
    pub fn active(&self, unit: u32, period: PeriodId, gates: &Gates) -> bool {
        let ((first, last), span) = (self.active[unit as usize], gates.spans[usize::from(period.0)]);
        first <= span.1 && span.0 <= last
    }

    pub fn nearest(&self, name: &str) -> Option<String> {
        let crowd = self.crowd.get_or_init(|| {
            Crowd::new(self.units.iter().flat_map(|unit| [Some(&*unit.name), unit.former.as_deref()]).flatten())
        });
        let mut suggested = self.suggested.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(known) = suggested.get(name) {
            return known.as_deref().map(str::to_owned);
        }
        let nearest = crowd.nearest(&fold(name));
        if name.len() < 200 && suggested.len() < 10_000 {
            suggested.insert(name.into(), nearest.map(Box::from));
        }
        nearest.map(str::to_owned)
    }

    fn add(&mut self, unit: Unit, plan: &Plan) {
        let at = self.units.len() as u32;
        let first_month = plan.calendar.first();
        let first = unit.first.map_or(0, |first| first.since(first_month));
        let last = unit.last.map_or(i32::MAX, |last| last.since(first_month));
        self.active.push((first, last));
        for name in [Some(&unit.name), unit.former.as_ref()].into_iter().flatten() {
            self.by_name.insert(fold(name).into(), at);
        }
        if let Some(group) = unit.group {
            self.groups.entry(group).or_default().push(at);
        }
        self.units.push(unit);
    }

    pub fn read(
        plan: &Plan,
        words: &Words,
        file: Option<(&SourceFile<'_>, Title<'_>)>,
        reports: &mut Reports,
    ) -> Roster {
        let mut roster = Roster::default();
        let Some((file, title)) = file else {
            let place = Place::of("单位.csv");
            let finding =
                Finding::error("missing-roster", place, format!("没有单位.csv，不知道有哪些{}", plan.subject));
            reports.push(0, finding.help("在资料文件夹里放一个单位.csv，至少有“单位”一列"));
            return roster;
        };
        roster.file = workbook::sheet(title.name)
            .and_then(|(sheet, _)| sheet.split_once(' '))
            .map_or(title.name, |(file, _)| file)
            .to_owned();
        let Some(blocks) = title.open(file, reports) else { return roster };
        let mut header: Option<Option<Header>> = None;
        let mut rows_seen = false;
        rows(title, blocks, reports, |spot, behind_quote, reports| match &header {
            None => header = Some(Header::read(plan, spot, reports)),
            Some(None) => rows_seen = true,
            Some(Some(header)) => {
                rows_seen = true;
                if well_formed(spot, header.named, behind_quote, reports) {
                    header.unit(plan, words, spot, &mut roster, reports);
                }
            }
        });
        if !rows_seen {
            let finding = Finding::error("empty-roster", title.place(1), "单位.csv里没有单位");
            reports.push(title.rank, finding.help("每个单位写一行"));
        }
        roster
    }
}

/// Where the columns of 单位.csv are.
struct Header {
    named: usize,
    unit: usize,
    group: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    former: Option<usize>,
    attributes: Vec<Option<usize>>,
}

const FIXED: [&str; 5] = ["单位", "分组", "启用月份", "停用月份", FORMER];
const FORMER: &str = "原名";

/// Parts two names in one cell.
const BETWEEN_NAMES: [char; 6] = ['、', '，', ',', '；', ';', '\n'];

/// The roster's former names, each with the one that took its place; what is wrong with it is told where it is read.
pub fn renamed(file: &SourceFile<'_>) -> BTreeMap<String, String> {
    let (lines, _) = register::read(file, &register::Columns { names: &["单位", FORMER], required: 2 });
    let renamed = lines.iter().filter(|line| !line.cell(1).is_empty());
    renamed.map(|line| (line.cell(1).to_owned(), line.cell(0).to_owned())).collect()
}

impl Header {
    fn read(plan: &Plan, spot: &Spot<'_>, reports: &mut Reports) -> Option<Header> {
        let known: Vec<&str> =
            FIXED.into_iter().chain(plan.attributes.iter().map(|attribute| attribute.name.as_str())).collect();
        let names = header_names(spot, &known, reports);
        let at = |known: usize| names.names.iter().position(|name| *name == Some(known));
        let unsure = |name: &str| names.missed.contains(&name);
        let attributes: Vec<Option<usize>> = (FIXED.len()..known.len()).map(at).collect();
        // A declared attribute may be one of the fixed columns.
        let attributes: Vec<Option<usize>> = attributes
            .into_iter()
            .zip(&plan.attributes)
            .map(|(found, attribute)| {
                found.or_else(|| FIXED.iter().position(|name| *name == attribute.name).and_then(at))
            })
            .collect();
        for (found, attribute) in attributes.iter().zip(&plan.attributes) {
            if found.is_none() && !attribute.optional && !unsure(&attribute.name) {
                missing_column(spot, [attribute.name.as_str()].into_iter(), reports);
            }
        }
        if at(0).is_none() && !unsure(FIXED[0]) {
            missing_column(spot, [FIXED[0]].into_iter(), reports);
        }
        let (group, first, last) = (at(1), at(2), at(3));
        // A rulebook may have its own use for the word.
        let former = at(4).filter(|_| plan.attributes.iter().all(|attribute| attribute.name != FORMER));
        Some(Header { named: names.named, unit: at(0)?, group, first, last, former, attributes })
    }

    fn unit(&self, plan: &Plan, words: &Words, spot: &Spot<'_>, roster: &mut Roster, reports: &mut Reports) {
        let name = spot.cells.get(self.unit);
        if name.is_empty() {
            reports.push(
                spot.rank,
                spot.error("missing-cell", self.unit, "这一行没有写单位").help("补上单位名称，或删去这一行"),
            );
            return;
        }
        if let Some(earlier) = roster.find(name) {
            let earlier = &roster.units[earlier as usize];
            if fold(&earlier.name) != fold(name) {
                reports.push(spot.rank, former_taken(spot, self.unit, name, &earlier.name));
                return;
            }
            let message = format!("单位“{}”重复", short(name));
            let help = format!("“{}”在单位.csv里只写一行", earlier.name);
            reports.push(spot.rank, spot.error("duplicate-unit", self.unit, message).help(help));
            return;
        }
        if roster.units.len() == MOST_UNITS {
            let finding = spot.error("too-many-units", self.unit, format!("单位超过{MOST_UNITS}个"));
            reports.push(spot.rank, finding.help("把单位分到几个资料文件夹里"));
            return;
        }
        let mut month_at = |cell: Option<usize>| -> Option<Month> {
            let cell = cell.filter(|cell| !spot.cells.get(*cell).is_empty())?;
            let text = spot.cells.get(cell);
            month(&fold(text))
                .map_err(|_| {
                    let finding = spot.error("bad-month", cell, format!("“{}”不是月份", short(text)));
                    reports.push(spot.rank, finding.expected(format!("{}这样的月份", plan.calendar.first())));
                })
                .ok()
        };
        let (first, last) = (month_at(self.first), month_at(self.last));
        if let (Some(from), Some(until), Some(cell)) = (first, last, self.last)
            && until < from
        {
            let message = format!("“{}”的停用月份{until}早于启用月份{from}", short(name));
            reports.push(spot.rank, spot.error("bad-month", cell, message).help("改正其中一个月份"));
        }
        let former = self.former.and_then(|cell| former(spot, cell, name, roster, reports));
        let group = self.group.map(|cell| spot.cells.get(cell)).filter(|text| !text.is_empty());
        let is_whole = !is_made_up(spot.file);
        if let (Some(cell), None, Some(Grouping::Roster), true) = (self.group, group, plan.group, is_whole) {
            let finding =
                spot.error("missing-cell", cell, format!("“{}”的“分组”空着，不知道和谁一起排名", short(name)));
            reports.push(spot.rank, finding.help("补上它的分组"));
        }
        let grouped_by = match plan.group {
            Some(Grouping::Attribute(id)) => Some(id.index()),
            _ => None,
        };
        let attributes =
            self.attributes.iter().zip(&plan.attributes).enumerate().map(|(id, (cell, attribute))| match cell {
                Some(cell) => {
                    // Of a kind that is listed, or that ranks are told apart by, no unit has none.
                    let decides = attribute.values.is_some() || grouped_by == Some(id);
                    if is_whole && decides && !attribute.optional && spot.cells.get(*cell).is_empty() {
                        let listed = attribute.values.iter().flatten().map(|value| plan.symbols.text(*value));
                        let listed: Vec<&str> = listed.collect();
                        let finding =
                            spot.error("missing-cell", *cell, format!("“{}”的“{}”空着", short(name), attribute.name));
                        let finding = if listed.is_empty() { finding } else { finding.expected(listed.join("、")) };
                        reports
                            .push(spot.rank, finding.help("补上；确实哪一类都不是的，在规则书里加一个取值，如：其他"));
                    }
                    typed_cell(plan, words, spot, *cell, attribute, true, reports)
                }
                None => super::Cell::Empty,
            });
        let attributes = attributes.collect();
        let unit =
            Unit { name: name.to_owned(), former, group: group.map(|text| words.id(text)), first, last, attributes };
        roster.add(unit, plan);
    }
}

/// What a unit was called before; a name that stands for another unit as well is refused.
fn former(spot: &Spot<'_>, cell: usize, name: &str, roster: &Roster, reports: &mut Reports) -> Option<String> {
    let former = spot.cells.get(cell);
    if former.is_empty() || fold(former) == fold(name) {
        return None;
    }
    if let Some(other) = roster.find(former) {
        reports.push(spot.rank, former_taken(spot, cell, former, &roster.units[other as usize].name));
        return None;
    }
    if former.contains(BETWEEN_NAMES) && !name.contains(BETWEEN_NAMES) {
        let message = format!("“{}”的原名写了不止一个：“{}”", short(name), short(former));
        let finding = spot.error("former-name-unclear", cell, message);
        reports.push(
            spot.rank,
            finding.help("改名的只写一个：改过两次的，写封存过的那一个，事实里的另一个改成现在的名称\n几个单位合并的不写原名：原来的各写停用月份，合并成的写启用月份"),
        );
        return None;
    }
    Some(former.to_owned())
}

/// A name that would stand for two units.
fn former_taken(spot: &Spot<'_>, cell: usize, name: &str, other: &str) -> Finding {
    let name = short(name);
    let message = match fold(&name) == fold(other) {
        true => format!("原名“{name}”是另一行的单位，不能又是这个单位的原名"),
        false => format!("“{name}”也是“{}”的原名，分不清是哪个单位", short(other)),
    };
    spot.error("former-name-unclear", cell, message).help(
        "只改了名的，只写新名的一行，“原名”写从前的名称\n合并、分开、撤销的不写原名：原来的写停用月份，新的另写一行，写启用月份",
    )
}
