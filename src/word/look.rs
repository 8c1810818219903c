//! How paragraphs and pages look: the fonts, sizes and margins of GB/T 9704, with fonts every system has as substitutes.

use docx_rs::{
    AlignmentType, Footer, LineSpacing, LineSpacingType, PageMargin, PageNum, PageOrientationType, PageSize, Paragraph,
    Run, RunFonts, SectionProperty, SpecialIndentType,
};

/// What a paragraph is, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// 标题: centred, 小标宋 二号.
    Title,
    /// 文号 and other lines under a title: centred.
    Centred,
    /// 一、: 黑体.
    Heading,
    /// （一）: 楷体.
    Subheading,
    /// 正文: 仿宋 三号, the first line two characters in.
    Body,
    /// 主送机关: as the body, from the margin.
    Flush,
    /// 附件说明 above the signature, kept with it.
    Enclosure,
    /// 附件1, over an annex: 黑体, from the margin.
    Annex,
    /// 落款: to the right, four characters from the margin.
    Signed,
    /// A point of a small outline, so many levels in.
    Point(u8),
    /// A remark under a table.
    Remark,
}

/// Half points.
pub const SIZE_2: usize = 44;
pub const SIZE_3: usize = 32;
pub const SIZE_4: usize = 28;
pub const SIZE_SMALL_4: usize = 24;
pub const SIZE_5: usize = 21;

/// For what is not Chinese.
pub const LATIN: &str = "Times New Roman";
pub const SONG: &str = "宋体";
const TITLE_SONG: &str = "方正小标宋简体";
const FANG_SONG: &str = "仿宋";
const KAI: &str = "楷体";
const HEI: &str = "黑体";

/// Fonts that not every system has, and what stands for them: (name, substitute).
pub const SUBSTITUTES: [(&str, &str); 5] =
    [(TITLE_SONG, SONG), (FANG_SONG, "仿宋_GB2312"), (KAI, "楷体_GB2312"), (HEI, "SimHei"), (SONG, "SimSun")];

/// Twips: twentieths of a point.
const CHARACTER: i32 = 320;

impl Style {
    fn font(self) -> &'static str {
        match self {
            Style::Title => TITLE_SONG,
            Style::Heading | Style::Annex => HEI,
            Style::Subheading => KAI,
            Style::Centred | Style::Body | Style::Flush | Style::Enclosure => FANG_SONG,
            Style::Signed | Style::Point(_) | Style::Remark => FANG_SONG,
        }
    }

    fn size(self) -> usize {
        match self {
            Style::Title => SIZE_2,
            Style::Centred | Style::Heading | Style::Subheading | Style::Body => SIZE_3,
            Style::Flush | Style::Enclosure | Style::Annex | Style::Signed => SIZE_3,
            Style::Point(_) => SIZE_SMALL_4,
            Style::Remark => SIZE_5,
        }
    }

    /// Whether it ends a document, and so is kept with what stands over it.
    pub fn is_closing(self) -> bool {
        matches!(self, Style::Enclosure | Style::Signed)
    }

    /// An empty run.
    pub fn run(self) -> Run {
        run(self.font(), self.size())
    }

    /// An empty paragraph.
    pub fn paragraph(self) -> Paragraph {
        // 22 lines a page ask for exactly 28 points or so; smaller letters stand closer.
        let line = match self {
            Style::Title => 700,
            Style::Point(_) => 400,
            Style::Remark => 320,
            _ => 560,
        };
        let spacing = LineSpacing::new().line_rule(LineSpacingType::Exact).line(line);
        let plain = Paragraph::new();
        match self {
            Style::Title => plain.align(AlignmentType::Center).outline_lvl(0).keep_next(true).line_spacing(spacing),
            Style::Centred => plain.align(AlignmentType::Center).line_spacing(spacing.after(280)),
            Style::Heading => indented(plain).outline_lvl(1).keep_next(true).line_spacing(spacing),
            Style::Subheading => indented(plain).outline_lvl(2).keep_next(true).line_spacing(spacing),
            Style::Body => indented(plain).align(AlignmentType::Both).line_spacing(spacing),
            Style::Flush => plain.line_spacing(spacing),
            Style::Enclosure => indented(plain).keep_next(true).line_spacing(spacing),
            Style::Annex => plain.outline_lvl(1).keep_next(true).line_spacing(spacing.after(140)),
            Style::Signed => {
                let indent = plain.indent(None, None, Some(4 * CHARACTER), None);
                indent.align(AlignmentType::Right).keep_next(true).line_spacing(spacing)
            }
            Style::Point(level) => {
                let (step, hang) = (CHARACTER * 3 / 4, CHARACTER * 3 / 4);
                let start = i32::from(level) * step + hang;
                plain.indent(Some(start), Some(SpecialIndentType::Hanging(hang)), None, None).line_spacing(spacing)
            }
            Style::Remark => plain.line_spacing(spacing.before(80)),
        }
    }
}

fn indented(paragraph: Paragraph) -> Paragraph {
    paragraph.indent(None, Some(SpecialIndentType::FirstLine(2 * CHARACTER)), None, None)
}

/// A run in one font for Chinese; the hint keeps “” and — in it.
pub fn run(font: &str, size: usize) -> Run {
    let fonts = RunFonts::new().ascii(LATIN).hi_ansi(LATIN).east_asia(font).hint("eastAsia");
    Run::new().fonts(fonts).size(size)
}

const fn millimetres(length: i32) -> i32 {
    length * 1440 * 10 / 254
}

const A4: (i32, i32) = (millimetres(210), millimetres(297));

/// A row of a table to be filled in, in twips.
pub const LINE_BY_HAND: f32 = 850.0;

/// Top, right, bottom, left.
const fn margins(wide: bool) -> (i32, i32, i32, i32) {
    match wide {
        false => (millimetres(37), millimetres(26), millimetres(35), millimetres(28)),
        true => (millimetres(26), millimetres(25), millimetres(26), millimetres(25)),
    }
}

/// How wide the text is.
pub fn text_width(wide: bool) -> usize {
    let (_, right, _, left) = margins(wide);
    let page = if wide { A4.1 } else { A4.0 };
    (page - right - left) as usize
}

/// A4, upright or on its side, with the footer.
pub fn page(wide: bool) -> SectionProperty {
    let (top, right, bottom, left) = margins(wide);
    let above_edge = bottom - millimetres(10);
    let margin = PageMargin { top, right, bottom, left, header: millimetres(15), footer: above_edge, gutter: 0 };
    let (width, height) = (A4.0 as u32, A4.1 as u32);
    let size = match wide {
        false => PageSize::new().size(width, height),
        true => PageSize::new().size(height, width).orient(PageOrientationType::Landscape),
    };
    // docx-rs writes the footer of the whole document under this id, and every page may refer to it.
    SectionProperty::new().page_size(size).page_margin(margin).footer(footer(), "rIdFooter1")
}

/// — 1 —
pub fn footer() -> Footer {
    let dash = |text: &str| run(SONG, SIZE_4).add_text(text);
    let number = Paragraph::new().id("0FFFFFFF").align(AlignmentType::Center).size(SIZE_4);
    Footer::new().add_paragraph(number.add_run(dash("— ")).add_page_num(PageNum::new()).add_run(dash(" —")))
}
