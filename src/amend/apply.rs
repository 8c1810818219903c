//! One document's amendments, done to the text it builds on; what conflicts or is not there is told.

use super::book::{self, Book, Text};
use super::edits::Edits;
use super::key::Key;
use super::settle;
use super::statement::{Statement, Verb, at_line};
use super::target::{self, New, Target};
use crate::calendar::Month;
use crate::diagnostic::Findings;
use crate::parse::{self, Context, Line};
use crate::source::Source;

/// An item that some document took out.
pub(super) struct Removed {
    pub(super) address: String,
    pub(super) title: String,
}

/// Does the statements of a document to the text before it.
pub fn apply(
    book: Book,
    number: usize,
    source: &Source,
    statements: Vec<Statement>,
    removed: &mut Vec<Removed>,
    findings: &mut Findings,
) -> Vec<Text> {
    let own_term = statements
        .iter()
        .filter(|one| one.verb == Verb::Own)
        .find_map(|one| book::term_of(&Line::new(one.line, Context::Header, false, one.rest.clone())));
    let mut amender = Amender {
        book: &book,
        term: own_term.or(book.term),
        number,
        source,
        edits: Edits::default(),
        touched: Vec::new(),
        freed: Vec::new(),
        sections: Vec::new(),
        removed,
        findings,
    };
    for one in statements.iter().filter(|one| one.verb == Verb::Insert) {
        amender.sections.extend(target::new_section(&one.rest));
    }
    let mut planned: Vec<Planned> = statements.into_iter().filter_map(|one| amender.plan(one)).collect();
    // New lines may name one another, so all are known before any is read.
    let mut lines: Vec<Line> = planned.iter_mut().flat_map(|one| std::mem::take(&mut one.lines)).collect();
    book.mark(&mut lines);
    let mut lines = lines.into_iter();
    for mut one in planned {
        one.lines = lines.by_ref().take(one.count).collect();
        amender.amend(one);
    }
    if own_term.is_some_and(|term| Some(term) != book.term) {
        amender.leave_number();
    }
    let edits = amender.edits;
    let term_before = book.term;
    let changed = edits.apply(book.lines);
    settle::settle(changed, term_before)
}

/// A statement with its place, and its lines ready to be read.
struct Planned {
    statement: Statement,
    target: Target,
    lines: Vec<Line>,
    /// How many lines there are, while they are away to be marked.
    count: usize,
}

pub(super) struct Amender<'a> {
    pub(super) book: &'a Book,
    /// The months in force: of its own head, or as before.
    pub(super) term: Option<(Month, Month)>,
    /// Of the document, from 1.
    pub(super) number: usize,
    pub(super) source: &'a Source,
    pub(super) edits: Edits,
    /// What was amended, whole or a line of it, and on which line.
    pub(super) touched: Vec<(String, Option<Key>, usize)>,
    /// Blocks that this document takes out.
    pub(super) freed: Vec<usize>,
    /// Sections that this document adds.
    pub(super) sections: Vec<String>,
    pub(super) removed: &'a mut Vec<Removed>,
    pub(super) findings: &'a mut Findings,
}

impl Amender<'_> {
    pub(super) fn report(
        &mut self,
        line: usize,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(at_line(self.source, line, code, message).help(help));
    }

    // ------------------------------------------------------------ planning

    fn plan(&mut self, statement: Statement) -> Option<Planned> {
        let (verb, line) = (statement.verb, statement.line);
        if let Some((since, (first, last))) = statement.since.zip(self.term)
            && since < first
        {
            let message = format!("自{}年{}月起在施行期以前，等于全期都改", since.year(), since.number());
            let help = format!("施行期是{first}至{last}；年月写错的改过来，全期都改的不写“自…起”");
            self.report(line, "since-out-of-force", message, help);
            return None;
        }
        let mut target = match target::resolve(self.book, verb, &statement.rest) {
            Ok(target) => target,
            Err(astray) => {
                let of_new = |section: &&String| {
                    statement.rest.text.strip_prefix(section.as_str()).is_some_and(|rest| rest.starts_with('.'))
                };
                let help = match self.sections.iter().find(of_new) {
                    Some(section) => format!("新板块的条目写在“增加 板块 {section}”的下面，不另写“增加”"),
                    None => astray.help,
                };
                self.report(line, "amendment-of-nothing", astray.message, help);
                return None;
            }
        };
        if verb == Verb::Insert {
            target = self.free_again(target);
        }
        if let (Verb::Remove, Target::Whole { block, .. }) = (verb, &target) {
            self.freed.push(*block);
        }
        let context = match &target {
            Target::Line { block, .. } | Target::Whole { block, .. } => self.book.blocks[*block].context,
            Target::New(new) => new.context,
        };
        let mut lines = Vec::new();
        // 删除 and 停用 name a line; the others write it.
        let writes = !matches!(verb, Verb::Remove | Verb::Stop);
        match &target {
            Target::Line { rest, .. } if writes => lines.push(Line::new(line, context, false, rest.clone())),
            Target::New(New { first: Some(first), .. }) => lines.push(Line::new(line, context, false, first.clone())),
            _ => {}
        }
        let takes_body = writes && verb != Verb::Own;
        if !takes_body && let Some(follower) = statement.body.iter().find(|follower| follower.code.is_some()) {
            let message = format!("“{}”后面不能再跟着写", verb.word());
            let word = follower.code.as_ref().map(|code| code.text.split(' ').next().unwrap_or_default().to_owned());
            let is_own = word.is_some_and(|word| target::HEADER.contains(&word.as_str()));
            let help = match is_own {
                true => "自己开头的行，移到“沿用”下面、第一句改动的前面".to_owned(),
                false => "要改的写“修改 …”，要加的写“增加 …”".to_owned(),
            };
            self.report(follower.number, "line-without-amendment", message, help);
            // What it takes out is taken out all the same.
            return Some(Planned { statement, target, lines, count: 0 });
        }
        for follower in &statement.body {
            let Some(code) = &follower.code else { continue };
            let (in_force, code) =
                parse::in_force::take_mark(self.source, follower.number, code.clone(), self.findings);
            if code.text.is_empty() {
                self.findings.push(parse::in_force::alone(self.source, follower.number));
                continue;
            }
            let opening = parse::opening(&code.text).is_some();
            if opening && !self.may_open(&target) {
                let message = "这里不能另起条目、板块";
                self.report(follower.number, "line-without-amendment", message, "写成：增加 板块.序号 名称");
                return None;
            }
            lines.push(Line { in_force, ..Line::new(follower.number, context, opening, code) });
        }
        let count = lines.len();
        Some(Planned { statement, target, lines, count })
    }

    pub(super) fn may_open(&self, target: &Target) -> bool {
        match target {
            Target::Line { .. } => false,
            Target::Whole { block, .. } => self.book.blocks[*block].context == Context::Node,
            Target::New(new) => new.context == Context::Node,
        }
    }

    /// 增加 at the number of an item that this document takes out before.
    pub(super) fn free_again(&self, target: Target) -> Target {
        let Target::Line { block, rest } = target else { return target };
        let name = &self.book.blocks[block].name;
        match name.rsplit_once('.') {
            Some((parent, _)) if self.freed.contains(&block) => {
                let section = name.split('.').next().unwrap_or_default().len();
                let (context, path) = (Context::Node, parse::item_path(&name[section..]));
                let parent = self.book.find(Context::Node, parent);
                Target::New(New { context, name: name.clone(), path, parent, heading: rest, first: None })
            }
            _ => Target::Line { block, rest },
        }
    }

    // ------------------------------------------------------------ amending

    fn amend(&mut self, planned: Planned) {
        let Planned { statement, target, lines, .. } = planned;
        let Some(since) = self.since_of(&statement) else { return };
        let change = Change { statement: &statement, lines: &lines, since };
        match target {
            Target::Line { block, rest } => self.amend_line(block, &rest, &change),
            Target::Whole { block, title } => self.amend_whole(block, title, &change),
            Target::New(new) => self.add_block(&new, &change),
        }
    }

    /// From when the statement holds: `Some(None)` for the whole time, `None` where it never could.
    pub(super) fn since_of(&mut self, statement: &Statement) -> Option<Option<Month>> {
        let Some(since) = statement.since else { return Some(None) };
        let Some((first, last)) = self.term else { return Some(Some(since)) };
        if since > last {
            let message = format!("{}年{}月在施行期以后", since.year(), since.number());
            let help = format!("施行期是{first}至{last}；下一年的，另写一本沿用它的规则书");
            self.report(statement.line, "since-out-of-force", message, help);
            return None;
        }
        Some((since > first).then_some(since))
    }

    /// The number of a document is that of its own year: the older one goes, where no other takes its place.
    fn leave_number(&mut self) {
        let head = &self.book.blocks[0];
        let is_touched =
            |key: &Key| self.touched.iter().any(|(name, other, _)| *name == head.name && other.as_ref() == Some(key));
        for entry in head.entries.iter().filter(|entry| entry.key.is_number() && !is_touched(&entry.key)) {
            self.edits.remove(entry.from..entry.to);
        }
    }

    /// Notes what is amended; `false`, with a finding, where that was amended before.
    pub(super) fn touch(&mut self, name: &str, key: Option<&Key>, line: usize) -> bool {
        let clash = self.touched.iter().find(|(other, other_key, _)| {
            let same_line = other == name && (key.is_none() || other_key.is_none() || other_key.as_ref() == key);
            let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
            same_line || other_key.is_none() && inside(name, other) || key.is_none() && inside(other, name)
        });
        if let Some((_, _, first)) = clash {
            let message = format!("与第{first}行改的是同一处");
            self.report(
                line,
                "conflicting-amendments",
                message,
                "只留一句；前后两次修改的，各写一个文件，一个沿用一个",
            );
            return false;
        }
        self.touched.push((name.to_owned(), key.cloned(), line));
        true
    }

    /// Reads a line of the document; what is wrong with it is told.
    pub(super) fn key_of(&mut self, line: &Line) -> Option<Key> {
        let (statements, broken) = parse::statements(std::slice::from_ref(line));
        let mut told = Findings::default();
        parse::mended(self.source, &parse::Names::default(), &broken, &mut told);
        // The line to copy is the whole one: 修改 基层工作.1 缺项：每项扣2分.
        let (_, column) = self.source.place(line.plain.map[0] as usize);
        let before: String = self.source.line(line.number).chars().take(column - 1).collect();
        told.retain(|finding| {
            let rest = finding.help.as_deref().and_then(|help| help.strip_prefix("写成：")).map(str::to_owned);
            if let Some(rest) = rest.filter(|rest| !rest.contains('\n')) {
                finding.help = Some(format!("写成：{}{rest}", before.trim_start()));
            }
            true
        });
        self.findings.append(told);
        statements.first().map(Key::of)
    }
}

/// A statement with its lines, ready.
pub(super) struct Change<'c> {
    pub(super) statement: &'c Statement,
    pub(super) lines: &'c [Line],
    pub(super) since: Option<Month>,
}
