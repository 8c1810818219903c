//! A scoring line: its phrases in order become one rule of the plan.

mod another_figure;
mod aside;
mod at_odds;
mod bands;
mod beyond;
mod both_ways;
mod case;
mod combine;
mod contradiction;
mod counted_by;
mod covered;
mod days;
mod figures;
mod finish;
mod from_which;
mod given;
mod governed;
mod grade;
mod grid;
mod imported;
mod indicator;
mod interpolate;
mod key;
mod late;
mod limit;
mod lone;
mod missing;
mod modifier;
mod ordinal;
mod outcome;
mod overlap;
mod own_standard;
mod per;
mod phrase;
mod rating;
mod reach;
mod rest;
mod short;
mod step;
mod stray;
mod table;
mod times_of_case;
mod topmost;
mod unclear_days;
mod unclear_step;
mod unreached;
mod unread;
mod unrepaired;
mod valid;
mod veto;
mod which_figure;
mod worst;

pub use grade::{add_rule, ask_how_often, ask_which_grading, grade_effect, points_when, require_grading};
pub use limit::limits_every_case;
pub use modifier::{same_matter, time_of, whole_if_one_year};
pub use step::percent_text;
pub use table::{close_table, share_row, table_row};
pub use veto::{Veto, effects_of, veto_rank, veto_zero, zero_total};

use rust_decimal::Decimal;

use super::condition::Range;
use super::declare::is_grades;
use super::expression::{self, Site, Typed};
use super::idle;
use super::scope::{Meaning, Scope, name_of};
use crate::calendar::Cycle;
use crate::parse::{Statement, figure_behind};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;
use finish::finish;
use given::given_twice;
use grade::{grade, is_attribute};
use imported::imported;
use indicator::falls_short;
use phrase::gather;
use rating::rating;
use reach::{bound_of_one_case, limit_before_factor, unclear_reach};
use unread::{misspelled_unit, refuse_unread};

/// A lookup whose rows are on the lines that follow.
pub struct Table {
    pub rule: RuleId,
    pub keys: Vec<Typed>,
    /// −1 for 扣, 1 otherwise.
    sign: i64,
    /// When the columns of a grid hold, from its first row.
    columns: Option<Vec<Condition>>,
    pub(super) arms: Vec<(Condition, Expr)>,
    pub(super) otherwise: Option<Expr>,
    /// What it gives is for each of the things that a row counts.
    by_row: bool,
    /// What it is looked up by, or a row, was refused: nothing more is told of it.
    pub(super) refused: bool,
}

/// What a line says, gathered phrase by phrase.
#[derive(Clone, Default)]
struct Draft {
    arms: Vec<Arm>,
    /// 30至50件，每少1件扣1分: what was asked for.
    target: Option<Range>,
    ranges: Vec<Range>,
    otherwise: Option<Expr>,
    /// 扣, 加 or 得 of 其余.
    rest_verb: Option<Token>,
    /// Points without any condition.
    plain: Option<Expr>,
    /// 扣, 加 or 得 of these.
    plain_verb: Option<Token>,
    /// From where to where they are written in the line.
    plain_at: (usize, usize),
    per_row: bool,
    flat: bool,
    /// 酌情, from how many points to how many.
    judged: Option<(Decimal, Decimal)>,
    on_total: bool,
    tiers: Vec<(u32, Number)>,
    /// The first 第N次 that no tier covers yet.
    next_tier: u32,
    /// The last of them does not say 起.
    open_tiers: bool,
    /// Whose times 第N次 counts, once the line said so.
    by: Option<CountedBy>,
    count_scope: Option<Cycle>,
    row_rules: Vec<RowRule>,
    /// How many of them stand before all points, and are of the whole line: 自查为是的减半；情节为严重的每处扣3分，….
    leading: usize,
    /// One of a part that stands between points, and may be of those behind it or not.
    amid: Option<String>,
    limits: Vec<Limit>,
    /// Of those that bound the whole line: how many points, of which kind, and where that is written.
    bounds: Vec<(Number, Option<limit::Limited>, usize)>,
    once: Option<Cycle>,
    most_times: Option<(u32, Cycle)>,
    same_matter: Option<SameMatter>,
    refund: Option<Refund>,
    valid_months: Option<u32>,
    factors: Vec<Expr>,
    /// 最低得10分: no less is left of what the line gives.
    least: Option<Number>,
    vetoes: Vec<(Condition, veto::Veto)>,
    /// The band or condition that what stands behind a comma goes on with, until a semicolon or another one.
    case: Waiting,
    effects: Vec<RuleEffect>,
    keep: Option<(u32, crate::value::Rounding)>,
    /// 按直线插值, until all bands are known.
    between: Vec<interpolate::Between>,
    table: Option<(Vec<Typed>, i64)>,
    /// A key of its table means nothing.
    refused: bool,
    /// 另扣5分: what comes on top of whatever else the line gives.
    extras: Vec<(Condition, Expr)>,
    /// 不得分: when; in a line that gives nothing else, nothing of the item is left.
    no_marks: Vec<Condition>,
    /// 超过3次的部分: only what is beyond the range before it counts.
    beyond: bool,
    /// 超过3次不超过10次的部分: where it ends, whether that belongs to it, and what the whole of it gives.
    parts: Vec<(Expr, bool, Expr)>,
    /// 每人最多扣3分: each row is taken by itself.
    by_row_limit: bool,
    /// 每件最多扣3分 is for each piece of the row's quantity.
    by_piece_limit: bool,
    /// Days late, once the line spoke of them: 逾期1至3天扣1分，4天以上扣2分.
    late_days: Option<Typed>,
    /// What the line is about where that is a share: 按比例得分.
    share: Option<Expr>,
    /// 除数为0的，不作考评
    zero_divisor: Option<Expr>,
    /// Said once a line, however many there are.
    two_outcomes: bool,
    /// 得: the line itself gives points, so that 满分 is earned rather than kept.
    gains: bool,
    /// 扣 or 加 of points that go off or on what the line gives.
    nets: Vec<Token>,
    /// 加
    adds: bool,
    /// Cases that bring more than points, and where that is said.
    followed: Vec<(Condition, Option<Range>, usize)>,
}

impl Draft {
    /// 级别为市的加倍，级别为国家的扣9分: 加倍 is of what stands before it, and not of the nine. What looks at something else may
    /// hold beside the arm, and is of the whole line where it stands before all of it.
    fn push(&mut self, arm: Arm) {
        let own = combine::subjects(&arm.when);
        for (at, earlier) in self.row_rules.iter_mut().enumerate().filter(|(_, rule)| rule.factor.is_some()) {
            if combine::subjects(&earlier.when).iter().any(|subject| own.contains(subject)) {
                let when = std::mem::replace(&mut earlier.when, Condition::Always);
                earlier.when = Condition::All(vec![when, Condition::Not(Box::new(arm.when.clone()))]);
            } else if at >= self.leading && arm.points != crate::compile::declare::zero() {
                self.amid.get_or_insert_with(|| earlier.reason.clone());
            }
        }
        self.arms.push(arm);
    }
}

/// What a condition gives.
#[derive(Clone)]
struct Arm {
    when: Condition,
    points: Expr,
    /// 扣, 加 or 得: where the same line says 得满分, what is deducted and added goes off and on full marks.
    verb: Option<Token>,
    /// Where it holds, as far as a range says so.
    range: Option<Range>,
    /// The same of days late.
    days: Option<Range>,
    /// 每少1件, 每多1件: points by steps, which may run into other bands, and which way they go.
    steps: Option<Way>,
    /// What the band gives in which the steps begin and lie.
    base: Option<Expr>,
}

/// Which way steps go from where they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Down,
    Up,
}

impl Arm {
    fn flat(when: Condition, points: Expr, verb: Option<Token>) -> Arm {
        Arm { when, points, verb, range: None, days: None, steps: None, base: None }
    }
}

/// What the line is about.
enum Subject {
    /// Rows of an event.
    Event(InputId),
    /// A value of the period.
    Value(Typed),
}

/// What all phrases of a line share.
#[derive(Clone, Copy)]
struct Line<'l, 'a, 'b> {
    site: Site<'a, 'b>,
    subject: &'l Subject,
    /// 不足1个百分点的不计
    part: Option<Part>,
    /// 按工作日计算
    workdays: Option<bool>,
    /// 按日累计
    running: bool,
    /// Which days it speaks of: `LATE`, `EARLY`, or those that are reported.
    days: Option<Token>,
}

/// A condition or a range that waits for what follows from it.
type Waiting = Option<(Condition, Option<Range>)>;

/// What an outcome gives.
enum Outcome {
    /// Signed points.
    Points(Expr),
    /// 酌情: what the fact brings, with its sign.
    Judged(Expr),
    /// 不得分, 得0分
    NoMarks,
    NotCounted,
    NotAssessed,
    Factor(Expr),
    /// 按直线插值, and from how many points to how many, where that is said.
    Between(Option<(Number, Number)>),
}

/// Compiles one scoring line; a lookup comes back to take its rows.
pub fn define(scope: &mut Scope<'_>, statement: &Statement<'_>, node: NodeId) -> Option<Table> {
    let head = statement.inner();
    let name_pair = head.child(Token::head_name).expect("a head has a name");
    let name = name_of(&name_pair);
    let body = statement.body();
    let site = Site { statement, node };
    let first = body.clone().into_inner().next().expect("a body is something");
    match first.as_rule() {
        Token::pending => {
            let text = scope.line_text(statement);
            let clause = scope.plan.nodes[node.index()].address.clone();
            scope.plan.readings.push(Reading { kind: "待定", clause, text });
            return None;
        }
        Token::rating => {
            rating(scope, site, &name, &first);
            return None;
        }
        Token::imported => {
            imported(scope, site, &name, &first);
            return None;
        }
        _ => {}
    }
    if scope.declared_here(node, &name).is_none() && is_grades(&body) && !is_attribute(scope, node, &name) {
        for phrase in body.children(Token::phrase) {
            grade(scope, site, &phrase);
        }
        return None;
    }
    let meaning = scope.find(node, &name).ok().or_else(|| scope.figure_elsewhere(&name))?;
    let subject = match meaning {
        Meaning::Input(id) if matches!(scope.plan.inputs[id.index()].kind, InputKind::Event) => Subject::Event(id),
        Meaning::Input(id) if matches!(scope.plan.inputs[id.index()].kind, InputKind::Grade { .. }) => return None,
        _ => Subject::Value(expression::of_meaning(scope, site, &name_pair, meaning)),
    };
    if let Subject::Value(Typed { expr: Expr::Input { input, collect: Aggregate::Sum }, kind: Type::Percent }) =
        &subject
        && scope.plan.nodes[node.index()].cycle > Cycle::Month
        && !scope.collect.contains_key(input)
    {
        let finding = scope
            .at(
                statement,
                &name_pair,
                "missing-convention",
                format!("“{name}”按{}考评，没有写报了几个月的百分比怎样合成一个", scope.plan.nodes[node.index()].cycle.word()),
            )
            .help(format!(
                "一期只报一个数的，写：{name}（%）：取期末数，…；各月都报、取各月平均的，写：{name}（%）：取平均，…；\n用分子、分母计算的，写：{name} = 甲（件） ÷ 乙（件）"
            ));
        scope.report(finding);
    }
    if let Subject::Event(_) = &subject
        && let Some(unit) = falls_short(&name, &body)
    {
        let text = scope.line_text(statement);
        let rest = text.split_once(['：', ':']).map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        let finding = scope
            .at(statement, &name_pair, "indicator-without-unit", format!("“{name}”要每月报数，却没有写量词"))
            .expected("指标名称后面的括号里写量词；不写的，当成发生了才报的情形，没有报就是0");
        // 测评：优秀率低于80%扣1分: what is reported is named behind the colon.
        let finding = finding.help(match figure_behind(&text) {
            Some((_, line)) => format!("写成：{line}"),
            None => format!("写成：{name}（{unit}）：{rest}"),
        });
        scope.blame(finding);
        return None;
    }
    scope.in_row = match &subject {
        Subject::Event(id) => Some(*id),
        Subject::Value(_) => None,
    };
    let told = scope.findings.len();
    let mistaken =
        matches!(&subject, Subject::Value(Typed { expr: Expr::Measure(id), .. }) if scope.mistaken.contains(id));
    if misspelled_unit(scope, site, &body)
        || veto::one_vote(scope, site, &name, &body)
        || refuse_unread(scope, site, &body, &subject)
        || unclear_reach(scope, site, &body)
        || bound_of_one_case(scope, site, &body, &subject)
        || limit_before_factor(scope, site, &body, &subject)
        || times_of_case::ask(scope, site, &body)
    {
        scope.in_row = None;
        return None;
    }
    if let Subject::Event(id) = &subject
        && which_figure::ask(scope, site, &body, *id)
    {
        scope.in_row = None;
        return None;
    }
    if given_twice(scope, site, &name, &body) {
        return None;
    }
    if matches!(subject, Subject::Value(_)) && idle::words_of_rows(scope, site, &body) {
        return None;
    }
    let mut draft = gather(scope, site, &body, &subject);
    if let Subject::Value(Typed { expr: measure @ Expr::Measure(id), .. }) = &subject
        && scope.computed.contains(id)
        && let Some(points) = draft.plain.replace(measure.clone())
    {
        scope.plan.measures[id.index()].expr = points;
    }
    let table = finish(scope, site, &name, subject, draft);
    scope.in_row = None;
    // What a mistaken formula comes to is not known: the lines that use it are not to be blamed.
    if mistaken {
        scope.findings.truncate(told);
    }
    table
}

/// 扣, 加 or 得; what speaks of full marks gives.
fn verb_of(outcome: &Pair<'_, Token>) -> Option<Token> {
    if outcome.has(Token::FULL_MARKS) || outcome.has(Token::IN_PROPORTION) {
        return Some(Token::GAIN);
    }
    let said = outcome.child(Token::percent_of_marks).unwrap_or_else(|| outcome.clone());
    let verb = said.child(Token::verb)?;
    [Token::DEDUCT, Token::ADD, Token::GAIN].into_iter().find(|kind| verb.has(*kind))
}

/// 扣, 加 and 得 wherever points are given in a line or part of one.
fn verbs_of(pair: &Pair<'_, Token>) -> Vec<Token> {
    let gives = [Token::outcome, Token::lookup];
    let parts = pair.clone().into_inner().flatten().filter(|inner| gives.contains(&inner.as_rule()));
    let verbs = parts.flat_map(|part| part.into_inner().flatten()).filter(|inner| inner.as_rule() == Token::verb);
    verbs.filter_map(|verb| verb.into_inner().next().map(|verb| verb.as_rule())).collect()
}

/// The figure that ranges and steps speak of.
fn subject_value(scope: &Scope<'_>, subject: &Subject) -> Typed {
    match subject {
        Subject::Event(id) => {
            let kind = scope.plan.inputs[id.index()].quantity.clone();
            Typed::new(Expr::Input { input: *id, collect: Aggregate::Sum }, kind)
        }
        Subject::Value(value) => value.clone(),
    }
}
