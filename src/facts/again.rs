//! Mistakes between rows: found when all are read, explained by reading once more for the rows in question.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Finding, Place};
use crate::plan::{InputKind, Plan, Role};

use super::judge::unit_name;
use super::report::{MOST, Reports};
use super::scan::{Found, Hit, Key, Watch};
use super::shard::Conflict;
use super::sheet::Title;
use super::{Origin, Unit};

/// The first conflicts in the order of units, and how many there are.
#[derive(Default)]
pub struct Conflicts {
    pub list: Vec<Conflict>,
    pub total: usize,
}

impl Conflicts {
    pub fn push(&mut self, conflict: Conflict) {
        self.total += 1;
        self.list.push(conflict);
        if self.list.len() >= 4 * MOST {
            self.cut();
        }
    }

    pub fn append(&mut self, other: Conflicts) {
        self.total += other.total;
        self.list.extend(other.list);
        self.cut();
    }

    fn cut(&mut self) {
        self.list.sort_unstable();
        self.list.truncate(MOST);
    }
}

/// What is wrong with 编号 and 针对编号.
#[derive(Default)]
pub struct Numbering {
    /// Rows whose 编号 another row has: (编号, the first, this one).
    pub twice: Vec<(Box<str>, Origin, Origin)>,
    /// 针对编号 that no row has.
    pub dangling: Vec<(Box<str>, Origin)>,
    pub repaired: FxHashMap<Origin, (chrono::NaiveDate, Origin)>,
}

impl Numbering {
    /// Links repairs to what they repair.
    pub fn new(found: &mut Found) -> Numbering {
        let mut numbering = Numbering::default();
        let mut numbers = std::mem::take(&mut found.numbers);
        numbers.sort();
        let mut by_number: FxHashMap<&str, Origin> = FxHashMap::default();
        for (number, origin) in &numbers {
            match by_number.get(&**number) {
                Some(first) => numbering.twice.push((number.clone(), *first, *origin)),
                None => _ = by_number.insert(number, *origin),
            }
        }
        for (target, date, origin) in std::mem::take(&mut found.repairs) {
            match by_number.get(&*target) {
                Some(repaired) => {
                    let known = numbering.repaired.entry(*repaired).or_insert((date, origin));
                    *known = (date, origin).min(*known);
                }
                None => numbering.dangling.push((target, origin)),
            }
        }
        numbering.twice.sort();
        numbering.dangling.sort();
        numbering
    }
}

/// Everything that a second reading is to explain.
pub struct Again<'a> {
    pub plan: &'a Plan,
    pub units: &'a [Unit],
    pub titles: &'a [Title<'a>],
    pub conflicts: Conflicts,
    pub numbering: Numbering,
}

impl Again<'_> {
    /// What to look for; `None` where nothing is wrong.
    pub fn watch(&self) -> Option<Watch> {
        let mut watch = Watch::default();
        for conflict in &self.conflicts.list {
            watch.keys.insert((conflict.unit, conflict.input, conflict.period));
            watch.keys.insert((conflict.unit, conflict.other_input, conflict.other_period));
        }
        watch.origins.extend(self.numbering.twice.iter().take(MOST).map(|(_, _, origin)| *origin));
        watch.origins.extend(self.numbering.dangling.iter().take(MOST).map(|(_, origin)| *origin));
        (!watch.keys.is_empty() || !watch.origins.is_empty()).then_some(watch)
    }

    /// Reports everything, with the lines that the second reading found.
    pub fn report(&self, mut hits: Vec<Hit>, reports: &mut Reports) {
        hits.sort();
        let mut by_key: FxHashMap<Key, Vec<&Hit>> = FxHashMap::default();
        let mut by_origin: FxHashMap<Origin, &Hit> = FxHashMap::default();
        for hit in &hits {
            by_key.entry(hit.key).or_default().push(hit);
            by_origin.insert(hit.origin, hit);
        }
        let before = reports.total();
        self.report_conflicts(&by_key, reports);
        let found = reports.total() - before;
        reports.count(self.conflicts.total.saturating_sub(found));
        for (at, (number, first, origin)) in self.numbering.twice.iter().enumerate() {
            if at >= MOST {
                reports.count(1);
                continue;
            }
            let message = format!("编号“{number}”重复：已用在{}", self.place_text(*first));
            let finding = Finding::error("duplicate-number", self.place(*origin), message);
            let finding = finding.help("每个编号只用一次");
            reports.push(self.rank(*origin), with_line(finding, by_origin.get(origin).copied()));
        }
        for (at, (target, origin)) in self.numbering.dangling.iter().enumerate() {
            if at >= MOST {
                reports.count(1);
                continue;
            }
            let message = format!("没有编号是“{target}”的行");
            let finding = Finding::error("unknown-number", self.place(*origin), message);
            let finding = finding.help(format!("改正{}，或给被整改的那一行写上编号", Role::Repairs.name()));
            reports.push(self.rank(*origin), with_line(finding, by_origin.get(origin).copied()));
        }
    }

    fn report_conflicts(&self, by_key: &FxHashMap<Key, Vec<&Hit>>, reports: &mut Reports) {
        let mut reported = rustc_hash::FxHashSet::default();
        for conflict in &self.conflicts.list {
            let earlier = (conflict.unit, conflict.input, conflict.period);
            let later = (conflict.unit, conflict.other_input, conflict.other_period);
            if !reported.insert((earlier, later)) {
                continue;
            }
            let mut rows: Vec<&Hit> = by_key.get(&earlier).into_iter().flatten().copied().collect();
            if later != earlier {
                rows.extend(by_key.get(&later).into_iter().flatten());
            }
            rows.sort_by_key(|hit| hit.origin);
            rows.dedup_by_key(|hit| hit.origin);
            let [first, rest @ ..] = rows.as_slice() else { continue };
            for hit in rest {
                reports.push(self.rank(hit.origin), self.conflict(conflict, first, hit));
            }
        }
    }

    fn conflict(&self, conflict: &Conflict, first: &Hit, hit: &Hit) -> Finding {
        let unit = unit_name(self.plan, self.units, conflict.unit);
        let input = |id: crate::plan::InputId| &self.plan.inputs[id.index()];
        let when = |key: Key| &self.plan.calendar.period(key.2).name;
        let places = format!("{}和{}", self.place_text(first.origin), self.place_text(hit.origin));
        let label = &input(hit.key.1).label;
        let period = when(hit.key);
        let grade = matches!(input(conflict.other_input).kind, InputKind::Grade { .. });
        let finding = if grade && conflict.input == conflict.other_input && first.key.2 == hit.key.2 {
            let message = format!("“{unit}”{period}的等次“{label}”写了两次，见{places}");
            Finding::error("two-grades", self.place(hit.origin), message).help("只留一行")
        } else if grade {
            let message =
                format!("“{unit}”{period}定了两个等次：“{}”和“{label}”，见{places}", input(first.key.1).label);
            Finding::error("two-grades", self.place(hit.origin), message)
                .help("一个考评周期只能定一个等次，留下对的一行")
        } else if first.key.2 != hit.key.2 {
            let message = format!("“{unit}”的“{label}”在{}和{period}重复报送，见{places}", when(first.key));
            Finding::error("reported-twice", self.place(hit.origin), message).help("期间重叠的只留一行")
        } else {
            let message = format!("“{unit}”{period}的“{label}”报了两次，见{places}");
            Finding::error("reported-twice", self.place(hit.origin), message).help("核对后只留一行")
        };
        with_line(finding, Some(hit))
    }

    fn rank(&self, origin: Origin) -> u32 {
        self.titles[origin.file as usize].rank
    }

    fn place(&self, origin: Origin) -> Place {
        self.titles[origin.file as usize].place(origin.line)
    }

    fn place_text(&self, origin: Origin) -> String {
        self.place(origin).short()
    }
}

fn with_line(mut finding: Finding, hit: Option<&Hit>) -> Finding {
    if let Some(hit) = hit {
        let is_shown = hit.line_text.is_empty() || hit.column <= hit.line_text.chars().count();
        finding.place.column = if is_shown { hit.column } else { 0 };
        finding = finding.text(hit.text.clone()).line_text(hit.line_text.clone());
    }
    finding
}
