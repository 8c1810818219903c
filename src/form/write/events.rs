//! The sheet of events: a row a thing that happened, checked against the list of what may be chosen.

use rust_xlsxwriter::{DataValidation, DataValidationRule, ExcelDateTime, Formula, Note, Worksheet, XlsxError};

use super::{Looks, page, refusing, title};
use crate::calendar::Month;
use crate::diagnostic::workbook::letters;
use crate::form::Form;
use crate::form::layout::{ANY_EVENTS, CLAUSES, EVENT_HEADER, EVENT_ROWS, FIRST_LIST, LAST_ROW, LISTS};
use crate::plan::{InputId, InputKind, Role, Type};

/// A column of the events.
struct Column {
    name: String,
    kind: Kind,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unit,
    Clause,
    Label,
    Month,
    Number,
    Points,
    Day,
    /// One of the values that the rulebook lists, which stand in this column of the lists, from 0.
    Choice {
        list: u16,
        count: usize,
    },
    Text,
}

impl Form<'_> {
    /// The header of the events.
    pub(in crate::form) fn column_names(&self) -> Vec<String> {
        self.columns().into_iter().map(|column| column.name).collect()
    }

    /// Those that some event of the form needs, in the order of the files.
    fn columns(&self) -> Vec<Column> {
        let needs = self.needs();
        let mut columns = Vec::new();
        let mut add = |wanted: bool, role: Role, kind: Kind| {
            if wanted {
                columns.push(Column { name: role.name().to_owned(), kind });
            }
        };
        let globals = |id: &InputId| matches!(self.input(*id).kind, InputKind::Parameter { .. });
        let any_number = self.events.iter().any(|id| !globals(id));
        add(true, Role::Unit, Kind::Unit);
        add(true, Role::Clause, Kind::Clause);
        add(true, Role::Label, Kind::Label);
        add(true, Role::Quantity, Kind::Number);
        add(!self.months_to_choose().is_empty(), Role::Month, Kind::Month);
        add(needs.points.is_some(), Role::Points, Kind::Points);
        add(any_number, Role::Matter, Kind::Text);
        add(needs.person, Role::Person, Kind::Text);
        add(needs.rater, Role::Rater, Kind::Text);
        add(needs.coefficient, Role::Coefficient, Kind::Number);
        add(needs.shares, Role::Place, Kind::Number);
        add(needs.shares, Role::People, Kind::Number);
        add(needs.scale, Role::Scale, Kind::Number);
        add(needs.deadline, Role::Deadline, Kind::Day);
        add(needs.deadline || needs.completed, Role::Completed, Kind::Day);
        add(any_number, Role::Occurred, Kind::Day);
        add(needs.found, Role::Found, Kind::Day);
        let refunds = self.plan.rules.iter().any(|rule| rule.refund.is_some());
        add(refunds, Role::Number, Kind::Text);
        add(refunds, Role::Repairs, Kind::Text);
        add(refunds, Role::Repaired, Kind::Day);
        add(needs.evidence, Role::Evidence, Kind::Text);
        add(true, Role::Basis, Kind::Text);
        add(true, Role::Note, Kind::Text);
        for (at, column) in self.plan.columns.iter().enumerate() {
            let listed = self.listed_columns().position(|(listed, _)| listed == at);
            let kind = match column.kind {
                Type::Text if let (Some(list), Some(values)) = (listed, &column.values) => {
                    Kind::Choice { list: FIRST_LIST + list as u16, count: values.len() }
                }
                Type::Date => Kind::Day,
                Type::Text => Kind::Text,
                // A percentage must show its sign.
                Type::Percent => Kind::Text,
                _ => Kind::Number,
            };
            columns.push(Column { name: column.name.clone(), kind });
        }
        columns
    }
}

/// The sheet: a head, then empty rows, each with the clause's own text beside it as soon as one is chosen.
pub(super) fn events(sheet: &mut Worksheet, form: &Form<'_>, units: &[&str], looks: &Looks) -> Result<(), XlsxError> {
    let first = EVENT_HEADER + 1;
    let drawn = EVENT_HEADER + EVENT_ROWS;
    let columns = form.columns();
    // A column's look goes down all of it; what is above the header is no entry.
    for row in 0..EVENT_HEADER {
        for index in 0..columns.len() as u16 {
            sheet.write_blank(row, index, &looks.hint)?;
        }
    }
    sheet.write_with_format(0, 0, title(form), &looks.title)?;
    let hint = format!(
        "一件事一行，单位、条款、情形从下拉框里选。请于{}前报送，当日报送的不算迟。浅黄色的格子可以填写，其他锁定。",
        form.due()
    );
    sheet.write_with_format(1, 0, hint, &looks.hint)?;
    sheet.write_with_format(ANY_EVENTS.0, 0, "本期有没有事项（没有的也要选“无”）", &looks.hint)?;
    sheet.write_blank(ANY_EVENTS.0, ANY_EVENTS.1, &looks.entry)?;
    let check = refusing(DataValidation::new().allow_list_strings(&["有", "无"])?, "有或无", "选“有”或“无”")?;
    sheet.add_data_validation(ANY_EVENTS.0, ANY_EVENTS.1, ANY_EVENTS.0, ANY_EVENTS.1, &check)?;
    let chosen = Chosen::new(form, &columns);
    for (index, column) in (0u16..).zip(&columns) {
        sheet.write_string_with_format(EVENT_HEADER, index, &column.name, &looks.header)?;
        let look = match column.kind {
            Kind::Day => &looks.day,
            Kind::Text | Kind::Month | Kind::Choice { .. } => &looks.text,
            Kind::Unit | Kind::Clause | Kind::Label | Kind::Number | Kind::Points => &looks.entry,
        };
        // A cell of its own prints, empty or not; a column's look prints where something stands.
        sheet.set_column_format(index, look)?;
        for row in first..=drawn {
            sheet.write_blank(row, index, look)?;
        }
        let cell = format!("{}{}", letters(usize::from(index) + 1), first + 1);
        if let Some((check, message)) = check_of(column, &cell, &chosen, form.units(units).len())? {
            sheet.add_data_validation(first, index, LAST_ROW, index, &refusing(check, &column.name, &message)?)?;
        }
        let is_long = matches!(column.kind, Kind::Unit | Kind::Clause | Kind::Label);
        sheet.set_column_width(index, if is_long { 18 } else { 12 })?;
    }
    let said = columns.len() as u16;
    sheet.write_string_with_format(EVENT_HEADER, said, "本条", &looks.header)?;
    for row in first..=drawn {
        // Blank until someone chooses: the library takes an empty result for 0.
        let formula = format!("=IFERROR({},\"\")", chosen.listed('I', row + 1));
        sheet.write_formula_with_format(row, said, Formula::new(formula).set_result(" "), &looks.said)?;
    }
    sheet.set_column_width(said, 60)?;
    let help = format!(
        "条款的原文在工作表“{CLAUSES}”，前{EVENT_ROWS}行选了条款和情形的，也显示在右边的“本条”。\n报送期限：{}",
        form.due()
    );
    sheet.insert_note(EVENT_HEADER, 1, &Note::new(help).add_author_prefix(false).set_width(300).set_height(80))?;
    sheet.set_freeze_panes(first, 1)?;
    // Paper has what is reported, as far down as there is any.
    sheet.set_print_area(0, 0, LAST_ROW, said - 1)?;
    page(sheet, EVENT_HEADER, EVENT_HEADER)
}

/// Where rows say their clause and label, and how long the lists of them are.
struct Chosen {
    /// The letters of the column.
    clause: String,
    /// The letters of the column.
    label: String,
    clauses: usize,
    labels: usize,
    months: Vec<String>,
    /// The first month of the form.
    first: Month,
}

impl Chosen {
    fn new(form: &Form<'_>, columns: &[Column]) -> Chosen {
        let at = |kind: Kind| columns.iter().position(|column| column.kind == kind).map(|at| letters(at + 1));
        Chosen {
            clause: at(Kind::Clause).unwrap_or_default(),
            label: at(Kind::Label).unwrap_or_default(),
            clauses: form.clauses().len(),
            labels: form.events.len(),
            months: form.months_to_choose().into_iter().map(str::to_owned).collect(),
            first: form.plan.calendar.period(form.period).first,
        }
    }

    /// What a column of the list says of the clause and label that are chosen in a row, from 1.
    fn listed(&self, column: char, row: u32) -> String {
        let Chosen { clause, label, .. } = self;
        let last = self.labels + 1;
        let found = format!("MATCH(${clause}{row}&\"|\"&${label}{row},'{LISTS}'!$E$2:$E${last},0)");
        format!("INDEX('{LISTS}'!${column}$2:${column}${last},{found})")
    }

    /// The labels of the clause that is chosen in a row: those of one clause stand together in the list.
    fn labels(&self, row: u32) -> String {
        let clause = &self.clause;
        let clauses = format!("'{LISTS}'!$C$2:$C${}", self.labels + 1);
        format!("OFFSET('{LISTS}'!$D$1,MATCH(${clause}{row},{clauses},0),0,COUNTIF({clauses},${clause}{row}),1)")
    }
}

/// What the cells of a column take, and what is said to who writes anything else. `cell` is the first of them.
fn check_of(
    column: &Column,
    cell: &str,
    chosen: &Chosen,
    units: usize,
) -> Result<Option<(DataValidation, String)>, XlsxError> {
    let first = EVENT_HEADER + 2;
    let list = |range: String| DataValidation::new().allow_list_formula(Formula::new(range));
    let holds = |condition: String| DataValidation::new().allow_custom(Formula::new(condition));
    let checked = match column.kind {
        Kind::Unit => Some((list(format!("='{LISTS}'!$A$2:$A${}", units + 1)), "从下拉框里选单位")),
        Kind::Clause => Some((list(format!("='{LISTS}'!$B$2:$B${}", chosen.clauses + 1)), "从下拉框里选条款")),
        Kind::Label => Some((list(format!("={}", chosen.labels(first))), "先选条款，再从下拉框里选情形")),
        // A list within a check is at most 255 characters: of a longer term the months are typed.
        Kind::Month if chosen.months.join(",").len() > 255 => None,
        Kind::Month => Some((DataValidation::new().allow_list_strings(&chosen.months)?, "从下拉框里选月份")),
        Kind::Number if column.name == Role::Quantity.name() => {
            let whole = format!("IFERROR({},0)", chosen.listed('F', first));
            let number = format!("=AND(ISNUMBER({cell}),{cell}>=0,OR({whole}=0,{cell}=INT({cell})))");
            Some((holds(number), "填不小于0的数；按件、次、人计的填整数"))
        }
        Kind::Number => {
            let check = DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
            Some((check, "填不小于0的数"))
        }
        Kind::Points => {
            let least = format!("IFERROR({},0)", chosen.listed('G', first));
            let most = format!("IFERROR({},1000)", chosen.listed('H', first));
            let points = format!("=AND(ISNUMBER({cell}),{cell}>={least},{cell}<={most})");
            Some((holds(points), "分值要在条款规定的范围内，范围见右边的“本条”或工作表“条款”"))
        }
        Kind::Day => {
            let (from, to) = (ExcelDateTime::from_ymd(2000, 1, 1)?, ExcelDateTime::from_ymd(2999, 12, 31)?);
            let check = DataValidation::new().allow_date(DataValidationRule::Between(from, to));
            return Ok(Some((check, format!("填日期，如{}-05", chosen.first))));
        }
        Kind::Choice { list: column, count } => {
            let column = letters(usize::from(column) + 1);
            Some((list(format!("='{LISTS}'!${column}$2:${column}${}", count + 1)), "从下拉框里选"))
        }
        Kind::Text => None,
    };
    Ok(checked.map(|(check, message)| (check, message.to_owned())))
}
