//! A few made-up facts that fit a plan: what an office would have to report for a line to take effect.

use crate::plan::walk::each_expr;
use crate::plan::words::cell;
use std::fmt::Write as _;

use chrono::Days;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::calendar::{Cycle, Month, Period, PeriodId};
use crate::diagnostic::Findings;
use crate::eval::{self, Request};
use crate::facts::{self, Options, Reading, Store, in_memory, table};
use crate::outcome::Outcome;
use crate::plan::*;
use crate::value::Number;
use crate::workdays::Workdays;

use super::uses::everything;

/// A row of a table: by column, in the order in which they were filled in.
pub type Cells = Vec<(String, String)>;

/// Units and fact rows, as the tables an office would have.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// 单位.csv
    pub units: Vec<Cells>,
    /// The facts of all of them.
    pub rows: Vec<Cells>,
    /// 历史.csv
    pub history: Vec<Cells>,
}

/// The plan as an 例 sees it: what nobody reports is not assessed instead of being missed.
pub fn relaxed(mut plan: Plan) -> Plan {
    let relax = |input: &mut Input| {
        for when in [&mut input.missing, &mut input.inapplicable] {
            if *when == WhenMissing::Error {
                *when = WhenMissing::NotAssessed;
            }
        }
    };
    for input in &mut plan.inputs {
        relax(input);
        input.versions.iter_mut().flatten().for_each(|version| relax(&mut version.input));
    }
    each_expr(&mut plan, &mut |expr| {
        if let Expr::Earlier { otherwise, .. } | Expr::Past { otherwise, .. } = expr {
            otherwise.get_or_insert_with(|| Box::new(Expr::NotAssessed));
        }
    });
    plan
}

/// The same where nobody asks how much money an award is: a parameter that only its amount reads need not be reported.
pub fn without_amounts(plan: Plan) -> Plan {
    let mut plan = relaxed(plan);
    for award in &mut plan.awards {
        let takes = award.takes();
        award.money = award.money.take().map(|_| Expr::Number(Number::whole(if takes { -1 } else { 1 })));
    }
    plan
}

/// The same where nobody asks for awards at all: what units come to by themselves.
pub fn without_awards(plan: Plan) -> Plan {
    let mut plan = relaxed(plan);
    plan.awards.clear();
    plan
}

/// The last month in which an input may be reported, whatever its cycle.
pub fn month_for(plan: &Plan, input: InputId) -> Month {
    let months = &plan.inputs[input.index()].only_months;
    let calendar = &plan.calendar;
    let open = |id: &PeriodId| months.is_empty() || months.contains(&calendar.period(*id).last.number());
    let found = calendar.each(Cycle::Month).rev().find(open);
    found.map_or(calendar.last(), |id| calendar.period(id).last)
}

/// The last month in which a line is in force and an input of it may be reported.
pub fn month_of(plan: &Plan, id: RuleId, input: InputId) -> Month {
    let rule = &plan.rules[id.index()];
    let mut in_force: Vec<Months> = rule.in_force.into_iter().collect();
    let mut around: Vec<&Condition> = super::uses::applying(plan, rule.node).collect();
    while let Some(when) = around.pop() {
        match when {
            Condition::During(months) => in_force.push(*months),
            Condition::All(parts) => around.extend(parts),
            _ => {}
        }
    }
    if in_force.is_empty() {
        return month_for(plan, input);
    }
    let months = &plan.inputs[input.index()].only_months;
    let calendar = &plan.calendar;
    let open = |id: &PeriodId| {
        let month = calendar.period(*id).last;
        let is_here = |span: &Months| (span.first..=span.last).contains(&month);
        (months.is_empty() || months.contains(&month.number())) && in_force.iter().all(is_here)
    };
    let found = calendar.each(Cycle::Month).rev().find(open);
    found.map_or_else(|| month_for(plan, input), |id| calendar.period(id).last)
}

/// What is reported, how much, and what else the row must say.
pub type Row = (InputId, Number, Vec<(Asked, String)>);

/// The base period that holds a month.
pub fn base_period(plan: &Plan, month: Month) -> PeriodId {
    plan.calendar.around(plan.cycle, month).unwrap_or_else(|| plan.calendar.term())
}

impl Facts {
    /// Rows of an input about a unit: one, or of a rating as many as it takes.
    pub fn row(&mut self, plan: &Plan, unit: &str, month: Month, row: &Row) {
        // Whose mark it is may be said.
        if row.2.iter().any(|(asked, _)| *asked == Asked::Field(RowField::Rater)) {
            return self.one_row(plan, unit, month, row, "");
        }
        for rater in raters(plan, row.0) {
            self.one_row(plan, unit, month, row, &rater);
        }
    }

    /// Everything that a row needs is filled in.
    fn one_row(&mut self, plan: &Plan, unit: &str, month: Month, (id, quantity, given): &Row, rater: &str) {
        let input = &plan.inputs[id.index()];
        let cycle = input.cycle;
        let period = plan.calendar.around(cycle, month).map(|id| plan.calendar.period(id));
        let when = match period.filter(|_| cycle != Cycle::Month) {
            Some(period) if !given.iter().any(|(asked, _)| *asked == Asked::Month) => ("期间", period.name.clone()),
            _ => ("月份", month.to_string()),
        };
        let is_parameter = matches!(input.kind, InputKind::Parameter { .. });
        let is_global = input.kind == (InputKind::Parameter { global: true });
        let address = if is_parameter { "参数" } else { plan.nodes[input.node.index()].address.as_str() };
        let mut cells: Cells = Vec::new();
        let mut put = |column: &str, cell: String| cells.push((column.to_owned(), cell));
        put(when.0, when.1);
        put("单位", if is_global { String::new() } else { unit.to_owned() });
        put("条款", address.to_owned());
        put("情形", input.label.clone());
        let needs = &input.needs;
        let first = month.first_day();
        let late = needs.deadline.then(|| quantity.decimal().and_then(|days| days.to_u64())).flatten();
        let is_grade = matches!(input.kind, InputKind::Grade { .. });
        let said = given.iter().find(|(asked, _)| *asked == Asked::Field(RowField::Quantity));
        put(
            "数量",
            match said {
                // 不适用
                Some((_, text)) => text.clone(),
                None if late.is_some() || is_grade => String::new(),
                None => cell(*quantity, &input.quantity),
            },
        );
        if let Some((_, most)) = needs.points {
            let points = given.iter().find(|(asked, _)| *asked == Asked::Points).map(|(_, text)| text.clone());
            put("分值", points.unwrap_or_else(|| most.normalize().to_string()));
        }
        put("备注", "例证".to_owned());
        if let Some(days) = late {
            put("截止日期", first.to_string());
            put("完成日期", first.checked_add_days(Days::new(days.min(36_500))).unwrap_or(first).to_string());
        }
        let field = |field: RowField, usual: &str| -> String {
            let said = given.iter().find(|(asked, _)| *asked == Asked::Field(field));
            said.map_or_else(|| usual.to_owned(), |(_, text)| text.clone())
        };
        for (is_needed, column, text) in [
            (needs.matter, "事项", field(RowField::Matter, "某事")),
            (needs.person, "人员", field(RowField::Person, "某人")),
            (needs.basis, "依据", "文件".to_owned()),
            (needs.rater, "评分人", field(RowField::Rater, rater)),
            (needs.coefficient, "系数", field(RowField::Coefficient, "1")),
            (needs.shares, "位次", field(RowField::Place, "1")),
            (needs.shares, "人数", field(RowField::People, "1")),
            (needs.evidence, "佐证", "文件".to_owned()),
            (needs.scale, "原满分", "100".to_owned()),
        ] {
            if is_needed {
                put(column, text);
            }
        }
        // 整改天数 are counted from the day on which it was found.
        let repaired = given.iter().find(|(asked, _)| *asked == Asked::Field(RowField::DaysToRepair));
        let repaired = repaired.and_then(|(_, days)| first.checked_add_days(Days::new(days.parse().ok()?)));
        for (is_needed, column) in [(needs.occurred, "发生日期"), (needs.found || repaired.is_some(), "发现日期")]
        {
            if is_needed {
                put(column, first.to_string());
            }
        }
        if let Some(day) = repaired {
            put("整改日期", day.to_string());
        }
        for column in &input.columns {
            let asked = given.iter().find(|(asked, _)| *asked == Asked::Column(*column));
            let declared = &plan.columns[column.index()];
            put(&declared.name, asked.map_or_else(|| any_cell(plan, declared), |(_, text)| text.clone()));
        }
        for (asked, text) in given {
            if let Asked::Column(id) = asked
                && !input.columns.contains(id)
            {
                put(&plan.columns[id.index()].name, text.clone());
            }
        }
        // What holds for all units is reported once.
        if !is_global || !self.rows.contains(&cells) {
            self.rows.push(cells);
        }
    }

    /// A unit on the roster, with an attribute for each that is asked for.
    pub fn unit(&mut self, plan: &Plan, name: &str, given: &[(Asked, String)]) {
        let mut cells = vec![("单位".to_owned(), name.to_owned())];
        for (index, attribute) in plan.attributes.iter().enumerate() {
            let asked = Asked::Attribute(AttributeId(index as u16));
            if let Some((_, text)) = given.iter().find(|(other, _)| *other == asked) {
                cells.push((attribute.name.clone(), text.clone()));
            }
        }
        self.units.push(cells);
    }

    /// The unit that was put on the roster last is on it from this month on.
    pub fn since(&mut self, month: Month) {
        self.units.last_mut().into_iter().for_each(|cells| cells.push(("启用月份".to_owned(), month.to_string())));
    }

    /// A figure of an earlier period.
    pub fn past(&mut self, unit: &str, period: &str, name: &str, value: &str) {
        let cells = [("期间", period), ("单位", unit), ("名称", name), ("数值", value)];
        self.history.push(cells.map(|(column, cell)| (column.to_owned(), cell.to_owned())).to_vec());
    }

    /// Scores a period with these facts alone; else what is wrong with them.
    pub fn score(&self, relaxed: &Plan, period: PeriodId) -> Result<(Store, Outcome), Findings> {
        self.score_by(&Facts::reading(relaxed), relaxed, period)
    }

    /// What reading facts by a plan takes; the same for all its parts.
    pub fn reading(plan: &Plan) -> Reading {
        Reading::new(plan, true)
    }

    /// The same where many facts are scored by one plan.
    pub fn score_by(&self, reading: &Reading, relaxed: &Plan, period: PeriodId) -> Result<(Store, Outcome), Findings> {
        let attributes = relaxed.attributes.iter().map(|column| column.name.as_str());
        let header: Vec<&str> = std::iter::once("单位").chain(attributes).collect();
        let units: Vec<&[(String, String)]> = self.units.iter().map(Vec::as_slice).collect();
        let rows: Vec<&[(String, String)]> = self.rows.iter().map(Vec::as_slice).collect();
        let roster = table(&units, &header);
        let facts = table(&rows, &["月份", "期间", "单位", "条款", "情形", "数量"]);
        let past: Vec<&[(String, String)]> = self.history.iter().map(Vec::as_slice).collect();
        let past = (!past.is_empty()).then(|| table(&past, &["期间", "单位", "名称", "数值"]));
        let (roster, facts) = (in_memory("例证·单位", &roster), [in_memory("例证", &facts)]);
        let past = past.as_ref().map(|past| in_memory("例证·历史", past));
        let options = Options { keep_entries: true, threads: 1, progress: None };
        let (mut store, found) = facts::read_by(reading, relaxed, Some(&roster), past.as_ref(), &facts, &options);
        if found.has_errors() {
            return Err(found);
        }
        store.workdays = Some(Workdays::statutory().supposing());
        let (outcome, found) =
            eval::evaluate(&Request { plan: relaxed, store: &store, period, traced: true, threads: 1 });
        outcome.map(|outcome| (store, outcome)).ok_or(found)
    }

    /// In words, as an 例 would say it.
    pub fn told(&self) -> String {
        let mut out = String::new();
        let mut at = String::new();
        for unit in self.units.iter().filter(|unit| unit.len() > 1) {
            let cells = unit[1..].iter().map(|(column, cell)| format!("{column} {cell}"));
            let _ = writeln!(out, "单位 {}：{}", unit[0].1, cells.collect::<Vec<_>>().join("，"));
        }
        for row in &self.history {
            let [(_, period), (_, unit), (_, name), (_, value)] = row.as_slice() else { continue };
            let _ = writeln!(out, "历史 {unit}：{period} {name} {value}");
        }
        for row in &self.rows {
            let get = |column: &str| row.iter().find(|(name, _)| name == column).map_or("", |(_, cell)| cell.as_str());
            // A row for everybody is said of any unit.
            let unit = match get("单位") {
                "" => self.units.first().and_then(|unit| unit.first()).map_or("", |(_, name)| name.as_str()),
                unit => unit,
            };
            let when = format!("{}{} {unit}", month_text(get("月份")), period_text(get("期间")));
            if when != at {
                let _ = writeln!(out, "{}", when.trim());
                at = when;
            }
            let _ = write!(out, "  {} {}", get("条款"), get("情形"));
            if !get("数量").is_empty() {
                let _ = write!(out, " {}", get("数量"));
            }
            for (column, cell) in row {
                let is_shown = !["月份", "期间", "单位", "条款", "情形", "数量", "备注"].contains(&column.as_str());
                if is_shown && !cell.is_empty() {
                    let _ = write!(out, "，{column} {cell}");
                }
            }
            out.push('\n');
        }
        out.trim_end().to_owned()
    }
}

/// Whose rows an input needs: each group's, and so many of each that something is left behind 去掉最高最低.
fn raters(plan: &Plan, id: InputId) -> Vec<String> {
    let input = &plan.inputs[id.index()];
    if input.kind != InputKind::Rating {
        return vec!["某人".to_owned()];
    }
    let mut trim = 0;
    everything(
        plan,
        &mut |expr| match expr {
            Expr::Rows(rows) if rows.input == id => trim = trim.max(rows.trim),
            _ => {}
        },
        &mut |_| {},
    );
    let mut groups: Vec<String> = input.raters.iter().map(|group| plan.symbols.text(*group).to_owned()).collect();
    if groups.is_empty() {
        groups.push("某人".to_owned());
    }
    groups.into_iter().flat_map(|group| vec![group; 1 + 2 * trim as usize]).collect()
}

/// A period as an 例 writes it: 2023年4月, 2023年第2季度, 2023年.
pub fn said_period(period: &Period) -> String {
    if period.cycle == Cycle::Month { month_text(&period.name) } else { period_text(&period.name) }
}

/// 2023年4月, as an 例 writes it.
fn month_text(month: &str) -> String {
    match month.split_once('-') {
        Some((year, number)) => format!("{year}年{}月", number.trim_start_matches('0')),
        None => month.to_owned(),
    }
}

/// 2023年第2季度, 2023年上半年, 2023年
fn period_text(period: &str) -> String {
    let year = period.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    match (year, period.get(4..)) {
        (Some(year), Some("")) => format!("{year}年"),
        (Some(year), Some("-H1")) => format!("{year}年上半年"),
        (Some(year), Some("-H2")) => format!("{year}年下半年"),
        (Some(year), Some(part)) if part.len() == 3 && part.starts_with("-Q") => {
            format!("{year}年第{}季度", &part[2..])
        }
        // A school year goes by the year that it begins in.
        (Some(year), Some(_)) if !period.contains('-') => format!("{year}年"),
        _ => period.to_owned(),
    }
}

/// Something a row or a unit is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Column(ColumnId),
    Attribute(AttributeId),
    /// 分值
    Points,
    /// 位次, 人数, 事项
    Field(RowField),
    /// For its month alone, though a longer period is assessed.
    Month,
}

fn any_cell(plan: &Plan, column: &Column) -> String {
    match (&column.kind, &column.values) {
        (Type::Text, Some(values)) => values.first().map_or_else(String::new, |id| plan.symbols.text(*id).to_owned()),
        (Type::Text, None) => "某项".to_owned(),
        (Type::Date, _) => plan.calendar.first().first_day().to_string(),
        (kind, _) => cell(Number::from(Decimal::ONE), kind),
    }
}
