//! Steps that can be read in two ways, or lead nowhere: what the line has to say.

use super::per::Each;
use super::step::{percent_text, shown_number};
use super::{Line, Subject, subject_value, verb_of};
use crate::calendar::Cycle;
use crate::compile::comparable::is_never_below_zero;
use crate::compile::condition::Range;
use crate::compile::expression::{self, Site, Typed};
use crate::compile::number::number_of;
use crate::compile::scope::{Scope, name_of};
use crate::compile::units::word_of;
use crate::parse::{TARGETS, steps_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// 每少1件扣1分, and nothing before it.
///
/// `before`: the band that stands in front of it.
pub(super) fn without_target(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    each: &Each<'_, '_>,
    (kind, before): (&Type, Option<&Range>),
    short: bool,
) {
    let unit = each.pair.child(Token::unit).map_or("件".to_owned(), |unit| name_of(&unit));
    let (written, gives) = each.written(scope, site);
    let told = |scope: &mut Scope<'_>, help: String| {
        let message = "没有写少于（多于）多少才开始算";
        let finding = scope.at(site.statement, each.pair, "shortfall-without-target", message).help(help);
        scope.report(finding);
    };
    // 不超过5%得20分；每超1个百分点扣2分
    let end = before.and_then(|range| if short { range.low.as_ref() } else { range.high.as_ref() });
    if let Some((Expr::Number(end), _)) = end {
        let shown = shown_number(*end, kind);
        let from = match (short, kind) {
            (false, Type::Place) => format!("第{}名及以后，", end.plus(Number::ONE).unwrap_or(*end)),
            (true, Type::Percent) => format!("低于{shown}的，"),
            (true, _) => format!("少于{shown}的，"),
            (false, _) => format!("超过{shown}的，"),
        };
        let line = scope.line_with(site.statement, each.pair, &format!("{from}{written}"));
        return told(scope, format!("写成：{line}"));
    }
    // 不超过（当 类别为乙类，45%；其余 30%）得10分，每超1个百分点扣2分
    if let Some((end, _)) = end.filter(|_| *kind != Type::Place) {
        let shown = end_as_written(scope, site, each.pair, end, kind);
        let from = match (short, kind) {
            (true, Type::Percent) => format!("低于{shown}的，"),
            (true, _) => format!("少于{shown}的，"),
            (false, _) => format!("超过{shown}的，"),
        };
        if !shown.is_empty() {
            let line = scope.line_with(site.statement, each.pair, &format!("{from}{written}"));
            return told(scope, format!("写成：{line}"));
        }
    }
    // 低于90%扣2分，每低1个百分点加扣0.5分: what each costs comes on top of what being below costs.
    let begun = before.filter(|range| short && range.low.is_none()).and_then(|range| range.high.as_ref());
    let line = scope.line_text(site.statement);
    if let Some((Expr::Number(end), false)) = begun
        && verb_of(each.outcome) == Some(Token::DEDUCT)
        && let Some((own, behind)) = line.split_once(&format!("{written}{gives}"))
    {
        let label = site.statement.label();
        let least = if *kind == Type::Percent { "不低于" } else { "不少于" };
        let gives = gives.trim_start_matches(['加', '再', '另']);
        let shown = shown_number(*end, kind);
        return told(
            scope,
            format!(
                "两样都扣的，分成两行：\n{}\n{label}：{least}{shown}，{written}{gives}{behind}",
                own.trim_end_matches(['，', ',', '；', ';'])
            ),
        );
    }
    let number = each.pair.child(Token::number).map(|number| number.as_str().trim().to_owned());
    // 每超过10次加1分: every ten, or what is beyond ten?
    let several = number.as_ref().filter(|number| !matches!(number.as_str(), "1" | "一"));
    let several = several.filter(|_| !each.pair.has(Token::PERCENT_SIGN));
    if let Some(number) = several.filter(|_| !short && each.pair.as_str().contains("超过")) {
        let every = scope.line_with(site.statement, each.pair, &format!("每{number}{unit}"));
        let beyond = scope.line_with(site.statement, each.pair, &format!("超过{number}{unit}的，每多1{unit}"));
        return told(scope, format!("改成其中一句：\n{every}\n{beyond}"));
    }
    let label = site.statement.label();
    let is_ranking = ["名次", "位次", "排名", "排位"].iter().any(|word| label.contains(word));
    let help = match (kind, short) {
        // 民间河长（名）：每增加10名加0.1分
        (Type::Place, false) if !is_ranking => format!(
            "“名”在这里是名次；说的是人数的，量词写“人”，写明从几人起：{label}（人）：超过几人的，{}{gives}\n说的是名次的，写明从第几名起：第几名及以后，{written}{gives}",
            written.replace('名', "人")
        ),
        (Type::Place, _) => format!(
            "说的是名次的，写明从第几名起：第几名{}，{written}{gives}；说的是比上期进了、退了几名的，先写出差，如：进退 = 上年位次（没有的按位次计） - 位次，再写：进退：超过0，每多1{gives}",
            if short { "以内" } else { "及以后" }
        ),
        // 收入（万元）：每超1%加1分: of how much?
        (Type::Count(_) | Type::Quantity(_) | Type::Money, _) if each.pair.as_str().contains('%') => {
            format!(
                "写明是多少的百分之几：{}几{}，{written}{gives}",
                if short { "不少于" } else { "超过" },
                word_of(kind)
            )
        }
        _ if each.pair.as_str().contains('%') => {
            let number = number.unwrap_or_else(|| "1".to_owned());
            match short {
                // Nothing is below 0%.
                true => format!(
                    "在前面写明要求是百分之几，百分比的差写作百分点，如：不低于百分之几，每低{number}个百分点{gives}"
                ),
                // 目标值90%，每超过目标5%加1分
                false if label_and_target(scope, site) => {
                    format!("百分比的差写作百分点，写明和目标比：超过目标的，每高{number}个百分点{gives}")
                }
                false => {
                    format!(
                        "写明从百分之几算起，百分比的差写作百分点：超过百分之几的，每高{number}个百分点{gives}（凡是增长就算的，写：超过0%的）"
                    )
                }
            }
        }
        (Type::Percent, true) => format!("在前面写明要求是百分之几：不低于百分之几，{written}{gives}"),
        // 每增长1个百分点 is growth from nothing, more often than not.
        (Type::Percent, false) if written.contains('增') => {
            format!("在前面写明从多少起，凡增长就算的：超过0%的，{}{gives}", written.replace("增长", "高"))
        }
        (Type::Percent, false) => format!("在前面写明从百分之几起：超过百分之几的，{written}{gives}"),
        // So many places up or down from an earlier period.
        _ if unit == "名" => format!("在前面写明：{}0，{written}{gives}", if short { "低于" } else { "超过" }),
        (_, true) => format!("在前面写明要求几{unit}：不少于几{unit}，{written}{gives}"),
        (_, false) => format!("在前面写明从几{unit}起：超过几{unit}的，{written}{gives}"),
    };
    told(scope, help);
}

/// 目标值8%，每低于目标值10%扣1分 of a rate: ten points less, or less by a tenth of it? Nothing is ten points below 8%.
pub(super) fn points_or_share(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    each: &Each<'_, '_>,
    (value, range): (&Typed, &Range),
    short: bool,
) -> bool {
    let Some((Expr::Number(end), _)) = range.low.as_ref().or(range.high.as_ref()) else { return false };
    let (Expr::Number(step), true) = (&each.step.expr, each.pair.has(Token::PERCENT_SIGN)) else { return false };
    let (written, _) = each.written(scope, site);
    let of_target = TARGETS.iter().any(|name| written.contains(name));
    let too_long = short && step > end && is_never_below_zero(scope, &value.expr);
    let Ok(share) = end.times(*step) else { return false };
    if !(of_target || too_long) || share.is_zero() {
        return false;
    }
    let shown = percent_text(*step);
    let each_is = |step: Number| {
        let points = percent_text(step);
        let points = points.trim_end_matches('%');
        let way = if short { "低" } else { "高" };
        let line = scope.line_with(site.statement, each.pair, &format!("每{way}{points}个百分点"));
        line.replace(&format!("不足{shown}"), &format!("不足{points}个百分点"))
    };
    let of_it = format!("按{}的{shown}算的，写成：{}", percent_text(*end), each_is(share));
    let (message, help) = match too_long {
        true => (format!("{}再低{}个百分点就到了0以下", percent_text(*end), shown.trim_end_matches('%')), of_it),
        false => (
            format!("“{written}”说不清是{}个百分点，还是{}的{shown}", shown.trim_end_matches('%'), percent_text(*end)),
            format!("按百分点算的，写成：{}\n{of_it}", each_is(*step)),
        ),
    };
    let finding = scope.at(site.statement, each.pair, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}

/// Whether the line says what was aimed at.
fn label_and_target(scope: &Scope<'_>, site: Site<'_, '_>) -> bool {
    scope.line_text(site.statement).contains("目标")
}

/// 超过10件，每少1件扣1分; 不少于30件，每多1件扣1分; 不少于30件，每少1件加1分
pub(super) fn wrong_way(scope: &mut Scope<'_>, site: Site<'_, '_>, each: &Each<'_, '_>, range: &Range, short: bool) {
    let pair = each.pair;
    let meant = if short { "每多" } else { "每少" };
    let beyond = matches!((&range.low, &range.high), (Some((_, false)), None) | (None, Some((_, false))));
    // 不超过10件，每减少1件加0.5分，每增加1件扣1分: the other way from the same number.
    let goes_on = site.statement.code.text[..pair.as_span().start()].contains('每');
    if goes_on
        && let Some((Expr::Number(end), _)) = range.low.as_ref().or(range.high.as_ref())
        && let Some(unit) = pair.child(Token::unit)
    {
        let (word, each) = (if short { "低于" } else { "超过" }, scope.original(site.statement, pair));
        let line = scope.line_with(site.statement, pair, &format!("{word}{end}{}的，{each}", name_of(&unit)));
        let finding = scope
            .at(site.statement, pair, "step-the-wrong-way", format!("“{each}”从哪里算起，前面说的是另一头"))
            .help(format!("写成：{line}"));
        return scope.blame(finding);
    }
    if !beyond {
        return met_or_missed(scope, site, each, range);
    }
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
}

/// 不少于30件，每多1件扣1分; 不少于30件，每少1件加1分: points off for more than what was asked, or for less of it added.
fn met_or_missed(scope: &mut Scope<'_>, site: Site<'_, '_>, each: &Each<'_, '_>, range: &Range) {
    /// 每少 and what turns it round.
    const STEPS: &[(&str, &str)] = &[
        ("少", "多"),
        ("低", "高"),
        ("减少", "增加"),
        ("下降", "上升"),
        ("降低", "提高"),
        ("降", "升"),
        ("缩短", "延长"),
        ("欠", "超"),
    ];
    /// What asks for at least so much, what asks for at most so much, and what is beyond it.
    const BOUNDS: &[(&str, &str, &str)] = &[
        ("不少于", "不超过", "超过"),
        ("不低于", "不高于", "高于"),
        ("至少", "至多", "超过"),
        ("达到", "不超过", "超过"),
    ];
    let statement = site.statement;
    let (step, gives) = each.written(scope, site);
    let deducts = verb_of(each.outcome) == Some(Token::DEDUCT);
    let is_least = range.low.is_some();
    let line = scope.line_text(statement);
    let mut lines = Vec::new();
    let turned = STEPS.iter().find_map(|(less, more)| {
        let behind = step.strip_prefix('每')?;
        let (from, to) = [(less, more), (more, less)].into_iter().find(|(from, _)| behind.starts_with(**from))?;
        Some(format!("每{to}{}", &behind[from.len()..]))
    });
    let bound = BOUNDS.iter().find(|(least, most, _)| line.contains(if is_least { least } else { most }));
    // 不超过10件，每多1件加0.5分，每少1件扣1分: both steps are right once the bound is turned.
    let ways = STEPS.iter().flat_map(|(less, more)| [less, more]);
    let steps: usize = ways.map(|way| line.matches(&format!("每{way}")).count()).sum();
    if steps > 1 && deducts && !gives_and_takes(&line) {
        lines.extend(bound.and_then(|(least, most, _)| off_the_point(&line, if is_least { least } else { most })));
    } else if steps > 1 {
        lines.extend(bound.map(|(least, most, _)| match is_least {
            true => line.replacen(least, most, 1),
            false => line.replacen(most, least, 1),
        }));
    } else if deducts {
        lines.extend(turned.map(|turned| line.replacen(&step, &turned, 1)));
        lines.extend(bound.map(|(least, most, _)| match is_least {
            true => line.replacen(least, most, 1),
            false => line.replacen(most, least, 1),
        }));
    } else {
        let verb = if gives.contains('加') { "加" } else { "得" };
        lines.push(line.replacen(&format!("{step}{gives}"), &format!("{step}{}", gives.replacen(verb, "扣", 1)), 1));
        lines.extend(match (is_least, bound) {
            (true, _) => turned.map(|turned| line.replacen(&step, &turned, 1)),
            (false, Some((_, most, over))) => Some(line.replacen(most, over, 1)),
            (false, None) => None,
        });
    }
    lines.retain(|one| *one != line);
    let message = match deducts {
        true => format!("达到了要求，“{step}”反而扣分"),
        false => format!("没有做到要求，“{step}”反而{gives}"),
    };
    let finding = scope.at(statement, each.pair, "step-the-wrong-way", message);
    let finding = match &lines[..] {
        [] => {
            finding.help("“不少于”后面的“每少”扣分、“每多”加分；“不超过”后面的“每多”扣分；超过多少才加分的，写“超过”")
        }
        [line] => finding.help(format!("写成：{line}")),
        lines => finding.help(format!("改成其中一句：\n{}", lines.join("\n"))),
    };
    scope.blame(finding);
}

fn gives_and_takes(line: &str) -> bool {
    line.contains('扣') && line.contains(['加', '得'])
}

/// 不少于10件，每少1件扣1分，每多1件扣0.5分: what is off the ten on either side costs.
fn off_the_point(line: &str, bound: &str) -> Option<String> {
    let (head, body) = line.split_once(bound)?;
    let mut phrases = body.split(['，', ',', '；', ';']).map(str::trim);
    let point = phrases.next()?;
    let mut said = Vec::new();
    for phrase in phrases {
        let is_less = ["每少", "每低", "每减", "每下降"].iter().any(|word| phrase.starts_with(word));
        let is_more = ["每多", "每高", "每增", "每上升", "每超"].iter().any(|word| phrase.starts_with(word));
        said.push(match (is_less, is_more) {
            (true, _) => format!("；低于{point}的，{phrase}"),
            (_, true) => format!("；超过{point}的，{phrase}"),
            _ => format!("，{phrase}"),
        });
    }
    Some(format!("{head}{}", said.concat().trim_start_matches('；')))
}

/// 1000万元得10分，每增加100万元加1分: exactly so much earns ten, or so much and more?
pub(super) fn step_from_a_point(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    each: &Each<'_, '_>,
    range: &Range,
    kind: &Type,
    (short, further): (bool, bool),
) {
    let Some((Expr::Number(point), _)) = &range.low else { return };
    let shown = shown_number(*point, kind);
    let outcome = each.outcome;
    let pair = each.pair;
    let (each, gives) = each.written(scope, site);
    let least = if *kind == Type::Percent { "不低于" } else { "不少于" };
    let word = match (short, verb_of(outcome)) {
        // 0%得5分，每降低1个百分点加0.2分: the less the better.
        (true, Some(Token::ADD)) => "不超过",
        (true, _) => least,
        (false, Some(Token::DEDUCT)) if !further => "不超过",
        (false, _) => "达到",
    };
    let from = format!("{word}{shown}");
    let finding = scope
        .at(site.statement, pair, "step-from-a-point", format!("前面只说了正好{shown}，“{each}”从哪里算起没有着落"))
        .expected(format!("“{from}…，{each}{gives}”"))
        .help(both_ways(scope, site, &shown, short).unwrap_or_else(|| format!("{shown}前面写上“{word}”")));
    scope.blame(finding);
}

/// 0%得5分，每降低1个百分点加0.2分；每上升1个百分点扣0.3分: the line with what lies on either side of the point.
fn both_ways(scope: &Scope<'_>, site: Site<'_, '_>, shown: &str, short: bool) -> Option<String> {
    let line = scope.line_text(site.statement);
    let (head, body) = line.split_once(['：', ':'])?;
    let (first, second) = body.split_once(['；', ';'])?;
    let (base, each) = first.split_once(['，', ','])?;
    let second = second.trim();
    let gives = base.trim().strip_prefix(shown)?.trim_start_matches('的');
    if !gives.starts_with('得')
        || !each.trim().starts_with('每')
        || !second.starts_with('每')
        || second.contains(['；', ';'])
    {
        return None;
    }
    let (here, there) = if short { ("低于", "超过") } else { ("超过", "低于") };
    Some(format!(
        "写成：{head}：{}；{here}{shown}的{gives}，{}；{there}{shown}的{gives}，{second}",
        base.trim(),
        each.trim()
    ))
}

/// Whether 每 behind a range can be what lies outside of it or all there is; then it is told.
pub(super) fn some_or_all(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    range: Option<&Range>,
) -> bool {
    let Some(range) = range else { return false };
    if range.low.is_some() && range.high.is_none() {
        beyond_or_all(scope, line.site, pair, outcome, range);
        return true;
    }
    if most_or_band(scope, line, pair, outcome, range) || part_or_all(scope, line.site, pair, outcome, range) {
        return true;
    }
    // 低于90%，每个百分点扣1分: each one below, or each of all there are?
    let kind = subject_value(scope, line.subject).kind;
    if let (Subject::Value(_), None, Some((end, included))) = (line.subject, &range.low, &range.high)
        && (!included || kind == Type::Percent)
    {
        short_or_all(scope, line.site, pair, outcome, end, &kind);
        return true;
    }
    false
}

/// 1至3篇每篇加0.1分，4至10篇每篇加0.2分: is a fifth one the second at 0.2, or are all five?
fn part_or_all(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    range: &Range,
) -> bool {
    let (Some((low, _)), Some((high, _))) = (&range.low, &range.high) else { return false };
    let begin = pair.as_span().start();
    let before = |inner: &Pair<'_, Token>| inner.as_rule() == Token::per && inner.as_span().end() <= begin;
    let is_further = site.statement.pair.clone().into_inner().flatten().any(|inner| before(&inner));
    let said = ranges_of(site).into_iter().rfind(|said| said.as_span().end() <= begin);
    let (true, false, Some(said)) = (is_further, low == high, said) else { return false };
    let shown = scope.original(site.statement, &said);
    ask_part_or_all(scope, site, pair, outcome, &shown);
    true
}

/// Shows both readings of 每 behind a bound: what of it counts.
fn ask_part_or_all(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    bound: &str,
) {
    let (each, gives) = (scope.original(site.statement, pair), scope.original(site.statement, outcome));
    let message = format!("说不清是{bound}的部分{each}{gives}，还是全部{each}{gives}");
    let finding = scope.at(site.statement, pair, "missing-convention", message);
    scope.report(finding.help(format!("改成其中一句：\n{bound}的部分，{each}{gives}\n{bound}的，全部{each}{gives}")));
}

/// The ranges of a line.
fn ranges_of<'a>(site: Site<'_, 'a>) -> Vec<Pair<'a, Token>> {
    site.statement.pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::range).collect()
}

/// 不超过5件，每件扣2分, and no other range: each one beyond five, or each one up to five?
fn most_or_band(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    range: &Range,
) -> bool {
    let ranges = ranges_of(line.site);
    let (None, Some((_, true)), [said]) = (&range.low, &range.high, &ranges[..]) else { return false };
    let site = line.site;
    let said = scope.original(site.statement, said);
    let most = ["不超过", "不高于", "不大于", "不多于"].iter().find_map(|word| said.trim().strip_prefix(word));
    let Some(shown) = most.filter(|_| verb_of(outcome) == Some(Token::DEDUCT)) else { return false };
    let (each, gives) = (scope.original(site.statement, pair), scope.original(site.statement, outcome));
    let message = format!("说不清是超过{shown}的部分{each}{gives}，还是没有超过{shown}的{each}{gives}");
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(format!(
        "改成其中一句：\n超过{shown}的部分，{each}{gives}\n不超过{shown}的，{each}{gives}；超过{shown}的，不扣分"
    ));
    scope.report(finding);
    true
}

/// 85%至93%，每低1个百分点扣1分: what is asked for lies between, and what is short of it is told from its lower end. Where
/// the range is a case by itself (85%至93%的) it may be told from its upper end as well: then it is asked.
///
/// The range that the steps go from; none where it was asked.
pub(super) fn off_a_target(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    each: &Each<'_, '_>,
    (range, kind): (Range, &Type),
    short: bool,
) -> Option<Range> {
    let (Some((low, true)), Some((high, true))) = (&range.low, &range.high) else { return Some(range) };
    if low == high || verb_of(each.outcome) != Some(Token::DEDUCT) || ranges_of(site).len() != 1 {
        return Some(range);
    }
    let before = site.statement.code.text[..each.pair.as_span().start()].trim_end_matches([',', ' ']);
    if before.ends_with(['的', '时']) {
        let (written, gives) = each.written(scope, site);
        let (low, high) =
            (end_as_written(scope, site, each.pair, low, kind), end_as_written(scope, site, each.pair, high, kind));
        let (outside, inside) = if short {
            (format!("低于{low}的"), format!("不低于{low}且低于{high}的"))
        } else {
            (format!("超过{high}的"), format!("超过{low}且不超过{high}的"))
        };
        let finding = scope
            .at(site.statement, each.pair, "unclear-steps", format!("说不清“{written}”从哪一头算起"))
            .help(format!("改成其中一句：\n{outside}，{written}{gives}\n{inside}，{written}{gives}"));
        scope.report(finding);
        return None;
    }
    Some(one_sided(range, short))
}

/// What of a target counts for steps below it, or above it.
pub(super) fn one_sided(range: Range, short: bool) -> Range {
    if short { Range { high: None, ..range } } else { Range { low: None, ..range } }
}

/// 30件, or 目标 as the line says it before `pair`.
fn end_as_written(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, end: &Expr, kind: &Type) -> String {
    if let Expr::Number(number) = end {
        return shown_number(*number, kind);
    }
    let begin = pair.as_span().start();
    let said = site.statement.pair.clone().into_inner().flatten();
    let before = said.filter(|inner| inner.as_rule() == Token::bound && inner.as_span().end() <= begin).last();
    let end = before.and_then(|bound| bound.child(Token::expression));
    end.map(|end| scope.original(site.statement, &end)).unwrap_or_default()
}

/// 当 类别为街道，每少1件扣1分: what is short of what the condition does not say.
pub(super) fn steps_of_a_case(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let written = scope.original(site.statement, pair);
    let finding =
        scope.at(site.statement, pair, "shortfall-without-target", format!("“{written}”前面是条件，没有写从多少算起"));
    // 逾期3天以上每增加1天加扣1分
    if site.statement.body().clone().into_inner().flatten().any(|inner| inner.as_rule() == Token::LATE) {
        let help = "逾期按天加扣的，写：每逾期1天扣几分；天数分档的，一档写一段：逾期几天以内的，扣几分；逾期几天以上的，扣几分（“几”换成原文的数）";
        scope.blame(finding.help(help));
        return;
    }
    // 用时超过60秒的，每超10秒扣1分: what it is beyond is said in the condition.
    if let Some(line) = beyond_a_column(scope, site, pair) {
        scope.blame(finding.help(format!("写成：{line}")));
        return;
    }
    let finding = finding
        .help("各类的要求不一样的，先写出要求：要求数 = （当 类别为街道，30；其余 20），再写：不少于要求数，每少1件扣1分；扣得不一样的，分成两条，各写“适用 …”");
    scope.blame(finding);
}

/// 当 用时超过60秒，扣 步数（用时 - 60秒，每10秒，不足10秒的按10秒计） × 1分
fn beyond_a_column(scope: &Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<String> {
    let text = scope.line_text(site.statement);
    let each = scope.original(site.statement, pair);
    let (before, behind) = text.split_once(&each)?;
    let step = ["每超过", "每超", "每多", "每增加", "每高"].iter().find_map(|word| each.trim().strip_prefix(word))?;
    let case = before.trim_end_matches(['，', ',', '的']).rsplit(['：', ':', '；', ';', '，', ',']).next()?;
    let (column, bound) = case.trim_start_matches('当').trim().split_once("超过")?;
    let head = before.trim_end_matches(['，', ',', '的']).strip_suffix(case)?;
    let is_column = scope.plan.columns.iter().any(|known| known.name == column);
    let steps = steps_of(&format!("{column} - {bound}"), &format!("每{step}{behind}"))?;
    is_column.then(|| format!("{head}当 {column}超过{bound}，{steps}"))
}

/// 低于90%，每个百分点扣1分
fn short_or_all(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
    end: &Expr,
    kind: &Type,
) {
    let (each, gives) = (scope.original(site.statement, pair), scope.original(site.statement, outcome));
    let shown = end_as_written(scope, site, pair, end, kind);
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
    range: &Range,
) {
    let Some((low, included)) = &range.low else { return };
    let unit = pair.child(Token::unit).map(|unit| name_of(&unit)).unwrap_or_default();
    let low = match low {
        Expr::Number(low) => format!("{low}{unit}"),
        other => end_as_written(scope, site, pair, other, &Type::Bare),
    };
    let bound = format!("{}{low}", if *included { "达到" } else { "超过" });
    ask_part_or_all(scope, site, pair, outcome, &bound);
}

/// 每次加1分，不足5次的不计: five are no part of one.
pub(super) fn part_of_a_step(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    body: &Pair<'_, Token>,
    rule: &Pair<'_, Token>,
) {
    let Some(quantity) = rule.child(Token::quantity).or_else(|| rule.child(Token::unit)) else { return };
    let steps: Vec<_> = body.children(Token::phrase).iter().filter_map(|phrase| phrase.child(Token::per)).collect();
    if let Some(said) = expression::other_than_a_step(rule) {
        let (said, short) = (scope.original(site.statement, &said), scope.original(site.statement, &quantity));
        let line = scope.line_text(site.statement);
        let written = scope.original(site.statement, rule);
        let whole = written.replacen(&format!("按{said}"), &format!("按{short}"), 1);
        let finding = scope
            .at(site.statement, rule, "part-of-another-step", format!("不足{short}的零头，不能按{said}计"))
            .help(format!(
                "按一整步计的，写成：{}\n零头不计的写“不计”，按零头多少计的写“按比例计”",
                line.replacen(&written, &whole, 1)
            ));
        scope.blame(finding);
        return;
    }
    if steps.is_empty() || steps.iter().any(|step| number_of(step) == number_of(&quantity)) {
        return;
    }
    let shown = scope.original(site.statement, &quantity);
    let step = scope.original(site.statement, &steps[0]);
    let written = scope.original(site.statement, rule);
    let label = site.statement.label();
    let lone = step.trim_start_matches(['每', '一']);
    let lone = if lone.starts_with(|c: char| c.is_ascii_digit()) { lone.to_owned() } else { format!("1{lone}") };
    let help = if rule.has(Token::IGNORED) {
        format!("至少{shown}才计的，写成：少于{shown}的，不加分；说零头的，写成：不足{lone}的不计")
    } else {
        format!(
            "不到{shown}也算{shown}的，先算出来：计分数 = 较高者（{label}、{shown}），再按计分数写；说零头的，写成：不足{lone}的按{lone}计"
        )
    };
    let message = format!("“{written}”说的不是“{step}”的零头");
    let finding = scope.at(site.statement, rule, "part-of-another-step", message).help(help);
    scope.blame(finding);
}

/// 一次性扣5分: five at once every time, or only once?
pub(super) fn one_off(
    scope: &mut Scope<'_>,
    line: Line<'_, '_, '_>,
    pair: &Pair<'_, Token>,
    outcome: &Pair<'_, Token>,
) {
    let statement = line.site.statement;
    let (written, gives) = (scope.original(statement, pair), scope.original(statement, outcome));
    let text = scope.line_text(statement);
    let with = |words: &str| text.replacen(&format!("{written}{gives}"), words, 1);
    let (message, help) = match line.subject {
        Subject::Event(_) => {
            let cycle = match scope.plan.nodes[line.site.node.index()].cycle {
                Cycle::Month => "每月",
                Cycle::Quarter => "每季度",
                Cycle::Half => "每半年",
                Cycle::Year => "全年",
                Cycle::Term if scope.plan.calendar.is_one_year() => "全年",
                Cycle::Term => "全期",
            };
            let (each, once) = (with(&format!("每次{gives}")), with(&format!("{gives}，{cycle}只计1次")));
            let message = format!("“{written}{gives}”说不清是每次都{gives}，还是不论几次只{gives}");
            (message, format!("改成其中一句：\n{each}\n{once}"))
        }
        Subject::Value(_) => {
            (format!("指标一期只计一次，“{written}”在这里不起作用"), format!("写成：{}", with(&gives)))
        }
    };
    let finding = scope.at(statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
}
