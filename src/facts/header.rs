//! The header of a fact file: which column means what.

use crate::plan::{ColumnId, Plan, Role};

use super::report::{Reports, Spot};
use super::suggest;
use super::text::fold;

/// What a column of a file means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Role(Role),
    Declared(ColumnId),
    /// Reported, or without a name.
    Ignored,
}

/// The columns of one file.
#[derive(Clone, Debug)]
pub struct Columns {
    pub meanings: Vec<Meaning>,
    /// How many columns have a name: cells behind them must be empty.
    pub named: usize,
    /// Where each role stands, by `Role as usize`.
    places: [Option<u16>; Role::ALL.len()],
    /// Where each declared column stands.
    pub declared: Vec<Option<u16>>,
    /// Month, unit, clause, label and quantity come first, in this order, as most files have them.
    pub usual: bool,
}

impl Columns {
    pub fn place(&self, role: Role) -> Option<usize> {
        self.places[role as usize].map(usize::from)
    }

    /// Reads a header; `None` where a required column is missing or the header cannot be trusted.
    pub fn read(plan: &Plan, spot: &Spot<'_>, reports: &mut Reports) -> Option<Columns> {
        let is_of_facts = (0..spot.cells.len()).any(|cell| fold(spot.cells.get(cell)) == Role::Clause.name());
        if let (Some(finding), false) = (super::register::misplaced(spot.file), is_of_facts) {
            reports.push(spot.rank, finding);
            return None;
        }
        let declared = plan.columns.iter().map(|column| column.name.as_str());
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.name()).chain(declared).collect();
        let names = header_names(spot, &known, reports);
        let mut columns = Columns {
            meanings: vec![Meaning::Ignored; names.names.len()],
            named: names.named,
            places: [None; Role::ALL.len()],
            declared: vec![None; plan.columns.len()],
            usual: false,
        };
        for (at, name) in names.names.iter().enumerate() {
            let Some(known) = name else { continue };
            if let Some(role) = Role::ALL.get(*known) {
                columns.meanings[at] = Meaning::Role(*role);
                columns.places[*known] = Some(at as u16);
            } else {
                let column = known - Role::ALL.len();
                columns.meanings[at] = Meaning::Declared(ColumnId(column as u16));
                columns.declared[column] = Some(at as u16);
            }
        }
        let mut complete = names.sound;
        let alternatives: [&[Role]; 4] =
            [&[Role::Month, Role::Period], &[Role::Unit, Role::Group], &[Role::Clause], &[Role::Label]];
        for roles in alternatives {
            if !roles.iter().any(|role| columns.place(*role).is_some()) {
                // A near miss was already reported with the name it should have.
                if !roles.iter().any(|role| names.missed.contains(&role.name())) {
                    missing_column(spot, roles.iter().map(|role| role.name()), reports);
                }
                complete = false;
            }
        }
        let usual = [Role::Month, Role::Unit, Role::Clause, Role::Label, Role::Quantity];
        columns.usual = usual.iter().enumerate().all(|(at, role)| columns.place(*role) == Some(at))
            && columns.place(Role::Period).is_none()
            && columns.place(Role::Group).is_none()
            && columns.named == columns.meanings.len();
        complete.then_some(columns)
    }
}

/// Reports that a column (or any of several) is not there.
pub fn missing_column<'a>(spot: &Spot<'_>, names: impl Iterator<Item = &'a str>, reports: &mut Reports) {
    let names: Vec<String> = names.map(|name| format!("“{name}”")).collect();
    let message = format!("缺少{}列", names.join("或"));
    let mut finding =
        spot.error("missing-column", usize::MAX, message).help(format!("在表头补上{}列", names.join("或")));
    finding.text.clear();
    finding.place.column = 0;
    reports.push(spot.rank, finding);
}

/// A header with more columns is none.
const MOST_COLUMNS: usize = 1000;

/// Which known name each column has.
pub struct HeaderNames<'a> {
    /// By column, an index into the known names.
    pub names: Vec<Option<usize>>,
    pub named: usize,
    /// Known names that an unknown one resembles.
    pub missed: Vec<&'a str>,
    /// No column is in doubt.
    pub sound: bool,
}

/// Matches a header against known names; reports duplicates, near misses and unknown names.
pub fn header_names<'a>(spot: &Spot<'_>, known: &[&'a str], reports: &mut Reports) -> HeaderNames<'a> {
    let cells = spot.cells;
    if cells.len() > MOST_COLUMNS {
        let finding = spot.error("too-many-columns", 0, format!("表头有{}列，最多{MOST_COLUMNS}列", cells.len()));
        reports.push(spot.rank, finding.help("检查表头是否缺少换行"));
        let missed = known.to_vec();
        return HeaderNames { names: vec![None; cells.len()], named: cells.len(), missed, sound: false };
    }
    let named = (0..cells.len()).rev().find(|cell| !cells.get(*cell).is_empty()).map_or(0, |last| last + 1);
    let mut header = HeaderNames { names: vec![None; cells.len()], named, missed: Vec::new(), sound: true };
    let texts: Vec<String> =
        (0..named).map(|cell| fold(cells.get(cell)).split_whitespace().collect::<String>()).collect();
    for (cell, text) in texts.iter().enumerate() {
        // Most are written as they are known: no folding is needed.
        let as_known = || known.iter().position(|name| name == text);
        header.names[cell] = as_known().or_else(|| known.iter().position(|name| fold(name) == *text));
    }
    for cell in 0..named {
        let name = cells.get(cell);
        let same = |earlier: &usize| !name.is_empty() && texts[*earlier] == texts[cell];
        if let Some(earlier) = (0..cell).find(same) {
            let message = format!("“{}”列重复：第{}列和第{}列", super::report::short(name), earlier + 1, cell + 1);
            reports.push(spot.rank, spot.error("duplicate-column", cell, message).help("同一列只留一个"));
            header.sound = false;
        } else if header.names[cell].is_none() && !name.is_empty() {
            let free =
                known.iter().enumerate().filter(|(at, _)| !header.names.contains(&Some(*at))).map(|(_, name)| *name);
            let shown = super::report::short(name);
            match resembling(&texts[cell], free) {
                Some(meant) => {
                    let finding = spot.error("misspelled-column", cell, format!("没有“{shown}”列，是不是“{meant}”？"));
                    let other = match meant == Role::Quantity.name() {
                        true => "；不是它的，另加一列“数量”，每行都是1的可以空着",
                        false => "",
                    };
                    reports.push(spot.rank, finding.help(format!("把表头改为“{meant}”{other}")));
                    header.missed.push(meant);
                    header.sound = false;
                }
                None => {
                    let finding = spot.warning("unknown-column", cell, format!("“{shown}”列没有用处，不读"));
                    reports.push(spot.rank, finding.help("确实不用的列可以删去"));
                }
            }
        }
    }
    header
}

/// A header that is nearly a known one; stricter than elsewhere, because extra columns are allowed.
fn resembling<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    // 数量（项）, with what it counts.
    let bare = name.split(['(', '（', '[']).next().unwrap_or_default();
    if let Some(meant) = known.clone().find(|known| *known == bare) {
        return Some(meant);
    }
    // 件数, 次数: where no column is for quantities, each row would count as one.
    let counts = ["数", "量", "数值", "数目"].iter().any(|end| bare.ends_with(end));
    if let Some(quantity) = known.clone().find(|known| counts && *known == Role::Quantity.name()) {
        return Some(quantity);
    }
    let meant = suggest::nearest(name, known)?;
    let same_length = name.chars().count() == meant.chars().count();
    let differing = strsim::damerau_levenshtein(name, meant);
    let long = meant.chars().count().max(name.chars().count());
    (differing * 3 <= long || (same_length && suggest::sounds_or_looks_alike(name, meant))).then_some(meant)
}
