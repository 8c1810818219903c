//! The text that is amended, as blocks of lines that amendments can find.

use super::key::Key;
use crate::calendar::Month;
use crate::diagnostic::Findings;
use crate::parse::{self, Context, InForce, Line, Names, name_of};
use crate::source::{Origin, Source};
use crate::syntax::{Pair, Rule as Token};

/// A line of text, and where it was written.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub origin: Origin,
}

/// A statement of a block.
#[derive(Debug)]
pub struct Entry {
    /// Lines of text, from 0, with the rows of its table.
    pub from: usize,
    pub to: usize,
    pub key: Key,
    /// Folded, without its mark.
    pub plain: String,
    pub in_force: InForce,
}

/// What an opening opens, with the lines up to the next.
#[derive(Debug)]
pub struct Block {
    pub context: Context,
    /// An address (社区矫正工作.2), a title (年终), or empty: 约定, 参评, the head.
    pub name: String,
    /// The heading of an item.
    pub title: String,
    /// The opening's line of text; the head of the rulebook has none.
    pub opening: Option<usize>,
    pub in_force: InForce,
    pub entries: Vec<Entry>,
}

impl Block {
    /// The last line of text that holds a statement of the block.
    pub fn last(&self) -> Option<usize> {
        self.entries.last().map(|entry| entry.to - 1).or(self.opening)
    }

    /// How a clerk calls it.
    pub fn called(&self) -> String {
        let word = word_of(self.context);
        match (self.context, self.name.is_empty()) {
            (Context::Node, _) => self.name.clone(),
            (_, true) => word.to_owned(),
            (_, false) => format!("{word} {}", self.name),
        }
    }
}

/// The word that opens a block.
pub fn word_of(context: Context) -> &'static str {
    match context {
        Context::Header => "开头",
        Context::Conventions => "约定",
        Context::Node => "板块",
        Context::Eligibility => "参评",
        Context::Ranking => "排名",
        Context::Grading => "等次",
        Context::Awards => "奖惩",
        Context::Example => "例",
    }
}

/// The months that a line of a head gives, where it is 施行.
pub fn term_of(line: &Line) -> Option<(Month, Month)> {
    parse::parse_line(line).ok().and_then(|statement| term(line, &statement.inner()))
}

fn term(line: &Line, pair: &Pair<'_, Token>) -> Option<(Month, Month)> {
    if line.context != Context::Header || pair.as_rule() != Token::in_force {
        return None;
    }
    let months = parse::in_force::ends_of_term(pair);
    let month = |at: usize| months.get(at).and_then(|(_, month)| *month);
    month(0).zip(month(1))
}

/// The text of a rulebook as it stands before a document amends it.
pub struct Book {
    pub lines: Vec<Text>,
    pub blocks: Vec<Block>,
    /// The months that 施行 gives.
    pub term: Option<(Month, Month)>,
    parsed: Vec<Line>,
}

impl Book {
    /// Reads the lines in their contexts.
    pub fn read(lines: Vec<Text>) -> Book {
        let text: String = lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect();
        let source = Source::new("", text);
        // What is wrong with the text is told when the whole is compiled.
        let mut parsed = parse::lines(&source, &mut Findings::default());
        let names = Names::gather(&parsed);
        parse::mark_names(&mut parsed, &names);
        let blocks = vec![Block::new(Context::Header, String::new())];
        let mut book = Book { lines, blocks, term: None, parsed: Vec::new() };
        let mut section = String::new();
        for line in &parsed {
            book.add(line, &mut section);
        }
        book.parsed = parsed;
        book
    }

    /// Marks lines of the amending document with the names that it and this text declare.
    pub fn mark(&self, lines: &mut [Line]) {
        let names = Names::gather(self.parsed.iter().chain(lines.iter()));
        parse::mark_names(lines, &names);
    }

    fn add(&mut self, line: &Line, section: &mut String) {
        let at = line.number - 1;
        let statement = parse::parse_line(line).ok();
        let pair = statement.as_ref().map(|statement| statement.inner());
        if line.opening {
            let mut block = Block::new(line.context, String::new());
            block.opening = Some(at);
            block.in_force = line.in_force;
            if let Some(pair) = &pair {
                let heading = pair.child(Token::heading).map(|heading| name_of(&heading)).unwrap_or_default();
                block.name = match line.context {
                    Context::Node => match pair.child(Token::item_number) {
                        Some(number) => {
                            let path = parse::item_path(number.as_str());
                            path.iter().fold(section.clone(), |address, part| format!("{address}.{part}"))
                        }
                        None => {
                            section.clone_from(&heading);
                            heading.clone()
                        }
                    },
                    Context::Example => {
                        pair.child(Token::example_title).map(|title| name_of(&title)).unwrap_or_default()
                    }
                    _ => heading.clone(),
                };
                block.title = heading;
            }
            self.blocks.push(block);
            return;
        }
        self.term = pair.and_then(|pair| term(line, &pair)).or(self.term);
        let plain = line.plain.text.clone();
        let key = statement.map_or_else(|| Key::unknown(&plain), |statement| Key::of(&statement));
        let entries = &mut self.blocks.last_mut().expect("begins with the head").entries;
        match entries.last_mut() {
            Some(entry) if key.is_row() => entry.to = at + 1,
            _ => entries.push(Entry { from: at, to: at + 1, key, plain, in_force: line.in_force }),
        }
    }

    pub fn find(&self, context: Context, name: &str) -> Option<usize> {
        self.blocks.iter().position(|block| block.context == context && block.name == name)
    }

    /// The block and all below it: an item with its sub-items, a section with its items.
    pub fn whole(&self, block: usize) -> std::ops::Range<usize> {
        let outer = &self.blocks[block];
        let below = |inner: &Block| {
            outer.context == Context::Node
                && inner.context == Context::Node
                && inner.name.strip_prefix(outer.name.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        let mut end = block + 1;
        while self.blocks.get(end).is_some_and(below) {
            end += 1;
        }
        block..end
    }

    /// Lines of text of some blocks, from their first opening to their last statement.
    pub fn text_of(&self, blocks: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let from = self.blocks[blocks.start].opening.unwrap_or(0);
        let to = self.blocks[blocks].iter().filter_map(Block::last).max().map_or(from, |last| last + 1);
        from..to
    }
}

impl Block {
    fn new(context: Context, name: String) -> Block {
        Block { context, title: name.clone(), name, opening: None, in_force: InForce::ALWAYS, entries: Vec::new() }
    }
}
