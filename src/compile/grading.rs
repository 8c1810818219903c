//! 等次: what units are called by their points and places.

use std::cell::Cell;

use super::clause;
use super::condition;
use super::expression::{Site, Typed};
use super::grade_before;
use super::grade_gaps;
use super::node;
use super::number::{self, integer};
use super::ranking::{cycle_of_heading, require_results, said_again};
use super::scope::{Scope, name_of};
use super::title;
use crate::calendar::Cycle;
use crate::parse::{Context, Statement, quota_of_groups};
use crate::plan::walk::{walk, walk_condition, walk_grades};
use crate::plan::*;
use crate::syntax::{Pair, Rule as Token};
use crate::value::{Number, Rounding};

/// The gradings there are and the names of their grades, so that scores of longer periods may speak of them.
pub fn declare(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut inside = false;
    for statement in statements {
        let line = statement.line;
        if line.opening {
            inside = line.context == Context::Grading;
            if inside {
                title::check_stage(scope, statement);
                let name = name_of(&statement.inner().child(Token::heading).expect("等次 has a heading"));
                scope.plan.gradings.push(Grading {
                    cycle: cycle_of_heading(scope, &name),
                    name,
                    ranking: RankingId(0),
                    grades: Vec::new(),
                    rules: Vec::new(),
                    refill: false,
                    set_apart: false,
                    quota_rounding: Rounding::HalfUp,
                    per_group: false,
                    cumulative: false,
                });
            }
            continue;
        }
        let pair = statement.inner();
        if !inside || pair.as_rule() != Token::grade_band {
            continue;
        }
        let name = name_of(&pair.child(Token::head_name_short).expect("a grade has a name"));
        if let Some(grading) = scope.plan.gradings.last_mut().filter(|grading| !grading.has(&name)) {
            grading.grades.push(Grade { name, condition: Condition::Always, quotas: Vec::new() });
        }
    }
}

/// What a block of 等次 said so far.
#[derive(Default)]
struct Block {
    index: usize,
    line: usize,
    /// Where the rounding and the refilling of quotas are said.
    rounded_at: Option<usize>,
    refilled_at: Option<usize>,
    /// Whether whom a line sets or raises to a grade takes a place of its quota.
    set_at: Option<usize>,
    /// 前N%, 前N名: how many grades have such a quota.
    from_top: usize,
    summed: bool,
    /// The ranking that it goes by is named.
    by_ranking: bool,
    /// Lines of grades that were read: one that stands twice is told once.
    read: Vec<String>,
    /// By grade, where it was read.
    lines: Vec<usize>,
    /// The lowest bound so far that alone decides, and whose it is.
    lowest: Option<(Number, String)>,
    /// The grade of all that are left.
    rest: Option<String>,
    /// Where the last band begins, that number included.
    begins: Option<(Number, String)>,
}

/// What the declared gradings say.
pub fn define(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut current: Option<Block> = None;
    let mut next = 0;
    scope.grades_below = None;
    for statement in statements {
        let line = statement.line;
        if line.opening {
            close(scope, current.take());
            if line.context == Context::Grading {
                let (index, cycle) = (next, scope.plan.gradings[next].cycle);
                next += 1;
                require_results(scope, line.number, cycle);
                scope.stage_title = Some(scope.plan.gradings[index].name.clone());
                let ranking = scope.ranking_of_cycle(cycle).unwrap_or(RankingId(0));
                scope.stage = Some(cycle);
                scope.plan.gradings[index].ranking = ranking;
                current = Some(Block { index, line: line.number, ..Block::default() });
            }
            continue;
        }
        if line.context != Context::Grading {
            continue;
        }
        let Some(block) = current.as_mut() else { continue };
        let index = block.index;
        let site = Site { statement, node: NodeId(0) };
        let pair = statement.inner();
        match pair.as_rule() {
            Token::grade_band => grade(scope, site, &pair, block),
            Token::grade_quota => quota_of_grade(scope, site, &pair, index),
            Token::quota_rounding => {
                if let Some(first) = block.rounded_at.replace(line.number) {
                    said_again(scope, site, &pair, first, "");
                }
                let keep = pair.child(Token::keep_whole).expect("says how");
                scope.plan.gradings[index].quota_rounding = if keep.has(Token::QUOTA_DOWN) {
                    Rounding::Down
                } else if keep.has(Token::QUOTA_UP) {
                    Rounding::Up
                } else {
                    Rounding::HalfUp
                };
            }
            Token::refill_rule => {
                if let Some(first) = block.refilled_at.replace(line.number) {
                    said_again(scope, site, &pair, first, "");
                }
                scope.plan.gradings[index].refill = pair.has(Token::PASSED);
            }
            Token::quota_of_set => {
                if let Some(first) = block.set_at.replace(line.number) {
                    said_again(scope, site, &pair, first, "");
                }
                scope.plan.gradings[index].set_apart = pair.has(Token::TAKES_NONE);
            }
            Token::QUOTA_PER_GROUP => {
                if scope.plan.group.is_none() {
                    let finding = scope
                        .at(statement, &pair, "no-groups", "没有写怎样分组，名额无法按组计算")
                        .help("在开头加上：分组 按名册；或 分组 按某个单位属性");
                    scope.report(finding);
                }
                scope.plan.gradings[index].per_group = true;
            }
            Token::quota_sum => {
                block.summed = true;
                scope.plan.gradings[index].cumulative = pair.has(Token::QUOTA_TOGETHER);
            }
            Token::by_ranking => {
                block.by_ranking = true;
                let name = pair.child(Token::name).expect("by which ranking");
                match scope.plan.rankings.iter().position(|ranking| ranking.name == name_of(&name)) {
                    Some(ranking) => scope.plan.gradings[index].ranking = RankingId(ranking as u16),
                    None => {
                        let message = format!("没有名为“{}”的排名", name_of(&name));
                        let finding =
                            scope.at(statement, &name, "unknown-ranking", message).help("写“排名”后面的那个名称");
                        scope.report(finding);
                    }
                }
            }
            Token::grade_rule => {
                let when = condition::condition(scope, site, &pair.child(Token::condition).expect("when"));
                if asks_grade(scope, &when, index) {
                    let finding = scope
                        .at(statement, &pair, "circular-stages", "等次的调整又用到同一个等次")
                        .help(of_points(scope.plan.cycle));
                    scope.report(finding);
                    continue;
                }
                let site = Site { statement, node: NodeId(0) };
                if let Some(shift) = pair.child(Token::grade_shift) {
                    let rules = shift_of(scope, site, &shift, when);
                    scope.plan.gradings[index].rules.extend(rules);
                    continue;
                }
                let effect = pair.child(Token::grade_effect).expect("says what changes");
                if grade_before::speaks_of_it(&when) && (effect.has(Token::grade_down) || effect.has(Token::grade_up)) {
                    ask_from_which(scope, site, &effect);
                    continue;
                }
                clause::require_grading(scope, site, &effect);
                if let Some(change) = change_of(scope, &effect) {
                    let reason = scope.line_text(statement);
                    scope.plan.gradings[index].rules.push(GradeRule { when, change, reason });
                }
            }
            Token::reading => node::reading(scope, statement, &pair, NodeId(0)),
            _ => {}
        }
    }
    close(scope, current);
    scope.stage_title = None;
    check_grade_names(scope);
    check_rule_grades(scope, statements);
}

/// 在上期等次上升1档, 在本期等次上降1档
fn shift_of(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, when: Condition) -> Vec<GradeRule> {
    let way = pair.child(Token::grade_up).or_else(|| pair.child(Token::grade_down)).expect("which way");
    let steps = way.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1);
    let is_up = way.as_rule() == Token::grade_up;
    match pair.has(Token::EARLIER) {
        true => grade_before::shifted(scope, site, pair, &when, i64::from(steps) * if is_up { -1 } else { 1 }),
        false => {
            let change = if is_up { GradeChange::Up(steps) } else { GradeChange::Down(steps) };
            vec![GradeRule { when, change, reason: scope.line_text(site.statement) }]
        }
    }
}

/// 上季度为五星的，等次降1档: from five stars, or from what this quarter came to?
fn ask_from_which(scope: &mut Scope<'_>, site: Site<'_, '_>, effect: &Pair<'_, Token>) {
    let written = scope.original(site.statement, effect);
    let by = written.trim_start_matches("等次").trim_start_matches("等级");
    let with = |from: &str| scope.line_with(site.statement, effect, &format!("在{from}等次上{by}"));
    let help = format!("从上期的等次算起的：{}\n从本期得分评出的等次算起的：{}", with("上期"), with("本期"));
    let message = format!("“{written}”没有写是从上期的等次算起，还是从本期的算起");
    let finding = scope.at(site.statement, effect, "which-period", message).help(help);
    scope.blame(finding);
}

/// What is said instead of 等次为C级 in what changes that very grade: the points it stands for.
fn of_points(base: Cycle) -> String {
    let periods = match base {
        Cycle::Month => "几个月",
        Cycle::Quarter => "几个季度",
        Cycle::Half => "几个半年",
        _ => "几次",
    };
    format!(
        "把“等次为…”换成那一等的分数，如：当 连续{periods}（得分不低于几分且低于几分），等次…（“几”照原文；只管得到这一期，管不到下一期）；或写在“奖惩”里"
    )
}

/// Whether a condition asks for a grade of the same period that this grading or a later one gives.
fn asks_grade(scope: &Scope<'_>, condition: &Condition, index: usize) -> bool {
    let plan = &scope.plan;
    let cycle = plan.gradings[index].cycle;
    let asked = Cell::new(false);
    let note = |grading: u16| {
        let is_later = usize::from(grading) >= index && plan.gradings[usize::from(grading)].cycle == cycle;
        asked.set(asked.get() || is_later);
    };
    walk_grades(condition, &mut |grading| note(grading));
    // 全体合计（（当 等次为优秀，1；其余 0））
    walk_condition(condition, &mut |expr| {
        if let Expr::Peer(id) = expr {
            walk(&plan.peers[id.index()].expr, &mut |inner| {
                if let Expr::Case { arms, .. } = inner {
                    arms.iter().for_each(|(when, _)| walk_grades(when, &mut |grading| note(grading)));
                }
                true
            });
        }
        true
    });
    asked.get()
}

fn close(scope: &mut Scope<'_>, current: Option<Block>) {
    let Some(block) = current else { return };
    let (index, line) = (block.index, block.line);
    let grading = &scope.plan.gradings[index];
    // A line that did not parse may have said what is missing.
    if scope.is_broken_below(line) {
        return;
    }
    if grading.grades.is_empty() {
        let finding = scope.at_line(line, "empty-grading", "“等次”下面没有写等次").help("写成：优秀：90分以上");
        scope.report(finding);
        return;
    }
    let share = grading.grades.iter().any(|grade| grade.quotas.iter().any(|quota| matches!(quota, Quota::Share(_))));
    let quota = grading.grades.iter().any(|grade| !grade.quotas.is_empty());
    // 前1名 of a ranking by groups: each group has a first, and one place is not enough for all of them.
    let is_grouped = scope.plan.rankings.get(grading.ranking.index()).is_some_and(|ranking| ranking.grouped);
    let unclear_whose = quota && is_grouped && !grading.per_group && !block.by_ranking;
    let rules = !grading.rules.is_empty();
    let last =
        grading.grades.last().is_some_and(|grade| grade.condition == Condition::Always) || takes_the_rest(grading);
    if share && block.rounded_at.is_none() {
        scope.missing_in(
            "等次",
            line,
            "名额按比例算出小数时，没有写怎样取整",
            &["名额四舍五入取整", "名额只取整数", "名额进一取整"],
        );
    }
    if quota && rules && block.refilled_at.is_none() {
        let choices = ["空出的名额不递补", "空出的名额依次递补"];
        scope.missing_in("等次", line, "没有写空出的名额是否递补", &choices);
    }
    if quota && block.set_at.is_none() && sets_within_quota(&scope.plan, index) {
        let message = "空出的名额依次递补，没有写直接确定、升档的占不占那一等的名额";
        let choices = ["直接确定的占名额", "直接确定的不占名额"];
        scope.missing_in("等次", line, message, &choices);
    }
    if block.from_top > 1 && !block.summed {
        let message = "后一等次的“前…”是否包含前一等次的，没有写";
        let choices = ["名额自上而下累计", "名额各等次分别计算"];
        scope.missing_in("等次", line, message, &choices);
    }
    if unclear_whose {
        let word = scope.plan.gradings[index].cycle.title();
        let message = "排名分了组，没有写名额是按组计算，还是全体放在一起计算";
        let finding = scope.at_line(line, "missing-convention", message).help(format!(
            "按组的，在等次里加一行：名额按组计算\n全体放在一起的，先另写一个不分组的排名：排名 {word}全体；再在等次里加一行：依据 {word}全体 排名"
        ));
        scope.report(finding);
    }
    if !last {
        let last = scope.plan.gradings[index].grades.last().map_or("不合格".to_owned(), |grade| grade.name.clone());
        let finding = scope
            .at_line(line, "grade-without-rest", "没有写其余的定为哪一等次")
            .help(format!("最后一等写成：{last}：其余；或再加一等"));
        scope.report(finding);
    }
    grade_gaps::note(scope, index, &block.lines);
}

/// Whether lines set or raise a unit to a grade that has a quota, where places are refilled afterwards.
fn sets_within_quota(plan: &Plan, index: usize) -> bool {
    let grading = &plan.gradings[index];
    let has_quota = |name: &str| grading.grades.iter().any(|grade| grade.name == name && !grade.quotas.is_empty());
    let by_rule = grading.rules.iter().any(|rule| match &rule.change {
        GradeChange::Set(grade) => has_quota(grade),
        GradeChange::Up(_) => true,
        GradeChange::AtMost(_) | GradeChange::Down(_) => false,
    });
    let by_line = plan.rules.iter().flat_map(|rule| &rule.effects).any(|effect| match &effect.effect {
        Effect::SetGrade { grading: of, grade } => (of.is_empty() || *of == grading.name) && has_quota(grade),
        _ => false,
    });
    grading.refill && (by_rule || by_line)
}

/// Whether the last grade is all that the one before it leaves: 60分以上, then 不足60分.
fn takes_the_rest(grading: &Grading) -> bool {
    let [.., before, last] = grading.grades.as_slice() else { return false };
    let Condition::Compare(value, comparison, end) = &last.condition else { return false };
    let complement = match comparison {
        Comparison::Below => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Above,
        _ => return false,
    };
    let wanted = Condition::Compare(value.clone(), complement, end.clone());
    let is_range = |condition: &Condition| matches!(condition, Condition::Compare(of, ..) if of == value);
    match &before.condition {
        Condition::All(parts) => parts.contains(&wanted) && parts.iter().all(is_range),
        condition => *condition == wanted,
    }
}

fn change_of(scope: &Scope<'_>, pair: &Pair<'_, Token>) -> Option<GradeChange> {
    let up = pair.child(Token::grade_up).map(|up| up.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(1));
    if let Some(steps) = up {
        return Some(GradeChange::Up(steps));
    }
    Some(match clause::grade_effect(scope, pair)? {
        Effect::SetGrade { grade, .. } => GradeChange::Set(grade),
        Effect::GradeAtMost { grade, .. } => GradeChange::AtMost(grade),
        Effect::LowerGrade { steps, .. } => GradeChange::Down(steps),
        _ => return None,
    })
}

/// 企业总数 of a scheme that assesses 企业: all of them.
fn is_of_all(scope: &Scope<'_>, of: &Pair<'_, Token>) -> bool {
    of.as_str().trim().trim_end_matches("总人数").trim_end_matches("总数") == scope.plan.subject
}

/// A grade as its line says it.
#[derive(Default)]
struct Asked {
    name: String,
    conditions: Vec<Condition>,
    quotas: Vec<Quota>,
    /// The lower end of a band that is open above.
    low: Option<Number>,
    /// The ends of a band that belong to it.
    begins: Option<Number>,
    ends: Option<Number>,
}

/// 优秀：90分以上，不超过15%
fn grade(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, block: &mut Block) {
    let name = name_of(&pair.child(Token::head_name_short).expect("a grade has a name"));
    if block.read.contains(&name) {
        let finding =
            scope.at(site.statement, pair, "duplicate-label", format!("等次“{name}”已经写过")).help("只留一行");
        scope.report(finding);
        return;
    }
    range_before_colon(scope, site, pair, &name);
    let parts = pair.children(Token::grade_part);
    if let Some(rest) = &block.rest {
        let message = format!("“{rest}”是其余的，写在它后面的“{name}”总轮不到");
        // 优秀等次：不超过总数的20%
        let stem = name.trim_end_matches("等次").trim_end_matches("等级");
        let help = match block.read.iter().any(|read| read == stem) {
            true => {
                format!("是“{stem}”的名额的，写成：{}", scope.line_text(site.statement).replacen(['：', ':'], "", 1))
            }
            false => format!("写到“{rest}”前面"),
        };
        let finding = scope.at(site.statement, pair, "unreachable-grade", message).help(help);
        scope.report(finding);
        return;
    }
    block.rest = parts.iter().any(|part| part.has(Token::REST_OF)).then(|| name.clone());
    block.read.push(name.clone());
    block.lines.push(site.statement.line.number);
    block.from_top +=
        usize::from(parts.iter().any(|part| part.child(Token::quota).is_some_and(|quota| quota.has(Token::TOP))));
    let ranking = scope.plan.gradings[block.index].ranking;
    let value = scope.plan.rankings.get(ranking.index()).map_or(Expr::Total, |ranking| ranking.value.clone());
    let value = if is_total_of_some(&scope.plan, &value, &mut Vec::new()) { Expr::Total } else { value };
    let subject = Typed::new(value, Type::Points);
    let mut asked = Asked { name, ..Asked::default() };
    for part in parts {
        let inner = part.into_inner().find(|inner| inner.as_rule() != Token::WHEN).expect("a part is something");
        match inner.as_rule() {
            Token::quota => asked.quotas.extend(quota(scope, site, &inner)),
            Token::quota_least => {
                let least = quota_least(scope, site, &inner, &asked);
                asked.quotas.extend(least);
            }
            // 不超过15 behind a band: 15% of the units or 15 of them, hardly 15 points.
            Token::range
                if !asked.conditions.is_empty() && inner.as_str().trim().ends_with(|c: char| c.is_ascii_digit()) =>
            {
                let text = inner.as_str().trim().to_owned();
                let finding = scope
                    .at(site.statement, &inner, "quota-without-unit", format!("“{text}”是名额还是分数说不清"))
                    .help(format!("名额写成：{text}%，或 {text}名"));
                scope.report(finding);
            }
            Token::range => {
                if is_of_places(scope, site, &inner, &asked.name) {
                    return;
                }
                let range = condition::range(scope, site, &inner, &subject);
                match (&range.low, &range.high) {
                    (Some((Expr::Number(least), _)), None) => asked.low = Some(*least),
                    (_, Some((Expr::Number(most), true))) => asked.ends = Some(*most),
                    _ => {}
                }
                if let Some((Expr::Number(least), true)) = &range.low {
                    asked.begins = Some(*least);
                }
                asked.conditions.push(range.condition);
            }
            Token::condition => asked.conditions.push(condition::condition(scope, site, &inner)),
            _ => {}
        }
    }
    require_apart(scope, site, pair, &asked, block);
    require_reached(scope, site, pair, &asked, block);
    let Asked { name, mut conditions, quotas, .. } = asked;
    let condition = match conditions.len() {
        0 => Condition::Always,
        1 => conditions.swap_remove(0),
        _ => Condition::All(conditions),
    };
    if asks_grade(scope, &condition, block.index) {
        let finding = scope
            .at(site.statement, pair, "circular-stages", "等次的条件又用到同一期的这个或后面的等次")
            .help("改用得分、名次来写，或把被用到的“等次”写在前面");
        scope.report(finding);
        return;
    }
    give_quotas(scope, site, pair, block.index, (&name, quotas));
    if let Some(grade) = scope.plan.gradings[block.index].grades.iter_mut().find(|grade| grade.name == name) {
        grade.condition = condition;
    }
}

/// 排名得分 = 总分，新教师为是时，不作考评: who has no place by it still has a total, which bands of points are of.
/// Each named value is gone into only once: one that came before has been found to be the total, or all is not.
fn is_total_of_some(plan: &Plan, value: &Expr, seen: &mut Vec<MeasureId>) -> bool {
    match value {
        Expr::Measure(id) if seen.contains(id) => true,
        Expr::Measure(id) => {
            seen.push(*id);
            is_total_of_some(plan, &plan.measures[id.index()].expr, seen)
        }
        Expr::Case { arms, otherwise } => {
            let mut values = arms.iter().map(|(_, value)| value).chain([&**otherwise]);
            values.all(|value| *value == Expr::NotAssessed || is_total_of_some(plan, value, seen))
        }
        value => *value == Expr::Total,
    }
}

/// 优秀等次不超过总数的20%
fn quota_of_grade(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, index: usize) {
    let name = name_of(&pair.child(Token::quota_grade).expect("of which grade"));
    let mut asked = Asked { name, ..Asked::default() };
    asked.quotas.extend(quota(scope, site, &pair.child(Token::quota).expect("how many")));
    if let Some(least) = pair.child(Token::quota_least) {
        let least = quota_least(scope, site, &least, &asked);
        asked.quotas.extend(least);
    }
    give_quotas(scope, site, pair, index, (&asked.name, asked.quotas));
}

/// How many may have a grade, which is said once.
fn give_quotas(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    index: usize,
    (name, quotas): (&str, Vec<Quota>),
) {
    let grades = &mut scope.plan.gradings[index].grades;
    let (code, message, help) = match grades.iter_mut().find(|grade| grade.name == name) {
        Some(grade) if quotas.is_empty() || grade.quotas.is_empty() => {
            grade.quotas.extend(quotas);
            return;
        }
        Some(_) => {
            // 优秀：…，不超过50% and 优秀不超过2个: both hold, and the lesser counts.
            let quota = pair.child(Token::quota).map(|quota| scope.original(site.statement, &quota));
            let both = quota.map(|quota| format!("两样都管的（取少的），在前面那一行后面写：，且{quota}\n"));
            let help = format!("{}只有一样的，只留一处", both.unwrap_or_default());
            ("duplicate-label", format!("“{name}”的名额写了两次"), help)
        }
        None => {
            let known: Vec<&str> = grades.iter().map(|grade| grade.name.as_str()).collect();
            ("unknown-grade", format!("没有名为“{name}”的等次"), format!("列出的等次是：{}", known.join("、")))
        }
    };
    let finding = scope.at(site.statement, pair, code, message).help(help);
    scope.report(finding);
}

/// 优秀 90分以上：前1名
fn range_before_colon(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, name: &str) {
    if let Some((grade, bound)) = name.split_once(' ')
        && bound.starts_with(|c: char| c.is_ascii_digit())
    {
        let line = scope.line_text(site.statement);
        let rest = line.split_once(['：', ':']).map_or("", |(_, rest)| rest.trim());
        let message = format!("“{bound}”写在冒号前面就成了等次的名称，不起作用");
        let finding = scope.at(site.statement, pair, "range-as-label", message);
        scope.blame(finding.help(format!("写成：{grade}：{bound}，{rest}")));
    }
}

/// 不超过20%, 前3名
fn quota(scope: &mut Scope<'_>, site: Site<'_, '_>, quota: &Pair<'_, Token>) -> Option<Quota> {
    if let Some(of) = quota.child(Token::of_subject).filter(|of| !is_of_all(scope, of)) {
        let message = format!("名额占“{}”的几成还不能算，只能占参评单位的", of.as_str().trim());
        let finding = scope.at(site.statement, &of, "unread-word", message);
        let said = of.as_str().trim();
        let line = scope.line_text(site.statement).replacen(&format!("{said}的"), "", 1).replacen(said, "", 1);
        scope.blame(finding.help(match quota_of_groups(&site.statement.line.plain.text) {
            Some(help) => help,
            None => format!("就是参评单位的，去掉它，写成：{line}"),
        }));
    }
    let Some(percent) = quota.child(Token::percent) else {
        return Some(Quota::Count(quota.child(Token::integer).and_then(|n| integer(&n)).unwrap_or(0)));
    };
    match number::percent_of(scope, site, &percent).expr {
        Expr::Number(share) => Some(Quota::Share(share)),
        _ => None,
    }
}

/// 不足1名的按1名计 behind a share of the units.
fn quota_least(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    Asked { name, quotas, .. }: &Asked,
) -> Option<Quota> {
    let numbers: Vec<u32> = pair.children(Token::integer).iter().filter_map(integer).collect();
    let said = scope.original(site.statement, pair);
    let (message, help) = match (&numbers[..], quotas.iter().any(|quota| matches!(quota, Quota::Share(_)))) {
        ([count], true) => return Some(Quota::AtLeast { count: *count, lets_equals_in: true }),
        ([under, count], true) if under == count => {
            return Some(Quota::AtLeast { count: *count, lets_equals_in: false });
        }
        (_, true) => {
            (format!("“{said}”前后两个数不一样"), "写成：不足1名的按1名计；名额不能再少的，写：不少于几名".to_owned())
        }
        _ => (
            format!("“{said}”是名额的下限，前面没有写名额占百分之几"),
            format!("写在名额后面：{name}：不超过百分之几，{said}"),
        ),
    };
    let finding = scope.at(site.statement, pair, "quota-without-unit", message).help(help);
    scope.report(finding);
    None
}

/// 20%-50%, 第1名至第3名: whether a range is of places, which would be so many points.
fn is_of_places(scope: &mut Scope<'_>, site: Site<'_, '_>, range: &Pair<'_, Token>, name: &str) -> bool {
    let is_no_digit = |c: char| !c.is_ascii_digit();
    let text = range.as_str().trim();
    let (said, help) = if range.has(Token::between) && text.contains('%') {
        let text = scope.original(site.statement, range);
        let last = text.trim_end_matches('%').rsplit(|c: char| is_no_digit(c) && c != '.').next().unwrap_or_default();
        let help = format!("写成名额：{name}：前{last}%，再加一行：名额自上而下累计（前面各等占去的不重复算）");
        (format!("“{text}”是名次占的比例"), help)
    } else if text.contains(['名', '位']) {
        let last = text.trim_end_matches(is_no_digit).rsplit(is_no_digit).next().unwrap_or_default();
        let is_from =
            range.clone().into_inner().flatten().any(|it| matches!(it.as_rule(), Token::AND_AFTER | Token::BEHIND));
        let help = match is_from {
            true => format!("写成条件：{name}：当 名次为第{last}名及以后"),
            false => format!(
                "写成名额：{name}：前{last}名（几等都写前几名的，再加一行：名额自上而下累计）；或写成条件：{name}：当 名次为{text}"
            ),
        };
        (format!("“{text}”是名次"), help)
    } else {
        return false;
    };
    let finding = scope.at(site.statement, range, "place-as-score", format!("{said}，这里写的是分数线")).help(help);
    scope.report(finding);
    true
}

/// 优秀：90分至100分；良好：80分至90分: which of them takes 90?
fn require_apart(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, asked: &Asked, block: &mut Block) {
    let Asked { name, begins, ends, .. } = asked;
    if let Some(most) = ends
        && let Some((before, name_before)) = &block.begins
        && most >= before
    {
        let from = begins.map(|begins| format!("{begins}分以上")).unwrap_or_default();
        // Of a band that lies wholly within or above the one before nothing is left to show.
        let within = begins.filter(|begins| begins >= before);
        let help = match within {
            Some(_) => format!("核对两等的分数；从最好的写起，各等首尾相接，“{name}”不满{before}分"),
            None => format!("写成：{name}：{from}不满{before}分"),
        };
        let both = within.unwrap_or(*before);
        let finding = scope
            .at(site.statement, pair, "overlapping-bands", format!("{both}分既在“{name_before}”里，又在“{name}”里"))
            .help(help);
        scope.report(finding);
    }
    if let Some(begins) = begins {
        block.begins = Some((*begins, name.clone()));
    }
}

/// Grades are tried from the first: whoever reaches 90分 has reached 60分 before.
fn require_reached(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    asked: &Asked,
    block: &mut Block,
) {
    let Asked { name, low: Some(least), .. } = asked else { return };
    if let Some((_, name_before)) = block.lowest.as_ref().filter(|(before, _)| before <= least) {
        let message = format!("够得上“{name}”的，先够得上“{name_before}”，永远评不到这一等");
        let finding = scope.at(site.statement, pair, "unreachable-grade", message).help("从最好的一等写起");
        scope.report(finding);
    } else if asked.conditions.len() == 1 && asked.quotas.is_empty() {
        block.lowest = Some((*least, name.clone()));
    }
}

/// Grades that lines and rules speak of exist.
fn check_grade_names(scope: &mut Scope<'_>) {
    let known: Vec<String> =
        scope.plan.gradings.iter().flat_map(|grading| &grading.grades).map(|grade| grade.name.clone()).collect();
    let mut wrong: Vec<(u32, String)> = Vec::new();
    for rule in &scope.plan.rules {
        for effect in &rule.effects {
            if let Effect::SetGrade { grade, .. } | Effect::GradeAtMost { grade, .. } = &effect.effect
                && !known.contains(grade)
            {
                wrong.push((rule.line, grade.clone()));
            }
        }
    }
    for (line, grade) in wrong {
        let finding = scope.at_line(line as usize, "unknown-grade", format!("没有名为“{grade}”的等次"));
        let finding = match known.is_empty() {
            true => finding.help("规则书里没有“等次”这一段，先在后面加上它，一行一等，最后一等写“其余”"),
            false => finding.expected(known.join("、")),
        };
        scope.report(finding);
    }
}

/// The same for the lines of 等次 themselves, once every grade has been read.
fn check_rule_grades(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut index = 0;
    for statement in statements.iter().filter(|s| s.line.context == Context::Grading) {
        if statement.line.opening {
            index += 1;
            continue;
        }
        let pair = statement.inner();
        let Some(effect) = pair.child(Token::grade_effect).filter(|_| pair.as_rule() == Token::grade_rule) else {
            continue;
        };
        let Some(GradeChange::Set(wanted) | GradeChange::AtMost(wanted)) = change_of(scope, &effect) else { continue };
        let Some(grading) = scope.plan.gradings.get(index - 1) else { continue };
        let known: Vec<String> = grading.grades.iter().map(|grade| grade.name.clone()).collect();
        if !known.contains(&wanted) {
            let finding = scope
                .at(statement, &effect, "unknown-grade", format!("没有名为“{wanted}”的等次"))
                .expected(known.join("、"));
            scope.report(finding);
        }
    }
}
