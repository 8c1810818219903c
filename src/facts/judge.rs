//! One row judged cell by cell: every mistake is reported, a sound row is kept.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::PeriodId;
use crate::diagnostic::Finding;
use crate::plan::{InputId, InputKind, Plan, Role};

use super::cells::{Record, UNITS};
use super::report::{Spot, short};
use super::row::{Cells, Pieces};
use super::scan::{GlobalRow, Hit, Key, Scan, Sheet};
use super::sheet::{well_formed, without_end};
use super::text::fold;
use super::{Cell, Detail, Origin};

/// Whom a row is about.
pub enum Who {
    Unit(u32),
    /// 对象分组
    Group(Vec<u32>),
    /// A parameter for all.
    All,
}

/// A row while it is judged.
pub struct Row<'w, 'r> {
    pub sheet: &'w Sheet<'w>,
    pub spot: Spot<'r>,
}

impl<'r> Row<'_, 'r> {
    /// A trimmed cell; empty where the file has no such column.
    pub(super) fn cell(&self, role: Role) -> &'r str {
        self.sheet.columns.place(role).map_or("", |cell| self.spot.cells.get(cell))
    }

    /// Where a role's cell is, or the first of the row where the file has no such column.
    pub(super) fn at(&self, role: Role) -> usize {
        self.sheet.columns.place(role).unwrap_or(0)
    }

    pub(super) fn error(&self, code: &'static str, role: Role, message: impl Into<String>) -> Finding {
        self.spot.error(code, self.at(role), message)
    }
}

impl Scan<'_, '_> {
    /// Judges a row with its line end.
    #[cold]
    pub fn row(&mut self, sheet: &Sheet<'_>, bytes: &[u8], line: u32) {
        let bytes = without_end(bytes);
        if bytes.is_empty() {
            return;
        }
        let Some(row) = sheet.title.decode(bytes, line, &mut self.found.reports) else { return };
        let mut pieces = std::mem::take(&mut self.pieces);
        self.split_row(sheet, row, line, &mut pieces);
        self.pieces = pieces;
    }

    pub(super) fn split_row(&mut self, sheet: &Sheet<'_>, row: &str, line: u32, pieces: &mut Pieces) {
        let behind_quote = pieces.split(row).err().map(|wrong| wrong.cell);
        let cells = Cells::new(row, pieces);
        if cells.blank() {
            return;
        }
        let spot = Spot { file: sheet.title.name, rank: sheet.title.rank, line, cells };
        if well_formed(&spot, sheet.columns.named, behind_quote, &mut self.found.reports) {
            self.judge(&Row { sheet, spot });
        }
    }

    /// Reports a mistake of the row.
    pub(super) fn wrong(&mut self, row: &Row<'_, '_>, finding: impl FnOnce() -> Finding) {
        self.found.reports.error(&row.spot, finding);
        self.sound = false;
    }

    pub(super) fn judge(&mut self, row: &Row<'_, '_>) {
        self.sound = true;
        let plan = self.shared.plan;
        let given = self.period(row);
        if let Some(given) = given {
            self.note_named(row.sheet.file, given);
        }
        let input = self.input(row);
        let who = self.who(row, input);
        let counted = self.standing(row);
        let mut detail = self.detail(row, counted);
        let repairs = row.cell(Role::Repairs);
        if !repairs.is_empty() {
            self.repair(row, repairs, detail.repaired);
            return;
        }
        let Some(input) = input else {
            self.number_of_unknown(row);
            let units = match who {
                Some(Who::Unit(unit)) => vec![unit],
                Some(Who::Group(units)) => units,
                Some(Who::All) | None => Vec::new(),
            };
            if let (Some(given), false) = (given, units.is_empty()) {
                let about = units.into_iter().map(|unit| (unit, given));
                self.found.misnamed.labels.note([row.cell(Role::Clause), row.cell(Role::Label)], about);
            }
            return;
        };
        // What the text in force in that month asks for.
        let asked = given.and_then(|given| plan.input_in(input, plan.calendar.period(given)));
        let asked = asked.unwrap_or(&plan.inputs[input.index()]);
        if let InputKind::Pending(reason) = &asked.kind {
            self.wrong(row, || {
                let label = &asked.label;
                let finding = row.error("pending-clause", Role::Label, format!("“{label}”待定，还不能计分：{reason}"));
                finding.help("先在方案里定下这一句，或删去这一行")
            });
            return;
        }
        let quantity = self.quantity(row, asked);
        self.needs(row, asked, &detail);
        self.columns(row, input, asked, &mut detail);
        let period = given.and_then(|given| self.place(row, input, given, who.as_ref()));
        let Some(period) = period else { return };
        let Some(who) = who else {
            self.found.misnamed.units.note([row.cell(Role::Unit), ""], [(input, period)]);
            return;
        };
        let units = self.active_units(row, who, period);
        let number = row.cell(Role::Number);
        if !number.is_empty() && self.watch.is_none() {
            self.found.numbers.push((fold(number).into(), self.origin(row)));
        }
        let (Some(quantity), true) = (quantity, self.sound) else {
            let units = units.into_iter().flatten();
            self.found.lost.extend(units.map(|unit| (unit, input, period)));
            return;
        };
        self.keep(row, input, period, quantity, units, detail);
    }

    pub(super) fn origin(&self, row: &Row<'_, '_>) -> Origin {
        Origin { file: row.sheet.file, line: row.spot.line }
    }

    /// A row that says when another was repaired.
    fn repair(&mut self, row: &Row<'_, '_>, repairs: &str, repaired: Option<NaiveDate>) {
        if row.cell(Role::Repaired).is_empty() {
            self.wrong(row, || {
                let finding = row.error("missing-repair-date", Role::Repaired, "有针对编号的行没有写整改日期");
                finding.help("补上整改日期")
            });
        }
        let Some(repaired) = repaired else { return };
        if self.watch.is_none() {
            self.found.repairs.push((fold(repairs).into(), repaired, self.origin(row)));
        } else {
            self.look(row, (u32::MAX, InputId(u16::MAX), PeriodId(u16::MAX)), Role::Repairs);
        }
    }

    /// Keeps a sound row.
    fn keep(
        &mut self,
        row: &Row<'_, '_>,
        input: InputId,
        period: PeriodId,
        quantity: Option<Decimal>,
        units: Option<Vec<u32>>,
        detail: Detail,
    ) {
        if self.watch.is_some() {
            for unit in units.unwrap_or_else(|| vec![u32::MAX]) {
                self.look(row, (unit, input, period), Role::Label);
            }
            return;
        }
        let shared = self.shared;
        let origin = self.origin(row);
        let gate = shared.gates.gate(input);
        let kind = &shared.plan.inputs[input.index()].kind;
        let parameter = matches!(kind, InputKind::Parameter { .. });
        if !parameter {
            self.touch(input, period);
        }
        let bare = detail.is_bare();
        // Of what may be added up and of plain measures nobody asks more than the number.
        let simple = detail.counted && !shared.keep_entries && (gate.additive || gate.plain);
        // A numbered row may be repaired by another.
        let numbered = !row.cell(Role::Number).is_empty();
        let detail = ((!bare || numbered) && !simple).then_some(detail);
        let Some(units) = units else {
            self.found.globals.push(GlobalRow { input, period, origin, quantity, detail });
            return;
        };
        let apart = shared.keep_entries || detail.is_some() || !(gate.additive || gate.single && gate.group.is_none());
        let record = Record { origin: apart.then_some(origin), rows: 1, quantity, detail };
        for unit in units {
            let (shard, unit) = (unit as usize / UNITS, unit as usize % UNITS);
            let key = shared.packing.key(unit, input, period);
            let cell = match record.quantity {
                _ if apart => None,
                Some(quantity) => shared.packing.summed(key, quantity, 1),
                None => Some(shared.packing.inapplicable(key)),
            };
            match cell {
                Some(cell) => self.push(shard, cell),
                None => self.push_record(shard, key, &record),
            }
        }
    }

    /// Notes a row that a second reading looks for.
    fn look(&mut self, row: &Row<'_, '_>, key: Key, role: Role) {
        let origin = self.origin(row);
        let Some(watch) = self.watch else { return };
        let number = watch.origins.contains(&origin);
        if !watch.keys.contains(&key) && !number {
            return;
        }
        let role = if number && role == Role::Label { Role::Number } else { role };
        let cell = row.at(role);
        let (column, line_text) = row.spot.shown(cell);
        self.found.hits.push(Hit { key, origin, column, text: short(row.spot.cells.get(cell)), line_text });
    }
}

impl Detail {
    /// Whether there is nothing beyond 数量.
    fn is_bare(&self) -> bool {
        // All fields are named, so that none that comes to them is overlooked.
        let Detail {
            counted,
            points,
            matter,
            person,
            rater,
            evidence,
            deadline,
            completed,
            occurred,
            found,
            repaired,
            coefficient,
            place,
            people,
            scale,
            columns,
            note,
            basis,
        } = self;
        let numbers = [points, coefficient, place, people, scale];
        *counted
            && numbers.into_iter().all(Option::is_none)
            && [matter, person, rater, evidence].into_iter().all(Option::is_none)
            && [deadline, completed, occurred, found, repaired].into_iter().all(Option::is_none)
            && columns.iter().all(|cell| *cell == Cell::Empty)
            && [note, basis].into_iter().all(Option::is_none)
    }

    /// Nothing beyond 数量.
    pub fn empty(columns: usize) -> Detail {
        Detail {
            counted: true,
            points: None,
            matter: None,
            person: None,
            rater: None,
            evidence: None,
            deadline: None,
            completed: None,
            occurred: None,
            found: None,
            repaired: None,
            coefficient: None,
            place: None,
            people: None,
            scale: None,
            columns: vec![Cell::Empty; columns].into(),
            note: None,
            basis: None,
        }
    }
}

/// How a place is called in messages.
pub fn unit_name(plan: &Plan, units: &[super::Unit], unit: u32) -> String {
    units.get(unit as usize).map_or_else(|| format!("全体{}", plan.subject), |unit| unit.name.clone())
}
