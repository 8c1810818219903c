//! 参评 and 奖惩: who takes part, and what is given and taken by the results.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::award_case;
use super::award_misread::misread;
use super::award_parts::{Spoken, begins_anew, case_of_its_own};
use super::award_range;
use super::award_said;
use super::award_withheld;
use super::condition;
use super::expression::{self, Site, Typed};
use super::graded::title_of;
use super::node;
use super::number::{self, integer};
use super::ranking;
use super::scope::{Scope, name_of};
use super::several;
use super::streak::in_so_many;
use super::title;
use crate::calendar::Cycle;
use crate::parse::{Context, NO_STREAK, Statement, in_periods, is_figure, streak_said};
use crate::plan::walk::walk_condition;
use crate::plan::*;
use crate::suggest;
use crate::syntax::{self, Pair, Rule as Token};
use crate::value::{Number, Rounding};

/// The ways out where an award is for nobody.
const FOR_NOBODY: &str =
    "真不给的，删去这一行；要给的，参评里不写那一句，等次里写明他们定为哪一等，别的奖励后面写“但…的除外”";

/// Who takes no part.
pub fn eligibility(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    for statement in statements.iter().filter(|s| s.line.context == Context::Eligibility && !s.line.opening) {
        let pair = statement.inner();
        match pair.as_rule() {
            Token::excluded => excluded(scope, Site { statement, node: NodeId(0) }, &pair),
            Token::accepted => {}
            _ => node::reading(scope, statement, &pair, NodeId(0)),
        }
    }
    scope.grades_below = None;
}

/// 当 在册月数不足6个月，不参评: what counts months speaks of the year, all else of every period, unless the line says.
fn excluded(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let said = pair.child(Token::cycle).or_else(|| pair.child(Token::NOT_TAKING_PART)?.child(Token::cycle));
    let said = said.map(|cycle| scope.cycle_said(&cycle));
    let stage = said.unwrap_or(Cycle::Term);
    (scope.stage, scope.grades_below) = (Some(stage), Some(stage));
    let told = scope.findings.len();
    let when = condition::condition(scope, site, &pair.child(Token::condition).expect("when"));
    if scope.findings.len() > told && scope.findings.has_errors() {
        return;
    }
    let counts_months = counts_months(&when);
    if said.is_none() && !counts_months && scope.plan.cycle < Cycle::Term && bounds_a_sum(scope, &when) {
        let line = scope.line_text(site.statement);
        let line = line.trim_end_matches('。');
        let each = match scope.plan.cycle {
            Cycle::Month => "每月",
            Cycle::Quarter => "每季度",
            Cycle::Half => "每半年",
            Cycle::Year | Cycle::Term => "每年",
        };
        let message = "没有写是看一期的数，还是看全年合计的数";
        let finding = scope
            .at(site.statement, pair, "missing-convention", message)
            .help(format!("改成其中一句，两样都管的写两行：\n{each}，{line}\n年终，{line}"));
        scope.report(finding);
    }
    let cycles = match said {
        Some(cycle) if cycle < scope.plan.cycle => {
            let message = format!("本方案按{}考评，没有每{}的考评", scope.plan.cycle.word(), cycle.word());
            let finding = scope.at(site.statement, pair, "shorter-than-assessed", message);
            scope.report(finding);
            return;
        }
        Some(cycle @ (Cycle::Quarter | Cycle::Half)) if !has_results(scope, cycle) => {
            return no_results(scope, site, pair, cycle);
        }
        Some(Cycle::Month) if counts_months => {
            let finding = scope
                .at(site.statement, pair, "months-of-a-month", "一个月里的在册月数总是1，月数也不会超过1")
                .help("说的是全年的，写成：年终，当 在册月数不足6个月，不参评");
            scope.report(finding);
            return;
        }
        Some(Cycle::Year | Cycle::Term) => (Cycle::Year, Cycle::Term),
        Some(cycle) => (cycle, cycle),
        None if counts_months => (Cycle::Year, Cycle::Term),
        None => (Cycle::Month, Cycle::Term),
    };
    let text = scope.line_text(site.statement);
    scope.excluded_lines.push(site.statement.line.number);
    scope.plan.excluded.push(Exclusion { when, text, cycles, uncounted: Vec::new() });
}

/// Whether points are worked out for a cycle between the shortest and the term.
fn has_results(scope: &Scope<'_>, cycle: Cycle) -> bool {
    cycle == scope.plan.cycle || scope.plan.rollups.iter().any(|(of, _)| *of == cycle)
}

/// 季度，当 类别为街道，不参评, in a rulebook that has no points of a quarter.
fn no_results(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, cycle: Cycle) {
    let word = cycle.word();
    let when = pair.child(Token::condition).map(|when| scope.original(site.statement, &when)).unwrap_or_default();
    let (each, base) = match scope.plan.cycle {
        Cycle::Month => ("各月", "每月"),
        _ => ("各季度", "每季度"),
    };
    let message = format!("本方案没有{word}的得分，这一行管不到哪一期");
    let finding = scope.at(site.statement, pair, "total-of-another-period", message).help(format!(
        "改成其中一句：\n{base}，当 {when}，不参评\n年终，当 {when}，不参评\n{word}另有得分的，先在约定里写：{}得分 = {each}得分之和",
        cycle.title()
    ));
    scope.report(finding);
}

fn counts_months(condition: &Condition) -> bool {
    matches!(condition, Condition::Streak { .. })
        || condition.any_expr(|expr| matches!(expr, Expr::Months { .. } | Expr::CountPeriods { .. }))
}

/// 事假超过10天: of what is reported for each period and added up over the year, a bound of one is none of the other.
pub(super) fn bounds_a_sum(scope: &Scope<'_>, condition: &Condition) -> bool {
    match condition {
        Condition::Compare(left, _, right) => {
            let is_none = matches!(&**right, Expr::Number(number) if number.is_zero());
            let (Expr::Input { input, collect: Aggregate::Sum }, false) = (&**left, is_none) else { return false };
            let input = &scope.plan.inputs[input.index()];
            input.cycle == scope.plan.cycle && !matches!(input.quantity, Type::Percent | Type::Place)
        }
        Condition::Not(inner) => bounds_a_sum(scope, inner),
        Condition::All(list) | Condition::Any(list) => list.iter().any(|inner| bounds_a_sum(scope, inner)),
        _ => false,
    }
}

/// What a block of 奖惩 says of all its awards.
#[derive(Default)]
struct Block {
    begin: usize,
    line: usize,
    vetoed: bool,
    titles: Vec<String>,
    exceptions: Vec<(Condition, String)>,
    /// Whether anything is withheld, and whether what is withheld is passed down.
    withholds: bool,
    passed: Option<bool>,
    /// Where that is said.
    passed_at: Option<usize>,
    /// How prizes are split among equals, and where that is said.
    split: Option<(u32, Rounding)>,
    split_at: Option<usize>,
}

/// Who gets what.
pub fn define(scope: &mut Scope<'_>, statements: &[Statement<'_>]) {
    let mut cycle = Cycle::Term;
    let mut open: Option<Block> = None;
    for statement in statements {
        let line = statement.line;
        if line.opening {
            close(scope, open.take());
            if line.context == Context::Awards {
                let heading = name_of(&statement.inner().child(Token::heading).expect("奖惩 has a heading"));
                title::check_stage(scope, statement);
                cycle = ranking::cycle_of_heading(scope, &heading);
                ranking::require_results(scope, line.number, cycle);
                scope.stage = Some(cycle);
                scope.stage_title = Some(heading);
                open = Some(Block { begin: scope.plan.awards.len(), line: line.number, ..Block::default() });
            }
            continue;
        }
        let Some(block) = open.as_mut().filter(|_| line.context == Context::Awards) else { continue };
        let pair = statement.inner();
        let site = Site { statement, node: NodeId(0) };
        award_withheld::of_which(scope, site, &pair);
        let when = pair.child(Token::condition).map(|when| condition::condition(scope, site, &when));
        let prizes_pair = pair.child(Token::prizes);
        match pair.as_rule() {
            Token::withheld => {
                block.withholds = true;
                for who in pair.children(Token::withheld_who) {
                    match who.child(Token::title) {
                        Some(title) => {
                            let name = name_of(&title);
                            require_title(scope, site, &title, &name);
                            block.titles.push(name);
                        }
                        None => {
                            require_veto(scope, site, &who);
                            block.vetoed = true;
                        }
                    }
                }
            }
            Token::withheld_when => {
                block.withholds = true;
                block.exceptions.push((when.expect("who"), scope.line_text(statement)));
            }
            Token::passing_down => {
                if let Some(first) = block.passed_at.replace(line.number) {
                    ranking::said_again(scope, site, &pair, first, "");
                }
                block.passed = Some(pair.has(Token::PASSED));
            }
            Token::split_rule => {
                if let Some(first) = block.split_at.replace(line.number) {
                    ranking::said_again(scope, site, &pair, first, "");
                }
                block.split = split(scope, site, &pair);
            }
            Token::award_places => {
                let when = when.unwrap_or(Condition::Always);
                let mut given = Vec::new();
                for part in pair.children(Token::place_prizes) {
                    let places_pair = part.child(Token::places).expect("an award has places");
                    if let Some(who) = places(scope, site, &places_pair, cycle, &when) {
                        prizes(scope, site, &part.child(Token::prizes).expect("what"), cycle, who.clone());
                        given.push(who);
                    }
                }
                Spoken::of(given).go_on(scope, site, &pair, cycle);
            }
            Token::award_grade | Token::award_named => {
                let names: Vec<String> = match pair.child(Token::values) {
                    Some(values) => values.children(Token::value).iter().map(name_of).collect(),
                    None => pair.child(Token::head_name_short).iter().map(name_of).collect(),
                };
                if let Some(to) = graded(scope, site, &pair, cycle, names) {
                    let to = (to, Condition::Always);
                    prizes(scope, site, &prizes_pair.expect("what"), cycle, to.clone());
                    Spoken::of([to]).go_on(scope, site, &pair, cycle);
                }
            }
            Token::award_when => {
                let to = (AwardTo::Meeting, when.expect("when"));
                prizes(scope, site, &prizes_pair.expect("what"), cycle, to.clone());
                Spoken::of([to]).go_on(scope, site, &pair, cycle);
            }
            Token::reading => node::reading(scope, statement, &pair, NodeId(0)),
            _ => {}
        }
    }
    close(scope, open);
    scope.stage_title = None;
}

/// 奖金由并列的平分，保留2位小数，四舍五入: three may share 1000元.
fn split(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) -> Option<(u32, Rounding)> {
    let Some(keep) = pair.child(Token::keep) else {
        let line = scope.line_text(site.statement);
        let line = line.trim_end_matches('。');
        let finding = scope
            .at(site.statement, pair, "missing-convention", "平分可能除不尽，没有写保留几位小数")
            .help(format!("写成：{line}，保留2位小数，四舍五入"));
        scope.report(finding);
        return None;
    };
    let kept = expression::keep_digits(scope, site, &keep, Typed::new(Expr::Number(Number::ZERO), Type::Money));
    match kept.expr {
        Expr::Round { places, rounding, .. } => Some((places, rounding)),
        _ => None,
    }
}

/// 被一票否决的除外, where no line says 一票否决: it would never hold.
pub(super) fn require_veto(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>) {
    let mut effects = scope.plan.rules.iter().flat_map(|rule| &rule.effects);
    if effects.any(|effect| matches!(effect.effect, Effect::Veto { .. })) || !scope.broken.is_empty() {
        return;
    }
    let finding = scope
        .at(site.statement, pair, "unknown-title", "没有哪一句写了“一票否决”，这里从来不起作用")
        .help("是哪种情形的，在它的计分句里写：情形：一票否决，…（“…”照原文写后果）；不是一票否决的，条件写那种情形：但发生某情形的除外");
    scope.report(finding);
}

/// A title that no line takes away withholds nothing: most likely it is called otherwise there.
pub(super) fn require_title(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, name: &str) {
    let known: Vec<String> = scope
        .plan
        .rules
        .iter()
        .flat_map(|rule| &rule.effects)
        .filter_map(|effect| match &effect.effect {
            Effect::Disqualify(title) => Some(title.clone()),
            _ => None,
        })
        .collect();
    if known.iter().any(|title| title == name) || !scope.broken.is_empty() {
        return;
    }
    let finding = scope.at(site.statement, pair, "unknown-title", format!("没有哪一句取消“{name}”"));
    let finding = match suggest::nearest(name, known.iter().map(String::as_str)) {
        Some(nearest) => finding.help(format!("是不是“{nearest}”？两处要一字不差")),
        None => finding.help(format!("在计分句里写：投诉：取消{name}")),
    };
    scope.report(finding);
}

pub(super) fn graded_by_name(scope: &Scope<'_>, cycle: Cycle, names: &[String]) -> Option<AwardTo> {
    let knows = |grading: &&Grading| grading.cycle == cycle && names.iter().any(|name| grading.has(name));
    let mut known = scope.plan.gradings.iter().filter(knows);
    // 奖惩 年终党建 goes by 等次 年终党建.
    let titled = known.clone().find(|grading| scope.stage_title.as_ref() == Some(&grading.name));
    let name = &titled.or_else(|| known.next())?.name;
    let grading = scope.plan.gradings.iter().position(|grading| grading.name == *name)?;
    Some(AwardTo::Graded { grading: grading as u16, grades: names.to_vec() })
}

/// 优秀, where two gradings of the period have such a grade and the block is called like neither.
fn ask_whose_grade(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, cycle: Cycle, names: &[String]) {
    let knows = |grading: &&Grading| grading.cycle == cycle && names.iter().any(|name| grading.has(name));
    let known: Vec<String> = scope.plan.gradings.iter().filter(knows).map(|grading| grading.name.clone()).collect();
    if known.len() < 2 || scope.stage_title.as_ref().is_some_and(|title| known.contains(title)) {
        return;
    }
    let message = format!("“{}”没有写是哪一套等次：{}都有", names.join("、"), known.join("、"));
    let blocks: Vec<String> = known.iter().map(|name| format!("奖惩 {name}")).collect();
    let help = format!("各写一段奖惩，标题写成：\n{}", blocks.join("\n"));
    let finding = scope.at(site.statement, pair, "missing-convention", message).help(help);
    scope.report(finding);
}

/// Everyone in these grades; a finding where the period has none of that name.
fn graded(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    cycle: Cycle,
    names: Vec<String>,
) -> Option<AwardTo> {
    if let Some(to) = graded_by_name(scope, cycle, &names) {
        ask_whose_grade(scope, site, pair, cycle, &names);
        return Some(to);
    }
    let (word, shown) = (title_of(scope, cycle), names.join("、"));
    let of_cycle = scope.plan.gradings.iter().filter(|grading| grading.cycle == cycle);
    let known: Vec<&str> =
        of_cycle.flat_map(|grading| grading.grades.iter().map(|grade| grade.name.as_str())).collect();
    // 五星 of a term, whose years alone are graded.
    let within = scope.plan.gradings.iter().find(|it| it.cycle < cycle && names.iter().all(|name| it.has(name)));
    let within = within.filter(|_| known.is_empty()).and_then(|grading| {
        let line = &site.statement.line.plain.text;
        let then = &line[crate::parse::top_colon(line)?..];
        let counted = in_so_many(grading.cycle.min(Cycle::Year), &format!("等次为{shown}"), "1");
        Some(format!(
            "给的是“等次 {}”里有几个这样的，写成：当 {}",
            grading.name,
            crate::parse::written(&(counted + then))
        ))
    });
    let help = match (within, known.is_empty()) {
        (Some(help), _) => help,
        (None, true) => format!("先写“等次 {word}”，列出各等次"),
        (None, false) => format!("“等次 {word}”列出的是：{}", known.join("、")),
    };
    let said = scope.original(site.statement, pair);
    let who = said.split(['：', ':']).next().unwrap_or_default().trim();
    let code = "unknown-condition";
    if who.trim_end_matches('的') == "不参评" {
        let message = "不参评的没有奖惩：这一行谁也得不到";
        let finding = scope.at(site.statement, pair, "award-for-nobody", message).help(FOR_NOBODY);
        scope.report(finding);
        return None;
    }
    // 连续三个月排名末位：约谈
    let is_grade = !known.is_empty()
        && (["上年等次", "上期等次", "上季度等次"].iter().any(|word| who.starts_with(word))
            || who.starts_with("等次")
                && ["以上", "以下", "低于", "高于", "较", "比"].iter().any(|word| who.contains(word)));
    let condition = match streak_said(who) {
        Some(Err(help)) => {
            let finding = scope.at(site.statement, pair, code, NO_STREAK).help(help);
            scope.report(finding);
            return None;
        }
        Some(Ok(condition)) => Some(condition),
        None => is_grade.then(|| who.to_owned()),
    };
    let reads = || syntax::is(Token::award_line, &format!("当 {}", site.statement.line.plain.text));
    if let Some(condition) = condition.filter(|_| reads()) {
        // 连续两年末位的, which a rulebook of one year does not know.
        let of_years = condition.split_once("年排名").filter(|_| scope.plan.calendar.is_one_year());
        let help = match of_years.map(|(often, place)| (often, place.trim_end_matches('的'))) {
            Some((often, place)) => {
                let (declared, before) = several::places_before(often, place);
                let own = format!("排名{place}且{before}的");
                let line = scope.line_text(site.statement).replacen(who, &own, 1);
                format!("规则书只管一年，往年的由名册报，先在开头声明：{declared}\n再写成：{}", line.trim())
            }
            None => format!("写成：当 {}", scope.line_text(site.statement).replacen(who, &condition, 1).trim()),
        };
        let finding = scope.at(site.statement, pair, "missing-word", "条件前面少了“当”").help(help);
        scope.report(finding);
        return None;
    }
    // 任一季度排名末位的：约谈
    if let Some((message, help)) = in_periods(&site.statement.line.plain.text, |what| scope.is_event(what)) {
        let finding = scope.at(site.statement, pair, code, message).help(help);
        scope.report(finding);
        return None;
    }
    if let Some(line) = scope.counted_in_periods(site.statement) {
        let finding = scope
            .at(site.statement, pair, "other-words", "有几期这样的写成比较")
            .help(format!("写成：{}", crate::parse::written(&line)));
        scope.report(finding);
        return None;
    }
    if who.starts_with("当 ") {
        let help = match syntax::find(Token::within, who) {
            Some(within) => {
                format!("奖惩看的就是这一段的考评期，去掉“{}”；别的考评期的，写在它自己的“奖惩”里", &who[within])
            }
            None => "条件写成：当 得分低于几分、当 发生某情形、当 排名末位、当 等次为某等".to_owned(),
        };
        let finding = scope.at(site.statement, pair, code, format!("条件“{who}”看不懂")).help(help);
        scope.report(finding);
        return None;
    }
    let help = award_said::whose(&scope.line_text(site.statement), cycle, &known).unwrap_or(help);
    let mut finding =
        scope.at(site.statement, pair, "unknown-grade", format!("{word}没有名为“{shown}”的等次")).help(help);
    if pair.as_rule() == Token::award_named {
        finding = finding.expected("名次、等次或条件，如：第1名：…；后2名：…；末位：…；当 得分低于60分：…");
    }
    scope.report(finding);
    None
}

/// The places an award is for, and what must hold; `when` is what else must.
pub(super) fn places(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    cycle: Cycle,
    when: &Condition,
) -> Option<(AwardTo, Condition)> {
    let ranking = scope.ranking_of_cycle(cycle).unwrap_or(RankingId(0));
    require_same_group(scope, site, pair, ranking, when);
    let numbers: Vec<u32> = pair.children(Token::integer).iter().map(|n| integer(n).unwrap_or(0)).collect();
    let (first, last) = (numbers.first().copied().unwrap_or(1), numbers.last().copied().unwrap_or(1));
    if numbers.contains(&0) {
        let finding = scope
            .at(site.statement, pair, "range-upside-down", "没有第0名，这一行谁也不给")
            .help("写明到第几名：前几名，后几名，第几名");
        scope.report(finding);
        return None;
    }
    let to = |to: AwardTo| Some((to, when.clone()));
    if pair.has(Token::BOTTOM) || pair.has(Token::LAST_PLACE) || pair.has(Token::ONLY_FROM_LAST) && last == 1 {
        return to(AwardTo::Bottom { ranking, count: first });
    }
    if pair.has(Token::TOP) {
        return to(AwardTo::Places { ranking, first: 1, last });
    }
    let listed = numbers.len() > 2 || !pair.has(Token::TO);
    if listed && numbers.windows(2).any(|pair| pair[1] != pair[0] + 1) {
        let finding = scope
            .at(site.statement, pair, "places-apart", "这几个名次不相连")
            .help("每个名次写一行，如：第1名：奖励3000元");
        scope.report(finding);
        return None;
    }
    if first > last || first == 0 {
        let finding = scope.at(site.statement, pair, "range-upside-down", "名次的起点大于终点").help("把两个名次对调");
        scope.report(finding);
        return None;
    }
    // 倒数第2名：提醒: not the last, who has an award of its own.
    if pair.has(Token::ONLY_FROM_LAST) {
        let number = |place: u32| Number::whole(i64::from(place));
        let ends = Ends { low: Some((number(first), true)), high: Some((number(last), true)) };
        let mut all = ends.conditions(&Expr::RankFromLast(ranking));
        all.extend((*when != Condition::Always).then(|| when.clone()));
        return Some((AwardTo::Meeting, if all.len() == 1 { all.swap_remove(0) } else { Condition::All(all) }));
    }
    to(AwardTo::Places { ranking, first, last })
}

/// 当 类别为街道，第1名: the first among the 街道, which only a ranking in groups knows.
fn require_same_group(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    ranking: RankingId,
    when: &Condition,
) {
    let mut attributes = Vec::new();
    walk_condition(when, &mut |expr| {
        if let Expr::Attribute(id) = expr {
            attributes.push(*id);
        }
        true
    });
    let ranking = &scope.plan.rankings[ranking.index()];
    let is_of_group = |id: &AttributeId| ranking.grouped && scope.plan.group == Some(Grouping::Attribute(*id));
    let Some(id) = attributes.into_iter().find(|id| !is_of_group(id)) else { return };
    let name = scope.plan.attributes[id.index()].name.clone();
    let (word, place) = (ranking.name.clone(), pair.as_str().trim().to_owned());
    let finding = scope
        .at(site.statement, pair, "rank-across-groups", format!("名次是全体一起排的，说不清“{place}”是不是各{name}里面的"))
        .help(format!(
            "各{name}分别排名的：开头写“分组 按{name}”，再写“排名 {word}”，下面一行“分组排名”\n全体一起排名的，写成：当 {name}为…且名次为第1名：奖励…"
        ));
    scope.report(finding);
}

/// 请假天数超过10天的：发放…, where whoever is away for more than 10 days is 不参评: it would be given to nobody.
fn require_assessed(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, cycle: Cycle, when: &Condition) {
    // Of a condition that was not understood nothing follows.
    if !scope.is_sound() {
        return;
    }
    let leaves_out = |line: &&Exclusion| line.speaks_of(cycle) && when.implies(&line.when);
    let Some(line) = scope.plan.excluded.iter().find(leaves_out) else { return };
    let message = format!("合这个条件的都不参评（{}），不参评的没有奖惩：这一行谁也得不到", line.text);
    let finding = scope.at(site.statement, pair, "award-for-nobody", message).help(FOR_NOBODY);
    scope.report(finding);
}

pub(super) fn prizes(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    cycle: Cycle,
    (to, when): (AwardTo, Condition),
) {
    require_assessed(scope, site, pair, cycle, &when);
    let begin = scope.plan.awards.len();
    let mut exceptions = Vec::new();
    for prize in pair.children(Token::prize) {
        let inner = prize.clone().into_inner().next().expect("a prize is something");
        let written = scope.original(site.statement, &inner);
        let given = match inner.as_rule() {
            Token::exception => {
                let who = condition::condition(scope, site, &inner.child(Token::condition).expect("who"));
                exceptions.push((who, written));
                continue;
            }
            Token::respective => respective(scope, site, &inner, &to),
            Token::money_prize => money(scope, site, &inner, written)
                .map(|(text, money)| vec![(to.clone(), text, Some(money))])
                .unwrap_or_default(),
            _ => words(scope, site, &inner, &written).map(|text| vec![(to.clone(), text, None)]).unwrap_or_default(),
        };
        for (to, text, money) in given {
            scope.plan.awards.push(Award {
                cycle,
                to,
                when: when.clone(),
                text,
                money,
                not_if_vetoed: false,
                not_if_disqualified: Vec::new(),
                exceptions: Vec::new(),
                passed_down: false,
                rest_of: Vec::new(),
                split: None,
                line: site.statement.line.number as u32,
            });
        }
    }
    for award in &mut scope.plan.awards[begin..] {
        award.exceptions.clone_from(&exceptions);
    }
}

/// 奖励3000元, 奖励 2000元 × 在册月数 ÷ 12，保留整数，四舍五入: the text, with a place for the amount, and the amount.
fn money(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, written: String) -> Option<(String, Expr)> {
    let verb = pair.child(Token::MONEY_VERB).expect("奖励").as_str().trim().to_owned();
    let sign = |expr| if verb == WITHHOLD { expression::negative(expr) } else { expr };
    if let Some(amount) = pair.child(Token::money_amount) {
        return Some((written, sign(yuan(scope, site, &amount, false))));
    }
    let inner = pair.child(Token::expression).expect("how much");
    (scope.in_yuan, scope.saw_yuan) = (true, false);
    let mut value = expression::expression(scope, site, &inner);
    scope.in_yuan = false;
    // An amount that the findings of its names leave open is not told again.
    if !scope.saw_yuan && !value.expr.any(|part| *part == Expr::NotAssessed) {
        let shown = inner.as_str().trim().to_owned();
        let help = match value.expr {
            _ if shown.contains('%') => {
                let end = shown.rfind('%').expect("asked above");
                let share = &shown[shown[..end].trim_end_matches(is_figure).len()..end];
                format!("写明是多少元的{share}%，如：{verb} 5000元 × {share}%")
            }
            Expr::Number(number) => format!("写成：{verb}{number}元；不是钱的，换一种说法，如：颁发奖状"),
            // 总分 × 100: the last number is what each is worth.
            _ if shown.ends_with(|c: char| c.is_ascii_digit()) && shown.contains(['×', '*']) => {
                format!("写明是多少元，如：{verb} {shown}元")
            }
            _ => format!("写明一份是多少元，如：{verb} {shown} × 100元"),
        };
        let finding = scope
            .at(site.statement, &inner, "money-without-unit", format!("“{shown}”不是钱"))
            .expected("几元或几万元")
            .help(help);
        scope.report(finding);
        return None;
    }
    // 奖励1000—2000元: a dash between two amounts is no minus.
    if let Expr::Subtract(ends) = &value.expr
        && let [Expr::Number(low), Expr::Number(high)] = &**ends
        && (low < high || !inner.as_str().split('-').next().is_some_and(|first| first.contains('元')))
    {
        let shown = scope.original(site.statement, &inner);
        let finding = scope
            .at(site.statement, &inner, "undecided-points", format!("“{shown}”没有写由什么定是多少"))
            .help(format!("写定数：{verb}1000元；由人定的，加引号当一句话，不计入金额：「{verb}{shown}」"));
        scope.report(finding);
        return None;
    }
    several::require_share_of_own_months(scope, site, &inner, &value.expr);
    if let Some(rule) = pair.child(Token::zero_divisor) {
        let otherwise = match rule.child(Token::expression) {
            Some(inner) => expression::expression(scope, site, &inner).expr,
            None => Expr::NotAssessed,
        };
        value.expr = node::guard_division(value.expr, &otherwise);
    }
    if let Some(keep) = pair.child(Token::keep) {
        value = expression::keep_digits(scope, site, &keep, value);
    }
    Some((format!("{verb}{{}}元"), sign(value.expr)))
}

/// An amount in 元; `in_ten_thousands` where its unit is that of a later one.
fn yuan(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, in_ten_thousands: bool) -> Expr {
    let number = number::number(scope, site, &pair.child(Token::number).expect("how much"));
    let ten_thousands = pair.has(Token::TEN_THOUSAND) || in_ten_thousands && !pair.has(Token::YUAN);
    let scale = if ten_thousands { Decimal::from(10_000) } else { Decimal::ONE };
    Expr::Number(Number::from(number.saturating_mul(scale)))
}

/// 分别奖励3000元、2000元、1000元: one amount for each place, in their order.
fn respective(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    to: &AwardTo,
) -> Vec<(AwardTo, String, Option<Expr>)> {
    let verb = pair.child(Token::MONEY_VERB).expect("奖励").as_str().trim().to_owned();
    let amounts = pair.children(Token::amount_of);
    let places: Option<(RankingId, Vec<u32>)> = match to {
        AwardTo::Places { ranking, first, last } => Some((*ranking, (*first..=*last).collect())),
        AwardTo::Bottom { .. } | AwardTo::Graded { .. } | AwardTo::Meeting => None,
    };
    if let AwardTo::Bottom { count, .. } = to
        && *count as usize == amounts.len()
    {
        from_which_end(scope, site, pair, &verb, &amounts);
        return Vec::new();
    }
    let Some((ranking, places)) = places.filter(|(_, places)| places.len() == amounts.len()) else {
        let finding = scope
            .at(
                site.statement,
                pair,
                "amounts-do-not-match",
                format!("写了{}个金额，名次却不是这么多个", amounts.len()),
            )
            .help("每个名次写一行，如：第1名：奖励3000元");
        scope.report(finding);
        return Vec::new();
    };
    let last = amounts.last().expect("at least one amount");
    if !last.has(Token::TEN_THOUSAND) && !last.has(Token::YUAN) {
        let finding =
            scope.at(site.statement, last, "money-without-unit", "没有写是多少元").help("在最后一个数后面加上“元”");
        scope.report(finding);
    }
    let ten_thousands = last.has(Token::TEN_THOUSAND);
    let given = places.into_iter().zip(&amounts).map(|(place, amount)| {
        let to = AwardTo::Places { ranking, first: place, last: place };
        let number = amount.child(Token::number).expect("how much");
        let is_own = amount.has(Token::TEN_THOUSAND) || amount.has(Token::YUAN);
        let in_ten_thousands = amount.has(Token::TEN_THOUSAND) || ten_thousands && !is_own;
        let unit = if in_ten_thousands { "万元" } else { "元" };
        let money = yuan(scope, site, amount, ten_thousands);
        (to, format!("{verb}{}{unit}", number.as_str().trim()), Some(money))
    });
    given.collect()
}

/// 后2名：分别扣发500元、300元: is the first sum the last one's?
fn from_which_end(
    scope: &mut Scope<'_>,
    site: Site<'_, '_>,
    pair: &Pair<'_, Token>,
    verb: &str,
    amounts: &[Pair<'_, Token>],
) {
    let sums: Vec<String> = amounts.iter().map(|sum| scope.original(site.statement, sum)).collect();
    // The measure word of the last is that of all.
    let unit = sums.last().map_or("", |last| last.trim_start_matches(|c: char| is_figure(c)));
    let sum = |sum: &String| if sum.ends_with('元') { sum.clone() } else { format!("{sum}{unit}") };
    let lines = |sums: &mut dyn Iterator<Item = &String>| {
        let lines = sums.enumerate().map(|(at, said)| match at {
            0 => format!("末位：{verb}{}", sum(said)),
            at => format!("倒数第{}名：{verb}{}", at + 1, sum(said)),
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let help = format!(
        "第一个数给末位的，写成：\n{}\n最后一个数给末位的，写成：\n{}",
        lines(&mut sums.iter()),
        lines(&mut sums.iter().rev())
    );
    let finding =
        scope.at(site.statement, pair, "missing-convention", "没有写第一个数给末位，还是最后一个数给末位").help(help);
    scope.report(finding);
}

/// What is given in words; a finding where the words would do something if they were not mere words.
fn words(scope: &mut Scope<'_>, site: Site<'_, '_>, pair: &Pair<'_, Token>, written: &str) -> Option<String> {
    let text = pair.as_str().trim();
    if let Some(quoted) = text.strip_prefix('「').and_then(|text| text.strip_suffix('」')) {
        return Some(quoted.to_owned());
    }
    if award_said::prize(scope, site, pair) || award_case::begins(scope, site, pair) {
        return None;
    }
    if (case_of_its_own(text) || !misread(scope, site, pair)) && !begins_anew(scope, site, pair) {
        return Some(written.to_owned());
    }
    None
}

/// What holds for all awards of a block; overlapping places for the same kind of award are a mistake.
fn close(scope: &mut Scope<'_>, block: Option<Block>) {
    let Some(Block { begin, line, vetoed, titles, exceptions, withholds, passed, split, .. }) = block else { return };
    if scope.plan.awards.len() == begin {
        if scope.is_broken_below(line) || scope.findings.has_errors() {
            return;
        }
        let finding =
            scope.at_line(line, "empty-awards", "“奖惩”下面没有写奖惩").help("写成：第1名至第3名：奖励3000元");
        scope.report(finding);
        return;
    }
    let passed = passed.or(scope.conventions.passed_down);
    let by_place = scope.plan.awards[begin..].iter().any(|award| matches!(award.to, AwardTo::Places { .. }));
    let excepts = scope.plan.awards[begin..].iter().any(|award| !award.exceptions.is_empty());
    if (withholds || excepts) && by_place && passed.is_none() {
        scope.missing_convention(
            line,
            "没有写不予奖励的名次是否递补",
            &["不予奖励的名次不递补", "不予奖励的名次依次递补"],
        );
    }
    for award in &mut scope.plan.awards[begin..] {
        // What is withheld is a reward, whoever it goes to: 约谈 and 扣发 are none.
        if award.rewards() || matches!(award.to, AwardTo::Places { .. }) {
            award.not_if_vetoed = vetoed;
            award.not_if_disqualified = titles.clone();
            award.exceptions.extend(exceptions.iter().cloned());
            award.passed_down = passed.unwrap_or(false);
        }
        if passed != Some(true) {
            award.rest_of.clear();
        }
        if matches!(award.to, AwardTo::Places { .. }) && award.money.is_some() && !award.takes() {
            award.split = split;
        }
    }
    award_range::require_apart(scope, begin);
    award_range::note_gaps(scope, begin);
    for (line, other) in overlaps(&scope.plan.awards[begin..]) {
        let finding = scope
            .at_line(
                line,
                "overlapping-awards",
                match other as usize == line {
                    true => "这一行里的名次重叠，同一名次会得两份".to_owned(),
                    false => format!("与{}的名次重叠，同一名次会得两份", scope.source.line_name(other as usize)),
                },
            )
            .help("把名次写成首尾相接，如：第1名至第3名；第4名至第5名；从后面数的：末位；倒数第2名");
        scope.report(finding);
    }
}

/// Lines that give what an earlier line gives to some of the same places, each with that line; the parts of one line as
/// well. Places are counted from the first, or from the last.
fn overlaps(awards: &[Award]) -> Vec<(usize, u32)> {
    type Given<'a> = (bool, Option<&'a str>);
    // By what is given (all money is one thing): the places taken so far, none twice, by the first, with the last.
    let mut taken: FxHashMap<Given<'_>, BTreeMap<u32, (u32, u32)>> = FxHashMap::default();
    let mut found = Vec::new();
    for award in awards {
        let (from_last, first, last) = match award.to {
            AwardTo::Places { first, last, .. } => (false, first, last),
            // 后2名：扣发15万元，但名次为末位的除外
            AwardTo::Bottom { .. } if award.exceptions.iter().any(|(when, _)| looks_from_last(when)) => continue,
            AwardTo::Bottom { count, .. } => (true, 1, count),
            AwardTo::Meeting if from_last(&award.when).is_some() => {
                let (first, last) = from_last(&award.when).expect("asked by the guard");
                (true, first, last)
            }
            AwardTo::Graded { .. } | AwardTo::Meeting => continue,
        };
        // A further condition may be met by others than that of the next line.
        if award.when != Condition::Always && award.to != AwardTo::Meeting {
            continue;
        }
        let kind = award.money.is_none().then_some(award.text.as_str());
        let places = taken.entry((from_last, kind)).or_default();
        match places.range(..=last).next_back() {
            Some((other_first, (other_last, other))) if *other_last >= first => {
                // Several things for the same places in one line, as 奖励1000元，奖励500元 are, come together.
                if *other != award.line || (*other_first, *other_last) != (first, last) {
                    found.push((award.line as usize, *other));
                }
            }
            _ => _ = places.insert(first, (last, award.line)),
        }
    }
    found
}

/// 倒数第2名: from the so-manieth place from the last to another.
fn from_last(condition: &Condition) -> Option<(u32, u32)> {
    let Stretch { of: Expr::RankFromLast(_), ends } = condition.stretch()? else { return None };
    let place = |end: End| u32::try_from(end?.0.floor().ok()?).ok();
    place(ends.low).zip(place(ends.high))
}

fn looks_from_last(condition: &Condition) -> bool {
    let mut looks = false;
    walk_condition(condition, &mut |expr| {
        looks |= matches!(expr, Expr::RankFromLast(_));
        true
    });
    looks
}
