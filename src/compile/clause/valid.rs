//! 有效期24个月, 有效期2个季度: how long a row counts, in the periods that the item is assessed by.

use super::modifier::of_no_time;
use crate::calendar::Cycle;
use crate::compile::expression::Site;
use crate::compile::number::integer;
use crate::compile::scope::Scope;
use crate::syntax::{Pair, Rule as Token};

/// No rulebook is in force for longer.
const MOST: u32 = 1_200;

/// The months in which a row counts, from the first of its own period on.
pub(super) fn valid_months(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<u32> {
    let lasting = pair.child(Token::lasting).expect("says how long");
    let (unit, length) = match () {
        _ if lasting.has(Token::IN_MONTHS) => (Cycle::Month, 1),
        _ if lasting.has(Token::IN_QUARTERS) => (Cycle::Quarter, 3),
        _ if lasting.has(Token::IN_YEARS) => (Cycle::Year, 12),
        _ => (Cycle::Half, 6),
    };
    let number = match lasting.child(Token::integer) {
        Some(number) => integer(&number)?,
        None => 1,
    };
    if number == 0 {
        let message = format!("{}，一分也不计", scope.original(site.statement, pair));
        of_no_time(scope, site, pair, &message, "写明有效几个月；只在当月计的，去掉“有效期”这一段");
    }
    let months = number.saturating_mul(length).min(MOST);
    let own = scope.plan.nodes[site.node.index()].cycle;
    let several = own != Cycle::Term && scope.plan.calendar.each(own).len() > 1;
    if own > Cycle::Month && own != unit && several && number > 0 {
        ask_how_many(scope, site, pair, own, months);
    }
    Some(months)
}

/// 有效期3个月 where points come by the quarter: whether the quarter that it runs into counts.
fn ask_how_many(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, own: Cycle, months: u32) {
    let (length, word) = match own {
        Cycle::Quarter => (3, "个季度"),
        Cycle::Half => (6, "个半年"),
        _ => (12, "年"),
    };
    // What happens in the first month of a period ends with one, in the last it runs into another.
    let (fewest, most) = ((months / length).max(1), (months + length - 2) / length + 1);
    let lines: Vec<String> =
        (fewest..=most).map(|number| scope.line_with(site.statement, pair, &format!("有效期{number}{word}"))).collect();
    let said = scope.original(site.statement, pair);
    let message = format!("“{said}”跨到{}，没有写计到哪一{}为止", own.each(), own.word());
    let help = format!("一期只计一次分；连发生的那一期，一共计几{word}的，改成其中一句：\n{}", lines.join("\n"));
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.blame(finding);
}
