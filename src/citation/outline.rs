//! The text of a scheme as an outline of numbered places: headings, paragraphs, list items and rows of tables.

use crate::compile::whole;
use crate::parse::fold::fold_character;
use crate::parse::is_figure;

/// A numbered or named part of the text.
#[derive(Debug)]
pub struct Place {
    pub parent: Option<usize>,
    /// 2 of （二）.
    pub number: Option<u32>,
    /// What it is called, without spaces: the name of a table or of a group of its rows, what stands before a colon.
    pub name: String,
    level: u8,
    /// From 1.
    pub line: usize,
    /// Its own words, folded, without spaces.
    pub text: String,
}

/// The whole text, by [`Place`], in the order of the text; the first is the text itself.
#[derive(Debug)]
pub struct Outline {
    pub places: Vec<Place>,
    /// While the text is read: the places that what comes next may belong to, each within the one before.
    open: Vec<usize>,
}

/// Levels of places: what stands further in has a higher one.
const WHOLE: u8 = 0;
/// 第一章, 一、 or a table.
const CHAPTER: u8 = 1;
/// 第一节
const DIVISION: u8 = 2;
/// 第一条
const ARTICLE: u8 = 3;
/// （一） or a group of rows.
const SECTION: u8 = 4;
/// 加分项目： before numbered parts of a paragraph.
const NAMED: u8 = 5;
/// 1. or a row.
const ITEM: u8 = 6;
/// （1） in a paragraph.
const POINT: u8 = 7;

/// Words for the text itself.
const WHOLE_TEXT: &[&str] = &["正文", "本方案", "原文", "方案"];

impl Outline {
    pub fn new(text: &str) -> Outline {
        let whole =
            Place { parent: None, number: None, name: String::new(), level: WHOLE, line: 1, text: String::new() };
        let mut outline = Outline { places: vec![whole], open: vec![0] };
        // The last paragraph, where no table has followed it yet.
        let mut title = String::new();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            if line.contains('\t') {
                // A table that only a page break cuts goes on.
                if !title.is_empty() || !outline.is_in_table() {
                    outline.take_back(&title);
                    outline.push(CHAPTER, None, std::mem::take(&mut title), line_number);
                }
                outline.row(line, line_number);
                continue;
            }
            let folded = squeeze(line);
            if !folded.is_empty() {
                outline.paragraph(&folded, line_number);
                title = folded;
            }
        }
        outline
    }

    fn push(&mut self, level: u8, number: Option<u32>, name: String, line: usize) {
        while self.places[*self.open.last().expect("the text itself stays open")].level >= level {
            self.open.pop();
        }
        let parent = self.open.last().copied();
        self.open.push(self.places.len());
        self.places.push(Place { parent, number, name, level, line, text: String::new() });
    }

    fn add_text(&mut self, text: &str) {
        let last = self.places.last_mut().expect("the text itself is a place");
        last.text.push_str(text);
    }

    /// What turned out to be the title of a table is no text of the place before.
    fn take_back(&mut self, title: &str) {
        let last = self.places.last_mut().expect("the text itself is a place");
        if last.text.ends_with(title) {
            last.text.truncate(last.text.len() - title.len());
        }
    }

    /// 一、…; （一）…; 1.…; and within a paragraph （1）… and 加分项目：（一）….
    fn paragraph(&mut self, text: &str, line: usize) {
        let text = text.trim_start_matches(['-', '·', '*']);
        let (label, rest) = match label(text) {
            Some((level, number, rest)) => {
                self.push(level, Some(number), String::new(), line);
                (true, rest)
            }
            None => (false, text),
        };
        let is_section = |parts: &str| self::label(parts).is_some_and(|(level, ..)| level == SECTION);
        match rest.split_once(':') {
            Some((name, parts)) if !label && name.chars().count() <= 8 && is_section(parts) => {
                self.push(NAMED, None, name.to_owned(), line);
                self.points(parts, line);
            }
            _ => self.points(rest, line),
        }
    }

    /// Cuts a paragraph at the numbers in parentheses that go on from one another.
    fn points(&mut self, text: &str, line: usize) {
        let mut rest = text;
        let mut next = 1;
        while let Some(at) = find_point(rest, next) {
            self.add_text(&rest[..at]);
            let (_, number, after) = label(&rest[at..]).expect("found as a label");
            self.push(POINT, Some(number), String::new(), line);
            rest = after;
            next += 1;
        }
        self.add_text(rest);
    }

    fn is_in_table(&self) -> bool {
        self.open.iter().any(|at| self.places[*at].level == CHAPTER && self.places[*at].number.is_none())
    }

    /// A row: its group where it is written, its number, and what the other cells say.
    fn row(&mut self, line: &str, line_number: usize) {
        let Some((group, number, text)) = cells_of(line) else { return };
        match number {
            // The first row of a group; the name of a group that a page break cut goes on in a later row.
            Some(1) => self.push(SECTION, None, group, line_number),
            Some(_) => {
                if let Some(at) = self.open.iter().find(|at| self.places[**at].level == SECTION) {
                    self.places[*at].name.push_str(&group);
                }
            }
            None if group.is_empty() => return self.add_text(&text),
            None => {
                self.push(SECTION, None, group, line_number);
                return self.add_text(&text);
            }
        }
        self.push(ITEM, number, String::new(), line_number);
        self.add_text(&text);
    }

    /// The place that a citation names, or how far it was found.
    pub fn find(&self, citation: &str) -> Result<usize, Missing> {
        let mut at = 0;
        for part in parts(citation) {
            let Some(found) = self.step(at, &part) else {
                // What is missing would stand behind the last that is there.
                let last = self.with_below(at).last().unwrap_or(at);
                let is_cut_off = is_cut_off(&self.places[last].text);
                return Err(Missing { within: at, part: part.shown(), is_cut_off });
            };
            at = found;
        }
        Ok(at)
    }

    fn step(&self, at: usize, part: &Part) -> Option<usize> {
        let below = |index: &usize| self.is_below(*index, at);
        match part {
            Part::Name(name) if at == 0 && WHOLE_TEXT.contains(&name.as_str()) => Some(0),
            Part::Name(name) => {
                let called = |place: &Place| {
                    !place.name.is_empty() && (place.name.contains(name.as_str()) || name.contains(place.name.as_str()))
                };
                let candidates = || (at + 1..self.places.len()).filter(below);
                // The text is called what its title says.
                let is_whole = || at == 0 && self.places[0].text.contains(name.as_str());
                candidates()
                    .find(|index| self.places[*index].name.starts_with(name.as_str()))
                    .or_else(|| candidates().find(|index| called(&self.places[*index])))
                    .or_else(|| is_whole().then_some(0))
            }
            // Articles are counted through all chapters.
            Part::Article(number) if self.places.iter().any(|place| place.level == ARTICLE) => {
                let is_it =
                    |index: &usize| self.places[*index].level == ARTICLE && self.places[*index].number == Some(*number);
                (at + 1..self.places.len()).filter(below).find(is_it)
            }
            Part::Number(number) | Part::Article(number) => {
                let is_it = |index: &usize| self.places[*index].number == Some(*number);
                let child =
                    (at + 1..self.places.len()).filter(|index| self.places[*index].parent == Some(at)).find(is_it);
                // A count that begins again after 加分项目 and 扣分标准 stands beside them, further on.
                child.or_else(|| {
                    // （一） has nothing beside it that is its own.
                    if self.places[at].number.is_some() {
                        return None;
                    }
                    let (parent, level) = (self.places[at].parent?, self.places[at].level);
                    (at + 1..self.places.len())
                        .filter(|index| {
                            self.places[*index].parent == Some(parent) && self.places[*index].level == level
                        })
                        .find(is_it)
                })
            }
        }
    }

    pub fn is_below(&self, mut index: usize, top: usize) -> bool {
        while let Some(parent) = self.places[index].parent {
            if parent == top {
                return true;
            }
            index = parent;
        }
        false
    }

    /// All words of a place and of what stands below it.
    pub fn text_of(&self, at: usize) -> String {
        self.with_below(at).map(|index| self.places[index].text.as_str()).collect()
    }

    /// The same without what stands below in places of their own.
    pub fn text_without(&self, at: usize, places: &[usize]) -> String {
        let below: Vec<usize> = places.iter().copied().filter(|place| self.is_below(*place, at)).collect();
        let is_apart = |index: usize| below.iter().any(|place| *place == index || self.is_below(index, *place));
        let own = self.with_below(at).filter(|index| !is_apart(*index));
        own.map(|index| self.places[index].text.as_str()).collect()
    }

    /// Whether the text of a place, or of one below it, stops in the middle of a sentence.
    pub fn is_cut_off(&self, at: usize) -> bool {
        self.with_below(at).any(|index| {
            let text = &self.places[index].text;
            // A point of a list ends with a semicolon where another follows.
            let is_followed = self.places.get(index + 1).is_some_and(|next| next.parent == self.places[index].parent);
            is_cut_off(if is_followed { text.trim_end_matches([';', ',']) } else { text })
        })
    }

    fn with_below(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::once(at).chain((at + 1..self.places.len()).filter(move |index| self.is_below(*index, at)))
    }

    /// How people call a place.
    pub fn title(&self, at: usize) -> String {
        let mut names = Vec::new();
        let mut here = Some(at);
        while let Some(index) = here {
            let place = &self.places[index];
            match (place.number, place.name.is_empty()) {
                (Some(number), _) if place.level == ARTICLE => names.push(format!("第{number}条")),
                (Some(number), _) => names.push(number.to_string()),
                // The title of a table is long, and its groups have names of their own.
                (None, false) if place.level != CHAPTER || names.is_empty() => names.push(place.name.clone()),
                (None, _) => {}
            }
            here = place.parent;
        }
        names.reverse();
        if names.is_empty() { "正文".to_owned() } else { names.join("·") }
    }
}

/// Why a citation leads nowhere.
#[derive(Debug)]
pub struct Missing {
    /// The last place that was found.
    pub within: usize,
    /// What was not found in it.
    pub part: String,
    /// The text breaks off there, so that it may have stood in what is lost.
    pub is_cut_off: bool,
}

/// A part of a citation: 细则, （九）, 第九条.
enum Part {
    Name(String),
    Number(u32),
    Article(u32),
}

impl Part {
    fn shown(&self) -> String {
        match self {
            Part::Name(name) => name.clone(),
            Part::Number(number) => number.to_string(),
            Part::Article(number) => format!("第{number}条"),
        }
    }
}

fn is_han_digit(character: char) -> bool {
    "〇零一二三四五六七八九十百".contains(character)
}

/// `正文二（九）加分（一）`, `细则·社区矫正·1`, `第三条第二款`.
fn parts(citation: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut name = String::new();
    let text: Vec<char> = squeeze(citation).chars().collect();
    let mut at = 0;
    let flush = |name: &mut String, parts: &mut Vec<Part>| {
        if !name.is_empty() {
            parts.push(Part::Name(std::mem::take(name)));
        }
    };
    while at < text.len() {
        let numeral = text[at..].iter().take_while(|c| c.is_ascii_digit() || is_han_digit(**c)).count();
        let follows = text.get(at + numeral).copied();
        let before = at.checked_sub(1).map(|before| text[before]);
        let ends =
            matches!(follows, None | Some('(' | ')' | '·' | '.' | '、' | '。' | '条' | '款' | '项' | '章' | '节'));
        let is_number = numeral > 0 && (ends || text[at].is_ascii_digit() || matches!(before, Some('(' | '第')));
        if is_number && let Some(number) = whole(&text[at..at + numeral].iter().collect::<String>()) {
            flush(&mut name, &mut parts);
            parts.push(if follows == Some('条') { Part::Article(number) } else { Part::Number(number) });
            at += numeral;
            continue;
        }
        let is_number_word =
            matches!(text[at], '条' | '款' | '项' | '章' | '节') && name.is_empty() && !parts.is_empty();
        match text[at] {
            '·' | '.' | '。' | '、' | '(' | ')' | '第' => flush(&mut name, &mut parts),
            _ if is_number_word => {}
            character => name.push(character),
        }
        at += 1;
    }
    flush(&mut name, &mut parts);
    parts
}

/// A number at the beginning of a paragraph, its level, and what follows it.
fn label(text: &str) -> Option<(u8, u32, &str)> {
    if let Some(inner) = text.strip_prefix('(') {
        let (number, rest) = inner.split_once(')')?;
        let level = if number.starts_with(|c: char| c.is_ascii_digit()) { POINT } else { SECTION };
        return Some((level, short_number(number)?, rest));
    }
    if let Some(inner) = text.strip_prefix('第') {
        let end = inner.find(|c: char| !(c.is_ascii_digit() || is_han_digit(c)))?;
        let level = match inner[end..].chars().next()? {
            '章' => CHAPTER,
            '节' => DIVISION,
            '条' => ARTICLE,
            _ => return None,
        };
        return Some((level, short_number(&inner[..end])?, &inner[end + '条'.len_utf8()..]));
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || is_han_digit(c)))?;
    let rest = text[end..].strip_prefix(['、', '.'])?;
    // 2.5 is no label.
    let is_decimal = text.starts_with(|c: char| c.is_ascii_digit()) && rest.starts_with(|c: char| c.is_ascii_digit());
    let level = if text.starts_with(is_han_digit) { CHAPTER } else { ITEM };
    Some((level, short_number(&text[..end])?, rest)).filter(|_| !is_decimal)
}

fn short_number(text: &str) -> Option<u32> {
    whole(text).filter(|number| *number < 1000 && !text.is_empty())
}

/// Where in a paragraph the number `wanted` stands in parentheses.
fn find_point(text: &str, wanted: u32) -> Option<usize> {
    text.match_indices('(')
        .map(|(at, _)| at)
        .find(|at| label(&text[*at..]).is_some_and(|(_, number, _)| number == wanted))
}

/// The group, the number and the words of a row; `None` for a head of columns.
fn cells_of(line: &str) -> Option<(String, Option<u32>, String)> {
    let cells: Vec<String> = line.split('\t').map(squeeze).collect();
    let number_at = cells.iter().take(2).position(|cell| !cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit()));
    match number_at {
        Some(at) => {
            let group = if at == 1 { cells[0].clone() } else { String::new() };
            Some((group, cells[at].parse().ok(), cells[at + 1..].join("。")))
        }
        None if cells.iter().any(|cell| cell == "序号") => None,
        None => Some((cells[0].clone(), None, cells[1..].join("。"))),
    }
}

/// Folded, without any space and without tags.
fn squeeze(text: &str) -> String {
    let mut in_tag = false;
    text.chars()
        .filter(|character| match character {
            '<' => {
                in_tag = true;
                false
            }
            '>' if in_tag => {
                in_tag = false;
                false
            }
            _ => !in_tag,
        })
        .map(fold_character)
        .filter(|character| !character.is_whitespace())
        .collect()
}

/// Whether words stop in the middle of a sentence: after 扣, after 扣2, after a semicolon, inside a parenthesis.
fn is_cut_off(text: &str) -> bool {
    let text = text.trim_end_matches('。');
    let words = text.trim_end_matches(is_figure);
    text.ends_with([';', ',', '、'])
        || words.ends_with(['扣', '加', '得'])
        || text.matches('(').count() > text.matches(')').count()
}
