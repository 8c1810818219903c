//! 排名: how units are put in order, and of which period a heading speaks.

use super::clause::whole_if_one_year;
use super::convention;
use super::expression::{self, Site};
use super::node;
use super::scope::{Scope, name_of};
use super::title;
use crate::calendar::Cycle;
use crate::parse::{Context, Statement};
use crate::plan::walk::{walk, walk_condition};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};

/// The period a heading speaks of: 月度, 季度, 年终… Shorter periods than the scheme's own have no results.
pub fn cycle_of_heading(scope: &Scope<'_>, heading: &str) -> Cycle {
    let has = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    let base = scope.plan.cycle;
    // Of several years each has its own, where totals are made for them.
    let has_years = base == Cycle::Year || scope.plan.rollups.iter().any(|(cycle, _)| *cycle == Cycle::Year);
    if has_years && !scope.plan.calendar.is_one_year() && has(&["年度", "年终", "全年", "学年"]) {
        return Cycle::Year;
    }
    if base == Cycle::Term || has(&["年终", "年度", "全年", "任期", "全期", "学年", "总"]) {
        Cycle::Term
    } else if has(&["半年", "年中"]) {
        Cycle::Half
    } else if has(&["季"]) {
        Cycle::Quarter
    } else if has(&["月"]) {
        Cycle::Month
    } else if has(&["每期", "当期", "本期"]) {
        base
    } else {
        Cycle::Term
    }
}

/// A finding where no total is made for the period that a heading speaks of.
pub fn require_results(scope: &mut Scope<'_>, line: usize, cycle: Cycle) {
    if cycle == scope.plan.cycle || cycle == Cycle::Term || scope.plan.rollups.iter().any(|(of, _)| *of == cycle) {
        return;
    }
    let (base, word) = (scope.plan.cycle.word(), cycle.word());
    if cycle < scope.plan.cycle {
        let finding = scope
            .at_line(line, "shorter-than-assessed", format!("本方案按{base}考评，没有每{word}的得分"))
            .help(format!("改写成本方案有得分的期间，如“{}”", scope.plan.cycle.title()));
        scope.report(finding);
        return;
    }
    let each = if scope.plan.cycle == Cycle::Month { "各月" } else { "各季度" };
    let total = cycle.title();
    let choices =
        [format!("{total}得分 = {each}得分之和"), format!("{total}得分 = {each}得分平均，保留2位小数，四舍五入")];
    let message = format!("没有写{total}得分怎样从{each}得来");
    scope.missing_convention(line, &message, &[&choices[0], &choices[1]]);
}

/// 上半年得分, 季度数（得分低于60分） of a stage: nobody has points of a period that no total is made for, and what asks for
/// them never holds. `reads`: whether the points are asked for.
pub fn require_totals(scope: &mut Scope<'_>, site: Site<'_, '_>, cycle: Cycle, reads: bool) {
    let is_stage = matches!(
        site.statement.line.context,
        Context::Ranking | Context::Grading | Context::Awards | Context::Eligibility
    );
    let cycle = whole_if_one_year(scope, cycle);
    if reads && is_stage && cycle > scope.plan.cycle {
        require_results(scope, site.statement.line.number, cycle);
    }
}

/// Whether the total of the very period is read.
pub fn reads_total(expr: &Expr) -> bool {
    let mut reads = false;
    walk(expr, &mut |inner| own_total(inner, &mut reads));
    reads
}

/// The same of a condition.
pub fn asks_total(condition: &Condition) -> bool {
    let mut reads = false;
    if !matches!(condition, Condition::Streak { .. }) {
        walk_condition(condition, &mut |inner| own_total(inner, &mut reads));
    }
    reads
}

fn own_total(expr: &Expr, reads: &mut bool) -> bool {
    *reads |= *expr == Expr::Total;
    // Of other periods it is said which.
    !matches!(expr, Expr::Over { .. } | Expr::Earlier { .. } | Expr::Past { .. } | Expr::CountPeriods { .. })
}

/// Declared rankings, else one by 得分 for each period that has results.
pub fn define(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut current: Option<usize> = None;
    // The lines that the rankings begin with.
    let mut headings: Vec<usize> = Vec::new();
    // The line that says what the ranking goes by.
    let mut ranked_by: Option<usize> = None;
    for statement in statements {
        let line = statement.line;
        if line.opening {
            current = None;
            if line.context == Context::Ranking {
                let heading = name_of(&statement.inner().child(Token::heading).expect("排名 has a heading"));
                title::check_stage(scope, statement);
                let cycle = cycle_of_heading(scope, &heading);
                require_results(scope, line.number, cycle);
                (scope.stage, scope.grades_below) = (Some(cycle), Some(cycle));
                let ranking = default_ranking(scope, &heading, cycle);
                scope.plan.rankings.push(ranking);
                headings.push(line.number);
                current = Some(scope.plan.rankings.len() - 1);
                ranked_by = None;
            }
            continue;
        }
        let Some(index) = current.filter(|_| line.context == Context::Ranking) else { continue };
        let site = Site { statement, node: NodeId(0) };
        let pair = statement.inner();
        match pair.as_rule() {
            Token::rank_by => {
                let inner = pair.child(Token::expression).expect("按 what");
                if let Some(first) = ranked_by.replace(line.number) {
                    said_again(scope, site, &pair, first, "同分的另写：同分的，依次比较 …");
                }
                let value = expression::expression(scope, site, &inner);
                expression::require_number(scope, site, &inner, &value.kind);
                let says_which = pair.has(Token::LOW_FIRST) || pair.has(Token::HIGH_FIRST);
                if !says_which && value.kind != Type::Points && value.kind != Type::Bare {
                    let of = scope.original(statement, &inner);
                    let message = format!("没有写“{of}”多的在前，还是少的在前");
                    let help = format!("改成其中一句：\n按 {of} 由低到高排名\n按 {of} 由高到低排名");
                    let finding = scope.at(statement, &pair, "missing-convention", message).help(help);
                    scope.report(finding);
                }
                let ranking = &mut scope.plan.rankings[index];
                ranking.value = value.expr;
                ranking.low_first = pair.has(Token::LOW_FIRST);
            }
            Token::RANK_IN_GROUPS => {
                if scope.plan.group.is_none() {
                    let finding = scope
                        .at(statement, &pair, "no-groups", "没有写怎样分组")
                        .help("在开头加上：分组 按名册；或 分组 按某个单位属性");
                    scope.report(finding);
                }
                scope.plan.rankings[index].grouped = true;
            }
            Token::ties_rule => {
                let (ties, breakers) = convention::ties(scope, site, &pair);
                scope.plan.rankings[index].ties = ties;
                scope.plan.rankings[index].tiebreakers = breakers;
                if scope.conventions.ties.is_none() {
                    scope.conventions.ties = Some((ties, Vec::new()));
                }
            }
            Token::vetoed_rule => {
                let vetoed = convention::vetoed(&pair);
                scope.plan.rankings[index].vetoed = vetoed;
                scope.conventions.vetoed.get_or_insert(vetoed);
            }
            Token::reading => node::reading(scope, statement, &pair, NodeId(0)),
            _ => {}
        }
    }
    (scope.stage, scope.grades_below) = (None, Some(Cycle::Month));
    ask_of_totals(scope, &headings);
    let base = scope.plan.cycle;
    let mut cycles = vec![base];
    if base != Cycle::Term {
        cycles.push(Cycle::Term);
    }
    for (cycle, _) in scope.plan.rollups.clone() {
        if !cycles.contains(&cycle) {
            cycles.push(cycle);
        }
    }
    for cycle in cycles {
        if !scope.plan.rankings.iter().any(|ranking| ranking.cycle == cycle) {
            let name = match cycle {
                Cycle::Term => "年终".to_owned(),
                Cycle::Month => "月度".to_owned(),
                other => other.word().to_owned(),
            };
            let ranking = default_ranking(scope, &name, cycle);
            scope.plan.rankings.push(ranking);
        }
    }
}

/// 排名 年终名次和 as the only one of the year: is it the year's order, for quotas and prizes as well, or one beside that by
/// 总分?
fn ask_of_totals(scope: &mut Scope<'_>, headings: &[usize]) {
    const PLAIN: &[&str] = &[
        "年终", "年度", "全年", "学年", "任期", "全期", "半年", "年中", "季度", "月度", "每期", "当期", "本期", "每月",
        "每季", "各月", "各季", "综合", "考核", "考评", "总分", "总", "季", "月", "排名",
    ];
    let is_plain = |name: &str| {
        let mut rest = name;
        while let Some(next) = PLAIN.iter().find_map(|word| rest.strip_prefix(word)) {
            rest = next;
        }
        rest.is_empty()
    };
    for (index, line) in headings.iter().enumerate() {
        let ranking = &scope.plan.rankings[index];
        let of_cycle = || scope.plan.rankings.iter().filter(|other| other.cycle == ranking.cycle);
        let is_first = scope.plan.rankings[..index].iter().all(|other| other.cycle != ranking.cycle);
        let has_own = of_cycle().any(|other| other.value == Expr::Total || is_plain(&other.name));
        if !is_first || has_own || scope.has_error_at(*line) {
            continue;
        }
        let (name, word) = (ranking.name.clone(), ranking.cycle.title());
        let message = format!("{word}只有“{name}”这一个排名，不按总分：说不清名额、名次的奖惩是不是都按它");
        let help = format!(
            "都按它的，标题写成：排名 {word}\n另有按总分的，在前面加一段：\n排名 {word}\n  按 总分 由高到低排名"
        );
        let finding = scope.at_line(*line, "missing-convention", message).help(help);
        scope.report(finding);
    }
}

fn default_ranking(scope: &Scope<'_>, name: &str, cycle: Cycle) -> Ranking {
    let (ties, tiebreakers) = scope.conventions.ties.clone().unwrap_or((Ties::SharedLeavingGaps, Vec::new()));
    Ranking {
        name: name.to_owned(),
        cycle,
        value: Expr::Total,
        low_first: false,
        grouped: false,
        ties,
        tiebreakers,
        vetoed: scope.conventions.vetoed.unwrap_or(Vetoed::InPlace),
        tied_last: scope.conventions.tied_last,
    }
}

/// A line of a block that says anew what an earlier one said.
pub(super) fn said_again(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, first: usize, help: &str) {
    let message = format!("{}已经写过这一样，这里又写了一次", scope.source.line_name(first));
    let finding = scope.at(site.statement, pair, "duplicate-line", message);
    let help = if help.is_empty() { "只留一行".to_owned() } else { format!("只留一行；{help}") };
    scope.report(finding.help(help));
}
