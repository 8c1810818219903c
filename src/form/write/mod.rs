//! A form as it goes out: entry cells with drop-downs and checks, everything else locked.

mod clauses;
mod events;
mod indicators;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use self::clauses::{clauses, lists};
use self::events::events;
use self::indicators::indicators;
use super::Form;
use super::layout::{CLAUSES, EVENTS, INDICATORS, LISTS, MARK};
use crate::facts::Unit;

/// The longest note; people do not read longer ones.
const LONGEST_NOTE: usize = 1500;

/// The form as the bytes of a workbook: the same form, the same bytes.
pub fn workbook(form: &Form<'_>, roster: &[Unit]) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let own = form.plan.calendar.period(form.period);
    let units: Vec<&str> = roster.iter().filter(|unit| unit.is_there_in(own)).map(|unit| unit.name.as_str()).collect();
    let mut book = Workbook::new();
    let first = form.plan.calendar.period(form.period).first;
    let made = ExcelDateTime::from_ymd(first.year() as u16, first.number() as u8, 1)?;
    book.set_properties(&DocProperties::new().set_title(title(form)).set_creation_datetime(&made));
    if !form.indicators.is_empty() {
        indicators(book.add_worksheet().set_name(INDICATORS)?, form, roster, &looks)?;
    }
    if !form.events.is_empty() {
        events(book.add_worksheet().set_name(EVENTS)?, form, &units, &looks)?;
    }
    clauses(book.add_worksheet().set_name(CLAUSES)?, form, &looks)?;
    lists(book.add_worksheet().set_name(LISTS)?, form, &units)?;
    mark(book.add_worksheet().set_name(MARK)?, form)?;
    book.save_to_buffer()
}

/// How cells look.
struct Looks {
    title: Format,
    hint: Format,
    header: Format,
    locked: Format,
    /// Locked, and in one line that goes on over what is empty beside it.
    said: Format,
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
            said: cell(),
            entry: entry(),
            percent: entry().set_num_format("0.##%"),
            day: entry().set_num_format(r"yyyy\-mm\-dd"),
            text: entry().set_num_format("@"),
        }
    }
}

/// What stands at the head of every sheet.
fn title(form: &Form<'_>) -> String {
    let period = &form.plan.calendar.period(form.period).name;
    format!("{}报送表　{period}　{}", form.plan.title, form.department)
}

/// A check that refuses whatever it does not let through; what is too long for the program is cut.
fn refusing(check: DataValidation, title: &str, message: &str) -> Result<DataValidation, XlsxError> {
    let message: String = message.chars().take(200).collect();
    let check = check.set_error_style(DataValidationErrorStyle::Stop);
    let title: String = title.chars().take(30).collect();
    check.set_error_title(title)?.set_error_message(message)
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

/// At the foot of every printed page: who filled it in, looked through it and answers for it.
const SIGNED: &str =
    "&L填表人：　　　　　审核人：　　　　　负责人（签字、盖章）：　　　　　填报日期：　　　　　&R第 &P 页　共 &N 页";

/// Locked, and ready for paper.
fn page(sheet: &mut Worksheet, first: u32, last: u32) -> Result<(), XlsxError> {
    let mut options = ProtectionOptions::new();
    options.format_columns = true;
    options.format_rows = true;
    options.sort = true;
    sheet.protect_with_options(&options);
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(first, last)?;
    // As large as it is, however much the sheet is made smaller to fit the page.
    sheet.set_footer(SIGNED).set_header_footer_scale_with_doc(false);
    Ok(())
}
