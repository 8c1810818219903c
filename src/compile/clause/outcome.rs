//! What an outcome gives: 扣5分, 酌情扣1至3分, 得满分, 减半, 不计.

use rust_decimal::Decimal;

use super::counted_by::counted_by;
use super::step::percent_text;
use super::{Draft, Outcome};
use crate::compile::body;
use crate::compile::condition::Range;
use crate::compile::declare::zero;
use crate::compile::expression::{self, Site};
use crate::compile::number;
use crate::compile::scope::{Scope, name_of};
use crate::parse::is_figure;
use crate::plan::*;
use crate::syntax::{self, Pair, Rule as Token};
use crate::value::Number;

pub(super) fn outcome_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    draft: &mut Draft,
    pair: &Pair<'_, Token>,
    when: &Condition,
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
            // 达到100%得20分，未完成的按比例计分: of the twenty.
            let full = given_for_all(draft).unwrap_or_else(|| full_of(scope, site, &first));
            let target = target_of(draft).map(percent_text).or_else(|| named_target(draft, site));
            match (draft.share.clone(), target) {
                (Some(_), Some(target)) => {
                    ask_proportion(scope, site, pair, (&target, &full));
                    Outcome::Points(zero())
                }
                (Some(share), None) => Outcome::Points(Expr::Multiply(Box::new([share, full]))),
                (None, _) => {
                    let help = match part_of_the_target(scope, site, &first, &full) {
                        Some(line) => format!("写成：{line}"),
                        None => "写成算式，如：得 完成数 ÷ 目标 × 满分".to_owned(),
                    };
                    let finding =
                        scope.at(site.statement, &first, "proportion-of-what", "没有写按什么的比例").help(help);
                    scope.report(finding);
                    Outcome::Points(zero())
                }
            }
        }
        Token::interpolated => {
            let points = |number: &Pair<'_, Token>| Number::from(number::number(scope, site, number));
            let given: Vec<Number> = first.children(Token::number).iter().map(points).collect();
            Outcome::Between(given.first().copied().zip(given.get(1).copied()))
        }
        Token::FULL_MARKS => {
            draft.gains = true;
            Outcome::Points(full_of(scope, site, &first))
        }
        Token::NOT_COUNTED => Outcome::NotCounted,
        Token::NOT_ASSESSED => Outcome::NotAssessed,
        Token::HALVED => Outcome::Factor(Expr::Number(Number::from(Decimal::new(5, 1)))),
        Token::DOUBLED => Outcome::Factor(Expr::Number(Number::whole(2))),
        Token::counted_by => counted_by(scope, site, draft, &first, *when == Condition::Always),
        Token::percent_of_marks => {
            let percent = first.child(Token::percent).expect("a share");
            let share = number::percent_of(scope, site, &percent).expr;
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
            // 得0分 is 不得分: it earns nothing, and begins no item at nothing.
            if first.has(Token::GAIN) && amount.as_str().trim() == "0分" {
                return Outcome::NoMarks;
            }
            let negative = first.has(Token::DEDUCT);
            draft.gains |= first.has(Token::GAIN);
            draft.adds |= first.has(Token::ADD);
            Outcome::Points(if negative { expression::negative(points) } else { points })
        }
    }
}

/// 达到300亩得满分，未达到的按比例得分: so much of the 300亩, where they are the one bound of the line.
fn part_of_the_target(scope: &Scope<'_>, site: Site<'_, '_>, said: &Pair<'_, Token>, full: &Expr) -> Option<String> {
    let bound = only_bound(site)?;
    let (_, all) = marks_said(scope, site, full);
    let formula = format!("得 {} ÷ {bound} × {all}", site.statement.label());
    scope.in_row.is_none().then(|| scope.line_with(site.statement, said, &formula))
}

/// How many points there are to have, as a number and as a formula says it.
fn marks_said(scope: &Scope<'_>, site: Site<'_, '_>, full: &Expr) -> (String, String) {
    match full {
        Expr::Number(given) if given.is_positive() => (given.to_string(), given.to_string()),
        Expr::Full(id) => match &scope.plan.nodes[id.index()].full {
            Some(Expr::Number(full)) if *id == site.node => (full.to_string(), "满分".to_owned()),
            _ => ("几".to_owned(), "满分".to_owned()),
        },
        _ => ("几".to_owned(), "满分".to_owned()),
    }
}

/// 300亩, where the line has no other bound.
fn only_bound(site: Site<'_, '_>) -> Option<String> {
    let ranges = site.statement.pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::range);
    let bounds: Vec<String> = ranges
        .map(|range| {
            // As it is read: 未达到的 is 低于300亩的 by now.
            let bound = name_of(&range);
            syntax::strip(Token::comparator, &bound).unwrap_or(&bound).trim_end_matches("以上").to_owned()
        })
        .collect();
    bounds.first().filter(|first| !first.is_empty() && bounds.iter().all(|bound| bound == *first)).cloned()
}

/// 不低于计划率的得满分: a figure that earns all there is to earn, as it is called.
fn named_target(draft: &Draft, site: Site<'_, '_>) -> Option<String> {
    let mut lows = draft.arms.iter().filter(|arm| arm.verb == Some(Token::GAIN)).filter_map(|arm| arm.range.as_ref());
    let is_figure = |range: &Range| match &range.low {
        Some((low, _)) => range.high.is_none() && !matches!(low, Expr::Number(_)),
        None => false,
    };
    lows.any(is_figure).then(|| only_bound(site).unwrap_or_else(|| "目标".to_owned()))
}

/// 目标值50%，达到得满分: how much of the rate earns all there is to earn, where it is not the whole.
fn target_of(draft: &Draft) -> Option<Number> {
    let lows = draft.arms.iter().filter(|arm| arm.verb == Some(Token::GAIN)).filter_map(|arm| arm.range.as_ref());
    let targets = lows.filter_map(|range| match &range.low {
        Some((Expr::Number(low), _)) if range.high.is_none() => Some(*low),
        _ => None,
    });
    targets.max().filter(|target| *target != Number::ONE && !target.is_zero())
}

/// 达到100%得20分: what reaching it is worth, where that is said as a number and of one band alone.
fn given_for_all(draft: &Draft) -> Option<Expr> {
    let mut given = draft.arms.iter().filter(|arm| arm.verb == Some(Token::GAIN));
    let (arm, None) = (given.next()?, given.next()) else { return None };
    let reaches = arm.range.as_ref().is_some_and(|range| range.low.is_some() && range.high.is_none());
    let is_said = matches!(arm.points, Expr::Number(points) if points.is_positive());
    (is_said && reaches).then(|| arm.points.clone())
}

/// 未达到的按完成比例得分: the part of the target that was reached, or the rate itself?
fn ask_proportion(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, (target, full): (&str, &Expr)) {
    let label = site.statement.label();
    let written = scope.original(site.statement, pair);
    let message = format!("“{written}”说不清是{label}占{target}的几成，还是就按{label}");
    let (full, all) = marks_said(scope, site, full);
    let help = format!(
        "改成其中一句：\n得 {label} ÷ {target} × {full}（除不尽的，后面写：，保留几位小数，四舍五入）\n得 {label} × {all}"
    );
    let finding = scope.at(site.statement, pair, "proportion-of-what", message).help(help);
    scope.blame(finding);
}

/// The amount behind 扣, 加 or 得: a bare percentage is a share of nobody knows what.
pub(super) fn points_of(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    verb: &Pair<'_, Token>,
) -> Expr {
    let inner = pair.child(Token::expression).expect("an amount is an expression");
    let value = expression::expression(scope, site, &inner);
    if value.kind == Type::Percent {
        let verb = verb.as_str().trim();
        let shown = scope.original(site.statement, &inner);
        let help = match value.expr {
            Expr::Number(_) => format!(
                "满分的{shown}，写：{verb}满分的{shown}；这一次所得的分多算、少算{shown}的，写成乘以几，如：…的乘以几"
            ),
            _ => format!("写成：{verb} {shown} × 满分"),
        };
        let message = format!("“{shown}”是百分比，没有写是多少分的{shown}");
        let finding = scope.at(site.statement, &inner, "points-expected", message).expected("几分，如 5分");
        scope.report(finding.help(help));
        return zero();
    }
    body::require_points(scope, site, &inner, &value);
    if one_or_the_other(scope, site, &inner, verb) || sign_said_twice(scope, site, pair, verb, &value.expr) {
        return zero();
    }
    value.expr
}

/// 扣1/0.5分: one for each of two cases that nobody named, worked out as a quotient.
fn one_or_the_other(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, verb: &Pair<'_, Token>) -> bool {
    let text = pair.as_str().trim();
    let is_number = |text: &str| text.trim().trim_end_matches('分').parse::<Decimal>().is_ok();
    let Some((one, other)) = text.split_once('/').filter(|(one, other)| is_number(one) && is_number(other)) else {
        return false;
    };
    let points = |text: &str| text.trim().trim_end_matches('分').to_owned();
    let (verb, one, other) = (verb.as_str().trim(), points(one), points(other));
    let finding = scope
        .at(
            site.statement,
            pair,
            "undecided-points",
            format!("“{text}”没有写什么时候是哪一个，照算式读是{one}除以{other}"),
        )
        .help(format!("分成两行写：\n甲情形：每次{verb}{one}分\n乙情形：每次{verb}{other}分"));
    scope.report(finding);
    true
}

/// 扣-1分 would add a point.
pub(super) fn sign_said_twice(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    verb: &Pair<'_, Token>,
    points: &Expr,
) -> bool {
    let Expr::Number(points) = points else { return false };
    if *points >= Number::ZERO {
        return false;
    }
    let (deducts, gains, points) = (verb.has(Token::DEDUCT), verb.has(Token::GAIN), points.negated());
    let (written, verb) = (scope.original(site.statement, pair), verb.as_str().trim());
    let (taken, meant) = if deducts { ("加分", verb) } else { ("扣分", "扣") };
    let help = match gains {
        true => below_nothing(scope, site, pair, &format!("{verb}{written}"), &points),
        false => format!("写成：{meant}{points}分"),
    };
    let finding = scope
        .at(
            site.statement,
            pair,
            "sign-said-twice",
            format!("“{verb}”后面的“{written}”又写了负号，照算式读成了{taken}"),
        )
        .help(help);
    scope.report(finding);
    true
}

/// 负增长：得-4分: what the item comes to, whatever it had before.
fn below_nothing(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, said: &str, points: &Number) -> String {
    let comes_to = format!("本项计-{points}分");
    let Some(body) = site.statement.pair.child(Token::body) else {
        return format!("写成：{}", scope.line_text(site.statement).replacen(said, &comes_to, 1));
    };
    let label = site.statement.label();
    let phrases = body.children(Token::phrase);
    let range = phrases.iter().filter(|phrase| phrase.as_span().start() <= pair.as_span().start());
    let range = range.filter_map(|phrase| phrase.child(Token::range)).next_back();
    let range = range.map(|range| scope.original(site.statement, &range)).filter(|range| is_one_bound(range));
    let inner = site.statement.inner();
    let head = inner.child(Token::head).unwrap_or(inner);
    let is_bare = phrases.len() == 1 && scope.original(site.statement, &phrases[0]) == said;
    match (range, head.has(Token::head_unit)) {
        (Some(range), true) if phrases.len() == 1 => {
            format!("写成：\n指标 {}\n当 {label}{range}，{comes_to}", scope.original(site.statement, &head))
        }
        (Some(range), _) => format!("比零分还低的一档，这一句里去掉，另起一行：当 {label}{range}，{comes_to}"),
        (None, false) if is_bare => format!("写成：\n{label}：不加不扣\n当 发生{label}，{comes_to}"),
        // 情节为严重的得-4分, 每次得-2分
        (None, _) => {
            let taken = scope.line_text(site.statement).replacen(said, &format!("扣{points}分"), 1);
            format!("扣这么多的，写成：{taken}\n本项一共算-{points}分的，另起一行：当 （那时的条件），{comes_to}")
        }
    }
}

/// 低于0%, 不满10%: what a condition says as it stands.
fn is_one_bound(range: &str) -> bool {
    const COMPARED: &[&str] =
        &["不低于", "不高于", "不超过", "不少于", "低于", "高于", "超过", "少于", "多于", "不足", "不满", "达到"];
    let end = COMPARED.iter().find_map(|word| range.strip_prefix(word));
    end.is_some_and(|end| {
        let unit = end.trim_start_matches(is_figure);
        unit.len() < end.len() && !unit.contains(|c: char| c.is_ascii_digit() || "上下内不低高超少多".contains(c))
    })
}

/// 满分 of the nearest node around, or a finding.
pub(super) fn full_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Expr {
    let mut at = Some(site.node);
    while let Some(id) = at {
        if scope.plan.nodes[id.index()].full.is_some() {
            return Expr::Full(id);
        }
        at = scope.plan.nodes[id.index()].parent;
    }
    let finding = scope
        .at(site.statement, pair, "no-full-marks", "本条和上级都没有写满分")
        .help("在本条的标题后面写明满分：（几分），或加一行：满分 几分");
    scope.report(finding);
    zero()
}

/// 酌情扣1至2分: the fact brings the points.
pub(super) fn judged(scope: &mut Scope<'_>, site: Site<'_, '_>, draft: &mut Draft, pair: &Pair<'_, Token>) -> Expr {
    let numbers = pair.children(Token::number);
    let least = number::number(scope, site, &numbers[0]);
    let most = number::number(scope, site, &numbers[1]);
    if least > most {
        let finding = scope.at(site.statement, pair, "range-upside-down", "酌情的下限大于上限");
        let written = scope.original(site.statement, pair);
        let [from, to] = [0, 1].map(|at| scope.original(site.statement, &numbers[at]));
        let turned = written.split_once(&from).and_then(|(before, rest)| {
            let (between, after) = rest.split_once(&to)?;
            Some(format!("{before}{to}{between}{from}{after}"))
        });
        scope.report(match turned {
            Some(turned) => finding.help(format!("写成：{}", scope.line_with(site.statement, pair, &turned))),
            None => finding.help("小的写在前面"),
        });
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
