//! A form as it goes out: entry cells with drop-downs and checks, everything else locked.

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, Note, ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use super::Form;
use super::layout::{
    ANY_EVENTS, CLAUSES, EVENT_HEADER, EVENT_ROWS, EVENTS, FIRST_UNIT, INDICATOR_HEADER, INDICATORS, LISTS, MARK,
};
use crate::diagnostic::workbook::letters;
use crate::facts::Role;
use crate::plan::{Input, InputId, InputKind, Type, WhenMissing};

/// The longest note; people do not read longer ones.
const LONGEST_NOTE: usize = 1500;

/// The form as the bytes of a workbook: the same form, the same bytes.
pub fn workbook(form: &Form<'_>, units: &[&str]) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut book = Workbook::new();
    let first = form.plan.calendar.period(form.period).first;
    let made = ExcelDateTime::from_ymd(first.year() as u16, first.number() as u8, 1)?;
    book.set_properties(&DocProperties::new().set_title(title(form)).set_creation_datetime(&made));
    if !form.indicators.is_empty() {
        indicators(book.add_worksheet().set_name(INDICATORS)?, form, units, &looks)?;
    }
    if !form.events.is_empty() {
        events(book.add_worksheet().set_name(EVENTS)?, form, units, &looks)?;
    }
    clauses(book.add_worksheet().set_name(CLAUSES)?, form, &looks)?;
    lists(book.add_worksheet().set_name(LISTS)?, form, units)?;
    mark(book.add_worksheet().set_name(MARK)?, form)?;
    book.save_to_buffer()
}

/// How cells look.
struct Looks {
    title: Format,
    hint: Format,
    header: Format,
    locked: Format,
    entry: Format,
    percent: Format,
    day: Format,
    text: Format,
}

impl Looks {
    fn new() -> Looks {
        let cell = || Format::new().set_font_name("宋体").set_font_size(11).set_align(FormatAlign::VerticalCenter);
        let framed = || cell().set_border(FormatBorder::Thin).set_text_wrap();
        let entry = || framed().set_unlocked().set_background_color(Color::RGB(0xFF_FD_F0));
        Looks {
            title: cell().set_font_size(16).set_bold(),
            hint: cell().set_font_color(Color::RGB(0x59_59_59)),
            header: framed().set_bold().set_align(FormatAlign::Center).set_background_color(Color::RGB(0xE8_EE_F4)),
            locked: framed(),
            entry: entry(),
            percent: entry().set_num_format("0.##%"),
            day: entry().set_num_format(r"yyyy\-mm\-dd"),
            text: entry().set_num_format("@"),
        }
    }
}

fn title(form: &Form<'_>) -> String {
    let period = &form.plan.calendar.period(form.period).name;
    format!("{}报送表　{period}　{}", form.plan.title, form.department)
}

// ---------------------------------------------------------------- indicators

fn indicators(sheet: &mut Worksheet, form: &Form<'_>, units: &[&str], looks: &Looks) -> Result<(), XlsxError> {
    sheet.write_with_format(0, 0, title(form), &looks.title)?;
    let hint = format!("每个单位都要填，没有的填0。请于{}前报送。浅黄色的格子可以填写，其他锁定。", form.due());
    sheet.write_with_format(1, 0, hint, &looks.hint)?;
    let names = ["条款", "指标", "怎样填"];
    for (down, name) in (0..).zip(names) {
        sheet.write_with_format(INDICATOR_HEADER + down, 0, name, &looks.header)?;
    }
    for (row, unit) in (FIRST_UNIT..).zip(units) {
        sheet.write_string_with_format(row, 0, *unit, &looks.locked)?;
    }
    let last = FIRST_UNIT + units.len().max(1) as u32 - 1;
    for (column, id) in (1u16..).zip(&form.indicators) {
        let input = form.input(*id);
        sheet.write_string_with_format(INDICATOR_HEADER, column, form.address(*id), &looks.header)?;
        sheet.write_string_with_format(INDICATOR_HEADER + 1, column, &input.label, &looks.header)?;
        sheet.write_string_with_format(INDICATOR_HEADER + 2, column, unit_of(input), &looks.header)?;
        sheet.insert_note(INDICATOR_HEADER + 1, column, &note(form, *id))?;
        let look = if input.quantity == Type::Percent { &looks.percent } else { &looks.entry };
        for row in FIRST_UNIT..=last {
            sheet.write_blank(row, column, look)?;
        }
        let cell = format!("{}{}", letters(usize::from(column) + 1), FIRST_UNIT + 1);
        sheet.add_data_validation(FIRST_UNIT, column, last, column, &number_check(input, &cell)?)?;
        sheet.set_column_width(column, 14)?;
    }
    sheet.set_column_width(0, 18)?;
    for (row, height) in (INDICATOR_HEADER..FIRST_UNIT).zip([34, 34, 50]) {
        sheet.set_row_height(row, height)?;
    }
    sheet.set_freeze_panes(FIRST_UNIT, 1)?;
    page(sheet, INDICATOR_HEADER, INDICATOR_HEADER + 2)
}

/// What an indicator counts, for the person who fills it in.
fn unit_of(input: &Input) -> String {
    let what = match &input.quantity {
        Type::Count(word) => format!("整数，{word}"),
        Type::Quantity(word) => word.clone(),
        Type::Percent => "95.5%这样的百分比".to_owned(),
        Type::Points => "分".to_owned(),
        Type::Money => "元".to_owned(),
        Type::Place => "名次".to_owned(),
        Type::Days => "天".to_owned(),
        Type::Bare | Type::Date | Type::Text => "数".to_owned(),
    };
    if may_be_inapplicable(input) { format!("{what}，或“不适用”") } else { what }
}

fn may_be_inapplicable(input: &Input) -> bool {
    matches!(input.kind, InputKind::Indicator) && input.inapplicable != WhenMissing::Error
}

/// The clause's text, its points and the deadline.
fn note(form: &Form<'_>, id: InputId) -> Note {
    let node = &form.plan.nodes[form.input(id).node.index()];
    let mut text = format!("{} {}", node.address, node.title);
    for rule in form.rules(form.input(id).node) {
        text.push('\n');
        text.push_str(rule);
    }
    if let Some(citation) = &node.citation {
        text.push_str(&format!("\n依据：{citation}"));
    }
    text.push_str(&format!("\n报送期限：{}", form.due()));
    Note::new(text.chars().take(LONGEST_NOTE).collect::<String>())
        .add_author_prefix(false)
        .set_width(320)
        .set_height(180)
}

/// A number as the input takes it. `cell` is the first of the range.
fn number_check(input: &Input, cell: &str) -> Result<DataValidation, XlsxError> {
    let mut conditions =
        vec![format!("ISNUMBER({cell})"), format!("{cell}>={}", input.range.0.unwrap_or(Decimal::ZERO))];
    conditions.extend(input.range.1.map(|most| format!("{cell}<={most}")));
    let whole = matches!(input.quantity, Type::Count(_));
    if whole {
        conditions.push(format!("{cell}=INT({cell})"));
    }
    let number = format!("AND({})", conditions.join(","));
    let formula =
        if may_be_inapplicable(input) { format!("=OR({cell}=\"不适用\",{number})") } else { format!("={number}") };
    let least = input.range.0.unwrap_or(Decimal::ZERO);
    let range = match (input.range.1, &input.quantity) {
        (Some(most), Type::Percent) => format!("{}%到{}%", percent(least), percent(most)),
        (Some(most), _) => format!("{least}到{most}"),
        (None, _) => format!("不小于{least}的{}", if whole { "整数" } else { "数" }),
    };
    refusing(
        DataValidation::new().allow_custom(Formula::new(formula)),
        "数不对",
        &format!("“{}”填{range}", input.label),
    )
}

fn percent(value: Decimal) -> Decimal {
    (value * Decimal::ONE_HUNDRED).normalize()
}

fn refusing(check: DataValidation, title: &str, message: &str) -> Result<DataValidation, XlsxError> {
    let message: String = message.chars().take(200).collect();
    let check = check.set_error_style(DataValidationErrorStyle::Stop);
    let title: String = title.chars().take(30).collect();
    check.set_error_title(title)?.set_error_message(message)
}

// ---------------------------------------------------------------- events

/// A column of the events.
struct Column {
    name: String,
    /// What is asked of the rows that need it.
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unit,
    Clause,
    Label,
    Number,
    Points,
    Day,
    Text,
}

impl Form<'_> {
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
        for column in &self.plan.columns {
            let kind = match column.kind {
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

fn events(sheet: &mut Worksheet, form: &Form<'_>, units: &[&str], looks: &Looks) -> Result<(), XlsxError> {
    let first = EVENT_HEADER + 1;
    let last = EVENT_HEADER + EVENT_ROWS;
    sheet.write_with_format(0, 0, title(form), &looks.title)?;
    let hint =
        format!("一件事一行，单位、条款、情形从下拉框里选。请于{}前报送。浅黄色的格子可以填写，其他锁定。", form.due());
    sheet.write_with_format(1, 0, hint, &looks.hint)?;
    sheet.write_with_format(ANY_EVENTS.0, 0, "本期有没有事项（没有的也要选“无”）", &looks.hint)?;
    sheet.write_blank(ANY_EVENTS.0, ANY_EVENTS.1, &looks.entry)?;
    let check = refusing(DataValidation::new().allow_list_strings(&["有", "无"])?, "有或无", "选“有”或“无”")?;
    sheet.add_data_validation(ANY_EVENTS.0, ANY_EVENTS.1, ANY_EVENTS.0, ANY_EVENTS.1, &check)?;
    let columns = form.columns();
    let at = |kind: Kind| columns.iter().position(|column| column.kind == kind).map(|at| letters(at + 1));
    let clause = at(Kind::Clause).unwrap_or_default();
    let label = at(Kind::Label).unwrap_or_default();
    let pairs = form.events.len() as u32 + 1;
    // The row of the list that the chosen clause and label are in.
    let found = format!("MATCH(${clause}{row}&\"|\"&${label}{row},'{LISTS}'!$E$2:$E${pairs},0)", row = first + 1);
    let listed = |column: char| format!("INDEX('{LISTS}'!${column}$2:${column}${pairs},{found})");
    for (index, column) in (0u16..).zip(&columns) {
        sheet.write_string_with_format(EVENT_HEADER, index, &column.name, &looks.header)?;
        let look = match column.kind {
            Kind::Day => &looks.day,
            Kind::Text => &looks.text,
            Kind::Unit | Kind::Clause | Kind::Label | Kind::Number | Kind::Points => &looks.entry,
        };
        for row in first..=last {
            sheet.write_blank(row, index, look)?;
        }
        let cell = format!("{}{}", letters(usize::from(index) + 1), first + 1);
        let check = match column.kind {
            Kind::Unit => {
                let range = format!("='{LISTS}'!$A$2:$A${}", units.len() + 2);
                Some((DataValidation::new().allow_list_formula(Formula::new(range)), "从下拉框里选单位"))
            }
            Kind::Clause => {
                let range = format!("='{LISTS}'!$B$2:$B${}", form.clauses().len() + 1);
                Some((DataValidation::new().allow_list_formula(Formula::new(range)), "从下拉框里选条款"))
            }
            Kind::Label => {
                // Labels of one clause stand together in the list.
                let clauses = format!("'{LISTS}'!$C$2:$C${pairs}");
                let range = format!(
                    "=OFFSET('{LISTS}'!$D$1,MATCH(${clause}{row},{clauses},0),0,COUNTIF({clauses},${clause}{row}),1)",
                    row = first + 1
                );
                Some((DataValidation::new().allow_list_formula(Formula::new(range)), "先选条款，再从下拉框里选情形"))
            }
            Kind::Number if column.name == Role::Quantity.name() => {
                let whole = format!("IFERROR({},0)", listed('F'));
                let number = format!("AND(ISNUMBER({cell}),{cell}>=0,OR({whole}=0,{cell}=INT({cell})))");
                let check = DataValidation::new().allow_custom(Formula::new(format!("={number}")));
                Some((check, "填不小于0的数；按件、次、人计的填整数"))
            }
            Kind::Number => {
                let check = DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
                Some((check, "填不小于0的数"))
            }
            Kind::Points => {
                let (least, most) = (format!("IFERROR({},0)", listed('G')), format!("IFERROR({},1000)", listed('H')));
                let points = format!("=AND(ISNUMBER({cell}),{cell}>={least},{cell}<={most})");
                Some((
                    DataValidation::new().allow_custom(Formula::new(points)),
                    "分值要在条款规定的范围内，范围见右边的“本条”",
                ))
            }
            Kind::Day => {
                let (from, to) = (ExcelDateTime::from_ymd(2000, 1, 1)?, ExcelDateTime::from_ymd(2999, 12, 31)?);
                let check = DataValidation::new().allow_date(DataValidationRule::Between(from, to));
                Some((check, "填日期，如2023-04-05"))
            }
            Kind::Text => None,
        };
        if let Some((check, message)) = check {
            sheet.add_data_validation(first, index, last, index, &refusing(check, &column.name, message)?)?;
        }
        sheet.set_column_width(
            index,
            if matches!(column.kind, Kind::Unit | Kind::Clause | Kind::Label) { 18 } else { 12 },
        )?;
    }
    let said = columns.len() as u16;
    sheet.write_string_with_format(EVENT_HEADER, said, "本条", &looks.header)?;
    for row in first..=last {
        let found = listed('I').replace(&format!("{clause}{}", first + 1), &format!("{clause}{}", row + 1));
        let found = found.replace(&format!("{label}{}", first + 1), &format!("{label}{}", row + 1));
        // Blank until someone chooses: the library takes an empty result for 0.
        let formula = Formula::new(format!("=IFERROR({found},\"\")")).set_result(" ");
        sheet.write_formula_with_format(row, said, formula, &looks.locked)?;
    }
    sheet.set_column_width(said, 60)?;
    let help =
        format!("条款的原文在工作表“{CLAUSES}”，选了条款和情形的，也显示在右边的“本条”。\n报送期限：{}", form.due());
    sheet.insert_note(EVENT_HEADER, 1, &Note::new(help).add_author_prefix(false).set_width(300).set_height(80))?;
    sheet.set_freeze_panes(first, 1)?;
    page(sheet, EVENT_HEADER, EVENT_HEADER)
}

impl Form<'_> {
    /// The clauses that events may be about, each once.
    fn clauses(&self) -> Vec<&str> {
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

// ---------------------------------------------------------------- the other sheets

/// Every clause of the form with its text, to be looked up.
fn clauses(sheet: &mut Worksheet, form: &Form<'_>, looks: &Looks) -> Result<(), XlsxError> {
    sheet.write_with_format(0, 0, title(form), &looks.title)?;
    for (column, name) in (0..).zip(["条款", "标题", "情形或指标", "方案原文", "要填的"]) {
        sheet.write_string_with_format(2, column, name, &looks.header)?;
    }
    let all = form.indicators.iter().copied().chain(form.by_clause());
    for (row, id) in (3..).zip(all) {
        let input = form.input(id);
        let is_event = form.events.contains(&id);
        let cells = [
            form.address(id).to_owned(),
            form.plan.nodes[input.node.index()].title.clone(),
            input.label.clone(),
            if is_event { form.rule_text(id) } else { form.rules(input.node).collect::<Vec<_>>().join("\n") },
            if is_event { form.asks(id) } else { unit_of(input) },
        ];
        let lines = cells.iter().map(|cell| cell.lines().count()).max().unwrap_or(1).max(1);
        sheet.set_row_height(row, 18 * lines as u32)?;
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &looks.locked)?;
        }
    }
    for (column, width) in (0..).zip([20, 20, 20, 56, 34]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(3, 0)?;
    page(sheet, 2, 2)
}

/// What the drop-downs and checks look up: a list in a cell range may be of any length.
fn lists(sheet: &mut Worksheet, form: &Form<'_>, units: &[&str]) -> Result<(), XlsxError> {
    for (column, name) in (0..).zip(["单位", "条款", "条款", "情形", "条款|情形", "整数", "最少", "最多", "本条"])
    {
        sheet.write_string(0, column, name)?;
    }
    for (row, unit) in (1..).zip(units.iter().chain(&["全体"])) {
        sheet.write_string(row, 0, *unit)?;
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
    sheet.set_hidden(true).protect();
    Ok(())
}

/// What the form was made for; read when it comes back.
fn mark(sheet: &mut Worksheet, form: &Form<'_>) -> Result<(), XlsxError> {
    let rows = [
        ("报送表", "1".to_owned()),
        ("方案", form.plan.title.clone()),
        ("方案指纹", form.plan.hash()),
        ("表格指纹", form.fingerprint()),
        ("期间", form.plan.calendar.period(form.period).name.clone()),
        ("部门", form.department.clone()),
        ("期限", form.due()),
    ];
    for (row, (name, value)) in (0..).zip(rows) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, value)?;
    }
    sheet.set_hidden(true).protect();
    Ok(())
}

/// Locked, and ready for paper.
fn page(sheet: &mut Worksheet, first: u32, last: u32) -> Result<(), XlsxError> {
    let mut options = ProtectionOptions::new();
    options.format_columns = true;
    options.format_rows = true;
    options.sort = true;
    sheet.protect_with_options(&options);
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(first, last)?;
    Ok(())
}
