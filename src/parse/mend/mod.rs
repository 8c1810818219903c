//! What was probably meant by a line that does not parse: one small change after another, until the line parses.

mod agreed;
mod apart;
mod awarded;
mod band;
mod cases;
mod compared;
mod figure;
mod in_periods;
mod kept;
mod left_out;
mod limit;
mod little;
mod loss;
mod mean;
mod off;
mod once;
mod place;
mod points;
mod quota;
mod rest;
mod rolled;
mod sign;
mod slip;
mod so_many;
mod speech;
mod unsayable;
mod whole;

pub use awarded::{
    NO_STREAK, months_on_roster, place_said, places_so_often, streak_said, time_of_a_place, times_of_places,
};
pub use cases::column_and_value;
pub use compared::{Declared, compares, instead_of_change};
pub use figure::{figure_behind, from_the_back};
pub use in_periods::in_periods;
pub use off::{is_off, taken_off, turned};
pub use once::{OTHER_TIMES, Once};
pub use quota::quota_of_groups;
pub use rolled::{rolled_up, shares_of_years};
pub use so_many::counted_in_periods;
pub use speech::{says_late, steps_of};
pub use unsayable::{OF_TWO_TERMS, column_of_parts, first_of_all};
pub use whole::{is_of_all_units, is_of_group};

use super::fold::Folded;
use super::{Line, Names, mark, mistake, opening, parse_line};
use crate::syntax::Rule as Token;
use kept::{keeps_meaning, keeps_numbers};

/// Longer lines are not mended: there are too many places to try.
const LONGEST: usize = 400;
/// How many changes are tried on one line.
const MOST_TRIES: usize = 400;
/// Mistakes that are in a number, or whose mend puts a reference behind #.
const OF_NUMBERS: &[&str] = &["unreadable-number", "wrong-item-number", "stray-words"];

/// A change that makes a line parse, and what it says about the mistake.
pub struct Mend {
    pub code: &'static str,
    pub message: String,
    /// The byte range of the line that is wrong.
    pub range: std::ops::Range<usize>,
    /// What is read in the place of the line; empty where it has no one likely form.
    pub lines: Vec<Line>,
    /// What to write, where that is not just the lines above.
    pub help: Option<String>,
}

impl Mend {
    /// Whether the lines are shown to be copied, and not just read in the place of the wrong one.
    pub fn proposes(&self) -> bool {
        let shows = |help: &String| self.lines.iter().all(|line| help.contains(&shown(line)));
        !self.lines.is_empty() && self.help.as_ref().is_none_or(shows)
    }

    /// 不得分并一票否决: where only a comma is missing, all the words are known.
    pub fn is_of_a_comma(&self) -> bool {
        self.message == left_out::NO_COMMA
    }
}

/// One line being mended.
struct Patient<'l> {
    line: &'l Line,
    names: &'l Names,
    /// Where pest stopped.
    stopped: usize,
    tries: std::cell::Cell<usize>,
}

/// A kind of mistake.
type Stage = fn(&Patient<'_>) -> Option<Mend>;

/// From the surest kind of mistake to the vaguest; whether its mend only mends a slip of the pen, which leaves the
/// words as they are.
const STAGES: &[(Stage, bool)] = &[
    (|it| it.opening(), false),
    (|it| it.share_of_all(), false),
    (|it| it.intervals(), false),
    (|it| it.brackets(), false),
    (|it| it.little(), false),
    (|it| it.rolled(), false),
    (|it| it.figure(), false),
    (|it| it.taken_off(), false),
    (|it| it.quota(), false),
    (|it| it.in_periods(), false),
    (|it| it.loss(), false),
    (|it| it.of_all_units(), false),
    (|it| it.unsayable(), false),
    (|it| it.awarded(), false),
    (|it| it.so_many(), false),
    (|it| it.spoken(), false),
    (|it| it.signs(), false),
    (|it| it.doubled(), false),
    (|it| it.letters(), false),
    (|it| it.own_labels(), false),
    (|it| it.misspelled(), false),
    (|it| it.misplaced(), false),
    (|it| it.order(), true),
    (|it| it.equals(), true),
    (|it| it.dates(), false),
    (|it| it.colon(), true),
    (|it| it.judged(), true),
    (|it| it.title(), false),
    (|it| it.verb(), false),
    (|it| it.unit(), true),
    (|it| it.agreed(), false),
    (|it| it.left_out(), true),
    (|it| it.two_lines(), false),
    (|it| it.behind(), false),
];

/// The first likely mend that keeps every number of the line and brings in none.
pub fn mend(line: &Line, names: &Names, stopped: usize) -> Option<Mend> {
    // An amendment where there is nothing to amend: no other spelling makes it right.
    if line.plain.text.len() > LONGEST || mistake::is_amendment(&line.plain.text) {
        return None;
    }
    let patient = Patient { line, names, stopped, tries: std::cell::Cell::new(0) };
    STAGES.iter().find_map(|(stage, is_slip)| stage(&patient).filter(|mend| patient.keeps(mend, *is_slip)))
}

impl Patient<'_> {
    /// Whether the lines that are proposed say all that the wrong one says, and no more.
    fn keeps(&self, mend: &Mend, is_slip: bool) -> bool {
        let after = mend.lines.iter().map(|line| line.plain.text.as_str()).collect::<Vec<_>>().join("\n");
        let numbers = OF_NUMBERS.contains(&mend.code) || keeps_numbers(self.text(), &after);
        // 每名党员每少1学时: of two 每 none is left out.
        let each = |text: &str| text.replace("每每", "每").matches('每').count();
        let is_clause = self.line.context == super::Context::Node;
        let each = mend.lines.is_empty() || !is_clause || each(&after) >= each(self.text());
        let meaning = !is_slip || mend.lines.is_empty() || keeps_meaning(self.text(), &after, false);
        meaning && (numbers && each || !mend.proposes())
    }

    fn text(&self) -> &str {
        &self.line.plain.text
    }

    /// The line with a change, if it parses as more than a stray row of a table.
    fn parsed(&self, range: std::ops::Range<usize>, with: &str) -> Option<Line> {
        let line = self.with_plain(self.line.plain.replaced(range, with));
        self.parses(&line, false).then_some(line)
    }

    /// A line of these words in its place, if they parse.
    fn written_as(&self, text: &str) -> Option<Line> {
        let line = self.with_plain(self.line.plain.replaced(0..self.text().len(), text));
        self.parses(&line, false).then_some(line)
    }

    fn with_plain(&self, plain: Folded) -> Line {
        let mut line = Line { plain, ..self.line.clone() };
        line.settle();
        line.code = mark::mark(&line, self.names);
        line
    }

    fn parses(&self, line: &Line, as_row: bool) -> bool {
        self.tries.set(self.tries.get() + 1);
        if self.tries.get() > MOST_TRIES {
            return false;
        }
        // A mended opening opens what the lines below it were read as.
        if line.opening && opening(&line.plain.text) != Some(line.context) {
            return false;
        }
        parse_line(line).is_ok_and(|statement| as_row || statement.inner().as_rule() != Token::table_row)
    }

    fn mended(
        &self,
        code: &'static str,
        message: impl Into<String>,
        range: std::ops::Range<usize>,
        line: Line,
    ) -> Option<Mend> {
        Some(Mend { code, message: message.into(), range, lines: vec![line], help: None })
    }

    /// Several lines in the place of one: `help` shows them.
    fn split(
        &self,
        code: &'static str,
        message: impl Into<String>,
        range: std::ops::Range<usize>,
        (lines, help): (Vec<Line>, String),
    ) -> Option<Mend> {
        Some(Mend { code, message: message.into(), range, lines, help: Some(help) })
    }

    fn told(
        &self,
        code: &'static str,
        message: impl Into<String>,
        range: std::ops::Range<usize>,
        help: impl Into<String>,
    ) -> Option<Mend> {
        Some(Mend { code, message: message.into(), range, lines: Vec::new(), help: Some(help.into()) })
    }
}

/// A mended line as people write it.
pub fn shown(line: &Line) -> String {
    written(&line.plain.text)
}

/// Folded text with the signs people write.
pub fn written(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            ':' => '：',
            ',' => '，',
            ';' => '；',
            '(' => '（',
            ')' => '）',
            '「' => '“',
            '」' => '”',
            other => other,
        })
        .collect()
}
