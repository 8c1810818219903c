//! What the bands of a line cover between them: nothing that 其余 could be of, a hole that is worth less than what lies
//! below it, a place where 另 has nothing to come on top of.

use super::reach::{self, parts};
use super::step::shown_number;
use super::{Arm, Draft, Subject, subject_value};
use crate::compile::comparable::is_never_below_zero;
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::Site;
use crate::compile::scope::Scope;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// What is asked of the bands of a line as they were read.
pub(super) fn ask(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, subject: &Subject) {
    if scope.has_error_at(site.statement.line.number) {
        return;
    }
    if draft.late_days.is_some() {
        return idle_rest(scope, site, draft, subject, true);
    }
    let kind = subject_value(scope, subject).kind;
    idle_rest(scope, site, draft, subject, counts(&kind));
    less_is_more(scope, site, draft, &kind);
    on_top_of_nothing(scope, site, draft);
    behind_all_bands(scope, site, draft, subject, &kind);
}

/// The same of what the line is in one case: a rest that is nothing there may be something in another.
pub(super) fn ask_of_case(scope: &mut Scope<'_>, site: Site<'_, '_>, case: &Draft, subject: &Subject) {
    if !scope.has_error_at(site.statement.line.number) && case.late_days.is_none() {
        let kind = subject_value(scope, subject).kind;
        less_is_more(scope, site, case, &kind);
    }
}

fn counts(kind: &Type) -> bool {
    matches!(kind, Type::Count(_) | Type::Place | Type::Days)
}

/// The bands of a line of which nothing else is asked: of its figure, or of days late where it speaks of those.
fn bands(draft: &Draft) -> impl Iterator<Item = (&Arm, &Range)> {
    let of_days = draft.late_days.is_some();
    let own = draft.arms.iter().filter_map(move |arm| Some((arm, range_of(arm, of_days)?)));
    own.filter(|(arm, range)| range.condition == arm.when)
}

fn range_of(arm: &Arm, of_days: bool) -> Option<&Range> {
    if of_days { arm.days.as_ref() } else { arm.range.as_ref() }
}

/// 1次扣1分，2次扣2分，3次以上扣3分，其余扣2分: no number is left for the rest.
fn idle_rest(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, subject: &Subject, counts: bool) {
    // 其余不扣 says what is so anyway.
    if draft.otherwise.as_ref().is_none_or(|rest| *rest == zero()) {
        return;
    }
    let from = match subject {
        Subject::Event(_) => Some((Number::ONE, true)),
        Subject::Value(value) => is_never_below_zero(scope, &value.expr).then_some((Number::ZERO, true)),
    };
    let known: Vec<Ends> = bands(draft).filter_map(|(_, range)| range.ends()).collect();
    if !covers(known, from, counts) && !meet(draft) && !every_value(&scope.plan, draft) {
        return;
    }
    let body = site.statement.body();
    let Some(rest) = body.children(Token::phrase).into_iter().find(|phrase| phrase.has(Token::otherwise)) else {
        return;
    };
    let written = scope.original(site.statement, &rest);
    let message = format!("“{written}”在这一句里不起作用：前面把各种情形都写到了");
    let line = scope.line_with(site.statement, &rest, "");
    let help = format!("删去，写成：{}", line.trim_end_matches([',', '，', ';', '；', '。', ' ']));
    let finding = scope.at(site.statement, &rest, "idle-words", message).help(help);
    scope.report(finding);
}

/// 情节为一般的扣1分，情节为严重的扣5分, of a column that lists no other.
fn every_value(plan: &Plan, draft: &Draft) -> bool {
    let of_column = |when: &Condition| match when {
        Condition::Is(of, values) => Some((of.clone(), values.clone())),
        _ => None,
    };
    let said: Vec<_> = draft.arms.iter().filter_map(|arm| of_column(&arm.when)).collect();
    said.iter().any(|(of, _)| {
        let listed = match **of {
            Expr::Row(RowField::Column(id)) => plan.columns[id.index()].values.as_ref(),
            Expr::Attribute(id) => plan.attributes[id.index()].values.as_ref(),
            _ => None,
        };
        let is_said = |value: &SymbolId| said.iter().any(|(other, values)| other == of && values.contains(value));
        listed.is_some_and(|listed| listed.iter().all(is_said))
    })
}

/// 不超过控制数得满分，超过控制数的每多1件扣2分: a figure is the one or the other.
fn meet(draft: &Draft) -> bool {
    bands(draft).any(|(_, upper)| {
        let (Some((from, from_in)), None) = (&upper.low, &upper.high) else { return false };
        bands(draft).any(|(_, lower)| match (&lower.low, &lower.high) {
            (None, Some((to, to_in))) => from == to && (*from_in || *to_in),
            _ => false,
        })
    })
}

/// Whether bands leave no number out from where they begin to count.
fn covers(mut bands: Vec<Ends>, from: End, counts: bool) -> bool {
    bands.sort_by(|a, b| match (a.low, b.low) {
        (None, None) => std::cmp::Ordering::Equal,
        (None, _) => std::cmp::Ordering::Less,
        (_, None) => std::cmp::Ordering::Greater,
        (Some(a), Some(b)) => a.0.cmp(&b.0).then(b.1.cmp(&a.1)),
    });
    let mut next = from;
    for band in bands {
        let begins = match (band.low, next) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(low), Some(next)) => low.0 < next.0 || low.0 == next.0 && (low.1 || !next.1),
        };
        let Some(high) = band.high.filter(|_| begins) else { return begins };
        let behind = after(high, counts);
        if next.is_none_or(|next| next.0 < behind.0 || next.0 == behind.0 && next.1 && !behind.1) {
            next = Some(behind);
        }
    }
    false
}

/// The first number behind an end, and whether it is a number itself.
fn after((end, is_in): (Number, bool), counts: bool) -> (Number, bool) {
    match (counts, is_in) {
        (true, true) => (end.plus(Number::ONE).unwrap_or(end), true),
        (_, is_in) => (end, !is_in),
    }
}

/// 不少于30件得满分，少于25件的扣3分: 26 of them, of which nothing is said, would earn nothing, and 24 nearly all.
fn less_is_more(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, kind: &Type) {
    if !draft.gains || draft.otherwise.is_some() || draft.plain.is_some() {
        return;
    }
    let ended = |(arm, range): (&Arm, &Range)| Some((arm.verb, range.ends()?));
    let known: Vec<(Option<Token>, Ends)> = bands(draft).filter_map(ended).collect();
    let of = |kind: Token| known.iter().filter(move |(said, _)| *said == Some(kind)).map(|(_, ends)| *ends);
    let hole = of(Token::DEDUCT).find_map(|off| {
        of(Token::GAIN).find_map(|earned| {
            let (before, behind) = if off.is_before(earned) { (off, earned) } else { (earned, off) };
            let (high, low) = (before.high?, behind.low?);
            let from = after(high, counts(kind));
            let is_open = from.0 < low.0 || from.0 == low.0 && from.1 && !low.1;
            let between = Ends { low: Some(from), high: Some((low.0, !low.1)) };
            let is_between = |ends: &Ends| !ends.is_before(between) && !between.is_before(*ends);
            let is_said = known.iter().any(|(_, ends)| is_between(ends));
            (before.is_before(behind) && is_open && !is_said).then_some((high.0, low.0))
        })
    });
    let Some((from, to)) = hole.map(|(from, to)| (shown_number(from, kind), shown_number(to, kind))) else { return };
    let earned = |outcome: &Pair<'_, Token>| super::verb_of(outcome) == Some(Token::GAIN);
    let body = site.statement.body();
    let outcomes = body.children(Token::phrase).into_iter().filter_map(|phrase| phrase.child(Token::outcome));
    let mut gives: Vec<String> =
        outcomes.into_iter().filter(earned).map(|outcome| scope.original(site.statement, &outcome)).collect();
    gives.dedup();
    let line = scope.line_text(site.statement);
    let line = line.trim_end_matches('。');
    let message = format!("{from}与{to}之间没有写，按0分计，比差得更远的还少");
    let help = match &gives[..] {
        [gives] => format!("中间的和达到的一样的，写成：{line}；其余{gives}\n中间另有分数的，补上这一档"),
        // Of several it is not ours to say which one.
        _ => format!("补上{from}到{to}的这一档，写明得几分；再往下扣分的，写明从几分里扣"),
    };
    let finding = scope.at_line(site.statement.line.number, "gains-and-deducts", message).help(help);
    scope.report(finding);
}

/// 第1名得10分，每降1名扣0.5分；增幅低于0%的不得分: everybody falls into the bands before.
fn behind_all_bands(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft, subject: &Subject, kind: &Type) {
    let Subject::Value(value) = subject else { return };
    let from = match kind {
        Type::Place => Some((Number::ONE, true)),
        _ => is_never_below_zero(scope, &value.expr).then_some((Number::ZERO, true)),
    };
    let is_case = |arm: &Arm| {
        let of_others = |expr: &Expr| *expr == value.expr || matches!(expr, Expr::Attribute(_));
        arm.range.is_none()
            && arm.when != Condition::Always
            && arm.points != Expr::NotAssessed
            && !arm.when.any_expr(of_others)
    };
    let hidden = draft.arms.iter().enumerate().find(|(at, arm)| {
        let before =
            draft.arms[..*at].iter().filter_map(|arm| arm.range.as_ref().filter(|range| range.condition == arm.when));
        let ends: Vec<Ends> = before.filter_map(Range::ends).collect();
        // 90%以上得10分；发生事故的，不得分: whoever has the 90% does not get nothing.
        let is_nothing = draft.no_marks.contains(&arm.when) && !ends.is_empty();
        is_case(arm) && (is_nothing || covers(ends, from, counts(kind)))
    });
    let Some((at, _)) = hidden else { return };
    let parts = parts(scope, site, &site.statement.body());
    // What is 不作考评 stands before all others, wherever it is written.
    let has_points = |outcome: Pair<'_, Token>| !outcome.has(Token::NOT_ASSESSED);
    let mut cases =
        parts.iter().filter(|part| reach::is_case(part) && part.phrase.child(Token::outcome).is_some_and(has_points));
    let is_said = |arm: &&Arm| arm.range.is_none() && arm.when != Condition::Always && arm.points != Expr::NotAssessed;
    let Some(case) = cases.nth(draft.arms[..at].iter().filter(is_said).count()) else { return };
    let Some(outcome) = case.phrase.child(Token::outcome) else { return };
    let gives = scope.original(site.statement, &outcome);
    let condition = case.text.trim_start_matches('当').trim().trim_end_matches(gives.trim());
    let condition = condition.trim_end_matches(['的', '，', ',', '时', ' ']);
    let head = scope.original(site.statement, &site.statement.inner());
    let text = scope.line_text(site.statement);
    let rest = text.split_once(&case.text).and_then(|(before, behind)| {
        let before = before.strip_prefix(&head)?.trim_start_matches(['：', ':']).trim();
        let before = before.trim_end_matches(['，', ',', '；', ';']);
        let behind = if before.is_empty() { behind.trim_start_matches(['；', ';']) } else { behind };
        (behind.is_empty() || behind.starts_with(['；', ';', '。']) || before.is_empty())
            .then(|| format!("{before}{behind}"))
    });
    let first = match rest {
        Some(rest) => format!("先看它的，写成：{head}：{}；{rest}", case.text),
        None => "先看它的，写在这一句的最前面，后面用分号".to_owned(),
    };
    let nothing = match draft.no_marks.is_empty() {
        true => String::new(),
        false => format!("\n整条都不得分的，去掉这一段，另起一行：当 {condition}，本项计0分"),
    };
    let message = format!("“{}”写在后面，合于前面各档的轮不到它", case.text);
    let finding = scope.at(site.statement, &case.phrase, "overlapping-bands", message);
    scope.report(finding.help(format!("{first}{nothing}")));
}

/// 1至2次扣1分，5次以上另扣3分: five are in no band that the three could come on top of.
fn on_top_of_nothing(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &Draft) {
    let of_all = draft.plain.is_some() || draft.otherwise.is_some() || draft.table.is_some() || !draft.tiers.is_empty();
    if of_all || draft.arms.is_empty() {
        return;
    }
    let alone = |(when, _): &(Condition, Expr)| {
        let Some(more) = when.stretch() else { return false };
        draft.arms.iter().all(|arm| arm.when.stretch().is_some_and(|band| band.of == more.of && !band.meets(&more)))
    };
    let Some(at) = draft.extras.iter().position(alone) else { return };
    let phrases = site.statement.body().children(Token::phrase);
    let outcomes = phrases.iter().filter_map(|phrase| phrase.child(Token::outcome));
    let Some(outcome) = outcomes.filter(|outcome| outcome.has(Token::ALSO)).nth(at) else { return };
    let written = scope.original(site.statement, &outcome);
    let bare = written.trim_start_matches(['另', '再', '外', '加', '又', '还', '并']).trim_start_matches("同时");
    // 低于90%的，本项不得分，并扣5分: less than nothing is what the item comes to.
    let zeroes =
        |effect: &RuleEffect| effect.effect == Effect::ZeroNode(site.node) && effect.when == draft.extras[at].0;
    if draft.no_marks.contains(&draft.extras[at].0) || draft.effects.iter().any(zeroes) {
        let range = phrases.iter().filter(|phrase| phrase.as_span().end() <= outcome.as_span().start());
        let range = range.filter_map(|phrase| phrase.child(Token::range)).next_back();
        let said = range.map(|range| scope.original(site.statement, &range));
        let is_whole =
            |said: &String| ["低于", "高于", "超过", "少于", "多于", "不"].iter().any(|word| said.starts_with(word));
        let condition = match said.filter(is_whole) {
            Some(said) => format!("{}{said}", site.statement.label()),
            None => "（那一档的条件）".to_owned(),
        };
        let points = bare.trim_start_matches(['扣', '减']);
        let message = format!("不得分的时候又“{written}”，本条里没有分可扣");
        let help = format!("要倒扣的，去掉这一档，另起一行：当 {condition}，本项计-{points}");
        return scope.report(scope.at(site.statement, &outcome, "unclear-steps", message).help(help));
    }
    let bare = if bare.starts_with(['扣', '减']) { bare.to_owned() } else { format!("加{bare}") };
    let message = format!("“{written}”的时候，前面的几档都不计分，没有可“另”算的");
    let help = format!(
        "只有这几分的，写成：{}\n前面的也照算的，前面那一档写到底，如：1次以上…",
        scope.line_with(site.statement, &outcome, &bare)
    );
    let finding = scope.at(site.statement, &outcome, "unclear-steps", message).help(help);
    scope.report(finding);
}
