//! An amending document as statements: 修改, 增加, 删除, 停用, each with the lines that follow it.

use super::book::word_of;
use crate::calendar::Month;
use crate::diagnostic::{Finding, Findings};
use crate::parse::fold::Folded;
use crate::parse::{self, Context};
use crate::source::Source;
use crate::suggest;
use crate::syntax::{self, Rule as Token};

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A line of the document's own head, which takes the place of the older one.
    Own,
    /// 修改
    Change,
    /// 增加
    Insert,
    /// 删除
    Remove,
    /// 停用
    Stop,
}

impl Verb {
    pub fn word(self) -> &'static str {
        match self {
            Verb::Own | Verb::Change => "修改",
            Verb::Insert => "增加",
            Verb::Remove => "删除",
            Verb::Stop => "停用",
        }
    }
}

/// A line that follows a statement and belongs to it.
#[derive(Debug)]
pub struct Follower {
    /// From 1.
    pub number: usize,
    /// As written.
    pub text: String,
    /// `None` for an empty line or one that is only a comment.
    pub code: Option<Folded>,
}

#[derive(Debug)]
pub struct Statement {
    pub verb: Verb,
    /// 自2023年7月起
    pub since: Option<Month>,
    /// From 1.
    pub line: usize,
    /// What stands behind the verb.
    pub rest: Folded,
    pub body: Vec<Follower>,
}

/// Reads a document that builds on another.
pub fn read(source: &Source, findings: &mut Findings) -> Vec<Statement> {
    let mut reader = Reader { source, findings, statements: Vec::new(), since: None, astray: false, followed: false };
    let mut start = 0;
    for (index, text) in source.text.split('\n').enumerate() {
        let at = start;
        start += text.len() + 1;
        let written = text.trim_end_matches('\r');
        let is_empty = written.trim().is_empty() || written.trim_start().starts_with(['#', '＃']);
        let code = parse::fold_line(source, index + 1, written, at, reader.findings);
        match code {
            Some(code) => reader.line(index + 1, written, code),
            None if is_empty => reader.follow(index + 1, written, None),
            // Told already.
            None => {}
        }
    }
    let mut statements = reader.statements;
    for statement in &mut statements {
        // What stands before the next statement belongs to that one.
        while statement.body.last().is_some_and(|line| line.code.is_none()) {
            statement.body.pop();
        }
    }
    statements
}

struct Reader<'r> {
    source: &'r Source,
    findings: &'r mut Findings,
    statements: Vec<Statement>,
    since: Option<Month>,
    /// After an opening that no statement leads in: what follows belongs to it.
    astray: bool,
    followed: bool,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, text: &str, code: Folded) {
        let parsed = syntax::parse(Token::amend_line, &code.text).ok();
        let Some(pair) = parsed else {
            return match meant(&code) {
                Some((finding, code)) => {
                    let finding = self.at(number, finding);
                    self.findings.push(finding.help(format!("写成：{}", parse::written(&code.text))));
                    self.line(number, text, code)
                }
                None => self.plain(number, text, code),
            };
        };
        self.astray = false;
        if pair.has(Token::follows) {
            if self.followed {
                self.report(number, "duplicate-line", "沿用只写一行", "要沿用几本的，让它们一本沿用一本");
            }
            self.followed = true;
            return;
        }
        let mut since = self.since;
        if let Some(said) = pair.child(Token::since) {
            since = said.child(Token::year_month).and_then(|month| parse::in_force::month_of(&month));
            if since.is_none() {
                self.report(number, "impossible-month", "没有这个年月", "如：自2023年7月起");
            }
        }
        let Some(amendment) = pair.child(Token::amendment) else {
            self.since = since;
            return;
        };
        let verb = match amendment.clone().into_inner().next().map(|verb| verb.as_rule()) {
            Some(Token::INSERT) => Verb::Insert,
            Some(Token::REMOVE) => Verb::Remove,
            Some(Token::STOP) => Verb::Stop,
            _ => Verb::Change,
        };
        let rest = amendment.child(Token::rest).expect("an amendment has a rest").as_span();
        let rest = code.slice(rest.start()..rest.end());
        self.statements.push(Statement { verb, since, line: number, rest, body: Vec::new() });
    }

    /// A line that is no amendment: of the document's own head, an example of its own, or what follows a statement.
    fn plain(&mut self, number: usize, text: &str, code: Folded) {
        let opened = parse::opening(&code.text);
        let in_body = self.statements.last().is_some_and(|statement| statement.verb != Verb::Own);
        match opened {
            Some(Context::Example) => {
                self.astray = false;
                let rest = code;
                self.statements.push(Statement {
                    verb: Verb::Insert,
                    since: None,
                    line: number,
                    rest,
                    body: Vec::new(),
                });
            }
            Some(Context::Node) if in_body && !self.astray => self.follow(number, text, Some(code)),
            Some(Context::Node) if self.astray => {}
            Some(context) => {
                let word = word_of(context);
                let help = format!("写了“沿用”的，这样写：修改 {word} …，增加 {word} …");
                self.report(number, "line-without-amendment", "前面没有写是增加还是修改", &help);
                self.astray = true;
            }
            None if self.astray => {}
            None if in_body => self.follow(number, text, Some(code)),
            None => self.statements.push(Statement {
                verb: Verb::Own,
                since: None,
                line: number,
                rest: code,
                body: Vec::new(),
            }),
        }
    }

    fn follow(&mut self, number: usize, text: &str, code: Option<Folded>) {
        if let Some(statement) = self.statements.last_mut().filter(|statement| statement.verb != Verb::Own) {
            statement.body.push(Follower { number, text: text.to_owned(), code });
        }
    }

    fn at(&self, number: usize, (code, message): (&'static str, String)) -> Finding {
        at_line(self.source, number, code, message)
    }

    fn report(&mut self, number: usize, code: &'static str, message: &str, help: &str) {
        self.findings.push(at_line(self.source, number, code, message).help(help));
    }
}

/// A line that was to amend, with its verb put right: 修政 基层.1 …, 修改基层.1 …, 取消 基层.1 ….
fn meant(code: &Folded) -> Option<((&'static str, String), Folded)> {
    const VERBS: [&str; 4] = ["修改", "增加", "删除", "停用"];
    /// What others say for them, before an address.
    const SAID: [(&str, &str); 6] =
        [("修订", "修改"), ("改为", "修改"), ("新增", "增加"), ("增设", "增加"), ("取消", "删除"), ("删去", "删除")];
    let (word, rest) = code.text.split_once(' ')?;
    // 基层.1, and no label before a colon.
    let is_address = |text: &str| {
        let dot = text.rfind(['.', '·']);
        !text.contains(':') && dot.is_some_and(|at| text[at..].chars().nth(1).is_some_and(|c| c.is_ascii_digit()))
    };
    let stages = ["约定", "排名", "等次", "奖惩", "参评", "板块", "例"];
    let speaks_of = |text: &str| {
        let first = text.trim_start().split(' ').next().unwrap_or_default();
        is_address(first) || stages.contains(&first)
    };
    if let Some(verb) = VERBS.iter().find(|verb| word.strip_prefix(**verb).is_some_and(is_address)) {
        return Some((("misspelled-word", format!("“{verb}”后面少了空格")), code.inserted(verb.len(), " ")));
    }
    let said = SAID.iter().find(|(said, _)| *said == word).map(|(_, verb)| *verb);
    let looks_like = |verb: &&&str| {
        let mut both = word.chars().zip(verb.chars());
        let (Some((a, b)), Some((c, d)), 2) = (both.next(), both.next(), word.chars().count()) else { return false };
        a == b || c == d && suggest::cost(a, b) <= 2
    };
    let verb = said.or(VERBS.iter().find(looks_like).copied()).filter(|_| speaks_of(rest))?;
    Some((("misspelled-word", format!("“{word}”应当写作“{verb}”")), code.replaced(0..word.len(), verb)))
}

/// A finding at a whole line of a document.
pub fn at_line(source: &Source, number: usize, code: &'static str, message: impl Into<String>) -> Finding {
    let line = source.line(number);
    let code_end = line.find(['#', '＃']).filter(|at| *at > 0).unwrap_or(line.len());
    Finding::at_line(source, number, code, message).text(line[..code_end].trim())
}
