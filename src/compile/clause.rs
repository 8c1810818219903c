//! A scoring line: its phrases in order become one rule of the plan.

use pest::iterators::Pair;
use rust_decimal::Decimal;

use super::body;
use super::condition::{self, Range};
use super::declare::{is_grades, zero};
use super::expression::{self, Site, Typed, integer};
use super::header::cycle_of;
use super::idle;
use super::scope::{Meaning, Scope, name_of};
use super::table_cover;
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::parse::{Children, Statement, unit_is_common};
use crate::plan::*;
use crate::syntax::Rule as Token;
use crate::value::Number;

/// A lookup whose rows are on the lines that follow.
pub struct Table {
    pub rule: RuleId,
    pub keys: Vec<Typed>,
    /// −1 for 扣, 1 otherwise.
    sign: i64,
    /// The values of the last key, from a header row between bars.
    header: Option<Vec<String>>,
    pub(super) arms: Vec<(Condition, Expr)>,
    pub(super) otherwise: Option<Expr>,
    row_basis: bool,
    /// What it is looked up by, or a row, was refused: nothing more is told of it.
    pub(super) refused: bool,
}

/// What a line says, gathered phrase by phrase.
#[derive(Default)]
struct Draft {
    arms: Vec<Arm>,
    ranges: Vec<Range>,
    otherwise: Option<Expr>,
    /// Points without any condition.
    plain: Option<Expr>,
    per_row: bool,
    flat: bool,
    /// 酌情, from how many points to how many.
    judged: Option<(Decimal, Decimal)>,
    on_total: bool,
    tiers: Vec<(u32, Number)>,
    /// The first 第N次 that no tier covers yet.
    next_tier: u32,
    by_person: bool,
    count_scope: Option<Cycle>,
    row_rules: Vec<RowRule>,
    limits: Vec<Limit>,
    once: Option<Cycle>,
    most_times: Option<(u32, Cycle)>,
    same_matter: Option<SameMatter>,
    refund: Option<Refund>,
    valid_months: Option<u32>,
    factors: Vec<Expr>,
    veto: Option<(Condition, bool, bool, bool, bool)>,
    effects: Vec<RuleEffect>,
    keep: Option<(u32, crate::value::Rounding)>,
    table: Option<(Vec<Typed>, i64)>,
    /// A key of its table means nothing.
    refused: bool,
    /// 另扣5分: what comes on top of whatever else the line gives.
    extras: Vec<(Condition, Expr)>,
    /// 不得分: when; in a line that gives nothing else, nothing of the item is left.
    no_marks: Vec<Condition>,
    /// 超过3次的部分: only what is beyond the range before it counts.
    beyond: bool,
    /// 每人最多扣3分: each row is taken by itself.
    by_row_limit: bool,
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
    /// 加
    adds: bool,
}

/// What a condition gives.
struct Arm {
    when: Condition,
    points: Expr,
    /// 扣, 加 or 得: where the same line says 得满分, what is deducted and added goes off and on full marks.
    verb: Option<Token>,
    /// Where it holds, as far as a range says so.
    range: Option<Range>,
    /// 每少1件: points by steps, which may run into other bands.
    by_steps: bool,
}

impl Arm {
    fn flat(when: Condition, points: Expr, verb: Option<Token>) -> Arm {
        Arm { when, points, verb, range: None, by_steps: false }
    }
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

/// What the line is about.
enum Subject {
    /// Rows of an event.
    Event(InputId),
    /// A value of the period.
    Value(Typed),
}

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
}

/// Compiles one scoring line; a lookup comes back to take its rows.
pub fn define(scope: &mut Scope<'_>, statement: &Statement<'_>, node: NodeId) -> Option<Table> {
    let head = statement.inner();
    let name_pair = head.child(Token::head_name).expect("a head has a name");
    let name = name_of(&name_pair);
    let body = statement.pair.child(Token::body).expect("a scoring line has a body");
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
    let meaning = scope.find(node, &name).ok()?;
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
                format!("“{name}”逐月报送，没有写各月的百分比怎样合成一个"),
            )
            .help(format!(
                "写成：{name}（%）：取平均；…，或 取期末数；…；或改为用分子、分母计算：{name} = 甲（件） ÷ 乙（件）"
            ));
        scope.report(finding);
    }
    if let Subject::Event(_) = &subject
        && let Some(unit) = falls_short(&body)
    {
        let text = scope.line_text(statement);
        let rest = text.split_once(['：', ':']).map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        let finding = scope
            .at(statement, &name_pair, "indicator-without-unit", format!("“{name}”要每月报数，却没有写量词"))
            .expected("指标名称后面的括号里写量词；不写的，当成发生了才报的情形，没有报就是0")
            .help(format!("写成：{name}（{unit}）：{rest}"));
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
    if refuse_unread(scope, site, &body, &subject) {
        scope.in_row = None;
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

/// Whether a line counts what is missing (每少1件扣1分, 低于1次扣5分), and in which unit.
fn falls_short(body: &Pair<'_, Token>) -> Option<String> {
    let unit_in = |pair: &Pair<'_, Token>| {
        let mut inside = pair.clone().into_inner().flatten();
        // 低于85%: the first figure of the line says what it is measured in.
        let unit = inside.find(|inner| matches!(inner.as_rule(), Token::unit | Token::percent | Token::PERCENT_SIGN));
        unit.map_or("件".to_owned(), |unit| match unit.as_rule() {
            Token::unit => name_of(&unit),
            _ => "%".to_owned(),
        })
    };
    body.children(Token::phrase).iter().find_map(|phrase| {
        let short = phrase
            .child(Token::per)
            .or_else(|| phrase.child(Token::happens))
            .is_some_and(|per| per.child(Token::per_kind).is_some_and(|kind| kind.has(Token::SHORT)));
        let below = phrase.child(Token::range).is_some_and(|range| {
            range
                .child(Token::bound)
                .is_some_and(|bound| bound.child(Token::comparator).is_some_and(|c| c.has(Token::BELOW)))
        });
        (short || below && verbs_of(phrase).contains(&Token::DEDUCT)).then(|| unit_in(phrase))
    })
}

/// 扣, 加 and 得 wherever points are given in a line or part of one.
fn verbs_of(pair: &Pair<'_, Token>) -> Vec<Token> {
    let gives = [Token::outcome, Token::lookup];
    let parts = pair.clone().into_inner().flatten().filter(|inner| gives.contains(&inner.as_rule()));
    let verbs = parts.flat_map(|part| part.into_inner().flatten()).filter(|inner| inner.as_rule() == Token::verb);
    verbs.filter_map(|verb| verb.into_inner().next().map(|verb| verb.as_rule())).collect()
}

// ---------------------------------------------------------------- phrases

fn gather(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>, subject: &Subject) -> Draft {
    let mut draft = Draft::default();
    // 完成率 = 税收 ÷ 目标 has no measure word; what is compared with percentages is a share.
    if let Subject::Value(Typed { expr, kind }) = subject
        && (*kind == Type::Percent || *kind == Type::Bare && body.as_str().contains('%'))
    {
        draft.share = Some(expr.clone());
    }
    let lone = lone_amount(body);
    let lone_late = lone_days(body);
    // 超过3天的部分: what is beyond, until the 每 that says what each day costs.
    let mut beyond_days: Option<Range> = None;
    let mut waiting: Option<(Condition, Option<Range>)> = None;
    let part = body
        .children(Token::phrase)
        .iter()
        .find_map(|phrase| phrase.child(Token::part_rule))
        .map(|rule| expression::part_of(&rule))
        .or(scope.conventions.part);
    let workdays = day_kind(scope, body);
    let running = body.children(Token::phrase).iter().any(|phrase| phrase.has(Token::RUNNING_DAYS));
    let mut end = body.as_span().start();
    let mut before = None;
    for phrase in body.children(Token::phrase) {
        let between = &site.statement.code.text[end..phrase.as_span().start()];
        end = phrase.as_span().end();
        // 1条加2分；2条；3条加5分: a semicolon ends what was begun.
        if between.contains(';') && waiting.is_some() {
            let finding = scope
                .at(site.statement, before.as_ref().unwrap_or(&phrase), "unfinished-line", "这一档没有写扣几分或加几分")
                .help("在分号前面补上：加2分");
            scope.blame(finding);
        }
        before = Some(phrase.clone());
        let mut first = phrase.clone().into_inner().next().expect("a phrase is something");
        if first.as_rule() == Token::range_of_cycle {
            require_own_cycle(scope, site, &first);
            first = phrase.child(Token::range).expect("a cycle's range");
        }
        match first.as_rule() {
            Token::per => {
                let outcome = phrase.child(Token::outcome).expect("每… has an outcome");
                let Ok(kind) = kind_of(scope, site, subject, &first) else { return draft };
                // 每天扣1分，按日累计: the days are those that something is late.
                let daily = running && kind.is_none() && speaks_of_days(&first);
                let kind = kind.or((daily && matches!(subject, Subject::Event(_))).then_some(Token::LATE));
                if let Some(range) = beyond_days.take() {
                    days_beyond(scope, site, &mut draft, &range, (&first, &outcome), running);
                    continue;
                }
                // `不少于30件，每少1件扣1分；超过50件，每多1件加1分`: each 每 belongs to the range before it.
                let waiting = waiting.take();
                per(scope, site, &mut draft, subject, (&first, kind), &outcome, waiting, part, workdays, running);
            }
            Token::ordinal => {
                let outcome = phrase.child(Token::outcome).expect("第N次 has an outcome");
                ordinal(scope, site, &mut draft, &first, &outcome);
            }
            Token::otherwise if draft.plain.is_some() || draft.otherwise.is_some() => {
                let message = "“其余”以前已经写了不论什么情形都算的分数";
                let finding = scope
                    .at(site.statement, &first, "two-outcomes", message)
                    .help("前面的分数写明条件，如：当 情节为严重，扣5分；其余 扣1分；或去掉“其余”这一段");
                scope.report(finding);
            }
            Token::otherwise => {
                let outcome = phrase.child(Token::outcome).expect("其余 has an outcome");
                let stepped = phrase.child(Token::per).filter(|per| {
                    let step = number_in(per).is_some_and(|number| number != 1);
                    step || [Token::per_kind, Token::cycle_unit].into_iter().any(|kind| per.has(kind))
                });
                if let Some(per) = stepped {
                    let finding = scope
                        .at(site.statement, &per, "unread-word", "“其余”后面只能写每次、每件，不能写每多、每少、每几件")
                        .help("另写明范围：低于90%，每低1个百分点扣1分");
                    scope.blame(finding);
                }
                draft.otherwise = match outcome_of(scope, site, &mut draft, &outcome, &Condition::Always) {
                    Outcome::Points(points) if phrase.has(Token::per) => {
                        // 其余每人扣1分
                        draft.per_row |= matches!(subject, Subject::Event(_));
                        Some(times(points, counted(scope, subject)))
                    }
                    Outcome::Points(points) => Some(points),
                    Outcome::NotAssessed => Some(Expr::NotAssessed),
                    _ => Some(zero()),
                };
            }
            Token::WHEN => {
                let pair = phrase.child(Token::condition).expect("当 has a condition");
                waiting = Some((condition::condition(scope, site, &pair), None));
            }
            Token::down_to => down_to(scope, site, &first),
            Token::rate => rate(scope, site, &mut draft, subject, &first),
            Token::happens if among_bands(body) => {
                // 缺1项扣1分，缺2项扣3分: exactly one, where the others are so many.
                let value = subject_value(scope, subject);
                let one = Expr::Number(Number::ONE);
                let condition = Condition::Compare(Box::new(value.expr), Comparison::Equal, Box::new(one.clone()));
                let end = Some((one, true));
                let range = Range { condition: condition.clone(), low: end.clone(), high: end };
                let outcome = phrase.child(Token::outcome).expect("what happens has an outcome");
                arm(scope, site, &mut draft, (condition, Some(range)), &outcome, &first);
            }
            Token::happens => {
                let outcome = phrase.child(Token::outcome).expect("what happens has an outcome");
                let Ok(kind) = kind_of(scope, site, subject, &first) else { return draft };
                per(
                    scope,
                    site,
                    &mut draft,
                    subject,
                    (&first, kind),
                    &outcome,
                    waiting.take(),
                    part,
                    workdays,
                    running,
                );
            }
            Token::late_range if phrase.has(Token::BEYOND) => {
                let Some(days) = days_late(scope, site, subject, &first, workdays, running) else { continue };
                let range = first.child(Token::range).expect("逾期 has a range");
                draft.late_days.get_or_insert_with(|| days.clone());
                beyond_days = Some(condition::range(scope, site, &range, &days));
            }
            Token::late_range if lone_late.is_some() => {
                // 逾期1天扣1分: one for each day, as 每逾期1天扣1分 is.
                let (quantity, outcome) = lone_late.as_ref().expect("asked by the guard");
                if number_in(quantity) == Some(1) {
                    let one = (quantity, Some(Token::LATE));
                    per(scope, site, &mut draft, subject, one, outcome, waiting.take(), part, workdays, running);
                } else {
                    lone_band(scope, site, &first, outcome);
                }
            }
            Token::late_range => {
                let Some(days) = days_late(scope, site, subject, &first, workdays, running) else { continue };
                let range = first.child(Token::range).expect("逾期 has a range");
                draft.late_days = Some(days.clone());
                let outcome = phrase.child(Token::outcome).filter(|_| !phrase.has(Token::per));
                late_band(scope, site, &mut draft, &mut waiting, (&range, &days), outcome);
            }
            Token::condition => {
                let condition = both(waiting.take(), condition::condition(scope, site, &first));
                match (phrase.child(Token::outcome), phrase.child(Token::consequence)) {
                    (Some(_), _) if phrase.has(Token::per) => waiting = Some((condition, None)),
                    (Some(outcome), _) => arm(scope, site, &mut draft, (condition, None), &outcome, &first),
                    (None, Some(then)) => {
                        waiting = Some((condition, None));
                        consequence(scope, site, &mut draft, subject, &then, &mut waiting);
                    }
                    (None, None) => waiting = Some((condition, None)),
                }
            }
            Token::range if lone.is_some() => {
                // 1次扣1分: one for each, as 一次扣1分 and 每次扣1分 are.
                let Lone { quantity, outcome, .. } = lone.as_ref().expect("asked by the guard");
                if quantity.child(Token::number).and_then(|number| integer(&number)) == Some(1) {
                    let one = (quantity, None);
                    per(scope, site, &mut draft, subject, one, outcome, waiting.take(), part, workdays, running);
                } else {
                    lone_band(scope, site, &first, outcome);
                }
            }
            Token::range if draft.late_days.is_some() && speaks_of_days(&first) && phrase.has(Token::BEYOND) => {
                let days = draft.late_days.clone().expect("asked by the guard");
                beyond_days = Some(condition::range(scope, site, &first, &days));
            }
            Token::range if draft.late_days.is_some() && speaks_of_days(&first) => {
                let days = draft.late_days.clone().expect("asked by the guard");
                let outcome = phrase.child(Token::outcome).filter(|_| !phrase.has(Token::per));
                late_band(scope, site, &mut draft, &mut waiting, (&first, &days), outcome);
            }
            Token::range => {
                draft.beyond |= phrase.has(Token::BEYOND);
                let value = subject_value(scope, subject);
                let range = condition::range(scope, site, &first, &value);
                // 不低于90%，低于95%的，得5分: both ends; 当 类别为街道，低于90%扣2分: both conditions.
                let (condition, range) = match waiting.take() {
                    None => (range.condition.clone(), Some(range)),
                    Some((_, Some(first))) => {
                        let both = first.and(range);
                        (both.condition.clone(), Some(both))
                    }
                    Some((first, None)) => (Condition::All(vec![first, range.condition]), None),
                };
                match phrase.child(Token::outcome).filter(|_| !phrase.has(Token::per)) {
                    Some(outcome) => arm(scope, site, &mut draft, (condition, range), &outcome, &first),
                    None => waiting = Some((condition, range)),
                }
                if let Some(then) = phrase.child(Token::consequence) {
                    consequence(scope, site, &mut draft, subject, &then, &mut waiting);
                }
            }
            // Taken with the number before it.
            Token::outcome if lone.as_ref().is_some_and(|lone| lone.apart && lone.outcome == first) => {}
            Token::outcome => match waiting.take() {
                Some(waiting) => arm(scope, site, &mut draft, waiting, &first, &first),
                None => plain(scope, site, &mut draft, subject, &first),
            },
            Token::name => {
                let outcome = phrase.child(Token::outcome).expect("a name has an outcome");
                if let Subject::Value(value @ Typed { kind: Type::Text, .. }) = subject {
                    // 资质：一级加5分；二级加3分
                    let condition = text_key(scope, site, &first, &name_of(&first), value);
                    arm(scope, site, &mut draft, (condition, None), &outcome, &first);
                    continue;
                }
                // 成功率不作考评: the name only repeats what the line is about.
                let label =
                    site.statement.inner().child(Token::head_name).map(|head| name_of(&head)).unwrap_or_default();
                match waiting.take() {
                    Some(_) if !label.contains(&name_of(&first)) => {
                        let word = name_of(&first);
                        let line = scope.line_text(site.statement).replacen(&word, "", 1);
                        let finding = scope
                            .at(site.statement, &first, "unread-word", format!("“{word}”没有读懂，不能当作没有写"))
                            .help(format!("去掉它，写成：{}；是另一种情形的，另起一行", line.trim()));
                        scope.blame(finding);
                    }
                    Some(waiting) => arm(scope, site, &mut draft, waiting, &outcome, &first),
                    None => {
                        let finding = stray_case(scope, site, &first, &outcome);
                        scope.blame(finding);
                    }
                }
            }
            Token::veto => {
                // 1至2人扣3分；3人以上扣6分，一票否决: of those the comma joins it to.
                let of_last = between.contains(',').then(|| draft.arms.last().map(|arm| arm.when.clone())).flatten();
                let when = waiting.take().map(|(condition, _)| condition).or(of_last);
                if when.is_none() && draft.arms.iter().any(|arm| arm.when != Condition::Always) && between.contains(';')
                {
                    let finding = scope
                        .at(site.statement, &first, "veto-of-which", "前面分了几档，说不清哪一档一票否决")
                        .help("写在那一档后面，用逗号：1至2人扣3分；3人以上扣6分，一票否决，年终排名末位；\n各档都否决的，另起一行：当 发生死亡，一票否决，年终排名末位");
                    scope.blame(finding);
                }
                let when = when.unwrap_or(Condition::Always);
                draft.veto = Some((when, false, false, false, false));
            }
            // 总分计零 by itself moves no rank.
            Token::veto_scope if draft.veto.is_none() && first.has(Token::VETO_ZERO) => {
                let when = waiting.take().map_or(Condition::Always, |(condition, _)| condition);
                draft.effects.push(RuleEffect { when, effect: Effect::ZeroNode(NodeId(0)) });
            }
            Token::veto_scope => veto_scope(scope, site, &mut draft, &first),
            _ => modifier(scope, site, &mut draft, subject, &first, &mut waiting),
        }
        // 超过3次的每次扣2分: a range or condition and its 每 in one breath.
        let each = phrase.child(Token::per).filter(|_| !matches!(first.as_rule(), Token::per | Token::otherwise));
        if let (Some(each), Some(outcome)) = (each, phrase.child(Token::outcome)) {
            let Ok(kind) = kind_of(scope, site, subject, &each) else { return draft };
            let each = (&each, kind);
            per(scope, site, &mut draft, subject, each, &outcome, waiting.take(), part, workdays, running);
        }
    }
    idle::said_twice(scope, site, body);
    idle::idle_words(scope, site, body, matches!(subject, Subject::Event(_)));
    let last = before.as_ref().map(|phrase| phrase.as_str().trim()).unwrap_or_default();
    if waiting.is_some() && ["总分", "得分"].iter().any(|word| last.starts_with(word)) {
        let message = format!("“{last}”在这里成了条件，后面没有写扣几分或加几分");
        let finding = scope
            .at_line(site.statement.line.number, "unfinished-line", message)
            .help("限这一句的，写成：，最多加10分；限全部得分的，写在约定里：总分不超过 10分");
        scope.report(finding);
        return draft;
    }
    if let Some((_, range)) = waiting {
        let what = if range.is_some() { "这个范围" } else { "这个条件" };
        let finding = scope
            .at_line(site.statement.line.number, "unfinished-line", format!("写了{what}，没有写扣几分或加几分"))
            .help("在后面加上：，扣5分；或 ，每少1件扣1分");
        scope.report(finding);
    }
    draft
}

/// 每月不少于30件 in an item assessed by the month says nothing new; in another it would be lost.
fn require_own_cycle(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let said = whole_if_one_year(scope, cycle_of(&pair.child(Token::cycle).expect("a cycle is said")));
    let own = scope.plan.nodes[site.node.index()].cycle;
    if said != own {
        let written = scope.original(site.statement, pair);
        let message = format!("这里写的是“{written}”，本条却是按{}考评的", scope.word_of(own));
        let finding = scope
            .at(site.statement, pair, "cycle-of-another", message)
            .help(format!("本条就是{written}考评一次的，在条目里加一行：考评周期 {written}；不是的，去掉“{written}”"));
        scope.report(finding);
    }
}

/// 情节为严重的本项不得分, 2起以上的一票否决
fn consequence(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    pair: &Pair<'_, Token>,
    waiting: &mut Option<(Condition, Option<Range>)>,
) {
    let then = pair.clone().into_inner().next().expect("a consequence is something");
    if then.as_rule() == Token::veto {
        let when = waiting.take().map_or(Condition::Always, |(condition, _)| condition);
        draft.veto = Some((when, false, false, false, false));
    } else {
        modifier(scope, site, draft, subject, &then, waiting);
    }
}

/// `逾期1天扣1分`, `国家级加10分；省级加5分`, `酌情扣5分`: points for what is neither a range nor a condition.
fn stray_case(scope: &Scope<'_>, site: Site<'_, '_>, case: &Pair<'_, Token>, outcome: &Pair<'_, Token>) -> Finding {
    let name = name_of(case);
    let points = scope.original(site.statement, outcome);
    if ["酌情", "视情"].iter().any(|word| name.starts_with(word)) {
        return scope
            .at(site.statement, case, "judged-without-range", "酌情没有写几分到几分")
            .help(format!("写成：{name}扣1分至5分"));
    }
    // 卓情扣1至5分
    if outcome.has(Token::unjudged)
        && let Some(word) = crate::suggest::nearest(&name, ["酌情", "视情", "视情节", "视情况"].into_iter())
    {
        let written = scope.original(site.statement, case);
        let line = scope.line_text(site.statement).replacen(&written, word, 1);
        return scope
            .at(site.statement, case, "misspelled-word", format!("“{written}”应当写作“{word}”"))
            .help(format!("写成：{line}"));
    }
    let finding = scope.at(site.statement, case, "unknown-condition", format!("说不清“{name}”是哪一种情形"));
    if name.contains("不重复") || name.contains("就高") {
        return finding
            .expected("同一什么")
            .help("写成：同一事项不重复加分；或 同一事项按最高级别计一次（事实里写“事项”）");
    }
    let unit = site.statement.inner().child(Token::head_unit);
    if let (Some(unit), true) = (unit, ["无", "没有", "未发生"].iter().any(|word| name.starts_with(word))) {
        return finding.expected("数").help(format!("写成：0{}{points}", unit.as_str().trim()));
    }
    if ["首次", "初次", "初犯", "再次", "再犯", "重犯"].iter().any(|word| name.contains(word)) {
        return finding
            .expected("“第1次”“第2次起”")
            .help("按第几次计的，写：第1次扣1分，第2次起每次扣2分，全年连续计次");
    }
    if name.chars().any(|c| c.is_ascii_digit()) {
        return finding.expected("“每”或范围").help(format!("按次数计的，写：每{name}{points}"));
    }
    let each = points.replacen(['扣', '加', '得'], "", 1);
    let verb = points.chars().next().unwrap_or('扣');
    finding
        .expected("范围（低于90%）或条件（当 级别为国家级）")
        .help(format!("“{name}”自己就是一种情形的，另起一行：{name}：每次{verb}{each}"))
}

fn both(waiting: Option<(Condition, Option<Range>)>, then: Condition) -> Condition {
    match waiting {
        Some((first, _)) => Condition::All(vec![first, then]),
        None => then,
    }
}

fn day_kind(scope: &Scope<'_>, body: &Pair<'_, Token>) -> Option<bool> {
    let said = body
        .children(Token::phrase)
        .iter()
        .find_map(|phrase| phrase.child(Token::day_kind))
        .map(|kind| kind.has(Token::WORKDAYS));
    let unit =
        body.children(Token::phrase).iter().filter_map(|phrase| phrase.child(Token::per)?.child(Token::unit)).find_map(
            |unit| {
                let word = name_of(&unit);
                if word.contains("工作日") {
                    Some(true)
                } else if word.contains("自然日") {
                    Some(false)
                } else {
                    None
                }
            },
        );
    said.or(unit).or(scope.conventions.days.map(|days| days.workdays))
}

fn subject_value(scope: &Scope<'_>, subject: &Subject) -> Typed {
    match subject {
        Subject::Event(id) => {
            let kind = scope.plan.inputs[id.index()].quantity.clone();
            Typed::new(Expr::Input { input: *id, collect: Aggregate::Sum }, kind)
        }
        Subject::Value(value) => value.clone(),
    }
}

/// A condition or range with what follows from it.
fn arm(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    (condition, range): (Condition, Option<Range>),
    outcome: &Pair<'_, Token>,
    at: &Pair<'_, Token>,
) {
    let verb = verb_of(outcome);
    match outcome_of(scope, site, draft, outcome, &condition) {
        // 每人扣2分，职务为正职的另扣5分: on top of what the line gives anyway.
        Outcome::Points(points) if outcome.has(Token::ALSO) => {
            draft.on_total |= scope.in_row.is_some() && range.is_some();
            draft.extras.push((condition, points));
        }
        Outcome::Points(points) => {
            draft.flat = true;
            draft.on_total |= scope.in_row.is_some() && range.is_some();
            draft.ranges.extend(range.clone());
            draft.arms.push(Arm { range, ..Arm::flat(condition, points, verb) });
        }
        Outcome::NoMarks => {
            draft.flat = true;
            draft.ranges.extend(range.clone());
            draft.no_marks.push(condition.clone());
            draft.on_total |= scope.in_row.is_some() && range.is_some();
            draft.arms.push(Arm { range, ..Arm::flat(condition, zero(), None) });
        }
        Outcome::Judged(points) if outcome.has(Token::ALSO) => draft.extras.push((condition, points)),
        Outcome::Judged(points) => draft.arms.push(Arm::flat(condition, points, verb)),
        Outcome::NotAssessed => {
            draft.ranges.extend(range);
            draft.arms.insert(0, Arm::flat(condition, Expr::NotAssessed, None));
        }
        Outcome::NotCounted if range.is_some() && (scope.in_row.is_some() || open_above(&range)) => {
            let finding = scope
                .at(site.statement, at, "unclear-limit", "这里说不清是超过以后的不计，还是一次也不计")
                .help("超过以后的不计，写成：最多加5分（最多计3次；第4次起每次不扣）；一次也不计的，写成：超过5件的，不加分");
            scope.report(finding);
        }
        Outcome::NotCounted => {
            let reason = scope.original(site.statement, at);
            draft.row_rules.push(RowRule { when: condition, factor: None, reason });
        }
        Outcome::Factor(factor) => {
            let reason = scope.original(site.statement, at);
            draft.row_rules.push(RowRule { when: condition, factor: Some(factor), reason });
        }
    }
}

/// An outcome with nothing before it.
fn plain(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, subject: &Subject, outcome: &Pair<'_, Token>) {
    match outcome_of(scope, site, draft, outcome, &Condition::Always) {
        Outcome::NoMarks => {
            draft.flat = true;
            draft.no_marks.push(Condition::Always);
            draft.plain = Some(zero());
        }
        Outcome::Points(points) => {
            draft.flat |= draft.plain.is_none() || !outcome.has(Token::ALSO);
            set_plain(scope, site, draft, outcome, points);
        }
        Outcome::Judged(points) => set_plain(scope, site, draft, outcome, points),
        // 加倍 and 减半 are for some cases; for all of them the points themselves would say so.
        Outcome::Factor(_) if outcome.has(Token::DOUBLED) || outcome.has(Token::HALVED) => {
            let finding = scope
                .at(site.statement, outcome, "outcome-without-condition", "没有写在什么情形下这样处理")
                .help("在前面写明条件，如：情节为严重的加倍");
            scope.report(finding);
        }
        Outcome::Factor(factor) => draft.factors.push(factor),
        Outcome::NotAssessed | Outcome::NotCounted => {
            let _ = subject;
            let finding = scope.at(site.statement, outcome, "outcome-without-condition", "没有写在什么情形下这样处理");
            scope.report(finding.help("在前面写明条件，如：录入件数为0时，不作考评"));
        }
    }
}

fn outcome_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
    _when: &Condition,
) -> Outcome {
    let first =
        pair.clone().into_inner().find(|inner| inner.as_rule() != Token::ALSO).expect("an outcome is something");
    match first.as_rule() {
        Token::discretion => Outcome::Judged(judged(scope, site, draft, &first)),
        Token::unjudged => {
            let numbers = first.children(Token::number);
            let verb = first.child(Token::verb).map(|verb| verb.as_str().trim().to_owned()).unwrap_or_default();
            let (low, high) = (numbers[0].as_str().trim(), numbers[1].as_str().trim());
            let finding = scope
                .at(site.statement, &first, "undecided-points", format!("{low}到{high}分之间，没有写由什么定"))
                .help(format!("由人酌定的写成：酌情{verb}{low}至{high}分；有标准的分情形写：当 情节为严重，{verb}{high}分；其余 {verb}{low}分"));
            scope.report(finding);
            Outcome::Points(zero())
        }
        Token::NOTHING if first.has(Token::NO_MARKS) => Outcome::NoMarks,
        Token::NOTHING => Outcome::Points(zero()),
        Token::IN_PROPORTION => {
            draft.gains = true;
            let full = full_of(scope, site, &first);
            match draft.share.clone() {
                Some(share) => Outcome::Points(Expr::Multiply(Box::new([share, full]))),
                None => {
                    let finding = scope
                        .at(site.statement, &first, "proportion-of-what", "没有写按什么的比例")
                        .help("写成算式，如：得 完成数 ÷ 目标 × 满分");
                    scope.report(finding);
                    Outcome::Points(zero())
                }
            }
        }
        Token::FULL_MARKS => {
            draft.gains = true;
            Outcome::Points(full_of(scope, site, &first))
        }
        Token::NOT_COUNTED => Outcome::NotCounted,
        Token::NOT_ASSESSED => Outcome::NotAssessed,
        Token::HALVED => Outcome::Factor(Expr::Number(Number::from(Decimal::new(5, 1)))),
        Token::DOUBLED => Outcome::Factor(Expr::Number(Number::whole(2))),
        Token::counted_by => {
            let inner = first.child(Token::expression).expect("按 what");
            Outcome::Factor(expression::expression(scope, site, &inner).expr)
        }
        Token::percent_of_marks => {
            let percent = first.child(Token::percent).expect("a share");
            let share = expression::percent_of(scope, site, &percent).expr;
            let full = full_of(scope, site, &first);
            let verb = first.child(Token::verb).expect("a share of the marks has a verb");
            draft.gains |= verb.has(Token::GAIN);
            draft.adds |= verb.has(Token::ADD);
            let points = Expr::Multiply(Box::new([full, share]));
            Outcome::Points(if verb.has(Token::DEDUCT) { expression::negative(points) } else { points })
        }
        _ => {
            let amount = pair.child(Token::amount).expect("a verb has an amount");
            let points = points_of(scope, site, &amount, &first);
            let negative = first.has(Token::DEDUCT);
            draft.gains |= first.has(Token::GAIN);
            draft.adds |= first.has(Token::ADD);
            Outcome::Points(if negative { expression::negative(points) } else { points })
        }
    }
}

/// The amount behind 扣, 加 or 得: a bare percentage is a share of nobody knows what.
fn points_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, verb: &Pair<'_, Token>) -> Expr {
    let inner = pair.child(Token::expression).expect("an amount is an expression");
    let value = expression::expression(scope, site, &inner);
    if value.kind == Type::Percent {
        let verb = verb.as_str().trim();
        let shown = scope.original(site.statement, &inner);
        let help = match value.expr {
            Expr::Number(_) => format!("写成：{verb}满分的{shown}"),
            _ => format!("写成：{verb} {shown} × 满分"),
        };
        let message = format!("“{shown}”是百分比，没有写是多少分的{shown}");
        let finding = scope.at(site.statement, &inner, "points-expected", message).expected("几分，如 5分");
        scope.report(finding.help(help));
        return zero();
    }
    body::require_points(scope, site, &inner, &value);
    value.expr
}

/// 满分 of the nearest node around, or a finding.
fn full_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Expr {
    let mut at = Some(site.node);
    while let Some(id) = at {
        if scope.plan.nodes[id.index()].full.is_some() {
            return Expr::Full(id);
        }
        at = scope.plan.nodes[id.index()].parent;
    }
    let finding =
        scope.at(site.statement, pair, "no-full-marks", "本条和上级都没有写满分").help("在本条加一行：满分 20分");
    scope.report(finding);
    zero()
}

/// 酌情扣1至2分: the fact brings the points.
fn judged(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) -> Expr {
    let numbers = pair.children(Token::number);
    let least = expression::number(scope, site, &numbers[0]);
    let most = expression::number(scope, site, &numbers[1]);
    if least > most {
        let finding = scope
            .at(site.statement, pair, "range-upside-down", "酌情的下限大于上限")
            .help(format!("写成 酌情…{most}至{least}分"));
        scope.report(finding);
    }
    if let Some(input) = scope.in_row {
        let input = &mut scope.plan.inputs[input.index()];
        input.needs.points = Some((least, most));
        input.range = (Some(Decimal::ONE), Some(Decimal::ONE));
        input.additive = false;
    } else {
        let finding = scope
            .at(site.statement, pair, "judged-without-event", "指标不能酌情，酌情要写在情形上")
            .help("去掉名称后面的（量词）");
        scope.report(finding);
    }
    let verb = pair.child(Token::verb).expect("酌情 has a verb");
    draft.gains |= verb.has(Token::GAIN);
    draft.adds |= verb.has(Token::ADD);
    if draft.judged.is_some_and(|known| known != (least, most)) {
        let finding = scope
            .at(site.statement, pair, "judged-twice", "一句里有两种酌情的幅度，填的分值不知道按哪一种核对")
            .help("分成两行写，各用一个情形");
        scope.blame(finding);
    }
    draft.judged = Some((least, most));
    let points = Expr::Row(RowField::Points);
    if verb.has(Token::DEDUCT) { expression::negative(points) } else { points }
}

/// Points without any condition: only once a line, unless 另、再 say that they come on top.
fn set_plain(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, outcome: &Pair<'_, Token>, points: Expr) {
    let always = draft.arms.iter().any(|arm| arm.when == Condition::Always);
    if draft.plain.is_none() && !always {
        draft.plain = Some(points);
    } else if outcome.has(Token::ALSO) {
        draft.extras.push((Condition::Always, points));
    } else if !std::mem::replace(&mut draft.two_outcomes, true) {
        let finding = scope
            .at(site.statement, outcome, "two-outcomes", "这一行写了两个分数，说不清是哪一个，还是都算")
            .help("不同的情形分行写；各有条件的，在每个分数前写明条件；都算的，后一个写“另扣”“另加”");
        scope.blame(finding);
    }
}

/// What a 每 counts: what is missing, what is too much, days late. The words on places go the other way: 每降1名.
fn kind_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    subject: &Subject,
    pair: &Pair<'_, Token>,
) -> Result<Option<Token>, ()> {
    let Some(kind) = pair.child(Token::per_kind).and_then(|kind| kind.into_inner().next()) else {
        // 每缺1万元 of a figure is what is missing; 每缺1项 of an event is an event.
        let lacks = pair.child(Token::PER_EVENT).is_some_and(|word| matches!(word.as_str().trim(), "缺" | "缺少"));
        return Ok((lacks && matches!(subject, Subject::Value(_))).then_some(Token::SHORT));
    };
    let is_place = matches!(subject, Subject::Value(Typed { kind: Type::Place, .. }));
    match (kind.as_rule(), kind.as_str().trim()) {
        (Token::SHORT, "降" | "下降" | "下滑" | "落后" | "后退" | "退") if is_place => Ok(Some(Token::OVER)),
        (Token::OVER, "上升" | "提升") if is_place => Ok(Some(Token::SHORT)),
        (Token::SHORT | Token::OVER, "低" | "低于" | "降低" | "高" | "高出" | "高于" | "提高") if is_place =>
        {
            let finding = scope
                .at(site.statement, pair, "ambiguous-place", "名次的高低有两种读法")
                .expected("每落后1名、每上升1名");
            scope.blame(finding);
            Err(())
        }
        (kind, _) => Ok(Some(kind)),
    }
}

/// Words of a 每 that nothing reads (每严重1次) and that are not those of the label (迟到：每迟到1次).
fn unread_word<'a>(site: Site<'_, 'a>, subject: &Subject, pair: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let head = site.statement.inner().child(Token::head_name)?;
    let label = name_of(&head);
    // 每少组织1次, 每多完成1件: what is done of what the line counts anyway.
    const DOING: &[&str] = &["组织", "开展", "完成", "举办", "召开", "参加", "报送", "上报", "提交", "办理"];
    let stepped = pair.has(Token::per_kind);
    let unread = |word: &Pair<'a, Token>| {
        let word = name_of(word);
        !(label.contains(&word) || stepped && DOING.contains(&word.as_str()))
    };
    // 漏报1件 of a figure counts neither what is there nor what is missing.
    let event = pair
        .child(Token::PER_EVENT)
        .filter(|word| matches!(subject, Subject::Value(_)) && matches!(word.as_str().trim(), "漏" | "漏报"));
    event.or_else(|| {
        let words = [Token::deed, Token::noun, Token::loose_unit].into_iter().filter_map(|kind| pair.child(kind));
        words.into_iter().find(|word| match word.as_rule() {
            // 每严重次: a measure word that ends like a known one and is longer than 批次.
            Token::loose_unit => {
                let word_of = name_of(word);
                let known = unit_is_common(&word_of[word_of.char_indices().next_back().map_or(0, |(at, _)| at)..]);
                known && word_of.chars().count() > 2 && unread(word)
            }
            _ => unread(word),
        })
    })
}

/// 轻伤1人扣1分，重伤1人扣5分: what each word means is not known; where they are several events, each has its line.
fn refuse_unread(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>, subject: &Subject) -> bool {
    let mut words = Vec::new();
    let mut unread = None;
    for phrase in body.children(Token::phrase) {
        let each = [Token::per, Token::happens].into_iter().find_map(|kind| phrase.child(kind));
        if let (Some(each), Some(outcome)) = (each, phrase.child(Token::outcome)) {
            let word = unread_word(site, subject, &each);
            unread = unread.or_else(|| word.clone().map(|_| words.len()));
            // 漏报一次扣3分，错报一次扣1分: the known one is one of the several.
            if let Some(word) = word.or_else(|| each.child(Token::PER_EVENT)) {
                words.push((word, each, outcome));
            }
        }
    }
    let Some((first, each, _)) = unread.map(|index| &words[index]) else { return false };
    let name = name_of(first);
    let several = words.len() > 1;
    let unit = each.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
    let label = site.statement.inner().child(Token::head_name).map(|head| name_of(&head)).unwrap_or_default();
    let gives = |outcome: &Pair<'_, Token>| scope.original(site.statement, outcome);
    let starts = |list: &[&str]| list.iter().any(|word| name.starts_with(word));
    let help = if let Some(word) = name.strip_suffix('第')
        && unit == "次"
    {
        let line = scope.line_text(site.statement);
        let rest = line.split_once(&name).map(|(_, rest)| format!("第{rest}")).unwrap_or_default();
        format!("是另一种情形的，写成：{word}：{rest}\n只是说“{label}”的，去掉它：{label}：{rest}")
    } else if starts(&["倒数", "后", "末", "最后"]) && unit == "名" {
        format!("名次从后面数的，另算一个名次：倒排 = 名次（产值，低者在前）；再写：倒排：第1名{}", gives(&words[0].2))
    } else if starts(&["比", "较", "同比", "环比"]) {
        format!(
            "先写出比较的算式，再按它计分：\n{label}增减 = {label} - 上月 {label}（没有的按0计）\n{label}增减：超过0，每多1{unit}{}",
            gives(&words[0].2)
        )
    } else if starts(&["未超", "不超", "允许", "控制在"]) {
        format!("写成：不超过1{unit}，每多1{unit}{}；或 不超过1{unit}的，{}", gives(&words[0].2), gives(&words[0].2))
    } else if matches!(subject, Subject::Value(_)) {
        format!("少于要求的写“每少1{unit}”，超过要求的写“每多1{unit}”，逾期的写成情形：每逾期1天")
    } else {
        let lines = words.iter().map(|(word, each, outcome)| {
            let unit = each.child(Token::unit).or_else(|| each.child(Token::loose_unit));
            let unit = unit.map_or("次".to_owned(), |unit| name_of(&unit));
            let number = each.child(Token::number).map(|number| number.as_str().trim().to_owned());
            let number = number.filter(|number| number != "1" && number != "一").unwrap_or_default();
            let word = name_of(word);
            // 错 of 每错1项 is no name for facts to use.
            let word = if word.chars().count() == 1 { format!("{word}{unit}") } else { word };
            format!("{word}：每{number}{unit}{}", gives(outcome))
        });
        let lines: Vec<String> = lines.collect();
        let each = lines[0].split_once('：').map(|(_, rest)| rest).unwrap_or_default();
        if several {
            format!("不同的情形各写一行：\n{}", lines.join("\n"))
        } else {
            format!("是另一种情形的，写成：{}\n只是说“{label}”的，去掉它：{label}：{each}", lines[0])
        }
    };
    let finding = scope
        .at(site.statement, first, "unread-word", format!("“{name}”没有读懂，不能当作没有写"))
        .expected("少、多、超、逾期等认得的词，或 每1件、每次")
        .help(help);
    scope.blame(finding);
    true
}

#[allow(clippy::too_many_arguments)]
fn per(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    (pair, kind): (&Pair<'_, Token>, Option<Token>),
    outcome: &Pair<'_, Token>,
    waiting: Option<(Condition, Option<Range>)>,
    part: Option<Part>,
    workdays: Option<bool>,
    running: bool,
) {
    if let Some(cycle) = pair.child(Token::cycle_unit) {
        // 每月扣5分: by the month, however often.
        let cycle = match cycle.as_str().trim() {
            "月" => Cycle::Month,
            "季" | "季度" => Cycle::Quarter,
            _ => Cycle::Year,
        };
        if kind.is_some() || pair.has(Token::PER_EVENT) || draft.once.is_some_and(|once| once != cycle) {
            let finding = scope
                .at(site.statement, pair, "unread-word", "“每月”“每季度”“每年”前后的字没有读懂")
                .help("按期计一次的写：每月扣5分");
            scope.blame(finding);
            return;
        }
        draft.once = Some(cycle);
        match waiting {
            Some(waiting) => arm(scope, site, draft, waiting, outcome, pair),
            None => plain(scope, site, draft, subject, outcome),
        }
        return;
    }
    let step = step_of(scope, site, pair);
    if step.expr == zero() {
        return;
    }
    if let (Subject::Value(value), None, true) = (subject, kind, pair.has(Token::deed) || pair.has(Token::PER_EVENT)) {
        // 每下滑1个百分点, 每缺1次 of an indicator: not the number reported, but how far it is from another.
        if value.kind == Type::Percent || pair.has(Token::PER_EVENT) && waiting.is_some() {
            let written = scope.original(site.statement, pair);
            let unit = if value.kind == Type::Percent { "每低1个百分点" } else { "每少1件" };
            let finding = scope
                .at(site.statement, pair, "shortfall-without-target", format!("“{written}”说不清是低多少还是高多少"))
                .expected("每少、每多；百分点写每低、每高")
                .help(format!(
                    "少了扣的写：不低于（不少于）多少，{unit}扣1分；多了加的写：超过多少的，{}加1分",
                    unit.replace('低', "高").replace('少', "多")
                ));
            scope.report(finding);
            return;
        }
    }
    let verb = verb_of(outcome);
    let each = match outcome_of(scope, site, draft, outcome, &Condition::Always) {
        Outcome::Points(points) => points,
        Outcome::Judged(points) => {
            set_plain(scope, site, draft, outcome, points);
            return;
        }
        _ => {
            let finding = scope
                .at(site.statement, outcome, "points-expected", "“每”后面要写扣几分或加几分")
                .help("写成：每项扣1分");
            scope.report(finding);
            return;
        }
    };
    let (range_condition, range) = match waiting {
        Some((condition, range)) => (Some(condition), range),
        None => (None, None),
    };
    let value = subject_value(scope, subject);
    let beyond = std::mem::take(&mut draft.beyond);
    let kind = kind.or(beyond.then_some(Token::OVER));
    if kind.is_none() && !pair.has(Token::ALL_OF_THEM) && open_above(&range) {
        return beyond_or_all(scope, site, pair, outcome, &range);
    }
    if kind.is_none() && !pair.has(Token::ALL_OF_THEM) && matches!(subject, Subject::Value(_)) {
        // 低于90%，每个百分点扣1分: each one below, or each of all there are?
        let below = range.as_ref().filter(|range| range.low.is_none()).and_then(|range| range.high.as_ref());
        let is_share = value.kind == Type::Percent;
        if let Some((Expr::Number(end), included)) = below
            && (!included || is_share)
        {
            return short_or_all(scope, site, pair, outcome, *end, &value.kind);
        }
    }
    match (kind, subject) {
        (Some(Token::SHORT | Token::OVER), _) => {
            let short = kind == Some(Token::SHORT);
            // 达到300得8分，每增加50加0.5分: from the band before it.
            let before = draft.arms.last().and_then(|arm| Some((arm.range.clone()?, arm.by_steps)));
            let before = before.and_then(|(range, by_steps)| match (&range.low, &range.high) {
                (Some(_), _) => Some(range),
                // 不少于2次，每少1次扣1分，每多1次加0.5分: more than was asked for.
                (None, Some((end, false))) if by_steps && !short => {
                    Some(Range { low: Some((end.clone(), true)), high: None, ..range })
                }
                _ => None,
            });
            let goes_on = range.is_none();
            let asked = range.is_some();
            let Some(range) = range.or(before) else {
                let unit = pair.child(Token::unit).map_or("件".to_owned(), |unit| name_of(&unit));
                let gives = scope.original(site.statement, outcome);
                let help = match (&value.kind, short) {
                    (Type::Place, false) => format!("在前面写明从第几名起：第1名不扣分，每落后1名{gives}"),
                    (Type::Place, true) => format!("在前面写明从第几名起：第10名不加分，每上升1名{gives}"),
                    (Type::Percent, true) => format!("在前面写明：不低于90%，每低1个百分点{gives}"),
                    (Type::Percent, false) => format!("在前面写明：超过90%的，每高1个百分点{gives}"),
                    (_, true) => format!("在前面写明：不少于30{unit}，每少1{unit}{gives}"),
                    (_, false) => format!("在前面写明：不超过3{unit}，每多1{unit}{gives}"),
                };
                let finding = scope
                    .at(site.statement, pair, "shortfall-without-target", "没有写少于（多于）多少才开始算")
                    .help(help);
                scope.report(finding);
                return;
            };
            expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算");
            let exact = range.low.is_some()
                && range.low.as_ref().map(|(end, _)| end) == range.high.as_ref().map(|(end, _)| end);
            // Nothing is better than the first place, or less than none.
            let is_first = value.kind == Type::Place
                || !short && matches!(&range.low, Some((end, _)) if *end == zero()) && !may_be_negative(scope, &value);
            if exact && !is_first {
                return step_from_a_point(scope, site, pair, outcome, &range, &value.kind, short, verb);
            }
            let range = if exact { Range { high: None, ..range } } else { range };
            // 不少于30件，每多1件扣1分: the points go the wrong way.
            // 90%以下每低1个百分点: the range itself is the bad one.
            let wrong_way = !exact
                && !says_side(site, pair)
                && match (&range.low, &range.high) {
                    (Some((_, true)), None) => !short && verb == Some(Token::DEDUCT),
                    (None, Some((_, true))) => short && verb == Some(Token::DEDUCT),
                    // 超过10件，每少1件: what is beyond ten is never short of it.
                    (Some((_, false)), None) => asked && short,
                    (None, Some((_, false))) => asked && !short,
                    _ => false,
                };
            if wrong_way {
                let (written, meant) = if short { ("每少", "每多") } else { ("每多", "每少") };
                let beyond = matches!((&range.low, &range.high), (Some((_, false)), None) | (None, Some((_, false))));
                if beyond {
                    let line = scope.line_text(site.statement);
                    let each = scope.original(site.statement, pair);
                    let step = pair.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
                    let number = pair.child(Token::number).map_or("1", |number| number.as_str().trim()).to_owned();
                    let (bound, other) = if short { ("超过", "低于") } else { ("低于", "超过") };
                    let turned = line.replacen(&each, &format!("{meant}{number}{step}"), 1);
                    let other = line.replacen("大于", bound, 1).replacen("高于", bound, 1).replacen(bound, other, 1);
                    let finding = scope
                        .at(site.statement, pair, "step-the-wrong-way", format!("“{bound}…”与“{each}”方向相反"))
                        .help(format!("改成其中一句：\n{turned}\n{other}"));
                    scope.blame(finding);
                    return;
                }
                let finding = scope
                    .at(site.statement, pair, "step-the-wrong-way", format!("达到了要求，“{written}”反而扣分"))
                    .expected(format!("“{meant}”"))
                    .help("不少于30件，每少1件扣1分；不超过5件，每多1件扣1分");
                scope.report(finding);
                return;
            }
            let (end, wanted) = match (short, &range.low, &range.high) {
                // 不少于30件，每少1件: outside the wanted range. 低于90%，每低1个百分点: inside the bad one.
                (true, Some((low, _)), None) => (low.clone(), Comparison::Below),
                (true, _, Some((high, _))) => (high.clone(), Comparison::Below),
                (false, None, Some((high, _))) => (high.clone(), Comparison::Above),
                (false, Some((low, _)), _) => (low.clone(), Comparison::Above),
                _ => return,
            };
            let holds = if range.low.is_some() && range.high.is_some() {
                range.condition.clone()
            } else {
                Condition::Compare(Box::new(value.expr.clone()), wanted, Box::new(end.clone()))
            };
            let gap = if short { [end.clone(), value.expr.clone()] } else { [value.expr.clone(), end.clone()] };
            let steps = steps(scope, site, pair, Expr::Subtract(Box::new(gap)), &value.kind, &step, part);
            let mut points = times(each, steps);
            // 达到1项加5分，每增加1项加2分: what the steps give comes on top.
            if let Some(last) = draft.arms.last_mut()
                && goes_on
                && !short
                && !last.by_steps
                && last.verb == verb
                && let Some(Range { low: Some((from, true)), high: None, .. }) = last.range.clone()
                && from == end
            {
                points = Expr::Add(Box::new([last.points.clone(), points]));
                let exactly =
                    Condition::Compare(Box::new(value.expr.clone()), Comparison::Equal, Box::new(from.clone()));
                last.when = exactly.clone();
                let ends = Some((from, true));
                last.range = Some(Range { condition: exactly, low: ends.clone(), high: ends });
            }
            // 每次扣1分；超过3次的部分，每次扣2分: what is not beyond still counts as before.
            if beyond && let Some(below) = draft.plain.as_ref().and_then(|plain| per_quantity(plain, &value.expr, &end))
            {
                points = Expr::Add(Box::new([below, points]));
            }
            let end = Some((end, false));
            let range = match (range.low.is_some() && range.high.is_some(), wanted) {
                (true, _) => range,
                (false, Comparison::Below) => Range { condition: holds.clone(), low: None, high: end },
                (false, _) => Range { condition: holds.clone(), low: end, high: None },
            };
            draft.arms.push(Arm { when: holds, points, verb, range: Some(range), by_steps: true });
            draft.on_total |= matches!(subject, Subject::Event(_));
        }
        (Some(Token::LATE | Token::EARLY), Subject::Event(_)) if step.kind != Type::Days => {
            let early = kind == Some(Token::EARLY);
            let each = if early { "每提前" } else { "每逾期" };
            let unit = pair.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
            let gives = scope.original(site.statement, outcome);
            let months = number_in(pair).unwrap_or(1).saturating_mul(30);
            let help = match unit.as_str() {
                "次" | "件" | "项" | "起" => {
                    format!("不论几天都计一次的，写：每{unit}{gives}；按天数计的，写：{each}1天{gives}")
                }
                "个月" => format!(
                    "截止日期、完成日期算到天。改成其中一句：\n{each}{months}天{gives}，不足{months}天的不计\n{each}{months}天{gives}，不足{months}天的按{months}天计"
                ),
                _ => format!("截止日期、完成日期算到天，写：{each}1天{gives}"),
            };
            let written = scope.original(site.statement, pair);
            let finding = scope
                .at(site.statement, pair, "late-not-in-days", format!("“{written}”：逾期和提前按天算，不按“{unit}”"))
                .expected("天、工作日")
                .help(help);
            scope.blame(finding);
        }
        (Some(Token::LATE | Token::EARLY), Subject::Event(_)) => {
            let Some(days) = days_late(scope, site, subject, pair, workdays, running) else {
                draft.plain = Some(zero());
                return;
            };
            // 每逾期1天扣1分，超过3天的扣5分: the days that the line goes on to speak of are days late.
            let days = match kind {
                Some(Token::EARLY) => Expr::Row(RowField::DaysEarly { workdays: workdays.unwrap_or(false) }),
                _ => days.expr,
            };
            // 每逾期1天扣1分；超过3天的，另扣5分: the days are still those.
            draft.late_days = Some(Typed::new(days.clone(), Type::Days));
            let amount = steps(scope, site, pair, days, &Type::Days, &step, part);
            // Two papers late by four days are eight days late.
            let points = times(times(each, amount), Expr::Row(RowField::Quantity));
            push_row(scope, site, draft, range_condition, points, outcome);
        }
        (Some(Token::LATE | Token::EARLY), Subject::Value(_)) => {
            let finding = scope
                .at(site.statement, pair, "late-without-event", "逾期要写在情形上，不能写在指标上")
                .help("去掉名称后面的（量词）");
            scope.report(finding);
        }
        (_, Subject::Event(input)) => {
            let agreed = expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算");
            if !agreed {
                return;
            }
            if step.expr == Expr::Number(Number::ONE) && kind.is_none() && range.is_some() {
                // 不超过3次的，每次扣1分: how often it was decides, so that all are taken together.
                let when = range_condition.unwrap_or(Condition::Always);
                draft.on_total = true;
                draft.ranges.extend(range.clone());
                draft.arms.push(Arm { range, ..Arm::flat(when, times(each, value.expr), verb) });
            } else if step.expr == Expr::Number(Number::ONE) && kind.is_none() {
                push_row(scope, site, draft, range_condition, times(each, Expr::Row(RowField::Quantity)), outcome);
            } else {
                // 每满3次扣1分 looks at the period's total.
                let total = Expr::Input { input: *input, collect: Aggregate::Sum };
                let part = part.or((kind == Some(Token::FULL_STEP)).then_some(Part::Ignored));
                let amount = steps(scope, site, pair, total, &value.kind, &step, part);
                draft.on_total = true;
                let points = times(each, amount);
                match range_condition {
                    Some(when) if outcome.has(Token::ALSO) => draft.extras.push((when, points)),
                    Some(when) => draft.arms.push(Arm::flat(when, points, verb)),
                    // 每次加1分，每满5次另加2分: on top, or in place of the first?
                    None if draft.plain.is_some() => set_plain(scope, site, draft, outcome, points),
                    None => draft.arms.push(Arm::flat(Condition::Always, points, verb)),
                }
            }
        }
        (_, Subject::Value(value)) => {
            let value = value.clone();
            expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算");
            let part = part.or((kind == Some(Token::FULL_STEP)).then_some(Part::Ignored));
            let amount = steps(scope, site, pair, value.expr.clone(), &value.kind, &step, part);
            match range_condition {
                Some(when) => draft.arms.push(Arm { range, ..Arm::flat(when, times(each, amount), verb) }),
                // What holds where none of the line's bands does.
                None => set_plain(scope, site, draft, outcome, times(each, amount)),
            }
        }
    }
}

/// Whether 以下 or 以上 stands before the steps.
fn says_side(site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let before = site.statement.code.text[..pair.as_span().start()].trim_end_matches([',', ' ', '的', '时']);
    before.ends_with("以下") || before.ends_with("以上")
}

fn may_be_negative(scope: &Scope<'_>, value: &Typed) -> bool {
    match &value.expr {
        Expr::Input { input, .. } => {
            scope.plan.inputs[input.index()].range.0.is_none_or(|least| least.is_sign_negative() && !least.is_zero())
        }
        _ => true,
    }
}

/// 1000万元得10分，每增加100万元加1分: exactly so much earns ten, or so much and more?
#[allow(clippy::too_many_arguments)]
fn step_from_a_point(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    range: &Range,
    kind: &Type,
    short: bool,
    verb: Option<Token>,
) {
    let Some((Expr::Number(point), _)) = &range.low else { return };
    let shown = shown_number(*point, kind);
    let (each, gives) = (scope.original(site.statement, pair), scope.original(site.statement, outcome));
    let least = if *kind == Type::Percent { "不低于" } else { "不少于" };
    let word = match (short, verb) {
        (true, _) => least,
        (false, Some(Token::DEDUCT)) => "不超过",
        (false, _) => "达到",
    };
    let from = format!("{word}{shown}");
    let finding = scope
        .at(site.statement, pair, "step-from-a-point", format!("前面只说了正好{shown}，“{each}”从哪里算起没有着落"))
        .expected(format!("“{from}…，{each}{gives}”"))
        .help(format!("{shown}前面写上“{word}”"));
    scope.report(finding);
}

/// A range with a lower end alone: 超过3次.
fn open_above(range: &Option<Range>) -> bool {
    range.as_ref().is_some_and(|range| range.low.is_some() && range.high.is_none())
}

/// A number with the measure word of its kind.
fn shown_number(number: Number, kind: &Type) -> String {
    match kind {
        Type::Percent => percent_text(number),
        Type::Count(unit) | Type::Quantity(unit) => format!("{number}{unit}"),
        _ => number.to_string(),
    }
}

/// 低于90%，每个百分点扣1分
fn short_or_all(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    end: Number,
    kind: &Type,
) {
    let (each, gives) = (scope.original(site.statement, pair), scope.original(site.statement, outcome));
    let shown = shown_number(end, kind);
    let unit = pair.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
    let number = pair.child(Token::number).map_or("1".to_owned(), |number| number.as_str().trim().to_owned());
    let word = if *kind == Type::Percent { "每低" } else { "每少" };
    let finding = scope
        .at(
            site.statement,
            pair,
            "missing-convention",
            format!("说不清是比{shown}{word}{number}{unit}{gives}，还是全部{each}{gives}"),
        )
        .help(format!("改成其中一句：\n低于{shown}，{word}{number}{unit}{gives}\n低于{shown}的，全部{each}{gives}"));
    scope.report(finding);
}

/// 超过3次的，每次扣2分: those beyond three, or all of them?
fn beyond_or_all(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    range: &Option<Range>,
) {
    let low = range.as_ref().and_then(|range| range.low.as_ref());
    let Some((Expr::Number(low), included)) = low else { return };
    let unit = pair.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
    let bound = format!("{}{low}{unit}", if *included { "达到" } else { "超过" });
    let (each, gives) = (scope.original(site.statement, pair), scope.original(site.statement, outcome));
    let finding = scope
        .at(
            site.statement,
            pair,
            "missing-convention",
            format!("说不清是{bound}的部分{each}{gives}，还是全部{each}{gives}"),
        )
        .help(format!("改成其中一句：\n{bound}的部分，{each}{gives}\n{bound}的，全部{each}{gives}"));
    scope.report(finding);
}

/// Points by the quantity of one row, as the points of another amount.
fn per_quantity(points: &Expr, value: &Expr, amount: &Expr) -> Option<Expr> {
    let is_quantity = |expr: &Expr| *expr == Expr::Row(RowField::Quantity) || expr == value;
    match points {
        expr if is_quantity(expr) => Some(amount.clone()),
        Expr::Of(Aggregate::Greatest, list) if list.first().is_some_and(is_quantity) => Some(amount.clone()),
        Expr::Multiply(pair) => Some(times(pair[0].clone(), per_quantity(&pair[1], value, amount)?)),
        _ => None,
    }
}

/// What 每 counts: the row's quantity, or the value of the period.
fn counted(scope: &Scope<'_>, subject: &Subject) -> Expr {
    match subject {
        Subject::Event(_) => Expr::Row(RowField::Quantity),
        Subject::Value(_) => subject_value(scope, subject).expr,
    }
}

/// 扣1分/次
fn rate(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, subject: &Subject, pair: &Pair<'_, Token>) {
    let number = pair.child(Token::number).expect("a rate has points");
    let points = Number::from(expression::number(scope, site, &number));
    let verb = pair.child(Token::verb).expect("a rate has a verb");
    draft.gains |= verb.has(Token::GAIN);
    draft.adds |= verb.has(Token::ADD);
    let step = step_of(scope, site, &pair.child(Token::unit).expect("a rate has a measure word"));
    let value = subject_value(scope, subject);
    expression::require_agreement(scope, site, pair, &value.kind, &step.kind, "一起算");
    let points = Expr::Number(if verb.has(Token::DEDUCT) { points.negated() } else { points });
    draft.per_row |= matches!(subject, Subject::Event(_));
    let points = times(points, counted(scope, subject));
    set_plain(scope, site, draft, pair, points);
}

/// The one range of a line that says exactly so many and what they give (`1次扣1分`), else `None`: of several ranges
/// each is a band.
fn lone_amount<'a>(body: &Pair<'a, Token>) -> Option<Lone<'a>> {
    let phrases = body.children(Token::phrase);
    let others = [Token::otherwise, Token::per, Token::late_range, Token::WHEN, Token::condition];
    if phrases.iter().any(|phrase| others.into_iter().any(|kind| phrase.has(kind))) {
        return None;
    }
    let mut ranges = phrases.iter().filter_map(|phrase| Some((phrase.child(Token::range)?, phrase)));
    let (range, phrase) = ranges.next()?;
    if phrases.iter().any(|phrase| phrase.has(Token::happens)) {
        return None;
    }
    if ranges.next().is_some() {
        return None;
    }
    let mut bounds = range.children(Token::bound);
    let bound = bounds.pop().filter(|bound| bounds.is_empty() && bound.clone().into_inner().count() == 1)?;
    let quantity = bound.child(Token::limit)?.child(Token::quantity)?;
    quantity.child(Token::unit)?;
    if let Some(outcome) = phrase.child(Token::outcome) {
        return Some(Lone { quantity, outcome, apart: false });
    }
    // 缺一项，扣1分
    let next = phrases.iter().skip_while(|other| *other != phrase).nth(1)?;
    let outcome = next.clone().into_inner().next().filter(|first| first.as_rule() == Token::outcome)?;
    Some(Lone { quantity, outcome, apart: true })
}

/// 1次扣1分, and whether a comma stands between the two.
struct Lone<'a> {
    quantity: Pair<'a, Token>,
    outcome: Pair<'a, Token>,
    apart: bool,
}

/// Whether a line has bands by number: 1条加2分；2条加4分.
fn among_bands(body: &Pair<'_, Token>) -> bool {
    let is_number = |range: Pair<'_, Token>| {
        let mut bounds = range.children(Token::bound);
        let bound = bounds.pop().filter(|_| bounds.is_empty());
        bound.is_some_and(|bound| bound.clone().into_inner().count() == 1 && bound.has(Token::limit))
    };
    body.children(Token::phrase).iter().filter_map(|phrase| phrase.child(Token::range)).any(is_number)
}

/// 扣至3分为止: at most three off, or off until three are left?
fn down_to(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let verb = pair.child(Token::verb).map(|verb| verb.as_str().trim().to_owned()).unwrap_or_default();
    let most = pair.child(Token::number).map(|number| number.as_str().trim().to_owned()).unwrap_or_default();
    let written = scope.original(site.statement, pair);
    let finding = scope
        .at(
            site.statement,
            pair,
            "missing-convention",
            format!("“{written}”说不清是最多{verb}{most}分，还是本项{verb}到只有{most}分"),
        )
        .help(format!(
            "最多{verb}{most}分的，改成：，最多{verb}{most}分；本项不少于{most}分的，另起一行：得分不低于 {most}分"
        ));
    scope.report(finding);
}

/// 2次扣1分 by itself: every two, from two on, or exactly two?
fn lone_band(scope: &mut Scope<'_>, site: Site<'_, '_>, range: &Pair<'_, Token>, outcome: &Pair<'_, Token>) {
    let (amount, gives) = (scope.original(site.statement, range), scope.original(site.statement, outcome));
    let finding = scope
        .at(site.statement, range, "missing-convention", format!("说不清是每{amount}、达到{amount}，还是正好{amount}"))
        .help(format!("改成其中一句：\n每{amount}{gives}\n达到{amount}{gives}\n等于{amount}{gives}"));
    scope.report(finding);
}

/// The one 逾期 of a line that says exactly so many days and what they give (`逾期1天扣1分`), else `None`.
fn lone_days<'a>(body: &Pair<'a, Token>) -> Option<(Pair<'a, Token>, Pair<'a, Token>)> {
    let phrases = body.children(Token::phrase);
    if phrases.iter().any(|phrase| phrase.has(Token::range) || phrase.has(Token::otherwise)) {
        return None;
    }
    let mut late = phrases.iter().filter_map(|phrase| Some((phrase.child(Token::late_range)?, phrase)));
    let (range, phrase) = late.next()?;
    if late.next().is_some() {
        return None;
    }
    let range = range.child(Token::range)?;
    let mut bounds = range.children(Token::bound);
    let bound = bounds.pop().filter(|bound| bounds.is_empty() && bound.clone().into_inner().count() == 1)?;
    let quantity = bound.child(Token::limit)?.child(Token::quantity)?;
    quantity.child(Token::unit)?;
    Some((quantity, phrase.child(Token::outcome)?))
}

fn number_in(pair: &Pair<'_, Token>) -> Option<u32> {
    pair.child(Token::number).and_then(|number| integer(&number))
}

/// 每逾期1天扣1分，超过3天的部分，每天扣2分: the first days as before, those beyond at their own price.
fn days_beyond(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    range: &Range,
    (pair, outcome): (&Pair<'_, Token>, &Pair<'_, Token>),
    running: bool,
) {
    let days = draft.late_days.clone().map(|days| days.expr).unwrap_or_else(zero);
    let step = step_of(scope, site, pair);
    let daily = step.kind == Type::Days && step.expr == Expr::Number(Number::ONE);
    let low = match (&range.low, &range.high) {
        (Some((low, false)), None) => Some(low.clone()),
        _ => None,
    };
    let before = draft.plain.clone();
    let first = before.as_ref().and_then(|points| replaced(points, &days, low.as_ref()?));
    let each = match outcome_of(scope, site, draft, outcome, &Condition::Always) {
        Outcome::Points(each) => Some(each),
        _ => None,
    };
    let (Some(low), Some(first), Some(each), true, false) = (low, first, each, daily, running) else {
        let help = if running {
            "按日累计的，每天只能一个价；去掉“按日累计”，写：每逾期1天扣1分，超过3天的部分，每天扣2分"
        } else {
            "写成：每逾期1天扣1分，超过3天的部分，每天扣2分"
        };
        let finding =
            scope.at(site.statement, pair, "unclear-steps", "说不清超过的部分从哪一天起、每天几分").help(help);
        scope.blame(finding);
        return;
    };
    let over = Expr::Subtract(Box::new([days.clone(), low.clone()]));
    let extra = times(times(each, over), Expr::Row(RowField::Quantity));
    let points = Expr::Add(Box::new([first, extra]));
    draft.arms.push(Arm::flat(range.condition.clone(), points, verb_of(outcome)));
}

/// Points with another amount in place of one of their factors; `None` where it is none of them.
fn replaced(points: &Expr, wanted: &Expr, with: &Expr) -> Option<Expr> {
    match points {
        expr if expr == wanted => Some(with.clone()),
        Expr::Multiply(pair) => replaced(&pair[1], wanted, with)
            .map(|right| Expr::Multiply(Box::new([pair[0].clone(), right])))
            .or_else(|| replaced(&pair[0], wanted, with).map(|left| Expr::Multiply(Box::new([left, pair[1].clone()])))),
        _ => None,
    }
}

fn speaks_of_days(range: &Pair<'_, Token>) -> bool {
    range.as_str().contains(['天', '日'])
}

/// How late a row is, which asks for its dates.
fn days_late(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    subject: &Subject,
    pair: &Pair<'_, Token>,
    workdays: Option<bool>,
    running: bool,
) -> Option<Typed> {
    let Subject::Event(input) = subject else {
        let finding = scope
            .at(site.statement, pair, "late-without-event", "逾期要写在情形上，不能写在指标上")
            .help("去掉名称后面的（量词）");
        scope.report(finding);
        return None;
    };
    if workdays.is_none() {
        scope.missing_convention(
            site.statement.line.number,
            "没有写逾期按自然日还是按工作日计算",
            &["逾期按自然日计算，截止当日不计", "逾期按工作日计算，截止当日不计"],
        );
    }
    let workdays = workdays.unwrap_or(false);
    let input = &mut scope.plan.inputs[input.index()];
    input.needs.deadline = true;
    input.needs.completed = !running;
    input.additive = false;
    let days = if running { RowField::DaysLateHere { workdays } } else { RowField::DaysLate { workdays } };
    Some(Typed::new(Expr::Row(days), Type::Days))
}

/// 逾期1至3天扣1分
fn late_band(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    waiting: &mut Option<(Condition, Option<Range>)>,
    (range, days): (&Pair<'_, Token>, &Typed),
    outcome: Option<Pair<'_, Token>>,
) {
    let in_workdays = |expr: &Expr| {
        matches!(expr, Expr::Row(RowField::DaysLate { workdays: true } | RowField::DaysLateHere { workdays: true }))
    };
    if range.as_str().contains("工作日") && !in_workdays(&days.expr) {
        let finding = scope
            .at(site.statement, range, "said-twice", "这一句里有的按工作日、有的按自然日数，不知道照哪一个")
            .help("都按工作日的，每处都写“个工作日”，或在句末加：，按工作日计算；不一样的，分成几句写");
        scope.report(finding);
    }
    let band = condition::range(scope, site, range, days);
    let condition = both(waiting.take(), band.condition.clone());
    match outcome {
        Some(outcome) => {
            draft.ranges.push(band);
            arm(scope, site, draft, (condition, None), &outcome, range);
        }
        None => *waiting = Some((condition, None)),
    }
}

fn push_row(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    condition: Option<Condition>,
    points: Expr,
    outcome: &Pair<'_, Token>,
) {
    draft.per_row = true;
    match condition {
        Some(when) if outcome.has(Token::ALSO) => draft.extras.push((when, points)),
        Some(when) => draft.arms.push(Arm::flat(when, points, verb_of(outcome))),
        None => set_plain(scope, site, draft, outcome, points),
    }
}

/// `1件`, `件`, `2个百分点`
fn step_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Typed {
    let number = match pair.child(Token::number) {
        Some(number) => expression::number(scope, site, &number),
        None => Decimal::ONE,
    };
    let kind = super::declare::unit_of_each(pair).unwrap_or(Type::Bare);
    let value = if kind == Type::Percent { (number * Decimal::new(1, 2)).normalize() } else { number };
    if value.is_zero() {
        let finding = scope.at(site.statement, pair, "zero-step", "每0个算不出次数").help("写成每1个");
        scope.report(finding);
    }
    Typed::new(Expr::Number(Number::from(value)), kind)
}

/// How many steps, asking what a part of one is where there can be one.
fn steps(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    amount: Expr,
    kind: &Type,
    step: &Typed,
    part: Option<Part>,
) -> Expr {
    let whole = matches!(kind, Type::Count(_) | Type::Days | Type::Place) && step.expr == Expr::Number(Number::ONE);
    // 不少于目标 ÷ 12 may fall short by part of a thing.
    let mut divides = false;
    super::order::walk(&amount, &mut |inner| {
        divides |= matches!(inner, Expr::Divide(_));
        true
    });
    let whole = whole && !divides;
    if whole {
        return match amount {
            Expr::Row(_) => amount,
            other => Expr::Of(Aggregate::Greatest, vec![other, zero()]),
        };
    }
    let part = part.unwrap_or_else(|| {
        let number = pair.child(Token::number).map_or("1".to_owned(), |number| number.as_str().trim().to_owned());
        let one = pair.child(Token::unit).map_or(number.clone(), |unit| format!("{number}{}", name_of(&unit)));
        let one = if pair.has(Token::PERCENT_SIGN) { format!("{number}个百分点") } else { one };
        let finding = scope
            .at(site.statement, pair, "missing-convention", "没有写不足一步的部分怎么算")
            .help(format!("在后面加上其中一句：\n，不足{one}的不计\n，不足{one}的按比例计\n，不足{one}的按{one}计"));
        scope.report(finding);
        Part::Ignored
    });
    Expr::Steps { amount: Box::new(amount), step: Box::new(step.expr.clone()), part }
}

fn times(points: Expr, amount: Expr) -> Expr {
    match (&points, &amount) {
        (Expr::Number(number), _) if *number == Number::ONE => amount,
        _ => Expr::Multiply(Box::new([points, amount])),
    }
}

fn ordinal(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let from = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
    if let Some(within) = pair.child(Token::within) {
        let cycle = match within.into_inner().next().map(|word| word.as_rule()) {
            Some(Token::WITHIN_MONTH) => Cycle::Month,
            Some(Token::WITHIN_QUARTER) => Cycle::Quarter,
            _ => whole_if_one_year(scope, Cycle::Year),
        };
        if draft.count_scope.is_some_and(|known| known != cycle) {
            let finding = scope
                .at(site.statement, pair, "two-count-scopes", "这一行写了两种计次的期间")
                .help("只留一种：全年连续计次，或 每月重新计次");
            scope.blame(finding);
        }
        draft.count_scope = Some(cycle);
    }
    let points = match outcome_of(scope, site, draft, outcome, &Condition::Always) {
        Outcome::Points(Expr::Number(number)) => number,
        _ => {
            let finding = scope
                .at(site.statement, outcome, "points-expected", "第几次后面要写扣几分或加几分")
                .help("写成：第1次扣1分，第2次起每次扣2分");
            scope.report(finding);
            return;
        }
    };
    if draft.tiers.last().is_some_and(|(last, _)| *last >= from) {
        let finding =
            scope.at(site.statement, pair, "overlapping-tiers", format!("第{from}次已经写过")).help("次数从小到大写");
        scope.report(finding);
        return;
    }
    if draft.tiers.is_empty() && from > 1 {
        // 每次扣1分，第3次起每次扣2分: those before as the line has said.
        let before = draft.plain.as_ref().and_then(|plain| per_quantity(plain, &zero(), &Expr::Number(Number::ONE)));
        let before = before.and_then(|each| match each {
            Expr::Number(number) => Some(number),
            Expr::Multiply(pair) => match *pair {
                [Expr::Number(number), Expr::Number(one)] if one == Number::ONE => Some(number),
                _ => None,
            },
            _ => None,
        });
        if before.is_some() {
            draft.plain = None;
        }
        draft.tiers.push((1, before.unwrap_or(Number::ZERO)));
    } else if from > draft.next_tier.max(1) {
        let next = draft.next_tier.max(1);
        let finding = scope
            .at(site.statement, pair, "gap-between-tiers", format!("第{next}次没有写"))
            .help(format!("补上第{next}次，或把这一档写成：第{next}次起"));
        scope.report(finding);
    }
    let last = pair.children(Token::integer).get(1).and_then(integer).unwrap_or(from);
    draft.next_tier = last.saturating_add(1);
    draft.tiers.push((from, points));
}

fn veto_scope(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let Some(veto) = draft.veto.as_mut() else {
        let finding = scope
            .at(site.statement, pair, "scope-without-veto", "前面没有写一票否决")
            .help("写成：一票否决，当月和年终排名末位");
        scope.report(finding);
        return;
    };
    veto.4 = true;
    // 当季 of a scheme that is assessed by the month is not 当月.
    let said = pair.as_str().trim();
    let of_cycle =
        [("当月", Cycle::Month), ("当季", Cycle::Quarter)].into_iter().find(|(word, _)| said.starts_with(word));
    if let Some((word, _)) = of_cycle.filter(|(_, cycle)| *cycle != scope.plan.cycle) {
        let (own, other) = match scope.plan.cycle {
            Cycle::Month => ("月", said.replacen(word, "当月", 1)),
            Cycle::Quarter => ("季度", said.replacen(word, "当季", 1)),
            _ => ("这一期", said.replacen(word, "当期", 1)),
        };
        let finding = scope
            .at(
                site.statement,
                pair,
                "veto-of-another-cycle",
                format!("本方案按{own}考评，“{said}”说的不是这一期的名次"),
            )
            .help(format!("改成其中一句：{other}，或 年终排名末位"));
        scope.report(finding);
    }
    match pair.clone().into_inner().next().map(|inner| inner.as_rule()) {
        Some(Token::VETO_BOTH) => (veto.1, veto.2) = (true, true),
        Some(Token::VETO_PERIOD) => veto.1 = true,
        Some(Token::VETO_YEAR) => veto.2 = true,
        Some(Token::VETO_ZERO) => veto.3 = true,
        _ => {}
    }
}

fn modifier(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    subject: &Subject,
    pair: &Pair<'_, Token>,
    waiting: &mut Option<(Condition, Option<Range>)>,
) {
    let mut when = || waiting.take().map_or(Condition::Always, |(condition, _)| condition);
    match pair.as_rule() {
        Token::disqualify => {
            let title = name_of(&pair.child(Token::title).expect("取消 what"));
            draft.effects.push(RuleEffect { when: when(), effect: Effect::Disqualify(title) });
        }
        Token::zero_item => {
            let node = if pair.has(Token::ZERO_TOTAL) { NodeId(0) } else { site.node };
            draft.effects.push(RuleEffect { when: when(), effect: Effect::ZeroNode(node) });
        }
        Token::zero_divisor => {
            draft.zero_divisor = Some(match pair.child(Token::expression) {
                Some(inner) => expression::expression(scope, site, &inner).expr,
                None => Expr::NotAssessed,
            });
        }
        Token::grade_effect => {
            let when = when();
            require_grading(scope, site, pair);
            if let Some(effect) = grade_effect(pair) {
                draft.effects.push(RuleEffect { when, effect });
            }
        }
        // Full marks stop at zero of themselves: there must be some.
        Token::STOP_AT_ZERO => _ = full_of(scope, site, pair),
        Token::limit_rule => limit(scope, site, draft, pair),
        Token::clamp => {
            let inner = pair.child(Token::expression).expect("以 what");
            let most = expression::expression(scope, site, &inner).expr;
            let per = LimitPer::Cycle(scope.plan.nodes[site.node.index()].cycle);
            draft.limits.push(Limit { most, per });
        }
        Token::once_rule => {
            draft.once = pair.child(Token::cycle).map(|cycle| whole_if_one_year(scope, cycle_of(&cycle)))
        }
        Token::most_times => {
            let count = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
            let own = scope.plan.nodes[site.node.index()].cycle;
            let cycle = pair.child(Token::cycle).map_or(own, |cycle| whole_if_one_year(scope, cycle_of(&cycle)));
            draft.most_times = Some((count, cycle));
        }
        Token::by_person => {
            draft.by_person = true;
            if let Some(input) = scope.in_row {
                scope.plan.inputs[input.index()].needs.person = true;
            }
        }
        Token::count_scope => {
            let said = pair.child(Token::cycle).map(|cycle| whole_if_one_year(scope, cycle_of(&cycle)));
            if draft.count_scope.is_some() && draft.count_scope != said {
                let finding = scope
                    .at(site.statement, pair, "two-count-scopes", "这一行写了两种计次的期间")
                    .help("只留一种：全年连续计次，或 每月重新计次");
                scope.blame(finding);
            }
            draft.count_scope = said;
        }
        Token::same_matter_rule => draft.same_matter = Some(same_matter(scope, site, pair)),
        Token::refund => draft.refund = Some(refund(scope, site, pair)),
        Token::valid_for => draft.valid_months = pair.child(Token::integer).and_then(|n| integer(&n)),
        Token::keep => {
            let rounding = pair.child(Token::rounding);
            if rounding.is_none() {
                let finding = scope
                    .at(site.statement, pair, "missing-convention", "没有写怎样舍入")
                    .help("写成：保留2位小数，四舍五入");
                scope.report(finding);
            }
            let places = pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0).min(20);
            draft.keep =
                Some((places, rounding.map_or(crate::value::Rounding::HalfUp, |r| expression::rounding_of(&r))));
        }
        Token::needs => needs(scope, pair),
        Token::missing_rule => {
            let full = None;
            let (when, value) = body::missing_rule(scope, site.statement, pair, site.node, full);
            if let Subject::Value(Typed { expr: Expr::Input { input, .. }, .. }) = subject {
                let input = &mut scope.plan.inputs[input.index()];
                match when {
                    Token::WHEN_MISSING => input.missing = value,
                    _ => input.inapplicable = value,
                }
            } else {
                let finding = scope.at(site.statement, pair, "missing-rule-misplaced", "只有指标才会缺报或不适用");
                scope.report(finding.help("写在声明这个指标的那一行"));
            }
        }
        Token::lookup => lookup(scope, site, draft, subject, pair),
        Token::shares => {
            if let Some(input) = scope.in_row {
                let input = &mut scope.plan.inputs[input.index()];
                input.needs.shares = true;
                input.additive = false;
            }
            let keys = vec![
                Typed::new(Expr::Row(RowField::People), Type::Count("人".to_owned())),
                Typed::new(Expr::Row(RowField::Place), Type::Place),
            ];
            draft.table = Some((keys, 0));
        }
        _ => {}
    }
}

/// 全年 of a scheme in force for one year is its whole term.
pub fn whole_if_one_year(scope: &Scope<'_>, cycle: Cycle) -> Cycle {
    if cycle == Cycle::Year && scope.plan.calendar.each(Cycle::Year).len() == 1 { Cycle::Term } else { cycle }
}

/// 月度等次定为D级: a word before 等次 is the name of a grading.
pub fn require_grading(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let Some(named) = pair.child(Token::grading_name) else { return };
    let name = name_of(&named);
    let names: Vec<String> = scope.plan.gradings.iter().map(|grading| grading.name.clone()).collect();
    let words = ["月度", "季度", "半年", "年度", "年终", "当月", "当季", "当年", "全年", "本月", "本季", "本年"];
    if name.is_empty() || names.contains(&name) || words.contains(&name.as_str()) {
        return;
    }
    let finding = scope
        .at(site.statement, &named, "unread-word", format!("“{name}”没有读懂，没有叫这个名字的等次"))
        .expected(names.join("、"))
        .help(format!("去掉“{name}”，或写成：等次定为…"));
    scope.blame(finding);
}

pub fn grade_effect(pair: &Pair<'_, Token>) -> Option<Effect> {
    let grading = pair.child(Token::grading_name).map(|name| name_of(&name)).unwrap_or_default();
    pair.clone().into_inner().find_map(|inner| {
        let grade = || {
            let name = inner.child(Token::value).map(|value| name_of(&value)).unwrap_or_default();
            // 不合格等次
            ["等次", "等级"].iter().find_map(|word| name.strip_suffix(word)).unwrap_or(&name).to_owned()
        };
        let steps = || inner.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
        match inner.as_rule() {
            Token::grade_set => Some(Effect::SetGrade { grading: grading.clone(), grade: grade() }),
            Token::grade_most => Some(Effect::GradeAtMost { grading: grading.clone(), grade: grade() }),
            Token::grade_down => Some(Effect::LowerGrade { grading: grading.clone(), steps: steps() }),
            _ => None,
        }
    })
}

fn limit(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let most = match (pair.child(Token::amount), pair.child(Token::number)) {
        (Some(amount), _) => body::amount(scope, site, &amount),
        // 封顶5分, 最多5分
        (None, Some(number)) => Expr::Number(Number::from(expression::number(scope, site, &number))),
        (None, None) => return,
    };
    body::require_positive(scope, site, pair, &most);
    if let Some(noun) = pair.child(Token::verb_noun) {
        let verbs = verbs_of(&site.statement.pair);
        let deducts = noun.has(Token::NOUN_DEDUCT);
        if !verbs.is_empty() && !verbs.iter().any(|said| (*said == Token::DEDUCT) == deducts) {
            let (said, meant) = if deducts { ("扣", "加") } else { ("加", "扣") };
            let message = format!("这一句没有{said}分，限的却是最多{said}几分");
            let finding = scope.at(site.statement, pair, "limit-of-other-kind", message);
            scope.report(finding.help(format!("写成：最多{meant}…分")));
            return;
        }
    }
    let scope_pair = pair.child(Token::limit_scope);
    // 超过10%，每高1个百分点加0.5分，最多加3分: of what stands before it, not of the other arms of the line.
    if let (None, Some(noun), Some(arm)) = (&scope_pair, pair.child(Token::verb_noun), draft.arms.last_mut())
        && (scope.in_row.is_none() || draft.on_total)
        // 达到300得8分，每增加50加0.5分，最高得10分: of all that the line gives.
        && !(arm.verb == Some(Token::ADD) && noun.as_str().contains('得'))
    {
        let points = std::mem::replace(&mut arm.points, Expr::NotAssessed);
        arm.points = if noun.has(Token::NOUN_DEDUCT) {
            Expr::Of(Aggregate::Greatest, vec![points, expression::negative(most)])
        } else {
            Expr::Of(Aggregate::Least, vec![points, most])
        };
        return;
    }
    let per = match &scope_pair {
        Some(inner) if inner.has(Token::PER_ROW) => LimitPer::Row,
        Some(inner) if inner.has(Token::PER_PERSON) => {
            let Some(input) = scope.in_row else {
                let finding = scope
                    .at(site.statement, inner, "limit-per-person", "指标是一个单位一个数，分不出每个人")
                    .help("每人限几分的，写成情形，一行事实写一个“人员”：迟到：每次扣1分，每人最多扣3分");
                scope.report(finding);
                return;
            };
            scope.plan.inputs[input.index()].needs.person = true;
            scope.plan.inputs[input.index()].additive = false;
            draft.by_row_limit = true;
            LimitPer::Person
        }
        Some(inner) if inner.has(Token::cycle) => {
            let cycle = cycle_of(&inner.child(Token::cycle).expect("asked for"));
            LimitPer::Cycle(whole_if_one_year(scope, cycle))
        }
        _ => LimitPer::Cycle(scope.plan.nodes[site.node.index()].cycle),
    };
    if per == LimitPer::Row
        && let Some(input) = scope.in_row
    {
        scope.plan.inputs[input.index()].additive = false;
    }
    draft.limits.push(Limit { most, per });
}

/// 同一事项全年按最高级别计一次，已计分的补足差额
pub fn same_matter(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> SameMatter {
    let own = scope.plan.nodes[site.node.index()].cycle;
    let within =
        pair.child(Token::within).and_then(|within| within.into_inner().next()).map(|word| match word.as_rule() {
            Token::WITHIN_MONTH => Cycle::Month,
            Token::WITHIN_QUARTER => Cycle::Quarter,
            _ => Cycle::Year,
        });
    let said = pair.child(Token::cycle).map(|cycle| cycle_of(&cycle)).or(within);
    let per = said.map_or(own, |cycle| whole_if_one_year(scope, cycle));
    let later = pair.child(Token::later_higher).map(|later| later.has(Token::TOP_UP));
    if later.is_none() && per > own {
        let finding = scope
            .at(site.statement, pair, "missing-convention", "没有写先计了低的、后来又有高的怎么办")
            .help("在后面加上其中一句：\n，已计分的补足差额\n，已计分的不再计");
        scope.report(finding);
    }
    let later = if later.unwrap_or(true) { LaterHigher::TopUp } else { LaterHigher::FirstStands };
    SameMatter { per, later }
}

fn refund(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Refund {
    let within_days = pair.child(Token::integer).and_then(|n| integer(&n));
    let share = if let Some(percent) = pair.child(Token::percent) {
        match expression::percent_of(scope, site, &percent).expr {
            Expr::Number(number) => number,
            _ => Number::ONE,
        }
    } else if pair.has(Token::REFUND_HALF) {
        Number::from(Decimal::new(5, 1))
    } else {
        Number::ONE
    };
    if share > Number::ONE {
        let finding = scope.at(site.statement, pair, "share-out-of-range", "返还的比扣的还多").expected("0%至100%");
        scope.report(finding);
    }
    if !verbs_of(&site.statement.pair).contains(&Token::DEDUCT) {
        let finding = scope
            .at(site.statement, pair, "refund-without-deduction", "这一句没有扣分，整改了也没有可返还的")
            .help("返还写在扣分的句子后面：填报不实：每项扣2分，30日内整改的，返还该条扣分的80%");
        scope.report(finding);
    }
    if let Some(input) = scope.in_row {
        let input = &mut scope.plan.inputs[input.index()];
        input.additive = false;
        input.needs.found |= within_days.is_some();
    }
    Refund { within_days, workdays: pair.has(Token::WORKDAYS_WITHIN), share }
}

fn needs(scope: &mut Scope<'_>, pair: &Pair<'_, Token>) {
    let Some(input) = scope.in_row else { return };
    let input = &mut scope.plan.inputs[input.index()];
    for need in pair.children(Token::need) {
        match need.as_str().trim() {
            "依据" => input.needs.basis = true,
            "佐证" => input.needs.evidence = true,
            "事项" => input.needs.matter = true,
            "人员" => input.needs.person = true,
            "发生日期" => input.needs.occurred = true,
            "发现日期" => input.needs.found = true,
            "备注" => input.needs.note = true,
            "系数" => input.needs.coefficient = true,
            _ => input.needs.shares = true,
        }
        input.additive = false;
    }
}

// ---------------------------------------------------------------- tables

fn lookup(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, subject: &Subject, pair: &Pair<'_, Token>) {
    let mut keys = Vec::new();
    if !pair.has(Token::name) {
        keys.push(subject_value(scope, subject));
    }
    for name in pair.children(Token::name) {
        match name_of(&name).as_str() {
            "人数" if scope.in_row.is_some() => {
                keys.push(Typed::new(Expr::Row(RowField::People), Type::Count("人".to_owned())))
            }
            "位次" if scope.in_row.is_some() => keys.push(Typed::new(Expr::Row(RowField::Place), Type::Place)),
            "数量" if scope.in_row.is_some() => {
                let kind = scope.in_row.map_or(Type::Bare, |input| scope.plan.inputs[input.index()].quantity.clone());
                keys.push(Typed::new(Expr::Row(RowField::Quantity), kind));
            }
            _ => match scope.require_name(site.statement, &name, site.node) {
                Some(meaning) => keys.push(expression::of_meaning(scope, site, &name, meaning)),
                None => draft.refused = true,
            },
        }
    }
    if keys.len() > 3 {
        let finding = scope.at(site.statement, pair, "too-many-keys", "查表最多用三个项目").help("把表拆成几行");
        scope.report(finding);
    }
    if draft.refused {
        keys.clear();
    }
    let verb = pair.child(Token::verb).expect("查表 has a verb");
    draft.gains |= verb.has(Token::GAIN);
    draft.adds |= verb.has(Token::ADD);
    let sign = if verb.has(Token::DEDUCT) { -1 } else { 1 };
    draft.table = Some((keys, sign));
}

/// A row of the table that the line before began.
pub fn table_row(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
    node: NodeId,
    table: &mut Table,
) {
    let site = Site { statement, node };
    if let Some(row) = pair.child(Token::bar_row) {
        let mut cells: Vec<String> =
            row.children(Token::bar_cell).iter().map(|cell| name_of(cell).trim().to_owned()).collect();
        // The bar that closes a row opens no cell.
        if row.as_str().trim_end().ends_with('|') {
            cells.pop();
        }
        bar_row(scope, site, &row, cells, table);
        return;
    }
    let keys = pair.child(Token::table_keys).expect("a table row has keys").children(Token::table_key);
    let points = body::amount(scope, site, &pair.child(Token::amount).expect("a table row has points"));
    let points = signed(points, table.sign);
    if table.refused && table.keys.is_empty() {
        return;
    }
    if keys.len() == 1 && keys[0].has(Token::OTHERWISE) {
        if table.otherwise.is_some() {
            let finding = scope.at(statement, pair, "duplicate-table-row", "表里已有“其余”一行").help("只留一行");
            scope.report(finding);
        }
        table.otherwise = Some(points);
        return;
    }
    if keys.len() != table.keys.len() {
        table.refused = true;
        let message = format!("这张表按{}个项目查，这一行写了{}个", table.keys.len(), keys.len());
        let finding = scope.at(statement, pair, "wrong-number-of-keys", message).help("各项目之间用“、”隔开");
        scope.report(finding);
        return;
    }
    let mut all = Vec::new();
    for (key, subject) in keys.iter().zip(table.keys.clone()) {
        if key.has(Token::OTHERWISE) {
            continue;
        }
        all.push(key_condition(scope, site, key, &subject));
    }
    push_arm(scope, site, pair, table, all, points);
}

/// 两人：60%、40%: what each place of a team of so many gets.
pub fn share_row(
    scope: &mut Scope<'_>,
    statement: &Statement<'_>,
    pair: &Pair<'_, Token>,
    node: NodeId,
    table: Option<&mut Table>,
) {
    let site = Site { statement, node };
    let Some(table) = table.filter(|table| table.sign == 0) else {
        let finding = scope
            .at(statement, pair, "row-without-table", "前面没有“按位次分摊”的计分句")
            .help("在它前面写：团队成果：每项加6分，按位次分摊");
        scope.report(finding);
        return;
    };
    let mut team = Vec::new();
    if let Some(people) = pair.child(Token::number) {
        let people = Expr::Number(Number::from(expression::number(scope, site, &people)));
        let comparison = match (pair.has(Token::OR_MORE), pair.has(Token::OR_LESS)) {
            (true, _) => Comparison::AtLeast,
            (_, true) => Comparison::AtMost,
            _ => Comparison::Equal,
        };
        team.push(Condition::Compare(Box::new(table.keys[0].expr.clone()), comparison, Box::new(people)));
    }
    let mut total = Number::ZERO;
    for (index, percent) in pair.children(Token::percent).iter().enumerate() {
        let share = expression::percent_of(scope, site, percent).expr;
        if let Expr::Number(share) = &share {
            total = total.plus(*share).unwrap_or(total);
        }
        let place = Expr::Number(Number::whole(index as i64 + 1));
        let mut all = team.clone();
        all.push(Condition::Compare(Box::new(table.keys[1].expr.clone()), Comparison::Equal, Box::new(place)));
        push_arm(scope, site, pair, table, all, share);
    }
    if total > Number::ONE {
        let message = format!("各位次加起来是{}，超过100%", percent_text(total));
        let finding = scope.at(statement, pair, "weights-not-100", message).expected("加起来不超过100%");
        scope.report(finding);
    }
}

fn signed(points: Expr, sign: i64) -> Expr {
    if sign < 0 { expression::negative(points) } else { points }
}

fn push_arm(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    table: &mut Table,
    mut all: Vec<Condition>,
    points: Expr,
) {
    let condition = if all.len() == 1 { all.swap_remove(0) } else { Condition::All(all) };
    if table.arms.iter().any(|(known, _)| *known == condition) {
        let finding =
            scope.at(site.statement, pair, "duplicate-table-row", "表里已有同样的一行").help("删去重复的一行");
        scope.report(finding);
    }
    table.arms.push((condition, points));
}

fn key_condition(scope: &mut Scope<'_>, site: Site<'_, '_>, key: &Pair<'_, Token>, subject: &Typed) -> Condition {
    if let Some(range) = key.child(Token::key_range).filter(|_| subject.kind != Type::Text) {
        return range_key(scope, site, &range, subject);
    }
    let text = name_of(key);
    text_key(scope, site, key, &text, subject)
}

fn text_key(scope: &mut Scope<'_>, site: Site<'_, '_>, at: &Pair<'_, Token>, text: &str, subject: &Typed) -> Condition {
    if subject.kind != Type::Text {
        let message = format!("这一项{}，这里写的是“{text}”", super::units::describe(&subject.kind));
        let finding = scope.at(site.statement, at, "wrong-measure-word", message).help("写成范围，如：3件及以上");
        scope.report(finding);
        return Condition::Always;
    }
    let symbol = scope.plan.symbols.intern(text);
    let closed = match &subject.expr {
        Expr::Attribute(id) => scope.plan.attributes[id.index()].values.clone(),
        Expr::Row(RowField::Column(id)) => scope.plan.columns[id.index()].values.clone(),
        _ => None,
    };
    if let Some(values) = closed.filter(|values| !values.contains(&symbol)) {
        let known: Vec<&str> = values.iter().map(|value| scope.plan.symbols.text(*value)).collect();
        let finding =
            scope.at(site.statement, at, "unknown-value", format!("没有“{text}”这个取值")).expected(known.join("、"));
        scope.report(finding);
    }
    Condition::Is(Box::new(subject.expr.clone()), vec![symbol])
}

fn range_key(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, subject: &Typed) -> Condition {
    let compare = |comparison, end: Expr| Condition::Compare(Box::new(subject.expr.clone()), comparison, Box::new(end));
    let value = |scope: &mut Scope<'_>, inner: &Pair<'_, Token>| -> Expr {
        match inner.as_rule() {
            Token::place => {
                let place = inner.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0);
                Expr::Number(Number::whole(i64::from(place)))
            }
            Token::number => Expr::Number(Number::from(expression::number(scope, site, inner))),
            Token::limit => {
                let mut parts = inner.clone().into_inner();
                let mut first = parts.next().expect("a limit is something");
                let below_zero = first.as_rule() == Token::MINUS;
                if below_zero {
                    first = parts.next().expect("below zero by how much");
                }
                let value = match first.as_rule() {
                    Token::place => {
                        let place = first.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0);
                        Expr::Number(Number::whole(i64::from(place)))
                    }
                    Token::number => Expr::Number(Number::from(expression::number(scope, site, &first))),
                    _ => expression::quantity(scope, site, &first).expr,
                };
                if below_zero { expression::negative(value) } else { value }
            }
            _ => expression::quantity(scope, site, inner).expr,
        }
    };
    if let Some(between) = pair.child(Token::between) {
        let limits = between.children(Token::limit);
        let (low, high) = (value(scope, &limits[0]), value(scope, &limits[1]));
        return Condition::All(vec![compare(Comparison::AtLeast, low), compare(Comparison::AtMost, high)]);
    }
    let comparison = pair.clone().into_inner().find_map(|inner| match inner.as_rule() {
        Token::OR_MORE => Some(Comparison::AtLeast),
        Token::OR_LESS => Some(Comparison::AtMost),
        Token::comparator => Some(match inner.into_inner().next().map(|inner| inner.as_rule()) {
            Some(Token::BELOW) => Comparison::Below,
            Some(Token::AT_LEAST) => Comparison::AtLeast,
            Some(Token::AT_MOST) => Comparison::AtMost,
            Some(Token::ABOVE) => Comparison::Above,
            _ => Comparison::Equal,
        }),
        _ => None,
    });
    let end = pair
        .clone()
        .into_inner()
        .find(|inner| matches!(inner.as_rule(), Token::limit | Token::place | Token::quantity))
        .map(|inner| value(scope, &inner))
        .unwrap_or_else(zero);
    let end = if pair.has(Token::MINUS) { expression::negative(end) } else { end };
    compare(comparison.unwrap_or(Comparison::Equal), end)
}

/// A grid: the first row of bars names the values of the last key, each further row its other keys and points.
fn bar_row(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, cells: Vec<String>, table: &mut Table) {
    if table.refused && table.keys.is_empty() {
        return;
    }
    let Some(header) = table.header.clone() else {
        if let Some(last) = table.keys.last().cloned() {
            for column in cells.iter().skip(1) {
                cell_condition(scope, site, pair, column, &last);
            }
        }
        table.header = Some(cells);
        return;
    };
    if cells.len() != header.len() {
        let message = format!("表头有{}格，这一行有{}格", header.len(), cells.len());
        let finding = scope
            .at(site.statement, pair, "wrong-number-of-cells", message)
            .help("每一行的格数与表头相同，没有分的写 0分");
        table.refused = true;
        scope.report(finding);
        return;
    }
    // A table whose keys nobody knows has been told of already.
    let Some((last, others)) = table.keys.split_last().map(|(last, others)| (last.clone(), others.to_vec())) else {
        return;
    };
    let names: Vec<&str> = cells[0].split('、').map(str::trim).collect();
    if names.len() != others.len() {
        let message = format!("第一格要写{}个项目，这里写了{}个", others.len(), names.len());
        let finding = scope.at(site.statement, pair, "wrong-number-of-keys", message).help("几个项目之间用“、”隔开");
        scope.report(finding);
        return;
    }
    for (cell, column) in cells.iter().zip(&header).skip(1) {
        let digits = cell.trim().trim_end_matches('分');
        let (digits, percent) = match digits.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (digits, false),
        };
        let Some(points) = expression::decimal(digits.trim()) else {
            let finding = scope
                .at(site.statement, pair, "points-expected", format!("格子里写的是“{cell}”"))
                .expected("分数，如 10分");
            scope.report(finding);
            continue;
        };
        let points = if percent { points * Decimal::new(1, 2) } else { points };
        let mut all: Vec<Condition> = Vec::new();
        for (name, subject) in names.iter().zip(&others) {
            all.push(cell_condition(scope, site, pair, name, subject));
        }
        // What is wrong with the header was told there.
        let told = scope.findings.len();
        all.push(cell_condition(scope, site, pair, column, &last));
        scope.findings.truncate(told);
        let points = signed(Expr::Number(Number::from(points.normalize())), table.sign);
        push_arm(scope, site, pair, table, all, points);
    }
}

/// A key written in a cell: a text, `第1名`, a number with its unit, `80至90`.
fn cell_condition(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    text: &str,
    subject: &Typed,
) -> Condition {
    if subject.kind == Type::Text {
        return text_key(scope, site, pair, text, subject);
    }
    let digits =
        |part: &str| {
            let cleaned: String = part.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            let value = expression::decimal(&cleaned);
            value.map(|value| {
                if part.contains('%') || subject.kind == Type::Percent { value * Decimal::new(1, 2) } else { value }
            })
        };
    let ends: Vec<Option<Decimal>> = text.split(['至', '-', '~']).map(digits).collect();
    let compare = |comparison, end: Decimal| {
        Condition::Compare(
            Box::new(subject.expr.clone()),
            comparison,
            Box::new(Expr::Number(Number::from(end.normalize()))),
        )
    };
    match ends[..] {
        [Some(low), Some(high)] => {
            Condition::All(vec![compare(Comparison::AtLeast, low), compare(Comparison::AtMost, high)])
        }
        [Some(value)] if text.contains("以上") => compare(Comparison::AtLeast, value),
        [Some(value)] if text.contains("以下") || text.contains("以内") => compare(Comparison::AtMost, value),
        [Some(value)] => compare(Comparison::Equal, value),
        _ => {
            let finding = scope
                .at(site.statement, pair, "number-expected", format!("表头“{text}”不是数"))
                .help("写成数或范围，如：80分以上");
            scope.report(finding);
            Condition::Always
        }
    }
}

/// Stands for what a table gives until its rows are read: a choice without any case is nothing else.
fn from_table() -> Expr {
    Expr::Case { arms: Vec::new(), otherwise: Box::new(zero()) }
}

/// Puts what the table gives where it was waited for; whether it was.
fn put_table(points: &mut Expr, case: &Expr) -> bool {
    if *points == from_table() {
        *points = case.clone();
        return true;
    }
    match points {
        Expr::Add(pair) | Expr::Multiply(pair) => {
            let [left, right] = &mut **pair;
            put_table(left, case) | put_table(right, case)
        }
        Expr::Case { otherwise, .. } => put_table(otherwise, case),
        Expr::Round { expr, .. } => put_table(expr, case),
        _ => false,
    }
}

/// All rows are read: the rule gets its points.
pub fn close_table(scope: &mut Scope<'_>, table: Table) {
    let line = scope.plan.rules[table.rule.index()].line as usize;
    if table.arms.is_empty() && !table.refused && !scope.is_broken_below(line) {
        let finding = scope.at_line(line, "empty-table", "查表的下面没有表").help("在下面逐行写：国家级、一等奖 10分");
        scope.report(finding);
    }
    table_cover::unlisted(scope, line, &table);
    table_cover::bands(scope, line, &table);
    let case = Expr::Case { arms: table.arms, otherwise: Box::new(table.otherwise.unwrap_or_else(zero)) };
    let rule = &mut scope.plan.rules[table.rule.index()];
    let quantity = Expr::Row(RowField::Quantity);
    if put_table(&mut rule.points, &case) {
        return;
    }
    rule.points = if table.sign == 0 {
        Expr::Multiply(Box::new([std::mem::replace(&mut rule.points, Expr::NotAssessed), case]))
    } else if table.row_basis {
        let factor = std::mem::replace(&mut rule.points, Expr::NotAssessed);
        let each = Expr::Multiply(Box::new([case, quantity]));
        if factor == Expr::Number(Number::ONE) { each } else { Expr::Multiply(Box::new([factor, each])) }
    } else {
        case
    };
}

// ---------------------------------------------------------------- finishing

fn sets_grade(effect: &Effect) -> bool {
    matches!(effect, Effect::SetGrade { .. } | Effect::GradeAtMost { .. } | Effect::LowerGrade { .. })
}

fn is_attribute(scope: &Scope<'_>, node: NodeId, name: &str) -> bool {
    matches!(scope.find(node, name), Ok(Meaning::Attribute(_)))
}

fn uses_row(condition: &Condition) -> bool {
    let mut found = false;
    super::order::walk_condition(condition, &mut |expr| {
        found |= matches!(expr, Expr::Row(_));
        true
    });
    found
}

fn finish(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str, subject: Subject, mut draft: Draft) -> Option<Table> {
    let line = site.statement.line.number;
    check_bands(scope, line, &draft, &subject);
    met_and_deducted(scope, site, &draft);
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    if let Some((when, period, year, zero_total, said)) = draft.veto.take() {
        // 一票否决，等次定为D级: says what it does to the grade, and moves no rank.
        if !said && !draft.effects.iter().any(|effect| sets_grade(&effect.effect)) {
            let finding = scope
                .at_line(line, "missing-convention", "没有写一票否决影响哪里")
                .help("在后面加上其中一句：\n，当月和年终排名末位\n，当月排名末位\n，年终排名末位\n，总分计零");
            scope.report(finding);
        }
        draft.effects.insert(0, RuleEffect { when, effect: Effect::Veto { period, year, zero_total } });
    }
    if !draft.tiers.is_empty() {
        let per = draft.count_scope.or(scope.conventions.count_scope);
        if per.is_none() {
            let finding = scope
                .at_line(line, "missing-convention", "没有写次数在多长时间里累计")
                .help("在后面加上其中一句：\n，每月重新计次\n，全年连续计次");
            scope.report(finding);
        }
        if let Subject::Event(input) = &subject {
            let input = &mut scope.plan.inputs[input.index()];
            input.additive = false;
            input.needs.occurred = true;
            input.needs.person |= draft.by_person;
        }
        let tiers = std::mem::take(&mut draft.tiers);
        if draft.plain.is_some() {
            let finding = scope
                .at_line(line, "two-outcomes", "这一行写了第几次扣几分，又写了别的分数")
                .help("次数从第1次写起：第1次扣1分，第2次起每次扣2分；别的情形另起一行");
            scope.report(finding);
        }
        draft.per_row = true;
        draft.plain = Some(Expr::Escalation { tiers, per: per.unwrap_or(cycle), by_person: draft.by_person });
    }
    // 情节为严重的另扣5分, and nothing else in the line for it to come on top of.
    if draft.plain.is_none() && draft.arms.is_empty() && draft.table.is_none() && !draft.extras.is_empty() {
        draft.flat |= draft.judged.is_none();
        draft.arms = draft.extras.drain(..).map(|(when, points)| Arm::flat(when, points, None)).collect();
    }
    judged_and_fixed(scope, line, &draft);
    let has_points = draft.plain.is_some() || !draft.arms.is_empty() || draft.table.is_some();
    if !has_points && draft.effects.is_empty() && draft.row_rules.is_empty() {
        if !matches!(subject, Subject::Value(_)) {
            let finding = scope.at_line(line, "line-without-points", "这一行没有写扣几分、加几分，也没有写后果");
            scope.report(finding.help("写成：缺项：每项扣1分；或 泄密：一票否决，年终排名末位"));
        }
        return None;
    }
    swallowed(scope, site, &draft);
    deduct_from_full(scope, site, &subject, &mut draft);
    nothing_left(scope, site, &subject, &mut draft);
    if draft.on_total && matches!(subject, Subject::Event(_)) {
        taken_together(scope, site, &subject, &mut draft);
    }
    // 查表扣分，情节为严重的扣9分: what the table gives is what holds where no condition does.
    let looked_up = draft.table.as_ref().is_some_and(|(_, sign)| *sign != 0);
    if looked_up && draft.plain.is_some() {
        let finding = scope
            .at_line(line, "two-outcomes", "这一行查表，又写了分数，说不清是哪一个，还是都算")
            .help("都算的写“另扣”“另加”；有条件的在分数前写明条件");
        scope.report(finding);
    }
    if looked_up && (!draft.arms.is_empty() || !draft.extras.is_empty()) {
        draft.plain = Some(from_table());
        draft.flat = true;
    }
    let plain = draft.plain.take();
    let mut points = match (plain, draft.arms.is_empty()) {
        (Some(plain), true) => plain,
        (plain, false) => {
            let mut arms: Vec<(Condition, Expr)> =
                std::mem::take(&mut draft.arms).into_iter().map(|arm| (arm.when, arm.points)).collect();
            if let Subject::Value(value) = &subject {
                // What is not assessed lies in no band, and is not outside all of them either.
                let lacks = Condition::Not(Box::new(Condition::IsAssessed(Box::new(value.expr.clone()))));
                arms.insert(0, (lacks, Expr::NotAssessed));
            }
            let otherwise = draft.otherwise.take().or(plain).unwrap_or_else(zero);
            Expr::Case { arms, otherwise: Box::new(otherwise) }
        }
        (None, true) => zero(),
    };
    let row_extras = draft.extras.iter().any(|(condition, _)| uses_row(condition));
    for (when, extra) in std::mem::take(&mut draft.extras) {
        let extra = match when {
            Condition::Always => extra,
            when => Expr::Case { arms: vec![(when, extra)], otherwise: Box::new(zero()) },
        };
        points = Expr::Add(Box::new([points, extra]));
    }
    if let Some(otherwise) = draft.zero_divisor.take().or_else(|| scope.conventions.zero_divisor.clone()) {
        points = super::node::guard_division(points, &otherwise);
    }
    let basis = match &subject {
        Subject::Value(_) => Basis::Period,
        Subject::Event(_) if draft.on_total => Basis::Period,
        Subject::Event(input) => {
            let conditional_row =
                matches!(&points, Expr::Case { arms, .. } if arms.iter().any(|(condition, _)| uses_row(condition)));
            let by_row = draft.per_row
                || draft.by_row_limit
                || row_extras
                || draft.judged.is_some()
                || draft.table.is_some()
                || conditional_row
                || !draft.row_rules.is_empty()
                || draft.same_matter.is_some()
                || draft.most_times.is_some()
                || draft.refund.is_some()
                || !draft.factors.is_empty()
                || draft.valid_months.is_some() && draft.once.is_none();
            if by_row && draft.once.is_none() {
                if draft.flat && draft.judged.is_none() && !draft.per_row {
                    points = times(points, Expr::Row(RowField::Quantity));
                }
                Basis::Row(*input)
            } else if draft.flat && draft.once.is_none() && points != zero() {
                match scope.conventions.flat_every_time {
                    Some(true) => {
                        points = times(points, Expr::Row(RowField::Quantity));
                        Basis::Row(*input)
                    }
                    Some(false) => Basis::Once(*input),
                    None => {
                        scope.missing_convention(
                            line,
                            "没有写“每”，说不清是只计一次还是每次都计",
                            &["未写“每”的，当月只计一次", "未写“每”的，每次都计"],
                        );
                        Basis::Once(*input)
                    }
                }
            } else {
                Basis::Once(*input)
            }
        }
    };
    let mut running = false;
    super::order::walk(&points, &mut |inner| {
        running |= matches!(inner, Expr::Row(RowField::DaysLateHere { .. }));
        true
    });
    if running && draft.limits.iter().any(|limit| limit.per == LimitPer::Row) {
        let finding = scope
            .at_line(line, "limit-across-months", "按日累计的一件跨几个月就报几行，“每件最多”只管得住一个月里的一行")
            .help("改成其中一句：\n去掉“按日累计，至完成之日止”，完成时一次算清\n把“每起最多”改成“全年最多”，管住全年的合计");
        scope.report(finding);
    }
    for factor in std::mem::take(&mut draft.factors) {
        points = times(factor, points);
    }
    if let Some((places, rounding)) = draft.keep {
        points = Expr::Round { expr: Box::new(points), places, rounding };
    }
    if let Subject::Event(input) = &subject {
        let plain_rows = draft.row_rules.is_empty()
            && draft.same_matter.is_none()
            && draft.most_times.is_none()
            && draft.refund.is_none();
        let input = &mut scope.plan.inputs[input.index()];
        input.additive &= plain_rows;
        input.needs.matter |= draft.same_matter.is_some();
    }
    let id = RuleId(scope.plan.rules.len() as u16);
    let row_basis = matches!(basis, Basis::Row(_));
    let text = scope.line_text(site.statement);
    let rule_cycle = draft.once.filter(|once| *once > cycle).unwrap_or(cycle);
    if let (Some(once), false) = (draft.once, row_basis) {
        // 每次扣2分，每月只计1次 is one time's worth; 每季度扣6分 is 6 points, however many times a row speaks of.
        if !draft.per_row && once != cycle {
            points = times(points, Expr::Row(RowField::Quantity));
        }
        if draft.per_row || once != cycle {
            draft.most_times = Some((1, rule_cycle));
        }
    }
    scope.plan.rules.push(Rule {
        node: site.node,
        label: name.to_owned(),
        text,
        line: line as u32,
        cycle,
        basis,
        points: if draft.table.is_some() && points == zero() { Expr::Number(Number::ONE) } else { points },
        row_rules: draft.row_rules,
        limits: draft.limits,
        most_times: draft.most_times,
        same_matter: draft.same_matter,
        refund: draft.refund,
        valid_months: draft.valid_months,
        effects: draft.effects,
        in_force: None,
    });
    scope.plan.nodes[site.node.index()].rules.push(id);
    if draft.gains {
        scope.gains.insert(id);
    }
    // 每增加50加0.5分，最高得10分 of 10 marks never comes above them.
    if draft.adds && !(draft.gains && within_full(scope, id)) {
        scope.adds.insert(id);
    }
    draft.table.map(|(keys, sign)| Table {
        rule: id,
        keys,
        sign,
        header: None,
        arms: Vec::new(),
        otherwise: None,
        row_basis,
        refused: draft.refused,
    })
}

/// 酌情扣1至3分，情节为严重的扣5分: each row would have to bring points that are not used.
fn judged_and_fixed(scope: &mut Scope<'_>, line: usize, draft: &Draft) {
    let is_judged = |points: &Expr| {
        let points = if let Expr::Negate(inner) = points { inner } else { points };
        *points == Expr::Row(RowField::Points)
    };
    let given = draft.arms.iter().map(|arm| &arm.points).chain(&draft.plain).chain(&draft.otherwise);
    let fixed = given.filter(|points| !is_judged(points) && **points != zero()).count() > 0;
    if draft.judged.is_some() && (fixed || draft.table.is_some()) {
        let finding = scope
            .at_line(line, "judged-and-fixed", "这一行有的酌情、有的分数已定，说不清哪几行要填分值")
            .help("分成两行写，各用一个情形：\n一般差错：每次扣1分\n严重差错：酌情扣3至5分");
        scope.report(finding);
    }
}

/// Whether a limit of the rule itself keeps it within the item's full marks.
fn within_full(scope: &Scope<'_>, rule: RuleId) -> bool {
    let rule = &scope.plan.rules[rule.index()];
    let Some(Expr::Number(full)) = &scope.plan.nodes[rule.node.index()].full else { return false };
    rule.limits.iter().any(|limit| matches!(&limit.most, Expr::Number(most) if most <= full))
}

/// 录入件数：不少于30件，扣5分: five off for having done what was asked?
fn met_and_deducted(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let [Arm { range: Some(Range { low: Some((Expr::Number(low), true)), high: None, .. }), verb, by_steps, .. }] =
        &draft.arms[..]
    else {
        return;
    };
    if *by_steps || *verb != Some(Token::DEDUCT) || draft.gains || draft.plain.is_some() {
        return;
    }
    let body = site.statement.pair.child(Token::body).expect("a scoring line has a body");
    let bounds = body.into_inner().flatten().filter(|inner| inner.as_rule() == Token::AT_LEAST);
    let Some(bound) = bounds.into_iter().find(|bound| bound.as_str().starts_with('不') || bound.as_str() == "至少")
    else {
        return;
    };
    let word = bound.as_str().trim().to_owned();
    let finding = scope
        .at(site.statement, &bound, "step-the-wrong-way", format!("“{word}{low}”是达到了要求，反而扣分"))
        .help(format!("没有达到才扣的，把“{word}”改成“低于”；达到了就扣的，改成“达到”"));
    scope.report(finding);
}

/// 本项计零，扣5分: what is taken off an item of which nothing is left is lost.
fn swallowed(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let zeroes = |effect: &RuleEffect| effect.effect == Effect::ZeroNode(site.node);
    let gives = |points: &Expr| *points != zero();
    let plain = draft.plain.as_ref().is_some_and(gives);
    let lost = draft.effects.iter().filter(|effect| zeroes(effect)).any(|effect| match &effect.when {
        Condition::Always => plain || draft.arms.iter().any(|arm| gives(&arm.points)) || !draft.extras.is_empty(),
        when => {
            draft.arms.iter().any(|arm| arm.when == *when && gives(&arm.points))
                || draft.extras.iter().any(|(extra, _)| extra == when)
        }
    });
    if lost {
        let line = site.statement.line.number;
        let finding = scope
            .at_line(line, "points-after-zero", "本项计零以后，同一句里的扣分、加分就不起作用了")
            .expected("只写本项计零，或只写扣几分")
            .help("还要倒扣的，扣分写在别的条目里；倒扣的分数固定的，单写一行：当 发生失火，本项计-15分");
        scope.report(finding);
    }
}

/// 未开展：不得分: where the item has full marks of its own, nothing of them is left.
fn nothing_left(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &mut Draft) {
    let whens = std::mem::take(&mut draft.no_marks);
    if whens.is_empty() || draft.gains || draft.adds {
        return;
    }
    if scope.plan.nodes[site.node.index()].full.is_some() {
        draft.effects.extend(whens.into_iter().map(|when| RuleEffect { when, effect: Effect::ZeroNode(site.node) }));
    } else if matches!(subject, Subject::Event(_)) && draft.arms.iter().all(|arm| arm.points == zero()) {
        let finding = scope
            .at_line(site.statement.line.number, "no-marks-of-what", "“不得分”说不清是哪一项不得分：本条没有写满分")
            .help("给本条写上满分；或写成：本项计零；或写明扣几分");
        scope.report(finding);
    }
}

/// An event whose number over the period decides: what each row would give is given for all of them together.
fn taken_together(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &mut Draft) {
    let line = site.statement.line.number;
    let total = subject_value(scope, subject).expr;
    let plain = draft.plain.take().map(|plain| match per_quantity(&plain, &total, &total) {
        Some(points) => points,
        // 扣1分，超过3次的扣5分: once where it happened at all, or every time.
        None if scope.conventions.flat_every_time == Some(true) => times(plain, total.clone()),
        None => {
            if scope.conventions.flat_every_time.is_none() {
                scope.missing_convention(
                    line,
                    "没有写“每”，说不清是只计一次还是每次都计",
                    &["未写“每”的，当月只计一次", "未写“每”的，每次都计"],
                );
            }
            let happened = Condition::Compare(Box::new(total.clone()), Comparison::Above, Box::new(zero()));
            Expr::Case { arms: vec![(happened, plain)], otherwise: Box::new(zero()) }
        }
    });
    draft.plain = plain;
    for arm in &mut draft.arms {
        // 不超过3次的扣1分 speaks of what happened: never is no such number.
        if let Some(Range { low: None, high: Some((_, true)), .. }) = arm.range
            && !arm.by_steps
        {
            let happened = Condition::Compare(Box::new(total.clone()), Comparison::Above, Box::new(zero()));
            arm.when = Condition::All(vec![happened, std::mem::replace(&mut arm.when, Condition::Always)]);
        }
    }
    let by_row =
        draft.arms.iter().any(|arm| uses_row(&arm.when)) || draft.extras.iter().any(|(when, _)| uses_row(when));
    if by_row || draft.judged.is_some() || !draft.row_rules.is_empty() {
        let finding = scope
            .at_line(line, "rows-and-total", "这一行有的按每次的情况算，有的按合计的次数算，不能合在一句里")
            .help("分成两行写，各用一个情形；或用：第1次扣1分，第2次起每次扣2分");
        scope.report(finding);
    }
}

/// 达到90%得满分；低于90%，每低1个百分点扣1分: what is deducted goes off the full marks that the line speaks of.
fn deduct_from_full(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &mut Draft) {
    let goes_off = |arm: &Arm| matches!(arm.verb, Some(Token::DEDUCT | Token::ADD));
    if !(draft.gains && draft.arms.iter().any(goes_off) && matches!(subject, Subject::Value(_))) {
        return;
    }
    let mut given = draft.arms.iter().filter(|arm| arm.verb == Some(Token::GAIN));
    let own_full = scope.plan.nodes[site.node.index()].full.clone();
    let full = given
        .clone()
        .find(|arm| matches!(arm.points, Expr::Full(_)) || own_full.as_ref().is_some_and(|full| arm.points == *full));
    // 达到300得8分；低于300，每少10扣0.2分: what goes on step by step goes on from there.
    let by_steps = draft.arms.iter().filter(|arm| goes_off(arm)).all(|arm| arm.by_steps);
    let alone = given.next().filter(|_| by_steps && given.next().is_none());
    let Some(base) = full.or(alone).map(|arm| arm.points.clone()) else {
        let deducts = draft.arms.iter().any(|arm| arm.verb == Some(Token::DEDUCT));
        let message = if deducts {
            "这一行又得分又扣分，没有写从多少分里扣"
        } else {
            "这一行又得分又加分，没有写在多少分上加"
        };
        let finding = scope
            .at_line(site.statement.line.number, "gains-and-deducts", message)
            .help("写成：达到90%得满分；低于90%，每低1个百分点扣1分");
        scope.report(finding);
        return;
    };
    for arm in draft.arms.iter_mut().filter(|arm| goes_off(arm)) {
        let points = std::mem::replace(&mut arm.points, Expr::NotAssessed);
        arm.points = Expr::Add(Box::new([base.clone(), points]));
    }
    // 达到100%得满分；超过100%的，每超1个百分点加0.1分: what is added lies within what earns full marks.
    draft.arms.sort_by_key(|arm| arm.points != Expr::NotAssessed && arm.verb != Some(Token::ADD));
}

/// An end of a band and whether it is included; `None` where open.
type End = Option<(Number, bool)>;

/// Bands of one line must not overlap; what they leave unsaid between them is noted.
fn check_bands(scope: &mut Scope<'_>, line: usize, draft: &Draft, subject: &Subject) {
    let kind = subject_value(scope, subject).kind;
    let counts = matches!(kind, Type::Count(_) | Type::Place | Type::Days);
    let mut bands: Vec<(End, End)> = Vec::new();
    for range in &draft.ranges {
        let end = |end: &Option<(Expr, bool)>| match end {
            Some((Expr::Number(number), included)) => Some(Some((*number, *included))),
            None => Some(None),
            Some(_) => None,
        };
        match (end(&range.low), end(&range.high)) {
            (Some(low), Some(high)) => bands.push((low, high)),
            // An end that is computed cannot be compared before there are facts.
            _ => return,
        }
    }
    running_into_bands(scope, line, draft, &kind);
    bands.sort_by(|a, b| match (a.0, b.0) {
        (None, None) => std::cmp::Ordering::Equal,
        (None, _) => std::cmp::Ordering::Less,
        (_, None) => std::cmp::Ordering::Greater,
        (Some(x), Some(y)) => x.0.cmp(&y.0).then(y.1.cmp(&x.1)),
    });
    for pair in bands.windows(2) {
        let show = |number: Number| shown_number(number, &kind);
        let (Some((high, high_in)), Some((low, low_in))) = (pair[0].1, pair[1].0) else {
            // 80%以上加2分；90%以上加5分: the first was to end where the second begins.
            let help = match (pair[0], pair[1]) {
                ((Some((from, _)), None), (Some((next, true)), _)) => {
                    let (from, next) = (show(from), show(next));
                    format!("从{from}起的一档到{next}为止，写成：不低于{from}且低于{next}")
                }
                ((None, Some(a)), (None, Some(b))) => {
                    let (near, far) = if a.0 < b.0 { (a, b) } else { (b, a) };
                    let begins = if near.1 { "超过" } else { "不低于" };
                    let ends = if far.1 { "不超过" } else { "低于" };
                    let (near, far) = (show(near.0), show(far.0));
                    format!("到{far}的一档从{near}起，写成：{begins}{near}且{ends}{far}")
                }
                _ => "写明每一档的两头，让它们首尾相接".to_owned(),
            };
            let finding = scope.at_line(line, "overlapping-bands", "有两档互相重叠").help(help);
            scope.report(finding);
            continue;
        };
        if low < high || (low == high && low_in && high_in) {
            let message = format!("有两档互相重叠：前一档到{}，后一档从{}起", show(high), show(low));
            let help = format!("其中一档改用“不满{}”或“超过{}”", show(high), show(low));
            let finding = scope.at_line(line, "overlapping-bands", message).help(help);
            scope.report(finding);
        } else {
            let adjacent = if counts {
                let next = |value: Number, included: bool| {
                    if included { value.plus(Number::ONE).unwrap_or(value) } else { value }
                };
                let first = if low_in { low } else { low.plus(Number::ONE).unwrap_or(low) };
                first <= next(high, high_in)
            } else {
                low == high && (low_in || high_in)
            };
            if !adjacent && draft.otherwise.is_none() {
                let message = format!("{}与{}之间没有写，按0分计", show(high), show(low));
                let mut finding =
                    scope.at_line(line, "gap-between-bands", message).help("补上这一档，或把相邻的一档接上");
                finding.severity = crate::diagnostic::Severity::Warning;
                scope.report(finding);
            }
        }
    }
}

/// Points by steps hold in a range too, which must not run into another band: the first would win unseen.
fn running_into_bands(scope: &mut Scope<'_>, line: usize, draft: &Draft, kind: &Type) {
    let ends = |range: &Range| -> Option<(End, End)> {
        let end = |end: &Option<(Expr, bool)>| match end {
            Some((Expr::Number(number), included)) => Some(Some((*number, *included))),
            None => Some(None),
            Some(_) => None,
        };
        Some((end(&range.low)?, end(&range.high)?))
    };
    // Whether the first ends before the second begins.
    let before = |high: End, low: End| match (high, low) {
        (Some((high, high_in)), Some((low, low_in))) => high < low || high == low && !(high_in && low_in),
        _ => false,
    };
    for (index, stepped) in draft.arms.iter().enumerate().filter(|(_, arm)| arm.by_steps) {
        let Some(own) = stepped.range.as_ref().and_then(ends) else { continue };
        for (other_index, other) in draft.arms.iter().enumerate() {
            let known = other.by_steps && other_index < index;
            // 超过100%的，每超1个百分点加0.1分 goes on top of 达到100%得满分.
            let on_top = draft.gains && stepped.verb == Some(Token::ADD) && other.verb == Some(Token::GAIN);
            if index == other_index || known || on_top {
                continue;
            }
            let Some(theirs) = other.range.as_ref().and_then(ends) else { continue };
            if before(own.1, theirs.0) || before(theirs.1, own.0) {
                continue;
            }
            let show = |end: End, open: &str| match end {
                Some((number, _)) if *kind == Type::Percent => percent_text(number),
                Some((number, _)) => number.to_string(),
                None => open.to_owned(),
            };
            let message = format!(
                "“每…”的一档（{}至{}）与另一档（{}至{}）重叠",
                show(own.0, "最低"),
                show(own.1, "最高"),
                show(theirs.0, "最低"),
                show(theirs.1, "最高")
            );
            let finding = scope.at_line(line, "overlapping-bands", message).help("写明每一档的两头，让它们首尾相接");
            scope.report(finding);
        }
    }
}

pub(super) fn percent_text(number: Number) -> String {
    match number.times(Number::whole(100)) {
        Ok(percent) => format!("{percent}%"),
        Err(_) => number.to_string(),
    }
}

// ---------------------------------------------------------------- grades, ratings, imported scores

fn grade(scope: &mut Scope<'_>, site: Site<'_, '_>, phrase: &Pair<'_, Token>) {
    let (Some(name), Some(outcome)) = (phrase.child(Token::name), phrase.child(Token::outcome)) else {
        let finding =
            scope.at(site.statement, phrase, "unknown-condition", "等次的后面只能再写等次").help("另起一行写");
        scope.report(finding);
        return;
    };
    let label = name_of(&name);
    let Some(Meaning::Input(input)) = scope.declared_here(site.node, &label) else { return };
    let mut draft = Draft::default();
    let points = match outcome_of(scope, site, &mut draft, &outcome, &Condition::Always) {
        Outcome::Points(points) => points,
        Outcome::NoMarks => zero(),
        _ => {
            let finding = scope
                .at(site.statement, &outcome, "points-expected", "等次后面要写得几分")
                .help("写成：优秀得10分；一般得8分");
            scope.report(finding);
            return;
        }
    };
    let id = RuleId(scope.plan.rules.len() as u16);
    let text = scope.line_text(site.statement);
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    scope.gains.insert(id);
    scope.plan.rules.push(plain_rule(site, &label, text, cycle, Basis::Once(input), points));
    scope.plan.nodes[site.node.index()].rules.push(id);
}

fn plain_rule(site: Site<'_, '_>, label: &str, text: String, cycle: Cycle, basis: Basis, points: Expr) -> Rule {
    Rule {
        node: site.node,
        label: label.to_owned(),
        text,
        line: site.statement.line.number as u32,
        cycle,
        basis,
        points,
        row_rules: Vec::new(),
        limits: Vec::new(),
        most_times: None,
        same_matter: None,
        refund: None,
        valid_months: None,
        effects: Vec::new(),
        in_force: None,
    }
}

/// 当 件数低于10件，扣5分: a line of the item that needs no label.
pub fn points_when(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    when: Condition,
    verb: &Pair<'_, Token>,
    action: &Pair<'_, Token>,
) {
    let points = points_of(scope, site, &action.child(Token::amount).expect("a verb has an amount"), verb);
    let points = if verb.has(Token::DEDUCT) { expression::negative(points) } else { points };
    let case = Expr::Case { arms: vec![(when, points)], otherwise: Box::new(zero()) };
    let id = RuleId(scope.plan.rules.len() as u16);
    let text = scope.line_text(site.statement);
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    if verb.has(Token::GAIN) {
        scope.gains.insert(id);
    } else if verb.has(Token::ADD) {
        scope.adds.insert(id);
    }
    scope.plan.rules.push(plain_rule(site, &text.clone(), text, cycle, Basis::Period, case));
    scope.plan.nodes[site.node.index()].rules.push(id);
}

fn own_input(scope: &Scope<'_>, node: NodeId, name: &str) -> Option<InputId> {
    match scope.declared_here(node, name) {
        Some(Meaning::Input(id)) => Some(id),
        _ => None,
    }
}

/// 评分，领导组占60%，科室组占40%，去掉最高最低各1个
fn rating(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str, pair: &Pair<'_, Token>) {
    let Some(input) = own_input(scope, site.node, name) else { return };
    let mut weights: Vec<(SymbolId, Number)> = Vec::new();
    let mut trim = 0;
    let mut trims: Vec<(SymbolId, u32)> = Vec::new();
    let (mut from, mut to, mut keep) = (None, None, None);
    for option in pair.children(Token::rating_option) {
        let inner = option.into_inner().next().expect("an option");
        match inner.as_rule() {
            Token::trim => trim = expression::trim_of(scope, site, &inner),
            Token::rater_trim => {
                // 互评去掉最高最低各1个: of that group alone.
                let rater = name_of(&inner.child(Token::rater).expect("whose ballots"));
                let rater = scope.plan.symbols.intern(&rater);
                let trim = expression::trim_of(scope, site, &inner.child(Token::trim).expect("how many"));
                trims.push((rater, trim));
            }
            Token::scale_from => {
                from = Some(expression::number(scope, site, &inner.child(Token::number).expect("of how many")))
            }
            Token::scale_to => {
                to = Some(expression::number(scope, site, &inner.child(Token::number).expect("to how many")))
            }
            Token::rater_weight => {
                let rater = name_of(&inner.child(Token::rater).expect("whose weight"));
                let share = expression::percent_of(scope, site, &inner.child(Token::percent).expect("a share"));
                let symbol = scope.plan.symbols.intern(&rater);
                if let Expr::Number(share) = share.expr {
                    weights.push((symbol, share));
                }
            }
            Token::between_points => {
                let numbers = inner.children(Token::number);
                let low = expression::number(scope, site, &numbers[0]);
                let high = expression::number(scope, site, &numbers[1]);
                scope.plan.inputs[input.index()].range = (Some(low), Some(high));
            }
            Token::missing_rule => {
                let (_, value) = body::missing_rule(scope, site.statement, &inner, site.node, None);
                scope.plan.inputs[input.index()].missing = value;
            }
            Token::keep => keep = Some(inner),
            _ => {}
        }
    }
    if let Some((rater, _)) = trims.iter().find(|(rater, _)| weights.iter().all(|(known, _)| known != rater)) {
        let message = format!("没有写“{}”占多少", scope.plan.symbols.text(*rater));
        let finding =
            scope.at(site.statement, pair, "unknown-rater-group", message).help("写成：评分，甲组占60%，乙组占40%");
        scope.report(finding);
    }
    let mean = |filter: Option<Condition>, trim: u32| {
        Expr::Rows(Box::new(RowsExpr {
            input,
            aggregate: Aggregate::Mean,
            value: Expr::Row(RowField::Quantity),
            filter,
            weight: None,
            trim,
        }))
    };
    let mut points = if weights.is_empty() {
        mean(None, trim)
    } else {
        scope.plan.inputs[input.index()].needs.rater = true;
        scope.plan.inputs[input.index()].raters = weights.iter().map(|(rater, _)| *rater).collect();
        let total = weights.iter().try_fold(Number::ZERO, |sum, (_, share)| sum.plus(*share));
        if total != Ok(Number::ONE) {
            let shown = total.map(percent_text).unwrap_or_default();
            let finding = scope
                .at(site.statement, pair, "weights-not-100", format!("各组所占比例加起来是{shown}"))
                .expected("加起来是100%");
            scope.report(finding);
        }
        let mut sum: Option<Expr> = None;
        for (rater, share) in weights {
            let is_rater = Condition::Is(Box::new(Expr::Row(RowField::Rater)), vec![rater]);
            let own = trims.iter().find(|(known, _)| *known == rater).map_or(trim, |(_, own)| *own);
            let part = Expr::Multiply(Box::new([mean(Some(is_rater), own), Expr::Number(share)]));
            sum = Some(match sum {
                None => part,
                Some(sum) => Expr::Add(Box::new([sum, part])),
            });
        }
        sum.expect("there are weights")
    };
    let most = from.or(scope.plan.inputs[input.index()].range.1);
    match (most, to) {
        (Some(most), Some(to)) => {
            scope.plan.inputs[input.index()].range.1 = Some(most);
            let scaled = Expr::Multiply(Box::new([points, Expr::Number(Number::from(to))]));
            points = Expr::Divide(Box::new([scaled, Expr::Number(Number::from(most))]));
        }
        (None, Some(to)) => {
            let finding = scope
                .at(site.statement, pair, "missing-convention", format!("没有写从满分多少折为{to}分"))
                .help("在后面加上：，0至100分；或 ，原满分100分");
            scope.report(finding);
        }
        (_, None) => {}
    }
    match keep {
        Some(keep) => points = expression::keep_digits(scope, site, &keep, Typed::new(points, Type::Points)).expr,
        None => {
            let finding = scope
                .at(site.statement, pair, "missing-convention", "平均分可能除不尽，没有写保留几位小数")
                .help("在后面加上：，保留2位小数，四舍五入");
            scope.report(finding);
        }
    }
    let id = RuleId(scope.plan.rules.len() as u16);
    let text = scope.line_text(site.statement);
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    scope.gains.insert(id);
    scope.plan.rules.push(plain_rule(site, name, text, cycle, Basis::Period, points));
    scope.plan.nodes[site.node.index()].rules.push(id);
}

/// 外部得分，原满分120分，折为20分
fn imported(scope: &mut Scope<'_>, site: Site<'_, '_>, name: &str, pair: &Pair<'_, Token>) {
    let Some(input) = own_input(scope, site.node, name) else { return };
    let (mut from, mut to, mut keep, mut collect) = (None, None, None, None);
    for option in pair.children(Token::imported_option) {
        let inner = option.into_inner().next().expect("an option");
        match inner.as_rule() {
            Token::scale_from => {
                from = Some(expression::number(scope, site, &inner.child(Token::number).expect("of how many")))
            }
            Token::scale_to => {
                to = Some(expression::number(scope, site, &inner.child(Token::number).expect("to how many")))
            }
            Token::keep => keep = Some(inner),
            Token::collect => collect = Some(super::declare::collect_of(&inner)),
            Token::missing_rule => {
                let (when, value) = body::missing_rule(scope, site.statement, &inner, site.node, None);
                let input = &mut scope.plan.inputs[input.index()];
                match when {
                    Token::WHEN_MISSING => input.missing = value,
                    _ => input.inapplicable = value,
                }
            }
            _ => {}
        }
    }
    if from.is_some_and(|from| from.is_zero()) {
        let finding = scope.at(site.statement, pair, "zero-scale", "原满分是0分，没法折算").expected("大于0的分数");
        scope.report(finding);
        return;
    }
    if collect.is_none()
        && matches!(scope.plan.nodes[site.node.index()].cycle, Cycle::Quarter | Cycle::Half)
        && !(from.is_none() && to.is_some())
    {
        let finding = scope
            .at(
                site.statement,
                pair,
                "missing-convention",
                format!(
                    "本条按{}考评，没有写各月报来的分怎样合成一个",
                    scope.plan.nodes[site.node.index()].cycle.word()
                ),
            )
            .help("在后面加上其中一句（一期只报一行的，也选一句）：\n，取平均\n，取期末数\n，取合计");
        scope.report(finding);
    }
    let value = Expr::Input { input, collect: collect.unwrap_or(Aggregate::Sum) };
    let mut points = match (from, to) {
        (Some(from), Some(to)) => {
            scope.plan.inputs[input.index()].range.1 = Some(from);
            let scaled = Expr::Multiply(Box::new([value, Expr::Number(Number::from(to))]));
            Expr::Divide(Box::new([scaled, Expr::Number(Number::from(from))]))
        }
        (None, Some(to)) => {
            // Each row brings its own 原满分.
            let target = &mut scope.plan.inputs[input.index()];
            target.needs.scale = true;
            let share = Expr::Divide(Box::new([Expr::Row(RowField::Quantity), Expr::Row(RowField::Scale)]));
            let scaled = Expr::Multiply(Box::new([share, Expr::Number(Number::from(to))]));
            Expr::Rows(Box::new(RowsExpr {
                input,
                aggregate: Aggregate::Sum,
                value: scaled,
                filter: None,
                weight: None,
                trim: 0,
            }))
        }
        _ => value,
    };
    if let Some(keep) = keep {
        points = expression::keep_digits(scope, site, &keep, Typed::new(points, Type::Points)).expr;
    }
    let id = RuleId(scope.plan.rules.len() as u16);
    let text = scope.line_text(site.statement);
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    scope.gains.insert(id);
    scope.plan.rules.push(plain_rule(site, name, text, cycle, Basis::Period, points));
    scope.plan.nodes[site.node.index()].rules.push(id);
}
