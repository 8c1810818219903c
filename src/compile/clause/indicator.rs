//! What a line about an indicator has to say beyond its points: its measure word, its cycle, how months become one.

use super::modifier::whole_if_one_year;
use super::verbs_of;
use crate::calendar::Cycle;
use crate::compile::declare::days_spoken_of;
use crate::compile::expression::Site;
use crate::compile::header::cycle_of;
use crate::compile::scope::{Scope, name_of};
use crate::syntax::{Pair, Rule as Token};

/// Whether a line counts what is missing (每少1件扣1分, 低于1次扣5分), and in which unit.
pub(super) fn falls_short(label: &str, body: &Pair<'_, Token>) -> Option<String> {
    // 3天以内每逾期1天扣1分: few days late are no shortfall.
    let by_dates = days_spoken_of(label, body).is_some();
    let unit_in = |pair: &Pair<'_, Token>| {
        let mut inside = pair.clone().into_inner().flatten();
        // 低于85%: the first figure of the line says what it is measured in.
        let unit = inside.find(|inner| matches!(inner.as_rule(), Token::unit | Token::percent | Token::PERCENT_SIGN));
        unit.map_or("件".to_owned(), |unit| match unit.as_rule() {
            Token::unit if name_of(&unit).ends_with("百分点") => "%".to_owned(),
            Token::unit => name_of(&unit),
            _ => "%".to_owned(),
        })
    };
    let of_days = |phrase: &Pair<'_, Token>| {
        by_dates && phrase.child(Token::range).is_some_and(|range| range.as_str().contains(['天', '日']))
    };
    let ranges = body.children(Token::phrase).iter().filter(|phrase| phrase.has(Token::range)).count();
    body.children(Token::phrase).iter().find_map(|phrase| {
        let short = phrase
            .child(Token::per)
            .or_else(|| phrase.child(Token::happens))
            .is_some_and(|per| per.child(Token::per_kind).is_some_and(|kind| kind.has(Token::SHORT)));
        let below = phrase.child(Token::range).is_some_and(|range| {
            range
                .child(Token::bound)
                .is_some_and(|bound| bound.child(Token::comparator).is_some_and(|c| c.has(Token::BELOW)))
        });
        // 培训：3次以下扣5分, and nothing of more times.
        let few = ranges == 1
            && phrase.child(Token::range).is_some_and(|range| {
                let bounds = range.children(Token::bound);
                bounds.len() == 1 && bounds[0].has(Token::OR_LESS)
            });
        let below = below || few;
        // 每增长1个百分点加0.1分: no event is counted in percentage points.
        let points = phrase.child(Token::per).and_then(|per| per.child(Token::unit));
        let in_percent = points.is_some_and(|unit| name_of(&unit).ends_with("百分点"));
        (short || in_percent || below && !of_days(phrase) && verbs_of(phrase).contains(&Token::DEDUCT))
            .then(|| unit_in(phrase))
    })
}

/// 每月不少于30件 in an item assessed by the month says nothing new; in another it would be lost.
pub(super) fn require_own_cycle(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let (cycle, is_tally) = (&pair.child(Token::cycle).expect("a cycle is said"), pair.has(Token::TALLIED));
    let said = whole_if_one_year(scope, cycle_of(cycle));
    let own = scope.plan.nodes[site.node.index()].cycle;
    if said != own {
        let written = scope.original(site.statement, cycle);
        // 年内不少于3次: 全年, as an item says it.
        let in_lines = if written.starts_with('年') { "全年" } else { &written };
        let message = format!("这里写的是“{written}”，本条却是按{}考评的", own.title());
        let mut help =
            format!("本条就是{written}考评一次的，在条目里加一行：考评周期 {in_lines}；不是的，去掉“{written}”");
        if !is_tally && said < own {
            help = format!(
                "逐{0}看的，另立一个小项，加一行：考评周期 每{0}，{1}之和\n不逐{0}看、合起来看的，去掉“{written}”，把数改成{2}一共的",
                said.word(),
                said.each(),
                own.this()
            );
        }
        if is_tally && said > own {
            help = format!(
                "本条就是{written}考评一次的，在条目里加一行：考评周期 {in_lines}；\n每次都看{written}已经是第几次的，写成：第几次起每次扣几分，{written}累计"
            );
        }
        let finding = scope.at(site.statement, cycle, "cycle-of-another", message).help(help);
        scope.report(finding);
    }
}

/// 累计3次以上扣5分 in an item assessed by the month: three in a month, or by then in the year?
pub(super) fn require_tally_end(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    phrase: &Pair<'_, Token>,
    tallied: &Pair<'_, Token>,
) {
    let own = scope.plan.nodes[site.node.index()].cycle;
    if own >= whole_if_one_year(scope, Cycle::Year) {
        return;
    }
    let word = own.this();
    let band = scope.original(site.statement, phrase);
    let message = format!("“累计”没有写在多长时间里累计，本条是按{}考评的", own.title());
    let help = format!(
        "只数{word}的，写成：{word}{band}；\n全年数下来的，写：第几次起每次扣几分，全年累计；或在条目里加一行：考评周期 每年"
    );
    let finding = scope.at(site.statement, tallied, "tally-without-end", message).help(help);
    scope.report(finding);
}
