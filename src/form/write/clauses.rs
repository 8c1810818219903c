//! The clauses with their text, to be read, and the hidden lists that drop-downs and checks look up.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::indicators::unit_of;
use super::{LONGEST_NOTE, Looks, page, title};
use crate::form::Form;
use crate::form::layout::{EVERY_UNIT, FIRST_CLAUSE, FIRST_LIST};
use crate::plan::{InputId, InputKind, Role, SymbolId, Type};
use crate::wrapped;

/// How wide the columns of the clauses are.
const WIDTHS: [f64; 5] = [20.0, 22.0, 22.0, 56.0, 42.0];

/// Every clause of the form with its text, to be looked up.
pub(super) fn clauses(sheet: &mut Worksheet, form: &Form<'_>, looks: &Looks) -> Result<(), XlsxError> {
    sheet.write_with_format(0, 0, title(form), &looks.title)?;
    for (column, name) in (0..).zip(["条款", "标题", "情形或指标", "方案原文", "要填的"]) {
        sheet.write_string_with_format(FIRST_CLAUSE - 1, column, name, &looks.header)?;
    }
    for (row, cells) in (FIRST_CLAUSE..).zip(form.clause_rows()) {
        let lines = cells.iter().zip(WIDTHS).map(|(cell, wide)| wrapped::lines(cell, wide)).max().unwrap_or(1);
        sheet.set_row_height(row, 18 * lines as u32)?;
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &looks.locked)?;
        }
    }
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(FIRST_CLAUSE, 0)?;
    page(sheet, FIRST_CLAUSE - 1, FIRST_CLAUSE - 1)
}

/// What the drop-downs and checks look up: a list in a cell range may be of any length.
pub(super) fn lists(sheet: &mut Worksheet, form: &Form<'_>, units: &[&str]) -> Result<(), XlsxError> {
    for (column, name) in (0..).zip(["单位", "条款", "条款", "情形", "条款|情形", "整数", "最少", "最多", "本条"])
    {
        sheet.write_string(0, column, name)?;
    }
    for (row, unit) in (1..).zip(form.units(units)) {
        sheet.write_string(row, 0, unit)?;
    }
    for (row, clause) in (1..).zip(form.clauses()) {
        sheet.write_string(row, 1, clause)?;
    }
    for (row, id) in (1..).zip(form.by_clause()) {
        let input = form.input(id);
        sheet.write_string(row, 2, form.address(id))?;
        sheet.write_string(row, 3, &input.label)?;
        sheet.write_string(row, 4, format!("{}|{}", form.address(id), input.label))?;
        sheet.write_number(row, 5, if matches!(input.quantity, Type::Count(_)) { 1 } else { 0 })?;
        let (least, most) = input.needs.points.unwrap_or((Decimal::ZERO, Decimal::ONE_THOUSAND));
        sheet.write_number(row, 6, f64::try_from(least).unwrap_or(0.0))?;
        sheet.write_number(row, 7, f64::try_from(most).unwrap_or(1000.0))?;
        let asks = form.asks(id);
        let said = if asks.is_empty() { form.rule_text(id) } else { format!("{}（{asks}）", form.rule_text(id)) };
        sheet.write_string(row, 8, said.chars().take(LONGEST_NOTE).collect::<String>())?;
    }
    for (column, (at, values)) in (FIRST_LIST..).zip(form.listed_columns()) {
        sheet.write_string(0, column, &form.plan.columns[at].name)?;
        for (row, value) in (1..).zip(values) {
            sheet.write_string(row, column, form.plan.symbols.text(*value))?;
        }
    }
    sheet.set_hidden(true).protect();
    Ok(())
}

impl Form<'_> {
    /// The declared columns whose values the rulebook lists, by their place in it.
    pub(super) fn listed_columns(&self) -> impl Iterator<Item = (usize, &[SymbolId])> {
        let columns = self.plan.columns.iter().enumerate();
        columns.filter_map(|(at, column)| Some((at, column.values.as_deref()?)))
    }

    /// Whom rows may be about: 全体 only where a number for all units is asked for.
    pub(super) fn units<'u>(&self, units: &[&'u str]) -> Vec<&'u str> {
        let of_all = |id: &InputId| matches!(self.input(*id).kind, InputKind::Parameter { global: true });
        let all = self.events.iter().any(of_all).then_some(EVERY_UNIT);
        units.iter().copied().chain(all).collect()
    }

    /// 条款, 标题, 情形或指标, 方案原文 and 要填的 of all that is asked.
    pub(in crate::form) fn clause_rows(&self) -> Vec<[String; 5]> {
        let all = self.indicators.iter().copied().chain(self.by_clause());
        let rows = all.map(|id| {
            let input = self.input(id);
            let is_event = self.events.contains(&id);
            [
                self.address(id).to_owned(),
                self.plan.nodes[input.node.index()].title.clone(),
                input.label.clone(),
                if is_event { self.rule_text(id) } else { self.rules(input.node).collect::<Vec<_>>().join("\n") },
                if is_event { self.asks(id) } else { unit_of(input) },
            ]
        });
        rows.collect()
    }

    /// The clauses that events may be about, each once.
    pub(super) fn clauses(&self) -> Vec<&str> {
        let mut clauses: Vec<&str> = Vec::new();
        for address in self.by_clause().into_iter().map(|id| self.address(id)) {
            if clauses.last() != Some(&address) {
                clauses.push(address);
            }
        }
        clauses
    }

    /// The events, those of one clause together.
    fn by_clause(&self) -> Vec<InputId> {
        let mut events = self.events.clone();
        let first = |id: &InputId| self.events.iter().position(|other| self.address(*other) == self.address(*id));
        events.sort_by_key(first);
        events
    }

    /// What an event asks for, in words.
    fn asks(&self, id: InputId) -> String {
        let input = self.input(id);
        let needs = &input.needs;
        let mut asks = Vec::new();
        if let Type::Count(word) | Type::Quantity(word) = &input.quantity {
            asks.push(format!("数量按{word}计"));
        }
        if let Some((least, most)) = needs.points {
            asks.push(format!("分值{}到{}分，备注写理由", least.normalize(), most.normalize()));
        }
        let also = [
            (needs.matter, Role::Matter),
            (needs.deadline, Role::Deadline),
            (needs.completed, Role::Completed),
            (needs.person, Role::Person),
            (needs.occurred, Role::Occurred),
            (needs.found, Role::Found),
            (needs.basis, Role::Basis),
            (needs.note && needs.points.is_none(), Role::Note),
            (needs.rater, Role::Rater),
            (needs.coefficient, Role::Coefficient),
            (needs.shares, Role::Place),
            (needs.shares, Role::People),
            (needs.evidence, Role::Evidence),
            (needs.scale, Role::Scale),
        ];
        let mut also: Vec<&str> = also.iter().filter(|(asked, _)| *asked).map(|(_, role)| role.name()).collect();
        also.extend(input.columns.iter().map(|id| self.plan.columns[id.index()].name.as_str()));
        if !also.is_empty() {
            asks.push(format!("必填：{}", also.join("、")));
        }
        asks.join("；")
    }

    /// The line of the rulebook that an event is about.
    fn rule_text(&self, id: InputId) -> String {
        let input = self.input(id);
        let of_it = self.rules(input.node).find(|rule| rule.starts_with(input.label.as_str()));
        of_it.map_or_else(|| input.label.clone(), str::to_owned)
    }
}
