//! 除外 and 另扣 behind a limit, a refund or a factor: do they speak of the line, or of what was just named?

use super::{Subject, verb_of};
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;
use rust_decimal::Decimal;

/// What bounds or changes the points that a line has given so far.
const BOUNDS: &[Token] = &[Token::limit_rule, Token::clamp, Token::refund];
const FACTORS: &[Token] = &[Token::HALVED, Token::DOUBLED, Token::counted_by];
/// What picks the rows that count: 另扣 goes with its row, but 除外 may except from the picking.
const PICKS: &[Token] = &[Token::valid_for, Token::most_times, Token::once_rule, Token::same_matter_rule];

/// What stands between two commas, with the condition that waits before it.
pub(super) struct Part<'a> {
    pub text: String,
    pub phrase: Pair<'a, Token>,
    /// A condition before a comma is of it.
    waits: bool,
    bounds: bool,
    picks: bool,
}

/// 每次加1分，最多加3分，级别为国家级的除外: from the points, or from the limit? Both readings are told, each as its lines.
pub(super) fn unclear_reach(scope: &mut Scope<'_>, site: Site<'_, '_>, body: &Pair<'_, Token>) -> bool {
    let reaches = |phrase: Pair<'_, Token>| {
        let outcome = phrase.child(Token::outcome);
        outcome.is_some_and(|outcome| outcome.has(Token::ALSO) || outcome.has(Token::NOT_COUNTED))
    };
    if !body.children(Token::phrase).into_iter().any(reaches) {
        return false;
    }
    let parts = parts(scope, site, body);
    for (index, part) in parts.iter().enumerate() {
        let Some(outcome) = part.phrase.child(Token::outcome) else { continue };
        let excepts = outcome.child(Token::NOT_COUNTED).is_some_and(|word| word.as_str().trim() == "除外");
        let bound = |before: &Part<'_>| before.bounds || excepts && before.picks;
        if (excepts || outcome.has(Token::ALSO)) && parts[..index].iter().any(bound) {
            tell(scope, site, &parts, index, (&outcome, excepts));
            return true;
        }
    }
    false
}

/// 每处扣1分，每次最多扣2分，情节为严重的加倍: is a row bounded before it is doubled, or after?
pub(super) fn limit_before_factor(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    body: &Pair<'_, Token>,
    subject: &Subject,
) -> bool {
    if !body.children(Token::phrase).iter().any(|phrase| phrase.has(Token::limit_rule)) {
        return false;
    }
    let parts = parts(scope, site, body);
    let bounds_rows = |part: &Part<'_>| {
        let limit = part.phrase.child(Token::limit_rule);
        limit.and_then(|limit| limit.child(Token::limit_scope)).is_some_and(|whose| whose.has(Token::PER_ROW))
    };
    let bounds = |part: &Part<'_>| part.phrase.has(Token::limit_rule) || part.phrase.has(Token::clamp);
    // 每次加3分，最多加5分，乘以 0.5: what multiplies all that the line gives, behind a limit of all of it.
    let of_all = |(at, part): (usize, &Part<'_>)| is_of_all(&part.phrase) && parts[..at].iter().any(bounds);
    let of_rows = |(at, part): (usize, &Part<'_>)| {
        matches!(subject, Subject::Event(_)) && factor_of(part).is_some() && parts[..at].iter().any(bounds_rows)
    };
    let Some(factor) = parts.iter().enumerate().position(|part| of_all(part) || of_rows(part)) else { return false };
    let all = is_of_all(&parts[factor].phrase);
    let limit = parts[..factor].iter().position(|part| if all { bounds(part) } else { bounds_rows(part) });
    let (Some(limit), factor) = (limit.map(|limit| &parts[limit]), &parts[factor]) else { return false };
    let head = scope.original(site.statement, &site.statement.inner());
    let others = parts.iter().filter(|part| part.text != limit.text).map(|part| part.text.as_str());
    let last: Vec<&str> = others.chain([limit.text.as_str()]).collect();
    let message = format!("“{}”写在“{}”后面，说不清是先封顶，还是后封顶", factor.text, limit.text);
    let finding = scope.at(site.statement, &factor.phrase, "missing-convention", message).help(format!(
        "后封顶的，限额写在句末：\n{head}：{}\n{}",
        last.join("，"),
        match all {
            true => format!("先封顶的，分数、限额都写成乘过的数，不再写“{}”", factor.text),
            false => format!("先封顶的，把“{}”的另立一个情形，写明每次扣几分、每次最多扣几分", factor.text),
        }
    ));
    scope.blame(finding);
    true
}

/// 加倍, 减半, 按系数计, 乘以 0.3 of a case.
fn factor_of<'a>(part: &Part<'a>) -> Option<Pair<'a, Token>> {
    part.phrase.child(Token::outcome).filter(|outcome| FACTORS.iter().any(|kind| outcome.has(*kind)))
}

/// 加倍, 减半, 乘以 3: by how much, where that is a number.
pub(super) fn factor_number(outcome: &Pair<'_, Token>) -> Option<Number> {
    if outcome.has(Token::HALVED) {
        return Some(Number::from(Decimal::new(5, 1)));
    }
    if outcome.has(Token::DOUBLED) {
        return Some(Number::whole(2));
    }
    let counted = outcome.child(Token::counted_by)?;
    let manifold = counted.child(Token::manifold).and_then(|manifold| manifold.child(Token::number));
    let said = manifold.or_else(|| counted.child(Token::expression))?;
    said.as_str().trim().parse::<Decimal>().ok().map(Number::from)
}

/// 情节为严重的每次扣3分, 当 情节为严重，每次扣3分: of some of what happened.
pub(super) fn is_case(part: &Part<'_>) -> bool {
    part.phrase.has(Token::condition) || part.waits
}

/// 乘以 0.5, 按系数计 with no condition before it.
fn is_of_all(phrase: &Pair<'_, Token>) -> bool {
    let factor = phrase.child(Token::outcome).filter(|outcome| FACTORS.iter().any(|kind| outcome.has(*kind)));
    factor.is_some_and(|factor| phrase.as_str().trim() == factor.as_str().trim())
}

/// A case that changes what a row gives, and the condition alone.
pub(super) struct Change {
    pub text: String,
    pub condition: String,
}

/// All of a line, in its order.
pub(super) fn changes(scope: &Scope<'_>, site: Site<'_, '_>) -> Vec<Change> {
    let body = site.statement.body();
    let change = |part: &Part<'_>| {
        let gives = scope.original(site.statement, &factor_of(part)?);
        let condition = part.text.strip_suffix(gives.trim())?.trim_end_matches(['的', '，', ',', '时', ' ']);
        let condition = condition.trim_start_matches('当').trim().to_owned();
        Some(Change { text: part.text.clone(), condition })
    };
    parts(scope, site, &body).iter().filter_map(change).collect()
}

/// Whether a phrase makes more or less of points said before it, on a condition of its own.
fn changes_points(phrase: &Pair<'_, Token>) -> bool {
    let changes = phrase.child(Token::outcome).is_some_and(|outcome| FACTORS.iter().any(|kind| outcome.has(*kind)));
    changes && (phrase.has(Token::condition) || phrase.has(Token::WHEN))
}

fn bound_of<'a>(phrase: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    BOUNDS.iter().chain(PICKS).find_map(|kind| phrase.child(*kind))
}

/// What stands between two semicolons.
#[derive(Default)]
struct Between<'a> {
    /// Of some of what happened.
    is_case: bool,
    /// Has points of its own.
    gives: bool,
    bound: Option<Pair<'a, Token>>,
}

/// 情节为严重的每起扣10分；情节为一般的每起扣5分，最多扣10分: what bounds the line, behind one of its cases, is of all of
/// them, and seems to be of that one.
pub(super) fn bound_of_one_case(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    body: &Pair<'_, Token>,
    subject: &Subject,
) -> bool {
    let phrases = body.children(Token::phrase);
    let of_rows = matches!(subject, Subject::Event(_));
    let changes = |phrase: &Pair<'_, Token>| changes_points(phrase) && of_rows || is_of_all(phrase);
    if !phrases.iter().any(|phrase| bound_of(phrase).is_some() || changes(phrase)) {
        return false;
    }
    // 超过3次的部分，每次扣2分，整改的，不扣: of a total nothing else can be asked about, and that is told.
    let of_total = phrases.iter().any(|phrase| phrase.has(Token::BEYOND));
    let asked = |bound: &Pair<'_, Token>| of_rows && (!of_total || bound.as_rule() == Token::limit_rule);
    let mut cases = vec![Between::default()];
    let mut end = body.as_span().start();
    for phrase in &phrases {
        if site.statement.code.text[end..phrase.as_span().start()].contains(';') {
            cases.push(Between::default());
        }
        end = phrase.as_span().end();
        let case = cases.last_mut().expect("it began with one");
        // 国家级的加10分；省级的加6分，角色为参与的减半: of both, or of the second?
        if case.is_case && changes(phrase) {
            case.bound = case.bound.take().or_else(|| phrase.child(Token::outcome));
        }
        case.is_case |= [Token::condition, Token::WHEN, Token::otherwise].iter().any(|kind| phrase.has(*kind));
        case.gives |= phrase.child(Token::outcome).is_some_and(|outcome| verb_of(&outcome).is_some());
        case.bound = case.bound.take().or_else(|| bound_of(phrase).filter(asked));
    }
    let several = cases.iter().filter(|case| case.is_case).count() > 1;
    // 每件扣0.5分；情节为严重的每件扣2分，最多扣3分: beside another that gives points it is one of several as well.
    let several_give = cases.iter().filter(|case| case.gives).count() > 1;
    let is_one = |case: &Between<'_>| case.is_case && several || case.gives && several_give;
    let Some(bound) = cases.into_iter().filter(is_one).find_map(|case| case.bound) else {
        return false;
    };
    let written = scope.original(site.statement, &bound);
    // 减半 of all is said with a number.
    let of_all = match (bound.has(Token::HALVED), bound.has(Token::DOUBLED)) {
        (true, _) => "乘以 0.5",
        (_, true) => "乘以 2",
        _ => &written,
    };
    let finding = scope
        .at(site.statement, &bound, "bound-of-one-case", format!("“{written}”跟在一种情形后面，管的却是整句的每一种"))
        .help(format!(
            "管整句的，放到句末，前面用分号：；{of_all}\n只管这一种的，把这一种单写一行，另立一个情形，后面写：，{of_all}"
        ));
    scope.blame(finding);
    true
}

pub(super) fn parts<'a>(scope: &Scope<'_>, site: Site<'_, '_>, body: &Pair<'a, Token>) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut waits: Option<(usize, bool)> = None;
    for phrase in body.children(Token::phrase) {
        let (begin, waited) = waits.take().unwrap_or((phrase.as_span().start(), false));
        let outcome = phrase.child(Token::outcome);
        let opens = [Token::WHEN, Token::condition, Token::range].into_iter().any(|kind| phrase.has(kind));
        if opens && outcome.is_none() && !phrase.has(Token::consequence) {
            waits = Some((begin, waited || !phrase.has(Token::range)));
            continue;
        }
        let has = |kinds: &[Token]| kinds.iter().any(|kind| phrase.has(*kind));
        let factor = outcome.is_some_and(|outcome| FACTORS.iter().any(|kind| outcome.has(*kind)));
        let text = &scope.source.text[site.statement.code.span(begin..phrase.as_span().end())];
        let text = text.trim().to_owned();
        parts.push(Part { text, waits: waited, bounds: has(BOUNDS) || factor, picks: has(PICKS), phrase });
    }
    parts
}

/// Moved before what bounds the line, or a line of its own.
fn tell(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    parts: &[Part<'_>],
    index: usize,
    (outcome, excepts): (&Pair<'_, Token>, bool),
) {
    let head = site.statement.inner();
    let label = site.statement.label();
    let head = scope.original(site.statement, &head);
    let is_bound = |part: &Part<'_>| part.bounds || part.picks;
    let texts = |parts: &[Part<'_>], bound: bool| -> Vec<String> {
        parts.iter().filter(|part| is_bound(part) == bound).map(|part| part.text.clone()).collect()
    };
    let (said, after) = (&parts[index], &parts[index + 1..]);
    let (base, bounds) = (texts(&parts[..index], false), texts(&parts[..index], true));
    let after: Vec<String> = after.iter().map(|part| part.text.clone()).collect();
    let line = |parts: &[&[String]]| format!("{head}：{}", parts.concat().join("，"));
    let before = line(&[&base, std::slice::from_ref(&said.text), &bounds, &after]);
    let without = line(&[&base, &bounds, &after]);
    let bounds = bounds.join("，");
    let finding = if excepts {
        let message = format!("“{}”说不清是整句不计，还是不受“{bounds}”限制", said.text);
        scope.at(site.statement, &said.phrase, "missing-convention", message).help(format!(
            "整句不计的，写在它前面：\n{before}\n只是不受“{bounds}”限制的，另用一个情形名，分成两行：\n{without}\n不限的{label}：{}",
            base.join("，")
        ))
    } else {
        let gives = scope.original(site.statement, outcome);
        let also = outcome.child(Token::ALSO).map(|also| scope.original(site.statement, &also)).unwrap_or_default();
        let gives = gives.strip_prefix(&also).unwrap_or(&gives).trim();
        let message = format!("“{}”写在“{bounds}”后面，说不清一起受它管，还是在它之外", said.text);
        scope.at(site.statement, &said.phrase, "missing-convention", message).help(format!(
            "一起受它管的，写在它前面：\n{before}\n在它之外的，另用一个情形名，分成两行，两样都占的两个情形都报：\n{without}\n另计的{label}：每次{gives}"
        ))
    };
    scope.blame(finding);
}
