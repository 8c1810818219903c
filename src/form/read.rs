//! A form as it comes back: whether it is one, whether it is the right one, and its facts.

use std::collections::{BTreeMap, BTreeSet};

use super::changed::changes;
use super::layout::{
    ANY_EVENTS, CLAUSES, EVENT_HEADER, EVENTS, EVERY_UNIT, FIRST_UNIT, INDICATOR_HEADER, INDICATOR_PERIOD, INDICATORS,
    LISTS, MARK,
};
use super::{Form, Kept, forms};
use crate::calendar::{Period, PeriodId};
use crate::diagnostic::workbook::letters;
use crate::diagnostic::{Finding, Place};
use crate::facts::{self, SPANNING};
use crate::parse::fold::fold_name;
use crate::plan::{InputId, NodeId, Plan, Role};
use crate::workbook::table::{self, Table, Wanted};
use crate::workbook::{Content, Refused, Region, Sheet};

/// Heads the column in which a form says what the chosen clause is.
const SAID: &str = "本条";

/// What the hidden sheet of a form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// 方案
    pub title: String,
    /// 方案指纹: the meaning of the rulebook that it was made by.
    pub hash: String,
    /// 表格指纹: what is asked.
    pub fingerprint: String,
    /// 期间, by name.
    pub period: String,
    /// 部门
    pub department: String,
}

/// What kind of form a workbook is, where it is one.
pub fn find(sheets: &[Sheet]) -> Option<Found> {
    let mark = sheets.iter().find(|sheet| sheet.name == MARK && sheet.text(1, 1) == "报送表")?;
    let value = |name: &str| {
        let row = (1..=20).find(|row| mark.text(*row, 1) == name);
        row.map_or(String::new(), |row| mark.text(row, 2).to_owned())
    };
    let [title, hash, fingerprint, period, department] = ["方案", "方案指纹", "表格指纹", "期间", "部门"].map(value);
    Some(Found { title, hash, fingerprint, period, department })
}

/// A workbook with the sheets of a form and without its mark: they were copied into another one.
pub fn without_mark(name: &str, sheets: &[Sheet]) -> Option<Finding> {
    let copied = sheets.iter().find(|sheet| looks_like(sheet).is_some())?;
    let place = at(name, &copied.name, 0, 0);
    let finding =
        Finding::error("form-without-mark", place, format!("“{name}”是报送表的样子，没有工作表“准绳”，不能收"));
    Some(finding.help("表是拷到别的工作簿里的，用原来的报送表填；找不到的，重新生成一份，把数填进去"))
}

/// The sheet of a form that a sheet is laid out as.
fn looks_like(sheet: &Sheet) -> Option<&'static str> {
    let row = INDICATOR_HEADER + 1;
    if sheet.text(row, 1) == "条款" && sheet.text(row + 1, 1) == "指标" {
        return Some(INDICATORS);
    }
    sheet.text(ANY_EVENTS.0 + 1, 1).starts_with("本期有没有事项").then_some(EVENTS)
}

/// Sheets that somebody copied within the form: what they hold would count beside what they were copied from.
fn has_copies(name: &str, others: &[&Sheet], findings: &mut Vec<Finding>) -> bool {
    let copies = others.iter().filter(|sheet| !sheet.hidden).filter_map(|sheet| Some((sheet, looks_like(sheet)?)));
    let told = copies.map(|(sheet, own)| {
        let place = at(name, &sheet.name, 0, 0);
        let message = format!("工作表“{}”是“{own}”的副本，不能两张都算", sheet.name);
        let finding = Finding::error("form-sheet-copied", place, message).text(sheet.name.clone());
        finding.help(format!("里面有“{own}”没有的，写到“{own}”里，再删去“{}”", sheet.name))
    });
    let before = findings.len();
    findings.extend(told);
    findings.len() > before
}

/// The tables of a form, or why it is refused; `renamed` is former names of units, each with the one that took its place.
pub fn tables(
    plan: &Plan,
    name: &str,
    sheets: &[Sheet],
    found: &Found,
    renamed: &BTreeMap<String, String>,
    findings: &mut Vec<Finding>,
) -> Result<Option<(Kept, Vec<Table>)>, Refused> {
    let Some(period) = right_one(plan, name, sheets, found, findings) else { return Ok(None) };
    let form = forms(plan, period).into_iter().find(|form| form.department == found.department);
    let (ours, others): (Vec<&Sheet>, Vec<&Sheet>) =
        sheets.iter().partition(|sheet| [INDICATORS, EVENTS, CLAUSES, LISTS, MARK].contains(&sheet.name.as_str()));
    if let Some(form) = &form
        && !has_its_sheets(name, form, &ours, &others, findings)
    {
        return Ok(None);
    }
    if has_copies(name, &others, findings) {
        return Ok(None);
    }
    let mut kept = Kept {
        name: name.to_owned(),
        period,
        department: found.department.clone(),
        events: 0,
        any_events: None,
        blanks: Vec::new(),
        owed: None,
    };
    // A form on which nothing is filled in has not come back.
    let blank = |sheet: &Sheet| form.as_ref().map_or(Vec::new(), |form| blanks(name, sheet, form));
    let mut tables = Vec::new();
    for sheet in ours.into_iter().filter(|sheet| !sheet.hidden) {
        match sheet.name.as_str() {
            INDICATORS if !is_laid_out(name, sheet, findings) => return Ok(None),
            INDICATORS if !has_its_units(name, sheet, sheets, renamed, findings) => return Ok(None),
            INDICATORS if form.as_ref().is_some_and(|form| !has_its_indicators(name, sheet, form, findings)) => {
                return Ok(None);
            }
            INDICATORS => {
                tables.extend(indicators(name, sheet, plan, period, findings)?);
                kept.blanks = blank(sheet);
            }
            EVENTS if !is_laid_out(name, sheet, findings) => return Ok(None),
            EVENTS => {
                let Some(answer) = answer(name, sheet, findings) else { return Ok(None) };
                kept.any_events = answer;
                if form.as_ref().is_some_and(|form| !has_its_columns(name, sheet, form, findings)) {
                    return Ok(None);
                }
                if form.is_some() && !is_of_its_department(name, sheet, plan, &kept.department, findings) {
                    return Ok(None);
                }
                if let Some(table) = events(name, sheet, plan, period, &mut kept, findings)? {
                    tables.push(table);
                }
            }
            _ => {}
        }
    }
    if form.is_none_or(|form| !form.events.is_empty()) {
        kept.owed = owed(&kept, &tables);
    }
    // A sheet that a department adds is a table like that of any other workbook.
    tables.extend(table::tables(name, others, Wanted::Facts, findings)?);
    Ok(Some((kept, tables)))
}

// ---------------------------------------------------------------- whether it is as it went out

/// Whether every sheet that is filled in is there, under its own name and to be seen.
fn has_its_sheets(
    name: &str,
    form: &Form<'_>,
    ours: &[&Sheet],
    others: &[&Sheet],
    findings: &mut Vec<Finding>,
) -> bool {
    let asked = [(INDICATORS, !form.indicators.is_empty()), (EVENTS, !form.events.is_empty())];
    let mut whole = true;
    for (wanted, _) in asked.into_iter().filter(|(_, asked)| *asked) {
        let mut of_it = ours.iter().filter(|sheet| sheet.name == wanted);
        let place = || at(name, wanted, 0, 0);
        let finding = match (of_it.next(), others.iter().find(|sheet| !sheet.hidden && !sheet.cells.is_empty())) {
            (Some(sheet), _) if !sheet.hidden => continue,
            (Some(_), _) => {
                let finding =
                    Finding::error("form-without-sheet", place(), format!("报送表的工作表“{wanted}”隐藏了，没有读"));
                finding.help(format!("在表格软件里取消隐藏“{wanted}”，再保存"))
            }
            (None, Some(other)) => {
                let message = format!("报送表里没有工作表“{wanted}”，多出来的是“{}”", other.name);
                let finding = Finding::error("form-without-sheet", place(), message).text(other.name.clone());
                finding.help(format!(
                    "“{}”就是它的，把名字改回“{wanted}”；不是的，从原来的报送表拷回“{wanted}”",
                    other.name
                ))
            }
            (None, None) => {
                let message = format!("报送表里没有工作表“{wanted}”");
                let finding = Finding::error("form-without-sheet", place(), message);
                finding.help(format!("从原来的报送表把“{wanted}”拷回来，或重新生成报送表来填"))
            }
        };
        findings.push(finding);
        whole = false;
    }
    whole
}

/// Whether the headers of a sheet stand where they stood when it went out.
fn is_laid_out(name: &str, sheet: &Sheet, findings: &mut Vec<Finding>) -> bool {
    let (row, holds, wanted) = match sheet.name.as_str() {
        INDICATORS => {
            let row = INDICATOR_HEADER + 1;
            let heads = [sheet.text(row, 1), sheet.text(row + 1, 1), sheet.text(row + 2, 1)];
            (row, heads == ["条款", "指标", "怎样填"], "A列第4行是“条款”，第5行是“指标”，第6行是“怎样填”")
        }
        _ => {
            let row = EVENT_HEADER + 1;
            let names = header_of(sheet);
            let holds = [Role::Unit, Role::Clause, Role::Label]
                .iter()
                .any(|role| names.iter().any(|(_, it)| it == role.name()));
            (row, holds, "第5行是表头（单位、条款、情形、数量……）")
        }
    };
    if !holds {
        let place = at(name, &sheet.name, row as usize, 1);
        let message = format!("报送表的“{}”增减了行或列：原来{wanted}", sheet.name);
        let finding = Finding::error("form-out-of-place", place, message).text(sheet.text(row, 1));
        findings.push(finding.help("删去添上的行、列，或用原来的报送表，只在浅黄色的格子里填"));
    }
    holds
}

/// A name that somebody broke for a narrow column is the same name.
fn in_one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Whether every unit that the form went out for has its row: what one that is gone was to say is not "unreported".
fn has_its_units(
    name: &str,
    sheet: &Sheet,
    sheets: &[Sheet],
    renamed: &BTreeMap<String, String>,
    findings: &mut Vec<Finding>,
) -> bool {
    // The list of the drop-downs holds them as they were; whoever deletes or writes over a row leaves it alone.
    let Some(list) = sheets.iter().find(|sheet| sheet.name == LISTS) else { return true };
    let column = |sheet: &Sheet, first: u32| -> Vec<(u32, String)> {
        let cells = sheet.cells.range((first, 0)..).filter(|((_, column), _)| *column == 1);
        cells.map(|((row, _), _)| (*row, in_one_line(sheet.text(*row, 1)))).collect()
    };
    let (listed, here) = (column(list, 2), column(sheet, FIRST_UNIT + 1));
    let known: BTreeSet<&str> = listed.iter().map(|(_, unit)| unit.as_str()).collect();
    // A unit is the same by the name that it had and by the one that it has.
    let now = |unit: &'_ str| renamed.get(unit).map_or(unit, String::as_str).to_owned();
    let there: BTreeSet<String> = here.iter().map(|(_, unit)| now(unit)).collect();
    let mut whole = true;
    for (row, unit) in listed.iter().filter(|(_, unit)| unit != EVERY_UNIT && !there.contains(&now(unit))) {
        // Its row as the form went out.
        let row = FIRST_UNIT + row - 1;
        let other = here.iter().find(|(at, other)| *at == row && !known.contains(other.as_str()));
        let (message, help) = match other {
            Some((_, other)) => (
                format!("报送表里“{unit}”写成了“{other}”"),
                format!("改回“{unit}”：单位名照生成时的写；改了名的，单位.csv的“原名”一列写“{unit}”"),
            ),
            None => (
                format!("报送表的“{INDICATORS}”少了“{unit}”的一行"),
                "从原来的报送表把这一行补上，不要删行；数移到了别的单位的行里的，改回来".to_owned(),
            ),
        };
        let place = at(name, &sheet.name, row as usize, 1);
        let finding = Finding::error("form-out-of-place", place, message);
        findings.push(finding.text(other.map_or("", |(_, other)| other)).help(help));
        whole = false;
    }
    whole
}

/// Whether every indicator that is asked for has its column.
fn has_its_indicators(name: &str, sheet: &Sheet, form: &Form<'_>, findings: &mut Vec<Finding>) -> bool {
    let (clauses, labels) = (INDICATOR_HEADER + 1, INDICATOR_HEADER + 2);
    let columns = sheet.cells.range((clauses, 0)..=(clauses, u32::MAX)).map(|((_, column), _)| *column);
    let name_in = |row: u32, column: u32| in_one_line(sheet.text(row, column));
    let there: BTreeSet<(String, String)> =
        columns.map(|column| (name_in(clauses, column), name_in(labels, column))).collect();
    let mut whole = true;
    for id in &form.indicators {
        let (clause, label) = (form.address(*id).to_owned(), form.input(*id).label.clone());
        if !there.contains(&(clause.clone(), label.clone())) {
            let place = at(name, &sheet.name, clauses as usize, 0);
            let message = format!("报送表的“{INDICATORS}”少了“{clause} {label}”一列");
            let finding = Finding::error("form-out-of-place", place, message);
            findings.push(finding.help("从原来的报送表把这一列补上；列名改了的，改回来"));
            whole = false;
        }
    }
    whole
}

/// The header of the events by column, without spaces.
fn header_of(sheet: &Sheet) -> Vec<(u32, String)> {
    let row = EVENT_HEADER + 1;
    let cells = sheet.cells.range((row, 0)..=(row, u32::MAX)).map(|((_, column), _)| *column);
    cells.map(|column| (column, sheet.text(row, column).split_whitespace().collect())).collect()
}

/// Whether the events have the columns that they went out with: one that is renamed would be read over.
fn has_its_columns(name: &str, sheet: &Sheet, form: &Form<'_>, findings: &mut Vec<Finding>) -> bool {
    let names = header_of(sheet);
    let own = form.column_names();
    let lacking: Vec<&str> =
        own.iter().map(String::as_str).filter(|own| names.iter().all(|(_, name)| name != own)).collect();
    let is_known = |name: &str| {
        let declared = form.plan.columns.iter().any(|column| column.name == name);
        name.is_empty() || name == SAID || declared || Role::ALL.iter().any(|role| role.name() == name)
    };
    let strange = names.iter().find(|(_, name)| !is_known(name));
    // What an older form lacks is no loss, unless something stands in its place.
    let is_needed = |name: &&str| {
        strange.is_some()
            || [Role::Unit, Role::Clause, Role::Label, Role::Quantity].iter().any(|role| role.name() == *name)
    };
    let lacking: Vec<String> = lacking.into_iter().filter(is_needed).map(|name| format!("“{name}”")).collect();
    if lacking.is_empty() {
        return true;
    }
    let (column, text) = strange.map_or((0, ""), |(column, text)| (*column as usize, text.as_str()));
    let place = at(name, &sheet.name, EVENT_HEADER as usize + 1, column);
    let lacking = lacking.join("、");
    let (more, help) = match text {
        "" => (String::new(), format!("在表头补上{lacking}列")),
        text => (
            format!("，多出“{text}”"),
            format!("“{text}”是改了名的，改回{lacking}；是另加的列，删去，再补上{lacking}列"),
        ),
    };
    let finding =
        Finding::error("form-without-column", place, format!("报送表的“{}”没有{lacking}列{more}", sheet.name));
    findings.push(finding.text(text).help(help));
    false
}

/// Whether every event is about a clause of the department: what is pasted goes past the drop-downs.
fn is_of_its_department(name: &str, sheet: &Sheet, plan: &Plan, department: &str, findings: &mut Vec<Finding>) -> bool {
    let mut all = true;
    let Some((column, _)) = header_of(sheet).into_iter().find(|(_, name)| name == Role::Clause.name()) else {
        return all;
    };
    for ((row, _), _) in sheet.cells.iter().filter(|((row, at), _)| *row > EVENT_HEADER + 1 && *at == column) {
        let clause = facts::address(sheet.text(*row, column));
        let node = plan.nodes.iter().position(|node| !node.address.is_empty() && node.address == clause);
        let Some(node) = node else { continue };
        let other = super::department(plan, NodeId(node as u16));
        if other != department {
            let place = at(name, &sheet.name, *row as usize, column as usize);
            let message = format!("“{clause}”由{other}报，这是{department}的报送表");
            let finding = Finding::error("form-of-another-department", place, message).text(clause);
            findings.push(finding.help(format!("删去这一行，写到{other}的报送表里")));
            all = false;
        }
    }
    all
}

/// 有 or 无, or nothing yet; `None` where something else is written.
fn answer(name: &str, sheet: &Sheet, findings: &mut Vec<Finding>) -> Option<Option<bool>> {
    match sheet.text(ANY_EVENTS.0 + 1, u32::from(ANY_EVENTS.1) + 1) {
        "有" => Some(Some(true)),
        "无" => Some(Some(false)),
        "" => Some(None),
        other => {
            let message = format!("“本期有没有事项”不能写“{other}”");
            let finding = Finding::error("unknown-choice", answer_place(name), message).text(other);
            findings.push(finding.expected("有或无").help("从下拉框里选“有”或“无”"));
            None
        }
    }
}

/// What a department that began to fill in its form has left open.
fn owed(kept: &Kept, tables: &[Table]) -> Option<Finding> {
    let place = answer_place(&kept.name);
    match (kept.any_events, kept.events) {
        (Some(true), 0) => {
            let finding = Finding::error("events-left-out", place, "选了“有”，下面却没有事项").text("有");
            Some(finding.help("补上事项，一件事一行；确实没有的，改选“无”"))
        }
        (None, 0) if !tables.is_empty() => {
            let finding = Finding::error("nil-return-unsaid", place, "“本期有没有事项”没有选，下面也没有事项");
            Some(finding.help("没有事项的选“无”；有的选“有”，写在下面"))
        }
        _ => None,
    }
}

/// A cell of a sheet, or the row or the sheet where there is none.
fn at(name: &str, sheet: &str, row: usize, column: usize) -> Place {
    Place { file: table::sheet_name(name, sheet), line: row, column }
}

/// The cell of 有 or 无.
fn answer_place(name: &str) -> Place {
    at(name, EVENTS, ANY_EVENTS.0 as usize + 1, usize::from(ANY_EVENTS.1) + 1)
}

/// The period of a form, where the form is for this rulebook and for the month that its name says.
fn right_one(
    plan: &Plan,
    name: &str,
    sheets: &[Sheet],
    found: &Found,
    findings: &mut Vec<Finding>,
) -> Option<PeriodId> {
    let place = || Place::of(name);
    let other_book = |message: String| {
        let finding = Finding::error("form-of-another-rulebook", place(), message).text(found.title.clone());
        finding.help(
            "移走它，用zhunsheng form按现在的方案重新生成，把数填到新表里\n\
             以前各月按原来的考评的，把改动写成修订（自某月起），原来的表照收",
        )
    };
    let Some(period) = plan.calendar.find(&found.period) else {
        findings.push(other_book(format!("“{name}”是{}的报送表，方案没有这一期", found.period)));
        return None;
    };
    if found.hash != plan.hash() {
        // An amendment may leave what this department reports as it was.
        let form = forms(plan, period).into_iter().find(|form| form.department == found.department);
        if form.as_ref().is_none_or(|form| form.fingerprint() != found.fingerprint) {
            let message = match found.title == plan.title {
                true => format!("“{name}”生成以后，方案里这个部门这一期要报的改过"),
                false => format!("“{name}”不是按这份方案生成的报送表：它的方案是“{}”", found.title),
            };
            let changes = form.map_or(Vec::new(), |form| changes(&form, sheets));
            findings.push(other_book(message).why(changes.join("\n")));
            return None;
        }
    }
    let span = plan.calendar.period(period);
    let titles = sheets.iter().filter(|sheet| [INDICATORS, EVENTS].contains(&sheet.name.as_str())).map(|sheet| {
        let place = at(name, &sheet.name, 1, 1);
        (sheet.text(1, 1), place, "标题")
    });
    for (text, place, what) in std::iter::once((name, place(), "名称")).chain(titles) {
        let named = months_in(&fold_name(text));
        if named.is_empty() || named.iter().any(|month| month.is_within(span)) {
            continue;
        }
        let told: Vec<String> = named.iter().map(Named::spoken).collect();
        let message = format!("“{name}”里面是{}的报送表，{what}写的是{}", span.name, told.join("、"));
        let finding = Finding::error("form-of-another-period", place, message).text(span.name.clone());
        findings.push(finding.help("看看是不是拿错了月份的表：每个月用当月生成的报送表"));
        return None;
    }
    Some(period)
}

/// A month that a name speaks of: 2023-05, 2023年5月, 202305, 2023.5, or 5月 of whatever year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    year: Option<i32>,
    month: u32,
}

impl Named {
    fn is_within(&self, span: &Period) -> bool {
        let months = (0..span.months()).map(|on| span.first.plus(on));
        months.into_iter().any(|it| it.number() == self.month && self.year.is_none_or(|year| year == it.year()))
    }

    fn spoken(&self) -> String {
        self.year.map_or(format!("{}月", self.month), |year| format!("{year}-{:02}", self.month))
    }
}

/// The months that a path or a title speaks of. A day (5月4日, 2023-05-04, 20230504) is when something came in, no month;
/// 5月 without a year is read of the file's own name alone.
fn months_in(path: &str) -> Vec<Named> {
    let own_from = path.rfind('/').map_or(0, |at| path[..at].chars().count());
    let chars: Vec<char> = path.chars().collect();
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |from: usize, length: usize| chars[from..from + length].iter().collect::<String>().parse::<u32>().ok();
    let at = |index: usize| chars.get(index).copied().unwrap_or(' ');
    // What stands behind a month and makes a day of it.
    let is_day = |from: usize| {
        let from = if at(from) == '月' || ['-', '.', '_'].contains(&at(from)) { from + 1 } else { return false };
        let length = digits(from.min(chars.len()));
        (1..=2).contains(&length) && (['日', '号'].contains(&at(from + length)) || at(from - 1) != '月')
    };
    let mut found = Vec::new();
    let mut index = 0;
    while index < chars.len() {
        let length = digits(index);
        if length == 0 {
            index += 1;
            continue;
        }
        let behind = index + length;
        let (year, month, end) = match length {
            6 => (number(index, 4), number(index + 4, 2), behind),
            4 if ['-', '年', '.', '_'].contains(&at(behind)) => {
                let of_month = digits((behind + 1).min(chars.len()));
                match of_month {
                    1 | 2 => (number(index, 4), number(behind + 1, of_month), behind + 1 + of_month),
                    _ => (None, None, behind),
                }
            }
            // Not the end of a stretch: 1至5月.
            1 | 2
                if at(behind) == '月'
                    && index > own_from
                    && !['至', '到', '-', '~', '—', '年', '.'].contains(&at(index - 1)) =>
            {
                (None, number(index, length), behind)
            }
            1 | 2 if at(behind) == '月' && index == 0 => (None, number(index, length), behind),
            _ => (None, None, behind),
        };
        if let Some(month) = month.filter(|month| (1..=12).contains(month) && !is_day(end)) {
            let year = year.and_then(|year| i32::try_from(year).ok());
            if year.is_none_or(|year| (1990..=2100).contains(&year)) {
                found.push(Named { year, month });
            }
        }
        index = end.max(behind);
    }
    found
}

/// 月份 for a month, 期间 for what is longer.
fn when(plan: &Plan, period: PeriodId) -> Role {
    if plan.calendar.period(period).months() > 1 { Role::Period } else { Role::Month }
}

/// The cells that are asked for and empty.
fn blanks(name: &str, sheet: &Sheet, form: &Form<'_>) -> Vec<(String, InputId, PeriodId, Place)> {
    let (clauses, labels) = (INDICATOR_HEADER + 1, INDICATOR_HEADER + 2);
    let columns: Vec<u32> =
        sheet.cells.range((labels, 2)..=(labels, u32::MAX)).map(|((_, column), _)| *column).collect();
    let last = sheet.cells.keys().map(|(row, _)| *row).max().unwrap_or(0);
    let mut blanks = Vec::new();
    for (id, period) in form.asked_of_units() {
        let named = &form.plan.calendar.period(period).name;
        let is_it = |column: &&u32| {
            let at = sheet.text(INDICATOR_PERIOD + 1, **column);
            in_one_line(sheet.text(clauses, **column)) == form.address(id)
                && in_one_line(sheet.text(labels, **column)) == form.input(id).label
                && (at == named || period == form.period)
        };
        let Some(column) = columns.iter().find(is_it) else { continue };
        for row in FIRST_UNIT + 1..=last {
            let unit = in_one_line(sheet.text(row, 1));
            if !unit.is_empty() && !sheet.cells.contains_key(&(row, *column)) {
                let file = table::sheet_name(name, &sheet.name);
                blanks.push((unit, id, period, Place { file, line: row as usize, column: *column as usize }));
            }
        }
    }
    blanks
}

/// Cells that merged ones may cover in all, one counted as often as it is covered.
const MOST_COVERED: usize = 1_000_000;

/// A number that is merged over several cells is that of none of them.
fn part_merged(sheet: &mut Sheet) -> Result<(), Refused> {
    let mut covered = 0;
    let last = sheet.cells.keys().fold((0, 0), |last, at| (last.0.max(at.0), last.1.max(at.1)));
    for Region { rows, columns } in std::mem::take(&mut sheet.merged) {
        if sheet.text(rows.0, columns.0).is_empty() || rows.1 <= FIRST_UNIT || columns.1 < 2 {
            continue;
        }
        for row in rows.0.max(FIRST_UNIT + 1)..=rows.1.min(last.0) {
            for column in columns.0.max(2)..=columns.1.min(last.1) {
                sheet.cells.insert((row, column), Content::Text(SPANNING.to_owned()));
                covered += 1;
                if covered > MOST_COVERED {
                    return Err(Refused::TooLarge("合并的单元格太多".to_owned()));
                }
            }
        }
    }
    Ok(())
}

/// Every filled column of the matrix as a table of its own, so that its rows are the rows of the sheet.
fn indicators(
    name: &str,
    sheet: &Sheet,
    plan: &Plan,
    period: PeriodId,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Table>, Refused> {
    let (clauses, labels, first) = (INDICATOR_HEADER + 1, INDICATOR_HEADER + 2, FIRST_UNIT + 1);
    let mut sheet = sheet.clone();
    table::leave_notes(name, &mut sheet, FIRST_UNIT, |_, text| table::begins_a_note(text), findings);
    part_merged(&mut sheet)?;
    let sheet = &sheet;
    let last_column = sheet.cells.keys().map(|(_, column)| *column).max().unwrap_or(0);
    let last_row = sheet.cells.keys().map(|(row, _)| *row).max().unwrap_or(0);
    let names_periods = sheet.text(INDICATOR_PERIOD + 1, 1) == Role::Period.name();
    let own = (when(plan, period).name(), plan.calendar.period(period).name.as_str());
    let mut tables = Vec::new();
    for column in 2..=last_column {
        let (when_name, when) = match sheet.text(INDICATOR_PERIOD + 1, column) {
            named if names_periods && !named.is_empty() => (Role::Period.name(), named),
            _ => own,
        };
        let (clause, label) = (sheet.text(clauses, column), sheet.text(labels, column));
        let filled = (first..=last_row).any(|row| sheet.cells.contains_key(&(row, column)));
        if filled && clause.is_empty() {
            let called = match label {
                "" => format!("{}列", letters(column as usize)),
                label => format!("“{label}”列"),
            };
            let place = at(name, &sheet.name, labels as usize, column as usize);
            let finding = Finding::warning("unknown-column", place, format!("{called}不是报送表的，没有读"));
            findings.push(finding.text(label).help("不是事实的，不用改；是事实的，写在工作表“事项”里"));
        }
        if !filled || clause.is_empty() {
            continue;
        }
        let mut text = "\n".repeat(first as usize - 2);
        text.push_str(&format!("{when_name},单位,条款,情形,数量\n"));
        for row in first..=last_row {
            let value = sheet.cells.get(&(row, column));
            if let Some(value) = value {
                for cell in [when, &in_one_line(sheet.text(row, 1)), &in_one_line(clause), &in_one_line(label)] {
                    table::quote(cell, &mut text);
                    text.push(',');
                }
                table::quote(&table::shown(value, false), &mut text);
            }
            text.push('\n');
        }
        tables.push(Table { name: table::sheet_name(name, &sheet.name) + &letters(column as usize), text });
    }
    Ok(tables)
}

/// The events with their month, each at its row.
fn events(
    name: &str,
    sheet: &Sheet,
    plan: &Plan,
    period: PeriodId,
    kept: &mut Kept,
    findings: &mut Vec<Finding>,
) -> Result<Option<Table>, Refused> {
    let header = EVENT_HEADER + 1;
    let mut sheet = sheet.clone();
    // What stands above the header, and what the form itself says behind the last column.
    let said = sheet.cells.iter().find(|((row, _), content)| *row == header && **content == Content::Text(SAID.into()));
    let said = said.map(|((_, column), _)| *column);
    sheet.cells.retain(|(row, column), _| *row >= header && Some(*column) != said);
    let rows: Vec<u32> = sheet.rows().into_keys().filter(|row| *row > header).collect();
    kept.events = rows.len();
    if kept.any_events == Some(false) && !rows.is_empty() {
        let message = format!("选了“无”，下面却有{}行事项", rows.len());
        let finding = Finding::error("nil-return-with-events", answer_place(name), message);
        findings.push(finding.text("无").help("改选“有”，或删去下面的事项"));
        return Ok(None);
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let column = said.unwrap_or_else(|| sheet.cells.keys().map(|(_, column)| *column).max().unwrap_or(0) + 1);
    let when_name = when(plan, period).name().to_owned();
    sheet.cells.insert((header, column), Content::Text(when_name));
    let months = header_of(&sheet).into_iter().find(|(_, name)| name == Role::Month.name()).map(|(column, _)| column);
    for row in rows {
        // A row that names its month is about that one.
        if months.is_none_or(|months| sheet.text(row, months).is_empty()) {
            sheet.cells.insert((row, column), Content::Text(plan.calendar.period(period).name.clone()));
        }
    }
    table::table(name, &sheet, Wanted::Facts, findings)
}
