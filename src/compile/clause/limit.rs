//! 最多扣5分: of the phrase before it, of a row, a person or a cycle.

use super::both_ways::of_a_sum;
use super::indicator::require_own_cycle;
use super::modifier::whole_if_one_year;
use super::outcome::full_of;
use super::{Arm, Draft, unreached, verbs_of};
use crate::compile::body;
use crate::compile::declare::{counted_unit, zero};
use crate::compile::expression::{self, Site};
use crate::compile::header::cycle_of;
use crate::compile::number;
use crate::compile::scope::Scope;
use crate::compile::shorter::count_within;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub(super) fn limit(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let most = match (pair.child(Token::amount), pair.child(Token::number)) {
        (Some(amount), _) => body::amount(scope, site, &amount),
        // 封顶5分, 最多5分
        (None, Some(number)) => Expr::Number(Number::from(number::number(scope, site, &number))),
        (None, None) => full_of(scope, site, pair),
    };
    body::require_positive(scope, site, pair, &most);
    if let Some(noun) = pair.child(Token::verb_noun) {
        let verbs = verbs_of(&site.statement.pair);
        let deducts = noun.has(Token::NOUN_DEDUCT);
        if !verbs.is_empty() && !verbs.iter().any(|said| (*said == Token::DEDUCT) == deducts) {
            let (said, meant) = if deducts { ("扣", "加") } else { ("加", "扣") };
            let message = format!("这一句没有{said}分，限的却是最多{said}几分");
            let finding = scope.at(site.statement, pair, "limit-of-other-kind", message);
            let written = scope.original(site.statement, pair);
            let line = scope.line_with(site.statement, pair, &written.replacen(said, meant, 1));
            scope.report(finding.help(format!("写成：{line}")));
            return;
        }
    }
    let scope_pair = pair.child(Token::limit_scope);
    let own = scope.plan.nodes[site.node.index()].cycle;
    // 每月最多加10分 of what is assessed by the month is 最多加10分.
    let of_own = |inner: &Pair<'_, Token>| {
        let said = inner.child(Token::cycle).map(|cycle| whole_if_one_year(scope, cycle_of(&cycle)));
        said.is_none_or(|said| said == own)
    };
    let of_all = scope_pair
        .as_ref()
        .is_none_or(|inner| !inner.has(Token::PER_ROW) && !inner.has(Token::PER_PERSON) && of_own(inner));
    // 0件得满分，每件扣2分: of an event too all are taken together.
    let nets = draft.plain.is_some() && gives(site);
    if of_all
        && (scope.in_row.is_none() || draft.on_total || nets)
        && let Some(limited) = limited(pair)
        && bound_arms(scope, site, draft, pair, (limited, scope_pair.is_some()), &most)
    {
        return;
    }
    if limited(pair).is_none() && !pair.has(Token::UP_TO_FULL) && !gives(site) && ask_which_way(scope, site, pair) {
        return;
    }
    if let Some(limited) = limited(pair)
        && of_a_sum(scope, site, draft, pair, limited)
    {
        return;
    }
    let per = match &scope_pair {
        Some(inner) if inner.has(Token::PER_ROW) => match whose(scope, site, inner, pair) {
            Some(Whose::Piece) => {
                draft.by_piece_limit = true;
                LimitPer::Row
            }
            Some(Whose::Row) => LimitPer::Row,
            Some(Whose::Item) => LimitPer::Cycle(own),
            None => return,
        },
        Some(inner) if inner.has(Token::PER_PERSON) => {
            let Some(input) = scope.in_row else {
                let finding = scope
                    .at(site.statement, inner, "limit-per-person", "指标是一个单位一个数，分不出每个人")
                    .help(format!(
                        "每人限几分的，写成情形，名称后面不写量词，一行事实写一个“人员”：{}",
                        scope.line_of_event(site.statement)
                    ));
                scope.report(finding);
                return;
            };
            // 每人每月最多扣3分
            if inner.has(Token::cycle) {
                require_own_cycle(scope, site, inner);
            }
            scope.plan.inputs[input.index()].needs.person = true;
            scope.plan.inputs[input.index()].additive = false;
            draft.by_row_limit = true;
            LimitPer::Person
        }
        Some(inner) if inner.has(Token::cycle) => {
            let cycle = cycle_of(&inner.child(Token::cycle).expect("asked for"));
            let cycle = whole_if_one_year(scope, cycle);
            count_within(scope, site, inner, cycle);
            LimitPer::Cycle(cycle)
        }
        _ => LimitPer::Cycle(own),
    };
    if per == LimitPer::Row
        && let Some(input) = scope.in_row
    {
        scope.plan.inputs[input.index()].additive = false;
    }
    if let Expr::Number(most) = most {
        draft.bounds.push((most, limited(pair), pair.as_span().start()));
    }
    draft.limits.push(Limit { most, per });
}

/// 第1名得20分，每降1名扣1分，最低得10分: of a line that gives points, what is left of them.
pub(super) fn least_given(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) {
    let least = number::number(scope, site, &pair.child(Token::number).expect("how many"));
    if scope.in_row.is_none() && gives(site) {
        draft.least = Some(Number::from(least));
        return;
    }
    let message = format!("“{}”说的是剩下几分，这一句只扣分、加分", pair.as_str().trim());
    let finding = scope
        .at(site.statement, pair, "unread-word", message)
        .help(format!("本条最低得几分的，在条目里另起一行：得分不低于 {least}分；这一句最多扣几分的，写：最多扣几分"));
    scope.blame(finding);
}

/// 总扣分不超过5分, 扣分以5分为限, 扣完5分为止: of every case of the line, unlike 最多扣5分 behind one of them.
pub fn limits_every_case(pair: &Pair<'_, Token>) -> bool {
    let said = pair.as_str().trim_start_matches(['但', '且']);
    pair.has(Token::UP_TO) || ["总", "累计", "合计", "扣分", "加分"].iter().any(|word| said.starts_with(word))
}

/// 每次扣0.5分，每次最多扣2分: each of the things that a row counts gives less than it may.
pub(super) fn never_reached(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, points: &Expr) {
    let changes = draft.row_rules.iter().any(|rule| rule.factor.is_some()) || !draft.factors.is_empty();
    let Some(each) = most_of_each(points).filter(|_| !changes && draft.table.is_none()) else { return };
    let of_rows = draft.limits.iter().filter(|limit| limit.per == LimitPer::Row);
    let most = of_rows.filter_map(|limit| if let Expr::Number(most) = limit.most { Some(most) } else { None }).max();
    let Some(most) = most.filter(|most| each <= *most) else { return };
    let limits = site.statement.pair.clone().into_inner().flatten();
    let is_of_rows = |inner: &Pair<'_, Token>| {
        let whose = inner.child(Token::limit_scope);
        inner.as_rule() == Token::limit_rule && whose.is_some_and(|whose| whose.has(Token::PER_ROW))
    };
    let Some(pair) = limits.into_iter().find(is_of_rows) else { return };
    let written = scope.original(site.statement, &pair);
    let unit = pair.child(Token::limit_scope).map(|whose| scope.original(site.statement, &whose)).unwrap_or_default();
    let message = format!("“{written}”封不住：这一句{unit}至多{each}分，到不了{most}分");
    let help = format!(
        "限一期合计的，去掉“{unit}”：{}\n一行事实里数的是别的（几处、几人）的，把“每…”写成它，“{written}”才管一行",
        written.trim_start_matches(&unit)
    );
    let finding = scope.at(site.statement, &pair, "unclear-limit", message).help(help);
    scope.blame(finding);
}

/// The most that a line gives for each of the things that a row counts, where that is a number.
pub(super) fn most_of_each(points: &Expr) -> Option<Number> {
    match points {
        Expr::Row(RowField::Quantity) => Some(Number::ONE),
        Expr::Number(points) => Some(points.abs()),
        Expr::Multiply(pair) if pair[1] == Expr::Row(RowField::Quantity) => most_of_each(&pair[0]),
        Expr::Case { arms, otherwise } => arms
            .iter()
            .map(|(_, points)| most_of_each(points))
            .try_fold(most_of_each(otherwise)?, |most, each| Some(most.max(each?))),
        _ => None,
    }
}

/// Which points of a line are limited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Limited {
    Taken,
    Added,
    /// 最高得10分: all that it gives.
    Given,
}

/// 最多扣5分, 扣完5分为止, 累计加分不超过5分, 满分为止; `None` of 封顶5分, which does not say.
fn limited(pair: &Pair<'_, Token>) -> Option<Limited> {
    if let Some(noun) = pair.child(Token::verb_noun) {
        return Some(match noun.has(Token::NOUN_DEDUCT) {
            true => Limited::Taken,
            false if noun.as_str().contains('得') => Limited::Given,
            false => Limited::Added,
        });
    }
    if pair.has(Token::UP_TO_FULL) {
        return Some(Limited::Given);
    }
    let until = pair.child(Token::UP_TO)?;
    Some(if until.as_str().contains('扣') { Limited::Taken } else { Limited::Added })
}

/// Bounds the cases that a limit speaks of; `false` where it is a limit of the whole line.
///
/// 超过10%，每高1个百分点加0.5分，最多加3分 is of what stands before it, not of the other cases of the line;
/// 总扣分不超过5分, 扣完5分为止 are of every case that takes points off, and never of what the line gives.
fn bound_arms(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
    (limited, is_summed): (Limited, bool),
    most: &Expr,
) -> bool {
    let wanted = match limited {
        Limited::Taken => Token::DEDUCT,
        Limited::Added => Token::ADD,
        Limited::Given => Token::GAIN,
    };
    // Of a line that does nothing else, the whole is limited; so are all cases of what happened, and 另扣5分 with them.
    let of_all = is_summed || limits_every_case(pair) || stands_apart(site, pair);
    let does_nothing_else = !gives(site) && verbs_of(&site.statement.pair).iter().all(|said| *said == wanted);
    let several = scope.in_row.is_some() && (draft.arms.len() > 1 || draft.plain.is_some());
    if does_nothing_else && (of_all || several || !draft.extras.is_empty()) {
        return false;
    }
    if !does_nothing_else && scope.in_row.is_none() && limited != Limited::Given {
        let is_said = draft.plain_verb == Some(wanted)
            || draft.table.is_some()
            || draft.arms.iter().any(|arm| arm.verb == Some(wanted));
        if !is_said || !draft.extras.is_empty() {
            ask_what_is_limited(scope, site, pair, limited, is_said);
            return true;
        }
    }
    let Some(last) = draft.arms.len().checked_sub(1) else { return false };
    // 达到300得8分，每增加50加0.5分，最高得10分: of all that the line gives.
    if limited == Limited::Given && draft.arms[last].verb == Some(Token::ADD) {
        return false;
    }
    let may_pass = |arm: &Arm| arm.verb == Some(wanted) && !is_bounded(&arm.points) && !is_within(&arm.points, most);
    let passing: Vec<usize> = (0..=last).filter(|at| may_pass(&draft.arms[*at])).collect();
    // 0件得满分，每件扣2分，扣完10分为止
    if draft.plain_verb == Some(wanted)
        && gives(site)
        && let Some(plain) = draft.plain.take()
    {
        draft.plain = Some(bounded(plain, limited == Limited::Taken, most));
        return true;
    }
    let meant = match (of_all, draft.arms[last].verb == Some(wanted)) {
        (false, true) => {
            if passing.iter().filter(|at| draft.arms[**at].steps.is_some()).count() > 1 {
                ask_of_which_cases(scope, site, pair);
            }
            vec![last]
        }
        // 每少1件扣1分，每多5件加1分，最多扣5分: nothing is taken off in the case before it.
        (false, false) if passing.is_empty() => vec![last],
        (true, _) if limited == Limited::Given => return false,
        (_, _) => passing,
    };
    // 低于60%扣10分；80%以上不满90%扣1分，最多扣5分: a band of so many points has nothing to bound, and another has more.
    let is_flat = |at: &usize| draft.arms[*at].steps.is_none() && most_of_each(&draft.arms[*at].points).is_some();
    if let Expr::Number(most) = most
        && meant.iter().all(is_flat)
        && unreached::among_bands(scope, site, draft, pair, (limited, *most))
    {
        return true;
    }
    for at in meant {
        let arm = &mut draft.arms[at];
        let points = std::mem::replace(&mut arm.points, Expr::NotAssessed);
        arm.points = bounded(points, limited == Limited::Taken, most);
    }
    true
}

/// Whether a limit stands behind a semicolon, at the end of a line of several cases.
pub(super) fn stands_apart(site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let code = &site.statement.code.text;
    let rest = &code[pair.as_span().end()..];
    code[..pair.as_span().start()].trim_end().ends_with(';') && !rest.contains(['扣', '加', '得'])
}

/// 最多扣12分，每少1件扣1分，每多1件加1分: a limit before all that it could be of; 另扣 in a line that also adds is in no case.
fn ask_what_is_limited(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    limited: Limited,
    is_said: bool,
) {
    let written = scope.original(site.statement, pair);
    let verb = if limited == Limited::Taken { "扣" } else { "加" };
    let (message, help) = match is_said {
        false => {
            (format!("“{written}”前面没有写{verb}分，不知道管哪一档"), format!("写在它管的那一档{verb}分后面，用逗号"))
        }
        true => (
            format!("“{written}”前面有“另”算的，别处又有不归它管的分，说不清管到哪里"),
            format!("{verb}分的单写一行，其余的另写一行"),
        ),
    };
    let finding = scope.at(site.statement, pair, "unclear-limit", message).help(help);
    scope.blame(finding);
}

/// 每少1篇扣1分，每多1篇加0.5分，最高3分: of what is added, of what is taken off, or of both?
fn ask_which_way(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let verbs = verbs_of(&site.statement.pair);
    if ![Token::DEDUCT, Token::ADD].iter().all(|kind| verbs.contains(kind)) {
        return false;
    }
    let written = scope.original(site.statement, pair);
    let most = written.trim_start_matches(|c: char| !c.is_ascii_digit());
    let scope_of = pair.child(Token::limit_scope).map(|said| scope.original(site.statement, &said)).unwrap_or_default();
    let with = |said: &str| scope.line_with(site.statement, pair, &format!("{scope_of}{said}{most}"));
    let message = format!("这一句有扣有加，“{written}”说不清限的是加分、扣分，还是两样");
    let help = match scope.in_row {
        // What is given for rows is limited by its sum, which must go one way.
        Some(_) => {
            format!(
                "加分、扣分的分成两行写，各用一个情形，限哪样就在哪一行后面写：，{scope_of}最多加{most}；或 ，{scope_of}最多扣{most}"
            )
        }
        None => format!(
            "只限加分的：{}\n只限扣分的：{}\n两样都限的：{}",
            with("最多加"),
            with("最多扣"),
            {
                let both = format!("{scope_of}最多扣{most}，{scope_of}最多加{most}");
                scope.line_with(site.statement, pair, &both)
            }
        ),
    };
    let finding = scope.at(site.statement, pair, "unclear-limit", message).help(help);
    scope.blame(finding);
    true
}

/// Whether a line gives points, for its limits to leave alone.
pub(super) fn gives(site: Site<'_, '_>) -> bool {
    const GIVES: &[Token] = &[Token::GAIN, Token::FULL_MARKS, Token::IN_PROPORTION];
    site.statement.pair.clone().into_inner().flatten().any(|inner| GIVES.contains(&inner.as_rule()))
}

/// The points of a case, of which no more than so many are taken off or added.
fn bounded(points: Expr, takes: bool, most: &Expr) -> Expr {
    match points {
        // 达到1项加5分，每增加1项加2分，最多加3分: the first alone has more, so it is of those that come on top.
        Expr::Add(pair) if !matches!(&pair[0], Expr::Number(_)) || is_within(&pair[0], most) => {
            bound(Expr::Add(pair), takes, most)
        }
        Expr::Add(pair) => {
            let [first, more] = *pair;
            Expr::Add(Box::new([first, bound(more, takes, most)]))
        }
        other => bound(other, takes, most),
    }
}

fn bound(points: Expr, takes: bool, most: &Expr) -> Expr {
    if takes {
        Expr::Of(Aggregate::Greatest, vec![points, expression::negative(most.clone())])
    } else {
        Expr::Of(Aggregate::Least, vec![points, most.clone()])
    }
}

/// Whether the case has a limit of its own already.
fn is_bounded(points: &Expr) -> bool {
    match points {
        // 每多1件加1分: no less than none is no limit.
        Expr::Of(Aggregate::Greatest, list) => list.get(1) != Some(&zero()),
        Expr::Of(Aggregate::Least, _) => true,
        Expr::Add(pair) => is_bounded(&pair[1]),
        _ => false,
    }
}

/// Whether fixed points do not pass a fixed limit.
fn is_within(points: &Expr, most: &Expr) -> bool {
    matches!((points, most), (Expr::Number(points), Expr::Number(most)) if points.abs() <= *most)
}

/// 80%以上每低1个百分点扣1分；低于80%每低1个百分点扣2分，最多扣5分: of the second, or of both?
fn ask_of_which_cases(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let written = scope.original(site.statement, pair);
    let noun = if written.contains('扣') { "扣分" } else { "加分" };
    let most = written.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
    let message = format!("“{written}”说不清只管它前面的一档，还是各档都管");
    let help =
        format!("各档都管的，写成：总{noun}不超过{most}\n只管一档的，各档后面都写上自己的限额，不限的那一档写：不封顶");
    let finding = scope.at(site.statement, pair, "unclear-limit", message).help(help);
    scope.blame(finding);
}

/// What 每件最多, 每次最多, 单项最多 bound.
enum Whose {
    /// Each of the things that a row's quantity counts.
    Piece,
    /// A row, whatever its quantity counts: 每处扣1分，每次最多扣2分.
    Row,
    /// The item, all its rows together.
    Item,
}

/// 每件最多扣3分 of a line that counts 件, or whatever is reported; `None` where 每项 can be each row or the item.
fn whose(scope: &mut Scope<'_>, site: Site<'_, '_>, said: &Pair<'_, Token>, limit: &Pair<'_, Token>) -> Option<Whose> {
    let words = said.as_str().trim();
    let (single, unit) = (words.starts_with('单'), words.trim_start_matches(['每', '单', '一']));
    let body = site.statement.body();
    let counted = counted_unit(&site.statement.label(), &body);
    let is_counted = counted.as_ref().is_none_or(|kind| *kind == Type::Count(unit.to_owned()));
    if unit != "项" {
        return Some(if is_counted { Whose::Piece } else { Whose::Row });
    }
    let by_items = counted == Some(Type::Count(unit.to_owned()));
    match (single, by_items) {
        (false, true) => Some(Whose::Piece),
        (true, false) => Some(Whose::Item),
        (true, true) | (false, false) => {
            let text = scope.line_text(site.statement);
            let written = scope.original(site.statement, limit);
            let most = written.trim_start_matches(words);
            let each = if by_items { "每项" } else { "每次" };
            let (row, item) = (format!("{each}{most}"), most.to_owned());
            let finding = scope
                .at(site.statement, said, "missing-convention", format!("“{words}”说不清是{each}，还是这一项一共"))
                .help(format!(
                    "改成其中一句：\n{}\n{}",
                    text.replacen(&written, &row, 1),
                    text.replacen(&written, &item, 1)
                ));
            scope.blame(finding);
            None
        }
    }
}
