//! 第N次: what each further time costs.

use super::governed::counted;
use super::modifier::{time_of, whole_if_one_year};
use super::outcome::outcome_of;
use super::per::per_quantity;
use super::{Draft, Outcome, Subject};
use crate::compile::declare::zero;
use crate::compile::expression::{self, Site};
use crate::compile::number::integer;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

pub(super) fn ordinal(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let said = match () {
        _ if pair.has(Token::AGAIN) => 2,
        // 第1次扣1分，以后每次扣2分: from the next one on.
        _ if pair.has(Token::AFTERWARDS) => draft.next_tier.max(1),
        _ => pair.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1),
    };
    if said == 1 && pair.has(Token::AFTERWARDS) {
        let finding = scope
            .at(site.statement, pair, "unread-word", "“以后”前面没有写是第几次以后")
            .help("写成：第1次扣1分，以后每次扣2分；或 第2次起每次扣2分");
        scope.blame(finding);
        return;
    }
    if !counts_as_said(scope, site, pair) {
        return;
    }
    let time = pair.child(Token::TIME_UNIT).map_or("次", |unit| unit.as_str());
    // 前5次 is 第1次至第5次.
    let first_times = pair.has(Token::FIRST_TIMES);
    let from = if first_times { 1 } else { said };
    if pair.has(Token::SAME_PERSON) {
        count_by(scope, site, draft, pair, CountedBy::Field(RowField::Person));
    } else if let Some(thing) = pair.child(Token::SAME_THING) {
        who_or_what(scope, site, draft, &thing);
        let by = scope.column_of_thing(thing.as_str()).map_or(RowField::Matter, RowField::Column);
        count_by(scope, site, draft, pair, CountedBy::Field(by));
    }
    if let Some(within) = time_of(pair) {
        let cycle = whole_if_one_year(scope, within);
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
        given => {
            // 每部扣3分，第2次起加倍
            let first = draft.plain.as_ref().and_then(|plain| per_quantity(plain, &zero(), &Expr::Number(Number::ONE)));
            let doubled = match (given, first) {
                (Outcome::Factor(Expr::Number(factor)), Some(Expr::Multiply(pair))) => match *pair {
                    [Expr::Number(each), Expr::Number(one)] if one == Number::ONE => each.times(factor).ok(),
                    _ => None,
                },
                _ => None,
            };
            let Some(points) = doubled else {
                // 种类为迟报的每次扣0.5分，种类为漏报的每次扣1分，第3次起加倍: of which?
                let help = match draft.arms.is_empty() {
                    true => format!("写明这几次每次扣几分，如：第{from}次起每次扣几分"),
                    false => "几种情形各有几分、合起来数次数再加倍的，还不能写在一句里：一种单写一行，各立一个情形，各数各的次数：第1次至第几次每次扣几分，第几次起每次扣几分（“几”换成数）".to_owned(),
                };
                let finding =
                    scope.at(site.statement, outcome, "points-expected", "第几次后面要写扣几分或加几分").help(help);
                scope.report(finding);
                return;
            };
            points
        }
    };
    if first_times && said > 1 && points != Number::ZERO && !pair.as_str().contains('每') {
        let gives = scope.original(site.statement, outcome);
        let nothing = if gives.contains('加') { "不加" } else { "不扣" };
        let message = format!("“前{said}{time}{gives}”说不清是每{time}{gives}，还是一共{gives}");
        let finding = scope
            .at(site.statement, pair, "missing-convention", message)
            .help(format!("每{time}的写：前{said}{time}每{time}{gives}；一共的写成每{time}几分，如：第1{time}{gives}，第2{time}起{nothing}"));
        scope.report(finding);
    }
    if draft.tiers.last().is_some_and(|(last, _)| *last >= from || draft.next_tier > from) {
        let finding =
            scope.at(site.statement, pair, "overlapping-tiers", format!("第{from}次已经写过")).help("次数从小到大写");
        scope.report(finding);
        draft.open_tiers = false;
        return;
    }
    let mut also = outcome.child(Token::ALSO);
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
        // 第3次起每次另扣1分: on top of what each has cost so far.
        also = also.filter(|_| before.is_some());
        draft.tiers.push((1, before.unwrap_or(Number::ZERO)));
    } else if from > draft.next_tier.max(1) && !pair.has(Token::AGAIN) {
        let next = draft.next_tier.max(1);
        let finding = scope
            .at(site.statement, pair, "gap-between-tiers", format!("第{next}次没有写"))
            .help(format!("补上第{next}次，或把这一档写成：第{next}次起"));
        scope.report(finding);
    }
    // 第1次扣1分，第2次再扣2分: two of them, or three?
    let costs_before = draft.tiers.last().is_some_and(|(_, points)| *points != Number::ZERO);
    if also.is_some() && costs_before && begins_with_first(site) {
        on_top_of_which(scope, site, pair, outcome);
        return;
    }
    let last = pair.children(Token::integer).get(1).and_then(integer).unwrap_or(said);
    draft.next_tier = last.saturating_add(1);
    let below = also.and_then(|_| draft.tiers.last()).map_or(Number::ZERO, |(_, points)| *points);
    draft.tiers.push((from, points.plus(below).unwrap_or(points)));
    // 第3次扣3分, and nothing of a fourth.
    draft.open_tiers = ![Token::ONWARDS, Token::AGAIN, Token::AFTERWARDS].iter().any(|onwards| pair.has(*onwards));
}

/// 前3条每条加1分 of what is counted in 条: each of a row is one time. Of what is counted in 件 it would be something else.
fn counts_as_said(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let units = pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::TIME_UNIT);
    let Some(input) = scope.in_row else { return true };
    let counted = scope.plan.inputs[input.index()].quantity.clone();
    for unit in units {
        let said = Type::Count(unit.as_str().to_owned());
        if said != counted {
            expression::require_agreement(scope, site, &unit, &counted, &said, "一起计次");
            return false;
        }
    }
    true
}

/// The phrases of a line that say 第几次, and what each gives.
fn ordinals<'a>(site: Site<'a, '_>) -> Vec<(Pair<'a, Token>, Pair<'a, Token>)> {
    let body = site.statement.body();
    let phrases = body.children(Token::phrase).into_iter();
    phrases.filter_map(|phrase| Some((phrase.child(Token::ordinal)?, phrase.child(Token::outcome)?))).collect()
}

/// 第1次扣1分, and not 每次扣1分.
fn begins_with_first(site: Site<'_, '_>) -> bool {
    ordinals(site).first().is_some_and(|(ordinal, _)| {
        ordinal.has(Token::FIRST_TIME) || ordinal.child(Token::integer).and_then(|number| integer(&number)) == Some(1)
    })
}

/// 第1次扣1分，第2次再扣2分: does the second cost two, or three?
fn on_top_of_which(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, outcome: &Pair<'_, Token>) {
    let text = scope.line_text(site.statement);
    let (mut own, mut summed, mut below) = (text.clone(), text.clone(), None::<Number>);
    for (ordinal, outcome) in ordinals(site) {
        let (time, gives) = (scope.original(site.statement, &ordinal), scope.original(site.statement, &outcome));
        let also = outcome.child(Token::ALSO).map(|also| scope.original(site.statement, &also)).unwrap_or_default();
        let without = gives.replacen(&also, "", 1);
        let number = without.trim_start_matches(|c: char| !c.is_ascii_digit()).trim_end_matches('分').to_owned();
        let Ok(points) = number.parse::<rust_decimal::Decimal>().map(Number::from) else { continue };
        let sum = match (also.is_empty(), below) {
            (false, Some(below)) => points.plus(below).unwrap_or(points),
            _ => points,
        };
        below = Some(sum);
        let said = format!("{time}{gives}");
        own = own.replacen(&said, &format!("{time}{without}"), 1);
        summed = summed.replacen(&said, &format!("{time}{}", without.replacen(&number, &sum.to_string(), 1)), 1);
    }
    let written = format!("{}{}", scope.original(site.statement, pair), scope.original(site.statement, outcome));
    let message = format!("“{written}”说不清就是这几分，还是在前一次的上面再加这几分");
    let finding = scope.at(site.statement, outcome, "missing-convention", message);
    scope.blame(finding.help(format!("改成其中一句：\n{own}\n{summed}")));
}

/// The tiers of a line are its points, counted over a time that it or the conventions say.
pub(super) fn escalate(scope: &mut Scope<'_>, site: Site<'_, '_>, subject: &Subject, draft: &mut Draft) {
    if draft.tiers.is_empty() {
        return;
    }
    let line = site.statement.line.number;
    let cycle = scope.plan.nodes[site.node.index()].cycle;
    let per = draft.count_scope.or(scope.conventions.count_scope);
    if per.is_none() {
        let finding = scope
            .at_line(line, "missing-convention", "没有写次数在多长时间里累计")
            .help("在后面加上其中一句：\n，每月重新计次\n，全年连续计次");
        scope.report(finding);
    }
    let by = draft.by.unwrap_or_default();
    // 同一问题反复发生：第1次扣1分: once for each matter, or once for all that bears the name?
    let head = site.statement.label();
    if draft.by.is_none() && head.contains("同一") {
        let finding = scope
            .at_line(line, "missing-convention", format!("“{head}”说的是同一个，没有写按什么计次"))
            .help("在后面加上其中一句：\n，按事项计次\n，按人员计次\n，按单位计次");
        scope.report(finding);
    }
    // 同一问题只计一次: which of its rows counts hangs on their points, and these on how many came before.
    if draft.same_matter.is_some() {
        let finding = scope
            .at_line(line, "ordinal-of-same-matter", "同一事项只计一次，不计的那几次还占不占“第几次”，没有写")
            .help("占的，去掉“同一事项只计一次”这一段，每个事项各数各的写“按事项计次”；\n不占的，去掉这一段，同一事项只报一行");
        scope.report(finding);
    }
    // 第3次起每次扣2分，最多计3次: two prices, and the row of the third time may have others.
    let once = draft.once.map(|_| (1, "只计一次".to_owned()));
    if let Some((most, said)) = draft.most_times.map(|(most, _)| (most, format!("最多计{most}次"))).or(once) {
        let next = most.saturating_add(1);
        let finding = scope
            .at_line(line, "said-twice", format!("“第几次”已经分开了各次，又写了“{said}”"))
            .help(format!("再多的不计的，去掉“{said}”，最后加一档：第{next}次起每次不扣（不加）；限一共几分的，写：最多扣几分（最多加几分）"));
        scope.report(finding);
    }
    if let Subject::Event(input) = subject {
        let input = &mut scope.plan.inputs[input.index()];
        input.additive = false;
        input.needs.occurred = true;
        input.needs.person |= by == CountedBy::Field(RowField::Person);
        input.needs.matter |= by == CountedBy::Field(RowField::Matter);
    }
    if let (Subject::Event(input), CountedBy::Field(RowField::Column(column))) = (subject, by) {
        expression::need_column(scope, *input, column);
    }
    let tiers = std::mem::take(&mut draft.tiers);
    let (adds, takes) = (tiers.iter().any(|tier| tier.1.is_positive()), tiers.iter().any(|tier| tier.1.is_negative()));
    if adds && takes {
        let finding = scope
            .at_line(line, "gains-and-deducts", "这一行有的次数扣分，有的次数加分")
            .help("扣分还是加分，核对一下；真是有扣有加的，分成两行，各用一个情形");
        scope.report(finding);
    }
    if draft.open_tiers && tiers.len() > 1 {
        let (last, next) = (draft.next_tier.saturating_sub(1), draft.next_tier);
        let finding = scope
            .at_line(line, "gap-between-tiers", format!("第{next}次起没有写，照第{last}次的算"))
            .help(format!("都照第{last}次的，写成：第{last}次起每次…；不再计的，加一档：第{next}次起不扣"))
            .noted();
        scope.report(finding);
    }
    if draft.plain.is_some() {
        let finding = scope
            .at_line(line, "two-outcomes", "这一行写了第几次扣几分，又写了别的分数")
            .help("次数从第1次写起：第1次扣1分，第2次起每次扣2分；别的情形另起一行");
        scope.report(finding);
    }
    draft.per_row = true;
    counted(&mut draft.effects, &tiers, per.unwrap_or(cycle), by);
    draft.plain = Some(Expr::Escalation { tiers, per: per.unwrap_or(cycle), by });
}

/// 同一管控对象第2次起加倍: somebody, or a thing?
fn who_or_what(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, thing: &Pair<'_, Token>) {
    if draft.by.is_some() || !thing.as_str().trim().ends_with("对象") {
        return;
    }
    let said = scope.original(site.statement, thing);
    let with = |meant: &str| scope.line_with(site.statement, thing, meant);
    let finding = scope
        .at(site.statement, thing, "missing-convention", format!("“{said}”说不清是哪个人，还是哪件事"))
        .help(format!("改成其中一句：\n{}\n{}", with("同一人员"), with("同一事项")));
    scope.blame(finding);
}

/// 按人员计次: once a line.
pub(super) fn count_by(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
    by: CountedBy,
) {
    if draft.by.is_some_and(|known| known != by) {
        let finding = scope
            .at(site.statement, pair, "two-count-scopes", "这一行写了两种计次的办法")
            .help("只留一种：按人员计次、按事项计次、按单位计次，或按声明过的一列计次");
        scope.blame(finding);
    }
    draft.by = Some(by);
}
