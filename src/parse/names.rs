//! The names a rulebook declares, gathered by the shape of its lines before anything is parsed.

use rustc_hash::FxHashMap;

use super::{Context, Line, top_colon, top_level};
use crate::syntax::{self, Rule as Token};

/// Declared names and units, for marking.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Prefixes,
    units: Prefixes,
    /// The listed values of columns and attributes: 国家级 and 级别.
    values: Vec<(String, String)>,
    /// The measure words of figures, and the figures that are worked out of others.
    figures: Vec<(String, Option<String>)>,
    /// The titles of the 板块.
    sections: Vec<String>,
}

/// A set of words that is asked which of them a text begins with: each character of the text is looked at once,
/// however many words there are.
#[derive(Clone, Debug, Default)]
struct Prefixes {
    /// From a prefix, 0 for the empty one, by a character to the longer prefix.
    longer: FxHashMap<(u32, char), u32>,
    /// Whether the prefix of this number (from 1) is itself a word.
    is_word: Vec<bool>,
}

impl Prefixes {
    fn add(&mut self, word: &str) {
        let mut prefix = 0;
        for character in word.chars() {
            let new = self.is_word.len() as u32 + 1;
            prefix = *self.longer.entry((prefix, character)).or_insert(new);
            if prefix == new {
                self.is_word.push(false);
            }
        }
        if prefix > 0 {
            self.is_word[prefix as usize - 1] = true;
        }
    }

    /// The longest word that `text` begins with.
    fn longest_at<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (mut prefix, mut longest) = (0, None);
        for (at, character) in text.char_indices() {
            let Some(next) = self.longer.get(&(prefix, character)) else { break };
            prefix = *next;
            if self.is_word[prefix as usize - 1] {
                longest = Some(&text[..at + character.len_utf8()]);
            }
        }
        longest
    }

    fn is_empty(&self) -> bool {
        self.is_word.is_empty()
    }
}

/// Words that stand inside of scoring lines, and mean there what they mean whatever an item is called.
const LANGUAGE: &[&str] = &[
    "酌情",
    "最多",
    "最高",
    "最多计",
    "最多扣",
    "最多加",
    "不少于",
    "不多于",
    "不低于",
    "不高于",
    "不超过",
    "低于",
    "高于",
    "超过",
    "达到",
    "有效期",
    "每次",
    "每月",
    "每季度",
    "每半年",
    "每年",
    "全年",
    "当月",
    "同一事项",
    "整改",
    "返还",
    "加倍",
    "减半",
    "除外",
    "不计",
    "满分",
    "其余",
    "其他",
    "逾期",
    "发生",
    "查表",
    "封顶",
    "保留",
    "排名",
    "名次",
    "按比例计",
    "四舍五入",
    "上期",
    "上月",
    "上个月",
    "上季度",
    "上年",
    "上学年",
    "上年同期",
    "去年",
    "去年同期",
];

/// Measure words the grammar itself knows.
pub const COMMON_UNITS: &[&str] = &[
    "%",
    "个百分点",
    "百分点",
    "个工作日",
    "工作日",
    "个自然日",
    "自然日",
    "个月",
    "人次",
    "批次",
    "项次",
    "万元",
    "亿元",
    "小时",
    "分钟",
    "课时",
    "学时",
    "学分",
    "公里",
    "平方米",
    "件",
    "次",
    "人",
    "条",
    "项",
    "卷",
    "起",
    "例",
    "篇",
    "场",
    "天",
    "日",
    "个",
    "名",
    "户",
    "家",
    "所",
    "份",
    "期",
    "宗",
    "案",
    "处",
    "台",
    "辆",
    "村",
    "亩",
    "吨",
    "部",
    "本",
    "册",
    "门",
    "幅",
    "批",
    "轮",
    "类",
    "票",
    "元",
    "株",
    "棵",
    "秒",
    "㎡",
    "分",
];

pub fn unit_is_common(unit: &str) -> bool {
    COMMON_UNITS.contains(&unit)
}

/// 年终得分 = …: a word of the language, not a name.
fn is_total(head: &str) -> bool {
    syntax::is(Token::total_line, head.trim())
}

/// A heading without its （20分）, （权重30%） or 【最多加5分】.
pub fn without_mark(title: &str) -> &str {
    let begins = if title.ends_with([')', ']', '】', '〕']) {
        title.rfind(['(', '[', '【', '〔'])
    } else if title.ends_with('分') {
        title.rfind(' ')
    } else {
        None
    };
    match begins {
        // （10分）（最多扣3分）
        Some(at) if syntax::is(Token::mark_line, &title[at..]) => without_mark(&title[..at]),
        _ => title,
    }
}

impl Names {
    /// Looks at the head of each line: labels, measures, columns, attributes, parameters and headings.
    pub fn gather<'l>(lines: impl IntoIterator<Item = &'l Line>) -> Names {
        let mut names = Names::default();
        let mut grades = Vec::new();
        for line in lines {
            let text = line.plain.text.as_str();
            match line.context {
                Context::Grading if !line.opening => grades.extend(top_colon(text).map(|colon| text[..colon].trim())),
                Context::Header => names.declarations(text),
                Context::Node | Context::Conventions if !line.opening => {
                    let colon = top_colon(text);
                    let equals = top_level(text, '=');
                    match (colon, equals) {
                        (colon, Some(equals)) if colon.is_none_or(|colon| equals < colon) => {
                            if !is_total(&text[..equals]) {
                                names.head(&text[..equals]);
                                names.figures.push((text[..equals].trim().to_owned(), None));
                            }
                            names.inline(&text[equals + 1..]);
                        }
                        (Some(_), _) if matches!(line.entry, Token::node_line | Token::share_line) => {}
                        (Some(colon), _)
                            if line.context == Context::Conventions && super::is_keyword_head(&text[..colon]) => {}
                        (Some(colon), _) => {
                            names.head(text[..colon].strip_prefix("指标").unwrap_or(&text[..colon]));
                            names.head(&text[..colon]);
                        }
                        _ => {
                            if let Some(rest) = text.strip_prefix("指标") {
                                names.head(rest.split(',').next().unwrap_or_default());
                            }
                        }
                    }
                }
                Context::Node => {
                    let title = text
                        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | '(' | ')' | ' '));
                    let section = title.strip_prefix("板块");
                    let title = without_mark(section.unwrap_or(title)).trim();
                    names.sections.extend(section.map(|_| title.to_owned()));
                    // An item may be called 酌情, and the word still says in a line what it says.
                    if !LANGUAGE.contains(&title) {
                        names.add(title);
                    }
                }
                Context::Ranking => names.add(text.strip_prefix("排名").unwrap_or_default()),
                _ => {}
            }
        }
        // 不合格, where an item is called 合格: else the item would be found in the grade.
        let holds_a_name = |grade: &&str| {
            grade
                .char_indices()
                .any(|(at, _)| names.longest_at(&grade[at..]).is_some_and(|name| name.len() < grade.len()))
        };
        let longer: Vec<&str> = grades.into_iter().filter(holds_a_name).collect();
        longer.into_iter().for_each(|grade| names.add(grade));
        names
    }

    fn declarations(&mut self, text: &str) {
        for keyword in ["事实列", "单位属性", "参数"] {
            let Some(rest) = text.strip_prefix(keyword) else { continue };
            for declaration in rest.trim_start_matches([' ', ':']).split(['、', ';', ',']) {
                let (name, values) = declaration.split_once(':').unwrap_or((declaration, ""));
                self.head(name);
                let values = values.split('/').map(str::trim).filter(|value| !value.is_empty());
                self.values.extend(values.map(|value| (value.to_owned(), name.trim().to_owned())));
            }
        }
    }

    /// `录入件数(件)`
    fn head(&mut self, head: &str) {
        match head.split_once('(') {
            Some((name, unit)) => {
                let unit = unit.split(')').next().unwrap_or_default().trim();
                self.add(name);
                self.add_unit(unit);
                self.figures.push((name.trim().to_owned(), Some(unit.to_owned())));
            }
            None => self.add(head),
        }
    }

    /// `成功件数(件) ÷ 录入件数`: a name followed by a measure word in parentheses declares it on the spot.
    fn inline(&mut self, expression: &str) {
        let mut rest = expression;
        while let Some(open) = rest.find('(') {
            let before = &rest[..open];
            let start = before
                .rfind(['+', '-', '×', '*', '÷', '/', '(', ',', ';', '、', ' '])
                .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
            let name = before[start..].trim();
            let after = &rest[open + 1..];
            let unit = after.split(')').next().unwrap_or_default().trim();
            if !name.is_empty() && unit_is_common(unit) {
                self.add(name);
            }
            rest = after;
        }
    }

    fn add(&mut self, name: &str) {
        let name = super::fold::without_quotes(name.trim());
        // A single character is too short to be told from a word of the language.
        if name.chars().count() < 2 || name.chars().all(|c| c.is_ascii_digit()) {
            return;
        }
        self.names.add(name);
    }

    fn add_unit(&mut self, unit: &str) {
        let unit = unit.trim();
        if !unit.is_empty() && !unit_is_common(unit) && !matches!(unit, "日期" | "文字") {
            self.units.add(unit);
        }
    }

    /// These and others, counted in a unit.
    pub fn with(&self, others: &[&str], unit: &str) -> Names {
        let mut names = self.clone();
        others.iter().for_each(|name| names.add(name));
        names.add_unit(unit);
        names
    }

    /// The longest declared name that `text` begins with.
    pub fn longest_at<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.names.longest_at(text)
    }

    /// Listed values and the columns that list them.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(value, column)| (value.as_str(), column.as_str()))
    }

    /// What the 板块 are called.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(String::as_str)
    }

    /// The measure word that a figure is declared with on another line than this one; `None` in it where it is worked out.
    pub fn figure(&self, name: &str) -> Option<Option<&str>> {
        let of = |(known, unit): &'_ (String, Option<String>)| known == name && unit.as_deref() != Some("");
        self.figures.iter().find(|figure| of(figure)).map(|(_, unit)| unit.as_deref())
    }

    /// The longest declared unit that `text` begins with.
    pub fn unit_at<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.units.longest_at(text)
    }

    pub fn has_units(&self) -> bool {
        !self.units.is_empty()
    }
}
