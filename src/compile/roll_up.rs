//! 年终得分 = …: how the totals of longer periods come from those of shorter ones.

use rust_decimal::Decimal;

use super::expression::{self, Site};
use super::in_force;
use super::node;
use super::number;
use super::ranking;
use super::scope::{Meaning, Scope, name_of};
use super::whole_limit;
use crate::calendar::Cycle;
use crate::parse::{Context, Statement};
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// How totals of longer periods come from shorter ones: 年终得分 = …
pub fn define(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut seen = Vec::new();
    for statement in statements.iter().filter(|s| s.line.context == Context::Conventions && !s.line.opening) {
        let pair = statement.inner();
        let cycle = cycle_of_total(&pair);
        if pair.as_rule() != Token::roll_up_is || seen.contains(&cycle) {
            continue;
        }
        let mark = in_force::of_line(scope, statement);
        if in_force::is_never(&scope.plan.calendar, mark) {
            continue;
        }
        seen.push(cycle);
        let site = Site { statement, node: NodeId(0) };
        (scope.stage, scope.grades_below) = (Some(cycle), Some(cycle));
        let inner = pair.child(Token::expression).expect("a roll-up has an expression");
        shares_of_whole(scope, site, &inner);
        let mut value = expression::expression(scope, site, &inner);
        if !scope.has_error_at(statement.line.number) {
            ask_of_none(scope, site, &inner);
        }
        if let Some(divisor) = open_divisor(&inner) {
            value.expr = divided(scope, site, &pair, &divisor, value.expr);
        } else if let Some(rule) = pair.child(Token::zero_divisor) {
            let message = format!("“{}”在这里不起作用：没有什么会除以0", scope.original(statement, &rule));
            let finding = scope.at(statement, &rule, "idle-words", message).help("删去这几个字");
            scope.report(finding);
        }
        if let Some(keep) = pair.child(Token::keep) {
            value = expression::keep_digits(scope, site, &keep, value);
        }
        if is_its_own(&value.expr) {
            let finding = scope
                .at(statement, &inner, "circular-stages", "要算的就是这个得分，右边又用到它自己")
                .help("各月的加起来写“各月得分之和”，平均的写“各月得分平均”");
            scope.report(finding);
        }
        let total = whole_limit::limited(scope, statements, cycle, value.expr);
        scope.roll_up_lines.push((cycle, statement.line.number));
        if let Some((_, known)) = scope.plan.rollups.iter_mut().find(|(known, _)| *known == cycle) {
            *known = total;
        }
    }
    (scope.stage, scope.grades_below) = (None, Some(Cycle::Month));
}

/// What a total is divided by that may come to nothing: neither a number nor marks nor months.
fn open_divisor<'a>(pair: &Pair<'a, Token>) -> Option<Pair<'a, Token>> {
    let is_fixed = |factor: &Pair<'_, Token>| {
        let inner = factor.clone().into_inner().next();
        inner.is_none_or(|inner| match inner.as_rule() {
            Token::quantity | Token::FULL | Token::months_of => true,
            Token::node_points => inner.child(Token::POINTS_OF).is_some_and(|what| what.as_str().trim() == "满分"),
            _ => false,
        })
    };
    for term in pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::term) {
        let mut divides = false;
        for part in term.into_inner() {
            if part.as_rule() == Token::factor && divides && !is_fixed(&part) {
                return Some(part);
            }
            divides = part.as_rule() == Token::DIVIDED;
        }
    }
    None
}

/// 年终得分 = 80 + （各月得分平均 - 全体平均（各月得分平均）） ÷ 全体标准差（各月得分平均） × 10: where all are equal the line or the
/// conventions say what the total is.
fn divided(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    line: &Pair<'_, Token>,
    divisor: &Pair<'_, Token>,
    value: Expr,
) -> Expr {
    let own = line.child(Token::zero_divisor).map(|rule| match rule.child(Token::expression) {
        Some(inner) => expression::expression(scope, site, &inner).expr,
        None => Expr::NotAssessed,
    });
    if let Some(otherwise) = own.or_else(|| scope.conventions.zero_divisor.clone()) {
        return node::guard_division(value, &otherwise);
    }
    let statement = site.statement;
    let written = scope.original(statement, divisor).trim().to_owned();
    let whole = line.child(Token::expression).expect("a roll-up has an expression");
    let with = |said: &str| with_behind(scope, statement, std::slice::from_ref(&whole), said);
    let help = format!(
        "写成其中一行：\n就没有这个得分的：{}\n按一个数计的（“几”换成这个数）：{}",
        with("，除数为0的，不作考评"),
        with("，除数为0的，按 几 计")
    );
    let finding =
        scope.at(statement, divisor, "missing-convention", format!("没有写“{written}”为0时怎样算")).help(help);
    scope.report(finding);
    value
}

/// 年终得分 = 得分
fn is_its_own(expr: &Expr) -> bool {
    let mut own = false;
    walk(expr, &mut |inner| {
        own |= matches!(inner, Expr::Total);
        !matches!(inner, Expr::Over { .. } | Expr::Earlier { .. } | Expr::CountPeriods { .. })
    });
    own
}

/// 各月得分平均 × 60% + 年终考核得分 × 30%: the shares of two parts or more should make a whole.
fn shares_of_whole(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let terms = pair.children(Token::term);
    if pair.has(Token::MINUS) {
        return;
    }
    let share_of = |term: &Pair<'_, Token>| {
        let mut percents = term.children(Token::factor).into_iter().filter_map(|factor| {
            let quantity = factor.child(Token::quantity)?;
            quantity.child(Token::percent)?.child(Token::number)
        });
        let only = percents.next().filter(|_| term.has(Token::TIMES) && !term.has(Token::DIVIDED))?;
        percents.next().is_none().then(|| number::decimal(only.as_str().trim())).flatten()
    };
    // (第一季度得分 + 第二季度得分) × 20%: of each of them.
    let parts_of = |term: &Pair<'_, Token>| {
        let inside = term.children(Token::factor).into_iter().find_map(|factor| factor.child(Token::expression));
        Decimal::from(inside.map_or(1, |inside| inside.children(Token::term).len()))
    };
    let shares: Vec<(Decimal, Decimal)> =
        terms.iter().filter_map(|term| Some((share_of(term)?, parts_of(term)))).collect();
    // 各季度得分平均 × 60% + 「年终」得分 × 40% + 「年终」得分
    let part_of = |term: &Pair<'_, Token>| {
        let first = term.children(Token::factor).into_iter().next()?;
        Some(scope.original(site.statement, &first))
    };
    let parts: Vec<String> = terms.iter().filter_map(part_of).collect();
    let twice = parts.iter().enumerate().find(|(at, part)| parts[..*at].contains(part)).map(|(_, part)| part.clone());
    if let Some(part) = twice.filter(|_| !shares.is_empty() && shares.len() < terms.len()) {
        let message = format!("“{part}”加了两次，一次占几成，一次全加");
        let finding = scope.at(site.statement, pair, "shares-not-100", message).help("只留一处").noted();
        scope.report(finding);
    }
    let sum: Decimal = shares.iter().map(|(share, _)| share).sum();
    let of_each: Decimal = shares.iter().map(|(share, parts)| share * parts).sum();
    if shares.len() > 1 && sum != Decimal::ONE_HUNDRED && of_each != Decimal::ONE_HUNDRED {
        let message = format!("各部分所占的比例加起来是{}%，不是100%", sum.normalize());
        let finding = scope.at(site.statement, pair, "shares-not-100", message).help("核对各部分的比例").noted();
        scope.report(finding);
    }
}

/// 第一季度得分 × 20% + … of a unit that came in the second quarter.
fn ask_of_none(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let written = pair.clone().into_inner().flatten();
    let open: Vec<Pair<'_, Token>> =
        written.filter(|inner| inner.as_rule() == Token::one_period && !inner.has(Token::none_before)).collect();
    let Some(first) = open.first() else { return };
    let statement = site.statement;
    let with = |said: &str| with_behind(scope, statement, &open, said);
    let message =
        format!("有的单位没有“{}”（年中才参评，或还没有考评），没有写怎样算", scope.original(statement, first).trim());
    let help = format!(
        "写成其中一行：\n按0分计入的：{}\n就没有这个得分的：{}",
        with("（没有的按 0 计）"),
        with("（没有的不作考评）")
    );
    let finding = scope.at(statement, first, "missing-convention", message).help(help);
    scope.report(finding);
}

/// A line with the same words behind each of these parts of it.
fn with_behind(scope: &Scope<'_>, statement: &Statement<'_>, parts: &[Pair<'_, Token>], said: &str) -> String {
    let whole = statement.code.span(0..statement.code.text.len());
    let (mut line, mut from) = (String::new(), whole.start);
    for part in parts {
        let span = statement.span(part);
        let end = span.start + scope.source.text[span].trim_end().len();
        line += &scope.source.text[from..end];
        line += said;
        from = end;
    }
    line + scope.source.text[from..whole.end.max(from)].trim_end()
}

/// 季度得分 = 各月月考核得分平均 × 70% + 季度考核得分 × 30% of a unit that is left out of the month in which 季度考核 counts:
/// the part is left out with the month.
pub fn ask_of_left_out(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let base = scope.plan.cycle;
    if !scope.plan.excluded.iter().any(|line| line.uncounted.contains(&base)) {
        return;
    }
    for statement in statements.iter().filter(|statement| statement.line.context == Context::Conventions) {
        let pair = statement.inner();
        if pair.as_rule() != Token::roll_up_is {
            continue;
        }
        let parts = parts_that_land_once(scope, &pair);
        let Some(first) = parts.first() else { continue };
        let with = |said: &str| with_behind(scope, statement, &parts, said);
        let name = scope.original(statement, first).trim().to_owned();
        let message = format!(
            "计入的那个{}不参评的单位，“{name}”随它一起不计，没有写怎样算",
            if base == Cycle::Month { "月" } else { base.word() }
        );
        let mut help = format!(
            "写成其中一行：\n按0分计入的：{}\n就没有{}得分的：{}",
            with("（没有的按 0 计）"),
            cycle_of_total(&pair).title(),
            with("（没有的不作考评）")
        );
        let is_mean = |inner: &Pair<'_, Token>| inner.as_rule() == Token::over_periods && inner.has(Token::MEAN_OF);
        if let Some(mean) = pair.clone().into_inner().flatten().find(is_mean) {
            let mean = scope.original(statement, &mean).trim().to_owned();
            help += &format!("\n按{mean}计的：{}", with(&format!("（没有的按 {mean} 计）")));
        }
        let finding = scope.at(statement, first, "missing-convention", message).help(help);
        scope.report(finding);
    }
}

/// The parts of a total that count in one base period of its period, where nothing is said of who has none.
fn parts_that_land_once<'a>(scope: &Scope<'_>, pair: &Pair<'a, Token>) -> Vec<Pair<'a, Token>> {
    let plan = &scope.plan;
    let count = |cycle| plan.calendar.each(cycle).len();
    let stage = cycle_of_total(pair);
    let is_meant = |factor: &Pair<'_, Token>| {
        let points = factor.child(Token::node_points);
        let name = points.as_ref().unwrap_or(factor).child(Token::name);
        name.is_some_and(|name| match scope.find(NodeId(0), &name_of(&name)) {
            Ok(Meaning::Node(id)) => {
                let node = &plan.nodes[id.index()];
                node.cycle > plan.cycle && count(node.cycle) <= count(stage) && !plan.is_year_end(id)
            }
            _ => false,
        })
    };
    let terms = pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::term);
    let mut parts = Vec::new();
    for term in terms {
        let mut inners = term.into_inner().peekable();
        while let Some(inner) = inners.next() {
            let is_said = inners.peek().is_some_and(|next| next.as_rule() == Token::or_none);
            if inner.as_rule() == Token::factor && !is_said && is_meant(&inner) {
                parts.push(inner);
            }
        }
    }
    parts
}

/// The term's total, where nothing else is said, and every node that only counts there.
pub fn settle(scope: &mut Scope<'_>) {
    if scope.plan.cycle == Cycle::Term && !scope.plan.rollups.iter().any(|(cycle, _)| *cycle == Cycle::Term) {
        scope.plan.rollups.push((Cycle::Term, Expr::Total));
    }
    let Some((_, expr)) = scope.plan.rollups.iter().find(|(cycle, _)| *cycle == Cycle::Term) else { return };
    let mut named = Vec::new();
    walk(expr, &mut |inner| {
        if let Expr::Node(id) = inner {
            named.push(*id);
        }
        true
    });
    let line = scope.roll_up_line(Cycle::Term);
    // What was not understood of the formula may be the part itself.
    if scope.has_error_at(line) || scope.has_broken_total() {
        return;
    }
    let written = match scope.source.line_count() >= line && line > 1 {
        true => scope.source.line(line).trim().trim_end_matches('。').to_owned(),
        false => "年终得分 = 各月得分之和".to_owned(),
    };
    let missing: Vec<(usize, String)> = scope
        .plan
        .nodes
        .iter()
        .enumerate()
        .filter(|(index, node)| node.landing == Landing::YearEnd && !named.contains(&NodeId(*index as u16)))
        .map(|(_, node)| (node.line as usize, node.address.clone()))
        .collect();
    for (line, address) in missing {
        let finding = scope
            .at_line(line, "missing-in-rollup", format!("“{address}”计入年终，年终得分的算式里却没有它"))
            .help(format!("写成：{}", with_term(&written, &address)));
        scope.report(finding);
    }
}

/// `年终得分 = 各月得分平均，保留2位小数` with the points of one more part.
fn with_term(line: &str, address: &str) -> String {
    let line = line.split(['#', '＃']).next().unwrap_or(line).trim();
    let end = ["，保留", ",保留"].iter().filter_map(|keep| line.find(keep)).min().unwrap_or(line.len());
    format!("{} + 「{address}」得分{}", &line[..end], &line[end..])
}

/// 年终得分 = 各季度得分之和 needs to know what a quarter's total is.
pub fn require_between(scope: &mut Scope<'_>) {
    let mut asked: Vec<Cycle> = Vec::new();
    let own = scope.plan.cycle;
    let between = |cycle: Cycle| cycle > own && matches!(cycle, Cycle::Quarter | Cycle::Half);
    let mut look = |expr: &Expr, is_total: bool| {
        walk(expr, &mut |inner| {
            let read = match inner {
                Expr::Over { cycle, expr, .. } => ranking::reads_total(expr).then_some(*cycle),
                Expr::CountPeriods { cycle, condition, .. } => ranking::asks_total(condition).then_some(*cycle),
                _ => None,
            };
            let is_asked = |cycle: &Cycle| between(*cycle) || is_total && matches!(inner, Expr::Over { .. });
            asked.extend(read.filter(is_asked));
            true
        });
    };
    scope.plan.rollups.iter().for_each(|(_, expr)| look(expr, true));
    scope.plan.measures.iter().for_each(|measure| look(&measure.expr, false));
    let is_known =
        |cycle: &Cycle| *cycle == scope.plan.cycle || scope.plan.rollups.iter().any(|(known, _)| known == cycle);
    let unsaid = asked.iter().copied().find(|cycle| between(*cycle) && !is_known(cycle));
    if let Some(cycle) = unsaid {
        let line = scope.roll_up_line(Cycle::Term);
        let (whole, part) = (cycle.word(), scope.plan.cycle.word());
        scope.missing_convention(
            line,
            &format!("没有写{whole}得分怎样得出"),
            &[
                &format!("{whole}得分 = 各{part}得分之和"),
                &format!("{whole}得分 = 各{part}得分平均，保留2位小数，四舍五入"),
            ],
        );
    } else if let Some(cycle) = asked.iter().find(|cycle| !is_known(cycle)) {
        let message = format!("本方案按{}考评，没有各{}的得分", scope.plan.cycle.word(), cycle.word());
        let finding = scope
            .at_line(scope.roll_up_line(Cycle::Term), "no-such-total", message)
            .help(format!("写成：年终得分 = 各{}得分之和", scope.plan.cycle.word()));
        scope.report(finding);
    }
}

/// Whose total a line is of.
pub fn cycle_of_total(pair: &Pair<'_, Token>) -> Cycle {
    if pair.has(Token::QUARTER_TOTAL) {
        Cycle::Quarter
    } else if pair.has(Token::HALF_TOTAL) {
        Cycle::Half
    } else {
        Cycle::Term
    }
}

/// 当 年终考核得分低于60分，本项不超过50分 of each month, which knows nothing yet of what counts at the end of the year.
pub fn refuse_before_the_end(scope: &mut Scope<'_>) {
    let plan = &scope.plan;
    if plan.cycle >= Cycle::Term {
        return;
    }
    // What each line of a part of the months goes by.
    let (mut values, mut whens) = (Vec::new(), Vec::new());
    for (index, node) in plan.nodes.iter().enumerate() {
        let id = NodeId(index as u16);
        whens.push((node.line, id, &node.applies));
        for (_, step, line) in node.written_steps() {
            values.extend(step.value().map(|value| (line as u32, id, value)));
            whens.extend(step.when().map(|when| (line as u32, id, when)));
        }
    }
    for rule in &plan.rules {
        values.extend(rule.values().map(|value| (rule.line, rule.node, value)));
        whens.extend(rule.conditions().map(|when| (rule.line, rule.node, when)));
    }
    let mut found: Vec<(u32, NodeId)> = Vec::new();
    // What is of the year itself knows them.
    let is_before = |of: NodeId, end: NodeId| plan.nodes[of.index()].cycle < plan.nodes[end.index()].cycle;
    let mut tell =
        |line: u32, of: NodeId, end: NodeId| found.extend((line > 0 && is_before(of, end)).then_some((line, end)));
    for (line, of, value) in values {
        let mut seen = Vec::new();
        walk(value, &mut |expr| parts_of_the_end(plan, expr, &mut seen, &mut |end| tell(line, of, end)));
    }
    for (line, of, when) in whens {
        let mut seen = Vec::new();
        walk_condition(when, &mut |expr| parts_of_the_end(plan, expr, &mut seen, &mut |end| tell(line, of, end)));
    }
    found.sort_by_key(|(line, _)| *line);
    found.dedup();
    for (line, id) in found {
        let address = scope.plan.nodes[id.index()].address.clone();
        let each = scope.plan.cycle.each();
        let message = format!("“{address}”计入年终，{each}里还没有它的得分，这一行用不上");
        let help = format!(
            "管年终得分的，写进它的算式：年终得分 = （当 {address}得分…，较低者（…、原来的算式）；其余 原来的算式）（“…”照原文）；管{address}自己的，移到“{address}”里"
        );
        let finding = scope.at_line(line as usize, "total-of-another-period", message).help(help);
        scope.report(finding);
    }
}

/// Tells of parts that count at the end of the year where an expression reads one, be it by a named value; whether to
/// look further into it.
fn parts_of_the_end(plan: &Plan, expr: &Expr, seen: &mut Vec<MeasureId>, tell: &mut dyn FnMut(NodeId)) -> bool {
    match expr {
        Expr::Node(id) if plan.is_year_end(*id) => tell(*id),
        Expr::Measure(id) if !seen.contains(id) => {
            seen.push(*id);
            walk(&plan.measures[id.index()].expr, &mut |inner| parts_of_the_end(plan, inner, seen, tell));
        }
        _ => {}
    }
    // What the year before came to is known.
    !matches!(expr, Expr::Over { .. } | Expr::Earlier { .. })
}
