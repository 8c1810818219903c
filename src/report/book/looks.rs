//! How cells look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use crate::wrapped;

use super::row::{Kind, Row};

use crate::plan::Type;
use crate::word::printable;

/// The looks of all sheets.
pub struct Looks {
    pub title: Format,
    pub hint: Format,
    pub header: Format,
    pub text: Format,
    pub centred: Format,
    pub number: Format,
    pub total: Format,
    pub link: Format,
    /// For rows that do not count; laid over by a condition.
    pub quiet: Format,
}

const HEADER: Color = Color::RGB(0xE8_EE_F4);
const SECTION: Color = Color::RGB(0xF4_F7_FA);
const GREY: Color = Color::RGB(0x7F_7F_7F);
const BLUE: Color = Color::RGB(0x1F_4E_79);

impl Looks {
    pub fn new() -> Looks {
        Looks {
            title: letters().set_font_size(16).set_bold(),
            hint: letters().set_font_color(Color::RGB(0x59_59_59)),
            header: framed().set_bold().set_align(FormatAlign::Center).set_background_color(HEADER).set_text_wrap(),
            text: framed().set_text_wrap(),
            centred: framed().set_align(FormatAlign::Center),
            number: framed().set_align(FormatAlign::Right),
            total: framed().set_align(FormatAlign::Right).set_bold(),
            link: framed().set_font_color(BLUE),
            quiet: Format::new().set_font_color(GREY),
        }
    }

    /// The look of a row of a tree: the number cells; texts are [`Looks::row_text`].
    pub fn row_number(&self, row: &Row<'_>, by_program: bool) -> Format {
        let look = row_look(row).set_align(FormatAlign::Right);
        if by_program { look.set_italic().set_font_color(BLUE) } else { look }
    }

    /// Base, bonus and deduction: most are zero, and say more where they are left blank.
    pub fn row_part(&self, row: &Row<'_>, by_program: bool) -> Format {
        self.row_number(row, by_program).set_num_format("General;-General;")
    }

    pub fn row_text(&self, row: &Row<'_>, indent: u8) -> Format {
        row_look(row).set_align(FormatAlign::Left).set_indent(indent).set_text_wrap()
    }

    pub fn row_centred(&self, row: &Row<'_>) -> Format {
        row_look(row).set_align(FormatAlign::Center)
    }

    /// A quantity with what it counts.
    pub fn quantity(&self, row: &Row<'_>, kind: Option<&Type>) -> Format {
        let unit = match kind {
            Some(Type::Count(word) | Type::Quantity(word)) => word.as_str(),
            Some(Type::Percent) => return self.row_number(row, false).set_num_format("0.####%"),
            Some(Type::Points) => "分",
            Some(Type::Money) => "元",
            Some(Type::Days) => "天",
            Some(Type::Place) => "名",
            Some(Type::Bare | Type::Date | Type::Text) | None => return self.row_number(row, false),
        };
        self.row_number(row, false).set_num_format(format!("General\"{}\"", printable(unit).replace('"', "")))
    }
}

fn letters() -> Format {
    Format::new().set_font_name("宋体").set_font_size(11).set_align(FormatAlign::VerticalCenter)
}

fn framed() -> Format {
    letters().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0xBF_BF_BF))
}

fn row_look(row: &Row<'_>) -> Format {
    match (row.kind, row.depth) {
        (Kind::Heading, _) => framed().set_bold().set_background_color(HEADER),
        (Kind::Node, 0 | 1) => framed().set_bold().set_background_color(SECTION),
        (Kind::Node, _) => framed().set_bold(),
        (Kind::Start | Kind::Entry | Kind::Raw | Kind::Step, _) => framed(),
    }
}

/// A4 on its side, as wide as the page, the header on every one.
pub fn page(sheet: &mut Worksheet, header: u32, columns: u16) -> Result<(), XlsxError> {
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer("&L制表人：　　　　　　复核人：&R第 &P 页　共 &N 页");
    sheet.set_header_footer_scale_with_doc(false);
    sheet.set_repeat_rows(header, header)?.set_freeze_panes(header + 1, columns)?;
    Ok(())
}

/// A text, and never a formula, whatever it begins with.
pub fn text(sheet: &mut Worksheet, row: u32, column: u16, text: &str, look: &Format) -> Result<(), XlsxError> {
    // The longest text that a cell holds.
    const MOST: usize = 32_000;
    let text: String = printable(text).chars().take(MOST).collect();
    sheet.write_string_with_format(row, column, text, look)?;
    Ok(())
}

/// Makes room for texts that are broken within their columns of these widths: programs do not all do it by themselves.
pub fn make_room(sheet: &mut Worksheet, row: u32, cells: &[(&str, f64)]) -> Result<(), XlsxError> {
    const LINE: f64 = 15.0;
    // The most that programs take.
    const MOST: f64 = 400.0;
    let lines = cells.iter().map(|(text, wide)| wrapped::lines(text, *wide)).max().unwrap_or(1);
    if lines > 1 {
        sheet.set_row_height(row, (lines as f64 * LINE).min(MOST))?;
    }
    Ok(())
}

/// As wide as the widest of these texts, within bounds; Chinese characters are two wide.
pub fn width<'t>(texts: impl Iterator<Item = &'t str>, least: f64, most: f64) -> f64 {
    let widest = texts.map(UnicodeWidthStr::width).max().unwrap_or(0);
    (widest as f64 + 2.0).clamp(least, most)
}
