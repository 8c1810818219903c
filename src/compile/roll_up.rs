//! 年终得分 = …: how the totals of longer periods come from those of shorter ones.

use rust_decimal::Decimal;

use super::expression::{self, Site};
use super::in_force;
use super::number;
use super::scope::Scope;
use crate::calendar::Cycle;
use crate::parse::{Context, Statement};
use crate::plan::walk::walk;
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
        if let Some(keep) = pair.child(Token::keep) {
            value = expression::keep_digits(scope, site, &keep, value);
        }
        if is_its_own(&value.expr) {
            let finding = scope
                .at(statement, &inner, "circular-stages", "要算的就是这个得分，右边又用到它自己")
                .help("各月的加起来写“各月得分之和”，平均的写“各月得分平均”");
            scope.report(finding);
        }
        scope.roll_up_lines.push((cycle, statement.line.number));
        if let Some((_, known)) = scope.plan.rollups.iter_mut().find(|(known, _)| *known == cycle) {
            *known = value.expr;
        }
    }
    (scope.stage, scope.grades_below) = (None, Some(Cycle::Month));
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
    let whole = statement.code.span(0..statement.code.text.len());
    let with = |said: &str| {
        let (mut line, mut from) = (String::new(), whole.start);
        for part in &open {
            let span = statement.span(part);
            let end = span.start + scope.source.text[span].trim_end().len();
            line += &scope.source.text[from..end];
            line += said;
            from = end;
        }
        line + scope.source.text[from..whole.end.max(from)].trim_end()
    };
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
    for (_, expr) in &scope.plan.rollups {
        walk(expr, &mut |inner| {
            if let Expr::Over { cycle, expr, .. } = inner
                && **expr == Expr::Total
            {
                asked.push(*cycle);
            }
            true
        });
    }
    let is_known =
        |cycle: &Cycle| *cycle == scope.plan.cycle || scope.plan.rollups.iter().any(|(known, _)| known == cycle);
    let longer = |cycle: &&Cycle| **cycle > scope.plan.cycle && matches!(cycle, Cycle::Quarter | Cycle::Half);
    let unsaid = asked.iter().filter(longer).find(|cycle| !is_known(cycle)).copied();
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
