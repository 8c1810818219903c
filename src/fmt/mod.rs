//! `fmt`: the one canonical form of a rulebook, which reads back as what it was.

mod line;
mod page;
mod phrase;
mod sign;
mod special;
mod table;
mod words;

pub use sign::full;

use crate::amend;
use crate::compile::{self, Compiled};
use crate::diagnostic::{Finding, Findings, Place, Severity};
use crate::parse::{self, InForce, Line, Names, Statement};
use crate::source::Source;
use line::{Care, Written};
use page::Row;

/// A rulebook in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    pub text: String,
    /// The lines that did not parse, from 1; they are in `text` as they were.
    pub broken: Vec<usize>,
    /// The lines whose own words had to stay, because they would not have read back as what they were.
    pub held_back: Vec<usize>,
    /// The lines that are written otherwise, in order; also those that only move to the side.
    pub changes: Vec<Change>,
    /// The words of its lines were not looked at: they speak of another rulebook.
    pub is_amending: bool,
}

/// A line that is written otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of the source, from 1.
    pub line: usize,
    /// `None` for a blank line too many.
    pub becomes: Option<String>,
}

/// Formats every line that parses, leaves the others, and makes sure that the whole still means the same.
///
/// Findings are those of lines that do not parse; there is no result only where the form would change the meaning,
/// which is a mistake of ours and told as one, or where the text is longer than we read.
pub fn format(name: &str, text: &str) -> (Option<Formatted>, Findings) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > parse::MOST_BYTES {
        return (None, compile::compile_text(name, text).1);
    }
    let mut findings = Findings::default();
    let source = Source::new(name, text);
    if amend::follows(&source).is_some() {
        return (Some(only_ends(&source)), findings);
    }
    let (lines, names) = named_lines(&source, &mut findings);
    let book = Book::parse(&source, &lines, &names, &mut findings);
    let mut cares = vec![Care::Full; book.statements.len()];
    let mut before = None;
    for _ in 0..MOST_ROUNDS {
        let page = Page::draw(&book, &cares);
        let to_blame =
            if page.text == source.text { Vec::new() } else { page.to_blame(&book, &mut before).unwrap_or_default() };
        if to_blame.is_empty() {
            let changes = changes(&source, &page);
            let kept = book.statements.iter().zip(&cares).filter(|(_, care)| **care == Care::AsWritten);
            let held_back = kept.map(|(statement, _)| statement.line.number).collect();
            let (text, broken) = (page.text, book.broken);
            return (Some(Formatted { text, broken, held_back, changes, is_amending: false }), findings);
        }
        for index in to_blame {
            cares[index] = if cares[index] == Care::Full { Care::KeepQuotes } else { Care::AsWritten };
        }
    }
    let place = Place::of(name);
    let finding = Finding::error("meaning-would-change", place, "改写会改变方案的意思，没有改写");
    findings.push(finding.help("这是程序的差错，请把方案文件发给开发者"));
    (None, findings)
}

/// A document of amendments: what its lines mean is told by documents we do not see, so only the ends of its lines
/// change.
fn only_ends(source: &Source) -> Formatted {
    let lines: Vec<&str> = source.text.lines().map(str::trim_end).collect();
    let changed = |(index, line): (usize, &str)| {
        let becomes = line.trim_end();
        (line.trim_end_matches('\r') != becomes).then(|| Change { line: index + 1, becomes: Some(becomes.to_owned()) })
    };
    let changes = source.text.split('\n').enumerate().filter_map(changed).collect();
    let text = lines.join("\n");
    let text = format!("{}\n", text.trim_end_matches('\n'));
    Formatted { text, broken: Vec::new(), held_back: Vec::new(), changes, is_amending: true }
}

/// Rounds of holding back lines before we give up; of a rulebook without mistakes the first is the last.
const MOST_ROUNDS: usize = 8;

/// A source cut into lines, in which the names it declares are marked.
fn named_lines(source: &Source, findings: &mut Findings) -> (Vec<Line>, Names) {
    let mut lines = parse::lines(source, findings);
    let names = Names::gather(&lines);
    parse::mark_names(&mut lines, &names);
    (lines, names)
}

/// A rulebook compiled, and what is said of it.
type Meaning = (Option<Compiled>, Findings);

/// A parsed rulebook.
struct Book<'a> {
    source: &'a Source,
    names: &'a Names,
    statements: Vec<Statement<'a>>,
    /// The lines that hold something and are no statement, in order.
    broken: Vec<usize>,
    /// Whether nothing was said while it was read, so that its statements are all there is to it.
    is_whole: bool,
}

impl<'a> Book<'a> {
    fn parse(source: &'a Source, lines: &'a [Line], names: &'a Names, findings: &mut Findings) -> Book<'a> {
        let (statements, unread) = parse::statements(lines);
        let is_whole = unread.is_empty() && findings.is_empty();
        parse::mended(source, names, &unread, findings);
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let mut broken: Vec<usize> = errors.map(|finding| finding.place.line).collect();
        broken.sort_unstable();
        broken.dedup();
        Book { source, names, statements, broken, is_whole }
    }

    /// What it means, without a look at the facts of its 例: whether they fit depends on nothing else.
    fn compile(&self) -> Meaning {
        match self.is_whole {
            // What was read is not read again.
            true => compile::compile_statements(self.source, &self.statements),
            false => {
                let none = &mut |_: &str| Err("没有给出这个文件".to_owned());
                compile::compile_to_score(&self.source.name, &self.source.text, none)
            }
        }
    }

    fn all(&self) -> Vec<usize> {
        (0..self.statements.len()).collect()
    }
}

/// What a rulebook comes to, before it is known to read back.
struct Page {
    text: String,
    /// The source's line of each of its lines.
    numbers: Vec<usize>,
    written: Vec<Written>,
}

impl Page {
    fn draw(book: &Book<'_>, cares: &[Care]) -> Page {
        let written: Vec<Written> = book
            .statements
            .iter()
            .zip(cares)
            .map(|(statement, care)| line::write(&book.source.text, statement, book.names, *care))
            .collect();
        let (text, numbers) = page::print(rows(book, &written));
        Page { text, numbers, written }
    }

    /// The statements by which the page does not read back as it was, or means something else, if it does; all of them
    /// where none is to blame. `before` is what the source means, once that was asked.
    fn to_blame(&self, book: &Book<'_>, before: &mut Option<Meaning>) -> Option<Vec<usize>> {
        let source = Source::new(book.source.name.clone(), self.text.as_str());
        let mut findings = Findings::default();
        let (lines, names) = named_lines(&source, &mut findings);
        let again = Book::parse(&source, &lines, &names, &mut findings);
        self.misread(book, &again).or_else(|| {
            let before = before.get_or_insert_with(|| book.compile());
            self.differing(before, &again.compile(), book)
        })
    }

    /// The statements that do not read back as they were, if any; all of them where none is to blame.
    fn misread(&self, book: &Book<'_>, again: &Book<'_>) -> Option<Vec<usize>> {
        let mut misread = Vec::new();
        let mut next = again.statements.iter().peekable();
        for (index, (statement, written)) in book.statements.iter().zip(&self.written).enumerate() {
            let same_line = next.next_if(|next| self.numbers[next.line.number - 1] == statement.line.number);
            let reads_back = same_line.is_some_and(|statement_again| {
                statement_again.line.context == statement.line.context
                    && statement_again.line.in_force == statement.line.in_force
                    && statement_again.line.opening == statement.line.opening
                    && line::write(&self.text, statement_again, again.names, written.care) == *written
            });
            if !reads_back {
                misread.push(index);
            }
        }
        // A line that did not parse must not come to parse.
        let too_many = next.peek().is_some();
        (too_many || !misread.is_empty()).then(|| if too_many { book.all() } else { misread })
    }

    /// The statements by which the page means something else, if it does; all of them where none is to blame.
    fn differing(
        &self,
        (before, found_before): &Meaning,
        (after, found_after): &Meaning,
        book: &Book<'_>,
    ) -> Option<Vec<usize>> {
        if let (Some(before), Some(after)) = (before, after)
            && before.is_same(after)
        {
            return None;
        }
        // What is said of the whole is said at line 1, which blank lines may have stood before.
        let first = self.numbers.first().copied().unwrap_or(0);
        let was = told(found_before, |line| if line <= 1 { first } else { line });
        let is = told(found_after, |line| match line {
            0 | 1 => first,
            line => self.numbers.get(line - 1).copied().unwrap_or(0),
        });
        if before.is_none() && after.is_none() && was == is {
            return None;
        }
        let new: Vec<usize> =
            is.iter().filter(|told| was.binary_search(told).is_err()).map(|(line, _)| *line).collect();
        let is_new = |index: &usize| new.binary_search(&book.statements[*index].line.number).is_ok();
        let to_blame: Vec<usize> = book.all().into_iter().filter(is_new).collect();
        Some(if to_blame.is_empty() { book.all() } else { to_blame })
    }
}

/// Findings by the line of the source they are about.
fn told(findings: &Findings, line_of: impl Fn(usize) -> usize) -> Vec<(usize, &'static str)> {
    let mut told: Vec<_> = findings.iter().map(|finding| (line_of(finding.place.line), finding.code)).collect();
    told.sort_unstable();
    told
}

/// The page's rows, one for each line of the source.
fn rows(book: &Book<'_>, written: &[Written]) -> Vec<Row> {
    let source = book.source;
    let mut rows = Vec::with_capacity(source.line_count());
    let mut depth = page::Depth::default();
    let mut next = book.statements.iter().zip(written).peekable();
    for number in 1..=source.line_count() {
        let line = source.line(number);
        if let Some((statement, written)) = next.next_if(|(statement, _)| statement.line.number == number) {
            let (kind, indent) = depth.place(statement);
            // A line kept as written has no columns that could be moved.
            let kind = if written.care == Care::AsWritten { page::Kind::Plain } else { kind };
            // What was told of it is of the line as it was written.
            let is_broken = book.broken.binary_search(&number).is_ok();
            // What is only taken for a mark, or for none, stays as it is.
            if is_broken || line.trim_start().starts_with('〔') != (statement.line.in_force != InForce::ALWAYS) {
                rows.push(Row::broken(number, line));
                continue;
            }
            let code_end = statement.line.plain.map.last().map_or(0, |end| *end as usize);
            let line_start = line.as_ptr() as usize - source.text.as_ptr() as usize;
            let behind = line.get(code_end - line_start..).unwrap_or_default().trim_start().trim_start_matches('。');
            let text = format!("{}{}", statement.line.in_force, written.text);
            rows.push(Row::statement(number, kind, indent, text, page::comment_text(behind)));
        } else if book.broken.binary_search(&number).is_ok() {
            rows.push(Row::broken(number, line));
        } else if line.trim().is_empty() {
            rows.push(Row::blank(number));
        } else {
            rows.push(Row::comment(number, page::comment_text(line)));
        }
    }
    rows
}

/// The lines of the source that the page has otherwise or not at all.
fn changes(source: &Source, page: &Page) -> Vec<Change> {
    let mut becomes: Vec<Option<&str>> = vec![None; source.line_count() + 1];
    for (line, number) in page.text.lines().zip(&page.numbers) {
        becomes[*number] = Some(line);
    }
    // Behind the last line end there is no line.
    let count = source.text.lines().count();
    let differs = |number: &usize| becomes[*number] != Some(source.line(*number));
    (1..=count).filter(differs).map(|line| Change { line, becomes: becomes[line].map(str::to_owned) }).collect()
}
