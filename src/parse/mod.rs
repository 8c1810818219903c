//! From text to statements: one line, one statement, each parsed in the context its opening set.

mod counted;
mod earlier;
mod edit;
mod elided;
pub mod fold;
mod heading;
pub mod in_force;
mod inclusive;
mod mark;
mod mend;
mod mistake;
mod names;
mod numbering;
mod numeral;
mod pasted;
mod plainly;
mod streak;
mod target;
mod wording;
mod words;

use pest::error::Error;

use crate::diagnostic::{Finding, Findings, Place};
use crate::source::{Source, Span};
use crate::suggest;
use crate::syntax::{self, Memory, Node, Pair, Rule as Token};
use crate::threads;
pub use counted::{Counted, counted, ends_with_count};
pub use earlier::{earlier, one_word, whole_earlier};
use fold::Folded;
pub use in_force::InForce;
pub use mend::{
    Declared, NO_STREAK, OF_TWO_TERMS, OTHER_TIMES, Once, column_and_value, column_of_parts, compares,
    counted_in_periods, figure_behind, first_of_all, from_the_back, in_periods, instead_of_change, is_of_all_units,
    is_of_group, is_off, months_on_roster, place_said, places_so_often, quota_of_groups, rolled_up, says_late,
    shares_of_years, steps_of, streak_said, taken_off, time_of_a_place, times_of_places, turned, written,
};
pub use names::{COMMON_UNITS, Names, unit_is_common};
pub use numeral::{is_figure, is_numeral, item_path, whole};
pub use target::TARGETS;

/// The longest rulebook we read.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;
/// The longest line, in bytes.
pub const LONGEST_LINE: usize = 8 * 1024;
/// How deep parentheses may nest in a line.
pub const DEEPEST: usize = 8;
/// How many lines that do not parse are told one by one: a text with more of them is no rulebook.
pub const MOST_BROKEN: usize = 2000;

/// A thread of its own pays for so many lines.
const LINES_A_THREAD: usize = 200;

/// What the lines after an opening belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    Header,
    Conventions,
    Node,
    Ranking,
    Grading,
    Awards,
    Eligibility,
    Example,
}

/// A line of the rulebook that holds a statement.
#[derive(Clone, Debug)]
pub struct Line {
    /// From 1.
    pub number: usize,
    pub context: Context,
    pub opening: bool,
    /// The rule of the grammar it is parsed by.
    pub entry: Token,
    /// When it is in force, by the mark before it.
    pub in_force: InForce,
    /// Folded and marked.
    pub code: Folded,
    /// Folded, without marks: tried where the marked text does not parse.
    pub plain: Folded,
}

impl Line {
    pub fn new(number: usize, context: Context, opening: bool, folded: Folded) -> Line {
        let mut line = Line::unsettled(number, context, opening, folded);
        line.settle();
        line
    }

    fn unsettled(number: usize, context: Context, opening: bool, plain: Folded) -> Line {
        let (entry, code) = (Token::opening_line, Folded::default());
        Line { number, context, opening, entry, in_force: InForce::ALWAYS, code, plain }
    }

    /// Chooses the rule it is parsed by, after its text or context changed.
    fn settle(&mut self) {
        self.entry = if self.opening { Token::opening_line } else { entry_rule(self.context, &self.plain.text) };
        self.code = self.plain.clone();
    }

    /// Writes out what its words leave to the line.
    fn write_out(&mut self, names: &[elided::LateName], declared: &wording::Declared) {
        if !self.opening && !matches!(self.context, Context::Header | Context::Example) {
            inclusive::write_out(&mut self.plain);
        }
        if !self.opening && self.context == Context::Node {
            wording::write_out(&mut self.plain, declared);
            plainly::write_out(&mut self.plain);
            target::write_out(&mut self.plain);
            streak::write_out(&mut self.plain);
            elided::write_out(&mut self.plain, names);
        }
    }
}

/// A parsed line.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    pub line: &'a Line,
    pub code: &'a Folded,
    /// The line's rule: `node_line`, `clause_line`…
    pub pair: Pair<'a, Token>,
    /// Its one inner pair that is not the end of input.
    inner: Pair<'a, Token>,
}

/// Cuts a source into lines with their contexts; refuses what is too long or too deep.
pub fn lines(source: &Source, findings: &mut Findings) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut context = Context::Header;
    let mut numbering = numbering::Numbering::default();
    let mut layout = heading::Layout::default();
    for (index, FoldedLine { text, end, folded, found }) in all_folded(source).into_iter().enumerate() {
        let place = |column| Place { file: source.name.clone(), line: index + 1, column };
        findings.append(found);
        let Some(folded) = folded else { continue };
        let (in_force, mut folded) = in_force::take_mark(source, index + 1, folded, findings);
        if folded.text.is_empty() {
            findings.push(in_force::alone(source, index + 1));
            continue;
        }
        findings.extend(pasted::traditional(source, index + 1, &folded));
        if let Some(pasted) = pasted::find(source, index + 1, context, &folded) {
            findings.push(pasted.finding);
            folded = pasted.line;
        }
        if let Some(mended) = misspelled_opening(&folded) {
            let place = place(source.place(folded.map[0] as usize).1);
            let (written, word) = (&folded.text[..mended.0.len()], mended.0);
            findings.push(
                Finding::error("misspelled-word", place, format!("“{written}”应当写作“{word}”"))
                    .text(written)
                    .line_text(source.line(index + 1))
                    .help(format!("写成：{}", mend::written(&mended.1.text))),
            );
            folded = mended.1;
        }
        let below = source.text.get(end..).unwrap_or_default();
        if layout.lacks_word(context, &folded.text, text, below) {
            let place = place(source.place(folded.map[0] as usize).1);
            let message = format!("“{}”前面少了“板块”", mend::written(&folded.text));
            let mended = folded.inserted(0, "板块 ");
            findings.push(
                Finding::error("missing-word", place, message)
                    .text(mend::written(&folded.text))
                    .line_text(source.line(index + 1))
                    .help(format!("写成：{}", mend::written(&mended.text))),
            );
            folded = mended;
        }
        let without_stop = folded.text.strip_suffix('。').map(|text| text.trim_end().len());
        let opened = opening(&folded.text[..without_stop.unwrap_or(folded.text.len())]);
        if let Some(end) = without_stop.filter(|_| opened.is_some() || context == Context::Example) {
            folded = folded.slice(0..end);
        }
        if let Some(opened) = opened {
            context = opened;
            layout.opened(opened, &folded.text, text);
        }
        if opened == Some(Context::Node) {
            numbering.write_out(&mut folded);
        }
        lines.push(Line { in_force, ..Line::unsettled(index + 1, context, opened.is_some(), folded) });
    }
    let threads = threads_for(lines.len());
    let names = elided::late_names(&lines);
    let declared = wording::declared(&lines);
    threads::to_each(&mut lines, threads, |line| {
        line.write_out(&names, &declared);
        line.settle();
    });
    lines
}

/// A line as written, where the next begins, and the same folded, with what is wrong with it by itself.
struct FoldedLine<'s> {
    text: &'s str,
    end: usize,
    folded: Option<Folded>,
    found: Findings,
}

fn all_folded(source: &Source) -> Vec<FoldedLine<'_>> {
    let mut end = 0;
    let cut = source.text.split('\n').map(|text| {
        end += text.len() + 1;
        (text, end)
    });
    let cut: Vec<(&str, usize)> = cut.collect();
    let fold = |index: usize| {
        let ((text, end), mut found) = (cut[index], Findings::default());
        let folded = fold_line(source, index + 1, text, end - text.len() - 1, &mut found);
        FoldedLine { text, end, folded, found }
    };
    let parts = threads::in_parts(cut.len(), threads_for(cut.len()), |part| part.map(fold).collect::<Vec<_>>());
    parts.into_iter().flatten().collect()
}

/// Folds a line (from 1) that begins at `at`; `None` where nothing is in it, or too much.
pub fn fold_line(source: &Source, number: usize, text: &str, at: usize, findings: &mut Findings) -> Option<Folded> {
    let place = || Place { file: source.name.clone(), line: number, column: 1 };
    if text.len() > LONGEST_LINE {
        let shown: String = text.chars().take(20).collect();
        findings.push(
            Finding::error("line-too-long", place(), format!("这一行太长，超过{}字节", LONGEST_LINE))
                .text(shown)
                .help("把这一行拆成几行"),
        );
        return None;
    }
    let folded = fold::fold(text, at);
    if folded.text.is_empty() {
        return None;
    }
    if depth(&folded.text) > DEEPEST {
        findings.push(
            Finding::error("too-deep", place(), format!("括号套得太深，超过{DEEPEST}层"))
                .text(folded.text.chars().take(20).collect::<String>())
                .help("把里面的算式单列一行，取个名字（名字 = 算式），再用这个名字"),
        );
        return None;
    }
    Some(folded)
}

fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for character in text.chars() {
        match character {
            '(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The context that a line opens, if it is an opening.
pub fn opening(text: &str) -> Option<Context> {
    // A line with a colon is a line of the node, whatever its head begins with: 例外情形：扣1分.
    let may_open = text.starts_with(|c: char| {
        c.is_ascii_digit() || "板约排等奖参例(零一二三四五六七八九十百".contains(c) || ('①'..='⑳').contains(&c)
    });
    if !may_open || top_colon(text).is_some() && !text.starts_with("例 ") {
        return None;
    }
    if speaks_of_a_unit(text) {
        return None;
    }
    let Ok(parsed) = syntax::parse(Token::opening_line, text) else { return meant_to_open(text) };
    let kind = parsed.into_inner().next()?.as_rule();
    Some(match kind {
        Token::section | Token::item => Context::Node,
        Token::CONVENTIONS => Context::Conventions,
        Token::ranking => Context::Ranking,
        Token::grading => Context::Grading,
        Token::awards => Context::Awards,
        Token::ELIGIBILITY => Context::Eligibility,
        _ => Context::Example,
    })
}

/// 等次为好的每人奖励1000元, 排名末位的约谈, 等次不得高于合格: whom a line is about or what it does, and no title.
fn speaks_of_a_unit(text: &str) -> bool {
    const SAYS: &[&str] = &["为", "是", "不", "在", "前", "后", "末", "倒数", "第"];
    const MOVES: &[&str] = &["不得高于", "不高于", "最高为", "定为", "不得评为"];
    let said = ["等次", "排名"].iter().find_map(|word| text.strip_prefix(word));
    if said.is_some_and(|rest| MOVES.iter().any(|word| rest.starts_with(word))) {
        return true;
    }
    said.is_some_and(|rest| SAYS.iter().any(|word| rest.starts_with(word)) && rest.contains('的'))
}

/// The opening that a line's first word was to be, where it only looks or sounds like one: 版块, 排明.
fn misspelled_opening(line: &Folded) -> Option<(&'static str, Folded)> {
    const OPENINGS: &[&str] = &["板块", "约定", "排名", "等次", "奖惩", "参评"];
    let word = line.text.split([' ', ':']).next().filter(|word| word.chars().count() == 2)?;
    // 奖罚 年终, and nothing behind a colon.
    if word == "奖罚" && word.len() < line.text.len() && top_colon(&line.text).is_none() {
        return Some(("奖惩", line.replaced(0..word.len(), "奖惩")));
    }
    let alone = word.len() == line.text.len();
    let meant = OPENINGS.iter().find(|opening| {
        let mut wrong = word.chars().zip(opening.chars()).filter(|(a, b)| a != b);
        // What stands alone on its line opens 约定 or 参评, what has a name the others.
        let may_stand_alone = matches!(**opening, "约定" | "参评");
        let (Some((written, meant)), None) = (wrong.next(), wrong.next()) else { return false };
        alone == may_stand_alone && suggest::cost(written, meant) <= 2
    })?;
    (top_colon(&line.text).is_none()).then(|| (*meant, line.replaced(0..word.len(), meant)))
}

/// What a line that begins like an opening was to open, though the rest of it does not parse: what follows is read in
/// its place all the same.
fn meant_to_open(text: &str) -> Option<Context> {
    let word = text.split([' ', '\t', ':']).next()?;
    Some(match word {
        "板块" => Context::Node,
        "排名" => Context::Ranking,
        "等次" => Context::Grading,
        "奖惩" => Context::Awards,
        _ => return None,
    })
}

/// The first colon outside parentheses and quotes.
pub fn top_colon(text: &str) -> Option<usize> {
    top_level(text, ':')
}

/// The first such sign outside parentheses and quotes.
pub fn top_level(text: &str, sign: char) -> Option<usize> {
    // Asked several times of every line: where nothing stands before the first such sign that could hold it, it is it.
    if let Ok(plain) = u8::try_from(sign)
        && plain.is_ascii()
    {
        const OPENS: u8 = "「".as_bytes()[0];
        let is_special = |byte: &u8| *byte == plain || *byte == b'(' || *byte == OPENS;
        let first = text.bytes().position(|byte| is_special(&byte))?;
        if text.as_bytes()[first] == plain {
            return Some(first);
        }
    }
    let mut depth = 0i32;
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '「' => quoted = true,
            '」' => quoted = false,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ if character == sign && depth <= 0 && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Marks the declared names and units in every line.
pub fn mark_names(lines: &mut [Line], names: &Names) {
    let threads = threads_for(lines.len());
    threads::to_each(lines, threads, |line| line.code = mark::mark(line, names));
}

/// How many threads so many lines are worth.
fn threads_for(lines: usize) -> usize {
    threads::available().min(lines / LINES_A_THREAD).max(1)
}

/// A line that does not parse, or that is a row of a table without a table.
pub struct Broken<'a> {
    line: &'a Line,
    error: Option<Box<Error<Token>>>,
}

/// How many broken lines are looked at for a likely mend: a file that is no rulebook has nothing but broken lines.
const MOST_MENDED: usize = 20;

/// Parses every line.
pub fn statements(lines: &[Line]) -> (Vec<Statement<'_>>, Vec<Broken<'_>>) {
    let mut statements: Vec<Statement<'_>> = Vec::with_capacity(lines.len());
    let mut broken = Vec::new();
    // Whether a row may stand here: below a line that begins a table, or one that did not parse and may have begun it.
    let mut in_table = false;
    for (line, parsed) in lines.iter().zip(all_parsed(lines)) {
        match parsed {
            Ok(parsed) => {
                let statement = Statement::new(line, parsed);
                let is_row =
                    !line.opening && line.context == Context::Node && statement.inner().as_rule() == Token::table_row;
                if is_row && !in_table {
                    broken.push(Broken { line, error: None });
                    continue;
                }
                in_table = is_row || begins_table(&line.plain.text);
                statements.push(statement);
            }
            // The first line too many is kept, to be told as such.
            Err(_) if broken.len() > MOST_BROKEN => break,
            Err(error) => {
                in_table |= begins_table(&line.plain.text);
                broken.push(Broken { line, error: Some(error) });
            }
        }
    }
    (statements, broken)
}

fn begins_table(text: &str) -> bool {
    ["查", "按下表", "分摊"].iter().any(|word| text.contains(word)) && text.contains(':')
}

/// A line as it was probably meant.
pub struct Mended {
    pub line: Line,
    /// The code of the finding that offers the line, and what to say instead where the line is refused as well.
    pub otherwise: Option<(&'static str, Finding)>,
}

/// One finding for each broken line; the lines as they were probably meant, to be read in their place so that nothing
/// is told that only follows from the mistake.
pub fn mended(source: &Source, names: &Names, broken: &[Broken<'_>], findings: &mut Findings) -> Vec<Mended> {
    let mut lines = Vec::new();
    for (index, Broken { line, error }) in broken.iter().enumerate() {
        if index == MOST_BROKEN {
            let place = Place { file: source.name.clone(), line: line.number, column: 1 };
            let message = format!("看不懂的行超过{MOST_BROKEN}行，从这一行起没有再读");
            let finding = Finding::error("too-many-broken-lines", place, message);
            findings.push(finding.line_text(source.line(line.number)).help("先看看给的是不是规则书"));
            break;
        }
        let stopped = mistake::offset(line, error.as_deref());
        // A row without a table parses to its end.
        let end = if error.is_some() { stopped } else { line.plain.text.len() };
        match (index < MOST_MENDED).then(|| mend::mend(line, names, end)).flatten() {
            Some(mend) => {
                findings.push(mistake::mended(source, line, &mend, names));
                // What is shown as the line to write must be one that goes through.
                let otherwise = mend.proposes().then(|| {
                    let finding = match mend.code {
                        // What the words are here is told all the same.
                        // 80-90分：奖励500元 is of the total, though it meets the line before.
                        "other-words" | "missing-word"
                            if mend.code == "other-words"
                                || mend.is_of_a_comma()
                                || line.context == Context::Awards =>
                        {
                            let lines: Vec<String> = mend.lines.iter().map(mend::shown).collect();
                            let help = format!("先写成：{}\n改好以后这一行还有别的错，再检查一次", lines.join("\n"));
                            mistake::mended(source, line, &mend, names).help(help)
                        }
                        _ => mistake::describe(source, line, stopped, error.as_deref(), names),
                    };
                    (mend.code, finding)
                });
                lines.extend(mend.lines.into_iter().map(|line| Mended { line, otherwise: otherwise.clone() }));
            }
            None => findings.push(mistake::describe(source, line, stopped, error.as_deref(), names)),
        }
    }
    lines
}

/// Puts mended lines among the statements.
pub fn read_mended<'a>(statements: &mut Vec<Statement<'a>>, lines: &'a [Mended]) {
    if lines.is_empty() {
        return;
    }
    statements.extend(lines.iter().filter_map(|mended| parse_line(&mended.line).ok()));
    statements.sort_by_key(|statement| statement.line.number);
}

/// Parses one line in its context, marked or else unmarked.
pub fn parse_line(line: &Line) -> Result<Statement<'_>, Box<Error<Token>>> {
    parsed(line, syntax::nodes).map(|parsed| Statement::new(line, parsed))
}

/// What parsing a line finds.
struct Parsed {
    /// It is the marked text that parses.
    marked: bool,
    nodes: Vec<Node<Token>>,
}

fn parsed<'t>(
    line: &'t Line,
    mut nodes: impl FnMut(Token, &'t str) -> Result<Vec<Node<Token>>, Box<Error<Token>>>,
) -> Result<Parsed, Box<Error<Token>>> {
    // 按期办结率×10分: the 按 of a name is none of the language.
    let is_cut = line.entry == Token::clause_line && line.code.text.contains("\u{E000}按");
    match nodes(line.entry, &line.code.text) {
        Err(_) if line.code.text != line.plain.text && !is_cut => {
            nodes(line.entry, &line.plain.text).map(|nodes| Parsed { marked: false, nodes })
        }
        found => found.map(|nodes| Parsed { marked: true, nodes }),
    }
}

/// What parsing finds of each line, as far as it goes: parsing is most of what reading a rulebook costs, and no line
/// needs another.
fn all_parsed(lines: &[Line]) -> Vec<Result<Parsed, Box<Error<Token>>>> {
    let parts = threads::in_parts(lines.len(), threads_for(lines.len()), |part| part_parsed(&lines[part]));
    parts.into_iter().flatten().collect()
}

fn part_parsed(lines: &[Line]) -> Vec<Result<Parsed, Box<Error<Token>>>> {
    let mut broken = 0;
    let mut all = Vec::with_capacity(lines.len());
    let mut memory = Memory::default();
    for line in lines {
        all.push(parsed(line, |rule, text| memory.nodes(rule, text)));
        broken += usize::from(all.last().is_some_and(Result::is_err));
        // Nobody reads on behind so many.
        if broken > MOST_BROKEN + 1 {
            break;
        }
    }
    all
}

/// Which `*_line` a line that opens nothing is parsed by.
fn entry_rule(context: Context, text: &str) -> Token {
    match context {
        Context::Header => Token::header_line,
        Context::Conventions => Token::convention_line,
        Context::Ranking => Token::ranking_line,
        Context::Grading => Token::grading_line,
        Context::Awards => Token::award_line,
        Context::Eligibility => Token::eligibility_line,
        Context::Example => Token::example_line,
        Context::Node if is_share_row(text) => Token::share_line,
        Context::Node => match top_colon(text) {
            Some(colon) if !is_keyword_head(&text[..colon]) && !is_equation(&text[..colon]) => Token::clause_line,
            _ => Token::node_line,
        },
    }
}

fn is_share_row(text: &str) -> bool {
    text.contains('%') && syntax::is(Token::share_line, text)
}

/// Asked of every line with a colon: most heads are labels, and their first character says so.
pub fn is_keyword_head(head: &str) -> bool {
    const BEGINS: &str = "依读责部基起扣累加得最总满系乘合各汇权适考评认指每单当本全月季半年任学在整";
    head.trim().starts_with(|c| BEGINS.contains(c)) && syntax::is(Token::keyword_head, head.trim())
}

/// Whether a name is that of a part of a rulebook, which no case may be called.
pub fn is_part(name: &str) -> bool {
    ["板块", "约定", "参评", "排名", "等次", "奖惩"].contains(&name)
}

/// Whether what stands behind a colon scores: 引用不准的，每处扣2分.
pub fn gives_points(body: &str) -> bool {
    const VERBS: [char; 8] = ['扣', '加', '得', '减', '计', '记', '奖', '给'];
    let amount = |at: usize| {
        let number = body[at..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        number.starts_with('分') && body[..at].trim_end().ends_with(VERBS)
    };
    let gives = [Token::outcome, Token::consequence, Token::veto, Token::disqualify, Token::zero_item, Token::rating];
    ["一票否决", "不得分", "计零", "不计分"].iter().any(|word| body.contains(word))
        || body.match_indices(|c: char| c.is_ascii_digit()).any(|(at, _)| amount(at))
        || syntax::parse(Token::clause_body, body.trim())
            .is_ok_and(|body| body.into_inner().flatten().any(|inner| gives.contains(&inner.as_rule())))
}

/// `成功率 = …` may hold a colon later on.
fn is_equation(head: &str) -> bool {
    top_level(head, '=').is_some()
}

impl<'a> Statement<'a> {
    fn new(line: &'a Line, Parsed { marked, nodes }: Parsed) -> Statement<'a> {
        let code = if marked { &line.code } else { &line.plain };
        let pair = Pair::root(&code.text, nodes);
        let inner = pair.clone().into_inner().next().expect("a line holds a statement");
        Statement { line, code, pair, inner }
    }

    /// The statement's one inner pair that is not the end of input.
    pub fn inner(&self) -> Pair<'a, Token> {
        self.inner.clone()
    }

    /// What stands behind the colon of a scoring line.
    pub fn body(&self) -> Pair<'a, Token> {
        self.pair.child(Token::body).expect("a scoring line has a body")
    }

    /// What stands before the colon, without its measure word.
    pub fn label(&self) -> String {
        self.inner.child(Token::head_name).map(|head| name_of(&head)).unwrap_or_default()
    }

    /// Where a pair stands in the source.
    pub fn span(&self, pair: &Pair<'_, Token>) -> Span {
        self.code.span(pair.as_span().start()..pair.as_span().end())
    }
}

/// A name without its marks or quotes, folded.
pub fn name_of(pair: &Pair<'_, Token>) -> String {
    let text = pair.as_str().trim();
    if fold::is_plain(text) {
        return text.to_owned();
    }
    fold::fold_name(&text.replace(|c| ('\u{E000}'..='\u{E005}').contains(&c), ""))
}
