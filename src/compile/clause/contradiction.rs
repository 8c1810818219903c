//! What a line says against itself.

use super::finish::uses_row;
use super::overlap::{atoms, both_change};
use super::step::shown_number;
use super::{Arm, Draft, Subject, subject_value, unrepaired, verb_of};
use crate::compile::condition::require_reached;
use crate::compile::declare::zero;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// What is asked of a draft as it was read, before anything is made of it.
pub(super) fn ask(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, subject: &Subject) {
    met_and_deducted(scope, site, draft);
    never_reached(scope, site, draft);
    crossing(scope, site, draft);
    turned_round(scope, site, draft);
    added_to_which(scope, site, draft, subject);
    more_in_a_band(scope, site, draft, subject);
    both_change(scope, site, draft);
    unrepaired::require_said(scope, site, draft);
}

/// 酌情扣1至3分，情节为严重的扣5分: each row would have to bring points that are not used.
pub(super) fn judged_and_fixed(scope: &mut Scope<'_>, line: usize, draft: &Draft) {
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

/// 每少1件扣1分；连续3个月任务低于3件的扣5分: whoever falls into the band before never comes to the streak.
pub(super) fn streak_behind_bands(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    fn has_streak(when: &Condition) -> bool {
        match when {
            Condition::Streak { .. } => true,
            Condition::All(list) | Condition::Any(list) => list.iter().any(has_streak),
            _ => false,
        }
    }
    let behind = draft.arms.iter().skip(1).any(|arm| has_streak(&arm.when));
    if !behind || draft.arms.iter().all(|arm| has_streak(&arm.when)) {
        return;
    }
    let finding = scope
        .at_line(site.statement.line.number, "streak-behind-bands", "够得上前面一档的，就轮不到后面“连续”的一档")
        .help("前面照扣、连续几期再另扣的，“连续”的另起一行：当 连续3个月任务低于3件，扣5分\n只按连续的扣、不再照前面扣的，“连续”的一档写在最前面");
    scope.report(finding);
}

/// Whether a limit of the rule itself keeps it within the item's full marks.
pub(super) fn within_full(scope: &Scope<'_>, rule: RuleId) -> bool {
    let rule = &scope.plan.rules[rule.index()];
    let Some(Expr::Number(full)) = &scope.plan.nodes[rule.node.index()].full else { return false };
    rule.limits.iter().any(|limit| matches!(&limit.most, Expr::Number(most) if most <= full))
}

/// 录入件数：不少于30件，扣5分; 差错：不超过3件，扣1分: points off for having done what was asked?
fn met_and_deducted(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let [Arm { range: Some(range), verb, steps, .. }] = &draft.arms[..] else { return };
    if steps.is_some()
        || *verb != Some(Token::DEDUCT)
        || draft.gains
        || draft.plain.is_some()
        || draft.late_days.is_some()
    {
        return;
    }
    let is_least = match (&range.low, &range.high) {
        (Some((Expr::Number(_), true)), None) => true,
        (None, Some((Expr::Number(_), true))) => false,
        _ => return,
    };
    let body = site.statement.body();
    let ranges = body.into_inner().flatten().filter(|inner| inner.as_rule() == Token::range);
    let asked = |word: &Pair<'_, Token>| match word.as_rule() {
        Token::AT_LEAST => is_least && (word.as_str().starts_with('不') || word.as_str() == "至少"),
        // ≤10件 and 小于等于10件 say where a band ends, and ask for nothing.
        Token::AT_MOST => !is_least && (word.as_str().starts_with('不') || word.as_str() == "至多"),
        Token::OR_LESS => !is_least && word.as_str().ends_with('内'),
        _ => false,
    };
    let found = ranges.into_iter().find_map(|range| Some((range.clone().into_inner().flatten().find(asked)?, range)));
    let Some((bound, range)) = found else { return };
    let (word, said) = (bound.as_str().trim(), scope.original(site.statement, &range).trim().to_owned());
    let figure = said.replacen(word, "", 1);
    let help = match bound.as_rule() {
        // Faults so few that they cost little: and none, and more of them?
        Token::OR_LESS => format!(
            "有了就扣的，和更多的一起写：{said}扣几分，超过{figure}扣几分；太少才扣的，写：{figure}以下；太多才扣的，写：超过{figure}"
        ),
        Token::AT_MOST => format!("没有做到才扣的，把“{said}”改成“超过{figure}”；做到了反而扣的，改成“{figure}以下”"),
        _ => format!("没有达到才扣的，把“{said}”改成“低于{figure}”；达到了就扣的，改成“达到{figure}”"),
    };
    let finding =
        scope.at(site.statement, &bound, "step-the-wrong-way", format!("“{said}”是达到了要求，反而扣分")).help(help);
    scope.report(finding);
}

/// 达到目标的120%: a bound that is no number.
fn has_figure(when: &Condition) -> bool {
    match when {
        Condition::Compare(_, Comparison::Equal | Comparison::NotEqual, _) => false,
        Condition::Compare(_, _, end) => !matches!(**end, Expr::Number(_) | Expr::Date(_)),
        Condition::All(list) => list.iter().any(has_figure),
        _ => false,
    }
}

/// 参与人数超过30人的扣2分；超过50人的扣3分: where the second holds, the first holds as well and comes before it.
fn never_reached(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let bound = |arm: &Arm| match &arm.when {
        Condition::Compare(figure, comparison, bound) if arm.range.is_none() && arm.days.is_none() => match **bound {
            Expr::Number(bound) => Some(((**figure).clone(), *comparison, bound)),
            _ => None,
        },
        _ => None,
    };
    let bounds: Vec<_> = draft.arms.iter().filter_map(bound).collect();
    let hidden = bounds.iter().enumerate().find_map(|(index, (figure, comparison, later))| {
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            return None;
        }
        let earlier = bounds[..index]
            .iter()
            .find(|(other, of_other, earlier)| other == figure && comparison.implies(*later, *of_other, *earlier))?;
        Some((earlier.2, *later, *comparison))
    });
    let Some((earlier, later, comparison)) = hidden else {
        // Of plain figures, and of what a line says of its period, facts show it (overshadowed).
        let is_by_row = |arm: &&Arm| !matches!(arm.points, Expr::Number(_)) && uses_row(&arm.when);
        // 达到目标得15分；达到目标的120%得20分: what is not the same for all, none are looked for.
        let is_by_figure = |arm: &&Arm| arm.steps.is_none() && has_figure(&arm.when);
        let asked = draft.arms.iter().filter(|arm| is_by_row(arm) || is_by_figure(arm));
        let asked: Vec<&Condition> = asked.map(|arm| &arm.when).collect();
        return require_reached(scope, site, &asked);
    };
    let (from, to) = match comparison {
        Comparison::Above => (format!("超过{earlier}"), format!("不超过{later}")),
        Comparison::AtLeast => (format!("不低于{earlier}"), format!("低于{later}")),
        Comparison::Below => (format!("低于{earlier}"), format!("不低于{later}")),
        _ => (format!("不超过{earlier}"), format!("超过{later}")),
    };
    let message = format!("{later}的一档总轮不到：合它的都先合了{earlier}的一档");
    let finding = scope
        .at_line(site.statement.line.number, "overlapping-bands", message)
        .help(format!("前一档写明两头：{from}且{to}；或把{later}的一档写在前面；都算的，后一档写“另扣”“另加”"));
    scope.report(finding);
}

/// 金额10万元以下的每项扣1分，金额10万元以上的每项扣3分: 10万元 is in both, and the first would win unseen. Bands one of
/// which holds the other are another matter: the narrower stands first, as an exception.
fn crossing(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    if draft.arms.len() < 2 {
        return;
    }
    // What else must hold, and the numbers that must lie somewhere.
    let bands = draft.arms.iter().filter(|arm| arm.steps.is_none()).map(|arm| {
        let (numbers, others): (Vec<_>, Vec<_>) =
            atoms(&arm.when).into_iter().partition(|atom| matches!(atom, Condition::Compare(..)));
        (others, Condition::All(numbers.into_iter().cloned().collect()), arm.range.is_some())
    });
    let bands: Vec<_> = bands.collect();
    let crossed = bands.iter().enumerate().find_map(|(index, (others, numbers, in_range))| {
        let later = numbers.stretch()?;
        bands[..index].iter().find_map(|(known, earlier, known_in_range)| {
            let earlier = earlier.stretch()?;
            // Bands of the line's own figure are looked at by themselves.
            let is_own = *in_range && *known_in_range;
            let crosses = earlier.meets(&later) && !earlier.lies_in(&later) && !later.lies_in(&earlier);
            (!is_own && known == others && crosses).then_some((earlier, later))
        })
    });
    let Some((earlier, later)) = crossed else { return };
    let line = site.statement.line.number;
    if scope.has_error_at(line) {
        return;
    }
    // INVARIANT: where neither holds the other, one of them begins and one ends within the other.
    let lower = [earlier.ends.low, later.ends.low].into_iter().flatten().map(|(number, _)| number).max();
    let upper = [earlier.ends.high, later.ends.high].into_iter().flatten().map(|(number, _)| number).min();
    let (Some(lower), Some(upper)) = (lower, upper) else { return };
    let shown = |number: Number| match earlier.of {
        Expr::Row(RowField::Column(id)) => shown_number(number, &scope.plan.columns[id.index()].kind),
        Expr::Row(RowField::DaysLate { .. } | RowField::DaysToRepair) => shown_number(number, &Type::Days),
        _ => number.to_string(),
    };
    let (from, to) = (shown(lower), shown(upper));
    let both = if lower == upper { format!("正好{from}的") } else { format!("{from}至{to}的") };
    let message = format!("有两档互相重叠：{both}两档都合，说不清按哪一档");
    let finding = scope.at_line(line, "overlapping-bands", message);
    scope.report(finding.help(match lower == upper {
        true => format!("其中一档改用“不满{from}”或“超过{from}”"),
        false => "写明每一档的两头，让它们首尾相接".to_owned(),
    }));
}

/// 每次扣2分，级别为国家级的计5分: off or on?
fn turned_round(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let Some(said) = draft.plain_verb.filter(|_| scope.in_row.is_some()) else { return };
    let deducts = said == Token::DEDUCT;
    let turned = draft.arms.iter().any(|arm| {
        let other = arm.verb.is_some_and(|other| (other == Token::DEDUCT) != deducts);
        other && arm.points != zero() && arm.range.is_none() && uses_row(&arm.when)
    });
    // 情节为严重的再加5分, of a line that deducts.
    let more = draft.extras.iter().any(|(when, points)| {
        deducts && uses_row(when) && matches!(points, Expr::Number(points) if *points > Number::ZERO)
    });
    if !turned && !more {
        return;
    }
    let (message, help) = if deducts {
        (
            "这一行先写的是扣分，后面的情形又写了加分、得分、计分，说不清是扣是加",
            "这种情形改为扣几分的，写“扣5分”；在原来的上面再扣的，写“另扣5分”；真是加分的，单写一行，另立一个情形",
        )
    } else {
        (
            "这一行先写的是加分，后面的情形又写了扣分，说不清是从加的分里减，还是反过来扣",
            "从加的分里减的，写“另扣1分”；改为加几分的，写“加1分”；真是扣分的，单写一行，另立一个情形",
        )
    };
    let finding = scope.at_line(site.statement.line.number, "gains-and-deducts", message).help(help);
    scope.report(finding);
}

/// 达到300户得8分，每50户加0.5分: on top of the eight, or where there are fewer? The same of 达到300户加8分.
fn added_to_which(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, subject: &Subject) {
    if draft.plain.is_none() || draft.plain_verb != Some(Token::ADD) {
        return;
    }
    let given = draft.arms.iter().filter(|arm| matches!(arm.verb, Some(Token::GAIN | Token::ADD)));
    let bands: Vec<Ends> = given.filter_map(|arm| arm.range.as_ref()?.ends()).collect();
    let phrases = site.statement.body().children(Token::phrase);
    let outcomes: Vec<_> = phrases.iter().map(|phrase| phrase.child(Token::outcome)).collect();
    let is_plain = |outcome: &Pair<'_, Token>| outcome.as_span().start() == draft.plain_at.0;
    let Some(at) = outcomes.iter().position(|outcome| outcome.as_ref().is_some_and(is_plain)) else { return };
    let earns = |outcome: &Pair<'_, Token>| matches!(verb_of(outcome), Some(Token::GAIN | Token::ADD));
    if bands.is_empty() || !outcomes[..at].iter().flatten().any(earns) {
        return;
    }
    let (Some(gives), each) = (&outcomes[at], phrases[at].child(Token::per)) else { return };
    let said = scope.original(site.statement, &phrases[at]);
    let kind = subject_value(scope, subject).kind;
    let shown = |number: Option<Number>| number.map(|number| shown_number(number, &kind));
    let open = bands.iter().filter(|band| band.high.is_none()).filter_map(|band| band.low).map(|(low, _)| low).max();
    let lowest = bands.iter().map(|band| band.low).min_by_key(|low| low.map(|(low, _)| low)).flatten();
    let help = match (each, shown(open), shown(lowest.map(|(low, _)| low))) {
        (Some(each), Some(from), Some(to)) => {
            let unit = each.child(Token::unit).map(|unit| scope.original(site.statement, &unit)).unwrap_or_default();
            let number = each.child(Token::number).map(|number| scope.original(site.statement, &number));
            let step = format!("{}{unit}", number.clone().unwrap_or_else(|| "1".to_owned()));
            let gives = scope.original(site.statement, gives);
            let full = each.child(Token::per_kind).is_some_and(|kind| kind.has(Token::FULL_STEP));
            let part = if full { format!("，不足{step}的不计") } else { String::new() };
            let more = if kind == Type::Percent { "每高" } else { "每多" };
            let earns = draft.arms.iter().any(|arm| arm.verb == Some(Token::GAIN));
            let (beyond, less) = match earns {
                true => (format!("超过{from}的，{more}{step}{gives}{part}"), gives.replacen('加', "得", 1)),
                // 达到300户加8分，每多50户加0.5分 goes on from the eight.
                false => (format!("{more}{step}{gives}{part}"), gives),
            };
            let all = format!("低于{to}的，全部每{}{unit}{less}{part}", number.unwrap_or_default());
            let (beyond, all) = (scope.line_with(site.statement, &phrases[at], &beyond), scope.line_with(site.statement, &phrases[at], &all));
            let all = if earns { all.replace("最多加", "最多得").replace("最高加", "最高得") } else { all };
            format!("多出来的再加的，写成：{beyond}\n不到{to}的才这样算的，写成：{all}")
        }
        _ => "达到以后多出来的再加的，写成：超过几的，每多1加几分；没有达到的另有分的，写成：低于几的得几分（“几”换成原文的数）".to_owned(),
    };
    let message = format!("“{said}”没有写是达到以后再加，还是没有达到的才加");
    let finding = scope.at(site.statement, &phrases[at], "gains-and-deducts", message).help(help);
    scope.report(finding);
}

/// 每次扣1分，3次以上另扣5分，6次以上扣9分: of six, are the nine in place of the five too, or do these come on top?
fn more_in_a_band(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, subject: &Subject) {
    let takes_the_place = draft.plain.is_some() || draft.arms.iter().any(|arm| arm.when == Condition::Always);
    let is_flat = |arm: &&Arm| match &arm.points {
        Expr::Number(_) => true,
        Expr::Multiply(pair) => matches!(pair[0], Expr::Number(_)) && arm.steps.is_none(),
        _ => false,
    };
    let found = draft.arms.iter().filter(is_flat).find_map(|arm| {
        let band = arm.when.stretch()?;
        let around = |(when, points): &(Condition, Expr)| {
            let more = when.stretch()?;
            (band.lies_in(&more) && !more.lies_in(&band)).then_some((more.ends.low?, points.clone()))
        };
        Some((band.ends.low?, arm, draft.extras.iter().find_map(around)?))
    });
    let Some((next, arm, (from, more))) = found.filter(|_| takes_the_place) else { return };
    let body = site.statement.body();
    let (mut range, mut given) = (None, Vec::new());
    for phrase in body.children(Token::phrase) {
        let late = phrase.child(Token::late_range).and_then(|late| late.child(Token::range));
        range = phrase.child(Token::range).or(late).or(range);
        if let (Some(range), Some(outcome)) = (&range, phrase.child(Token::outcome)) {
            given.push((range.clone(), outcome));
        }
    }
    let Some((range, also)) = given.iter().find(|(_, outcome)| outcome.has(Token::ALSO)) else { return };
    let Some((_, outcome)) = given.iter().rfind(|(_, outcome)| !outcome.has(Token::ALSO)) else { return };
    let kind = if arm.days.is_some() { Type::Days } else { subject_value(scope, subject).kind };
    let shown = |(number, _): (Number, bool)| shown_number(number, &kind);
    let begins = if from.1 { "不少于" } else { "超过" };
    let ends = if next.1 { "少于" } else { "不超过" };
    let ended = format!("{begins}{}且{ends}{}", shown(from), shown(next));
    let (old, gives) = (scope.original(site.statement, range), scope.original(site.statement, outcome));
    let instead = scope.line_with(site.statement, range, &ended);
    let both = match (&arm.points, &more) {
        (Expr::Number(points), Expr::Number(more)) => points.plus(*more).ok().map(|sum| {
            let verb = if sum.is_negative() { "扣" } else { "加" };
            instead.replacen(&gives, &format!("{verb}{}分", sum.abs()), 1)
        }),
        _ => None,
    };
    let said = if verb_of(also) == Some(Token::DEDUCT) { "扣" } else { "加" };
    let help = match both {
        Some(both) => format!("改成其中一句：\n{instead}\n{both}"),
        None => format!("不再{said}的，写成：{instead}\n还{said}的，在后一档写上合起来的分数"),
    };
    let message = format!("到了{}，没有写“{old}”另{said}的还{said}不{said}", shown(next));
    let finding = scope.at(site.statement, outcome, "missing-convention", message).help(help);
    scope.report(finding);
}

/// 本项计零，扣5分: what is taken off an item of which nothing is left is lost.
pub(super) fn swallowed(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
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
    let line = site.statement.line.number;
    // A condition that was not understood seems to hold always.
    if lost && !scope.has_told(line) {
        let label = site.statement.label();
        let finding = scope
            .at_line(line, "points-after-zero", "本项计零以后，同一句里的扣分、加分就不起作用了")
            .expected("只写本项计零，或只写扣几分")
            .help(format!(
                "还要倒扣的，扣分写在别的条目里；倒扣的分数固定的，这一行写作“{label}：不加不扣”，再单写一行，“几”换成分数：当 发生{label}，本项计-几分"
            ));
        scope.report(finding);
    }
}
