//! 连续3个月…, 累计3次…: which periods are looked at, and how far what is asked of each of them goes.

use super::condition;
use super::expression::Site;
use super::ranking;
use super::scope::Scope;
use super::several;
use crate::calendar::Cycle;
use crate::plan::walk::each_condition;
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// 月数（等次为优秀）不少于2; 累计2个半年等次为优秀 where the language has no word for how many there are.
pub fn in_so_many(cycle: Cycle, of: &str, count: &str) -> String {
    match cycle.counter() {
        Some(counter) => format!("{counter}（{of}）不少于{count}"),
        None => format!("累计{count}{}{of}", cycle.counted()),
    }
}

/// 连续3个月得分低于70分, 年内累计3次等次为差
pub fn over_periods(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Condition {
    let count = pair.child(Token::integer).and_then(|n| super::number::integer(&n)).unwrap_or(1);
    let cycle = cycle_of(scope, pair);
    if several::ask_what_is_counted(scope, site, pair, (count, cycle))
        || ask_which_cycle(scope, site, pair)
        || several::ask_when_given(scope, site, pair, (count, cycle))
    {
        return Condition::Always;
    }
    if pair.as_rule() == Token::streak && several::years_before(scope, site, pair, (count, cycle)) {
        return Condition::Always;
    }
    let (outer, told) = (scope.stage.replace(cycle), scope.findings.len());
    let inner = condition::atom(scope, site, &pair.child(Token::atom).expect("periods of what"));
    scope.stage = outer;
    if told == scope.findings.len() && several::cannot_be_reached(scope, site, pair, (count, cycle)) {
        return Condition::Always;
    }
    require_assessed(scope, site, pair, cycle, &inner);
    ranking::require_totals(scope, site, cycle, ranking::asks_total(&inner));
    if pair.as_rule() == Token::streak {
        return Condition::Streak { count, cycle, condition: Box::new(inner), anew: pair.has(Token::ANEW) };
    }
    if pair.has(Token::ANEW) {
        return anew(scope, (count, cycle), inner);
    }
    let counted = Expr::CountPeriods { cycle, condition: Box::new(inner), tallied: true };
    let least = Expr::Number(Number::whole(i64::from(count)));
    Condition::Compare(Box::new(counted), Comparison::AtLeast, Box::new(least))
}

/// 每累计3次排名末位: whenever three more are full, counted from the beginning of the year.
fn anew(scope: &Scope<'_>, (count, cycle): (u32, Cycle), inner: Condition) -> Condition {
    let step = || Box::new(Expr::Number(Number::whole(i64::from(count))));
    let full = |amount: Expr| Box::new(Expr::Steps { amount: Box::new(amount), step: step(), part: Part::Ignored });
    let counted = |tallied| Expr::CountPeriods { cycle, condition: Box::new(inner.clone()), tallied };
    let before = match scope.stage.is_some_and(|stage| stage > cycle) {
        true => Expr::Subtract(Box::new([counted(true), counted(false)])),
        // Of a period as long as those that are counted only it can be the last of them.
        false => {
            let own = Expr::Case {
                arms: vec![(inner.clone(), Expr::Number(Number::ONE))],
                otherwise: Box::new(Expr::Number(Number::ZERO)),
            };
            Expr::Subtract(Box::new([counted(true), own]))
        }
    };
    Condition::Compare(full(counted(true)), Comparison::Above, full(before))
}

/// The periods that a streak or a tally is made of.
fn cycle_of(scope: &Scope<'_>, pair: &Pair<'_, Token>) -> Cycle {
    match pair.child(Token::STREAK_UNIT).map(|unit| unit.as_str().trim().to_owned()).as_deref() {
        Some("个月" | "月") => Cycle::Month,
        Some("个季度" | "季度") => Cycle::Quarter,
        Some("个半年" | "半年") => Cycle::Half,
        Some("年" | "学年" | "个学年") => Cycle::Year,
        _ => scope.plan.cycle,
    }
}

/// 连续2次 in what is given by the quarter, where points come by the month: two months, or two quarters? Told by `true`.
fn ask_which_cycle(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> bool {
    let own = scope.plan.cycle;
    let Some(unit) = pair.child(Token::STREAK_UNIT).filter(|unit| unit.as_str().trim() == "次") else { return false };
    let Some(stage) = scope.stage.filter(|stage| own < *stage && *stage < Cycle::Year) else { return false };
    let said = scope.original(site.statement, pair);
    let (short, long) = (own.counted(), stage.counted());
    let line = |word: &str| scope.line_with(site.statement, &unit, word);
    let help = format!("每{long}算一次的，写成：\n{}\n每{short}算一次的，写成：\n{}", line(long), line(short));
    let message = format!("“{said}”说不清一次是一{long}，还是一{short}：这里给的是{}的", stage.title());
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
    true
}

/// Refuses 连续2个月得分低于70分 where points come by the quarter: it would never hold.
pub fn require_assessed(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    cycle: Cycle,
    condition: &Condition,
) {
    let own = scope.plan.cycle;
    let longer = |input: &InputId| scope.plan.inputs[input.index()].cycle > cycle;
    let mut of_longer = condition.any_expr(|expr| match expr {
        Expr::Total | Expr::Rank(_) | Expr::RankFromLast(_) => cycle < own,
        Expr::Node(node) => scope.plan.nodes[node.index()].cycle > cycle,
        Expr::Input { input, .. } => longer(input),
        Expr::Measure(id) => scope.plan.measures[id.index()].cycle > cycle,
        _ => false,
    });
    each_condition(condition, &mut |part| {
        of_longer |= match part {
            Condition::Happened(input) => longer(input),
            Condition::Vetoed | Condition::Disqualified(_) => cycle < own,
            _ => false,
        };
        true
    });
    if !of_longer {
        return;
    }
    let (message, counted) = match cycle < own {
        true => {
            let counted = if own == Cycle::Quarter { "几个季度" } else { "几次考评" };
            (format!("本方案按{}考评，没有每{}的得分、名次可数", own.word(), cycle.word()), counted)
        }
        false => (format!("数的不是{}都有的，没有每{}的可数", cycle.each(), cycle.word()), "几次考评"),
    };
    let help = format!(
        "按考评的期数，写“连续{counted}”“累计{counted}”，几由文件定；要逐{0}数的，写“考评周期 每{0}”",
        cycle.word()
    );
    let finding = scope.at(site.statement, pair, "shorter-than-assessed", message).help(help);
    scope.report(finding);
}

/// 连续3个季度得分低于70分且得分不低于60分: asks whether the second is of each of the quarters, or of this one.
pub fn ask_how_far(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, read: &[Vec<Condition>]) {
    let alternatives = pair.children(Token::all_of);
    let atoms: Vec<Vec<Pair<'_, Token>>> = alternatives.iter().map(|all| all.children(Token::atom)).collect();
    let mut before = String::new();
    for (at, all) in atoms.iter().enumerate() {
        let Some(first) = all.iter().position(counts_bare) else {
            before += &format!("{}或", scope.original(site.statement, &alternatives[at]));
            continue;
        };
        let behind = |list: &[Condition]| !list.is_empty() && !list.iter().all(goes_by_itself);
        let (with_and, others) = (&read[at][first + 1..], read[at + 1..].concat());
        let joint = match () {
            _ if behind(with_and) && others.is_empty() => "且",
            _ if with_and.is_empty() && behind(&others) => "或",
            _ if behind(with_and) => "",
            _ => return,
        };
        let streak = all[first].clone().into_inner().next().expect("asked above");
        let of = streak.child(Token::atom).expect("periods of what");
        let (said, of) = (scope.original(site.statement, &streak), scope.original(site.statement, &of));
        let count = said.strip_suffix(&of).unwrap_or_default().trim_end_matches(['，', ',']);
        let rest: Vec<String> = match joint {
            "且" => all[first + 1..].iter().map(|atom| scope.original(site.statement, atom)).collect(),
            _ => alternatives[at + 1..].iter().map(|all| scope.original(site.statement, all)).collect(),
        };
        before.extend(all[..first].iter().map(|atom| format!("{}且", scope.original(site.statement, atom))));
        let rest = rest.join(joint);
        let line = |condition: String| scope.line_with(site.statement, pair, &format!("{before}{condition}"));
        let message = format!("“{rest}”说不清也是“{count}”的，还是只看这一期");
        let help = match joint {
            "" => "在“连续…”“累计…”后面用括号括出它管到哪里，如：连续3个月（甲且乙）".to_owned(),
            _ => format!(
                "每一期都要的，写成：\n{}\n只看这一期的，写成：\n{}",
                line(format!("{count}（{of}{joint}{rest}）")),
                line(format!("{rest}{joint}{said}"))
            ),
        };
        let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
        scope.blame(finding);
        return;
    }
}

/// 连续3个月得分低于60分, and not 连续3个月（…）, which says how far it goes.
fn counts_bare(atom: &Pair<'_, Token>) -> bool {
    let inner = atom.clone().into_inner().next();
    let counts = inner.filter(|inner| matches!(inner.as_rule(), Token::streak | Token::tallied));
    let of = counts.and_then(|counts| counts.child(Token::atom)).and_then(|of| of.into_inner().next());
    of.is_some_and(|of| of.as_rule() != Token::condition)
}

/// What says its own periods, what is not of a period at all, and what happens but once.
fn goes_by_itself(condition: &Condition) -> bool {
    match condition {
        Condition::Streak { .. } | Condition::Vetoed | Condition::Disqualified(_) | Condition::Happened(_) => true,
        Condition::Compare(left, _, right) => {
            let counts = |expr: &Expr| matches!(expr, Expr::CountPeriods { .. } | Expr::Months { .. });
            left.any(counts) || right.any(counts) || is_of_the_unit(condition)
        }
        Condition::All(list) | Condition::Any(list) => list.iter().all(goes_by_itself),
        Condition::Not(inner) => goes_by_itself(inner),
        Condition::Is(..) => is_of_the_unit(condition),
        _ => false,
    }
}

/// 类别为街道: the same in every period.
fn is_of_the_unit(condition: &Condition) -> bool {
    !condition
        .any_expr(|expr| !matches!(expr, Expr::Attribute(_) | Expr::Number(_) | Expr::Text(_) | Expr::Parameter(_)))
}
