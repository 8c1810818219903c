//! How paragraphs and pages look: the fonts, sizes and margins of GB/T 9704, with fonts every system has as substitutes.

/// What a paragraph is, and so how it looks: a style of the document, which the office may change as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// 标题: centred, 小标宋 二号.
    Title,
    /// 文号 and other lines under a title: centred.
    Centred,
    /// 一、: 黑体.
    Heading,
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
    /// What stands in a table.
    Cell,
    /// The number of the page.
    Footer,
}

/// Every style of a document.
const STYLES: [Style; 12] = [
    Style::Title,
    Style::Centred,
    Style::Heading,
    Style::Body,
    Style::Flush,
    Style::Enclosure,
    Style::Annex,
    Style::Signed,
    Style::Point(0),
    Style::Remark,
    Style::Cell,
    Style::Footer,
];

/// Half points.
const SIZE_2: u32 = 44;
const SIZE_3: u32 = 32;
const SIZE_4: u32 = 28;
const SIZE_SMALL_4: u32 = 24;
const SIZE_5: u32 = 21;

/// For what is not Chinese.
const LATIN: &str = "Times New Roman";
const SONG: &str = "宋体";
const TITLE_SONG: &str = "方正小标宋简体";
const FANG_SONG: &str = "仿宋";
const HEI: &str = "黑体";

/// Fonts that not every system has, and what stands for them: (name, substitute).
const SUBSTITUTES: [(&str, &str); 4] =
    [(TITLE_SONG, SONG), (FANG_SONG, "仿宋_GB2312"), (HEI, "SimHei"), (SONG, "SimSun")];

/// Twips: twentieths of a point.
const CHARACTER: u32 = 320;

impl Style {
    /// By which paragraphs refer to it.
    pub fn id(self) -> &'static str {
        self.names().0
    }

    /// Its id, and its name in the list of the word processor.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Style::Title => ("Title", "公文标题"),
            Style::Centred => ("Centred", "公文文号"),
            Style::Heading => ("Heading", "公文小标题"),
            Style::Body => ("Body", "公文正文"),
            Style::Flush => ("Flush", "公文主送"),
            Style::Enclosure => ("Enclosure", "公文附件说明"),
            Style::Annex => ("Annex", "公文附件"),
            Style::Signed => ("Signed", "公文落款"),
            Style::Point(_) => ("Point", "公文要点"),
            Style::Remark => ("Remark", "公文表注"),
            Style::Cell => ("Cell", "公文表格"),
            Style::Footer => ("Footer", "公文页码"),
        }
    }

    fn font(self) -> &'static str {
        match self {
            Style::Title => TITLE_SONG,
            Style::Heading | Style::Annex => HEI,
            Style::Centred | Style::Body | Style::Flush | Style::Enclosure => FANG_SONG,
            Style::Signed | Style::Point(_) | Style::Remark => FANG_SONG,
            Style::Cell | Style::Footer => SONG,
        }
    }

    fn size(self) -> u32 {
        match self {
            Style::Title => SIZE_2,
            Style::Centred | Style::Heading | Style::Body => SIZE_3,
            Style::Flush | Style::Enclosure | Style::Annex | Style::Signed => SIZE_3,
            Style::Point(_) => SIZE_SMALL_4,
            Style::Remark | Style::Cell => SIZE_5,
            Style::Footer => SIZE_4,
        }
    }

    /// How wide a Chinese letter is, in twips.
    pub fn character(self) -> u32 {
        self.size() * 10
    }

    /// Whether it ends a document, and so is kept with what stands over it.
    pub fn is_closing(self) -> bool {
        matches!(self, Style::Enclosure | Style::Signed)
    }

    /// What is told of a paragraph, in the order of the format.
    fn paragraph(self) -> String {
        let keeps = match self {
            Style::Title | Style::Heading | Style::Enclosure | Style::Annex | Style::Signed => "<w:keepNext/>",
            _ => "",
        };
        // 22 lines a page ask for exactly 28 points or so; smaller letters stand closer.
        let spacing = |around: &str, line: u32| format!(r#"<w:spacing {around}w:line="{line}" w:lineRule="exact"/>"#);
        let spacing = match self {
            Style::Title => spacing("", 700),
            Style::Centred => spacing(r#"w:after="280" "#, 560),
            Style::Annex => spacing(r#"w:after="140" "#, 560),
            Style::Point(_) => spacing("", 400),
            Style::Remark => spacing(r#"w:before="80" "#, 320),
            Style::Heading | Style::Body | Style::Flush | Style::Enclosure | Style::Signed => spacing("", 560),
            Style::Cell | Style::Footer => String::new(),
        };
        let indent = match self {
            Style::Heading | Style::Body | Style::Enclosure => format!(r#"<w:ind w:firstLine="{}"/>"#, 2 * CHARACTER),
            Style::Signed => format!(r#"<w:ind w:right="{}"/>"#, 4 * CHARACTER),
            _ => self.indent(),
        };
        let align = match self {
            Style::Title | Style::Centred | Style::Footer => r#"<w:jc w:val="center"/>"#,
            Style::Body => r#"<w:jc w:val="both"/>"#,
            Style::Signed => r#"<w:jc w:val="right"/>"#,
            _ => "",
        };
        let level = match self {
            Style::Title => r#"<w:outlineLvl w:val="0"/>"#,
            Style::Heading | Style::Annex => r#"<w:outlineLvl w:val="1"/>"#,
            _ => "",
        };
        format!("<w:pPr>{keeps}{spacing}{indent}{align}{level}</w:pPr>")
    }

    /// How far a point is in, which its style does not say.
    pub fn indent(self) -> String {
        let Style::Point(level) = self else { return String::new() };
        let step = CHARACTER * 3 / 4;
        format!(r#"<w:ind w:left="{}" w:hanging="{step}"/>"#, (u32::from(level) + 1) * step)
    }
}

/// All styles as the document lists them.
pub fn styles() -> String {
    let letters = |font: &str, size: u32| {
        let fonts = format!(r#"<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{font}"/>"#);
        format!(r#"{fonts}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>"#)
    };
    let own = |style: &Style| {
        let (id, name) = style.names();
        let (paragraph, letters) = (style.paragraph(), letters(style.font(), style.size()));
        format!(
            r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="{id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/>{paragraph}<w:rPr>{letters}</w:rPr></w:style>"#
        )
    };
    let own: String = STYLES.iter().map(own).collect();
    let letters = letters(SONG, SIZE_5);
    let defaults = format!(
        r#"<w:docDefaults><w:rPrDefault><w:rPr>{letters}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"#
    );
    let normal = r#"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>"#;
    defaults + normal + &own
}

/// The fonts, each with the one that stands for it.
pub fn fonts() -> String {
    let fonts = SUBSTITUTES.iter().map(|(name, substitute)| {
        format!(r#"<w:font w:name="{name}"><w:altName w:val="{substitute}"/><w:charset w:val="86"/></w:font>"#)
    });
    fonts.collect()
}

const fn millimetres(length: u32) -> u32 {
    length * 1440 * 10 / 254
}

const A4: (u32, u32) = (millimetres(210), millimetres(297));

/// A row of a table to be filled in, in twips.
pub const LINE_BY_HAND: u32 = 850;

/// Top, right, bottom, left.
const fn margins(wide: bool) -> [u32; 4] {
    match wide {
        false => [millimetres(37), millimetres(26), millimetres(35), millimetres(28)],
        true => [millimetres(26), millimetres(25), millimetres(26), millimetres(25)],
    }
}

/// How wide the text is.
pub fn text_width(wide: bool) -> u32 {
    let [_, right, _, left] = margins(wide);
    let page = if wide { A4.1 } else { A4.0 };
    page - right - left
}

/// A4, upright or on its side, with the footer.
pub fn page(wide: bool) -> String {
    let [top, right, bottom, left] = margins(wide);
    let (header, footer) = (millimetres(15), bottom - millimetres(10));
    let size = match wide {
        false => format!(r#"w:w="{}" w:h="{}""#, A4.0, A4.1),
        true => format!(r#"w:w="{}" w:h="{}" w:orient="landscape""#, A4.1, A4.0),
    };
    format!(
        r#"<w:sectPr><w:footerReference w:type="default" r:id="footer"/><w:pgSz {size}/><w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="{header}" w:footer="{footer}" w:gutter="0"/></w:sectPr>"#
    )
}
