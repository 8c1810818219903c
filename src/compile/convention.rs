//! 约定: what changes a number and is not in the scheme's text.

use super::absent;
use super::body;
use super::clause::{time_of, whole_if_one_year};
use super::expression::{self, Site};
use super::header::cycle_of;
use super::in_force;
use super::node;
use super::number;
use super::roll_up::cycle_of_total;
use super::scope::{DayRule, Scope};
use crate::calendar::Cycle;
use crate::diagnostic::Finding;
use crate::parse::{Context, InForce, Statement, name_of};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::Number;

/// Reads every convention; each is also listed with the readings.
pub fn define(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut seen: Vec<(Token, usize)> = Vec::new();
    let mut missing = [None; 2];
    for statement in conventions(statements) {
        let pair = statement.inner();
        let kind = pair.as_rule();
        let single = !matches!(
            kind,
            Token::reading
                | Token::accepted
                | Token::cap
                | Token::floor
                | Token::when_node
                | Token::measure
                | Token::missing_all
                | Token::landing_rule
                | Token::roll_up_is
                | Token::absent_rule
        );
        // 缺报的 and 不适用的 are two things.
        let says_missing = pair.child(Token::missing_rule).map(|rule| rule.has(Token::WHEN_MISSING));
        if let Some(is_missing) = says_missing
            && let Some(first) = missing[usize::from(is_missing)].replace(statement.line.number)
        {
            let message = format!("这条约定与{}说的是同一件事", scope.source.line_name(first));
            let finding = scope.at(statement, &pair, "duplicate-convention", message).help("只留一行");
            scope.report(finding);
            continue;
        }
        // What was amended inside the term stands there once for each text.
        let single = single && statement.line.in_force == InForce::ALWAYS;
        if single && let Some((_, first)) = seen.iter().find(|(rule, _)| *rule == kind) {
            let finding = scope
                .at(
                    statement,
                    &pair,
                    "duplicate-convention",
                    format!("这条约定与{}说的是同一件事", scope.source.line_name(*first)),
                )
                .help("只留一行");
            scope.report(finding);
            continue;
        }
        if statement.line.in_force == InForce::ALWAYS {
            seen.push((kind, statement.line.number));
        }
        if !matches!(kind, Token::reading | Token::accepted) {
            let text = scope.line_text(statement);
            scope.plan.readings.push(Reading { kind: "约定", clause: String::new(), text });
        }
        if !reads_ranks(&pair) {
            in_its_months(scope, statement, &pair);
        }
    }
}

/// 当 累计两个季度排名后3名，取消优秀资格: what has an effect or a value by ranks is compiled when the rankings are known.
pub fn define_by_rank(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    for statement in conventions(statements) {
        let pair = statement.inner();
        if reads_ranks(&pair) {
            in_its_months(scope, statement, &pair);
        }
    }
}

fn conventions<'s, 't>(statements: &'s [Statement<'t>]) -> impl Iterator<Item = &'s Statement<'t>> {
    statements.iter().filter(|it| it.line.context == Context::Conventions && !it.line.opening)
}

/// What a convention says, where there are months that it is in force in.
fn in_its_months(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) {
    scope.mark = in_force::of_line(scope, statement);
    if !in_force::is_never(&scope.plan.calendar, scope.mark) {
        in_force::under(scope, statement, NodeId(0), |scope| convention(scope, statement, pair));
    }
    scope.mark = InForce::ALWAYS;
}

fn reads_ranks(pair: &Pair<'_, Token>) -> bool {
    let has_effect = |pair: &Pair<'_, Token>| {
        pair.child(Token::node_action).is_some_and(|action| {
            action.has(Token::disqualify) || action.has(Token::grade_effect) || action.has(Token::veto_scope)
        })
    };
    let may = match pair.as_rule() {
        // What changes points stands in the order of the lines, and before all ranks.
        Token::when_node => has_effect(pair),
        // 月积分 = （当 名次为第1名，10；…）
        Token::measure => true,
        _ => false,
    };
    let is_rank = |inner: Pair<'_, Token>| matches!(inner.as_rule(), Token::ranked | Token::own_rank);
    may && pair.clone().into_inner().flatten().any(is_rank)
}

fn convention(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) {
    let root = NodeId(0);
    let site = Site { statement, node: root };
    match pair.as_rule() {
        Token::base_points => {
            let start = body::amount_or_choices(scope, site, pair);
            let said = pair.child(Token::cycle).map(|cycle| whole_if_one_year(scope, cycle_of(&cycle)));
            if said.is_some_and(|said| said != scope.plan.cycle) {
                let word = scope.plan.cycle.word();
                let finding = scope
                    .at(
                        statement,
                        pair,
                        "start-of-another-cycle",
                        format!("本方案按{word}考评，基础分却不是每{word}的"),
                    )
                    .help(format!("写成：每{word}基础分 …；只加一次的，写进汇总：年终得分 = 100分 + 各月得分之和"));
                scope.report(finding);
            }
            scope.plan.nodes[0].start = start;
            scope.conventions.base_points = true;
            scope.base_line = statement.line.number;
        }
        Token::roll_up_is => {
            let cycle = cycle_of_total(pair);
            let calendar = &scope.plan.calendar;
            // 年终得分 of two years: of which end?
            let said = pair.as_str().split('=').next().unwrap_or_default().trim();
            let of_a_year = ["年度得分", "年终得分", "学年得分", "全年得分"].contains(&said);
            let by_year = scope.plan.cycle == Cycle::Year;
            let is_one = calendar.period(calendar.term()).months() <= 12;
            if cycle == scope.plan.cycle || by_year && (of_a_year || is_one) {
                let finding = node::total_by_formula(scope, statement, pair, said);
                scope.report(finding);
                return;
            }
            if of_a_year && calendar.period(calendar.term()).months() > 12 {
                let whole = scope.line_text(statement).replacen(said, "总得分", 1);
                let finding = scope
                    .at(statement, pair, "which-year", format!("施行期不止一年，说不清“{said}”是哪一年的"))
                    .help(format!("整个期间合成一个得分的，写成：{whole}\n一年一个得分的，施行期写一年，每年各写一份"));
                scope.report(finding);
            }
            if cycle < scope.plan.cycle {
                let message = format!("按{}考评，{}的得分就是考评得来的", scope.plan.cycle.word(), cycle.word());
                let finding = scope.at(statement, pair, "shorter-than-assessed", message).help("去掉这一行");
                scope.report(finding);
                return;
            }
            if scope.plan.rollups.iter().any(|(known, _)| *known == cycle) {
                let finding = scope.at(statement, pair, "duplicate-convention", "已经写过怎样汇总").help("只留一行");
                scope.report(finding);
                return;
            }
            // Ranks and grades of shorter periods may be read in it: it is compiled when they are known.
            scope.plan.rollups.push((cycle, Expr::Total));
        }
        Token::flat_once => {
            if let Some(finding) = once_of_another_cycle(scope, statement, pair) {
                scope.report(finding);
            }
            scope.conventions.flat_every_time = Some(pair.has(Token::EVERY_TIME));
        }
        Token::short_period => scope.conventions.short_period = true,
        Token::ties_rule => scope.conventions.ties = Some(ties(scope, site, pair)),
        Token::vetoed_rule => scope.conventions.vetoed = Some(vetoed(pair)),
        Token::tied_rule => scope.conventions.tied_last = Some(pair.has(Token::ALL_LAST)),
        Token::absent_rule => absent::read(scope, statement, pair),
        Token::passing_down => scope.conventions.passed_down = Some(pair.has(Token::PASSED)),
        Token::correction_rule => corrections(scope, statement, pair),
        Token::due_rule => due(scope, statement, pair),
        Token::landing_rule => {
            let landing = node::landing_of(&pair.child(Token::landing).expect("says where"));
            let of = pair.as_str();
            let of = of.split("考评").next().unwrap_or(of);
            let cycles = [("季度", Cycle::Quarter), ("半年", Cycle::Half), ("年", Cycle::Year)];
            for (_, cycle) in cycles.into_iter().filter(|(word, cycle)| match cycle {
                Cycle::Year => of.replace("半年", "").contains(word),
                _ => of.contains(word),
            }) {
                if scope.conventions.landings.iter().any(|(known, _)| *known == cycle) {
                    let message = format!("按{word}考评的计入哪里，前面已经写了", word = cycle.word());
                    let finding = scope.at(statement, pair, "duplicate-convention", message).help("只留一行");
                    scope.report(finding);
                    continue;
                }
                scope.conventions.landings.push((cycle, landing.clone()));
            }
        }
        Token::missing_all => {
            let rule = pair.child(Token::missing_rule).expect("says what holds");
            // Points are what few indicators are reported in: 缺报的，按0分计 means what the line gives.
            let others = scope.plan.inputs.iter().filter(|input| input.kind == InputKind::Indicator);
            let other = others.map(|input| &input.quantity).find(|kind| **kind != Type::Points);
            let in_points = rule.as_str().contains("分计");
            let of = other.filter(|_| in_points).cloned().unwrap_or(Type::Bare);
            let rule = body::missing_rule(scope, statement, &rule, root, &of);
            for id in (0..scope.plan.inputs.len()).map(|index| InputId(index as u16)) {
                if matches!(scope.plan.inputs[id.index()].kind, InputKind::Indicator | InputKind::Rating) {
                    body::stand_in(scope, id, rule.clone());
                }
            }
        }
        Token::divisor_rule => {
            let rule = pair.child(Token::zero_divisor).expect("says what holds");
            let otherwise = match rule.child(Token::expression) {
                Some(inner) => expression::expression(scope, site, &inner).expr,
                None => Expr::NotAssessed,
            };
            scope.conventions.zero_divisor = Some(otherwise);
        }
        Token::part_all => {
            let rule = pair.child(Token::part_rule).expect("says what holds");
            if let Some(said) = expression::other_than_a_step(&rule) {
                let said = scope.original(statement, &said);
                let finding = scope
                    .at(statement, &rule, "part-of-another-step", format!("不足一步的零头，不能按{said}计"))
                    .help("按一整步计的，后面写与前面一样的数；零头不计的写“不计”，按零头多少计的写“按比例计”");
                scope.report(finding);
            }
            scope.conventions.part = Some(expression::part_of(&rule));
        }
        Token::days_rule => {
            let workdays = pair.child(Token::day_kind).is_some_and(|kind| kind.has(Token::WORKDAYS));
            scope.conventions.days = Some(DayRule { workdays });
        }
        Token::workday_rule => {
            let kind = if pair.has(Token::HOLIDAYS_OFF) { DayKind::Statutory } else { DayKind::Weekdays };
            scope.conventions.workdays = Some(kind);
            if let Some(due) = scope.plan.due.as_mut().filter(|due| due.workdays != DayKind::All) {
                due.workdays = kind;
            }
        }
        Token::scope_rule => {
            let rule = pair.child(Token::count_scope).expect("says how long");
            scope.conventions.count_scope = time_of(&rule);
        }
        // Read beforehand: declarations already depend on it.
        Token::midway_rule | Token::apart_rule => {}
        Token::zero_weight => {
            let renormalize = pair.child(Token::weighted).is_some_and(|weighted| weighted.has(Token::RENORMALIZE));
            if pair.child(Token::weighted).is_some_and(|weighted| weighted.has(Token::COUNT_ZERO)) {
                scope.counted_zero.insert(NodeId(0));
            }
            scope.plan.nodes[0].combine = Combine::Weighted { renormalize };
            scope.combined.insert(root);
        }
        Token::measure => node::measure(scope, site, pair),
        _ => node::line(scope, statement, pair, root),
    }
}

/// 更正…: whether a published month is computed anew, or the difference goes into another month.
fn corrections(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) {
    let Some(named) = pair.child(Token::name) else {
        scope.plan.corrections = Some(Corrections::Recompute);
        return;
    };
    let address = name_of(&named);
    match scope.find_address(&address) {
        Some(node) => scope.plan.corrections = Some(Corrections::MonthFound(node)),
        None => {
            let finding = scope.at(statement, &named, "unknown-clause", format!("没有条款“{address}”"));
            scope.report(finding.help(
                "写一个有“酌情加”“酌情扣”两句的条目的编号；本文件删去、停用了这一条的，也写上：\n\
                 修改 约定 更正计入发现的月份，记入 「另一条的编号」",
            ));
        }
    }
}

/// 当年只计一次 of a book that assesses by the month: it holds for the period that is assessed, and for no other.
fn once_of_another_cycle(scope: &Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) -> Option<Finding> {
    let once = pair.child(Token::ONCE_A_PERIOD)?;
    let own = scope.plan.cycle;
    let said = match once.as_str() {
        said if said.starts_with("当季") => Cycle::Quarter,
        said if said.starts_with("当年") && own < Cycle::Year => Cycle::Year,
        _ => return None,
    };
    let each = own.current();
    let written = scope.original(statement, &once);
    let line = scope.line_text(statement);
    let right = line.replacen(&written, &format!("{each}只计一次"), 1);
    (said > own).then(|| {
        let message = format!("本方案按{}考评，“{written}”不能作所有句子的约定", own.word());
        let help = format!("写成：{right}\n{}只计一次的，在那几句后面写：，{}只计1次", said.every(), said.every());
        scope.at(statement, &once, "cycle-of-another", message).help(help)
    })
}

/// 报送期限 次月5日
fn due(scope: &mut Scope<'_>, statement: &Statement<'_>, pair: &Pair<'_, Token>) {
    let workdays = pair.has(Token::DUE_WORKDAY);
    let most = if workdays { 15 } else { 28 };
    let day = pair.child(Token::integer).and_then(|day| number::integer(&day)).filter(|day| (1..=most).contains(day));
    match day {
        Some(day) => {
            // Who counts by holidays everywhere does so here, unless the rulebook says otherwise.
            let kind = scope.conventions.workdays.unwrap_or(DayKind::Statutory);
            scope.plan.due = Some(Due { day, workdays: if workdays { kind } else { DayKind::All } });
        }
        None => {
            let message = format!("报送期限只能是1至{most}{}", if workdays { "个工作日" } else { "日" });
            let finding = scope.at(statement, pair, "due-out-of-range", message);
            scope.report(finding.help("写成：报送期限 次月5日，或 报送期限 次月第3个工作日"));
        }
    }
}

/// 同分的，依次比较 甲、乙，仍相同的并列，其后名次顺延空出
pub fn ties(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> (Ties, Vec<(Expr, LowFirst)>) {
    let mut breakers = Vec::new();
    if let Some(inner) = pair.child(Token::tie_break) {
        let says_which = inner.has(Token::LOWER) || inner.has(Token::HIGHER);
        for expression in inner.children(Token::expression) {
            let value = expression::expression(scope, site, &expression);
            if !says_which && !matches!(value.kind, Type::Points | Type::Bare) {
                which_first(scope, site, &expression, inner.children(Token::expression).len() > 1);
            }
            breakers.push((value.expr, inner.has(Token::LOWER)));
        }
    }
    let Some(end) = pair.child(Token::tie_end) else {
        let line = scope.line_text(site.statement);
        let ends = ["并列，其后名次顺延空出", "并列，其后名次不空", "按名册先后排列"];
        let choices = ends.map(|end| format!("{}，仍相同的{end}", line.trim_end_matches('。')));
        let finding = scope
            .at(site.statement, pair, "missing-convention", "没有写仍然相同的怎样排名")
            .help(format!("把这一行写成其中一个：\n{}", choices.join("\n")));
        scope.report(finding);
        return (Ties::SharedLeavingGaps, breakers);
    };
    let ties = if end.has(Token::SHARED_GAPS) {
        Ties::SharedLeavingGaps
    } else if end.has(Token::SHARED_DENSE) {
        Ties::SharedWithoutGaps
    } else {
        Ties::RosterOrder
    };
    (ties, breakers)
}

/// 依次比较差错: are more of them better?
fn which_first(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, is_one_of_several: bool) {
    let of = scope.original(site.statement, pair);
    let end = "仍相同的并列，其后名次顺延空出";
    let help = match is_one_of_several {
        true => {
            "依次比较几样的，比各条的得分，如：依次比较安全得分、信访得分；只比一样的，写成：以差错少者在前".to_owned()
        }
        false => format!("改成其中一句：\n同分的，以{of}少者在前，{end}\n同分的，以{of}多者在前，{end}"),
    };
    let finding =
        scope.at(site.statement, pair, "missing-convention", format!("没有写“{of}”多的在前，还是少的在前")).help(help);
    scope.blame(finding);
}

pub fn vetoed(pair: &Pair<'_, Token>) -> Vetoed {
    if pair.has(Token::LAST_BY_POINTS) {
        Vetoed::LastByValue
    } else if pair.has(Token::LAST_TOGETHER) {
        Vetoed::LastTogether
    } else if pair.has(Token::UNRANKED) {
        Vetoed::Unranked
    } else {
        Vetoed::InPlace
    }
}

/// What must have been said by the end: asked only where it matters.
pub fn require(scope: &mut Scope<'_>) {
    let line = scope.plan.nodes.get(1).map_or(1, |node| node.line as usize);
    if !scope.conventions.base_points {
        let has_start =
            scope.plan.nodes.iter().any(|node| node.full.is_some() || node.start != Expr::Number(Number::ZERO));
        if !has_start {
            let word = if scope.plan.cycle == Cycle::Month { "每月" } else { "" };
            let (zero, hundred) = (format!("{word}基础分 0分"), format!("{word}基础分 100分"));
            scope.missing_convention(line, "没有写从多少分起算", &[&zero, &hundred]);
        }
    }
    if scope.plan.cycle != Cycle::Term && !scope.plan.rollups.iter().any(|(cycle, _)| *cycle == Cycle::Term) {
        let each = scope.plan.cycle.each();
        let of = |how: &str| format!("年终得分 = {each}得分{how}");
        scope.missing_convention(
            line,
            "没有写年终得分怎样从各期得来",
            &[&of("之和"), &of("平均，保留2位小数，四舍五入"), &of("最高")],
        );
    }
    for (line, cycle, zeroes) in std::mem::take(&mut scope.totals_needed) {
        if !scope.plan.rollups.iter().any(|(of, _)| *of == cycle) {
            let word = cycle.title();
            let (nothing, other) = match zeroes {
                true => ("没有什么可以计零", "全年总分计零"),
                false => ("没有名次可排", "年终排名末位"),
            };
            let message = format!("本方案没有{word}的得分，{nothing}");
            let finding = scope
                .at_line(line, "veto-of-another-cycle", message)
                .help(format!("改成：{other}；或在约定里写明{word}得分怎样从各期得来，如：{word}得分 = 各月得分之和"));
            scope.report(finding);
        }
    }
    if scope.plan.rankings.is_empty() {
        return;
    }
    if scope.conventions.ties.is_none() {
        scope.missing_convention(
            line,
            "没有写同分的怎样排名",
            &["同分并列，其后名次顺延空出", "同分并列，其后名次不空", "同分的，按名册先后排列"],
        );
    }
    let vetoes = scope
        .plan
        .rules
        .iter()
        .flat_map(|rule| &rule.effects)
        .any(|effect| matches!(effect.effect, Effect::Veto { .. }));
    if scope.conventions.vetoed == Some(Vetoed::InPlace) {
        for (line, said) in std::mem::take(&mut scope.moved_last) {
            let message = format!("这里写“{said}”，约定写“一票否决的名次不变”，两处不合");
            let finding = scope.at_line(line, "contradicting-veto", message).help(
                "约定改成其中一句：\n一票否决的排在末位，相互间按得分高低排序\n一票否决的并列末位\n或这里改成：名次不变",
            );
            scope.report(finding);
        }
    }
    if vetoes && scope.conventions.vetoed.is_none() {
        scope.missing_convention(
            line,
            "没有写一票否决的怎样排名",
            &[
                "一票否决的排在末位，相互间按得分高低排序",
                "一票否决的并列末位",
                "一票否决的不参加排名",
                "一票否决的名次不变",
            ],
        );
    }
}
