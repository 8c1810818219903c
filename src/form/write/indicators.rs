//! The sheet of indicators: a row a unit, a column an indicator, each with its clause as a note and its own check.

use rust_decimal::Decimal;
use rust_xlsxwriter::{DataValidation, Formula, Note, Worksheet, XlsxError};

use super::{LONGEST_NOTE, Looks, page, refusing, title};
use crate::calendar::PeriodId;
use crate::diagnostic::workbook::letters;
use crate::facts::Unit;
use crate::form::Form;
use crate::form::layout::{FIRST_UNIT, INDICATOR_HEADER, INDICATOR_PERIOD};
use crate::plan::{Input, InputId, InputKind, Role, Type, WhenMissing};
use crate::wrapped;

/// So many indicators stand beside the units on an upright page.
const MOST_UPRIGHT: usize = 5;

/// How wide the column of units is.
const UNIT_WIDTH: f64 = 18.0;

/// The sheet.
pub(super) fn indicators(
    sheet: &mut Worksheet,
    form: &Form<'_>,
    roster: &[Unit],
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.write_with_format(0, 0, title(form), &looks.title)?;
    let asked = form.asked_of_units();
    let is_asked = |unit: &Unit, period: PeriodId| unit.is_there_in(form.plan.calendar.period(period));
    // Who left during the year is asked for what is reported once for it.
    let units: Vec<&Unit> =
        roster.iter().filter(|unit| asked.iter().any(|(_, period)| is_asked(unit, *period))).collect();
    let who = match units.iter().all(|unit| asked.iter().all(|(_, period)| is_asked(unit, *period))) {
        true => "每个单位都要填",
        false => "浅黄色的格子都要填（那一期不在册的，锁定不填）",
    };
    let hint =
        format!("{who}，没有的填0。请于{}前报送，当日报送的不算迟。浅黄色的格子可以填写，其他锁定。", form.due());
    sheet.write_with_format(1, 0, hint, &looks.hint)?;
    let names = ["条款", "指标", "怎样填"];
    for (down, name) in (0..).zip(names) {
        sheet.write_with_format(INDICATOR_HEADER + down, 0, name, &looks.header)?;
    }
    for (row, unit) in (FIRST_UNIT..).zip(&units) {
        sheet.write_string_with_format(row, 0, &unit.name, &looks.locked)?;
        let lines = wrapped::lines(&unit.name, UNIT_WIDTH);
        if lines > 1 {
            sheet.set_row_height(row, 15 * lines as u32)?;
        }
    }
    let last = FIRST_UNIT + units.len().max(1) as u32 - 1;
    let names_periods = asked.iter().any(|(_, period)| *period != form.period);
    if names_periods {
        sheet.write_with_format(INDICATOR_PERIOD, 0, Role::Period.name(), &looks.header)?;
    }
    for (column, (id, period)) in (1u16..).zip(&asked) {
        let input = form.input(*id);
        if names_periods {
            let period = &form.plan.calendar.period(*period).name;
            sheet.write_string_with_format(INDICATOR_PERIOD, column, period, &looks.header)?;
        }
        sheet.write_string_with_format(INDICATOR_HEADER, column, form.address(*id), &looks.header)?;
        sheet.write_string_with_format(INDICATOR_HEADER + 1, column, &input.label, &looks.header)?;
        sheet.write_string_with_format(INDICATOR_HEADER + 2, column, unit_of(input), &looks.header)?;
        sheet.insert_note(INDICATOR_HEADER + 1, column, &note(form, *id))?;
        let look = if input.quantity == Type::Percent { &looks.percent } else { &looks.entry };
        for row in FIRST_UNIT..=last {
            let unit = units.get((row - FIRST_UNIT) as usize);
            let is_open = unit.is_none_or(|unit| is_asked(unit, *period));
            sheet.write_blank(row, column, if is_open { look } else { &looks.locked })?;
        }
        let cell = format!("{}{}", letters(usize::from(column) + 1), FIRST_UNIT + 1);
        sheet.add_data_validation(FIRST_UNIT, column, last, column, &number_check(input, &cell)?)?;
        sheet.set_column_width(column, 14)?;
    }
    sheet.set_column_width(0, UNIT_WIDTH)?;
    for (row, height) in (INDICATOR_HEADER..FIRST_UNIT).zip([34, 34, 50]) {
        sheet.set_row_height(row, height)?;
    }
    sheet.set_freeze_panes(FIRST_UNIT, 1)?;
    page(sheet, INDICATOR_HEADER, INDICATOR_HEADER + 2)?;
    // Many units and few columns are long rather than wide.
    if asked.len() <= MOST_UPRIGHT {
        sheet.set_portrait();
    }
    Ok(())
}

/// What an indicator counts, for the person who fills it in.
pub(super) fn unit_of(input: &Input) -> String {
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

/// 0.9 is 90.
fn percent(value: Decimal) -> Decimal {
    (value * Decimal::ONE_HUNDRED).normalize()
}
