//! Whether what is compared can be: measure words that agree, and a number that may be reported.

use super::expression::{Site, Typed};
use super::node_checks::constant;
use super::scope::{Scope, name_of};
use super::units::{agree, describe, word_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// A finding where the subject cannot be compared with the value.
pub fn require_comparable(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    subject: &Typed,
    value: &Typed,
) {
    if subject.kind == Type::Percent
        && value.kind == Type::Bare
        && let Expr::Number(number) = &value.expr
        && *number > Number::ONE
        // 18:1 says that it is a quotient.
        && !pair.clone().into_inner().flatten().any(|inner| inner.as_rule() == Token::ratio)
    {
        let shown = pair.as_str().trim();
        let finding = scope
            .at(site.statement, pair, "percent-expected", format!("指标是百分比，这里写的是“{shown}”"))
            .expected("百分比")
            .help(match number.times(Number::whole(100)) {
                // 1.5 of a quotient is one and a half times, of a share one and a half in a hundred.
                Ok(percent) if *number < Number::whole(10) => {
                    format!("百分之{shown}的写成 {shown}%；{shown}倍的写成 {percent}%")
                }
                // 生师比 = 学生（人） ÷ 教职工（人）: of two numbers of one kind, 18 is 18 to one.
                Ok(percent) if !matches!(subject.expr, Expr::Input { .. }) => {
                    // A ratio is of whole numbers.
                    let ratio = if shown.contains('.') { format!("{percent}%") } else { format!("{shown}:1") };
                    format!("百分之{shown}的写成 {shown}%；是{shown}倍、{shown}比1的，写成 {ratio}")
                }
                _ => format!("写成 {shown}%"),
            });
        scope.report(finding);
        return;
    }
    if let (Expr::Input { input, .. }, Type::Percent, Expr::Number(share)) = (&subject.expr, &subject.kind, &value.expr)
        && agree(&subject.kind, &value.kind)
    {
        let input = &scope.plan.inputs[input.index()];
        let outside = |end: Option<rust_decimal::Decimal>, beyond: fn(&Number, &Number) -> bool| {
            end.is_some_and(|end| beyond(share, &Number::from(end)))
        };
        if outside(input.range.1, |share, end| share > end) || outside(input.range.0, |share, end| share < end) {
            let shown = pair.as_str().trim();
            let name = input.label.clone();
            let finding = scope
                .at(site.statement, pair, "impossible-percentage", format!("报送的百分比到不了{shown}"))
                .expected("0%至100%")
                .help(format!("会超过100%、会是负数的，先声明：指标 {name}（%），-100%至300%；或用算式：{name} = 完成数（件） ÷ 目标数（件）"));
            scope.report(finding);
            return;
        }
    }
    if agree(&subject.kind, &value.kind) {
        return require_possible(scope, site, pair, subject, value);
    }
    let event = match &subject.expr {
        Expr::Input { input, .. } => Some(&scope.plan.inputs[input.index()]),
        _ => None,
    };
    let event = event.filter(|input| input.kind == InputKind::Event);
    if event.is_some() && site.statement.inner().child(Token::head_name).is_some() {
        return another_than_the_event(scope, site, pair, subject, value);
    }
    let what = match event {
        // 当 处分3次以上, where 处分 is of so many persons.
        Some(event) => format!("“{}”", event.label),
        None if matches!(subject.expr, Expr::Input { .. }) => "指标".to_owned(),
        None => "前面".to_owned(),
    };
    let message = match (&subject.kind, &value.kind) {
        (Type::Count(a) | Type::Quantity(a), Type::Count(b) | Type::Quantity(b)) => {
            format!("{what}以“{a}”计，这里写的是“{b}”")
        }
        (a, b) => format!("{what}{}，这里写的{}", describe(a), describe(b)),
    };
    let finding = scope.at(site.statement, pair, "wrong-measure-word", message);
    let mut finding = finding.help("改成一样的量词；说的不是一回事的，另设一个指标");
    if let Some(help) = late_pieces(scope, site, &subject.kind) {
        finding = finding.help(help);
    }
    let said = scope.original(site.statement, pair);
    match (&subject.kind, &value.kind) {
        // 名次为前3名且90分以上
        (Type::Place, Type::Points) => {
            let line = scope.line_with(site.statement, pair, &format!("得分{said}"));
            finding = finding.help(format!("是得分的，写成：{line}"));
        }
        // 事故不少于2起, of a case that facts report by times.
        (Type::Count(own), Type::Count(other)) if event.is_some() && own == "次" => {
            let line = scope.line_with(site.statement, pair, &said.replace(other.as_str(), own));
            finding = finding.help(format!("一{other}就是一次的，写成：{line}"));
        }
        _ => {}
    }
    if let Type::Count(unit) | Type::Quantity(unit) = &subject.kind {
        finding = finding.expected(format!("以“{unit}”计的数"));
    }
    // What else does not go with the measure word follows from it.
    scope.blame(finding);
}

/// 不少于10.5件, 不少于-10件: nobody reports half a thing, or fewer than none.
fn require_possible(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, subject: &Typed, value: &Typed) {
    let Expr::Input { input, collect } = &subject.expr else { return };
    let Some(number) = constant(&value.expr) else { return };
    let input = &scope.plan.inputs[input.index()];
    if !matches!(input.quantity, Type::Count(_)) || *collect == Aggregate::Mean {
        return;
    }
    let is_negative = number.is_negative() && input.range.0.is_none_or(|least| !least.is_sign_negative());
    if number.is_whole() && !is_negative {
        return;
    }
    let (name, unit) = (&input.label, word_of(&input.quantity));
    let (message, help) = match is_negative {
        true => (format!("“{name}”不会报成负数"), "去掉负号；会是负数的，在指标的声明里写明范围".to_owned()),
        false => (
            format!("“{name}”以“{unit}”计，报的都是整数"),
            "写成整数；说的是平均数、比率的，先写算式：平均数 = …，再比较平均数".to_owned(),
        ),
    };
    let finding = scope.at(site.statement, pair, "impossible-bound", message).help(help);
    scope.blame(finding);
}

/// 低于0%, 为负 of what is never reported below zero.
pub fn require_room_below(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    subject: &Typed,
    end: &Expr,
) {
    let (Expr::Input { input, .. }, Expr::Number(end)) = (&subject.expr, end) else { return };
    let input = &scope.plan.inputs[input.index()];
    if input.range.0.is_none_or(|least| Number::from(least) != *end) || !matches!(input.kind, InputKind::Indicator) {
        return;
    }
    let (name, unit) = (input.label.clone(), word_of(&input.quantity).to_owned());
    let written = scope.original(site.statement, pair);
    let (kind, sign) = if unit == "%" { ("impossible-percentage", "%") } else { ("impossible-bound", "") };
    let never = if end.is_zero() { "是负数" } else { &written };
    let finding = scope
        .at(site.statement, pair, kind, format!("报送的数不会{never}"))
        .help(format!("会是负数的，先声明：指标 {name}（{unit}），-100{sign}至300{sign}"));
    scope.report(finding);
}

/// Whether no value can be below zero: what is reported so, and what is made of such without taking away.
pub fn is_never_below_zero(scope: &Scope<'_>, expr: &Expr) -> bool {
    only_adds(&scope.plan, expr, &mut Vec::new())
}

/// The same, going into each named value only once: one that came before has been found to be so, or all is not.
fn only_adds(plan: &Plan, expr: &Expr, seen: &mut Vec<MeasureId>) -> bool {
    match expr {
        Expr::Number(number) => !number.is_negative(),
        Expr::Input { input, .. } | Expr::Parameter(input) => {
            let least = plan.inputs[input.index()].range.0;
            least.is_some_and(|least| !least.is_sign_negative() || least.is_zero())
        }
        Expr::Add(pair) | Expr::Multiply(pair) | Expr::Divide(pair) => {
            pair.iter().all(|side| only_adds(plan, side, seen))
        }
        Expr::Round { expr, .. } | Expr::Over { expr, .. } => only_adds(plan, expr, seen),
        Expr::Assessed { expr, otherwise } => [expr, otherwise].into_iter().all(|side| only_adds(plan, side, seen)),
        Expr::Measure(id) if seen.contains(id) => true,
        Expr::Measure(id) => {
            seen.push(*id);
            only_adds(plan, &plan.measures[id.index()].expr, seen)
        }
        _ => false,
    }
}

/// 超期3件以上: so many late ones, and not so many days.
fn late_pieces(scope: &Scope<'_>, site: Site<'_, '_>, kind: &Type) -> Option<String> {
    let line = scope.line_text(site.statement);
    let late = ["超期", "逾期", "超时", "延期"].iter().find(|word| line.contains(**word))?;
    let is_days = describe(kind) == "以“天”计";
    let label = name_of(&site.statement.inner().child(Token::head_name)?);
    is_days.then(|| {
        format!("“{late}”后面是天数；数的是几件超了期的，写成一种情形：{label}{late}：每件扣几分（或 几件以上扣几分）")
    })
}

/// `完成率：100%以上得10分`, `上访：每批次扣1分，5人以上的加倍`: what is compared is no number of times.
fn another_than_the_event(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    subject: &Typed,
    value: &Typed,
) {
    let head = site.statement.inner().child(Token::head_name).expect("asked before");
    let label = name_of(&head);
    let unit = word_of(&value.kind).to_owned();
    if matches!(value.kind, Type::Percent | Type::Place) {
        let (what, sign) = if value.kind == Type::Percent { ("百分比", "%") } else { ("名次", "名") };
        let line = scope.line_with(site.statement, &head, &format!("{label}（{sign}）"));
        let finding = scope
            .at(site.statement, &head, "indicator-without-unit", format!("“{label}”要报{what}，却没有写（{sign}）"))
            .expected("指标名称后面的括号里写量词；不写的，当成发生了才报的情形，没有报就是0")
            .help(format!("写成：{line}"));
        scope.blame(finding);
        return;
    }
    // 旷工半天扣1分: for each half, as a scheme means it.
    let said = site.statement.line.plain.text.clone();
    if let Some(half) = ["半天", "半日"].iter().find_map(|half| said.find(half)).filter(|_| value.kind == Type::Days)
    {
        let line = crate::parse::written(&format!("{label}:每{}", &said[half..]));
        let finding =
            scope.at(site.statement, pair, "missing-word", "“半天”前面没有写“每”").help(format!("写成：{line}"));
        scope.blame(finding);
        return;
    }
    let message = format!("“{label}”{}，这里写的{}", describe(&subject.kind), describe(&value.kind));
    let finding = scope.at(site.statement, pair, "wrong-measure-word", message);
    let finding = match with_column(scope, site, &label, &unit) {
        Some((column, true, line)) => finding.help(format!("“{column}”每一档都写上，写成：{line}")),
        Some((column, false, line)) => finding.help(format!(
            "说的是一行事实里的{unit}数的，先在开头声明一列：事实列 {column}（{unit}）\n再写：{line}\n按“{unit}”报的，前面也写“每{unit}”"
        )),
        None => finding.help(format!(
            "说的是一行事实里的{unit}数的，先在开头声明一列：事实列 {unit}数（{unit}），前面写明：{unit}数…；按“{unit}”报的，前面也写“每{unit}”"
        )),
    };
    scope.blame(finding);
}

/// The column whose measure word bands of a line have, whether it is declared, and the line with it before each of them:
/// 3至4次的每件扣1分，5次及以上的每件扣3分; `None` where other words stand before one.
fn with_column(scope: &Scope<'_>, site: Site<'_, '_>, label: &str, unit: &str) -> Option<(String, bool, String)> {
    let has_unit = |pair: &Pair<'_, Token>| {
        pair.clone().into_inner().flatten().any(|inner| inner.as_rule() == Token::unit && name_of(&inner) == unit)
    };
    let ranges = site.statement.pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::range);
    let ranges: Vec<usize> = ranges.filter(has_unit).map(|range| range.as_span().start()).collect();
    let whole = site.statement.code.span(0..site.statement.code.text.len());
    let source = &scope.source.text;
    // Where a band begins, and where the words before it do.
    let places: Vec<(usize, usize)> = ranges
        .into_iter()
        .map(|start| {
            let at = site.statement.code.span(start..start).start;
            let words = source[whole.start..at].char_indices().rev().find(|(_, c)| "，；：,;:、".contains(*c));
            (words.map_or(whole.start, |(from, sign)| whole.start + from + sign.len_utf8()), at)
        })
        .collect();
    let words = |(from, at): (usize, usize)| source[from..at].trim();
    // 罚没金额超过10万元的…，超过50万元的…: of the same.
    let named = places.iter().map(|place| words(*place)).find(|words| !words.is_empty() && *words != label);
    let is_declared = named.is_some_and(|named| scope.plan.columns.iter().any(|column| column.name == named));
    let column = named.map_or_else(|| format!("{unit}数"), str::to_owned);
    let mut line = source[whole.clone()].to_owned();
    for (from, at) in places.into_iter().rev() {
        match words((from, at)) {
            said if said == column => {}
            said if said.is_empty() || said == label => {
                line.replace_range(from - whole.start..at - whole.start, &column);
            }
            _ => return None,
        }
    }
    Some((column, is_declared, line.trim().to_owned()))
}
