//! The phrases of a line one after another: each adds to the draft, or waits for the one it belongs to.

use super::beyond::said_behind;
use super::case::{arm, both, consequence, named_case, plain};
use super::days::{days_beyond, each_day_of_a_band, left_above, nothing_beyond, one_day_late, with_days};
use super::governed::{Said, goes_with_veto, joined, joined_each, of_which};
use super::indicator::{require_own_cycle, require_tally_end};
use super::late::{day_kind, flat_band, late_phrase, later_days, lone_days, on_time_too, speaks_of_days};
use super::lone::{Lone, among_bands, down_to, exactly, exactly_one, lone_amount, lone_band, number_in, says_one};
use super::missing::{is_lone, is_missing, what_is_left};
use super::modifier::modifier;
use super::ordinal::ordinal;
use super::per::{per, rate};
use super::rest::otherwise;
use super::topmost::topmost;
use super::unclear_step::{one_off, part_of_a_step};
use super::unread::kind_of;
use super::veto::{veto_of, veto_scope, veto_zero};
use super::worst::{consequence_at, points_of_worst};
use super::{Draft, Line, Subject, Waiting, subject_value};
use crate::compile::condition::{self, Range};
use crate::compile::declare::days_spoken_of;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::idle;
use crate::compile::number::integer;
use crate::compile::scope::Scope;
use crate::parse::is_figure;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// What the phrases so far left open.
pub(super) struct LeftOpen<'a> {
    /// A condition or range, until what follows from it.
    pub(super) waiting: Waiting,
    /// 超过3天的部分: what is beyond, until the 每 that says what each day costs.
    pub(super) beyond_days: Option<Range>,
    /// 逾期3天以内的, and where it was written, until the 每 that says what each day costs.
    pub(super) late_range: Option<(Range, usize)>,
    /// 1次扣1分
    lone: Option<Lone<'a>>,
    /// 逾期1天扣1分
    pub(super) lone_late: Option<Lone<'a>>,
    /// 发生1起一票否决
    pub(super) topmost: Option<Lone<'a>>,
}

/// What the line says; what was read so far where the rest cannot be read.
pub(super) fn gather(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>, subject: &Subject) -> Draft {
    let mut draft = Draft::default();
    // 完成率 = 税收 ÷ 目标 has no measure word; what is compared with percentages is a share.
    if let Subject::Value(Typed { expr, kind }) = subject
        && (*kind == Type::Percent || *kind == Type::Bare && body.as_str().contains('%'))
    {
        draft.share = Some(expr.clone());
    }
    let phrases = body.children(Token::phrase);
    let part = phrases.iter().find_map(|phrase| phrase.child(Token::part_rule));
    let line = Line {
        site,
        subject,
        part: part.map(|rule| expression::part_of(&rule)).or(scope.conventions.part),
        workdays: day_kind(scope, body),
        running: phrases.iter().any(|phrase| phrase.has(Token::RUNNING_DAYS)),
        days: match subject {
            Subject::Event(_) => days_spoken_of(&site.statement.label(), body),
            Subject::Value(_) => None,
        },
    };
    if let Some(rule) = phrases.iter().find_map(|phrase| phrase.child(Token::part_rule)) {
        part_of_a_step(scope, site, body, &rule);
    }
    let (lone, lone_late, topmost) = (lone_amount(body), lone_days(body), topmost(body));
    said_behind(scope, site, &phrases);
    let mut open = LeftOpen { waiting: None, beyond_days: None, late_range: None, lone, lone_late, topmost };
    let among_bands = among_bands(body);
    let mut end = body.as_span().start();
    for (index, phrase) in phrases.iter().enumerate() {
        let between = &site.statement.code.text[end..phrase.as_span().start()];
        end = phrase.as_span().end();
        if between.contains(';') {
            draft.case = None;
        }
        // 1条加2分；2条；3条加5分: a semicolon ends what was begun.
        if between.contains(';') && open.waiting.is_some() {
            let begun = &phrases[index.saturating_sub(1)];
            let finding = scope
                .at(site.statement, begun, "unfinished-line", "这一档没有写扣几分或加几分")
                .help("在分号前面补上：加2分");
            scope.blame(finding);
        }
        let before = Said::so_far(&draft);
        if read(scope, line, &mut draft, &mut open, phrase, (between, among_bands)).is_err() {
            return draft;
        }
        before.go_on(scope, line, &mut draft, &open.waiting, phrase);
        if let (Some((when, range)), Some(at)) = (&draft.case, consequence_at(phrase)) {
            let late = open.late_range.as_ref().map(|(band, _)| band).filter(|band| band.condition == *when);
            draft.followed.push((when.clone(), range.as_ref().or(late).cloned(), at));
        }
        if open.waiting.is_none() {
            open.late_range = None;
        }
    }
    points_of_worst(scope, line, &draft);
    left_above(scope, line, &mut draft, &open, phrases.last());
    idle::said_twice(scope, site, body);
    idle::idle_words(scope, site, body, matches!(subject, Subject::Event(_)));
    require_end(scope, site, phrases.last(), open.waiting);
    draft
}

/// One phrase; an error where the line makes no sense any more.
fn read<'a>(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    open: &mut LeftOpen<'a>,
    phrase: &Pair<'a, Token>,
    (between, among_bands): (&str, bool),
) -> Result<(), ()> {
    let Line { site, subject, .. } = line;
    let mut first = phrase.clone().into_inner().next().expect("a phrase is something");
    if let Token::range_of_cycle | Token::TALLIED = first.as_rule() {
        match first.as_rule() {
            Token::TALLIED => require_tally_end(scope, site, phrase, &first),
            _ => require_own_cycle(scope, site, &first),
        }
        first = phrase.child(Token::range).expect("a range comes behind its cycle");
    }
    let outcome = phrase.child(Token::outcome);
    let has_outcome = || outcome.clone().expect("the grammar asks for an outcome here");
    let consequences = [Token::veto, Token::disqualify, Token::zero_item, Token::grade_effect];
    if open.waiting.is_none() && between.contains(';') && consequences.contains(&first.as_rule()) {
        of_which(scope, line, draft, &first);
    }
    match first.as_rule() {
        // 一次扣1分，两次扣3分: exactly once, where twice is a band of its own.
        Token::per if among_bands && says_one(&first) && line.days.is_some() && speaks_of_days(&first) => {
            one_day_late(scope, line, draft, &first, &has_outcome())
        }
        Token::per if among_bands && says_one(&first) => exactly_one(scope, line, draft, &first, &has_outcome()),
        // `不少于30件，每少1件扣1分；超过50件，每多1件加1分`: each 每 belongs to the range before it.
        Token::per => each(scope, line, draft, open, (&first, &has_outcome()))?,
        Token::ordinal => ordinal(scope, site, draft, &first, &has_outcome()),
        Token::otherwise => otherwise(scope, line, draft, phrase, &first),
        Token::WHEN => {
            let pair = phrase.child(Token::condition).expect("当 has a condition");
            open.waiting = Some((condition::condition(scope, site, &pair), None));
        }
        Token::down_to => down_to(scope, site, &first),
        Token::ONE_OFF => one_off(scope, line, &first, &has_outcome()),
        Token::rate => rate(scope, line, draft, &first),
        Token::happens if among_bands => exactly_one(scope, line, draft, &first, &has_outcome()),
        Token::happens => {
            let kind = kind_of(scope, site, subject, &first)?;
            let waiting = match open.waiting.take() {
                None => joined_each(scope, line, draft, (&first, kind), &has_outcome())?,
                waiting => waiting,
            };
            per(scope, line, draft, (&first, kind), &has_outcome(), waiting);
        }
        Token::late_range => late_phrase(scope, line, draft, open, phrase, &first),
        Token::condition => {
            let condition = both(open.waiting.take(), condition::condition(scope, site, &first));
            let then = phrase.child(Token::consequence);
            match outcome.as_ref().filter(|_| !phrase.has(Token::per)) {
                Some(outcome) => arm(scope, site, draft, (condition, None), outcome, &first),
                None => open.waiting = Some((condition, None)),
            }
            if let Some(then) = then.filter(|_| outcome.is_none()) {
                consequence(scope, site, draft, subject, &then, &mut open.waiting);
            }
        }
        // 不少于4次，缺1次扣2分: of a figure so many are missing, each time.
        Token::range
            if is_missing(&line, phrase)
                && is_lone(&line)
                && outcome.is_some()
                && exactly(&first).is_some_and(|quantity| number_in(&quantity) == Some(1)) =>
        {
            let quantity = exactly(&first).expect("asked by the guard");
            per(scope, line, draft, (&quantity, Some(Token::SHORT)), &has_outcome(), open.waiting.take());
        }
        Token::range if is_missing(&line, phrase) => band(scope, line, draft, open, phrase, &first),
        Token::range if open.lone.as_ref().is_some_and(|lone| lone.is_in(&first)) => {
            // 1次扣1分: one for each, as 一次扣1分 and 每次扣1分 are.
            let Lone { quantity, outcome, .. } = open.lone.clone().expect("asked by the guard");
            if quantity.child(Token::number).and_then(|number| integer(&number)) == Some(1) {
                let kind = with_days(line, draft, &quantity, None);
                per(scope, line, draft, (&quantity, kind), &outcome, open.waiting.take());
            } else {
                lone_band(scope, site, &first, &outcome);
            }
        }
        Token::range if (draft.late_days.is_some() || line.days.is_some()) && speaks_of_days(&first) => {
            later_days(scope, line, draft, open, phrase, &first)
        }
        Token::range => band(scope, line, draft, open, phrase, &first),
        // Taken with the number before it.
        Token::outcome if open.lone.as_ref().is_some_and(|lone| lone.apart && lone.outcome == first) => {}
        Token::outcome if open.beyond_days.is_some() => {
            let range = open.beyond_days.take().expect("asked by the guard");
            nothing_beyond(scope, line, draft, &range, &first);
        }
        Token::outcome => match open.waiting.take() {
            // 逾期1至3天的，扣1分, but not 逾期1至3天的，情节为严重的，扣1分: that is no band of all.
            Some((when, None)) if open.late_range.as_ref().is_some_and(|(band, _)| band.condition == when) => {
                let (band, _) = open.late_range.take().expect("asked by the guard");
                let band = on_time_too(band, draft.late_days.as_ref(), &first);
                flat_band(scope, site, draft, (band.condition.clone(), band), &first, &first);
            }
            Some(waiting) => arm(scope, site, draft, waiting, &first, &first),
            None => match joined(scope, line, draft, &first)? {
                Some(case) => arm(scope, site, draft, case, &first, &first),
                None => plain(scope, site, draft, subject, &first),
            },
        },
        Token::name => {
            named_case(scope, line, draft, &mut open.waiting, &first, &has_outcome());
            return Ok(());
        }
        Token::veto => veto_of(draft, &mut open.waiting),
        Token::zero_item if open.waiting.is_none() && first.has(Token::zero_total) && goes_with_veto(draft) => {
            let zero = first.child(Token::zero_total).expect("asked by the guard");
            let (_, veto) = draft.vetoes.last_mut().expect("asked by the guard");
            veto_zero(scope, site, veto, &zero);
        }
        Token::veto_scope => veto_scope(scope, site, draft, &first),
        _ => modifier(scope, site, draft, subject, &first, &mut open.waiting),
    }
    // 超过3次的每次扣2分: a range or condition and its 每 in one breath.
    let each_pair = phrase.child(Token::per).filter(|_| !matches!(first.as_rule(), Token::per | Token::otherwise));
    if let (Some(pair), Some(outcome)) = (each_pair, outcome) {
        each(scope, line, draft, open, (&pair, &outcome))?;
    }
    Ok(())
}

/// 每天扣2分 with the range that stands before it.
fn each(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    open: &mut LeftOpen<'_>,
    (pair, outcome): (&Pair<'_, Token>, &Pair<'_, Token>),
) -> Result<(), ()> {
    let kind = kind_of(scope, line.site, line.subject, pair)?;
    let kind = with_days(line, draft, pair, kind);
    if let Some(range) = open.beyond_days.take() {
        days_beyond(scope, line, draft, &range, (pair, outcome));
        return Ok(());
    }
    let (band, waiting) = (open.late_range.take(), open.waiting.take());
    let waiting = match waiting {
        None if band.is_none() => joined_each(scope, line, draft, (pair, kind), outcome)?,
        waiting => waiting,
    };
    // 逾期3天以上的，每次扣5分, but not 逾期3天以上的，情节为严重的，每次扣5分: that is no band of all.
    let of_all = |(days, _): &(Range, usize)| waiting.as_ref().is_some_and(|(when, _)| *when == days.condition);
    let days = band.as_ref().filter(|band| of_all(band)).map(|(days, _)| days.clone());
    let before = draft.arms.len();
    match (band, kind) {
        (Some(band), Some(kind @ (Token::LATE | Token::EARLY))) => {
            each_day_of_a_band(scope, line, draft, band, (pair, kind), outcome, waiting)
        }
        _ => per(scope, line, draft, (pair, kind), outcome, waiting),
    }
    if draft.arms.len() > before
        && let Some(last) = draft.arms.last_mut()
    {
        last.days = days;
    }
    Ok(())
}

/// 低于60%扣10分, and a range that waits for its 每.
fn band(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    draft: &mut Draft,
    open: &mut LeftOpen<'_>,
    phrase: &Pair<'_, Token>,
    first: &Pair<'_, Token>,
) {
    let Line { site, subject, .. } = line;
    draft.beyond |= phrase.has(Token::BEYOND);
    let value = subject_value(scope, subject);
    let range = condition::range(scope, site, first, &value);
    let range = match open.topmost.as_ref().filter(|top| top.is_in(first)) {
        Some(top) => top.and_more(scope, site, range, &value),
        None => range,
    };
    let range = match is_missing(&line, phrase) {
        true => match what_is_left(scope, line, draft, &mut open.waiting, first, &range) {
            Some(range) => range,
            None => return,
        },
        false => range,
    };
    // 不低于90%，低于95%的，得5分: both ends; 当 类别为街道，低于90%扣2分: both conditions.
    let (condition, range) = match open.waiting.take() {
        None => (range.condition.clone(), Some(range)),
        Some((_, Some(before))) => {
            let both = before.and(range);
            holds_for_some(scope, site, first, &both);
            (both.condition.clone(), Some(both))
        }
        Some((first, None)) => (Condition::All(vec![first, range.condition]), None),
    };
    match phrase.child(Token::outcome).filter(|_| !phrase.has(Token::per)) {
        Some(outcome) => arm(scope, site, draft, (condition, range), &outcome, first),
        None => open.waiting = Some((condition, range)),
    }
    if let Some(then) = phrase.child(Token::consequence) {
        consequence(scope, site, draft, subject, &then, &mut open.waiting);
    }
}

/// 不少于30件，少于20件的，取消评先资格: no figure is both, and what goes on from them would never hold.
fn holds_for_some(scope: &mut Scope<'_>, site: Site<'_, '_>, said: &Pair<'_, Token>, both: &Range) {
    let (Some((Expr::Number(low), low_in)), Some((Expr::Number(high), high_in))) = (&both.low, &both.high) else {
        return;
    };
    if low < high || low == high && *low_in && *high_in {
        return;
    }
    let written = scope.original(site.statement, said);
    let message = format!("前面写的范围和“{written}”没有一个数都合");
    // 不少于200件，不足200件的每少10件扣0.1分: short of what was asked for, said again.
    let line = scope.line_text(site.statement);
    let again = line.split_once(&written).filter(|_| low == high);
    let again = again
        .map(|(before, behind)| (before, behind.trim_start_matches(['的', '，', ','])))
        .filter(|(_, behind)| behind.starts_with('每'));
    let help = match again {
        Some((before, behind)) => format!("要求已经写了，不再写“{written}”，写成：{before}{behind}"),
        None => format!("前面是要求做到的数的，先写完没有做到的怎样，再用分号另说：…，每少1件扣几分；{written}的，…"),
    };
    let finding = scope.at(site.statement, said, "range-upside-down", message).help(help);
    scope.blame(finding);
}

/// A line ends with what follows from its last condition.
fn require_end(scope: &mut Scope<'_>, site: Site<'_, '_>, last: Option<&Pair<'_, Token>>, waiting: Waiting) {
    let Some((_, range)) = waiting else { return };
    let number = site.statement.line.number;
    let said = last.map(|phrase| phrase.as_str().trim()).unwrap_or_default();
    if let Some(phrase) = last.filter(|_| ["总分", "得分"].iter().any(|word| said.starts_with(word))) {
        let message = format!("“{said}”在这里成了条件，后面没有写扣几分或加几分");
        let points = said.trim_end_matches('分');
        let points = &points[points.trim_end_matches(is_figure).len()..];
        let help = match !points.is_empty()
            && ["不超过", "不高于", "最高", "最多"].iter().any(|word| said.contains(word))
        {
            true => format!(
                "限这一句的，写成：{}\n限全部得分的，这一句去掉它，写在约定里：总分不超过 {points}分",
                scope.line_with(site.statement, phrase, &format!("最多加{points}分"))
            ),
            false => "限这一句的，写成：，最多加几分；限全部得分的，写在约定里：总分不超过 几分".to_owned(),
        };
        scope.report(scope.at_line(number, "unfinished-line", message).help(help));
        return;
    }
    let what = if range.is_some() { "这个范围" } else { "这个条件" };
    // 超过3人的, and not 不少于3人, which is what is asked for.
    let more = range.is_some_and(|range| matches!(range.low, Some((_, false))) && range.high.is_none());
    let finding = scope
        .at_line(number, "unfinished-line", format!("写了{what}，没有写扣几分或加几分"))
        .help(format!("在后面写明扣几分、加几分，如：，扣几分；或 ，每{}1件扣几分", if more { "多" } else { "少" }));
    scope.report(finding);
}
