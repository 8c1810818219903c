//! 各月名次之和: what is put together over several periods where some have none, and which end is first where the sum is
//! of places.

use super::expression::{Site, Typed, none_before};
use super::rows;
use super::scope::Scope;
use crate::calendar::Cycle;
use crate::parse::{Context, Statement};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// 各月名次（没有的按 10 计）之和; asks where a sum or a mean of places does not say it: who has none in a month adds
/// nothing, and the least is the best.
pub fn put_together(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (cycle, aggregate): (Cycle, Aggregate),
    value: Typed,
) -> Typed {
    let over = |aggregate| Expr::Over { cycle, aggregate, expr: Box::new(value.expr.clone()), only: None };
    if pair.child(Token::none_before).is_some_and(|said| said.has(Token::PASSED_OVER)) {
        return Typed::new(over(aggregate), value.kind);
    }
    let Some(otherwise) = none_before(scope, site, pair) else {
        let is_of_places = value.kind == Type::Place && value.expr != Expr::NotAssessed;
        if is_of_places && matches!(aggregate, Aggregate::Sum | Aggregate::Mean) {
            ask_of_none(scope, site, pair, (cycle, aggregate));
        }
        return Typed::new(over(aggregate), value.kind);
    };
    // As many periods as whoever was there longest has.
    let periods = Expr::CountPeriods { cycle, condition: Box::new(Condition::Always), tallied: false };
    let periods = rows::peer(scope, periods, false, PeerKind::Greatest, "考评的期数").expr;
    let pair_of = |left: Expr, right: Expr| Box::new([left, right]);
    let missing = Expr::Subtract(pair_of(periods.clone(), over(Aggregate::Count)));
    let is =
        |left: &Expr, comparison, right: Expr| Condition::Compare(Box::new(left.clone()), comparison, Box::new(right));
    let none = || Expr::Number(Number::ZERO);
    let expr = match (*otherwise, aggregate) {
        (Expr::NotAssessed, _) => Expr::Case {
            arms: vec![(is(&missing, Comparison::Equal, none()), over(aggregate))],
            otherwise: Box::new(Expr::NotAssessed),
        },
        (each, Aggregate::Sum | Aggregate::Mean) => {
            let sum = Expr::Add(pair_of(over(Aggregate::Sum), Expr::Multiply(pair_of(missing, each))));
            match aggregate {
                Aggregate::Sum => sum,
                _ => Expr::Case {
                    arms: vec![(is(&periods, Comparison::Above, none()), Expr::Divide(pair_of(sum, periods.clone())))],
                    otherwise: Box::new(Expr::NotAssessed),
                },
            }
        }
        (each, _) => Expr::Case {
            arms: vec![(is(&missing, Comparison::Equal, none()), over(aggregate))],
            otherwise: Box::new(Expr::Of(
                aggregate,
                vec![Expr::Assessed { expr: Box::new(over(aggregate)), otherwise: Box::new(each.clone()) }, each],
            )),
        },
    };
    Typed::new(expr, value.kind)
}

/// 各月名次之和 of a unit that had no place in a month, or came in the middle of the year.
fn ask_of_none(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    (cycle, aggregate): (Cycle, Aggregate),
) {
    let said = scope.original(site.statement, pair);
    let said = said.trim();
    let Some(of) = pair.child(Token::factor).map(|of| scope.original(site.statement, &of).trim().to_owned()) else {
        return;
    };
    let each = cycle.each();
    let line = |with: &str| scope.line_with(site.statement, pair, &format!("{each}{of}{with}"));
    let word = if cycle == Cycle::Month { "月份" } else { cycle.word() };
    let (way, becomes) = match aggregate {
        Aggregate::Sum => ("之和", "和反而小"),
        _ => ("平均", "平均里少了最差的"),
    };
    let message = format!("“{said}”没有写没有名次的{word}（一票否决、不参评、年中才参评）怎样计：不计的，{becomes}");
    let help = format!(
        "写成其中一行：\n只看有名次的，取平均：\n{}\n缺一个就不算的：\n{}\n没有的按一个名次计的（“几”换成这个名次）：\n{}",
        line("（没有的不计入）平均"),
        line(&format!("（没有的不作考评）{way}")),
        line(&format!("（没有的按 几 计）{way}")),
    );
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.report(finding);
}

/// 年终得分 = 各月名次平均: the least is best, and rankings begin with the most unless they say otherwise.
pub fn require_first(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let of_places: Vec<Cycle> =
        scope.plan.rollups.iter().filter(|(_, expr)| grows_with_places(&scope.plan, expr)).map(|(of, _)| *of).collect();
    if of_places.is_empty() {
        return;
    }
    let mut said = Vec::new();
    for statement in statements.iter().filter(|statement| statement.line.context == Context::Ranking) {
        let pair = statement.inner();
        if statement.line.opening {
            said.push(false);
        } else if pair.as_rule() == Token::rank_by && (pair.has(Token::LOW_FIRST) || pair.has(Token::HIGH_FIRST)) {
            said.last_mut().into_iter().for_each(|said| *said = true);
        }
    }
    for (index, ranking) in scope.plan.rankings.clone().into_iter().enumerate() {
        if !of_places.contains(&ranking.cycle) || ranking.value != Expr::Total || said.get(index) == Some(&true) {
            continue;
        }
        let line = scope.roll_up_line(ranking.cycle);
        let message = format!("{}得分由名次得来，没有写数小的在前，还是数大的在前", ranking.cycle.title());
        let help = format!(
            "写一段排名，两句里选一句：\n排名 {0}\n  按 总分 由低到高排名\n排名 {0}\n  按 总分 由高到低排名",
            ranking.name
        );
        let finding = scope.at_line(line, "missing-convention", message).help(help);
        scope.report(finding);
    }
}

/// Whether a worse place makes a value greater. Each named value is looked at once: some are made of each other.
fn grows_with_places(plan: &Plan, expr: &Expr) -> bool {
    let (mut left, mut seen) = (vec![expr], Vec::new());
    while let Some(expr) = left.pop() {
        match expr {
            Expr::Rank(_) => return true,
            Expr::Peer(id) if matches!(plan.peers[id.index()].kind, PeerKind::Rank { .. }) => return true,
            Expr::Over { aggregate, expr, .. } if *aggregate != Aggregate::Count => left.push(expr),
            Expr::Assessed { expr, .. } | Expr::Round { expr, .. } => left.push(expr),
            Expr::Add(pair) | Expr::Multiply(pair) => left.extend(pair.iter()),
            Expr::Subtract(pair) | Expr::Divide(pair) => left.push(&pair[0]),
            Expr::Of(_, list) => left.extend(list),
            Expr::Case { arms, .. } => left.extend(arms.iter().map(|(_, value)| value)),
            Expr::Measure(id) if !seen.contains(id) => {
                seen.push(*id);
                left.extend(plan.measures.get(id.index()).map(|measure| &measure.expr));
            }
            _ => {}
        }
    }
    false
}
